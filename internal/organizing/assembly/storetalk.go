// Every SQL statement about negotiations.
package assembly

import (
	"context"
	"strings"

	"seedbed/internal/platform/db"
)

type talkRow struct {
	Talk
	sealed string
}

const talkColumns = `id, kind, state, at, minutes, next_at, assembly_id, issue_id, offices, institutions, account_id, pledge_id, made_at, held_at, sealed, version`

func scanTalk(s db.Scanner) (r talkRow, err error) {
	var at, next, made, held int64
	var offices, institutions string
	err = s.Scan(&r.ID, &r.Kind, &r.State, &at, &r.Minutes, &next, &r.Assembly, &r.Issue, &offices, &institutions, &r.Account, &r.Pledge, &made, &held, &r.sealed, &r.Version)
	r.At, r.Next, r.Made, r.Held = db.Time(at), db.Time(next), db.Time(made), db.Time(held)
	r.Offices, r.Institutions = fields(offices), fields(institutions)
	return r, err
}

func talkByID(ctx context.Context, tx *db.Tx, which string) (talkRow, error) {
	return db.Get(ctx, tx, scanTalk, `SELECT `+talkColumns+` FROM assembly_talk WHERE org_id=$1 AND id=$2`, tx.Org(), which)
}

func talks(ctx context.Context, tx *db.Tx, limit int) ([]talkRow, error) {
	return db.Select(ctx, tx, scanTalk, `SELECT `+talkColumns+` FROM assembly_talk WHERE org_id=$1 ORDER BY CASE WHEN state IN ('planned', 'held') THEN 0 ELSE 1 END, at, id LIMIT $2`,
		tx.Org(), int64(limit))
}

func putTalk(ctx context.Context, tx *db.Tx, r talkRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO assembly_talk (org_id, `+talkColumns+`) VALUES (`+db.Marks(1, 17)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET kind=excluded.kind, state=excluded.state, at=excluded.at, minutes=excluded.minutes, next_at=excluded.next_at, assembly_id=excluded.assembly_id,
		issue_id=excluded.issue_id, offices=excluded.offices, institutions=excluded.institutions, pledge_id=excluded.pledge_id, held_at=excluded.held_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, string(r.Kind), string(r.State), db.Micros(r.At), int64(r.Minutes), db.Micros(r.Next), r.Assembly, r.Issue, strings.Join(r.Offices, " "), strings.Join(r.Institutions, " "),
		r.Account, r.Pledge, db.Micros(r.Made), db.Micros(r.Held), r.sealed, r.Version)
	return err
}

func talkPeople(ctx context.Context, tx *db.Tx, which string) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT person_id FROM assembly_talk_person WHERE org_id=$1 AND talk_id=$2 ORDER BY person_id`, tx.Org(), which)
}

func setTalkPeople(ctx context.Context, tx *db.Tx, which string, list []string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM assembly_talk_person WHERE org_id=$1 AND talk_id=$2`, tx.Org(), which); err != nil {
		return err
	}
	for _, p := range list {
		if _, err := tx.Exec(ctx, `INSERT INTO assembly_talk_person (org_id, talk_id, person_id) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`, tx.Org(), which, p); err != nil {
			return err
		}
	}
	return nil
}

type textRow struct {
	Agreed
	sealed string
}

func talkTexts(ctx context.Context, tx *db.Tx, which string) ([]textRow, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (r textRow, err error) {
		var at int64
		err = s.Scan(&r.N, &r.Account, &at, &r.sealed)
		r.At = db.Time(at)
		return r, err
	}, `SELECT n, account_id, at, sealed FROM assembly_talk_text WHERE org_id=$1 AND talk_id=$2 ORDER BY n`, tx.Org(), which)
}

func addTalkText(ctx context.Context, tx *db.Tx, which string, r textRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO assembly_talk_text (org_id, talk_id, n, account_id, at, sealed) VALUES ($1,$2,$3,$4,$5,$6)`, tx.Org(), which, int64(r.N), r.Account, db.Micros(r.At), r.sealed)
	return err
}
