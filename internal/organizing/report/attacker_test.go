// Reports over years, and an attacker who keeps them all.
package report

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// attacker sees only what was told in one circle, all of it, and knows what everybody
// knows: kinds add up to their total, a part is no more than its whole, months add up
// to quarters, people of a month are people of its year. It shares no code with the
// publisher.
type attacker struct {
	lo, hi []int
	sums   [][]int // total first
}

const unknown = 1 << 20

func (a *attacker) place(lo, hi int) int {
	a.lo, a.hi = append(a.lo, lo), append(a.hi, hi)
	return len(a.lo) - 1
}

func (a *attacker) sum(total int, parts ...int) {
	a.sums = append(a.sums, append([]int{total}, parts...))
}

// least writes down that x is no less than y, and returns the place of the difference.
func (a *attacker) least(x, y int) int {
	d := a.place(0, unknown)
	a.sum(x, y, d)
	return d
}

// narrow subtracts until nothing changes; it reports whether the numbers fit together.
func (a *attacker) narrow() bool {
	for changed := true; changed; {
		changed = false
		for _, s := range a.sums {
			lo, hi := 0, 0
			for _, p := range s[1:] {
				lo, hi = lo+a.lo[p], min(unknown, hi+a.hi[p])
			}
			tighten := func(m, low, high int) {
				if low > a.lo[m] {
					a.lo[m], changed = low, true
				}
				if high < a.hi[m] {
					a.hi[m], changed = high, true
				}
			}
			tighten(s[0], lo, hi)
			for _, p := range s[1:] {
				rest := 0
				for _, q := range s[1:] {
					if q != p {
						rest = min(unknown, rest+a.hi[q])
					}
				}
				tighten(p, a.lo[s[0]]-rest, a.hi[s[0]]-(lo-a.lo[p]))
			}
			if a.lo[s[0]] > a.hi[s[0]] {
				return false
			}
		}
	}
	return true
}

type secret struct {
	at, value int
	what      string
}

// view is what the attacker makes of the figures of one indicator.
func view(d Def, c Circle, list []step) (*attacker, []secret) {
	a := &attacker{}
	var secrets []secret
	o := d.options(c)
	hide := func(at, n int, what string) {
		if n < o.K && (n > 0 || !o.ShowZeros) {
			secrets = append(secrets, secret{at, n, what})
		}
	}
	step := func(at, n int, what string) {
		if n > 0 && n < o.K {
			secrets = append(secrets, secret{at, n, what})
		}
	}
	codes := map[string]bool{}
	for _, x := range list {
		for _, code := range x.Figure.Codes {
			codes[code] = true
		}
	}
	var keys []string
	if d.Shape == Split {
		for code := range codes {
			keys = append(keys, "n/"+code)
		}
		slices.Sort(keys)
	}
	keys = append(keys, "n")
	if d.Shape == Share {
		keys = append(keys, "d")
	}
	inside := func(at map[string]int, counts map[string]int, what string) {
		if d.Shape == Split {
			var parts []int
			for _, k := range keys[:len(keys)-1] {
				parts = append(parts, at[k])
			}
			a.sum(at["n"], parts...)
		}
		if d.Shape == Share {
			if drop := counts["d"] - counts["n"]; drop >= 0 {
				step(a.least(at["d"], at["n"]), drop, what+" not")
			}
		}
	}
	seen := make([]map[string]int, len(list))
	months := map[Month]map[string]int{}
	told := func(x map[string]int, f Figure) {
		for k, at := range x {
			if f.Shown(c, k) {
				n := f.True[k]
				lo, hi := n, n
				if o.Round > 1 {
					lo = n - n%o.Round
					hi = lo + o.Round - 1
				}
				a.lo[at], a.hi[at] = max(a.lo[at], lo), min(a.hi[at], hi)
			}
		}
	}
	for i, x := range list {
		seen[i] = map[string]int{}
		if d.Kind != Flow {
			for j := range i {
				if d.Kind == Stock && list[j].Period.Last() == x.Period.Last() || list[j].Period == x.Period {
					seen[i] = seen[j]
				}
			}
		}
		if d.Kind == Flow {
			for _, m := range x.Period.Months() {
				if months[m] != nil {
					continue
				}
				months[m] = map[string]int{}
				for _, k := range keys {
					months[m][k] = a.place(0, unknown)
					hide(months[m][k], x.Figure.Months[m][k], fmt.Sprint("month ", m, " ", k))
				}
				inside(months[m], x.Figure.Months[m], fmt.Sprint("month ", m))
			}
			for _, k := range keys {
				seen[i][k] = a.place(0, unknown)
				var parts []int
				for _, m := range x.Period.Months() {
					parts = append(parts, months[m][k])
				}
				a.sum(seen[i][k], parts...)
				hide(seen[i][k], x.Figure.True[k], x.Period.Key()+" "+k)
			}
			inside(seen[i], x.Figure.True, x.Period.Key())
		} else if len(seen[i]) == 0 {
			for _, k := range keys {
				seen[i][k] = a.place(0, unknown)
				hide(seen[i][k], x.Figure.True[k], x.Period.Key()+" "+k)
			}
			inside(seen[i], x.Figure.True, x.Period.Key())
		}
		told(seen[i], x.Figure)
	}
	if d.Kind == Distinct {
		for i, x := range list {
			for j, y := range list {
				if y.Period.N < x.Period.N && y.Period.From >= x.Period.From && y.Period.Last() <= x.Period.Last() && x.Figure.True["n"] >= y.Figure.True["n"] {
					step(a.least(seen[i]["n"], seen[j]["n"]), x.Figure.True["n"]-y.Figure.True["n"], x.Period.Key()+" without "+y.Period.Key())
				}
			}
			if x.Period.N > 1 {
				var parts []int
				sum := 0
				for _, m := range x.Period.Months() {
					for j, y := range list {
						if y.Period == (Period{m, 1}) {
							parts, sum = append(parts, seen[j]["n"]), sum+y.Figure.True["n"]
						}
					}
				}
				if len(parts) == x.Period.N && sum >= x.Figure.True["n"] {
					all := a.place(0, unknown)
					a.sum(all, parts...)
					step(a.least(all, seen[i]["n"]), sum-x.Figure.True["n"], x.Period.Key()+" again")
				}
			}
		}
	}
	return a, secrets
}

