// A clinic with a team for the tests: real database, vault and ledger; a clock
// that is moved by hand; fictional people.
package meeting

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
	"seedbed/locales"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, team.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111" // the clinic
	other = "22222222-2222-7222-8222-222222222222" // another clinic
)

var (
	ana     = access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer}}
	drLee   = access.Actor{Account: "dr-lee", Org: cedar, Roles: []access.Role{access.Clinician}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

func leader(person string) access.Actor {
	return access.Actor{Account: "acc-" + person, Org: cedar, Person: person, Roles: []access.Role{access.Leader}}
}

type world struct {
	t         testing.TB
	ctx       context.Context
	s         *Service
	teams     *team.Service
	people    *people.Service
	db        *db.DB
	clock     *clock.Fake
	ledger    *consent.Ledger
	zone      *time.Location
	gone      map[string]bool // accounts that ended
	team      string
	thu, rosa string // its members
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: context.Background(), db: d, zone: zone, gone: map[string]bool{}}
	v := vaulttest.New(t)
	w.clock = clock.NewFake(time.Date(2026, 11, 2, 10, 0, 0, 0, zone)) // a Monday
	log := audit.New(d, v, w.clock)
	w.ledger = consent.New(w.clock)
	cat, err := i18n.Load(locales.Files)
	w.must(err)
	jobs := job.New(d, job.Options{Clock: w.clock})
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: w.clock, Vault: v, Audit: log, Catalog: cat})
	w.must(err)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Consent: w.ledger, Notices: notices})
	w.teams = team.New(team.Deps{DB: d, Vault: v, Audit: log, Clock: w.clock, Consent: w.ledger, People: w.people})
	w.s = New(Deps{DB: d, Vault: v, Audit: log, Clock: w.clock, Consent: w.ledger, People: w.people, Teams: w.teams,
		Zone:  func(context.Context, string) *time.Location { return zone },
		Staff: func(_ context.Context, _, account string) bool { return !w.gone[account] }})
	w.team, err = w.teams.Create(w.ctx, ana, team.Team{Kind: team.Core, Name: "Foster Row core team", Purpose: "To be heard."}, "")
	w.must(err)
	w.thu, w.rosa = w.join("Thu Pham"), w.join("Rosa Díaz")
	for _, p := range []string{w.thu, w.rosa} {
		w.must(w.teams.Add(w.ctx, ana, team.MemberIn{Team: w.team, Person: p, MayChair: true}))
	}
	return w
}

// each runs fn in a fresh room on both engines.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) is(err error, k fault.Kind) {
	w.t.Helper()
	if !fault.Is(err, k) {
		w.t.Errorf("got %v, want %v", err, k)
	}
}

func (w *world) join(name string) string {
	w.t.Helper()
	j, err := w.people.Join(w.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}},
		Source: people.AtMeeting, How: "paper"})
	w.must(err)
	return j.ID
}

func (w *world) form(change ...func(*PlanIn)) PlanIn {
	in := PlanIn{Team: w.team, Template: CoreTeam, At: time.Date(2026, 11, 3, 18, 0, 0, 0, w.zone), Minutes: 90, Place: "hall", Language: "en", Title: "Interpreters",
		Where: "Church hall", Round: "What gave you hope?", Chair: w.thu, Timekeeper: w.rosa}
	for _, s := range CoreTeam.Slots() {
		in.Agenda = append(in.Agenda, Item{Code: s.Code, Title: "Item " + s.Code, Minutes: s.Minutes})
	}
	for _, c := range change {
		c(&in)
	}
	return in
}

func (w *world) plan(change ...func(*PlanIn)) Meeting {
	w.t.Helper()
	made, err := w.s.Plan(w.ctx, ana, w.form(change...))
	w.must(err)
	return w.get(made)
}

func (w *world) get(id string) Meeting {
	w.t.Helper()
	m, err := w.s.Get(w.ctx, ana, id)
	w.must(err)
	return m
}
