// What people do: hand over what no machine could send, decide about what failed
// or is unclear, and stop messages to a number or an address.
package notify

import (
	"context"
	"errors"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
)

var (
	mayRead   = access.Need{Resource: "message", Action: access.Read}
	mayUpdate = access.Need{Resource: "message", Action: access.Update}
)

// Pending lists the messages that wait to be printed, copied or told, oldest first.
func (n *Notifier) Pending(ctx context.Context, a access.Actor) ([]Message, error) {
	return n.list(ctx, a, ToHand)
}

// Doubtful lists the messages that failed or whose fate is unknown, oldest first.
func (n *Notifier) Doubtful(ctx context.Context, a access.Actor) ([]Message, error) {
	return n.list(ctx, a, Unknown, Failed)
}

func (n *Notifier) list(ctx context.Context, a access.Actor, states ...State) (out []Message, err error) {
	defer fault.Wrap(&err, "notify.list")
	if _, err := access.Check(a, mayRead); err != nil {
		return nil, err
	}
	err = n.o.DB.Read(ctx, a.Org, func(tx *db.Tx) (err error) {
		out, err = list(ctx, tx, states...)
		return err
	})
	return out, err
}

// Handover is what a member of staff needs to pass a message on: shown, not stored.
type Handover struct {
	Message
	Address string
	Lang    string
	Subject string
	Body    string
	Link    string // to print as a code
	Rules   SafeContact
	Allowed bool // contact is allowed right now
}

// Show writes a waiting message out for a member of staff. It opens a person's
// contact, so it is audited. When consent has ended meanwhile the message is
// dropped and the answer is fault.Gone.
func (n *Notifier) Show(ctx context.Context, a access.Actor, id string) (h Handover, err error) {
	defer fault.Wrap(&err, "notify.Show(%s)", id)
	g, err := access.Check(a, mayRead)
	if err != nil {
		return Handover{}, err
	}
	err = n.o.DB.Read(ctx, a.Org, func(tx *db.Tx) (err error) {
		h.Message, err = get(ctx, tx, id)
		return err
	})
	if err != nil {
		return Handover{}, err
	}
	if !h.Open() {
		return Handover{}, fault.Clash("notify.changed")
	}
	c, err := n.resolve(ctx, a.Org, h.To)
	if fault.Is(err, fault.Gone) || fault.Is(err, fault.NotFound) {
		return Handover{}, errors.Join(fault.Ended("notify.ended"), n.settle(ctx, h.Message, NotSent, WhyConsent, ToHand, Unknown, Failed))
	}
	if err != nil {
		return Handover{}, err
	}
	if no, err := n.hasStopped(ctx, a.Org, c); err == nil && no { // an unreadable address is shown: a person can mend it
		return Handover{}, errors.Join(fault.Ended("notify.ended"), n.settle(ctx, h.Message, NotSent, WhyStopped, ToHand, Unknown, Failed))
	}
	t, err := n.words(h.Kind, c)
	if err != nil {
		return Handover{}, err
	}
	h.Address, h.Lang, h.Subject, h.Body, h.Link, h.Rules = c.Address, c.Lang, t.subject, t.body, c.Text["Link"], n.rules(h.Message, c)
	now := n.o.Clock.Now()
	next, ok := h.Rules.Next(now)
	h.Allowed, h.NotBefore = ok && !next.After(now), next
	err = n.o.DB.Write(ctx, a.Org, func(tx *db.Tx) error {
		return n.o.Audit.Write(ctx, tx, event(a, g, "read", h.Message, c.Person))
	})
	if err != nil {
		return Handover{}, err
	}
	return h, nil
}

func event(a access.Actor, g access.Granted, action string, m Message, person string) audit.Event {
	return audit.Event{Org: a.Org, Actor: a.Name(), Role: string(g.Role), Action: action, Resource: "message", ResourceID: m.ID,
		Subject: person, Reason: m.Kind, Request: a.Request}
}

// MarkHanded says that a waiting message was printed, copied or told.
func (n *Notifier) MarkHanded(ctx context.Context, a access.Actor, id string) (err error) {
	defer fault.Wrap(&err, "notify.MarkHanded(%s)", id)
	return n.change(ctx, a, id, func(_ *db.Tx, m *Message) ([]State, error) {
		m.State, m.Why = Handed, ""
		return []State{ToHand}, nil
	})
}

// Choice is what a person decides about a message that failed or is unclear.
type Choice string

