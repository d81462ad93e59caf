// What this room asks of its neighbours. They stand beside it or are built after
// it; app wires them in. Each may be absent, and then nothing of it is shown.
package power

import (
	"context"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Issue is what a map and a chart are about.
type Issue struct {
	ID, Name, Ask string
	Office        string // id of the decision-maker of the ask, if there is one
	State         string // message id of its state; empty: nothing is said
	URL           string
	Open          bool // still worked on
}

// Issues is the room of cycles and issues. Reading as its own rules allow.
type Issues interface {
	// Issues lists what is worked on first, then what is over.
	Issues(ctx context.Context, a access.Actor) ([]Issue, error)
	// Issue is one of them; fault.NotFound when there is none within reach.
	Issue(ctx context.Context, a access.Actor, id string) (Issue, error)
}

// Teams is the room of teams.
type Teams interface {
	// OnStrategyTeam reports whether a person is in an active strategy team now.
	OnStrategyTeam(ctx context.Context, tx *db.Tx, person string) (bool, error)
}
