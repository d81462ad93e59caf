// Who was at an encounter of another room, for its page; and how many there were.
package people

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// PresentAt returns who was at the encounter with this ref, of those whom the actor
// may see. Without such an encounter nobody was.
func (s *Service) PresentAt(ctx context.Context, a access.Actor, ref string) (out []Presence, err error) {
	defer fault.Wrap(&err, "people.PresentAt")
	g, err := access.Check(a, needMet)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		e, found, err := encounterByRef(ctx, tx, ref)
		if err != nil || !found {
			return err
		}
		list, err := presentAt(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		for _, p := range list {
			if _, err := s.load(ctx, tx, a, g, p.Person); fault.Is(err, fault.NotFound) {
				continue
			} else if err != nil {
				return err
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// PresenceIn returns who was written down at the encounter with this ref, for a
// room that adds to it in the same transaction.
func (s *Service) PresenceIn(ctx context.Context, tx *db.Tx, ref string) (out []Presence, err error) {
	defer fault.Wrap(&err, "people.PresenceIn")
	e, found, err := encounterByRef(ctx, tx, ref)
	if err != nil || !found {
		return nil, err
	}
	return presentAt(ctx, tx, e.ID)
}

// HeldBetween counts the encounters of a kind that were held in a stretch of time:
// a number for other rooms, of nobody in particular.
func (s *Service) HeldBetween(ctx context.Context, a access.Actor, kind Kind, from, until time.Time) (n int, err error) {
	defer fault.Wrap(&err, "people.HeldBetween")
	g, err := access.Check(a, needMet)
	if err != nil {
		return 0, err
	}
	if g.Scope != access.Org && g.Scope != access.All {
		return 0, fault.Denied("counts of the whole clinic")
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		c, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM people_encounter WHERE org_id=$1 AND kind=$2 AND state IN ('held','evaluated') AND at>=$3 AND at<$4`,
			tx.Org(), string(kind), db.Micros(from), db.Micros(until))
		n = int(c)
		return err
	})
	return n, err
}
