// Every SQL statement about persons and institutions; encounters and commitments
// are in storetogether.go.
package people

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// row is a person as stored.
type row struct {
	id                             string
	state                          State
	source                         Source
	owner, account                 string
	joined, last, oneToOne, rest   time.Time
	mergedInto, codeHash           string
	phoneBlind, emailBlind, sealed string
	version                        int64
}

const rowColumns = `id, state, source, owner, account_id, joined_at, last_at, one_to_one_at, rest_until, merged_into, code_hash, phone_blind, email_blind, sealed, sealed_version`

func scanRow(s db.Scanner) (r row, err error) {
	var joined, last, one, rest int64
	err = s.Scan(&r.id, &r.state, &r.source, &r.owner, &r.account, &joined, &last, &one, &rest, &r.mergedInto, &r.codeHash, &r.phoneBlind, &r.emailBlind, &r.sealed, &r.version)
	r.joined, r.last, r.oneToOne, r.rest = db.Time(joined), db.Time(last), db.Time(one), db.Time(rest)
	return r, err
}

func (r *row) args(org string) []any {
	return []any{org, r.id, string(r.state), string(r.source), r.owner, r.account, db.Micros(r.joined), db.Micros(r.last), db.Micros(r.oneToOne), db.Micros(r.rest),
		r.mergedInto, r.codeHash, r.phoneBlind, r.emailBlind, r.sealed, r.version}
}

func (r *row) person(org string) Person {
	return Person{ID: r.id, Org: org, State: r.state, Source: r.source, Owner: r.owner, Account: r.account, Joined: r.joined, Last: r.last, OneToOne: r.oneToOne,
		RestUntil: r.rest, MergedInto: r.mergedInto, Version: r.version}
}

// Whoever writes a row says so in the row itself (changed), or the names held in
// memory stay old: insertRow, updateRow, touched, setBelongs and dropRow do.
func insertRow(ctx context.Context, tx *db.Tx, r row) error {
	n, err := nextChange(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO people_person (org_id, `+rowColumns+`, changed) VALUES (`+db.Marks(1, 17)+`)`, append(r.args(tx.Org()), n)...)
	return err
}

func updateRow(ctx context.Context, tx *db.Tx, r row) error {
	c, err := nextChange(ctx, tx)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE people_person SET state=$3, source=$4, owner=$5, account_id=$6, joined_at=$7, last_at=$8, one_to_one_at=$9, rest_until=$10,
		merged_into=$11, code_hash=$12, phone_blind=$13, email_blind=$14, sealed=$15, sealed_version=$16, changed=$17 WHERE org_id=$1 AND id=$2`,
		append(r.args(tx.Org()), c)...)
	if err == nil && n == 0 {
		return fault.Missing("person")
	}
	return err
}

func rowByID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM people_person WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func rowsByID(ctx context.Context, tx *db.Tx, ids []string) ([]row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := []any{tx.Org()}
	for _, id := range ids {
		args = append(args, id)
	}
	return db.Select(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM people_person WHERE org_id=$1 AND id IN (`+db.Marks(2, len(ids))+`)`, args...)
}

// dropRow deletes a person's row; names held in memory go with the next look.
func dropRow(ctx context.Context, tx *db.Tx, person string, now time.Time) error {
	if _, err := tx.Exec(ctx, `DELETE FROM people_person WHERE org_id=$1 AND id=$2`, tx.Org(), person); err != nil {
		return err
	}
	return gone(ctx, tx, person, now)
}

// gone says that a person must not be held in memory any more, on any replica.
func gone(ctx context.Context, tx *db.Tx, person string, now time.Time) error {
	c, err := nextChange(ctx, tx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM people_gone WHERE org_id=$1 AND at<$2`, tx.Org(), db.Micros(now.Add(-24*time.Hour))); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO people_gone (org_id, person_id, changed, at) VALUES ($1,$2,$3,$4)
		ON CONFLICT (org_id, person_id) DO UPDATE SET changed=excluded.changed, at=excluded.at`, tx.Org(), person, c, db.Micros(now))
	return err
}

// touched moves a person's dates forward after an encounter.
func touched(ctx context.Context, tx *db.Tx, person string, at time.Time, oneToOne bool) error {
	n, err := tx.Exec(ctx, `UPDATE people_person SET last_at=$3 WHERE org_id=$1 AND id=$2 AND last_at<$3`, tx.Org(), person, db.Micros(at))
	if err != nil {
		return err
	}
	var more int64
	if oneToOne {
		more, err = tx.Exec(ctx, `UPDATE people_person SET one_to_one_at=$3 WHERE org_id=$1 AND id=$2 AND one_to_one_at<$3`, tx.Org(), person, db.Micros(at))
	}
	if err != nil || n+more == 0 {
		return err
	}
	return markChanged(ctx, tx, person)
}

// nextChange counts a change of the organization's people and returns its number.
// Writers of one organization take turns, so whoever reads the count sees every
// row with a lower number.
func nextChange(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One[int64](ctx, tx, `INSERT INTO people_version (org_id, n) VALUES ($1, 1) ON CONFLICT (org_id) DO UPDATE SET n = people_version.n + 1 RETURNING n`, tx.Org())
}

func markChanged(ctx context.Context, tx *db.Tx, person string) error {
	c, err := nextChange(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE people_person SET changed=$3 WHERE org_id=$1 AND id=$2`, tx.Org(), person, c)
	return err
}

