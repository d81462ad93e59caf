// Every page in every language, and the acts that pages offer.
package listeningweb

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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

	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
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
	ctx       = context.Background()
	organizer = access.Actor{Account: "ana", Org: org, Roles: []access.Role{access.Organizer}}
	leader    = access.Actor{Account: "omar", Org: org, Roles: []access.Role{access.Leader}}
	clinicLed = access.Actor{Account: "ruth", Org: org, Roles: []access.Role{access.Lead}}
	languages = []string{"en", "es", "vi", "ar"}
)

// beside are the rooms beside this one, as far as pages show them.
type beside struct{ made []listening.TeamIn }

func (b *beside) Quotes(context.Context, access.Actor, string) ([]listening.Quote, error) {
	return []listening.Quote{{Ref: "story:1", Text: "Người thông dịch không đến.", Language: "vi", Named: "Hoa", From: "story"},
		{Ref: "answer:2", Text: "The bus is gone.", Language: "en", From: "answer"}}, nil
}

func (b *beside) Agreements(context.Context, access.Actor, string) ([]listening.Agreement, error) {
	return []listening.Agreement{{Text: "Labels should be in my language.", Language: "en", Agree: 88, Disagree: 4, Passed: 8, Voters: 120, Unites: true}}, nil
}

func (b *beside) CreateIn(_ context.Context, _ *db.Tx, _ access.Actor, t listening.TeamIn) (string, error) {
	b.made = append(b.made, t)
	return "team-" + fmt.Sprint(len(b.made)), nil
}

func (b *beside) Finished(context.Context, access.Actor) ([]listening.BallotResult, error) {
	return []listening.BallotResult{{Ref: "b1", Title: "What first?", People: 64, Options: []listening.BallotOption{{Text: "Language access", Votes: 91}, {Text: "Rent", Votes: 84}}}}, nil
}

// world is the room behind a server; who is who asks.
type world struct {
	*testing.T
	s      *listening.Service
	people *people.Service
	beside *beside
	clock  *clock.Fake
	url    string
	who    access.Actor
	keys   int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: clock.NewFake(time.Date(2026, 9, 7, 17, 0, 0, 0, time.UTC)), who: organizer, beside: &beside{}}
	d := dbtest.SQLite(t, idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, listening.Schema)
	v := vaulttest.New(t)
	log := audit.New(d, v, w.clock)
	jobs := job.New(d, job.Options{Clock: w.clock})
	catalog, err := i18n.Load(locales.Files)
	w.ok(err)
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: w.clock, Vault: v, Audit: log, Catalog: catalog})
	w.ok(err)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Consent: consent.New(w.clock), Notices: notices})
	w.s = listening.New(listening.Deps{DB: d, Vault: v, Audit: log, Clock: w.clock, People: w.people, Stories: w.beside, Opinions: w.beside, Teams: w.beside, Ballots: w.beside,
		Suggest: func(names []string) [][]int {
			if len(names) > 2 {
				return [][]int{{0, 1}}
			}
			return nil
		}})
	auth := func(context.Context, *http.Request) (access.Actor, error) { return w.who, nil }
	mux, err := web.New(web.Config{Catalog: catalog, Templates: look.Templates(), Assets: look.Assets, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Guard: guard.Policy(nil), Stored: idem.Lookup(d),
		Pages: map[string]fs.FS{"listening": Pages()}, Authenticate: map[web.Surface]web.Authenticator{web.Staff: auth, web.Print: auth}})
	w.ok(err)
	mux.Handle(New(w.s, w.people, Options{Join: "/join", Name: func(context.Context, string, string) string { return "Ana Whitfield" },
		Staff: func(context.Context, string) ([]Colleague, error) {
			return []Colleague{{"ana", "Ana Whitfield"}, {"omar", "Omar Haddad"}}, nil
		},
		Teams: func(_ context.Context, _ access.Actor, team string) string { return "/teams/" + team }}).Routes()...)
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

