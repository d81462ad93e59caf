// The service and what its verbs share; opening a round, and whether it is done.
package evaluation

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/vault"
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
	People  *people.Service
	Present Present      // optional: nobody can be chosen without it
	Teams   Teams        // optional: somebody in no team
	Closed  []Closed     // optional
	Log     *slog.Logger // optional
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	audit   *audit.Log
	clock   clock.Clock
	people  *people.Service
	proof   *proof.Keeper
	present Present
	teams   Teams
	closed  []Closed
	log     *slog.Logger
}

const clockEvery = 15 * time.Minute

// New builds the service and registers its clock, which flags what is late.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, people: d.People, proof: proof.New(d.Vault, d.Clock), present: d.Present, teams: d.Teams, closed: d.Closed, log: d.Log}
	if s.present == nil {
		s.present = func(context.Context, access.Actor, string) ([]Person, error) { return nil, nil }
	}
	if s.teams == nil {
		s.teams = func(context.Context, access.Actor) ([]string, error) { return nil, nil }
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	d.Jobs.Every("evaluation.clock", clockEvery, func(ctx context.Context, _ time.Time) error { return s.Tick(ctx) })
	return s
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needOpen   = access.Need{Resource: "evaluation", Action: access.Create}
	needRead   = access.Need{Resource: "evaluation", Action: access.Read}
	needUpdate = access.Need{Resource: "evaluation", Action: access.Update}
	needPhone  = access.Need{Resource: "reflection", Action: access.Read}
	needAnswer = access.Need{Resource: "reflection", Action: access.Create}
)

func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, role access.Role, action, round, person, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(role), Action: action, Resource: "evaluation", ResourceID: round, Subject: person, Reason: reason, Request: a.Request})
}

func cell(org, round string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: "evaluation_round", Column: "sealed", Row: round, Version: version}
}

// store seals the words under the next version and writes the round.
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

// reachOf is which rounds an actor sees. Whoever sees only sums sees none.
func (s *Service) reachOf(ctx context.Context, a access.Actor, g access.Granted) (q reach, err error) {
	switch g.Scope {
	case access.Org, access.All:
		return reach{all: true}, nil
	case access.Team:
		q.account = a.Account
		q.teams, err = s.teams(ctx, a)
		return q, err
	}
	return q, fault.Missing("rounds are not for whoever sees sums")
}

func (s *Service) load(ctx context.Context, tx *db.Tx, q reach, which string) (row, error) {
	r, err := byID(ctx, tx, which)
	if err == nil && !q.covers(r.Round) {
		err = fault.Missing("round out of reach")
	}
	return r, err
}

// In is a round that another room opens when something ended.
type In struct {
	Ref   string // what it looks back at: "meeting:ID", "assembly:ID", …
	Kind  Kind
	At    time.Time // when it ended
	Title string    // how those who lead the round know it
	Team  string    // whose it is; empty: of no team
	Owner string    // account that sees to it; empty: whoever opens it
}

// OpenIn opens the round of something that ended, in the caller's transaction. A
// round that is there already is left as it is. The caller writes its own audit row.
func (s *Service) OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, in In) (_ string, err error) {
	defer fault.Wrap(&err, "evaluation.OpenIn(%s)", in.Ref)
	if _, err := access.Check(a, needOpen); err != nil {
		return "", err
	}
	if in.Ref == "" || in.At.IsZero() || !slices.Contains(Kinds(), in.Kind) {
		return "", errors.New("a round needs what it looks back at, its kind and its time")
	}
	old, err := byRef(ctx, tx, in.Ref)
	if err == nil || !fault.Is(err, fault.NotFound) {
		return old.ID, err
	}
	now := s.clock.Now()
	if in.At.After(now) {
		in.At = now // it was over sooner than planned
	}
	if in.Owner == "" {
		in.Owner = a.Account
	}
	token := id.Token()
	r := row{Round: Round{ID: id.New(now), Ref: in.Ref, Kind: in.Kind, Team: in.Team, Account: in.Owner, At: in.At, Due: in.At.Add(Within), Made: now, State: Open,
		Words: Words{Title: contact.OneLine(in.Title), Link: token}}, linkHash: id.Hash(token)}
	return r.ID, s.store(ctx, tx, &r)
}

// DoneIn reports whether the round of something is done, in the caller's
// transaction: without it nothing can be followed up.
func (s *Service) DoneIn(ctx context.Context, tx *db.Tx, ref string) (bool, error) {
	r, err := byRef(ctx, tx, ref)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return r.State == Done, err
}

// ByRef finds the round of something; found is false when there is none that the
// actor may see.
func (s *Service) ByRef(ctx context.Context, a access.Actor, ref string) (r Round, found bool, err error) {
	defer fault.Wrap(&err, "evaluation.ByRef")
	g, err := access.Check(a, needRead)
	if err != nil {
		return r, false, err
	}
	q, err := s.reachOf(ctx, a, g)
	if err != nil {
		return r, false, err
	}
	rows := []row{{}}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows[0], err = byRef(ctx, tx, ref)
		return err
	})
	if fault.Is(err, fault.NotFound) || err == nil && !q.covers(rows[0].Round) {
		return r, false, nil
	}
	if err == nil {
		err = s.open(ctx, a.Org, rows)
	}
	return rows[0].Round, err == nil, err
}

