package sweep

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/learning"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/research"
	"seedbed/internal/organizing/stipend"
	"seedbed/internal/organizing/story"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/organizing/team"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/access"
)

// remembers are tables that may hold the id of somebody who was erased, and why.
var remembers = map[string]string{
	"audit_event":    "that somebody looked and what was done stays provable; the id leads nowhere once the key is gone",
	"consent_record": "that a consent was given and ended stays provable",
	"people_gone":    "for a day, so that lists in memory let go of the name: an id and nothing else",
}

// Somebody who took part in every room takes everything out on their own page. No
// row of any table names them after it.
func TestErasedInEveryRoom(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c, ana := w.a, w.a.actor(access.Organizer)
		w.refresh(c)
		stays := w.join(c)
		j := w.join(c)
		taken := w.join(c)
		_, err := w.sys.People.Merge(w.ctx, ana, people.MergeIn{Survivor: j.ID, Taken: taken.ID})
		w.must(err)
		w.must(w.sys.Teams.Add(w.ctx, ana, team.MemberIn{Team: c.ids["team"], Person: j.ID, MayChair: true}))
		w.must(w.sys.Teams.SetChair(w.ctx, ana, c.ids["team"], j.ID, ""))
		m, err := w.sys.Meetings.Plan(w.ctx, ana, meeting.PlanIn{Team: c.ids["team"], Template: meeting.CoreTeam, At: time.Now().Add(time.Hour), Minutes: 60, Language: "en",
			Chair: j.ID, Timekeeper: j.ID, Scribe: j.ID, Host: j.ID, Agenda: []meeting.Item{{Title: "Welcome", Minutes: 10}}})
		w.must(err)
		w.must(w.sys.Meetings.Paper(w.ctx, ana, m, meeting.AnswerIn{Coming: "yes", Person: j.ID}))
		w.must(w.sys.Meetings.Arrive(w.ctx, ana, m, j.ID, ""))
		w.must(w.sys.Meetings.Promise(w.ctx, ana, m, people.Commitment{Person: j.ID, What: "Calls the hall", Due: time.Now().AddDate(0, 0, 9), Remind: true}, ""))
		_, err = w.sys.Stipends.Ask(w.ctx, ana, stipend.AskIn{Person: j.ID, Kind: "payment", Purpose: "meeting", Amount: "50", Day: time.Now().AddDate(0, 0, -2).Format(time.DateOnly)})
		w.must(err)
		w.must(w.sys.Learning.Expect(w.ctx, ana, c.ids["training"], learning.Attendance{Person: j.ID}, ""))
		found, err := w.sys.Research.Plan(w.ctx, ana, research.PlanIn{Host: "Director of the hospital pharmacy", Purposes: []string{"power"}, Questions: []string{"Who decides?"}, At: time.Now().Add(time.Hour), Minutes: 40, Place: "hall", Language: "en"})
		w.must(err)
		w.must(w.sys.Research.Add(w.ctx, ana, found, j.ID, research.Chair, ""))
		w.must(w.sys.Research.Hold(w.ctx, ana, found, research.HoldIn{Came: []string{j.ID}}))
		w.must(w.sys.Research.Give(w.ctx, ana, found, research.Follow{Step: research.Thanks, Person: j.ID, Due: time.Now().AddDate(0, 0, 3)}, ""))
		_, err = w.sys.Power.AddTie(w.ctx, ana, tieOf(c.ids["office"], j.ID))
		w.must(err)
		_, err = w.sys.Surveys.Ask(w.ctx, ana, survey.AskIn{Survey: c.ids["survey"], People: []string{j.ID}})
		w.must(err)
		_, err = w.sys.Cycles.Write(w.ctx, ana, cycle.NoteIn{Cycle: c.ids["cycle"], Kind: cycle.Meet, Person: j.ID, Text: "Ask them to chair."})
		w.must(err)
		_, err = w.sys.Stories.Tell(w.ctx, ana, story.TellIn{Person: j.ID, Words: story.Words{Title: "The bus", Text: "I waited."}, Language: "en"})
		w.must(err)
		acted, err := w.sys.Acts.Make(w.ctx, ana, assembly.PlanIn{Kind: assembly.Action, At: time.Now().Add(time.Hour), Minutes: 30, Languages: []string{"en"}, Safety: j.ID, Observer: j.ID, Words: assembly.Words{Title: "Lights"}})
		w.must(err)
		_, err = w.sys.Acts.SaveItem(w.ctx, ana, acted, assembly.ItemIn{Title: "We ask", Minutes: 4, LeadRole: people.Pinned, Lead: j.ID, Beside: j.ID})
		w.must(err)
		_, err = w.sys.Acts.SaveTalk(w.ctx, ana, assembly.TalkIn{Kind: assembly.Negotiating, At: time.Now(), Minutes: 60, Party: "A board", People: []string{j.ID}, TalkWords: assembly.TalkWords{Title: "Lights"}})
		w.must(err)
		w.must(w.sys.Turnouts.Undertake(w.ctx, ana, c.ids["turnout"], turnout.ShareIn{Person: j.ID, Goal: 3}))
		w.must(w.sys.Turnouts.Ask(w.ctx, ana, c.ids["turnout"], turnout.AskIn{Person: taken.ID, By: stays.ID, Yes: true}))
		w.must(w.sys.Turnouts.Ask(w.ctx, ana, c.ids["turnout"], turnout.AskIn{Person: stays.ID, Yes: true}))

		held := func(person string) (tables []string) {
			for _, line := range w.dump(c.org) {
				table, _, _ := strings.Cut(line, " ")
				if strings.Contains(line, person) && remembers[table] == "" {
					tables = append(tables, short(line))
				}
			}
			return tables
		}
		if n := len(held(j.ID)); n < 10 {
			t.Fatalf("only %d rows name them before: the search is blind", n)
		}
		v := &visitor{w: w, role: access.Member, c: c, cookies: map[string]string{}}
		v.do("POST", "/me", url.Values{"code": {j.Code}})
		if got := v.do("POST", "/me/together/all", url.Values{"confirm": {"yes"}, "_key": {id.New(time.Now())}}); got.Code != http.StatusSeeOther {
			t.Fatalf("deleting: %d %s", got.Code, short(got.Body.String()))
		}
		w.must(w.sys.Queue.Drain(w.ctx))
		for _, person := range []string{j.ID, taken.ID} {
			for _, line := range held(person) {
				t.Errorf("still named: %s", line)
			}
		}
		if len(held(stays.ID)) == 0 {
			t.Error("somebody else is gone too")
		}
	})
}
