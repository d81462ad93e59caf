// Every SQL statement about encounters and commitments.
package people

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

const encounterColumns = `id, kind, purpose, state, at, minutes, place, language, led_by, account_id, ref, others, readers, version`

func scanEncounter(s db.Scanner) (e Encounter, err error) {
	var at int64
	err = s.Scan(&e.ID, &e.Kind, &e.Purpose, &e.State, &at, &e.Minutes, &e.Place, &e.Language, &e.LedBy, &e.Account, &e.Ref, &e.Others, &e.Readers, &e.Version)
	e.At = db.Time(at)
	return e, err
}

func putEncounter(ctx context.Context, tx *db.Tx, e Encounter, now int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_encounter (org_id, `+encounterColumns+`, made_at) VALUES (`+db.Marks(1, 16)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET kind=excluded.kind, purpose=excluded.purpose, state=excluded.state, at=excluded.at, minutes=excluded.minutes,
		place=excluded.place, language=excluded.language, led_by=excluded.led_by, others=excluded.others, readers=excluded.readers, version=excluded.version`,
		tx.Org(), e.ID, string(e.Kind), string(e.Purpose), string(e.State), db.Micros(e.At), int64(e.Minutes), e.Place, e.Language, string(e.LedBy), e.Account, e.Ref,
		int64(e.Others), string(e.Readers), e.Version, now)
	return err
}

func encounterByID(ctx context.Context, tx *db.Tx, id string) (Encounter, error) {
	return db.Get(ctx, tx, scanEncounter, `SELECT `+encounterColumns+` FROM people_encounter WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func encounterByRef(ctx context.Context, tx *db.Tx, ref string) (e Encounter, found bool, err error) {
	e, err = db.Get(ctx, tx, scanEncounter, `SELECT `+encounterColumns+` FROM people_encounter WHERE org_id=$1 AND ref=$2`, tx.Org(), ref)
	if fault.Is(err, fault.NotFound) {
		return e, false, nil
	}
	return e, err == nil, err
}

func putPresent(ctx context.Context, tx *db.Tx, e Encounter, p Presence) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_present (org_id, encounter_id, person_id, role, at, sealed, sealed_version) VALUES ($1,$2,$3,$4,$5,'',0)
		ON CONFLICT (org_id, encounter_id, person_id) DO UPDATE SET role=excluded.role, at=excluded.at`, tx.Org(), e.ID, p.Person, string(p.Role), db.Micros(e.At))
	return err
}

func dropPresent(ctx context.Context, tx *db.Tx, encounter, person string) error {
	_, err := tx.Exec(ctx, `DELETE FROM people_present WHERE org_id=$1 AND encounter_id=$2 AND person_id=$3`, tx.Org(), encounter, person)
	return err
}

func presentAt(ctx context.Context, tx *db.Tx, encounter string) ([]Presence, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (p Presence, err error) {
		err = s.Scan(&p.Person, &p.Role)
		return p, err
	}, `SELECT person_id, role FROM people_present WHERE org_id=$1 AND encounter_id=$2 ORDER BY person_id`, tx.Org(), encounter)
}

func hasMet(ctx context.Context, tx *db.Tx, account, person string) (bool, error) {
	group, err := groupOf(ctx, tx, person)
	if err != nil {
		return false, err
	}
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM people_present p JOIN people_encounter e ON e.org_id=p.org_id AND e.id=p.encounter_id
		WHERE p.org_id=$1 AND e.account_id=$2 AND e.kind='one_to_one' AND p.person_id IN (`+db.Marks(3, len(group))+`)`,
		append([]any{tx.Org(), account}, withOrg(tx, group)[1:]...)...)
	return n > 0, err
}

const commitmentColumns = `id, person_id, account_id, to_person, to_account, encounter_id, ref, due_at, state, instead_of, remind, made_at, ended_at, sealed, version`

// promise is a commitment as stored.
type promise struct {
	Commitment
	sealed  string
	version int64
}

func scanPromise(s db.Scanner) (p promise, err error) {
	var due, made, ended int64
	err = s.Scan(&p.ID, &p.Person, &p.Account, &p.ToPerson, &p.ToAccount, &p.Encounter, &p.Ref, &due, &p.State, &p.InsteadOf, &p.Remind, &made, &ended, &p.sealed, &p.version)
	p.Due, p.Made, p.Ended = db.Time(due), db.Time(made), db.Time(ended)
	return p, err
}

func putPromise(ctx context.Context, tx *db.Tx, p promise) error {
	_, err := tx.Exec(ctx, `INSERT INTO people_commitment (org_id, `+commitmentColumns+`) VALUES (`+db.Marks(1, 16)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET due_at=excluded.due_at, state=excluded.state, remind=excluded.remind, ended_at=excluded.ended_at,
		sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), p.ID, p.Person, p.Account, p.ToPerson, p.ToAccount, p.Encounter, p.Ref, db.Micros(p.Due), string(p.State), p.InsteadOf, p.Remind, db.Micros(p.Made),
		db.Micros(p.Ended), p.sealed, p.version)
	return err
}

func promiseByID(ctx context.Context, tx *db.Tx, id string) (promise, error) {
	return db.Get(ctx, tx, scanPromise, `SELECT `+commitmentColumns+` FROM people_commitment WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func promisesWhere(ctx context.Context, tx *db.Tx, where string, args ...any) ([]promise, error) {
	return db.Select(ctx, tx, scanPromise, `SELECT `+commitmentColumns+` FROM people_commitment WHERE org_id=$1 AND `+where+` ORDER BY due_at, id`, append([]any{tx.Org()}, args...)...)
}
