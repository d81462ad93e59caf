// Tests of the queue's promises, on both engines.
package job_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/job"
)

var schemas = []fs.FS{job.Schema}

var start = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

var quiet = slog.New(slog.DiscardHandler)

func queue(d *db.DB, c clock.Clock, o job.Options) *job.Queue {
	o.Clock, o.Log = c, quiet
	if o.Rand == nil {
		o.Rand = func() float64 { return 0 }
	}
	return job.New(d, o)
}

func put(t *testing.T, d *db.DB, q *job.Queue, org string, jobs ...job.Job) {
	t.Helper()
	err := d.Write(t.Context(), org, func(tx *db.Tx) error {
		for _, j := range jobs {
			if err := q.Enqueue(t.Context(), tx, j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func drain(t *testing.T, q *job.Queue) {
	t.Helper()
	if err := q.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestEightWorkersNeverRunAJobTwice(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		const n = 300
		var mu sync.Mutex
		runs := map[string]int{}
		done := make(chan struct{})
		var first *job.Queue
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 2 { // two replicas of four workers
			q := queue(d, clock.System(), job.Options{Workers: 4})
			q.Handle("count", func(_ context.Context, j job.Job) error {
				mu.Lock()
				defer mu.Unlock()
				runs[j.Payload]++
				if len(runs) == n {
					select {
					case <-done:
					default:
						close(done)
					}
				}
				return nil
			})
			wg.Go(func() { q.Run(ctx) })
			first = q
		}
		var jobs []job.Job
		for i := range n {
			jobs = append(jobs, job.Job{Kind: "count", Payload: fmt.Sprint(i)})
		}
		put(t, d, first, "a", jobs...)
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			t.Error("not all jobs ran")
		}
		cancel()
		wg.Wait()
		for p, c := range runs {
			if c != 1 {
				t.Errorf("job %s ran %d times", p, c)
			}
		}
		if s, err := first.Stats(t.Context()); err != nil || s.Waiting+s.Running+s.Dead > 1 { // the hourly purge may wait
			t.Errorf("left over: %+v %v", s, err)
		}
	})
}

func TestRollbackLeavesNoJob(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		q := queue(d, clock.NewFake(start), job.Options{})
		var ran int
		q.Handle("x", func(context.Context, job.Job) error { ran++; return nil })
		boom := errors.New("boom")
		err := d.Write(t.Context(), "a", func(tx *db.Tx) error {
			if err := q.Enqueue(t.Context(), tx, job.Job{Kind: "x"}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		drain(t, q)
		if ran != 0 {
			t.Error("a job of a rolled back transaction ran")
		}
	})
}

func TestAJobWhoseWorkerDiedRunsAgain(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		dying := queue(d, c, job.Options{Lease: time.Minute})
		entered := make(chan struct{})
		dying.Handle("x", func(ctx context.Context, _ job.Job) error {
			close(entered)
			select {} // as if the process had been killed: it neither ends nor answers
		})
		put(t, d, dying, "a", job.Job{Kind: "x", Key: "k"})
		go dying.Drain(context.Background())
		<-entered
		heir := queue(d, c, job.Options{})
		var runs []int
		heir.Handle("x", func(_ context.Context, j job.Job) error { runs = append(runs, j.Attempt); return nil })
		drain(t, heir)
		if len(runs) != 0 {
			t.Fatal("a leased job was taken")
		}
		c.Advance(61 * time.Second)
		drain(t, heir)
		if len(runs) != 1 || runs[0] != 2 {
			t.Fatalf("runs = %v, want the second attempt", runs)
		}
	})
}

// A worker that was thought dead and comes back must not undo what its heir did.
func TestALostLeaseCannotChangeTheJob(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		for name, end := range map[string]error{"error": errors.New("late"), "later": job.Later(start.Add(time.Hour)), "permanent": job.Permanent(errors.New("late")), "success": nil} {
			c := clock.NewFake(start)
			slow := queue(d, c, job.Options{})
			entered, release, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
			slow.Handle(name, func(context.Context, job.Job) error { close(entered); <-release; return end })
			put(t, d, slow, "a", job.Job{Kind: name})
			go func() { slow.Drain(context.Background()); close(ended) }()
			<-entered
			c.Advance(2 * time.Minute)
			heir := queue(d, c, job.Options{})
			heir.Handle(name, func(context.Context, job.Job) error { return job.Later(start.Add(24 * time.Hour)) })
			drain(t, heir)
			close(release)
			<-ended
			c.Advance(12 * time.Hour)
			var runs int
			judge := queue(d, c, job.Options{})
			judge.Handle(name, func(context.Context, job.Job) error { runs++; return nil })
			drain(t, judge)
			if runs != 0 {
				t.Errorf("%s: the job came back before its time", name)
			}
			c.Advance(13 * time.Hour)
			drain(t, judge)
			if runs != 1 {
				t.Errorf("%s: ran %d times at its time", name, runs)
			}
		}
	})
}

