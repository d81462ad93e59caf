package chart

import (
	"regexp"
	"strings"
	"testing"
)

// Every line hangs on the nearest one above it that is higher; words are escaped;
// right to left the drawing is turned round.
func TestTree(t *testing.T) {
	nodes := []Node{{0, "Thu", "3 of 5", 0}, {1, "Rosa <b>", "", 1}, {2, "Luis", "", 2}, {1, "Grace", "", 0}, {0, "Denise", "", 0}, {30, "Deep", "", 0}}
	svg := string(Tree(Chart{ID: "t", Title: "Tree", Description: "Who asked whom."}, nodes))
	paths := regexp.MustCompile(`d="(M[^"]+)"/?>?`).FindAllStringSubmatch(svg, -1)
	var lines []string
	for _, p := range paths {
		if strings.Contains(p[1], "V") {
			lines = append(lines, p[1])
		}
	}
	want := []string{"M8 22V45H34", "M34 52V75H60", "M8 22V105H34", "M8 142V165H216"}
	if strings.Join(lines, " ") != strings.Join(want, " ") {
		t.Errorf("%q, want %q", lines, want)
	}
	if strings.Contains(svg, "<b>") || !strings.Contains(svg, "3 of 5") || !strings.Contains(svg, `<title id="t-t">Tree</title>`) {
		t.Error(svg)
	}
	turned := string(Tree(Chart{ID: "t", RTL: true}, nodes))
	if !strings.Contains(turned, "M472 22V45H446") {
		t.Error(turned)
	}
	if Tree(Chart{ID: "e"}, nil) == "" {
		t.Error("nothing is drawn as an empty picture")
	}
}
