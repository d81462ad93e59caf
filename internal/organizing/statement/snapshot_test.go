// Votes that come or go while a picture is drawn: the next picture must count them
// as people who differ.
package statement

import (
	"slices"
	"testing"

	"seedbed/internal/kit/opinion"
	"seedbed/internal/platform/db"
)

func TestWhatChangesWhileAPictureIsDrawn(t *testing.T) {
	held := []cast{{"ada", "s1", opinion.Agree, notYet}, {"ada", "s2", opinion.Pass, notYet}, {"ben", "s1", opinion.Disagree, notYet}, {"cem", "s1", opinion.Agree, notYet}}
	for name, c := range map[string]struct {
		now  []cast
		late []string
		gone int
	}{
		"nothing":         {held, nil, 0},
		"another order":   {[]cast{held[3], held[1], held[0], held[2]}, nil, 0},
		"one comes":       {append(slices.Clone(held), cast{"dee", "s1", opinion.Agree, notYet}, cast{"dee", "s2", opinion.Agree, notYet}), []string{"dee"}, 0},
		"one votes on":    {append(slices.Clone(held), cast{"ben", "s2", opinion.Agree, notYet}), []string{"ben"}, 0},
		"one changes":     {[]cast{held[0], held[1], {"ben", "s1", opinion.Agree, notYet}, held[3]}, []string{"ben"}, 0},
		"somebody leaves": {held[:3], nil, 1},
		"all leave":       {nil, nil, 3},
	} {
		late, gone := snapshot{votes: held}.since(c.now)
		if !slices.Equal(late, c.late) || gone != c.gone {
			t.Errorf("%s: late %v, gone %d", name, late, gone)
		}
	}
}

// A vote between the look and the write is in no group of this picture, and its
// voter is fresh for the next.
func TestALateVoterIsFresh(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s1 := w.seed("Buses run late.")
		for i := range 2 * AmongStrangers {
			w.vote(s1, []string{"agree", "disagree"}[i%2])
		}
		var snap snapshot
		var r conversationRow
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) {
			if r, err = conversationByID(w.ctx, tx, w.id); err == nil {
				snap, err = snapshotOf(w.ctx, tx, r, 0)
			}
			return err
		}))
		w.vote(s1, "agree")
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.s.release(w.ctx, tx, w.id, Release{}, snap.draw(), snap)
			return err
		}))
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			n, err := freshVoters(w.ctx, tx, r)
			if n != 1 {
				t.Errorf("%d fresh voters, want the late one", n)
			}
			return err
		}))
	})
}
