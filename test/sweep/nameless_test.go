package sweep

import (
	"seedbed/internal/organizing/answer"
	"seedbed/internal/organizing/statement"
	"seedbed/internal/platform/access"
)

// nameless gives a clinic a poster of a campaign in which people listen, and
// statements on which nobody has voted.
func (w *world) nameless(c *clinic, campaign string) {
	w.t.Helper()
	ana := c.actor(access.Organizer)
	c.ids["open campaign"] = campaign
	var err error
	c.ids["place"], err = w.sys.Answers.SavePlace(w.ctx, ana, answer.PlaceIn{Campaign: campaign, Name: "Front waiting room", Language: "es"})
	w.must(err)
	c.ids["conversation"], err = w.sys.Says.Save(w.ctx, ana, statement.ConversationIn{Campaign: campaign, Title: "What weighs on us", Language: "en", Live: true})
	w.must(err)
	_, err = w.sys.Says.Seed(w.ctx, ana, statement.SeedIn{Conversation: c.ids["conversation"], Language: "en", Text: statement.Text{"en": "The bus should run on Sundays."}})
	w.must(err)
}
