// Every SQL statement about options and those who helped.
package research

import (
	"context"

	"seedbed/internal/platform/db"
)

type optionRow struct {
	Option
	sealed string
}

const optionColumns = `id, issue_id, office_id, cost, costed, currency, dropped, account_id, made_at, changed_at, sealed, version`

func scanOption(s db.Scanner) (o optionRow, err error) {
	var made, changed int64
	err = s.Scan(&o.ID, &o.Issue, &o.Office, &o.Cost, &o.Costed, &o.Currency, &o.Dropped, &o.Account, &made, &changed, &o.sealed, &o.Version)
	o.Made, o.Changed = db.Time(made), db.Time(changed)
	return o, err
}

func putOption(ctx context.Context, tx *db.Tx, o optionRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO research_option (org_id, `+optionColumns+`) VALUES (`+db.Marks(1, 13)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET office_id=excluded.office_id, cost=excluded.cost, costed=excluded.costed, currency=excluded.currency, dropped=excluded.dropped,
		changed_at=excluded.changed_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), o.ID, o.Issue, o.Office, o.Cost, o.Costed, o.Currency, o.Dropped, o.Account, db.Micros(o.Made), db.Micros(o.Changed), o.sealed, o.Version)
	return err
}

func optionByID(ctx context.Context, tx *db.Tx, id string) (optionRow, error) {
	return db.Get(ctx, tx, scanOption, `SELECT `+optionColumns+` FROM research_option WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func optionsOf(ctx context.Context, tx *db.Tx, issue string) ([]optionRow, error) {
	return db.Select(ctx, tx, scanOption, `SELECT `+optionColumns+` FROM research_option WHERE org_id=$1 AND issue_id=$2 ORDER BY dropped, made_at, id`, tx.Org(), issue)
}

func countOptions(ctx context.Context, tx *db.Tx) (map[string]int, error) {
	type line struct {
		issue string
		n     int
	}
	list, err := db.Select(ctx, tx, func(s db.Scanner) (l line, err error) { return l, s.Scan(&l.issue, &l.n) },
		`SELECT issue_id, COUNT(*) FROM research_option WHERE org_id=$1 GROUP BY issue_id`, tx.Org())
	out := map[string]int{}
	for _, l := range list {
		out[l.issue] = l.n
	}
	return out, err
}

type helperRow struct {
	Helper
	option, sealed string
}

const helperColumns = `option_id, id, account_id, named_at, named_how, added_at, sealed`

func helpersOf(ctx context.Context, tx *db.Tx, options []string) ([]helperRow, error) {
	if len(options) == 0 {
		return nil, nil
	}
	return db.Select(ctx, tx, func(s db.Scanner) (h helperRow, err error) {
		var named, added int64
		err = s.Scan(&h.option, &h.ID, &h.Account, &named, &h.How, &added, &h.sealed)
		h.NamedAt, h.Added = db.Time(named), db.Time(added)
		return h, err
	}, `SELECT `+helperColumns+` FROM research_helper WHERE org_id=$1 AND option_id IN (`+db.Marks(2, len(options))+`) ORDER BY added_at, id`, with(tx.Org(), options)...)
}

func putHelper(ctx context.Context, tx *db.Tx, option string, h Helper, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO research_helper (org_id, `+helperColumns+`) VALUES (`+db.Marks(1, 8)+`)
		ON CONFLICT (org_id, option_id, id) DO UPDATE SET named_at=excluded.named_at, named_how=excluded.named_how, sealed=excluded.sealed`,
		tx.Org(), option, h.ID, h.Account, db.Micros(h.NamedAt), h.How, db.Micros(h.Added), sealed)
	return err
}

func dropHelper(ctx context.Context, tx *db.Tx, option, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM research_helper WHERE org_id=$1 AND option_id=$2 AND id=$3`, tx.Org(), option, id)
	return err
}
