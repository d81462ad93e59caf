// The service and what its verbs share.
package research

import (
	"context"
	"embed"
	"encoding/json"

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

// Deps is what a Service is built from. The neighbours of provider.go may be absent.
type Deps struct {
	DB          *db.DB
	Vault       *vault.Vault
	Audit       *audit.Log
	Clock       clock.Clock
	Consent     *consent.Ledger
	People      *people.Service
	Issues      Issues
	Offices     Offices
	Teams       Teams
	Evaluations Evaluations
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db          *db.DB
	vault       *vault.Vault
	audit       *audit.Log
	clock       clock.Clock
	consent     *consent.Ledger
	people      *people.Service
	issues      Issues
	offices     Offices
	teams       Teams
	evaluations Evaluations
}

// New builds the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, consent: d.Consent, people: d.People, issues: d.Issues, offices: d.Offices, teams: d.Teams, evaluations: d.Evaluations}
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needCreate = access.Need{Resource: "research", Action: access.Create}
	needRead   = access.Need{Resource: "research", Action: access.Read}
	needUpdate = access.Need{Resource: "research", Action: access.Update}
)

// note writes the audit row of a verb: codes and ids only; a person is the subject.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, resource, id, person, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: resource,
		ResourceID: id, Subject: person, Reason: reason, Request: a.Request})
}

// once runs a verb in one transaction with its key.
func (s *Service) once(ctx context.Context, a access.Actor, key, action string, fn func(tx *db.Tx) (string, error)) (out string, err error) {
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) (err error) {
		out, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, action, func() (string, error) { return fn(tx) })
		return err
	})
	return out, err
}

func cell(org, table, id string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: table, Column: "sealed", Row: id, Version: version}
}

func (s *Service) seal(ctx context.Context, c vault.Cell, words any) (string, error) {
	plain, err := json.Marshal(words)
	if err != nil {
		return "", err
	}
	return s.vault.Seal(ctx, c, string(plain))
}

// unseal opens many texts at once; into says where the n-th belongs.
func (s *Service) unseal(ctx context.Context, cells []vault.Cell, sealed []string, into func(n int) any) error {
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
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

// store seals the words under the next version and writes the action.
func (s *Service) store(ctx context.Context, tx *db.Tx, r *row) (err error) {
	r.Version++
	if r.sealed, err = s.seal(ctx, cell(tx.Org(), "research_action", r.ID, r.Version), r.Words); err != nil {
		return err
	}
	return put(ctx, tx, *r)
}

// open puts the words, the parts and what an evaluation says of the state into rows.
func (s *Service) open(ctx context.Context, tx *db.Tx, rows []row) error {
	cells, sealed, ids := make([]vault.Cell, len(rows)), make([]string, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i], ids[i] = cell(tx.Org(), "research_action", r.ID, r.Version), r.sealed, r.ID
	}
	if err := s.unseal(ctx, cells, sealed, func(n int) any { return &rows[n].Words }); err != nil {
		return err
	}
	parts, err := partsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].Parts = parts[rows[i].ID]
		if rows[i].State != Held {
			continue
		}
		done, err := s.evaluated(ctx, tx, rows[i].Ref())
		if err != nil {
			return err
		}
		if done {
			rows[i].State = Evaluated
		}
	}
	return nil
}

// evaluated asks the room of evaluations, at every look: a round that was closed a
// moment ago counts. Without such a room nothing is waited for.
func (s *Service) evaluated(ctx context.Context, tx *db.Tx, ref string) (bool, error) {
	if s.evaluations == nil {
		return true, nil
	}
	return s.evaluations.DoneIn(ctx, tx, ref)
}

// load finds an action that the actor's scope reaches. A member reaches those in
// which they take part; whoever may not gets the answer of what never was.
func (s *Service) load(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, id string) (row, error) {
	r, err := byID(ctx, tx, id)
	if err != nil {
		return r, err
	}
	rows := []row{r}
	if err := s.open(ctx, tx, rows); err != nil {
		return r, err
	}
	if g.Scope == access.Org || g.Scope == access.All {
		return rows[0], nil
	}
	if g.Scope == access.Self && a.Person != "" {
		ids, err := people.Rows(ctx, tx, a.Person)
		if err != nil {
			return r, err
		}
		if _, ok := rows[0].In(ids); ok {
			return rows[0], nil
		}
	}
	return r, fault.Missing("research action out of reach")
}

// change loads an action in one of these states, lets fn change it, and stores it.
func (s *Service) change(ctx context.Context, a access.Actor, id, action, key string, in []State, fn func(tx *db.Tx, g access.Granted, r *row) (reason string, err error)) error {
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	_, err = s.once(ctx, a, key, "research."+action+":"+id, func(tx *db.Tx) (string, error) {
		r, err := s.load(ctx, tx, a, g, id)
		if err != nil {
			return "", err
		}
		if err := r.State.among(in); err != nil {
			return "", err
		}
		reason, err := fn(tx, g, &r)
		if err != nil {
			return "", err
		}
		if err := s.store(ctx, tx, &r); err != nil {
			return "", err
		}
		return id, s.note(ctx, tx, a, g, action, "research", id, "", reason)
	})
	return err
}

// among refuses what does not fit where the action stands, and says why.
func (s State) among(list []State) error {
	for _, ok := range list {
		if s == ok {
			return nil
		}
	}
	return fault.Clash("research.error.state_" + string(s))
}
