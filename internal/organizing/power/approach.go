// Who talks to whom next, by when. It is a promise like any other and lies with
// the people who made it; of a tie it is named by the tie alone, so that no row
// says who knows whom.
package power

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// Approach is somebody who talks to somebody in office.
type Approach struct {
	people.Commitment
	Tie  string // id; empty of whoever goes without one
	Name string // of the holder; empty of a colleague
}

// ApproachIn says who talks to an office by when: the holder of a tie, or the one
// who writes it down. Fields are named as in the form.
type ApproachIn struct {
	Office string
	Tie    string    // tie; empty: I do it
	What   string    // what
	Due    time.Time // due
	Key    string
}

// Approach writes it down.
func (s *Service) Approach(ctx context.Context, a access.Actor, in ApproachIn) (err error) {
	defer fault.Wrap(&err, "power.Approach")
	g, err := access.Check(a, needTalk)
	if err != nil {
		return err
	}
	places, err := s.institutions(ctx, a.Org)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), in.Key, "power.approach:"+in.Office, func() (string, error) {
			if err := s.strategist(ctx, tx, a, g); err != nil {
				return "", err
			}
			if _, err := officeByID(ctx, tx, in.Office); err != nil {
				return "", err
			}
			c := people.Commitment{What: in.What, Due: in.Due, Ref: OfficeRef(in.Office)}
			if in.Tie != "" {
				t, err := s.reach(ctx, tx, a, g, in.Tie, places)
				if err != nil {
					return "", err
				}
				if t.Office != in.Office {
					return "", fault.Missing("tie of another office")
				}
				c.Person, c.Ref = t.Person, tieRef(t.ID)
			}
			if c.Person == "" {
				if c.Person = a.Person; c.Person == "" {
					c.Account = a.Account
				}
			}
			made, err := s.people.PromiseIn(ctx, tx, a, c)
			if err != nil {
				return "", err
			}
			return made, s.note(ctx, tx, a, g, "approach", "tie", in.Tie, c.Person, "")
		})
		return err
	})
}

// Approaches lists who talks to an office, open ones by their day.
func (s *Service) Approaches(ctx context.Context, a access.Actor, office string) (out []Approach, err error) {
	defer fault.Wrap(&err, "power.Approaches")
	list, err := s.Ties(ctx, a, office)
	if err != nil {
		return nil, err
	}
	direct, err := s.people.Commitments(ctx, a, people.Whose{Ref: OfficeRef(office), Open: true})
	if err != nil {
		return nil, err
	}
	for _, c := range direct {
		out = append(out, Approach{Commitment: c})
	}
	for _, t := range list {
		of, err := s.people.Commitments(ctx, a, people.Whose{Ref: tieRef(t.ID), Open: true})
		if err != nil {
			return nil, err
		}
		for _, c := range of {
			next := Approach{Commitment: c, Tie: t.ID}
			if c.Person == t.Person {
				next.Name = t.Name
			}
			out = append(out, next)
		}
	}
	slices.SortStableFunc(out, func(a, b Approach) int { return a.Due.Compare(b.Due) })
	return out, nil
}
