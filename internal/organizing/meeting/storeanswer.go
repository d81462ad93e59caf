// Every SQL statement about answers to an invitation and about calendars.
package meeting

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/platform/db"
)

// answerRow is an answer as stored.
type answerRow struct {
	Answer
	blind, receipt string
}

const answerColumns = `id, answer, children, transport, interpreter, food, needs, person_id, phone_blind, receipt_hash, arrived, paper, hour_at`

func scanAnswer(s db.Scanner) (r answerRow, err error) {
	var needs string
	var hour int64
	err = s.Scan(&r.ID, &r.Coming, &r.Children, &r.Transport, &r.Interpreter, &r.Food, &needs, &r.Person, &r.blind, &r.receipt, &r.Arrived, &r.Paper, &hour)
	if needs != "" {
		r.Needs = strings.Split(needs, ",")
	}
	r.Hour = db.Time(hour)
	return r, err
}

func putAnswer(ctx context.Context, tx *db.Tx, meeting string, r answerRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO meeting_answer (org_id, meeting_id, `+answerColumns+`) VALUES (`+db.Marks(1, 15)+`)
		ON CONFLICT (org_id, meeting_id, id) DO UPDATE SET answer=excluded.answer, children=excluded.children, transport=excluded.transport, interpreter=excluded.interpreter,
		food=excluded.food, needs=excluded.needs, person_id=excluded.person_id, phone_blind=excluded.phone_blind, receipt_hash=excluded.receipt_hash,
		arrived=excluded.arrived, paper=excluded.paper, hour_at=excluded.hour_at`,
		tx.Org(), meeting, r.ID, string(r.Coming), int64(r.Children), r.Transport, r.Interpreter, r.Food, strings.Join(r.Needs, ","), r.Person, r.blind, r.receipt, r.Arrived, r.Paper, db.Micros(r.Hour))
	return err
}

func answers(ctx context.Context, tx *db.Tx, meeting string) ([]answerRow, error) {
	return db.Select(ctx, tx, scanAnswer, `SELECT `+answerColumns+` FROM meeting_answer WHERE org_id=$1 AND meeting_id=$2 ORDER BY id`, tx.Org(), meeting)
}

// answerBy finds the one answer with this digest in a column, of a number, a receipt or a person.
func answerBy(ctx context.Context, tx *db.Tx, meeting, column, value string) (answerRow, error) {
	return db.Get(ctx, tx, scanAnswer, `SELECT `+answerColumns+` FROM meeting_answer WHERE org_id=$1 AND meeting_id=$2 AND `+column+`=$3 ORDER BY id LIMIT 1`, tx.Org(), meeting, value)
}

// over takes the digests away when a meeting is over: nobody answers any more.
func over(ctx context.Context, tx *db.Tx, meeting string) error {
	_, err := tx.Exec(ctx, `UPDATE meeting_answer SET phone_blind='', receipt_hash='' WHERE org_id=$1 AND meeting_id=$2`, tx.Org(), meeting)
	return err
}

// Feed is a calendar address.
type Feed struct {
	ID       string
	Team     string // of one team, or
	Person   string // of everything one person takes part in, or
	Account  string // of everything an account planned; always who made it
	Language string
	Made     time.Time
	org      string
}

func scanFeed(s db.Scanner) (f Feed, err error) {
	var made int64
	err = s.Scan(&f.org, &f.ID, &f.Team, &f.Person, &f.Account, &f.Language, &made)
	f.Made = db.Time(made)
	return f, err
}

const feedColumns = `org_id, id, team_id, person_id, account_id, language, made_at`

func putFeed(ctx context.Context, tx *db.Tx, f Feed, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO meeting_feed (`+feedColumns+`, token_hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		tx.Org(), f.ID, f.Team, f.Person, f.Account, f.Language, db.Micros(f.Made), hash)
	return err
}

func feedByHash(ctx context.Context, tx *db.Tx, hash string) (Feed, error) {
	return db.Get(ctx, tx, scanFeed, `SELECT `+feedColumns+` FROM meeting_feed WHERE token_hash=$1`, hash)
}

// feedsOf lists the addresses somebody made.
func feedsOf(ctx context.Context, tx *db.Tx, account, person string) ([]Feed, error) {
	return db.Select(ctx, tx, scanFeed, `SELECT `+feedColumns+` FROM meeting_feed WHERE org_id=$1 AND account_id=$2 AND person_id=$3 ORDER BY id`, tx.Org(), account, person)
}

func dropFeed(ctx context.Context, tx *db.Tx, id, account, person string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM meeting_feed WHERE org_id=$1 AND id=$2 AND account_id=$3 AND person_id=$4`, tx.Org(), id, account, person)
}

func retoken(ctx context.Context, tx *db.Tx, id, hash string) error {
	_, err := tx.Exec(ctx, `UPDATE meeting_feed SET token_hash=$3 WHERE org_id=$1 AND id=$2`, tx.Org(), id, hash)
	return err
}
