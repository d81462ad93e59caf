// Every SQL statement about meetings and who was there; answers and calendars are
// in storeanswer.go.
package meeting

import (
	"context"
	"time"

	"seedbed/internal/platform/db"
)

// row is a meeting as stored.
type row struct {
	Meeting
	linkHash string
	tries    int64
	sealed   string
	org      string // only when it was found by its link
}

const columns = `id, team_id, state, template, at, minutes, place, language, chair, timekeeper, scribe, host, nameless, account_id, made_at, changed_at, held_at, seq, link_hash, link_tries, sealed, version`

func into(r *row, at, made, changed, held *int64) []any {
	return []any{&r.ID, &r.Team, &r.State, &r.Template, at, &r.Minutes, &r.Place, &r.Language, &r.Chair, &r.Timekeeper, &r.Scribe, &r.Host, &r.Nameless, &r.Account,
		made, changed, held, &r.Seq, &r.linkHash, &r.tries, &r.sealed, &r.Version}
}

func scan(s db.Scanner) (r row, err error) {
	var at, made, changed, held int64
	err = s.Scan(into(&r, &at, &made, &changed, &held)...)
	r.At, r.Made, r.Changed, r.HeldAt = db.Time(at), db.Time(made), db.Time(changed), db.Time(held)
	return r, err
}

func scanWithOrg(s db.Scanner) (r row, err error) {
	var at, made, changed, held int64
	err = s.Scan(append([]any{&r.org}, into(&r, &at, &made, &changed, &held)...)...)
	r.At, r.Made, r.Changed, r.HeldAt = db.Time(at), db.Time(made), db.Time(changed), db.Time(held)
	return r, err
}

func put(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO meeting (org_id, `+columns+`) VALUES (`+db.Marks(1, 23)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET state=excluded.state, template=excluded.template, at=excluded.at, minutes=excluded.minutes, place=excluded.place,
		language=excluded.language, chair=excluded.chair, timekeeper=excluded.timekeeper, scribe=excluded.scribe, host=excluded.host, nameless=excluded.nameless,
		changed_at=excluded.changed_at, held_at=excluded.held_at, seq=excluded.seq, link_hash=excluded.link_hash, link_tries=excluded.link_tries,
		sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, r.Team, string(r.State), string(r.Template), db.Micros(r.At), int64(r.Minutes), r.Place, r.Language, r.Chair, r.Timekeeper, r.Scribe, r.Host, r.Nameless,
		r.Account, db.Micros(r.Made), db.Micros(r.Changed), db.Micros(r.HeldAt), int64(r.Seq), r.linkHash, r.tries, r.sealed, r.Version)
	return err
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM meeting WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// byLink finds a meeting of any organization by the digest of its link.
func byLink(ctx context.Context, tx *db.Tx, hash string) (row, error) {
	return db.Get(ctx, tx, scanWithOrg, `SELECT org_id, `+columns+` FROM meeting WHERE link_hash=$1`, hash)
}

func tried(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `UPDATE meeting SET link_tries=link_tries+1 WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	return err
}

// between lists meetings that begin in a stretch of time, of one team or of all.
func between(ctx context.Context, tx *db.Tx, team string, from, until time.Time, limit int) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM meeting WHERE org_id=$1 AND at>=$2 AND at<$3 AND ($4='' OR team_id=$4) ORDER BY at, id LIMIT $5`,
		tx.Org(), db.Micros(from), db.Micros(until), team, int64(limit))
}

// before lists meetings that began before a time, the latest first.
func before(ctx context.Context, tx *db.Tx, team string, at time.Time, limit int) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM meeting WHERE org_id=$1 AND at<$2 AND ($3='' OR team_id=$3) ORDER BY at DESC, id DESC LIMIT $4`,
		tx.Org(), db.Micros(at), team, int64(limit))
}

// here is somebody who was there.
type here struct {
	person, role string
	at           time.Time
}

func present(ctx context.Context, tx *db.Tx, id string) ([]here, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (h here, err error) {
		var at int64
		err = s.Scan(&h.person, &h.role, &at)
		h.at = db.Time(at)
		return h, err
	}, `SELECT person_id, role, at FROM meeting_present WHERE org_id=$1 AND meeting_id=$2 ORDER BY at, person_id`, tx.Org(), id)
}

// arrive notes that somebody is there, once; fresh is false when they were already.
func arrive(ctx context.Context, tx *db.Tx, id string, h here) (fresh bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO meeting_present (org_id, meeting_id, person_id, role, at) VALUES ($1,$2,$3,$4,$5) ON CONFLICT DO NOTHING`,
		tx.Org(), id, h.person, h.role, db.Micros(h.at))
	return n > 0, err
}

func absent(ctx context.Context, tx *db.Tx, id, person string) error {
	_, err := tx.Exec(ctx, `DELETE FROM meeting_present WHERE org_id=$1 AND meeting_id=$2 AND person_id=$3`, tx.Org(), id, person)
	return err
}

func forget(ctx context.Context, tx *db.Tx, person string) error {
	for _, q := range []string{
		`INSERT INTO meeting_tally (org_id, meeting_id, institution_id, n) SELECT org_id, meeting_id, '', 1 FROM meeting_present WHERE org_id=$1 AND person_id=$2
			ON CONFLICT (org_id, meeting_id, institution_id) DO UPDATE SET n = meeting_tally.n + 1`,
		`DELETE FROM meeting_present WHERE org_id=$1 AND person_id=$2`,
		`DELETE FROM meeting_answer WHERE org_id=$1 AND person_id=$2`,
		`DELETE FROM meeting_feed WHERE org_id=$1 AND person_id=$2`,
		`UPDATE meeting SET chair='' WHERE org_id=$1 AND chair=$2`,
		`UPDATE meeting SET timekeeper='' WHERE org_id=$1 AND timekeeper=$2`,
		`UPDATE meeting SET scribe='' WHERE org_id=$1 AND scribe=$2`,
		`UPDATE meeting SET host='' WHERE org_id=$1 AND host=$2`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), person); err != nil {
			return err
		}
	}
	return nil
}

// Tally is how many came without a name, by institution.
type Tally struct {
	Institution string
	N           int
}

func tallies(ctx context.Context, tx *db.Tx, id string) ([]Tally, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (t Tally, err error) {
		err = s.Scan(&t.Institution, &t.N)
		return t, err
	}, `SELECT institution_id, n FROM meeting_tally WHERE org_id=$1 AND meeting_id=$2 AND n>0 ORDER BY institution_id`, tx.Org(), id)
}

// count adds to a tally; it never goes below nothing.
func count(ctx context.Context, tx *db.Tx, id, institution string, by int) error {
	_, err := tx.Exec(ctx, `INSERT INTO meeting_tally (org_id, meeting_id, institution_id, n) VALUES ($1,$2,$3,$4)
		ON CONFLICT (org_id, meeting_id, institution_id) DO UPDATE SET n = CASE WHEN meeting_tally.n + $5 < 0 THEN 0 ELSE meeting_tally.n + $5 END`,
		tx.Org(), id, institution, int64(max(0, by)), int64(by))
	return err
}
