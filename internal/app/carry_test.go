// Carrying over through the whole system, on both engines: one yes makes one
// person, whatever runs twice, and the organizing room holds nothing of where they
// came from.
package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/rhythm"
	"seedbed/internal/organizing/learning"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/stipend"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/consent"
)

type carryWorld struct {
	*testing.T
	ctx        context.Context
	sys        *system
	clock      *clock.Fake
	org, group string
	lupe, ana  access.Actor
}

func eachCarry(t *testing.T, fn func(w *carryWorld)) {
	t.Run("sqlite", func(t *testing.T) { fn(newCarryWorld(t, "")) })
	t.Run("postgres", func(t *testing.T) { fn(newCarryWorld(t, dbtest.PostgresURL(t))) })
}

func newCarryWorld(t *testing.T, database string) *carryWorld {
	w := &carryWorld{T: t, ctx: t.Context(), clock: clock.NewFake(time.Date(2026, 5, 4, 17, 0, 0, 0, time.UTC))}
	s := store{Data: t.TempDir(), Database: database}
	w.ok(s.fill(s.Data))
	if database != "" {
		s.Keys = s.Data + "/keys.db"
	}
	var err error
	w.sys, err = openSystem(w.ctx, s, openOptions{clock: w.clock, log: slog.New(slog.DiscardHandler), demo: true})
	w.ok(err)
	t.Cleanup(func() { w.sys.close() })
	org, err := w.sys.accounts.CreateOrg(w.ctx, account.Clinic{Name: "Riverside Clinic", Site: "Zebrawood Site", Language: "en", Zone: "America/Los_Angeles"})
	w.ok(err)
	w.org = org.ID
	w.lupe = access.Actor{Account: "acct-lupe-carrying", Org: w.org, Roles: []access.Role{access.Navigator}}
	w.ana = access.Actor{Account: "acct-ana", Org: w.org, Roles: []access.Role{access.Organizer}}
	w.group, err = w.sys.groups.Create(w.ctx, w.ana, directory.Entry{Group: directory.Group{Offer: directory.Organizing, Kind: directory.Tenants, Name: "Quillwort Tenants", Lang: "en",
		WhatMembersDo: "We meet and talk with owners about repairs.", ForWhom: "Everybody who rents", Why: "Members vote on every step.", MembersDecide: true, ActsOnCauses: true, Topics: []directory.Topic{directory.Housing},
		Rhythm: []directory.Meeting{{Weekday: time.Tuesday, Start: 18 * 60, End: 20 * 60, Every: directory.Weekly}}, Place: directory.Place{Name: "Linden Hall", Area: "Cedar Hill", Visibility: directory.Exact, Address: "12 Linden Way"},
		Languages: []string{"es", "en"}, Leader: "Marisol", Safety: directory.Safety{Papers: directory.No, Police: directory.No, Photos: directory.PhotosAsked, Location: directory.No},
		Tie: directory.Partner, Contact: directory.PublicContact{Phone: "+1 503 555 0101"}}, Different: true,
		Handoff: directory.Handoff{Name: "Marisol Vega", Phone: "+15035550101", Channel: directory.ByPhone, Lang: "es"}})
	w.ok(err)
	w.ok(w.sys.groups.Vet(w.ctx, w.ana, w.group, directory.Vetting{Passed: directory.Checks(), Conflict: "none"}, ""))
	w.ok(w.sys.groups.Do(w.ctx, w.ana, w.group, directory.Publish, "", ""))
	return w
}

func (w *carryWorld) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// met is somebody who met the group; months later they are asked.
func (w *carryWorld) met() (introduction.Begun, access.Actor) {
	w.Helper()
	in := w.sys.intros
	doctor := access.Actor{Account: "acct-doctor-carrying", Org: w.org, Roles: []access.Role{access.Clinician}}
	b, err := in.Begin(w.ctx, doctor, introduction.BeginIn{PersonIn: introduction.PersonIn{CalledName: "Mateo", Contact: "phone", Phone: "(503) 555-0117", Lang: "es", Topics: []string{"housing"}, HoursFrom: "19:00", HoursUntil: "", NoVoicemail: true, Words: "library", Days: []string{"2"}},
		ConsentIn: introduction.ConsentIn{TellClinic: true, How: "spoken", Interpreter: "navigator", Witness: "clinician"}, Group: w.group, Site: "zebrawood", Mode: "call_back"})
	w.ok(err)
	w.clock.Advance(26 * time.Hour)
	w.ok(in.Acknowledge(w.ctx, w.lupe, introduction.AnswerIn{ID: b.ID}))
	w.ok(in.Accept(w.ctx, w.lupe, introduction.AnswerIn{ID: b.ID}))
	w.ok(in.LogAttempt(w.ctx, w.lupe, introduction.AttemptIn{ID: b.ID, Channel: "phone", Result: "reached"}))
	w.ok(in.ConfirmMeeting(w.ctx, w.lupe, introduction.MeetIn{ID: b.ID, Word: "person"}))
	o, err := in.OpenMine(w.ctx, b.Code)
	w.ok(err)
	own, err := in.Authenticate(w.ctx, o.Token)
	w.ok(err)
	w.clock.Advance(3 * 24 * time.Hour)
	return b, own
}

