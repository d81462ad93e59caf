// Known and unknown addresses must take the same time (AB-38): Welch's t over
// paired tries at the real cost of a hash.

package account

import (
	"math"
	"strconv"
	"testing"
	"time"

	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
)

func TestSignInTakesAsLongForUnknownAddresses(t *testing.T) {
	if testing.Short() {
		t.Skip("a measurement")
	}
	w := newWorld(t, dbtest.SQLite(t, allSchemas()...))
	m := w.first()
	const n = 60
	var known, unknown [n]float64
	measure := func(email string) float64 {
		from := time.Now()
		_, err := w.SignIn(w.ctx, browser, email, "wrong wrong wrong wrong")
		if w.key(err) != "account.signin.wrong" {
			w.Fatal(err)
		}
		return float64(time.Since(from))
	}
	for i := range n {
		w.ok(w.db.Write(w.ctx, db.AllOrgs, func(tx *db.Tx) error { _, err := tx.Exec(w.ctx, `DELETE FROM account_throttle`); return err }))
		if i%2 == 0 {
			known[i], unknown[i] = measure(m.email), measure("p"+strconv.Itoa(i)+"@riverside.example")
		} else {
			unknown[i], known[i] = measure("p"+strconv.Itoa(i)+"@riverside.example"), measure(m.email)
		}
	}
	if v := welch(known[:], unknown[:]); math.Abs(v) > 4.5 {
		t.Fatalf("Welch's t = %.1f: the time tells who exists", v)
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
