// Real conversations and other programs' answers to them, read where they stand:
// beside the repository (Polis open data, CC BY 4.0, The Computational Democracy
// Project, compdemocracy.org; results of polis-community/red-dwarf).

package opinion

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
)

func perfData(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		for _, p := range []string{"shared/perf-data", "../shared/perf-data"} {
			found := filepath.Join(dir, p)
			if i, err := os.Stat(found); err == nil && i.IsDir() {
				return found
			}
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("shared/perf-data is not beside the repository: the published conversations are not here to be read")
	return ""
}

var conversations = []string{"15-per-hour-seattle", "american-assembly.bowling-green", "canadian-electoral-reform", "football-concussions", "scoop-hivemind.ubi", "vtaiwan.uberx"}

type golden struct {
	IDs       []int
	Labels    []int
	PC        [][]float64
	SIDs      []int
	Repness   map[string][]int
	Repful    map[string][]string
	GAC       map[string]float64
	Consensus map[string][]int
}

// padded makes numbers sort as numbers.
func padded(n int) string { return fmt.Sprintf("%09d", n) }

func number(t testing.TB, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func readCSV(t testing.TB, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func published(t testing.TB, root, name string) *Conversation {
	t.Helper()
	c := New(Options{MinGroup: 1})
	votes := readCSV(t, filepath.Join(root, name, "participants-votes.csv"))
	for _, row := range votes[1:] {
		for j := 6; j < len(row); j++ {
			if row[j] != "" {
				c.Cast(padded(number(t, row[0])), padded(number(t, votes[0][j])), Vote(number(t, row[j])))
			}
		}
	}
	return c
}

func TestPublishedConversations(t *testing.T) {
	root := perfData(t)
	for _, name := range conversations {
		t.Run(name, func(t *testing.T) {
			var g golden
			text, err := os.ReadFile(filepath.Join(root, "golden", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &g); err != nil {
				t.Fatal(err)
			}
			r := published(t, root, name).Result()
			t.Logf("k %d, silhouettes %.4f, %d rounds, residual %.1e, variance %.3f", r.K, r.Silhouette, r.Rounds, r.Residual, r.Variance)
			sameDirections(t, g, r)
			sameGroups(t, g, r)
			sameLists(t, g, r)
			bundled := published(t, root, name)
			bundled.o.exactUpTo = 1
			b := bundled.Result()
			for k := 2; k <= 5; k++ {
				if d := math.Abs(b.Silhouette[k] - r.Silhouette[k]); d > 1e-3 || b.K != r.K {
					t.Errorf("bundled silhouette of %d groups is off by %g; %d groups, want %d", k, d, b.K, r.K)
				}
			}
		})
	}
}

func sameDirections(t *testing.T, g golden, r Result) {
	if len(r.Statements) != len(g.SIDs) {
		t.Fatalf("%d statements, want %d", len(r.Statements), len(g.SIDs))
	}
	for n := range 2 {
		var ab, aa, bb float64
		for j, s := range r.Statements {
			if s.ID != padded(g.SIDs[j]) {
				t.Fatalf("statement %d is %s, want %d", j, s.ID, g.SIDs[j])
			}
			a, b := s.Direction[n], g.PC[n][j]
			ab, aa, bb = ab+a*b, aa+a*a, bb+b*b
		}
		if cos := math.Abs(ab) / math.Sqrt(aa*bb); !(cos >= 0.999999) {
			t.Errorf("direction %d: |cos| = %.9f", n, cos)
		}
		if ab < 0 {
			t.Logf("direction %d has the other sign", n)
		}
	}
}

func sameGroups(t *testing.T, g golden, r Result) {
	var ids, labels []int
	for _, p := range r.People {
		if p.Group != NoGroup {
			ids, labels = append(ids, number(t, p.Person)), append(labels, p.Group)
		}
	}
	if !reflect.DeepEqual(ids, g.IDs) {
		t.Fatalf("%d people in groups, want %d", len(ids), len(g.IDs))
	}
	if ari := adjustedRand(labels, g.Labels); ari < 0.99999 {
		t.Errorf("adjusted Rand index %.4f", ari)
	}
	if len(r.Groups) != len(g.Repness) {
		t.Errorf("%d groups, want %d", len(r.Groups), len(g.Repness))
	}
}

func sameLists(t *testing.T, g golden, r Result) {
	theirs := map[int]int{}
	at := map[string]int{}
	for _, p := range r.People {
		at[p.Person] = p.Group
	}
	for i, id := range g.IDs {
		theirs[at[padded(id)]] = g.Labels[i]
	}
	for n, group := range r.Groups {
		var ids []int
		var says []string
		for _, p := range group.For {
			ids = append(ids, number(t, p.Statement))
			says = append(says, map[bool]string{true: "agree", false: "disagree"}[p.Agree])
		}
		key := strconv.Itoa(theirs[n])
		if !reflect.DeepEqual(ids, g.Repness[key]) || !reflect.DeepEqual(says, g.Repful[key]) {
			t.Errorf("group %d stands for %v %v, want %v %v", n, ids, says, g.Repness[key], g.Repful[key])
		}
	}
	for key, list := range map[string][]Pick{"agree": r.Agree, "disagree": r.Disagree} {
		ids := []int{}
		for _, p := range list {
			ids = append(ids, number(t, p.Statement))
		}
		if !reflect.DeepEqual(ids, g.Consensus[key]) {
			t.Errorf("all %s: %v, want %v", key, ids, g.Consensus[key])
		}
	}
	for _, s := range r.Statements {
		if want := g.GAC[strconv.Itoa(number(t, s.ID))]; math.Abs(want-s.Consensus) > 1e-9 {
			t.Errorf("consensus of %s is %.12f, want %.12f", s.ID, s.Consensus, want)
		}
	}
}

// adjustedRand compares two labellings (Hubert & Arabie 1985): 1 is the same.
func adjustedRand(a, b []int) float64 {
	both, as, bs := map[[2]int]float64{}, map[int]float64{}, map[int]float64{}
	for i := range a {
		both[[2]int{a[i], b[i]}]++
		as[a[i]]++
		bs[b[i]]++
	}
	pairs := func(n float64) float64 { return n * (n - 1) / 2 }
	var sum, sumA, sumB float64
	for _, n := range both {
		sum += pairs(n)
	}
	for _, n := range as {
		sumA += pairs(n)
	}
	for _, n := range bs {
		sumB += pairs(n)
	}
	expected := sumA * sumB / pairs(float64(len(a)))
	if most := (sumA + sumB) / 2; most != expected {
		return (sum - expected) / (most - expected)
	}
	return 1
}
