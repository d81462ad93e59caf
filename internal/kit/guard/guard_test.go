package guard

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type sentence struct {
	text  string
	trips bool
}

func read(t testing.TB, file string) (out []sentence) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if sign, text, ok := strings.Cut(s.Text(), " "); ok {
			out = append(out, sentence{text, sign == "+"})
		}
	}
	return out
}

// Every language: at least thirty sentences of each sort, a third of them held
// out while the lists were written (testdata/heldout/README.md).
func TestRecallAndFalseAlarms(t *testing.T) {
	for _, lang := range Languages() {
		var trip, still, found, alarm [2]int
		for set, folder := range []string{"tuned", "heldout"} {
			for _, s := range read(t, filepath.Join("testdata", folder, lang+".txt")) {
				hit := len(Check(s.text)) > 0
				switch {
				case s.trips && hit:
					trip[set], found[set] = trip[set]+1, found[set]+1
				case s.trips:
					trip[set]++
					t.Logf("%s %s: missed: %s", lang, folder, s.text)
				case hit:
					still[set], alarm[set] = still[set]+1, alarm[set]+1
					t.Logf("%s %s: false alarm: %s (%v)", lang, folder, s.text, marked(s.text, Check(s.text)))
				default:
					still[set]++
				}
			}
		}
		n, m := trip[0]+trip[1], still[0]+still[1]
		recall, alarms := float64(found[0]+found[1])/float64(n), float64(alarm[0]+alarm[1])/float64(m)
		t.Logf("%s: recall %.2f (%d sentences; held out %d of %d), false alarms %.2f (%d; held out %d of %d)",
			lang, recall, n, found[1], trip[1], alarms, m, alarm[1], still[1])
		if n < 30 || m < 30 || trip[1]*3 < 30 || still[1]*3 < 30 {
			t.Errorf("%s: too few sentences: %d and %d, held out %d and %d", lang, n, m, trip[1], still[1])
		}
		if recall < 0.90 || alarms > 0.10 {
			t.Errorf("%s: recall %.2f, false alarms %.2f", lang, recall, alarms)
		}
	}
}

func marked(text string, hits []Hit) []string {
	out := []string{}
	for _, h := range hits {
		out = append(out, string(h.Kind)+": "+text[h.From:h.To])
	}
	return out
}
