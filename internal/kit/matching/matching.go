// Package matching ranks things to join against what somebody asked for, and
// says why. It knows bits and numbers, not words: the caller gives every topic,
// language and feature a bit, and turns the terms of a score into sentences.
//
// What excludes is exact (a missing access feature, a closed door, no common
// topic); everything else only adds. So adding a language, a free hour or a
// feature to an item can never lower it, and the reasons, being the score's own
// terms, cannot disagree with the ranking. Nothing about the person enters but
// what is asked in Query. Pure.
package matching

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"seedbed/internal/kit/geo"
)

// Slots is a week in half hours, Sunday first: bit i of day d is i*30 minutes after midnight.
type Slots [7]uint64

// Add marks the half hours of a day touched by [from, to) in minutes after midnight.
func (s *Slots) Add(day, from, to int) {
	if day < 0 || day > 6 || from < 0 || from >= 24*60 || to <= from {
		return
	}
	for i := from / 30; i < 48 && i*30 < to; i++ {
		s[day] |= 1 << i
	}
}

// Shared counts the half hours in both, and the first shared one as day and minute.
func (s Slots) Shared(o Slots) (n, day, minute int) {
	for d := range s {
		both := s[d] & o[d]
		if both != 0 && n == 0 {
			day, minute = d, bits.TrailingZeros64(both)*30
		}
		n += bits.OnesCount64(both)
	}
	return n, day, minute
}

// Empty reports whether nothing is marked.
func (s Slots) Empty() bool { return s == Slots{} }

// Item is one thing to join.
type Item struct {
	ID        string
	Kind      int // two items of one kind are too alike to show side by side
	Host      int // same for two of one host; 0 = none
	Topics    uint64
	Languages uint64
	Slots     Slots
	Online    bool // can be joined from home
	Features  uint64
	Childcare bool
	Place     geo.Point // zero = not known
	Area      int       // 0 = not known
	Tie       int       // 0 none … 3 closest
	AgeDays   float64   // since somebody confirmed it
	Welcoming int       // 1 yes, 0 not known, -1 no
}

// Query is what somebody asked for; empty parts ask nothing.
type Query struct {
	Topics    uint64
	Languages uint64
	Slots     Slots
	Online    bool   // only what can be joined from home
	Features  uint64 // each is needed: without it the item is absent, not lower
	Childcare bool
	Place     geo.Point
	Area      int
	Limit     int
	Seed      uint64 // rotates items of equal score, so that small and new ones are seen too
}

// Term names one part of a score.
type Term int

const (
	Topic Term = iota
	Language
	Time
	Near
	SameArea
	Childcare
	Access
	Welcoming
	Fresh
	Tied
	Old // the one deduction: not confirmed within ninety days
	terms
)

// Score is the parts of one item's score; their sum ranks.
type Score struct {
	Points    [terms]float64
	Topics    uint64 // which matched
	Languages uint64 // which matched
	Day       int    // first shared time
	Minute    int
	KM        float64
}

// Sum is what ranks.
func (s Score) Sum() float64 {
	var t float64
	for _, p := range s.Points {
		t += p
	}
	return t
}

// The weights. A topic outweighs everything else together, except that a
// language somebody can follow beats being nearby or convenient.
const (
	perTopic     = 4.0
	language     = 3.0
	timeMost     = 2.0
	timeEnough   = 4 // half hours
	nearMost     = 2.0
	nearFalls    = 8.0 // km
	sameArea     = 1.0
	childcare    = 1.5
	perFeature   = 0.25
	welcoming    = 1.0
	freshMost    = 1.0
	freshFor     = 90.0 // days
	old          = -1.5
	tiePerStep   = 0.25
	alikeKind    = 4.0 // taken off for each one of the same kind already chosen
	alikeHost    = 1.5
	MostReturned = 50
)

// Of scores one item; false when the query excludes it.
func (q Query) Of(it *Item) (s Score, ok bool) {
	s.Topics = q.Topics & it.Topics
	switch {
	case q.Topics != 0 && s.Topics == 0,
		q.Online && !it.Online,
		q.Features&^it.Features != 0,
		it.Welcoming < 0:
		return Score{}, false
	}
	s.Points[Topic] = perTopic * float64(bits.OnesCount64(s.Topics))
	if s.Languages = q.Languages & it.Languages; s.Languages != 0 {
		s.Points[Language] = language
	}
	var n int
	if n, s.Day, s.Minute = q.Slots.Shared(it.Slots); n > 0 {
		s.Points[Time] = timeMost * float64(min(n, timeEnough)) / timeEnough
	}
	if q.Place.Valid() && it.Place.Valid() {
		s.KM = geo.KM(q.Place, it.Place)
		s.Points[Near] = nearMost * math.Exp(-s.KM/nearFalls)
	}
	if q.Area != 0 && q.Area == it.Area {
		s.Points[SameArea] = sameArea
	}
	if q.Childcare && it.Childcare {
		s.Points[Childcare] = childcare
	}
	s.Points[Access] = perFeature * float64(bits.OnesCount64(q.Features&it.Features))
	if it.Welcoming > 0 {
		s.Points[Welcoming] = welcoming
	}
	if it.AgeDays >= freshFor {
		s.Points[Old] = old
	} else {
		s.Points[Fresh] = freshMost * (1 - max(0, it.AgeDays)/freshFor)
	}
	s.Points[Tied] = tiePerStep * float64(it.Tie)
	return s, true
}

// Hit is one answer.
type Hit struct {
	Item  *Item
	Score Score
}

// Match returns at most q.Limit items: each next one is the best of those left,
// after a deduction for every one of the same kind or host already chosen.
func Match(items []Item, q Query) []Hit {
	limit := q.Limit
	if limit <= 0 || limit > MostReturned {
		limit = MostReturned
	}
	type candidate struct {
		at   int
		sum  float64
		turn uint64
	}
	all := make([]candidate, 0, 256)
	for i := range items {
		if s, ok := q.Of(&items[i]); ok {
			all = append(all, candidate{i, s.Sum(), turn(items[i].ID, q.Seed)})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.sum, a.sum), cmp.Compare(a.turn, b.turn), cmp.Compare(items[a.at].ID, items[b.at].ID))
	})
	kinds, hosts := map[int]int{}, map[int]int{}
	hits := make([]Hit, 0, min(limit, len(all)))
	for len(hits) < limit && len(all) > 0 {
		best, value := 0, math.Inf(-1)
		for i, c := range all {
			if c.sum <= value {
				break // sorted: nothing after this can be better
			}
			it := &items[c.at]
			v := c.sum - alikeKind*float64(kinds[it.Kind])
			if it.Host != 0 {
				v -= alikeHost * float64(hosts[it.Host])
			}
			if v > value {
				best, value = i, v
			}
		}
		it := &items[all[best].at]
		all = slices.Delete(all, best, best+1)
		kinds[it.Kind]++
		hosts[it.Host]++
		s, _ := q.Of(it) // it was scored above, so it is not excluded
		hits = append(hits, Hit{it, s})
	}
	return hits
}

// turn is a stable pseudo-random number of an item and a seed (FNV-1a, mixed).
func turn(id string, seed uint64) uint64 {
	h := uint64(14695981039346656037) ^ seed*0x9E3779B97F4A7C15
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * 1099511628211
	}
	h ^= h >> 31
	return h * 0xBF58476D1CE4E5B9
}
