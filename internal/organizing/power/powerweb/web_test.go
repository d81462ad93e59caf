package powerweb

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/power"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
	"seedbed/locales"
	look "seedbed/web"
)

const (
	org   = "11111111-1111-7111-8111-111111111111"
	label = "0190aaaa-0000-7000-8000-00000000aaaa"
)

var ana = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}

type issues struct{ list []power.Issue }

func (f *issues) Issues(context.Context, access.Actor) ([]power.Issue, error) { return f.list, nil }
func (f *issues) Issue(_ context.Context, _ access.Actor, id string) (power.Issue, error) {
	for _, i := range f.list {
		if i.ID == id {
			return i, nil
		}
	}
	return power.Issue{}, fault.Missing("issue")
}

type teams map[string]bool

func (f teams) OnStrategyTeam(_ context.Context, _ *db.Tx, person string) (bool, error) {
	return f[person], nil
}

type world struct {
	*testing.T
	people *people.Service
	s      *power.Service
	issues *issues
	teams  teams
	clock  *clock.Fake
	url    string
	who    access.Actor
	jar    *http.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, who: ana, teams: teams{}}
	w.issues = &issues{[]power.Issue{{ID: label, Name: "Labels we can read", Ask: "Director Reyes adopts a rule by 30 June.", URL: "/issues/" + label, Open: true}, {ID: org, Name: "Open until eight"}}}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, consent.Schema, people.Schema, power.Schema)
	v := vaulttest.New(t)
	w.clock = clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))
	log, ledger := audit.New(d, v, w.clock), consent.New(w.clock)
	jobs := job.New(d, job.Options{Clock: w.clock})
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Consent: ledger})
	w.s = power.New(power.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Consent: ledger, People: w.people, Issues: w.issues, Teams: w.teams})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: w.clock, Log: slog.New(slog.DiscardHandler),
		Pages: map[string]fs.FS{"power": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Public: auth, web.Staff: auth, web.Print: auth, web.Member: auth}})
	w.ok(err)
	mux.Handle(New(w.s, w.people, Options{Catalog: catalog, Staff: func(context.Context, string, string) string { return "Ana Whitfield" }}).Routes()...)
	h, err := mux.Handler()
	w.ok(err)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w.url = srv.URL
	w.jar = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(method, path string, form url.Values) (int, string, string) {
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
	return res.StatusCode, string(b), res.Header.Get("Location")
}

func (w *world) page(method, path string, form url.Values, want int) string {
	w.Helper()
	status, body, _ := w.do(method, path, form)
	if status != want {
		w.Fatalf("%s %s: %d %s", method, path, status, body[:min(len(body), 1500)])
	}
	if status == 200 || status == 422 {
		webtest.Page(w.T, body)
	}
	return body
}

func (w *world) goes(path string, form url.Values) string {
	w.Helper()
	status, body, to := w.do("POST", path, form)
	if status != 303 {
		w.Fatalf("POST %s: %d %s", path, status, body[:min(len(body), 1500)])
	}
	return to
}

func (w *world) join(name string) string {
	w.Helper()
	j, err := w.people.Join(context.Background(), ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}},
		Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	return j.ID
}

func (w *world) lacks(body, what, where string) {
	w.Helper()
	if strings.Contains(body, what) {
		w.Errorf("%s shows %q", where, what)
	}
}

func (w *world) has(body, what, where string) {
	w.Helper()
	if !strings.Contains(body, what) {
		w.Errorf("%s lacks %q", where, what)
	}
}

var anyID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// canary is a private name that must stand on no paper and on no page of others.
const canary = "Zebedee Quillfeather"

