package opinion

// The method written down a second time, slowly, for a conversation of a size
// that can bear it; and its rules on cases made by hand.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func TestPlacesAsWrittenDown(t *testing.T) {
	votes, _ := Invention{People: 120, Statements: 60, Groups: 3, Votes: 2500, Seed: 11}.Invent()
	c := cast(Options{MinGroup: 1}, votes)
	c.Moderate("s00007", true)
	r := c.Result()
	said := map[string]map[string]float64{}
	for _, v := range votes {
		if said[v.Person] == nil {
			said[v.Person] = map[string]float64{}
		}
		said[v.Person][v.Statement] = float64(v.Vote)
	}
	full := square(len(r.People))[:0]
	for range r.People {
		full = append(full, make([]float64, len(r.Statements)))
	}
	for j, s := range r.Statements {
		sum, n := 0.0, 0.0
		for _, p := range r.People {
			if v, ok := said[p.Person][s.ID]; ok {
				sum, n = sum+v, n+1
			}
		}
		for i, p := range r.People {
			if v, ok := said[p.Person][s.ID]; ok && s.ID != "s00007" {
				full[i][j] = v - sum/n
			}
		}
	}
	dense := square(len(r.Statements))
	for _, row := range full {
		for a := range row {
			for b := range row {
				dense[a][b] += row[a] * row[b]
			}
		}
	}
	_, vectors := eigen(dense)
	for d, along := range []func(Place) float64{func(p Place) float64 { return p.X }, func(p Place) float64 { return p.Y }} {
		cos := 0.0
		for j, s := range r.Statements {
			cos += s.Direction[d] * vectors[d][j]
		}
		if math.Abs(cos) < 0.9999999 {
			t.Errorf("direction %d: |cos| = %.9f", d, math.Abs(cos))
		}
		for i, p := range r.People {
			cast := 1.0 // the moderated statement counts for everybody
			for s := range said[p.Person] {
				if s != "s00007" {
					cast++
				}
			}
			want := math.Copysign(1, cos) * dot(full[i], vectors[d]) * math.Sqrt(float64(len(r.Statements))/cast)
			if math.Abs(along(p)-want) > 1e-6 {
				t.Fatalf("%s stands at %g, want %g", p.Person, along(p), want)
			}
		}
	}
}

// Other names for the same people and statements: other order inside, same map.
func TestNamesDoNotMatter(t *testing.T) {
	votes, _ := planted.Invent()
	want := cast(Options{}, votes).Result()
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 8))
		people, statements := r.Perm(planted.People), r.Perm(planted.Statements)
		rename := func(kind string, to []int, name string) string {
			var n int
			if _, err := fmt.Sscanf(name[1:], "%d", &n); err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("%s%d", kind, 1000+to[n])
		}
		renamed := make([]Ballot, len(votes))
		for i, v := range votes {
			renamed[i] = Ballot{rename("p", people, v.Person), rename("s", statements, v.Statement), v.Vote}
		}
		got := cast(Options{}, renamed).Result()
		at := map[string]int{}
		for _, p := range got.People {
			at[p.Person] = p.Group
		}
		var a, b []int
		for _, p := range want.People {
			a, b = append(a, p.Group), append(b, at[rename("p", people, p.Person)])
		}
		if ari := adjustedRand(a, b); got.K != want.K || ari < 1 {
			t.Errorf("%d groups, want %d; adjusted Rand index %.4f", got.K, want.K, ari)
		}
		var agreed []string
		for _, p := range want.Agree {
			agreed = append(agreed, rename("s", statements, p.Statement))
		}
		for _, p := range got.Agree {
			if !slices.Contains(agreed, p.Statement) {
				t.Errorf("%s is agreed under another name", p.Statement)
			}
		}
	}
}

