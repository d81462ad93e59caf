package audit

import (
	"testing"
	"time"

	"seedbed/internal/platform/db"
)

func TestTalliesEnterTheChainWhenTheMonthIsOver(t *testing.T) {
	each(t, func(w *world) {
		w.write(Event{Org: "a", Actor: "account:1", Action: "create", Resource: "note"})
		for range 3 {
			w.ok(w.l.Tally(ctx, "a", "guard", "asked"))
		}
		w.ok(w.l.Tally(ctx, "a", "guard", "group", "a sentence, which is no code"))
		w.ok(w.l.Tally(ctx, "b", "guard", "asked"))
		w.ok(w.l.CloseTallies(ctx))
		if got := w.all("a"); len(got) != 1 {
			t.Fatalf("within the month: %v", got)
		}
		w.clock.Advance(31 * 24 * time.Hour)
		w.ok(w.l.Tally(ctx, "a", "guard", "asked")) // of the next month
		w.ok(w.l.CloseTallies(ctx))
		w.ok(w.l.CloseTallies(ctx))
		var got []string
		for _, e := range w.all("a") {
			if e.Action == "count" {
				got = append(got, e.Actor+" "+e.ResourceID+" "+e.Reason+e.Request+e.SubjectRef)
			}
		}
		want := map[string]bool{"system 2026-03 guard:asked:3": true, "system 2026-03 guard:group:1": true, "system 2026-03 unlisted:1": true}
		if len(got) != len(want) {
			t.Fatalf("after the month: %v", got)
		}
		for _, line := range got {
			if !want[line] {
				t.Errorf("%q", line)
			}
		}
		if n := len(w.all("b")); n != 1 {
			t.Errorf("the other organization has %d events", n)
		}
		if r := w.verify("a"); !r.OK() {
			t.Errorf("%+v", r)
		}
	})
}

func (w *world) all(org string) (list []Entry) {
	w.Helper()
	w.ok(w.d.Read(ctx, org, func(tx *db.Tx) (err error) {
		list, err = w.l.List(ctx, tx, org, Filter{})
		return err
	}))
	return list
}
