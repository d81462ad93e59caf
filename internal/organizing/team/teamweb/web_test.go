package teamweb

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/team"
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
	s      *team.Service
	people *people.Service
	url    string
	who    access.Actor
	jar    *http.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, who: ana}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, consent.Schema, people.Schema, team.Schema)
	v, c := vaulttest.New(t), clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))
	log, ledger := audit.New(d, v, c), consent.New(c)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: job.New(d, job.Options{Clock: c}), Clock: c, Consent: ledger})
	w.s = team.New(team.Deps{DB: d, Vault: v, Audit: log, Clock: c, Consent: ledger, People: w.people})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: c, Log: slog.New(slog.DiscardHandler),
		Pages: map[string]fs.FS{"team": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Public: auth, web.Staff: auth, web.Member: auth}})
	w.ok(err)
	mux.Handle(New(w.s, w.people, Options{
		Meetings: func(r *web.Request, team string) ([]Link, error) {
			return []Link{{URL: "/meetings/1", Label: "Tuesday", Text: "18:00", Kind: "wait", State: "Planned"}}, nil
		},
		Campaign: func(context.Context, access.Actor, string) *Link {
			return &Link{URL: "/campaigns/1", Label: "Interpreters"}
		},
	}).Routes()...)
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
		w.Fatalf("%s %s: %d\n%s", method, path, status, body)
	}
	webtest.Page(w, body)
	return body
}

func (w *world) join(name string) string {
	w.Helper()
	j, err := w.people.Join(context.Background(), ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}},
		Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	return j.ID
}

var form = url.Values{"kind": {"core"}, "name": {"Foster Row core team"}, "purpose": {"To be heard."}, "agreements": {"One speaks.\nWe end on time."},
	"every": {"biweekly"}, "weekday": {"2"}, "start": {"18:00"}, "end": {"19:30"}, "from": {"2026-11-03"}, "nth": {"1"}}

// A team from the form to a member's card, then every page in every language.
func TestPages(t *testing.T) {
	w := newWorld(t)
	wrong := url.Values{}
	for k, v := range form {
		wrong[k] = v
	}
	wrong.Set("from", "2026-11-04")
	if body := w.page("POST", "/teams/new", wrong, 422); !strings.Contains(body, "2026-11-04") || !strings.Contains(body, "#f-from") {
		t.Error("what was typed is gone, or the mistake is not linked")
	}
	status, _, to := w.do("POST", "/teams/new", form)
	if status != 303 || !strings.HasSuffix(to, "/members") {
		t.Fatal(status, to)
	}
	at := strings.TrimSuffix(to, "/members")

	thu, rosa := w.join("Thu Pham"), w.join("Rosa Díaz")
	for _, p := range []string{thu, rosa} {
		if status, body, _ := w.do("POST", at+"/members", url.Values{"act": {"add"}, "person": {p}}); status != 303 {
			t.Fatal(status, body)
		}
	}
	if body := w.page("GET", at+"/members?q=ro", nil, 200); strings.Count(body, "Rosa") == 0 || strings.Contains(body, `value="add"`) {
		t.Error("who is in the team is offered again, or not listed")
	}
	if status, _, _ := w.do("POST", at+"/members", url.Values{"act": {"term"}, "person": {rosa}, "role": {"scribe"}, "until": {"2026-11-20"}, "may_chair": {"yes"}}); status != 303 {
		t.Error(status)
	}
	w.page("POST", at+"/members", url.Values{"act": {"term"}, "person": {rosa}, "until": {"2020-01-01"}}, 422)
	if status, _, _ := w.do("POST", at+"/state", url.Values{"to": {"active"}}); status != 303 {
		t.Error(status)
	}
	w.page("POST", at+"/state", url.Values{"to": {"forming"}}, 409)
	ended, err := w.s.Create(context.Background(), ana, team.Team{Kind: team.Research, Name: "Bus stop team", Campaign: "c1"}, "")
	w.ok(err)
	w.ok(w.s.Move(context.Background(), ana, ended, team.Closed, ""))

	member := access.Actor{Account: "acc", Org: org, Person: thu, Roles: []access.Role{access.Leader}}
	for _, who := range []access.Actor{ana, member} {
		w.who = who
		for _, lang := range []string{"en", "es", "vi", "ar"} {
			for _, path := range []string{"/teams", at, at + "/edit", at + "/members", at + "/members?q=zzz"} {
				w.page("GET", path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"lang="+lang, nil, 200)
			}
		}
	}
	w.who = ana
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		w.page("GET", "/teams/new?lang="+lang, nil, 200)
		w.page("GET", "/teams/"+ended+"?lang="+lang, nil, 200)
	}
	w.page("POST", at+"/card", url.Values{"shown": {"X"}}, 403) // an organizer has no card here
	w.who = member
	w.page("POST", at+"/card", url.Values{"shown": {"T."}, "reachable": {"yes"}}, 422)
	if body := w.page("POST", at+"/card", url.Values{"shown": {"Thu undocumented"}, "email": {"thu@somewhere.example"}}, 422); !strings.Contains(body, "<mark>undocumented</mark>") || !strings.Contains(body, "thu@somewhere.example") {
		t.Error("a telling name on a card is not marked, or what was typed is lost")
	}
	if status, _, _ := w.do("POST", at+"/card", url.Values{"shown": {"T."}, "reachable": {"yes"}, "phone": {"503 555 0121"}}); status != 303 {
		t.Error(status)
	}
	if body := w.page("GET", at+"?lang=en", nil, 200); !strings.Contains(body, "T.") || !strings.Contains(body, "15035550121") {
		t.Error("the card does not show to its owner")
	}
	for path, want := range map[string]int{"/teams/" + ended: 404, "/teams/new": 403, "/teams/" + thu: 404} {
		if status, _, _ := w.do("GET", path, nil); status != want {
			t.Errorf("%s as a member of another team: %d", path, status)
		}
	}

}

// AB-18: nothing that reaches a member's screen holds a way of contact that was not agreed.
func TestNoContactLeaves(t *testing.T) {
	w := newWorld(t)
	_, _, to := w.do("POST", "/teams/new", form)
	at := strings.TrimSuffix(to, "/members")
	thu, rosa := w.join("Thu Pham"), w.join("Rosa Díaz")
	for _, p := range []string{thu, rosa} {
		w.do("POST", at+"/members", url.Values{"act": {"add"}, "person": {p}})
	}
	w.who = access.Actor{Account: "a", Org: org, Person: thu, Roles: []access.Role{access.Leader}}
	w.do("POST", at+"/card", url.Values{"shown": {"T."}, "reachable": {"yes"}, "phone": {"503 555 0199"}, "email": {"thu@somewhere.example"}})
	w.who = access.Actor{Account: "b", Org: org, Person: rosa, Roles: []access.Role{access.Leader}}
	for _, path := range []string{"/teams", at, at + "/members", at + "/edit"} {
		body := w.page("GET", path, nil, 200)
		for _, secret := range []string{"5550199", "5550121", "somewhere.example", "Thu Pham"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s shows %s", path, secret)
			}
		}
	}
}
