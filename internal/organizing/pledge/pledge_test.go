package pledge

import (
	"slices"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Every state × every state, written out by hand.
func TestMoves(t *testing.T) {
	want := map[State]string{
		Made:       "in_progress kept partly_kept broken superseded",
		InProgress: "kept partly_kept broken superseded",
		Partly:     "kept in_progress broken superseded",
		Broken:     "kept partly_kept in_progress superseded",
		Kept:       "broken partly_kept superseded",
		Superseded: "",
	}
	for _, from := range States() {
		for _, to := range States() {
			listed := slices.Contains(strings.Fields(want[from]), string(to))
			if from.CanBecome(to) != listed {
				t.Errorf("%s → %s: %v", from, to, !listed)
			}
		}
	}
}

func TestNextCheck(t *testing.T) {
	for _, c := range []struct{ today, due, want string }{
		{"2026-11-02", "", "2027-01-31"},           // no day was named: every three months
		{"2026-11-02", "2027-06-30", "2027-01-31"}, // far away: every three months
		{"2026-11-02", "2026-12-01", "2026-11-17"}, // two weeks before
		{"2026-11-20", "2026-12-01", "2026-12-02"}, // too late for that: the day after
		{"2026-12-01", "2026-12-01", "2026-12-02"},
		{"2026-12-02", "2026-12-01", "2026-12-16"}, // passed: every two weeks
	} {
		if got := NextCheck(c.today, c.due); got != c.want {
			t.Errorf("%s, due %q: %s, want %s", c.today, c.due, got, c.want)
		}
	}
}

// A look is always ahead, never more than three months, and never beyond the day
// after the promise was due.
func TestNextCheckIsAlwaysAhead(t *testing.T) {
	day := func(n uint16) string {
		return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n%2000)).Format(time.DateOnly)
	}
	err := quick.Check(func(a, b uint16) bool {
		today, due := day(a), day(b)
		next := NextCheck(today, due)
		return next > today && next <= Later(today, checkDays) && (due < today || next <= Later(due, 1))
	}, nil)
	if err != nil {
		t.Error(err)
	}
}

// Every open promise has somebody, something and a day.
func TestEveryOpenThingHasADuty(t *testing.T) {
	today := "2026-11-02"
	for _, s := range States() {
		for _, renew := range []string{"", "2026-10-01", "2027-10-01"} {
			for _, due := range []string{"", "2026-10-30", "2027-06-30"} {
				p := Pledge{State: s, Due: due, Renew: renew, Owner: "ana"}
				if s.Open() {
					p.Check = NextCheck(today, due)
				}
				d, ok := p.Duty(today, time.UTC)
				if (s.Open() || p.Renewable(today)) && (!ok || d.Owner != "ana" || d.On == "" || d.Act == "") {
					t.Errorf("%s due %q renewed %q: %+v %v", s, due, renew, d, ok)
				}
				if s == Superseded && ok {
					t.Errorf("superseded, and still %+v", d)
				}
				p.Waiting = &Change{At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
				if d, ok := p.Duty(today, time.UTC); !ok || d.Act != "confirm" || d.Owner != "" {
					t.Errorf("%s: what waits is first: %+v", s, d)
				}
			}
		}
	}
}

func TestCountsAndBodies(t *testing.T) {
	today := "2026-11-02"
	list := []Pledge{
		{ID: "1", State: Kept, Words: Words{Body: "Board"}}, {ID: "2", State: InProgress, Due: "2026-10-01", Words: Words{Body: "board "}},
		{ID: "3", State: Broken, Words: Words{Body: "City"}}, {ID: "4", State: Kept, Withdrawn: true, Words: Words{Body: "City"}}, {ID: "5", Kind: Clinic, State: InProgress, Words: Words{Body: "A clinic"}},
	}
	c := Count(list, today)
	if c.All != 4 || c.Of[Kept] != 1 || c.Overdue != 1 || c.Of[Broken] != 1 {
		t.Errorf("%+v", c)
	}
	b := ByBody(list, today)
	if len(b) != 3 || b[0].Body != "Board" || b[0].Pledges[0].ID != "2" || b[1].All != 1 || !b[2].Clinic {
		t.Errorf("%+v", b)
	}
}

// What is public, what is not, and nothing of the desk on the board.
func TestThePublicBoard(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		shown := w.made(ana, reyes())
		in := reyes()
		in.Public = false
		quiet := w.made(ana, in)
		in = reyes()
		in.Ref, in.Evidence = "", "The Tribune of 6 June."
		byHand := w.made(ana, in)
		list, err := w.s.List(w.ctx, anybody, Filter{})
		w.must(err)
		if len(list) != 1 || list[0].ID != shown || list[0].Owner != "" || list[0].Check != "" || list[0].By != "" || list[0].Text != reyes().Words || len(list[0].Parts) != 2 {
			t.Fatalf("%+v", list)
		}
		for _, id := range []string{quiet, byHand, "no such"} {
			_, err := w.s.Get(w.ctx, anybody, id)
			w.is(err, fault.NotFound)
		}
		_, err = w.s.Get(w.ctx, foreign, shown)
		w.is(err, fault.NotFound)
		if h := w.get(ana, byHand); h.Public || h.Waiting == nil || h.Waiting.Act != Publish {
			t.Fatal("written by hand and public without a second person")
		}
		w.is(w.s.Answer(w.ctx, ana, AnswerIn{ID: byHand, Yes: true}), fault.Conflict)
		w.must(w.s.Answer(w.ctx, thu, AnswerIn{ID: byHand, Yes: true}))
		if h := w.get(anybody, byHand); !h.Public || h.Waiting != nil || len(h.Changes) != 1 || h.Changes[0].By != "" || h.Changes[0].Second != "" {
			t.Errorf("%+v", h)
		}
		if p, err := w.s.List(w.ctx, jonas, Filter{}); err != nil || len(p) != 3 {
			t.Error(len(p), err)
		}
	})
}

