package pledgeweb

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/pledge"
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

const org = "11111111-1111-7111-8111-111111111111"

var (
	ana    = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}
	thu    = access.Actor{Account: "thu", Org: org, Roles: []access.Role{access.Leader}}
	ruth   = access.Actor{Account: "ruth", Org: org, Roles: []access.Role{access.Lead}}
	nobody = access.Anonymous(org)
	langs  = []string{"en", "es", "vi", "ar"}
)

type officials struct{}

func (officials) Officials(context.Context, access.Actor) ([]pledge.Official, error) {
	return []pledge.Official{{ID: "o1", Name: "Elena Reyes", Title: "Director", Body: "County Pharmacy Board"}}, nil
}

func (o officials) Official(ctx context.Context, a access.Actor, id string) (pledge.Official, error) {
	list, _ := o.Officials(ctx, a)
	return list[0], nil
}

type issues struct{}

func (issues) Issues(context.Context, access.Actor) ([]pledge.Issue, error) {
	return []pledge.Issue{{ID: "i1", Title: "Labels we can read"}}, nil
}

type world struct {
	*testing.T
	url   string
	who   access.Actor
	s     *pledge.Service
	clock *clock.Fake
	jar   *http.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, who: ana, clock: clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, pledge.Schema)
	v := vaulttest.New(t)
	w.s = pledge.New(pledge.Deps{DB: d, Vault: v, Audit: audit.New(d, v, w.clock), Clock: w.clock, Officials: officials{}, Issues: issues{}, Clinic: func(context.Context, string) string { return "Cedar Street" },
		Staff: func(context.Context, string) ([]people.Colleague, error) {
			return []people.Colleague{{Account: "ana", Name: "Ana", Roles: []access.Role{access.Organizer}}, {Account: "thu", Name: "Thu", Roles: []access.Role{access.Leader}}}, nil
		}})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	public := func(context.Context, *http.Request) (access.Actor, error) { return nobody, nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Stored: idem.Lookup(d), Base: "https://seedbed.example",
		Pages: map[string]fs.FS{"pledge": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Public: auth, web.Print: auth, web.API: public}})
	w.ok(err)
	mux.Handle(New(w.s, Options{Name: func(_ context.Context, _, account string) string { return strings.ToUpper(account[:1]) + account[1:] }, Issues: issues{}, People: officials{},
		Source: func(*web.Request, string) (string, string) { return "The spring assembly", "/assemblies/1" }, Clinic: func(context.Context, string) string { return "Cedar Street" },
		Change: func(_ *web.Request, ref string) string { return "/changes/new?ref=" + ref }}).Routes()...)
	h, err := mux.Handler()
	w.ok(err)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w.url = srv.URL
	w.jar = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
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

// everywhere opens a page in every language.
func (w *world) everywhere(paths ...string) {
	w.Helper()
	for _, lang := range langs {
		for _, p := range paths {
			sep := "?"
			if strings.Contains(p, "?") {
				sep = "&"
			}
			w.page("GET", p+sep+"lang="+lang, nil, 200)
		}
	}
}

func reyes() url.Values {
	return url.Values{"name": {"Elena Reyes"}, "title": {"Director"}, "body": {"County Pharmacy Board"}, "words": {"We will adopt the rule by 30 June."}, "words_lang": {"en"}, "said": {"2026-06-05"}, "due": {"2026-10-30"},
		"measure": {"Labels in ten languages"}, "where": {"Spring assembly"}, "evidence": {"The Tribune of 6 June."}, "public": {"yes"}, "parts": {"North county\nSouth county"}, "co_owners": {"City of Millbrook"}}
}

