// Reading a report: on the desk, on paper, in public, and as a table with its
// codebook.
package reportweb

import (
	"bytes"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/organizing/report"
	"seedbed/internal/platform/web"
)

// reading is a report as its readers see it.
type reading struct {
	ID, Title, Lang, Dir, Intro, Learned string
	Version, Period, At                  string
	Groups                               []group
	Waves                                []wavePart
	SVG                                  template.HTML
	Table                                chart.Table
}

func (h *Web) reading(r *web.Request, x report.Full, staff bool) reading {
	p := reading{ID: x.ID, Title: x.Title, Lang: x.Lang, Intro: x.Intro, Learned: x.Learned, Version: r.T("report.for." + string(x.Version)), Period: periodName(r, x.Period),
		At: r.Localizer().Date(x.At.In(r.Zone())), Groups: h.groups(r, x.Lines, x.Version.Circle(), staff)}
	p.SVG, p.Table = h.shares(r, x.Lines)
	p.Waves = h.waves(r, x.Waves)
	return p
}

func (h *Web) print(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.Page(w, "report/print", h.reading(r, x, false))
}

type publicLine struct{ URL, Title, Lang, Period, When string }

func (h *Web) public(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Public(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	var lines []publicLine
	for _, x := range list {
		lines = append(lines, publicLine{"/reports/" + x.ID, x.Title, x.Lang, periodName(r, x.Period), r.Localizer().Date(x.Ended.In(r.Zone()))})
	}
	return r.Page(w, "report/public", lines)
}

type readPage struct {
	reading
	When string
}

func (h *Web) read(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Read(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.Page(w, "report/read", readPage{h.reading(r, x, false), r.Localizer().Date(x.Ended.In(r.Zone()))})
}

func (h *Web) table(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Read(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.asTable(w, r, x)
}

func (h *Web) codes(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Read(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.asCodes(w, r, x)
}

func (h *Web) export(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Export(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.asTable(w, r, x)
}

func (h *Web) exportCodes(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Export(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.asCodes(w, r, x)
}

// asTable is one row for each number. A hidden number may be a large one, so it
// reads as hidden and not as "few".
func (h *Web) asTable(w http.ResponseWriter, r *web.Request, x report.Full) error {
	var b bytes.Buffer
	s := sheet.NewWriter(&b)
	s.Texts([]string{"indicator", "name", "period", "kind", "n", "of", "percent", "target_percent", "missing"})
	cell := func(c report.Cell) string {
		if !c.Shown {
			return "hidden"
		}
		return strconv.Itoa(c.N)
	}
	percent := func(share float64, ok bool) string {
		if !ok {
			return ""
		}
		return strconv.FormatFloat(share*100, 'f', 1, 64)
	}
	key := x.Period.Key()
	for _, l := range x.Lines {
		name, period := r.T("report."+l.ID), key
		if !l.Have || l.Held {
			s.Texts([]string{l.ID, name, period, "", "", "", "", "", ""})
			continue
		}
		of, target := "", ""
		if l.Shape == report.Share {
			of = cell(l.D)
		}
		if l.Target > 0 {
			target = strconv.Itoa(l.Target)
		}
		s.Texts([]string{l.ID, name, period, "", cell(l.N), of, percent(l.Share, l.HasShare), target, strconv.Itoa(l.Missing)})
		for _, part := range l.Parts {
			s.Texts([]string{l.ID, name, period, partName(r, l.ID, part.Code), cell(part.Cell), cell(l.N), percent(part.Share, part.HasShare), "", ""})
		}
	}
	for _, x := range x.Waves {
		for _, v := range []struct {
			kind string
			n    float64
		}{{"before", x.Before}, {"after", x.After}} {
			s.Texts([]string{x.Group, r.T("survey.score." + x.Instrument + "." + x.Score), key, r.T("survey.result."+v.kind) + ": " + strconv.FormatFloat(v.n, 'f', -1, 64), strconv.Itoa(x.N), "", "", "", ""})
		}
	}
	if err := s.Close(); err != nil {
		return err
	}
	return r.Attachment(w, "report-"+x.Period.Key()+".csv", "text/csv; charset=utf-8", b.Bytes())
}

// asCodes says what every column and every indicator is.
func (h *Web) asCodes(w http.ResponseWriter, r *web.Request, x report.Full) error {
	var b bytes.Buffer
	s := sheet.NewWriter(&b)
	s.Texts([]string{"name", "meaning", "method"})
	for _, column := range []string{"indicator", "period", "kind", "n", "of", "percent", "target_percent", "missing", "hidden"} {
		s.Texts([]string{column, r.T("report.column." + column), ""})
	}
	for _, l := range x.Lines {
		s.Texts([]string{l.ID, r.T("report."+l.ID) + ". " + r.T("report."+l.ID+"_how"), method(r, l.Def, x.Version.Circle())})
	}
	s.Texts([]string{"", r.T("report.not_controlled"), x.At.UTC().Format(time.DateOnly)})
	if err := s.Close(); err != nil {
		return err
	}
	return r.Attachment(w, "codebook-"+x.Period.Key()+".csv", "text/csv; charset=utf-8", b.Bytes())
}
