// Package chart draws small charts as SVG on the server: bars, a funnel, lines,
// and a map of groups.
//
// Every chart has a title and a description for those who do not see it, a table
// twin with the same numbers, the numbers written beside the shapes, and series
// told apart by pattern or mark as well as by colour. Colours come from classes
// of the design system, so that light, dark and forced colours work and no style
// attribute meets the content security policy. Right-to-left readers get charts
// that begin on the right.
package chart

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// SVG is a finished drawing. Everything put into it was escaped, which is why
// pages may use it as it is.
type SVG = template.HTML

// Value is one number of a series. One that may not be published is Hidden: it
// is drawn as an empty place and read as Chart.Hidden.
type Value struct {
	N      float64
	Hidden bool
}

// Series is a named row of values, one per category.
type Series struct {
	Name   string
	Values []Value
}

// Chart is what is to be drawn. All its texts are in the reader's language.
type Chart struct {
	ID          string // unique on the page
	Title       string
	Description string // what it shows, in a sentence
	RTL         bool
	Corner      string   // head of the table's first column, such as "Month"
	Categories  []string // "September", "October", …
	Series      []Series
	Hidden      string               // the text for hidden values, such as "not shown"; some of them are large
	Number      func(float64) string // how numbers are written; plain digits when nil
}

// Table is the twin of a chart.
type Table struct {
	Columns []string
	Rows    [][]string
}

// Table lists the same numbers as words and digits, one row per category.
func (c Chart) Table() Table {
	t := Table{Columns: []string{c.Corner}}
	for _, s := range c.Series {
		t.Columns = append(t.Columns, s.Name)
	}
	for i, name := range c.Categories {
		row := []string{name}
		for _, s := range c.Series {
			row = append(row, c.text(s.at(i)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (s Series) at(i int) Value {
	if i >= len(s.Values) || math.IsNaN(s.Values[i].N) || math.IsInf(s.Values[i].N, 0) {
		return Value{Hidden: true}
	}
	return s.Values[i]
}

func (c Chart) text(v Value) string {
	switch {
	case v.Hidden && c.Hidden != "":
		return c.Hidden
	case v.Hidden:
		return "–"
	case c.Number != nil:
		return c.Number(v.N)
	}
	return strconv.FormatFloat(v.N, 'f', -1, 64)
}

// top is the largest shown value, or 1.
func (c Chart) top() float64 {
	top := 0.0
	for _, s := range c.Series {
		for i := range c.Categories {
			if v := s.at(i); !v.Hidden {
				top = math.Max(top, v.N)
			}
		}
	}
	if top < 1e-200 { // nothing to speak of; a scale from it would have no end
		return 1
	}
	return top
}

const (
	wide   = 480.0
	series = 5 // colours and patterns there are; further series start over
)

// canvas collects shapes; x runs from the side where reading begins.
type canvas struct {
	b    strings.Builder
	rtl  bool
	id   string
	defs string
}

func num(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// rect draws a rectangle that begins x from the reading side.
func (k *canvas) rect(class string, x, y, w, h float64, more string) {
	if k.rtl {
		x = wide - x - w
	}
	fmt.Fprintf(&k.b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"%s/>`, class, num(x), num(y), num(w), num(h), more)
}

// text writes at x; anchor is "start", "middle" or "end" in reading direction.
func (k *canvas) text(class string, x, y float64, anchor, s string) {
	if k.rtl {
		x = wide - x
		switch anchor {
		case "start":
			anchor = "end"
		case "end":
			anchor = "start"
		}
	}
	fmt.Fprintf(&k.b, `<text class="%s" x="%s" y="%s" text-anchor="%s">%s</text>`, class, num(x), num(y), anchor, html.EscapeString(s))
}

// finish wraps the shapes into a named drawing. The drawing itself is laid out
// left to right because its coordinates are turned round by hand.
func (c Chart) finish(k *canvas, height float64) SVG {
	id := html.EscapeString(c.ID)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %s %s" role="img" direction="ltr" aria-labelledby="%s-t %s-d">`, num(wide), num(height), id, id)
	fmt.Fprintf(&b, `<title id="%s-t">%s</title><desc id="%s-d">%s</desc>`, id, html.EscapeString(c.Title), id, html.EscapeString(c.Description))
	b.WriteString(k.defs)
	b.WriteString(k.b.String())
	b.WriteString(`</svg>`)
	return SVG(b.String())
}

func (c Chart) canvas() *canvas {
	return &canvas{rtl: c.RTL, id: html.EscapeString(c.ID), defs: patterns(c.ID, "p", len(c.Series), func(int) string { return "fill-ground" })}
}

// patterns tell series apart without colour: plain, stripes, dots, bars, squares.
// Their names are the chart's, the letter and the number of the series.
func patterns(id, letter string, n int, class func(i int) string) string {
	shapes := [series]string{
		1: `<rect class="%s" width="2" height="8"/>`,
		2: `<circle class="%s" cx="4" cy="4" r="1.6"/>`,
		3: `<rect class="%s" width="8" height="2"/>`,
		4: `<rect class="%s" width="4" height="4"/>`,
	}
	var b strings.Builder
	for i := 1; i < min(n, series); i++ {
		turn := ""
		if i == 1 {
			turn = ` patternTransform="rotate(45)"`
		}
		fmt.Fprintf(&b, `<pattern id="%s-%s%d" width="8" height="8" patternUnits="userSpaceOnUse"%s>%s</pattern>`, html.EscapeString(id), letter, i, turn, fmt.Sprintf(shapes[i], class(i)))
	}
	if b.Len() == 0 {
		return ""
	}
	return "<defs>" + b.String() + "</defs>"
}

// bar draws one bar in the colour and pattern of series i, or the empty place of
// a hidden value.
func (k *canvas) bar(i int, v Value, x, y, w, h float64) {
	i %= series
	if v.Hidden {
		k.rect("stroke-line", x, y, 24, h, ` fill="none" stroke-dasharray="3 3" rx="3"`)
		return
	}
	if v.N <= 0 {
		w = 0
	}
	w = math.Max(w, 1.5)
	k.rect(fmt.Sprintf("fill-%d", i+1), x, y, w, h, ` rx="3"`)
	if i > 0 && w > 4 {
		k.rect("pattern", x, y, w, h, fmt.Sprintf(` rx="3" fill="url(#%s-p%d)"`, k.id, i))
	}
}

// legend names the series when there are several, and returns where it ends.
func (c Chart) legend(k *canvas, y float64, key func(i int, x, y float64)) float64 {
	if len(c.Series) < 2 {
		return y
	}
	x := 0.0
	for i, s := range c.Series {
		need := 28 + 8*float64(len([]rune(s.Name))) + 16
		if x > 0 && x+need > wide {
			x, y = 0, y+22
		}
		key(i, x, y)
		k.text("text", x+24, y+12, "start", s.Name)
		x += need
	}
	return y + 28
}
