// What must have ended really has: sessions of an old code, a yes that was asked
// for anew, and the trouble of one introduction at its own edge.
package introduction

import (
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
)

// A paper that was lost may be in somebody's hands: with the new code, whoever
// opened the page with the old one is out.
func TestANewCodeEndsWhatTheOldOneOpened(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		o, err := w.s.OpenMine(w.ctx, b.Code)
		w.must(err)
		_, err = w.s.NewCode(w.ctx, lupe, b.ID)
		w.must(err)
		a, err := w.s.Authenticate(w.ctx, o.Token)
		w.must(err)
		if a.Has(access.Participant) {
			t.Error("a session of the old code still opens My information")
		}
	})
}

// The same for a group's code: a fresh one is given when the old one is in doubt.
func TestANewLinkEndsWhatTheOldCodeOpened(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		out, err := w.s.LinkFor(w.ctx, lupe, b.ID)
		w.must(err)
		token, err := w.s.OpenLink(w.ctx, out.URL[len("/r/"):], out.Code)
		w.must(err)
		_, err = w.s.LinkFor(w.ctx, lupe, b.ID)
		w.must(err)
		a, err := w.s.Authenticate(w.ctx, token)
		w.must(err)
		if a.Has(access.Link) {
			t.Error("a session of the old code still shows the person")
		}
	})
}

// A fresh consent asks both questions again: without a yes to the second, the
// clinic does not hear that they met, whatever was agreed to for another group.
func TestAskedAgainMeansAnsweredAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		w.must(w.s.Redirect(w.ctx, w.linkSession(b.ID), RedirectIn{ID: b.ID}))
		w.must(w.s.Elsewhere(w.ctx, lupe, ElsewhereIn{ID: b.ID, Group: tenants, ConsentIn: ConsentIn{How: "paper"}}))
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			live, err := w.ledger.LiveOf(w.ctx, tx, []string{w.row(b.ID).person})
			for _, list := range live {
				for _, c := range list {
					if c.Purpose == consent.TellClinicConnected {
						t.Error("the clinic is still told")
					}
				}
			}
			return err
		}))
	})
}

// A row that cannot be dealt with stands first in every look; the others' clocks go on.
func TestOneBrokenIntroductionStopsNobodyElsesClock(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		broken, whole := w.begin(lupe), w.begin(lupe)
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := tx.Exec(w.ctx, `UPDATE introduction SET state='damaged', look_at=1 WHERE org_id=$1 AND id=$2`, cedar, broken.ID)
			return err
		}))
		w.days(60)
		if err := w.s.Sweep(w.ctx); err == nil {
			t.Error("the trouble is not reported")
		}
		w.wantState(whole.ID, Closed)
	})
}

// Somebody who sees patients and works the board has the rights of both.
func TestClinicianWhoIsANavigatorWorksTheBoard(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		both := staffMember("dr-lupe", access.Clinician, access.Navigator)
		b := w.begin(both)
		if got := w.row(b.ID).owner; got != "dr-lupe" {
			t.Errorf("answerable: %q", got)
		}
		p, err := w.s.Board(w.ctx, both, BoardIn{Filter: BoardOpen})
		w.must(err)
		if len(p.Items) != 1 || p.Items[0].Person.CalledName == "" {
			t.Errorf("board without the name: %+v", p.Items)
		}
	})
}

// A connection that is lost during the commit leaves it open whether the
// introduction is there. Its key must stay then: without it nobody could read the
// introduction, nor would the person ever be told.
func TestALostCommitLeavesTheKey(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if w.db.Dialect() != db.Postgres {
			t.Skip("SQLite answers after the commit or not at all")
		}
		keys := dbtest.SQLite(t, vault.Schema)
		v, err := vault.Open(w.ctx, vault.Options{Keys: keys, KEK: vault.NewKEK(), Clock: w.clock})
		w.must(err)
		w.s.vault, w.s.audit = v, audit.New(w.db, v, w.clock)
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			for _, q := range []string{
				`CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`,
				`CREATE CONSTRAINT TRIGGER hang_up AFTER INSERT ON introduction DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hang_up()`,
			} {
				if _, err := tx.Exec(w.ctx, q); err != nil {
					return err
				}
			}
			return nil
		}))
		if _, err := w.s.Begin(w.ctx, lupe, mateo()); err == nil {
			t.Fatal("the commit was not lost")
		}
		w.must(keys.Read(w.ctx, db.AllOrgs, func(tx *db.Tx) error {
			n, err := db.One[int](w.ctx, tx, `SELECT COUNT(*) FROM vault_erasure`)
			if n != 0 {
				t.Error("the key of an introduction that may be there was destroyed")
			}
			return err
		}))
		_, err = w.s.Begin(w.ctx, lupe, BeginIn{PersonIn: mateo().PersonIn, ConsentIn: ConsentIn{How: "spoken"}, Group: worker, Mode: "call_back"})
		w.is(err, fault.Invalid) // no witness: found inside the transaction
		w.must(keys.Read(w.ctx, db.AllOrgs, func(tx *db.Tx) error {
			n, err := db.One[int](w.ctx, tx, `SELECT COUNT(*) FROM vault_erasure`)
			if n != 1 {
				t.Errorf("%d keys destroyed after a refusal, want its own", n)
			}
			return err
		}))
	})
}

// A form that comes again with another answer is another act: taking it for the
// first one would lose it without a word.
func TestTheSameKeyWithAnotherAnswerIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		a := w.linkSession(b.ID)
		w.must(w.s.LogAttempt(w.ctx, a, AttemptIn{ID: b.ID, Channel: "phone", Result: "no_answer", Key: "k"}))
		w.must(w.s.LogAttempt(w.ctx, a, AttemptIn{ID: b.ID, Channel: "phone", Result: "no_answer", Key: "k"})) // sent twice
		w.is(w.s.LogAttempt(w.ctx, a, AttemptIn{ID: b.ID, Channel: "phone", Result: "reached", Key: "k"}), fault.Conflict)

		duty := DutyIn{Account: "lupe", From: w.clock.Now(), Until: w.clock.Now().Add(time.Hour), WalkOver: true, Key: "d"}
		made, err := w.s.SaveDuty(w.ctx, lupe, duty)
		w.must(err)
		duty.ID, duty.ByPhone = made, true
		_, err = w.s.SaveDuty(w.ctx, lupe, duty)
		w.is(err, fault.Conflict)
	})
}
