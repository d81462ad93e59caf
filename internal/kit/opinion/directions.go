package opinion

// The two directions along which people differ most: the leading eigenvectors of
// XᵀX, X the centred votes. A growing subspace of images and residuals with
// Rayleigh–Ritz in it (block Krylov with thick restarts: Golub & Van Loan, Matrix
// Computations, §10; Wu & Simon 2000). Every round is one pass over the votes.

import (
	"math"
)

const (
	wide      = 4  // vectors a pass takes along
	deepest   = 28 // vectors of the subspace before it is folded
	kept      = 8  // vectors that survive the folding
	residual  = 1e-9
	mostTurns = 400
)

type directions struct {
	vectors  [][]float64 // two to four, the first two are the directions
	share    [2]float64
	rounds   int
	residual float64
}

func (d directions) at(n, j int) float64 {
	if n >= len(d.vectors) {
		return 0
	}
	return d.vectors[n][j]
}

// startFrom is where the search begins: at the last directions, or at numbers
// that depend on the statement's place alone.
func (c *Conversation) startFrom(m *matrix) [][]float64 {
	start := make([][]float64, wide)
	for n := range start {
		start[n] = make([]float64, len(m.statements))
		for j := range m.statements {
			of := m.centred[4*j : 4*j+3]
			if of[0] == of[2] { // out, or without votes: has no part in any direction
				continue
			}
			if n < len(c.warm) {
				if j < len(c.warm[n]) {
					start[n][j] = c.warm[n][j]
				}
				continue
			}
			x := uint64(j*wide+n+1) * 0x9e3779b97f4a7c15
			x ^= x >> 31
			x *= 0xbf58476d1ce4e5b9
			x ^= x >> 29
			start[n][j] = float64(int64(x)) / (1 << 63)
		}
	}
	return start
}

// subspace is an orthonormal basis, the image of each vector, and the matrix
// between them.
type subspace struct {
	q, image [][]float64
	t        [][]float64
}

func (m *matrix) directions(start [][]float64) directions {
	var s subspace
	d := directions{}
	block := s.independent(start, 1e-8)
	total := m.variance()
	for len(block) > 0 && total > 0 {
		d.rounds++
		s.extend(block, m.image(block))
		values, y := eigen(s.t)
		if len(values) == 0 {
			break // what is not a number has no directions
		}
		ritz, images := combine(s.q, y, kept), combine(s.image, y, kept)
		rest := make([][]float64, min(wide, len(ritz)))
		d.residual = 0
		for n := range rest {
			rest[n] = make([]float64, len(ritz[n]))
			for j := range rest[n] {
				rest[n][j] = images[n][j] - values[n]*ritz[n][j]
			}
			if n < 2 {
				d.residual = math.Max(d.residual, norm(rest[n])/values[0])
			}
		}
		d.vectors = ritz[:len(rest)]
		for n := range min(2, len(rest)) {
			d.share[n] = math.Max(values[n], 0) / total
		}
		if values[0] <= 1e-12*total {
			break
		}
		if d.residual <= residual || d.rounds >= mostTurns {
			break
		}
		if len(s.q)+wide > deepest {
			s = folded(ritz, images, values)
		}
		block = s.independent(rest, 1e-13*values[0])
	}
	for len(d.vectors) < 2 && len(m.statements) > 0 {
		d.vectors = append(d.vectors, make([]float64, len(m.statements)))
	}
	return d
}

// independent makes vectors orthonormal to the basis and to each other; what is
// shorter than least to begin with is left out.
func (s *subspace) independent(list [][]float64, least float64) [][]float64 {
	var out [][]float64
	for _, v := range list {
		before := norm(v)
		if before <= least {
			continue
		}
		scale(v, 1/before)
		ok := true
		for range 2 {
			for _, q := range s.q {
				add(v, q, -dot(v, q))
			}
			for _, q := range out {
				add(v, q, -dot(v, q))
			}
			n := norm(v)
			if ok = n > 1e-9; !ok {
				break
			}
			scale(v, 1/n)
		}
		if ok {
			out = append(out, v)
		}
	}
	return out
}

