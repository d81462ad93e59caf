// Package web turns routes into a server: it checks what a route needs before
// the handler runs, renders pages in the reader's language, and is the one
// place (beside the doors) where kinds of errors become status codes.
//
// Rooms hand in routes and page files and get a *Request; they never see a
// cookie, a header or a status code. The package knows no domain and owns no
// table. A server with a route that does not say what it needs does not start.
package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db/idem"
)

// Surface is a kind of page: it chooses the layout and whose session counts.
type Surface string

const (
	Public      Surface = "public"      // anybody; a staff session is recognised
	Staff       Surface = "staff"       // signed-in people, with navigation
	Panel       Surface = "panel"       // signed-in people, 400 px, no navigation
	Participant Surface = "participant" // one question per screen, safe exit
	Member      Surface = "member"      // as Participant; the session of somebody who takes part
	Link        Surface = "link"        // what a single-purpose link opens
	Print       Surface = "print"       // black on white; session as Staff
	API         Surface = "api"         // no page: JSON or a gateway; no cookies
)

// Handler answers a request. A returned error becomes a translated page.
type Handler func(w http.ResponseWriter, r *Request) error

// Route is one row of a room's route table.
type Route struct {
	Method  string
	Pattern string // as http.ServeMux: "/groups/{id}"
	Need    access.Need
	Surface Surface
	Handler Handler
	MaxBody int64         // bytes of a request body; 0 means 256 KiB
	Timeout time.Duration // longest the handler may take; 0 means 30 s; negative: no limit (streams)
	Outbox  bool          // its form may come from a phone's outbox; see docs/develop/offline.md
}

// Authenticator recognises whoever sent a request. No session is not an error:
// it returns the anonymous actor.
type Authenticator func(ctx context.Context, r *http.Request) (access.Actor, error)

// Frame is what layouts show about the place and the reader.
type Frame struct {
	Scope string // clinic or site, always visible
	Zone  *time.Location
	Name  string    // of the signed-in account
	Nav   []NavItem // what this actor may open
	Part  []NavItem // the pages beside this one, where several belong to one entry
}

// NavItem is one entry of the navigation.
type NavItem struct {
	Key     string // message id of its label
	URL     string
	Icon    string
	Current bool
}

// Config is what a Mux needs. All fields but the optional ones must be set.
type Config struct {
	Catalog      *i18n.Catalog
	Templates    fs.FS            // layouts/*.html and parts/*.html
	Pages        map[string]fs.FS // room → folder of page files
	Assets       fs.FS            // css/*.css, js/*.js, icons/*.svg
	Clock        clock.Clock
	Log          *slog.Logger
	Secure       bool           // served over https: cookies get the __Host- prefix
	Base         string         // public address without a trailing slash; empty: as the Host header says
	Proxies      []netip.Prefix // web servers in front, whose X-Forwarded-For is believed
	Demo         bool
	Authenticate map[Surface]Authenticator
	Frame        func(ctx context.Context, a access.Actor, path string) Frame
	Ready        func() bool                                                                   // optional: false sends everybody to /setup
	OnDeny       func(ctx context.Context, a access.Actor, n access.Need)                      // optional: audit of refusals
	Languages    []string                                                                      // offered; default all of the catalog
	ExitURL      func(lang string) string                                                      // neutral site of the safe exit
	Guard        guard.Policy                                                                  // what may be kept in free text with a reason; nil: guard.Usual
	OnKept       func(ctx context.Context, org string, reasons []string)                       // optional: counts the reasons, and nothing else
	Stored       func(ctx context.Context, org, actor, key string) (idem.Receipt, bool, error) // idem.Lookup; needed by routes with Outbox
}

// Mux collects routes and serves them.
type Mux struct {
	cfg     Config
	routes  []Route
	mux     *http.ServeMux
	assets  *assets
	pages   *renderer
	cross   *http.CrossOriginProtection
	problem []error
}

// New makes an empty Mux.
func New(cfg Config) (*Mux, error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if len(cfg.Languages) == 0 {
		cfg.Languages = cfg.Catalog.Languages()
	}
	a, err := newAssets(cfg.Assets)
	if err != nil {
		return nil, err
	}
	m := &Mux{cfg: cfg, mux: http.NewServeMux(), assets: a, cross: http.NewCrossOriginProtection()}
	m.pages = newRenderer(m)
	m.mux.HandleFunc("GET /static/{version}/{path...}", a.serve)
	m.mux.HandleFunc("GET /sw.js", m.worker)
	return m, nil
}

// Handle adds routes. Mistakes are collected and reported by Handler, all at once.
func (m *Mux) Handle(routes ...Route) {
	for _, r := range routes {
		m.add(r)
	}
}

