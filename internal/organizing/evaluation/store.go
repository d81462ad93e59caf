// Every SQL statement of the room.
package evaluation

import (
	"context"
	"strconv"
	"time"

	"seedbed/internal/platform/db"
)

// row is a round as stored.
type row struct {
	Round
	linkHash, sealed string
	org              string // only when it was found without one
}

const columns = `id, ref, kind, team_id, account_id, at, due_at, made_at, state, flagged_at, read_at, done_at, done_by, done_within_h, power, power_known, link_hash, sealed, version`

func scan(s db.Scanner) (r row, err error) {
	var at, due, made, flagged, read, done, within, power int64
	var known bool
	err = s.Scan(&r.ID, &r.Ref, &r.Kind, &r.Team, &r.Account, &at, &due, &made, &r.State, &flagged, &read, &done, &r.DoneBy, &within, &power, &known, &r.linkHash, &r.sealed, &r.Version)
	r.At, r.Due, r.Made, r.Flagged, r.ReadAt, r.DoneAt, r.WithinH = db.Time(at), db.Time(due), db.Time(made), db.Time(flagged), db.Time(read), db.Time(done), int(within)
	if known {
		n := int(power)
		r.Power = &n
	}
	return r, err
}

// withOrg scans one more column before those that scan knows.
type withOrg struct {
	db.Scanner
	org *string
}

func (b withOrg) Scan(dest ...any) error { return b.Scanner.Scan(append([]any{b.org}, dest...)...) }

func scanWithOrg(s db.Scanner) (r row, err error) {
	org := ""
	r, err = scan(withOrg{s, &org})
	r.org = org
	return r, err
}

func put(ctx context.Context, tx *db.Tx, r row) error {
	power := 0
	if r.Power != nil {
		power = *r.Power
	}
	_, err := tx.Exec(ctx, `INSERT INTO evaluation_round (org_id, `+columns+`) VALUES (`+db.Marks(1, 20)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET at=excluded.at, due_at=excluded.due_at, account_id=excluded.account_id, state=excluded.state, flagged_at=excluded.flagged_at,
		read_at=excluded.read_at, done_at=excluded.done_at, done_by=excluded.done_by, done_within_h=excluded.done_within_h, power=excluded.power, power_known=excluded.power_known,
		link_hash=excluded.link_hash, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, r.Ref, string(r.Kind), r.Team, r.Account, db.Micros(r.At), db.Micros(r.Due), db.Micros(r.Made), string(r.State), db.Micros(r.Flagged), db.Micros(r.ReadAt),
		db.Micros(r.DoneAt), r.DoneBy, int64(r.WithinH), int64(power), r.Power != nil, r.linkHash, r.sealed, r.Version)
	return err
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM evaluation_round WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func byRef(ctx context.Context, tx *db.Tx, ref string) (row, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM evaluation_round WHERE org_id=$1 AND ref=$2`, tx.Org(), ref)
}

// byLink finds a round of any organization: the token is all that a phone has.
func byLink(ctx context.Context, tx *db.Tx, hash string) (row, error) {
	return db.Get(ctx, tx, scanWithOrg, `SELECT org_id, `+columns+` FROM evaluation_round WHERE link_hash=$1`, hash)
}

// reach is which rounds an actor sees: all of the organization, or those of no
// team, of their teams and those they have to see to.
type reach struct {
	all     bool
	account string
	teams   []string
}

// where is the reach as a condition whose first argument has number n.
func (q reach) where(n int) (string, []any) {
	if q.all {
		return "1=1", nil
	}
	args := []any{q.account}
	for _, t := range q.teams {
		args = append(args, t)
	}
	in := ""
	if len(q.teams) > 0 {
		in = " OR team_id IN (" + db.Marks(n+1, len(q.teams)) + ")"
	}
	return "(team_id='' OR (account_id<>'' AND account_id=$" + strconv.Itoa(n) + ")" + in + ")", args
}

func (q reach) covers(r Round) bool {
	if q.all || r.Team == "" || q.account != "" && r.Account == q.account {
		return true
	}
	for _, t := range q.teams {
		if t == r.Team {
			return true
		}
	}
	return false
}

// openOnes lists rounds that are not done, the oldest first.
func openOnes(ctx context.Context, tx *db.Tx, q reach, limit int) ([]row, error) {
	where, args := q.where(3)
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM evaluation_round WHERE org_id=$1 AND state<>'done' AND `+where+` ORDER BY due_at, id LIMIT $2`,
		append([]any{tx.Org(), int64(limit)}, args...)...)
}

