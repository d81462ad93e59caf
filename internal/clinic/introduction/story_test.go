// The stories of the field, told to the verbs.
package introduction

import (
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

// S-01: information only leaves a count and nothing else.
func TestInformationOnlyLeavesACount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := OfferIn{Site: "main", Lang: "es", Outcome: OutcomeInfo, Key: "k1"}
		w.must(w.s.RecordOffer(w.ctx, drLee, in))
		w.must(w.s.RecordOffer(w.ctx, drLee, in)) // the same form again
		w.must(w.s.RecordOffer(w.ctx, drLee, OfferIn{Site: "main", Lang: "vi", Outcome: OutcomeAskAgain, Key: "k2"}))
		raw := w.raw()
		if raw["offered"] != 2 || raw["info"] != 1 || raw["ask_again"] != 1 || raw["declined"] != 1 {
			t.Errorf("%v", raw)
		}
		w.is(w.s.RecordOffer(w.ctx, drLee, OfferIn{Site: "main", Lang: "es", Outcome: "afraid"}), fault.Invalid)
		w.is(w.s.RecordOffer(w.ctx, chief, in), fault.Forbidden)
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			n, err := db.One[int](w.ctx, tx, `SELECT COUNT(*) FROM introduction`)
			if n != 0 {
				t.Errorf("%d rows about people", n)
			}
			subjects, err2 := db.One[int](w.ctx, tx, `SELECT COUNT(*) FROM audit_event WHERE subject_ref <> ''`)
			if subjects != 0 {
				t.Errorf("%d audit rows about people", subjects)
			}
			if err == nil {
				err = err2
			}
			return err
		}))
	})
}

