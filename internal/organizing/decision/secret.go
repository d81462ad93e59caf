// The ballot box of secret decisions. Three ways lead into it: a ballot sealed in a
// browser and signed blindly, a slip drawn from a hat (Cast), and paper.
package decision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// SignBlind signs one blinded ballot for a voter and remembers that they have one,
// not which. Asked again for the same blinded text it gives the same answer, so
// that a broken line costs nobody a vote.
func (s *Service) SignBlind(ctx context.Context, token, code, blinded string) (signed string, err error) {
	defer fault.Wrap(&err, "decision.SignBlind")
	r, err := s.byLink(ctx, token)
	if err != nil {
		return "", err
	}
	if r.openness != Secret {
		return "", fault.Clash("decision.error.not_secret")
	}
	if err := r.must(Open); err != nil {
		return "", err
	}
	// Whoever has no code gets no work done: a signature takes milliseconds.
	if err := s.db.Read(ctx, r.org, func(tx *db.Tx) error { _, err := s.listed(ctx, tx, r, code); return err }); err != nil {
		return "", err
	}
	key, err := s.key(ctx, r)
	if err != nil {
		return "", err
	}
	out, err := key.SignBlind(blinded) // before the transaction, which it would hold up
	if err != nil {
		return "", fault.Wrong(fault.At("blinded", "decision.wrong.blinded"))
	}
	if err := s.db.Write(ctx, r.org, func(tx *db.Tx) error { return s.hand(ctx, tx, r, code, blinded) }); err != nil {
		return "", err
	}
	return out, nil
}

// listed is the voter behind a code.
func (s *Service) listed(ctx context.Context, tx *db.Tx, r row, code string) (Voter, error) {
	v, err := voterByCode(ctx, tx, r.id, codeHash(r.id, code))
	if fault.Is(err, fault.NotFound) {
		err = errCode
	}
	return v, err
}

// hand marks that a voter has a ballot, unless this very one was signed before.
func (s *Service) hand(ctx context.Context, tx *db.Tx, r row, code, blinded string) error {
	now, err := rowByID(ctx, tx, r.id)
	if err != nil {
		return err
	}
	if err := now.must(Open); err != nil {
		return err
	}
	v, err := s.listed(ctx, tx, r, code)
	if err != nil {
		return err
	}
	marks, err := readSigned(ctx, tx, r.id)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(blinded))
	mark := hex.EncodeToString(sum[:])
	at, again := slices.BinarySearch(marks, mark)
	if again {
		return nil
	}
	first, err := give(ctx, tx, r.id, v.ID)
	if err != nil {
		return err
	}
	if !first {
		return fault.Clash("decision.error.voted")
	}
	if err := writeSigned(ctx, tx, r.id, slices.Insert(marks, at, mark)); err != nil {
		return err
	}
	now.issued++
	if err := save(ctx, tx, now); err != nil {
		return err
	}
	return s.note(ctx, tx, asPublic(r.org, ""), access.Public, "create", r.id, "ballot")
}

// Drop puts a sealed ballot into the box. It asks nobody who they are, and nothing
// but the ballot is written: no audit row, no key, no time.
func (s *Service) Drop(ctx context.Context, token string, e ballot.Entry) (err error) {
	defer fault.Wrap(&err, "decision.Drop")
	r, err := s.byLink(ctx, token)
	if err != nil {
		return err
	}
	if r.openness != Secret || e.Kind != ballot.Online {
		return fault.Clash("decision.error.not_secret")
	}
	d, err := s.full(ctx, r)
	if err != nil {
		return err
	}
	if err := d.Spec.Well(e); err != nil {
		return fault.Because(fault.Wrong(fault.At("ballot", "decision.error.ballot")), err)
	}
	if err := d.Key.Verify(r.id, e); err != nil {
		return fault.Because(fault.Wrong(fault.At("ballot", "decision.error.ballot")), err)
	}
	return s.db.Write(ctx, r.org, func(tx *db.Tx) error {
		now, err := rowByID(ctx, tx, r.id)
		if err != nil {
			return err
		}
		if err := now.must(Open); err != nil {
			return err
		}
		b, err := s.readBallots(ctx, tx, r)
		if err != nil {
			return err
		}
		if at, used := find(b.ballots, e.Token); used {
			if b.ballots[at].Choice == e.Choice {
				return nil // sent twice
			}
			return fault.Clash("decision.error.voted")
		}
		b.put(stored{Entry: e})
		return s.writeBallots(ctx, tx, r, b)
	})
}

