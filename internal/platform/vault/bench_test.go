// What opening costs with no key cached: the figures of ADR 0004.
package vault

import (
	"context"
	"fmt"
	"io/fs"
	"testing"

	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
)

func BenchmarkOpen(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB, ...fs.FS) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			ctx := context.Background()
			v, err := Open(ctx, Options{Keys: engine.open(b, Schema), KEK: NewKEK(), Clock: clock.System()})
			if err != nil {
				b.Fatal(err)
			}
			cells, sealed := fill(b, v, 20_000)
			b.Run("one", func(b *testing.B) {
				for i := range b.N {
					if _, err := v.Open(ctx, cells[i%len(cells)], sealed[i%len(cells)]); err != nil {
						b.Fatal(err)
					}
				}
			})
			for _, n := range []int{50, 200, 10_000} {
				b.Run(fmt.Sprint("many-", n), func(b *testing.B) {
					for range b.N {
						if _, err := v.OpenMany(ctx, cells[:n], sealed[:n]); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}

// fill makes n people with one transaction instead of n fsyncs.
func fill(b testing.TB, v *Vault, n int) (cells []Cell, sealed []string) {
	ctx := context.Background()
	o, err := v.org(ctx, "org-a", true)
	if err != nil {
		b.Fatal(err)
	}
	err = v.keys.Write(ctx, "org-a", func(tx *db.Tx) error {
		cells, sealed = nil, nil
		for i := range n {
			c := Cell{Org: "org-a", Person: fmt.Sprintf("0192f0c1-0000-7000-8000-%012d", i), Table: "introduction", Column: "sealed", Row: fmt.Sprint(i), Version: 1}
			k, err := newKey()
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO vault_person_key (org_id, person_id, wrapped, made_at) VALUES ($1,$2,$3,1)`,
				"org-a", c.Person, o.wrap(k, "pk", c.Org, c.Person)); err != nil {
				return err
			}
			cells = append(cells, c)
			sealed = append(sealed, k.seal([]byte(`{"name":"Mateo","phone":"+14065550142","lang":"es"}`), c.bound()...))
		}
		_, err := tx.Exec(ctx, `ANALYZE`) // what PostgreSQL's autovacuum does within a minute
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return cells, sealed
}
