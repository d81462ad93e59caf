package sweep

import (
	"fmt"
	"slices"
	"strings"

	"seedbed/internal/platform/db"
)

// tables lists every table that has organizations in it.
func (w *world) tables(tx *db.Tx) (names []string) {
	w.t.Helper()
	q := `SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'org_id' ORDER BY m.name`
	if w.sys.DB.Dialect() != db.SQLite {
		q = `SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'org_id' ORDER BY 1`
	}
	names, err := db.Column[string](w.ctx, tx, q)
	w.must(err)
	return names
}

// dump is every row of one clinic, in words.
func (w *world) dump(org string) (rows []string) {
	w.t.Helper()
	w.must(w.sys.DB.Read(w.ctx, db.AllOrgs, func(tx *db.Tx) error {
		for _, table := range w.tables(tx) {
			found, err := tx.Query(w.ctx, `SELECT * FROM `+table+` WHERE org_id = $1`, org)
			w.must(err)
			columns, err := found.Columns()
			w.must(err)
			for found.Next() {
				values := make([]any, len(columns))
				into := make([]any, len(columns))
				for i := range values {
					into[i] = &values[i]
				}
				w.must(found.Scan(into...))
				line := table
				for i, c := range columns {
					line += fmt.Sprintf(" %s=%v", c, values[i])
				}
				rows = append(rows, line)
			}
			found.Close()
		}
		return nil
	}))
	slices.Sort(rows)
	return rows
}

// unchanged compares the other clinic with what it was.
func (w *world) unchanged(before []string) {
	w.t.Helper()
	for _, line := range w.changes(before) {
		w.t.Errorf("the other clinic %s", line)
	}
}

func (w *world) changes(before []string) (list []string) {
	after := w.dump(w.b.org)
	for _, line := range before {
		if !slices.Contains(after, line) {
			list = append(list, "lost or changed: "+short(line))
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			list = append(list, "got: "+short(line))
		}
	}
	return list
}

// strangers looks for the other clinic's ids in this clinic's rows. The trail of
// refusals may name what was asked for.
func (w *world) strangers() {
	w.t.Helper()
	for _, line := range w.dump(w.a.org) {
		if strings.HasPrefix(line, "audit_event ") && strings.Contains(line, "=deny") {
			continue
		}
		for what, foreign := range w.b.ids {
			if strings.Contains(line, foreign) {
				w.t.Errorf("this clinic holds the other's %s: %s", what, short(line))
			}
		}
		for role, foreign := range w.b.accounts {
			if strings.Contains(line, foreign) {
				w.t.Errorf("this clinic holds the other's %s: %s", role, short(line))
			}
		}
	}
}
