// The sender: one job per message. Every rule about whether, when and how
// somebody may be written to is applied here, at the last moment.
package notify

import (
	"context"
	"errors"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
)

// Fate is what is known about a message after an attempt that was not a success.
type Fate int

const (
	Unclear  Fate = iota // may have arrived: never repeated by a machine
	TryAgain             // certainly not taken, may be later
	Refused              // certainly not taken, and will not be
)

// Failure is how mail servers and gateways say no. Code is a number or a word, never
// the other side's sentence: those like to repeat addresses.
type Failure struct {
	Fate Fate
	Code string
}

func (f *Failure) Error() string {
	return [...]string{"fate unclear", "not taken", "refused"}[f.Fate] + " (" + f.Code + ")"
}

// send does the job of one message.
func (n *Notifier) send(ctx context.Context, j job.Job) (err error) {
	defer fault.Wrap(&err, "notify.send(%s)", j.Payload)
	var m Message
	err = n.o.DB.Read(ctx, j.Org, func(tx *db.Tx) (err error) {
		m, err = get(ctx, tx, j.Payload)
		return err
	})
	switch {
	case fault.Is(err, fault.NotFound): // forgotten together with its ref
		return nil
	case err != nil:
		return err
	case m.State == Sending: // an earlier run did not live to tell
		return n.settle(ctx, m, Unknown, WhyLost, Sending)
	case m.State != Queued:
		return nil
	}
	c, err := n.prepare(ctx, &m)
	switch {
	case err != nil && j.Last:
		n.o.Log.Error("message given up", "message", m.ID, "kind", m.Kind, "err", err)
		return n.settle(ctx, m, Failed, WhyGaveUp, Queued)
	case err != nil:
		return err
	case m.State != Queued: // prepare decided
		return n.settle(ctx, m, m.State, m.Why, Queued)
	}
	now := n.o.Clock.Now()
	if m.NotBefore.After(now) {
		if err := n.settle(ctx, m, Queued, "", Queued); err != nil {
			return err
		}
		return job.Later(m.NotBefore)
	}
	return n.attempt(ctx, j, m, c)
}

// prepare looks up the contact and applies the rules. It leaves the message queued
// (with NotBefore) if it may be sent, and in its end state otherwise.
func (n *Notifier) prepare(ctx context.Context, m *Message) (Contact, error) {
	now := n.o.Clock.Now()
	decide := func(s State, why string) (Contact, error) {
		m.State, m.Why = s, why
		return Contact{}, nil
	}
	if !m.Until.IsZero() && now.After(m.Until) {
		return decide(NotSent, WhyLate)
	}
	c, err := n.resolve(ctx, m.Org, m.To)
	switch {
	case fault.Is(err, fault.Gone), fault.Is(err, fault.NotFound):
		return decide(NotSent, WhyConsent)
	case err != nil:
		return Contact{}, err
	}
	m.Channel, m.NoVoicemail = c.Channel, c.Rules.NoVoicemail
	switch c.Channel {
	case SMS, Email, Phone, Print:
	case None:
		return decide(NotSent, WhyNoContact)
	default:
		return decide(Failed, WhyIncomplete)
	}
	if c.Address, err = clean(c.Channel, c.Address); err != nil {
		return decide(Failed, WhyAddress)
	}
	no, err := n.hasStopped(ctx, m.Org, c)
	if err != nil {
		return Contact{}, err
	}
	if no {
		return decide(NotSent, WhyStopped)
	}
	if _, err := n.words(m.Kind, c); err != nil {
		n.o.Log.Error("message cannot be written", "message", m.ID, "err", err)
		return decide(Failed, WhyIncomplete)
	}
	next, ok := n.rules(*m, c).Next(now)
	switch {
	case !ok:
		return decide(Failed, WhyNoHours)
	case !m.Until.IsZero() && next.After(m.Until):
		return decide(NotSent, WhyLate)
	}
	m.NotBefore = next
	if c.Channel == Phone || c.Channel == Print {
		return decide(ToHand, "")
	}
	if c.Channel == SMS && n.o.SMS == nil || c.Channel == Email && n.o.Mail.Host == "" {
		return decide(ToHand, WhyNoGateway)
	}
	return c, nil
}