func (w *world) do(method, path string, form url.Values) (int, string, http.Header) {
	w.Helper()
	var body io.Reader
	if form != nil {
		w.keys++
		form.Set("_key", fmt.Sprintf("key-%d", w.keys))
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, w.url+path, body)
	w.ok(err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	w.ok(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	w.ok(err)
	return res.StatusCode, string(b), res.Header
}

// get fetches a page and holds it to the rules every page obeys.
func (w *world) get(path string, want int) string {
	w.Helper()
	status, body, _ := w.do("GET", path, nil)
	if status != want {
		w.Fatalf("GET %s: %d\n%s", path, status, body)
	}
	w.page(path, body)
	return body
}

func (w *world) page(path, body string) {
	w.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	w.ok(err)
	for _, problem := range webtest.Problems(doc, body) {
		w.Errorf("%s: %s", path, problem)
	}
	if strings.Contains(body, "listening.") && strings.Contains(body, ">listening.") || strings.Contains(body, ">campaign.") {
		w.Errorf("%s: untranslated", path)
	}
}

func (w *world) post(path string, form url.Values, want int) string {
	w.Helper()
	status, body, header := w.do("POST", path, form)
	if status != want {
		w.Fatalf("POST %s %v: %d, want %d\n%s", path, form, status, want, body)
	}
	if status == http.StatusSeeOther {
		return header.Get("Location")
	}
	w.page(path, body)
	return body
}

func (w *world) join(name string) string {
	w.Helper()
	w.keys++
	j, err := w.people.Join(ctx, organizer, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: fmt.Sprintf("+1503555%04d", 100+w.keys%100), Lang: "vi"}},
		Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	return j.ID
}

func (w *world) planForm() url.Values {
	day := func(n int) string { return w.clock.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	f := url.Values{"name": {"Fall listening"}, "starts": {day(0)}, "ends": {day(55)}, "people": {"200"}, "sessions": {"160"}, "listeners": {"20"}, "languages": {"en", "es", "vi"},
		"share_es": {"25"}, "share_vi": {"15"}, "areas": {"Lents\nFoster"}, "version": {"0"}}
	for _, l := range []string{"en", "es", "vi"} {
		f.Set("q_"+l+"_0", "What weighs on you?")
		f.Set("q_"+l+"_1", "What do you want to change?")
	}
	return f
}

func (w *world) report(campaign, format, lang, heard string, said ...string) string {
	w.Helper()
	f := url.Values{"act": {"report"}, "revision": {"1"}, "format": {format}, "date": {w.clock.Now().Format(time.DateOnly)}, "time": {"10:00"}, "language": {lang}, "heard": {heard}}
	for i := 0; i+1 < len(said); i += 2 {
		f.Set(fmt.Sprintf("said_%d", i/2), said[i])
		f.Set(fmt.Sprintf("said_n_%d", i/2), said[i+1])
	}
	return w.post("/campaigns/"+campaign+"/report", f, 303)
}

// A whole campaign through its pages: planned, listened, checked, closed, agreed,
// told, decided; every page is looked at in every language on the way.
func TestACampaignThroughItsPages(t *testing.T) {
	w := newWorld(t)
	hoa := w.join("Hoa Le")
	look := func(paths ...string) {
		t.Helper()
		for _, lang := range languages {
			for _, p := range paths {
				w.get(p+map[bool]string{true: "&", false: "?"}[strings.Contains(p, "?")]+"lang="+lang, 200)
			}
		}
	}
	look("/campaigns", "/campaigns/new")
	w.post("/campaigns/new", url.Values{"name": {""}, "languages": {"en"}, "starts": {"soon"}}, 422)
	at := w.post("/campaigns/new", w.planForm(), 303)
	c := strings.Split(at, "/")[2]
	base := "/campaigns/" + c
	w.post(base+"/move", url.Values{"act": {"open"}}, 409)
	w.post(base+"/listeners", url.Values{"who": {"account:omar"}, "goal": {"10"}}, 303)
	w.post(base+"/listeners", url.Values{"who": {"person:" + hoa}, "goal": {"ten"}}, 422)
	w.post(base+"/listeners", url.Values{"who": {"person:" + hoa}, "goal": {"10"}}, 303)
	w.post(base+"/networks", url.Values{"kind": {"pathway"}, "name": {"The Tuesday class"}, "share": {"10"}}, 303)
	w.post(base+"/networks", url.Values{"kind": {"place"}, "name": {""}}, 422)
	look(base, base+"/plan", base+"/listeners?q=Ho", base+"/networks", base+"/coverage", base+"/sessions", base+"/themes", base+"/report-back", base+"/decision", base+"/midpoint")
	w.post(base+"/move", url.Values{"act": {"open"}}, 303)

	w.clock.Set(w.clock.Now().AddDate(0, 0, 21))
	look(base+"/report", base+"/report?who=all")
	if short := w.get(base+"/report", 200); strings.Contains(short, "Hoa Le") || !strings.Contains(short, "sb-offline") {
		t.Error("a form that a phone keeps names somebody, or is not kept")
	}
	w.report(c, "one_to_one", "en", "47", "Rent", "20", "Bus cut", "9")
	w.report(c, "house_meeting", "es", "40", "Rent", "18", "Label in English only", "21")
	w.report(c, "paper", "vi", "6", "Label in English only", "6")
	w.post(base+"/report", url.Values{"act": {"report"}, "revision": {"1"}, "format": {"paper"}, "date": {"2026-09-20"}, "language": {"en"}, "heard": {"many"}, "said_0": {"Bus"}, "said_n_0": {"2"}}, 422)
	found := w.post(base+"/report", url.Values{"act": {"find"}, "revision": {"1"}, "format": {"paper"}, "q": {"Hoa"}, "said_0": {"kept as typed"}}, 200)
	if !strings.Contains(found, "Hoa Le") || !strings.Contains(found, "kept as typed") {
		t.Error("finding somebody loses what was typed")
	}
	plan := w.post(base+"/report", url.Values{"act": {"plan"}, "revision": {"1"}, "format": {"house_meeting"}, "date": {w.clock.Now().AddDate(0, 0, 1).Format(time.DateOnly)}, "time": {"18:00"}, "language": {"vi"}, "facilitator": {"person:" + hoa}}, 303)
	if !strings.HasSuffix(plan, "/sessions") {
		t.Error(plan)
	}
	sessions, err := w.s.Waiting(ctx, organizer, c)
	w.ok(err)
	one := "/listening/" + sessions[0].ID
	look(one, base, base+"/sessions", base+"/coverage", base+"/midpoint", base+"/listeners")
	board := w.get(base, 200)
	for _, want := range []string{"93", "Vietnamese: 6%", "Mid-point check"} {
		if !strings.Contains(board, want) {
			t.Errorf("the board does not say %q", want)
		}
	}
	w.clock.Set(w.clock.Now().AddDate(0, 0, 2))
	w.post(one, url.Values{"act": {"report"}, "revision": {"2"}, "format": {"house_meeting"}, "date": {w.clock.Now().AddDate(0, 0, -1).Format(time.DateOnly)}, "time": {"18:00"}, "language": {"vi"},
		"heard": {"11"}, "said_0": {"Interpreter no-show"}, "said_n_0": {"7"}, "said_1": {"Label in English only"}, "said_n_1": {"9"}, "facilitator": {"person:" + hoa}, "leader": {hoa}, "why_" + hoa: {"speaks up"}, "agreed": {"yes"}}, 303)
	look(one)
	w.post(base+"/midpoint", url.Values{}, 409)
	w.post(base+"/midpoint", url.Values{"new_language": {"ar"}}, 422)
	w.post(base+"/midpoint", url.Values{"network_kind": {"community"}, "network_name": {"Temple"}, "note": {"We go where people are."}}, 303)
	w.post(base+"/move", url.Values{"act": {"close"}}, 303)

	wall := w.get(base+"/themes", 200)
	for _, want := range []string{"Label in English only", "at least 38", "Người thông dịch", "Labels should be in my language"} {
		if !strings.Contains(wall, want) {
			t.Errorf("the wall does not show %q", want)
		}
	}
	look(base + "/themes")
	w.post(base+"/themes", url.Values{"act": {"create"}, "name": {""}}, 422)
	w.post(base+"/themes", url.Values{"act": {"create"}, "name": {"Language access"}, "definition": {"To be understood in one's own language."}}, 303)
	v, err := w.s.WallOf(ctx, organizer, c)
	w.ok(err)
	ids := map[string]string{}
	for _, x := range v.Themes {
		ids[x.Name] = x.ID
	}
	theme := ids["Language access"]
	for _, name := range []string{"Label in English only", "Interpreter no-show"} {
		w.post(base+"/themes", url.Values{"act": {"merge"}, "theme": {ids[name]}, "other": {theme}, "from": {"theme"}}, 303)
	}
	w.post(base+"/themes", url.Values{"act": {"quote"}, "quote": {"story:1"}, "theme": {theme}}, 303)
	w.post(base+"/themes", url.Values{"act": {"move"}, "theme": {ids["Bus cut"]}, "other": {ids["Bus cut"]}, "from": {"theme"}}, 422)
	look("/themes/"+theme, "/themes/"+ids["Rent"])
	if page := w.get("/themes/"+theme, 200); !strings.Contains(page, "at least 36") || !strings.Contains(page, "merged into") {
		t.Error("the theme does not say where its number comes from")
	}
	_, file, header := w.do("GET", base+"/themes.csv", nil)
	table, err := sheet.Read(strings.NewReader(file), sheet.Limits{})
	if err != nil || !strings.Contains(header.Get("Content-Disposition"), "themes.csv") || table.Rows[0].Text("Theme") != "Language access" && table.Rows[1].Text("Theme") != "Language access" {
		t.Errorf("%v %v", err, file)
	}
	w.post(base+"/agree", url.Values{"leaders": {"1"}, "staff": {"3"}}, 422)
	w.post(base+"/agree", url.Values{"leaders": {"9"}, "staff": {"2"}}, 303)
	if blocked := w.get(base+"/decision", 200); !strings.Contains(blocked, "First report back") {
		t.Error("the decision is not blocked in words")
	}
	w.post(base+"/decision", url.Values{"method": {"dots"}}, 409)
	look(base+"/report-back", base+"/sheet", base+"/decision")
	w.post(base+"/report-back", url.Values{"how": {"meeting"}, "date": {w.clock.Now().Format(time.DateOnly)}, "reached": {""}}, 422)
	w.post(base+"/report-back", url.Values{"how": {"meeting"}, "date": {w.clock.Now().Format(time.DateOnly)}, "reached": {"80"}, "languages": {"en", "vi"}, "note": {"In the hall."}}, 303)
	look(base + "/decision")

	form := url.Values{"date": {w.clock.Now().Format(time.DateOnly)}, "method": {"dots"}, "people": {"64"}, "institutions": {"18"}, "of_institutions": {"22"}, "chosen": {"0", "1"}, "dissent": {"Some wanted the bus first."}}
	for i, o := range []struct{ text, votes string }{{"Language access", "91"}, {"Rent", "84"}, {"Bus", "40"}, {"Clinic hours", "33"}} {
		form.Set(fmt.Sprintf("option_%d", i), o.text)
		form.Set(fmt.Sprintf("option_%d_votes", i), o.votes)
	}
	form.Set("option_0_team", "Language team")
	w.post(base+"/decision", form, 422) // a team without a chair
	form.Set("option_0_chair", hoa)
	form.Set("option_1_team", "Rent team")
	form.Set("option_1_chair", hoa)
	w.post(base+"/decision", form, 303)
	if len(w.beside.made) != 2 || w.beside.made[0].Chair != hoa || w.beside.made[0].ChairName != "Hoa Le" {
		t.Errorf("%+v", w.beside.made)
	}
	look(base, base+"/decision", base+"/sheet")
	if page := w.get(base+"/decision", 200); !strings.Contains(page, "18 of 22") || !strings.Contains(page, "Some wanted the bus first.") || !strings.Contains(page, "/teams/team-1") {
		t.Error("the decision is not shown")
	}

	w.who = leader
	look("/campaigns", base, base+"/coverage", base+"/sessions", base+"/listeners", base+"/themes", base+"/report-back", base+"/decision")
	w.who = clinicLed
	look("/campaigns", base, base+"/coverage", base+"/report-back", base+"/decision", base+"/sheet")
	for _, p := range []string{base + "/themes", base + "/sessions", base + "/listeners"} {
		if status, _, _ := w.do("GET", p, nil); status != 403 {
			t.Errorf("the clinic's leader at %s: %d", p, status)
		}
	}
}

// What must not be written down about somebody is stopped on the way.
func TestWordsPassTheGuard(t *testing.T) {
	w := newWorld(t)
	at := w.post("/campaigns/new", w.planForm(), 303)
	base := "/campaigns/" + strings.Split(at, "/")[2]
	w.post(base+"/listeners", url.Values{"who": {"account:omar"}, "goal": {"10"}}, 303)
	w.post(base+"/move", url.Values{"act": {"open"}}, 303)
	w.post(base+"/report", url.Values{"act": {"report"}, "revision": {"1"}, "format": {"paper"}, "date": {w.clock.Now().Format(time.DateOnly)}, "language": {"en"}, "heard": {"9"}, "said_0": {"She is undocumented"}, "said_n_0": {"6"}}, 422)
	w.post(base+"/themes", url.Values{"act": {"create"}, "name": {"He has no papers and was deported"}}, 422)
}

// What goes to people on paper, and what they are asked, is easy to read: grade 6 at
// most in English and Spanish.
func TestTheSheetIsEasyToRead(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		raw, err := locales.Files.ReadFile("campaign." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
		var read []string
		for key, text := range all {
			if (strings.HasPrefix(key, "campaign.sheet.") || strings.HasPrefix(key, "campaign.question."+lang)) && len(strings.Fields(text)) > 3 {
				read = append(read, regexp.MustCompile(`\{\{[^}]*\}\}`).ReplaceAllString(text, "ten"))
			}
		}
		slices.Sort(read)
		score, ok := readlevel.Of(lang, readlevel.Join(read))
		t.Logf("%s: %d messages, grade %.1f", lang, len(read), score.Grade)
		if !ok || len(read) < 10 || score.Grade > 6 {
			t.Errorf("%s: grade %.1f of %d messages", lang, score.Grade, len(read))
		}
	}
}

// What stands in a choice of the form is an id, whatever was sent for it.
func TestWhoIsAnID(t *testing.T) {
	for sent, want := range map[string]listening.Who{
		"person:0198c5a0-7d2e-7b1f-9a43-2f6f1d3c5b7a": {Person: "0198c5a0-7d2e-7b1f-9a43-2f6f1d3c5b7a"}, "account:ana": {Account: "ana"},
		"": {}, "person": {}, "somebody:ana": {}, "person:Hoa Le of Foster": {}, "account:" + strings.Repeat("a", 41): {}, "person:a:b": {},
	} {
		if got := whoOf(sent); got != want {
			t.Errorf("%.60q: %+v, want %+v", sent, got, want)
		}
	}
}
