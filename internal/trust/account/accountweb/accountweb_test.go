// The pages against the real mux, as a browser without JavaScript meets them:
// first run, signing in, inviting, one's own account, in every language.

package accountweb

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/account"
	"seedbed/locales"
	look "seedbed/web"
)

const phrase = "seven green kettles sing"

type site struct {
	*testing.T
	s       *account.Service
	h       http.Handler
	clock   *clock.Fake
	catalog *i18n.Catalog
	ready   bool
}

func newSite(t *testing.T, d *db.DB, secure, demo bool) *site {
	t.Helper()
	w := &site{T: t, clock: clock.NewFake(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))}
	v := vaulttest.New(t)
	base := "http://localhost:8730"
	if secure {
		base = "https://seedbed.example"
	}
	var err error
	w.s, err = account.New(d, v, audit.New(d, v, w.clock), w.clock,
		account.Options{Base: base, Cost: account.Cost{Memory: 64, Time: 1, Threads: 1}, Demo: demo})
	w.ok(err)
	w.catalog, err = i18n.Load(locales.Files)
	w.ok(err)
	staff := Authenticator(w.s, secure, func(ctx context.Context, _ *http.Request) (access.Actor, error) {
		list, err := w.s.Organizations(ctx)
		if len(list) == 0 {
			return access.Anonymous(""), err
		}
		return access.Anonymous(list[0].ID), err
	})
	m, err := web.New(web.Config{Catalog: w.catalog, Templates: look.Templates(), Pages: map[string]fs.FS{"account": Pages()}, Assets: look.Assets,
		Clock: w.clock, Log: slog.New(slog.DiscardHandler), Secure: secure, Demo: demo, Ready: func() bool { return w.ready },
		Authenticate: map[web.Surface]web.Authenticator{web.Public: staff, web.Staff: staff},
		Frame: func(context.Context, access.Actor, string) web.Frame {
			return web.Frame{Scope: "Riverside Clinic", Name: "Ana", Nav: []web.NavItem{{Key: "account.list.title", URL: "/accounts", Icon: "people"}, {Key: "account.me.title", URL: "/account", Icon: "person"}}}
		}})
	w.ok(err)
	m.Handle(New(w.s, Options{Groups: func(context.Context, access.Actor) ([]Option, error) {
		return []Option{{Value: "g1", Label: "Tenants of Oak Street"}}, nil
	}}).Routes()...)
	w.h, err = m.Handler()
	w.ok(err)
	return w
}

func (w *site) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// browser keeps cookies and follows nothing by itself.
type browser struct {
	*site
	jar  map[string]*http.Cookie
	lang string
}

func (w *site) browser() *browser { return &browser{w, map[string]*http.Cookie{}, "en"} }

type page struct {
	status int
	to     string
	body   string
	header http.Header
}

func (b *browser) do(method, path string, form url.Values, header ...string) page {
	b.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.RemoteAddr = "192.0.2.9:4711"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.Header.Set("Accept-Language", b.lang)
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for _, c := range b.jar {
		r.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	b.h.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		b.jar[c.Name] = c
		if c.MaxAge < 0 {
			delete(b.jar, c.Name)
		}
	}
	return page{rec.Code, rec.Header().Get("Location"), rec.Body.String(), rec.Header()}
}

// get opens a page, which must be whole.
func (b *browser) get(path string) page {
	b.Helper()
	p := b.do("GET", path, nil)
	if p.status != 200 {
		b.Fatalf("GET %s: %d %s", path, p.status, p.to)
	}
	webtest.Page(b, p.body)
	return p
}

