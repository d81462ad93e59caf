package opinion

// The silhouette of several groupings of the same points at once. Points are
// sorted by the combination of their labels, so that one sum of distances to a
// combination serves every grouping. Above exactUpTo points, far bundles are
// summed by their middle and second moments (Barnes & Hut 1986, with the
// quadrupole term of |r|); a bundle is far if its radius is below opening times
// its distance.

import (
	"math"
	"slices"
)

const (
	opening = 0.5
	leaf    = 12
)

// kind is a combination of labels and the points that have it.
type kind struct {
	labels []int8 // one per grouping
	points []point
	nodes  []bundle
}

// bundle is a range of a kind's points in the order of the tree.
type bundle struct {
	x, y, radius float64
	xx, xy, yy   float64 // sums of squares about the middle
	from, to     int32
	left, right  int32 // bundles; 0 for a leaf
	n            float64
}

// silhouettes returns the mean silhouette of each grouping.
func silhouettes(points []point, tries []grouping, exactUpTo int) []float64 {
	kinds := kindsOf(points, tries)
	if len(points) > exactUpTo {
		each(len(kinds), func(n int) { kinds[n].plant() })
	}
	type job struct{ kind, from, to int }
	var jobs []job
	for n, k := range kinds {
		for from := 0; from < len(k.points); from += 256 {
			jobs = append(jobs, job{n, from, min(from+256, len(k.points))})
		}
	}
	sizes := make([][]int, len(tries))
	for t, g := range tries {
		sizes[t] = make([]int, g.k)
		for _, l := range g.label {
			sizes[t][l]++
		}
	}
	sums := make([][]float64, len(jobs))
	each(len(jobs), func(n int) {
		j := jobs[n]
		sums[n] = make([]float64, len(tries))
		to := make([]float64, len(kinds))
		for _, p := range kinds[j.kind].points[j.from:j.to] {
			for i := range kinds {
				to[i] = kinds[i].distances(p)
			}
			for t := range tries {
				sums[n][t] += silhouette(kinds, to, t, kinds[j.kind].labels[t], sizes[t])
			}
		}
	})
	out := make([]float64, len(tries))
	for t := range out {
		for _, s := range sums {
			out[t] += s[t]
		}
		out[t] /= float64(len(points))
	}
	return out
}

// silhouette of one point in grouping t, whose sums of distances are to.
func silhouette(kinds []kind, to []float64, t int, own int8, sizes []int) float64 {
	if sizes[own] < 2 {
		return 0
	}
	var by [128]float64
	for i := range kinds {
		by[kinds[i].labels[t]] += to[i]
	}
	a, b := by[own]/float64(sizes[own]-1), math.Inf(1)
	for l, n := range sizes {
		if int8(l) != own && n > 0 {
			b = math.Min(b, by[l]/float64(n))
		}
	}
	if top := math.Max(a, b); top > 0 && !math.IsInf(top, 1) {
		return (b - a) / top
	}
	return 0
}

func kindsOf(points []point, tries []grouping) []kind {
	at := map[string]int{}
	var kinds []kind
	key := make([]byte, len(tries))
	for i, p := range points {
		for t := range tries {
			key[t] = byte(tries[t].label[i])
		}
		n, ok := at[string(key)]
		if !ok {
			n = len(kinds)
			at[string(key)] = n
			labels := make([]int8, len(key))
			for t, b := range key {
				labels[t] = int8(b)
			}
			kinds = append(kinds, kind{labels: labels})
		}
		kinds[n].points = append(kinds[n].points, p)
	}
	return kinds
}

// plant sorts the points along a Z-curve and bundles halves of halves.
func (k *kind) plant() {
	low, high := k.points[0], k.points[0]
	for _, p := range k.points {
		low = point{math.Min(low.x, p.x), math.Min(low.y, p.y)}
		high = point{math.Max(high.x, p.x), math.Max(high.y, p.y)}
	}
	side := math.Max(math.Max(high.x-low.x, high.y-low.y), 1e-300)
	type keyed struct {
		key uint64
		at  int32
	}
	order := make([]keyed, len(k.points))
	for i, p := range k.points {
		order[i] = keyed{spread(uint64((p.x-low.x)/side*65535))<<1 | spread(uint64((p.y-low.y)/side*65535)), int32(i)}
	}
	slices.SortFunc(order, func(a, b keyed) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		}
		return int(a.at - b.at)
	})
	sorted := make([]point, len(order))
	for i, o := range order {
		sorted[i] = k.points[o.at]
	}
	k.points = sorted
	k.bundle(0, int32(len(sorted)))
}

// spread puts a 0 before every bit of a 16-bit number.
func spread(x uint64) uint64 {
	x = (x | x<<8) & 0x00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f
	x = (x | x<<2) & 0x33333333
	return (x | x<<1) & 0x55555555
}

func (k *kind) bundle(from, to int32) int32 {
	at := int32(len(k.nodes))
	k.nodes = append(k.nodes, bundle{})
	b := bundle{from: from, to: to, n: float64(to - from)}
	for _, p := range k.points[from:to] {
		b.x += p.x / b.n
		b.y += p.y / b.n
	}
	for _, p := range k.points[from:to] {
		dx, dy := p.x-b.x, p.y-b.y
		b.xx += dx * dx
		b.xy += dx * dy
		b.yy += dy * dy
		b.radius = math.Max(b.radius, dx*dx+dy*dy)
	}
	b.radius = math.Sqrt(b.radius)
	if to-from > leaf {
		middle := (from + to) / 2
		b.left = k.bundle(from, middle)
		b.right = k.bundle(middle, to)
	}
	k.nodes[at] = b
	return at
}

// distances is the sum of the distances from p to all points of the kind.
func (k *kind) distances(p point) (sum float64) {
	if k.nodes == nil {
		return far(k.points, p)
	}
	var stack [64]int32
	top := 1
	for top > 0 {
		top--
		b := &k.nodes[stack[top]]
		dx, dy := p.x-b.x, p.y-b.y
		d2 := dx*dx + dy*dy
		switch {
		case b.radius*b.radius < opening*opening*d2:
			d := math.Sqrt(d2)
			sum += b.n*d + (b.xx*dy*dy+b.yy*dx*dx-2*b.xy*dx*dy)/(2*d2*d)
		case b.left == 0:
			sum += far(k.points[b.from:b.to], p)
		default:
			stack[top], stack[top+1] = b.left, b.right
			top += 2
		}
	}
	return sum
}

func far(points []point, p point) (sum float64) {
	for _, q := range points {
		dx, dy := p.x-q.x, p.y-q.y
		sum += math.Sqrt(dx*dx + dy*dy)
	}
	return sum
}