// S-02: warm handoff, four days of trying, a meeting, and a stop on day 40.
func TestTheWholeStory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rb, err := w.s.Preview(w.ctx, drLee, mateo())
		w.must(err)
		if rb.Group != "Worker Center" || rb.Person.Phone != "+15035550117" || !rb.Tells {
			t.Errorf("read back: %+v", rb)
		}
		b := w.begin(drLee, warm, func(in *BeginIn) { in.Owner = "lupe" })
		w.wantState(b.ID, Consented)
		if b.Code == "" || b.Receipt == "" {
			t.Fatalf("no papers: %+v", b)
		}
		page, err := w.s.Board(w.ctx, lupe, BoardIn{})
		w.must(err)
		if len(page.Items) != 1 || page.Items[0].Person.CalledName != "Mateo Ruvalcaba" || page.Items[0].Next.ActionKey != "introduction.next.handoff" {
			t.Fatalf("board: %+v", page)
		}
		w.must(w.s.Handoff(w.ctx, lupe, HandoffIn{ID: b.ID, How: "walk_over", Happened: true, Present: []string{"navigator", "clinician"}}))
		w.wantState(b.ID, Sent)

		w.days(1)
		g := w.linkSession(b.ID)
		seen, err := w.s.LinkShared(w.ctx, g)
		w.must(err)
		if seen.Person.CalledName != "Mateo Ruvalcaba" || seen.Person.Phone != "+15035550117" || seen.Person.Lang != "es" || !slices.Contains(seen.Person.Topics, "work") || !seen.Person.Safe.NoVoicemail {
			t.Errorf("the group sees %+v", seen.Person)
		}
		w.must(w.s.Acknowledge(w.ctx, g, AnswerIn{ID: b.ID}))
		w.must(w.s.Accept(w.ctx, g, AnswerIn{ID: b.ID}))
		w.days(1)
		g = w.linkSession(b.ID)
		w.is(w.s.LogAttempt(w.ctx, g, AttemptIn{ID: b.ID, Channel: "phone", Result: "left_message"}), fault.Invalid)
		w.must(w.s.LogAttempt(w.ctx, g, AttemptIn{ID: b.ID, Channel: "phone", Result: "no_answer"}))
		w.days(2)
		g = w.linkSession(b.ID)
		w.must(w.s.LogAttempt(w.ctx, g, AttemptIn{ID: b.ID, Channel: "phone", Result: "reached"}))
		w.wantState(b.ID, Contacting)
		offers, err := w.s.MyOffers(w.ctx, drLee, "")
		w.must(err)
		if len(offers) != 1 || offers[0].Word != "introduction.mine.waiting" {
			t.Errorf("the clinician sees %+v", offers)
		}
		w.days(5)
		g = w.linkSession(b.ID)
		w.must(w.s.ConfirmMeeting(w.ctx, g, MeetIn{ID: b.ID}))
		w.wantState(b.ID, Connected)
		offers, err = w.s.MyOffers(w.ctx, drLee, "")
		w.must(err)
		if offers[0].Word != "introduction.mine.connected" {
			t.Errorf("the clinician sees %+v", offers)
		}
		numbers, err := w.s.Mine(w.ctx, drLee)
		w.must(err)
		if numbers.Sent != 1 || numbers.Met != 1 {
			t.Errorf("own numbers %+v", numbers)
		}
		if n, _ := w.s.Mine(w.ctx, drRay); n.Sent != 0 {
			t.Error("another clinician's numbers are visible")
		}
		w.must(w.s.Participating(w.ctx, g, MeetIn{ID: b.ID}))

		w.days(31)
		me := w.mine(b.Code)
		info, err := w.s.MyInformation(w.ctx, me)
		w.must(err)
		if info.Person.CalledName != "Mateo Ruvalcaba" || len(info.Holders) != 2 || len(info.Looked) < 5 || len(info.Attempts) != 2 {
			t.Errorf("my information: %+v", info)
		}
		before := w.raw()
		w.must(w.s.Withdraw(w.ctx, me, WithdrawIn{ID: b.ID}))
		w.wantState(b.ID, Withdrawn)
		after := w.raw()
		for _, stage := range Stages() {
			if before[stage] != 1 || after[stage] != 1 {
				t.Errorf("%s: %d before, %d after", stage, before[stage], after[stage])
			}
		}
		if _, err := w.s.SharedOne(w.ctx, partnerOf(worker), b.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("the group still sees: %v", err)
		}
		if _, err := w.s.LinkShared(w.ctx, g); err == nil {
			t.Error("the link's session still sees")
		}
		o, err := w.s.OpenMine(w.ctx, b.Code)
		w.must(err)
		if o.Token != "" || len(o.Recalls) != 1 || o.Recalls[0].Group != worker || !o.Recalls[0].Answered.IsZero() {
			t.Errorf("after the stop the code shows %+v", o)
		}
		w.must(w.s.AnswerRecall(w.ctx, partnerOf(worker), RecallIn{ID: o.Recalls[0].ID}))
		o, err = w.s.OpenMine(w.ctx, b.Code)
		w.must(err)
		if o.Recalls[0].Answered.IsZero() || o.Recalls[0].By != PartyGroup {
			t.Errorf("the answer is not shown: %+v", o.Recalls)
		}
		w.verified()
	})
}

// The plain text of a person is nowhere in the database, before or after.
func TestNothingPersonalInPlain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(drLee)
		g := w.linkSession(b.ID)
		_, err := w.s.LinkShared(w.ctx, g)
		w.must(err)
		w.must(w.jobs.Drain(w.ctx))
		if len(w.places(worker)) < 2 {
			t.Fatal("the search finds nothing at all") // a probe that cannot fail proves nothing
		}
		for _, secret := range []string{"Mateo", "Ruvalcaba", "5035550117", "555-0117", b.Code} {
			w.nowhere(secret)
		}
		w.must(w.s.Withdraw(w.ctx, lupe, WithdrawIn{ID: b.ID, How: "phone"}))
		r := w.row(b.ID)
		if r.person != "" || r.sealed != "" || r.phoneBlind != "" || r.offeredBy != "" {
			t.Errorf("left behind: %+v", r)
		}
		if _, err := w.s.Find(w.ctx, lupe, FindIn{Phone: "503 555 0117"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("still found by phone: %v", err)
		}
	})
}

// nowhere looks through every text column of the database.
func (w *world) nowhere(secret string) {
	w.t.Helper()
	for _, where := range w.places(secret) {
		w.t.Errorf("%q stands in %s", secret, where)
	}
}