// Written down by one, confirmed by another, kept, and public in every language at
// each step; nobody's account on the board.
func TestFromTheDeskToTheBoard(t *testing.T) {
	w := newWorld(t)
	w.everywhere("/pledges", "/pledges/clinic", "/pledges/slides", "/pledges/desk", "/pledges/desk/new")
	if body := w.page("POST", "/pledges/desk/new", url.Values{"words": {"Soon"}, "link": {"nowhere"}}, 422); !strings.Contains(body, "Soon") || !strings.Contains(body, "nowhere") {
		t.Error("what was typed is gone")
	}
	at := w.post("/pledges/desk/new", reyes())
	pid := strings.TrimPrefix(at, "/pledges/desk/")
	for _, act := range []string{"state", "publish", "correct", "withdraw", "renew", "check", "care"} {
		w.everywhere(at + "/" + act)
	}
	w.everywhere(at, "/pledges/desk?state=waiting")
	w.who = nobody
	if status, _, _ := w.do("GET", "/pledges/"+pid, nil); status != 404 {
		t.Error("public before a second person", status)
	}
	w.who = ana
	if body := w.page("POST", at+"/answer", url.Values{"answer": {"yes"}}, 409); strings.Contains(body, `value="yes"`) {
		t.Error("whoever asked is offered to confirm")
	}
	w.who = thu
	w.everywhere(at, "/pledges/desk")
	w.post(at+"/answer", url.Values{"answer": {"yes"}})
	w.who = nobody
	w.everywhere("/pledges", "/pledges/"+pid, "/pledges/slides", "/pledges?state=overdue", "/pledges?state=kept")
	body := w.page("GET", "/pledges?lang=en", nil, 200)
	for _, want := range []string{"We will adopt the rule", "1 pledge of 1 body", "Overdue", "<svg", "<table"} {
		if !strings.Contains(body, want) {
			t.Errorf("the board lacks %q", want)
		}
	}
	body = w.page("GET", "/pledges/"+pid+"?lang=en", nil, 200)
	for _, not := range []string{"Ana", "Thu", "/pledges/desk"} {
		if strings.Contains(body, not) {
			t.Errorf("the public page shows %q", not)
		}
	}
	for _, path := range []string{"/pledges/desk", at} {
		if status, _, _ := w.do("GET", path, nil); status == 200 {
			t.Error(path + " opens for anybody")
		}
	}

	w.who = ana
	w.page("POST", at+"/state", url.Values{"to": {"kept"}}, 422)
	w.post(at+"/state", url.Values{"to": {"kept"}, "evidence": {"The rule is in force since 1 October."}, "link": {"https://board.example/rule"}})
	w.everywhere(at)
	w.page("POST", at+"/state", url.Values{"to": {"kept"}, "evidence": {"Twice."}}, 409)
	w.who = thu
	w.page("POST", at+"/answer", url.Values{"answer": {"no"}, "why": {"He is undocumented"}}, 422)
	w.post(at+"/answer", url.Values{"answer": {"no"}, "why": {"Two pharmacies have none."}})
	w.everywhere(at)
	w.post(at+"/check", url.Values{"seen": {"They wait for the printer."}})
	w.post(at+"/state", url.Values{"to": {"kept"}, "evidence": {"All of them now."}})
	w.post(at+"/back", nil)
	w.post(at+"/correct", url.Values{"name": {"Elena Reyes"}, "title": {"Director"}, "body": {"County Pharmacy Board"}, "words": {"We will adopt the rule by 30 October."}, "words_lang": {"en"}, "due": {"2026-10-30"}, "evidence": {"We wrote the month wrong."}})
	w.everywhere(at)
	w.who = ana
	w.post(at+"/answer", url.Values{"answer": {"yes"}})
	w.post(at+"/care", url.Values{"owner": {"thu"}, "issue": {"i1"}, "yearly": {"yes"}, "other_es": {"Adoptaremos la regla antes del 30 de octubre."}})
	w.post(at+"/renew", url.Values{"answer": {"renew"}, "evidence": {"A letter of the board."}})
	w.who = thu
	w.post(at+"/answer", url.Values{"answer": {"yes"}})
	w.post(at+"/state", url.Values{"to": {"kept"}, "evidence": {"All of them now."}})
	w.who = ruth
	w.post(at+"/answer", url.Values{"answer": {"yes"}})
	if body := w.page("GET", at, nil, 200); !strings.Contains(body, "/changes/new?ref=pledge:"+pid) {
		t.Error("a kept promise leads to no change")
	}
	w.who = nobody
	w.everywhere("/pledges/"+pid, "/pledges", "/pledges/slides")
	body = w.page("GET", "/pledges/"+pid+"?lang=es", nil, 200)
	for _, want := range []string{"Adoptaremos la regla", "by 30 October", "by 30 June", "All of them now."} {
		if !strings.Contains(body, want) {
			t.Errorf("in Spanish without %q", want)
		}
	}
	for _, not := range []string{"They wait for the printer", "Two pharmacies have none"} {
		if strings.Contains(body, not) {
			t.Errorf("the public reads %q", not)
		}
	}

	w.who = ana
	w.everywhere("/pledges/desk/new?instead_of=" + pid)
	next := reyes()
	next.Set("instead_of", pid)
	to := w.post("/pledges/desk/new", next)
	w.everywhere(at, to)
	w.who = thu
	w.post(at+"/answer", url.Values{"answer": {"yes"}})
	w.post(to+"/answer", url.Values{"answer": {"yes"}})
	w.post(to+"/withdraw", url.Values{"evidence": {"The deputy spoke, not she."}})
	w.who = ana
	w.post(to+"/answer", url.Values{"answer": {"yes"}})
	w.everywhere(to, at, "/pledges/desk?state=withdrawn")
	w.who = nobody
	w.everywhere("/pledges/"+strings.TrimPrefix(to, "/pledges/desk/"), "/pledges/"+pid)
	if body := w.page("GET", "/pledges/"+strings.TrimPrefix(to, "/pledges/desk/"), nil, 200); !strings.Contains(body, "The deputy spoke, not she.") {
		t.Error("a mistake went in silence")
	}
}

