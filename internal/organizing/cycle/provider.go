// What this room asks of its neighbours. App wires them in. Each may be absent, and
// then nothing of it is shown, and what only it could know counts as not yet done.
package cycle

import (
	"context"
	"time"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Named is a thing of another room, by the id it has there.
type Named struct{ ID, Name string }

// Teams is the room of teams.
type Teams interface {
	// Teams lists the teams that the actor sees and that have not ended.
	Teams(ctx context.Context, a access.Actor) ([]Named, error)
}

// Campaign is a listening campaign, and whether those who spoke were told.
type Campaign struct {
	Named
	Told bool
}

// Campaigns is the room of listening.
type Campaigns interface {
	Campaigns(ctx context.Context, a access.Actor) ([]Campaign, error)
}

// Office is a person in public office or with authority in an institution.
type Office struct{ ID, Name, Office, Body string } // Name is empty while nobody holds it

// Offices is the room of power.
type Offices interface {
	Offices(ctx context.Context, a access.Actor) ([]Office, error)
}

// DoneKind says what sort of thing was done about an issue.
type DoneKind string

const (
	DoneResearch    DoneKind = "research"
	DoneAssembly    DoneKind = "assembly"
	DoneNegotiation DoneKind = "negotiation"
)

// Doing is something planned or done about an issue in another room.
type Doing struct {
	Ref       string // "research:ID", "assembly:ID", "negotiation:ID"
	Issue     string
	Kind      DoneKind
	Name      string
	At        time.Time
	Held      bool
	Evaluated bool
}

// Doings is a room in which things are done about issues.
type Doings interface {
	// Doings returns what belongs to these issues.
	Doings(ctx context.Context, a access.Actor, issues []string) ([]Doing, error)
}

// Decision is a decision that belongs to an issue or to a cycle.
type Decision struct {
	ID, Ref, Question string
	Recorded          bool
	Passed            bool // it has an outcome, and the outcome is for it
}

// Decisions is the room of decisions.
type Decisions interface {
	Of(ctx context.Context, a access.Actor, ref string) ([]Decision, error)
}

// Evaluations is the room of evaluations.
type Evaluations interface {
	// OpenIn asks for the evaluation of a cycle that has come to its end.
	OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, c Cycle) error
	// Done reports whether what a ref names has been evaluated.
	Done(ctx context.Context, a access.Actor, ref string) (bool, error)
}
