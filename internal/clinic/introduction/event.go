// What other rooms may hear of, what the room asks the messenger to send, and the
// jobs it runs.
package introduction

import (
	"context"
	"encoding/json"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/trust/consent"
)

// EventKind names an event.
type EventKind string

const (
	EventConnected     EventKind = "introduction.connected"
	EventParticipating EventKind = "introduction.participating"
	EventWithdrawn     EventKind = "introduction.withdrawn"
	EventEscalated     EventKind = "introduction.escalated"
	EventCarried       EventKind = "introduction.carried" // with the id alone; see CarriedBy
)

// Event tells that something happened. Ids only: whoever may know more asks.
type Event struct {
	Kind         EventKind `json:"-"`
	Org          string    `json:"-"`
	Introduction string    `json:"introduction"`
	Group        string    `json:"group,omitempty"`
	At           time.Time `json:"at,omitzero"`
	Level        Level     `json:"level,omitempty"`
	Account      string    `json:"account,omitempty"` // who is asked, for EventEscalated
}

// On lets another room hear an event; app wires it before the queue runs. An
// event that nobody hears is not stored.
func (s *Service) On(kind EventKind, fn func(ctx context.Context, e Event) error) {
	s.events[kind] = true
	s.jobs.Handle(string(kind), func(ctx context.Context, j job.Job) error {
		e := Event{}
		if err := json.Unmarshal([]byte(j.Payload), &e); err != nil {
			return job.Permanent(err)
		}
		e.Kind, e.Org = kind, j.Org
		return fn(ctx, e)
	})
}

func (s *Service) publish(ctx context.Context, w *work, kind EventKind) error {
	return s.announce(ctx, w.tx, Event{Kind: kind, Introduction: w.row.id, Group: w.row.group, At: w.now})
}

func (s *Service) announce(ctx context.Context, tx *db.Tx, e Event) error {
	if !s.events[e.Kind] {
		return nil
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return s.jobs.Enqueue(ctx, tx, job.Job{Kind: string(e.Kind), Payload: string(payload)})
}

// Names under which the messenger asks for contacts.
const (
	refGroup  = "introduction.group"  // id of a share
	refCode   = "introduction.code"   // id of a share
	refRecall = "introduction.recall" // id of a recall
	refPerson = "introduction.person" // id of an introduction
)

const (
	jobErase = "introduction.erase"
	jobClock = "introduction.clock"
	jobKeep  = "introduction.keep"
)

// linkLife is how long a link to a share works; the share itself may end sooner.
const linkLife = 90 * day

func (s *Service) register() {
	s.notices.Resolver(refGroup, s.groupContact)
	s.notices.Resolver(refCode, s.codeContact)
	s.notices.Resolver(refRecall, s.recallContact)
	s.notices.Resolver(refPerson, s.personContact)
	s.jobs.Handle(jobErase, func(ctx context.Context, j job.Job) error {
		p := erasePayload{}
		if err := json.Unmarshal([]byte(j.Payload), &p); err != nil || p.Person == "" {
			return job.Permanent(fault.Because(fault.Wrong(), err))
		}
		return s.vault.ErasePerson(ctx, j.Org, p.Person)
	})
	s.jobs.Every(jobClock, 10*time.Minute, func(ctx context.Context, _ time.Time) error { return s.Sweep(ctx) })
	s.jobs.Every(jobKeep, 12*time.Hour, func(ctx context.Context, _ time.Time) error { return s.Retain(ctx) })
}

// tell asks for a message to the group of a share.
func (s *Service) tell(w *work, kind, share, key string) {
	w.notes = append(w.notes, func(ctx context.Context) error {
		return s.notices.Enqueue(ctx, w.tx, notify.Notice{Kind: kind, To: notify.Ref{Room: refGroup, ID: share}, Key: kind + ":" + key})
	})
}

// remindPerson reminds the person of a booked meeting the day before, by the
// person's own rules.
func (s *Service) remindPerson(w *work, at time.Time) {
	remind := at.Add(-day)
	if remind.Before(w.now.Add(time.Hour)) {
		return
	}
	w.notes = append(w.notes, func(ctx context.Context) error {
		return s.notices.Enqueue(ctx, w.tx, notify.Notice{Kind: notify.PersonReminder, To: notify.Ref{Room: refPerson, ID: w.row.id},
			Key: "booked:" + w.row.id + ":" + at.UTC().Format(time.RFC3339), At: remind, Until: at})
	})
}

func ended() (notify.Contact, error) {
	return notify.Contact{}, fault.Ended("introduction.error.consent")
}

// contactOf is the group's contact, if the share is still open and covered by a consent.
func (s *Service) contactOf(ctx context.Context, org, shareID string) (c notify.Contact, sh share, person string, err error) {
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		if sh, err = shareByID(ctx, tx, shareID); err != nil {
			return err
		}
		r, err := rowByID(ctx, tx, sh.intro)
		if err != nil {
			return err
		}
		person = r.person
		_, err = s.consent.Live(ctx, tx, consent.Query{Subject: r.person, Purpose: consent.IntroContact, Recipient: sh.group, Field: consent.Name})
		return err
	})
	if fault.Is(err, fault.Forbidden) || (err == nil && !sh.live(s.clock.Now())) {
		c, err = ended()
		return c, sh, person, err
	}
	if err != nil {
		return c, sh, person, err
	}
	rec, err := s.groups.Recipient(ctx, org, sh.group)
	return recipientContact(rec), sh, person, err
}

