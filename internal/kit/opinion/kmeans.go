package opinion

// Groups on the map: k-means (Lloyd 1982) from a start that depends on the
// points alone, and the number of groups by the silhouette (Rousseeuw 1987).

import (
	"cmp"
	"math"
	"slices"
)

type point struct{ x, y float64 }

type grouping struct {
	k          int
	label      []int8 // per point
	centre     []point
	silhouette []float64 // by number of groups
}

// group tries from … to groups and keeps the number with the highest silhouette,
// the smaller one at a tie. A k of 0 means that there are too few different points.
func group(points []point, from, to, exactUpTo int) grouping {
	start := firstUnique(points, to)
	to = min(to, len(start), len(points)-1)
	if to < from {
		return grouping{label: make([]int8, len(points))}
	}
	tries := make([]grouping, to-from+1)
	each(len(tries), func(n int) { tries[n] = lloyd(points, start[:from+n]) })
	if len(tries) == 1 {
		return tries[0]
	}
	measured := silhouettes(points, tries, exactUpTo)
	best := 0
	for n := range tries {
		if measured[n] > measured[best] {
			best = n
		}
	}
	tries[best].silhouette = append(make([]float64, from), measured...)
	return tries[best]
}

// firstUnique returns up to k different points, the smallest by x, then y.
func firstUnique(points []point, k int) []point {
	var first []point
	for _, p := range points {
		if len(first) == k && byPlace(p, first[k-1]) >= 0 {
			continue
		}
		at, there := slices.BinarySearchFunc(first, p, byPlace)
		if !there {
			first = slices.Insert(first, at, p)
			first = first[:min(len(first), k)]
		}
	}
	return first
}

func byPlace(a, b point) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) }

const (
	mostSteps = 300
	stillness = 1e-4 // of the mean variance: centres that move less stand still
)

func lloyd(points []point, start []point) grouping {
	g := grouping{k: len(start), label: make([]int8, len(points)), centre: slices.Clone(start)}
	for i := range g.label {
		g.label[i] = -1
	}
	still := stillness * variance(points)
	settled := false
	for range mostSteps {
		changed := g.assign(points)
		moved := g.move(points)
		if settled = !changed; settled || moved <= still {
			break
		}
	}
	if !settled {
		g.assign(points)
	}
	return g
}

// assign gives every point its nearest centre, the first of several.
func (g *grouping) assign(points []point) bool {
	const part = 4096
	changed := make([]bool, (len(points)+part-1)/part)
	each(len(changed), func(n int) {
		for i := n * part; i < min((n+1)*part, len(points)); i++ {
			p := points[i]
			near, at := math.Inf(1), int8(0)
			for l, c := range g.centre {
				dx, dy := p.x-c.x, p.y-c.y
				if d := dx*dx + dy*dy; d < near {
					near, at = d, int8(l)
				}
			}
			if g.label[i] != at {
				g.label[i], changed[n] = at, true
			}
		}
	})
	return slices.Contains(changed, true)
}

// move puts every centre into the middle of its points and returns the sum of
// the squares of the ways. A centre without points goes to the point that is
// farthest from its own centre.
func (g *grouping) move(points []point) (moved float64) {
	sum, n := make([]point, g.k), make([]int, g.k)
	for i, p := range points {
		l := g.label[i]
		sum[l].x += p.x
		sum[l].y += p.y
		n[l]++
	}
	for l := range g.centre {
		if n[l] == 0 {
			far := g.lonely(points, n)
			from := g.label[far]
			sum[from].x -= points[far].x
			sum[from].y -= points[far].y
			n[from]--
			g.label[far], sum[l], n[l] = int8(l), points[far], 1
		}
	}
	for l, c := range g.centre {
		to := point{sum[l].x / float64(n[l]), sum[l].y / float64(n[l])}
		moved += (to.x-c.x)*(to.x-c.x) + (to.y-c.y)*(to.y-c.y)
		g.centre[l] = to
	}
	return moved
}

func (g *grouping) lonely(points []point, n []int) (at int) {
	far := -1.0
	for i, p := range points {
		c := g.centre[g.label[i]]
		if d := (p.x-c.x)*(p.x-c.x) + (p.y-c.y)*(p.y-c.y); d > far && n[g.label[i]] > 1 {
			far, at = d, i
		}
	}
	return at
}

// variance is the mean of the variances of x and y.
func variance(points []point) float64 {
	var mean point
	for _, p := range points {
		mean.x += p.x / float64(len(points))
		mean.y += p.y / float64(len(points))
	}
	sum := 0.0
	for _, p := range points {
		sum += (p.x-mean.x)*(p.x-mean.x) + (p.y-mean.y)*(p.y-mean.y)
	}
	return sum / 2 / float64(len(points))
}
