package sweep

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/trust/account"
)

// smuggled are the fields in which a form names something, and what. The last
// are fields no form has: they must mean nothing.
var smuggled = []struct{ field, kind string }{
	{"group", "group"}, {"group", "unlisted"}, {"g", "group"}, {"site", "site"}, {"account", "account"},
	{"owner", "account"}, {"institution", "institution"}, {"institutions", "institution"}, {"person", "person"}, {"with", "twin"}, {"listed", "person"}, {"done", "person"}, {"o_person", "person"}, {"knows", "institution"}, {"supervisor", "account"},
	{"id", "introduction"}, {"id", "recall"}, {"id", "duty"}, {"org_id", "org"},
}

var unheard = []string{"org", "clinic_id", "org_id", "owner", "person", "introduction", "share", "batch", "shown", "Org", "scope"}

// Another clinic's ids in a form do nothing, and the answer does not tell them
// from ids that never were.
func TestAnotherClinicsIDsInForms(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		may := oracle(t)
		before := w.dump(w.b.org)
		w.b.ids["org"] = w.b.org
		mismatches := 0
		for _, role := range visitors() {
			w.refresh(w.a)
			for _, r := range w.sys.Routes {
				if r.Method == http.MethodGet || !may(seenAs(role, r.Surface), r.Need) || seenAs(role, r.Surface) == access.Public && role != access.Public {
					continue
				}
				own := w.a.ids[thing(t, r.Pattern)]
				if own == "" {
					own = id.New(time.Now())
				}
				for _, in := range smuggled {
					v := w.visit(w.a, role)
					answer := func(value string) string {
						form := merged(filled(w.a), url.Values{in.field: {value}, "act": {"attempt"}, "_key": {id.New(time.Now())}})
						if in.field == "org_id" {
							for _, name := range unheard {
								form.Set(name, value)
							}
						}
						got := v.do(r.Method, address(r.Pattern, own), form)
						if got.Code == http.StatusUnauthorized { // the request before ended the session
							v = w.visit(w.a, role)
							got = v.do(r.Method, address(r.Pattern, own), form)
						}
						if got.Code >= 500 {
							t.Errorf("%s %s as %s with another %s as %s: %d", r.Method, r.Pattern, role, in.kind, in.field, got.Code)
						}
						return normal(got.Code, got.Header(), got.Body.String(), value)
					}
					// The first of the three may change something of our own; what another
					// clinic's id does is then compared with the third.
					first, x, third := answer(id.New(time.Now())), answer(w.b.ids[in.kind]), answer(id.New(time.Now()))
					if x != first && x != third {
						mismatches++
						t.Errorf("%s %s as %s: another clinic's %s as %s differs from one that never was: %s", r.Method, r.Pattern, role, in.kind, in.field, difference(x, third))
					}
				}
			}
		}
		delete(w.b.ids, "org")
		w.unchanged(before)
		w.strangers()
		t.Logf("%d requests, %d mismatches", w.sent, mismatches)
	})
}

// each runs on SQLite, and on PostgreSQL when there is one.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, newWorld(t, "")) })
	t.Run("postgres", func(t *testing.T) {
		fn(t, newWorld(t, dbtest.PostgresURL(t)))
	})
}

