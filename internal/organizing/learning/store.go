// Every SQL statement of the room.
package learning

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/db"
)

const curriculumColumns = `id, state, version, draft, changed, edition`

func scanCurriculum(s db.Scanner) (c Curriculum, err error) {
	var draft string
	if err = s.Scan(&c.ID, &c.State, &c.Version, &draft, &c.Changed, &c.Edition); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(draft), &c.Draft)
}

func putCurriculum(ctx context.Context, tx *db.Tx, c Curriculum, made time.Time) error {
	draft, err := json.Marshal(c.Draft)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO learning_curriculum (org_id, `+curriculumColumns+`, made_at) VALUES (`+db.Marks(1, 8)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET state=excluded.state, version=excluded.version, draft=excluded.draft, changed=excluded.changed, edition=excluded.edition`,
		tx.Org(), c.ID, string(c.State), c.Version, string(draft), c.Changed, c.Edition, db.Micros(made))
	return err
}

func curriculumByID(ctx context.Context, tx *db.Tx, id string) (Curriculum, error) {
	return db.Get(ctx, tx, scanCurriculum, `SELECT `+curriculumColumns+` FROM learning_curriculum WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func allCurricula(ctx context.Context, tx *db.Tx) ([]Curriculum, error) {
	return db.Select(ctx, tx, scanCurriculum, `SELECT `+curriculumColumns+` FROM learning_curriculum WHERE org_id=$1 ORDER BY id`, tx.Org())
}

func putVersion(ctx context.Context, tx *db.Tx, curriculum string, n int64, c Content, at time.Time) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO learning_version (org_id, curriculum_id, version, content, published_at) VALUES (`+db.Marks(1, 5)+`)`,
		tx.Org(), curriculum, n, string(text), db.Micros(at))
	return err
}

func scanContent(s db.Scanner) (c Content, err error) {
	var text string
	if err = s.Scan(&text); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(text), &c)
}

func versionOf(ctx context.Context, tx *db.Tx, curriculum string, n int64) (Content, error) {
	return db.Get(ctx, tx, scanContent, `SELECT content FROM learning_version WHERE org_id=$1 AND curriculum_id=$2 AND version=$3`, tx.Org(), curriculum, n)
}

const trainingColumns = `id, curriculum_id, version, at, minutes, place, language, state, account_id, others, encounter_id, edition`

func scanTraining(s db.Scanner) (t Training, err error) {
	var at int64
	err = s.Scan(&t.ID, &t.Curriculum, &t.Version, &at, &t.Minutes, &t.Place, &t.Language, &t.State, &t.Account, &t.Others, &t.Encounter, &t.Edition)
	t.At = db.Time(at)
	return t, err
}

