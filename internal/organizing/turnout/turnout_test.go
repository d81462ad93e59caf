package turnout

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/notify"
)

// S-10 in small: from the goal to the closed books.
func TestATurnoutLives(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.open()
		b := w.get(id)
		if b.Title != "Labels we can read" || b.Ref != Own(id) || Promises(b.Goal) != 450 || b.Account != "ana" {
			t.Errorf("%+v", b.Turnout)
		}
		w.must(w.s.Undertake(w.ctx, ana, id, ShareIn{Institution: w.church, Goal: 60, Asked: 90, Yes: 60, Confirmed: 55}))
		w.must(w.s.Undertake(w.ctx, ana, id, ShareIn{Institution: w.union, Goal: 40, Yes: 40}))
		w.must(w.s.Undertake(w.ctx, ana, id, ShareIn{Person: w.thu, Institution: w.church, Goal: 3}))
		rosa, luis, grace := w.join("Rosa", "sms"), w.join("Luis", "phone"), w.join("Grace", "in_person")
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: rosa, By: w.thu}))
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: luis, By: rosa, Yes: true}))
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: grace, Institution: w.union, Yes: true}))
		w.must(w.s.Note(w.ctx, ana, id, rosa, SaidYes, ""))
		b = w.get(id)
		if got := b.Branch(w.thu); got != (Numbers{Goal: 3, Asked: 2, Yes: 2}) {
			t.Errorf("%+v", got)
		}
		if got := b.Sums.Total; got != (Numbers{Goal: 300, Asked: 130, Yes: 100, Confirmed: 55}) {
			t.Errorf("%+v", got)
		}
		w.is(w.s.Hold(w.ctx, ana, id, ""), fault.Conflict) // before it was
		w.is(w.s.Arrive(w.ctx, ana, id, rosa, ""), fault.Conflict)
		w.clock.Set(w.at.Add(-time.Hour))
		w.must(w.s.Arrive(w.ctx, ana, id, rosa, ""))
		w.must(w.s.Arrive(w.ctx, ana, id, luis, ""))
		w.must(w.s.Absent(w.ctx, ana, id, luis, ""))
		w.must(w.s.Count(w.ctx, ana, id, w.church, 51, ""))
		w.must(w.s.Count(w.ctx, ana, id, w.union, 19, ""))
		w.must(w.s.Roll(w.ctx, ana, id, w.church, 54, ""))
		if got := w.body(id, w.church); got.Attended != 52 || got.Roll != 54 || got.Yes != 60 {
			t.Errorf("%+v", got)
		}
		w.clock.Set(w.at.Add(2 * time.Hour))
		w.must(w.s.Hold(w.ctx, ana, id, ""))
		line, err := w.people.Timeline(w.ctx, ana, rosa, time.Time{}, 5)
		if err != nil || len(line) != 1 || line[0].Kind != people.Assembly || line[0].Others != 70 || line[0].Ref != Own(id) {
			t.Errorf("%+v, %v", line, err)
		}
		w.must(w.s.Arrive(w.ctx, ana, id, luis, "")) // from a phone that had no line
		if line, err := w.people.Timeline(w.ctx, ana, luis, time.Time{}, 5); err != nil || len(line) != 1 {
			t.Errorf("%+v, %v", line, err)
		}
		for _, err := range []error{w.s.Hold(w.ctx, ana, id, ""), w.s.Cancel(w.ctx, ana, id, ""), w.s.Ask(w.ctx, ana, id, AskIn{Person: rosa}), w.s.Note(w.ctx, ana, id, rosa, SaidNo, ""),
			w.s.Undertake(w.ctx, ana, id, ShareIn{Institution: w.church, Goal: 1}), w.s.Drop(w.ctx, ana, id, rosa, "")} {
			w.is(err, fault.Conflict)
		}
		list, err := w.s.Reliable(w.ctx, ana)
		i := slices.IndexFunc(list, func(r Reliability) bool { return r.Institution == w.church })
		if err != nil || len(list) != 2 || list[i].Promised != 60 || list[i].Present != 53 {
			t.Errorf("%+v, %v", list, err)
		}
		w.clock.Set(w.at.AddDate(0, 0, 9))
		w.is(w.s.Count(w.ctx, ana, id, w.church, 1, ""), fault.Conflict)
	})
}

