// The state table: every change an introduction can make, who may cause it, and
// what must be true. What is not in the table is refused.
package introduction

import (
	"slices"

	"seedbed/internal/kit/fault"
)

// Verb is what somebody does to an introduction.
type Verb string

const (
	VerbDecline     Verb = "offer_decline"
	VerbInfo        Verb = "offer_info"
	VerbConsent     Verb = "consent"
	VerbHandoff     Verb = "handoff"
	VerbSend        Verb = "send"
	VerbUndo        Verb = "undo_send"
	VerbAcknowledge Verb = "acknowledge"
	VerbAccept      Verb = "accept"
	VerbUnable      Verb = "unable"
	VerbRedirect    Verb = "redirect"
	VerbAttempt     Verb = "attempt"
	VerbMeet        Verb = "meet"
	VerbParticipate Verb = "participate"
	VerbClose       Verb = "close" // with an ending other than group_unable by the group itself
	VerbWithdraw    Verb = "withdraw"
	VerbExpire      Verb = "expire"
)

// Verbs lists every verb.
func Verbs() []Verb {
	return []Verb{VerbDecline, VerbInfo, VerbConsent, VerbHandoff, VerbSend, VerbUndo, VerbAcknowledge, VerbAccept,
		VerbUnable, VerbRedirect, VerbAttempt, VerbMeet, VerbParticipate, VerbClose, VerbWithdraw, VerbExpire}
}

// Guard is a condition of a change, checked by the verb at the moment of use.
type Guard string

const (
	NeedsConsent Guard = "consent"  // a live consent covers this group
	NeedsChannel Guard = "channel"  // the group can be reached somehow
	NeedsWord    Guard = "word"     // somebody who was there says so
	NeedsReason  Guard = "reason"   // a coded reason
	NeedsRecent  Guard = "recent"   // within UndoTime of sending, and not yet seen
	NeedsAttempt Guard = "attempt"  // somebody tried
	NeedsLate    Guard = "deadline" // the clock has run out
)

// Transition is one row of the table.
type Transition struct {
	Verb   Verb
	From   []State
	To     State // "" means the state stays as it is
	Ending Ending
	By     []Party
	Guards []Guard
}

var (
	team     = []Party{PartyClinician, PartyStaff}
	staff    = []Party{PartyStaff}
	answer   = []Party{PartyGroup, PartyStaff} // staff write down what a group says on the phone
	anyWord  = []Party{PartyGroup, PartyPerson, PartyStaff}
	sweep    = []Party{PartyStaff, PartySystem}
	stored   = []State{Consented, Sent, Acknowledged, Accepted, Redirected, Contacting, Connected, Participating, Closed}
	live     = []State{Consented, Sent, Acknowledged, Accepted, Redirected, Contacting, Connected, Participating}
	seen     = []State{Acknowledged, Accepted, Contacting}
	waiting  = []State{Sent, Acknowledged, Accepted, Contacting}
	beforeMe = []State{Consented, Sent, Acknowledged, Accepted, Redirected, Contacting}
)

