// Decisions over HTTP: making one, voting without an account, the secret ballot as
// a browser does it, paper, results; every page in every language.

package decisionweb

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/consent"
	"seedbed/locales"
	look "seedbed/web"
)

const org = "11111111-1111-7111-8111-111111111111"

// hall is a clinic with a few institutions; who is signed in may change.
type hall struct {
	*testing.T
	ctx        context.Context
	s          *decision.Service
	people     *people.Service
	clock      *clock.Fake
	h          http.Handler
	cat        *i18n.Catalog
	who        access.Actor
	ana, omar  access.Actor
	houses     []string
	lang       string
	keys       int
	cookies    []string
	checkPages bool
}

func newHall(t *testing.T) *hall {
	t.Helper()
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, decision.Schema)
	w := &hall{T: t, ctx: t.Context(), clock: clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC)), lang: "en", checkPages: true}
	v, quiet := vaulttest.New(t), slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	log := audit.New(d, v, w.clock)
	jobs := job.New(d, job.Options{Clock: w.clock, Log: quiet})
	var err error
	w.cat, err = i18n.Load(locales.Files)
	w.ok(err)
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: w.clock, Vault: v, Audit: log, Catalog: w.cat, Log: quiet})
	w.ok(err)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Consent: consent.New(w.clock), Notices: notices})
	w.s = decision.New(decision.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Log: quiet})
	w.ana = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}
	w.omar = access.Actor{Account: "omar", Org: org, Roles: []access.Role{access.Leader}}
	w.who = w.ana
	for _, name := range []string{"St Anne", "Bethel", "Local 48"} {
		made, err := w.people.SaveInstitution(w.ctx, w.ana, people.Institution{Name: name, Kind: "congregation", Member: true}, "")
		w.ok(err)
		w.houses = append(w.houses, made)
	}
	anonymous := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(org), nil }
	staff := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	m, err := web.New(web.Config{Catalog: w.cat, Templates: look.Templates(), Pages: map[string]fs.FS{"decision": Pages()}, Assets: look.Assets, Clock: w.clock, Log: quiet,
		Base:         "https://clinic.example",
		Authenticate: map[web.Surface]web.Authenticator{web.Staff: staff, web.Print: staff, web.Public: staff, web.Link: anonymous, web.API: anonymous},
		Frame: func(context.Context, access.Actor, string) web.Frame {
			return web.Frame{Scope: "Riverside", Zone: time.UTC}
		}})
	w.ok(err)
	m.Handle(New(w.s, w.people).Routes()...)
	w.h, err = m.Handler()
	w.ok(err)
	return w
}

type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

func (w *hall) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// send asks and wants a status; pages are checked by a strict reader.
func (w *hall) send(want int, method, target string, form url.Values) string {
	w.Helper()
	var body bytes.Buffer
	if form != nil {
		w.keys++
		if form.Get("_key") == "" {
			form.Set("_key", fmt.Sprintf("key-%d", w.keys))
		}
		body.WriteString(form.Encode())
	}
	req := httptest.NewRequest(method, target, &body)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept-Language", w.lang)
	return w.answer(want, req)
}

func (w *hall) answer(want int, req *http.Request) string {
	w.Helper()
	r := httptest.NewRecorder()
	w.h.ServeHTTP(r, req)
	for _, c := range r.Result().Cookies() {
		w.cookies = append(w.cookies, req.URL.Path+" "+c.Name)
	}
	if r.Code != want {
		w.Fatalf("%s %s: %d, want %d: %s", req.Method, req.URL.Path, r.Code, want, errorsIn(r.Body.String()))
	}
	if strings.HasPrefix(r.Header().Get("Content-Type"), "text/html") && w.checkPages {
		webtest.Page(w.T, r.Body.String())
	}
	if at := r.Header().Get("Location"); at != "" {
		return at
	}
	return r.Body.String()
}

func errorsIn(body string) string {
	if i := strings.Index(body, `class="errors"`); i >= 0 {
		return body[i:min(len(body), i+700)]
	}
	return body[:min(len(body), 600)]
}