func TestWhatIsTyped(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, change := range map[string]func(*In){
			"title": func(in *In) { in.Title = " " }, "kind": func(in *In) { in.Kind = people.OneToOne }, "date": func(in *In) { in.At = time.Time{} }, "goal": func(in *In) { in.Goal = 0 }, "minutes": func(in *In) { in.Minutes = 0 },
		} {
			_, err := w.s.Open(w.ctx, ana, w.form(change))
			if fields := fault.FieldsOf(err); len(fields) != 1 || fields[0].Name != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		id := w.open()
		rosa := w.join("Rosa", "sms")
		for _, err := range []error{
			w.s.Undertake(w.ctx, ana, id, ShareIn{Goal: 3}), w.s.Undertake(w.ctx, ana, id, ShareIn{Institution: w.thu, Goal: 3}), w.s.Undertake(w.ctx, ana, id, ShareIn{Institution: w.church, Goal: -1}),
			w.s.Undertake(w.ctx, ana, id, ShareIn{Institution: w.church, Yes: 1, Confirmed: 2}), w.s.Undertake(w.ctx, ana, id, ShareIn{Person: w.church, Goal: 3}),
			w.s.Ask(w.ctx, ana, id, AskIn{}), w.s.Ask(w.ctx, ana, id, AskIn{Person: "nobody"}), w.s.Ask(w.ctx, ana, id, AskIn{Person: rosa, By: rosa}), w.s.Ask(w.ctx, ana, id, AskIn{Person: rosa, By: "nobody"}),
			w.s.Note(w.ctx, ana, id, rosa, SaidYes, ""), w.s.Note(w.ctx, ana, id, rosa, "shrug", ""), w.s.Count(w.ctx, ana, id, w.thu, 1, ""), w.s.Count(w.ctx, ana, id, w.church, 0, ""), w.s.Roll(w.ctx, ana, id, "", 1, ""),
		} {
			w.is(err, fault.Invalid)
		}
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: rosa, By: w.thu}))
		w.is(w.s.Ask(w.ctx, ana, id, AskIn{Person: w.thu, By: rosa}), fault.Invalid) // a circle
	})
}

// An assembly opens its turnout, and moves it along; nothing is opened twice.
func TestOpenedByAnotherRoom(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var first, second string
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) (err error) {
			first, err = w.s.OpenIn(w.ctx, tx, ana, w.form(func(in *In) { in.Ref = "assembly:1" }))
			return err
		}))
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) (err error) {
			second, err = w.s.OpenIn(w.ctx, tx, ana, w.form(func(in *In) { in.Ref, in.Goal = "assembly:1", 200 }))
			return err
		}))
		if b := w.get(first); first != second || b.Goal != 200 || b.Ref != "assembly:1" {
			t.Errorf("%s %s %+v", first, second, b.Turnout)
		}
		w.is(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { _, err := w.s.OpenIn(w.ctx, tx, ana, w.form()); return err }), fault.Invalid)
		w.must(w.s.Undertake(w.ctx, ana, first, ShareIn{Institution: w.church, Goal: 60, Yes: 20}))
		sum, err := w.s.Summary(w.ctx, ruth, "assembly:1")
		if err != nil || sum.Goal != 200 || sum.Yes != 20 || len(sum.Bodies) != 1 {
			t.Errorf("%+v, %v", sum, err)
		}
		_, err = w.s.Summary(w.ctx, ruth, "assembly:2")
		w.is(err, fault.NotFound)
		_, err = w.s.Summary(w.ctx, drLee, "assembly:1")
		w.is(err, fault.Forbidden)
	})
}

