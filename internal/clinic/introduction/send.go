// From the yes to the group: warm handoff, send, take back, send elsewhere.
package introduction

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
)

// HandoffIn records a warm handoff that happened, or books one.
type HandoffIn struct {
	ID       string
	How      string    // how: walk_over, phone_bridge, booked
	At       time.Time // at; zero means now, required when booked
	Happened bool      // happened; a walk-over that found nobody is false
	Present  []string  // present: roles
	Needs    []string  // needs: of a booked meeting
	Key      string    // _key
}

// Handoff writes down a warm handoff. One that happened sends the introduction,
// if it has not been sent: the group is in the room.
func (s *Service) Handoff(ctx context.Context, a access.Actor, in HandoffIn) (err error) {
	now := s.clock.Now()
	h := Handoff{How: HandoffHow(in.How), At: in.At, Happened: in.Happened, Present: slices.Compact(slices.Sorted(slices.Values(in.Present))),
		Needs: slices.Compact(slices.Sorted(slices.Values(in.Needs)))}
	var bad []fault.Field
	if !known(Handoffs(), in.How) {
		bad = append(bad, fault.At("how", "introduction.error.choose"))
	}
	if h.At.IsZero() && h.How != Booked {
		h.At = now
	}
	if h.How == Booked && (h.At.Before(now.Add(-time.Hour)) || h.At.After(now.Add(60*day))) {
		bad = append(bad, fault.At("at", "introduction.error.booking"))
	}
	if h.How != Booked && (h.At.After(now.Add(5*time.Minute)) || h.At.Before(now.Add(-7*day))) {
		bad = append(bad, fault.At("at", "introduction.error.past"))
	}
	if h.How == Booked {
		h.Happened = false
	}
	for _, p := range h.Present {
		if !slices.Contains(PresentRoles(), p) {
			bad = append(bad, fault.At("present", "introduction.error.choose"))
			break
		}
	}
	for _, n := range h.Needs {
		if !slices.Contains(MeetingNeeds(), n) {
			bad = append(bad, fault.At("needs", "introduction.error.choose"))
			break
		}
	}
	if h.Happened && len(h.Present) == 0 {
		bad = append(bad, fault.At("present", "introduction.error.present"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	group, rec, err := s.recipientOf(ctx, a, in.ID)
	if err != nil {
		return err
	}
	return s.move(ctx, a, move{id: in.ID, key: in.Key, verb: VerbHandoff, code: in.How, need: needHandoff}, nil, func(w *work) error {
		if err := insertHandoff(ctx, w.tx, w.row.id, h); err != nil {
			return err
		}
		w.row.handoffAt = time.Time{}
		if h.How == Booked {
			w.row.handoffAt = h.At
			s.remindPerson(w, h.At)
		}
		if h.Happened && w.row.state == Consented {
			if w.row.group != group {
				return fault.Clash("introduction.error.changed")
			}
			return s.sendNow(ctx, w, rec)
		}
		return nil
	})
}

// recipientOf looks the present group up before the transaction begins: it is
// another room's data, and that room opens its own.
func (s *Service) recipientOf(ctx context.Context, a access.Actor, intro string) (group string, r Recipient, err error) {
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		row, err := rowByID(ctx, tx, intro)
		group = row.group
		return err
	})
	if err != nil {
		return "", r, err
	}
	r, err = s.groups.Recipient(ctx, a.Org, group)
	if fault.Is(err, fault.NotFound) {
		return group, Recipient{ID: group}, nil
	}
	return group, r, err
}

// SendIn sends an introduction to the group the person agreed to.
type SendIn struct {
	ID  string
	Key string // _key
}

// Send lets the group see what the consent covers, and tells it that something is there.
func (s *Service) Send(ctx context.Context, a access.Actor, in SendIn) error {
	if _, err := access.Check(a, needShare); err != nil {
		return err
	}
	group, rec, err := s.recipientOf(ctx, a, in.ID)
	if err != nil {
		return err
	}
	return s.move(ctx, a, move{id: in.ID, key: in.Key, verb: VerbSend, need: needShare}, func(w *work) error {
		if w.row.state == Redirected {
			return fault.Clash("introduction.error.fresh_consent") // ResendTo asks for it
		}
		if w.row.group != group {
			return fault.Clash("introduction.error.changed")
		}
		return s.sendable(ctx, w, rec)
	}, func(w *work) error { return s.share(ctx, w, rec) })
}

func (s *Service) sendable(ctx context.Context, w *work, rec Recipient) error {
	if !rec.Active {
		return fault.Clash("introduction.error.group")
	}
	if rec.Channel == "" {
		return fault.Clash("introduction.error.channel", "Group", rec.Name)
	}
	return s.needConsent(ctx, w)
}

// sendNow is the transition and its effect inside another verb.
func (s *Service) sendNow(ctx context.Context, w *work, rec Recipient) error {
	if err := s.sendable(ctx, w, rec); err != nil {
		return err
	}
	t, err := Move(w.row.state, VerbSend, "", w.party)
	if err != nil {
		return err
	}
	if err := s.step(ctx, w, t, ""); err != nil {
		return err
	}
	return s.share(ctx, w, rec)
}

// share opens the group's view until its consent ends, and asks for a message to the group.
func (s *Service) share(ctx context.Context, w *work, rec Recipient) error {
	c, err := s.consent.Live(ctx, w.tx, consent.Query{Subject: w.row.person, Purpose: consent.IntroContact, Recipient: w.row.group, Field: consent.Name})
	if err != nil {
		return err
	}
	w.row.sent, w.row.acknowledged, w.row.accepted, w.row.handoffAt = w.now, time.Time{}, time.Time{}, time.Time{}
	w.share = share{org: w.tx.Org(), id: id.New(w.now), intro: w.row.id, group: w.row.group, began: w.now, expires: c.ExpiresAt, reply: id.Digits(4)}
	if rec.Phone != "" {
		if w.share.groupPhone, err = s.vault.Blind(ctx, w.tx.Org(), vault.Phone, rec.Phone); err != nil {
			return err
		}
	}
	if err := s.sealCode(ctx, w, id.Digits(pinLength)); err != nil {
		return err
	}
	if err := insertShare(ctx, w.tx, w.share); err != nil {
		return err
	}
	s.tell(w, notify.RecipientNew, w.share.id, w.share.id)
	return nil
}

// sealCode puts a code into the share under the person's key: it dies with it.
func (s *Service) sealCode(ctx context.Context, w *work, code string) (err error) {
	w.share.codeVersion++
	w.share.codeTries = 0
	w.share.codeSealed, err = s.vault.Seal(ctx, codeCell(w.share, w.row.person), code)
	return err
}

func codeCell(sh share, person string) vault.Cell {
	return vault.Cell{Org: sh.org, Person: person, Table: "introduction_share", Column: "code_sealed", Row: sh.id, Version: sh.codeVersion}
}

// UndoIn takes a send back.
type UndoIn struct {
	ID  string
	Key string // _key
}

// Undo takes a wrong send back within fifteen minutes, before the group has seen
// it. The group's link ends at once, and the group is asked to forget it.
func (s *Service) Undo(ctx context.Context, a access.Actor, in UndoIn) error {
	return s.move(ctx, a, move{id: in.ID, key: in.Key, verb: VerbUndo, need: needUpdate}, func(w *work) error {
		if w.now.Sub(w.row.sent) > UndoTime {
			return fault.Clash("introduction.error.undo_late")
		}
		return nil
	}, func(w *work) error {
		if err := s.recallAll(ctx, w, "undo"); err != nil {
			return err
		}
		if err := s.uncount(ctx, w, stageSent); err != nil {
			return err
		}
		w.row.sent = time.Time{}
		w.row.mode = CallBack // the visit is over: what is next is to send it right
		return s.endShare(ctx, w)
	})
}

// endShare closes the group's view, with its code and its sessions.
func (s *Service) endShare(ctx context.Context, w *work) error {
	if w.share.id == "" {
		return nil
	}
	if err := endShare(ctx, w.tx, w.share.id, w.now); err != nil {
		return err
	}
	w.share = share{}
	return nil
}

// ElsewhereIn sends an introduction to another group, with a fresh consent: after
// a redirect, after an undone send, or before it was ever sent.
type ElsewhereIn struct {
	ID    string
	Group string // group
	ConsentIn
	Key string // _key
}

// Elsewhere gives the introduction to another group. What the first group was
// allowed ends in the same transaction.
func (s *Service) Elsewhere(ctx context.Context, a access.Actor, in ElsewhereIn) error {
	if _, err := access.Check(a, needShare); err != nil {
		return err
	}
	rec, bad, err := s.recipient(ctx, a.Org, strings.TrimSpace(in.Group))
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	err = s.move(ctx, a, move{id: in.ID, key: in.Key, verb: VerbSend, code: "elsewhere", need: needShare}, func(w *work) error {
		p, err := s.open(ctx, w.tx.Org(), w.row)
		if err != nil {
			return err
		}
		agreed, bad := in.check(p)
		if len(bad) > 0 {
			return fault.Wrong(bad...)
		}
		if w.row.group != rec.ID {
			if err := s.endConsentFor(ctx, w.tx, w.row.person, w.row.group); err != nil {
				return err
			}
		}
		if !in.TellClinic { // asked again, and no longer agreed to
			if err := s.endConsentFor(ctx, w.tx, w.row.person, consent.Clinic); err != nil {
				return err
			}
		}
		w.row.group = rec.ID
		if _, err := s.give(ctx, w, p, agreed.fields, agreed.lang, agreed.obtained, in.TellClinic); err != nil {
			return err
		}
		return s.sendable(ctx, w, rec)
	}, func(w *work) error {
		w.row.redirectTo = ""
		return s.share(ctx, w, rec)
	})
	return renamed(err)
}
