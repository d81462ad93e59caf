// What a member sees and decides about themself: by code, without an account.
package people

import (
	"context"
	"errors"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/trust/consent"
)

const (
	// SessionLife is how long a member's page stays open untouched.
	SessionLife = 15 * time.Minute
	sessionMost = 8 * time.Hour
)

var (
	needDelete = access.Need{Resource: "person", Action: access.Delete}
	needTake   = access.Need{Resource: "person", Action: access.Export}
)

// Opened is what a code leads to.
type Opened struct{ Org, Token string }

// OpenMine exchanges a person's code for a short session. fault.NotFound: it is no
// code of this room. 80 random bits need no counting of tries.
func (s *Service) OpenMine(ctx context.Context, code string) (out Opened, err error) {
	defer fault.Wrap(&err, "people.OpenMine")
	typed := id.ParseCode(code)
	if len(typed) != codeLength {
		return out, fault.Missing("no code")
	}
	var person string
	if err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		out.Org, person, err = byCode(ctx, tx, id.Hash(typed))
		return err
	}); err != nil {
		return Opened{}, err
	}
	return out, s.db.Write(ctx, out.Org, func(tx *db.Tx) error {
		r, err := survivorOf(ctx, tx, person)
		if err != nil {
			return err
		}
		if r.state != Active && r.state != Resting {
			return fault.Missing("left")
		}
		out.Token = id.Token()
		if err := insertSession(ctx, tx, id.Hash(out.Token), r.id, s.clock.Now()); err != nil {
			return err
		}
		return s.noteOpen(ctx, tx, access.Member, "open", r.id)
	})
}

// Authenticate recognises a member by the token of their session; nobody otherwise.
func (s *Service) Authenticate(ctx context.Context, token string) (a access.Actor, err error) {
	defer fault.Wrap(&err, "people.Authenticate")
	if token == "" {
		return a, nil
	}
	hash, now := id.Hash(token), s.clock.Now()
	var v session
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		v, err = sessionByHash(ctx, tx, hash)
		return err
	})
	if fault.Is(err, fault.NotFound) || err == nil && (now.Sub(v.seen) >= SessionLife || now.Sub(v.made) >= sessionMost) {
		return access.Actor{}, nil
	}
	if err != nil {
		return access.Actor{}, err
	}
	if now.Sub(v.seen) >= time.Minute {
		err = s.db.Write(ctx, v.org, func(tx *db.Tx) error { return seeSession(ctx, tx, hash, now) })
	}
	return access.Actor{Org: v.org, Person: v.person, Session: hash, Roles: []access.Role{access.Member}}, err
}

// SignOut ends a member's session.
func (s *Service) SignOut(ctx context.Context, token string) (err error) {
	defer fault.Wrap(&err, "people.SignOut")
	if token == "" {
		return nil
	}
	return s.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error { return endSession(ctx, tx, id.Hash(token)) })
}

// Look is one time somebody opened or changed something.
type Look struct {
	At     time.Time `json:"at"`
	Role   string    `json:"role"`
	Action string    `json:"action"`
}

// Mine is everything that is held about a member here.
type Mine struct {
	Record
	Consents []consent.Consent `json:"-"`
	Looked   []Look            `json:"looked"`
	Together []Together        `json:"together"`
	Promises []Commitment      `json:"commitments"`
	Notes    []Said            `json:"notes"`
	Standing Standing          `json:"ladder"`
}

// MyInformation opens the actor's own page.
func (s *Service) MyInformation(ctx context.Context, a access.Actor) (Mine, error) {
	return s.mineOf(ctx, a, needRead)
}

// Take is MyInformation to take away.
func (s *Service) Take(ctx context.Context, a access.Actor) (Mine, error) {
	return s.mineOf(ctx, a, needTake)
}

func (s *Service) mineOf(ctx context.Context, a access.Actor, need access.Need) (m Mine, err error) {
	defer fault.Wrap(&err, "people.MyInformation")
	g, err := access.Check(a, need)
	if err != nil {
		return m, err
	}
	if a.Person == "" {
		return m, fault.New(fault.Unauthenticated, "")
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		if m.Record, err = s.open(ctx, tx, a, g, a.Person); err != nil {
			return err
		}
		if m.Consents, err = s.consent.ForSubject(ctx, tx, a, m.ID); err != nil {
			return err
		}
		entries, err := s.audit.OfSubject(ctx, tx, tx.Org(), m.ID)
		if err != nil {
			return err
		}
		m.Looked = nil
		for _, e := range entries {
			if e.Decision == audit.Allow && e.Role != string(access.Member) {
				m.Looked = append(m.Looked, Look{e.At, e.Role, e.Action})
			}
		}
		return nil
	})
	if err != nil {
		if fault.Is(err, fault.NotFound) { // it ended meanwhile
			err = fault.New(fault.Unauthenticated, "")
		}
		return Mine{}, err
	}
	for _, step := range []func() error{
		func() (err error) { m.Together, err = s.Timeline(ctx, a, m.ID, time.Time{}, 200); return err },
		func() (err error) { m.Promises, err = s.Commitments(ctx, a, Whose{Person: m.ID}); return err },
		func() (err error) { m.Notes, err = s.NotesAbout(ctx, a, m.ID); return err },
		func() (err error) { m.Standing, err = s.StandingOf(ctx, a, m.ID); return err },
	} {
		if err := step(); err != nil {
			return Mine{}, err
		}
	}
	return m, nil
}

