// Known and unknown addresses cost the same work (AB-38). The test counts the
// work; the benchmark times it, as Welch's t over paired tries.

package account

import (
	"math"
	"strconv"
	"testing"
	"time"

	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
)

func TestSignInWorksAsHardForUnknownAddresses(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, allSchemas()...))
	m := w.first()
	for _, email := range []string{m.email, "nobody@riverside.example", "not an address"} {
		before := w.hasher.runs.Load()
		_, err := w.SignIn(w.ctx, browser, email, "wrong wrong wrong wrong")
		if w.key(err) != "account.signin.wrong" {
			w.Fatal(err)
		}
		if n := w.hasher.runs.Load() - before; n != 1 {
			t.Errorf("%s: %d comparisons, want 1", email, n)
		}
	}
}

// BenchmarkSignInTellsNobody prints Welch's t: below 4.5 the time tells nothing.
func BenchmarkSignInTellsNobody(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b, allSchemas()...))
	m := w.first()
	var known, unknown []float64
	measure := func(email string) float64 {
		from := time.Now()
		if _, err := w.SignIn(w.ctx, browser, email, "wrong wrong wrong wrong"); w.key(err) != "account.signin.wrong" {
			b.Fatal(err)
		}
		return float64(time.Since(from))
	}
	for i := 0; b.Loop(); i++ {
		w.ok(w.db.Write(w.ctx, db.AllOrgs, func(tx *db.Tx) error { _, err := tx.Exec(w.ctx, `DELETE FROM account_throttle`); return err }))
		known = append(known, measure(m.email))
		unknown = append(unknown, measure("p"+strconv.Itoa(i)+"@riverside.example"))
	}
	if len(known) > 1 {
		b.ReportMetric(math.Abs(welch(known, unknown)), "welch-t")
	}
}

func welch(a, b []float64) float64 {
	ma, va := moments(a)
	mb, vb := moments(b)
	return (ma - mb) / math.Sqrt(va/float64(len(a))+vb/float64(len(b)))
}

func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, variance
}
