// Every SQL statement of the room.
package story

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// row is a story as stored.
type row struct {
	Story
	approvedHash, codeHash, sealed string
}

const columns = `id, subject, known, campaign_id, account_id, language, state, detail, identity, told_at, changed_at, rest_until, version, approved, approved_hash, code_hash, sealed`

func scanRow(s db.Scanner) (r row, err error) {
	var told, changed, rest int64
	err = s.Scan(&r.ID, &r.Subject, &r.Known, &r.Campaign, &r.Account, &r.Language, &r.State, &r.Detail, &r.Identity, &told, &changed, &rest, &r.Version, &r.Approved,
		&r.approvedHash, &r.codeHash, &r.sealed)
	r.Told, r.Changed, r.RestUntil = db.Time(told), db.Time(changed), db.Time(rest)
	return r, err
}

func put(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO story_story (org_id, `+columns+`) VALUES (`+db.Marks(1, 18)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET subject=excluded.subject, known=excluded.known, campaign_id=excluded.campaign_id, account_id=excluded.account_id,
		language=excluded.language, state=excluded.state, detail=excluded.detail, identity=excluded.identity, changed_at=excluded.changed_at, rest_until=excluded.rest_until,
		version=excluded.version, approved=excluded.approved, approved_hash=excluded.approved_hash, code_hash=excluded.code_hash, sealed=excluded.sealed`,
		tx.Org(), r.ID, r.Subject, r.Known, r.Campaign, r.Account, r.Language, string(r.State), string(r.Detail), string(r.Identity), db.Micros(r.Told), db.Micros(r.Changed),
		db.Micros(r.RestUntil), r.Version, r.Approved, r.approvedHash, r.codeHash, r.sealed)
	return err
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scanRow, `SELECT `+columns+` FROM story_story WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// byCode looks in every clinic: a code is all that its holder has.
func byCode(ctx context.Context, tx *db.Tx, hash string) (org string, r row, err error) {
	r, err = db.Get(ctx, tx, func(s db.Scanner) (row, error) { return scanRow(behind{s, &org}) },
		`SELECT org_id, `+columns+` FROM story_story WHERE code_hash=$1`, hash)
	return org, r, err
}

// behind scans one more column before those that a scan function knows.
type behind struct {
	db.Scanner
	first any
}

func (b behind) Scan(dest ...any) error { return b.Scanner.Scan(append([]any{b.first}, dest...)...) }

func newest(ctx context.Context, tx *db.Tx, before time.Time, beforeID string, limit int) ([]row, error) {
	at := int64(1) << 62
	if !before.IsZero() {
		at = db.Micros(before)
	}
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM story_story WHERE org_id=$1 AND state<>'withdrawn' AND (changed_at<$2 OR changed_at=$2 AND id<$3)
		ORDER BY changed_at DESC, id DESC LIMIT $4`, tx.Org(), at, beforeID, int64(limit))
}

func ofSubject(ctx context.Context, tx *db.Tx, subject string) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM story_story WHERE org_id=$1 AND subject=$2 ORDER BY told_at, id`, tx.Org(), subject)
}

func writtenBy(ctx context.Context, tx *db.Tx, account string, limit int) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM story_story WHERE org_id=$1 AND account_id=$2 AND state<>'withdrawn' ORDER BY changed_at DESC, id DESC LIMIT $3`, tx.Org(), account, int64(limit))
}

func ofCampaign(ctx context.Context, tx *db.Tx, campaign string) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM story_story WHERE org_id=$1 AND campaign_id=$2 AND state IN ('approved','used') ORDER BY told_at, id`, tx.Org(), campaign)
}

func inUse(ctx context.Context, tx *db.Tx) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM story_story s WHERE org_id=$1 AND EXISTS
		(SELECT 1 FROM story_use u WHERE u.org_id=s.org_id AND u.story_id=s.id AND u.ended_at=0)`, tx.Org())
}

func dueToWake(ctx context.Context, tx *db.Tx, now time.Time) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM story_story WHERE org_id=$1 AND state='resting' AND rest_until>0 AND rest_until<=$2`, tx.Org(), db.Micros(now))
}

func orgs(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT DISTINCT org_id FROM story_story`)
}

// edit is one line of the co-editing log.
type edit struct {
	version      int64
	at           time.Time
	party        Party
	account, sum string
}

