package power

import (
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

// S-08: nurse Sam sings in her choir. Sam says that the strategy team may know.
func TestTiesAreTheStrategyTeams(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, sam, thu := w.office(), w.join("Sam Okoye"), w.join("Thu Pham")
		made, err := w.s.AddTie(w.ctx, ana, tieTo(o, sam))
		w.must(err)
		list, err := w.s.Ties(w.ctx, ana, o)
		w.must(err)
		if len(list) != 1 || list[0].Name != "Sam Okoye" || list[0].Kind != "club" || list[0].Strength != 2 || list[0].Office != o {
			t.Fatalf("%+v", list)
		}
		// Hidden from everybody else: as if there were nothing.
		for name, x := range map[string]struct {
			a access.Actor
			k fault.Kind
		}{"a leader off the team": {leader(thu), fault.NotFound}, "a leader without a person": {leader(""), fault.NotFound}, "the clinic's lead": {ruth, fault.Forbidden}, "an evaluator": {jonas, fault.Forbidden},
			"a clinician": {drLee, fault.Forbidden}, "another member": {member(thu), fault.NotFound}, "another clinic": {foreign, fault.NotFound}} {
			t.Run(name, func(t *testing.T) {
				_, err := w.s.Tie(w.ctx, x.a, made)
				w.is(err, x.k)
				if name == "another clinic" {
					return // its own list is its own
				}
				if _, err = w.s.Ties(w.ctx, x.a, o); !fault.Is(err, x.k) {
					t.Errorf("list: %v", err)
				}
				w.is(w.s.EndTie(w.ctx, x.a, made, ""), x.k)
			})
		}
		if list, err := w.s.Ties(w.ctx, foreign, ""); err != nil || len(list) != 0 {
			t.Errorf("another clinic sees %+v %v", list, err)
		}
		// On the strategy team a leader sees it, and what they looked at is written down once a day.
		w.teams[thu] = true
		for range 2 {
			if list, err := w.s.Ties(w.ctx, leader(thu), ""); err != nil || len(list) != 1 || list[0].Name != "Sam Okoye" {
				t.Errorf("%+v %v", list, err)
			}
		}
		looks := 0
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			entries, err := w.audit.OfSubject(w.ctx, tx, cedar, sam)
			for _, e := range entries {
				if e.Resource == "tie" && e.Action == "read" && e.Role == "leader" {
					looks++
				}
			}
			return err
		}))
		if looks != 1 {
			t.Errorf("%d looks are written down", looks)
		}
		w.teams[thu] = false
		_, err = w.s.Ties(w.ctx, leader(thu), "")
		w.is(err, fault.NotFound)
	})
}

// The holder ends it on their own page, and it is gone on the very next request.
func TestTheHolderEndsIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, sam := w.office(), w.join("Sam Okoye")
		made, err := w.s.AddTie(w.ctx, ana, tieTo(o, sam))
		w.must(err)
		w.must(w.s.Approach(w.ctx, ana, ApproachIn{Office: o, Tie: made, What: "Asks for a meeting", Due: w.clock.Now().AddDate(0, 0, 5)}))
		mine, err := w.s.Mine(w.ctx, member(sam))
		w.must(err)
		if len(mine) != 1 || mine[0].ID != made || mine[0].Until.IsZero() {
			t.Fatalf("%+v", mine)
		}
		if to, err := w.s.OfficeOf(w.ctx, member(sam), mine[0]); err != nil || to.Name != "Elena Reyes" {
			t.Errorf("%+v %v", to, err)
		}
		if next, err := w.s.Approaches(w.ctx, ana, o); err != nil || len(next) != 1 || next[0].Name != "Sam Okoye" || next[0].What != "Asks for a meeting" || next[0].Ref != "tie:"+made {
			t.Errorf("%+v %v", next, err)
		}
		w.must(w.s.EndTie(w.ctx, member(sam), made, "k"))
		w.must(w.s.EndTie(w.ctx, member(sam), made, "k")) // pressed twice
		if list, err := w.s.Ties(w.ctx, ana, o); err != nil || len(list) != 0 {
			t.Errorf("still shown: %+v %v", list, err)
		}
		if next, err := w.s.Approaches(w.ctx, ana, o); err != nil || len(next) != 0 {
			t.Errorf("still promised: %+v %v", next, err)
		}
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			n, err := db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM power_tie WHERE org_id=$1`, cedar)
			if n != 0 {
				t.Error("the row stays")
			}
			return err
		}))
	})
}

// A yes that ends elsewhere or runs out ends the tie; the clock takes the row away.
func TestTiesEndWithTheYes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, sam, rosa := w.office(), w.join("Sam Okoye"), w.join("Rosa Marín")
		union := w.institution("Cleaners' union")
		_, err := w.s.AddTie(w.ctx, ana, tieTo(o, sam))
		w.must(err)
		in := tieTo(o, rosa)
		in.Months = 6
		_, err = w.s.AddTie(w.ctx, ana, in)
		w.must(err)
		in = TieIn{Office: o, Institution: union, Kind: "public", Strength: 3, Months: 6, Agreed: true}
		_, err = w.s.AddTie(w.ctx, ana, in)
		w.must(err)
		names := func() (out []string) {
			list, err := w.s.Ties(w.ctx, ana, o)
			w.must(err)
			for _, x := range list {
				out = append(out, x.Name)
			}
			return out
		}
		if got := names(); len(got) != 3 || got[0] != "Cleaners' union" {
			t.Errorf("%v", got)
		}
		w.must(w.people.Stop(w.ctx, member(rosa), "")) // ends all she agreed to
		if got := names(); len(got) != 2 {
			t.Errorf("after she stopped: %v", got)
		}
		w.clock.Advance(7 * 31 * 24 * time.Hour)
		if got := names(); len(got) != 1 || got[0] != "Sam Okoye" {
			t.Errorf("after seven months: %v", got)
		}
		w.must(w.s.Tidy(w.ctx))
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			n, err := db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM power_tie WHERE org_id=$1`, cedar)
			if n != 1 {
				t.Errorf("%d rows stay", n)
			}
			return err
		}))
	})
}

