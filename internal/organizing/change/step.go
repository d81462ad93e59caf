// The steps of a change: added, dropped, settled, and proposed by other rooms.
package change

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/weblink"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// wrong tidies a step and names what cannot be right about it.
func (x *Step) wrong(now time.Time) error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	x.Evidence, x.Note = strings.TrimSpace(strings.ToValidUTF8(x.Evidence, "")), strings.TrimSpace(strings.ToValidUTF8(x.Note, ""))
	link, ok := weblink.Parse(x.Link)
	at(!slices.Contains(Marks(), x.Mark), "mark", "contact.error.choose")
	at(x.Mark == RolledBack && x.Back.Rung() < 0, "back", "contact.error.choose")
	at(x.On.IsZero(), "on", "change.error.day")
	at(x.On.After(now.AddDate(0, 0, 1)), "on", "change.error.ahead")
	at(!ok, "link", "change.error.link")
	at(x.Evidence == "" && (!ok || link == ""), "evidence", "change.error.evidence")
	at(tooLong(x.Evidence, textMost), "evidence", "change.error.long")
	at(tooLong(x.Note, textMost), "note", "change.error.long")
	if x.Mark != RolledBack {
		x.Back = ""
	}
	x.Link = link
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

func (s *Service) addStep(ctx context.Context, tx *db.Tx, a access.Actor, change string, x Step) (err error) {
	x.ID, x.Account, x.Made = id.New(s.clock.Now()), a.Account, s.clock.Now()
	r := stepRow{Step: x, change: change}
	if r.sealed, err = s.seal(ctx, cell(tx.Org(), "change_step", x.ID, 1), x.StepWords); err != nil {
		return err
	}
	return putStep(ctx, tx, r)
}

// AddStep writes down that a change came one step further, or that something stood
// in its way; with its day and its evidence. The days may come in any order.
func (s *Service) AddStep(ctx context.Context, a access.Actor, change string, x Step, key string) (err error) {
	defer fault.Wrap(&err, "change.AddStep(%s)", change)
	x.Fate = Confirmed
	if err := x.wrong(s.clock.Now()); err != nil {
		return err
	}
	return s.change(ctx, a, change, "step", key, func(tx *db.Tx, r *row) (string, error) {
		if len(r.Steps) >= mostSteps {
			return "", fault.Clash("change.error.steps")
		}
		return string(x.Mark), s.addStep(ctx, tx, a, change, x)
	})
}

// DropStep takes back a step that was written down by mistake.
func (s *Service) DropStep(ctx context.Context, a access.Actor, change, step, key string) (err error) {
	defer fault.Wrap(&err, "change.DropStep(%s)", change)
	return s.change(ctx, a, change, "unstep:"+step, key, func(tx *db.Tx, r *row) (string, error) {
		if !slices.ContainsFunc(r.Steps, func(x Step) bool { return x.ID == step }) {
			return "", fault.Missing("step")
		}
		return "", dropStep(ctx, tx, change, step)
	})
}

// Settle says whether a step that another room proposed is so.
func (s *Service) Settle(ctx context.Context, a access.Actor, change, step string, so bool, key string) (err error) {
	defer fault.Wrap(&err, "change.Settle(%s)", change)
	return s.change(ctx, a, change, "settle:"+step, key, func(tx *db.Tx, r *row) (string, error) {
		i := slices.IndexFunc(r.Steps, func(x Step) bool { return x.ID == step })
		if i < 0 {
			return "", fault.Missing("step")
		}
		x := r.Steps[i]
		if x.Fate != Waiting {
			return "", fault.Clash("change.error.settled")
		}
		x.Fate, x.SettledBy, x.SettledAt = Declined, a.Account, s.clock.Now()
		if so {
			x.Fate = Confirmed
		}
		return string(x.Fate), putStep(ctx, tx, stepRow{Step: x, change: change})
	})
}

// In is a change that another room begins.
type In struct {
	Issue    string
	Level    Level
	Title    string
	On       time.Time
	Evidence string
	Ref      string // of the thing it begins with
}

// MakeIn writes a change down in the caller's transaction, as named; the caller has
// checked that its actor may do what brings it about. An issue that has one keeps it.
func (s *Service) MakeIn(ctx context.Context, tx *db.Tx, a access.Actor, in In) (made string, err error) {
	defer fault.Wrap(&err, "change.MakeIn")
	if in.Issue != "" {
		list, err := all(ctx, tx, in.Issue)
		if err != nil {
			return "", err
		}
		if len(list) > 0 {
			return list[len(list)-1].ID, nil
		}
	}
	now := s.clock.Now()
	r := row{Record: Record{ID: id.New(now), Account: a.Account, Made: now}}
	if err := (SaveIn{Issue: in.Issue, Level: string(in.Level), Title: in.Title, Rating: string(Ratings()[0])}).into(&r); err != nil {
		return "", err
	}
	x := Step{Mark: Named, On: in.On, Fate: Confirmed, Ref: in.Ref, StepWords: StepWords{Evidence: in.Evidence}}
	if err := x.wrong(now); err != nil {
		return "", err
	}
	if err := s.store(ctx, tx, &r); err != nil {
		return "", err
	}
	if err := s.addStep(ctx, tx, a, r.ID, x); err != nil {
		return "", err
	}
	return r.ID, s.note(ctx, tx, a, role(a), "make", r.ID, "")
}

// StepIn is a step that another room proposes: for one change, or for those of an issue.
type StepIn struct {
	Change, Issue  string
	Mark           Mark
	On             time.Time
	Evidence, Link string
	Ref            string // of the thing that brought it about
}

// ProposeIn proposes a step in the caller's transaction. It counts once somebody who
// may change the record has confirmed it. The same thing proposes the same step once,
// and nothing proposes where a change stands already. An issue of which no change is
// written down is left alone.
func (s *Service) ProposeIn(ctx context.Context, tx *db.Tx, a access.Actor, in StepIn) (err error) {
	defer fault.Wrap(&err, "change.ProposeIn")
	x := Step{Mark: in.Mark, On: in.On, Fate: Waiting, Ref: in.Ref, StepWords: StepWords{Evidence: in.Evidence, Link: in.Link}}
	if err := x.wrong(s.clock.Now()); err != nil {
		return err
	}
	var ids []string
	if in.Change != "" {
		r, err := byID(ctx, tx, in.Change)
		if err != nil {
			return err
		}
		ids = []string{r.ID}
	} else if in.Issue != "" {
		list, err := all(ctx, tx, in.Issue)
		if err != nil {
			return err
		}
		for _, r := range list {
			ids = append(ids, r.ID)
		}
	}
	steps, err := stepsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, change := range ids {
		var own []Step
		for _, o := range steps {
			if o.change == change {
				own = append(own, o.Step)
			}
		}
		if s := StandOf(own); s.Aside == "" && s.Rung >= in.Mark.Rung() && in.Mark.Rung() >= 0 {
			continue // it stands there already
		}
		if slices.ContainsFunc(own, func(o Step) bool { return o.Mark == in.Mark && (o.Ref == in.Ref || o.Fate == Waiting) }) {
			continue
		}
		if err := s.addStep(ctx, tx, a, change, x); err != nil {
			return err
		}
		if err := s.note(ctx, tx, a, role(a), "propose", change, string(in.Mark)); err != nil {
			return err
		}
	}
	return nil
}
