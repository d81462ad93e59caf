package meeting

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

// From the plan to the evaluation; what does not fit where it stands is refused.
func TestAMeetingLives(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.plan()
		w.is(w.s.Hold(w.ctx, ana, m.ID, ""), fault.Conflict) // a day too early
		w.is(w.s.Evaluate(w.ctx, ana, m.ID, EvaluateIn{Feelings: "glad"}), fault.Conflict)
		moved := w.form(func(in *PlanIn) { in.ID, in.Version, in.At = m.ID, m.Version, m.At.Add(time.Hour) })
		w.must(w.s.Change(w.ctx, ana, moved))
		w.is(w.s.Change(w.ctx, ana, moved), fault.Conflict) // somebody changed it meanwhile
		if got := w.get(m.ID); got.Seq != 1 || got.Link != m.Link {
			t.Errorf("%+v", got)
		}
		w.clock.Set(m.At.Add(time.Hour))
		w.must(w.s.Begin(w.ctx, ana, m.ID, 0, ""))
		w.clock.Advance(12 * time.Minute)
		w.must(w.s.Begin(w.ctx, ana, m.ID, 1, ""))
		w.must(w.s.Begin(w.ctx, ana, m.ID, 1, "")) // pressed twice
		w.is(w.s.Begin(w.ctx, ana, m.ID, 99, ""), fault.NotFound)
		if got := w.get(m.ID); got.Running() != 1 || got.Agenda[0].Took(w.clock.Now()) != 12*time.Minute {
			t.Errorf("%+v", got.Agenda[:2])
		}
		w.must(w.s.Note(w.ctx, ana, m.ID, 3, "Seven people waited for an interpreter.\nNobody came.", ""))
		w.must(w.s.Decide(w.ctx, ana, m.ID, DecideIn{What: "We ask for the list of interpreters.", Method: "consent", Dissent: "One would wait."}))
		w.is(w.s.Decide(w.ctx, ana, m.ID, DecideIn{What: "", Method: "shouting"}), fault.Invalid)
		w.must(w.s.Arrive(w.ctx, ana, m.ID, w.thu, ""))
		w.must(w.s.Count(w.ctx, ana, m.ID, "", 2, ""))
		w.must(w.s.Promise(w.ctx, ana, m.ID, people.Commitment{Person: w.thu, What: "Calls the hall", Due: m.At.AddDate(0, 0, 7)}, ""))
		w.is(w.s.Promise(w.ctx, ana, m.ID, people.Commitment{Person: "nobody", What: "x", Due: m.At}, ""), fault.Invalid)
		w.must(w.s.Hold(w.ctx, ana, m.ID, ""))
		w.is(w.s.Hold(w.ctx, ana, m.ID, ""), fault.Conflict)
		w.is(w.s.Cancel(w.ctx, ana, m.ID, ""), fault.Conflict)
		w.must(w.s.Arrive(w.ctx, ana, m.ID, w.rosa, "")) // a list on paper came in late
		w.must(w.s.Evaluate(w.ctx, ana, m.ID, EvaluateIn{Feelings: "hopeful, Tired\nhopeful", Worked: "We ended on time.", Change: "More chairs."}))
		got := w.get(m.ID)
		if got.State != Evaluated || len(got.Feelings) != 2 || got.Feelings[0] != (Feeling{"hopeful", 2}) || got.Running() >= 0 || got.Words.Change != "More chairs." || got.Decisions[0].Dissent != "One would wait." {
			t.Errorf("%+v", got)
		}
		for _, err := range []error{w.s.Arrive(w.ctx, ana, m.ID, w.rosa, ""), w.s.Begin(w.ctx, ana, m.ID, 1, ""), w.s.Note(w.ctx, ana, m.ID, 1, "x", ""), w.s.Cancel(w.ctx, ana, m.ID, ""),
			w.s.Evaluate(w.ctx, ana, m.ID, EvaluateIn{Feelings: "x"}), w.s.Relink(w.ctx, ana, m.ID, ""), w.s.Count(w.ctx, ana, m.ID, "", 1, "")} {
			w.is(err, fault.Conflict)
		}
		for p, role := range map[string]people.Role{w.thu: people.Chaired, w.rosa: people.KeptTime} {
			line, err := w.people.Timeline(w.ctx, ana, p, time.Time{}, 10)
			if err != nil || len(line) != 1 || line[0].Role != role || line[0].Others != 2 || line[0].State != people.Evaluated || line[0].Ref != m.Ref() || line[0].LedBy != people.ByLeader {
				t.Errorf("%+v, %v", line, err)
			}
		}
		tm, members, err := w.teams.Get(w.ctx, ana, w.team)
		if next, _ := w.teams.NextChair(tm, members); err != nil || next != w.rosa {
			t.Errorf("the turn did not pass on: %s, %v", next, err)
		}
	})
}

