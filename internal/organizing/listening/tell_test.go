// Numbers of themes, and somebody who compares them.
package listening

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
)

// From the number shown of a theme, each rare line in it can still be anything from
// 1 to k-1: an attacker tries every possibility.
func TestAThemeTellsOfNoRareLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom([]int{3, 4, 5}).Draw(t, "k")
		true_ := rapid.SliceOfN(rapid.IntRange(1, k-1), 1, 5).Draw(t, "lines")
		shown := common(raws(true_), k)
		if shown == 0 {
			return
		}
		if shown > sum(true_) {
			t.Fatalf("%v: at least %d is not true", true_, shown)
		}
		seen := make([]map[int]bool, len(true_))
		for i := range seen {
			seen[i] = map[int]bool{}
		}
		var try func(guess []int)
		try = func(guess []int) {
			if len(guess) == len(true_) {
				if common(raws(guess), k) == shown { // the attacker knows the rule as well
					for i, n := range guess {
						seen[i][n] = true
					}
				}
				return
			}
			for n := 1; n < k; n++ {
				try(append(guess[:len(guess):len(guess)], n))
			}
		}
		try(nil)
		for i := range seen {
			if len(seen[i]) != k-1 {
				t.Fatalf("%v, k %d, shown %d: line %d can only be %v", true_, k, shown, i, seen[i])
			}
		}
	})
}

func raws(list []int) (out []Raw) {
	for i, n := range list {
		out = append(out, Raw{string(rune('a' + i)): n})
	}
	return out
}

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// What is shown of a series moves by k or not at all, and is never more than is true.
func TestASeriesMovesByLargeSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		told := 0
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 40), 1, 30).Draw(t, "numbers") {
			next := tell(n, told, KTeam)
			if next > n || next > 0 && next < KTeam {
				t.Fatalf("%d after %d shows %d", n, told, next)
			}
			if d := next - told; told > 0 && next > 0 && d != 0 && d < KTeam && d > -KTeam {
				t.Fatalf("%d after %d shows %d: a small step", n, told, next)
			}
			told = next
		}
	})
}

// The wall: merging, taking out, splitting and moving; every act in the log; nothing
// rare gets a number by being moved about.
func TestTheWall(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		w.heard(c, HouseMeeting, "vi", 11, Tally{Name: "Interpreter no-show", N: 7}, Tally{Name: "Label in English only", N: 9}, Tally{Name: "Bus cut", N: 4})
		w.heard(c, HouseMeeting, "es", 10, Tally{Name: "Label in English only", N: 6}, Tally{Name: "rent", N: 8}, Tally{Name: "Lamp broken", N: 3})
		w.heard(c, OneToOne, "es", 1, Tally{Name: "Rent", N: 1})
		theme := func(name string) Seen {
			t.Helper()
			v, err := w.s.WallOf(w.ctx, omar, c)
			w.must(err)
			for _, x := range v.Themes {
				if x.Name == name {
					return x
				}
			}
			t.Fatalf("no theme %s", name)
			return Seen{}
		}
		for name, want := range map[string]int{"Interpreter no-show": 7, "Label in English only": 15, "Bus cut": 0, "rent": 9, "Lamp broken": 0} {
			if got := theme(name); got.People != want || want == 0 && got.Sessions != 0 {
				t.Errorf("%s: %d people in %d sessions, want %d", name, got.People, got.Sessions, want)
			}
		}
		w.heard(c, OneToOne, "es", 1, Tally{Name: "Rent", N: 1})
		if got := theme("rent").People; got != 9 {
			t.Errorf("one more person shows: %d", got)
		}
		do := func(in WallIn) string {
			t.Helper()
			w.clock.Set(w.clock.Now().Add(time.Minute))
			in.Campaign, in.Key = c, w.key()
			made, err := w.s.Wall(w.ctx, omar, in)
			w.must(err)
			return made
		}
		access := do(WallIn{Verb: Create, Name: "Language access"})
		do(WallIn{Verb: Merge, Theme: theme("Interpreter no-show").ID, Other: access, More: []string{theme("Label in English only").ID}})
		if got := theme("Language access"); got.People != 15 || got.Sessions != 2 || len(got.Parts) != 2 || len(got.Languages) != 2 { // 9 of the 11, and 6
			t.Errorf("%+v", got)
		}
		bus := theme("Bus cut").ID
		do(WallIn{Verb: Merge, Theme: theme("Lamp broken").ID, Other: bus})
		if got := theme("Bus cut").People; got != 0 {
			t.Errorf("four and three who may still be parted show as %d", got)
		}
		around := do(WallIn{Verb: Create, Name: "Getting around"})
		do(WallIn{Verb: Shift, Theme: bus, Other: around})
		if got := theme("Bus cut"); got.Depth != 1 {
			t.Errorf("%+v", got)
		}
		_, err := w.s.Wall(w.ctx, omar, WallIn{Campaign: c, Verb: Shift, Theme: around, Other: bus, Key: w.key()})
		w.says(err, "campaign.error.into_itself")
		_, err = w.s.Wall(w.ctx, omar, WallIn{Campaign: c, Verb: Rename, Theme: bus, Name: "RENT", Key: w.key()})
		w.says(err, "campaign.error.theme_twice")
		tr, err := w.s.Trace(w.ctx, omar, theme("rent").ID)
		if err != nil || len(tr.Sessions) != 2 || tr.Sessions[0].ID != smallIn+"es" && tr.Sessions[1].ID != smallIn+"es" {
			t.Errorf("%+v, %v", tr.Sessions, err)
		}
		_, err = w.s.Wall(w.ctx, omar, WallIn{Campaign: c, Verb: Split, Theme: theme("rent").ID, Name: "Rent of rooms", Sessions: []string{smallIn + "es"}, Key: w.key()})
		w.says(err, "campaign.error.split_small")
		label := ""
		v, err := w.s.WallOf(w.ctx, omar, c)
		w.must(err)
		for _, x := range v.Themes {
			for _, p := range x.Parts {
				if p.Name == "Label in English only" {
					label = p.ID
				}
			}
		}
		do(WallIn{Verb: Part, Theme: label})
		if theme("Label in English only").People == 0 || theme("Language access").People == 15 {
			t.Errorf("taken out: %d and %d", theme("Label in English only").People, theme("Language access").People)
		}
		log, err := w.s.WallLog(w.ctx, omar, c)
		if err != nil || len(log) != 7 || log[0].Verb != Part || log[0].Account != "omar" || log[0].From != "Language access" || log[0].To != "Label in English only" {
			t.Errorf("%d lines, %+v, %v", len(log), log[0], err)
		}
		_, err = w.s.Wall(w.ctx, sara, WallIn{Campaign: c, Verb: Create, Name: "Mine", Key: w.key()})
		w.is(err, fault.NotFound)
	})
}
