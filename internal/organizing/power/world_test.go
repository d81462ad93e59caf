// A clinic with people for the tests: real database, vault and ledger; a clock
// that is moved by hand; fictional people in and out of office.
package power

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, job.Schema, consent.Schema, people.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111" // the clinic
	other = "22222222-2222-7222-8222-222222222222" // another clinic
	label = "0190aaaa-0000-7000-8000-00000000aaaa" // an issue
	bus   = "0190bbbb-0000-7000-8000-00000000bbbb"
)

var (
	ana     = access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer}}
	drLee   = access.Actor{Account: "dr-lee", Org: cedar, Roles: []access.Role{access.Clinician}}
	ruth    = access.Actor{Account: "ruth", Org: cedar, Roles: []access.Role{access.Lead}}
	jonas   = access.Actor{Account: "jonas", Org: cedar, Roles: []access.Role{access.Evaluator}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

func leader(person string) access.Actor {
	return access.Actor{Account: "acc-" + person, Org: cedar, Person: person, Roles: []access.Role{access.Leader}}
}

func member(person string) access.Actor {
	return access.Actor{Org: cedar, Person: person, Roles: []access.Role{access.Member}}
}

// fakeIssues are two issues of the clinic.
type fakeIssues struct{ list []Issue }

func (f *fakeIssues) Issues(_ context.Context, a access.Actor) ([]Issue, error) {
	if a.Org != cedar {
		return nil, nil
	}
	return f.list, nil
}

func (f *fakeIssues) Issue(_ context.Context, a access.Actor, id string) (Issue, error) {
	for _, i := range f.list {
		if i.ID == id && a.Org == cedar {
			return i, nil
		}
	}
	return Issue{}, fault.Missing("issue")
}

// fakeTeams says who is on a strategy team.
type fakeTeams map[string]bool

func (f fakeTeams) OnStrategyTeam(_ context.Context, _ *db.Tx, person string) (bool, error) {
	return f[person], nil
}

type world struct {
	t      testing.TB
	ctx    context.Context
	s      *Service
	people *people.Service
	db     *db.DB
	vault  *vault.Vault
	clock  *clock.Fake
	ledger *consent.Ledger
	audit  *audit.Log
	issues *fakeIssues
	teams  fakeTeams
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d, vault: vaulttest.New(t), teams: fakeTeams{}}
	w.issues = &fakeIssues{[]Issue{{ID: label, Name: "Labels we can read", Open: true}, {ID: bus, Name: "Bus 14 in the evening", Open: true}}}
	w.clock = clock.NewFake(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)) // a Monday
	w.audit = audit.New(d, w.vault, w.clock)
	w.ledger = consent.New(w.clock)
	jobs := job.New(d, job.Options{Clock: w.clock})
	w.people = people.New(people.Deps{DB: d, Vault: w.vault, Audit: w.audit, Jobs: jobs, Clock: w.clock, Consent: w.ledger,
		OnErase: []func(context.Context, *db.Tx, string) error{func(ctx context.Context, tx *db.Tx, person string) error { return w.s.ForgetIn(ctx, tx, person) }}})
	w.s = New(Deps{DB: d, Vault: w.vault, Audit: w.audit, Jobs: jobs, Clock: w.clock, Consent: w.ledger, People: w.people, Issues: w.issues, Teams: w.teams})
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

// wrong says which field was refused.
func (w *world) wrong(err error, field string) {
	w.t.Helper()
	for _, f := range fault.FieldsOf(err) {
		if f.Name == field {
			return
		}
	}
	w.t.Errorf("got %v, want a mistake at %s", err, field)
}

func (w *world) join(name string) string {
	w.t.Helper()
	j, err := w.people.Join(w.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}},
		Source: people.AtMeeting, How: "paper"})
	w.must(err)
	return j.ID
}

func (w *world) institution(name string) string {
	w.t.Helper()
	made, err := w.people.SaveInstitution(w.ctx, ana, people.Institution{Name: name, Kind: "union", Member: true}, "")
	w.must(err)
	return made
}

func reyes(change ...func(*SaveIn)) SaveIn {
	in := SaveIn{Office: Office{Name: "Elena Reyes", Office: "Director", Wants: "Fewer emergency visits.", Powers: "Adopts rules for pharmacies.", Link: "https://pharmacy.example/board"},
		BodyName: "County Pharmacy Board", BodyKind: "county"}
	for _, c := range change {
		c(&in)
	}
	return in
}

func (w *world) office(change ...func(*SaveIn)) string {
	w.t.Helper()
	made, err := w.s.Save(w.ctx, ana, reyes(change...))
	w.must(err)
	return made
}

func (w *world) place(actor string, daysAgo, stance, influence int) {
	w.t.Helper()
	w.must(w.s.Place(w.ctx, ana, PlaceIn{Issue: label, Actor: actor, At: w.clock.Now().AddDate(0, 0, -daysAgo), Stance: stance, Influence: influence, Evidence: "Her statement."}))
}

func tieTo(office, person string) TieIn {
	return TieIn{Office: office, Person: person, Kind: "club", Strength: 2, Months: 12, Lang: "en", How: consent.Spoken, Witness: consent.Organizer}
}
