// Voting: the next statement, the vote, a statement of one's own, and the way
// back with a receipt.
package statement

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/words"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/proof"
	"seedbed/internal/trust/contact"
)

// board is what voters see of a conversation, for a moment: its statements and how
// often each was voted on.
type board struct {
	at         time.Time
	statements []Statement
	votes      map[string]int
}

// boardFor is how long a board may be used: two thousand phones ask at once.
const boardFor = 2 * time.Second

func (s *Service) forgetBoard(org, conversation string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.boards, org+" "+conversation)
	delete(s.looked, org+" "+conversation)
}

func (s *Service) board(ctx context.Context, org, conversation string) (*board, error) {
	key, now := org+" "+conversation, s.clock.Now()
	s.mu.Lock()
	b := s.boards[key]
	s.mu.Unlock()
	if b != nil && now.Sub(b.at) < boardFor {
		return b, nil
	}
	b = &board{at: now}
	var rows []row
	if err := s.db.Read(ctx, org, func(tx *db.Tx) (err error) {
		if rows, err = inState(ctx, tx, conversation, Approved, mostStatements); err != nil {
			return err
		}
		b.votes, err = votesByStatement(ctx, tx, conversation)
		return err
	}); err != nil {
		return nil, err
	}
	for _, r := range rows {
		if err := s.openText(ctx, org, &r.Statement, r.sealed); err != nil {
			return nil, err
		}
		b.statements = append(b.statements, r.Statement)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.boards) > 1000 {
		clear(s.boards)
	}
	s.boards[key] = b
	return b, nil
}

// Ballot is what a phone shows: one statement, and how far one is.
type Ballot struct {
	Org          string
	Conversation Conversation
	Statement    *Statement // nil: there is none left
	Mine         string     // what this voter said to it before, as a form's word
	Now, Of      int
	Began        bool // there is a voter behind the receipt
	Over         bool
	Challenge    string
	Receipt      string
}

// Ballot prepares the statement that a voter should see: the one asked for, or the
// least voted of those they have not voted on.
func (s *Service) Ballot(ctx context.Context, a access.Actor, token, typed, statement string) (out Ballot, err error) {
	defer fault.Wrap(&err, "statement.Ballot")
	if _, err := access.Check(a, needSee); err != nil {
		return out, err
	}
	org, r, open, err := s.behind(ctx, token)
	if err != nil {
		return out, err
	}
	out = Ballot{Org: org, Conversation: r.Conversation, Over: !open}
	receipt, ok := words.Parse(typed)
	if !ok {
		receipt = words.New()
	}
	out.Receipt = receipt
	b, err := s.board(ctx, org, r.ID)
	if err != nil {
		return out, err
	}
	_, v, mine, err := s.votesBehind(ctx, receipt)
	if err != nil {
		return out, err
	}
	if v.conversation == r.ID {
		out.Began = true
	} else {
		v, mine = voter{}, nil
	}
	said := map[string]Vote{}
	for _, c := range mine {
		said[c.statement] = c.vote
	}
	for _, st := range b.statements {
		if _, voted := said[st.ID]; voted {
			out.Now++
		}
	}
	out.Of = len(b.statements)
	out.Statement = b.next(said, statement, receipt)
	if out.Statement != nil {
		if v, voted := said[out.Statement.ID]; voted {
			out.Mine = Word(v)
		}
	}
	if !out.Began {
		out.Challenge, err = s.proof.Challenge(ctx, org, r.ID)
	}
	return out, err
}

// next is the statement asked for, or the least voted one not voted on; among
// equals the order is a voter's own, so that a room does not move in step.
func (b *board) next(said map[string]Vote, asked, receipt string) *Statement {
	var best *Statement
	for i := range b.statements {
		st := &b.statements[i]
		if st.ID == asked {
			return st
		}
		if _, voted := said[st.ID]; voted {
			continue
		}
		if best == nil || b.votes[st.ID] < b.votes[best.ID] ||
			b.votes[st.ID] == b.votes[best.ID] && id.Hash(receipt+st.ID) < id.Hash(receipt+best.ID) {
			best = st
		}
	}
	return best
}

// votesBehind finds a receipt's voter, wherever they voted; an empty voter is none.
func (s *Service) votesBehind(ctx context.Context, receipt string) (org string, v voter, mine []cast, err error) {
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		org, v, err = voterByReceipt(ctx, tx, votesHash(receipt))
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return "", voter{}, nil, nil
	}
	if err != nil {
		return "", v, nil, err
	}
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		mine, err = votesOf(ctx, tx, v)
		return err
	})
	return org, v, mine, err
}

// VoteIn is one vote as it comes from a phone.
type VoteIn struct {
	Token, Statement, Vote, Receipt string
	proof.Form                      // for the first vote
}

