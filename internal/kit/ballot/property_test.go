package ballot

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func drawSpec(t *rapid.T) Spec {
	s := Spec{Method: rapid.SampledFrom(Methods).Draw(t, "method"), Unit: Person}
	s.Rule = rapid.SampledFrom(Rules(s.Method)).Draw(t, "rule")
	if s.Rule == MostInstitutions || s.Method == Agree && rapid.Bool().Draw(t, "by institution") {
		s.Unit = Institution
	}
	if s.Method == Ranked || s.Method == Dots {
		s.Options = rapid.Permutation([]string{"a", "b", "c", "d", "e"}[:rapid.IntRange(2, 5).Draw(t, "options")]).Draw(t, "draw")
	}
	if s.Method == Dots {
		s.Dots = rapid.IntRange(1, 6).Draw(t, "dots")
		s.PerOption = rapid.IntRange(1, s.Dots).Draw(t, "per option")
		s.Seats = rapid.IntRange(1, len(s.Options)-1).Draw(t, "seats")
	}
	return s
}

func drawChoice(t *rapid.T, s Spec) string {
	if answers := Answers(s.Method); answers != nil {
		return rapid.SampledFrom(answers).Draw(t, "answer")
	}
	order := rapid.Permutation(s.Options).Draw(t, "order")
	order = order[:rapid.IntRange(0, len(order)).Draw(t, "named")]
	if s.Method == Ranked {
		return Ranking(order)
	}
	left, given := s.Dots, map[string]int{}
	for _, id := range order {
		given[id] = rapid.IntRange(0, min(left, s.PerOption)).Draw(t, "given")
		left -= given[id]
	}
	return s.Spread(given)
}

func drawBallots(t *rapid.T, s Spec, name string) (out []Ballot) {
	for range rapid.IntRange(0, 14).Draw(t, name) {
		out = append(out, Ballot{drawChoice(t, s), rapid.SampledFrom([]string{"", "x", "y", "z"}).Draw(t, "institution")})
	}
	return out
}

func must(t *rapid.T, s Spec, b []Ballot) Result {
	r, err := s.Count(b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOrderNeverMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpec(t)
		ballots := drawBallots(t, s, "ballots")
		shuffled := rapid.Permutation(ballots).Draw(t, "shuffled")
		if a, b := must(t, s, ballots), must(t, s, shuffled); !reflect.DeepEqual(a, b) {
			t.Fatalf("%+v\n%+v", a, b)
		}
	})
}

// Other names for the options give the same result under those names.
func TestNamesNeverMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpec(t)
		if len(s.Options) == 0 {
			t.Skip("no options to rename")
		}
		ballots := drawBallots(t, s, "ballots")
		// New names that sort otherwise, of which none is an old one.
		to := map[string]string{}
		for i, n := range rapid.Permutation([]int{0, 1, 2, 3, 4}).Draw(t, "names") {
			to[string(rune('a'+i))] = fmt.Sprintf("z%d", n)
		}
		rename := func(text string) string {
			for old, new := range to {
				text = strings.ReplaceAll(text, old, new)
			}
			return text
		}
		renamed := s
		renamed.Options = nil
		for _, id := range s.Options {
			renamed.Options = append(renamed.Options, to[id])
		}
		var other []Ballot
		for _, b := range ballots {
			other = append(other, Ballot{rename(b.Choice), b.Institution})
		}
		a, b := must(t, s, ballots), must(t, renamed, other)
		var want []string
		for _, id := range a.Chosen() {
			want = append(want, to[id])
		}
		if !slices.Equal(want, b.Chosen()) {
			t.Fatalf("%v and %v: %+v %+v", want, b.Chosen(), a, b)
		}
	})
}

// Unless the draw had to decide, the order of the options on the ballot is no matter either.
func TestTheDrawOnlyBreaksTies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpec(t)
		if len(s.Options) == 0 {
			t.Skip("no options")
		}
		counts := drawBallots(t, s, "ballots")
		other := s
		other.Options = rapid.Permutation(s.Options).Draw(t, "another draw")
		var again []Ballot
		for _, b := range counts {
			if s.Method == Dots {
				given := map[string]int{}
				parts, _ := s.Read(b.Choice)
				for _, p := range parts {
					given[p.ID] = p.N
				}
				b.Choice = other.Spread(given)
			}
			again = append(again, b)
		}
		a, b := must(t, s, counts), must(t, other, again)
		drawn := false
		if a.Ranked != nil {
			drawn = slices.ContainsFunc(a.Ranked.Rounds, func(r Round) bool { return r.By == TieDraw })
		} else {
			drawn = a.Dots.By == TieDraw
		}
		x, y := slices.Sorted(slices.Values(a.Chosen())), slices.Sorted(slices.Values(b.Chosen()))
		if !drawn && !slices.Equal(x, y) {
			t.Fatalf("%v and %v: %+v %+v", x, y, a, b)
		}
	})
}

