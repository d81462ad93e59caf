// Package surveyweb is the pages of surveys: questions on a phone without an
// account, a member's own page, and for organizers and evaluators the words of
// instruments, waves, paper, numbers. The route table is at the top.
package surveyweb

import (
	"embed"
	"io/fs"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "survey".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Web is the room's web half.
type Web struct {
	s      *survey.Service
	people *people.Service
	o      Options
}

// Options are what the pages need beside the core.
type Options struct {
	Core bool // core teams can be asked as a whole
}

// New returns the pages over the core.
func New(s *survey.Service, p *people.Service, o Options) *Web { return &Web{s, p, o} }

func need(r access.Resource, a access.Action) access.Need { return access.Need{Resource: r, Action: a} }

// Routes is the room's route table. Addresses name the act before the thing; those
// that people see say nothing.
func (h *Web) Routes() []web.Route {
	phone := func(method, pattern string, act access.Action, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: need("respond", act), Surface: web.Participant, Handler: web.NoCookie(fn)}
	}
	staff := func(method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: web.Staff, Handler: fn}
	}
	printed := func(pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: "GET", Pattern: pattern, Need: n, Surface: web.Print, Handler: fn}
	}
	own := func(method, pattern string, act access.Action, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: need("survey", act), Surface: web.Member, Handler: fn}
	}
	look, make, change, take := need("survey", access.Read), need("survey", access.Create), need("survey", access.Update), need("survey", access.Export)
	asked, ask := need("cohort", access.Read), need("cohort", access.Update)
	return []web.Route{
		phone("GET", "/q", access.Read, h.door), phone("POST", "/q", access.Create, h.knock),
		phone("GET", "/q/{token}", access.Read, h.start), phone("POST", "/q/{token}", access.Create, h.step),
		own("GET", "/me/surveys/{id}", access.Delete, h.mine), own("POST", "/me/surveys/{id}", access.Delete, h.takeBack),

		staff("GET", "/surveys", look, h.list), staff("GET", "/surveys/{id}", look, h.one),
		staff("GET", "/surveys/new", make, h.blank), staff("POST", "/surveys/new", make, h.create),
		staff("GET", "/surveys/words", look, h.shelf),
		staff("GET", "/surveys/words/fill", change, h.wordsForm), staff("POST", "/surveys/words/fill", change, h.attest),
		staff("GET", "/surveys/begin/{id}", change, h.beginForm), staff("POST", "/surveys/begin/{id}", change, h.begin),
		staff("GET", "/surveys/wave/{id}", look, h.wave), staff("POST", "/surveys/wave/{id}", change, h.act),
		staff("GET", "/surveys/people/{id}", asked, h.cohort), staff("POST", "/surveys/people/{id}", ask, h.ask),
		staff("GET", "/surveys/batch/{id}", change, h.sheet), staff("POST", "/surveys/batch/{id}", change, h.typed),
		staff("GET", "/surveys/pulse", change, h.pulseForm), staff("POST", "/surveys/pulse", change, h.pulse),
		staff("GET", "/surveys/tally", look, h.tally), staff("POST", "/surveys/tally", change, h.saveTally),
		staff("GET", "/surveys/file/{id}", take, h.file), staff("GET", "/surveys/codebook/{id}", take, h.codebook),
		printed("/surveys/invitations/{id}", asked, h.invitations), printed("/surveys/poster/{id}", look, h.poster), printed("/surveys/paper/{id}", change, h.paper),
	}
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

func options[T ~string](r *web.Request, list []T, prefix string, chosen T) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: string(v), Label: r.T(prefix + string(v)), Checked: v == chosen})
	}
	return out
}

func languages(r *web.Request, list []string, chosen string) (out []Option) {
	for _, l := range i18n.Languages() {
		for _, x := range list {
			if x == l.Code {
				out = append(out, Option{Value: l.Code, Label: r.Localizer().LanguageName(l.Code), Checked: l.Code == chosen})
			}
		}
	}
	return out
}

func may(r *web.Request, n access.Need) bool {
	g, err := access.Check(r.Actor, n)
	return err == nil && g.Scope != access.Self
}

// pill is a state as the part "state" reads it.
type pill struct{ Kind, Label, Icon string }