// derived are secrets that the attacker narrows down to fewer than k values.
func (a *attacker) derived(t *testing.T, secrets []secret, k int) (out []secret) {
	t.Helper()
	if !a.narrow() {
		t.Fatal("what was told contradicts itself")
	}
	for _, s := range secrets {
		if a.lo[s.at] > s.value || a.hi[s.at] < s.value {
			t.Fatalf("the attacker is wrong about %s", s.what)
		}
		if a.hi[s.at]-a.lo[s.at] < k-1 {
			out = append(out, s)
		}
	}
	return out
}

// year is a clinic's year of random people: who did something in which month.
type year struct {
	r       *rand.Rand
	persons [][12]int // kind + 1, or 0 for a month in which they did not come
	succeed []bool
}

func newYear(r *rand.Rand) *year {
	y := &year{r: r}
	for range 5 + r.IntN(160) {
		var p [12]int
		busy := r.IntN(5)
		for m := range p {
			if r.IntN(5) <= busy/2 {
				p[m] = 1 + r.IntN(4)*r.IntN(2)
			}
		}
		y.persons, y.succeed = append(y.persons, p), append(y.succeed, r.IntN(3) > 0)
	}
	return y
}

// late is somebody who is written down afterwards.
func (y *year) late() {
	if y.r.IntN(3) == 0 {
		y.persons[y.r.IntN(len(y.persons))][y.r.IntN(12)] = 1
	}
}

var yearFrom = Month(2026 * 12)

var codeNames = []string{"one", "two", "three", "four"}

