// Merging and taking back: the property that matters is that afterwards nothing
// shows that there was a merge.
package people

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/trust/consent"
)

// dump is every row that says something about a person, byte for byte. The count
// of changes is left out: it only ever grows.
func (w *world) dump() map[string]string {
	w.t.Helper()
	out := map[string]string{}
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
		for table, columns := range map[string]string{
			"people_person":     rowColumns,
			"people_belongs":    "person_id, institution_id",
			"people_encounter":  encounterColumns + ", made_at",
			"people_present":    "encounter_id, person_id, role, at, sealed, sealed_version",
			"people_commitment": commitmentColumns,
			"consent":           "id, subject_id, purpose, recipient, fields, channel, language, state, given_at, expires_at, revoked_at",
		} {
			rows, err := tx.Query(w.ctx, `SELECT `+columns+` FROM `+table+` WHERE org_id=$1`, cedar)
			if err != nil {
				return err
			}
			names, _ := rows.Columns()
			for rows.Next() {
				cells := make([]any, len(names))
				for i := range cells {
					cells[i] = new(any)
				}
				if err := rows.Scan(cells...); err != nil {
					return err
				}
				var sb strings.Builder
				for _, c := range cells {
					fmt.Fprintf(&sb, "%v|", *c.(*any))
				}
				key := table + " " + fmt.Sprint(*cells[0].(*any)) + " " + fmt.Sprint(*cells[1].(*any))
				if table == "people_person" || table == "people_encounter" || table == "people_commitment" || table == "consent" {
					key = table + " " + fmt.Sprint(*cells[0].(*any))
				}
				out[key] = sb.String()
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	}))
	return out
}

func (w *world) row(who string) (r row) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) { r, err = rowByID(w.ctx, tx, who); return err }))
	return r
}

func (w *world) meet(who string, k Kind) {
	w.t.Helper()
	w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
		_, err := w.s.RecordIn(w.ctx, tx, ana, Encounter{Kind: k, Purpose: Recruitment, State: Held, At: w.clock.Now(), Present: []Presence{{Person: who}}})
		return err
	}))
}

// rewrite stores another profile, as the form about a person does.
func (w *world) rewrite(who, name string) {
	w.t.Helper()
	w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
		r, err := survivorOf(w.ctx, tx, who)
		if err != nil {
			return err
		}
		if err := w.s.seal(w.ctx, cedar, &r, Profile{CalledName: name, Lang: "en", Contact: consent.InPerson}); err != nil {
			return err
		}
		return updateRow(w.ctx, tx, r)
	}))
}

