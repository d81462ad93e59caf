// The service and what its verbs share.
package assembly

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"
	"strconv"
	"strings"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. Providers may be nil; all else must be set.
type Deps struct {
	DB          *db.DB
	Vault       *vault.Vault
	Audit       *audit.Log
	Clock       clock.Clock
	Consent     *consent.Ledger
	People      *people.Service
	Issues      Issues
	Offices     Offices
	Stories     Stories
	Turnouts    Turnouts
	Pledges     Pledges
	Evaluations Evaluations
	Log         *slog.Logger // optional
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	Deps
}

// New builds the service.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	return &Service{d}
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needCreate  = access.Need{Resource: "assembly", Action: access.Create}
	needRead    = access.Need{Resource: "assembly", Action: access.Read}
	needUpdate  = access.Need{Resource: "assembly", Action: access.Update}
	needApprove = access.Need{Resource: "assembly", Action: access.Approve}
	needStage   = access.Need{Resource: "stage", Action: access.Read}
	needTalk    = access.Need{Resource: "negotiation", Action: access.Create}
	needTalks   = access.Need{Resource: "negotiation", Action: access.Read}
	needTalking = access.Need{Resource: "negotiation", Action: access.Update}
)

// Lengths in characters.
const (
	titleMost  = 80
	whereMost  = 120
	nameMost   = 120
	textMost   = 1000
	scriptMost = 3000
	askMost    = 300
	wordsMost  = 600
	itemsMost  = 60
	asksMost   = 30
)

func tooLong(s string, most int) bool { return utf8.RuneCountInString(s) > most }

func itoa(n int) string { return strconv.Itoa(n) }

// note writes the audit row of a verb: codes and ids only; a person is the subject.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, role access.Role, resource, action, id, person, reason string) error {
	return s.Audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(role), Action: action, Resource: resource,
		ResourceID: id, Subject: person, Reason: reason, Request: a.Request})
}

func cell(org, table, row string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: table, Column: "sealed", Row: row, Version: version}
}

// seal puts words under the table's key.
func (s *Service) seal(ctx context.Context, c vault.Cell, words any) (string, error) {
	plain, err := json.Marshal(words)
	if err != nil {
		return "", err
	}
	return s.Vault.Seal(ctx, c, string(plain))
}

// unseal opens many cells into the words they belong to.
func (s *Service) unseal(ctx context.Context, cells []vault.Cell, sealed []string, into func(i int) any) error {
	opened, err := s.Vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return err
	}
	for i, o := range opened {
		if err := json.Unmarshal([]byte(o.Plain), into(i)); err != nil {
			return err
		}
	}
	return nil
}

// store seals an assembly's words under the next version and writes it.
func (s *Service) store(ctx context.Context, tx *db.Tx, r *row) (err error) {
	r.Version++
	if r.sealed, err = s.seal(ctx, cell(tx.Org(), "assembly", r.ID, r.Version), r.Words); err != nil {
		return err
	}
	return put(ctx, tx, *r)
}

func (s *Service) open(ctx context.Context, org string, rows []row) error {
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = cell(org, "assembly", r.ID, r.Version), r.sealed
	}
	return s.unseal(ctx, cells, sealed, func(i int) any { return &rows[i].Words })
}

// load finds an assembly with its words, in the caller's transaction.
func (s *Service) load(ctx context.Context, tx *db.Tx, id string) (row, error) {
	r, err := byID(ctx, tx, id)
	if err != nil {
		return r, err
	}
	rows := []row{r}
	err = s.open(ctx, tx.Org(), rows)
	return rows[0], err
}

// act is the shape of every verb that changes an assembly: access, one transaction,
// the form's key, the change, the audit row. fn returns the id of what it made, and
// a code for the audit row.
func (s *Service) act(ctx context.Context, a access.Actor, n access.Need, id, action, key string, fn func(tx *db.Tx, r *row) (made, person, reason string, err error)) (made string, err error) {
	g, err := access.Check(a, n)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, s.Clock.Now(), a.Name(), key, "assembly."+action+":"+id, func() (string, error) {
			r, err := s.load(ctx, tx, id)
			if err != nil {
				return "", err
			}
			made, person, reason, err := fn(tx, &r)
			if err != nil {
				return "", err
			}
			if made == "" {
				made = id
			}
			if err := stir(ctx, tx, id); err != nil {
				return "", err
			}
			verb, _, _ := strings.Cut(action, ":") // after the colon: what of the assembly it is about
			return made, s.note(ctx, tx, a, g.Role, "assembly", verb, id, person, reason)
		})
		return err
	})
	return made, err
}

// writable refuses what comes after the end.
func writable(r row) error {
	if !r.State.CanWrite() {
		return fault.Clash("assembly.error.state_" + string(r.State))
	}
	return nil
}
