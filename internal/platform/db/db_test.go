// Tests of the promises of a transaction, on both engines.
package db_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
)

var schema = fstest.MapFS{"schema/202601010001_t_thing.sql": {Data: []byte(`-- +goose Up
CREATE TABLE thing (org_id TEXT NOT NULL, id TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (org_id, id));
`)}}

var schemas = []fs.FS{schema, idem.Schema}

func put(ctx context.Context, tx *db.Tx, id string, n int) error {
	_, err := tx.Exec(ctx, `INSERT INTO thing (org_id, id, n) VALUES ($1,$2,$3)`, tx.Org(), id, n)
	return err
}

func count(t *testing.T, d *db.DB, org string) (n int) {
	t.Helper()
	err := d.Read(t.Context(), org, func(tx *db.Tx) (err error) {
		n, err = db.One[int](t.Context(), tx, `SELECT COUNT(*) FROM thing`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFailedAndPanickingWritesLeaveNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		boom := errors.New("boom")
		err := d.Write(ctx, "a", func(tx *db.Tx) error {
			if err := put(ctx, tx, "1", 1); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("err = %v", err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic must reach the caller")
				}
			}()
			d.Write(ctx, "a", func(tx *db.Tx) error {
				put(ctx, tx, "2", 2)
				panic("boom")
			})
		}()
		if n := count(t, d, "a"); n != 0 {
			t.Errorf("%d rows left behind", n)
		}
		if err := d.Write(ctx, "a", func(tx *db.Tx) error { return put(ctx, tx, "3", 3) }); err != nil {
			t.Fatalf("the writer must survive a panic: %v", err)
		}
	})
}

// Reads and writes of one transaction see no other write in between: a counter
// raised by many goroutines without any lock in SQL loses nothing.
func TestConcurrentWritesLoseNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := d.Write(ctx, "a", func(tx *db.Tx) error { return put(ctx, tx, "n", 0) }); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		const each = 40
		for w := range 8 {
			wg.Go(func() {
				for i := range each {
					err := d.Write(ctx, "a", func(tx *db.Tx) error {
						n, err := db.One[int](ctx, tx, `SELECT n FROM thing WHERE id=$1`, "n")
						if err != nil {
							return err
						}
						if i%10 == 3 { // a failing neighbour in the same group commit
							put(ctx, tx, fmt.Sprint(w, i), 1)
							return fault.Clash("x")
						}
						_, err = tx.Exec(ctx, `UPDATE thing SET n=$1 WHERE org_id=$2 AND id='n'`, n+1, "a")
						return err
					})
					if err != nil && !fault.Is(err, fault.Conflict) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var n int
		d.Read(ctx, "a", func(tx *db.Tx) (err error) {
			n, err = db.One[int](ctx, tx, `SELECT n FROM thing WHERE id=$1`, "n")
			return err
		})
		if want := 8 * each * 9 / 10; n != want {
			t.Errorf("n = %d, want %d", n, want)
		}
		if got := count(t, d, "a"); got != 1 {
			t.Errorf("%d rows, want 1: a failed neighbour left something", got)
		}
	})
}

func TestErrorsGetKinds(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		write := func() error { return d.Write(ctx, "a", func(tx *db.Tx) error { return put(ctx, tx, "1", 1) }) }
		if err := write(); err != nil {
			t.Fatal(err)
		}
		if err := write(); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice the same key: %v", err)
		}
		err := d.Read(ctx, "a", func(tx *db.Tx) error {
			_, err := db.One[int](ctx, tx, `SELECT n FROM thing WHERE id='none'`)
			return err
		})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("no row: %v", err)
		}
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		if err := d.Write(cancelled, "a", func(tx *db.Tx) error { return nil }); !fault.Is(err, fault.Unavailable) {
			t.Errorf("cancelled: %v", err)
		}
	})
}

func TestReadCannotWrite(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		err := d.Read(t.Context(), "a", func(tx *db.Tx) error { return put(t.Context(), tx, "1", 1) })
		if err == nil {
			t.Error("a read transaction wrote")
		}
	})
}

// The second net: even a query that forgets the organization sees only its own rows on PostgreSQL.
func TestRowSecurityHidesOtherOrganizations(t *testing.T) {
	d := dbtest.Postgres(t, schemas...)
	ctx := t.Context()
	for _, org := range []string{"a", "b"} {
		if err := d.Write(ctx, org, func(tx *db.Tx) error { return put(ctx, tx, "1", 1) }); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, d, "a"); n != 1 {
		t.Errorf("a sees %d rows, want 1", n)
	}
	if n := count(t, d, db.AllOrgs); n != 2 {
		t.Errorf("system sees %d rows, want 2", n)
	}
	err := d.Write(ctx, "a", func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO thing (org_id, id, n) VALUES ('b','9',9)`)
		return err
	})
	if err == nil {
		t.Error("a wrote a row of b")
	}
}

func TestMigrateTwiceAndRefuseNewer(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		if err := d.Migrate(t.Context(), schemas...); err != nil {
			t.Fatalf("again: %v", err)
		}
		older := fstest.MapFS{"schema/202501010001_t_old.sql": {Data: []byte("-- +goose Up\nSELECT 1;\n")}}
		if err := d.Migrate(t.Context(), older); !fault.Is(err, fault.Conflict) {
			t.Errorf("an older binary on a newer schema: %v", err)
		}
	})
}

func TestOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		ctx, now := t.Context(), time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
		runs := 0
		do := func(action, key string, fail bool) (res string, err error) {
			err = d.Write(ctx, "a", func(tx *db.Tx) error {
				res, err = idem.Once(ctx, tx, now, "me", key, action, func() (string, error) {
					runs++
					if fail {
						return "", errors.New("boom")
					}
					return fmt.Sprint("r", runs), put(ctx, tx, fmt.Sprint(runs), runs)
				})
				return err
			})
			return res, err
		}
		if _, err := do("make", "k1", true); err == nil {
			t.Fatal("want the failure")
		}
		first, err := do("make", "k1", false)
		if err != nil {
			t.Fatal(err)
		}
		again, err := do("make", "k1", false)
		if err != nil || again != first || count(t, d, "a") != 1 {
			t.Errorf("again = %q, %v, rows %d", again, err, count(t, d, "a"))
		}
		if _, err := do("other", "k1", false); !fault.Is(err, fault.Conflict) {
			t.Errorf("same key, other action: %v", err)
		}
		if err := idem.Forget(ctx, d, now.Add(idem.Keep+time.Hour)); err != nil {
			t.Fatal(err)
		}
		if later, _ := do("make", "k1", false); later == first {
			t.Error("a forgotten key must run again")
		}
	})
}

// Bytes that PostgreSQL does not take as text are somebody's hostile input, not
// our failure.
func TestTextThatIsNoText(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		for _, s := range []string{"a\x00b", "\xff"} {
			err := d.Read(context.Background(), "a", func(tx *db.Tx) error {
				_, err := db.Column[string](context.Background(), tx, `SELECT CAST($1 AS TEXT)`, s)
				return err
			})
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v (%v)", s, fault.KindOf(err), err)
			}
		}
	})
}
