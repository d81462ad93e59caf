package chart

// Trail: stations under each other, joined by a line, as far as somebody has come.

import (
	"fmt"
	"math"
	"strings"
)

// Station is one stop of a trail.
type Station struct {
	Title string
	Text  string // a second line; may be empty
	When  string // may be empty
	Done  bool   // reached: a filled disc on a whole line; else a ring on a dashed one
	Aside bool   // something that stood in the way: a square beside the line
}

// Trail is what is drawn from its first station to its last, from above. All its
// texts are in the reader's language.
type Trail struct {
	ID, Title   string
	Description string
	RTL         bool
	Columns     [3]string // heads of the table twin: station, what, when
	Stations    []Station
}

// Table lists the same stations.
func (t Trail) Table() Table {
	out := Table{Columns: t.Columns[:]}
	for _, s := range t.Stations {
		text := s.Text
		if text == "" {
			text = "–"
		}
		when := s.When
		if when == "" {
			when = "–"
		}
		out.Rows = append(out.Rows, []string{s.Title, text, when})
	}
	return out
}

const (
	trailAxis = 14.0 // where the line runs
	trailText = 38.0 // where words begin
	trailLine = 19.0 // height of a line of words
	trailGap  = 14.0
	trailRoom = wide - trailText - 6
)

// Draw draws the trail.
func (t Trail) Draw() SVG {
	c := Chart{ID: t.ID, Title: t.Title, Description: t.Description, RTL: t.RTL}
	k := c.canvas()
	y, last := 0.0, -1.0
	for _, s := range t.Stations {
		lines := wrapped(s.Title, trailRoom)
		n := len(lines)
		lines = append(lines, wrapped(strings.Join(nonempty(s.When, s.Text), ": "), trailRoom)...)
		at := y + trailLine/2
		if last >= 0 {
			k.down(last+7, at-7, s.Done)
		}
		k.stop(s, at)
		for i, line := range lines {
			class := "text strong"
			if i >= n {
				class = "text text-quiet"
			}
			k.text(class, trailText, y+trailLine*float64(i)+14, "start", line)
		}
		last = at
		y += trailLine*float64(max(len(lines), 1)) + trailGap
	}
	return c.finish(k, math.Max(y-trailGap+6, 20))
}

func nonempty(list ...string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (k *canvas) down(from, to float64, done bool) {
	x, dash := trailAxis, ""
	if k.rtl {
		x = wide - x
	}
	if !done {
		dash = ` stroke-dasharray="3 5"`
	}
	fmt.Fprintf(&k.b, `<path class="stroke-ink" fill="none" stroke="currentColor" stroke-width="2"%s d="M%s %sV%s"/>`, dash, num(x), num(from), num(to))
}

func (k *canvas) stop(s Station, y float64) {
	x := trailAxis
	if k.rtl {
		x = wide - x
	}
	switch {
	case s.Aside:
		fmt.Fprintf(&k.b, `<rect class="fill-2" x="%s" y="%s" width="12" height="12"/>`, num(x-6), num(y-6))
	case s.Done:
		fmt.Fprintf(&k.b, `<circle class="fill-1" cx="%s" cy="%s" r="7"/>`, num(x), num(y))
	default:
		fmt.Fprintf(&k.b, `<circle class="fill-ground stroke-line" stroke-width="2" cx="%s" cy="%s" r="6"/>`, num(x), num(y))
	}
}
