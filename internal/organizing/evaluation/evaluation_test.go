package evaluation

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/proof"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want string
		ok   bool
	}{
		{"proud 6, tired 4, angry 2, hopeful 2", "proud 6, tired 4, angry 2, hopeful 2", true},
		{"6 proud\n4x tired\nangry ×2\nhopeful (2)", "proud 6, tired 4, angry 2, hopeful 2", true},
		{"proud, Proud; orgullosa، فخورة ٣", "proud 6", true},
		{"mệt 2, tired, cansada", "tired 4", true},
		{"Wobbly 2, wobbly", "wobbly 3", true},
		{"", "", true},
		{" , ;", "", true},
		{"6", "", false},
		{"proud 6 7", "", false},
		{"proud 0", "", false},
		{"proud 99999", "", false},
		{strings.Repeat("x", LongestWord+1), "", false},
		{"a little lost 2", "a little lost 2", true},
	} {
		got, ok := Parse(c.text)
		var out []string
		for _, f := range got {
			out = append(out, fmt.Sprintf("%s%s %d", f.Code, f.Word, f.N))
		}
		if ok != c.ok || strings.Join(out, ", ") != c.want {
			t.Errorf("%q: %q %v, want %q %v", c.text, strings.Join(out, ", "), ok, c.want, c.ok)
		}
	}
}

// A word of the list means one thing, in whatever language it is written.
func TestWordsMeanOneThing(t *testing.T) {
	seen := map[string]string{}
	for _, k := range known {
		for _, w := range append(strings.Split(k.writings, "|"), k.code) {
			f := fold.Text(w)
			if f == "" || seen[f] != "" && seen[f] != k.code {
				t.Errorf("%q is %s and %s", w, seen[f], k.code)
			}
			seen[f] = k.code
			if CodeOf(strings.ToUpper(w)) != k.code {
				t.Errorf("%q is not found", w)
			}
		}
	}
	if CodeOf("purple") != "" {
		t.Error("purple is no word of the list")
	}
}

// What phones said together does not depend on the order in which they said it, and
// of few there are words without counts and nothing else.
func TestGather(t *testing.T) {
	all := make([]Said, 9)
	for i := range all {
		n := i%5 - 2
		all[i] = Said{Feeling: []string{"proud", "orgullosa", "wobbly", "tired"}[i%4], Worked: fmt.Sprint("worked ", i), Saw: Reactions()[:i%3], Power: &n, Next: "next"}
	}
	for n := range len(all) + 1 {
		list := slices.Clone(all[:n])
		want, _ := json.Marshal(Gather(list))
		for range 20 {
			rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			if got, _ := json.Marshal(Gather(list)); string(got) != string(want) {
				t.Fatalf("the order shows: %s, %s", got, want)
			}
		}
		g := Gather(list)
		few := n < Few
		if g.N != n || g.Few != few || few != (len(g.Worked) == 0) || few != (g.PowerN == 0) || few && g.Saw != nil {
			t.Errorf("%d: %+v", n, g)
		}
		for _, f := range g.Felt {
			if few != (f.N == 0) {
				t.Errorf("%d: %+v", n, g.Felt)
			}
		}
		if few && !slices.IsSortedFunc(g.Felt, byWord) {
			t.Errorf("%d: the order of few says how often: %+v", n, g.Felt)
		}
	}
	// Many answers of which few gave a word: the word has no count.
	list := []Said{{Feeling: "proud"}, {Feeling: "proud"}, {Worked: "x"}, {Worked: "x"}, {Worked: "x"}}
	if g := Gather(list); g.Few || g.Felt[0].N != 0 || g.PowerN != 0 || len(g.Worked) != 3 {
		t.Errorf("%+v", g)
	}
	for _, c := range []struct{ sum, n, want int }{{5, 10, 1}, {4, 10, 0}, {-5, 10, -1}, {-4, 10, 0}, {20, 10, 2}, {0, 5, 0}} {
		if got := nearest(c.sum, c.n); got != c.want {
			t.Errorf("nearest(%d, %d) = %d", c.sum, c.n, got)
		}
	}
}

