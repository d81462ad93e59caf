package chart

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func way(rtl bool) Track {
	return Track{ID: "cycle", Title: "Where we are", Description: "Two issues.", RTL: rtl, Here: "we are here", Corner: "Phase", Stands: "Issues", OpensHow: "Opens", Round: "The next turn begins here", Stops: []Stop{
		{Name: "Listening", Done: true},
		{Name: "Researching", Now: true, Marks: []Mark{{"Repairs <within> 30 days", "cut"}}, Gate: "Opens with a research action that was held and evaluated, and a decision on the ask"},
		{Name: "Acting", Marks: []Mark{{"Bus 14 in the evening", ""}}, Gate: "Opens with an assembly", Open: true},
		{Name: "Closed"},
	}}
}

// The drawing is sound XML, says everything the table says, and stays inside.
func TestTrack(t *testing.T) {
	for _, rtl := range []bool{false, true} {
		c := way(rtl)
		svg := string(c.Draw())
		words := textOf(t, svg)
		for _, row := range c.Table().Rows {
			for _, cell := range row {
				for _, w := range strings.Fields(strings.NewReplacer("(", "", ")", "", ";", "").Replace(cell)) {
					if w != "–" && !strings.Contains(words, w) {
						t.Errorf("rtl %v: %q is in the table alone", rtl, w)
					}
				}
			}
		}
		if strings.Contains(svg, "style=") || strings.Contains(svg, "<within>") {
			t.Error("a style, or a text that was not escaped")
		}
	}
	if got := way(false).Table().Rows[1]; got[0] != "Researching (we are here)" || got[1] != "Repairs <within> 30 days · cut" {
		t.Errorf("%v", got)
	}
	if got := way(false).Table().Rows[0]; got[1] != "–" || got[2] != "–" {
		t.Errorf("%v", got)
	}
	if svg := string((Track{ID: "x"}).Draw()); !strings.HasPrefix(svg, "<svg") {
		t.Error(svg)
	}
}

// textOf reads the drawing as XML, holds every place to the picture, and returns its words.
func textOf(t *testing.T, svg string) string {
	t.Helper()
	d, words := xml.NewDecoder(strings.NewReader(svg)), ""
	high := 0.0
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return words
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := tok.(type) {
		case xml.CharData:
			words += " " + string(x)
		case xml.StartElement:
			for _, a := range x.Attr {
				n, err := strconv.ParseFloat(a.Value, 64)
				switch {
				case a.Name.Local == "viewBox":
					high, _ = strconv.ParseFloat(strings.Fields(a.Value)[3], 64)
				case err != nil:
				case (a.Name.Local == "x" || a.Name.Local == "cx") && (n < 0 || n > trackWide), (a.Name.Local == "y" || a.Name.Local == "cy") && (n < 0 || n > high):
					t.Errorf("%s at %s=%s", x.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
}

// Wrapping loses no letter and no line is too long.
func TestWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, most := rapid.StringMatching(`[a-zéあ ]{0,80}`).Draw(t, "text"), rapid.IntRange(2, 40).Draw(t, "most")
		lines := wrap(s, most)
		all := ""
		for _, l := range lines {
			if len([]rune(l)) > most {
				t.Fatalf("%q is longer than %d", l, most)
			}
			all += strings.TrimSuffix(l, "‐")
		}
		if strings.ReplaceAll(all, " ", "") != strings.ReplaceAll(s, " ", "") {
			t.Fatalf("%q became %q", s, lines)
		}
	})
}
