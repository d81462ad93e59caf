package year

import (
	"testing"
	"time"

	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/report"
	"seedbed/internal/platform/db"
)

// Every phase is reached in three turns, each through gates that stood open, and each
// but the first begins from the one before; then the indicators of the year say what
// the script knows it did, and what another count of the rows says.
func TestAYear(t *testing.T) {
	w := newWorld(t)
	w.come()
	w.meet()
	turn := ""
	for n := range campaigns {
		first := 10 + n*110
		turn = w.turn(n, first, turn, func() (string, int) { return w.campaign(n, first+8) })
	}
	for _, p := range cycle.Phases()[1:] {
		if w.reached[p] != campaigns {
			t.Errorf("%s was reached %d times", p, w.reached[p])
		}
	}
	if w.carried != 1 {
		t.Errorf("%d issues were carried on, want 1", w.carried)
	}
	w.on(375, 12)
	w.must(w.sys.Queue.Drain(w.ctx))
	sight, err := w.sys.Reports.See(w.ctx, w.organizers[0], report.Period{From: report.MonthOf(end.AddDate(0, 0, -200), zone) / 12 * 12, N: 12})
	w.must(err)
	told := map[string]report.Line{}
	for _, l := range sight.Lines {
		told[l.ID] = l
	}
	for id, want := range w.recount() {
		l, ok := told[id]
		if !ok || !l.Have {
			t.Errorf("%s is not there", id)
			continue
		}
		if !l.N.Shown || l.N.N != want[0] || len(want) > 1 && (!l.D.Shown || l.D.N != want[1]) {
			t.Errorf("%s: %d (%v) of %d (%v), recounted %v", id, l.N.N, l.N.Shown, l.D.N, l.D.Shown, want)
		}
	}
	// What campaigns told outside stays behind what was heard by less than a number that is told.
	if l := told["F7"]; l.D.N != campaigns*200 || l.N.N > w.heard || w.heard-l.N.N >= campaigns*11 {
		t.Errorf("F7: %d of %d, heard %d", l.N.N, l.D.N, w.heard)
	}
	for id, want := range map[string]map[string]int{"C2": {"kept": campaigns}, "C3": {"yes": campaigns, "waffle": campaigns}} {
		for _, p := range told[id].Parts {
			if p.N != want[p.Code] {
				t.Errorf("%s, %s: %d, want %d", id, p.Code, p.N, want[p.Code])
			}
		}
	}
	t.Logf("%d people, %d one-to-ones, %d heard, %d rounds, %d indicators", len(w.people), w.ones, w.heard, w.rounds, len(sight.Lines))
}

// recount is what the indicators should say: by what the script knows it did, and,
// where rooms wrote for it, by reading every row of who was where and counting here.
func (w *world) recount() map[string][]int {
	w.t.Helper()
	type was struct {
		encounter, kind, person, role string
		at                            time.Time
	}
	var rows []was
	w.must(w.sys.DB.Read(w.ctx, w.org, func(tx *db.Tx) (err error) {
		rows, err = db.Select(w.ctx, tx, func(s db.Scanner) (r was, err error) {
			var at int64
			err = s.Scan(&r.encounter, &r.kind, &r.person, &r.role, &at)
			r.at = db.Time(at)
			return r, err
		}, `SELECT e.id, e.kind, p.person_id, p.role, e.at FROM people_encounter e JOIN people_present p ON p.encounter_id=e.id WHERE e.state IN ('held','evaluated')`)
		return err
	}))
	from := time.Date(end.Year()-1, 1, 1, 0, 0, 0, 0, zone)
	until := from.AddDate(1, 0, 0)
	recent := until.AddDate(0, 0, -90)
	met, public, houses, outside := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		if r.at.Before(from) || !r.at.Before(until) {
			continue
		}
		if !r.at.Before(recent) {
			met[r.person] = true
			if i, ok := w.belongs[r.person]; ok && i < members {
				houses[w.institutions[i]] = true
			}
		}
		switch r.role {
		case "credential", "testimony", "questioner", "pinner", "negotiator", "chair", "facilitator", "trainer":
			public[r.person] = true
		}
		switch r.kind {
		case "research_action", "negotiation", "assembly", "action":
			outside[r.encounter] = true
		}
	}
	return map[string][]int{
		"A2": {len(public)}, "A3": {w.led, w.ones + w.led}, "B1": {len(met)}, "B3": {w.ones + w.led}, "B6": {len(houses), members}, "B7": {len(outside)},
		"F8": {w.rounds, w.rounds}, "F9": {campaigns, campaigns},
	}
}
