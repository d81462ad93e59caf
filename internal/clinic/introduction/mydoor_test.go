// The door of My information and the person's word about being called.
package introduction

import (
	"testing"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

func TestWrongCodesAreCountedPerNetwork(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(drLee)
		door := access.Anonymous(cedar)
		for i := range doorTries {
			code := "AAAA BBBB CCCC DDDD"
			if i%2 == 0 {
				code = "short"
			}
			_, err := w.s.OpenMineFrom(w.ctx, door, "192.0.2.0/24", code)
			w.is(err, fault.Invalid)
		}
		_, err := w.s.OpenMineFrom(w.ctx, door, "192.0.2.0/24", "AAAA BBBB CCCC DDDD")
		w.is(err, fault.Limited)
		if o, err := w.s.OpenMineFrom(w.ctx, door, "192.0.2.0/24", b.Code); err != nil || o.Token == "" {
			t.Errorf("the right code from a network that is told to wait: %v", err)
		}
		if o, err := w.s.OpenMineFrom(w.ctx, door, "198.51.100.0/24", b.Code); err != nil || o.Token == "" {
			t.Errorf("another network: %v", err)
		}
		w.clock.Advance(doorSlot)
		if o, err := w.s.OpenMineFrom(w.ctx, door, "192.0.2.0/24", b.Code); err != nil || o.Token == "" {
			t.Errorf("after a quarter of an hour: %v", err)
		}
	})
}

func TestNobodyHasCalled(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(drLee, warm)
		w.is(w.s.Heard(w.ctx, w.mine(b.Code), HeardIn{}), fault.Conflict) // not sent yet
		b = w.begin(drLee)
		me := w.mine(b.Code)
		w.must(w.s.Heard(w.ctx, me, HeardIn{Key: "k1"}))
		w.must(w.s.Heard(w.ctx, me, HeardIn{Key: "k1"})) // the form sent twice
		w.must(w.s.Heard(w.ctx, me, HeardIn{Called: true, Key: "k2"}))
		var got []string
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			steps, err := stepsOf(w.ctx, tx, b.ID)
			for _, s := range steps {
				if s.Verb == verbHeard {
					got = append(got, s.Code)
				}
			}
			return err
		}))
		if len(got) != 2 || got[0] != "not_called" || got[1] != "called" {
			t.Errorf("steps %v", got)
		}
		w.wantState(b.ID, Sent)
		w.is(w.s.Heard(w.ctx, drLee, HeardIn{}), fault.Forbidden)
	})
}

func TestAFormThatEndsIsKnownAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(drLee)
		me := w.mine(b.Code)
		if was, err := w.s.HasEnded(w.ctx, "key-1"); was || err != nil {
			t.Error(was, err)
		}
		w.must(w.s.Delete(w.ctx, me, DeleteIn{Confirm: true, Key: "key-1"}))
		if was, err := w.s.HasEnded(w.ctx, "key-1"); !was || err != nil {
			t.Error(was, err)
		}
		if was, err := w.s.HasEnded(w.ctx, ""); was || err != nil {
			t.Error(was, err)
		}
	})
}

// Looking people up by number has a budget, and also what is not found is written down.
func TestLookingPeopleUpHasABudget(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		misses := func() (n int) {
			w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) {
				n, err = db.One[int](w.ctx, tx, `SELECT COUNT(*) FROM audit_event WHERE reason = 'find_nobody'`)
				return err
			}))
			return n
		}
		for range findTries {
			_, err := w.s.Find(w.ctx, lupe, FindIn{Phone: "503 555 0199"})
			w.is(err, fault.NotFound)
		}
		if n := misses(); n != findTries {
			t.Errorf("%d misses written down, want %d", n, findTries)
		}
		_, err := w.s.Find(w.ctx, lupe, FindIn{Phone: "503 555 0199"})
		w.is(err, fault.Limited)
		_, err = w.s.Find(w.ctx, ana, FindIn{Phone: "503 555 0199"})
		w.is(err, fault.NotFound) // somebody else's budget is their own
		b := w.begin(drLee)
		if found, err := w.s.Find(w.ctx, lupe, FindIn{Code: b.Code}); err != nil || len(found) != 1 {
			t.Errorf("whoever brings the code is found at once: %v %v", found, err)
		}
		w.clock.Advance(doorSlot)
		_, err = w.s.Find(w.ctx, lupe, FindIn{Phone: "503 555 0199"})
		w.is(err, fault.NotFound)
	})
}
