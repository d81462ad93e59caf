// Counts for indicators: how many were promised and came, over all institutions.
package turnout

import (
	"context"
	"time"

	"seedbed/internal/platform/db"
)

// Between adds up the turnouts that were held in a stretch of time.
func (s *Service) Between(ctx context.Context, org string, from, until time.Time) (n Numbers, err error) {
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		n = Numbers{}
		rows, err := held(ctx, tx)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.At.Before(from) || !r.At.Before(until) {
				continue
			}
			shares, asks, cs, err := all(ctx, tx, r.ID)
			if err != nil {
				return err
			}
			n = n.plus(Sum(r.Goal, shares, asks, cs).Total)
		}
		return nil
	})
	return n, err
}
