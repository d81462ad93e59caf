// Clocks, links, roster, counts: what happens without anybody asking, and ways in
// without an account.
package introduction

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/trust/consent"
)

// A group that does not answer: reminder, named owner, escalation, and an end with a name.
func TestNobodyAnswers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.must(w.s.SaveSettings(w.ctx, admin, Settings{EscalationAccount: "boss", AcknowledgeDays: 3, AttemptDays: 5, CloseDays: 30}))
		w.is(w.s.SaveSettings(w.ctx, admin, Settings{AcknowledgeDays: 0, AttemptDays: 5, CloseDays: 30, Holidays: []string{"x"}}), fault.Invalid)
		var heard []Event
		w.s.On(EventEscalated, func(_ context.Context, e Event) error { heard = append(heard, e); return nil })
		b := w.begin(lupe) // Monday 10:00
		w.days(2)
		w.must(w.s.Sweep(w.ctx))
		if l := w.row(b.ID).level; l != OnTime {
			t.Fatalf("level %d after two days", l)
		}
		for _, x := range []struct {
			hours int
			want  Level
			asked string
		}{{25, Reminded, "lupe"}, {24, NamedOwner, "lupe"}, {96, Escalated, "boss"}} {
			w.hours(x.hours)
			w.must(w.s.Sweep(w.ctx))
			w.must(w.s.Sweep(w.ctx)) // again: each level once
			p, err := w.s.Board(w.ctx, lupe, BoardIn{Filter: BoardLate})
			w.must(err)
			if len(p.Items) != 1 || p.Items[0].Level != x.want || p.Items[0].Asked != x.asked || p.Late != 1 {
				t.Fatalf("want level %d asking %s: %+v", x.want, x.asked, p)
			}
		}
		w.must(w.jobs.Drain(w.ctx))
		if len(heard) != 3 || heard[2].Account != "boss" {
			t.Errorf("%+v", heard)
		}
		w.days(22) // past the thirty days
		w.must(w.s.Sweep(w.ctx))
		if r := w.row(b.ID); r.nextKey != "introduction.next.close" || r.nextOwner != OwnerClinic {
			t.Errorf("after thirty days: %s %s", r.nextOwner, r.nextKey)
		}
		w.days(16)
		w.must(w.s.Sweep(w.ctx))
		r := w.row(b.ID)
		if r.state != Closed || r.ending != GroupUnable || r.reason != NoAnswer {
			t.Errorf("after forty-five days: %s %s %s", r.state, r.ending, r.reason)
		}
		w.is(second(w.s.SharedOne(w.ctx, partnerOf(worker), b.ID)), fault.NotFound)
		w.days(31)
		person := r.person
		w.must(w.s.Retain(w.ctx))
		if _, err := w.vault.SubjectRef(w.ctx, cedar, person); !fault.Is(err, fault.Gone) {
			t.Errorf("thirty days after a failed end the person is still there: %v", err)
		}
		if w.raw()["sent"] != 1 {
			t.Error("the counts went too")
		}
		w.verified()
	})
}

// Three attempts in ten days, then an end is proposed; nobody has to find it out.
func TestCouldNotReach(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		w.is(w.s.Close(w.ctx, lupe, CloseIn{ID: b.ID, Ending: "could_not_reach"}), fault.Conflict)
		for range 3 {
			w.days(1)
			w.must(w.s.LogAttempt(w.ctx, partnerOf(worker), AttemptIn{ID: b.ID, Channel: "phone", Result: "no_answer"}))
		}
		v, err := w.s.Show(w.ctx, lupe, b.ID)
		w.must(err)
		if !v.Exhausted || v.Next.ActionKey != "introduction.next.could_not_reach" || v.Next.Owner != OwnerClinic {
			t.Errorf("%+v", v.Next)
		}
		w.is(w.s.Close(w.ctx, lupe, CloseIn{ID: b.ID, Ending: "engaged", Word: "group"}), fault.Conflict)
		w.must(w.s.Close(w.ctx, lupe, CloseIn{ID: b.ID, Ending: "could_not_reach"}))
		w.is(w.s.LogAttempt(w.ctx, lupe, AttemptIn{ID: b.ID, Channel: "phone", Result: "reached"}), fault.Conflict)
	})
}

