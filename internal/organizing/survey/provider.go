// What this room asks of its neighbours. They stand beside it; app wires them in.
// Each may be absent, and then nothing of it is shown.
package survey

import (
	"context"

	"seedbed/internal/platform/access"
)

// Events is how the things of other rooms are called, by their refs.
type Events interface {
	// Title is what an event is called; ok is false when there is none, or when the
	// actor may not see it.
	Title(ctx context.Context, a access.Actor, ref string) (title string, ok bool)
}

// Teams says who is in the core teams, as ids of people.
type Teams interface {
	Core(ctx context.Context, a access.Actor) ([]string, error)
}
