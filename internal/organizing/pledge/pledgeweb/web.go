// Package pledgeweb is the pages of what was promised: the public board in every
// language, its feed and its slides, and the desk where two people keep it true.
package pledgeweb

import (
	"context"
	"embed"
	"html/template"
	"io/fs"
	"slices"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "pledge".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options are what the pages need besides the core; each may be missing.
type Options struct {
	Name   func(ctx context.Context, org, account string) string // how a colleague is called
	Source func(r *web.Request, ref string) (label, url string)  // where a promise was made, for those who may go there
	Issues pledge.Issues
	People pledge.Officials
	Clinic func(ctx context.Context, org string) string // its name, for the feed
	Change func(r *web.Request, ref string) string      // where a change that a kept promise brought is written down
}

// Web is the room's web half.
type Web struct {
	s *pledge.Service
	o Options
}

// New returns the pages over the core.
func New(s *pledge.Service, o Options) *Web { return &Web{s, o} }

var (
	write   = access.Need{Resource: "pledge", Action: access.Create}
	see     = access.Need{Resource: "pledge", Action: access.Read}
	change  = access.Need{Resource: "pledge", Action: access.Update}
	confirm = access.Need{Resource: "pledge", Action: access.Approve}
)

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	public := func(pattern string, fn web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: pattern, Need: see, Surface: web.Public, Handler: fn}
	}
	staff := func(method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: web.Staff, Handler: fn}
	}
	list := []web.Route{
		public("/pledges", h.board),
		public("/pledges/clinic", h.register),
		public("/pledges/{id}", h.shown),
		{Method: "GET", Pattern: "/pledges.atom", Need: see, Surface: web.API, Handler: h.feed},
		{Method: "GET", Pattern: "/pledges/slides", Need: see, Surface: web.Print, Handler: h.slides},

		// Anybody may read the board; the desk is for those who keep it.
		staff("GET", "/pledges/desk", change, h.desk),
		staff("GET", "/pledges/desk/new", write, h.form), staff("POST", "/pledges/desk/new", write, h.save),
		staff("GET", "/pledges/desk/{id}", change, h.one),
		staff("POST", "/pledges/desk/{id}/answer", confirm, h.answer),
		staff("POST", "/pledges/desk/{id}/back", change, h.takeBack),
		staff("GET", "/pledges/desk/{id}/check", change, h.checkForm), staff("POST", "/pledges/desk/{id}/check", change, h.check),
		staff("GET", "/pledges/desk/{id}/care", change, h.careForm), staff("POST", "/pledges/desk/{id}/care", change, h.care),
	}
	for _, act := range asks {
		list = append(list, staff("GET", "/pledges/desk/{id}/"+string(act), change, h.askForm(act)), staff("POST", "/pledges/desk/{id}/"+string(act), change, h.ask(act)))
	}
	return list
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

type pill struct{ Kind, Label, Icon string }

type fact struct{ Term, Text, Href string }

type tab struct {
	Label, URL string
	Count      int
	Current    bool
}

func may(r *web.Request, n access.Need) bool {
	_, err := access.Check(r.Actor, n)
	return err == nil
}

var kinds = map[pledge.State]pill{
	pledge.Kept: {Kind: "ok"}, pledge.Partly: {Kind: "wait", Icon: "minus"}, pledge.InProgress: {Kind: "info", Icon: "walk"}, pledge.Made: {Kind: "info", Icon: "speak"},
	pledge.Broken: {Kind: "late", Icon: "cross"}, pledge.Superseded: {Kind: "info", Icon: "next"},
}

func statePill(r *web.Request, s pledge.State) pill {
	p := kinds[s]
	p.Label = r.T("pledge.state." + string(s))
	return p
}

// pillOf is how a promise stands, in one word.
func pillOf(r *web.Request, p pledge.Pledge) pill {
	if p.Withdrawn {
		return pill{"info", r.T("pledge.state.withdrawn"), "undo"}
	}
	if p.Kind == pledge.Clinic && p.State == pledge.InProgress {
		return pill{"ok", r.T("pledge.state.in_force"), "check"}
	}
	return statePill(r, p.State)
}

func states(r *web.Request, list []pledge.State, chosen pledge.State) (out []Option) {
	for _, s := range list {
		out = append(out, Option{Value: string(s), Label: r.T("pledge.state." + string(s)), Hint: r.T("pledge.means." + string(s)), Checked: s == chosen})
	}
	return out
}

