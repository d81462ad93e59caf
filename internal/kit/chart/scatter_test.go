package chart

// The map of groups: named, mirrored, inside its frame like every drawing, and
// silent about single people.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func cloud(r *rand.Rand, n int, x, y, spread float64) (list []Point) {
	for range n {
		list = append(list, Point{x + spread*r.NormFloat64(), y + spread*r.NormFloat64()})
	}
	return list
}

func someGroups() Scatter {
	r := rand.New(rand.NewPCG(1, 1))
	return Scatter{
		ID: "s", Title: "Who thinks alike", Description: `Three "groups" <b>`, Corner: "Group", Size: "People", Says: "What they say", Rest: "Everybody else", RestSize: 40, Hidden: "not shown",
		Groups: []Cluster{
			{"Buses & bikes", "Later buses", cloud(r, 80, -2, 1, 0.6)},
			{"Rent <first>", "Lower rent", cloud(r, 30, 2, 1, 0.4)},
			{"Quiet streets", "Slow cars", cloud(r, 12, 0, -2, 0.5)},
			{"Two people", "Secret", cloud(r, 10, 5, 5, 0.1)},
		},
	}
}

func TestScatterIsNamedAndEscaped(t *testing.T) {
	svg := string(someGroups().SVG())
	attrs, texts := wellFormed(t, svg)
	if attrs["style"] != nil || attrs["role"][0] != "img" || attrs["aria-labelledby"][0] != "s-t s-d" || texts[0] != "Who thinks alike" || texts[1] != `Three "groups" <b>` {
		t.Errorf("not named: %v %q", attrs, texts[:2])
	}
	for _, want := range []string{">Buses &amp; bikes: 80<", ">Rent &lt;first&gt;: 30<", ">Quiet streets<", "url(#s-h1)", "url(#s-h2)", `id="s-h2"`, "fill-3", "stroke-2", "<rect", "<circle", "<ellipse"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the map lacks %s", want)
		}
	}
	ids := map[string]bool{}
	for _, id := range attrs["id"] {
		if ids[id] {
			t.Errorf("id %s twice", id)
		}
		ids[id] = true
	}
}

func TestScatterTable(t *testing.T) {
	want := "[[Buses & bikes 80 Later buses] [Rent <first> 30 Lower rent] [Quiet streets 12 Slow cars] [Everybody else 50 ]]"
	if got := someGroups().Table(); fmt.Sprint(got.Rows) != want || len(got.Columns) != 3 {
		t.Errorf("%v", got)
	}
	s := someGroups()
	s.RestSize, s.Says = 0, ""
	if got := fmt.Sprint(s.Table().Rows[3]); got != "[Everybody else not shown]" { // ten: told from nobody by nothing
		t.Errorf("%s", got)
	}
	s.Groups = s.Groups[:3]
	if got := fmt.Sprint(s.Table().Rows[3]); got != "[Everybody else not shown]" {
		t.Errorf("%s", got)
	}
}

func TestSmallGroupsAreNotDrawn(t *testing.T) {
	s := someGroups()
	for _, least := range []int{0, 1, -3} {
		s.Least = least
		s.Groups[3].Points = s.Groups[3].Points[:4]
		if svg := string(s.SVG()); strings.Contains(svg, "Two people") || strings.Contains(svg, "fill-4") {
			t.Errorf("least %d: a group of four is drawn", least)
		}
		if strings.Contains(fmt.Sprint(s.Table()), "Secret") {
			t.Errorf("least %d: a group of four is listed", least)
		}
	}
}

func TestMarksStandForSeveral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		points := cloud(r, rapid.IntRange(5, 300).Draw(t, "n"), r.NormFloat64(), r.NormFloat64(), rapid.Float64Range(0, 50).Draw(t, "spread"))
		marks := cells(points, frame([]spread{spreadOf(points)}, 22))
		sum := 0
		for _, m := range marks {
			if sum += m.n; m.n < perMark {
				t.Fatalf("a mark for %d", m.n)
			}
		}
		if sum != len(points) {
			t.Fatalf("%d of %d people", sum, len(points))
		}
		slices.Reverse(points)
		if again := cells(points, frame([]spread{spreadOf(points)}, 22)); len(again) != len(marks) {
			t.Fatalf("%d marks, then %d", len(marks), len(again))
		}
	})
}

