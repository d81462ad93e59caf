package sweep

import (
	"time"

	"seedbed/internal/organizing/learning"
	"seedbed/internal/platform/access"
)

// learning is a curriculum and a training with somebody on its list.
func (w *world) learning(c *clinic) {
	w.t.Helper()
	ana := c.actor(access.Organizer)
	var err error
	c.ids["curriculum"], err = w.sys.Learning.Save(w.ctx, ana, learning.SaveIn{Title: "Fundamentals", Purpose: "To begin.", Lang: "en", Add: []string{"story"}})
	w.must(err)
	w.must(w.sys.Learning.Publish(w.ctx, ana, c.ids["curriculum"], 1, ""))
	c.ids["training"], err = w.sys.Learning.Plan(w.ctx, ana, learning.PlanIn{Curriculum: c.ids["curriculum"], At: time.Now().Add(-time.Hour), Minutes: 60, Place: "hall", Language: "en"})
	w.must(err)
	w.must(w.sys.Learning.Expect(w.ctx, ana, c.ids["training"], learning.Attendance{Person: c.ids["member"]}, ""))
}
