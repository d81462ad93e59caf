// Voting with a code: no account, no session. Whoever holds the page's link and a
// code may vote once.
package decision

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

// Holder is what a code turned out to be.
type Holder struct {
	Decision Decision
	Slip     bool   // drawn, and nobody's
	Used     bool   // has voted
	Choice   string // what they said before, where names are shown
	Reason   string
	voter    Voter
}

// byLink finds the decision behind a link, in whatever organization.
func (s *Service) byLink(ctx context.Context, token string) (r row, err error) {
	if token == "" || len(token) > 64 {
		return r, fault.Missing("no such link")
	}
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		r, err = rowByLink(ctx, tx, id.Hash(token))
		return err
	})
	if err == nil && r.state == Draft {
		err = fault.Missing("not open yet")
	}
	return r, err
}

// Knock is the page behind a link, before any code.
func (s *Service) Knock(ctx context.Context, token string) (d Decision, err error) {
	defer fault.Wrap(&err, "decision.Knock")
	r, err := s.byLink(ctx, token)
	if err != nil {
		return d, err
	}
	return s.full(ctx, r)
}

// Enter says what a code opens.
func (s *Service) Enter(ctx context.Context, token, code string) (h Holder, err error) {
	defer fault.Wrap(&err, "decision.Enter")
	r, err := s.byLink(ctx, token)
	if err != nil {
		return h, err
	}
	if h.Decision, err = s.full(ctx, r); err != nil {
		return h, err
	}
	err = s.db.Read(ctx, r.org, func(tx *db.Tx) error {
		if err := s.recognise(ctx, tx, r, code, &h); err != nil {
			return err
		}
		if r.openness == Named && h.Used {
			own, err := s.voiceOf(ctx, tx, r, h.voter)
			h.Choice, h.Reason = own.Choice, own.Reason
			return err
		}
		return nil
	})
	return h, err
}

var errCode = fault.Wrong(fault.At("code", "decision.error.code"))

