// The board by place and by end.
package introduction

import (
	"testing"

	"seedbed/internal/kit/fault"
)

func TestBoardByPlaceAndEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.begin(lupe, warm)
		b := w.begin(lupe, warm, func(in *BeginIn) { in.Site = "north" })
		c := w.begin(lupe, warm)
		ids := func(in BoardIn) (out []string) {
			p, err := w.s.Board(w.ctx, lupe, in)
			w.must(err)
			for _, it := range p.Items {
				out = append(out, it.ID)
			}
			return out
		}
		if got := ids(BoardIn{Filter: BoardOpen, Site: "north"}); len(got) != 1 || got[0] != b.ID {
			t.Errorf("north: %v", got)
		}
		if got := ids(BoardIn{Filter: BoardOpen, Site: "main", Owner: "clinic"}); len(got) != 2 {
			t.Errorf("main: %v", got)
		}
		if got := ids(BoardIn{Filter: BoardEnded}); len(got) != 0 {
			t.Errorf("ended: %v", got)
		}
		for _, x := range []Begun{a, c} {
			w.hours(1)
			w.must(w.s.Close(w.ctx, lupe, CloseIn{ID: x.ID, Ending: string(PersonDeclined), Word: "person"}))
		}
		if got := ids(BoardIn{Filter: BoardEnded}); len(got) != 2 || got[0] != c.ID || got[1] != a.ID {
			t.Errorf("ended, newest first: %v", got)
		}
		w.is(second(w.s.Board(w.ctx, lupe, BoardIn{Site: "a b"})), fault.Invalid)
	})
}

// What a booked meeting needs is kept as a list of known words.
func TestBookedMeetingNeeds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.begin(lupe, warm)
		in := HandoffIn{ID: a.ID, How: string(Booked), At: w.clock.Now().Add(48 * 3600e9), Needs: []string{"childcare", "interpreter"}}
		w.must(w.s.Handoff(w.ctx, lupe, in))
		v, err := w.s.Show(w.ctx, lupe, a.ID)
		w.must(err)
		if len(v.Handoffs) != 1 || len(v.Handoffs[0].Needs) != 2 {
			t.Errorf("%+v", v.Handoffs)
		}
		in.Needs = []string{"a diagnosis"}
		if err := w.s.Handoff(w.ctx, lupe, in); err == nil {
			t.Error("free words as a need")
		}
	})
}
