// Every page of stories in every language, and the path from telling to the end.
package storyweb

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

	"golang.org/x/net/html"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/story"
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

const org = "org-a"

var ana = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}

type world struct {
	*testing.T
	s   *story.Service
	ppl *people.Service
	url string
	who access.Actor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, who: ana}
	now := clock.NewFake(time.Date(2026, 11, 2, 17, 0, 0, 0, time.UTC))
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, story.Schema)
	v := vaulttest.New(t)
	log, jobs, ledger := audit.New(d, v, now), job.New(d, job.Options{Clock: now}), consent.New(now)
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: now, Vault: v, Audit: log, Catalog: catalog})
	w.ok(err)
	w.ppl = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: now, Consent: ledger, Notices: notices})
	w.s = story.New(story.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: now, Consent: ledger, People: w.ppl})
	staff := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	anybody := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(org), nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: now, Log: slog.New(slog.DiscardHandler),
		Pages: map[string]fs.FS{"story": Pages()}, ExitURL: func(string) string { return "https://weather.example/" },
		Authenticate: map[web.Surface]web.Authenticator{web.Staff: staff, web.Public: anybody, web.Participant: anybody, web.Member: anybody, web.Link: anybody, web.Panel: staff, web.Print: staff, web.API: anybody}})
	w.ok(err)
	mux.Handle(New(w.s, w.ppl, Options{Name: func(context.Context, string, string) string { return "Ana W." }}).Routes()...)
	h, err := mux.Handler()
	w.ok(err)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w.url = srv.URL
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(lang, method, path string, form url.Values, want int) (body, location string) {
	w.Helper()
	var in io.Reader
	if form != nil {
		if form.Get("_key") == "" {
			form.Set("_key", id.Token())
		}
		in = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, w.url+path, in)
	w.ok(err)
	req.Header.Set("Accept-Language", lang)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	w.ok(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	w.ok(err)
	if res.StatusCode != want {
		w.Fatalf("%s %s: %d, want %d\n%s", method, path, res.StatusCode, want, b)
	}
	if strings.Contains(res.Header.Get("Content-Type"), "html") && len(b) > 0 {
		doc, err := html.Parse(strings.NewReader(string(b)))
		w.ok(err)
		for _, p := range webtest.Problems(doc, string(b)) {
			w.Errorf("%s %s in %s: %s", method, path, lang, p)
		}
	}
	return string(b), res.Header.Get("Location")
}

func TestFromTellingToTheEnd(t *testing.T) {
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		t.Run(lang, func(t *testing.T) {
			w := newWorld(t)
			w.do(lang, "GET", "/told", nil, 200)
			w.do(lang, "GET", "/told/new", nil, 200)
			body, _ := w.do(lang, "POST", "/told/new", url.Values{"title": {""}, "text": {"I waited <b>two</b> hours."}, "lang": {"es"}}, 422)
			if !strings.Contains(body, "I waited &lt;b&gt;two&lt;/b&gt; hours.") {
				t.Error("what was typed is lost")
			}
			body, _ = w.do(lang, "POST", "/told/new", url.Values{"title": {"The bus"}, "text": {"He is undocumented."}, "lang": {"es"}}, 422)
			if !strings.Contains(body, "He is undocumented.") || !strings.Contains(body, "_guard_text") {
				t.Error("what must not be written down is not asked about, or lost")
			}
			body, _ = w.do(lang, "POST", "/told/new", url.Values{"title": {"The bus"}, "text": {"I waited two hours.\n\nThen I walked."}, "lang": {"es"}}, 200)
			code := regexp.MustCompile(`id="code">([^<]+)<`).FindStringSubmatch(body)
			at := regexp.MustCompile(`/told/[0-9a-f-]{36}`).FindString(body)
			if code == nil || at == "" {
				t.Fatal(body)
			}
			w.do(lang, "GET", at, nil, 200)
			w.do(lang, "POST", at+"/use", url.Values{"place": {"web"}, "where": {"Website"}}, 409)
			w.do(lang, "POST", at+"/words", url.Values{"title": {"The bus"}, "text": {"I waited. Then I walked."}, "_version": {"1"}}, 303)
			w.do(lang, "POST", at+"/words", url.Values{"title": {"The bus"}, "text": {"Late words."}, "_version": {"1"}}, 409)
			w.do(lang, "GET", "/said", nil, 200)
			w.do(lang, "POST", "/said", url.Values{"code": {"nothing"}}, 422)
			body, _ = w.do(lang, "POST", "/said", url.Values{"code": {code[1]}}, 200)
			if !strings.Contains(body, "Then I walked.") {
				t.Error("the teller does not see the words")
			}
			w.do(lang, "POST", "/said", url.Values{"code": {code[1]}, "act": {"yes"}, "_version": {"2"}, "identity": {"anonymous"}, "months": {"12"}}, 422)
			w.do(lang, "POST", "/said", url.Values{"code": {code[1]}, "act": {"yes"}, "_version": {"2"}, "identity": {"anonymous"}, "months": {"12"}, "places": {"web", "team"}}, 200)
			w.do(lang, "POST", at+"/use", url.Values{"place": {"web"}, "where": {"Website"}}, 303)
			body, _ = w.do(lang, "POST", "/said", url.Values{"code": {code[1]}}, 200)
			if !strings.Contains(body, "Website") {
				t.Error("the teller does not see the use")
			}
			w.do(lang, "GET", at, nil, 200)
			w.do(lang, "POST", at+"/rest", url.Values{"until": {"2026-12-01"}}, 303)
			w.do(lang, "GET", at, nil, 200)
			w.do(lang, "GET", "/told", nil, 200) // with something to take down
			w.do(lang, "POST", at+"/rest", url.Values{"act": {"wake"}}, 303)
			w.do(lang, "POST", "/said", url.Values{"code": {code[1]}, "act": {"end"}}, 200)
			w.do(lang, "POST", "/said", url.Values{"code": {code[1]}}, 422)
			w.do(lang, "GET", at, nil, 410)
		})
	}
}

