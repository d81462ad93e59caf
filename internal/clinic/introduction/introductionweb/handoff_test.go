// The handoffs over HTTP: S-02 from the board to the first meeting, the
// recipient without an account, revoked links, foreign and unknown ids, the live
// board, and every page in every language, on a real database.

package introductionweb

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
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
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/consent"
	"seedbed/locales"
	look "seedbed/web"
)

const gatewaySecret = "a-secret-of-the-gateway"

// desk is a clinic with two groups, colleagues, and one browser that may change hands.
type desk struct {
	*testing.T
	ctx                                    context.Context
	db                                     *db.DB
	clock                                  *clock.Fake
	jobs                                   *job.Queue
	s                                      *introduction.Service
	h                                      http.Handler
	cat                                    *i18n.Catalog
	org, tenants, workers, site            string
	who                                    access.Actor // whom the staff surfaces recognise
	lupe, cole, ana, partner, other, admin access.Actor
	lang                                   string
	jar                                    map[string]string
	keys                                   int
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, account.Schema, consent.Schema, directory.Schema, introduction.Schema)
	w := &desk{T: t, ctx: t.Context(), db: d, clock: clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC)), lang: "en", jar: map[string]string{}}
	v, quiet := vaulttest.New(t), slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	log := audit.New(d, v, w.clock)
	w.jobs = job.New(d, job.Options{Clock: w.clock, Log: quiet})
	var err error
	w.cat, err = i18n.Load(locales.Files)
	w.ok(err)
	notices, err := notify.New(notify.Options{DB: d, Jobs: w.jobs, Clock: w.clock, Vault: v, Audit: log, Catalog: w.cat, Log: quiet})
	w.ok(err)
	accounts, err := account.New(d, v, log, w.clock, account.Options{Base: "http://localhost", Demo: true, Cost: account.Cost{Memory: 64, Time: 1, Threads: 1}})
	w.ok(err)
	org, err := accounts.CreateOrg(w.ctx, account.Clinic{Name: "Riverside Clinic", Site: "Main", Language: "en", Zone: "America/Los_Angeles"})
	w.ok(err)
	w.org = org.ID
	sites, err := accounts.Sites(w.ctx, w.org)
	w.ok(err)
	w.site = sites[0].ID
	zone, err := time.LoadLocation("America/Los_Angeles")
	w.ok(err)
	at := func(context.Context, string) *time.Location { return zone }
	person := func(name string, role access.Role) access.Actor {
		id, err := accounts.Provision(w.ctx, w.org, account.Person{Name: name, Email: string(role) + "@riverside.example", Language: "en"}, account.Role{Role: role})
		w.ok(err)
		return access.Actor{Account: id, Org: w.org, Roles: []access.Role{role}}
	}
	w.lupe, w.cole, w.ana, w.admin = person("Lupe Herrera", access.Navigator), person("Dr. Cole", access.Clinician), person("Ana Whitfield", access.Organizer), person("Sam Ortega", access.Admin)
	w.who = w.lupe
	groups := directory.New(directory.Options{DB: d, Vault: v, Audit: log, Clock: w.clock, Zone: at, Log: quiet})
	w.tenants, w.workers = w.publish(groups, "Alder Street Tenants", "+15035550101"), w.publish(groups, "Worker Center", "+15035550102")
	w.partner = access.Actor{Account: "partner", Org: w.org, Group: w.tenants, Roles: []access.Role{access.Partner}}
	w.other = access.Actor{Account: "partner2", Org: w.org, Group: w.workers, Roles: []access.Role{access.Partner}}
	w.s = introduction.New(introduction.Deps{DB: d, Vault: v, Audit: log, Jobs: w.jobs, Clock: w.clock, Consent: consent.New(w.clock),
		Groups: introduction.GroupsOf(groups), Notices: notices, Zone: at, Log: quiet,
		Link: func(token string) string { return "http://localhost/r/" + token }})
	anonymous := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(w.org), nil }
	staff := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	m, err := web.New(web.Config{Catalog: w.cat, Templates: look.Templates(), Pages: map[string]fs.FS{"introduction": Pages()}, Assets: look.Assets,
		Clock: w.clock, Log: quiet, Stored: idem.Lookup(d),
		Authenticate: map[web.Surface]web.Authenticator{web.Participant: anonymous, web.Staff: staff, web.Panel: staff,
			web.Public: staff, web.Print: staff, web.Link: LinkAuthenticator(w.s, false, anonymous), web.API: anonymous},
		Frame: func(context.Context, access.Actor, string) web.Frame {
			return web.Frame{Scope: "Riverside Clinic", Zone: zone, Name: "Lupe"}
		}})
	w.ok(err)
	m.Handle(New(w.s, groups, accounts, Options{Catalog: w.cat, Notices: notices, Jobs: w.jobs, InboundSecret: gatewaySecret}).Routes()...)
	w.h, err = m.Handler()
	w.ok(err)
	return w
}