func (w *carryWorld) yes(own access.Actor, key string) error {
	return w.sys.intros.CarryOver(w.ctx, own, introduction.CarryIn{ID: own.Subject, Agree: true, Lang: "es", Key: key})
}

func (w *carryWorld) carriedPeople() []string {
	w.Helper()
	var ids []string
	w.ok(w.sys.db.Read(w.ctx, w.org, func(tx *db.Tx) (err error) {
		ids, err = db.Column[string](w.ctx, tx, `SELECT id FROM people_person WHERE org_id=$1 AND source=$2`, tx.Org(), string(people.FromIntroduction))
		return err
	}))
	return ids
}

// runEvent is what the queue does with the event.
func (w *carryWorld) runEvent(intro string) error {
	_, err := w.sys.carry(w.ctx, w.org, intro, false)
	return err
}

func (w *carryWorld) member(code string) (people.Mine, access.Actor) {
	w.Helper()
	o, err := w.sys.people.OpenMine(w.ctx, code)
	w.ok(err)
	a, err := w.sys.people.Authenticate(w.ctx, o.Token)
	w.ok(err)
	m, err := w.sys.people.MyInformation(w.ctx, a)
	w.ok(err)
	return m, a
}

func TestOneYesMakesOnePerson(t *testing.T) {
	eachCarry(t, func(w *carryWorld) {
		b, own := w.met()
		if err := w.runEvent(b.ID); !fault.Is(err, fault.NotFound) {
			w.Errorf("without a yes: %v", err)
		}
		w.ok(w.yes(own, "k1"))
		first, err := w.sys.carryNow(w.ctx, w.org, b.ID)
		w.ok(err)
		w.ok(w.yes(own, "k1"))
		second, err := w.sys.carryNow(w.ctx, w.org, b.ID)
		w.ok(err)
		for range 3 {
			w.ok(w.runEvent(b.ID)) // the queue delivers at least once
		}
		if n := w.carriedPeople(); len(n) != 1 || first == "" || first == second {
			w.Fatalf("%d people, codes %q %q", len(n), first, second)
		}
		m, member := w.member(second) // the code on the last screen works
		p := m.Profile
		if p.CalledName != "Mateo" || p.Phone != "+15035550117" || p.Lang != "es" || !p.Safe.NoVoicemail || p.Safe.From != 19*60 || p.Safe.Until != 0 || string(p.Safe.Words) != "library" || len(p.Safe.Days) != 1 {
			w.Errorf("%+v", p)
		}
		if c := m.Agreed; c.How != consent.OnScreen || c.Language != "es" || fmt.Sprint(c.Fields) != "[name phone language safe_contact]" {
			w.Errorf("%+v", c)
		}
		if _, err := w.sys.people.Timeline(w.ctx, w.ana, m.ID, time.Time{}, 10); err != nil {
			w.Error(err)
		}

		// Each side ends by itself.
		w.ok(w.sys.intros.Withdraw(w.ctx, own, introduction.WithdrawIn{ID: b.ID}))
		if m, _ := w.member(second); m.Profile.CalledName != "Mateo" {
			w.Error("the end of the introduction reached the other page")
		}
		w.ok(w.sys.people.Delete(w.ctx, member, true, ""))
		if n := w.carriedPeople(); len(n) != 0 {
			w.Errorf("%v stay", n)
		}
	})
}

