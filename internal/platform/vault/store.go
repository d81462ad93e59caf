// Every SQL statement of the key store.
package vault

import (
	"context"
	"errors"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// chunk bounds the IN list of one query; PostgreSQL and SQLite both take it with ease.
const chunk = 500

// rootRow returns the check text, storing fresh when there is none yet.
func rootRow(ctx context.Context, d *db.DB, fresh string, now time.Time) (sealed string, err error) {
	err = d.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO vault_root (id, sealed, made_at) VALUES ('root',$1,$2) ON CONFLICT (id) DO NOTHING`,
			fresh, db.Micros(now)); err != nil {
			return err
		}
		sealed, err = readRoot(ctx, tx)
		return err
	})
	return sealed, err
}

// readRoot returns the check text, or fault.NotFound in an empty store.
func readRoot(ctx context.Context, tx *db.Tx) (string, error) {
	return db.One[string](ctx, tx, `SELECT sealed FROM vault_root WHERE id='root'`)
}

// orgRow returns the organization's wrapped key, storing fresh (unless empty) when
// there is none yet. prove refuses to store under a key-encryption key that has
// been replaced; the transaction is of all organizations, so that a replacement
// cannot happen at the same time.
func orgRow(ctx context.Context, d *db.DB, org, fresh string, now time.Time, prove func(root string) error) (wrapped string, err error) {
	read := func(tx *db.Tx) error {
		wrapped, err = db.One[string](ctx, tx, `SELECT wrapped FROM vault_org_key WHERE org_id=$1`, org)
		return err
	}
	if err := d.Read(ctx, org, read); err == nil || fresh == "" || !fault.Is(err, fault.NotFound) {
		return wrapped, err
	}
	err = d.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		root, err := readRoot(ctx, tx)
		if err != nil {
			return err
		}
		if err := prove(root); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO vault_org_key (org_id, wrapped, made_at) VALUES ($1,$2,$3) ON CONFLICT (org_id) DO NOTHING`,
			org, fresh, db.Micros(now)); err != nil {
			return err
		}
		return read(tx)
	})
	return wrapped, err
}

func rewrapRows(ctx context.Context, d *db.DB, root string, rewrap func(org, wrapped string) (string, error)) (n int, err error) {
	err = d.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		type row struct{ org, wrapped string }
		rows, err := db.Select(ctx, tx, func(s db.Scanner) (r row, err error) {
			err = s.Scan(&r.org, &r.wrapped)
			return r, err
		}, `SELECT org_id, wrapped FROM vault_org_key ORDER BY org_id`)
		if err != nil {
			return err
		}
		for _, r := range rows {
			wrapped, err := rewrap(r.org, r.wrapped)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE vault_org_key SET wrapped=$1 WHERE org_id=$2`, wrapped, r.org); err != nil {
				return err
			}
		}
		n = len(rows)
		_, err = tx.Exec(ctx, `UPDATE vault_root SET sealed=$1 WHERE id='root'`, root)
		return err
	})
	return n, err
}

func insertPerson(ctx context.Context, d *db.DB, org, person, wrapped string, now time.Time) error {
	return d.Write(ctx, org, func(tx *db.Tx) error {
		erased, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM vault_erasure WHERE org_id=$1 AND person_id=$2`, org, person)
		if err != nil {
			return err
		}
		if erased > 0 {
			return fault.Because(fault.New(fault.Gone, ""), errors.New("vault: this person was erased"))
		}
		_, err = tx.Exec(ctx, `INSERT INTO vault_person_key (org_id, person_id, wrapped, made_at) VALUES ($1,$2,$3,$4)
			ON CONFLICT (org_id, person_id) DO NOTHING`, org, person, wrapped, db.Micros(now))
		return err
	})
}