// Staff must say whose word a meeting rests on; "sent" never becomes success by itself.
func TestAMeetingNeedsAWord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		w.is(w.s.ConfirmMeeting(w.ctx, lupe, MeetIn{ID: b.ID}), fault.Invalid)
		w.is(w.s.Close(w.ctx, lupe, CloseIn{ID: b.ID, Ending: "engaged", Word: "person"}), fault.Conflict)
		w.must(w.s.ConfirmMeeting(w.ctx, lupe, MeetIn{ID: b.ID, Word: "person", Key: "k"}))
		w.must(w.s.ConfirmMeeting(w.ctx, lupe, MeetIn{ID: b.ID, Word: "person", Key: "k"})) // the same form again
		w.is(w.s.ConfirmMeeting(w.ctx, lupe, MeetIn{ID: b.ID, Word: "person"}), fault.Conflict)
		w.must(w.s.Close(w.ctx, w.mine(b.Code), CloseIn{ID: b.ID, Ending: "engaged"}))
		if raw := w.raw(); raw["met"] != 1 || raw["taking_part"] != 1 {
			t.Errorf("%v", raw)
		}
		offers, err := w.s.MyOffers(w.ctx, lupe, "")
		w.must(err)
		if offers[0].Word != "introduction.mine.connected" {
			t.Errorf("%+v", offers)
		}
	})
}

// A consent that runs out ends the introduction, asks for the data back and erases.
func TestConsentRunsOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		w.must(w.s.ConfirmMeeting(w.ctx, partnerOf(worker), MeetIn{ID: b.ID}))
		w.days(366)
		w.is(second(w.s.SharedOne(w.ctx, partnerOf(worker), b.ID)), fault.NotFound) // before any sweep
		w.must(w.s.Sweep(w.ctx))
		r := w.row(b.ID)
		if r.state != Withdrawn || r.how != ByExpiry || r.person != "" {
			t.Errorf("%+v", r)
		}
		list, err := w.s.Recalls(w.ctx, lupe)
		w.must(err)
		if len(list) != 1 || list[0].Why != string(ByExpiry) {
			t.Errorf("%+v", list)
		}
		if w.raw()["withdrawn"] != 0 {
			t.Error("nobody withdrew")
		}
	})
}

// A link's page is neutral, survives previews, and its code is guessed at most five times.
func TestLinkAndCode(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		out, err := w.s.LinkFor(w.ctx, lupe, b.ID)
		w.must(err)
		token := strings.TrimPrefix(out.URL, "/r/")
		for range 3 { // preview bots
			p, err := w.s.LinkPage(w.ctx, token)
			w.must(err)
			if p.Kind != LinkAsksCode || !p.Texts {
				t.Fatalf("%+v", p)
			}
		}
		w.is(second(w.s.LinkPage(w.ctx, strings.Repeat("x", 43))), fault.NotFound)
		wrong := "000000"
		if out.Code == wrong {
			wrong = "000001"
		}
		for range 5 {
			w.is(second(w.s.OpenLink(w.ctx, token, wrong)), fault.Invalid)
		}
		w.is(second(w.s.OpenLink(w.ctx, token, out.Code)), fault.Limited) // even the right one: the code is dead
		w.must(w.s.SendCode(w.ctx, token))
		w.is(second(w.s.OpenLink(w.ctx, token, out.Code)), fault.Limited) // asking gives no new tries
		fresh, err := w.s.LinkFor(w.ctx, lupe, b.ID)
		w.must(err)
		session, err := w.s.OpenLink(w.ctx, token, " "+fresh.Code[:3]+" "+fresh.Code[3:])
		w.must(err)
		a, err := w.s.Authenticate(w.ctx, session)
		w.must(err)
		if !a.Has(access.Link) || a.Group != worker {
			t.Fatalf("%+v", a)
		}
		w.clock.Advance(SessionLife)
		if a, err := w.s.Authenticate(w.ctx, session); err != nil || a.SignedIn() || a.Has(access.Link) {
			t.Errorf("an idle session lives: %+v %v", a, err)
		}
		w.must(w.s.Withdraw(w.ctx, lupe, WithdrawIn{ID: b.ID, How: "in_person"}))
		p, err := w.s.LinkPage(w.ctx, token)
		w.must(err)
		if p.Kind != LinkRecall || p.Group != worker {
			t.Errorf("after the stop the link shows %+v", p)
		}
		w.is(second(w.s.OpenLink(w.ctx, token, fresh.Code)), fault.Gone)
		w.must(w.s.AnswerRecallByLink(w.ctx, token))
		w.must(w.s.AnswerRecallByLink(w.ctx, token))
		if p, _ := w.s.LinkPage(w.ctx, token); p.Kind != LinkOver {
			t.Errorf("after the answer %+v", p)
		}
	})
}

