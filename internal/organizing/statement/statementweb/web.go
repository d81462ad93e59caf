// Package statementweb is the pages of statements and votes: voting on a phone or a
// kiosk, the way back with a receipt, what a room sees on the wall, and for the
// organizers what people vote on and what came out. The route table is at the top.
package statementweb

import (
	"embed"
	"io/fs"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/statement"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "statement".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Web is the room's web half.
type Web struct{ s *statement.Service }

// New returns the pages over the core.
func New(s *statement.Service) *Web { return &Web{s} }

// Routes is the room's route table. The addresses people see say nothing.
func (h *Web) Routes() []web.Route {
	say := func(method, pattern string, act access.Action, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: access.Need{Resource: "say", Action: act}, Surface: web.Participant, Handler: web.NoCookie(fn)}
	}
	staff := func(method, pattern string, act access.Action, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: access.Need{Resource: "statement", Action: act}, Surface: web.Staff, Handler: fn}
	}
	screen := staff("GET", "/statements/{id}/screen", access.Read, h.screen)
	screen.Surface = web.Panel
	wall := staff("GET", "/statements/{id}/screen/live", access.Read, h.screenLive)
	wall.Surface = web.Panel
	poster := staff("GET", "/statements/{id}/poster", access.Update, h.poster)
	poster.Surface = web.Print
	return []web.Route{
		say("GET", "/say", access.Read, h.door), say("POST", "/say", access.Create, h.back),
		say("GET", "/say/{token}", access.Read, h.start), say("POST", "/say/{token}", access.Create, h.vote),
		say("GET", "/say/{token}/results", access.Read, h.heard),
		staff("GET", "/statements", access.Read, h.list), staff("POST", "/statements", access.Create, h.create),
		staff("GET", "/statements/{id}", access.Read, h.results), staff("GET", "/statements/{id}/live", access.Read, h.live),
		staff("GET", "/statements/{id}/results.csv", access.Export, h.file),
		screen, wall, poster,
		staff("GET", "/statements/{id}/queue", access.Update, h.queue), staff("POST", "/statements/{id}/queue", access.Update, h.moderate),
		staff("POST", "/statements/{id}/set", access.Create, h.set),
		staff("GET", "/statements/{id}/words", access.Update, h.words), staff("POST", "/statements/{id}/words", access.Update, h.saveWords),
		staff("GET", "/statements/{id}/paper", access.Update, h.paper), staff("POST", "/statements/{id}/paper", access.Update, h.savePaper),
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

// sentence is a statement in the reader's language if it is there, with the
// language and direction that it is in.
type sentence struct{ ID, Text, Lang, Dir string }

func in(r *web.Request, st statement.Statement) sentence {
	text, lang := st.Text.In(r.Locale, st.Language)
	return sentence{st.ID, text, lang, i18n.Dir(lang)}
}
