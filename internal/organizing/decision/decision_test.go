package decision

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Every verb in every state: it works, or it is refused with a sentence.
func TestStatesOnlyMoveForward(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		verbs := map[string]func(d, link string) error{
			"save": func(d, _ string) error {
				in := agreeIn(Hands)
				in.ID = d
				_, err := w.s.Save(w.ctx, ana, in)
				return err
			},
			"voters": func(d, _ string) error { return w.s.SetVoters(w.ctx, ana, d, w.delegates(3, 2)) },
			"codes":  func(d, _ string) error { _, err := w.s.Codes(w.ctx, ana, d, 0); return err },
			"open":   func(d, _ string) error { return w.s.Open(w.ctx, ana, d) },
			"hands":  func(d, _ string) error { return w.s.CountHands(w.ctx, ana, d, map[string]int{"agree": 3}) },
			"close":  func(d, _ string) error { return w.s.Close(w.ctx, ana, d) },
			"record": func(d, _ string) error { return w.s.Record(w.ctx, ana, d, Notes{Minutes: "We decided."}, "") },
		}
		allowed := map[State][]string{
			Draft: {"save", "voters", "codes", "open"}, Open: {"codes", "hands", "close"}, Closed: {"record"}, Recorded: nil,
		}
		reach := map[State][]string{Draft: nil, Open: {"open"}, Closed: {"open", "close"}, Recorded: {"open", "close", "record"}}
		for state, may := range allowed {
			for name, verb := range verbs {
				d, link, _ := w.made(agreeIn(Hands), w.delegates(3, 2), 0)
				for _, step := range reach[state] {
					w.must(verbs[step](d, link))
				}
				err := verb(d, link)
				switch {
				case slices.Contains(may, name) && err != nil:
					t.Errorf("%s in %s: %v", name, state, err)
				case !slices.Contains(may, name) && !fault.Is(err, fault.Conflict):
					t.Errorf("%s in %s: %v, want a refusal", name, state, err)
				}
			}
		}
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.person(1)
		d, _, _ := w.made(agreeIn(Named), []Voter{{Person: p}, {Person: w.person(2)}}, 0)
		for _, a := range []access.Actor{drLee, admin, access.Anonymous(cedar)} {
			if _, err := w.s.Save(w.ctx, a, agreeIn(Hands)); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("%v made a decision: %v", a.Roles, err)
			}
			if _, err := w.s.Read(w.ctx, a, d); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("%v read it: %v", a.Roles, err)
			}
		}
		for _, a := range []access.Actor{foreign, omar, member(p), member(w.person(9))} { // a draft is its maker's and the organizers'
			if _, err := w.s.Read(w.ctx, a, d); !fault.Is(err, fault.NotFound) {
				t.Errorf("%v read a draft of somebody else: %v", a.Roles, err)
			}
		}
		w.must(w.s.Open(w.ctx, ana, d))
		if _, err := w.s.Read(w.ctx, member(p), d); err != nil {
			t.Error("a voter cannot read what they vote on:", err)
		}
		if _, err := w.s.Read(w.ctx, member(w.person(9)), d); !fault.Is(err, fault.NotFound) {
			t.Error("a member who has no vote reads it:", err)
		}
		if err := w.s.Close(w.ctx, omar, d); !fault.Is(err, fault.NotFound) {
			t.Error("a leader closed somebody else's decision:", err)
		}
		list, err := w.s.Taken(w.ctx, member(p))
		if err != nil || len(list.Items) != 1 {
			t.Error(list, err)
		}
		own, err := w.s.Save(w.ctx, omar, agreeIn(Hands))
		w.must(err)
		w.must(w.s.Open(w.ctx, omar, own))
		if list, err := w.s.List(w.ctx, thu, "", ""); err != nil || len(list.Items) != 0 {
			t.Error("another leader lists it", list.Items, err)
		}
		if list, err := w.s.List(w.ctx, ana, "", ""); err != nil || len(list.Items) != 2 {
			t.Error("the organizer does not list both", err)
		}
	})
}