func TestTheQueueFinishesWhatTheScreenDidNot(t *testing.T) {
	eachCarry(t, func(w *carryWorld) {
		b, own := w.met()
		w.ok(w.yes(own, "k1"))
		w.ok(w.runEvent(b.ID))
		w.ok(w.runEvent(b.ID))
		code, err := w.sys.carryNow(w.ctx, w.org, b.ID) // the same form, sent again
		w.ok(err)
		if m, _ := w.member(code); m.Profile.CalledName != "Mateo" || len(w.carriedPeople()) != 1 {
			w.Errorf("%+v, %d people", m.Profile, len(w.carriedPeople()))
		}
		b, own = w.met()
		w.ok(w.yes(own, "k2"))
		w.ok(w.sys.intros.Withdraw(w.ctx, own, introduction.WithdrawIn{ID: b.ID})) // before the queue came to it
		if err := w.runEvent(b.ID); !fault.Is(err, fault.NotFound) || len(w.carriedPeople()) != 1 {
			w.Errorf("%v, %d people", err, len(w.carriedPeople()))
		}
		_ = b
	})
}

func TestDeletingTheOtherPageLeavesTheIntroduction(t *testing.T) {
	eachCarry(t, func(w *carryWorld) {
		b, own := w.met()
		w.ok(w.yes(own, "k1"))
		code, err := w.sys.carryNow(w.ctx, w.org, b.ID)
		w.ok(err)
		_, member := w.member(code)
		w.ok(w.sys.people.Delete(w.ctx, member, true, ""))
		m, err := w.sys.intros.MyInformation(w.ctx, own)
		if err != nil || m.Person.CalledName != "Mateo" || m.State != introduction.Connected {
			w.Errorf("%+v, %v", m.Person, err)
		}
		w.ok(w.runEvent(b.ID))
		if code, err := w.sys.carryNow(w.ctx, w.org, b.ID); err == nil || code != "" || len(w.carriedPeople()) != 0 {
			w.Errorf("an old form brought them back: %q, %v", code, err)
		}
	})
}

// TestTheOrganizingRoomHoldsNothingOfTheIntroduction reads every row of the room,
// its jobs, its used keys, its consents and the audit of its verbs.
func TestTheOrganizingRoomHoldsNothingOfTheIntroduction(t *testing.T) {
	eachCarry(t, func(w *carryWorld) {
		b, own := w.met()
		before := w.clock.Now()
		w.ok(w.yes(own, "k1"))
		_, err := w.sys.carryNow(w.ctx, w.org, b.ID)
		w.ok(err)
		id := w.carriedPeople()[0]
		text := w.dump(id)
		if !strings.Contains(text, id) || len(text) < 500 {
			w.Fatalf("the dump is empty: %s", text)
		}
		for _, secret := range []string{b.ID, own.Person, w.group, "Quillwort", "housing", "zebrawood", w.lupe.Account, "acct-doctor-carrying", b.Code, "Mateo", "5035550117"} {
			if strings.Contains(text, secret) {
				w.Errorf("%q is in the organizing room:\n%s", secret, text)
			}
		}
		w.ok(w.sys.db.Read(w.ctx, w.org, func(tx *db.Tx) error { // no day of the introduction
			joined, err := db.One[int64](w.ctx, tx, `SELECT joined_at FROM people_person WHERE org_id=$1 AND id=$2`, tx.Org(), id)
			if joined < db.Micros(before) {
				w.Errorf("joined at %v", db.Time(joined))
			}
			return err
		}))
	})
}

// otherFloors are the tables of the clinic and of the platform; of the shared ones
// the dump reads what belongs to the room.
var otherFloors = []string{"introduction", "offer_count", "my_count", "directory_", "account", "audit", "consent", "job", "idempotency", "notify", "goose", "sqlite", "proof", "org"}

func rawRows(ctx context.Context, tx *db.Tx, table string, entry func(any)) error {
	rows, err := tx.Query(ctx, `SELECT * FROM `+table)
	if err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, at := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			return err
		}
		entry(map[string]any{table: fmt.Sprint(values...)})
	}
	return rows.Err()
}

