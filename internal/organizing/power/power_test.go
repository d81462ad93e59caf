package power

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestStoodAt(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 5, n, 0, 0, 0, 0, time.UTC) }
	list := []Position{
		{ID: "a", At: day(3), Made: day(3), Stance: 0, Influence: 5},
		{ID: "b", At: day(12), Made: day(13), Stance: 1, Influence: 5},
		{ID: "c", At: day(12), Made: day(14), Stance: 2, Influence: 5}, // the same day, written down later
		{ID: "d", At: day(20), Made: day(20), Influence: Off},
	}
	for _, x := range []struct {
		at     int
		stance int
		on     bool
	}{{2, 0, false}, {3, 0, true}, {11, 0, true}, {12, 2, true}, {19, 2, true}, {20, 0, false}} {
		if p, on := StoodAt(list, day(x.at)); on != x.on || on && p.Stance != x.stance {
			t.Errorf("on the %dth: %+v %v", x.at, p, on)
		}
	}
	if m := Moved(list, day(5), day(15)); !m.Changed() || m.From.Stance != 0 || m.To.Stance != 2 {
		t.Errorf("%+v", m)
	}
	if m := Moved(list, day(1), day(2)); m.Changed() {
		t.Errorf("nobody was there and nobody is: %+v", m)
	}
	if m := Moved(list, day(15), day(21)); !m.Changed() || m.Is {
		t.Errorf("gone from the map: %+v", m)
	}
}

// Whatever is added about a later day changes nothing about an earlier one, and the
// order in which rows come does not matter.
func TestThePastStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		var list []Position
		for i := range rapid.IntRange(1, 12).Draw(t, "n") {
			list = append(list, Position{ID: string(rune('a' + i)), At: base.AddDate(0, 0, rapid.IntRange(0, 8).Draw(t, "day")), Made: base.AddDate(0, 0, rapid.IntRange(8, 12).Draw(t, "made")),
				Stance: rapid.IntRange(Against, For).Draw(t, "stance"), Influence: rapid.IntRange(Off, Decides).Draw(t, "influence")})
		}
		at := base.AddDate(0, 0, rapid.IntRange(0, 8).Draw(t, "at"))
		before, on := StoodAt(list, at)
		turned := rapid.Permutation(list).Draw(t, "turned")
		if p, also := StoodAt(turned, at); p != before && on || also != on {
			t.Fatalf("%+v and %+v", before, p)
		}
		later := append(turned, Position{ID: "z", At: at.AddDate(0, 0, 1), Made: base, Stance: 1, Influence: 1})
		if p, also := StoodAt(later, at); on && p != before || also != on {
			t.Fatalf("the past changed: %+v", p)
		}
	})
}

func TestChanges(t *testing.T) {
	a := Content{Long: "Labels in ten languages\nA board that listens", Leaders: 5, Others: []string{"x"}}
	b := Content{Long: "A board that listens\nLabels in twelve languages", Leaders: 8, Others: []string{"x", "y"}, Tactics: "Assembly"}
	got := Changes(a, b)
	if len(got) != 4 || got[0].Name != "long" || len(got[0].Gone) != 1 || got[0].New[0] != "Labels in twelve languages" || got[1].Name != "tactics" || got[2].Gone[0] != "5" || got[3].New[0] != "y" {
		t.Errorf("%+v", got)
	}
	if got := Changes(b, b); got != nil {
		t.Errorf("nothing changed: %+v", got)
	}
	back := Changes(b, a)
	for i := range got {
		if len(back[i].Gone) != len(got[i].New) || len(back[i].New) != len(got[i].Gone) {
			t.Errorf("not the mirror: %+v %+v", got[i], back[i])
		}
	}
}

func TestEveryTextHasAPlace(t *testing.T) {
	c := Content{}
	for _, name := range Texts() {
		if *c.Text(name) = name; *c.Text(name) != name {
			t.Errorf("%s leads nowhere", name)
		}
	}
	for i, name := range Builds() {
		if *c.Build(name) = i + 1; *c.Build(name) != i+1 {
			t.Errorf("%s leads nowhere", name)
		}
	}
}

func TestWithout(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{"Sam Okoye sings in her choir.", "[one of us] sings in her choir."},
		{"Ask sam, then SAM again.", "Ask [one of us], then [one of us] again."},
		{"The same plan; Samuel stays.", "The same plan; Samuel stays."},
		{"Sam’s call", "[one of us]’s call"},
		{"سلام سام", "سلام سام"},
		{"İSam and Sam", "İSam and [one of us]"}, // lower case is longer here
	} {
		if got := Without(x.text, []string{"Sam", "Sam Okoye", ""}, "[one of us]"); got != x.want {
			t.Errorf("%q: %q", x.text, got)
		}
	}
}

func TestTerms(t *testing.T) {
	now := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	for until, ending := range map[time.Time]bool{{}: false, now.AddDate(0, 2, 0): true, now.AddDate(0, 4, 0): false, now.AddDate(0, -1, 0): true} {
		if got := (Office{State: Active, Until: until}).Ending(now); got != ending {
			t.Errorf("until %v: %v", until, got)
		}
	}
	if (Office{State: Left, Until: now}).Ending(now) {
		t.Error("who left is not ending")
	}
}