// S-06: 64 delegates of 18 of 22 institutions; dots; two to be decided.
func TestDelegatesDecideOnTwo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		list := w.delegates(66, 22)
		in := In{Question: "Which two do we work on?", Options: []string{"Language access", "Rent", "Bus", "Clinic hours"}, Method: "dots", Openness: "hands",
			Dots: 4, PerOption: 4, Seats: 2, Persons: 40, Houses: 12, Ref: "campaign:autumn"}
		d, link, codes := w.made(in, list, 0)
		w.must(w.s.Open(w.ctx, ana, d))
		read, err := w.s.Read(w.ctx, ana, d)
		w.must(err)
		id := map[string]string{}
		for _, o := range read.Words.Options {
			id[o.Text] = o.ID
		}
		came := 0
		for _, c := range codes {
			if slices.Contains([]string{house(18), house(19), house(20), house(21)}, c.Institution) || came == 64 {
				continue
			}
			given := map[string]int{id["Language access"]: 2, id["Rent"]: 2}
			if came%3 == 2 {
				given = map[string]int{id["Language access"]: 1, id["Bus"]: 2, id["Clinic hours"]: 1}
			}
			_, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: c.Code, Choice: read.Spec.Spread(given)})
			w.must(err)
			came++
		}
		if _, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: codes[0].Code, Choice: "-"}); !fault.Is(err, fault.Conflict) {
			t.Error("a delegate voted twice:", err)
		}
		var heard []Event
		w.s.On(EventRecorded, func(_ context.Context, e Event) error { heard = append(heard, e); return nil })
		w.must(w.s.Close(w.ctx, ana, d))
		w.must(w.s.Record(w.ctx, ana, d, Notes{Minutes: "Two priorities.", Dissent: "Two asked for the bus."}, "k1"))
		w.must(w.s.Record(w.ctx, ana, d, Notes{Minutes: "Two priorities.", Dissent: "Two asked for the bus."}, "k1")) // sent twice
		w.must(w.jobs.Drain(w.ctx))
		if len(heard) != 1 || heard[0].Decision != d || heard[0].Ref != "campaign:autumn" {
			t.Errorf("other rooms heard %+v", heard)
		}
		read, err = w.s.Read(w.ctx, ana, d)
		w.must(err)
		o := read.Outcome
		if o.Turnout != (Turnout{Invited: 66, InvitedInstitutions: 22, Persons: 54, Institutions: 18}) || !o.Quorum || !o.Decided() || read.Notes.Dissent == "" {
			t.Errorf("%+v %+v", o.Turnout, o)
		}
		if o.Dots.Given != 54*4 || o.Institutions != 18 || read.Text(o.Dots.Chosen[0]) != "Language access" || read.Text(o.Dots.Chosen[1]) != "Rent" {
			t.Errorf("%+v", o.Dots)
		}
	})
}

func TestQuorum(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := agreeIn(Hands)
		in.Persons = 4
		d, link, codes := w.made(in, w.delegates(6, 3), 2)
		w.must(w.s.Open(w.ctx, ana, d))
		for _, c := range codes[:2] {
			_, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: c.Code, Choice: "agree"})
			w.must(err)
		}
		slip := codes[len(codes)-1]
		if !slip.Slip {
			t.Fatal(slip)
		}
		for range 2 { // a slip sent twice is one vote
			if receipt, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: slip.Code, Choice: "disagree"}); err != nil || receipt != slip.Code {
				t.Fatal(receipt, err)
			}
		}
		if _, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: slip.Code, Choice: "agree"}); !fault.Is(err, fault.Conflict) {
			t.Error("a slip voted twice:", err)
		}
		w.must(w.s.Close(w.ctx, ana, d))
		read, err := w.s.Read(w.ctx, ana, d)
		w.must(err)
		if o := read.Outcome; o.Quorum || o.Decided() || o.Agree.Agree != 2 || o.Agree.Disagree != 1 || !o.Passed() {
			t.Errorf("%+v %+v", o, o.Agree)
		}
	})
}

// Who said what is for those who took part, after closing, and for nobody else.
func TestNamedAnswers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b, c := w.person(1), w.person(2), w.person(3)
		d, link, codes := w.made(In{Question: "We meet on Mondays.", Method: "consent", Openness: "named"}, []Voter{{Person: a}, {Person: b}, {Person: c}}, 0)
		w.must(w.s.Open(w.ctx, ana, d))
		code := map[string]string{}
		for _, p := range codes {
			code[p.Person] = p.Code
		}
		say := func(person, choice, reason string) {
			t.Helper()
			_, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: code[person], Choice: choice, Reason: reason})
			w.must(err)
		}
		say(a, "object", "I work on Mondays")
		say(b, "consent", "")
		say(a, "reservations", "Every second week then")
		h, err := w.s.Enter(w.ctx, link, strings.ToLower(code[a]))
		if err != nil || !h.Used || h.Choice != "reservations" || h.Reason == "" {
			t.Errorf("%+v %v", h, err)
		}
		if _, err := w.s.Voices(w.ctx, member(a), d); !fault.Is(err, fault.NotFound) {
			t.Error("answers are read before closing:", err)
		}
		w.must(w.s.Close(w.ctx, ana, d))
		list, err := w.s.Voices(w.ctx, member(a), d)
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		for _, x := range []access.Actor{member(c), ana, omar, foreign} {
			if got, err := w.s.Voices(w.ctx, x, d); !fault.Is(err, fault.NotFound) {
				t.Errorf("%v reads %v: %v", x.Roles, got, err)
			}
		}
		if got, err := w.s.VoicesByCode(w.ctx, link, code[b]); err != nil || len(got) != 2 {
			t.Error(got, err)
		}
		if _, err := w.s.VoicesByCode(w.ctx, link, code[c]); !fault.Is(err, fault.NotFound) {
			t.Error("somebody who did not take part reads:", err)
		}
		read, err := w.s.Read(w.ctx, ana, d)
		w.must(err)
		if *read.Outcome.Consent != (ballot.ConsentResult{Consent: 1, Reservations: 1, Passed: true}) {
			t.Errorf("%+v", read.Outcome.Consent)
		}
		w.must(w.vault.ErasePerson(w.ctx, cedar, a))
		if got, err := w.s.Voices(w.ctx, member(b), d); err != nil || len(got) != 1 {
			t.Error("an erased person's answer is still there:", got, err)
		}
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.Forget(w.ctx, tx, b) }))
		if list, err := w.s.Taken(w.ctx, member(b)); err != nil || len(list.Items) != 0 {
			t.Error("a forgotten person is still on a list", err)
		}
	})
}

