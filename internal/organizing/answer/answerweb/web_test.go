// Every screen in every language, and the way from the poster to the receipt.
package answerweb

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/organizing/answer"
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

type asked struct{}

func (asked) Asked(_ context.Context, _, campaign string) (answer.Asked, error) {
	if campaign != "c1" {
		return answer.Asked{}, fault.Missing("campaign")
	}
	return answer.Asked{Open: true, Name: "Listening", Languages: []string{"en", "es"}, Questions: []answer.Question{
		{ID: "q1", Text: map[string]string{"en": "What puts pressure on you?", "es": "¿Qué le pesa?", "vi": "Điều gì đè nặng lên quý vị?", "ar": "ما الذي يثقل عليك؟"}},
		{ID: "q2", Text: map[string]string{"en": "What would you change?"}}}}, nil
}

type world struct {
	*testing.T
	s   *answer.Service
	now *clock.Fake
	url string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: clock.NewFake(time.Date(2026, 11, 2, 17, 0, 0, 0, time.UTC))}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, proof.Schema, answer.Schema)
	v := vaulttest.New(t)
	w.s = answer.New(answer.Deps{DB: d, Vault: v, Audit: audit.New(d, v, w.now), Jobs: job.New(d, job.Options{Clock: w.now}), Clock: w.now, Campaigns: asked{}})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	staff := func(context.Context, *http.Request) (access.Actor, error) { return ana, nil }
	anybody := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(org), nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: w.now, Log: slog.New(slog.DiscardHandler),
		Pages: map[string]fs.FS{"answer": Pages()}, ExitURL: func(string) string { return "https://weather.example/" },
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

func (w *world) send(req *http.Request, lang string, want int) string {
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
	if strings.HasPrefix(req.URL.Path, "/ask") && res.Header.Get("Set-Cookie") != "" {
		w.Errorf("%s keeps a cookie: %s", req.URL.Path, res.Header.Get("Set-Cookie"))
	}
	if strings.Contains(res.Header.Get("Content-Type"), "html") && len(b) > 0 {
		doc, err := html.Parse(bytes.NewReader(b))
		w.ok(err)
		for _, p := range webtest.Problems(doc, string(b)) {
			w.Errorf("%s %s in %s: %s", req.Method, req.URL.Path, lang, p)
		}
	}
	return string(b)
}

func (w *world) get(lang, path string, want int) string {
	w.Helper()
	req, err := http.NewRequest("GET", w.url+path, nil)
	w.ok(err)
	return w.send(req, lang, want)
}

func (w *world) post(lang, path string, form url.Values, want int) string {
	w.Helper()
	if form.Get("_key") == "" {
		form.Set("_key", id.Token())
	}
	req, err := http.NewRequest("POST", w.url+path, strings.NewReader(form.Encode()))
	w.ok(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(req, lang, want)
}

var hidden = regexp.MustCompile(`name="(challenge|receipt)" value="([^"]*)"`)

// sheet reads what the first screen carries.
func (w *world) sheet(body string) url.Values {
	w.Helper()
	f := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(body, -1) {
		f.Set(m[1], m[2])
	}
	if f.Get("challenge") == "" || f.Get("receipt") == "" {
		w.Fatalf("no proof to work on: %s", body)
	}
	return f
}

func TestFromThePosterToTheReceipt(t *testing.T) {
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		t.Run(lang, func(t *testing.T) {
			w := newWorld(t)
			w.get(lang, "/answers/c1", 200)
			w.get(lang, "/answers/c1/places", 200)
			w.post(lang, "/answers/c1/places", url.Values{"name": {""}, "lang": {lang}, "per_hour": {"many"}}, 422)
			w.post(lang, "/answers/c1/places", url.Values{"name": {"Front waiting room"}, "lang": {lang}, "kiosk": {"yes"}}, 303)
			places := w.get(lang, "/answers/c1/places", 200)
			at := regexp.MustCompile(`/ask/[A-Za-z0-9_-]{43}`).FindString(places)
			poster := regexp.MustCompile(`/posters/[0-9a-f-]{36}`).FindString(places)
			w.get(lang, poster, 200)
			w.post(lang, "/answers/c1/codes", url.Values{"n": {"3"}}, 200)

			f := w.sheet(w.get(lang, at+"?l="+lang, 200))
			f.Set("l", lang)
			step := func(to string, want int, more ...string) string {
				f.Set("to", to)
				for i := 0; i+1 < len(more); i += 2 {
					f.Set(more[i], more[i+1])
				}
				return w.post(lang, at, f, want)
			}
			step("1", 200)
			step("2", 200, "q-q1", "El autobús 14 <b>ya no pasa</b>.")
			back := step("1", 200, "q-q2", "Later hours.")
			if !strings.Contains(back, "El autobús 14 &lt;b&gt;ya no pasa&lt;/b&gt;.") || !strings.Contains(back, "Later hours.") {
				t.Error("going back loses what was typed")
			}
			check := step("3", 200)
			if !strings.Contains(check, "Later hours.") {
				t.Error("the last screen does not show everything")
			}
			f.Set("send", "yes")
			step("3", 409) // neither work nor patience
			f.Set("nonce", proof.Work(f.Get("challenge")))
			done := step("3", 200)
			if !strings.Contains(done, f.Get("receipt")) {
				t.Error("no receipt")
			}
			step("3", 200) // a double press is one answer
			w.get(lang, "/ask", 200)
			w.post(lang, "/ask", url.Values{"receipt": {"lusab babad"}, "l": {lang}}, 422)
			if mine := w.post(lang, "/ask", url.Values{"receipt": {f.Get("receipt")}, "l": {lang}}, 200); !strings.Contains(mine, "Later hours.") {
				t.Error("the receipt does not open")
			}

			queue := w.get(lang, "/answers/c1", 200)
			ids := regexp.MustCompile(`name="id" value="([0-9a-f]{32})"`).FindAllStringSubmatch(queue, -1)
			if len(ids) != 1 {
				t.Fatalf("%d wait", len(ids))
			}
			w.post(lang, "/answers/c1", url.Values{"id": {ids[0][1]}, "act": {"reject"}, "reason": {"because"}}, 422)
			w.post(lang, "/answers/c1", url.Values{"id": {ids[0][1]}, "act": {"reject"}, "reason": {"repeated"}}, 303)
			batch := regexp.MustCompile(`name="batch" value="([^"]+)"`).FindStringSubmatch(w.get(lang, "/answers/c1", 200))
			w.post(lang, "/answers/c1", url.Values{"batch": {batch[1]}, "act": {"undo"}}, 303)
			w.post(lang, "/answers/c1", url.Values{"id": {ids[0][1]}, "act": {"approve"}}, 303)
			w.get(lang, "/answers/c1", 200)
			w.post(lang, "/ask", url.Values{"receipt": {f.Get("receipt")}, "act": {"end"}, "l": {lang}}, 200)
			w.post(lang, "/answers/c1/places", url.Values{"close": {strings.TrimPrefix(poster, "/posters/")}}, 303)
			w.get(lang, at, 410)
		})
	}
}

