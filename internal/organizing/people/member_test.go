package people

import (
	"context"
	"reflect"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

func (w *world) opened(code string) access.Actor {
	w.t.Helper()
	o, err := w.s.OpenMine(w.ctx, code)
	w.must(err)
	a, err := w.s.Authenticate(w.ctx, o.Token)
	w.must(err)
	return a
}

func (w *world) count(q string, args ...any) (n int64) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) {
		n, err = db.One[int64](w.ctx, tx, q, append([]any{cedar}, args...)...)
		return err
	}))
	return n
}

// A member sees what is held, who looked and what was written about them; a stop
// holds at the next request; two days later nothing is left but counts.
func TestAMembersOwnPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu, sam := w.join(ana, "Thu Pham"), w.join(ana, "Sam Okafor", func(in *JoinIn) { in.Phone = "(503) 555-0122" })
		_, err := w.s.LogOneToOne(w.ctx, ana, w.basement("k", thu.ID))
		w.must(err)
		w.must(w.s.SetTie(w.ctx, ana, thu.ID, sam.ID, Brings, false, ""))
		_, err = w.s.Reveal(w.ctx, ana, thu.ID)
		w.must(err)
		for _, code := range []string{"", "AAAA", "AAAAAAAAAAAAAAAA"} {
			_, err := w.s.OpenMine(w.ctx, code)
			w.is(err, fault.NotFound)
		}
		me := w.opened(thu.Code)
		w.must(w.s.SetStretch(w.ctx, me, "Chair one meeting", ""))
		w.is(w.s.SetStretch(w.ctx, ana, "She should chair", ""), fault.Forbidden)
		m, err := w.s.MyInformation(w.ctx, me)
		if err != nil || m.Profile.Phone != "+15035550121" || len(m.Notes) != 1 || len(m.Promises) != 1 || len(m.Together) != 1 || m.Standing.Own != "Chair one meeting" || m.Standing.Rung != Contact {
			t.Errorf("%+v, %v", m, err)
		}
		seen := map[string]bool{}
		for _, l := range m.Looked {
			seen[l.Action] = true
		}
		if !seen["reveal"] || !seen["join"] {
			t.Errorf("who looked: %+v", m.Looked)
		}
		if _, err := w.s.MyInformation(w.ctx, access.Actor{Org: cedar, Person: sam.ID, Roles: []access.Role{access.Member}}); err != nil {
			t.Error(err)
		}
		_, err = w.s.Get(w.ctx, me, sam.ID)
		w.is(err, fault.NotFound)
		seenByAna, err := w.s.StandingOf(w.ctx, ana, thu.ID)
		if err != nil || !reflect.DeepEqual(seenByAna, m.Standing) {
			t.Errorf("the organizer sees %+v, she sees %+v, %v", seenByAna, m.Standing, err)
		}
		ties, err := w.s.Ties(w.ctx, ana, sam.ID)
		if err != nil || len(ties) != 1 || ties[0].Other.Name != "Thu Pham" || ties[0].From {
			t.Errorf("%+v, %v", ties, err)
		}
		if next, err := w.s.Settle(w.ctx, me, SettleIn{ID: m.Promises[0].ID, State: Renegotiated, Due: w.clock.Now().AddDate(0, 0, 30)}); err != nil || next == "" {
			t.Errorf("another day, agreed by herself: %q, %v", next, err)
		}
		w.clock.Advance(16 * time.Minute)
		if a, err := w.s.Authenticate(w.ctx, ""); err != nil || a.Person != "" {
			t.Errorf("%+v, %v", a, err)
		}
		me = w.opened(thu.Code)
		w.must(w.s.Stop(w.ctx, me, "stop"))
		if ended, err := w.s.HasEnded(w.ctx, "stop"); err != nil || !ended {
			t.Errorf("%v, %v", ended, err)
		}
		_, err = w.s.Get(w.ctx, ana, thu.ID)
		w.is(err, fault.NotFound)
		if found, err := w.s.Find(w.ctx, ana, "Thu", 5); err != nil || len(found) != 0 {
			t.Errorf("%v, %v", found, err)
		}
		if list, err := w.s.Commitments(w.ctx, ana, Whose{Person: thu.ID}); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
		_, err = w.s.OpenMine(w.ctx, thu.Code)
		w.is(err, fault.NotFound)
		w.must(w.s.Retain(w.ctx))
		if w.count(`SELECT COUNT(*) FROM people_person WHERE org_id=$1 AND id=$2`, thu.ID) != 1 {
			t.Error("erased before two days")
		}
		w.clock.Advance(49 * time.Hour)
		w.must(w.s.Retain(w.ctx))
		w.nothingOf(thu.ID)
		if n := w.count(`SELECT others FROM people_encounter WHERE org_id=$1`); n != 1 {
			t.Errorf("%d others are left of the one-to-one, want 1", n)
		}
		if w.count(`SELECT COUNT(*) FROM people_person WHERE org_id=$1 AND id=$2`, sam.ID) != 1 {
			t.Error("somebody else went too")
		}
	})
}

