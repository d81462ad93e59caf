// The guard in a form without JavaScript: what comes back, what may pass, and
// that nothing is left of it anywhere.
package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/web"
	"seedbed/locales"
	look "seedbed/web"
)

type guarded struct {
	*testing.T
	base   string
	log    *bytes.Buffer
	kept   *[]string
	stored *[]string
}

// guardedSite is one form with a guarded note and a guarded name, with the house's own parts.
func guardedSite(t *testing.T, policy guard.Policy) guarded {
	t.Helper()
	cat, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	g := guarded{T: t, log: &bytes.Buffer{}, kept: &[]string{}, stored: &[]string{}}
	auth := map[web.Surface]web.Authenticator{web.Public: func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous("a"), nil }}
	page := `{{define "title"}}T{{end}}{{define "main"}}<h1>T</h1>{{template "errors" .View}}<form method="post">{{template "key" .View}}
{{template "guarded" (dict "Name" "note" "Label" "Note" "Type" "textarea" "Value" .Data.Note "View" .View)}}
{{template "guarded" (dict "Name" "name" "Label" "Name" "Person" true "Value" .Data.Name "View" .View)}}</form>{{end}}`
	m, err := web.New(web.Config{
		Catalog: cat, Templates: look.Templates(), Assets: look.Assets, Pages: map[string]fs.FS{"x": fstest.MapFS{"form.html": {Data: []byte(page)}}},
		Clock: clock.NewFake(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)), Authenticate: auth,
		Log:   slog.New(slog.NewTextHandler(g.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Guard: policy, OnKept: func(_ context.Context, org string, reasons []string) { *g.kept = append(*g.kept, reasons...) },
	})
	if err != nil {
		t.Fatal(err)
	}
	m.Handle(web.Route{Method: "POST", Pattern: "/x", Need: access.Need{Resource: "site", Action: access.Read}, Surface: web.Public, Handler: func(w http.ResponseWriter, r *web.Request) error {
		if err := r.Parse(); err != nil {
			return err
		}
		note, bad := r.Guarded("note")
		name, bad2 := r.GuardedName("name")
		if bad = append(bad, bad2...); len(bad) > 0 {
			return r.Fail(w, "x/form", map[string]string{"Note": note, "Name": name}, fault.Wrong(bad...))
		}
		*g.stored = append(*g.stored, note+"|"+name)
		return r.Redirect(w, "/")
	}})
	h, err := m.Handler()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	g.base = s.URL
	return g
}

func (g guarded) post(pairs ...string) (int, string) {
	g.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(g.base+"/x", form)
	if err != nil {
		g.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body)
}

func TestGuardedFormWithoutJavaScript(t *testing.T) {
	g := guardedSite(t, nil)
	ill := "Rosa has diabetes and leads well"

	code, body := g.post("note", "She is undocumented & brave")
	for _, want := range []string{"She is undocumented &amp; brave</textarea>", "<mark>undocumented</mark>", `value="remove"`, `value="rephrase" checked`, "cannot be taken from here", `id="f-note-error"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if code != 422 || len(*g.stored) != 0 {
		t.Fatalf("%d, stored %q", code, *g.stored)
	}
	if !strings.Contains(body, `<label class="choice guard-keep" hidden>`) || strings.Contains(body, `<label class="choice guard-keep">`) {
		t.Error("status may be kept")
	}
	if code, body = g.post("note", ill); code != 422 || !strings.Contains(body, `<label class="choice guard-keep">`) || !strings.Contains(body, `name="_guard_note_shown" value="has diabetes"`) {
		t.Errorf("%d: words about health cannot be kept", code)
	}
	if code, _ = g.post("note", ill, "_guard_note", "keep", "_guard_note_shown", "has diabetes"); code != 422 {
		t.Errorf("kept without a reason: %d", code)
	}
	if code, _ = g.post("note", ill, "_guard_note", "keep", "_guard_note_shown", "has diabetes", "_guard_note_reason", "asked"); code != 303 || len(*g.kept) != 1 || (*g.kept)[0] != "asked" {
		t.Errorf("kept with a reason: %d, %q", code, *g.kept)
	}
	if code, _ = g.post("note", "She is undocumented and leads", "_guard_note", "remove"); code != 303 {
		t.Errorf("removed: %d", code)
	}
	if code, _ = g.post("note", "She leads", "name", "Rosa undocumented", "_guard_name", "keep", "_guard_name_shown", "undocumented", "_guard_name_reason", "asked"); code != 422 {
		t.Errorf("a remark beside a name: %d", code)
	}
	if code, _ = g.post("note", "She leads", "name", "Rosa undocumented", "_guard_name", "remove"); code != 303 {
		t.Errorf("a remark taken out of a name: %d", code)
	}
	want := []string{ill + "|", "She is … and leads|", "She leads|Rosa"}
	if fmt.Sprint(*g.stored) != fmt.Sprint(want) {
		t.Errorf("stored %q, want %q", *g.stored, want)
	}
}

// A form that comes back for another reason counts nothing, and keeps the choice.
func TestKeptIsCountedOnlyWhenTheFormIsTaken(t *testing.T) {
	g := guardedSite(t, nil)
	keep := []string{"note", "Rosa has diabetes", "_guard_note", "keep", "_guard_note_shown", "has diabetes", "_guard_note_reason", "group"}
	code, body := g.post(append(keep, "name", "Rosa undocumented")...)
	if code != 422 || len(*g.kept) != 0 || !strings.Contains(body, `value="keep" checked`) || !strings.Contains(body, `value="group" selected`) {
		t.Errorf("%d, counted %q", code, *g.kept)
	}
	if code, _ = g.post(keep...); code != 303 || len(*g.kept) != 1 {
		t.Errorf("%d, counted %q", code, *g.kept)
	}
}

func TestAnInstallationDecidesWhatMayBeKept(t *testing.T) {
	none := guardedSite(t, guard.Policy{})
	if code, body := none.post("note", "Rosa has diabetes", "_guard_note", "keep", "_guard_note_shown", "has diabetes", "_guard_note_reason", "asked"); code != 422 || !strings.Contains(body, `<label class="choice guard-keep" hidden>`) {
		t.Errorf("a house that keeps nothing answers %d", code)
	}
}

// After fifty hits nothing tells what was typed, nor that anything was.
func TestHitsLeaveNoTrace(t *testing.T) {
	g := guardedSite(t, nil)
	for i := range 50 {
		g.post("note", fmt.Sprintf("Zyxwena%d is undocumented and has diabetes, A20451883%d", i, i%10), "name", "Zyxwena")
	}
	log := strings.ToLower(g.log.String())
	for _, word := range []string{"zyxwena", "undocumented", "diabetes", "a20451883", "guard.status", "guard.identifier"} {
		if strings.Contains(log, word) {
			t.Errorf("the log holds %q: %s", word, log[:min(400, len(log))])
		}
	}
	if len(*g.kept) != 0 || len(*g.stored) != 0 {
		t.Errorf("counted %q, stored %q", *g.kept, *g.stored)
	}
}
