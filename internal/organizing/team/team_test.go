package team

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/rhythm"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

func TestStates(t *testing.T) {
	allowed := map[State][]State{Forming: {Active, Closed}, Active: {Paused, Closed}, Paused: {Active, Closed}}
	for _, from := range append(States(), "") {
		for _, to := range append(States(), "", "gone") {
			if got, want := from.CanBecome(to), slices.Contains(allowed[from], to); got != want {
				t.Errorf("%q to %q: %v", from, to, got)
			}
		}
	}
}

// Nobody chairs twice while somebody who would has not chaired yet, whoever
// joins, leaves or would rather not meanwhile.
func TestTheChairGoesRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 1, 5, 18, 0, 0, 0, time.UTC)
		n := rapid.IntRange(1, 8).Draw(t, "members")
		var list []Member
		for i := range n {
			list = append(list, Member{Person: fmt.Sprint("p", i), Since: now.AddDate(0, 0, -rapid.IntRange(1, 400).Draw(t, "since")), MayChair: rapid.IntRange(0, 4).Draw(t, "would") > 0})
		}
		willing := 0
		for _, m := range list {
			if m.MayChair {
				willing++
			}
		}
		for round := range 3 {
			done := map[string]bool{}
			for range willing {
				p, ok := WhoseTurn(list, now)
				if !ok || done[p] {
					t.Fatalf("round %d: %s chairs again, %v", round, p, done)
				}
				done[p] = true
				i := slices.IndexFunc(list, func(m Member) bool { return m.Person == p })
				if !list[i].MayChair {
					t.Fatalf("%s would rather not", p)
				}
				list[i].ChairedAt = now
				now = now.AddDate(0, 0, 7)
			}
		}
		if p, ok := WhoseTurn(list, now); ok != (willing > 0) {
			t.Fatalf("%d would, and it is the turn of %q", willing, p)
		}
	})
}

func TestForm(t *testing.T) {
	good := Team{Kind: Core, Name: "Team", Rhythm: rhythm.Meeting{Weekday: time.Tuesday, Start: 1080, End: 1170, Every: rhythm.Weekly}}
	for _, x := range []struct {
		name  string
		edit  func(*Team)
		field string
	}{
		{"a good one", func(*Team) {}, ""},
		{"no rhythm yet", func(t *Team) { t.Rhythm = rhythm.Meeting{} }, ""},
		{"no name", func(t *Team) { t.Name = "" }, "name"},
		{"a kind that is none", func(t *Team) { t.Kind = "committee" }, "kind"},
		{"two weeks without a date", func(t *Team) { t.Rhythm.Every = rhythm.Biweekly }, "from"},
		{"two weeks from another weekday", func(t *Team) { t.Rhythm.Every, t.Rhythm.From = rhythm.Biweekly, "2026-11-02" }, "from"},
		{"the fifth Tuesday", func(t *Team) { t.Rhythm.Every, t.Rhythm.Nth = rhythm.Monthly, 5 }, "nth"},
		{"ends before it begins", func(t *Team) { t.Rhythm.End = 1000 }, "start"},
		{"every now and then", func(t *Team) { t.Rhythm.Every = "sometimes" }, "every"},
	} {
		in := good
		x.edit(&in)
		f := fault.FieldsOf(in.wrong())
		if x.field == "" && len(f) > 0 || x.field != "" && (len(f) != 1 || f[0].Name != x.field) {
			t.Errorf("%s: %v", x.name, f)
		}
	}
}

