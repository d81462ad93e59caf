package peopleweb

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/web"
)

// enter opens somebody's own pages as the door does.
func (w *site) enter(code string) {
	w.Helper()
	o, err := w.s.OpenMine(w.ctx, code)
	w.ok(err)
	w.jar[ownCookie] = o.Token
}

func TestAMembersOwnPages(t *testing.T) {
	w := newSite(t)
	thu := w.join("Thu Pham", w.staff)
	f := afterForm("k")
	f.Set("readers", "organizers")
	w.do("POST", "/one-to-ones", "en", f)
	w.do("POST", "/people/reach/"+thu.ID, "en", nil)
	if rec := w.do("GET", "/me/together", "en", nil); rec.Code != 303 || !strings.HasPrefix(rec.Header().Get("Location"), "/me?") {
		t.Errorf("without a session: %d %s", rec.Code, rec.Header().Get("Location"))
	}
	w.enter(thu.Code)
	for _, path := range []string{"/me/together", "/me/together/change", "/me/together/take", "/me/together/close", "/me/together/all", "/me/together/all/sure", "/me/together/over"} {
		w.page(path)
	}
	body := w.do("GET", "/me/together", "en", nil).Body.String()
	for _, want := range []string{"Bus 14 was cut.", "Host a house meeting", "An organizer", "looked up how to reach you", "555"} {
		if !strings.Contains(body, want) {
			t.Errorf("her own page does not say %q", want)
		}
	}
	if title := body[strings.Index(body, "<title>"):strings.Index(body, "</title>")]; strings.Contains(title, "Thu") || strings.Contains(title, "Cedar") {
		t.Errorf("the title tells: %s", title)
	}
	list, err := w.s.Commitments(w.ctx, w.staff, people.Whose{Person: thu.ID})
	w.ok(err)
	for _, lang := range allLanguages {
		w.sound(422, lang, "no day", w.do("POST", "/me/together/promise", lang, url.Values{"id": {list[0].ID}, "state": {"renegotiated"}}))
		w.sound(422, lang, "own words", w.do("POST", "/me/together/next", lang, url.Values{"own": {strings.Repeat("x", 201)}}))
		w.sound(422, lang, "changed", w.do("POST", "/me/together/change", lang, url.Values{"called_name": {""}}))
		w.sound(422, lang, "not sure", w.do("POST", "/me/together/all", lang, url.Values{}))
	}
	for path, form := range map[string]url.Values{"/me/together/promise": {"id": {list[0].ID}, "state": {"done"}}, "/me/together/next": {"own": {"Chair one meeting"}},
		"/me/together/change": {"called_name": {"Thu"}, "contact": {"sms"}, "phone": {"5035550121"}, "lang": {"vi"}, "area": {"Lents"}}} {
		if rec := w.do("POST", path, "en", form); rec.Code != 303 || rec.Header().Get("Location") != "/me/together" {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
	if body := w.do("GET", "/people/"+thu.ID, "en", nil).Body.String(); !strings.Contains(body, "Chair one meeting") {
		t.Error("the organizer does not read what she wants next")
	}
	var file struct {
		Profile people.Profile `json:"Profile"`
		Notes   []people.Said  `json:"notes"`
	}
	rec := w.do("GET", "/me/together/take.json", "en", nil)
	if err := json.Unmarshal(rec.Body.Bytes(), &file); err != nil || file.Profile.CalledName != "Thu" || len(file.Notes) != 1 {
		t.Errorf("%+v, %v", file, err)
	}
	stop := url.Values{"_key": {"stop"}}
	for range 2 { // a double press: the second comes from nobody
		if rec := w.do("POST", "/me/together/close", "en", stop); rec.Code != 303 || rec.Header().Get("Location") != "/me/together/over" {
			t.Errorf("%d %s", rec.Code, rec.Header().Get("Location"))
		}
	}
	if rec := w.do("GET", "/people/"+thu.ID, "en", nil); rec.Code != 404 {
		t.Errorf("the organizer still opens her page: %d", rec.Code)
	}
}

func TestDoorAndExit(t *testing.T) {
	w := newSite(t)
	thu := w.join("Thu Pham", w.staff)
	door, leave := Door(w.s), Leave(w.s)
	h, err := w.mux(func(m *web.Mux) {
		m.Handle(web.Route{Method: "POST", Pattern: "/door", Need: need("join", "read"), Surface: web.Member, Handler: func(rw http.ResponseWriter, r *web.Request) error {
			to, err := door(rw, r, r.Form("code"))
			if err != nil || to == "" {
				rw.WriteHeader(http.StatusTeapot)
				return err
			}
			return r.Redirect(rw, to)
		}}, web.Route{Method: "POST", Pattern: "/leave", Need: need("join", "read"), Surface: web.Member, Handler: func(rw http.ResponseWriter, r *web.Request) error {
			leave(rw, r)
			return r.Redirect(rw, "/")
		}})
	})
	w.ok(err)
	w.h = h
	if rec := w.do("POST", "/door", "en", url.Values{"code": {"AAAA-AAAA-AAAA-AAAA"}}); rec.Code != http.StatusTeapot {
		t.Errorf("a wrong code: %d", rec.Code)
	}
	if rec := w.do("POST", "/door", "en", url.Values{"code": {strings.ToLower(thu.Code)}}); rec.Header().Get("Location") != "/me/together" || w.jar[ownCookie] == "" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
	token := w.jar[ownCookie]
	w.sound(200, "en", "open", w.do("GET", "/me/together", "en", nil))
	w.do("POST", "/leave", "en", url.Values{})
	w.jar[ownCookie] = token // a copied cookie is worth nothing any more
	if rec := w.do("GET", "/me/together", "en", nil); rec.Code != 303 {
		t.Errorf("after the exit: %d", rec.Code)
	}
}
