// Package dbtest gives each test a fresh, migrated database on both engines.
package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"seedbed/internal/platform/db"
)

// Variable names the environment variable with the URL of a PostgreSQL server
// on which tests may create roles and databases.
const Variable = "SEEDBED_TEST_POSTGRES"

var serial atomic.Int64

// Each runs fn once on SQLite and once on PostgreSQL. Without a PostgreSQL
// server (see Variable) the second run is skipped and says so; make test always
// starts one.
func Each(t *testing.T, schemas []fs.FS, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, schemas...)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, schemas...)) })
}

// SQLite returns a migrated database in the test's own folder.
func SQLite(t testing.TB, schemas ...fs.FS) *db.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "test.db"), schemas)
}

// Postgres returns a migrated database of its own on the test server.
func Postgres(t testing.TB, schemas ...fs.FS) *db.DB {
	t.Helper()
	return open(t, PostgresURL(t, schemas...), schemas)
}

// PostgresURL makes a database on the test server from a migrated template and
// returns its URL. It is dropped when the test ends. Its owner is an ordinary
// role, since row-level security does not bind a superuser.
func PostgresURL(t testing.TB, schemas ...fs.FS) string {
	t.Helper()
	server := os.Getenv(Variable)
	if server == "" {
		t.Skip(Variable + " is not set: make test starts a server and sets it")
	}
	admin, err := sql.Open("pgx", server)
	check(t, err)
	defer admin.Close()
	template := ensureTemplate(t, admin, server, schemas)
	name := fmt.Sprintf("sbt_%d_%d", os.Getpid(), serial.Add(1))
	_, err = admin.Exec(`CREATE DATABASE ` + name + ` TEMPLATE ` + template + ` OWNER seedbed_test STRATEGY file_copy`)
	check(t, err)
	t.Cleanup(func() {
		admin, err := sql.Open("pgx", server)
		if err == nil {
			defer admin.Close()
			_, err = admin.Exec(`DROP DATABASE IF EXISTS ` + name + ` WITH (FORCE)`)
		}
		if err != nil {
			t.Logf("dropping %s: %v", name, err)
		}
	})
	return withDatabase(t, server, name)
}

// ensureTemplate migrates one template database per set of schemas, for all test processes together.
func ensureTemplate(t testing.TB, admin *sql.DB, server string, schemas []fs.FS) string {
	t.Helper()
	ctx := context.Background()
	conn, err := admin.Conn(ctx)
	check(t, err)
	defer conn.Close()
	_, err = conn.ExecContext(ctx, `SELECT pg_advisory_lock(732026)`)
	check(t, err)
	defer conn.ExecContext(ctx, `SELECT pg_advisory_unlock(732026)`)
	_, err = conn.ExecContext(ctx, `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname='seedbed_test')
		THEN CREATE ROLE seedbed_test LOGIN PASSWORD 'seedbed_test'; END IF; END $$`)
	check(t, err)
	name := "sbtpl_" + fingerprint(t, schemas)
	var found bool
	check(t, conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname=$1)`, name).Scan(&found))
	if found {
		return name
	}
	making := name + "_making"
	_, err = conn.ExecContext(ctx, `DROP DATABASE IF EXISTS `+making+` WITH (FORCE)`)
	check(t, err)
	_, err = conn.ExecContext(ctx, `CREATE DATABASE `+making+` OWNER seedbed_test`)
	check(t, err)
	d, err := db.Open(ctx, withDatabase(t, server, making), db.Options{Readers: 1})
	check(t, err)
	if len(schemas) > 0 {
		err = d.Migrate(ctx, schemas...)
	}
	d.Close()
	check(t, err)
	_, err = conn.ExecContext(ctx, `ALTER DATABASE `+making+` RENAME TO `+name)
	check(t, err)
	return name
}

func fingerprint(t testing.TB, schemas []fs.FS) string {
	h := sha256.New()
	for _, s := range schemas {
		names, err := fs.Glob(s, "schema/*.sql")
		check(t, err)
		for _, n := range names {
			b, err := fs.ReadFile(s, n)
			check(t, err)
			fmt.Fprintf(h, "%s %d ", n, len(b))
			h.Write(b)
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func withDatabase(t testing.TB, server, name string) string {
	u, err := url.Parse(server)
	check(t, err)
	u.Path = "/" + name
	u.User = url.UserPassword("seedbed_test", "seedbed_test")
	return u.String()
}

func open(t testing.TB, target string, schemas []fs.FS) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), target, db.Options{Readers: 4})
	check(t, err)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	if len(schemas) > 0 {
		check(t, d.Migrate(context.Background(), schemas...))
	}
	return d
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
