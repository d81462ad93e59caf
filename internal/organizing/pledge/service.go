// The service, what its verbs share, and reading.
package pledge

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. All but the optional ones must be set.
type Deps struct {
	DB        *db.DB
	Vault     *vault.Vault
	Audit     *audit.Log
	Clock     clock.Clock
	Officials Officials                                                         // optional: without it names are written by hand
	Issues    Issues                                                            // optional
	Moved     Moved                                                             // optional
	Staff     func(ctx context.Context, org string) ([]people.Colleague, error) // optional: without it an owner stays the owner
	Zone      func(ctx context.Context, org string) *time.Location              // optional: UTC without it
	Clinic    func(ctx context.Context, org string) string                      // optional: the clinic's name, the body of its own commitments
	Notices   *notify.Notifier                                                  // optional: without it nobody is reminded by mail
	Room      string                                                            // of accounts, for notices
	Log       *slog.Logger                                                      // optional
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct{ d Deps }

// New builds the service.
func New(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = func(context.Context, string) *time.Location { return time.UTC }
	}
	if d.Clinic == nil {
		d.Clinic = func(context.Context, string) string { return "Clinic" }
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	return &Service{d}
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needMake    = access.Need{Resource: "pledge", Action: access.Create}
	needRead    = access.Need{Resource: "pledge", Action: access.Read}
	needChange  = access.Need{Resource: "pledge", Action: access.Update}
	needConfirm = access.Need{Resource: "pledge", Action: access.Approve}
)

// note writes the audit row of a verb: codes and ids only.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, pledge, reason string) error {
	return s.d.Audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: "pledge",
		ResourceID: pledge, Reason: reason, Request: a.Request})
}

// once runs a verb in one transaction with its key.
func (s *Service) once(ctx context.Context, a access.Actor, key, action string, fn func(tx *db.Tx) (string, error)) (out string, err error) {
	err = s.d.DB.Write(ctx, a.Org, func(tx *db.Tx) (err error) {
		out, err = idem.Once(ctx, tx, s.d.Clock.Now(), a.Name(), key, action, func() (string, error) { return fn(tx) })
		return err
	})
	return out, err
}

// Today is the day in the clinic.
func (s *Service) Today(ctx context.Context, org string) string {
	return s.d.Clock.Now().In(s.d.Zone(ctx, org)).Format(time.DateOnly)
}

func cell(org, id string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: "pledge", Column: "sealed", Row: id, Version: version}
}

func partCell(org string, p partRow) vault.Cell {
	return vault.Cell{Org: org, Table: "pledge_part", Column: "sealed", Row: p.pledge + "/" + p.ID, Version: 1}
}

func changeCell(org string, c changeRow) vault.Cell {
	return vault.Cell{Org: org, Table: "pledge_change", Column: "sealed", Row: c.ID, Version: c.version}
}

// store seals the words under the next version and writes the promise.
func (s *Service) store(ctx context.Context, tx *db.Tx, r *row) error {
	plain, err := json.Marshal(r.Words)
	if err != nil {
		return err
	}
	r.version++
	if r.sealed, err = s.d.Vault.Seal(ctx, cell(tx.Org(), r.ID, r.version), string(plain)); err != nil {
		return err
	}
	return put(ctx, tx, *r)
}

func (s *Service) storeChange(ctx context.Context, tx *db.Tx, c *changeRow) error {
	plain, err := json.Marshal(c.Note)
	if err != nil {
		return err
	}
	c.version++
	if c.sealed, err = s.d.Vault.Seal(ctx, changeCell(tx.Org(), *c), string(plain)); err != nil {
		return err
	}
	return putChange(ctx, tx, *c)
}

// open reads the words, the parts and what waits for a second person.
func (s *Service) open(ctx context.Context, tx *db.Tx, rows []row, one string) error {
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	at := map[string]int{}
	for i, r := range rows {
		cells[i], sealed[i], at[r.ID] = cell(tx.Org(), r.ID, r.version), r.sealed, i
	}
	divided, err := parts(ctx, tx, one)
	if err != nil {
		return err
	}
	for _, p := range divided {
		cells, sealed = append(cells, partCell(tx.Org(), p)), append(sealed, p.sealed)
	}
	opened, err := s.d.Vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return err
	}
	for i := range rows {
		if err := json.Unmarshal([]byte(opened[i].Plain), &rows[i].Words); err != nil {
			return err
		}
		rows[i].Parts, rows[i].Waiting = nil, nil
	}
	for i, p := range divided {
		if n, ok := at[p.pledge]; ok {
			p.Body = opened[len(rows)+i].Plain
			rows[n].Parts = append(rows[n].Parts, p.Part)
		}
	}
	waiting, err := s.changes(ctx, tx, one, Waiting)
	for _, c := range waiting {
		if n, ok := at[c.Pledge]; ok {
			rows[n].Waiting = &c.Change
		}
	}
	return err
}

