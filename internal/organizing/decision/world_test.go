// An organizing room for the tests: real database, vault and audit; a clock moved
// by hand; delegates of fictional institutions.
package decision

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, job.Schema, people.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111"
	other = "22222222-2222-7222-8222-222222222222"
)

func staffMember(account string, roles ...access.Role) access.Actor {
	return access.Actor{Account: account, Org: cedar, Roles: roles}
}

var (
	ana     = staffMember("ana", access.Organizer)
	omar    = staffMember("omar", access.Leader)
	thu     = staffMember("thu", access.Leader)
	drLee   = staffMember("dr-lee", access.Clinician)
	admin   = staffMember("admin", access.Admin)
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

func member(person string) access.Actor {
	return access.Actor{Org: cedar, Person: person, Roles: []access.Role{access.Member}}
}

type world struct {
	t     testing.TB
	ctx   context.Context
	s     *Service
	db    *db.DB
	vault *vault.Vault
	keys  *db.DB // the vault's store
	clock *clock.Fake
	jobs  *job.Queue
	audit *audit.Log
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d, keys: dbtest.SQLite(t, vault.Schema)}
	w.clock = clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))
	var err error
	w.vault, err = vault.Open(w.ctx, vault.Options{Keys: w.keys, KEK: vault.NewKEK(), Clock: w.clock, Ledger: filepath.Join(t.TempDir(), "erased.ledger")})
	w.must(err)
	w.audit = audit.New(d, w.vault, w.clock)
	w.jobs = job.New(d, job.Options{Clock: w.clock})
	w.s = New(Deps{DB: d, Vault: w.vault, Audit: w.audit, Jobs: w.jobs, Clock: w.clock})
	return w
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// person is somebody with a key, as the people room makes them.
func (w *world) person(n int) string {
	w.t.Helper()
	p := id.Derive("person", fmt.Sprint(n))
	w.must(w.vault.CreatePerson(w.ctx, cedar, p))
	return p
}

func house(n int) string { return id.Derive("institution", fmt.Sprint(n)) }

func rankedIn(openness Openness) In {
	return In{Question: "Where do we meet?", Options: []string{"Library", "Church hall", "School"}, Method: "ranked", Openness: string(openness)}
}

func agreeIn(openness Openness) In {
	return In{Question: "Do we join the march?", Method: "agree", Openness: string(openness)}
}

// made is a draft with voters; its link and codes come with it.
func (w *world) made(in In, list []Voter, slips int) (decision, link string, codes []Printed) {
	w.t.Helper()
	decision, err := w.s.Save(w.ctx, ana, in)
	w.must(err)
	w.must(w.s.SetVoters(w.ctx, ana, decision, list))
	codes, err = w.s.Codes(w.ctx, ana, decision, slips)
	w.must(err)
	d, err := w.s.Read(w.ctx, ana, decision)
	w.must(err)
	return decision, d.Words.Link, codes
}

func (w *world) delegates(n, houses int) (list []Voter) {
	for i := range n {
		list = append(list, Voter{Institution: house(i % houses)})
	}
	return list
}

// castSecret is a voter's browser: seal, have it signed, open, drop.
func (w *world) castSecret(link, code, choice string) ballot.Entry {
	w.t.Helper()
	d, err := w.s.Knock(w.ctx, link)
	w.must(err)
	env, err := ballot.Seal(d.Key, d.ID, choice)
	w.must(err)
	signed, err := w.s.SignBlind(w.ctx, link, code, env.Blinded)
	w.must(err)
	e, err := env.Open(signed)
	w.must(err)
	w.must(w.s.Drop(w.ctx, link, e))
	return e
}
