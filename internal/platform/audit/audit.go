// Package audit writes down who did what, and who looked at whom, so that a
// change to what is written shows.
//
// An event is written in the transaction of its act: both are there or neither.
// Each organization has one chain; every link's hash covers the previous one
// (audit.go: canonical). A person appears only as a keyed digest that dies with
// the person's key, so the log outlives an erasure without naming anyone, and
// the chain still verifies. Checkpoints printed or mailed out of the house show
// a cut or rewritten tail, which the chain alone cannot.
//
// The package owns the tables audit_event, audit_head and audit_tally. It may import kit,
// platform/clock and platform/db.
package audit

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
)

// Schema is the package's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Decisions.
const (
	Allow = "allow"
	Deny  = "deny"
)

// Event is one act. Every part is a code or an id, never a sentence: a sentence
// could name a person. What does not look like a code or an id is stored as
// "unlisted".
type Event struct {
	Org        string
	Actor      string // access.Actor.Name()
	Role       string // the role that was used
	Action     string // "read", "update", …
	Resource   string // "introduction", …
	ResourceID string
	Subject    string // person id; stored as a keyed digest only
	Decision   string // Allow when empty
	Reason     string // code
	Request    string // request id
}

// Entry is a stored event.
type Entry struct {
	Org                                         string
	Seq                                         int64
	At                                          time.Time
	Actor, Role, Action, Resource, ResourceID   string
	SubjectRef, Decision, Reason, Request, Hash string
}

// Subjects turns people into digests; platform/vault does. Erased people are absent from the answer.
type Subjects interface {
	SubjectRefs(ctx context.Context, org string, people []string) (map[string]string, error)
}

// Log is the audit log. It is safe for concurrent use.
type Log struct {
	db       *db.DB
	subjects Subjects
	clock    clock.Clock
}

// New returns the log in d.
func New(d *db.DB, s Subjects, c clock.Clock) *Log { return &Log{db: d, subjects: s, clock: c} }

// Write appends one event in the caller's transaction. Make it the last
// statement, so that the end of the chain is held for the shortest time.
func (l *Log) Write(ctx context.Context, tx *db.Tx, e Event) error {
	return l.WriteMany(ctx, tx, []Event{e})
}

// WriteMany appends events of one organization in order, for lists that show
// many people at once.
func (l *Log) WriteMany(ctx context.Context, tx *db.Tx, events []Event) (err error) {
	defer fault.Wrap(&err, "audit.Write")
	if len(events) == 0 {
		return nil
	}
	org := events[0].Org
	var people []string
	for _, e := range events {
		if e.Org == "" || e.Org != org {
			return fmt.Errorf("audit: organization %q among events of %q", e.Org, org)
		}
		if e.Action == "" || e.Resource == "" {
			return fmt.Errorf("audit: an event needs an action and a resource: %+v", e)
		}
		if e.Subject != "" {
			people = append(people, e.Subject)
		}
	}
	refs := map[string]string{}
	if len(people) > 0 {
		if refs, err = l.subjects.SubjectRefs(ctx, org, people); err != nil {
			return err
		}
	}
	head, err := lockHead(ctx, tx, org)
	if err != nil {
		return err
	}
	now := db.Time(db.Micros(l.clock.Now())) // as it will be read back
	for _, e := range events {
		entry := e.entry(refs[e.Subject], now)
		entry.Seq = head.Seq + 1
		entry.Hash = link(head.Hash, entry)
		if err := insert(ctx, tx, entry); err != nil {
			return err
		}
		head = Checkpoint{Org: org, Seq: entry.Seq, Hash: entry.Hash}
	}
	return moveHead(ctx, tx, head)
}

// WriteDenied records a refused act in a transaction of its own, because the
// refused one leaves nothing behind.
func (l *Log) WriteDenied(ctx context.Context, e Event) (err error) {
	defer fault.Wrap(&err, "audit.WriteDenied")
	e.Decision = Deny
	return l.db.Write(ctx, e.Org, func(tx *db.Tx) error { return l.Write(ctx, tx, e) })
}

func (e Event) entry(ref string, at time.Time) Entry {
	if e.Decision == "" {
		e.Decision = Allow
	}
	return Entry{Org: e.Org, At: at, Actor: code(e.Actor), Role: code(e.Role), Action: code(e.Action), Resource: code(e.Resource),
		ResourceID: code(e.ResourceID), SubjectRef: ref, Decision: code(e.Decision), Reason: code(e.Reason), Request: code(e.Request)}
}

// code lets codes and ids through; anything that could be prose becomes "unlisted".
func code(s string) string {
	if len(s) > 128 {
		return "unlisted"
	}
	ok := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.:/+,", r)
	}) < 0
	if !ok {
		return "unlisted"
	}
	return s
}

// start is what the first link of an organization hangs on.
func start(org string) string {
	sum := sha256.Sum256([]byte("seedbed audit 1\x00" + org))
	return hex.EncodeToString(sum[:])
}

// link is the hash of an entry that follows the hash prev.
func link(prev string, e Entry) string {
	h := sha256.New()
	h.Write([]byte(prev))
	h.Write(canonical(e))
	return hex.EncodeToString(h.Sum(nil))
}

// canonical encodes everything but the hash: a format byte, then the numbers in
// eight bytes and the texts with their length before them, in this order for
// ever. Adding a column means a new format byte.
func canonical(e Entry) []byte {
	out := []byte{1}
	out = binary.BigEndian.AppendUint64(out, uint64(e.Seq))
	out = binary.BigEndian.AppendUint64(out, uint64(db.Micros(e.At)))
	for _, s := range []string{e.Org, e.Actor, e.Role, e.Action, e.Resource, e.ResourceID, e.SubjectRef, e.Decision, e.Reason, e.Request} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(s)))
		out = append(out, s...)
	}
	return out
}