func (w *world) places(secret string) (out []string) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, db.AllOrgs, func(tx *db.Tx) error {
		q := `SELECT name FROM sqlite_master WHERE type='table'`
		if w.db.Dialect() == db.Postgres {
			q = `SELECT table_name FROM information_schema.tables WHERE table_schema='public'`
		}
		tables, err := db.Column[string](w.ctx, tx, q)
		if err != nil {
			return err
		}
		for _, table := range tables {
			rows, err := tx.Query(w.ctx, `SELECT * FROM `+table)
			if err != nil {
				return err
			}
			cols, err := rows.Columns()
			if err != nil {
				return err
			}
			cells := make([]any, len(cols))
			for i := range cells {
				cells[i] = new(any)
			}
			for rows.Next() {
				if err := rows.Scan(cells...); err != nil {
					return err
				}
				for i, c := range cells {
					if text, ok := (*c.(*any)).(string); ok && strings.Contains(text, secret) {
						out = append(out, table+"."+cols[i])
					}
				}
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	}))
	return out
}

// verified checks the chain of the audit log.
func (w *world) verified() {
	w.t.Helper()
	rep, err := w.audit.Verify(w.ctx, cedar)
	w.must(err)
	if !rep.OK() {
		w.t.Errorf("the audit log does not verify: %+v", rep)
	}
}

// A stop works on the very next request, for every way in.
func TestStopWorksOnTheNextRequest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		link, partner := w.linkSession(b.ID), partnerOf(worker)
		if _, err := w.s.SharedOne(w.ctx, partner, b.ID); err != nil {
			t.Fatal(err)
		}
		w.must(w.s.Withdraw(w.ctx, w.mine(b.Code), WithdrawIn{ID: b.ID}))
		for name, err := range map[string]error{
			"partner view":   second(w.s.SharedOne(w.ctx, partner, b.ID)),
			"link view":      second(w.s.LinkShared(w.ctx, link)),
			"partner accept": w.s.Accept(w.ctx, partner, AnswerIn{ID: b.ID}),
			"link met":       w.s.ConfirmMeeting(w.ctx, link, MeetIn{ID: b.ID}),
		} {
			if err == nil {
				t.Errorf("%s still works", name)
			}
		}
		list, err := w.s.SharedWith(w.ctx, partner)
		w.must(err)
		if len(list) != 0 {
			t.Errorf("the partner's list: %+v", list)
		}
		w.must(w.jobs.Drain(w.ctx)) // the message that was waiting finds no consent
		again, err := w.s.Board(w.ctx, lupe, BoardIn{Filter: BoardOpen})
		w.must(err)
		if len(again.Items) != 0 {
			t.Errorf("still on the board: %+v", again.Items)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// Delete leaves no row of the introduction; the code tells what became of it for ninety days.
func TestDeleteLeavesOnlyTheRecall(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		opened, err := w.s.OpenMine(w.ctx, b.Code)
		w.must(err)
		me := w.mine(b.Code)
		w.is(w.s.Delete(w.ctx, me, DeleteIn{}), fault.Invalid)
		w.must(w.s.Delete(w.ctx, me, DeleteIn{Confirm: true, Key: "d"}))
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			for _, table := range []string{"introduction", "introduction_share", "introduction_step", "introduction_attempt", "introduction_session"} {
				n, err := db.One[int](w.ctx, tx, `SELECT COUNT(*) FROM `+table)
				if err != nil {
					return err
				}
				if n != 0 {
					t.Errorf("%s has %d rows", table, n)
				}
			}
			return nil
		}))
		o, err := w.s.OpenMine(w.ctx, b.Code)
		w.must(err)
		if len(o.Recalls) != 1 {
			t.Errorf("%+v", o)
		}
		if a, err := w.s.Authenticate(w.ctx, opened.Token); err != nil || a.Person != "" {
			t.Error("the session outlived the deletion")
		}
		w.days(91)
		w.must(w.s.Retain(w.ctx))
		w.is(second(w.s.OpenMine(w.ctx, b.Code)), fault.Invalid)
		if w.raw()["sent"] != 1 {
			t.Error("the counts went too")
		}
	})
}

// Never sent and deleted: the code still answers, and says that nobody had anything.
func TestDeleteBeforeSending(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe, warm)
		w.must(w.s.Delete(w.ctx, w.mine(b.Code), DeleteIn{Confirm: true}))
		o, err := w.s.OpenMine(w.ctx, b.Code)
		w.must(err)
		if len(o.Recalls) != 1 || o.Recalls[0].Group != "" || o.Recalls[0].Answered.IsZero() {
			t.Errorf("%+v", o)
		}
	})
}