// Evidence and two people, for the whole and for a part; nothing shows before.
func TestAChangeNeedsEvidenceAndASecondPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.made(ana, reyes())
		w.is(w.s.Ask(w.ctx, ana, AskIn{ID: id, Act: Move, To: Kept}), fault.Invalid)
		w.is(w.s.Ask(w.ctx, ana, AskIn{ID: id, Act: Move, To: Kept, Link: "javascript:alert(1)"}), fault.Invalid)
		w.is(w.s.Ask(w.ctx, ana, AskIn{ID: id, Act: Move, To: Made, Evidence: "So."}), fault.Invalid)
		w.is(w.s.Ask(w.ctx, jonas, AskIn{ID: id, Act: Move, To: Kept, Evidence: "So."}), fault.Forbidden)
		w.is(w.s.Ask(w.ctx, foreign, AskIn{ID: id, Act: Move, To: Kept, Evidence: "So."}), fault.NotFound)
		w.must(w.s.Ask(w.ctx, ana, AskIn{ID: id, Act: Move, To: Kept, Link: "https://board.example/minutes", Key: "k1"}))
		w.must(w.s.Ask(w.ctx, ana, AskIn{ID: id, Act: Move, To: Kept, Link: "https://board.example/minutes", Key: "k1"}))
		w.is(w.s.Ask(w.ctx, ruth, AskIn{ID: id, Act: Move, To: Broken, Evidence: "No."}), fault.Conflict)
		if h := w.get(anybody, id); h.State != Made || len(h.Changes) != 0 {
			t.Fatal("the public sees what one person says")
		}
		w.is(w.s.Answer(w.ctx, ana, AnswerIn{ID: id, Yes: true}), fault.Conflict)
		w.is(w.s.Answer(w.ctx, jonas, AnswerIn{ID: id, Yes: true}), fault.Forbidden)
		w.must(w.s.Answer(w.ctx, thu, AnswerIn{ID: id, Why: "The rule is not in force."}))
		w.is(w.s.Answer(w.ctx, thu, AnswerIn{ID: id, Yes: true}), fault.Conflict)
		if h := w.get(ana, id); h.State != Made || h.Changes[0].Answer != Refused || h.Changes[0].Why == "" {
			t.Errorf("%+v", h)
		}
		if h := w.get(anybody, id); len(h.Changes) != 0 {
			t.Error("the public sees what was refused")
		}
		part := w.get(ana, id).Parts[1]
		w.moved(id, AskIn{Act: Move, Part: part.ID, To: Kept})
		w.moved(id, AskIn{Act: Move, To: Partly})
		h := w.get(anybody, id)
		if h.State != Partly || h.Parts[0].State != Made || h.Parts[1].State != Kept || h.Parts[1].Body != "South county" || len(h.Changes) != 2 {
			t.Errorf("%+v", h)
		}
		w.must(w.s.Ask(w.ctx, ana, AskIn{ID: id, Act: Move, To: Kept, Evidence: "All of it."}))
		w.is(w.s.TakeBack(w.ctx, thu, id, ""), fault.Conflict)
		w.must(w.s.TakeBack(w.ctx, ana, id, ""))
		if h := w.get(ana, id); h.State != Partly || h.Waiting != nil {
			t.Error("taken back and still there")
		}
		w.is(w.s.Answer(w.ctx, thu, AnswerIn{ID: id, Yes: true}), fault.Conflict)
		if !slices.Equal(w.heard, []State{Made, Partly}) { // neither what one person says, nor a part
			t.Errorf("others heard %v", w.heard)
		}
	})
}