func (s *Service) recognise(ctx context.Context, tx *db.Tx, r row, code string, h *Holder) error {
	code = id.ParseCode(code)
	v, err := voterByCode(ctx, tx, r.id, codeHash(r.id, code))
	if err == nil {
		h.voter, h.Used = v, v.Given
		return nil
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	b, err := s.readBox(ctx, tx, r)
	if fault.Is(err, fault.NotFound) {
		return errCode
	}
	if err != nil {
		return err
	}
	if _, known := slices.BinarySearch(b.slips, ballot.Mark(r.id, code)); !known || r.openness == Named {
		return errCode
	}
	h.Slip = true
	_, h.Used = find(b.ballots, code)
	return nil
}

// VoteIn is a vote as cast. Fields are named as in the form.
type VoteIn struct {
	Token  string
	Code   string // code
	Choice string // choice
	Reason string // reason; only where names are shown
}

// Cast takes a vote of a named decision or a show of hands, or a slip's vote of a
// secret one, and returns the receipt: the token under which the ballot stands in
// the list, or "" where there is no such list.
func (s *Service) Cast(ctx context.Context, in VoteIn) (receipt string, err error) {
	defer fault.Wrap(&err, "decision.Cast")
	r, err := s.byLink(ctx, in.Token)
	if err != nil {
		return "", err
	}
	spec, err := s.spec(r)
	if err != nil {
		return "", err
	}
	if !spec.Valid(in.Choice) {
		return "", fault.Wrong(fault.At("choice", "decision.error.choice"))
	}
	if utf8.RuneCountInString(in.Reason) > MaxReason {
		return "", fault.Wrong(fault.At("reason", "decision.error.long", "Most", MaxReason))
	}
	err = s.db.Write(ctx, r.org, func(tx *db.Tx) error {
		if r, err = rowByID(ctx, tx, r.id); err != nil {
			return err
		}
		if err := r.must(Open); err != nil {
			return err
		}
		h := Holder{}
		if err := s.recognise(ctx, tx, r, in.Code, &h); err != nil {
			return err
		}
		switch {
		case r.openness == Named:
			return s.speak(ctx, tx, r, h.voter, in)
		case h.Slip:
			receipt, err = s.putSlip(ctx, tx, r, ballot.Slip, id.ParseCode(in.Code), in.Choice)
			return err
		case r.openness == Secret:
			return fault.Clash("decision.error.seal_first")
		}
		return s.raise(ctx, tx, r, h.voter, in.Choice)
	})
	return receipt, err
}

// speak keeps a named answer; until closing it may be changed.
func (s *Service) speak(ctx context.Context, tx *db.Tx, r row, v Voter, in VoteIn) error {
	if _, err := give(ctx, tx, r.id, v.ID); err != nil {
		return err
	}
	now := s.clock.Now()
	sealed, err := s.sealJSON(ctx, voiceCell(r, v, now.UnixMicro()), said{in.Choice, strings.TrimSpace(in.Reason)})
	if err != nil {
		return err
	}
	if err := saveVoice(ctx, tx, r.id, voice{v.ID, sealed, now.UnixMicro()}); err != nil {
		return err
	}
	return s.note(ctx, tx, asPublic(r.org, ""), access.Public, "update", r.id, "vote")
}

func voiceCell(r row, v Voter, version int64) vault.Cell {
	return vault.Cell{Org: r.org, Person: v.Person, Table: "decision_voice", Column: "sealed", Row: r.id + ":" + v.ID, Version: version}
}

func (s *Service) voiceOf(ctx context.Context, tx *db.Tx, r row, v Voter) (Voice, error) {
	list, err := s.spoken(ctx, tx, r, []Voter{v})
	if err != nil || len(list) == 0 {
		return Voice{Voter: v}, err
	}
	return list[0], nil
}

// raise counts a raised hand: the voter is marked, the hand has no name on it.
func (s *Service) raise(ctx context.Context, tx *db.Tx, r row, v Voter, choice string) error {
	first, err := give(ctx, tx, r.id, v.ID)
	if err != nil {
		return err
	}
	if !first {
		return fault.Clash("decision.error.voted")
	}
	b, err := s.readBox(ctx, tx, r)
	if err != nil {
		return err
	}
	b.put(stored{Entry: ballot.Entry{Kind: ballot.Online, Token: randomToken(), Choice: choice}, Institution: v.Institution})
	return s.writeBox(ctx, tx, r, b)
}

// randomToken has the form of a token that a browser makes.
func randomToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// putSlip puts a ballot with a printed code in, signed where the decision is secret.
// The code is nobody's, so it is the token.
func (s *Service) putSlip(ctx context.Context, tx *db.Tx, r row, kind ballot.Kind, code, choice string) (string, error) {
	b, err := s.readBox(ctx, tx, r)
	if err != nil {
		return "", err
	}
	if at, used := find(b.ballots, code); used {
		if b.ballots[at].Kind == kind && b.ballots[at].Choice == choice {
			return code, nil // sent twice
		}
		return "", fault.Clash("decision.error.voted")
	}
	e := ballot.Entry{Kind: kind, Token: code, Choice: choice}
	if r.openness == Secret {
		key, err := s.key(ctx, r)
		if err != nil {
			return "", err
		}
		if e, err = key.Sign(r.id, e); err != nil {
			return "", err
		}
	}
	b.put(stored{Entry: e})
	return code, s.writeBox(ctx, tx, r, b)
}

// key opens the signing key of an open secret decision.
func (s *Service) key(ctx context.Context, r row) (ballot.Key, error) {
	text, err := s.vault.Open(ctx, keyCell(r), r.keySealed)
	if err != nil {
		return ballot.Key{}, err
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return ballot.Key{}, err
	}
	return ballot.ParseKey(b)
}

func keyCell(r row) vault.Cell {
	return vault.Cell{Org: r.org, Person: r.keyID, Table: "decision_decision", Column: "key_sealed", Row: r.id}
}

// CountHands keeps what was counted in the room, beside what came in with codes.
// Counting again replaces the count before.
func (s *Service) CountHands(ctx context.Context, a access.Actor, decision string, hands map[string]int) (err error) {
	defer fault.Wrap(&err, "decision.CountHands(%s)", decision)
	g, err := access.Check(a, needLead)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.lead(ctx, tx, a, g, decision, Open)
		if err != nil {
			return err
		}
		spec, err := s.spec(r)
		if err != nil {
			return err
		}
		answers := ballot.Answers(spec.Method)
		if r.openness != Hands || answers == nil || spec.Unit != ballot.Person {
			return fault.Clash("decision.error.no_hands")
		}
		b, err := s.readBox(ctx, tx, r)
		if err != nil {
			return err
		}
		b.ballots = slices.DeleteFunc(b.ballots, func(e stored) bool { return e.Kind == handKind })
		for _, answer := range answers {
			if hands[answer] < 0 || hands[answer] > MaxVoters {
				return fault.Wrong(fault.At("hands_"+answer, "decision.error.hands"))
			}
			for range hands[answer] {
				b.put(stored{Entry: ballot.Entry{Kind: handKind, Token: randomToken(), Choice: answer}})
			}
		}
		if err := s.writeBox(ctx, tx, r, b); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g.Role, "update", r.id, "hands")
	})
}

