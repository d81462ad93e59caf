// Every SQL statement about accounts, roles and organizations. Functions take
// the transaction; texts are sealed before and opened after it.

package account

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// row is an account as stored.
type row struct {
	Account
	sealedText string
}

const accountColumns = `a.org_id, a.id, a.sealed, a.sealed_version, a.language, a.handle, a.token_version, a.created_at, a.disabled_at`

func scanAccount(s db.Scanner) (r row, err error) {
	var created, disabled int64
	err = s.Scan(&r.Org, &r.ID, &r.sealedText, &r.sealed, &r.Language, &r.handle, &r.version, &created, &disabled)
	r.Created, r.Disabled = db.Time(created), db.Time(disabled)
	return r, err
}

func insertAccount(ctx context.Context, tx *db.Tx, a Account, blind, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO account (org_id, id, email_blind, sealed, sealed_version, language, handle, token_version, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)`,
		a.Org, a.ID, blind, sealed, a.sealed, a.Language, a.handle, db.Micros(a.Created))
	if fault.Is(err, fault.Conflict) {
		return fault.Wrong(fault.At("email", "account.email.taken"))
	}
	return err
}

func updateSealed(ctx context.Context, tx *db.Tx, org, account, sealed string, version int64, language string) error {
	n, err := tx.Exec(ctx, `UPDATE account SET sealed = $3, sealed_version = $4, language = $5
		WHERE org_id = $1 AND id = $2 AND sealed_version = $4 - 1`, org, account, sealed, version, language)
	if err == nil && n == 0 {
		return fault.Clash("fault.conflict")
	}
	return err
}

func getAccount(ctx context.Context, tx *db.Tx, org, account string) (row, error) {
	r, err := db.Get(ctx, tx, scanAccount, `SELECT `+accountColumns+` FROM account a WHERE a.org_id = $1 AND a.id = $2`, org, account)
	if err != nil {
		return r, err
	}
	r.Roles, err = roles(ctx, tx, org, account)
	return r, err
}

func listAccounts(ctx context.Context, tx *db.Tx, org string) ([]row, error) {
	list, err := db.Select(ctx, tx, scanAccount, `SELECT `+accountColumns+` FROM account a WHERE a.org_id = $1 ORDER BY a.created_at, a.id`, org)
	if err != nil {
		return nil, err
	}
	type owned struct {
		account string
		Role
	}
	all, err := db.Select(ctx, tx, func(s db.Scanner) (o owned, err error) {
		err = s.Scan(&o.account, &o.Role.Role, &o.Group)
		return o, err
	}, `SELECT account_id, role, group_id FROM account_role WHERE org_id = $1 ORDER BY role`, org)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, r := range list {
		at[r.ID] = i
	}
	for _, o := range all {
		i := at[o.account]
		list[i].Roles = append(list[i].Roles, o.Role)
	}
	return list, nil
}

func scanRole(s db.Scanner) (r Role, err error) { err = s.Scan(&r.Role, &r.Group); return r, err }

func roles(ctx context.Context, tx *db.Tx, org, account string) ([]Role, error) {
	return db.Select(ctx, tx, scanRole, `SELECT role, group_id FROM account_role WHERE org_id = $1 AND account_id = $2 ORDER BY role`, org, account)
}

func insertRole(ctx context.Context, tx *db.Tx, rowID, org, account string, r Role, at int64, by string) error {
	_, err := tx.Exec(ctx, `INSERT INTO account_role (org_id, id, account_id, role, group_id, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, org, rowID, account, string(r.Role), r.Group, at, by)
	return err
}

func deleteRoles(ctx context.Context, tx *db.Tx, org, account string) error {
	_, err := tx.Exec(ctx, `DELETE FROM account_role WHERE org_id = $1 AND account_id = $2`, org, account)
	return err
}

// activeAdmins counts the administrators who could still sign in.
func activeAdmins(ctx context.Context, tx *db.Tx, org string) (int64, error) {
	return db.One[int64](ctx, tx, `SELECT COUNT(*) FROM account_role r JOIN account a ON a.org_id = r.org_id AND a.id = r.account_id
		WHERE r.org_id = $1 AND r.role = $2 AND a.disabled_at = 0`, org, string(access.Admin))
}

// endSessions makes every session and pending ticket of the account worthless, in the same transaction as the reason.
func endSessions(ctx context.Context, tx *db.Tx, org, account string) error {
	if _, err := tx.Exec(ctx, `UPDATE account SET token_version = token_version + 1 WHERE org_id = $1 AND id = $2`, org, account); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM account_ticket WHERE org_id = $1 AND account_id = $2`, org, account); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM account_session WHERE org_id = $1 AND account_id = $2`, org, account)
	return err
}

