// The rules that need no database.
package research

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
)

func TestStates(t *testing.T) {
	allowed := map[State][]State{Planned: {Rehearsed, Held, Cancelled}, Rehearsed: {Held, Cancelled}, Held: {Evaluated}, Evaluated: {FollowedUp}}
	for _, from := range append(States(), "") {
		for _, to := range append(States(), "", "gone") {
			if got, want := from.CanBecome(to), slices.Contains(allowed[from], to); got != want {
				t.Errorf("%q to %q: %v", from, to, got)
			}
		}
	}
}

// S-09: nine people, each with a part; every part is one that the ladder knows.
func TestNinePeopleHaveAPart(t *testing.T) {
	all := 0
	for _, r := range Roles() {
		all += r.Most()
		if !slices.Contains(people.Roles(), r.Plays()) || r.Plays() == people.Attended {
			t.Errorf("%s is played as %s", r, r.Plays())
		}
	}
	if all != 9 || NoRole.Plays() != people.Attended {
		t.Errorf("%d", all)
	}
	public := 0
	for _, r := range Roles() {
		if r.Plays().Public() {
			public++
		}
	}
	if public != 3 { // credential, story and questions are played in front of the host
		t.Errorf("%d", public)
	}
}

func cast(leave ...Role) (out []Part) {
	for _, r := range Roles() {
		if !slices.Contains(leave, r) {
			out = append(out, Part{Person: "p-" + string(r), Role: r})
		}
	}
	return out
}

func questions(n int) (out []Question) {
	for i := range n {
		out = append(out, Question{ID: string(rune('a' + i)), Text: "Who decides?"})
	}
	return out
}