func (m *Mux) add(r Route) {
	defer func() { // ServeMux panics on conflicting patterns
		if p := recover(); p != nil {
			m.problem = append(m.problem, fmt.Errorf("%s %s: %v", r.Method, r.Pattern, p))
		}
	}()
	name := r.Method + " " + r.Pattern
	switch {
	case r.Need.Resource == "" || r.Need.Action == "":
		m.problem = append(m.problem, fmt.Errorf("%s does not say what it needs", name))
		return
	case !access.Known(r.Need):
		m.problem = append(m.problem, fmt.Errorf("%s needs %s, which nobody may do", name, r.Need))
		return
	case r.Handler == nil || r.Method == "" || r.Surface == "":
		m.problem = append(m.problem, fmt.Errorf("%s is incomplete", name))
		return
	case r.Outbox && (m.cfg.Stored == nil || r.Surface != Staff):
		m.problem = append(m.problem, fmt.Errorf("%s takes entries of an outbox, and nobody can prove that they are stored", name))
		return
	case m.cfg.Authenticate[r.Surface] == nil:
		m.problem = append(m.problem, fmt.Errorf("%s: nobody recognises sessions of surface %q", name, r.Surface))
		return
	}
	if r.Surface == API && r.Method != http.MethodGet {
		m.cross.AddInsecureBypassPattern(name) // no cookies there, so nothing to forge
	}
	m.routes = append(m.routes, r)
	m.mux.HandleFunc(name, func(w http.ResponseWriter, req *http.Request) { m.serve(w, req, r) })
}

// Routes lists what was added, for the access sweep.
func (m *Mux) Routes() []Route { return slices.Clone(m.routes) }

// Render writes a page as a request of the given actor and language would show it;
// tests render every page in every locale with it.
func (m *Mux) Languages() []string { return m.cfg.Languages }

// Handler returns the server's handler, or every mistake in the routes.
func (m *Mux) Handler() (http.Handler, error) {
	if len(m.problem) > 0 {
		return nil, errors.Join(m.problem...)
	}
	m.mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) {
		m.refuse(w, m.request(w, req, Route{Surface: Public}), fault.Missing(req.URL.Path))
	})
	return m.protect(m.mux), nil
}

// Server wraps a handler with the limits that keep slow clients from holding connections.
func Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    32 << 10,
	}
}

const usualTimeout = 30 * time.Second // of a handler

// serve runs one route: session, access, time limit, handler, errors.
func (m *Mux) serve(w http.ResponseWriter, req *http.Request, route Route) {
	r := m.request(w, req, route)
	if m.cfg.Ready != nil && !m.cfg.Ready() && !strings.HasPrefix(route.Pattern, "/setup") && route.Surface != API {
		http.Redirect(w, req, "/setup", http.StatusSeeOther)
		return
	}
	switch {
	case !isText(req.URL.Path):
		m.refuse(w, r, fault.Missing("no text"))
		return
	case req.URL.RawQuery != "" && !readable(req.URL.Query()):
		m.refuse(w, r, fault.New(fault.Invalid, "fault.form"))
		return
	}
	timeout := route.Timeout
	if timeout == 0 {
		timeout = usualTimeout
	}
	who := req.Context()
	if timeout < 0 {
		who = watching(who)
	}
	if timeout > usualTimeout {
		// The server's own limits are for pages; without a connection to set them on, as in tests, there are none.
		rc := http.NewResponseController(w)
		_ = rc.SetReadDeadline(time.Now().Add(timeout))
		_ = rc.SetWriteDeadline(time.Now().Add(timeout + usualTimeout))
	}
	if timeout > 0 {
		ctx, cancel := context.WithTimeout(req.Context(), timeout)
		defer cancel()
		r.Request = req.WithContext(ctx)
		who = ctx
	}
	limit := route.MaxBody
	if limit == 0 {
		limit = 256 << 10
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	actor, err := m.cfg.Authenticate[route.Surface](who, r.Request)
	if err != nil {
		m.refuse(w, r, err)
		return
	}
	actor.Request = r.ID
	r.Actor = actor
	r.chooseLocale(w)
	r.Actor.Locale = r.Locale
	if _, err := access.Check(r.Actor, route.Need); err != nil {
		if m.cfg.OnDeny != nil && r.Actor.SignedIn() {
			m.cfg.OnDeny(r.Context(), r.Actor, route.Need)
		}
		m.refuse(w, r, err)
		return
	}
	if m.beginOutbox(w, r) {
		return
	}
	if err := route.Handler(w, r); err != nil {
		m.refuse(w, r, err)
	}
}
