// What stays of a story when its teller is erased: what must still be taken down.
package story

import (
	"context"

	"seedbed/internal/platform/db"
)

// ForgetIn ends the stories of somebody in the transaction that erases them. A use
// that hangs on a wall or stands on a site stays listed until somebody has taken it
// down; everything else goes.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	list, err := ofSubject(ctx, tx, person)
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := s.endUses(ctx, tx, r.ID, ""); err != nil {
			return err
		}
		if err := forgetStory(ctx, tx, r.ID); err != nil {
			return err
		}
	}
	return nil
}
