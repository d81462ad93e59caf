package money

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAmounts(t *testing.T) {
	for typed, want := range map[string]int64{"50": 5000, " $50 ": 5000, "30.5": 3050, "12,50": 1250, "1,250": 125000, "1.250,00": -1, "1,250.00": 125000, "0.07": 7, "007": 700} {
		got, ok := Parse(typed)
		if want < 0 && !ok {
			continue
		}
		if !ok || got != want && want >= 0 {
			t.Errorf("%q: %d, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", "fifty", "-5", "5.", ".5", "1,2,3", "12,5000", "1e3", "５０", "99999999999"} {
		if got, ok := Parse(typed); ok {
			t.Errorf("%q is %d", typed, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 999_999_999_99).Draw(t, "minor")
		if got, ok := Parse(Format(n)); !ok || got != n {
			t.Fatalf("%d became %d", n, got)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"50", "1,250.00", "12,50", "1.2.3", "$", ",,", "0.0.00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := Parse(s)
		if !ok {
			return
		}
		if n < 0 {
			t.Fatalf("%q is %d", s, n)
		}
		if again, ok := Parse(Format(n)); !ok || again != n {
			t.Fatalf("%q is %d, written %s", s, n, Format(n))
		}
	})
}
