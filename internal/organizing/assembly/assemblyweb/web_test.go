package assemblyweb

import (
	"context"
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

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
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
	omar       = access.Actor{Account: "omar", Org: org, Roles: []access.Role{access.Leader}}
	ruth       = access.Actor{Account: "ruth", Org: org, Roles: []access.Role{access.Lead}}
	languages4 = []string{"en", "es", "vi", "ar"}
)

// rooms are the neighbours.
type rooms struct {
	stopped bool
	done    bool
	church  string
}

func (n *rooms) Cycles(context.Context, access.Actor) ([]assembly.Option, error) {
	return []assembly.Option{{ID: "cycle-1", Name: "Labels we can read"}}, nil
}

func (n *rooms) Issues(context.Context, access.Actor, string) ([]assembly.Issue, error) {
	return []assembly.Issue{{ID: "issue-1", Cycle: "cycle-1", Name: "Labels in ten languages"}}, nil
}

func (n *rooms) Offices(context.Context, access.Actor) ([]assembly.Office, error) {
	return []assembly.Office{{ID: "office-1", Name: "Elena Reyes", Office: "Director", Body: "County Pharmacy Board"}}, nil
}

func (n *rooms) Show(context.Context, string, string) (assembly.Showing, error) {
	if n.stopped {
		return assembly.Showing{}, fault.Ended("story.error.place")
	}
	return assembly.Showing{Story: "story-1", Name: "Thu P.", Title: "A label I could not read", Text: "I held the bottle.", Language: "en", Until: time.Date(2027, 11, 1, 0, 0, 0, 0, time.UTC)}, nil
}

func (n *rooms) Offered(context.Context, access.Actor) ([]assembly.Option, error) {
	return []assembly.Option{{ID: "story-1", Name: "A label I could not read"}}, nil
}
func (n *rooms) Used(context.Context, string, string, string, string) error { return nil }

type turnouts struct{ *rooms }

func (n turnouts) OpenIn(context.Context, *db.Tx, access.Actor, assembly.TurnoutIn) error { return nil }

func (n turnouts) Summary(context.Context, access.Actor, string) (assembly.Summary, error) {
	return assembly.Summary{ID: "turnout-1", Goal: 300, Pledged: 410, Confirmed: 344, Attended: 287, By: []assembly.Came{{Institution: n.church, Pledged: 60, Attended: 52, Roll: -1}}}, nil
}
func (n turnouts) Rolled(context.Context, string, string, string, int, string) error { return nil }
func (n turnouts) Over(context.Context, string, string, bool) error                  { return nil }

type rounds struct{ *rooms }

func (n rounds) OpenIn(context.Context, *db.Tx, access.Actor, assembly.EvaluationIn) error {
	return nil
}
func (n rounds) DoneIn(context.Context, *db.Tx, string) (bool, error) { return n.done, nil }

type board struct{}

func (board) MakeIn(context.Context, *db.Tx, access.Actor, assembly.PledgeIn) (string, error) {
	return "pledge-1", nil
}

