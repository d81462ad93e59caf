// Opinion groups against the obvious way: a full table with the gaps filled in,
// its covariance, power iteration, and every pair of people for the silhouette.
// The same method with the same starts, so that both must find the same groups.
package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"syscall"
	"time"

	"seedbed/internal/kit/opinion"
)

// invention is a conversation, and whether the obvious way can bear it.
type invention struct {
	opinion.Invention
	bearable bool
}

func inventions(most int) []invention {
	list := []invention{
		{opinion.Invention{People: 2_000, Statements: 200, Groups: 4, Votes: 120_000, Seed: 1}, true},
		{opinion.Invention{People: 10_000, Statements: 500, Groups: 4, Votes: 390_000, Seed: 1}, true},
		{opinion.Invention{People: 33_422, Statements: 783, Groups: 4, Votes: 2_240_000, Seed: 1}, false},
	}
	for i := range list {
		if v := &list[i]; v.People > most {
			v.Votes = v.Votes * most / v.People
			v.Statements = min(v.Statements, 80)
			v.People, v.bearable = most, true
		}
	}
	return list
}

const ticks = 20

func opinions(ctx context.Context, o options, _ *world, rep *report) error {
	for _, v := range inventions(o.voters) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		one := measureOpinion(v, max(o.rounds, 1))
		rep.add(one...)
	}
	return nil
}

func measureOpinion(v invention, rounds int) []result {
	votes, _ := v.Invent()
	before := heap()
	whole := opinion.New(opinion.Options{})
	for _, b := range votes {
		whole.Cast(b.Person, b.Statement, b.Vote)
	}
	people, statements, n := whole.Size()
	size := fmt.Sprintf("%d people, %d statements, %d votes", people, statements, n)
	id := fmt.Sprintf("opinion.%d", people)
	var ours, obvious, tick timed
	var ratios []float64
	wrong := 0
	for range rounds { // in turns, so that the machine's moods are shared
		cold := opinion.New(opinion.Options{})
		for _, b := range votes {
			cold.Cast(b.Person, b.Statement, b.Vote)
		}
		var r opinion.Result
		took := ours.add(func() { r = cold.Result() })
		if !v.bearable {
			continue
		}
		var k int
		var labels map[string]int
		theirs := obvious.add(func() { k, labels = obviousGroups(votes) })
		ratios = append(ratios, float64(theirs)/float64(took))
		if k != r.K || !alike(r, labels) {
			wrong++
		}
	}
	whole.Result()
	held := float64(heap()-before) / 1e6
	for i := range ticks {
		for j := range 10 {
			b := votes[(i*7919+j*104729)%len(votes)]
			whole.Cast(b.Person, b.Statement, opinion.Vote(j%3-1))
		}
		tick.add(func() { whole.Tick() })
	}
	a := ours.result(id, "opinion groups, all of it: "+size)
	a.Wrong = wrong
	list := []result{a}
	if v.bearable {
		list[0].Ratio = middle(ratios)
		list = append(list, obvious.result(id+".obvious", "baseline: full table, power iteration, every pair"))
	}
	list = append(list, tick.result(id+".tick", "the same after ten more votes"))
	if !v.bearable {
		list[0] = list[0].atMost(440, list[0].P50)
		last := &list[len(list)-1]
		*last = last.atMost(60, last.P50)
		list = append(list, one(id+".memory", "votes and map of it, held in memory", "MB", held).atMost(100, held))
	}
	return list
}

// timed is how long something took, and how much of all cores.
type timed struct {
	list []time.Duration
	cpu  time.Duration
}

func (t *timed) add(f func()) time.Duration {
	runtime.GC() // what others left behind is not this one's
	cpu, from := busy(), time.Now()
	f()
	took := time.Since(from)
	t.list, t.cpu = append(t.list, took), t.cpu+busy()-cpu
	return took
}

func (t *timed) result(id, what string) result {
	r := times(id, what, t.list)
	r.CPU = float64(t.cpu.Microseconds()) / 1000 / float64(max(len(t.list), 1))
	return r
}

// busy is the processor time of this process so far.
func busy() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// alike reports whether both put people into the same groups, whatever they are
// called. One in a thousand may stand between two middles.
func alike(r opinion.Result, labels map[string]int) bool {
	counts := map[[2]int]int{}
	n := 0
	for _, p := range r.People {
		if l, ok := labels[p.Person]; ok {
			counts[[2]int{p.Group, l}]++
			n++
		}
	}
	best := map[int]int{}
	for pair, c := range counts {
		best[pair[0]] = max(best[pair[0]], c)
	}
	same := 0
	for _, c := range best {
		same += c
	}
	return len(best) == r.K && float64(same) >= 0.999*float64(n)
}

