// The rules that need no database.
package cycle

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
)

// The gates as they stand on paper, written by hand.
func TestGates(t *testing.T) {
	want := map[Phase]string{
		PhaseZero: "listening: team", Listening: "discerning: told", Discerning: "researching: cut",
		Researching: "acting: research ask", Acting: "evaluating: action", Evaluating: "closed: evaluation choice", Closed: "",
	}
	for _, p := range Phases() {
		g, ok := GateFrom(p)
		got := ""
		if ok {
			got = string(g.To) + ":"
			for _, n := range g.Needs {
				got += " " + string(n)
			}
		}
		if got != want[p] {
			t.Errorf("after %s: %q, want %q", p, got, want[p])
		}
		if ok && g.To != p.Next() {
			t.Errorf("the gate after %s leads to %s", p, g.To)
		}
	}
}

// No fact but those of a gate opens it, and each of them is needed.
func TestGateOpensByItsNeedsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Facts{}
		for _, n := range Needs() {
			f[n] = rapid.Bool().Draw(t, string(n))
		}
		g := rapid.SampledFrom(Gates()).Draw(t, "gate")
		open := true
		for _, n := range g.Needs {
			open = open && f[n]
		}
		missing := g.Missing(f)
		if (len(missing) == 0) != open {
			t.Fatalf("%v with %v: missing %v", g, f, missing)
		}
		for _, n := range missing {
			if f[n] || !slices.Contains(g.Needs, n) {
				t.Fatalf("%s is not missing", n)
			}
		}
	})
}

// The research of one issue and the ask of another open nothing.
func TestGateWantsOneIssue(t *testing.T) {
	g, _ := GateFrom(Researching)
	for _, x := range []struct {
		issues []Facts
		want   int
	}{
		{nil, 2},
		{[]Facts{{NeedResearch: true}, {NeedAsk: true}}, 1},
		{[]Facts{{}, {NeedAsk: true, NeedResearch: true}}, 0},
	} {
		if got := g.Missing(g.Together(Facts{NeedAsk: true, NeedResearch: true}, x.issues)); len(got) != x.want {
			t.Errorf("%v: missing %v", x.issues, got)
		}
	}
}

func TestSteps(t *testing.T) {
	for _, from := range append(Phases(), "", "gone") {
		for _, to := range append(Phases(), "", "gone") {
			want := NoStep
			if from.At() >= 0 && to.At() >= 0 && from != Closed {
				switch d := to.At() - from.At(); {
				case d == 1:
					want = Forward
				case d < 0:
					want = BackStep
				}
			}
			if got := from.StepTo(to); got != want {
				t.Errorf("%q to %q: %v, want %v", from, to, got, want)
			}
		}
	}
}

func TestStates(t *testing.T) {
	allowed := map[State]string{Proposed: "cut parked", Cut: "adopted proposed parked", Adopted: "campaigning won partly_won lost cut parked", Campaigning: "won partly_won lost cut parked",
		Won: "campaigning", PartlyWon: "won campaigning", Lost: "campaigning", Parked: "proposed"}
	quiet := []string{"proposed cut", "cut adopted", "adopted campaigning"}
	for _, from := range append(States(), "") {
		for _, to := range append(States(), "", "gone") {
			if got, want := from.CanBecome(to), slices.Contains(strings.Fields(allowed[from]), string(to)); got != want {
				t.Errorf("%q to %q: %v", from, to, got)
			}
			if got, want := from.NeedsReason(to), !slices.Contains(quiet, string(from)+" "+string(to)); got != want {
				t.Errorf("%q to %q needs a reason: %v", from, to, got)
			}
		}
	}
}

