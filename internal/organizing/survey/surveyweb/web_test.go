// Every page in every language, and the ways from a survey to its numbers: on a phone,
// on paper, with cards, after an event, on a member's own page.
package surveyweb

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
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
	"seedbed/locales"
	look "seedbed/web"
)

const org = "11111111-1111-7111-8111-111111111111"

type world struct {
	*testing.T
	s      *survey.Service
	people *people.Service
	now    *clock.Fake
	url    string
	actor  access.Actor // who is signed in
	member access.Actor
	n      int
}

const party = "meeting:01890000-0000-7000-8000-000000000001"

func (w *world) Title(_ context.Context, _ access.Actor, ref string) (string, bool) {
	return "House meeting", ref == party
}

func (w *world) Core(context.Context, access.Actor) ([]string, error) { return nil, nil }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: clock.NewFake(time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)), actor: access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, proof.Schema, people.Schema, survey.Schema)
	v, ledger := vaulttest.New(t), consent.New(w.now)
	log, jobs := audit.New(d, v, w.now), job.New(d, job.Options{Clock: w.now})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: w.now, Vault: v, Audit: log, Catalog: catalog, Zone: "UTC"})
	w.ok(err)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.now, Consent: ledger, Notices: notices})
	w.s = survey.New(survey.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.now, Consent: ledger, People: w.people, Events: w, Teams: w})
	staff := func(context.Context, *http.Request) (access.Actor, error) { return w.actor, nil }
	anybody := func(context.Context, *http.Request) (access.Actor, error) { return access.Anonymous(org), nil }
	member := func(context.Context, *http.Request) (access.Actor, error) { return w.member, nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: w.now, Log: slog.New(slog.DiscardHandler),
		Pages: map[string]fs.FS{"survey": Pages()}, ExitURL: func(string) string { return "https://weather.example/" },
		Authenticate: map[web.Surface]web.Authenticator{web.Staff: staff, web.Print: staff, web.Panel: staff, web.Public: anybody, web.Participant: anybody, web.Link: anybody, web.API: anybody, web.Member: member}})
	w.ok(err)
	mux.Handle(New(w.s, w.people, Options{Core: true}).Routes()...)
	h, err := mux.Handler()
	w.ok(err)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	w.url = srv.URL
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) send(req *http.Request, lang string, want int) (string, string) {
	w.Helper()
	req.Header.Set("Accept-Language", lang)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	w.ok(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	w.ok(err)
	if res.StatusCode != want {
		w.Fatalf("%s %s: %d, want %d\n%s", req.Method, req.URL.Path, res.StatusCode, want, b)
	}
	if strings.HasPrefix(req.URL.Path, "/q") && res.Header.Get("Set-Cookie") != "" {
		w.Errorf("%s keeps a cookie", req.URL.Path)
	}
	if strings.Contains(res.Header.Get("Content-Type"), "html") && len(b) > 0 {
		doc, err := html.Parse(bytes.NewReader(b))
		w.ok(err)
		for _, p := range webtest.Problems(doc, string(b)) {
			w.Errorf("%s %s in %s: %s", req.Method, req.URL.Path, lang, p)
		}
	}
	return string(b), res.Header.Get("Location")
}

func (w *world) get(lang, path string, want int) string {
	w.Helper()
	req, err := http.NewRequest("GET", w.url+path, nil)
	w.ok(err)
	body, _ := w.send(req, lang, want)
	return body
}

func (w *world) post(lang, path string, form url.Values, want int) (body, to string) {
	w.Helper()
	if form.Get("_key") == "" {
		form.Set("_key", id.Token())
	}
	req, err := http.NewRequest("POST", w.url+path, strings.NewReader(form.Encode()))
	w.ok(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(req, lang, want)
}

func (w *world) join() string {
	w.Helper()
	w.n++
	j, err := w.people.Join(w.Context(), w.actor, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: fmt.Sprintf("Rosa %c", 'A'+w.n), Contact: "in_person", Lang: "es"}}, Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	return j.ID
}

// words fills the empty places of an instrument through its page.
func (w *world) words(lang, instrument, in string) {
	w.Helper()
	of, _ := survey.InstrumentByID(instrument)
	f := url.Values{"of": {instrument}, "lang": {in}, "permission": {"A letter of the authors lets us."}, "translated": {"own"}}
	for i := range of.Items {
		f.Set(fmt.Sprintf("item-%d", i), fmt.Sprintf("Words %d?", i+1))
	}
	for name, s := range of.Scales {
		for i := range s.Values {
			f.Set(fmt.Sprintf("answer-%s-%d", name, i), fmt.Sprintf("Choice %d", i+1))
		}
	}
	w.get(lang, "/surveys/words/fill?of="+instrument, 200)
	w.post(lang, "/surveys/words/fill", f, 422) // not attested
	f.Set("sure", "yes")
	_, to := w.post(lang, "/surveys/words/fill", f, 303)
	if to != "/surveys/words" {
		w.Error(to)
	}
}

// fields reads what a phone's form carries.
var fields = regexp.MustCompile(`name="(challenge|receipt)" value="([^"]*)"`)

func carried(body string) url.Values {
	f := url.Values{}
	for _, m := range fields.FindAllStringSubmatch(body, -1) {
		f.Set(m[1], html.UnescapeString(m[2]))
	}
	return f
}

func TestFromWordsToNumbers(t *testing.T) {
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		t.Run(lang, func(t *testing.T) {
			w := newWorld(t)
			w.get(lang, "/surveys", 200)
			w.get(lang, "/surveys/words", 200)
			w.get(lang, "/surveys/new", 200)
			w.post(lang, "/surveys/new", url.Values{"title": {""}}, 422)
			_, at := w.post(lang, "/surveys/new", url.Values{"title": {"Who we are"}, "kind": {"cohort"}, "instruments": {"ucla3", "bscs"}}, 303)
			of := strings.TrimPrefix(at, "/surveys/")
			w.get(lang, at, 200)
			if body := w.get(lang, "/surveys/begin/"+of, 200); !strings.Contains(body, "/surveys/words/fill?of=ucla3") {
				t.Error("the page does not say which words lack")
			}
			w.words(lang, "ucla3", lang)
			w.words(lang, "bscs", lang)
			w.words(lang, "spcs", lang)
			w.get(lang, "/surveys/begin/"+of, 200)
			w.post(lang, "/surveys/begin/"+of, url.Values{"label": {"baseline"}, "aim": {"research"}, "days": {"many"}}, 422)

			// who is asked
			one, two := w.join(), w.join()
			people := "/surveys/people/" + of
			w.get(lang, people+"?q=rosa", 200)
			w.post(lang, people, url.Values{"act": {"core"}}, 422) // nobody is in a core team here
			for _, p := range []string{one, two} {
				w.post(lang, people, url.Values{"person": {p}}, 303)
			}
			_, wave := w.post(lang, "/surveys/begin/"+of, url.Values{"label": {"baseline"}, "aim": {"evaluation"}, "days": {"14"}, "words-" + lang: {"To see what changes."}}, 303)
			w.get(lang, wave, 200)
			w.get(lang, "/surveys/invitations/"+of, 200)
			codes := regexp.MustCompile(`/q/[0-9A-Z]{16}`).FindAllString(w.get(lang, people, 200), -1)
			if len(codes) != 2 {
				t.Fatalf("%d ways in", len(codes))
			}

			// the phone: the yes, every question, back, the end
			q := codes[0]
			w.get(lang, "/q", 200)
			w.post(lang, "/q", url.Values{"code": {"nothing"}, "l": {lang}}, 422)
			if _, to := w.post(lang, "/q", url.Values{"code": {strings.ToLower(strings.TrimPrefix(q, "/q/"))}, "l": {lang}}, 303); !strings.HasPrefix(to, q) {
				t.Error(to)
			}
			body := w.get(lang, q+"?l="+lang, 200)
			f := carried(body)
			f.Set("l", lang)
			w.post(lang, q, url.Values{"act": {"no"}, "l": {lang}}, 200)
			f.Set("act", "yes")
			body, _ = w.post(lang, q, f, 200)
			f.Del("act")
			for i := range 11 {
				f.Set("to", fmt.Sprint(i+1))
				if body, _ = w.post(lang, q, f, 200); !strings.Contains(body, fmt.Sprintf(`name="a-%d"`, i)) {
					t.Fatalf("question %d is not asked: %s", i+1, body)
				}
				if i != 5 { // one is left out
					f.Set(fmt.Sprintf("a-%d", i), "2")
				}
			}
			f.Set("to", "2")
			if body, _ = w.post(lang, q, f, 200); !strings.Contains(body, `value="2" checked`) {
				t.Error("going back loses what was chosen")
			}
			f.Set("to", "12")
			w.post(lang, q, f, 200)
			f.Set("send", "yes")
			w.post(lang, q, f, 200)
			w.post(lang, q, f, 200)
			w.get(lang, q, 200)
			empty := carried(w.get(lang, codes[1], 200))
			empty.Set("act", "yes")
			w.post(lang, codes[1], empty, 200)
			empty.Del("act")
			empty.Set("send", "yes")
			w.post(lang, codes[1], empty, 422)

			// the member's own page
			w.member = access.Actor{Org: org, Person: one, Roles: []access.Role{access.Member}}
			own := "/me/surveys/" + of
			if body := w.get(lang, own, 200); strings.Contains(body, "Choice") {
				t.Error("answers are shown")
			}
			w.post(lang, own, url.Values{}, 422)
			w.get(lang, "/me/surveys/"+id.New(w.now.Now()), 404)

			// paper
			batch := strings.TrimPrefix(wave, "/surveys/wave/")
			w.get(lang, "/surveys/paper/"+batch+"?in="+lang, 200)
			w.post(lang, wave, url.Values{"act": {"batch"}, "sheets": {"0"}}, 422)
			_, pile := w.post(lang, wave, url.Values{"act": {"batch"}, "sheets": {"1"}}, 303)
			w.get(lang, pile, 200)
			w.post(lang, wave, url.Values{"act": {"end"}}, 409)
			w.post(lang, pile, url.Values{"in": {lang}, "code": {"wrong"}}, 422)
			if _, to := w.post(lang, pile, url.Values{"in": {lang}, "code": {strings.TrimPrefix(codes[1], "/q/")}, "a-0": {"1"}}, 303); to != wave {
				t.Error(to)
			}
			w.get(lang, pile, 409)
			w.get(lang, wave, 200)
			w.post(lang, wave, url.Values{"act": {"nothing"}}, 422)
			w.post(lang, wave, url.Values{"act": {"end"}}, 303)
			w.get(lang, wave, 200)
			w.get(lang, q, 404)
			if body := w.get(lang, at, 200); strings.Contains(body, ">2.0<") {
				t.Error("two people's numbers are shown")
			}
			w.post(lang, own, url.Values{"sure": {"yes"}}, 303)
			w.post(lang, people, url.Values{"act": {"leave"}, "person": {two}}, 303)
			w.get(lang, "/surveys", 200)
		})
	}
}

