// The pages of imports as a browser without JavaScript meets them, in every language.

package directoryweb

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/locales"
	look "seedbed/web"
)

type desk struct {
	*testing.T
	s     *directory.Service
	h     http.Handler
	actor access.Actor
}

// fakeReader stands for door/hsds, which a room may not import: each line of a
// file is a service, "org:" an organization, "bad" a refusal.
func fakeReader(_ context.Context, feed string, files []directory.ImportFile) (directory.ImportBatch, error) {
	b := directory.ImportBatch{Feed: strings.TrimSpace(feed), Format: "hsds-csv"}
	if b.Feed == "" {
		return b, fault.Wrong(fault.At("feed", "import.refuse.no_feed"))
	}
	for _, f := range files {
		b.Files = append(b.Files, f.Name)
		for i, line := range strings.Fields(string(f.Data)) {
			if line == "bad" {
				return directory.ImportBatch{}, fault.Wrong(fault.At("files", "import.refuse.csv", "File", f.Name, "Row", i+1, "Pointer", ""))
			}
			r := directory.ImportRecord{Kind: directory.ImportService, ID: id.Derive(b.Feed, line), Origin: line, Name: line, Description: "About <b>" + line + "</b>"}
			if name, ok := strings.CutPrefix(line, "org:"); ok {
				r.Kind, r.Name = directory.ImportOrganization, name
			}
			b.Records = append(b.Records, r)
			b.Report = append(b.Report, directory.ImportLine{File: f.Name, Row: i + 1, Pointer: "url", Level: directory.ImportFixed,
				Key: "import.line.url_scheme", Args: fault.Args("Value", "=cmd|"+line)})
		}
	}
	return b, nil
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	c, v := clock.NewFake(time.Date(2026, 3, 3, 17, 0, 0, 0, time.UTC)), vaulttest.New(t)
	d := dbtest.SQLite(t, directory.Schema, audit.Schema, idem.Schema)
	w := &desk{T: t, s: directory.New(directory.Options{DB: d, Vault: v, Audit: audit.New(d, v, c), Clock: c}),
		actor: access.Actor{Account: "acc-1", Org: "org-a", Roles: []access.Role{access.Organizer}, Session: "s"}}
	cat, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	who := func(context.Context, *http.Request) (access.Actor, error) { return w.actor, nil }
	m, err := web.New(web.Config{Catalog: cat, Templates: look.Templates(), Pages: map[string]fs.FS{"directory": Pages()}, Assets: look.Assets,
		Clock: c, Log: slog.New(slog.DiscardHandler), Authenticate: map[web.Surface]web.Authenticator{web.Public: who, web.Staff: who, web.Print: who, web.Link: who},
		Frame: func(context.Context, access.Actor, string) web.Frame {
			return web.Frame{Scope: "Riverside Clinic", Name: "Ana"}
		}})
	if err != nil {
		t.Fatal(err)
	}
	m.Handle(New(w.s).Routes()...)
	m.Handle(NewImports(w.s, ImportOptions{Read: fakeReader, Bytes: 1 << 20, Files: 3, Records: 20_000,
		Name: func(context.Context, string, string) string { return "Ana Organizer" }}).Routes()...)
	if w.h, err = m.Handler(); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *desk) do(req *http.Request, want int) (string, http.Header) {
	w.Helper()
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, req)
	if rec.Code != want {
		w.Fatalf("%s %s: %d, want %d\n%s", req.Method, req.URL, rec.Code, want, text(rec.Body.String()))
	}
	return rec.Body.String(), rec.Header()
}

func text(body string) string {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return body
	}
	return webtest.Text(doc)
}

// page gets a page in every language and checks it; it returns the English text.
func (w *desk) page(path string) string {
	w.Helper()
	english := ""
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		body, _ := w.do(httptest.NewRequest("GET", path+sep+"lang="+lang, nil), 200)
		webtest.Page(w.T, body)
		if lang == "en" {
			english = text(body)
		}
	}
	return english
}

func (w *desk) post(path string, form url.Values, want int) (string, http.Header) {
	w.Helper()
	req := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept-Language", "en")
	return w.do(req, want)
}

