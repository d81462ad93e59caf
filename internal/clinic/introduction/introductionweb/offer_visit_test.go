// A clinic for the tests of the offer: real database, directory, vault, ledger
// and pages behind the real mux, and a browser without JavaScript.

package introductionweb

import (
	"bytes"
	"context"
	"database/sql"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/consent"
	"seedbed/locales"
	look "seedbed/web"
)

var offerLanguages = []string{"en", "es", "vi", "ar"}

// visit is a clinic with three groups, a programme, somebody on duty, and a
// clinician at the panel.
type visit struct {
	*testing.T
	ctx     context.Context
	file    string
	d       *db.DB
	s       *introduction.Service
	groups  *directory.Service
	clock   *clock.Fake
	mux     *web.Mux
	h       http.Handler
	catalog *i18n.Catalog
	org     string
	who     access.Actor
	lupe    access.Actor
	tenants string
	workers string
	silent  string // a group with nobody to call
	lang    string
	jar     map[string]string
}

func newVisit(t *testing.T) *visit {
	t.Helper()
	v := &visit{T: t, ctx: context.Background(), clock: clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC)), lang: "en", jar: map[string]string{}}
	v.file = filepath.Join(t.TempDir(), "clinic.db")
	var err error
	v.d, err = db.Open(v.ctx, v.file, db.Options{})
	v.ok(err)
	t.Cleanup(func() { v.d.Close() })
	v.ok(v.d.Migrate(v.ctx, idem.Schema, audit.Schema, job.Schema, notify.Schema, account.Schema, consent.Schema, directory.Schema, introduction.Schema))
	vault := vaulttest.New(t)
	log := audit.New(v.d, vault, v.clock)
	jobs := job.New(v.d, job.Options{Clock: v.clock})
	v.catalog, err = i18n.Load(locales.Files)
	v.ok(err)
	notices, err := notify.New(notify.Options{DB: v.d, Jobs: jobs, Clock: v.clock, Vault: vault, Audit: log, Catalog: v.catalog})
	v.ok(err)
	accounts, err := account.New(v.d, vault, log, v.clock, account.Options{Base: "http://localhost", Demo: true})
	v.ok(err)
	clinic, err := accounts.CreateOrg(v.ctx, account.Clinic{Name: "Cedar Street", Site: "Main", Language: "en", Zone: "America/Los_Angeles"})
	v.ok(err)
	v.org = clinic.ID
	v.who, v.lupe = v.colleague(accounts, "Dr. Cole", access.Clinician), v.colleague(accounts, "Lupe Herrera", access.Navigator)
	organizer := v.colleague(accounts, "Ana Whitfield", access.Organizer)
	zone := func(context.Context, string) *time.Location { return v.zone() }
	v.groups = directory.New(directory.Options{DB: v.d, Vault: vault, Audit: log, Clock: v.clock, Zone: zone,
		Remind: func(context.Context, *db.Tx, string, string) error { return nil }})
	v.s = introduction.New(introduction.Deps{DB: v.d, Vault: vault, Audit: log, Jobs: jobs, Clock: v.clock, Consent: consent.New(v.clock),
		Groups: introduction.GroupsOf(v.groups), Notices: notices, Zone: zone})
	v.tenants = v.group(organizer, "Inquilinos Unidos", directory.Tenants, true, directory.Housing)
	v.workers = v.group(organizer, "Worker Center", directory.Workers, true, directory.Work, directory.Housing)
	v.silent = v.group(organizer, "Parroquia Action Team", directory.Congregation, false, directory.Housing)
	_, err = v.groups.SaveProgramme(v.ctx, organizer, directory.Programme{Name: "Rent clinic", What: "Help with letters", Lang: "en", Published: true,
		Topics: []directory.Topic{directory.Housing}, Schedule: []directory.Meeting{{Weekday: 6, Start: 600, Every: directory.Weekly}}}, "")
	v.ok(err)
	_, err = v.s.SaveDuty(v.ctx, v.lupe, introduction.DutyIn{Account: v.lupe.Account, Languages: []string{"es", "en"}, From: v.clock.Now().Add(-time.Hour),
		Until: v.clock.Now().Add(4 * time.Hour), WalkOver: true})
	v.ok(err)
	auth := func(context.Context, *http.Request) (access.Actor, error) { return v.who, nil }
	v.mux, err = web.New(web.Config{Catalog: v.catalog, Templates: look.Templates(), Assets: look.Assets, Clock: v.clock, Log: slog.New(slog.DiscardHandler),
		Pages: map[string]fs.FS{"introduction": Pages()}, Stored: idem.Lookup(v.d),
		Authenticate: map[web.Surface]web.Authenticator{web.Public: auth, web.Staff: auth, web.Panel: auth, web.Print: auth, web.Participant: auth,
			web.Link: auth, web.API: auth},
		Frame: func(context.Context, access.Actor, string) web.Frame {
			return web.Frame{Scope: "Cedar Street", Name: "Dr. Cole", Zone: v.zone()}
		}})
	v.ok(err)
	v.mux.Handle(New(v.s, v.groups, accounts, Options{Notices: notices, Jobs: jobs, Catalog: v.catalog}).offerRoutes()...)
	v.h, err = v.mux.Handler()
	v.ok(err)
	return v
}

func (v *visit) ok(err error) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

func (v *visit) zone() *time.Location {
	z, err := time.LoadLocation("America/Los_Angeles")
	v.ok(err)
	return z
}