func TestCardsAndNumbersOfTheStaff(t *testing.T) {
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		t.Run(lang, func(t *testing.T) {
			w := newWorld(t)
			w.words(lang, "burnout", lang)
			w.words(lang, "capacity", lang)
			w.post(lang, "/surveys/new", url.Values{"title": {"Staff"}, "kind": {"staff"}, "instruments": {"burnout"}, "departments": {"Front desk"}}, 422)
			_, at := w.post(lang, "/surveys/new", url.Values{"title": {"Staff"}, "kind": {"staff"}, "instruments": {"burnout", "capacity"}, "departments": {"Front desk 14\nNursing: 18\n\nBilling 4"}}, 303)
			of := strings.TrimPrefix(at, "/surveys/")
			for round, burnt := range []int{14, 11} {
				w.post(lang, "/surveys/begin/"+of, url.Values{"label": {"baseline"}, "aim": {"improvement"}, "cards": {"0"}}, 422)
				body, _ := w.post(lang, "/surveys/begin/"+of, url.Values{"label": {"baseline"}, "aim": {"improvement"}, "cards": {"35"}}, 200)
				codes := regexp.MustCompile(`<span class="code" dir="ltr">([^<]+)</span>`).FindAllStringSubmatch(body, -1)
				if len(codes) != 35 {
					t.Fatalf("%d cards", len(codes))
				}
				for i := range 34 {
					q := "/q/" + id.ParseCode(codes[i][1])
					f := carried(w.get(lang, q+"?l="+lang, 200))
					f.Set("l", lang)
					f.Set("to", "3")
					if i == 0 {
						if body, _ := w.post(lang, q, f, 200); strings.Contains(body, "Billing") || !strings.Contains(body, "Nursing") {
							t.Error("a department of four is asked for")
						}
					}
					f.Set("a-0", map[bool]string{true: "4", false: "1"}[i < burnt])
					f.Set("a-1", fmt.Sprint(2+i%5))
					f.Set("department", map[bool]string{true: "Front desk", false: "Nursing"}[i < 6])
					f.Set("send", "yes")
					w.post(lang, q, f, 200)
					if i == 0 {
						w.post(lang, q, f, 200) // the phone did not hear of it
						w.get(lang, q, 404)
					}
				}
				wave := regexp.MustCompile(`/surveys/wave/[0-9a-f-]{36}`).FindString(body)
				more, _ := w.post(lang, wave, url.Values{"act": {"cards"}, "cards": {"2"}}, 200)
				if strings.Count(more, `class="code"`) != 2 {
					t.Error("no more cards")
				}
				w.post(lang, wave, url.Values{"act": {"cards"}, "cards": {"0"}}, 422)
				w.post(lang, wave, url.Values{"act": {"end"}}, 303)
				if round == 0 {
					w.get(lang, at, 200)
				}
			}
			w.actor.Roles = []access.Role{access.Evaluator}
			body := w.get(lang, at, 200)
			if !strings.Contains(body, "41") || !strings.Contains(body, "32") || !strings.Contains(body, "<svg") {
				t.Error("the numbers are not on the page")
			}
			if n := strings.Count(body, `<th scope="row" dir="auto">`); n != 3 {
				t.Errorf("%d departments", n)
			}
			w.get(lang, "/surveys/file/"+of, 200)
			w.get(lang, "/surveys/codebook/"+of, 200)
			w.get(lang, "/surveys/people/"+of, 403)
		})
	}
}

