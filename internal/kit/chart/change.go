package chart

// Before and after, each on a scale of its own: for scores that cannot share an axis.

import (
	"fmt"
	"math"
)

// Shift is one thing measured twice. Texts are the numbers as written.
type Shift struct {
	Name                  string
	Min, Max              float64 // ends of its scale
	Before, After         float64
	MinText, MaxText      string
	BeforeText, AfterText string
	Hidden                bool // too few people: the scale is drawn, and nothing on it
}

// ShiftTable is the twin: columns are the heads of name, before and after.
func ShiftTable(c Chart, columns []string, list []Shift) Table {
	t := Table{Columns: columns}
	for _, s := range list {
		before, after := s.BeforeText, s.AfterText
		if s.Hidden {
			before, after = c.text(Value{Hidden: true}), c.text(Value{Hidden: true})
		}
		t.Rows = append(t.Rows, []string{s.Name, before, after})
	}
	return t
}

// Shifts draws each as a line from end to end with a ring for before and a dot for
// after, and what is between them. c.Series names the two, in that order.
func Shifts(c Chart, list []Shift) SVG {
	k := c.canvas()
	y := c.legend(k, 0, func(i int, x, y float64) { k.ring(i == 0, x+9, y+9) })
	const row, name, edge, numbers = 66.0, 18.0, 6.0, 48.0
	for _, s := range list {
		at := func(v float64) float64 {
			if s.Max <= s.Min {
				return numbers
			}
			share := math.Min(math.Max((v-s.Min)/(s.Max-s.Min), 0), 1)
			return numbers + (wide-2*numbers)*share
		}
		k.text("text", 0, y+13, "start", s.Name)
		base := y + name + 22
		k.line(numbers, base, wide-numbers, base)
		k.text("text text-quiet", numbers-edge, base+5, "end", s.MinText)
		k.text("text text-quiet", wide-numbers+edge, base+5, "start", s.MaxText)
		if s.Hidden {
			k.text("text text-quiet", wide/2, base-7, "middle", c.text(Value{Hidden: true}))
			y += row
			continue
		}
		b, a := at(s.Before), at(s.After)
		x1, x2 := b, a
		if k.rtl {
			x1, x2 = wide-x1, wide-x2
		}
		fmt.Fprintf(&k.b, `<path class="stroke-1" fill="none" stroke-width="4" d="M%s %sL%s %s"/>`, num(x1), num(base), num(x2), num(base))
		k.ring(true, b, base)
		k.ring(false, a, base)
		if math.Abs(a-b) >= 2*numbers {
			k.text("text text-halo", b, base-12, "middle", s.BeforeText)
			k.text("text text-halo", a, base-12, "middle", s.AfterText)
		} else { // beside each other, so that neither number covers the other
			low, high := s.BeforeText, s.AfterText
			if a < b {
				low, high = high, low
			}
			k.text("text text-halo", math.Min(a, b)+2, base-12, "end", low)
			k.text("text text-halo", math.Max(a, b)+6, base-12, "start", high)
		}
		y += row
	}
	return c.finish(k, math.Max(y, 20))
}

// ring is an open circle for before and a full one for after.
func (k *canvas) ring(open bool, x, y float64) {
	if k.rtl {
		x = wide - x
	}
	class := "fill-1"
	if open {
		class = "fill-ground stroke-1"
	}
	fmt.Fprintf(&k.b, `<circle class="%s" cx="%s" cy="%s" r="7" stroke-width="3"/>`, class, num(x), num(y))
}