// asJSON is a script of the voting page: no cookies, a JSON body.
func (w *hall) asJSON(want int, target string, v any) map[string]string {
	w.Helper()
	text, err := json.Marshal(v)
	w.ok(err)
	req := httptest.NewRequest("POST", target, bytes.NewReader(text))
	req.Header.Set("Content-Type", "application/json")
	out := map[string]string{}
	if body := w.answer(want, req); want == 200 {
		w.ok(json.Unmarshal([]byte(body), &out))
	}
	return out
}

// codes stand in their own boxes; an id may look like one.
var codes = regexp.MustCompile(`class="code" dir="ltr">([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})<`)

// made is an open decision with delegates and slips; voters' codes come first.
func (w *hall) made(form url.Values, delegates, slips int) (at, link string, list []string) {
	w.Helper()
	to := w.send(303, "POST", "/decisions/new", form)
	at = strings.TrimSuffix(to, "/voters")
	who := url.Values{"then": {"save"}}
	for i, h := range w.houses {
		who.Set("d_"+h, fmt.Sprint(delegates/len(w.houses)+min(1, max(0, delegates%len(w.houses)-i))))
	}
	w.send(303, "POST", at+"/voters", who)
	sheet := w.send(200, "POST", at+"/codes", url.Values{"slips": {fmt.Sprint(slips)}})
	for _, m := range codes.FindAllStringSubmatch(sheet, -1) {
		list = append(list, m[1])
	}
	if len(list) != delegates+slips {
		w.Fatalf("%d codes for %d delegates and %d slips", len(list), delegates, slips)
	}
	w.send(303, "POST", at+"/open", url.Values{})
	page := w.send(200, "GET", at, nil)
	m := regexp.MustCompile(`https://clinic\.example(/v/[A-Za-z0-9_-]{43})`).FindStringSubmatch(page)
	if m == nil {
		w.Fatal("no voting page on ", at)
	}
	return at, m[1], list
}

func ranked(openness string) url.Values {
	return url.Values{"question": {"Where do we meet?"}, "background": {"The hall is closed in March."}, "method": {"ranked"}, "openness": {openness}, "unit": {"person"},
		"option": {"Library", "Church hall", "School"}}
}

func agree(openness string) url.Values {
	return url.Values{"question": {"Do we join the march?"}, "method": {"agree"}, "rule": {"majority"}, "openness": {openness}, "unit": {"person"}}
}

// castSecret does what web/js/sb-ballot.js does.
func (w *hall) castSecret(link, code, choice string) ballot.Entry {
	w.Helper()
	page := w.send(200, "POST", link, url.Values{"code": {code}})
	data := func(name string) string {
		m := regexp.MustCompile(`data-` + name + `="([^"]*)"`).FindStringSubmatch(page)
		if m == nil {
			w.Fatal("the page has no ", name)
		}
		return html.UnescapeString(m[1])
	}
	env, err := ballot.Seal(ballot.PublicKey{N: data("n"), E: data("e")}, data("decision"), choice)
	w.ok(err)
	signed := w.asJSON(200, data("sign"), map[string]string{"code": data("code"), "blinded": env.Blinded})["signed"]
	e, err := env.Open(signed)
	w.ok(err)
	w.asJSON(200, data("box"), e)
	return e
}

