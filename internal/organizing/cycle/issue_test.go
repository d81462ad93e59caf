// Cutting an issue: the ask, the test by criteria, the decision, the history.
package cycle

import (
	"slices"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// The scenario of the issue cut: from language access to Director Reyes.
func TestIssueCut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.begin()
		_, err := w.s.Propose(w.ctx, omar, IssueIn{Cycle: c})
		w.fields(err, "problem", "title")
		i := w.propose(c, "Translated labels")
		w.is(w.s.SetState(w.ctx, omar, StateIn{Issue: i, To: Cut}), fault.Conflict) // no ask yet

		w.fields(w.ask(i, func(in *AskIn) { *in = AskIn{Issue: i, Version: in.Version} }), "name", "action", "due", "leverage")
		w.fields(w.ask(i, func(in *AskIn) { in.Office = "empty" }), "office")
		w.fields(w.ask(i, func(in *AskIn) { in.Office = "body" }), "office")
		w.fields(w.ask(i, func(in *AskIn) { in.Office, in.Name = "", "County Pharmacy Board" }), "name")
		w.fields(w.ask(i, func(in *AskIn) { in.Office = "nobody" }), "office")
		w.must(w.ask(i))
		v := w.view(i)
		if a := v.Asks(); !a.Whole() || a.Name != "Elena Reyes" || a.Office != "Director" || a.Body != "County Pharmacy Board" || v.Office != "reyes" {
			t.Errorf("%+v", v.Issue)
		}

		w.is(w.s.SetState(w.ctx, omar, StateIn{Issue: i, To: Cut}), fault.Conflict) // not tested
		w.fields(w.s.ChooseSet(w.ctx, omar, i, "none", ""), "set")
		w.must(w.s.ChooseSet(w.ctx, omar, i, "mwa", ""))
		w.fields(w.s.SetScore(w.ctx, omar, ScoreIn{Issue: i, Criterion: "winnable", N: 3}), "score", "reason")
		w.is(w.s.SetScore(w.ctx, omar, ScoreIn{Issue: i, Criterion: "passion", N: 1, Reason: "x"}), fault.NotFound)
		said := map[string]int{"winnable": 2, "non_divisive": 2, "widely_felt": 1}
		for _, x := range Shipped()[1].Items {
			n, ok := said[x.Code]
			if !ok {
				n = 2
			}
			w.must(w.s.SetScore(w.ctx, omar, ScoreIn{Issue: i, Criterion: x.Code, N: n, Reason: "Because of " + x.Code}))
		}
		w.must(w.s.SetScore(w.ctx, omar, ScoreIn{Issue: i, Criterion: "widely_felt", N: 1, Reason: "Those who read English do not feel it."}))
		v = w.view(i)
		if v.Tested.Tally.Points != 31 || !v.Tested.Tally.Whole() || !slices.Contains(v.Tested.Scores, Score{"widely_felt", 1, "Those who read English do not feel it."}) {
			t.Errorf("%+v", v.Tested)
		}
		w.must(w.s.SetState(w.ctx, omar, StateIn{Issue: i, To: Cut}))

		// Adopted by a recorded decision for it, and by nothing else.
		w.fields(w.s.SetState(w.ctx, omar, StateIn{Issue: i, To: Adopted}), "decision")
		w.beside.decided = []Decision{{ID: "d1", Ref: "issue:" + i}, {ID: "d2", Ref: "issue:" + i, Recorded: true}, {ID: "d3", Ref: "cycle:" + c, Recorded: true, Passed: true}}
		for _, d := range []string{"d1", "d2", "d9"} {
			w.fields(w.s.SetState(w.ctx, omar, StateIn{Issue: i, To: Adopted, Decision: d}), "decision")
		}
		w.must(w.s.SetState(w.ctx, omar, StateIn{Issue: i, To: Adopted, Decision: "d3"}))
		w.is(w.ask(i), fault.Conflict) // what was decided does not change under the team
		w.is(w.s.SetScore(w.ctx, omar, ScoreIn{Issue: i, Criterion: "winnable", N: 0, Reason: "x"}), fault.Conflict)
		w.fields(w.s.SetState(w.ctx, omar, StateIn{Issue: i, To: Cut}), "reason")
		w.must(w.s.SetState(w.ctx, omar, StateIn{Issue: i, To: Cut, Reason: "The board meets in July."}))
		w.must(w.ask(i, func(in *AskIn) { in.Due = time.Date(2026, 7, 31, 0, 0, 0, 0, time.UTC) }))
		if v := w.view(i); v.Decision != "" || v.Due.Month() != time.July {
			t.Errorf("%+v", v.Issue)
		}
	})
}

