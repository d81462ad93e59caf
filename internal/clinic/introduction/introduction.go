// Package introduction is the loop of the clinic room: offer, consent, warm
// handoff, the group's answer, attempts, the first meeting, and an end with a
// name. It holds no chart data: no diagnosis, no reason, no chart number.
//
// It owns the tables introduction, introduction_share, introduction_link,
// introduction_session, introduction_step, introduction_attempt,
// introduction_handoff, introduction_recall, introduction_seen,
// introduction_roster, introduction_settings, introduction_version, introduction_try,
// introduction_carry,
// offer_count and my_count.
// It may import clinic/directory, trust/account and trust/consent.
//
// What identifies a person lies in one sealed column under the person's own
// key. In plain are only ids, dates, coded states and which group is asked.
// "Sent" is never success: every open introduction has a next owner, a next
// action and a clock (see clock.go), and every change is a row of the table in
// state.go.
package introduction

import (
	"slices"
	"time"
)

// State is where an introduction stands.
type State string

const (
	Offered       State = "offered"       // before anything is stored
	Declined      State = "declined"      // a count, never a row
	InfoGiven     State = "info_given"    // a count, never a row
	Consented     State = "consented"     // the person said yes; nothing is shared yet
	Sent          State = "sent"          // the group can see what the consent covers
	Acknowledged  State = "acknowledged"  // the group has seen it
	Accepted      State = "accepted"      // the group will call
	Redirected    State = "redirected"    // another group fits better; waits for a fresh consent
	Contacting    State = "contacting"    // the group is trying to reach the person
	Connected     State = "connected"     // they met: somebody who was there said so
	Participating State = "participating" // the person takes part
	Closed        State = "closed"        // ended, with an Ending
	Withdrawn     State = "withdrawn"     // the person ended it; nothing personal is left
)

// States lists every state in the order of the story.
func States() []State {
	return []State{Offered, Declined, InfoGiven, Consented, Sent, Acknowledged, Accepted, Redirected, Contacting, Connected, Participating, Closed, Withdrawn}
}

// Open reports whether somebody still has something to do.
func (s State) Open() bool {
	return slices.Contains([]State{Consented, Sent, Acknowledged, Accepted, Redirected, Contacting, Connected, Participating}, s)
}

// Shared reports whether the group may see the person, given a live consent.
func (s State) Shared() bool {
	return slices.Contains([]State{Sent, Acknowledged, Accepted, Contacting, Connected, Participating}, s)
}

// Stored reports whether a row exists in this state.
func (s State) Stored() bool { return s != Offered && s != Declined && s != InfoGiven }

// Met reports whether the first meeting is confirmed.
func (s State) Met() bool { return s == Connected || s == Participating }

// Label is the message id of the state's name for staff and groups.
func (s State) Label() string { return "introduction.state." + string(s) }

// Ending says how a closed introduction ended.
type Ending string

const (
	Engaged        Ending = "engaged"         // they met and it goes on without us
	GroupUnable    Ending = "group_unable"    // the group could not take it, or did not answer
	CouldNotReach  Ending = "could_not_reach" // nobody reached the person
	PersonDeclined Ending = "person_declined" // the person said no thanks
)

// Endings lists the coded endings.
func Endings() []Ending { return []Ending{Engaged, GroupUnable, CouldNotReach, PersonDeclined} }

// Label is the message id of the ending's name.
func (e Ending) Label() string { return "introduction.ending." + string(e) }

// Mode is how the person wants to meet the group.
type Mode string

const (
	CallBack    Mode = "call_back"    // the group calls
	WarmHandoff Mode = "warm_handoff" // somebody introduces them, today or at a booked time
)

// Modes lists the two modes.
func Modes() []Mode { return []Mode{CallBack, WarmHandoff} }

// Outcome is an answer to an offer that leaves only a count.
type Outcome string

const (
	OutcomeDeclined Outcome = "declined"
	OutcomeInfo     Outcome = "info"
	OutcomeAskAgain Outcome = "ask_again" // not now, ask at the next visit: nobody is remembered
)

// Reason says why a group cannot take an introduction. A list, never free text.
type Reason string

const (
	Full             Reason = "full"
	WrongLanguage    Reason = "wrong_language"
	WrongArea        Reason = "wrong_area"
	NotOurTopic      Reason = "not_our_topic"
	Paused           Reason = "paused"
	OtherGroupBetter Reason = "other_group_better"
	NoAnswer         Reason = "no_answer_by_deadline" // given by the clock or by staff, never by the group
)

// Reasons lists what a group can choose.
func Reasons() []Reason {
	return []Reason{Full, WrongLanguage, WrongArea, NotOurTopic, Paused, OtherGroupBetter}
}

// Label is the message id of the reason.
func (r Reason) Label() string { return "introduction.reason." + string(r) }

// Channel is how somebody tried to reach the person.
type Channel string

const (
	Phone    Channel = "phone"
	SMS      Channel = "sms"
	Mail     Channel = "mail"
	InPerson Channel = "in_person"
)

// Channels lists the channels of attempts.
func Channels() []Channel { return []Channel{Phone, SMS, Mail, InPerson} }

// Result is what came of an attempt.
type Result string

const (
	Reached       Result = "reached"
	NoAnswerYet   Result = "no_answer"
	WrongNumber   Result = "wrong_number"
	LeftMessage   Result = "left_message" // refused when the person said "no voicemail"
	CallBackLater Result = "call_back_later"
)

// Results lists the results of attempts.
func Results() []Result {
	return []Result{Reached, NoAnswerYet, WrongNumber, LeftMessage, CallBackLater}
}

// HandoffHow is how a warm handoff happens.
type HandoffHow string

const (
	WalkOver    HandoffHow = "walk_over"
	PhoneBridge HandoffHow = "phone_bridge"
	Booked      HandoffHow = "booked"
)

// Handoffs lists the ways of a warm handoff.
func Handoffs() []HandoffHow { return []HandoffHow{WalkOver, PhoneBridge, Booked} }

// PresentRoles lists who can have been in the room: roles, never names.
func PresentRoles() []string {
	return []string{"clinician", "navigator", "clinic_organizer", "group_organizer", "interpreter", "family"}
}

// MeetingNeeds lists what a booked meeting may need; a list, so that nothing else is written down.
func MeetingNeeds() []string { return []string{"interpreter", "childcare", "transport"} }

// Word says on whose word a meeting is confirmed.
type Word string

const (
	WordOfPerson Word = "person"
	WordOfGroup  Word = "group"
)

// How says how a person ended an introduction.
type How string

const (
	ByLink     How = "link"      // My information
	ByPhone    How = "phone"     // told any staff member on the phone
	ByVisit    How = "in_person" // told any staff member in person
	ByDeletion How = "deletion"  // My information, "delete everything"
	ByExpiry   How = "expiry"    // the consent ran out
)

// Party is a side of the introduction, as the state table sees it.
type Party string

const (
	PartyClinician Party = "clinician"
	PartyStaff     Party = "staff" // navigator or clinic organizer
	PartyGroup     Party = "group" // by link, by account, by text message, by paper
	PartyPerson    Party = "person"
	PartySystem    Party = "system"
)

// Parties lists all sides.
func Parties() []Party {
	return []Party{PartyClinician, PartyStaff, PartyGroup, PartyPerson, PartySystem}
}

// Attempt is one try to reach the person.
type Attempt struct {
	At      time.Time
	Channel Channel
	Result  Result
	By      Party
}
