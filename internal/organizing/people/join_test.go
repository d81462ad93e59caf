// Coming in, being found, meeting and promising, on both engines.
package people

import (
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

func TestJoinIsOnceAndByConsent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		once := func(in *JoinIn) { in.Key = "k1" }
		a, b := w.join(ana, "Thu Pham", once), w.join(ana, "Thu Pham", once)
		if a.ID != b.ID || a.Code == b.Code || len(b.Code) != codeLength {
			t.Errorf("%+v, %+v", a, b)
		}
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			c, err := w.ledger.Live(w.ctx, tx, consent.Query{Subject: a.ID, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: consent.Area})
			if err == nil && c.Language != "vi" {
				t.Errorf("consent in %s", c.Language)
			}
			return err
		}))
		_, err := w.s.Join(w.ctx, drLee, thu())
		w.is(err, fault.Forbidden)
		bad := thu()
		bad.How = ""
		_, err = w.s.Join(w.ctx, ana, bad)
		w.is(err, fault.Invalid)
		if found, err := w.s.Find(w.ctx, ana, "pham th", 10); err != nil || len(found) != 1 || found[0].Name != "Thu Pham" {
			t.Errorf("%+v, %v", found, err)
		}
		if found, _ := w.s.Find(w.ctx, foreign, "Thu", 10); len(found) != 0 {
			t.Errorf("another clinic found %+v", found)
		}
	})
}

func TestALeaderSeesThoseTheyMet(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu, sam := w.join(ana, "Thu Pham"), w.join(ana, "Sam Okafor", func(in *JoinIn) { in.Phone = "(503) 555-0122" })
		names, err := w.s.Names(w.ctx, omar, []string{thu.ID, sam.ID})
		if err != nil || len(names) != 0 {
			t.Errorf("%v, %v", names, err)
		}
		_, err = w.s.Timeline(w.ctx, omar, thu.ID, time.Time{}, 10)
		w.is(err, fault.NotFound)
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.s.RecordIn(w.ctx, tx, omar, Encounter{Kind: OneToOne, Purpose: Recruitment, State: Held, At: w.clock.Now(), Minutes: 35, LedBy: ByLeader, Present: []Presence{{Person: thu.ID}}})
			return err
		}))
		if names, err = w.s.Names(w.ctx, omar, []string{thu.ID, sam.ID}); err != nil || len(names) != 1 || names[thu.ID].Name != "Thu Pham" {
			t.Errorf("%v, %v", names, err)
		}
		line, err := w.s.Timeline(w.ctx, omar, thu.ID, time.Time{}, 10)
		if err != nil || len(line) != 1 || line[0].Kind != OneToOne || line[0].Role != Attended {
			t.Errorf("%+v, %v", line, err)
		}
	})
}

// A meeting written twice is one encounter, and who left the list leaves it.
func TestAnEncounterOfAnotherRoomIsOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu, sam := w.join(ana, "Thu Pham"), w.join(ana, "Sam Okafor", func(in *JoinIn) { in.Phone = ""; in.Contact = "in_person" })
		var first, second string
		record := func(who ...Presence) (made string) {
			w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) (err error) {
				made, err = w.s.RecordIn(w.ctx, tx, ana, Encounter{Kind: CoreTeam, State: Held, At: w.clock.Now(), Ref: "meeting:m1", Present: who, Others: 2})
				return err
			}))
			return made
		}
		first = record(Presence{thu.ID, Chaired}, Presence{sam.ID, ""})
		second = record(Presence{thu.ID, Scribed})
		if first != second {
			t.Errorf("%s and %s", first, second)
		}
		if line, err := w.s.Timeline(w.ctx, ana, thu.ID, time.Time{}, 10); err != nil || len(line) != 1 || line[0].Role != Scribed {
			t.Errorf("%+v, %v", line, err)
		}
		if line, err := w.s.Timeline(w.ctx, ana, sam.ID, time.Time{}, 10); err != nil || len(line) != 0 {
			t.Errorf("%+v, %v", line, err)
		}
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.ledger.RevokeAll(w.ctx, tx, ana, thu.ID, consent.PhoneStaff)
			return err
		}))
		_, err := w.s.Timeline(w.ctx, ana, thu.ID, time.Time{}, 10)
		w.is(err, fault.Gone)
	})
}

func TestPromises(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu := w.join(ana, "Thu Pham")
		day := w.clock.Now().AddDate(0, 0, 7)
		made, err := w.s.Promise(w.ctx, ana, Commitment{Person: thu.ID, ToAccount: "ana", What: "Host a house meeting", Due: day}, "k")
		w.must(err)
		_, err = w.s.Settle(w.ctx, foreign, SettleIn{ID: made, State: Done})
		w.is(err, fault.NotFound)
		_, err = w.s.Settle(w.ctx, omar, SettleIn{ID: made, State: Done})
		w.is(err, fault.NotFound)
		me := access.Actor{Org: cedar, Person: thu.ID, Roles: []access.Role{access.Member}}
		next, err := w.s.Settle(w.ctx, ana, SettleIn{ID: made, State: Renegotiated, Due: day.AddDate(0, 0, 7)})
		w.must(err)
		_, err = w.s.Settle(w.ctx, me, SettleIn{ID: next, State: Done})
		w.must(err)
		_, err = w.s.Settle(w.ctx, me, SettleIn{ID: next, State: Missed})
		w.is(err, fault.Conflict)
		list, err := w.s.Commitments(w.ctx, me, Whose{Person: thu.ID})
		if err != nil || len(list) != 2 || list[0].State != Renegotiated || list[1].State != Done || list[1].What != "Host a house meeting" || list[1].InsteadOf != made {
			t.Errorf("%+v, %v", list, err)
		}
		for _, c := range []Commitment{{Person: thu.ID, Due: day}, {Person: thu.ID, What: "x"}, {What: "x", Due: day}, {Person: thu.ID, Account: "ana", What: "x", Due: day}} {
			_, err := w.s.Promise(w.ctx, ana, c, "")
			w.is(err, fault.Invalid)
		}
	})
}