// The next meeting asks for what was promised in the one before, whoever runs it.
func TestCommitmentsCheck(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		one, two := w.plan(), w.plan(func(in *PlanIn) { in.At = in.At.AddDate(0, 0, 14) })
		thu := leader(w.thu)
		for _, what := range []string{"Calls the hall", "Brings the list"} {
			w.must(w.s.Promise(w.ctx, thu, one.ID, people.Commitment{Person: w.rosa, What: what, Due: one.At.AddDate(0, 0, 7)}, ""))
		}
		list, err := w.s.Promises(w.ctx, thu, two.ID)
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v, %v", list, err)
		}
		kept := list[1].What
		w.must(w.s.Settle(w.ctx, thu, two.ID, people.SettleIn{ID: list[0].ID, State: people.Done}))
		w.must(w.s.Settle(w.ctx, thu, two.ID, people.SettleIn{ID: list[1].ID, State: people.Renegotiated, Due: two.At.AddDate(0, 0, 14)}))
		w.is(w.s.Settle(w.ctx, thu, two.ID, people.SettleIn{ID: list[0].ID, State: people.Missed}), fault.Conflict)
		if list, err = w.s.Promises(w.ctx, thu, two.ID); err != nil || len(list) != 1 || list[0].What != kept {
			t.Errorf("%+v, %v", list, err)
		}
		w.is(w.s.Settle(w.ctx, leader(w.join("Guest")), two.ID, people.SettleIn{ID: list[0].ID, State: people.Done}), fault.NotFound)
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.plan()
		outsider := leader(w.join("Outsider"))
		for _, a := range []access.Actor{outsider, foreign} {
			_, err := w.s.Get(w.ctx, a, m.ID)
			w.is(err, fault.NotFound)
			w.is(w.s.Cancel(w.ctx, a, m.ID, ""), fault.NotFound)
			_, err = w.s.Answers(w.ctx, a, m.ID)
			w.is(err, fault.NotFound)
		}
		_, err := w.s.Get(w.ctx, drLee, m.ID)
		w.is(err, fault.Forbidden)
		_, err = w.s.Plan(w.ctx, outsider, w.form(func(in *PlanIn) { in.Chair, in.Timekeeper = "", "" }))
		w.is(err, fault.Invalid) // not their team
		_, err = w.s.Plan(w.ctx, ana, w.form(func(in *PlanIn) { in.Chair = outsider.Person }))
		w.is(err, fault.Invalid) // not in the team
		thu := leader(w.thu)
		if list, err := w.s.List(w.ctx, thu, "", time.Time{}); err != nil || len(list) != 1 || list[0].Title != "Interpreters" {
			t.Errorf("%+v, %v", list, err)
		}
		if list, err := w.s.List(w.ctx, outsider, "", time.Time{}); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		// A house meeting of no team belongs to who planned it and who keeps a role in it.
		house, err := w.s.Plan(w.ctx, thu, w.form(func(in *PlanIn) {
			in.Team, in.Template, in.Chair, in.Timekeeper, in.Agenda = "", House, "", "", nil
		}))
		w.must(err)
		w.must(w.s.Cancel(w.ctx, thu, house, ""))
		_, err = w.s.Get(w.ctx, leader(w.rosa), house)
		w.is(err, fault.NotFound)
	})
}

// Fifty devices, each name once.
func TestEachNameOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.plan()
		people := []string{w.thu, w.rosa}
		var wg sync.WaitGroup
		fails := make(chan error, 200)
		for d := range 50 {
			wg.Go(func() {
				for _, p := range people {
					if err := w.s.Arrive(w.ctx, ana, m.ID, p, fmt.Sprintf("device-%d-%s", d, p)); err != nil {
						fails <- err
					}
				}
				if err := w.s.Count(w.ctx, ana, m.ID, "", 1, "walk-in-1"); err != nil { // one walk-in, sent by all
					fails <- err
				}
			})
		}
		wg.Wait()
		close(fails)
		for err := range fails {
			t.Error(err)
		}
		if d, err := w.s.Door(w.ctx, ana, m.ID); err != nil || len(d.Present) != 2 || d.Total != 3 {
			t.Errorf("%+v, %v", d, err)
		}
	})
}

func TestADoorThatAsksNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		church, err := w.people.SaveInstitution(w.ctx, ana, people.Institution{Name: "St. Brigid", Kind: "congregation"}, "")
		w.must(err)
		m := w.plan(func(in *PlanIn) { in.Nameless = true })
		w.is(w.s.Arrive(w.ctx, ana, m.ID, w.thu, ""), fault.Conflict)
		w.must(w.s.Count(w.ctx, ana, m.ID, church, 3, ""))
		w.must(w.s.Count(w.ctx, ana, m.ID, church, -1, ""))
		w.must(w.s.Count(w.ctx, ana, m.ID, "", -5, ""))
		w.must(w.s.Count(w.ctx, ana, m.ID, "", 1, ""))
		w.is(w.s.Count(w.ctx, ana, m.ID, "nowhere", 1, ""), fault.Invalid)
		w.is(w.s.Count(w.ctx, ana, m.ID, "", 0, ""), fault.Invalid)
		w.clock.Set(m.At)
		w.must(w.s.Hold(w.ctx, ana, m.ID, ""))
		d, err := w.s.Door(w.ctx, ana, m.ID)
		if err != nil || d.Total != 3 || len(d.Present) != 0 {
			t.Errorf("%+v, %v", d, err)
		}
		if line, err := w.people.Timeline(w.ctx, ana, w.thu, time.Time{}, 10); err != nil || len(line) != 0 {
			t.Errorf("a door without names left one: %+v, %v", line, err)
		}
	})
}

// Whoever stopped meanwhile, or is erased, is a count and no name.
func TestStoppedIsCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.plan()
		w.must(w.s.Arrive(w.ctx, ana, m.ID, w.thu, ""))
		w.must(w.s.Arrive(w.ctx, ana, m.ID, w.rosa, ""))
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.ledger.RevokeAll(w.ctx, tx, access.Machine(cedar), w.rosa, consent.SelfCode)
			return err
		}))
		w.clock.Set(m.At)
		w.must(w.s.Hold(w.ctx, ana, m.ID, ""))
		if line, err := w.people.Timeline(w.ctx, ana, w.thu, time.Time{}, 10); err != nil || len(line) != 1 || line[0].Others != 1 {
			t.Errorf("%+v, %v", line, err)
		}
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.ForgetIn(w.ctx, tx, w.rosa) }))
		if d, err := w.s.Door(w.ctx, ana, m.ID); err != nil || len(d.Present) != 1 || d.Total != 2 {
			t.Errorf("%+v, %v", d, err)
		}
		if m := w.get(m.ID); m.Timekeeper != "" {
			t.Errorf("%+v", m)
		}
	})
}