// A mistake comes back on its own screen, with everything typed.
func TestAMistakeIsShownWhereItIs(t *testing.T) {
	w := newWorld(t)
	place, err := w.s.SavePlace(t.Context(), ana, answer.PlaceIn{Campaign: "c1", Name: "Hall", Language: "en", Codes: true})
	w.ok(err)
	p, err := w.s.PlaceByID(t.Context(), ana, place)
	w.ok(err)
	at := "/ask/" + p.Token
	f := w.sheet(w.get("en", at, 200))
	f.Set("send", "yes")
	f.Set("nonce", proof.Work(f.Get("challenge")))
	f.Set("q-q2", strings.Repeat("x", answer.LongestAnswer+1))
	if body := w.post("en", at, f, 422); !strings.Contains(body, ">What would you change?</h1>") {
		t.Error("not at its question")
	}
	f.Set("q-q2", "Later hours.")
	if body := w.post("en", at, f, 422); !strings.Contains(body, `name="code"`) || !strings.Contains(body, "Later hours.") {
		t.Error("the code is not asked for, or the answer is lost")
	}
	w.get("en", "/ask/"+strings.Repeat("x", 43), 404)
	w.get("en", "/answers/c2/places", 404)
}

func TestARecordingIsUploadedAndHeard(t *testing.T) {
	w := newWorld(t)
	place, err := w.s.SavePlace(t.Context(), ana, answer.PlaceIn{Campaign: "c1", Name: "Hall", Language: "es"})
	w.ok(err)
	p, err := w.s.PlaceByID(t.Context(), ana, place)
	w.ok(err)
	upload := func(body string, want int) {
		var buf bytes.Buffer
		m := multipart.NewWriter(&buf)
		w.ok(m.WriteField("question", "q1"))
		w.ok(m.WriteField("lang", "es"))
		part, err := m.CreateFormFile("file", "q.svg")
		w.ok(err)
		_, err = io.WriteString(part, body)
		w.ok(err)
		w.ok(m.Close())
		req, err := http.NewRequest("POST", w.url+"/answers/c1/sound", &buf)
		w.ok(err)
		req.Header.Set("Content-Type", m.FormDataContentType())
		w.send(req, "en", want)
	}
	upload("<svg onload=alert(1)>", 422)
	upload("OggS and a voice", 303)
	f := w.sheet(w.get("es", "/ask/"+p.Token+"?l=es", 200))
	f.Set("to", "1")
	f.Set("l", "es")
	body := w.post("es", "/ask/"+p.Token, f, 200)
	sound := regexp.MustCompile(`src="(/ask/[^"]+)"`).FindStringSubmatch(body)
	if sound == nil || w.get("es", sound[1], 200) != "OggS and a voice" {
		t.Errorf("the question cannot be heard: %v", sound)
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
		for _, k := range []string{"ask.intro", "ask.nobody", "ask.choice", "ask.read", "ask.hint", "ask.check", "thanks.intro", "thanks.keep", "door.intro", "mine.waiting", "mine.approved", "mine.rejected", "mine.end_text",
			"error.code", "error.receipt", "error.empty", "poster.tell"} {
			text = append(text, l.T("answer."+k))
		}
		if g, ok := readlevel.Of(lang, readlevel.Join(text)); !ok || g.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, g.Grade)
		}
	}
}
