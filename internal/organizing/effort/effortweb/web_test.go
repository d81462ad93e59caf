package effortweb

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

	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/organizing/effort"
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

func as(r access.Role, account string) access.Actor {
	return access.Actor{Account: account, Org: org, Roles: []access.Role{r}}
}

type world struct {
	*testing.T
	url string
	who access.Actor
	s   *effort.Service
	jar *http.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, who: as(access.Lead, "ruth")}
	c := clock.NewFake(time.Date(2026, 11, 18, 18, 0, 0, 0, time.UTC))
	d, v := dbtest.SQLite(t, idem.Schema, audit.Schema, effort.Schema), vaulttest.New(t)
	w.s = effort.New(effort.Deps{DB: d, Vault: v, Audit: audit.New(d, v, c), Clock: c})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: c, Log: slog.New(slog.DiscardHandler), Stored: idem.Lookup(d),
		Pages: map[string]fs.FS{"effort": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Public: auth}})
	w.ok(err)
	mux.Handle(New(w.s).Routes()...)
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
		w.Fatalf("%s %s: %d\n%s", method, path, status, body)
	}
	webtest.Page(w, body)
	return body
}

func (w *world) post(path string, form url.Values) {
	w.Helper()
	if status, body, _ := w.do("POST", path, form); status != 303 {
		w.Fatalf("POST %s: %d\n%s", path, status, body)
	}
}

func (w *world) everywhere(paths ...string) {
	w.Helper()
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		for _, p := range paths {
			sep := "?"
			if strings.Contains(p, "?") {
				sep = "&"
			}
			w.page("GET", p+sep+"lang="+lang, nil, 200)
		}
	}
}

// Funds, an hour refused, an hour warned, a week, a month, in every language.
func TestPages(t *testing.T) {
	w := newWorld(t)
	w.everywhere("/effort", "/effort/funds", "/effort/report")
	w.page("POST", "/effort/funds", url.Values{"name": {"He is undocumented"}, "kind": {"other"}}, 422)
	for _, f := range [][2]string{{"Health center grant", "s330"}, {"County award", "federal"}, {"Foundry Foundation", "other"}} {
		w.post("/effort/funds", url.Values{"name": {f[0]}, "kind": {f[1]}})
	}
	list, err := w.s.Funds(context.Background(), w.who)
	w.ok(err)
	fund := map[effort.FundKind]string{}
	for _, f := range list {
		fund[f.Kind] = f.ID
	}
	w.page("POST", "/effort/funds", url.Values{"id": {fund[effort.Other]}, "name": {""}, "kind": {"other"}, "open": {"yes"}}, 422)
	w.everywhere("/effort/funds")

	w.who = as(access.Navigator, "lupe")
	w.everywhere("/effort")
	write := func(class string, k effort.FundKind, more url.Values) url.Values {
		f := url.Values{"hours": {"1.5"}, "day": {"2026-11-17"}, "class": {class}, "fund": {fund[k]}}
		for name, v := range more {
			f[name] = v
		}
		return f
	}
	body := w.page("POST", "/effort?lang=en", write("lobbying_direct", effort.Federal, nil), 422)
	if !strings.Contains(body, "Lobbying cannot be paid by a federal fund") || !strings.Contains(body, `value="1.5"`) {
		t.Error("the refusal says nothing, or what was typed is gone")
	}
	body = w.page("POST", "/effort?lang=en", write("voter_registration", effort.S330, nil), 422)
	if !strings.Contains(body, `name="sure"`) || !strings.Contains(body, "outside the section 330 grant") {
		t.Error("registering voters on the grant goes by without a word")
	}
	w.post("/effort", write("voter_registration", effort.S330, url.Values{"sure": {"yes"}}))
	w.post("/effort", write("lobbying_direct", effort.Other, nil))
	w.everywhere("/effort", "/effort?week=2026-11-09", "/effort?week=nonsense")
	body = w.page("GET", "/effort?lang=en", nil, 200)
	for _, want := range []string{"not legal advice", "more than 5%", "never for or against a candidate", "3 h"} {
		if !strings.Contains(body, want) {
			t.Errorf("the week lacks %q", want)
		}
	}
	for _, path := range []string{"/effort/report", "/effort/funds", "/effort/report/file"} {
		if status, _, _ := w.do("GET", path, nil); status != 403 {
			t.Errorf("%s opens for a navigator: %d", path, status)
		}
	}
	entry := regexp.MustCompile(`/effort/entries/[0-9a-f-]{36}/remove`).FindString(body)
	w.who = as(access.Navigator, "other")
	if status, _, _ := w.do("POST", entry, url.Values{}); status != 404 {
		t.Error("somebody else's hour", status)
	}
	w.who = as(access.Navigator, "lupe")
	w.post(entry, url.Values{})
	w.post("/effort/remind", url.Values{"on": {"yes"}})
	w.everywhere("/effort")

	w.who = as(access.Lead, "ruth")
	w.everywhere("/effort/report", "/effort/report?month=2026-10")
	if status, _, _ := w.do("GET", "/effort/report?month=soon", nil); status != 404 {
		t.Error(status)
	}
	if status, file, h := w.do("GET", "/effort/report/file?month=2026-11", nil); status != 200 || !strings.Contains(file, "2026-11,") || strings.Contains(file, "lupe") || !strings.HasPrefix(h.Get("Content-Type"), "text/csv") {
		t.Error(status, file)
	}
	w.who = as(access.Evaluator, "jonas")
	w.everywhere("/effort/report")
	if body := w.page("GET", "/effort/report?lang=en", nil, 200); strings.Contains(body, "Foundry") || !strings.Contains(body, "It is not shown") {
		t.Error("an evaluator reads what one person did")
	}
}

func TestTheRulesAreEasy(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "es"} {
		l := catalog.Localizer(lang)
		var texts []string
		for _, k := range []string{"intro", "rules", "over", "bar.lobby_federal", "bar.voters_s330", "few", "class.advocacy_means", "class.lobbying_direct_means"} {
			texts = append(texts, l.T("effort."+k))
		}
		if score, ok := readlevel.Of(lang, readlevel.Join(texts)); !ok || score.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, score.Grade)
		}
	}
}