// transitions is the table. A verb may have several rows; no two rows share verb, from and ending.
var transitions = []Transition{
	{Verb: VerbDecline, From: []State{Offered}, To: Declined, By: team},
	{Verb: VerbInfo, From: []State{Offered}, To: InfoGiven, By: team},
	{Verb: VerbConsent, From: []State{Offered}, To: Consented, By: team, Guards: []Guard{NeedsConsent}},
	{Verb: VerbHandoff, From: []State{Consented, Sent, Acknowledged, Accepted, Contacting}, By: team, Guards: []Guard{NeedsConsent}},
	{Verb: VerbSend, From: []State{Consented, Redirected}, To: Sent, By: team, Guards: []Guard{NeedsConsent, NeedsChannel}},
	{Verb: VerbUndo, From: []State{Sent}, To: Consented, By: team, Guards: []Guard{NeedsRecent}},
	{Verb: VerbAcknowledge, From: []State{Sent}, To: Acknowledged, By: answer, Guards: []Guard{NeedsConsent}},
	{Verb: VerbAccept, From: []State{Acknowledged}, To: Accepted, By: answer, Guards: []Guard{NeedsConsent}},
	// A group that said yes may still have to give it back: it must not sit there.
	{Verb: VerbUnable, From: seen, To: Closed, Ending: GroupUnable, By: answer, Guards: []Guard{NeedsReason}},
	{Verb: VerbRedirect, From: seen, To: Redirected, By: answer, Guards: []Guard{NeedsReason}},
	{Verb: VerbAttempt, From: []State{Accepted, Contacting}, To: Contacting, By: answer, Guards: []Guard{NeedsConsent}},
	{Verb: VerbMeet, From: waiting, To: Connected, By: anyWord, Guards: []Guard{NeedsConsent, NeedsWord}},
	{Verb: VerbParticipate, From: []State{Connected}, To: Participating, By: anyWord, Guards: []Guard{NeedsConsent, NeedsWord}},
	{Verb: VerbClose, From: []State{Connected, Participating}, To: Closed, Ending: Engaged, By: anyWord, Guards: []Guard{NeedsWord}},
	{Verb: VerbClose, From: []State{Contacting}, To: Closed, Ending: CouldNotReach, By: []Party{PartyGroup, PartyStaff, PartySystem}, Guards: []Guard{NeedsAttempt}},
	{Verb: VerbClose, From: []State{Consented, Redirected, Accepted}, To: Closed, Ending: CouldNotReach, By: sweep, Guards: []Guard{NeedsLate}},
	{Verb: VerbClose, From: []State{Sent, Acknowledged}, To: Closed, Ending: GroupUnable, By: sweep, Guards: []Guard{NeedsLate}},
	{Verb: VerbClose, From: append(slices.Clone(beforeMe), Connected), To: Closed, Ending: PersonDeclined, By: anyWord, Guards: []Guard{NeedsWord}},
	{Verb: VerbWithdraw, From: stored, To: Withdrawn, By: []Party{PartyPerson, PartyStaff, PartyClinician}},
	{Verb: VerbExpire, From: live, To: Withdrawn, By: []Party{PartySystem}},
}

// Transitions returns a copy of the table, for tests and documentation.
func Transitions() []Transition { return slices.Clone(transitions) }

// ErrState is the answer to a verb that the state does not allow.
func errState(s State, v Verb) error {
	return fault.Clash("introduction.error.state", "State", string(s), "Verb", string(v))
}

// Move finds the row for a verb in a state. ending matters for VerbClose only.
// A verb that the state does not allow is a conflict; a party that may not is denied.
func Move(from State, v Verb, ending Ending, by Party) (Transition, error) {
	for _, t := range transitions {
		if t.Verb != v || (v == VerbClose && t.Ending != ending) || !slices.Contains(t.From, from) {
			continue
		}
		if !slices.Contains(t.By, by) {
			return Transition{}, fault.Denied(string(by) + " may not " + string(v))
		}
		if t.To == "" {
			t.To = from
		}
		return t, nil
	}
	return Transition{}, errState(from, v)
}

// Path is Move with the answers that another answer implies: whoever accepts has
// seen it, whoever tries to call has accepted. Each step is a row of its own in
// the history, so the clocks of the report stay true.
func Path(from State, v Verb, ending Ending, by Party) ([]Transition, error) {
	var steps []Transition
	at := from
	for _, implied := range impliedBefore(from, v, ending, by) {
		t, err := Move(at, implied, "", by)
		if err != nil {
			return nil, errState(from, v)
		}
		steps = append(steps, t)
		at = t.To
	}
	t, err := Move(at, v, ending, by)
	if err != nil {
		if len(steps) > 0 && fault.Is(err, fault.Conflict) {
			return nil, errState(from, v)
		}
		return nil, err
	}
	return append(steps, t), nil
}

func impliedBefore(from State, v Verb, ending Ending, by Party) []Verb {
	if by != PartyGroup && by != PartyStaff {
		return nil
	}
	switch {
	case from == Sent && (v == VerbAccept || v == VerbUnable || v == VerbRedirect):
		return []Verb{VerbAcknowledge}
	case from == Sent && v == VerbAttempt:
		return []Verb{VerbAcknowledge, VerbAccept}
	case from == Acknowledged && v == VerbAttempt:
		return []Verb{VerbAccept}
	}
	return nil
}

// Can lists the verbs a party may use in a state, for the buttons of a page.
func Can(s State, by Party) []Verb {
	var out []Verb
	for _, v := range Verbs() {
		for _, e := range append(Endings(), "") {
			if _, err := Path(s, v, e, by); err == nil && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}
