package matching

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"seedbed/internal/kit/geo"
)

func drawSlots(t *rapid.T) (s Slots) {
	for range rapid.IntRange(0, 3).Draw(t, "meetings") {
		from := rapid.IntRange(0, 46).Draw(t, "from") * 30
		s.Add(rapid.IntRange(0, 6).Draw(t, "day"), from, from+rapid.IntRange(1, 4).Draw(t, "len")*30)
	}
	return s
}

func drawPlace(t *rapid.T) geo.Point {
	if rapid.Bool().Draw(t, "located") {
		return geo.Point{Lat: 45 + rapid.Float64Range(0, 0.3).Draw(t, "lat"), Lon: -122 + rapid.Float64Range(0, 0.3).Draw(t, "lon")}
	}
	return geo.Point{}
}

func drawItem(t *rapid.T) Item {
	return Item{
		Kind: rapid.IntRange(0, 4).Draw(t, "kind"), Host: rapid.IntRange(0, 3).Draw(t, "host"),
		Topics: rapid.Uint64Range(0, 63).Draw(t, "topics"), Languages: rapid.Uint64Range(0, 7).Draw(t, "languages"),
		Slots: drawSlots(t), Online: rapid.Bool().Draw(t, "online"), Features: rapid.Uint64Range(0, 15).Draw(t, "features"),
		Childcare: rapid.Bool().Draw(t, "childcare"), Place: drawPlace(t), Area: rapid.IntRange(0, 3).Draw(t, "area"),
		Tie: rapid.IntRange(0, 3).Draw(t, "tie"), AgeDays: float64(rapid.IntRange(0, 130).Draw(t, "age")),
		Welcoming: rapid.IntRange(-1, 1).Draw(t, "welcoming"),
	}
}

func drawQuery(t *rapid.T) Query {
	return Query{
		Topics: rapid.Uint64Range(0, 63).Draw(t, "qt"), Languages: rapid.Uint64Range(0, 7).Draw(t, "ql"), Slots: drawSlots(t),
		Online: rapid.IntRange(0, 3).Draw(t, "qo") == 0, Features: rapid.SampledFrom([]uint64{0, 0, 1, 3}).Draw(t, "qf"),
		Childcare: rapid.Bool().Draw(t, "qc"), Place: drawPlace(t), Area: rapid.IntRange(0, 3).Draw(t, "qa"),
		Limit: rapid.IntRange(1, 6).Draw(t, "limit"), Seed: rapid.Uint64Range(0, 9).Draw(t, "seed"),
	}
}

func drawItems(t *rapid.T) []Item {
	items := rapid.SliceOfN(rapid.Custom(drawItem), 0, 40).Draw(t, "items")
	for i := range items {
		items[i].ID = fmt.Sprintf("item-%03d", i)
	}
	return items
}

// plain does the same without any shortcut: rank everything anew for every place.
func plain(items []Item, q Query) []string {
	var chosen []string
	var taken []Item
	for range q.Limit {
		type one struct {
			it    Item
			value float64
			sum   float64
		}
		var left []one
		for _, it := range items {
			s, ok := q.Of(&it)
			if !ok || slices.Contains(chosen, it.ID) {
				continue
			}
			v := s.Sum()
			for _, t := range taken {
				if t.Kind == it.Kind {
					v -= alikeKind
				}
				if t.Host == it.Host && it.Host != 0 {
					v -= alikeHost
				}
			}
			left = append(left, one{it, v, s.Sum()})
		}
		if len(left) == 0 {
			break
		}
		slices.SortFunc(left, func(a, b one) int {
			if math.Abs(a.value-b.value) > 1e-9 {
				return cmp.Compare(b.value, a.value)
			}
			return cmp.Or(cmp.Compare(b.sum, a.sum), cmp.Compare(turn(a.it.ID, q.Seed), turn(b.it.ID, q.Seed)), cmp.Compare(a.it.ID, b.it.ID))
		})
		chosen, taken = append(chosen, left[0].it.ID), append(taken, left[0].it)
	}
	return chosen
}

func ids(hits []Hit) (out []string) {
	for _, h := range hits {
		out = append(out, h.Item.ID)
	}
	return out
}

func TestEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items, q := drawItems(t), drawQuery(t)
		got, want := ids(Match(items, q)), plain(items, q)
		if !slices.Equal(got, want) {
			// Sums that differ in the last bit may be ordered either way; anything more is a defect.
			if len(got) != len(want) {
				t.Fatalf("got %v, want %v", got, want)
			}
			for i := range got {
				if got[i] != want[i] && math.Abs(valueOf(items, q, got[:i], got[i])-valueOf(items, q, want[:i], want[i])) > 1e-9 {
					t.Fatalf("got %v, want %v", got, want)
				}
			}
		}
	})
}

func valueOf(items []Item, q Query, before []string, id string) float64 {
	find := func(id string) *Item { return &items[slices.IndexFunc(items, func(i Item) bool { return i.ID == id })] }
	it := find(id)
	s, _ := q.Of(it)
	v := s.Sum()
	for _, b := range before {
		if find(b).Kind == it.Kind {
			v -= alikeKind
		}
		if find(b).Host == it.Host && it.Host != 0 {
			v -= alikeHost
		}
	}
	return v
}

func TestExcludedIsAbsent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuery(t)
		for _, h := range Match(drawItems(t), q) {
			switch {
			case q.Features&^h.Item.Features != 0:
				t.Fatal("a place without what is needed to get in")
			case h.Item.Welcoming < 0:
				t.Fatal("a closed door")
			case q.Online && !h.Item.Online:
				t.Fatal("a journey for somebody who cannot travel")
			case q.Topics != 0 && q.Topics&h.Item.Topics == 0:
				t.Fatal("nothing in common")
			}
		}
	})
}

