// The notebook: for organizers only, gone with whom it is about, handed over.
package cycle

import (
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

func TestNotebook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.begin()
		thu := w.join("Thu Pham")
		_, err := w.s.Write(w.ctx, omar, NoteIn{Cycle: c, Kind: Know, Text: "x"})
		w.is(err, fault.Forbidden)
		_, err = w.s.Write(w.ctx, foreign, NoteIn{Cycle: c, Kind: Know, Text: "x"})
		w.is(err, fault.NotFound)
		_, err = w.s.Write(w.ctx, ana, NoteIn{Cycle: c, Kind: Meet})
		w.fields(err, "text", "person")
		_, err = w.s.Write(w.ctx, ana, NoteIn{Cycle: c, Kind: Meet, Person: "33333333-3333-7333-8333-333333333333", Text: "x"})
		if err == nil {
			t.Error("a note about nobody")
		}
		know, err := w.s.Write(w.ctx, ana, NoteIn{Cycle: c, Kind: Know, Text: "The hall needs three weeks."})
		w.must(err)
		w.clock.Advance(time.Minute)
		_, err = w.s.Write(w.ctx, ana, NoteIn{Cycle: c, Kind: Meet, Person: thu, Text: "Ask her to chair the assembly.", Due: w.clock.Now().AddDate(0, 0, 9)})
		w.must(err)
		b, err := w.s.Notebook(w.ctx, ben, c)
		if err != nil || len(b.Notes) != 2 || b.Notes[1].Name != "Thu Pham" || b.Notes[1].Text != "Ask her to chair the assembly." {
			t.Fatalf("%+v %v", b.Notes, err)
		}
		w.must(w.s.Finish(w.ctx, ben, know, ""))
		if b, _ = w.s.Notebook(w.ctx, ben, c); b.Notes[0].Done.IsZero() {
			t.Error("not done")
		}
		w.is(w.s.Finish(w.ctx, foreign, know, ""), fault.NotFound)
		w.is(w.s.Drop(w.ctx, foreign, know, ""), fault.NotFound)
		w.must(w.s.Drop(w.ctx, ana, know, ""))
		if p, err := w.s.Print(w.ctx, ana, c); err != nil || len(p.Notes) != 1 {
			t.Errorf("%+v %v", p.Notes, err)
		}

		// Nothing of it is readable in the database, and it goes with the person.
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			texts, err := db.Column[string](w.ctx, tx, `SELECT sealed FROM cycle_note UNION ALL SELECT sealed FROM cycle UNION ALL SELECT sealed FROM cycle_issue`)
			for _, s := range texts {
				if strings.Contains(s, "assembly") || strings.Contains(s, "Labels") {
					t.Error("readable: " + s)
				}
			}
			return err
		}))
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.ForgetIn(w.ctx, tx, thu) }))
		if b, err = w.s.Notebook(w.ctx, ana, c); err != nil || len(b.Notes) != 0 {
			t.Errorf("%+v %v", b.Notes, err)
		}
	})
}

func TestHandOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.begin()
		for _, to := range []string{"", "ana", "omar", "nobody"} { // herself, or no organizer
			_, err := w.s.HandOver(w.ctx, ana, HandOverIn{Cycle: c, To: to})
			w.fields(err, "to")
		}
		h, err := w.s.HandOver(w.ctx, ana, HandOverIn{Cycle: c, To: "ben", Text: "Everything is in the notebook."})
		w.must(err)
		_, err = w.s.HandOver(w.ctx, ana, HandOverIn{Cycle: c, To: "ben"})
		w.is(err, fault.Conflict)
		list, err := w.s.Handed(w.ctx, ben)
		if err != nil || len(list) != 1 || list[0].Text != "Everything is in the notebook." || list[0].CycleName != "Labels we can read" {
			t.Fatalf("%+v %v", list, err)
		}
		if b := w.board(c); b.Keeper != "ana" {
			t.Error("taken before it was read")
		}
		_, err = w.s.Take(w.ctx, ana, h, "")
		w.is(err, fault.NotFound)
		_, err = w.s.Take(w.ctx, foreign, h, "")
		w.is(err, fault.NotFound)
		for range 2 {
			of, err := w.s.Take(w.ctx, ben, h, "")
			if err != nil || of != c {
				t.Errorf("%s %v", of, err)
			}
		}
		if b := w.board(c); b.Keeper != "ben" || b.History[0].Act != "hand_over" {
			t.Errorf("%s %+v", b.Keeper, b.History[0])
		}
		if list, _ = w.s.Handed(w.ctx, ben); len(list) != 0 {
			t.Error("still waiting")
		}
		w.clock.Advance(40 * 24 * time.Hour)
		waits, err := w.s.Waits(w.ctx, ben)
		if err != nil || len(waits) != 1 || waits[0].Cycle.ID != c {
			t.Errorf("%+v %v", waits, err)
		}
		if waits, err = w.s.Waits(w.ctx, ana); err != nil || len(waits) != 0 {
			t.Errorf("%+v %v", waits, err)
		}
	})
}
