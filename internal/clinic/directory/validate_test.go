package directory

import "testing"

func TestCleanKeepsWordsAndDropsTurningMarks(t *testing.T) {
	for in, want := range map[string]string{
		" Route 14 Riders\t":       "Route 14 Riders",
		"Ro\u202egnp\u202c":        "Rognp",
		"\u2067Riders\u2069\u0085": "Riders",
		"one\r\ntwo":               "one\ntwo",
		"a\xffb\x00c":              "abc",
		"جيران\u200f 14":           "جيران\u200f 14", // this mark belongs to Arabic text
		"👩\u200d🌾 Hội":             "👩\u200d🌾 Hội",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q became %q, not %q", in, got, want)
		}
	}
}