// A leader has their own branch: their people, their numbers, and nobody else's.
func TestALeaderSeesTheirBranch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.open()
		thu, denise := leader(w.thu), w.join("Denise", "phone")
		for _, a := range []access.Actor{thu, foreign} { // nothing undertaken yet
			_, err := w.s.Get(w.ctx, a, id)
			w.is(err, fault.NotFound)
		}
		_, err := w.s.Get(w.ctx, drLee, id)
		w.is(err, fault.Forbidden)
		w.must(w.s.Undertake(w.ctx, ana, id, ShareIn{Person: w.thu, Goal: 3}))
		w.must(w.s.Undertake(w.ctx, ana, id, ShareIn{Person: denise, Goal: 5}))
		w.must(w.s.Undertake(w.ctx, ana, id, ShareIn{Institution: w.church, Goal: 60, Yes: 44}))
		mine, theirs, deep := w.joinBy(thu, "Rosa", "phone").ID, w.join("Luis", "phone"), w.join("Inés", "phone")
		w.must(w.s.Ask(w.ctx, thu, id, AskIn{Person: mine}))
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: theirs, By: denise}))
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: deep, By: mine, Yes: true}))
		b, err := w.s.Get(w.ctx, thu, id)
		if err != nil || b.Whole || len(b.Asks) != 2 || len(b.Shares) != 1 || len(b.Sums.Bodies) != 0 || b.Sums.Total != (Numbers{}) || b.Branch(w.thu).Yes != 1 {
			t.Errorf("%+v, %v", b, err)
		}
		w.must(w.s.Note(w.ctx, thu, id, deep, SaidNo, ""))
		w.must(w.s.Undertake(w.ctx, thu, id, ShareIn{Person: w.thu, Goal: 4, Asked: 2, Yes: 1}))
		for _, err := range []error{
			w.s.Note(w.ctx, thu, id, theirs, SaidNo, ""), w.s.Undertake(w.ctx, thu, id, ShareIn{Person: denise, Goal: 1}), w.s.Drop(w.ctx, thu, id, theirs, ""),
			w.s.Ask(w.ctx, thu, id, AskIn{Person: theirs}), w.s.Ask(w.ctx, thu, id, AskIn{Person: mine, By: denise}),
		} {
			w.is(err, fault.Invalid)
		}
		w.is(w.s.Undertake(w.ctx, thu, id, ShareIn{Institution: w.church, Goal: 1}), fault.Forbidden)
		_, err = w.s.SendQuestions(w.ctx, thu, id, "")
		w.is(err, fault.Forbidden)
		w.is(w.s.Hold(w.ctx, thu, id, ""), fault.Forbidden)
		_, err = w.s.Open(w.ctx, thu, w.form())
		w.is(err, fault.Forbidden)
		_, err = w.s.Reliable(w.ctx, thu)
		w.is(err, fault.Forbidden)
		if list, err := w.s.List(w.ctx, thu); err != nil || len(list) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		if list, err := w.s.List(w.ctx, foreign); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		if calls, _, err := w.s.Calls(w.ctx, leader(denise), id); err != nil || len(calls) != 1 || calls[0].Person != theirs {
			t.Errorf("%+v, %v", calls, err)
		}
		if own, err := w.s.OfPerson(w.ctx, member(w.thu)); err != nil || len(own) != 1 || !own[0].Brings || own[0].Numbers.Goal != 4 || own[0].Answer != "" {
			t.Errorf("%+v, %v", own, err)
		}
		if own, err := w.s.OfPerson(w.ctx, member(mine)); err != nil || len(own) != 1 || own[0].Brings || own[0].Answer != Asked || own[0].Token == "" {
			t.Errorf("%+v, %v", own, err)
		}
	})
}

