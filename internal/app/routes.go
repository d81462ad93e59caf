// Routes: every room's table put on one mux, with who recognises whose session
// and what the navigation shows to whom.
package app

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"seedbed/internal/clinic/introduction/introductionweb"
	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account/accountweb"
	look "seedbed/web"
)

//go:embed pages/*.html
var ownPages embed.FS

func (sys *system) routes(base string) (*web.Mux, error) {
	own, err := fs.Sub(ownPages, "pages")
	if err != nil {
		return nil, err
	}
	front := &front{sys: sys}
	secure := strings.HasPrefix(base, "https://")
	staff := sys.knowingThemselves(accountweb.Authenticator(sys.accounts, secure, sys.publicActor))
	mux, err := web.New(web.Config{
		Catalog: sys.catalog, Templates: look.Templates(), Assets: look.Assets, Clock: sys.clock, Log: sys.log,
		Secure: secure, Base: base, Proxies: sys.proxies, Demo: sys.demo,
		Pages: sys.pages(own),
		Authenticate: map[web.Surface]web.Authenticator{
			web.Public: staff, web.Staff: staff, web.Panel: staff, web.Print: staff,
			web.Member:      peopleweb.OwnSessions(sys.people, secure, sys.publicActor),
			web.Participant: introductionweb.OwnSessions(sys.intros, secure, sys.publicActor),
			web.Link:        introductionweb.LinkAuthenticator(sys.intros, secure, sys.publicActor),
			web.API:         sys.publicActor,
		},
		Frame: front.frame, Ready: front.ready, OnDeny: sys.noteDenied, ExitURL: exitURL,
		Guard: sys.guard, OnKept: sys.countKept, Stored: idem.Lookup(sys.db),
	})
	if err != nil {
		return nil, err
	}
	mux.Handle(front.routes()...)
	mux.Handle((&auditPages{sys: sys}).routes()...)
	mux.Handle((&outboxPages{sys: sys}).routes()...)
	mux.Handle(sys.roomRoutes()...)
	return mux, nil
}

// knowingThemselves adds who a leader is among the people of the organizing room, so
// that they see their own path and sign for others only.
func (sys *system) knowingThemselves(who web.Authenticator) web.Authenticator {
	return func(ctx context.Context, r *http.Request) (access.Actor, error) {
		a, err := who(ctx, r)
		if err == nil && a.Has(access.Leader) && a.Person == "" {
			a.Person, err = sys.people.PersonOf(ctx, a.Org, a.Account)
		}
		return a, err
	}
}

// publicActor is anybody, looking at the clinic this installation shows first.
func (sys *system) publicActor(ctx context.Context, _ *http.Request) (access.Actor, error) {
	org, err := sys.firstOrg(ctx)
	return access.Anonymous(org.ID), err
}

func (sys *system) noteDenied(ctx context.Context, a access.Actor, n access.Need) {
	role := ""
	if len(a.Roles) > 0 {
		role = string(a.Roles[0])
	}
	err := sys.audit.WriteDenied(context.WithoutCancel(ctx), audit.Event{Org: a.Org, Actor: a.Name(), Role: role, Action: string(n.Action),
		Resource: string(n.Resource), Decision: "deny", Request: a.Request})
	if err != nil {
		sys.log.Error("a refusal could not be recorded", "err", err)
	}
}

// countKept counts the reasons for which guarded words were kept. A count that
// fails is lost: it must not stop anybody, nor say in a log who it was.
func (sys *system) countKept(ctx context.Context, org string, reasons []string) {
	if err := sys.audit.Tally(context.WithoutCancel(ctx), org, "guard", reasons...); err != nil {
		sys.log.Error("a count is lost", "err", err)
	}
}

// exitURL is where the safe exit leads: a weather page, as anybody might have open.
func exitURL(lang string) string {
	if lang == "es" {
		return "https://www.weather.gov/?lang=es"
	}
	return "https://www.weather.gov/"
}

// front is the house's own few pages: the door, the health of the machine, the look.
type front struct{ sys *system }

