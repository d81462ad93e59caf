// Statements about what a group may see: shares, links, sessions, recalls.
package introduction

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

func join(list []string) string { return strings.Join(list, ",") }

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

type share struct {
	org, id, intro, group string
	began, expires, ended time.Time
	reply, groupPhone     string
	codeSealed            string
	codeVersion           int64
	codeTries             int
}

func (s share) live(now time.Time) bool {
	return s.id != "" && s.ended.IsZero() && now.Before(s.expires)
}

const shareColumns = `org_id, id, introduction_id, group_id, began, expires, ended, reply, group_phone, code_sealed, code_version, code_tries`

func scanShare(r db.Scanner) (s share, err error) {
	var began, expires, ended int64
	err = r.Scan(&s.org, &s.id, &s.intro, &s.group, &began, &expires, &ended, &s.reply, &s.groupPhone, &s.codeSealed, &s.codeVersion, &s.codeTries)
	s.began, s.expires, s.ended = db.Time(began), db.Time(expires), db.Time(ended)
	return s, err
}

func insertShare(ctx context.Context, tx *db.Tx, s share) error {
	_, err := tx.Exec(ctx, `INSERT INTO introduction_share (`+shareColumns+`) VALUES (`+db.Marks(1, 12)+`)`,
		tx.Org(), s.id, s.intro, s.group, db.Micros(s.began), db.Micros(s.expires), db.Micros(s.ended), s.reply, s.groupPhone, s.codeSealed, s.codeVersion, s.codeTries)
	return err
}

func shareByID(ctx context.Context, tx *db.Tx, id string) (share, error) {
	return db.Get(ctx, tx, scanShare, `SELECT `+shareColumns+` FROM introduction_share WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// openShare returns the open share of an introduction; without one its id is empty.
func openShare(ctx context.Context, tx *db.Tx, intro string) (share, error) {
	s, err := db.Get(ctx, tx, scanShare, `SELECT `+shareColumns+` FROM introduction_share WHERE org_id=$1 AND introduction_id=$2 AND ended=0`, tx.Org(), intro)
	if fault.Is(err, fault.NotFound) {
		return share{}, nil
	}
	return s, err
}

func sharesOf(ctx context.Context, tx *db.Tx, intro string) ([]share, error) {
	return db.Select(ctx, tx, scanShare, `SELECT `+shareColumns+` FROM introduction_share WHERE org_id=$1 AND introduction_id=$2 ORDER BY began, id`, tx.Org(), intro)
}

// openSharesOf is the group's list, newest last.
func openSharesOf(ctx context.Context, tx *db.Tx, group string, now time.Time) ([]share, error) {
	return db.Select(ctx, tx, scanShare, `SELECT `+shareColumns+` FROM introduction_share
		WHERE org_id=$1 AND group_id=$2 AND ended=0 AND expires > $3 ORDER BY began, id LIMIT 200`, tx.Org(), group, db.Micros(now))
}

func openSharesByPhone(ctx context.Context, tx *db.Tx, blind string, now time.Time) ([]share, error) {
	return db.Select(ctx, tx, scanShare, `SELECT `+shareColumns+` FROM introduction_share
		WHERE org_id=$1 AND group_phone=$2 AND group_phone <> '' AND ended=0 AND expires > $3 ORDER BY began, id LIMIT 200`, tx.Org(), blind, db.Micros(now))
}

func endShare(ctx context.Context, tx *db.Tx, id string, at time.Time) error {
	if _, err := tx.Exec(ctx, `UPDATE introduction_share SET ended=$3, code_sealed='' WHERE org_id=$1 AND id=$2 AND ended=0`, tx.Org(), id, db.Micros(at)); err != nil {
		return err
	}
	return endSessions(ctx, tx, id)
}

// endSessions throws out whoever opened a share or an introduction by its code.
func endSessions(ctx context.Context, tx *db.Tx, subject string) error {
	_, err := tx.Exec(ctx, `DELETE FROM introduction_session WHERE org_id=$1 AND subject=$2`, tx.Org(), subject)
	return err
}

func setCode(ctx context.Context, tx *db.Tx, id, sealed string, version int64) error {
	_, err := tx.Exec(ctx, `UPDATE introduction_share SET code_sealed=$3, code_version=$4, code_tries=0 WHERE org_id=$1 AND id=$2`, tx.Org(), id, sealed, version)
	return err
}

// countTry counts a try before it is judged and returns how many there were.
func countTry(ctx context.Context, tx *db.Tx, id string) (int, error) {
	return db.One[int](ctx, tx, `UPDATE introduction_share SET code_tries = code_tries + 1 WHERE org_id=$1 AND id=$2 RETURNING code_tries`, tx.Org(), id)
}

func clearTries(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `UPDATE introduction_share SET code_tries = 0 WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	return err
}

type link struct {
	org, share string
	expires    time.Time
}

func insertLink(ctx context.Context, tx *db.Tx, hash, share string, made, expires time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO introduction_link (org_id, token_hash, share_id, made, expires) VALUES ($1,$2,$3,$4,$5)`,
		tx.Org(), hash, share, db.Micros(made), db.Micros(expires))
	return err
}

// linkByHash works in any organization: the link is all its holder knows.
func linkByHash(ctx context.Context, tx *db.Tx, hash string) (link, error) {
	return db.Get(ctx, tx, func(s db.Scanner) (l link, err error) {
		var expires int64
		err = s.Scan(&l.org, &l.share, &expires)
		l.expires = db.Time(expires)
		return l, err
	}, `SELECT org_id, share_id, expires FROM introduction_link WHERE token_hash=$1`, hash)
}

func sweepLinks(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM introduction_link WHERE org_id=$1 AND expires < $2`, tx.Org(), db.Micros(before))
	return err
}

