package chart

// The picture of a way with stops: which are behind, where one is now, what stands
// at each, and what opens the way to the next. It runs from top to bottom so that
// its words stay large on a phone, and a dashed line leads from its end back to its
// beginning, because the way is gone again and again.

import (
	"fmt"
	"html"
	"strings"
)

// Mark is something that stands at a stop.
type Mark struct {
	Label string
	State string // in a word or two
}

// Stop is a place on the way.
type Stop struct {
	Name  string
	Done  bool
	Now   bool
	Marks []Mark
	Gate  string // what opens the way to the next stop; not drawn when empty
	Open  bool   // it is open
}

// Track is the way to be drawn. All its texts are in the reader's language.
type Track struct {
	ID                       string // unique on the page
	Title                    string
	Description              string // where things stand, in a sentence
	RTL                      bool
	Stops                    []Stop
	Here                     string // "we are here", beside the stop that is now
	Corner, Stands, OpensHow string // heads of the table's columns
	Round                    string // what the line back says; no line when empty
}

// Table lists the same in words, one row per stop.
func (c Track) Table() Table {
	t := Table{Columns: []string{c.Corner, c.Stands, c.OpensHow}}
	for _, s := range c.Stops {
		name := s.Name
		if s.Now {
			name += " (" + c.Here + ")"
		}
		var marks []string
		for _, m := range s.Marks {
			marks = append(marks, m.said())
		}
		t.Rows = append(t.Rows, []string{name, orDash(strings.Join(marks, "; ")), orDash(s.Gate)})
	}
	return t
}

