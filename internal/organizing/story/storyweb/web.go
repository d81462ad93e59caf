// Package storyweb is the pages of stories: the list and the workbench of those
// who write them down, and the teller's own page, by code or from their own
// information. The route table is at the top.
package storyweb

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/story"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "story".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options are what the pages need beside the cores.
type Options struct {
	Name func(ctx context.Context, org, account string) string // how a colleague is called
}

// Web is the room's web half.
type Web struct {
	s      *story.Service
	people *people.Service
	o      Options
}

// New returns the pages over the cores.
func New(s *story.Service, p *people.Service, o Options) *Web { return &Web{s, p, o} }

// Routes is the room's route table. The addresses say nothing of what is told.
func (h *Web) Routes() []web.Route {
	staff := func(method, pattern string, act access.Action, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: access.Need{Resource: "story", Action: act}, Surface: web.Staff, Handler: fn}
	}
	own := func(method string, act access.Action, pattern string, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: access.Need{Resource: "said", Action: act}, Surface: web.Participant, Handler: web.NoCookie(fn)}
	}
	mine := func(method string, act access.Action, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: "/me/told/{id}", Need: access.Need{Resource: "story", Action: act}, Surface: web.Member, Handler: fn}
	}
	return []web.Route{
		staff("GET", "/told", access.Read, h.list), staff("POST", "/told", access.Update, h.down),
		staff("GET", "/told/new", access.Create, h.newPage), staff("POST", "/told/new", access.Create, h.tell),
		staff("GET", "/told/{id}", access.Read, h.one),
		staff("POST", "/told/{id}/words", access.Update, h.draft),
		staff("POST", "/told/{id}/yes", access.Approve, h.approve),
		staff("POST", "/told/{id}/use", access.Share, h.use),
		staff("POST", "/told/{id}/rest", access.Update, h.rest),
		staff("POST", "/told/{id}/stop", access.Delete, h.stop),
		staff("POST", "/told/{id}/end", access.Delete, h.end),
		mine("GET", access.Read, h.mine), mine("POST", access.Update, h.mineAct),
		own("GET", access.Read, "/said", h.door), own("POST", access.Create, "/said", h.said),
	}
}

// words reads a title and a text through the guard; fields that still name what
// must not be written down come back as mistakes.
func words(r *web.Request) (story.Words, []fault.Field) {
	title, bad := r.Guarded("title")
	text, more := r.GuardedText("text", r.FormValue("text"))
	return story.Words{Title: title, Text: text}, append(bad, more...)
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

func options[T ~string](r *web.Request, prefix string, list []T, chosen ...string) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: string(v), Label: r.T(prefix + string(v)), Checked: slices.Contains(chosen, string(v))})
	}
	return out
}

func placeOptions(r *web.Request, chosen []string) (out []Option) {
	for _, p := range consent.StoryPlaces() {
		out = append(out, Option{Value: p, Label: r.T("story.place." + p), Hint: r.T("story.place." + p + ".hint"), Checked: slices.Contains(chosen, p)})
	}
	return out
}

func languageOptions(r *web.Request, chosen string) (out []Option) {
	for _, l := range i18n.Languages() {
		out = append(out, Option{Value: l.Code, Label: r.Localizer().LanguageName(l.Code), Checked: l.Code == chosen})
	}
	return out
}

// stateKind is how the state's pill looks.
func stateKind(s story.State) string {
	switch s {
	case story.Approved, story.Used:
		return "ok"
	case story.Told, story.Drafted:
		return "wait"
	}
	return "info"
}

func day(r *web.Request, t time.Time) string { return r.Localizer().LongDate(t.In(r.Zone())) }

// seeOther goes back to a story after a change, with a sentence about it.
func (h *Web) seeOther(w http.ResponseWriter, r *web.Request, said string) error {
	return r.RedirectWith(w, "/told/"+r.PathValue("id"), "story.flash."+said)
}
