package change

import (
	"strings"
	"testing"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// The label change from 0 to 6, written down out of order.
func TestFromNamedToImplemented(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.make()
		if r.Stand() != (Stand{0, ""}) || r.Affected != 48000 || r.Money != 120_000_00 || len(r.Others) != 2 || r.Others[0].Link != "https://school.example/labels" || len(r.Tags) != 2 || r.Roots[0] != "story:s1" {
			t.Fatalf("%+v", r)
		}
		for _, x := range []struct {
			m Mark
			d int
		}{{Implemented, 28}, {Researched, 4}, {Adopted, 20}, {Committed, 12}, {Proposed, 9}, {OnAgenda, 7}} { // as people remember
			w.must(w.s.AddStep(w.ctx, ana, r.ID, Step{Mark: x.m, On: day(6, x.d), StepWords: StepWords{Evidence: "Minutes, " + string(x.m), Note: "We asked."}}, ""))
		}
		r = w.get(r.ID)
		if r.Stand() != (Stand{6, ""}) || len(r.Steps) != 7 {
			t.Errorf("%+v", r.Stand())
		}
		for i, x := range r.Steps {
			if x.Mark != Rungs()[i] {
				t.Errorf("%d is %s: the picture is not by date", i, x.Mark)
			}
		}
		w.must(w.s.AddStep(w.ctx, ana, r.ID, Step{Mark: Blocked, On: day(7, 1), StepWords: StepWords{Evidence: "A court stopped it."}}, ""))
		if got := w.get(r.ID).Stand(); got != (Stand{6, Blocked}) {
			t.Errorf("%+v", got)
		}
		blocked := w.get(r.ID).Steps[7]
		w.must(w.s.DropStep(w.ctx, ana, r.ID, blocked.ID, ""))
		w.is(w.s.DropStep(w.ctx, ana, r.ID, blocked.ID, ""), fault.NotFound)
		again := form(func(in *SaveIn) { in.ID, in.Version, in.Rating = r.ID, w.get(r.ID).Version, "decisive" })
		_, err := w.s.Save(w.ctx, ana, again)
		w.must(err)
		_, err = w.s.Save(w.ctx, ana, again)
		w.is(err, fault.Conflict) // somebody changed it meanwhile
		if got := w.get(r.ID); got.Rating != "decisive" || len(got.Steps) != 7 {
			t.Errorf("%+v", got)
		}
	})
}

