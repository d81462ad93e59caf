package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// The extra hours of sleep of ten patients: "Student", "The Probable Error of a
// Mean", Biometrika 6 (1908). The interval is the one printed by R's help page of
// t.test for the same data.
var sleep = []float64{1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4}

func TestStudentsSleep(t *testing.T) {
	e, ok := MeanT(sleep)
	if !ok || e.N != 10 || e.Method != PairedT {
		t.Fatalf("%+v", e)
	}
	near(t, "mean", e.Value, 1.58, 1e-12)
	near(t, "low", e.Low, 0.7001142, 1e-6)
	near(t, "high", e.High, 2.4598858, 1e-6)
}

// Depression scores of nine patients before and after a tranquilizer: M. Hollander
// and D. A. Wolfe, Nonparametric Statistical Methods (1973), example 3.1; R's help
// page of wilcox.test gives V = 40 and a one-sided p of 0.01953.
func TestHollanderWolfe(t *testing.T) {
	before := []float64{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30}
	after := []float64{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29}
	d := make([]float64, len(before))
	for i := range d {
		d[i] = before[i] - after[i]
	}
	w := SignedRankTest(d)
	if w.V != 40 || w.N != 9 {
		t.Errorf("%+v", w)
	}
	near(t, "p", w.P, 2*10.0/512, 1e-12) // ten of the 512 ways give 40 or more
	e, ok := MedianShift(d)
	if !ok {
		t.Fatal("no interval")
	}
	near(t, "estimate", e.Value, 0.46, 0.001) // in the book: −0.46 for after minus before
	near(t, "low", e.Low, 0.010, 0.001)       // in the book: from −0.786 to −0.010
	near(t, "high", e.High, 0.786, 0.001)
}

// By hand: 1, 2, −3 have the ranks 1, 2, 3. The sums of the eight ways are 0, 1, 2,
// 3, 3, 4, 5, 6; V is 3, so five of eight lie on either side and p is 1.
// Two ties: 1, 1, −2 have ranks 1.5, 1.5, 3; sums 0, 1.5, 1.5, 3, 3, 4.5, 4.5, 6.
func TestSignedRanksByHand(t *testing.T) {
	if w := SignedRankTest([]float64{1, 2, -3}); w.V != 3 || w.P != 1 {
		t.Errorf("%+v", w)
	}
	if w := SignedRankTest([]float64{0, 1, 2, 3}); w.V != 6 || w.N != 3 || w.P != 0.25 {
		t.Errorf("%+v", w)
	}
	if w := SignedRankTest([]float64{1, 1, -2}); w.V != 3 || w.P != 1 {
		t.Errorf("%+v", w)
	}
	up, down, p := SignTest([]float64{1, 1, 1, 1, 1, 1, -1, 0})
	if up != 6 || down != 1 || math.Abs(p-0.125) > 1e-12 { // 2·(1+7)/128
		t.Errorf("%d %d %v", up, down, p)
	}
	if _, ok := MedianShift([]float64{1, 2, 3, 4, 5}); ok {
		t.Error("five differences have no interval of 95 %")
	}
	if e, ok := MedianShift([]float64{1, 2, 3, 4, 5, 6}); !ok || e.Low != 1 || e.High != 6 || e.Value != 3.5 {
		t.Errorf("%+v: with six, all are needed: 2/64 is below 0.05", e)
	}
}

// R. G. Newcombe, "Two-Sided Confidence Intervals for the Single Proportion:
// Comparison of Seven Methods", Statistics in Medicine 17 (1998), table I: methods 3
// (score) and 5 (exact).
func TestNewcombeSingle(t *testing.T) {
	for _, c := range []struct {
		k, n                       int
		scoreLow, scoreHigh        float64
		exactLow, exactHigh, found float64
	}{
		{81, 263, 0.2553, 0.3662, 0.2527, 0.3676, 0.3080},
		{15, 148, 0.0624, 0.1605, 0.0578, 0.1617, 0.1014},
		{0, 20, 0, 0.1611, 0, 0.1684, 0},
		{1, 29, 0.0061, 0.1718, 0.0009, 0.1776, 0.0345},
	} {
		s, ok := Share(c.k, c.n)
		x, ok2 := ShareExact(c.k, c.n)
		if !ok || !ok2 || s.Method != Wilson || x.Method != ClopperPearson {
			t.Fatal(s, x)
		}
		near(t, "share", s.Value, c.found, 6e-5)
		near(t, "score low", s.Low, c.scoreLow, 6e-5)
		near(t, "score high", s.High, c.scoreHigh, 6e-5)
		near(t, "exact low", x.Low, c.exactLow, 6e-5)
		near(t, "exact high", x.High, c.exactHigh, 6e-5)
	}
	if _, ok := Share(1, 0); ok {
		t.Error("a share of nobody")
	}
	if e, _ := ShareExact(20, 20); e.High != 1 {
		t.Error(e)
	}
}

