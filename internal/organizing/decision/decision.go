// Package decision is how teams, assemblies and campaigns decide: a question, its
// options, who may vote, a method with a named rule, and a result that explains
// itself. It counts with kit/ballot and adds what lasts: voters, the ballot box,
// opening and closing, minutes and dissent.
//
// It owns the tables decision_decision, decision_voter, decision_box,
// decision_paper and decision_voice. It may import trust and platform; team,
// listening and cycle may import it. It holds ids of persons and institutions and
// no names. How somebody voted is stored in one case only: where everybody who
// takes part is to see who said what, and then under that person's own key.
//
// A secret ballot cannot be tied to its voter by anybody, with the whole database,
// every key and every backup of them in hand: see docs/operate/secret-ballots.md
// for how, and for what it does not protect against. What keeps it so in this
// package: a voter's row says only that a ballot was given; the box is one row,
// sorted by random tokens, without times; putting a ballot in writes no audit row,
// no idempotency key and no job.
package decision

import (
	"time"

	"seedbed/internal/kit/ballot"
)

// State is where a decision stands. It only moves forward.
type State string

const (
	Draft    State = "draft"
	Open     State = "open"
	Closed   State = "closed"   // counted
	Recorded State = "recorded" // with its minutes; other rooms hear of it now
)

// Openness is who learns what of single votes.
type Openness string

const (
	Named  Openness = "named"  // those who take part see who said what, after closing
	Hands  Openness = "hands"  // a show of hands: only numbers are kept
	Secret Openness = "secret" // nobody can find out, and anybody can count again
)

// Opennesses lists them in the order in which forms offer them.
func Opennesses() []Openness { return []Openness{Hands, Secret, Named} }

// Option is one thing to choose.
type Option struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Words is what people read before they vote.
type Words struct {
	Question   string   `json:"question"`
	Background string   `json:"background,omitempty"`
	Options    []Option `json:"options,omitempty"`
	Link       string   `json:"link"` // token of the voting page, to print it again
}

// Notes are the minutes: what was said, and the dissent in its own words.
type Notes struct {
	Minutes string `json:"minutes,omitempty"`
	Dissent string `json:"dissent,omitempty"`
}

// Decision is one decision as its readers see it.
type Decision struct {
	ID       string
	Ref      string // the thing of another room it belongs to, as "team:ID"
	State    State
	Openness Openness
	Spec     ballot.Spec
	Quorum   ballot.Quorum
	Words    Words
	Notes    Notes
	MadeBy   string
	Made     time.Time
	Opens    time.Time // by itself; zero: when somebody opens it
	Closes   time.Time
	Opened   time.Time
	Closed   time.Time
	Recorded time.Time
	Key      ballot.PublicKey // of a secret decision, from opening on
	Issued   int
	Outcome  *Outcome // from closing on
}

// Text is an option's words.
func (d Decision) Text(option string) string {
	for _, o := range d.Words.Options {
		if o.ID == option {
			return o.Text
		}
	}
	return option
}

// Outcome is what closing found.
type Outcome struct {
	ballot.Result
	Turnout Turnout `json:"turnout"`
	Quorum  bool    `json:"quorum"`  // enough took part
	TooFew  bool    `json:"too_few"` // a secret ballot with fewer than ballot.Least: nothing is shown, nothing is kept
	Kinds   []Kind  `json:"kinds,omitempty"`
}

// Decided reports whether the outcome decides anything.
func (o Outcome) Decided() bool { return o.Quorum && !o.TooFew && o.Passed() }

// Kind is how many ballots came in which way.
type Kind struct {
	Kind ballot.Kind `json:"kind"`
	N    int         `json:"n"`
}

// Turnout counts people and institutions, who may and who did.
type Turnout struct {
	Invited             int `json:"invited"`
	InvitedInstitutions int `json:"invited_institutions"`
	Persons             int `json:"persons"`
	Institutions        int `json:"institutions"`
}

// Voter is one who may vote: a person, or a delegate of an institution, or both.
type Voter struct {
	ID          string
	Person      string
	Institution string
	Given       bool // has a ballot, or has answered
}

// Printed is a code on its way to paper. It is shown once; what is kept does not
// lead back to it.
type Printed struct {
	Code        string
	Person      string
	Institution string
	Slip        bool // for whoever draws it
}

// Voice is who said what, for those who took part.
type Voice struct {
	Voter  Voter
	Choice string
	Reason string
}

// Limits of what is typed, in characters.
const (
	MaxQuestion   = 200
	MaxBackground = 2000
	MaxOption     = 120
	MaxNotes      = 4000
	MaxReason     = 400
	MaxVoters     = 5000
	MaxSlips      = 5000
)