func recipientContact(r Recipient) notify.Contact {
	c := notify.Contact{Channel: notify.Print, Lang: r.Lang}
	switch r.Channel {
	case "sms":
		c.Channel, c.Address = notify.SMS, r.Phone
	case "mail":
		c.Channel, c.Address = notify.Email, r.Mail
	case "phone":
		c.Channel, c.Address = notify.Phone, r.Phone
	}
	return c
}

// groupContact makes a fresh link each time it is asked: only hashes are kept.
func (s *Service) groupContact(ctx context.Context, org, shareID string) (notify.Contact, error) {
	c, sh, _, err := s.contactOf(ctx, org, shareID)
	if err != nil {
		return c, err
	}
	return s.withLink(ctx, org, c, sh.id)
}

func (s *Service) withLink(ctx context.Context, org string, c notify.Contact, shareID string) (notify.Contact, error) {
	var token string
	err := s.db.Write(ctx, org, func(tx *db.Tx) (err error) {
		token, err = s.makeLink(ctx, tx, shareID)
		return err
	})
	c.Text = map[string]string{"Clinic": s.clinic(ctx, org), "Link": s.link(token)}
	return c, err
}

// codeContact sends the code where the group can be texted or mailed.
func (s *Service) codeContact(ctx context.Context, org, shareID string) (notify.Contact, error) {
	c, sh, person, err := s.contactOf(ctx, org, shareID)
	if err != nil {
		return c, err
	}
	rec, err := s.groups.Recipient(ctx, org, sh.group)
	if err != nil {
		return c, err
	}
	switch { // another way than the link took, where there is one
	case rec.Texts && rec.Phone != "":
		c.Channel, c.Address = notify.SMS, rec.Phone
	case rec.Mail != "":
		c.Channel, c.Address = notify.Email, rec.Mail
	}
	code, err := s.vault.Open(ctx, codeCell(sh, person), sh.codeSealed)
	c.Text = map[string]string{"Code": code}
	return c, err
}

func (s *Service) recallContact(ctx context.Context, org, recallID string) (notify.Contact, error) {
	var r recall
	err := s.db.Read(ctx, org, func(tx *db.Tx) (err error) {
		r, err = recallByID(ctx, tx, recallID)
		return err
	})
	if err != nil {
		return notify.Contact{}, err
	}
	if !r.answered.IsZero() {
		return ended()
	}
	rec, err := s.groups.Recipient(ctx, org, r.group)
	if err != nil {
		return notify.Contact{}, err
	}
	return s.withLink(ctx, org, recipientContact(rec), r.share)
}

// personContact is the person's own, by the person's own rules. The messenger
// sends a text that says nothing.
func (s *Service) personContact(ctx context.Context, org, introID string) (notify.Contact, error) {
	var r row
	err := s.db.Read(ctx, org, func(tx *db.Tx) (err error) {
		r, err = rowByID(ctx, tx, introID)
		if err != nil {
			return err
		}
		_, err = s.consent.Live(ctx, tx, consent.Query{Subject: r.person, Purpose: consent.IntroContact, Recipient: r.group, Field: consent.Name})
		return err
	})
	if fault.Is(err, fault.Forbidden) || (err == nil && (!r.askedStop.IsZero() || !r.state.Open())) {
		return ended()
	}
	if err != nil {
		return notify.Contact{}, err
	}
	p, err := s.open(ctx, org, r)
	if err != nil {
		return notify.Contact{}, err
	}
	c := notify.Contact{Channel: notify.None, Lang: p.Lang, Rules: p.Safe.Rules(s.zone(ctx, org).String()), Person: r.person}
	if s.address != "" {
		c.Text = map[string]string{"Link": s.address} // a page that asks for the code first
	}
	switch p.Contact {
	case consent.ByPhone:
		c.Channel, c.Address = notify.Phone, p.Phone
	case consent.BySMS:
		c.Channel, c.Address = notify.SMS, p.Phone
	case consent.ByMail:
		c.Channel, c.Address = notify.Email, p.Email
	}
	return c, nil
}

// machine is the actor of the clocks.
func machine(org string) access.Actor { return access.Machine(org) }
