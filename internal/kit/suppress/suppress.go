// Package suppress decides which numbers of a report may be published.
//
// A count below K (11) is hidden, zero included: a zero that is shown tells of
// everybody in the row that they did not. Hiding is of no use when the number
// follows from the others by subtraction, so further numbers are hidden until
// an auditor, who knows every published number and every relation between the
// published tables, can no longer narrow a hidden small count down to fewer than
// K possible values.
//
// All hidden numbers look alike. A reader who could tell "small" from "hidden to
// protect a small one" could use the difference.
//
// The proof is constructive: for every small count the auditor holds two whole
// tables, both consistent with everything published, in which that count
// differs by at least K-1. No attacker who argues from the published numbers can
// tell them apart. What is not proven is protection against somebody who knows
// some of the people already; that is what K, rounding and coarse periods are for.
package suppress

import (
	"strconv"
)

// K is the usual threshold: counts from 0 to 10 are not published (CMS cell suppression policy).
const K = 11

// MinDenominator is the smallest base of a published percentage.
const MinDenominator = 20

// Options of a publication. The zero value is the strictest sensible one for a
// report that also staff read; public reports add Round: 5 and DropOffs: true.
type Options struct {
	K     int // threshold, K when 0
	Round int // published counts are rounded down to a multiple of this, when > 1

	// ShowZeros publishes exact zeros. Only for tables in which nobody can be
	// harmed by "none of them did".
	ShowZeros bool

	// DropOffs protects the differences between two stages of a funnel as if they
	// were counts of their own: of 50 offers 48 wanted shows that 2 did not.
	DropOffs bool
}

// Ref names one number of a Set.
type Ref int

// Count is a number as it may be published.
type Count struct {
	N     int // meaningful only when Shown
	Shown bool
}

// Text is the number, or hidden when it is not published.
func (c Count) Text(hidden string) string {
	if c.Shown {
		return strconv.Itoa(c.N)
	}
	return hidden
}

type cell struct {
	value int
	level int  // 0 a number of its own, 1 a total, 2 a total of totals…: higher ones are hidden last
	inner bool // a difference that is never published
	small bool // must not be derivable
	told  bool // known already: shown whatever happens
	kept  bool // hidden whatever happens
}

// sum says that a total is the sum of its parts.
type sum struct {
	total Ref
	parts []Ref
}

// Set is everything that is published together: one table, or several that share
// numbers. Publishing two Sets about the same people undoes the protection.
type Set struct {
	o     Options
	cells []cell
	sums  []sum
}

// NewSet starts a publication.
func NewSet(o Options) *Set {
	if o.K <= 0 {
		o.K = K
	}
	return &Set{o: o}
}

// Count adds a number. Negative ones count as zero.
func (s *Set) Count(n int) Ref { return s.add(max(n, 0), 0, false) }

func (s *Set) add(n, level int, inner bool) Ref {
	small := n < s.o.K && !(n == 0 && s.o.ShowZeros)
	if inner {
		small = small && s.o.DropOffs && n > 0
	}
	s.cells = append(s.cells, cell{value: n, level: level, inner: inner, small: small})
	return Ref(len(s.cells) - 1)
}

// Total adds the sum of numbers and tells the auditor that it is one.
func (s *Set) Total(parts ...Ref) Ref {
	n, level := 0, 0
	for _, p := range parts {
		n += s.cells[p].value
		level = max(level, s.cells[p].level)
	}
	t := s.add(n, level+1, false)
	s.sums = append(s.sums, sum{t, append([]Ref(nil), parts...)})
	return t
}

// Same tells the auditor that a total can also be added up from other parts, as
// the grand total of a table from its rows and from its columns. Parts with
// another sum are not the same and are ignored.
func (s *Set) Same(total Ref, parts ...Ref) {
	n := 0
	for _, p := range parts {
		n += s.cells[p].value
	}
	if n == s.cells[total].value {
		s.sums = append(s.sums, sum{total, append([]Ref(nil), parts...)})
	}
}

// AtLeast tells the auditor that everybody knows a ≥ b, as between two stages of
// a funnel. Where the numbers say otherwise nobody can rely on it, so nothing is added.
func (s *Set) AtLeast(a, b Ref) {
	if d := s.cells[a].value - s.cells[b].value; d >= 0 {
		s.sums = append(s.sums, sum{a, []Ref{b, s.add(d, 0, true)}})
	}
}

// Told says that readers know a number already, from an earlier publication or
// because it is said aloud: it is shown, and the auditor reckons with it. What is
// published week after week stays safe when every Set holds what was told before.
func (s *Set) Told(r Ref) { s.cells[r].told, s.cells[r].small = true, false }

// Withhold keeps a number out of this publication, because another circle of
// readers must not be able to add it to what they see.
func (s *Set) Withhold(r Ref) { s.cells[r].kept = true }

// Published is what may be shown of a Set.
type Published struct {
	o      Options
	values []int
	hidden []bool
	unsure bool
}

// Proven reports whether every small number is safe. Only what was told before
// can make it false; then nothing new is shown, and nothing should be published.
func (p Published) Proven() bool { return !p.unsure }

// Count is one number as it may be published.
func (p Published) Count(r Ref) Count {
	if p.hidden[r] {
		return Count{}
	}
	n := p.values[r]
	if p.o.Round > 1 {
		n -= n % p.o.Round
	}
	return Count{N: n, Shown: true}
}

// Percent is the share of part in whole, from 0 to 1. It is published only when
// both numbers are, when both reach K and the base reaches MinDenominator, and
// it is computed from the published (rounded) numbers: so it tells nothing new.
func (p Published) Percent(part, whole Ref) (share float64, ok bool) {
	a, b := p.Count(part), p.Count(whole)
	if !a.Shown || !b.Shown || p.values[part] < p.o.K || p.values[whole] < max(p.o.K, MinDenominator) || b.N == 0 {
		return 0, false
	}
	return float64(a.N) / float64(b.N), true
}

// Hidden counts the published places that stay empty.
func (p Published) Hidden() int {
	n := 0
	for _, h := range p.hidden {
		if h {
			n++
		}
	}
	return n
}
