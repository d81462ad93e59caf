// Requests that take long: they have the time their route says, and an open list
// is nobody at work.
package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

// An import has minutes: the limits against slow clients must not cut its answer off.
func TestALongRouteHasItsTime(t *testing.T) {
	_, usual := site(t, nil, web.Route{Method: "POST", Pattern: "/import", Need: anybody, Surface: web.Public, Timeout: time.Minute,
		Handler: func(w http.ResponseWriter, r *web.Request) error {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			time.Sleep(150 * time.Millisecond)
			_, err = w.Write(body)
			return err
		}})
	srv := httptest.NewUnstartedServer(usual.Config.Handler)
	srv.Config.ReadTimeout, srv.Config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	srv.Start()
	defer srv.Close()
	pr, pw := io.Pipe()
	go func() {
		pw.Write([]byte("a,"))
		time.Sleep(200 * time.Millisecond)
		pw.Write([]byte("b"))
		pw.Close()
	}()
	resp, err := http.Post(srv.URL+"/import", "text/csv", pr)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); err != nil || strings.TrimSpace(string(b)) != "a,b" {
		t.Errorf("%d %q %v", resp.StatusCode, b, err)
	}
}

// A list that is open on a screen must not keep its session alive for ever.
func TestAnOpenListIsNobodyAtWork(t *testing.T) {
	var asked, atWork int
	staff := func(ctx context.Context, _ *http.Request) (access.Actor, error) {
		asked++
		if !web.Watching(ctx) {
			atWork++
		}
		if asked > 4 {
			return access.Anonymous("a"), nil
		}
		return access.Actor{Org: "a", Account: "x", Roles: []access.Role{access.Navigator}}, nil
	}
	_, srv := site(t, staff, web.Route{Method: "GET", Pattern: "/live", Need: access.Need{Resource: "handoff", Action: access.Read}, Surface: web.Staff, Timeout: -1,
		Handler: func(w http.ResponseWriter, r *web.Request) error {
			return r.Stream(w, "list", 5*time.Millisecond, func() (string, error) { return "x", nil })
		}})
	get(t, srv.URL+"/live")
	if asked != 5 || atWork != 0 {
		t.Errorf("asked %d times who it is, %d of them as if somebody were at work", asked, atWork)
	}
}
