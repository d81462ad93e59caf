package assembly

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// S-11 from the idea to what follows; what does not fit where it stands is refused.
func TestAnAssemblyLives(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := w.make()
		if len(x.Items) != len(Assembly.Template()) || Sum(x.Items) != 75 {
			t.Fatalf("%d items, %d minutes", len(x.Items), Sum(x.Items))
		}
		w.is(w.s.Move(w.ctx, ana, x.ID, Approved, ""), fault.Conflict) // whoever had the idea
		w.is(w.s.Move(w.ctx, lead, x.ID, Live, ""), fault.Conflict)
		_, err := w.s.Pin(w.ctx, ana, x.ID, PinIn{Ask: "x", Answer: Yes, FollowUp: x.At})
		w.is(err, fault.Conflict)
		x = w.ready()
		if x.State != Ready || x.Approver != "thu" || len(w.n.opened) != 1 || w.n.opened[0].Goal != 300 || w.n.opened[0].Ref != x.Ref() {
			t.Fatalf("%+v %+v", x.Event, w.n.opened)
		}
		if x.Asks[0].Label != "1.1" || x.Asks[2].Label != "1.3" || x.Asks[0].To() != "Elena Reyes, Director, County Pharmacy Board" {
			t.Errorf("%+v", x.Asks)
		}
		w.is(w.s.Begin(w.ctx, lead, x.ID, x.Items[1].ID, ""), fault.Conflict)
		w.must(w.s.Move(w.ctx, lead, x.ID, Live, ""))
		w.must(w.s.Begin(w.ctx, lead, x.ID, x.Items[1].ID, ""))
		w.clock.Advance(4 * time.Minute)
		w.must(w.s.Begin(w.ctx, lead, x.ID, x.Items[2].ID, ""))
		w.must(w.s.Call(w.ctx, lead, x.ID, w.church, 52, w.clock.Now(), ""))
		w.must(w.s.Call(w.ctx, lead, x.ID, w.church, 40, w.clock.Now().Add(-time.Minute), "")) // said before, arrived after
		w.is(w.s.Call(w.ctx, lead, x.ID, "nowhere", 4, w.clock.Now(), ""), fault.Invalid)
		w.pin(lead, x, 0, Yes)
		w.pin(lead, x, 1, Waffle, func(in *PinIn) { in.Words = "We will look at our budget." })
		for _, bad := range []PinIn{{Ask: x.Asks[2].ID, Answer: Yes}, {Ask: x.Asks[2].ID, Answer: "maybe", FollowUp: x.At}, {Ask: x.Asks[2].ID, Answer: Waffle}, {Ask: x.Asks[2].ID, Answer: Yes, FollowUp: x.At, Link: "javascript:alert(1)"}} {
			_, err := w.s.Pin(w.ctx, lead, x.ID, bad)
			w.is(err, fault.Invalid)
		}
		w.must(w.s.Promise(w.ctx, lead, x.ID, people.Commitment{Person: w.thu, What: "Brings the choir", Due: x.At.AddDate(0, 0, 7)}, ""))
		w.is(w.s.Move(w.ctx, lead, x.ID, Held, ""), fault.Conflict)
		w.is(w.s.Close(w.ctx, lead, x.ID, CloseIn{Closing: "Two promises."}), fault.Invalid) // when do we meet again?
		w.must(w.s.Close(w.ctx, lead, x.ID, CloseIn{Closing: "Two promises.", Next: x.At.AddDate(0, 3, 0)}))
		x = w.get(x.ID)
		if x.State != Held || Running(x.Items) >= 0 || len(x.Roll) != 1 || x.Roll[0].N != 52 || len(w.n.evals) != 1 || !slices.Equal(w.n.over, []bool{true}) || w.n.evals[0].Ref != x.Ref() {
			t.Fatalf("%+v %+v %+v", x.Event, x.Roll, w.n.evals)
		}
		for p, role := range map[string]people.Role{w.thu: people.Testified, w.omar: people.Pinned, w.rosa: people.Chaired} {
			line, err := w.people.Timeline(w.ctx, ana, p, time.Time{}, 10)
			if err != nil || len(line) != 1 || line[0].Role != role || line[0].Kind != people.Assembly || line[0].Others != 284 || line[0].Ref != x.Ref() {
				t.Errorf("%s: %+v, %v", role, line, err)
			}
		}
		// A yes becomes a pledge in the words the team confirms, once.
		_, err = w.s.Confirm(w.ctx, lead, x.ID, ConfirmIn{Ask: x.Asks[1].ID, Words: "Looks at the budget", Due: x.At})
		w.is(err, fault.Conflict)
		made, err := w.s.Confirm(w.ctx, lead, x.ID, ConfirmIn{Ask: x.Asks[0].ID, Words: "Adopts the rule by June", Due: x.Asks[0].Due})
		if err != nil || made != "pledge-1" || w.n.pledges[0].By.ID != "office-1" || w.n.pledges[0].By.Body != "County Pharmacy Board" || !w.n.pledges[0].Check.Equal(x.Stands[x.Asks[0].ID].FollowUp) {
			t.Errorf("%s %v %+v", made, err, w.n.pledges)
		}
		_, err = w.s.Confirm(w.ctx, lead, x.ID, ConfirmIn{Ask: x.Asks[0].ID, Words: "Again", Due: x.At})
		w.is(err, fault.Conflict)
		w.is(w.s.Move(w.ctx, lead, x.ID, Evaluated, ""), fault.Conflict)
		w.n.done = true
		w.must(w.s.Move(w.ctx, lead, x.ID, Evaluated, ""))
		w.is(w.s.Move(w.ctx, lead, x.ID, FollowedUp, ""), fault.Conflict) // 1.3 has no answer
		w.pin(lead, x, 2, NotAsked)                                       // a phone came back the next day
		w.must(w.s.Move(w.ctx, lead, x.ID, FollowedUp, ""))
		asked, err := w.s.Asked(w.ctx, ruth, "cycle-1")
		if err != nil || len(asked) < 3 {
			t.Errorf("%d, %v", len(asked), err)
		}
	})
}

