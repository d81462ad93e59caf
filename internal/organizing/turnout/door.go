// The door: names pressed on several phones, each person once; numbers by
// institution, each press once and in any order; and the captains' counts of the
// roll call.
package turnout

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// door runs a change of who is there. A late press, from a phone that had no line,
// also changes what was recorded.
func (s *Service) door(ctx context.Context, a access.Actor, turnout, action, what, key string, fn func(tx *db.Tx, v *view) (person string, err error)) error {
	return s.act(ctx, a, needUpdate, turnout, action, what, key, func(tx *db.Tx, v *view) (string, string, error) {
		if err := v.State.is(Open, Held); err != nil {
			return "", "", err
		}
		if !v.Door(s.clock.Now()) {
			return "", "", fault.Clash("turnout.error.door")
		}
		person, err := fn(tx, v)
		if err != nil || v.State != Held {
			return person, "", err
		}
		return person, "", s.record(ctx, tx, v)
	})
}

// Arrive lets somebody of the list in. It does not matter how often it is said, or
// by how many phones.
func (s *Service) Arrive(ctx context.Context, a access.Actor, turnout, person, key string) (err error) {
	defer fault.Wrap(&err, "turnout.Arrive(%s)", turnout)
	return s.present(ctx, a, turnout, "arrive", person, key, true)
}

// Absent takes it back: a slip of the finger.
func (s *Service) Absent(ctx context.Context, a access.Actor, turnout, person, key string) (err error) {
	defer fault.Wrap(&err, "turnout.Absent(%s)", turnout)
	return s.present(ctx, a, turnout, "absent", person, key, false)
}

func (s *Service) present(ctx context.Context, a access.Actor, turnout, action, person, key string, here bool) error {
	return s.door(ctx, a, turnout, action, person, key, func(tx *db.Tx, v *view) (string, error) {
		if v.Nameless {
			return "", fault.Clash("turnout.error.nameless")
		}
		k, err := s.askOf(ctx, tx, v, person)
		if err != nil {
			return "", err
		}
		if here {
			if err := s.people.TogetherIn(ctx, tx, k.Person, "person"); err != nil {
				return "", err
			}
		}
		k.Present = here
		return k.Person, putAsk(ctx, tx, k)
	})
}

// mostAtOnce is more than come through a door in one group.
const mostAtOnce = 500

// Count counts people without a name, with an institution or with none; a negative
// number takes them back. A repeated key counts once, and the order of presses on
// several phones does not matter.
func (s *Service) Count(ctx context.Context, a access.Actor, turnout, institution string, by int, key string) (err error) {
	defer fault.Wrap(&err, "turnout.Count(%s)", turnout)
	if by == 0 || by < -mostAtOnce || by > mostAtOnce {
		return fault.Wrong(fault.At("n", "turnout.error.n"))
	}
	if err := s.known(ctx, a, institution); err != nil {
		return err
	}
	return s.door(ctx, a, turnout, "count", institution, key, func(tx *db.Tx, v *view) (string, error) {
		return "", count(ctx, tx, turnout, Count{Institution: institution, Attended: by})
	})
}

// Roll writes down what an institution's captain counted in the hall. It stands
// beside the door's number and does not change it.
func (s *Service) Roll(ctx context.Context, a access.Actor, turnout, institution string, n int, key string) (err error) {
	defer fault.Wrap(&err, "turnout.Roll(%s)", turnout)
	if n < 0 || n > mostOfOne {
		return fault.Wrong(fault.At("roll", "turnout.error.number"))
	}
	if institution == "" {
		return fault.Wrong(fault.At("institution", "contact.error.choose"))
	}
	if err := s.known(ctx, a, institution); err != nil {
		return err
	}
	return s.door(ctx, a, turnout, "roll", institution, key, func(tx *db.Tx, v *view) (string, error) {
		list, err := rawShares(ctx, tx, turnout)
		if err != nil {
			return "", err
		}
		share := Share{Institution: institution}
		for _, x := range list {
			if x.Person == "" && x.Institution == institution {
				share = x
			}
		}
		share.Roll = n
		return "", putShare(ctx, tx, turnout, share, s.clock.Now())
	})
}
