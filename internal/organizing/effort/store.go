// Every SQL statement of the room.
package effort

import (
	"context"

	"seedbed/internal/platform/db"
)

type fundRow struct {
	Fund
	made    int64
	sealed  string
	version int64
}

func scanFund(s db.Scanner) (f fundRow, err error) {
	err = s.Scan(&f.ID, &f.Kind, &f.Open, &f.made, &f.sealed, &f.version)
	return f, err
}

func putFund(ctx context.Context, tx *db.Tx, f fundRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO effort_fund (org_id, id, kind, open, made_at, sealed, version) VALUES (`+db.Marks(1, 7)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET kind=excluded.kind, open=excluded.open, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), f.ID, string(f.Kind), f.Open, f.made, f.sealed, f.version)
	return err
}

func funds(ctx context.Context, tx *db.Tx) ([]fundRow, error) {
	return db.Select(ctx, tx, scanFund, `SELECT id, kind, open, made_at, sealed, version FROM effort_fund WHERE org_id=$1 ORDER BY id`, tx.Org())
}

func scanEntry(s db.Scanner) (e Entry, err error) {
	err = s.Scan(&e.ID, &e.Day, &e.Minutes, &e.Class, &e.Fund)
	return e, err
}

func putEntry(ctx context.Context, tx *db.Tx, account string, e Entry, made int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO effort_entry (org_id, id, account_id, day, minutes, class, fund_id, made_at) VALUES (`+db.Marks(1, 8)+`)`,
		tx.Org(), e.ID, account, e.Day, int64(e.Minutes), string(e.Class), e.Fund, made)
	return err
}

// entries lists somebody's own between two days.
func entries(ctx context.Context, tx *db.Tx, account, from, until string) ([]Entry, error) {
	return db.Select(ctx, tx, scanEntry, `SELECT id, day, minutes, class, fund_id FROM effort_entry WHERE org_id=$1 AND account_id=$2 AND day>=$3 AND day<$4 ORDER BY day, id`,
		tx.Org(), account, from, until)
}

// last is what somebody wrote last: the next is often the same.
func last(ctx context.Context, tx *db.Tx, account string) ([]Entry, error) {
	return db.Select(ctx, tx, scanEntry, `SELECT id, day, minutes, class, fund_id FROM effort_entry WHERE org_id=$1 AND account_id=$2 ORDER BY made_at DESC, id DESC LIMIT 1`, tx.Org(), account)
}

// minutesOn is what somebody has on a day.
func minutesOn(ctx context.Context, tx *db.Tx, account, day string) (int, error) {
	n, err := db.One[int64](ctx, tx, `SELECT COALESCE(SUM(minutes), 0) FROM effort_entry WHERE org_id=$1 AND account_id=$2 AND day=$3`, tx.Org(), account, day)
	return int(n), err
}

// drop takes one's own entry away.
func drop(ctx context.Context, tx *db.Tx, account, id string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM effort_entry WHERE org_id=$1 AND account_id=$2 AND id=$3`, tx.Org(), account, id)
}

func cells(ctx context.Context, tx *db.Tx, from, until string) ([]Cell, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (c Cell, err error) {
		var n int64
		err = s.Scan(&c.Class, &c.Fund, &n)
		c.Minutes = int(n)
		return c, err
	}, `SELECT class, fund_id, SUM(minutes) FROM effort_entry WHERE org_id=$1 AND day>=$2 AND day<$3 GROUP BY class, fund_id ORDER BY class, fund_id`, tx.Org(), from, until)
}

func staff(ctx context.Context, tx *db.Tx, from, until string) (int, error) {
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(DISTINCT account_id) FROM effort_entry WHERE org_id=$1 AND day>=$2 AND day<$3`, tx.Org(), from, until)
	return int(n), err
}

func setReminder(ctx context.Context, tx *db.Tx, account string, on bool) error {
	text := `DELETE FROM effort_reminder WHERE org_id=$1 AND account_id=$2`
	if on {
		text = `INSERT INTO effort_reminder (org_id, account_id) VALUES ($1, $2) ON CONFLICT (org_id, account_id) DO NOTHING`
	}
	_, err := tx.Exec(ctx, text, tx.Org(), account)
	return err
}

func reminded(ctx context.Context, tx *db.Tx, account string) (bool, error) {
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM effort_reminder WHERE org_id=$1 AND account_id=$2`, tx.Org(), account)
	return n > 0, err
}

func organizations(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT DISTINCT org_id FROM effort_reminder ORDER BY org_id`)
}

// silent lists who wants to be reminded and wrote nothing since a day.
func silent(ctx context.Context, tx *db.Tx, from string) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT r.account_id FROM effort_reminder r WHERE r.org_id=$1 AND NOT EXISTS
		(SELECT 1 FROM effort_entry e WHERE e.org_id=r.org_id AND e.account_id=r.account_id AND e.day>=$2) ORDER BY r.account_id`, tx.Org(), from)
}