// R. G. Newcombe, "Interval Estimation for the Difference Between Independent
// Proportions: Comparison of Eleven Methods", Statistics in Medicine 17 (1998),
// table II, method 10: 56/70 − 48/80 from 0.0524 to 0.3339; 9/10 − 3/10 from 0.1705
// to 0.8090; 10/10 − 0/20 from 0.6791 to 1.
func TestNewcombeDifference(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int
		low, high      float64
	}{{48, 80, 56, 70, 0.0524, 0.3339}, {3, 10, 9, 10, 0.1705, 0.8090}, {0, 20, 10, 10, 0.6791, 1}} {
		e, ok := ShareDiffer(c.k1, c.n1, c.k2, c.n2)
		if !ok || e.N != c.n1+c.n2 {
			t.Fatal(e)
		}
		near(t, "low", e.Low, c.low, 6e-5)
		near(t, "high", e.High, c.high, 6e-5)
	}
}

// A. Agresti, Categorical Data Analysis, table 10.1: approval of the same 1,600
// voters twice; 150 fell and 86 rose. R's exact2x2 gives p = 3.716e-05.
func TestMcNemarApproval(t *testing.T) {
	var before, after []bool
	add := func(b, a bool, n int) {
		for range n {
			before, after = append(before, b), append(after, a)
		}
	}
	add(true, true, 794)
	add(true, false, 150)
	add(false, true, 86)
	add(false, false, 570)
	f, ok := PairedShare(before, after)
	if !ok || f.Gained != 86 || f.Lost != 150 {
		t.Fatalf("%+v", f)
	}
	near(t, "p", f.P, 3.716e-5, 5e-8)
	if f, _ := PairedShare([]bool{true, false}, []bool{true, false}); f.P != 1 {
		t.Errorf("nobody changed: %+v", f)
	}
}

// Spatial test scores: B. Efron and R. J. Tibshirani, An Introduction to the
// Bootstrap (1993), table 14.1 and section 14.3. For the variance (divided by n) of
// A, 171.5, the BCa interval of 90 % is 115.8 to 259.6 with 2,000 draws.
func TestEfronTibshirani(t *testing.T) {
	a := []float64{48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41}
	slices.Sort(a)
	variance := func(x []float64) float64 {
		m, s := Mean(x), 0.0
		for _, v := range x {
			s += (v - m) * (v - m)
		}
		return s / float64(len(x))
	}
	near(t, "variance", variance(a), 171.5, 0.05)
	near(t, "acceleration", acceleration(a, variance), 0.061, 0.001)
	low, high := bca(a, variance, 0.90, 4000)
	near(t, "low", low, 115.8, 5)
	near(t, "high", high, 259.6, 7)
}

// Welch by hand: 1 2 3 and 2 4 6 8. Means 2 and 5; variances 1 and 20/3; squared
// errors 1/3 and 5/3; df = 4 / (1/9/2 + 25/9/3) = 4.0754; t = 2.7564 (between
// 2.776 at 4 and 2.571 at 5); half = 2.7564·√2.
func TestWelchByHand(t *testing.T) {
	e, ok := Differ([]float64{1, 2, 3}, []float64{2, 4, 6, 8})
	if !ok || e.N != 7 {
		t.Fatal(e)
	}
	near(t, "difference", e.Value, 3, 1e-12)
	near(t, "half", (e.High-e.Low)/2, 2.7564*math.Sqrt2, 0.01)
}

func TestNothingIsSaidOfNothing(t *testing.T) {
	for _, d := range [][]float64{nil, {1}, {1, 2}, {2, 2, 2, 2}, {1, math.NaN(), 3}} {
		if e, ok := MeanT(d); ok {
			t.Errorf("%v: %+v", d, e)
		}
		if e, ok := MeanBCa(d); ok {
			t.Errorf("%v: %+v", d, e)
		}
	}
	if _, ok := Paired([]float64{1, 2}, []float64{1}); ok {
		t.Error("pairs of unequal length")
	}
}

