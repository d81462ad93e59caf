// The whole story of My information over HTTP: every page in every language
// through the real mux, on a real database, as a browser without JavaScript
// meets them. What a stop or a deletion must do is asked of the recipient's
// session and of the stored bytes.

package introductionweb

import (
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
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
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/consent"
	"seedbed/locales"
	look "seedbed/web"
)

type meSite struct {
	*testing.T
	ctx   context.Context
	db    *db.DB
	vault *vault.Vault
	clock *clock.Fake
	s     *introduction.Service
	h     http.Handler
	org   string
	group string
	staff access.Actor                                                 // whom the staff surface recognises
	other func(ctx context.Context, org, intro string) (string, error) // where people are carried to
}

func (w *meSite) carryTo(fn func(ctx context.Context, org, intro string) (string, error)) {
	w.other = fn
}

var meLanguages = []string{"en", "es", "vi", "ar"}

func newMeSite(t *testing.T) *meSite {
	t.Helper()
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, account.Schema, consent.Schema, directory.Schema, introduction.Schema)
	w := &meSite{T: t, ctx: t.Context(), db: d, vault: vaulttest.New(t), clock: clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))}
	log := audit.New(d, w.vault, w.clock)
	quiet := slog.New(slog.DiscardHandler)
	queue := job.New(d, job.Options{Clock: w.clock, Log: quiet})
	cat, err := i18n.Load(locales.Files)
	w.ok(err)
	notices, err := notify.New(notify.Options{DB: d, Jobs: queue, Clock: w.clock, Vault: w.vault, Audit: log, Catalog: cat, Log: quiet})
	w.ok(err)
	accounts, err := account.New(d, w.vault, log, w.clock, account.Options{Base: "http://localhost:8780", Demo: true, Cost: account.Cost{Memory: 64, Time: 1, Threads: 1}})
	w.ok(err)
	org, err := accounts.CreateOrg(w.ctx, account.Clinic{Name: "Riverside Clinic", Site: "Main", Language: "en", Zone: "America/Los_Angeles"})
	w.ok(err)
	w.org = org.ID
	zone, err := time.LoadLocation("America/Los_Angeles")
	w.ok(err)
	at := func(context.Context, string) *time.Location { return zone }
	groups := directory.New(directory.Options{DB: d, Vault: w.vault, Audit: log, Clock: w.clock, Zone: at, Log: quiet})
	w.s = introduction.New(introduction.Deps{DB: d, Vault: w.vault, Audit: log, Jobs: queue, Clock: w.clock, Consent: consent.New(w.clock),
		Groups: introduction.GroupsOf(groups), Notices: notices, Zone: at, Log: quiet})
	w.group = w.publish(groups)

	anonymous := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(w.org), nil }
	staff := func(context.Context, *http.Request) (access.Actor, error) { return w.staff, nil }
	m, err := web.New(web.Config{Catalog: cat, Templates: look.Templates(), Pages: map[string]fs.FS{"introduction": Pages()}, Assets: look.Assets,
		Clock: w.clock, Log: quiet, Stored: idem.Lookup(d),
		Authenticate: map[web.Surface]web.Authenticator{web.Participant: OwnSessions(w.s, false, anonymous), web.Staff: staff, web.Panel: staff,
			web.Public: staff, web.Print: staff, web.Link: anonymous, web.API: anonymous},
		Frame: func(context.Context, access.Actor, string) web.Frame {
			return web.Frame{Scope: "Riverside Clinic", Zone: zone}
		}})
	w.ok(err)
	m.Handle(New(w.s, groups, accounts, Options{Catalog: cat, Notices: notices, Jobs: queue, ExitURL: func(lang string) string { return "https://weather.example/" + lang },
		Carry: func(ctx context.Context, org, intro string) (string, error) { return w.other(ctx, org, intro) }}).Routes()...)
	w.h, err = m.Handler()
	w.ok(err)
	return w
}

func (w *meSite) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *meSite) member(roles ...access.Role) access.Actor {
	return access.Actor{Account: "somebody", Org: w.org, Roles: roles}
}

