// One change: its ladder by date, where it comes from, and its steps.
package changeweb

import (
	"html/template"
	"net/http"
	"strings"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/money"
	"seedbed/internal/organizing/change"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/web"
)

type stepLine struct {
	ID, Label, When, Evidence, Link, Note, Who string
	Back, From, FromURL                        string
	Kind                                       string
}

type traceLine struct{ Kind, Text, When, URL string }

type onePage struct {
	ID, Title, Description, Level string
	Stand                         pill
	Next                          *nextLine
	Facts                         []fact
	Narrative                     string
	Claims                        bool
	Others                        []change.Helper
	Sources                       []change.Source
	Tags                          []fact
	Steps, Waits                  []stepLine
	MayKeep                       bool
	Ladder, Trace                 template.HTML
	LadderTable, TraceTable       chart.Table
	Stops                         []traceLine
	Linked                        bool // some of them lead somewhere
	Marks, Backs                  []Option
	Typed                         typed
}

type typed struct {
	On, Evidence, Link, Note string
	Open                     bool
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.onePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "change/one", p)
}

func (h *Web) onePage(r *web.Request) (p onePage, err error) {
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	l := r.Localizer()
	p = onePage{ID: c.ID, Title: c.Title, Description: c.Description, Level: r.T("change.level." + string(c.Level)), Stand: stand(r, c), Next: h.next(r, c), Narrative: c.Narrative, Claims: c.Rating.Claims(),
		Others: c.Others, Sources: c.Sources, MayKeep: may(r, keep), Typed: typed{On: written(r, r.Now())}}
	if p.Facts, err = h.facts(r, c); err != nil {
		return p, err
	}
	for _, kind := range change.Tags() {
		if term := c.Tags[kind]; term != "" {
			p.Tags = append(p.Tags, fact{Term: r.T("change.tag." + kind), Text: r.T("change.term." + term)})
		}
	}
	for _, x := range c.Steps {
		line := stepLine{ID: x.ID, Label: rung(r, x.Mark), When: l.Date(x.On.In(r.Zone())), Evidence: x.Evidence, Link: x.Link, Note: x.Note, Who: h.o.Name(r.Context(), r.Actor.Org, x.Account), FromURL: h.o.Thing(r, x.Ref), Kind: "ok"}
		if x.Mark.Rung() < 0 {
			line.Kind = "late"
		}
		if x.Back != "" {
			line.Back = r.T("change.back_to", "Step", rung(r, x.Back))
		}
		if kind, _, ok := strings.Cut(x.Ref, ":"); ok && line.FromURL != "" {
			line.From = r.T("change.from." + kind)
		}
		switch x.Fate {
		case change.Confirmed:
			p.Steps = append(p.Steps, line)
		case change.Waiting:
			p.Waits = append(p.Waits, line)
		}
	}
	s := c.Stand()
	suggested := change.Rungs()[min(s.Rung+1, len(change.Rungs())-1)]
	for _, m := range change.Marks() {
		p.Marks = append(p.Marks, Option{Value: string(m), Label: rung(r, m), Checked: m == suggested})
	}
	for _, m := range change.Rungs() {
		p.Backs = append(p.Backs, Option{Value: string(m), Label: rung(r, m)})
	}
	h.ladder(r, c, &p)
	return p, h.trace(r, c, &p)
}

func (h *Web) facts(r *web.Request, c change.Record) ([]fact, error) {
	l := r.Localizer()
	issue, err := h.s.IssueName(r.Context(), r.Actor, c.Issue)
	if err != nil {
		return nil, err
	}
	out := []fact{{Term: r.T("change.issue"), Text: issue}, {Term: r.T("change.level"), Text: r.T("change.level." + string(c.Level))}}
	if issue != "" && h.o.Issue != nil {
		out[0].Href = h.o.Issue(c.Issue)
	}
	if c.Affected > 0 {
		out = append(out, fact{Term: r.T("change.affected"), Text: r.T("change.with_basis", "Number", l.Number(c.Affected), "Basis", c.AffectedBasis)})
	}
	if c.Money > 0 {
		out = append(out, fact{Term: r.T("change.money"), Text: r.T("change.with_basis", "Number", r.T("change.sum", "Amount", amount(r, c.Money), "Currency", c.Currency), "Basis", c.MoneyBasis)})
	}
	out = append(out, fact{Term: r.T("change.rating"), Text: r.T("change.rating." + string(c.Rating))})
	if !c.Until.IsZero() {
		out = append(out, fact{Term: r.T("change.until"), Text: l.Date(c.Until.In(r.Zone()))})
	}
	return out, nil
}