const organizationColumns = `org_id, name, language, zone, created_at`

func scanOrganization(s db.Scanner) (o Organization, err error) {
	var created int64
	err = s.Scan(&o.ID, &o.Name, &o.Language, &o.Zone, &created)
	o.Created = db.Time(created)
	return o, err
}

func insertOrganization(ctx context.Context, tx *db.Tx, o Organization) error {
	_, err := tx.Exec(ctx, `INSERT INTO organization (org_id, id, name, language, zone, created_at) VALUES ($1, $1, $2, $3, $4, $5)`,
		o.ID, o.Name, o.Language, o.Zone, db.Micros(o.Created))
	return err
}

func organizations(ctx context.Context, tx *db.Tx) ([]Organization, error) {
	return db.Select(ctx, tx, scanOrganization, `SELECT `+organizationColumns+` FROM organization ORDER BY created_at, org_id`)
}

func getOrganization(ctx context.Context, tx *db.Tx, org string) (Organization, error) {
	return db.Get(ctx, tx, scanOrganization, `SELECT `+organizationColumns+` FROM organization WHERE org_id = $1`, org)
}

func insertSite(ctx context.Context, tx *db.Tx, org string, site Site, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO site (org_id, id, name, created_at) VALUES ($1, $2, $3, $4)`, org, site.ID, site.Name, at)
	return err
}

func setPassword(ctx context.Context, tx *db.Tx, org, account, hash string, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO account_password (org_id, id, hash, changed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (org_id, id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`, org, account, hash, at)
	return err
}

func setTOTP(ctx context.Context, tx *db.Tx, org, account, sealed string, version, step, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO account_totp (org_id, id, sealed, sealed_version, last_step, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (org_id, id) DO UPDATE SET sealed = excluded.sealed, sealed_version = excluded.sealed_version,
			last_step = excluded.last_step, created_at = excluded.created_at`, org, account, sealed, version, step, at)
	return err
}

type totpRow struct {
	sealed  string
	version int64
	last    int64
}

func getTOTP(ctx context.Context, tx *db.Tx, org, account string) (totpRow, error) {
	return db.Get(ctx, tx, func(s db.Scanner) (t totpRow, err error) {
		err = s.Scan(&t.sealed, &t.version, &t.last)
		return t, err
	}, `SELECT sealed, sealed_version, last_step FROM account_totp WHERE org_id = $1 AND id = $2`, org, account)
}

// useStep spends a code's time step; false when it or a later one was spent before.
func useStep(ctx context.Context, tx *db.Tx, org, account string, step int64) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE account_totp SET last_step = $3 WHERE org_id = $1 AND id = $2 AND last_step < $3`, org, account, step)
	return n == 1, err
}

// useRecovery spends a recovery code; false when there is no such unused code.
func useRecovery(ctx context.Context, tx *db.Tx, org, account, hash string, at int64) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE account_recovery SET used_at = $4
		WHERE org_id = $1 AND account_id = $2 AND code_hash = $3 AND used_at = 0`, org, account, hash, at)
	return n == 1, err
}

func replaceRecovery(ctx context.Context, tx *db.Tx, org, account string, codes []recovery) error {
	if _, err := tx.Exec(ctx, `DELETE FROM account_recovery WHERE org_id = $1 AND account_id = $2`, org, account); err != nil {
		return err
	}
	for _, c := range codes {
		if _, err := tx.Exec(ctx, `INSERT INTO account_recovery (org_id, id, account_id, code_hash) VALUES ($1, $2, $3, $4)`,
			org, c.id, account, c.hash); err != nil {
			return err
		}
	}
	return nil
}

// deleteFactors leaves an account without any way in but a renewal link.
func deleteFactors(ctx context.Context, tx *db.Tx, org, account string) error {
	for _, q := range []string{
		`DELETE FROM account_password WHERE org_id = $1 AND id = $2`,
		`DELETE FROM account_totp WHERE org_id = $1 AND id = $2`,
		`DELETE FROM account_recovery WHERE org_id = $1 AND account_id = $2`,
		`DELETE FROM account_passkey WHERE org_id = $1 AND account_id = $2`,
	} {
		if _, err := tx.Exec(ctx, q, org, account); err != nil {
			return err
		}
	}
	return nil
}

// recovery is one code as stored: a hash that also binds the account.
type recovery struct{ id, hash string }

func recoveryHash(account, code string) string { return id.Hash(account + "\x00" + id.ParseCode(code)) }