func (w *meSite) publish(d *directory.Service) string {
	w.Helper()
	a := w.member(access.Organizer)
	g := directory.Group{Offer: directory.Organizing, Kind: directory.Tenants, Name: "Alder Street Tenants", Lang: "en",
		WhatMembersDo: "We meet and talk with owners about repairs.", ForWhom: "Everybody who rents", Why: "Members vote on every step.",
		MembersDecide: true, ActsOnCauses: true, Topics: []directory.Topic{directory.Housing},
		Rhythm:    []directory.Meeting{{Weekday: time.Tuesday, Start: 18 * 60, End: 20 * 60, Every: directory.Weekly}},
		Place:     directory.Place{Name: "Linden Hall", Area: "Cedar Hill", Visibility: directory.Exact, Address: "12 Linden Way"},
		Languages: []string{"es", "en"}, Leader: "Marisol", Safety: directory.Safety{Papers: directory.No, Police: directory.No, Photos: directory.PhotosAsked, Location: directory.No},
		Tie: directory.Partner, Contact: directory.PublicContact{Phone: "+1 503 555 0101"}}
	made, err := d.Create(w.ctx, a, directory.Entry{Group: g, Different: true,
		Handoff: directory.Handoff{Name: "Marisol Vega", Phone: "+15035550101", Channel: directory.ByPhone, Lang: "es"}})
	w.ok(err)
	w.ok(d.Vet(w.ctx, a, made, directory.Vetting{Passed: directory.Checks(), Conflict: "none"}, ""))
	w.ok(d.Do(w.ctx, a, made, directory.Publish, "", ""))
	return made
}

// begin makes an introduction that the group can see.
func (w *meSite) begin() introduction.Begun {
	w.Helper()
	b, err := w.s.Begin(w.ctx, w.member(access.Clinician), introduction.BeginIn{
		PersonIn: introduction.PersonIn{CalledName: "Mateo Ruvalcaba", Contact: "phone", Phone: "(503) 555-0117", Lang: "es", Topics: []string{"housing"},
			HoursFrom: "19:00", HoursUntil: "21:00", Days: []string{"2", "4"}, NoVoicemail: true, Words: "library"},
		ConsentIn: introduction.ConsentIn{TellClinic: true, How: "spoken", Interpreter: "navigator", Witness: "clinician"},
		Group:     w.group, Site: "main", Mode: "call_back"})
	w.ok(err)
	return b
}

// recipient opens the group's link with its code.
func (w *meSite) recipient(intro string) access.Actor {
	w.Helper()
	out, err := w.s.LinkFor(w.ctx, w.member(access.Navigator), intro)
	w.ok(err)
	token, err := w.s.OpenLink(w.ctx, out.URL[len("/r/"):], out.Code)
	w.ok(err)
	a, err := w.s.Authenticate(w.ctx, token)
	w.ok(err)
	if !a.Has(access.Link) {
		w.Fatal("no link session")
	}
	return a
}

// meBrowser keeps cookies and follows nothing by itself.
type meBrowser struct {
	*meSite
	jar  map[string]*http.Cookie
	lang string
}

func (w *meSite) browser() *meBrowser { return &meBrowser{w, map[string]*http.Cookie{}, "en"} }

type mePage struct {
	status int
	to     string
	body   string
	header http.Header
}

func (b *meBrowser) do(method, path string, form url.Values, header ...string) mePage {
	b.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.RemoteAddr = "192.0.2.9:4711"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.Header.Set("Accept-Language", b.lang)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for _, c := range b.jar {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	b.h.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.jar, c.Name)
		} else {
			b.jar[c.Name] = c
		}
	}
	return mePage{rec.Code, rec.Header().Get("Location"), rec.Body.String(), rec.Header()}
}

func (b *meBrowser) get(path string) mePage { b.Helper(); return b.do("GET", path, nil) }

// post fills the form of a page: its hidden fields, and what is given.
func (b *meBrowser) post(on, action string, fields ...string) mePage {
	b.Helper()
	return b.do("POST", action, b.form(on, action, fields...))
}

