// The SQLite writer: one goroutine owns the only writing connection and commits
// what waits together. Each request runs in a savepoint, so one that fails takes
// nobody with it, and nobody is answered before the common commit is on disk.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"seedbed/internal/kit/fault"
)

const (
	groupMost = 64                    // requests in one commit
	groupTime = 20 * time.Millisecond // and the longest the first of them waits for the others
)

type request struct {
	ctx    context.Context
	org    string
	fn     func(*Tx) error
	done   chan error
	panics any
	alone  func(*sql.Conn) error // runs outside a transaction when set
}

type writer struct {
	requests chan *request
	quit     chan struct{}
	finished chan struct{}
	once     sync.Once
}

var errClosed = fault.New(fault.Unavailable, "")

func newWriter(pool *sql.DB) *writer {
	w := &writer{requests: make(chan *request, groupMost), quit: make(chan struct{}), finished: make(chan struct{})}
	go w.run(pool)
	return w
}

func (w *writer) stop() {
	w.once.Do(func() { close(w.quit) })
	<-w.finished
}

func (w *writer) do(ctx context.Context, org string, fn func(*Tx) error) error {
	return w.send(&request{ctx: ctx, org: org, fn: fn, done: make(chan error, 1)})
}

func (w *writer) exclusive(fn func(*sql.Conn) error) error {
	return w.send(&request{ctx: context.Background(), alone: fn, done: make(chan error, 1)})
}

func (w *writer) send(r *request) error {
	select {
	case w.requests <- r:
	case <-w.quit:
		return errClosed
	case <-r.ctx.Done():
		return fault.Because(fault.New(fault.Unavailable, ""), r.ctx.Err())
	}
	select {
	case err := <-r.done:
		if r.panics != nil {
			panic(r.panics)
		}
		return err
	case <-w.finished:
		// The writer ended; it answered everything it had accepted, unless the queue was never read.
		select {
		case err := <-r.done:
			return err
		default:
			return errClosed
		}
	}
}

func (w *writer) run(pool *sql.DB) {
	defer close(w.finished)
	for {
		select {
		case r := <-w.requests:
			w.serve(pool, r)
		case <-w.quit:
			for {
				select {
				case r := <-w.requests:
					w.serve(pool, r)
				default:
					return
				}
			}
		}
	}
}

func (w *writer) serve(pool *sql.DB, first *request) {
	// The connection goes back to the pool between groups, so that migrations and
	// other users of the pool get their turn.
	conn, err := pool.Conn(context.Background())
	if err != nil {
		first.done <- err
		return
	}
	defer conn.Close()
	if first.alone != nil {
		first.done <- first.alone(conn)
		return
	}
	w.group(conn, first)
}

// group runs first and whoever else waits in one transaction.
func (w *writer) group(conn *sql.Conn, first *request) {
	bg := context.Background()
	if _, err := conn.ExecContext(bg, "BEGIN IMMEDIATE"); err != nil {
		first.done <- err
		return
	}
	type answer struct {
		r   *request
		err error
	}
	var answers []answer
	var lost error // the whole transaction is gone (disk full, I/O error)
	var after *request
	from := time.Now()
	for r := first; r != nil; {
		if lost == nil {
			var err error
			err, lost = runOne(conn, r)
			answers = append(answers, answer{r, err})
		}
		r = nil
		if lost == nil && len(answers) < groupMost && time.Since(from) < groupTime {
			select {
			case r = <-w.requests:
				if r.alone != nil { // cannot run inside a transaction: right after it
					after, r = r, nil
				}
			default:
			}
		}
	}
	if lost == nil {
		_, lost = conn.ExecContext(bg, "COMMIT")
	}
	if lost != nil {
		conn.ExecContext(bg, "ROLLBACK") // fails when SQLite rolled back by itself, which is as good
	}
	for _, a := range answers {
		if a.err == nil {
			a.err = lost
		}
		a.r.done <- a.err
	}
	if after != nil {
		after.done <- after.alone(conn)
	}
}

// runOne runs one request in a savepoint. lost is set when the surrounding transaction no longer exists.
func runOne(conn *sql.Conn, r *request) (err, lost error) {
	bg := context.Background()
	if err := r.ctx.Err(); err != nil {
		return fault.Because(fault.New(fault.Unavailable, ""), err), nil
	}
	if _, err := conn.ExecContext(bg, "SAVEPOINT one"); err != nil {
		return err, err
	}
	err = func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				r.panics = p
				err = errors.New("panic in a transaction")
			}
		}()
		// Without cancel: interrupting a statement would make SQLite roll back
		// the whole transaction, with other people's writes in it.
		return r.fn(&Tx{q: uncancelled{conn}, org: r.org})
	}()
	if err != nil {
		if _, e := conn.ExecContext(bg, "ROLLBACK TO one"); e != nil {
			return err, fmt.Errorf("rolling back: %w", errors.Join(err, e))
		}
	}
	if _, e := conn.ExecContext(bg, "RELEASE one"); e != nil {
		return err, e
	}
	return err, nil
}

// uncancelled runs statements to their end whatever happens to the caller's context.
type uncancelled struct{ *sql.Conn }

func (u uncancelled) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	return u.Conn.ExecContext(context.WithoutCancel(ctx), q, args...)
}

func (u uncancelled) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	return u.Conn.QueryContext(context.WithoutCancel(ctx), q, args...)
}

func (u uncancelled) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	return u.Conn.QueryRowContext(context.WithoutCancel(ctx), q, args...)
}
