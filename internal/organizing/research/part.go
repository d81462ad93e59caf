// Who takes part and with which part; how they are called; and letting go of whoever
// is erased.
package research

import (
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// mostPeople keeps the group small: more would outnumber any host.
const mostPeople = 20

// nameable refuses somebody whom the actor cannot name: neither in the team of the
// action nor within their own reach.
func (s *Service) nameable(ctx context.Context, a access.Actor, f Action, person string) error {
	names, err := s.Names(ctx, a, f, []string{person})
	if err != nil {
		return err
	}
	if names[person] == "" {
		return fault.Wrong(fault.At("person", "research.error.person"))
	}
	return nil
}

// Add takes somebody in, without a part yet or with one. They must have said yes to a
// record of what is done together. Somebody who was written down twice is one.
func (s *Service) Add(ctx context.Context, a access.Actor, action, person string, role Role, key string) (err error) {
	defer fault.Wrap(&err, "research.Add(%s)", action)
	if role != NoRole && !slices.Contains(Roles(), role) {
		return fault.Wrong(fault.At("role", "contact.error.choose"))
	}
	f, err := s.Get(ctx, a, action)
	if err != nil {
		return err
	}
	if err := s.nameable(ctx, a, f.Action, person); err != nil {
		return err
	}
	return s.change(ctx, a, action, "add:"+person, key, []State{Planned, Rehearsed, Held}, func(tx *db.Tx, g access.Granted, r *row) (string, error) {
		if err := s.people.TogetherIn(ctx, tx, person, "person"); err != nil {
			return "", err
		}
		ids, err := people.Rows(ctx, tx, person)
		if err != nil {
			return "", err
		}
		if _, in := r.In(ids); in {
			return "", nil
		}
		if len(r.Parts) >= mostPeople {
			return "", fault.Clash("research.error.people")
		}
		p := Part{Person: person, Role: role, Came: r.State == Held}
		r.Parts = append(r.Parts, p)
		if err := roomFor(r.Parts); err != nil {
			return "", err
		}
		if err := putPart(ctx, tx, r.ID, p, s.clock.Now()); err != nil {
			return "", err
		}
		if r.State == Held { // came after all
			return "", s.record(ctx, tx, a, r.Action)
		}
		return "", nil
	})
}

// Drop takes somebody out who does not come.
func (s *Service) Drop(ctx context.Context, a access.Actor, action, person, key string) (err error) {
	defer fault.Wrap(&err, "research.Drop(%s)", action)
	return s.change(ctx, a, action, "drop:"+person, key, []State{Planned, Rehearsed}, func(tx *db.Tx, _ access.Granted, r *row) (string, error) {
		return "", dropPart(ctx, tx, r.ID, person)
	})
}

// roomFor refuses more people in a part than it has room for.
func roomFor(parts []Part) error {
	for _, role := range Roles() {
		n := 0
		for _, p := range parts {
			if p.Role == role {
				n++
			}
		}
		if n > role.Most() {
			return fault.Wrong(fault.At("role", "research.error.full_"+string(role)))
		}
	}
	return nil
}

// Assign gives the parts: role by person. Whoever is not named keeps theirs.
func (s *Service) Assign(ctx context.Context, a access.Actor, action string, roles map[string]Role, key string) (err error) {
	defer fault.Wrap(&err, "research.Assign(%s)", action)
	for _, role := range roles {
		if role != NoRole && !slices.Contains(Roles(), role) {
			return fault.Wrong(fault.At("role", "contact.error.choose"))
		}
	}
	return s.change(ctx, a, action, "assign", key, []State{Planned, Rehearsed}, func(tx *db.Tx, _ access.Granted, r *row) (string, error) {
		for i := range r.Parts {
			if role, ok := roles[r.Parts[i].Person]; ok {
				r.Parts[i].Role = role
			}
		}
		if err := roomFor(r.Parts); err != nil {
			return "", err
		}
		for _, p := range r.Parts {
			if err := putPart(ctx, tx, r.ID, p, s.clock.Now()); err != nil {
				return "", err
			}
		}
		return "", nil
	})
}

// Names returns how those who take part are called: members as they want to be
// called in the team, others as the actor may see them.
func (s *Service) Names(ctx context.Context, a access.Actor, f Action, persons []string) (map[string]string, error) {
	out := map[string]string{}
	team, err := s.Members(ctx, a, f)
	if err != nil {
		return nil, err
	}
	for _, m := range team {
		out[m.Person] = m.Name
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

// Members are those of the action's team whom the actor may see.
func (s *Service) Members(ctx context.Context, a access.Actor, f Action) ([]Member, error) {
	if f.Team == "" || s.teams == nil {
		return nil, nil
	}
	list, err := s.teams.Members(ctx, a, f.Team)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	return list, err
}

// ForgetIn takes somebody out of every action, in the transaction that erases them.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	return forget(ctx, tx, person)
}
