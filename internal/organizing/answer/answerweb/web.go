// Package answerweb is the pages of answers without an account: the questions on
// a phone or a kiosk, the way back with a receipt, and for the organizers the
// places, posters and moderation. The route table is at the top.
package answerweb

import (
	"embed"
	"io/fs"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/answer"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "answer".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Web is the room's web half.
type Web struct{ s *answer.Service }

// New returns the pages over the core.
func New(s *answer.Service) *Web { return &Web{s} }

// Routes is the room's route table. The addresses people see say nothing.
func (h *Web) Routes() []web.Route {
	ask := func(method, pattern string, act access.Action, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: access.Need{Resource: "ask", Action: act}, Surface: web.Participant, Handler: web.NoCookie(fn)}
	}
	staff := func(method, pattern string, act access.Action, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: access.Need{Resource: "answer", Action: act}, Surface: web.Staff, Handler: fn}
	}
	sound := staff("POST", "/answers/{id}/sound", access.Create, h.saveSound)
	sound.MaxBody = answer.LargestRecording + 64<<10
	poster := staff("GET", "/posters/{id}", access.Create, h.poster)
	poster.Surface = web.Print
	return []web.Route{
		ask("GET", "/ask", access.Read, h.door), ask("POST", "/ask", access.Create, h.back),
		ask("GET", "/ask/{token}", access.Read, h.start), ask("POST", "/ask/{token}", access.Create, h.step),
		ask("GET", "/ask/{token}/{question}/{lang}", access.Read, h.sound),
		staff("GET", "/answers/{id}", access.Update, h.queue), staff("POST", "/answers/{id}", access.Update, h.moderate),
		staff("GET", "/answers/{id}/places", access.Create, h.places), staff("POST", "/answers/{id}/places", access.Create, h.savePlace),
		staff("POST", "/answers/{id}/codes", access.Create, h.codes), sound,
		poster,
	}
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

func languageOptions(r *web.Request, chosen string) (out []Option) {
	for _, l := range i18n.Languages() {
		out = append(out, Option{Value: l.Code, Label: r.Localizer().LanguageName(l.Code), Checked: l.Code == chosen})
	}
	return out
}
