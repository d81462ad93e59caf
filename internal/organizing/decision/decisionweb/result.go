// The result: decided or not, why, each round, a picture and its table.
package decisionweb

import (
	"strconv"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/platform/web"
)

// resultPart is what _result.html shows.
type resultPart struct {
	Kind    string // of the notice: ok, wait, late
	Title   string
	Lines   []string
	Turnout []Pair
	Chart   *figure
	Rounds  *chart.Table
	Caption string
}

type figure struct {
	ID, Title, Summary string
	SVG                chart.SVG
	Table              chart.Table
}

func result(r *web.Request, d decision.Decision) *resultPart {
	o := d.Outcome
	p := &resultPart{Kind: "ok", Title: r.T("decision.result.decided")}
	switch {
	case o.TooFew:
		p.Kind, p.Title = "late", r.T("decision.result.too_few")
		p.Lines = []string{r.T("decision.result.too_few_text", "Least", ballot.Least)}
		return p
	case !o.Quorum:
		p.Kind, p.Title = "late", r.T("decision.result.no_quorum")
	case !o.Passed():
		p.Kind, p.Title = "wait", r.T("decision.result.not_decided")
	}
	for _, l := range o.Explain() {
		p.Lines = append(p.Lines, sentence(r, d, l))
	}
	p.Turnout = turnout(r, *o)
	p.draw(r, d)
	return p
}

// sentence is one line of an explanation, with options in words.
func sentence(r *web.Request, d decision.Decision, l ballot.Line) string {
	args := map[string]any{}
	for name, v := range l.Args {
		switch v := v.(type) {
		case string:
			args[name] = d.Text(v)
		case []string:
			var texts []string
			for _, id := range v {
				texts = append(texts, d.Text(id))
			}
			args[name] = r.Localizer().List(texts)
		default:
			args[name] = v
		}
	}
	return r.Localizer().TMap(l.Key, args)
}

func turnout(r *web.Request, o decision.Outcome) (list []Pair) {
	t := o.Turnout
	text := strconv.Itoa(t.Persons)
	if t.Invited > 0 {
		text = r.T("decision.result.of", "N", t.Persons, "Of", t.Invited)
	}
	list = append(list, Pair{Term: r.T("decision.result.persons"), Text: text})
	if t.InvitedInstitutions > 0 {
		list = append(list, Pair{Term: r.T("decision.result.institutions"), Text: r.T("decision.result.of", "N", t.Institutions, "Of", t.InvitedInstitutions)})
	}
	if len(o.Kinds) > 1 {
		for _, k := range o.Kinds {
			list = append(list, Pair{Term: r.T("decision.kind." + string(k.Kind)), Text: strconv.Itoa(k.N)})
		}
	}
	return list
}

func (p *resultPart) draw(r *web.Request, d decision.Decision) {
	o := d.Outcome
	c := chart.Chart{ID: "result", Title: d.Words.Question, RTL: i18n.Dir(r.Locale) == "rtl", Corner: r.T("decision.result.option"),
		Series: []chart.Series{{Name: r.T("decision.result.votes")}}}
	add := func(name string, n int) {
		c.Categories = append(c.Categories, name)
		c.Series[0].Values = append(c.Series[0].Values, chart.Value{N: float64(n)})
	}
	switch {
	case o.Agree != nil:
		add(r.T("decision.answer.agree"), o.Agree.Agree)
		add(r.T("decision.answer.disagree"), o.Agree.Disagree)
		add(r.T("decision.answer.pass"), o.Agree.Pass)
	case o.Consent != nil:
		add(r.T("decision.answer.consent"), o.Consent.Consent)
		add(r.T("decision.answer.reservations"), o.Consent.Reservations)
		add(r.T("decision.answer.object"), o.Consent.Objections)
	case o.Dots != nil:
		p.dots(r, d, &c)
		return
	case o.Ranked != nil:
		p.rounds(r, d)
		return
	}
	c.Description = c.Title
	p.Chart = &figure{ID: "result", Title: c.Title, SVG: chart.Bars(c), Table: c.Table()}
}

func (p *resultPart) dots(r *web.Request, d decision.Decision, c *chart.Chart) {
	c.Series[0].Name = r.T("decision.result.dots")
	t := chart.Table{Columns: []string{r.T("decision.result.option"), r.T("decision.result.dots"), r.T("decision.result.persons")}}
	houses := d.Outcome.Institutions > 0
	if houses {
		t.Columns = append(t.Columns, r.T("decision.result.institutions"))
	}
	for _, row := range d.Outcome.Dots.Rows {
		c.Categories = append(c.Categories, d.Text(row.ID))
		c.Series[0].Values = append(c.Series[0].Values, chart.Value{N: float64(row.Dots)})
		cells := []string{d.Text(row.ID), strconv.Itoa(row.Dots), strconv.Itoa(row.Persons)}
		if houses {
			cells = append(cells, strconv.Itoa(row.Institutions))
		}
		t.Rows = append(t.Rows, cells)
	}
	c.Description = c.Title
	p.Chart = &figure{ID: "result", Title: c.Title, SVG: chart.Bars(*c), Table: t}
}

// rounds is a table with a column for each round.
func (p *resultPart) rounds(r *web.Request, d decision.Decision) {
	t := chart.Table{Columns: []string{r.T("decision.result.option")}}
	rounds := d.Outcome.Ranked.Rounds
	for i := range rounds {
		t.Columns = append(t.Columns, r.T("decision.result.round", "N", i+1))
	}
	cell := func(round ballot.Round, id string) string {
		for _, s := range round.Tally {
			if s.ID == id {
				return strconv.Itoa(s.N)
			}
		}
		return "–"
	}
	for _, id := range d.Spec.Options {
		row := []string{d.Text(id)}
		for _, round := range rounds {
			row = append(row, cell(round, id))
		}
		t.Rows = append(t.Rows, row)
	}
	row := []string{r.T("decision.result.exhausted")}
	for _, round := range rounds {
		row = append(row, strconv.Itoa(round.Exhausted))
	}
	t.Rows = append(t.Rows, row)
	p.Rounds, p.Caption = &t, r.T("decision.result.rounds")
}
