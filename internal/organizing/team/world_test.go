// A clinic with people for the tests: real database, vault and ledger; a clock
// that is moved by hand; fictional people.
package team

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
)

var (
	ana     = access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer}}
	drLee   = access.Actor{Account: "dr-lee", Org: cedar, Roles: []access.Role{access.Clinician}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

func leader(person string) access.Actor {
	return access.Actor{Account: "acc-" + person, Org: cedar, Person: person, Roles: []access.Role{access.Leader}}
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
	vault  *vault.Vault
	clock  *clock.Fake
	ledger *consent.Ledger
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d, vault: vaulttest.New(t)}
	w.clock = clock.NewFake(time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)) // a Monday
	log := audit.New(d, w.vault, w.clock)
	w.ledger = consent.New(w.clock)
	w.people = people.New(people.Deps{DB: d, Vault: w.vault, Audit: log, Jobs: job.New(d, job.Options{Clock: w.clock}), Clock: w.clock, Consent: w.ledger})
	w.s = New(Deps{DB: d, Vault: w.vault, Audit: log, Clock: w.clock, Consent: w.ledger, People: w.people})
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

func (w *world) team(change ...func(*Team)) string {
	w.t.Helper()
	t := Team{Kind: Core, Name: "Foster Row core team", Purpose: "Hear and be heard at the clinic.", Agreements: "One speaks at a time.\nWe end on time."}
	for _, c := range change {
		c(&t)
	}
	made, err := w.s.Create(w.ctx, ana, t, "")
	w.must(err)
	return made
}

func (w *world) add(team, person string) {
	w.t.Helper()
	w.must(w.s.Add(w.ctx, ana, MemberIn{Team: team, Person: person, MayChair: true}))
}

// names is what an actor sees of the members.
func (w *world) members(a access.Actor, team string) map[string]Member {
	w.t.Helper()
	_, list, err := w.s.Get(w.ctx, a, team)
	w.must(err)
	out := map[string]Member{}
	for _, m := range list {
		out[m.Person] = m
	}
	return out
}
