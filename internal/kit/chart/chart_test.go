package chart

// Tests of what every drawing promises: well-formed, named, inside its frame,
// numbers beside shapes, nothing inline, mirrored for right-to-left readers.

import (
	"encoding/xml"
	"io"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func sample() Chart {
	return Chart{
		ID: "c", Title: "Offers & meetings", Description: `By month, "met" <below>`, Corner: "Month",
		Categories: []string{"September", "October", "November"}, Hidden: "not shown",
		Series: []Series{
			{"Offered", []Value{{N: 40}, {N: 52}, {N: 61}}},
			{"Met", []Value{{N: 12}, {Hidden: true}, {N: 30}}},
		},
	}
}

func drawings(c Chart) map[string]string {
	return map[string]string{"bars": string(Bars(c)), "funnel": string(Funnel(c, []string{"100%"})), "lines": string(Lines(c)), "stacks": string(Stacks(c))}
}

// wellFormed reads a drawing as XML and collects its attributes.
func wellFormed(t interface{ Fatalf(string, ...any) }, svg string) (attrs map[string][]string, texts []string) {
	attrs = map[string][]string{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return attrs, texts
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		switch e := token.(type) {
		case xml.StartElement:
			for _, a := range e.Attr {
				attrs[a.Name.Local] = append(attrs[a.Name.Local], a.Value)
			}
		case xml.CharData:
			texts = append(texts, string(e))
		}
	}
}

func TestEveryDrawingIsNamed(t *testing.T) {
	for name, svg := range drawings(sample()) {
		attrs, texts := wellFormed(t, svg)
		if attrs["style"] != nil {
			t.Errorf("%s has a style attribute", name)
		}
		if !reflect.DeepEqual(attrs["role"], []string{"img"}) || attrs["aria-labelledby"][0] != "c-t c-d" {
			t.Errorf("%s is not named: %v", name, attrs)
		}
		if texts[0] != "Offers & meetings" || texts[1] != `By month, "met" <below>` {
			t.Errorf("%s: title and description are %q", name, texts[:2])
		}
	}
}

func TestNumbersStandBesideShapes(t *testing.T) {
	c := sample()
	for _, want := range []string{">40<", ">52<", ">12<", ">not shown<", ">September<", ">Met<", "url(#c-p1)"} {
		if !strings.Contains(string(Bars(c)), want) {
			t.Errorf("bars lack %s", want)
		}
	}
	if svg := string(Funnel(c, []string{"100%", ""})); !strings.Contains(svg, ">40 (100%)<") || !strings.Contains(svg, ">52<") {
		t.Errorf("funnel: %s", svg)
	}
}

func TestHiddenIsAGapNotAZero(t *testing.T) {
	svg := string(Lines(sample()))
	d := regexp.MustCompile(`stroke-2"[^>]* d="([^"]*)"`).FindStringSubmatch(svg)
	if d == nil || strings.Count(d[1], "M") != 2 || strings.Contains(d[1], "L") {
		t.Errorf("the line does not break: %v", d)
	}
}

// Lines that end close together have their last numbers written apart, inside the frame.
func TestEndsAreReadable(t *testing.T) {
	for _, ends := range [][]float64{{91, 92}, {97, 97}, {3, 3, 4, 3}, {100, 100, 100, 99, 99}, {0, 0, 0}, {10, 90}} {
		c := Chart{ID: "c", Title: "t", Categories: []string{"First", "Second"}}
		for _, v := range ends {
			c.Series = append(c.Series, Series{Name: "s", Values: []Value{{N: 50}, {N: v}}})
		}
		for _, c.RTL = range []bool{false, true} {
			svg := string(Lines(c))
			var at []float64
			for _, m := range regexp.MustCompile(`<text class="text" x="[\d.]+" y="([\d.]+)" text-anchor="middle"`).FindAllStringSubmatch(svg, -1) {
				y, _ := strconv.ParseFloat(m[1], 64)
				at = append(at, y)
			}
			slices.Sort(at)
			if len(at) != len(ends) || at[0] < 12 {
				t.Errorf("%v: the numbers are at %v", ends, at)
			}
			for i := 1; i < len(at); i++ {
				if at[i]-at[i-1] < 14 {
					t.Errorf("%v: two numbers are written over each other, at %v", ends, at)
				}
			}
		}
	}
}

func TestTableTwin(t *testing.T) {
	want := Table{
		Columns: []string{"Month", "Offered", "Met"},
		Rows:    [][]string{{"September", "40", "12"}, {"October", "52", "not shown"}, {"November", "61", "30"}},
	}
	if got := sample().Table(); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

func TestRightToLeftIsTheMirror(t *testing.T) {
	c := sample()
	left, _ := wellFormed(t, string(Bars(c)))
	c.RTL = true
	right, _ := wellFormed(t, string(Bars(c)))
	if len(left["x"]) != len(right["x"]) || left["x"][0] != "0" {
		t.Fatal("not the same shapes")
	}
	if anchors := strings.Join(right["text-anchor"], " "); strings.Contains(anchors, "start") {
		t.Errorf("labels do not begin on the right: %s", anchors)
	}
	for _, w := range right["x"] {
		if x, err := strconv.ParseFloat(w, 64); err != nil || x < 0 || x > wide {
			t.Errorf("x = %s lies outside", w)
		}
	}
}

func TestAnyChartStaysInItsFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Chart{
			ID: "c", Title: rapid.StringMatching(`[ -~äñ<>&"']*`).Draw(t, "title"), RTL: rapid.Bool().Draw(t, "rtl"),
			Categories: rapid.SliceOfN(rapid.StringMatching(`[ -~]{0,20}`), 0, 14).Draw(t, "categories"),
		}
		for range rapid.IntRange(0, 7).Draw(t, "series") {
			var s Series
			for range rapid.IntRange(0, 16).Draw(t, "values") {
				s.Values = append(s.Values, Value{
					N:      rapid.OneOf(rapid.Float64Range(-10, 1e7), rapid.Just(math.NaN()), rapid.Just(0.0), rapid.Just(math.Inf(1))).Draw(t, "n"),
					Hidden: rapid.IntRange(0, 4).Draw(t, "hidden") == 0,
				})
			}
			c.Series = append(c.Series, s)
		}
		for name, svg := range drawings(c) {
			attrs, _ := wellFormed(t, svg)
			if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
				t.Fatalf("%s: %s", name, svg)
			}
			for _, key := range []string{"x", "width"} {
				for _, s := range attrs[key] {
					if v, err := strconv.ParseFloat(s, 64); err != nil || v < 0 || v > wide {
						t.Fatalf("%s: %s = %s", name, key, s)
					}
				}
			}
		}
	})
}

// The pieces of a bar lie behind each other, the whole is written unless one of them
// is not, and an empty category has a bar of nothing.
func TestStacksDivideAWhole(t *testing.T) {
	c := Chart{ID: "s", Categories: []string{"Board", "City", "None"}, Hidden: "not shown", Series: []Series{
		{"Kept", []Value{{N: 3}, {N: 2}, {}}}, {"Broken", []Value{{N: 1}, {Hidden: true}, {}}}, {"Open", []Value{{N: 4}, {}, {}}}}}
	attrs, texts := wellFormed(t, string(Stacks(c)))
	if !slices.Contains(texts, "8") || !slices.Contains(texts, "not shown") || !slices.Contains(texts, "0") {
		t.Errorf("wholes: %q", texts)
	}
	n := 0
	for _, class := range attrs["class"] {
		if strings.HasPrefix(class, "fill-") && class != "fill-ground" {
			n++
		}
	}
	if n != 3+4 { // the legend and the pieces
		t.Errorf("%d pieces: %q", n, attrs["class"])
	}
}
