// The numbers of a period, and one number with everything about it.
package reportweb

import (
	"html/template"
	"net/http"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/report"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type indicatorsPage struct {
	Period, Key, At string
	Periods         []Option
	Groups          []group
	Waves           []wavePart
	Outside         bool
	SVG             template.HTML
	Table           chart.Table
}

func (h *Web) indicators(w http.ResponseWriter, r *web.Request) error {
	p, _ := report.ParsePeriod(r.Form("period"))
	s, err := h.s.See(r.Context(), r.Actor, p)
	if err != nil {
		return err
	}
	d := indicatorsPage{Period: periodName(r, s.Period), Key: s.Period.Key(), At: r.Localizer().Date(s.At.In(r.Zone())), Periods: periods(r, s.Others, s.Period), Outside: s.Circle == report.Outside,
		Groups: h.groups(r, s.Lines, s.Circle, true)}
	d.SVG, d.Table = h.shares(r, s.Lines)
	d.Waves = h.waves(r, s.Waves)
	return r.Page(w, "report/indicators", d)
}

func periods(r *web.Request, list []report.Period, chosen report.Period) (out []Option) {
	for _, p := range list {
		out = append(out, Option{Value: p.Key(), Label: periodName(r, p), Checked: p == chosen})
	}
	return out
}

type indicatorPage struct {
	ID, Name, How, Method, Kind string
	Figure                      figure
	Has                         bool
	Period                      string
	SVG                         template.HTML
	Table                       chart.Table
	Target                      string
	MayTarget, Share, Fewer     bool
}

func (h *Web) indicator(w http.ResponseWriter, r *web.Request) error {
	p, err := h.indicatorPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "report/indicator", p)
}

func (h *Web) indicatorPage(r *web.Request) (p indicatorPage, err error) {
	d, points, err := h.s.Trend(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	c := report.CircleOf(r.Actor)
	kind := map[report.Kind]string{report.Flow: "flow", report.Distinct: "distinct", report.Stock: "stock", report.Given: "given"}[d.Kind]
	p = indicatorPage{ID: d.ID, Name: r.T("report." + d.ID), How: r.T("report." + d.ID + "_how"), Method: method(r, d, c), Kind: r.T("report.counts." + kind), Share: d.Shape == report.Share, Fewer: d.Fewer,
		MayTarget: d.Shape == report.Share && may(r, "indicator", access.Update)}
	want, err := h.s.Target(r.Context(), r.Actor, d.ID)
	if err != nil {
		return p, err
	}
	if want > 0 {
		p.Target = r.Localizer().Number(want)
	}
	if len(points) == 0 {
		return p, nil
	}
	last := points[len(points)-1]
	p.Figure, p.Has, p.Period = h.figure(r, last.Line, c, false), true, periodName(r, last.Period)
	p.SVG, p.Table = h.trend(r, d, points)
	return p, nil
}

// trend is the months that came out, with the base beside a share.
func (h *Web) trend(r *web.Request, d report.Def, points []report.Point) (template.HTML, chart.Table) {
	l := r.Localizer()
	k := chart.Chart{ID: "trend", Title: r.T("report.trend"), Description: r.T("report.trend_text"), RTL: l.Dir() == "rtl", Corner: r.T("report.month"), Hidden: r.T("common.hidden"),
		Number: func(v float64) string { return l.Number(int(v)) }, Series: []chart.Series{{Name: r.T("report.how_many")}}}
	if d.Shape == report.Share {
		k.Series = append(k.Series, chart.Series{Name: r.T("report.of")})
	}
	for _, x := range points {
		k.Categories = append(k.Categories, periodName(r, x.Period))
		k.Series[0].Values = append(k.Series[0].Values, chart.Value{N: float64(x.N.N), Hidden: !x.N.Shown})
		if d.Shape == report.Share {
			k.Series[1].Values = append(k.Series[1].Values, chart.Value{N: float64(x.D.N), Hidden: !x.D.Shown})
		}
	}
	return chart.Bars(k), k.Table()
}

func (h *Web) target(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	n, ok := r.FormInt("target")
	if r.Form("target") == "" {
		n, ok = 0, true
	}
	if !ok {
		n = -1
	}
	id := r.PathValue("id")
	err := h.s.SetTarget(r.Context(), r.Actor, id, n, r.Key())
	if err == nil {
		return r.RedirectWith(w, "/indicators/"+id, "report.flash.target")
	}
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	p, perr := h.indicatorPage(r)
	if perr != nil {
		return perr
	}
	p.Target = r.Form("target")
	return r.Fail(w, "report/indicator", p, err)
}
