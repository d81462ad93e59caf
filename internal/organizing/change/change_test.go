// The rules that need no database.
package change

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
)

func step(m Mark, d int) Step {
	return Step{ID: string(m), Mark: m, On: day(1, 1).AddDate(0, 0, d), Fate: Confirmed}
}

func TestStand(t *testing.T) {
	fell := func(back Mark, d int) Step { s := step(RolledBack, d); s.Back = back; return s }
	unsure := func(m Mark, d int) Step { s := step(m, d); s.Fate = Waiting; return s }
	for name, x := range map[string]struct {
		steps []Step
		want  Stand
	}{
		"nothing":                          {nil, Stand{-1, ""}},
		"named":                            {[]Step{step(Named, 0)}, Stand{0, ""}},
		"rungs may be left out":            {[]Step{step(Named, 0), step(Adopted, 9)}, Stand{5, ""}},
		"a lower one later lowers nothing": {[]Step{step(Adopted, 0), step(Researched, 9)}, Stand{5, ""}},
		"blocked":                          {[]Step{step(Proposed, 0), step(Blocked, 4)}, Stand{3, Blocked}},
		"and on again":                     {[]Step{step(Proposed, 0), step(Blocked, 4), step(Committed, 9)}, Stand{4, ""}},
		"a lower step ends no block":       {[]Step{step(Proposed, 0), step(Blocked, 4), step(Researched, 5)}, Stand{3, Blocked}},
		"rolled back":                      {[]Step{step(Implemented, 0), fell(OnAgenda, 7)}, Stand{2, RolledBack}},
		"won again":                        {[]Step{step(Implemented, 0), fell(OnAgenda, 7), step(Adopted, 20)}, Stand{5, ""}},
		"what nobody confirmed":            {[]Step{step(Named, 0), unsure(Implemented, 3)}, Stand{0, ""}},
	} {
		if got := StandOf(x.steps); got != x.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Whatever the order in which steps are written down, the picture is by date.
func TestTheOrderOfWritingDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []Step
		for i := range rapid.IntRange(0, 12).Draw(t, "steps") {
			s := step(rapid.SampledFrom(Marks()).Draw(t, "mark"), rapid.IntRange(0, 6).Draw(t, "day"))
			s.ID, s.Back = string(rune('a'+i)), rapid.SampledFrom(Rungs()).Draw(t, "back")
			s.Fate = rapid.SampledFrom([]Fate{Confirmed, Confirmed, Waiting, Declined}).Draw(t, "fate")
			list = append(list, s)
		}
		mixed := rapid.Permutation(list).Draw(t, "order")
		if len(list) > 0 && !slices.Equal(ByDay(list), ByDay(mixed)) {
			t.Fatal("another order")
		}
		a := StandOf(list)
		if a != StandOf(mixed) {
			t.Fatalf("%+v and %+v", a, StandOf(mixed))
		}
		if a.Rung < -1 || a.Rung > 8 {
			t.Fatalf("%+v", a)
		}
		for i, s := range ByDay(list) {
			if i > 0 && s.On.Before(ByDay(list)[i-1].On) {
				t.Fatal("not by date")
			}
		}
	})
}

func TestStepForm(t *testing.T) {
	now := day(11, 2)
	good := Step{Mark: Adopted, On: day(6, 3), StepWords: StepWords{Link: "board.example/rule"}}
	if err := good.wrong(now); err != nil || good.Link != "https://board.example/rule" {
		t.Error(err, good.Link)
	}
	for field, edit := range map[string]func(*Step){
		"mark": func(x *Step) { x.Mark = "won" }, "on": func(x *Step) { x.On = time.Time{} }, "evidence": func(x *Step) { x.Link = "" }, "link": func(x *Step) { x.Link, x.Evidence = "javascript:alert(1)", "Minutes" },
		"back": func(x *Step) { x.Mark = RolledBack }, "note": func(x *Step) { x.Note = strings.Repeat("x", 3000) },
	} {
		x := good
		edit(&x)
		if f := fault.FieldsOf(x.wrong(now)); len(f) != 1 || f[0].Name != field {
			t.Errorf("%s: %v", field, f)
		}
	}
	ahead := good
	ahead.On = now.AddDate(0, 1, 0)
	if f := fault.FieldsOf(ahead.wrong(now)); len(f) != 1 || f[0].Name != "on" {
		t.Errorf("what has not happened: %v", f)
	}
}

