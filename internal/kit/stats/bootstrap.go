package stats

// The bootstrap, bias-corrected and accelerated: B. Efron, "Better Bootstrap
// Confidence Intervals", Journal of the American Statistical Association 82 (1987).

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

const (
	draws = 4000
	seed  = 1987 // always the same: a page that is opened twice says the same
)

// MeanBCa is the mean of a few differences with an interval that follows their shape.
func MeanBCa(d []float64) (e Estimate, ok bool) {
	s, ok := usable(d)
	if !ok {
		return e, false
	}
	mean := func(x []float64) float64 { return stat.Mean(x, nil) }
	e = Estimate{Value: mean(s), N: len(s), Method: BCa}
	e.Low, e.High = bca(s, mean, Level, draws)
	return e, true
}

// bca is the interval of any statistic of sorted numbers.
func bca(x []float64, of func([]float64) float64, level float64, draws int) (low, high float64) {
	r := rand.New(rand.NewPCG(seed, uint64(len(x))))
	at, sample := of(x), make([]float64, len(x))
	drawn := make([]float64, draws)
	below := 0.0
	for i := range drawn {
		for j := range sample {
			sample[j] = x[r.IntN(len(x))]
		}
		drawn[i] = of(sample)
		switch { // half of those that hit it exactly: whole numbers do that often
		case math.Abs(drawn[i]-at) < 1e-12*(1+math.Abs(at)):
			below += 0.5
		case drawn[i] < at:
			below++
		}
	}
	slices.Sort(drawn)
	normal := distuv.UnitNormal
	share := math.Min(math.Max(below/float64(draws), 0.5/float64(draws)), 1-0.5/float64(draws))
	bias, bend := normal.Quantile(share), acceleration(x, of)
	tail := (1 - level) / 2
	point := func(q float64) float64 {
		u := bias + normal.Quantile(q)
		p := normal.CDF(bias + u/(1-bend*u))
		i := int(math.Round(p*float64(draws+1))) - 1
		return drawn[min(max(i, 0), draws-1)]
	}
	return point(tail), point(1 - tail)
}

// acceleration is how the spread of the statistic moves with it, from leaving out
// one number at a time.
func acceleration(x []float64, of func([]float64) float64) float64 {
	left := make([]float64, 0, len(x)-1)
	out := make([]float64, len(x))
	for i := range x {
		left = append(append(left[:0], x[:i]...), x[i+1:]...)
		out[i] = of(left)
	}
	mean := stat.Mean(out, nil)
	cubes, squares := 0.0, 0.0
	for _, v := range out {
		cubes += math.Pow(mean-v, 3)
		squares += math.Pow(mean-v, 2)
	}
	if squares == 0 {
		return 0
	}
	return cubes / (6 * math.Pow(squares, 1.5))
}