func TestWarnings(t *testing.T) {
	at := time.Date(2026, 11, 9, 18, 0, 0, 0, time.UTC)
	for name, x := range map[string]struct {
		a    Action
		want []Warning
	}{
		"ready":          {Action{State: Planned, At: at, RehearseAt: at.AddDate(0, 0, -2), Parts: cast(), Words: Words{Questions: questions(5)}}, nil},
		"nobody yet":     {Action{State: Planned, At: at, RehearseAt: at.AddDate(0, 0, -2), Words: Words{Questions: questions(4)}}, []Warning{EmptyRole}},
		"no notes":       {Action{State: Rehearsed, At: at, Parts: cast(Notes), Words: Words{Questions: questions(6)}}, []Warning{EmptyRole}},
		"three":          {Action{State: Rehearsed, At: at, Parts: cast(), Words: Words{Questions: questions(3)}}, []Warning{FewQuestions}},
		"seven":          {Action{State: Rehearsed, At: at, Parts: cast(), Words: Words{Questions: questions(7)}}, []Warning{ManyQuestions}},
		"no rehearsal":   {Action{State: Planned, At: at, Parts: cast(), Words: Words{Questions: questions(5)}}, []Warning{NoRehearsal}},
		"over, so be it": {Action{State: Held, At: at}, nil},
	} {
		if got := x.a.Warnings(); !slices.Equal(got, x.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := (Action{Parts: cast(Chair, Time)}).Empty(); !slices.Equal(got, []Role{Chair, Time}) {
		t.Errorf("%v", got)
	}
}

// Every open action has a next act with a clock and an owner; none that is over has.
func TestEveryOpenActionHasANext(t *testing.T) {
	at := time.Date(2026, 11, 9, 18, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		a := Action{Account: "ana", At: at, Minutes: rapid.IntRange(10, 120).Draw(t, "minutes"), State: rapid.SampledFrom(States()).Draw(t, "state"), HeldAt: at.Add(time.Hour)}
		if rapid.Bool().Draw(t, "rehearsal") {
			a.RehearseAt = at.AddDate(0, 0, -2)
		}
		a.Parts = cast(rapid.SliceOfDistinct(rapid.SampledFrom(Roles()), func(r Role) Role { return r }).Draw(t, "empty")...)
		var list []Follow
		for _, s := range Steps() {
			f := Follow{Step: s, Account: "thu", Due: at.AddDate(0, 0, rapid.IntRange(-1, 9).Draw(t, "due"))}
			if rapid.Bool().Draw(t, "done") {
				f.Done = at
			}
			list = append(list, f)
		}
		n := a.Next(list)
		if a.State.Over() != (n.Act == "") {
			t.Fatalf("%s: %+v", a.State, n)
		}
		if n.Act != "" && (n.When.IsZero() || n.Account+n.Person == "") {
			t.Fatalf("%s: %+v", a.State, n)
		}
		if a.State == Evaluated {
			for _, f := range list { // the earliest of what is open
				if f.Done.IsZero() && (n.Act != Follows || n.When.After(f.Due)) {
					t.Fatalf("%+v", n)
				}
			}
		}
	})
}

func TestNext(t *testing.T) {
	at := time.Date(2026, 11, 9, 18, 0, 0, 0, time.UTC)
	ready := at.AddDate(0, 0, -2)
	for name, x := range map[string]struct {
		a    Action
		act  Act
		when time.Time
	}{
		"roles first":               {Action{State: Planned, At: at, RehearseAt: ready}, FillRoles, ready},
		"then rehearse":             {Action{State: Planned, At: at, RehearseAt: ready, Parts: cast()}, Rehearse, ready.Add(time.Hour)},
		"somebody left since":       {Action{State: Rehearsed, At: at, RehearseAt: ready, Parts: cast(Chair)}, FillRoles, at},
		"then the meeting":          {Action{State: Rehearsed, At: at, Minutes: 40, Parts: cast()}, Hold, at.Add(40 * time.Minute)},
		"without a rehearsal":       {Action{State: Planned, At: at, Minutes: 40, Parts: cast()}, Hold, at.Add(40 * time.Minute)},
		"on the pavement":           {Action{State: Held, At: at, Minutes: 40}, Evaluate, at.Add(40 * time.Minute)},
		"all done, to be closed":    {Action{State: Evaluated, At: at, HeldAt: at}, Close, at.AddDate(0, 0, 3)},
		"nothing after calling off": {Action{State: Cancelled, At: at}, "", time.Time{}},
	} {
		if n := x.a.Next(nil); n.Act != x.act || !n.When.Equal(x.when) {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

func TestPlanForm(t *testing.T) {
	w := &world{zone: time.UTC}
	for field, edit := range map[string]func(*PlanIn){
		"host": func(in *PlanIn) { in.Host = " " }, "purpose": func(in *PlanIn) { in.Purposes = nil }, "questions": func(in *PlanIn) { in.Questions = nil }, "date": func(in *PlanIn) { in.At, in.RehearseAt = time.Time{}, time.Time{} },
		"minutes": func(in *PlanIn) { in.Minutes = 5 }, "place": func(in *PlanIn) { in.Place = "12 Alder Street" }, "lang": func(in *PlanIn) { in.Language = "Spanish" },
		"rehearse_date": func(in *PlanIn) { in.RehearseAt = in.At }, "where": func(in *PlanIn) { in.Where = strings.Repeat("x", 200) },
	} {
		in := w.form(edit)
		if f := fault.FieldsOf(in.wrong()); len(f) != 1 || f[0].Name != field {
			t.Errorf("%s: %v", field, f)
		}
	}
	in := w.form()
	if err := in.wrong(); err != nil {
		t.Error(err)
	}
	in = w.form(func(in *PlanIn) { in.Questions = append(in.Questions, make([]string, 20)...) })
	if f := fault.FieldsOf(in.wrong()); len(f) != 1 || f[0].Name != "questions" {
		t.Errorf("%v", f)
	}
}

func FuzzParseQuestions(f *testing.F) {
	f.Add("1. Who decides?\n- What does it cost?\n\n•  Who has done it?\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		list := ParseQuestions(text)
		for _, q := range list {
			if q == "" || strings.ContainsAny(q, "\r\n") {
				t.Fatalf("%q", q)
			}
		}
		if again := ParseQuestions(strings.Join(list, "\n")); !slices.Equal(again, list) {
			t.Fatalf("%q, then %q", list, again)
		}
	})
}

func TestOptionForm(t *testing.T) {
	good := OptionIn{What: "Print labels at the counter", Cost: "0.40", Basis: "for each label"}
	if err := good.wrong(); err != nil {
		t.Error(err)
	}
	for field, edit := range map[string]func(*OptionIn){
		"what": func(in *OptionIn) { in.What = "" }, "cost": func(in *OptionIn) { in.Cost = "cheap" }, "basis": func(in *OptionIn) { in.Basis = "" }, "link": func(in *OptionIn) { in.Source, in.Link = "Minutes", "javascript:alert(1)" },
		"source": func(in *OptionIn) { in.Link = "https://county.example" }, "health": func(in *OptionIn) { in.Health = strings.Repeat("x", 2000) },
	} {
		in := good
		edit(&in)
		if f := fault.FieldsOf(in.wrong()); len(f) != 1 || f[0].Name != field {
			t.Errorf("%s: %v", field, f)
		}
	}
	var o Option
	OptionIn{Cost: ""}.into(&o)
	free := Option{}
	OptionIn{Cost: "0"}.into(&free)
	if o.Costed || !free.Costed || free.Cost != 0 {
		t.Error("what costs nothing is not what nobody has asked")
	}
}
