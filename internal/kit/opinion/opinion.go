// Package opinion finds groups of people who think alike from their votes
// (agree, disagree, pass) on short statements, what each group stands for, and
// what is agreed across groups.
//
// The method is that of Polis: Small, Bjorkegren, Erkkilä, Shaw, Megill, "Polis:
// scaling deliberation by mapping high dimensional opinion spaces" (Recerca 26,
// 2021), with the details in which its two open implementations agree (the
// documentation and published results of compdemocracy/polis and of
// polis-community/red-dwarf). In short:
//
//  1. A table of people × statements; the last vote of a person on a statement
//     counts; a missing vote is taken as the statement's mean; a statement that
//     was moderated out counts as passed by everybody.
//  2. The two directions along which people differ most (principal components).
//     After centring, a missing vote is exactly 0, so they are singular vectors
//     of a matrix as sparse as the votes; nothing is approximated.
//  3. Everybody's place on the map, moved outwards by √(statements ÷ votes cast)
//     so that those who voted little do not pile up in the middle.
//  4. k-means for 2 to 5 groups over those who voted often enough; the number of
//     groups is the one with the highest mean silhouette.
//  5. Statements that tell a group from the others, statements on which all
//     agree, and agreement weighted so that every group counts the same.
//
// Equal votes give equal bytes, whatever the order in which they came and on
// however many cores; rounding may differ between processor architectures.
//
// A group with fewer people than Options.MinGroup is never listed: its people
// are counted in Result.NotShown together with those who voted too little, and
// its votes enter no published number of their own. A page that shows counts of
// votes by group must still take them through kit/suppress, because they can be
// subtracted from totals. Pure.
package opinion

import (
	"math"
	"slices"
	"sort"

	"seedbed/internal/kit/suppress"
)

// Vote is what a person says to a statement.
type Vote int8

// The three answers.
const (
	Disagree Vote = -1
	Pass     Vote = 0
	Agree    Vote = 1
)

// Options of a conversation; the zero value is the usual choice.
type Options struct {
	MinVotes int // people with fewer votes are placed on the map but belong to no group; 7 when 0
	MinGroup int // groups with fewer people are not shown; suppress.K when 0
	MaxK     int // largest number of groups that is tried; 5 when 0, at most 20
	Pick     int // length of the lists of statements; 5 when 0

	exactUpTo int // people up to whom the silhouette is exact; 2,000 when 0
}

func (o Options) filled() Options {
	set := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&o.MinVotes, 7)
	set(&o.MinGroup, suppress.K)
	set(&o.MaxK, 5)
	set(&o.Pick, 5)
	set(&o.exactUpTo, 2000)
	o.MaxK = min(o.MaxK, 20)
	return o
}

// Conversation holds the votes on the statements of one conversation. It is not
// safe for concurrent use.
type Conversation struct {
	o          Options
	people     index
	statements index
	rows       [][]uint32 // per person: statement<<2 | vote+1, by statement
	out        []bool     // moderated out, per statement
	counts     []int      // per statement<<2 | vote+1: how many say so
	votes      int

	warm  [][]float64 // last directions, by statement
	lastK int
}

// index numbers names in order of arrival and knows their alphabetical order.
type index struct {
	number map[string]uint32
	names  []string
	sorted []uint32 // numbers by name; rebuilt when it is shorter than names
}

func (x *index) of(name string) uint32 {
	n, ok := x.number[name]
	if !ok {
		n = uint32(len(x.names))
		x.number[name] = n
		x.names = append(x.names, name)
	}
	return n
}

func (x *index) order() []uint32 {
	if len(x.sorted) != len(x.names) {
		x.sorted = x.sorted[:0]
		for i := range x.names {
			x.sorted = append(x.sorted, uint32(i))
		}
		slices.SortFunc(x.sorted, func(a, b uint32) int {
			switch {
			case x.names[a] < x.names[b]:
				return -1
			case x.names[a] > x.names[b]:
				return 1
			}
			return 0
		})
	}
	return x.sorted
}

// New starts a conversation without votes.
func New(o Options) *Conversation {
	return &Conversation{o: o.filled(), people: index{number: map[string]uint32{}}, statements: index{number: map[string]uint32{}}}
}

// Statement makes a statement known before anybody voted on it.
func (c *Conversation) Statement(id string) { c.statement(id) }

func (c *Conversation) statement(id string) uint32 {
	s := c.statements.of(id)
	if int(s) == len(c.out) {
		c.out = append(c.out, false)
		c.counts = append(c.counts, 0, 0, 0, 0)
	}
	return s
}

