// Tests of the promises around a route: what it needs, how errors look, what
// headers say, and that a public page can be kept by the reader.
package web_test

import (
	"bufio"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/web"
)

var words = fstest.MapFS{
	"x.en.json": {Data: []byte(`{"x.hello":"Hello {{.Name}}","x.flash.saved":"Saved","x.short":"Write at least {{.Min}} letters","fault.title.not_found":"Not here","fault.not_found":"We cannot find this","fault.title.internal":"Our mistake","fault.internal":"Something broke","fault.title.forbidden":"Not yours","fault.forbidden":"You may not","fault.title.too_large":"Too much","fault.too_large":"Too large","fault.title.unauthenticated":"Sign in","fault.unauthenticated":"You were signed out","account.signin.go":"Sign in","fault.title.invalid":"Look again","fault.invalid":"Look again","fault.cross_origin":"From elsewhere","fault.reference":"Number {{.Reference}}","common.home":"Home"}`)},
	"x.ar.json": {Data: []byte(`{"x.hello":"مرحبا {{.Name}}"}`)},
}

var layout = `<!doctype html><html lang="{{.View.Lang}}" dir="{{.View.Dir}}"><title>{{template "title" .}}</title><script nonce="{{.View.Nonce}}" src="/x.js"></script>{{with .View.Flash}}<p>{{.}}</p>{{end}}{{template "main" .}}</html>`

func site(t *testing.T, authenticate web.Authenticator, routes ...web.Route) (*web.Mux, *httptest.Server) {
	t.Helper()
	cat, err := i18n.Load(words)
	if err != nil {
		t.Fatal(err)
	}
	if authenticate == nil {
		authenticate = func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous("a"), nil }
	}
	auth := map[web.Surface]web.Authenticator{}
	files := fstest.MapFS{}
	for _, s := range []web.Surface{web.Public, web.Staff, web.Panel, web.Participant, web.Link, web.Print, web.API} {
		auth[s] = authenticate
		files["layouts/"+string(s)+".html"] = &fstest.MapFile{Data: []byte(layout)}
	}
	pages := fstest.MapFS{"hello.html": {Data: []byte(`{{define "title"}}T{{end}}{{define "main"}}<h1>{{t "x.hello" "Name" .Data.Name}}</h1>{{range .View.Errors}}<p id=err>{{.Name}}: {{.Message}}</p>{{end}}<input name=q value="{{.Data.Name}}">{{end}}`)}}
	m, err := web.New(web.Config{
		Catalog: cat, Templates: files, Pages: map[string]fs.FS{"x": pages},
		Assets: fstest.MapFS{"css/10-b.css": {Data: []byte("b{}")}, "css/00-a.css": {Data: []byte("a{}")}, "js/x.js": {Data: []byte("1")}},
		Clock:  clock.NewFake(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)), Log: slog.New(slog.DiscardHandler), Authenticate: auth,
	})
	if err != nil {
		t.Fatal(err)
	}
	m.Handle(routes...)
	h, err := m.Handler()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return m, srv
}

var anybody = access.Need{Resource: "group", Action: access.Read}

