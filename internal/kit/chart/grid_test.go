package chart

// The grid of who stands where: named, mirrored, inside its frame like every
// drawing, and no name on another.

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func someGrid() Grid {
	return Grid{ID: "g", Title: "Who stands where", Description: `Three "people" <b>`, Corner: "Who", Across: "Position", Up: "Influence", Before: "90 days ago",
		Columns: []string{"against", "leans against", "undecided", "leans for", "for"}, Rows: []string{"5 decides", "4", "3", "2", "1 little"}, Kinds: []string{"in office", "an institution", "whom we ask"},
		Spots: []Spot{{Name: "Elena Reyes", Kind: 2, X: 3, Y: 0, Moved: true, FromX: 2, FromY: 0}, {Name: "Cleaners' & <union>", Kind: 1, X: 4, Y: 2}, {Name: "Tomas Okafor", X: 3, Y: 0}, {Name: "Nowhere", X: 7, Y: 0}}}
}

func TestGridIsNamedAndEscaped(t *testing.T) {
	svg := string(someGrid().SVG())
	attrs, texts := wellFormed(t, svg)
	if attrs["style"] != nil || attrs["role"][0] != "img" || attrs["aria-labelledby"][0] != "g-t g-d" || texts[0] != "Who stands where" || texts[1] != `Three "people" <b>` {
		t.Errorf("not named: %v %q", attrs, texts[:2])
	}
	for _, want := range []string{">Elena<", ">Reyes<", "&amp;", ">whom we ask<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the grid lacks %s", want)
		}
	}
	if strings.Contains(svg, "Nowhere") {
		t.Error("what lies beside the grid is drawn")
	}
	if strings.Count(svg, `class="stroke-ink"`) != 2 {
		t.Error("whoever moved has a ring and an arrow")
	}
}

func TestGridTable(t *testing.T) {
	want := "[[Elena Reyes leans for 5 decides undecided, 5 decides] [Cleaners' & <union> for 3 ] [Tomas Okafor leans for 5 decides ]]"
	if got := someGrid().Table(); fmt.Sprint(got.Rows) != want || len(got.Columns) != 4 {
		t.Errorf("%v", got)
	}
	g := someGrid()
	g.Before = ""
	if got := g.Table(); len(got.Columns) != 3 || len(got.Rows[0]) != 3 {
		t.Errorf("%v", got)
	}
}

// box is where a text lies, by the width that the drawing reckons with.
type box struct{ left, right, top, bottom float64 }

func boxes(t interface{ Fatalf(string, ...any) }, svg string) (list []box) {
	d := xml.NewDecoder(strings.NewReader(svg))
	var at *xml.StartElement
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("%v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if at = nil; e.Name.Local == "text" {
				at = &e
			}
		case xml.CharData:
			if at == nil {
				continue
			}
			get := func(name string) string {
				i := slices.IndexFunc(at.Attr, func(a xml.Attr) bool { return a.Name.Local == name })
				return at.Attr[i].Value
			}
			x, _ := strconv.ParseFloat(get("x"), 64)
			y, _ := strconv.ParseFloat(get("y"), 64)
			w := span(string(e))
			switch get("text-anchor") {
			case "middle":
				x -= w / 2
			case "end":
				x -= w
			}
			list = append(list, box{x, x + w, y - 13, y + 4})
		}
	}
}

func TestNoNameLiesOnAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := someGrid()
		g.RTL, g.Spots, g.Kinds = rapid.Bool().Draw(t, "rtl"), nil, nil
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			draw := func(name string) int { return rapid.IntRange(0, 4).Draw(t, name) }
			g.Spots = append(g.Spots, Spot{Name: rapid.StringMatching(`[A-Za-zñéệ]{1,22}( [A-Za-z']{1,14}){0,3}|[\x{0627}-\x{064A}]{2,9} [\x{0627}-\x{064A}]{2,9}`).Draw(t, "name"), Kind: draw("kind"),
				X: draw("x"), Y: draw("y"), Moved: rapid.Bool().Draw(t, "moved"), FromX: draw("fx"), FromY: draw("fy")})
		}
		svg := string(g.SVG())
		list := boxes(t, svg)
		for i, a := range list {
			if a.left < -0.5 || a.right > wide+0.5 {
				t.Fatalf("outside: %+v", a)
			}
			for _, b := range list[:i] {
				if a.left < b.right-0.2 && b.left < a.right-0.2 && a.top < b.bottom-0.2 && b.top < a.bottom-0.2 {
					t.Fatalf("%+v lies on %+v", a, b)
				}
			}
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Fatal(svg)
		}
	})
}

func TestTheProbeForOverlapSees(t *testing.T) {
	svg := `<svg><text x="10" y="20" text-anchor="start">Elena</text><text x="30" y="24" text-anchor="start">Tomas</text></svg>`
	list := boxes(t, svg)
	if a, b := list[0], list[1]; !(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) {
		t.Errorf("two names on one another are not seen: %+v", list)
	}
}

func TestGridRightToLeftIsTheMirror(t *testing.T) {
	g := someGrid()
	left := boxes(t, string(g.SVG()))
	g.RTL = true
	right := boxes(t, string(g.SVG()))
	for i := range left {
		if d := left[i].left + right[i].right - wide; d > 0.5 || d < -0.5 {
			t.Errorf("%+v and %+v are no mirror", left[i], right[i])
		}
	}
}

func TestWordsAreBrokenOnlyWhenTheyMust(t *testing.T) {
	for text, want := range map[string]string{"Transit Operators 757": "Transit|Operators|757", "Lucia Marchetti": "Lucia|Marchetti", "Neighborhoods": "Neighbor-|hoods", "": ""} {
		if got := strings.Join(wrapped(text, 77), "|"); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestAnEmptyGrid(t *testing.T) {
	for _, g := range []Grid{{ID: "e", Title: "Nobody"}, {ID: "e", Title: "Nobody", Columns: []string{"a"}, Rows: []string{"b"}}} {
		wellFormed(t, string(g.SVG()))
	}
}