func TestHandsCountedInTheRoom(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d, link, codes := w.made(agreeIn(Hands), w.delegates(2, 1), 0)
		w.must(w.s.Open(w.ctx, ana, d))
		_, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: codes[0].Code, Choice: "pass"})
		w.must(err)
		w.must(w.s.CountHands(w.ctx, ana, d, map[string]int{"agree": 40, "disagree": 2}))
		w.must(w.s.CountHands(w.ctx, ana, d, map[string]int{"agree": 12, "disagree": 3})) // counted again
		w.must(w.s.Close(w.ctx, ana, d))
		read, err := w.s.Read(w.ctx, ana, d)
		w.must(err)
		if *read.Outcome.Agree != (ballot.AgreeResult{Agree: 12, Disagree: 3, Pass: 1, Passed: true}) {
			t.Errorf("%+v", read.Outcome.Agree)
		}
		if err := w.s.CountHands(w.ctx, ana, d, nil); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	})
}

func TestTheClockOpensAndCloses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := agreeIn(Secret)
		in.Opens, in.Closes = w.clock.Now().Add(time.Hour), w.clock.Now().Add(3*time.Hour)
		d, _, _ := w.made(in, w.delegates(6, 2), 0)
		empty := agreeIn(Secret)
		empty.Opens, empty.Closes = in.Opens, in.Closes
		nobody, err := w.s.Save(w.ctx, ana, empty)
		w.must(err)
		state := func(d string) State {
			read, err := w.s.Read(w.ctx, ana, d)
			w.must(err)
			return read.State
		}
		w.must(w.s.Tick(w.ctx))
		if state(d) != Draft {
			t.Error("too early")
		}
		w.clock.Advance(2 * time.Hour)
		w.must(w.s.Tick(w.ctx))
		if state(d) != Open || state(nobody) != Draft {
			t.Error(state(d), state(nobody))
		}
		w.clock.Advance(2 * time.Hour)
		w.must(w.s.Tick(w.ctx))
		if state(d) != Closed {
			t.Error(state(d))
		}
	})
}

func TestWhatIsTypedWrong(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		long := strings.Repeat("x", 5000)
		for field, change := range map[string]func(in *In){
			"question": func(in *In) { in.Question = " " }, "background": func(in *In) { in.Background = long }, "options": func(in *In) { in.Options = []string{"one"} },
			"method": func(in *In) { in.Method = "lottery" }, "openness": func(in *In) { in.Openness = "loud" }, "unit": func(in *In) { in.Unit = "institution" },
			"quorum_persons": func(in *In) { in.Persons = -1 }, "closes_day": func(in *In) { in.Closes = w.clock.Now().Add(-time.Hour) },
		} {
			in := rankedIn(Hands)
			change(&in)
			_, err := w.s.Save(w.ctx, ana, in)
			if !fault.Is(err, fault.Invalid) || !slices.ContainsFunc(fault.FieldsOf(err), func(f fault.Field) bool { return f.Name == field }) {
				t.Errorf("%s: %v", field, err)
			}
		}
		d, link, codes := w.made(rankedIn(Hands), w.delegates(2, 1), 0)
		w.must(w.s.Open(w.ctx, ana, d))
		for _, choice := range []string{"", "z", "a>a", "agree"} {
			if _, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: codes[0].Code, Choice: choice}); !fault.Is(err, fault.Invalid) {
				t.Errorf("choice %q: %v", choice, err)
			}
		}
		if _, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: "0000-0000-0000", Choice: "a"}); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if _, err := w.s.Knock(w.ctx, "nonsense"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}