// S-11: two scribes, one of them without a line, replays, any order of arrival:
// every press is a row of its own, once; both stand side by side until a person
// chooses; and both are still there after it.
func TestTwoScribesLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := w.ready()
		w.must(w.s.Move(w.ctx, lead, x.ID, Live, ""))
		type press struct {
			by access.Actor
			in PinIn
		}
		for round := range 6 {
			rnd := rand.New(rand.NewPCG(uint64(round), 7))
			ask := x.Asks[round%3].ID
			before := len(w.get(x.ID).Pins[ask])
			var list []press
			for n := range 6 {
				by, pen := ana, "ana-phone"
				if n%2 == 1 {
					by, pen = lead, "thu-phone"
				}
				list = append(list, press{by, PinIn{Ask: ask, Answer: Answers()[rnd.IntN(5)], FollowUp: x.At.AddDate(0, 0, 14), Words: fmt.Sprintf("heard %d.%d", round, n), Pen: fmt.Sprintf("%s-%d", pen, round),
					Said: w.clock.Now().Add(time.Duration(n-10) * time.Second), Key: fmt.Sprintf("key-%d-%d", round, n)}})
			}
			want := map[string]bool{}
			for _, p := range list {
				want[p.in.Words] = true
			}
			deliveries := slices.Concat(list, list, list[:3]) // what got no answer is sent again
			rnd.Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
			var wg sync.WaitGroup
			for part := range 3 {
				wg.Go(func() {
					for i := part; i < len(deliveries); i += 3 {
						if _, err := w.s.Pin(w.ctx, deliveries[i].by, x.ID, deliveries[i].in); err != nil {
							t.Errorf("refused: %v", err)
						}
					}
				})
			}
			wg.Wait()
			got := w.get(x.ID)
			if n := len(got.Pins[ask]) - before; n != len(list) {
				t.Fatalf("round %d: %d versions of %d presses", round, n, len(list))
			}
			for _, p := range got.Pins[ask] {
				delete(want, p.Words)
			}
			if len(want) > 0 {
				t.Fatalf("round %d: lost %v", round, want)
			}
			// Of each pen the last press is left; the two are shown side by side.
			st := got.Stands[ask]
			for _, last := range list[4:] {
				if !slices.ContainsFunc(st.Differs, func(p Pin) bool { return p.Words == last.in.Words }) {
					t.Errorf("round %d: %q is not among %+v", round, last.in.Words, st.Differs)
				}
			}
			chosen := st.Differs[0]
			w.must(w.s.Choose(w.ctx, ana, x.ID, ask, chosen.ID, ""))
			w.is(w.s.Choose(w.ctx, lead, x.ID, ask, st.Differs[1].ID, ""), fault.Conflict)
			after := w.get(x.ID)
			if s := after.Stands[ask]; s.Open() || s.Words != chosen.Words || len(after.Pins[ask]) != len(got.Pins[ask])+1 {
				t.Errorf("round %d: %+v", round, s)
			}
		}
	})
}

