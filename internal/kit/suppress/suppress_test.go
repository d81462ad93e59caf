package suppress

// Tests against the attacker: nothing can be derived from what is published, and
// the attacker does find what naive hiding gives away.

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

func randomCount(r *rand.Rand) int {
	switch r.IntN(4) {
	case 0:
		return r.IntN(3)
	case 1:
		return r.IntN(15)
	case 2:
		return r.IntN(60)
	}
	return 11 + r.IntN(300)
}

func randomTable(r *rand.Rand, most int) [][]int {
	out := make([][]int, 1+r.IntN(most))
	wide := 1 + r.IntN(most)
	for i := range out {
		for range wide {
			out[i] = append(out[i], randomCount(r))
		}
	}
	return out
}

func randomFunnel(r *rand.Rand, groups int) ([][]int, int) {
	stages := 2 + r.IntN(5)
	out := make([][]int, 1+r.IntN(groups))
	for i := range out {
		n := randomCount(r) + r.IntN(80)
		for range stages {
			out[i] = append(out[i], n)
			n -= r.IntN(n/2 + 1)
		}
	}
	return out, stages
}

func randomOptions(r *rand.Rand) Options {
	return Options{Round: []int{0, 5}[r.IntN(2)], ShowZeros: r.IntN(4) == 0, DropOffs: r.IntN(2) == 0}
}

func TestNothingSmallIsPrinted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 3000 {
		counts := randomTable(r, 7)
		p := NewTable(counts, Options{})
		for i, line := range p.Cells {
			for j, c := range line {
				if c.Shown && (c.N < K || c.N != counts[i][j]) {
					t.Fatalf("%v: printed %d", counts, c.N)
				}
			}
		}
	}
}

func TestAttackerDerivesNothingFromTables(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	shown, places := 0, 0
	for n := range 7000 {
		o := randomOptions(r)
		counts := randomTable(r, 7)
		p := NewTable(counts, o)
		v, secrets := tableView(p, counts, o)
		if got := v.derived(secrets, K); len(got) > 0 {
			t.Fatalf("table %d %v %+v: derived %v", n, counts, o, got)
		}
		places += len(counts) * len(counts[0])
		for _, line := range p.Cells {
			for _, c := range line {
				if c.Shown {
					shown++
				}
			}
		}
	}
	t.Logf("%d of %d inner numbers are shown", shown, places)
	if shown*5 < places {
		t.Errorf("only %d of %d numbers are left: too much is hidden to be of use", shown, places)
	}
}

func TestAttackerDerivesNothingFromFunnels(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for n := range 4000 {
		o := randomOptions(r)
		counts, stages := randomFunnel(r, 8)
		v, secrets := funnelView(NewFunnel(counts, stages, o), counts, o)
		if got := v.derived(secrets, K); len(got) > 0 {
			t.Fatalf("funnel %d %v %+v: derived %v", n, counts, o, got)
		}
	}
}

func TestAttackerWhoSearchesDerivesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	end := time.Now().Add(6 * time.Second)
	n := 0
	for ; n < 1500 && time.Now().Before(end); n++ {
		o := Options{DropOffs: n%2 == 0}
		counts := randomTable(r, 4)
		v, secrets := tableView(NewTable(counts, o), counts, o)
		if got := v.derivedExactly(secrets, K); len(got) > 0 {
			t.Fatalf("table %v: derived %v", counts, got)
		}
		funnel, stages := randomFunnel(r, 3)
		v, secrets = funnelView(NewFunnel(funnel, stages, o), funnel, o)
		if got := v.derivedExactly(secrets, K); len(got) > 0 {
			t.Fatalf("funnel %v: derived %v", funnel, got)
		}
	}
	t.Logf("%d tables and funnels searched", n)
}

