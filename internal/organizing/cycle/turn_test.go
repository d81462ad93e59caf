// A turn of the cycle from setting out to the next turn, on both databases.
package cycle

import (
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// The whole way: nothing goes forward before its time, and what was learned opens
// the next turn.
func TestFullTurn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.begin()
		if b := w.board(c); b.Phase != PhaseZero || len(b.Missing) != 0 || b.Keeper != "ana" || !b.Due.Equal(PhaseZero.DueBy(b.Began)) {
			t.Fatalf("%+v", b)
		}
		w.move(c, Listening, "")
		if b := w.board(c); !slices.Equal(b.Missing, []Need{NeedTold}) {
			t.Fatalf("missing %v", b.Missing)
		}
		w.fields(w.s.Move(w.ctx, ana, MoveIn{ID: c, To: Discerning}), "reason")
		w.beside.told["fall"] = true
		w.move(c, Discerning, "")

		labels := w.cut(c, "Translated labels")
		hours := w.propose(c, "Open until eight")
		w.must(w.s.SetState(w.ctx, omar, StateIn{Issue: hours, To: Parked, Reason: "The labels come first; the hours wait for spring."}))
		w.move(c, Researching, "")
		w.advance(labels, Researching)

		w.is(w.s.Advance(w.ctx, omar, MoveIn{ID: labels, To: Acting}), fault.Conflict)
		w.beside.done = append(w.beside.done, Doing{Ref: "research:1", Issue: labels, Kind: DoneResearch, Held: true})
		w.adopt(labels)
		if v := w.view(labels); v.State != Adopted || v.Decision != "d-"+labels || !slices.Equal(v.Missing, []Need{NeedResearch}) {
			t.Fatalf("%s, missing %v", v.State, v.Missing)
		}
		w.beside.done[0].Evaluated = true
		w.advance(labels, Acting)
		w.move(c, Acting, "")
		if v := w.view(labels); v.State != Campaigning {
			t.Fatalf("acting, and %s", v.State)
		}

		w.beside.done = append(w.beside.done, Doing{Ref: "assembly:1", Issue: labels, Kind: DoneAssembly, Held: true})
		w.must(w.s.SetState(w.ctx, omar, StateIn{Issue: labels, To: PartlyWon, Reason: "Two of three: the budget waits."}))
		w.advance(labels, Evaluating)
		w.move(c, Evaluating, "")
		if !slices.Equal(w.beside.opened, []string{"cycle:" + c}) {
			t.Errorf("evaluations asked for: %v", w.beside.opened)
		}
		if _, err := w.s.Next(w.ctx, ana, c, In{Name: "Again"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("the next turn began before it was said what becomes of the issues: %v", err)
		}
		w.fields(w.s.Settle(w.ctx, omar, SettleIn{Issue: labels, Choice: CarryOn}), "learned")
		w.must(w.s.Settle(w.ctx, omar, SettleIn{Issue: labels, Choice: CarryOn, Learned: "She answers when nurses ask."}))
		if b := w.board(c); !slices.Equal(b.Missing, []Need{NeedEvaluation}) {
			t.Fatalf("missing %v", b.Missing)
		}
		w.beside.done[1].Evaluated, w.beside.evaluated["cycle:"+c] = true, true
		w.advance(labels, Closed)

		w.clock.Advance(24 * time.Hour)
		next, err := w.s.Next(w.ctx, ana, c, In{Name: "Labels, second turn", Teams: []string{"core"}})
		w.must(err)
		w.move(c, Closed, "")
		b := w.board(next)
		if b.From != c || b.Before.Name != "Labels we can read" || len(b.Lessons) != 1 || b.Lessons[0] != (Lesson{Issue: labels, Title: "Translated labels", State: PartlyWon, Choice: CarryOn, Learned: "She answers when nurses ask."}) {
			t.Errorf("the next turn knows %+v from %s", b.Lessons, b.Before.Name)
		}
		if len(b.Issues) != 1 || b.Issues[0].From != labels || b.Issues[0].State != Proposed || b.Issues[0].Action == "" || b.Issues[0].Set != "" || b.Issues[0].Decision != "" {
			t.Errorf("carried: %+v", b.Issues)
		}
		if old := w.board(c); old.Phase != Closed || old.Ended.IsZero() || len(old.After) != 1 || old.After[0].ID != next {
			t.Errorf("the old turn: %+v", old.Cycle)
		}
		w.is(w.s.Move(w.ctx, ana, MoveIn{ID: c, To: Evaluating, Reason: "Once more."}), fault.Conflict)
		// What is parked is neither carried nor lost: it stands where it stood.
		if v := w.view(hours); v.State != Parked || v.Why == "" {
			t.Errorf("parked: %+v", v.Issue)
		}
	})
}

