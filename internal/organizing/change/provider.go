// What this room asks of its neighbours; app wires them in. Each may be absent, and
// then nothing of it is shown.
package change

import (
	"context"

	"seedbed/internal/platform/access"
)

// Choice is a thing of another room that can be chosen.
type Choice struct{ ID, Name string }

// Issues is the room of cycles and issues.
type Issues interface {
	Issues(ctx context.Context, a access.Actor) ([]Choice, error)
	Issue(ctx context.Context, a access.Actor, id string) (Choice, error)
}

// Stories lists the stories a change can have begun with, as the actor may call them.
type Stories func(ctx context.Context, a access.Actor) ([]Choice, error)

// Trace is another room's part of where a change comes from.
type Trace func(ctx context.Context, a access.Actor, r Record) ([]Stop, error)
