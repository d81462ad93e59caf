package sweep

import (
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// lookBack opens a round of something that was done, of no team.
func (w *world) lookBack(c *clinic) {
	w.t.Helper()
	now := time.Now()
	w.must(w.sys.DB.Write(w.ctx, c.org, func(tx *db.Tx) (err error) {
		c.ids["round"], err = w.sys.Rounds.OpenIn(w.ctx, tx, c.actor(access.Organizer), evaluation.In{Ref: "action:" + id.New(now), Kind: evaluation.Action, At: now, Title: "Visit"})
		return err
	}))
}