// An answer is written down with a name only while the consent lives: a form that was
// open when somebody stopped is refused.
func TestPaperAsksForConsent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.plan()
		w.must(w.s.Paper(w.ctx, ana, m.ID, AnswerIn{Coming: "yes", Person: w.rosa}))
		w.s.clock = stops{w.clock, sync.OnceFunc(func() {
			w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
				_, err := w.ledger.RevokeAll(w.ctx, tx, access.Machine(cedar), w.rosa, consent.SelfCode)
				return err
			}))
		})}
		w.is(w.s.Paper(w.ctx, ana, m.ID, AnswerIn{Coming: "no", Person: w.rosa}), fault.Gone)
		list, err := w.s.Answers(w.ctx, ana, m.ID)
		if err != nil || len(list) != 1 || list[0].Coming != Yes {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// stops is a clock at whose first look something happens: between what a verb asks
// before its transaction and the transaction.
type stops struct {
	clock.Clock
	then func()
}

func (s stops) Now() time.Time {
	s.then()
	return s.Clock.Now()
}

func TestReplies(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.plan()
		yes := AnswerIn{Coming: "yes", Children: "2", Transport: true, Interpreter: "vi", Food: "no_meat", Needs: []string{"step_free"}, Phone: "(503) 555-0144", Person: w.thu}
		if _, err := w.s.Knock(w.ctx, "nothing"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		_, err := w.s.Reply(w.ctx, m.Link, "000", yes)
		w.is(err, fault.Invalid)
		if v, err := w.s.Invited(w.ctx, m.Link, m.Code[:3]+" "+m.Code[3:]); err != nil || !v.At.Equal(m.At) || v.Where != "Church hall" {
			t.Errorf("%+v, %v", v, err)
		}
		first, err := w.s.Reply(w.ctx, m.Link, m.Code, yes)
		w.must(err)
		second, err := w.s.Reply(w.ctx, m.Link, m.Code, AnswerIn{Coming: "maybe", Phone: "503-555-0144"}) // the same number
		w.must(err)
		third, err := w.s.Reply(w.ctx, m.Link, m.Code, AnswerIn{Coming: "yes", Children: "1", Receipt: strings.ToLower(second[:4]) + "-" + second[4:]}) // the same answer
		w.must(err)
		if _, err := w.s.Reply(w.ctx, m.Link, m.Code, AnswerIn{Coming: "no", Receipt: first}); !fault.Is(err, fault.Invalid) {
			t.Error("a receipt that was replaced still works", err)
		}
		for range 2 { // sent twice, counted once
			_, err = w.s.Reply(w.ctx, m.Link, m.Code, AnswerIn{Coming: "yes", Key: "k"})
			w.must(err)
		}
		w.must(w.s.Paper(w.ctx, ana, m.ID, AnswerIn{Coming: "yes", Person: w.rosa, Children: "3"}))
		w.must(w.s.Paper(w.ctx, ana, m.ID, AnswerIn{Coming: "yes", Person: w.rosa, Children: "2"}))
		w.must(w.s.Paper(w.ctx, ana, m.ID, AnswerIn{Coming: "no"}))
		list, err := w.s.Answers(w.ctx, ana, m.ID)
		w.must(err)
		if s := Sum(list); len(list) != 4 || s.Yes != 3 || s.No != 1 || s.Children != 3 {
			t.Errorf("%+v %+v", s, list)
		}
		for _, a := range list {
			if a.Person == w.thu || !a.Hour.Equal(a.Hour.Truncate(time.Hour)) {
				t.Errorf("%+v", a)
			}
		}
		w.must(w.s.ArriveByReceipt(w.ctx, ana, m.ID, third, ""))
		w.must(w.s.ArriveByReceipt(w.ctx, ana, m.ID, third, ""))
		w.is(w.s.ArriveByReceipt(w.ctx, ana, m.ID, "ZZZZZZZZ", ""), fault.Invalid)
		w.is(w.s.ArriveByReceipt(w.ctx, ana, m.ID, "", ""), fault.Invalid)
		if d, err := w.s.Door(w.ctx, ana, m.ID); err != nil || d.Total != 1 || d.Answers != 1 {
			t.Errorf("%+v, %v", d, err)
		}
		w.must(w.s.Relink(w.ctx, ana, m.ID, ""))
		if _, err := w.s.Knock(w.ctx, m.Link); !fault.Is(err, fault.NotFound) {
			t.Error("the link before still leads there", err)
		}
		m = w.get(m.ID)
		for range triesMost {
			_, err = w.s.Invited(w.ctx, m.Link, "999")
			w.is(err, fault.Invalid)
		}
		_, err = w.s.Invited(w.ctx, m.Link, m.Code)
		w.is(err, fault.Limited)
		w.clock.Set(m.At)
		w.must(w.s.Hold(w.ctx, ana, m.ID, ""))
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			n, err := db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM meeting_answer WHERE org_id=$1 AND (phone_blind<>'' OR receipt_hash<>'')`, cedar)
			if n != 0 {
				t.Errorf("%d digests are left when it is over", n)
			}
			return err
		}))
	})
}

func TestCalendars(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.plan()
		thu := leader(w.thu)
		token, err := w.s.MakeFeed(w.ctx, thu, "", "en", "")
		w.must(err)
		whole, err := w.s.MakeFeed(w.ctx, ana, w.team, "en", "k")
		w.must(err)
		again, err := w.s.MakeFeed(w.ctx, ana, w.team, "en", "k")
		w.must(err)
		if _, err := w.s.Calendar(w.ctx, whole); !fault.Is(err, fault.NotFound) {
			t.Error("the answer that was lost still opens it", err)
		}
		read := func(token string) string {
			t.Helper()
			file, err := w.s.Calendar(w.ctx, token+".ics")
			w.must(err)
			return file
		}
		for _, file := range []string{read(token), read(again)} {
			if strings.Count(file, "BEGIN:VEVENT") != 1 || !strings.Contains(file, "UID:"+m.ID) || !strings.Contains(file, "BEGIN:VTIMEZONE") {
				t.Error(file)
			}
			for _, secret := range []string{"Interpreters", "Church", "Foster", "Thu", "hall"} {
				if strings.Contains(file, secret) {
					t.Errorf("the calendar says %s", secret)
				}
			}
		}
		_, err = w.s.MakeFeed(w.ctx, leader(w.join("Outsider")), w.team, "en", "")
		w.is(err, fault.NotFound)
		w.must(w.s.Cancel(w.ctx, ana, m.ID, ""))
		if file := read(token); !strings.Contains(file, "STATUS:CANCELLED") || !strings.Contains(file, "SEQUENCE:1") {
			t.Error(file)
		}
		w.must(w.teams.Leave(w.ctx, ana, w.team, w.thu, ""))
		if file := read(token); strings.Contains(file, "VEVENT") {
			t.Error("who left the team still sees its meetings")
		}
		feeds, err := w.s.Feeds(w.ctx, ana)
		if err != nil || len(feeds) != 1 {
			t.Fatalf("%+v, %v", feeds, err)
		}
		w.is(w.s.EndFeed(w.ctx, thu, feeds[0].ID), fault.NotFound)
		w.must(w.s.EndFeed(w.ctx, ana, feeds[0].ID))
		if _, err := w.s.Calendar(w.ctx, again); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		w.gone[thu.Account] = true
		if _, err := w.s.Calendar(w.ctx, token); !fault.Is(err, fault.NotFound) {
			t.Error("a calendar outlives its account", err)
		}
	})
}
