// Entries of a phone's outbox against a small room with a database: receipts are
// proof, replays change nothing, and nobody sends what another has written.
package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/web"
	"seedbed/locales"
)

// notes is a room as small as one can be: a note is made once, and changed by
// whoever has seen its latest version.
type notes struct {
	*testing.T
	d     *db.DB
	h     http.Handler
	clock *clock.Fake
	who   access.Actor
	fail  error     // what the next verb answers after its commit
	wrote time.Time // what the last handler took for the time of writing
}

var noteSchema = fstest.MapFS{"schema/202601010002_t_note.sql": {Data: []byte(`-- +goose Up
CREATE TABLE note (org_id TEXT NOT NULL, id TEXT NOT NULL, words TEXT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (org_id, id));
`)}}

func eachNotes(t *testing.T, fn func(w *notes)) {
	dbtest.Each(t, []fs.FS{idem.Schema, noteSchema}, func(t *testing.T, d *db.DB) {
		w := &notes{T: t, d: d, clock: clock.NewFake(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)),
			who: access.Actor{Account: "ana", Org: "a", Roles: []access.Role{access.Organizer}}}
		cat, err := i18n.Load(locales.Files)
		w.ok(err)
		layouts := fstest.MapFS{}
		for _, s := range []web.Surface{web.Public, web.Staff} {
			layouts["layouts/"+string(s)+".html"] = &fstest.MapFile{Data: []byte(layout)}
		}
		page := `{{define "title"}}T{{end}}{{define "main"}}{{range .View.Errors}}<p>{{.Message}}</p>{{end}}{{range .View.Theirs}}<p>theirs {{.Value}}</p>{{end}}<input name=_version value="{{.View.Version}}"><p>mine {{.Data}}</p>{{end}}`
		who := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
		m, err := web.New(web.Config{Catalog: cat, Templates: layouts, Pages: map[string]fs.FS{"note": fstest.MapFS{"form.html": {Data: []byte(page)}}},
			Assets: fstest.MapFS{"js/sw.js": {Data: []byte("1")}, "js/outbox-store.js": {Data: []byte("1")}}, Clock: w.clock, Log: slog.New(slog.DiscardHandler),
			Authenticate: map[web.Surface]web.Authenticator{web.Public: who, web.Staff: who}, Stored: idem.Lookup(d)})
		w.ok(err)
		need := access.Need{Resource: "group", Action: access.Create}
		m.Handle(
			web.Route{Method: "POST", Pattern: "/notes", Need: need, Surface: web.Staff, Outbox: true, Handler: w.create},
			web.Route{Method: "POST", Pattern: "/notes/{id}", Need: need, Surface: web.Staff, Outbox: true, Handler: w.edit},
			web.Route{Method: "POST", Pattern: "/careless", Need: need, Surface: web.Staff, Outbox: true, Handler: func(rw http.ResponseWriter, r *web.Request) error {
				return r.Redirect(rw, "/notes")
			}},
			web.Route{Method: "POST", Pattern: "/ordinary", Need: need, Surface: web.Staff, Handler: func(rw http.ResponseWriter, r *web.Request) error {
				return r.Redirect(rw, "/notes")
			}},
			web.Route{Method: "GET", Pattern: "/form", Need: need, Surface: web.Staff, Handler: func(rw http.ResponseWriter, r *web.Request) error {
				r.KeepOffline(rw)
				return r.Page(rw, "note/form", "")
			}})
		w.h, err = m.Handler()
		w.ok(err)
		fn(w)
	})
}

func (w *notes) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *notes) create(rw http.ResponseWriter, r *web.Request) error {
	w.wrote = r.Written()
	if r.Form("words") == "" {
		return r.Fail(rw, "note/form", "", fault.Wrong(fault.At("words", "fault.invalid")))
	}
	var note string
	err := w.d.Write(r.Context(), r.Actor.Org, func(tx *db.Tx) (err error) {
		note, err = idem.Once(r.Context(), tx, r.Now(), r.Actor.Name(), r.Key(), "note.create", func() (string, error) {
			n := id.New(r.Now())
			_, err := tx.Exec(r.Context(), `INSERT INTO note (org_id, id, words, version) VALUES ($1,$2,$3,1)`, tx.Org(), n, r.Form("words"))
			return n, err
		})
		return err
	})
	if err == nil {
		err = w.fail
	}
	if err != nil {
		return r.Fail(rw, "note/form", r.Form("words"), err)
	}
	return r.RedirectWith(rw, "/notes/"+note, "account.flash.saved")
}