func TestInstitutions(t *testing.T) {
	for name, want := range map[string]bool{
		"Elena Reyes": false, "Director Reyes": false, "Priya Nair": false, "Tomas Okafor": false, "Nguyễn Thị Hoa": false, "عمر حداد": false, "Charlotte Church": false, "María de la Cruz Iglesias": false,
		"County Pharmacy Board": true, "The City Council": true, "Millbrook Transit": true, "Cedar Street Health Center": true, "Acme, Inc.": true, "Department of Housing": true,
		"Junta de Farmacia del Condado": true, "Departamento de Vivienda": true, "Ayuntamiento": true, "Hội đồng thành phố": true, "Sở Y tế": true, "مجلس المدينة": true, "وزارة الصحة": true, "هيئة النقل": true,
		"CITY HALL": true, "Housing-Authority": true, "Administración": false, "": false,
	} {
		if got := Institution(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestPartisan(t *testing.T) {
	for text, want := range map[string]bool{
		"adopts a rule for translated labels in 10 languages": false, "votes for the rule in the council": false, "opens a primary care desk": false, "runs bus 14 until ten": false,
		"tells voters to elect him": true, "because she is a candidate in the fall": true, "leaves the Democratic Party": true, "antes de las elecciones": true, "ứng cử viên hội đồng": true, "قبل الانتخابات": true,
	} {
		if got := Partisan(text) != ""; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// An ask is whole or every missing part is named at its own field; a body is never
// whom one asks.
func TestAskForm(t *testing.T) {
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	good := AskIn{Name: "Elena Reyes", Title: "Director", Body: "County Pharmacy Board", Action: "adopts the rule", Due: now.AddDate(0, 3, 0), Leverage: "she wants fewer visits"}
	for name, x := range map[string]struct {
		edit func(*AskIn)
		want string
	}{
		"whole":            {func(*AskIn) {}, ""},
		"nothing":          {func(in *AskIn) { *in = AskIn{} }, "name action due leverage"},
		"spaces":           {func(in *AskIn) { in.Name, in.Leverage = "  ", "\n" }, "name leverage"},
		"a body":           {func(in *AskIn) { in.Name = "County Pharmacy Board" }, "name"},
		"a body by office": {func(in *AskIn) { in.Office, in.Name = "x", "City of Millbrook" }, "office"},
		"no date":          {func(in *AskIn) { in.Due = time.Time{} }, "due"},
		"a far date":       {func(in *AskIn) { in.Due = now.AddDate(30, 0, 0) }, "due"},
		"an election":      {func(in *AskIn) { in.Leverage = "the election is near" }, "leverage"},
		"read and meant":   {func(in *AskIn) { in.Leverage, in.Calm = "the election is near", true }, ""},
		"long":             {func(in *AskIn) { in.Action = strings.Repeat("x", MostText+1) }, "action"},
	} {
		in := good
		x.edit(&in)
		var got []string
		for _, f := range fault.FieldsOf(in.wrong(now)) {
			got = append(got, f.Name)
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("%s: %v, want %s", name, got, x.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		in := good
		parts := map[string]bool{}
		for _, p := range []string{"name", "action", "due", "leverage"} {
			parts[p] = rapid.Bool().Draw(t, p)
		}
		if !parts["name"] {
			in.Name = ""
		}
		if !parts["action"] {
			in.Action = ""
		}
		if !parts["due"] {
			in.Due = time.Time{}
		}
		if !parts["leverage"] {
			in.Leverage = ""
		}
		bad := fault.FieldsOf(in.wrong(now))
		for p, there := range parts {
			named := slices.ContainsFunc(bad, func(f fault.Field) bool { return f.Name == p })
			if named == there {
				t.Fatalf("%s is there: %v, and named as missing: %v", p, there, named)
			}
		}
	})
}

func TestCriteria(t *testing.T) {
	want := map[string]int{"fit": 6, "mwa": 16, "lee": 4}
	for _, s := range Shipped() {
		if len(s.Items) != want[s.ID] || s.Version != 1 || !s.Shipped() {
			t.Errorf("%s: %d criteria", s.ID, len(s.Items))
		}
		seen := map[string]bool{}
		for _, c := range s.Items {
			if seen[c.Code] {
				t.Errorf("%s: %s twice", s.ID, c.Code)
			}
			seen[c.Code] = true
		}
	}
}

// Points are the sum, whole is when all are said, and what belongs to another list
// counts for nothing.
func TestCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(Shipped()).Draw(t, "list")
		scores := []Score{{"of another list", 2, ""}}
		said, points, weak := 0, 0, 0
		for _, c := range s.Items {
			if rapid.Bool().Draw(t, c.Code) {
				n := rapid.IntRange(0, Best).Draw(t, "n")
				scores, said, points = append(scores, Score{c.Code, n, "why"}), said+1, points+n
				if n == 0 {
					weak++
				}
			}
		}
		got := s.Count(scores)
		if got.Said != said || got.Points != points || len(got.Weak) != weak || got.Of != len(s.Items) || got.Most != 2*len(s.Items) || got.Whole() != (said == len(s.Items)) {
			t.Fatalf("%s: %+v", s.ID, got)
		}
	})
}

func TestClocks(t *testing.T) {
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for n, x := range []struct {
		i    Issue
		want time.Time
	}{
		{Issue{State: Proposed, Phase: Discerning, PhaseAt: day}, day.AddDate(0, 0, 28)},
		{Issue{State: Campaigning, Phase: Acting, PhaseAt: day, Due: day.AddDate(0, 1, 0)}, day.AddDate(0, 1, 0)},
		{Issue{State: Campaigning, Phase: Acting, PhaseAt: day}, day.AddDate(0, 0, 90)},
		{Issue{State: Parked, Phase: Acting, PhaseAt: day}, time.Time{}},
		{Issue{State: Won, Phase: Closed, PhaseAt: day}, time.Time{}},
	} {
		if got := x.i.Clock(); !got.Equal(x.want) {
			t.Errorf("%s: %v", fmt.Sprint(n), got)
		}
	}
	for _, p := range Phases() {
		if (p.DueBy(day).IsZero()) != (p == Closed) {
			t.Errorf("%s has no usual length", p)
		}
	}
}
