package learningweb

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
	"seedbed/internal/organizing/learning"
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

var ana = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}

type world struct {
	*testing.T
	people *people.Service
	clock  *clock.Fake
	url    string
	who    access.Actor
	jar    *http.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, who: ana}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, consent.Schema, people.Schema, learning.Schema)
	v := vaulttest.New(t)
	w.clock = clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))
	log, ledger := audit.New(d, v, w.clock), consent.New(w.clock)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: job.New(d, job.Options{Clock: w.clock}), Clock: w.clock, Consent: ledger})
	s := learning.New(learning.Deps{DB: d, Audit: log, Clock: w.clock, People: w.people})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: w.clock, Log: slog.New(slog.DiscardHandler),
		Pages: map[string]fs.FS{"learning": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Public: auth, web.Staff: auth, web.Print: auth}})
	w.ok(err)
	mux.Handle(New(s, w.people, Options{Staff: func(context.Context, string, string) string { return "Ana Whitfield" }}).Routes()...)
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

func (w *world) do(method, path string, form url.Values) (int, string, string) {
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
	return res.StatusCode, string(b), res.Header.Get("Location")
}

func (w *world) page(method, path string, form url.Values, want int) string {
	w.Helper()
	status, body, _ := w.do(method, path, form)
	if status != want {
		w.Fatalf("%s %s: %d, want %d\n%s", method, path, status, want, body)
	}
	webtest.Page(w, body)
	return body
}

func (w *world) goes(path string, form url.Values) string {
	w.Helper()
	status, body, to := w.do("POST", path, form)
	if status != 303 {
		w.Fatalf("POST %s: %d\n%s", path, status, body)
	}
	return to
}

func (w *world) join(name string) string {
	w.Helper()
	j, err := w.people.Join(context.Background(), ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}},
		Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	return j.ID
}

var option = regexp.MustCompile(`<option value="([0-9a-f-]{36})"`)