// What one person in a group does moves no mark beyond the grid: all marks stand
// in the middle of squares.
func TestMarksStandOnTheGrid(t *testing.T) {
	s := someGroups()
	put := frame([]spread{spreadOf(s.Groups[0].Points)}, 0)
	for _, m := range cells(s.Groups[0].Points, put) {
		if x := m.x / 8; x != math.Round(x) && m.x != 10 && m.x != wide-10 {
			t.Errorf("a mark at %v", m.x)
		}
	}
}

func TestScatterStaysInItsFrame(t *testing.T) {
	height := regexp.MustCompile(`viewBox="0 0 480 ([0-9.]+)"`)
	rapid.Check(t, func(t *rapid.T) {
		s := Scatter{ID: "s", RTL: rapid.Bool().Draw(t, "rtl"), Least: 5}
		coordinate := rapid.OneOf(rapid.Float64Range(-3, 3), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Float64Range(-1e6, 1e6))
		for range rapid.IntRange(0, 7).Draw(t, "groups") {
			g := Cluster{Name: rapid.StringMatching(`[ -~äñ<>&"']{0,40}`).Draw(t, "name")}
			for range rapid.IntRange(0, 30).Draw(t, "n") {
				g.Points = append(g.Points, Point{coordinate.Draw(t, "x"), coordinate.Draw(t, "y")})
			}
			s.Groups = append(s.Groups, g)
		}
		svg := string(s.SVG())
		attrs, _ := wellFormed(t, svg)
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Fatal(svg)
		}
		tall, _ := strconv.ParseFloat(height.FindStringSubmatch(svg)[1], 64)
		for key, most := range map[string]float64{"x": wide, "cx": wide, "y": tall, "cy": tall} {
			for _, v := range attrs[key] {
				if f, err := strconv.ParseFloat(v, 64); err != nil || f < 0 || f > most {
					t.Fatalf("%s = %s", key, v)
				}
			}
		}
	})
}

func TestScatterMirrors(t *testing.T) {
	s := someGroups()
	left, _ := wellFormed(t, string(s.SVG()))
	s.RTL = true
	right, _ := wellFormed(t, string(s.SVG()))
	if len(left["cx"]) != len(right["cx"]) || len(left["cx"]) == 0 {
		t.Fatal("not the same shapes")
	}
	for i := range left["cx"] {
		a, _ := strconv.ParseFloat(left["cx"][i], 64)
		b, _ := strconv.ParseFloat(right["cx"][i], 64)
		if strings.HasPrefix(left["cx"][i], "4") && a == 4 { // of a pattern
			continue
		}
		if math.Abs(a+b-wide) > 0.11 {
			t.Errorf("%v is not the mirror of %v", b, a)
		}
	}
}

// Names that would lie on each other are moved apart, however their places round.
func TestNamesOfOnePlaceStandApart(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 6))
		s := Scatter{ID: "s", Least: 5}
		for i := range 5 {
			x, y, n := r.NormFloat64()*0.3, r.NormFloat64()*0.3, 5+r.IntN(9)
			s.Groups = append(s.Groups, Cluster{Name: fmt.Sprint("group ", i), Points: cloud(r, n, x, y, 0.1)})
		}
		attrs := regexp.MustCompile(`text-halo" x="([^"]*)" y="([^"]*)"`).FindAllStringSubmatch(string(s.SVG()), -1)
		if len(attrs) != 5 {
			t.Fatalf("%d names", len(attrs))
		}
		for i, a := range attrs {
			for _, b := range attrs[:i] {
				ax, _ := strconv.ParseFloat(a[1], 64)
				bx, _ := strconv.ParseFloat(b[1], 64)
				ay, _ := strconv.ParseFloat(a[2], 64)
				by, _ := strconv.ParseFloat(b[2], 64)
				if math.Abs(ax-bx) < 50 && math.Abs(ay-by) < 18 {
					t.Fatalf("seed %d: two names at %v and %v", seed, a[1:], b[1:])
				}
			}
		}
	}
}