// Two days before: messages to those who agreed to one, a call list of the others.
func TestConfirming(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.open()
		sms, mail, phone, none, quiet := w.join("A", "sms"), w.join("B", "mail"), w.join("C", "phone"), w.join("D", "in_person"), w.join("E", "phone")
		for _, p := range []string{sms, mail, phone, none} {
			w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: p, Yes: true}))
		}
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: quiet}))
		_, err := w.s.SendQuestions(w.ctx, ana, id, "")
		w.is(err, fault.Conflict) // too early
		calls, _, err := w.s.Calls(w.ctx, ana, id)
		if err != nil || len(calls) != 1 || calls[0].Person != quiet {
			t.Errorf("%+v, %v", calls, err)
		}
		w.clock.Set(w.at.Add(-48 * time.Hour))
		n, err := w.s.SendQuestions(w.ctx, ana, id, "")
		if err != nil || n != 2 {
			t.Errorf("%d, %v", n, err)
		}
		if n, err := w.s.SendQuestions(w.ctx, ana, id, ""); err != nil || n != 0 { // never twice
			t.Errorf("%d, %v", n, err)
		}
		calls, reach, err := w.s.Calls(w.ctx, ana, id)
		if err != nil || len(calls) != 2 || reach.Sent != 2 || reach.ToPhone != 1 || reach.Unwanted != 1 {
			t.Errorf("%+v %+v, %v", calls, reach, err)
		}
		w.must(w.jobs.Drain(w.ctx)) // no gateway here: they wait to be told
		calls, reach, err = w.s.Calls(w.ctx, ana, id)
		if err != nil || len(calls) != 4 || reach.Sent != 0 || reach.ToPhone != 3 {
			t.Errorf("%+v %+v, %v", calls, reach, err)
		}
		w.must(w.s.Listed(w.ctx, ana, id, phone))
		w.is(w.s.Listed(w.ctx, ana, id, none), fault.NotFound)

		own, err := w.s.OfPerson(w.ctx, member(sms))
		w.must(err)
		token := own[0].Token
		v, err := w.s.Invited(w.ctx, token)
		if err != nil || v.Where != "Church hall" || !v.At.Equal(w.at) || v.Answer != Yes {
			t.Errorf("%+v, %v", v, err)
		}
		asks := w.get(id).Asks
		which := asks[slices.IndexFunc(asks, func(k Ask) bool { return k.Person == sms })].ID
		c, err := w.s.Resolve(func(t string) string { return t })(w.ctx, cedar, which)
		if err != nil || c.Channel != notify.SMS || c.Text["Link"] != token {
			t.Errorf("%+v, %v", c, err)
		}
		w.must(w.s.Reply(w.ctx, token, SaidYes, "k"))
		w.must(w.s.Reply(w.ctx, token, SaidYes, "k"))
		w.is(w.s.Reply(w.ctx, token, NotReached, ""), fault.Invalid)
		_, err = w.s.Resolve(func(t string) string { return t })(w.ctx, cedar, which)
		w.is(err, fault.Gone) // answered: no message any more
		if got := w.get(id).Sums.Total; got.Confirmed != 1 || got.Yes != 4 {
			t.Errorf("%+v", got)
		}
		w.must(w.s.Reply(w.ctx, token, SaidNo, ""))
		if got := w.get(id).Sums.Total; got.Confirmed != 0 || got.Yes != 3 {
			t.Errorf("%+v", got)
		}
		_, err = w.s.Invited(w.ctx, "nothing")
		w.is(err, fault.NotFound)
		w.must(w.people.Stop(w.ctx, member(sms), "")) // the very next look finds nobody
		_, err = w.s.Invited(w.ctx, token)
		w.is(err, fault.NotFound)
		w.clock.Set(w.at.Add(3 * time.Hour))
		own, err = w.s.OfPerson(w.ctx, member(mail))
		if err != nil || len(own) != 0 {
			t.Errorf("%+v, %v", own, err)
		}
	})
}

// A door that asks for no names stores none.
func TestDataFree(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.open(func(in *In) { in.Nameless = true })
		rosa := w.join("Rosa", "sms")
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: rosa, Yes: true}))
		w.clock.Set(w.at)
		w.is(w.s.Arrive(w.ctx, ana, id, rosa, ""), fault.Conflict)
		w.must(w.s.Count(w.ctx, ana, id, w.church, 2, ""))
		w.must(w.s.Count(w.ctx, ana, id, "", 1, ""))
		w.clock.Set(w.at.Add(2 * time.Hour))
		w.must(w.s.Hold(w.ctx, ana, id, ""))
		if line, err := w.people.Timeline(w.ctx, ana, rosa, time.Time{}, 5); err != nil || len(line) != 0 {
			t.Errorf("%+v, %v", line, err)
		}
		if got := w.get(id).Sums.Total.Attended; got != 3 {
			t.Errorf("%d attended", got)
		}
	})
}