// dump is every row of the organizing rooms' tables, and what shared tables hold of the person.
func (w *carryWorld) dump(person string) string {
	w.Helper()
	var out strings.Builder
	entry := func(v any) {
		b, err := json.Marshal(v)
		w.ok(err)
		fmt.Fprintln(&out, string(b))
	}
	w.ok(w.sys.db.Read(w.ctx, w.org, func(tx *db.Tx) error {
		row := func(s db.Scanner) (string, error) {
			var v string
			return v, s.Scan(&v)
		}
		q := `SELECT name FROM sqlite_master WHERE type='table'`
		if w.sys.db.Dialect() == db.Postgres {
			q = `SELECT table_name::text FROM information_schema.tables WHERE table_schema='public'`
		}
		tables, err := db.Column[string](w.ctx, tx, q)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if slices.ContainsFunc(otherFloors, func(p string) bool { return strings.HasPrefix(table, p) }) {
				continue
			}
			if err := rawRows(w.ctx, tx, table, entry); err != nil {
				return err
			}
		}
		for _, q := range []string{
			`SELECT kind || ' ' || job_key || ' ' || payload FROM job WHERE kind NOT LIKE 'introduction.%' AND kind NOT LIKE 'notify.%'`,
			`SELECT actor || ' ' || idem_key || ' ' || action || ' ' || result FROM idempotency WHERE action LIKE 'people.%'`,
		} {
			list, err := db.Select(w.ctx, tx, row, q)
			if err != nil {
				return err
			}
			entry(list)
		}
		consents, err := w.sys.consents.ForSubject(w.ctx, tx, access.Machine(w.org), person)
		if err != nil {
			consents, err = w.sys.consents.ForSubject(w.ctx, tx, w.ana, person)
		}
		entry(consents)
		if err != nil {
			return err
		}
		entries, err := w.sys.audit.OfSubject(w.ctx, tx, w.org, person)
		entry(entries)
		return err
	}))
	return out.String()
}

// Somebody who agreed to their name and how to reach them can be found and chosen;
// every room that would write down what is done together refuses with one sentence.
func TestEveryRoomWaitsForTheYesToARecord(t *testing.T) {
	eachCarry(t, func(w *carryWorld) {
		b, own := w.met()
		w.ok(w.yes(own, "k1"))
		w.ok(w.runEvent(b.ID))
		who, now := w.carriedPeople()[0], w.clock.Now()
		group, err := w.sys.teams.Create(w.ctx, w.ana, team.Team{Kind: team.Core, Name: "Core", Purpose: "We meet.", Rhythm: rhythm.Meeting{Weekday: time.Monday, Start: 18 * 60, End: 19 * 60, Every: rhythm.Weekly}}, "")
		w.ok(err)
		tonight, err := w.sys.meetings.Plan(w.ctx, w.ana, meeting.PlanIn{Team: group, Template: meeting.House, At: now, Minutes: 60, Place: "hall", Language: "en", Title: "Tonight"})
		w.ok(err)
		course, err := w.sys.learning.Save(w.ctx, w.ana, learning.SaveIn{Title: "Fundamentals", Purpose: "To begin.", Lang: "en", Add: []string{"story"}})
		w.ok(err)
		w.ok(w.sys.learning.Publish(w.ctx, w.ana, course, 1, ""))
		training, err := w.sys.learning.Plan(w.ctx, w.ana, learning.PlanIn{Curriculum: course, At: now, Minutes: 60, Place: "hall", Language: "en"})
		w.ok(err)
		for room, try := range map[string]func() error{
			"team":    func() error { return w.sys.teams.Add(w.ctx, w.ana, team.MemberIn{Team: group, Person: who}) },
			"meeting": func() error { return w.sys.meetings.Arrive(w.ctx, w.ana, tonight, who, "") },
			"learning": func() error {
				return w.sys.learning.Expect(w.ctx, w.ana, training, learning.Attendance{Person: who}, "")
			},
			"stipend": func() error {
				_, err := w.sys.stipends.Ask(w.ctx, w.ana, stipend.AskIn{Person: who, Kind: string(stipend.Payment), Purpose: "meeting", Amount: "20", Day: now.Format(time.DateOnly)})
				return err
			},
			"one-to-one": func() error {
				_, err := w.sys.people.LogOneToOne(w.ctx, w.ana, people.OneToOneIn{Person: who, Purpose: people.Recruitment, At: now, Minutes: 30, Place: "cafe", Readers: people.OnlyMe})
				return err
			},
			"promise": func() error {
				_, err := w.sys.people.Promise(w.ctx, w.ana, people.Commitment{Person: who, What: "Calls the hall", Due: now.AddDate(0, 0, 7)}, "")
				return err
			},
			"encounter": func() error {
				return w.sys.db.Write(w.ctx, w.org, func(tx *db.Tx) error {
					_, err := w.sys.people.RecordIn(w.ctx, tx, w.ana, people.Encounter{Kind: people.HouseMeeting, State: people.Held, At: now, Present: []people.Presence{{Person: who}}})
					return err
				})
			},
		} {
			if bad := fault.FieldsOf(try()); len(bad) != 1 || bad[0].Key != "people.error.together" {
				w.Errorf("%s: %+v", room, bad)
			}
		}
	})
}
