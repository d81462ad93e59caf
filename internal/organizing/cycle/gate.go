// The gates between the phases, as one table: what must have happened before a
// cycle or an issue goes on. An organizer may open a shut gate with a written
// reason, which stays in the history.
package cycle

import "slices"

// Need is something that must have happened.
type Need string

const (
	NeedTeam       Need = "team"       // a team carries it
	NeedTold       Need = "told"       // a campaign has reported back to those who spoke
	NeedCut        Need = "cut"        // an issue is cut
	NeedResearch   Need = "research"   // a research action was held and evaluated
	NeedAsk        Need = "ask"        // the team decided on the ask
	NeedAction     Need = "action"     // an assembly or a negotiation was held
	NeedEvaluation Need = "evaluation" // what was held is evaluated
	NeedChoice     Need = "choice"     // carry on or move on is said, with what was learned
)

// Needs lists every need in the order of the gates.
func Needs() []Need {
	return []Need{NeedTeam, NeedTold, NeedCut, NeedResearch, NeedAsk, NeedAction, NeedEvaluation, NeedChoice}
}

// Gate stands between two phases.
type Gate struct {
	From, To Phase
	Needs    []Need
}

var gates = []Gate{
	{PhaseZero, Listening, []Need{NeedTeam}},
	{Listening, Discerning, []Need{NeedTold}},
	{Discerning, Researching, []Need{NeedCut}},
	{Researching, Acting, []Need{NeedResearch, NeedAsk}},
	{Acting, Evaluating, []Need{NeedAction}},
	{Evaluating, Closed, []Need{NeedEvaluation, NeedChoice}},
}

// Gates returns a copy of the table.
func Gates() []Gate { return slices.Clone(gates) }

// GateFrom is the gate after a phase; false after the last.
func GateFrom(p Phase) (Gate, bool) {
	i := slices.IndexFunc(gates, func(g Gate) bool { return g.From == p })
	if i < 0 {
		return Gate{}, false
	}
	return gates[i], true
}

// Facts says which needs are met.
type Facts map[Need]bool

// Missing lists what a gate still waits for.
func (g Gate) Missing(f Facts) (out []Need) {
	for _, n := range g.Needs {
		if !f[n] {
			out = append(out, n)
		}
	}
	return out
}

// ofIssue are needs that an issue meets for its cycle: all of a gate's by the same
// issue, because the research of one says nothing about the ask of another.
var ofIssue = []Need{NeedCut, NeedResearch, NeedAsk, NeedAction}

// Together is what a cycle meets at a gate: its own facts, and those of the issue
// that is furthest.
func (g Gate) Together(own Facts, issues []Facts) Facts {
	out := Facts{}
	var best Facts
	for _, f := range issues {
		if best == nil || len(g.Missing(f)) < len(g.Missing(best)) {
			best = f
		}
	}
	for _, n := range g.Needs {
		if slices.Contains(ofIssue, n) {
			out[n] = best[n]
		} else {
			out[n] = own[n]
		}
	}
	return out
}

// Step is what a move from one phase to another asks for.
type Step int

const (
	NoStep   Step = iota // there is no such move
	Forward              // through the next gate
	BackStep             // to an earlier phase, with a reason
)

// StepTo tells what a move is. Nobody leaps over a gate, and what is closed stays so.
func (p Phase) StepTo(to Phase) Step {
	switch {
	case p == Closed || p.At() < 0 || to.At() < 0 || p == to:
		return NoStep
	case to == p.Next():
		return Forward
	case to.At() < p.At():
		return BackStep
	}
	return NoStep
}

// IssueFrom is the first phase in which an issue can stand: before it, nobody has
// said yet what the problem is.
const IssueFrom = Discerning

// facts are those that an issue shows by itself and by what was done about it.
func (i Issue) facts(done []Doing) Facts {
	f := Facts{NeedCut: i.State.WasCut(), NeedAsk: i.State.WasAdopted() && i.Asks().Whole(), NeedChoice: i.Choice != ""}
	held, evaluated := 0, 0
	for _, d := range done {
		switch {
		case d.Kind == DoneResearch:
			f[NeedResearch] = f[NeedResearch] || d.Held && d.Evaluated
		case d.Held:
			held++
			if d.Evaluated {
				evaluated++
			}
		}
	}
	f[NeedAction] = held > 0
	f[NeedEvaluation] = held > 0 && held == evaluated
	return f
}