// A decision that is recorded about an issue adopts it once, if it is for it.
func TestDecided(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.begin()
		i := w.cut(c, "Labels")
		ref := "issue:" + i
		w.beside.decided = []Decision{{ID: "no", Ref: ref, Recorded: true}, {ID: "yes", Ref: ref, Recorded: true, Passed: true}}
		w.must(w.s.Decided(w.ctx, cedar, ref, "no"))
		if v := w.view(i); v.State != Cut || v.History[0].Act != "not_decided" {
			t.Errorf("%s %+v", v.State, v.History[0])
		}
		for range 2 {
			w.must(w.s.Decided(w.ctx, cedar, ref, "yes"))
		}
		v := w.view(i)
		n := 0
		for _, e := range v.History {
			if e.Act == "decided" {
				n++
			}
		}
		if v.State != Adopted || v.Decision != "yes" || n != 1 || v.History[0].Role != access.System {
			t.Errorf("%s by %s, told %d times", v.State, v.Decision, n)
		}
		for _, other := range []string{"issue:33333333-3333-7333-8333-333333333333", "team:x", ""} {
			w.must(w.s.Decided(w.ctx, cedar, other, "yes"))
		}
		w.must(w.s.Decided(w.ctx, other, ref, "yes"))
	})
}

// Set aside with its reasons, and back again; the whole way is in the history.
func TestParkedComesBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.begin()
		i := w.cut(c, "Bus 14")
		w.fields(w.s.SetState(w.ctx, omar, StateIn{Issue: i, To: Parked}), "reason")
		w.must(w.s.SetState(w.ctx, omar, StateIn{Issue: i, To: Parked, Reason: "Labels first."}))
		if v := w.view(i); v.Why != "Labels first." || !v.Clock().IsZero() {
			t.Errorf("%+v", v.Issue)
		}
		w.is(w.s.Advance(w.ctx, ana, MoveIn{ID: i, To: Researching, Reason: "x"}), fault.Conflict)
		w.must(w.s.SetState(w.ctx, ana, StateIn{Issue: i, To: Proposed, Reason: "The line was cut in May."}))
		v := w.view(i)
		if v.State != Proposed || v.Why != "" || !v.Tested.Tally.Whole() {
			t.Errorf("%+v", v.Issue)
		}
		want := []string{"propose", "ask", "list", "score", "score", "score", "score", "score", "score", "state", "state", "state"}
		var got []string
		for _, e := range slices.Backward(v.History) {
			got = append(got, e.Act)
			if e.Issue != i || e.Role == "" || e.At.IsZero() {
				t.Errorf("%+v", e)
			}
		}
		if !slices.Equal(got, want) || v.History[0].Reason != "The line was cut in May." || v.History[0].Role != access.Organizer || v.History[1].Role != access.Leader {
			t.Errorf("history %v", got)
		}
	})
}

