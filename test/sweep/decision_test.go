package sweep

import (
	"seedbed/internal/organizing/decision"
)

// decide gives a clinic a decision that is being written and one that is open.
func (w *world) decide(c *clinic) {
	if c.ids["member"] == "" {
		return // the clinic is still being built
	}
	w.t.Helper()
	ana, s := c.actor("organizer"), w.sys.Decided
	for _, thing := range []string{"decision", "open decision"} {
		made, err := s.Save(w.ctx, ana, decision.In{Question: "Do we join the march?", Method: "agree", Openness: "hands"})
		w.must(err)
		w.must(s.SetVoters(w.ctx, ana, made, []decision.Voter{{Person: c.ids["member"]}}))
		_, err = s.Codes(w.ctx, ana, made, 2)
		w.must(err)
		c.ids[thing] = made
	}
	w.must(s.Open(w.ctx, ana, c.ids["open decision"]))
}
