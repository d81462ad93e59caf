package directoryweb

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"seedbed/internal/clinic/directory"
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
	"seedbed/locales"
	look "seedbed/web"
)

const org = "org-a"

var (
	ctx       = context.Background()
	organizer = access.Actor{Account: "acc-organizer", Org: org, Roles: []access.Role{access.Organizer}}
	languages = []string{"en", "es", "vi", "ar"}
)

// world is the room behind a server; who is who asks.
type world struct {
	*testing.T
	s     *directory.Service
	clock *clock.Fake
	url   string
	who   access.Actor
	mux   *web.Mux
	jar   *http.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: clock.NewFake(time.Date(2026, 3, 3, 17, 0, 0, 0, time.UTC)), who: organizer}
	d := dbtest.SQLite(t, directory.Schema, audit.Schema, idem.Schema)
	v := vaulttest.New(t)
	w.s = directory.New(directory.Options{DB: d, Vault: v, Audit: audit.New(d, v, w.clock), Clock: w.clock,
		Remind: func(context.Context, *db.Tx, string, string) error { return nil }})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	w.mux, err = web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: w.clock, Log: slog.New(slog.DiscardHandler),
		Pages:        map[string]fs.FS{"directory": Pages()},
		Authenticate: map[web.Surface]web.Authenticator{web.Public: auth, web.Staff: auth, web.Print: auth, web.Link: auth, web.Panel: auth, web.Participant: auth, web.API: auth},
	})
	w.ok(err)
	w.mux.Handle(New(w.s).Routes()...)
	h, err := w.mux.Handler()
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
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, w.url+path, body)
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

// get fetches a page and holds it to the rules every page obeys.
func (w *world) get(path string, want int) (string, *html.Node) {
	w.Helper()
	status, body, _ := w.do("GET", path, nil)
	if status != want {
		w.Fatalf("GET %s: %d\n%s", path, status, body)
	}
	return body, w.page(path, body)
}

func (w *world) page(path, body string) *html.Node {
	w.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	w.ok(err)
	for _, problem := range webtest.Problems(doc, body) {
		w.Errorf("%s: %s", path, problem)
	}
	return doc
}

// post sends a form with a fresh key.
func (w *world) post(path string, form url.Values, want int) string {
	w.Helper()
	status, body, header := w.do("POST", path, withKey(form))
	if status != want {
		w.Fatalf("POST %s: %d, want %d\n%s", path, status, want, body)
	}
	if status == http.StatusSeeOther {
		return header.Get("Location")
	}
	w.page(path, body)
	return body
}

var keys int

func withKey(form url.Values) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = v
	}
	keys++
	out.Set("_key", fmt.Sprintf("key-%d", keys))
	return out
}

