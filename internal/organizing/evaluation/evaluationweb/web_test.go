package evaluationweb

import (
	"context"
	"fmt"
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
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/proof"
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
	ana       = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}
	ruth      = access.Actor{Account: "ruth", Org: org, Roles: []access.Role{access.Lead}}
	languages = []string{"en", "es", "vi", "ar"}
)

type world struct {
	*testing.T
	s     *evaluation.Service
	db    *db.DB
	clock *clock.Fake
	url   string
	who   access.Actor
	jar   *http.Client
	here  []evaluation.Person
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{T: t, who: ana, clock: clock.NewFake(time.Date(2026, 11, 3, 20, 0, 0, 0, time.UTC))}
	w.db = dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, proof.Schema, evaluation.Schema)
	v := vaulttest.New(t)
	log := audit.New(w.db, v, w.clock)
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	jobs := job.New(w.db, job.Options{Clock: w.clock})
	notices, err := notify.New(notify.Options{DB: w.db, Jobs: jobs, Clock: w.clock, Vault: v, Audit: log, Catalog: catalog})
	w.ok(err)
	p := people.New(people.Deps{DB: w.db, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Consent: consent.New(w.clock), Notices: notices})
	w.s = evaluation.New(evaluation.Deps{DB: w.db, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, People: p,
		Present: func(context.Context, access.Actor, string) ([]evaluation.Person, error) { return w.here, nil }})
	for _, name := range []string{"Thu", "Omar"} {
		j, err := p.Join(ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
		w.ok(err)
		w.here = append(w.here, evaluation.Person{ID: j.ID, Name: name})
	}
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	anybody := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(org), nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Stored: idem.Lookup(w.db),
		Pages: map[string]fs.FS{"evaluation": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Print: auth, web.Public: anybody, web.Participant: anybody}})
	w.ok(err)
	mux.Handle(New(w.s, Options{Name: func(context.Context, string, string) string { return "Ana Whitfield" }, About: func(access.Actor, string) string { return "/meetings/1" }}).Routes()...)
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

func (w *world) post(path string, form url.Values) {
	w.Helper()
	if status, body, _ := w.do("POST", path, form); status != 303 {
		w.Fatalf("POST %s %v: %d\n%s", path, form, status, body)
	}
}

func (w *world) everywhere(paths ...string) {
	w.Helper()
	for _, path := range paths {
		for _, lang := range languages {
			w.page("GET", path+"?lang="+lang, nil, 200)
		}
	}
}

func (w *world) round(kind evaluation.Kind, n int) string {
	w.Helper()
	made := ""
	w.ok(w.db.Write(context.Background(), org, func(tx *db.Tx) (err error) {
		made, err = w.s.OpenIn(context.Background(), tx, ana, evaluation.In{Ref: fmt.Sprint(kind, ":", n), Kind: kind, At: w.clock.Now(), Title: "Visit to the pharmacy"})
		return err
	}))
	return made
}

