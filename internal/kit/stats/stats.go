// Package stats says how far a few numbers can be relied on: changes between two
// measurements of the same people, shares, and differences of shares. Every answer
// carries its method and its n, so that a page can tell both.
//
// Groups here are small. Where the usual formula needs more people than there are,
// an exact method or the bootstrap takes its place, always with the same seed: the
// same numbers give the same answer, in whatever order they come.
package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Method is how an interval was made.
type Method string

const (
	PairedT        Method = "paired_t"        // Student's t on the differences
	BCa            Method = "bca"             // bias-corrected and accelerated bootstrap (Efron 1987)
	HodgesLehmann  Method = "hodges_lehmann"  // exact, from the signed ranks
	Wilson         Method = "wilson"          // score interval of a share (Wilson 1927)
	ClopperPearson Method = "clopper_pearson" // exact interval of a share (1934)
	Newcombe       Method = "newcombe"        // difference of two shares, method 10 of Newcombe 1998
	Welch          Method = "welch"           // difference of two means of different people
	McNemar        Method = "mcnemar"         // exact test of a share in the same people
)

// Level is how often such an interval holds the true value.
const Level = 0.95

// EnoughForT is the number of pairs from which Student's t is used.
const EnoughForT = 20

// Estimate is a value with its interval.
type Estimate struct {
	Value, Low, High float64
	N                int
	Method           Method
}

// Paired is the mean change from before to after in the same people, element by
// element. ok is false when there are fewer than three pairs, or when all changed
// alike: then nothing can be said about how sure the number is.
func Paired(before, after []float64) (e Estimate, ok bool) {
	if len(before) != len(after) {
		return e, false
	}
	d := make([]float64, len(before))
	for i := range d {
		d[i] = after[i] - before[i]
	}
	if len(d) >= EnoughForT {
		return MeanT(d)
	}
	return MeanBCa(d)
}

// usable sorts a copy; the order of people must not matter.
func usable(x []float64) ([]float64, bool) {
	s := slices.Clone(x)
	slices.Sort(s)
	if len(s) < 3 || s[0] == s[len(s)-1] {
		return s, false
	}
	for _, v := range s {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return s, false
		}
	}
	return s, true
}

// MeanT is the mean of differences with Student's interval.
func MeanT(d []float64) (e Estimate, ok bool) {
	s, ok := usable(d)
	if !ok {
		return e, false
	}
	mean, sd := stat.MeanStdDev(s, nil)
	n := float64(len(s))
	half := tQuantile(n-1) * sd / math.Sqrt(n)
	return Estimate{Value: mean, Low: mean - half, High: mean + half, N: len(s), Method: PairedT}, true
}

func tQuantile(df float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(1 - (1-Level)/2)
}

// Differ is the difference of the means of two groups of different people, b − a,
// with Welch's interval.
func Differ(a, b []float64) (e Estimate, ok bool) {
	a, okA := usable(a)
	b, okB := usable(b)
	if !okA || !okB {
		return e, false
	}
	ma, sa := stat.MeanStdDev(a, nil)
	mb, sb := stat.MeanStdDev(b, nil)
	va, vb := sa*sa/float64(len(a)), sb*sb/float64(len(b))
	df := (va + vb) * (va + vb) / (va*va/float64(len(a)-1) + vb*vb/float64(len(b)-1))
	half := tQuantile(df) * math.Sqrt(va+vb)
	return Estimate{Value: mb - ma, Low: mb - ma - half, High: mb - ma + half, N: len(a) + len(b), Method: Welch}, true
}

// Mean of numbers, in an order of its own.
func Mean(x []float64) float64 {
	s := slices.Clone(x)
	slices.Sort(s)
	return stat.Mean(s, nil)
}
