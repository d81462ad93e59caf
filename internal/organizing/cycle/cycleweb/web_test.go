// Every page in every language, and the acts that pages offer.
package cycleweb

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

	"golang.org/x/net/html"

	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
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

const org = "11111111-1111-7111-8111-111111111111"

var (
	ctx       = context.Background()
	ana       = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}
	ben       = access.Actor{Account: "ben", Org: org, Roles: []access.Role{access.Organizer}}
	leader    = access.Actor{Account: "omar", Org: org, Roles: []access.Role{access.Leader}}
	clinicLed = access.Actor{Account: "ruth", Org: org, Roles: []access.Role{access.Lead}}
	languages = []string{"en", "es", "vi", "ar"}
)

// beside are the rooms beside this one, as far as pages show them.
type beside struct {
	told    bool
	offices bool
	done    []cycle.Doing
	decided []cycle.Decision
}

func (b *beside) Teams(context.Context, access.Actor) ([]cycle.Named, error) {
	return []cycle.Named{{ID: "core", Name: "Cedar Street core team"}}, nil
}

func (b *beside) Campaigns(context.Context, access.Actor) ([]cycle.Campaign, error) {
	return []cycle.Campaign{{Named: cycle.Named{ID: "fall", Name: "Fall listening"}, Told: b.told}}, nil
}

func (b *beside) Offices(context.Context, access.Actor) ([]cycle.Office, error) {
	if !b.offices {
		return nil, nil
	}
	return []cycle.Office{{ID: "reyes", Name: "Elena Reyes", Office: "Director", Body: "County Pharmacy Board"}, {ID: "empty", Office: "Director", Body: "Millbrook Transit"}}, nil
}

func (b *beside) Doings(_ context.Context, _ access.Actor, issues []string) (out []cycle.Doing, err error) {
	for _, d := range b.done {
		if slices.Contains(issues, d.Issue) {
			out = append(out, d)
		}
	}
	return out, nil
}

func (b *beside) Of(_ context.Context, _ access.Actor, ref string) (out []cycle.Decision, err error) {
	for _, d := range b.decided {
		if d.Ref == ref {
			out = append(out, d)
		}
	}
	return out, nil
}

// world is the room behind a server; who is who asks.
type world struct {
	*testing.T
	s       *cycle.Service
	people  *people.Service
	beside  *beside
	clock   *clock.Fake
	catalog *i18n.Catalog
	url     string
	who     access.Actor
	keys    int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: clock.NewFake(time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)), who: ana, beside: &beside{}}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, consent.Schema, people.Schema, cycle.Schema)
	v := vaulttest.New(t)
	log := audit.New(d, v, w.clock)
	var err error
	w.catalog, err = i18n.Load(locales.Files)
	w.ok(err)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: job.New(d, job.Options{Clock: w.clock}), Clock: w.clock, Consent: consent.New(w.clock)})
	w.s = cycle.New(cycle.Deps{DB: d, Vault: v, Audit: log, Clock: w.clock, People: w.people, Teams: w.beside, Campaigns: w.beside, Offices: w.beside, Actions: w.beside, Decisions: w.beside})
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	mux, err := web.New(web.Config{Catalog: w.catalog, Templates: look.Templates(), Assets: look.Assets, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Guard: guard.Policy(nil), Stored: idem.Lookup(d),
		Pages: map[string]fs.FS{"cycle": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Print: auth}})
	w.ok(err)
	mux.Handle(New(w.s, w.people, Options{Name: func(_ context.Context, _, account string) string {
		return map[string]string{"ana": "Ana Whitfield", "ben": "Ben Ortiz"}[account]
	},
		Organizers: func(context.Context, string) ([]Colleague, error) {
			return []Colleague{{"ana", "Ana Whitfield"}, {"ben", "Ben Ortiz"}}, nil
		},
		Decide:   func(ref string) string { return "/decisions/new?ref=" + ref },
		Decision: func(id string) string { return "/decisions/" + id },
		Open:     func(_ *web.Request, ref string) string { return "/somewhere/" + ref },
		Beside:   func(*web.Request, cycle.Issue) []Link { return []Link{{URL: "/power", Label: "Power map"}} }}).Routes()...)
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