// rules are the contact's own, completed by the clinic's zone and by the night.
func (n *Notifier) rules(m Message, c Contact) SafeContact {
	r := c.Rules
	if r.Zone == "" {
		r.Zone = n.o.Zone
	}
	if k := kinds[m.Kind]; k.to == toPerson && k.useful == 0 && len(r.Hours) == 0 {
		r.Hours = daytime
	}
	return r
}

// attempt hands the message over and writes down what became of it.
func (n *Notifier) attempt(ctx context.Context, j job.Job, m Message, c Contact) error {
	t, err := n.words(m.Kind, c)
	if err != nil {
		return err
	}
	hash, err := n.hash(ctx, m.Org, c.Channel, c.Address)
	if err != nil {
		return err
	}
	m.Attempts++
	m.State = Sending
	var no bool
	err = n.o.DB.Write(ctx, m.Org, func(tx *db.Tx) (err error) {
		// Again, in the very transaction that begins sending: a STOP may have come in since.
		if no, err = stopped(ctx, tx, hash); err != nil || no {
			return err
		}
		return move(ctx, tx, m, n.o.Clock.Now(), Queued)
	})
	switch {
	case fault.Is(err, fault.Conflict): // another worker has it
		return nil
	case err != nil:
		return err
	case no:
		return n.settle(ctx, m, NotSent, WhyStopped, Queued)
	}
	if c.Channel == SMS {
		err = n.o.SMS.Send(ctx, Text{ID: m.ID, To: c.Address, Body: t.body})
	} else {
		err = n.o.Mail.send(ctx, letter{id: m.ID, to: c.Address, lang: c.Lang, audience: kinds[m.Kind].to, text: t, at: n.o.Clock.Now()})
	}
	return n.conclude(ctx, j, m, err)
}

func (n *Notifier) conclude(ctx context.Context, j job.Job, m Message, err error) error {
	if err == nil {
		return n.settle(ctx, m, Gateway, "", Sending, Unknown)
	}
	f := &Failure{Unclear, "unexpected"}
	errors.As(err, &f)
	n.o.Log.Warn("message not handed over", "message", m.ID, "kind", m.Kind, "channel", m.Channel, "fate", f.Error())
	switch {
	case f.Fate == Refused:
		return n.settle(ctx, m, Failed, WhyRejected, Sending)
	case f.Fate == Unclear:
		return n.settle(ctx, m, Unknown, WhyLost, Sending)
	case j.Last:
		return n.settle(ctx, m, Failed, WhyGaveUp, Sending)
	}
	if err := n.settle(ctx, m, Queued, "", Sending); err != nil {
		return err
	}
	return f
}

// settle writes a state. It does so even while the process is stopping: an outcome that
// is known must not become unknown for want of a row.
func (n *Notifier) settle(ctx context.Context, m Message, s State, why string, from ...State) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	m.State, m.Why = s, why
	return n.o.DB.Write(ctx, m.Org, func(tx *db.Tx) error { return move(ctx, tx, m, n.o.Clock.Now(), from...) })
}

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// clean checks the address a channel needs and strips what must not be in a header.
func clean(ch Channel, address string) (string, error) {
	address = strings.TrimSpace(address)
	switch ch {
	case SMS, Phone:
		if !e164.MatchString(address) {
			return "", errors.New("not a phone number")
		}
	case Email:
		a, err := mail.ParseAddress(address)
		if err != nil || a.Name != "" || strings.ContainsAny(address, "\r\n<>,; ") {
			return "", errors.New("not an e-mail address")
		}
		return a.Address, nil
	}
	return address, nil
}

// hash is how the stop list knows a number or an address.
func (n *Notifier) hash(ctx context.Context, org string, ch Channel, address string) (string, error) {
	field := vault.Phone
	if ch == Email {
		field = vault.Email
	}
	h, err := n.o.Vault.Blind(ctx, org, field, address)
	return field + ":" + h, err
}

func (n *Notifier) hasStopped(ctx context.Context, org string, c Contact) (no bool, err error) {
	if c.Channel == Print {
		return false, nil
	}
	h, err := n.hash(ctx, org, c.Channel, c.Address)
	if err != nil {
		return false, err
	}
	err = n.o.DB.Read(ctx, org, func(tx *db.Tx) error {
		no, err = stopped(ctx, tx, h)
		return err
	})
	return no, err
}