func (m Mark) said() string {
	if m.State == "" {
		return m.Label
	}
	return m.Label + " · " + m.State
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

const (
	trackWide = 360.0
	trackRail = 16.0 // where the line with the stops runs
	trackText = 40.0 // where words begin
	trackBack = 350.0
	trackLine = 20.0 // height of a line of words
	trackFit  = 36   // letters in a line
)

// Draw draws the way.
func (c Track) Draw() SVG {
	k := &trackPen{rtl: c.RTL}
	y, first, last := 16.0, 0.0, 0.0
	var places []float64
	for i, s := range c.Stops {
		places = append(places, y)
		if i == 0 {
			first = y
		}
		last = y
		class := "text"
		if !s.Done && !s.Now {
			class = "text text-quiet"
		}
		k.words(class, y+5, s.Name, s.Now)
		if s.Now && c.Here != "" {
			y += trackLine
			k.words("text", y+5, c.Here, false)
		}
		y += 18
		for _, m := range s.Marks {
			lines := wrap(m.said(), trackFit-4)
			h := float64(len(lines))*trackLine + 12
			k.rect("fill-ground", trackText, y, trackBack-trackText-14, h, ` rx="8"`)
			k.rect("stroke-line", trackText, y, trackBack-trackText-14, h, ` rx="8" stroke-width="1.5"`)
			k.circle("fill-2", trackText+14, y+h/2, 4.5)
			for n, line := range lines {
				k.text("text", trackText+28, y+20+float64(n)*trackLine, line, false)
			}
			y += h + 6
		}
		if s.Gate != "" {
			lines := wrap(s.Gate, trackFit)
			mid := y + float64(len(lines))*trackLine/2
			k.gates = append(k.gates, gateMark{mid, s.Open})
			for n, line := range lines {
				k.text("text text-quiet", trackText, y+15+float64(n)*trackLine, line, false)
			}
			y += float64(len(lines))*trackLine + 4
		}
		y += 16
	}
	k.over(c, places, first, last, &y)
	id := html.EscapeString(c.ID)
	return SVG(fmt.Sprintf(`<svg class="track" viewBox="0 0 %s %s" role="img" direction="ltr" aria-labelledby="%s-t %s-d"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>%s%s</svg>`,
		num(trackWide), num(y), id, id, id, html.EscapeString(c.Title), id, html.EscapeString(c.Description), k.under.String(), k.b.String()))
}

// over draws the line with its stops and gates, and the way back.
func (k *trackPen) over(c Track, places []float64, first, last float64, y *float64) {
	if len(places) == 0 {
		return
	}
	fmt.Fprintf(&k.under, `<path class="stroke-ink" stroke-width="2" d="M%s %sV%s"/>`, num(k.x(trackRail)), num(first), num(last))
	for i, at := range places {
		s := c.Stops[i]
		switch {
		case s.Now:
			k.circle("fill-ground", trackRail, at, 13)
			k.circle("stroke-1", trackRail, at, 12)
			k.circle("fill-1", trackRail, at, 7)
		case s.Done:
			k.circle("fill-1", trackRail, at, 9)
			fmt.Fprintf(&k.b, `<path class="track-tick" d="M%s %sl3 3 5-6"/>`, num(k.x(trackRail)-4), num(at))
		default:
			k.circle("fill-ground", trackRail, at, 9)
			k.circle("stroke-ink", trackRail, at, 8)
		}
	}
	for _, g := range k.gates {
		if g.open {
			continue // the way is free
		}
		k.rect("fill-ground", trackRail-10, g.y-5, 20, 10, "")
		k.rect("fill-quiet", trackRail-10, g.y-5, 20, 3, ` rx="1.5"`)
		k.rect("fill-quiet", trackRail-10, g.y+2, 20, 3, ` rx="1.5"`)
	}
	if c.Round == "" {
		return
	}
	k.words("text text-quiet", *y+5, c.Round, false)
	fmt.Fprintf(&k.under, `<path class="stroke-line" stroke-width="2" stroke-dasharray="5 5" d="M%s %sV%sH%sV%sH%s"/>`,
		num(k.x(trackRail)), num(last), num(*y+14), num(k.x(trackBack)), num(first), num(k.x(trackBack-24)))
	tip, back := k.x(trackBack-30), k.x(trackBack-22)
	fmt.Fprintf(&k.under, `<path class="fill-quiet" d="M%s %sL%s %sV%sz"/>`, num(tip), num(first), num(back), num(first-5), num(first+5))
	*y += 24
}

type gateMark struct {
	y    float64
	open bool
}

// trackPen collects shapes; x runs from the side where reading begins.
type trackPen struct {
	b, under strings.Builder
	rtl      bool
	gates    []gateMark
}

func (k *trackPen) x(x float64) float64 {
	if k.rtl {
		return trackWide - x
	}
	return x
}

func (k *trackPen) rect(class string, x, y, w, h float64, more string) {
	if k.rtl {
		x = trackWide - x - w
	}
	fmt.Fprintf(&k.b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"%s/>`, class, num(x), num(y), num(w), num(h), more)
}

func (k *trackPen) circle(class string, x, y, r float64) {
	fmt.Fprintf(&k.b, `<circle class="%s" cx="%s" cy="%s" r="%s"/>`, class, num(k.x(x)), num(y), num(r))
}

func (k *trackPen) words(class string, y float64, s string, strong bool) {
	k.text(class, trackText, y, s, strong)
}

func (k *trackPen) text(class string, x, y float64, s string, strong bool) {
	anchor, more := "start", ""
	if k.rtl {
		anchor = "end"
	}
	if strong {
		more = ` font-weight="650"`
	}
	fmt.Fprintf(&k.b, `<text class="%s" x="%s" y="%s" text-anchor="%s"%s>%s</text>`, class, num(k.x(x)), num(y), anchor, more, html.EscapeString(s))
}

// wrap breaks a text into lines of about so many letters; a longer word is cut.
func wrap(s string, most int) (lines []string) {
	line := ""
	for _, w := range strings.Fields(s) {
		for len([]rune(w)) > most {
			if line != "" {
				lines, line = append(lines, line), ""
			}
			lines, w = append(lines, string([]rune(w)[:most-1])+"‐"), string([]rune(w)[most-1:])
		}
		switch {
		case line == "":
			line = w
		case len([]rune(line))+1+len([]rune(w)) <= most:
			line += " " + w
		default:
			lines, line = append(lines, line), w
		}
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}
