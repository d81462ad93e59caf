// A clinic for the tests: people who joined, words that were attested, surveys.
package survey

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/words"
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
	"seedbed/internal/platform/vault"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
	"seedbed/locales"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, proof.Schema, people.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111"
	other = "22222222-2222-7222-8222-222222222222"
	party = "meeting:01890000-0000-7000-8000-000000000001"
)

var (
	ana     = access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer}}
	jonas   = access.Actor{Account: "jonas", Org: cedar, Roles: []access.Role{access.Evaluator}}
	ruth    = access.Actor{Account: "ruth", Org: cedar, Roles: []access.Role{access.Lead}}
	thu     = access.Actor{Account: "thu", Org: cedar, Roles: []access.Role{access.Leader}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
	anybody = access.Anonymous(cedar)
)

type world struct {
	*testing.T
	ctx    context.Context
	s      *Service
	people *people.Service
	db     *db.DB
	vault  *vault.Vault
	jobs   *job.Queue
	clock  *clock.Fake
	core   []string
	n      int
}

func (w *world) Title(_ context.Context, _ access.Actor, ref string) (string, bool) {
	return "House meeting", ref == party
}

func (w *world) Core(context.Context, access.Actor) ([]string, error) { return w.core, nil }

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{T: t, ctx: context.Background(), db: d, vault: vaulttest.New(t), clock: clock.NewFake(time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC))}
	log := audit.New(d, w.vault, w.clock)
	w.jobs = job.New(d, job.Options{Clock: w.clock})
	ledger := consent.New(w.clock)
	cat, err := i18n.Load(locales.Files)
	w.ok(err)
	notices, err := notify.New(notify.Options{DB: d, Jobs: w.jobs, Clock: w.clock, Vault: w.vault, Audit: log, Catalog: cat, Zone: "UTC"})
	w.ok(err)
	w.people = people.New(people.Deps{DB: d, Vault: w.vault, Audit: log, Jobs: w.jobs, Clock: w.clock, Consent: ledger, Notices: notices,
		OnErase: []func(context.Context, *db.Tx, string) error{func(ctx context.Context, tx *db.Tx, person string) error { return w.s.ForgetIn(ctx, tx, person) }}})
	w.people.Register(w.jobs)
	w.s = New(Deps{DB: d, Vault: w.vault, Audit: log, Jobs: w.jobs, Clock: w.clock, Consent: ledger, People: w.people, Events: w, Teams: w})
	return w
}

func each(t *testing.T, fn func(w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(newWorld(t, d)) })
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
		w.Fatalf("%v, want %s", err, k)
	}
}

func (w *world) join() people.Joined {
	w.Helper()
	w.n++
	j, err := w.people.Join(w.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: fmt.Sprintf("Rosa %c%c", 'A'+w.n/26, 'a'+w.n%26), Contact: "in_person", Lang: "es"}}, Source: people.AtMeeting, How: "paper"})
	w.ok(err)
	return j
}

// attest brings made-up words for an instrument in some languages.
func (w *world) attest(instrument string, langs ...string) {
	w.Helper()
	in, _ := InstrumentByID(instrument)
	for _, lang := range langs {
		w.clock.Set(w.clock.Now().Add(time.Second))
		t := Text{Scales: map[string][]string{}}
		for i := range in.Items {
			t.Items = append(t.Items, fmt.Sprintf("Question %d of %s?", i+1, instrument))
		}
		for name, sc := range in.Scales {
			for _, v := range sc.Values {
				t.Scales[name] = append(t.Scales[name], fmt.Sprintf("answer %d", v))
			}
		}
		_, err := w.s.Attest(w.ctx, ana, AttestIn{Instrument: instrument, Language: lang, Text: t, Permission: "Written permission of the authors.", Translated: "original", Sure: true})
		w.ok(err)
	}
}

func (w *world) survey(kind Kind, departments []Department, instruments ...string) string {
	w.Helper()
	for _, in := range instruments {
		w.attest(in, "en", "ar")
	}
	made, err := w.s.Make(w.ctx, ana, MakeIn{Title: "Who we are", Kind: kind, Instruments: instruments, Departments: departments})
	w.ok(err)
	return made
}

func (w *world) begin(survey string, label Label, cards int) Begun {
	w.Helper()
	b, err := w.s.Begin(w.ctx, ana, BeginIn{Survey: survey, Label: label, Aim: Evaluation, Words: map[string]string{"en": "To see what changes."}, Cards: cards})
	w.ok(err)
	return b
}

func (w *world) end(wave string) {
	w.Helper()
	w.ok(w.s.End(w.ctx, ana, wave, ""))
}

func (w *world) cohort(survey string, n int) (list []people.Joined) {
	w.Helper()
	var ids []string
	for range n {
		j := w.join()
		list, ids = append(list, j), append(ids, j.ID)
	}
	_, err := w.s.Ask(w.ctx, ana, AskIn{Survey: survey, People: ids})
	w.ok(err)
	return list
}

// code is a member's way into the wave that runs.
func (w *world) code(survey, person string) string {
	w.Helper()
	list, err := w.s.Cohort(w.ctx, ana, survey)
	w.ok(err)
	i := slices.IndexFunc(list, func(m Asked) bool { return m.Person == person })
	if i < 0 || list[i].Code == "" {
		w.Fatalf("no code for %s", person)
	}
	return list[i].Code
}

// says answers by code; values by key.
func (w *world) says(code string, values map[string]int) error {
	return w.s.Answer(w.ctx, anybody, In{Code: code, Language: "en", Values: values, Receipt: words.New()})
}

func (w *world) agrees(code string) {
	w.Helper()
	w.ok(w.s.Agree(w.ctx, anybody, code, "en"))
}

func line(o Outcome, instrument, score string) Line {
	for _, l := range o.Lines {
		if l.Instrument == instrument && l.Score == score {
			return l
		}
	}
	return Line{}
}

// ucla spreads a sum of loneliness over its three items.
func ucla(sum int) map[string]int {
	out := map[string]int{}
	for i := range 3 {
		v := (sum + 2 - i) / 3
		out["ucla3/"+itoa(i+1)] = v
	}
	return out
}