// A shut gate opens for an organizer who says why, and for nobody else; the reason
// stays. Going back needs one too, and nobody leaps.
func TestShutGate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.begin()
		w.move(c, Listening, "")
		w.is(w.s.Move(w.ctx, omar, MoveIn{ID: c, To: Discerning, Reason: "I say so."}), fault.Forbidden)
		w.fields(w.s.Move(w.ctx, ana, MoveIn{ID: c, To: Discerning, Reason: "  "}), "reason")
		w.is(w.s.Move(w.ctx, ana, MoveIn{ID: c, To: Researching, Reason: "Let us leap."}), fault.Conflict)
		w.move(c, Discerning, "The report back is on Sunday; the hall is taken after it.")
		w.fields(w.s.Move(w.ctx, ana, MoveIn{ID: c, To: Listening}), "reason")
		w.move(c, Listening, "We heard nobody from Foster Row.")
		b := w.board(c)
		if len(b.History) != 4 || b.History[0].Act != "back" || b.History[1].Act != "force" || b.History[1].Reason == "" || b.History[1].Role != access.Organizer || b.History[1].Was != "listening" {
			t.Errorf("history: %+v", b.History)
		}
		i := w.propose(c, "Bus 14")
		w.is(w.s.Advance(w.ctx, omar, MoveIn{ID: i, To: Researching, Reason: "It is clear."}), fault.Conflict)
		w.must(w.s.Advance(w.ctx, ana, MoveIn{ID: i, To: Researching, Reason: "The hearing is next week."}))
		w.is(w.s.Advance(w.ctx, ana, MoveIn{ID: i, To: Listening, Reason: "Back."}), fault.Conflict)
		w.must(w.s.Advance(w.ctx, omar, MoveIn{ID: i, To: Discerning, Reason: "We asked the wrong person."}))
	})
}

