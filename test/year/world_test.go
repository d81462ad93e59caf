// Package year plays a year by script: 40 organizers, 5,000 people and 3 listening
// campaigns in one clinic, through the verbs that people use, every stage of the
// cycle reached and looped. Then it counts again, on its own, what the indicators
// say. This file builds who is there and what they did together.
package year

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"seedbed/internal/app"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/contact"
)

const (
	organizers = 40
	everybody  = 5000
	places     = 22
	members    = 18 // of the alliance
	campaigns  = 3
)

// The clinic is in Los Angeles; its days begin there.
var zone, _ = time.LoadLocation("America/Los_Angeles")

// The year is a year of the calendar, where the clinic is; it is looked back on in
// the second week of the next one, when its numbers come out.
var end = time.Date(2026, 1, 1, 19, 0, 0, 0, time.UTC)

type world struct {
	t     testing.TB
	ctx   context.Context
	sys   *app.Opened
	clock *clock.Fake
	dice  *rand.Rand
	org   string

	organizers   []access.Actor
	lead         access.Actor
	evaluator    access.Actor
	institutions []string
	people       []string
	belongs      map[string]int // person → which institution
	count        int            // of keys of forms

	// what the script did, to be told again by the indicators
	reached          map[cycle.Phase]int
	rounds, promises int
	ones, led, heard int // one-to-ones of organizers, those of leaders who listened, and how many were heard
	carried          int // issues that a turn took over from the one before
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), dice: rand.New(rand.NewPCG(2026, 5000)), clock: clock.NewFake(end.AddDate(-1, 0, 0)), reached: map[cycle.Phase]int{}, belongs: map[string]int{}}
	dir, err := os.MkdirTemp("/dev/shm", "seedbed-year") // in memory where there is such a thing: durability is proved elsewhere
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	w.sys, err = app.OpenForTest(w.ctx, app.TestOptions{Data: dir, Clock: w.clock})
	w.must(err)
	t.Cleanup(func() { w.sys.Close() })
	o, err := w.sys.Accounts.CreateOrg(w.ctx, account.Clinic{Name: "Juniper Health Center", Site: "Main", Language: "en", Zone: "America/Los_Angeles"})
	w.must(err)
	w.org = o.ID
	for i := range organizers {
		w.organizers = append(w.organizers, w.staff(access.Organizer, fmt.Sprint("organizer", i)))
	}
	w.lead, w.evaluator = w.staff(access.Lead, "lead"), w.staff(access.Evaluator, "evaluator")
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) staff(r access.Role, name string) access.Actor {
	w.t.Helper()
	made, err := w.sys.Accounts.Provision(w.ctx, w.org, account.Person{Name: "Somebody " + name, Email: name + "@juniper.example", Language: "en"}, account.Role{Role: r})
	w.must(err)
	return access.Actor{Org: w.org, Account: made, Roles: []access.Role{r}, StepUp: end.AddDate(1, 0, 0)}
}

func (w *world) key() string {
	w.count++
	return fmt.Sprint("year-", w.count)
}

// on moves to an hour of a day of the year: 0 is its first, 365 the day of looking back.
func (w *world) on(day, hour int) time.Time {
	at := end.AddDate(0, 0, day-365)
	at = time.Date(at.Year(), at.Month(), at.Day(), hour, 0, 0, 0, time.UTC)
	w.clock.Set(at)
	return at
}

func (w *world) some(n int) int { return w.dice.IntN(n) }

// come lets the year's people join, spread over its first ten months, each by an
// organizer who met them.
func (w *world) come() {
	w.t.Helper()
	w.on(0, 9)
	for i := range places {
		made, err := w.sys.People.SaveInstitution(w.ctx, w.organizers[0], people.Institution{Name: fmt.Sprint("Institution ", i+1), Kind: people.InstitutionKinds()[i%9], Member: i < members}, w.key())
		w.must(err)
		w.institutions = append(w.institutions, made)
	}
	langs := []string{"en", "es", "vi", "ar"}
	for i := range everybody {
		w.on(i*300/everybody, 10+i%8)
		in := people.JoinIn{Source: people.AtMeeting, How: "paper", ProfileIn: people.ProfileIn{In: contact.In{CalledName: called(i), Contact: "phone",
			Phone: fmt.Sprintf("+1503%07d", 2100000+i), Lang: langs[w.some(4)]}}, Key: w.key()}
		at := -1
		if i%3 == 0 {
			at = w.some(places)
			in.Institutions = []string{w.institutions[at]}
		}
		j, err := w.sys.People.Join(w.ctx, w.organizers[i%organizers], in)
		w.must(err)
		w.people = append(w.people, j.ID)
		if at >= 0 {
			w.belongs[j.ID] = at
		}
	}
}

// called is a name for each of many: no digits, as no name has them.
func called(i int) string {
	first, last := []string{"Ada", "Bao", "Caro", "Dina", "Efra", "Fadi", "Gwen", "Hoa", "Ines", "Jomo"}, []string{"Arbor", "Brook", "Cedar", "Dune", "Elm", "Fern", "Grove", "Heath", "Isle", "Juniper"}
	return first[i%10] + " " + last[i/10%10] + string(rune('a'+i/100%10)) + string(rune('a'+i/1000%10))
}

// meet is the year's encounters: a one-to-one with two of three people some days
// after they came, house meetings and core teams every week, and what was promised.
func (w *world) meet() {
	w.t.Helper()
	for i, p := range w.people {
		if i%3 == 2 {
			continue
		}
		at := w.on(i*300/everybody+3+w.some(20), 17)
		in := people.OneToOneIn{Person: p, Purpose: people.Purposes()[w.some(3)], At: at, Minutes: 35, Place: "cafe", Readers: people.CoreOrganizers, Key: w.key()}
		if i%5 == 0 {
			in.Agreed, in.Due = "Bring two neighbors", at.AddDate(0, 0, 14)
		}
		_, err := w.sys.People.LogOneToOne(w.ctx, w.organizers[i%organizers], in)
		w.must(err)
		w.ones++
	}
	for week := 1; week < 52; week++ {
		for n := range 6 {
			kind, roles := people.HouseMeeting, []people.Role{people.Hosted, people.Facilitated, people.Scribed}
			if n%2 == 1 {
				kind, roles = people.CoreTeam, []people.Role{people.Chaired, people.KeptTime, people.Scribed}
			}
			w.encounter(w.on(week*7+n, 19), kind, people.Held, fmt.Sprint("year:", week, n), week*7*everybody/300, 11, roles...)
		}
	}
}

// encounter writes down one of other rooms' kinds, with n people of those who had come.
func (w *world) encounter(at time.Time, kind people.Kind, state people.EncounterState, ref string, come, n int, roles ...people.Role) (who []people.Presence) {
	w.t.Helper()
	come = min(come, len(w.people))
	seen := map[string]bool{}
	for len(who) < n {
		p := w.people[w.some(come)]
		if w.some(3) > 0 { // most are of the few who come again and again
			p = w.people[w.some(min(come, 200))]
		}
		if seen[p] {
			continue
		}
		seen[p] = true
		role := people.Attended
		if len(who) < len(roles) {
			role = roles[len(who)]
		}
		who = append(who, people.Presence{Person: p, Role: role})
	}
	w.must(w.sys.DB.Write(w.ctx, w.org, func(tx *db.Tx) error {
		_, err := w.sys.People.RecordIn(w.ctx, tx, w.organizers[0], people.Encounter{Kind: kind, State: state, At: at, Minutes: 90, Place: "hall", Ref: ref, Present: who, Others: w.some(4)})
		return err
	}))
	return who
}
