package sweep

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
)

// Inside one clinic too, what is somebody else's is as if it were not there:
// another group's introduction, another clinician's, another person's, another
// colleague's session.
func TestSomebodyElsesInTheSameClinic(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		lupe := w.a.actor(access.Navigator)
		ray := access.Actor{Org: w.a.org, Account: w.account(w.a, access.Clinician, "ray@cedar.example", ""), Roles: []access.Role{access.Clinician}}
		theirs := w.beginBy(w.a, ray, w.a.ids["other group"])
		gone := w.beginBy(w.a, ray, w.a.ids["other group"])
		w.must(w.sys.Intros.Withdraw(w.ctx, lupe, introduction.WithdrawIn{ID: gone.ID, How: string(introduction.ByPhone)}))
		recalls, err := w.sys.Intros.Recalls(w.ctx, lupe)
		w.must(err)
		at := slices.IndexFunc(recalls, func(r introduction.Recall) bool { return r.Group == w.a.ids["other group"] })
		if at < 0 {
			t.Fatal("no recall to the other group")
		}
		w.visit(w.a, access.Admin)
		sessions, err := w.sys.Accounts.Sessions(w.ctx, w.a.actor(access.Admin))
		w.must(err)

		rows := func() (list []string) {
			for _, line := range w.dump(w.a.org) {
				if strings.Contains(line, theirs.ID) || strings.Contains(line, recalls[at].ID) || strings.Contains(line, w.a.ids["other group"]) || strings.Contains(line, sessions[0].ID) {
					if !strings.HasPrefix(line, "audit_event ") {
						list = append(list, line)
					}
				}
			}
			return list
		}
		before, probes := rows(), 0
		probe := func(role access.Role, method, pattern, theirs string, form url.Values, field string) {
			t.Helper()
			who := w.visit(w.a, role)
			ask := func(v string) (string, int) {
				f, path := merged(form), address(pattern, v)
				if field != "" {
					f.Set(field, v)
				}
				if method == "GET" {
					f = nil
				}
				got := who.do(method, path, f)
				return normal(got.Code, got.Header(), got.Body.String(), v), got.Code
			}
			probes++
			unknown := id.New(time.Now())
			x, code := ask(theirs)
			y, _ := ask(unknown)
			if x != y {
				t.Errorf("%s %s as %s %v: somebody else's differs from one that never was: %s", method, pattern, role, form, difference(x, y))
			}
			if code < 300 && !blank[pattern] || code >= 500 {
				t.Errorf("%s %s as %s %v: %d for somebody else's", method, pattern, role, form, code)
			}
		}
		for _, act := range choices("/shared/{id}") {
			for _, form := range []url.Values{act, merged(filled(w.a), act)} {
				probe(access.Partner, "POST", "/shared/{id}", theirs.ID, form, "")
				probe(access.Partner, "POST", "/handoffs/{id}", theirs.ID, form, "")
				probe(access.Link, "POST", "/r/open", theirs.ID, form, "id")
			}
		}
		for _, act := range choices("/handoffs/{id}") {
			for _, form := range []url.Values{act, merged(filled(w.a), act)} {
				probe(access.Clinician, "POST", "/handoffs/{id}", theirs.ID, form, "")
			}
		}
		for _, act := range choices("/directory/{id}/move") {
			probe(access.Partner, "POST", "/directory/{id}/move", w.a.ids["other group"], act, "")
		}
		probe(access.Partner, "POST", "/directory/{id}/welcoming", w.a.ids["other group"], filled(w.a), "")
		probe(access.Partner, "GET", "/directory/{id}", w.a.ids["other group"], nil, "")
		probe(access.Partner, "GET", "/shared/{id}", theirs.ID, nil, "")
		probe(access.Partner, "GET", "/handoffs/{id}", theirs.ID, nil, "")
		probe(access.Partner, "POST", "/shared/recalls/{id}", recalls[at].ID, url.Values{}, "")
		probe(access.Clinician, "GET", "/handoffs/{id}", theirs.ID, nil, "")
		probe(access.Clinician, "POST", "/offer/handoff", theirs.ID, filled(w.a), "id")
		for _, role := range access.StaffRoles() {
			if role != access.Admin {
				probe(role, "POST", "/account/sessions/{id}/end", sessions[0].ID, url.Values{}, "")
			}
		}
		for _, line := range rows() {
			if !slices.Contains(before, line) {
				t.Errorf("somebody else's changed: %s", short(line))
			}
		}
		t.Logf("%d probes, %d requests", probes, w.sent)
	})
}

// An open stream ends within seconds when the account behind it is disabled (AB-09).
func TestStreamOfADisabledAccount(t *testing.T) {
	w := newWorld(t, "")
	v := w.visit(w.a, access.Navigator)
	ctx, cancel := context.WithTimeout(w.ctx, 15*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", base+"/handoffs/live", nil)
	w.must(err)
	req.RemoteAddr = "127.0.0.1:4000"
	for name, value := range v.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	done := make(chan time.Time, 1)
	go func() {
		w.sys.Handler.ServeHTTP(httptest.NewRecorder(), req)
		done <- time.Now()
	}()
	select {
	case <-done:
		t.Fatal("the stream does not stay open")
	case <-time.After(2500 * time.Millisecond):
	}
	from := time.Now()
	w.must(w.sys.Accounts.Disable(w.ctx, w.a.actor(access.Admin), w.a.accounts[access.Navigator]))
	if took := (<-done).Sub(from); took > 5*time.Second {
		t.Errorf("the stream of a disabled account lives on for %v", took)
	}
}
