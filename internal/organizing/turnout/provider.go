// What this room asks of its neighbours; app wires it. It may be absent, and then
// nothing of it is shown.
package turnout

import (
	"context"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Rounds is the room of what is looked back at right after.
type Rounds interface {
	// OpenIn opens the round of an event that is in no other room, in the caller's
	// transaction. An event of another room opens its own.
	OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, t Turnout) error
}