// The words of the room and those of few phones are never one list: the difference
// would be what the few said.
func TestFewStandBeside(t *testing.T) {
	room := []Felt{{Code: "proud", N: 6}}
	few := Words{Felt: room, Phones: Gather([]Said{{Feeling: "proud"}, {Feeling: "angry"}})}
	counted, beside := few.Feelings()
	if feltAs(counted, "proud") != 6 || len(counted) != 1 || feltAs(beside, "angry") != 0 || len(beside) != 2 {
		t.Errorf("%+v, %+v", counted, beside)
	}
	many := Words{Felt: room, Phones: Gather([]Said{{Feeling: "proud"}, {Feeling: "orgulloso"}, {Feeling: "tired"}, {Feeling: "tired"}, {Feeling: "tired"}})}
	if counted, beside = many.Feelings(); feltAs(counted, "proud") != 8 || feltAs(counted, "tired") != 3 || beside != nil {
		t.Errorf("%+v, %+v", counted, beside)
	}
}

func TestStates(t *testing.T) {
	want := map[[2]State]bool{{Open, Reading}: true, {Open, Done}: true, {Reading, Done}: true}
	for _, a := range States() {
		for _, b := range States() {
			if a.CanBecome(b) != want[[2]State{a, b}] {
				t.Errorf("%s → %s", a, b)
			}
		}
	}
}

// S-12: fourteen people after a visit, on their phones and aloud.
func TestARoundTheSameEvening(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		round := w.research()
		if again := w.research(); again != round {
			t.Error("one thing has two rounds")
		}
		if w.done("research:1") || w.done("research:unknown") {
			t.Error("done before anybody said a word")
		}
		w.is(w.s.Finish(w.ctx, ana, round, ""), fault.Invalid) // nothing was said
		token := w.get(round).Link
		up := 1
		for i := range 14 {
			said := Said{Language: "es", Feeling: []string{"proud", "orgullosa", "فخورة", "tired", "mệt", "angry", "hopeful"}[i%7], Power: &up}
			if i < 3 {
				said.Change = "The sound"
			}
			w.ok(w.phone(token, said))
		}
		if r := w.get(round); r.Heard != 14 || r.Phones.N != 0 || len(r.Phones.Felt) != 0 {
			t.Errorf("words before they are read: %+v", r)
		}
		w.ok(w.s.Read(w.ctx, ana, round, "k1"))
		w.ok(w.s.Read(w.ctx, ana, round, "k1")) // pressed twice
		w.is(w.s.Read(w.ctx, ana, round, "k2"), fault.Conflict)
		if w.rows("evaluation_answer") != 0 {
			t.Error("single answers are still there")
		}
		w.is(w.phone(token, Said{Feeling: "late"}), fault.NotFound) // the link is gone
		r := w.get(round)
		counted, beside := r.Feelings()
		if feltAs(counted, "proud") != 6 || feltAs(counted, "tired") != 4 || feltAs(counted, "angry") != 2 || feltAs(counted, "hopeful") != 2 || beside != nil || len(r.Phones.Change) != 3 || r.Power == nil || *r.Power != 1 {
			t.Errorf("%+v", r)
		}
		w.ok(w.s.Write(w.ctx, ana, round, WriteIn{Change: "Better sound.", Reaction: "The deputy was surprised.", Saw: []string{"recognition", "nonsense"}, Power: r.Power, Learned: "A label costs 40 cents.", Version: r.Version}))
		w.is(w.s.Write(w.ctx, ana, round, WriteIn{Change: "Something else.", Version: r.Version}), fault.Conflict) // somebody wrote meanwhile
		w.ok(w.s.Grew(w.ctx, ana, round, []string{w.here[0].ID, w.here[1].ID}, ""))
		w.is(w.s.Grew(w.ctx, ana, round, []string{"somebody else"}, ""), fault.Invalid)
		w.ok(w.s.Promise(w.ctx, ana, round, PromiseIn{Who: w.here[0].ID, What: "Writes thank-you notes", Due: w.clock.Now().AddDate(0, 0, 3)}))
		w.ok(w.s.Promise(w.ctx, ana, round, PromiseIn{Who: Me, What: "Books the hall", Due: w.clock.Now().AddDate(0, 0, 3)}))
		w.is(w.s.Promise(w.ctx, ana, round, PromiseIn{Who: "nobody", What: "x", Due: w.clock.Now()}), fault.Invalid)
		list, err := w.people.Commitments(w.ctx, ana, people.Whose{Ref: "research:1", Open: true})
		if err != nil || len(list) != 2 {
			t.Errorf("%+v, %v", list, err)
		}
		w.clock.Advance(12 * time.Minute)
		w.ok(w.s.Finish(w.ctx, ana, round, ""))
		r = w.get(round)
		if !w.done("research:1") || r.State != Done || r.DoneBy != "ana" || r.WithinH != 0 || !r.OnTime() || len(r.Grew) != 2 || !slices.Equal(r.Saw, []string{"recognition"}) || len(w.closed) != 1 {
			t.Errorf("%+v", r)
		}
		for _, err := range []error{w.s.Finish(w.ctx, ana, round, ""), w.s.Write(w.ctx, ana, round, WriteIn{}), w.s.Grew(w.ctx, ana, round, nil, ""), w.s.Promise(w.ctx, ana, round, PromiseIn{Who: Me, What: "x", Due: w.clock.Now()})} {
			w.is(err, fault.Conflict)
		}
		if tm, err := w.s.TimelyBetween(w.ctx, ruth, w.clock.Now(), w.clock.Now().AddDate(0, 0, 7)); err != nil || tm != (Timely{Due: 1, OnTime: 1}) {
			t.Errorf("%+v, %v", tm, err)
		}
	})
}

