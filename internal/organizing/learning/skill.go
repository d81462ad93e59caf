// Skills: seen by somebody, signed once, with the day and the encounter.
package learning

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Record is what one person has shown and where they have learned.
type Record struct {
	Person    string
	Signed    []Signed
	Place     Place
	Trainings []Taught // that they were at or are expected at, the latest first
}

// Shown lists the skills of a record.
func (r Record) Shown() (out []Skill) {
	for _, k := range r.Signed {
		out = append(out, k.Skill)
	}
	return out
}

// Record returns a person's path: their own, or that of somebody within the actor's reach.
func (s *Service) Record(ctx context.Context, a access.Actor, person string) (out Record, err error) {
	defer fault.Wrap(&err, "learning.Record")
	if _, err := access.Check(a, needShown); err != nil {
		return out, err
	}
	// The people room decides who is within reach, and whether their consent is live.
	if _, err := s.people.Timeline(ctx, a, person, time.Time{}, 1); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = Record{Person: person}
		var err error
		if out.Signed, err = signedOf(ctx, tx, person); err != nil {
			return err
		}
		out.Place = PlaceOf(out.Shown())
		rows, err := people.Rows(ctx, tx, person)
		if err != nil {
			return err
		}
		list, err := trainingsOf(ctx, tx, rows)
		if err != nil {
			return err
		}
		for _, t := range list {
			one, err := s.taught(ctx, tx, a, t)
			if err != nil {
				return err
			}
			out.Trainings = append(out.Trainings, one)
		}
		return nil
	})
	return out, err
}

// SignIn says that a skill was seen.
type SignIn struct {
	Person    string
	Skill     string
	Encounter string // of the person's timeline, at which it was seen
	Saw       bool   // "I was there and saw it"
	Key       string
}

// Seen lists the encounters of a person at which a skill can have been seen: held, the latest first.
func (s *Service) Seen(ctx context.Context, a access.Actor, person string) ([]people.Together, error) {
	if _, err := access.Check(a, needSign); err != nil {
		return nil, err
	}
	list, err := s.people.Timeline(ctx, a, person, s.clock.Now().Add(time.Microsecond), listMost)
	return slices.DeleteFunc(list, func(t people.Together) bool { return t.State != people.Held && t.State != people.Evaluated }), err
}

// Sign writes down that the actor saw a person do something. Nobody signs for
// themself; an organizer can sign any skill, a leader those they have shown.
func (s *Service) Sign(ctx context.Context, a access.Actor, in SignIn) (made string, err error) {
	defer fault.Wrap(&err, "learning.Sign")
	g, err := access.Check(a, needSign)
	if err != nil {
		return "", err
	}
	if a.Person != "" && a.Person == in.Person {
		return "", fault.Clash("learning.error.oneself")
	}
	var bad []fault.Field
	if !slices.Contains(Skills(), Skill(in.Skill)) {
		bad = append(bad, fault.At("skill", "contact.error.choose"))
	}
	if !in.Saw {
		bad = append(bad, fault.At("saw", "learning.error.saw"))
	}
	seen, err := s.Seen(ctx, a, in.Person)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(seen, func(t people.Together) bool { return t.ID == in.Encounter })
	if at < 0 {
		bad = append(bad, fault.At("encounter", "learning.error.encounter"))
	}
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	now := s.clock.Now()
	return s.once(ctx, a, in.Key, "learning.sign", func(tx *db.Tx) (string, error) {
		if g.Scope == access.Self {
			if err := hasShown(ctx, tx, a.Person, Skill(in.Skill)); err != nil {
				return "", err
			}
		}
		if err := s.people.TogetherIn(ctx, tx, in.Person, "person"); err != nil {
			return "", err
		}
		list, err := signedOf(ctx, tx, in.Person)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(list, func(k Signed) bool { return k.Skill == Skill(in.Skill) }) {
			return "", fault.Clash("learning.error.signed")
		}
		k := Signed{ID: id.New(now), Person: in.Person, Skill: Skill(in.Skill), Encounter: in.Encounter, Seen: seen[at].At, By: a.Account, At: now}
		if err := putSigned(ctx, tx, k); err != nil {
			return "", err
		}
		return k.ID, s.note(ctx, tx, a, g, "sign", "skill", k.ID, in.Person, in.Skill)
	})
}

