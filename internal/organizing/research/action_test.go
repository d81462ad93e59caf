package research

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/db"
)

// S-09 from the plan to the next meeting; what does not fit where it stands is refused.
func TestAnActionLives(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.plan()
		if len(f.Warnings()) > 0 || f.Next().Act != Rehearse || f.Host != "Director of the hospital pharmacy" || f.Purposes[0] != "cause" {
			t.Fatalf("%+v", f)
		}
		w.is(w.s.Hold(w.ctx, ana, f.ID, HoldIn{}), fault.Conflict) // a week too early
		w.must(w.s.Rehearse(w.ctx, ana, f.ID, ""))
		w.is(w.s.Rehearse(w.ctx, ana, f.ID, ""), fault.Conflict)
		w.clock.Set(f.At.Add(time.Minute))
		w.must(w.s.Note(w.ctx, ana, f.ID, NoteIn{Answers: map[string]string{f.Questions[0].ID: "Forty cents.", "gone": "lost"}, Learned: "There is a vendor.", Heard: "Deputy director, County Pharmacy Board\n", Title: "Price list", Link: "vendor.example/prices"}))
		w.is(w.s.Note(w.ctx, ana, f.ID, NoteIn{}), fault.Invalid)
		w.is(w.s.Note(w.ctx, ana, f.ID, NoteIn{Learned: "x", Title: "x", Link: "javascript:alert(1)"}), fault.Invalid)
		w.clock.Set(f.End())
		came := []string{}
		for _, p := range f.Parts {
			if p.Role != Time {
				came = append(came, p.Person)
			}
		}
		w.must(w.s.Hold(w.ctx, ana, f.ID, HoldIn{Came: came, Others: 2}))
		if len(w.near.opened) != 1 || w.near.opened[0].Ref != f.Ref() || !w.near.opened[0].At.Equal(f.End()) {
			t.Errorf("the evaluation is not due at the end: %+v", w.near.opened)
		}
		for _, err := range []error{w.s.Hold(w.ctx, ana, f.ID, HoldIn{}), w.s.Cancel(w.ctx, ana, f.ID, ""), w.s.Change(w.ctx, ana, w.form(func(in *PlanIn) { in.ID, in.Version = f.ID, w.get(f.ID).Version })),
			w.s.FollowUp(w.ctx, ana, f.ID, ""), w.s.Drop(w.ctx, ana, f.ID, w.cast[Chair], ""), w.s.Assign(w.ctx, ana, f.ID, map[string]Role{w.cast[Chair]: Time}, "")} {
			w.is(err, fault.Conflict)
		}
		for role, person := range w.cast {
			line, err := w.people.Timeline(w.ctx, ana, person, time.Time{}, 10)
			if role == Time {
				if len(line) > 0 {
					t.Errorf("did not come: %+v", line)
				}
				continue
			}
			if err != nil || len(line) != 1 || line[0].Kind != people.ResearchAction || line[0].Role != role.Plays() || line[0].Others != 2 || line[0].LedBy != people.ByLeader || line[0].Ref != f.Ref() {
				t.Errorf("%s: %+v, %v", role, line, err)
			}
		}
		late := w.join("Came late")
		w.must(w.s.Add(w.ctx, ana, f.ID, late, NoRole, ""))
		if line, _ := w.people.Timeline(w.ctx, ana, late, time.Time{}, 10); len(line) != 1 || line[0].Role != people.Attended {
			t.Errorf("%+v", line)
		}
		w.must(w.s.Promise(w.ctx, ana, f.ID, people.Commitment{Person: w.cast[Chair], What: "Asks the vendor", Due: f.At.AddDate(0, 0, 7)}, ""))
		w.is(w.s.Promise(w.ctx, ana, f.ID, people.Commitment{Person: w.join("Not there"), What: "x", Due: f.At}, ""), fault.Invalid)
		if list, err := w.s.Promises(w.ctx, ana, f.ID); err != nil || len(list) != 1 || list[0].What != "Asks the vendor" {
			t.Errorf("%+v, %v", list, err)
		}
		w.near.done[f.Ref()] = true
		if got := w.get(f.ID); got.State != Evaluated || got.Next().Act != Follows || got.Next().Step != Thanks || !got.Next().When.Equal(f.End().AddDate(0, 0, 3)) {
			t.Errorf("%+v", got.Next())
		}
		w.is(w.s.FollowUp(w.ctx, ana, f.ID, ""), fault.Conflict)
		w.must(w.s.Give(w.ctx, ana, f.ID, Follow{Step: NextOne, Person: w.cast[Chair], Due: f.At.AddDate(0, 0, 1)}, ""))
		w.is(w.s.Give(w.ctx, ana, f.ID, Follow{Step: NextOne, Person: w.join("Nobody here"), Due: f.At}, ""), fault.Invalid)
		if n := w.get(f.ID).Next(); n.Step != NextOne || n.Person != w.cast[Chair] {
			t.Errorf("%+v", n)
		}
		for _, s := range Steps() {
			w.must(w.s.Done(w.ctx, ana, f.ID, s, true, ""))
		}
		w.must(w.s.FollowUp(w.ctx, ana, f.ID, ""))
		w.is(w.s.FollowUp(w.ctx, ana, f.ID, ""), fault.Conflict)
		notes, err := w.s.Notes(w.ctx, ana, f.ID)
		if err != nil || len(notes) != 4 || notes[0].Text != "Forty cents." || notes[0].Question != f.Questions[0].ID || notes[3].Link != "https://vendor.example/prices" {
			t.Errorf("%+v, %v", notes, err)
		}
		w.must(w.s.Unnote(w.ctx, ana, f.ID, notes[2].ID, ""))
		w.is(w.s.Unnote(w.ctx, ana, f.ID, notes[2].ID, ""), fault.NotFound)
	})
}

