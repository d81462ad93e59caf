// Eigenvalues of the small symmetric matrices that the picture is drawn from.

package opinion

import "gonum.org/v1/gonum/mat"

// eigen returns the eigenvalues of a symmetric matrix, largest first, and the
// eigenvector of each; lower is its lower triangle. A matrix of numbers has them
// always; of what is not a number, none.
func eigen(lower [][]float64) (values []float64, vectors [][]float64) {
	n := len(lower)
	if n == 0 {
		return nil, nil
	}
	a := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			a.SetSym(i, j, lower[i][j])
		}
	}
	var e mat.EigenSym
	if !e.Factorize(a, true) {
		return nil, nil
	}
	var v mat.Dense
	e.VectorsTo(&v)
	ascending := e.Values(nil)
	for i := n - 1; i >= 0; i-- {
		values, vectors = append(values, ascending[i]), append(vectors, mat.Col(nil, i, &v))
	}
	return values, vectors
}
