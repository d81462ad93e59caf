package power

import (
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/db"
)

// S-08: Reyes stands at 0 and moves to +1 on a day, with evidence; nothing is
// written over, and the map says from where to where.
func TestMap(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, union := w.office(), w.institution("Cleaners' union")
		w.issues.list[0].Office = o
		w.place(OfficeRef(o), 200, 0, 5)
		w.must(w.s.Place(w.ctx, leader("p"), PlaceIn{Issue: label, Actor: OfficeRef(o), At: w.clock.Now().AddDate(0, 0, -20), Stance: 1, Influence: 5, Evidence: "Her statement on 12 May.", Link: "https://pharmacy.example/12-may", Key: "once"}))
		w.must(w.s.Place(w.ctx, leader("p"), PlaceIn{Issue: label, Actor: OfficeRef(o), At: w.clock.Now().AddDate(0, 0, -20), Stance: 1, Influence: 5, Evidence: "Her statement on 12 May.", Link: "https://pharmacy.example/12-may", Key: "once"}))
		w.place(InstitutionRef(union), 10, 2, 3)
		m, err := w.s.Map(w.ctx, jonas, label, w.clock.Now().AddDate(0, 0, -90))
		w.must(err)
		if len(m.Actors) != 2 || m.Actors[0].Name != "Elena Reyes" || !m.Actors[0].Decides || m.Actors[1].Name != "Cleaners' union" || !m.Actors[1].Institution || m.Actors[1].Decides {
			t.Fatalf("%+v", m.Actors)
		}
		r := m.Actors[0]
		if !r.Move.Changed() || r.Move.From.Stance != 0 || r.Move.To.Stance != 1 || len(r.History) != 2 || r.History[0].Evidence != "Her statement on 12 May." || r.History[0].Link == "" {
			t.Errorf("%+v", r)
		}
		if m.Actors[1].Move.Was {
			t.Error("the union was not there 90 days ago")
		}
		if m, _ := w.s.Map(w.ctx, ana, bus, time.Time{}); len(m.Actors) != 0 {
			t.Errorf("another issue has another map: %+v", m)
		}
		if of, err := w.s.Standings(w.ctx, ana, OfficeRef(o)); err != nil || len(of) != 1 || of[0].Now.Stance != 1 || !of[0].On || len(of[0].History) != 2 {
			t.Errorf("%+v %v", of, err)
		}
		if list, err := w.s.Issues(w.ctx, ruth); err != nil || len(list) != 2 || list[0].Placed != 2 || list[1].Placed != 0 {
			t.Errorf("%+v %v", list, err)
		}
		// Off the map, with a reason; and out of office.
		w.place(InstitutionRef(union), 0, 0, Off)
		w.must(w.s.Leave(w.ctx, ana, o, w.clock.Now(), ""))
		m, err = w.s.Map(w.ctx, ana, label, w.clock.Now().AddDate(0, 0, -90))
		w.must(err)
		if len(m.Actors) != 0 || len(m.Off) != 2 {
			t.Errorf("%+v", m)
		}
		w.wrong(w.s.Place(w.ctx, ana, PlaceIn{Issue: label, Actor: OfficeRef(o), At: w.clock.Now(), Influence: 5, Evidence: "x"}), "actor")
	})
}

func TestPlaceForm(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.office()
		good := PlaceIn{Issue: label, Actor: OfficeRef(o), At: w.clock.Now(), Stance: 1, Influence: 4, Evidence: "Said so."}
		for field, change := range map[string]func(*PlaceIn){
			"actor":     func(in *PlaceIn) { in.Actor = InstitutionRef(o) },
			"stance":    func(in *PlaceIn) { in.Stance = 3 },
			"influence": func(in *PlaceIn) { in.Influence = 6 },
			"at":        func(in *PlaceIn) { in.At = w.clock.Now().Add(time.Minute) },
			"evidence":  func(in *PlaceIn) { in.Evidence = " " },
			"link":      func(in *PlaceIn) { in.Link = "ftp://x.example" },
		} {
			in := good
			change(&in)
			w.wrong(w.s.Place(w.ctx, ana, in), field)
		}
		in := good
		in.Issue = o
		w.is(w.s.Place(w.ctx, ana, in), fault.NotFound)
		w.is(w.s.Place(w.ctx, foreign, good), fault.NotFound)
		w.is(w.s.Place(w.ctx, ruth, good), fault.Forbidden)
		_, err := w.s.Map(w.ctx, drLee, label, time.Time{})
		w.is(err, fault.Forbidden)
	})
}

// Whoever can be placed: an institution too; an ask goes to a person in office only.
func TestActors(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.office()
		union := w.institution("Cleaners' union")
		closed, err := w.people.SaveInstitution(w.ctx, ana, people.Institution{Name: "Old hall", Kind: "other", Closed: true}, "")
		w.must(err)
		list, err := w.s.Actors(w.ctx, ana)
		w.must(err)
		if len(list) != 2 || list[0].Ref != OfficeRef(o) || list[1].Ref != InstitutionRef(union) {
			t.Errorf("%+v (closed: %s)", list, closed)
		}
		if asks, _ := w.s.Offices(w.ctx, ana); len(asks) != 1 {
			t.Errorf("an ask can go to %+v", asks)
		}
	})
}

// A position is a row that nobody writes again.
func TestPositionsAreOnlyAdded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.office()
		rows := func() (list []positionRow) {
			w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) { list, err = positionsOn(w.ctx, tx, label); return err }))
			return list
		}
		w.place(OfficeRef(o), 5, -1, 3)
		before := rows()
		w.clock.Advance(time.Minute)
		w.place(OfficeRef(o), 4, 2, 4)
		after := rows()
		if len(after) != 2 || after[0] == before[0] || after[1] != before[0] {
			t.Errorf("%+v\n%+v", before, after)
		}
	})
}