func (w *world) do(method, path string, form url.Values) (int, string, http.Header) {
	w.Helper()
	var body io.Reader
	if form != nil {
		w.keys++
		form.Set("_key", fmt.Sprintf("key-%d", w.keys))
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, w.url+path, body)
	w.ok(err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	w.ok(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	w.ok(err)
	return res.StatusCode, string(b), res.Header
}

// get fetches a page and holds it to the rules every page obeys.
func (w *world) get(path string, want int) string {
	w.Helper()
	status, body, _ := w.do("GET", path, nil)
	if status != want {
		w.Fatalf("GET %s: %d\n%s", path, status, body)
	}
	w.page(path, body)
	return body
}

var untold = regexp.MustCompile(`>\s*cycle\.[a-z_.]+\s*<|<no value>|%!`)

func (w *world) page(path, body string) {
	w.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	w.ok(err)
	for _, problem := range webtest.Problems(doc, body) {
		w.Errorf("%s: %s", path, problem)
	}
	if s := untold.FindString(body); s != "" {
		w.Errorf("%s: untranslated %s", path, s)
	}
}

// look opens pages in every language.
func (w *world) look(paths ...string) {
	w.Helper()
	for _, lang := range languages {
		for _, p := range paths {
			w.get(p+map[bool]string{true: "&", false: "?"}[strings.Contains(p, "?")]+"lang="+lang, 200)
		}
	}
}

// post sends a form; what it returns is where it leads, or the page it shows again.
func (w *world) post(path string, form url.Values, want int) string {
	w.Helper()
	status, body, header := w.do("POST", path, form)
	if status != want {
		w.Fatalf("POST %s %v: %d, want %d\n%s", path, form, status, want, body)
	}
	if status == http.StatusSeeOther {
		return header.Get("Location")
	}
	w.page(path, body)
	return body
}

func (w *world) join(name string) string {
	w.Helper()
	j, err := w.people.Join(ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "+15035550121", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	return j.ID
}

func (w *world) has(body string, wants ...string) {
	w.Helper()
	for _, want := range wants {
		if !strings.Contains(body, want) {
			w.Errorf("the page does not say %q", want)
		}
	}
}

// A whole turn through its pages; every page is looked at in every language on the way.
func TestATurnThroughItsPages(t *testing.T) {
	w := newWorld(t)
	w.look("/cycles", "/cycles/new", "/issues", "/issues/new", "/criteria", "/criteria/fit", "/criteria/mwa", "/criteria/lee/edit")
	w.has(w.post("/cycles/new", url.Values{"name": {" "}, "about": {"kept"}}, 422), "kept")
	c := w.post("/cycles/new", url.Values{"name": {"Labels we can read"}, "about": {"Medicine nobody can read."}, "teams": {"core"}, "campaigns": {"fall"}, "due": {"2026-04-01"}}, 303)
	w.look(c, c+"/edit", c+"/move", "/cycles")
	w.post(c+"/edit", url.Values{"name": {"Labels"}, "version": {"9"}}, 409)
	w.post(c+"/edit", url.Values{"name": {"Labels we can read"}, "teams": {"core"}, "campaigns": {"fall"}, "version": {"1"}}, 303)
	w.post(c+"/move", url.Values{"to": {"listening"}}, 303)
	w.has(w.get(c, 200), "Opens with: a report back", "Ana Whitfield", "We never support or oppose a party")
	w.has(w.post(c+"/move", url.Values{"to": {"discerning"}}, 422), "Say why, in a sentence")
	w.beside.told = true
	w.post(c+"/move", url.Values{"to": {"discerning"}}, 303)

	id := strings.TrimPrefix(c, "/cycles/")
	w.post("/issues/new", url.Values{"problem": {"Language access"}, "title": {"Labels"}}, 422)
	w.post("/issues/new", url.Values{"cycle": {id}, "problem": {""}, "title": {""}}, 422)
	w.who = leader
	i := w.post("/issues/new", url.Values{"cycle": {id}, "problem": {"Language access"}, "title": {"Translated labels"}, "team": {"core"}}, 303)
	w.look(i, i+"/ask", i+"/edit", i+"/score", i+"/state", i+"/move", "/issues/new?cycle="+id)
	w.has(w.get(i, 200), "Write the ask", "Cedar Street core team")
	w.post(i+"/edit", url.Values{"problem": {"Language access"}, "title": {"Labels in ten languages"}, "version": {"1"}}, 303)

	empty := w.post(i+"/ask", url.Values{"version": {"2"}}, 422)
	w.has(empty, "Write the name of one person", "What do they do?", "By when?", "Write what they want themselves")
	body := w.post(i+"/ask", url.Values{"name": {"County Pharmacy Board"}, "action": {"adopts the rule"}, "due": {"2026-06-30"}, "leverage": {"fewer visits"}, "version": {"2"}}, 422)
	w.has(body, "A board, a city or a company cannot say yes", "County Pharmacy Board", "fewer visits")
	ask := url.Values{"name": {"Elena Reyes"}, "title": {"Director"}, "body": {"County Pharmacy Board"}, "action": {"adopts a rule for labels in ten languages"}, "due": {"2026-06-30"},
		"leverage": {"she is a candidate in the election"}, "version": {"2"}}
	w.has(w.post(i+"/ask", ask, 422), `name="calm"`, "sounds like a party")
	ask.Set("leverage", "she wants fewer emergency visits")
	w.post(i+"/ask", ask, 303)
	w.has(w.get(i, 200), "Director Elena Reyes, County Pharmacy Board", "she wants fewer emergency visits", "Test the issue")

	w.post(i+"/score", url.Values{"set": {"none"}}, 422)
	if at := w.post(i+"/score", url.Values{"set": {"fit"}}, 303); at != i+"/score/0" {
		t.Error(at)
	}
	w.look(i+"/score/0", i+"/score")
	w.has(w.post(i+"/score/0", url.Values{"score": {""}, "reason": {""}}, 422), "A number alone helps nobody")
	for n := range 6 {
		at := w.post(fmt.Sprintf("%s/score/%d", i, n), url.Values{"score": {fmt.Sprint(n % 3)}, "reason": {"Seven house meetings said so."}}, 303)
		if want := fmt.Sprintf("%s/score/%d", i, n+1); n < 5 && at != want {
			t.Errorf("after question %d: %s", n, at)
		}
	}
	w.get(i+"/score/9", 404)
	w.has(w.get(i, 200), "6 of 12 points", "Points are advice", "Talk about these first", "This is our issue")
	w.post(i+"/state", url.Values{"to": {"cut"}}, 303)
	w.post(i+"/state", url.Values{}, 422)

	other := w.post("/issues/new", url.Values{"cycle": {id}, "problem": {"Transport"}, "title": {"Bus 14"}}, 303)
	w.look("/issues/compare?cycle=" + id)
	w.has(w.get("/issues/compare?cycle="+id, 200), "Bus 14", "Labels in ten languages", "Seven house meetings said so.", "Not tested yet")
	w.post(other+"/state", url.Values{"to": {"parked"}}, 422)
	w.post(other+"/state", url.Values{"to": {"parked"}, "reason": {"Labels first."}}, 303)
	w.look(other, c)
	w.has(w.get(c, 200), "Labels first.", "Set aside, with reasons")

	// A leader does not open a shut gate; an organizer does, in words.
	w.post(i+"/move", url.Values{"to": {"researching"}}, 303)
	w.post(i+"/move", url.Values{"to": {"acting"}, "reason": {"Now."}}, 409)
	issue := strings.TrimPrefix(i, "/issues/")
	w.beside.decided = []cycle.Decision{{ID: "d1", Ref: "issue:" + issue, Question: "Do we ask Director Reyes?", Recorded: true, Passed: true}}
	w.has(w.get(i, 200), "Take over the decision")
	w.post(i+"/state", url.Values{"decision": {"d1"}}, 303)
	w.look(i)
	w.beside.done = []cycle.Doing{{Ref: "research:1", Issue: issue, Kind: cycle.DoneResearch, Held: true, Evaluated: true, At: w.clock.Now()}, {Ref: "assembly:1", Issue: issue, Kind: cycle.DoneAssembly, Held: true, Evaluated: true, At: w.clock.Now()}}
	w.post(i+"/move", url.Values{"to": {"acting"}}, 303)
	w.post(i+"/state", url.Values{"to": {"won"}, "reason": {"She said yes to all three."}}, 303)
	w.post(i+"/move", url.Values{"to": {"evaluating"}}, 303)
	w.who = ana
	for _, to := range []string{"researching", "acting", "evaluating"} {
		w.post(c+"/move", url.Values{"to": {to}, "reason": {"With its issue."}}, 303)
	}
	w.look(c, i, i+"/settle")
	w.post(i+"/settle", url.Values{"choice": {"carry_on"}, "learned": {""}}, 422)
	w.post(c+"/next", url.Values{"name": {"Second turn"}}, 409)
	w.post(i+"/settle", url.Values{"choice": {"carry_on"}, "learned": {"She answers when nurses ask."}}, 303)
	w.look(c+"/next", c)
	next := w.post(c+"/next", url.Values{"name": {"Second turn"}, "teams": {"core"}}, 303)
	w.has(w.get(next, 200), "She answers when nurses ask.", "Labels in ten languages", "What we learned before")
	w.look(next)
	w.post(c+"/move", url.Values{"to": {"closed"}}, 303)
	w.look(c, "/cycles", "/issues")

	// Whoever answers for the clinic reads and does nothing.
	w.who = clinicLed
	w.look(c, i, "/cycles", "/issues", "/criteria", "/issues/compare?cycle="+id)
	if page := w.get(i, 200); strings.Contains(page, `action="/issues/`) || strings.Contains(page, "/ask\"") {
		t.Error("a form for somebody who only reads")
	}
	w.who = leader
	w.look(c, i)
	if page := w.get(c, 200); strings.Contains(page, "/notebook") {
		t.Error("the notebook is shown to a leader")
	}
}

// The list of people in public office is chosen from; a vacant office is refused.
func TestAskFromTheList(t *testing.T) {
	w := newWorld(t)
	w.beside.offices = true
	c := w.post("/cycles/new", url.Values{"name": {"Labels"}}, 303)
	i := w.post("/issues/new", url.Values{"cycle": {strings.TrimPrefix(c, "/cycles/")}, "problem": {"Labels"}, "title": {"Labels"}}, 303)
	w.look(i + "/ask")
	form := url.Values{"office": {"empty"}, "action": {"adopts the rule"}, "due": {"2026-06-30"}, "leverage": {"fewer visits"}, "version": {"1"}}
	w.has(w.post(i+"/ask", form, 422), "f-office-error", "A board, a city or a company cannot say yes")
	form.Set("office", "reyes")
	w.post(i+"/ask", form, 303)
	w.has(w.get(i, 200), "Director Elena Reyes, County Pharmacy Board")
	w.look(i + "/ask")
}

// A clinic edits a copy; a telling sentence does not get in anywhere.
func TestListsAndGuard(t *testing.T) {
	w := newWorld(t)
	own := w.post("/criteria/lee/edit", url.Values{"name": {"Ours"}, "items": {"Is the ask exact? | Only yes or no.\nDo we dance?\n"}, "version": {"1"}}, 303)
	w.look(own, own+"/edit", "/criteria")
	w.has(w.get(own, 200), "Do we dance?", "Version 1")
	w.post(own+"/edit", url.Values{"name": {"Ours"}, "items": {""}, "version": {"1"}}, 422)
	w.post(own+"/edit", url.Values{"name": {"Ours"}, "items": {"Do we sing?"}, "version": {"1"}}, 303)
	w.has(w.get(own, 200), "Do we sing?", "Version 2")
	w.get("/criteria/none", 404)
	for path, field := range map[string]string{"/cycles/new": "about", own + "/edit": "items"} {
		w.has(w.post(path, url.Values{"name": {"Ours"}, field: {"He is undocumented"}, "version": {"2"}}, 422), "<mark")
	}
}

func TestNotebookPages(t *testing.T) {
	w := newWorld(t)
	c := w.post("/cycles/new", url.Values{"name": {"Labels"}}, 303)
	book := c + "/notebook"
	w.look(book, c+"/handover")
	thu := w.join("Thu Pham")
	w.post(book, url.Values{"kind": {"meet"}, "text": {"Ask her to chair."}}, 422)
	w.has(w.get(book+"?q=Thu", 200), "Thu Pham")
	w.post(book, url.Values{"kind": {"meet"}, "person": {thu}, "text": {"Ask her to chair."}, "due": {"2026-03-10"}}, 303)
	w.post(book, url.Values{"kind": {"know"}, "text": {"The hall needs three weeks."}}, 303)
	w.post(book, url.Values{"kind": {"thread"}, "text": {""}}, 422)
	w.look(book, book+"/print")
	page := w.get(book, 200)
	w.has(page, "Thu Pham", "Ask her to chair.", "The hall needs three weeks.")
	note := regexp.MustCompile(`/notes/[0-9a-f-]{36}`).FindString(page)
	for _, act := range []string{"finish", "finish", "", "drop"} {
		w.post(note, url.Values{"act": {act}}, 303)
	}
	w.post(note, url.Values{"act": {"finish"}}, 404)
	w.post(c+"/handover", url.Values{"to": {"ana"}}, 422)
	w.post(c+"/handover", url.Values{"to": {"ben"}, "text": {"All is in the book."}}, 303)
	w.look(book)
	w.who = ben
	w.look("/cycles", c, book)
	mine := w.get("/cycles", 200)
	w.has(mine, "All is in the book.", "Ana Whitfield hands")
	take := regexp.MustCompile(`/handovers/[0-9a-f-]{36}`).FindString(mine)
	w.post(take, url.Values{}, 303)
	w.has(w.get(book, 200), "Kept by Ben Ortiz")
	w.who = leader
	for _, p := range []string{book, book + "/print", c + "/handover"} {
		w.get(p, 403)
	}
}

// Every code that a page can show has its word in every language.
func TestEveryCodeHasAWord(t *testing.T) {
	w := newWorld(t)
	var keys []string
	add := func(prefix string, codes ...string) {
		for _, c := range codes {
			keys = append(keys, "cycle."+prefix+c)
		}
	}
	for _, p := range cycle.Phases() {
		add("phase.", string(p))
		if p != cycle.Closed {
			add("next.", string(p))
			if p.At() >= cycle.IssueFrom.At() {
				add("next.phase_", string(p))
			}
		}
	}
	for _, s := range cycle.States() {
		add("state.", string(s))
		for _, to := range s.Moves() {
			if s.NeedsReason(to) {
				add("become.", string(to), string(to)+".hint")
			}
		}
		if s == cycle.Parked || s.Over() {
			add("why.", string(s))
		}
	}
	for _, g := range cycle.Gates() {
		for _, n := range g.Needs {
			add("need.", string(n))
			add("opens.", string(n))
			if g.From.At() >= cycle.IssueFrom.At() {
				add("issue_need.", string(n))
			}
		}
	}
	for _, s := range cycle.Shipped() {
		add("set.", s.ID, s.ID+".hint")
		for _, c := range s.Items {
			add("criterion.", c.Code, c.Code+".hint")
		}
	}
	add("act.", cycle.Acts()...)
	for _, k := range cycle.NoteKinds() {
		add("note.", string(k))
		add("notes.", string(k), string(k)+".none")
	}
	for _, c := range cycle.Choices() {
		add("choice.", string(c), string(c)+".hint")
	}
	add("doing.", "research", "assembly", "negotiation", "planned", "held", "evaluated")
	for _, lang := range languages {
		l := w.catalog.Localizer(lang)
		for _, k := range keys {
			if !l.Has(k) {
				t.Errorf("%s: %s", lang, k)
			}
		}
	}
}

// What leaders read is at or below grade 6, in English and Spanish.
func TestGrade(t *testing.T) {
	w := newWorld(t)
	for _, lang := range []string{"en", "es"} {
		l := w.catalog.Localizer(lang)
		var text []string
		for _, s := range cycle.Shipped() {
			for _, c := range s.Items {
				text = append(text, l.T("cycle.criterion."+c.Code), l.T("cycle.criterion."+c.Code+".hint"))
			}
		}
		for _, k := range []string{"intro", "issues_intro", "issue.intro", "ask.formula", "ask.person_hint", "nonpartisan", "compare_intro", "lists.intro", "settle.intro", "gate.is_shut", "become.reason_hint"} {
			text = append(text, l.T("cycle."+k))
		}
		if s, ok := readlevel.Of(lang, readlevel.Join(text)); !ok || s.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, s.Grade)
		}
	}
}
