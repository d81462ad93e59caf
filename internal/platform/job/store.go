// Every SQL statement of the queue.
package job

import (
	"context"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

func insert(ctx context.Context, tx *db.Tx, j Job, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO job (org_id, id, kind, job_key, payload, priority, state, run_at, due_at, lease, attempts, last_error, created_at, ended_at)
		VALUES ($1,$2,$3,$4,$5,$6,'waiting',$7,$7,'',0,'',$8,0) ON CONFLICT DO NOTHING`,
		j.Org, j.ID, j.Kind, j.Key, j.Payload, j.Priority, db.Micros(j.RunAt), db.Micros(now))
	return err
}

// due names the kinds that have something to take. It is a read, so an idle queue never writes.
func due(ctx context.Context, d *db.DB, now time.Time) (kinds []string, err error) {
	err = d.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		kinds, err = db.Column[string](ctx, tx,
			`SELECT DISTINCT kind FROM job WHERE state IN ('waiting','running') AND due_at <= $1`, db.Micros(now))
		return err
	})
	return kinds, err
}

// claim takes up to n due jobs of the kinds, in one statement, under a lease.
// SQLite has one writer; on PostgreSQL SKIP LOCKED keeps claimers out of each
// other's way even if they ever stop queueing on db's lock.
func claim(ctx context.Context, d *db.DB, tx *db.Tx, kinds []string, n int, lease string, now, until time.Time) ([]Job, error) {
	skip := ""
	if d.Dialect() == db.Postgres {
		skip = "FOR UPDATE SKIP LOCKED"
	}
	args := []any{lease, db.Micros(until), db.Micros(now), n}
	for _, k := range kinds {
		args = append(args, k)
	}
	return db.Select(ctx, tx, scan, `UPDATE job SET state='running', lease=$1, due_at=$2, attempts=attempts+1
		WHERE (org_id, id) IN (SELECT org_id, id FROM job WHERE state IN ('waiting','running') AND due_at <= $3
			AND kind IN (`+db.Marks(5, len(kinds))+`) ORDER BY priority DESC, due_at, id LIMIT $4 `+skip+`)
		RETURNING `+columns, args...)
}

const columns = `org_id, id, kind, job_key, payload, priority, run_at, attempts`

func scan(s db.Scanner) (j Job, err error) {
	var at int64
	err = s.Scan(&j.Org, &j.ID, &j.Kind, &j.Key, &j.Payload, &j.Priority, &at, &j.Attempt)
	j.RunAt = db.Time(at)
	if j.Key == j.ID {
		j.Key = ""
	}
	return j, err
}

// The following change a job only while the given lease holds it: a worker that was
// thought dead must not undo what its successor did.

func finish(ctx context.Context, tx *db.Tx, j Job, lease string, now time.Time) error {
	if j.Key == "" { // nobody can ask for it again: nothing to remember
		_, err := tx.Exec(ctx, `DELETE FROM job WHERE org_id=$1 AND id=$2 AND lease=$3`, j.Org, j.ID, lease)
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE job SET state='done', lease='', payload='', ended_at=$4 WHERE org_id=$1 AND id=$2 AND lease=$3`,
		j.Org, j.ID, lease, db.Micros(now))
	return err
}

// again puts a job back. uncounted gives the attempt back.
func again(ctx context.Context, tx *db.Tx, j Job, lease string, at time.Time, uncounted bool, why string) error {
	n := j.Attempt
	if uncounted {
		n--
	}
	_, err := tx.Exec(ctx, `UPDATE job SET state='waiting', lease='', due_at=$4, attempts=$5, last_error=$6 WHERE org_id=$1 AND id=$2 AND lease=$3`,
		j.Org, j.ID, lease, db.Micros(at), n, why)
	return err
}

func bury(ctx context.Context, tx *db.Tx, j Job, lease string, now time.Time, why string) error {
	_, err := tx.Exec(ctx, `UPDATE job SET state='dead', lease='', ended_at=$4, last_error=$5 WHERE org_id=$1 AND id=$2 AND lease=$3`,
		j.Org, j.ID, lease, db.Micros(now), why)
	return err
}

