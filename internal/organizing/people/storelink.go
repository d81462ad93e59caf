// Every SQL statement about ways in and tries.
package people

import (
	"context"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/platform/db"
)

const linkColumns = `id, place, institution_id, language, account_id, made_at, expires_at, closed_at, joined`

func scanLinkInto(sc db.Scanner, more ...any) (l Link, err error) {
	var made, expires, closed int64
	err = sc.Scan(append([]any{&l.ID, &l.Place, &l.Institution, &l.Lang, &l.Account, &made, &expires, &closed, &l.Joined}, more...)...)
	l.Made, l.Expires, l.Closed = db.Time(made), db.Time(expires), db.Time(closed)
	return l, err
}

func insertLink(ctx context.Context, tx *db.Tx, l Link, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_link (org_id, `+linkColumns+`, token_hash, sealed) VALUES (`+db.Marks(1, 12)+`)`,
		tx.Org(), l.ID, l.Place, l.Institution, l.Lang, l.Account, db.Micros(l.Made), db.Micros(l.Expires), db.Micros(l.Closed), int64(l.Joined), id.Hash(l.Token), sealed)
	return err
}

func links(ctx context.Context, tx *db.Tx, account string) ([]Link, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (Link, error) { return scanLinkInto(sc) },
		`SELECT `+linkColumns+` FROM people_link WHERE org_id=$1 AND ($2='' OR account_id=$2) ORDER BY made_at DESC, id DESC LIMIT 200`, tx.Org(), account)
}

func linkByID(ctx context.Context, tx *db.Tx, which string) (l Link, sealed string, err error) {
	l, err = db.Get(ctx, tx, func(sc db.Scanner) (Link, error) { return scanLinkInto(sc, &sealed) },
		`SELECT `+linkColumns+`, sealed FROM people_link WHERE org_id=$1 AND id=$2`, tx.Org(), which)
	return l, sealed, err
}

func linkByToken(ctx context.Context, tx *db.Tx, hash string) (org string, l Link, err error) {
	l, err = db.Get(ctx, tx, func(sc db.Scanner) (Link, error) { return scanLinkInto(sc, &org) },
		`SELECT `+linkColumns+`, org_id FROM people_link WHERE token_hash=$1`, hash)
	return org, l, err
}

func closeLink(ctx context.Context, tx *db.Tx, which string, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE people_link SET closed_at=$3 WHERE org_id=$1 AND id=$2`, tx.Org(), which, db.Micros(at))
	return err
}

func joinedBy(ctx context.Context, tx *db.Tx, which string) error {
	_, err := tx.Exec(ctx, `UPDATE people_link SET joined=joined+1 WHERE org_id=$1 AND id=$2`, tx.Org(), which)
	return err
}

// countTry counts one more and returns how many there were in this slot; older slots go.
func countTry(ctx context.Context, tx *db.Tx, what string, slot int64) (int64, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM people_try WHERE org_id=$1 AND slot<$2`, tx.Org(), slot); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO people_try (org_id, id, slot, n) VALUES ($1,$2,$3,1) ON CONFLICT (org_id, id, slot) DO UPDATE SET n = people_try.n + 1`, tx.Org(), what, slot); err != nil {
		return 0, err
	}
	return db.One[int64](ctx, tx, `SELECT n FROM people_try WHERE org_id=$1 AND id=$2 AND slot=$3`, tx.Org(), what, slot)
}
