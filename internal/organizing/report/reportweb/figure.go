// How a figure is written: number, base, share, target, what is missing, how it was
// made, and a picture with its table.
package reportweb

import (
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/organizing/report"
	"seedbed/internal/platform/web"
)

// figure is an indicator as a page shows it.
type figure struct {
	ID, Name, How, URL string
	N, Of, Share       string
	Target             string
	State              *pill // reached or not, where that can be said
	Missing            string
	Note               string // why there is no number
	Method             string
	SVG                template.HTML
	Table              chart.Table
	Split              bool
}

// group is the indicators of one part.
type group struct {
	Letter, Title string
	Figures       []figure
}

func periodName(r *web.Request, p report.Period) string {
	l := r.Localizer()
	begin := p.From.Begin(time.UTC)
	switch p.N {
	case 12:
		return r.T("report.year", "Year", strconv.Itoa(begin.Year()))
	case 3:
		return r.T("report.quarter", "N", strconv.Itoa((int(begin.Month())-1)/3+1), "Year", strconv.Itoa(begin.Year()))
	}
	return l.MonthYear(begin, time.UTC)
}

// partName is what one kind of a split is called.
func partName(r *web.Request, id, code string) string {
	prefix := map[string]string{"A1": "people.rung.", "C1": "report.stage.", "C2": "report.pledge.", "C3": "report.answer.", "F2": "report.choice."}[id]
	return r.T(prefix + code)
}

func (h *Web) groups(r *web.Request, lines []report.Line, c report.Circle, staff bool) (out []group) {
	for _, l := range lines {
		if len(out) == 0 || out[len(out)-1].Letter != l.Group() {
			out = append(out, group{Letter: l.Group(), Title: r.T("report.group." + l.Group())})
		}
		g := &out[len(out)-1]
		g.Figures = append(g.Figures, h.figure(r, l, c, staff))
	}
	return out
}

func (h *Web) figure(r *web.Request, l report.Line, c report.Circle, staff bool) figure {
	loc := r.Localizer()
	f := figure{ID: l.ID, Name: r.T("report." + l.ID), How: r.T("report." + l.ID + "_how"), Split: l.Shape == report.Split, Method: method(r, l.Def, c)}
	if staff {
		f.URL = "/indicators/" + l.ID
	}
	cell := func(c report.Cell) string {
		if !c.Shown {
			return r.T("common.hidden")
		}
		return loc.Number(c.N)
	}
	switch {
	case !l.Have:
		f.Note = r.T("report.nothing")
		return f
	case l.Held:
		f.Note = r.T("report.held")
		return f
	}
	f.N = cell(l.N)
	if l.Shape == report.Share && (l.N.Shown || l.D.Shown) { // two hidden ones are one "not shown"
		f.Of = cell(l.D)
	}
	if l.HasShare {
		f.Share = loc.Percent(l.Share)
	}
	if l.Missing > 0 {
		f.Missing = r.T("report.missing", "Count", l.Missing)
	}
	if l.Target > 0 {
		f.Target = loc.Percent(float64(l.Target) / 100)
		if met, ok := l.Met(); ok && met {
			f.State = &pill{Kind: "ok", Label: r.T("report.met")}
		} else if ok {
			f.State = &pill{Kind: "wait", Label: r.T("report.not_met")}
		}
	}
	if f.Split && !(l.N.Shown && l.N.N == 0) { // of nothing there is no picture
		f.SVG, f.Table = h.split(r, l)
	}
	return f
}

// split draws the kinds of a figure.
func (h *Web) split(r *web.Request, l report.Line) (template.HTML, chart.Table) {
	loc := r.Localizer()
	k := chart.Chart{ID: "split-" + l.ID, Title: r.T("report." + l.ID), Description: r.T("report." + l.ID + "_how"), RTL: loc.Dir() == "rtl", Corner: r.T("report.kind"), Hidden: r.T("common.hidden"),
		Number: func(v float64) string { return loc.Number(int(v)) }, Series: []chart.Series{{Name: r.T("report.how_many")}}}
	for _, p := range l.Parts {
		k.Categories = append(k.Categories, partName(r, l.ID, p.Code))
		k.Series[0].Values = append(k.Series[0].Values, chart.Value{N: float64(p.N), Hidden: !p.Shown})
	}
	t := k.Table()
	t.Columns = append(t.Columns, r.T("report.share"))
	for i, p := range l.Parts {
		share := ""
		if p.HasShare {
			share = loc.Percent(p.Share)
		}
		t.Rows[i] = append(t.Rows[i], share)
	}
	return chart.Bars(k), t
}

