// The month by class and fund, and the list of funds.

package effortweb

import (
	"net/http"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/effort"
	"seedbed/internal/platform/web"
)

type reportPage struct {
	Month, Name, Prev, Next string
	Table                   chart.Table
	Chart                   *picture
	Total, Lobbied          string
	Over, Few, Files, Keeps bool
	Bars                    []string
}

type picture struct {
	ID, Title, Summary, Source string
	SVG                        chart.SVG
	Table                      chart.Table
}

// month is the month a reader asks for, or the one before this one in its first week:
// that is the report people come for.
func month(r *web.Request) string {
	if m := r.Form("month"); m != "" {
		return m
	}
	now := r.Now().In(r.Zone())
	if now.Day() <= 7 {
		now = now.AddDate(0, 0, -now.Day())
	}
	return now.Format("2006-01")
}

func (h *Web) report(w http.ResponseWriter, r *web.Request) error {
	m := month(r)
	rep, few, err := h.s.Month(r.Context(), r.Actor, m)
	if err != nil {
		return err
	}
	first := at(r, m+"-01")
	l := r.Localizer()
	p := reportPage{Month: m, Name: l.MonthYear(first, r.Zone()), Prev: "/effort/report?month=" + first.AddDate(0, -1, 0).Format("2006-01"), Few: few, Over: rep.Over(), Files: may(r, export), Keeps: may(r, export),
		Total: hours(r, rep.Total()), Lobbied: l.Percent(rep.Lobbied())}
	if next := first.AddDate(0, 1, 0); !next.After(r.Now()) {
		p.Next = "/effort/report?month=" + next.Format("2006-01")
	}
	for _, b := range rep.Barred() {
		p.Bars = append(p.Bars, r.T("effort.bar."+string(b)))
	}
	if rep.Total() > 0 {
		p.Table = table(r, rep)
		c := chart.Chart{ID: "effort", Title: r.T("effort.by_class"), Description: r.T("effort.by_class_text"), RTL: l.Dir() == "rtl", Corner: r.T("effort.class"), Number: func(v float64) string { return hours(r, int(v)) },
			Series: []chart.Series{{Name: r.T("effort.hours")}}}
		for _, class := range effort.Classes() {
			c.Categories = append(c.Categories, r.T("effort.class."+string(class)))
			c.Series[0].Values = append(c.Series[0].Values, chart.Value{N: float64(rep.ByClass(class))})
		}
		p.Chart = &picture{ID: c.ID, Title: c.Title, Summary: c.Description, SVG: chart.Bars(c), Table: c.Table()}
	}
	return r.Page(w, "effort/report", p)
}

// table is classes by funds, with sums.
func table(r *web.Request, rep effort.Report) (t chart.Table) {
	t.Columns = []string{r.T("effort.class")}
	for _, f := range rep.Funds {
		t.Columns = append(t.Columns, r.T("effort.fund_of", "Name", f.Name, "Kind", r.T("effort.kind."+string(f.Kind))))
	}
	t.Columns = append(t.Columns, r.T("common.total"))
	for _, c := range effort.Classes() {
		row := []string{r.T("effort.class." + string(c))}
		for _, f := range rep.Funds {
			row = append(row, hours(r, rep.At(c, f.ID)))
		}
		t.Rows = append(t.Rows, append(row, hours(r, rep.ByClass(c))))
	}
	row := []string{r.T("common.total")}
	for _, f := range rep.Funds {
		row = append(row, hours(r, rep.ByFund(f.ID)))
	}
	t.Rows = append(t.Rows, append(row, hours(r, rep.Total())))
	return t
}

func (h *Web) file(w http.ResponseWriter, r *web.Request) error {
	m := month(r)
	if _, err := time.Parse("2006-01", m); err != nil {
		m = "none"
	}
	file, err := h.s.Export(r.Context(), r.Actor, m)
	if err != nil {
		return err
	}
	return r.Attachment(w, "effort-"+m+".csv", "text/csv; charset=utf-8", file)
}

type fundLine struct {
	ID, Name, Of string
	Kinds        []Option
	Open         bool
}

type fundsPage struct {
	Name  string // of a new one
	Kinds []Option
	List  []fundLine
	Wrong string // id of the fund whose form is shown again
}

func kinds(r *web.Request, chosen string) (out []Option) {
	for _, k := range effort.FundKinds() {
		out = append(out, Option{Value: string(k), Label: r.T("effort.kind." + string(k)), Hint: r.T("effort.kind." + string(k) + "_means"), Checked: string(k) == chosen})
	}
	return out
}

func (h *Web) fundsPage(r *web.Request, in effort.FundIn) (p fundsPage, err error) {
	list, err := h.s.Funds(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	p.Wrong = in.ID
	p.Kinds = kinds(r, "")
	if in.ID == "" {
		p.Name, p.Kinds = in.Name, kinds(r, in.Kind)
	}
	for _, f := range list {
		x := fundLine{f.ID, f.Name, r.T("effort.fund_of", "Name", f.Name, "Kind", r.T("effort.kind."+string(f.Kind))), kinds(r, string(f.Kind)), f.Open}
		if f.ID == in.ID {
			x.Name, x.Kinds, x.Open = in.Name, kinds(r, in.Kind), in.Open
		}
		p.List = append(p.List, x)
	}
	return p, nil
}

func (h *Web) funds(w http.ResponseWriter, r *web.Request) error {
	p, err := h.fundsPage(r, effort.FundIn{})
	if err != nil {
		return err
	}
	return r.Page(w, "effort/funds", p)
}

func (h *Web) saveFund(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := effort.FundIn{ID: r.Form("id"), Kind: r.Form("kind"), Open: r.Checked("open"), Key: r.Key()}
	name, bad := r.Guarded("name")
	in.Name = name
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.SaveFund(r.Context(), r.Actor, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/effort/funds", "effort.flash.changed")
	}
	p, perr := h.fundsPage(r, in)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "effort/funds", p, err)
}
