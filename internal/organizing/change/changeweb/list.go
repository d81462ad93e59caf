// How many changes stand where, and the list.
package changeweb

import (
	"html/template"
	"net/http"

	"seedbed/internal/kit/chart"
	"seedbed/internal/organizing/change"
	"seedbed/internal/platform/web"
)

type listLine struct {
	URL, Title, Level, Issue string
	Stand                    pill
	Waits                    int
	Next                     *nextLine
}

type listPage struct {
	Lines        []listLine
	MayMake      bool
	SVG          template.HTML
	Table        chart.Table
	Issue, Named string
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	p := listPage{MayMake: may(r, begin), Issue: r.Form("issue")}
	list, err := h.s.List(r.Context(), r.Actor, p.Issue)
	if err != nil {
		return err
	}
	if p.Named, err = h.s.IssueName(r.Context(), r.Actor, p.Issue); err != nil {
		return err
	}
	at, aside := map[change.Mark]int{}, map[change.Mark]int{}
	issues := map[string]string{}
	for _, c := range list {
		if _, known := issues[c.Issue]; !known {
			if issues[c.Issue], err = h.s.IssueName(r.Context(), r.Actor, c.Issue); err != nil {
				return err
			}
		}
		s := c.Stand()
		switch {
		case s.Aside != "":
			aside[s.Aside]++
		case s.Rung >= 0:
			at[change.Rungs()[s.Rung]]++
		}
		p.Lines = append(p.Lines, listLine{URL: "/changes/" + c.ID, Title: c.Title, Level: r.T("change.level." + string(c.Level)), Issue: issues[c.Issue], Stand: stand(r, c), Waits: len(c.Waits()), Next: h.next(r, c)})
	}
	l := r.Localizer()
	k := chart.Chart{ID: "ladder", Title: r.T("change.picture"), Description: r.T("change.picture_text"), RTL: l.Dir() == "rtl", Corner: r.T("change.step"), Number: func(v float64) string { return l.Number(int(v)) },
		Series: []chart.Series{{Name: r.T("change.how_many")}}}
	for i := len(change.Rungs()) - 1; i >= 0; i-- { // a ladder is read from below
		m := change.Rungs()[i]
		k.Categories = append(k.Categories, rung(r, m))
		k.Series[0].Values = append(k.Series[0].Values, chart.Value{N: float64(at[m])})
	}
	for _, m := range change.Sides() {
		k.Categories = append(k.Categories, rung(r, m))
		k.Series[0].Values = append(k.Series[0].Values, chart.Value{N: float64(aside[m])})
	}
	p.SVG, p.Table = chart.Bars(k), k.Table()
	return r.Page(w, "change/list", p)
}
