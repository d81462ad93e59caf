// Package geo is the little geometry a map of meeting places needs: distances,
// boxes, coarse cells for places that may only be shown roughly, and a
// projection onto a drawing. Pure.
package geo

import "math"

const (
	earthKM    = 6371.0088
	kmPerDeg   = earthKM * math.Pi / 180
	mercatorTo = 85.05112878 // latitude where the Mercator square ends
)

// Point is a place on Earth in degrees, WGS 84.
type Point struct{ Lat, Lon float64 }

// Valid reports whether p is a place at all. The exact origin counts as none:
// in real directories 0, 0 is an empty cell, not a buoy off Ghana.
func (p Point) Valid() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180 && p != Point{}
}

// KM is the great-circle distance.
func KM(a, b Point) float64 {
	la, lb := a.Lat*math.Pi/180, b.Lat*math.Pi/180
	dla, dlo := lb-la, (b.Lon-a.Lon)*math.Pi/180
	h := math.Pow(math.Sin(dla/2), 2) + math.Cos(la)*math.Cos(lb)*math.Pow(math.Sin(dlo/2), 2)
	return 2 * earthKM * math.Asin(math.Min(1, math.Sqrt(h)))
}

// Box is a bounding box. It does not cross the antimeridian.
type Box struct{ South, West, North, East float64 }

// Bounds is the smallest box around the points; false without points.
func Bounds(points []Point) (Box, bool) {
	if len(points) == 0 {
		return Box{}, false
	}
	b := Box{90, 180, -90, -180}
	for _, p := range points {
		b.South, b.North = min(b.South, p.Lat), max(b.North, p.Lat)
		b.West, b.East = min(b.West, p.Lon), max(b.East, p.Lon)
	}
	return b, true
}

// Grow widens the box by a distance on every side.
func (b Box) Grow(km float64) Box {
	dlat := km / kmPerDeg
	dlon := km / (kmPerDeg * math.Max(0.01, math.Cos(b.Middle().Lat*math.Pi/180)))
	return Box{max(-90, b.South-dlat), max(-180, b.West-dlon), min(90, b.North+dlat), min(180, b.East+dlon)}
}

// Middle is the centre of the box.
func (b Box) Middle() Point { return Point{(b.South + b.North) / 2, (b.West + b.East) / 2} }

// Cell is a coarse square that stands for every place in it.
type Cell struct {
	Centre Point
	KM     float64 // length of a side
}

// CellOf returns the cell of about km × km that p lies in. Every place of a
// cell answers with the same centre, and asking about the centre answers with
// the cell again: whoever holds the answer cannot get any closer, however often
// the place is asked about. There is no random offset to average away.
func CellOf(p Point, km float64) Cell {
	step := km / kmPerDeg
	row := math.Floor(p.Lat / step)
	lat := (row + 0.5) * step
	lonStep := step / math.Max(0.01, math.Cos(lat*math.Pi/180))
	col := math.Floor(p.Lon / lonStep)
	return Cell{Point{min(90, max(-90, lat)), min(180, max(-180, (col+0.5)*lonStep))}, km}
}

// Radius is the distance from the centre that covers the cell.
func (c Cell) Radius() float64 { return c.KM * math.Sqrt2 / 2 }

// XY is a point of a drawing; y grows downwards.
type XY struct{ X, Y float64 }

// Projection maps a box onto a drawing of Width × Height with equal scale in both directions.
type Projection struct {
	Width, Height float64
	scale         float64
	left, top     float64
}

// Fit returns the Mercator projection that shows the whole box, centred, with a margin.
func Fit(b Box, width, height, margin float64) Projection {
	x0, y0 := mercator(Point{b.North, b.West})
	x1, y1 := mercator(Point{b.South, b.East})
	w, h := math.Max(x1-x0, 1e-9), math.Max(y1-y0, 1e-9)
	s := math.Min((width-2*margin)/w, (height-2*margin)/h)
	return Projection{width, height, s, (x0+x1)/2 - width/2/s, (y0+y1)/2 - height/2/s}
}

// XY projects a point.
func (p Projection) XY(at Point) XY {
	x, y := mercator(at)
	return XY{(x - p.left) * p.scale, (y - p.top) * p.scale}
}

// Units is how long a distance is on the drawing at a latitude.
func (p Projection) Units(km, lat float64) float64 {
	return km / (2 * math.Pi * earthKM * math.Max(0.01, math.Cos(lat*math.Pi/180))) * p.scale
}

// mercator maps the world onto the unit square.
func mercator(p Point) (x, y float64) {
	lat := math.Min(mercatorTo, math.Max(-mercatorTo, p.Lat)) * math.Pi / 180
	return p.Lon/360 + 0.5, 0.5 - math.Log(math.Tan(lat)+1/math.Cos(lat))/(2*math.Pi)
}

// NiceStep returns the grid distance (1, 2 or 5 times a power of ten) that cuts
// length into at most most parts.
func NiceStep(length float64, most int) float64 {
	if length <= 0 || most < 1 {
		return 1
	}
	step := math.Pow(10, math.Floor(math.Log10(length/float64(most))))
	for _, m := range []float64{1, 2, 5, 10} {
		if length/(step*m) <= float64(most) {
			return step * m
		}
	}
	return step * 10
}