// hasShown refuses unless the person who signs has shown the skill themself.
func hasShown(ctx context.Context, tx *db.Tx, person string, k Skill) error {
	list, err := signedOf(ctx, tx, person)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(s Signed) bool { return s.Skill == k }) {
		return nil
	}
	return fault.Clash("learning.error.not_shown")
}

// TakeBack ends a signature that was a mistake: whoever signed, or an organizer.
// It says whose it was.
func (s *Service) TakeBack(ctx context.Context, a access.Actor, signed, key string) (person string, err error) {
	defer fault.Wrap(&err, "learning.TakeBack(%s)", signed)
	g, err := access.Check(a, needTake)
	if err != nil {
		return "", err
	}
	return s.once(ctx, a, key, "learning.takeback:"+signed, func(tx *db.Tx) (string, error) {
		k, err := signedByID(ctx, tx, signed)
		if err != nil {
			return "", err
		}
		if g.Scope == access.Self && k.By != a.Account {
			return "", fault.Missing("signature out of reach")
		}
		if err := dropSigned(ctx, tx, signed); err != nil {
			return "", err
		}
		return k.Person, s.note(ctx, tx, a, g, "takeback", "skill", signed, k.Person, string(k.Skill))
	})
}

// ToSign is somebody who practised something at a training that was held, which
// nobody has signed yet.
type ToSign struct {
	Person    string
	Training  Taught
	Practised []Skill
}

// recently is how far back signatures are asked for.
const recently = 60 * 24 * time.Hour

// Waiting lists the signatures that could be given for the trainings of the last
// weeks that the actor gives or may see; whom the actor may see is the people room's to say.
func (s *Service) Waiting(ctx context.Context, a access.Actor) (out []ToSign, err error) {
	defer fault.Wrap(&err, "learning.Waiting")
	g, err := access.Check(a, needSign)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		list, err := trainingsBefore(ctx, tx, now, listMost)
		if err != nil {
			return err
		}
		own, err := signedOf(ctx, tx, a.Person)
		if err != nil {
			return err
		}
		for _, t := range list {
			if t.State != Held || now.Sub(t.At) > recently || g.Scope == access.Self && t.Account != a.Account {
				continue
			}
			one, err := s.taught(ctx, tx, a, t)
			if err != nil {
				return err
			}
			may := slices.DeleteFunc(one.Content.Skills(), func(k Skill) bool {
				return g.Scope == access.Self && !slices.ContainsFunc(own, func(o Signed) bool { return o.Skill == k })
			})
			some, err := unsigned(ctx, tx, one, may)
			if err != nil {
				return err
			}
			out = append(out, some...)
		}
		return nil
	})
	return slices.DeleteFunc(out, func(w ToSign) bool { return a.Person != "" && w.Person == a.Person }), err
}

func unsigned(ctx context.Context, tx *db.Tx, t Taught, skills []Skill) (out []ToSign, err error) {
	there, err := presentAt(ctx, tx, t.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range there {
		shown, err := signedOf(ctx, tx, p.Person)
		if err != nil {
			return nil, err
		}
		w := ToSign{Person: p.Person, Training: t}
		for _, k := range skills {
			if !slices.ContainsFunc(shown, func(s Signed) bool { return s.Skill == k }) {
				w.Practised = append(w.Practised, k)
			}
		}
		if len(w.Practised) > 0 {
			out = append(out, w)
		}
	}
	return out, nil
}

// Forget takes a person out of every list and signature, in the caller's
// transaction: whoever erases somebody calls it for each of their rows. How many
// were at a training stays, without them.
func (s *Service) Forget(ctx context.Context, tx *db.Tx, person string) error {
	return forget(ctx, tx, person)
}