func (w *notes) edit(rw http.ResponseWriter, r *web.Request) error {
	note := r.PathValue("id")
	err := w.d.Write(r.Context(), r.Actor.Org, func(tx *db.Tx) error {
		_, err := idem.Once(r.Context(), tx, r.Now(), r.Actor.Name(), r.Key(), "note.edit:"+note, func() (string, error) {
			n, err := tx.Exec(r.Context(), `UPDATE note SET words=$1, version=version+1 WHERE org_id=$2 AND id=$3 AND version=$4`, r.Form("words"), tx.Org(), note, r.Version())
			if err == nil && n == 0 {
				err = fault.Stale()
			}
			return note, err
		})
		return err
	})
	if fault.IsStale(err) {
		words, version := w.note(note)
		return r.Stale(rw, "note/form", r.Form("words"), version, []web.Theirs{{Name: "words", Label: "Words", Value: words}})
	}
	if err != nil {
		return err
	}
	return r.Redirect(rw, "/notes/"+note)
}

func (w *notes) note(note string) (words string, version int64) {
	w.Helper()
	w.ok(w.d.Read(context.Background(), "a", func(tx *db.Tx) error {
		return tx.QueryRow(context.Background(), `SELECT words, version FROM note WHERE org_id='a' AND id=$1`, note).Scan(&words, &version)
	}))
	return words, version
}

func (w *notes) all() (out []string) {
	w.Helper()
	w.ok(w.d.Read(context.Background(), "a", func(tx *db.Tx) (err error) {
		out, err = db.Column[string](context.Background(), tx, `SELECT words FROM note ORDER BY words`)
		return err
	}))
	return out
}

func (w *notes) post(path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, req)
	return rec
}

// send is what a phone's outbox does; the status is beside the result.
func (w *notes) send(path string, form url.Values, header ...string) (web.Receipt, int) {
	w.Helper()
	rec := w.post(path, form, append([]string{"Seedbed-Outbox", web.Device(w.who)}, header...)...)
	var out web.Receipt
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		w.Fatalf("%s: %d %s: %v", path, rec.Code, rec.Body, err)
	}
	return out, rec.Code
}

func entry(key, words string) url.Values { return url.Values{"_key": {key}, "words": {words}} }

func TestTheSameHandlerServesFormsAndEntries(t *testing.T) {
	eachNotes(t, func(w *notes) {
		if rec := w.post("/notes", entry("k0", "by form")); rec.Code != 303 {
			w.Fatalf("an ordinary form: %d", rec.Code)
		}
		first, code := w.send("/notes", entry("k1", "by outbox"))
		if first.Result != web.Kept || code != 200 || len(first.Receipt) != 9 || !strings.HasPrefix(first.URL, "/notes/") || first.At == "" {
			w.Fatalf("%d %+v", code, first)
		}
		w.clock.Advance(40 * 24 * time.Hour)
		again, _ := w.send("/notes", entry("k1", "by outbox"))
		if again.Result != web.KeptAgain || again.Receipt != first.Receipt || again.At != first.At || again.URL != first.URL {
			w.Errorf("replayed: %+v, first %+v", again, first)
		}
		// What follows the commit may fail: the entry is stored all the same, and the phone must hear that.
		w.fail = fault.New(fault.Conflict, "fault.conflict")
		if got, _ := w.send("/notes", entry("k1", "by outbox")); got.Result != web.KeptAgain || got.Receipt != first.Receipt {
			w.Errorf("after a change of the world: %+v", got)
		}
		w.fail = nil
		wrong, code := w.send("/notes", entry("k2", ""))
		if wrong.Result != web.WrongForm || code != 422 || len(wrong.Fields) != 1 || wrong.Fields[0].Name != "words" || wrong.Fields[0].Message == "" || wrong.Receipt != "" {
			w.Errorf("wrong form: %d %+v", code, wrong)
		}
		if got := w.all(); !slices.Equal(got, []string{"by form", "by outbox"}) {
			w.Errorf("stored: %q", got)
		}
	})
}

