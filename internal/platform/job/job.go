// Package job runs work after the answer has gone out: messages, recalls,
// reminders, clean-up. A job is a row written in the transaction of its cause,
// so it exists exactly when the cause does.
//
// Every job runs at least once. One statement claims a batch under a lease; a
// worker that dies lets its lease run out and the job runs again, so handlers
// must bear repetition. Failures come back with growing pauses and end as dead
// letters, which are kept until somebody retries or drops them. Periodic work is
// a job whose key is its slot: of all replicas the first one inserts it, and
// there is no leader.
//
// It owns the table job and may import kit, db, clock and access. Why not a
// library: docs/adr/0001-own-job-table.md.
package job

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
)

// Schema is the package's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Job is one piece of work.
type Job struct {
	ID       string
	Org      string    // empty means the organization of the transaction
	Kind     string    // which handler
	Key      string    // unique per organization and kind; empty means none
	Payload  string    // JSON with ids only, never anything that identifies a person
	RunAt    time.Time // not before; zero means now
	Priority int       // higher runs first among what is due

	Attempt int  // 1 on the first run; set when a handler is called
	Last    bool // another failure makes it a dead letter; set when a handler is called
}

// Handler does the work of one kind. It may run more than once for one job.
type Handler func(ctx context.Context, j Job) error

// Options tune a queue; the zero value is right.
type Options struct {
	Clock   clock.Clock
	Workers int            // jobs at the same time; 0 means 4
	Lease   time.Duration  // how long a crashed worker blocks its job; 0 means 1 min
	Poll    time.Duration  // longest time between looks at the table; 0 means 1 s
	Grace   time.Duration  // how long stopping waits for running jobs; 0 means 20 s
	Rand    func() float64 // jitter in [0,1); nil means math/rand
	Log     *slog.Logger   // nil means slog.Default
	Keep    time.Duration  // how long the key of a finished job stays taken; 0 means 30 days
}

// Queue takes jobs from one database. Several queues, in one process or many, may share it.
type Queue struct {
	db    *db.DB
	o     Options
	stir  chan struct{}
	mu    sync.Mutex
	kinds map[string]*kind
	every []*periodic
}

type kind struct {
	fn      Handler
	limit   int // 0 means as many as there are workers
	tries   int
	timeout time.Duration
	running int
}

// How changes how one kind is run.
type How func(*kind)

// Limit allows at most n jobs of the kind at a time in this process.
func Limit(n int) How { return func(k *kind) { k.limit = n } }

// Tries sets how often a failing job runs before it becomes a dead letter; the default is 12, about a day.
func Tries(n int) How { return func(k *kind) { k.tries = n } }

// Timeout ends the handler's context after d; the default is 2 minutes.
func Timeout(d time.Duration) How { return func(k *kind) { k.timeout = d } }

// New makes a queue. Nothing runs before Run or Drain.
func New(d *db.DB, o Options) *Queue {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	if o.Grace == 0 {
		o.Grace = 20 * time.Second
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Keep == 0 {
		o.Keep = 30 * 24 * time.Hour
	}
	q := &Queue{db: d, o: o, stir: make(chan struct{}, 1), kinds: map[string]*kind{}}
	q.Every("job.purge", time.Hour, q.purge)
	return q
}

// Enqueue adds a job in the caller's transaction: a rollback takes it along. A
// job whose key is taken, also by one that ended less than Options.Keep ago, is
// not added again, and that is no error.
func (q *Queue) Enqueue(ctx context.Context, tx *db.Tx, j Job) (err error) {
	defer fault.Wrap(&err, "job.Enqueue(%s)", j.Kind)
	if j.Kind == "" || len(j.Payload) > 4000 || len(j.Key) > 200 {
		return errors.New("a job needs a kind and a small payload")
	}
	now := q.o.Clock.Now()
	if j.ID == "" {
		j.ID = id.New(now)
	}
	if j.Org == "" {
		j.Org = tx.Org()
	}
	if j.Key == "" {
		j.Key = j.ID
	}
	if j.RunAt.IsZero() {
		j.RunAt = now
	}
	if err := insert(ctx, tx, j, now); err != nil {
		return err
	}
	q.Notify()
	return nil
}

// Notify makes a running queue look at the table soon. Enqueue calls it before
// its transaction has committed, so the queue looks several times, further and
// further apart; whoever knows that a commit has happened may call it again.
func (q *Queue) Notify() {
	select {
	case q.stir <- struct{}{}:
	default:
	}
}

// Handle says who does the jobs of a kind. Call it before Run. A second handler
// for a kind is a programming mistake and panics.
func (q *Queue) Handle(name string, fn Handler, how ...How) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.kinds[name] != nil {
		panic("job: two handlers for " + name)
	}
	k := &kind{fn: fn, tries: 12, timeout: 2 * time.Minute}
	for _, h := range how {
		h(k)
	}
	q.kinds[name] = k
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent says that trying again is pointless: the job becomes a dead letter at once.
func Permanent(err error) error { return permanent{err} }

type later struct{ at time.Time }

func (l later) Error() string { return "not before " + l.at.Format(time.RFC3339) }

// Later puts a job off without counting it as a failure.
func Later(at time.Time) error { return later{at} }

const (
	firstPause = 5 * time.Second
	longest    = 6 * time.Hour
)

// Pause is how long a job waits after its nth failure: doubling from 5 seconds to
// 6 hours, of which the last quarter is jitter, so that what failed together does
// not come back together.
func Pause(n int, jitter float64) time.Duration {
	d := longest
	if n < 20 {
		d = min(longest, firstPause<<max(0, n-1))
	}
	return d*3/4 + time.Duration(float64(d/4)*jitter)
}
