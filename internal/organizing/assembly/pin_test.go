package assembly

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"seedbed/internal/kit/id"
)

var hall = time.Date(2026, 11, 20, 18, 30, 0, 0, time.UTC)

func version(n int, pen string, a Answer, over ...string) Pin {
	return Pin{ID: id.New(hall.Add(time.Duration(n) * time.Second)), Pen: pen, Answer: a, Said: hall.Add(time.Duration(n) * time.Second), Over: over}
}

func TestStands(t *testing.T) {
	first := version(1, "a", Yes)
	later := version(2, "a", Waffle)
	other := version(3, "b", No)
	seen := version(4, "b", No, first.ID)
	words := version(5, "b", Yes)
	words.Words = "Yes, by September."
	chosen := version(6, "c", Yes, first.ID, other.ID)
	for name, c := range map[string]struct {
		all    []Pin
		answer Answer
		differ int
		heads  int
	}{
		"nothing yet":               {nil, "", 0, 0},
		"one":                       {[]Pin{first}, Yes, 0, 1},
		"the same pen thinks again": {[]Pin{first, later}, Waffle, 0, 1},
		"two scribes, two answers":  {[]Pin{first, other}, No, 2, 2},
		"who saw it replaces it":    {[]Pin{first, seen}, No, 0, 1},
		"the same, one with words":  {[]Pin{first, words}, Yes, 0, 2},
		"a person chose":            {[]Pin{first, other, chosen}, Yes, 0, 1},
		"over one not yet here":     {[]Pin{seen}, No, 0, 1},
	} {
		got := Stands(c.all)
		if got.Answer != c.answer || len(got.Differs) != c.differ || len(got.Heads) != c.heads {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := Stands([]Pin{first, words}); got.Words != "Yes, by September." {
		t.Errorf("the words are not shown: %+v", got)
	}
}

// Whatever the order of arrival and however often each version arrives, the same
// stands; nothing is lost: every version is a head or gives way to another one.
func TestStandsWhateverTheOrder(t *testing.T) {
	for seed := range uint64(500) {
		rnd := rand.New(rand.NewPCG(seed, 11))
		var all []Pin
		for n := range 1 + rnd.IntN(9) {
			p := version(n, fmt.Sprintf("pen%d", rnd.IntN(3)), Answers()[rnd.IntN(5)])
			for _, q := range all { // a page shows what had arrived: anything of what was written before
				if rnd.IntN(4) == 0 {
					p.Over = append(p.Over, q.ID)
				}
			}
			all = append(all, p)
		}
		want := Stands(all)
		if len(want.Heads) == 0 {
			t.Fatalf("seed %d: every version is gone", seed)
		}
		for range 5 {
			mixed := slices.Clone(all)
			rnd.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			if got := Stands(mixed); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d: %+v, then %+v", seed, want, got)
			}
		}
		for _, p := range all {
			if slices.Contains(want.Heads, p.ID) {
				continue
			}
			if !slices.ContainsFunc(all, func(q Pin) bool { return slices.Contains(q.Over, p.ID) || q.Pen == p.Pen && earlier(p, q) < 0 }) {
				t.Fatalf("seed %d: %s is gone and nothing replaced it", seed, p.ID)
			}
		}
	}
}