// A word by text message reaches the same verbs; nothing about a person goes back.
func TestByReply(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		say := func(from, text, want string) {
			t.Helper()
			got, err := w.s.ByReply(w.ctx, cedar, from, text)
			w.must(err)
			if got != "introduction.sms."+want {
				t.Errorf("%q: %s, want %s", text, got, want)
			}
		}
		group := "+15035550142"
		say("+15035550199", "yes", "unknown")
		say("nonsense", "yes", "unknown")
		say(group, "what did I sign", "unknown")
		say(group, "Sí!", "thanks")
		w.wantState(b.ID, Accepted)
		say(group, "sí", "too_late")
		c := w.begin(lupe)
		say(group, "tried", "which")
		var reply string
		list, err := w.s.SharedWith(w.ctx, partnerOf(worker))
		w.must(err)
		for _, x := range list {
			if x.ID == c.ID {
				reply = x.Reply
			}
		}
		say(group, "TRIED "+reply, "thanks")
		w.wantState(c.ID, Contacting)
		w.wantState(b.ID, Accepted)
		say(group, "met "+reply, "thanks")
		w.wantState(c.ID, Connected)
	})
}

// STOP from a number erases nothing, because anyone can hold a phone: staff ask.
func TestStopByText(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		w.must(w.s.StopByText(w.ctx, cedar, "+15035550199"))
		w.must(w.s.StopByText(w.ctx, cedar, "+15035550117"))
		r := w.row(b.ID)
		if r.person == "" || r.nextKey != "introduction.next.asked_stop" || r.nextOwner != OwnerClinic {
			t.Errorf("%+v", r)
		}
		w.is(second(w.s.personContact(w.ctx, cedar, b.ID)), fault.Gone)
		w.must(w.s.GoesOn(w.ctx, lupe, AnswerIn{ID: b.ID}))
		if w.row(b.ID).nextKey == "introduction.next.asked_stop" {
			t.Error("still asks")
		}
	})
}

// The messenger is told the person's own rules, and only while a consent is live.
func TestContactsAreResolvedAtTheLastMoment(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		var sh share
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) { sh, err = openShare(w.ctx, tx, b.ID); return err }))
		c, err := w.s.personContact(w.ctx, cedar, b.ID)
		w.must(err)
		if c.Address != "+15035550117" || c.Rules.Hours[0] != [2]int{19 * 60, 21 * 60} || !c.Rules.NoVoicemail {
			t.Errorf("%+v", c)
		}
		g, err := w.s.groupContact(w.ctx, cedar, sh.id)
		w.must(err)
		if g.Address != "+15035550142" || !strings.HasPrefix(g.Text["Link"], "/r/") {
			t.Errorf("%+v", g)
		}
		if p, err := w.s.LinkPage(w.ctx, strings.TrimPrefix(g.Text["Link"], "/r/")); err != nil || p.Kind != LinkAsksCode {
			t.Errorf("%+v %v", p, err)
		}
		code, err := w.s.codeContact(w.ctx, cedar, sh.id)
		w.must(err)
		if len(code.Text["Code"]) != pinLength {
			t.Errorf("%+v", code)
		}
		w.must(w.s.Withdraw(w.ctx, lupe, WithdrawIn{ID: b.ID, How: "phone"}))
		for name, err := range map[string]error{"group": second(w.s.groupContact(w.ctx, cedar, sh.id)), "code": second(w.s.codeContact(w.ctx, cedar, sh.id)), "person": second(w.s.personContact(w.ctx, cedar, b.ID))} {
			if !fault.Is(err, fault.Gone) && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A process that dies right after the commit leaves the erasing to the job.
func TestErasingSurvivesACrash(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		person := w.row(b.ID).person
		w.must(w.s.move(w.ctx, lupe, move{id: b.ID, verb: VerbWithdraw, code: "phone", need: needStop}, nil, func(x *work) error {
			x.row.how = ByPhone
			return w.s.forget(w.ctx, x, consent.PhoneStaff)
		})) // withdraw without its last line
		if _, err := w.vault.SubjectRef(w.ctx, cedar, person); err != nil {
			t.Fatal("the key should still be there:", err)
		}
		w.must(w.jobs.Drain(w.ctx))
		if _, err := w.vault.SubjectRef(w.ctx, cedar, person); !fault.Is(err, fault.Gone) {
			t.Errorf("the job did not erase: %v", err)
		}
	})
}

