// Every SQL statement about notes and settings.
package people

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// noteRow is the sealed note of one person's line of an encounter.
type noteRow struct {
	encounter, person, sealed string
	version                   int64
}

func setNote(ctx context.Context, tx *db.Tx, encounter, person, sealed string, version int64) error {
	n, err := tx.Exec(ctx, `UPDATE people_present SET sealed=$4, sealed_version=$5 WHERE org_id=$1 AND encounter_id=$2 AND person_id=$3`, tx.Org(), encounter, person, sealed, version)
	if err == nil && n == 0 {
		err = fault.Missing("present")
	}
	return err
}

// noteOf is the line of the person a one-to-one was with.
func noteOf(ctx context.Context, tx *db.Tx, encounter string) (noteRow, error) {
	return db.Get(ctx, tx, func(sc db.Scanner) (l noteRow, err error) {
		err = sc.Scan(&l.encounter, &l.person, &l.sealed, &l.version)
		return l, err
	}, `SELECT encounter_id, person_id, sealed, sealed_version FROM people_present WHERE org_id=$1 AND encounter_id=$2 AND role<>'led' ORDER BY person_id LIMIT 1`, tx.Org(), encounter)
}

// notesOf lists the one-to-ones with notes about these rows, the newest first.
func notesOf(ctx context.Context, tx *db.Tx, people []string) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT p.encounter_id FROM people_present p JOIN people_encounter e ON e.org_id=p.org_id AND e.id=p.encounter_id
		WHERE p.org_id=$1 AND p.person_id IN (`+db.Marks(2, len(people))+`) AND p.sealed<>'' AND e.kind='one_to_one' AND p.role<>'led' ORDER BY p.at DESC, p.encounter_id DESC LIMIT 100`,
		withOrg(tx, people)...)
}

func practiceOf(ctx context.Context, tx *db.Tx, account string) (Practice, error) {
	p, err := db.Get(ctx, tx, func(sc db.Scanner) (p Practice, err error) {
		err = sc.Scan(&p.Weekly, &p.OpenMost, &p.Supervisor)
		return p, err
	}, `SELECT weekly, open_most, supervisor FROM people_practice WHERE org_id=$1 AND account_id=$2`, tx.Org(), account)
	if fault.Is(err, fault.NotFound) {
		return UsualPractice(), nil
	}
	return p, err
}

func putPractice(ctx context.Context, tx *db.Tx, account string, p Practice) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_practice (org_id, account_id, weekly, open_most, supervisor) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (org_id, account_id) DO UPDATE SET weekly=excluded.weekly, open_most=excluded.open_most, supervisor=excluded.supervisor`,
		tx.Org(), account, int64(p.Weekly), int64(p.OpenMost), p.Supervisor)
	return err
}

func labels(ctx context.Context, tx *db.Tx) (map[Rung]string, error) {
	out := map[Rung]string{}
	_, err := db.Select(ctx, tx, func(sc db.Scanner) (r Rung, err error) {
		var label string
		if err = sc.Scan(&r, &label); err == nil && label != "" {
			out[r] = label
		}
		return r, err
	}, `SELECT rung, label FROM people_label WHERE org_id=$1`, tx.Org())
	return out, err
}

func putLabel(ctx context.Context, tx *db.Tx, r Rung, label string) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_label (org_id, rung, label) VALUES ($1,$2,$3) ON CONFLICT (org_id, rung) DO UPDATE SET label=excluded.label`, tx.Org(), string(r), label)
	return err
}