func TestSecretBallotOverHTTP(t *testing.T) {
	w := newHall(t)
	at, link, list := w.made(ranked("secret"), 5, 2)
	first := w.castSecret(link, list[0], "a>b")
	for _, c := range list[1:5] {
		w.castSecret(link, strings.ToLower(c), "b>c")
	}
	if page := w.send(200, "POST", link, url.Values{"code": {list[0]}}); !strings.Contains(page, w.cat.Localizer("en").T("decision.voted.title")) {
		t.Error("a used code gets another ballot")
	}
	// A choice never travels with the code of somebody on the list.
	if to := w.send(303, "POST", link+"/check", url.Values{"code": {list[1]}, "ranked_a": {"1"}}); to != link+"?l=en" {
		t.Error("the server reads back a secret choice:", to)
	}
	w.send(409, "POST", link+"/cast", url.Values{"code": {list[1]}, "choice": {"a"}})
	// A slip is nobody's, so it works without a script.
	slip := list[5]
	w.send(200, "POST", link, url.Values{"code": {slip}})
	w.send(422, "POST", link+"/check", url.Values{"code": {slip}, "ranked_a": {"1"}, "ranked_b": {"1"}})
	check := w.send(200, "POST", link+"/check", url.Values{"code": {slip}, "ranked_c": {"2"}, "ranked_a": {"1"}})
	if !strings.Contains(check, "1. Library") || !strings.Contains(check, `value="a&gt;c"`) {
		t.Error("not read back")
	}
	w.send(200, "POST", link, url.Values{"code": {slip}, "choice": {"a>c"}, "change": {"yes"}})
	w.send(200, "POST", link+"/cast", url.Values{"code": {slip}, "choice": {"a>c"}})
	// Paper: two people.
	paper := url.Values{"code": {list[6]}, "ranked_b": {"1"}}
	w.send(200, "GET", at+"/paper", nil)
	w.send(422, "POST", at+"/paper", url.Values{"code": {"0000-0000-0000"}, "ranked_b": {"1"}})
	w.send(303, "POST", at+"/paper", paper)
	w.who = w.omar
	w.send(200, "GET", at+"/paper", nil)
	w.send(303, "POST", at+"/paper", url.Values{"code": {list[6]}, "ranked_b": {"1"}})
	w.who = w.ana
	w.send(200, "GET", at+"/poster", nil)
	w.send(404, "GET", link+"/ballots.json", nil)
	w.send(303, "POST", at+"/close", url.Values{})
	w.send(200, "GET", at, nil)
	w.send(303, "POST", at+"/record", url.Values{"minutes": {"The church hall."}, "dissent": {"Two of us wanted the library."}})
	text := w.send(200, "GET", link+"/ballots.json", nil)
	published, err := ballot.ParseList([]byte(text))
	w.ok(err)
	count, err := published.Count()
	w.ok(err)
	if count.Ballots != 7 || count.Ranked.Winner != "b" || published.Issued != 5 {
		t.Errorf("%+v", count)
	}
	page := w.send(200, "GET", link, nil)
	for _, want := range []string{"Church hall", "Two of us wanted the library.", "ballots.json"} {
		if !strings.Contains(page, want) {
			t.Errorf("the result does not say %q", want)
		}
	}
	whole, _ := json.Marshal(first)
	for _, receipt := range []string{first.Token, string(whole)} {
		if found := w.send(200, "POST", link+"/find", url.Values{"receipt": {receipt}}); !strings.Contains(found, "1. Library") {
			t.Error("a voter does not find their ballot by ", receipt)
		}
	}
	if found := w.send(200, "POST", link+"/find", url.Values{"receipt": {"nothing"}}); !strings.Contains(found, w.cat.Localizer("en").T("decision.recount.not_found")) {
		t.Error("found nothing, and says something else")
	}
	for _, c := range w.cookies {
		if strings.HasPrefix(c, "/v/") {
			t.Error("a cookie on the way to the box:", c)
		}
	}
}

func TestNamedOverHTTP(t *testing.T) {
	w := newHall(t)
	form := agree("named")
	form.Set("method", "consent")
	at, link, list := w.made(form, 3, 0)
	for i, answer := range []string{"consent", "reservations", "consent"} {
		w.send(200, "POST", link+"/check", url.Values{"code": {list[i]}, "choice": {answer}, "reason": {"Because of " + answer}})
		w.send(200, "POST", link+"/cast", url.Values{"code": {list[i]}, "choice": {answer}, "reason": {"Because of " + answer}})
	}
	if again := w.send(200, "POST", link, url.Values{"code": {list[1]}}); !strings.Contains(again, "Because of reservations") {
		t.Error("what was said is not there to change")
	}
	w.send(303, "POST", at+"/close", url.Values{})
	if page := w.send(200, "GET", at, nil); strings.Contains(page, "Because of") {
		t.Error("staff who did not take part read who said what")
	}
	w.send(422, "POST", link+"/said", url.Values{"code": {"0000-0000-0000"}})
	said := w.send(200, "POST", link+"/said", url.Values{"code": {list[0]}})
	if !strings.Contains(said, "Because of reservations") || !strings.Contains(said, "St Anne") {
		t.Error("those who took part do not see who said what")
	}
}

