// The world of the room's tests: a real database of each kind, a real vault and
// audit log, a clock moved by hand, and people with authenticator apps.

package account

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
	"seedbed/internal/platform/vault"
	"seedbed/internal/platform/vault/vaulttest"
)

type world struct {
	testing.TB
	ctx   context.Context
	db    *db.DB
	vault *vault.Vault
	clock *clock.Fake
	log   *audit.Log
	*Service
}

var browser = Client{Network: "192.0.2.0/24", Agent: "Firefox|Linux"}

const phrase = "seven green kettles sing"

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	dbtest.Each(t, allSchemas(), func(t *testing.T, d *db.DB) { fn(newWorld(t, d)) })
}

func newWorld(t testing.TB, d *db.DB) *world {
	w := &world{TB: t, ctx: context.Background(), db: d, vault: vaulttest.New(t), clock: clock.NewFake(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))}
	w.log = audit.New(d, w.vault, w.clock)
	w.Service = w.service(Options{})
	return w
}

// service is one more replica on the same database.
func (w *world) service(o Options) *Service {
	w.Helper()
	o.Base, o.Cost = "https://seedbed.example", cheapCost
	s, err := New(w.db, w.vault, w.log, w.clock, o)
	w.ok(err)
	return s
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) want(kind fault.Kind, err error) {
	w.Helper()
	if !fault.Is(err, kind) {
		w.Fatalf("want %v, got %v", kind, err)
	}
}

func (w *world) key(err error) string {
	if f := fault.FieldsOf(err); len(f) > 0 {
		return f[0].Key
	}
	key, _ := fault.MessageOf(err)
	return key
}

// member is somebody with an account, password and app.
type member struct {
	access.Actor
	email, token string
	secret       []byte
	codes        []string
}

func (w *world) code(m *member) string {
	w.clock.Advance(totpPeriod) // a code works once: wait for the next
	return totpCode(m.secret, totpStep(w.clock.Now()), totpDigits)
}

// first runs the guided set-up and returns the administrator.
func (w *world) first() *member {
	w.Helper()
	token, err := w.IssueSetupToken(w.ctx)
	w.ok(err)
	step, err := w.BeginSetup(w.ctx, browser, token)
	w.ok(err)
	w.ok(w.SetClinic(w.ctx, step, Clinic{"Riverside Clinic", "Main Street", "es", "America/Chicago"}))
	w.ok(w.SetPerson(w.ctx, step, Person{"Ana Robles", "Ana@Riverside.example", "es"}))
	return w.finish(step, "ana@riverside.example")
}

func (w *world) finish(step, email string) *member {
	w.Helper()
	w.ok(w.SetEnrolPassword(w.ctx, step, phrase))
	e, err := w.Enrolment(w.ctx, step)
	w.ok(err)
	m := &member{email: email}
	m.secret, err = decodeTOTPSecret(e.Secret)
	w.ok(err)
	m.token, _, m.codes, err = w.FinishEnrolCode(w.ctx, browser, step, w.code(m))
	w.ok(err)
	w.refresh(m)
	return m
}

// refresh makes m the actor that the session's next request would have.
func (w *world) refresh(m *member) {
	w.Helper()
	a, _, err := w.Authenticate(w.ctx, m.token)
	w.ok(err)
	m.Actor = a
}

// join invites and enrols somebody.
func (w *world) join(by *member, name, email string, role access.Role, group string) *member {
	w.Helper()
	w.stepUp(by)
	token, _, err := w.Invite(w.ctx, by.Actor, Guest{Name: name, Email: email, Role: role, Group: group, Language: "en"})
	w.ok(err)
	step, err := w.BeginInvitation(w.ctx, token, Person{name, email, "en"})
	w.ok(err)
	return w.finish(step, email)
}

func (w *world) stepUp(m *member) {
	w.Helper()
	token, err := w.StepUp(w.ctx, m.Actor, w.code(m))
	w.ok(err)
	m.token = token
	w.refresh(m)
}

func (w *world) signIn(m *member) {
	w.Helper()
	step, err := w.SignIn(w.ctx, browser, m.email, phrase)
	w.ok(err)
	m.token, _, err = w.SignInCode(w.ctx, browser, step, w.code(m))
	w.ok(err)
	w.refresh(m)
}

// entries counts audit rows of an action.
func (w *world) entries(org, action, decision string) (n int) {
	w.Helper()
	w.ok(w.db.Read(w.ctx, org, func(tx *db.Tx) (err error) {
		n, err = db.One[int](w.ctx, tx, `SELECT COUNT(*) FROM audit_event WHERE org_id = $1 AND action = $2 AND decision = $3`, org, action, decision)
		return err
	}))
	return n
}

func allSchemas() []fs.FS { return []fs.FS{Schema, audit.Schema, idem.Schema} }