// count is what a source says of a period.
func (y *year) count(d Def, p Period) Figure {
	f := Figure{Have: true, Codes: codeNames, True: map[string]int{}}
	add := func(to map[string]int, kind int, good bool) {
		switch d.Shape {
		case Split:
			to["n/"+codeNames[kind-1]]++
			to["n"]++
		case Share:
			to["d"]++
			if good {
				to["n"]++
			}
		default:
			to["n"]++
		}
	}
	if d.Shape != Split {
		f.Codes = nil
	}
	switch d.Kind {
	case Flow:
		f.Months = map[Month]map[string]int{}
		for _, m := range p.Months() {
			f.Months[m] = map[string]int{}
			for i, x := range y.persons {
				if kind := x[m-yearFrom]; kind > 0 {
					add(f.Months[m], kind, y.succeed[i])
				}
			}
		}
	case Distinct:
		for i, x := range y.persons {
			for _, m := range p.Months() {
				if x[m-yearFrom] > 0 {
					add(f.True, x[m-yearFrom], y.succeed[i])
					break
				}
			}
		}
	case Stock:
		for i, x := range y.persons {
			if kind := x[p.Last()-yearFrom]; kind > 0 {
				add(f.True, kind, y.succeed[i])
			}
		}
	}
	return f
}

func wholeYear() (all []Period) {
	for m := range Month(12) {
		all = append(all, Period{yearFrom + m, 1})
	}
	for q := range Month(4) {
		all = append(all, Period{yearFrom + 3*q, 3})
	}
	return append(all, Period{yearFrom, 12})
}

// periodsOf are some of a year's periods in some order: people ask for what they want.
func periodsOf(r *rand.Rand) []Period {
	all := wholeYear()
	if r.IntN(2) == 0 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	from := r.IntN(8)
	return all[from : from+1+r.IntN(len(all)-from-1)]
}

var attackedDefs = []Def{
	{ID: "A1", Kind: Stock, Shape: Split}, {ID: "A2", Kind: Distinct}, {ID: "B2", Kind: Stock, Shape: Share},
	{ID: "A3", Kind: Flow, Shape: Share}, {ID: "B3", Kind: Flow}, {ID: "F2", Kind: Flow, Shape: Split}, {ID: "E9", Kind: Flow, About: Staff, Shape: Share},
}

// No small number follows from any table, nor from all tables of a year together, in
// whatever order they came out and whatever was written down in between.
func TestReportsTellNothingTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 4))
	tables, shown, places := 0, 0, 0
	for round := 0; tables < 30_000; round++ {
		d := attackedDefs[round%len(attackedDefs)]
		y := newYear(r)
		var list []step
		for _, p := range periodsOf(r) {
			f := d.publish(list, p, y.count(d, p))
			list = append(list, step{p, f})
			y.late()
			tables += 2
			for _, key := range f.Told[Outside] {
				if !f.Shown(Team, key) {
					t.Fatalf("%s %s: outside reads %s, the team does not", d.ID, p.Key(), key)
				}
			}
			shown, places = shown+len(f.Told[Team])+len(f.Told[Outside]), places+2*len(f.True)
		}
		for _, c := range []Circle{Team, Outside} {
			a, secrets := view(d, c, list)
			if got := a.derived(t, secrets, d.options(c).K); len(got) > 0 {
				t.Fatalf("round %d, %s in %s, %d releases: %+v", round, d.ID, c, len(list), got)
			}
		}
	}
	t.Logf("%d tables, %d of %d numbers shown", tables, shown, places)
	if shown*6 < places {
		t.Errorf("only %d of %d numbers are left: too much is hidden to be of use", shown, places)
	}
}

// Without the memory of what was told before the attacker wins: it can see.
func TestTheAttackerCanSee(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	broken, tried := 0, 0
	for range 60 {
		d, y := Def{ID: "F2", Kind: Flow, Shape: Split}, newYear(r)
		var list []step
		for _, p := range wholeYear() {
			list = append(list, step{p, d.publish(nil, p, y.count(d, p))}) // forgets what it told
		}
		a, secrets := view(d, Team, list)
		if len(secrets) == 0 {
			continue
		}
		tried++
		if len(a.derived(t, secrets, KTeam)) > 0 {
			broken++
		}
	}
	t.Logf("broke %d of %d", broken, tried)
	if tried < 20 || broken*3 < tried {
		t.Errorf("the attacker broke only %d of %d: it is too weak to prove anything", broken, tried)
	}
}