func TestConsensusCountsEveryGroupTheSame(t *testing.T) {
	votes, _ := planted.Invent()
	r := cast(Options{}, votes).Result()
	at := map[string]int{}
	for _, p := range r.People {
		at[p.Person] = p.Group
	}
	for _, s := range r.Statements {
		yes, no, all := make([]int, len(r.Groups)), make([]int, len(r.Groups)), make([]int, len(r.Groups))
		for _, v := range votes {
			if g := at[v.Person]; v.Statement == s.ID && g != NoGroup {
				all[g]++
				yes[g] += btoi(v.Vote == Agree)
				no[g] += btoi(v.Vote == Disagree)
			}
		}
		agree, against := 1.0, 1.0
		for g := range r.Groups {
			agree *= float64(yes[g]+1) / float64(all[g]+2)
			against *= float64(no[g]+1) / float64(all[g]+2)
		}
		if math.Abs(agree-s.Consensus) > 1e-12 || math.Abs(against-s.Against) > 1e-12 {
			t.Errorf("%s: %g and %g, want %g and %g", s.ID, s.Consensus, s.Against, agree, against)
		}
	}
}

func TestPicks(t *testing.T) {
	m := &matrix{statements: []string{"a", "b", "c", "d", "e"}}
	for name, c := range map[string]struct {
		in, others []tally
		most       int
		want       string
	}{
		"agreements stand before disagreements, whatever their weight": {
			[]tally{{0, 20, 20}, {14, 6, 20}, {18, 0, 20}}, []tally{{20, 0, 20}, {4, 16, 20}, {6, 14, 20}}, 5, "+c +b -a"},
		"the list is cut by weight, and the best agreed stays": {
			[]tally{{0, 20, 20}, {14, 6, 20}, {18, 0, 20}}, []tally{{20, 0, 20}, {4, 16, 20}, {6, 14, 20}}, 2, "+c -a"},
		"best agreed though it tells nothing apart": {
			[]tally{{20, 0, 20}, {0, 20, 20}}, []tally{{20, 0, 20}, {20, 0, 20}}, 5, "+a -b"},
		"nothing sure: the one that tells most": {
			[]tally{{0, 2, 4}, {0, 2, 4}}, []tally{{0, 2, 4}, {0, 1, 4}}, 5, "-b"},
		"nothing agreed, something surely not": {
			[]tally{{0, 3, 20}, {0, 20, 20}}, []tally{{0, 3, 20}, {9, 1, 20}}, 5, "-b"},
		"nobody voted: nothing is agreed, and still one is named": {
			[]tally{{0, 0, 0}}, []tally{{0, 0, 0}}, 5, "-a"},
		"no statement": {nil, nil, 5, ""},
	} {
		var all []candidate
		for j := range c.in {
			all = append(all, m.candidate(j, c.in[j], c.others[j]))
		}
		got := ""
		for i, p := range picks(all, c.most) {
			if i > 0 {
				got += " "
			}
			got += map[bool]string{true: "+", false: "-"}[p.Agree] + p.Statement
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestKMeansStartsAtTheSmallestDifferentPlaces(t *testing.T) {
	points := []point{{3, 0}, {1, 2}, {1, 1}, {1, 1}, {0, 5}, {9, 9}}
	if got := firstUnique(points, 3); !reflect.DeepEqual(got, []point{{0, 5}, {1, 1}, {1, 2}}) {
		t.Errorf("%v", got)
	}
	g := lloyd([]point{{0, 0}, {0, 1}, {10, 0}, {10, 1}}, []point{{0, 0}, {0, 1}})
	if !reflect.DeepEqual(g.label, []int8{0, 1, 0, 1}) && !reflect.DeepEqual(g.label, []int8{0, 0, 1, 1}) {
		t.Errorf("%v", g.label)
	}
	// A centre that loses its points goes to whoever is farthest from their own.
	g = lloyd([]point{{0, 0}, {1, 0}, {2, 0}, {50, 0}}, []point{{1, 0}, {-100, 0}})
	if !reflect.DeepEqual(g.label, []int8{0, 0, 0, 1}) {
		t.Errorf("%v", g.label)
	}
}

func square(n int) [][]float64 {
	a := make([][]float64, n)
	for i := range a {
		a[i] = make([]float64, n)
	}
	return a
}