// AB-75: a wrong send can be taken back for fifteen minutes; the group is asked to forget.
func TestUndo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(drLee)
		g := w.linkSession(b.ID)
		w.is(w.s.Undo(w.ctx, drRay, UndoIn{ID: b.ID}), fault.NotFound) // not their offer
		w.must(w.s.Undo(w.ctx, drLee, UndoIn{ID: b.ID}))
		w.wantState(b.ID, Consented)
		if _, err := w.s.LinkShared(w.ctx, g); err == nil {
			t.Error("the link still shows it")
		}
		if w.raw()["sent"] != 0 {
			t.Error("an undone send was counted")
		}
		recalls, err := w.s.Recalls(w.ctx, lupe)
		w.must(err)
		if len(recalls) != 1 || recalls[0].Why != "undo" {
			t.Errorf("%+v", recalls)
		}
		w.must(w.s.Elsewhere(w.ctx, lupe, ElsewhereIn{ID: b.ID, Group: tenants, ConsentIn: ConsentIn{How: "paper", TellClinic: true}}))
		w.wantState(b.ID, Sent)
		if _, err := w.s.SharedOne(w.ctx, partnerOf(worker), b.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("the first group sees it: %v", err)
		}
		if _, err := w.s.SharedOne(w.ctx, partnerOf(tenants), b.ID); err != nil {
			t.Errorf("the second group: %v", err)
		}
		w.clock.Advance(UndoTime + time.Second)
		w.is(w.s.Undo(w.ctx, lupe, UndoIn{ID: b.ID}), fault.Conflict)
	})
}

// A redirect shows the second group nothing before the person has agreed anew.
func TestRedirectNeedsAFreshConsent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		g := w.linkSession(b.ID)
		w.is(w.s.Redirect(w.ctx, g, RedirectIn{ID: b.ID, Group: "nobody"}), fault.Invalid)
		w.is(w.s.Redirect(w.ctx, g, RedirectIn{ID: b.ID, Group: worker}), fault.Invalid)
		w.must(w.s.Redirect(w.ctx, g, RedirectIn{ID: b.ID, Group: tenants}))
		w.wantState(b.ID, Redirected)
		for _, p := range []access.Actor{partnerOf(worker), partnerOf(tenants)} {
			w.is(second(w.s.SharedOne(w.ctx, p, b.ID)), fault.NotFound)
		}
		w.is(w.s.Send(w.ctx, lupe, SendIn{ID: b.ID}), fault.Conflict)
		w.is(w.s.Elsewhere(w.ctx, lupe, ElsewhereIn{ID: b.ID, Group: closed, ConsentIn: ConsentIn{How: "paper"}}), fault.Invalid)
		w.is(w.s.Elsewhere(w.ctx, lupe, ElsewhereIn{ID: b.ID, Group: tenants, ConsentIn: ConsentIn{How: "spoken"}}), fault.Invalid) // no witness
		w.wantState(b.ID, Redirected)
		w.must(w.s.Elsewhere(w.ctx, lupe, ElsewhereIn{ID: b.ID, Group: tenants, ConsentIn: ConsentIn{How: "paper"}}))
		w.is(second(w.s.SharedOne(w.ctx, partnerOf(worker), b.ID)), fault.NotFound)
		if _, err := w.s.SharedOne(w.ctx, partnerOf(tenants), b.ID); err != nil {
			t.Error(err)
		}
		if w.raw()["sent"] != 1 {
			t.Error("a second group counts the same introduction twice")
		}
	})
}

