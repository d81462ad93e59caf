package meetingweb

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
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/team"
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

const org = "11111111-1111-7111-8111-111111111111"

var (
	ana        = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}
	languages4 = []string{"en", "es", "vi", "ar"}
)

type world struct {
	*testing.T
	s         *meeting.Service
	clock     *clock.Fake
	url       string
	who       access.Actor
	jar       *http.Client
	team      string
	thu, rosa string
	church    string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{T: t, who: ana, clock: clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, team.Schema, meeting.Schema)
	v, c := vaulttest.New(t), w.clock
	log, ledger := audit.New(d, v, c), consent.New(c)
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	jobs := job.New(d, job.Options{Clock: c})
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: c, Vault: v, Audit: log, Catalog: catalog})
	w.ok(err)
	p := people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: c, Consent: ledger, Notices: notices})
	teams := team.New(team.Deps{DB: d, Vault: v, Audit: log, Clock: c, Consent: ledger, People: p})
	w.s = meeting.New(meeting.Deps{DB: d, Vault: v, Audit: log, Clock: c, Consent: ledger, People: p, Teams: teams})
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	anybody := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(org), nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: c, Log: slog.New(slog.DiscardHandler), Stored: idem.Lookup(d),
		Pages: map[string]fs.FS{"meeting": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Print: auth, web.Public: auth, web.Link: anybody, web.API: anybody}})
	w.ok(err)
	mux.Handle(New(w.s, teams, p, Options{
		Decisions: func(*web.Request, string) ([]Link, error) { return []Link{{"/decisions/1", "Which day?"}}, nil },
		Decide:    func(ref string) string { return "/decisions/new?ref=" + ref },
	}).Routes()...)
	h, err := mux.Handler()
	w.ok(err)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w.url = srv.URL
	w.jar = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w.team, err = teams.Create(ctx, ana, team.Team{Kind: team.Core, Name: "Foster Row core team", Purpose: "To be heard."}, "")
	w.ok(err)
	for _, x := range []struct {
		name string
		id   *string
	}{{"Thu Pham", &w.thu}, {"Rosa Díaz", &w.rosa}} {
		j, err := p.Join(ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: x.name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
		w.ok(err)
		*x.id = j.ID
		w.ok(teams.Add(ctx, ana, team.MemberIn{Team: w.team, Person: j.ID, MayChair: true}))
	}
	w.church, err = p.SaveInstitution(ctx, ana, people.Institution{Name: "St. Brigid", Kind: "congregation"}, "")
	w.ok(err)
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

func (w *world) plan(more url.Values) string {
	w.Helper()
	form := url.Values{"team": {w.team}, "template": {"core"}, "date": {"2026-11-03"}, "time": {"18:00"}, "minutes": {"90"}, "title": {"Interpreters"}, "place": {"hall"}, "where": {"Church hall"},
		"lang": {"en"}, "chair": {w.thu}, "round": {"Hope?"}, "agenda": {"10 Welcome and round | Thu\n20 Report-back\n60 Decide"}}
	for k, v := range more {
		form[k] = v
	}
	return w.post("/meetings/new", form)
}

// A meeting from the plan to the evaluation, in every language at every step.
func TestPages(t *testing.T) {
	w := newWorld(t)
	w.everywhere("/meetings", "/meetings/new", "/meetings/new?template=research", "/meetings/new?team="+w.team, "/feeds")
	if body := w.page("GET", "/meetings/new?team="+w.team+"&lang=es", nil, 200); !strings.Contains(body, "10 Bienvenida y ronda | quien dirige") {
		t.Error("the agenda is not in the reader's words")
	}
	bad := url.Values{"team": {w.team}, "template": {"core"}, "minutes": {"90"}, "lang": {"en"}, "agenda": {"Welcome without minutes"}}
	if body := w.page("POST", "/meetings/new", bad, 422); !strings.Contains(body, "Welcome without minutes") || !strings.Contains(body, "#f-agenda") || !strings.Contains(body, "#f-date") {
		t.Error("what was typed is gone, or the mistakes are not linked")
	}
	at := w.plan(nil)
	w.everywhere(at, at+"/edit", at+"/run", at+"/door", at+"/answers", at+"/sheet", at+"/minutes", at+"/evaluate", "/meetings?team="+w.team)
	w.post(at+"/edit", url.Values{"version": {"1"}, "template": {"core"}, "date": {"2026-11-03"}, "time": {"17:00"}, "minutes": {"90"}, "lang": {"en"}, "title": {"Interpreters"}, "chair": {w.thu}, "timekeeper": {w.rosa}, "agenda": {"10 Welcome and round | Thu\n20 Report-back\n60 Decide"}})
	w.page("POST", at+"/edit", url.Values{"version": {"1"}, "template": {"core"}, "date": {"2026-11-03"}, "time": {"17:00"}, "minutes": {"90"}, "lang": {"en"}}, 409)
	w.page("POST", at+"/act", url.Values{"act": {"hold"}}, 409)
	w.page("POST", at+"/act", url.Values{"act": {"dance"}}, 422)

	w.clock.Set(time.Date(2026, 11, 3, 17, 0, 0, 0, time.UTC))
	w.post(at+"/door", url.Values{"act": {"arrive"}, "person": {w.thu}})
	w.post(at+"/door", url.Values{"act": {"count"}, "institution": {w.church}, "n": {"2"}})
	w.page("POST", at+"/door", url.Values{"act": {"count"}, "n": {"none"}}, 422)
	w.page("POST", at+"/door", url.Values{"act": {"arrive"}, "person": {"nobody"}}, 422)
	w.page("GET", at+"/door?q=ro", nil, 200)
	w.post(at+"/run", url.Values{"act": {"begin"}, "item": {"0"}})
	w.clock.Advance(13 * time.Minute)
	if body := w.page("GET", at+"/run", nil, 200); !strings.Contains(body, `data-started="2026-11-03T17:00:00Z"`) {
		t.Error("the clock has nothing to count from")
	}
	w.post(at+"/run", url.Values{"act": {"begin"}, "item": {"1"}})
	w.post(at+"/run", url.Values{"act": {"note"}, "item": {"1"}, "notes_1": {"Seven people waited."}})
	w.post(at+"/run", url.Values{"act": {"decide"}, "what": {"We ask for a list."}, "method": {"consent"}, "dissent": {"One would wait."}})
	w.page("POST", at+"/run", url.Values{"act": {"decide"}, "what": {""}, "method": {"consent"}}, 422)
	w.post(at+"/run", url.Values{"act": {"promise"}, "who": {w.thu}, "promise": {"Calls the hall"}, "due": {"2026-11-10"}})
	if body := w.page("POST", at+"/run", url.Values{"act": {"promise"}, "who": {w.thu}, "promise": {""}, "due": {"2026-11-10"}}, 422); !strings.Contains(body, "#f-promise") {
		t.Error("the mistake is not at its field")
	}
	body := w.page("GET", at+"/run", nil, 200)
	commitment := regexp.MustCompile(`name="commitment" value="([^"]+)"`).FindStringSubmatch(body)
	if commitment == nil {
		t.Fatal("the commitment is not on the page")
	}
	w.post(at+"/run", url.Values{"act": {"settle"}, "commitment": {commitment[1]}, "how": {"renegotiated"}, "due": {"2026-11-20"}})
	w.everywhere(at+"/run", at+"/door", at)
	w.post(at+"/act", url.Values{"act": {"hold"}})
	w.everywhere(at, at+"/run", at+"/door", at+"/evaluate", at+"/minutes")
	w.page("POST", at+"/evaluate", url.Values{"feelings": {""}}, 422)
	w.post(at+"/evaluate", url.Values{"feelings": {"hopeful, tired, hopeful"}, "worked": {"On time."}, "change": {"More chairs."}})
	w.everywhere(at, at+"/minutes", "/meetings")
	body = w.page("GET", at+"/minutes?lang=en", nil, 200)
	for _, want := range []string{"Thu Pham", "and 2 people more", "Seven people waited.", "We ask for a list.", "One would wait.", "Calls the hall", "hopeful</bdi> ×2", "13 minutes"} {
		if !strings.Contains(body, want) {
			t.Errorf("the minutes do not say %q", want)
		}
	}
	for _, page := range []string{"/run", "/door", "/evaluate", "/edit", "/sheet"} {
		w.page("GET", at+page, nil, 409)
	}
	off := w.plan(url.Values{"date": {"2026-12-01"}})
	w.post(off+"/act", url.Values{"act": {"cancel"}})
	w.everywhere(off)
	house := w.plan(url.Values{"team": {""}, "template": {"house"}, "chair": {""}, "nameless": {"yes"}, "date": {"2026-12-02"}})
	w.everywhere(house, house+"/door", house+"/run", house+"/edit")
}

// Somebody without an account answers on a phone, and shows a code at the door.
func TestAnsweringWithoutAnAccount(t *testing.T) {
	w := newWorld(t)
	at := w.plan(nil)
	page := w.page("GET", at, nil, 200)
	link := regexp.MustCompile(`/m/([A-Za-z0-9_-]{43})`).FindString(page)
	code := regexp.MustCompile(`<span class="code" dir="ltr">(\d{6})</span>`).FindStringSubmatch(page)
	if link == "" || code == nil {
		t.Fatal("no link or code for the host")
	}
	w.everywhere(link)
	knock := w.page("GET", link, nil, 200)
	for _, secret := range []string{"Interpreters", "Church", "Foster", "18:00", "Cedar"} {
		if strings.Contains(knock, secret) {
			t.Errorf("the page says %s before the code", secret)
		}
	}
	w.page("POST", link, url.Values{"code": {"12"}}, 422)
	for _, lang := range languages4 {
		inside := w.page("POST", link+"?lang="+lang, url.Values{"code": {code[1]}}, 200)
		if strings.Contains(inside, "Interpreters") || !strings.Contains(inside, "Church hall") {
			t.Error("the topic is on the page, or the place is not")
		}
	}
	w.page("POST", link+"/answer", url.Values{"code": {code[1]}, "coming": {""}}, 422)
	w.page("POST", link+"/answer", url.Values{"code": {"1"}, "coming": {"yes"}}, 422)
	done := w.page("POST", link+"/answer", url.Values{"code": {code[1]}, "coming": {"yes"}, "children": {"2"}, "transport": {"yes"}, "interpreter": {"vi"}, "needs": {"step_free"}, "phone": {"503 555 0144"}}, 200)
	receipt := regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}`).FindString(done)
	if receipt == "" {
		t.Fatal("no code for the door")
	}
	w.everywhere(at + "/answers")
	if body := w.page("GET", at+"/answers?lang=en", nil, 200); !strings.Contains(body, "Interpreter: Vietnamese") || strings.Contains(body, "5550144") {
		t.Error("the host does not see the needs, or sees the number")
	}
	w.post(at+"/door", url.Values{"act": {"receipt"}, "receipt": {strings.ToLower(receipt)}})
	w.page("POST", at+"/door", url.Values{"act": {"receipt"}, "receipt": {"ZZZZ-ZZZZ"}}, 422)
	w.post(at+"/answers", url.Values{"coming": {"maybe"}, "person": {w.thu}, "food": {"no_meat"}})
	w.page("POST", at+"/answers", url.Values{"coming": {"perhaps"}}, 422)
	w.post(at+"/act", url.Values{"act": {"relink"}})
	for _, lang := range languages4 {
		w.page("GET", link+"?lang="+lang, nil, 410)
	}
}

func TestCalendarAddress(t *testing.T) {
	w := newWorld(t)
	w.plan(nil)
	body := w.page("POST", "/feeds", url.Values{"team": {w.team}}, 200)
	address := regexp.MustCompile(`/cal/[A-Za-z0-9_-]{43}\.ics`).FindString(body)
	status, file, h := w.do("GET", address, nil)
	if status != 200 || h.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.Contains(file, "SUMMARY:Meeting") || strings.Contains(file, "Interpreters") {
		t.Errorf("%d %v\n%s", status, h, file)
	}
	w.page("POST", "/feeds", url.Values{"team": {w.thu}}, 422)
	w.everywhere("/feeds")
	end := regexp.MustCompile(`/feeds/[0-9a-f-]{36}/end`).FindString(w.page("GET", "/feeds", nil, 200))
	w.post(end, url.Values{})
	if status, _, _ := w.do("GET", address, nil); status != 404 {
		t.Errorf("an address that was ended: %d", status)
	}
}

// A press at the door from a phone without a line arrives once, with a receipt.
func TestDoorFromTheOutbox(t *testing.T) {
	w := newWorld(t)
	at := w.plan(nil)
	send := func() string {
		form := url.Values{"_key": {"phone-1"}, "act": {"arrive"}, "person": {w.thu}}
		req, err := http.NewRequest("POST", w.url+at+"/door", strings.NewReader(form.Encode()))
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
	if d, err := w.s.Door(context.Background(), ana, strings.TrimPrefix(at, "/meetings/")); err != nil || d.Total != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}
