package sweep

import (
	"time"

	"seedbed/internal/organizing/change"
	"seedbed/internal/organizing/research"
	"seedbed/internal/platform/access"
)

// researches puts back a research action, with somebody who has a part in it, and a change.
func (w *world) researches(c *clinic) {
	if c.ids["member"] == "" {
		return // the clinic is still being built
	}
	w.t.Helper()
	ana := c.actor(access.Organizer)
	made, err := w.sys.Research.Plan(w.ctx, ana, research.PlanIn{Host: "Director of the hospital pharmacy", Purposes: []string{"power"}, Questions: []string{"Who decides?"}, At: time.Now().Add(time.Hour), Minutes: 40, Place: "hall", Language: "en"})
	w.must(err)
	w.must(w.sys.Research.Add(w.ctx, ana, made, c.ids["member"], research.Chair, ""))
	c.ids["research"] = made
	c.ids["change"], err = w.sys.Changes.Save(w.ctx, ana, change.SaveIn{Title: "Labels in ten languages", Level: "state", Rating: "unclear", NamedOn: time.Now().AddDate(0, -1, 0), Evidence: "A house meeting"})
	w.must(err)
}
