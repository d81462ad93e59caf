package chart

import (
	"encoding/xml"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func trail(rtl bool) Trail {
	return Trail{ID: "t", Title: "From <a story> to a rule", Description: "Four & more", RTL: rtl, Columns: [3]string{"Stage", "What", "When"}, Stations: []Station{
		{Title: "A story", Text: "told at a house meeting", When: "3 March", Done: true}, {Title: "Blocked", When: "4 April", Aside: true}, {Title: strings.Repeat("long words ", 12), Done: true}, {Title: "Enforced"}}}
}

func TestTrailIsNamedAndHasItsTable(t *testing.T) {
	svg := string(trail(false).Draw())
	for _, want := range []string{`aria-labelledby="t-t t-d"`, "From &lt;a story&gt; to a rule", "Four &amp; more", "3 March: told at a house meeting", "stroke-dasharray"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in %s", want, svg)
		}
	}
	if strings.Contains(svg, "style=") {
		t.Error("the policy refuses styles")
	}
	if n := strings.Count(svg, "<circle") + strings.Count(svg, "<rect"); n != 4 {
		t.Errorf("%d stations are drawn", n)
	}
	table := trail(false).Table()
	if len(table.Rows) != 4 || !slices.Equal(table.Rows[0], []string{"A story", "told at a house meeting", "3 March"}) || table.Rows[3][1] != "–" {
		t.Errorf("%v", table)
	}
}

// Whatever the words, it is sound, it is as long as its stations, and it stays in its frame.
func TestAnyTrailStaysInItsFrame(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		tr := Trail{ID: "t", RTL: rapid.Bool().Draw(r, "rtl")}
		for range rapid.IntRange(0, 14).Draw(r, "stations") {
			tr.Stations = append(tr.Stations, Station{Title: rapid.StringN(0, 120, -1).Draw(r, "title"), Text: rapid.StringN(0, 60, -1).Draw(r, "text"), When: rapid.SampledFrom([]string{"", "3 March"}).Draw(r, "when"), Done: rapid.Bool().Draw(r, "done"), Aside: rapid.Bool().Draw(r, "aside")})
		}
		svg := string(tr.Draw())
		d := xml.NewDecoder(strings.NewReader(strings.ToValidUTF8(strings.Map(printable, svg), "")))
		tall := 0.0
		for {
			tok, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				r.Fatalf("%v in %s", err, svg)
			}
			el, ok := tok.(xml.StartElement)
			if !ok {
				continue
			}
			for _, a := range el.Attr {
				switch a.Name.Local {
				case "viewBox":
					tall, _ = strconv.ParseFloat(strings.Fields(a.Value)[3], 64)
				case "x", "cx":
					if v, _ := strconv.ParseFloat(a.Value, 64); v < 0 || v > wide {
						r.Fatalf("x %s", a.Value)
					}
				case "y", "cy":
					if v, _ := strconv.ParseFloat(a.Value, 64); v < 0 || v > tall {
						r.Fatalf("y %s of %v", a.Value, tall)
					}
				}
			}
		}
	})
}

// printable leaves out what no XML may hold; a page's text never does.
func printable(r rune) rune {
	if r < 0x20 && r != '\n' && r != '\t' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
		return -1
	}
	return r
}

func TestTrailMirrors(t *testing.T) {
	if svg := string(trail(true).Draw()); !strings.Contains(svg, `cx="`+num(wide-trailAxis)+`"`) || !strings.Contains(svg, `text-anchor="end"`) {
		t.Error("it does not begin on the right")
	}
}