func TestFormsThatAreWrong(t *testing.T) {
	w := newHall(t)
	for field, change := range map[string]func(url.Values){
		"question": func(v url.Values) { v.Set("question", "") }, "options": func(v url.Values) { v["option"] = []string{"one", "", " "} },
		"closes_day": func(v url.Values) { v.Set("closes_day", "2020-01-01") }, "quorum_persons": func(v url.Values) { v.Set("quorum_persons", "many") },
	} {
		form := ranked("hands")
		change(form)
		page := w.send(422, "POST", "/decisions/new", form)
		if !strings.Contains(page, `href="#f-`+field+`"`) {
			t.Errorf("%s: not named: %s", field, errorsIn(page))
		}
	}
	at, link, list := w.made(agree("hands"), 3, 1)
	w.send(422, "POST", link, url.Values{"code": {"0000"}})
	w.send(422, "POST", link+"/check", url.Values{"code": {list[0]}})
	w.send(422, "POST", at+"/hands", url.Values{"hands_agree": {"many"}})
	w.send(303, "POST", at+"/hands", url.Values{"hands_agree": {"7"}, "hands_disagree": {"2"}})
	w.send(409, "POST", at+"/open", url.Values{})
	w.send(409, "GET", at+"/edit", nil)
	w.send(410, "GET", "/v/nothing", nil)
	w.send(404, "GET", "/decisions/"+id.New(w.clock.Now()), nil)
	w.asJSON(409, link+"/sign", map[string]string{"code": list[0], "blinded": "AA"})
	w.asJSON(422, link+"/box", map[string]string{"unheard": "of"})
	w.send(303, "POST", at+"/close", url.Values{})
	w.send(409, "POST", at+"/close", url.Values{})
	w.send(409, "POST", link+"/cast", url.Values{"code": {list[0]}, "choice": {"agree"}})
}

// Every page, in every language, in every state it can be in.
func TestEveryPageInEveryLanguage(t *testing.T) {
	w := newHall(t)
	kinds := []url.Values{agree("hands"), agree("secret"), ranked("hands"), ranked("secret"),
		{"question": {"Two priorities"}, "method": {"dots"}, "openness": {"hands"}, "unit": {"institution"}, "option": {"Rent", "Bus", "Language"}, "dots": {"4"}, "per_option": {"2"}, "seats": {"2"}},
		{"question": {"We meet on Mondays"}, "method": {"consent"}, "openness": {"named"}, "unit": {"person"}}}
	for _, l := range i18n.Languages() {
		w.lang = l.Code
		w.send(200, "GET", "/decisions", nil)
		w.send(200, "GET", "/decisions/new", nil)
		for _, kind := range kinds {
			form := url.Values{}
			for k, v := range kind {
				form[k] = slices.Clone(v)
			}
			form.Set("quorum_persons", "2")
			form.Set("closes_day", "2026-12-24")
			to := w.send(303, "POST", "/decisions/new", form)
			draft := strings.TrimSuffix(to, "/voters")
			for _, page := range []string{"", "/edit", "/voters", "/voters?name=a"} {
				w.send(200, "GET", draft+page, nil)
			}
			form.Del("_key")
			at, link, list := w.made(form, 3, map[bool]int{true: 2, false: 0}[form.Get("openness") != "named"])
			w.send(200, "GET", at+"/poster", nil)
			w.send(200, "GET", link, nil)
			w.send(200, "POST", link, url.Values{"code": {list[0]}})
			if form.Get("openness") != "named" {
				w.send(200, "GET", at+"/paper", nil)
			}
			for i, c := range list {
				vote := url.Values{"code": {c}, "choice": {ballot.AnswerAgree}, "ranked_a": {fmt.Sprint(i%3 + 1)}, "ranked_b": {fmt.Sprint((i+1)%3 + 1)}, "dots_a": {"2"}, "dots_b": {fmt.Sprint(i % 3)}}
				if form.Get("method") == "consent" {
					vote.Set("choice", ballot.AnswerReservations)
				}
				if form.Get("openness") == "secret" && i < 3 {
					w.castSecret(link, c, map[string]string{"agree": "agree", "ranked": []string{"a>b", "b>a", "c"}[i%3]}[form.Get("method")])
					continue
				}
				check := w.send(200, "POST", link+"/check", vote)
				m := regexp.MustCompile(`name="choice" value="([^"]*)"`).FindStringSubmatch(check) // dots stand in the order that was drawn
				w.send(200, "POST", link+"/cast", url.Values{"code": {c}, "choice": {html.UnescapeString(m[1])}})
			}
			w.send(303, "POST", at+"/close", url.Values{})
			w.send(200, "GET", at, nil)
			w.send(200, "GET", link, nil)
			w.send(303, "POST", at+"/record", url.Values{"minutes": {"Done."}})
			w.send(200, "GET", at, nil)
			w.send(200, "GET", link, nil)
		}
		w.send(200, "GET", "/decisions", nil)
		w.send(410, "GET", "/v/nothing", nil)
	}
}

