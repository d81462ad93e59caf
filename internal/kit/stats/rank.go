package stats

// Signs and signed ranks of differences: exact, whatever their shape.

import (
	"math"
	"slices"
)

// SignTest is the two-sided chance of so many rises and falls if both were as
// likely. Those who stayed the same do not count.
func SignTest(d []float64) (up, down int, p float64) {
	for _, v := range d {
		switch {
		case v > 0:
			up++
		case v < 0:
			down++
		}
	}
	return up, down, signP(up, down)
}

// SignedRank is Wilcoxon's test.
type SignedRank struct {
	V float64 // sum of the ranks of the rises
	N int     // without those who stayed the same
	P float64 // exact, two-sided
}

// SignedRankTest ranks the sizes of the differences. Equal sizes share the middle of
// their ranks, and the distribution is that of exactly these ranks.
func SignedRankTest(d []float64) SignedRank {
	var sizes []float64
	for _, v := range d {
		if v != 0 {
			sizes = append(sizes, math.Abs(v))
		}
	}
	slices.Sort(sizes)
	twice := make([]int, len(sizes)) // twice the rank, so that the middle of two is a whole number
	for i := 0; i < len(sizes); {
		j := i
		for j < len(sizes) && sizes[j] == sizes[i] {
			j++
		}
		for k := i; k < j; k++ {
			twice[k] = i + 1 + j
		}
		i = j
	}
	v2 := 0
	for _, v := range d {
		if v > 0 {
			at, _ := slices.BinarySearch(sizes, v)
			v2 += twice[at]
		}
	}
	ways := rankSums(twice)
	low, high := 0.0, 0.0
	for s, w := range ways {
		if s <= v2 {
			low += w
		}
		if s >= v2 {
			high += w
		}
	}
	return SignedRank{V: float64(v2) / 2, N: len(sizes), P: math.Min(1, 2*math.Min(low, high))}
}

// rankSums is the chance of every sum when each rank is in it or not by a fair coin.
func rankSums(ranks []int) []float64 {
	total := 0
	for _, r := range ranks {
		total += r
	}
	ways := make([]float64, total+1)
	ways[0] = 1
	at := 0
	for _, r := range ranks {
		at += r
		for s := at; s >= 0; s-- {
			ways[s] /= 2
			if s >= r {
				ways[s] += ways[s-r] / 2
			}
		}
	}
	return ways
}

// MedianShift is the estimate of Hodges and Lehmann: the middle of the means of all
// pairs of differences, with the exact interval of the signed ranks. ok is false
// below six, where no interval of this level exists.
func MedianShift(d []float64) (e Estimate, ok bool) {
	s := slices.Clone(d)
	slices.Sort(s)
	var means []float64
	for i := range s {
		for j := i; j < len(s); j++ {
			means = append(means, (s[i]+s[j])/2)
		}
	}
	slices.Sort(means)
	if len(s) < 6 {
		return e, false
	}
	ranks := make([]int, len(s))
	for i := range ranks {
		ranks[i] = i + 1
	}
	cut, below := -1, 0.0
	for at, w := range rankSums(ranks) {
		if below += w; below > (1-Level)/2 {
			break
		}
		cut = at
	}
	if cut < 0 {
		return e, false
	}
	m := len(means)
	return Estimate{Value: (means[(m-1)/2] + means[m/2]) / 2, Low: means[cut], High: means[m-1-cut], N: len(s), Method: HodgesLehmann}, true
}
