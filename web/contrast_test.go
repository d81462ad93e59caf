// The promise of the token file: every pair that may meet on a page can be
// read, in light and in dark.

package web

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

var (
	tokenLine = regexp.MustCompile(`--([a-z0-9-]+)-([ld]):\s*#([0-9a-f]{6});`)
	pairLine  = regexp.MustCompile(`pair: ([a-z0-9-]+) on ([a-z0-9-]+) ([0-9.]+)`)
	rawColour = regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(`)
)

func TestEveryPairCanBeRead(t *testing.T) {
	text, err := Assets.ReadFile("css/10-tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	schemes := map[string]map[string]string{"l": {}, "d": {}}
	for _, m := range tokenLine.FindAllStringSubmatch(string(text), -1) {
		schemes[m[2]][m[1]] = m[3]
	}
	if len(schemes["l"]) != len(schemes["d"]) || len(schemes["l"]) < 30 {
		t.Fatalf("%d light and %d dark colours: each needs both", len(schemes["l"]), len(schemes["d"]))
	}
	pairs := pairLine.FindAllStringSubmatch(string(text), -1)
	if len(pairs) < 50 {
		t.Fatalf("only %d pairs are declared", len(pairs))
	}
	for _, p := range pairs {
		least, err := strconv.ParseFloat(p[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		for scheme, name := range map[string]string{"l": "light", "d": "dark"} {
			ink, ground := schemes[scheme][p[1]], schemes[scheme][p[2]]
			if ink == "" || ground == "" {
				t.Errorf("%s on %s: no such colour in %s", p[1], p[2], name)
				continue
			}
			if got := contrast(t, ink, ground); got < least {
				t.Errorf("%s: %s #%s on %s #%s is %.2f:1, want %.1f:1", name, p[1], ink, p[2], ground, got, least)
			}
		}
	}
}

// A token must reach the page in all three ways: light, dark, and light-dark().
func TestEveryColourIsMappedInEveryScheme(t *testing.T) {
	text, err := Assets.ReadFile("css/10-tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range tokenLine.FindAllStringSubmatch(string(text), -1) {
		if m[2] == "d" {
			continue
		}
		name := "--" + m[1]
		for _, want := range []string{
			name + `: var\(` + name + `-l\);`,
			name + `: var\(` + name + `-d\);`,
			name + `: light-dark\(var\(` + name + `-l\), var\(` + name + `-d\)\);`,
		} {
			if !regexp.MustCompile(want).Match(text) {
				t.Errorf("10-tokens.css lacks %s", want)
			}
		}
	}
}

// Colour values anywhere else would escape the measuring above. Paper and
// codes to scan are black on white in every scheme, and a dialog's backdrop
// carries no text.
func TestColoursAreNamedInOnePlace(t *testing.T) {
	files, err := Assets.ReadDir("css")
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"#fff": true, "#000": true, "#666": true, "#222": true, "#888": true, "#444": true, "#eee": true}
	for _, file := range files {
		if file.Name() == "10-tokens.css" {
			continue
		}
		text, err := Assets.ReadFile("css/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range rawColour.FindAllString(string(text), -1) {
			if !allowed[found] && found != "rgb(" {
				t.Errorf("%s names the colour %s: give it a token", file.Name(), found)
			}
		}
	}
}

// contrast is WCAG's ratio of two sRGB colours.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	part := func(shift uint) float64 {
		c := float64(v>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
