// Where an assembly stands, and what has to be true before it moves on.
package assembly

import (
	"slices"
	"time"

	"seedbed/internal/kit/fault"
)

// State is where an assembly stands.
type State string

const (
	Idea       State = "idea"
	Approved   State = "approved"
	Turnout    State = "turnout" // people are being asked
	Ready      State = "ready"
	Live       State = "live"
	Held       State = "held"
	Evaluated  State = "evaluated"
	FollowedUp State = "followed_up"
	Cancelled  State = "cancelled"
)

// States lists every state in the order of its life.
func States() []State {
	return []State{Idea, Approved, Turnout, Ready, Live, Held, Evaluated, FollowedUp, Cancelled}
}

// Facts is what the gates ask.
type Facts struct {
	Now        time.Time
	Event      Event
	Actor      string // account that wants to move it
	Items      []Item
	Asks       int
	Unanswered int  // asks without an answer
	Open       int  // asks with answers that differ
	Undated    int  // yes and waffle without a day to follow up
	Silent     int  // testimonies without a story that may be told here now
	Uneven     int  // offices whose candidates were not all invited the same way
	Done       bool // the evaluation
}

// Gate is one thing that has to be true; its name is its message.
type Gate string

const (
	GateSecond    Gate = "second"
	GateWhen      Gate = "when"
	GateWhere     Gate = "where"
	GateGoal      Gate = "goal"
	GateSheet     Gate = "sheet"
	GateLeads     Gate = "leads"
	GateAsks      Gate = "asks"
	GateSafety    Gate = "safety"
	GateConsent   Gate = "consent"
	GateEven      Gate = "even"
	GateNear      Gate = "near"
	GateEvaluated Gate = "evaluated"
	GateAnswered  Gate = "answered"
	GateAgreed    Gate = "agreed"
	GateDated     Gate = "dated"
)

// beginEarly is how long before its hour an assembly can begin.
const beginEarly = 12 * time.Hour

var gates = map[Gate]func(f Facts) bool{
	GateSecond: func(f Facts) bool { return f.Actor != "" && f.Actor != f.Event.Account },
	GateWhen:   func(f Facts) bool { return f.Event.At.After(f.Now) },
	GateWhere:  func(f Facts) bool { return f.Event.Where != "" },
	GateGoal:   func(f Facts) bool { return f.Event.Goal > 0 },
	GateSheet:  func(f Facts) bool { return Sum(f.Items) > 0 },
	GateLeads: func(f Facts) bool {
		return !slices.ContainsFunc(f.Items, func(i Item) bool { return i.Lead == "" && i.LeadRole.Public() })
	},
	GateAsks:      func(f Facts) bool { return f.Asks > 0 || !f.Event.Kind.Asks() },
	GateSafety:    func(f Facts) bool { return f.Event.Safety != "" },
	GateConsent:   func(f Facts) bool { return f.Silent == 0 },
	GateEven:      func(f Facts) bool { return f.Uneven == 0 },
	GateNear:      func(f Facts) bool { return !f.Now.Before(f.Event.At.Add(-beginEarly)) },
	GateEvaluated: func(f Facts) bool { return f.Done },
	GateAnswered:  func(f Facts) bool { return f.Unanswered == 0 },
	GateAgreed:    func(f Facts) bool { return f.Open == 0 },
	GateDated:     func(f Facts) bool { return f.Undated == 0 },
}

// moves is the whole life: from where, to where, and what has to be true.
var moves = map[State]map[State][]Gate{
	Idea:      {Approved: {GateSecond, GateWhen, GateWhere}, Cancelled: nil},
	Approved:  {Turnout: {GateGoal}, Cancelled: nil},
	Turnout:   {Ready: {GateSheet, GateLeads, GateAsks, GateSafety, GateConsent, GateEven}, Cancelled: nil},
	Ready:     {Live: {GateNear, GateSafety, GateConsent, GateEven}, Turnout: nil, Cancelled: nil},
	Live:      {Held: nil},
	Held:      {Evaluated: {GateEvaluated}},
	Evaluated: {FollowedUp: {GateAnswered, GateAgreed, GateDated}},
}

// Next is the state that follows in the ordinary course; empty at the end.
func (s State) Next() State {
	i := slices.Index(States(), s)
	if i < 0 || i+1 >= len(States()) || States()[i+1] == Cancelled || s == Cancelled {
		return ""
	}
	return States()[i+1]
}

// Check is one gate and whether it is open.
type Check struct {
	Gate Gate
	OK   bool
}

// Gates lists what has to be true for a move, and what is. ok is false for a move
// that does not exist.
func Gates(f Facts, to State) (list []Check, ok bool) {
	needs, ok := moves[f.Event.State][to]
	for _, g := range needs {
		list = append(list, Check{g, gates[g](f)})
	}
	return list, ok
}

// mayMove refuses a move that does not exist or whose gates are shut.
func mayMove(f Facts, to State) error {
	list, ok := Gates(f, to)
	if !ok {
		return fault.Clash("assembly.error.state_" + string(f.Event.State))
	}
	for _, c := range list {
		if !c.OK {
			return fault.Clash("assembly.gate." + string(c.Gate))
		}
	}
	return nil
}

// CanWrite reports whether the run-sheet and the asks may still change.
func (s State) CanWrite() bool {
	return slices.Contains([]State{Idea, Approved, Turnout, Ready, Live}, s)
}

// CanPin reports whether answers are taken: from the moment everything is ready,
// and for ever after, since a phone without a line may come back late.
func (s State) CanPin() bool {
	return slices.Contains([]State{Ready, Live, Held, Evaluated, FollowedUp}, s)
}
