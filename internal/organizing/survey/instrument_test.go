package survey

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"seedbed/locales"
)

// answers writes the answers to items 1, 2, 3… in order; −1 is a question left out.
func answers(list ...int) map[string]int {
	out := map[string]int{}
	for i, v := range list {
		if v >= 0 {
			out[itoa(i+1)] = v
		}
	}
	return out
}

// Each row was worked out by hand from the published rule.
func TestScoredByHand(t *testing.T) {
	for _, c := range []struct {
		what, instrument string
		given            map[string]int
		turned           []string
		want             map[string]float64
	}{
		{"least lonely", "ucla3", answers(1, 1, 1), nil, map[string]float64{"sum": 3}},
		{"most lonely", "ucla3", answers(3, 3, 3), nil, map[string]float64{"sum": 9}},
		{"2+3+1", "ucla3", answers(2, 3, 1), nil, map[string]float64{"sum": 6}},
		{"one left out", "ucla3", answers(2, -1, 1), nil, nil},
		{"not on the scale", "ucla3", answers(2, 4, 1), nil, nil},
		{"often or always", "ons_lonely", answers(1), nil, map[string]float64{"often": 1}},
		{"some of the time", "ons_lonely", answers(2), nil, map[string]float64{"often": 0}},
		{"dissatisfied, sometimes supported, sometimes lonely", "brfss", answers(3, 3, 3), nil, map[string]float64{"dissatisfied": 1, "support": 1, "lonely": 1}},
		{"satisfied, usually supported, rarely lonely", "brfss", answers(2, 2, 4), nil, map[string]float64{"dissatisfied": 0, "support": 0, "lonely": 0}},
		{"one of three left out", "brfss", answers(4, -1, 1), nil, map[string]float64{"dissatisfied": 1, "lonely": 1}},
		{"usually stressed", "brfss_stress", answers(2), nil, map[string]float64{"stress": 1}},
		{"(4+5+3+4+2+3+5+4)/8 = 3.75", "bscs", answers(4, 5, 3, 4, 2, 3, 5, 4), nil,
			map[string]float64{"mean": 3.75, "needs": 4.5, "membership": 3.5, "influence": 2.5, "connection": 4.5}},
		{"the subscale of a missing answer and the whole lack", "bscs", answers(4, 5, 3, -1, 2, 3, 5, 4), nil,
			map[string]float64{"needs": 4.5, "influence": 2.5, "connection": 4.5}},
		{"24 answers: 6·1 + 6·2 + 6·3 + 6·0", "sci2", answers(1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0), nil,
			map[string]float64{"sum": 36, "needs": 6, "membership": 12, "influence": 18, "connection": 0}},
		{"8 fours and 9 twos: 50/17", "spcs_r", answers(4, 4, 4, 4, 4, 4, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2), nil,
			map[string]float64{"mean": 50.0 / 17, "leadership": 4, "policy": 2}},
		{"items 2 and 10 turned round: 2 becomes 4, 5 becomes 1", "spcs", answers(4, 2, 4, 4, 4, 4, 4, 4, 2, 5, 2, 2, 2, 2, 2, 2, 2), []string{"2", "10"},
			map[string]float64{"mean": (8*4 + 8*2 + 1) / 17.0, "leadership": 4, "policy": (8*2 + 1) / 9.0}},
		{"5 fives, 5 ones, 4 threes, 2 3 4", "eco", answers(5, 5, 5, 5, 5, 1, 1, 1, 1, 1, 3, 3, 3, 3, 2, 3, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), nil,
			map[string]float64{"relationships": 5, "political": 1, "ideology": 3, "leadership": 3}},
		{"all fives: 5·5 + 3·5 + 2·1", "efficacy", answers(5, 5, 5, 5, 5, 5, 5, 5, 5, 5), nil, map[string]float64{"sum": 42, "control": 25, "cohesion": 17}},
		{"lowest of all", "efficacy", answers(1, 1, 1, 1, 1, 1, 1, 1, 5, 5), nil, map[string]float64{"sum": 10, "control": 5, "cohesion": 5}},
		{"highest of all", "efficacy", answers(5, 5, 5, 5, 5, 5, 5, 5, 1, 1), nil, map[string]float64{"sum": 50, "control": 25, "cohesion": 25}},
		{"yes, no, yes", "cps", answers(1, 0, 1, -1, 0), nil, map[string]float64{"groups": 1, "meetings": 0, "officials": 1, "helping": 0}},
		{"level three is burnout", "burnout", answers(3), nil, map[string]float64{"burnout": 1}},
		{"level two is not", "burnout", answers(2), nil, map[string]float64{"burnout": 0}},
		{"5 fours and 5 threes", "miniz", answers(4, 4, 4, 4, 4, 3, 3, 3, 3, 3), nil, map[string]float64{"sum": 35, "support": 20, "pace": 15}},
		{"the last turned round: 1 becomes 5", "miniz", answers(4, 4, 4, 4, 4, 3, 3, 3, 3, 1), []string{"10"}, map[string]float64{"sum": 37, "support": 20, "pace": 17}},
		{"seven of ten", "capacity", answers(7), nil, map[string]float64{"mean": 7}},
		{"raw 13 is 52: not low", "who5", answers(3, 3, 3, 2, 2), nil, map[string]float64{"index": 52, "low": 0}},
		{"raw 12 is 48: low", "who5", answers(3, 3, 2, 2, 2), nil, map[string]float64{"index": 48, "low": 1}},
		{"all fives", "who5", answers(5, 5, 5, 5, 5), nil, map[string]float64{"index": 100, "low": 0}},
		{"one word and two numbers", "pulse", answers(4, -1, 5), nil, map[string]float64{"welcome": 4, "learned": 5}},
	} {
		in, ok := InstrumentByID(c.instrument)
		if !ok {
			t.Fatal(c.instrument)
		}
		got := in.Scored(c.given, c.turned)
		if len(got) != len(c.want) {
			t.Errorf("%s, %s: %v, want %v", c.instrument, c.what, got, c.want)
		}
		for k, v := range c.want {
			if g, ok := got[k]; !ok || math.Abs(g-v) > 1e-12 {
				t.Errorf("%s, %s: %s %v, want %v", c.instrument, c.what, k, g, v)
			}
		}
	}
}

