// Planning: whom we meet, for what, with which questions; moving, calling off, and
// that it was rehearsed.
package research

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// PlanIn is the form of an action; fields are named as in the form.
type PlanIn struct {
	ID         string
	Issue      string    // issue
	Team       string    // team
	Office     string    // office: somebody in public office
	Host       string    // host: or a role in words
	Purposes   []string  // purpose
	Questions  []string  // questions, one on each line
	At         time.Time // date, time
	Minutes    int       // minutes
	Place      string    // place
	Where      string    // where
	Language   string    // lang
	RehearseAt time.Time // rehearse_date, rehearse_time; none is allowed, and warned of
	Version    int64
	Key        string
}

const (
	hostMost     = 120
	questionMost = 200
	longest      = 4 * 60
)

func tooLong(s string, most int) bool { return utf8.RuneCountInString(s) > most }

// ParseQuestions reads questions as people type them: one on each line, numbers and
// dashes before them left out.
func ParseQuestions(text string) (out []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimLeft(contact.OneLine(line), "-–•*·0123456789.) ")
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

// wrong tidies a form and names what cannot be right about it.
func (in *PlanIn) wrong() error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	in.Host, in.Where = contact.OneLine(in.Host), contact.OneLine(in.Where)
	at(in.Office == "" && in.Host == "", "host", "research.error.host")
	at(tooLong(in.Host, hostMost), "host", "research.error.long")
	at(len(in.Purposes) == 0, "purpose", "research.error.purpose")
	for _, p := range in.Purposes {
		at(!slices.Contains(Purposes(), Purpose(p)), "purpose", "contact.error.choose")
	}
	at(len(in.Questions) == 0, "questions", "research.error.questions")
	at(len(in.Questions) > mostQuestions, "questions", "research.error.many")
	at(slices.ContainsFunc(in.Questions, func(q string) bool { return tooLong(q, questionMost) }), "questions", "research.error.question_long")
	at(in.At.IsZero(), "date", "research.error.when")
	at(in.Minutes < 10 || in.Minutes > longest, "minutes", "research.error.minutes")
	at(!slices.Contains(people.Places(), in.Place), "place", "contact.error.choose")
	at(tooLong(in.Where, hostMost), "where", "research.error.long")
	at(!contact.Language(in.Language), "lang", "contact.error.choose")
	at(!in.RehearseAt.IsZero() && !in.RehearseAt.Before(in.At), "rehearse_date", "research.error.rehearse")
	bad = slices.CompactFunc(bad, func(a, b fault.Field) bool { return a.Name == b.Name })
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// into writes the form into an action. A question that stays keeps its id, so that
// what was answered stays beside it.
func (in PlanIn) into(r *row) {
	r.Issue, r.Team, r.Office, r.At, r.Minutes, r.Place, r.Language, r.RehearseAt = in.Issue, in.Team, in.Office, in.At, in.Minutes, in.Place, in.Language, in.RehearseAt
	r.Host, r.Where, r.Purposes = in.Host, in.Where, nil
	for _, p := range Purposes() { // in the order of the list, each once
		if slices.Contains(in.Purposes, string(p)) {
			r.Purposes = append(r.Purposes, p)
		}
	}
	was := slices.Clone(r.Questions)
	r.Questions = nil
	for _, text := range in.Questions {
		q := Question{ID: id.Token()[:10], Text: text}
		if i := slices.IndexFunc(was, func(o Question) bool { return o.Text == text }); i >= 0 {
			q.ID = was[i].ID
			was = slices.Delete(was, i, i+1)
		}
		r.Questions = append(r.Questions, q)
	}
}

// chosen checks what was chosen from other rooms, and takes over how the office is
// called now: a public fact of that day, which stays when somebody else holds it.
func (s *Service) chosen(ctx context.Context, a access.Actor, in *PlanIn) error {
	var bad []fault.Field
	refuse := func(field string, err error) error {
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
			bad = append(bad, fault.At(field, "contact.error.choose"))
			return nil
		}
		return err
	}
	if in.Office != "" {
		o, err := Office{}, fault.Missing("no offices")
		if s.offices != nil {
			o, err = s.offices.Office(ctx, a, in.Office)
		}
		if err = refuse("office", err); err != nil {
			return err
		}
		in.Host = o.Label()
	}
	if in.Issue != "" {
		err := fault.Missing("no issues")
		if s.issues != nil {
			_, err = s.issues.Issue(ctx, a, in.Issue)
		}
		if err = refuse("issue", err); err != nil {
			return err
		}
	}
	if in.Team != "" {
		list, err := s.Teams(ctx, a)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(t Team) bool { return t.ID == in.Team }) {
			bad = append(bad, fault.At("team", "contact.error.choose"))
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// Label is how somebody in public office is written: name, office, body.
func (o Office) Label() string {
	parts := slices.DeleteFunc([]string{o.Name, o.Office, o.Body}, func(s string) bool { return s == "" })
	return strings.Join(parts, ", ")
}

// Teams lists the teams whose members the actor may ask.
func (s *Service) Teams(ctx context.Context, a access.Actor) ([]Team, error) {
	if s.teams == nil {
		return nil, nil
	}
	list, err := s.teams.Teams(ctx, a)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	return list, err
}

// Offices and Issues list what can be chosen; nothing without those rooms.
func (s *Service) Offices(ctx context.Context, a access.Actor) ([]Office, error) {
	if s.offices == nil {
		return nil, nil
	}
	list, err := s.offices.Offices(ctx, a)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	return list, err
}

// Issues lists the issues that can be chosen.
func (s *Service) Issues(ctx context.Context, a access.Actor) ([]Issue, error) {
	if s.issues == nil {
		return nil, nil
	}
	list, err := s.issues.Issues(ctx, a)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	return list, err
}

// IssueName is how an issue is called; empty when it cannot be said.
func (s *Service) IssueName(ctx context.Context, a access.Actor, issue string) (string, error) {
	if s.issues == nil || issue == "" {
		return "", nil
	}
	i, err := s.issues.Issue(ctx, a, issue)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return "", nil
	}
	return i.Name, err
}

// Plan makes an action. Whoever plans it answers for it.
func (s *Service) Plan(ctx context.Context, a access.Actor, in PlanIn) (made string, err error) {
	defer fault.Wrap(&err, "research.Plan")
	g, err := access.Check(a, needCreate)
	if err != nil {
		return "", err
	}
	if err := in.wrong(); err != nil {
		return "", err
	}
	if err := s.chosen(ctx, a, &in); err != nil {
		return "", err
	}
	return s.once(ctx, a, in.Key, "research.plan", func(tx *db.Tx) (string, error) {
		now := s.clock.Now()
		r := row{Action: Action{ID: id.New(now), State: Planned, Account: a.Account, Made: now}}
		in.into(&r)
		if err := s.store(ctx, tx, &r); err != nil {
			return "", err
		}
		return r.ID, s.note(ctx, tx, a, g, "plan", "research", r.ID, "", "")
	})
}

// Change writes the form of an action that is still to come. A rehearsal of other
// questions has to be held again.
func (s *Service) Change(ctx context.Context, a access.Actor, in PlanIn) (err error) {
	defer fault.Wrap(&err, "research.Change(%s)", in.ID)
	if err := in.wrong(); err != nil {
		return err
	}
	if err := s.chosen(ctx, a, &in); err != nil {
		return err
	}
	return s.change(ctx, a, in.ID, "update", in.Key, []State{Planned, Rehearsed}, func(_ *db.Tx, _ access.Granted, r *row) (string, error) {
		if in.Version != r.Version {
			return "", fault.Clash("research.error.changed")
		}
		in.into(r)
		return "", nil
	})
}

// Rehearse notes that the parts were tried out.
func (s *Service) Rehearse(ctx context.Context, a access.Actor, action, key string) (err error) {
	defer fault.Wrap(&err, "research.Rehearse(%s)", action)
	return s.change(ctx, a, action, "rehearse", key, []State{Planned}, func(_ *db.Tx, _ access.Granted, r *row) (string, error) {
		r.State, r.RehearsedOn = Rehearsed, s.clock.Now()
		return "", nil
	})
}

// Cancel calls an action off.
func (s *Service) Cancel(ctx context.Context, a access.Actor, action, key string) (err error) {
	defer fault.Wrap(&err, "research.Cancel(%s)", action)
	return s.change(ctx, a, action, "cancel", key, []State{Planned, Rehearsed}, func(_ *db.Tx, _ access.Granted, r *row) (string, error) {
		r.State = Cancelled
		return "", nil
	})
}

// Found is an action with what has to follow it.
type Found struct {
	Action
	Follows []Follow
}

// Next is who has to do what by when.
func (f Found) Next() Next { return f.Action.Next(f.Follows) }

// Get returns an action.
func (s *Service) Get(ctx context.Context, a access.Actor, action string) (f Found, err error) {
	defer fault.Wrap(&err, "research.Get(%s)", action)
	g, err := access.Check(a, needRead)
	if err != nil {
		return f, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.load(ctx, tx, a, g, action)
		if err != nil {
			return err
		}
		follows, err := followsOf(ctx, tx, []string{r.ID})
		f = Found{r.Action, follows[r.ID]}
		return err
	})
	return f, err
}