// A thousand merges, chains among them, with writing in between: after all of them
// are taken back, last one first, every row that was there before is the same byte
// for byte, but for what the writing itself did to the row it was for.
func TestUnmergeRestoresExactly(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	r := rand.New(rand.NewPCG(11, 12))
	rounds := 125
	if testing.Short() {
		rounds = 10
	}
	merges := 0
	for round := range rounds {
		var ids []string
		for i := range 9 {
			ids = append(ids, w.join(ana, fmt.Sprintf("Person %c", 'A'+i), func(in *JoinIn) { in.Phone = fmt.Sprintf("(503) 555-01%02d", r.IntN(100)) }).ID)
		}
		for range 4 {
			w.meet(ids[r.IntN(len(ids))], HouseMeeting)
			_, err := w.s.Promise(w.ctx, ana, Commitment{Person: ids[r.IntN(len(ids))], ToAccount: "ana", What: "Bring a chair", Due: w.clock.Now()}, "")
			w.must(err)
		}
		before := w.dump()
		type step struct{ id, survivor string }
		var done []step
		allowed := map[string]bool{} // rows that writing may change
		edited := map[string]bool{}
		chosen := map[string]bool{}
		for len(done) < 8 {
			w.clock.Advance(time.Second)
			one, other := ids[r.IntN(len(ids))], ids[r.IntN(len(ids))]
			var take []Part
			for _, p := range Parts() {
				if r.IntN(3) == 0 {
					take = append(take, p)
				}
			}
			if slices.Contains(take, PartWay) != slices.Contains(take, PartPhone) {
				take = append(slices.DeleteFunc(take, func(p Part) bool { return p == PartWay || p == PartPhone }), PartWay, PartPhone)
			}
			id, err := w.s.Merge(w.ctx, ana, MergeIn{Survivor: one, Taken: other, Take: take})
			if fault.Is(err, fault.Conflict) { // the same by now
				continue
			}
			w.must(err)
			merges++
			var s row
			w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) { s, err = survivorOf(w.ctx, tx, one); return err }))
			done = append(done, step{id, s.id})
			if len(take) > 0 {
				chosen[s.id] = true
			}
			w.clock.Advance(time.Hour)
			who := ids[r.IntN(len(ids))]
			switch r.IntN(4) {
			case 0: // for whom it is written, there it stays
				w.meet(who, []Kind{OneToOne, HouseMeeting}[r.IntN(2)])
				allowed["people_person "+who] = true
			case 1:
				_, err := w.s.Promise(w.ctx, ana, Commitment{Person: who, ToAccount: "ana", What: "Call", Due: w.clock.Now()}, "")
				w.must(err)
			case 2:
				w.rewrite(s.id, "Another Name")
				if !chosen[s.id] {
					edited[s.id] = true
				}
			}
		}
		for _, d := range slices.Backward(done) {
			w.must(w.s.Unmerge(w.ctx, ana, d.id, ""))
		}
		after := w.dump()
		for key, was := range before {
			now := after[key]
			if now == was {
				continue
			}
			who := strings.TrimPrefix(key, "people_person ")
			was2, now2 := was, now
			if allowed[key] { // only the dates moved, forward
				was2, now2 = withoutDates(was), withoutDates(now)
			}
			if edited[who] {
				continue // a plain edit of a row that took nothing over is the row's own
			}
			if was2 != now2 {
				t.Fatalf("round %d: %s\nwas %s\nnow %s", round, key, was, now)
			}
		}
		for key := range after {
			if strings.HasPrefix(key, "people_person") && before[key] == "" {
				t.Fatalf("a row of nobody: %s", key)
			}
		}
	}
	t.Logf("%d merges", merges)
}

// withoutDates takes last_at and one_to_one_at out of a dumped row.
func withoutDates(dumped string) string {
	cells := strings.Split(dumped, "|")
	cells[6], cells[7] = "", ""
	return strings.Join(cells, "|")
}