// doneOnes lists rounds that are done, the latest first, before a time.
func doneOnes(ctx context.Context, tx *db.Tx, q reach, before time.Time, limit int) ([]row, error) {
	where, args := q.where(4)
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM evaluation_round WHERE org_id=$1 AND state='done' AND done_at<$2 AND `+where+` ORDER BY done_at DESC, id DESC LIMIT $3`,
		append([]any{tx.Org(), db.Micros(before), int64(limit)}, args...)...)
}

// overdue lists rounds of every organization that are late and not yet flagged.
func overdue(ctx context.Context, tx *db.Tx, now time.Time, limit int) ([]row, error) {
	return db.Select(ctx, tx, scanWithOrg, `SELECT org_id, `+columns+` FROM evaluation_round WHERE state<>'done' AND due_at<$1 AND flagged_at=0 ORDER BY due_at, id LIMIT $2`, db.Micros(now), int64(limit))
}

// forgotten lists rounds whose phones should have been closed long ago.
func forgotten(ctx context.Context, tx *db.Tx, before time.Time, limit int) ([]row, error) {
	return db.Select(ctx, tx, scanWithOrg, `SELECT org_id, `+columns+` FROM evaluation_round WHERE state='open' AND at<$1 ORDER BY at, id LIMIT $2`, db.Micros(before), int64(limit))
}

// Timely is how many rounds fell due in a stretch of time, and how many of them
// were done within a day, later, or not yet.
type Timely struct{ Due, OnTime, Late, Open int }

func timely(ctx context.Context, tx *db.Tx, from, until time.Time) (t Timely, err error) {
	return db.Get(ctx, tx, func(s db.Scanner) (t Timely, err error) {
		err = s.Scan(&t.Due, &t.OnTime, &t.Late, &t.Open)
		return t, err
	}, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN state='done' AND done_at<=due_at THEN 1 ELSE 0 END),0), COALESCE(SUM(CASE WHEN state='done' AND done_at>due_at THEN 1 ELSE 0 END),0),
		COALESCE(SUM(CASE WHEN state<>'done' THEN 1 ELSE 0 END),0) FROM evaluation_round WHERE org_id=$1 AND due_at>=$2 AND due_at<$3`, tx.Org(), db.Micros(from), db.Micros(until))
}

// answerRow is what one phone said, as stored until it is read.
type answerRow struct{ id, round, once, sealed string }

func insertAnswer(ctx context.Context, tx *db.Tx, r answerRow, hour time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO evaluation_answer (org_id, id, round_id, hour, once_hash, sealed) VALUES ($1,$2,$3,$4,$5,$6)`, tx.Org(), r.id, r.round, db.Micros(hour), r.once, r.sealed)
	return err
}

// answered reports whether this form has come before.
func answered(ctx context.Context, tx *db.Tx, once string) (bool, error) {
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM evaluation_answer WHERE org_id=$1 AND once_hash=$2`, tx.Org(), once)
	return n > 0, err
}

func heard(ctx context.Context, tx *db.Tx, round string) (int, error) {
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM evaluation_answer WHERE org_id=$1 AND round_id=$2`, tx.Org(), round)
	return int(n), err
}

// answersOf lists them by their random ids: the order says nothing of when they came.
func answersOf(ctx context.Context, tx *db.Tx, round string) ([]answerRow, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (r answerRow, err error) {
		err = s.Scan(&r.id, &r.round, &r.once, &r.sealed)
		return r, err
	}, `SELECT id, round_id, once_hash, sealed FROM evaluation_answer WHERE org_id=$1 AND round_id=$2 ORDER BY id`, tx.Org(), round)
}

func dropAnswers(ctx context.Context, tx *db.Tx, round string) error {
	_, err := tx.Exec(ctx, `DELETE FROM evaluation_answer WHERE org_id=$1 AND round_id=$2`, tx.Org(), round)
	return err
}

func grew(ctx context.Context, tx *db.Tx, round string) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT person_id FROM evaluation_grew WHERE org_id=$1 AND round_id=$2 ORDER BY person_id`, tx.Org(), round)
}

func setGrew(ctx context.Context, tx *db.Tx, round string, persons []string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM evaluation_grew WHERE org_id=$1 AND round_id=$2`, tx.Org(), round); err != nil {
		return err
	}
	for _, p := range persons {
		if _, err := tx.Exec(ctx, `INSERT INTO evaluation_grew (org_id, round_id, person_id) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`, tx.Org(), round, p); err != nil {
			return err
		}
	}
	return nil
}

func forget(ctx context.Context, tx *db.Tx, person string) error {
	_, err := tx.Exec(ctx, `DELETE FROM evaluation_grew WHERE org_id=$1 AND person_id=$2`, tx.Org(), person)
	return err
}