func TestCannotBeFollowedUpWithoutItsEvaluation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.plan()
		w.clock.Set(f.End())
		w.must(w.s.Hold(w.ctx, ana, f.ID, HoldIn{Came: []string{w.cast[Chair]}}))
		for _, s := range Steps() {
			w.must(w.s.Done(w.ctx, ana, f.ID, s, true, ""))
		}
		w.is(w.s.FollowUp(w.ctx, ana, f.ID, ""), fault.Conflict)
		if n := w.get(f.ID).Next(); n.Act != Evaluate || n.Account != "ana" {
			t.Errorf("%+v", n)
		}
		w.near.done[f.Ref()] = true
		w.must(w.s.FollowUp(w.ctx, ana, f.ID, ""))
	})
}

// Whatever order phones send in, and however often, every note is there once and in
// the order of writing.
func TestNotesOfManyPhones(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rapid.Check(t, func(r *rapid.T) {
			made, err := w.s.Plan(w.ctx, ana, w.form())
			w.must(err)
			w.clock.Set(w.get(made).At)
			type sent struct {
				text, key string
				at        time.Time
			}
			var all []sent
			n := rapid.IntRange(1, 6).Draw(r, "notes")
			for i := range n {
				all = append(all, sent{fmt.Sprint("note ", i), fmt.Sprint(made, i), w.clock.Now().Add(-time.Duration(n-i) * time.Minute)})
			}
			order := rapid.Permutation(append(slices.Clone(all), all[0], all[n-1])).Draw(r, "order")
			for _, x := range order {
				w.must(w.s.Note(w.ctx, ana, made, NoteIn{Learned: x.text, At: x.at, Key: x.key}))
			}
			got, err := w.s.Notes(w.ctx, ana, made)
			if err != nil || len(got) != n {
				r.Fatalf("%+v, %v", got, err)
			}
			for i := range got {
				if got[i].Text != all[i].text {
					r.Fatalf("%d is %s", i, got[i].Text)
				}
			}
		})
	})
}

