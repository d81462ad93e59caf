package changeweb

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
	"seedbed/internal/organizing/change"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/locales"
	look "seedbed/web"
)

const org = "11111111-1111-7111-8111-111111111111"

var (
	ana        = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}
	ruth       = access.Actor{Account: "ruth", Org: org, Roles: []access.Role{access.Lead}}
	languages4 = []string{"en", "es", "vi", "ar"}
)

type near struct{}

func (near) Issues(context.Context, access.Actor) ([]change.Choice, error) {
	return []change.Choice{{ID: "labels", Name: "Labels we can read"}}, nil
}

func (near) Issue(_ context.Context, _ access.Actor, id string) (change.Choice, error) {
	if id != "labels" {
		return change.Choice{}, fault.Missing("issue")
	}
	return change.Choice{ID: "labels", Name: "Labels we can read"}, nil
}

type world struct {
	*testing.T
	s   *change.Service
	db  *db.DB
	url string
	who access.Actor
	jar *http.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, who: ana}
	c := clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))
	w.db = dbtest.SQLite(t, idem.Schema, audit.Schema, change.Schema)
	v := vaulttest.New(t)
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	w.s = change.New(change.Deps{DB: w.db, Vault: v, Audit: audit.New(w.db, v, c), Clock: c, Issues: near{},
		Stories: func(context.Context, access.Actor) ([]change.Choice, error) {
			return []change.Choice{{ID: "s1", Name: "At the counter"}}, nil
		},
		Traces: []change.Trace{func(_ context.Context, _ access.Actor, r change.Record) ([]change.Stop, error) {
			return []change.Stop{{Kind: change.OfStories, Count: len(r.Roots), URL: "/told/s1"}, {Kind: change.OfOneToOnes, Count: 140}, {Kind: change.OfIssue, Text: "Labels we can read", URL: "/issues/labels"},
				{Kind: change.OfResearch, Text: "Director of a pharmacy"}, {Kind: change.OfAsk, Text: "Adopt a rule"}, {Kind: change.OfPledge, Text: "Yes by 30 September", When: c.Now()}}, nil
		}}})
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: c, Log: slog.New(slog.DiscardHandler), Stored: idem.Lookup(w.db),
		Pages: map[string]fs.FS{"change": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Public: auth}})
	w.ok(err)
	mux.Handle(New(w.s, Options{Issue: func(id string) string { return "/issues/" + id }, Name: func(context.Context, string, string) string { return "Ana Whitfield" },
		Thing: func(_ *web.Request, ref string) string { return "/" + strings.Replace(ref, ":", "s/", 1) }}).Routes()...)
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
			w.page("GET", path+"?lang="+lang, nil, 200)
		}
	}
}

func (w *world) says(body string, want ...string) {
	w.Helper()
	for _, s := range want {
		if !strings.Contains(body, s) {
			w.Errorf("the page does not say %q", s)
		}
	}
}

// A change from 0 to 6, in every language at every step.
func TestPages(t *testing.T) {
	w := newWorld(t)
	w.everywhere("/changes", "/changes/new")
	bad := w.page("POST", "/changes/new", url.Values{"affected": {"many"}, "rating": {"decisive"}, "others": {"Guild | counted | not a page"}}, 422)
	w.says(bad, "#f-title", "#f-level", "#f-affected", "#f-narrative", "#f-others", "#f-named_on", "#f-evidence", "Guild | counted | not a page", "many")
	at := w.post("/changes/new", url.Values{"title": {"Labels in ten languages"}, "issue": {"labels"}, "level": {"state"}, "affected": {"48,000"}, "affected_basis": {"census"}, "money": {"120,000"}, "money_basis": {"first year"},
		"rating": {"contributed"}, "narrative": {"287 people asked."}, "others": {"Nursing school | counted | school.example"}, "sources": {"Minutes | board.example"}, "tag_policies": {"short"}, "root": {"s1"}, "named_on": {"2026-01-10"}, "evidence": {"House meeting in March"}})
	w.everywhere("/changes", at, at+"/edit", "/changes/new")
	for _, x := range [][2]string{{"implemented", "2026-10-01"}, {"researched", "2026-02-04"}, {"on_agenda", "2026-03-01"}, {"proposed", "2026-04-01"}, {"committed", "2026-06-01"}, {"adopted", "2026-08-01"}} {
		w.post(at+"/act", url.Values{"act": {"step"}, "mark": {x[0]}, "on": {x[1]}, "evidence": {"Minutes of " + x[1]}, "note": {"We asked."}})
	}
	body := w.page("GET", at, nil, 200)
	w.says(body, "6 Put into practice", "Labels we can read", "48,000 (census)", "120,000 USD (first year)", "Nursing school", "https://school.example", "A reasoned claim", "1 story", "140 one-to-ones", "Yes by 30 September", "/told/s1", "<svg")
	if i, j := strings.Index(body, "Minutes of 2026-02-04"), strings.Index(body, "Minutes of 2026-10-01"); i < 0 || i > j {
		t.Error("the picture is not by date")
	}
	wrong := w.page("POST", at+"/act", url.Values{"act": {"step"}, "mark": {"rolled_back"}, "on": {"2027-11-01"}, "link": {"javascript:alert(1)"}, "note": {"Because of a court."}}, 422)
	w.says(wrong, "#f-back", "#f-on", "#f-link", "#f-evidence", "Because of a court.", `value="rolled_back" selected`)
	w.says(w.page("POST", at+"/act", url.Values{"act": {"step"}, "mark": {"enforced"}, "on": {"2026-11-01"}, "evidence": {"He is undocumented"}}, 422), "<mark>")
	w.post(at+"/act", url.Values{"act": {"step"}, "mark": {"rolled_back"}, "back": {"on_agenda"}, "on": {"2026-11-01"}, "link": {"court.example/ruling"}})
	w.says(w.page("GET", "/changes", nil, 200), "Rolled back")
	w.everywhere("/changes", at)
	step := regexp.MustCompile(`value="(unstep:[^"]+)"`).FindAllStringSubmatch(w.page("GET", at, nil, 200), -1)
	w.post(at+"/act", url.Values{"act": {step[len(step)-1][1]}})
	w.page("POST", at+"/act", url.Values{"act": {"dance"}}, 422)
	w.page("POST", at+"/edit", url.Values{"title": {"x"}, "level": {"state"}, "rating": {"unclear"}, "version": {"1"}}, 409)
	w.ok(w.db.Write(context.Background(), org, func(tx *db.Tx) error {
		return w.s.ProposeIn(context.Background(), tx, ana, change.StepIn{Issue: "labels", Mark: change.Enforced, On: time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC), Evidence: "An inspector came.", Ref: "pledge:p1"})
	}))
	w.everywhere(at)
	body = w.page("GET", at, nil, 200)
	w.says(body, "Is this so?", "An inspector came.", "/pledges/p1", "From a pledge", "Say whether a step is so")
	yes := regexp.MustCompile(`value="(yes:[^"]+)"`).FindStringSubmatch(body)
	w.post(at+"/act", url.Values{"act": {yes[1]}})
	w.says(w.page("GET", at, nil, 200), "7 Enforced and watched")
	w.who = ruth // whoever may only read sees no form
	if body := w.page("GET", at, nil, 200); strings.Contains(body, `<form method="post" action="/changes`) {
		t.Error("a form for somebody who may not change it")
	}
	if status, _, _ := w.do("POST", at+"/act", url.Values{"act": {"step"}}); status != 403 {
		t.Errorf("%d", status)
	}
	w.page("GET", "/changes/11111111-1111-7111-8111-111111111112", nil, 404)
}
