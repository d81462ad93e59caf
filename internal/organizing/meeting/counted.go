// Counts for indicators: meetings, never who was there.
package meeting

import (
	"context"
	"time"

	"seedbed/internal/platform/db"
)

// Chaired counts the meetings that were held in a stretch of time, and those that
// somebody who takes part chaired.
func (s *Service) Chaired(ctx context.Context, org string, from, until time.Time) (chaired, all int, err error) {
	type pair struct{ chaired, all int }
	var p pair
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		p, err = db.Get(ctx, tx, func(sc db.Scanner) (p pair, err error) {
			err = sc.Scan(&p.chaired, &p.all)
			return p, err
		}, `SELECT COALESCE(SUM(CASE WHEN chair<>'' THEN 1 ELSE 0 END),0), COUNT(*) FROM meeting WHERE org_id=$1 AND state IN ('held','evaluated') AND at>=$2 AND at<$3`,
			tx.Org(), db.Micros(from), db.Micros(until))
		return err
	})
	return p.chaired, p.all, err
}