func TestMerge(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu := w.join(ana, "Thu Pham")
		twin := w.join(ana, "Pham Thu", func(in *JoinIn) { in.Phone, in.Area, in.Email = "(503) 555-0177", "Foster", "thu@example.org" })
		w.meet(thu.ID, HouseMeeting)
		w.clock.Advance(time.Hour)
		w.meet(twin.ID, OneToOne)
		_, err := w.s.Merge(w.ctx, ana, MergeIn{Survivor: thu.ID, Taken: thu.ID})
		w.is(err, fault.Conflict)
		_, err = w.s.Merge(w.ctx, omar, MergeIn{Survivor: thu.ID, Taken: twin.ID})
		w.is(err, fault.Forbidden)
		_, err = w.s.Merge(w.ctx, foreign, MergeIn{Survivor: thu.ID, Taken: twin.ID})
		w.is(err, fault.NotFound)
		id, err := w.s.Merge(w.ctx, ana, MergeIn{Survivor: thu.ID, Taken: twin.ID, Take: []Part{PartArea, PartEmail}, Key: "k"})
		w.must(err)
		again, err := w.s.Merge(w.ctx, ana, MergeIn{Survivor: thu.ID, Taken: twin.ID, Take: []Part{PartArea, PartEmail}, Key: "k"})
		if err != nil || again != id {
			t.Errorf("%s, %v", again, err)
		}
		if line, err := w.s.Timeline(w.ctx, ana, thu.ID, time.Time{}, 10); err != nil || len(line) != 2 || line[0].Kind != OneToOne {
			t.Errorf("%+v, %v", line, err)
		}
		cards, err := w.s.Names(w.ctx, ana, []string{thu.ID, twin.ID})
		if err != nil || len(cards) != 2 || cards[twin.ID].ID != thu.ID || cards[thu.ID].Area != "Foster" || cards[thu.ID].OneToOne.IsZero() {
			t.Errorf("%+v, %v", cards, err)
		}
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			m, err := Resolve(w.ctx, tx, []string{thu.ID, twin.ID, "nobody"})
			if !maps.Equal(m, map[string]string{thu.ID: thu.ID, twin.ID: thu.ID}) {
				t.Errorf("%v", m)
			}
			return err
		}))
		// What was chosen from the twin goes with the twin's consent.
		stop := func(who string) {
			w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
				_, err := w.ledger.RevokeAll(w.ctx, tx, ana, who, consent.PhoneStaff)
				return err
			}))
		}
		stop(twin.ID)
		if cards, err = w.s.Names(w.ctx, ana, []string{thu.ID}); err != nil || cards[thu.ID].Area != "" || cards[thu.ID].Name != "Thu Pham" {
			t.Errorf("%+v, %v", cards, err)
		}
		if line, err := w.s.Timeline(w.ctx, ana, thu.ID, time.Time{}, 10); err != nil || len(line) != 1 || line[0].Kind != HouseMeeting {
			t.Errorf("%+v, %v", line, err)
		}
		m, err := w.s.Merging(w.ctx, ana, id)
		if err != nil || !m.CanUndo || !slices.Equal(m.Took, []Part{PartEmail, PartArea}) {
			t.Errorf("%+v, %v", m, err)
		}
		w.rewrite(thu.ID, "Thu P.")
		w.must(w.s.Unmerge(w.ctx, ana, id, ""))
		w.is(w.s.Unmerge(w.ctx, ana, id, "other"), fault.Conflict)
		if m, err = w.s.Merging(w.ctx, ana, id); err != nil || !m.Kept || m.State != MergeUndone {
			t.Errorf("%+v, %v", m, err)
		}
		if found, err := w.s.Find(w.ctx, ana, "Thu", 5); err != nil || len(found) != 1 || found[0].Name != "Thu Pham" { // the twin's consent has ended
			t.Errorf("%+v, %v", found, err)
		}
	})
}

func TestMergesAreTakenBackInOrderAndInTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []string
		for i := range 3 {
			ids = append(ids, w.join(ana, fmt.Sprintf("Person %c", 'A'+i)).ID)
		}
		merge := func(a, b string) string {
			w.clock.Advance(time.Minute)
			id, err := w.s.Merge(w.ctx, ana, MergeIn{Survivor: a, Taken: b})
			w.must(err)
			return id
		}
		first := merge(ids[0], ids[1])
		second := merge(ids[2], ids[0])
		w.is(w.s.Unmerge(w.ctx, ana, first, ""), fault.Conflict)
		m, err := w.s.Merging(w.ctx, ana, first)
		if err != nil || m.CanUndo || m.First != second {
			t.Errorf("%+v, %v", m, err)
		}
		list, err := w.s.MergesOf(w.ctx, ana, ids[1])
		if err != nil || len(list) != 2 || list[0].ID != second {
			t.Errorf("%+v, %v", list, err)
		}
		// Somebody who came in with a row that was merged since still sees their own.
		me := access.Actor{Org: cedar, Person: ids[1], Roles: []access.Role{access.Member}}
		if _, err := w.s.Timeline(w.ctx, me, ids[1], time.Time{}, 5); err != nil {
			t.Error(err)
		}
		w.must(w.s.Unmerge(w.ctx, ana, second, ""))
		w.clock.Advance((UndoMergeDays*24 + 1) * time.Hour)
		w.is(w.s.Unmerge(w.ctx, ana, first, ""), fault.Gone)
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			return forgetOldMerges(w.ctx, tx, w.clock.Now().AddDate(0, 0, -UndoMergeDays))
		}))
	})
}