// Without a room that could know, what it would know is not yet done, and a written
// reason is the way on.
func TestAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		s := New(Deps{DB: w.db, Vault: w.s.Vault, Audit: w.s.Audit, Clock: w.clock, People: w.people})
		c, err := s.Begin(w.ctx, ana, In{Name: "Alone"})
		w.must(err)
		i, err := s.Propose(w.ctx, ana, IssueIn{Cycle: c, Problem: "Rent", Title: "Repairs within 30 days"})
		w.must(err)
		for _, to := range Phases()[1:] {
			w.must(s.Move(w.ctx, ana, MoveIn{ID: c, To: to, Reason: "We know each other."}))
			if to.At() > IssueFrom.At() {
				w.must(s.Advance(w.ctx, ana, MoveIn{ID: i, To: to, Reason: "We know each other."}))
			}
		}
		b, err := s.Board(w.ctx, ana, c)
		if err != nil || b.Phase != Closed || b.HasGate {
			t.Errorf("%+v %v", b.Cycle, err)
		}
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.begin()
		i := w.propose(c, "Labels")
		for _, a := range []access.Actor{omar, ruth} {
			_, err := w.s.Begin(w.ctx, a, In{Name: "Mine"})
			w.is(err, fault.Forbidden)
			if _, err := w.s.Board(w.ctx, a, c); err != nil {
				t.Errorf("%s does not see the cycle: %v", a.Account, err)
			}
			_, err = w.s.Notebook(w.ctx, a, c)
			w.is(err, fault.Forbidden)
		}
		_, err := w.s.Propose(w.ctx, ruth, IssueIn{Cycle: c, Problem: "x", Title: "y"})
		w.is(err, fault.Forbidden)
		_, err = w.s.Board(w.ctx, drLee, c)
		w.is(err, fault.Forbidden)
		// Another clinic's and one that never was answer alike.
		for _, id := range []string{c, "33333333-3333-7333-8333-333333333333"} {
			_, err = w.s.Board(w.ctx, foreign, id)
			w.is(err, fault.NotFound)
			w.is(w.s.Move(w.ctx, foreign, MoveIn{ID: id, To: Listening}), fault.NotFound)
			w.is(w.s.Change(w.ctx, foreign, In{ID: id, Name: "x"}), fault.NotFound)
			_, err = w.s.Next(w.ctx, foreign, id, In{Name: "x"})
			w.is(err, fault.NotFound)
			_, err = w.s.Propose(w.ctx, foreign, IssueIn{Cycle: id, Problem: "x", Title: "y"})
			w.is(err, fault.NotFound)
		}
		for _, id := range []string{i, "33333333-3333-7333-8333-333333333333"} {
			_, err = w.s.View(w.ctx, foreign, id)
			w.is(err, fault.NotFound)
			w.is(w.s.SetAsk(w.ctx, foreign, AskIn{Issue: id}), fault.NotFound)
			w.is(w.s.SetState(w.ctx, foreign, StateIn{Issue: id, To: Parked}), fault.NotFound)
			w.is(w.s.Settle(w.ctx, foreign, SettleIn{Issue: id}), fault.NotFound)
			w.is(w.s.ChooseSet(w.ctx, foreign, id, "fit", ""), fault.NotFound)
			w.is(w.s.SetScore(w.ctx, foreign, ScoreIn{Issue: id}), fault.NotFound)
			w.is(w.s.Describe(w.ctx, foreign, IssueIn{ID: id}), fault.NotFound)
		}
		if list, err := w.s.Cycles(w.ctx, foreign); err != nil || len(list) != 0 {
			t.Errorf("another clinic sees %d cycles: %v", len(list), err)
		}
		if list, err := w.s.Issues(w.ctx, foreign, ""); err != nil || len(list) != 0 {
			t.Errorf("another clinic sees %d issues: %v", len(list), err)
		}
	})
}

// The same form twice is one act; two people at once both hear of it; links that the
// editor cannot see stay.
func TestForms(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		one, err := w.s.Begin(w.ctx, ana, In{Name: "Bus", Key: "k"})
		w.must(err)
		two, err := w.s.Begin(w.ctx, ana, In{Name: "Bus", Key: "k"})
		if err != nil || one != two {
			t.Errorf("%s and %s: %v", one, two, err)
		}
		_, err = w.s.Begin(w.ctx, ana, In{Name: " ", About: strings.Repeat("x", MostLesson+1), Due: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)})
		w.fields(err, "name", "about", "due")
		_, err = w.s.Begin(w.ctx, ana, In{Name: "Bus", Teams: []string{"unknown"}})
		w.fields(err, "teams")
		c := w.begin()
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return setLinks(w.ctx, tx, c, []string{"team:core", "team:hidden"}) }))
		b := w.board(c)
		w.must(w.s.Change(w.ctx, ana, In{ID: c, Name: "Labels", Teams: []string{"labels"}, Version: b.Version}))
		w.is(w.s.Change(w.ctx, ana, In{ID: c, Name: "Labels", Version: b.Version}), fault.Conflict)
		if got := w.board(c).Chosen; !slices.Equal(got, []string{"team:hidden", "team:labels"}) {
			t.Errorf("links %v", got)
		}
	})
}