func (b *meBrowser) form(on, action string, fields ...string) url.Values {
	b.Helper()
	p := b.get(on)
	doc, err := html.Parse(strings.NewReader(p.body))
	b.ok(err)
	v := url.Values{}
	found := false
	webtest.Walk(doc, func(n *html.Node) {
		if n.Data == "form" && webtest.Attr(n, "action") == action {
			found = true
			webtest.Walk(n, func(in *html.Node) {
				if in.Data == "input" && webtest.Attr(in, "type") == "hidden" {
					v.Set(webtest.Attr(in, "name"), webtest.Attr(in, "value"))
				}
			})
		}
	})
	if !found {
		b.Fatalf("%s (%d) has no form for %s", on, p.status, action)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Add(fields[i], fields[i+1])
	}
	return v
}

func (b *meBrowser) wants(p mePage, status int, to string) {
	b.Helper()
	if p.status != status || p.to != to {
		b.Fatalf("%d → %q, want %d → %q\n%s", p.status, p.to, status, to, p.body)
	}
}

func (b *meBrowser) shows(p mePage, words ...string) {
	b.Helper()
	for _, s := range words {
		if !strings.Contains(p.body, s) {
			b.Errorf("%q is not on the page", s)
		}
	}
}

func (b *meBrowser) open(code string) {
	b.Helper()
	b.wants(b.post("/me", "/me", "code", code), 303, "/me/info")
}

// check looks at a page as a strict reader does, and for what a participant's
// page must never have: a title that tells, or no way out.
func (b *meBrowser) check(path string, p mePage, status int) {
	b.Helper()
	if p.status != status {
		b.Errorf("%s %s: %d\n%s", b.lang, path, p.status, p.body)
		return
	}
	doc := webtest.Page(b, p.body)
	exit, title := false, ""
	webtest.Walk(doc, func(n *html.Node) {
		exit = exit || n.Data == "a" && webtest.Attr(n, "href") == "/exit"
		if n.Data == "title" {
			title = webtest.Text(n)
		}
	})
	if !exit || strings.Contains(title, "nformation") || title == "" {
		b.Errorf("%s %s: exit %v, title %q", b.lang, path, exit, title)
	}
	if p.header.Get("Cache-Control") != "no-store" {
		b.Errorf("%s: %q", path, p.header.Get("Cache-Control"))
	}
}

func TestEveryPageOfMineInEveryLanguage(t *testing.T) {
	w := newMeSite(t)
	b := w.begin()
	w.recipient(b.ID)
	for _, lang := range meLanguages {
		br := w.browser()
		br.lang = lang
		for _, path := range []string{"/me", "/me?closed=1", "/me/over?n=1", "/me/over?n=2"} {
			br.check(path, br.get(path), 200)
		}
		br.check("wrong code", br.post("/me", "/me", "code", "nonsense"), 422)
		br.open(b.Code)
		for _, path := range []string{"/me/info", "/me/change", "/me/take", "/me/close", "/me/all", "/me/all/sure"} {
			br.check(path, br.get(path), 200)
		}
		br.check("bad change", br.post("/me/change", "/me/change", "called_name", "", "contact", "phone", "phone", "12", "hours_from", "99"), 422)
		br.check("no tick", br.post("/me/all/sure", "/me/all"), 422)
	}
}

