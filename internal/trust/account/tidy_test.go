// Tidying forgets what is over and nothing else.

package account

import (
	"testing"
	"time"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

func TestTidy(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		_, _, err := w.Invite(w.ctx, m.Actor, Guest{Role: access.Clinician})
		w.ok(err)
		_, err = w.SignIn(w.ctx, browser, m.email, phrase)
		w.ok(err)
		rows := func(table string) (n int) {
			w.ok(w.db.Read(w.ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
				n, err = db.One[int](w.ctx, tx, `SELECT COUNT(*) FROM `+table)
				return err
			}))
			return n
		}
		w.ok(w.Tidy(w.ctx, w.clock.Now()))
		for table, want := range map[string]int{"account_session": 1, "account_ceremony": 1, "account_invitation": 1, "account": 1} {
			if got := rows(table); got != want {
				w.Errorf("%s: %d rows, want %d", table, got, want)
			}
		}
		w.clock.Advance(InvitationLife + invitationTrace + time.Hour)
		w.ok(w.Tidy(w.ctx, w.clock.Now()))
		for table, want := range map[string]int{"account_session": 0, "account_ceremony": 0, "account_invitation": 0, "account_throttle": 0, "account_salt": 0, "account": 1} {
			if got := rows(table); got != want {
				w.Errorf("%s: %d rows, want %d", table, got, want)
			}
		}
	})
}
