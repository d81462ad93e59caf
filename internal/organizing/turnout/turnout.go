// Package turnout is bringing people: how many a gathering needs, which
// institutions and which people undertake to bring how many, who asked whom, who
// said yes, who confirmed two days before, who came; the call list; and the door,
// with names or by numbers alone.
//
// It owns the tables turnout, turnout_share, turnout_ask and turnout_count. It may
// import people, trust and platform. The event itself is another room's, named by
// a ref, or has only a title and a date here.
//
// Persons are ids; people gives their names to whoever may see them. Who is asked
// must have said yes to a record of what is done together; somebody who has not is
// a number. Nobody's reason for a no is kept. Institutions are compared by what
// they promised and brought, people never.
package turnout

import (
	"slices"
	"time"

	"seedbed/internal/organizing/people"
)

// State is where a turnout stands.
type State string

const (
	Open      State = "open"
	Held      State = "held"
	Cancelled State = "cancelled"
)

// States lists every state.
func States() []State { return []State{Open, Held, Cancelled} }

// CanBecome reports whether a turnout may move from one state to another.
func (s State) CanBecome(next State) bool {
	return s == Open && next != Open && slices.Contains(States(), next)
}

// Kinds lists what people can be brought to.
func Kinds() []people.Kind {
	return []people.Kind{people.Assembly, people.Action, people.HouseMeeting, people.Training, people.Celebration}
}

// Words is what is sealed.
type Words struct {
	Title string `json:"title"`
	Where string `json:"where,omitempty"` // shown on the page of whoever was asked
}

// Turnout is the work of bringing people to one event.
type Turnout struct {
	ID       string
	Ref      string
	Kind     people.Kind
	State    State
	At       time.Time
	Minutes  int
	Goal     int  // seats to fill
	Nameless bool // the door counts by institution and asks nobody for a name
	Account  string
	Made     time.Time
	Sent     time.Time // when those who said yes were asked to confirm
	HeldAt   time.Time
	Version  int64
	Words
}

// End is when the event is over.
func (t Turnout) End() time.Time { return t.At.Add(time.Duration(t.Minutes) * time.Minute) }

// Own is the ref of a turnout whose event is in no other room.
func Own(id string) string { return "turnout:" + id }

// Promises is how many yeses to ask for so that so many seats are filled. Of those
// who say yes, a third to a half do not come: "expect to need 1.5–2 × as many
// promises as seats you want filled", as organizers teach it.
func Promises(seats int) int { return (seats*3 + 1) / 2 }

const (
	confirmFrom = 3 * 24 * time.Hour // from then on a yes is a confirmed yes
	doorOpens   = 12 * time.Hour     // before the event
	doorCloses  = 7 * 24 * time.Hour // after it: phones that had no line, lists on paper
	holdWithin  = 48 * time.Hour     // when the numbers should be final
	confirmDay  = 2 * 24 * time.Hour // the day on which people are asked once more
)

// Confirming reports whether it is time to ask once more who comes.
func (t Turnout) Confirming(now time.Time) bool {
	return t.State == Open && !now.Before(t.At.Add(-confirmFrom)) && now.Before(t.At)
}

// Door reports whether people can be let in now.
func (t Turnout) Door(now time.Time) bool {
	return t.State != Cancelled && !now.Before(t.At.Add(-doorOpens)) && now.Before(t.End().Add(doorCloses))
}

// Act is what comes next.
type Act string

const (
	AskMore    Act = "ask"     // more promises are needed
	AskAgain   Act = "confirm" // those who said yes are asked once more
	KeepDoor   Act = "door"
	CloseBooks Act = "hold" // the numbers are to be made final
	Nothing    Act = ""
)

// Next is the next act, until when, and whether it is late.
func (t Turnout) Next(n Numbers, now time.Time) (act Act, by time.Time, late bool) {
	confirm := t.At.Add(-confirmDay)
	switch {
	case t.State != Open:
		return Nothing, time.Time{}, false
	case now.After(t.End()):
		by = t.End().Add(holdWithin)
		return CloseBooks, by, now.After(by)
	case !now.Before(t.At.Add(-doorOpens)):
		return KeepDoor, t.At, false
	case t.Confirming(now) && (t.Sent.IsZero() || n.Confirmed < n.Yes):
		return AskAgain, confirm.Add(24 * time.Hour), now.After(confirm.Add(24 * time.Hour))
	case t.Confirming(now):
		return KeepDoor, t.At, false
	}
	return AskMore, t.At.Add(-confirmFrom), false
}

// Answer is what somebody said.
type Answer string

const (
	Asked Answer = "asked" // nothing yet
	Yes   Answer = "yes"
	No    Answer = "no"
)

// Ask is one person who was asked.
type Ask struct {
	ID          string
	Person      string
	By          string // who asked: a person; empty when it was none of them
	Institution string // whom they come with
	Answer      Answer
	Confirmed   bool
	Present     bool
	Tries       int // calls that reached nobody
	Tried       time.Time
	Wrong       bool // the number is wrong
	Sent        bool // a message asked them once more
	At          time.Time
}

// Result is how a call went, as one press says it.
type Result string

const (
	SaidYes    Result = "yes"
	SaidNo     Result = "no"
	NotReached Result = "unreached"
	WrongPhone Result = "wrong"
)

// Results lists the presses.
func Results() []Result { return []Result{SaidYes, SaidNo, NotReached, WrongPhone} }

// After is the ask after a call. A yes within three days of the event is a
// confirmed one, and a no takes back what was said before.
func (k Ask) After(r Result, confirming bool, now time.Time) Ask {
	switch r {
	case SaidYes:
		k.Answer, k.Wrong = Yes, false
		k.Confirmed = k.Confirmed || confirming
	case SaidNo:
		k.Answer, k.Confirmed, k.Wrong = No, false, false
	case NotReached:
		k.Tries, k.Tried = k.Tries+1, now
	case WrongPhone:
		k.Wrong, k.Tried = true, now
	}
	return k
}

// ToCall reports whether somebody is on the call list: who has not answered, and
// when it is time, who said yes and has not confirmed.
func (k Ask) ToCall(confirming bool) bool {
	return !k.Wrong && !k.Present && (k.Answer == Asked || k.Answer == Yes && !k.Confirmed && confirming)
}

// rank orders what two entries of one person say: what is further along stands.
func (k Ask) rank() int {
	switch {
	case k.Present:
		return 4
	case k.Confirmed:
		return 3
	case k.Answer == Yes:
		return 2
	case k.Answer == No:
		return 1
	}
	return 0
}

// Share is what an institution or a person undertakes.
type Share struct {
	Institution string
	Person      string // empty: the institution as a whole
	Goal        int
	Asked       int // of an institution all its people, of a person those without a name here
	Yes         int
	Confirmed   int
	Roll        int // captain's count in the hall; -1 before
	Changed     time.Time
}

// Count is numbers without names.
type Count struct {
	Institution                     string
	Asked, Yes, Confirmed, Attended int
}