// Cast records a vote. A later vote of the same person on the same statement
// takes its place. Values beyond the three answers are read by their sign.
func (c *Conversation) Cast(person, statement string, v Vote) {
	p, s := c.people.of(person), c.statement(statement)
	if int(p) == len(c.rows) {
		c.rows = append(c.rows, nil)
	}
	row := c.rows[p]
	cell := s<<2 | uint32(min(max(v, -1), 1)+1)
	at := sort.Search(len(row), func(i int) bool { return row[i]>>2 >= s })
	c.counts[cell]++
	if at < len(row) && row[at]>>2 == s {
		c.counts[row[at]]--
		row[at] = cell
		return
	}
	c.rows[p] = slices.Insert(row, at, cell)
	c.votes++
}

// Moderate takes a statement out of the map and out of every list, or back in.
func (c *Conversation) Moderate(statement string, out bool) { c.out[c.statement(statement)] = out }

// Size is how many people, statements and votes there are.
func (c *Conversation) Size() (people, statements, votes int) {
	return len(c.people.names), len(c.statements.names), c.votes
}

// Result is the map of a conversation.
type Result struct {
	People     []Place     // everybody, by id
	Statements []Statement // all of them, by id
	Groups     []Group     // the groups that may be shown
	NotShown   int         // people in no shown group
	K          int         // number of groups found, shown or not; 0 when there are too few people
	Silhouette []float64   // mean silhouette by number of groups, 0 where it was not measured
	Agree      []Pick      // statements on which most of all agree, strongest first
	Disagree   []Pick      // and on which most disagree
	Variance   [2]float64  // share of all difference that each direction explains
	Rounds     int         // passes over the votes that the directions took
	Residual   float64     // what is left of the directions' equation, relative
}

// NoGroup is the group of those who are in none that may be shown.
const NoGroup = -1

// Place is where a person stands on the map. Places tell how single people
// voted; what is published of them is the matter of kit/chart.
type Place struct {
	Person string
	X, Y   float64
	Group  int // position in Result.Groups, or NoGroup
	Votes  int
}

// Statement is what is known of one statement.
type Statement struct {
	ID                    string
	Agrees, Disagrees, Of int // votes of everybody
	Out                   bool
	Direction             [2]float64 // its part in the two directions of the map

	// Consensus is the product, over the shown groups, of the share that agrees
	// (with one added agreement and one disagreement): high only if every group
	// agrees, however small it is. Against is the same for disagreement. Both are
	// 0 while no group is shown.
	Consensus, Against float64
}

// Group is a group of people who vote alike.
type Group struct {
	Size int
	X, Y float64 // its middle on the map
	For  []Pick  // what tells it from the others: agreements first
}

// Pick is a statement chosen for a list.
type Pick struct {
	Statement string
	Agree     bool    // the group (or everybody) agrees; otherwise disagrees
	Of, Votes int     // Of of Votes votes say so
	Share     float64 // the same with one added vote each way
	Ratio     float64 // Share ÷ the share outside the group; 0 in lists for everybody
	Z, ZRatio float64 // how sure Share is above a half, and above the others'
}

// Result computes the map from all votes, beginning at the previous directions
// if there are any. What it returns does not depend on them beyond the residual.
func (c *Conversation) Result() Result { return c.compute(2, c.o.MaxK) }

// Tick is Result with the number of groups held at the last Result's, which
// leaves out the dear part of choosing it. For the moments between: a handful
// of new votes seldom changes the number, and a picture that jumps helps nobody.
func (c *Conversation) Tick() Result {
	if c.lastK < 2 {
		return c.Result()
	}
	return c.compute(c.lastK, c.lastK)
}

func (c *Conversation) compute(from, to int) Result {
	c.settle()
	m := c.matrix()
	r := Result{People: make([]Place, len(m.people)), Statements: m.list()}
	d := m.directions(c.startFrom(m))
	r.Variance, r.Rounds, r.Residual = d.share, d.rounds, d.residual
	xs, ys := m.project(d)
	c.warm = d.vectors
	var often []int // those who voted often enough
	for i := range m.people {
		r.People[i] = Place{Person: m.people[i], X: xs[i], Y: ys[i], Group: NoGroup, Votes: m.size(i)}
		if m.size(i) >= c.o.MinVotes {
			often = append(often, i)
		}
	}
	for j := range r.Statements {
		r.Statements[j].Direction = [2]float64{d.at(0, j), d.at(1, j)}
	}
	points := make([]point, len(often))
	for n, i := range often {
		points[n] = point{xs[i], ys[i]}
	}
	best := group(points, from, to, c.o.exactUpTo)
	r.K, r.Silhouette = best.k, best.silhouette
	if best.k > 0 || from < to {
		c.lastK = best.k
	}
	m.describe(&r, c.o, often, best)
	r.Agree, r.Disagree = m.consensus(c.o.Pick)
	return r
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// norm90 is the value a standard normal variable stays below in 90 of 100 cases.
var norm90 = math.Sqrt2 * math.Erfinv(0.8)
