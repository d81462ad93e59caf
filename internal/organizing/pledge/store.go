// Every SQL statement of the room.
package pledge

import (
	"context"

	"seedbed/internal/platform/db"
)

// most is how many promises a clinic's lists hold; a taskforce follows some dozens.
const most = 2000

// row is a promise as stored.
type row struct {
	Pledge
	sealed  string
	version int64
}

const columns = `id, kind, topic, ref, issue, office, state, said_on, due_on, check_on, renew_on, public, withdrawn, owner, made_by, made_at, changed_at, public_at, instead_of, superseded_by, sealed, version`

func scan(s db.Scanner) (r row, err error) {
	var made, changed, public int64
	err = s.Scan(&r.ID, &r.Kind, &r.Topic, &r.Ref, &r.Issue, &r.Office, &r.State, &r.Said, &r.Due, &r.Check, &r.Renew, &r.Public, &r.Withdrawn, &r.Owner, &r.By,
		&made, &changed, &public, &r.InsteadOf, &r.Superseded, &r.sealed, &r.version)
	r.Made, r.Changed, r.Published = db.Time(made), db.Time(changed), db.Time(public)
	return r, err
}

func put(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO pledge (org_id, `+columns+`) VALUES (`+db.Marks(1, 23)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET issue=excluded.issue, office=excluded.office, state=excluded.state, said_on=excluded.said_on, due_on=excluded.due_on,
		check_on=excluded.check_on, renew_on=excluded.renew_on, public=excluded.public, withdrawn=excluded.withdrawn, owner=excluded.owner, changed_at=excluded.changed_at,
		public_at=excluded.public_at, superseded_by=excluded.superseded_by, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, string(r.Kind), r.Topic, r.Ref, r.Issue, r.Office, string(r.State), r.Said, r.Due, r.Check, r.Renew, r.Public, r.Withdrawn, r.Owner, r.By,
		db.Micros(r.Made), db.Micros(r.Changed), db.Micros(r.Published), r.InsteadOf, r.Superseded, r.sealed, r.version)
	return err
}

// byID finds a promise; onlyPublic hides what is not on the board.
func byID(ctx context.Context, tx *db.Tx, id string, onlyPublic bool) (row, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM pledge WHERE org_id=$1 AND id=$2 AND (public OR NOT $3)`, tx.Org(), id, onlyPublic)
}

// list finds promises; empty fields of the filter select all.
func list(ctx context.Context, tx *db.Tx, f Filter, onlyPublic bool) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM pledge WHERE org_id=$1 AND (public OR NOT $2) AND ($3='' OR kind=$3) AND ($4='' OR state=$4) AND ($5='' OR issue=$5)
		AND ($6='' OR ref=$6) AND ($7='' OR office=$7) ORDER BY id LIMIT $8`,
		tx.Org(), onlyPublic, string(f.Kind), string(f.State), f.Issue, f.Ref, f.Office, int64(most))
}

// soon lists, over all clinics or in one, what somebody has to look after until a day.
func soon(ctx context.Context, tx *db.Tx, until string) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM pledge WHERE org_id=$1 AND NOT withdrawn AND state<>'superseded' AND
		(check_on<>'' AND check_on<=$2 OR renew_on<>'' AND renew_on<=$2 OR due_on<>'' AND due_on<=$2) ORDER BY id LIMIT $3`, tx.Org(), until, int64(most))
}

func organizations(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT DISTINCT org_id FROM pledge ORDER BY org_id`)
}

// partRow is a part as stored.
type partRow struct {
	Part
	pledge, sealed string
}

func scanPart(s db.Scanner) (p partRow, err error) {
	err = s.Scan(&p.pledge, &p.ID, &p.State, &p.sealed)
	return p, err
}

func putPart(ctx context.Context, tx *db.Tx, p partRow, place int) error {
	_, err := tx.Exec(ctx, `INSERT INTO pledge_part (org_id, pledge_id, id, state, place, sealed) VALUES (`+db.Marks(1, 6)+`)
		ON CONFLICT (org_id, pledge_id, id) DO UPDATE SET state=excluded.state`, tx.Org(), p.pledge, p.ID, string(p.State), int64(place), p.sealed)
	return err
}

// parts lists the parts of one promise, or with ” of all.
func parts(ctx context.Context, tx *db.Tx, pledge string) ([]partRow, error) {
	return db.Select(ctx, tx, scanPart, `SELECT pledge_id, id, state, sealed FROM pledge_part WHERE org_id=$1 AND ($2='' OR pledge_id=$2) ORDER BY pledge_id, place, id`, tx.Org(), pledge)
}

// changeRow is a change as stored.
type changeRow struct {
	Change
	sealed  string
	version int64
}

const changeColumns = `pledge_id, id, part_id, act, from_state, to_state, other_id, answer, asked_by, asked_at, second_by, second_at, sealed, version`

func scanChange(s db.Scanner) (c changeRow, err error) {
	var asked, second int64
	err = s.Scan(&c.Pledge, &c.ID, &c.Part, &c.Act, &c.From, &c.To, &c.Other, &c.Answer, &c.By, &asked, &c.Second, &second, &c.sealed, &c.version)
	c.At, c.SecondAt = db.Time(asked), db.Time(second)
	return c, err
}

func putChange(ctx context.Context, tx *db.Tx, c changeRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO pledge_change (org_id, `+changeColumns+`) VALUES (`+db.Marks(1, 15)+`)
		ON CONFLICT (org_id, pledge_id, id) DO UPDATE SET answer=excluded.answer, second_by=excluded.second_by, second_at=excluded.second_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), c.Pledge, c.ID, c.Part, string(c.Act), string(c.From), string(c.To), c.Other, string(c.Answer), c.By, db.Micros(c.At), c.Second, db.Micros(c.SecondAt), c.sealed, c.version)
	return err
}

// changes lists what was asked about one promise, oldest first; answered selects one answer.
func changes(ctx context.Context, tx *db.Tx, pledge string, answered Answer) ([]changeRow, error) {
	return db.Select(ctx, tx, scanChange, `SELECT `+changeColumns+` FROM pledge_change WHERE org_id=$1 AND ($2='' OR pledge_id=$2) AND ($3='' OR answer=$3) ORDER BY asked_at, id`,
		tx.Org(), pledge, string(answered))
}

// after finds the promise that was made in the place of another.
func after(ctx context.Context, tx *db.Tx, pledge string) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT id FROM pledge WHERE org_id=$1 AND instead_of=$2 ORDER BY id`, tx.Org(), pledge)
}