type world struct {
	*testing.T
	s      *assembly.Service
	clock  *clock.Fake
	url    string
	who    access.Actor
	jar    *http.Client
	rooms  *rooms
	thu    string
	church string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{T: t, who: ana, clock: clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC)), rooms: &rooms{}}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, assembly.Schema)
	v, c := vaulttest.New(t), w.clock
	log, ledger := audit.New(d, v, c), consent.New(c)
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	jobs := job.New(d, job.Options{Clock: c})
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: c, Vault: v, Audit: log, Catalog: catalog})
	w.ok(err)
	p := people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: c, Consent: ledger, Notices: notices})
	w.s = assembly.New(assembly.Deps{DB: d, Vault: v, Audit: log, Clock: c, Consent: ledger, People: p, Issues: w.rooms, Offices: w.rooms, Stories: w.rooms, Turnouts: turnouts{w.rooms}, Pledges: board{}, Evaluations: rounds{w.rooms}})
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: c, Log: slog.New(slog.DiscardHandler), Stored: idem.Lookup(d),
		Pages: map[string]fs.FS{"assembly": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Print: auth, web.Public: auth,
			web.Panel: func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(org), nil }}})
	w.ok(err)
	at := func(prefix string) func(string) string { return func(id string) string { return prefix + id } }
	mux.Handle(New(w.s, p, Options{Turnout: func(_ *web.Request, id string) string { return "/turnout/" + id }, Evaluate: func(*web.Request, string) (string, error) { return "/evaluations/1", nil }, Pledge: at("/pledges/"), Issue: at("/issues/"), Cycle: at("/cycles/"),
		Effort: func(*web.Request) string { return "/effort" }, Name: func(_ *web.Request, account string) string { return "Colleague " + account }}).Routes()...)
	h, err := mux.Handler()
	w.ok(err)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w.url = srv.URL
	w.jar = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	j, err := p.Join(ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: "Thu Pham", Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	w.thu = j.ID
	w.church, err = p.SaveInstitution(ctx, ana, people.Institution{Name: "St. Anne", Kind: "congregation"}, "")
	w.ok(err)
	w.rooms.church = w.church
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(method, path string, form url.Values, header ...string) (int, string, http.Header) {
	w.Helper()
	req, err := http.NewRequest(method, w.url+path, strings.NewReader(form.Encode()))
	w.ok(err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
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
	w.clock.Advance(time.Second)
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

var planned = url.Values{"title": {"Labels we can read"}, "kind": {"assembly"}, "date": {"2026-11-20"}, "time": {"18:00"}, "minutes": {"75"}, "where": {"Church hall"}, "goal": {"300"}, "languages": {"en", "ar"}, "cycle": {"cycle-1"}}

func with(form url.Values, more ...string) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = v
	}
	for i := 0; i+1 < len(more); i += 2 {
		out.Set(more[i], more[i+1])
	}
	return out
}

// ready is an assembly with everybody in place and two asks; at is its address.
func (w *world) ready() (at string, x assembly.Whole) {
	w.Helper()
	ctx := context.Background()
	at = w.post("/assemblies/new", with(planned, "safety", w.thu))
	id := strings.TrimPrefix(at, "/assemblies/")
	x, err := w.s.Get(ctx, ana, id)
	w.ok(err)
	for _, it := range x.Items {
		in := assembly.ItemIn{ID: it.ID, Minutes: it.Minutes, LeadRole: it.LeadRole, Second: it.Second, Title: it.Title, Lead: w.thu, Script: it.Script, Version: it.Version}
		if it.LeadRole == people.Testified {
			in.Story = "story-1"
		}
		_, err := w.s.SaveItem(ctx, ana, id, in)
		w.ok(err)
	}
	for _, text := range []string{"Will you adopt the rule?", "Will you pay for it?"} {
		w.post(at+"/asks/new", url.Values{"issue": {"issue-1"}, "office": {"office-1"}, "text": {text}, "due": {"2027-06-30"}})
	}
	w.who = omar
	for _, to := range []string{"approved", "turnout", "ready"} {
		w.post(at+"/act", url.Values{"act": {"move"}, "to": {to}})
	}
	w.who = ana
	w.clock.Set(time.Date(2026, 11, 20, 17, 30, 0, 0, time.UTC))
	x, err = w.s.Get(ctx, ana, id)
	w.ok(err)
	return at, x
}

// From the idea to the end, in every language at every step.
func TestPages(t *testing.T) {
	w := newWorld(t)
	w.everywhere("/assemblies", "/assemblies/new", "/negotiations", "/negotiations/new")
	if body := w.page("POST", "/assemblies/new", url.Values{"title": {"Labels"}, "kind": {"assembly"}, "goal": {"many"}}, 422); !strings.Contains(body, "Labels") || !strings.Contains(body, "#f-date") || !strings.Contains(body, "#f-goal") {
		t.Error("what was typed is gone, or the mistakes are not linked")
	}
	w.says(w.page("GET", "/assemblies/new?who=thu", nil, 200), "Thu Pham")
	at := w.post("/assemblies/new", planned)
	id := strings.TrimPrefix(at, "/assemblies/")
	x, err := w.s.Get(context.Background(), ana, id)
	w.ok(err)
	w.everywhere(at, at+"/edit", at+"/sheet", at+"/sheet/new", at+"/sheet/4", at+"/asks", at+"/asks/new", at+"/invitations", at+"/words/ar", at+"/answers", at+"/print")
	w.page("POST", at+"/act", url.Values{"act": {"move"}, "to": {"approved"}}, 409) // whoever had the idea
	w.page("POST", at+"/act", url.Values{"act": {"dance"}}, 422)
	for _, page := range []string{"/run", "/roll", "/scribe"} {
		w.page("GET", at+page, nil, 409)
	}
	w.post(at+"/edit", with(planned, "title", "Labels for all", "safety", w.thu, "_version", "1"))
	w.says(w.page("POST", at+"/edit", with(planned, "title", "Mine", "_version", "1"), 409), "Labels for all", "Mine")
	// the run-sheet
	item := x.Items[4]
	w.post(at+"/sheet", url.Values{"act": {"up"}, "item": {item.ID}})
	w.page("POST", at+"/sheet", url.Values{"act": {"sing"}, "item": {item.ID}}, 422)
	w.says(w.page("GET", at+"/sheet/3?who=thu", nil, 200), "Thu Pham", "A label I could not read")
	w.post(at+"/sheet/3", url.Values{"item": {item.ID}, "title": {"Testimony"}, "minutes": {"5"}, "lead": {w.thu}, "lead_role": {"testimony"}, "story": {"story-1"}, "_version": {"1"}})
	w.page("POST", at+"/sheet/3", url.Values{"item": {item.ID}, "title": {"Other"}, "minutes": {"6"}, "lead_role": {"testimony"}, "_version": {"1"}}, 409)
	w.page("POST", at+"/sheet/3", url.Values{"item": {item.ID}, "title": {""}, "minutes": {"x"}, "lead_role": {"testimony"}, "_version": {"2"}}, 422)
	w.says(w.page("GET", at+"/sheet?lang=en", nil, 200), "Thu P.", "May be told")
	w.post(at+"/sheet/new", url.Values{"title": {"Music"}, "minutes": {"3"}, "lead_role": {"attended"}})
	// asks, words, invitations
	w.page("POST", at+"/asks/new", url.Values{"text": {""}}, 422)
	w.post(at+"/asks/new", url.Values{"office": {"office-1"}, "issue": {"issue-1"}, "text": {"Will you adopt the rule?"}, "due": {"2027-06-30"}, "law": {"yes"}})
	x, err = w.s.Get(context.Background(), ana, id)
	w.ok(err)
	ask := x.Asks[0].ID
	w.everywhere(at+"/asks/0", at+"/asks", at)
	w.says(w.page("GET", at+"?lang=en", nil, 200), "Probably lobbying", "Elena Reyes")
	w.post(at+"/words/ar", url.Values{"title_" + ask: {"هل ستعتمدون القاعدة؟"}})
	w.says(w.page("GET", at+"/words/ar", nil, 200), "هل ستعتمدون القاعدة؟")
	w.page("POST", at+"/invitations", url.Values{"name": {""}, "reply": {"none"}}, 422)
	w.post(at+"/invitations", url.Values{"office": {"office-1"}, "reply": {"coming"}, "candidate": {"yes"}, "race": {"Board seat 3"}, "invited": {"2026-10-01"}, "how": {"letter"}})
	w.everywhere(at+"/invitations", at)
	w.says(w.page("GET", at+"/invitations?lang=en", nil, 200), "Nobody said yet that the list is complete")
	if list, err := w.s.Get(context.Background(), ana, id); err == nil {
		v := list.Invites[0]
		w.page("POST", at+"/invitations", url.Values{"invite": {v.ID}, "office": {"office-1"}, "reply": {"coming"}, "candidate": {"yes"}, "race": {"Board seat 3"}, "_version": {"9"}}, 409)
		w.post(at+"/invitations", url.Values{"act": {"remove"}, "invite": {v.ID}})
	}
	w.who = ruth
	w.everywhere("/assemblies", at, at+"/answers", at+"/print", "/negotiations")
	if body := w.page("GET", at+"/print", nil, 200); strings.Contains(body, "Thu Pham") {
		t.Error("a clinic's lead reads the name of somebody who takes part")
	}
}

// The hour itself: two scribes, the clock, the roll call, the end, the pledge.
func TestTheHour(t *testing.T) {
	w := newWorld(t)
	at, x := w.ready()
	w.says(w.page("GET", at+"?lang=en", nil, 200), "We begin")
	w.everywhere(at, at+"/run", at+"/roll")
	w.who = omar
	w.post(at+"/act", url.Values{"act": {"move"}, "to": {"live"}})
	i := slices.IndexFunc(x.Items, func(it assembly.Item) bool { return it.Code == "roll" })
	w.post(at+"/run", url.Values{"act": {"begin"}, "item": {x.Items[i].ID}})
	w.says(w.page("GET", at+"/run", nil, 200), `data-started="2026-11-20T17:30:02Z"`)
	w.everywhere(at+"/run", at+"/roll", at)
	w.post(at+"/roll", url.Values{"institution": {w.church}, "n": {"52"}})
	w.page("POST", at+"/roll", url.Values{"institution": {w.church}, "n": {"lots"}}, 422)
	scribe := w.post(at+"/scribe/0", url.Values{"ask": {x.Asks[0].ID}, "act": {"pin"}, "answer": {"yes"}, "follow": {"2026-12-04"}, "pen": {"p1"}})
	if !strings.HasPrefix(scribe, at+"/scribe/0?v=") {
		t.Errorf("leads to %s", scribe)
	}
	w.everywhere(at + "/scribe/0")
	w.says(w.page("POST", at+"/scribe/1", url.Values{"ask": {x.Asks[1].ID}, "act": {"pin"}, "answer": {"waffle"}}, 422), "#f-follow")
	w.post(at+"/scribe/0", url.Values{"ask": {x.Asks[0].ID}, "act": {"words"}, "answer": {"yes"}, "follow": {"2026-12-04"}, "words": {"Yes, by September."}, "by": {"2027-09-30"}, "witness": {"hall"}, "pen": {"p1"}})
	w.who = ana
	w.post(at+"/scribe/0", url.Values{"ask": {x.Asks[0].ID}, "act": {"pin"}, "answer": {"no"}, "pen": {"p2"}})
	body := w.page("GET", at+"/answers?lang=en", nil, 200)
	w.says(body, "Two answers differ", "Yes, by September.", "Colleague omar", "Colleague ana")
	w.everywhere(at+"/answers", at+"/scribe/0", at, at+"/run")
	version := regexp.MustCompile(`name="version" value="([^"]+)"`).FindStringSubmatch(body)
	if version == nil {
		t.Fatal("nothing to choose")
	}
	w.post(at+"/answers", url.Values{"act": {"choose"}, "ask": {x.Asks[0].ID}, "version": {version[1]}})
	w.says(w.page("GET", at+"/answers?lang=en", nil, 200), "4 versions were written down", "Yes, by September.")
	w.post(at+"/scribe/1", url.Values{"ask": {x.Asks[1].ID}, "act": {"pin"}, "answer": {"absent"}})
	w.post(at+"/run", url.Values{"act": {"promise"}, "person": {w.thu}, "promise": {"Brings the choir"}, "due": {"2026-11-27"}})
	w.says(w.page("POST", at+"/run", url.Values{"act": {"promise"}, "promise": {"x"}, "due": {"2026-11-27"}}, 422), "#f-person")
	w.page("POST", at+"/run", url.Values{"act": {"close"}, "closing": {"Two answers."}}, 422)
	w.post(at+"/run", url.Values{"act": {"close"}, "closing": {"Two answers."}, "next": {"2027-02-20"}})
	w.everywhere(at, at+"/answers", at+"/run")
	w.says(w.page("GET", at+"?lang=en", nil, 200), "Two answers.", "Brings the choir", "/evaluations/1", "287")
	w.page("POST", at+"/answers", url.Values{"act": {"confirm"}, "ask": {x.Asks[0].ID}, "words": {""}, "due": {"2027-06-30"}}, 422)
	w.post(at+"/answers", url.Values{"act": {"confirm"}, "ask": {x.Asks[0].ID}, "words": {"Adopts the rule"}, "due": {"2027-06-30"}})
	w.says(w.page("GET", at+"/answers", nil, 200), "/pledges/pledge-1")
	w.rooms.done = true
	for _, to := range []string{"evaluated", "followed_up"} {
		w.post(at+"/act", url.Values{"act": {"move"}, "to": {to}})
		w.everywhere(at, at+"/answers", "/assemblies")
	}
}

// The screen and the booth open with the link, on a machine where nobody is signed in.
func TestScreens(t *testing.T) {
	w := newWorld(t)
	at, x := w.ready()
	w.post(at+"/words/ar", url.Values{"title_" + x.Asks[0].ID: {"هل ستعتمدون القاعدة؟"}})
	w.who = omar
	w.post(at+"/act", url.Values{"act": {"move"}, "to": {"live"}})
	screen := "/stage/" + x.Link
	begin := func(code string) {
		i := slices.IndexFunc(x.Items, func(it assembly.Item) bool { return it.Code == code })
		w.post(at+"/run", url.Values{"act": {"begin"}, "item": {x.Items[i].ID}})
	}
	for _, code := range []string{"welcome", "roll", "testimony", "pin", "close"} {
		begin(code)
		for _, lang := range languages4 {
			body := w.page("GET", screen+"?lang="+lang, nil, 200)
			if strings.Contains(body, "Thu Pham") {
				t.Errorf("%s: a private name is on the screen", code)
			}
		}
		w.everywhere(screen+"/in/ar", screen+"/in/es", screen+"/in/so")
	}
	w.post(at+"/scribe/0", url.Values{"ask": {x.Asks[0].ID}, "act": {"words"}, "answer": {"waffle"}, "follow": {"2026-12-04"}, "words": {"We will look at our budget."}})
	begin("pin")
	w.says(w.page("GET", screen+"?lang=en", nil, 200), "We will look at our budget.", "Neither yes nor no", "Will you pay for it?")
	booth := w.page("GET", screen+"/in/ar", nil, 200)
	w.says(booth, `dir="rtl"`, "هل ستعتمدون القاعدة؟", "We will look at our budget.", "ليس بهذه اللغة بعد")
	begin("testimony")
	w.says(w.page("GET", screen+"?lang=en", nil, 200), "Thu P.")
	w.says(w.page("GET", screen+"/in/ar", nil, 200), "I held the bottle.")
	w.rooms.stopped = true
	for _, page := range []string{screen, screen + "/in/ar"} {
		if body := w.page("GET", page, nil, 200); strings.Contains(body, "Thu P.") || strings.Contains(body, "bottle") {
			t.Errorf("%s shows a story whose teller said stop", page)
		}
	}
	status, _, h := w.do("GET", screen, nil)
	if status != 200 || h.Get("Set-Cookie") != "" {
		t.Errorf("%d, a cookie: %s", status, h.Get("Set-Cookie"))
	}
	w.page("GET", "/stage/"+strings.Repeat("x", 43), nil, 404)
	w.page("GET", screen+"/in/nonsense", nil, 404)
	w.post(at+"/act", url.Values{"act": {"relink"}})
	w.page("GET", screen, nil, 404)
}

// A press from a phone without a line arrives once, with a receipt.
func TestPinFromTheOutbox(t *testing.T) {
	w := newWorld(t)
	at, x := w.ready()
	send := func() string {
		_, body, _ := w.do("POST", at+"/scribe/0", url.Values{"ask": {x.Asks[0].ID}, "_key": {"phone-1"}, "act": {"pin"}, "answer": {"yes"}, "follow": {"2026-12-04"}, "pen": {"p1"}}, "Seedbed-Outbox", web.Device(w.who))
		return body
	}
	first, second := send(), send()
	if !strings.Contains(first, `"stored"`) || !strings.Contains(second, `"already"`) {
		t.Errorf("%s\n%s", first, second)
	}
	if got, err := w.s.Get(context.Background(), ana, x.ID); err != nil || len(got.Pins[x.Asks[0].ID]) != 1 {
		t.Errorf("%+v %v", got.Pins, err)
	}
	if _, _, h := w.do("GET", at+"/scribe/0", nil); h.Get("Seedbed-Keep") != "offline" {
		t.Error("the scribe's page is not kept for when there is no line")
	}
	if body := w.page("GET", at+"/scribe/0", nil, 200); strings.Contains(body, "Thu") {
		t.Error("a page that is kept on a phone names a private person")
	}
}

// Looking for somebody stores nothing and keeps what was typed and chosen; no name
// gets into an address; and Enter saves, unless a new name stands in the field.
func TestLookingLosesNothing(t *testing.T) {
	w := newWorld(t)
	at := w.post("/assemblies/new", planned)
	talk := w.post("/negotiations/new", url.Values{"kind": {"negotiation"}, "title": {"The budget"}, "date": {"2026-11-02"}, "time": {"18:30"}, "minutes": {"60"}, "offices": {"office-1"}})
	chosen := `<option value="` + w.thu + `" selected`
	plan := with(planned, "where", "Under the old oak", "minutes", "7x", "safety", w.thu)
	line := url.Values{"title": {"Music under the oak"}, "minutes": {"7x"}, "lead_role": {"attended"}, "lead": {w.thu}, "script": {"Sing twice"}}
	about := url.Values{"kind": {"negotiation"}, "title": {"Under the old oak"}, "minutes": {"7x"}, "people": {w.thu}, "step": {"Write to her"}}
	for _, x := range []struct {
		path string
		form url.Values
		says []string
	}{
		{"/assemblies/new", plan, []string{"Under the old oak", `value="7x"`, `value="2026-11-20"`, chosen}},
		{at + "/edit", plan, []string{"Under the old oak", `value="7x"`, chosen}},
		{at + "/sheet/new", line, []string{"Music under the oak", `value="7x"`, "Sing twice", chosen}},
		{"/negotiations/new", about, []string{"Under the old oak", "Write to her", `value="7x"`, "Thu Pham"}},
		{talk + "/edit", about, []string{"Under the old oak", "Write to her", "Thu Pham"}},
	} {
		for _, press := range []string{"yes", "if_new"} {
			w.says(w.page("POST", x.path, with(x.form, "find", press, "who", "nobody of this name"), 200), x.says...)
		}
		w.says(w.page("POST", x.path, x.form, 422), x.says...) // a mistake keeps who was chosen, too
		body := w.page("GET", x.path, nil, 200)
		if strings.Contains(body, "Under the old oak") || strings.Contains(body, "Music under the oak") {
			t.Errorf("%s: looking for somebody stored the form", x.path)
		}
		if !regexp.MustCompile(`name="find" value="yes"`).MatchString(body) || strings.Contains(body, `method="get"`) {
			t.Errorf("%s: the search is not a button of the form", x.path)
		}
	}
	w.who = omar // a leader who does not know Thu learns no name from a form that comes back
	for _, more := range []url.Values{about, with(about, "find", "yes", "who", "nobody")} {
		if _, body, _ := w.do("POST", "/negotiations/new", more); strings.Contains(body, "Thu Pham") {
			t.Error("a leader reads the name of somebody they may not read")
		}
	}
	w.who = ana
	w.post(at+"/edit", with(planned, "title", "Saved by Enter", "find", "if_new", "who", "thu", "looked", "thu", "_version", "1"))
}

func TestNegotiations(t *testing.T) {
	w := newWorld(t)
	form := url.Values{"kind": {"negotiation"}, "title": {"The budget"}, "date": {"2026-11-02"}, "time": {"18:30"}, "minutes": {"60"}, "offices": {"office-1"}, "institutions": {w.church}, "people": {w.thu}, "ours": {"Ten languages."}, "theirs": {"Four."}}
	w.says(w.page("POST", "/negotiations/new", url.Values{"kind": {"negotiation"}, "title": {"x"}}, 422), "#f-date")
	w.says(w.page("GET", "/negotiations/new?who=thu", nil, 200), "Thu Pham")
	at := w.post("/negotiations/new", form)
	w.everywhere(at, at+"/edit", "/negotiations")
	w.says(w.page("GET", at, nil, 200), "Elena Reyes", "St. Anne", "Thu Pham")
	w.post(at, url.Values{"act": {"move"}, "to": {"held"}})
	w.page("POST", at, url.Values{"act": {"agree"}, "text": {""}}, 422)
	w.post(at, url.Values{"act": {"agree"}, "text": {"Six languages by June."}})
	w.post(at, url.Values{"act": {"agree"}, "text": {"Ten languages by September."}})
	w.everywhere(at)
	w.says(w.page("GET", at, nil, 200), "Six languages by June.", "Ten languages by September.")
	w.page("POST", at+"/edit", with(form, "_version", "1"), 409)
	w.post(at, url.Values{"act": {"move"}, "to": {"agreed"}})
	w.page("POST", at, url.Values{"act": {"pledge"}, "words": {""}}, 422)
	w.post(at, url.Values{"act": {"pledge"}, "words": {"Ten languages"}, "due": {"2027-09-30"}})
	w.everywhere(at, "/negotiations")
	w.page("POST", at, url.Values{"act": {"sing"}}, 422)
}