func rosterVersion(ctx context.Context, tx *db.Tx) (int64, error) {
	n, err := db.One[int64](ctx, tx, `SELECT n FROM people_version WHERE org_id=$1`, tx.Org())
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return n, err
}

func scanInstitution(s db.Scanner) (i Institution, err error) {
	err = s.Scan(&i.ID, &i.Name, &i.Kind, &i.Member, &i.Closed)
	return i, err
}

func institutions(ctx context.Context, tx *db.Tx) ([]Institution, error) {
	return db.Select(ctx, tx, scanInstitution, `SELECT id, name, kind, member, closed FROM people_institution WHERE org_id=$1 ORDER BY name, id`, tx.Org())
}

func saveInstitution(ctx context.Context, tx *db.Tx, i Institution) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_institution (org_id, id, name, kind, member, closed) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (org_id, id) DO UPDATE SET name=excluded.name, kind=excluded.kind, member=excluded.member, closed=excluded.closed`,
		tx.Org(), i.ID, i.Name, string(i.Kind), i.Member, i.Closed)
	return err
}

func setBelongs(ctx context.Context, tx *db.Tx, person string, institutions []string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM people_belongs WHERE org_id=$1 AND person_id=$2`, tx.Org(), person); err != nil {
		return err
	}
	for _, i := range institutions {
		if _, err := tx.Exec(ctx, `INSERT INTO people_belongs (org_id, person_id, institution_id) VALUES ($1,$2,$3)`, tx.Org(), person, i); err != nil {
			return err
		}
	}
	return markChanged(ctx, tx, person)
}

func belongsOf(ctx context.Context, tx *db.Tx, person string) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT institution_id FROM people_belongs WHERE org_id=$1 AND person_id=$2 ORDER BY institution_id`, tx.Org(), person)
}

func membersOf(ctx context.Context, tx *db.Tx, institution string) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT person_id FROM people_belongs WHERE org_id=$1 AND institution_id=$2 ORDER BY person_id`, tx.Org(), institution)
}

// firstSight reports which of these people the actor has not yet seen today, and remembers it.
func firstSight(ctx context.Context, tx *db.Tx, actor, day string, people []string) (fresh []string, err error) {
	if _, err := tx.Exec(ctx, `DELETE FROM people_seen WHERE org_id=$1 AND day<>$2`, tx.Org(), day); err != nil {
		return nil, err
	}
	for _, p := range people {
		n, err := tx.Exec(ctx, `INSERT INTO people_seen (org_id, actor, person_id, day) VALUES ($1,$2,$3,$4) ON CONFLICT DO NOTHING`, tx.Org(), actor, p, day)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			fresh = append(fresh, p)
		}
	}
	return fresh, nil
}

// personOf is the living person whose account this is, or empty.
func personOf(ctx context.Context, tx *db.Tx, account string) (string, error) {
	list, err := db.Column[string](ctx, tx, `SELECT id FROM people_person WHERE org_id=$1 AND account_id=$2 AND state IN ('active','resting') ORDER BY id LIMIT 1`, tx.Org(), account)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0], nil
}