func TestJobsThatAlwaysCrashAreBuried(t *testing.T) {
	d := dbtest.SQLite(t, schemas...)
	c := clock.NewFake(start)
	for i := range 3 {
		q := queue(d, c, job.Options{})
		entered := make(chan struct{})
		q.Handle("x", func(context.Context, job.Job) error { close(entered); select {} }, job.Tries(3))
		if i == 0 {
			put(t, d, q, "a", job.Job{Kind: "x"})
		}
		go q.Drain(context.Background())
		<-entered
		c.Advance(2 * time.Minute)
	}
	q := queue(d, c, job.Options{})
	q.Handle("x", func(context.Context, job.Job) error { t.Error("ran a fourth time"); return nil }, job.Tries(3))
	drain(t, q)
	if s, _ := q.Stats(t.Context()); s.Dead != 1 {
		t.Errorf("stats %+v", s)
	}
}

func TestBackoffThenDeadLetterThenRetry(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		q := queue(d, c, job.Options{Rand: func() float64 { return 0.5 }})
		var at []time.Duration
		fail := true
		q.Handle("x", func(_ context.Context, j job.Job) error {
			at = append(at, c.Now().Sub(start))
			if j.Last != (j.Attempt == 4) {
				t.Errorf("attempt %d: last %v", j.Attempt, j.Last)
			}
			if fail {
				return errors.New("gateway down")
			}
			return nil
		}, job.Tries(4))
		put(t, d, q, "a", job.Job{Kind: "x", Payload: `{"id":"1"}`})
		for range 120 { // one second at a time, so that running early would show
			drain(t, q)
			c.Advance(time.Second)
		}
		// Pauses of 5, 10, 20 s with half of the last quarter as jitter: 4.375, 8.75, 17.5 s, seen at whole seconds.
		want := []time.Duration{0, 5 * time.Second, 14 * time.Second, 32 * time.Second}
		if fmt.Sprint(at) != fmt.Sprint(want) {
			t.Fatalf("ran at %v, want %v", at, want)
		}
		operator := access.Actor{Account: "o", Org: "other", Roles: []access.Role{access.Operator}}
		dead, err := q.Dead(t.Context(), operator)
		if err != nil || len(dead) != 1 || dead[0].Error != "gateway down" || dead[0].Payload != `{"id":"1"}` {
			t.Fatalf("%+v %v", dead, err)
		}
		stranger := access.Actor{Account: "s", Org: "b", Roles: []access.Role{access.Admin}}
		if list, err := q.Dead(t.Context(), stranger); err != nil || len(list) != 0 {
			t.Fatalf("another clinic's administrator sees %v %v", list, err)
		}
		if err := q.Retry(t.Context(), stranger, dead[0].ID); !fault.Is(err, fault.NotFound) {
			t.Fatalf("another clinic's administrator retries: %v", err)
		}
		if _, err := q.Dead(t.Context(), access.Actor{Account: "c", Org: "a", Roles: []access.Role{access.Clinician}}); !fault.Is(err, fault.Forbidden) {
			t.Fatalf("a clinician: %v", err)
		}
		fail = false
		if err := q.Retry(t.Context(), operator, dead[0].ID); err != nil {
			t.Fatal(err)
		}
		drain(t, q)
		if len(at) != 5 {
			t.Fatal("the retried job did not run")
		}
		if dead, _ := q.Dead(t.Context(), operator); len(dead) != 0 {
			t.Fatal("still dead")
		}
	})
}