func (b *browser) post(path string, pairs ...string) page {
	b.Helper()
	form := url.Values{"_key": {fmt.Sprintf("0195f2aa-0000-7000-8000-%012d", b.clock.Now().UnixNano()%1e12)}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.do("POST", path, form)
}

// sent expects a form to lead on to a page.
func (b *browser) sent(to string, p page) page {
	b.Helper()
	if p.status != http.StatusSeeOther || !strings.HasPrefix(p.to, to) {
		b.Fatalf("want 303 to %s, got %d %q\n%s", to, p.status, p.to, errorsIn(p.body))
	}
	return p
}

// wrong expects a form to come back with a sentence.
func (b *browser) wrong(status int, key string, p page) page {
	b.Helper()
	text := b.catalog.Localizer(b.lang).T(key, "Min", 15, "Max", 128)
	if p.status != status || !strings.Contains(html.UnescapeString(p.body), text) {
		b.Fatalf("want %d with %q, got %d\n%s", status, text, p.status, errorsIn(p.body))
	}
	webtest.Page(b, p.body)
	return p
}

func errorsIn(body string) string {
	doc, _ := html.Parse(strings.NewReader(body))
	var out string
	webtest.Walk(doc, func(n *html.Node) {
		if n.Data == "h1" || webtest.Attr(n, "id") == "errors" {
			out += webtest.Text(n) + "\n"
		}
	})
	return out
}

var secretText = regexp.MustCompile(`id="app-secret">([A-Z2-7 ]+)<`)

func (b *browser) secret(body string) string {
	b.Helper()
	m := secretText.FindStringSubmatch(body)
	if m == nil {
		b.Fatal("no secret on the page")
	}
	return strings.ReplaceAll(m[1], " ", "")
}

// code is an authenticator app of the test's own.
func (b *browser) code(secret string) string {
	b.clock.Advance(30 * time.Second)
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	b.ok(err)
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(b.clock.Now().Unix()/30)))
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:])&0x7fffffff%1000000)
}

// firstRun goes through the guided pages and returns the app's secret.
func (b *browser) firstRun() string {
	b.Helper()
	token, err := b.s.IssueSetupToken(context.Background())
	b.ok(err)
	b.sent("/setup", b.do("GET", "/sign-in", nil))
	b.get("/setup")
	b.wrong(422, "account.setup.wrong", b.post("/setup", "token", "0000"))
	b.sent("/setup/steps", b.post("/setup", "token", token))
	b.get("/setup/steps")
	p := b.wrong(422, "account.zone.unknown", b.post("/setup/steps", "stage", "clinic", "clinic", "Riverside Clinic", "site", "Main Street", "zone", "Nowhere"))
	if !strings.Contains(p.body, "Main Street") {
		b.Fatal("what was typed is lost")
	}
	b.sent("/setup/steps", b.post("/setup/steps", "stage", "clinic", "clinic", "Riverside Clinic", "site", "Main Street", "zone", "America/Chicago", "language", "en"))
	b.get("/setup/steps")
	b.sent("/setup/steps", b.post("/setup/steps", "stage", "person", "name", "Ana Robles", "email", "ana@riverside.example", "language", "en"))
	b.ready = true
	return b.factors("/setup/steps")
}

func (b *browser) factors(base string) string {
	b.Helper()
	b.get(base)
	b.wrong(422, "account.password.short", b.post(base, "stage", "factor", "password", "short"))
	b.wrong(422, "account.password.common", b.post(base, "stage", "factor", "password", "passwordpassword"))
	b.sent(base, b.post(base, "stage", "factor", "password", phrase))
	p := b.get(base)
	if !strings.Contains(p.body, "<svg") || p.header.Get("Cache-Control") != "no-store" || p.header.Get("ETag") != "" {
		b.Fatalf("the page with the secret needs a picture and must not be kept: %v", p.header)
	}
	secret := b.secret(p.body)
	b.wrong(422, "account.code.wrong", b.post(base, "stage", "code", "code", "000000"))
	done := b.post(base, "stage", "code", "code", b.code(secret))
	if done.status != 200 || strings.Count(done.body, "<li><span class=\"code\">") != 10 {
		b.Fatalf("%d: want ten recovery codes\n%s", done.status, errorsIn(done.body))
	}
	webtest.Page(b, done.body)
	return secret
}

func (b *browser) signIn(secret string) {
	b.Helper()
	b.sent("/sign-in/code", b.post("/sign-in", "email", "ana@riverside.example", "password", phrase))
	b.get("/sign-in/code")
	b.sent("/accounts", b.post("/sign-in/code", "code", b.code(secret), "next", "/"))
}