func putTraining(ctx context.Context, tx *db.Tx, t Training) error {
	_, err := tx.Exec(ctx, `INSERT INTO learning_training (org_id, `+trainingColumns+`) VALUES (`+db.Marks(1, 13)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET at=excluded.at, minutes=excluded.minutes, place=excluded.place, language=excluded.language, state=excluded.state,
		others=excluded.others, encounter_id=excluded.encounter_id, edition=excluded.edition`,
		tx.Org(), t.ID, t.Curriculum, t.Version, db.Micros(t.At), int64(t.Minutes), t.Place, t.Language, string(t.State), t.Account, int64(t.Others), t.Encounter, t.Edition)
	return err
}

func trainingByID(ctx context.Context, tx *db.Tx, id string) (Training, error) {
	return db.Get(ctx, tx, scanTraining, `SELECT `+trainingColumns+` FROM learning_training WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// trainingsSince are those from a time on, the next first.
func trainingsSince(ctx context.Context, tx *db.Tx, from time.Time, limit int) ([]Training, error) {
	return db.Select(ctx, tx, scanTraining, `SELECT `+trainingColumns+` FROM learning_training WHERE org_id=$1 AND at>=$2 ORDER BY at, id LIMIT $3`,
		tx.Org(), db.Micros(from), int64(limit))
}

// trainingsBefore are those before a time, the latest first.
func trainingsBefore(ctx context.Context, tx *db.Tx, before time.Time, limit int) ([]Training, error) {
	return db.Select(ctx, tx, scanTraining, `SELECT `+trainingColumns+` FROM learning_training WHERE org_id=$1 AND at<$2 ORDER BY at DESC, id DESC LIMIT $3`,
		tx.Org(), db.Micros(before), int64(limit))
}

// trainingsOf are those of a person, who may have several rows.
func trainingsOf(ctx context.Context, tx *db.Tx, rows []string) ([]Training, error) {
	return db.Select(ctx, tx, scanTraining, `SELECT `+trainingColumns+` FROM learning_training WHERE org_id=$1 AND id IN
		(SELECT training_id FROM learning_present WHERE org_id=$1 AND person_id IN (`+db.Marks(2, len(rows))+`)) ORDER BY at DESC, id DESC`, withOrg(tx, rows)...)
}

func withOrg(tx *db.Tx, ids []string) []any {
	args := []any{tx.Org()}
	for _, id := range ids {
		args = append(args, id)
	}
	return args
}

func scanAttendance(s db.Scanner) (a Attendance, err error) {
	err = s.Scan(&a.Person, &a.Trainer)
	return a, err
}

func presentAt(ctx context.Context, tx *db.Tx, training string) ([]Attendance, error) {
	return db.Select(ctx, tx, scanAttendance, `SELECT person_id, trainer FROM learning_present WHERE org_id=$1 AND training_id=$2 ORDER BY person_id`, tx.Org(), training)
}

func putPresent(ctx context.Context, tx *db.Tx, training string, a Attendance) error {
	_, err := tx.Exec(ctx, `INSERT INTO learning_present (org_id, training_id, person_id, trainer) VALUES ($1,$2,$3,$4)
		ON CONFLICT (org_id, training_id, person_id) DO UPDATE SET trainer=excluded.trainer`, tx.Org(), training, a.Person, a.Trainer)
	return err
}

func dropPresent(ctx context.Context, tx *db.Tx, training, person string) error {
	_, err := tx.Exec(ctx, `DELETE FROM learning_present WHERE org_id=$1 AND training_id=$2 AND person_id=$3`, tx.Org(), training, person)
	return err
}

const signedColumns = `id, person_id, skill, encounter_id, seen_at, signed_by, signed_at`

func scanSigned(s db.Scanner) (k Signed, err error) {
	var seen, at int64
	err = s.Scan(&k.ID, &k.Person, &k.Skill, &k.Encounter, &seen, &k.By, &at)
	k.Seen, k.At = db.Time(seen), db.Time(at)
	return k, err
}

func putSigned(ctx context.Context, tx *db.Tx, k Signed) error {
	_, err := tx.Exec(ctx, `INSERT INTO learning_skill (org_id, `+signedColumns+`) VALUES (`+db.Marks(1, 8)+`)`,
		tx.Org(), k.ID, k.Person, string(k.Skill), k.Encounter, db.Micros(k.Seen), k.By, db.Micros(k.At))
	return err
}

func signedByID(ctx context.Context, tx *db.Tx, id string) (Signed, error) {
	return db.Get(ctx, tx, scanSigned, `SELECT `+signedColumns+` FROM learning_skill WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// signedOf is what a person, who may have several rows, has shown: each skill once.
func signedOf(ctx context.Context, tx *db.Tx, person string) (out []Signed, err error) {
	if person == "" {
		return nil, nil
	}
	rows, err := people.Rows(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	list, err := db.Select(ctx, tx, scanSigned, `SELECT `+signedColumns+` FROM learning_skill WHERE org_id=$1 AND person_id IN (`+db.Marks(2, len(rows))+`) ORDER BY seen_at, id`,
		withOrg(tx, rows)...)
	for _, k := range list {
		if !slices.ContainsFunc(out, func(o Signed) bool { return o.Skill == k.Skill }) {
			out = append(out, k)
		}
	}
	return out, err
}

func dropSigned(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM learning_skill WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	return err
}

// forget counts a person among those without a name at trainings that were held.
func forget(ctx context.Context, tx *db.Tx, person string) error {
	for _, q := range []string{
		`UPDATE learning_training SET others = others + 1 WHERE org_id=$1 AND state='held' AND id IN (SELECT training_id FROM learning_present WHERE org_id=$1 AND person_id=$2)`,
		`DELETE FROM learning_present WHERE org_id=$1 AND person_id=$2`,
		`DELETE FROM learning_skill WHERE org_id=$1 AND person_id=$2`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), person); err != nil {
			return err
		}
	}
	return nil
}
