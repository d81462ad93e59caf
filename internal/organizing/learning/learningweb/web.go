// Package learningweb is the pages of learning: Learn with what comes next,
// sessions to read and print, curricula, trainings, and a person's path.
package learningweb

import (
	"context"
	"embed"
	"io/fs"
	"strconv"
	"time"

	"seedbed/internal/organizing/learning"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "learning".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options are what the pages need beside the cores.
type Options struct {
	Staff func(ctx context.Context, org, account string) string // how a colleague is called
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// Fact is a term and what is known.
type Fact struct{ Term, Text, Href string }

// Web is the room's web half.
type Web struct {
	s      *learning.Service
	people *people.Service
	o      Options
}

// New returns the pages over the core.
func New(s *learning.Service, p *people.Service, o Options) *Web { return &Web{s, p, o} }

var (
	read    = access.Need{Resource: "curriculum", Action: access.Read}
	write   = access.Need{Resource: "curriculum", Action: access.Create}
	change  = access.Need{Resource: "curriculum", Action: access.Update}
	publish = access.Need{Resource: "curriculum", Action: access.Approve}
	plan    = access.Need{Resource: "training", Action: access.Create}
	see     = access.Need{Resource: "training", Action: access.Read}
	hold    = access.Need{Resource: "training", Action: access.Update}
	sign    = access.Need{Resource: "skill", Action: access.Create}
	shown   = access.Need{Resource: "skill", Action: access.Read}
	take    = access.Need{Resource: "skill", Action: access.Update}
)

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	on := func(s web.Surface, method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: s, Handler: fn}
	}
	list := []web.Route{
		on(web.Staff, "GET", "/learn", read, h.home),

		on(web.Staff, "GET", "/learn/curricula/new", write, h.curriculumForm),
		on(web.Staff, "POST", "/learn/curricula/new", write, h.curriculumSave),
		on(web.Staff, "GET", "/learn/curricula/{id}", read, h.curriculum),
		on(web.Staff, "GET", "/learn/curricula/{id}/edit", change, h.curriculumForm),
		on(web.Staff, "POST", "/learn/curricula/{id}/edit", change, h.curriculumSave),
		on(web.Staff, "POST", "/learn/curricula/{id}/state", publish, h.curriculumState),
		on(web.Staff, "GET", "/learn/curricula/{id}/sessions/{n}", read, h.session),
		on(web.Print, "GET", "/learn/curricula/{id}/sessions/{n}/paper", read, h.sessionPaper),
		on(web.Staff, "GET", "/learn/curricula/{id}/sessions/{n}/edit", change, h.sessionForm),
		on(web.Staff, "POST", "/learn/curricula/{id}/sessions/{n}/edit", change, h.sessionSave),

		on(web.Staff, "GET", "/learn/trainings/new", plan, h.trainingForm),
		on(web.Staff, "POST", "/learn/trainings/new", plan, h.trainingPlan),
		on(web.Staff, "GET", "/learn/trainings/{id}", see, h.training),
		on(web.Staff, "GET", "/learn/trainings/{id}/sessions/{n}", see, h.taught),
		on(web.Print, "GET", "/learn/trainings/{id}/sessions/{n}/paper", see, h.taughtPaper),
		on(web.Staff, "POST", "/learn/trainings/{id}/list", hold, h.trainingList),
		on(web.Staff, "POST", "/learn/trainings/{id}/held", hold, h.trainingHeld),
		on(web.Staff, "POST", "/learn/trainings/{id}/cancel", hold, h.trainingCancel),

		on(web.Staff, "GET", "/learn/people/{id}", shown, h.person),
		on(web.Staff, "POST", "/learn/people/{id}/sign", sign, h.sign),
		on(web.Staff, "POST", "/learn/people/{id}/takeback", take, h.takeBack),
	}
	for _, key := range learning.Outlines() { // everybody's: the address names nothing of a clinic
		at := "/learn/outlines/" + string(key)
		list = append(list, on(web.Staff, "GET", at, read, h.outline(key, "learning/session")), on(web.Print, "GET", at+"/paper", read, h.outline(key, "learning/session_paper")))
	}
	return list
}

func may(r *web.Request, n access.Need) bool {
	_, err := access.Check(r.Actor, n)
	return err == nil
}

func options[T ~string](r *web.Request, prefix string, list []T, chosen func(T) bool) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: string(v), Label: r.T(prefix + string(v)), Checked: chosen(v)})
	}
	return out
}

func skills(r *web.Request, list []learning.Skill) string {
	var out []string
	for _, k := range list {
		out = append(out, r.T(k.Label()))
	}
	return r.Localizer().List(out)
}

// languages are those a curriculum or a training can be in: what people here speak.
func languages(r *web.Request, chosen string) (out []Option) {
	for _, l := range []string{"en", "es", "vi", "ar", "zh", "ru", "so", "ht", "fr", "pt"} {
		out = append(out, Option{Value: l, Label: r.Localizer().LanguageName(l), Checked: l == chosen})
	}
	return out
}

func (h *Web) staff(r *web.Request, account string) string {
	if h.o.Staff != nil {
		if name := h.o.Staff(r.Context(), r.Actor.Org, account); name != "" {
			return name
		}
	}
	return r.T("learning.colleague")
}

func when(r *web.Request, t time.Time) string { return r.Localizer().DateTime(t.In(r.Zone())) }

func minutes(r *web.Request, n int) string { return r.T("learning.minutes", "Count", n) }

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
