// The power tally: a month in four numbers, and how the months went.
package surveyweb

import (
	"net/http"
	"slices"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type tallyPage struct {
	Months                              []Option
	OneToOnes, Meetings, Roles, Brought string
	MayChange                           bool
	Any                                 bool
	Chart                               chart.SVG
	Table                               chart.Table
}

func (h *Web) tallyPage(r *web.Request) (p tallyPage, err error) {
	list, err := h.s.Tallies(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	p = tallyPage{OneToOnes: r.Form("one_to_ones"), Meetings: r.Form("meetings"), Roles: r.Form("roles"), Brought: r.Form("brought"), MayChange: may(r, need("survey", access.Update)), Any: len(list) > 0}
	now := r.Now().In(r.Zone())
	chosen := r.Form("month")
	if chosen == "" {
		chosen = now.AddDate(0, 0, -now.Day()).Format("2006-01") // the month that is over
	}
	for n := range 12 {
		m := time.Date(now.Year(), now.Month()-time.Month(n), 1, 12, 0, 0, 0, time.UTC)
		v := m.Format("2006-01")
		p.Months = append(p.Months, Option{Value: v, Label: r.Localizer().MonthYear(m), Checked: v == chosen})
	}
	c := chart.Chart{ID: "tally", Title: r.T("survey.tally.title"), Description: r.T("survey.tally.summary"), RTL: r.Localizer().Dir() == "rtl", Corner: r.T("survey.tally.month"),
		Number: func(v float64) string { return r.Localizer().Number(v) }}
	values := make([][]chart.Value, 4)
	for _, t := range slices.Backward(list[:min(12, len(list))]) {
		if m, err := time.Parse("2006-01", t.Month); err == nil {
			c.Categories = append(c.Categories, r.Localizer().ShortMonth(m.Month()))
		}
		for i, n := range []int{t.OneToOnes, t.Meetings, t.Roles, t.Brought} {
			values[i] = append(values[i], chart.Value{N: float64(n)})
		}
	}
	for i, name := range []string{"one_to_ones", "meetings", "roles", "brought"} {
		c.Series = append(c.Series, chart.Series{Name: r.T("survey.tally." + name), Values: values[i]})
	}
	if p.Any {
		p.Chart, p.Table = chart.Lines(c), c.Table()
	}
	return p, nil
}

func (h *Web) tally(w http.ResponseWriter, r *web.Request) error {
	p, err := h.tallyPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "survey/tally", p)
}

func (h *Web) saveTally(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	t := survey.Tally{Month: r.Form("month")}
	for name, to := range map[string]*int{"one_to_ones": &t.OneToOnes, "meetings": &t.Meetings, "roles": &t.Roles, "brought": &t.Brought} {
		if n, ok := r.FormInt(name); ok {
			*to = n
		} else {
			*to = -1 // said at the field
		}
	}
	if err := h.s.SaveTally(r.Context(), r.Actor, t, r.Key()); err != nil {
		p, e := h.tallyPage(r)
		if e != nil {
			return e
		}
		return r.Fail(w, "survey/tally", p, err)
	}
	return r.RedirectWith(w, "/surveys/tally", "survey.flash.tally")
}
