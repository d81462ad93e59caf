// Package db is the only way to a database: SQLite inside by default,
// PostgreSQL when one machine is not enough, one SQL text for both.
//
// A write is one transaction that is durable when Write returns. SQLite has
// one writer that commits whatever waits together (group commit, one fsync).
// On PostgreSQL the writers of one organization queue on an advisory lock, so
// both engines give a room the same promise: no other write of this
// organization happens between its reads and its writes. Rooms therefore need
// neither row locks nor retry loops.
//
// The package owns the tables goose_db_version and (in db/idem) idempotency.
// It may import kit only. Drivers and goose stay behind this wall.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"seedbed/internal/kit/fault"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	_ "modernc.org/sqlite"             // registers "sqlite"
)

// Dialect says which engine answers, for the few places where they differ.
type Dialect int

const (
	SQLite Dialect = iota
	Postgres
)

func (d Dialect) String() string { return [...]string{"sqlite", "postgres"}[d] }

// AllOrgs is the organization argument of work that belongs to none: sign-in, the job queue, operator commands.
const AllOrgs = "*"

// Options tune a database; the zero value is right for a clinic.
type Options struct {
	Readers int           // connections for reading; 0 means 8
	Slow    time.Duration // transactions slower than this are logged; 0 means 250 ms
	Log     *slog.Logger  // nil means slog.Default
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect Dialect
	write   *sql.DB
	read    *sql.DB
	writer  *writer // SQLite only
	slow    time.Duration
	log     *slog.Logger
}

// Open opens the database at target: a file path for SQLite, or a
// postgres:// URL. It does not migrate.
func Open(ctx context.Context, target string, o Options) (d *DB, err error) {
	defer fault.Wrap(&err, "db.Open")
	if o.Readers == 0 {
		o.Readers = 8
	}
	if o.Slow == 0 {
		o.Slow = 250 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	d = &DB{slow: o.Slow, log: o.Log}
	if strings.HasPrefix(target, "postgres://") || strings.HasPrefix(target, "postgresql://") {
		err = d.openPostgres(ctx, target, o)
	} else {
		err = d.openSQLite(ctx, target, o)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *DB) openPostgres(ctx context.Context, target string, o Options) (err error) {
	d.dialect = Postgres
	if d.write, err = sql.Open("pgx", target); err != nil {
		return err
	}
	d.write.SetMaxOpenConns(o.Readers + 8)
	d.write.SetMaxIdleConns(o.Readers)
	d.write.SetConnMaxIdleTime(5 * time.Minute)
	d.read = d.write
	return d.write.PingContext(ctx)
}

// The pragmas of DESIGN §5. FULL rather than NORMAL: with NORMAL an acknowledged
// write is lost when the power fails.
var pragmas = []string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
	"secure_delete(1)", "trusted_schema(0)", "temp_store(2)", "cache_size(-16000)"}

func (d *DB) openSQLite(ctx context.Context, path string, o Options) (err error) {
	d.dialect = SQLite
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": pragmas}
	if d.write, err = sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode()); err != nil {
		return err
	}
	d.write.SetMaxOpenConns(1)
	if err := d.write.PingContext(ctx); err != nil {
		return err
	}
	q["_pragma"] = append(q["_pragma"], "query_only(1)")
	q.Set("_txlock", "deferred")
	if d.read, err = sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode()); err != nil {
		return err
	}
	d.read.SetMaxOpenConns(o.Readers)
	d.read.SetMaxIdleConns(o.Readers)
	d.writer = newWriter(d.write)
	return os.Chmod(path, 0o600)
}

// Dialect says which engine this is.
func (d *DB) Dialect() Dialect { return d.dialect }

// Close waits for writes under way and closes the connections.
func (d *DB) Close() error {
	var errs []error
	if d.writer != nil {
		d.writer.stop()
	}
	if d.read != nil && d.read != d.write {
		errs = append(errs, d.read.Close())
	}
	if d.write != nil {
		errs = append(errs, d.write.Close())
	}
	return errors.Join(errs...)
}

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.read.PingContext(ctx) }

// Write runs fn in one transaction of the organization and returns after it is
// durable. When fn returns an error or panics nothing of it remains. fn may run
// more than once (PostgreSQL asks for a retry after a deadlock), so it must have
// no effect outside the transaction.
func (d *DB) Write(ctx context.Context, org string, fn func(tx *Tx) error) (err error) {
	if org == "" {
		return errors.New("db.Write: no organization")
	}
	if err := ctx.Err(); err != nil {
		return fault.Because(fault.New(fault.Unavailable, ""), err)
	}
	defer d.timed("write", time.Now())
	if d.dialect == SQLite {
		return translate(d.writer.do(ctx, org, fn))
	}
	for try := 0; ; try++ {
		err = d.postgresTx(ctx, org, nil, true, fn)
		if !retryable(err) || try == 4 {
			return translate(err)
		}
	}
}

// Read runs fn on a snapshot of the organization's data.
func (d *DB) Read(ctx context.Context, org string, fn func(tx *Tx) error) (err error) {
	if org == "" {
		return errors.New("db.Read: no organization")
	}
	defer d.timed("read", time.Now())
	if d.dialect == Postgres {
		return translate(d.postgresTx(ctx, org, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, false, fn))
	}
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback() // a read has nothing to commit
	return translate(fn(&Tx{q: tx, org: org}))
}

func (d *DB) postgresTx(ctx context.Context, org string, o *sql.TxOptions, lock bool, fn func(tx *Tx) error) error {
	tx, err := d.write.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	set := `SELECT set_config('app.org', $1, true)`
	if lock {
		set = `SELECT set_config('app.org', $1, true), pg_advisory_xact_lock(hashtextextended($1, 7))`
	}
	if _, err := tx.ExecContext(ctx, set, org); err != nil {
		return err
	}
	if err := fn(&Tx{q: tx, org: org}); err != nil {
		return err
	}
	if !lock {
		return nil
	}
	return tx.Commit()
}

func (d *DB) timed(what string, from time.Time) {
	if took := time.Since(from); took > d.slow {
		d.log.Warn("slow transaction", "what", what, "took", took.Round(time.Millisecond))
	}
}

// Scrub moves the write-ahead log into the database file and empties it, so that
// overwritten pages do not linger there after an erasure. PostgreSQL needs none.
func (d *DB) Scrub(ctx context.Context) error {
	if d.dialect == Postgres {
		return nil
	}
	return d.writer.exclusive(func(c *sql.Conn) error {
		_, err := c.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		return err
	})
}

// CopyTo writes a consistent copy of a SQLite database to path, which must not exist.
func (d *DB) CopyTo(ctx context.Context, path string) error {
	if d.dialect == Postgres {
		return fmt.Errorf("db.CopyTo: copy a PostgreSQL database with pg_dump")
	}
	_, err := d.read.ExecContext(ctx, "VACUUM INTO $1", path)
	return err
}
