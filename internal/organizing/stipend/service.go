// The verbs: asking, approving by somebody else, reading the notice, paying.
package stipend

import (
	"context"
	"embed"
	"log/slog"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/money"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/account"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. All but the optional ones must be set.
type Deps struct {
	DB       *db.DB
	Vault    *vault.Vault
	Audit    *audit.Log
	Clock    clock.Clock
	People   *people.Service
	Currency string                                               // optional: "USD" without it
	Zone     func(ctx context.Context, org string) *time.Location // optional: UTC without it
	Log      *slog.Logger                                         // optional
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	vault    *vault.Vault
	audit    *audit.Log
	clock    clock.Clock
	people   *people.Service
	currency string
	zone     func(ctx context.Context, org string) *time.Location
	log      *slog.Logger
}

// New builds the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, people: d.People, currency: d.Currency, zone: d.Zone, log: d.Log}
	if s.currency == "" {
		s.currency = "USD"
	}
	if s.zone == nil {
		s.zone = func(context.Context, string) *time.Location { return time.UTC }
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	return s
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needAsk     = access.Need{Resource: "stipend", Action: access.Create}
	needRead    = access.Need{Resource: "stipend", Action: access.Read}
	needPay     = access.Need{Resource: "stipend", Action: access.Update}
	needApprove = access.Need{Resource: "stipend", Action: access.Approve}
	needExport  = access.Need{Resource: "stipend", Action: access.Export}
)

func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, entry, person, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: "stipend",
		ResourceID: entry, Subject: person, Reason: reason, Request: a.Request})
}

func cell(org string, r row) vault.Cell {
	return vault.Cell{Org: org, Person: r.Person, Table: "stipend", Column: "sealed", Row: r.ID, Version: 1}
}

// AskIn is a request; fields are named as in the form.
type AskIn struct {
	Person  string // person
	Kind    string // kind
	Purpose string // purpose
	Amount  string // amount
	Day     string // day
	Ref     string
	Key     string
}

func (in AskIn) read(today string) (r row, bad []fault.Field) {
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	r.Person, r.Kind, r.Purpose, r.Day, r.Ref = in.Person, Kind(in.Kind), in.Purpose, in.Day, in.Ref
	amount, ok := money.Parse(in.Amount)
	r.Amount = amount
	at(in.Person == "", "person", "stipend.error.person")
	at(!slices.Contains(Kinds(), r.Kind), "kind", "stipend.error.kind")
	at(!slices.Contains(Purposes(), r.Purpose), "purpose", "contact.error.choose")
	at(!ok || amount <= 0 || amount > most, "amount", "stipend.error.amount")
	_, err := time.Parse(time.DateOnly, r.Day)
	at(err != nil || r.Day > today, "day", "stipend.error.day")
	return r, bad
}

// Ask asks for a payment or a reimbursement for somebody who joined.
func (s *Service) Ask(ctx context.Context, a access.Actor, in AskIn) (made string, err error) {
	defer fault.Wrap(&err, "stipend.Ask")
	g, err := access.Check(a, needAsk)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	r, bad := in.read(now.In(s.zone(ctx, a.Org)).Format(time.DateOnly))
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	cards, err := s.people.Names(ctx, a, []string{in.Person})
	if err != nil {
		return "", err
	}
	card, ok := cards[in.Person]
	if !ok {
		return "", fault.Wrong(fault.At("person", "stipend.error.person"))
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "stipend.ask", func() (string, error) {
			if err := s.people.TogetherIn(ctx, tx, in.Person, "person"); err != nil {
				return "", err
			}
			r.ID, r.State, r.Currency, r.AskedBy, r.Asked = id.New(now), Requested, s.currency, a.Account, now
			if r.sealed, err = s.vault.Seal(ctx, cell(tx.Org(), r), card.Name); err != nil {
				return "", err
			}
			if err := put(ctx, tx, r); err != nil {
				return "", err
			}
			return r.ID, s.note(ctx, tx, a, g, "ask", r.ID, r.Person, string(r.Kind))
		})
		return err
	})
	return made, err
}

