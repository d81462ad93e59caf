package chart

// The picture of opinion groups: who stands near whom. A place on such a map
// tells how somebody voted, so no mark stands for one person: people are counted
// in the squares of a grid, a square with too few gives them to the next, and a
// group too small to be shown is not drawn at all. Around each group lies the
// ellipse of its spread, which no single person decides, and not its hull, which
// the outermost would.

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"seedbed/internal/kit/suppress"
)

// Point is a place on the map.
type Point struct{ X, Y float64 }

// Cluster is a named group of people on the map.
type Cluster struct {
	Name   string
	Says   string // what it stands for, in a sentence; for the table
	Points []Point
}

// Scatter is the map to be drawn. All its texts are in the reader's language.
type Scatter struct {
	ID          string // unique on the page
	Title       string
	Description string // what it shows, in a sentence
	RTL         bool
	Corner      string // heads of the table's columns, such as "Group",
	Size        string // "People",
	Says        string // "What they say"; no such column when empty
	Groups      []Cluster
	Least       int              // groups with fewer people are not drawn; suppress.K when 0, never below 5
	Rest        string           // name of the table's row for everybody else; no such row when empty
	RestSize    int              // how many that is
	Hidden      string           // the text for a number that may not be shown
	Number      func(int) string // how numbers are written; plain digits when nil
}

const (
	fewest  = 5  // no group below this is drawn, whatever is asked for
	perMark = 3  // people a mark stands for at least
	square  = 16 // side of the finest grid
	plot    = 320.0
	edge    = 26.0
)

func (s Scatter) least() int {
	if s.Least == 0 {
		return suppress.K
	}
	return max(s.Least, fewest)
}

// shown is the groups that are drawn, without places that are no numbers.
func (s Scatter) shown() (list []Cluster, rest int) {
	rest = s.RestSize
	for _, g := range s.Groups {
		var points []Point
		for _, p := range g.Points {
			if d := math.Abs(p.X) + math.Abs(p.Y); d < 1e100 {
				points = append(points, p)
			}
		}
		if len(points) < s.least() {
			rest += len(g.Points)
			continue
		}
		g.Points = points
		list = append(list, g)
	}
	return list, rest
}

// Table lists the groups that are drawn and, in one row, everybody else.
func (s Scatter) Table() Table {
	t := Table{Columns: []string{s.Corner, s.Size}}
	if s.Says != "" {
		t.Columns = append(t.Columns, s.Says)
	}
	add := func(name, size, says string) {
		row := []string{name, size}
		if s.Says != "" {
			row = append(row, says)
		}
		t.Rows = append(t.Rows, row)
	}
	list, rest := s.shown()
	for _, g := range list {
		add(g.Name, s.number(len(g.Points)), g.Says)
	}
	if s.Rest != "" {
		size := cmp.Or(s.Hidden, "–")
		if rest >= s.least() {
			size = s.number(rest)
		}
		add(s.Rest, size, "")
	}
	return t
}

func (s Scatter) number(n int) string {
	if s.Number != nil {
		return s.Number(n)
	}
	return fmt.Sprint(n)
}

// SVG draws the map. Groups differ by colour, by the shape of their marks, by
// the pattern and the line of their ellipse, and carry their names.
func (s Scatter) SVG() SVG {
	list, _ := s.shown()
	c := Chart{ID: s.ID, Title: s.Title, Description: s.Description, RTL: s.RTL}
	for _, g := range list {
		c.Series = append(c.Series, Series{Name: g.Name + ": " + s.number(len(g.Points))})
	}
	k := c.canvas()
	k.defs = patterns(s.ID, "h", len(list), func(i int) string { return fmt.Sprintf("fill-%d", i+1) })
	top := c.legend(k, 5, func(i int, x, y float64) { k.mark(i, x+8, y+7) })
	spreads := make([]spread, len(list))
	for i, g := range list {
		spreads[i] = spreadOf(g.Points)
	}
	put := frame(spreads, top)
	k.line(0, top+plot/2, wide, top+plot/2)
	k.line(wide/2, top, wide/2, top+plot)
	for i := range list {
		k.ellipse(i, spreads[i], put)
	}
	most := 0
	marks := make([][]cell, len(list))
	for i, g := range list {
		marks[i] = cells(g.Points, put)
		for _, m := range marks[i] {
			most = max(most, m.n)
		}
	}
	for i := range list {
		for _, m := range marks[i] {
			k.sign(i, m.x, m.y, 3.5+5.5*math.Sqrt(float64(m.n)/float64(most)))
		}
	}
	k.names(list, spreads, put, top)
	return c.finish(k, top+plot)
}

// spread is the middle of a group and how far it reaches.
type spread struct{ x, y, xx, xy, yy float64 }

func spreadOf(points []Point) (s spread) {
	n := float64(len(points))
	for _, p := range points {
		s.x += p.X / n
		s.y += p.Y / n
	}
	for _, p := range points {
		s.xx += (p.X - s.x) * (p.X - s.x) / n
		s.xy += (p.X - s.x) * (p.Y - s.y) / n
		s.yy += (p.Y - s.y) * (p.Y - s.y) / n
	}
	return s
}

// reach is how many standard deviations an ellipse takes in: about six of seven people.
const reach = 2.0

// placed turns a place of the map into one of the drawing.
type placed struct{ x, y, scale, top float64 }

