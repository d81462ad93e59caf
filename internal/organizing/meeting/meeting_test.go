// The rules that need no database.
package meeting

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
)

func TestStates(t *testing.T) {
	allowed := map[State][]State{Planned: {Held, Cancelled}, Held: {Evaluated}}
	for _, from := range append(States(), "") {
		for _, to := range append(States(), "", "gone") {
			if got, want := from.CanBecome(to), slices.Contains(allowed[from], to); got != want {
				t.Errorf("%q to %q: %v", from, to, got)
			}
		}
	}
}

func TestTemplates(t *testing.T) {
	for tpl, want := range map[Template]int{CoreTeam: 90, House: 95, Research: 45} {
		slots := tpl.Slots()
		if tpl.Minutes() != want || slots[len(slots)-1].Code != "evaluation" {
			t.Errorf("%s: %d minutes, ends with %s", tpl, tpl.Minutes(), slots[len(slots)-1].Code)
		}
	}
}

// An agenda that was written out reads back the same.
func TestAgendaReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zäđش]{1,8}( [a-zäđش]{1,8})?`)
		var list []Item
		for range rapid.IntRange(0, 8).Draw(t, "items") {
			it := Item{Minutes: rapid.IntRange(1, 90).Draw(t, "minutes"), Title: word.Draw(t, "title")}
			if rapid.Bool().Draw(t, "led") {
				it.Lead = word.Draw(t, "lead")
			}
			list = append(list, it)
		}
		if got := ParseAgenda(FormatAgenda(list)); !slices.Equal(got, list) {
			t.Fatalf("%+v, want %+v", got, list)
		}
	})
}

func FuzzParseAgenda(f *testing.F) {
	f.Add("20 Report-back | Thu\n\n x | y | z\n99999 far")
	f.Add("  \u0085 5\t\xff|")
	f.Fuzz(func(t *testing.T, text string) {
		for _, it := range ParseAgenda(text) {
			if strings.ContainsAny(it.Title+it.Lead, "\n\r") || it.Minutes < 0 || it.Minutes >= 10000 || it.Title != strings.TrimSpace(it.Title) {
				t.Fatalf("%+v", it)
			}
		}
	})
}

// Feelings are counted and nothing else: any order of saying gives the same list,
// and no word is lost.
func TestFeelingsHaveNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"tired", "Hopeful", "hopeful", "heard", "cansada", "متفائل"}), 1, 20).Draw(t, "words")
		one := Group(strings.Join(words, ", "))
		sorted := slices.Clone(words)
		slices.Sort(sorted)
		two := Group(strings.Join(sorted, "\n"))
		if !slices.Equal(one, two) {
			t.Fatalf("%v and %v", one, two)
		}
		n := 0
		for _, f := range one {
			n += f.N
		}
		if n != len(words) {
			t.Fatalf("%d of %d", n, len(words))
		}
	})
}

// The sums are the sums, and who does not come needs nothing.
func TestSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []Answer
		children, rides, yes := 0, 0, 0
		for i := range rapid.IntRange(0, 20).Draw(t, "answers") {
			a, bad := AnswerIn{Coming: string(rapid.SampledFrom(Comings()).Draw(t, "coming")), Children: fmt.Sprint(rapid.IntRange(0, 5).Draw(t, "children")),
				Transport: rapid.Bool().Draw(t, "ride"), Interpreter: rapid.SampledFrom([]string{"", "vi", "es"}).Draw(t, "interpreter"), Needs: []string{"step_free"}}.read()
			if len(bad) > 0 {
				t.Fatal(i, bad)
			}
			if a.Coming == No && (a.Children > 0 || a.Transport || a.Interpreter != "" || len(a.Needs) > 0) {
				t.Fatalf("needs of somebody who does not come: %+v", a)
			}
			children += a.Children
			if a.Transport {
				rides++
			}
			if a.Coming == Yes {
				yes++
			}
			list = append(list, a)
		}
		s := Sum(list)
		if s.Children != children || s.Transport != rides || s.Yes != yes || s.Yes+s.Maybe+s.No != len(list) {
			t.Fatalf("%+v", s)
		}
	})
}

func TestAnswerForm(t *testing.T) {
	for _, x := range []struct {
		in   AnswerIn
		want string
	}{
		{AnswerIn{Coming: "yes", Children: "2", Transport: true, Interpreter: "vi", Food: "no_meat", Needs: []string{"seat"}}, ""},
		{AnswerIn{Coming: "perhaps"}, "coming"},
		{AnswerIn{Coming: "yes", Children: "many"}, "children"},
		{AnswerIn{Coming: "yes", Children: "-1"}, "children"},
		{AnswerIn{Coming: "yes", Children: "40"}, "children"},
		{AnswerIn{Coming: "yes", Interpreter: "Vietnamese"}, "interpreter"},
		{AnswerIn{Coming: "maybe", Food: "diabetic"}, "food"},
		{AnswerIn{Coming: "maybe", Needs: []string{"insulin"}}, "needs"},
		{AnswerIn{Coming: "no", Children: "many", Food: "diabetic"}, ""},
	} {
		_, bad := x.in.read()
		if x.want == "" && len(bad) > 0 || x.want != "" && (len(bad) != 1 || bad[0].Name != x.want) {
			t.Errorf("%+v: %v", x.in, bad)
		}
	}
	w := &world{zone: time.UTC}
	for name, edit := range map[string]func(*PlanIn){"template": func(in *PlanIn) { in.Template = "party" }, "minutes": func(in *PlanIn) { in.Minutes = 0 }, "place": func(in *PlanIn) { in.Place = "12 Alder Street" },
		"lang": func(in *PlanIn) { in.Language = "Spanish" }, "title": func(in *PlanIn) { in.Title = strings.Repeat("x", 90) }, "agenda": func(in *PlanIn) { in.Agenda[1].Minutes = 0 }} {
		in := w.form(edit)
		if f := fault.FieldsOf(in.wrong()); len(f) != 1 || f[0].Name != name {
			t.Errorf("%s: %v", name, f)
		}
	}
}
