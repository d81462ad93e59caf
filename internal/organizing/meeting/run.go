// Running a meeting: the clock of the agenda, notes, decisions, holding and
// evaluating it.
package meeting

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// Begin starts an item of the agenda; the one that was on ends. Beginning the one
// that is on changes nothing.
func (s *Service) Begin(ctx context.Context, a access.Actor, meeting string, item int, key string) (err error) {
	defer fault.Wrap(&err, "meeting.Begin(%s)", meeting)
	_, err = s.change(ctx, a, meeting, "begin", key, open, func(_ *db.Tx, _ access.Granted, r *row) (string, error) {
		if item < 0 || item >= len(r.Agenda) {
			return "", fault.Missing("item")
		}
		on := r.Running()
		if on == item {
			return "", nil
		}
		now := s.clock.Now()
		if on >= 0 {
			r.Agenda[on].Ended = now
		}
		r.Agenda[item].Started, r.Agenda[item].Ended = now, time.Time{}
		return "", nil
	})
	return err
}

// Stop ends the item that is on.
func (s *Service) Stop(ctx context.Context, a access.Actor, meeting, key string) (err error) {
	defer fault.Wrap(&err, "meeting.Stop(%s)", meeting)
	_, err = s.change(ctx, a, meeting, "stop", key, open, func(_ *db.Tx, _ access.Granted, r *row) (string, error) {
		if on := r.Running(); on >= 0 {
			r.Agenda[on].Ended = s.clock.Now()
		}
		return "", nil
	})
	return err
}

// Note writes the scribe's notes of an item.
func (s *Service) Note(ctx context.Context, a access.Actor, meeting string, item int, text, key string) (err error) {
	defer fault.Wrap(&err, "meeting.Note(%s)", meeting)
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	if tooLong(text, notesMost) {
		return fault.Wrong(fault.At("notes", "meeting.error.long"))
	}
	_, err = s.change(ctx, a, meeting, "note", key, open, func(_ *db.Tx, _ access.Granted, r *row) (string, error) {
		if item < 0 || item >= len(r.Agenda) {
			return "", fault.Missing("item")
		}
		r.Agenda[item].Notes = text
		return "", nil
	})
	return err
}

// DecideIn is a decision; fields are named as in the form.
type DecideIn struct {
	What    string // what
	Method  string // method
	Dissent string // dissent
	Key     string
}