func TestForm(t *testing.T) {
	if err := form().into(&row{}); err != nil {
		t.Error(err)
	}
	for field, edit := range map[string]func(*SaveIn){
		"title": func(in *SaveIn) { in.Title = " " }, "level": func(in *SaveIn) { in.Level = "galaxy" }, "affected": func(in *SaveIn) { in.Affected = "many" }, "affected_basis": func(in *SaveIn) { in.AffectedOn = "" },
		"money": func(in *SaveIn) { in.Money = "a lot" }, "money_basis": func(in *SaveIn) { in.MoneyOn = "" }, "rating": func(in *SaveIn) { in.Rating = "all ours" }, "narrative": func(in *SaveIn) { in.Narrative = "" },
		"others": func(in *SaveIn) { in.Others = "" }, "sources": func(in *SaveIn) { in.Sources = "Minutes | not an address" }, "tag_votes": func(in *SaveIn) { in.Tags = map[string]string{"votes": "short"} },
	} {
		in := form(edit)
		if f := fault.FieldsOf(in.into(&row{})); len(f) != 1 || f[0].Name != field {
			t.Errorf("%s: %v", field, f)
		}
	}
	// Whoever claims nothing needs no reasons.
	modest := form(func(in *SaveIn) { in.Rating, in.Narrative, in.Others = "helped", "", "" })
	if err := modest.into(&row{}); err != nil {
		t.Error(err)
	}
}

// What was written out reads back the same.
func TestLinesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zäđش]{1,9}( [a-zäđش]{1,9})?`)
		var others []Helper
		var sources []Source
		for range rapid.IntRange(0, 8).Draw(t, "lines") {
			h := Helper{Who: word.Draw(t, "who")}
			if rapid.Bool().Draw(t, "what") {
				h.What = word.Draw(t, "did")
			}
			if rapid.Bool().Draw(t, "link") {
				h.Link = "https://" + rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "host") + ".example/x"
			}
			others, sources = append(others, h), append(sources, Source{h.Who, h.Link})
		}
		if got, ok := ParseOthers(FormatOthers(others)); !ok || !slices.Equal(got, others) {
			t.Fatalf("%+v, want %+v", got, others)
		}
		if got, ok := ParseSources(FormatSources(sources)); !ok || !slices.Equal(got, sources) {
			t.Fatalf("%+v, want %+v", got, sources)
		}
	})
}

func FuzzParseOthers(f *testing.F) {
	f.Add("School | counted | school.example\n\n | | \nGuild")
	f.Fuzz(func(t *testing.T, text string) {
		list, ok := ParseOthers(text)
		if !ok {
			return
		}
		for _, h := range list {
			if h.Who == "" || strings.ContainsAny(h.Who+h.What, "\n\r") || h.Link != "" && !strings.HasPrefix(h.Link, "http") {
				t.Fatalf("%+v", h)
			}
		}
	})
}

func TestTraceIsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []Stop
		for range rapid.IntRange(0, 12).Draw(t, "stops") {
			list = append(list, Stop{Kind: rapid.SampledFrom(TraceKinds()).Draw(t, "kind"), When: day(1, 1).AddDate(0, 0, rapid.IntRange(0, 9).Draw(t, "day"))})
		}
		got := InOrder(list)
		for i := 1; i < len(got); i++ {
			a, b := slices.Index(TraceKinds(), got[i-1].Kind), slices.Index(TraceKinds(), got[i].Kind)
			if a > b || a == b && got[i].When.Before(got[i-1].When) {
				t.Fatalf("%+v before %+v", got[i-1], got[i])
			}
		}
		if len(got) != len(list) {
			t.Fatal("one is lost")
		}
	})
}

func TestNext(t *testing.T) {
	r := Record{Account: "ana", Changed: day(6, 1), Steps: []Step{step(Adopted, 0)}}
	if n := r.Next(); n.Act != Further || n.Mark != Implemented || n.Account != "ana" || !n.When.Equal(day(6, 1).Add(lookEvery)) {
		t.Errorf("%+v", n)
	}
	if n := (Record{Changed: day(6, 1)}).Next(); n.Mark != Named {
		t.Errorf("%+v", n)
	}
	r.Steps = append(r.Steps, Step{Mark: Implemented, Fate: Waiting, On: day(5, 1), Made: day(7, 1)})
	if n := r.Next(); n.Act != Confirm || !n.When.Equal(day(7, 8)) {
		t.Errorf("%+v", n)
	}
	r.Steps = []Step{step(Protected, 0)}
	if n := r.Next(); n.Act != LookOnly {
		t.Errorf("%+v", n)
	}
	r.Until = day(12, 31)
	if n := r.Next(); n.Act != Renew || !n.When.Before(r.Until) {
		t.Errorf("%+v", n)
	}
}
