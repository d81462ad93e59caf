// Package effortweb is the pages of what hours went into: a form for a phone with
// one's own week, the month for whoever answers for the money, and the funds.
package effortweb

import (
	"embed"
	"io/fs"
	"net/http"
	"time"

	"seedbed/internal/organizing/effort"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "effort".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Web is the room's web half.
type Web struct{ s *effort.Service }

// New returns the pages over the core.
func New(s *effort.Service) *Web { return &Web{s} }

var (
	note   = access.Need{Resource: "effort", Action: access.Create}
	see    = access.Need{Resource: "effort", Action: access.Read}
	change = access.Need{Resource: "effort", Action: access.Update}
	export = access.Need{Resource: "effort", Action: access.Export}
)

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	staff := func(method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: web.Staff, Handler: fn}
	}
	return []web.Route{
		staff("GET", "/effort", note, h.week), staff("POST", "/effort", note, h.write),
		staff("POST", "/effort/remind", note, h.remind),
		staff("POST", "/effort/entries/{id}/remove", change, h.remove),
		staff("GET", "/effort/report", see, h.report),
		staff("GET", "/effort/report/file", export, h.file),
		// Who keeps the funds is who may take the report along: the clinic's leader.
		staff("GET", "/effort/funds", export, h.funds), staff("POST", "/effort/funds", export, h.saveFund),
	}
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

func may(r *web.Request, n access.Need) bool {
	_, err := access.Check(r.Actor, n)
	return err == nil
}

// reports reports whether somebody sees more than their own hours.
func reports(r *web.Request) bool {
	g, err := access.Check(r.Actor, see)
	return err == nil && g.Scope != access.Self
}

func today(r *web.Request) string { return r.Now().In(r.Zone()).Format(time.DateOnly) }

func at(r *web.Request, day string) time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, day, r.Zone())
	return t
}

// hours writes minutes as people say them: "2 h", "1 h 30 min".
func hours(r *web.Request, minutes int) string {
	switch h, m := minutes/60, minutes%60; {
	case minutes == 0:
		return "–"
	case m == 0:
		return r.T("effort.h", "Hours", r.Localizer().Number(h))
	case h == 0:
		return r.T("effort.min", "Minutes", m)
	default:
		return r.T("effort.h_min", "Hours", r.Localizer().Number(h), "Minutes", m)
	}
}

type line struct {
	ID, Class, Fund, Hours string
}

type dayPart struct {
	Day   string
	Total string
	Lines []line
}

type weekPage struct {
	Day, Hours   string
	Classes      []Option
	Funds        []Option
	Voters       bool // the warning's tick is shown
	Days         []dayPart
	Total        string
	From, Until  string
	Prev, Next   string
	Remind, Over bool
	Reports      bool
	Keeps        bool
	Files        bool
}

func (h *Web) week(w http.ResponseWriter, r *web.Request) error {
	p, err := h.weekPage(r, effort.EntryIn{})
	if err != nil {
		return err
	}
	return r.Page(w, "effort/week", p)
}

func (h *Web) weekPage(r *web.Request, in effort.EntryIn) (p weekPage, err error) {
	now := today(r)
	from := effort.Monday(now)
	if asked := r.URL.Query().Get("week"); asked != "" && !at(r, asked).IsZero() && asked <= now {
		from = effort.Monday(asked)
	}
	week, err := h.s.Week(r.Context(), r.Actor, from)
	if err != nil {
		return p, err
	}
	p = weekPage{Day: in.Day, Hours: in.Hours, Remind: week.Remind, Over: week.Over, Reports: reports(r), Keeps: may(r, export),
		From: r.Localizer().ShortDate(at(r, from), r.Zone()), Until: r.Localizer().ShortDate(at(r, effort.Later(from, 6)), r.Zone()), Prev: "/effort?week=" + effort.Later(from, -7)}
	if next := effort.Later(from, 7); next <= now {
		p.Next = "/effort?week=" + next
	}
	if p.Day == "" {
		p.Day = now
	}
	class, fund := in.Class, in.Fund
	if class == "" && fund == "" && r.Method == http.MethodGet {
		class, fund = string(week.Last.Class), week.Last.Fund // the next hour is often like the last
	}
	for _, c := range effort.Classes() {
		p.Classes = append(p.Classes, Option{Value: string(c), Label: r.T("effort.class." + string(c)), Hint: r.T("effort.class." + string(c) + "_means"), Checked: string(c) == class})
	}
	names := map[string]string{}
	for _, f := range week.Funds {
		names[f.ID] = f.Name
		if f.Open {
			p.Funds = append(p.Funds, Option{Value: f.ID, Label: r.T("effort.fund_of", "Name", f.Name, "Kind", r.T("effort.kind."+string(f.Kind))), Checked: f.ID == fund})
		}
	}
	p.Voters = class == string(effort.Voters)
	total := 0
	for _, e := range week.Entries {
		n := len(p.Days)
		day := r.Localizer().Date(at(r, e.Day), r.Zone())
		if n == 0 || p.Days[n-1].Day != day {
			p.Days = append(p.Days, dayPart{Day: day})
			n++
		}
		p.Days[n-1].Lines = append(p.Days[n-1].Lines, line{e.ID, r.T("effort.class." + string(e.Class)), names[e.Fund], hours(r, e.Minutes)})
		total += e.Minutes
	}
	p.Total = hours(r, total)
	return p, nil
}

func (h *Web) write(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := effort.EntryIn{Day: r.Form("day"), Hours: r.Form("hours"), Class: r.Form("class"), Fund: r.Form("fund"), Sure: r.Checked("sure"), Key: r.Key()}
	err := h.s.Write(r.Context(), r.Actor, in)
	if err == nil {
		return r.RedirectWith(w, "/effort?week="+in.Day, "effort.flash.written")
	}
	p, perr := h.weekPage(r, in)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "effort/week", p, err)
}

func (h *Web) remove(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.Remove(r.Context(), r.Actor, r.PathValue("id"), r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, "/effort", "effort.flash.removed")
}

func (h *Web) remind(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.Remind(r.Context(), r.Actor, r.Checked("on"), r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, "/effort", "effort.flash.changed")
}