// testLog shows what the server could not do beside the test that asked for it.
type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

func (w *desk) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *desk) publish(d *directory.Service, name, number string) string {
	w.Helper()
	g := directory.Group{Offer: directory.Organizing, Kind: directory.Tenants, Name: name, Lang: "en",
		WhatMembersDo: "We meet and talk with owners about repairs.", ForWhom: "Everybody who rents", Why: "Members vote on every step.",
		MembersDecide: true, ActsOnCauses: true, Topics: []directory.Topic{directory.Housing},
		Rhythm:    []directory.Meeting{{Weekday: time.Tuesday, Start: 18 * 60, End: 20 * 60, Every: directory.Weekly}},
		Place:     directory.Place{Name: "Linden Hall", Area: "Cedar Hill", Visibility: directory.Exact, Address: "12 Linden Way"},
		Languages: []string{"es", "en"}, Leader: "Marisol", Safety: directory.Safety{Papers: directory.No, Police: directory.No, Photos: directory.PhotosAsked, Location: directory.No},
		Tie: directory.Partner, Contact: directory.PublicContact{Phone: number}}
	made, err := d.Create(w.ctx, w.ana, directory.Entry{Group: g, Different: true,
		Handoff: directory.Handoff{Name: "Marisol Vega", Phone: number, Channel: directory.BySMS, SMS: true, Lang: "es"}})
	w.ok(err)
	w.ok(d.Vet(w.ctx, w.ana, made, directory.Vetting{Passed: directory.Checks(), Conflict: "none"}, ""))
	w.ok(d.Do(w.ctx, w.ana, made, directory.Publish, "", ""))
	return made
}

func (w *desk) begin(change ...func(*introduction.BeginIn)) introduction.Begun {
	w.Helper()
	in := introduction.BeginIn{
		PersonIn: introduction.PersonIn{CalledName: "Mateo Ruvalcaba", Contact: "phone", Phone: "(503) 555-0117", Lang: "es", Topics: []string{"housing"},
			HoursFrom: "19:00", NoVoicemail: true, Words: "library"},
		ConsentIn: introduction.ConsentIn{TellClinic: true, How: "spoken", Interpreter: "navigator", Witness: "clinician"},
		Group:     w.tenants, Site: w.site, Mode: "warm_handoff"}
	for _, c := range change {
		c(&in)
	}
	b, err := w.s.Begin(w.ctx, w.cole, in)
	w.ok(err)
	return b
}

func called(in *introduction.BeginIn) { in.Mode = "call_back" }

func (w *desk) do(method, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept-Language", w.lang)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for name, value := range w.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if w.jar[c.Name] = c.Value; c.MaxAge < 0 {
			delete(w.jar, c.Name)
		}
	}
	return rec
}

// page opens a page, which must be whole, and returns its text.
func (w *desk) page(path string) string {
	w.Helper()
	rec := w.do("GET", path, nil)
	if rec.Code != http.StatusOK {
		w.Fatalf("GET %s: %d %s", path, rec.Code, plain(rec.Body.String()))
	}
	return w.whole(path, rec.Body.String())
}

func (w *desk) whole(path, body string) string {
	w.Helper()
	if problems := webtest.Problems(webtest.Page(w, body), body); len(problems) > 0 {
		w.Errorf("%s in %s: %v", path, w.lang, problems)
	}
	if i := strings.Index(body, "⟦"); i >= 0 {
		w.Errorf("%s in %s misses %s", path, w.lang, body[i:min(len(body), i+60)])
	}
	return plain(body)
}

func plain(body string) string {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return body
	}
	return strings.NewReplacer("\u2066", "", "\u2069", "").Replace(strings.Join(strings.Fields(webtest.Text(doc)), " "))
}

