// The offer and the consent conversation through the real mux on a real
// database: S-01, the first half of S-02, every page in every language, and
// what must not be anywhere afterwards.

package introductionweb

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/qr"
	"seedbed/internal/kit/readlevel"
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
		Pages: map[string]fs.FS{"introduction": Pages()},
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

// S-01: interests and a language from lists, three groups, "take information":
// one count, one card in Spanish, and nobody remembered.
func TestTakeInformationLeavesOnlyACount(t *testing.T) {
	v := newVisit(t)
	start := v.shown(v.do("GET", "/offer", nil), 200)
	webtest.Walk(start, func(n *html.Node) {
		if kind := webtest.Attr(n, "type"); n.Data == "textarea" || n.Data == "input" && (kind == "" || kind == "text" || kind == "search") {
			t.Errorf("a field to type in: %s", webtest.Attr(n, "name"))
		}
	})
	audited := v.number("SELECT count(*) FROM audit_event")
	form := filled(start, "/offer")
	form["topics"] = []string{"housing", "work", "indocumentado"}
	groups := v.shown(v.do("POST", "/offer", with(form, "lang", "es", "note", "indocumentado", "near", "indocumentado")), 200)
	said := webtest.Text(groups)
	for _, want := range []string{"Inquilinos Unidos", "Worker Center", "Parroquia Action Team", "Not now", "Take information", "Call me", "Meet someone now", "Ask again next time", "Rent clinic", "Lupe Herrera"} {
		if !strings.Contains(said, want) {
			t.Errorf("the groups' page does not say %q", want)
		}
	}
	answer := with(filled(groups, "/offer/answer"), "outcome", "info", "group", v.tenants, "note", "indocumentado")
	rec := v.do("POST", "/offer/answer", answer)
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("answer: %d %s", rec.Code, text(rec.Body.String()))
	}
	v.do("POST", "/offer/answer", answer) // a double click
	to := rec.Header().Get("Location")
	if strings.Contains(to, "housing") || strings.Contains(to, "topics") {
		t.Errorf("the address says what was asked: %s", to)
	}
	card := v.do("GET", to, nil)
	doc := v.shown(card, 200)
	body := webtest.Text(doc)
	svg, err := qr.SVG("http://example.com/groups/"+v.tenants+"?lang=es", "")
	v.ok(err)
	scanned := regexp.MustCompile(` d="[^"]+"`).FindString(svg)
	if !strings.Contains(body, "Inquilinos Unidos") || !strings.Contains(card.Body.String(), `lang="es"`) || !strings.Contains(card.Body.String(), scanned) {
		t.Errorf("card: %s", body)
	}
	for _, never := range []string{"clínica", "salud", "paciente", "médico"} {
		sheet := body[strings.Index(body, "Personas que"):]
		if strings.Contains(strings.ToLower(sheet), never) {
			t.Errorf("the card says %q", never)
		}
	}
	if n := v.number("SELECT coalesce(sum(n), 0) FROM offer_count WHERE outcome = 'info'"); n != 1 {
		t.Errorf("counted %d times", n)
	}
	for _, table := range []string{"introduction", "consent", "introduction_share", "introduction_step"} {
		if n := v.number("SELECT count(*) FROM " + table); n != 0 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
	if n := v.number("SELECT count(*) FROM audit_event"); n != audited+1 {
		t.Errorf("%d audit rows, want one", n-audited)
	}
	if n := v.number("SELECT count(*) FROM audit_event WHERE action = 'count' AND resource = 'offer' AND coalesce(subject_ref, '') = '' AND coalesce(resource_id, '') = ''"); n != 1 {
		t.Error("the audit row holds more than a count")
	}
	v.nowhere("indocumentado")
	// The clinician's own language stays as it was.
	if home := v.do("GET", "/offer", nil).Body.String(); !strings.Contains(home, `lang="en" dir="ltr"`) {
		t.Error("the card changed the clinician's language")
	}
}

func TestNotNowIsAFullAnswer(t *testing.T) {
	v := newVisit(t)
	for outcome, sentence := range map[string]string{"declined": "full answer", "ask_again": "ask again next time"} {
		form := with(filled(v.groupsFor("housing"), "/offer/answer"), "outcome", outcome)
		rec := v.do("POST", "/offer/answer", form)
		if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/offer" {
			t.Fatalf("%s: %d %s", outcome, rec.Code, rec.Header().Get("Location"))
		}
		if said := webtest.Text(v.shown(v.do("GET", "/offer", nil), 200)); !strings.Contains(said, sentence) {
			t.Errorf("no calm sentence after %s: %s", outcome, said)
		}
	}
	if n := v.number("SELECT count(*) FROM introduction"); n != 0 {
		t.Errorf("%d introductions after not now", n)
	}
}