func (s *Service) changes(ctx context.Context, tx *db.Tx, pledge string, answered Answer) ([]changeRow, error) {
	list, err := changes(ctx, tx, pledge, answered)
	if err != nil {
		return nil, err
	}
	cells, sealed := make([]vault.Cell, len(list)), make([]string, len(list))
	for i, c := range list {
		cells[i], sealed[i] = changeCell(tx.Org(), c), c.sealed
	}
	opened, err := s.d.Vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return nil, err
	}
	for i, o := range opened {
		if err := json.Unmarshal([]byte(o.Plain), &list[i].Note); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// load finds one promise with everything about it.
func (s *Service) load(ctx context.Context, tx *db.Tx, id string, onlyPublic bool) (row, error) {
	r, err := byID(ctx, tx, id, onlyPublic)
	if err != nil {
		return r, err
	}
	rows := []row{r}
	err = s.open(ctx, tx, rows, id)
	return rows[0], err
}

// published leaves out of a promise what is nobody's business but the desk's.
func published(p Pledge) Pledge {
	p.Owner, p.By, p.Check, p.Waiting, p.Issue, p.Office = "", "", "", nil, "", ""
	return p
}

// Filter selects promises; empty fields select all.
type Filter struct {
	Kind    Kind
	State   State
	Issue   string
	Ref     string
	Office  string
	Body    string // a BodyKey
	Overdue bool
	Waiting bool
}

// List lists promises in the order in which they were written down: to the public
// those on the board.
func (s *Service) List(ctx context.Context, a access.Actor, f Filter) (out []Pledge, err error) {
	defer fault.Wrap(&err, "pledge.List")
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	today, public := s.Today(ctx, a.Org), g.Scope == access.Pub
	err = s.d.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := list(ctx, tx, f, public)
		if err != nil {
			return err
		}
		if err := s.open(ctx, tx, rows, ""); err != nil {
			return err
		}
		for _, r := range rows {
			p := r.Pledge
			if public {
				p = published(p)
			}
			if f.Overdue && !p.Overdue(today) || f.Waiting && p.Waiting == nil || f.Body != "" && p.BodyKey() != f.Body {
				continue
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// Board is what anybody sees: the promises on the public board, whoever asks. A
// colleague who looks at it sees what the public sees.
func (s *Service) Board(ctx context.Context, org string) ([]Pledge, error) {
	return s.List(ctx, access.Anonymous(org), Filter{})
}

// History is a promise with what came of it, oldest first. Followed is the promise
// made in its place, when the reader may see it.
type History struct {
	Pledge
	Changes  []Change
	Followed string
}

// Get returns one promise and its history. To the public only what a second person
// confirmed, and nobody's account.
func (s *Service) Get(ctx context.Context, a access.Actor, id string) (h History, err error) {
	defer fault.Wrap(&err, "pledge.Get(%s)", id)
	g, err := access.Check(a, needRead)
	if err != nil {
		return h, err
	}
	public := g.Scope == access.Pub
	err = s.d.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		h = History{}
		r, err := s.load(ctx, tx, id, public)
		if err != nil {
			return err
		}
		h.Pledge = r.Pledge
		rows, err := s.changes(ctx, tx, id, "")
		if err != nil {
			return err
		}
		for _, c := range rows {
			if public && (c.Answer != Confirmed || c.Act == Check) {
				continue
			}
			if public {
				c.By, c.Second, c.Why = "", "", ""
			}
			h.Changes = append(h.Changes, c.Change)
		}
		seen := func(id string) string {
			if id == "" {
				return ""
			}
			if _, err := byID(ctx, tx, id, public); err != nil {
				return ""
			}
			return id
		}
		next, err := after(ctx, tx, id)
		if err != nil {
			return err
		}
		h.Superseded, h.InsteadOf = seen(h.Superseded), seen(h.InsteadOf)
		for _, n := range next {
			if h.Followed = seen(n); h.Followed != "" {
				break
			}
		}
		if public {
			h.Pledge = published(h.Pledge)
		}
		return nil
	})
	return h, err
}

// Counts is how the promises stand, for reports and indicators.
func (s *Service) Counts(ctx context.Context, a access.Actor, f Filter) (Counts, error) {
	list, err := s.List(ctx, a, f)
	return Count(list, s.Today(ctx, a.Org)), err
}

// Chore is a promise somebody has to do something about.
type Chore struct {
	Pledge
	Duty
}

// Chores lists what an account has to do until a week from now, and what waits for a
// second person who may be they.
func (s *Service) Chores(ctx context.Context, a access.Actor) (out []Chore, err error) {
	if _, err := access.Check(a, needConfirm); err != nil || a.Account == "" {
		return nil, nil // somebody else's desk
	}
	list, err := s.List(ctx, a, Filter{})
	today, zone := s.Today(ctx, a.Org), s.d.Zone(ctx, a.Org)
	for _, p := range list {
		d, ok := p.Duty(today, zone)
		if !ok || d.On > Later(today, remindDays) && d.Act != "confirm" {
			continue
		}
		if p.Waiting != nil && p.Waiting.By == a.Account || p.Waiting == nil && d.Owner != a.Account {
			continue
		}
		out = append(out, Chore{p, d})
	}
	slices.SortStableFunc(out, func(a, b Chore) int {
		if a.On < b.On {
			return -1
		}
		if a.On > b.On {
			return 1
		}
		return 0
	})
	return out, err
}

// Colleagues are those who may look after a promise.
func (s *Service) Colleagues(ctx context.Context, org string) (out []people.Colleague, err error) {
	if s.d.Staff == nil {
		return nil, nil
	}
	all, err := s.d.Staff(ctx, org)
	for _, c := range all {
		if slices.ContainsFunc(c.Roles, func(r access.Role) bool { return r == access.Organizer || r == access.Leader || r == access.Lead }) {
			out = append(out, c)
		}
	}
	return out, err
}