// obviousGroups is how one would write it first.
func obviousGroups(votes []opinion.Ballot) (best int, labels map[string]int) {
	people, statements := []string{}, map[string]int{}
	rows := map[string]map[string]opinion.Vote{}
	for _, b := range votes {
		if rows[b.Person] == nil {
			rows[b.Person] = map[string]opinion.Vote{}
			people = append(people, b.Person)
		}
		rows[b.Person][b.Statement] = b.Vote
		statements[b.Statement] = 0
	}
	slices.Sort(people)
	names := make([]string, 0, len(statements))
	for s := range statements {
		names = append(names, s)
	}
	slices.Sort(names)
	table := filled(people, names, rows)
	var often [][2]float64
	var who []string
	first, second := strongest(covariance(table))
	along := make([][2]float64, len(people))
	for i, row := range table {
		along[i] = [2]float64{inner(row, first), inner(row, second)}
	}
	turn(along)
	for i, p := range people {
		if n := len(rows[p]); n >= 7 {
			f := math.Sqrt(float64(len(names)) / float64(n))
			often, who = append(often, [2]float64{along[i][0] * f, along[i][1] * f}), append(who, p)
		}
	}
	top := math.Inf(-1)
	for k := 2; k <= 5; k++ {
		l := pins(often, k)
		if s := pairs(often, l, k); s > top {
			top, best, labels = s, k, map[string]int{}
			for i, p := range who {
				labels[p] = l[i]
			}
		}
	}
	return best, labels
}

// filled is the full table, missing votes taken as the mean, centred.
func filled(people, names []string, rows map[string]map[string]opinion.Vote) [][]float64 {
	table := make([][]float64, len(people))
	for i := range table {
		table[i] = make([]float64, len(names))
	}
	for j, s := range names {
		sum, n := 0.0, 0.0
		for _, p := range people {
			if v, ok := rows[p][s]; ok {
				sum, n = sum+float64(v), n+1
			}
		}
		mean := sum / n
		for i, p := range people {
			value := mean
			if v, ok := rows[p][s]; ok {
				value = float64(v)
			}
			table[i][j] = value - mean
		}
	}
	return table
}

func covariance(table [][]float64) [][]float64 {
	n := len(table[0])
	c := make([][]float64, n)
	for a := range c {
		c[a] = make([]float64, n)
	}
	for _, row := range table {
		for a, x := range row {
			if x == 0 {
				continue
			}
			for b, y := range row {
				c[a][b] += x * y
			}
		}
	}
	return c
}

// strongest is power iteration, and once more at right angles to the first.
func strongest(c [][]float64) (first, second []float64) {
	power := func(not []float64) []float64 {
		v := make([]float64, len(c))
		for i := range v {
			v[i] = 1 + math.Sin(float64(i))
		}
		for range 20_000 {
			w := make([]float64, len(c))
			for i := range c {
				w[i] = inner(c[i], v)
			}
			if not != nil {
				d := inner(w, not)
				for i := range w {
					w[i] -= d * not[i]
				}
			}
			l, moved := math.Sqrt(inner(w, w)), 0.0
			for i := range w {
				w[i] /= l
				moved = math.Max(moved, math.Abs(w[i]-v[i]))
			}
			if v = w; moved < 1e-12 {
				break
			}
		}
		return v
	}
	first = power(nil)
	return first, power(first)
}

func inner(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// turn puts whoever stands farthest out on the positive side.
func turn(along [][2]float64) {
	for d := range 2 {
		far := 0.0
		for _, p := range along {
			if math.Abs(p[d]) > math.Abs(far)*(1+1e-9) {
				far = p[d]
			}
		}
		if far < 0 {
			for i := range along {
				along[i][d] = -along[i][d]
			}
		}
	}
}

func pins(points [][2]float64, k int) []int {
	sorted := slices.Clone(points)
	slices.SortFunc(sorted, func(a, b [2]float64) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	centres := slices.Clone(slices.Compact(sorted)[:k])
	labels := make([]int, len(points))
	nearest := func() (changed bool) {
		for i, p := range points {
			at := 0
			for l := range centres {
				if apart(p, centres[l]) < apart(p, centres[at]) {
					at = l
				}
			}
			changed = changed || labels[i] != at
			labels[i] = at
		}
		return changed
	}
	still := 1e-4 * scatter(points)
	for range 300 {
		changed, moved := nearest(), 0.0
		sum := make([][3]float64, k)
		for i, p := range points {
			s := &sum[labels[i]]
			s[0], s[1], s[2] = s[0]+p[0], s[1]+p[1], s[2]+1
		}
		for l, s := range sum {
			to := [2]float64{s[0] / s[2], s[1] / s[2]}
			moved += apart(to, centres[l]) * apart(to, centres[l])
			centres[l] = to
		}
		if !changed {
			return labels
		}
		if moved <= still {
			break
		}
	}
	nearest()
	return labels
}

// scatter is the mean of the variances of both coordinates.
func scatter(points [][2]float64) (v float64) {
	n := float64(len(points))
	for d := range 2 {
		sum, squares := 0.0, 0.0
		for _, p := range points {
			sum, squares = sum+p[d], squares+p[d]*p[d]
		}
		v += (squares/n - sum/n*sum/n) / 2
	}
	return v
}

func apart(a, b [2]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]))
}

// pairs is the mean silhouette, by the distance of everybody to everybody.
func pairs(points [][2]float64, labels []int, k int) float64 {
	size := make([]float64, k)
	for _, l := range labels {
		size[l]++
	}
	total := 0.0
	for i, p := range points {
		to := make([]float64, k)
		for j, q := range points {
			to[labels[j]] += apart(p, q)
		}
		own := labels[i]
		if size[own] < 2 {
			continue
		}
		a, b := to[own]/(size[own]-1), math.Inf(1)
		for l := range to {
			if l != own {
				b = math.Min(b, to[l]/size[l])
			}
		}
		total += (b - a) / math.Max(a, b)
	}
	return total / float64(len(points))
}
