// Every SQL statement of the room.
package power

import (
	"context"
	"time"

	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/db"
)

// bodyRow is a body as stored.
type bodyRow struct {
	Body
	sealed  string
	version int64
	made    time.Time
}

func scanBody(s db.Scanner) (r bodyRow, err error) {
	var made int64
	err = s.Scan(&r.ID, &r.Kind, &made, &r.sealed, &r.version)
	r.made = db.Time(made)
	return r, err
}

func bodies(ctx context.Context, tx *db.Tx) ([]bodyRow, error) {
	return db.Select(ctx, tx, scanBody, `SELECT id, kind, made_at, sealed, version FROM power_body WHERE org_id=$1 ORDER BY id`, tx.Org())
}

func putBody(ctx context.Context, tx *db.Tx, r bodyRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO power_body (org_id, id, kind, made_at, sealed, version) VALUES (`+db.Marks(1, 6)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET kind=excluded.kind, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, r.Kind, db.Micros(r.made), r.sealed, r.version)
	return err
}

// officeRow is an office as stored.
type officeRow struct {
	Office
	made   time.Time
	sealed string
}

const officeColumns = `id, body_id, state, since, until, after_id, made_at, changed_at, sealed, version`

func scanOffice(s db.Scanner) (r officeRow, err error) {
	var since, until, made, changed int64
	err = s.Scan(&r.ID, &r.BodyID, &r.State, &since, &until, &r.After, &made, &changed, &r.sealed, &r.Version)
	r.Since, r.Until, r.made, r.Changed = db.Time(since), db.Time(until), db.Time(made), db.Time(changed)
	return r, err
}

func offices(ctx context.Context, tx *db.Tx) ([]officeRow, error) {
	return db.Select(ctx, tx, scanOffice, `SELECT `+officeColumns+` FROM power_office WHERE org_id=$1 ORDER BY id`, tx.Org())
}

func officeByID(ctx context.Context, tx *db.Tx, id string) (officeRow, error) {
	return db.Get(ctx, tx, scanOffice, `SELECT `+officeColumns+` FROM power_office WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func putOffice(ctx context.Context, tx *db.Tx, r officeRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO power_office (org_id, `+officeColumns+`) VALUES (`+db.Marks(1, 11)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET body_id=excluded.body_id, state=excluded.state, since=excluded.since, until=excluded.until, after_id=excluded.after_id,
		changed_at=excluded.changed_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, r.BodyID, string(r.State), db.Micros(r.Since), db.Micros(r.Until), r.After, db.Micros(r.made), db.Micros(r.Changed), r.sealed, r.Version)
	return err
}

// positionRow is a position as stored.
type positionRow struct {
	Position
	sealed string
}

const positionColumns = `id, issue_id, actor, at, stance, influence, made_at, sealed`

func scanPosition(s db.Scanner) (r positionRow, err error) {
	var at, made int64
	err = s.Scan(&r.ID, &r.Issue, &r.Actor, &at, &r.Stance, &r.Influence, &made, &r.sealed)
	r.At, r.Made = db.Time(at), db.Time(made)
	return r, err
}

func addPosition(ctx context.Context, tx *db.Tx, r positionRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO power_position (org_id, `+positionColumns+`) VALUES (`+db.Marks(1, 9)+`)`,
		tx.Org(), r.ID, r.Issue, r.Actor, db.Micros(r.At), int64(r.Stance), int64(r.Influence), db.Micros(r.Made), r.sealed)
	return err
}

func positionsOn(ctx context.Context, tx *db.Tx, issue string) ([]positionRow, error) {
	return db.Select(ctx, tx, scanPosition, `SELECT `+positionColumns+` FROM power_position WHERE org_id=$1 AND issue_id=$2 ORDER BY at DESC, made_at DESC, id DESC`, tx.Org(), issue)
}

func positionsOf(ctx context.Context, tx *db.Tx, actor string) ([]positionRow, error) {
	return db.Select(ctx, tx, scanPosition, `SELECT `+positionColumns+` FROM power_position WHERE org_id=$1 AND actor=$2 ORDER BY at DESC, made_at DESC, id DESC`, tx.Org(), actor)
}

// placed counts who is or was on the map of each issue.
func placed(ctx context.Context, tx *db.Tx) (map[string]int, error) {
	type pair struct {
		issue string
		n     int
	}
	list, err := db.Select(ctx, tx, func(s db.Scanner) (p pair, err error) {
		err = s.Scan(&p.issue, &p.n)
		return p, err
	}, `SELECT issue_id, COUNT(DISTINCT actor) FROM power_position WHERE org_id=$1 GROUP BY issue_id`, tx.Org())
	out := map[string]int{}
	for _, p := range list {
		out[p.issue] = p.n
	}
	return out, err
}

// tieRow is a tie as stored.
type tieRow struct {
	Tie
	sealed  string
	version int64
}

const tieColumns = `id, person_id, institution_id, until, made_at, sealed, version`

func scanTie(s db.Scanner) (r tieRow, err error) {
	var until, made int64
	err = s.Scan(&r.ID, &r.Person, &r.Institution, &until, &made, &r.sealed, &r.version)
	r.Until, r.Made = db.Time(until), db.Time(made)
	return r, err
}

func ties(ctx context.Context, tx *db.Tx) ([]tieRow, error) {
	return db.Select(ctx, tx, scanTie, `SELECT `+tieColumns+` FROM power_tie WHERE org_id=$1 ORDER BY id`, tx.Org())
}

func tieByID(ctx context.Context, tx *db.Tx, id string) (tieRow, error) {
	return db.Get(ctx, tx, scanTie, `SELECT `+tieColumns+` FROM power_tie WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// tiesHeld are those of a person under every row they were written down as.
func tiesHeld(ctx context.Context, tx *db.Tx, person string) ([]tieRow, error) {
	rows, err := people.Rows(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	args := []any{tx.Org()}
	for _, id := range rows {
		args = append(args, id)
	}
	return db.Select(ctx, tx, scanTie, `SELECT `+tieColumns+` FROM power_tie WHERE org_id=$1 AND person_id IN (`+db.Marks(2, len(rows))+`) ORDER BY id`, args...)
}

func addTie(ctx context.Context, tx *db.Tx, r tieRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO power_tie (org_id, `+tieColumns+`) VALUES (`+db.Marks(1, 8)+`)`,
		tx.Org(), r.ID, r.Person, r.Institution, db.Micros(r.Until), db.Micros(r.Made), r.sealed, r.version)
	return err
}

func dropTie(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM power_tie WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	return err
}

func dropTiesOf(ctx context.Context, tx *db.Tx, person string) error {
	_, err := tx.Exec(ctx, `DELETE FROM power_tie WHERE org_id=$1 AND person_id=$2`, tx.Org(), person)
	return err
}

func tieOrgs(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT DISTINCT org_id FROM power_tie`)
}

// chartRow is a chart without its words.
type chartRow struct {
	ID, Issue, Office string
	Made, Changed     time.Time
	Latest            int64
}

const chartColumns = `id, issue_id, office_id, made_at, changed_at, latest`

func scanChart(s db.Scanner) (r chartRow, err error) {
	var made, changed int64
	err = s.Scan(&r.ID, &r.Issue, &r.Office, &made, &changed, &r.Latest)
	r.Made, r.Changed = db.Time(made), db.Time(changed)
	return r, err
}

func charts(ctx context.Context, tx *db.Tx) ([]chartRow, error) {
	return db.Select(ctx, tx, scanChart, `SELECT `+chartColumns+` FROM power_chart WHERE org_id=$1 ORDER BY changed_at DESC, id DESC`, tx.Org())
}

func chartByID(ctx context.Context, tx *db.Tx, id string) (chartRow, error) {
	return db.Get(ctx, tx, scanChart, `SELECT `+chartColumns+` FROM power_chart WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func chartOf(ctx context.Context, tx *db.Tx, issue, office string) (chartRow, error) {
	return db.Get(ctx, tx, scanChart, `SELECT `+chartColumns+` FROM power_chart WHERE org_id=$1 AND issue_id=$2 AND office_id=$3`, tx.Org(), issue, office)
}

func putChart(ctx context.Context, tx *db.Tx, r chartRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO power_chart (org_id, `+chartColumns+`) VALUES (`+db.Marks(1, 7)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET changed_at=excluded.changed_at, latest=excluded.latest`,
		tx.Org(), r.ID, r.Issue, r.Office, db.Micros(r.Made), db.Micros(r.Changed), r.Latest)
	return err
}

// versionRow is one version of a chart.
type versionRow struct {
	n      int64
	at     time.Time
	role   string
	sealed string
}

func scanVersion(s db.Scanner) (r versionRow, err error) {
	var at int64
	err = s.Scan(&r.n, &at, &r.role, &r.sealed)
	r.at = db.Time(at)
	return r, err
}

func addVersion(ctx context.Context, tx *db.Tx, chart string, r versionRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO power_chart_version (org_id, chart_id, n, at, role, sealed) VALUES ($1,$2,$3,$4,$5,$6)`,
		tx.Org(), chart, r.n, db.Micros(r.at), r.role, r.sealed)
	return err
}

func versions(ctx context.Context, tx *db.Tx, chart string) ([]versionRow, error) {
	return db.Select(ctx, tx, scanVersion, `SELECT n, at, role, sealed FROM power_chart_version WHERE org_id=$1 AND chart_id=$2 ORDER BY n DESC`, tx.Org(), chart)
}