func (f *front) routes() []web.Route {
	public := access.Need{Resource: "site", Action: access.Read}
	health := access.Need{Resource: "health", Action: access.Read}
	list := []web.Route{
		{Method: "GET", Pattern: "/{$}", Need: public, Surface: web.Public, Handler: f.home},
		{Method: "GET", Pattern: "/healthz", Need: health, Surface: web.API, Handler: f.healthy},
		{Method: "GET", Pattern: "/readyz", Need: health, Surface: web.API, Handler: f.readyz},
		{Method: "GET", Pattern: "/robots.txt", Need: public, Surface: web.API, Handler: f.robots},
		{Method: "GET", Pattern: "/favicon.ico", Need: public, Surface: web.API, Handler: f.favicon},
	}
	if f.sys.demo {
		list = append(list, web.Route{Method: "GET", Pattern: "/style", Need: public, Surface: web.Public, Handler: f.style})
	}
	return list
}

func (f *front) ready() bool { return f.sys.isSetUp() }

func (f *front) frame(ctx context.Context, a access.Actor, path string) web.Frame {
	out := web.Frame{Zone: time.UTC}
	if org, err := f.sys.orgOf(ctx, a.Org); err == nil {
		out.Scope = org.Name
		if z, err := time.LoadLocation(org.Zone); err == nil {
			out.Zone = z
		}
	}
	if a.SignedIn() {
		out.Name, _ = f.sys.accounts.Name(ctx, a) // a page without the reader's name is still a page
	}
	for _, item := range navigation {
		twice := slices.ContainsFunc(out.Nav, func(n web.NavItem) bool { return n.URL == item.url })
		if !item.shown(a) || twice { // somebody with two roles
			continue
		}
		out.Nav = append(out.Nav, web.NavItem{Key: item.key, URL: item.url, Icon: item.icon,
			Current: item.at(path)})
		if !item.at(path) {
			continue
		}
		for _, beside := range item.part {
			if beside.shown(a) {
				out.Part = append(out.Part, web.NavItem{Key: beside.key, URL: beside.url, Current: beside.at(path)})
			}
		}
	}
	return out
}

// shown reports whether an actor sees the entry: what they may open, and the
// public's entries only while nobody is signed in, or when there is nothing else.
func (n navEntry) shown(a access.Actor) bool {
	if n.public {
		return !a.SignedIn() || !slices.ContainsFunc(navigation, func(other navEntry) bool {
			same := func(m navEntry) bool { return !m.public && m.key == n.key && m.shown(a) }
			return same(other) || !other.public && slices.ContainsFunc(other.part, same)
		})
	}
	if !a.SignedIn() || n.only != nil && !slices.ContainsFunc(n.only, a.Has) {
		return false
	}
	_, err := access.Check(a, n.need)
	return err == nil
}

// at reports whether a path belongs to the entry or to one of its part.
func (n navEntry) at(path string) bool {
	if slices.ContainsFunc(n.part, func(beside navEntry) bool { return beside.at(path) }) {
		return true
	}
	own, _, _ := strings.Cut(n.url, "?")
	return path == own || strings.HasPrefix(path, own+"/")
}

// home greets the public and sends people who work here to their work.
func (f *front) home(w http.ResponseWriter, r *web.Request) error {
	if r.Actor.SignedIn() {
		if nav := r.Frame().Nav; len(nav) > 0 {
			return r.Redirect(w, nav[0].URL)
		}
		return r.Redirect(w, "/account")
	}
	return r.Page(w, "app/home", nil)
}

func (f *front) healthy(w http.ResponseWriter, r *web.Request) error {
	return r.JSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (f *front) readyz(w http.ResponseWriter, r *web.Request) error {
	if err := f.sys.db.Ping(r.Context()); err != nil {
		return fault.Because(fault.New(fault.Unavailable, ""), err)
	}
	if err := f.sys.keys.Ping(r.Context()); err != nil {
		return fault.Because(fault.New(fault.Unavailable, ""), err)
	}
	return r.JSON(w, http.StatusOK, map[string]string{"status": "ready"})
}

// robots keeps search engines to what is meant for everybody.
func (f *front) robots(w http.ResponseWriter, r *web.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte("User-agent: *\nAllow: /groups\nAllow: /map\nAllow: /pledges\nDisallow: /pledges/desk\nAllow: /$\nDisallow: /\n"))
	return err
}

func (f *front) favicon(w http.ResponseWriter, r *web.Request) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}
