// Every SQL statement of the ledger.
package consent

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

const columns = `org_id, id, subject_id, purpose, recipient, fields, channel, language, wording_version, how, interpreter, witness,
	proxy_relation, proxy_scope, proxy_until, receipt, state, made_at, given_at, expires_at, revoked_at, revoked_how`

func scan(s db.Scanner) (c Consent, err error) {
	var fields string
	var version, until, made, given, expires, revoked int64
	err = s.Scan(&c.Org, &c.ID, &c.Subject, &c.Purpose, &c.Recipient, &fields, &c.Channel, &c.Language, &version, &c.How, &c.Interpreter, &c.Witness,
		&c.Proxy.Relation, &c.Proxy.Scope, &until, &c.Receipt, &c.State, &made, &given, &expires, &revoked, &c.Ending)
	c.Fields, c.Version = splitFields(fields), int(version)
	c.Proxy.Until, c.MadeAt, c.GivenAt, c.ExpiresAt, c.RevokedAt = db.Time(until), db.Time(made), db.Time(given), db.Time(expires), db.Time(revoked)
	return c, err
}

func insert(ctx context.Context, tx *db.Tx, c Consent) error {
	_, err := tx.Exec(ctx, `INSERT INTO consent (`+columns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22)`, values(c)...)
	return err
}

// update writes the whole row: states move rarely, and a partial update is a partial truth.
func update(ctx context.Context, tx *db.Tx, c Consent) error {
	n, err := tx.Exec(ctx, `UPDATE consent SET subject_id=$3, purpose=$4, recipient=$5, fields=$6, channel=$7, language=$8, wording_version=$9,
		how=$10, interpreter=$11, witness=$12, proxy_relation=$13, proxy_scope=$14, proxy_until=$15, receipt=$16, state=$17, made_at=$18,
		given_at=$19, expires_at=$20, revoked_at=$21, revoked_how=$22 WHERE org_id=$1 AND id=$2`, values(c)...)
	if err == nil && n != 1 {
		err = fault.Missing("consent " + c.ID)
	}
	return err
}

func values(c Consent) []any {
	return []any{c.Org, c.ID, c.Subject, string(c.Purpose), c.Recipient, joinFields(c.Fields), string(c.Channel), c.Language, int64(c.Version),
		string(c.How), string(c.Interpreter), string(c.Witness), string(c.Proxy.Relation), string(c.Proxy.Scope), db.Micros(c.Proxy.Until),
		c.Receipt, string(c.State), db.Micros(c.MadeAt), db.Micros(c.GivenAt), db.Micros(c.ExpiresAt), db.Micros(c.RevokedAt), string(c.Ending)}
}

func remove(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM consent WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	return err
}

func removeDrafts(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM consent WHERE org_id=$1 AND state='draft' AND made_at <= $2`, tx.Org(), db.Micros(before))
	return err
}

func byID(ctx context.Context, tx *db.Tx, id string) (Consent, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM consent WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func bySubject(ctx context.Context, tx *db.Tx, subject string) ([]Consent, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM consent WHERE org_id=$1 AND subject_id=$2 AND subject_id <> ''
		ORDER BY made_at DESC, id DESC`, tx.Org(), subject)
}

func byReceipt(ctx context.Context, tx *db.Tx, receipt string) ([]Consent, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM consent WHERE org_id=$1 AND receipt=$2 AND state <> 'draft' ORDER BY made_at, id`, tx.Org(), receipt)
}

func active(ctx context.Context, tx *db.Tx, subject string, p Purpose, recipient string) ([]Consent, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM consent WHERE org_id=$1 AND subject_id=$2 AND purpose=$3 AND recipient=$4 AND state='active'`,
		tx.Org(), subject, string(p), recipient)
}

func activeOf(ctx context.Context, tx *db.Tx, subjects []string) ([]Consent, error) {
	args := []any{tx.Org()}
	for _, s := range subjects {
		args = append(args, s)
	}
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM consent WHERE org_id=$1 AND subject_id IN (`+db.Marks(2, len(subjects))+`) AND state='active'
		ORDER BY made_at DESC, id DESC`, args...)
}

func overdue(ctx context.Context, tx *db.Tx, now time.Time) ([]Consent, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM consent WHERE org_id=$1 AND state='active' AND expires_at <= $2 ORDER BY expires_at, id`,
		tx.Org(), db.Micros(now))
}
