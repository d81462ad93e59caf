// A clinic for the tests: real database, vault, ledger, queue and messenger; two
// fictional groups; a clock that is moved by hand.
package introduction

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/trust/consent"
	"seedbed/locales"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, Schema}

const (
	cedar   = "11111111-1111-7111-8111-111111111111" // the clinic
	other   = "22222222-2222-7222-8222-222222222222" // another clinic
	worker  = "33333333-3333-7333-8333-333333333333" // Worker Center
	tenants = "44444444-4444-7444-8444-444444444444" // Inquilinos Unidos
	closed  = "55555555-5555-7555-8555-555555555555" // a group that is suspended
)

type fakeGroups map[string]Recipient

func (f fakeGroups) Recipient(_ context.Context, _, group string) (Recipient, error) {
	r, ok := f[group]
	if !ok {
		return Recipient{}, fault.Missing("group")
	}
	return r, nil
}

type world struct {
	t      testing.TB
	ctx    context.Context
	s      *Service
	db     *db.DB
	vault  *vault.Vault
	clock  *clock.Fake
	jobs   *job.Queue
	audit  *audit.Log
	ledger *consent.Ledger
	zone   *time.Location
	groups fakeGroups
}

// clinician, navigator … are signed-in members of staff.
func staffMember(account string, roles ...access.Role) access.Actor {
	return access.Actor{Account: account, Org: cedar, Roles: roles}
}

var (
	drLee   = staffMember("dr-lee", access.Clinician)
	drRay   = staffMember("dr-ray", access.Clinician)
	lupe    = staffMember("lupe", access.Navigator)
	ana     = staffMember("ana", access.Organizer)
	chief   = staffMember("chief", access.Lead)
	admin   = staffMember("admin", access.Admin)
	eval    = staffMember("eval", access.Evaluator)
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer, access.Navigator}}
)

func partnerOf(group string) access.Actor {
	return access.Actor{Account: "partner-" + group[:4], Org: cedar, Group: group, Roles: []access.Role{access.Partner}}
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: context.Background(), db: d, zone: zone, vault: vaulttest.New(t)}
	w.clock = clock.NewFake(time.Date(2026, 11, 2, 10, 0, 0, 0, zone)) // a Monday
	w.audit = audit.New(d, w.vault, w.clock)
	w.jobs = job.New(d, job.Options{Clock: w.clock})
	w.ledger = consent.New(w.clock)
	cat, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	notices, err := notify.New(notify.Options{DB: d, Jobs: w.jobs, Clock: w.clock, Vault: w.vault, Audit: w.audit, Catalog: cat, Zone: zone.String()})
	if err != nil {
		t.Fatal(err)
	}
	w.groups = fakeGroups{
		worker:  {ID: worker, Name: "Worker Center", Active: true, Channel: "sms", Phone: "+15035550142", Texts: true, Lang: "es"},
		tenants: {ID: tenants, Name: "Inquilinos Unidos", Active: true, Channel: "mail", Mail: "hola@inquilinos.example", Lang: "es"},
		closed:  {ID: closed, Name: "Resting Group", Channel: "phone", Phone: "+15035550143"},
	}
	w.s = New(Deps{DB: d, Vault: w.vault, Audit: w.audit, Jobs: w.jobs, Clock: w.clock, Consent: w.ledger, Groups: w.groups, Notices: notices,
		Zone: func(context.Context, string) *time.Location { return zone }})
	return w
}

// each runs fn in a fresh clinic on both engines.
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

// mateo is a form as it is filled in for S-02.
func mateo() BeginIn {
	return BeginIn{
		PersonIn: PersonIn{CalledName: "Mateo Ruvalcaba", Contact: "phone", Phone: "(503) 555-0117", Lang: "es", Topics: []string{"housing", "work"},
			HoursFrom: "19:00", HoursUntil: "21:00", NoVoicemail: true, Words: "neighbour"},
		ConsentIn: ConsentIn{TellClinic: true, How: "spoken", Interpreter: "navigator", Witness: "clinician"},
		Group:     worker, Site: "main", Mode: "call_back",
	}
}

func (w *world) begin(a access.Actor, change ...func(*BeginIn)) Begun {
	w.t.Helper()
	in := mateo()
	for _, c := range change {
		c(&in)
	}
	b, err := w.s.Begin(w.ctx, a, in)
	w.must(err)
	return b
}

func warm(in *BeginIn)    { in.Mode = "warm_handoff" }
func quietly(in *BeginIn) { in.TellClinic = false }

func (w *world) row(intro string) (r row) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) {
		r, err = rowByID(w.ctx, tx, intro)
		return err
	}))
	return r
}

func (w *world) state(intro string) State { return w.row(intro).state }

func (w *world) wantState(intro string, want State) {
	w.t.Helper()
	if got := w.state(intro); got != want {
		w.t.Fatalf("state %s, want %s", got, want)
	}
}

// linkSession opens the group's link with its code.
func (w *world) linkSession(intro string) access.Actor {
	w.t.Helper()
	out, err := w.s.LinkFor(w.ctx, lupe, intro)
	w.must(err)
	token, err := w.s.OpenLink(w.ctx, out.URL[len("/r/"):], out.Code)
	w.must(err)
	a, err := w.s.Authenticate(w.ctx, token)
	w.must(err)
	if !a.Has(access.Link) {
		w.t.Fatal("no link session")
	}
	return a
}

// mine opens the person's page with the code.
func (w *world) mine(code string) access.Actor {
	w.t.Helper()
	o, err := w.s.OpenMine(w.ctx, code)
	w.must(err)
	a, err := w.s.Authenticate(w.ctx, o.Token)
	w.must(err)
	if !a.Has(access.Participant) {
		w.t.Fatal("no session of the person")
	}
	return a
}

// raw returns the counts as stored, over all sites and languages.
func (w *world) raw() map[string]int64 {
	w.t.Helper()
	out := map[string]int64{}
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
		rows, err := countsBetween(w.ctx, tx, "0000-00", "9999-99")
		for _, r := range rows {
			out[r.outcome] += r.n
		}
		return err
	}))
	return out
}

func (w *world) hours(n int) { w.clock.Advance(time.Duration(n) * time.Hour) }
func (w *world) days(n int)  { w.clock.Advance(time.Duration(n) * day) }