// renew prolongs a lease; false means that it was lost.
func renew(ctx context.Context, tx *db.Tx, j Job, lease string, until time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE job SET due_at=$4 WHERE org_id=$1 AND id=$2 AND lease=$3`, j.Org, j.ID, lease, db.Micros(until))
	return n == 1, err
}

// Dead is a job that was given up.
type Dead struct {
	Job
	Error   string
	EndedAt time.Time
}

func dead(ctx context.Context, tx *db.Tx, limit int) ([]Dead, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (d Dead, err error) {
		var at, ended int64
		err = s.Scan(&d.Org, &d.ID, &d.Kind, &d.Key, &d.Payload, &d.Priority, &at, &d.Attempt, &d.Error, &ended)
		d.RunAt, d.EndedAt = db.Time(at), db.Time(ended)
		return d, err
	}, `SELECT `+columns+`, last_error, ended_at FROM job WHERE state='dead' AND `+mine(tx)+` ORDER BY ended_at DESC, id LIMIT $2`, tx.Org(), limit)
}

// mine narrows to the transaction's organization on both engines.
func mine(tx *db.Tx) string {
	if tx.Org() == db.AllOrgs {
		return `$1 = '*'`
	}
	return `org_id = $1`
}

func one(n int64, err error) error {
	if err == nil && n == 0 {
		return fault.Missing("dead letter")
	}
	return err
}

func revive(ctx context.Context, tx *db.Tx, jobID string, now time.Time) error {
	return one(tx.Exec(ctx, `UPDATE job SET state='waiting', attempts=0, due_at=$3, ended_at=0 WHERE `+mine(tx)+` AND id=$2 AND state='dead'`,
		tx.Org(), jobID, db.Micros(now)))
}

func drop(ctx context.Context, tx *db.Tx, jobID string) error {
	return one(tx.Exec(ctx, `DELETE FROM job WHERE `+mine(tx)+` AND id=$2 AND state='dead'`, tx.Org(), jobID))
}

// Stats is how the queue is doing, over all organizations.
type Stats struct {
	Waiting, Running, Dead int
	Oldest                 time.Duration // how long the first due job has been waiting
}

func stats(ctx context.Context, tx *db.Tx, now time.Time) (s Stats, err error) {
	var oldest int64
	s, err = db.Get(ctx, tx, func(r db.Scanner) (s Stats, err error) {
		err = r.Scan(&s.Waiting, &s.Running, &s.Dead, &oldest)
		return s, err
	}, `SELECT COALESCE(SUM(CASE WHEN state='waiting' THEN 1 ELSE 0 END),0), COALESCE(SUM(CASE WHEN state='running' THEN 1 ELSE 0 END),0),
		COALESCE(SUM(CASE WHEN state='dead' THEN 1 ELSE 0 END),0), COALESCE(MIN(CASE WHEN state='waiting' THEN due_at END),0)
		FROM job WHERE state IN ('waiting','running','dead')`)
	if oldest > 0 {
		s.Oldest = max(0, now.Sub(db.Time(oldest)))
	}
	return s, err
}

// purge frees the keys of jobs that ended long ago. Slots of periodic jobs go after
// three days: they are never asked for again.
func purge(ctx context.Context, tx *db.Tx, periodic []string, now time.Time, keep time.Duration) error {
	if _, err := tx.Exec(ctx, `DELETE FROM job WHERE state='done' AND ended_at < $1`, db.Micros(now.Add(-keep))); err != nil {
		return err
	}
	args := []any{db.Micros(now.Add(-72 * time.Hour))}
	for _, k := range periodic {
		args = append(args, k)
	}
	_, err := tx.Exec(ctx, `DELETE FROM job WHERE state='done' AND ended_at < $1 AND run_at < $1 AND kind IN (`+db.Marks(2, len(periodic))+`)`, args...)
	return err
}

// short cuts an error for storage; handlers keep personal data out of theirs.
func short(err error) string {
	s := strings.ToValidUTF8(err.Error(), "")
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "") + "… (" + strconv.Itoa(len(s)) + ")"
	}
	return strings.ReplaceAll(s, "\x00", "")
}