func each(t *testing.T, fn func(w *site)) {
	dbtest.Each(t, []fs.FS{account.Schema, audit.Schema, idem.Schema}, func(t *testing.T, d *db.DB) { fn(newSite(t, d, false, false)) })
}

func TestFromTheConsoleToAnInvitedColleague(t *testing.T) {
	each(t, func(w *site) {
		admin := w.browser()
		secret := admin.firstRun()
		admin.get("/accounts")
		if p := w.browser().do("GET", "/setup", nil); p.status != http.StatusGone {
			w.Fatalf("set-up again: %d", p.status)
		}
		admin.get("/accounts/invite")
		admin.wrong(422, "account.role.group_needed", admin.post("/accounts/invite", "role", "partner", "language", "es"))
		p := admin.post("/accounts/invite", "role", "clinician", "name", "Minh Tran", "email", "minh@riverside.example", "language", "vi")
		webtest.Page(w, p.body)
		link := regexp.MustCompile(`/invite/[A-Za-z0-9_-]{43}`).FindString(p.body)
		if link == "" {
			w.Fatal("no link")
		}
		minh := w.browser()
		minh.lang = "vi"
		for range 3 {
			minh.get(link)
		}
		minh.wrong(422, "account.email.wrong", minh.post(link, "name", "Minh Tran", "email", "nonsense"))
		minh.sent("/enrol", minh.post(link, "name", "Minh Tran", "email", "minh@riverside.example", "language", "vi"))
		minh.factors("/enrol")
		if p := w.browser().do("GET", link, nil); p.status != http.StatusGone {
			w.Fatalf("a used invitation: %d", p.status)
		}
		if p := w.browser().post(link, "name", "Eve", "email", "eve@example.org"); p.status != http.StatusGone {
			w.Fatalf("a used invitation: %d", p.status)
		}
		minh.get("/account")
		for _, path := range []string{"/accounts", "/accounts/invite", "/sites"} {
			if p := minh.do("GET", path, nil); p.status != http.StatusForbidden {
				w.Errorf("%s as a clinician: %d", path, p.status)
			}
		}

		id := regexp.MustCompile(`/accounts/([0-9a-f-]{36})" dir="auto">Minh`).FindStringSubmatch(admin.get("/accounts").body)
		admin.get("/accounts/" + id[1])
		admin.sent("/accounts/", admin.post("/accounts/"+id[1]+"/roles", "role", "clinician", "role", "navigator"))
		w.clock.Advance(11 * time.Minute)
		admin.sent("/confirm?next=%2Faccounts%2F", admin.post("/accounts/"+id[1]+"/disable"))
		admin.get("/confirm?next=/accounts")
		admin.wrong(422, "account.code.wrong", admin.post("/confirm", "code", "123", "next", "/accounts"))
		old := admin.jar[sessionCookie].Value
		admin.sent("/accounts", admin.post("/confirm", "code", admin.code(secret), "next", "/accounts"))
		if admin.jar[sessionCookie].Value == old {
			w.Fatal("the session must get a new token")
		}
		admin.sent("/accounts", admin.post("/accounts/"+id[1]+"/disable"))
		minh.sent("/sign-in?next=%2Faccount", minh.do("GET", "/account", nil)) // out on the next request
		reset := admin.post("/accounts/" + id[1] + "/reset")
		if reset.status != 200 || !strings.Contains(reset.body, "/invite/") {
			w.Fatalf("reset: %d", reset.status)
		}
		webtest.Page(w, reset.body)
	})
}

