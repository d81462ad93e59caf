package chart

// The picture of who stands where: a grid of a few columns and rows, with names in
// its cells. Each name has lines of its own, and rows grow with what is in them, so
// that no name ever lies on another. Whoever moved leaves an empty ring behind, and
// an arrow leads from it.

import (
	"fmt"
	"math"
	"strings"
	"unicode"
)

// Spot is a name on the grid.
type Spot struct {
	Name         string
	Kind         int // which mark, by its place in Grid.Kinds
	X, Y         int // column from where reading begins, row from the top
	Moved        bool
	FromX, FromY int // when it moved
}

// Grid is the picture to be drawn. All its texts are in the reader's language.
type Grid struct {
	ID          string // unique on the page
	Title       string
	Description string // what it shows, in a sentence
	RTL         bool
	Corner      string   // heads of the table: "Who",
	Across, Up  string   // what columns and rows are,
	Before      string   // and where they stood before; no such column when empty
	Columns     []string // in reading order
	Rows        []string // the first on top
	Kinds       []string // what the marks mean
	Spots       []Spot
}

// holds reports whether a spot lies on the grid.
func (g Grid) holds(x, y int) bool {
	return x >= 0 && x < len(g.Columns) && y >= 0 && y < len(g.Rows)
}

// Table lists the same names with where they stand in words.
func (g Grid) Table() Table {
	t := Table{Columns: []string{g.Corner, g.Across, g.Up}}
	if g.Before != "" {
		t.Columns = append(t.Columns, g.Before)
	}
	for _, s := range g.Spots {
		if !g.holds(s.X, s.Y) {
			continue
		}
		row := []string{s.Name, g.Columns[s.X], g.Rows[s.Y]}
		if g.Before != "" {
			before := ""
			if s.Moved && g.holds(s.FromX, s.FromY) {
				before = g.Columns[s.FromX] + ", " + g.Rows[s.FromY]
			}
			row = append(row, before)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

const (
	gridLine = 19.0 // height of a line of text, of 16 px as phones have it
	gridGap  = 7.0  // between names
	gridMark = 15.0 // from the edge of a cell to its text
	gridPad  = 3.0
)

// slot is one thing in a cell: a name, or the ring that somebody left.
type slot struct {
	spot  int
	ring  bool
	lines []string
	x, y  float64 // of its mark
}

func (s slot) tall() float64 { return gridLine*math.Max(1, float64(len(s.lines))) + gridGap }

// SVG draws the grid.
func (g Grid) SVG() SVG {
	c := Chart{ID: g.ID, Title: g.Title, Description: g.Description, RTL: g.RTL}
	for _, name := range g.Kinds {
		c.Series = append(c.Series, Series{Name: name})
	}
	k := c.canvas()
	k.defs = ""
	y := c.legend(k, 0, func(i int, x, y float64) { k.mark(i, x+8, y+7) })
	column := wide / math.Max(float64(len(g.Columns)), 1)
	heads := 0
	for i, name := range g.Columns {
		for n, line := range wrapped(name, column-2*gridPad) {
			k.text("text", (float64(i)+0.5)*column, y+14+float64(n)*gridLine, "middle", line)
			heads = max(heads, n+1)
		}
	}
	y += float64(heads)*gridLine + 6
	cells, top := g.cells(column)
	at := map[int][2]float64{} // spot → its mark
	var rings []slot
	begin := y
	var texts []func()
	for row, name := range g.Rows {
		k.line(0, y, wide, y)
		label, from := y+14, y
		texts = append(texts, func() { k.text("text text-quiet", gridPad, label, "start", name) })
		y += gridLine + 5
		for col := range g.Columns {
			down := y
			for _, s := range cells[[2]int{col, row}] {
				s.x, s.y = float64(col)*column+8, down+8
				if s.ring {
					rings = append(rings, s)
				} else {
					at[s.spot] = [2]float64{s.x, s.y}
					for n, line := range s.lines {
						x, base := float64(col)*column+gridMark, down+13+float64(n)*gridLine
						texts = append(texts, func() { k.text("text", x, base, "start", line) })
					}
				}
				down += s.tall()
			}
		}
		y = from + gridLine + 5 + top[row] + gridPad
	}
	k.line(0, y, wide, y)
	for i := 1; i < len(g.Columns); i++ {
		k.line(float64(i)*column, begin, float64(i)*column, y)
	}
	for _, r := range rings {
		if to, ok := at[r.spot]; ok {
			k.arrow(r.x, r.y, to[0], to[1])
		}
	}
	for _, draw := range texts {
		draw()
	}
	for i, s := range g.Spots {
		if to, ok := at[i]; ok {
			k.sign(s.Kind, to[0], to[1], 5)
		}
	}
	return c.finish(k, y+2)
}

// cells sorts the spots into their cells, and says how tall each row has to be.
func (g Grid) cells(column float64) (map[[2]int][]slot, []float64) {
	cells := map[[2]int][]slot{}
	for i, s := range g.Spots {
		if !g.holds(s.X, s.Y) {
			continue
		}
		cells[[2]int{s.X, s.Y}] = append(cells[[2]int{s.X, s.Y}], slot{spot: i, lines: wrapped(s.Name, column-gridMark-gridPad)})
		if s.Moved && g.holds(s.FromX, s.FromY) && (s.FromX != s.X || s.FromY != s.Y) {
			from := [2]int{s.FromX, s.FromY}
			cells[from] = append(cells[from], slot{spot: i, ring: true})
		}
	}
	top := make([]float64, len(g.Rows))
	for at, list := range cells {
		tall := 0.0
		for _, s := range list {
			tall += s.tall()
		}
		top[at[1]] = math.Max(top[at[1]], tall)
	}
	for i := range top {
		top[i] = math.Max(top[i], gridLine)
	}
	return cells, top
}

// arrow leads from a ring to a mark, and stops short of both.
func (k *canvas) arrow(x1, y1, x2, y2 float64) {
	if k.rtl {
		x1, x2 = wide-x1, wide-x2
	}
	fmt.Fprintf(&k.b, `<circle class="stroke-ink" fill="none" cx="%s" cy="%s" r="5"/>`, num(x1), num(y1))
	far := math.Hypot(x2-x1, y2-y1)
	if far < 20 {
		return
	}
	dx, dy := (x2-x1)/far, (y2-y1)/far
	x1, y1, x2, y2 = x1+6*dx, y1+6*dy, x2-8*dx, y2-8*dy
	fmt.Fprintf(&k.b, `<path class="stroke-ink" fill="none" d="M%s %sL%s %sM%s %sL%s %sL%s %s"/>`, num(x1), num(y1), num(x2), num(y2),
		num(x2-7*dx-4*dy), num(y2-7*dy+4*dx), num(x2), num(y2), num(x2-7*dx+4*dy), num(y2-7*dy-4*dx))
}

// wrapped breaks a text into lines no wider than most, between words where it can.
func wrapped(text string, most float64) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if next := strings.TrimSpace(line + " " + word); span(next) <= most {
			line = next
			continue
		}
		if line != "" {
			lines, line = append(lines, line), ""
		}
		if span(word) <= most {
			line = word
			continue
		}
		for _, r := range word {
			if line != "" && span(line+string(r)+"-") > most {
				lines, line = append(lines, line+"-"), ""
			}
			line += string(r)
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// span is about how wide a text of 16 px is; rather too wide than too narrow,
// because the reader's font is not known.
func span(s string) (w float64) {
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
		case strings.ContainsRune("iljt.,:;'’|!()[] fr-", r):
			w += 5.6
		case strings.ContainsRune("mwMW%@", r):
			w += 14.2
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			w += 16.5
		case unicode.IsUpper(r):
			w += 11.2
		default:
			w += 9
		}
	}
	return w
}