// Every dot placed is counted once, and every dot not placed is counted as such.
func TestDotsAreConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpec(t)
		if s.Method != Dots {
			t.Skip("dots only")
		}
		ballots := drawBallots(t, s, "ballots")
		r := must(t, s, ballots).Dots
		placed := 0
		for _, b := range ballots {
			parts, _ := s.Read(b.Choice)
			for _, p := range parts {
				placed += p.N
			}
		}
		sum := 0
		for _, row := range r.Rows {
			sum += row.Dots
		}
		if sum != placed || r.Given != placed || r.Unused != len(ballots)*s.Dots-placed || len(r.Rows) != len(s.Options) {
			t.Fatalf("%d placed: %+v", placed, r)
		}
	})
}

// In every round each ballot stands with one option or is exhausted; who is out stays out.
func TestRoundsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpec(t)
		if s.Method != Ranked {
			t.Skip("ranked only")
		}
		ballots := drawBallots(t, s, "ballots")
		r := must(t, s, ballots).Ranked
		out := map[string]bool{}
		for i, round := range r.Rounds {
			sum := round.Exhausted
			for _, v := range round.Tally {
				sum += v.N
				if out[v.ID] {
					t.Fatalf("%s came back in round %d", v.ID, i+1)
				}
			}
			if sum != len(ballots) || len(round.Tally)+len(out) != len(s.Options) {
				t.Fatalf("round %d: %d of %d: %+v", i+1, sum, len(ballots), round)
			}
			if i > 0 && round.Exhausted < r.Rounds[i-1].Exhausted {
				t.Fatal("a ballot came back")
			}
			out[round.Out] = true
		}
		last := r.Rounds[len(r.Rounds)-1]
		if r.Winner != "" && 2*count(last)[r.Winner] <= len(ballots)-last.Exhausted {
			t.Fatalf("%s won without more than half: %+v", r.Winner, last)
		}
	})
}

// Ballots from paper and from phones are one count: the parts of sums add up, and
// what leads in both batches leads in the whole. (A runoff does not promise the
// second: its rounds depend on the whole, so it is counted once, over everything.)
func TestBatchesAreOneCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpec(t)
		if s.Unit == Institution {
			t.Skip("an institution's word is known only when all its delegates are heard")
		}
		online, paper := drawBallots(t, s, "online"), drawBallots(t, s, "paper")
		a, b := must(t, s, online), must(t, s, paper)
		all := must(t, s, append(slices.Clone(online), paper...))
		if !reflect.DeepEqual(all, must(t, s, append(slices.Clone(paper), online...))) || all.Ballots != a.Ballots+b.Ballots {
			t.Fatal("the order of batches changed the count")
		}
		switch {
		case all.Agree != nil:
			x, y, z := a.Agree, b.Agree, all.Agree
			if z.Agree != x.Agree+y.Agree || z.Disagree != x.Disagree+y.Disagree || z.Pass != x.Pass+y.Pass || x.Passed && y.Passed && !z.Passed {
				t.Fatal(*x, *y, *z)
			}
		case all.Consent != nil:
			x, y, z := a.Consent, b.Consent, all.Consent
			if z.Objections != x.Objections+y.Objections || z.Consent != x.Consent+y.Consent || x.Passed && y.Passed != z.Passed && b.Ballots > 0 {
				t.Fatal(*x, *y, *z)
			}
		case all.Ranked != nil:
			for i, v := range all.Ranked.Rounds[0].Tally {
				if v.N != a.Ranked.Rounds[0].Tally[i].N+b.Ranked.Rounds[0].Tally[i].N {
					t.Fatal("first choices do not add up")
				}
			}
		case all.Dots != nil:
			for _, row := range all.Dots.Rows {
				if row.Dots != rowOf(a, row.ID).Dots+rowOf(b, row.ID).Dots || row.Persons != rowOf(a, row.ID).Persons+rowOf(b, row.ID).Persons {
					t.Fatal("dots do not add up")
				}
			}
			for _, id := range a.Chosen() {
				if slices.Contains(b.Chosen(), id) && s.Seats == 1 && !slices.Contains(all.Chosen(), id) {
					t.Fatalf("%s led in both batches and lost", id)
				}
			}
		}
	})
}

func rowOf(r Result, id string) DotsRow {
	return r.Dots.Rows[slices.IndexFunc(r.Dots.Rows, func(d DotsRow) bool { return d.ID == id })]
}

// One more ballot for what has won cannot make it lose.
func TestSupportNeverHurts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpec(t)
		if s.Unit == Institution || s.Method == Ranked { // a runoff may be hurt by support; that is known of it
			t.Skip("support may hurt here")
		}
		ballots := drawBallots(t, s, "ballots")
		r := must(t, s, ballots)
		if !r.Passed() {
			t.Skip("nothing won")
		}
		choice := map[Method]string{Agree: AnswerAgree, Consent: AnswerConsent}[s.Method]
		if s.Method == Dots {
			choice = s.Spread(map[string]int{r.Chosen()[0]: s.PerOption})
		}
		more := must(t, s, append(slices.Clone(ballots), Ballot{Choice: choice}))
		if !more.Passed() || s.Method == Dots && !slices.Contains(more.Chosen(), r.Chosen()[0]) {
			t.Fatalf("%+v\n%+v", r, more)
		}
	})
}
