// The door of My information, and what the person says about being called.
package introduction

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/notify"
)

const (
	doorTries = 30               // wrong codes of a network in a slot before it is told to wait
	doorSlot  = 15 * time.Minute // after which it may try again
)

// OpenMineFrom is OpenMine with a limit on wrong codes per network. The limit
// slows down a flood; what makes guessing hopeless is the length of the code. It
// never keeps the right code out: a waiting room shares one network, and nobody
// in it can lock the others out of stopping what they agreed to.
func (s *Service) OpenMineFrom(ctx context.Context, a access.Actor, network, code string) (out Opened, err error) {
	defer fault.Wrap(&err, "introduction.OpenMineFrom")
	if a.Org == "" {
		return s.OpenMine(ctx, code)
	}
	out, err = s.OpenMine(ctx, code)
	if !fault.Is(err, fault.Invalid) {
		return out, err // the right code opens, whatever others in the same network have tried
	}
	slot := s.clock.Now().UnixMicro() / doorSlot.Microseconds()
	from, e := s.vault.Passing(ctx, a.Org, "door "+network)
	if e != nil {
		return out, e
	}
	var tries int64
	if e := s.db.Read(ctx, a.Org, func(tx *db.Tx) (err error) {
		tries, err = triesAtDoor(ctx, tx, from, slot)
		return err
	}); e != nil {
		return out, e
	}
	if tries >= doorTries {
		return out, fault.New(fault.Limited, "")
	}
	if e := s.db.Write(ctx, a.Org, func(tx *db.Tx) error { return countAtDoor(ctx, tx, from, slot) }); e != nil {
		return out, e
	}
	return out, err
}

func triesAtDoor(ctx context.Context, tx *db.Tx, from string, slot int64) (int64, error) {
	n, err := db.One[int64](ctx, tx, `SELECT n FROM introduction_try WHERE org_id=$1 AND id=$2 AND slot=$3`, tx.Org(), from, slot)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return n, err
}

func countAtDoor(ctx context.Context, tx *db.Tx, from string, slot int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM introduction_try WHERE org_id=$1 AND slot < $2`, tx.Org(), slot); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO introduction_try (org_id, id, slot, n) VALUES ($1,$2,$3,1)
		ON CONFLICT (org_id, id, slot) DO UPDATE SET n = introduction_try.n + 1`, tx.Org(), from, slot)
	return err
}

// HasEnded reports whether a form that ends an introduction has been carried out:
// sent twice, it comes back when its sender is already gone.
func (s *Service) HasEnded(ctx context.Context, key string) (ended bool, err error) {
	defer fault.Wrap(&err, "introduction.HasEnded")
	var action string
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
		action, err = idem.Used(ctx, tx, access.Actor{Roles: []access.Role{access.Participant}}.Name(), key)
		return err
	})
	return strings.HasPrefix(action, "introduction."+string(VerbWithdraw)+":"), err
}

// verbHeard is a step that moves nothing: what the person says of being called.
const verbHeard Verb = "heard"

// HeardIn says whether somebody has called.
type HeardIn struct {
	Called bool
	Key    string // _key
}

// Heard writes down the person's word. "Nobody has called me" does not wait for
// the clock: the group is reminded and the introduction's owner in the clinic is
// asked, at most once a day.
func (s *Service) Heard(ctx context.Context, a access.Actor, in HeardIn) (err error) {
	defer fault.Wrap(&err, "introduction.Heard")
	g, err := access.Check(a, needChange)
	if err != nil {
		return err
	}
	if a.Person == "" || a.Subject == "" {
		return fault.New(fault.Unauthenticated, "")
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "introduction.heard:"+a.Subject, func() (string, error) {
			w := &work{tx: tx, now: s.clock.Now(), actor: a, granted: g, party: PartyPerson}
			if w.row, w.share, err = s.load(ctx, tx, a, g, a.Subject); err != nil {
				return "", err
			}
			if !slices.Contains(waiting, w.row.state) {
				return "", errState(w.row.state, verbHeard)
			}
			return "", s.heard(ctx, w, in.Called)
		})
		return err
	})
}

func (s *Service) heard(ctx context.Context, w *work, called bool) error {
	code := "called"
	if !called {
		code = "not_called"
		if err := s.askAfter(ctx, w); err != nil {
			return err
		}
	}
	if err := insertStep(ctx, w.tx, w.row.id, Step{At: w.now, Verb: verbHeard, From: w.row.state, To: w.row.state, Party: PartyPerson, Code: code}); err != nil {
		return err
	}
	if err := bump(ctx, w.tx); err != nil {
		return err
	}
	return s.note(ctx, w, "heard", code, w.row.person)
}

func (s *Service) askAfter(ctx context.Context, w *work) error {
	v, err := settings(ctx, w.tx)
	if err != nil {
		return err
	}
	key := "heard:" + w.row.id + ":" + w.now.UTC().Format(time.DateOnly)
	if w.share.id != "" {
		if err := s.notices.Enqueue(ctx, w.tx, notify.Notice{Kind: notify.RecipientReminder, To: notify.Ref{Room: refGroup, ID: w.share.id}, Key: key}); err != nil {
			return err
		}
	}
	asked := Answerable(NamedOwner, w.row.owner, v.EscalationAccount)
	if asked != "" && s.staff != "" {
		if err := s.notices.Enqueue(ctx, w.tx, notify.Notice{Kind: notify.StaffEscalation, To: notify.Ref{Room: s.staff, ID: asked}, Key: key}); err != nil {
			return err
		}
	}
	return s.announce(ctx, w.tx, Event{Kind: EventEscalated, Introduction: w.row.id, Group: w.row.group, At: w.now, Level: NamedOwner, Account: asked})
}
