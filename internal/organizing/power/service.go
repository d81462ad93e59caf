// The service and what its verbs share: who may, what is sealed, what is written down.
package power

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. All but the optional ones must be set.
type Deps struct {
	DB      *db.DB
	Vault   *vault.Vault
	Audit   *audit.Log
	Jobs    *job.Queue
	Clock   clock.Clock
	Consent *consent.Ledger
	People  *people.Service
	Issues  Issues       // optional: no maps and no charts without it
	Teams   Teams        // optional: no leader sees a tie or a chart without it
	Log     *slog.Logger // optional
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	audit   *audit.Log
	clock   clock.Clock
	consent *consent.Ledger
	people  *people.Service
	issues  Issues
	teams   Teams
	log     *slog.Logger
}

// New builds the service and registers its clock: a tie whose consent has ended goes.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, consent: d.Consent, people: d.People, issues: d.Issues, teams: d.Teams, log: d.Log}
	if s.log == nil {
		s.log = slog.Default()
	}
	d.Jobs.Every("power.ties", time.Hour, func(ctx context.Context, _ time.Time) error { return s.Tidy(ctx) })
	return s
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needKnow   = access.Need{Resource: "office", Action: access.Read}
	needMake   = access.Need{Resource: "office", Action: access.Create}
	needWrite  = access.Need{Resource: "office", Action: access.Update}
	needTie    = access.Need{Resource: "tie", Action: access.Create}
	needTies   = access.Need{Resource: "tie", Action: access.Read}
	needTalk   = access.Need{Resource: "tie", Action: access.Update}
	needUntie  = access.Need{Resource: "tie", Action: access.Delete}
	needChart  = access.Need{Resource: "strategy", Action: access.Create}
	needCharts = access.Need{Resource: "strategy", Action: access.Read}
	needPlan   = access.Need{Resource: "strategy", Action: access.Update}
)

// note writes the audit row of a verb: codes and ids only; a person is the subject.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action string, resource access.Resource, id, person, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: string(resource),
		ResourceID: id, Subject: person, Reason: reason, Request: a.Request})
}

// strategist refuses whoever is neither an organizer nor a leader on a strategy
// team, as if there were nothing: not even that there is something is theirs to know.
func (s *Service) strategist(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted) error {
	switch g.Scope {
	case access.Org, access.All:
		return nil
	case access.Team:
		if s.teams == nil || a.Person == "" {
			break
		}
		on, err := s.teams.OnStrategyTeam(ctx, tx, a.Person)
		if err != nil || on {
			return err
		}
	}
	return fault.Missing("not on the strategy team")
}

// Strategist reports whether an actor sees ties and charts: pages ask before they
// show a way there.
func (s *Service) Strategist(ctx context.Context, a access.Actor) (ok bool, err error) {
	defer fault.Wrap(&err, "power.Strategist")
	g, err := access.Check(a, needCharts)
	if err != nil {
		return false, nil
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error { return s.strategist(ctx, tx, a, g) })
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

func cell(org, table, row, person string, version int64) vault.Cell {
	return vault.Cell{Org: org, Person: person, Table: table, Column: "sealed", Row: row, Version: version}
}

func (s *Service) seal(ctx context.Context, c vault.Cell, v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return s.vault.Seal(ctx, c, string(plain))
}

// openAll opens sealed rows into values; a row whose person was erased is reported gone.
func openAll[T any](ctx context.Context, v *vault.Vault, cells []vault.Cell, sealed []string) (out []T, gone []bool, err error) {
	opened, err := v.OpenMany(ctx, cells, sealed)
	if err != nil {
		return nil, nil, err
	}
	out, gone = make([]T, len(opened)), make([]bool, len(opened))
	for i, o := range opened {
		if gone[i] = o.Gone; o.Gone {
			continue
		}
		if err := json.Unmarshal([]byte(o.Plain), &out[i]); err != nil {
			return nil, nil, err
		}
	}
	return out, gone, nil
}

// lines keeps the breaks of a text and trims the rest.
func lines(s string) string {
	var out []string
	for l := range strings.Lines(s) {
		if l = contact.OneLine(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

func long(s string, most int) bool { return utf8.RuneCountInString(s) > most }
