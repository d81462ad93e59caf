package sweep

import (
	"time"

	"seedbed/internal/organizing/listening"
	"seedbed/internal/platform/access"
)

// listens gives a clinic two campaigns: one in which people listen, with a report and
// its theme, and one whose themes are agreed.
func (w *world) listens(c *clinic) {
	w.t.Helper()
	open, session := w.campaign(c)
	c.ids["session of listening"] = session
	wall, err := w.sys.Listens.WallOf(w.ctx, c.actor(access.Organizer), open)
	w.must(err)
	c.ids["theme"] = wall.Themes[0].ID
	agreed, _ := w.campaign(c)
	ana, s := c.actor(access.Organizer), w.sys.Listens
	w.must(s.CheckMidpoint(w.ctx, ana, listening.MidpointIn{Campaign: agreed, Network: &listening.NetworkIn{Kind: listening.PlaceBased, Name: "Market"}}))
	w.must(s.Close(w.ctx, ana, agreed, ""))
	w.must(s.Agree(w.ctx, ana, listening.AgreeIn{Campaign: agreed, Leaders: 3, Staff: 1}))
	c.ids["campaign"] = agreed
	w.nameless(c, open)
}

// campaign begins to listen three weeks ago; the leader is among those who do.
func (w *world) campaign(c *clinic) (campaign, session string) {
	w.t.Helper()
	ana, s, from := c.actor(access.Organizer), w.sys.Listens, time.Now().AddDate(0, 0, -21)
	campaign, err := s.Plan(w.ctx, ana, listening.PlanIn{Name: "Fall listening", Languages: []string{"en", "es"}, Questions: map[string][]string{"en": {"What weighs on you?", "What should change?"}, "es": {"¿Qué le pesa?", "¿Qué debe cambiar?"}},
		Starts: from, Ends: from.AddDate(0, 0, 56), People: 200, Sessions: 100, Listeners: 10})
	w.must(err)
	_, err = s.SaveListener(w.ctx, ana, listening.ListenerIn{Campaign: campaign, Who: listening.Who{Account: c.accounts[access.Leader]}, Goal: 10})
	w.must(err)
	w.must(s.Open(w.ctx, ana, campaign, ""))
	filed, err := s.File(w.ctx, c.actor(access.Leader), listening.SessionIn{Campaign: campaign, Revision: 1, State: listening.Reported, Format: listening.HouseMeeting, Held: time.Now().AddDate(0, 0, -2),
		Language: "es", Heard: 30, Said: []listening.Tally{{Name: "Rent", N: 21}, {Name: "Bus cut", N: 12}}})
	w.must(err)
	return campaign, filed.Session
}