// handKind is a hand that somebody counted in the room.
const handKind ballot.Kind = "hand"

// Voices is who said what, after closing, for those who took part and for nobody
// else: not for staff, unless they voted too.
func (s *Service) Voices(ctx context.Context, a access.Actor, decision string) (list []Voice, err error) {
	defer fault.Wrap(&err, "decision.Voices(%s)", decision)
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.load(ctx, tx, a, g, decision)
		if err != nil {
			return err
		}
		me, err := voterByPerson(ctx, tx, r.id, a.Person)
		if err != nil {
			return err
		}
		list, err = s.heard(ctx, tx, r, me)
		return err
	})
	return list, err
}

// VoicesByCode is Voices for somebody without an account.
func (s *Service) VoicesByCode(ctx context.Context, token, code string) (list []Voice, err error) {
	defer fault.Wrap(&err, "decision.VoicesByCode")
	r, err := s.byLink(ctx, token)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, r.org, func(tx *db.Tx) error {
		me, err := voterByCode(ctx, tx, r.id, codeHash(r.id, code))
		if fault.Is(err, fault.NotFound) {
			return errCode
		}
		if err == nil {
			list, err = s.heard(ctx, tx, r, me)
		}
		return err
	})
	return list, err
}

func (s *Service) heard(ctx context.Context, tx *db.Tx, r row, me Voter) (list []Voice, err error) {
	if r.openness != Named || !me.Given || r.state != Closed && r.state != Recorded {
		return nil, fault.Missing("not for them, or not yet")
	}
	all, err := voters(ctx, tx, r.id)
	if err != nil {
		return nil, err
	}
	return s.spoken(ctx, tx, r, all)
}

// spoken are the answers of a named decision, of those on a list of its voters. Who
// was erased since took theirs along.
func (s *Service) spoken(ctx context.Context, tx *db.Tx, r row, list []Voter) (out []Voice, err error) {
	sealed, err := voices(ctx, tx, r.id)
	if err != nil {
		return nil, err
	}
	for _, x := range sealed {
		at := slices.IndexFunc(list, func(v Voter) bool { return v.ID == x.voter })
		if at < 0 {
			continue
		}
		v, err := s.openVoice(ctx, r, list[at], x)
		if fault.Is(err, fault.Gone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// said is what is sealed of a voice.
type said struct {
	Choice string `json:"choice"`
	Reason string `json:"reason,omitempty"`
}

func (s *Service) openVoice(ctx context.Context, r row, v Voter, x voice) (Voice, error) {
	own := said{}
	err := s.openJSON(ctx, voiceCell(r, v, x.version), x.sealed, &own)
	return Voice{Voter: v, Choice: own.Choice, Reason: own.Reason}, err
}
