package sweep

import (
	"seedbed/internal/organizing/people"
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
	w.must(w.sys.Teams.Add(w.ctx, ana, team.MemberIn{Team: c.ids["team"], Person: c.ids["member"], MayChair: true}))
}
