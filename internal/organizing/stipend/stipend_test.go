package stipend

import (
	"context"
	"io/fs"
	"slices"
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
	ruth    = access.Actor{Account: "ruth", Org: cedar, Roles: []access.Role{access.Lead}}
	drLee   = access.Actor{Account: "dr-lee", Org: cedar, Roles: []access.Role{access.Clinician}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer, access.Lead}}
)

type world struct {
	t     testing.TB
	ctx   context.Context
	s     *Service
	db    *db.DB
	vault *vault.Vault
	clock *clock.Fake
	dang  string
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := &world{t: t, ctx: context.Background(), db: d, vault: vaulttest.New(t), clock: clock.NewFake(time.Date(2026, 11, 2, 18, 0, 0, 0, time.UTC))}
		log, ledger := audit.New(d, w.vault, w.clock), consent.New(w.clock)
		p := people.New(people.Deps{DB: d, Vault: w.vault, Audit: log, Jobs: job.New(d, job.Options{Clock: w.clock}), Clock: w.clock, Consent: ledger})
		w.s = New(Deps{DB: d, Vault: w.vault, Audit: log, Clock: w.clock, People: p})
		j, err := p.Join(w.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: "=Dang", Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
		if err != nil { // a name that a spreadsheet would run is not a name
			j, err = p.Join(w.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: "-Dang", Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
		}
		w.must(err)
		w.dang = j.ID
		fn(t, w)
	})
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

func (w *world) ask(kind Kind, amount string) string {
	w.t.Helper()
	made, err := w.s.Ask(w.ctx, ana, AskIn{Person: w.dang, Kind: string(kind), Purpose: "house_meeting", Amount: amount, Day: "2026-11-01", Ref: "meeting:1"})
	w.must(err)
	return made
}

func TestStates(t *testing.T) {
	allowed := map[State][]State{Requested: {Approved, Refused, Withdrawn}, Approved: {Paid, Withdrawn}}
	for _, from := range append(States(), "") {
		for _, to := range append(States(), "", "gone") {
			if got, want := from.CanBecome(to), slices.Contains(allowed[from], to); got != want {
				t.Errorf("%q to %q: %v", from, to, got)
			}
		}
	}
}

// S-05: a payment and a reimbursement of one evening, kept apart; nothing that may
// count as income is paid before the notice was read, and nobody approves their own.
func TestMrDang(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stipend, care := w.ask(Payment, "50"), w.ask(Childcare, "30")
		for _, e := range []string{stipend, care} {
			w.is(w.s.Pay(w.ctx, ana, e, ""), fault.Conflict) // nobody approved it
			w.is(w.s.Approve(w.ctx, ana, e, ""), fault.Forbidden)
		}
		both := access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer, access.Lead}}
		w.is(w.s.Approve(w.ctx, both, stipend, ""), fault.Conflict) // not one's own
		w.must(w.s.Approve(w.ctx, ruth, stipend, ""))
		w.must(w.s.Approve(w.ctx, ruth, care, ""))
		w.is(w.s.Approve(w.ctx, ruth, care, ""), fault.Conflict)
		w.is(w.s.Pay(w.ctx, ana, stipend, ""), fault.Conflict) // the notice was not read
		w.is(w.s.Notify(w.ctx, ana, care, "vi", ""), fault.Conflict)
		w.must(w.s.Pay(w.ctx, ana, care, ""))
		w.must(w.s.Notify(w.ctx, ana, stipend, "vi", ""))
		w.must(w.s.Pay(w.ctx, ana, stipend, ""))
		w.is(w.s.Pay(w.ctx, ana, stipend, ""), fault.Conflict)
		w.is(w.s.Withdraw(w.ctx, ana, stipend, ""), fault.Conflict)
		list, err := w.s.OfPerson(w.ctx, ana, w.dang)
		if sum := Sum(list); err != nil || sum.Income != 5000 || sum.Reimbursed != 3000 {
			t.Errorf("%+v, %v", sum, err)
		}
		refused, withdrawn := w.ask(GiftCard, "20"), w.ask(Transport, "5")
		w.must(w.s.Refuse(w.ctx, ruth, refused, ""))
		w.must(w.s.Withdraw(w.ctx, ana, withdrawn, ""))
		for _, e := range []string{refused, withdrawn} {
			w.is(w.s.Approve(w.ctx, ruth, e, ""), fault.Conflict)
			w.is(w.s.Pay(w.ctx, ana, e, ""), fault.Conflict)
		}
		if p, err := w.s.List(w.ctx, ana, Paid, ""); err != nil || len(p.Items) != 2 || p.Count[Refused] != 1 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestWhoSeesWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		entry := w.ask(Payment, "50")
		p, err := w.s.List(w.ctx, ruth, "", "")
		if err != nil || len(p.Items) != 1 || p.Items[0].Person != "" || p.Items[0].Ref != "" || !strings.Contains(p.Items[0].Name, "Dang") || p.Items[0].Amount != 5000 {
			t.Errorf("who approves sees name, amount and purpose: %+v, %v", p, err)
		}
		own := access.Actor{Org: cedar, Person: w.dang, Roles: []access.Role{access.Member}}
		if p, err := w.s.List(w.ctx, own, "", ""); err != nil || len(p.Items) != 1 {
			t.Errorf("one's own: %+v, %v", p, err)
		}
		stranger := access.Actor{Account: "x", Org: cedar, Person: "somebody", Roles: []access.Role{access.Leader}}
		if p, err := w.s.List(w.ctx, stranger, "", ""); err != nil || len(p.Items) != 0 {
			t.Errorf("%+v, %v", p, err)
		}
		_, err = w.s.Get(w.ctx, stranger, entry)
		w.is(err, fault.NotFound)
		_, err = w.s.OfPerson(w.ctx, stranger, w.dang)
		w.is(err, fault.NotFound)
		_, err = w.s.Get(w.ctx, foreign, entry)
		w.is(err, fault.NotFound)
		w.is(w.s.Approve(w.ctx, foreign, entry, ""), fault.NotFound)
		_, err = w.s.List(w.ctx, drLee, "", "")
		w.is(err, fault.Forbidden)
		_, err = w.s.Ask(w.ctx, ruth, AskIn{})
		w.is(err, fault.Forbidden)
		_, err = w.s.Ask(w.ctx, foreign, AskIn{Person: w.dang, Kind: "payment", Purpose: "meeting", Amount: "1", Day: "2026-11-01"})
		w.is(err, fault.Invalid)

		_, err = w.s.Export(w.ctx, ana)
		w.is(err, fault.Forbidden) // no second factor
		recent := ana
		recent.StepUp = w.clock.Now()
		file, err := w.s.Export(w.ctx, recent)
		w.must(err)
		if !strings.Contains(string(file), "payment,payment,house_meeting,50.00,USD,requested") || strings.Contains(string(file), ",=") || strings.Contains(string(file), ",-") {
			t.Errorf("%s", file)
		}
		w.must(w.vault.ErasePerson(w.ctx, cedar, w.dang))
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.ForgetIn(w.ctx, tx, w.dang) }))
		if p, err := w.s.List(w.ctx, ana, "", ""); err != nil || len(p.Items) != 1 || p.Items[0].Name != "" || p.Items[0].Person != "" || p.Items[0].Amount != 5000 {
			t.Errorf("the books keep the amount: %+v, %v", p, err)
		}
	})
}

func TestForm(t *testing.T) {
	good := AskIn{Person: "p", Kind: "payment", Purpose: "meeting", Amount: "50", Day: "2026-11-01"}
	for _, x := range []struct {
		edit func(*AskIn)
		want string
	}{
		{func(*AskIn) {}, ""}, {func(in *AskIn) { in.Person = "" }, "person"}, {func(in *AskIn) { in.Kind = "wage" }, "kind"}, {func(in *AskIn) { in.Purpose = "rent" }, "purpose"},
		{func(in *AskIn) { in.Amount = "0" }, "amount"}, {func(in *AskIn) { in.Amount = "6000" }, "amount"}, {func(in *AskIn) { in.Day = "2026-11-03" }, "day"}, {func(in *AskIn) { in.Day = "yesterday" }, "day"},
	} {
		in := good
		x.edit(&in)
		if _, bad := in.read("2026-11-02"); x.want == "" && len(bad) > 0 || x.want != "" && (len(bad) != 1 || bad[0].Name != x.want) {
			t.Errorf("%+v: %v", in, bad)
		}
	}
}
