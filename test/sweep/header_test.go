package sweep

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

// No form is taken from another site's page (AB-60), and every answer says how
// browsers must treat it (AB-39, AB-50).
func TestForeignPagesAndHeaders(t *testing.T) {
	w := newWorld(t, "")
	before := w.dump(w.a.org)
	for _, role := range []access.Role{access.Admin, access.Navigator, access.Participant, access.Public} {
		v := w.visit(w.a, role)
		if role == access.Admin || role == access.Participant || role == access.Navigator {
			before = w.dump(w.a.org) // a session of one's own was made
		}
		for _, r := range w.sys.Routes {
			own := w.a.ids[thing(t, r.Pattern)]
			if own == "" {
				own = id.New(time.Now())
			}
			req, err := http.NewRequest(r.Method, base+address(r.Pattern, own), strings.NewReader(filled(w.a).Encode()))
			w.must(err)
			if r.Method != http.MethodGet {
				if r.Surface == web.API {
					continue // no cookies there, so nothing to forge
				}
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				req.Header.Set("Sec-Fetch-Site", "cross-site")
				req.Header.Set("Origin", "https://elsewhere.example")
			} else if strings.HasSuffix(r.Pattern, "/live") {
				continue
			}
			got := v.send(req)
			if r.Method != http.MethodGet && got.Code != http.StatusForbidden {
				t.Errorf("%s %s as %s takes a form from another site: %d", r.Method, r.Pattern, role, got.Code)
			}
			h := got.Header()
			csp := h.Get("Content-Security-Policy")
			for _, need := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
				if !strings.Contains(csp, need) {
					t.Errorf("%s %s: no %s in %q", r.Method, r.Pattern, need, csp)
				}
			}
			if strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s %s: %v", r.Method, r.Pattern, h)
			}
			if role != access.Public && got.Code == http.StatusOK && !strings.Contains(h.Get("Cache-Control"), "no-store") && r.Surface != web.API && r.Surface != web.Public {
				t.Errorf("%s %s as %s may be kept: %q", r.Method, r.Pattern, role, h.Get("Cache-Control"))
			}
		}
		if r := len(before) - len(w.dump(w.a.org)); r > 0 {
			t.Errorf("%d rows are gone after forms from another site", r)
		}
	}
	t.Logf("%d requests", w.sent)
}

// Looking never uses a link up; using it once does (AB-19, AB-34, AB-35).
func TestLinksThatWorkOnce(t *testing.T) {
	w := newWorld(t, "")
	b := w.begin(w.a)
	out, err := w.sys.Intros.LinkFor(w.ctx, w.a.actor(access.Navigator), b.ID)
	w.must(err)
	link, err := url.Parse(out.URL)
	w.must(err)
	invitation, _, err := w.sys.Accounts.Invite(w.ctx, access.Machine(w.a.org), account.Guest{Name: "Guest", Email: "once@cedar.example", Role: access.Navigator, Language: "en"})
	w.must(err)
	ticket, err := w.sys.Accounts.DemoTicket(w.ctx, w.a.org, access.Lead)
	w.must(err)
	fresh, err := w.sys.Groups.MakeLink(w.ctx, w.a.actor(access.Organizer), w.a.ids["group"])
	w.must(err)
	for _, l := range []struct {
		path string
		form url.Values
		once bool
	}{
		{link.Path, url.Values{"code": {out.Code}}, false},
		{"/invite/" + invitation, url.Values{"name": {"Guest"}, "email": {"once@cedar.example"}, "language": {"en"}}, false}, // until the enrolment is finished it may be begun again
		{"/ticket/" + ticket, nil, false},                                                                                    // of the demo, where a link may be opened again; a real installation honours none
		{"/g/" + fresh, url.Values{"reply": {"still_true"}}, true},
	} {
		stranger := &visitor{w: w, c: w.a, cookies: map[string]string{}}
		for _, method := range []string{"GET", "HEAD", "GET", "GET", "HEAD"} {
			got := stranger.do(method, l.path, nil)
			if got.Code != 200 {
				t.Errorf("%s %s: %d", method, l.path[:4], got.Code)
			}
			if strings.Contains(got.Body.String(), "Mateo") || strings.Contains(got.Body.String(), "555") && strings.HasPrefix(l.path, "/r/") {
				t.Errorf("%s shows somebody before its code", l.path[:4])
			}
			if len(stranger.cookies) > 0 {
				t.Errorf("%s gives a session to whoever looks: %v", l.path[:4], stranger.cookies)
			}
		}
		if got := stranger.do("POST", l.path, l.form); got.Code != http.StatusSeeOther && got.Code != 200 {
			t.Errorf("POST %s after looking: %d", l.path[:4], got.Code)
		}
		if again := (&visitor{w: w, c: w.a, cookies: map[string]string{}}); l.once {
			if got := again.do("POST", l.path, l.form); got.Code < 400 || len(again.cookies) > 0 {
				t.Errorf("%s works twice: %d", l.path[:4], got.Code)
			}
		}
	}
}