// hideOnlySmall is the naive publication the attacker must be able to break.
func hideOnlySmall(counts [][]int) Table {
	s := NewSet(Options{})
	g := s.grid(counts)
	p := Published{o: s.o, values: make([]int, len(s.cells)), hidden: make([]bool, len(s.cells))}
	for i, c := range s.cells {
		p.values[i], p.hidden[i] = c.value, c.small
	}
	return Table{Cells: p.each(g.cells), Rows: p.line(g.rows), Columns: p.line(g.columns), Total: p.Count(g.total)}
}

func TestAttackerCanSee(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	broken, with := 0, 0
	for range 1000 {
		counts := randomTable(r, 6)
		v, secrets := tableView(hideOnlySmall(counts), counts, Options{})
		if len(secrets) > 0 {
			with++
			if len(v.derived(secrets, K)) > 0 {
				broken++
			}
		}
	}
	if broken*3 < with {
		t.Fatalf("the attacker broke %d of %d naive tables: it is too weak to prove anything", broken, with)
	}
	t.Logf("broke %d of %d naive tables", broken, with)
}

// A bridge between two squares of hidden numbers follows from whole rows minus
// whole columns, which plain subtraction line by line does not see.
func TestAuditorSeesBridges(t *testing.T) {
	counts := [][]int{
		{20, 20, 90, 90},
		{20, 20, 5, 90},
		{90, 90, 30, 30},
		{90, 90, 30, 30},
	}
	s := NewSet(Options{})
	g := s.grid(counts)
	hidden := make([]bool, len(s.cells))
	for _, at := range [][2]int{{0, 0}, {0, 1}, {1, 0}, {1, 1}, {1, 2}, {2, 2}, {2, 3}, {3, 2}, {3, 3}} {
		hidden[g.cells[at[0]][at[1]]] = true
	}
	bridge := g.cells[1][2]
	if lo, hi := s.propagate(hidden); hi[bridge]-lo[bridge] < K-1 {
		t.Fatalf("subtraction alone sees it (%d to %d): not the case meant here", lo[bridge], hi[bridge])
	}
	if leak, ok := s.audit(hidden, make([]bool, len(s.cells))); !ok || leak != bridge {
		t.Fatalf("the auditor missed the bridge: %v %v", leak, ok)
	}
	p := Published{o: s.o, hidden: hidden}
	for _, c := range s.cells {
		p.values = append(p.values, c.value)
	}
	naive := Table{Cells: p.each(g.cells), Rows: p.line(g.rows), Columns: p.line(g.columns), Total: p.Count(g.total)}
	v, _ := tableView(naive, counts, Options{})
	if got := v.derivedExactly([]secret{{4*1 + 2, 5}}, K); len(got) != 1 { // place 6 is row 1, column 2
		t.Error("the searching attacker missed the bridge: it is too weak to prove anything")
	}
}

func TestKnownTables(t *testing.T) {
	p := NewTable([][]int{{40, 30}, {50, 3}}, Options{})
	if p.Cells[1][1].Shown || p.Cells[1][0].Shown || p.Cells[0][1].Shown || p.Cells[0][0].Shown {
		t.Errorf("the square around a small number must be hidden: %+v", p.Cells)
	}
	if !p.Total.Shown || p.Total.N != 123 || !p.Rows[0].Shown {
		t.Errorf("totals need not be hidden: %+v", p)
	}
	p = NewTable([][]int{{40, 30}, {50, 33}}, Options{})
	if p.Hidden != 0 {
		t.Errorf("nothing small, but %d hidden", p.Hidden)
	}
	p = NewTable([][]int{{1, 2}, {0, 3}}, Options{})
	if p.Hidden != 9 {
		t.Errorf("a table below K must stay empty: %+v", p)
	}
	if p = NewTable(nil, Options{}); p.Total.Shown {
		t.Error("an empty table shows a zero")
	}
	if p = NewTable([][]int{{0, 40}, {20, 30}}, Options{ShowZeros: true}); p.Hidden != 0 {
		t.Errorf("zeros were allowed: %+v", p)
	}
}

