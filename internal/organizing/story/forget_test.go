// What is left of a story whose teller is erased.
package story

import (
	"testing"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

func TestAnErasedTellerLeavesOnlyWhatMustComeDown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu := w.thu()
		st, aloud := w.tell(ana, thu.Person), w.tell(ana, thu.Person)
		w.must(w.s.Approve(w.ctx, thu, yes(st.ID, 2, FullName, "team", "web")))
		w.must(w.s.Approve(w.ctx, thu, yes(aloud.ID, 2, FullName, "team")))
		w.must(w.s.Use(w.ctx, ana, UseIn{ID: st.ID, Place: "web", Where: "Next Directions page"}))
		w.must(w.s.Use(w.ctx, ana, UseIn{ID: aloud.ID, Place: "team", Where: "Core team evening"}))
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.ForgetIn(w.ctx, tx, thu.Person) }))
		w.must(w.s.vault.ErasePerson(w.ctx, cedar, thu.Person))
		for _, id := range []string{st.ID, aloud.ID} {
			if _, err := w.s.Get(w.ctx, ana, id); !fault.Is(err, fault.Gone) && !fault.Is(err, fault.NotFound) {
				t.Errorf("an erased teller's story answers %v", err)
			}
			if _, err := w.s.Read(w.ctx, ana, id, "team"); err == nil {
				t.Error("an erased teller's story can be read")
			}
		}
		page, err := w.s.List(w.ctx, ana, "")
		w.must(err)
		if len(page.Lines) > 0 {
			t.Errorf("still listed: %+v", page.Lines)
		}
		down, err := w.s.ToTakeDown(w.ctx, ana)
		w.must(err)
		if len(down) != 1 || down[0].Place != "web" || down[0].Where != "" {
			t.Fatalf("to take down: %+v", down)
		}
		w.must(w.s.TakenDown(w.ctx, ana, down[0].ID, ""))
		w.must(w.s.Wind(w.ctx))
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			for _, q := range []string{`SELECT COUNT(*) FROM story_story WHERE org_id=$1`, `SELECT COUNT(*) FROM story_use WHERE org_id=$1`} {
				if n, err := db.One[int64](w.ctx, tx, q, cedar); err != nil || n != 0 {
					t.Errorf("%s: %d, %v", q, n, err)
				}
			}
			if n, err := db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM story_edit WHERE org_id=$1`, cedar); err != nil || n != 0 {
				t.Errorf("digests of erased words: %d, %v", n, err)
			}
			return nil
		}))
	})
}