// A teller who says stop is not on the screen at the next request.
func TestStoppedTestimonyIsGone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := w.ready()
		w.must(w.s.Move(w.ctx, lead, x.ID, Live, ""))
		i := slices.IndexFunc(x.Items, func(it Item) bool { return it.Code == "testimony" })
		w.must(w.s.Begin(w.ctx, lead, x.ID, x.Items[i].ID, ""))
		st, err := w.s.Stage(w.ctx, hallPC, x.Link)
		if err != nil || st.Story == nil || st.Story.Name != "Thu P." || st.Blocked {
			t.Fatalf("%+v %v", st.Story, err)
		}
		if len(w.n.used) != 1 {
			t.Errorf("the teller is not told: %v", w.n.used)
		}
		w.n.stopped["story-1"] = true
		w.is(w.s.Begin(w.ctx, lead, x.ID, x.Items[i+4].ID, ""), fault.Conflict) // the second testimony is the same story
		next, err := w.s.Stage(w.ctx, hallPC, x.Link)
		if err != nil || next.Story != nil || !next.Blocked || next.Revision == st.Revision {
			t.Errorf("%+v %v", next.Story, err)
		}
		if told, err := w.s.Testimonies(w.ctx, lead, x.Items); err != nil || told["story-1"].OK {
			t.Errorf("%+v %v", told, err)
		}
		// Nor does an assembly get ready with it.
		y := w.make(func(in *PlanIn) { in.At = in.At.AddDate(0, 1, 0) })
		_, err = w.s.SaveItem(w.ctx, ana, y.ID, ItemIn{Title: "Rosa", Minutes: 5, LeadRole: people.Testified, Story: "story-9"})
		w.is(err, fault.Invalid) // never offered
	})
}

// The screen is opened by whoever has the link, and by nobody else.
func TestTheScreen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := w.ready()
		_, err := w.s.Stage(w.ctx, hallPC, strings.Repeat("x", 43))
		w.is(err, fault.NotFound)
		st, err := w.s.Stage(w.ctx, access.Anonymous(other), x.Link) // the installation's first clinic is another one
		if err != nil || st.ID != x.ID || st.Org != cedar || st.Turnout.Pledged != 410 {
			t.Errorf("%+v %v", st.Event, err)
		}
		w.must(w.s.Relink(w.ctx, ana, x.ID, ""))
		_, err = w.s.Stage(w.ctx, hallPC, x.Link)
		w.is(err, fault.NotFound)
		was := w.get(x.ID)
		st, err = w.s.Stage(w.ctx, hallPC, was.Link)
		w.must(err)
		w.must(w.s.Call(w.ctx, lead, x.ID, w.church, 12, time.Time{}, ""))
		if next, err := w.s.Stage(w.ctx, hallPC, was.Link); err != nil || next.Revision == st.Revision {
			t.Errorf("the screen does not see the roll call: %v", err)
		}
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := w.make()
		for _, a := range []access.Actor{foreign} {
			_, err := w.s.Get(w.ctx, a, x.ID)
			w.is(err, fault.NotFound)
			w.is(w.s.Move(w.ctx, a, x.ID, Approved, ""), fault.NotFound)
			_, err = w.s.Pin(w.ctx, a, x.ID, PinIn{Ask: "x", Answer: No})
			w.is(err, fault.NotFound)
		}
		_, err := w.s.Get(w.ctx, drLee, x.ID)
		w.is(err, fault.Forbidden)
		_, err = w.s.Make(w.ctx, lead, w.form())
		w.is(err, fault.Forbidden)
		_, err = w.s.Get(w.ctx, ruth, x.ID)
		w.must(err)
		w.is(w.s.Move(w.ctx, ruth, x.ID, Approved, ""), fault.Forbidden)
		if names, err := w.s.Names(w.ctx, ruth, x.Keepers()); err != nil || len(names) != 0 {
			t.Errorf("a clinic's lead reads names: %v %v", names, err)
		}
		if names, err := w.s.Names(w.ctx, lead, x.Keepers()); err != nil || names[w.rosa] != "Rosa Díaz" {
			t.Errorf("%v %v", names, err)
		}
		_, err = w.s.Make(w.ctx, ana, w.form(func(in *PlanIn) { in.Safety = "nobody" }))
		w.is(err, fault.Invalid)
		if list, err := w.s.List(w.ctx, foreign, false); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
	})
}

