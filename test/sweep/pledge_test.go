package sweep

import (
	"time"

	"seedbed/internal/organizing/effort"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/platform/access"
)

// promises is a promise on the public board, renewed each year.
func (w *world) promises(c *clinic) {
	w.t.Helper()
	var err error
	c.ids["pledge"], err = w.sys.Pledges.Make(w.ctx, c.actor(access.Organizer), pledge.In{Ref: "assembly:1", Name: "Elena Reyes", Title: "Director", Body: "County Pharmacy Board", Words: "We will adopt the rule.", Lang: "en",
		Said: time.Now().AddDate(0, 0, -30).Format(time.DateOnly), Due: time.Now().AddDate(0, 1, 0).Format(time.DateOnly), Parts: []string{"North county"}, Yearly: true, Public: true})
	w.must(err)
	w.hours(c)
}

// hours is a fund, and an hour of whoever wrote one.
func (w *world) hours(c *clinic) {
	w.t.Helper()
	ruth := c.actor(access.Lead)
	list, err := w.sys.Effort.Funds(w.ctx, ruth)
	w.must(err)
	if len(list) == 0 {
		w.must(w.sys.Effort.SaveFund(w.ctx, ruth, effort.FundIn{Name: "Foundation", Kind: "other"}))
		list, err = w.sys.Effort.Funds(w.ctx, ruth)
		w.must(err)
	}
	day := time.Now().AddDate(0, 0, -2).Format(time.DateOnly)
	if err := w.sys.Effort.Write(w.ctx, ruth, effort.EntryIn{Day: day, Hours: "0:01", Class: "internal", Fund: list[0].ID}); err != nil {
		return // a fund may have been closed by an allowed request, or the day be full
	}
	week, err := w.sys.Effort.Week(w.ctx, ruth, day)
	w.must(err)
	c.ids["hour"] = week.Last.ID
}
