// Durable writes: group commit as platform/db does it, against a transaction and
// an fsync for every request, as one would write it first. Same file system,
// same pragmas, same two rows a write, taken in turns.
package main

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/platform/db"
)

//go:embed schema/*.sql
var schema embed.FS

const writers = 64

func commits(ctx context.Context, o options, _ *world, rep *report) error {
	ours, err := db.Open(ctx, filepath.Join(o.scratch, "group.db"), db.Options{Slow: time.Hour})
	if err != nil {
		return err
	}
	defer ours.Close()
	if err := ours.Migrate(ctx, schema); err != nil {
		return err
	}
	plain, err := plainWriter(ctx, filepath.Join(o.scratch, "plain.db"))
	if err != nil {
		return err
	}
	defer plain.Close()
	const note, line = `INSERT INTO bench_note (org_id, id, n) VALUES ($1,$2,$3)`, `INSERT INTO bench_line (org_id, id, about, at) VALUES ($1,$2,$3,$4)`
	group := func() error {
		return ours.Write(ctx, "o", func(tx *db.Tx) error {
			now := time.Now()
			one := id.New(now)
			if _, err := tx.Exec(ctx, note, "o", one, int64(1)); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, line, "o", id.New(now), one, db.Micros(now))
			return err
		})
	}
	single := func() error {
		tx, err := plain.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		now := time.Now()
		one := id.New(now)
		if _, err := tx.ExecContext(ctx, note, "o", one, int64(1)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, line, "o", id.New(now), one, db.Micros(now)); err != nil {
			return err
		}
		return tx.Commit()
	}
	var a, b, ratios []float64
	var waits, plainWaits []time.Duration
	for range o.rounds {
		n, took, err := writeFor(o.burst, group)
		if err != nil {
			return err
		}
		m, plainTook, err := writeFor(o.burst, single)
		if err != nil {
			return err
		}
		a, b, ratios = append(a, n), append(b, m), append(ratios, n/m)
		waits, plainWaits = append(waits, took...), append(plainWaits, plainTook...)
	}
	g, p := one("commit.group", fmt.Sprintf("durable writes a second, %d writers, group commit", writers), "1/s", middle(a)), one("commit.each", "baseline: a commit for each request", "1/s", middle(b))
	g.N, p.N, g.Ratio = len(waits), len(plainWaits), middle(ratios)
	rep.add(g, p, times("commit.group.wait", "a durable write waits, group commit", waits), times("commit.each.wait", "baseline: waits, a commit for each", plainWaits))
	return nil
}

// plainWriter opens SQLite with the same promises about durability.
func plainWriter(ctx context.Context, path string) (*sql.DB, error) {
	d, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=temp_store(2)&_pragma=cache_size(-16000)")
	if err != nil {
		return nil, err
	}
	d.SetMaxOpenConns(1)
	for _, q := range []string{`CREATE TABLE bench_note (org_id TEXT NOT NULL, id TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (org_id, id))`,
		`CREATE TABLE bench_line (org_id TEXT NOT NULL, id TEXT NOT NULL, about TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (org_id, id))`} {
		if _, err := d.ExecContext(ctx, q); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// writeFor lets the writers write for a time and returns how many a second became durable.
func writeFor(length time.Duration, write func() error) (perSecond float64, took []time.Duration, err error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	from := time.Now()
	for range writers {
		wg.Go(func() {
			var own []time.Duration
			var failed error
			for time.Since(from) < length && failed == nil {
				at := time.Now()
				if failed = write(); failed == nil {
					own = append(own, time.Since(at))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
			if failed != nil {
				err = failed
			}
		})
	}
	wg.Wait()
	return float64(len(took)) / time.Since(from).Seconds(), took, err
}

func middle(list []float64) float64 {
	s := slices.Clone(list)
	slices.Sort(s)
	return s[len(s)/2]
}
