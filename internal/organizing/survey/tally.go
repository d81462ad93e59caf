// The power tally: what was done in a month, in numbers that name nobody.
package survey

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// Tally is one month.
type Tally struct {
	Month     string // 2026-11
	OneToOnes int    // one_to_ones
	Meetings  int    // meetings: house meetings and others that members hosted
	Roles     int    // roles: in public, as chair, speaker, pin
	Brought   int    // brought: people somebody brought along
	Account   string
}

const mostCounted = 100000

// SaveTally writes down a month, or corrects it.
func (s *Service) SaveTally(ctx context.Context, a access.Actor, t Tally, key string) (err error) {
	defer fault.Wrap(&err, "survey.SaveTally")
	g, err := staffOnly(a, needChange)
	if err != nil {
		return err
	}
	var bad []fault.Field
	if m, err := time.Parse("2006-01", t.Month); err != nil || m.After(s.clock.Now()) {
		bad = append(bad, fault.At("month", "survey.error.month"))
	}
	for name, n := range map[string]int{"one_to_ones": t.OneToOnes, "meetings": t.Meetings, "roles": t.Roles, "brought": t.Brought} {
		if n < 0 || n > mostCounted {
			bad = append(bad, fault.At(name, "survey.error.number"))
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	t.Account = a.Account
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "survey.tally", func() (string, error) {
			if err := putTally(ctx, tx, t); err != nil {
				return "", err
			}
			return "", s.note(ctx, tx, a, g, "save", "tally", t.Month, "")
		})
		return err
	})
}

// Tallies lists the last three years, newest first.
func (s *Service) Tallies(ctx context.Context, a access.Actor) (out []Tally, err error) {
	defer fault.Wrap(&err, "survey.Tallies")
	if _, err := staffOnly(a, needRead); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, err = tallies(ctx, tx)
		return err
	})
	return out, err
}