func TestMoreNeverLowers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items, q := drawItems(t), drawQuery(t)
		if len(items) == 0 {
			return
		}
		i := rapid.IntRange(0, len(items)-1).Draw(t, "which")
		before, had := q.Of(&items[i])
		at := slices.Index(ids(Match(items, q)), items[i].ID)
		better := slices.Clone(items)
		it := &better[i]
		switch rapid.IntRange(0, 5).Draw(t, "change") {
		case 0:
			it.Languages |= 1 << rapid.IntRange(0, 3).Draw(t, "bit")
		case 1:
			it.Slots.Add(rapid.IntRange(0, 6).Draw(t, "day"), 18*60, 20*60)
		case 2:
			it.Features |= 1 << rapid.IntRange(0, 3).Draw(t, "bit")
		case 3:
			it.Childcare, it.Online = true, true
		case 4:
			it.Topics |= 1 << rapid.IntRange(0, 5).Draw(t, "bit")
		case 5:
			it.AgeDays = 0
		}
		after, has := q.Of(it)
		if had && (!has || after.Sum() < before.Sum()) {
			t.Fatalf("from %v to %v", before.Sum(), after.Sum())
		}
		if now := slices.Index(ids(Match(better, q)), items[i].ID); at >= 0 && (now < 0 || now > at) {
			t.Fatalf("from place %d to %d", at, now)
		}
	})
}

func TestFurtherNeverRaises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := Query{Place: geo.Point{Lat: 45, Lon: -122}}
		near := Item{Place: geo.Point{Lat: 45 + rapid.Float64Range(0, 1).Draw(t, "d"), Lon: -122}}
		far := near
		far.Place.Lat += rapid.Float64Range(0, 1).Draw(t, "more")
		a, _ := q.Of(&near)
		b, _ := q.Of(&far)
		if b.Sum() > a.Sum() {
			t.Fatalf("%v km scores %v, %v km scores %v", a.KM, a.Sum(), b.KM, b.Sum())
		}
	})
}

func TestEqualInputEqualOutput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items, q := drawItems(t), drawQuery(t)
		a := Match(items, q)
		if !reflect.DeepEqual(a, Match(items, q)) {
			t.Fatal("two answers to one question")
		}
		shuffled := rapid.Permutation(items).Draw(t, "order")
		if !slices.Equal(ids(a), ids(Match(shuffled, q))) {
			t.Fatal("the order of the directory shows in the answer")
		}
		for _, h := range a {
			if bits.OnesCount64(h.Score.Topics)*int(perTopic) != int(h.Score.Points[Topic]) {
				t.Fatal("a reason that is not the score's")
			}
		}
	})
}

// Three different kinds rather than three of the same, as long as the others are on topic too.
func TestThreeKinds(t *testing.T) {
	items := []Item{
		{ID: "tenants-1", Kind: 1, Topics: 1, Languages: 1, Tie: 3}, {ID: "tenants-2", Kind: 1, Topics: 1, Languages: 1, Tie: 2},
		{ID: "tenants-3", Kind: 1, Topics: 1, Languages: 1}, {ID: "parish", Kind: 2, Topics: 1, Languages: 1},
		{ID: "workers", Kind: 3, Topics: 1}, {ID: "elsewhere", Kind: 4, Topics: 2, Languages: 1},
	}
	got := ids(Match(items, Query{Topics: 1, Languages: 1, Limit: 3}))
	if want := []string{"tenants-1", "parish", "workers"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSlots(t *testing.T) {
	var free, meets Slots
	free.Add(2, 17*60, 24*60)
	meets.Add(2, 18*60+30, 20*60)
	meets.Add(0, 10*60, 11*60)
	if n, day, minute := free.Shared(meets); n != 3 || day != 2 || minute != 18*60+30 {
		t.Errorf("shared %d from day %d minute %d", n, day, minute)
	}
	for _, bad := range [][3]int{{7, 0, 60}, {-1, 0, 60}, {1, -5, 60}, {1, 60, 60}, {1, 1440, 1500}} {
		var s Slots
		if s.Add(bad[0], bad[1], bad[2]); !s.Empty() {
			t.Errorf("%v marks something", bad)
		}
	}
}

// Equal scores take turns, so that nobody is always last.
func TestEqualScoresRotate(t *testing.T) {
	var items []Item
	for i := range 20 {
		items = append(items, Item{ID: fmt.Sprint("g", i), Kind: i, Topics: 1})
	}
	shown := map[string]int{}
	for seed := range uint64(400) {
		for _, h := range Match(items, Query{Topics: 1, Limit: 3, Seed: seed}) {
			shown[h.Item.ID]++
		}
	}
	for _, it := range items {
		if n := shown[it.ID]; n < 30 || n > 100 { // 60 expected
			t.Errorf("%s is shown %d times of 400", it.ID, n)
		}
	}
}

func BenchmarkMatch10k(b *testing.B) {
	items := make([]Item, 10_000)
	for i := range items {
		items[i] = Item{ID: fmt.Sprintf("0190a000-0000-7000-8000-%012d", i), Kind: i % 12, Host: i % 300, Topics: 1<<(i%24) | 1<<(i*7%24),
			Languages: 1 | 1<<(i%5), Features: uint64(i % 128), Place: geo.Point{Lat: 45 + float64(i%100)/300, Lon: -122 - float64(i/100)/300}, AgeDays: float64(i % 120)}
		items[i].Slots.Add(i%7, 18*60, 20*60)
	}
	q := Query{Topics: 7, Languages: 2, Place: geo.Point{Lat: 45.1, Lon: -122.1}, Limit: 3}
	q.Slots.Add(2, 17*60, 22*60)
	for b.Loop() {
		Match(items, q)
	}
}