func TestSigningInAndOut(t *testing.T) {
	each(t, func(w *site) {
		b := w.browser()
		secret := b.firstRun()
		b.sent("/", b.post("/sign-out"))
		b.sent("/sign-in?next=%2Faccount", b.do("GET", "/account", nil))

		known := b.post("/sign-in", "email", "ana@riverside.example", "password", "wrong wrong wrong")
		unknown := b.post("/sign-in", "email", "eve@riverside.example", "password", "wrong wrong wrong")
		b.wrong(422, "account.signin.wrong", known)
		if mask(known.body, "ana@") != mask(unknown.body, "eve@") {
			w.Fatal("the answers to a known and an unknown address differ")
		}
		if !strings.Contains(known.body, "ana@riverside.example") || strings.Contains(known.body, "wrong wrong") {
			w.Fatal("the address stays, the password does not")
		}

		b.sent("/sign-in/code?next=%2F", b.post("/sign-in", "email", "ana@riverside.example", "password", phrase, "next", "//evil.example/x"))
		b.sent("/accounts", b.post("/sign-in/code", "code", b.code(secret), "next", "https://evil.example"))
		c := b.jar[sessionCookie]
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			w.Fatalf("%+v", c)
		}
		if p := b.do("POST", "/sign-out", url.Values{}, "Sec-Fetch-Site", "cross-site"); p.status != http.StatusForbidden {
			w.Fatalf("a form of another site: %d", p.status)
		}
		b.get("/account")
		stolen := &browser{w, map[string]*http.Cookie{sessionCookie: {Name: sessionCookie, Value: c.Value}}, "en"}
		stolen.get("/account")
		b.sent("/account", b.post("/account/sessions/end-others"))
		b.sent("/", b.post("/sign-out"))
		stolen.sent("/sign-in", stolen.do("GET", "/account", nil))
		for range 12 {
			b.post("/sign-in", "email", "ana@riverside.example", "password", "wrong wrong wrong")
		}
		if p := b.post("/sign-in", "email", "ana@riverside.example", "password", phrase); p.status != http.StatusTooManyRequests {
			w.Fatalf("%d", p.status)
		}
	})
}

// mask removes what differs between any two answers: nonce, key, reference and the address typed.
func mask(body, who string) string {
	body = strings.ReplaceAll(body, who, "")
	body = regexp.MustCompile(`nonce="[^"]*"`).ReplaceAllString(body, "")
	return regexp.MustCompile(`name="_key" value="[^"]*"`).ReplaceAllString(body, "")
}

func TestOwnAccount(t *testing.T) {
	each(t, func(w *site) {
		b := w.browser()
		secret := b.firstRun()
		other := w.browser()
		other.signIn(secret)
		b.wrong(422, "account.name.needed", b.post("/account", "name", " ", "language", "en"))
		b.sent("/account", b.post("/account", "name", "Ana R.", "language", "es"))
		b.lang = "es"
		if p := b.get("/account?lang=es"); !strings.Contains(p.body, "Ana R.") || !strings.Contains(p.body, `lang="es"`) {
			w.Fatal("name and language must have changed")
		}
		b.get("/account/password")
		b.wrong(422, "account.password.wrong", b.post("/account/password", "current", "wrong wrong wrong", "next", "nine slow herons wade"))
		b.sent("/account", b.post("/account/password", "current", phrase, "next", "nine slow herons wade"))
		other.sent("/sign-in", other.do("GET", "/account", nil))
		b.sent("/account/app", b.post("/account/app"))
		p := b.get("/account/app")
		fresh := b.secret(p.body)
		b.wrong(422, "account.code.wrong", b.post("/account/app/code", "code", "000000"))
		if p := b.post("/account/app/code", "code", b.code(fresh)); p.status != 200 {
			w.Fatalf("%d", p.status)
		}
		if p := b.post("/account/codes"); p.status != 200 || strings.Count(p.body, `<span class="code">`) != 10 {
			w.Fatalf("%d", p.status)
		}
		b.get("/account/passkeys")
		if p := b.do("POST", "/account/passkeys/begin", url.Values{}, "Content-Type", "application/json"); p.status != 422 || !strings.Contains(p.body, "message") {
			w.Fatalf("%d %s", p.status, p.body)
		}
		b.get("/sites")
		b.sent("/sites", b.post("/sites", "name", "Oak Road"))
		b.wrong(422, "account.site.needed", b.post("/sites", "name", " "))
		b.wrong(422, "account.zone.unknown", b.post("/clinic", "clinic", "Riverside", "zone", "Moon"))
		if p := b.get("/sites"); strings.Count(p.body, `name="site_name"`) != 2 {
			w.Fatal("two sites expected")
		}
		site := regexp.MustCompile(`action="/sites/([0-9a-f-]{36})"`).FindStringSubmatch(b.get("/sites").body)[1]
		b.sent("/sites", b.post("/sites/"+site, "act", "close"))
		b.sent("/sites", b.post("/sites/"+site, "act", "rename", "site_name", "Oak Road South"))
		if p := b.post("/sites/0195f2aa-0000-7000-8000-000000000000", "act", "rename", "site_name", "X"); p.status != 404 {
			w.Fatalf("%d", p.status)
		}
	})
}