func TestAReceiptIsProofAndNothingLess(t *testing.T) {
	eachNotes(t, func(w *notes) {
		if got, code := w.send("/careless", entry("k1", "x")); got.Result != web.Refused || got.Receipt != "" || code != 409 {
			w.Errorf("a handler that stored nothing: %d %+v", code, got)
		}
		if got, code := w.send("/notes", url.Values{"words": {"x"}}); got.Result != web.WrongForm || code != 422 {
			w.Errorf("without a key: %d %+v", code, got)
		}
		if rec := w.post("/ordinary", entry("k1", "x"), "Seedbed-Outbox", web.Device(w.who)); rec.Code != 422 || strings.Contains(rec.Body.String(), "receipt") {
			w.Errorf("a page that was not made for it: %d", rec.Code)
		}
		made, _ := w.send("/notes", entry("k1", "x"))
		if got, _ := w.send(made.URL, entry("k1", "y")); got.Result != web.Clashes || got.Receipt != "" {
			w.Errorf("the key of another act: %+v", got)
		}
		if got := w.all(); !slices.Equal(got, []string{"x"}) {
			w.Errorf("stored: %q", got)
		}
	})
}

func TestNobodySendsWhatAnotherWrote(t *testing.T) {
	eachNotes(t, func(w *notes) {
		anas := web.Device(w.who)
		w.who.Account = "ben"
		rec := w.post("/notes", entry("k1", "by Ana"), "Seedbed-Outbox", anas)
		if rec.Code != 409 || !strings.Contains(rec.Body.String(), `"result":"other"`) {
			w.Errorf("as somebody else: %d %s", rec.Code, rec.Body)
		}
		w.who = access.Anonymous("a")
		rec = w.post("/notes", entry("k1", "by Ana"), "Seedbed-Outbox", anas)
		if rec.Code != 401 || !strings.Contains(rec.Body.String(), `"result":"signin"`) {
			w.Errorf("signed out: %d %s", rec.Code, rec.Body)
		}
		rec = w.post("/notes", entry("k1", "by Ana"), "Seedbed-Outbox", anas, "Sec-Fetch-Site", "cross-site")
		if rec.Code != 403 {
			w.Errorf("from another site: %d", rec.Code)
		}
		if got := w.all(); len(got) != 0 {
			w.Errorf("stored: %q", got)
		}
		if strings.Contains(anas, "ana") || web.Device(access.Anonymous("a")) != "" {
			w.Error("the owner's name shows")
		}
	})
}

func TestBothVersionsAreShown(t *testing.T) {
	eachNotes(t, func(w *notes) {
		made, _ := w.send("/notes", entry("k1", "first"))
		edit := func(key, words, version string) url.Values {
			return url.Values{"_key": {key}, "words": {words}, "_version": {version}}
		}
		if got, _ := w.send(made.URL, edit("k2", "hers", "1")); got.Result != web.Kept {
			w.Fatalf("%+v", got)
		}
		got, code := w.send(made.URL, edit("k3", "mine", "1"))
		if got.Result != web.Clashes || code != 409 || len(got.Theirs) != 1 || got.Theirs[0].Value != "hers" || got.Version != "2" || got.Message == "" {
			w.Fatalf("%d %+v", code, got)
		}
		page := w.post(made.URL, edit("k4", "mine", "1"))
		for _, want := range []string{"theirs hers", "mine mine", `value="2"`} {
			if page.Code != 409 || !strings.Contains(page.Body.String(), want) {
				w.Errorf("the page does not show %q: %d %s", want, page.Code, page.Body)
			}
		}
		if got, _ := w.send(made.URL, edit("k5", "mine", got.Version)); got.Result != web.Kept {
			w.Errorf("knowing both: %+v", got)
		}
		// An edit that was stored stays stored when it comes again, though the version has moved on.
		if got, _ := w.send(made.URL, edit("k2", "hers", "1")); got.Result != web.KeptAgain {
			w.Errorf("replayed edit: %+v", got)
		}
		if words, version := w.note(strings.TrimPrefix(made.URL, "/notes/")); words != "mine" || version != 3 {
			w.Errorf("%q in version %d", words, version)
		}
	})
}

