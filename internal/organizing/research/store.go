// Every SQL statement about actions, parts, notes and what follows; options are in
// storeoption.go.
package research

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/platform/db"
)

// row is an action as stored.
type row struct {
	Action
	sealed string
}

const columns = `id, issue_id, team_id, office_id, state, purposes, at, minutes, place, language, rehearse_at, account_id, others, made_at, rehearsed_at, held_at, sealed, version`

func scan(s db.Scanner) (r row, err error) {
	var at, rehearse, made, rehearsed, held int64
	var purposes string
	err = s.Scan(&r.ID, &r.Issue, &r.Team, &r.Office, &r.State, &purposes, &at, &r.Minutes, &r.Place, &r.Language, &rehearse, &r.Account, &r.Others, &made, &rehearsed, &held, &r.sealed, &r.Version)
	for _, p := range strings.Fields(purposes) {
		r.Purposes = append(r.Purposes, Purpose(p))
	}
	r.At, r.RehearseAt, r.Made, r.RehearsedOn, r.HeldAt = db.Time(at), db.Time(rehearse), db.Time(made), db.Time(rehearsed), db.Time(held)
	return r, err
}

func put(ctx context.Context, tx *db.Tx, r row) error {
	purposes := make([]string, len(r.Purposes))
	for i, p := range r.Purposes {
		purposes[i] = string(p)
	}
	_, err := tx.Exec(ctx, `INSERT INTO research_action (org_id, `+columns+`) VALUES (`+db.Marks(1, 19)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET issue_id=excluded.issue_id, team_id=excluded.team_id, office_id=excluded.office_id, state=excluded.state, purposes=excluded.purposes, at=excluded.at,
		minutes=excluded.minutes, place=excluded.place, language=excluded.language, rehearse_at=excluded.rehearse_at, account_id=excluded.account_id, others=excluded.others,
		rehearsed_at=excluded.rehearsed_at, held_at=excluded.held_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, r.Issue, r.Team, r.Office, string(r.State), strings.Join(purposes, " "), db.Micros(r.At), int64(r.Minutes), r.Place, r.Language, db.Micros(r.RehearseAt), r.Account,
		int64(r.Others), db.Micros(r.Made), db.Micros(r.RehearsedOn), db.Micros(r.HeldAt), r.sealed, r.Version)
	return err
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM research_action WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// ahead lists what is still to come, in order; waiting lists what was held and is
// not followed up; over lists the rest, the latest first. An issue narrows each.
func ahead(ctx context.Context, tx *db.Tx, issue string) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM research_action WHERE org_id=$1 AND ($2='' OR issue_id=$2) AND state IN ('planned','rehearsed') ORDER BY at, id LIMIT 100`, tx.Org(), issue)
}

func waiting(ctx context.Context, tx *db.Tx, issue string) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM research_action WHERE org_id=$1 AND ($2='' OR issue_id=$2) AND state IN ('held','evaluated') ORDER BY at, id LIMIT 100`, tx.Org(), issue)
}

func over(ctx context.Context, tx *db.Tx, issue string, before time.Time, limit int) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM research_action WHERE org_id=$1 AND ($2='' OR issue_id=$2) AND state IN ('followed_up','cancelled') AND at<$3 ORDER BY at DESC, id DESC LIMIT $4`,
		tx.Org(), issue, db.Micros(before), int64(limit))
}

// ofPeople lists the actions in which somebody takes part, under any of their ids.
func ofPeople(ctx context.Context, tx *db.Tx, ids []string) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM research_action WHERE org_id=$1 AND id IN
		(SELECT action_id FROM research_part WHERE org_id=$1 AND person_id IN (`+db.Marks(2, len(ids))+`)) ORDER BY at DESC, id LIMIT 100`, with(tx.Org(), ids)...)
}

func with(org string, ids []string) []any {
	out := []any{org}
	for _, id := range ids {
		out = append(out, id)
	}
	return out
}

// partsOf are the parts of some actions, in the order of coming in.
func partsOf(ctx context.Context, tx *db.Tx, actions []string) (map[string][]Part, error) {
	out := map[string][]Part{}
	if len(actions) == 0 {
		return out, nil
	}
	type line struct {
		action string
		Part
	}
	list, err := db.Select(ctx, tx, func(s db.Scanner) (l line, err error) {
		return l, s.Scan(&l.action, &l.Person, &l.Role, &l.Came)
	}, `SELECT action_id, person_id, role, came FROM research_part WHERE org_id=$1 AND action_id IN (`+db.Marks(2, len(actions))+`) ORDER BY added_at, person_id`, with(tx.Org(), actions)...)
	for _, l := range list {
		out[l.action] = append(out[l.action], l.Part)
	}
	return out, err
}

