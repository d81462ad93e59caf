// A clinic's organizing room for the tests: real database, vault and ledger; a
// clock that is moved by hand; fictional people.
package people

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
	"seedbed/internal/trust/contact"
	"seedbed/locales"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111" // the clinic
	other = "22222222-2222-7222-8222-222222222222" // another clinic
)

func staffMember(account string, roles ...access.Role) access.Actor {
	return access.Actor{Account: account, Org: cedar, Roles: roles}
}

var (
	ana     = staffMember("ana", access.Organizer)
	omar    = staffMember("omar", access.Leader)
	drLee   = staffMember("dr-lee", access.Clinician)
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

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
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: context.Background(), db: d, vault: vaulttest.New(t)}
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
	w.s = New(Deps{DB: d, Vault: w.vault, Audit: w.audit, Jobs: w.jobs, Clock: w.clock, Consent: w.ledger, Notices: notices,
		Zone: func(context.Context, string) *time.Location { return zone }})
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

// thu is a form as it is filled in at a meeting.
func thu() JoinIn {
	return JoinIn{ProfileIn: ProfileIn{In: contact.In{CalledName: "Thu Pham", Contact: "phone", Phone: "(503) 555-0121", Lang: "vi", HoursFrom: "18:00", HoursUntil: "20:30"},
		MoreLangs: []string{"en"}, Area: "Lents", Availability: []string{"saturday"}, AccessNeeds: []string{"childcare"}}, Source: AtMeeting, How: "paper"}
}

func (w *world) join(a access.Actor, name string, change ...func(*JoinIn)) Joined {
	w.t.Helper()
	in := thu()
	in.CalledName = name
	for _, c := range change {
		c(&in)
	}
	j, err := w.s.Join(w.ctx, a, in)
	w.must(err)
	return j
}