// What came out stays as it came out, and one person more changes nothing that is
// told of a small group.
func TestOnePersonMoreChangesNothing(t *testing.T) {
	d := Def{ID: "F2", Kind: Flow, Shape: Split}
	p := Period{yearFrom, 1}
	read := func(small int) string {
		f := Figure{Have: true, Codes: []string{"one", "two", "three"}, Months: map[Month]map[string]int{yearFrom: {"n/one": small, "n/two": 60, "n/three": 40}}}
		f.Months[yearFrom]["n"] = small + 100 // rounded to 100 as long as it is below 105
		f = d.publish(nil, p, f)
		out := ""
		for _, k := range []string{"n/one", "n/two", "n/three", "n"} {
			out += fmt.Sprint(k, d.Read(f, Outside, k), " ")
		}
		return out
	}
	for n := range 4 {
		if read(n) != read(n+1) {
			t.Errorf("%d: %s\n%d: %s", n, read(n), n+1, read(n+1))
		}
	}
	y := newYear(rand.New(rand.NewPCG(1, 1)))
	first := d.publish(nil, p, y.count(d, p))
	y.persons[0][0], y.persons[1][0] = 2, 3
	second := d.publish([]step{{p, first}}, Period{yearFrom, 3}, y.count(d, Period{yearFrom, 3}))
	if fmt.Sprint(second.Months[yearFrom]) != fmt.Sprint(first.Months[yearFrom]) {
		t.Error("a month that came out was counted again")
	}
}

func TestPeriods(t *testing.T) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"2026-01", "2026-12", "2026-q1", "2026-q4", "2026"} {
		p, ok := ParsePeriod(key)
		if !ok || p.Key() != key || len(p.Months()) != p.N {
			t.Errorf("%s: %+v %v", key, p, ok)
		}
	}
	for _, key := range []string{"", "x", "2026-0", "2026-13", "2026-1", "2026-q5", "2026-q", "1999", "2026-q1-q2", "2026-01 "} {
		if p, ok := ParsePeriod(key); ok {
			t.Errorf("%q is %+v", key, p)
		}
	}
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, zone)
	var got []string
	for _, p := range Periods(now, zone) {
		got = append(got, p.Key())
		if !p.Over(now, zone) {
			t.Errorf("%s is not over", p.Key())
		}
	}
	if len(got) != 18 || got[0] != "2026-10" || got[11] != "2025-11" || got[12] != "2026-q3" || got[15] != "2025-q4" || got[16] != "2025" || got[17] != "2024" {
		t.Errorf("%v", got)
	}
	october, _ := ParsePeriod("2026-10")
	if end := time.Date(2026, 11, 1, 0, 0, 0, 0, zone); october.Over(end.Add(Settled-time.Second), zone) || !october.Over(end.Add(Settled), zone) {
		t.Error("a month is counted before late phones have sent what they hold")
	}
	year, _ := ParsePeriod("2026")
	if q, _ := ParsePeriod("2026-q4"); !q.Within(year) || !october.Within(q) || year.Within(q) || q.Within(q) {
		t.Error("within")
	}
}

// What each version shows is a table; nothing is in a wider circle that the one
// before does not know.
func TestVersions(t *testing.T) {
	for _, v := range Versions() {
		for id := range map[string]bool{"A1": true, "B3": true, "F8": true} {
			if _, ok := DefOf(id); !ok {
				t.Errorf("%s is no indicator", id)
			}
		}
		for _, id := range shows[v] {
			if _, ok := DefOf(id); !ok {
				t.Errorf("%s shows %s, which is no indicator", v, id)
			}
			if !ForTeam.Shows(id) {
				t.Errorf("%s shows %s, the team does not see it", v, id)
			}
		}
	}
	if ForPublic.Shows("A1") || ForFunder.Shows("A1") || ForPublic.Circle() != Outside || ForTeam.Circle() != Team {
		t.Error("where people stand on the ladder leaves the house")
	}
	for _, a := range States() {
		for _, b := range States() {
			for _, v := range Versions() {
				if a.CanBecome(b, v) && (b == Published || b == Asked) != (v == ForPublic && (b == Published || b == Asked)) {
					t.Errorf("%s → %s of %s", a, b, v)
				}
			}
		}
	}
	if Draft.CanBecome(Published, ForPublic) || Withdrawn.CanBecome(Published, ForPublic) {
		t.Error("published without a second person")
	}
}
