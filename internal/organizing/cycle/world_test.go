// A clinic for the tests: real database, vault and ledger; a clock that is moved by
// hand; the rooms beside this one as small tables.
package cycle

import (
	"context"
	"io/fs"
	"slices"
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
	ben     = access.Actor{Account: "ben", Org: cedar, Roles: []access.Role{access.Organizer}}
	omar    = access.Actor{Account: "omar", Org: cedar, Roles: []access.Role{access.Leader}}
	ruth    = access.Actor{Account: "ruth", Org: cedar, Roles: []access.Role{access.Lead}}
	drLee   = access.Actor{Account: "dr-lee", Org: cedar, Roles: []access.Role{access.Clinician}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
)

// beside is what the rooms beside this one know.
type beside struct {
	told      map[string]bool
	done      []Doing
	decided   []Decision
	evaluated map[string]bool
	opened    []string
}

func (b *beside) Teams(context.Context, access.Actor) ([]Named, error) {
	return []Named{{"core", "Cedar Street core team"}, {"labels", "Language access team"}}, nil
}

func (b *beside) Campaigns(context.Context, access.Actor) (out []Campaign, err error) {
	return []Campaign{{Named{"fall", "Fall listening"}, b.told["fall"]}}, nil
}

func (b *beside) Offices(context.Context, access.Actor) ([]Office, error) {
	return []Office{{"reyes", "Elena Reyes", "Director", "County Pharmacy Board"}, {"empty", "", "Director", "Millbrook Transit"}, {"body", "Millbrook City Council", "", "City of Millbrook"}}, nil
}

func (b *beside) Doings(_ context.Context, _ access.Actor, issues []string) (out []Doing, err error) {
	for _, d := range b.done {
		if slices.Contains(issues, d.Issue) {
			out = append(out, d)
		}
	}
	return out, nil
}

func (b *beside) Of(_ context.Context, _ access.Actor, ref string) (out []Decision, err error) {
	for _, d := range b.decided {
		if d.Ref == ref {
			out = append(out, d)
		}
	}
	return out, nil
}

func (b *beside) OpenIn(_ context.Context, _ *db.Tx, _ access.Actor, c Cycle) error {
	b.opened = append(b.opened, c.Ref())
	return nil
}

func (b *beside) Done(_ context.Context, _ access.Actor, ref string) (bool, error) {
	return b.evaluated[ref], nil
}

type world struct {
	t      testing.TB
	ctx    context.Context
	s      *Service
	people *people.Service
	db     *db.DB
	clock  *clock.Fake
	beside *beside
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d, beside: &beside{told: map[string]bool{}, evaluated: map[string]bool{}}}
	v := vaulttest.New(t)
	w.clock = clock.NewFake(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
	log := audit.New(d, v, w.clock)
	w.people = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: job.New(d, job.Options{Clock: w.clock}), Clock: w.clock, Consent: consent.New(w.clock)})
	w.s = New(Deps{DB: d, Vault: v, Audit: log, Clock: w.clock, People: w.people, Teams: w.beside, Campaigns: w.beside, Offices: w.beside, Research: only{w.beside, true}, Actions: only{w.beside, false},
		Decisions: w.beside, Evaluations: w.beside, Keeps: func(_ context.Context, _, account string) bool { return account == "ana" || account == "ben" }})
	return w
}

// only is one half of what was done: research, or everything else.
type only struct {
	b        *beside
	research bool
}

func (o only) Doings(ctx context.Context, a access.Actor, issues []string) ([]Doing, error) {
	list, err := o.b.Doings(ctx, a, issues)
	return slices.DeleteFunc(list, func(d Doing) bool { return (d.Kind == DoneResearch) != o.research }), err
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

// fields wants exactly these fields to be named as wrong.
func (w *world) fields(err error, want ...string) {
	w.t.Helper()
	var got []string
	for _, f := range fault.FieldsOf(err) {
		got = append(got, f.Name)
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("wrong fields %v, want %v (%v)", got, want, err)
	}
}

func (w *world) join(name string) string {
	w.t.Helper()
	j, err := w.people.Join(w.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}},
		Source: people.AtMeeting, How: "paper"})
	w.must(err)
	return j.ID
}

// begin makes a cycle with a team and a campaign.
func (w *world) begin() string {
	w.t.Helper()
	made, err := w.s.Begin(w.ctx, ana, In{Name: "Labels we can read", About: "Medicine nobody can read.", Teams: []string{"core"}, Campaigns: []string{"fall"}})
	w.must(err)
	return made
}

func (w *world) propose(cycle, title string) string {
	w.t.Helper()
	w.clock.Advance(time.Minute)
	made, err := w.s.Propose(w.ctx, omar, IssueIn{Cycle: cycle, Problem: "Language access", Title: title, Team: "labels"})
	w.must(err)
	return made
}

func (w *world) ask(issue string, change ...func(*AskIn)) error {
	i, err := w.s.Issue(w.ctx, omar, issue)
	w.must(err)
	in := AskIn{Issue: issue, Office: "reyes", Action: "adopts a rule for translated labels in 10 languages", Due: time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC),
		Leverage: "she wants fewer emergency visits", Version: i.Version}
	for _, c := range change {
		c(&in)
	}
	return w.s.SetAsk(w.ctx, omar, in)
}

// cut brings an issue to an ask, tested by the first list.
func (w *world) cut(cycle, title string) string {
	w.t.Helper()
	i := w.propose(cycle, title)
	w.must(w.ask(i))
	w.must(w.s.ChooseSet(w.ctx, omar, i, "fit", ""))
	for n, c := range Shipped()[0].Items {
		w.must(w.s.SetScore(w.ctx, omar, ScoreIn{Issue: i, Criterion: c.Code, N: 2 - n%2, Reason: "We heard it in seven house meetings."}))
	}
	w.must(w.s.SetState(w.ctx, omar, StateIn{Issue: i, To: Cut}))
	return i
}

// adopt records a decision for an issue.
func (w *world) adopt(issue string) {
	w.t.Helper()
	d := Decision{ID: "d-" + issue, Ref: "issue:" + issue, Recorded: true, Passed: true}
	w.beside.decided = append(w.beside.decided, d)
	w.must(w.s.Decided(w.ctx, cedar, d.Ref, d.ID))
}

func (w *world) view(issue string) View {
	w.t.Helper()
	v, err := w.s.View(w.ctx, ana, issue)
	w.must(err)
	return v
}

func (w *world) board(cycle string) Board {
	w.t.Helper()
	b, err := w.s.Board(w.ctx, ana, cycle)
	w.must(err)
	return b
}

func (w *world) move(cycle string, to Phase, why string) {
	w.t.Helper()
	w.must(w.s.Move(w.ctx, ana, MoveIn{ID: cycle, To: to, Reason: why}))
}

func (w *world) advance(issue string, to Phase) {
	w.t.Helper()
	w.must(w.s.Advance(w.ctx, omar, MoveIn{ID: issue, To: to}))
}
