package sweep

import (
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/research"
	"seedbed/internal/platform/access"
)

// turn gives a clinic a cycle with an issue that is being tested, a list of its own,
// a note and a handover to its organizer.
func (w *world) turn(c *clinic) {
	if c.ids["member"] == "" {
		return // the clinic is still being built
	}
	w.t.Helper()
	ana, s := c.actor(access.Organizer), w.sys.Cycles
	var err error
	c.ids["cycle"], err = s.Begin(w.ctx, ana, cycle.In{Name: "Labels we can read", Teams: []string{c.ids["team"]}})
	w.must(err)
	c.ids["issue"], err = s.Propose(w.ctx, ana, cycle.IssueIn{Cycle: c.ids["cycle"], Problem: "Language access", Title: "Translated labels"})
	w.must(err)
	w.must(s.ChooseSet(w.ctx, ana, c.ids["issue"], "fit", ""))
	if c.ids["criteria"] == "" {
		c.ids["criteria"], err = s.SaveSet(w.ctx, ana, cycle.SetIn{Base: "lee", Name: "Ours", Items: []cycle.Criterion{{Text: "Who decides?"}}})
		w.must(err)
	}
	c.ids["note"], err = s.Write(w.ctx, ana, cycle.NoteIn{Cycle: c.ids["cycle"], Kind: cycle.Meet, Person: c.ids["member"], Text: "Ask her to chair."})
	w.must(err)
	c.ids["option"], err = w.sys.Research.SaveOption(w.ctx, ana, research.OptionIn{Issue: c.ids["issue"], What: "Print labels at the counter"})
	w.must(err)
	held := access.Machine(c.org) // by a colleague who is gone
	held.Account, held.Roles = "gone", []access.Role{access.Organizer}
	of, err := s.Begin(w.ctx, held, cycle.In{Name: "Bus 14"})
	w.must(err)
	c.ids["handover"], err = s.HandOver(w.ctx, held, cycle.HandOverIn{Cycle: of, To: c.accounts[access.Organizer]})
	w.must(err)
}
