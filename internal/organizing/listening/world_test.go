// A clinic in which people listen: real database, vault and ledger; a clock that
// is moved by hand; fictional people.
package listening

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
	"seedbed/internal/platform/vault"
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

func staffMember(account string, roles ...access.Role) access.Actor {
	return access.Actor{Account: account, Org: cedar, Roles: roles}
}

var (
	ana     = staffMember("ana", access.Organizer)
	omar    = staffMember("omar", access.Leader)
	sara    = staffMember("sara", access.Leader) // listens in nothing
	ruth    = staffMember("ruth", access.Lead)
	drLee   = staffMember("dr-lee", access.Clinician)
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

type world struct {
	t      testing.TB
	ctx    context.Context
	s      *Service
	people *people.Service
	db     *db.DB
	vault  *vault.Vault
	clock  *clock.Fake
	ledger *consent.Ledger
	phones int
	keys   int
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: context.Background(), db: d, vault: vaulttest.New(t)}
	w.clock = clock.NewFake(time.Date(2026, 9, 7, 10, 0, 0, 0, zone)) // a Monday
	log := audit.New(d, w.vault, w.clock)
	jobs := job.New(d, job.Options{Clock: w.clock})
	w.ledger = consent.New(w.clock)
	cat, err := i18n.Load(locales.Files)
	w.must(err)
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: w.clock, Vault: w.vault, Audit: log, Catalog: cat, Zone: zone.String()})
	w.must(err)
	w.people = people.New(people.Deps{DB: d, Vault: w.vault, Audit: log, Jobs: jobs, Clock: w.clock, Consent: w.ledger, Notices: notices,
		Zone: func(context.Context, string) *time.Location { return zone }})
	w.s = New(Deps{DB: d, Vault: w.vault, Audit: log, Clock: w.clock, People: w.people})
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

// says is is with the sentence that must be given.
func (w *world) says(err error, key string) {
	w.t.Helper()
	got, _ := fault.MessageOf(err)
	if fs := fault.FieldsOf(err); len(fs) > 0 {
		got = fs[0].Key
	}
	if got != key {
		w.t.Errorf("got %q (%v), want %q", got, err, key)
	}
}

func (w *world) key() string { w.keys++; return fmt.Sprintf("key-%d", w.keys) }

func (w *world) join(name string) string {
	w.t.Helper()
	w.phones++
	j, err := w.people.Join(w.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: fmt.Sprintf("+1503555%04d", 100+w.phones%100), Lang: "vi"}},
		Source: people.AtMeeting, How: "paper"})
	w.must(err)
	return j.ID
}

func questions() []string {
	return []string{"What weighs on you and the people you love?", "What makes you angry enough to want to change it?"}
}

// plan is the campaign of S-04: 200 people in eight weeks, a quarter in Spanish and
// 15 % in Vietnamese.
func (w *world) plan() PlanIn {
	return PlanIn{Name: "Fall listening", Languages: []string{"en", "es", "vi"},
		Questions: map[string][]string{"en": questions(), "es": {"¿Qué le pesa?", "¿Qué quiere cambiar?"}, "vi": {"Điều gì đè nặng?", "Điều gì cần đổi?"}},
		Starts:    w.clock.Now().Truncate(24 * time.Hour), Ends: w.clock.Now().Truncate(24*time.Hour).AddDate(0, 0, 56), People: 200, Sessions: 160, Listeners: 20,
		Shares: map[string]int{"es": 25, "vi": 15}, Areas: []string{"Lents", "Foster"}, Key: w.key()}
}

// open is a campaign that listens, with Omar as a listener.
func (w *world) open() string {
	w.t.Helper()
	c, err := w.s.Plan(w.ctx, ana, w.plan())
	w.must(err)
	_, err = w.s.SaveListener(w.ctx, ana, ListenerIn{Campaign: c, Who: Who{Account: "omar"}, Goal: 10, Key: w.key()})
	w.must(err)
	w.must(w.s.Open(w.ctx, ana, c, w.key()))
	return c
}

func (w *world) later(days int) { w.clock.Set(w.clock.Now().AddDate(0, 0, days)) }

func (w *world) heard(campaign string, f Format, lang string, n int, said ...Tally) string {
	w.t.Helper()
	out, err := w.s.File(w.ctx, ana, w.report(campaign, f, lang, n, said...))
	w.must(err)
	return out.Session
}

func (w *world) report(campaign string, f Format, lang string, n int, said ...Tally) SessionIn {
	return SessionIn{Campaign: campaign, Revision: 1, State: Reported, Format: f, Held: w.clock.Now(), Minutes: 60, Language: lang, Heard: n, Said: said, Key: w.key()}
}

// checked brings an open campaign past its mid-point, closed past its end.
func (w *world) checked(c string) {
	w.t.Helper()
	w.later(22)
	w.must(w.s.CheckMidpoint(w.ctx, ana, MidpointIn{Campaign: c, Network: &NetworkIn{Kind: PlaceBased, Name: "Bus line 14"}, Key: w.key()}))
}

func (w *world) closed(c string) {
	w.t.Helper()
	w.checked(c)
	w.must(w.s.Close(w.ctx, ana, c, w.key()))
}

func (w *world) agreed(c string) {
	w.t.Helper()
	for _, name := range []string{"Language access", "Rent"} {
		_, err := w.s.Wall(w.ctx, ana, WallIn{Campaign: c, Verb: Create, Name: name, Key: w.key()})
		w.must(err)
	}
	w.closed(c)
	w.must(w.s.Agree(w.ctx, ana, AgreeIn{Campaign: c, Leaders: 6, Staff: 2, Key: w.key()}))
}

func (w *world) told(c string) {
	w.t.Helper()
	w.agreed(c)
	w.must(w.s.LogReportBack(w.ctx, ana, w.back(c)))
}

func (w *world) back(c string) ReportBackIn {
	return ReportBackIn{Campaign: c, At: w.clock.Now(), How: "meeting", Reached: 80, Languages: []string{"en", "vi"}, Note: "In the church hall.", Key: w.key()}
}

// delegates is the decision of S-06.
func (w *world) delegates(c string) DecideIn {
	return DecideIn{Campaign: c, Key: w.key(), Decision: Decision{At: w.clock.Now(), Method: Dots, People: 64, Institutions: 18, OfInstitutions: 22, Dissent: "Some wanted the bus first.",
		Options: []Option{{Text: "Language access", Votes: 91, Chosen: true}, {Text: "Rent", Votes: 84, Chosen: true}, {Text: "Bus", Votes: 40}, {Text: "Clinic hours", Votes: 33}}}}
}
