// The service, what its verbs share, and the verbs about curricula.
package learning

import (
	"context"
	"embed"
	"reflect"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/contact"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. All must be set.
type Deps struct {
	DB     *db.DB
	Audit  *audit.Log
	Clock  clock.Clock
	People *people.Service
	OnHeld func(ctx context.Context, tx *db.Tx, a access.Actor, t Training) error // optional: hears of a training that was held, in its transaction
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db     *db.DB
	audit  *audit.Log
	clock  clock.Clock
	people *people.Service
	onHeld func(ctx context.Context, tx *db.Tx, a access.Actor, t Training) error
}

// New builds the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, audit: d.Audit, clock: d.Clock, people: d.People, onHeld: d.OnHeld}
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needRead    = access.Need{Resource: "curriculum", Action: access.Read}
	needWrite   = access.Need{Resource: "curriculum", Action: access.Create}
	needChange  = access.Need{Resource: "curriculum", Action: access.Update}
	needPublish = access.Need{Resource: "curriculum", Action: access.Approve}
	needPlan    = access.Need{Resource: "training", Action: access.Create}
	needLook    = access.Need{Resource: "training", Action: access.Read}
	needHold    = access.Need{Resource: "training", Action: access.Update}
	needSign    = access.Need{Resource: "skill", Action: access.Create}
	needShown   = access.Need{Resource: "skill", Action: access.Read}
	needTake    = access.Need{Resource: "skill", Action: access.Update}
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

// Curricula lists the curricula: to those who cannot change them, the published ones.
func (s *Service) Curricula(ctx context.Context, a access.Actor) (out []Curriculum, err error) {
	defer fault.Wrap(&err, "learning.Curricula")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	_, writes := access.Check(a, needChange)
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		list, err := allCurricula(ctx, tx)
		out = nil
		for _, c := range list {
			if writes == nil {
				out = append(out, c)
				continue
			}
			if c.State != Published {
				continue
			}
			if c.Draft, err = versionOf(ctx, tx, c.ID, c.Version); err != nil {
				return err
			}
			c.Changed = false
			out = append(out, c)
		}
		return err
	})
	return out, err
}

// Curriculum returns one, and its newest version when there is one. Whoever cannot
// change it sees the version as the draft too.
func (s *Service) Curriculum(ctx context.Context, a access.Actor, curriculum string) (c Curriculum, newest Content, err error) {
	defer fault.Wrap(&err, "learning.Curriculum(%s)", curriculum)
	if _, err := access.Check(a, needRead); err != nil {
		return c, newest, err
	}
	_, writes := access.Check(a, needChange)
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) (err error) {
		if c, err = curriculumByID(ctx, tx, curriculum); err != nil {
			return err
		}
		if writes != nil && c.State == Draft {
			return fault.Missing("not published")
		}
		if c.Version == 0 {
			newest = Content{}
			return nil
		}
		if newest, err = versionOf(ctx, tx, curriculum, c.Version); err == nil && writes != nil {
			c.Draft, c.Changed = newest, false
		}
		return err
	})
	return c, newest, err
}

// SaveIn is the draft of a curriculum as typed. Sessions are those of before, kept,
// left out or put in another order by their places; Add names outlines of ours.
type SaveIn struct {
	ID      string // empty: a new one
	Title   string
	Purpose string
	Lang    string
	Keep    []int    // places of sessions of the draft, in the new order
	Add     []string // keys of outlines, in the curriculum's language
	Edition int64    // that the form was filled from
	Key     string
}

const sessionsMost = 20

// Save writes the draft. It changes no version.
func (s *Service) Save(ctx context.Context, a access.Actor, in SaveIn) (made string, err error) {
	defer fault.Wrap(&err, "learning.Save(%s)", in.ID)
	need := needChange
	if in.ID == "" {
		need = needWrite
	}
	g, err := access.Check(a, need)
	if err != nil {
		return "", err
	}
	in.Title, in.Purpose = line(in.Title), line(in.Purpose)
	var bad []fault.Field
	if in.Title == "" || utf8.RuneCountInString(in.Title) > titleMost {
		bad = append(bad, fault.At("title", "learning.error.title", "Most", titleMost))
	}
	if in.Purpose == "" || utf8.RuneCountInString(in.Purpose) > purposeMost {
		bad = append(bad, fault.At("purpose", "learning.error.purpose", "Most", purposeMost))
	}
	if !contact.Language(in.Lang) {
		bad = append(bad, fault.At("lang", "contact.error.choose"))
	}
	var added []Session
	for _, key := range in.Add {
		o, _, ok := Outline(key, in.Lang)
		if !ok {
			bad = append(bad, fault.At("add", "contact.error.choose"))
			break
		}
		added = append(added, o)
	}
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	return s.once(ctx, a, in.Key, "learning.save:"+in.ID, func(tx *db.Tx) (string, error) {
		c := Curriculum{ID: id.New(s.clock.Now()), State: Draft}
		if in.ID != "" {
			if c, err = s.draftOf(ctx, tx, in.ID, in.Edition); err != nil {
				return "", err
			}
		}
		var sessions []Session
		for _, n := range in.Keep {
			if n < 0 || n >= len(c.Draft.Sessions) {
				return "", fault.Wrong(fault.At("keep", "contact.error.choose"))
			}
			sessions = append(sessions, c.Draft.Sessions[n])
		}
		sessions = append(sessions, added...)
		if len(sessions) > sessionsMost {
			return "", fault.Wrong(fault.At("add", "learning.error.sessions", "Most", sessionsMost))
		}
		c.Draft = Content{Title: in.Title, Purpose: in.Purpose, Lang: in.Lang, Sessions: sessions}
		return c.ID, s.keep(ctx, tx, a, g, c)
	})
}

