// The life of a group: states, the moves between them, and the checklist that
// stands before publishing. Pure; the verbs are in lifecycle.go.

package directory

import (
	"slices"
	"time"

	"seedbed/internal/kit/fault"
)

// State is where a group stands.
type State string

const (
	Draft     State = "draft"
	Vetted    State = "vetted"
	Published State = "published"
	Stale     State = "stale" // published, but nobody confirmed it for ninety days
	Suspended State = "suspended"
	Archived  State = "archived"
)

// States lists every state.
func States() []State { return []State{Draft, Vetted, Published, Stale, Suspended, Archived} }

// Move is what somebody does to a group's state.
type Move string

const (
	Vet       Move = "vet"
	Return    Move = "return" // back to draft: something on the checklist no longer holds
	Publish   Move = "publish"
	Confirm   Move = "confirm" // "still true"
	Lapse     Move = "lapse"   // by the clock
	Suspend   Move = "suspend"
	Reinstate Move = "reinstate" // back to vetted: publishing is a second, separate look
	Archive   Move = "archive"
	Reopen    Move = "reopen"
)

// Moves lists every move.
func Moves() []Move {
	return []Move{Vet, Return, Publish, Confirm, Lapse, Suspend, Reinstate, Archive, Reopen}
}

var moves = map[Move]struct {
	from []State
	to   State
}{
	Vet:       {[]State{Draft}, Vetted},
	Return:    {[]State{Vetted}, Draft},
	Publish:   {[]State{Vetted}, Published},
	Confirm:   {[]State{Published, Stale}, Published},
	Lapse:     {[]State{Published}, Stale},
	Suspend:   {[]State{Vetted, Published, Stale}, Suspended},
	Reinstate: {[]State{Suspended}, Vetted},
	Archive:   {[]State{Draft, Vetted, Published, Stale, Suspended}, Archived},
	Reopen:    {[]State{Archived}, Draft},
}

// Next is the state after a move, or a conflict that names both.
func (s State) Next(m Move) (State, error) {
	t, ok := moves[m]
	if !ok || !slices.Contains(t.from, s) {
		return "", fault.Clash("directory.error.move", "State", string(s), "Move", string(m))
	}
	return t.to, nil
}

// Can lists the moves open from a state, in the order of Moves.
func (s State) Can() []Move {
	var out []Move
	for _, m := range Moves() {
		if slices.Contains(moves[m].from, s) {
			out = append(out, m)
		}
	}
	return out
}

// Check is one item of the vetting checklist.
type Check string

const (
	ConstituencyLed Check = "constituency_led"
	ClearContact    Check = "clear_contact"
	NoFee           Check = "no_fee"
	NonPartisan     Check = "non_partisan"
	SafetyPractice  Check = "safety_practice"
	LanguageChecked Check = "language"
	TwoReferences   Check = "two_references"
	StatusOnly      Check = "status_only" // agrees to report status, nothing about the person
	NoConflict      Check = "conflict_of_interest"
)

// Checks lists the checklist.
func Checks() []Check {
	return []Check{ConstituencyLed, ClearContact, NoFee, NonPartisan, SafetyPractice, LanguageChecked, TwoReferences, StatusOnly, NoConflict}
}

// Vetting is the checklist as somebody filled it in.
type Vetting struct {
	Passed   []Check   `json:"passed,omitempty"`
	Conflict string    `json:"conflict,omitempty"` // the note on conflicts of interest; "none" is an answer, silence is not
	By       string    `json:"by,omitempty"`       // account id
	On       time.Time `json:"on"`
}

// Missing lists what is not ticked yet.
func (v Vetting) Missing() []Check {
	var out []Check
	for _, c := range Checks() {
		if !slices.Contains(v.Passed, c) {
			out = append(out, c)
		}
	}
	return out
}

// Freshness: ninety days from a confirmation, a first reminder a fortnight
// before the end, a second at the end, and after two unanswered ones the page hides.
const (
	ReviewAfter = 90 * 24 * time.Hour
	AskBefore   = 14 * 24 * time.Hour
	AskAgain    = 14 * 24 * time.Hour
	HideAfter   = 2
)

// Shown reports whether a group may appear outside the pages of its stewards:
// published, or stale with fewer than two unanswered reminders.
func (g Group) Shown() bool {
	return g.State == Published || g.State == Stale && g.Misses < HideAfter
}

// Public reports whether anybody may see the group.
func (g Group) Public() bool { return g.Shown() && !g.Unlisted }

// Overdue reports whether the review date has passed.
func (g Group) Overdue(now time.Time) bool {
	return !g.ReviewDue.IsZero() && !now.Before(g.ReviewDue)
}