func (s *subspace) extend(block, images [][]float64) {
	for n, v := range block {
		s.q, s.image = append(s.q, v), append(s.image, images[n])
		row := make([]float64, len(s.q))
		for i, q := range s.q {
			row[i] = dot(q, images[n])
		}
		s.t = append(s.t, row) // the lower triangle
	}
}

// folded begins anew with the best combinations so far.
func folded(ritz, images [][]float64, values []float64) (s subspace) {
	s.q, s.image = ritz, images
	for n := range ritz {
		row := make([]float64, n+1)
		row[n] = values[n]
		s.t = append(s.t, row)
	}
	return s
}

// combine returns the first most combinations of vectors with coefficients y.
func combine(vectors [][]float64, y [][]float64, most int) [][]float64 {
	out := make([][]float64, min(most, len(vectors)))
	for n := range out {
		out[n] = make([]float64, len(vectors[0]))
		for i, v := range vectors {
			add(out[n], v, y[n][i])
		}
	}
	return out
}

// image is XᵀX times up to four vectors in one pass over the votes.
func (m *matrix) image(vectors [][]float64) [][]float64 {
	in := make([][wide]float64, len(m.statements))
	for n, v := range vectors {
		for j := range v {
			in[j][n] = v[j]
		}
	}
	parts := make([][][wide]float64, len(m.blocks)-1)
	each(len(parts), func(b int) {
		sum := make([][wide]float64, len(in))
		for i := m.blocks[b]; i < m.blocks[b+1]; i++ {
			row := m.row(i)
			var y0, y1, y2, y3 float64
			for _, cell := range row {
				x, v := m.centred[cell], &in[cell>>2]
				y0 += x * v[0]
				y1 += x * v[1]
				y2 += x * v[2]
				y3 += x * v[3]
			}
			for _, cell := range row {
				x, v := m.centred[cell], &sum[cell>>2]
				v[0] += x * y0
				v[1] += x * y1
				v[2] += x * y2
				v[3] += x * y3
			}
		}
		parts[b] = sum
	})
	out := make([][]float64, len(vectors))
	for n := range out {
		out[n] = make([]float64, len(in))
		for _, part := range parts { // in the order of the blocks, whoever was first
			for j := range part {
				out[n][j] += part[j][n]
			}
		}
	}
	return out
}

// project places everybody: along the directions, outwards by the votes missed.
// A statement taken out counts as a vote of everybody, as in the published
// results. The sign of a direction is arbitrary; it is chosen so that whoever
// stands farthest out along it stands on the positive side.
func (m *matrix) project(d directions) (xs, ys []float64) {
	xs, ys = make([]float64, len(m.people)), make([]float64, len(m.people))
	if len(m.statements) == 0 {
		return xs, ys
	}
	m.eachRow(func(i int) {
		for _, cell := range m.row(i) {
			x := m.centred[cell]
			xs[i] += x * d.vectors[0][cell>>2]
			ys[i] += x * d.vectors[1][cell>>2]
		}
	})
	for n, along := range [][]float64{xs, ys} {
		if farthest(along) < 0 {
			scale(along, -1)
			scale(d.vectors[n], -1)
		}
	}
	outs := 0
	for _, out := range m.out {
		outs += btoi(out)
	}
	m.eachRow(func(i int) {
		n := m.size(i)
		if outs > 0 {
			n = outs
			for _, cell := range m.row(i) {
				n += btoi(!m.out[cell>>2])
			}
		}
		f := math.Sqrt(float64(len(m.statements)) / float64(max(n, 1)))
		xs[i] *= f
		ys[i] *= f
	})
	return xs, ys
}

// farthest is the value farthest from 0; of several that differ by rounding
// alone, the first.
func farthest(list []float64) float64 {
	top := 0.0
	for _, v := range list {
		top = math.Max(top, math.Abs(v))
	}
	for _, v := range list {
		if math.Abs(v) >= top*(1-1e-9) {
			return v
		}
	}
	return 0
}

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }

func add(to, v []float64, f float64) {
	for i := range to {
		to[i] += f * v[i]
	}
}

func scale(v []float64, f float64) {
	for i := range v {
		v[i] *= f
	}
}