// Path variants and methods that no route names never open a protected page.
func TestOtherSpellingsOfAnAddress(t *testing.T) {
	w := newWorld(t, "")
	may := oracle(t)
	known := http.NewServeMux() // says which route a spelling reaches
	needs := map[string]access.Need{}
	for _, r := range w.sys.Routes {
		known.HandleFunc(r.Method+" "+r.Pattern, func(http.ResponseWriter, *http.Request) {})
		needs[r.Method+" "+r.Pattern] = r.Need
	}
	known.HandleFunc("GET /static/{version}/{path...}", func(http.ResponseWriter, *http.Request) {})
	opened := 0
	for _, role := range []access.Role{access.Public, access.Evaluator} {
		v := w.visit(w.a, role)
		for _, r := range w.sys.Routes {
			own := w.a.ids[thing(t, r.Pattern)]
			if own == "" {
				own = id.New(time.Now())
			}
			path := address(r.Pattern, own)
			if may(seenAs(role, r.Surface), r.Need) || path == "/" {
				continue
			}
			last := path[strings.LastIndex(path, "/")+1:]
			spellings := []string{path, path + "/", "/" + path, path + "//", "/." + path, "/x/.." + path, "/%2e" + path, "/x/%2e%2e" + path,
				strings.ToUpper(path), path + "%20", path + "%00", path + ";x=1", path + ".json", strings.ReplaceAll(path, last, fmt.Sprintf("%%%02x%s", last[0], last[1:])),
				strings.ReplaceAll(path[:1]+path[1:], "/", "%2f"), path + "?_method=GET", path + "#x", path + "/.", path + "/%2e", "//127.0.0.1" + path}
			for _, spelling := range spellings {
				for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "PROPFIND"} {
					u, err := url.Parse(base + spelling)
					if err != nil {
						continue
					}
					req := &http.Request{Method: method, URL: u, Host: "127.0.0.1", Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody}
					for _, header := range []string{"X-HTTP-Method-Override", "X-Original-URL", "X-Rewrite-URL"} {
						req.Header.Set(header, path)
					}
					_, reached := known.Handler(req)
					if n, ok := needs[reached]; ok && may(role, n) {
						continue // this spelling is the address of something open
					}
					got := v.send(req)
					if got.Code < 300 || got.Code >= 500 {
						opened++
						t.Errorf("%s %s (%s) as %s: %d", method, spelling, reached, role, got.Code)
					}
				}
			}
		}
	}
	t.Logf("%d requests, %d mismatches", w.sent, opened)
}

// A group that is not listed is there for the clinic's care team and for nobody else (AB-49).
func TestUnlistedGroups(t *testing.T) {
	w := newWorld(t, "")
	hidden := w.a.ids["unlisted"]
	for _, role := range visitors() {
		v := w.visit(w.a, role)
		for _, pattern := range []string{"/groups/{id}", "/groups/{id}/card", "/groups/{id}/qr.svg"} {
			x, unknown := v.do("GET", address(pattern, hidden), nil), id.New(time.Now())
			y := v.do("GET", address(pattern, unknown), nil)
			same := normal(x.Code, x.Header(), x.Body.String(), hidden) == normal(y.Code, y.Header(), y.Body.String(), unknown)
			switch role {
			case access.Clinician, access.Navigator, access.Organizer, access.Admin:
				if pattern == "/groups/{id}" && x.Code != 200 {
					t.Errorf("%s cannot see the card of an unlisted group: %d", role, x.Code)
				}
			default:
				if !same || x.Code == 200 {
					t.Errorf("%s learns from %s that an unlisted group is there: %d", role, pattern, x.Code)
				}
			}
		}
		for _, page := range []string{"/groups", "/groups?q=Quiet", "/map", "/", "/robots.txt"} {
			if body := v.do("GET", page, nil).Body.String(); strings.Contains(body, hidden) || strings.Contains(body, "Quiet Circle") {
				t.Errorf("%s finds an unlisted group on %s", role, page)
			}
		}
	}
	t.Logf("%d requests", w.sent)
}

// Nobody makes themselves, or anybody, more than they are (AB-10).
func TestNobodyPromotes(t *testing.T) {
	w := newWorld(t, "")
	roles := func(c *clinic, account string) string {
		list, err := w.sys.Accounts.ListAccounts(w.ctx, c.org)
		w.must(err)
		for _, a := range list {
			if a.ID == account {
				return fmt.Sprint(a.Roles)
			}
		}
		return "gone"
	}
	for _, role := range visitors() {
		for _, subject := range []string{w.a.accounts[role], w.a.ids["account"], w.a.accounts[access.Operator]} {
			if subject == "" {
				continue
			}
			for _, wish := range []access.Role{access.Admin, access.Operator, access.System, "root"} {
				was := roles(w.a, subject)
				got := w.visit(w.a, role).do("POST", "/accounts/"+subject+"/roles", url.Values{"role": {string(wish)}})
				if now := roles(w.a, subject); now != was {
					t.Errorf("%s made %s of %s: %d, %s", role, wish, was, got.Code, now)
				}
			}
		}
		if role == access.Admin {
			continue
		}
		got := w.visit(w.a, role).do("POST", "/accounts/invite", url.Values{"name": {"X"}, "email": {"x@somewhere.example"}, "role": {"admin"}, "language": {"en"}})
		if got.Code < 400 && got.Header().Get("Location") != "" && !strings.HasPrefix(got.Header().Get("Location"), "/sign-in") {
			t.Errorf("%s invites an administrator: %d %s", role, got.Code, got.Header().Get("Location"))
		}
	}
	for _, wish := range []string{"operator", "system", "root", "admin"} {
		got := w.visit(w.a, access.Admin).do("POST", "/accounts/invite", url.Values{"name": {"X"}, "email": {wish + "@somewhere.example"}, "role": {wish}, "language": {"en"}})
		if got.Code < 400 {
			t.Errorf("an administrator invites one as %s: %d", wish, got.Code)
		}
	}
}

