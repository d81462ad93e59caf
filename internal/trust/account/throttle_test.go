// Limits that stop an attacker and nobody else.

package account

import (
	"testing"

	"seedbed/internal/platform/db"
)

// tries is how far a counter stands.
func (w *world) tries(c counted) (n int64) {
	w.Helper()
	w.ok(w.db.Write(w.ctx, db.AllOrgs, func(tx *db.Tx) error {
		salt, err := w.daySalt(w.ctx, tx)
		if err != nil {
			return err
		}
		list, err := db.Column[int64](w.ctx, tx, `SELECT tries FROM account_throttle WHERE id = $1`, throttleID(salt, c))
		if len(list) > 0 {
			n = list[0]
		}
		return err
	}))
	return n
}

// A network that has run into its own limit uses up nobody else's.
func TestOneNetworkLocksNobodyElseOut(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		for range perNetwork.max + 40 {
			_ = w.count(w.ctx, counted{perNetwork, "203.0.113.0/24"}, counted{perAccount, "nobody@riverside.example"}, counted{perInstall, ""})
		}
		if n := w.tries(counted{perInstall, ""}); n > perNetwork.max {
			t.Errorf("the installation's counter stands at %d after one network's flood", n)
		}
		w.signIn(m)
	})
}

// A clinic starts its day from one address: who signs in well is not counted.
func TestSigningInWellIsNotCounted(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		all := []counted{{perNetwork, browser.Network}, {perInstall, ""}}
		var before []int64
		for _, c := range all {
			before = append(before, w.tries(c))
		}
		for range 3 {
			w.signIn(m)
		}
		for i, c := range all {
			if n := w.tries(c); n != before[i] {
				t.Errorf("%s counts %d tries after good ones only, %d before", c.scope, n, before[i])
			}
		}
	})
}
