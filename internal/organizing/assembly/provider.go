// What this room asks of its neighbours. They stand beside it; app wires them in.
// Each may be absent, and then nothing of it is shown.
package assembly

import (
	"context"
	"time"

	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Option is a thing of another room that can be chosen.
type Option struct{ ID, Name string }

// Issue is an issue that has been cut: what is asked of whom by when.
type Issue struct {
	ID, Cycle string
	Name      string
	Ask       string // the sentence
	Office    string
	Due       time.Time
}

// Issues is the room of cycles and their issues.
type Issues interface {
	Cycles(ctx context.Context, a access.Actor) ([]Option, error)
	Issues(ctx context.Context, a access.Actor, cycle string) ([]Issue, error) // of one cycle, or of all that are open
}

// Office is somebody in public office.
type Office struct{ ID, Name, Office, Body string }

// Addressed is how they are spoken of in the hall.
func (o Office) Addressed() string {
	out := o.Name
	for _, more := range []string{o.Office, o.Body} {
		if more != "" {
			out += ", " + more
		}
	}
	return out
}

// Offices is the room of people in public office.
type Offices interface {
	Offices(ctx context.Context, a access.Actor) ([]Office, error)
}

// Showing is a story as an assembly may hear it now: the approved words, and the
// name only as the teller wishes.
type Showing struct {
	Story, Name, Title, Text, Language string
	Until                              time.Time
}

// Stories is the room of stories told with a permission.
type Stories interface {
	// Show returns a story under the yes for assemblies that is live at this moment,
	// and refuses otherwise.
	Show(ctx context.Context, org, story string) (Showing, error)
	// Offered lists the stories that may be told in an assembly now.
	Offered(ctx context.Context, a access.Actor) ([]Option, error)
	// Used writes down for the teller, once, that it is told here; it refuses as Show does.
	Used(ctx context.Context, org, story, where, key string) error
}

// TurnoutIn opens turnout for an assembly, or moves the one that is open along with it.
type TurnoutIn struct {
	Ref      string
	Kind     people.Kind
	At       time.Time
	Minutes  int
	Goal     int
	Title    string
	Where    string
	Nameless bool
}

// Came is one institution on the way from promise to chair.
type Came struct {
	Institution                  string
	Pledged, Confirmed, Attended int
	Roll                         int // counted by its captain in the hall; -1: not yet
}

// Summary is turnout in numbers, without names.
type Summary struct {
	ID                                 string
	Goal, Pledged, Confirmed, Attended int
	By                                 []Came
}

// Turnouts is the room of turnout.
type Turnouts interface {
	OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, in TurnoutIn) error
	Summary(ctx context.Context, a access.Actor, ref string) (Summary, error)
	// Rolled hears what an institution said at the roll call.
	Rolled(ctx context.Context, org, ref, institution string, n int, key string) error
	// Over hears that the assembly was held, or called off.
	Over(ctx context.Context, org, ref string, held bool) error
}

// PledgeIn is a promise in public that the team confirmed the words of.
type PledgeIn struct {
	Ref, Issue string
	By         Office // who promised; without an id when no list holds them
	Words      string
	Language   string
	Said       time.Time
	Due        time.Time
	Check      time.Time // when it is looked at first
}

// Pledges is the room of pledges.
type Pledges interface {
	MakeIn(ctx context.Context, tx *db.Tx, a access.Actor, in PledgeIn) (id string, err error)
}

// EvaluationIn opens an evaluation.
type EvaluationIn struct {
	Ref, Kind, Title string
	At               time.Time
}

// Evaluations is the room of evaluations.
type Evaluations interface {
	OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, in EvaluationIn) error
	DoneIn(ctx context.Context, tx *db.Tx, ref string) (bool, error)
}