const (
	Arrived  Choice = "arrived"   // I asked: it is there
	Again    Choice = "again"     // send it once more
	HandOver Choice = "hand_over" // we tell them ourselves
	Drop     Choice = "drop"      // not needed any more
)

// Decide carries out a person's choice.
func (n *Notifier) Decide(ctx context.Context, a access.Actor, id string, what Choice) (err error) {
	defer fault.Wrap(&err, "notify.Decide(%s)", id)
	return n.change(ctx, a, id, func(tx *db.Tx, m *Message) ([]State, error) {
		from := []State{Unknown, Failed}
		m.Why = ""
		switch what {
		case Arrived:
			m.State = Delivered
		case HandOver:
			m.State = ToHand
		case Drop:
			m.State, m.Why = NotSent, WhyStaff
			from = append(from, ToHand)
		case Again:
			m.State = Queued // a second click finds it queued and is refused, its job with it
			return from, n.o.Jobs.Enqueue(ctx, tx, job.Job{Kind: sendJob, Payload: m.ID})
		default:
			return nil, fault.Wrong(fault.At("choice", "fault.invalid"))
		}
		return from, nil
	})
}

func (n *Notifier) change(ctx context.Context, a access.Actor, id string, fn func(*db.Tx, *Message) ([]State, error)) error {
	g, err := access.Check(a, mayUpdate)
	if err != nil {
		return err
	}
	return n.o.DB.Write(ctx, a.Org, func(tx *db.Tx) error {
		m, err := get(ctx, tx, id)
		if err != nil {
			return err
		}
		from, err := fn(tx, &m)
		if err != nil {
			return err
		}
		if err := move(ctx, tx, m, n.o.Clock.Now(), from...); err != nil {
			return err
		}
		return n.o.Audit.Write(ctx, tx, event(a, g, "update", m, ""))
	})
}

// OfRef lists the messages about a ref, newest first, for the room that asked for them.
func (n *Notifier) OfRef(ctx context.Context, tx *db.Tx, to Ref) ([]Message, error) {
	return ofRef(ctx, tx, to)
}

// Forget removes every trace of messages about a ref, waiting ones included.
func (n *Notifier) Forget(ctx context.Context, tx *db.Tx, to Ref) error {
	return forget(ctx, tx, to)
}

// Report takes a delivery receipt. A gateway knows the message's id only. Receipts that
// come twice or too late change nothing.
func (n *Notifier) Report(ctx context.Context, id string, delivered bool) (err error) {
	defer fault.Wrap(&err, "notify.Report(%s)", id)
	var org string
	err = n.o.DB.Read(ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
		org, err = orgOf(ctx, tx, id)
		return err
	})
	if err != nil {
		return err
	}
	err = n.o.DB.Write(ctx, org, func(tx *db.Tx) error {
		m, err := get(ctx, tx, id)
		if err != nil {
			return err
		}
		m.State, m.Why = Delivered, ""
		if !delivered {
			m.State, m.Why = Failed, WhyRejected
		}
		return move(ctx, tx, m, n.o.Clock.Now(), Gateway, Unknown, Sending)
	})
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}

// Stop makes a number or an address never get a message of this organization again.
// It needs no permission: whoever holds the phone may say it.
func (n *Notifier) Stop(ctx context.Context, org string, ch Channel, address string) (err error) {
	defer fault.Wrap(&err, "notify.Stop")
	return n.stopList(ctx, org, ch, address, func(tx *db.Tx, hash string) error { return addStop(ctx, tx, hash, n.o.Clock.Now()) })
}

// Start takes a number or an address off the stop list, at its holder's own word.
func (n *Notifier) Start(ctx context.Context, org string, ch Channel, address string) (err error) {
	defer fault.Wrap(&err, "notify.Start")
	return n.stopList(ctx, org, ch, address, func(tx *db.Tx, hash string) error { return removeStop(ctx, tx, hash) })
}

func (n *Notifier) stopList(ctx context.Context, org string, ch Channel, address string, fn func(*db.Tx, string) error) error {
	address, err := clean(ch, address)
	if err != nil {
		return fault.Because(fault.Wrong(fault.At("address", "fault.invalid")), err)
	}
	hash, err := n.hash(ctx, org, ch, address)
	if err != nil {
		return err
	}
	return n.o.DB.Write(ctx, org, func(tx *db.Tx) error { return fn(tx, hash) })
}