func TestWhatThePersonReads(t *testing.T) {
	w := newMeSite(t)
	b := w.begin()
	w.clock.Advance(time.Hour)
	link := w.recipient(b.ID)
	w.ok(w.s.Accept(w.ctx, link, introduction.AnswerIn{ID: b.ID}))
	br := w.browser()
	br.open(b.Code)
	p := br.get("/me/info")
	br.shows(p, "Alder Street Tenants reaches out to you by", "Mateo Ruvalcaba", "1 503-555-0117", "From 19:00 to 21:00", "Tuesday and Thursday",
		"I call from the library", "A person from Alder Street Tenants", "A health worker of Riverside Clinic", "Stop contacting me", "Download my information", "Delete everything",
		"The group may reach out", "The group may tell us that you met")

	// Another way of being reached, and what was typed wrong stays.
	p = br.post("/me/change", "/me/change", "called_name", "Teo", "contact", "phone", "phone", "503 555", "words", "neighbour", "days", "3")
	br.shows(p, `value="Teo"`, `value="503 555"`)
	br.wants(br.post("/me/change", "/me/change", "called_name", "Teo R", "contact", "phone", "phone", "503 555 0118", "days", "3", "words", "neighbour"), 303, "/me/info")
	br.shows(br.get("/me/info"), "Teo R", "1 503-555-0118", "Wednesday", "Any time", "They may leave one")

	// To take away.
	br.shows(br.get("/me/take"), "Teo R", "A person from Alder Street Tenants")
	p = br.get("/me/take.json")
	var v struct {
		Person introduction.Person `json:"person"`
		Group  string              `json:"group_name"`
	}
	if err := json.Unmarshal([]byte(p.body), &v); err != nil || v.Person.CalledName != "Teo R" || v.Group != "Alder Street Tenants" || !strings.Contains(p.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v %+v", err, v)
	}

	// The person's own word.
	br.wants(br.post("/me/info", "/me/note", "heard", "not_called"), 303, "/me/info")
	br.shows(br.get("/me/info"), "We are asking the group now")
	br.wants(br.post("/me/info", "/me/note", "heard", "met"), 303, "/me/info")
	br.shows(br.get("/me/info"), "You and Alder Street Tenants have met", "Yes, I take part")
	br.wants(br.post("/me/info", "/me/less"+"", "x", ""), 303, "/me/info")
	if p := br.get("/me/info"); strings.Contains(p.body, `action="/me/less"`) {
		t.Error("it can be stopped twice")
	}
	br.wants(br.post("/me/info", "/me/note", "heard", "taking_part"), 303, "/me/info")
	br.shows(br.get("/me/info"), "You take part in Alder Street Tenants")
}

// Stopping works on the very next request of the recipient, and sending the form
// twice gives the same answer although the sender is gone.
func TestStopEndsTheRecipientsView(t *testing.T) {
	w := newMeSite(t)
	b := w.begin()
	link := w.recipient(b.ID)
	if sh, err := w.s.LinkShared(w.ctx, link); err != nil || sh.Person.CalledName != "Mateo Ruvalcaba" {
		t.Fatalf("before: %+v %v", sh, err)
	}
	br := w.browser()
	br.open(b.Code)
	form := br.form("/me/close", "/me/close")
	kept := br.jar[ownCookie]
	br.wants(br.do("POST", "/me/close", form), 303, "/me/over?n=1")
	if sh, err := w.s.LinkShared(w.ctx, link); err == nil || sh.Person.CalledName != "" {
		t.Errorf("the group still reads %+v (%v)", sh, err)
	}
	br.jar[ownCookie] = kept // a double press sends the same cookies again
	br.wants(br.do("POST", "/me/close", form), 303, "/me/over?n=1")
	br.wants(br.get("/me/info"), 303, "/me?closed=1")
	br.wants(br.do("POST", "/me/close", url.Values{"_key": {"another"}}), 303, "/me?closed=1")
	w.noPerson(b)

	// The code still tells whether the group has confirmed, and nothing else.
	p := br.post("/me", "/me", "code", b.Code)
	br.check("after", p, 200)
	br.shows(p, "we asked Alder Street Tenants to delete", "They have not answered yet")
	list, err := w.s.Recalls(w.ctx, w.member(access.Navigator))
	w.ok(err)
	w.ok(w.s.AnswerRecall(w.ctx, w.member(access.Navigator), introduction.RecallIn{ID: list[0].ID}))
	br.shows(br.post("/me", "/me", "code", b.Code), "They said it is done")
	w.clock.Advance(91 * 24 * time.Hour)
	w.ok(w.s.Retain(w.ctx))
	gone, never := br.post("/me", "/me", "code", b.Code), br.post("/me", "/me", "code", "ZZZZ ZZZZ ZZZZ ZZZZ")
	if gone.status != 422 || never.status != 422 || meWords(w, gone) != meWords(w, never) {
		t.Error("an expired code and an unknown one answer differently")
	}
}

// meWords is what a page says, without what was typed.
func meWords(w *meSite, p mePage) string {
	doc, err := html.Parse(strings.NewReader(p.body))
	w.ok(err)
	return webtest.Text(doc)
}

