// The service and what its verbs share.
package meeting

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/team"
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

// Deps is what a Service is built from. All but the optional ones must be set.
type Deps struct {
	DB      *db.DB
	Vault   *vault.Vault
	Audit   *audit.Log
	Clock   clock.Clock
	Consent *consent.Ledger
	People  *people.Service
	Teams   *team.Service
	Zone    func(ctx context.Context, org string) *time.Location // optional: UTC without it
	Region  func(ctx context.Context, org string) string         // optional: region of numbers typed without a country, "US" without it
	Staff   func(ctx context.Context, org, account string) bool  // optional: whether an account may still sign in; its calendar ends with it
	Names   func(ctx context.Context, lang, key string) string   // optional: words of a calendar, in its language
	Rounds  Rounds                                               // optional: see provider.go
	Log     *slog.Logger                                         // optional
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	audit   *audit.Log
	clock   clock.Clock
	consent *consent.Ledger
	people  *people.Service
	teams   *team.Service
	zone    func(ctx context.Context, org string) *time.Location
	region  func(ctx context.Context, org string) string
	staff   func(ctx context.Context, org, account string) bool
	names   func(ctx context.Context, lang, key string) string
	rounds  Rounds
	log     *slog.Logger
}

// New builds the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, consent: d.Consent, people: d.People, teams: d.Teams, zone: d.Zone, region: d.Region, staff: d.Staff, names: d.Names, rounds: d.Rounds, log: d.Log}
	if s.zone == nil {
		s.zone = func(context.Context, string) *time.Location { return time.UTC }
	}
	if s.region == nil {
		s.region = func(context.Context, string) string { return "US" }
	}
	if s.staff == nil {
		s.staff = func(context.Context, string, string) bool { return true }
	}
	if s.names == nil {
		s.names = func(context.Context, string, string) string { return "Meeting" }
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	return s
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needCreate = access.Need{Resource: "meeting", Action: access.Create}
	needRead   = access.Need{Resource: "meeting", Action: access.Read}
	needUpdate = access.Need{Resource: "meeting", Action: access.Update}
	needFeed   = access.Need{Resource: "feed", Action: access.Create}
	needFeeds  = access.Need{Resource: "feed", Action: access.Update}
)

// note writes the audit row of a verb: codes and ids only; a person is the subject.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, role access.Role, action, meeting, person, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(role), Action: action, Resource: "meeting",
		ResourceID: meeting, Subject: person, Reason: reason, Request: a.Request})
}

// load finds a meeting that the actor's scope reaches: of their organization, of a
// team they are in, or one they planned or keep a role in. Whoever may not gets
// the same answer as for a meeting that never was.
func (s *Service) load(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, id string) (row, error) {
	r, err := byID(ctx, tx, id)
	if err != nil {
		return r, err
	}
	ok, err := s.reaches(ctx, tx, a, g, r.Meeting)
	if err == nil && !ok {
		err = fault.Missing("meeting out of reach")
	}
	return r, err
}

func (s *Service) reaches(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, m Meeting) (bool, error) {
	switch g.Scope {
	case access.Org, access.All:
		return true, nil
	case access.Team:
		if a.Account != "" && a.Account == m.Account {
			return true, nil
		}
		if _, kept := m.roles()[a.Person]; kept && a.Person != "" {
			return true, nil
		}
		if m.Team != "" {
			return s.teams.ReachesIn(ctx, tx, a, g, m.Team)
		}
	}
	return false, nil
}

func cell(org, id string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: "meeting", Column: "sealed", Row: id, Version: version}
}

// store seals the words under the next version and writes the meeting.
func (s *Service) store(ctx context.Context, tx *db.Tx, r *row) error {
	plain, err := json.Marshal(r.Words)
	if err != nil {
		return err
	}
	r.Version++
	if r.sealed, err = s.vault.Seal(ctx, cell(tx.Org(), r.ID, r.Version), string(plain)); err != nil {
		return err
	}
	return put(ctx, tx, *r)
}

func (s *Service) open(ctx context.Context, org string, rows []row) error {
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = cell(org, r.ID, r.Version), r.sealed
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return err
	}
	for i, o := range opened {
		if err := json.Unmarshal([]byte(o.Plain), &rows[i].Words); err != nil {
			return err
		}
	}
	return nil
}

// change loads a meeting in one of these states, lets fn change it, and stores it.
func (s *Service) change(ctx context.Context, a access.Actor, id, action, key string, in []State, fn func(tx *db.Tx, g access.Granted, r *row) (reason string, err error)) (done bool, err error) {
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return false, err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		done = false
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "meeting."+action+":"+id, func() (string, error) {
			r, err := s.load(ctx, tx, a, g, id)
			if err != nil {
				return "", err
			}
			if err := r.State.among(in); err != nil {
				return "", err
			}
			rows := []row{r}
			if err := s.open(ctx, tx.Org(), rows); err != nil {
				return "", err
			}
			reason, err := fn(tx, g, &rows[0])
			if err != nil {
				return "", err
			}
			done = true
			if err := s.store(ctx, tx, &rows[0]); err != nil {
				return "", err
			}
			return id, s.note(ctx, tx, a, g.Role, action, id, "", reason)
		})
		return err
	})
	return done && err == nil, err
}

// among refuses what does not fit where the meeting stands, and says why.
func (s State) among(list []State) error {
	for _, ok := range list {
		if s == ok {
			return nil
		}
	}
	return fault.Clash("meeting.error.state_" + string(s))
}
