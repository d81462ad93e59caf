// Every SQL statement about sessions, relationships and a person's own words, and
// the emptying of everything about a person.
package people

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

type session struct {
	org, person string
	made, seen  time.Time
}

func insertSession(ctx context.Context, tx *db.Tx, hash, person string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_session (org_id, token_hash, person_id, made_at, seen_at) VALUES ($1,$2,$3,$4,$4)`, tx.Org(), hash, person, db.Micros(now))
	return err
}

func sessionByHash(ctx context.Context, tx *db.Tx, hash string) (session, error) {
	return db.Get(ctx, tx, func(sc db.Scanner) (v session, err error) {
		var made, seen int64
		err = sc.Scan(&v.org, &v.person, &made, &seen)
		v.made, v.seen = db.Time(made), db.Time(seen)
		return v, err
	}, `SELECT org_id, person_id, made_at, seen_at FROM people_session WHERE token_hash=$1`, hash)
}

func seeSession(ctx context.Context, tx *db.Tx, hash string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE people_session SET seen_at=$3 WHERE org_id=$1 AND token_hash=$2`, tx.Org(), hash, db.Micros(now))
	return err
}

func endSession(ctx context.Context, tx *db.Tx, hash string) error {
	_, err := tx.Exec(ctx, `DELETE FROM people_session WHERE token_hash=$1`, hash)
	return err
}

func endSessions(ctx context.Context, tx *db.Tx, person string) error {
	_, err := tx.Exec(ctx, `DELETE FROM people_session WHERE org_id=$1 AND person_id=$2`, tx.Org(), person)
	return err
}

func oldSessions(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM people_session WHERE seen_at<$1`, db.Micros(before))
	return err
}

// byCode finds whose code it is, in any organization.
func byCode(ctx context.Context, tx *db.Tx, hash string) (org, person string, err error) {
	person, err = db.Get(ctx, tx, func(sc db.Scanner) (p string, err error) {
		err = sc.Scan(&org, &p)
		return p, err
	}, `SELECT org_id, id FROM people_person WHERE code_hash=$1 AND code_hash<>'' LIMIT 1`, hash)
	return org, person, err
}

func tiesOf(ctx context.Context, tx *db.Tx, group []string) ([]tieRow, error) {
	n := len(group)
	return db.Select(ctx, tx, func(sc db.Scanner) (t tieRow, err error) {
		var since int64
		err = sc.Scan(&t.from, &t.to, &t.kind, &since)
		t.since = db.Time(since)
		return t, err
	}, `SELECT from_person, to_person, kind, since FROM people_tie WHERE org_id=$1 AND (from_person IN (`+db.Marks(2, n)+`) OR to_person IN (`+db.Marks(2, n)+`)) ORDER BY since DESC, from_person, to_person LIMIT 300`,
		withOrg(tx, group)...)
}

func putTie(ctx context.Context, tx *db.Tx, t tieRow, account string, gone bool) error {
	if gone {
		_, err := tx.Exec(ctx, `DELETE FROM people_tie WHERE org_id=$1 AND kind=$4 AND (from_person=$2 AND to_person=$3 OR $4='knows' AND from_person=$3 AND to_person=$2)`, tx.Org(), t.from, t.to, string(t.kind))
		return err
	}
	if t.kind == Knows && t.to < t.from { // both ways, one row
		t.from, t.to = t.to, t.from
	}
	_, err := tx.Exec(ctx, `INSERT INTO people_tie (org_id, from_person, to_person, kind, account_id, since) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (org_id, from_person, to_person, kind) DO NOTHING`,
		tx.Org(), t.from, t.to, string(t.kind), account, db.Micros(t.since))
	return err
}

type stretch struct {
	sealed  string
	version int64
	at      time.Time
}

func stretchOf(ctx context.Context, tx *db.Tx, person string) (stretch, error) {
	v, err := db.Get(ctx, tx, func(sc db.Scanner) (v stretch, err error) {
		var at int64
		err = sc.Scan(&v.sealed, &v.version, &at)
		v.at = db.Time(at)
		return v, err
	}, `SELECT sealed, version, changed_at FROM people_stretch WHERE org_id=$1 AND person_id=$2`, tx.Org(), person)
	if fault.Is(err, fault.NotFound) {
		return stretch{}, nil
	}
	return v, err
}

func putStretch(ctx context.Context, tx *db.Tx, person string, v stretch) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_stretch (org_id, person_id, sealed, version, changed_at) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (org_id, person_id) DO UPDATE SET sealed=excluded.sealed, version=excluded.version, changed_at=excluded.changed_at`, tx.Org(), person, v.sealed, v.version, db.Micros(v.at))
	return err
}

// emptyPerson removes everything about one row of a person. Encounters stay as
// counts: whoever was there is one more without a name.
func emptyPerson(ctx context.Context, tx *db.Tx, person string) error {
	for _, q := range []string{
		`UPDATE people_encounter SET others=others+1 WHERE org_id=$1 AND id IN (SELECT encounter_id FROM people_present WHERE org_id=$1 AND person_id=$2)`,
		`DELETE FROM people_present WHERE org_id=$1 AND person_id=$2`,
		`DELETE FROM people_commitment WHERE org_id=$1 AND person_id=$2`,
		`UPDATE people_commitment SET to_person='' WHERE org_id=$1 AND to_person=$2`,
		`DELETE FROM people_belongs WHERE org_id=$1 AND person_id=$2`,
		`DELETE FROM people_tie WHERE org_id=$1 AND (from_person=$2 OR to_person=$2)`,
		`DELETE FROM people_stretch WHERE org_id=$1 AND person_id=$2`,
		`DELETE FROM people_session WHERE org_id=$1 AND person_id=$2`,
		`DELETE FROM people_seen WHERE org_id=$1 AND person_id=$2`,
		`DELETE FROM people_tick WHERE org_id=$1 AND person_id=$2`,
		`DELETE FROM people_merge WHERE org_id=$1 AND (survivor=$2 OR taken=$2)`,
		`UPDATE people_batch_row SET twin='' WHERE org_id=$1 AND twin=$2`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), person); err != nil {
			return err
		}
	}
	return nil
}