func TestMistakesAreSaidAtTheFieldAndNothingIsLost(t *testing.T) {
	v := newVisit(t)
	form := filled(v.shown(v.do("GET", "/offer", nil), 200), "/offer")
	none := v.shown(v.do("POST", "/offer", with(form, "lang", "vi", "childcare", "yes", "free_time", "evening")), 422)
	if got := filled(none, "/offer"); got.Get("lang") != "vi" || got.Get("childcare") != "yes" || got.Get("free_time") != "evening" {
		t.Errorf("lost what was chosen: %v", got)
	}
	groups := filled(v.groupsFor("housing"), "/offer/answer")
	again := v.shown(v.do("POST", "/offer/consent", with(groups, "mode", "call_back")), 422)
	if got := filled(again, "/offer/answer"); got.Get("topics") != "housing" || got.Get("lang") != "es" {
		t.Errorf("lost what was asked: %v", got)
	}
	page := v.shown(v.do("POST", "/offer/consent", with(groups, "mode", "call_back", "group", v.tenants)), 200)
	typed := with(filled(page, "/offer/review"), "called_name", "Mateo", "contact", "phone", "phone", "12", "hours_from", "late", "how", "spoken")
	wrong := v.shown(v.do("POST", "/offer/review", typed), 422)
	if got := filled(wrong, "/offer/review"); got.Get("called_name") != "Mateo" || got.Get("phone") != "12" || got.Get("hours_from") != "late" {
		t.Errorf("lost what was typed: %v", got)
	}
	said := webtest.Text(wrong)
	for _, want := range []string{"when the patient says yes", "phone number does not look right", "time like 19:00", "Say who heard"} {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %q", want)
		}
	}
	if n := v.number("SELECT count(*) FROM introduction"); n != 0 {
		t.Error("stored before the yes")
	}
}