// change moves an entry on, when it may.
func (s *Service) change(ctx context.Context, a access.Actor, need access.Need, entry, action, key string, to State, fn func(r *row) error) error {
	g, err := access.Check(a, need)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "stipend."+action+":"+entry, func() (string, error) {
			r, err := byID(ctx, tx, entry)
			if err != nil {
				return "", err
			}
			if to != "" && !r.State.CanBecome(to) {
				return "", fault.Clash("stipend.error.state")
			}
			if err := fn(&r); err != nil {
				return "", err
			}
			if to != "" {
				r.State = to
			}
			if err := put(ctx, tx, r); err != nil {
				return "", err
			}
			return entry, s.note(ctx, tx, a, g, action, entry, r.Person, string(r.State))
		})
		return err
	})
}

// Approve says yes, by somebody else than who asked.
func (s *Service) Approve(ctx context.Context, a access.Actor, entry, key string) (err error) {
	defer fault.Wrap(&err, "stipend.Approve(%s)", entry)
	return s.change(ctx, a, needApprove, entry, "approve", key, Approved, func(r *row) error { return s.second(a, r) })
}

// Refuse says no, by somebody else than who asked.
func (s *Service) Refuse(ctx context.Context, a access.Actor, entry, key string) (err error) {
	defer fault.Wrap(&err, "stipend.Refuse(%s)", entry)
	return s.change(ctx, a, needApprove, entry, "refuse", key, Refused, func(r *row) error { return s.second(a, r) })
}

func (s *Service) second(a access.Actor, r *row) error {
	if a.Account == "" || a.Account == r.AskedBy {
		return fault.Clash("stipend.error.second")
	}
	r.By, r.Settled = a.Account, s.clock.Now()
	return nil
}

// Withdraw takes a request back before it is paid.
func (s *Service) Withdraw(ctx context.Context, a access.Actor, entry, key string) (err error) {
	defer fault.Wrap(&err, "stipend.Withdraw(%s)", entry)
	return s.change(ctx, a, needPay, entry, "withdraw", key, Withdrawn, func(*row) error { return nil })
}

// Notify notes that the notice about benefits was read to the person, in which language.
func (s *Service) Notify(ctx context.Context, a access.Actor, entry, lang, key string) (err error) {
	defer fault.Wrap(&err, "stipend.Notify(%s)", entry)
	return s.change(ctx, a, needPay, entry, "notice", key, "", func(r *row) error {
		if r.State != Requested && r.State != Approved {
			return fault.Clash("stipend.error.state")
		}
		if !r.Kind.Income() {
			return fault.Clash("stipend.error.no_notice")
		}
		r.Notice, r.noticeBy, r.NoticeIn = s.clock.Now(), a.Account, lang
		return nil
	})
}

// Pay notes that it was paid. What may count as income is not paid before the
// notice about benefits was read.
func (s *Service) Pay(ctx context.Context, a access.Actor, entry, key string) (err error) {
	defer fault.Wrap(&err, "stipend.Pay(%s)", entry)
	return s.change(ctx, a, needPay, entry, "pay", key, Paid, func(r *row) error {
		if r.NeedsNotice() {
			return fault.Clash("stipend.error.notice")
		}
		r.PaidBy, r.PaidAt = a.Account, s.clock.Now()
		return nil
	})
}

// PageSize is how many entries a list shows at once.
const PageSize = 50

// Page is part of the ledger.
type Page struct {
	Items []Entry
	Next  string
	Count map[State]int
}

// List returns the ledger: of everybody for those who approve and pay, one's own
// for a person. Who approves sees the name, the amount and the purpose, and no id
// by which the person could be found elsewhere.
func (s *Service) List(ctx context.Context, a access.Actor, state State, before string) (p Page, err error) {
	defer fault.Wrap(&err, "stipend.List")
	g, err := access.Check(a, needRead)
	if err != nil {
		return p, err
	}
	person := ""
	if g.Scope == access.Self {
		if person = a.Person; person == "" {
			return p, nil
		}
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err := list(ctx, tx, state, person, before, PageSize+1)
		if err != nil {
			return err
		}
		if len(rows) > PageSize {
			rows = rows[:PageSize]
			p.Next = rows[PageSize-1].ID
		}
		if person == "" {
			if p.Count, err = counts(ctx, tx); err != nil {
				return err
			}
		}
		p.Items, err = s.shown(ctx, tx.Org(), g, rows)
		return err
	})
	return p, err
}

