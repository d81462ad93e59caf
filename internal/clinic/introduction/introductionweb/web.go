// Package introductionweb is the pages of introductions: the offer at the visit,
// the clinic's board of handoffs, what a group sees by link or account, and what
// a person sees of their own. Each part's routes are at the top of its own file:
// offer.go, handoff.go, me.go.
package introductionweb

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"slices"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "introduction".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options are what the pages need beside the cores.
type Options struct {
	Notices       *notify.Notifier // messages that wait for a person
	Jobs          *job.Queue       // dead letters, for the operator
	InboundSecret string           // what the SMS gateway sends as X-Seedbed-Secret; empty: no text messages are taken
	Catalog       *i18n.Catalog    // wordings in the languages of two people at once

	ExitURL func(lang string) string // the neutral site of the safe exit

	// What else a code may open at the door, and which other session the exit ends: optional.
	Door  func(w http.ResponseWriter, r *web.Request, code string) (to string, err error)
	Leave func(w http.ResponseWriter, r *web.Request)

	// Carry lets somebody who said yes be kept apart from here, and returns the code
	// of their page there. Without it nobody is asked.
	Carry func(ctx context.Context, org, intro string) (code string, err error)
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// Web is the room's web half.
type Web struct {
	s        *introduction.Service
	groups   *directory.Service
	accounts *account.Service
	o        Options
}

// New returns the pages over the cores.
func New(s *introduction.Service, groups *directory.Service, accounts *account.Service, o Options) *Web {
	return &Web{s, groups, accounts, o}
}

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	return slices.Concat(h.offerRoutes(), h.handoffRoutes(), h.meRoutes(), h.carryRoutes())
}

func need(r access.Resource, a access.Action) access.Need { return access.Need{Resource: r, Action: a} }

func route(s web.Surface, method, pattern string, n access.Need, fn web.Handler) web.Route {
	return web.Route{Method: method, Pattern: pattern, Need: n, Surface: s, Handler: fn}
}

// offline marks a form that a phone may keep until it has a line.
func offline(r web.Route) web.Route { r.Outbox = true; return r }
