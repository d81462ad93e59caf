// Package researchweb is the pages of research actions: the list, one action, its
// form, who has which part, notes on a phone, who came, the sheet on paper; a part
// on somebody's own page; and the options of an issue side by side.
package researchweb

import (
	"context"
	"embed"
	"io/fs"
	"slices"
	"time"

	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/research"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "research".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Colleague is somebody with an account.
type Colleague struct{ Account, Name string }

// Options are what the pages show of other rooms; each may be nil.
type Options struct {
	Name       func(ctx context.Context, org, account string) string // how a colleague is called
	Staff      func(ctx context.Context, org string) ([]Colleague, error)
	Evaluation func(r *web.Request, ref string) (url string, err error) // where the evaluation of a thing is made or read; empty when there is none
	Issue      func(id string) string                                   // address of an issue
	NewOffice  string                                                   // where another office is written down
	PowerMap   func(issue string) string                                // address of the map of power of an issue
	Team       func(id string) string
	HasIssues  bool // the room of issues is there: options can be compared
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

type fact struct{ Term, Text, Href string }

type pill struct{ Kind, Label, Icon string }

// Web is the room's web half.
type Web struct {
	s      *research.Service
	people *people.Service
	o      Options
}

// New returns the pages over the core.
func New(s *research.Service, p *people.Service, o Options) *Web {
	if o.Name == nil {
		o.Name = func(context.Context, string, string) string { return "" }
	}
	if o.Staff == nil {
		o.Staff = func(context.Context, string) ([]Colleague, error) { return nil, nil }
	}
	return &Web{s, p, o}
}

var (
	begin = access.Need{Resource: "research", Action: access.Create}
	see   = access.Need{Resource: "research", Action: access.Read}
	keep  = access.Need{Resource: "research", Action: access.Update}
)

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	route := func(s web.Surface, method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: s, Handler: fn}
	}
	notes := route(web.Staff, "POST", "/research/{id}/notes", keep, h.note)
	notes.Outbox = true
	list := []web.Route{
		route(web.Staff, "GET", "/research", see, h.list),
		route(web.Staff, "GET", "/research/new", begin, h.blank),
		route(web.Staff, "POST", "/research/new", begin, h.plan),
		route(web.Staff, "GET", "/research/{id}", see, h.one),
		route(web.Staff, "GET", "/research/{id}/edit", keep, h.form),
		route(web.Staff, "POST", "/research/{id}/edit", keep, h.change),
		route(web.Staff, "GET", "/research/{id}/parts", keep, h.parts),
		route(web.Staff, "POST", "/research/{id}/parts", keep, h.partsAct),
		route(web.Staff, "GET", "/research/{id}/notes", keep, h.notes),
		notes,
		route(web.Staff, "GET", "/research/{id}/came", keep, h.came),
		route(web.Staff, "POST", "/research/{id}/came", keep, h.hold),
		route(web.Staff, "POST", "/research/{id}/act", keep, h.act),
		route(web.Print, "GET", "/research/{id}/sheet", see, h.sheet),
		route(web.Member, "GET", "/me/research/{id}", see, h.mine),
	}
	if h.o.HasIssues {
		list = append(list,
			route(web.Staff, "GET", "/options", see, h.issues),
			route(web.Staff, "GET", "/options/{id}", see, h.compare),
			route(web.Staff, "GET", "/options/{id}/new", begin, h.newWay),
			route(web.Staff, "POST", "/options/{id}/new", begin, h.makeWay),
			route(web.Print, "GET", "/options/{id}/print", see, h.printed),
			route(web.Staff, "GET", "/ways/{id}", keep, h.way),
			route(web.Staff, "POST", "/ways/{id}", keep, h.saveWay),
			route(web.Staff, "POST", "/ways/{id}/act", keep, h.wayAct))
	}
	return list
}

func may(r *web.Request, n access.Need) bool {
	_, err := access.Check(r.Actor, n)
	return err == nil
}

// options makes the choices of a list of codes, with words from the catalog.
func options[T ~string](r *web.Request, prefix string, list []T, chosen ...T) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: string(v), Label: r.T(prefix + string(v)), Checked: slices.Contains(chosen, v)})
	}
	return out
}

// languages are those a meeting can be in.
func languages(r *web.Request, chosen string) (out []Option) {
	codes := []string{"en", "es", "vi", "ar", "fr", "pt", "ht", "zh", "so", "am", "uk", "ru", "tl", "sw"}
	if chosen != "" && !slices.Contains(codes, chosen) {
		codes = append(codes, chosen)
	}
	for _, c := range codes {
		out = append(out, Option{Value: c, Label: r.Localizer().LanguageName(c), Checked: c == chosen})
	}
	return out
}

func moment(r *web.Request, date, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", r.Form(date)+" "+r.Form(clock), r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// day is the evening of a day as a date field gives it; the zero time when it is none.
func day(r *web.Request, field string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, r.Form(field), r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t.Add(20 * time.Hour)
}

// when is the day and the hours, as the clinic's clock shows them.
func when(r *web.Request, a research.Action) string {
	l, z := r.Localizer(), r.Zone()
	return l.LongDate(a.At, z) + ", " + l.Clock(a.At, z) + "–" + l.Clock(a.End(), z)
}

func state(r *web.Request, a research.Action) pill {
	kind := map[research.State]string{research.Planned: "wait", research.Rehearsed: "ok", research.Held: "wait", research.Evaluated: "wait", research.FollowedUp: "ok", research.Cancelled: "info"}[a.State]
	return pill{Kind: kind, Label: r.T("research.state." + string(a.State))}
}

// nextLine is the next owner, act and clock.
type nextLine struct {
	Owner, Act, When, Exact, Kind string
	Badge                         *pill
}

// next says who has to do what by when; who is how the owner is called.
func (h *Web) next(r *web.Request, f research.Found, names map[string]string) *nextLine {
	n := f.Next()
	if n.Act == "" {
		return nil
	}
	l := r.Localizer()
	key := "research.next." + string(n.Act)
	if n.Act == research.Follows {
		key = "research.step." + string(n.Step)
	}
	out := &nextLine{Owner: h.who(r, n.Person, n.Account, names), Act: r.T(key), When: l.Ago(n.When, r.Now(), r.Zone()), Exact: l.DateTime(n.When.In(r.Zone())), Kind: "wait"}
	if n.Late(r.Now()) {
		out.Kind = "late"
	}
	return out
}

// who is how an owner is called: somebody who takes part, or a colleague.
func (h *Web) who(r *web.Request, person, account string, names map[string]string) string {
	name := names[person]
	if person == "" {
		name = h.o.Name(r.Context(), r.Actor.Org, account)
	}
	if name == "" {
		return r.T("research.somebody")
	}
	return name
}

func ids(a research.Action) (out []string) {
	for _, p := range a.Parts {
		out = append(out, p.Person)
	}
	return out
}
