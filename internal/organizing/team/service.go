// The service and the verbs about teams as a whole.
package team

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/rhythm"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
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
	Clock   clock.Clock
	Consent *consent.Ledger
	People  *people.Service
	Region  func(ctx context.Context, org string) string // optional: region of numbers typed without a country, "US" without it
	Log     *slog.Logger                                 // optional
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	audit   *audit.Log
	clock   clock.Clock
	consent *consent.Ledger
	people  *people.Service
	region  func(ctx context.Context, org string) string
	log     *slog.Logger
}

// New builds the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, consent: d.Consent, people: d.People, region: d.Region, log: d.Log}
	if s.region == nil {
		s.region = func(context.Context, string) string { return "US" }
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	return s
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needCreate = access.Need{Resource: "team", Action: access.Create}
	needRead   = access.Need{Resource: "team", Action: access.Read}
	needUpdate = access.Need{Resource: "team", Action: access.Update}
)

// note writes the audit row of a verb: codes and ids only; a person is the subject.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, team, person, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: "team",
		ResourceID: team, Subject: person, Reason: reason, Request: a.Request})
}

// load finds a team that the actor's scope reaches. Whoever is not in it gets the
// same answer as for a team that never was.
func (s *Service) load(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, id string) (row, error) {
	r, err := teamByID(ctx, tx, id)
	if err != nil {
		return r, err
	}
	ok, err := s.reaches(ctx, tx, a, g, id)
	if err == nil && !ok {
		err = fault.Missing("team out of reach")
	}
	return r, err
}

func (s *Service) reaches(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, team string) (bool, error) {
	switch g.Scope {
	case access.Org, access.All:
		return true, nil
	case access.Team, access.Self:
		return isIn(ctx, tx, team, a.Person, s.clock.Now())
	}
	return false, nil
}

// words is what lies sealed under the table's key.
type words struct {
	Name       string `json:"name"`
	Purpose    string `json:"purpose,omitempty"`
	Agreements string `json:"agreements,omitempty"`
}

func teamCell(org, id string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: "team", Column: "sealed", Row: id, Version: version}
}

// store seals what the team is called and for under the next version, and writes it.
func (s *Service) store(ctx context.Context, tx *db.Tx, r *row) error {
	plain, err := json.Marshal(words{r.Name, r.Purpose, r.Agreements})
	if err != nil {
		return err
	}
	r.Version++
	if r.sealed, err = s.vault.Seal(ctx, teamCell(tx.Org(), r.ID, r.Version), string(plain)); err != nil {
		return err
	}
	return putTeam(ctx, tx, *r)
}

func (s *Service) open(ctx context.Context, org string, rows []row) error {
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = teamCell(org, r.ID, r.Version), r.sealed
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return err
	}
	for i, o := range opened {
		var w words
		if err := json.Unmarshal([]byte(o.Plain), &w); err != nil {
			return err
		}
		rows[i].Name, rows[i].Purpose, rows[i].Agreements = w.Name, w.Purpose, w.Agreements
	}
	return nil
}

const (
	nameMost      = 60
	purposeMost   = 300
	agreementMost = 1500
)

// wrong names what cannot be right about a team, at the fields of its form.
func (t Team) wrong() error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	at(t.Name == "" || utf8.RuneCountInString(t.Name) > nameMost, "name", "team.error.name")
	at(!slices.Contains(Kinds(), t.Kind), "kind", "contact.error.choose")
	at(utf8.RuneCountInString(t.Purpose) > purposeMost, "purpose", "team.error.purpose")
	at(utf8.RuneCountInString(t.Agreements) > agreementMost, "agreements", "team.error.agreements")
	b := t.Rhythm
	switch b.Every {
	case "", rhythm.Weekly:
	case rhythm.Biweekly:
		d, err := time.Parse(time.DateOnly, b.From)
		at(err != nil || d.Weekday() != b.Weekday, "from", "team.error.from")
	case rhythm.Monthly:
		at(b.Nth < -1 || b.Nth == 0 || b.Nth > 4, "nth", "contact.error.choose")
	default:
		at(true, "every", "contact.error.choose")
	}
	if b.Every != "" {
		at(b.Weekday < time.Sunday || b.Weekday > time.Saturday, "weekday", "contact.error.choose")
		at(b.Start < 0 || b.Start >= 24*60 || b.End <= b.Start || b.End > 24*60, "start", "team.error.hours")
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
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

// CreateIn makes a team in the caller's transaction: a campaign that ends in
// research action teams makes them so. The caller writes its own audit row.
func (s *Service) CreateIn(ctx context.Context, tx *db.Tx, a access.Actor, t Team) (_ string, err error) {
	defer fault.Wrap(&err, "team.CreateIn")
	if _, err := access.Check(a, needCreate); err != nil {
		return "", err
	}
	t.Name, t.Purpose, t.Agreements = contact.OneLine(t.Name), contact.OneLine(t.Purpose), lines(t.Agreements)
	if err := t.wrong(); err != nil {
		return "", err
	}
	now := s.clock.Now()
	t.ID, t.State, t.Made, t.Ended, t.NextChair, t.Version = id.New(now), Forming, now, time.Time{}, "", 0
	r := row{Team: t}
	return t.ID, s.store(ctx, tx, &r)
}

// Create is CreateIn with a transaction, an audit row and a form's key of its own.
func (s *Service) Create(ctx context.Context, a access.Actor, t Team, key string) (made string, err error) {
	defer fault.Wrap(&err, "team.Create")
	g, err := access.Check(a, needCreate)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "team.create", func() (string, error) {
			made, err := s.CreateIn(ctx, tx, a, t)
			if err != nil {
				return "", err
			}
			return made, s.note(ctx, tx, a, g, "create", made, "", string(t.Kind))
		})
		return err
	})
	return made, err
}

