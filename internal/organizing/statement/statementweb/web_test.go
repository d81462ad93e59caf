// Every screen in every language, and the way from the poster to the results.
package statementweb

import (
	"bytes"
	"context"
	"fmt"
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
	"seedbed/internal/organizing/statement"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/locales"
	look "seedbed/web"
)

const org = "org-a"

var ana = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}

type campaigns struct{}

func (campaigns) Open(context.Context, string, string) (bool, error) { return true, nil }

type world struct {
	*testing.T
	s   *statement.Service
	now *clock.Fake
	url string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: clock.NewFake(time.Date(2026, 11, 2, 17, 0, 0, 0, time.UTC))}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, proof.Schema, statement.Schema)
	v := vaulttest.New(t)
	w.s = statement.New(statement.Deps{DB: d, Vault: v, Audit: audit.New(d, v, w.now), Jobs: job.New(d, job.Options{Clock: w.now}), Clock: w.now, Campaigns: campaigns{}})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	staff := func(context.Context, *http.Request) (access.Actor, error) { return ana, nil }
	anybody := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(org), nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: w.now, Log: slog.New(slog.DiscardHandler),
		Pages: map[string]fs.FS{"statement": Pages()}, ExitURL: func(string) string { return "https://weather.example/" },
		Authenticate: map[web.Surface]web.Authenticator{web.Staff: staff, web.Print: staff, web.Panel: staff, web.Public: anybody, web.Participant: anybody, web.Link: anybody, web.API: anybody}})
	w.ok(err)
	mux.Handle(New(w.s).Routes()...)
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

