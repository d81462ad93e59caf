package sweep

import (
	"time"

	"seedbed/internal/organizing/report"
	"seedbed/internal/platform/access"
)

// reports are a draft, one that waits for a second person, and one that everybody
// can read. An indicator is the same word in every clinic, and nobody's.
func (w *world) reports(c *clinic) {
	w.t.Helper()
	ana, s := c.actor(access.Organizer), w.sys.Reports
	zone, err := time.LoadLocation("America/Los_Angeles")
	w.must(err)
	month := report.Periods(time.Now(), zone)[0].Key()
	draft := func(v report.Version) string {
		made, err := s.Save(w.ctx, ana, report.MakeIn{Version: string(v), Period: month, Title: "Our month", Lang: "en", Intro: "What we did."})
		w.must(err)
		return made
	}
	c.ids["report"], c.ids["report that waits"], c.ids["public report"] = draft(report.ForBoard), draft(report.ForPublic), draft(report.ForPublic)
	w.must(s.Do(w.ctx, ana, c.ids["report that waits"], "ask", ""))
	w.must(s.Do(w.ctx, ana, c.ids["public report"], "ask", ""))
	w.must(s.Do(w.ctx, c.actor(access.Lead), c.ids["public report"], "publish", ""))
}