func TestPasskeyEndpointsSpeakJSON(t *testing.T) {
	w := newSite(t, dbtest.SQLite(t, account.Schema, audit.Schema, idem.Schema), true, false)
	w.ready = true
	b := w.browser()
	p := b.do("POST", "/sign-in/passkey/begin", url.Values{}, "Content-Type", "application/json")
	if p.status != 200 || !strings.Contains(p.body, `"publicKey":{"challenge":`) {
		t.Fatalf("%d %s", p.status, p.body)
	}
	c := b.jar["__Host-"+stepCookie]
	if c == nil || !c.Secure || !c.HttpOnly {
		t.Fatalf("over https the cookie is bound to the host: %+v", b.jar)
	}
	p = b.do("POST", "/sign-in/passkey", url.Values{"x": {"not a credential"}}, "Content-Type", "application/json")
	if p.status != 422 || !strings.Contains(p.body, `"message"`) {
		t.Fatalf("%d %s", p.status, p.body)
	}
}

func TestTicketPageSignsNobodyIn(t *testing.T) {
	w := newSite(t, dbtest.SQLite(t, account.Schema, audit.Schema, idem.Schema), false, true)
	w.ready = true
	ctx := context.Background()
	o, err := w.s.CreateOrg(ctx, account.Clinic{Name: "Riverside Clinic", Site: "Main Street", Language: "en", Zone: "UTC"})
	w.ok(err)
	_, err = w.s.Provision(ctx, o.ID, account.Person{Name: "Minh Tran", Email: "minh@riverside.example", Language: "en"}, account.Role{Role: access.Clinician})
	w.ok(err)
	token, err := w.s.DemoTicket(ctx, o.ID, access.Clinician)
	w.ok(err)
	b := w.browser()
	b.get("/ticket/" + token)
	if b.jar[sessionCookie] != nil {
		t.Fatal("looking signed somebody in")
	}
	b.sent("/offer", b.post("/ticket/"+token))
	b.get("/account")
	if p := b.post("/ticket/unknown"); p.status != 404 {
		t.Fatalf("%d", p.status)
	}
}

// Every page in every language: whole, translated, with a direction.
func TestEveryPageInEveryLanguage(t *testing.T) {
	w := newSite(t, dbtest.SQLite(t, account.Schema, audit.Schema, idem.Schema), false, false)
	b := w.browser()
	secret := b.firstRun()
	link := regexp.MustCompile(`/invite/[A-Za-z0-9_-]{43}`).FindString(b.post("/accounts/invite", "role", "partner", "group", "g1", "language", "ar").body)
	one := regexp.MustCompile(`/accounts/[0-9a-f-]{36}`).FindString(b.get("/accounts").body)
	b.sent("/account/app", b.post("/account/app"))
	for _, lang := range w.catalog.Languages() {
		b.lang = lang
		for _, path := range []string{"/account", "/account/password", "/account/app", "/account/passkeys", "/accounts", "/accounts/invite", one, "/sites", "/confirm"} {
			b.get(path + "?lang=" + lang)
		}
		guest := w.browser()
		guest.lang = lang
		guest.get("/sign-in")
		guest.get(link)
		guest.sent("/sign-in/code", guest.post("/sign-in", "email", "ana@riverside.example", "password", phrase))
		guest.get("/sign-in/code")
	}
	_ = secret
	if missing := w.catalog.Missing(); len(missing) > 0 {
		t.Errorf("missing messages: %v", missing)
	}
}