func (w *world) token(round string) string {
	w.Helper()
	r, err := w.s.Get(context.Background(), ana, round)
	w.ok(err)
	return r.Link
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// fields are what a screen carries on.
func fields(body string) url.Values {
	out := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(body, -1) {
		out.Add(m[1], strings.NewReplacer("&#43;", "+", "&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(m[2]))
	}
	return out
}

// walk goes through the screens of a phone and sends.
func (w *world) walk(token, lang string, say map[int]url.Values) string {
	w.Helper()
	body := w.page("GET", "/e/"+token+"?lang="+lang, nil, 200)
	form := fields(body)
	for at := 1; at <= len(questions)+1; at++ {
		form.Set("to", fmt.Sprint(at))
		body = w.page("POST", "/e/"+token, form, 200)
		form = fields(body)
		for k, v := range say[at] {
			form[k] = v
		}
	}
	form.Del("to")
	form.Set("send", "yes")
	w.clock.Advance(time.Minute)
	status, body, h := w.do("POST", "/e/"+token, form)
	if status != 200 || h.Get("Set-Cookie") != "" {
		w.Fatalf("%d, %q\n%s", status, h.Get("Set-Cookie"), body)
	}
	webtest.Page(w, body)
	return body
}

// S-12 on pages: from the phones to the end, in every language at every step.
func TestARound(t *testing.T) {
	w := newWorld(t)
	w.everywhere("/evaluations")
	round := w.round(evaluation.Research, 1)
	at := "/evaluations/" + round
	w.everywhere("/evaluations", at, at+"/screen", at+"/paper")
	token := w.token(round)
	for i := range 6 {
		lang := languages[i%4]
		w.walk(token, lang, map[int]url.Values{1: {"feeling": {[]string{"proud", "tired"}[i%2]}}, 2: {"worked": {"Everybody spoke."}}, 4: {"saw": {"power", "recognition"}, "reaction": {"The deputy was surprised."}}, 5: {"power": {"1"}}, 7: {"next": {"Thank-you notes"}}})
	}
	if body := w.page("GET", at+"?lang=en", nil, 200); !strings.Contains(body, "6 people have answered") || strings.Contains(body, "deputy") || strings.Contains(body, "Proud") {
		t.Error("words before they are read")
	}
	w.post(at, url.Values{"act": {"read"}})
	if body := w.page("GET", at+"?lang=es", nil, 200); !strings.Contains(body, "Orgullo") || !strings.Contains(body, "The deputy was surprised.") {
		t.Error("the words of the phones are not there in the reader's language")
	}
	w.everywhere(at)
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(w.page("GET", at, nil, 200))[1]
	if body := w.page("POST", at, url.Values{"act": {"write"}, "version": {version}, "felt": {"proud 6 7"}, "change": {"Better sound"}, "saw": {"power"}}, 422); !strings.Contains(body, "proud 6 7") || !strings.Contains(body, "Better sound") {
		t.Error("what was typed is gone")
	}
	if body := w.page("POST", at, url.Values{"act": {"write"}, "felt": {"proud"}, "worked": {"He is undocumented"}}, 422); !strings.Contains(body, "<mark>") {
		t.Error("the guard does not look")
	}
	w.post(at, url.Values{"act": {"write"}, "version": {version}, "felt": {"orgullo 6, تعب 4"}, "change": {"Better sound"}, "power": {"2"}, "saw": {"power"}, "reaction": {"Surprised"}, "learned": {"A label costs 40 cents"}})
	w.post(at, url.Values{"act": {"grew"}, "grew": {w.here[0].ID, w.here[1].ID}})
	w.page("POST", at, url.Values{"act": {"grew"}, "grew": {"nobody"}}, 422)
	w.post(at, url.Values{"act": {"promise"}, "who": {w.here[0].ID}, "next": {"Writes thank-you notes"}, "due": {"2026-11-06"}})
	if body := w.page("POST", at, url.Values{"act": {"promise"}, "who": {"me"}, "next": {""}, "due": {"2026-11-09"}}, 422); !strings.Contains(body, "2026-11-09") {
		t.Error("the day is gone")
	}
	w.page("POST", at, url.Values{"act": {"nonsense"}}, 422)
	w.everywhere(at)
	w.post(at, url.Values{"act": {"finish"}})
	w.page("POST", at, url.Values{"act": {"finish"}}, 409)
	w.everywhere("/evaluations", at)
	if body := w.page("GET", at+"?lang=en", nil, 200); !strings.Contains(body, "Thu") || !strings.Contains(body, "Writes thank-you notes") || !strings.Contains(body, "Better sound") {
		t.Error("the round is not as it was said")
	}
	w.page("GET", at+"/screen", nil, 409)
	w.page("GET", "/e/"+token, nil, 404)
	w.page("GET", "/evaluations/unknown", nil, 404)
}

// Few phones: the page shows words without numbers, and says why.
func TestFew(t *testing.T) {
	w := newWorld(t)
	round := w.round(evaluation.Meeting, 1)
	w.walk(w.token(round), "ar", map[int]url.Values{1: {"own": {"مطمئنة"}}, 3: {"change": {"The chair spoke too long"}}})
	w.post("/evaluations/"+round, url.Values{"act": {"read"}})
	body := w.page("GET", "/evaluations/"+round+"?lang=en", nil, 200)
	if !strings.Contains(body, "Calm") || strings.Contains(body, "too long") || !strings.Contains(body, "Only 1 phone answered") {
		t.Error(body)
	}
	w.everywhere("/evaluations/" + round)
}

// One question per screen, back is safe, and the guard asks on the screen where the
// words are.
func TestThePhone(t *testing.T) {
	w := newWorld(t)
	token := w.token(w.round(evaluation.Assembly, 1))
	for _, lang := range languages {
		for at := range len(questions) + 2 {
			body := w.page("POST", "/e/"+token, url.Values{"l": {lang}, "to": {fmt.Sprint(at)}, "worked": {"It was good."}, "feeling": {"proud"}, "saw": {"power"}, "power": {"-1"}}, 200)
			if strings.Count(body, "<h1") != 1 {
				t.Errorf("%s, screen %d: not one question", lang, at)
			}
			if at != 2 && at <= len(questions) && !slices.Contains(fields(body)["worked"], "It was good.") {
				t.Errorf("screen %d forgets what was typed", at)
			}
		}
	}
	body := w.page("POST", "/e/"+token, url.Values{"l": {"en"}, "from": {"2"}, "to": {"3"}, "worked": {"He is undocumented"}}, 422)
	if !strings.Contains(body, "<mark>undocumented</mark>") || !strings.Contains(body, "What worked?") {
		t.Error("the guard does not ask where the words are")
	}
	body = w.page("POST", "/e/"+token, url.Values{"l": {"en"}, "from": {"2"}, "to": {"3"}, "worked": {"He is undocumented and proud"}, "_guard_worked": {"remove"}, "_guard_worked_shown": {"undocumented"}}, 200)
	if strings.Contains(body, "undocumented") || !strings.Contains(body, "proud") {
		t.Error("what was taken out is carried on")
	}
	if body := w.page("POST", "/e/"+token, url.Values{"l": {"en"}, "send": {"yes"}, "change": {"He is undocumented"}}, 422); !strings.Contains(body, "What should we change") {
		t.Error("sent past the guard")
	}
	w.page("POST", "/e/"+token, url.Values{"l": {"en"}, "send": {"yes"}}, 422)
	if status, _, h := w.do("GET", "/e/"+token+"?lang=ar", nil); status != 200 || h.Get("Set-Cookie") != "" {
		t.Error("a cookie on the phone", h)
	}
	w.page("GET", "/e/nothing-behind-this-token", nil, 404)
}

// Whoever sees only sums sees no words and no rounds.
func TestSums(t *testing.T) {
	w := newWorld(t)
	round := w.round(evaluation.Meeting, 1)
	w.clock.Advance(48 * time.Hour)
	w.who = ruth
	w.everywhere("/evaluations")
	if body := w.page("GET", "/evaluations?lang=en", nil, 200); strings.Contains(body, round) || strings.Contains(body, "pharmacy") || !strings.Contains(body, "1 fell due") {
		t.Error(body)
	}
	w.page("GET", "/evaluations/"+round, nil, 404)
	if status, _, _ := w.do("POST", "/evaluations/"+round, url.Values{"act": {"read"}}); status != 403 {
		t.Error(status)
	}
}

// What people read on a phone or on paper is at grade 6 or below.
func TestThePhoneIsEasy(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"screen.title", "screen.tell", "phone.nobody", "phone.choice", "phone.together", "ask.feeling", "ask.feeling_hint", "ask.worked", "ask.change", "ask.change_hint", "ask.reaction", "ask.reaction_us", "ask.power", "ask.learned", "ask.next", "ask.next_hint", "phone.check", "phone.final", "thanks_text", "paper.intro"}
	for _, lang := range []string{"en", "es"} {
		var texts []string
		for _, k := range keys {
			texts = append(texts, catalog.Localizer(lang).T("evaluation."+k))
		}
		if score, ok := readlevel.Of(lang, readlevel.Join(texts)); !ok || score.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, score.Grade)
		}
	}
}

// A word that is offered is counted as itself, whatever language it was typed in.
func TestLabelsAreWritings(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range evaluation.Feelings() {
		for _, lang := range languages {
			if label := catalog.Localizer(lang).T("evaluation.feeling." + code); evaluation.CodeOf(label) != code {
				t.Errorf("%s %s: %q counts as %q", lang, code, label, evaluation.CodeOf(label))
			}
		}
	}
}