// Vote takes one vote; the last one on a statement counts. The first vote of a
// receipt makes its voter, and needs proof.
func (s *Service) Vote(ctx context.Context, a access.Actor, in VoteIn) (err error) {
	defer fault.Wrap(&err, "statement.Vote")
	if _, err := access.Check(a, needSay); err != nil {
		return err
	}
	receipt, ok := words.Parse(in.Receipt)
	if !ok {
		return fault.Wrong(fault.At("receipt", "statement.error.again"))
	}
	vote, ok := ParseVote(in.Vote)
	if !ok {
		return fault.Wrong(fault.At("vote", "contact.error.choose"))
	}
	org, r, open, err := s.behind(ctx, in.Token)
	if err != nil {
		return err
	}
	if !open {
		return fault.Ended("statement.error.closed")
	}
	b, err := s.board(ctx, org, r.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(b.statements, func(st Statement) bool { return st.ID == in.Statement }) {
		return fault.Missing("statement")
	}
	err = s.cast(ctx, org, r, receipt, in, vote)
	if fault.Is(err, fault.Conflict) { // the same press, a moment earlier, made the voter
		if _, v, _, e := s.votesBehind(ctx, receipt); e == nil && v.conversation == r.ID {
			err = s.cast(ctx, org, r, receipt, in, vote)
		}
	}
	return err
}

func (s *Service) cast(ctx context.Context, org string, r conversationRow, receipt string, in VoteIn, vote Vote) error {
	return s.db.Write(ctx, org, func(tx *db.Tx) error {
		v, err := s.voterFor(ctx, tx, r, receipt, in.Form)
		if err != nil {
			return err
		}
		return putVote(ctx, tx, v, in.Statement, vote)
	})
}

// voterFor is the voter of a receipt, made when there is none.
func (s *Service) voterFor(ctx context.Context, tx *db.Tx, r conversationRow, receipt string, f proof.Form) (v voter, err error) {
	_, v, err = voterByReceipt(ctx, tx, votesHash(receipt))
	if err == nil && v.conversation == r.ID {
		return v, nil
	}
	if err == nil {
		return v, fault.Wrong(fault.At("receipt", "statement.error.again"))
	}
	if !fault.Is(err, fault.NotFound) {
		return v, err
	}
	if err := s.proof.Let(ctx, tx, r.ID, r.MostPerHour, f); err != nil {
		return v, err
	}
	v = voter{randomID(), r.ID}
	return v, addVoter(ctx, tx, v, votesHash(receipt))
}

// SendIn is a statement that a voter sends.
type SendIn struct {
	Token, Language, Text, Receipt string
}

// votesHash leads from a receipt to its voter.
func votesHash(receipt string) string { return id.Hash("votes:" + receipt) }

// sentHash leads from a receipt to what was sent with it. It is another digest
// than the one of the votes.
func sentHash(receipt string) string { return id.Hash("sent:" + receipt) }

// Send takes a statement from somebody who has voted; it waits for a moderator.
// The same words of the same receipt are stored once.
func (s *Service) Send(ctx context.Context, a access.Actor, in SendIn) (err error) {
	defer fault.Wrap(&err, "statement.Send")
	if _, err := access.Check(a, needSay); err != nil {
		return err
	}
	receipt, ok := words.Parse(in.Receipt)
	if !ok {
		return fault.Wrong(fault.At("receipt", "statement.error.again"))
	}
	org, r, open, err := s.behind(ctx, in.Token)
	if err != nil {
		return err
	}
	if !open {
		return fault.Ended("statement.error.closed")
	}
	text, bad := cleanText("text", in.Text)
	if bad != nil {
		return fault.Wrong(*bad)
	}
	if !contact.Language(in.Language) {
		in.Language = r.Language
	}
	st := row{Statement: Statement{ID: randomID(), Conversation: r.ID, Language: in.Language, State: Waiting, Held: held(text)}, sentHash: sentHash(receipt)}
	if st.sealed, err = s.sealText(ctx, org, st.ID, Text{in.Language: text}); err != nil {
		return err
	}
	return s.db.Write(ctx, org, func(tx *db.Tx) error {
		_, v, err := voterByReceipt(ctx, tx, votesHash(receipt))
		if fault.Is(err, fault.NotFound) || err == nil && v.conversation != r.ID {
			return fault.Clash("statement.error.first")
		}
		if err != nil {
			return err
		}
		old, err := sentBy(ctx, tx, r.ID, st.sentHash)
		if err != nil {
			return err
		}
		for _, o := range old {
			if o.sealed == "" {
				continue
			}
			if err := s.openText(ctx, org, &o.Statement, o.sealed); err != nil {
				return err
			}
			if o.Text[o.Language] == text {
				return nil // it came before, and the phone did not hear of it
			}
		}
		if len(old) >= mostSent {
			return fault.New(fault.Limited, "statement.error.sent", "Most", mostSent)
		}
		return insert(ctx, tx, st)
	})
}

// cleanText is a statement as it may be stored, or what is wrong with it.
func cleanText(field, typed string) (string, *fault.Field) {
	text := contact.OneLine(strings.ToValidUTF8(strings.ReplaceAll(typed, "\x00", ""), ""))
	var bad fault.Field
	switch n := len([]rune(text)); {
	case n == 0:
		bad = fault.At(field, "statement.error.empty")
	case n > Longest:
		bad = fault.At(field, "statement.error.long", "Most", Longest)
	default:
		return text, nil
	}
	return text, &bad
}

// Mine is everything behind a receipt, as its holder sees it.
type Mine struct {
	Token string // of the conversation, to go on
	Votes []MyVote
	Sent  []MySent
	Gone  bool
	Open  bool
}

// MyVote is a vote with its statement.
type MyVote struct {
	ID, Text, Lang, Vote string
}

// MySent is a statement that was sent.
type MySent struct {
	Text, Lang string
	State      State
}

const doorTries = 30 // wrong receipts of a network in an hour before it is told to wait

// Back opens what a receipt holds, and takes it all back when asked to: the votes
// go, and so do the statements that were sent with it. Wrong receipts are limited
// by network; the right one always opens.
func (s *Service) Back(ctx context.Context, a access.Actor, network, typed, lang string, withdraw bool) (out Mine, err error) {
	defer fault.Wrap(&err, "statement.Back")
	if _, err := access.Check(a, needSay); err != nil {
		return out, err
	}
	receipt, ok := words.Parse(typed)
	var org string
	var v voter
	var mine []cast
	if ok {
		if org, v, mine, err = s.votesBehind(ctx, receipt); err != nil {
			return out, err
		}
	}
	if v.id == "" {
		return out, s.wrongReceipt(ctx, a.Org, network)
	}
	if withdraw {
		defer s.forgetBoard(org, v.conversation)
		return Mine{Gone: true}, s.db.Write(ctx, org, func(tx *db.Tx) error { return s.withdraw(ctx, tx, v, receipt) })
	}
	return s.mine(ctx, org, v, mine, receipt, lang)
}

func (s *Service) mine(ctx context.Context, org string, v voter, mine []cast, receipt, lang string) (out Mine, err error) {
	b, err := s.board(ctx, org, v.conversation)
	if err != nil {
		return out, err
	}
	var r conversationRow
	var sent []row
	if err := s.db.Read(ctx, org, func(tx *db.Tx) error {
		if r, err = conversationByID(ctx, tx, v.conversation); err != nil {
			return err
		}
		sent, err = sentBy(ctx, tx, v.conversation, sentHash(receipt))
		return err
	}); err != nil {
		return out, err
	}
	k, err := s.openConversation(ctx, org, r)
	if err != nil {
		return out, err
	}
	out.Token = k.Token
	if out.Open, err = s.takes(ctx, org, r); err != nil {
		return out, err
	}
	for _, c := range mine {
		if i := slices.IndexFunc(b.statements, func(st Statement) bool { return st.ID == c.statement }); i >= 0 {
			text, in := b.statements[i].Text.In(lang, b.statements[i].Language)
			out.Votes = append(out.Votes, MyVote{c.statement, text, in, Word(c.vote)})
		}
	}
	for _, o := range sent {
		if o.sealed == "" {
			continue
		}
		if err := s.openText(ctx, org, &o.Statement, o.sealed); err != nil {
			return out, err
		}
		text, in := o.Text.In(o.Language, o.Language)
		out.Sent = append(out.Sent, MySent{text, in, o.State})
	}
	return out, nil
}

func (s *Service) withdraw(ctx context.Context, tx *db.Tx, v voter, receipt string) error {
	sent, err := sentBy(ctx, tx, v.conversation, sentHash(receipt))
	if err != nil {
		return err
	}
	for _, r := range sent {
		if next, ok := r.State.After(VerbWithdraw); ok {
			r.State, r.sealed, r.Held, r.Batch = next, "", false, ""
			if err := update(ctx, tx, r); err != nil {
				return err
			}
		}
	}
	return dropVoter(ctx, tx, v)
}

func (s *Service) wrongReceipt(ctx context.Context, org, network string) error {
	var n int64
	if err := s.db.Write(ctx, org, func(tx *db.Tx) (err error) {
		n, err = s.proof.Tries(ctx, tx, "say", network)
		return err
	}); err != nil {
		return err
	}
	if n > doorTries {
		return fault.New(fault.Limited, "")
	}
	return fault.Wrong(fault.At("receipt", "statement.error.receipt"))
}