func TestParts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made, err := w.s.Plan(w.ctx, ana, w.form())
		w.must(err)
		one, two := w.cast[Chair], w.cast[Notes]
		w.must(w.s.Add(w.ctx, ana, made, one, Chair, ""))
		w.must(w.s.Add(w.ctx, ana, made, one, Time, "")) // pressed again: they are in, and keep their part
		w.is(w.s.Add(w.ctx, ana, made, two, Chair, ""), fault.Invalid)
		w.is(w.s.Add(w.ctx, ana, made, "nobody", NoRole, ""), fault.Invalid)
		w.clock.Advance(time.Second)
		w.must(w.s.Add(w.ctx, ana, made, two, NoRole, ""))
		w.is(w.s.Assign(w.ctx, ana, made, map[string]Role{two: Chair}, ""), fault.Invalid)
		w.must(w.s.Assign(w.ctx, ana, made, map[string]Role{two: Chair, one: NoRole}, "")) // they swap
		if f := w.get(made); len(f.Parts) != 2 || f.Parts[0] != (Part{Person: one}) || f.Parts[1].Role != Chair || len(f.Empty()) != 5 {
			t.Errorf("%+v", f.Parts)
		}
		w.must(w.s.Drop(w.ctx, ana, made, one, ""))
		if f := w.get(made); len(f.Parts) != 1 {
			t.Errorf("%+v", f.Parts)
		}
		// Somebody written down twice has one part while the merge stands.
		twin := w.join("Somebody notes")
		_, err = w.people.Merge(w.ctx, ana, people.MergeIn{Survivor: two, Taken: twin})
		w.must(err)
		w.must(w.s.Add(w.ctx, ana, made, twin, Notes, ""))
		if f := w.get(made); len(f.Parts) != 1 {
			t.Errorf("one person twice: %+v", f.Parts)
		}
		if list, parts, err := w.s.Own(w.ctx, member(twin)); err != nil || len(list) != 1 || parts[0].Role != Chair {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestQuestionsKeepTheirAnswers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.plan()
		second := f.Questions[1]
		w.must(w.s.Change(w.ctx, ana, w.form(func(in *PlanIn) {
			in.ID, in.Version, in.Office = f.ID, f.Version, "reyes"
			in.Questions = []string{"New first", second.Text, second.Text}
		})))
		got := w.get(f.ID)
		if got.Questions[1] != second || got.Questions[2].ID == second.ID || got.Questions[0].ID == f.Questions[0].ID || got.Host != "Elena Reyes, Director, County Pharmacy Board" {
			t.Errorf("%+v", got.Words)
		}
		w.is(w.s.Change(w.ctx, ana, w.form(func(in *PlanIn) { in.ID, in.Version = f.ID, f.Version })), fault.Conflict) // somebody changed it meanwhile
		for field, edit := range map[string]func(*PlanIn){"office": func(in *PlanIn) { in.Office = "nobody" }, "issue": func(in *PlanIn) { in.Issue = "none" }, "team": func(in *PlanIn) { in.Team = "none" }} {
			_, err := w.s.Plan(w.ctx, ana, w.form(edit))
			if bad := fault.FieldsOf(err); len(bad) != 1 || bad[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.plan()
		_, err := w.s.Get(w.ctx, foreign, f.ID)
		w.is(err, fault.NotFound)
		_, err = w.s.Get(w.ctx, foreign, "11111111-1111-7111-8111-111111111112")
		w.is(err, fault.NotFound)
		w.is(w.s.Cancel(w.ctx, foreign, f.ID, ""), fault.NotFound)
		w.is(w.s.Note(w.ctx, foreign, f.ID, NoteIn{Learned: "x"}), fault.NotFound)
		_, err = w.s.Get(w.ctx, drLee, f.ID)
		w.is(err, fault.Forbidden)
		w.is(w.s.Cancel(w.ctx, jonas, f.ID, ""), fault.Forbidden)
		if _, err := w.s.Get(w.ctx, jonas, f.ID); err != nil {
			t.Error(err)
		}
		in, out := member(w.cast[Story]), member(w.join("Not in it"))
		if _, p, err := w.s.OwnPart(w.ctx, in, f.ID); err != nil || p.Role != Story {
			t.Errorf("%+v, %v", p, err)
		}
		_, _, err = w.s.OwnPart(w.ctx, out, f.ID)
		w.is(err, fault.NotFound)
		_, err = w.s.Get(w.ctx, out, f.ID)
		w.is(err, fault.NotFound)
		_, err = w.s.Notes(w.ctx, in, f.ID)
		w.is(err, fault.NotFound)
		_, err = w.s.Options(w.ctx, in, "labels")
		w.is(err, fault.NotFound)
		if l, err := w.s.List(w.ctx, in, "", time.Time{}); err != nil || len(l.Ahead) > 0 {
			t.Errorf("%+v, %v", l, err)
		}
		if l, err := w.s.List(w.ctx, foreign, "", time.Time{}); err != nil || len(l.Ahead) > 0 {
			t.Errorf("%+v, %v", l, err)
		}
		if mine, err := w.s.Mine(w.ctx, ana); err != nil || len(mine) != 1 {
			t.Errorf("%+v, %v", mine, err)
		}
	})
}