// nothingOf fails when a table of the room names a person.
func (w *world) nothingOf(person string) {
	w.t.Helper()
	for _, q := range []string{"people_person WHERE org_id=$1 AND id=$2", "people_present WHERE org_id=$1 AND person_id=$2", "people_commitment WHERE org_id=$1 AND (person_id=$2 OR to_person=$2)",
		"people_belongs WHERE org_id=$1 AND person_id=$2", "people_tie WHERE org_id=$1 AND (from_person=$2 OR to_person=$2)", "people_stretch WHERE org_id=$1 AND person_id=$2",
		"people_session WHERE org_id=$1 AND person_id=$2", "people_seen WHERE org_id=$1 AND person_id=$2"} {
		if n := w.count(`SELECT COUNT(*) FROM `+q, person); n != 0 {
			w.t.Errorf("%d rows are left in %s", n, q)
		}
	}
	if refs, err := w.vault.SubjectRefs(w.ctx, cedar, []string{person}); err != nil || len(refs) != 0 {
		w.t.Errorf("the key is still there: %v, %v", refs, err)
	}
}

func TestDeletingLeavesCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		told := ""
		w.s.onErase = append(w.s.onErase, func(_ context.Context, _ *db.Tx, person string) error { told = person; return nil })
		thu := w.join(ana, "Thu Pham")
		_, err := w.s.LogOneToOne(w.ctx, ana, w.basement("k", thu.ID))
		w.must(err)
		me := w.opened(thu.Code)
		w.is(w.s.Delete(w.ctx, me, false, ""), fault.Invalid)
		w.is(w.s.Delete(w.ctx, ana, true, ""), fault.Unauthenticated)
		w.must(w.s.Delete(w.ctx, me, true, "d"))
		w.nothingOf(thu.ID)
		if told != thu.ID {
			t.Error("the other rooms were not told")
		}
		if n := w.count(`SELECT COUNT(*) FROM people_encounter WHERE org_id=$1`); n != 1 {
			t.Errorf("%d encounters are counted", n)
		}
	})
}

// Two years without an encounter, or a yes that ran out a month ago.
func TestRetention(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old, still := w.join(ana, "Old Friend"), w.join(ana, "Thu Pham", func(in *JoinIn) { in.Phone = "(503) 555-0122" })
		w.clock.Advance(340 * 24 * time.Hour)
		ending, err := w.s.Ending(w.ctx, ana)
		if err != nil || len(ending) != 2 {
			t.Errorf("their yes ends in 25 days: %v, %v", ending, err)
		}
		w.must(w.s.Retain(w.ctx))
		in := thu()
		w.must(w.s.Change(w.ctx, ana, ChangeIn{ID: still.ID, ProfileIn: ProfileIn{In: in.In, Area: "Lents", MoreLangs: []string{"en"}, Availability: []string{"sunday"}, AccessNeeds: []string{"childcare"}, Pronouns: "she"}}))
		w.clock.Advance(50 * 24 * time.Hour)
		w.must(w.s.Retain(w.ctx))
		if n := w.count(`SELECT COUNT(*) FROM people_person WHERE org_id=$1`); n != 2 {
			t.Errorf("%d people 25 days after a yes ran out", n)
		}
		w.clock.Advance(10 * 24 * time.Hour)
		w.must(w.s.Retain(w.ctx))
		w.nothingOf(old.ID)
	})
}

// The program dies between the commit that empties the rows and the erasure of the
// key: the queue finishes it, and nothing of the person opens any more.
func TestAKeyGoesAlsoAfterACrash(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.s.Register(w.jobs)
		thu := w.join(ana, "Thu Pham")
		machine := access.Machine(cedar)
		g, err := access.Check(machine, needDelete)
		w.must(err)
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			r, err := rowByID(w.ctx, tx, thu.ID)
			if err != nil {
				return err
			}
			_, err = w.s.eraseIn(w.ctx, tx, machine, g, r, consent.Steward)
			return err
		}))
		if _, err := w.vault.SubjectRef(w.ctx, cedar, thu.ID); err != nil {
			t.Fatalf("the key is gone before anything erased it: %v", err)
		}
		w.must(w.jobs.Drain(w.ctx))
		_, err = w.vault.SubjectRef(w.ctx, cedar, thu.ID)
		w.is(err, fault.Gone)
	})
}
