// The service and what its verbs share: who may, sealing, and what is written down.
package decision

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. All but the optional ones must be set.
type Deps struct {
	DB    *db.DB
	Vault *vault.Vault
	Audit *audit.Log
	Jobs  *job.Queue
	Clock clock.Clock
	Log   *slog.Logger // optional
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db     *db.DB
	vault  *vault.Vault
	audit  *audit.Log
	jobs   *job.Queue
	clock  clock.Clock
	log    *slog.Logger
	events map[EventKind]bool
}

// New builds the service and registers its jobs.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, jobs: d.Jobs, clock: d.Clock, log: d.Log, events: map[EventKind]bool{}}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.register()
	return s
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needMake  = access.Need{Resource: "decision", Action: access.Create}
	needRead  = access.Need{Resource: "decision", Action: access.Read}
	needLead  = access.Need{Resource: "decision", Action: access.Update}
	needPaper = access.Need{Resource: "paper", Action: access.Create}
)

// note writes the audit row of a verb about a decision as a whole. Verbs of single
// voters never call it with anything that tells one from another.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, role access.Role, action, decision, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(role), Action: action, Resource: "decision", ResourceID: decision, Reason: reason, Request: a.Request})
}

// load finds a decision that the actor may touch: all of the clinic, or those one
// made or may vote in. Unknown and foreign ids look alike.
func (s *Service) load(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, decision string) (row, error) {
	r, err := rowByID(ctx, tx, decision)
	if err != nil {
		return r, err
	}
	switch g.Scope {
	case access.Org, access.All:
		return r, nil
	case access.Self:
		if a.Account != "" && r.madeBy == a.Account {
			return r, nil
		}
		if a.Person != "" && r.state != Draft {
			if _, err := voterByPerson(ctx, tx, decision, a.Person); err == nil || !fault.Is(err, fault.NotFound) {
				return r, err
			}
		}
	}
	return r, fault.Missing("decision out of reach")
}

// lead loads a decision for somebody who runs it.
func (s *Service) lead(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, decision string, in ...State) (row, error) {
	r, err := s.load(ctx, tx, a, g, decision)
	if err != nil {
		return r, err
	}
	if g.Scope == access.Self && r.madeBy != a.Account {
		return r, fault.Missing("somebody else runs it")
	}
	return r, r.must(in...)
}

func (r row) must(in ...State) error {
	for _, state := range in {
		if r.state == state {
			return nil
		}
	}
	return fault.Clash("decision.error.state_" + string(r.state))
}

func (s *Service) cell(r row, column string, version int64) vault.Cell {
	return vault.Cell{Org: r.org, Table: "decision_decision", Column: column, Row: r.id, Version: version}
}

func (s *Service) sealJSON(ctx context.Context, c vault.Cell, v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return s.vault.Seal(ctx, c, string(text))
}

func (s *Service) openJSON(ctx context.Context, c vault.Cell, sealed string, v any) error {
	if sealed == "" {
		return nil
	}
	text, err := s.vault.Open(ctx, c, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), v)
}

// full turns a row into a decision with its words.
func (s *Service) full(ctx context.Context, r row) (d Decision, err error) {
	d = Decision{ID: r.id, Ref: r.ref, State: r.state, Openness: r.openness, MadeBy: r.madeBy, Made: r.made, Opens: r.opens, Closes: r.closes,
		Opened: r.opened, Closed: r.closed, Recorded: r.recorded, Issued: int(r.issued)}
	if err = json.Unmarshal([]byte(r.spec), &d.Spec); err != nil {
		return d, err
	}
	if err = json.Unmarshal([]byte(r.quorum), &d.Quorum); err != nil {
		return d, err
	}
	if r.keyPublic != "" {
		if err = json.Unmarshal([]byte(r.keyPublic), &d.Key); err != nil {
			return d, err
		}
	}
	if r.result != "" {
		d.Outcome = &Outcome{}
		if err = json.Unmarshal([]byte(r.result), d.Outcome); err != nil {
			return d, err
		}
	}
	if err = s.openJSON(ctx, s.cell(r, "words", r.wordsVersion), r.words, &d.Words); err != nil {
		return d, err
	}
	return d, s.openJSON(ctx, s.cell(r, "notes", r.notesVersion), r.notes, &d.Notes)
}

func (s *Service) spec(r row) (spec ballot.Spec, err error) {
	err = json.Unmarshal([]byte(r.spec), &spec)
	return spec, err
}

// asPublic is how a voter stands in the audit trail: as somebody.
func asPublic(org, request string) access.Actor {
	a := access.Anonymous(org)
	a.Request = request
	return a
}

// codeHash is bound to the decision: a code of one opens no other.
func codeHash(decision, code string) string { return ballot.Mark(decision, id.ParseCode(code)) }
