// What this room asks of its neighbours. They stand beside it or are built after
// it; app wires them in. Each may be absent, and then nothing of it is shown.
package research

import (
	"context"
	"time"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Issue is what an action or an option is about.
type Issue struct{ ID, Name string }

// Issues is the room of cycles and issues.
type Issues interface {
	// Issues lists those that can be chosen, and Issue names one, whatever its state.
	Issues(ctx context.Context, a access.Actor) ([]Issue, error)
	Issue(ctx context.Context, a access.Actor, id string) (Issue, error)
}

// Office is somebody in public office.
type Office struct{ ID, Name, Office, Body string }

// Offices is the room of people in public office.
type Offices interface {
	Offices(ctx context.Context, a access.Actor) ([]Office, error)
	Office(ctx context.Context, a access.Actor, id string) (Office, error)
}

// Team is a team whose members can take part.
type Team struct{ ID, Name string }

// Member is a member of a team, as they want to be called in it.
type Member struct{ Person, Name string }

// Teams is the room of teams.
type Teams interface {
	Teams(ctx context.Context, a access.Actor) ([]Team, error)
	Members(ctx context.Context, a access.Actor, team string) ([]Member, error)
}

// EvaluationIn opens an evaluation.
type EvaluationIn struct {
	Ref   string
	At    time.Time // when it is due: right after
	Title string
	Team  string
	Owner string // account that answers for it
}

// Evaluations is the room of evaluations.
type Evaluations interface {
	OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, in EvaluationIn) error
	DoneIn(ctx context.Context, tx *db.Tx, ref string) (bool, error)
}
