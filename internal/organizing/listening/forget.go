// What stays of somebody who is erased: how many were heard, and by whom no longer.
package listening

import (
	"context"

	"seedbed/internal/platform/db"
)

// ForgetIn takes somebody out of every campaign, in the transaction that erases them.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	return forgetPerson(ctx, tx, person)
}
