// The service: writing a change down, its steps, and looking at it.
package change

import (
	"context"
	"embed"
	"encoding/json"
	"maps"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. The neighbours of provider.go may be absent.
type Deps struct {
	DB      *db.DB
	Vault   *vault.Vault
	Audit   *audit.Log
	Clock   clock.Clock
	Issues  Issues
	Stories Stories
	Traces  []Trace
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	audit   *audit.Log
	clock   clock.Clock
	issues  Issues
	stories Stories
	traces  []Trace
}

// New builds the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, issues: d.Issues, stories: d.Stories, traces: d.Traces}
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needCreate = access.Need{Resource: "change", Action: access.Create}
	needRead   = access.Need{Resource: "change", Action: access.Read}
	needUpdate = access.Need{Resource: "change", Action: access.Update}
)

func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, role access.Role, action, change, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(role), Action: action, Resource: "change", ResourceID: change, Reason: reason, Request: a.Request})
}

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

func (s *Service) store(ctx context.Context, tx *db.Tx, r *row) (err error) {
	r.Version++
	r.Changed = s.clock.Now()
	if r.sealed, err = s.seal(ctx, cell(tx.Org(), "change_record", r.ID, r.Version), r.Words); err != nil {
		return err
	}
	return put(ctx, tx, *r)
}

// open puts the words and the steps into rows.
func (s *Service) open(ctx context.Context, tx *db.Tx, rows []row) error {
	ids := make([]string, len(rows))
	var cells []vault.Cell
	var sealed []string
	for i, r := range rows {
		ids[i] = r.ID
		cells, sealed = append(cells, cell(tx.Org(), "change_record", r.ID, r.Version)), append(sealed, r.sealed)
	}
	steps, err := stepsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, x := range steps {
		cells, sealed = append(cells, cell(tx.Org(), "change_step", x.ID, 1)), append(sealed, x.sealed)
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return err
	}
	for i, o := range opened {
		if i < len(rows) {
			if err := json.Unmarshal([]byte(o.Plain), &rows[i].Words); err != nil {
				return err
			}
			continue
		}
		x := steps[i-len(rows)]
		if err := json.Unmarshal([]byte(o.Plain), &x.StepWords); err != nil {
			return err
		}
		at := slices.Index(ids, x.change)
		rows[at].Steps = append(rows[at].Steps, x.Step)
	}
	for i := range rows {
		rows[i].Steps = ByDay(rows[i].Steps)
	}
	return nil
}

func (s *Service) load(ctx context.Context, tx *db.Tx, id string) (row, error) {
	r, err := byID(ctx, tx, id)
	if err != nil {
		return r, err
	}
	rows := []row{r}
	err = s.open(ctx, tx, rows)
	return rows[0], err
}

// change loads a record, lets fn change it, and stores it.
func (s *Service) change(ctx context.Context, a access.Actor, id, action, key string, fn func(tx *db.Tx, r *row) (reason string, err error)) error {
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	_, err = s.once(ctx, a, key, "change."+action+":"+id, func(tx *db.Tx) (string, error) {
		r, err := s.load(ctx, tx, id)
		if err != nil {
			return "", err
		}
		reason, err := fn(tx, &r)
		if err != nil {
			return "", err
		}
		if err := s.store(ctx, tx, &r); err != nil {
			return "", err
		}
		return id, s.note(ctx, tx, a, g.Role, action, id, reason)
	})
	return err
}