// PageSize is how many of those that are over a list shows at once.
const PageSize = 40

// Listing is the list of actions.
type Listing struct {
	Ahead   []Found // in order of their day
	Waiting []Found // held, and something still has to follow
	Over    []Found // the latest first
}

// List returns the actions of an issue, or of all; before pages what is over.
func (s *Service) List(ctx context.Context, a access.Actor, issue string, before time.Time) (l Listing, err error) {
	defer fault.Wrap(&err, "research.List")
	g, err := access.Check(a, needRead)
	if err != nil {
		return l, err
	}
	if g.Scope != access.Org && g.Scope != access.All {
		return l, nil // a member has their own: see Own
	}
	if before.IsZero() {
		before = s.clock.Now().AddDate(10, 0, 0)
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) (err error) {
		l = Listing{}
		for _, part := range []struct {
			into *[]Found
			rows func() ([]row, error)
		}{
			{&l.Ahead, func() ([]row, error) { return ahead(ctx, tx, issue) }},
			{&l.Waiting, func() ([]row, error) { return waiting(ctx, tx, issue) }},
			{&l.Over, func() ([]row, error) { return over(ctx, tx, issue, before, PageSize) }},
		} {
			rows, err := part.rows()
			if err != nil {
				return err
			}
			if *part.into, err = s.found(ctx, tx, rows); err != nil {
				return err
			}
		}
		return nil
	})
	return l, err
}

