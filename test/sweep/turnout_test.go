package sweep

import (
	"time"

	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/access"
)

// turnout is one whose door is open and whose people are asked once more, so that
// every page of it opens.
func (w *world) turnout(c *clinic) {
	w.t.Helper()
	ana := c.actor(access.Organizer)
	made, err := w.sys.Turnouts.Open(w.ctx, ana, turnout.In{Kind: people.Assembly, At: time.Now().Add(6 * time.Hour), Minutes: 75, Goal: 40, Title: "Labels we can read", Where: "Hall"})
	w.must(err)
	c.ids["turnout"] = made
	w.must(w.sys.Turnouts.Undertake(w.ctx, ana, made, turnout.ShareIn{Institution: c.ids["institution"], Goal: 20, Asked: 25, Yes: 18}))
	w.must(w.sys.Turnouts.Undertake(w.ctx, ana, made, turnout.ShareIn{Person: c.ids["member"], Goal: 3}))
	w.must(w.sys.Turnouts.Ask(w.ctx, ana, made, turnout.AskIn{Person: c.ids["person"], By: c.ids["member"]}))
	w.must(w.sys.Turnouts.Ask(w.ctx, ana, made, turnout.AskIn{Person: c.ids["twin"], By: c.ids["person"], Yes: true}))
}