func (p placed) at(q Point) (x, y float64) { return wide/2 + (q.X-p.x)*p.scale, p.y - q.Y*p.scale }

// inside moves what lies outside the drawing to its edge.
func (p placed) inside(x, y float64) (float64, float64) {
	return math.Min(math.Max(x, 10), wide-10), math.Min(math.Max(y, p.top+10), p.top+plot-10)
}

// frame fits all ellipses into the plot; both directions have one scale, because
// nearness is what the map is about.
func frame(spreads []spread, top float64) placed {
	low, high := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, s := range spreads {
		dx, dy := reach*math.Sqrt(s.xx), reach*math.Sqrt(s.yy)
		low = Point{math.Min(low.X, s.x-dx), math.Min(low.Y, s.y-dy)}
		high = Point{math.Max(high.X, s.x+dx), math.Max(high.Y, s.y+dy)}
	}
	if len(spreads) == 0 {
		return placed{top: top}
	}
	scale := math.Min((wide-2*edge)/math.Max(high.X-low.X, 1e-9), (plot-2*edge)/math.Max(high.Y-low.Y, 1e-9))
	return placed{(low.X + high.X) / 2, top + plot/2 + (low.Y+high.Y)/2*scale, scale, top}
}

func (k *canvas) ellipse(i int, s spread, put placed) {
	mean, half := (s.xx+s.yy)/2, math.Hypot((s.xx-s.yy)/2, s.xy)
	rx := math.Max(reach*math.Sqrt(mean+half)*put.scale, 10)
	ry := math.Max(reach*math.Sqrt(math.Max(mean-half, 0))*put.scale, 10)
	turn := -math.Atan2(2*s.xy, s.xx-s.yy) / 2 * 180 / math.Pi // the drawing's y points down
	x, y := put.at(Point{s.x, s.y})
	if k.rtl {
		x, turn = wide-x, -turn
	}
	dash := [series]string{"", "7 4", "2 4", "10 3 2 3", "4 2"}[i%series]
	where := fmt.Sprintf(`cx="%s" cy="%s" rx="%s" ry="%s" transform="rotate(%s %s %s)"`, num(x), num(y), num(rx), num(ry), num(turn), num(x), num(y))
	fmt.Fprintf(&k.b, `<ellipse class="fill-%d" fill-opacity="0.1" %s/>`, i%series+1, where)
	if i%series > 0 {
		fmt.Fprintf(&k.b, `<ellipse class="pattern" fill="url(#%s-h%d)" fill-opacity="0.3" %s/>`, k.id, i%series, where)
	}
	fmt.Fprintf(&k.b, `<ellipse class="stroke-%d" fill="none" stroke-dasharray="%s" %s/>`, i%series+1, dash, where)
}

// cell is a mark: where it stands and for how many.
type cell struct {
	x, y float64
	n    int
}

// cells counts people in squares. Squares with fewer than perMark people give
// them to the nearest that has enough; the squares grow until those that have
// enough hold half of the group.
func cells(points []Point, put placed) []cell {
	for side := float64(square); ; side *= 2 {
		count := map[[2]int]int{}
		for _, p := range points {
			x, y := put.inside(put.at(p))
			count[[2]int{int(x / side), int(y / side)}]++
		}
		var full, sparse []cell
		in := 0
		for at, n := range count {
			c := cell{n: n}
			c.x, c.y = put.inside((float64(at[0])+0.5)*side, (float64(at[1])+0.5)*side)
			if n >= perMark {
				full, in = append(full, c), in+n
			} else {
				sparse = append(sparse, c)
			}
		}
		if side > wide { // people on both sides of the widest square: one mark for all
			x, y := put.at(middle(points))
			x, y = put.inside(math.Round(x/square)*square, math.Round(y/square)*square)
			return []cell{{x, y, len(points)}}
		}
		if 2*in < len(points) {
			continue
		}
		order := func(a, b cell) int { return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x)) }
		slices.SortFunc(full, order)
		slices.SortFunc(sparse, order)
		give(sparse, full)
		return full
	}
}

func give(sparse, full []cell) {
	for _, c := range sparse {
		near, to := math.Inf(1), 0
		for i, f := range full {
			if d := math.Hypot(c.x-f.x, c.y-f.y); d < near {
				near, to = d, i
			}
		}
		full[to].n += c.n
	}
}

func middle(points []Point) Point {
	s := spreadOf(points)
	return Point{s.x, s.y}
}

// names writes the groups' names above their ellipses, lower where two would meet.
func (k *canvas) names(list []Cluster, spreads []spread, put placed, top float64) {
	type label struct{ x, y, half float64 } // y is whole, so that moving by a line always clears it
	var set []label
	for i, g := range list {
		x, y := put.at(Point{spreads[i].x, spreads[i].y})
		half := 4 * float64(len([]rune(g.Name)))
		l := label{math.Min(math.Max(x, half), math.Max(wide-half, half)), math.Round(math.Max(y-reach*math.Sqrt(spreads[i].yy)*put.scale-10, top+14)), half}
		for again := true; again; {
			again = false
			for _, o := range set {
				if math.Abs(l.x-o.x) < l.half+o.half && math.Abs(l.y-o.y) < 18 {
					l.y, again = o.y+18, true
				}
			}
		}
		set = append(set, l)
		k.text("text text-halo", l.x, l.y, "middle", g.Name)
	}
}