// day writes a day as the reader's language does; ” for none.
func day(r *web.Request, s string) string {
	t, err := time.ParseInLocation(time.DateOnly, s, r.Zone())
	if err != nil {
		return ""
	}
	return r.Localizer().ShortDate(t, r.Zone())
}

func ago(r *web.Request, s string) string {
	t, err := time.ParseInLocation(time.DateOnly, s, r.Zone())
	if err != nil {
		return ""
	}
	return r.Localizer().Ago(t.Add(12*time.Hour), r.Now(), r.Zone())
}

func today(r *web.Request) string { return r.Now().In(r.Zone()).Format(time.DateOnly) }

// who is who promised: the name and the office of that day.
func who(r *web.Request, w pledge.Words) string {
	var list []string
	for _, s := range []string{w.Name, w.Title} {
		if s != "" {
			list = append(list, s)
		}
	}
	return join(r, list)
}

func join(r *web.Request, list []string) string {
	out := ""
	for i, s := range list {
		if i > 0 {
			out += r.T("common.list.comma")
		}
		out += s
	}
	return out
}

func (h *Web) name(r *web.Request, account string) string {
	if account == "" {
		return ""
	}
	if account == r.Actor.Account {
		return r.T("pledge.me")
	}
	return h.called(r, account)
}

// called is a colleague's name, the reader's own too: for a sentence about the past.
func (h *Web) called(r *web.Request, account string) string {
	if h.o.Name != nil {
		if n := h.o.Name(r.Context(), r.Actor.Org, account); n != "" {
			return n
		}
	}
	return r.T("pledge.colleague")
}

func languages(r *web.Request, chosen string) (out []Option) {
	for _, l := range i18n.Languages() {
		out = append(out, Option{Value: l.Code, Label: i18n.Autonym(l.Code), Checked: l.Code == chosen})
	}
	return out
}

// quote is somebody's words with the language they are in.
type quote struct{ Text, Lang, Dir string }

func words(w pledge.Words, lang string) quote {
	text, in := w.In(lang)
	return quote{text, in, i18n.Dir(in)}
}

// board colours: what stands under way is one series, whether begun or only said.
var series = [][]pledge.State{{pledge.Kept}, {pledge.InProgress, pledge.Made}, {pledge.Partly}, {pledge.Broken}, {pledge.Superseded}}

type picture struct {
	ID, Title, Summary, Source string
	SVG                        template.HTML
	Table                      chart.Table
}

// drawn is the picture of the board: each body's promises and what became of them.
func drawn(r *web.Request, bodies []pledge.BodyList) picture {
	l := r.Localizer()
	c := chart.Chart{ID: "board", Title: r.T("pledge.chart"), Description: r.T("pledge.chart_text"), RTL: l.Dir() == "rtl", Corner: r.T("pledge.body"), Hidden: r.T("common.hidden"),
		Number: func(v float64) string { return l.Number(int(v)) }}
	for _, of := range series {
		c.Series = append(c.Series, chart.Series{Name: r.T("pledge.state." + string(of[0]))})
	}
	for _, b := range bodies {
		c.Categories = append(c.Categories, b.Body)
		for i, of := range series {
			n := 0
			for _, s := range of {
				n += b.Of[s]
			}
			c.Series[i].Values = append(c.Series[i].Values, chart.Value{N: float64(n)})
		}
	}
	return picture{ID: c.ID, Title: c.Title, Summary: c.Description, SVG: chart.Stacks(c), Table: c.Table()}
}

// summary says the counts in one sentence: "14 kept, 9 under way, …".
func summary(r *web.Request, c pledge.Counts) string {
	var list []string
	for _, of := range series {
		n := 0
		for _, s := range of {
			n += c.Of[s]
		}
		if n > 0 {
			list = append(list, r.T("pledge.count."+string(of[0]), "Count", n))
		}
	}
	return join(r, list)
}

func split(bodies []pledge.BodyList) (offices, clinic []pledge.BodyList) {
	at := slices.IndexFunc(bodies, func(b pledge.BodyList) bool { return b.Clinic })
	if at < 0 {
		return bodies, nil
	}
	return bodies[:at], bodies[at:]
}
