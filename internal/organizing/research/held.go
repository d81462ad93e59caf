// During and after: notes, who came, the encounter, the evaluation, what follows.
package research

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/weblink"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

const (
	noteMost  = 2000
	mostNotes = 300
	heardMost = 160
	early     = 2 * time.Hour // how long before its time an action may be written down as held
)

// NoteIn is what one phone sends; fields are named as in the form.
type NoteIn struct {
	Answers map[string]string // answer_ID, by the id of the question
	Learned string            // learned
	Heard   string            // heard: other offices to talk to, one on each line
	Title   string            // title of a document
	Link    string            // link
	Paper   string            // paper: where it lies
	At      time.Time         // when it was written
	Key     string
}

// read tidies what was noted and names what cannot be right about it.
func (in NoteIn) read(questions []Question) (out []Note, err error) {
	var bad []fault.Field
	add := func(field string, k Kind, question string, w NoteWords, most int) {
		if tooLong(w.Text, most) || tooLong(w.Where, hostMost) {
			bad = append(bad, fault.At(field, "research.error.long"))
		} else if w.Text != "" {
			out = append(out, Note{Kind: k, Question: question, NoteWords: w})
		}
	}
	text := func(s string) string { return strings.TrimSpace(strings.ToValidUTF8(s, "")) }
	for _, q := range questions {
		add("answer_"+q.ID, Answer, q.ID, NoteWords{Text: text(in.Answers[q.ID])}, noteMost)
	}
	add("learned", Learned, "", NoteWords{Text: text(in.Learned)}, noteMost)
	for line := range strings.Lines(in.Heard) {
		add("heard", Heard, "", NoteWords{Text: contact.OneLine(line)}, heardMost)
	}
	link, ok := weblink.Parse(in.Link)
	if !ok {
		bad = append(bad, fault.At("link", "research.error.link"))
	}
	d := NoteWords{Text: contact.OneLine(in.Title), Link: link, Where: contact.OneLine(in.Paper)}
	if d.Text == "" && (d.Link != "" || d.Where != "") {
		bad = append(bad, fault.At("title", "research.error.title"))
	}
	add("title", Document, "", d, hostMost)
	if len(bad) > 0 {
		return nil, fault.Wrong(bad...)
	}
	if len(out) == 0 {
		return nil, fault.Wrong(fault.At("learned", "research.error.nothing"))
	}
	return out, nil
}

// Note adds what was written down, during the meeting or after it. Two phones may
// send at once or much later: each adds.
func (s *Service) Note(ctx context.Context, a access.Actor, action string, in NoteIn) (err error) {
	defer fault.Wrap(&err, "research.Note(%s)", action)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	_, err = s.once(ctx, a, in.Key, "research.note:"+action, func(tx *db.Tx) (string, error) {
		r, err := s.load(ctx, tx, a, g, action)
		if err != nil {
			return "", err
		}
		if err := r.State.among([]State{Planned, Rehearsed, Held, Evaluated, FollowedUp}); err != nil {
			return "", err
		}
		list, err := in.read(r.Questions)
		if err != nil {
			return "", err
		}
		there, err := notesOf(ctx, tx, action)
		if err != nil {
			return "", err
		}
		if len(there)+len(list) > mostNotes {
			return "", fault.Clash("research.error.notes")
		}
		at := in.At
		if now := s.clock.Now(); at.IsZero() || at.After(now) {
			at = now
		}
		for i, n := range list {
			n.ID, n.Account, n.At = id.New(s.clock.Now()), a.Account, at.Add(time.Duration(i)*time.Microsecond) // in the order of the form
			nr := noteRow{Note: n, action: action}
			if nr.sealed, err = s.seal(ctx, cell(tx.Org(), "research_note", n.ID, 1), n.NoteWords); err != nil {
				return "", err
			}
			if err := addNote(ctx, tx, nr); err != nil {
				return "", err
			}
		}
		return action, s.note(ctx, tx, a, g, "note", "research", action, "", "")
	})
	return err
}

// Unnote takes one note back: written twice, or about somebody whom it must not name.
func (s *Service) Unnote(ctx context.Context, a access.Actor, action, note, key string) (err error) {
	defer fault.Wrap(&err, "research.Unnote(%s)", action)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	_, err = s.once(ctx, a, key, "research.unnote:"+note, func(tx *db.Tx) (string, error) {
		if _, err := s.load(ctx, tx, a, g, action); err != nil {
			return "", err
		}
		if _, err := noteByID(ctx, tx, action, note); err != nil {
			return "", err
		}
		if err := dropNote(ctx, tx, note); err != nil {
			return "", err
		}
		return action, s.note(ctx, tx, a, g, "unnote", "research", action, "", "")
	})
	return err
}