// HandOver marks that a voter of the list votes on paper or with a drawn slip. It
// writes down that they have a ballot, as for everybody else.
func (s *Service) HandOver(ctx context.Context, a access.Actor, decision, voter string) (err error) {
	defer fault.Wrap(&err, "decision.HandOver(%s)", decision)
	g, err := access.Check(a, needPaper)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.helping(ctx, tx, a, g, decision)
		if err != nil {
			return err
		}
		v, err := voterByID(ctx, tx, r.id, voter)
		if err != nil {
			return err
		}
		first, err := give(ctx, tx, r.id, v.ID)
		if err != nil {
			return err
		}
		if !first {
			return fault.Clash("decision.error.voted_other")
		}
		return s.note(ctx, tx, asPublic(r.org, ""), access.Public, "create", r.id, "ballot")
	})
}

// helping loads an open decision for somebody who brings paper in.
func (s *Service) helping(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, decision string) (row, error) {
	if a.Account == "" {
		return row{}, fault.Denied("paper is entered by people with an account")
	}
	r, err := rowByID(ctx, tx, decision)
	if err != nil {
		return r, err
	}
	if r.openness == Named {
		return r, fault.Clash("decision.error.paper_named")
	}
	return r, r.must(Open)
}

// PaperState says what became of a paper ballot that was typed.
type PaperState string

const (
	PaperFirst  PaperState = "first"  // waits for a second helper
	PaperBoth   PaperState = "both"   // two have read the same: it is in the box
	PaperDiffer PaperState = "differ" // two have read something else: both start again
)

// EnterPaper types a paper ballot. It counts when a second helper has read the same
// from it; neither sees what the other typed.
func (s *Service) EnterPaper(ctx context.Context, a access.Actor, decision, code, choice string) (state PaperState, err error) {
	defer fault.Wrap(&err, "decision.EnterPaper(%s)", decision)
	g, err := access.Check(a, needPaper)
	if err != nil {
		return "", err
	}
	code = id.ParseCode(code)
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.helping(ctx, tx, a, g, decision)
		if err != nil {
			return err
		}
		spec, err := s.spec(r)
		if err != nil {
			return err
		}
		if !spec.Valid(choice) {
			return fault.Wrong(fault.At("choice", "decision.error.choice"))
		}
		b, err := s.readBox(ctx, tx, r)
		if err != nil {
			return err
		}
		if _, known := slices.BinarySearch(b.slips, ballot.Mark(r.id, code)); !known {
			return fault.Wrong(fault.At("code", "decision.error.paper_code"))
		}
		if _, used := find(b.ballots, code); used {
			return fault.Wrong(fault.At("code", "decision.error.paper_used"))
		}
		state, err = s.second(ctx, tx, r, code, paper{choice, a.Account})
		return err
	})
	return state, err
}

func (s *Service) second(ctx context.Context, tx *db.Tx, r row, code string, p paper) (PaperState, error) {
	waiting, err := papers(ctx, tx, r.id)
	if err != nil {
		return "", err
	}
	first, there := waiting[code]
	switch {
	case !there || first.account == p.account:
		return PaperFirst, savePaper(ctx, tx, r.id, code, p)
	case first.choice != p.choice:
		return PaperDiffer, dropPaper(ctx, tx, r.id, code)
	}
	if err := dropPaper(ctx, tx, r.id, code); err != nil {
		return "", err
	}
	_, err = s.putSlip(ctx, tx, r, ballot.Paper, code, p.choice)
	return PaperBoth, err
}
