package ballot

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// many writes ballots as "3 agree, 2 disagree"; "2@St. Ann agree" names the institution.
func many(t *testing.T, text string) (out []Ballot) {
	t.Helper()
	for _, part := range strings.Split(text, "; ") {
		if part == "" {
			continue
		}
		count, choice, _ := strings.Cut(part, " ")
		number, institution, _ := strings.Cut(count, "@")
		var n int
		if _, err := fmt.Sscan(number, &n); err != nil {
			t.Fatal(err)
		}
		for range n {
			out = append(out, Ballot{choice, institution})
		}
	}
	return out
}

func agreeBy(rule Rule, unit Unit) Spec { return Spec{Method: Agree, Rule: rule, Unit: unit} }

func TestAgreeByHand(t *testing.T) {
	for _, c := range []struct {
		ballots string
		rule    Rule
		unit    Unit
		want    AgreeResult
	}{
		{"", Majority, Person, AgreeResult{}},
		{"5 agree; 4 disagree; 9 pass", Majority, Person, AgreeResult{Agree: 5, Disagree: 4, Pass: 9, Passed: true}},
		{"5 agree; 5 disagree", Majority, Person, AgreeResult{Agree: 5, Disagree: 5}},
		{"3 pass", Majority, Person, AgreeResult{Pass: 3}},
		{"6 agree; 3 disagree", TwoThirds, Person, AgreeResult{Agree: 6, Disagree: 3, Passed: true}},
		{"5 agree; 3 disagree", TwoThirds, Person, AgreeResult{Agree: 5, Disagree: 3}},
		{"66 agree; 34 disagree; 50 pass", TwoThirds, Person, AgreeResult{Agree: 66, Disagree: 34, Pass: 50}},
		{"67 agree; 33 disagree", TwoThirds, Person, AgreeResult{Agree: 67, Disagree: 33, Passed: true}},
		{"2 pass", TwoThirds, Person, AgreeResult{Pass: 2}},
		// Ann: 2 to 1 for; Bethel: 5 against; Clinic: 1 to 1, divided; Union: all pass; two without an institution.
		{"2@ann agree; 1@ann disagree; 5@bethel disagree; 1@clinic agree; 1@clinic disagree; 4@union pass; 2 agree", Majority, Institution,
			AgreeResult{Agree: 1, Disagree: 1, Pass: 2, Divided: 1, Unnamed: 2}},
		{"1@ann agree; 1@bethel agree; 9@clinic disagree", TwoThirds, Institution, AgreeResult{Agree: 2, Disagree: 1, Passed: true}},
	} {
		r, err := agreeBy(c.rule, c.unit).Count(many(t, c.ballots))
		if err != nil || *r.Agree != c.want || r.Passed() != c.want.Passed {
			t.Errorf("%s %s %q: %+v %v, want %+v", c.rule, c.unit, c.ballots, r.Agree, err, c.want)
		}
	}
}

func TestConsentByHand(t *testing.T) {
	spec := Spec{Method: Consent, Rule: ObjectionStops, Unit: Person}
	for ballots, want := range map[string]ConsentResult{
		"":                                       {},
		"7 consent":                              {Consent: 7, Passed: true},
		"5 consent; 2 reservations":              {Consent: 5, Reservations: 2, Passed: true},
		"1 reservations":                         {Reservations: 1, Passed: true},
		"40 consent; 1 object":                   {Consent: 40, Objections: 1},
		"1 consent; 1 reservations; 2 object":    {Consent: 1, Reservations: 1, Objections: 2},
		"1@a consent; 1@b consent; 1@c consent":  {Consent: 3, Passed: true},
		"1@a consent; 1@b object; 12@c consent":  {Consent: 13, Objections: 1},
		"2@a reservations; 1@a object; 1@b pass": {}, // refused below
	} {
		r, err := spec.Count(many(t, ballots))
		if strings.Contains(ballots, "pass") {
			if err == nil {
				t.Error("pass is no answer to a proposal for consent")
			}
			continue
		}
		if err != nil || *r.Consent != want {
			t.Errorf("%q: %+v %v", ballots, r.Consent, err)
		}
	}
}

