package theme

// Places of texts in few dimensions: TF-IDF, then the leading directions of the
// texts × features matrix, found on a sample when there are many texts.

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

const (
	dimensions = 32
	rounds     = 6
	sampled    = 4000 // texts from which the directions are found
)

// placesOf returns a unit vector per text, or nil for a text that shares nothing
// with any other.
func placesOf(docs [][]feature, seed uint64) [][]float64 {
	count := make([]int32, space)
	for _, d := range docs {
		for _, f := range d {
			count[f.number]++
		}
	}
	most := int32(max(2, len(docs)/2)) // what half of all texts say tells nothing apart
	rare := make([]float64, space)
	for f, c := range count {
		if c >= 2 && c <= most {
			rare[f] = math.Log((1 + float64(len(docs))) / (1 + float64(c)))
		}
	}
	weigh := func(f feature) float64 { return float64(f.weight) * rare[f.number] }
	sample := sampleOf(len(docs), sampled, seed)
	m := matrixOf(docs, sample, weigh)
	v := m.directions(min(dimensions, len(m.rows)))
	places := make([][]float64, len(docs))
	each(len(docs), func(i int) {
		place := make([]float64, v.r)
		for _, f := range docs[i] {
			if at := m.number[f.number]; at >= 0 {
				if w := weigh(f); w > 0 {
					add(place, v.row(int(at)), w)
				}
			}
		}
		if l := math.Sqrt(dot(place, place)); l > 1e-9 {
			scale(place, 1/l)
			places[i] = place
		}
	})
	return places
}

// sampleOf picks about most of n numbers, spread by the seed, in order.
func sampleOf(n, most int, seed uint64) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	if n <= most {
		return all
	}
	slices.SortFunc(all, func(a, b int) int { return cmp.Compare(mix(uint64(a)^seed<<20), mix(uint64(b)^seed<<20)) })
	all = all[:most]
	slices.Sort(all)
	return all
}

func mix(x uint64) uint64 {
	x = (x + 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

type entry struct {
	at int32
	w  float64
}

// matrix is texts × features, by rows and by columns.
type matrix struct {
	number        []int32 // feature → column, -1 for none
	rows, columns [][]entry
	seeds         []uint64 // per column: where its start comes from
}

func matrixOf(docs [][]feature, sample []int, weigh func(feature) float64) *matrix {
	m := &matrix{number: make([]int32, space), rows: make([][]entry, len(sample))}
	for i := range m.number {
		m.number[i] = -1
	}
	for _, i := range sample {
		for _, f := range docs[i] {
			if weigh(f) > 0 {
				m.number[f.number] = 0
			}
		}
	}
	for f, used := range m.number { // by number, not by who came first
		if used == 0 {
			m.number[f] = int32(len(m.seeds))
			m.seeds = append(m.seeds, uint64(f))
		}
	}
	m.columns = make([][]entry, len(m.seeds))
	for r, i := range sample {
		sum := 0.0
		for _, f := range docs[i] {
			if w := weigh(f); w > 0 {
				m.rows[r] = append(m.rows[r], entry{m.number[f.number], w})
				sum += w * w
			}
		}
		for n := range m.rows[r] {
			e := &m.rows[r][n]
			e.w /= math.Sqrt(sum)
			m.columns[e.at] = append(m.columns[e.at], entry{int32(r), e.w})
		}
	}
	return m
}

// block is a number of vectors, interleaved.
type block struct {
	r    int
	data []float64
}

func newBlock(n, r int) block       { return block{r, make([]float64, n*r)} }
func (b block) row(i int) []float64 { return b.data[i*b.r : (i+1)*b.r] }

// directions finds r leading directions of the features by subspace iteration.
func (m *matrix) directions(r int) block {
	v, y := newBlock(len(m.columns), r), newBlock(len(m.rows), r)
	for j, s := range m.seeds {
		for k := range r {
			v.row(j)[k] = float64(int64(mix(s*64+uint64(k)))) / (1 << 63)
		}
	}
	for range rounds {
		v.orthonormal()
		times(m.rows, v, y)
		times(m.columns, y, v)
	}
	v.orthonormal()
	return v
}

// times sets each row of out to the weighted sum of the rows of in.
func times(rows [][]entry, in, out block) {
	const part = 256
	each((len(rows)+part-1)/part, func(p int) {
		for i := p * part; i < min((p+1)*part, len(rows)); i++ {
			to := out.row(i)
			clear(to)
			for _, e := range rows[i] {
				add(to, in.row(int(e.at)), e.w)
			}
		}
	})
}

// orthonormal is Gram–Schmidt, twice, over the vectors; one that depends on the
// others becomes zero.
func (b block) orthonormal() {
	n := len(b.data) / max(b.r, 1)
	columns := make([][]float64, b.r)
	for k := range columns {
		columns[k] = make([]float64, n)
		for i := range n {
			columns[k][i] = b.data[i*b.r+k]
		}
		before := math.Sqrt(dot(columns[k], columns[k]))
		for range 2 {
			for _, c := range columns[:k] {
				add(columns[k], c, -dot(columns[k], c))
			}
		}
		if l := math.Sqrt(dot(columns[k], columns[k])); l > 1e-9*before {
			scale(columns[k], 1/l)
		} else {
			clear(columns[k])
		}
		for i := range n {
			b.data[i*b.r+k] = columns[k][i]
		}
	}
}

// each runs f for 0 … n-1 on all cores; what f(i) does must depend on i alone.
func each(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

func dot(a, b []float64) (sum float64) {
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

func add(to, v []float64, f float64) {
	for i, x := range v {
		to[i] += f * x
	}
}

func scale(v []float64, f float64) {
	for i := range v {
		v[i] *= f
	}
}