// chosen checks what was chosen of other rooms.
func (s *Service) chosen(ctx context.Context, a access.Actor, in SaveIn) error {
	var bad []fault.Field
	if in.Issue != "" {
		err := fault.Missing("no issues")
		if s.issues != nil {
			_, err = s.issues.Issue(ctx, a, in.Issue)
		}
		if fault.Is(err, fault.NotFound) {
			bad = append(bad, fault.At("issue", "contact.error.choose"))
		} else if err != nil {
			return err
		}
	}
	if len(in.Roots) > 0 {
		list, err := s.Stories(ctx, a)
		if err != nil {
			return err
		}
		for _, root := range in.Roots {
			if !slices.ContainsFunc(list, func(n Choice) bool { return n.ID == root }) {
				bad = append(bad, fault.At("root", "contact.error.choose"))
				break
			}
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// Stories lists the stories that can be chosen; none without that room.
func (s *Service) Stories(ctx context.Context, a access.Actor) ([]Choice, error) {
	if s.stories == nil {
		return nil, nil
	}
	list, err := s.stories(ctx, a)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	return list, err
}

// Issues lists the issues that can be chosen; none without that room.
func (s *Service) Issues(ctx context.Context, a access.Actor) ([]Choice, error) {
	if s.issues == nil {
		return nil, nil
	}
	list, err := s.issues.Issues(ctx, a)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	return list, err
}

// IssueName is how an issue is called; empty when it cannot be said.
func (s *Service) IssueName(ctx context.Context, a access.Actor, issue string) (string, error) {
	if s.issues == nil || issue == "" {
		return "", nil
	}
	i, err := s.issues.Issue(ctx, a, issue)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return "", nil
	}
	return i.Name, err
}

// Save writes a change down, new or again. A new one begins with the day on which
// the problem was named.
func (s *Service) Save(ctx context.Context, a access.Actor, in SaveIn) (made string, err error) {
	defer fault.Wrap(&err, "change.Save")
	need := needUpdate
	if in.ID == "" {
		need = needCreate
	}
	g, err := access.Check(a, need)
	if err != nil {
		return "", err
	}
	var first Step
	if err := in.into(&row{}); err != nil {
		return "", s.together(err, in, &first)
	}
	if err := s.together(nil, in, &first); err != nil {
		return "", err
	}
	if err := s.chosen(ctx, a, in); err != nil {
		return "", err
	}
	if in.ID != "" {
		return in.ID, s.change(ctx, a, in.ID, "update", in.Key, func(_ *db.Tx, r *row) (string, error) {
			if r.Version != in.Version {
				return "", fault.Clash("change.error.changed")
			}
			return "", in.into(r)
		})
	}
	return s.once(ctx, a, in.Key, "change.make", func(tx *db.Tx) (string, error) {
		now := s.clock.Now()
		r := row{Record: Record{ID: id.New(now), Account: a.Account, Made: now}}
		if err := in.into(&r); err != nil {
			return "", err
		}
		if err := s.store(ctx, tx, &r); err != nil {
			return "", err
		}
		if err := s.addStep(ctx, tx, a, r.ID, first); err != nil {
			return "", err
		}
		return r.ID, s.note(ctx, tx, a, g.Role, "make", r.ID, "")
	})
}

// together checks the first step of a new change with the rest of its form, so that
// every mistake is told at once.
func (s *Service) together(err error, in SaveIn, first *Step) error {
	bad := slices.Clone(fault.FieldsOf(err))
	if in.ID == "" {
		*first = Step{Mark: Named, On: in.NamedOn, Fate: Confirmed, StepWords: StepWords{Evidence: in.Evidence}}
		for _, f := range fault.FieldsOf(first.wrong(s.clock.Now())) {
			if f.Name == "on" {
				f.Name = "named_on"
			}
			bad = append(bad, f)
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return err
}

func role(a access.Actor) access.Role {
	if len(a.Roles) == 0 {
		return ""
	}
	return a.Roles[0]
}

// Get returns a change.
func (s *Service) Get(ctx context.Context, a access.Actor, change string) (out Record, err error) {
	defer fault.Wrap(&err, "change.Get(%s)", change)
	if _, err := access.Check(a, needRead); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.load(ctx, tx, change)
		out = r.Record
		return err
	})
	return out, err
}

// List returns the changes of an issue, or all, the highest on the ladder first.
func (s *Service) List(ctx context.Context, a access.Actor, issue string) (out []Record, err error) {
	defer fault.Wrap(&err, "change.List")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := all(ctx, tx, issue)
		if err != nil {
			return err
		}
		if err := s.open(ctx, tx, rows); err != nil {
			return err
		}
		for _, r := range rows {
			out = append(out, r.Record)
		}
		slices.SortStableFunc(out, func(x, y Record) int { return y.Stand().Rung - x.Stand().Rung })
		return nil
	})
	return out, err
}

// Trace is where a change comes from: what other rooms know of it, and its own steps
// from the rule to what it did. Each room shows what the actor may see there.
func (s *Service) Trace(ctx context.Context, a access.Actor, r Record) (out []Stop, err error) {
	defer fault.Wrap(&err, "change.Trace(%s)", r.ID)
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	for _, ask := range s.traces {
		list, err := ask(ctx, a, r)
		if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
			continue // a room the actor does not enter
		}
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	first := First(r.Steps)
	for _, m := range slices.SortedFunc(maps.Keys(first), func(a, b Mark) int { return order(a) - order(b) }) {
		switch m {
		case Adopted:
			out = append(out, Stop{Kind: OfAdoption, Text: first[m].Evidence, When: first[m].On, Mark: m})
		case Implemented, Enforced, Protected:
			out = append(out, Stop{Kind: OfEffect, Text: first[m].Evidence, When: first[m].On, Mark: m})
		}
	}
	return InOrder(out), nil
}
