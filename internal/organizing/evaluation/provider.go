// What this room asks of its neighbours; app wires them in. Each may be absent, and
// then nothing of it is shown.
package evaluation

import (
	"context"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Person is somebody who was there, as the actor may call them.
type Person struct{ ID, Name string }

// Present says who was at what the round looks back at, of those whom the actor may
// name there.
type Present func(ctx context.Context, a access.Actor, ref string) ([]Person, error)

// Teams says in which teams somebody is who signed in.
type Teams func(ctx context.Context, a access.Actor) ([]string, error)

// Closed hears, in the transaction that ends a round, that it is done.
type Closed func(ctx context.Context, tx *db.Tx, a access.Actor, r Round) error