func TestATeamLives(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.team()
		w.is(w.s.Move(w.ctx, ana, id, Active, ""), fault.Conflict) // nobody is in it
		w.is(w.s.Move(w.ctx, ana, id, Paused, ""), fault.Conflict)
		thu, rosa := w.join("Thu Pham"), w.join("Rosa")
		w.add(id, thu)
		w.is(w.s.Move(w.ctx, ana, id, Active, ""), fault.Conflict) // one is not a team
		w.add(id, rosa)
		w.is(w.s.Add(w.ctx, ana, MemberIn{Team: id, Person: rosa}), fault.Conflict)
		w.is(w.s.Add(w.ctx, ana, MemberIn{Team: id, Person: "nobody", Name: "No One"}), fault.Invalid)
		w.must(w.s.Move(w.ctx, ana, id, Active, ""))
		w.must(w.s.Move(w.ctx, ana, id, Paused, ""))
		w.is(w.s.Move(w.ctx, ana, id, Paused, ""), fault.Conflict)
		w.must(w.s.Move(w.ctx, ana, id, Active, ""))

		got, _, err := w.s.Get(w.ctx, ana, id)
		w.must(err)
		change := got
		change.Name = "  Foster Row   core "
		w.must(w.s.Change(w.ctx, ana, change, ""))
		w.is(w.s.Change(w.ctx, ana, change, ""), fault.Conflict) // somebody changed it meanwhile
		if got, _, err = w.s.Get(w.ctx, ana, id); err != nil || got.Name != "Foster Row core" || got.Agreements != "One speaks at a time.\nWe end on time." || got.State != Active {
			t.Errorf("%+v, %v", got, err)
		}
		w.must(w.s.Move(w.ctx, ana, id, Closed, ""))
		for _, to := range States() {
			w.is(w.s.Move(w.ctx, ana, id, to, ""), fault.Conflict)
		}
		w.is(w.s.Change(w.ctx, ana, got, ""), fault.Conflict)
		w.is(w.s.Add(w.ctx, ana, MemberIn{Team: id, Person: w.join("Late")}), fault.Conflict)
		w.is(w.s.Leave(w.ctx, ana, id, thu, ""), fault.Conflict)
		bare := w.team(func(t *Team) { t.Purpose = "" })
		w.add(bare, thu)
		w.add(bare, rosa)
		w.is(w.s.Move(w.ctx, ana, bare, Active, ""), fault.Conflict) // for what?
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.team()
		thu, rosa := w.join("Thu Pham"), w.join("Rosa")
		w.add(id, thu)
		for _, a := range []access.Actor{leader(rosa), member(rosa), foreign} { // not in it
			_, _, err := w.s.Get(w.ctx, a, id)
			w.is(err, fault.NotFound)
		}
		w.is(w.s.Move(w.ctx, leader(rosa), id, Closed, ""), fault.NotFound)
		_, _, err := w.s.Get(w.ctx, drLee, id)
		w.is(err, fault.Forbidden)
		_, err = w.s.Create(w.ctx, leader(thu), Team{Kind: Core, Name: "Mine"}, "")
		w.is(err, fault.Forbidden)
		w.is(w.s.Add(w.ctx, member(thu), MemberIn{Team: id, Person: rosa, Name: "Rosa"}), fault.Forbidden)
		w.must(w.s.Add(w.ctx, leader(thu), MemberIn{Team: id, Person: rosa, Name: "Rosa"}))
		if list, err := w.s.List(w.ctx, member(rosa)); err != nil || len(list) != 1 || list[0].Members != 2 || !list[0].Mine {
			t.Errorf("%+v, %v", list, err)
		}
		if list, err := w.s.List(w.ctx, foreign); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		w.must(w.s.Leave(w.ctx, ana, id, rosa, ""))
		_, _, err = w.s.Get(w.ctx, member(rosa), id)
		w.is(err, fault.NotFound)
		if list, err := w.s.TeamsOf(w.ctx, member(rosa), rosa); err != nil || len(list) != 1 || list[0].Left.IsZero() || list[0].Title != "Foster Row core team" {
			t.Errorf("what was is theirs to see: %+v, %v", list, err)
		}
	})
}

// Whoever ended their consent is not counted: neither in the list nor towards the two
// people a team that works needs.
func TestWhoStoppedIsNotCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.team()
		thu, rosa := w.join("Thu Pham"), w.join("Rosa")
		w.add(id, thu)
		w.add(id, rosa)
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.ledger.RevokeAll(w.ctx, tx, access.Machine(cedar), rosa, consent.SelfCode)
			return err
		}))
		if list, err := w.s.List(w.ctx, ana); err != nil || len(list) != 1 || list[0].Members != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		w.is(w.s.Move(w.ctx, ana, id, Active, ""), fault.Conflict)
	})
}

// AB-18: a member sees names as chosen; a number only when both said yes.
func TestReachIsMutual(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.team()
		thu, rosa, sam := w.join("Thu Pham"), w.join("Rosa"), w.join("Sam")
		for _, p := range []string{thu, rosa, sam} {
			w.add(id, p)
		}
		show := func(person, name, number string) {
			t.Helper()
			w.must(w.s.Show(w.ctx, member(person), CardIn{Team: id, Person: person, Name: name, Reachable: number != "", Phone: number}))
		}
		show(thu, "T.", "503 555 0121")
		for _, a := range []access.Actor{member(rosa), leader(sam), ana} {
			if m := w.members(a, id)[thu]; m.Name != "T." || m.Phone != "" || m.Email != "" {
				t.Errorf("%s sees %+v", a.Name(), m)
			}
		}
		show(rosa, "Rosa", "503 555 0122")
		if m := w.members(member(rosa), id); m[thu].Phone != "+15035550121" || m[sam].Phone != "" {
			t.Errorf("both said yes: %+v", m)
		}
		if m := w.members(leader(sam), id); m[thu].Phone != "" || m[rosa].Phone != "" {
			t.Errorf("Sam did not: %+v", m)
		}
		if m := w.members(ana, id); m[thu].Phone != "" {
			t.Errorf("an organizer is not in it: %+v", m)
		}
		show(rosa, "Rosa", "") // and takes it back
		if m := w.members(member(thu), id); m[rosa].Phone != "" {
			t.Errorf("%+v", m[rosa])
		}
		w.is(w.s.Show(w.ctx, ana, CardIn{Team: id, Person: sam, Name: "Sam", Reachable: true, Phone: "5035550123"}), fault.Invalid) // nobody says yes for somebody else
		w.is(w.s.Show(w.ctx, member(sam), CardIn{Team: id, Person: thu, Name: "X"}), fault.Forbidden)
		w.is(w.s.Show(w.ctx, member(sam), CardIn{Team: id, Person: sam, Name: "Sam", Reachable: true}), fault.Invalid)
	})
}

