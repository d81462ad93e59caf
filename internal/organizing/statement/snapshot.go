// Groups are drawn from a snapshot, outside of the write that publishes them: in a
// conversation of thousands they take longer than a voter should wait. Votes that
// come or go meanwhile are not in the picture, and must be known as such: the next
// picture may only follow when enough people differ between the two.
package statement

import (
	"context"
	"slices"

	"seedbed/internal/platform/db"
)

// snapshot is what a picture is drawn from.
type snapshot struct {
	number int64 // of the release before
	least  int
	rows   []row
	votes  []cast
}

func snapshotOf(ctx context.Context, tx *db.Tx, r conversationRow, number int64) (s snapshot, err error) {
	s.number, s.least = number, r.MinGroup
	if s.rows, err = inState(ctx, tx, r.ID, Approved, mostStatements); err != nil {
		return s, err
	}
	s.votes, err = votes(ctx, tx, r.ID)
	return s, err
}

// draw makes the picture, without numbers of statements.
func (s snapshot) draw() (rel Release) {
	rel.picture(s.least, s.rows, s.votes)
	return rel
}

// since compares the votes of now with the snapshot: whose votes it does not hold as
// they are, and how many it holds who have left.
func (s snapshot) since(now []cast) (late []string, gone int) {
	type on struct{ voter, statement string }
	held, voters := make(map[on]Vote, len(s.votes)), map[string]bool{}
	for _, v := range s.votes {
		held[on{v.voter, v.statement}], voters[v.voter] = v.vote, false
	}
	for _, v := range now {
		if _, there := voters[v.voter]; there {
			voters[v.voter] = true
		}
		if old, ok := held[on{v.voter, v.statement}]; !ok || old != v.vote {
			late = append(late, v.voter)
		}
	}
	for _, there := range voters {
		if !there {
			gone++
		}
	}
	slices.Sort(late)
	return slices.Compact(late), gone
}
