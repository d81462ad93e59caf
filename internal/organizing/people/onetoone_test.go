package people

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/notify"
	"seedbed/internal/trust/consent"
)

// basement is Ana's one-to-one with Thu, as the form is filled in.
func (w *world) basement(key, person string) OneToOneIn {
	return OneToOneIn{Person: person, Purpose: Recruitment, At: w.clock.Now().Add(-time.Hour), Minutes: 35, Place: "cafe",
		Note:   Note{Pressures: []string{"language", "transport"}, Words: "The label on the bottle is in English. Bus 14 was cut.", Gifts: []string{"music", "knows_many"}, Energy: 3, Suggested: Hosted},
		Agreed: "Host a house meeting", Due: w.clock.Now().AddDate(0, 0, 14), Readers: OnlyMe, Key: key}
}

func TestAfterAOneToOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu := w.join(ana, "Thu Pham")
		in := w.basement("k1", "")
		in.Name = "thu pham" // written without a line
		made, err := w.s.LogOneToOne(w.ctx, ana, in)
		w.must(err)
		if again, err := w.s.LogOneToOne(w.ctx, ana, in); err != nil || again != made {
			t.Errorf("%s, %v", again, err)
		}
		said, err := w.s.OneToOneOf(w.ctx, ana, made)
		if err != nil || said.Person != thu.ID || said.Note.Words != in.Note.Words || said.Note.Suggested != Hosted || said.Agreed == nil || said.Agreed.What != in.Agreed || !said.Mine {
			t.Errorf("%+v, %v", said, err)
		}
		day, err := w.s.Today(w.ctx, ana)
		if err != nil || day.Week != (Tally{1, 10}) || day.Work.Open != 1 {
			t.Errorf("%+v, %v", day, err)
		}
		if n, err := w.s.HeldBetween(w.ctx, ana, OneToOne, w.clock.Now().AddDate(0, 0, -1), w.clock.Now()); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
		in.Version, in.Note.Words, in.Agreed, in.Key = 1, "Bus 14 was cut.", "Host two house meetings", "k2"
		w.must(w.s.ChangeOneToOne(w.ctx, ana, made, in))
		w.must(w.s.ChangeOneToOne(w.ctx, ana, made, in)) // the same form again
		in.Key = "k3"
		if err := w.s.ChangeOneToOne(w.ctx, ana, made, in); !fault.IsStale(err) {
			t.Errorf("a change from an older version: %v", err)
		}
		w.is(w.s.ChangeOneToOne(w.ctx, omar, made, in), fault.NotFound)
		said, err = w.s.OneToOneOf(w.ctx, ana, made)
		if err != nil || said.Version != 2 || said.Note.Words != "Bus 14 was cut." || said.Agreed.What != "Host two house meetings" {
			t.Errorf("%+v, %v", said, err)
		}
		for field, change := range map[string]func(*OneToOneIn){"name": func(in *OneToOneIn) { in.Person, in.Name = "", "Somebody new" }, "heard": func(in *OneToOneIn) { in.Note.Words = string(make([]byte, 0)) + fmt.Sprintf("%0300d", 1) },
			"due": func(in *OneToOneIn) { in.Due = time.Time{} }, "date": func(in *OneToOneIn) { in.At = in.At.AddDate(0, 1, 0) }, "energy": func(in *OneToOneIn) { in.Note.Energy = 4 },
			"knows": func(in *OneToOneIn) { in.Note.Knows = []string{"nowhere"} }, "pressures": func(in *OneToOneIn) { in.Note.Pressures = []string{"papers"} }} {
			bad := w.basement("", thu.ID)
			change(&bad)
			_, err := w.s.LogOneToOne(w.ctx, ana, bad)
			if !slices.ContainsFunc(fault.FieldsOf(err), func(f fault.Field) bool { return f.Name == field }) {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

// Who reads a note: its author, the person, the supervisor the author named, and
// the circle the author chose.
func TestWhoReadsANote(t *testing.T) {
	bea, carl := staffMember("bea", access.Organizer), staffMember("carl", access.Organizer)
	each(t, func(t *testing.T, w *world) {
		w.s.staff = func(_ context.Context, _ string) ([]Colleague, error) {
			return []Colleague{{Account: "ana", Roles: []access.Role{access.Organizer}}, {Account: "bea", Roles: []access.Role{access.Organizer}}, {Account: "omar", Roles: []access.Role{access.Leader}}}, nil
		}
		thu, sam := w.join(ana, "Thu Pham"), w.join(ana, "Sam Okafor", func(in *JoinIn) { in.Phone = "(503) 555-0122"; in.Owner = "omar" })
		w.s.mates = func(_ context.Context, _ *db.Tx, person string) ([]string, error) {
			return []string{thu.ID, sam.ID}, nil
		}
		w.must(w.s.SetPractice(w.ctx, ana, Practice{Weekly: 8, OpenMost: 10, Supervisor: "bea"}))
		w.is(w.s.SetPractice(w.ctx, ana, Practice{Weekly: 8, OpenMost: 10, Supervisor: "omar"}), fault.Invalid)
		w.must(w.s.SetPractice(w.ctx, carl, Practice{Weekly: 8, OpenMost: 10}))
		thuHerself := access.Actor{Org: cedar, Person: thu.ID, Roles: []access.Role{access.Member}}
		samHimself := access.Actor{Org: cedar, Person: sam.ID, Roles: []access.Role{access.Member}}
		leader := omar
		leader.Person = sam.ID // and in Thu's team
		for readers, may := range map[Readers]map[string]bool{
			OnlyMe:         {"ana": true, "bea": true, "carl": false, "thu": true, "sam": false, "omar": false, "foreign": false},
			CoreOrganizers: {"ana": true, "bea": true, "carl": true, "thu": true, "sam": false, "omar": false, "foreign": false},
			TheTeam:        {"ana": true, "bea": true, "carl": true, "thu": true, "sam": false, "omar": true, "foreign": false},
		} {
			in := w.basement(string(readers), thu.ID)
			in.Readers = readers
			made, err := w.s.LogOneToOne(w.ctx, ana, in)
			w.must(err)
			for who, a := range map[string]access.Actor{"ana": ana, "bea": bea, "carl": carl, "thu": thuHerself, "sam": samHimself, "omar": leader, "foreign": foreign} {
				_, err := w.s.OneToOneOf(w.ctx, a, made)
				if (err == nil) != may[who] || err != nil && !fault.Is(err, fault.NotFound) {
					t.Errorf("%s, %s: %v", readers, who, err)
				}
			}
		}
		list, err := w.s.NotesAbout(w.ctx, thuHerself, thu.ID)
		if err != nil || len(list) != 3 {
			t.Errorf("she reads %d of 3 notes about herself, %v", len(list), err)
		}
	})
}

// Ten one-to-ones, sent in any order, each any number of times: the same rows come out.
func TestReplaysConverge(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	people := make([]string, 10)
	for i := range people {
		people[i] = w.join(ana, fmt.Sprintf("Person %c", 'A'+i)).ID
	}
	rows := func() (n [3]int64) {
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) {
			for i, table := range []string{"people_encounter", "people_present", "people_commitment"} {
				if n[i], err = db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM `+table); err != nil {
					return err
				}
			}
			return nil
		}))
		return n
	}
	round := 0
	rapid.Check(t, func(r *rapid.T) {
		round++
		sends := append([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, rapid.SliceOfN(rapid.IntRange(0, 9), 0, 15).Draw(r, "again")...)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "order"), 1))
		rng.Shuffle(len(sends), func(i, j int) { sends[i], sends[j] = sends[j], sends[i] })
		before, made := rows(), map[int]string{}
		for _, n := range sends {
			in := w.basement(fmt.Sprintf("%d-%d", round, n), people[n])
			in.Note.Words = fmt.Sprintf("What we heard, %d.", n)
			got, err := w.s.LogOneToOne(w.ctx, ana, in)
			w.must(err)
			if want := id.Derive(cedar, "one-to-one account:ana "+in.Key); got != want || made[n] != "" && made[n] != got {
				r.Fatalf("%v: %d is %s, was %s, want %s", sends, n, got, made[n], want)
			}
			made[n] = got
		}
		for n, which := range made {
			said, err := w.s.OneToOneOf(w.ctx, ana, which)
			w.must(err)
			if said.Person != people[n] || said.Version != 1 || said.Note.Words != fmt.Sprintf("What we heard, %d.", n) || said.Agreed == nil || said.Agreed.State != Open {
				r.Fatalf("%v: %+v", sends, said)
			}
		}
		after := rows()
		for i := range after {
			if after[i]-before[i] != 10 {
				r.Fatalf("%v: %v rows, then %v", sends, before, after)
			}
		}
	})
	day, err := w.s.Today(w.ctx, ana)
	if err != nil || day.Week.Held != 10*round {
		t.Errorf("%+v, %v", day.Week, err)
	}
}

// A reminder goes the way that was agreed, in the agreed hours, and not for what
// was settled or of somebody who stopped.
func TestReminders(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu := w.join(ana, "Thu Pham", func(in *JoinIn) { in.Contact = "sms" })
		in := w.basement("k", thu.ID)
		in.Remind = true
		_, err := w.s.LogOneToOne(w.ctx, ana, in)
		w.must(err)
		list, err := w.s.Commitments(w.ctx, ana, Whose{Person: thu.ID})
		w.must(err)
		resolve := w.s.Resolve("https://x.example/me")
		if _, err := resolve(w.ctx, cedar, list[0].ID); !fault.Is(err, fault.Gone) {
			t.Errorf("two weeks before: %v", err)
		}
		w.clock.Set(list[0].Due.Add(-23 * time.Hour))
		c, err := resolve(w.ctx, cedar, list[0].ID)
		if err != nil || c.Channel != notify.SMS || c.Address != "+15035550121" || c.Lang != "vi" || c.Rules.Hours[0] != [2]int{18 * 60, 20*60 + 30} {
			t.Errorf("%+v, %v", c, err)
		}
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.ledger.RevokeAll(w.ctx, tx, access.Machine(cedar), thu.ID, consent.Steward)
			return err
		}))
		if _, err := resolve(w.ctx, cedar, list[0].ID); !fault.Is(err, fault.Gone) {
			t.Errorf("after she stopped: %v", err)
		}
		other := w.join(ana, "Sam Okafor", func(in *JoinIn) { in.Contact, in.Phone = "sms", "(503) 555-0122" })
		in = w.basement("k9", other.ID)
		in.Remind = true
		_, err = w.s.LogOneToOne(w.ctx, ana, in)
		w.must(err)
		list, err = w.s.Commitments(w.ctx, ana, Whose{Person: other.ID})
		w.must(err)
		_, err = w.s.Settle(w.ctx, ana, SettleIn{ID: list[0].ID, State: Done})
		w.must(err)
		w.clock.Set(list[0].Due.Add(-time.Hour))
		if _, err := resolve(w.ctx, cedar, list[0].ID); !fault.Is(err, fault.Gone) {
			t.Errorf("after it was done: %v", err)
		}
	})
}