// Whatever is answered, a score lies between its ends, and the ends are reached.
func TestScoresStayWithinTheirEnds(t *testing.T) {
	for _, in := range Instruments() {
		for _, pick := range []func(Item, []int) int{
			func(_ Item, v []int) int { return slices.Min(v) },
			func(_ Item, v []int) int { return slices.Max(v) },
			func(x Item, v []int) int {
				if x.Reverse {
					return slices.Min(v)
				}
				return slices.Max(v)
			},
			func(x Item, v []int) int {
				if x.Reverse {
					return slices.Max(v)
				}
				return slices.Min(v)
			},
		} {
			given := map[string]int{}
			for _, x := range in.Items {
				if x.Scale != WordScale {
					given[x.ID] = pick(x, in.Scales[x.Scale].Values)
				}
			}
			for id, v := range in.Scored(given, nil) {
				s, _ := in.ScoreByID(id)
				if low, high := ends(s); v < low || v > high {
					t.Errorf("%s %s: %v is not from %v to %v", in.ID, id, v, low, high)
				}
			}
		}
		for _, s := range in.Scores {
			if s.Of != "" {
				continue
			}
			best, worst := map[string]int{}, map[string]int{}
			for _, x := range in.Items {
				if x.Scale == WordScale {
					continue
				}
				v := in.Scales[x.Scale].Values
				best[x.ID], worst[x.ID] = slices.Max(v), slices.Min(v)
				if x.Reverse {
					best[x.ID], worst[x.ID] = worst[x.ID], best[x.ID]
				}
			}
			if s.Rule != "yes" && (in.Scored(best, nil)[s.ID] != s.Max || in.Scored(worst, nil)[s.ID] != s.Min) {
				t.Errorf("%s %s does not reach its ends: %v %v", in.ID, s.ID, in.Scored(worst, nil)[s.ID], in.Scored(best, nil)[s.ID])
			}
		}
	}
}

func ends(s Score) (low, high float64) {
	if s.Share() {
		return 0, 1
	}
	return s.Min, s.Max
}

// The shelf: words only where the licence is clear; nothing that is sold, nothing
// that asks for what must not be stored.
func TestTheShelf(t *testing.T) {
	files, err := instrumentFiles.ReadDir("instruments")
	if err != nil || len(files) != len(order) {
		t.Fatalf("%d files, %d in the list: %v", len(files), len(order), err)
	}
	for _, in := range Instruments() {
		if in.ID == "" || in.Version == "" || in.Licence.Statement == "" || in.Licence.Source == "" || len(in.Items) == 0 || len(in.Scores) == 0 {
			t.Errorf("%s lacks something: %+v", in.ID, in)
		}
		if !in.Licence.Included() && (in.Licence.Kind != "attest" || len(in.Texts) > 0) {
			t.Errorf("%s: words without a clear licence", in.ID)
		}
		for lang, text := range in.Texts {
			if !in.complete(text) {
				t.Errorf("%s in %s is not complete", in.ID, lang)
			}
		}
		if in.Licence.Kind == "own" && len(in.Texts) != 4 {
			t.Errorf("%s: our own words in %d languages", in.ID, len(in.Texts))
		}
		for _, s := range in.Scores {
			if s.Better != "higher" && s.Better != "lower" || s.Rule != "sum" && s.Rule != "mean" && s.Rule != "yes" {
				t.Errorf("%s %+v", in.ID, s)
			}
			for _, item := range s.Items {
				if !slices.ContainsFunc(in.Items, func(x Item) bool { return x.ID == item && x.Scale != WordScale }) {
					t.Errorf("%s %s scores %s, which is not asked", in.ID, s.ID, item)
				}
			}
		}
		for _, x := range in.Items {
			if x.Scale != WordScale && len(in.Scales[x.Scale].Values) < 2 {
				t.Errorf("%s %s has no scale", in.ID, x.ID)
			}
		}
	}
	for _, never := range []string{"mbi", "maslach", "prapare", "ahc"} {
		if _, ok := InstrumentByID(never); ok {
			t.Errorf("%s must not be here", never)
		}
	}
}

// Every instrument and score has a name in every language.
func TestNamesOfInstruments(t *testing.T) {
	if os.Getenv("SEEDBED_SKIP_LOCALES") != "" {
		t.Skip()
	}
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		b, err := locales.Files.ReadFile("survey." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatal(err)
		}
		for _, in := range Instruments() {
			keys := []string{"survey.instrument." + in.ID, "survey.about." + in.ID, "survey.licence." + in.Licence.Kind}
			for _, s := range in.Scores {
				keys = append(keys, "survey.score."+in.ID+"."+s.ID)
			}
			for _, k := range keys {
				if s, _ := texts[k].(string); strings.TrimSpace(s) == "" {
					t.Errorf("%s lacks %s", lang, k)
				}
			}
		}
	}
}