func (w *desk) upload(feed string, files map[string]string, want int) (string, string) {
	w.Helper()
	var buf bytes.Buffer
	mw := multipart.NewWriter(&buf)
	for _, f := range [][2]string{{"_key", id.Token()}, {"feed", feed}, {"lang", "es"}} {
		if err := mw.WriteField(f[0], f[1]); err != nil {
			w.Fatal(err)
		}
	}
	for name, data := range files {
		f, err := mw.CreateFormFile("files", name)
		if err != nil {
			w.Fatal(err)
		}
		fmt.Fprint(f, data)
	}
	if err := mw.Close(); err != nil {
		w.Fatal(err)
	}
	req := httptest.NewRequest("POST", "/directory/import", &buf)
	req.Header.Set("Content-Type", mw.FormDataContentType())
	req.Header.Set("Accept-Language", "en")
	body, h := w.do(req, want)
	return body, h.Get("Location")
}

func expect(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("%q is not in: %s", p, got)
		}
	}
}

func TestImportPages(t *testing.T) {
	w := newDesk(t)
	expect(t, w.page("/directory/import"), "Whose directory is this?", "At most 1 MB, 3 files", "No import yet")
	_, at := w.upload("County", map[string]string{"a.csv": "Choir Pantry", "b.csv": "org:Commons"}, 303)
	got := w.page(at)
	expect(t, got, "Import: County", "Preview, nothing changed yet", "New: 3. Changed: 0.", "All of it goes in, or nothing", "Choir", "About <b>Choir</b>", "Commons")
	expect(t, w.page(at+"?show=report"), "a.csv, line 1, url", "Put right")
	expect(t, w.page(at+"?show=report&level=fixed&page=9999"), "Nothing to report here")
	body, h := w.do(httptest.NewRequest("GET", at+"/report.csv", nil), 200)
	if !strings.Contains(h.Get("Content-Disposition"), "import-report.csv") || strings.Contains(body, ",=cmd") || !strings.Contains(body, "a.csv") {
		t.Errorf("%v %q", h, body)
	}
	_, h = w.post(at+"/choose", url.Values{"n": {"1"}, "action": {"new"}, "take": {"no"}}, 303)
	if h.Get("Location") != at+"?show=new&page=1" {
		t.Errorf("to %s", h.Get("Location"))
	}
	expect(t, w.page(at), "Will stay out.", "New: 2. Changed: 0.")
	w.post(at+"/choose", url.Values{"n": {"1"}, "action": {"new"}, "take": {"yes"}}, 303)
	w.post(at+"/apply", nil, 303)
	w.post(at+"/apply", nil, 303) // pressed twice
	expect(t, w.page(at), "It is in the directory.", "Take this import back", "Ana Organizer")
	expect(t, w.page("/directory/import"), "In the directory", "New: 3. Changed: 0.")
	_, again := w.upload("county", map[string]string{"a.csv": "Choir Pantry"}, 303)
	expect(t, w.page(again), "Maybe already here") // another name of the feed: the same things under other numbers
	_, same := w.upload("County", map[string]string{"a.csv": "Choir Pantry", "b.csv": "org:Commons"}, 303)
	if got := w.page(same); strings.Contains(got, "Put it into the directory") || !strings.Contains(got, "the directory already says all of this") {
		t.Errorf("an import that changes nothing offers to be applied: %s", got)
	}
	body, _ = w.post(same+"/apply", nil, 409)
	expect(t, text(body), "There is nothing to put in.")
	w.post(same+"/discard", nil, 303)
	w.do(httptest.NewRequest("GET", same, nil), 404)
	w.post(at+"/undo", nil, 303)
	expect(t, w.page(at), "This import was taken back", "exactly as it was before", "Was taken back")
	body, _ = w.post(at+"/apply", nil, 409)
	expect(t, text(body), "choose the files again")
}

func TestImportRefusalsKeepWhatWasTyped(t *testing.T) {
	w := newDesk(t)
	for name, c := range map[string]struct {
		feed  string
		files map[string]string
		says  string
	}{
		"no feed":    {"", map[string]string{"a.csv": "Choir"}, "Say whose directory this is."},
		"no file":    {"County", nil, "Choose at least one file."},
		"bad row":    {"County", map[string]string{"a.csv": "Choir bad"}, "a.csv, line 2: This table is damaged."},
		"too many":   {"County", map[string]string{"a": "x", "b": "x", "c": "x", "d": "x"}, "More than 3 files."},
		"nothing":    {"County", map[string]string{"a.csv": " "}, "There is no organization and no service to read here."},
		"too large":  {"County", map[string]string{"a.csv": strings.Repeat("x", 1<<20+1)}, "larger than 1 MB"},
		"far larger": {"County", map[string]string{"a.csv": strings.Repeat("x", 4<<20)}, "larger than 1 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			body, _ := w.upload(c.feed, c.files, 422)
			webtest.Page(t, body)
			expect(t, text(body), c.says)
			if c.feed != "" && (!strings.Contains(body, `value="County"`) || !regexp.MustCompile(`value="es" selected`).MatchString(body)) {
				t.Error("what was typed is gone")
			}
		})
	}
	if list, _, err := w.s.Imports(context.Background(), w.actor, 1); err != nil || len(list) != 0 {
		t.Errorf("refused uploads left %d batches (%v)", len(list), err)
	}
	w.post("/directory/import", url.Values{"feed": {"County"}}, 422) // not a multipart form
}

