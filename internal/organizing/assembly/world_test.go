// A clinic for the tests: real database, vault and ledger; a clock that is moved by
// hand; neighbours that do what they are told; fictional people.
package assembly

import (
	"context"
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
	lead    = access.Actor{Account: "thu", Org: cedar, Roles: []access.Role{access.Leader}}
	ruth    = access.Actor{Account: "ruth", Org: cedar, Roles: []access.Role{access.Lead}}
	drLee   = access.Actor{Account: "dr-lee", Org: cedar, Roles: []access.Role{access.Clinician}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
	hallPC  = access.Anonymous(cedar)
)

type world struct {
	t               testing.TB
	ctx             context.Context
	s               *Service
	people          *people.Service
	db              *db.DB
	clock           *clock.Fake
	ledger          *consent.Ledger
	thu, omar, rosa string
	church, union   string
	n               *neighbours
}

// neighbours are the other rooms.
type neighbours struct {
	stopped  map[string]bool // stories whose teller said stop
	opened   []TurnoutIn
	pledges  []PledgeIn
	evals    []EvaluationIn
	done     bool
	attended int
	over     []bool
	used     []string
}

func (n *neighbours) Show(_ context.Context, _, story string) (Showing, error) {
	if n.stopped[story] {
		return Showing{}, fault.Ended("story.error.place")
	}
	return Showing{Story: story, Name: "Thu P.", Title: "A label I could not read", Text: "I held the bottle.", Language: "en"}, nil
}

func (n *neighbours) Offered(context.Context, access.Actor) ([]Option, error) {
	return []Option{{"story-1", "A label I could not read"}}, nil
}
func (n *neighbours) Used(_ context.Context, _, story, _, key string) error {
	if n.stopped[story] {
		return fault.Ended("story.error.place")
	}
	n.used = append(n.used, key)
	return nil
}

func (n *neighbours) OpenIn(_ context.Context, _ *db.Tx, _ access.Actor, in TurnoutIn) error {
	n.opened = append(n.opened, in)
	return nil
}

func (n *neighbours) Summary(context.Context, access.Actor, string) (Summary, error) {
	return Summary{Goal: 300, Pledged: 410, Confirmed: 344, Attended: n.attended}, nil
}

func (n *neighbours) Rolled(context.Context, string, string, string, int, string) error { return nil }

func (n *neighbours) Over(_ context.Context, _, _ string, held bool) error {
	n.over = append(n.over, held)
	return nil
}

type pledges struct{ *neighbours }

func (n pledges) MakeIn(_ context.Context, _ *db.Tx, _ access.Actor, in PledgeIn) (string, error) {
	n.pledges = append(n.neighbours.pledges, in)
	n.neighbours.pledges = n.pledges
	return "pledge-1", nil
}

type evals struct{ *neighbours }

func (n evals) OpenIn(_ context.Context, _ *db.Tx, _ access.Actor, in EvaluationIn) error {
	n.neighbours.evals = append(n.neighbours.evals, in)
	return nil
}
func (n evals) DoneIn(context.Context, *db.Tx, string) (bool, error) { return n.done, nil }

type lists struct{}

func (lists) Cycles(context.Context, access.Actor) ([]Option, error) {
	return []Option{{"cycle-1", "Labels we can read"}}, nil
}

func (lists) Issues(_ context.Context, _ access.Actor, cycle string) ([]Issue, error) {
	return []Issue{{ID: "issue-1", Cycle: "cycle-1", Name: "Labels in ten languages", Ask: "Adopt the rule"}}, nil
}

func (lists) Offices(context.Context, access.Actor) ([]Office, error) {
	return []Office{{"office-1", "Elena Reyes", "Director", "County Pharmacy Board"}, {"office-2", "Tomas Okafor", "Mayor", "Millbrook"}}, nil
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d, n: &neighbours{stopped: map[string]bool{}, attended: 287}}
	v := vaulttest.New(t)
	w.clock = clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))
	log := audit.New(d, v, w.clock)
	w.ledger = consent.New(w.clock)
	cat, err := i18n.Load(locales.Files)
	w.must(err)
	jobs := job.New(d, job.Options{Clock: w.clock})
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: w.clock, Vault: v, Audit: log, Catalog: cat})
	w.must(err)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Consent: w.ledger, Notices: notices})
	w.s = New(Deps{DB: d, Vault: v, Audit: log, Clock: w.clock, Consent: w.ledger, People: w.people, Issues: lists{}, Offices: lists{}, Stories: w.n, Turnouts: w.n, Pledges: pledges{w.n}, Evaluations: evals{w.n}})
	w.thu, w.omar, w.rosa = w.join("Thu Pham"), w.join("Omar Said"), w.join("Rosa Díaz")
	w.church, err = w.people.SaveInstitution(w.ctx, ana, people.Institution{Name: "St. Anne", Kind: "congregation"}, "")
	w.must(err)
	w.union, err = w.people.SaveInstitution(w.ctx, ana, people.Institution{Name: "Local 12", Kind: "union"}, "")
	w.must(err)
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

func (w *world) form(change ...func(*PlanIn)) PlanIn {
	in := PlanIn{Kind: Assembly, At: time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC), Minutes: 75, Capacity: 400, Goal: 300, Cycle: "cycle-1", Languages: []string{"en", "ar"}, Safety: w.rosa,
		Words: Words{Title: "Labels we can read", Where: "Church hall", Purpose: "We ask.", Media: "A page for the press.", Risk: "Two doors."}}
	for _, c := range change {
		c(&in)
	}
	return in
}

func (w *world) get(id string) Whole {
	w.t.Helper()
	x, err := w.s.Get(w.ctx, ana, id)
	w.must(err)
	return x
}

func (w *world) make(change ...func(*PlanIn)) Whole {
	w.t.Helper()
	made, err := w.s.Make(w.ctx, ana, w.form(change...))
	w.must(err)
	return w.get(made)
}

// ready is an assembly with everybody in their place and three asks, an hour before it begins.
func (w *world) ready() Whole {
	w.t.Helper()
	x := w.make()
	for _, it := range x.Items {
		in := ItemIn{ID: it.ID, Minutes: it.Minutes, LeadRole: it.LeadRole, Second: it.Second, Title: it.Title, Version: it.Version}
		switch it.Code {
		case "testimony":
			in.Lead, in.Story = w.thu, "story-1"
		case "pin":
			in.Lead, in.Beside = w.omar, w.rosa
		default:
			in.Lead = w.rosa
		}
		_, err := w.s.SaveItem(w.ctx, ana, x.ID, in)
		w.must(err)
	}
	for _, text := range []string{"Will you adopt the rule?", "Will you pay for it?", "Will you tell every pharmacy?"} {
		_, err := w.s.SaveAsk(w.ctx, ana, x.ID, AskIn{Issue: "issue-1", Office: "office-1", Text: text, Due: x.At.AddDate(0, 2, 0)})
		w.must(err)
	}
	for _, to := range []State{Approved, Turnout, Ready} {
		w.must(w.s.Move(w.ctx, lead, x.ID, to, ""))
	}
	w.clock.Set(x.At.Add(-time.Hour))
	return w.get(x.ID)
}

func (w *world) pin(a access.Actor, x Whole, ask int, answer Answer, change ...func(*PinIn)) string {
	w.t.Helper()
	in := PinIn{Ask: x.Asks[ask].ID, Answer: answer, FollowUp: x.FollowUp(), Said: w.clock.Now()}
	for _, c := range change {
		c(&in)
	}
	made, err := w.s.Pin(w.ctx, a, x.ID, in)
	w.must(err)
	return made
}
