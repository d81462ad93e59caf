// Package answer is what people say without an account: on a phone in the waiting
// room, at a kiosk, by a link. Nobody knows who answered: no cookie, no address,
// no time finer than the hour, random ids. A receipt of words is the only way
// back, to read, or to withdraw. Nothing is shown to anybody before a moderator
// has looked at it.
//
// It owns the tables answer_place, answer_answer, answer_code and answer_recording.
// It may import trust and platform. What a campaign asks comes through Campaigns,
// wired in app.
package answer

import (
	"context"
	"slices"
	"time"
)

// State is where an answer stands.
type State string

const (
	Waiting   State = "waiting"   // nobody has looked at it
	Approved  State = "approved"  // may be shown, without a name as all are
	Rejected  State = "rejected"  // never shown; can be taken back
	Withdrawn State = "withdrawn" // by whoever gave it; the words are gone
	Forgotten State = "forgotten" // old: the words are gone, the count stays
)

// States lists every state.
func States() []State { return []State{Waiting, Approved, Rejected, Withdrawn, Forgotten} }

// Verb is what can happen to an answer.
type Verb string

const (
	VerbApprove  Verb = "approve"
	VerbReject   Verb = "reject"
	VerbRestore  Verb = "restore" // a rejection taken back
	VerbWithdraw Verb = "withdraw"
	VerbForget   Verb = "forget"
)

// Verbs lists every verb.
func Verbs() []Verb {
	return []Verb{VerbApprove, VerbReject, VerbRestore, VerbWithdraw, VerbForget}
}

var transitions = map[State]map[Verb]State{
	Waiting:  {VerbApprove: Approved, VerbReject: Rejected, VerbWithdraw: Withdrawn, VerbForget: Forgotten},
	Approved: {VerbReject: Rejected, VerbWithdraw: Withdrawn, VerbForget: Forgotten},
	Rejected: {VerbApprove: Approved, VerbRestore: Waiting, VerbWithdraw: Withdrawn, VerbForget: Forgotten},
}

// After returns the state a verb leads to, and whether it may.
func (s State) After(v Verb) (State, bool) {
	next, ok := transitions[s][v]
	return next, ok
}

// Counts reports whether the answer is one of those heard.
func (s State) Counts() bool { return s == Waiting || s == Approved || s == Forgotten }

// Reason says why an answer was rejected. A list, never free text.
type Reason string

// Reasons lists what a moderator can choose.
func Reasons() []Reason { return []Reason{"names_somebody", "repeated", "hurtful", "not_an_answer"} }

// Question is one question of a campaign, in every language it is asked in.
type Question struct {
	ID   string
	Text map[string]string
}

// In returns the question in a language, or in the first language it has.
func (q Question) In(lang string) string { return q.Text[q.Lang(lang)] }

// Lang is the language in which the question can be shown to somebody who reads lang.
func (q Question) Lang(lang string) string {
	for _, l := range append([]string{lang, "en"}, slices.Sorted(mapKeys(q.Text))...) {
		if q.Text[l] != "" {
			return l
		}
	}
	return lang
}

// Asked is what a campaign asks now.
type Asked struct {
	Open      bool
	Name      string // for staff only
	Questions []Question
	Languages []string
}

// Campaigns says what is asked; the listening room does, through app.
type Campaigns interface {
	Asked(ctx context.Context, org, campaign string) (Asked, error)
}

// Place is where people can answer.
type Place struct {
	ID          string
	Campaign    string
	Name        string // of the place: "Front waiting room"
	Language    string
	Kiosk       bool // one device for many: it goes back to the start by itself
	Codes       bool // only with a code that is good for one answer
	MostPerHour int
	Until       time.Time // zero: as long as the campaign
	Closed      bool
}

// Said is what somebody answered: question id → words.
type Said map[string]string

// LongestAnswer is how many characters one answer may have.
const LongestAnswer = 1000

// Answer is an answer without its words.
type Answer struct {
	ID       string
	Campaign string
	Place    string
	Language string
	Hour     time.Time // as fine as it gets
	State    State
	Reason   Reason
	Batch    string
	Held     bool // has words that must be looked at with care
	Verified bool // came with a code
}

// KeepWords is how long the words are kept; the counts stay.
const KeepWords = 183 * 24 * time.Hour
