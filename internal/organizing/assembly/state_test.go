package assembly

import (
	"slices"
	"testing"
	"time"

	"seedbed/internal/organizing/people"
)

func open() Facts {
	at := time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)
	return Facts{Now: at.Add(-time.Hour), Actor: "thu", Asks: 1, Done: true, Event: Event{Kind: Assembly, Account: "ana", At: at, Minutes: 75, Goal: 300, Safety: "s", Words: Words{Where: "Hall"}},
		Items: []Item{{Minutes: 4, LeadRole: people.Pinned, Lead: "omar"}}}
}

// Every state with every other: only these moves exist.
func TestMoves(t *testing.T) {
	want := map[State][]State{Idea: {Approved, Cancelled}, Approved: {Turnout, Cancelled}, Turnout: {Ready, Cancelled}, Ready: {Live, Turnout, Cancelled}, Live: {Held}, Held: {Evaluated}, Evaluated: {FollowedUp}}
	for _, from := range States() {
		for _, to := range States() {
			f := open()
			f.Event.State = from
			err := mayMove(f, to)
			if ok := slices.Contains(want[from], to); ok != (err == nil) {
				t.Errorf("%s → %s: %v", from, to, err)
			}
		}
	}
	if Idea.Next() != Approved || Evaluated.Next() != FollowedUp || FollowedUp.Next() != "" || Cancelled.Next() != "" {
		t.Error("the ordinary course has another order")
	}
}

// One thing wrong shuts exactly its own gate.
func TestGates(t *testing.T) {
	for _, c := range []struct {
		from, to State
		gate     Gate
		spoil    func(f *Facts)
	}{
		{Idea, Approved, GateSecond, func(f *Facts) { f.Actor = "ana" }},
		{Idea, Approved, GateSecond, func(f *Facts) { f.Actor = "" }},
		{Idea, Approved, GateWhen, func(f *Facts) { f.Now = f.Event.At }},
		{Idea, Approved, GateWhere, func(f *Facts) { f.Event.Where = "" }},
		{Approved, Turnout, GateGoal, func(f *Facts) { f.Event.Goal = 0 }},
		{Turnout, Ready, GateSheet, func(f *Facts) { f.Items[0].Minutes = 0 }},
		{Turnout, Ready, GateLeads, func(f *Facts) { f.Items[0].Lead = "" }},
		{Turnout, Ready, GateAsks, func(f *Facts) { f.Asks = 0 }},
		{Turnout, Ready, GateSafety, func(f *Facts) { f.Event.Safety = "" }},
		{Turnout, Ready, GateConsent, func(f *Facts) { f.Silent = 1 }},
		{Turnout, Ready, GateEven, func(f *Facts) { f.Uneven = 1 }},
		{Ready, Live, GateNear, func(f *Facts) { f.Now = f.Event.At.Add(-13 * time.Hour) }},
		{Ready, Live, GateConsent, func(f *Facts) { f.Silent = 1 }},
		{Ready, Live, GateSafety, func(f *Facts) { f.Event.Safety = "" }},
		{Ready, Live, GateEven, func(f *Facts) { f.Uneven = 2 }},
		{Held, Evaluated, GateEvaluated, func(f *Facts) { f.Done = false }},
		{Evaluated, FollowedUp, GateAnswered, func(f *Facts) { f.Unanswered = 1 }},
		{Evaluated, FollowedUp, GateAgreed, func(f *Facts) { f.Open = 1 }},
		{Evaluated, FollowedUp, GateDated, func(f *Facts) { f.Undated = 1 }},
	} {
		f := open()
		f.Event.State = c.from
		c.spoil(&f)
		list, ok := Gates(f, c.to)
		if !ok || mayMove(f, c.to) == nil {
			t.Errorf("%s → %s went through without %s", c.from, c.to, c.gate)
		}
		for _, x := range list {
			if x.OK == (x.Gate == c.gate) {
				t.Errorf("%s → %s with %s spoiled: %+v", c.from, c.to, c.gate, list)
			}
		}
	}
	f := open()
	f.Event.State, f.Event.Kind, f.Asks = Turnout, Delegates, 0
	if err := mayMove(f, Ready); err != nil {
		t.Errorf("delegates who pin nobody: %v", err)
	}
}

func TestTheTemplateIsTheFieldsOwn(t *testing.T) {
	var list []Item
	for _, s := range Assembly.Template() {
		list = append(list, Item{Code: s.Code, Minutes: s.Minutes})
	}
	if Sum(list) != 75 {
		t.Errorf("%d minutes", Sum(list))
	}
	at := time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)
	starts := Starts(list, at)
	for code, want := range map[string]time.Duration{"doors": -time.Hour, "welcome": 0, "roll": 3 * time.Minute, "testimony": 15 * time.Minute, "pin": 27 * time.Minute, "close": 60 * time.Minute, "evaluation": 65 * time.Minute} {
		i := slices.IndexFunc(list, func(x Item) bool { return x.Code == code })
		if got := starts[i].Sub(at); got != want {
			t.Errorf("%s begins at %v, want %v", code, got, want)
		}
	}
}

// Whoever does two things is remembered for the one most in public.
func TestParts(t *testing.T) {
	got := Parts([]Item{{Lead: "thu", LeadRole: people.Hosted, Beside: "omar", Second: people.Scribed}, {Lead: "thu", LeadRole: people.Testified}, {Lead: "omar"}, {Beside: "omar", Second: people.Pinned}})
	if got["thu"] != people.Testified || got["omar"] != people.Pinned || len(got) != 2 {
		t.Errorf("%v", got)
	}
}

func TestRaces(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 10, n, 9, 0, 0, 0, time.UTC) }
	fold := func(s string) string { return s }
	one := func(race, how string, at time.Time, complete bool) Invite {
		return Invite{Candidate: true, Complete: complete, How: how, Invited: at, InviteWords: InviteWords{Race: race}}
	}
	for name, c := range map[string]struct {
		list []Invite
		even bool
	}{
		"alike":              {[]Invite{one("mayor", "letter", day(1), false), one("mayor", "letter", day(3), true)}, true},
		"nobody said all":    {[]Invite{one("mayor", "letter", day(1), false), one("mayor", "letter", day(3), false)}, false},
		"one by visit":       {[]Invite{one("mayor", "letter", day(1), true), one("mayor", "visit", day(1), true)}, false},
		"one without a date": {[]Invite{one("mayor", "letter", day(1), true), one("mayor", "letter", time.Time{}, true)}, false},
		"weeks apart":        {[]Invite{one("mayor", "letter", day(1), true), one("mayor", "letter", day(20), true)}, false},
	} {
		got := Races(append(c.list, Invite{InviteWords: InviteWords{Name: "no candidate"}}), fold)
		if len(got) != 1 || got[0].Even() != c.even {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestSuggest(t *testing.T) {
	for want, asks := range map[Class][]Ask{Education: nil, Advocacy: {{}}, Lobbying: {{}, {Law: true}}} {
		if got := Suggest(asks); got != want {
			t.Errorf("%v: %s", asks, got)
		}
	}
}

func TestLabels(t *testing.T) {
	list := []Ask{{Issue: "a"}, {Issue: "a"}, {Issue: "b"}, {Issue: "a"}}
	Label(list)
	if got := list[0].Label + list[1].Label + list[2].Label + list[3].Label; got != "1.11.22.11.3" {
		t.Error(got)
	}
}
