// The hour itself and what follows: the roll call, what members promise, closing,
// and the words of each yes.
package assembly

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// Call writes down how many an institution says have come. Of several reports the
// one that was said last stands, whenever it arrives.
func (s *Service) Call(ctx context.Context, a access.Actor, assembly, institution string, n int, said time.Time, key string) (err error) {
	defer fault.Wrap(&err, "assembly.Call")
	if n < 0 || n > 100000 {
		return fault.Wrong(fault.At("n", "assembly.error.number"))
	}
	places, err := s.People.Institutions(ctx, access.Machine(a.Org))
	if err != nil {
		return err
	}
	_, err = s.act(ctx, a, needUpdate, assembly, "call", key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if !r.State.CanPin() || r.State == FollowedUp {
			return "", "", "", fault.Clash("assembly.error.not_ready")
		}
		if !slices.ContainsFunc(places, func(i people.Institution) bool { return i.ID == institution }) {
			return "", "", "", fault.Wrong(fault.At("institution", "contact.error.choose"))
		}
		if now := s.Clock.Now(); said.IsZero() || said.After(now) {
			said = now
		}
		return "", "", "", call(ctx, tx, assembly, Called{institution, n, said})
	})
	if err == nil && s.Turnouts != nil {
		if err := s.Turnouts.Rolled(ctx, a.Org, "assembly:"+assembly, institution, n, key); err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
			s.Log.Error("turnout did not hear the roll call", "err", err) // the roll call itself is stored
		}
	}
	return err
}

// Promise writes down what a member promises at the end.
func (s *Service) Promise(ctx context.Context, a access.Actor, assembly string, p people.Commitment, key string) (err error) {
	defer fault.Wrap(&err, "assembly.Promise")
	if _, err := access.Check(a, needUpdate); err != nil {
		return err
	}
	w, err := s.Get(ctx, a, assembly)
	if err != nil {
		return err
	}
	if p.Person == "" {
		return fault.Wrong(fault.At("who", "assembly.error.person"))
	}
	if err := s.named(ctx, a, partiesOf(w.Event, w.Items), map[string]string{"who": p.Person}); err != nil {
		return err
	}
	_, err = s.act(ctx, a, needUpdate, assembly, "promise", key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if r.State != Live && r.State != Held && r.State != Evaluated {
			return "", "", "", fault.Clash("assembly.error.not_live")
		}
		p.Ref = r.Ref()
		made, err := s.People.PromiseIn(ctx, tx, access.Machine(a.Org), p)
		return made, p.Person, "", err
	})
	return err
}

// Promises lists what members promised here.
func (s *Service) Promises(ctx context.Context, a access.Actor, assembly string) ([]people.Commitment, error) {
	if _, err := access.Check(a, needUpdate); err != nil {
		return nil, nil // a clinic's lead sees no people
	}
	return s.People.Commitments(ctx, access.Machine(a.Org), people.Whose{Ref: "assembly:" + assembly})
}

// CloseIn is the end of an assembly; fields are named as in the form.
type CloseIn struct {
	Closing string    // closing: what was said
	Next    time.Time // next
	Key     string
}

