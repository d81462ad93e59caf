// Commitments: who promised what to whom by when, and how it went. Nobody is
// shamed: a promise can be renegotiated or released, and everybody sees their own.
package people

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// longestPromise is how long a sentence about a promise may be.
const longestPromise = 140

// CanBecome reports whether a promise may move from one state to another: only
// open promises move.
func (s CommitmentState) CanBecome(next CommitmentState) bool {
	return s == Open && next != Open && slices.Contains(CommitmentStates(), next)
}

func promiseCell(org string, c Commitment, version int64) vault.Cell {
	return vault.Cell{Org: org, Person: c.Person, Table: "people_commitment", Column: "sealed", Row: c.ID, Version: version}
}

// PromiseIn writes a commitment in the caller's transaction and returns its id.
// Exactly one of Person and Account promises. The caller writes its own audit row.
func (s *Service) PromiseIn(ctx context.Context, tx *db.Tx, a access.Actor, c Commitment) (_ string, err error) {
	defer fault.Wrap(&err, "people.PromiseIn")
	g, err := access.Check(a, needAgree)
	if err != nil {
		return "", err
	}
	return s.promiseIn(ctx, tx, a, g, c)
}

// promiseIn stores a promise for whoever may make or move one.
func (s *Service) promiseIn(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, c Commitment) (_ string, err error) {
	var bad []fault.Field
	if c.What = contact.OneLine(c.What); c.What == "" || utf8.RuneCountInString(c.What) > longestPromise {
		bad = append(bad, fault.At("what", "people.error.what"))
	}
	if c.Due.IsZero() {
		bad = append(bad, fault.At("due", "people.error.date"))
	}
	if (c.Person == "") == (c.Account == "") {
		bad = append(bad, fault.At("who", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	if c.Person != "" {
		if _, err := s.load(ctx, tx, a, g, c.Person); err != nil {
			return "", err
		}
		if err := s.TogetherIn(ctx, tx, c.Person, "who"); err != nil {
			return "", err
		}
	}
	now := s.clock.Now()
	c.ID, c.State, c.Made = id.New(now), Open, now
	p := promise{Commitment: c, version: 1}
	if p.sealed, err = s.vault.Seal(ctx, promiseCell(tx.Org(), c, p.version), c.What); err != nil {
		return "", err
	}
	if err := putPromise(ctx, tx, p); err != nil {
		return "", err
	}
	return c.ID, s.remind(ctx, tx, c)
}

// Promise is PromiseIn with a transaction, an audit row and a form's key of its own.
func (s *Service) Promise(ctx context.Context, a access.Actor, c Commitment, key string) (made string, err error) {
	defer fault.Wrap(&err, "people.Promise")
	g, err := access.Check(a, needAgree)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "people.promise", func() (string, error) {
			made, err := s.PromiseIn(ctx, tx, a, c)
			if err != nil {
				return "", err
			}
			return made, s.note(ctx, tx, a, g, "promise", "commitment", made, c.Person, "")
		})
		return err
	})
	return made, err
}

// SettleIn is how a promise went: done, missed or released; or renegotiated, with
// another day and, when it changed, another sentence.
type SettleIn struct {
	ID    string
	State CommitmentState
	Due   time.Time // of the new promise, when renegotiated
	What  string    // empty: the same words
	Key   string    // _key
}

// Settle ends a promise. It returns the id of the new one when it was renegotiated.
func (s *Service) Settle(ctx context.Context, a access.Actor, in SettleIn) (next string, err error) {
	defer fault.Wrap(&err, "people.Settle(%s)", in.ID)
	g, err := access.Check(a, needKeep)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		next, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "people.settle:"+in.ID, func() (string, error) {
			return s.settle(ctx, tx, a, g, in)
		})
		return err
	})
	return next, err
}

