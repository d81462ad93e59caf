// Package peopleweb is the pages about people: one person's page, coming in with
// an organizer's help or by a link, one-to-ones, commitments, today, and what a
// member sees of their own. Each part's routes are at the top of its own file.
package peopleweb

import (
	"embed"
	"io/fs"
	"slices"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "people".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options are what the pages need beside the core.
type Options struct {
	Catalog *i18n.Catalog // wordings in the languages of two people at once
	Lines   []Lines       // other rooms' parts of a day
	Parts   []Parts       // other rooms' parts of a member's page
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// Fact is a term and what is known.
type Fact struct{ Term, Text, Href string }

// Hidden is a field that carries what was typed to the next page.
type Hidden struct{ Name, Value string }

// Web is the room's web half.
type Web struct {
	s *people.Service
	o Options
}

// New returns the pages over the core.
func New(s *people.Service, o Options) *Web { return &Web{s, o} }

// Routes is the room's route table. Addresses name the act before the thing
// (/people/edit/{id}, /people/links/{id}): the other way round, patterns overlap.
func (h *Web) Routes() []web.Route {
	return slices.Concat(h.newRoutes(), h.linkRoutes(), h.personRoutes(), h.listRoutes(), h.alikeRoutes(), h.mergeRoutes(), h.importRoutes(), h.joinRoutes(), h.oneRoutes(), h.promiseRoutes(), h.todayRoutes(), h.meRoutes())
}

func need(r access.Resource, a access.Action) access.Need { return access.Need{Resource: r, Action: a} }

func route(s web.Surface, method, pattern string, n access.Need, fn web.Handler) web.Route {
	return web.Route{Method: method, Pattern: pattern, Need: n, Surface: s, Handler: fn}
}

// options makes the choices of a list whose labels are prefix and the value.
func options(r *web.Request, list []string, prefix string, chosen ...string) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: v, Label: r.T(prefix + v), Checked: slices.Contains(chosen, v)})
	}
	return out
}

// texts turns a list of coded words into text.
func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
