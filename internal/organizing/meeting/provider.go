// What this room asks of its neighbours; app wires it in. Each may be absent, and
// then nothing of it is shown.
package meeting

import (
	"cmp"
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Rounds is the room in which people look back at what they did together.
type Rounds interface {
	// OpenIn opens the round of a meeting that was held.
	OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, m Meeting) error
	// SettleIn ends it, when the meeting was evaluated with its own short form.
	SettleIn(ctx context.Context, tx *db.Tx, a access.Actor, m Meeting) error
}

// Look is how it was, as a round of another room found it.
type Look struct {
	Feelings       []Feeling
	Worked, Change string
}

// EvaluatedIn closes a meeting whose round is done, in the caller's transaction. The
// caller has checked that the actor may. A meeting that is closed stays as it is.
func (s *Service) EvaluatedIn(ctx context.Context, tx *db.Tx, a access.Actor, meeting string, l Look) (err error) {
	defer fault.Wrap(&err, "meeting.EvaluatedIn(%s)", meeting)
	r, err := byID(ctx, tx, meeting)
	if err != nil || r.State != Held {
		return err
	}
	rows := []row{r}
	if err := s.open(ctx, tx.Org(), rows); err != nil {
		return err
	}
	r = rows[0]
	slices.SortFunc(l.Feelings, func(a, b Feeling) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Word, b.Word)) })
	r.State, r.Feelings, r.Worked, r.Words.Change = Evaluated, l.Feelings, l.Worked, l.Change
	if err := s.store(ctx, tx, &r); err != nil {
		return err
	}
	return s.record(ctx, tx, access.Machine(tx.Org()), r.Meeting)
}