func TestTheClinicsOwn(t *testing.T) {
	w := newWorld(t)
	if status, _, _ := w.do("GET", "/pledges/desk/new?kind=clinic", nil); status != 403 {
		t.Error("an organizer commits the clinic", status)
	}
	w.who = ruth
	w.everywhere("/pledges/desk/new?kind=clinic", "/pledges/desk")
	form := url.Values{"kind": {"clinic"}, "topic": {"rooms"}, "name": {"Ruth Adeyemi"}, "title": {"Clinic leader"}, "words": {"Groups meet here for free."}, "words_lang": {"en"}, "said": {"2026-10-01"}, "evidence": {"Minutes of 1 October."}}
	at := w.post("/pledges/desk/new", form)
	w.who = ana
	w.post(at+"/answer", url.Values{"answer": {"yes"}})
	w.who = nobody
	w.everywhere("/pledges/clinic", "/pledges", strings.Replace(at, "/desk", "", 1))
	if body := w.page("GET", "/pledges/clinic?lang=en", nil, 200); !strings.Contains(body, "Groups meet here for free.") || !strings.Contains(body, "Ruth Adeyemi") || !strings.Contains(body, "Rooms") {
		t.Error("the register does not say what, who and about what")
	}
}

// fill puts promises on the board through the room's own verbs.
func (w *world) fill(n int) {
	w.Helper()
	for i := range n {
		in := pledge.In{Ref: "assembly:1", Name: "Elena Reyes", Title: "Director", Body: []string{"County Pharmacy Board", "City of Millbrook", "Millbrook Transit"}[i%3], Lang: "en", Said: "2026-06-05", Due: "2027-06-30", Public: true,
			Words: "We will do number " + strconv.Itoa(i) + " by the end of June, and tell you in writing.", Others: map[string]string{"ar": "سنفعل ذلك."}}
		_, err := w.s.Make(context.Background(), ana, in)
		w.ok(err)
	}
}