func TestMarkingOrganizations(t *testing.T) {
	w := newDesk(t)
	expect(t, w.page("/directory/import/organizations"), "No organization found")
	_, at := w.upload("County", map[string]string{"a.csv": "org:Commons Choir"}, 303)
	w.post(at+"/apply", nil, 303)
	expect(t, w.page("/directory/import/organizations?q=comm"), "Commons", "This is an organizing group")
	source := id.Derive("County", "org:Commons")
	if _, err := w.s.Create(context.Background(), w.actor, directory.Entry{Group: directory.Group{Name: "Commons"}}); err != nil {
		t.Fatal(err)
	}
	body, _ := w.post("/directory/import/organizations/"+source+"/organizing", url.Values{"_key": {"k1"}}, 409)
	expect(t, text(body), "I have looked: it is a different group")
	_, h := w.post("/directory/import/organizations/"+source+"/organizing", url.Values{"_key": {"k2"}, "different": {"yes"}}, 303)
	if !strings.HasPrefix(h.Get("Location"), "/directory/") {
		t.Errorf("to %q", h.Get("Location"))
	}
	expect(t, w.page("/directory/import/organizations"), "Marked as organizing", "Open its draft")
	w.post("/directory/import/organizations/"+id.Derive("x", "y")+"/organizing", nil, 404)
}

func TestImportPagesAreForStewards(t *testing.T) {
	w := newDesk(t)
	_, at := w.upload("County", map[string]string{"a.csv": "Choir"}, 303)
	w.actor.Roles = []access.Role{access.Clinician}
	w.do(httptest.NewRequest("GET", at, nil), 403)
	w.do(httptest.NewRequest("GET", "/directory/import", nil), 403)
	w.post(at+"/apply", nil, 403)
	w.upload("County", map[string]string{"a.csv": "Choir"}, 403)
	w.actor = access.Actor{Account: "b", Org: "org-b", Roles: []access.Role{access.Organizer}}
	w.do(httptest.NewRequest("GET", at, nil), 404)
	w.do(httptest.NewRequest("GET", at+"/report.csv", nil), 404)
	w.post(at+"/undo", nil, 404)
}

// Thousands of imported services must not weigh down the list of groups.
func TestImportedServicesComeAPageAtATime(t *testing.T) {
	w := newDesk(t)
	names := make([]string, 0, 70)
	for i := range 70 {
		names = append(names, fmt.Sprintf("Service%03d", i))
	}
	_, at := w.upload("County", map[string]string{"a.csv": strings.Join(names, " ")}, 303)
	w.post(at+"/apply", nil, 303)
	expect(t, w.page("/programmes?page=2"), "Service050", "Service069")
	if got := w.page("/programmes"); strings.Contains(got, "Service050") {
		t.Error("the staff list has no end")
	}
	w.actor = access.Anonymous("org-a")
	got := w.page("/groups")
	expect(t, got, "Service000", "See all services and programs")
	if strings.Contains(got, "Service012") {
		t.Error("the list of groups shows more than a dozen services")
	}
	expect(t, w.page("/services"), "Found: 70", "Service000", "Service029")
	body, _ := w.do(httptest.NewRequest("GET", "/services", nil), 200)
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body)
	if next == nil {
		t.Fatal("no next page")
	}
	body, _ = w.do(httptest.NewRequest("GET", html.UnescapeString(next[1]), nil), 200)
	expect(t, text(body), "Service030", "Service059")
	expect(t, w.page("/services?q=service042"), "Found: 1", "Service042")
	expect(t, w.page("/services?q=zebra"), "Nothing found")
	expect(t, w.page("/map"), "Service001")
}
