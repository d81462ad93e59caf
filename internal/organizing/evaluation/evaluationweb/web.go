// Package evaluationweb is the pages of the round right after something: the list,
// one round for those who lead it, the code and the paper for the room, and the
// questions on a phone, for people without an account.
package evaluationweb

import (
	"context"
	"embed"
	"io/fs"
	"slices"

	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "evaluation".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options are what the pages ask of others; each may be nil.
type Options struct {
	Name  func(ctx context.Context, org, account string) string // how a colleague is called
	About func(a access.Actor, ref string) string               // address of what a round looks back at
}

// Web is the room's web half.
type Web struct {
	s *evaluation.Service
	o Options
}

// New returns the pages over the core.
func New(s *evaluation.Service, o Options) *Web { return &Web{s, o} }

// Routes is the room's route table. The addresses people see say nothing.
func (h *Web) Routes() []web.Route {
	lead := func(s web.Surface, method, pattern string, act access.Action, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: access.Need{Resource: "evaluation", Action: act}, Surface: s, Handler: fn}
	}
	phone := func(method string, act access.Action, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: "/e/{token}", Need: access.Need{Resource: "reflection", Action: act}, Surface: web.Participant, Handler: web.NoCookie(fn)}
	}
	return []web.Route{
		lead(web.Staff, "GET", "/evaluations", access.Read, h.list),
		lead(web.Staff, "GET", "/evaluations/{id}", access.Read, h.one),
		lead(web.Print, "GET", "/evaluations/{id}/screen", access.Update, h.screen),
		lead(web.Print, "GET", "/evaluations/{id}/paper", access.Update, h.paper),
		lead(web.Staff, "POST", "/evaluations/{id}", access.Update, h.act),
		phone("GET", access.Read, h.start), phone("POST", access.Create, h.step),
	}
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// options makes the choices of a list whose labels are prefix and the value.
func options(r *web.Request, list []string, prefix string, chosen ...string) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: v, Label: r.T(prefix + v), Checked: slices.Contains(chosen, v)})
	}
	return out
}

// shifts is what may have happened to power, the most first.
func shifts(r *web.Request, chosen *int) (out []Option) {
	for _, n := range slices.Backward(evaluation.Shifts()) {
		out = append(out, Option{Value: shift(n), Label: r.T("evaluation.power." + shiftKey(n)), Checked: chosen != nil && *chosen == n})
	}
	return out
}

func shift(n int) string { return map[int]string{-2: "-2", -1: "-1", 0: "0", 1: "1", 2: "2"}[n] }

func shiftKey(n int) string {
	return map[int]string{-2: "much_less", -1: "less", 0: "same", 1: "more", 2: "much_more"}[n]
}

// shiftOf reads a choice; nil when none was made.
func shiftOf(typed string) *int {
	for _, n := range evaluation.Shifts() {
		if shift(n) == typed {
			return &n
		}
	}
	return nil
}

// saw is the prefix of what people may have seen: in those they met, or among themselves.
func saw(k evaluation.Kind) string {
	if k.Others() {
		return "evaluation.saw.others."
	}
	return "evaluation.saw.us."
}

// word is a feeling as the reader's language has it.
func word(r *web.Request, f evaluation.Felt) string {
	if f.Code != "" {
		return r.T("evaluation.feeling." + f.Code)
	}
	return f.Word
}

func may(r *web.Request, act access.Action) bool {
	_, err := access.Check(r.Actor, access.Need{Resource: "evaluation", Action: act})
	return err == nil
}
