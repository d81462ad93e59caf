// A clinic with people for the tests: real database, vault and ledger; a clock
// that is moved by hand; fictional people.
package learning

import (
	"context"
	"io/fs"
	"strings"
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
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, job.Schema, consent.Schema, people.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111" // the clinic
	other = "22222222-2222-7222-8222-222222222222" // another clinic
)

var (
	ana     = access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer}}
	drLee   = access.Actor{Account: "dr-lee", Org: cedar, Roles: []access.Role{access.Clinician}}
	ruth    = access.Actor{Account: "ruth", Org: cedar, Roles: []access.Role{access.Lead}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

func leader(person string) access.Actor {
	return access.Actor{Account: "lead" + strings.ReplaceAll(person, "-", ""), Org: cedar, Person: person, Roles: []access.Role{access.Leader}}
}

func member(person string) access.Actor {
	return access.Actor{Org: cedar, Person: person, Roles: []access.Role{access.Member}}
}

type world struct {
	t      testing.TB
	ctx    context.Context
	s      *Service
	people *people.Service
	db     *db.DB
	clock  *clock.Fake
	audit  *audit.Log
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d}
	w.clock = clock.NewFake(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)) // a Monday
	v := vaulttest.New(t)
	w.audit = audit.New(d, v, w.clock)
	ledger := consent.New(w.clock)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: w.audit, Jobs: job.New(d, job.Options{Clock: w.clock}), Clock: w.clock, Consent: ledger})
	w.s = New(Deps{DB: d, Audit: w.audit, Clock: w.clock, People: w.people})
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

// fundamentals is a published curriculum of three sessions of ours.
func (w *world) fundamentals() string {
	w.t.Helper()
	made, err := w.s.Save(w.ctx, ana, SaveIn{Title: "Fundamentals", Purpose: "To begin.", Lang: "en", Add: []string{"story", "one_to_one", "house_meeting"}})
	w.must(err)
	w.must(w.s.Publish(w.ctx, ana, made, 1, ""))
	return made
}

// held is a training that was held an hour ago, with these people.
func (w *world) held(a access.Actor, curriculum string, who ...string) string {
	w.t.Helper()
	at := w.clock.Now().Add(-time.Hour)
	made, err := w.s.Plan(w.ctx, a, PlanIn{Curriculum: curriculum, At: at, Minutes: 120, Place: "hall", Language: "en"})
	w.must(err)
	for _, p := range who {
		w.must(w.s.Expect(w.ctx, a, made, Attendance{Person: p}, ""))
	}
	w.must(w.s.Hold(w.ctx, a, HoldIn{ID: made, Present: who, Others: 2}))
	return made
}