// Get returns one entry.
func (s *Service) Get(ctx context.Context, a access.Actor, entry string) (e Entry, err error) {
	defer fault.Wrap(&err, "stipend.Get(%s)", entry)
	g, err := access.Check(a, needRead)
	if err != nil {
		return e, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := byID(ctx, tx, entry)
		if err != nil {
			return err
		}
		if g.Scope == access.Self && (a.Person == "" || r.Person != a.Person) {
			return fault.Missing("not theirs")
		}
		list, err := s.shown(ctx, tx.Org(), g, []row{r})
		if err == nil {
			e = list[0]
		}
		return err
	})
	return e, err
}

// OfPerson is what somebody was given back and paid, for their own pages and for
// an organizer who looks at them.
func (s *Service) OfPerson(ctx context.Context, a access.Actor, person string) (out []Entry, err error) {
	defer fault.Wrap(&err, "stipend.OfPerson")
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	if g.Scope == access.Self && (a.Person == "" || a.Person != person) {
		return nil, fault.Missing("not theirs")
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err := list(ctx, tx, "", person, "", 1000)
		if err != nil {
			return err
		}
		out, err = s.shown(ctx, tx.Org(), g, rows)
		return err
	})
	return out, err
}

// shown opens the names and leaves out what the reader is not for.
func (s *Service) shown(ctx context.Context, org string, g access.Granted, rows []row) ([]Entry, error) {
	out := make([]Entry, len(rows))
	var cells []vault.Cell
	var sealed []string
	var at []int
	for i, r := range rows {
		out[i] = r.Entry
		if g.Role == access.Lead {
			out[i].Person, out[i].Ref = "", ""
		}
		if r.sealed != "" {
			cells, sealed, at = append(cells, cell(org, r)), append(sealed, r.sealed), append(at, i)
		}
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return nil, err
	}
	for n, o := range opened {
		out[at[n]].Name = o.Plain // empty when they were erased
	}
	return out, nil
}

// Export writes the ledger as a table, once a second factor was shown just now.
func (s *Service) Export(ctx context.Context, a access.Actor) (file []byte, err error) {
	defer fault.Wrap(&err, "stipend.Export")
	g, err := access.Check(a, needExport)
	if err != nil {
		return nil, err
	}
	if !a.Recent(s.clock.Now()) {
		return nil, fault.New(fault.Forbidden, account.StepUpNeeded)
	}
	var b strings.Builder
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		rows, err := list(ctx, tx, "", "", "", 100_000)
		if err != nil {
			return err
		}
		entries, err := s.shown(ctx, tx.Org(), g, rows)
		if err != nil {
			return err
		}
		b.Reset()
		w := sheet.NewWriter(&b)
		w.Row("number", "day", "name", "kind", "counts_as", "purpose", "amount", "currency", "state", "asked", "approved", "paid", "notice_read")
		date := func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.In(s.zone(ctx, a.Org)).Format(time.DateOnly)
		}
		for _, e := range entries {
			counts := "reimbursement"
			if e.Kind.Income() {
				counts = "payment"
			}
			w.Row(e.ID, e.Day, e.Name, string(e.Kind), counts, e.Purpose, money.Format(e.Amount), e.Currency, string(e.State), date(e.Asked), date(e.Settled), date(e.PaidAt), date(e.Notice))
		}
		if err := w.Close(); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "export", "", "", "")
	})
	return []byte(b.String()), err
}

// ForgetIn takes somebody out of the books, in the transaction that erases them;
// the amounts stay.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	return anonymous(ctx, tx, person)
}