func (v *visit) colleague(s *account.Service, name string, role access.Role) access.Actor {
	v.Helper()
	id, err := s.Provision(v.ctx, v.org, account.Person{Name: name, Email: string(role) + "@cedar.example", Language: "en"}, account.Role{Role: role})
	v.ok(err)
	return access.Actor{Account: id, Org: v.org, Roles: []access.Role{role}}
}

func (v *visit) group(a access.Actor, name string, kind directory.Kind, called bool, topics ...directory.Topic) string {
	v.Helper()
	g := directory.Group{Offer: directory.Organizing, Kind: kind, Name: name, Lang: "es", WhatMembersDo: "Nos reunimos y hablamos con los dueños.",
		ForWhom: "Todos", Why: "Los miembros votan.", MembersDecide: true, ActsOnCauses: true, Topics: topics,
		Rhythm:    []directory.Meeting{{Weekday: time.Tuesday, Start: 18*60 + 30, End: 20 * 60, Every: directory.Weekly}},
		Place:     directory.Place{Name: "Linden Hall", Area: "Cedar Hill", Address: "12 Linden Way", Visibility: directory.Exact},
		Languages: []string{"es", "en"}, Childcare: true, Safety: directory.Safety{Papers: directory.No, Police: directory.No, Photos: directory.PhotosAsked},
		Tie: directory.Partner, Contact: directory.PublicContact{Phone: "+1 503 555 0101"}}
	e := directory.Entry{Group: g, Different: true}
	if called {
		e.Handoff = directory.Handoff{Name: "Marisol Vega", Phone: "+15035550101", Channel: directory.BySMS, SMS: true, Lang: "es"}
	}
	made, err := v.groups.Create(v.ctx, a, e)
	v.ok(err)
	v.ok(v.groups.Vet(v.ctx, a, made, directory.Vetting{Passed: directory.Checks(), Conflict: "none"}, ""))
	v.ok(v.groups.Do(v.ctx, a, made, directory.Publish, "", ""))
	return made
}

func (v *visit) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	v.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept-Language", v.lang)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, value := range v.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	v.h.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if v.jar[c.Name] = c.Value; c.MaxAge < 0 {
			delete(v.jar, c.Name)
		}
	}
	return rec
}

// shown holds an answer to its status and to the rules of every page.
func (v *visit) shown(rec *httptest.ResponseRecorder, status int) *html.Node {
	v.Helper()
	if rec.Code != status {
		v.Fatalf("status %d, want %d (%s)\n%s", rec.Code, status, rec.Header().Get("Location"), text(rec.Body.String()))
	}
	return webtest.Page(v.T, rec.Body.String())
}

func text(body string) string {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return body
	}
	return webtest.Text(doc)
}

// filled is what a browser would send for the form with this action: hidden
// fields, chosen boxes, typed values.
func filled(doc *html.Node, action string) url.Values {
	out := url.Values{}
	var form *html.Node
	webtest.Walk(doc, func(n *html.Node) {
		if form == nil && n.Data == "form" && webtest.Attr(n, "action") == action {
			form = n
		}
	})
	if form == nil {
		return nil
	}
	has := func(n *html.Node, name string) bool {
		for _, a := range n.Attr {
			if a.Key == name {
				return true
			}
		}
		return false
	}
	webtest.Walk(form, func(n *html.Node) {
		name := webtest.Attr(n, "name")
		switch {
		case n.Data == "input" && name != "":
			if kind := webtest.Attr(n, "type"); (kind == "radio" || kind == "checkbox") && !has(n, "checked") {
				return
			}
			out.Add(name, webtest.Attr(n, "value"))
		case n.Data == "select":
			webtest.Walk(n, func(o *html.Node) {
				if o.Data == "option" && has(o, "selected") {
					out.Set(name, webtest.Attr(o, "value"))
				}
			})
		}
	})
	return out
}

func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// groupsFor walks to the three groups.
func (v *visit) groupsFor(topics ...string) *html.Node {
	v.Helper()
	form := filled(v.shown(v.do("GET", "/offer", nil), 200), "/offer")
	form["topics"] = topics
	return v.shown(v.do("POST", "/offer", with(form, "lang", "es")), 200)
}

// mateoSays fills the consent page as S-02 tells it.
func mateoSays(form url.Values) url.Values {
	form["topics"] = []string{"housing", "work"}
	return with(form, "called_name", "Mateo Ruvalcaba", "contact", "phone", "phone", "(503) 555-0117", "hours_from", "19:00", "no_voicemail", "yes",
		"words", "neighbour", "agree_contact", "yes", "tell_clinic", "yes", "share_topics", "yes", "how", "spoken", "witness", "navigator", "interpreter", "navigator")
}

func (v *visit) toReview(mode, group string) *html.Node {
	v.Helper()
	form := with(filled(v.groupsFor("housing", "work"), "/offer/answer"), "mode", mode, "group", group)
	doc := v.shown(v.do("POST", "/offer/consent", form), 200)
	return v.shown(v.do("POST", "/offer/review", mateoSays(filled(doc, "/offer/review"))), 200)
}

func (v *visit) number(query string) (n int) {
	v.Helper()
	raw, err := sql.Open("sqlite", v.file)
	v.ok(err)
	defer raw.Close()
	v.ok(raw.QueryRow(query).Scan(&n))
	return n
}

func (v *visit) nowhere(words ...string) {
	v.Helper()
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(v.file + suffix)
		if os.IsNotExist(err) {
			continue
		}
		v.ok(err)
		for _, w := range words {
			if bytes.Contains(bytes.ToLower(b), []byte(strings.ToLower(w))) {
				v.Errorf("%q is in the database", w)
			}
		}
	}
}
