// Package assembly is acting in public: the assembly and other actions from the
// idea to what follows, the run-sheet with who leads what, the asks to people in
// public office, their answers as scribes wrote them down, the roll call, the big
// screen and the view of an interpreter; and the negotiations after it.
//
// It owns the tables assembly, assembly_item, assembly_ask, assembly_pin,
// assembly_roll, assembly_invite, assembly_talk, assembly_talk_person and
// assembly_talk_text. It may import people, trust and platform; what it needs of
// other rooms is in provider.go.
//
// An answer is never overwritten: every press of every scribe is a row of its own,
// and which of them stands follows from the rows alone, whatever the order in
// which they arrived. Who is private has no name here but an id; a story is shown
// under its teller's live yes, asked for each time.
package assembly

import (
	"slices"
	"time"

	"seedbed/internal/organizing/people"
)

// Kind is what sort of action it is.
type Kind string

const (
	Assembly       Kind = "assembly"
	Accountability Kind = "accountability" // to obtain and later check commitments
	Delegates      Kind = "delegates"      // members discern or ratify; nobody is pinned
	Action         Kind = "action"         // another public action
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{Assembly, Accountability, Delegates, Action} }

// Asks reports whether an action of this kind is there to ask somebody something.
func (k Kind) Asks() bool { return k != Delegates }

// Encounter is the kind of encounter it is for those who were there.
func (k Kind) Encounter() people.Kind {
	if k == Action {
		return people.Action
	}
	return people.Assembly
}

// Slot is one line of the template; its code names the words in every language.
type Slot struct {
	Code         string
	Minutes      int // 0: before the beginning
	Lead, Beside people.Role
}

// Template is the run-sheet an assembly begins with: seventy-five minutes.
func (k Kind) Template() []Slot {
	open := []Slot{
		{"doors", 0, people.Hosted, ""},
		{"welcome", 3, people.Chaired, people.Chaired},
		{"roll", 7, people.Chaired, people.Scribed},
		{"credential", 5, people.Credential, ""},
	}
	end := []Slot{
		{"commitments", 8, people.Chaired, ""},
		{"recognition", 5, people.Attended, ""},
		{"close", 5, people.Chaired, ""},
		{"evaluation", 10, people.Facilitated, ""},
	}
	issue := []Slot{{"testimony", 5, people.Testified, ""}, {"research", 5, people.Asked, ""}, {"response", 2, people.KeptTime, ""}, {"pin", 4, people.Pinned, people.Scribed}}
	switch k {
	case Delegates:
		return slices.Concat(open, []Slot{{"testimony", 5, people.Testified, ""}, {"research", 10, people.Asked, ""}, {"vote", 15, people.Chaired, people.Scribed}}, end)
	case Action:
		return slices.Concat(open[:2], []Slot{{"testimony", 5, people.Testified, ""}, {"pin", 4, people.Pinned, people.Scribed}}, end[2:])
	}
	return slices.Concat(open, issue, issue, end)
}

// Item is a line of the run-sheet.
type Item struct {
	ID               string
	Pos              int
	Code             string
	Minutes          int
	Lead, Beside     string // persons
	LeadRole, Second people.Role
	Story            string
	Started, Ended   time.Time
	Version          int64
	ItemWords
}

// ItemWords is what an item says.
type ItemWords struct {
	Title  string            `json:"title"`
	Script string            `json:"script,omitempty"`
	Hints  string            `json:"hints,omitempty"` // for interpreters
	In     map[string]Spoken `json:"in,omitempty"`    // by language
}

// Spoken is an item or an ask in another language.
type Spoken struct {
	Title  string `json:"title,omitempty"`
	Script string `json:"script,omitempty"`
}

// Running is the item that is on, or -1.
func Running(list []Item) int {
	return slices.IndexFunc(list, func(i Item) bool { return !i.Started.IsZero() && i.Ended.IsZero() })
}

// Starts works out when each item begins: those of the time before the doors open
// at the assembly's hour have no minutes and come an hour early.
func Starts(list []Item, at time.Time) []time.Time {
	out := make([]time.Time, len(list))
	for i, it := range list {
		if it.Minutes == 0 {
			out[i] = at.Add(-time.Hour)
			continue
		}
		out[i] = at
		at = at.Add(time.Duration(it.Minutes) * time.Minute)
	}
	return out
}

// Sum is how many minutes a run-sheet takes.
func Sum(list []Item) (n int) {
	for _, it := range list {
		n += it.Minutes
	}
	return n
}

// Words is what is said and written about an assembly as a whole.
type Words struct {
	Title   string `json:"title"`
	Where   string `json:"where,omitempty"`
	Purpose string `json:"purpose,omitempty"`
	Media   string `json:"media,omitempty"`
	Risk    string `json:"risk,omitempty"`
	Closing string `json:"closing,omitempty"`
	Link    string `json:"link,omitempty"` // token of the big screen
}

// Event is an assembly or another public action.
type Event struct {
	ID        string
	Kind      Kind
	State     State
	At        time.Time
	Minutes   int
	Capacity  int
	Goal      int
	Cycle     string
	Languages []string // the first is the one the chairs speak
	Nameless  bool     // the door counts and asks nobody for a name
	Observer  string   // person: legal observer
	Safety    string   // person: who is asked when something happens
	Next      time.Time
	Account   string
	Approver  string
	Made      time.Time
	Approved  time.Time
	Live      time.Time
	Held      time.Time
	Evaluated time.Time
	Version   int64
	Words
}

// Ref is how other rooms name it.
func (e Event) Ref() string { return "assembly:" + e.ID }

// End is when it is to be over.
func (e Event) End() time.Time { return e.At.Add(time.Duration(e.Minutes) * time.Minute) }

// FollowUp is the day proposed for following an answer up: the next date that was
// set, or two weeks on.
func (e Event) FollowUp() time.Time {
	if !e.Next.IsZero() {
		return e.Next
	}
	return e.At.AddDate(0, 0, 14)
}

// evaluateWithin is how soon after the end the evaluation has to be done.
const evaluateWithin = 24 * time.Hour

// Late reports whether an assembly waits for something whose time is over.
func (e Event) Late(now time.Time) bool {
	switch e.State {
	case Idea, Approved, Turnout, Ready, Live:
		return now.After(e.End().Add(12 * time.Hour))
	case Held:
		return now.After(e.Held.Add(evaluateWithin))
	case Evaluated:
		return now.After(e.FollowUp().Add(14 * 24 * time.Hour))
	}
	return false
}

// roleOrder says which role counts of somebody who played several: the one most in public.
var roleOrder = []people.Role{people.Pinned, people.Testified, people.Chaired, people.Credential, people.Asked, people.Negotiated, people.Facilitated, people.KeptTime, people.Interpreted, people.Scribed, people.Hosted, people.Attended}

// Parts is who did what, one role for each person.
func Parts(list []Item) map[string]people.Role {
	out := map[string]people.Role{}
	keep := func(person string, role people.Role) {
		if person == "" {
			return
		}
		if role == "" {
			role = people.Attended
		}
		old, ok := out[person]
		if !ok || slices.Index(roleOrder, role) < slices.Index(roleOrder, old) {
			out[person] = role
		}
	}
	for _, it := range list {
		keep(it.Lead, it.LeadRole)
		keep(it.Beside, it.Second)
	}
	return out
}

// Parties lists the roles an item can give.
func Parties() []people.Role { return slices.Clone(roleOrder) }
