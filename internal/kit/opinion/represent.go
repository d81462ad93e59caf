package opinion

// What a group stands for, and what is agreed. Shares have one vote added each
// way; two z values say how sure a share is above a half and above that of the
// others (one- and two-proportion tests with one added vote), and a statement
// stands for a group when both pass at 90 %, one-sided.

import (
	"cmp"
	"math"
	"slices"
)

// tally of one statement in a group, or among everybody.
type tally struct{ yes, no, all int }

func share(n, of int) float64 { return float64(n+1) / float64(of+2) }

// aboveHalf is the z value of n of all against one half.
func aboveHalf(n, of int) float64 {
	m := float64(of + 1)
	return 2 * math.Sqrt(m) * (float64(n+1)/m - 0.5)
}

// aboveOthers is the z value of the difference between two shares.
func aboveOthers(n, of, otherN, otherOf int) float64 {
	m, o := float64(of+1), float64(otherOf+1)
	pooled := float64(n+otherN+2) / (m + o)
	if pooled == 1 {
		return 0
	}
	return (float64(n+1)/m - float64(otherN+1)/o) / math.Sqrt(pooled*(1-pooled)*(1/m+1/o))
}

// candidate is a statement seen from one group: both answers.
type candidate struct {
	statement int
	yes, no   Pick
	voted     bool
}

func (m *matrix) candidate(j int, in, others tally) candidate {
	side := func(agree bool, n, other int) Pick {
		p := Pick{Statement: m.statements[j], Agree: agree, Of: n, Votes: in.all, Share: share(n, in.all), Z: aboveHalf(n, in.all)}
		p.Ratio = p.Share / share(other, others.all)
		p.ZRatio = aboveOthers(n, in.all, other, others.all)
		return p
	}
	return candidate{statement: j, yes: side(true, in.yes, others.yes), no: side(false, in.no, others.no), voted: in.yes+in.no > 0}
}

// stronger is the answer that tells the group from the others the more.
func (c candidate) stronger() Pick {
	if c.yes.ZRatio > c.no.ZRatio {
		return c.yes
	}
	return c.no
}

func sure(z float64) bool { return z > norm90 }

func (p Pick) significant() bool { return sure(p.Z) && sure(p.ZRatio) }
func (p Pick) weight() float64   { return p.Ratio * p.ZRatio * p.Share * p.Z }

// picks chooses the statements that stand for a group: the one it agrees on most
// first, then by weight, cut to most, agreements before disagreements. In two
// cases that the published results do not meet, this is not what one of the
// other programs does: what was chosen because the group agrees is listed as
// agreed, and a group that agrees on nothing keeps its disagreements.
func picks(all []candidate, most int) []Pick {
	var best, overall *candidate
	var list []Pick
	for i := range all {
		c := &all[i]
		if c.betterAgreed(best) {
			best = c
		}
		if overall == nil || math.Max(c.yes.ZRatio, c.no.ZRatio) > math.Max(overall.yes.ZRatio, overall.no.ZRatio) {
			overall = c
		}
		if c.yes.significant() || c.no.significant() {
			list = append(list, c.stronger())
		}
	}
	if len(list) > 0 {
		overall = nil
	}
	slices.SortStableFunc(list, func(a, b Pick) int { return cmp.Compare(b.weight(), a.weight()) })
	var out []Pick
	switch {
	case best != nil:
		out = append(out, best.yes)
	case overall != nil:
		out = append(out, overall.stronger())
	}
	for _, p := range list {
		if best == nil || p.Statement != best.yes.Statement {
			out = append(out, p)
		}
	}
	out = out[:min(most, len(out))]
	slices.SortStableFunc(out, func(a, b Pick) int { return btoi(b.Agree) - btoi(a.Agree) })
	return out
}

// betterAgreed says whether the group agrees on this statement more than on the
// best so far: by what tells it apart, if the best does; by agreement otherwise.
func (c *candidate) betterAgreed(best *candidate) bool {
	switch {
	case !c.voted:
		return false
	case best == nil:
		return sure(c.yes.Z) || c.yes.Ratio > 1 && c.yes.Share > 0.5
	case best.yes.Ratio > 1:
		return c.yes.weight() > best.yes.weight()
	}
	return c.yes.Share*c.yes.Z > best.yes.Share*best.yes.Z
}

// describe fills in groups, members and what the groups agree on.
func (m *matrix) describe(r *Result, o Options, often []int, g grouping) {
	r.NotShown = len(m.people)
	counts := make([][]int32, g.k)
	sizes := make([]int, g.k)
	for l := range counts {
		counts[l] = make([]int32, len(m.counts))
	}
	if g.k > 0 {
		for n, i := range often {
			of := counts[g.label[n]]
			sizes[g.label[n]]++
			for _, cell := range m.row(i) {
				of[cell]++
			}
		}
	}
	total := make([]int32, len(m.counts))
	for _, of := range counts {
		for i, n := range of {
			total[i] += n
		}
	}
	shown := make([]int, g.k)
	for l, size := range sizes {
		shown[l] = NoGroup
		if size < o.MinGroup {
			continue
		}
		shown[l] = len(r.Groups)
		list := m.groupPicks(r, counts[l], total, o.Pick)
		r.Groups = append(r.Groups, Group{Size: size, X: g.centre[l].x, Y: g.centre[l].y, For: list})
		r.NotShown -= size
	}
	for n, i := range often {
		if g.k > 0 {
			r.People[i].Group = shown[g.label[n]]
		}
	}
}

func (m *matrix) groupPicks(r *Result, in, total []int32, most int) []Pick {
	var all []candidate
	for j := range m.statements {
		mine, every := tallyOf(in, j), tallyOf(total, j)
		s := &r.Statements[j]
		if len(r.Groups) == 0 {
			s.Consensus, s.Against = 1, 1
		}
		s.Consensus *= share(mine.yes, mine.all)
		s.Against *= share(mine.no, mine.all)
		if !m.out[j] {
			all = append(all, m.candidate(j, mine, tally{every.yes - mine.yes, every.no - mine.no, every.all - mine.all}))
		}
	}
	return picks(all, most)
}

func tallyOf(counts []int32, j int) tally {
	no, pass, yes := int(counts[4*j]), int(counts[4*j+1]), int(counts[4*j+2])
	return tally{yes, no, yes + no + pass}
}

// consensus lists the statements to which more than half of everybody, surely,
// give one answer.
func (m *matrix) consensus(most int) (agree, disagree []Pick) {
	for j, id := range m.statements {
		no, pass, yes := m.counts[4*j], m.counts[4*j+1], m.counts[4*j+2]
		n := no + pass + yes
		side := func(list []Pick, of int, agree bool) []Pick {
			p := Pick{Statement: id, Agree: agree, Of: of, Votes: n, Share: share(of, n), Z: aboveHalf(of, n)}
			if m.out[j] || p.Share <= 0.5 || !sure(p.Z) {
				return list
			}
			return append(list, p)
		}
		agree, disagree = side(agree, yes, true), side(disagree, no, false)
	}
	strongest := func(list []Pick) []Pick {
		slices.SortStableFunc(list, func(a, b Pick) int { return cmp.Compare(b.Share*b.Z, a.Share*a.Z) })
		return list[:min(most, len(list))]
	}
	return strongest(agree), strongest(disagree)
}