// Notes returns what was written down about an action, in the order of writing.
func (s *Service) Notes(ctx context.Context, a access.Actor, action string) (out []Note, err error) {
	defer fault.Wrap(&err, "research.Notes(%s)", action)
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	if g.Scope == access.Self {
		return nil, fault.Missing("notes are for those who run it")
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		if _, err := s.load(ctx, tx, a, g, action); err != nil {
			return err
		}
		list, err := notesOf(ctx, tx, action)
		if err != nil {
			return err
		}
		cells, sealed := make([]vault.Cell, len(list)), make([]string, len(list))
		for i, n := range list {
			cells[i], sealed[i] = cell(tx.Org(), "research_note", n.ID, 1), n.sealed
			out = append(out, n.Note)
		}
		return s.unseal(ctx, cells, sealed, func(n int) any { return &out[n].NoteWords })
	})
	return out, err
}

// HoldIn says who came; fields are named as in the form.
type HoldIn struct {
	Came   []string // came: persons
	Others int      // others: how many more, without names
	Key    string
}

// Hold notes that an action took place. It is an encounter of everybody who came,
// with the part they played; its evaluation is due, and so is what has to follow.
func (s *Service) Hold(ctx context.Context, a access.Actor, action string, in HoldIn) (err error) {
	defer fault.Wrap(&err, "research.Hold(%s)", action)
	if in.Others < 0 || in.Others > 200 {
		return fault.Wrong(fault.At("others", "research.error.others"))
	}
	return s.change(ctx, a, action, "hold", in.Key, []State{Planned, Rehearsed}, func(tx *db.Tx, _ access.Granted, r *row) (string, error) {
		now := s.clock.Now()
		if now.Before(r.At.Add(-early)) {
			return "", fault.Clash("research.error.early")
		}
		r.State, r.HeldAt, r.Others = Held, now, in.Others
		for i := range r.Parts {
			r.Parts[i].Came = slices.Contains(in.Came, r.Parts[i].Person)
			if err := putPart(ctx, tx, r.ID, r.Parts[i], now); err != nil {
				return "", err
			}
		}
		for i, step := range Steps() {
			f := Follow{Step: step, Account: r.Account, Due: r.End().AddDate(0, 0, FollowDays).Add(time.Duration(i) * time.Microsecond)}
			if err := putFollow(ctx, tx, r.ID, f); err != nil {
				return "", err
			}
		}
		if s.evaluations != nil {
			if err := s.evaluations.OpenIn(ctx, tx, a, EvaluationIn{Ref: r.Ref(), At: r.End(), Title: r.Host, Team: r.Team, Owner: r.Account}); err != nil {
				return "", err
			}
		}
		return "", s.record(ctx, tx, a, r.Action)
	})
}

// record writes the encounter of those who came. Whoever's consent has ended
// meanwhile is counted without a name.
func (s *Service) record(ctx context.Context, tx *db.Tx, a access.Actor, r Action) error {
	e := people.Encounter{Kind: people.ResearchAction, State: people.Held, At: r.At, Minutes: r.Minutes, Place: r.Place, Language: r.Language, Ref: r.Ref(),
		Others: r.Others, LedBy: people.ByStaff, Readers: people.TheTeam, Account: r.Account}
	var ids []string
	for _, p := range r.Parts {
		if p.Came {
			ids = append(ids, p.Person)
		}
	}
	live, err := s.consent.LiveOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, p := range r.Parts {
		if !p.Came {
			continue
		}
		q := consent.Query{Subject: p.Person, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: consent.Together, At: s.clock.Now()}
		if !slices.ContainsFunc(live[p.Person], func(c consent.Consent) bool { return c.Covers(q) }) {
			e.Others++
			continue
		}
		if p.Role == Chair {
			e.LedBy = people.ByLeader
		}
		e.Present = append(e.Present, people.Presence{Person: p.Person, Role: p.Role.Plays()})
	}
	_, err = s.people.RecordIn(ctx, tx, access.Machine(a.Org), e)
	return err
}

