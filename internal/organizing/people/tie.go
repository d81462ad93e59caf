// Relationships: who knows, mentors or brings whom. They are known to those who
// work with both, shown as names on a page, and never leave the house as a network.
package people

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// TieKind is what sort of relationship it is.
type TieKind string

const (
	Knows   TieKind = "knows" // both ways
	Mentors TieKind = "mentors"
	Brings  TieKind = "brings"
)

// TieKinds lists them.
func TieKinds() []TieKind { return []TieKind{Knows, Mentors, Brings} }

// Tie is one relationship as it stands on a person's page.
type Tie struct {
	Kind  TieKind
	Other Card
	From  bool // the page's person mentors or brings the other
	Since time.Time
}

type tieRow struct {
	from, to string
	kind     TieKind
	since    time.Time
}

// Ties lists a person's relationships with those whom the actor may see too.
func (s *Service) Ties(ctx context.Context, a access.Actor, person string) (out []Tie, err error) {
	defer fault.Wrap(&err, "people.Ties")
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	var rows []tieRow
	var group []string
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.load(ctx, tx, a, g, person)
		if err != nil {
			return err
		}
		if group, err = groupOf(ctx, tx, r.id); err != nil {
			return err
		}
		rows, err = tiesOf(ctx, tx, group)
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	other := func(t tieRow) string {
		if slices.Contains(group, t.from) {
			return t.to
		}
		return t.from
	}
	var ids []string
	for _, t := range rows {
		ids = append(ids, other(t))
	}
	cards, err := s.Names(ctx, a, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return nil, err
	}
	for _, t := range rows {
		if c, ok := cards[other(t)]; ok {
			out = append(out, Tie{Kind: t.kind, Other: c, From: slices.Contains(group, t.from), Since: t.since})
		}
	}
	return out, nil
}

// SetTie writes a relationship down, or takes it away again.
func (s *Service) SetTie(ctx context.Context, a access.Actor, from, to string, kind TieKind, gone bool, key string) (err error) {
	defer fault.Wrap(&err, "people.SetTie")
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	if !slices.Contains(TieKinds(), kind) {
		return fault.Wrong(fault.At("tie", "contact.error.choose"))
	}
	now := s.clock.Now()
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), key, "people.tie", func() (string, error) {
			one, err := s.open(ctx, tx, a, g, from)
			if err != nil {
				return "", err
			}
			two, err := s.open(ctx, tx, a, g, to)
			if err != nil {
				return "", err
			}
			if one.ID == two.ID {
				return "", fault.Wrong(fault.At("other", "people.error.same"))
			}
			if err := putTie(ctx, tx, tieRow{one.ID, two.ID, kind, now}, a.Account, gone); err != nil {
				return "", err
			}
			return "", s.note(ctx, tx, a, g, "tie", "person", "", one.ID, string(kind))
		})
		return err
	})
}

// Standing is where a person is on the ladder, why, and what comes next in the
// suggestion of the program and in the person's own words.
type Standing struct {
	Rung     Rung
	Evidence Evidence
	Next     string // code of the suggested stretch
	Own      string // the person's words
	OwnAt    time.Time
}

// StandingOf works out a person's place; the person sees exactly the same.
func (s *Service) StandingOf(ctx context.Context, a access.Actor, person string) (out Standing, err error) {
	defer fault.Wrap(&err, "people.StandingOf")
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	now := s.clock.Now()
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.load(ctx, tx, a, g, person)
		if err != nil {
			return err
		}
		group, err := s.liveGroup(ctx, tx, r.id, consent.Together)
		if err != nil {
			return err
		}
		if len(group) > 0 {
			if out.Evidence, err = s.evidence(ctx, tx, r, group, LadderSince(now), now); err != nil {
				return err
			}
		}
		out.Rung, out.Next = out.Evidence.Rung(), out.Evidence.Stretch()
		v, err := stretchOf(ctx, tx, r.id)
		if err != nil || v.sealed == "" {
			return err
		}
		out.OwnAt = v.at
		out.Own, err = s.vault.Open(ctx, stretchCell(tx.Org(), r.id, v.version), v.sealed)
		return err
	})
	return out, err
}

// evidence counts what a person did since a day.
func (s *Service) evidence(ctx context.Context, tx *db.Tx, r row, group []string, since, now time.Time) (e Evidence, err error) {
	list, err := db.Select(ctx, tx, scanTogether, togetherQuery+` WHERE p.org_id=$1 AND p.person_id IN (`+db.Marks(4, len(group))+`) AND p.at>=$2 AND p.at<=$3`,
		append([]any{tx.Org(), db.Micros(since), db.Micros(now)}, withOrg(tx, group)[1:]...)...)
	if err != nil {
		return e, err
	}
	for _, t := range list {
		e.Add(t)
	}
	kept, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM people_commitment WHERE org_id=$1 AND person_id IN (`+db.Marks(3, len(group))+`) AND state='done' AND ended_at>=$2`,
		append([]any{tx.Org(), db.Micros(since)}, withOrg(tx, group)[1:]...)...)
	if err != nil {
		return e, err
	}
	ties, err := tiesOf(ctx, tx, group)
	if err != nil {
		return e, err
	}
	for _, t := range ties {
		own := slices.Contains(group, t.from)
		switch {
		case own && t.kind == Brings && !t.since.Before(since):
			e.Brought++
		case own && t.kind == Mentors:
			e.Mentors++
		}
	}
	e.Kept, e.Resting = int(kept), r.state == Resting
	if s.coreTeam != nil {
		for _, p := range group {
			on, err := s.coreTeam(ctx, tx, p)
			if err != nil {
				return e, err
			}
			e.OnCoreTeam = e.OnCoreTeam || on
		}
	}
	return e, nil
}

const longestStretch = 200

func stretchCell(org, person string, version int64) vault.Cell {
	return vault.Cell{Org: org, Person: person, Table: "people_stretch", Column: "sealed", Row: person, Version: version}
}

// SetStretch stores what somebody wants to try next, in their own words. Only the
// person writes it: on their own pages, or with their own account.
func (s *Service) SetStretch(ctx context.Context, a access.Actor, words, key string) (err error) {
	defer fault.Wrap(&err, "people.SetStretch")
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	if words = contact.OneLine(words); utf8.RuneCountInString(words) > longestStretch {
		return fault.Wrong(fault.At("own", "people.error.stretch"))
	}
	if a.Person == "" {
		return fault.Denied("only the person says what they want")
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "people.stretch", func() (string, error) {
			rec, err := s.open(ctx, tx, a, g, a.Person)
			if err != nil {
				return "", err
			}
			v, err := stretchOf(ctx, tx, rec.ID)
			if err != nil {
				return "", err
			}
			v.version++
			v.at = s.clock.Now()
			if v.sealed, err = s.vault.Seal(ctx, stretchCell(tx.Org(), rec.ID, v.version), words); err != nil {
				return "", err
			}
			if err := putStretch(ctx, tx, rec.ID, v); err != nil {
				return "", err
			}
			return "", s.note(ctx, tx, a, g, "stretch", "person", "", rec.ID, "")
		})
		return err
	})
}