func TestPulseAndTally(t *testing.T) {
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		t.Run(lang, func(t *testing.T) {
			w := newWorld(t)
			w.get(lang, "/surveys/pulse", 200)
			w.get(lang, "/surveys/pulse?ref="+party, 200)
			w.post(lang, "/surveys/pulse", url.Values{"ref": {"nothing"}}, 422)
			_, wave := w.post(lang, "/surveys/pulse", url.Values{"ref": {party}}, 303)
			body := w.get(lang, wave, 200)
			q := regexp.MustCompile(`/q/[0-9A-Z]{16}`).FindString(body)
			w.get(lang, "/surveys/poster/"+strings.TrimPrefix(wave, "/surveys/wave/"), 200)
			w.get(lang, "/surveys/paper/"+strings.TrimPrefix(wave, "/surveys/wave/"), 200)
			var receipt string
			for i := range 7 {
				f := carried(w.get(lang, q+"?l="+lang, 200))
				f.Set("l", lang)
				for n := range 5 {
					f.Set(fmt.Sprintf("a-%d", n), "4")
				}
				f.Set("a-5", "hope")
				f.Set("to", "6")
				if i == 0 {
					if body, _ := w.post(lang, q, f, 200); !strings.Contains(body, `name="a-5"`) {
						t.Error("the word is not asked for")
					}
				}
				f.Set("send", "yes")
				if i == 0 {
					w.post(lang, q, f, 409) // neither work nor patience
				}
				f.Set("nonce", proof.Work(f.Get("challenge")))
				w.post(lang, q, f, 200)
				receipt = f.Get("receipt")
			}
			w.post(lang, "/q", url.Values{"act": {"back"}, "receipt": {"lusab"}, "l": {lang}}, 422)
			w.post(lang, "/q", url.Values{"act": {"back"}, "receipt": {receipt}, "l": {lang}}, 200)
			_, pile := w.post(lang, wave, url.Values{"act": {"batch"}, "sheets": {"2"}}, 303)
			w.post(lang, pile, url.Values{"in": {lang}, "a-0": {"5"}, "a-5": {"hope"}}, 303)
			drop := regexp.MustCompile(`name="batch" value="([^"]+)"`).FindStringSubmatch(w.get(lang, wave, 200))
			w.post(lang, wave, url.Values{"act": {"drop"}, "batch": {drop[1]}}, 303)
			w.post(lang, wave, url.Values{"act": {"end"}}, 303)
			if body := w.get(lang, wave, 200); !strings.Contains(body, "hope · 6") {
				t.Error("the word that six said is not told")
			}
			w.get(lang, "/surveys", 200)

			w.get(lang, "/surveys/tally", 200)
			w.post(lang, "/surveys/tally", url.Values{"month": {"2026-02"}, "one_to_ones": {"many"}}, 422)
			w.post(lang, "/surveys/tally", url.Values{"month": {"2026-02"}, "one_to_ones": {"21"}, "meetings": {"3"}, "roles": {"4"}, "brought": {"12"}}, 303)
			w.post(lang, "/surveys/tally", url.Values{"month": {"2026-01"}, "one_to_ones": {"18"}, "meetings": {"2"}, "roles": {"1"}, "brought": {"7"}}, 303)
			if body := w.get(lang, "/surveys/tally", 200); !strings.Contains(body, "<svg") {
				t.Error("no picture of the months")
			}
		})
	}
}

// What people without an account and members read stays easy.
func TestWordsAreEasy(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "es"} {
		l := catalog.Localizer(lang)
		var text []string
		for _, k := range []string{"door.intro", "door.back_text", "phone.skip_any", "phone.sums_linked", "phone.sums_open", "phone.skip", "over.thanks_linked", "over.thanks_open", "over.keep", "over.no_text", "over.back_text",
			"mine.not_yet", "mine.nothing", "mine.nobody", "mine.out_text", "error.code", "error.empty", "error.receipt", "error.counted", "error.closed", "invite.ask", "cards.nobody"} {
			text = append(text, l.T("survey."+k))
		}
		if g, ok := readlevel.Of(lang, readlevel.Join(text)); !ok || g.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, g.Grade)
		}
	}
}
