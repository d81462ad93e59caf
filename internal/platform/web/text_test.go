// Bytes that are no text are refused at the door, whatever the database behind it takes.
package web_test

import (
	"net/http"
	"strings"
	"testing"

	"seedbed/internal/platform/web"
)

func TestBytesThatAreNoText(t *testing.T) {
	var reached []string
	note := func(w http.ResponseWriter, r *web.Request) error {
		if err := r.Parse(); err != nil {
			return err
		}
		reached = append(reached, r.PathValue("id")+r.Form("q"))
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	_, srv := site(t, nil, web.Route{Method: "GET", Pattern: "/g/{id}", Need: anybody, Surface: web.Public, Handler: note},
		web.Route{Method: "POST", Pattern: "/g", Need: anybody, Surface: web.Public, Handler: note})
	for path, want := range map[string]int{"/g/a%00b": 404, "/g/%ff": 404, "/g/a?q=%00": 422, "/g/a?q=%ff": 422, "/g/a?%00=1": 422, "/g/%C3%A9?q=%D8%B9": 204, "/nowhere/%00": 404} {
		if resp, _ := get(t, srv.URL+path); resp.StatusCode != want {
			t.Errorf("GET %s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	for body, want := range map[string]int{"q=a%00b": 422, "q=%ff": 422, "q%00=1": 422, "q=caf%C3%A9%0D%0Aline": 204} {
		resp, err := http.Post(srv.URL+"/g", "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("POST %s: %d, want %d", body, resp.StatusCode, want)
		}
	}
	if got := strings.Join(reached, "|"); got != "éع|café\r\nline" {
		t.Errorf("handlers saw %q", got)
	}
}
