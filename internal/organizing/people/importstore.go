// Every SQL statement about imports.
package people

import (
	"context"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/platform/db"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

const batchColumns = `id, state, sealed, version, total, made_by, made_at, applied_at, undone_at`

func scanBatch(s db.Scanner) (b batchRow, err error) {
	var made, applied, ended int64
	err = s.Scan(&b.id, &b.state, &b.sealed, &b.version, &b.total, &b.by, &made, &applied, &ended)
	b.made, b.applied, b.ended = db.Time(made), db.Time(applied), db.Time(ended)
	return b, err
}

func upsertBatch(ctx context.Context, tx *db.Tx, b batchRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_batch (org_id, `+batchColumns+`) VALUES (`+db.Marks(1, 10)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET state=excluded.state, sealed=excluded.sealed, version=excluded.version, applied_at=excluded.applied_at, undone_at=excluded.undone_at`,
		tx.Org(), b.id, string(b.state), b.sealed, b.version, b.total, b.by, db.Micros(b.made), db.Micros(b.applied), db.Micros(b.ended))
	return err
}

func batchByID(ctx context.Context, tx *db.Tx, id string) (batchRow, error) {
	return db.Get(ctx, tx, scanBatch, `SELECT `+batchColumns+` FROM people_batch WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func batches(ctx context.Context, tx *db.Tx, most int) ([]batchRow, error) {
	return db.Select(ctx, tx, scanBatch, `SELECT `+batchColumns+` FROM people_batch WHERE org_id=$1 ORDER BY made_at DESC, id DESC LIMIT $2`, tx.Org(), int64(most))
}

// importRow is a row of a file as stored.
type importRow struct {
	n, line                   int64
	sealed                    string
	verdict                   Verdict
	notes, twin, phone, email string
	taken                     bool
	outcome                   Outcome
	person                    string
}

const importColumns = `n, line, sealed, verdict, notes, twin, phone_blind, email_blind, taken, outcome, person_id`

func scanImportRow(s db.Scanner) (r importRow, err error) {
	err = s.Scan(&r.n, &r.line, &r.sealed, &r.verdict, &r.notes, &r.twin, &r.phone, &r.email, &r.taken, &r.outcome, &r.person)
	return r, err
}

func insertImportRow(ctx context.Context, tx *db.Tx, batch string, n, line int64, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_batch_row (org_id, batch_id, n, line, sealed, verdict, notes, twin, phone_blind, email_blind, taken, outcome, person_id)
		VALUES ($1,$2,$3,$4,$5,'','','','','',FALSE,'','') ON CONFLICT DO NOTHING`, tx.Org(), batch, n, line, sealed)
	return err
}

func updateImportRow(ctx context.Context, tx *db.Tx, batch string, r importRow) error {
	_, err := tx.Exec(ctx, `UPDATE people_batch_row SET sealed=$4, verdict=$5, notes=$6, twin=$7, phone_blind=$8, email_blind=$9, taken=$10, outcome=$11, person_id=$12
		WHERE org_id=$1 AND batch_id=$2 AND n=$3`, tx.Org(), batch, r.n, r.sealed, string(r.verdict), r.notes, r.twin, r.phone, r.email, r.taken, string(r.outcome), r.person)
	return err
}

// importRows are the next rows of a batch of which a condition holds.
func importRows(ctx context.Context, tx *db.Tx, batch, where string, after int64, most int, args ...any) ([]importRow, error) {
	return db.Select(ctx, tx, scanImportRow, `SELECT `+importColumns+` FROM people_batch_row WHERE org_id=$1 AND batch_id=$2 AND n>$3 AND `+where+` ORDER BY n LIMIT $4`,
		append([]any{tx.Org(), batch, after, int64(most)}, args...)...)
}

func clearVerdicts(ctx context.Context, tx *db.Tx, batch string) error {
	_, err := tx.Exec(ctx, `UPDATE people_batch_row SET verdict='', notes='', twin='', phone_blind='', email_blind='', taken=FALSE WHERE org_id=$1 AND batch_id=$2`, tx.Org(), batch)
	return err
}

func takeRows(ctx context.Context, tx *db.Tx, batch string, v Verdict, take bool) error {
	_, err := tx.Exec(ctx, `UPDATE people_batch_row SET taken=$4 WHERE org_id=$1 AND batch_id=$2 AND verdict=$3`, tx.Org(), batch, string(v), take)
	return err
}

// earlierRow reports whether a row before n has the same phone number or address.
func earlierRow(ctx context.Context, tx *db.Tx, batch string, n int64, phone, email string) (bool, error) {
	for column, blind := range map[string]string{"phone_blind": phone, "email_blind": email} {
		if blind == "" {
			continue
		}
		found, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM people_batch_row WHERE org_id=$1 AND batch_id=$2 AND `+column+`=$3 AND `+column+`<>'' AND n<$4`, tx.Org(), batch, blind, n)
		if err != nil || found > 0 {
			return found > 0, err
		}
	}
	return false, nil
}

func tallies(ctx context.Context, tx *db.Tx, batch string) (verdicts, taken map[Verdict]int, outcomes map[Outcome]int, err error) {
	verdicts, taken, outcomes = map[Verdict]int{}, map[Verdict]int{}, map[Outcome]int{}
	type tally struct {
		v     Verdict
		o     Outcome
		taken bool
		n     int
	}
	list, err := db.Select(ctx, tx, func(s db.Scanner) (t tally, err error) {
		err = s.Scan(&t.v, &t.o, &t.taken, &t.n)
		return t, err
	}, `SELECT verdict, outcome, taken, COUNT(*) FROM people_batch_row WHERE org_id=$1 AND batch_id=$2 GROUP BY verdict, outcome, taken`, tx.Org(), batch)
	for _, t := range list {
		if t.v != "" {
			verdicts[t.v] += t.n
		}
		if t.taken {
			taken[t.v] += t.n
		}
		if t.o != "" {
			outcomes[t.o] += t.n
		}
	}
	return verdicts, taken, outcomes, err
}

func deleteBatch(ctx context.Context, tx *db.Tx, batch string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM people_batch_row WHERE org_id=$1 AND batch_id=$2`, tx.Org(), batch); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM people_batch WHERE org_id=$1 AND id=$2`, tx.Org(), batch)
	return err
}

// forgetImports drops previews nobody applied, and what was not brought in, of every clinic.
func forgetImports(ctx context.Context, tx *db.Tx, before time.Time) error {
	old := []string{string(BatchRead), string(BatchPreview), string(BatchChecking)}
	in := `'` + strings.Join(old, `','`) + `'`
	for _, q := range []string{
		`DELETE FROM people_batch_row WHERE batch_id IN (SELECT id FROM people_batch WHERE made_at<$1 AND state IN (` + in + `))`,
		`DELETE FROM people_batch WHERE made_at<$1 AND state IN (` + in + `)`,
		`UPDATE people_batch_row SET sealed='', phone_blind='', email_blind='' WHERE sealed<>'' AND batch_id IN (SELECT id FROM people_batch WHERE applied_at>0 AND applied_at<$1)`,
	} {
		if _, err := tx.Exec(ctx, q, db.Micros(before)); err != nil {
			return err
		}
	}
	return nil
}
