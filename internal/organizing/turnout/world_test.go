// A clinic with institutions, people and one assembly ahead: real database, vault
// and ledger; a clock that is moved by hand; fictional people.
package turnout

import (
	"context"
	"fmt"
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
	ruth    = access.Actor{Account: "ruth", Org: cedar, Roles: []access.Role{access.Lead}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

func leader(person string) access.Actor {
	return access.Actor{Account: "acc-" + person, Org: cedar, Person: person, Roles: []access.Role{access.Leader}}
}

func member(person string) access.Actor {
	return access.Actor{Org: cedar, Person: person, Roles: []access.Role{access.Member}}
}

type world struct {
	t             testing.TB
	ctx           context.Context
	s             *Service
	people        *people.Service
	db            *db.DB
	jobs          *job.Queue
	notices       *notify.Notifier
	clock         *clock.Fake
	church, union string // institutions
	thu           string // a leader
	phones        int
	at            time.Time // of the event
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d}
	v := vaulttest.New(t)
	w.clock = clock.NewFake(time.Date(2026, 11, 2, 17, 0, 0, 0, time.UTC))
	w.at = w.clock.Now().AddDate(0, 0, 12)
	log, ledger := audit.New(d, v, w.clock), consent.New(w.clock)
	cat, err := i18n.Load(locales.Files)
	w.must(err)
	w.jobs = job.New(d, job.Options{Clock: w.clock})
	w.notices, err = notify.New(notify.Options{DB: d, Jobs: w.jobs, Clock: w.clock, Vault: v, Audit: log, Catalog: cat})
	w.must(err)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: w.jobs, Clock: w.clock, Consent: ledger, Notices: w.notices,
		OnErase: []func(context.Context, *db.Tx, string) error{func(ctx context.Context, tx *db.Tx, person string) error { return w.s.ForgetIn(ctx, tx, person) }}})
	w.s = New(Deps{DB: d, Vault: v, Audit: log, Clock: w.clock, Consent: ledger, People: w.people, Notices: w.notices})
	w.notices.Resolver(RefAsk, w.s.Resolve(func(token string) string { return "https://clinic.example/b/" + token }))
	w.church, err = w.people.SaveInstitution(w.ctx, ana, people.Institution{Name: "St. Brigid", Kind: "congregation"}, "")
	w.must(err)
	w.union, err = w.people.SaveInstitution(w.ctx, ana, people.Institution{Name: "Local 9", Kind: "union"}, "")
	w.must(err)
	w.thu = w.join("Thu Pham", "phone")
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

func (w *world) joinBy(a access.Actor, name, way string) people.Joined {
	w.t.Helper()
	w.phones++
	in := contact.In{CalledName: name, Contact: way, Phone: fmt.Sprintf("(503) 555-%04d", 100+w.phones), Lang: "vi"}
	if way == "in_person" {
		in.Phone = ""
	}
	if way == "mail" {
		in.Phone, in.Email = "", fmt.Sprintf("p%d@mail.example", w.phones)
	}
	j, err := w.people.Join(w.ctx, a, people.JoinIn{ProfileIn: people.ProfileIn{In: in}, Source: people.AtMeeting, How: "paper"})
	w.must(err)
	return j
}

func (w *world) join(name, way string) string { w.t.Helper(); return w.joinBy(ana, name, way).ID }

func (w *world) form(change ...func(*In)) In {
	in := In{Kind: people.Assembly, At: w.at, Minutes: 75, Goal: 300, Title: "Labels we can read", Where: "Church hall"}
	for _, c := range change {
		c(&in)
	}
	return in
}

func (w *world) open(change ...func(*In)) string {
	w.t.Helper()
	made, err := w.s.Open(w.ctx, ana, w.form(change...))
	w.must(err)
	return made
}

func (w *world) get(id string) Board {
	w.t.Helper()
	b, err := w.s.Get(w.ctx, ana, id)
	w.must(err)
	return b
}

func (w *world) body(id, institution string) Body {
	w.t.Helper()
	for _, b := range w.get(id).Sums.Bodies {
		if b.Institution == institution {
			return b
		}
	}
	return Body{}
}