// The run-sheet: order by buttons, other languages, edits that meet.
func TestTheRunSheet(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := w.make()
		w.must(w.s.Shift(w.ctx, ana, x.ID, "item", x.Items[2].ID, true, ""))
		w.must(w.s.Shift(w.ctx, ana, x.ID, "item", x.Items[0].ID, true, "")) // is first already
		got := w.get(x.ID)
		if got.Items[1].ID != x.Items[2].ID || got.Items[2].ID != x.Items[1].ID || got.Items[0].ID != x.Items[0].ID {
			t.Errorf("%+v", got.Items[:3])
		}
		made, err := w.s.SaveItem(w.ctx, ana, x.ID, ItemIn{Title: "Music", Minutes: 3, LeadRole: people.Attended})
		w.must(err)
		w.must(w.s.Remove(w.ctx, ana, x.ID, "item", x.Items[3].ID, ""))
		w.is(w.s.Remove(w.ctx, ana, x.ID, "item", x.Items[3].ID, ""), fault.NotFound)
		in := ItemIn{ID: made, Title: "Music and food", Minutes: 4, LeadRole: people.Hosted, Version: 1}
		_, err = w.s.SaveItem(w.ctx, ana, x.ID, in)
		w.must(err)
		_, err = w.s.SaveItem(w.ctx, lead, x.ID, in)
		w.is(err, fault.Conflict)
		ask, err := w.s.SaveAsk(w.ctx, ana, x.ID, AskIn{To: "The mayor", Body: "Millbrook", Text: "Will you come?", Due: x.At})
		w.must(err)
		w.must(w.s.Translate(w.ctx, lead, x.ID, TranslateIn{Language: "ar", Said: map[string]Spoken{made: {Title: "موسيقى"}, ask: {Title: "هل ستأتي؟"}}}))
		got = w.get(x.ID)
		i := slices.IndexFunc(got.Items, func(it Item) bool { return it.ID == made })
		if got.Items[i].In["ar"].Title != "موسيقى" || got.Items[i].Title != "Music and food" || got.Asks[0].In["ar"].Title != "هل ستأتي؟" || Sum(got.Items) != 74 {
			t.Errorf("%+v %+v %d", got.Items[i], got.Asks, Sum(got.Items))
		}
		change := w.form(func(in *PlanIn) { in.ID, in.Version, in.Title = x.ID, got.Version, "Another name" })
		w.must(w.s.Change(w.ctx, ana, change))
		w.is(w.s.Change(w.ctx, ana, change), fault.Conflict)
		w.is(w.s.Change(w.ctx, ana, PlanIn{ID: x.ID}), fault.Invalid)
		made, err = w.s.SaveInvite(w.ctx, ana, x.ID, Invite{Office: "office-2", Candidate: true, How: "letter", Reply: "none", Invited: x.At, InviteWords: InviteWords{Race: "Mayor"}}, "")
		w.must(err)
		if got = w.get(x.ID); len(got.Invites) != 1 || got.Invites[0].Name != "Tomas Okafor, Mayor, Millbrook" || got.Invites[0].ID != made {
			t.Errorf("%+v", got.Invites)
		}
		if f, err := w.s.Facts(w.ctx, ana, got); err != nil || f.Uneven != 1 || f.Silent != 2 {
			t.Errorf("%+v %v", f, err)
		}
	})
}