// Whoever has not said yes, or takes it back, is not written down.
func TestOnlyWithAYes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.plan()
		gone := w.cast[Credential]
		w.must(w.people.Stop(w.ctx, member(gone), ""))
		w.clock.Set(f.End())
		var all []string
		for _, p := range f.Parts {
			all = append(all, p.Person)
		}
		w.must(w.s.Hold(w.ctx, ana, f.ID, HoldIn{Came: all}))
		list, err := w.people.PresentAt(w.ctx, ana, f.Ref())
		if err != nil || len(list) != 5 || slices.ContainsFunc(list, func(p people.Presence) bool { return p.Person == gone }) {
			t.Errorf("%+v, %v", list, err)
		}
		w.is(w.s.Add(w.ctx, ana, f.ID, gone, NoRole, ""), fault.Invalid)
	})
}

func TestForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.plan()
		who := w.cast[Chair]
		w.clock.Set(f.End())
		w.must(w.s.Hold(w.ctx, ana, f.ID, HoldIn{Came: []string{who, w.cast[Notes]}, Others: 1}))
		w.must(w.s.Give(w.ctx, ana, f.ID, Follow{Step: Thanks, Person: who, Due: f.At.AddDate(0, 0, 2)}, ""))
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.ForgetIn(w.ctx, tx, who) }))
		got := w.get(f.ID)
		if _, in := got.In([]string{who}); in || got.Others != 2 || len(got.Parts) != 5 {
			t.Errorf("%+v", got)
		}
		for _, x := range got.Follows {
			if x.Account != "ana" || x.Person != "" {
				t.Errorf("nobody does it now: %+v", x)
			}
		}
	})
}

// The same form twice changes once.
func TestOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := w.form(func(in *PlanIn) { in.Key = "k1" })
		one, err := w.s.Plan(w.ctx, ana, in)
		w.must(err)
		two, err := w.s.Plan(w.ctx, ana, in)
		w.must(err)
		if one != two {
			t.Error("planned twice")
		}
		o := OptionIn{Issue: "labels", What: "Print them", Key: "k2"}
		a, err := w.s.SaveOption(w.ctx, ana, o)
		w.must(err)
		b, err := w.s.SaveOption(w.ctx, ana, o)
		w.must(err)
		if list, err := w.s.Options(w.ctx, ana, "labels"); err != nil || a != b || len(list) != 1 {
			t.Errorf("%d, %v", len(list), err)
		}
	})
}

