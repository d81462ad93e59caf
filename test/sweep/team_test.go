package sweep

import (
	"time"

	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/stipend"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/contact"
)

// teams gives a clinic somebody who joined.
func (w *world) teams(c *clinic) {
	w.t.Helper()
	j, err := w.sys.People.Join(w.ctx, c.actor(access.Organizer), people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: "Thu", Contact: "phone", Phone: "+15035550188", Lang: "vi"}},
		Source: people.AtMeeting, How: "paper"})
	w.must(err)
	c.ids["member"] = j.ID
	w.meet(c)
}

// meet puts back a team that an allowed request may have ended.
func (w *world) meet(c *clinic) {
	if c.ids["member"] == "" {
		return // the clinic is still being built
	}
	w.t.Helper()
	ana := c.actor(access.Organizer)
	var err error
	c.ids["team"], err = w.sys.Teams.Create(w.ctx, ana, team.Team{Kind: team.Core, Name: "Core team", Purpose: "To be heard."}, "")
	w.must(err)
	c.ids["meeting"], err = w.sys.Meetings.Plan(w.ctx, ana, meeting.PlanIn{Team: c.ids["team"], Template: meeting.CoreTeam, At: time.Now().Add(time.Hour), Minutes: 60, Language: "en",
		Agenda: []meeting.Item{{Title: "Welcome", Minutes: 10}}})
	w.must(err)
	if list, err := w.sys.Meetings.Feeds(w.ctx, ana); err == nil && len(list) > 5 {
		w.must(w.sys.Meetings.EndFeed(w.ctx, ana, list[0].ID))
	}
	_, err = w.sys.Meetings.MakeFeed(w.ctx, ana, "", "en", "")
	w.must(err)
	feeds, err := w.sys.Meetings.Feeds(w.ctx, ana)
	w.must(err)
	c.ids["feed"] = feeds[len(feeds)-1].ID
	c.ids["stipend"], err = w.sys.Stipends.Ask(w.ctx, ana, stipend.AskIn{Person: c.ids["member"], Kind: "payment", Purpose: "meeting", Amount: "50", Day: time.Now().AddDate(0, 0, -2).Format(time.DateOnly)})
	w.must(err)
	w.must(w.sys.Teams.Add(w.ctx, ana, team.MemberIn{Team: c.ids["team"], Person: c.ids["member"], MayChair: true}))
}