// rounds writes a count as "a4 b3 c2 -c | a4 b5 =b"; x is exhausted.
func rounds(r *RankedResult) string {
	var out []string
	for _, round := range r.Rounds {
		var parts []string
		for _, s := range round.Tally {
			parts = append(parts, fmt.Sprintf("%s%d", s.ID, s.N))
		}
		if round.Exhausted > 0 {
			parts = append(parts, fmt.Sprintf("x%d", round.Exhausted))
		}
		if round.Out != "" {
			parts = append(parts, "-"+round.Out)
		}
		if round.By != "" {
			parts = append(parts, "("+strings.Join(round.Tied, "")+" "+string(round.By)+")")
		}
		out = append(out, strings.Join(parts, " "))
	}
	text := strings.Join(out, " | ")
	if r.Winner != "" {
		text += " =" + r.Winner
	}
	return text
}

func TestRankedByHand(t *testing.T) {
	for _, c := range []struct{ options, ballots, want string }{
		{"abc", "", "a0 b0 c0"},
		{"abc", "2 -", "a0 b0 c0 x2"},
		{"abc", "5 a; 3 b>c; 1 c", "a5 b3 c1 =a"},
		{"abc", "4 a; 3 b>c; 2 c>b", "a4 b3 c2 -c | a4 b5 =b"},
		// The first choice of most loses when those who came third agree on another.
		{"abcd", "8 a; 7 b>c; 6 c>b; 2 d>c", "a8 b7 c6 d2 -d | a8 b7 c8 -b | a8 c15 =c"},
		// Ballots run out: c's two name nobody else, so five of nine decide.
		{"abc", "4 a; 3 b; 2 c", "a4 b3 c2 -c | a4 b3 x2 =a"},
		// b and c tie for last in round 2; in round 1 c had fewer.
		{"abcd", "5 a; 3 b>a; 2 c>a; 1 d>c", "a5 b3 c2 d1 -d | a5 b3 c3 -c (bc earlier) | a7 b3 x1 =a"},
		// b and c tie from the start; one against one b is preferred by seven to three.
		{"abc", "2 a>b; 2 a>b>c; 2 b>a; 2 c>a; 1 c>b>a; 1 b>a", "a4 b3 c3 -c (bc head_to_head) | a6 b4 =a"},
		// Nothing tells b from c: the draw does, and the later in it goes out.
		{"abc", "2 a; 1 b>a; 1 c>a", "a2 b1 c1 -c (bc draw) | a3 b1 =a"},
		{"acb", "2 a; 1 b>a; 1 c>a", "a2 c1 b1 -b (cb draw) | a3 c1 =a"},
		// Half is not more than half; two left, equal: decided by the draw and said so.
		{"ab", "3 a; 3 b", "a3 b3 -b (ab draw) | a3 x3 =a"},
		{"ba", "3 a; 3 b", "b3 a3 -a (ba draw) | b3 x3 =b"},
	} {
		r, err := Spec{Method: Ranked, Rule: InstantRunoff, Unit: Person, Options: strings.Split(c.options, "")}.Count(many(t, c.ballots))
		if err != nil || rounds(r.Ranked) != c.want {
			t.Errorf("%q: %s %v\n want %s", c.ballots, rounds(r.Ranked), err, c.want)
		}
	}
}

func dots(n, per, seats int, rule Rule, options ...string) Spec {
	unit := Person
	if rule == MostInstitutions {
		unit = Institution
	}
	return Spec{Method: Dots, Rule: rule, Unit: unit, Options: options, Dots: n, PerOption: per, Seats: seats}
}

// The delegates' meeting of the field: 64 delegates, four dots each, four
// candidates, two to be chosen; 91, 84, 40 and 33 dots, eight left unplaced.
func delegates(t *testing.T) []Ballot {
	return many(t, "21 language=2,rent=2; 16 language=2,rent=2; 5 language=2,bus=2; 5 language=1,bus=3; "+
		"2 language=1,rent=3; 1 rent=3; 1 rent=1,bus=1; 7 bus=2,hours=2; 4 hours=4; 1 hours=3; 1 -")
}

