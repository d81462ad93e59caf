// Counts for indicators: how many, never whose.
package stipend

import (
	"context"
	"time"

	"seedbed/internal/platform/db"
)

// PaidWithin is how soon after a yes money should be there.
const PaidWithin = 7 * 24 * time.Hour

// Soon counts what was approved in a stretch of time, and what of it was paid within
// a week.
func (s *Service) Soon(ctx context.Context, org string, from, until time.Time) (soon, all int, err error) {
	type pair struct{ soon, all int }
	var p pair
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		p, err = db.Get(ctx, tx, func(sc db.Scanner) (p pair, err error) {
			err = sc.Scan(&p.soon, &p.all)
			return p, err
		}, `SELECT COALESCE(SUM(CASE WHEN paid_at>0 AND paid_at<=settled_at+$4 THEN 1 ELSE 0 END),0), COUNT(*) FROM stipend
			WHERE org_id=$1 AND settled_at>=$2 AND settled_at<$3 AND state IN ('approved','paid')`, tx.Org(), db.Micros(from), db.Micros(until), PaidWithin.Microseconds())
		return err
	})
	return p.soon, p.all, err
}