// From a curriculum to a signature, and then every page in every language, as an
// organizer, a leader and a clinician.
func TestPages(t *testing.T) {
	w := newWorld(t)
	thu, rosa := w.join("Thu Pham"), w.join("Rosa Díaz")

	if body := w.page("POST", "/learn/curricula/new", url.Values{"purpose": {"To begin."}, "lang": {"en"}, "add": {"story"}}, 422); !strings.Contains(body, "To begin.") || !strings.Contains(body, `value="story" checked`) || !strings.Contains(body, "#f-title") {
		t.Error("what was typed is gone, or the mistake is not linked")
	}
	at := w.goes("/learn/curricula/new", url.Values{"title": {"Fundamentals"}, "purpose": {"To begin."}, "lang": {"en"}, "add": {"story", "one_to_one"}})
	if body := w.page("POST", at+"/sessions/2/edit", url.Values{"title": {"Ours"}, "purpose": {"To try."}, "plan": {"ten | Welcome"}, "edition": {"1"}}, 422); !strings.Contains(body, "ten | Welcome") {
		t.Error("the plan that was typed is gone")
	}
	w.goes(at+"/sessions/2/edit", url.Values{"title": {"Ours"}, "purpose": {"To try."}, "plan": {"10 | Welcome"}, "skills": {"chair"}, "edition": {"1"}})
	w.page("POST", at+"/state", url.Values{"to": {"published"}, "edition": {"1"}}, 409)
	w.goes(at+"/state", url.Values{"to": {"published"}, "edition": {"2"}})
	w.page("GET", at+"/sessions/9", nil, 404)
	curriculum := strings.TrimPrefix(at, "/learn/curricula/")

	plan := url.Values{"curriculum": {curriculum}, "date": {"2026-11-01"}, "time": {"18:00"}, "minutes": {"120"}, "place": {"hall"}, "lang": {"vi"}}
	w.page("POST", "/learn/trainings/new", url.Values{"curriculum": {curriculum}, "date": {"never"}, "minutes": {"1"}, "place": {"hall"}, "lang": {"vi"}}, 422)
	held := w.goes("/learn/trainings/new", plan)
	plan.Set("date", "2026-11-20")
	coming := w.goes("/learn/trainings/new", plan)
	if body := w.page("GET", held+"?q=ro", nil, 200); !strings.Contains(body, "Rosa") {
		t.Error("nobody is found")
	}
	w.page("GET", held+"?q=zz", nil, 200)
	for _, p := range []string{thu, rosa} {
		w.goes(held+"/list", url.Values{"act": {"add"}, "person": {p}})
	}
	w.goes(coming+"/list", url.Values{"act": {"trainer"}, "person": {thu}})
	w.goes(coming+"/list", url.Values{"act": {"add"}, "person": {rosa}})
	w.goes(coming+"/list", url.Values{"act": {"remove"}, "person": {rosa}})
	w.page("POST", held+"/list", url.Values{"act": {"add"}, "person": {"nobody"}}, 422)
	w.page("POST", held+"/held", url.Values{"present": {thu}, "others": {"many"}}, 422)
	w.goes(held+"/held", url.Values{"present": {thu, rosa}, "others": {"2"}})
	w.page("POST", coming+"/held", url.Values{"present": {thu}}, 409)

	if body := w.page("GET", "/learn", nil, 200); !strings.Contains(body, "/learn/people/"+thu) {
		t.Error("nobody waits for a signature")
	}
	body := w.page("GET", "/learn/people/"+thu, nil, 200)
	seen := option.FindStringSubmatch(body)
	if seen == nil {
		t.Fatal("there is nowhere where it can have been seen")
	}
	w.page("POST", "/learn/people/"+thu+"/sign", url.Values{"skill": {"story"}, "encounter": {seen[1]}}, 422)
	w.goes("/learn/people/"+thu+"/sign", url.Values{"skill": {"story"}, "encounter": {seen[1]}, "saw": {"yes"}})
	w.page("POST", "/learn/people/"+thu+"/sign", url.Values{"skill": {"story"}, "encounter": {seen[1]}, "saw": {"yes"}}, 409)

	leader := access.Actor{Account: "lead", Org: org, Person: thu, Roles: []access.Role{access.Leader}}
	clinician := access.Actor{Account: "cole", Org: org, Roles: []access.Role{access.Clinician}}
	everywhere := []string{"/learn", "/learn/outlines/story", "/learn/outlines/issue_cut/paper", at, at + "/sessions/0", at + "/sessions/2/paper"}
	taught := []string{held, coming, held + "/sessions/1", held + "/sessions/0/paper", "/learn/people/" + thu}
	own := []string{"/learn/curricula/new", at + "/edit", at + "/sessions/0/edit", at + "/sessions/3/edit", "/learn/trainings/new?curriculum=" + curriculum, "/learn/people/" + rosa}
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		for who, paths := range map[*access.Actor][]string{&ana: append(append(everywhere, taught...), own...), &leader: append(everywhere, taught...), &clinician: everywhere} {
			w.who = *who
			for _, p := range paths {
				sep := "?"
				if strings.Contains(p, "?") {
					sep = "&"
				}
				w.page("GET", p+sep+"lang="+lang, nil, 200)
			}
		}
	}
	w.who = leader
	if body := w.page("GET", "/learn?lang=en", nil, 200); !strings.Contains(body, "Next: Contributor") || !strings.Contains(body, "Ana Whitfield") {
		t.Error("the leader's own path is not on Learn")
	}
	if body := w.page("GET", held+"?lang=en", nil, 200); strings.Contains(body, "Rosa") {
		t.Error("a leader sees the name of somebody they have not met")
	}
	w.page("GET", "/learn/people/"+rosa, nil, 404)
	w.page("GET", "/learn/curricula/new", nil, 403)

	w.who = ana
	body = w.page("GET", "/learn/people/"+thu, nil, 200)
	signed := regexp.MustCompile(`name="signed" value="([^"]+)"`).FindStringSubmatch(body)
	if signed == nil {
		t.Fatal("the signature cannot be taken back")
	}
	w.goes("/learn/people/"+thu+"/takeback", url.Values{"signed": {signed[1]}})
	w.goes(coming+"/cancel", url.Values{})
	w.page("GET", coming, nil, 200)
	w.goes(at+"/state", url.Values{"to": {"retired"}})
	w.page("GET", at, nil, 200)
	w.goes(at+"/state", url.Values{"to": {"reopened"}})
}
