// The clock's own work: reminders and escalation, ends that nobody made, consents
// that ran out, and data whose time is over. Every step may be repeated.
package introduction

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/notify"
	"seedbed/internal/trust/consent"
)

const sweepBatch = 200

func (s *Service) eachOrg(ctx context.Context, fn func(ctx context.Context, org string) error) error {
	var orgs []string
	err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
		orgs, err = orgsWithRows(ctx, tx)
		return err
	})
	for _, org := range orgs {
		err = errors.Join(err, fn(ctx, org)) // one clinic's trouble must not stop another's clock
	}
	return err
}

// Sweep does what has come due: expired consents first, then clocks.
func (s *Service) Sweep(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "introduction.Sweep")
	return s.eachOrg(ctx, func(ctx context.Context, org string) error {
		return errors.Join(s.expire(ctx, org), s.look(ctx, org))
	})
}

// expire ends introductions whose consent ran out; what could be seen is recalled.
func (s *Service) expire(ctx context.Context, org string) error {
	var over []string
	err := s.db.Write(ctx, org, func(tx *db.Tx) error {
		over = over[:0]
		ended, err := s.consent.Expire(ctx, tx, machine(org))
		if err != nil {
			return err
		}
		for _, c := range ended {
			if c.Purpose == consent.IntroContact {
				over = append(over, c.Subject)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, person := range over {
		err = errors.Join(err, s.expirePerson(ctx, org, person))
	}
	// A crash between the two transactions leaves a share that outlived its consent.
	var left []string
	err = errors.Join(err, s.db.Read(ctx, org, func(tx *db.Tx) (err error) {
		left, err = expiredShares(ctx, tx, s.clock.Now())
		return err
	}))
	for _, intro := range left {
		err = errors.Join(err, s.withdraw(ctx, machine(org), intro, "", VerbExpire, ByExpiry, needUpdate))
	}
	return err
}

func (s *Service) expirePerson(ctx context.Context, org, person string) error {
	var r row
	err := s.db.Read(ctx, org, func(tx *db.Tx) (err error) {
		r, err = rowByPerson(ctx, tx, person)
		return err
	})
	if fault.Is(err, fault.NotFound) || (err == nil && !r.state.Open()) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.withdraw(ctx, machine(org), r.id, "", VerbExpire, ByExpiry, needUpdate)
}

// look takes up every introduction whose clock says that something is due. One
// that cannot be dealt with is reported and passed over: it would be the first
// of every look, and nobody else's clock would go on.
func (s *Service) look(ctx context.Context, org string) error {
	failed := map[string]error{}
	for {
		var ids []string
		err := s.db.Read(ctx, org, func(tx *db.Tx) (err error) {
			ids, err = rowsToLookAt(ctx, tx, s.clock.Now(), sweepBatch)
			return err
		})
		if err != nil {
			return err
		}
		tried := 0
		for _, intro := range ids {
			if failed[intro] != nil {
				continue
			}
			tried++
			if err := s.lookAt(ctx, org, intro); err != nil {
				failed[intro] = err
			}
		}
		if len(ids) < sweepBatch || tried == 0 || ctx.Err() != nil {
			return errors.Join(slices.Collect(maps.Values(failed))...)
		}
	}
}

// lookAt reminds, escalates, or ends one introduction.
func (s *Service) lookAt(ctx context.Context, org, intro string) error {
	zone := s.zone(ctx, org)
	var expired bool
	err := s.db.Write(ctx, org, func(tx *db.Tx) error {
		expired = false
		w := &work{tx: tx, now: s.clock.Now(), actor: machine(org), granted: access.Granted{Role: access.System, Scope: access.All}, party: PartySystem}
		var v Settings
		var err error
		if w.clocks, v, err = s.clocksFor(ctx, tx, zone); err != nil {
			return err
		}
		if w.row, w.share, err = s.load(ctx, tx, w.actor, w.granted, intro); err != nil {
			return err
		}
		if w.row.lookAt.IsZero() || w.row.lookAt.After(w.now) {
			return nil // somebody was faster
		}
		w.before = w.row.state
		if w.row.state.Shared() {
			if err := s.needConsent(ctx, w); fault.Is(err, fault.Gone) {
				expired = true
				return nil
			} else if err != nil {
				return err
			}
		}
		attempts, err := attemptsOf(ctx, tx, intro, w.share.id)
		if err != nil {
			return err
		}
		if facts := w.row.facts(attempts); !w.row.state.Met() && !w.now.Before(w.clocks.AutoClose(facts)) {
			return s.closeByClock(ctx, w)
		}
		return s.escalate(ctx, w, v, attempts)
	})
	if err == nil && expired {
		return s.withdraw(ctx, machine(org), intro, "", VerbExpire, ByExpiry, needUpdate)
	}
	return err
}

// closeByClock gives a coded ending to what nobody ended.
func (s *Service) closeByClock(ctx context.Context, w *work) error {
	e := CouldNotReach
	if w.row.state == Sent || w.row.state == Acknowledged {
		e = GroupUnable
	}
	return s.apply(ctx, w, move{id: w.row.id, verb: VerbClose, ending: e, code: string(e) + "/clock", need: needUpdate}, nil, func(w *work) error {
		if e == GroupUnable {
			w.row.reason = NoAnswer
		}
		return s.ended(ctx, w)
	})
}

// escalate moves a late step to the next level, each level once.
func (s *Service) escalate(ctx context.Context, w *work, v Settings, attempts []Attempt) error {
	w.row.wind(w.clocks, attempts, w.now) // thirty days may just have passed: then the step itself changes
	n := w.row.next()
	to := w.clocks.LevelAt(n, w.now)
	if to <= w.row.level {
		return updateRow(ctx, w.tx, w.row)
	}
	w.row.level = to
	w.row.wind(w.clocks, attempts, w.now)
	if err := updateRow(ctx, w.tx, w.row); err != nil {
		return err
	}
	if err := insertStep(ctx, w.tx, w.row.id, Step{At: w.now, Verb: "late", From: w.row.state, To: w.row.state, Party: PartySystem, Code: "level" + strconv.Itoa(int(to))}); err != nil {
		return err
	}
	key := w.row.id + ":" + n.ActionKey + ":" + n.Due.UTC().Format(time.RFC3339) + ":" + strconv.Itoa(int(to))
	if n.Owner == OwnerGroup && w.share.id != "" && to <= NamedOwner {
		if err := s.notices.Enqueue(ctx, w.tx, notify.Notice{Kind: notify.RecipientReminder, To: notify.Ref{Room: refGroup, ID: w.share.id}, Key: "late:" + key}); err != nil {
			return err
		}
	}
	asked := Answerable(to, w.row.owner, v.EscalationAccount)
	if asked != "" && s.staff != "" && (to >= NamedOwner || n.Owner == OwnerClinic) {
		if err := s.notices.Enqueue(ctx, w.tx, notify.Notice{Kind: notify.StaffEscalation, To: notify.Ref{Room: s.staff, ID: asked}, Key: "late:" + key}); err != nil {
			return err
		}
	}
	if err := s.announce(ctx, w.tx, Event{Kind: EventEscalated, Introduction: w.row.id, Group: w.row.group, At: w.now, Level: to, Account: asked}); err != nil {
		return err
	}
	if err := bump(ctx, w.tx); err != nil {
		return err
	}
	return s.note(ctx, w, "late", "level"+strconv.Itoa(int(to)), w.row.person)
}

// Retain erases what has been kept long enough, to counts.
func (s *Service) Retain(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "introduction.Retain")
	return s.eachOrg(ctx, func(ctx context.Context, org string) error {
		now := s.clock.Now()
		today := now.In(s.calendar(ctx, org).zone()).Format(time.DateOnly)
		var trouble error // of one introduction, which must not keep the others
		for {
			var rows []row
			err := s.db.Read(ctx, org, func(tx *db.Tx) (err error) {
				rows, err = rowsToErase(ctx, tx, now, sweepBatch)
				return err
			})
			if err != nil {
				return err
			}
			failed := 0
			for _, r := range rows {
				if err := s.eraseOld(ctx, org, r.id); err != nil {
					failed, trouble = failed+1, errors.Join(trouble, err)
				}
			}
			if len(rows) < sweepBatch || failed > 0 {
				break // what failed comes first again: the rest waits for the next round
			}
		}
		return errors.Join(trouble, s.db.Write(ctx, org, func(tx *db.Tx) error {
			return errors.Join(sweepRecalls(ctx, tx, now), sweepLinks(ctx, tx, now), sweepSeen(ctx, tx, today))
		}))
	})
}

// eraseOld removes an ended introduction whose time is over, person and all.
func (s *Service) eraseOld(ctx context.Context, org, intro string) error {
	var person string
	err := s.db.Write(ctx, org, func(tx *db.Tx) error {
		person = ""
		r, err := rowByID(ctx, tx, intro)
		if fault.Is(err, fault.NotFound) || (err == nil && (r.eraseAt.IsZero() || r.eraseAt.After(s.clock.Now()))) {
			return nil
		}
		if err != nil {
			return err
		}
		if person = r.person; person != "" {
			if _, err := s.consent.RevokeAll(ctx, tx, machine(org), person, consent.Steward); err != nil {
				return err
			}
			if err := s.consent.Forget(ctx, tx, machine(org), person); err != nil {
				return err
			}
		}
		if err := s.scatter(ctx, tx, intro, person); err != nil {
			return err
		}
		if err := deleteRow(ctx, tx, intro); err != nil {
			return err
		}
		return s.audit.Write(ctx, tx, audit.Event{Org: org, Actor: machine(org).Name(), Role: string(access.System), Action: "erase",
			Resource: "introduction", ResourceID: intro, Subject: person, Reason: "retention"})
	})
	if err != nil || person == "" {
		return err
	}
	return s.vault.ErasePerson(ctx, org, person)
}