func (s *Service) found(ctx context.Context, tx *db.Tx, rows []row) (out []Found, err error) {
	if err := s.open(ctx, tx, rows); err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	follows, err := followsOf(ctx, tx, ids)
	for _, r := range rows {
		out = append(out, Found{r.Action, follows[r.ID]})
	}
	return out, err
}

// Own lists the actions in which the actor takes part, the latest first, with the
// part they have.
func (s *Service) Own(ctx context.Context, a access.Actor) (out []Found, parts []Part, err error) {
	defer fault.Wrap(&err, "research.Own")
	if _, err := access.Check(a, needRead); err != nil || a.Person == "" {
		return nil, nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, parts = nil, nil
		ids, err := people.Rows(ctx, tx, a.Person)
		if err != nil {
			return err
		}
		rows, err := ofPeople(ctx, tx, ids)
		if err != nil {
			return err
		}
		if out, err = s.found(ctx, tx, rows); err != nil {
			return err
		}
		for _, f := range out {
			p, _ := f.In(ids)
			parts = append(parts, p)
		}
		return nil
	})
	return out, parts, err
}

// OwnPart is the part of the actor in one action.
func (s *Service) OwnPart(ctx context.Context, a access.Actor, action string) (f Found, p Part, err error) {
	list, parts, err := s.Own(ctx, a)
	if err != nil {
		return f, p, err
	}
	for i := range list {
		if list[i].ID == action {
			return list[i], parts[i], nil
		}
	}
	return f, p, fault.Missing("takes no part")
}