// Two phones without a line send their presses later, twice, in any order: every
// press counts once.
func TestPressesAddUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.open()
		w.clock.Set(w.at)
		type press struct {
			a           access.Actor
			institution string
			by          int
			key         string
		}
		bo := access.Actor{Account: "bo", Org: cedar, Roles: []access.Role{access.Organizer}}
		var list []press
		want := map[string]int{}
		for i := range 60 {
			p := press{ana, []string{w.church, w.union, ""}[rand.IntN(3)], 1, fmt.Sprint("k", i)}
			if i%2 == 1 {
				p.a = bo
			}
			if i%5 == 4 && want[p.institution] > 0 {
				p.by = -1
			}
			want[p.institution] += p.by
			list = append(list, p)
		}
		list = append(list, list[:20]...) // answers that were lost: sent again
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		var wg sync.WaitGroup
		for d := range 2 {
			wg.Go(func() {
				for i, p := range list {
					if i%2 == d {
						if err := w.s.Count(w.ctx, p.a, id, p.institution, p.by, p.key); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		for i, n := range want {
			if got := w.body(id, i).Attended; got != n {
				t.Errorf("%s: %d, want %d", i, got, n)
			}
		}
	})
}

// Who was written down twice is one person while the merge stands.
func TestMerged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.open()
		one, two, friend := w.join("Rosa", "sms"), w.join("Rosa D.", "sms"), w.join("Luis", "phone")
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: one, Institution: w.church}))
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: two, Yes: true}))
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: friend, By: two, Yes: true}))
		w.must(w.s.Undertake(w.ctx, ana, id, ShareIn{Person: two, Goal: 2}))
		if n := w.get(id).Sums.Total.Asked; n != 3 {
			t.Errorf("%d asked", n)
		}
		m, err := w.people.Merge(w.ctx, ana, people.MergeIn{Survivor: one, Taken: two})
		w.must(err)
		b := w.get(id)
		if b.Sums.Total.Asked != 2 || b.Sums.Total.Yes != 2 || b.Branch(one) != (Numbers{Goal: 2, Asked: 1, Yes: 1}) {
			t.Errorf("%+v %+v", b.Sums.Total, b.Branch(one))
		}
		if mine, err := w.s.Get(w.ctx, leader(two), id); err != nil || mine.Self != one {
			t.Errorf("%+v, %v", mine, err)
		}
		w.must(w.s.Undertake(w.ctx, ana, id, ShareIn{Person: one, Goal: 5}))
		if got := w.get(id).Branch(one).Goal; got != 5 {
			t.Errorf("undertakes %d", got)
		}
		w.must(w.people.Unmerge(w.ctx, ana, m, ""))
		if n := w.get(id).Sums.Total.Asked; n != 3 {
			t.Errorf("%d asked after it was taken back", n)
		}
	})
}

// Erased: the numbers stay, nobody is named, whom they asked is still there.
func TestErased(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.open()
		rosa, luis := w.join("Rosa", "sms"), w.join("Luis", "phone")
		w.must(w.s.Undertake(w.ctx, ana, id, ShareIn{Person: w.thu, Goal: 3}))
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: rosa, By: w.thu, Yes: true, Institution: w.church}))
		w.must(w.s.Ask(w.ctx, ana, id, AskIn{Person: luis, By: rosa, Yes: true}))
		w.must(w.s.Undertake(w.ctx, ana, id, ShareIn{Person: rosa, Institution: w.church, Goal: 2, Asked: 2, Yes: 1}))
		w.clock.Set(w.at)
		w.must(w.s.Arrive(w.ctx, ana, id, rosa, ""))
		before := w.get(id).Sums.Total
		w.must(w.people.Delete(w.ctx, member(rosa), true, ""))
		b := w.get(id)
		if b.Sums.Total != before {
			t.Errorf("%+v, before %+v", b.Sums.Total, before)
		}
		if len(b.Asks) != 1 || b.Asks[0].Person != luis || b.Asks[0].By != w.thu || len(b.Shares) != 1 {
			t.Errorf("%+v %+v", b.Asks, b.Shares)
		}
	})
}
