// Ending it: by the person, by any member of staff on the person's word, by the
// clock. What identifies the person goes at once; the group is asked to forget.
package introduction

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
)

// WithdrawIn ends an introduction on the person's word.
type WithdrawIn struct {
	ID  string
	How string // how: phone or in_person for staff; empty for the person
	Key string // _key
}

// Withdraw revokes every consent, recalls what was shared and erases the person.
// When it returns, nothing of the person opens any more.
func (s *Service) Withdraw(ctx context.Context, a access.Actor, in WithdrawIn) error {
	how, err := howOf(a, in.How)
	if err != nil {
		return err
	}
	return s.withdraw(ctx, a, in.ID, in.Key, VerbWithdraw, how, needStop)
}

// howOf: the person's own page needs no question, staff say how they heard.
func howOf(a access.Actor, said string) (How, error) {
	if a.Has(access.Participant) {
		return ByLink, nil
	}
	if !slices.Contains([]How{ByPhone, ByVisit}, How(said)) {
		return "", fault.Wrong(fault.At("how", "introduction.error.choose"))
	}
	return How(said), nil
}

// DeleteIn is the person's wish that nothing remains.
type DeleteIn struct {
	Confirm bool   // confirm: the second yes
	Key     string // _key
}

// Delete does what Withdraw does and removes the empty row as well. What remains
// are counts, and for ninety days whether the group has confirmed, found by the
// person's code.
func (s *Service) Delete(ctx context.Context, a access.Actor, in DeleteIn) error {
	if !in.Confirm {
		return fault.Wrong(fault.At("confirm", "introduction.error.confirm"))
	}
	if _, err := access.Check(a, needDelete); err != nil {
		return err
	}
	return s.withdraw(ctx, a, a.Subject, in.Key, VerbWithdraw, ByDeletion, needDelete)
}

var consentEnding = map[How]consent.Ending{ByLink: consent.SelfCode, ByDeletion: consent.SelfCode, ByPhone: consent.PhoneStaff, ByVisit: consent.AtClinic, ByExpiry: consent.Expiry}

func (s *Service) withdraw(ctx context.Context, a access.Actor, intro, key string, v Verb, how How, need access.Need) error {
	var person string
	err := s.move(ctx, a, move{id: intro, key: key, verb: v, code: string(how), need: need}, nil, func(w *work) error {
		person = w.row.person
		w.row.how, w.delete = how, how == ByDeletion
		return s.forget(ctx, w, consentEnding[how])
	})
	if err != nil || person == "" {
		return err
	}
	// The job of forget finishes this if the process dies right here.
	return s.vault.ErasePerson(ctx, a.Org, person)
}

// forget empties everything about the person inside the transaction.
func (s *Service) forget(ctx context.Context, w *work, how consent.Ending) error {
	if err := s.endConsents(ctx, w, how); err != nil {
		return err
	}
	if err := s.consent.Forget(ctx, w.tx, access.Machine(w.tx.Org()), w.row.person); err != nil {
		return err
	}
	if err := s.recallAll(ctx, w, string(w.row.how)); err != nil {
		return err
	}
	if w.row.how != ByExpiry {
		if err := s.countStop(ctx, w); err != nil {
			return err
		}
	}
	if err := s.publish(ctx, w, EventWithdrawn); err != nil {
		return err
	}
	return s.scatter(ctx, w.tx, w.row.id, w.row.person)
}

// scatter removes details and waiting messages, and makes sure the key goes.
func (s *Service) scatter(ctx context.Context, tx *db.Tx, intro, person string) error {
	shares, err := sharesOf(ctx, tx, intro)
	if err != nil {
		return err
	}
	for _, sh := range shares {
		for _, room := range []string{refGroup, refCode} {
			if err := s.notices.Forget(ctx, tx, notify.Ref{Room: room, ID: sh.id}); err != nil {
				return err
			}
		}
	}
	if err := s.notices.Forget(ctx, tx, notify.Ref{Room: refPerson, ID: intro}); err != nil {
		return err
	}
	if err := deleteDetails(ctx, tx, intro); err != nil {
		return err
	}
	if person == "" {
		return nil
	}
	payload, err := json.Marshal(erasePayload{Person: person})
	if err != nil {
		return err
	}
	return s.jobs.Enqueue(ctx, tx, job.Job{Kind: jobErase, Key: person, Payload: string(payload)})
}

