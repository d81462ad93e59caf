// What this room asks of its neighbours. They stand beside it or are built after
// it; app wires them in. Each may be absent, and then nothing of it is shown.
package pledge

import (
	"context"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Moved hears, in the caller's transaction, that a promise was made, or that a second
// person has said so where it stands now.
type Moved func(ctx context.Context, tx *db.Tx, a access.Actor, p Pledge, why Note) error

// Official is somebody in public office, as the room of power knows them.
type Official struct{ ID, Name, Title, Body string }

// Officials is the room that knows who holds which office.
type Officials interface {
	// Officials lists who may be chosen now.
	Officials(ctx context.Context, a access.Actor) ([]Official, error)
	// Official is one of them; fault.NotFound when there is none.
	Official(ctx context.Context, a access.Actor, id string) (Official, error)
}

// Issue is what people work on, by its id and its sentence.
type Issue struct{ ID, Title string }

// Issues is the room of cycles and their issues.
type Issues interface {
	Issues(ctx context.Context, a access.Actor) ([]Issue, error)
}
