package stipendweb

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/stipend"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
	"seedbed/locales"
	look "seedbed/web"
)

const org = "11111111-1111-7111-8111-111111111111"

var (
	ana  = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}
	ruth = access.Actor{Account: "ruth", Org: org, Roles: []access.Role{access.Lead}}
)

type world struct {
	*testing.T
	url  string
	who  access.Actor
	jar  *http.Client
	dang string
	now  time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, who: ana, now: time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC)}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, consent.Schema, people.Schema, stipend.Schema)
	v, c := vaulttest.New(t), clock.NewFake(w.now)
	log, ledger := audit.New(d, v, c), consent.New(c)
	p := people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: job.New(d, job.Options{Clock: c}), Clock: c, Consent: ledger})
	s := stipend.New(stipend.Deps{DB: d, Vault: v, Audit: log, Clock: c, People: p})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: c, Log: slog.New(slog.DiscardHandler), Stored: idem.Lookup(d),
		Pages: map[string]fs.FS{"stipend": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Public: auth}})
	w.ok(err)
	mux.Handle(New(s, p).Routes()...)
	h, err := mux.Handler()
	w.ok(err)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w.url = srv.URL
	w.jar = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	j, err := p.Join(context.Background(), ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: "Mr. Dang", Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	w.dang = j.ID
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(method, path string, form url.Values) (int, string, http.Header) {
	w.Helper()
	req, err := http.NewRequest(method, w.url+path, strings.NewReader(form.Encode()))
	w.ok(err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := w.jar.Do(req)
	w.ok(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	w.ok(err)
	return res.StatusCode, string(b), res.Header
}

func (w *world) page(method, path string, form url.Values, want int) string {
	w.Helper()
	status, body, _ := w.do(method, path, form)
	if status != want {
		w.Fatalf("%s %s: %d\n%s", method, path, status, body)
	}
	webtest.Page(w, body)
	return body
}

func (w *world) post(path string, form url.Values) string {
	w.Helper()
	status, body, h := w.do("POST", path, form)
	if status != 303 {
		w.Fatalf("POST %s: %d\n%s", path, status, body)
	}
	return h.Get("Location")
}

// S-05, the money: a payment and a reimbursement of one evening, in every language at every step.
func TestPages(t *testing.T) {
	w := newWorld(t)
	ask := func(kind, amount string) string {
		return w.post("/stipends/new", url.Values{"person": {w.dang}, "kind": {kind}, "purpose": {"house_meeting"}, "amount": {amount}, "day": {"2026-11-01"}})
	}
	w.page("GET", "/stipends", nil, 200)
	if body := w.page("POST", "/stipends/new", url.Values{"person": {w.dang}, "kind": {"wage"}, "amount": {"lots"}, "day": {"2026-11-01"}}, 422); !strings.Contains(body, "lots") || !strings.Contains(body, "Mr. Dang") {
		t.Error("what was typed is gone")
	}
	pay, care := ask("payment", "50"), ask("childcare", "30")
	everywhere := func() {
		t.Helper()
		for _, lang := range []string{"en", "es", "vi", "ar"} {
			for _, path := range []string{"/stipends?x=1", "/stipends?state=requested", pay + "?x=1", care + "?x=1"} {
				w.page("GET", path+"&lang="+lang, nil, 200)
			}
		}
	}
	everywhere()
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		w.page("GET", "/stipends/new?q=dang&lang="+lang, nil, 200)
		w.page("GET", "/stipends/new?q=zzz&lang="+lang, nil, 200)
	}
	if body := w.page("GET", pay+"?lang=en", nil, 200); strings.Contains(body, `value="yes" aria`) || strings.Contains(body, "/decide") {
		t.Error("whoever asked is offered to approve")
	}
	w.who = ruth
	everywhere()
	body := w.page("GET", pay+"?lang=en", nil, 200)
	if !strings.Contains(body, "Mr. Dang") || strings.Contains(body, w.dang) || strings.Contains(body, "/pay") {
		t.Error("who approves sees more than name, amount and purpose, or may pay")
	}
	w.post(pay+"/decide", url.Values{"answer": {"yes"}})
	w.post(care+"/decide", url.Values{"answer": {"yes"}})
	w.page("POST", care+"/decide", url.Values{"answer": {"no"}}, 409)
	if status, _, _ := w.do("POST", pay+"/pay", url.Values{}); status != 403 {
		t.Error(status)
	}
	w.who = ana
	w.page("POST", pay+"/pay", url.Values{}, 409)
	w.page("POST", pay+"/notice", url.Values{}, 422)
	w.post(pay+"/notice", url.Values{"read": {"yes"}, "lang": {"vi"}})
	everywhere()
	w.post(pay+"/pay", url.Values{})
	w.post(care+"/pay", url.Values{})
	everywhere()
	if body := w.page("GET", "/stipends?state=paid&lang=en", nil, 200); !strings.Contains(body, "USD 50.00</bdi></strong>") || !strings.Contains(body, "USD 30.00</bdi></strong>") || strings.Contains(body, "80.00") {
		t.Error("the two are not kept apart")
	}
	w.post(ask("transport", "5")+"/withdraw", url.Values{})
	if status, _, h := w.do("GET", "/stipends/export", nil); status != 303 || !strings.HasPrefix(h.Get("Location"), "/confirm") {
		t.Error("the export does not ask for a second factor", status)
	}
	w.who.StepUp = w.now
	if status, file, h := w.do("GET", "/stipends/export", nil); status != 200 || !strings.Contains(file, "Mr. Dang") || !strings.HasPrefix(h.Get("Content-Type"), "text/csv") {
		t.Error(status, file)
	}
}

// The notice is for everybody to understand.
func TestTheNoticeIsEasy(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "es"} {
		l := catalog.Localizer(lang)
		score, ok := readlevel.Of(lang, readlevel.Join([]string{l.T("stipend.notice_1"), l.T("stipend.notice_2"), l.T("stipend.notice_3"), l.T("stipend.notice_4")}))
		if !ok || score.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, score.Grade)
		}
	}
}
