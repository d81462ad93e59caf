package suppress

// Which numbers to hide: the small ones first, then as few and as unimportant
// others as a greedy choice finds, until the auditor is content.

import (
	"cmp"
	"math"
	"slices"
)

// Publish hides what must be hidden. It always succeeds; in the worst case
// nothing is left.
func (s *Set) Publish() Published {
	p := Published{o: s.o, values: make([]int, len(s.cells)), hidden: make([]bool, len(s.cells))}
	for i, c := range s.cells {
		p.values[i] = c.value
		p.hidden[i] = (c.small || c.inner || c.kept) && !c.told
	}
	of := s.sumsOf()
	proven := make([]bool, len(s.cells)) // stays true: hiding more never tells more
	for {
		leak, ok := s.leak(p.hidden, proven)
		if !ok {
			break
		}
		more, ok := s.complement(leak, p.hidden, of)
		if !ok { // nothing beside it is shown: hide all, so that it follows from nothing
			for i, c := range s.cells {
				p.hidden[i] = !c.told
			}
			_, p.unsure = s.leak(p.hidden, make([]bool, len(s.cells)))
			break
		}
		p.hidden[more] = true
	}
	s.reveal(p.hidden)
	out := p.hidden
	for i, c := range s.cells {
		if c.inner {
			out[i] = false // never a published place: Hidden must not count it
		}
	}
	p.hidden = out
	return p
}

// reveal shows again what the greedy choice hid on its way and no longer needs:
// the dearest first, each only if the auditor stays content without it.
func (s *Set) reveal(hidden []bool) {
	var extra []Ref
	for i, c := range s.cells {
		if hidden[i] && !c.small && !c.inner && !c.kept {
			extra = append(extra, Ref(i))
		}
	}
	worth := func(m Ref) float64 { return float64(s.cells[m].value) + 1e7*float64(s.cells[m].level) }
	slices.SortStableFunc(extra, func(a, b Ref) int { return cmp.Compare(worth(b), worth(a)) })
	for _, m := range extra {
		hidden[m] = false
		if _, leaks := s.leak(hidden, make([]bool, len(s.cells))); leaks {
			hidden[m] = true
		}
	}
}

// leak finds a small number that can be narrowed down too far. The quick
// argument goes first because it finds nearly all of them.
func (s *Set) leak(hidden, proven []bool) (Ref, bool) {
	lo, hi := s.propagate(hidden)
	worst, width := Ref(-1), math.MaxInt
	for i, c := range s.cells {
		if c.small && hi[i]-lo[i] < s.o.K-1 && hi[i]-lo[i] < width {
			worst, width = Ref(i), hi[i]-lo[i]
		}
	}
	if worst >= 0 {
		return worst, true
	}
	return s.audit(hidden, proven)
}

const unbounded = math.MaxInt / 4

// propagate is what subtraction alone tells: the range of every number.
func (s *Set) propagate(hidden []bool) (lo, hi []int) {
	lo, hi = make([]int, len(s.cells)), make([]int, len(s.cells))
	for i, c := range s.cells {
		lo[i], hi[i] = c.value, c.value
		if hidden[i] {
			lo[i], hi[i] = 0, unbounded
		}
	}
	const passes = 100 // ranges stay true, if wide, when cut short; the audit follows anyhow
	for range passes {
		changed := false
		for _, e := range s.sums {
			changed = tighten(e, lo, hi) || changed
		}
		if !changed {
			break
		}
	}
	return lo, hi
}

func tighten(e sum, lo, hi []int) (changed bool) {
	low, high, open := 0, 0, 0 // of the parts together; open counts those without an upper end
	for _, p := range e.parts {
		low += lo[p]
		if hi[p] >= unbounded {
			open++
		} else {
			high += hi[p]
		}
	}
	raise := func(i Ref, v int) {
		if v > lo[i] {
			lo[i], changed = v, true
		}
	}
	lower := func(i Ref, v int) {
		if v < hi[i] {
			hi[i], changed = v, true
		}
	}
	for _, p := range e.parts {
		if hi[e.total] < unbounded {
			lower(p, hi[e.total]-(low-lo[p]))
		}
		if open == 0 {
			raise(p, lo[e.total]-(high-hi[p]))
		} else if open == 1 && hi[p] >= unbounded {
			raise(p, lo[e.total]-high)
		}
	}
	raise(e.total, low)
	if open == 0 {
		lower(e.total, high)
	}
	return changed
}

// sumsOf lists for every number the sums it stands in.
func (s *Set) sumsOf() [][]int {
	of := make([][]int, len(s.cells))
	for i, e := range s.sums {
		of[e.total] = append(of[e.total], i)
		for _, p := range e.parts {
			of[p] = append(of[p], i)
		}
	}
	return of
}

func (e sum) members() []Ref { return append([]Ref{e.total}, e.parts...) }

// complement picks the next number to hide for the sake of leak: one beside it
// if possible, otherwise beside what is hidden with it, and so on outward.
func (s *Set) complement(leak Ref, hidden []bool, of [][]int) (Ref, bool) {
	seenSum, seen := make([]bool, len(s.sums)), make([]bool, len(s.cells))
	ring := []Ref{leak}
	seen[leak] = true
	for len(ring) > 0 {
		best, price := Ref(-1), math.Inf(1)
		var next []Ref
		for _, at := range ring {
			for _, i := range of[at] {
				if seenSum[i] {
					continue
				}
				seenSum[i] = true
				for _, m := range s.sums[i].members() {
					if hidden[m] {
						if !seen[m] {
							seen[m] = true
							next = append(next, m)
						}
					} else if p := s.price(m, i, hidden, of); p < price {
						best, price = m, p
					}
				}
			}
		}
		if best >= 0 {
			return best, true
		}
		ring = next
	}
	return 0, false
}

// price of hiding a number: totals are worth more than their parts, large
// numbers more than small ones; one too small to hide the other behind is no
// bargain; and one whose other sums already hide something costs less, because
// it does not ask for yet another.
func (s *Set) price(m Ref, within int, hidden []bool, of [][]int) float64 {
	c := s.cells[m]
	if c.told {
		return math.Inf(1)
	}
	price := float64(c.value)
	if c.value < s.o.K-1 {
		price += 1e4
	}
	for _, i := range of[m] {
		if i == within {
			continue
		}
		alone := true
		for _, other := range s.sums[i].members() {
			alone = alone && !hidden[other]
		}
		if alone {
			price += 1e5
		}
	}
	return price + 1e7*float64(c.level)
}