// change loads a team that is not closed, lets fn change it, and stores it.
func (s *Service) change(ctx context.Context, a access.Actor, id, action, key string, fn func(tx *db.Tx, r *row) (reason string, err error)) error {
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	if g.Scope == access.Self {
		return fault.Denied("only their own card")
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "team."+action+":"+id, func() (string, error) {
			r, err := s.load(ctx, tx, a, g, id)
			if err != nil {
				return "", err
			}
			if r.State == Closed {
				return "", fault.Clash("team.error.closed")
			}
			rows := []row{r}
			if err := s.open(ctx, tx.Org(), rows); err != nil {
				return "", err
			}
			reason, err := fn(tx, &rows[0])
			if err != nil {
				return "", err
			}
			if err := s.store(ctx, tx, &rows[0]); err != nil {
				return "", err
			}
			return id, s.note(ctx, tx, a, g, action, id, "", reason)
		})
		return err
	})
}

// Change writes what a form says about a team. Version is the one the form
// showed: somebody else's change meanwhile is not written over.
func (s *Service) Change(ctx context.Context, a access.Actor, t Team, key string) (err error) {
	defer fault.Wrap(&err, "team.Change(%s)", t.ID)
	t.Name, t.Purpose, t.Agreements = contact.OneLine(t.Name), contact.OneLine(t.Purpose), lines(t.Agreements)
	return s.change(ctx, a, t.ID, "update", key, func(_ *db.Tx, r *row) (string, error) {
		if err := t.wrong(); err != nil {
			return "", err
		}
		if t.Version != r.Version {
			return "", fault.Clash("team.error.changed")
		}
		r.Name, r.Purpose, r.Agreements, r.Kind, r.Rhythm = t.Name, t.Purpose, t.Agreements, t.Kind, t.Rhythm
		return "", nil
	})
}

// Move changes the state of a team. It begins to work when it has a purpose and
// at least two people.
func (s *Service) Move(ctx context.Context, a access.Actor, id string, to State, key string) (err error) {
	defer fault.Wrap(&err, "team.Move(%s, %s)", id, to)
	return s.change(ctx, a, id, "move", key, func(tx *db.Tx, r *row) (string, error) {
		if !r.State.CanBecome(to) {
			return "", fault.Clash("team.error.move")
		}
		if to == Active {
			n, err := s.heads(ctx, tx)
			if err != nil {
				return "", err
			}
			if n[id] < fewest {
				return "", fault.Clash("team.error.few")
			}
			if r.Purpose == "" {
				return "", fault.Clash("team.error.purpose_missing")
			}
		}
		if r.State = to; to == Closed {
			r.Ended, r.NextChair = s.clock.Now(), ""
		}
		return string(to), nil
	})
}

// Line is a team in a list.
type Line struct {
	Team
	Members int
	Mine    bool
}

// List returns the teams the actor may see: active ones first, closed ones last.
func (s *Service) List(ctx context.Context, a access.Actor) (out []Line, err error) {
	defer fault.Wrap(&err, "team.List")
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := allTeams(ctx, tx)
		if err != nil {
			return err
		}
		n, err := s.heads(ctx, tx)
		if err != nil {
			return err
		}
		mine := map[string]bool{}
		if a.Person != "" {
			list, err := membershipsOf(ctx, tx, a.Person)
			if err != nil {
				return err
			}
			for _, m := range list {
				mine[m.Team] = mine[m.Team] || m.In(s.clock.Now())
			}
		}
		if g.Scope != access.Org && g.Scope != access.All {
			rows = slices.DeleteFunc(rows, func(r row) bool { return !mine[r.ID] })
		}
		if err := s.open(ctx, tx.Org(), rows); err != nil {
			return err
		}
		for _, r := range rows {
			out = append(out, Line{r.Team, n[r.ID], mine[r.ID]})
		}
		return nil
	})
	order := []State{Active, Forming, Paused, Closed}
	slices.SortStableFunc(out, func(a, b Line) int {
		if c := slices.Index(order, a.State) - slices.Index(order, b.State); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out, err
}

// Get returns a team with the people in it, as the actor may see them.
func (s *Service) Get(ctx context.Context, a access.Actor, id string) (t Team, members []Member, err error) {
	defer fault.Wrap(&err, "team.Get(%s)", id)
	g, err := access.Check(a, needRead)
	if err != nil {
		return t, nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.load(ctx, tx, a, g, id)
		if err != nil {
			return err
		}
		rows := []row{r}
		if err := s.open(ctx, tx.Org(), rows); err != nil {
			return err
		}
		t = rows[0].Team
		members, err = s.seen(ctx, tx, a, id)
		return err
	})
	return t, members, err
}