func TestPermanentLaterDropAndPanic(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		q := queue(d, c, job.Options{})
		var late []int
		q.Handle("perm", func(context.Context, job.Job) error { return job.Permanent(errors.New("no such row")) })
		q.Handle("panic", func(context.Context, job.Job) error { panic("oops") }, job.Tries(1))
		q.Handle("late", func(_ context.Context, j job.Job) error {
			late = append(late, j.Attempt)
			if c.Now().Before(start.Add(time.Hour)) {
				return job.Later(start.Add(time.Hour))
			}
			return nil
		}, job.Tries(1))
		put(t, d, q, "a", job.Job{Kind: "perm"}, job.Job{Kind: "panic"}, job.Job{Kind: "late"})
		drain(t, q)
		c.Advance(59 * time.Minute)
		drain(t, q)
		c.Advance(time.Minute)
		drain(t, q)
		if fmt.Sprint(late) != "[1 1]" {
			t.Errorf("putting off must not count as a try: %v", late)
		}
		admin := access.Actor{Account: "x", Org: "a", Roles: []access.Role{access.Admin}}
		dead, err := q.Dead(t.Context(), admin)
		if err != nil || len(dead) != 2 {
			t.Fatalf("%v %v", dead, err)
		}
		for _, x := range dead {
			if x.Kind == "panic" && !strings.HasPrefix(x.Error, "panic: oops") || len(x.Error) > 320 {
				t.Errorf("error kept as %q", x.Error)
			}
			if err := q.Drop(t.Context(), admin, x.ID); err != nil {
				t.Error(err)
			}
			if err := q.Drop(t.Context(), admin, x.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("dropped twice: %v", err)
			}
		}
	})
}

func TestKeysAreUniquePerKindAndOrganization(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		q := queue(d, c, job.Options{})
		var ran []string
		for _, k := range []string{"x", "y"} {
			q.Handle(k, func(_ context.Context, j job.Job) error { ran = append(ran, j.Org+j.Kind+j.Key); return nil })
		}
		put(t, d, q, "a", job.Job{Kind: "x", Key: "1"}, job.Job{Kind: "x", Key: "1"}, job.Job{Kind: "y", Key: "1"})
		put(t, d, q, "b", job.Job{Kind: "x", Key: "1"})
		drain(t, q)
		put(t, d, q, "a", job.Job{Kind: "x", Key: "1"}) // finished, but the key is remembered
		drain(t, q)
		if len(ran) != 3 {
			t.Fatalf("ran %v", ran)
		}
		c.Advance(31 * 24 * time.Hour)
		drain(t, q) // purge
		put(t, d, q, "a", job.Job{Kind: "x", Key: "1"})
		drain(t, q)
		if len(ran) != 4 {
			t.Fatalf("after the key was forgotten: %v", ran)
		}
	})
}

func TestPeriodicRunsOncePerSlotOverReplicas(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		var slots []string
		var qs []*job.Queue
		add := func() {
			q := queue(d, c, job.Options{})
			q.Every("tick", time.Hour, func(_ context.Context, slot time.Time) error {
				slots = append(slots, slot.Format("15:04"))
				return nil
			})
			qs = append(qs, q)
		}
		add()
		add()
		for range 13 {
			for _, q := range qs {
				drain(t, q)
			}
			c.Advance(10 * time.Minute)
		}
		add() // a restarted replica forgets what it inserted; the table does not
		drain(t, qs[2])
		if fmt.Sprint(slots) != "[09:00 10:00 11:00]" {
			t.Errorf("slots %v", slots)
		}
	})
}

func TestPriorityAndLimitPerKind(t *testing.T) {
	d := dbtest.SQLite(t, schemas...)
	q := queue(d, clock.System(), job.Options{Workers: 6})
	var now, most atomic.Int64
	var wg sync.WaitGroup
	wg.Add(12)
	q.Handle("narrow", func(_ context.Context, j job.Job) error {
		defer wg.Done()
		most.Store(max(most.Load(), now.Add(1)))
		time.Sleep(time.Duration(20+40*len(j.Payload)) * time.Millisecond) // one ends while another runs
		now.Add(-1)
		return nil
	}, job.Limit(2))
	var jobs []job.Job
	for i := range 12 {
		jobs = append(jobs, job.Job{Kind: "narrow", Payload: strings.Repeat("x", i%3)})
	}
	put(t, d, q, "a", jobs...)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { q.Run(ctx); close(ended) }()
	wg.Wait()
	cancel()
	<-ended
	if most.Load() > 2 {
		t.Errorf("%d at a time", most.Load())
	}

	var order []int
	p := queue(d, clock.System(), job.Options{Workers: 1})
	p.Handle("p", func(_ context.Context, j job.Job) error { order = append(order, j.Priority); return nil })
	put(t, d, p, "a", job.Job{Kind: "p", Priority: 1}, job.Job{Kind: "p", Priority: 9}, job.Job{Kind: "p", Priority: 5})
	drain(t, p)
	if fmt.Sprint(order) != "[9 5 1]" {
		t.Errorf("order %v", order)
	}
}

