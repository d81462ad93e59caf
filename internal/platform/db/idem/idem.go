// Package idem makes a repeated request harmless: the key of a request is
// stored in the transaction of its effect, and the same key answers with the
// stored result instead of doing the work again. It owns the table idempotency.
package idem

import (
	"context"
	"embed"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/db"
)

// Schema is the package's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Keep is how long a key is remembered: longer than any offline device holds back a form.
const Keep = 90 * 24 * time.Hour

// Form is the key of one form of a page whose forms carry the same key, as a list
// with a form for each line does: what says which form of them it is.
func Form(key string, what ...string) string {
	if key == "" {
		return ""
	}
	return key + ":" + id.Fingerprint(12, what...)
}

type row struct{ action, result string }

// Once runs fn unless this actor has already used the key; then it returns what
// fn returned the first time. An empty key always runs fn. The same key for
// another action is refused (fault.Conflict): it would hide a lost write.
// result must hold ids only, never anything that identifies a person.
func Once(ctx context.Context, tx *db.Tx, now time.Time, actor, key, action string, fn func() (string, error)) (result string, err error) {
	defer fault.Wrap(&err, "idem.Once(%s)", action)
	if key == "" {
		return fn()
	}
	if len(key) > 100 {
		return "", fault.Wrong(fault.At("_key", "fault.invalid"))
	}
	old, err := db.Get(ctx, tx, func(s db.Scanner) (r row, err error) {
		err = s.Scan(&r.action, &r.result)
		return r, err
	}, `SELECT action, result FROM idempotency WHERE org_id=$1 AND actor=$2 AND idem_key=$3`, tx.Org(), actor, key)
	switch {
	case err == nil && old.action != action:
		return "", fault.Clash("fault.key_reused")
	case err == nil:
		return old.result, nil
	case !fault.Is(err, fault.NotFound):
		return "", err
	}
	if result, err = fn(); err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `INSERT INTO idempotency (org_id, actor, idem_key, action, result, at) VALUES ($1,$2,$3,$4,$5,$6)`,
		tx.Org(), actor, key, action, result, db.Micros(now))
	return result, err
}

// Receipt is the proof that an actor's key was used.
type Receipt struct {
	Number string // the same whenever it is asked for
	At     time.Time
}

// Find is the receipt of an actor's key; ok is false when the key was never used,
// or its act not committed.
func Find(ctx context.Context, tx *db.Tx, actor, key string) (r Receipt, ok bool, err error) {
	defer fault.Wrap(&err, "idem.Find")
	if key == "" || len(key) > 100 {
		return Receipt{}, false, nil
	}
	var action, result string
	var at int64
	_, err = db.Get(ctx, tx, func(s db.Scanner) (struct{}, error) { return struct{}{}, s.Scan(&action, &result, &at) },
		`SELECT action, result, at FROM idempotency WHERE org_id=$1 AND actor=$2 AND idem_key=$3`, tx.Org(), actor, key)
	switch {
	case fault.Is(err, fault.NotFound):
		return Receipt{}, false, nil
	case err != nil:
		return Receipt{}, false, err
	}
	number := id.GroupCode(id.Fingerprint(8, tx.Org(), actor, key, action, result, strconv.FormatInt(at, 10)))
	return Receipt{number, db.Time(at)}, true, nil
}

// Lookup is Find in a transaction of its own, for whoever answers after the commit.
func Lookup(d *db.DB) func(ctx context.Context, org, actor, key string) (Receipt, bool, error) {
	return func(ctx context.Context, org, actor, key string) (r Receipt, ok bool, err error) {
		err = d.Read(ctx, org, func(tx *db.Tx) (err error) {
			r, ok, err = Find(ctx, tx, actor, key)
			return err
		})
		return r, ok, err
	}
}

// Used reports what an actor did with a key before, in any organization when tx
// may see all; "" when nothing. It answers a form that comes twice when the one
// who sent it is gone since.
func Used(ctx context.Context, tx *db.Tx, actor, key string) (action string, err error) {
	defer fault.Wrap(&err, "idem.Used")
	if key == "" || len(key) > 100 {
		return "", nil
	}
	list, err := db.Column[string](ctx, tx, `SELECT action FROM idempotency WHERE actor=$1 AND idem_key=$2 LIMIT 1`, actor, key)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0], nil
}

// Forget removes keys older than Keep.
func Forget(ctx context.Context, d *db.DB, now time.Time) error {
	return d.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM idempotency WHERE at < $1`, db.Micros(now.Add(-Keep)))
		return err
	})
}
