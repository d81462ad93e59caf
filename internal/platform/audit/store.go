// Every SQL statement of the audit log, and the lists made from them.
package audit

import (
	"context"
	"fmt"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

const columns = `org_id, seq, at, actor, role, action, resource, resource_id, subject_ref, decision, reason, request, hash`

func scan(s db.Scanner) (e Entry, err error) {
	var at int64
	err = s.Scan(&e.Org, &e.Seq, &at, &e.Actor, &e.Role, &e.Action, &e.Resource, &e.ResourceID, &e.SubjectRef, &e.Decision, &e.Reason, &e.Request, &e.Hash)
	e.At = db.Time(at)
	return e, err
}

func scanHead(s db.Scanner) (c Checkpoint, err error) {
	err = s.Scan(&c.Org, &c.Seq, &c.Hash)
	return c, err
}

// lockHead returns the end of the chain and holds it until the transaction ends:
// the upsert takes the row's lock on PostgreSQL, whatever organization lock the transaction has.
func lockHead(ctx context.Context, tx *db.Tx, org string) (Checkpoint, error) {
	return db.Get(ctx, tx, scanHead, `INSERT INTO audit_head (org_id, seq, hash) VALUES ($1, 0, $2)
		ON CONFLICT (org_id) DO UPDATE SET seq = audit_head.seq RETURNING org_id, seq, hash`, org, start(org))
}

func moveHead(ctx context.Context, tx *db.Tx, c Checkpoint) error {
	_, err := tx.Exec(ctx, `UPDATE audit_head SET seq=$2, hash=$3 WHERE org_id=$1`, c.Org, c.Seq, c.Hash)
	return err
}

// readHead returns the end of the chain; an organization without events has the start.
func readHead(ctx context.Context, tx *db.Tx, org string) (Checkpoint, error) {
	c, err := db.Get(ctx, tx, scanHead, `SELECT org_id, seq, hash FROM audit_head WHERE org_id=$1`, org)
	if fault.Is(err, fault.NotFound) {
		return Checkpoint{Org: org, Hash: start(org)}, nil
	}
	return c, err
}

func insert(ctx context.Context, tx *db.Tx, e Entry) error {
	_, err := tx.Exec(ctx, `INSERT INTO audit_event (`+columns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
		e.Org, e.Seq, db.Micros(e.At), e.Actor, e.Role, e.Action, e.Resource, e.ResourceID, e.SubjectRef, e.Decision, e.Reason, e.Request, e.Hash)
	return err
}

func eachEntry(ctx context.Context, tx *db.Tx, org string, visit func(Entry) error) error {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM audit_event WHERE org_id=$1 ORDER BY seq`, org)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			return err
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	return rows.Err()
}

// most bounds one page of a list.
const most = 200

// Filter narrows a list; empty parts match everything.
type Filter struct {
	Before   int64 // entries older than this number; 0 starts at the newest
	Limit    int   // at most 200, which is also the default
	Actor    string
	Action   string
	Resource string
	Decision string
}

// List returns a page of an organization's log, newest first. The next page
// starts Before the last entry's Seq. The caller has checked access.
func (l *Log) List(ctx context.Context, tx *db.Tx, org string, f Filter) (list []Entry, err error) {
	defer fault.Wrap(&err, "audit.List")
	args := []any{org}
	q := `SELECT ` + columns + ` FROM audit_event WHERE org_id=$1`
	and := func(cond string, v any) {
		args = append(args, v)
		q += fmt.Sprintf(" AND %s$%d", cond, len(args))
	}
	if f.Before > 0 {
		and("seq < ", f.Before)
	}
	for _, c := range []struct{ column, value string }{{"actor", f.Actor}, {"action", f.Action}, {"resource", f.Resource}, {"decision", f.Decision}} {
		if c.value != "" {
			and(c.column+" = ", c.value)
		}
	}
	if f.Limit <= 0 || f.Limit > most {
		f.Limit = most
	}
	args = append(args, f.Limit)
	q += fmt.Sprintf(" ORDER BY seq DESC LIMIT $%d", len(args))
	return db.Select(ctx, tx, scan, q, args...)
}

// OfSubject returns who did something with a person's data, newest first, at most
// 200: the list "who looked" of My information. Nobody can ask it about an erased
// person (fault.Gone).
func (l *Log) OfSubject(ctx context.Context, tx *db.Tx, org, person string) (list []Entry, err error) {
	defer fault.Wrap(&err, "audit.OfSubject")
	refs, err := l.subjects.SubjectRefs(ctx, org, []string{person})
	if err != nil {
		return nil, err
	}
	ref, ok := refs[person]
	if !ok {
		return nil, fault.New(fault.Gone, "")
	}
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM audit_event WHERE org_id=$1 AND subject_ref=$2 AND subject_ref <> ''
		ORDER BY seq DESC LIMIT $3`, org, ref, most)
}

// Orgs returns the organizations that have a chain, for verifying all of them.
func (l *Log) Orgs(ctx context.Context) (orgs []string, err error) {
	defer fault.Wrap(&err, "audit.Orgs")
	err = l.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		orgs, err = db.Column[string](ctx, tx, `SELECT org_id FROM audit_head
			UNION SELECT DISTINCT org_id FROM audit_event ORDER BY 1`)
		return err
	})
	return orgs, err
}

// recent bounds how far back Actions looks.
const recent = 5000

// Actions lists the actions among the newest events, for a filter.
func (l *Log) Actions(ctx context.Context, tx *db.Tx, org string) (list []string, err error) {
	defer fault.Wrap(&err, "audit.Actions")
	return db.Column[string](ctx, tx, `SELECT DISTINCT action FROM
		(SELECT action FROM audit_event WHERE org_id=$1 ORDER BY seq DESC LIMIT $2) newest ORDER BY 1`, org, recent)
}
