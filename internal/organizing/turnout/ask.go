// Who undertakes how many, who asked whom, and what they said.
package turnout

import (
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

// mostOfOne is more than anybody brings.
const mostOfOne = 10_000

// ShareIn is what somebody undertakes; fields are named as in the form.
type ShareIn struct {
	Institution           string // institution
	Person                string // person; empty: the institution as a whole
	Goal                  int    // goal
	Asked, Yes, Confirmed int    // asked, yes, confirmed
	Key                   string
}

// Undertake writes down what an institution or a person undertakes and how far they
// are. An organizer does so for everybody, a leader for themself and their branch.
func (s *Service) Undertake(ctx context.Context, a access.Actor, turnout string, in ShareIn) (err error) {
	defer fault.Wrap(&err, "turnout.Undertake(%s)", turnout)
	var bad []fault.Field
	for _, f := range []struct {
		name string
		n    int
	}{{"goal", in.Goal}, {"asked", in.Asked}, {"yes", in.Yes}, {"confirmed", in.Confirmed}} {
		if f.n < 0 || f.n > mostOfOne {
			bad = append(bad, fault.At(f.name, "turnout.error.number"))
		}
	}
	if in.Yes > in.Asked {
		in.Asked = in.Yes // whoever said yes was asked
	}
	if in.Confirmed > in.Yes {
		bad = append(bad, fault.At("confirmed", "turnout.error.confirmed"))
	}
	if in.Person == "" && in.Institution == "" {
		bad = append(bad, fault.At("institution", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	if err := s.known(ctx, a, in.Institution); err != nil {
		return err
	}
	return s.act(ctx, a, needUpdate, turnout, "undertake", in.Institution+"/"+in.Person, in.Key, func(tx *db.Tx, v *view) (string, string, error) {
		if err := v.State.is(Open); err != nil {
			return "", "", err
		}
		raw, err := rawShares(ctx, tx, turnout)
		if err != nil {
			return "", "", err
		}
		old := Share{Roll: -1}
		if in.Person == "" {
			if !v.whole {
				return "", "", fault.Denied("only an organizer speaks for an institution")
			}
		} else {
			if err := s.reachable(ctx, tx, a, v, in.Person); err != nil {
				return "", "", err
			}
			rows, err := people.Rows(ctx, tx, in.Person)
			if err != nil {
				return "", "", err
			}
			for _, x := range raw { // one undertaking of each person, under whichever entry and institution
				if x.Person != "" && slices.Contains(rows, x.Person) {
					if in.Institution == "" && !v.whole {
						in.Institution = x.Institution
					}
					if err := dropShare(ctx, tx, turnout, x.Institution, x.Person); err != nil {
						return "", "", err
					}
				}
			}
		}
		for _, x := range raw {
			if in.Person == "" && x.Person == "" && x.Institution == in.Institution {
				old = x
			}
		}
		share := Share{Institution: in.Institution, Person: in.Person, Goal: in.Goal, Asked: in.Asked, Yes: in.Yes, Confirmed: in.Confirmed, Roll: old.Roll}
		return in.Person, "", putShare(ctx, tx, turnout, share, s.clock.Now())
	})
}

// known refuses an institution that nobody wrote down.
func (s *Service) known(ctx context.Context, a access.Actor, institution string) error {
	if institution == "" {
		return nil
	}
	list, err := s.people.Institutions(ctx, a)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(i people.Institution) bool { return i.ID == institution }) {
		return fault.Wrong(fault.At("institution", "contact.error.choose"))
	}
	return nil
}

// reachable refuses a person of whom nothing may be written here: outside the
// actor's branch, or without a yes to a record of what is done together.
func (s *Service) reachable(ctx context.Context, tx *db.Tx, a access.Actor, v *view, person string) error {
	now, err := people.Resolve(ctx, tx, []string{person})
	if err != nil {
		return err
	}
	if now[person] == "" || !v.sees(now[person]) {
		return fault.Wrong(fault.At("person", "turnout.error.person"))
	}
	return s.people.TogetherIn(ctx, tx, person, "person")
}

// AskIn says that somebody asked somebody; fields are named as in the form.
type AskIn struct {
	Person      string // person
	By          string // by: who asked them; empty: nobody of the tree
	Institution string // institution they come with
	Yes         bool   // yes: they have said so already
	Key         string
}

// Ask puts somebody on the list. Whoever is on it already stays the one person they
// are; only an organizer moves them to somebody else's branch. A leader asks for
// themself or for somebody of their branch, and can name whom they can find.
func (s *Service) Ask(ctx context.Context, a access.Actor, turnout string, in AskIn) (err error) {
	defer fault.Wrap(&err, "turnout.Ask(%s)", turnout)
	if in.Person == "" {
		return fault.Wrong(fault.At("person", "turnout.error.person"))
	}
	if err := s.known(ctx, a, in.Institution); err != nil {
		return err
	}
	found, err := s.people.Names(ctx, a, []string{in.Person})
	if err != nil {
		return err
	}
	if _, ok := found[in.Person]; !ok {
		return fault.Wrong(fault.At("person", "turnout.error.person"))
	}
	return s.act(ctx, a, needAsk, turnout, "ask", in.Person, in.Key, func(tx *db.Tx, v *view) (string, string, error) {
		if err := v.State.is(Open); err != nil {
			return "", "", err
		}
		if err := v.fill(ctx, tx); err != nil {
			return "", "", err
		}
		return in.Person, "", s.ask(ctx, tx, v, in)
	})
}

func (s *Service) ask(ctx context.Context, tx *db.Tx, v *view, in AskIn) error {
	if err := s.people.TogetherIn(ctx, tx, in.Person, "person"); err != nil {
		return err
	}
	rows, err := people.Rows(ctx, tx, in.Person)
	if err != nil {
		return err
	}
	if !v.whole && in.By == "" {
		in.By = v.self
	}
	if in.By != "" {
		now, err := people.Resolve(ctx, tx, []string{in.By})
		if err != nil {
			return err
		}
		if in.By = now[in.By]; in.By == "" || !v.sees(in.By) {
			return fault.Wrong(fault.At("by", "turnout.error.by"))
		}
		if slices.Contains(rows, in.By) || slices.ContainsFunc(Branch(v.asks, rows[0]), func(p string) bool { return p == in.By }) {
			return fault.Wrong(fault.At("by", "turnout.error.circle"))
		}
	}
	list, err := asksOf(ctx, tx, v.ID, rows)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		k := list[0]
		if !v.whole && !v.sees(rows[0]) {
			return fault.Wrong(fault.At("person", "turnout.error.asked"))
		}
		if v.whole {
			k.By = in.By
		}
		if in.Institution != "" {
			k.Institution = in.Institution
		}
		if in.Yes {
			k.Ask = k.After(SaidYes, v.Confirming(s.clock.Now()), s.clock.Now())
		}
		return putAsk(ctx, tx, k)
	}
	now := s.clock.Now()
	k := askRow{Ask: Ask{ID: id.New(now), Person: in.Person, By: in.By, Institution: in.Institution, Answer: Asked, At: now}, turnout: v.ID}
	if k.Institution == "" {
		k.Institution = institutionOf(v, in.By)
	}
	if in.Yes {
		k.Ask = k.After(SaidYes, v.Confirming(now), now)
	}
	token := id.Token()
	k.hash = id.Hash(token)
	if k.sealed, err = s.vault.Seal(ctx, tokenCell(tx.Org(), k), token); err != nil {
		return err
	}
	return putAsk(ctx, tx, k)
}

func tokenCell(org string, k askRow) vault.Cell {
	return vault.Cell{Org: org, Person: k.Person, Table: "turnout_ask", Column: "sealed", Row: k.ID, Version: 1}
}

// institutionOf is with whom somebody comes whom this person asked, unless it is
// said otherwise: the one for which the person brings people, up the tree.
func institutionOf(v *view, person string) string {
	for range 20 {
		if person == "" {
			return ""
		}
		for _, x := range v.shares {
			if x.Person == person && x.Institution != "" {
				return x.Institution
			}
		}
		i := slices.IndexFunc(v.asks, func(k Ask) bool { return k.Person == person })
		if i < 0 {
			return ""
		}
		if v.asks[i].Institution != "" {
			return v.asks[i].Institution
		}
		person = v.asks[i].By
	}
	return ""
}

// askOf is the entry of a person in a turnout, under whichever row, for an actor who
// may change it.
func (s *Service) askOf(ctx context.Context, tx *db.Tx, v *view, person string) (askRow, error) {
	rows, err := people.Rows(ctx, tx, person)
	if err != nil {
		return askRow{}, err
	}
	list, err := asksOf(ctx, tx, v.ID, rows)
	if err != nil {
		return askRow{}, err
	}
	if len(list) == 0 || !v.sees(rows[0]) {
		return askRow{}, fault.Wrong(fault.At("person", "turnout.error.person"))
	}
	best := list[0]
	for _, k := range list[1:] {
		if k.rank() > best.rank() {
			best = k
		}
	}
	return best, nil
}

// Note writes down how a call or a talk went, with one press.
func (s *Service) Note(ctx context.Context, a access.Actor, turnout, person string, r Result, key string) (err error) {
	defer fault.Wrap(&err, "turnout.Note(%s)", turnout)
	if !slices.Contains(Results(), r) {
		return fault.Wrong(fault.At("result", "contact.error.choose"))
	}
	return s.act(ctx, a, needUpdate, turnout, "note", person, key, func(tx *db.Tx, v *view) (string, string, error) {
		if err := v.State.is(Open); err != nil {
			return "", "", err
		}
		k, err := s.askOf(ctx, tx, v, person)
		if err != nil {
			return "", "", err
		}
		now := s.clock.Now()
		k.Ask = k.After(r, v.Confirming(now), now)
		return k.Person, string(r), putAsk(ctx, tx, k)
	})
}

// Drop takes somebody off the list who was put there by mistake; whom they asked
// moves up to who asked them.
func (s *Service) Drop(ctx context.Context, a access.Actor, turnout, person, key string) (err error) {
	defer fault.Wrap(&err, "turnout.Drop(%s)", turnout)
	return s.act(ctx, a, needUpdate, turnout, "drop", person, key, func(tx *db.Tx, v *view) (string, string, error) {
		if err := v.State.is(Open); err != nil {
			return "", "", err
		}
		k, err := s.askOf(ctx, tx, v, person)
		if err != nil {
			return "", "", err
		}
		if !v.whole && k.Person == v.self {
			return "", "", fault.Wrong(fault.At("person", "turnout.error.person"))
		}
		return k.Person, "", dropAsk(ctx, tx, k)
	})
}