func (w *desk) post(path string, pairs ...string) *httptest.ResponseRecorder {
	w.Helper()
	w.keys++
	form := url.Values{"_key": {fmt.Sprintf("0195f2aa-0000-7000-8000-%012d", w.keys)}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return w.do("POST", path, form)
}

// sent expects a form to lead on.
func (w *desk) sent(to string, rec *httptest.ResponseRecorder) {
	w.Helper()
	if rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), to) {
		w.Fatalf("want 303 to %s, got %d %s\n%s", to, rec.Code, rec.Header().Get("Location"), plain(rec.Body.String()))
	}
}

// refused expects a form to come back with a sentence.
func (w *desk) refused(status int, words string, rec *httptest.ResponseRecorder) string {
	w.Helper()
	text := plain(rec.Body.String())
	if rec.Code != status || !strings.Contains(text, words) {
		w.Fatalf("want %d with %q, got %d\n%s", status, words, rec.Code, text)
	}
	w.whole("refused form", rec.Body.String())
	return rec.Body.String()
}

func (w *desk) has(text string, words ...string) {
	w.Helper()
	for _, x := range words {
		if !strings.Contains(text, x) {
			w.Errorf("no %q in %s", x, text)
		}
	}
}

func (w *desk) hasNot(text string, words ...string) {
	w.Helper()
	for _, x := range words {
		if strings.Contains(text, x) {
			w.Errorf("%q in %s", x, text)
		}
	}
}

var linkIn = regexp.MustCompile(`id="link-url"[^>]*>http://localhost(/r/[A-Za-z0-9_-]+)<`)
var codeIn = regexp.MustCompile(`id="link-code"[^>]*>(\d{6})<`)

// link asks for a fresh link and code, as staff do on the phone.
func (w *desk) link(intro string) (path, code string) {
	w.Helper()
	was := w.who
	w.who = w.lupe
	rec := w.post("/handoffs/"+intro, "act", "link")
	w.who = was
	path, code = one(linkIn, rec.Body.String()), one(codeIn, rec.Body.String())
	if path == "" || code == "" {
		w.Fatalf("no link: %d %s", rec.Code, plain(rec.Body.String()))
	}
	return path, code
}

