package words

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Examples of the paper: 127.0.0.1 is lusab-babad, 63.84.220.193 gutih-tugad.
func TestExamplesOfThePaper(t *testing.T) {
	for n, want := range map[uint16]string{127 << 8: "lusab", 1: "babad", 63<<8 | 84: "gutih", 220<<8 | 193: "tugad"} {
		if got := quint(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
		if back, ok := number([]byte(want)); !ok || back != n {
			t.Errorf("%s: %d", want, back)
		}
	}
}

func TestReceiptsComeBack(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		w := New()
		if seen[w] || len(strings.Fields(w)) != 6 {
			t.Fatal(w)
		}
		seen[w] = true
		for _, typed := range []string{w, strings.ToUpper(w), strings.ReplaceAll(w, " ", ""), strings.ReplaceAll(w, " ", "-"), "  " + strings.ReplaceAll(w, " ", " . ") + "\n"} {
			if got, ok := Parse(typed); !ok || got != w {
				t.Fatalf("%q: %q", typed, got)
			}
		}
	}
}

// One wrong letter is noticed, but for one in 65,536.
func TestASlipIsNoticed(t *testing.T) {
	missed := 0
	rapid.Check(t, func(t *rapid.T) {
		w := []byte(New())
		at := rapid.IntRange(0, len(w)-1).Draw(t, "at")
		c := rapid.SampledFrom([]byte(consonants+vowels+"xqw ")).Draw(t, "letter")
		if w[at] == c || w[at] == ' ' || c == ' ' {
			return
		}
		w[at] = c
		if _, ok := Parse(string(w)); ok {
			missed++
		}
	})
	if missed > 1 {
		t.Errorf("%d slips passed", missed)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("lusab babad gutih tugad mudof babad")
	f.Add("")
	f.Add("LUSAB\u00a0babad")
	f.Fuzz(func(t *testing.T, s string) {
		w, ok := Parse(s)
		if ok != (w != "") {
			t.Fatalf("%q, %v", w, ok)
		}
		if again, same := Parse(w); ok && (!same || again != w) {
			t.Fatalf("%q reads %q", w, again)
		}
	})
}