// The method follows the number of pairs.
func TestPairedChooses(t *testing.T) {
	for n := 6; n < 30; n++ {
		before, after := make([]float64, n), make([]float64, n)
		for i := range before {
			before[i], after[i] = float64(i%5), float64(i%3)
		}
		e, ok := Paired(before, after)
		want := BCa
		if n >= EnoughForT {
			want = PairedT
		}
		if !ok || e.Method != want || e.N != n || e.Low > e.Value || e.High < e.Value {
			t.Errorf("%d pairs: %+v", n, e)
		}
	}
}

// Order does not matter, and turning every sign round turns the answer round.
func TestOrderAndSigns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		d := make([]float64, 6+r.IntN(30))
		for i := range d {
			d[i] = float64(r.IntN(13) - 5)
		}
		mixed, turned := slices.Clone(d), make([]float64, len(d))
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		for i, v := range d {
			turned[i] = -v
		}
		for name, of := range map[string]func([]float64) (Estimate, bool){"t": MeanT, "bca": MeanBCa, "hl": MedianShift} {
			a, okA := of(d)
			b, okB := of(mixed)
			c, okC := of(turned)
			if a != b || okA != okB || okA != okC {
				t.Fatalf("%s depends on the order: %+v %+v", name, a, b)
			}
			within := 1e-9
			if name == "bca" {
				within = 0.75 // other draws, of numbers from −5 to 7
			}
			near(t, name+" value", c.Value, -a.Value, 1e-9)
			near(t, name+" low", c.Low, -a.High, within)
			near(t, name+" high", c.High, -a.Low, within)
		}
		if a, b := SignedRankTest(d), SignedRankTest(turned); math.Abs(a.P-b.P) > 1e-12 {
			t.Errorf("%+v %+v", a, b)
		}
	}
}

// How often the interval holds the true mean, over a thousand samples with one
// seed. The t interval is exact for normal differences; the bootstrap of few and
// skewed whole numbers stays somewhat below its level, as Efron and Tibshirani say.
func TestCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	held := func(n int, draw func() float64, truth float64, of func([]float64) (Estimate, bool)) float64 {
		const samples = 600
		hit := 0
		for range samples {
			d := make([]float64, n)
			for i := range d {
				d[i] = draw()
			}
			if e, ok := of(d); ok && e.Low <= truth && truth <= e.High {
				hit++
			}
		}
		return float64(hit) / samples
	}
	normal := func() float64 { return r.NormFloat64()*2 - 1 }
	steps := func() float64 { return math.Max(0, math.Round(r.ExpFloat64()*2)) } // mean e^-.25/(1-e^-.5)
	truth := math.Exp(-0.25) / (1 - math.Exp(-0.5))
	if got := held(24, normal, -1, MeanT); got < 0.93 || got > 0.97 {
		t.Errorf("t: %v", got)
	}
	if got := held(17, normal, -1, MeanBCa); got < 0.90 || got > 0.97 {
		t.Errorf("bca: %v", got)
	}
	if got := held(17, steps, truth, MeanBCa); got < 0.86 {
		t.Errorf("bca of skewed steps: %v", got)
	}
	if got := held(12, normal, -1, MedianShift); got < 0.93 {
		t.Errorf("hodges-lehmann: %v", got)
	}
}

// The share intervals hold at least about as often as they say, for every share.
func TestShareCoverage(t *testing.T) {
	for _, n := range []int{11, 17, 34} {
		for p := 0.05; p < 1; p += 0.05 {
			score, exact := 0.0, 0.0
			for k := range n + 1 {
				chance := math.Exp(lnChoose(n, k) + float64(k)*math.Log(p) + float64(n-k)*math.Log(1-p))
				if e, _ := Share(k, n); e.Low <= p && p <= e.High {
					score += chance
				}
				if e, _ := ShareExact(k, n); e.Low <= p && p <= e.High {
					exact += chance
				}
			}
			if exact < Level-1e-9 || score < 0.85 {
				t.Errorf("n %d p %.2f: exact %.3f score %.3f", n, p, exact, score)
			}
		}
	}
}

// Made on a page: a bootstrap of seventeen pairs takes about a millisecond.
func BenchmarkMeanBCa17(b *testing.B) {
	d := make([]float64, 17)
	for i := range d {
		d[i] = float64(i%5) - 2
	}
	for b.Loop() {
		MeanBCa(d)
	}
}