// Who is erased is on no run-sheet; the encounter keeps nobody without consent.
func TestForget(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x := w.ready()
		talk, err := w.s.SaveTalk(w.ctx, ana, TalkIn{Kind: Negotiating, At: x.At, Minutes: 60, Offices: []string{"office-1"}, People: []string{w.thu, w.omar}, TalkWords: TalkWords{Title: "The budget"}})
		w.must(err)
		for _, p := range []string{w.thu, w.rosa} {
			w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.ForgetIn(w.ctx, tx, p) }))
		}
		x = w.get(x.ID)
		if parts := Parts(x.Items); len(parts) != 1 || x.Safety != "" {
			t.Errorf("%v %s", parts, x.Safety)
		}
		if tk, err := w.s.Talk(w.ctx, ana, talk); err != nil || !slices.Equal(tk.People, []string{w.omar}) {
			t.Errorf("%+v %v", tk, err)
		}
	})
}

// A negotiation goes on until something is agreed; every version stays.
func TestNegotiation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := TalkIn{Kind: Negotiating, At: w.clock.Now().Add(time.Hour), Minutes: 60, Offices: []string{"office-1"}, Institutions: []string{w.church}, People: []string{w.omar},
			TalkWords: TalkWords{Title: "The budget", Ours: "Ten languages.", Theirs: "Four."}}
		made, err := w.s.SaveTalk(w.ctx, lead, in)
		w.is(err, fault.Invalid) // a leader names whom they have met
		made, err = w.s.SaveTalk(w.ctx, ana, in)
		w.must(err)
		_, err = w.s.SaveTalk(w.ctx, ana, TalkIn{Kind: Negotiating, At: in.At, Minutes: 60, TalkWords: in.TalkWords})
		w.is(err, fault.Invalid) // with nobody
		_, err = w.s.Talk(w.ctx, foreign, made)
		w.is(err, fault.NotFound)
		w.is(w.s.MoveTalk(w.ctx, lead, made, TalkAgreed, ""), fault.Conflict)
		w.must(w.s.MoveTalk(w.ctx, lead, made, TalkHeld, ""))
		if len(w.n.evals) != 1 || w.n.evals[0].Kind != "negotiation" || w.n.evals[0].Ref != "negotiation:"+made {
			t.Errorf("%+v", w.n.evals)
		}
		w.is(w.s.MoveTalk(w.ctx, lead, made, TalkAgreed, ""), fault.Conflict) // nothing is written down
		w.must(w.s.Agree(w.ctx, lead, made, "Six languages by June.", ""))
		w.must(w.s.Agree(w.ctx, lead, made, "Ten languages by September.", ""))
		tk, err := w.s.Talk(w.ctx, ruth, made)
		if err != nil || len(tk.Texts) != 2 || tk.Texts[0].Text != "Six languages by June." || tk.Texts[1].N != 2 || tk.Parties[0] != "Elena Reyes, Director, County Pharmacy Board" {
			t.Fatalf("%+v %v", tk, err)
		}
		in.ID, in.Version, in.Next, in.People = made, tk.Version, w.clock.Now().AddDate(0, 0, 9), tk.People
		_, err = w.s.SaveTalk(w.ctx, lead, in)
		w.must(err)
		w.must(w.s.MoveTalk(w.ctx, lead, made, TalkPlanned, ""))
		w.is(w.s.MoveTalk(w.ctx, lead, made, TalkHeld, ""), fault.Conflict) // too early
		w.clock.Advance(9 * 24 * time.Hour)
		w.must(w.s.MoveTalk(w.ctx, lead, made, TalkHeld, ""))
		w.must(w.s.MoveTalk(w.ctx, lead, made, TalkAgreed, ""))
		if _, err := w.s.PledgeTalk(w.ctx, lead, made, ConfirmIn{Words: "Ten languages", Due: w.clock.Now().AddDate(0, 3, 0)}); err != nil || w.n.pledges[0].Ref != "negotiation:"+made {
			t.Errorf("%v %+v", err, w.n.pledges)
		}
		if line, err := w.people.Timeline(w.ctx, ana, w.omar, time.Time{}, 10); err != nil || len(line) != 2 || line[0].Role != people.Negotiated {
			t.Errorf("%+v %v", line, err)
		}
		_, err = w.s.SaveTalk(w.ctx, ana, in)
		w.is(err, fault.Conflict)
	})
}