// S-02, first half: the yes in Spanish, read back, and one introduction however often the form is sent.
func TestConsentInSpanishBeginsOneIntroduction(t *testing.T) {
	v := newVisit(t)
	review := v.toReview("call_back", v.workers)
	said := webtest.Text(review)
	for _, want := range []string{"Vamos a enviar a Worker Center", "Mateo Ruvalcaba", "Nada más", "después de las 19:00", "Sí, preséntenme", "We will send to Worker Center"} {
		if !strings.Contains(said, want) {
			t.Errorf("the review does not say %q: %s", want, said)
		}
	}
	if n := v.number("SELECT count(*) FROM introduction"); n != 0 {
		t.Error("stored before the yes")
	}
	// "Change" keeps everything that was typed.
	change := v.shown(v.do("POST", "/offer/consent", filled(review, "/offer/introduce")), 200)
	if got := filled(change, "/offer/review"); got.Get("called_name") != "Mateo Ruvalcaba" || got.Get("tell_clinic") != "yes" || got.Get("witness") != "navigator" {
		t.Errorf("Change lost something: %v", got)
	}
	final := filled(review, "/offer/introduce")
	first := v.shown(v.do("POST", "/offer/introduce", final), 200)
	second := v.shown(v.do("POST", "/offer/introduce", final), 200) // a double click
	for _, table := range []string{"introduction", "introduction_share"} {
		if n := v.number("SELECT count(*) FROM " + table); n != 1 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
	if n := v.number("SELECT count(*) FROM consent WHERE state = 'active'"); n != 2 {
		t.Errorf("%d consents, want two separate ones", n)
	}
	code := func(doc *html.Node) (c string) {
		webtest.Walk(doc, func(n *html.Node) {
			if webtest.Attr(n, "class") == "code" {
				c = webtest.Text(n)
			}
		})
		return c
	}
	if code(first) == "" || code(first) == code(second) {
		t.Errorf("codes %q and %q", code(first), code(second))
	}
	opened, err := v.s.OpenMine(v.ctx, code(second))
	if err != nil || opened.Token == "" {
		t.Errorf("the code on the slip does not open the page: %v", err)
	}
	// Back, another name, sent again: refused, and nothing looks stored that is not.
	v.shown(v.do("POST", "/offer/introduce", with(final, "called_name", "Marta")), 409)
	if n := v.number("SELECT count(*) FROM introduction"); n != 1 {
		t.Error("a changed form began another introduction")
	}
	v.nowhere("Mateo", "Ruvalcaba", "5550117", "Marta")
	mine := webtest.Text(v.shown(v.do("GET", "/introductions", nil), 200))
	if !strings.Contains(mine, "Worker Center") || !strings.Contains(mine, "On its way") || strings.Contains(mine, "Mateo") {
		t.Errorf("my introductions: %s", mine)
	}
}

func TestNotNowBeforeTheYesStoresNobody(t *testing.T) {
	v := newVisit(t)
	review := v.toReview("call_back", v.workers)
	form := with(filled(review, "/offer/answer"), "outcome", "declined")
	for _, name := range []string{"called_name", "phone", "group"} {
		if form.Has(name) {
			t.Errorf("Not now sends %s along", name)
		}
	}
	if rec := v.do("POST", "/offer/answer", form); rec.Code != http.StatusSeeOther {
		t.Fatalf("%d", rec.Code)
	}
	if n := v.number("SELECT count(*) FROM introduction") + v.number("SELECT count(*) FROM consent"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestTopicsStayUnlessThePersonSharesThem(t *testing.T) {
	v := newVisit(t)
	form := with(filled(v.groupsFor("housing"), "/offer/answer"), "mode", "call_back", "group", v.workers)
	page := v.shown(v.do("POST", "/offer/consent", form), 200)
	typed := mateoSays(filled(page, "/offer/review"))
	typed.Del("share_topics")
	if said := webtest.Text(v.shown(v.do("POST", "/offer/review", typed), 200)); strings.Contains(said, "temas que le importan") {
		t.Errorf("topics are read back though they were not agreed to: %s", said)
	}
}

// Meet someone now: on duty, together, written down; the group has it then.
func TestMeetSomeoneNow(t *testing.T) {
	v := newVisit(t)
	done := v.shown(v.do("POST", "/offer/introduce", filled(v.toReview("warm_handoff", v.workers), "/offer/introduce")), 200)
	if said := webtest.Text(done); !strings.Contains(said, "Lupe Herrera") || !strings.Contains(said, "Walk over together") {
		t.Errorf("done: %s", said)
	}
	if n := v.number("SELECT count(*) FROM introduction_share"); n != 0 {
		t.Error("sent before they met")
	}
	ways := filled(done, "/offer/meet")
	booking := v.shown(v.do("POST", "/offer/meet", with(ways, "how", "booked")), 200)
	bad := v.shown(v.do("POST", "/offer/handoff", with(filled(booking, "/offer/handoff"), "at_day", "2020-01-01", "at_time", "10:00")), 422)
	if got := filled(bad, "/offer/handoff"); got.Get("at_day") != "2020-01-01" {
		t.Errorf("lost the day: %v", got)
	}
	if rec := v.do("POST", "/offer/handoff", with(filled(booking, "/offer/handoff"), "at_day", "2026-11-04", "at_time", "10:00")); rec.Code != http.StatusSeeOther {
		t.Fatalf("booking: %d %s", rec.Code, text(rec.Body.String()))
	}
	walk := v.shown(v.do("POST", "/offer/meet", with(ways, "how", "walk_over")), 200)
	form := with(filled(walk, "/offer/handoff"), "happened", "yes")
	form.Add("present", "navigator")
	if rec := v.do("POST", "/offer/handoff", form); rec.Code != http.StatusSeeOther {
		t.Fatalf("handoff: %d %s", rec.Code, text(rec.Body.String()))
	}
	if n := v.number("SELECT count(*) FROM introduction_share"); n != 1 {
		t.Error("not sent after they met")
	}
}

// Signing on screen happens after the read-back, by drawing or by ticking.
func TestSigningOnScreen(t *testing.T) {
	v := newVisit(t)
	form := with(filled(v.groupsFor("housing"), "/offer/answer"), "mode", "call_back", "group", v.workers)
	page := v.shown(v.do("POST", "/offer/consent", form), 200)
	review := v.shown(v.do("POST", "/offer/review", with(mateoSays(filled(page, "/offer/review")), "how", "screen")), 200)
	final := filled(review, "/offer/introduce")
	v.shown(v.do("POST", "/offer/introduce", final), 422)
	if n := v.number("SELECT count(*) FROM introduction"); n != 0 {
		t.Fatal("stored without a signature")
	}
	v.shown(v.do("POST", "/offer/introduce", with(final, "signature_agree", "yes", "signature", "M12 80l3-2")), 200)
	v.nowhere("M12 80l3-2")
}

// Every page, both layouts, in every language of the reader and the patient.
func TestEveryOfferPageInEveryLanguage(t *testing.T) {
	for _, lang := range offerLanguages {
		for _, full := range []string{"", "1"} {
			t.Run(lang+full, func(t *testing.T) {
				v := newVisit(t)
				v.lang = lang
				path := "/offer"
				if full != "" {
					path += "?full=1"
				}
				form := filled(v.shown(v.do("GET", path, nil), 200), "/offer")
				form["topics"] = []string{"housing", "work"}
				for _, patient := range append([]string{"so"}, offerLanguages...) {
					ask := with(clone(form), "lang", patient, "free_days", "2", "free_time", "evening", "childcare", "yes", "access", "step_free", "near", "Cedar Hill")
					groups := v.shown(v.do("POST", "/offer", ask), 200)
					v.shown(v.do("POST", "/offer", with(filled(groups, "/offer"), "again", "yes")), 200)
					v.shown(v.do("GET", "/offer/card?g="+v.tenants+"&g="+v.workers+"&in="+patient, nil), 200)
					for i, mode := range []string{"call_back", "warm_handoff"} {
						group := []string{v.tenants, v.workers}[i]
						answer := with(filled(groups, "/offer/answer"), "_key", fmt.Sprint("act-", patient, mode), "mode", mode, "group", group)
						page := v.shown(v.do("POST", "/offer/consent", answer), 200)
						v.shown(v.do("POST", "/offer/review", filled(page, "/offer/review")), 422)
						how := []string{"screen", "paper"}[i]
						review := v.shown(v.do("POST", "/offer/review", with(mateoSays(filled(page, "/offer/review")), "how", how)), 200)
						done := v.shown(v.do("POST", "/offer/introduce", with(filled(review, "/offer/introduce"), "signature_agree", "yes")), 200)
						if mode == "warm_handoff" {
							for _, way := range []string{"walk_over", "booked"} {
								v.shown(v.do("POST", "/offer/meet", with(filled(done, "/offer/meet"), "how", way)), 200)
							}
						}
					}
				}
				v.shown(v.do("GET", "/introductions", nil), 200)
			})
		}
	}
}

func clone(form url.Values) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = append([]string(nil), v...)
	}
	return out
}

// The words a patient hears or reads stay within the sixth grade, by formula.
func TestPatientsWordsAreEasy(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"offer.script.1", "offer.script.2", "offer.script.3", "offer.script.4", "offer.done.person_call", "offer.done.person_meet",
		"offer.done.person_late", "offer.done.person_stop", "offer.slip.open", "offer.slip.keep", "offer.card.free", "offer.review.title",
		"offer.review.sign_hint", "offer.consent.name", "offer.consent.name_hint", "offer.consent.way", "offer.consent.words"}
	for _, lang := range []string{"en", "es"} {
		var all []string
		for _, k := range keys {
			all = append(all, catalog.Localizer(lang).T(k, "Group", "Oak", "Day", "9 May"))
		}
		score, ok := readlevel.Of(lang, readlevel.Join(all))
		if !ok || score.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, score.Grade)
		}
	}
}

// The first page with its style and scripts stays within sixty kilobytes on the wire.
func TestOfferPageIsLight(t *testing.T) {
	v := newVisit(t)
	total := 0
	for _, lang := range offerLanguages {
		v.lang = lang
		body := v.do("GET", "/offer", nil).Body.String()
		size := packed(t, body)
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?:src|href)="(/static/[^"]+)"`).FindAllStringSubmatch(body, -1) {
			if !seen[m[1]] {
				seen[m[1]] = true
				size += packed(t, v.do("GET", m[1], nil).Body.String())
			}
		}
		total = max(total, size)
	}
	t.Logf("at most %d bytes", total)
	if total > 60_000 {
		t.Errorf("%d bytes", total)
	}
}

func packed(t *testing.T, s string) int {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.DefaultCompression)
	if err == nil {
		_, err = z.Write([]byte(s))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// Steps of the offer have no address of their own: a reload elsewhere begins again.
func TestStepsHaveNoAddress(t *testing.T) {
	v := newVisit(t)
	for _, step := range []string{"answer", "consent", "review", "introduce", "meet", "handoff"} {
		if rec := v.do("GET", "/offer/"+step, nil); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/offer" {
			t.Errorf("GET /offer/%s: %d", step, rec.Code)
		}
	}
}
