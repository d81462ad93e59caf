// The loop that takes jobs and runs them, and its synchronous twin for tests.
package job

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/db"
)

// soonest is the first look after something was enqueued; each further one waits twice as long, up to Poll.
const soonest = 5 * time.Millisecond

// Run works until ctx ends. Then it takes nothing new, lets what runs finish for
// Options.Grace, and gives back what did not, so that it runs again elsewhere.
func (q *Queue) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var running sync.WaitGroup
	free := make(chan struct{}, q.o.Workers)
	wait := soonest
	for ctx.Err() == nil {
		jobs, err := q.take(ctx, q.o.Workers-len(free))
		if err != nil && ctx.Err() == nil {
			q.o.Log.Error("jobs cannot be taken", "err", err)
		}
		for _, c := range jobs {
			free <- struct{}{}
			running.Go(func() {
				defer func() { <-free; q.Notify() }()
				q.work(work, c)
			})
		}
		if len(jobs) > 0 {
			wait = soonest
			continue
		}
		select {
		case <-ctx.Done():
		case <-q.stir:
			wait = soonest
			pause(ctx, wait) // the enqueuing transaction is about to commit
		case <-time.After(wait):
			wait = min(2*wait, q.o.Poll)
		}
	}
	done := make(chan struct{})
	go func() { running.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(q.o.Grace):
		cancel()
		<-done
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Drain runs everything that is due now, one after the other, and returns when
// nothing is: what tests and commands need. Failures of jobs are not its errors.
func (q *Queue) Drain(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "job.Drain")
	for {
		jobs, err := q.take(ctx, q.o.Workers)
		if err != nil || len(jobs) == 0 {
			return err
		}
		for _, c := range jobs {
			q.work(ctx, c)
		}
	}
}

// taken is a job under our lease.
type taken struct {
	Job
	lease string
}

// take claims at most n jobs, and of each kind no more than may run.
func (q *Queue) take(ctx context.Context, n int) (out []taken, err error) {
	if err := q.schedule(ctx); err != nil {
		return nil, err
	}
	if n <= 0 {
		return nil, nil
	}
	now := q.o.Clock.Now()
	ready, err := due(ctx, q.db, now)
	if err != nil {
		return nil, err
	}
	unlimited, limited := q.split(ready)
	if len(unlimited)+len(limited) == 0 {
		return nil, nil
	}
	lease := id.Token()
	err = q.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		out = nil
		get := func(kinds []string, most int) error {
			most = min(most, n-len(out))
			if most <= 0 || len(kinds) == 0 {
				return nil
			}
			jobs, err := claim(ctx, q.db, tx, kinds, most, lease, now, now.Add(q.o.Lease))
			for _, j := range jobs {
				out = append(out, taken{j, lease})
			}
			return err
		}
		for name, room := range limited {
			if err := get([]string{name}, room); err != nil {
				return err
			}
		}
		return get(unlimited, n)
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b taken) int { // RETURNING promises no order
		if a.Priority != b.Priority {
			return b.Priority - a.Priority
		}
		return a.RunAt.Compare(b.RunAt)
	})
	q.count(out, 1)
	return out, nil
}

// split sorts the kinds we handle into those without a limit and those with room left.
func (q *Queue) split(ready []string) (unlimited []string, limited map[string]int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	limited = map[string]int{}
	for _, name := range ready {
		k := q.kinds[name]
		switch {
		case k == nil: // another version's work
		case k.limit == 0:
			unlimited = append(unlimited, name)
		case k.limit > k.running:
			limited[name] = k.limit - k.running
		}
	}
	return unlimited, limited
}

func (q *Queue) count(jobs []taken, by int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range jobs {
		q.kinds[j.Kind].running += by
	}
}

// errCrashes ends a job whose every run took its process with it: nobody else could count those failures.
var errCrashes = Permanent(errors.New("every run ended with a crash"))

// work runs one job and writes down how it ended. ctx ends when stopping has lost its patience.
func (q *Queue) work(ctx context.Context, c taken) {
	defer q.count([]taken{c}, -1)
	q.mu.Lock()
	k := q.kinds[c.Kind]
	q.mu.Unlock()
	c.Last = c.Attempt >= k.tries
	hctx, cancel := context.WithTimeout(ctx, k.timeout)
	stop := q.keep(hctx, cancel, c)
	err := errCrashes
	if c.Attempt <= k.tries {
		err = call(hctx, k.fn, c.Job)
	}
	stop()
	stopping := ctx.Err() != nil
	cancel()
	// Without cancel: whatever stops us, how it ended must be written.
	ctx = context.WithoutCancel(ctx)
	now := q.o.Clock.Now()
	werr := q.db.Write(ctx, c.Org, func(tx *db.Tx) error {
		var l later
		var p permanent
		switch {
		case err == nil:
			return finish(ctx, tx, c.Job, c.lease, now)
		case errors.As(err, &l):
			return again(ctx, tx, c.Job, c.lease, l.at, true, "")
		case stopping:
			return again(ctx, tx, c.Job, c.lease, now, true, "stopped")
		case errors.As(err, &p), c.Last:
			return bury(ctx, tx, c.Job, c.lease, now, short(err))
		}
		return again(ctx, tx, c.Job, c.lease, now.Add(Pause(c.Attempt, q.o.Rand())), false, short(err))
	})
	if l := (later{}); err != nil && !errors.As(err, &l) {
		q.o.Log.Warn("job failed", "kind", c.Kind, "job", c.ID, "attempt", c.Attempt, "last", c.Last, "err", err)
	}
	if werr != nil { // the lease runs out and the job runs again
		q.o.Log.Error("the end of a job could not be written", "kind", c.Kind, "job", c.ID, "err", werr)
	}
}

// call turns a panic into an error, so that one bad job stops nobody else.
func call(ctx context.Context, fn Handler, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(ctx, j)
}

// keep prolongs the lease while a job runs; a lost lease ends the job's context.
func (q *Queue) keep(ctx context.Context, lost context.CancelFunc, c taken) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			pause(ctx, q.o.Lease/3)
			if ctx.Err() != nil {
				return
			}
			var held bool
			err := q.db.Write(ctx, c.Org, func(tx *db.Tx) (err error) {
				held, err = renew(ctx, tx, c.Job, c.lease, q.o.Clock.Now().Add(q.o.Lease))
				return err
			})
			if err == nil && !held {
				lost()
				return
			}
		}
	}()
	return func() { cancel(); <-done }
}
