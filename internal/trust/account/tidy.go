// What is over is forgotten: sessions, half-finished pages, old invitations.

package account

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// TidyEvery is how often app should call Tidy.
const TidyEvery = 24 * time.Hour

// invitationTrace is how long an administrator can still see that an invitation
// was made; the name and address on it are not kept beyond.
const invitationTrace = 30 * 24 * time.Hour

// Tidy deletes what has ended; its shape is that of a periodic job.
func (s *Service) Tidy(ctx context.Context, _ time.Time) (err error) {
	defer fault.Wrap(&err, "account.Tidy")
	now := s.now()
	return s.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		for _, q := range []struct {
			text   string
			before time.Time
		}{
			{`DELETE FROM account_session WHERE expires_at <= $1 OR seen_at + idle_us <= $1`, now},
			{`DELETE FROM account_ceremony WHERE expires_at <= $1`, now},
			{`DELETE FROM account_ticket WHERE expires_at <= $1`, now},
			{`DELETE FROM account_throttle WHERE ends_at <= $1`, now},
			{`DELETE FROM account_salt WHERE ends_at <= $1`, now},
			{`DELETE FROM account_invitation WHERE expires_at <= $1`, now.Add(-invitationTrace)},
		} {
			if _, err := tx.Exec(ctx, q.text, db.Micros(q.before)); err != nil {
				return err
			}
		}
		return nil
	})
}