// Full is a round with what is beside it.
type Full struct {
	Round
	Heard int      // phones that answered and are not read yet
	Grew  []string // persons
}

// Get returns one round.
func (s *Service) Get(ctx context.Context, a access.Actor, which string) (out Full, err error) {
	defer fault.Wrap(&err, "evaluation.Get(%s)", which)
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	q, err := s.reachOf(ctx, a, g)
	if err != nil {
		return out, err
	}
	rows := []row{{}}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		if rows[0], err = s.load(ctx, tx, q, which); err != nil {
			return err
		}
		if out.Heard, err = heard(ctx, tx, which); err != nil {
			return err
		}
		out.Grew, err = grew(ctx, tx, which)
		return err
	})
	if err == nil {
		err = s.open(ctx, a.Org, rows)
	}
	out.Round = rows[0].Round
	return out, err
}

// pageSize is how many rounds a list shows.
const pageSize = 30

// Waiting lists the rounds that are not done, the oldest first.
func (s *Service) Waiting(ctx context.Context, a access.Actor) (out []Round, err error) {
	defer fault.Wrap(&err, "evaluation.Waiting")
	return s.list(ctx, a, func(tx *db.Tx, q reach) ([]row, error) { return openOnes(ctx, tx, q, 200) })
}

// Finished lists rounds that are done, the latest first; before is zero or the end
// of the page before.
func (s *Service) Finished(ctx context.Context, a access.Actor, before time.Time) (out []Round, more bool, err error) {
	defer fault.Wrap(&err, "evaluation.Finished")
	if before.IsZero() {
		before = s.clock.Now().Add(time.Second)
	}
	out, err = s.list(ctx, a, func(tx *db.Tx, q reach) ([]row, error) { return doneOnes(ctx, tx, q, before, pageSize+1) })
	if len(out) > pageSize {
		return out[:pageSize], true, err
	}
	return out, false, err
}

func (s *Service) list(ctx context.Context, a access.Actor, fn func(tx *db.Tx, q reach) ([]row, error)) (out []Round, err error) {
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	q, err := s.reachOf(ctx, a, g)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rows []row
	if err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error { rows, err = fn(tx, q); return err }); err != nil {
		return nil, err
	}
	if err := s.open(ctx, a.Org, rows); err != nil {
		return nil, err
	}
	for _, r := range rows {
		out = append(out, r.Round)
	}
	return out, nil
}

// TimelyBetween counts the rounds that fell due in a stretch of time: everybody who
// may see sums may see this one.
func (s *Service) TimelyBetween(ctx context.Context, a access.Actor, from, until time.Time) (t Timely, err error) {
	defer fault.Wrap(&err, "evaluation.TimelyBetween")
	if _, err := access.Check(a, needRead); err != nil {
		return t, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error { t, err = timely(ctx, tx, from, until); return err })
	return t, err
}

// Tick flags rounds that are late, and closes phones that nobody closed.
func (s *Service) Tick(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "evaluation.Tick")
	now := s.clock.Now()
	var late, old []row
	if err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		if late, err = overdue(ctx, tx, now, 200); err != nil {
			return err
		}
		old, err = forgotten(ctx, tx, now.Add(-phonesFor), 50)
		return err
	}); err != nil {
		return err
	}
	var errs []error
	for _, r := range late {
		machine := access.Machine(r.org)
		errs = append(errs, s.db.Write(ctx, r.org, func(tx *db.Tx) error {
			r, err := byID(ctx, tx, r.ID)
			if err != nil || r.State == Done || !r.Flagged.IsZero() {
				return err
			}
			r.Flagged = now
			if err := put(ctx, tx, r); err != nil {
				return err
			}
			return s.note(ctx, tx, machine, access.System, "flag", r.ID, "", "late")
		}))
	}
	for _, r := range old {
		errs = append(errs, s.Read(ctx, access.Machine(r.org), r.ID, ""))
	}
	return errors.Join(errs...)
}

// ForgetIn takes somebody out of every round, in the transaction that erases them.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	return forget(ctx, tx, person)
}

func tooLong(text string, most int) bool { return utf8.RuneCountInString(text) > most }

// change loads a round in one of these states, lets fn change it, and stores it.
func (s *Service) change(ctx context.Context, a access.Actor, which, action, key string, in []State, fn func(tx *db.Tx, r *row) (person, reason string, err error)) error {
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	q, err := s.reachOf(ctx, a, g)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "evaluation."+action+":"+which, func() (string, error) {
			r, err := s.load(ctx, tx, q, which)
			if err != nil {
				return "", err
			}
			if !slices.Contains(in, r.State) {
				return "", fault.Clash("evaluation.error.state_" + string(r.State))
			}
			rows := []row{r}
			if err := s.open(ctx, tx.Org(), rows); err != nil {
				return "", err
			}
			person, reason, err := fn(tx, &rows[0])
			if err != nil {
				return "", err
			}
			if err := s.store(ctx, tx, &rows[0]); err != nil {
				return "", err
			}
			return which, s.note(ctx, tx, a, g.Role, action, which, person, reason)
		})
		return err
	})
}