// A promise in the place of another one, a renewal, a correction, a mistake.
func TestWhatBecomesOfAPromise(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old := w.made(ana, reyes())
		in := reyes()
		in.InsteadOf, in.Words = old, "We will adopt it by 30 September."
		next := w.made(ana, in)
		if h := w.get(anybody, old); h.State != Made || h.Followed != next {
			t.Errorf("%+v", h)
		}
		w.must(w.s.Answer(w.ctx, thu, AnswerIn{ID: old, Yes: true}))
		if h := w.get(anybody, old); h.State != Superseded || h.Superseded != next {
			t.Errorf("%+v", h)
		}
		w.is(w.s.Ask(w.ctx, ana, AskIn{ID: old, Act: Move, To: Kept, Evidence: "So."}), fault.Invalid)
		w.is(w.s.Ask(w.ctx, ana, AskIn{ID: next, Act: Move, To: Superseded, Other: old, Evidence: "Round."}), fault.Invalid)

		w.moved(next, AskIn{Act: Correct, Fix: Fix{Name: "Elena Reyes", Title: "Director", Body: "County Pharmacy Board", Words: "We will adopt it by 30 October.", Lang: "en", Due: "2027-10-30"}})
		h := w.get(anybody, next)
		if h.Text != "We will adopt it by 30 October." || h.Due != "2027-10-30" || len(h.Others) != 0 || h.Changes[0].Before != "We will adopt it by 30 September." {
			t.Errorf("%+v", h)
		}
		w.moved(next, AskIn{Act: Withdraw, Evidence: "It was the deputy who spoke."})
		if h := w.get(anybody, next); !h.Withdrawn || !h.Public || h.Changes[1].Evidence == "" {
			t.Errorf("a mistake went in silence: %+v", h)
		}
		w.is(w.s.Ask(w.ctx, ana, AskIn{ID: next, Act: Move, To: Kept, Evidence: "So."}), fault.Conflict)

		in = reyes()
		in.Yearly = true
		yearly := w.made(ana, in)
		if h := w.get(ana, yearly); h.Renew != "2027-06-05" {
			t.Error(h.Renew)
		}
		w.clock.Set(time.Date(2027, 6, 6, 12, 0, 0, 0, time.UTC))
		if d, _ := w.get(ana, yearly).Duty(w.s.Today(w.ctx, cedar), time.UTC); d.Act != "renew" || d.Owner != "ana" {
			t.Errorf("%+v", d)
		}
		w.moved(yearly, AskIn{Act: Renew, Due: "2028-06-30"})
		if h := w.get(ana, yearly); h.Renew != "2028-06-05" || h.Due != "2028-06-30" {
			t.Errorf("%+v", h)
		}
		w.moved(yearly, AskIn{Act: Lapse})
		if h := w.get(ana, yearly); h.Renew != "" {
			t.Errorf("%+v", h)
		}
		w.is(w.s.Ask(w.ctx, ana, AskIn{ID: yearly, Act: Renew, Evidence: "So."}), fault.Conflict)
	})
}

// The clinic's own: adopted by its leader, in force when another says so.
func TestTheClinicCommitsItself(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := In{Kind: Clinic, Topic: "rooms", Words: "Groups meet here for free on two evenings.", Lang: "en", Said: "2026-10-01", Name: "Ruth Adeyemi", Title: "Clinic leader", Evidence: "Board minutes of 1 October."}
		_, err := w.s.Make(w.ctx, ana, in)
		w.is(err, fault.Forbidden)
		id := w.made(ruth, in)
		if _, err := w.s.Get(w.ctx, anybody, id); !fault.Is(err, fault.NotFound) {
			t.Error("in force by one alone")
		}
		w.is(w.s.Answer(w.ctx, ruth, AnswerIn{ID: id, Yes: true}), fault.Conflict)
		w.must(w.s.Answer(w.ctx, ana, AnswerIn{ID: id, Yes: true}))
		h := w.get(anybody, id)
		if h.State != InProgress || h.Body != "Cedar Street" || h.Renew != "2027-10-01" || h.Kind != Clinic || h.Topic != "rooms" {
			t.Errorf("%+v", h)
		}
		w.is(w.s.Ask(w.ctx, ana, AskIn{ID: id, Act: Renew, Evidence: "So."}), fault.Forbidden)
	})
}

