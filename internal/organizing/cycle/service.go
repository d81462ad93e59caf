// The service and what its verbs share: who may, what is written down, sealing.
package cycle

import (
	"context"
	"embed"
	"encoding/json"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. All but the optional ones must be set.
type Deps struct {
	DB          *db.DB
	Vault       *vault.Vault
	Audit       *audit.Log
	Clock       clock.Clock
	People      *people.Service
	Teams       Teams                                               // optional
	Campaigns   Campaigns                                           // optional
	Offices     Offices                                             // optional
	Research    Doings                                              // optional
	Actions     Doings                                              // optional: assemblies and negotiations
	Decisions   Decisions                                           // optional
	Evaluations Evaluations                                         // optional
	Keeps       func(ctx context.Context, org, account string) bool // optional: whether an account may keep a cycle; everybody without it
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct{ Deps }

// New builds the service.
func New(d Deps) *Service {
	if d.Keeps == nil {
		d.Keeps = func(context.Context, string, string) bool { return true }
	}
	return &Service{d}
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needBegin       = access.Need{Resource: "cycle", Action: access.Create}
	needSee         = access.Need{Resource: "cycle", Action: access.Read}
	needTurn        = access.Need{Resource: "cycle", Action: access.Update}
	needPropose     = access.Need{Resource: "issue", Action: access.Create}
	needIssue       = access.Need{Resource: "issue", Action: access.Read}
	needWork        = access.Need{Resource: "issue", Action: access.Update}
	needNotebook    = access.Need{Resource: "notebook", Action: access.Read}
	needNote        = access.Need{Resource: "notebook", Action: access.Create}
	needKeep        = access.Need{Resource: "notebook", Action: access.Update}
	needTakeOutside = access.Need{Resource: "notebook", Action: access.Export}
)

// note writes the audit row of a verb: codes and ids only.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, resource, id, reason string) error {
	return s.Audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: resource,
		ResourceID: id, Reason: reason, Request: a.Request})
}

// act is a verb under way: one transaction that ends with its audit row.
type act struct {
	tx  *db.Tx
	a   access.Actor
	g   access.Granted
	now time.Time
}

// write runs a verb: access, transaction, key, effect. What the effect returns is
// returned again when the same form comes again.
func (s *Service) write(ctx context.Context, a access.Actor, need access.Need, key, name string, effect func(w act) (string, error)) (made string, err error) {
	g, err := access.Check(a, need)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, s.Clock.Now(), a.Name(), key, "cycle."+name, func() (string, error) {
			return effect(act{tx, a, g, s.Clock.Now()})
		})
		return err
	})
	return made, err
}

// read runs a verb that only looks.
func (s *Service) read(ctx context.Context, a access.Actor, need access.Need, look func(tx *db.Tx) error) error {
	if _, err := access.Check(a, need); err != nil {
		return err
	}
	return s.DB.Read(ctx, a.Org, look)
}

// Entry is a line of the history.
type Entry struct {
	ID, Cycle, Issue string
	At               time.Time
	Account          string
	Role             access.Role
	Act              string // see Acts
	Was, Becomes     string // codes: phases, states, ids
	Reason           string // sealed at rest
}

// Acts lists what a history can say.
func Acts() []string {
	return []string{"begin", "change", "move", "force", "back", "propose", "describe", "ask", "list", "score", "state", "decided", "not_decided", "settle", "carry", "hand_over"}
}

// log adds a line to the history, as whom the actor works.
func (s *Service) log(ctx context.Context, w act, e Entry) (err error) {
	e.ID, e.At, e.Account, e.Role = id.New(w.now), w.now, w.a.Account, w.g.Role
	sealed := ""
	if e.Reason != "" {
		if sealed, err = s.seal(ctx, cell(w.tx.Org(), "cycle_log", e.ID, 1), e.Reason); err != nil {
			return err
		}
	}
	return putEntry(ctx, w.tx, e, sealed)
}

// Cells of this room lie under the clinic's table key: they are about nobody in
// particular. Notes that name somebody are the exception, see notebook.go.
func cell(org, table, row string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: table, Column: "sealed", Row: row, Version: version}
}

func (s *Service) seal(ctx context.Context, c vault.Cell, v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return s.Vault.Seal(ctx, c, string(plain))
}

// opened unseals rows of one table together.
func opened[R any](ctx context.Context, s *Service, rows []R, at func(*R) (vault.Cell, string, any)) error {
	cells, sealed, into := make([]vault.Cell, 0, len(rows)), make([]string, 0, len(rows)), make([]any, 0, len(rows))
	for i := range rows {
		c, text, v := at(&rows[i])
		if text != "" {
			cells, sealed, into = append(cells, c), append(sealed, text), append(into, v)
		}
	}
	if len(cells) == 0 {
		return nil
	}
	out, err := s.Vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return err
	}
	for i, o := range out {
		if o.Gone {
			continue
		}
		if err := json.Unmarshal([]byte(o.Plain), into[i]); err != nil {
			return err
		}
	}
	return nil
}

// cycle finds one by its id, in words.
func (s *Service) cycle(ctx context.Context, tx *db.Tx, id string) (Cycle, error) {
	r, err := cycleByID(ctx, tx, id)
	if err != nil {
		return Cycle{}, err
	}
	rows := []cycleRow{r}
	err = s.openCycles(ctx, tx.Org(), rows)
	return rows[0].Cycle, err
}

func (s *Service) openCycles(ctx context.Context, org string, rows []cycleRow) error {
	return opened(ctx, s, rows, func(r *cycleRow) (vault.Cell, string, any) {
		return cell(org, "cycle", r.ID, r.Version), r.sealed, &r.Words
	})
}

// save writes a cycle under its next version.
func (s *Service) save(ctx context.Context, tx *db.Tx, c *Cycle) (err error) {
	c.Version++
	r := cycleRow{Cycle: *c}
	if r.sealed, err = s.seal(ctx, cell(tx.Org(), "cycle", c.ID, c.Version), c.Words); err != nil {
		return err
	}
	return putCycle(ctx, tx, r)
}

// issue finds one by its id, in words.
func (s *Service) issue(ctx context.Context, tx *db.Tx, id string) (Issue, error) {
	r, err := issueByID(ctx, tx, id)
	if err != nil {
		return Issue{}, err
	}
	rows := []issueRow{r}
	err = s.openIssues(ctx, tx.Org(), rows)
	return rows[0].Issue, err
}

func (s *Service) openIssues(ctx context.Context, org string, rows []issueRow) error {
	return opened(ctx, s, rows, func(r *issueRow) (vault.Cell, string, any) {
		return cell(org, "cycle_issue", r.ID, r.Version), r.sealed, &r.IssueWords
	})
}

// keep writes an issue under its next version.
func (s *Service) keep(ctx context.Context, w act, i *Issue) (err error) {
	i.Version++
	i.Changed = w.now
	r := issueRow{Issue: *i}
	if r.sealed, err = s.seal(ctx, cell(w.tx.Org(), "cycle_issue", i.ID, i.Version), i.IssueWords); err != nil {
		return err
	}
	return putIssue(ctx, w.tx, r)
}

// reason tidies a written reason and refuses none, or a book.
func reason(text *string, field, missing string, required bool) error {
	*text = contact.OneLine(*text)
	switch {
	case required && *text == "":
		return fault.Wrong(fault.At(field, missing))
	case tooLong(*text, MostLesson):
		return fault.Wrong(fault.At(field, "cycle.error.long", "Most", MostLesson))
	}
	return nil
}