func sample(name string) directory.Group {
	return directory.Group{
		Offer: directory.Organizing, Kind: directory.Tenants, Host: "Metro Common Ground", Name: name, Lang: "en",
		WhatMembersDo: "We meet, listen and talk with owners about repairs.", ForWhom: "Everybody who rents", Why: "Members vote on every step.",
		Texts:         map[string]directory.Words{"es": {WhatMembersDo: "Nos reunimos y hablamos con los dueños.", ForWhom: "Quien alquila", Why: "Los miembros votan."}},
		MembersDecide: true, ActsOnCauses: true, Topics: []directory.Topic{directory.Housing, directory.CareCosts},
		Rhythm:    []directory.Meeting{{Weekday: time.Tuesday, Start: 18*60 + 30, End: 20 * 60, Every: directory.Weekly}, {Weekday: time.Sunday, Start: 600, Every: directory.Monthly, Nth: -1}},
		Place:     directory.Place{Name: "Linden Hall", Area: "Cedar Hill", Address: "12 Linden Way", Lat: 45.5212, Lon: -122.6587, Located: true, Visibility: directory.Exact},
		Languages: []string{"es", "en"}, Access: []directory.AccessFeature{directory.StepFree}, Childcare: true, Leader: "Marisol",
		Safety: directory.Safety{Papers: directory.No, Police: directory.No, Photos: directory.PhotosAsked}, Tie: directory.Partner,
		Contact: directory.PublicContact{Phone: "+1 503 555 0101", Email: strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@groups.example", URL: "https://groups.example/x"},
	}
}

var contact = directory.Handoff{Name: "Marisol Vega", Phone: "+15035550101", Channel: directory.BySMS, SMS: true, Lang: "es"}

var passed = directory.Vetting{Passed: directory.Checks(), Conflict: "none"}

func (w *world) draft(g directory.Group) string {
	w.Helper()
	made, err := w.s.Create(ctx, organizer, directory.Entry{Group: g, Handoff: contact, Different: true})
	w.ok(err)
	return made
}

func (w *world) publish(g directory.Group) string {
	w.Helper()
	made := w.draft(g)
	w.ok(w.s.Vet(ctx, organizer, made, passed, ""))
	w.ok(w.s.Do(ctx, organizer, made, directory.Publish, "", ""))
	return made
}

// Every page in every language, filled with everything it can show.
func TestEveryPageInEveryLanguage(t *testing.T) {
	w := newWorld(t)
	made := w.publish(sample("Cedar Tenants"))
	rough := sample("Rough Group")
	rough.Place.Visibility = directory.Blurred
	w.publish(rough)
	hidden := sample("Hidden Group")
	hidden.Place.Visibility, hidden.Online = directory.Hidden, true
	w.publish(hidden)
	draft := w.draft(sample("Draft Group"))
	hold := w.publish(sample("On Hold"))
	w.ok(w.s.Do(ctx, organizer, hold, directory.Suspend, "safety", ""))
	prog, err := w.s.SaveProgramme(ctx, organizer, directory.Programme{Name: "Food box", What: "Fruit and bread", Lang: "en", Capacity: 12, Published: true, Visits: true,
		Schedule: []directory.Meeting{{Weekday: 6, Start: 600, Every: directory.Biweekly, From: "2026-02-28"}}, Topics: []directory.Topic{directory.Food},
		Place: sample("").Place, Contact: directory.PublicContact{Phone: "503 555 0199"}}, "")
	w.ok(err)
	token, err := w.s.MakeLink(ctx, organizer, made)
	w.ok(err)
	paths := []string{"/groups", "/groups?q=zzz", "/groups?topic=housing&day=2&online=yes&access=lift&language=es", "/groups/" + made, "/groups/" + made + "/card", "/groups/" + made + "/card?copies=4", "/map", "/map?q=zzz",
		"/programmes/" + prog, "/g/" + token, "/directory", "/directory?tab=drafts", "/directory?tab=archived", "/directory?tab=suspended", "/directory?tab=all", "/directory/new", "/directory/" + made, "/directory/" + draft,
		"/directory/" + hold, "/directory/" + made + "/edit", "/programmes", "/programmes/new", "/programmes/" + prog + "/edit"}
	for _, lang := range languages {
		for _, path := range paths {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			status := 200
			body, doc := w.get(path+sep+"lang="+lang, status)
			webtest.Walk(doc, func(n *html.Node) {
				if n.Data == "html" && (webtest.Attr(n, "lang") != lang || webtest.Attr(n, "dir") != i18n.Dir(lang)) {
					t.Errorf("%s: lang %q dir %q", path, webtest.Attr(n, "lang"), webtest.Attr(n, "dir"))
				}
			})
			if lang == "en" && len(body) > 160_000 {
				t.Errorf("%s weighs %d bytes", path, len(body))
			}
		}
		body := w.post("/directory/new?lang="+lang, url.Values{"m0_day": {"9"}, "m0_start": {"noon"}, "lat": {"x"}, "email": {"x"}, "name": {""}}, 422)
		if !strings.Contains(body, `value="noon"`) {
			t.Errorf("%s: what was typed is lost", lang)
		}
		_, e, _ := w.do("POST", "/directory/"+made+"/link?lang="+lang, withKey(url.Values{"do": {"print"}}))
		w.page("link", e)
	}
	if status, body, _ := w.do("GET", "/groups/"+made+"/qr.svg", nil); status != 200 || !strings.HasPrefix(body, "<svg") {
		t.Error(status, body)
	}
	for _, tokenState := range []func(){func() { w.ok(w.s.Answer(ctx, token, directory.StillTrue, "k")) }} {
		tokenState()
		for _, lang := range languages {
			w.get("/g/"+token+"?lang="+lang, http.StatusGone)
		}
	}
}

func TestNoScriptNoPicturesFromElsewhere(t *testing.T) {
	w := newWorld(t)
	w.publish(sample("Cedar Tenants"))
	w.who = access.Anonymous(org)
	body, doc := w.get("/map", 200)
	order := []string{}
	webtest.Walk(doc, func(n *html.Node) {
		if n.Data == "svg" && webtest.Attr(n, "viewBox") == "0 0 640 480" {
			order = append(order, "map")
		}
		if n.Data == "a" && strings.HasPrefix(webtest.Attr(n, "href"), "/groups/0") {
			order = append(order, "list")
		}
	})
	if !reflect.DeepEqual(order, []string{"list", "map"}) {
		t.Errorf("the list comes first: %v", order)
	}
	if strings.Contains(body, "NaN") {
		t.Error("the drawing has no numbers")
	}
}

func TestUnlistedAndHiddenAreNowhereInPublicHTML(t *testing.T) {
	w := newWorld(t)
	g := sample("Kestrel Circle")
	g.Unlisted = true
	unlisted := w.publish(g)
	h := sample("Owl Circle")
	h.Place = directory.Place{Name: "Nightjar Hall", Area: "Nightjar Hill", Address: "88 Nightjar Street", Lat: 45.123456, Lon: -122.987654, Located: true, Visibility: directory.Hidden}
	owl := w.publish(h)
	b := sample("Wren Circle")
	b.Place = directory.Place{Name: "Canary Hall", Area: "Cedar Hill", Address: "77 Canary Street", Lat: 45.523123, Lon: -122.654321, Located: true, Visibility: directory.Blurred}
	wren := w.publish(b)
	w.who = access.Anonymous(org)
	for _, path := range []string{"/groups", "/map", "/groups/" + owl, "/groups/" + wren, "/groups/" + owl + "/card", "/groups/" + wren + "/card", "/groups?q=kestrel", "/map?q=nightjar"} {
		_, body, _ := w.do("GET", path, nil)
		body = strings.ReplaceAll(strings.ReplaceAll(body, "q=kestrel", ""), `value="kestrel"`, "")
		body = strings.ReplaceAll(strings.ReplaceAll(body, "q=nightjar", ""), `value="nightjar"`, "")
		for _, secret := range []string{"Kestrel", unlisted, "Nightjar", "45.1234", "Canary", "45.5231", "Marisol", "Vega"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s shows %q", path, secret)
			}
		}
	}
	for _, path := range []string{"/groups/" + unlisted, "/groups/" + unlisted + "/card", "/groups/" + unlisted + "/qr.svg"} {
		if status, _, _ := w.do("GET", path, nil); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _, _ := w.do("GET", "/directory", nil); status != 303 {
		t.Errorf("the public on the stewards' desk: %d", status)
	}
}

func TestCardPage(t *testing.T) {
	w := newWorld(t)
	g := sample("Diabetes Sharing Circle")
	g.CardName = "Sharing Circle"
	made := w.publish(g)
	w.who = access.Anonymous(org)
	for _, lang := range languages {
		body, doc := w.get("/groups/"+made+"/card?lang="+lang, 200)
		text := strings.ToLower(webtest.Text(doc))
		for _, word := range []string{"diabet", "health", "clinic", "salud", "clínica", "phòng khám", "sức khỏe", "عيادة", "صحة", "marisol", "seedbed", "cost of care"} {
			if strings.Contains(text, word) {
				t.Errorf("%s: the card says %q", lang, word)
			}
		}
		if !strings.Contains(body, "<svg") || !strings.Contains(text, "18:30") {
			t.Errorf("%s: no code or no time", lang)
		}
	}
}

// A steward's whole way with forms alone: add, correct, check, publish, ask, suspend.
func TestStewardsWay(t *testing.T) {
	w := newWorld(t)
	form := encode(sample("Cedar Tenants"), contact)
	form.Set("url", "not a place")
	body := w.post("/directory/new", form, 422)
	for _, kept := range []string{"not a place", "We meet, listen and talk", "Marisol Vega", `value="18:30"`} {
		if !strings.Contains(body, kept) {
			t.Errorf("%q is lost", kept)
		}
	}
	if !strings.Contains(body, `href="#f-url"`) || !strings.Contains(body, `id="f-url-error"`) {
		t.Error("the sentence is not at the field")
	}
	form.Set("url", "https://groups.example/x")
	to := w.post("/directory/new", form, 303)
	id := strings.TrimPrefix(to, "/directory/")
	body = w.post("/directory/new", form, 422)
	if !strings.Contains(body, to) || !strings.Contains(body, `name="different"`) {
		t.Error("the look-alike is not shown")
	}
	form.Set("different", "yes")
	if second := w.post("/directory/new", form, 303); second == to {
		t.Error("a different group was asked for")
	}
	body = w.post(to+"/checklist", url.Values{"passed": {"no_fee", "language"}, "conflict": {"a note"}, "do": {"vet"}}, 422)
	if !strings.Contains(body, "a note") || strings.Count(body, "checked") < 2 {
		t.Error("the checklist lost what was ticked")
	}
	var all []string
	for _, c := range directory.Checks() {
		all = append(all, string(c))
	}
	w.post(to+"/checklist", url.Values{"passed": all, "conflict": {"none"}, "do": {"vet"}}, 303)
	w.post(to+"/move", url.Values{"move": {"publish"}}, 303)
	w.post(to+"/welcoming", url.Values{"welcoming": {"yes"}, "until": {"2026-13-40"}}, 422)
	w.post(to+"/welcoming", url.Values{"welcoming": {"yes"}, "until": {"2026-04-03"}}, 303)
	if v, err := w.s.Show(ctx, access.Anonymous(org), id); err != nil || v.Welcoming != directory.Yes {
		t.Errorf("%+v %v", v.Welcoming, err)
	}
	w.post(to+"/link", url.Values{"do": {"send"}}, 303)
	body = w.post(to+"/link", url.Values{"do": {"print"}}, 200)
	link := regexp.MustCompile(`/g/[A-Za-z0-9_-]{20,}`).FindString(body)
	w.who = access.Anonymous(org)
	w.get(link, 200)
	w.post(link, url.Values{"reply": {"maybe"}}, 422)
	w.post(link, url.Values{"reply": {"changed"}}, 200)
	w.post(link, url.Values{"reply": {"still_true"}}, 410)
	w.post(link+"/renew", url.Values{}, 410)
	if status, _, _ := w.do("GET", "/g/"+strings.Repeat("x", 43), nil); status != 404 {
		t.Error(status)
	}
	w.who = organizer
	w.post(to+"/move", url.Values{"move": {"suspend"}}, 422)
	w.post(to+"/move", url.Values{"move": {"suspend"}, "reason": {"safety"}}, 303)
	w.post(to+"/move", url.Values{"move": {"publish"}}, 409)
	w.post(to+"/move", url.Values{"move": {"explode"}}, 422)
	w.who = access.Anonymous(org)
	if status, _, _ := w.do("GET", "/groups/"+id, nil); status != 404 {
		t.Error(status)
	}
	if status, _, _ := w.do("POST", to+"/move", withKey(url.Values{"move": {"reinstate"}})); status == 303 && w.state(id) != directory.Suspended {
		t.Error("the public moved a group")
	}
}

func (w *world) state(id string) directory.State {
	w.Helper()
	g, err := w.s.Get(ctx, organizer, id)
	w.ok(err)
	return g.State
}

func TestEditKeepsWhatSomebodyElseSaved(t *testing.T) {
	w := newWorld(t)
	made := w.publish(sample("Cedar Tenants"))
	g, err := w.s.Get(ctx, organizer, made)
	w.ok(err)
	form := encode(g, contact)
	form.Set("cost", "Tea money")
	w.post("/directory/"+made+"/edit", form, 303)
	form.Set("cost", "Something else")
	body := w.post("/directory/"+made+"/edit", form, 409)
	if !strings.Contains(body, "Something else") {
		t.Error("what was typed is lost")
	}
	if h, err := w.s.Handoff(ctx, organizer, made); err != nil || h != contact {
		t.Errorf("%+v %v", h, err)
	}
	form.Set("topics", "")
	form.Del("version")
	w.post("/directory/"+made+"/edit", form, 422)
}

func TestProgrammeForm(t *testing.T) {
	w := newWorld(t)
	body := w.post("/programmes/new", url.Values{"name": {""}, "capacity": {"many"}, "what": {"Bread"}}, 422)
	if !strings.Contains(body, `value="many"`) {
		t.Error("what was typed is lost")
	}
	w.post("/programmes/new", url.Values{"name": {"Food box"}, "what": {"Bread"}, "lang": {"en"}, "capacity": {"12"}, "published": {"yes"}, "visibility": {"exact"}}, 303)
	w.who = access.Anonymous(org)
	if body, _ := w.get("/groups", 200); !strings.Contains(body, "Food box") || !strings.Contains(body, "card get") {
		t.Error("the programme does not stand beside the groups")
	}
}

// A partner looks after the welcome and the truth of its own page, and of no other.
func TestPartnersOwnPage(t *testing.T) {
	w := newWorld(t)
	own, other := w.publish(sample("Cedar Tenants")), w.publish(sample("Riverside Riders"))
	w.who = access.Actor{Account: "acc-partner", Org: org, Group: own, Roles: []access.Role{access.Partner}}
	body, _ := w.get("/directory/"+own, 200)
	if strings.Contains(body, "/edit") || strings.Contains(body, `value="suspend"`) || !strings.Contains(body, `value="confirm"`) {
		t.Error("a partner sees the wrong acts")
	}
	w.post("/directory/"+own+"/move", url.Values{"move": {"confirm"}}, 303)
	w.post("/directory/"+own+"/welcoming", url.Values{"welcoming": {"no"}, "until": {"2026-04-03"}}, 303)
	for path, form := range map[string]url.Values{"/move": {"move": {"confirm"}}, "/welcoming": {"welcoming": {"no"}, "until": {"2026-04-03"}}} {
		if status, _, _ := w.do("POST", "/directory/"+other+path, withKey(form)); status != 404 {
			t.Errorf("%s of another group: %d", path, status)
		}
	}
	for _, path := range []string{"/directory", "/directory/" + own + "/edit", "/programmes"} {
		if status, _, _ := w.do("GET", path, nil); status != 403 {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _, _ := w.do("GET", "/directory/"+other, nil); status != 404 {
		t.Error(status)
	}
}

// What a form is filled with comes back as it was.
func TestFormRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := sample("Cedar Tenants")
		g.Online, g.Childcare, g.Unlisted = rapid.Bool().Draw(t, "online"), rapid.Bool().Draw(t, "childcare"), rapid.Bool().Draw(t, "unlisted")
		g.Tie = rapid.SampledFrom(directory.Ties()).Draw(t, "tie")
		g.Topics = []directory.Topic{rapid.SampledFrom(directory.Topics()).Draw(t, "topic")}
		m := directory.Meeting{Weekday: time.Weekday(rapid.IntRange(0, 6).Draw(t, "day")), Start: rapid.IntRange(0, 1380).Draw(t, "start"), Every: directory.Monthly, Nth: rapid.SampledFrom([]int{-1, 1, 2, 3, 4}).Draw(t, "nth")}
		m.End = rapid.SampledFrom([]int{0, m.Start + 45}).Draw(t, "end")
		g.Rhythm = append(g.Rhythm, m)
		g.Place.Visibility = rapid.SampledFrom(directory.Visibilities()).Draw(t, "visibility")
		e, err := decode(encode(g, contact))
		if err != nil || !reflect.DeepEqual(e.Group, g) || e.Handoff != contact {
			t.Fatalf("%v\n%+v\n%+v", err, e.Group, g)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(sample("Cedar Tenants"), contact).Encode())
	f.Add("m0_day=1&m0_start=99:99&lat=1e999&lon=NaN&topics=%00&languages=en&name=%ff")
	f.Fuzz(func(t *testing.T, body string) {
		v, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		e, err := decode(v)
		if err == nil {
			_ = e.Check()
		}
		if p, err := decodeProgramme(v); err == nil {
			_ = p
		}
	})
}

func TestMinutes(t *testing.T) {
	for in, want := range map[string]int{"18:30": 1110, "1830": 1110, "18": 1080, "6.15": 375, "24:00": 1440, "": -1, "noon": -1, "25:00": -1, "12:75": -1, "24:30": -1} {
		got, ok := minutes(in)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %d, want %d", in, got, want)
		}
	}
}