// Only fields that were agreed to are shown.
func TestOnlyAgreedFields(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe, func(in *BeginIn) { in.Fields = []string{"name", "phone", "safe_contact"} })
		v, err := w.s.SharedOne(w.ctx, partnerOf(worker), b.ID)
		w.must(err)
		if v.Person.Phone == "" || v.Person.Lang != "" || len(v.Person.Topics) != 0 {
			t.Errorf("%+v", v.Person)
		}
		me := w.mine(b.Code)
		w.is(w.s.ChangeContact(w.ctx, me, ContactIn{CalledName: "Mateo", Contact: "mail", Email: "m@example.org", Words: "library"}), fault.Invalid)
		w.must(w.s.ChangeContact(w.ctx, me, ContactIn{CalledName: "Teo", Contact: "sms", Phone: "+1 503 555 0118", Words: "library"}))
		v, err = w.s.SharedOne(w.ctx, partnerOf(worker), b.ID)
		w.must(err)
		if v.Person.CalledName != "Teo" || v.Person.Phone != "+15035550118" || v.Person.Contact != consent.BySMS {
			t.Errorf("after the change %+v", v.Person)
		}
	})
}

// Without the person's yes the clinic does not learn that they met.
func TestQuietMeeting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(drLee, quietly)
		w.must(w.s.ConfirmMeeting(w.ctx, partnerOf(worker), MeetIn{ID: b.ID}))
		w.wantState(b.ID, Connected)
		offers, err := w.s.MyOffers(w.ctx, drLee, "")
		w.must(err)
		if offers[0].Word != "introduction.mine.waiting" {
			t.Errorf("the clinician sees %s", offers[0].Word)
		}
		if n, _ := w.s.Mine(w.ctx, drLee); n.Met != 0 || n.Sent != 1 {
			t.Errorf("%+v", n)
		}
		v, err := w.s.Show(w.ctx, lupe, b.ID)
		w.must(err)
		if v.State.Met() || !v.Quiet || slices.ContainsFunc(v.Steps, func(s Step) bool { return s.To.Met() }) {
			t.Errorf("staff see %s, %+v", v.State, v.Steps)
		}
		if w.raw()["met"] != 1 {
			t.Error("the count without a name is missing")
		}
	})
}

// The same form twice begins once; the second answer has a code that works.
func TestBeginOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key := func(in *BeginIn) { in.Key = "form-1" }
		a, b := w.begin(lupe, key), w.begin(lupe, key)
		if a.ID != b.ID || a.Receipt != b.Receipt || a.Code == b.Code {
			t.Errorf("%+v and %+v", a, b)
		}
		w.is(second(w.s.OpenMine(w.ctx, a.Code)), fault.Invalid)
		w.mine(b.Code)
		if w.raw()["wanted"] != 1 {
			t.Errorf("%v", w.raw())
		}
	})
}

// Mistakes are told at their fields, all at once, and nothing is stored.
func TestMistakesAtFields(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.s.Begin(w.ctx, lupe, BeginIn{PersonIn: PersonIn{CalledName: "A1 2345678", Contact: "phone", Phone: "12", Lang: "x", Topics: []string{"papers"}, HoursFrom: "25:00", Days: []string{"9"}, Words: "police"},
			Group: closed, Mode: "fax", Site: "a b"})
		var names []string
		for _, f := range fault.FieldsOf(err) {
			names = append(names, f.Name)
		}
		for _, want := range []string{"called_name", "phone", "lang", "topics", "hours_from", "days", "words", "mode", "site", "group"} {
			if !slices.Contains(names, want) {
				t.Errorf("no word about %s in %v", want, names)
			}
		}
		_, err = w.s.Begin(w.ctx, lupe, func() BeginIn { in := mateo(); in.How, in.Witness = "spoken", ""; return in }())
		if f := fault.FieldsOf(err); len(f) != 1 || f[0].Name != "witness" {
			t.Errorf("%v", err)
		}
		if len(w.raw()) != 0 {
			t.Errorf("something was counted: %v", w.raw())
		}
	})
}

