// Whatever room holds the id of a person lets go of it when the person is erased.
package app

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/platform/db"
)

// elsewhere are tables of rooms that erase people themselves, or that hold no id of
// one once the key is gone.
var elsewhere = []string{"people_", "introduction_", "consent_", "directory_", "account_"}

// holds reports whether a column can hold the id of a person.
func holds(column string) bool {
	return column == "person_id" || column == "subject" || strings.HasSuffix(column, "_person") ||
		slices.Contains([]string{"chair", "next_chair", "timekeeper", "scribe", "host"}, column)
}

// TestEveryRoomForgets puts a row that names somebody into every such column of the
// schema, and erases them.
func TestEveryRoomForgets(t *testing.T) {
	ctx, data := t.Context(), t.TempDir()
	s := store{Data: data, Keys: filepath.Join(data, "keys", "keys.db"), KeyFile: filepath.Join(data, "keys", "master.key")}
	if err := s.fill(data); err != nil {
		t.Fatal(err)
	}
	sys, err := openSystem(ctx, s, openOptions{log: slog.New(slog.NewTextHandler(io.Discard, nil)), demo: true, base: "http://127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	defer sys.close()
	org, person := id.New(time.Now()), id.New(time.Now())
	type place struct{ table, column string }
	var places []place
	err = sys.db.Write(ctx, org, func(tx *db.Tx) error {
		tables, err := db.Column[string](ctx, tx, `SELECT name FROM sqlite_master WHERE type='table' ORDER BY name`)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if slices.ContainsFunc(elsewhere, func(p string) bool { return strings.HasPrefix(table, p) }) {
				continue
			}
			names, err := db.Column[string](ctx, tx, `SELECT name FROM pragma_table_info($1) ORDER BY cid`, table)
			if err != nil {
				return err
			}
			kinds, err := db.Column[string](ctx, tx, `SELECT type FROM pragma_table_info($1) ORDER BY cid`, table)
			if err != nil {
				return err
			}
			for at, column := range names {
				if !holds(column) || !slices.Contains(names, "org_id") {
					continue
				}
				args := make([]any, len(names))
				for i, name := range names {
					switch {
					case name == "org_id":
						args[i] = org
					case i == at:
						args[i] = person
					case kinds[i] == "TEXT":
						args[i] = fmt.Sprintf("row %d", at)
					default:
						args[i] = 0
					}
				}
				if _, err := tx.Exec(ctx, `INSERT INTO `+table+` (`+strings.Join(names, ", ")+`) VALUES (`+db.Marks(1, len(names))+`)`, args...); err != nil {
					return fmt.Errorf("%s.%s: %w", table, column, err)
				}
				places = append(places, place{table, column})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(places) < 15 {
		t.Fatalf("only %d columns hold a person: %v", len(places), places)
	}
	if err := sys.db.Write(ctx, org, func(tx *db.Tx) error { return sys.forgetEverywhere(ctx, tx, person) }); err != nil {
		t.Fatal(err)
	}
	for _, p := range places {
		err := sys.db.Read(ctx, org, func(tx *db.Tx) error {
			n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM `+p.table+` WHERE `+p.column+`=$1`, person)
			if n > 0 {
				t.Errorf("%s.%s still holds an erased person", p.table, p.column)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
