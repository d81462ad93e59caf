// Pinning: an answer is written down in one press, from any scribe's device, with a
// line or without; words and days come after.
package assembly

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

func (s *Service) pins(ctx context.Context, tx *db.Tx, assembly string) ([]Pin, error) {
	rows, err := pins(ctx, tx, assembly)
	if err != nil {
		return nil, err
	}
	out, cells, sealed := make([]Pin, len(rows)), make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		out[i], cells[i], sealed[i] = r.Pin, cell(tx.Org(), "assembly_pin", r.ID, 1), r.sealed
	}
	return out, s.unseal(ctx, cells, sealed, func(i int) any { return &out[i].PinWords })
}

// PinIn is one press of a scribe, or the words after it; fields are named as in the
// form.
type PinIn struct {
	Ask      string
	Answer   Answer    // answer
	FollowUp time.Time // follow
	By       time.Time // by
	Witness  string    // witness
	Words    string    // words
	Link     string    // link
	Pen      string    // pen: the page it was written on
	Over     []string  // over: versions that the page showed
	Said     time.Time // when it was pressed, by the scribe's clock
	Key      string
}

const penMost = 60

func (in *PinIn) wrong() error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	in.Words, in.Link = strings.TrimSpace(in.Words), strings.TrimSpace(in.Link)
	at(!slices.Contains(Answers(), in.Answer), "answer", "assembly.error.answer")
	at(in.Answer.FollowUp() && in.FollowUp.IsZero(), "follow", "assembly.error.follow")
	at(tooLong(in.Words, wordsMost), "words", "assembly.error.long")
	at(in.Witness != "" && !slices.Contains(Witnesses(), in.Witness), "witness", "contact.error.choose")
	u, err := url.Parse(in.Link)
	at(in.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || tooLong(in.Link, 300)), "link", "assembly.error.link")
	at(len(in.Pen) > penMost || len(in.Over) > 50, "answer", "fault.form")
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	if !in.Answer.FollowUp() {
		in.FollowUp = time.Time{}
	}
	if in.Answer != Yes && in.Answer != Waffle {
		in.By = time.Time{}
	}
	return nil
}

// Pin writes an answer down. It is one more version beside all others: nothing that
// a scribe wrote is lost, whoever else wrote at the same time.
func (s *Service) Pin(ctx context.Context, a access.Actor, assembly string, in PinIn) (made string, err error) {
	defer fault.Wrap(&err, "assembly.Pin")
	if _, err := access.Check(a, needUpdate); err != nil {
		return "", err
	}
	if err := in.wrong(); err != nil {
		if _, gone := s.Get(ctx, a, assembly); gone != nil {
			return "", gone
		}
		return "", err
	}
	return s.act(ctx, a, needUpdate, assembly, "pin:"+in.Ask, in.Key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if !r.State.CanPin() {
			return "", "", "", fault.Clash("assembly.error.not_ready")
		}
		list, err := asks(ctx, tx, assembly)
		if err != nil {
			return "", "", "", err
		}
		if !slices.ContainsFunc(list, func(x askRow) bool { return x.ID == in.Ask }) {
			return "", "", "", fault.Missing("ask")
		}
		made, err := s.write(ctx, tx, a, assembly, in)
		return made, "", string(in.Answer), err
	})
}

// write adds a version.
func (s *Service) write(ctx context.Context, tx *db.Tx, a access.Actor, assembly string, in PinIn) (string, error) {
	now := s.Clock.Now()
	if in.Said.IsZero() || in.Said.After(now) {
		in.Said = now
	}
	over := slices.DeleteFunc(slices.Clone(in.Over), func(o string) bool { return !id.Valid(o) })
	p := Pin{ID: id.New(now), Ask: in.Ask, Account: a.Account, Pen: contact.OneLine(in.Pen), Over: over, Answer: in.Answer, FollowUp: in.FollowUp, By: in.By, Witness: in.Witness,
		Said: in.Said, Stored: now, PinWords: PinWords{in.Words, in.Link}}
	sealed, err := s.seal(ctx, cell(tx.Org(), "assembly_pin", p.ID, 1), p.PinWords)
	if err != nil {
		return "", err
	}
	return p.ID, putPin(ctx, tx, assembly, pinRow{Pin: p, sealed: sealed})
}

// Choose says which of several versions stands. All of them stay to be seen.
func (s *Service) Choose(ctx context.Context, a access.Actor, assembly, ask, version, key string) (err error) {
	defer fault.Wrap(&err, "assembly.Choose")
	_, err = s.act(ctx, a, needUpdate, assembly, "choose:"+ask, key, func(tx *db.Tx, r *row) (string, string, string, error) {
		all, err := s.pins(ctx, tx, assembly)
		if err != nil {
			return "", "", "", err
		}
		all = slices.DeleteFunc(all, func(p Pin) bool { return p.Ask != ask })
		st := Stands(all)
		i := slices.IndexFunc(all, func(p Pin) bool { return p.ID == version })
		if i < 0 {
			return "", "", "", fault.Missing("version")
		}
		if !slices.Contains(st.Heads, version) {
			return "", "", "", fault.Clash("assembly.error.chosen")
		}
		p := all[i]
		made, err := s.write(ctx, tx, a, assembly, PinIn{Ask: ask, Answer: p.Answer, FollowUp: p.FollowUp, By: p.By, Witness: p.Witness, Words: p.Words, Link: p.Link, Over: st.Heads})
		return made, "", string(p.Answer), err
	})
	return err
}
