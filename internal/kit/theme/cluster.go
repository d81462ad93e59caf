package theme

// Grouping of unit vectors: a hierarchy over a sample (group average), cut into
// every number of themes that is tried, refined by spherical k-means; the number
// under which texts lie clearest in one theme is kept.

import (
	"cmp"
	"math"
)

const (
	inHierarchy = 400
	steps       = 20
)

func cluster(points [][]float64, o Options) (labels []int, fits []float64, k int) {
	if len(points) == 0 {
		return nil, nil, 0
	}
	sample := make([][]float64, 0, inHierarchy)
	for _, i := range sampleOf(len(points), inHierarchy, o.Seed+1) {
		sample = append(sample, points[i])
	}
	merges := hierarchy(sample)
	from, to := o.Themes, o.Themes
	if o.Themes <= 0 {
		from, to = 2, min(cmp.Or(o.Most, 20), len(sample)/3)
	}
	best, top := [][]float64{middle(sample)}, 0.0
	for n := from; n <= min(to, len(sample)); n++ {
		centres := cut(sample, merges, n)
		l, _ := refine(sample, centres)
		if s := clearness(sample, l, centres); s > top || n == o.Themes {
			best, top = centres, s
		}
	}
	labels, fits = refine(points, best)
	return labels, fits, len(best)
}

type merge struct{ a, b int }

// hierarchy joins the two groups with the highest mean likeness, until all are one.
func hierarchy(points [][]float64) []merge {
	n := len(points)
	like := make([][]float64, n)
	size := make([]float64, n)
	for i := range like {
		like[i] = make([]float64, n)
		size[i] = 1
		for j := range i {
			like[i][j] = dot(points[i], points[j])
			like[j][i] = like[i][j]
		}
	}
	nearest := make([]int, n) // of each group, the most alike with a lower number
	look := func(i int) {
		nearest[i] = -1
		for j := range i {
			if size[j] > 0 && (nearest[i] < 0 || like[i][j] > like[i][nearest[i]]) {
				nearest[i] = j
			}
		}
	}
	for i := range n {
		look(i)
	}
	var merges []merge
	for range n - 1 {
		b := -1
		for i := range n {
			if size[i] > 0 && nearest[i] >= 0 && (b < 0 || like[i][nearest[i]] > like[b][nearest[b]]) {
				b = i
			}
		}
		a := nearest[b]
		merges = append(merges, merge{a, b})
		for j := range n {
			if size[j] > 0 && j != a && j != b {
				like[a][j] = (size[a]*like[a][j] + size[b]*like[b][j]) / (size[a] + size[b])
				like[j][a] = like[a][j]
			}
		}
		size[a] += size[b]
		size[b] = 0
		for i := range n {
			if size[i] > 0 && (i == a || i > a && (nearest[i] == a || nearest[i] == b || like[i][a] >= like[i][nearest[i]])) {
				look(i)
			}
		}
	}
	return merges
}

// cut undoes all but the merges that leave k groups, and returns their middles.
func cut(points [][]float64, merges []merge, k int) [][]float64 {
	parent := make([]int, len(points))
	for i := range parent {
		parent[i] = i
	}
	for _, m := range merges[:max(0, len(points)-k)] {
		parent[m.b] = m.a
	}
	sums := map[int][]float64{}
	var order []int
	for i, p := range points {
		at := i
		for parent[at] != at {
			at = parent[at]
		}
		if sums[at] == nil {
			sums[at] = make([]float64, len(p))
			order = append(order, at)
		}
		add(sums[at], p, 1)
	}
	var out [][]float64
	for _, at := range order {
		out = append(out, unit(sums[at]))
	}
	return out
}

func unit(v []float64) []float64 {
	if l := math.Sqrt(dot(v, v)); l > 0 {
		scale(v, 1/l)
	}
	return v
}

func middle(points [][]float64) []float64 {
	sum := make([]float64, len(points[0]))
	for _, p := range points {
		add(sum, p, 1)
	}
	return unit(sum)
}

// refine is spherical k-means; it moves the centres. A theme that loses all its
// texts keeps its place.
func refine(points, centres [][]float64) (labels []int, fits []float64) {
	labels, fits = make([]int, len(points)), make([]float64, len(points))
	const part = 512
	parts := (len(points) + part - 1) / part
	for step := range steps {
		sums := make([][][]float64, parts)
		changed := make([]int, parts)
		each(parts, func(p int) {
			sums[p] = make([][]float64, len(centres))
			for l := range centres {
				sums[p][l] = make([]float64, len(centres[l]))
			}
			for i := p * part; i < min((p+1)*part, len(points)); i++ {
				l, fit := nearest(points[i], centres)
				if l != labels[i] || step == 0 {
					changed[p]++
				}
				labels[i], fits[i] = l, fit
				add(sums[p][l], points[i], 1)
			}
		})
		total := 0
		for _, n := range changed {
			total += n
		}
		if total == 0 {
			break
		}
		for l := range centres {
			sum := make([]float64, len(centres[l]))
			for p := range sums {
				add(sum, sums[p][l], 1)
			}
			if dot(sum, sum) > 1e-18 {
				centres[l] = unit(sum)
			}
		}
	}
	return labels, fits
}

func nearest(p []float64, centres [][]float64) (at int, fit float64) {
	fit = math.Inf(-1)
	for l, c := range centres {
		if f := dot(p, c); f > fit {
			at, fit = l, f
		}
	}
	return at, fit
}

// clearness is the mean silhouette against the middles, each text left out of
// its own: nearer to its theme than to the next. A text that is a theme of its
// own counts 0, so that many small themes are no gain.
func clearness(points [][]float64, labels []int, centres [][]float64) float64 {
	sums, n := make([][]float64, len(centres)), make([]int, len(centres))
	for l := range centres {
		sums[l] = make([]float64, len(centres[l]))
	}
	for i, p := range points {
		add(sums[labels[i]], p, 1)
		n[labels[i]]++
	}
	total := 0.0
	rest := make([]float64, len(points[0]))
	for i, p := range points {
		own := labels[i]
		if n[own] < 2 {
			continue
		}
		copy(rest, sums[own])
		add(rest, p, -1)
		a, b := 1-dot(unit(rest), p), math.Inf(1)
		for l, c := range centres {
			if l != own && n[l] > 0 {
				b = math.Min(b, 1-dot(p, c))
			}
		}
		if top := math.Max(a, b); top > 1e-12 && !math.IsInf(b, 1) {
			total += (b - a) / top
		}
	}
	return total / float64(len(points))
}