// What another room proposes counts when somebody has confirmed it, once.
func TestProposals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.make()
		kept := StepIn{Issue: "labels", Mark: Implemented, On: day(9, 1), Evidence: "Labels are printed.", Ref: "pledge:p1"}
		propose := func(in StepIn) {
			t.Helper()
			w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.ProposeIn(w.ctx, tx, ruth, in) })) // whoever confirms a pledge may not change records
		}
		propose(kept)
		propose(kept)
		kept.Issue = "nothing"
		propose(kept)
		got := w.get(r.ID)
		if got.Stand().Rung != 0 || len(got.Waits()) != 1 {
			t.Fatalf("%+v", got.Steps)
		}
		id := got.Waits()[0].ID
		w.is(w.s.Settle(w.ctx, thu, r.ID, id, true, ""), fault.Forbidden)
		w.must(w.s.Settle(w.ctx, ana, r.ID, id, true, ""))
		w.is(w.s.Settle(w.ctx, ana, r.ID, id, false, ""), fault.Conflict)
		if got := w.get(r.ID); got.Stand().Rung != 6 || got.Steps[1].SettledBy != "ana" || got.Steps[1].Account != "ruth" {
			t.Errorf("%+v", got.Steps)
		}
		propose(StepIn{Change: r.ID, Mark: Enforced, On: day(9, 2), Evidence: "An inspector came.", Ref: "pledge:p2"})
		w.must(w.s.Settle(w.ctx, ana, r.ID, w.get(r.ID).Waits()[0].ID, false, ""))
		if got := w.get(r.ID); got.Stand().Rung != 6 || len(got.Waits()) != 0 {
			t.Errorf("%+v", got.Stand())
		}
		propose(StepIn{Change: r.ID, Mark: Committed, On: day(9, 3), Evidence: "Said yes.", Ref: "pledge:p3"}) // it stands higher already
		if got := w.get(r.ID); len(got.Waits()) != 0 {
			t.Errorf("%+v", got.Waits())
		}
		var one, two string
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) (err error) {
			if one, err = w.s.MakeIn(w.ctx, tx, ana, In{Issue: "bus", Level: "city", Title: "Bus 14 in the evening", On: day(5, 5), Evidence: "Named in the delegates' meeting", Ref: "issue:bus"}); err != nil {
				return err
			}
			two, err = w.s.MakeIn(w.ctx, tx, ana, In{Issue: "bus", Level: "city", Title: "Again", On: day(5, 6), Evidence: "x"})
			return err
		}))
		if one != two || w.get(one).Title != "Bus 14 in the evening" {
			t.Error("an issue has one change")
		}
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.make()
		for _, a := range []access.Actor{thu, ruth} {
			if _, err := w.s.Get(w.ctx, a, r.ID); err != nil {
				t.Error(err)
			}
			w.is(w.s.AddStep(w.ctx, a, r.ID, Step{Mark: Adopted, On: day(6, 1), StepWords: StepWords{Evidence: "x"}}, ""), fault.Forbidden)
			_, err := w.s.Save(w.ctx, a, form())
			w.is(err, fault.Forbidden)
		}
		_, err := w.s.Get(w.ctx, drLee, r.ID)
		w.is(err, fault.Forbidden)
		_, err = w.s.Get(w.ctx, foreign, r.ID)
		w.is(err, fault.NotFound)
		_, err = w.s.Get(w.ctx, foreign, "11111111-1111-7111-8111-111111111112")
		w.is(err, fault.NotFound)
		w.is(w.s.AddStep(w.ctx, foreign, r.ID, Step{Mark: Adopted, On: day(6, 1), StepWords: StepWords{Evidence: "x"}}, ""), fault.NotFound)
		if list, err := w.s.List(w.ctx, foreign, ""); err != nil || len(list) > 0 {
			t.Errorf("%+v, %v", list, err)
		}
		for field, edit := range map[string]func(*SaveIn){"issue": func(in *SaveIn) { in.Issue = "none" }, "root": func(in *SaveIn) { in.Roots = []string{"another's"} }, "named_on": func(in *SaveIn) { in.NamedOn = day(12, 31) }} {
			_, err := w.s.Save(w.ctx, ana, form(edit))
			if bad := fault.FieldsOf(err); len(bad) != 1 || bad[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

// The same form twice changes once; the highest stand first.
func TestOnceAndList(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		one, err := w.s.Save(w.ctx, ana, form(func(in *SaveIn) { in.Key = "k1" }))
		w.must(err)
		two, err := w.s.Save(w.ctx, ana, form(func(in *SaveIn) { in.Key = "k1" }))
		w.must(err)
		if one != two {
			t.Error("written twice")
		}
		high := w.make(func(in *SaveIn) { in.Title, in.Issue = "Open until eight", "" })
		x := Step{Mark: Adopted, On: day(6, 1), StepWords: StepWords{Evidence: "x"}}
		w.must(w.s.AddStep(w.ctx, ana, high.ID, x, "k2"))
		w.must(w.s.AddStep(w.ctx, ana, high.ID, x, "k2"))
		list, err := w.s.List(w.ctx, ana, "")
		if err != nil || len(list) != 2 || list[0].ID != high.ID || len(list[0].Steps) != 2 {
			t.Errorf("%+v, %v", list, err)
		}
		if list, err := w.s.List(w.ctx, ana, "labels"); err != nil || len(list) != 1 || list[0].ID != one {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// A room that the actor does not enter adds nothing to the trace, and breaks nothing.
func TestTrace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.make()
		w.must(w.s.AddStep(w.ctx, ana, r.ID, Step{Mark: Implemented, On: day(9, 1), StepWords: StepWords{Evidence: "Printed."}}, ""))
		w.must(w.s.AddStep(w.ctx, ana, r.ID, Step{Mark: Adopted, On: day(6, 1), StepWords: StepWords{Evidence: "Rule 12."}}, ""))
		w.traced = []Stop{{Kind: OfPledge, Text: "Yes by 30 September", When: day(5, 1)}, {Kind: OfStories, Count: 1}, {Kind: OfIssue, Text: "Labels we can read"}}
		list, err := w.s.Trace(w.ctx, thu, w.get(r.ID))
		if err != nil || len(list) != 5 {
			t.Fatalf("%+v, %v", list, err)
		}
		for i, k := range []Kind{OfStories, OfIssue, OfPledge, OfAdoption, OfEffect} {
			if list[i].Kind != k {
				t.Errorf("%d is %s", i, list[i].Kind)
			}
		}
	})
}

// Nothing of the words is in plain in the room's rows.
func TestSealed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.make(func(in *SaveIn) {
			in.Title, in.Narrative, in.Others, in.Evidence = "CANARY title", "CANARY story", "CANARY guild", "CANARY evidence"
		})
		w.must(w.s.AddStep(w.ctx, ana, r.ID, Step{Mark: Adopted, On: day(6, 1), StepWords: StepWords{Evidence: "CANARY", Note: "CANARY"}}, ""))
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			for _, q := range []string{`SELECT sealed FROM change_record WHERE org_id=$1`, `SELECT sealed FROM change_step WHERE org_id=$1`} {
				list, err := db.Column[string](w.ctx, tx, q, tx.Org())
				if err != nil || len(list) == 0 {
					t.Errorf("%s: %d, %v", q, len(list), err)
				}
				for _, s := range list {
					if strings.Contains(s, "CANARY") {
						t.Error(s)
					}
				}
			}
			return nil
		}))
	})
}