// A yes that was spoken is passed on with its witness; a record's name is shown
// only as the teller chose.
func TestASpokenYes(t *testing.T) {
	w := newWorld(t)
	j, err := w.ppl.Join(t.Context(), ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: "Thu Pham", Contact: "in_person", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	body, _ := w.do("en", "GET", "/told/new?person="+j.ID, nil, 200)
	if !strings.Contains(body, "Thu Pham") {
		t.Error("whose story is it?")
	}
	w.do("en", "GET", "/told/new?person=01900000-0000-7000-8000-000000000000", nil, 404)
	_, at := w.do("en", "POST", "/told/new", url.Values{"person": {j.ID}, "title": {"The label"}, "text": {"It was in English only."}, "lang": {"vi"}}, 303)
	w.do("en", "POST", at+"/words", url.Values{"title": {"The label"}, "text": {"The label was in English only."}, "_version": {"1"}}, 303)
	yes := url.Values{"_version": {"2"}, "identity": {"first_name"}, "months": {"24"}, "places": {"team"}, "how": {"spoken"}, "consent_lang": {"vi"}}
	body, _ = w.do("en", "POST", at+"/yes", yes, 422)
	if !strings.Contains(body, "Say who heard the person agree.") {
		t.Error("the witness is not asked for")
	}
	yes.Set("witness", "organizer")
	yes.Set("_key", id.Token())
	w.do("en", "POST", at+"/yes", yes, 303)
	w.do("en", "POST", at+"/stop", url.Values{"place": {"team"}}, 303)
	w.do("en", "POST", at+"/end", url.Values{}, 303)
}

// What tellers read is at or below grade 6.
func TestTellersWordsAreEasy(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "es"} {
		l := catalog.Localizer(lang)
		var text []string
		for _, k := range []string{"own.door_intro", "own.ask", "own.places", "own.identity", "own.months", "own.end_text", "own.over_text", "own.state.told", "own.state.drafted", "own.state.approved",
			"own.state.used", "own.state.resting", "own.state.withdrawn", "error.code", "error.places"} {
			text = append(text, l.T("story."+k))
		}
		if g, ok := readlevel.Of(lang, readlevel.Join(text)); !ok || g.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, g.Grade)
		}
	}
}

// A teller's page may be open on a phone that is not theirs: not even the language
// stays on it, and it is not lost on the way either.
func TestTheTellersPageLeavesNothing(t *testing.T) {
	w := newWorld(t)
	told, err := w.s.Tell(t.Context(), ana, story.TellIn{Words: story.Words{Title: "The label", Text: "Ten languages."}, Language: "vi"})
	w.ok(err)
	for _, form := range []url.Values{nil, {"code": {"nothing"}}, {"code": {told.Code}}, {"code": {told.Code}, "act": {"rest"}}} {
		method, path, in := "GET", "/said?lang=ar", io.Reader(nil)
		if form != nil {
			form.Set("l", "ar")
			method, path, in = "POST", "/said", strings.NewReader(form.Encode())
		}
		req, err := http.NewRequest(method, w.url+path, in)
		w.ok(err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := http.DefaultClient.Do(req)
		w.ok(err)
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		w.ok(err)
		if c := res.Header.Get("Set-Cookie"); c != "" {
			t.Errorf("%s keeps %s", method, c)
		}
		if !strings.Contains(string(b), `<html lang="ar"`) || !strings.Contains(string(b), `name="l" value="ar"`) {
			t.Errorf("%s %v: the language is lost", method, form)
		}
	}
}

// A form that does not say which words its writer had before them writes over nobody's.
func TestWordsNeedTheirVersion(t *testing.T) {
	w := newWorld(t)
	told, err := w.s.Tell(t.Context(), ana, story.TellIn{Words: story.Words{Title: "The label", Text: "Ten languages."}, Language: "vi"})
	w.ok(err)
	for _, version := range []string{"", "x", "0", "-1", "7", "99999999999999999999"} {
		w.do("en", "POST", "/told/"+told.ID+"/words", url.Values{"title": {"Another"}, "text": {"Other words."}, "_version": {version}}, 409)
	}
	w.do("en", "POST", "/told/"+told.ID+"/words", url.Values{"title": {"Another"}, "text": {"Other words."}, "_version": {"1"}}, 303)
}