// The feed is RFC 4287: the elements that must be there, ids that stay, one document
// per language.
func TestTheFeed(t *testing.T) {
	w := newWorld(t)
	w.fill(4)
	type entry struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Summary string `xml:"summary"`
		Link    []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
	}
	type feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Author  []struct {
			Name string `xml:"name"`
		} `xml:"author"`
		Link []struct {
			Rel  string `xml:"rel,attr"`
			Lang string `xml:"hreflang,attr"`
			Type string `xml:"type,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Entry []entry `xml:"entry"`
	}
	read := func(lang string) (f feed, h http.Header) {
		t.Helper()
		status, body, h := w.do("GET", "/pledges.atom?lang="+lang, nil)
		if status != 200 || h.Get("Content-Type") != "application/atom+xml; charset=utf-8" {
			t.Fatal(status, h)
		}
		w.ok(xml.Unmarshal([]byte(body), &f))
		return f, h
	}
	urn := regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for _, lang := range langs {
		f, h := read(lang)
		if f.Lang != lang || f.Title == "" || len(f.Author) != 1 || f.Author[0].Name == "" || len(f.Entry) != 4 {
			t.Errorf("%s: %+v", lang, f)
		}
		self := 0
		for _, l := range f.Link {
			if l.Rel == "self" {
				self++
				if l.Href != "https://seedbed.example/pledges.atom?lang="+lang {
					t.Error(l.Href)
				}
			}
		}
		if self != 1 {
			t.Errorf("%d links to itself", self)
		}
		newest := time.Time{}
		for _, e := range f.Entry {
			at, err := time.Parse(time.RFC3339, e.Updated)
			if !urn.MatchString(e.ID) || seen[e.ID] || e.Title == "" || e.Summary == "" || err != nil || len(e.Link) == 0 || e.Link[0].Rel != "alternate" || !strings.HasPrefix(e.Link[0].Href, "https://seedbed.example/pledges/") {
				t.Errorf("%s: %+v %v", lang, e, err)
			}
			seen[e.ID] = true
			if at.After(newest) {
				newest = at
			}
		}
		if at, err := time.Parse(time.RFC3339, f.Updated); err != nil || !at.Equal(newest) || !urn.MatchString(f.ID) || seen[f.ID] {
			t.Error("updated", f.Updated, f.ID)
		}
		seen[f.ID] = true
		req, _ := http.NewRequest("GET", w.url+"/pledges.atom?lang="+lang, nil)
		req.Header.Set("If-None-Match", h.Get("ETag"))
		res, err := w.jar.Do(req)
		w.ok(err)
		res.Body.Close()
		if res.StatusCode != http.StatusNotModified {
			t.Error(res.StatusCode)
		}
	}
	before, _ := read("en")
	w.clock.Advance(time.Hour)
	p, err := w.s.List(context.Background(), nobody, pledge.Filter{})
	w.ok(err)
	w.ok(w.s.Ask(context.Background(), ana, pledge.AskIn{ID: p[0].ID, Act: pledge.Move, To: pledge.Kept, Evidence: "Done & <seen>."}))
	if after, _ := read("en"); after.Updated != before.Updated {
		t.Error("the feed tells what nobody confirmed")
	}
	w.ok(w.s.Answer(context.Background(), thu, pledge.AnswerIn{ID: p[0].ID, Yes: true}))
	after, _ := read("en")
	if after.Updated == before.Updated || after.Entry[0].ID != "urn:uuid:"+id.Derive(p[0].ID, "pledge en") || !strings.Contains(after.Entry[0].Summary, "Kept") {
		t.Errorf("%+v", after.Entry[0])
	}
	empty := newWorld(t)
	_, body, _ := empty.do("GET", "/pledges.atom", nil)
	var f feed
	if err := xml.Unmarshal([]byte(body), &f); err != nil || f.Updated == "" || f.ID == "" {
		t.Error("an empty board has no feed", err)
	}
}

// The board stays small on a cheap phone, has no script of its own, and a reader who
// has it need not fetch it again.
func TestTheBoardIsLight(t *testing.T) {
	w := newWorld(t)
	w.fill(70)
	w.who = nobody
	status, body, h := w.do("GET", "/pledges?lang=ar", nil)
	var z bytes.Buffer
	g := gzip.NewWriter(&z)
	g.Write([]byte(body))
	w.ok(g.Close())
	if status != 200 || z.Len() > 50_000 {
		t.Errorf("%d, %d bytes", status, z.Len())
	}
	t.Logf("%d bytes, %d compressed", len(body), z.Len())
	if !strings.Contains(body, "from=60") {
		t.Error("the rest is nowhere")
	}
	w.page("GET", "/pledges?from=60&lang=ar", nil, 200)
	w.page("GET", "/pledges?from=9999", nil, 200)
	if h.Get("ETag") == "" {
		t.Error("no mark to compare with")
	}
}

// What the public reads is for everybody to understand.
func TestTheBoardIsEasyToRead(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "es"} {
		l := catalog.Localizer(lang)
		var texts []string
		for _, k := range []string{"board.intro", "how_1", "how_2", "second", "waiting.yours", "about.state", "about.correct", "about.withdraw", "about.publish", "no_private", "evidence_hint", "means.broken", "means.kept"} {
			texts = append(texts, l.T("pledge."+k))
		}
		if score, ok := readlevel.Of(lang, readlevel.Join(texts)); !ok || score.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, score.Grade)
		}
	}
}