// Another clinic, another group, another person: nothing exists for them.
func TestForeignersFindNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		c := w.begin(lupe, func(in *BeginIn) { in.Group = tenants })
		g := w.linkSession(b.ID)
		me := w.mine(b.Code)
		for name, err := range map[string]error{
			"other clinic shows":   second(w.s.Show(w.ctx, foreign, b.ID)),
			"other clinic accepts": w.s.Accept(w.ctx, foreign, AnswerIn{ID: b.ID}),
			"other clinic ends":    w.s.Withdraw(w.ctx, foreign, WithdrawIn{ID: b.ID, How: "phone"}),
			"other group views":    second(w.s.SharedOne(w.ctx, partnerOf(tenants), b.ID)),
			"other group accepts":  w.s.Accept(w.ctx, partnerOf(tenants), AnswerIn{ID: b.ID}),
			"link reads another":   second(w.s.SharedOne(w.ctx, g, c.ID)),
			"link answers another": w.s.Accept(w.ctx, g, AnswerIn{ID: c.ID}),
			"person ends another":  w.s.Withdraw(w.ctx, me, WithdrawIn{ID: c.ID}),
			"clinician undoes":     w.s.Undo(w.ctx, drRay, UndoIn{ID: b.ID}),
			"unknown id":           second(w.s.Show(w.ctx, lupe, "99999999-9999-7999-8999-999999999999")),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v, want not found", name, err)
			}
		}
		for name, err := range map[string]error{
			"lead reads":         second(w.s.Show(w.ctx, chief, b.ID)),
			"admin reads":        second(w.s.Board(w.ctx, admin, BoardIn{})),
			"evaluator reads":    second(w.s.Board(w.ctx, eval, BoardIn{})),
			"partner begins":     second(w.s.Begin(w.ctx, partnerOf(worker), mateo())),
			"group withdraws":    w.s.Withdraw(w.ctx, partnerOf(worker), WithdrawIn{ID: b.ID, How: "phone"}),
			"clinician sends":    w.s.Send(w.ctx, drLee, SendIn{ID: b.ID}),
			"group finds people": second(w.s.Find(w.ctx, partnerOf(worker), FindIn{Phone: "503 555 0117"})),
		} {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v, want forbidden", name, err)
			}
		}
		list, err := w.s.SharedWith(w.ctx, g)
		w.must(err)
		if len(list) != 1 || list[0].ID != b.ID {
			t.Errorf("the link's list: %+v", list)
		}
	})
}

// A clinician's board has states, no people.
func TestCliniciansSeeNoNames(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.begin(lupe, warm)
		p, err := w.s.Board(w.ctx, drLee, BoardIn{})
		w.must(err)
		if len(p.Items) != 1 || p.Items[0].Person.CalledName != "" || p.Items[0].Person.Phone != "" {
			t.Errorf("%+v", p.Items)
		}
		w.is(second(w.s.Show(w.ctx, drLee, p.Items[0].ID)), fault.NotFound)
	})
}

// The ledger alone decides: a consent ended by any other hand closes every way in.
func TestTheLedgerAloneDecides(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		person := w.row(b.ID).person
		link := w.linkSession(b.ID)
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.ledger.RevokeAll(w.ctx, tx, lupe, person, consent.PhoneStaff)
			return err
		}))
		w.is(second(w.s.SharedOne(w.ctx, partnerOf(worker), b.ID)), fault.NotFound)
		w.is(second(w.s.LinkShared(w.ctx, link)), fault.Gone)
		for name, err := range map[string]error{
			"acknowledge": w.s.Acknowledge(w.ctx, link, AnswerIn{ID: b.ID}),
			"accept":      w.s.Accept(w.ctx, link, AnswerIn{ID: b.ID}),
			"attempt":     w.s.LogAttempt(w.ctx, link, AttemptIn{ID: b.ID, Channel: "phone", Result: "no_answer"}),
			"met":         w.s.ConfirmMeeting(w.ctx, link, MeetIn{ID: b.ID}),
			"new link":    second(w.s.LinkFor(w.ctx, lupe, b.ID)),
		} {
			if !fault.Is(err, fault.Gone) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if list, _ := w.s.PrintedList(w.ctx, lupe, worker); len(list) != 0 {
			t.Errorf("still printed: %+v", list)
		}
		w.wantState(b.ID, Sent)
	})
}

// When Withdraw returns, the key is gone: no job has to run first.
func TestErasedWhenItReturns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		person := w.row(b.ID).person
		w.must(w.s.Withdraw(w.ctx, lupe, WithdrawIn{ID: b.ID, How: "phone", Key: "k"}))
		w.is(second(w.vault.SubjectRef(w.ctx, cedar, person)), fault.Gone)
		w.must(w.s.Withdraw(w.ctx, lupe, WithdrawIn{ID: b.ID, How: "phone", Key: "k"})) // the same form again
		w.must(w.jobs.Drain(w.ctx))
	})
}
