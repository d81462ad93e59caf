package chart

// Bars, funnel and lines.

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Bars draws horizontal bars, grouped by category. Labels stand above their bars
// so that long words in any language have room on a phone.
func Bars(c Chart) SVG {
	k := c.canvas()
	y := c.legend(k, 0, func(i int, x, y float64) { k.bar(i, Value{N: 1}, x, y, 16, 14) })
	const label, thick, gap, after, numbers = 18.0, 16.0, 4.0, 12.0, 110.0
	scale := (wide - numbers) / c.top()
	for i, name := range c.Categories {
		k.text("text", 0, y+13, "start", name)
		y += label
		for j, s := range c.Series {
			v := s.at(i)
			w := math.Max(v.N*scale, 0)
			k.bar(j, v, 0, y, w, thick)
			at := math.Max(w, 1.5) + 6
			if v.Hidden {
				at = 30
			}
			k.text("text", at, y+13, "start", c.text(v))
			y += thick + gap
		}
		y += after
	}
	return c.finish(k, math.Max(y-after, 20))
}

// Funnel draws the first series as stages, one per category, around a middle
// line. Shares, where given, are written behind the numbers; "" leaves one out.
func Funnel(c Chart, shares []string) SVG {
	k := c.canvas()
	var s Series
	if len(c.Series) > 0 {
		s = c.Series[0]
	}
	const label, thick, after = 18.0, 26.0, 10.0
	scale := wide / c.top()
	y := 0.0
	for i, name := range c.Categories {
		v := s.at(i)
		text := c.text(v)
		if i < len(shares) && shares[i] != "" && !v.Hidden {
			text += " (" + shares[i] + ")"
		}
		k.text("text", 0, y+13, "start", name)
		k.text("text", wide, y+13, "end", text)
		y += label
		if v.Hidden {
			k.bar(0, v, (wide-24)/2, y, 24, thick)
		} else {
			w := math.Max(v.N*scale, 1.5)
			k.bar(0, v, (wide-w)/2, y, w, thick)
		}
		y += thick + after
	}
	return c.finish(k, math.Max(y-after, 20))
}

// Lines draws change over the categories, usually months. A hidden value is a
// gap in its line, never a zero.
func Lines(c Chart) SVG {
	k := c.canvas()
	y0 := c.legend(k, 0, func(i int, x, y float64) { k.mark(i, x+8, y+7) })
	const tall, foot, start, end = 180.0, 26.0, 44.0, 30.0
	top := nice(c.top())
	bottom := y0 + 10 + tall
	at := func(i int) float64 {
		if len(c.Categories) < 2 {
			return (start + wide - end) / 2
		}
		return start + (wide-start-end)*float64(i)/float64(len(c.Categories)-1)
	}
	for _, share := range []float64{0, 0.5, 1} {
		y := bottom - tall*share
		k.line(start-6, y, wide, y)
		k.text("text text-quiet", start-10, y+5, "end", c.text(Value{N: top * share}))
	}
	const most = 6.0
	step := int(math.Max(math.Ceil(float64(len(c.Categories))/most), 1))
	for i, name := range c.Categories {
		switch {
		case i%step != 0:
		case i > 0 && i == len(c.Categories)-1: // a long name would leave the frame
			k.text("text text-quiet", wide, bottom+20, "end", name)
		default:
			k.text("text text-quiet", at(i), bottom+20, "middle", name)
		}
	}
	var ends []endLabel
	for j, s := range c.Series {
		ends = append(ends, k.path(j, c, s, at, func(v float64) float64 { return bottom - tall*math.Max(v, 0)/top })...)
	}
	for _, e := range apart(ends, y0+4) {
		k.text("text", e.x, e.y, "middle", e.text)
	}
	return c.finish(k, bottom+foot)
}

// endLabel is the number written above the last point of a line.
type endLabel struct {
	x, y float64
	text string
}

