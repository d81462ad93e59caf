package suppress

// A small simplex method: equations with coefficients 1 and -1, unknowns ≥ 0,
// dense rows, restarted from the last corner for every question.

import "math"

const eps = 1e-7

type program struct {
	n      int         // unknowns
	rows   [][]float64 // each with n coefficients and the right side last
	basis  []int
	width  int
	budget int
}

func newProgram(n int) *program { return &program{n: n, budget: 20_000} }

// equal adds an equation.
func (p *program) equal(row []float64, right float64) {
	if right < 0 {
		right = -right
		for i := range row {
			row[i] = -row[i]
		}
	}
	p.rows = append(p.rows, append(row, right))
}

// begin finds a first corner. Each row starts with an unknown that stands in no
// other row, or else with an artificial one that is then driven out. Artificial
// unknowns have no column: once out they never come back.
func (p *program) begin() bool {
	p.width = p.n
	cost := make([]float64, p.width+1)
	alone := p.alone()
	for i, row := range p.rows {
		if b := alone(row); b >= 0 {
			p.basis = append(p.basis, b)
			continue
		}
		p.basis = append(p.basis, p.n+i)
		for j, v := range row {
			cost[j] -= v
		}
	}
	if p.improve(cost, func() bool { return false }) == stopped || cost[p.width] < -eps*float64(len(p.rows)+1) {
		return false
	}
	kept, basis := p.rows[:0], p.basis[:0]
	for i, row := range p.rows {
		if p.basis[i] >= p.n {
			j := largest(row[:p.n])
			if j < 0 {
				continue // says nothing new
			}
			p.pivot(i, j, nil)
		}
		kept, basis = append(kept, p.rows[i]), append(basis, p.basis[i])
	}
	p.rows, p.basis = kept, basis
	return true
}

// alone finds in a row an unknown of no other row with coefficient 1, turning
// the row round where its right side is 0 and that helps.
func (p *program) alone() func(row []float64) int {
	uses := make([]int, p.n)
	for _, row := range p.rows {
		for j, v := range row[:p.n] {
			if v != 0 {
				uses[j]++
			}
		}
	}
	return func(row []float64) int {
		for j, v := range row[:p.n] {
			if uses[j] == 1 && v == -1 && row[p.n] == 0 {
				for k := range row {
					row[k] = -row[k]
				}
				return j
			}
			if uses[j] == 1 && v == 1 {
				return j
			}
		}
		return -1
	}
}

func largest(row []float64) int {
	at, best := -1, eps
	for j, v := range row {
		if a := math.Abs(v); a > best {
			at, best = j, a
		}
	}
	return at
}

// push moves unknown c up (sign 1) or down (-1) corner by corner, until enough
// says so. It reports whether it did; an unknown without an upper end is enough.
func (p *program) push(c int, sign float64, enough func() bool) bool {
	cost := make([]float64, p.width+1)
	cost[c] = -sign
	for i, b := range p.basis {
		if b == c {
			for j, v := range p.rows[i] {
				cost[j] += sign * v
			}
		}
	}
	switch p.improve(cost, enough) {
	case satisfied:
		return true
	case endless:
		return sign > 0
	}
	return enough()
}

type outcome int

const (
	optimal outcome = iota
	satisfied
	endless
	stopped
)

// improve lowers the cost until it cannot be lowered. Bland's rule takes over
// when the corner stays the same for long, so that it ends.
func (p *program) improve(cost []float64, enough func() bool) outcome {
	still := 0
	for range p.budget {
		in := p.entering(cost, still > 30)
		if in < 0 {
			return optimal
		}
		out, ratio := p.leaving(in)
		if out < 0 {
			return endless
		}
		if ratio > eps {
			still = 0
		} else {
			still++
		}
		p.pivot(out, in, cost)
		if enough() {
			return satisfied
		}
	}
	return stopped
}

func (p *program) entering(cost []float64, first bool) int {
	at, best := -1, -eps
	for j := range p.n {
		if cost[j] < best {
			at, best = j, cost[j]
			if first {
				break
			}
		}
	}
	return at
}

func (p *program) leaving(in int) (out int, ratio float64) {
	out, ratio = -1, math.Inf(1)
	for i, row := range p.rows {
		if row[in] <= eps {
			continue
		}
		r := row[p.width] / row[in]
		if r < ratio-eps || r < ratio+eps && (out < 0 || p.basis[i] < p.basis[out]) {
			out, ratio = i, r
		}
	}
	return out, ratio
}

func (p *program) pivot(out, in int, cost []float64) {
	row := p.rows[out]
	by := row[in]
	var used []int
	for j := range row {
		if row[j] != 0 {
			row[j] /= by
			used = append(used, j)
		}
	}
	clear := func(other []float64) {
		f := other[in]
		if f == 0 {
			return
		}
		for _, j := range used {
			if other[j] -= f * row[j]; math.Abs(other[j]) < 1e-11 {
				other[j] = 0
			}
		}
	}
	for i, other := range p.rows {
		if i != out {
			clear(other)
		}
	}
	if cost != nil {
		clear(cost)
	}
	p.basis[out] = in
}

// point is the corner it stands at; whole says that every unknown is a whole number.
func (p *program) point() (x []float64, whole bool) {
	x, whole = make([]float64, p.n), true
	for i, b := range p.basis {
		if b < p.n {
			v := p.rows[i][p.width]
			x[b] = math.Round(v)
			if math.Abs(v-x[b]) > 1e-5 || v < -1e-5 {
				whole = false
			}
		}
	}
	return x, whole
}
