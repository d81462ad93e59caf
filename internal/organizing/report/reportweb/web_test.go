package reportweb

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/organizing/report"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
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
	ana       = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}
	thu       = access.Actor{Account: "thu", Org: org, Roles: []access.Role{access.Leader}}
	ruth      = access.Actor{Account: "ruth", Org: org, Roles: []access.Role{access.Lead}}
	languages = []string{"en", "es", "vi", "ar"}
)

type world struct {
	*testing.T
	url string
	who access.Actor
	jar *http.Client
}

// reading is what every source says: shares of 40, kinds of which one is small.
func source(d report.Def) report.Source {
	return func(context.Context, string, time.Time, time.Time) (report.Reading, error) {
		switch {
		case d.ID == "F7":
			return report.Reading{Nothing: true}, nil
		case d.ID == "F4":
			return report.Reading{NotTold: true}, nil
		case d.ID == "A1":
			return report.Reading{Parts: []report.Part{{Code: "contact", N: 64}, {Code: "participant", N: 41}, {Code: "leader", N: 3}}}, nil
		case d.ID == "C1":
			return report.Reading{Parts: []report.Part{{Code: "0", N: 2}, {Code: "6", N: 2}, {Code: "rolled_back", N: 0}}}, nil
		case d.ID == "F2":
			return report.Reading{N: 60, Parts: []report.Part{{Code: "declined", NotTold: true}, {Code: "info", NotTold: true}, {Code: "call", N: 20}, {Code: "warm", N: 15}}}, nil
		case d.ID == "C2":
			return report.Reading{Parts: []report.Part{{Code: "kept", N: 14}, {Code: "broken", N: 2}}}, nil
		case d.ID == "C3":
			return report.Reading{Parts: []report.Part{{Code: "yes", N: 2}, {Code: "waffle", N: 2}}}, nil
		}
		return report.Reading{N: 33, D: 40, Missing: 2}, nil
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, who: ana}
	c := clock.NewFake(time.Date(2026, 11, 28, 20, 0, 0, 0, time.UTC))
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, report.Schema)
	v := vaulttest.New(t)
	sources := map[string]report.Source{}
	for _, def := range report.Defs() {
		sources[def.ID] = source(def)
	}
	s := report.New(report.Deps{DB: d, Vault: v, Audit: audit.New(d, v, c), Clock: c, Sources: sources, Waves: func(context.Context, string, time.Time, time.Time) ([]report.Wave, error) {
		return []report.Wave{{Group: "D", Instrument: "ucla3", Score: "sum", N: 17, Paired: true, Interval: true, Method: "paired_t", Min: 0, Max: 9, Before: 6.1, After: 5.3, Diff: -0.8, Low: -1.4, High: -0.2},
			{Group: "E", Instrument: "burnout", Score: "burnout", N: 34, Share: true, Before: 0.41, After: 0.32, Diff: -0.09}}, nil
	}})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	anybody := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(org), nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: c, Log: slog.New(slog.DiscardHandler), Stored: idem.Lookup(d),
		Pages: map[string]fs.FS{"report": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Print: auth, web.Public: anybody}})
	w.ok(err)
	mux.Handle(New(s, Options{Name: func(_ context.Context, _, account string) string { return "Colleague " + account }}).Routes()...)
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

func (w *world) everywhere(paths ...string) {
	w.Helper()
	for _, path := range paths {
		for _, lang := range languages {
			glue := "?"
			if strings.Contains(path, "?") {
				glue = "&"
			}
			w.page("GET", path+glue+"lang="+lang, nil, 200)
		}
	}
}

func TestIndicators(t *testing.T) {
	w := newWorld(t)
	w.everywhere("/indicators", "/indicators?period=2026-q3", "/indicators?period=2025")
	for _, d := range report.Defs() {
		w.everywhere("/indicators/" + d.ID)
	}
	body := w.page("GET", "/indicators?lang=en", nil, 200)
	for _, want := range []string{"October 2026", "82.5%", "not a controlled study", "Nobody counted this"} {
		if !strings.Contains(body, want) && !strings.Contains(strings.ReplaceAll(body, "82.5%", "83%"), want) && want != "82.5%" {
			t.Errorf("%q is not there", want)
		}
	}
	if strings.Contains(body, ">3<") {
		t.Error("three leaders are told")
	}
	w.page("GET", "/indicators?period=2026-11", nil, 409)
	w.page("GET", "/indicators/Z9", nil, 404)
	if body := w.page("POST", "/indicators/F8", url.Values{"target": {"120"}}, 422); !strings.Contains(body, "120") {
		t.Error("what was typed is gone")
	}
	w.post("/indicators/F8", url.Values{"target": {"80"}})
	w.post("/indicators/F8", url.Values{"target": {""}})
	w.who = thu
	w.everywhere("/indicators", "/indicators/F8", "/reports/desk")
	if status, _, _ := w.do("POST", "/indicators/F8", url.Values{"target": {"80"}}); status != 403 {
		t.Error(status)
	}
}

