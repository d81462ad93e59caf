// Trainings: planned with one version of a curriculum, people expected, held and
// written into the timelines of those who came.
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
	"seedbed/internal/trust/contact"
)

// PlanIn is a training as typed.
type PlanIn struct {
	Curriculum string
	At         time.Time
	Minutes    int
	Place      string
	Language   string
	Key        string
}

const (
	shortest = 15
	longest  = 3 * 24 * 60 // a weekend
)

func (in PlanIn) wrong() error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	at(in.At.IsZero(), "date", "learning.error.date")
	at(in.Minutes < shortest || in.Minutes > longest, "minutes", "learning.error.minutes")
	at(!slices.Contains(people.Places(), in.Place), "place", "contact.error.choose")
	at(!contact.Language(in.Language), "lang", "contact.error.choose")
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// Plan makes a training with the curriculum's newest version. Whoever plans it gives it.
func (s *Service) Plan(ctx context.Context, a access.Actor, in PlanIn) (made string, err error) {
	defer fault.Wrap(&err, "learning.Plan(%s)", in.Curriculum)
	g, err := access.Check(a, needPlan)
	if err != nil {
		return "", err
	}
	if err := in.wrong(); err != nil {
		return "", err
	}
	now := s.clock.Now()
	return s.once(ctx, a, in.Key, "learning.plan", func(tx *db.Tx) (string, error) {
		c, err := curriculumByID(ctx, tx, in.Curriculum)
		switch {
		case fault.Is(err, fault.NotFound), err == nil && c.State == Draft:
			return "", fault.Wrong(fault.At("curriculum", "contact.error.choose"))
		case err != nil:
			return "", err
		case c.State == Retired:
			return "", fault.Wrong(fault.At("curriculum", "learning.error.retired"))
		}
		t := Training{ID: id.New(now), Curriculum: c.ID, Version: c.Version, At: in.At, Minutes: in.Minutes, Place: in.Place, Language: in.Language, State: Planned, Account: a.Account, Edition: 1}
		if err := putTraining(ctx, tx, t); err != nil {
			return "", err
		}
		return t.ID, s.note(ctx, tx, a, g, "create", "training", t.ID, "", "")
	})
}

// mine refuses unless the scope reaches the training: whoever gives only their own.
func mine(a access.Actor, g access.Granted, t Training) error {
	if g.Scope == access.Self && t.Account != a.Account {
		return fault.Missing("training out of reach")
	}
	return nil
}

// change runs a verb on a planned training.
func (s *Service) change(ctx context.Context, a access.Actor, training, key, action string, fn func(tx *db.Tx, g access.Granted, t *Training) (person string, err error)) (err error) {
	defer fault.Wrap(&err, "learning.%s(%s)", action, training)
	g, err := access.Check(a, needHold)
	if err != nil {
		return err
	}
	_, err = s.once(ctx, a, key, "learning."+action+":"+training, func(tx *db.Tx) (string, error) {
		t, err := trainingByID(ctx, tx, training)
		if err != nil {
			return "", err
		}
		if err := mine(a, g, t); err != nil {
			return "", err
		}
		if t.State == Cancelled {
			return "", fault.Clash("learning.error.cancelled")
		}
		person, err := fn(tx, g, &t)
		if err != nil {
			return "", err
		}
		t.Edition++
		if err := putTraining(ctx, tx, t); err != nil {
			return "", err
		}
		return t.ID, s.note(ctx, tx, a, g, action, "training", t.ID, person, "")
	})
	return err
}

// Expect puts somebody on the list of a training; Trainer says that they give it too.
func (s *Service) Expect(ctx context.Context, a access.Actor, training string, who Attendance, key string) error {
	if seen, err := s.people.Names(ctx, a, []string{who.Person}); err != nil {
		return err
	} else if _, ok := seen[who.Person]; !ok {
		return fault.Wrong(fault.At("person", "learning.error.person"))
	}
	return s.change(ctx, a, training, key, "expect", func(tx *db.Tx, _ access.Granted, t *Training) (string, error) {
		if t.State != Planned {
			return "", fault.Clash("learning.error.held")
		}
		if err := s.people.TogetherIn(ctx, tx, who.Person, "person"); err != nil {
			return "", err
		}
		return who.Person, putPresent(ctx, tx, t.ID, who)
	})
}

// Unexpect takes somebody off the list of a planned training.
func (s *Service) Unexpect(ctx context.Context, a access.Actor, training, person, key string) error {
	return s.change(ctx, a, training, key, "unexpect", func(tx *db.Tx, _ access.Granted, t *Training) (string, error) {
		if t.State != Planned {
			return "", fault.Clash("learning.error.held")
		}
		return person, dropPresent(ctx, tx, t.ID, person)
	})
}

// HoldIn says that a training was held, and who of the list was there. Said again,
// it corrects who was there.
type HoldIn struct {
	ID      string
	Present []string
	Others  int // without names
	Key     string
}

