// How many numbers and addresses asked for no more messages: the count, never which.

package notify

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Stopped counts the numbers and addresses that asked for no more messages.
func (n *Notifier) Stopped(ctx context.Context, a access.Actor) (count int, err error) {
	defer fault.Wrap(&err, "notify.Stopped")
	if _, err := access.Check(a, mayRead); err != nil {
		return 0, err
	}
	err = n.o.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		count, err = db.One[int](ctx, tx, `SELECT COUNT(*) FROM notify_stop WHERE org_id=$1`, tx.Org())
		return err
	})
	return count, err
}