func TestDeleteLeavesNothingThatOpens(t *testing.T) {
	w := newMeSite(t)
	b := w.begin()
	w.recipient(b.ID)
	br := w.browser()
	br.open(b.Code)
	if p := br.post("/me/all/sure", "/me/all"); p.status != 422 {
		t.Fatalf("without the second yes: %d", p.status)
	}
	br.wants(br.post("/me/all/sure", "/me/all", "confirm", "yes"), 303, "/me/over?n=2")
	br.shows(br.get("/me/over?n=2"), "Everything is deleted", "with no name", "written down")
	w.noPerson(b)
	n := 0
	w.ok(w.db.Read(w.ctx, w.org, func(tx *db.Tx) error {
		return tx.QueryRow(w.ctx, `SELECT COUNT(*) FROM introduction WHERE id=$1`, b.ID).Scan(&n)
	}))
	if n != 0 {
		t.Error("the row is still there")
	}
	p := br.post("/me", "/me", "code", b.Code)
	br.shows(p, "This has ended", "we asked Alder Street Tenants to delete")
	if strings.Contains(p.body, "Mateo") {
		t.Error("a name")
	}
}

// noPerson looks for the person in every column that could hold something.
func (w *meSite) noPerson(b introduction.Begun) {
	w.Helper()
	w.ok(w.db.Read(w.ctx, w.org, func(tx *db.Tx) error {
		for _, q := range []string{`SELECT COUNT(*) FROM introduction WHERE id=$1 AND (sealed <> '' OR person <> '' OR phone_blind <> '')`,
			`SELECT COUNT(*) FROM introduction_share WHERE introduction_id=$1`, `SELECT COUNT(*) FROM introduction_session WHERE subject=$1`,
			`SELECT COUNT(*) FROM introduction_attempt WHERE introduction_id=$1`} {
			n := 0
			if err := tx.QueryRow(w.ctx, q, b.ID).Scan(&n); err != nil {
				return err
			}
			if n != 0 {
				w.Errorf("%d rows: %s", n, q)
			}
		}
		return nil
	}))
}

func TestExit(t *testing.T) {
	w := newMeSite(t)
	b := w.begin()
	for _, how := range []string{"GET", "POST"} {
		br := w.browser()
		br.open(b.Code)
		kept := br.jar[ownCookie]
		var p mePage
		if how == "GET" {
			p = br.get("/exit")
			br.wants(p, 303, "https://weather.example/en")
		} else {
			p = br.do("POST", "/exit", nil, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "empty")
			br.wants(p, 204, "")
		}
		if !strings.Contains(p.header.Get("Clear-Site-Data"), `"cache"`) || p.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v", p.header)
		}
		if br.jar[ownCookie] != nil {
			t.Error("the cookie stays")
		}
		br.jar[ownCookie] = kept // the session is dead, not only the cookie
		br.wants(br.get("/me/info"), 303, "/me?closed=1")
		br.wants(br.get("/me/take"), 303, "/me?closed=1")
	}
}

func TestIdleSessionsClose(t *testing.T) {
	w := newMeSite(t)
	b := w.begin()
	br := w.browser()
	br.open(b.Code)
	if c := br.jar[ownCookie]; !c.HttpOnly || c.MaxAge != 0 || c.SameSite != http.SameSiteLaxMode {
		t.Errorf("%+v", c)
	}
	w.clock.Advance(14 * time.Minute)
	if p := br.get("/me/info"); p.status != 200 {
		t.Fatal(p.status)
	}
	w.clock.Advance(16 * time.Minute)
	br.wants(br.get("/me/info"), 303, "/me?closed=1")
	p := br.get("/me?closed=1")
	br.shows(p, "closed to keep you safe")
}

func TestWrongCodesEndInALimit(t *testing.T) {
	w := newMeSite(t)
	b := w.begin()
	br := w.browser()
	last := 0
	for range 31 {
		last = br.do("POST", "/me", url.Values{"code": {"AAAA BBBB CCCC DDDD"}}).status
	}
	if last != http.StatusTooManyRequests {
		t.Error(last)
	}
	w.clock.Advance(15 * time.Minute)
	br.open(b.Code)
}
