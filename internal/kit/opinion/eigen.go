package opinion

import (
	"math"
	"slices"
)

// eigen returns the eigenvalues of a small symmetric matrix, largest first, and
// the eigenvector of each; lower is its lower triangle. Jacobi's rotations:
// slow for large matrices, exact and simple for small ones.
func eigen(lower [][]float64) (values []float64, vectors [][]float64) {
	n := len(lower)
	a, v := square(n), square(n)
	for i := range n {
		v[i][i] = 1
		for j := range i + 1 {
			a[i][j], a[j][i] = lower[i][j], lower[i][j]
		}
	}
	for range 60 {
		off, all := 0.0, 0.0
		for i := range n {
			for j := range n {
				all += a[i][j] * a[i][j]
				if i != j {
					off += a[i][j] * a[i][j]
				}
			}
		}
		if off <= 1e-30*all {
			break
		}
		least := math.Sqrt(1e-32 * all)
		for p := range n {
			for q := p + 1; q < n; q++ {
				if math.Abs(a[p][q]) > least/float64(n) {
					rotate(a, v, p, q)
				}
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case a[i][i] > a[j][j]:
			return -1
		case a[i][i] < a[j][j]:
			return 1
		}
		return 0
	})
	for _, i := range order {
		values, vectors = append(values, a[i][i]), append(vectors, v[i])
	}
	return values, vectors
}

// rotate makes a[p][q] zero; rows of v are the eigenvectors to be.
func rotate(a, v [][]float64, p, q int) {
	theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := 1 / (math.Abs(theta) + math.Sqrt(theta*theta+1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(t*t+1)
	s := t * c
	ap, aq := a[p], a[q]
	for k := range a {
		x, y := ap[k], aq[k]
		ap[k], aq[k] = c*x-s*y, s*x+c*y
	}
	for k := range a {
		x, y := a[k][p], a[k][q]
		a[k][p], a[k][q] = c*x-s*y, s*x+c*y
	}
	vp, vq := v[p], v[q]
	for k := range vp {
		x, y := vp[k], vq[k]
		vp[k], vq[k] = c*x-s*y, s*x+c*y
	}
}

func square(n int) [][]float64 {
	a, flat := make([][]float64, n), make([]float64, n*n)
	for i := range a {
		a[i] = flat[i*n : (i+1)*n]
	}
	return a
}