// Whoever stops is not shown any more, from the next look on.
func TestConsentIsAskedAtEveryLook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.team()
		thu, rosa := w.join("Thu Pham"), w.join("Rosa")
		w.add(id, thu)
		w.add(id, rosa)
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.ledger.RevokeAll(w.ctx, tx, access.Machine(cedar), thu, consent.SelfCode)
			return err
		}))
		if m := w.members(ana, id); len(m) != 1 || m[rosa].Name != "Rosa" {
			t.Errorf("%+v", m)
		}
		w.must(w.vault.ErasePerson(w.ctx, cedar, rosa))
		if m := w.members(ana, id); len(m) != 0 {
			t.Errorf("%+v", m)
		}
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.ForgetIn(w.ctx, tx, rosa) }))
		if list, err := w.s.List(w.ctx, ana); err != nil || list[0].Members != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestChair(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.team()
		thu, rosa := w.join("Thu Pham"), w.join("Rosa")
		w.add(id, thu)
		w.clock.Advance(time.Hour)
		w.add(id, rosa)
		next := func() string {
			t.Helper()
			got, list, err := w.s.Get(w.ctx, ana, id)
			w.must(err)
			p, _ := w.s.NextChair(got, list)
			return p
		}
		chaired := func(p string) {
			t.Helper()
			w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.ChairedIn(w.ctx, tx, id, p, w.clock.Now()) }))
			w.clock.Advance(time.Hour)
		}
		if next() != thu {
			t.Error("the longest-serving begins")
		}
		chaired(thu)
		if next() != rosa {
			t.Error("then the other")
		}
		w.must(w.s.SetChair(w.ctx, ana, id, thu, ""))
		if next() != thu {
			t.Error("a named chair goes before the turn")
		}
		chaired(thu)
		if next() != rosa {
			t.Error("who chaired is not named any more")
		}
		w.is(w.s.SetChair(w.ctx, ana, id, "nobody", ""), fault.Invalid)
		w.must(w.s.Term(w.ctx, ana, MemberIn{Team: id, Person: rosa, Role: Scribe, Until: w.clock.Now().AddDate(0, 0, 7), MayChair: true}))
		w.is(w.s.Term(w.ctx, ana, MemberIn{Team: id, Person: rosa, Until: w.clock.Now().AddDate(0, 0, -7)}), fault.Invalid)
		if m := w.members(ana, id)[rosa]; m.Role != Scribe || !m.Ending(w.clock.Now()) {
			t.Errorf("%+v", m)
		}
		w.clock.Advance(8 * 24 * time.Hour)
		if next() != thu {
			t.Error("a term that ended chairs nothing")
		}
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			for p, want := range map[string]bool{thu: true, rosa: false} {
				if in, err := w.s.IsMember(w.ctx, tx, id, p); err != nil || in != want {
					t.Errorf("%s: %v, %v", p, in, err)
				}
			}
			if list, err := w.s.MatesOf(w.ctx, tx, rosa); err != nil || len(list) != 0 {
				t.Errorf("a term that ended has no mates: %v, %v", list, err)
			}
			if on, err := w.s.OnCoreTeam(w.ctx, tx, thu); err != nil || on {
				t.Errorf("a team that forms is no evidence: %v, %v", on, err)
			}
			return nil
		}))
	})
}

// Two rows that are found to be one person: they stay in the team they joined under
// the other name.
func TestAMemberWhoWasWrittenDownTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, thu, twin := w.team(), w.join("Thu Pham"), w.join("Pham Thu")
		w.add(id, twin)
		_, err := w.people.Merge(w.ctx, ana, people.MergeIn{Survivor: thu, Taken: twin})
		w.must(err)
		me := access.Actor{Org: cedar, Person: thu, Roles: []access.Role{access.Member}}
		if list, err := w.s.List(w.ctx, me); err != nil || len(list) != 1 || !list[0].Mine {
			t.Errorf("their teams: %+v, %v", list, err)
		}
		if _, _, err := w.s.Get(w.ctx, me, id); err != nil {
			t.Error(err)
		}
		if list, err := w.s.TeamsOf(w.ctx, me, thu); err != nil || len(list) != 1 {
			t.Errorf("their teams: %+v, %v", list, err)
		}
		stranger := access.Actor{Org: cedar, Person: w.join("Rosa"), Roles: []access.Role{access.Member}}
		_, _, err = w.s.Get(w.ctx, stranger, id)
		w.is(err, fault.NotFound)
	})
}