func (s *Service) settle(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, in SettleIn) (next string, err error) {
	p, err := promiseByID(ctx, tx, in.ID)
	if err != nil {
		return "", err
	}
	if err := s.mayKeep(ctx, tx, a, g, p); err != nil {
		return "", err
	}
	if !p.State.CanBecome(in.State) {
		return "", fault.Clash("people.error.settled")
	}
	if in.State == Renegotiated {
		c := p.Commitment
		if c.What = in.What; c.What == "" {
			if c.What, err = s.vault.Open(ctx, promiseCell(tx.Org(), p.Commitment, p.version), p.sealed); err != nil {
				return "", err
			}
		}
		c.Due, c.InsteadOf = in.Due, p.ID
		if next, err = s.promiseIn(ctx, tx, a, g, c); err != nil {
			return "", err
		}
	}
	p.State, p.Ended = in.State, s.clock.Now()
	if err := putPromise(ctx, tx, p); err != nil {
		return "", err
	}
	return next, s.note(ctx, tx, a, g, "settle", "commitment", p.ID, p.Person, string(in.State))
}

// mayKeep reports whether the actor may see or end a promise: their own, one made
// to them, or one of a person whom they may touch.
func (s *Service) mayKeep(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, p promise) error {
	if g.Scope == access.Org || g.Scope == access.All {
		return nil
	}
	if a.Account != "" && (p.Account == a.Account || p.ToAccount == a.Account) || a.Person != "" && (p.Person == a.Person || p.ToPerson == a.Person) {
		return nil
	}
	for _, who := range []string{p.Person, p.ToPerson} {
		if a.Person == "" || who == "" {
			continue
		}
		r, err := survivorOf(ctx, tx, who)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if own, err := isSelf(ctx, tx, a, r.id); err != nil || own {
			return err
		}
	}
	if p.Person != "" && a.Account != "" {
		_, err := s.load(ctx, tx, a, g, p.Person)
		return err
	}
	return fault.Missing("promise out of reach")
}

// Whose selects commitments for a list.
type Whose struct {
	Person  string // promised by this person
	Account string // promised by this account
	Ref     string // belonging to a thing of another room
	Open    bool   // only those still open
}

// Commitments lists promises by their day, the ones whose words can no longer be
// read left out.
func (s *Service) Commitments(ctx context.Context, a access.Actor, w Whose) (out []Commitment, err error) {
	defer fault.Wrap(&err, "people.Commitments")
	g, err := access.Check(a, needOwed)
	if err != nil {
		return nil, err
	}
	where, args := "1=1", []any{}
	add := func(column, value string) {
		if value != "" {
			args = append(args, value)
			where += " AND " + column + "=" + db.Marks(len(args)+1, 1)
		}
	}
	add("account_id", w.Account)
	add("ref", w.Ref)
	if w.Open {
		where += " AND state='open'"
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		where, args := where, args
		if w.Person != "" {
			group, err := groupOfAny(ctx, tx, w.Person)
			if err != nil {
				return err
			}
			where += " AND person_id IN (" + db.Marks(len(args)+2, len(group)) + ")"
			args = append(slices.Clone(args), withOrg(tx, group)[1:]...)
		}
		list, err := promisesWhere(ctx, tx, where, args...)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(p promise) bool {
			e := s.mayKeep(ctx, tx, a, g, p)
			if e != nil && !fault.Is(e, fault.NotFound) {
				err = e
			}
			return e != nil
		})
		if err != nil {
			return err
		}
		if list, err = s.stillKept(ctx, tx, list); err != nil {
			return err
		}
		out, err = s.openPromises(ctx, tx.Org(), list)
		return err
	})
	return out, err
}

// stillKept leaves out the promises of people whose consent does not cover what is
// done together any more.
func (s *Service) stillKept(ctx context.Context, tx *db.Tx, list []promise) ([]promise, error) {
	var who []string
	for _, p := range list {
		if p.Person != "" {
			who = append(who, p.Person)
		}
	}
	live, err := s.consent.LiveOf(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(p promise) bool { return p.Person != "" && !covers(live[p.Person], consent.Together) }), nil
}

func (s *Service) openPromises(ctx context.Context, org string, list []promise) (out []Commitment, err error) {
	cells, sealed := make([]vault.Cell, len(list)), make([]string, len(list))
	for i, p := range list {
		cells[i], sealed[i] = promiseCell(org, p.Commitment, p.version), p.sealed
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return nil, err
	}
	for i, o := range opened {
		if o.Gone {
			continue
		}
		c := list[i].Commitment
		c.What = o.Plain
		out = append(out, c)
	}
	return out, nil
}
