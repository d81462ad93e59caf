// Package changeweb is the pages of changes: how many stand where, one change with
// its ladder and where it comes from, and its form.
package changeweb

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"seedbed/internal/organizing/change"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "change".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options are what the pages show of other rooms; each may be nil.
type Options struct {
	Name  func(ctx context.Context, org, account string) string // how a colleague is called
	Issue func(id string) string                                // address of an issue
	Thing func(r *web.Request, ref string) string               // address of a thing of another room; empty when the reader has none
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

type fact struct{ Term, Text, Href string }

type pill struct{ Kind, Label, Icon string }

type nextLine struct {
	Owner, Act, When, Exact, Kind string
	Badge                         *pill
}

// Web is the room's web half.
type Web struct {
	s *change.Service
	o Options
}

// New returns the pages over the core.
func New(s *change.Service, o Options) *Web {
	if o.Name == nil {
		o.Name = func(context.Context, string, string) string { return "" }
	}
	if o.Thing == nil {
		o.Thing = func(*web.Request, string) string { return "" }
	}
	return &Web{s, o}
}

var (
	begin = access.Need{Resource: "change", Action: access.Create}
	see   = access.Need{Resource: "change", Action: access.Read}
	keep  = access.Need{Resource: "change", Action: access.Update}
)

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	route := func(method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: web.Staff, Handler: fn}
	}
	return []web.Route{
		route("GET", "/changes", see, h.list),
		route("GET", "/changes/new", begin, h.blank),
		route("POST", "/changes/new", begin, h.make),
		route("GET", "/changes/{id}", see, h.one),
		route("GET", "/changes/{id}/edit", keep, h.form),
		route("POST", "/changes/{id}/edit", keep, h.save),
		route("POST", "/changes/{id}/act", keep, h.act),
	}
}

func may(r *web.Request, n access.Need) bool {
	_, err := access.Check(r.Actor, n)
	return err == nil
}

// options makes the choices of a list of codes, with words from the catalog.
func options[T ~string](r *web.Request, prefix string, list []T, chosen T) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: string(v), Label: r.T(prefix + string(v)), Checked: v == chosen})
	}
	return out
}

// stand is where a change stands, as a pill.
func stand(r *web.Request, c change.Record) pill {
	s := c.Stand()
	switch {
	case s.Aside != "":
		return pill{Kind: "late", Label: r.T("change.mark." + string(s.Aside))}
	case s.Rung < 0:
		return pill{Kind: "info", Label: r.T("change.not_yet")}
	}
	kind := "wait"
	if s.Rung >= change.Implemented.Rung() {
		kind = "ok"
	}
	return pill{Kind: kind, Label: rung(r, change.Rungs()[s.Rung])}
}

// rung is a step with its number, as people speak of it.
func rung(r *web.Request, m change.Mark) string {
	if n := m.Rung(); n >= 0 {
		return r.T("change.rung", "Number", n, "Name", r.T("change.mark."+string(m)))
	}
	return r.T("change.mark." + string(m))
}

func (h *Web) next(r *web.Request, c change.Record) *nextLine {
	n, l := c.Next(), r.Localizer()
	act := r.T("change.next." + string(n.Act))
	if n.Act == change.Further {
		act = r.T("change.next.further", "Step", r.T("change.mark."+string(n.Mark)))
	}
	out := &nextLine{Owner: h.o.Name(r.Context(), r.Actor.Org, n.Account), Act: act, When: l.Ago(n.When, r.Now(), r.Zone()), Exact: l.Date(n.When.In(r.Zone())), Kind: "wait"}
	if out.Owner == "" {
		out.Owner = r.T("change.somebody")
	}
	if r.Now().After(n.When) {
		out.Kind = "late"
	}
	return out
}

// day is the evening of a day as a date field gives it; the zero time when it is none.
func day(r *web.Request, field string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, r.Form(field), r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t.Add(20 * time.Hour)
}

func written(r *web.Request, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(r.Zone()).Format(time.DateOnly)
}
