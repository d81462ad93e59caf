// The campaign's states, as one table: what may be done when, and by whom. What is
// not in the table is refused, in words.
package listening

import (
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
)

// State is where a campaign stands.
type State string

const (
	Planning     State = "planning"
	Open         State = "open"
	Checked      State = "midpoint_checked"
	Closed       State = "closed"
	ThemesAgreed State = "themes_agreed"
	ReportedBack State = "reported_back"
	Decided      State = "decided"
)

// States lists every state in the order of the work.
func States() []State {
	return []State{Planning, Open, Checked, Closed, ThemesAgreed, ReportedBack, Decided}
}

// Label is the message id of the state's name.
func (s State) Label() string { return "campaign.state." + string(s) }

// At is the place of the state in the order of the work.
func (s State) At() int { return slices.Index(States(), s) }

// Verb is something done to a campaign.
type Verb string

const (
	VerbEdit       Verb = "edit"        // plan, networks, listeners
	VerbOpen       Verb = "open"        // begin to listen
	VerbListen     Verb = "listen"      // plan and report sessions
	VerbCheck      Verb = "check"       // the mid-point check
	VerbClose      Verb = "close"       // stop listening
	VerbCode       Verb = "code"        // work on the themes
	VerbAgree      Verb = "agree"       // the themes stand
	VerbReopen     Verb = "reopen"      // work on the themes once more
	VerbReportBack Verb = "report_back" // tell those who spoke
	VerbDecide     Verb = "decide"      // choose the priorities
)

// Verbs lists every verb.
func Verbs() []Verb {
	return []Verb{VerbEdit, VerbOpen, VerbListen, VerbCheck, VerbClose, VerbCode, VerbAgree, VerbReopen, VerbReportBack, VerbDecide}
}

// Party is a side of the table.
type Party string

const (
	PartyStaff  Party = "staff"
	PartyLeader Party = "leader"
)

// Parties lists both.
func Parties() []Party { return []Party{PartyStaff, PartyLeader} }

// Guard is what else must be true; the verb checks it.
type Guard string

const (
	NeedsListener  Guard = "listener"   // somebody who listens
	NeedsTime      Guard = "time"       // not before the third week
	NeedsChange    Guard = "change"     // when somebody is missing, something must change
	NeedsThemes    Guard = "themes"     // at least two themes to choose from
	NeedsLeaders   Guard = "leaders"    // leaders agreed, not staff alone
	NeedsReportOut Guard = "reports"    // no session is still without its report
	NeedsChoice    Guard = "two_to_six" // two to six options, two to four priorities
)

// Transition is a row of the table. An empty To stays in the state.
type Transition struct {
	Verb   Verb
	From   []State
	To     State
	By     []Party
	Guards []Guard
}

var (
	staff = []Party{PartyStaff}
	both  = []Party{PartyStaff, PartyLeader}
)

var transitions = []Transition{
	{Verb: VerbEdit, From: []State{Planning, Open, Checked}, By: staff},
	{Verb: VerbOpen, From: []State{Planning}, To: Open, By: staff, Guards: []Guard{NeedsListener}},
	// Reports of the last evening come in after the closing.
	{Verb: VerbListen, From: []State{Open, Checked, Closed}, By: both},
	{Verb: VerbCheck, From: []State{Open}, To: Checked, By: staff, Guards: []Guard{NeedsTime, NeedsChange}},
	{Verb: VerbClose, From: []State{Checked}, To: Closed, By: staff},
	{Verb: VerbCode, From: []State{Open, Checked, Closed}, By: both},
	{Verb: VerbAgree, From: []State{Closed}, To: ThemesAgreed, By: staff, Guards: []Guard{NeedsReportOut, NeedsThemes, NeedsLeaders}},
	{Verb: VerbReopen, From: []State{ThemesAgreed}, To: Closed, By: staff},
	{Verb: VerbReportBack, From: []State{ThemesAgreed, ReportedBack}, To: ReportedBack, By: staff},
	{Verb: VerbDecide, From: []State{ReportedBack}, To: Decided, By: staff, Guards: []Guard{NeedsChoice}},
}

// Transitions returns a copy of the table, for tests and documentation.
func Transitions() []Transition { return slices.Clone(transitions) }

// Move finds the row for a verb in a state. A verb that the state does not allow is
// a conflict with a sentence that says what comes first, or that it is over.
func Move(from State, v Verb, by Party) (Transition, error) {
	for _, t := range transitions {
		if t.Verb != v {
			continue
		}
		if !slices.Contains(t.By, by) {
			return Transition{}, fault.Denied(string(by) + " may not " + string(v))
		}
		if !slices.Contains(t.From, from) {
			if from.At() < t.From[0].At() {
				return Transition{}, fault.Clash("campaign.early." + string(v))
			}
			return Transition{}, fault.Clash("campaign.over." + string(v))
		}
		if t.To == "" {
			t.To = from
		}
		return t, nil
	}
	return Transition{}, fault.Denied("unknown verb " + string(v))
}

// Can lists the verbs a party may use in a state, for the buttons of a page.
func Can(s State, by Party) (out []Verb) {
	for _, v := range Verbs() {
		if _, err := Move(s, v, by); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// party says which side an actor is on.
func party(g access.Granted) Party {
	if g.Role == access.Leader {
		return PartyLeader
	}
	return PartyStaff
}
