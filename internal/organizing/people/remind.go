// Reminders of what somebody promised: only whoever asked for one, by the way and
// in the hours they agreed to, in words that say nothing.
package people

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/notify"
	"seedbed/internal/trust/consent"
)

// RefCommitment names a commitment to the messenger.
const RefCommitment = "people.commitment"

const (
	remindBefore = 24 * time.Hour
	remindUntil  = 24 * time.Hour // after the day a reminder is of no use
)

// remind asks for a message a day before. A promise of somebody of the staff is on
// their Today; only people get messages.
func (s *Service) remind(ctx context.Context, tx *db.Tx, c Commitment) error {
	if s.notices == nil || !c.Remind || c.Person == "" || c.State != Open {
		return nil
	}
	at := c.Due.Add(-remindBefore)
	if !at.After(s.clock.Now()) {
		return nil // they have just said it
	}
	return s.notices.Enqueue(ctx, tx, notify.Notice{Kind: notify.PersonCommitment, To: notify.Ref{Room: RefCommitment, ID: c.ID}, Key: "commitment:" + c.ID + ":" + c.Due.UTC().Format(time.RFC3339),
		At: at, Until: c.Due.Add(remindUntil)})
}

// Resolve finds the contact for a reminder at the moment of sending. A promise
// that was settled or moved, and a person without a live consent, get none.
func (s *Service) Resolve(mine string) notify.Resolver {
	return func(ctx context.Context, org, which string) (out notify.Contact, err error) {
		defer fault.Wrap(&err, "people.Resolve")
		err = s.db.Read(ctx, org, func(tx *db.Tx) error {
			p, err := promiseByID(ctx, tx, which)
			if err != nil {
				return err
			}
			if p.State != Open || !p.Remind || s.clock.Now().Before(p.Due.Add(-remindBefore)) {
				return fault.Ended("")
			}
			out, err = s.ReachIn(ctx, tx, p.Person)
			out.Text = map[string]string{"Link": mine}
			return err
		})
		if fault.Is(err, fault.Forbidden) {
			err = fault.Ended("")
		}
		return out, err
	}
}

// ReachIn is how somebody may be written to now, for a message of another room: the
// way they agreed to, in their language, under their rules. None means that nobody
// writes to them; a consent that has ended is refused as the ledger does.
func (s *Service) ReachIn(ctx context.Context, tx *db.Tx, person string) (out notify.Contact, err error) {
	defer fault.Wrap(&err, "people.ReachIn")
	c, err := s.consent.Live(ctx, tx, consent.Query{Subject: person, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: consent.Together})
	if err != nil {
		return out, err
	}
	r, err := survivorOf(ctx, tx, person)
	if err != nil {
		return out, err
	}
	profile, err := s.profileOf(ctx, tx, r)
	if err != nil {
		return out, err
	}
	out = notify.Contact{Channel: notify.None, Lang: profile.Lang, Rules: profile.Safe.Rules(s.zone(ctx, tx.Org()).String()), Person: r.id}
	switch {
	case r.state != Active && r.state != Resting:
		return out, fault.Ended("")
	case profile.Contact == consent.ByPhone && c.Channel == consent.ByPhone:
		out.Channel, out.Address = notify.Phone, profile.Phone
	case profile.Contact == consent.BySMS && c.Channel == consent.BySMS:
		out.Channel, out.Address = notify.SMS, profile.Phone
	case profile.Contact == consent.ByMail && c.Channel == consent.ByMail:
		out.Channel, out.Address = notify.Email, profile.Email
	}
	return out, nil
}

// CommitmentOf opens one promise, for whoever may see it.
func (s *Service) CommitmentOf(ctx context.Context, a access.Actor, which string) (c Commitment, err error) {
	defer fault.Wrap(&err, "people.CommitmentOf(%s)", which)
	g, err := access.Check(a, needOwed)
	if err != nil {
		return c, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		p, err := promiseByID(ctx, tx, which)
		if err != nil {
			return err
		}
		if err := s.mayKeep(ctx, tx, a, g, p); err != nil {
			return err
		}
		list, err := s.stillKept(ctx, tx, []promise{p})
		if err != nil {
			return err
		}
		opened, err := s.openPromises(ctx, tx.Org(), list)
		if err != nil {
			return err
		}
		if len(opened) == 0 {
			return fault.Missing("no words left")
		}
		c = opened[0]
		return nil
	})
	return c, err
}