type erasePayload struct {
	Person string `json:"person"`
}

// recallAll asks every group that could see something to forget it. Without one
// there still is a row for the person's code to find: nobody had anything.
func (s *Service) recallAll(ctx context.Context, w *work, why string) error {
	shares, err := sharesOf(ctx, w.tx, w.row.id)
	if err != nil {
		return err
	}
	asked := 0
	for _, sh := range shares {
		if _, err := recallOfShare(ctx, w.tx, sh.id); err == nil {
			asked++
			continue
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		if why == "undo" && sh.id != w.share.id {
			continue
		}
		r := recall{id: id.New(w.now), share: sh.id, group: sh.group, receiptHash: w.row.receiptHash, why: why, asked: w.now,
			due: w.clocks.Calendar.Add(w.now, w.clocks.Acknowledge), keepUntil: w.now.Add(RecallKept)}
		if err := insertRecall(ctx, w.tx, r); err != nil {
			return err
		}
		asked++
		w.notes = append(w.notes, func(ctx context.Context) error {
			return s.notices.Enqueue(ctx, w.tx, notify.Notice{Kind: notify.RecipientRecall, To: notify.Ref{Room: refRecall, ID: r.id}, Key: "recall:" + r.id})
		})
	}
	if asked > 0 || why == "undo" {
		return nil
	}
	return insertRecall(ctx, w.tx, recall{id: id.New(w.now), receiptHash: w.row.receiptHash, why: why, asked: w.now, answered: w.now,
		answeredBy: PartySystem, keepUntil: w.now.Add(RecallKept)})
}

// FindIn looks for the introductions of somebody who says "stop" to a member of staff.
type FindIn struct {
	Phone string // phone, as typed
	Code  string // code, from the person's paper
}

// Found is what staff need to end the right one; the name is not in it.
type Found struct {
	ID    string
	Group string // id
	Began time.Time
	State State
}

// findTries bounds how many phone numbers one account may look up in a slot: a
// front desk on a busy day needs a few, somebody curious about a list needs many.
const findTries = 30

// Find finds introductions by phone number or by the person's code. Each hit is
// written to the person's list of who looked, each miss to the audit log.
func (s *Service) Find(ctx context.Context, a access.Actor, in FindIn) (out []Found, err error) {
	defer fault.Wrap(&err, "introduction.Find")
	g, err := access.Check(a, needStop)
	if err != nil {
		return nil, err
	}
	if g.Scope != access.Org {
		return nil, fault.Denied("looking people up is for staff")
	}
	var blind string
	switch {
	case in.Code != "":
	case in.Phone != "":
		number, err := parsePhone(in.Phone, s.region(ctx, a.Org))
		if err != nil {
			return nil, fault.Wrong(fault.At("phone", "introduction.error.phone"))
		}
		if blind, err = s.vault.Blind(ctx, a.Org, vault.Phone, number); err != nil {
			return nil, err
		}
	default:
		return nil, fault.Wrong(fault.At("phone", "introduction.error.phone_missing"))
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if blind != "" {
			if err := s.lookUp(ctx, tx, a); err != nil {
				return err
			}
		}
		var rows []row
		if in.Code != "" {
			r, err := rowByReceipt(ctx, tx, codeHash(in.Code))
			if err == nil {
				rows = []row{r}
			} else if !fault.Is(err, fault.NotFound) {
				return err
			}
		} else if rows, err = rowsByPhone(ctx, tx, blind); err != nil {
			return err
		}
		out = out[:0]
		var events []audit.Event
		for _, r := range rows {
			if r.person == "" {
				continue
			}
			out = append(out, Found{ID: r.id, Group: r.group, Began: r.began, State: r.state})
			events = append(events, s.looked(a, g, r, "find"))
		}
		if len(events) == 0 {
			events = append(events, audit.Event{Org: a.Org, Actor: a.Name(), Role: string(g.Role), Action: "read", Resource: "introduction", Reason: "find_nobody", Request: a.Request})
		}
		return s.audit.WriteMany(ctx, tx, events)
	})
	if err == nil && len(out) == 0 {
		return nil, fault.Missing("nobody found")
	}
	return out, err
}