// Kinds of sessions.
const (
	linkSession = "link" // subject is a share
	meSession   = "me"   // subject is an introduction
)

type session struct {
	org, kind, subject string
	made, seen         time.Time
}

func insertSession(ctx context.Context, tx *db.Tx, hash string, s session) error {
	if _, err := tx.Exec(ctx, `DELETE FROM introduction_session WHERE org_id=$1 AND seen < $2`, tx.Org(), db.Micros(s.made.Add(-SessionLife))); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO introduction_session (org_id, token_hash, kind, subject, made, seen) VALUES ($1,$2,$3,$4,$5,$6)`,
		tx.Org(), hash, s.kind, s.subject, db.Micros(s.made), db.Micros(s.seen))
	return err
}

func sessionByHash(ctx context.Context, tx *db.Tx, hash string) (session, error) {
	return db.Get(ctx, tx, func(r db.Scanner) (s session, err error) {
		var made, seen int64
		err = r.Scan(&s.org, &s.kind, &s.subject, &made, &seen)
		s.made, s.seen = db.Time(made), db.Time(seen)
		return s, err
	}, `SELECT org_id, kind, subject, made, seen FROM introduction_session WHERE token_hash=$1`, hash)
}

func seeSession(ctx context.Context, tx *db.Tx, hash string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE introduction_session SET seen=$3 WHERE org_id=$1 AND token_hash=$2 AND seen < $3`, tx.Org(), hash, db.Micros(now))
	return err
}

func deleteSession(ctx context.Context, tx *db.Tx, hash string) error {
	_, err := tx.Exec(ctx, `DELETE FROM introduction_session WHERE org_id=$1 AND token_hash=$2`, tx.Org(), hash)
	return err
}

type recall struct {
	id, share, group, receiptHash, why string
	asked, answered, due, keepUntil    time.Time
	answeredBy                         Party
}

const recallColumns = `id, share_id, group_id, receipt_hash, why, asked, answered, answered_by, due_at, keep_until`

func scanRecall(s db.Scanner) (r recall, err error) {
	var asked, answered, due, keep int64
	err = s.Scan(&r.id, &r.share, &r.group, &r.receiptHash, &r.why, &asked, &answered, &r.answeredBy, &due, &keep)
	r.asked, r.answered, r.due, r.keepUntil = db.Time(asked), db.Time(answered), db.Time(due), db.Time(keep)
	return r, err
}