func insertPeople(ctx context.Context, d *db.DB, org string, people, wrapped []string, now time.Time) error {
	return d.Write(ctx, org, func(tx *db.Tx) error {
		for i, person := range people {
			if _, err := tx.Exec(ctx, `INSERT INTO vault_person_key (org_id, person_id, wrapped, made_at)
				SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM vault_erasure WHERE org_id=$1 AND person_id=$2)
				ON CONFLICT (org_id, person_id) DO NOTHING`, org, person, wrapped[i], db.Micros(now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// eachPersonRow visits the wrapped keys of the people in wanted. A person whose
// erasure was asked for has none, even while its key row still waits to be deleted.
func eachPersonRow(ctx context.Context, d *db.DB, org string, wanted map[string]*key, visit func(person, wrapped string) error) error {
	ids := make([]string, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	slices.Sort(ids) // neighbours in the index are read together
	type row struct{ person, wrapped string }
	var rows []row
	err := d.Read(ctx, org, func(tx *db.Tx) error {
		for len(ids) > 0 {
			n := min(chunk, len(ids))
			args := make([]any, 0, n+1)
			args = append(args, org)
			for _, id := range ids[:n] {
				args = append(args, id)
			}
			ids = ids[n:]
			part, err := db.Select(ctx, tx, func(s db.Scanner) (r row, err error) {
				err = s.Scan(&r.person, &r.wrapped)
				return r, err
			}, `SELECT person_id, wrapped FROM vault_person_key WHERE org_id=$1 AND person_id IN (`+db.Marks(2, n)+`) AND NOT closed`, args...)
			if err != nil {
				return err
			}
			rows = append(rows, part...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := visit(r.person, r.wrapped); err != nil {
			return err
		}
	}
	return nil
}

type erasure struct {
	org, person string
	asked       time.Time
	done        bool
}

func scanErasure(s db.Scanner) (e erasure, err error) {
	var asked, done int64
	err = s.Scan(&e.org, &e.person, &asked, &done)
	e.asked, e.done = db.Time(asked), done != 0
	return e, err
}

// askErasure records that a person is to be erased and closes the key; the first record stays.
func askErasure(ctx context.Context, d *db.DB, org, person string, at time.Time) (e erasure, err error) {
	err = d.Write(ctx, org, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO vault_erasure (org_id, person_id, asked_at, done_at) VALUES ($1,$2,$3,0)
			ON CONFLICT (org_id, person_id) DO NOTHING`, org, person, db.Micros(at)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE vault_person_key SET closed=TRUE WHERE org_id=$1 AND person_id=$2`, org, person); err != nil {
			return err
		}
		e, err = db.Get(ctx, tx, scanErasure, `SELECT org_id, person_id, asked_at, done_at FROM vault_erasure
			WHERE org_id=$1 AND person_id=$2`, org, person)
		return err
	})
	return e, err
}

func deletePersonKey(ctx context.Context, d *db.DB, org, person string, now time.Time) error {
	return d.Write(ctx, org, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM vault_person_key WHERE org_id=$1 AND person_id=$2`, org, person); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE vault_erasure SET done_at=$3 WHERE org_id=$1 AND person_id=$2 AND done_at=0`, org, person, db.Micros(now))
		return err
	})
}

// openErasures are those asked for and not finished, also those whose key came back with an older copy of the store.
func openErasures(ctx context.Context, d *db.DB) (list []erasure, err error) {
	err = d.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		list, err = db.Select(ctx, tx, scanErasure, `SELECT e.org_id, e.person_id, e.asked_at, e.done_at FROM vault_erasure e
			WHERE e.done_at=0 OR EXISTS (SELECT 1 FROM vault_person_key k WHERE k.org_id=e.org_id AND k.person_id=e.person_id)
			ORDER BY e.asked_at, e.person_id`)
		return err
	})
	return list, err
}

func allErasures(ctx context.Context, d *db.DB) (list []erasure, err error) {
	err = d.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		list, err = db.Select(ctx, tx, scanErasure, `SELECT org_id, person_id, asked_at, done_at FROM vault_erasure ORDER BY asked_at, person_id`)
		return err
	})
	return list, err
}

// Empty reports whether the key store has never held a key: only then may a new
// key-encryption key be made for it.
func Empty(ctx context.Context, keys *db.DB) (empty bool, err error) {
	defer fault.Wrap(&err, "vault.Empty")
	err = keys.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, `SELECT COUNT(*) FROM vault_root`)
		empty = n == 0
		return err
	})
	return empty, err
}
