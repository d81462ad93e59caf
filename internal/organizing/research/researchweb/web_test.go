package researchweb

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
	"seedbed/internal/organizing/research"
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
	languages4 = []string{"en", "es", "vi", "ar"}
)

// near is what the rooms beside this one answer.
type near struct {
	done map[string]bool
	team []research.Member
}

func (n *near) Issues(context.Context, access.Actor) ([]research.Issue, error) {
	return []research.Issue{{ID: "labels", Name: "Labels we can read"}}, nil
}

func (n *near) Issue(_ context.Context, _ access.Actor, id string) (research.Issue, error) {
	if id != "labels" {
		return research.Issue{}, fault.Missing("issue")
	}
	return research.Issue{ID: "labels", Name: "Labels we can read"}, nil
}

func (n *near) Offices(context.Context, access.Actor) ([]research.Office, error) {
	return []research.Office{{ID: "reyes", Name: "Elena Reyes", Office: "Director", Body: "County Pharmacy Board"}}, nil
}

func (n *near) Office(_ context.Context, _ access.Actor, id string) (research.Office, error) {
	if id != "reyes" {
		return research.Office{}, fault.Missing("office")
	}
	return research.Office{ID: "reyes", Name: "Elena Reyes", Office: "Director", Body: "County Pharmacy Board"}, nil
}

func (n *near) Teams(context.Context, access.Actor) ([]research.Team, error) {
	return []research.Team{{ID: "lang", Name: "Language access team"}}, nil
}

func (n *near) Members(context.Context, access.Actor, string) ([]research.Member, error) {
	return n.team, nil
}

func (n *near) OpenIn(context.Context, *db.Tx, access.Actor, research.EvaluationIn) error { return nil }

func (n *near) DoneIn(_ context.Context, _ *db.Tx, ref string) (bool, error) { return n.done[ref], nil }