// What must not be written about a person is not written into a decision either.
func TestWordsPassTheGuard(t *testing.T) {
	w := newHall(t)
	const bad = "My neighbor Ana is undocumented."
	for _, field := range []string{"question", "background", "option"} {
		form := ranked("hands")
		if form.Set(field, bad); field == "option" {
			form["option"] = []string{"Library", bad}
		}
		w.send(422, "POST", "/decisions/new", form)
	}
	form := agree("named")
	form.Set("method", "consent")
	at, link, list := w.made(form, 3, 0)
	w.send(422, "POST", link+"/check", url.Values{"code": {list[0]}, "choice": {"object"}, "reason": {bad}})
	w.send(422, "POST", link+"/cast", url.Values{"code": {list[0]}, "choice": {"object"}, "reason": {bad}})
	removed := w.send(200, "POST", link+"/check", url.Values{"code": {list[0]}, "choice": {"object"}, "reason": {bad}, "_guard_reason": {"remove"}})
	if strings.Contains(removed, "undocumented") {
		t.Error("the words were to be taken out")
	}
	w.send(303, "POST", at+"/close", url.Values{})
	for _, field := range []string{"minutes", "dissent"} {
		w.send(422, "POST", at+"/record", url.Values{field: {bad}})
	}
	w.send(303, "POST", at+"/record", url.Values{"minutes": {"We go on Mondays."}})
}

// Voting leaves nothing on a phone, not even the language; the forms carry it.
func TestVotingKeepsNoLanguage(t *testing.T) {
	w := newHall(t)
	form := ranked("hands")
	form.Set("method", "agree")
	_, link, codes := w.made(form, 3, 0)
	w.cookies = nil
	for _, page := range []string{
		w.send(200, "GET", link+"?lang=ar", nil),
		w.send(422, "POST", link, url.Values{"code": {"0000-0000-0000"}, "l": {"ar"}}),
		w.send(200, "POST", link, url.Values{"code": {codes[0]}, "l": {"ar"}}),
		w.send(200, "POST", link+"/check", url.Values{"code": {codes[0]}, "choice": {"agree"}, "l": {"ar"}}),
	} {
		if !strings.Contains(page, `<html lang="ar"`) || !strings.Contains(page, `name="l" value="ar"`) {
			t.Errorf("the language is lost: %s", page[:min(len(page), 300)])
		}
	}
	if w.cookies != nil {
		t.Error(w.cookies)
	}
}
