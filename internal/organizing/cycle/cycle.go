// Package cycle is one turn of the work: from setting out through listening,
// discerning, research and action to the evaluation, and into the next turn with
// what was learned. In it stand the issues: what a problem was cut down to, who is
// asked to do what by when, how the team tested it, and what came of it.
//
// It owns the tables cycle, cycle_link, cycle_issue, cycle_score, cycle_criteria,
// cycle_log, cycle_note and cycle_handover. It may import organizing/people, trust
// and platform. What it needs of teams, campaigns, decisions, people in public
// office, research and assemblies it asks for in provider.go.
//
// A cycle holds no people. The one exception is the organizers' notebook, where a
// note may name whom to meet next; it lies under that person's key. Everything
// written is sealed under the clinic's table key.
package cycle

import (
	"slices"
	"time"
)

// Phase is where a cycle, or an issue in it, stands.
type Phase string

const (
	PhaseZero   Phase = "phase_zero" // setting out: a team, and the clinic's yes
	Listening   Phase = "listening"
	Discerning  Phase = "discerning"
	Researching Phase = "researching"
	Acting      Phase = "acting"
	Evaluating  Phase = "evaluating"
	Closed      Phase = "closed"
)

// Phases lists every phase in the order in which the cycle turns.
func Phases() []Phase {
	return []Phase{PhaseZero, Listening, Discerning, Researching, Acting, Evaluating, Closed}
}

// At is the place of the phase in the turn; -1 for what is none.
func (p Phase) At() int { return slices.Index(Phases(), p) }

// Next is the phase after this one; empty after the last.
func (p Phase) Next() Phase {
	if i := p.At(); i >= 0 && i+1 < len(Phases()) {
		return Phases()[i+1]
	}
	return ""
}

// usual is how long a phase usually takes, for a clock where nobody set one.
var usual = map[Phase]int{PhaseZero: 28, Listening: 56, Discerning: 28, Researching: 120, Acting: 90, Evaluating: 21} // days

// DueBy is when a phase that began then is over by the usual length.
func (p Phase) DueBy(began time.Time) time.Time {
	if usual[p] == 0 {
		return time.Time{}
	}
	return began.AddDate(0, 0, usual[p])
}

// State is what has become of an issue.
type State string

const (
	Proposed    State = "proposed"
	Cut         State = "cut"     // an ask with all its parts, tested by a list of criteria
	Adopted     State = "adopted" // the team decided
	Campaigning State = "campaigning"
	Won         State = "won"
	PartlyWon   State = "partly_won"
	Lost        State = "lost"
	Parked      State = "parked" // set aside with its reasons; it can come back
)

// States lists every state.
func States() []State {
	return []State{Proposed, Cut, Adopted, Campaigning, Won, PartlyWon, Lost, Parked}
}

var moves = map[State][]State{
	Proposed:    {Cut, Parked},
	Cut:         {Adopted, Proposed, Parked},
	Adopted:     {Campaigning, Won, PartlyWon, Lost, Cut, Parked},
	Campaigning: {Won, PartlyWon, Lost, Cut, Parked},
	Won:         {Campaigning},
	PartlyWon:   {Won, Campaigning},
	Lost:        {Campaigning},
	Parked:      {Proposed},
}

// Moves lists where an issue may go from a state.
func (s State) Moves() []State { return slices.Clone(moves[s]) }

// CanBecome reports whether an issue may move from one state to another.
func (s State) CanBecome(next State) bool { return slices.Contains(moves[s], next) }

// plain are the moves that explain themselves; every other one says why.
var plain = [][2]State{{Proposed, Cut}, {Cut, Adopted}, {Adopted, Campaigning}}

// NeedsReason reports whether a move is refused without a word about it.
func (s State) NeedsReason(next State) bool { return !slices.Contains(plain, [2]State{s, next}) }

