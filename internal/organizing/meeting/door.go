// The door: who is there, each name once however many devices say so; people who
// only want to be counted; and a door that asks nobody for a name.
package meeting

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// Door is who is there so far.
type Door struct {
	Present []string // persons, in the order of coming
	Tallies []Tally  // without names, by institution
	Answers int      // who came with the receipt of an answer, without a name
	Total   int
}

// open is when people can come in: until the evaluation closes the list.
var open = []State{Planned, Held}

// door runs a change of who is there, with a key of its own.
func (s *Service) door(ctx context.Context, a access.Actor, meeting, action, key string, fn func(tx *db.Tx, g access.Granted, r row) (person string, err error)) error {
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "meeting."+action+"@"+meeting, func() (string, error) {
			r, err := s.load(ctx, tx, a, g, meeting)
			if err != nil {
				return "", err
			}
			if err := r.State.among(open); err != nil {
				return "", err
			}
			person, err := fn(tx, g, r)
			if err != nil || r.State != Held {
				return person, err
			}
			return person, s.record(ctx, tx, a, r.Meeting) // a list that came in late
		})
		return err
	})
}

// Arrive checks somebody in. It does not matter how often it is said, or by how
// many devices.
func (s *Service) Arrive(ctx context.Context, a access.Actor, meeting, person, key string) (err error) {
	defer fault.Wrap(&err, "meeting.Arrive(%s)", meeting)
	if err := s.seen(ctx, a, meeting, person); err != nil {
		return err
	}
	return s.door(ctx, a, meeting, "arrive:"+person, key, func(tx *db.Tx, g access.Granted, r row) (string, error) {
		if r.Nameless {
			return "", fault.Clash("meeting.error.nameless")
		}
		if err := s.people.TogetherIn(ctx, tx, person, "person"); err != nil {
			return "", err
		}
		fresh, err := arrive(ctx, tx, meeting, here{person, string(people.Attended), s.clock.Now()})
		if err != nil || !fresh {
			return person, err
		}
		return person, s.note(ctx, tx, a, g.Role, "arrive", meeting, person, "")
	})
}

// Absent takes somebody off the list: a slip of the finger.
func (s *Service) Absent(ctx context.Context, a access.Actor, meeting, person, key string) (err error) {
	defer fault.Wrap(&err, "meeting.Absent(%s)", meeting)
	return s.door(ctx, a, meeting, "absent:"+person, key, func(tx *db.Tx, g access.Granted, _ row) (string, error) {
		if err := absent(ctx, tx, meeting, person); err != nil {
			return "", err
		}
		return person, s.note(ctx, tx, a, g.Role, "absent", meeting, person, "")
	})
}

// ArriveByReceipt checks in whoever shows the receipt of their answer. When it is
// the answer of somebody who joined, they are on the list by name.
func (s *Service) ArriveByReceipt(ctx context.Context, a access.Actor, meeting, receipt, key string) (err error) {
	defer fault.Wrap(&err, "meeting.ArriveByReceipt(%s)", meeting)
	return s.door(ctx, a, meeting, "receipt", key, func(tx *db.Tx, g access.Granted, r row) (string, error) {
		old, err := s.again(ctx, tx, meeting, receipt, "")
		if err == nil && old.ID == "" {
			err = fault.Wrong(fault.At("receipt", "meeting.error.receipt"))
		}
		if err != nil || old.Arrived {
			return old.ID, err
		}
		old.Arrived = true
		if err := putAnswer(ctx, tx, meeting, old); err != nil {
			return "", err
		}
		if old.Person != "" && !r.Nameless {
			if _, err := arrive(ctx, tx, meeting, here{old.Person, string(people.Attended), s.clock.Now()}); err != nil {
				return "", err
			}
		}
		return old.ID, s.note(ctx, tx, a, g.Role, "arrive", meeting, old.Person, "receipt")
	})
}

// Count counts people who came without leaving a name, with an institution or
// with none; a negative number takes them back. A repeated key counts once.
func (s *Service) Count(ctx context.Context, a access.Actor, meeting, institution string, by int, key string) (err error) {
	defer fault.Wrap(&err, "meeting.Count(%s)", meeting)
	if by == 0 || by < -1000 || by > 1000 {
		return fault.Wrong(fault.At("n", "meeting.error.n"))
	}
	if institution != "" {
		list, err := s.people.Institutions(ctx, a)
		if err != nil {
			return err
		}
		known := false
		for _, i := range list {
			known = known || i.ID == institution
		}
		if !known {
			return fault.Wrong(fault.At("institution", "contact.error.choose"))
		}
	}
	return s.door(ctx, a, meeting, "count:"+institution, key, func(tx *db.Tx, g access.Granted, r row) (string, error) {
		if err := count(ctx, tx, meeting, institution, by); err != nil {
			return "", err
		}
		return meeting, s.note(ctx, tx, a, g.Role, "count", meeting, "", "")
	})
}

// Door returns who is there.
func (s *Service) Door(ctx context.Context, a access.Actor, meeting string) (d Door, err error) {
	defer fault.Wrap(&err, "meeting.Door(%s)", meeting)
	g, err := access.Check(a, needRead)
	if err != nil {
		return d, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		if _, err := s.load(ctx, tx, a, g, meeting); err != nil {
			return err
		}
		d, err = s.there(ctx, tx, meeting)
		return err
	})
	return d, err
}

func (s *Service) there(ctx context.Context, tx *db.Tx, meeting string) (d Door, err error) {
	list, err := present(ctx, tx, meeting)
	if err != nil {
		return d, err
	}
	for _, h := range list {
		d.Present = append(d.Present, h.person)
	}
	if d.Tallies, err = tallies(ctx, tx, meeting); err != nil {
		return d, err
	}
	d.Total = len(d.Present)
	for _, t := range d.Tallies {
		d.Total += t.N
	}
	said, err := answers(ctx, tx, meeting)
	for _, r := range said {
		if r.Arrived && r.Person == "" {
			d.Answers++
			d.Total++
		}
	}
	return d, err
}

// Names returns how people are called at a meeting: members as they want to be
// called in its team, others as the actor may see them.
func (s *Service) Names(ctx context.Context, a access.Actor, m Meeting, persons []string) (map[string]string, error) {
	out := map[string]string{}
	if m.Team != "" {
		members, err := s.teams.MembersOf(ctx, a, m.Team)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		for _, p := range members {
			out[p.Person] = p.Name
		}
	}
	var rest []string
	for _, p := range persons {
		if out[p] == "" && id.Valid(p) {
			rest = append(rest, p)
		}
	}
	if len(rest) == 0 {
		return out, nil
	}
	cards, err := s.people.Names(ctx, a, rest)
	if fault.Is(err, fault.Forbidden) {
		return out, nil
	}
	for p, c := range cards {
		out[p] = c.Name
	}
	return out, err
}

// ForgetIn takes somebody out of every list, in the transaction that erases them;
// what stays is a count.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	return forget(ctx, tx, person)
}