// method says how small numbers are kept.
func method(r *web.Request, d report.Def, c report.Circle) string {
	switch {
	case d.About == report.Things:
		return r.T("report.method.things")
	case d.Kind == report.Given:
		return r.T("report.method.given")
	case c == report.Team:
		return r.T("report.method.team")
	}
	return r.T("report.method.outside")
}

// shares draws all shares beside each other; hidden where a share may not be told.
func (h *Web) shares(r *web.Request, lines []report.Line) (template.HTML, chart.Table) {
	loc := r.Localizer()
	k := chart.Chart{ID: "shares", Title: r.T("report.shares"), Description: r.T("report.shares_text"), RTL: loc.Dir() == "rtl", Corner: r.T("report.indicator"), Hidden: r.T("common.hidden"),
		Number: func(v float64) string { return loc.Percent(v / 100) }, Series: []chart.Series{{Name: r.T("report.share")}}}
	for _, l := range lines {
		if l.Shape == report.Share && l.HasShare {
			k.Categories = append(k.Categories, r.T("report."+l.ID))
			k.Series[0].Values = append(k.Series[0].Values, chart.Value{N: l.Share * 100})
		}
	}
	if len(k.Categories) == 0 {
		return "", chart.Table{}
	}
	return chart.Bars(k), k.Table()
}

// shift is a score of a survey, before and after.
type shift struct{ Name, N, Before, After, Diff, Range, Method string }

// wavePart is the surveys of one group: those who take part, or the staff.
type wavePart struct {
	Letter, Title, People string
	Lines                 []shift
	SVG                   template.HTML
	Table                 chart.Table
}

// waves tells what became of the scores of surveys, each with n and how sure it is.
func (h *Web) waves(r *web.Request, list []report.Wave) (out []wavePart) {
	l := r.Localizer()
	num := func(v float64, share bool) string {
		if share {
			return l.Percent(v)
		}
		return l.Number(v)
	}
	signed := func(v float64, share bool) string { // a sign stays before its number in every direction
		text := l.Number(v)
		if share {
			text = r.T("survey.result.points", "N", l.Number(math.Round(v*100)))
		}
		if v > 0 {
			text = "+" + text
		}
		return "\u2066" + strings.Replace(text, "-", "−", 1) + "\u2069"
	}
	for _, letter := range []string{"D", "E"} {
		p := wavePart{Letter: letter, Title: r.T("report.group." + letter), People: r.T("survey.result.unpaired")}
		var shifts []chart.Shift
		for _, x := range list {
			if x.Group != letter {
				continue
			}
			if x.Paired {
				p.People = r.T("survey.result.paired")
			}
			s := shift{Name: r.T("survey.score." + x.Instrument + "." + x.Score), N: l.Number(x.N), Before: num(x.Before, x.Share), After: num(x.After, x.Share), Diff: signed(x.Diff, x.Share), Method: r.T("survey.method.none")}
			if x.Interval {
				s.Range, s.Method = r.T("survey.result.range", "Low", signed(x.Low, x.Share), "High", signed(x.High, x.Share)), r.T("survey.method."+x.Method)
			}
			low, high := x.Min, x.Max
			if x.Share {
				low, high = 0, 1
			}
			p.Lines = append(p.Lines, s)
			shifts = append(shifts, chart.Shift{Name: s.Name, Min: low, Max: high, MinText: num(low, x.Share), MaxText: num(high, x.Share), Before: x.Before, After: x.After, BeforeText: s.Before, AfterText: s.After})
		}
		if len(p.Lines) == 0 {
			continue
		}
		c := chart.Chart{ID: "waves-" + letter, Title: r.T("survey.result.chart"), Description: r.T("survey.result.chart_about"), RTL: l.Dir() == "rtl", Hidden: r.T("common.hidden"),
			Series: []chart.Series{{Name: r.T("survey.result.before")}, {Name: r.T("survey.result.after")}}}
		p.SVG, p.Table = chart.Shifts(c, shifts), chart.ShiftTable(c, []string{r.T("survey.result.score"), r.T("survey.result.before"), r.T("survey.result.after")}, shifts)
		out = append(out, p)
	}
	return out
}
