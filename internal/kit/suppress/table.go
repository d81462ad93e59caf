package suppress

// The shapes reports have: a table with totals, a funnel by group, and a funnel
// by two groupings at once.

// Table is a published two-dimensional table with its totals.
type Table struct {
	Cells   [][]Count // [row][column]
	Rows    []Count   // total of each row
	Columns []Count   // total of each column
	Total   Count
	Hidden  int
}

// NewTable publishes counts[row][column] with all totals. Short rows are filled with zeros.
func NewTable(counts [][]int, o Options) Table {
	s := NewSet(o)
	g := s.grid(counts)
	p := s.Publish()
	return Table{Cells: p.each(g.cells), Rows: p.line(g.rows), Columns: p.line(g.columns), Total: p.Count(g.total), Hidden: p.Hidden()}
}

type grid struct {
	cells         [][]Ref
	rows, columns []Ref
	total         Ref
}

func (s *Set) grid(counts [][]int) grid {
	wide := 0
	for _, row := range counts {
		wide = max(wide, len(row))
	}
	g := grid{cells: make([][]Ref, len(counts))}
	for i, row := range counts {
		for j := range wide {
			n := 0
			if j < len(row) {
				n = row[j]
			}
			g.cells[i] = append(g.cells[i], s.Count(n))
		}
	}
	for _, row := range g.cells {
		g.rows = append(g.rows, s.Total(row...))
	}
	for j := range wide {
		column := make([]Ref, len(g.cells))
		for i := range g.cells {
			column[i] = g.cells[i][j]
		}
		g.columns = append(g.columns, s.Total(column...))
	}
	g.total = s.Total(g.rows...)
	s.Same(g.total, g.columns...)
	return g
}

// Step is one stage of a funnel as published: the number, and its share of the
// first stage where that may be told.
type Step struct {
	Count
	Share    float64
	HasShare bool
}

// Funnel is a published sequence of stages, by group and in total.
type Funnel struct {
	Groups [][]Step // [group][stage]
	Total  []Step   // [stage]
	Hidden int
}

// NewFunnel publishes counts[group][stage], where each stage holds at most the
// people of the one before, as offered ≥ wanted ≥ sent ≥ answered ≥ met ≥ taking
// part by month, or by language, or by site.
func NewFunnel(counts [][]int, stages int, o Options) Funnel {
	s := NewSet(o)
	groups := make([][]Ref, len(counts))
	for i, row := range counts {
		groups[i] = s.chain(row, stages)
	}
	total := s.columnTotals(groups, stages)
	p := s.Publish()
	out := Funnel{Total: p.steps(total), Hidden: p.Hidden()}
	for _, g := range groups {
		out.Groups = append(out.Groups, p.steps(g))
	}
	return out
}

// Cube is a published funnel by two groupings, with the totals of both.
type Cube struct {
	Cells   [][][]Step // [row][column][stage]
	Rows    [][]Step   // [row][stage]
	Columns [][]Step   // [column][stage]
	Total   []Step     // [stage]
	Hidden  int
}

// NewCube publishes counts[row][column][stage], as the funnel by month and
// language. Everything in it is protected together; the same people by month and
// site belong in the same Set, not in a second Cube.
func NewCube(counts [][][]int, columns, stages int, o Options) Cube {
	s := NewSet(o)
	cells := make([][][]Ref, len(counts))
	for i, row := range counts {
		for j := range columns {
			var chain []int
			if j < len(row) {
				chain = row[j]
			}
			cells[i] = append(cells[i], s.chain(chain, stages))
		}
	}
	rows := make([][]Ref, len(cells))
	for i := range cells {
		rows[i] = s.columnTotals(cells[i], stages)
	}
	cols := make([][]Ref, columns)
	for j := range columns {
		stack := make([][]Ref, len(cells))
		for i := range cells {
			stack[i] = cells[i][j]
		}
		cols[j] = s.columnTotals(stack, stages)
	}
	total := s.columnTotals(rows, stages)
	for k, t := range total {
		across := make([]Ref, columns)
		for j := range columns {
			across[j] = cols[j][k]
		}
		s.Same(t, across...)
	}
	p := s.Publish()
	out := Cube{Total: p.steps(total), Hidden: p.Hidden()}
	for i := range cells {
		var line [][]Step
		for _, chain := range cells[i] {
			line = append(line, p.steps(chain))
		}
		out.Cells = append(out.Cells, line)
		out.Rows = append(out.Rows, p.steps(rows[i]))
	}
	for _, c := range cols {
		out.Columns = append(out.Columns, p.steps(c))
	}
	return out
}

// chain adds the stages of one group and their order.
func (s *Set) chain(counts []int, stages int) []Ref {
	out := make([]Ref, stages)
	for k := range stages {
		n := 0
		if k < len(counts) {
			n = counts[k]
		}
		out[k] = s.Count(n)
	}
	s.ordered(out)
	return out
}

func (s *Set) ordered(chain []Ref) {
	for k := 1; k < len(chain); k++ {
		s.AtLeast(chain[k-1], chain[k])
	}
}

// columnTotals adds the totals of each stage over groups. Their order follows
// from the groups' own, but with DropOffs a total's step is a count as well.
func (s *Set) columnTotals(groups [][]Ref, stages int) []Ref {
	out := make([]Ref, stages)
	for k := range stages {
		parts := make([]Ref, len(groups))
		for i, g := range groups {
			parts[i] = g[k]
		}
		out[k] = s.Total(parts...)
	}
	s.ordered(out)
	return out
}

func (p Published) line(refs []Ref) []Count {
	out := make([]Count, len(refs))
	for i, r := range refs {
		out[i] = p.Count(r)
	}
	return out
}

func (p Published) each(refs [][]Ref) [][]Count {
	out := make([][]Count, len(refs))
	for i, row := range refs {
		out[i] = p.line(row)
	}
	return out
}

func (p Published) steps(chain []Ref) []Step {
	out := make([]Step, len(chain))
	for k, r := range chain {
		out[k].Count = p.Count(r)
		out[k].Share, out[k].HasShare = p.Percent(r, chain[0])
	}
	return out
}
