// Every SQL statement of the room.
package report

import (
	"context"

	"seedbed/internal/platform/db"
)

type releaseRow struct {
	period string
	no, at int64
	sealed string
}

func releases(ctx context.Context, tx *db.Tx) ([]releaseRow, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (r releaseRow, err error) {
		err = s.Scan(&r.period, &r.no, &r.at, &r.sealed)
		return r, err
	}, `SELECT period, no, at, sealed FROM report_release WHERE org_id=$1 ORDER BY no`, tx.Org())
}

func putRelease(ctx context.Context, tx *db.Tx, r releaseRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO report_release (org_id, period, no, at, sealed) VALUES ($1,$2,$3,$4,$5)`, tx.Org(), r.period, r.no, r.at, r.sealed)
	return err
}

func targets(ctx context.Context, tx *db.Tx) (map[string]int, error) {
	type pair struct {
		id string
		n  int
	}
	list, err := db.Select(ctx, tx, func(s db.Scanner) (p pair, err error) {
		err = s.Scan(&p.id, &p.n)
		return p, err
	}, `SELECT indicator, percent FROM report_target WHERE org_id=$1`, tx.Org())
	out := map[string]int{}
	for _, p := range list {
		out[p.id] = p.n
	}
	return out, err
}

func putTarget(ctx context.Context, tx *db.Tx, id string, percent int) error {
	_, err := tx.Exec(ctx, `INSERT INTO report_target (org_id, indicator, percent) VALUES ($1,$2,$3) ON CONFLICT (org_id, indicator) DO UPDATE SET percent=excluded.percent`, tx.Org(), id, int64(percent))
	return err
}

// row is a report as stored.
type row struct {
	Report
	sealed string
}

const columns = `id, audience, period, state, made_by, made_at, asked_by, approved_by, ended_at, sealed, version`

func scan(s db.Scanner) (r row, err error) {
	var period string
	var made, ended int64
	err = s.Scan(&r.ID, &r.Version, &period, &r.State, &r.MadeBy, &made, &r.AskedBy, &r.ApprovedBy, &ended, &r.sealed, &r.No)
	r.Period, _ = ParsePeriod(period)
	r.Made, r.Ended = db.Time(made), db.Time(ended)
	return r, err
}

func put(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO report_report (org_id, `+columns+`) VALUES (`+db.Marks(1, 12)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET state=excluded.state, asked_by=excluded.asked_by, approved_by=excluded.approved_by, ended_at=excluded.ended_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, string(r.Version), r.Period.Key(), string(r.State), r.MadeBy, db.Micros(r.Made), r.AskedBy, r.ApprovedBy, db.Micros(r.Ended), r.sealed, r.No)
	return err
}

// byID finds a report that the circle may read.
func byID(ctx context.Context, tx *db.Tx, c Circle, id string) (row, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM report_report WHERE org_id=$1 AND id=$2 AND ($3='team' OR audience<>'team')`, tx.Org(), id, string(c))
}

// list is the reports that the circle may read, the latest first.
func list(ctx context.Context, tx *db.Tx, c Circle) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM report_report WHERE org_id=$1 AND ($2='team' OR audience<>'team') ORDER BY made_at DESC, id DESC LIMIT 200`, tx.Org(), string(c))
}

// public is the published reports for everybody.
func public(ctx context.Context, tx *db.Tx) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM report_report WHERE org_id=$1 AND audience='public' AND state='published' ORDER BY ended_at DESC, id DESC LIMIT 100`, tx.Org())
}
