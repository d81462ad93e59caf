// Settings: each organizer's own goal and reader, and the words for the rungs.
package people

import (
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// Practice is what somebody set for their own work.
type Practice struct {
	Weekly     int    // one-to-ones a week
	OpenMost   int    // open follow-ups at once
	Supervisor string // account that may read notes which are only the writer's
}

// UsualPractice is what holds until somebody sets their own: about ten a week.
func UsualPractice() Practice { return Practice{Weekly: 10, OpenMost: 25} }

var (
	needPractice = access.Need{Resource: "practice", Action: access.Read}
	needSetOwn   = access.Need{Resource: "practice", Action: access.Update}
	needLabels   = access.Need{Resource: "rung", Action: access.Update}
)

// MyPractice returns the actor's own settings.
func (s *Service) MyPractice(ctx context.Context, a access.Actor) (p Practice, err error) {
	defer fault.Wrap(&err, "people.MyPractice")
	if _, err := access.Check(a, needPractice); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		p, err = practiceOf(ctx, tx, a.Account)
		return err
	})
	return p, err
}

// SetPractice stores the actor's own settings. Whoever writes notes chooses who
// else reads them: nobody makes themself somebody's reader.
func (s *Service) SetPractice(ctx context.Context, a access.Actor, p Practice) (err error) {
	defer fault.Wrap(&err, "people.SetPractice")
	g, err := access.Check(a, needSetOwn)
	if err != nil {
		return err
	}
	list, err := s.Supervisors(ctx, a)
	if err != nil {
		return err
	}
	var bad []fault.Field
	if p.Weekly < 0 || p.Weekly > 60 {
		bad = append(bad, fault.At("weekly", "people.error.weekly"))
	}
	if p.OpenMost < 1 || p.OpenMost > 200 {
		bad = append(bad, fault.At("open_most", "people.error.open_most"))
	}
	if p.Supervisor != "" && !slices.ContainsFunc(list, func(c Colleague) bool { return c.Account == p.Supervisor }) {
		bad = append(bad, fault.At("supervisor", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if err := putPractice(ctx, tx, a.Account, p); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "update", "practice", p.Supervisor, "", "")
	})
}

// Supervisors lists the colleagues who can be named as a reader.
func (s *Service) Supervisors(ctx context.Context, a access.Actor) (out []Colleague, err error) {
	all, err := s.staff(ctx, a.Org)
	for _, c := range all {
		if c.Account != a.Account && slices.Contains(c.Roles, access.Organizer) {
			out = append(out, c)
		}
	}
	return out, err
}

// Labels returns how this installation calls the rungs; absent ones have the usual word.
func (s *Service) Labels(ctx context.Context, a access.Actor) (out map[Rung]string, err error) {
	defer fault.Wrap(&err, "people.Labels")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, err = labels(ctx, tx)
		return err
	})
	return out, err
}

// SetLabels stores other words for the rungs; an empty one brings the usual word back.
func (s *Service) SetLabels(ctx context.Context, a access.Actor, words map[Rung]string) (err error) {
	defer fault.Wrap(&err, "people.SetLabels")
	g, err := access.Check(a, needLabels)
	if err != nil {
		return err
	}
	var bad []fault.Field
	for r, w := range words {
		words[r] = contact.OneLine(w)
		key := shortWords(words[r], "people.error.label")
		if !slices.Contains(Rungs(), r) {
			key = "people.error.label"
		}
		if key != "" {
			bad = append(bad, fault.At("label_"+string(r), key))
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		for _, r := range Rungs() {
			if w, ok := words[r]; ok {
				if err := putLabel(ctx, tx, r, w); err != nil {
					return err
				}
			}
		}
		return s.note(ctx, tx, a, g, "update", "rung", "", "", "")
	})
}
