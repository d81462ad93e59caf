// A clinic for the tests: real database and vault; a clock that is moved by hand;
// people in office who are invented.
package pledge

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
	jonas   = access.Actor{Account: "jonas", Org: cedar, Roles: []access.Role{access.Evaluator}}
	anybody = access.Anonymous(cedar)
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

type world struct {
	t     testing.TB
	ctx   context.Context
	s     *Service
	db    *db.DB
	clock *clock.Fake
	staff []people.Colleague
	heard []State // what others were told of
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d, clock: clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))}
	v := vaulttest.New(t)
	w.staff = []people.Colleague{{Account: "ana", Name: "Ana", Roles: []access.Role{access.Organizer}}, {Account: "thu", Name: "Thu", Roles: []access.Role{access.Leader}}, {Account: "dr", Name: "Dr", Roles: []access.Role{access.Clinician}}}
	w.s = New(Deps{DB: d, Vault: v, Audit: audit.New(d, v, w.clock), Clock: w.clock, Clinic: func(context.Context, string) string { return "Cedar Street" },
		Moved: func(_ context.Context, _ *db.Tx, _ access.Actor, p Pledge, _ Note) error {
			w.heard = append(w.heard, p.State)
			return nil
		},
		Staff: func(context.Context, string) ([]people.Colleague, error) { return w.staff, nil }})
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

// reyes is a promise before witnesses.
func reyes() In {
	return In{Ref: "assembly:1", Name: "Elena Reyes", Title: "Director", Body: "County Pharmacy Board", Words: "We will adopt the rule by 30 June.", Lang: "en", Said: "2026-06-05", Due: "2027-06-30",
		Others: map[string]string{"es": "Adoptaremos la regla antes del 30 de junio."}, Parts: []string{"North county", "South county"}, CoOwners: []string{"City of Millbrook"}, Public: true}
}

func (w *world) made(a access.Actor, in In) string {
	w.t.Helper()
	id, err := w.s.Make(w.ctx, a, in)
	w.must(err)
	return id
}

func (w *world) get(a access.Actor, id string) History {
	w.t.Helper()
	h, err := w.s.Get(w.ctx, a, id)
	w.must(err)
	return h
}

// moved is a change that one asked for and another confirmed.
func (w *world) moved(id string, in AskIn) {
	w.t.Helper()
	in.ID = id
	if in.Evidence == "" {
		in.Evidence = "We read it in the minutes."
	}
	w.must(w.s.Ask(w.ctx, ana, in))
	w.must(w.s.Answer(w.ctx, thu, AnswerIn{ID: id, Yes: true}))
}
