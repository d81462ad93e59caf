// Every SQL statement of the room.
package stipend

import (
	"context"

	"seedbed/internal/platform/db"
)

// row is an entry as stored.
type row struct {
	Entry
	noticeBy string
	sealed   string
}

const columns = `id, person_id, kind, purpose, ref, amount, currency, day, state, asked_by, asked_at, settled_by, settled_at, notice_at, notice_by, notice_lang, paid_by, paid_at, sealed`

func scan(s db.Scanner) (r row, err error) {
	var asked, settled, notice, paid int64
	err = s.Scan(&r.ID, &r.Person, &r.Kind, &r.Purpose, &r.Ref, &r.Amount, &r.Currency, &r.Day, &r.State, &r.AskedBy, &asked, &r.By, &settled, &notice, &r.noticeBy, &r.NoticeIn, &r.PaidBy, &paid, &r.sealed)
	r.Asked, r.Settled, r.Notice, r.PaidAt = db.Time(asked), db.Time(settled), db.Time(notice), db.Time(paid)
	return r, err
}

func put(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO stipend (org_id, `+columns+`) VALUES (`+db.Marks(1, 20)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET state=excluded.state, settled_by=excluded.settled_by, settled_at=excluded.settled_at, notice_at=excluded.notice_at,
		notice_by=excluded.notice_by, notice_lang=excluded.notice_lang, paid_by=excluded.paid_by, paid_at=excluded.paid_at`,
		tx.Org(), r.ID, r.Person, string(r.Kind), r.Purpose, r.Ref, r.Amount, r.Currency, r.Day, string(r.State), r.AskedBy, db.Micros(r.Asked), r.By, db.Micros(r.Settled),
		db.Micros(r.Notice), r.noticeBy, r.NoticeIn, r.PaidBy, db.Micros(r.PaidAt), r.sealed)
	return err
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM stipend WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// list returns a page of entries, the newest first; empty arguments select all.
func list(ctx context.Context, tx *db.Tx, state State, person, before string, limit int) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM stipend WHERE org_id=$1 AND ($2='' OR state=$2) AND ($3='' OR person_id=$3) AND ($4='' OR id<$4) ORDER BY id DESC LIMIT $5`,
		tx.Org(), string(state), person, before, int64(limit))
}

// counts is how many stand in each state.
func counts(ctx context.Context, tx *db.Tx) (map[State]int, error) {
	type pair struct {
		s State
		n int
	}
	list, err := db.Select(ctx, tx, func(s db.Scanner) (p pair, err error) {
		err = s.Scan(&p.s, &p.n)
		return p, err
	}, `SELECT state, COUNT(*) FROM stipend WHERE org_id=$1 GROUP BY state`, tx.Org())
	out := map[State]int{}
	for _, p := range list {
		out[p.s] = p.n
	}
	return out, err
}

// anonymous takes the person out of what was paid: the books keep the amount.
func anonymous(ctx context.Context, tx *db.Tx, person string) error {
	_, err := tx.Exec(ctx, `UPDATE stipend SET person_id='', sealed='', ref='' WHERE org_id=$1 AND person_id=$2`, tx.Org(), person)
	return err
}