// From a person in office to a map, a tie, a chart and its paper; then every page in
// every language as everybody.
func TestPages(t *testing.T) {
	w := newWorld(t)
	sam, thu := w.join(canary), w.join("Thu Pham")
	union, err := w.people.SaveInstitution(context.Background(), ana, people.Institution{Name: "Cleaners' union", Kind: "union"}, "")
	w.ok(err)

	// Somebody in office.
	reyes := url.Values{"name": {"Elena Reyes"}, "office": {"Director"}, "body_name": {"County Pharmacy Board"}, "body_kind": {"county"}, "wants": {"Fewer emergency visits."}, "until": {"2026-12-24"}, "link": {"pharmacy.example"}}
	if body := w.page("POST", "/power/offices/new", url.Values{"name": {"Elena Reyes"}, "wants": {"Fewer visits"}}, 422); !strings.Contains(body, "Fewer visits") || !strings.Contains(body, "#f-office") {
		t.Error("what was typed is gone, or the mistake is not linked")
	}
	w.page("POST", "/power/offices/new", url.Values{"name": {"Elena undocumented"}, "office": {"Director"}, "body_name": {"Board"}, "body_kind": {"county"}}, 422)
	at := w.goes("/power/offices/new", reyes)
	office := anyID.FindString(at)
	if body := w.page("POST", "/power/offices/new", reyes, 422); !strings.Contains(body, at) || !strings.Contains(body, `name="different"`) {
		t.Error("nobody is asked whether it is the same person")
	}
	twin := url.Values{"different": {"yes"}}
	for k, v := range reyes {
		twin[k] = v
	}
	second := w.goes("/power/offices/new", twin)
	w.goes(second+"/left", url.Values{"left": {"2026-10-30"}})
	w.page("POST", at+"/left", url.Values{"left": {"2027-01-01"}}, 422)
	reyes.Set("wants", "Fewer emergency visits by June.")
	reyes.Set("version", "1")
	w.goes(at+"/edit", reyes)
	w.page("POST", at+"/edit", reyes, 409)
	w.has(w.page("GET", "/power/offices/new?after="+anyID.FindString(second), nil, 200), "Elena Reyes", "who comes after")

	// The map.
	w.issues.list[0].Office = office
	m := "/power/maps/" + label
	w.has(w.page("GET", m, nil, 200), "Elena Reyes", "an empty map says whom we ask")
	place := url.Values{"actor": {"office:" + office}, "stance": {"0"}, "influence": {"5"}, "at": {"2026-04-01"}, "evidence": {"She said so in April."}}
	if body := w.page("POST", m+"/place", url.Values{"actor": {"office:" + office}, "stance": {"1"}, "influence": {"4"}, "at": {"2026-05-12"}, "link": {"x y"}}, 422); !strings.Contains(body, `id="f-link-error"`) || !strings.Contains(body, `value="x y"`) {
		t.Error("the mistake stands nowhere, or what was typed is gone")
	}
	w.goes(m+"/place", place)
	moved := url.Values{"fixed": {"1"}, "actor": {"office:" + office}, "stance": {"1"}, "influence": {"5"}, "at": {"2026-10-12"}, "evidence": {"Her statement."}, "link": {"https://pharmacy.example/minutes"}}
	w.goes(m+"/place", moved)
	w.goes(m+"/place", url.Values{"actor": {"institution:" + union}, "stance": {"2"}, "influence": {"3"}, "at": {"2026-10-01"}, "evidence": {"Letter."}})
	body := w.page("GET", m, nil, 200)
	for _, want := range []string{"from undecided to leans for", ">Elena<", "Her statement.", "https://pharmacy.example/minutes", "She said so in April.", "new on the map", `action="` + m + `/place"`} {
		w.has(body, want, "the map")
	}
	if n := strings.Count(body, `name="fixed"`); n != 2 {
		t.Errorf("%d rows can be moved by a form", n)
	}
	moved.Set("evidence", "She is undocumented")
	body = w.page("POST", m+"/place", moved, 422)
	w.has(body, "<mark>undocumented</mark>", "the guard")
	if strings.Count(body, "<mark>") != 1 || !strings.Contains(body, `id="f-evidence"`) || !strings.Contains(body, `id="f-evidence-1"`) {
		t.Error("the mark stands at the form that was sent, and at no other")
	}

	// Who knows her.
	w.page("GET", at+"/tie?q=nobody", nil, 200)
	body = w.page("GET", at+"/tie?q=zeb&words=es", nil, 200)
	w.has(body, "Usted decide", "the wording in the language it is read in")
	w.has(body, canary, "who was found")
	yes := url.Values{"who": {"person"}, "q": {"zeb"}, "person": {sam}, "kind": {"club"}, "strength": {"2"}, "months": {"12"}, "words": {"es"}, "how": {"spoken"}, "witness": {"organizer"}}
	if body := w.page("POST", at+"/tie", url.Values{"who": {"person"}, "q": {"zeb"}, "person": {sam}}, 422); !strings.Contains(body, canary) || !strings.Contains(body, "#f-kind") {
		t.Error("the form does not come back")
	}
	w.goes(at+"/tie", yes)
	w.page("POST", at+"/tie", url.Values{"who": {"institution"}, "institution": {union}, "kind": {"public"}, "strength": {"3"}, "months": {"6"}}, 422)
	w.goes(at+"/tie", url.Values{"who": {"institution"}, "institution": {union}, "kind": {"public"}, "strength": {"3"}, "months": {"6"}, "agreed": {"yes"}})
	body = w.page("GET", at, nil, 200)
	w.has(body, canary, "the page of somebody in office, for an organizer")
	tie := regexp.MustCompile(`/power/ties/([0-9a-f-]{36})" dir="auto">` + canary).FindStringSubmatch(body)
	if tie == nil {
		t.Fatal("no link to the tie")
	}
	known := "/power/ties/" + tie[1]
	w.page("POST", at+"/approach", url.Values{"what": {""}, "tie": {tie[1]}}, 422)
	w.goes(at+"/approach", url.Values{"what": {"Asks for a meeting"}, "tie": {tie[1]}, "due": {"2026-11-09"}})
	w.has(w.page("GET", m, nil, 200), "Asks for a meeting", "the map says who is next")

	// The chart and its paper.
	w.page("POST", "/strategy", url.Values{"issue": {label}, "office": {union}}, 422)
	chart := w.goes("/strategy", url.Values{"issue": {label}, "office": {office}})
	w.page("GET", chart+"/paper", nil, 200)
	w.page("POST", chart+"/edit", url.Values{"version": {"0"}, "leaders": {"many"}, "long": {"Labels everywhere"}}, 422)
	w.page("POST", chart+"/edit", url.Values{"version": {"0"}, "tactics": {"She is undocumented"}}, 422)
	w.goes(chart+"/edit", url.Values{"version": {"0"}, "long": {"Labels everywhere\nA board that listens"}, "leaders": {"6"}, "tactics": {"Zebedee sings with her\nHouse meetings"}, "problem": {"People mix up pills."}})
	w.page("POST", chart+"/edit", url.Values{"version": {"0"}, "long": {"Other"}}, 409)
	w.goes(chart+"/edit", url.Values{"version": {"1"}, "long": {"Labels everywhere"}, "leaders": {"8"}, "tactics": {"Zebedee sings with her\nAssembly"}})
	body = w.page("GET", chart+"/compare", nil, 200)
	for _, want := range []string{"<del dir=\"auto\">House meetings", "<ins dir=\"auto\">Assembly", "A board that listens", "Organizer"} {
		w.has(body, want, "what changed")
	}
	w.page("GET", chart+"/compare?n=9", nil, 404)
	w.has(w.page("GET", chart, nil, 200), canary, "the chart on screen, for the strategy team")
	paper := w.page("GET", chart+"/paper", nil, 200)
	for _, name := range append(strings.Fields(canary), "Asks for a meeting", "would call back") {
		w.lacks(paper, name, "the paper")
	}
	w.has(paper, "one of us sings with her", "the paper")

	// Everybody and every language.
	thuLead := access.Actor{Account: "thu", Org: org, Person: thu, Roles: []access.Role{access.Leader}}
	samSelf := access.Actor{Org: org, Person: sam, Roles: []access.Role{access.Member}}
	ruth := access.Actor{Account: "ruth", Org: org, Roles: []access.Role{access.Lead}}
	open := []string{"/power", m, m + "?days=365", "/power/offices", at, second}
	writes := []string{"/power/offices/new", at + "/edit"}
	team := []string{"/power/ties", known, at + "/tie", at + "/tie?who=institution", at + "/tie?q=zeb", "/strategy", "/strategy?issue=" + label, chart, chart + "/edit", chart + "/compare?n=1", chart + "/paper"}
	mine := "/me/ties/" + tie[1]
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		for _, x := range []struct {
			who   access.Actor
			pages []string
		}{{ana, append(append(open, writes...), team...)}, {ruth, open}, {thuLead, append(open, writes...)}, {samSelf, []string{mine}}} {
			w.who = x.who
			for _, p := range x.pages {
				sep := "?"
				if strings.Contains(p, "?") {
					sep = "&"
				}
				body := w.page("GET", p+sep+"lang="+lang, nil, 200)
				if !x.who.Has(access.Organizer) && !x.who.Has(access.Member) {
					w.lacks(body, "Quillfeather", p)
					w.lacks(body, "Asks for a meeting", p)
				}
			}
		}
	}
	// A leader off the strategy team: lists say why, nothing else opens.
	w.who = thuLead
	for _, p := range []string{"/power/ties", "/strategy"} {
		w.has(w.page("GET", p+"?lang=en", nil, 200), "This is for the strategy team", p)
	}
	for _, p := range []string{known, at + "/tie?q=zeb", chart, chart + "/edit", chart + "/paper", chart + "/compare"} {
		w.page("GET", p, nil, 404)
	}
	w.teams[thu] = true
	w.has(w.page("GET", at+"?lang=en", nil, 200), canary, "a leader on the strategy team")
	w.page("GET", at+"/tie?who=me", nil, 200)
	w.goes(at+"/tie", url.Values{"who": {"me"}, "kind": {"met"}, "strength": {"1"}, "months": {"6"}, "words": {"vi"}})

	// The holder ends it; on the very next request it is gone.
	w.who = samSelf
	w.has(w.page("GET", mine+"?lang=en", nil, 200), "Elena Reyes", "their own page")
	if to := w.goes(mine, url.Values{}); to != "/me/together" {
		t.Errorf("leads to %s", to)
	}
	w.page("GET", mine, nil, 404)
	w.who = ana
	w.lacks(w.page("GET", at, nil, 200), "Quillfeather", "after the end")
	w.page("GET", known, nil, 404)
	own := regexp.MustCompile(`(/power/ties/[0-9a-f-]{36})" dir="auto">Thu`).FindStringSubmatch(w.page("GET", at, nil, 200))
	if own == nil {
		t.Fatal("their own tie is not there")
	}
	if to := w.goes(own[1]+"/end", url.Values{}); to != "/power/ties" {
		t.Errorf("leads to %s", to)
	}
	w.goes(m+"/place", url.Values{"fixed": {"1"}, "actor": {"institution:" + union}, "stance": {"0"}, "influence": {"0"}, "at": {"2026-11-01"}, "evidence": {"It has no say in this."}})
	w.has(w.page("GET", m, nil, 200), "Not on the map now", "the map")
	w.goes(at+"/left", url.Values{"left": {"2026-11-01"}})
	w.has(w.page("GET", m, nil, 200), "Elena Reyes has left office", "the map of an ask to somebody who left")
}

// Without issues there is nothing to draw, and the page says what to do.
func TestWithoutIssues(t *testing.T) {
	w := newWorld(t)
	w.issues.list = nil
	for _, lang := range []string{"en", "ar"} {
		w.page("GET", "/power?lang="+lang, nil, 200)
		w.page("GET", "/power/offices?lang="+lang, nil, 200)
		w.page("GET", "/strategy?lang="+lang, nil, 200)
	}
	w.page("GET", "/power/maps/"+label, nil, 404)
}
