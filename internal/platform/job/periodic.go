// Periodic jobs, and what an operator may do with dead letters.
package job

import (
	"context"
	"fmt"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

type periodic struct {
	kind string
	d    time.Duration
	last time.Time // newest slot this process has inserted
}

// Every runs fn once per slot of length d, over all replicas together, in
// db.AllOrgs. Slots are counted in UTC; weeks begin on Monday. Slots missed while nothing ran are not made up.
func (q *Queue) Every(kind string, d time.Duration, fn func(ctx context.Context, slot time.Time) error) {
	q.Handle(kind, func(ctx context.Context, j Job) error { return fn(ctx, j.RunAt) }, Limit(1), Tries(6))
	q.mu.Lock()
	defer q.mu.Unlock()
	q.every = append(q.every, &periodic{kind: kind, d: d})
}

// schedule inserts the jobs of slots that have begun. The key makes the first one win.
func (q *Queue) schedule(ctx context.Context) error {
	now := q.o.Clock.Now()
	q.mu.Lock()
	var begun []*periodic
	for _, p := range q.every {
		if slot := now.Truncate(p.d); !slot.Equal(p.last) {
			begun = append(begun, p)
		}
	}
	q.mu.Unlock()
	if len(begun) == 0 {
		return nil
	}
	err := q.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		for _, p := range begun {
			slot := now.Truncate(p.d)
			key := p.kind + "@" + slot.UTC().Format(time.RFC3339)
			if err := q.Enqueue(ctx, tx, Job{Kind: p.kind, Key: key, RunAt: slot}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("job.schedule: %w", err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, p := range begun {
		p.last = now.Truncate(p.d)
	}
	return nil
}

func (q *Queue) purge(ctx context.Context, _ time.Time) error {
	q.mu.Lock()
	var kinds []string
	for _, p := range q.every {
		kinds = append(kinds, p.kind)
	}
	q.mu.Unlock()
	return q.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		return purge(ctx, tx, kinds, q.o.Clock.Now(), q.o.Keep)
	})
}

// reach is which organizations' jobs the actor may see: an operator all, an administrator the own.
func reach(a access.Actor, action access.Action) (string, error) {
	if _, err := access.Check(a, access.Need{Resource: "job", Action: action}); err != nil {
		return "", err
	}
	if a.Has(access.Operator) {
		return db.AllOrgs, nil
	}
	return a.Org, nil
}

// Dead lists dead letters, newest first.
func (q *Queue) Dead(ctx context.Context, a access.Actor) (out []Dead, err error) {
	defer fault.Wrap(&err, "job.Dead")
	org, err := reach(a, access.Read)
	if err != nil {
		return nil, err
	}
	err = q.db.Read(ctx, org, func(tx *db.Tx) (err error) {
		out, err = dead(ctx, tx, 500)
		return err
	})
	return out, err
}

// Retry gives a dead letter all its tries again.
func (q *Queue) Retry(ctx context.Context, a access.Actor, jobID string) (err error) {
	defer fault.Wrap(&err, "job.Retry(%s)", jobID)
	return q.change(ctx, a, func(tx *db.Tx) error {
		defer q.Notify()
		return revive(ctx, tx, jobID, q.o.Clock.Now())
	})
}

// Drop deletes a dead letter.
func (q *Queue) Drop(ctx context.Context, a access.Actor, jobID string) (err error) {
	defer fault.Wrap(&err, "job.Drop(%s)", jobID)
	return q.change(ctx, a, func(tx *db.Tx) error { return drop(ctx, tx, jobID) })
}

func (q *Queue) change(ctx context.Context, a access.Actor, fn func(tx *db.Tx) error) error {
	org, err := reach(a, access.Update)
	if err != nil {
		return err
	}
	return q.db.Write(ctx, org, fn)
}

// Stats says how the queue is doing; it holds no content.
func (q *Queue) Stats(ctx context.Context) (s Stats, err error) {
	defer fault.Wrap(&err, "job.Stats")
	err = q.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
		s, err = stats(ctx, tx, q.o.Clock.Now())
		return err
	})
	return s, err
}