func TestFunnel(t *testing.T) {
	f := NewFunnel([][]int{{120, 80, 75, 60, 41, 20}, {100, 70, 66, 50, 40, 25}}, 6, Options{})
	if f.Hidden != 0 || !f.Groups[0][5].HasShare || f.Groups[0][5].Share != 20.0/120 {
		t.Errorf("nothing is small here: %+v", f)
	}
	f = NewFunnel([][]int{{120, 80, 75, 60, 41, 4}, {100, 70, 66, 50, 40, 25}}, 6, Options{})
	if f.Groups[0][5].Shown || f.Groups[0][5].HasShare || f.Groups[1][5].Shown && f.Total[5].Shown {
		t.Errorf("4 can be derived: %+v", f)
	}
	f = NewFunnel([][]int{{50, 48}}, 2, Options{DropOffs: true})
	if f.Groups[0][0].Shown && f.Groups[0][1].Shown {
		t.Errorf("2 of 50 said no, and it shows: %+v", f)
	}
}

func TestRoundingAndPercent(t *testing.T) {
	f := NewFunnel([][]int{{57, 33}}, 2, Options{Round: 5})
	if f.Total[0].N != 55 || f.Total[1].N != 30 || f.Total[1].Share != 30.0/55 {
		t.Errorf("%+v", f.Total)
	}
	f = NewFunnel([][]int{{19, 13}}, 2, Options{})
	if f.Total[1].HasShare || !f.Total[1].Shown {
		t.Errorf("a share of 19: %+v", f.Total)
	}
}

// Two worlds that differ by one person in a small count print the same wherever
// no total tells of that person.
func TestSmallCountsPrintAlike(t *testing.T) {
	var first Table
	for n := range K {
		p := NewTable([][]int{{n, 60 - n, 200}, {60 - n, 40 + n, 200}, {200, 200, 200}}, Options{})
		if n == 0 {
			first = p
		} else if !reflect.DeepEqual(p, first) {
			t.Fatalf("%d prints differently from 0:\n%+v\n%+v", n, p, first)
		}
	}
}

func TestCubeIsProtectedTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 60 {
		cube := make([][][]int, 3)
		for i := range cube {
			f, _ := [][]int{}, 0
			for range 3 {
				n := randomCount(r) + 10
				line := []int{}
				for range 3 {
					line = append(line, n)
					n -= r.IntN(n/2 + 1)
				}
				f = append(f, line)
			}
			cube[i] = f
		}
		c := NewCube(cube, 3, 3, Options{})
		for k := range 3 { // each stage is a table that must hold on its own
			counts := make([][]int, 3)
			p := Table{Total: c.Total[k].Count}
			for i := range cube {
				var line []Count
				for j := range 3 {
					counts[i] = append(counts[i], cube[i][j][k])
					line = append(line, c.Cells[i][j][k].Count)
				}
				p.Cells = append(p.Cells, line)
				p.Rows = append(p.Rows, c.Rows[i][k].Count)
				p.Columns = append(p.Columns, c.Columns[i][k].Count)
			}
			v, secrets := tableView(p, counts, Options{})
			if got := v.derived(secrets, K); len(got) > 0 {
				t.Fatalf("%v stage %d: derived %v", cube, k, got)
			}
		}
	}
}

// A year by month and language is the largest thing anybody publishes at once.
func BenchmarkAYearByLanguage(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7))
	cube := make([][][]int, 12)
	for i := range cube {
		for range 6 {
			n := randomCount(r)
			var line []int
			for range 6 {
				line = append(line, n)
				n -= r.IntN(n/2 + 1)
			}
			cube[i] = append(cube[i], line)
		}
	}
	for b.Loop() {
		c := NewCube(cube, 6, 6, Options{})
		b.ReportMetric(float64(c.Hidden), "hidden")
	}
}