func addEdit(ctx context.Context, tx *db.Tx, story string, e edit) error {
	_, err := tx.Exec(ctx, `INSERT INTO story_edit (org_id, story_id, version, at, party, account_id, hash) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		tx.Org(), story, e.version, db.Micros(e.at), string(e.party), e.account, e.sum)
	return err
}

func edits(ctx context.Context, tx *db.Tx, story string) ([]edit, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (e edit, err error) {
		var at int64
		err = s.Scan(&e.version, &at, &e.party, &e.account, &e.sum)
		e.at = db.Time(at)
		return e, err
	}, `SELECT version, at, party, account_id, hash FROM story_edit WHERE org_id=$1 AND story_id=$2 ORDER BY version`, tx.Org(), story)
}

const useColumns = `id, story_id, place, account_id, at, ended_at, down_at, sealed`

// usage is a use as stored.
type usage struct {
	Use
	sealed string
}

func scanUse(s db.Scanner) (u usage, err error) {
	var at, ended, down int64
	err = s.Scan(&u.ID, &u.Story, &u.Place, &u.Account, &at, &ended, &down, &u.sealed)
	u.At, u.Ended, u.Down = db.Time(at), db.Time(ended), db.Time(down)
	return u, err
}

func putUse(ctx context.Context, tx *db.Tx, u usage) error {
	_, err := tx.Exec(ctx, `INSERT INTO story_use (org_id, `+useColumns+`) VALUES (`+db.Marks(1, 9)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET ended_at=excluded.ended_at, down_at=excluded.down_at, sealed=excluded.sealed`,
		tx.Org(), u.ID, u.Story, u.Place, u.Account, db.Micros(u.At), db.Micros(u.Ended), db.Micros(u.Down), u.sealed)
	return err
}

func useByID(ctx context.Context, tx *db.Tx, id string) (usage, error) {
	return db.Get(ctx, tx, scanUse, `SELECT `+useColumns+` FROM story_use WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func usesOf(ctx context.Context, tx *db.Tx, story string) ([]usage, error) {
	return db.Select(ctx, tx, scanUse, `SELECT `+useColumns+` FROM story_use WHERE org_id=$1 AND story_id=$2 ORDER BY at, id`, tx.Org(), story)
}

func toTakeDown(ctx context.Context, tx *db.Tx) ([]usage, error) {
	return db.Select(ctx, tx, scanUse, `SELECT `+useColumns+` FROM story_use WHERE org_id=$1 AND ended_at>0 AND down_at=0 ORDER BY ended_at, id`, tx.Org())
}

func tries(ctx context.Context, tx *db.Tx, from string, slot int64) (int64, error) {
	n, err := db.One[int64](ctx, tx, `SELECT n FROM story_try WHERE org_id=$1 AND id=$2 AND slot=$3`, tx.Org(), from, slot)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return n, err
}

func countTry(ctx context.Context, tx *db.Tx, from string, slot int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM story_try WHERE org_id=$1 AND slot<$2`, tx.Org(), slot); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO story_try (org_id, id, slot, n) VALUES ($1,$2,$3,1) ON CONFLICT (org_id, id, slot) DO UPDATE SET n = story_try.n + 1`, tx.Org(), from, slot)
	return err
}

// forgetStory empties a story of an erased teller: what is left is a row under
// which uses wait to be taken down, or none at all.
func forgetStory(ctx context.Context, tx *db.Tx, story string) error {
	for _, q := range []string{
		`DELETE FROM story_edit WHERE org_id=$1 AND story_id=$2`,
		`DELETE FROM story_use WHERE org_id=$1 AND story_id=$2 AND down_at>0`,
		`UPDATE story_use SET sealed='' WHERE org_id=$1 AND story_id=$2`,
		`UPDATE story_story SET subject='', known=FALSE, language='', state='withdrawn', identity='anonymous', approved=0, approved_hash='', code_hash='', sealed='' WHERE org_id=$1 AND id=$2`,
		`DELETE FROM story_story WHERE org_id=$1 AND id=$2 AND NOT EXISTS (SELECT 1 FROM story_use WHERE org_id=$1 AND story_id=$2)`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), story); err != nil {
			return err
		}
	}
	return nil
}