// Stop ends every consent of the actor: from the next request on nobody sees them.
// What is kept goes within two days, as the words of the consent say.
func (s *Service) Stop(ctx context.Context, a access.Actor, key string) (err error) {
	defer fault.Wrap(&err, "people.Stop")
	g, err := access.Check(a, needDelete)
	if err != nil {
		return err
	}
	if a.Person == "" {
		return fault.New(fault.Unauthenticated, "")
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "people.stop", func() (string, error) {
			r, err := s.load(ctx, tx, a, g, a.Person)
			if err != nil {
				return "", err
			}
			return "", s.depart(ctx, tx, a, g, r, consent.SelfCode, "stop")
		})
		return err
	})
}

// depart ends the consents of all rows of a person and their sessions.
func (s *Service) depart(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, r row, how consent.Ending, action string) error {
	group, err := groupOf(ctx, tx, r.id)
	if err != nil {
		return err
	}
	for _, p := range group {
		if _, err := s.consent.RevokeAll(ctx, tx, access.Machine(tx.Org()), p, how); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, p); err != nil {
			return err
		}
	}
	r.state, r.rest, r.last, r.codeHash = Departed, time.Time{}, s.clock.Now(), ""
	if err := updateRow(ctx, tx, r); err != nil {
		return err
	}
	return s.note(ctx, tx, a, g, action, "person", "", r.id, "")
}

// Delete ends everything at once and leaves no row: the keys go, and with them every word.
func (s *Service) Delete(ctx context.Context, a access.Actor, sure bool, key string) (err error) {
	defer fault.Wrap(&err, "people.Delete")
	g, err := access.Check(a, needDelete)
	if err != nil {
		return err
	}
	if !sure {
		return fault.Wrong(fault.At("confirm", "people.error.sure"))
	}
	if a.Person == "" || g.Role != access.Member && g.Role != access.Leader && g.Role != access.Organizer {
		return fault.New(fault.Unauthenticated, "")
	}
	var erased []string
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "people.delete", func() (string, error) {
			r, err := s.load(ctx, tx, a, g, a.Person)
			if err != nil {
				return "", err
			}
			erased, err = s.eraseIn(ctx, tx, a, g, r, consent.SelfCode)
			return "", err
		})
		return err
	})
	if err != nil {
		return err
	}
	return s.eraseKeys(ctx, a.Org, erased)
}

// eraseIn ends the consents and empties every row of a person; the other rooms are
// told in the same transaction. The keys are erased after it is committed.
func (s *Service) eraseIn(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, r row, how consent.Ending) ([]string, error) {
	group, err := groupOf(ctx, tx, r.id)
	if err != nil {
		return nil, err
	}
	if err := s.depart(ctx, tx, a, g, r, how, "erase"); err != nil {
		return nil, err
	}
	for _, p := range group {
		for _, tell := range s.onErase {
			if err := tell(ctx, tx, p); err != nil {
				return nil, err
			}
		}
		if err := emptyPerson(ctx, tx, p); err != nil {
			return nil, err
		}
		if err := s.consent.Forget(ctx, tx, access.Machine(tx.Org()), p); err != nil {
			return nil, err
		}
		if err := dropRow(ctx, tx, p, s.clock.Now()); err != nil {
			return nil, err
		}
		// The key goes right after the commit; when the program dies in between, this finishes it.
		// It has no key: a job with one is remembered after it was done, and would name them.
		if err := s.jobs.Enqueue(ctx, tx, job.Job{Kind: jobErase, Payload: p}); err != nil {
			return nil, err
		}
	}
	return group, nil
}

// jobErase destroys the key of somebody whose rows are gone.
const jobErase = "people.erase"

func (s *Service) eraseKeys(ctx context.Context, org string, people []string) error {
	var errs []error
	for _, p := range people {
		errs = append(errs, s.vault.ErasePerson(context.WithoutCancel(ctx), org, p))
	}
	s.forget(org)
	return errors.Join(errs...)
}

// HasEnded reports whether a form that ends everything was carried out: sent
// twice, it comes back when its sender is already gone.
func (s *Service) HasEnded(ctx context.Context, key string) (ended bool, err error) {
	defer fault.Wrap(&err, "people.HasEnded")
	var action string
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		action, err = idem.Used(ctx, tx, access.Actor{Roles: []access.Role{access.Member}}.Name(), key)
		return err
	})
	return action == "people.stop" || strings.HasPrefix(action, "people.delete"), err
}
