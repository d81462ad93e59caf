// Two days before: those who said yes are asked once more, by the way they agreed
// to, in words that say nothing of the event. Whoever cannot be written to is
// phoned. The link needs no account; it shows when and where, and takes yes or no.
package turnout

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/notify"
)

// RefAsk names somebody who was asked to the messenger.
const RefAsk = "turnout.ask"

// Reach is how those who said yes and have not confirmed can be asked once more.
type Reach struct {
	Written   int // can be sent a message now
	Sent      int // a message is on its way or has arrived, and no answer yet
	ToPhone   int // want a call, or nothing could be sent
	Confirmed int
	Unwanted  int // agreed to no contact
}

// written reports whether a channel takes a message of ours.
func written(c notify.Channel) bool { return c == notify.SMS || c == notify.Email }

// channel is how one person may be reached now; None without a live consent.
func (s *Service) channel(ctx context.Context, tx *db.Tx, person string) (notify.Channel, error) {
	c, err := s.people.ReachIn(ctx, tx, person)
	if fault.Is(err, fault.Gone) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return notify.None, nil
	}
	return c.Channel, err
}

// failed reports whether a message about an ask came to nothing, so that somebody phones.
func (s *Service) failed(ctx context.Context, tx *db.Tx, k Ask) (bool, error) {
	if s.notices == nil || !k.Sent {
		return false, nil
	}
	list, err := s.notices.OfRef(ctx, tx, notify.Ref{Room: RefAsk, ID: k.ID})
	if err != nil || len(list) == 0 {
		return err == nil, err
	}
	switch list[0].State {
	case notify.Failed, notify.Unknown, notify.ToHand, notify.NotSent:
		return true, nil
	}
	return false, nil
}

// SendQuestions asks everybody who said yes and can be written to, once. It returns
// how many messages were asked for.
func (s *Service) SendQuestions(ctx context.Context, a access.Actor, turnout, key string) (n int, err error) {
	defer fault.Wrap(&err, "turnout.SendQuestions(%s)", turnout)
	err = s.act(ctx, a, needLead, turnout, "send", "", key, func(tx *db.Tx, v *view) (string, string, error) {
		n = 0
		now := s.clock.Now()
		if err := v.State.is(Open); err != nil {
			return "", "", err
		}
		if !v.Confirming(now) {
			return "", "", fault.Clash("turnout.error.not_yet")
		}
		if err := v.fill(ctx, tx); err != nil {
			return "", "", err
		}
		for _, k := range v.asks {
			if k.Answer != Yes || k.Confirmed || k.Sent || s.notices == nil {
				continue
			}
			way, err := s.channel(ctx, tx, k.Person)
			if err != nil {
				return "", "", err
			}
			if !written(way) {
				continue
			}
			row, err := askByID(ctx, tx, k.ID)
			if err != nil {
				return "", "", err
			}
			if err := s.notices.Enqueue(ctx, tx, notify.Notice{Kind: notify.PersonComing, To: notify.Ref{Room: RefAsk, ID: k.ID}, Key: "turnout:" + k.ID, Until: v.At}); err != nil {
				return "", "", err
			}
			row.Sent = true
			if err := putAsk(ctx, tx, row); err != nil {
				return "", "", err
			}
			n++
		}
		v.Sent = now
		return "", "", put(ctx, tx, v.row)
	})
	return n, err
}

// Resolve finds the contact for a question at the moment of sending. Whoever has
// answered meanwhile, and whoever ended their consent, gets none.
func (s *Service) Resolve(link func(token string) string) notify.Resolver {
	return func(ctx context.Context, org, which string) (out notify.Contact, err error) {
		defer fault.Wrap(&err, "turnout.Resolve")
		err = s.db.Read(ctx, org, func(tx *db.Tx) error {
			k, err := askByID(ctx, tx, which)
			if err != nil {
				return err
			}
			t, err := byID(ctx, tx, k.turnout)
			if err != nil {
				return err
			}
			if t.State != Open || k.Answer != Yes || k.Confirmed || k.Wrong || !s.clock.Now().Before(t.At) {
				return fault.Ended("")
			}
			if out, err = s.people.ReachIn(ctx, tx, k.Person); err != nil {
				return err
			}
			token, err := s.vault.Open(ctx, tokenCell(org, k), k.sealed)
			out.Text = map[string]string{"Link": link(token)}
			return err
		})
		if fault.Is(err, fault.Forbidden) {
			err = fault.Ended("")
		}
		return out, err
	}
}

// Invitation is what the page of a link shows: when and where, never what for nor
// for whom.
type Invitation struct {
	At, End time.Time
	Zone    *time.Location
	Where   string
	Answer  Answer
}

// follow finds the ask of a link while an answer is of use.
func (s *Service) follow(ctx context.Context, token string) (org string, k askRow, t row, err error) {
	if token == "" || len(token) > 100 {
		return "", k, t, fault.Missing("not a link")
	}
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		org, k, err = askByToken(ctx, tx, id.Hash(token))
		return err
	})
	if err != nil {
		return "", k, t, err
	}
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		if t, err = byID(ctx, tx, k.turnout); err != nil {
			return err
		}
		if _, err := s.people.ReachIn(ctx, tx, k.Person); err != nil { // without their consent nobody was asked
			return fault.Missing("consent ended")
		}
		return s.open(ctx, org, []*row{&t})
	})
	if err == nil && (t.State != Open || s.clock.Now().After(t.End())) {
		err = fault.Ended("turnout.error.link_over")
	}
	return org, k, t, err
}

// Invited opens a link.
func (s *Service) Invited(ctx context.Context, token string) (v Invitation, err error) {
	defer fault.Wrap(&err, "turnout.Invited")
	org, k, t, err := s.follow(ctx, token)
	if err != nil {
		return v, err
	}
	return Invitation{At: t.At, End: t.End(), Zone: s.zone(ctx, org), Where: t.Where, Answer: k.Answer}, nil
}

// Reply takes a yes or a no by the link. It can be changed until the event is over.
func (s *Service) Reply(ctx context.Context, token string, r Result, key string) (err error) {
	defer fault.Wrap(&err, "turnout.Reply")
	if r != SaidYes && r != SaidNo {
		return fault.Wrong(fault.At("coming", "turnout.error.coming"))
	}
	org, k, t, err := s.follow(ctx, token)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), "public", key, "turnout.reply:"+k.ID, func() (string, error) {
			k, err := askByID(ctx, tx, k.ID)
			if err != nil {
				return "", err
			}
			now := s.clock.Now()
			k.Ask = k.After(r, t.Confirming(now), now)
			if err := putAsk(ctx, tx, k); err != nil {
				return "", err
			}
			return k.ID, s.audit.Write(ctx, tx, audit.Event{Org: org, Actor: access.Anonymous(org).Name(), Role: string(access.Public), Action: "reply", Resource: "turnout",
				ResourceID: t.ID, Subject: k.Person, Reason: string(r)})
		})
		return err
	})
}
