// Package statement is agree, disagree or pass on short statements, by people whom
// nobody knows: what they say becomes groups that vote alike and what unites them.
// No account, no cookie, no time; a voter is a random id behind the digest of a
// receipt of words, which is the only way back to change or withdraw.
//
// Nothing is read from the votes but a release: numbers in tenths that move only
// when enough people have voted since, and that single out nobody. docs/develop/
// statement.md says why that is enough.
//
// It owns the tables statement_conversation, statement_statement, statement_voter,
// statement_vote, statement_paper and statement_release. It may import trust and
// platform. Whether a campaign is open it asks through Campaigns, wired in app.
package statement

import (
	"context"
	"maps"
	"slices"
	"time"

	"seedbed/internal/kit/opinion"
)

// State is where a statement stands.
type State string

const (
	Waiting   State = "waiting"   // sent by a voter; nobody has looked at it
	Approved  State = "approved"  // people vote on it
	Rejected  State = "rejected"  // never shown; can be taken back
	Withdrawn State = "withdrawn" // by whoever sent it; the words are gone
)

// States lists every state.
func States() []State { return []State{Waiting, Approved, Rejected, Withdrawn} }

// Verb is what can happen to a statement.
type Verb string

const (
	VerbApprove  Verb = "approve"
	VerbReject   Verb = "reject"
	VerbRestore  Verb = "restore" // a rejection taken back
	VerbWithdraw Verb = "withdraw"
)

// Verbs lists every verb.
func Verbs() []Verb { return []Verb{VerbApprove, VerbReject, VerbRestore, VerbWithdraw} }

var transitions = map[State]map[Verb]State{
	Waiting:  {VerbApprove: Approved, VerbReject: Rejected, VerbWithdraw: Withdrawn},
	Approved: {VerbReject: Rejected, VerbWithdraw: Withdrawn},
	Rejected: {VerbApprove: Approved, VerbRestore: Waiting, VerbWithdraw: Withdrawn},
}

// After returns the state a verb leads to, and whether it may.
func (s State) After(v Verb) (State, bool) {
	next, ok := transitions[s][v]
	return next, ok
}

// Reason says why a statement was rejected. A list, never free text.
type Reason string

// Reasons lists what a moderator can choose.
func Reasons() []Reason {
	return []Reason{"names_somebody", "repeated", "hurtful", "two_at_once", "not_a_statement"}
}

// Vote is what somebody says to a statement.
type Vote = opinion.Vote

// ParseVote reads a form's word.
func ParseVote(word string) (Vote, bool) {
	v, ok := map[string]Vote{"agree": opinion.Agree, "disagree": opinion.Disagree, "pass": opinion.Pass}[word]
	return v, ok
}

// Word is the form's word of a vote.
func Word(v Vote) string {
	switch v {
	case opinion.Agree:
		return "agree"
	case opinion.Disagree:
		return "disagree"
	}
	return "pass"
}

// Campaigns says whether a campaign is open; the listening room does, through app.
// A campaign that is not there is fault.NotFound.
type Campaigns interface {
	Open(ctx context.Context, org, campaign string) (bool, error)
}

// Sizes of groups below which nothing is shown: among strangers, and in a team
// whose members know each other anyhow.
const (
	AmongStrangers = 11
	InATeam        = 5
)

// Conversation is what people vote on together.
type Conversation struct {
	ID          string
	Campaign    string // empty: it stands alone
	Title       string // for staff only; sealed at rest
	Language    string
	Live        bool // voters see results before it is closed
	MinGroup    int
	MostPerHour int // voters who may begin in an hour
	Until       time.Time
	Closed      bool
	ended       time.Time // the hour in which it was closed
	gone        int
}

// Over reports whether no vote is taken any more.
func (c Conversation) Over(now time.Time) bool {
	return c.Closed || !c.Until.IsZero() && !now.Before(c.Until)
}

// Text is a statement in the languages it is there in.
type Text map[string]string

// In returns the text for a reader, and the language it is in.
func (t Text) In(lang, own string) (text, in string) {
	for _, l := range append([]string{lang, own}, slices.Sorted(maps.Keys(t))...) {
		if t[l] != "" {
			return t[l], l
		}
	}
	return "", lang
}

// Statement is one sentence that people vote on.
type Statement struct {
	ID           string
	Conversation string
	Language     string // in which it was written
	State        State
	Reason       Reason
	Batch        string
	Held         bool // has words that must be looked at with care
	Text         Text
}

const (
	// Longest is how many characters a statement may have.
	Longest = 140
	// mostStatements is how many a conversation may have: nobody votes on more.
	mostStatements = 120
	// mostSent is how many statements one voter can send.
	mostSent = 3
	// KeepVotes is how long votes are kept after the end; what was published stays.
	KeepVotes = 183 * 24 * time.Hour
)
