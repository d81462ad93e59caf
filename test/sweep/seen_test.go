package sweep

import (
	"net/http"
	"strings"
	"testing"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

// A probe that has never failed proves nothing: each hole is put in front of the
// real server in turn, and the sweep must see it.
func TestTheSweepSees(t *testing.T) {
	w := newWorld(t, "")
	honest := w.sys.Handler
	cookies := func(c *clinic, role access.Role) func(*http.Request) {
		v := w.visit(c, role)
		return func(r *http.Request) {
			r.Header.Del("Cookie")
			for name, value := range v.cookies {
				r.AddCookie(&http.Cookie{Name: name, Value: value})
			}
		}
	}
	asNavigator, asNeighbor := cookies(w.a, access.Navigator), cookies(w.b, access.Navigator)
	about := func(prefix string) (routes []web.Route) {
		for _, r := range w.sys.Routes {
			if strings.HasPrefix(r.Pattern, prefix) {
				routes = append(routes, r)
			}
		}
		return routes
	}
	answer := func(w http.ResponseWriter, status int) { w.WriteHeader(status) }
	holes := []struct {
		name   string
		prefix string
		role   access.Role
		hole   func(rw http.ResponseWriter, r *http.Request) bool // true: answered
	}{
		{"a page opens for a role it is closed to", "/handoffs", access.Evaluator, func(rw http.ResponseWriter, r *http.Request) bool {
			if r.Method == "GET" && r.URL.Path == "/handoffs" {
				asNavigator(r)
			}
			return false
		}},
		{"a form is taken from the public", "/sites", access.Public, func(rw http.ResponseWriter, r *http.Request) bool {
			if r.Method == "POST" && r.URL.Path == "/sites" {
				answer(rw, 200)
				return true
			}
			return false
		}},
		{"another clinic's thing opens", "/handoffs", access.Navigator, func(rw http.ResponseWriter, r *http.Request) bool {
			if r.Method == "GET" && r.URL.Path == "/handoffs/"+w.b.ids["introduction"] {
				asNeighbor(r)
			}
			return false
		}},
		{"another clinic's thing is refused, not unknown", "/messages", access.Organizer, func(rw http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, w.b.ids["message"]) {
				answer(rw, 403)
				return true
			}
			return false
		}},
		{"one byte more for another clinic's thing", "/groups", access.Public, func(rw http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/groups/"+w.b.ids["group"] {
				honest.ServeHTTP(rw, r)
				rw.Write([]byte(" "))
				return true
			}
			return false
		}},
		{"a mistake of the server", "/sites", access.Admin, func(rw http.ResponseWriter, r *http.Request) bool {
			if r.Method == "POST" && r.URL.Path == "/sites" {
				answer(rw, 500)
				return true
			}
			return false
		}},
		{"the sign-in is asked of somebody who may", "/offer", access.Clinician, func(rw http.ResponseWriter, r *http.Request) bool {
			if r.Method == "POST" && r.URL.Path == "/offer/review" {
				answer(rw, 401)
				return true
			}
			return false
		}},
	}
	seen := 0
	for _, h := range holes {
		w.refresh(w.a)
		count := func() (n int) {
			w.sweep(about(h.prefix), []access.Role{h.role}, func(format string, args ...any) { n++ })
			return n
		}
		w.sys.Handler = honest
		if n := count(); n != 0 {
			t.Errorf("%s: %d mismatches before the hole is there", h.name, n)
		}
		w.sys.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if !h.hole(rw, r) {
				honest.ServeHTTP(rw, r)
			}
		})
		if n := count(); n == 0 {
			t.Errorf("nobody sees it when %s", h.name)
		} else {
			seen++
		}
	}
	w.sys.Handler = honest
	before := w.dump(w.b.org)
	w.must(w.sys.Accounts.RenameSite(w.ctx, access.Machine(w.b.org), w.b.site, "Elsewhere"))
	if len(w.changes(before)) == 0 {
		t.Error("nobody sees it when another clinic's row changes")
	}
	t.Logf("%d of %d holes seen", seen, len(holes))
}
