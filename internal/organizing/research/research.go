// Package research is finding out: small groups meet somebody who knows or decides,
// with a part for everybody and questions, and never to negotiate; and what they
// found as ways to solve an issue, side by side.
//
// It owns the tables research_action, research_part, research_note, research_next,
// research_option and research_helper. It may import organizing/people, trust and
// platform. What it needs of issues, offices, teams and evaluations it asks for
// through the small interfaces in provider.go.
//
// Who is met is an office or a role, as public as their door; private people are
// never hosts and never written down as names heard. Those of us who take part are
// ids. What is asked, answered and learned lies in sealed texts under the table's
// key. An action that was held is an encounter of everybody who came, with the part
// they played, in the same transaction; it waits for its evaluation.
package research

import (
	"slices"
	"time"

	"seedbed/internal/organizing/people"
)

// State is where a research action stands.
type State string

const (
	Planned    State = "planned"
	Rehearsed  State = "rehearsed"
	Held       State = "held"
	Evaluated  State = "evaluated"
	FollowedUp State = "followed_up"
	Cancelled  State = "cancelled"
)

// States lists every state.
func States() []State { return []State{Planned, Rehearsed, Held, Evaluated, FollowedUp, Cancelled} }

// A rehearsal is strongly advised and never forced: a host who has an hour today
// must not be turned down for the sake of a form.
var moves = map[State][]State{Planned: {Rehearsed, Held, Cancelled}, Rehearsed: {Held, Cancelled}, Held: {Evaluated}, Evaluated: {FollowedUp}}

// CanBecome reports whether an action may move from one state to another.
func (s State) CanBecome(next State) bool { return slices.Contains(moves[s], next) }

// Ahead reports whether it is still to come.
func (s State) Ahead() bool { return s == Planned || s == Rehearsed }

// Over reports whether nothing more is to be done.
func (s State) Over() bool { return s == FollowedUp || s == Cancelled }

// Purpose is what an action is for.
type Purpose string

// Purposes lists the five.
func Purposes() []Purpose {
	return []Purpose{"cause", "remedies", "power", "relationship", "practice"}
}

// Role is the part somebody has.
type Role string

const (
	NoRole     Role = "" // comes along; a part is still to be found
	Chair      Role = "chair"
	Credential Role = "credential" // says who we are and whom we represent
	Story      Role = "story"
	Questioner Role = "questioner"
	Time       Role = "time"
	Notes      Role = "notes"
)

// Roles lists the parts in the order in which they are played.
func Roles() []Role { return []Role{Chair, Credential, Story, Questioner, Time, Notes} }

// Most is how many can have a part at once. Each needs at least one.
func (r Role) Most() int {
	switch r {
	case Story:
		return 2
	case Questioner:
		return 3
	case NoRole:
		return 20
	}
	return 1
}

// Plays is the part as the ladder and the count of public roles know it.
func (r Role) Plays() people.Role {
	switch r {
	case Chair:
		return people.Chaired
	case Credential:
		return people.Credential
	case Story:
		return people.Testified
	case Questioner:
		return people.Asked
	case Time:
		return people.KeptTime
	case Notes:
		return people.Scribed
	}
	return people.Attended
}

// Part is somebody who takes part.
type Part struct {
	Person string
	Role   Role
	Came   bool // once it was held
}

// Question is a question to the host. Its id stays when others come and go.
type Question struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

const (
	fewQuestions  = 4
	manyQuestions = 6
	mostQuestions = 12
)

// Words is everything in words about an action.
type Words struct {
	Host      string     `json:"host"` // the office as it was called then, or a role: "Director of the hospital pharmacy"
	Where     string     `json:"where,omitempty"`
	Questions []Question `json:"questions,omitempty"`
}

// Action is a research action as those who prepare it see it.
type Action struct {
	ID         string
	Issue      string // of the cycle; may be empty
	Team       string // a research action team; may be empty
	Office     string // the host, when it is somebody in public office
	State      State
	Purposes   []Purpose
	At         time.Time
	Minutes    int
	Place      string // see people.Places
	Language   string
	RehearseAt time.Time
	Account    string // who answers for it
	Others     int    // how many more were there, without names
	Made       time.Time
	RehearsedOn,
	HeldAt time.Time
	Version int64
	Parts   []Part
	Words
}

// RehearseMinutes is how long a rehearsal takes.
const RehearseMinutes = 60

// End is when it is to be over.
func (a Action) End() time.Time { return a.At.Add(time.Duration(a.Minutes) * time.Minute) }

// Ref is how other rooms name the action.
func (a Action) Ref() string { return "research:" + a.ID }

