// Carrying over: on a yes of its own, somebody who met the group is kept by the
// clinic's organizers too, with their name and how to reach them. The other side
// gets those fields and nothing of the introduction, not even its id.
package introduction

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/trust/consent"
)

// CarryState is where somebody stands with being carried over.
type CarryState string

const (
	CarryNot  CarryState = ""     // not before the first meeting
	CarryAsk  CarryState = "ask"  // they may be asked
	CarryDone CarryState = "done" // they said yes
)

// carryGrace is how long the screen on which the yes was given has to finish the
// carrying over itself, with the code; after that the queue does it.
const carryGrace = 2 * time.Minute

// Keeps is what would be kept of a person: only what is there. Never topics.
func (p Person) Keeps() []consent.Field {
	return slices.DeleteFunc(p.Shares(), func(f consent.Field) bool { return f == consent.Topics })
}

// CarryIn is the yes. Staff say how they heard it; the person's own screen does not ask.
type CarryIn struct {
	ID          string
	Agree       bool   // agree
	How         string // how: spoken or paper
	Interpreter string // interpreter
	Witness     string // witness
	Lang        string // in which the words were read
	Key         string // _key
}

func (in CarryIn) wrong(own bool) (bad []fault.Field) {
	if !in.Agree {
		bad = append(bad, fault.At("agree", "introduction.error.agree"))
	}
	if !own && !slices.Contains([]consent.How{consent.Spoken, consent.OnPaper}, consent.How(in.How)) {
		bad = append(bad, fault.At("how", "consent.error.how"))
	}
	return bad
}

// CarryOver writes the yes down, once, and tells whoever listens to EventCarried.
func (s *Service) CarryOver(ctx context.Context, a access.Actor, in CarryIn) (err error) {
	defer fault.Wrap(&err, "introduction.CarryOver(%s)", in.ID)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	own := g.Role == access.Participant
	if !own && g.Scope != access.Org {
		return fault.Denied("asked by the person or by staff who sit with them")
	}
	if own {
		in.How, in.Interpreter, in.Witness = string(consent.OnScreen), "", ""
	}
	if bad := in.wrong(own); len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "introduction.carry:"+in.ID, func() (string, error) {
			r, _, err := s.load(ctx, tx, a, g, in.ID)
			if err != nil {
				return "", err
			}
			return "", s.carryOver(ctx, tx, a, g, r, in)
		})
		return err
	})
}

func (s *Service) carryOver(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, r row, in CarryIn) error {
	state, err := s.carryState(ctx, tx, g, r)
	if err != nil {
		return err
	}
	switch state {
	case CarryNot:
		return fault.Clash("introduction.error.carry_early")
	case CarryDone:
		return fault.Clash("introduction.error.carried")
	}
	p, err := s.open(ctx, tx.Org(), r)
	if err != nil {
		return err
	}
	lang := in.Lang
	if !slices.Contains(consent.Languages(), lang) {
		lang = "en" // read aloud with an interpreter, who is noted
	}
	by := a
	if g.Role == access.Participant {
		by = access.Machine(a.Org) // the person's own screen
	}
	c, err := s.consent.Give(ctx, tx, by, consent.Terms{Subject: r.person, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing,
		Fields: p.Keeps(), Channel: p.Contact, Language: lang},
		consent.Obtained{How: consent.How(in.How), Interpreter: consent.Helper(in.Interpreter), Witness: consent.Helper(in.Witness)})
	if err != nil {
		return err
	}
	now := s.clock.Now()
	if err := insertCarry(ctx, tx, r.id, c.ID, now); err != nil {
		return err
	}
	if s.events[EventCarried] {
		payload, err := json.Marshal(Event{Introduction: r.id})
		if err != nil {
			return err
		}
		if err := s.jobs.Enqueue(ctx, tx, job.Job{Kind: string(EventCarried), Key: c.ID, Payload: string(payload), RunAt: now.Add(carryGrace)}); err != nil {
			return err
		}
	}
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: "carry_over", Resource: "introduction",
		ResourceID: r.id, Subject: r.person, Request: a.Request})
}

// carryState is what may be asked now. Staff who may not hear that they met do not
// get to ask.
func (s *Service) carryState(ctx context.Context, tx *db.Tx, g access.Granted, r row) (CarryState, error) {
	if r.person == "" || !r.state.Met() || !r.askedStop.IsZero() {
		return CarryNot, nil
	}
	if g.Role != access.Participant {
		live, err := s.liveOf(ctx, tx, []row{r})
		if err != nil || !tells(live[r.person]) {
			return CarryNot, err
		}
	}
	_, err := carryOf(ctx, tx, r.id)
	switch {
	case fault.Is(err, fault.NotFound):
		return CarryAsk, nil
	case err != nil:
		return CarryNot, err
	}
	return CarryDone, nil
}

// Carried is what goes over: what the person agreed to, and how. Key is the same
// whenever it is asked for, and leads nowhere.
type Carried struct {
	Key                  string
	Person               Person
	How                  consent.How
	Interpreter, Witness consent.Helper
	Lang                 string // of the words that were read
	Done                 bool   // it went over before
}

// CarriedBy opens what the person of an introduction agreed to have carried over,
// as the consent stands at this moment. For the wiring alone: no page shows it.
func (s *Service) CarriedBy(ctx context.Context, a access.Actor, intro string) (out Carried, err error) {
	defer fault.Wrap(&err, "introduction.CarriedBy")
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	if g.Scope != access.All {
		return out, fault.Denied("for the wiring alone")
	}
	var c consent.Consent
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := rowByID(ctx, tx, intro)
		if err != nil {
			return err
		}
		v, err := carryOf(ctx, tx, intro)
		if err != nil {
			return err
		}
		if c, err = s.consent.Live(ctx, tx, consent.Query{Subject: r.person, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: consent.Name}); err != nil {
			return err
		}
		p, err := s.open(ctx, tx.Org(), r)
		out = Carried{Person: p.Only(c.Fields), How: c.How, Interpreter: c.Interpreter, Witness: c.Witness, Lang: c.Language, Done: !v.done.IsZero()}
		return err
	})
	if err != nil {
		return Carried{}, err
	}
	out.Key, err = s.vault.Passing(ctx, a.Org, "carry "+c.Receipt)
	return out, err
}

// CarryEnded notes that it went over: from now on the queue has nothing to do.
func (s *Service) CarryEnded(ctx context.Context, a access.Actor, intro string) (err error) {
	defer fault.Wrap(&err, "introduction.CarryEnded")
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	if g.Scope != access.All {
		return fault.Denied("for the wiring alone")
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE introduction_carry SET done_at=$3 WHERE org_id=$1 AND introduction_id=$2 AND done_at=0`, tx.Org(), intro, db.Micros(s.clock.Now()))
		return err
	})
}

type carry struct{ made, done time.Time }

func insertCarry(ctx context.Context, tx *db.Tx, intro, consent string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO introduction_carry (org_id, introduction_id, consent_id, made_at) VALUES ($1,$2,$3,$4)`, tx.Org(), intro, consent, db.Micros(now))
	return err
}

func carryOf(ctx context.Context, tx *db.Tx, intro string) (carry, error) {
	return db.Get(ctx, tx, func(s db.Scanner) (c carry, err error) {
		var made, done int64
		err = s.Scan(&made, &done)
		c.made, c.done = db.Time(made), db.Time(done)
		return c, err
	}, `SELECT made_at, done_at FROM introduction_carry WHERE org_id=$1 AND introduction_id=$2`, tx.Org(), intro)
}
