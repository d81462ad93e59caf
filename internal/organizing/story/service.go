// The service and the one path that every change takes: access, transaction,
// idempotency, state table, effect, audit.
package story

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from; all but Log must be set.
type Deps struct {
	DB      *db.DB
	Vault   *vault.Vault
	Audit   *audit.Log
	Jobs    *job.Queue
	Clock   clock.Clock
	Consent *consent.Ledger
	People  *people.Service
	Log     *slog.Logger
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	audit   *audit.Log
	clock   clock.Clock
	consent *consent.Ledger
	people  *people.Service
	log     *slog.Logger
}

// New builds the service and registers its clock: consents that run out end the
// uses that rested on them.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, consent: d.Consent, people: d.People, log: d.Log}
	if s.log == nil {
		s.log = slog.Default()
	}
	d.Jobs.Every("story.clock", time.Hour, func(ctx context.Context, _ time.Time) error { return s.Wind(ctx) })
	return s
}

var (
	needTell    = access.Need{Resource: "story", Action: access.Create}
	needRead    = access.Need{Resource: "story", Action: access.Read}
	needWrite   = access.Need{Resource: "story", Action: access.Update}
	needUse     = access.Need{Resource: "story", Action: access.Share}
	needEnd     = access.Need{Resource: "story", Action: access.Delete}
	needApprove = access.Need{Resource: "story", Action: access.Approve}
)

// Party is whose hand changed the words.
type Party string

const (
	Teller Party = "teller"
	Staff  Party = "staff"
)

func party(a access.Actor) Party {
	if a.Has(access.Member) {
		return Teller
	}
	return Staff
}

// reach reports whether what was granted extends to this story. Whoever may not
// gets the same answer as for a story that never was.
func reach(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, r row) error {
	switch g.Scope {
	case access.Org, access.All:
		return nil
	case access.Self:
		if a.Person != "" && a.Person == r.Subject || a.Account != "" && a.Account == r.Account {
			return nil
		}
		if a.Person == "" || !r.Known {
			break
		}
		rows, err := people.Rows(ctx, tx, a.Person) // they may have been written down twice
		if err != nil || slices.Contains(rows, r.Subject) {
			return err
		}
	}
	return fault.Missing("story out of reach")
}

func (s *Service) load(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, id string) (row, error) {
	r, err := byID(ctx, tx, id)
	if err != nil {
		return r, err
	}
	return r, reach(ctx, tx, a, g, r)
}

func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, reason string, r row) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: "story", ResourceID: r.ID,
		Subject: r.Subject, Reason: reason, Request: a.Request})
}

// change runs a verb: everything in one transaction, the audit row last.
func (s *Service) change(ctx context.Context, a access.Actor, need access.Need, v Verb, id, key, reason string, effect func(tx *db.Tx, r *row) error) (err error) {
	defer fault.Wrap(&err, "story.%s(%s)", v, id)
	g, err := access.Check(a, need)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "story."+string(v)+":"+id+":"+reason, func() (string, error) {
			r, err := s.load(ctx, tx, a, g, id)
			if err != nil {
				return "", err
			}
			if r.State, err = r.State.After(v); err != nil {
				return "", err
			}
			r.Changed = s.clock.Now()
			if err := effect(tx, &r); err != nil {
				return "", err
			}
			if err := put(ctx, tx, r); err != nil {
				return "", err
			}
			return "", s.note(ctx, tx, a, g, string(v), reason, r)
		})
		return err
	})
}

func cell(org string, r row, version int64) vault.Cell {
	return vault.Cell{Org: org, Person: r.Subject, Table: "story_story", Column: "sealed", Row: r.ID, Version: version}
}

func useCell(org string, r row, use string) vault.Cell {
	return vault.Cell{Org: org, Person: r.Subject, Table: "story_use", Column: "sealed", Row: use, Version: 1}
}

// check cleans words and says what is wrong at the field.
func (w Words) check() (Words, []fault.Field) {
	var bad []fault.Field
	w.Title = contact.OneLine(w.Title)
	if n := utf8.RuneCountInString(w.Title); n == 0 || n > LongestTitle {
		bad = append(bad, fault.At("title", "story.error.title"))
	}
	w.Text = paragraphs(w.Text)
	if n := utf8.RuneCountInString(w.Text); n == 0 || n > LongestText {
		bad = append(bad, fault.At("text", "story.error.text", "Most", LongestText))
	}
	return w, bad
}

// paragraphs keeps line breaks, and nothing else that does not print.
func paragraphs(s string) string {
	var out []string
	for _, line := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if line = contact.OneLine(line); line != "" || len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, line)
		}
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// write seals new words as the next version and logs whose hand it was.
func (s *Service) write(ctx context.Context, tx *db.Tx, a access.Actor, r *row, w Words) error {
	plain, err := json.Marshal(w)
	if err != nil {
		return err
	}
	r.Version++
	if r.sealed, err = s.vault.Seal(ctx, cell(tx.Org(), *r, r.Version), string(plain)); err != nil {
		return err
	}
	return addEdit(ctx, tx, r.ID, edit{version: r.Version, at: s.clock.Now(), party: party(a), account: a.Account, sum: digest(*r, w)})
}

// digest binds an approval to exactly these words of this story. The story's id is
// in it, so that equal words elsewhere have another digest.
func digest(r row, w Words) string {
	sum := sha256.Sum256([]byte(r.ID + "\x00" + r.Subject + "\x00" + w.Title + "\x00" + w.Text))
	return hex.EncodeToString(sum[:])
}

func (s *Service) open(ctx context.Context, org string, r row) (w Words, err error) {
	if r.sealed == "" {
		return w, fault.Ended("story.error.withdrawn")
	}
	plain, err := s.vault.Open(ctx, cell(org, r, r.Version), r.sealed)
	if err != nil {
		return w, err
	}
	return w, decode(plain, &w)
}

func decode(plain string, w *Words) error { return json.Unmarshal([]byte(plain), w) }
