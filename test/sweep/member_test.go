package sweep

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/learning"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/stipend"
	"seedbed/internal/organizing/story"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/organizing/team"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web/webtest"
)

// A member sees on their own page what they take part in, changes the card they show
// in a team, and decides about a story they told. Nobody else's opens.
func TestMembersOwnPages(t *testing.T) {
	w := newWorld(t, "")
	c, ana := w.a, w.a.actor(access.Organizer)
	j, other := w.join(c), w.join(c)
	w.must(w.sys.Teams.Add(w.ctx, ana, team.MemberIn{Team: c.ids["team"], Person: j.ID}))
	_, err := w.sys.Meetings.Plan(w.ctx, ana, meeting.PlanIn{Team: c.ids["team"], Template: meeting.CoreTeam, At: time.Now().AddDate(0, 0, 2), Minutes: 60, Language: "en", Title: "The bus plan",
		Agenda: []meeting.Item{{Title: "Welcome", Minutes: 10}}})
	w.must(err)
	_, err = w.sys.Stipends.Ask(w.ctx, ana, stipend.AskIn{Person: j.ID, Kind: "payment", Purpose: "meeting", Amount: "50", Day: time.Now().AddDate(0, 0, -2).Format(time.DateOnly)})
	w.must(err)
	coming, err := w.sys.Learning.Plan(w.ctx, ana, learning.PlanIn{Curriculum: c.ids["curriculum"], At: time.Now().AddDate(0, 0, 3), Minutes: 60, Place: "hall", Language: "en"})
	w.must(err)
	w.must(w.sys.Learning.Expect(w.ctx, ana, coming, learning.Attendance{Person: j.ID}, ""))
	w.surveys(c)
	_, err = w.sys.Surveys.Ask(w.ctx, ana, survey.AskIn{Survey: c.ids["survey"], People: []string{j.ID}})
	w.must(err)
	told, err := w.sys.Stories.Tell(w.ctx, ana, story.TellIn{Person: j.ID, Words: story.Words{Title: "The late bus", Text: "I waited two hours."}, Language: "en"})
	w.must(err)
	w.must(w.sys.Turnouts.Undertake(w.ctx, ana, c.ids["turnout"], turnout.ShareIn{Person: j.ID, Goal: 3}))
	w.must(w.sys.Turnouts.Ask(w.ctx, ana, c.ids["turnout"], turnout.AskIn{Person: j.ID, Yes: true}))

	enter := func(code string) *visitor {
		v := &visitor{w: w, role: access.Member, c: c, cookies: map[string]string{}}
		v.do("POST", "/me", url.Values{"code": {code}})
		return v
	}
	v, stranger := enter(j.Code), enter(other.Code)
	card, own, asked := "/me/teams/"+c.ids["team"], "/me/told/"+told.ID, "/me/surveys/"+c.ids["survey"]
	home := v.do("GET", "/me/together?lang=en", nil).Body.String()
	for _, want := range []string{card, own, asked, "The bus plan", `href="/m/`, "50.00", "Fundamentals", "The late bus", "The path", "I said I would bring 3 people.", "I said I would come", `href="/b/`} {
		if !strings.Contains(home, want) {
			t.Errorf("their page does not show %q", want)
		}
	}
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		for _, page := range []string{"/me/together", "/me/together/take", card, own, asked} {
			got := v.do("GET", page+"?lang="+lang, nil)
			if got.Code != http.StatusOK {
				t.Errorf("%s in %s: %d", page, lang, got.Code)
				continue
			}
			webtest.Page(t, got.Body.String())
		}
	}
	send := func(page string, form url.Values, want int) string {
		t.Helper()
		form.Set("_key", id.New(time.Now()))
		got := v.do("POST", page, form)
		if got.Code != want {
			t.Errorf("%s %v: %d %s", page, form, got.Code, short(got.Body.String()))
		}
		return got.Body.String()
	}
	if body := send(card, url.Values{"shown": {"Rosa undocumented"}}, 422); !strings.Contains(body, "<mark>undocumented</mark>") {
		t.Error("a telling name is not marked")
	}
	send(card, url.Values{"shown": {"R."}, "reachable": {"yes"}}, 422)
	send(card, url.Values{"shown": {"R."}, "reachable": {"yes"}, "phone": {"503 555 0121"}}, 303)
	if body := v.do("GET", card, nil).Body.String(); !strings.Contains(body, `value="R."`) || !strings.Contains(body, "15035550121") {
		t.Error("the card is not as they left it")
	}
	send(own, url.Values{"act": {"words"}, "title": {"The late bus"}, "text": {"I waited three hours."}, "_version": {"1"}}, 303)
	send(own, url.Values{"act": {"yes"}, "places": {"team"}, "identity": {"anonymous"}, "months": {"12"}, "_version": {"2"}}, 303)
	if whole, err := w.sys.Stories.Get(w.ctx, ana, told.ID); err != nil || whole.State != story.Approved {
		t.Errorf("their yes: %v %v", whole.State, err)
	}
	send(own, url.Values{"act": {"stop"}, "place": {"team"}}, 303)
	send(own, url.Values{"act": {"end"}}, 303)
	if body := v.do("GET", "/me/together", nil).Body.String(); strings.Contains(body, "The late bus") {
		t.Error("a story that was taken back still stands there")
	}
	for _, page := range []string{card, own, asked} {
		if got := stranger.do("GET", page, nil); got.Code != http.StatusNotFound && got.Code != http.StatusGone {
			t.Errorf("%s opens to another member: %d", page, got.Code)
		}
		if got := stranger.do("POST", page, url.Values{"act": {"end"}, "shown": {"X"}, "_key": {id.New(time.Now())}}); got.Code < 400 {
			t.Errorf("%s is taken from another member: %d", page, got.Code)
		}
	}
}