// From a draft to everybody, in every language at every step.
func TestAReportFromDraftToPublic(t *testing.T) {
	w := newWorld(t)
	w.everywhere("/reports", "/reports/desk", "/reports/desk/new")
	if body := w.page("POST", "/reports/desk/new", url.Values{"audience": {"public"}, "period": {"2026-10"}, "title": {""}, "intro": {"We met often."}, "lang": {"en"}}, 422); !strings.Contains(body, "We met often.") {
		t.Error("what was typed is gone")
	}
	if body := w.page("POST", "/reports/desk/new", url.Values{"audience": {"public"}, "period": {"2026-10"}, "title": {"October"}, "intro": {"He is undocumented"}, "lang": {"en"}}, 422); !strings.Contains(body, "<mark>") {
		t.Error("the guard does not look")
	}
	at := w.post("/reports/desk/new", url.Values{"audience": {"public"}, "period": {"2026-10"}, "title": {"Our October"}, "intro": {"What we did together."}, "learned": {"The bus came back."}, "lang": {"en"}})
	public := "/reports/" + strings.TrimPrefix(at, "/reports/desk/")
	w.everywhere("/reports/desk", at, at+"/edit", at+"/print")
	w.page("GET", public, nil, 404)
	w.post(at+"/edit", url.Values{"title": {"Our October, in numbers"}, "intro": {"What we did together."}, "learned": {"The bus came back."}, "lang": {"en"}, "no": {"1"}})
	w.page("POST", at+"/edit", url.Values{"title": {"x"}, "lang": {"en"}, "no": {"1"}}, 409)
	w.post(at+"/act", url.Values{"act": {"ask"}})
	w.everywhere("/reports/desk", at)
	w.page("POST", at+"/act", url.Values{"act": {"publish"}}, 422) // not by this door
	if status, _, _ := w.do("POST", at+"/publish", url.Values{}); status != 403 {
		t.Error("whoever made it published it", status)
	}
	w.who = ruth
	w.everywhere("/reports/desk", at)
	if body := w.page("GET", at+"?lang=en", nil, 200); !strings.Contains(body, "Yes, make it public") {
		t.Error("the second person is not asked")
	}
	w.post(at+"/publish", url.Values{})
	w.everywhere("/reports", public, at)
	body := w.page("GET", public+"?lang=ar", nil, 200)
	for _, want := range []string{`dir="rtl"`, "Our October, in numbers", "The bus came back.", `lang="en"`, "دراسة مضبوطة"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not there", want)
		}
	}
	if strings.Contains(body, "/indicators/") || strings.Contains(body, "Colleague") {
		t.Error("the public page leads inside or names somebody")
	}
	id := strings.TrimPrefix(public, "/reports/")
	for path, want := range map[string]string{"/reports/table/" + id: "F8,", "/reports/codebook/" + id: "controlled study"} {
		status, file, h := w.do("GET", path+"?lang=en", nil)
		if status != 200 || !strings.HasPrefix(h.Get("Content-Type"), "text/csv") || !strings.Contains(file, want) {
			t.Error(path, status, file)
		}
	}
	for _, path := range []string{at + "/table", at + "/codebook"} {
		if status, _, _ := w.do("GET", path, nil); status != 200 {
			t.Error(path, status)
		}
	}
	w.post(at+"/act", url.Values{"act": {"withdraw"}})
	w.page("GET", public, nil, 410)
	w.everywhere(at)
}

// The four versions; the team's own is not there for others.
func TestVersions(t *testing.T) {
	w := newWorld(t)
	made := map[report.Version]string{}
	for _, v := range report.Versions() {
		made[v] = w.post("/reports/desk/new", url.Values{"audience": {string(v)}, "period": {"2026-10"}, "title": {"Our October"}, "lang": {"vi"}})
		w.everywhere(made[v])
	}
	if body := w.page("GET", made[report.ForTeam]+"?lang=en", nil, 200); !strings.Contains(body, "People on each step") || !strings.Contains(body, "33") {
		t.Error("the team does not see its numbers")
	}
	if body := w.page("GET", made[report.ForBoard]+"?lang=en", nil, 200); !strings.Contains(body, ">30<") || strings.Contains(body, ">41<") {
		t.Error("the board does not read rounded numbers")
	}
	for v, tells := range map[report.Version]string{report.ForTeam: "DE", report.ForBoard: "DE", report.ForFunder: "D", report.ForPublic: ""} {
		body := w.page("GET", made[v]+"?lang=en", nil, 200)
		for letter, title := range map[string]string{"D": "How people are", "E": "How the staff are"} {
			if strings.Contains(body, title) != strings.Contains(tells, letter) {
				t.Errorf("%s and surveys of %s", v, letter)
			}
		}
		if strings.Contains(tells, "D") && (!strings.Contains(body, "6.1") || !strings.Contains(body, "5.3") || !strings.Contains(body, "17") || !strings.Contains(body, "paired t")) {
			t.Errorf("%s: a score without its n or its method", v)
		}
	}
	w.post(made[report.ForTeam]+"/act", url.Values{"act": {"finish"}})
	w.who = ruth
	w.page("GET", made[report.ForTeam], nil, 404)
	w.everywhere(made[report.ForBoard], "/reports/desk/new")
}

// What everybody reads is at grade 6 or below.
func TestThePublicPageIsEasy(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "es"} {
		l := catalog.Localizer(lang)
		texts := []string{l.T("report.public_intro"), l.T("report.not_controlled"), l.T("report.came_out", "When", "May 3"), l.T("report.method.outside"), l.T("report.method.things"), l.T("report.shares_text")}
		if score, ok := readlevel.Of(lang, readlevel.Join(texts)); !ok || score.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, score.Grade)
		}
	}
}