// Fewer than five phones: what they wrote is not kept, what they felt has no count.
func TestFewPhones(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		round := w.research()
		token := w.get(round).Link
		for _, word := range []string{"proud", "proud", "angry"} {
			w.ok(w.phone(token, Said{Feeling: word, Change: "The chair spoke too long."}))
		}
		w.ok(w.s.Finish(w.ctx, ana, round, ""))
		r := w.get(round)
		plain, _ := json.Marshal(r)
		if strings.Contains(string(plain), "chair spoke") || feltAs(r.Phones.Felt, "proud") != 0 || feltAs(r.Phones.Felt, "angry") != 0 || r.Phones.N != 3 {
			t.Errorf("%s", plain)
		}
	})
}

func TestAnswersOfPhones(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		round := w.research()
		token := w.get(round).Link
		five := 5
		for _, c := range []struct {
			said  Said
			field string
		}{{Said{}, "own"}, {Said{Feeling: strings.Repeat("x", 31)}, "own"}, {Said{Worked: strings.Repeat("x", 301)}, "worked"}, {Said{Feeling: "x", Power: &five}, "power"}} {
			err := w.phone(token, c.said)
			if f := fault.FieldsOf(err); len(f) != 1 || f[0].Name != c.field {
				t.Errorf("%+v: %v", c.said, err)
			}
		}
		sheet, err := w.s.Ask(w.ctx, nobody, token)
		w.ok(err)
		form := proof.Form{Challenge: sheet.Challenge}
		w.is(w.s.Answer(w.ctx, nobody, token, Said{Feeling: "proud"}, form), fault.Conflict) // no work, no patience
		form.Nonce = proof.Work(sheet.Challenge)
		for range 3 { // the phone did not hear of it
			w.ok(w.s.Answer(w.ctx, nobody, token, Said{Feeling: "proud"}, form))
		}
		if got := w.get(round).Heard; got != 1 {
			t.Errorf("%d answers of one phone", got)
		}
		w.is(w.phone("no such token, but long enough", Said{Feeling: "x"}), fault.NotFound)
		w.clock.Advance(8 * 24 * time.Hour)
		w.is(w.phone(token, Said{Feeling: "x"}), fault.Gone)
		w.ok(w.s.Tick(w.ctx)) // closes what nobody closed, and flags it
		if r := w.get(round); r.State != Reading || r.Flagged.IsZero() || r.Phones.N != 1 || w.rows("evaluation_answer") != 0 {
			t.Errorf("%+v", r)
		}
		at := w.get(round).Flagged
		w.clock.Advance(time.Hour)
		w.ok(w.s.Tick(w.ctx))
		if !w.get(round).Flagged.Equal(at) {
			t.Error("flagged twice")
		}
		if tm, err := w.s.TimelyBetween(w.ctx, ana, at.AddDate(0, 0, -30), at); err != nil || tm != (Timely{Due: 1, Open: 1}) {
			t.Errorf("%+v, %v", tm, err)
		}
	})
}