// draftOf finds a curriculum whose draft may be changed from an edition.
func (s *Service) draftOf(ctx context.Context, tx *db.Tx, curriculum string, edition int64) (Curriculum, error) {
	c, err := curriculumByID(ctx, tx, curriculum)
	switch {
	case err != nil:
		return c, err
	case c.State == Retired:
		return c, fault.Clash("learning.error.retired")
	case c.Edition != edition:
		return c, fault.Clash("learning.error.met")
	}
	return c, nil
}

// keep stores a draft that was changed.
func (s *Service) keep(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, c Curriculum) error {
	c.Edition++
	c.Changed = true
	if c.Version > 0 {
		newest, err := versionOf(ctx, tx, c.ID, c.Version)
		if err != nil {
			return err
		}
		c.Changed = !reflect.DeepEqual(newest, c.Draft)
	}
	if err := putCurriculum(ctx, tx, c, s.clock.Now()); err != nil {
		return err
	}
	return s.note(ctx, tx, a, g, "update", "curriculum", c.ID, "", "draft")
}

// SaveSessionIn is one session of a draft as typed; Place is where it stands, or
// the number of sessions for a new one at the end.
type SaveSessionIn struct {
	SessionIn
	ID      string
	Place   int
	Edition int64
	Key     string
}

// SaveSession writes one session of the draft.
func (s *Service) SaveSession(ctx context.Context, a access.Actor, in SaveSessionIn) (err error) {
	defer fault.Wrap(&err, "learning.SaveSession(%s, %d)", in.ID, in.Place)
	g, err := access.Check(a, needChange)
	if err != nil {
		return err
	}
	read, bad := in.Read()
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	_, err = s.once(ctx, a, in.Key, "learning.session:"+in.ID, func(tx *db.Tx) (string, error) {
		c, err := s.draftOf(ctx, tx, in.ID, in.Edition)
		if err != nil {
			return "", err
		}
		switch n := len(c.Draft.Sessions); {
		case in.Place < 0 || in.Place > n:
			return "", fault.Missing("no such session")
		case in.Place == n && n == sessionsMost:
			return "", fault.Wrong(fault.At("title", "learning.error.sessions", "Most", sessionsMost))
		case in.Place == n:
			read.Key = ""
			c.Draft.Sessions = append(c.Draft.Sessions, read)
		default:
			read.Key = c.Draft.Sessions[in.Place].Key
			c.Draft.Sessions[in.Place] = read
		}
		return c.ID, s.keep(ctx, tx, a, g, c)
	})
	return err
}

// Publish makes the draft the next version. Trainings that are planned keep theirs.
func (s *Service) Publish(ctx context.Context, a access.Actor, curriculum string, edition int64, key string) (err error) {
	defer fault.Wrap(&err, "learning.Publish(%s)", curriculum)
	g, err := access.Check(a, needPublish)
	if err != nil {
		return err
	}
	_, err = s.once(ctx, a, key, "learning.publish:"+curriculum, func(tx *db.Tx) (string, error) {
		c, err := s.draftOf(ctx, tx, curriculum, edition)
		switch {
		case err != nil:
			return "", err
		case len(c.Draft.Sessions) == 0:
			return "", fault.Clash("learning.error.empty")
		case !c.Changed:
			return "", fault.Clash("learning.error.same")
		}
		c.State, c.Changed = Published, false
		c.Version++
		c.Edition++
		if err := putVersion(ctx, tx, c.ID, c.Version, c.Draft, s.clock.Now()); err != nil {
			return "", err
		}
		if err := putCurriculum(ctx, tx, c, s.clock.Now()); err != nil {
			return "", err
		}
		return c.ID, s.note(ctx, tx, a, g, "publish", "curriculum", c.ID, "", "")
	})
	return err
}

// Retire ends a curriculum for new trainings; Reopen takes that back.
func (s *Service) Retire(ctx context.Context, a access.Actor, curriculum, key string) error {
	return s.turn(ctx, a, curriculum, key, "retire", func(c *Curriculum) bool {
		ok := c.State == Published
		c.State = Retired
		return ok
	})
}

// Reopen lets trainings use a retired curriculum again.
func (s *Service) Reopen(ctx context.Context, a access.Actor, curriculum, key string) error {
	return s.turn(ctx, a, curriculum, key, "reopen", func(c *Curriculum) bool {
		ok := c.State == Retired
		c.State = Published
		return ok
	})
}

func (s *Service) turn(ctx context.Context, a access.Actor, curriculum, key, action string, to func(*Curriculum) bool) (err error) {
	defer fault.Wrap(&err, "learning.%s(%s)", action, curriculum)
	g, err := access.Check(a, needPublish)
	if err != nil {
		return err
	}
	_, err = s.once(ctx, a, key, "learning."+action+":"+curriculum, func(tx *db.Tx) (string, error) {
		c, err := curriculumByID(ctx, tx, curriculum)
		if err != nil {
			return "", err
		}
		if !to(&c) {
			return "", fault.Clash("learning.error.state")
		}
		c.Edition++
		if err := putCurriculum(ctx, tx, c, s.clock.Now()); err != nil {
			return "", err
		}
		return c.ID, s.note(ctx, tx, a, g, action, "curriculum", c.ID, "", "")
	})
	return err
}
