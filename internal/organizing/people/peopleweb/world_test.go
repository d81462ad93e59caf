// Every page in every language through the real mux, on a real database, as a
// browser without JavaScript meets it.
package peopleweb

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
	"seedbed/locales"
	look "seedbed/web"
)

const cedar = "11111111-1111-7111-8111-111111111111"

var allLanguages = []string{"en", "es", "vi", "ar"}

// site is the room's pages with a clinic behind them.
type site struct {
	*testing.T
	ctx   context.Context
	db    *db.DB
	clock *clock.Fake
	vault *vault.Vault
	queue *job.Queue
	s     *people.Service
	h     http.Handler
	staff access.Actor // whom the staff surface recognises
	jar   map[string]string
}

func colleagues() []people.Colleague {
	return []people.Colleague{{Account: "ana", Name: "Ana Whitfield", Roles: []access.Role{access.Organizer}}, {Account: "omar", Name: "Omar Reyes", Roles: []access.Role{access.Leader}},
		{Account: "bea", Name: "Bea Lindqvist", Roles: []access.Role{access.Organizer}}, {Account: "lee", Name: "Dr. Lee", Roles: []access.Role{access.Clinician}}}
}

func actor(account string, role access.Role) access.Actor {
	return access.Actor{Account: account, Org: cedar, Roles: []access.Role{role}}
}

func newSite(t *testing.T) *site {
	t.Helper()
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema)
	w := &site{T: t, ctx: t.Context(), db: d, vault: vaulttest.New(t), clock: clock.NewFake(time.Date(2026, 11, 4, 18, 0, 0, 0, time.UTC)), staff: actor("ana", access.Organizer), jar: map[string]string{}}
	log, quiet := audit.New(d, w.vault, w.clock), slog.New(slog.DiscardHandler)
	w.queue = job.New(d, job.Options{Clock: w.clock, Log: quiet})
	cat, err := i18n.Load(locales.Files)
	w.ok(err)
	notices, err := notify.New(notify.Options{DB: d, Jobs: w.queue, Clock: w.clock, Vault: w.vault, Audit: log, Catalog: cat, Log: quiet})
	w.ok(err)
	zone, err := time.LoadLocation("America/Los_Angeles")
	w.ok(err)
	w.s = people.New(people.Deps{DB: d, Vault: w.vault, Audit: log, Jobs: w.queue, Clock: w.clock, Consent: consent.New(w.clock), Notices: notices, Log: quiet,
		Zone:  func(context.Context, string) *time.Location { return zone },
		Staff: func(context.Context, string) ([]people.Colleague, error) { return colleagues(), nil }})
	w.h, err = w.mux(func(*web.Mux) {})
	w.ok(err)
	return w
}

// mux puts the room's pages, and more, on a mux of its own.
func (w *site) mux(more func(m *web.Mux)) (http.Handler, error) {
	anonymous := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(cedar), nil }
	staff := func(context.Context, *http.Request) (access.Actor, error) { return w.staff, nil }
	cat, err := i18n.Load(locales.Files)
	w.ok(err)
	zone, err := time.LoadLocation("America/Los_Angeles")
	w.ok(err)
	m, err := web.New(web.Config{Catalog: cat, Templates: look.Templates(), Pages: map[string]fs.FS{"people": Pages()}, Assets: look.Assets, Clock: w.clock, Log: slog.New(slog.NewTextHandler(w.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
		Authenticate: map[web.Surface]web.Authenticator{web.Participant: anonymous, web.Member: OwnSessions(w.s, false, anonymous), web.Staff: staff, web.Print: staff, web.Public: staff},
		Stored:       idem.Lookup(w.db),
		Frame: func(context.Context, access.Actor, string) web.Frame {
			return web.Frame{Scope: "Cedar Street", Zone: zone}
		}})
	w.ok(err)
	m.Handle(New(w.s, Options{Catalog: cat}).Routes()...)
	more(m)
	return m.Handler()
}

func (w *site) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *site) do(method, path, lang string, form url.Values) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.AddCookie(&http.Cookie{Name: "sb_lang", Value: lang})
	for name, value := range w.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		switch {
		case c.MaxAge < 0 || c.Value == "":
			delete(w.jar, c.Name)
		case strings.HasPrefix(c.Name, "sb_") && c.Name != "sb_lang" && c.Name != "sb_flash":
			w.jar[c.Name] = c.Value
		}
	}
	return rec
}

var wordless = regexp.MustCompile(`⟦|&lt;no value&gt;|<no value>|\{\{`)

// sound checks an answered page: the status, that every word is there, and what
// webtest finds in its markup.
func (w *site) sound(want int, lang, what string, rec *httptest.ResponseRecorder) string {
	w.Helper()
	body := rec.Body.String()
	if rec.Code != want {
		w.Fatalf("%s %s: %d, want %d\n%s", lang, what, rec.Code, want, body[:min(len(body), 1500)])
	}
	if m := wordless.FindStringIndex(body); m != nil {
		w.Errorf("%s %s: %s", lang, what, body[max(0, m[0]-40):min(len(body), m[1]+80)])
	}
	for _, p := range webtest.Problems(webtest.Page(w.T, body), body) {
		w.Errorf("%s %s: %s", lang, what, p)
	}
	return body
}

// page opens a page in every language.
func (w *site) page(path string) {
	w.Helper()
	for _, lang := range allLanguages {
		w.sound(200, lang, path, w.do("GET", path, lang, nil))
	}
}

// join brings somebody in at a meeting.
func (w *site) join(name string, by access.Actor) people.Joined {
	w.Helper()
	j, err := w.s.Join(w.ctx, by, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi",
		HoursFrom: "18:00", HoursUntil: "20:30", NoVoicemail: true}, Area: "Lents", Availability: []string{"saturday"}, AccessNeeds: []string{"childcare"}}, Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	return j
}