// A leader sees the rounds of their teams and of no team; whoever sees only sums,
// another clinic and an unknown id get one and the same answer.
func TestWhoSeesARound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		team := w.opened(In{Ref: "meeting:1", Kind: Meeting, Team: "team-1"})
		free := w.research()
		for _, c := range []struct {
			who   access.Actor
			round string
			ok    bool
		}{{ana, team, true}, {ana, free, true}, {thu, team, true}, {thu, free, true}, {guest, team, false}, {guest, free, true}, {ruth, team, false}, {foreign, team, false}, {ana, "unknown", false}} {
			_, err := w.s.Get(w.ctx, c.who, c.round)
			if c.ok {
				w.ok(err)
			} else {
				w.is(err, fault.NotFound)
			}
			if c.who.Account == "ruth" {
				continue
			}
			if err := w.s.Write(w.ctx, c.who, c.round, WriteIn{Worked: "x"}); c.ok {
				w.ok(err)
			} else {
				w.is(err, fault.NotFound)
			}
		}
		for who, n := range map[string]int{"ana": 2, "thu": 2, "guest": 1, "ruth": 0} {
			list, err := w.s.Waiting(w.ctx, map[string]access.Actor{"ana": ana, "thu": thu, "guest": guest, "ruth": ruth}[who])
			if err != nil || len(list) != n {
				t.Errorf("%s sees %d: %v", who, len(list), err)
			}
		}
		if _, found, err := w.s.ByRef(w.ctx, guest, "meeting:1"); found || err != nil {
			t.Errorf("%v, %v", found, err)
		}
		if r, found, err := w.s.ByRef(w.ctx, thu, "meeting:1"); !found || err != nil || r.ID != team || r.PromiseRef() != "team:team-1" {
			t.Errorf("%+v, %v, %v", r, found, err)
		}
		w.is(w.s.Read(w.ctx, ruth, team, ""), fault.Forbidden)
	})
}

// Another room's own form ends the round; what phones said before is kept.
func TestSettledElsewhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		round := w.opened(In{Ref: "meeting:1", Kind: Meeting})
		w.ok(w.phone(w.get(round).Link, Said{Feeling: "proud"}))
		w.ok(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			return w.s.SettleIn(w.ctx, tx, ana, "meeting:1", Told{Felt: []Felt{{Word: "tired", N: 4}}, Worked: "We ended on time."})
		}))
		r := w.get(round)
		if !w.done("meeting:1") || feltAs(r.Felt, "tired") != 4 || r.Phones.N != 1 || r.Worked != "We ended on time." {
			t.Errorf("%+v", r)
		}
	})
}

func TestErased(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		round := w.research()
		w.ok(w.s.Grew(w.ctx, ana, round, []string{w.here[0].ID, w.here[1].ID}, ""))
		w.ok(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.ForgetIn(w.ctx, tx, w.here[0].ID) }))
		if got := w.get(round).Grew; len(got) != 1 || got[0] != w.here[1].ID {
			t.Errorf("%v", got)
		}
	})
}