// Hold writes attendance and the encounter in one transaction: what the training
// says and what the timelines say cannot differ.
func (s *Service) Hold(ctx context.Context, a access.Actor, in HoldIn) error {
	if in.Others < 0 || in.Others > 1000 {
		return fault.Wrong(fault.At("others", "people.error.others"))
	}
	return s.change(ctx, a, in.ID, in.Key, "hold", func(tx *db.Tx, g access.Granted, t *Training) (string, error) {
		if t.At.After(s.clock.Now()) {
			return "", fault.Clash("learning.error.early")
		}
		list, err := presentAt(ctx, tx, t.ID)
		if err != nil {
			return "", err
		}
		e := people.Encounter{Kind: people.Training, State: people.Held, At: t.At, Minutes: t.Minutes, Place: t.Place, Language: t.Language, LedBy: people.ByStaff,
			Account: t.Account, Ref: "training:" + t.ID, Others: in.Others}
		if g.Role == access.Leader {
			e.LedBy = people.ByLeader
		}
		for _, p := range list {
			if !slices.Contains(in.Present, p.Person) {
				if err := dropPresent(ctx, tx, t.ID, p.Person); err != nil {
					return "", err
				}
				continue
			}
			role := people.Attended
			if p.Trainer {
				role, e.LedBy = people.Trained, people.ByLeader
			}
			e.Present = append(e.Present, people.Presence{Person: p.Person, Role: role})
		}
		if t.Encounter, err = s.people.RecordIn(ctx, tx, a, e); err != nil {
			return "", err
		}
		t.State, t.Others = Held, in.Others
		if s.onHeld == nil {
			return "", nil
		}
		return "", s.onHeld(ctx, tx, a, *t)
	})
}

// Cancel ends a planned training that is not held.
func (s *Service) Cancel(ctx context.Context, a access.Actor, training, key string) error {
	return s.change(ctx, a, training, key, "cancel", func(_ *db.Tx, _ access.Granted, t *Training) (string, error) {
		if t.State != Planned {
			return "", fault.Clash("learning.error.held")
		}
		t.State = Cancelled
		return "", nil
	})
}

// Taught is a training with the version it uses.
type Taught struct {
	Training
	Content Content
	Mine    bool // the actor may change it
}

// Training returns one training and who is on its list.
func (s *Service) Training(ctx context.Context, a access.Actor, training string) (t Taught, list []Attendance, err error) {
	defer fault.Wrap(&err, "learning.Training(%s)", training)
	g, err := access.Check(a, needLook)
	if err != nil {
		return t, nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		one, err := trainingByID(ctx, tx, training)
		if err != nil {
			return err
		}
		if t, err = s.taught(ctx, tx, a, one); err != nil {
			return err
		}
		if list, err = presentAt(ctx, tx, training); g.Scope == access.Self { // a member: only whether they are on it themself
			list = slices.DeleteFunc(list, func(p Attendance) bool { return a.Person == "" || p.Person != a.Person })
		}
		return err
	})
	return t, list, err
}

func (s *Service) taught(ctx context.Context, tx *db.Tx, a access.Actor, t Training) (Taught, error) {
	c, err := versionOf(ctx, tx, t.Curriculum, t.Version)
	g, denied := access.Check(a, needHold)
	return Taught{Training: t, Content: c, Mine: denied == nil && mine(a, g, t) == nil}, err
}

const listMost = 100

// Coming lists the trainings ahead, the next first; what is cancelled is left out.
func (s *Service) Coming(ctx context.Context, a access.Actor) ([]Taught, error) {
	return s.some(ctx, a, func(tx *db.Tx) ([]Training, error) {
		return trainingsSince(ctx, tx, s.clock.Now().Add(-12*time.Hour), listMost) // one of this evening is still ahead
	}, func(t Training) bool { return t.State == Planned })
}

// Past lists the trainings of before, the latest first, and those nobody has written down yet.
func (s *Service) Past(ctx context.Context, a access.Actor) ([]Taught, error) {
	return s.some(ctx, a, func(tx *db.Tx) ([]Training, error) { return trainingsBefore(ctx, tx, s.clock.Now(), listMost) },
		func(t Training) bool {
			return t.State == Held || t.State == Planned && t.At.Before(s.clock.Now().Add(-12*time.Hour))
		})
}

func (s *Service) some(ctx context.Context, a access.Actor, read func(tx *db.Tx) ([]Training, error), fits func(Training) bool) (out []Taught, err error) {
	defer fault.Wrap(&err, "learning.trainings")
	if _, err := access.Check(a, needLook); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		list, err := read(tx)
		if err != nil {
			return err
		}
		for _, t := range list {
			if !fits(t) {
				continue
			}
			one, err := s.taught(ctx, tx, a, t)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, err
}