// lookUp counts a search by phone number against the account's budget.
func (s *Service) lookUp(ctx context.Context, tx *db.Tx, a access.Actor) error {
	slot := s.clock.Now().UnixMicro() / doorSlot.Microseconds()
	from := id.Hash("find " + a.Account)
	tries, err := triesAtDoor(ctx, tx, from, slot)
	if err != nil {
		return err
	}
	if tries >= findTries {
		return fault.New(fault.Limited, "")
	}
	return countAtDoor(ctx, tx, from, slot)
}

func (s *Service) looked(a access.Actor, g access.Granted, r row, why string) audit.Event {
	return audit.Event{Org: a.Org, Actor: a.Name(), Role: string(g.Role), Action: "read", Resource: "introduction", ResourceID: r.id,
		Subject: r.person, Reason: why, Request: a.Request}
}

// Recall is a request to a group to forget.
type Recall struct {
	ID       string    `json:"-"`
	Group    string    `json:"group"` // id; "" when nobody had received anything
	Why      string    `json:"why"`
	Asked    time.Time `json:"asked"`
	Answered time.Time `json:"answered,omitzero"`
	By       Party     `json:"by,omitempty"`
	Late     bool      `json:"late"`
}

func (r recall) public(now time.Time) Recall {
	return Recall{ID: r.id, Group: r.group, Why: r.why, Asked: r.asked, Answered: r.answered, By: r.answeredBy, Late: r.answered.IsZero() && now.After(r.due)}
}

// RecallIn confirms that a group has forgotten.
type RecallIn struct {
	ID  string // of the recall
	Key string // _key
}

// AnswerRecall is for staff who heard it on the phone and for partners with an
// account. A group's link answers with AnswerRecallByLink.
func (s *Service) AnswerRecall(ctx context.Context, a access.Actor, in RecallIn) (err error) {
	defer fault.Wrap(&err, "introduction.AnswerRecall(%s)", in.ID)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "introduction.recall:"+in.ID, func() (string, error) {
			r, err := recallByID(ctx, tx, in.ID)
			if err != nil {
				return "", err
			}
			if !(g.Scope == access.Org || g.Scope == access.Grant && a.Group != "" && a.Group == r.group) {
				return "", fault.Missing("recall of another group")
			}
			return in.ID, s.answerRecall(ctx, tx, a, g, r)
		})
		return err
	})
}

func (s *Service) answerRecall(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, r recall) error {
	fresh, err := answerRecall(ctx, tx, r.id, s.clock.Now(), party(g))
	if err != nil || !fresh { // answered before: it stays answered
		return err
	}
	if known([]How{ByLink, ByPhone, ByVisit, ByDeletion}, r.why) {
		if err := s.countHonoured(ctx, tx, r.receiptHash, countKey{month: s.calendar(ctx, tx.Org()).Month(r.asked)}, r.asked); err != nil {
			return err
		}
	}
	if err := bump(ctx, tx); err != nil {
		return err
	}
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: "confirm", Resource: "recall", ResourceID: r.id, Request: a.Request})
}

// Recalls lists what groups have not confirmed: all of the clinic for staff, the
// own ones for a partner.
func (s *Service) Recalls(ctx context.Context, a access.Actor) (out []Recall, err error) {
	defer fault.Wrap(&err, "introduction.Recalls")
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		var list []recall
		switch {
		case g.Scope == access.Org:
			list, err = openRecalls(ctx, tx, 500)
		case g.Role == access.Partner && a.Group != "":
			list, err = recallsOfGroup(ctx, tx, a.Group)
		default:
			return fault.Denied("recalls are for staff and groups")
		}
		out = out[:0]
		for _, r := range list {
			out = append(out, r.public(s.clock.Now()))
		}
		return err
	})
	return out, err
}