// Decide writes down what was decided, how, and what those said who saw it
// otherwise.
func (s *Service) Decide(ctx context.Context, a access.Actor, meeting string, in DecideIn) (err error) {
	defer fault.Wrap(&err, "meeting.Decide(%s)", meeting)
	var bad []fault.Field
	in.What, in.Dissent = contact.OneLine(in.What), contact.OneLine(in.Dissent)
	if in.What == "" || tooLong(in.What, 300) {
		bad = append(bad, fault.At("what", "meeting.error.decision"))
	}
	if !slices.Contains(Methods(), Method(in.Method)) {
		bad = append(bad, fault.At("method", "contact.error.choose"))
	}
	if tooLong(in.Dissent, 500) {
		bad = append(bad, fault.At("dissent", "meeting.error.long"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	_, err = s.change(ctx, a, meeting, "decide", in.Key, open, func(_ *db.Tx, _ access.Granted, r *row) (string, error) {
		if len(r.Decisions) >= 50 {
			return "", fault.Clash("meeting.error.decisions")
		}
		r.Decisions = append(r.Decisions, Decision{What: in.What, Method: Method(in.Method), Dissent: in.Dissent, At: s.clock.Now()})
		return in.Method, nil
	})
	return err
}

// early is how long before its time a meeting may be noted as held.
const early = 2 * time.Hour

// Hold notes that a meeting took place: everybody on the list met, in the roles
// they kept, and whoever chaired passes the turn on.
func (s *Service) Hold(ctx context.Context, a access.Actor, meeting, key string) (err error) {
	defer fault.Wrap(&err, "meeting.Hold(%s)", meeting)
	_, err = s.change(ctx, a, meeting, "hold", key, []State{Planned}, func(tx *db.Tx, _ access.Granted, r *row) (string, error) {
		now := s.clock.Now()
		if now.Before(r.At.Add(-early)) {
			return "", fault.Clash("meeting.error.early")
		}
		r.State, r.HeldAt = Held, now
		if on := r.Running(); on >= 0 {
			r.Agenda[on].Ended = now
		}
		r.linkHash, r.Link, r.Code = "", "", ""
		if err := over(ctx, tx, r.ID); err != nil {
			return "", err
		}
		if r.Team != "" && r.Chair != "" {
			if err := s.teams.ChairedIn(ctx, tx, r.Team, r.Chair, r.At); err != nil {
				return "", err
			}
		}
		if err := s.record(ctx, tx, a, r.Meeting); err != nil || s.rounds == nil {
			return "", err
		}
		return "", s.rounds.OpenIn(ctx, tx, a, r.Meeting)
	})
	return err
}

// record writes the encounter of everybody who was there. Those whose consent has
// ended meanwhile are counted without a name.
func (s *Service) record(ctx context.Context, tx *db.Tx, a access.Actor, m Meeting) error {
	d, err := s.there(ctx, tx, m.ID)
	if err != nil {
		return err
	}
	e := people.Encounter{Kind: m.Template.Kind(), State: people.Held, At: m.At, Minutes: m.Minutes, Place: m.Place, Language: m.Language, Ref: m.Ref(),
		Others: d.Total - len(d.Present), LedBy: people.ByStaff, Readers: people.TheTeam, Account: m.Account}
	if m.State == Evaluated {
		e.State = people.Evaluated
	}
	if m.Nameless {
		e.Others = d.Total
	} else {
		if m.Chair != "" {
			e.LedBy = people.ByLeader
		}
		agreed, err := s.consent.Covered(ctx, tx, d.Present, people.TogetherOf(""))
		if err != nil {
			return err
		}
		roles := m.roles()
		for _, p := range d.Present {
			if !agreed[p] {
				e.Others++
				continue
			}
			e.Present = append(e.Present, people.Presence{Person: p, Role: cmp.Or(roles[p], people.Attended)})
		}
	}
	_, err = s.people.RecordIn(ctx, tx, a, e)
	return err
}

// EvaluateIn is how it felt; fields are named as in the form.
type EvaluateIn struct {
	Feelings string // feelings: one word each, in any order
	Worked   string // worked
	Change   string // change
	Key      string
}

// Group counts words as people said them: the same word in other letters is the
// same, and the order in which they were said is gone.
func Group(text string) (out []Feeling) {
	at := map[string]int{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;،\n\r", r) }) {
		if word = contact.OneLine(word); word == "" {
			continue
		}
		key := fold.Text(word)
		if i, ok := at[key]; ok {
			out[i].N++
			continue
		}
		at[key] = len(out)
		out = append(out, Feeling{strings.ToLower(word), 1})
	}
	slices.SortFunc(out, func(a, b Feeling) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Word, b.Word)) })
	return out
}

// Evaluate closes a meeting with what it was like. The list of the door closes too.
func (s *Service) Evaluate(ctx context.Context, a access.Actor, meeting string, in EvaluateIn) (err error) {
	defer fault.Wrap(&err, "meeting.Evaluate(%s)", meeting)
	var bad []fault.Field
	in.Worked, in.Change = strings.TrimSpace(in.Worked), strings.TrimSpace(in.Change)
	words := Group(in.Feelings)
	if len(words) == 0 || len(words) > 200 || slices.ContainsFunc(words, func(f Feeling) bool { return tooLong(f.Word, 30) }) {
		bad = append(bad, fault.At("feelings", "meeting.error.feelings"))
	}
	for _, x := range []struct{ field, text string }{{"worked", in.Worked}, {"change", in.Change}} {
		if tooLong(x.text, notesMost) {
			bad = append(bad, fault.At(x.field, "meeting.error.long"))
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	_, err = s.change(ctx, a, meeting, "evaluate", in.Key, []State{Held}, func(tx *db.Tx, _ access.Granted, r *row) (string, error) {
		r.State, r.Feelings, r.Worked, r.Words.Change = Evaluated, words, in.Worked, in.Change
		if err := s.record(ctx, tx, a, r.Meeting); err != nil || s.rounds == nil {
			return "", err
		}
		return "", s.rounds.SettleIn(ctx, tx, a, r.Meeting)
	})
	return err
}
