// The service and what its verbs share.
package turnout

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
	Rounds  Rounds                                               // optional
	Notices *notify.Notifier                                     // optional: without it everybody is phoned
	Zone    func(ctx context.Context, org string) *time.Location // optional: UTC without it
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
	notices *notify.Notifier
	rounds  Rounds
	zone    func(ctx context.Context, org string) *time.Location
	log     *slog.Logger
}

// New builds the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, consent: d.Consent, people: d.People, notices: d.Notices, rounds: d.Rounds, zone: d.Zone, log: d.Log}
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
	needLead   = access.Need{Resource: "turnout", Action: access.Approve} // open it, close it, send the questions
	needAsk    = access.Need{Resource: "turnout", Action: access.Create}
	needRead   = access.Need{Resource: "turnout", Action: access.Read}
	needUpdate = access.Need{Resource: "turnout", Action: access.Update}
	needPrint  = access.Need{Resource: "turnout", Action: access.Export}
	needHall   = access.Need{Resource: "assembly", Action: access.Read} // sums, for the screens of the event
)

// note writes the audit row of a verb: codes and ids only; a person is the subject.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, role access.Role, action, turnout, person, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(role), Action: action, Resource: "turnout",
		ResourceID: turnout, Subject: person, Reason: reason, Request: a.Request})
}

// view is a turnout as one actor sees it: an organizer all of it, a leader what they
// and their branch undertook.
type view struct {
	row
	shares []Share
	asks   []Ask
	counts []Count
	whole  bool
	self   string          // the actor's person, as they are now
	near   map[string]bool // of a branch: themself and everybody in it
}

// fill reads the lists. What needs only the turnout, as a press at the door does,
// goes without.
func (v *view) fill(ctx context.Context, tx *db.Tx) (err error) {
	v.shares, v.asks, v.counts, err = all(ctx, tx, v.ID)
	return err
}

func (v view) sees(person string) bool { return v.whole || v.near[person] }

// load opens a turnout that the actor's scope reaches. Whoever may not gets the
// same answer as for one that never was.
func (s *Service) load(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, id string) (v view, err error) {
	if v.row, err = byID(ctx, tx, id); err != nil {
		return v, err
	}
	if g.Scope == access.Org || g.Scope == access.All {
		v.whole = true
		return v, nil
	}
	if g.Scope != access.Self || a.Person == "" {
		return v, fault.Missing("turnout out of reach")
	}
	now, err := people.Resolve(ctx, tx, []string{a.Person})
	if err != nil {
		return v, err
	}
	if v.self = now[a.Person]; v.self == "" {
		return v, fault.Missing("nobody")
	}
	if err := v.fill(ctx, tx); err != nil {
		return v, err
	}
	takesPart := slices.ContainsFunc(v.shares, func(x Share) bool { return x.Person == v.self }) || slices.ContainsFunc(v.asks, func(k Ask) bool { return k.Person == v.self })
	if !takesPart {
		return v, fault.Missing("turnout out of reach")
	}
	v.near = map[string]bool{v.self: true}
	for _, p := range Branch(v.asks, v.self) {
		v.near[p] = true
	}
	return v, nil
}

func cell(org, id string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: "turnout", Column: "sealed", Row: id, Version: version}
}

// store seals the words under the next version and writes the turnout.
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

func (s *Service) open(ctx context.Context, org string, rows []*row) error {
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

// act runs one change of a turnout in a transaction of its own, once for each key.
// fn returns whom it was about and what is written down as the reason.
func (s *Service) act(ctx context.Context, a access.Actor, need access.Need, id, action, what, key string, fn func(tx *db.Tx, v *view) (person, reason string, err error)) error {
	g, err := access.Check(a, need)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "turnout."+action+":"+what+"@"+id, func() (string, error) {
			v, err := s.load(ctx, tx, a, g, id)
			if err != nil {
				return "", err
			}
			person, reason, err := fn(tx, &v)
			if err != nil {
				return "", err
			}
			return id, s.note(ctx, tx, a, g.Role, action, id, person, reason)
		})
		return err
	})
}

// is refuses what does not fit where the turnout stands, and says why.
func (s State) is(list ...State) error {
	if slices.Contains(list, s) {
		return nil
	}
	return fault.Clash("turnout.error.state_" + string(s))
}

// ForgetIn takes somebody out of every list, in the transaction that erases them;
// what stays is a number.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	return forget(ctx, tx, person)
}
