// The yes to being kept elsewhere: after the first meeting, by whoever may ask,
// once; and what opens of it, and what does not.
package introduction

import (
	"slices"
	"strings"
	"testing"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

// met brings an introduction to the first meeting.
func (w *world) met(change ...func(*BeginIn)) Begun {
	w.t.Helper()
	b := w.begin(drLee, change...)
	w.must(w.s.Acknowledge(w.ctx, lupe, AnswerIn{ID: b.ID}))
	w.must(w.s.Accept(w.ctx, lupe, AnswerIn{ID: b.ID}))
	w.must(w.s.LogAttempt(w.ctx, lupe, AttemptIn{ID: b.ID, Channel: "phone", Result: "reached"}))
	w.must(w.s.ConfirmMeeting(w.ctx, w.mine(b.Code), MeetIn{ID: b.ID}))
	return b
}

func spoken(id string) CarryIn {
	return CarryIn{ID: id, Agree: true, How: "spoken", Witness: "navigator", Lang: "es"}
}

func TestCarryingOverIsAskedAfterTheFirstMeetingOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(drLee)
		own := w.mine(b.Code)
		w.is(w.s.CarryOver(w.ctx, own, CarryIn{ID: b.ID, Agree: true}), fault.Conflict)
		w.is(w.s.CarryOver(w.ctx, lupe, spoken(b.ID)), fault.Conflict)

		b = w.met()
		own = w.mine(b.Code)
		w.is(w.s.CarryOver(w.ctx, own, CarryIn{ID: b.ID}), fault.Invalid) // no yes
		for _, bad := range []func(*CarryIn){func(in *CarryIn) { in.How = "" }, func(in *CarryIn) { in.How = "screen" }, func(in *CarryIn) { in.Witness = "" }} {
			in := spoken(b.ID)
			bad(&in)
			w.is(w.s.CarryOver(w.ctx, lupe, in), fault.Invalid)
		}
		for _, a := range []access.Actor{partnerOf(worker), w.linkSession(b.ID), drLee, drRay, chief, admin, eval} {
			if err := w.s.CarryOver(w.ctx, a, spoken(b.ID)); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%v carried somebody over: %v", a.Roles, err)
			}
		}
		w.is(w.s.CarryOver(w.ctx, foreign, spoken(b.ID)), fault.NotFound)
		stranger := w.mine(w.met(func(in *BeginIn) { in.Phone = "503 555 0118" }).Code)
		w.is(w.s.CarryOver(w.ctx, stranger, CarryIn{ID: b.ID, Agree: true}), fault.NotFound)
		_, err := w.s.CarriedBy(w.ctx, access.Machine(cedar), b.ID)
		w.is(err, fault.NotFound)

		w.must(w.s.CarryOver(w.ctx, own, CarryIn{ID: b.ID, Agree: true, Lang: "es", Key: "k1"}))
		w.must(w.s.CarryOver(w.ctx, own, CarryIn{ID: b.ID, Agree: true, Lang: "es", Key: "k1"})) // the same form
		w.is(w.s.CarryOver(w.ctx, own, CarryIn{ID: b.ID, Agree: true, Key: "k2"}), fault.Conflict)
		w.is(w.s.CarryOver(w.ctx, lupe, spoken(b.ID)), fault.Conflict)
		m, err := w.s.MyInformation(w.ctx, own)
		w.must(err)
		n := 0
		for _, h := range m.Holders {
			if h.Purpose == consent.OrganizingRecord {
				n++
				if want := []consent.Field{consent.Name, consent.Phone, consent.Language, consent.SafeContact}; !slices.Equal(h.Fields, want) || h.How != consent.OnScreen || h.Language != "es" {
					t.Errorf("%+v", h)
				}
			}
		}
		if n != 1 || m.Carry != CarryDone {
			t.Errorf("%d consents, state %q", n, m.Carry)
		}
	})
}

func TestWhatIsCarriedHasNothingOfTheIntroduction(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.s.On(EventCarried, nil)
		b := w.met()
		w.must(w.s.CarryOver(w.ctx, lupe, spoken(b.ID)))
		c, err := w.s.CarriedBy(w.ctx, access.Machine(cedar), b.ID)
		w.must(err)
		if c.Person.CalledName != "Mateo Ruvalcaba" || c.Person.Phone != "+15035550117" || !c.Person.Safe.NoVoicemail || c.Person.Lang != "es" || len(c.Person.Topics) > 0 || c.How != consent.Spoken || c.Witness != consent.Navigator || c.Done {
			t.Errorf("%+v", c)
		}
		if again, err := w.s.CarriedBy(w.ctx, access.Machine(cedar), b.ID); err != nil || again.Key != c.Key || c.Key == "" || strings.Contains(c.Key, b.ID) {
			t.Errorf("key %q, then %q, %v", c.Key, again.Key, err)
		}
		for _, a := range []access.Actor{lupe, ana, drLee, w.mine(b.Code)} { // for the wiring alone
			_, err := w.s.CarriedBy(w.ctx, a, b.ID)
			w.is(err, fault.Forbidden)
			w.is(w.s.CarryEnded(w.ctx, a, b.ID), fault.Forbidden)
		}
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			list, err := db.Column[string](w.ctx, tx, `SELECT payload FROM job WHERE kind=$1`, string(EventCarried))
			if err == nil && (len(list) != 1 || list[0] != `{"introduction":"`+b.ID+`"}`) {
				t.Errorf("the queue holds %q", list)
			}
			return err
		}))
		w.must(w.s.CarryEnded(w.ctx, access.Machine(cedar), b.ID))
		if c, err = w.s.CarriedBy(w.ctx, access.Machine(cedar), b.ID); err != nil || !c.Done {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestNothingIsCarriedAfterAnEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.met()
		w.must(w.s.CarryOver(w.ctx, lupe, spoken(b.ID)))
		w.must(w.s.Withdraw(w.ctx, w.mine(b.Code), WithdrawIn{ID: b.ID}))
		_, err := w.s.CarriedBy(w.ctx, access.Machine(cedar), b.ID)
		w.is(err, fault.NotFound)
		w.is(w.s.CarryOver(w.ctx, lupe, spoken(b.ID)), fault.Conflict)
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			n, err := db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM introduction_carry`)
			if n != 0 {
				t.Errorf("%d rows stay", n)
			}
			return err
		}))
	})
}

func TestStaffWhoMayNotHearThatTheyMetDoNotAsk(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.met(quietly)
		v, err := w.s.Show(w.ctx, lupe, b.ID)
		w.must(err)
		if v.Carry != CarryNot {
			t.Errorf("staff see %q", v.Carry)
		}
		w.is(w.s.CarryOver(w.ctx, lupe, spoken(b.ID)), fault.Conflict)
		w.must(w.s.CarryOver(w.ctx, w.mine(b.Code), CarryIn{ID: b.ID, Agree: true}))
		if v, err = w.s.Show(w.ctx, lupe, b.ID); err != nil || v.Carry != CarryNot || slices.ContainsFunc(v.Consents, func(c consent.Consent) bool { return c.Purpose == consent.OrganizingRecord }) {
			t.Errorf("staff see %q, %+v, %v", v.Carry, v.Consents, err)
		}
	})
}
