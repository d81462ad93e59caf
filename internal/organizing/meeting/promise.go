// Commitments of a meeting: those made before and still open, and how each went.
package meeting

import (
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Promise writes down who does what by when. It belongs to the team, when there is
// one, so that the next meeting asks. Whoever runs the meeting may write it for
// anybody they can name there, whether or not they have met before.
func (s *Service) Promise(ctx context.Context, a access.Actor, meeting string, p people.Commitment, key string) (err error) {
	defer fault.Wrap(&err, "meeting.Promise(%s)", meeting)
	if p.Person == "" {
		return fault.Wrong(fault.At("who", "meeting.error.person"))
	}
	if err := s.seen(ctx, a, meeting, p.Person); err != nil {
		if fault.Is(err, fault.Invalid) {
			err = fault.Wrong(fault.At("who", "meeting.error.person"))
		}
		return err
	}
	return s.door(ctx, a, meeting, "promise", key, func(tx *db.Tx, g access.Granted, r row) (string, error) {
		p.Ref = r.PromiseRef()
		made, err := s.people.PromiseIn(ctx, tx, access.Machine(a.Org), p)
		if err != nil {
			return "", err
		}
		return made, s.note(ctx, tx, a, g.Role, "promise", meeting, p.Person, "")
	})
}

// Promises lists what is still open of the team's commitments, or of this
// meeting's when it is of no team.
func (s *Service) Promises(ctx context.Context, a access.Actor, meeting string) ([]people.Commitment, error) {
	m, err := s.Get(ctx, a, meeting)
	if err != nil {
		return nil, err
	}
	return s.people.Commitments(ctx, access.Machine(a.Org), people.Whose{Ref: m.PromiseRef(), Open: true})
}

// Settle says how a commitment of the team went.
func (s *Service) Settle(ctx context.Context, a access.Actor, meeting string, in people.SettleIn) (err error) {
	defer fault.Wrap(&err, "meeting.Settle(%s)", meeting)
	list, err := s.Promises(ctx, a, meeting)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(c people.Commitment) bool { return c.ID == in.ID })
	if i < 0 {
		return fault.Clash("people.error.settled")
	}
	err = s.door(ctx, a, meeting, "settle", in.Key, func(tx *db.Tx, g access.Granted, r row) (string, error) {
		return in.ID, s.note(ctx, tx, a, g.Role, "settle", meeting, list[i].Person, string(in.State))
	})
	if err != nil {
		return err
	}
	_, err = s.people.Settle(ctx, access.Machine(a.Org), in)
	return err
}