func TestOptions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.plan()
		id, err := w.s.SaveOption(w.ctx, ana, OptionIn{Issue: "labels", What: "Print labels at the counter", Cost: "0.40", Basis: "for each label", Office: "reyes", For: "Quick.", Actions: []string{f.ID}, Source: "Price list", Link: "vendor.example"})
		w.must(err)
		_, err = w.s.SaveOption(w.ctx, ana, OptionIn{Issue: "nothing", What: "x"})
		w.is(err, fault.NotFound)
		_, err = w.s.SaveOption(w.ctx, ana, OptionIn{Issue: "labels", What: "x", Actions: []string{"none"}})
		w.is(err, fault.Invalid)
		w.must(w.s.Help(w.ctx, ana, HelpIn{Option: id, Account: "dr-lee"}))
		w.must(w.s.Help(w.ctx, ana, HelpIn{Option: id, Account: "dr-lee"})) // once
		w.clock.Advance(time.Second)
		w.must(w.s.Help(w.ctx, ana, HelpIn{Option: id, Role: "Pharmacist", Organization: "County Hospital"}))
		w.is(w.s.Help(w.ctx, ana, HelpIn{Option: id, Role: "Pharmacist"}), fault.Invalid)
		w.is(w.s.Help(w.ctx, ana, HelpIn{Option: id, Account: "x", Named: true}), fault.Invalid) // how did they say so?
		o, err := w.s.Option(w.ctx, ana, id)
		if err != nil || o.Cost != 40 || !o.Costed || o.Decides != "Elena Reyes, Director, County Pharmacy Board" || len(o.Sources) != 2 || o.Sources[0].Ref != f.Ref() || len(o.Helpers) != 2 || !o.Helpers[0].NamedAt.IsZero() || o.Helpers[1].Role != "Pharmacist" {
			t.Fatalf("%+v, %v", o, err)
		}
		w.must(w.s.NameHelper(w.ctx, ana, id, o.Helpers[0].ID, "spoken", ""))
		if o, _ = w.s.Option(w.ctx, ana, id); o.Helpers[0].NamedAt.IsZero() {
			t.Error("said yes")
		}
		w.must(w.s.NameHelper(w.ctx, ana, id, o.Helpers[0].ID, "", ""))
		if o, _ = w.s.Option(w.ctx, ana, id); !o.Helpers[0].NamedAt.IsZero() {
			t.Error("took it back")
		}
		w.must(w.s.DropHelper(w.ctx, ana, id, o.Helpers[0].ID, ""))
		w.is(w.s.DropHelper(w.ctx, ana, id, o.Helpers[0].ID, ""), fault.NotFound)
		w.must(w.s.DropOption(w.ctx, ana, id, true, ""))
		o, _ = w.s.Option(w.ctx, ana, id)
		_, err = w.s.SaveOption(w.ctx, ana, OptionIn{ID: id, Issue: "labels", What: "Print them", Version: o.Version - 1})
		w.is(err, fault.Conflict)
		if n, err := w.s.Counted(w.ctx, ana); err != nil || n["labels"] != 1 {
			t.Errorf("%v, %v", n, err)
		}
		for _, err := range []error{w.s.DropOption(w.ctx, foreign, id, false, ""), w.s.Help(w.ctx, foreign, HelpIn{Option: id, Account: "x"}), w.s.DropOption(w.ctx, ana, "none", false, "")} {
			w.is(err, fault.NotFound)
		}
		_, err = w.s.Option(w.ctx, foreign, id)
		w.is(err, fault.NotFound)
	})
}

// Nothing of the words is in plain in the room's rows.
func TestSealed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.plan(func(in *PlanIn) { in.Where = "CANARY room"; in.Questions = []string{"CANARY question?"} })
		w.clock.Set(f.At)
		w.must(w.s.Note(w.ctx, ana, f.ID, NoteIn{Learned: "CANARY learned", Title: "CANARY title", Paper: "CANARY drawer"}))
		id, err := w.s.SaveOption(w.ctx, ana, OptionIn{Issue: "labels", What: "CANARY way", For: "CANARY for"})
		w.must(err)
		w.must(w.s.Help(w.ctx, ana, HelpIn{Option: id, Role: "CANARY role", Organization: "CANARY place"}))
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			for _, q := range []string{`SELECT sealed FROM research_action WHERE org_id=$1`, `SELECT sealed FROM research_note WHERE org_id=$1`, `SELECT sealed FROM research_option WHERE org_id=$1`, `SELECT sealed FROM research_helper WHERE org_id=$1`} {
				list, err := db.Column[string](w.ctx, tx, q, tx.Org())
				if err != nil || len(list) == 0 {
					return fmt.Errorf("%s: %d, %w", q, len(list), err)
				}
				for _, s := range list {
					if strings.Contains(s, "CANARY") {
						t.Errorf("%s: %s", q, s)
					}
				}
			}
			return nil
		}))
	})
}