func get(t *testing.T, u string, header ...string) (*http.Response, string) {
	t.Helper()
	req, _ := http.NewRequest("GET", u, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp, string(b)
}

func TestServerRefusesToStartWithUndeclaredRoutes(t *testing.T) {
	ok := func(http.ResponseWriter, *web.Request) error { return nil }
	for name, r := range map[string]web.Route{
		"no need":      {Method: "GET", Pattern: "/a", Surface: web.Public, Handler: ok},
		"unknown need": {Method: "GET", Pattern: "/a", Surface: web.Public, Handler: ok, Need: access.Need{Resource: "dragon", Action: access.Read}},
		"no surface":   {Method: "GET", Pattern: "/a", Handler: ok, Need: anybody},
		"no handler":   {Method: "GET", Pattern: "/a", Surface: web.Public, Need: anybody},
	} {
		m, _ := site(t, nil)
		m.Handle(r)
		if _, err := m.Handler(); err == nil {
			t.Errorf("%s: the server would start", name)
		}
	}
}

func TestErrorsBecomePages(t *testing.T) {
	fails := func(err error) web.Handler { return func(http.ResponseWriter, *web.Request) error { return err } }
	_, srv := site(t, nil,
		web.Route{Method: "GET", Pattern: "/missing", Need: anybody, Surface: web.Public, Handler: fails(fault.Missing("row 7 of org b"))},
		web.Route{Method: "GET", Pattern: "/broken", Need: anybody, Surface: web.Public, Handler: fails(io.ErrUnexpectedEOF)},
		web.Route{Method: "GET", Pattern: "/panic", Need: anybody, Surface: web.Public, Handler: func(http.ResponseWriter, *web.Request) error { panic("x") }},
		web.Route{Method: "GET", Pattern: "/staff", Need: access.Need{Resource: "counts", Action: access.Read}, Surface: web.Staff, Handler: fails(nil)},
		web.Route{Method: "POST", Pattern: "/staff", Need: access.Need{Resource: "counts", Action: access.Read}, Surface: web.Staff, Handler: fails(nil)},
		web.Route{Method: "GET", Pattern: "/json", Need: anybody, Surface: web.API, Handler: fails(fault.Missing("x"))},
	)
	for path, want := range map[string]int{"/missing": 404, "/broken": 500, "/panic": 500, "/nowhere": 404, "/json": 404} {
		resp, body := get(t, srv.URL+path)
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
		for _, secret := range []string{"row 7", "unexpected EOF", "goroutine"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s shows %q", path, secret)
			}
		}
		if path == "/json" && !strings.Contains(body, `"error":"not_found"`) {
			t.Errorf("json: %s", body)
		}
	}
	_, missing := get(t, srv.URL+"/missing")
	_, nowhere := get(t, srv.URL+"/nowhere")
	if !strings.Contains(missing, "We cannot find this") || !strings.Contains(nowhere, "We cannot find this") {
		t.Error("unknown page and unknown row must read alike")
	}
	resp, err := http.Post(srv.URL+"/staff", "application/x-www-form-urlencoded", strings.NewReader("a=1"))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 401 || !strings.Contains(string(b), `href="/sign-in" target="_blank"`) {
		t.Errorf("a form sent after the session ended leads to no sign-in: %d %s", resp.StatusCode, b)
	}
	resp, _ = get(t, srv.URL+"/staff?a=1")
	if resp.StatusCode != 303 || resp.Header.Get("Location") != "/sign-in?next="+url.QueryEscape("/staff?a=1") {
		t.Errorf("staff page for the public: %d %s", resp.StatusCode, resp.Header.Get("Location"))
	}
}

func TestHeadersAndPolicy(t *testing.T) {
	_, srv := site(t, nil, web.Route{Method: "GET", Pattern: "/", Need: anybody, Surface: web.Public,
		Handler: func(w http.ResponseWriter, r *web.Request) error {
			return r.Page(w, "x/hello", struct{ Name string }{"A"})
		}})
	resp, body := get(t, srv.URL+"/x", "Accept-Language", "en")
	csp := resp.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("csp %q", csp)
	}
	_, nonce, _ := strings.Cut(csp, "'nonce-")
	nonce, _, _ = strings.Cut(nonce, "'")
	if nonce == "" || !strings.Contains(body, `nonce="`+nonce) {
		t.Error("the page's nonce is not the policy's")
	}
	other, _ := get(t, srv.URL+"/x")
	if other.Header.Get("Content-Security-Policy") == csp {
		t.Error("the nonce must change")
	}
	if resp.Header.Get("X-Content-Type-Options") != "nosniff" || resp.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Error("security headers missing")
	}
}

func TestPublicPagesAreKept(t *testing.T) {
	_, srv := site(t, nil, web.Route{Method: "GET", Pattern: "/h", Need: anybody, Surface: web.Public,
		Handler: func(w http.ResponseWriter, r *web.Request) error {
			return r.Page(w, "x/hello", struct{ Name string }{"A"})
		}})
	first, _ := get(t, srv.URL+"/h")
	tag := first.Header.Get("ETag")
	again, body := get(t, srv.URL+"/h", "If-None-Match", tag)
	if tag == "" || again.StatusCode != 304 || body != "" {
		t.Errorf("etag %q, again %d", tag, again.StatusCode)
	}
}

func TestLanguage(t *testing.T) {
	_, srv := site(t, nil, web.Route{Method: "GET", Pattern: "/h", Need: anybody, Surface: web.Public,
		Handler: func(w http.ResponseWriter, r *web.Request) error {
			return r.Page(w, "x/hello", struct{ Name string }{"<b>"})
		}})
	if _, body := get(t, srv.URL+"/h?lang=ar"); !strings.Contains(body, `lang="ar" dir="rtl"`) || !strings.Contains(body, "مرحبا &lt;b&gt;") {
		t.Errorf("arabic: %s", body)
	}
	if _, body := get(t, srv.URL+"/h?lang=xx", "Accept-Language", "ar;q=0.9, en;q=0.5"); !strings.Contains(body, `lang="ar"`) {
		t.Errorf("an unknown ?lang= falls back to the browser's: %s", body)
	}
}