// Give hands a step to somebody who takes part, or to a colleague with an account,
// with a day.
func (s *Service) Give(ctx context.Context, a access.Actor, action string, f Follow, key string) (err error) {
	defer fault.Wrap(&err, "research.Give(%s)", action)
	var bad []fault.Field
	if !slices.Contains(Steps(), f.Step) || (f.Person == "") == (f.Account == "") {
		bad = append(bad, fault.At("who", "contact.error.choose"))
	}
	if f.Due.IsZero() {
		bad = append(bad, fault.At("due", "people.error.date"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.follow(ctx, a, action, "give", f.Step, key, func(tx *db.Tx, r Action, was *Follow) error {
		if f.Person != "" {
			if _, ok := r.In([]string{f.Person}); !ok {
				return fault.Wrong(fault.At("who", "contact.error.choose"))
			}
			if err := s.people.TogetherIn(ctx, tx, f.Person, "who"); err != nil {
				return err
			}
		}
		was.Person, was.Account, was.Due = f.Person, f.Account, f.Due
		return nil
	})
}

// Done says that a step was done, or that it was not after all.
func (s *Service) Done(ctx context.Context, a access.Actor, action string, step Step, done bool, key string) (err error) {
	defer fault.Wrap(&err, "research.Done(%s)", action)
	return s.follow(ctx, a, action, "done", step, key, func(_ *db.Tx, _ Action, was *Follow) error {
		was.Done = time.Time{}
		if done {
			was.Done = s.clock.Now()
		}
		return nil
	})
}

func (s *Service) follow(ctx context.Context, a access.Actor, action, what string, step Step, key string, fn func(tx *db.Tx, r Action, f *Follow) error) error {
	return s.change(ctx, a, action, what, key, []State{Held, Evaluated}, func(tx *db.Tx, _ access.Granted, r *row) (string, error) {
		list, err := followsOf(ctx, tx, []string{r.ID})
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(list[r.ID], func(f Follow) bool { return f.Step == step })
		if i < 0 {
			return "", fault.Missing("step")
		}
		f := list[r.ID][i]
		if err := fn(tx, r.Action, &f); err != nil {
			return "", err
		}
		return string(step), putFollow(ctx, tx, r.ID, f)
	})
}

// Promise writes down what somebody said they would do, as a commitment of theirs.
func (s *Service) Promise(ctx context.Context, a access.Actor, action string, p people.Commitment, key string) (err error) {
	defer fault.Wrap(&err, "research.Promise(%s)", action)
	f, err := s.Get(ctx, a, action)
	if err != nil {
		return err
	}
	if _, ok := f.In([]string{p.Person}); p.Person != "" && !ok {
		return fault.Wrong(fault.At("who", "contact.error.choose"))
	}
	return s.change(ctx, a, action, "promise", key, []State{Held, Evaluated, FollowedUp}, func(tx *db.Tx, _ access.Granted, r *row) (string, error) {
		p.Ref = r.Ref()
		_, err := s.people.PromiseIn(ctx, tx, access.Machine(a.Org), p)
		return "", err
	})
}

// Promises lists what was promised here.
func (s *Service) Promises(ctx context.Context, a access.Actor, action string) ([]people.Commitment, error) {
	f, err := s.Get(ctx, a, action)
	if err != nil {
		return nil, err
	}
	return s.people.Commitments(ctx, access.Machine(a.Org), people.Whose{Ref: f.Ref()})
}

// FollowUp closes an action: its evaluation was made, the host was thanked, the map
// of power is up to date and the next meeting is agreed.
func (s *Service) FollowUp(ctx context.Context, a access.Actor, action, key string) (err error) {
	defer fault.Wrap(&err, "research.FollowUp(%s)", action)
	return s.change(ctx, a, action, "follow_up", key, []State{Held, Evaluated}, func(tx *db.Tx, _ access.Granted, r *row) (string, error) {
		if r.State == Held {
			return "", fault.Clash("research.error.evaluate_first")
		}
		list, err := followsOf(ctx, tx, []string{r.ID})
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(list[r.ID], func(f Follow) bool { return f.Done.IsZero() }) {
			return "", fault.Clash("research.error.follow_first")
		}
		r.State = FollowedUp
		return "", nil
	})
}

// Mine lists the actions with something that the actor has to do next: those they
// answer for, and those in which a step is theirs.
func (s *Service) Mine(ctx context.Context, a access.Actor) (out []Found, err error) {
	defer fault.Wrap(&err, "research.Mine")
	l, err := s.List(ctx, a, "", time.Time{})
	if err != nil {
		return nil, err
	}
	var own []string
	if a.Person != "" {
		err := s.db.Read(ctx, a.Org, func(tx *db.Tx) (err error) { own, err = people.Rows(ctx, tx, a.Person); return err })
		if err != nil {
			return nil, err
		}
	}
	for _, f := range slices.Concat(l.Waiting, l.Ahead) {
		n := f.Next()
		if n.Account != "" && n.Account == a.Account || slices.Contains(own, n.Person) {
			out = append(out, f)
		}
	}
	return out, nil
}