func TestRoster(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		now := w.clock.Now()
		duty := DutyIn{Account: "lupe", Site: "main", Languages: []string{"es"}, From: now.Add(-time.Hour), Until: now.Add(time.Hour), WalkOver: true, Key: "k"}
		first, err := w.s.SaveDuty(w.ctx, lupe, duty)
		w.must(err)
		again, err := w.s.SaveDuty(w.ctx, lupe, duty)
		w.must(err)
		if first != again {
			t.Error("the same form made two duties")
		}
		duty.Account, duty.Languages, duty.Key = "thu", []string{"vi"}, ""
		_, err = w.s.SaveDuty(w.ctx, lupe, duty)
		w.must(err)
		on, err := w.s.OnDuty(w.ctx, drLee, "main", "vi")
		w.must(err)
		if len(on) != 2 || on[0].Account != "thu" {
			t.Errorf("%+v", on)
		}
		w.is(second(w.s.SaveDuty(w.ctx, drLee, duty)), fault.Forbidden)
		duty.Until = duty.From
		w.is(second(w.s.SaveDuty(w.ctx, lupe, duty)), fault.Invalid)
		w.must(w.s.DeleteDuty(w.ctx, lupe, first))
		w.is(w.s.DeleteDuty(w.ctx, lupe, first), fault.NotFound)
		w.hours(3)
		if on, _ := w.s.OnDuty(w.ctx, drLee, "main", "vi"); len(on) != 0 {
			t.Errorf("%+v", on)
		}
	})
}

// The report tells no number under eleven, and none of the month under way.
func TestCountsAreSuppressed(t *testing.T) {
	d := dbtest.SQLite(t, schemas...)
	w := newWorld(t, d)
	w.clock.Set(time.Date(2026, 9, 7, 10, 0, 0, 0, w.zone))
	put := func(n int, lang, site string, outcome Outcome) {
		for range n {
			w.must(w.s.RecordOffer(w.ctx, drLee, OfferIn{Site: site, Lang: lang, Outcome: outcome}))
		}
	}
	put(40, "es", "main", OutcomeInfo)
	put(4, "vi", "main", OutcomeDeclined)
	put(20, "en", "north", OutcomeInfo)
	w.days(30)
	put(15, "en", "main", OutcomeInfo) // October, under way
	c, err := w.s.Counts(w.ctx, chief, 2026)
	w.must(err)
	if c.Through != "2026-09" || len(c.Months) != 1 || len(c.Languages) != 3 {
		t.Fatalf("%+v", c)
	}
	for _, l := range c.Languages {
		cell := l.Cells[0]
		if l.Name == "vi" && cell.Shown {
			t.Error("four are shown")
		}
		if cell.Shown && cell.N < 11 {
			t.Errorf("%s: %d", l.Name, cell.N)
		}
	}
	hidden := 0
	for _, l := range c.Languages {
		if !l.Cells[0].Shown {
			hidden++
		}
	}
	if hidden == 1 && c.Total.Cells[0].Shown {
		t.Error("the four follow from the total")
	}
	rows, err := w.s.CountsRows(w.ctx, chief, 2026)
	w.must(err)
	if rows[0][0] != "by" || rows[len(rows)-1][0] != "total" {
		t.Errorf("%v", rows)
	}
	w.is(second(w.s.Counts(w.ctx, drLee, 2026)), fault.Forbidden)
	w.is(second(w.s.CountsRows(w.ctx, lupe, 2026)), fault.Forbidden)
}