// In returns the part of somebody, by any of the ids they were written down under.
func (a Action) In(ids []string) (Part, bool) {
	for _, p := range a.Parts {
		if slices.Contains(ids, p.Person) {
			return p, true
		}
	}
	return Part{}, false
}

// Empty lists the parts that nobody has yet.
func (a Action) Empty() (out []Role) {
	for _, r := range Roles() {
		if !slices.ContainsFunc(a.Parts, func(p Part) bool { return p.Role == r }) {
			out = append(out, r)
		}
	}
	return out
}

// Warning is something to put right before it takes place.
type Warning string

const (
	EmptyRole     Warning = "empty_role" // see Empty
	FewQuestions  Warning = "few_questions"
	ManyQuestions Warning = "many_questions"
	NoRehearsal   Warning = "no_rehearsal" // none is planned
)

// Warnings lists what is not as it should be. They never stop anybody.
func (a Action) Warnings() (out []Warning) {
	if !a.State.Ahead() {
		return nil
	}
	if len(a.Empty()) > 0 {
		out = append(out, EmptyRole)
	}
	if n := len(a.Questions); n < fewQuestions {
		out = append(out, FewQuestions)
	} else if n > manyQuestions {
		out = append(out, ManyQuestions)
	}
	if a.State == Planned && a.RehearseAt.IsZero() {
		out = append(out, NoRehearsal)
	}
	return out
}

// Kind is what a note holds.
type Kind string

const (
	Answer   Kind = "answer"   // to one of the questions
	Learned  Kind = "learned"  // what we learned
	Heard    Kind = "heard"    // another office to talk to
	Document Kind = "document" // a title, with an address or where the paper lies
)

// Kinds lists what can be noted.
func Kinds() []Kind { return []Kind{Answer, Learned, Heard, Document} }

// Note is one thing that was written down. Notes are added and never overwritten, so
// that two phones without a line lose nothing.
type Note struct {
	ID       string
	Kind     Kind
	Question string // id of the question answered
	Account  string
	At       time.Time
	NoteWords
}

// NoteWords is what a note says.
type NoteWords struct {
	Text  string `json:"text"`
	Link  string `json:"link,omitempty"`  // of a document
	Where string `json:"where,omitempty"` // where the paper lies
}

// Step is what has to follow a research action.
type Step string

const (
	Thanks   Step = "thanks"    // thank the host
	PowerMap Step = "power_map" // put what was learned on the map of power
	NextOne  Step = "next"      // agree the next meeting
)

// Steps lists what follows, in order.
func Steps() []Step { return []Step{Thanks, PowerMap, NextOne} }

// FollowDays is within how many days it has to follow.
const FollowDays = 3

// Follow is a step with its owner and its clock.
type Follow struct {
	Step    Step
	Person  string // who does it: somebody who took part,
	Account string // or a colleague
	Due     time.Time
	Done    time.Time
}

// Late reports whether a step is still open after its day.
func (f Follow) Late(now time.Time) bool { return f.Done.IsZero() && now.After(f.Due) }

// Act is what somebody has to do next.
type Act string

const (
	FillRoles Act = "fill_roles"
	Rehearse  Act = "rehearse"
	Hold      Act = "hold"
	Evaluate  Act = "evaluate"
	Follows   Act = "follow" // see Next.Step
	Close     Act = "close"  // everything is done: say so
)

// Next is the next owner, act and clock.
type Next struct {
	Act             Act
	Step            Step
	Person, Account string
	When            time.Time
}

// Late reports whether the clock has run out.
func (n Next) Late(now time.Time) bool { return n.Act != "" && now.After(n.When) }

// Next works out who has to do what by when. Of one that is over there is none.
func (a Action) Next(list []Follow) Next {
	n := Next{Account: a.Account}
	ready := a.RehearseAt
	if ready.IsZero() {
		ready = a.At.AddDate(0, 0, -2)
	}
	switch {
	case a.State.Ahead() && len(a.Empty()) > 0:
		n.Act, n.When = FillRoles, ready
		if a.State == Rehearsed {
			n.When = a.At
		}
	case a.State == Planned && !a.RehearseAt.IsZero():
		n.Act, n.When = Rehearse, ready.Add(RehearseMinutes*time.Minute)
	case a.State.Ahead():
		n.Act, n.When = Hold, a.End()
	case a.State == Held:
		n.Act, n.When = Evaluate, a.End()
	case a.State == Evaluated:
		n.Act, n.When = Close, a.HeldAt.AddDate(0, 0, FollowDays)
		for _, f := range list {
			if f.Done.IsZero() && (n.Act == Close || f.Due.Before(n.When)) {
				n = Next{Follows, f.Step, f.Person, f.Account, f.Due}
			}
		}
	default:
		return Next{}
	}
	return n
}
