package power

import (
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

func TestOffices(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first, err := w.s.Save(w.ctx, ana, reyes(func(in *SaveIn) { in.Key = "k1" }))
		w.must(err)
		again, err := w.s.Save(w.ctx, ana, reyes(func(in *SaveIn) { in.Key = "k1" }))
		w.must(err)
		if first != again {
			t.Error("one form made two")
		}
		o, err := w.s.Office(w.ctx, ruth, first)
		w.must(err)
		if o.Name != "Elena Reyes" || o.Office != "Director" || o.Body != "County Pharmacy Board" || o.Kind != "county" || o.State != Active || o.Wants == "" {
			t.Errorf("%+v", o)
		}
		// The same name, and the same office of the same body, are asked about.
		for name, in := range map[string]SaveIn{"name": reyes(func(in *SaveIn) { in.Name, in.Office.Office = "Reyes, Elena", "Chair" }), "office": reyes(func(in *SaveIn) { in.Name = "Marta Quill" })} {
			_, err := w.s.Save(w.ctx, ana, in)
			w.wrong(err, "different")
			if twins, err := w.s.Twins(w.ctx, ana, in); err != nil || len(twins) != 1 || twins[0].ID != first {
				t.Errorf("%s: %+v %v", name, twins, err)
			}
		}
		deputy := w.office(func(in *SaveIn) { in.Name, in.Office.Office = "Marta Quill", "Deputy director" })
		bodies, err := w.s.Bodies(w.ctx, jonas)
		w.must(err)
		if len(bodies) != 1 {
			t.Errorf("one board became %d", len(bodies))
		}
		in := SaveIn{Office: o}
		in.Wants, in.Key = "A quiet year.", "k2"
		_, err = w.s.Save(w.ctx, leader("p"), in)
		w.must(err)
		in.Key = ""
		_, err = w.s.Save(w.ctx, ana, in) // the form of before
		w.is(err, fault.Conflict)

		// Somebody comes after her; what she was stays.
		next := w.office(func(in *SaveIn) {
			in.Name, in.After, in.Since, in.Different = "Paul Stone", first, w.clock.Now().AddDate(0, 0, -3), false
		})
		list, err := w.s.Offices(w.ctx, ana)
		w.must(err)
		if len(list) != 2 {
			t.Errorf("in office: %+v", list)
		}
		old, err := w.s.Office(w.ctx, ana, first)
		w.must(err)
		if old.State != Left || !old.Until.Equal(w.clock.Now().AddDate(0, 0, -3)) || old.Wants != "A quiet year." {
			t.Errorf("%+v", old)
		}
		if all, err := w.s.All(w.ctx, ana); err != nil || len(all) != 3 || all[2].ID != first {
			t.Errorf("who left is last: %+v %v", all, err)
		}
		if o, _ := w.s.Office(w.ctx, ana, next); o.After != first {
			t.Errorf("%+v", o)
		}
		w.is(w.s.Leave(w.ctx, ana, first, w.clock.Now(), ""), fault.Conflict)
		w.wrong(w.s.Leave(w.ctx, ana, deputy, w.clock.Now().AddDate(0, 0, 1), ""), "left")
		w.must(w.s.Leave(w.ctx, ana, deputy, w.clock.Now(), ""))
	})
}

func TestOfficesAreOfOneClinic(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o := w.office()
		_, err := w.s.Office(w.ctx, foreign, o)
		w.is(err, fault.NotFound)
		if list, err := w.s.All(w.ctx, foreign); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
		in := reyes()
		in.ID = o
		_, err = w.s.Save(w.ctx, foreign, in)
		w.is(err, fault.NotFound)
		in = reyes(func(in *SaveIn) { in.After = o })
		_, err = w.s.Save(w.ctx, foreign, in)
		w.is(err, fault.NotFound)
		w.is(w.s.Leave(w.ctx, foreign, o, w.clock.Now(), ""), fault.NotFound)
		_, err = w.s.All(w.ctx, drLee)
		w.is(err, fault.Forbidden)
		_, err = w.s.Save(w.ctx, ruth, reyes())
		w.is(err, fault.Forbidden)
	})
}

func TestOfficeForm(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for field, change := range map[string]func(*SaveIn){
			"name":      func(in *SaveIn) { in.Name = " " },
			"office":    func(in *SaveIn) { in.Office.Office = "" },
			"body":      func(in *SaveIn) { in.BodyName = "" },
			"body_name": func(in *SaveIn) { in.BodyName = strings.Repeat("x", 90) },
			"body_kind": func(in *SaveIn) { in.BodyKind = "party" },
			"powers":    func(in *SaveIn) { in.Powers = strings.Repeat("x", 700) },
			"link":      func(in *SaveIn) { in.Link = "javascript:alert(1)" },
			"until":     func(in *SaveIn) { in.Since, in.Until = w.clock.Now(), w.clock.Now().Add(-time.Hour) },
		} {
			_, err := w.s.Save(w.ctx, ana, reyes(change))
			w.wrong(err, field)
		}
		in := reyes()
		in.BodyID = other
		_, err := w.s.Save(w.ctx, ana, in)
		w.wrong(err, "body")
	})
}

// Nothing of what was written lies open in the room's tables.
func TestNothingLiesOpen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, sam := w.office(), w.join("Sam Okoye")
		w.place(OfficeRef(o), 1, 1, 5)
		_, err := w.s.AddTie(w.ctx, ana, tieTo(o, sam))
		w.must(err)
		c, err := w.s.Begin(w.ctx, ana, label, o, "")
		w.must(err)
		w.must(w.s.Plan(w.ctx, ana, PlanIn{ID: c, Content: Content{Long: "Labels in ten languages"}}))
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			for table, column := range map[string]string{"power_body": "sealed", "power_office": "sealed", "power_position": "sealed", "power_tie": "sealed", "power_chart_version": "sealed"} {
				list, err := db.Column[string](w.ctx, tx, `SELECT `+column+` FROM `+table+` WHERE org_id=$1`, cedar)
				w.must(err)
				if len(list) == 0 {
					t.Errorf("%s is empty: nothing is seen", table)
				}
				for _, text := range list {
					for _, word := range []string{"Reyes", "Board", "statement", "Sam", "club", "Labels"} {
						if strings.Contains(text, word) {
							t.Errorf("%s holds %q openly", table, word)
						}
					}
				}
			}
			n, err := db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM power_tie WHERE org_id=$1 AND (institution_id=$2 OR id=$2)`, cedar, o)
			w.must(err)
			if n != 0 {
				t.Error("a row says who knows whom")
			}
			return nil
		}))
	})
}
