// Package directoryweb is the pages of the directory: the public list, map and
// group pages, the printed card, the group's own "still true" link, and the
// stewards' desk. Its route table is in this file; import*.go has the routes of
// imports.
package directoryweb

import (
	"embed"
	"io/fs"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "directory".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Web is the room's web half.
type Web struct{ s *directory.Service }

// New returns the pages over the core.
func New(s *directory.Service) *Web { return &Web{s} }

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	need := func(r access.Resource, a access.Action) access.Need { return access.Need{Resource: r, Action: a} }
	see, keep, change, decide := need("group", access.Read), need("group", access.Create), need("group", access.Update), need("group", access.Approve)
	gives, offers := need("program", access.Read), need("program", access.Create)
	asked, answers, asks := need("freshness", access.Read), need("freshness", access.Update), need("freshness", access.Create)
	return []web.Route{
		{Method: "GET", Pattern: "/groups", Need: see, Surface: web.Public, Handler: h.list},
		{Method: "GET", Pattern: "/groups/{id}", Need: see, Surface: web.Public, Handler: h.group},
		{Method: "GET", Pattern: "/groups/{id}/card", Need: see, Surface: web.Print, Handler: h.card},
		{Method: "GET", Pattern: "/groups/{id}/qr.svg", Need: see, Surface: web.Public, Handler: h.qr},
		{Method: "GET", Pattern: "/map", Need: see, Surface: web.Public, Handler: h.drawn},
		{Method: "GET", Pattern: "/services", Need: gives, Surface: web.Public, Handler: h.services},
		{Method: "GET", Pattern: "/programmes/{id}", Need: gives, Surface: web.Public, Handler: h.programme},

		{Method: "GET", Pattern: "/g/{token}", Need: asked, Surface: web.Link, Handler: h.ask},
		{Method: "POST", Pattern: "/g/{token}", Need: answers, Surface: web.Link, Handler: h.answer},
		{Method: "POST", Pattern: "/g/{token}/renew", Need: answers, Surface: web.Link, Handler: h.renew},

		{Method: "GET", Pattern: "/directory", Need: keep, Surface: web.Staff, Handler: h.board},
		{Method: "GET", Pattern: "/directory/new", Need: keep, Surface: web.Staff, Handler: h.add},
		{Method: "POST", Pattern: "/directory/new", Need: keep, Surface: web.Staff, Handler: h.create},
		{Method: "GET", Pattern: "/directory/{id}", Need: change, Surface: web.Staff, Handler: h.manage},
		{Method: "GET", Pattern: "/directory/{id}/edit", Need: keep, Surface: web.Staff, Handler: h.edit},
		{Method: "POST", Pattern: "/directory/{id}/edit", Need: keep, Surface: web.Staff, Handler: h.save},
		{Method: "POST", Pattern: "/directory/{id}/checklist", Need: decide, Surface: web.Staff, Handler: h.checklist},
		{Method: "POST", Pattern: "/directory/{id}/move", Need: change, Surface: web.Staff, Handler: h.move},
		{Method: "POST", Pattern: "/directory/{id}/welcoming", Need: change, Surface: web.Staff, Handler: h.welcoming},
		{Method: "POST", Pattern: "/directory/{id}/link", Need: asks, Surface: web.Staff, Handler: h.link},

		{Method: "GET", Pattern: "/programmes", Need: offers, Surface: web.Staff, Handler: h.programmes},
		{Method: "GET", Pattern: "/programmes/new", Need: offers, Surface: web.Staff, Handler: h.addProgramme},
		{Method: "POST", Pattern: "/programmes/new", Need: offers, Surface: web.Staff, Handler: h.saveProgramme},
		{Method: "GET", Pattern: "/programmes/{id}/edit", Need: offers, Surface: web.Staff, Handler: h.editProgramme},
		{Method: "POST", Pattern: "/programmes/{id}/edit", Need: offers, Surface: web.Staff, Handler: h.saveProgramme},
	}
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// Fact is one line of a list of facts.
type Fact struct{ Term, Text, Href string }

// Badge is a state with its word.
type Badge struct{ Kind, Label, Icon string }

// Tab is one tab above a list.
type Tab struct {
	Label, URL string
	Count      int
	Current    bool
}