// amount writes a sum; whole ones without their small unit.
func amount(r *web.Request, minor int64) string {
	if minor%100 == 0 {
		return r.Localizer().Number(minor / 100)
	}
	return money.Format(minor)
}

// ladder is the picture by date: what was reached, what stood in the way, and what is
// still above.
func (h *Web) ladder(r *web.Request, c change.Record, p *onePage) {
	l := r.Localizer()
	t := chart.Trail{ID: "ladder", Title: r.T("change.ladder"), Description: r.T("change.ladder_text", "Stand", p.Stand.Label), RTL: l.Dir() == "rtl", Columns: [3]string{r.T("change.step"), r.T("change.evidence"), r.T("change.day")}}
	for _, x := range c.Steps {
		if x.Fate == change.Confirmed {
			t.Stations = append(t.Stations, chart.Station{Title: rung(r, x.Mark), When: l.Date(x.On.In(r.Zone())), Text: x.Evidence, Done: true, Aside: x.Mark.Rung() < 0})
		}
	}
	for _, m := range change.Rungs()[max(c.Stand().Rung+1, 0):] {
		t.Stations = append(t.Stations, chart.Station{Title: rung(r, m)})
	}
	p.Ladder, p.LadderTable = t.Draw(), t.Table()
}

// trace is the picture of where it comes from.
func (h *Web) trace(r *web.Request, c change.Record, p *onePage) error {
	stops, err := h.s.Trace(r.Context(), r.Actor, c)
	if err != nil || len(stops) == 0 {
		return err
	}
	l := r.Localizer()
	t := chart.Trail{ID: "trace", Title: r.T("change.trace"), Description: r.T("change.trace_text"), RTL: l.Dir() == "rtl", Columns: [3]string{r.T("change.stop"), r.T("change.what"), r.T("change.day")}}
	for _, s := range stops {
		line := traceLine{Kind: r.T("change.kind." + string(s.Kind)), Text: s.Text, URL: s.URL}
		if s.Count > 0 {
			line.Kind = r.T("change.counted."+string(s.Kind), "Count", s.Count)
		}
		if s.Kind == change.OfEffect && s.Mark != "" {
			line.Kind = r.T("change.mark." + string(s.Mark))
		}
		if !s.When.IsZero() {
			line.When = l.Date(s.When.In(r.Zone()))
		}
		p.Stops, p.Linked = append(p.Stops, line), p.Linked || line.URL != ""
		t.Stations = append(t.Stations, chart.Station{Title: line.Kind, Text: line.Text, When: line.When, Done: true})
	}
	p.Trace, p.TraceTable = t.Draw(), t.Table()
	return nil
}

// act adds a step, takes one back, or says whether a proposed one is so.
func (h *Web) act(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	act, step, _ := strings.Cut(r.Form("act"), ":")
	key, flash := idem.Form(r.Key(), act, step), "change.flash.saved"
	t := typed{On: r.Form("on"), Link: r.Form("link"), Open: true}
	var bad, noted []fault.Field
	t.Evidence, bad = r.GuardedText("evidence", r.FormValue("evidence"))
	t.Note, noted = r.GuardedText("note", r.FormValue("note"))
	bad = append(bad, noted...)
	switch act {
	case "step":
		flash = "change.flash.step"
		if err = fault.Wrong(bad...); len(bad) == 0 {
			err = h.s.AddStep(ctx, r.Actor, id, change.Step{Mark: change.Mark(r.Form("mark")), Back: change.Mark(r.Form("back")), On: day(r, "on"), StepWords: change.StepWords{Evidence: t.Evidence, Link: t.Link, Note: t.Note}}, key)
		}
	case "unstep":
		err = h.s.DropStep(ctx, r.Actor, id, step, key)
	case "yes", "no":
		err = h.s.Settle(ctx, r.Actor, id, step, act == "yes", key)
	default:
		if _, err = h.s.Get(ctx, r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		return r.RedirectWith(w, "/changes/"+id, flash)
	}
	p, perr := h.onePage(r)
	if perr != nil {
		return perr
	}
	if act == "step" {
		p.Typed = t
		for _, list := range [][]Option{p.Marks, p.Backs} {
			for i := range list {
				list[i].Checked = list[i].Value == r.Form("mark") || list[i].Value == r.Form("back")
			}
		}
	}
	return r.Fail(w, "change/one", p, err)
}
