// Package reportweb is the pages of indicators and reports: the numbers of a period,
// one number with its definition, making a report and saying yes to it, what is
// printed and taken away as a table, and what everybody can read.
package reportweb

import (
	"context"
	"embed"
	"io/fs"

	"seedbed/internal/organizing/report"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "report".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options are what the pages ask of others.
type Options struct {
	Name func(ctx context.Context, org, account string) string // how a colleague is called; may be nil
}

// Web is the room's web half.
type Web struct {
	s *report.Service
	o Options
}

// New returns the pages over the core.
func New(s *report.Service, o Options) *Web { return &Web{s, o} }

// Routes is the room's route table. The public pages are /reports and /reports/{id};
// the desk is for those who work here.
func (h *Web) Routes() []web.Route {
	route := func(s web.Surface, method, pattern string, r access.Resource, act access.Action, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: access.Need{Resource: r, Action: act}, Surface: s, Handler: fn}
	}
	return []web.Route{
		route(web.Staff, "GET", "/indicators", "indicator", access.Read, h.indicators),
		route(web.Staff, "GET", "/indicators/{id}", "indicator", access.Read, h.indicator),
		route(web.Staff, "POST", "/indicators/{id}", "indicator", access.Update, h.target),
		route(web.Staff, "GET", "/reports/desk", "indicator", access.Read, h.desk),
		route(web.Staff, "GET", "/reports/desk/new", "report", access.Create, h.blank),
		route(web.Staff, "GET", "/reports/desk/{id}", "indicator", access.Read, h.one),
		route(web.Print, "GET", "/reports/desk/{id}/print", "indicator", access.Read, h.print),
		route(web.Staff, "GET", "/reports/desk/{id}/edit", "report", access.Update, h.form),
		route(web.Staff, "GET", "/reports/desk/{id}/table", "report", access.Export, h.export),
		route(web.Staff, "GET", "/reports/desk/{id}/codebook", "report", access.Export, h.exportCodes),
		route(web.Staff, "POST", "/reports/desk/new", "report", access.Create, h.save),
		route(web.Staff, "POST", "/reports/desk/{id}/edit", "report", access.Update, h.save),
		route(web.Staff, "POST", "/reports/desk/{id}/act", "report", access.Update, h.act),
		route(web.Staff, "POST", "/reports/desk/{id}/publish", "report", access.Approve, h.publish),
		route(web.Public, "GET", "/reports", "report", access.Read, h.public),
		route(web.Public, "GET", "/reports/{id}", "report", access.Read, h.read),
		route(web.Public, "GET", "/reports/table/{id}", "report", access.Read, h.table),
		route(web.Public, "GET", "/reports/codebook/{id}", "report", access.Read, h.codes),
	}
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

type pill struct{ Kind, Label, Icon string }

func may(r *web.Request, res access.Resource, act access.Action) bool {
	_, err := access.Check(r.Actor, access.Need{Resource: res, Action: act})
	return err == nil
}