// Over reports whether nothing more is expected of an issue in this state.
func (s State) Over() bool { return s == Won || s == PartlyWon || s == Lost }

// WasCut reports whether the issue has been cut, whatever came after.
func (s State) WasCut() bool { return s != Proposed && s != Parked && s != "" }

// WasAdopted reports whether the team has decided for it.
func (s State) WasAdopted() bool { return s.WasCut() && s != Cut }

// Choice is what a team does with an issue at the end of a turn.
type Choice string

const (
	CarryOn Choice = "carry_on" // it is in the next turn
	MoveOn  Choice = "move_on"  // it ends here; what was learned goes on
)

// Choices lists both.
func Choices() []Choice { return []Choice{CarryOn, MoveOn} }

// Lesson is what a turn leaves to the next one about an issue.
type Lesson struct {
	Issue   string `json:"issue"` // id in the turn it comes from
	Title   string `json:"title"`
	State   State  `json:"state"`
	Choice  Choice `json:"choice"`
	Learned string `json:"learned"`
}

// Words is everything a cycle says in words.
type Words struct {
	Name    string   `json:"name"`
	About   string   `json:"about,omitempty"`
	Lessons []Lesson `json:"lessons,omitempty"` // of the turn before
}

// Cycle is one turn.
type Cycle struct {
	ID      string
	Phase   Phase
	From    string // the turn it began from
	Keeper  string // account of the organizer who holds it
	Began   time.Time
	PhaseAt time.Time
	Due     time.Time // when this phase is to be over
	Ended   time.Time
	Version int64
	Words
}

// Ref is how other rooms name the cycle.
func (c Cycle) Ref() string { return "cycle:" + c.ID }

// Late reports whether its clock has run out.
func (c Cycle) Late(now time.Time) bool {
	return c.Phase != Closed && !c.Due.IsZero() && now.After(c.Due)
}

// Decider is the one named person who can give what is asked, in public office or
// with authority in an institution.
type Decider struct {
	Name   string `json:"name,omitempty"`
	Office string `json:"office,omitempty"`
	Body   string `json:"body,omitempty"`
}

// IssueWords is everything an issue says in words.
type IssueWords struct {
	Problem  string  `json:"problem"`
	Title    string  `json:"title"`
	Decider  Decider `json:"decider,omitzero"`
	Action   string  `json:"action,omitempty"`
	Leverage string  `json:"leverage,omitempty"`
	Why      string  `json:"why,omitempty"`     // it was set aside, or how it ended
	Learned  string  `json:"learned,omitempty"` // with the choice
}

// Issue is a problem cut down to something that can be won, and what became of it.
type Issue struct {
	ID, Cycle  string
	State      State
	Phase      Phase
	PhaseAt    time.Time
	From       string // the issue of the turn before that is carried on
	Team       string
	Office     string // of the room of power; may be empty
	Due        time.Time
	Set        string // list of criteria it is tested by
	SetVersion int64
	Decision   string
	Choice     Choice
	Made       time.Time
	Changed    time.Time
	Version    int64
	IssueWords
}

// Ref is how other rooms name the issue.
func (i Issue) Ref() string { return "issue:" + i.ID }

// Standing reports whether the issue takes part in the turn: not set aside.
func (i Issue) Standing() bool { return i.State != Parked }

// Clock is when its phase is to be over: the date of the ask while the team acts,
// the usual length of the phase before and after; zero when nothing is waited for.
func (i Issue) Clock() time.Time {
	switch {
	case i.State == Parked || i.Phase == Closed:
		return time.Time{}
	case i.Phase == Acting && !i.Due.IsZero():
		return i.Due
	}
	return i.Phase.DueBy(i.PhaseAt)
}

// Late reports whether its clock has run out.
func (i Issue) Late(now time.Time) bool { return !i.Clock().IsZero() && now.After(i.Clock()) }

// Longest texts, in characters.
const (
	MostName   = 80
	MostText   = 400
	MostLesson = 1000
)