// The machine brings forward what is overdue and finds somebody for what has nobody.
func TestChase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := reyes()
		in.Due = "2026-11-20"
		id := w.made(ana, in)
		w.must(w.s.Checked(w.ctx, ana, CheckIn{ID: id, Evidence: "The draft is out.", Next: "2027-05-01"}))
		w.must(w.s.Care(w.ctx, ana, CareIn{ID: id, Owner: "thu", Others: map[string]string{"vi": "Sẽ thông qua."}}))
		w.staff = w.staff[:1] // Thu no longer works here
		w.clock.Set(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
		w.must(w.s.Chase(w.ctx))
		h := w.get(ana, id)
		if h.Owner != "ana" || h.Check != "2026-11-21" || !h.Overdue("2026-11-21") || h.Others["vi"] == "" || h.Others["es"] != "" {
			t.Errorf("%+v", h)
		}
		list, err := w.s.Chores(w.ctx, ana)
		w.must(err)
		if len(list) != 1 || list[0].Act != "ask" || !list[0].Late {
			t.Errorf("%+v", list)
		}
		w.must(w.s.Ask(w.ctx, ana, AskIn{ID: id, Act: Move, To: Broken, Evidence: "No vote was held."}))
		if list, _ := w.s.Chores(w.ctx, ana); len(list) != 0 {
			t.Error("whoever asked is asked to confirm")
		}
		if list, _ := w.s.Chores(w.ctx, thu); len(list) != 1 || list[0].Act != "confirm" {
			t.Errorf("%+v", list)
		}
		if list, err := w.s.Chores(w.ctx, jonas); err != nil || len(list) != 0 {
			t.Error(list, err)
		}
	})
}

// What is typed wrong comes back beside its field.
func TestWhatIsWrongIsNamed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for field, change := range map[string]func(in *In){
			"name": func(in *In) { in.Name = "" }, "body": func(in *In) { in.Body = " " }, "words": func(in *In) { in.Words = "" }, "words_lang": func(in *In) { in.Lang = "xx" },
			"said": func(in *In) { in.Said = "2027-01-01" }, "due": func(in *In) { in.Due = "soon" }, "link": func(in *In) { in.Link = "file:///etc/passwd" },
			"evidence": func(in *In) { in.Ref = "" }, "instead_of": func(in *In) { in.InsteadOf = "nothing" }, "topic": func(in *In) { in.Kind, in.Topic = Clinic, "cars" },
		} {
			in := reyes()
			change(&in)
			_, err := w.s.Make(w.ctx, access.Actor{Account: "both", Org: cedar, Roles: []access.Role{access.Lead, access.Organizer}}, in)
			if got := fault.FieldsOf(err); len(got) == 0 || !slices.ContainsFunc(got, func(f fault.Field) bool { return f.Name == field }) {
				t.Errorf("%s: %v", field, err)
			}
		}
		_, err := w.s.Make(w.ctx, jonas, reyes())
		w.is(err, fault.Forbidden)
		_, err = w.s.Make(w.ctx, anybody, reyes())
		w.is(err, fault.Unauthenticated)
	})
}

// A promise of an assembly is written in the assembly's transaction, or not at all.
func TestMakeInIsTheCallersTransaction(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stop := fault.Clash("pledge.error.over")
		err := w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			if _, err := w.s.MakeIn(w.ctx, tx, ana, reyes()); err != nil {
				return err
			}
			return stop
		})
		w.is(err, fault.Conflict)
		if list, err := w.s.List(w.ctx, ana, Filter{}); err != nil || len(list) != 0 {
			t.Error(list, err)
		}
	})
}

func TestHeir(t *testing.T) {
	staff := []people.Colleague{{Account: "lead", Roles: []access.Role{access.Leader}}, {Account: "org", Roles: []access.Role{access.Organizer}}}
	for owner, want := range map[string]string{"lead": "", "gone": "org", "": "org"} {
		if got := heir(owner, staff); got != want {
			t.Errorf("%q: %q", owner, got)
		}
	}
	if heir("gone", nil) != "" {
		t.Error("handed to nobody")
	}
}
