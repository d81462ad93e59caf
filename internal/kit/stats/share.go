package stats

// Shares: how many of how many, one group, two groups, the same people twice.

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

var z = distuv.UnitNormal.Quantile(1 - (1-Level)/2)

// Share is k of n with Wilson's interval; ok is false without anybody.
func Share(k, n int) (e Estimate, ok bool) {
	if n <= 0 || k < 0 || k > n {
		return e, false
	}
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Estimate{Value: p, Low: math.Max(0, mid-half), High: math.Min(1, mid+half), N: n, Method: Wilson}, true
}

// ShareExact is k of n with the interval of Clopper and Pearson: never too narrow.
func ShareExact(k, n int) (e Estimate, ok bool) {
	if n <= 0 || k < 0 || k > n {
		return e, false
	}
	e = Estimate{Value: float64(k) / float64(n), High: 1, N: n, Method: ClopperPearson}
	tail := (1 - Level) / 2
	if k > 0 {
		e.Low = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(tail)
	}
	if k < n {
		e.High = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(1 - tail)
	}
	return e, true
}

// ShareDiffer is the difference of two shares of different people, the second
// minus the first.
func ShareDiffer(k1, n1, k2, n2 int) (e Estimate, ok bool) {
	a, okA := Share(k1, n1)
	b, okB := Share(k2, n2)
	if !okA || !okB {
		return e, false
	}
	d := b.Value - a.Value
	low := d - math.Hypot(b.Value-b.Low, a.High-a.Value)
	high := d + math.Hypot(b.High-b.Value, a.Value-a.Low)
	return Estimate{Value: d, Low: low, High: high, N: n1 + n2, Method: Newcombe}, true
}

// Flips is what became of a yes or no of the same people: how many went from no to
// yes and from yes to no, and the exact chance (two-sided) of a split at least as
// uneven if both ways were as likely.
type Flips struct {
	Gained, Lost int
	P            float64
	Method       Method
}

// PairedShare compares a yes or no of the same people before and after.
func PairedShare(before, after []bool) (f Flips, ok bool) {
	if len(before) != len(after) || len(before) == 0 {
		return f, false
	}
	for i := range before {
		switch {
		case !before[i] && after[i]:
			f.Gained++
		case before[i] && !after[i]:
			f.Lost++
		}
	}
	f.P, f.Method = signP(f.Gained, f.Lost), McNemar
	return f, true
}

// signP is the two-sided chance of a split of a and b by a fair coin.
func signP(a, b int) float64 {
	n, k := a+b, min(a, b)
	if n == 0 {
		return 1
	}
	sum := 0.0
	for i := range k + 1 {
		sum += math.Exp(lnChoose(n, i) - float64(n)*math.Ln2)
	}
	return math.Min(1, 2*sum)
}

func lnChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