func (w *world) send(req *http.Request, lang string, want int) (string, string) {
	w.Helper()
	req.Header.Set("Accept-Language", lang)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	w.ok(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	w.ok(err)
	if res.StatusCode != want {
		w.Fatalf("%s %s: %d, want %d\n%s", req.Method, req.URL.Path, res.StatusCode, want, b)
	}
	if strings.HasPrefix(req.URL.Path, "/say") && res.Header.Get("Set-Cookie") != "" {
		w.Errorf("%s keeps a cookie: %s", req.URL.Path, res.Header.Get("Set-Cookie"))
	}
	if strings.Contains(res.Header.Get("Content-Type"), "html") && len(b) > 0 {
		doc, err := html.Parse(bytes.NewReader(b))
		w.ok(err)
		for _, p := range webtest.Problems(doc, string(b)) {
			w.Errorf("%s %s in %s: %s", req.Method, req.URL.Path, lang, p)
		}
	}
	return string(b), res.Header.Get("Location")
}

func (w *world) get(lang, path string, want int) string {
	w.Helper()
	req, err := http.NewRequest("GET", w.url+path, nil)
	w.ok(err)
	body, _ := w.send(req, lang, want)
	return body
}

func (w *world) post(lang, path string, form url.Values, want int) (body, to string) {
	w.Helper()
	if form.Get("_key") == "" {
		form.Set("_key", id.Token())
	}
	req, err := http.NewRequest("POST", w.url+path, strings.NewReader(form.Encode()))
	w.ok(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(req, lang, want)
}

var hidden = regexp.MustCompile(`name="(challenge|receipt|statement)" value="([^"]*)"`)

// carried reads what a screen carries on.
func carried(body string) url.Values {
	f := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(body, -1) {
		f.Set(m[1], m[2])
	}
	return f
}

func TestFromThePosterToTheResults(t *testing.T) {
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		t.Run(lang, func(t *testing.T) {
			w := newWorld(t)
			w.get(lang, "/statements?campaign=c1", 200)
			w.post(lang, "/statements", url.Values{"title": {""}, "lang": {lang}, "per_hour": {"many"}}, 422)
			_, queue := w.post(lang, "/statements", url.Values{"title": {"What weighs on us"}, "lang": {lang}, "campaign": {"c1"}, "live": {"yes"}}, 303)
			at := strings.TrimSuffix(queue, "/queue")
			w.get(lang, "/statements?campaign=c1", 200)
			w.get(lang, at, 200)
			w.get(lang, at+"/words", 200)
			w.get(lang, at+"/paper", 200)
			w.post(lang, at+"/words", url.Values{"lang": {lang}, "text-" + lang: {""}}, 422)
			w.post(lang, at+"/words", url.Values{"lang": {"es"}, "text-es": {"El autobús 14 <b>debe volver</b>."}, "text-ar": {"يجب أن يعود الباص 14."}}, 303)
			w.post(lang, at+"/words", url.Values{"lang": {"en"}, "text-en": {"The clinic should be open on Saturdays."}}, 303)
			page := w.get(lang, queue, 200)
			address := regexp.MustCompile(`/say/[A-Za-z0-9_-]{43}`).FindString(page)
			translate := regexp.MustCompile(`/words\?s=[0-9a-f]{32}`).FindString(page)
			w.get(lang, at+translate, 200)
			w.get(lang, at+"/poster", 200)
			w.get(lang, at+"/screen", 200)

			f := carried(w.get(lang, address+"?l="+lang, 200))
			f.Set("l", lang)
			first, _ := w.post(lang, address, f, 200)
			c := carried(first)
			f.Set("statement", c.Get("statement"))
			f.Set("vote", "agree")
			refused, _ := w.post(lang, address, f, 409) // neither work nor patience
			if carried(refused).Get("challenge") != f.Get("challenge") || carried(refused).Get("statement") != f.Get("statement") {
				t.Error("who is too quick loses their place")
			}
			w.now.Advance(proof.Patience)
			second, _ := w.post(lang, address, f, 200)
			w.post(lang, address, f, 200) // a double press is one vote
			if n := carried(second); n.Get("challenge") != "" || n.Get("statement") == c.Get("statement") {
				t.Error("no second statement")
			}
			f = url.Values{"l": {lang}, "receipt": f["receipt"]}
			step := func(want int, more ...string) string {
				g := url.Values{}
				for k, v := range f {
					g[k] = v
				}
				for i := 0; i+1 < len(more); i += 2 {
					g.Set(more[i], more[i+1])
				}
				body, _ := w.post(lang, address, g, want)
				return body
			}
			step(200, "to", "send")
			step(422, "to", "sent", "text", "")
			step(200, "to", "sent", "text", "Rent is too high.")
			done := step(200, "statement", carried(second).Get("statement"), "vote", "pass")
			if !strings.Contains(done, f.Get("receipt")) {
				t.Error("no receipt at the end")
			}
			step(200, "to", "end", "k", "1")
			w.get(lang, "/say", 200)
			w.post(lang, "/say", url.Values{"receipt": {"lusab babad"}, "l": {lang}}, 422)
			mine, _ := w.post(lang, "/say", url.Values{"receipt": f["receipt"], "l": {lang}}, 200)
			if !strings.Contains(mine, "Rent is too high.") || strings.Contains(mine, "<b>debe") {
				t.Error("the receipt does not open, or opens too much")
			}
			step(200, "next", c.Get("statement"))

			page = w.get(lang, queue, 200)
			waits := regexp.MustCompile(`name="id" value="([0-9a-f]{32})"`).FindStringSubmatch(page)
			w.post(lang, queue, url.Values{"id": {waits[1]}, "act": {"reject"}, "reason": {"because"}}, 422)
			w.post(lang, queue, url.Values{"id": {waits[1]}, "act": {"reject"}, "reason": {"repeated"}}, 303)
			batch := regexp.MustCompile(`name="batch" value="([^"]+)"`).FindStringSubmatch(w.get(lang, queue, 200))
			w.post(lang, queue, url.Values{"batch": {batch[1]}, "act": {"undo"}}, 303)
			w.post(lang, queue, url.Values{"id": {waits[1]}, "act": {"approve"}}, 303)
			w.post(lang, at+"/paper", url.Values{}, 422)
			w.post(lang, at+"/paper", url.Values{"agree-" + waits[1]: {"14"}, "disagree-" + waits[1]: {"9"}}, 303)
			w.get(lang, address+"/results?l="+lang, 200)
			w.crowd(lang, address, 24)
			w.now.Advance(3 * time.Second)
			for _, p := range []string{at, at + "/screen", address + "/results?l=" + lang} {
				body := w.get(lang, p, 200)
				if !strings.Contains(body, `id="opinion-t"`) || !strings.Contains(body, `id="map-table"`) {
					t.Errorf("%s: no map or no table", p)
				}
			}
			if file := w.get(lang, at+"/results.csv", 200); !strings.Contains(file, "10") || strings.Contains(file, "\n=") {
				t.Errorf("file: %s", file)
			}
			w.post(lang, "/say", url.Values{"receipt": f["receipt"], "act": {"end"}, "l": {lang}}, 200)
			w.post(lang, at+"/set", url.Values{"act": {"hide"}}, 303)
			w.get(lang, address+"/results?l="+lang, 409)
			w.post(lang, at+"/set", url.Values{"act": {"close"}}, 303)
			w.get(lang, address, 200)
			w.get(lang, address+"/results?l="+lang, 200)
			w.post(lang, at+"/set", url.Values{"act": {"open"}}, 303)
		})
	}
}

// crowd is voters of two minds, on all statements.
func (w *world) crowd(lang, address string, n int) {
	w.Helper()
	token := strings.TrimPrefix(address, "/say/")
	anybody := access.Anonymous(org)
	for i := range n {
		receipt := ""
		for k := 0; ; k++ {
			b, err := w.s.Ballot(w.Context(), anybody, token, receipt, "")
			w.ok(err)
			if b.Statement == nil {
				break
			}
			receipt = b.Receipt
			v := []string{"agree", "disagree"}[i%2]
			if i%5 == k%5 {
				v = "pass"
			}
			w.ok(w.s.Vote(w.Context(), anybody, statement.VoteIn{Token: token, Statement: b.Statement.ID, Vote: v, Receipt: receipt,
				Form: proof.Form{Challenge: b.Challenge, Nonce: proof.Work(b.Challenge), Network: fmt.Sprint("10.0.0.", i)}}))
		}
	}
}

// The results come again by themselves while people vote, and only when they moved.
func TestResultsAreLive(t *testing.T) {
	w := newWorld(t)
	made, err := w.s.Save(t.Context(), ana, statement.ConversationIn{Title: "x", Language: "en"})
	w.ok(err)
	for _, path := range []string{"/live", "/screen/live"} {
		ctx, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
		req, err := http.NewRequestWithContext(ctx, "GET", w.url+"/statements/"+made+path, nil)
		w.ok(err)
		res, err := http.DefaultClient.Do(req)
		w.ok(err)
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		stop()
		if !strings.HasPrefix(string(body), "event: html\ndata: ") || strings.Count(string(body), "event:") != 1 {
			t.Errorf("%s: %q", path, body)
		}
	}
}

func TestWordsAreEasy(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "es"} {
		l := catalog.Localizer(lang)
		var text []string
		for _, k := range []string{"say.intro", "say.nobody", "say.choice", "say.shown", "send.intro", "send.hint", "end.keep", "end.later", "door.intro", "mine.end_text", "error.receipt", "error.empty", "poster.tell",
			"result.unites_text", "result.unites_none", "result.groups_text", "result.groups_none", "map.text", "table.how", "table.paper"} {
			text = append(text, l.T("statement."+k))
		}
		if g, ok := readlevel.Of(lang, readlevel.Join(text)); !ok || g.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, g.Grade)
		}
	}
}