// Editing a clinic's list makes a version; what was said by the old one stays.
func TestListsHaveVersions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.begin()
		i := w.propose(c, "Labels")
		_, err := w.s.SaveSet(w.ctx, omar, SetIn{Base: "lee", Name: "Ours", Items: []Criterion{{Text: "Who decides?"}}})
		w.is(err, fault.Forbidden)
		_, err = w.s.SaveSet(w.ctx, ana, SetIn{Base: "none", Name: "Ours", Items: []Criterion{{Text: "Who decides?"}}})
		w.is(err, fault.NotFound)
		_, err = w.s.SaveSet(w.ctx, ana, SetIn{ID: "fit", Name: "Ours", Items: []Criterion{{Text: "Who decides?"}}})
		w.is(err, fault.Conflict)
		_, err = w.s.SaveSet(w.ctx, ana, SetIn{Base: "lee", Name: "", Items: nil})
		w.fields(err, "name")
		own, err := w.s.SaveSet(w.ctx, ana, SetIn{Base: "lee", Name: "Ours", Items: []Criterion{{Code: "authority", Text: "Who decides?"}, {Text: "Do we dance?"}, {Text: " "}}})
		w.must(err)
		set, err := w.s.ASet(w.ctx, omar, own)
		if err != nil || len(set.Items) != 2 || set.Items[0].Code != "authority" || set.Items[1].Code == "" || set.Version != 1 || set.Shipped() {
			t.Fatalf("%+v %v", set, err)
		}
		w.must(w.s.ChooseSet(w.ctx, omar, i, own, ""))
		for _, x := range set.Items {
			w.must(w.s.SetScore(w.ctx, omar, ScoreIn{Issue: i, Criterion: x.Code, N: 1, Reason: "So so."}))
		}
		_, err = w.s.SaveSet(w.ctx, ana, SetIn{ID: own, Name: "Ours", Items: []Criterion{{Code: "authority", Text: "Who can say yes?"}}, Version: set.Version})
		w.must(err)
		_, err = w.s.SaveSet(w.ctx, ana, SetIn{ID: own, Name: "Ours", Items: set.Items, Version: set.Version})
		w.is(err, fault.Conflict)
		if v := w.view(i); v.Tested.Version != 1 || len(v.Tested.Items) != 2 || v.Tested.Items[0].Text != "Who decides?" || v.Tested.Tally.Points != 2 {
			t.Errorf("the old scores changed: %+v", v.Tested)
		}
		w.must(w.s.ChooseSet(w.ctx, omar, i, own, ""))
		if v := w.view(i); v.Tested.Version != 2 || v.Tested.Tally.Said != 0 || v.Tested.Items[0].Text != "Who can say yes?" {
			t.Errorf("%+v", v.Tested)
		}
		if list, err := w.s.Sets(w.ctx, omar); err != nil || len(list) != 4 || list[3].Version != 2 {
			t.Errorf("%d lists: %v", len(list), err)
		}
		if list, err := w.s.Sets(w.ctx, foreign); err != nil || len(list) != 3 {
			t.Errorf("another clinic sees %d lists: %v", len(list), err)
		}
	})
}

func TestCompare(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.begin()
		a, b := w.cut(c, "Labels"), w.propose(c, "Bus 14")
		p := w.propose(c, "Parks")
		w.must(w.s.SetState(w.ctx, omar, StateIn{Issue: p, To: Parked, Reason: "Not now."}))
		of, list, err := w.s.Compare(w.ctx, ruth, c, nil)
		if err != nil || of.ID != c || len(list) != 2 || list[0].ID != a || list[1].ID != b || list[0].Tested.Tally.Points != 9 {
			t.Errorf("%+v %v", list, err)
		}
		if _, list, err = w.s.Compare(w.ctx, ruth, c, []string{p, a, "x"}); err != nil || len(list) != 2 || list[1].ID != p {
			t.Errorf("%d: %v", len(list), err)
		}
		_, _, err = w.s.Compare(w.ctx, foreign, c, nil)
		w.is(err, fault.NotFound)
	})
}

// Another room that knows why brings an issue on in its own transaction, or not at all.
func TestSetStateIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		i := w.cut(w.begin(), "Labels")
		w.adopt(i)
		err := w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			w.must(w.s.SetStateIn(w.ctx, tx, ana, i, Won, "She said yes to all three."))
			return fault.Clash("test.nothing")
		})
		w.is(err, fault.Conflict)
		if v := w.view(i); v.State != Adopted {
			t.Errorf("half done: %s", v.State)
		}
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.SetStateIn(w.ctx, tx, ana, i, Won, "She said yes.") }))
		if v := w.view(i); v.State != Won || v.Why != "She said yes." {
			t.Errorf("%+v", v.Issue)
		}
	})
}