// What a revocation, an ended account and an ended session close is closed on the next request (AB-08, AB-09).
func TestClosedOnTheNextRequest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(w.a)
		lupe := w.a.actor(access.Navigator)
		partner, link := w.visit(w.a, access.Partner), &visitor{w: w, role: access.Link, c: w.a, cookies: map[string]string{}}
		out, err := w.sys.Intros.LinkFor(w.ctx, lupe, b.ID)
		w.must(err)
		at, _ := url.Parse(out.URL)
		link.do("POST", at.Path, url.Values{"code": {out.Code}})
		person := &visitor{w: w, role: access.Participant, c: w.a, cookies: map[string]string{}}
		person.do("POST", "/me", url.Values{"code": {b.Code}})
		pages := map[*visitor]string{partner: "/shared/" + b.ID, link: "/r/open", person: "/me/info", w.visit(w.a, access.Navigator): "/handoffs/" + b.ID}
		for v, page := range pages {
			if got := v.do("GET", page, nil); got.Code != 200 || !strings.Contains(got.Body.String(), "Mateo") {
				t.Errorf("%s does not see %s while the consent lives: %d", v.role, page, got.Code)
			}
		}
		w.must(w.sys.Intros.Withdraw(w.ctx, lupe, introduction.WithdrawIn{ID: b.ID, How: string(introduction.ByPhone)}))
		for v, page := range pages {
			if got := v.do("GET", page, nil); strings.Contains(got.Body.String(), "Mateo") {
				t.Errorf("%s still reads the name on %s after the revocation: %d", v.role, page, got.Code)
			}
		}
		other, unknown := partner.do("GET", "/shared/"+b.ID, nil), id.New(time.Now())
		never := partner.do("GET", "/shared/"+unknown, nil)
		if normal(other.Code, other.Header(), other.Body.String(), b.ID) != normal(never.Code, never.Header(), never.Body.String(), unknown) {
			t.Errorf("a partner can tell a revoked introduction from one that never was: %d %d", other.Code, never.Code)
		}

		clinician, boss := w.visit(w.a, access.Clinician), w.a.actor(access.Admin)
		if got := clinician.do("GET", "/offer", nil); got.Code != 200 {
			t.Fatalf("offer: %d", got.Code)
		}
		w.must(w.sys.Accounts.Disable(w.ctx, boss, w.a.accounts[access.Clinician]))
		if got := clinician.do("GET", "/offer", nil); got.Code != http.StatusSeeOther {
			t.Errorf("a disabled account still opens pages: %d", got.Code)
		}
		w.must(w.sys.Accounts.Enable(w.ctx, boss, w.a.accounts[access.Clinician]))
		if got := clinician.do("GET", "/offer", nil); got.Code != http.StatusSeeOther {
			t.Errorf("a session from before the account was disabled lives again: %d", got.Code)
		}
		nav := w.visit(w.a, access.Navigator)
		w.must(w.sys.Accounts.SetRoles(w.ctx, boss, w.a.accounts[access.Navigator], []account.Role{{Role: access.Evaluator}}))
		if got := nav.do("GET", "/handoffs", nil); got.Code < 300 {
			t.Errorf("a role that was taken away still opens the queue: %d", got.Code)
		}
	})
}