func TestStoppingFinishesWhatRunsAndGivesBackTheRest(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		q := queue(d, clock.System(), job.Options{Workers: 2, Grace: 300 * time.Millisecond})
		entered := make(chan struct{}, 2)
		var finished atomic.Int64
		q.Handle("short", func(ctx context.Context, _ job.Job) error {
			entered <- struct{}{}
			time.Sleep(100 * time.Millisecond)
			finished.Add(1)
			return ctx.Err()
		})
		q.Handle("endless", func(ctx context.Context, _ job.Job) error {
			entered <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		})
		put(t, d, q, "a", job.Job{Kind: "short"}, job.Job{Kind: "endless"})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { q.Run(ctx); close(ended) }()
		<-entered
		<-entered
		cancel()
		<-ended
		if finished.Load() != 1 {
			t.Error("a running job was not allowed to finish")
		}
		heir := queue(d, clock.System(), job.Options{})
		var attempt int
		heir.Handle("endless", func(_ context.Context, j job.Job) error { attempt = j.Attempt; return nil })
		heir.Handle("short", func(context.Context, job.Job) error { t.Error("the finished job ran again"); return nil })
		drain(t, heir)
		if attempt != 1 {
			t.Errorf("the given back job ran as attempt %d, want 1 at once", attempt)
		}
	})
}

func TestWakesSoonAfterACommitAndRestsWhenIdle(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		q := queue(d, clock.System(), job.Options{Poll: time.Hour}) // only the signal can wake it in time
		ran := make(chan time.Time, 1)
		q.Handle("x", func(context.Context, job.Job) error { ran <- time.Now(); return nil })
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { q.Run(ctx); close(ended) }()
		defer func() { cancel(); <-ended }()
		time.Sleep(400 * time.Millisecond) // its pauses have grown
		var committed time.Time
		err := d.Write(t.Context(), "a", func(tx *db.Tx) error {
			defer time.Sleep(30 * time.Millisecond) // a transaction that commits late after the signal
			return q.Enqueue(t.Context(), tx, job.Job{Kind: "x"})
		})
		if committed = time.Now(); err != nil {
			t.Fatal(err)
		}
		select {
		case at := <-ran:
			if took := at.Sub(committed); took > 500*time.Millisecond {
				t.Errorf("took %v", took)
			}
		case <-time.After(5 * time.Second):
			t.Error("the queue slept on")
		}
	})
}

func TestALongJobKeepsItsLease(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		var runs atomic.Int64
		done := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 2 {
			q := queue(d, clock.System(), job.Options{Lease: 300 * time.Millisecond, Poll: 20 * time.Millisecond})
			q.Handle("x", func(context.Context, job.Job) error {
				runs.Add(1)
				time.Sleep(900 * time.Millisecond)
				close(done)
				return nil
			})
			if i == 0 {
				put(t, d, q, "a", job.Job{Kind: "x"})
			}
			wg.Go(func() { q.Run(ctx) })
		}
		<-done
		cancel()
		wg.Wait()
		if runs.Load() != 1 {
			t.Errorf("ran %d times", runs.Load())
		}
	})
}

func TestPauseGrowsAndStaysInBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 1000).Draw(t, "n")
		j := rapid.Float64Range(0, 0.999).Draw(t, "jitter")
		d := job.Pause(n, j)
		if d < 3*time.Second || d > 6*time.Hour || job.Pause(n+1, j) < d {
			t.Fatalf("pause %d is %v, next %v", n, d, job.Pause(n+1, j))
		}
	})
}

func TestUnreasonableJobsAreRefused(t *testing.T) {
	d := dbtest.SQLite(t, schemas...)
	q := queue(d, clock.NewFake(start), job.Options{})
	for _, j := range []job.Job{{}, {Kind: "x", Payload: strings.Repeat("x", 4001)}, {Kind: "x", Key: strings.Repeat("k", 201)}} {
		err := d.Write(t.Context(), "a", func(tx *db.Tx) error { return q.Enqueue(t.Context(), tx, j) })
		if err == nil {
			t.Errorf("%+v was accepted", j.Kind)
		}
	}
}