func TestDotsByHand(t *testing.T) {
	spec := dots(4, 4, 2, MostDots, "language", "rent", "bus", "hours")
	r, err := spec.Count(delegates(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []DotsRow{{"language", 91, 49, 0}, {"rent", 84, 41, 0}, {"bus", 40, 18, 0}, {"hours", 33, 12, 0}}
	if r.Ballots != 64 || !reflect.DeepEqual(r.Dots.Rows, want) || r.Dots.Given != 248 || r.Dots.Unused != 8 ||
		!reflect.DeepEqual(r.Chosen(), []string{"language", "rent"}) || r.Dots.By != "" {
		t.Errorf("%d ballots: %+v", r.Ballots, r.Dots)
	}
	for _, c := range []struct {
		spec    Spec
		ballots string
		chosen  string
		by      Tie
	}{
		{dots(3, 3, 1, MostDots, "a", "b"), "", "", ""},
		{dots(3, 3, 1, MostDots, "a", "b"), "4 -", "", ""},
		// Six dots each: a from two people, b from three.
		{dots(3, 3, 1, MostDots, "a", "b"), "2 a=3; 3 b=2", "b", TieBreadth},
		{dots(3, 3, 1, MostDots, "a", "b"), "2 a=3; 2 b=3", "a", TieDraw},
		{dots(3, 3, 1, MostDots, "b", "a"), "2 a=3; 2 b=3", "b", TieDraw},
		// A tie inside the chosen changes nothing and is not mentioned.
		{dots(3, 3, 2, MostDots, "a", "b", "c"), "2 a=3; 2 b=3; 1 c=1", "ab", ""},
		// Nothing is chosen without a dot, however many places there are.
		{dots(3, 3, 2, MostDots, "a", "b", "c"), "2 a=3", "a", ""},
		// A large institution cannot outweigh two small ones.
		{dots(3, 3, 1, MostInstitutions, "a", "b"), "9@x a=3; 1@y b=1; 1@z b=1", "b", ""},
		{dots(3, 3, 1, MostInstitutions, "a", "b"), "1@x a=3; 1@y b=1", "a", TieBreadth},
		{dots(3, 3, 1, MostInstitutions, "a", "b"), "5 a=3", "", ""},
	} {
		r, err := c.spec.Count(many(t, c.ballots))
		if err != nil || strings.Join(r.Chosen(), "") != c.chosen || r.Dots.By != c.by {
			t.Errorf("%s %q: %+v %v", c.spec.Rule, c.ballots, r.Dots, err)
		}
	}
}

func TestSpecsThatMakeNoSense(t *testing.T) {
	good := dots(4, 2, 2, MostDots, "a", "b", "c")
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Spec){
		"method":             func(s *Spec) { s.Method = "lottery" },
		"rule":               func(s *Spec) { s.Rule = Majority },
		"unit":               func(s *Spec) { s.Unit = "" },
		"unit and rule":      func(s *Spec) { s.Unit = Institution },
		"one option":         func(s *Spec) { s.Options = s.Options[:1] },
		"same option twice":  func(s *Spec) { s.Options = []string{"a", "b", "a"} },
		"an option's letter": func(s *Spec) { s.Options = []string{"a", "b", "c>d"} },
		"no dots":            func(s *Spec) { s.Dots = 0 },
		"too many per":       func(s *Spec) { s.PerOption = 5 },
		"all are chosen":     func(s *Spec) { s.Seats = 3 },
		"dots for agree":     func(s *Spec) { *s = Spec{Method: Agree, Rule: Majority, Unit: Person, Dots: 1} },
		"options for agree":  func(s *Spec) { *s = Spec{Method: Agree, Rule: Majority, Unit: Person, Options: []string{"a", "b"}} },
		"consent by house":   func(s *Spec) { *s = Spec{Method: Consent, Rule: ObjectionStops, Unit: Institution} },
	} {
		s := good
		s.Options = append([]string(nil), good.Options...)
		change(&s)
		if s.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestOneSpellingOfAChoice(t *testing.T) {
	ranked := Spec{Method: Ranked, Rule: InstantRunoff, Unit: Person, Options: []string{"a", "b", "c"}}
	spread := dots(4, 2, 1, MostDots, "a", "b", "c")
	for _, c := range []struct {
		spec   Spec
		choice string
		ok     bool
	}{
		{agreeBy(Majority, Person), "agree", true}, {agreeBy(Majority, Person), "Agree", false}, {agreeBy(Majority, Person), "-", false}, {agreeBy(Majority, Person), "", false},
		{ranked, "b>a", true}, {ranked, "-", true}, {ranked, "b>b", false}, {ranked, "b>", false}, {ranked, "b > a", false}, {ranked, "d", false}, {ranked, "", false},
		{spread, "a=2,c=2", true}, {spread, "-", true}, {spread, "c=2,a=2", false}, {spread, "a=0", false}, {spread, "a=02", false}, {spread, "a=+2", false},
		{spread, "a=3", false}, {spread, "a=2,b=2,c=1", false}, {spread, "a=1,a=1", false}, {spread, "a", false}, {spread, "", false}, {spread, "a=1,", false},
	} {
		if c.spec.Valid(c.choice) != c.ok {
			t.Errorf("%s %q: %v", c.spec.Method, c.choice, !c.ok)
		}
	}
	if got := spread.Spread(map[string]int{"c": 2, "a": 1, "b": 0}); got != "a=1,c=2" {
		t.Error(got)
	}
	if spread.Spread(nil) != Blank || Ranking(nil) != Blank || Ranking([]string{"b", "a"}) != "b>a" {
		t.Error("blank")
	}
	parts, err := spread.Read("a=1,c=2")
	if err != nil || !reflect.DeepEqual(parts, []Part{{"a", 1}, {"c", 2}}) {
		t.Error(parts, err)
	}
	parts, err = ranked.Read("c>a")
	if err != nil || !reflect.DeepEqual(parts, []Part{{"c", 1}, {"a", 2}}) {
		t.Error(parts, err)
	}
}

// Every result says the rule's name in its explanation, and survives storage.
func TestResultsExplainThemselves(t *testing.T) {
	keys := map[string]bool{}
	for _, c := range []struct {
		spec    Spec
		ballots string
	}{
		{agreeBy(Majority, Person), "2 agree; 1 disagree"}, {agreeBy(Majority, Person), "1 agree; 1 disagree"},
		{agreeBy(TwoThirds, Person), "2 agree; 1 disagree"}, {agreeBy(TwoThirds, Person), "1 agree; 1 disagree"},
		{agreeBy(Majority, Institution), "1@x agree; 1@x disagree; 1 agree"},
		{Spec{Method: Consent, Rule: ObjectionStops, Unit: Person}, "2 consent; 1 object"},
		{Spec{Method: Consent, Rule: ObjectionStops, Unit: Person}, "2 consent"},
		{Spec{Method: Consent, Rule: ObjectionStops, Unit: Person}, ""},
		{Spec{Method: Ranked, Rule: InstantRunoff, Unit: Person, Options: []string{"a", "b", "c"}}, "2 a; 1 b>a; 1 c>a"},
		{dots(3, 3, 1, MostDots, "a", "b"), "2 a=3; 3 b=2"},
		{dots(3, 3, 1, MostInstitutions, "a", "b"), "1@x a=3; 1@y b=3"},
	} {
		r, err := c.spec.Count(many(t, c.ballots))
		if err != nil {
			t.Fatal(err)
		}
		lines := r.Explain()
		if len(lines) < 2 {
			t.Errorf("%s %q says %v", c.spec.Rule, c.ballots, lines)
		}
		for _, l := range lines {
			keys[l.Key] = true
		}
		text, _ := json.Marshal(r)
		var back Result
		if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, want := range []string{"decision.say.majority.yes", "decision.say.two_thirds.no", "decision.say.divided", "decision.say.unnamed",
		"decision.say.objection_stops.no", "decision.say.nobody", "decision.say.out_tie.draw", "decision.say.runoff_won",
		"decision.say.dots_tie.most_dots.breadth", "decision.say.dots_tie.most_institutions.draw", "decision.say.chosen.most_dots"} {
		if !keys[want] {
			t.Errorf("nothing said %s", want)
		}
	}
}