func TestTieForm(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, sam, union := w.office(), w.join("Sam Okoye"), w.institution("Cleaners' union")
		for field, change := range map[string]func(*TieIn){
			"person":   func(in *TieIn) { in.Person = "" },
			"kind":     func(in *TieIn) { in.Kind = "faith" },
			"strength": func(in *TieIn) { in.Strength = 4 },
			"months":   func(in *TieIn) { in.Months = 60 },
			"how":      func(in *TieIn) { in.How = "" },
			"witness":  func(in *TieIn) { in.Witness = "" },
			"agreed":   func(in *TieIn) { in.Person, in.Institution = "", union },
		} {
			in := tieTo(o, sam)
			change(&in)
			_, err := w.s.AddTie(w.ctx, ana, in)
			w.wrong(err, field)
		}
		in := tieTo(o, "0190cccc-0000-7000-8000-00000000cccc")
		_, err := w.s.AddTie(w.ctx, ana, in)
		w.wrong(err, "person")
		_, err = w.s.AddTie(w.ctx, ana, tieTo(union, sam))
		w.is(err, fault.NotFound)
		if n := w.yeses(sam); n != 0 {
			t.Errorf("a refused form left %d consents", n)
		}
		// A second time the first is replaced.
		for range 2 {
			_, err = w.s.AddTie(w.ctx, ana, tieTo(o, sam))
			w.must(err)
		}
		if list, _ := w.s.Ties(w.ctx, ana, o); len(list) != 1 || w.yeses(sam) != 1 {
			t.Errorf("%+v, %d consents", list, w.yeses(sam))
		}
	})
}

// yeses counts somebody's live consents to show a tie.
func (w *world) yeses(person string) (n int) {
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
		live, err := w.ledger.LiveOf(w.ctx, tx, []string{person})
		n = 0
		for _, c := range live[person] {
			if c.Purpose == consent.TieShown {
				n++
			}
		}
		return err
	}))
	return n
}

// Erased, and written down twice.
func TestTiesOfErasedAndMerged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, sam, twin := w.office(), w.join("Sam Okoye"), w.join("Sam Okoye")
		_, err := w.s.AddTie(w.ctx, ana, tieTo(o, twin))
		w.must(err)
		_, err = w.people.Merge(w.ctx, ana, people.MergeIn{Survivor: sam, Taken: twin})
		w.must(err)
		if mine, err := w.s.Mine(w.ctx, member(sam)); err != nil || len(mine) != 1 {
			t.Fatalf("their own under the other row: %+v %v", mine, err)
		}
		if list, err := w.s.Ties(w.ctx, ana, o); err != nil || len(list) != 1 {
			t.Errorf("%+v %v", list, err)
		}
		_, err = w.s.AddTie(w.ctx, ana, tieTo(o, sam)) // the same person says yes again
		w.must(err)
		if list, err := w.s.Ties(w.ctx, ana, o); err != nil || len(list) != 1 || w.yeses(twin) != 0 || w.yeses(sam) != 1 {
			t.Errorf("%+v %v, %d and %d", list, err, w.yeses(twin), w.yeses(sam))
		}
		w.must(w.people.Delete(w.ctx, member(sam), true, ""))
		if list, err := w.s.Ties(w.ctx, ana, o); err != nil || len(list) != 0 {
			t.Errorf("%+v %v", list, err)
		}
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			n, err := db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM power_tie WHERE org_id=$1`, cedar)
			if n != 0 {
				t.Error("a row of an erased person stays")
			}
			return err
		}))
	})
}

// Whoever goes without a tie promises it themself.
func TestApproachWithoutATie(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, thu := w.office(), w.join("Thu Pham")
		due := w.clock.Now().AddDate(0, 0, 5)
		w.must(w.s.Approach(w.ctx, ana, ApproachIn{Office: o, What: "Calls her office", Due: due}))
		w.wrong(w.s.Approach(w.ctx, ana, ApproachIn{Office: o, Due: due}), "what")
		w.is(w.s.Approach(w.ctx, leader(thu), ApproachIn{Office: o, What: "Calls", Due: due}), fault.NotFound)
		w.teams[thu] = true
		w.must(w.s.Approach(w.ctx, leader(thu), ApproachIn{Office: o, What: "Writes to her", Due: due.AddDate(0, 0, -1)}))
		next, err := w.s.Approaches(w.ctx, ana, o)
		w.must(err)
		if len(next) != 2 || next[0].Person != thu || next[1].Account != "ana" {
			t.Errorf("%+v", next)
		}
	})
}