func putPart(ctx context.Context, tx *db.Tx, action string, p Part, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO research_part (org_id, action_id, person_id, role, came, added_at) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (org_id, action_id, person_id) DO UPDATE SET role=excluded.role, came=excluded.came`, tx.Org(), action, p.Person, string(p.Role), p.Came, db.Micros(at))
	return err
}

func dropPart(ctx context.Context, tx *db.Tx, action, person string) error {
	_, err := tx.Exec(ctx, `DELETE FROM research_part WHERE org_id=$1 AND action_id=$2 AND person_id=$3`, tx.Org(), action, person)
	return err
}

type noteRow struct {
	Note
	action, sealed string
}

const noteColumns = `id, action_id, kind, question, account_id, at, sealed`

func scanNote(s db.Scanner) (n noteRow, err error) {
	var at int64
	err = s.Scan(&n.ID, &n.action, &n.Kind, &n.Question, &n.Account, &at, &n.sealed)
	n.At = db.Time(at)
	return n, err
}

func addNote(ctx context.Context, tx *db.Tx, n noteRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO research_note (org_id, `+noteColumns+`) VALUES (`+db.Marks(1, 8)+`)`, tx.Org(), n.ID, n.action, string(n.Kind), n.Question, n.Account, db.Micros(n.At), n.sealed)
	return err
}

func notesOf(ctx context.Context, tx *db.Tx, action string) ([]noteRow, error) {
	return db.Select(ctx, tx, scanNote, `SELECT `+noteColumns+` FROM research_note WHERE org_id=$1 AND action_id=$2 ORDER BY at, id`, tx.Org(), action)
}

func noteByID(ctx context.Context, tx *db.Tx, action, id string) (noteRow, error) {
	return db.Get(ctx, tx, scanNote, `SELECT `+noteColumns+` FROM research_note WHERE org_id=$1 AND action_id=$2 AND id=$3`, tx.Org(), action, id)
}

func dropNote(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM research_note WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	return err
}

// followsOf is what has to follow some actions.
func followsOf(ctx context.Context, tx *db.Tx, actions []string) (map[string][]Follow, error) {
	out := map[string][]Follow{}
	if len(actions) == 0 {
		return out, nil
	}
	type line struct {
		action string
		Follow
	}
	list, err := db.Select(ctx, tx, func(s db.Scanner) (l line, err error) {
		var due, done int64
		err = s.Scan(&l.action, &l.Step, &l.Person, &l.Account, &due, &done)
		l.Due, l.Done = db.Time(due), db.Time(done)
		return l, err
	}, `SELECT action_id, step, person_id, account_id, due_at, done_at FROM research_next WHERE org_id=$1 AND action_id IN (`+db.Marks(2, len(actions))+`) ORDER BY due_at, step`, with(tx.Org(), actions)...)
	for _, l := range list {
		out[l.action] = append(out[l.action], l.Follow)
	}
	return out, err
}

func putFollow(ctx context.Context, tx *db.Tx, action string, f Follow) error {
	_, err := tx.Exec(ctx, `INSERT INTO research_next (org_id, action_id, step, person_id, account_id, due_at, done_at) VALUES ($1,$2,$3,$4,$5,$6,$7)
		ON CONFLICT (org_id, action_id, step) DO UPDATE SET person_id=excluded.person_id, account_id=excluded.account_id, due_at=excluded.due_at, done_at=excluded.done_at`,
		tx.Org(), action, string(f.Step), f.Person, f.Account, db.Micros(f.Due), db.Micros(f.Done))
	return err
}

// forget takes somebody out of every action. Where they came, a count stays; what
// they were to do falls to whoever answers for the action.
func forget(ctx context.Context, tx *db.Tx, person string) error {
	for _, q := range []string{
		`UPDATE research_action SET others=others+1 WHERE org_id=$1 AND id IN (SELECT action_id FROM research_part WHERE org_id=$1 AND person_id=$2 AND came)`,
		`DELETE FROM research_part WHERE org_id=$1 AND person_id=$2`,
		`UPDATE research_next SET person_id='', account_id=COALESCE((SELECT a.account_id FROM research_action a WHERE a.org_id=research_next.org_id AND a.id=research_next.action_id), account_id)
			WHERE org_id=$1 AND person_id=$2`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), person); err != nil {
			return err
		}
	}
	return nil
}