// apart moves numbers that would be written over each other: up, away from the
// marks below them, and only where there is no more room above, down again.
func apart(ends []endLabel, above float64) []endLabel {
	const line, wide = 15.0, 40.0
	slices.SortStableFunc(ends, func(a, b endLabel) int { return cmp.Compare(b.y, a.y) })
	for i := range ends {
		for _, low := range ends[:i] { // from the lowest up
			if math.Abs(low.x-ends[i].x) < wide && low.y-ends[i].y < line {
				ends[i].y = low.y - line
			}
		}
	}
	for i := len(ends) - 1; i >= 0; i-- {
		ends[i].y = math.Max(ends[i].y, above)
		for _, high := range ends[i+1:] {
			if math.Abs(high.x-ends[i].x) < wide && ends[i].y-high.y < line {
				ends[i].y = high.y + line
			}
		}
	}
	return ends
}

// nice rounds up to 1, 2 or 5 times a power of ten, even, so that the half is whole.
func nice(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 4, 6, 8, 10} {
		if v <= f*power {
			return math.Max(f*power, 2)
		}
	}
	return v
}

func (k *canvas) line(x1, y1, x2, y2 float64) {
	if k.rtl {
		x1, x2 = wide-x1, wide-x2
	}
	fmt.Fprintf(&k.b, `<path class="stroke-line" d="M%s %sL%s %s"/>`, num(x1), num(y1), num(x2), num(y2))
}

func (k *canvas) path(j int, c Chart, s Series, at func(int) float64, up func(float64) float64) []endLabel {
	dash := [series]string{"", ` stroke-dasharray="7 4"`, ` stroke-dasharray="2 4"`, ` stroke-dasharray="10 3 2 3"`, ` stroke-dasharray="4 2"`}
	var d strings.Builder
	open := false
	last := -1
	for i := range c.Categories {
		v := s.at(i)
		if v.Hidden {
			open = false
			continue
		}
		x := at(i)
		if k.rtl {
			x = wide - x
		}
		op := "M"
		if open {
			op = "L"
		}
		fmt.Fprintf(&d, "%s%s %s", op, num(x), num(up(v.N)))
		open, last = true, i
	}
	if last < 0 {
		return nil
	}
	fmt.Fprintf(&k.b, `<path class="stroke-%d" fill="none" stroke="currentColor" stroke-width="2.5"%s d="%s"/>`, j%series+1, dash[j%series], d.String())
	for i := range c.Categories {
		if v := s.at(i); !v.Hidden {
			k.mark(j, at(i), up(v.N))
		}
	}
	v := s.at(last)
	return []endLabel{{at(last), up(v.N) - 9, c.text(v)}}
}

// mark is the sign of a series on a line or in a legend.
func (k *canvas) mark(j int, x, y float64) { k.sign(j, x, y, 4) }

// sign is a disc, square, triangle, diamond or ring of about radius r.
func (k *canvas) sign(j int, x, y, r float64) {
	if k.rtl {
		x = wide - x
	}
	class := fmt.Sprintf("fill-%d", j%series+1)
	f := r / 4
	switch j % series {
	case 1:
		fmt.Fprintf(&k.b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`, class, num(x-r), num(y-r), num(2*r), num(2*r))
	case 2:
		fmt.Fprintf(&k.b, `<path class="%s" d="M%s %sl%s %sh-%sz"/>`, class, num(x), num(y-5.5*f), num(5.5*f), num(9*f), num(11*f))
	case 3:
		d := num(5.5 * f)
		fmt.Fprintf(&k.b, `<path class="%s" d="M%s %sl%s %s-%s %s-%s-%sz"/>`, class, num(x), num(y-5.5*f), d, d, d, d, d, d)
	case 4:
		fmt.Fprintf(&k.b, `<circle class="%s" cx="%s" cy="%s" r="%s"/><circle class="fill-ground" cx="%s" cy="%s" r="%s"/>`, class, num(x), num(y), num(4.5*f), num(x), num(y), num(2*f))
	default:
		fmt.Fprintf(&k.b, `<circle class="%s" cx="%s" cy="%s" r="%s"/>`, class, num(x), num(y), num(r))
	}
}
