// The clinic's counts: what may be published of a year, as pictures with their
// tables and as a file. Nothing is counted by clinician.

package introductionweb

import (
	"bytes"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type drawing struct {
	ID, Title, Summary string
	SVG                template.HTML
	Table              chart.Table
	Source             string
}

type countsData struct {
	Year    int
	Years   []Option
	Through string
	K       int
	Hidden  int
	Empty   bool
	Charts  []drawing
	Tables  []drawing // without a picture
	File    bool
}

func (h *Web) countsPage(w http.ResponseWriter, r *web.Request) error {
	c, err := h.s.Counts(r.Context(), r.Actor, countsYear(r))
	if err != nil {
		return err
	}
	names, err := h.countsSites(r)
	if err != nil {
		return err
	}
	_, denied := access.Check(r.Actor, need("counts", access.Export))
	d := countsData{Year: c.Year, K: c.K, Hidden: c.Hidden, Empty: len(c.Months) == 0, File: denied == nil}
	now := r.Now().In(r.Zone()).Year()
	for y := now; y > now-5; y-- {
		d.Years = append(d.Years, Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y), Checked: y == c.Year})
	}
	if !d.Empty {
		d.Through = countsMonth(r, c.Through)
		d.Charts = []drawing{countsFunnel(r, c), countsMonths(r, c)}
		d.Tables = []drawing{countsTable(r, "languages", c, c.Languages, func(s string) string { return countsLang(r, s) }), countsTable(r, "sites", c, c.Sites, func(s string) string { return countsSite(r, names, s) })}
	}
	return r.Page(w, "introduction/counts", d)
}

func countsYear(r *web.Request) int {
	n, _ := r.FormInt("year")
	return n
}

func (h *Web) countsSites(r *web.Request) (map[string]string, error) {
	list, err := h.accounts.Sites(r.Context(), r.Actor.Org)
	names := map[string]string{}
	for _, s := range list {
		names[s.ID] = s.Name
	}
	return names, err
}

func countsSite(r *web.Request, names map[string]string, site string) string {
	if n := names[site]; n != "" {
		return n
	}
	if site == "" {
		return r.T("counts.site_none")
	}
	return site
}

func countsLang(r *web.Request, code string) string { return r.Localizer().LanguageName(code) }

func countsMonth(r *web.Request, month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return r.Localizer().MonthYear(t)
}

func countsChart(r *web.Request, id, title string) chart.Chart {
	l := r.Localizer()
	return chart.Chart{ID: id, Title: r.T(title), RTL: i18n.Dir(r.Locale) == "rtl", Hidden: r.T("common.hidden"),
		Number: func(v float64) string { return l.Number(int(v)) }}
}

func countsValue(c introduction.Cell) chart.Value {
	return chart.Value{N: float64(c.N), Hidden: !c.Shown}
}

// countsFunnel draws the year's total; shares stand where both numbers may be shown.
func countsFunnel(r *web.Request, c introduction.Counts) drawing {
	k := countsChart(r, "funnel", "counts.funnel")
	k.Description = r.T("counts.funnel_says", "Through", countsMonth(r, c.Through))
	k.Corner = r.T("counts.stage")
	s := chart.Series{Name: r.T("counts.people")}
	var shares []string
	for i, stage := range c.Stages {
		cell := c.Total.Cells[i]
		k.Categories = append(k.Categories, r.T("counts.stage."+stage))
		s.Values = append(s.Values, countsValue(cell))
		share := ""
		if cell.HasShare && i > 0 {
			share = r.Localizer().Percent(cell.Share)
		}
		shares = append(shares, share)
	}
	k.Series = []chart.Series{s}
	t := k.Table()
	t.Columns = append(t.Columns, r.T("counts.share"))
	for i := range t.Rows {
		t.Rows[i] = append(t.Rows[i], shares[i])
	}
	return drawing{ID: k.ID, Title: k.Title, Summary: k.Description, SVG: chart.Funnel(k, shares), Table: t}
}

// countsMonths draws what was offered and who met; the table has every stage.
func countsMonths(r *web.Request, c introduction.Counts) drawing {
	k := countsChart(r, "months", "counts.months")
	k.Description = r.T("counts.months_says")
	shown := []int{0, 4} // offered and met
	for _, i := range shown {
		k.Series = append(k.Series, chart.Series{Name: r.T("counts.stage." + c.Stages[i])})
	}
	for _, line := range c.Months {
		k.Categories = append(k.Categories, countsMonth(r, line.Name))
		for n, i := range shown {
			k.Series[n].Values = append(k.Series[n].Values, countsValue(line.Cells[i]))
		}
	}
	d := countsTable(r, "months", c, c.Months, func(s string) string { return countsMonth(r, s) })
	d.SVG, d.Summary = chart.Bars(k), k.Description
	return d
}

func countsTable(r *web.Request, by string, c introduction.Counts, lines []introduction.Line, name func(string) string) drawing {
	l := r.Localizer()
	d := drawing{ID: by, Title: r.T("counts." + by), Table: chart.Table{Columns: []string{r.T("counts.by." + by)}}}
	for _, stage := range c.Stages {
		d.Table.Columns = append(d.Table.Columns, r.T("counts.stage."+stage))
	}
	add := func(name string, cells []introduction.Cell) {
		row := []string{name}
		for _, cell := range cells {
			if cell.Shown {
				row = append(row, l.Number(cell.N))
			} else {
				row = append(row, r.T("common.hidden"))
			}
		}
		d.Table.Rows = append(d.Table.Rows, row)
	}
	for _, line := range lines {
		add(name(line.Name), line.Cells)
	}
	add(r.T("common.total"), c.Total.Cells)
	return d
}

// countsFile is the report for a spreadsheet. Codes of months and languages stay
// as they are, so that files of two clinics fit together.
func (h *Web) countsFile(w http.ResponseWriter, r *web.Request) error {
	c, err := h.s.ExportCounts(r.Context(), r.Actor, countsYear(r))
	if err != nil {
		return err
	}
	names, err := h.countsSites(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	out := sheet.NewWriter(&b)
	for i, row := range c.Rows(r.T("common.hidden")) {
		cells := make([]any, len(row))
		for j, s := range row {
			n, err := strconv.Atoi(s)
			switch {
			case i == 0 && j > 1:
				cells[j] = r.T("counts.stage." + s)
			case i > 0 && j > 1 && err == nil:
				cells[j] = n
			case i > 0 && j == 1 && row[0] == "site":
				cells[j] = countsSite(r, names, s)
			default:
				cells[j] = s
			}
		}
		out.Row(cells...)
	}
	out.Row()
	out.Row(r.T("counts.method_k", "K", c.K))
	if err := out.Close(); err != nil {
		return err
	}
	return r.Attachment(w, "counts-"+strconv.Itoa(c.Year)+".csv", "text/csv; charset=utf-8", b.Bytes())
}