func TestCrossSitePostsAreRefused(t *testing.T) {
	var ran atomic.Int32
	_, srv := site(t, nil, web.Route{Method: "POST", Pattern: "/do", Need: anybody, Surface: web.Public,
		Handler: func(w http.ResponseWriter, r *web.Request) error { ran.Add(1); return r.Redirect(w, "/") }})
	post := func(header, value string) int {
		req, _ := http.NewRequest("POST", srv.URL+"/do", strings.NewReader("a=b"))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if header != "" {
			req.Header.Set(header, value)
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if got := post("Sec-Fetch-Site", "cross-site"); got != 403 {
		t.Errorf("cross-site: %d", got)
	}
	if got := post("Origin", "https://elsewhere.example"); got != 403 {
		t.Errorf("foreign origin: %d", got)
	}
	if ran.Load() != 0 {
		t.Error("a forged request ran")
	}
	if got := post("Sec-Fetch-Site", "same-origin"); got != 303 {
		t.Errorf("own: %d", got)
	}
}

func TestFailKeepsWhatWasTyped(t *testing.T) {
	_, srv := site(t, nil, web.Route{Method: "POST", Pattern: "/do", Need: anybody, Surface: web.Staff,
		Handler: func(w http.ResponseWriter, r *web.Request) error {
			if err := r.Parse(); err != nil {
				return err
			}
			return r.Fail(w, "x/hello", struct{ Name string }{r.Form("q")}, fault.Wrong(fault.At("q", "x.short", "Min", 3)))
		}, MaxBody: 2000})
	resp, err := http.PostForm(srv.URL+"/do", url.Values{"q": {`a"<`}})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 422 || !strings.Contains(string(b), "q: Write at least 3 letters") || !strings.Contains(string(b), `value="a&#34;&lt;"`) {
		t.Errorf("%d %s", resp.StatusCode, b)
	}
	resp, err = http.PostForm(srv.URL+"/do", url.Values{"q": {strings.Repeat("x", 3000)}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 413 {
		t.Errorf("huge form: %d", resp.StatusCode)
	}
}

func TestRedirectsStayHere(t *testing.T) {
	for in, want := range map[string]string{"/a?b=1": "/a?b=1", "https://x.example/": "/", "//x.example": "/", `/\x.example`: "/", "": "/", "a": "/", "/\r\nX: y": "/", "javascript:alert(1)": "/"} {
		if got := web.Local(in); got != want {
			t.Errorf("%q → %q, want %q", in, got, want)
		}
	}
}

func TestAssetsAreForEver(t *testing.T) {
	_, srv := site(t, nil)
	resp, _ := get(t, srv.URL+"/static/old/css/seedbed.css")
	if strings.Contains(resp.Header.Get("Cache-Control"), "immutable") {
		t.Error("an address of another version must not be kept for ever")
	}
	_, body := get(t, srv.URL+"/static/old/css/seedbed.css", "Accept-Encoding", "identity")
	if body != "a{}\nb{}\n" {
		t.Errorf("style sheets out of order: %q", body)
	}
	if resp, _ := get(t, srv.URL+"/static/old/js/..%2f..%2fweb.go"); resp.StatusCode != 404 {
		t.Errorf("outside: %d", resp.StatusCode)
	}
}

// Somebody whose session ends while a list is open stops receiving.
func TestStreamEndsWithTheSession(t *testing.T) {
	var out atomic.Bool
	staff := func(context.Context, *http.Request) (access.Actor, error) {
		if out.Load() {
			return access.Anonymous("a"), nil
		}
		return access.Actor{Org: "a", Account: "x", Roles: []access.Role{access.Navigator}}, nil
	}
	_, srv := site(t, staff, web.Route{Method: "GET", Pattern: "/live", Need: access.Need{Resource: "handoff", Action: access.Read}, Surface: web.Staff, Timeout: -1,
		Handler: func(w http.ResponseWriter, r *web.Request) error {
			return r.Stream(w, "list", 10*time.Millisecond, func() (string, error) { return "one\ntwo", nil })
		}})
	resp, err := http.Get(srv.URL + "/live")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	var got []string
	for lines.Scan() {
		got = append(got, lines.Text())
		if len(got) == 3 {
			out.Store(true)
		}
	}
	if len(got) < 3 || got[0] != "event: list" || got[1] != "data: one" || got[2] != "data: two" {
		t.Errorf("%q", got)
	}
}

func TestCompressionOnlyWhenAsked(t *testing.T) {
	_, srv := site(t, nil, web.Route{Method: "GET", Pattern: "/h", Need: anybody, Surface: web.Public,
		Handler: func(w http.ResponseWriter, r *web.Request) error {
			return r.Page(w, "x/hello", struct{ Name string }{strings.Repeat("a", 3000)})
		}})
	zipped, _ := get(t, srv.URL+"/h", "Accept-Encoding", "gzip")
	plain, body := get(t, srv.URL+"/h", "Accept-Encoding", "identity")
	if zipped.Header.Get("Content-Encoding") != "gzip" || plain.Header.Get("Content-Encoding") != "" || !strings.Contains(body, "aaaa") {
		t.Errorf("%q %q", zipped.Header.Get("Content-Encoding"), plain.Header.Get("Content-Encoding"))
	}
}
