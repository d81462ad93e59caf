package turnoutweb

import (
	"context"
	"fmt"
	"html"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
	"seedbed/locales"
	look "seedbed/web"
)

const org = "11111111-1111-7111-8111-111111111111"

var (
	ana        = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}
	languages4 = []string{"en", "es", "vi", "ar"}
)

func leader(person string) access.Actor {
	return access.Actor{Account: "acc-" + person, Org: org, Person: person, Roles: []access.Role{access.Leader}}
}

type world struct {
	*testing.T
	s             *turnout.Service
	people        *people.Service
	clock         *clock.Fake
	url           string
	who           access.Actor
	jar           *http.Client
	thu           string
	church, union string
	phones        int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{T: t, who: ana, clock: clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, turnout.Schema)
	v, c := vaulttest.New(t), w.clock
	log, ledger := audit.New(d, v, c), consent.New(c)
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	jobs := job.New(d, job.Options{Clock: c})
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: c, Vault: v, Audit: log, Catalog: catalog})
	w.ok(err)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: c, Consent: ledger, Notices: notices})
	w.s = turnout.New(turnout.Deps{DB: d, Vault: v, Audit: log, Clock: c, Consent: ledger, People: w.people, Notices: notices})
	notices.Resolver(turnout.RefAsk, w.s.Resolve(func(token string) string { return "https://clinic.example/b/" + token }))
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	anybody := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(org), nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: c, Log: slog.New(slog.DiscardHandler), Stored: idem.Lookup(d),
		Pages: map[string]fs.FS{"turnout": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Print: auth, web.Public: auth, web.Link: anybody}})
	w.ok(err)
	mux.Handle(New(w.s, w.people, Options{
		Event: func(_ *web.Request, ref string) (Link, bool) { return Link{"/assemblies/1", "The assembly"}, ref != "" },
		Name:  func(*web.Request, string) string { return "Ana Whitfield" },
	}).Routes()...)
	h, err := mux.Handler()
	w.ok(err)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w.url = srv.URL
	w.jar = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w.thu = w.join(ana, "Thu Pham")
	w.church, err = w.people.SaveInstitution(ctx, ana, people.Institution{Name: "St. Brigid", Kind: "congregation"}, "")
	w.ok(err)
	w.union, err = w.people.SaveInstitution(ctx, ana, people.Institution{Name: "Local 9", Kind: "union"}, "")
	w.ok(err)
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) join(a access.Actor, name string) string {
	w.Helper()
	w.phones++
	j, err := w.people.Join(context.Background(), a, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: fmt.Sprintf("(503) 555-%04d", 100+w.phones), Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	return j.ID
}

func (w *world) do(method, path string, form url.Values) (int, string, http.Header) {
	w.Helper()
	req, err := http.NewRequest(method, w.url+path, strings.NewReader(form.Encode()))
	w.ok(err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := w.jar.Do(req)
	w.ok(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	w.ok(err)
	return res.StatusCode, string(b), res.Header
}

func (w *world) page(method, path string, form url.Values, want int) string {
	w.Helper()
	status, body, _ := w.do(method, path, form)
	if status != want {
		w.Fatalf("%s %s %v: %d\n%s", method, path, form, status, body)
	}
	webtest.Page(w, body)
	return body
}

// post sends a form that leads on.
func (w *world) post(path string, form url.Values) string {
	w.Helper()
	status, body, h := w.do("POST", path, form)
	if status != 303 {
		w.Fatalf("POST %s %v: %d\n%s", path, form, status, body)
	}
	return h.Get("Location")
}

// everywhere opens pages in every language.
func (w *world) everywhere(paths ...string) {
	w.Helper()
	for _, path := range paths {
		for _, lang := range languages4 {
			glue := "?"
			if strings.Contains(path, "?") {
				glue = "&"
			}
			w.page("GET", path+glue+"lang="+lang, nil, 200)
		}
	}
}

// plan opens a turnout twelve days ahead.
func (w *world) plan(more url.Values) string {
	w.Helper()
	form := url.Values{"title": {"Labels we can read"}, "kind": {"assembly"}, "date": {"2026-11-14"}, "time": {"18:00"}, "minutes": {"75"}, "goal": {"300"}, "where": {"Church hall"}}
	for k, v := range more {
		form[k] = v
	}
	return w.post("/turnout/new", form)
}

// From the form to the closed books, in every language at every step.
func TestPages(t *testing.T) {
	w := newWorld(t)
	w.everywhere("/turnout", "/turnout/new")
	if body := w.page("POST", "/turnout/new", url.Values{"title": {""}, "goal": {"many"}, "kind": {"assembly"}, "minutes": {"75"}, "where": {"Church hall"}}, 422); !strings.Contains(body, "Church hall") || !strings.Contains(body, "#f-goal") || !strings.Contains(body, "#f-date") {
		t.Error("what was typed is gone, or the mistakes are not linked")
	}
	at := w.plan(nil)
	w.everywhere(at, at+"/edit", at+"/share", at+"/share?of=person&q=thu", at+"/share?institution="+w.church, at+"/ask", at+"/tree", at+"/calls", "/turnout")
	w.post(at+"/share", url.Values{"institution": {w.church}, "goal": {"60"}, "asked": {"90"}, "yes": {"60"}, "confirmed": {"50"}})
	w.post(at+"/share", url.Values{"institution": {w.union}, "goal": {"40"}, "yes": {"40"}})
	w.post(at+"/share", url.Values{"of": {"person"}, "person": {w.thu}, "institution": {w.church}, "goal": {"3"}})
	w.page("POST", at+"/share", url.Values{"of": {"person"}, "institution": {w.church}, "goal": {"1"}}, 422) // nobody was chosen
	w.page("POST", at+"/share", url.Values{"institution": {w.church}, "goal": {"x"}}, 422)
	rosa, luis := w.join(ana, "Rosa Díaz"), w.join(ana, "Luis Vega")
	if body := w.page("GET", at+"/ask?q=rosa", nil, 200); !strings.Contains(body, "Rosa Díaz") {
		t.Error("nobody found")
	}
	w.post(at+"/ask", url.Values{"person": {rosa}, "by": {w.thu}})
	w.post(at+"/ask", url.Values{"person": {luis}, "by": {rosa}, "yes": {"yes"}})
	w.page("POST", at+"/ask", url.Values{"by": {w.thu}}, 422)
	body := w.page("GET", at+"?lang=en", nil, 200)
	for _, want := range []string{"To fill 300 seats, ask for 450 promises", "350 more promises", "Ana Whitfield", "St. Brigid", "brings 3", "The assembly"} {
		if !strings.Contains(body, want) {
			t.Errorf("the board does not say %q", want)
		}
	}
	if body := w.page("GET", at+"/tree?lang=en", nil, 200); strings.Index(body, "Thu Pham") > strings.Index(body, "Rosa") || strings.Count(body, `class="branches"`) != 3 {
		t.Error("the tree is not a tree")
	}
	w.everywhere(at, at+"/tree", at+"/calls", at+"/ask?q=luis&by="+rosa, at+"/share?person="+w.thu)

	// Calls: the number on demand, one press for the answer.
	if body := w.page("GET", at+"/calls", nil, 200); strings.Contains(html.UnescapeString(body), "+1503") || !strings.Contains(body, "Rosa Díaz") {
		t.Error("a number is open, or nobody is to be called")
	}
	body = w.page("POST", at+"/calls", url.Values{"person": {rosa}, "result": {"show"}}, 200)
	if !strings.Contains(html.UnescapeString(body), `href="tel:+1503555`) {
		t.Error("the number is not shown")
	}
	w.page("POST", at+"/calls", url.Values{"person": {w.thu}, "result": {"show"}}, 422) // not on the list
	w.page("POST", at+"/calls", url.Values{"person": {rosa}, "result": {"shrug"}}, 422)
	w.post(at+"/calls", url.Values{"person": {rosa}, "result": {"unreached"}})
	w.everywhere(at + "/calls")
	if body := w.page("POST", at+"/sheet", url.Values{}, 200); !strings.Contains(html.UnescapeString(body), "+1503555") || strings.Contains(body, "Labels we can read") {
		t.Error("the sheet has no number, or says what it is about")
	}
	w.post(at+"/calls", url.Values{"person": {rosa}, "result": {"yes"}})
	w.page("POST", at+"/questions", url.Values{}, 409)
	w.page("POST", at+"/act", url.Values{"act": {"hold"}}, 409)
	w.page("POST", at+"/act", url.Values{"act": {"dance"}}, 422)
	w.page("POST", at+"/note", url.Values{"person": {w.thu}, "result": {"yes"}}, 422)
	w.page("POST", at+"/note", url.Values{"person": {w.thu}, "result": {"drop"}, "from": {"tree"}}, 422)

	w.clock.Set(time.Date(2026, 11, 12, 18, 0, 0, 0, time.UTC))
	w.everywhere(at, at+"/calls", at+"/door", at+"/tally", at+"/roll")
	w.post(at+"/questions", url.Values{})
	w.post(at+"/edit", url.Values{"version": {"1"}, "title": {"Labels"}, "kind": {"assembly"}, "date": {"2026-11-14"}, "time": {"18:00"}, "minutes": {"75"}, "goal": {"280"}})
	w.page("POST", at+"/edit", url.Values{"version": {"1"}, "title": {"Labels"}, "kind": {"assembly"}, "date": {"2026-11-14"}, "time": {"18:00"}, "minutes": {"75"}, "goal": {"280"}}, 409)

	w.clock.Set(time.Date(2026, 11, 14, 17, 0, 0, 0, time.UTC))
	w.post(at+"/door", url.Values{"act": {"arrive"}, "person": {rosa}})
	w.post(at+"/door", url.Values{"act": {"absent"}, "person": {rosa}})
	w.post(at+"/door", url.Values{"act": {"arrive"}, "person": {rosa}})
	w.page("POST", at+"/door", url.Values{"act": {"arrive"}, "person": {"nobody"}}, 422)
	w.page("POST", at+"/door", url.Values{"act": {"jump"}}, 422)
	if to := w.post(at+"/tally", url.Values{"press": {w.church + ":1"}}); to != at+"/tally#i-"+w.church {
		t.Error(to)
	}
	w.post(at+"/tally", url.Values{"press": {":1"}})
	w.page("POST", at+"/tally", url.Values{"press": {w.church + ":x"}}, 422)
	w.post(at+"/roll", url.Values{"institution": {w.church}, "roll": {"54"}})
	w.page("POST", at+"/roll", url.Values{"institution": {w.church}, "roll": {""}}, 422)
	w.everywhere(at, at+"/door", at+"/tally", at+"/roll")
	w.clock.Set(time.Date(2026, 11, 14, 20, 0, 0, 0, time.UTC))
	w.post(at+"/act", url.Values{"act": {"hold"}})
	w.everywhere(at, at+"/tree", at+"/door", at+"/tally", "/turnout")
	if body := w.page("GET", "/turnout?lang=en", nil, 200); !strings.Contains(body, "What institutions promised and brought") {
		t.Error("no reliability")
	}
	for _, page := range []string{"/edit", "/ask", "/calls", "/share"} {
		w.page("GET", at+page, nil, 409)
	}
	off := w.plan(url.Values{"nameless": {"yes"}, "date": {"2026-12-01"}})
	w.post(off+"/act", url.Values{"act": {"cancel"}})
	w.everywhere(off)
	w.page("GET", off+"/door", nil, 409)
	quiet := w.plan(url.Values{"nameless": {"yes"}, "date": {"2026-11-14"}, "time": {"21:00"}})
	w.everywhere(quiet, quiet+"/door", quiet+"/tally")
}

// A leader's pages: what they said, their people by name, and nobody else's.
func TestALeadersPages(t *testing.T) {
	w := newWorld(t)
	at := w.plan(nil)
	denise := w.join(ana, "Denise Okoye")
	w.post(at+"/share", url.Values{"of": {"person"}, "person": {w.thu}, "goal": {"3"}})
	w.post(at+"/share", url.Values{"of": {"person"}, "person": {denise}, "goal": {"5"}})
	w.post(at+"/share", url.Values{"institution": {w.church}, "goal": {"60"}, "asked": {"9000"}, "yes": {"6789"}})
	w.post(at+"/ask", url.Values{"person": {w.join(ana, "Omar Said")}, "by": {denise}})
	thu := leader(w.thu)
	rosa := w.join(thu, "Rosa Díaz")
	w.post(at+"/ask", url.Values{"person": {w.join(ana, "Inés Vega")}, "by": {w.thu}})
	w.who = thu
	w.everywhere("/turnout", at, at+"/ask", at+"/tree", at+"/calls", at+"/share?person="+w.thu)
	w.post(at+"/ask", url.Values{"person": {rosa}, "by": {w.thu}})
	w.post(at+"/note", url.Values{"person": {rosa}, "result": {"yes"}})
	body := w.page("GET", at+"?lang=en", nil, 200)
	for _, want := range []string{"I said I would bring 3 people.", "Rosa Díaz", "I look for 2 more."} {
		if !strings.Contains(body, want) {
			t.Errorf("my page does not say %q", want)
		}
	}
	for _, path := range []string{at, at + "/tree", at + "/calls", at + "/ask"} {
		body := w.page("GET", path, nil, 200)
		for _, not := range []string{"Denise", "Omar", "Inés", "6,789", "9,000"} { // other branches, and a name outside the leader's reach
			if strings.Contains(strings.ReplaceAll(body, at, ""), not) {
				t.Errorf("%s shows %q", path, not)
			}
		}
	}
	w.clock.Set(time.Date(2026, 11, 14, 17, 0, 0, 0, time.UTC))
	w.everywhere(at+"/door", at+"/tally", at+"/roll")
	w.post(at+"/door", url.Values{"act": {"arrive"}, "person": {rosa}})
	w.post(at+"/tally", url.Values{"press": {w.church + ":1"}})
}

// No page puts people in the order of a number: every list of names is a list of
// names in the order of names.
func TestNoPageRanksPeople(t *testing.T) {
	w := newWorld(t)
	at := w.plan(nil)
	names := []string{"Zeynep", "Anh", "Mateo", "Bo", "Yusuf"}
	for i, name := range names { // the later in the alphabet, the more they bring
		id := w.join(ana, name)
		n := len(names) - i
		w.post(at+"/share", url.Values{"of": {"person"}, "person": {id}, "goal": {fmt.Sprint(n)}, "asked": {fmt.Sprint(n * 2)}, "yes": {fmt.Sprint(n)}})
		w.post(at+"/ask", url.Values{"person": {id}})
	}
	w.clock.Set(time.Date(2026, 11, 14, 17, 0, 0, 0, time.UTC))
	slices.Sort(names)
	for _, path := range []string{at, at + "/tree", at + "/calls", at + "/door", at + "/ask?q=a", "/turnout"} {
		body := w.page("GET", path, nil, 200)
		last := -1
		for _, name := range names {
			if path == "/turnout" || strings.Contains(path, "ask") {
				continue
			}
			i := strings.Index(body, ">"+name+"<")
			if i < 0 {
				t.Errorf("%s does not show %s", path, name)
			}
			if i < last {
				t.Errorf("%s has %s before somebody earlier in the alphabet", path, name)
			}
			last = i
		}
		if strings.Contains(body, "sort=") {
			t.Errorf("%s can be sorted", path)
		}
	}
}

// Whoever was asked answers on a phone, without an account and without a cookie.
func TestReplyWithoutAnAccount(t *testing.T) {
	w := newWorld(t)
	at := w.plan(nil)
	rosa := w.join(ana, "Rosa Díaz")
	w.post(at+"/ask", url.Values{"person": {rosa}, "yes": {"yes"}})
	own, err := w.s.OfPerson(context.Background(), access.Actor{Org: org, Person: rosa, Roles: []access.Role{access.Member}})
	w.ok(err)
	link := "/b/" + own[0].Token
	w.everywhere(link)
	for _, not := range []string{"Labels", "Rosa", "assembly", "Assembly"} {
		if strings.Contains(w.page("GET", link+"?lang=en", nil, 200), not) {
			t.Errorf("the page says %q", not)
		}
	}
	w.page("POST", link, url.Values{"coming": {"perhaps"}}, 422)
	_, body, h := w.do("POST", link, url.Values{"coming": {"no"}})
	if !strings.Contains(body, "You said: no") && !regexp.MustCompile(`(?i)dijo|nói|قلتم`).MatchString(body) || len(h.Values("Set-Cookie")) > 0 {
		t.Errorf("%v\n%s", h, body)
	}
	for _, lang := range languages4 {
		w.page("POST", link+"?lang="+lang, url.Values{"coming": {"yes"}}, 200)
		w.page("GET", "/b/nothing?lang="+lang, nil, 410)
	}
	w.clock.Set(time.Date(2026, 11, 15, 18, 0, 0, 0, time.UTC))
	w.page("GET", link, nil, 410)
}

// A press from a phone without a line arrives once, with a receipt.
func TestPressesFromTheOutbox(t *testing.T) {
	w := newWorld(t)
	at := w.plan(nil)
	w.clock.Set(time.Date(2026, 11, 14, 17, 0, 0, 0, time.UTC))
	send := func(key string) string {
		req, err := http.NewRequest("POST", w.url+at+"/tally", strings.NewReader(url.Values{"_key": {key}, "press": {w.church + ":1"}}.Encode()))
		w.ok(err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Seedbed-Outbox", web.Device(w.who))
		res, err := w.jar.Do(req)
		w.ok(err)
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		w.ok(err)
		return string(b)
	}
	first, second := send("phone-1"), send("phone-1")
	if !strings.Contains(first, `"stored"`) || !strings.Contains(second, `"already"`) {
		t.Errorf("%s\n%s", first, second)
	}
	send("phone-2")
	if bodies, err := w.s.AtDoor(context.Background(), ana, strings.TrimPrefix(at, "/turnout/")); err != nil || len(bodies) != 1 || bodies[0].Attended != 2 {
		t.Errorf("%+v, %v", bodies, err)
	}
}