func insertRecall(ctx context.Context, tx *db.Tx, r recall) error {
	_, err := tx.Exec(ctx, `INSERT INTO introduction_recall (org_id, `+recallColumns+`) VALUES (`+db.Marks(1, 11)+`)`,
		tx.Org(), r.id, r.share, r.group, r.receiptHash, r.why, db.Micros(r.asked), db.Micros(r.answered), string(r.answeredBy), db.Micros(r.due), db.Micros(r.keepUntil))
	return err
}

func recallByID(ctx context.Context, tx *db.Tx, id string) (recall, error) {
	return db.Get(ctx, tx, scanRecall, `SELECT `+recallColumns+` FROM introduction_recall WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func recallsByReceipt(ctx context.Context, tx *db.Tx, hash string) ([]recall, error) {
	return db.Select(ctx, tx, scanRecall, `SELECT `+recallColumns+` FROM introduction_recall WHERE org_id=$1 AND receipt_hash=$2 ORDER BY asked, id`, tx.Org(), hash)
}

func recallOfShare(ctx context.Context, tx *db.Tx, share string) (recall, error) {
	return db.Get(ctx, tx, scanRecall, `SELECT `+recallColumns+` FROM introduction_recall WHERE org_id=$1 AND share_id=$2 ORDER BY asked DESC, id DESC LIMIT 1`, tx.Org(), share)
}

func recallsOfGroup(ctx context.Context, tx *db.Tx, group string) ([]recall, error) {
	return db.Select(ctx, tx, scanRecall, `SELECT `+recallColumns+` FROM introduction_recall WHERE org_id=$1 AND group_id=$2 AND answered=0 ORDER BY asked, id LIMIT 200`, tx.Org(), group)
}

// openRecalls are those no group has answered, oldest first.
func openRecalls(ctx context.Context, tx *db.Tx, limit int) ([]recall, error) {
	return db.Select(ctx, tx, scanRecall, `SELECT `+recallColumns+` FROM introduction_recall WHERE org_id=$1 AND due_at > 0 ORDER BY due_at, id LIMIT $2`, tx.Org(), limit)
}

func answerRecall(ctx context.Context, tx *db.Tx, id string, at time.Time, by Party) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE introduction_recall SET answered=$3, answered_by=$4, due_at=0 WHERE org_id=$1 AND id=$2 AND answered=0`, tx.Org(), id, db.Micros(at), string(by))
	return n == 1, err
}

func moveReceipt(ctx context.Context, tx *db.Tx, from, to string) error {
	_, err := tx.Exec(ctx, `UPDATE introduction_recall SET receipt_hash=$3 WHERE org_id=$1 AND receipt_hash=$2`, tx.Org(), from, to)
	return err
}

func sweepRecalls(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM introduction_recall WHERE org_id=$1 AND keep_until < $2`, tx.Org(), db.Micros(now))
	return err
}

// orgByReceipt finds the organization of a receipt: the code is all the person has.
func orgByReceipt(ctx context.Context, tx *db.Tx, hash string) (string, error) {
	return db.One[string](ctx, tx, `SELECT org_id FROM introduction WHERE receipt_hash=$1 AND receipt_hash <> ''
		UNION SELECT org_id FROM introduction_recall WHERE receipt_hash=$1 LIMIT 1`, hash)
}

func groupsWithOpen(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT DISTINCT group_id FROM introduction_share WHERE org_id=$1 AND ended=0 ORDER BY group_id LIMIT 1000`, tx.Org())
}

// expiredShares are introductions whose open share outlived its consent.
func expiredShares(ctx context.Context, tx *db.Tx, now time.Time) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT introduction_id FROM introduction_share WHERE org_id=$1 AND ended=0 AND expires <= $2 LIMIT 200`, tx.Org(), db.Micros(now))
}