// The board in pages: everything once, most overdue first, and a version that moves.
func TestBoardPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		before, err := w.s.Version(w.ctx, cedar)
		w.must(err)
		const n = pageSize + 7
		for range n {
			w.begin(lupe, warm)
			w.clock.Advance(time.Second)
		}
		after, err := w.s.Version(w.ctx, cedar)
		w.must(err)
		if after <= before {
			t.Error("the version stands still")
		}
		var seen []string
		in := BoardIn{Filter: BoardOpen}
		for pages := 0; ; pages++ {
			p, err := w.s.Board(w.ctx, lupe, in)
			w.must(err)
			for _, it := range p.Items {
				if slices.Contains(seen, it.ID) {
					t.Fatal("twice")
				}
				seen = append(seen, it.ID)
			}
			if p.After == "" {
				break
			}
			in.After = p.After
		}
		if len(seen) != n {
			t.Errorf("%d of %d", len(seen), n)
		}
		w.is(second(w.s.Board(w.ctx, lupe, BoardIn{After: "!!"})), fault.Invalid)
		// Looking again the same day writes nothing more about who looked.
		count := func() (c int) {
			w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) {
				c, err = db.One[int](w.ctx, tx, `SELECT COUNT(*) FROM audit_event WHERE reason='board'`)
				return err
			}))
			return c
		}
		once := count()
		_, err = w.s.Board(w.ctx, lupe, BoardIn{Filter: BoardOpen})
		w.must(err)
		if once != n || count() != once {
			t.Errorf("%d looks, then %d", once, count())
		}
	})
}

// The consent property: whatever anybody does, in whatever order, a group reads
// something only while a live consent covers it, and only what it covers.
func TestNoReadWithoutALiveConsent(t *testing.T) {
	d := dbtest.SQLite(t, schemas...)
	base := newWorld(t, d)
	rapid.Check(t, func(r *rapid.T) {
		w := *base
		b := w.begin([]access.Actor{drLee, lupe}[rapid.IntRange(0, 1).Draw(r, "who")], func(in *BeginIn) {
			if rapid.Bool().Draw(r, "warm") {
				warm(in)
			}
			in.Fields = append([]string{"name"}, rapid.SliceOfDistinct(rapid.SampledFrom([]string{"phone", "language", "topics"}), rapid.ID[string]).Draw(r, "fields")...)
			if !slices.Contains(in.Fields, "phone") {
				in.Contact = "in_person"
				warm(in) // a call needs something to call
			}
		})
		agreed := map[string]bool{} // group → its consent is live, by this model
		agreed[worker] = true
		sent := w.state(b.ID) == Sent
		at := worker
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			switch rapid.SampledFrom([]string{"send", "redirect", "elsewhere", "close", "withdraw", "undo", "year", "read", "read"}).Draw(r, "act") {
			case "send":
				if w.s.Send(w.ctx, lupe, SendIn{ID: b.ID}) == nil {
					sent = true
				}
			case "redirect":
				if w.s.Redirect(w.ctx, partnerOf(at), RedirectIn{ID: b.ID}) == nil {
					agreed[at], sent = false, false
				}
			case "elsewhere":
				if w.s.Elsewhere(w.ctx, lupe, ElsewhereIn{ID: b.ID, Group: tenants, ConsentIn: ConsentIn{How: "paper"}}) == nil {
					agreed[worker], agreed[tenants], sent, at = false, true, true, tenants
				}
			case "close":
				if w.s.Close(w.ctx, lupe, CloseIn{ID: b.ID, Ending: "person_declined", Word: "person"}) == nil {
					agreed, sent = map[string]bool{}, false
				}
			case "withdraw":
				if w.s.Withdraw(w.ctx, lupe, WithdrawIn{ID: b.ID, How: "phone"}) == nil {
					agreed, sent = map[string]bool{}, false
				}
			case "undo":
				if w.s.Undo(w.ctx, lupe, UndoIn{ID: b.ID}) == nil {
					sent = false
				}
			case "year":
				w.days(367)
				agreed = map[string]bool{}
			}
			for _, g := range []string{worker, tenants} {
				v, err := w.s.SharedOne(w.ctx, partnerOf(g), b.ID)
				if may := agreed[g] && sent && at == g; may != (err == nil) {
					r.Fatalf("%s reads: %v, may %v (state %s)", g, err, may, w.state(b.ID))
				}
				if err == nil && (v.Person.Phone != "") != slices.Contains(v.Fields, consent.Phone) {
					r.Fatalf("fields %v, person %+v", v.Fields, v.Person)
				}
			}
		}
	})
}

