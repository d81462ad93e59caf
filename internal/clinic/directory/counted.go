// Counts for indicators: pages of groups are public, so these are no secret.
package directory

import (
	"context"
	"time"

	"seedbed/internal/platform/db"
)

// Verified counts the published pages, and those that somebody confirmed since a day.
func (s *Service) Verified(ctx context.Context, org string, since time.Time) (fresh, all int, err error) {
	type pair struct{ fresh, all int }
	var p pair
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		p, err = db.Get(ctx, tx, func(sc db.Scanner) (p pair, err error) {
			err = sc.Scan(&p.fresh, &p.all)
			return p, err
		}, `SELECT COALESCE(SUM(CASE WHEN verified_on>=$2 THEN 1 ELSE 0 END),0), COUNT(*) FROM directory_group WHERE org_id=$1 AND state IN ('published','stale')`, tx.Org(), db.Micros(since))
		return err
	})
	return p.fresh, p.all, err
}
