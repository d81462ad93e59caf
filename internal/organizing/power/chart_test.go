package power

import (
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
)

func TestCharts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, thu := w.office(), w.join("Thu Pham")
		mayor := w.office(func(in *SaveIn) {
			in.Name, in.Office.Office, in.BodyName, in.BodyKind = "Tomas Okafor", "Mayor", "City of Millbrook", "city"
		})
		c, err := w.s.Begin(w.ctx, ana, label, o, "")
		w.must(err)
		if again, err := w.s.Begin(w.ctx, ana, label, o, ""); err != nil || again != c {
			t.Errorf("two charts for one decision-maker and issue: %v %v", again, err)
		}
		if busChart, err := w.s.Begin(w.ctx, ana, bus, o, ""); err != nil || busChart == c {
			t.Errorf("another issue has another chart: %v", err)
		}
		union := w.institution("Cleaners' union")
		_, err = w.s.Begin(w.ctx, ana, label, union, "")
		w.wrong(err, "office")
		_, err = w.s.Begin(w.ctx, ana, o, o, "")
		w.wrong(err, "issue")

		one := Content{Long: "Everybody can read the label", Short: " A meeting \n\n A date ", Leaders: 6, Members: 60, Others: []string{mayor, mayor}, Tactics: "House meetings\nAssembly"}
		w.must(w.s.Plan(w.ctx, ana, PlanIn{ID: c, Content: one, Key: "k"}))
		w.must(w.s.Plan(w.ctx, ana, PlanIn{ID: c, Content: one, Key: "k"}))
		chart, list, err := w.s.Chart(w.ctx, ana, c)
		w.must(err)
		if chart.Latest != 1 || len(list) != 1 || chart.Content.Short != "A meeting\nA date" || len(chart.Content.Others) != 1 || chart.Issue.Name != "Labels we can read" || chart.Office.Name != "Elena Reyes" {
			t.Fatalf("%+v %+v", chart, list)
		}
		w.must(w.s.Plan(w.ctx, ana, PlanIn{ID: c, Version: 1, Content: one}))
		if chart, _, _ := w.s.Chart(w.ctx, ana, c); chart.Latest != 1 {
			t.Error("a version that says the same was written")
		}
		two := one
		two.Tactics = "Assembly\nDelivering letters"
		w.is(w.s.Plan(w.ctx, leader(thu), PlanIn{ID: c, Version: 1, Content: two}), fault.NotFound)
		w.teams[thu] = true
		w.clock.Advance(time.Minute)
		w.must(w.s.Plan(w.ctx, leader(thu), PlanIn{ID: c, Version: 1, Content: two}))
		w.is(w.s.Plan(w.ctx, ana, PlanIn{ID: c, Version: 1, Content: one}), fault.Conflict)
		_, list, err = w.s.Chart(w.ctx, leader(thu), c)
		w.must(err)
		if len(list) != 2 || list[0].Role != "leader" || list[1].Role != "organizer" {
			t.Fatalf("%+v", list)
		}
		if ch := Changes(list[1].Content, list[0].Content); len(ch) != 1 || ch[0].Gone[0] != "House meetings" || ch[0].New[0] != "Delivering letters" {
			t.Errorf("%+v", ch)
		}
		if all, err := w.s.Charts(w.ctx, leader(thu)); err != nil || len(all) != 2 || all[0].ID != c {
			t.Errorf("%+v %v", all, err)
		}

		long := two
		long.Allies, long.Members = strings.Repeat("x", 1300), -1
		err = w.s.Plan(w.ctx, ana, PlanIn{ID: c, Version: 2, Content: long})
		w.wrong(err, "allies")
		w.wrong(err, "members")
		two.Others = []string{union}
		w.wrong(w.s.Plan(w.ctx, ana, PlanIn{ID: c, Version: 2, Content: two}), "others")
		for _, a := range []struct {
			who  string
			kind fault.Kind
		}{{"foreign", fault.NotFound}, {"lead", fault.Forbidden}} {
			actor := foreign
			if a.who == "lead" {
				actor = ruth
			}
			_, _, err := w.s.Chart(w.ctx, actor, c)
			w.is(err, a.kind)
		}
	})
}

// What goes on paper is without the names of those whose ties the team knows.
func TestPrivateNames(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, sam, elena := w.office(), w.join("Sam Quillfeather"), w.join("Elena Cano")
		for _, p := range []string{sam, elena} {
			_, err := w.s.AddTie(w.ctx, ana, tieTo(o, p))
			w.must(err)
		}
		names, err := w.s.Private(w.ctx, ana)
		w.must(err)
		got := Without("Sam talks to Elena Reyes; Quillfeather and Elena Cano help. Cano too.", names, "one of us")
		if want := "one of us talks to Elena Reyes; one of us and one of us help. one of us too."; got != want {
			t.Errorf("%q", got)
		}
		_, err = w.s.Private(w.ctx, ruth)
		w.is(err, fault.Forbidden)
	})
}