// Revoke against read, a thousand times: no read that began after the stop has
// returned shows anything.
func TestRevokeAgainstRead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rounds := 40
		if testing.Short() {
			rounds = 5
		}
		for range rounds {
			b := w.begin(lupe)
			me := w.mine(b.Code)
			var stopped, wg = make(chan struct{}), sync.WaitGroup{}
			for range 3 {
				wg.Go(func() {
					for range 8 {
						over := false
						select {
						case <-stopped:
							over = true
						default:
						}
						v, err := w.s.SharedOne(w.ctx, partnerOf(worker), b.ID)
						if over && err == nil {
							t.Errorf("read after the stop: %s", v.State)
						}
						if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Gone) {
							t.Error(err)
						}
					}
				})
			}
			wg.Go(func() {
				if err := w.s.Withdraw(w.ctx, me, WithdrawIn{ID: b.ID}); err != nil {
					t.Error(err)
				}
				close(stopped)
			})
			wg.Wait()
		}
		w.verified()
	})
}

// The bytes on disk: database, write-ahead log, key store. Names and numbers are in none.
func TestCanaryOnDisk(t *testing.T) {
	dir := t.TempDir()
	d, err := db.Open(t.Context(), filepath.Join(dir, "main.db"), db.Options{Readers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(t.Context(), schemas...); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, d)
	for i := range 20 {
		b := w.begin(lupe, func(in *BeginIn) {
			in.CalledName, in.Phone, in.Email = "Canary Xochitl", fmt.Sprintf("503 555 01%02d", i), "canary.xochitl@example.org"
		})
		_, err := w.s.LinkShared(w.ctx, w.linkSession(b.ID))
		w.must(err)
		_, err = w.s.Board(w.ctx, lupe, BoardIn{Filter: BoardOpen})
		w.must(err)
		if i%2 == 0 {
			w.must(w.s.Withdraw(w.ctx, w.mine(b.Code), WithdrawIn{ID: b.ID}))
		}
	}
	w.must(w.jobs.Drain(w.ctx))
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	w.must(err)
	found := false
	for _, f := range files {
		body, err := os.ReadFile(f)
		w.must(err)
		found = found || bytes.Contains(body, []byte(worker))
		for _, secret := range []string{"Xochitl", "xochitl", "+150355501", "50355501"} {
			if bytes.Contains(body, []byte(secret)) {
				t.Errorf("%q stands in %s", secret, filepath.Base(f))
			}
		}
	}
	if len(files) < 2 || !found {
		t.Fatalf("looked at %v and did not even find a group: the search is blind", files)
	}
}

// The stages never overtake each other, whatever order things are confirmed in.
func TestStagesOnlyShrink(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 6 {
			b := w.begin(lupe, func(in *BeginIn) { in.Key = strconv.Itoa(i) })
			if i > 0 {
				w.must(w.s.ConfirmMeeting(w.ctx, w.mine(b.Code), MeetIn{ID: b.ID}))
			}
			if i > 2 {
				w.must(w.s.Close(w.ctx, lupe, CloseIn{ID: b.ID, Ending: "engaged", Word: "person"}))
			}
		}
		raw, last := w.raw(), int64(1<<40)
		for _, st := range Stages() {
			if raw[st] > last {
				t.Errorf("%s is %d after %d", st, raw[st], last)
			}
			last = raw[st]
		}
		if raw["met"] != 5 || raw["taking_part"] != 3 {
			t.Errorf("%v", raw)
		}
	})
}

// A crash right after the ledger closed a consent: the next sweep still ends the introduction.
func TestExpirySurvivesACrash(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.begin(lupe)
		w.must(w.s.ConfirmMeeting(w.ctx, partnerOf(worker), MeetIn{ID: b.ID}))
		w.days(200)
		w.must(w.s.Sweep(w.ctx)) // nothing left for the clock to look at
		w.days(200)
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.ledger.Expire(w.ctx, tx, access.Machine(cedar))
			return err
		}))
		w.wantState(b.ID, Connected)
		w.must(w.s.Sweep(w.ctx))
		w.wantState(b.ID, Withdrawn)
	})
}
