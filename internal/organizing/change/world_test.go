// A clinic for the tests: real database and vault, a clock that is moved by hand,
// neighbours that say what they are told.
package change

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault/vaulttest"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111" // the clinic
	other = "22222222-2222-7222-8222-222222222222" // another clinic
)

var (
	ana     = access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer}}
	thu     = access.Actor{Account: "thu", Org: cedar, Roles: []access.Role{access.Leader}}
	ruth    = access.Actor{Account: "ruth", Org: cedar, Roles: []access.Role{access.Lead}}
	drLee   = access.Actor{Account: "dr-lee", Org: cedar, Roles: []access.Role{access.Clinician}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

type near struct{}

func (near) Issues(context.Context, access.Actor) ([]Choice, error) {
	return []Choice{{"labels", "Labels we can read"}}, nil
}

func (near) Issue(_ context.Context, _ access.Actor, id string) (Choice, error) {
	if id != "labels" {
		return Choice{}, fault.Missing("issue")
	}
	return Choice{"labels", "Labels we can read"}, nil
}

type world struct {
	t      testing.TB
	ctx    context.Context
	s      *Service
	db     *db.DB
	clock  *clock.Fake
	traced []Stop
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d, clock: clock.NewFake(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC))}
	v := vaulttest.New(t)
	w.s = New(Deps{DB: d, Vault: v, Audit: audit.New(d, v, w.clock), Clock: w.clock, Issues: near{},
		Stories: func(context.Context, access.Actor) ([]Choice, error) { return []Choice{{"s1", "At the counter"}}, nil },
		Traces: []Trace{
			func(context.Context, access.Actor, Record) ([]Stop, error) { return w.traced, nil },
			func(context.Context, access.Actor, Record) ([]Stop, error) { return nil, fault.Denied("not theirs") },
		}})
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

func day(month, d int) time.Time { return time.Date(2026, time.Month(month), d, 20, 0, 0, 0, time.UTC) }

func form(change ...func(*SaveIn)) SaveIn {
	in := SaveIn{Issue: "labels", Level: "state", Title: "Labels in ten languages", Description: "Every pharmacy prints them.", Affected: "48,000", AffectedOn: "people who fill a prescription in the county and read another language best",
		Money: "120,000", MoneyOn: "printers and software, first year", Rating: "contributed", Narrative: "The board had turned it down before 287 people asked.", Others: "Nursing school | counted labels | school.example/labels\nPharmacists' guild",
		Sources: "Minutes of the board | board.example/minutes", Tags: map[string]string{"policies": "short", "alliances": "medium", "norms": ""}, Roots: []string{"s1"}, NamedOn: day(1, 10), Evidence: "Raised at the house meeting."}
	for _, c := range change {
		c(&in)
	}
	return in
}

func (w *world) make(change ...func(*SaveIn)) Record {
	w.t.Helper()
	made, err := w.s.Save(w.ctx, ana, form(change...))
	w.must(err)
	return w.get(made)
}

func (w *world) get(id string) Record {
	w.t.Helper()
	r, err := w.s.Get(w.ctx, ana, id)
	w.must(err)
	return r
}
