// A clinic for the tests: real database, vault and ledger; a clock that is moved by
// hand; fictional people.
package evaluation

import (
	"context"
	"io/fs"
	"slices"
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
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
	"seedbed/locales"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, proof.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111" // the clinic
	other = "22222222-2222-7222-8222-222222222222" // another clinic
)

var (
	ana     = access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer}}
	thu     = access.Actor{Account: "thu", Org: cedar, Person: "p-thu", Roles: []access.Role{access.Leader}}
	guest   = access.Actor{Account: "guest", Org: cedar, Person: "p-guest", Roles: []access.Role{access.Leader}}
	ruth    = access.Actor{Account: "ruth", Org: cedar, Roles: []access.Role{access.Lead}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
	nobody  = access.Anonymous(cedar)
)

type world struct {
	testing.TB
	ctx    context.Context
	s      *Service
	people *people.Service
	db     *db.DB
	clock  *clock.Fake
	here   []Person // who was there
	closed []Round
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{TB: t, ctx: context.Background(), db: d, clock: clock.NewFake(time.Date(2026, 11, 3, 19, 30, 0, 0, time.UTC))}
	v := vaulttest.New(t)
	log := audit.New(d, v, w.clock)
	cat, err := i18n.Load(locales.Files)
	w.ok(err)
	jobs := job.New(d, job.Options{Clock: w.clock})
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: w.clock, Vault: v, Audit: log, Catalog: cat})
	w.ok(err)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Consent: consent.New(w.clock), Notices: notices})
	w.s = New(Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, People: w.people,
		Present: func(context.Context, access.Actor, string) ([]Person, error) { return w.here, nil },
		Teams: func(_ context.Context, a access.Actor) ([]string, error) {
			if a.Account == "thu" {
				return []string{"team-1"}, nil
			}
			return nil, nil
		},
		Closed: []Closed{func(_ context.Context, _ *db.Tx, _ access.Actor, r Round) error {
			w.closed = append(w.closed, r)
			return nil
		}}})
	for _, name := range []string{"Thu", "Omar"} {
		j, err := w.people.Join(w.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
		w.ok(err)
		w.here = append(w.here, Person{j.ID, name})
	}
	return w
}

// each runs fn in a fresh room on both engines.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) is(err error, k fault.Kind) {
	w.Helper()
	if !fault.Is(err, k) {
		w.Errorf("got %v, want %v", err, k)
	}
}

// opened is a round of something that just ended.
func (w *world) opened(in In) string {
	w.Helper()
	if in.At.IsZero() {
		in.At = w.clock.Now()
	}
	made := ""
	w.ok(w.db.Write(w.ctx, cedar, func(tx *db.Tx) (err error) { made, err = w.s.OpenIn(w.ctx, tx, ana, in); return err }))
	return made
}

func (w *world) research() string {
	return w.opened(In{Ref: "research:1", Kind: Research, Title: "Visit to the pharmacy"})
}

func (w *world) get(round string) Full {
	w.Helper()
	r, err := w.s.Get(w.ctx, ana, round)
	w.ok(err)
	return r
}

func (w *world) done(ref string) (done bool) {
	w.Helper()
	w.ok(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) { done, err = w.s.DoneIn(w.ctx, tx, ref); return err }))
	return done
}

// phone answers as a phone without scripts does: it waits.
func (w *world) phone(token string, said Said) error {
	w.Helper()
	sheet, err := w.s.Ask(w.ctx, nobody, token)
	if err != nil {
		return err
	}
	return w.s.Answer(w.ctx, nobody, token, said, proof.Form{Challenge: sheet.Challenge, Nonce: proof.Work(sheet.Challenge)})
}

func (w *world) rows(table string) (n int64) {
	w.Helper()
	w.ok(w.db.Read(w.ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
		n, err = db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM `+table)
		return err
	}))
	return n
}

func feltAs(list []Felt, word string) int {
	i := slices.IndexFunc(list, func(f Felt) bool { return f.Code == word || f.Word == word })
	if i < 0 {
		return -1
	}
	return list[i].N
}
