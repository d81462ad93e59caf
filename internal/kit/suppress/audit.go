package suppress

// The auditor: linear programming over everything an attacker knows. For each
// small number it looks for two whole tables, both possible, that differ by K-1
// in that number. Only tables of whole numbers count, so the proof holds for an
// attacker who knows that people are not divisible.

import "math"

// auditLimit is the largest group of linked hidden numbers the auditor takes on.
// Beyond it the answer is "not proven", and more is hidden.
const auditLimit = 3000

// audit returns a small number it could not prove safe, and notes in proven those it could.
func (s *Set) audit(hidden, proven []bool) (Ref, bool) {
	for _, group := range s.linked(hidden) {
		var small []Ref
		for _, i := range group.cells {
			if s.cells[i].small && !proven[i] {
				small = append(small, i)
			}
		}
		if len(small) == 0 || len(group.sums) == 0 {
			continue
		}
		if len(group.cells) > auditLimit {
			return small[0], true
		}
		if leak, ok := s.auditGroup(group, small, hidden, proven); ok {
			return leak, true
		}
	}
	return 0, false
}

// group is a set of hidden numbers that hang together, and the sums between them.
type group struct {
	cells []Ref
	sums  []int
}

func (s *Set) linked(hidden []bool) []group {
	parent := make([]int, len(s.cells))
	for i := range parent {
		parent[i] = i
	}
	var root func(i int) int
	root = func(i int) int {
		if parent[i] != i {
			parent[i] = root(parent[i])
		}
		return parent[i]
	}
	first := make([]int, len(s.sums))
	for i, e := range s.sums {
		first[i] = -1
		for _, m := range e.members() {
			if !hidden[m] {
				continue
			}
			if first[i] < 0 {
				first[i] = int(m)
			} else {
				parent[root(int(m))] = root(first[i])
			}
		}
	}
	at := map[int]int{}
	var out []group
	for i := range s.cells {
		if hidden[i] {
			r := root(i)
			if _, ok := at[r]; !ok {
				at[r] = len(out)
				out = append(out, group{})
			}
			out[at[r]].cells = append(out[at[r]].cells, Ref(i))
		}
	}
	for i, f := range first {
		if f >= 0 {
			g := at[root(f)]
			out[g].sums = append(out[g].sums, i)
		}
	}
	return out
}

func (s *Set) auditGroup(g group, small []Ref, hidden, proven []bool) (Ref, bool) {
	column := make(map[Ref]int, len(g.cells))
	start := make([]float64, len(g.cells))
	for i, r := range g.cells {
		column[r] = i
		start[i] = float64(s.cells[r].value)
	}
	lp := newProgram(len(g.cells))
	for _, i := range g.sums {
		e := s.sums[i]
		row, rest := make([]float64, len(g.cells)), 0.0
		put := func(r Ref, sign float64) {
			if hidden[r] {
				row[column[r]] += sign
			} else {
				rest -= sign * float64(s.cells[r].value)
			}
		}
		put(e.total, 1)
		for _, p := range e.parts {
			put(p, -1)
		}
		lp.equal(row, rest)
	}
	if !lp.begin() {
		return small[0], true // the true table is possible, so only rounding errors lead here
	}
	low, high := append([]float64(nil), start...), append([]float64(nil), start...)
	note := func() {
		x, whole := lp.point()
		if !whole {
			return
		}
		for i, v := range x {
			low[i], high[i] = math.Min(low[i], v), math.Max(high[i], v)
		}
	}
	note()
	need := float64(s.o.K-1) - 1e-6
	for _, r := range small {
		c := column[r]
		safe := func() bool { note(); return high[c]-low[c] >= need }
		if high[c]-low[c] >= need || lp.push(c, 1, safe) || lp.push(c, -1, safe) {
			proven[r] = true
			continue
		}
		return r, true
	}
	return 0, false
}
