// Ranked choice, counted as an instant runoff.
package ballot

import "slices"

// Tie is the rule that broke a tie.
type Tie string

const (
	TieEarlier    Tie = "earlier"      // fewer in the latest earlier round in which they differed goes out
	TieHeadToHead Tie = "head_to_head" // who loses most often, one against one, among those tied
	TieBreadth    Tie = "breadth"      // dots: more people (or institutions) gave it any
	TieDraw       Tie = "draw"         // the order drawn by lot before voting began
)

// Round is one counting round. The numbers of Tally and Exhausted add up to all ballots.
type Round struct {
	Tally     []Share  `json:"tally"`          // options still in, in the order of the draw
	Exhausted int      `json:"exhausted"`      // ballots that name none of them
	Out       string   `json:"out,omitempty"`  // who goes out after this round
	Tied      []string `json:"tied,omitempty"` // who shared the last place, when more than one did
	By        Tie      `json:"by,omitempty"`   // what decided between them
}

// RankedResult is every round and the winner, "" when nobody ranked anything.
type RankedResult struct {
	Rounds []Round `json:"rounds"`
	Winner string  `json:"winner,omitempty"`
}

// countRanked takes the last option out until one has more than half of the
// ballots that still name somebody. A tie for last place is broken by, in this
// order: the latest earlier round in which the tied differed; the fewest wins one
// against one among them; the draw made before voting, in which the later goes out.
func countRanked(options []string, votes []vote) *RankedResult {
	r := &RankedResult{}
	in := slices.Clone(options)
	for len(in) > 0 {
		round := tally(in, votes)
		continuing := len(votes) - round.Exhausted
		if continuing == 0 {
			r.Rounds = append(r.Rounds, round)
			return r
		}
		top := slices.MaxFunc(round.Tally, func(a, b Share) int { return a.N - b.N })
		if 2*top.N > continuing || len(in) == 1 {
			r.Winner = top.ID
			r.Rounds = append(r.Rounds, round)
			return r
		}
		round.Out, round.Tied, round.By = last(in, round, r.Rounds, votes)
		r.Rounds = append(r.Rounds, round)
		in = slices.DeleteFunc(in, func(id string) bool { return id == round.Out })
	}
	return r
}

func tally(in []string, votes []vote) Round {
	n := map[string]int{}
	r := Round{}
	for _, v := range votes {
		at := slices.IndexFunc(v.ranking, func(id string) bool { return slices.Contains(in, id) })
		if at < 0 {
			r.Exhausted++
			continue
		}
		n[v.ranking[at]]++
	}
	for _, id := range in {
		r.Tally = append(r.Tally, Share{id, n[id]})
	}
	return r
}

// last finds who goes out of a round.
func last(in []string, now Round, before []Round, votes []vote) (out string, tied []string, by Tie) {
	set := fewest(in, count(now))
	if len(set) == 1 {
		return set[0], nil, ""
	}
	tied = set
	for _, earlier := range slices.Backward(before) {
		if set = fewest(set, count(earlier)); len(set) == 1 {
			return set[0], tied, TieEarlier
		}
	}
	wins := map[string]int{}
	for _, a := range set {
		for _, b := range set {
			if a != b && prefer(votes, a, b) > prefer(votes, b, a) {
				wins[a]++
			}
		}
	}
	if set = fewest(set, wins); len(set) == 1 {
		return set[0], tied, TieHeadToHead
	}
	return set[len(set)-1], tied, TieDraw // in the order of the draw, as everything here
}

func count(r Round) map[string]int {
	n := map[string]int{}
	for _, s := range r.Tally {
		n[s.ID] = s.N
	}
	return n
}

func fewest(ids []string, n map[string]int) (out []string) {
	least := n[ids[0]]
	for _, id := range ids {
		least = min(least, n[id])
	}
	for _, id := range ids {
		if n[id] == least {
			out = append(out, id)
		}
	}
	return out
}

// prefer counts the ballots that rank a above b; what is not ranked comes last.
func prefer(votes []vote, a, b string) (n int) {
	for _, v := range votes {
		i, j := slices.Index(v.ranking, a), slices.Index(v.ranking, b)
		if i >= 0 && (j < 0 || i < j) {
			n++
		}
	}
	return n
}

func (r *RankedResult) explain(all Result) []Line {
	var lines []Line
	for i, round := range r.Rounds {
		if round.Out == "" {
			continue
		}
		args := map[string]any{"Round": i + 1, "Option": round.Out, "N": count(round)[round.Out]}
		if round.By != "" {
			args["Options"] = round.Tied
			lines = append(lines, Line{"decision.say.out_tie." + string(round.By), args})
			continue
		}
		lines = append(lines, Line{"decision.say.out", args})
	}
	if r.Winner == "" {
		return append(lines, Line{"decision.say.nobody", nil})
	}
	end := r.Rounds[len(r.Rounds)-1]
	return append(lines, Line{"decision.say.runoff_won", map[string]any{"Option": r.Winner, "N": count(end)[r.Winner],
		"Of": all.Ballots - end.Exhausted, "Round": len(r.Rounds)}})
}
