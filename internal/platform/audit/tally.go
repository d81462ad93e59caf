// Counting without a trace: an event has a time, and stands in the chain beside
// the act of whoever caused it. What must not lead back to anybody is counted by
// the month instead, and enters the chain when the month is over.
package audit

import (
	"context"
	"fmt"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// TallyEvery is how often CloseTallies wants to run.
const TallyEvery = 24 * time.Hour

func month(t time.Time) string { return t.UTC().Format("2006-01") }

// Tally counts codes of a resource for an organization, in a transaction of its
// own, so that no row of the act that caused it is written with it.
func (l *Log) Tally(ctx context.Context, org, resource string, codes ...string) (err error) {
	defer fault.Wrap(&err, "audit.Tally")
	return l.db.Write(ctx, org, func(tx *db.Tx) error {
		for _, c := range codes {
			_, err := tx.Exec(ctx, `INSERT INTO audit_tally (org_id, month, code, n) VALUES ($1, $2, $3, 1)
				ON CONFLICT (org_id, month, code) DO UPDATE SET n = audit_tally.n + 1`, org, month(l.clock.Now()), code(resource+":"+c))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// CloseTallies turns the counts of months that are over into one event each.
func (l *Log) CloseTallies(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "audit.CloseTallies")
	now := month(l.clock.Now())
	var orgs []string
	err = l.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
		orgs, err = db.Column[string](ctx, tx, `SELECT DISTINCT org_id FROM audit_tally WHERE month < $1 ORDER BY org_id`, now)
		return err
	})
	if err != nil {
		return err
	}
	for _, org := range orgs {
		if err := l.db.Write(ctx, org, func(tx *db.Tx) error { return l.closeTally(ctx, tx, org, now) }); err != nil {
			return err
		}
	}
	return nil
}

type tally struct {
	month, code string
	n           int64
}

func (l *Log) closeTally(ctx context.Context, tx *db.Tx, org, before string) error {
	rows, err := db.Select(ctx, tx, func(s db.Scanner) (t tally, err error) { err = s.Scan(&t.month, &t.code, &t.n); return t, err },
		`SELECT month, code, n FROM audit_tally WHERE org_id=$1 AND month < $2 ORDER BY month, code`, org, before)
	if err != nil || len(rows) == 0 {
		return err
	}
	var events []Event
	for _, t := range rows {
		events = append(events, Event{Org: org, Actor: "system", Role: "system", Action: "count", Resource: "tally", ResourceID: t.month, Reason: fmt.Sprintf("%s:%d", t.code, t.n)})
	}
	if _, err := tx.Exec(ctx, `DELETE FROM audit_tally WHERE org_id=$1 AND month < $2`, org, before); err != nil {
		return err
	}
	return l.WriteMany(ctx, tx, events)
}
