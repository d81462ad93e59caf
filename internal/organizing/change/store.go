// Every SQL statement of the room.
package change

import (
	"context"

	"seedbed/internal/platform/db"
)

type row struct {
	Record
	sealed string
}

const columns = `id, issue_id, level, affected, money, currency, rating, protected_until, account_id, made_at, changed_at, sealed, version`

func scan(s db.Scanner) (r row, err error) {
	var until, made, changed int64
	err = s.Scan(&r.ID, &r.Issue, &r.Level, &r.Affected, &r.Money, &r.Currency, &r.Rating, &until, &r.Account, &made, &changed, &r.sealed, &r.Version)
	r.Until, r.Made, r.Changed = db.Time(until), db.Time(made), db.Time(changed)
	return r, err
}

func put(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO change_record (org_id, `+columns+`) VALUES (`+db.Marks(1, 14)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET issue_id=excluded.issue_id, level=excluded.level, affected=excluded.affected, money=excluded.money, currency=excluded.currency,
		rating=excluded.rating, protected_until=excluded.protected_until, changed_at=excluded.changed_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, r.Issue, string(r.Level), r.Affected, r.Money, r.Currency, string(r.Rating), db.Micros(r.Until), r.Account, db.Micros(r.Made), db.Micros(r.Changed), r.sealed, r.Version)
	return err
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM change_record WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// all lists the changes of an issue, or every one, the latest first.
func all(ctx context.Context, tx *db.Tx, issue string) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM change_record WHERE org_id=$1 AND ($2='' OR issue_id=$2) ORDER BY made_at DESC, id LIMIT 500`, tx.Org(), issue)
}

type stepRow struct {
	Step
	change, sealed string
}

const stepColumns = `change_id, id, mark, back_to, on_day, state, ref, account_id, made_at, settled_by, settled_at, sealed`

func scanStep(s db.Scanner) (x stepRow, err error) {
	var on, made, settled int64
	err = s.Scan(&x.change, &x.ID, &x.Mark, &x.Back, &on, &x.Fate, &x.Ref, &x.Account, &made, &x.SettledBy, &settled, &x.sealed)
	x.On, x.Made, x.SettledAt = db.Time(on), db.Time(made), db.Time(settled)
	return x, err
}

func stepsOf(ctx context.Context, tx *db.Tx, changes []string) ([]stepRow, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	args := []any{tx.Org()}
	for _, c := range changes {
		args = append(args, c)
	}
	return db.Select(ctx, tx, scanStep, `SELECT `+stepColumns+` FROM change_step WHERE org_id=$1 AND change_id IN (`+db.Marks(2, len(changes))+`) ORDER BY on_day, made_at, id`, args...)
}

func putStep(ctx context.Context, tx *db.Tx, x stepRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO change_step (org_id, `+stepColumns+`) VALUES (`+db.Marks(1, 13)+`)
		ON CONFLICT (org_id, change_id, id) DO UPDATE SET state=excluded.state, settled_by=excluded.settled_by, settled_at=excluded.settled_at`,
		tx.Org(), x.change, x.ID, string(x.Mark), string(x.Back), db.Micros(x.On), string(x.Fate), x.Ref, x.Account, db.Micros(x.Made), x.SettledBy, db.Micros(x.SettledAt), x.sealed)
	return err
}

func dropStep(ctx context.Context, tx *db.Tx, change, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM change_step WHERE org_id=$1 AND change_id=$2 AND id=$3`, tx.Org(), change, id)
	return err
}
