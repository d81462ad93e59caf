// Migrations: the rooms' embedded files, merged and run forward by goose, then
// row-level security on every table that has an organization.
package db

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"testing/fstest"

	"github.com/pressly/goose/v3"

	"seedbed/internal/kit/fault"
)

// Migrate brings the schema up to what the given rooms need. Files are
// named schema/YYYYMMDDNNNN_room_what.sql; numbers are unique over all rooms.
// It refuses a database that a newer Seedbed has already changed (fault.Conflict).
// Replicas that start together take turns.
func (d *DB) Migrate(ctx context.Context, rooms ...fs.FS) (err error) {
	defer fault.Wrap(&err, "db.Migrate")
	merged, err := merge(rooms)
	if err != nil {
		return err
	}
	if d.dialect == Postgres {
		unlock, err := d.lockMigrations(ctx)
		if err != nil {
			return err
		}
		defer unlock()
	}
	p, err := d.provider(merged)
	if err != nil {
		return err
	}
	if err := d.refuseNewer(ctx, p); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	if d.dialect == Postgres {
		return d.secureRows(ctx)
	}
	return nil
}

func (d *DB) provider(files fs.FS) (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if d.dialect == Postgres {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, d.write, files, goose.WithAllowOutofOrder(true), goose.WithDisableGlobalRegistry(true))
}

// merge puts all rooms' schema folders into one, refusing two files of one number.
func merge(rooms []fs.FS) (fs.FS, error) {
	all := fstest.MapFS{}
	seen := map[string]string{}
	for _, room := range rooms {
		names, err := fs.Glob(room, "schema/*.sql")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			base := path.Base(name)
			if len(base) < 13 || base[12] != '_' {
				return nil, fmt.Errorf("migration %s: want YYYYMMDDNNNN_room_what.sql", base)
			}
			if other, ok := seen[base[:12]]; ok {
				return nil, fmt.Errorf("migrations %s and %s have one number", other, base)
			}
			seen[base[:12]] = base
			text, err := fs.ReadFile(room, name)
			if err != nil {
				return nil, err
			}
			all[base] = &fstest.MapFile{Data: text}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no migrations given")
	}
	return all, nil
}

// refuseNewer stops an older binary from running on a newer schema.
func (d *DB) refuseNewer(ctx context.Context, p *goose.Provider) error {
	var newest int64
	row := d.write.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`)
	if err := row.Scan(&newest); err != nil {
		return nil // a fresh database: goose makes its table
	}
	known := int64(0)
	for _, s := range p.ListSources() {
		known = max(known, s.Version)
	}
	if newest > known {
		return fault.New(fault.Conflict, "db.newer", "Found", newest, "Known", known)
	}
	return nil
}

const migrationLock = 7320260001 // any number no other program uses

func (d *DB) lockMigrations(ctx context.Context) (func(), error) {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
		conn.Close()
		return nil, err
	}
	return func() {
		conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrationLock))
		conn.Close()
	}, nil
}

// secureRows is the second net under the scoped queries: PostgreSQL itself shows
// a transaction only the rows of its organization, even to the tables' owner.
func (d *DB) secureRows(ctx context.Context) error {
	rows, err := d.write.QueryContext(ctx, `SELECT c.table_name FROM information_schema.columns c
		JOIN pg_class k ON k.relname = c.table_name AND k.relnamespace = current_schema()::regnamespace AND k.relkind = 'r'
		WHERE c.table_schema = current_schema() AND c.column_name = 'org_id' AND NOT (k.relrowsecurity AND k.relforcerowsecurity)`)
	if err != nil {
		return err
	}
	tables, err := collect(rows)
	if err != nil {
		return err
	}
	slices.Sort(tables)
	for _, t := range tables {
		for _, q := range []string{
			`ALTER TABLE %[1]s ENABLE ROW LEVEL SECURITY`,
			`ALTER TABLE %[1]s FORCE ROW LEVEL SECURITY`,
			`DROP POLICY IF EXISTS one_org ON %[1]s`,
			`CREATE POLICY one_org ON %[1]s USING (current_setting('app.org', true) IN (org_id, '*'))`,
		} {
			if _, err := d.write.ExecContext(ctx, fmt.Sprintf(q, t)); err != nil {
				return fmt.Errorf("row security of %s: %w", t, err)
			}
		}
	}
	return nil
}

func collect(rows *sql.Rows) (out []string, err error) {
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