// Close ends the hour: what was said, when we meet again. Everybody who kept a part
// met, in the role they played; the evaluation opens.
func (s *Service) Close(ctx context.Context, a access.Actor, assembly string, in CloseIn) (err error) {
	defer fault.Wrap(&err, "assembly.Close")
	in.Closing = strings.TrimSpace(in.Closing)
	var bad []fault.Field
	if tooLong(in.Closing, textMost) {
		bad = append(bad, fault.At("closing", "assembly.error.long"))
	}
	if in.Next.IsZero() {
		bad = append(bad, fault.At("next", "assembly.error.next"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	total := 0
	if s.Turnouts != nil {
		if t, err := s.Turnouts.Summary(ctx, a, "assembly:"+assembly); err == nil {
			total = t.Attended
		}
	}
	_, err = s.act(ctx, a, needUpdate, assembly, "close", in.Key, func(tx *db.Tx, r *row) (string, string, string, error) {
		w, err := s.whole(ctx, tx, *r)
		if err != nil {
			return "", "", "", err
		}
		if err := mayMove(s.facts(w, Facts{}, a), Held); err != nil {
			return "", "", "", err
		}
		if on := Running(w.Items); on >= 0 {
			w.Items[on].Ended = s.Clock.Now()
			if _, err := s.storeItem(ctx, tx, assembly, w.Items[on]); err != nil {
				return "", "", "", err
			}
		}
		r.State, r.Held, r.Closing, r.Next = Held, s.Clock.Now(), in.Closing, in.Next
		if s.Evaluations != nil {
			if err := s.Evaluations.OpenIn(ctx, tx, a, EvaluationIn{Ref: r.Ref(), Kind: string(r.Kind.Encounter()), Title: r.Title, At: r.Held}); err != nil {
				return "", "", "", err
			}
		}
		if err := s.store(ctx, tx, r); err != nil {
			return "", "", "", err
		}
		w.Event = r.Event
		return "", "", "", s.record(ctx, tx, a, w, total)
	})
	if err == nil {
		s.turnoutOver(ctx, a.Org, assembly, true)
	}
	return err
}

// record writes the encounter. Whoever has no live yes to a record of what is done
// together is counted without a name.
func (s *Service) record(ctx context.Context, tx *db.Tx, a access.Actor, w Whole, total int) error {
	parts := Parts(w.Items)
	came, err := s.People.PresenceIn(ctx, tx, w.Ref()) // turnout may have written down who came
	if err != nil {
		return err
	}
	for _, p := range came {
		if _, ok := parts[p.Person]; !ok {
			parts[p.Person] = p.Role
		}
	}
	ids := make([]string, 0, len(parts))
	for p := range parts {
		ids = append(ids, p)
	}
	slices.Sort(ids)
	live, err := s.Consent.LiveOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	e := people.Encounter{Kind: w.Kind.Encounter(), State: people.Held, At: w.At, Minutes: w.Minutes, Place: "hall", Language: w.Languages[0], Ref: w.Ref(), LedBy: people.ByLeader,
		Readers: people.TheTeam, Account: w.Account}
	for _, p := range ids {
		q := consent.Query{Subject: p, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: consent.Together, At: s.Clock.Now()}
		if slices.ContainsFunc(live[p], func(c consent.Consent) bool { return c.Covers(q) }) {
			e.Present = append(e.Present, people.Presence{Person: p, Role: parts[p]})
		}
	}
	called := 0
	for _, c := range w.Roll {
		called += c.N
	}
	e.Others = max(max(total, called)-len(e.Present), 0)
	_, err = s.People.RecordIn(ctx, tx, access.Machine(a.Org), e)
	return err
}

// ConfirmIn is the words of a yes as the team agreed on them; fields are named as in
// the form.
type ConfirmIn struct {
	Ask      string
	Words    string // words
	Language string
	Due      time.Time // due
	Key      string
}

// Confirm makes a pledge of a yes, in the words that the team confirms.
func (s *Service) Confirm(ctx context.Context, a access.Actor, assembly string, in ConfirmIn) (pledge string, err error) {
	defer fault.Wrap(&err, "assembly.Confirm")
	in.Words = contact.OneLine(in.Words)
	var bad []fault.Field
	if in.Words == "" || tooLong(in.Words, askMost) {
		bad = append(bad, fault.At("words", "assembly.error.pledge"))
	}
	if in.Due.IsZero() {
		bad = append(bad, fault.At("due", "assembly.error.due"))
	}
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	return s.act(ctx, a, needUpdate, assembly, "confirm:"+in.Ask, in.Key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if s.Pledges == nil {
			return "", "", "", fault.Missing("pledges")
		}
		if r.State != Held && r.State != Evaluated && r.State != FollowedUp {
			return "", "", "", fault.Clash("assembly.error.not_held")
		}
		w, err := s.whole(ctx, tx, *r)
		if err != nil {
			return "", "", "", err
		}
		i := slices.IndexFunc(w.Asks, func(x Ask) bool { return x.ID == in.Ask })
		if i < 0 {
			return "", "", "", fault.Missing("ask")
		}
		ask, st := w.Asks[i], w.Stands[in.Ask]
		if st.Open() || st.Answer != Yes {
			return "", "", "", fault.Clash("assembly.error.no_yes")
		}
		if ask.Pledge != "" {
			return "", "", "", fault.Clash("assembly.error.confirmed")
		}
		ask.Pledge, err = s.Pledges.MakeIn(ctx, tx, a, PledgeIn{Ref: r.Ref(), Issue: ask.Issue, By: ask.Who(), Words: in.Words, Language: in.Language, Said: r.At, Due: in.Due, Check: st.FollowUp})
		if err != nil {
			return "", "", "", err
		}
		_, err = s.storeAsk(ctx, tx, assembly, ask)
		return ask.Pledge, "", "", err
	})
}

// ForgetIn lets go of a person, in the transaction that erases them.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	return forget(ctx, tx, person)
}
