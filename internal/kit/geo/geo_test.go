package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func point(t *rapid.T) Point {
	return Point{rapid.Float64Range(-84, 84).Draw(t, "lat"), rapid.Float64Range(-179, 179).Draw(t, "lon")}
}

func TestDistancesPeopleCanCheck(t *testing.T) {
	for _, c := range []struct {
		a, b Point
		km   float64
	}{
		{Point{0, 0}, Point{0, 1}, 111.195},
		{Point{0, 0}, Point{90, 0}, 10007.557},
		{Point{45, 179.5}, Point{45, -179.5}, 78.626}, // across the antimeridian
		{Point{10, 10}, Point{10, 10}, 0},
	} {
		if got := KM(c.a, c.b); math.Abs(got-c.km) > 0.01 {
			t.Errorf("KM(%v, %v) = %.3f, want %.3f", c.a, c.b, got, c.km)
		}
	}
}

// A blurred place must tell no more than its cell: the same answer for every
// place in the cell, stable when asked again about the answer, and near enough to be useful.
func TestCellHidesThePlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, km := point(t), rapid.Float64Range(0.5, 5).Draw(t, "km")
		c := CellOf(p, km)
		if again := CellOf(c.Centre, km); KM(again.Centre, c.Centre) > 1e-6 {
			t.Fatalf("the centre %v of a cell lies in another cell %v", c.Centre, again.Centre)
		}
		if d := KM(p, c.Centre); d > c.Radius()*1.05 {
			t.Fatalf("%v is %.3f km from the centre of its cell of %.1f km", p, d, km)
		}
	})
}

func TestManyPlacesShareACell(t *testing.T) {
	seen := map[Point]int{}
	for i := range 400 {
		seen[CellOf(Point{40.001 + float64(i%20)/5000, -73.99 + float64(i/20)/5000}, 2).Centre]++
	}
	if len(seen) > 4 {
		t.Errorf("400 places in an area of 400 m fall into %d cells of 2 km", len(seen))
	}
}

func TestProjectionKeepsPlacesInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pts := rapid.SliceOfN(rapid.Custom(point), 1, 12).Draw(t, "points")
		b, ok := Bounds(pts)
		if !ok {
			t.Fatal("no bounds")
		}
		p := Fit(b.Grow(1), 600, 400, 20)
		for _, at := range pts {
			xy := p.XY(at)
			if xy.X < 0 || xy.X > 600 || xy.Y < 0 || xy.Y > 400 || math.IsNaN(xy.X+xy.Y) {
				t.Fatalf("%v is drawn at %v, outside", at, xy)
			}
		}
		north, south := p.XY(Point{b.North, b.West}), p.XY(Point{b.South, b.West})
		if b.North-b.South > 1e-6 && north.Y >= south.Y {
			t.Fatal("north is below south")
		}
	})
}

func TestUnitsAgreeWithTheProjection(t *testing.T) {
	a, b := Point{45.5, -122.7}, Point{45.5, -122.6}
	p := Fit(Box{45.4, -122.8, 45.6, -122.5}, 600, 400, 0)
	drawn := p.XY(b).X - p.XY(a).X
	if got := p.Units(KM(a, b), 45.5); math.Abs(got-drawn) > drawn/500 {
		t.Errorf("%.2f units for a distance drawn as %.2f", got, drawn)
	}
}

func TestNiceStep(t *testing.T) {
	for _, c := range []struct {
		length float64
		most   int
		want   float64
	}{{10, 5, 2}, {12, 5, 5}, {0.9, 5, 0.2}, {100, 10, 10}, {0, 5, 1}} {
		if got := NiceStep(c.length, c.most); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("NiceStep(%v, %d) = %v, want %v", c.length, c.most, got, c.want)
		}
	}
}

func TestTheOriginIsNoPlace(t *testing.T) {
	if (Point{}).Valid() || (Point{91, 0}).Valid() || (Point{math.NaN(), 1}).Valid() || !(Point{45, -122}).Valid() {
		t.Error("Valid is wrong")
	}
}
