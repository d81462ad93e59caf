// A clinic for the tests: real database, vault and ledger; a clock that is moved by
// hand; neighbours that say what they are told; fictional people.
package research

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
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

var schemas = []fs.FS{idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111" // the clinic
	other = "22222222-2222-7222-8222-222222222222" // another clinic
)

var (
	ana     = access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer}}
	drLee   = access.Actor{Account: "dr-lee", Org: cedar, Roles: []access.Role{access.Clinician}}
	jonas   = access.Actor{Account: "jonas", Org: cedar, Roles: []access.Role{access.Evaluator}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

func member(person string) access.Actor {
	return access.Actor{Org: cedar, Person: person, Roles: []access.Role{access.Member}}
}

// near is what the rooms beside this one answer.
type near struct {
	opened []EvaluationIn
	done   map[string]bool
	team   []Member
}

func (n *near) Issues(context.Context, access.Actor) ([]Issue, error) {
	return []Issue{{"labels", "Labels we can read"}}, nil
}

func (n *near) Issue(_ context.Context, _ access.Actor, id string) (Issue, error) {
	if id != "labels" {
		return Issue{}, fault.Missing("issue")
	}
	return Issue{"labels", "Labels we can read"}, nil
}

func (n *near) Offices(context.Context, access.Actor) ([]Office, error) {
	return []Office{{"reyes", "Elena Reyes", "Director", "County Pharmacy Board"}}, nil
}

func (n *near) Office(_ context.Context, _ access.Actor, id string) (Office, error) {
	if id != "reyes" {
		return Office{}, fault.Missing("office")
	}
	return Office{"reyes", "Elena Reyes", "Director", "County Pharmacy Board"}, nil
}

func (n *near) Teams(context.Context, access.Actor) ([]Team, error) {
	return []Team{{"lang", "Language access team"}}, nil
}

func (n *near) Members(context.Context, access.Actor, string) ([]Member, error) { return n.team, nil }

func (n *near) OpenIn(_ context.Context, _ *db.Tx, _ access.Actor, in EvaluationIn) error {
	n.opened = append(n.opened, in)
	return nil
}

func (n *near) DoneIn(_ context.Context, _ *db.Tx, ref string) (bool, error) { return n.done[ref], nil }

type world struct {
	t      testing.TB
	ctx    context.Context
	s      *Service
	people *people.Service
	db     *db.DB
	clock  *clock.Fake
	ledger *consent.Ledger
	near   *near
	zone   *time.Location
	cast   map[Role]string // somebody for each part
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: context.Background(), db: d, zone: zone, near: &near{done: map[string]bool{}}, cast: map[Role]string{}}
	v := vaulttest.New(t)
	w.clock = clock.NewFake(time.Date(2026, 11, 2, 10, 0, 0, 0, zone)) // a Monday
	log := audit.New(d, v, w.clock)
	w.ledger = consent.New(w.clock)
	cat, err := i18n.Load(locales.Files)
	w.must(err)
	jobs := job.New(d, job.Options{Clock: w.clock})
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: w.clock, Vault: v, Audit: log, Catalog: cat})
	w.must(err)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Consent: w.ledger, Notices: notices,
		OnErase: []func(context.Context, *db.Tx, string) error{func(ctx context.Context, tx *db.Tx, p string) error { return w.s.ForgetIn(ctx, tx, p) }}})
	w.s = New(Deps{DB: d, Vault: v, Audit: log, Clock: w.clock, Consent: w.ledger, People: w.people, Issues: w.near, Offices: w.near, Teams: w.near, Evaluations: w.near})
	for _, r := range Roles() {
		w.cast[r] = w.join("Somebody " + string(r))
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
	j, err := w.people.Join(w.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
	w.must(err)
	return j.ID
}

func (w *world) form(change ...func(*PlanIn)) PlanIn {
	in := PlanIn{Issue: "labels", Host: "Director of the hospital pharmacy", Purposes: []string{"power", "cause"}, At: time.Date(2026, 11, 9, 15, 0, 0, 0, w.zone), Minutes: 40, Place: "hall", Language: "en",
		Where: "Room 4", RehearseAt: time.Date(2026, 11, 7, 17, 0, 0, 0, w.zone), Questions: []string{"What does a label cost?", "Who decides?", "Who has done it?", "What stands in the way?"}}
	for _, c := range change {
		c(&in)
	}
	return in
}

// plan makes an action in which everybody has a part.
func (w *world) plan(change ...func(*PlanIn)) Found {
	w.t.Helper()
	made, err := w.s.Plan(w.ctx, ana, w.form(change...))
	w.must(err)
	for _, r := range Roles() {
		w.must(w.s.Add(w.ctx, ana, made, w.cast[r], r, ""))
	}
	return w.get(made)
}

func (w *world) get(id string) Found {
	w.t.Helper()
	f, err := w.s.Get(w.ctx, ana, id)
	w.must(err)
	return f
}