// Whatever a phone and its line do, the clinic ends with every entry once, and
// every delivery of an entry that was answered got the same number.
func TestReplaysReorderingsAndDuplicatesConverge(t *testing.T) {
	eachNotes(t, func(w *notes) {
		round := 0
		rapid.Check(w.T, func(t *rapid.T) {
			round++
			n := rapid.IntRange(1, 6).Draw(t, "entries")
			words := func(i int) string { return fmt.Sprintf("round %06d entry %d", round, i) }
			schedule := rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 12).Draw(t, "schedule")
			lost := rapid.SliceOfN(rapid.Bool(), len(schedule), len(schedule)).Draw(t, "answers lost")
			for i := range n { // in the end the line is back
				schedule, lost = append(schedule, i), append(lost, false)
			}
			receipts := map[int]string{}
			for k, i := range schedule {
				got, _ := w.send("/notes", entry(fmt.Sprintf("%d-%d", round, i), words(i)))
				if got.Receipt == "" || got.Result != web.Kept && got.Result != web.KeptAgain {
					t.Fatalf("%+v", got)
				}
				if lost[k] {
					continue
				}
				if old := receipts[i]; old != "" && old != got.Receipt {
					t.Fatalf("entry %d has two receipts: %s and %s", i, old, got.Receipt)
				}
				receipts[i] = got.Receipt
			}
			var want, have []string
			for i := range n {
				want = append(want, words(i))
			}
			for _, s := range w.all() {
				if strings.HasPrefix(s, fmt.Sprintf("round %06d ", round)) {
					have = append(have, s)
				}
			}
			if !slices.Equal(have, want) {
				t.Fatalf("stored %q, want %q", have, want)
			}
			seen := map[string]int{}
			for i, r := range receipts {
				if j, twice := seen[r]; twice {
					t.Fatalf("entries %d and %d share the receipt %s", i, j, r)
				}
				seen[r] = i
			}
		})
	})
}

func TestTheTimeOfWritingIsThePhonesWithinReason(t *testing.T) {
	eachNotes(t, func(w *notes) {
		now := w.clock.Now()
		for i, x := range []struct{ says, want time.Time }{
			{now.Add(-3 * time.Hour), now.Add(-3 * time.Hour)}, {now.Add(time.Minute), now}, {now.Add(-idem.Keep - time.Hour), now},
		} {
			w.send("/notes", entry(fmt.Sprint("k", i), "x"), "Seedbed-Written", fmt.Sprint(x.says.UnixMilli()))
			if !w.wrote.Equal(x.want) {
				w.Errorf("%s counts as %s, want %s", x.says, w.wrote, x.want)
			}
		}
		w.post("/notes", entry("k9", "x"), "Seedbed-Written", fmt.Sprint(now.Add(-time.Hour).UnixMilli()))
		if !w.wrote.Equal(now) {
			w.Errorf("an ordinary form is written now, not %s", w.wrote)
		}
	})
}

func TestOnlyPagesThatSaySoMayBeKept(t *testing.T) {
	eachNotes(t, func(w *notes) {
		ask := func(cookie string) *httptest.ResponseRecorder {
			req := httptest.NewRequest("GET", "/form", nil)
			if cookie != "" {
				req.AddCookie(&http.Cookie{Name: "sb_flash", Value: cookie})
			}
			rec := httptest.NewRecorder()
			w.h.ServeHTTP(rec, req)
			return rec
		}
		if got := ask("").Header().Get("Seedbed-Keep"); got != "offline" {
			w.Errorf("a page that may be kept says %q", got)
		}
		if got := ask("account.flash.saved").Header().Get("Seedbed-Keep"); got != "" {
			w.Errorf("a page with a sentence for once says %q", got)
		}
		req := httptest.NewRequest("GET", "/form", nil)
		req.Header.Set("Seedbed-Keep", "ask")
		req.AddCookie(&http.Cookie{Name: "sb_flash", Value: "account.flash.saved"})
		kept := httptest.NewRecorder()
		w.h.ServeHTTP(kept, req)
		if kept.Header().Get("Seedbed-Keep") != "offline" || kept.Header().Get("Set-Cookie") != "" {
			w.Errorf("fetching a page to keep it uses up the sentence for once: %v", kept.Header())
		}
		if got := w.post("/notes", entry("k", "")).Header().Get("Seedbed-Keep"); got != "" {
			w.Errorf("an answer to a form says %q", got)
		}
		rec := httptest.NewRecorder()
		w.h.ServeHTTP(rec, httptest.NewRequest("GET", "/sw.js", nil))
		if rec.Code != 200 || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/javascript") || !strings.Contains(rec.Body.String(), `importScripts("/static/`) || strings.Contains(rec.Body.String(), "http:") {
			w.Errorf("the worker: %d %s", rec.Code, rec.Body)
		}
	})
}

func TestARouteWithoutProofOfStoringIsRefused(t *testing.T) {
	m, _ := site(t, nil)
	m.Handle(web.Route{Method: "POST", Pattern: "/x", Need: anybody, Surface: web.Staff, Outbox: true, Handler: func(http.ResponseWriter, *web.Request) error { return nil }})
	if _, err := m.Handler(); err == nil || !strings.Contains(err.Error(), "outbox") {
		t.Errorf("a server starts that could not tell whether entries are stored: %v", err)
	}
}