func one(re *regexp.Regexp, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

// S-02, as staff and the group live it.
func TestTheStoryOfAHandoff(t *testing.T) {
	w := newDesk(t)
	b := w.begin()
	w.has(w.page("/handoffs"), "Mateo Ruvalcaba", "Alder Street Tenants", "Introduce them today")
	one := w.page("/handoffs/" + b.ID)
	w.has(one, "After 19:00", "Do not leave a voice message.", "Say you call from the library.", "(503) 555-0117", "Walk over together")

	w.refused(422, "Say who was there.", w.post("/handoffs/"+b.ID, "act", "now", "how", "walk_over", "happened", "yes"))
	w.sent("/handoffs/"+b.ID, w.post("/handoffs/"+b.ID, "act", "now", "how", "walk_over", "happened", "no"))
	w.refused(422, "Choose a time in the next sixty days.", w.post("/handoffs/"+b.ID, "act", "book", "date", "2026-11-01", "time", "10:00"))
	w.sent("/handoffs/"+b.ID, w.post("/handoffs/"+b.ID, "act", "book", "date", "2026-11-05", "time", "10:30", "needs", "childcare", "needs", "interpreter"))
	w.has(w.page("/handoffs/"+b.ID), "Childcare", "5 Nov 2026", "10:30")
	w.has(w.page("/handoffs?filter=all"), "10:30")
	w.clock.Set(time.Date(2026, 11, 5, 18, 40, 0, 0, time.UTC))
	w.sent("/handoffs/"+b.ID, w.post("/handoffs/"+b.ID, "act", "now", "how", "phone_bridge", "happened", "yes", "present", "navigator", "present", "group_organizer"))
	w.has(w.page("/handoffs/"+b.ID), "Sent to the group", "Call together")

	// The group, without an account.
	path, code := w.link(b.ID)
	for range 3 {
		w.do("HEAD", path, nil)
		w.hasNot(w.page(path), "Mateo", "Tenants", "Riverside", "0117", "clinic")
	}
	if w.do("GET", "/r/open", nil).Code == http.StatusOK {
		t.Error("open without a code")
	}
	w.refused(422, "This code is not right.", w.post(path, "code", "000000"))
	w.sent("/r/open", w.post(path, "code", code[:3]+" "+code[3:]))
	w.has(w.page("/r/open"), "Mateo Ruvalcaba", "After 19:00.", "I will call", "Housing")
	w.sent("/r/open", w.post("/r/open", "act", "accept", "id", b.ID))
	w.clock.Advance(24 * time.Hour)
	w.sent("/r/", w.post(path, "code", code))
	w.sent("/r/open", w.post("/r/open", "act", "attempt", "id", b.ID, "channel", "phone", "result", "no_answer"))
	w.refused(422, "The person asked for no messages on the phone.", w.post("/r/open", "act", "attempt", "id", b.ID, "channel", "phone", "result", "left_message"))
	w.hasNot(w.page("/r/open"), "Left a message")
	w.sent("/handoffs/"+b.ID, w.post("/handoffs/"+b.ID, "act", "attempt", "channel", "phone", "result", "reached"))
	w.sent("/r/open", w.post("/r/open", "act", "met", "id", b.ID))
	w.has(w.page("/handoffs/"+b.ID), "They met", "We talked", "No answer")
	w.refused(422, "Say who told you", w.post("/handoffs/"+b.ID, "act", "taking"))
	w.sent("/handoffs/"+b.ID, w.post("/handoffs/"+b.ID, "act", "taking", "word", "group"))
	w.sent("/handoffs/"+b.ID, w.post("/handoffs/"+b.ID, "act", "close", "ending", "engaged", "word", "person"))
	w.has(w.page("/handoffs?filter=ended"), "They met, and it goes on without us")
	w.refused(409, "This step does not fit any more.", w.post("/handoffs/"+b.ID, "act", "accept"))
	if rec := w.do("GET", "/r/open", nil); rec.Code == http.StatusOK {
		t.Error("the link's session outlives the end")
	}
}

// The same form twice is one attempt.
func TestADoubleClickIsOneAttempt(t *testing.T) {
	w := newDesk(t)
	b := w.begin(called)
	form := url.Values{"_key": {"0195f2aa-0000-7000-8000-aaaaaaaaaaaa"}, "act": {"attempt"}, "channel": {"phone"}, "result": {"no_answer"}}
	for range 2 {
		w.sent("/handoffs/"+b.ID, w.do("POST", "/handoffs/"+b.ID, form))
	}
	v, err := w.s.Show(w.ctx, w.lupe, b.ID)
	w.ok(err)
	if len(v.Attempts) != 1 {
		t.Errorf("%d attempts", len(v.Attempts))
	}
}

// Cannot take → another group, with a fresh yes.
func TestAnotherGroupNeedsAFreshYes(t *testing.T) {
	w := newDesk(t)
	b := w.begin(called)
	w.refused(422, "Choose one of the answers shown.", w.post("/handoffs/"+b.ID, "act", "unable", "then", "other"))
	w.sent("/handoffs/"+b.ID+"/elsewhere", w.post("/handoffs/"+b.ID, "act", "unable", "reason", "full", "then", "other"))
	choose := w.page("/handoffs/" + b.ID + "/elsewhere")
	w.has(choose, "Worker Center")
	w.hasNot(choose, "Alder Street Tenants")
	w.has(w.page("/handoffs/"+b.ID+"/elsewhere?group="+w.workers), "Mateo Ruvalcaba", "Worker Center", "Read this aloud")
	w.who = w.other
	if rec := w.do("GET", "/shared/"+b.ID, nil); rec.Code != http.StatusNotFound {
		t.Errorf("the second group sees it before the yes: %d", rec.Code)
	}
	w.who = w.lupe
	path := "/handoffs/" + b.ID + "/elsewhere"
	w.refused(422, "Read the new sentence aloud", w.post(path, "group", w.workers, "how", "spoken", "witness", "navigator", "fields", "name", "read", "email,language,name", "consent_lang", "es"))
	back := w.refused(422, "Say who heard the person agree.", w.post(path, "group", w.workers, "how", "spoken", "fields", "name", "fields", "phone", "read", "name,phone", "consent_lang", "es", "tell_clinic", "yes"))
	if !strings.Contains(back, `name="tell_clinic" value="yes" checked`) {
		t.Error("what was ticked is lost")
	}
	w.sent("/handoffs/"+b.ID, w.post(path, "group", w.workers, "how", "spoken", "witness", "navigator", "fields", "name", "fields", "phone", "read", "name,phone", "consent_lang", "es"))
	w.who = w.other
	text := w.page("/shared/" + b.ID)
	w.has(text, "Mateo Ruvalcaba", "(503) 555-0117")
	w.hasNot(text, "After 19:00", "Housing", "library")
	w.who = w.partner
	if rec := w.do("GET", "/shared/"+b.ID, nil); rec.Code != http.StatusNotFound {
		t.Errorf("the first group still sees it: %d", rec.Code)
	}
}

// After a stop the next request shows nothing, and the group is asked to delete.
func TestAStopEndsTheLinkOnTheNextRequest(t *testing.T) {
	w := newDesk(t)
	b := w.begin(called)
	path, code := w.link(b.ID)
	w.sent("/r/open", w.post(path, "code", code))
	w.who = w.partner
	w.has(w.page("/shared"), "Mateo Ruvalcaba")
	w.has(w.page("/shared/"+b.ID), "(503) 555-0117")
	w.who = w.lupe

	w.refused(422, "Write a phone number", w.post("/handoffs/find"))
	w.has(w.refusedNobody("/handoffs/find", "phone", "503 555 0999"), "Nothing was found.")
	rec := w.post("/handoffs/find", "phone", "503 555 0117")
	found := w.whole("/handoffs/find", rec.Body.String())
	w.has(found, "Alder Street Tenants")
	w.hasNot(found, "Mateo")
	w.has(w.page("/handoffs/"+b.ID+"/stop"), "This cannot be undone.")
	w.refused(422, "Tick the box", w.post("/handoffs/"+b.ID+"/stop", "how", "phone"))
	w.sent("/handoffs/"+b.ID, w.post("/handoffs/"+b.ID+"/stop", "how", "phone", "confirm", "yes"))
	w.has(w.page("/handoffs/"+b.ID), "Nothing personal is left here.", "Not answered yet")
	w.hasNot(w.page("/handoffs/"+b.ID), "Mateo", "0117")

	rec = w.do("GET", "/r/open", nil)
	w.hasNot(rec.Body.String(), "Mateo", "0117")
	if rec.Code == http.StatusOK {
		t.Error("the link's session is still open")
	}
	w.has(w.page(path), "Please delete what you wrote down")
	w.who = w.partner
	if rec := w.do("GET", "/shared/"+b.ID, nil); rec.Code != http.StatusNotFound {
		t.Errorf("the partner: %d", rec.Code)
	}
	list := w.page("/shared")
	w.has(list, "Please delete what you wrote down")
	w.hasNot(list, "Mateo")
	w.sent(path, w.post(path+"/deleted"))
	w.who = w.lupe
	w.has(w.page("/handoffs/"+b.ID), "Said it is deleted")
	w.has(w.page("/handoffs/recalls"), "No group has to answer.")
	if rec := w.do("GET", path, nil); rec.Code != http.StatusGone {
		t.Errorf("afterwards the link says %d", rec.Code)
	}
}

func (w *desk) refusedNobody(path string, pairs ...string) string {
	rec := w.post(path, pairs...)
	return w.whole(path, rec.Body.String())
}

// Unknown, over and broken links are one page.
func TestEveryDeadLinkLooksAlike(t *testing.T) {
	w := newDesk(t)
	b := w.begin(called)
	path, code := w.link(b.ID)
	w.ok(w.s.Close(w.ctx, w.lupe, introduction.CloseIn{ID: b.ID, Ending: "person_declined", Word: "person"}))
	body := func(method, path string, form url.Values) string {
		rec := w.do(method, path, form)
		if rec.Code != http.StatusGone {
			t.Errorf("%s %s: %d", method, path, rec.Code)
		}
		if method == "GET" {
			w.whole(path, rec.Body.String())
		}
		return plain(rec.Body.String())
	}
	over := body("GET", path, nil)
	for _, x := range []string{"/r/" + strings.Repeat("A", 43), "/r/x", "/r/" + strings.Repeat("z", 300)} {
		if got := body("GET", x, nil); got != over {
			t.Errorf("%s: %s\nwant %s", x, got, over)
		}
	}
	form := url.Values{"_key": {"0195f2aa-0000-7000-8000-aaaaaaaaaaab"}, "code": {code}}
	for _, x := range []string{path, path + "/code", path + "/deleted", "/r/" + strings.Repeat("A", 43)} {
		if got := body("POST", x, form); got != over {
			t.Errorf("POST %s: %s", x, got)
		}
	}
}

// Five wrong codes end the code.
func TestWrongCodesOfALinkEnd(t *testing.T) {
	w := newDesk(t)
	path, code := w.link(w.begin(called).ID)
	for range 5 {
		w.refused(422, "This code is not right.", w.post(path, "code", "000000"))
	}
	w.refused(422, "Too many tries.", w.post(path, "code", code))
}

// A foreign id and an unknown id answer alike, on every address.
func TestForeignIsUnknown(t *testing.T) {
	w := newDesk(t)
	b := w.begin(called)
	const unknown = "99999999-9999-7999-8999-999999999999"
	foreign := access.Actor{Account: "else", Org: "22222222-2222-7222-8222-222222222222", Roles: []access.Role{access.Organizer, access.Navigator}}
	reference := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f-]{36}|[0-9A-Za-z]{16,}`)
	for _, c := range []struct {
		who  access.Actor
		path string
	}{{foreign, "/handoffs/%s"}, {foreign, "/handoffs/%s/elsewhere"}, {w.other, "/shared/%s"}, {access.Actor{Account: "dr-else", Org: w.org, Roles: []access.Role{access.Clinician}}, "/handoffs/%s"}} {
		w.who = c.who
		a, x := w.do("GET", fmt.Sprintf(c.path, b.ID), nil), w.do("GET", fmt.Sprintf(c.path, unknown), nil)
		one, two := reference.ReplaceAllString(plain(a.Body.String()), ""), reference.ReplaceAllString(plain(x.Body.String()), "")
		if a.Code != http.StatusNotFound || a.Code != x.Code || one != two {
			t.Errorf("%s as %v: %d and %d\n%s\n%s", c.path, c.who.Roles, a.Code, x.Code, one, two)
		}
		for _, act := range []string{"accept", "met", "unable", "attempt"} {
			p := w.post(fmt.Sprintf(c.path, b.ID), "act", act, "channel", "phone", "result", "reached", "reason", "full", "then", "end", "word", "group")
			q := w.post(fmt.Sprintf(c.path, unknown), "act", act, "channel", "phone", "result", "reached", "reason", "full", "then", "end", "word", "group")
			if p.Code != q.Code || p.Code < 400 {
				t.Errorf("POST %s %s as %v: %d and %d", c.path, act, c.who.Roles, p.Code, q.Code)
			}
		}
	}
	v, err := w.s.Show(w.ctx, w.lupe, b.ID)
	w.ok(err)
	if v.State != introduction.Sent {
		t.Errorf("a stranger moved it to %s", v.State)
	}
}

// Clinicians see the board without names and open nothing.
func TestCliniciansBoardHasNoNames(t *testing.T) {
	w := newDesk(t)
	b := w.begin()
	w.who = w.cole
	text := w.page("/handoffs")
	w.has(text, "Alder Street Tenants")
	w.hasNot(text, "Mateo", "0117")
	if body := w.do("GET", "/handoffs", nil).Body.String(); strings.Contains(body, b.ID) {
		t.Error("a way in for a clinician")
	}
}

// The live board sends itself when something changes, and ends with the session.
func TestTheLiveBoardEndsWithTheSession(t *testing.T) {
	w := newDesk(t)
	srv := httptest.NewServer(w.h)
	defer srv.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", srv.URL+"/handoffs/live", nil)
	w.ok(err)
	res, err := http.DefaultClient.Do(req)
	w.ok(err)
	defer res.Body.Close()
	if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	until := func(words string) bool {
		for lines.Scan() {
			if strings.Contains(lines.Text(), words) {
				return true
			}
		}
		return false
	}
	if !until("Nothing is waiting.") {
		t.Fatal("no first board")
	}
	w.begin()
	if !until("Mateo Ruvalcaba") {
		t.Fatal("the change did not arrive")
	}
	w.who = access.Anonymous(w.org)
	for lines.Scan() {
	}
	if ctx.Err() != nil {
		t.Error("the stream outlives the session")
	}
}

// What the gateway delivers: only with its secret, and nothing about anybody goes back.
func TestInboundTexts(t *testing.T) {
	w := newDesk(t)
	b := w.begin(called)
	text := func(from, words string, header ...string) (int, string) {
		rec := w.do("POST", "/sms/inbound", url.Values{"From": {from}, "Body": {words}}, header...)
		return rec.Code, rec.Body.String()
	}
	secret := []string{secretHeader, gatewaySecret}
	for _, h := range [][]string{nil, {secretHeader, ""}, {secretHeader, gatewaySecret + "x"}} {
		if code, _ := text("+15035550101", "YES", h...); code != http.StatusForbidden {
			t.Errorf("with %v: %d", h, code)
		}
	}
	if code, _ := text("+15035550101", strings.Repeat("A", 9<<10), secret...); code != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge text: %d", code)
	}
	code, answer := text("+15035550101", "YES", secret...)
	if code != 200 || !strings.Contains(answer, "We wrote it down") {
		t.Errorf("%d %s", code, answer)
	}
	for _, words := range []string{"what did I sign", "who is Mateo", "YES 1234567"} {
		code, answer = text("+15035550117", words, secret...)
		if code != 200 || strings.Contains(answer, "Mateo") || strings.Contains(answer, "Tenants") {
			t.Errorf("%s: %d %s", words, code, answer)
		}
	}
	rec := w.do("POST", "/sms/inbound", nil, secretHeader, gatewaySecret, "Content-Type", "application/json")
	if rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("an empty body: %d", rec.Code)
	}
	if code, answer = text("+15035550117", "STOP", secret...); code != 200 {
		t.Errorf("%d %s", code, answer)
	}
	one := w.page("/handoffs/" + b.ID)
	w.has(one, "The group will call", "They want it to go on", "STOP came from this number")
	w.has(w.page("/messages"), "1 number or address asked for no more messages.")
	w.sent("/handoffs/"+b.ID, w.post("/handoffs/"+b.ID, "act", "goes_on"))
	w.hasNot(w.page("/handoffs/"+b.ID), "They want it to go on")
}

// Without mail and SMS a message waits for a person, who passes it on.
func TestMessagesWaitForAPerson(t *testing.T) {
	w := newDesk(t)
	w.begin(called)
	w.ok(w.jobs.Drain(w.ctx))
	body := w.do("GET", "/messages", nil).Body.String()
	w.has(w.whole("/messages", body), "New introduction for a group")
	path := one(regexp.MustCompile(`href="(/messages/[0-9a-f-]{36})"`), body)
	text := w.page(path)
	w.has(text, "/r/", "I passed it on")
	w.hasNot(text, "Mateo", "0117")
	w.sent("/messages", w.post(path, "choice", "handed"))
	w.has(w.page("/messages"), "Nothing waits.")
	w.who = w.cole
	if rec := w.do("GET", "/messages", nil); rec.Code != http.StatusForbidden {
		t.Errorf("a clinician: %d", rec.Code)
	}
}

// The duty list, and who is on duty now on the board.
func TestDuty(t *testing.T) {
	w := newDesk(t)
	w.has(w.page("/handoffs"), "Nobody is on duty right now.")
	back := w.refused(422, "Choose at least one: walk over or phone.", w.post("/handoffs/duty", "account", w.lupe.Account, "date", "2026-11-02", "from", "09:00", "until", "17:00", "languages", "es"))
	if !strings.Contains(back, `value="es" checked`) {
		t.Error("the language is lost")
	}
	w.sent("/handoffs/duty", w.post("/handoffs/duty", "account", w.lupe.Account, "date", "2026-11-02", "from", "09:00", "until", "17:00", "languages", "es", "ways", "walk_over"))
	w.has(w.page("/handoffs"), "Lupe Herrera", "Can walk over", "Spanish")
	w.clock.Advance(9 * time.Hour)
	w.hasNot(w.page("/handoffs"), "Can walk over")
	w.who = w.cole
	w.hasNot(w.page("/handoffs/duty"), "Put on the list")
	if rec := w.post("/handoffs/duty", "account", w.lupe.Account); rec.Code != http.StatusForbidden {
		t.Errorf("a clinician writes the list: %d", rec.Code)
	}
}

// The list on paper has what was agreed to, and says who looked.
func TestPaper(t *testing.T) {
	w := newDesk(t)
	w.begin(called)
	w.has(w.page("/handoffs/print"), "Alder Street Tenants")
	text := w.page("/handoffs/print?group=" + w.tenants)
	w.has(text, "Mateo Ruvalcaba", "After 19:00.", "Write the number of your answer")
	doc, err := html.Parse(strings.NewReader(w.do("GET", "/handoffs/print?group="+w.tenants, nil).Body.String()))
	w.ok(err)
	webtest.Walk(doc, func(n *html.Node) {
		if n.Data == "title" && strings.TrimSpace(webtest.Text(n)) != "List" {
			t.Errorf("the title of the paper says %q", webtest.Text(n))
		}
	})
}

// Every page, in every language, is whole and has all its words.
func TestEveryHandoffPageInEveryLanguage(t *testing.T) {
	w := newDesk(t)
	w.sent("/handoffs/duty", w.post("/handoffs/duty", "account", w.lupe.Account, "date", "2026-11-02", "from", "09:00", "until", "17:00", "languages", "es", "ways", "walk_over", "ways", "by_phone"))
	a, b, c := w.begin(), w.begin(called), w.begin(called)
	d, e := w.begin(called), w.begin(called)
	w.ok(w.jobs.Drain(w.ctx))
	recall, _ := w.link(c.ID)
	w.ok(w.s.Withdraw(w.ctx, w.lupe, introduction.WithdrawIn{ID: c.ID, How: "phone"}))
	w.ok(w.s.LogAttempt(w.ctx, w.lupe, introduction.AttemptIn{ID: b.ID, Channel: "phone", Result: "reached"}))
	w.ok(w.s.Redirect(w.ctx, w.lupe, introduction.RedirectIn{ID: d.ID, Group: w.workers}))
	w.ok(w.s.ConfirmMeeting(w.ctx, w.partner, introduction.MeetIn{ID: e.ID}))
	waiting := regexp.MustCompile(`/messages/[0-9a-f-]{36}`).FindAllString(w.do("GET", "/messages", nil).Body.String(), -1)
	message := ""
	for _, m := range waiting { // some of them have ended since
		if w.do("GET", m, nil).Code == http.StatusOK {
			message = m
		}
	}
	knock, code := w.link(b.ID)
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		w.lang, w.jar = lang, map[string]string{}
		w.who = w.lupe
		for _, f := range []string{"", "?filter=late", "?filter=waiting", "?filter=all", "?filter=ended"} {
			w.page("/handoffs" + f)
		}
		for _, x := range []introduction.Begun{a, b, c, d, e} {
			w.page("/handoffs/" + x.ID)
		}
		for _, x := range []string{"/stop", "/elsewhere", "/elsewhere?group=" + w.workers} {
			w.page("/handoffs/" + d.ID + x)
		}
		for _, x := range []string{"/handoffs/find", "/handoffs/recalls", "/handoffs/duty", "/handoffs/print", "/handoffs/print?group=" + w.tenants, "/messages", message} {
			w.page(x)
		}
		w.page(knock)
		w.page(recall)
		w.sent("/r/open", w.post(knock, "code", code))
		w.page("/r/open")
		rec := w.post("/r/open/leave")
		w.whole("/r/open/leave", rec.Body.String())
		w.who = w.partner
		w.page("/shared")
		for _, x := range []introduction.Begun{b, e} {
			w.page("/shared/" + x.ID)
		}
		w.who = w.admin
		w.page("/jobs")
	}
}

// The board's work does not grow with what has ended: each of its statements
// reads an index in its order, whatever lies in the table.
func TestTheBoardReadsItsIndexes(t *testing.T) {
	w := newDesk(t)
	for range 3 {
		w.begin()
	}
	now := db.Micros(w.clock.Now())
	for q, index := range map[string]string{
		`SELECT id FROM introduction WHERE org_id='x' AND due_at > 0 AND due_at >= 0 AND (due_at > 0 OR id > '') AND due_at <= %d ORDER BY due_at, id LIMIT 51`:                                 "introduction_due",
		`SELECT id FROM introduction WHERE org_id='x' AND due_at > 0 AND due_at >= 0 AND (due_at > 0 OR id > '') AND due_at <= %d AND site='s' ORDER BY due_at, id LIMIT 51`:                    "introduction_due",
		`SELECT id FROM introduction WHERE org_id='x' AND ended_at > 0 AND ended_at <= %[1]d AND (ended_at < %[1]d OR id < '~') AND ended_at <= %[1]d ORDER BY ended_at DESC, id DESC LIMIT 51`: "introduction_ended",
		`SELECT COUNT(*) FROM introduction WHERE org_id='x' AND due_at > 0 AND due_at <= %d AND due_at > 0`:                                                                                     "introduction_due",
	} {
		var plan string
		w.ok(w.db.Read(w.ctx, w.org, func(tx *db.Tx) error {
			lines, err := db.Select(w.ctx, tx, func(s db.Scanner) (line string, err error) {
				var a, b, c int
				err = s.Scan(&a, &b, &c, &line)
				return line, err
			}, "EXPLAIN QUERY PLAN "+fmt.Sprintf(q, now))
			plan = strings.Join(lines, "; ")
			return err
		}))
		if !strings.Contains(plan, "USING") || !strings.Contains(plan, index) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\n%s", q, plan)
		}
	}
}