type world struct {
	*testing.T
	s         *research.Service
	clock     *clock.Fake
	near      *near
	url       string
	who       access.Actor
	jar       *http.Client
	thu, rosa string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{T: t, who: ana, near: &near{done: map[string]bool{}}, clock: clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, research.Schema)
	v, c := vaulttest.New(t), w.clock
	log, ledger := audit.New(d, v, c), consent.New(c)
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	jobs := job.New(d, job.Options{Clock: c})
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: c, Vault: v, Audit: log, Catalog: catalog})
	w.ok(err)
	p := people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: c, Consent: ledger, Notices: notices})
	w.s = research.New(research.Deps{DB: d, Vault: v, Audit: log, Clock: c, Consent: ledger, People: p, Issues: w.near, Offices: w.near, Teams: w.near, Evaluations: w.near})
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	anybody := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(org), nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: c, Log: slog.New(slog.DiscardHandler), Stored: idem.Lookup(d),
		Pages: map[string]fs.FS{"research": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Print: auth, web.Member: auth, web.Public: auth, web.Link: anybody, web.API: anybody}})
	w.ok(err)
	mux.Handle(New(w.s, p, Options{HasIssues: true, NewOffice: "/power/offices/new", PowerMap: func(issue string) string { return "/power/map/" + issue },
		Issue: func(id string) string { return "/issues/" + id }, Team: func(id string) string { return "/teams/" + id },
		Name: func(context.Context, string, string) string { return "Ana Whitfield" },
		Staff: func(context.Context, string) ([]Colleague, error) {
			return []Colleague{{"ana", "Ana Whitfield"}, {"dr-cole", "Dr. Amara Cole"}}, nil
		},
		Evaluation: func(*web.Request, string) (string, error) { return "/evaluations/1", nil },
	}).Routes()...)
	h, err := mux.Handler()
	w.ok(err)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w.url = srv.URL
	w.jar = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, x := range []struct {
		name string
		id   *string
	}{{"Thu Pham", &w.thu}, {"Rosa Díaz", &w.rosa}} {
		j, err := p.Join(ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: x.name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
		w.ok(err)
		*x.id = j.ID
	}
	w.near.team = []research.Member{{Person: w.thu, Name: "Thu P."}}
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

// post sends a form that leads on.
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
			glue := "?"
			if strings.Contains(path, "?") {
				glue = "&"
			}
			w.page("GET", path+glue+"lang="+lang, nil, 200)
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

func (w *world) plan(more url.Values) string {
	w.Helper()
	form := url.Values{"issue": {"labels"}, "host": {"Director of the hospital pharmacy"}, "purpose": {"cause", "power"}, "questions": {"What does a label cost?\nWho decides?\nWho has done it?\nWhat stands in the way?"},
		"date": {"2026-11-12"}, "time": {"15:00"}, "minutes": {"40"}, "place": {"hall"}, "where": {"Room 4"}, "lang": {"en"}, "rehearse_date": {"2026-11-10"}, "rehearse_time": {"18:00"}, "team": {"lang"}}
	for k, v := range more {
		form[k] = v
	}
	return strings.TrimSuffix(w.post("/research/new", form), "/parts")
}

// S-09, page by page, in every language at every step.
func TestPages(t *testing.T) {
	w := newWorld(t)
	w.everywhere("/research", "/research/new", "/research/new?issue=labels&office=reyes")
	bad := w.page("POST", "/research/new", url.Values{"host": {"Pharmacy director"}, "questions": {"Only one?"}, "date": {"2026-11-12"}, "time": {"late"}}, 422)
	w.says(bad, "Pharmacy director", "Only one?", "#f-date", "#f-purpose", "#f-minutes")
	if body := w.page("POST", "/research/new", url.Values{"host": {"He is undocumented"}}, 422); !strings.Contains(body, "<mark>") {
		t.Error("the guard does not ask")
	}
	at := w.plan(nil)
	w.everywhere(at, at+"/parts", at+"/edit", at+"/notes", at+"/came", at+"/sheet")
	w.says(w.page("GET", at, nil, 200), "Nobody yet for:", "We ask. We do not negotiate.", "Ana Whitfield:", "Find somebody for each part")
	w.says(w.page("GET", "/research", nil, 200), "Nobody yet for:", "Labels we can read")
	w.says(w.page("GET", at+"/parts", nil, 200), "Thu P.")
	w.post(at+"/parts", url.Values{"act": {"add:" + w.thu}})
	w.says(w.page("GET", at+"/parts?q=ros", nil, 200), "Rosa Díaz")
	w.post(at+"/parts", url.Values{"act": {"add:" + w.rosa}})
	w.page("POST", at+"/parts", url.Values{"act": {"add:nobody"}}, 422)
	w.page("POST", at+"/parts", url.Values{"act": {"dance"}}, 422)
	both := url.Values{"act": {"assign"}, "role_" + w.thu: {"chair"}, "role_" + w.rosa: {"chair"}}
	if body := w.page("POST", at+"/parts", both, 422); strings.Count(body, `value="chair" selected`) != 2 {
		t.Error("the choices are lost")
	}
	w.post(at+"/parts", url.Values{"act": {"assign"}, "role_" + w.thu: {"chair"}, "role_" + w.rosa: {"notes"}})
	w.post(at+"/edit", url.Values{"version": {"4"}, "issue": {"labels"}, "office": {"reyes"}, "purpose": {"power"}, "questions": {"Who decides?"}, "date": {"2026-11-12"}, "time": {"15:00"}, "minutes": {"40"}, "place": {"hall"}, "lang": {"en"}, "team": {"lang"}})
	w.says(w.page("GET", at, nil, 200), "Elena Reyes, Director, County Pharmacy Board", "Only 1 question", "No rehearsal is planned")
	w.post(at+"/act", url.Values{"act": {"rehearse"}})
	w.page("POST", at+"/act", url.Values{"act": {"rehearse"}}, 409)
	w.page("POST", at+"/act", url.Values{"act": {"close"}}, 409)
	w.page("POST", at+"/came", url.Values{"came": {w.thu}}, 409) // days too early
	w.clock.Set(time.Date(2026, 11, 12, 15, 40, 0, 0, time.UTC))
	notes := w.page("GET", at+"/notes", nil, 200)
	answer := regexp.MustCompile(`name="(answer_[^"]+)"`).FindStringSubmatch(notes)
	if answer == nil || strings.Contains(notes, "Thu P") {
		t.Fatal("no place for an answer, or a name on a page that stays on the phone")
	}
	if _, _, h := w.do("GET", at+"/notes", nil); h.Get("Seedbed-Keep") == "" {
		t.Error("the page does not open without a line")
	}
	w.page("POST", at+"/notes", url.Values{"learned": {""}}, 422)
	w.says(w.page("POST", at+"/notes", url.Values{answer[1]: {"The board"}, "title": {"x"}, "link": {"javascript:alert(1)"}}, 422), "The board", "#f-link")
	w.post(at+"/notes", url.Values{answer[1]: {"The board, by rule."}, "learned": {"There is a vendor."}, "heard": {"Deputy director"}, "title": {"Price list"}, "link": {"vendor.example/prices"}, "paper": {"Blue folder"}})
	w.page("POST", at+"/came", url.Values{"came": {w.thu}, "others": {"many"}}, 422)
	w.post(at+"/came", url.Values{"came": {w.thu, w.rosa}, "others": {"1"}})
	w.everywhere(at, at+"/parts", at+"/notes", "/research")
	body := w.page("GET", at, nil, 200)
	w.says(body, "The board, by rule.", "There is a vendor.", "Deputy director", "https://vendor.example/prices", "Blue folder", "/evaluations/1", "/power/offices/new", "/power/map/", "2 of us were there.", "And 1 more.")
	for _, page := range []string{"/edit", "/came"} {
		w.page("GET", at+page, nil, 409)
	}
	w.page("POST", at+"/act", url.Values{"act": {"close"}}, 409)
	w.post(at+"/act", url.Values{"act": {"promise"}, "who": {"person:" + w.thu}, "what": {"Calls the vendor"}, "due": {"2026-11-20"}})
	w.says(w.page("POST", at+"/act", url.Values{"act": {"promise"}, "who": {"person:" + w.thu}, "what": {"He is undocumented"}, "due": {"2026-11-20"}}, 422), "He is <mark>", "He is undocumented")
	w.post(at+"/act", url.Values{"act": {"give:thanks"}, "who": {"person:" + w.rosa}, "due": {"2026-11-13"}})
	w.page("POST", at+"/act", url.Values{"act": {"give:thanks"}, "who": {"person:" + w.rosa}, "due": {"soon"}}, 422)
	w.near.done["research:"+strings.TrimPrefix(at, "/research/")] = true
	w.says(w.page("GET", at, nil, 200), "Calls the vendor", "Thank the host", "/research/new?issue=")
	w.who = access.Actor{Account: "jonas", Org: org, Roles: []access.Role{access.Evaluator}}
	if strings.Contains(w.page("GET", at, nil, 200), "/research/new") {
		t.Error("whoever may not plan is led to a closed door")
	}
	w.who = ana
	for _, s := range research.Steps() {
		w.post(at+"/act", url.Values{"act": {"done:" + string(s)}})
	}
	w.post(at+"/act", url.Values{"act": {"undone:next"}})
	w.post(at+"/act", url.Values{"act": {"done:next"}})
	w.everywhere(at)
	planner := w.who
	if !strings.Contains(w.page("GET", at, nil, 200), "/research/new?issue=") {
		t.Error("an organizer is not led to the next one")
	}
	w.who = access.Actor{Org: org, Account: "eva", Roles: []access.Role{access.Evaluator}} // reads, and plans nothing
	if strings.Contains(w.page("GET", at, nil, 200), "/research/new?issue=") {
		t.Error("an evaluator is led to a form that is closed to them")
	}
	w.who = planner
	note := regexp.MustCompile(`value="(unnote:[^"]+)"`).FindStringSubmatch(w.page("GET", at, nil, 200))
	w.post(at+"/act", url.Values{"act": {note[1]}})
	w.post(at+"/act", url.Values{"act": {"close"}})
	w.everywhere(at, "/research", "/research?issue=labels", "/research?past=9999999999999999")
	off := w.plan(nil)
	w.post(off+"/act", url.Values{"act": {"cancel"}})
	w.everywhere(off)
	w.page("GET", off+"/notes", nil, 409)
}

// A member sees their part and the questions, and nobody else's name.
func TestOwnPart(t *testing.T) {
	w := newWorld(t)
	at := w.plan(nil)
	w.post(at+"/parts", url.Values{"act": {"add:" + w.thu}})
	w.post(at+"/parts", url.Values{"act": {"add:" + w.rosa}})
	w.post(at+"/parts", url.Values{"act": {"assign"}, "role_" + w.rosa: {"story"}, "role_" + w.thu: {"chair"}})
	w.who = access.Actor{Org: org, Person: w.rosa, Roles: []access.Role{access.Member}}
	w.everywhere("/me" + at)
	body := w.page("GET", "/me"+at, nil, 200)
	w.says(body, "Tells a story", "Who decides?", "We ask. We do not negotiate.")
	if strings.Contains(body, "Thu P") {
		t.Error("somebody else is named")
	}
	w.page("GET", "/me/research/11111111-1111-7111-8111-111111111112", nil, 404)
}

// Notes from a phone without a line arrive once, with a receipt.
func TestNotesFromTheOutbox(t *testing.T) {
	w := newWorld(t)
	at := w.plan(nil)
	send := func() string {
		form := url.Values{"_key": {"phone-1"}, "learned": {"Forty cents."}}
		req, err := http.NewRequest("POST", w.url+at+"/notes", strings.NewReader(form.Encode()))
		w.ok(err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Seedbed-Outbox", web.Device(w.who))
		res, err := w.jar.Do(req)
		w.ok(err)
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		w.ok(err)
		return string(b)
	}
	first, second := send(), send()
	if !strings.Contains(first, `"stored"`) || !strings.Contains(second, `"already"`) {
		t.Errorf("%s\n%s", first, second)
	}
	if list, err := w.s.Notes(context.Background(), ana, strings.TrimPrefix(at, "/research/")); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestOptionPages(t *testing.T) {
	w := newWorld(t)
	at := w.plan(nil)
	w.clock.Set(time.Date(2026, 11, 12, 15, 40, 0, 0, time.UTC))
	w.post(at+"/came", url.Values{"others": {"3"}})
	w.everywhere("/options", "/options/labels", "/options/labels/new", "/options/labels/print")
	w.page("GET", "/options/none", nil, 404)
	w.page("GET", "/options/none/new", nil, 404)
	w.says(w.page("POST", "/options/labels/new", url.Values{"cost": {"cheap"}, "for": {"Quick."}}, 422), "Quick.", "cheap", "#f-what", "#f-cost")
	way := strings.TrimSuffix(w.post("/options/labels/new", url.Values{"what": {"Print labels at the counter"}, "cost": {"0.40"}, "basis": {"for each label"}, "office": {"reyes"}, "for": {"Quick."}, "against": {"Legal fear."},
		"action": {strings.TrimPrefix(at, "/research/")}, "source": {"Price list"}, "link": {"vendor.example"}, "health": {"Fewer emergency visits."}}), "#helpers")
	other := strings.TrimSuffix(w.post("/options/labels/new", url.Values{"what": {"Stickers"}}), "#helpers")
	w.post(way+"/act", url.Values{"act": {"colleague"}, "account": {"dr-cole"}})
	w.page("POST", way+"/act", url.Values{"act": {"colleague"}}, 422)
	w.says(w.page("POST", way+"/act", url.Values{"act": {"help"}, "role": {"Pharmacist"}}, 422), "Pharmacist", "#f-organization")
	w.post(way+"/act", url.Values{"act": {"help"}, "role": {"Pharmacist"}, "organization": {"County Hospital"}})
	w.everywhere(way, "/options/labels", "/options/labels/print", "/options")
	body := w.page("GET", "/options/labels", nil, 200)
	w.says(body, "0.40 USD, for each label", "Elena Reyes", "Legal fear.", "Director of the hospital pharmacy", "https://vendor.example", "Pharmacist, County Hospital", "A health worker of our clinic", "Not known yet", "Stickers")
	if strings.Contains(body, "Amara") {
		t.Error("named without a yes")
	}
	named := regexp.MustCompile(`value="(named:[^"]+)"`).FindStringSubmatch(w.page("GET", way, nil, 200))
	w.post(way+"/act", url.Values{"act": {named[1]}})
	w.says(w.page("GET", "/options/labels", nil, 200), "Dr. Amara Cole")
	w.post(way+"/act", url.Values{"act": {"un" + named[1]}})
	if body := w.page("GET", "/options/labels/print", nil, 200); strings.Contains(body, "Amara") {
		t.Error("still named")
	}
	w.post(other+"/act", url.Values{"act": {"drop"}})
	w.says(w.page("GET", "/options/labels", nil, 200), "Laid aside")
	w.everywhere(other)
	w.post(other+"/act", url.Values{"act": {"take_up"}})
	w.page("POST", other, url.Values{"what": {"Stickers"}, "version": {"1"}}, 409)
	w.page("POST", other+"/act", url.Values{"act": {"dance"}}, 422)
}
