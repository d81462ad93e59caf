// Package notify sends the few messages Seedbed sends, so that they endanger
// nobody: the texts are fixed, translated and say nothing about a person, a
// topic or what kind of place writes; the address is looked up at the moment of
// sending and kept nowhere; the rules of safe contact (one channel, hours, days,
// no voicemail, stop) are enforced here, in the sender, not in a form.
//
// "Sent" is not success. A message whose fate is unclear (the line broke after
// the text was handed over) is never sent again by a machine: it waits for a
// person, like everything that failed. Without mail or SMS configured, messages
// wait to be printed, copied or told, and the clinic works all the same.
//
// It owns the tables notify_message and notify_stop and may import kit and
// platform. go-mail stays behind this wall.
package notify

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
)

// Schema is the package's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Channel is a way to reach somebody.
type Channel string

const (
	SMS   Channel = "sms"
	Email Channel = "mail"
	Phone Channel = "phone" // a person calls
	Print Channel = "print" // a person prints or copies
	None  Channel = "none"  // wants no messages
)

// State is how far a message has come.
type State string

const (
	Queued    State = "queued"
	Sending   State = "sending"
	Gateway   State = "handed_to_gateway" // the mail server or the SMS gateway took it
	Delivered State = "delivered"
	Failed    State = "failed"       // a person must look
	Unknown   State = "unknown"      // may have arrived; a person must look
	ToHand    State = "to_hand_over" // waits to be printed, copied or told
	Handed    State = "handed_over"
	NotSent   State = "not_sent" // rightly so: Why says
)

// Reasons kept with a message. They are codes; notify.why.<code> explains them.
const (
	WhyConsent    = "consent_ended"
	WhyStopped    = "stopped"       // the number or address said stop
	WhyNoContact  = "no_contact"    // wants no messages
	WhyLate       = "too_late"      // would have come after its use
	WhyNoHours    = "never_allowed" // the rules leave no minute
	WhyAddress    = "bad_address"
	WhyIncomplete = "incomplete" // the room gave too little to write it
	WhyRejected   = "rejected"
	WhyGaveUp     = "gave_up"
	WhyLost       = "lost" // the line broke after the text was handed over
	WhyNoGateway  = "no_gateway"
	WhyStaff      = "staff" // a member of staff decided
)

// Ref says whom a message is for, in the words of a room: its resolver knows the
// address. Rooms with several sorts of addressee register one name for each
// ("introduction.person", "introduction.group").
type Ref struct{ Room, ID string }

// Notice asks for a message. It holds nothing personal.
type Notice struct {
	Org   string // empty means the transaction's
	Kind  string // one of the kinds in text.go
	To    Ref
	Key   string    // the same key never makes a second message; empty means none
	At    time.Time // not before; zero means now
	Until time.Time // of no use afterwards; zero means the kind's own limit, or none
}

// Contact is what a room's resolver answers at the moment of sending.
type Contact struct {
	Channel Channel
	Address string // E.164 or e-mail; not needed for Print
	Lang    string
	Rules   SafeContact
	Text    map[string]string // arguments of the text: Clinic, Link, Code; others are ignored
	Person  string            // person id, when a person's address is shown to staff: for the audit log
}

// Resolver finds a contact. fault.Gone or fault.NotFound mean that nothing may be
// sent any more, which is not an error. It may be asked several times for one
// message. Its errors must not name anyone.
type Resolver func(ctx context.Context, org, id string) (Contact, error)

// Options are what a notifier needs. Mail, SMS and Zone may be left empty.
type Options struct {
	DB      *db.DB
	Jobs    *job.Queue
	Clock   clock.Clock
	Vault   *vault.Vault
	Audit   *audit.Log
	Catalog *i18n.Catalog
	Mail    Mail          // no host: messages by mail wait to be handed over
	SMS     SMSGateway    // nil: messages by SMS wait to be handed over
	Zone    string        // time zone of people whose rules name none
	Keep    time.Duration // how long the trace of a message is kept; 0 means 180 days
	Log     *slog.Logger  // nil means slog.Default
}

// Notifier writes, sends and keeps track. It is safe for concurrent use.
type Notifier struct {
	o         Options
	mu        sync.Mutex
	resolvers map[string]Resolver
}

const sendJob = "notify.send"

// New makes a notifier and registers its jobs with the queue.
func New(o Options) (n *Notifier, err error) {
	defer fault.Wrap(&err, "notify.New")
	if o.DB == nil || o.Jobs == nil || o.Clock == nil || o.Vault == nil || o.Audit == nil || o.Catalog == nil {
		return nil, errors.New("an option is missing")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Keep == 0 {
		o.Keep = 180 * 24 * time.Hour
	}
	if o.Mail, err = o.Mail.checked(); err != nil {
		return nil, err
	}
	if _, err := zone(o.Zone); err != nil {
		return nil, err
	}
	n = &Notifier{o: o, resolvers: map[string]Resolver{}}
	o.Jobs.Handle(sendJob, n.send, job.Limit(3), job.Timeout(time.Minute))
	o.Jobs.Every("notify.purge", 24*time.Hour, n.purge)
	return n, nil
}

// Resolver registers who knows the addresses of a room's refs.
func (n *Notifier) Resolver(room string, fn Resolver) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.resolvers[room] = fn
}

func (n *Notifier) resolve(ctx context.Context, org string, to Ref) (Contact, error) {
	n.mu.Lock()
	fn := n.resolvers[to.Room]
	n.mu.Unlock()
	if fn == nil {
		return Contact{}, fmt.Errorf("notify: nobody resolves %q", to.Room)
	}
	return fn(ctx, org, to.ID)
}

// Enqueue asks for a message in the caller's transaction. A key that was used
// before makes it a silent no-op.
func (n *Notifier) Enqueue(ctx context.Context, tx *db.Tx, x Notice) (err error) {
	defer fault.Wrap(&err, "notify.Enqueue(%s)", x.Kind)
	k, ok := kinds[x.Kind]
	if !ok || x.To.Room == "" || x.To.ID == "" {
		return errors.New("a notice needs a known kind and a ref")
	}
	if x.Org == "" {
		x.Org = tx.Org()
	}
	now := n.o.Clock.Now()
	if x.Until.IsZero() && k.useful > 0 {
		x.Until = now.Add(k.useful)
	}
	m := Message{ID: id.New(now), Org: x.Org, Kind: x.Kind, To: x.To, State: Queued, NotBefore: x.At, Until: x.Until, CreatedAt: now, ChangedAt: now}
	if x.Key == "" {
		x.Key = m.ID
	}
	fresh, err := insert(ctx, tx, m, x.Key)
	if err != nil || !fresh {
		return err
	}
	return n.o.Jobs.Enqueue(ctx, tx, job.Job{Org: x.Org, Kind: sendJob, Key: m.ID, Payload: m.ID, RunAt: x.At})
}

func (n *Notifier) purge(ctx context.Context, _ time.Time) error {
	return n.o.DB.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		return purge(ctx, tx, n.o.Clock.Now().Add(-n.o.Keep))
	})
}
