// Numbers on a page: sums with their n and their method, and what is not shown.
package surveyweb

import (
	"net/http"
	"strings"

	"seedbed/internal/kit/chart"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/web"
)

type changeLine struct {
	Score, Instrument        string
	N, Before, After         string
	Diff, Range, How, Better string
	Shown                    bool
}

type head struct{ Wave, N string }

type waveCell struct{ Value, N, Missing string }

type scoreLine struct {
	Score, Instrument string
	Cells             []waveCell
}

type departmentLine struct {
	Name, N string
	Values  []string
}

type resultPart struct {
	Least       int
	Heads       []head // waves, with how many answered
	Scores      []scoreLine
	Changes     []changeLine
	Parts       []scoreLine  // of subscales
	PartChanges []changeLine // of subscales
	Paired      bool
	Chart       chart.SVG
	Table       chart.Table
	Departments []departmentLine
	Columns     []string // scores told by department
	Words       []string
	Fewer       string
}

func scoreName(r *web.Request, instrument, score string) string {
	return r.T("survey.score." + instrument + "." + score)
}

// tell writes an outcome in the reader's language.
func tell(r *web.Request, o survey.Outcome) *resultPart {
	l := r.Localizer()
	hidden := r.T("survey.result.hidden")
	num := func(v float64, share bool) string {
		if share {
			return l.Percent(v)
		}
		return l.Number(v)
	}
	p := &resultPart{Least: o.Least}
	for _, w := range o.Waves {
		p.Heads = append(p.Heads, head{r.T("survey.result.wave", "Label", r.T("survey.label."+string(w.Label)), "Day", l.ShortDate(w.Opens, r.Zone())), r.T("survey.result.wave_n", "N", l.Number(w.Answered))})
	}
	c := chart.Chart{ID: "change", Title: r.T("survey.result.chart"), Description: r.T("survey.result.chart_about"), RTL: l.Dir() == "rtl", Hidden: hidden,
		Series: []chart.Series{{Name: r.T("survey.result.before")}, {Name: r.T("survey.result.after")}}}
	var shifts []chart.Shift
	for _, x := range o.Lines {
		name, of := scoreName(r, x.Instrument, x.Score), r.T("survey.instrument."+x.Instrument)
		line := scoreLine{Score: name, Instrument: of}
		for _, pt := range x.Points {
			cell := waveCell{Value: hidden, N: l.Number(pt.N), Missing: l.Number(pt.Missing)}
			if pt.Shown {
				cell.Value = num(pt.Value, x.Share)
			}
			line.Cells = append(line.Cells, cell)
		}
		if x.Part {
			p.Parts = append(p.Parts, line)
		} else {
			p.Scores = append(p.Scores, line)
		}
		if len(o.Waves) < 2 {
			continue
		}
		ch := x.Change
		p.Paired = ch.Paired
		row := changeLine{Score: name, Instrument: of, N: l.Number(ch.N), Shown: ch.Shown, Before: hidden, After: hidden, Diff: hidden, Better: r.T("survey.better." + x.Better)}
		if ch.Shown {
			row.Before, row.After, row.Diff = num(ch.Before, x.Share), num(ch.After, x.Share), signed(r, ch.Diff, x.Share)
			row.How = r.T("survey.method.none")
			if ch.Interval {
				row.Range = r.T("survey.result.range", "Low", signed(r, ch.Low, x.Share), "High", signed(r, ch.High, x.Share))
				row.How = r.T("survey.method." + string(ch.Method))
			}
		}
		if x.Part {
			p.PartChanges = append(p.PartChanges, row)
		} else {
			p.Changes = append(p.Changes, row)
			low, high := x.Min, x.Max
			if x.Share {
				low, high = 0, 1
			}
			shifts = append(shifts, chart.Shift{Name: name, Min: low, Max: high, MinText: num(low, x.Share), MaxText: num(high, x.Share), Before: ch.Before, After: ch.After, BeforeText: row.Before, AfterText: row.After, Hidden: !ch.Shown})
		}
	}
	if len(shifts) > 0 {
		p.Chart, p.Table = chart.Shifts(c, shifts), chart.ShiftTable(c, []string{r.T("survey.result.score"), r.T("survey.result.before"), r.T("survey.result.after")}, shifts)
	}
	for _, at := range o.ByDepartment {
		p.Columns = append(p.Columns, scoreName(r, o.Lines[at].Instrument, o.Lines[at].Score))
	}
	for _, d := range o.Departments {
		line := departmentLine{Name: d.Name, N: d.Count.Text(hidden)}
		if d.Name == "" {
			line.Name = r.T("survey.result.no_department")
		}
		for _, v := range d.Values {
			if v.Shown {
				line.Values = append(line.Values, l.Number(v.Value))
			} else {
				line.Values = append(line.Values, hidden)
			}
		}
		p.Departments = append(p.Departments, line)
	}
	for _, w := range o.Words {
		p.Words = append(p.Words, w.Word+" · "+l.Number(w.N))
	}
	if o.FewerWords > 0 {
		p.Fewer = r.T("survey.result.fewer", "Least", l.Number(o.Least))
	}
	return p
}

// signed writes a change with its sign.
func signed(r *web.Request, v float64, share bool) string {
	text := r.Localizer().Number(v)
	if share {
		text = r.T("survey.result.points", "N", r.Localizer().Number(float64(int(v*100+sign(v)*0.5))))
	}
	if v > 0 {
		text = "+" + text
	}
	return "\u2066" + strings.Replace(text, "-", "−", 1) + "\u2069" // a sign stays before its number in every direction
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

func (h *Web) file(w http.ResponseWriter, r *web.Request) error {
	body, err := h.s.Export(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.Attachment(w, "survey-sums.csv", "text/csv; charset=utf-8", body)
}

func (h *Web) codebook(w http.ResponseWriter, r *web.Request) error {
	body, err := h.s.Codebook(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.Attachment(w, "survey-codebook.csv", "text/csv; charset=utf-8", body)
}
