// Every SQL statement of the room.
package turnout

import (
	"cmp"
	"context"
	"time"

	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/db"
)

type row struct {
	Turnout
	sealed string
}

const columns = `id, ref, kind, state, at, minutes, goal, nameless, account_id, made_at, sent_at, held_at, sealed, version`

func scan(s db.Scanner) (r row, err error) {
	var at, made, sent, held int64
	err = s.Scan(&r.ID, &r.Ref, &r.Kind, &r.State, &at, &r.Minutes, &r.Goal, &r.Nameless, &r.Account, &made, &sent, &held, &r.sealed, &r.Version)
	r.At, r.Made, r.Sent, r.HeldAt = db.Time(at), db.Time(made), db.Time(sent), db.Time(held)
	return r, err
}

func put(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO turnout (org_id, `+columns+`) VALUES (`+db.Marks(1, 15)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET kind=excluded.kind, state=excluded.state, at=excluded.at, minutes=excluded.minutes, goal=excluded.goal,
		nameless=excluded.nameless, sent_at=excluded.sent_at, held_at=excluded.held_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, r.Ref, string(r.Kind), string(r.State), db.Micros(r.At), int64(r.Minutes), int64(r.Goal), r.Nameless, r.Account,
		db.Micros(r.Made), db.Micros(r.Sent), db.Micros(r.HeldAt), r.sealed, r.Version)
	return err
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM turnout WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func byRef(ctx context.Context, tx *db.Tx, ref string) (row, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM turnout WHERE org_id=$1 AND ref=$2`, tx.Org(), ref)
}

// listed are turnouts of an organization, the latest first; with persons only those
// in which one of them was asked or undertook something.
func listed(ctx context.Context, tx *db.Tx, persons []string, limit int) ([]row, error) {
	if persons == nil {
		return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM turnout WHERE org_id=$1 ORDER BY at DESC, id DESC LIMIT $2`, tx.Org(), int64(limit))
	}
	args := []any{tx.Org(), int64(limit)}
	for _, p := range persons {
		args = append(args, p)
	}
	marks := db.Marks(3, len(persons))
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM turnout t WHERE org_id=$1 AND
		(EXISTS (SELECT 1 FROM turnout_share s WHERE s.org_id=t.org_id AND s.turnout_id=t.id AND s.person_id IN (`+marks+`))
		OR EXISTS (SELECT 1 FROM turnout_ask k WHERE k.org_id=t.org_id AND k.turnout_id=t.id AND k.person_id IN (`+marks+`)))
		ORDER BY at DESC, id DESC LIMIT $2`, args...)
}

func putShare(ctx context.Context, tx *db.Tx, turnout string, s Share, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO turnout_share (org_id, turnout_id, institution_id, person_id, goal, asked, yes, confirmed, roll, changed_at) VALUES (`+db.Marks(1, 10)+`)
		ON CONFLICT (org_id, turnout_id, institution_id, person_id) DO UPDATE SET goal=excluded.goal, asked=excluded.asked, yes=excluded.yes, confirmed=excluded.confirmed,
		roll=excluded.roll, changed_at=excluded.changed_at`,
		tx.Org(), turnout, s.Institution, s.Person, int64(s.Goal), int64(s.Asked), int64(s.Yes), int64(s.Confirmed), int64(s.Roll), db.Micros(now))
	return err
}

func dropShare(ctx context.Context, tx *db.Tx, turnout, institution, person string) error {
	_, err := tx.Exec(ctx, `DELETE FROM turnout_share WHERE org_id=$1 AND turnout_id=$2 AND institution_id=$3 AND person_id=$4`, tx.Org(), turnout, institution, person)
	return err
}

// rawShares are the shares as they are stored.
func rawShares(ctx context.Context, tx *db.Tx, turnout string) ([]Share, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (v Share, err error) {
		var changed int64
		err = s.Scan(&v.Institution, &v.Person, &v.Goal, &v.Asked, &v.Yes, &v.Confirmed, &v.Roll, &changed)
		v.Changed = db.Time(changed)
		return v, err
	}, `SELECT institution_id, person_id, goal, asked, yes, confirmed, roll, changed_at FROM turnout_share WHERE org_id=$1 AND turnout_id=$2 ORDER BY institution_id, person_id`, tx.Org(), turnout)
}

type askRow struct {
	Ask
	turnout, hash, sealed string
}

const askColumns = `turnout_id, person_id, id, asked_by, institution_id, state, confirmed, present, tries, tried_at, wrong, sent, asked_at, token_hash, sealed`

func scanAsk(s db.Scanner) (k askRow, err error) {
	var tried, at int64
	err = s.Scan(&k.turnout, &k.Person, &k.ID, &k.By, &k.Institution, &k.Answer, &k.Confirmed, &k.Present, &k.Tries, &tried, &k.Wrong, &k.Sent, &at, &k.hash, &k.sealed)
	k.Tried, k.At = db.Time(tried), db.Time(at)
	return k, err
}

func putAsk(ctx context.Context, tx *db.Tx, k askRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO turnout_ask (org_id, `+askColumns+`) VALUES (`+db.Marks(1, 16)+`)
		ON CONFLICT (org_id, turnout_id, person_id) DO UPDATE SET asked_by=excluded.asked_by, institution_id=excluded.institution_id, state=excluded.state,
		confirmed=excluded.confirmed, present=excluded.present, tries=excluded.tries, tried_at=excluded.tried_at, wrong=excluded.wrong, sent=excluded.sent`,
		tx.Org(), k.turnout, k.Person, k.ID, k.By, k.Institution, string(k.Answer), k.Confirmed, k.Present, int64(k.Tries), db.Micros(k.Tried), k.Wrong, k.Sent, db.Micros(k.At), k.hash, k.sealed)
	return err
}

func dropAsk(ctx context.Context, tx *db.Tx, k askRow) error {
	if _, err := tx.Exec(ctx, `UPDATE turnout_ask SET asked_by=$4 WHERE org_id=$1 AND turnout_id=$2 AND asked_by=$3`, tx.Org(), k.turnout, k.Person, k.By); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM turnout_ask WHERE org_id=$1 AND turnout_id=$2 AND person_id=$3`, tx.Org(), k.turnout, k.Person)
	return err
}

// rawAsks are the asks of a turnout as they are stored.
func rawAsks(ctx context.Context, tx *db.Tx, turnout string) ([]askRow, error) {
	return db.Select(ctx, tx, scanAsk, `SELECT `+askColumns+` FROM turnout_ask WHERE org_id=$1 AND turnout_id=$2 ORDER BY id`, tx.Org(), turnout)
}

// asksOf are the asks of these rows of a person, in a turnout or in all.
func asksOf(ctx context.Context, tx *db.Tx, turnout string, rows []string) ([]askRow, error) {
	args := []any{tx.Org(), turnout}
	for _, p := range rows {
		args = append(args, p)
	}
	return db.Select(ctx, tx, scanAsk, `SELECT `+askColumns+` FROM turnout_ask WHERE org_id=$1 AND ($2='' OR turnout_id=$2) AND person_id IN (`+db.Marks(3, len(rows))+`) ORDER BY id`, args...)
}

func askByID(ctx context.Context, tx *db.Tx, id string) (askRow, error) {
	return db.Get(ctx, tx, scanAsk, `SELECT `+askColumns+` FROM turnout_ask WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// askByToken finds an ask of any organization by the digest of its link.
func askByToken(ctx context.Context, tx *db.Tx, hash string) (org string, k askRow, err error) {
	k, err = db.Get(ctx, tx, func(s db.Scanner) (k askRow, err error) {
		var tried, at int64
		err = s.Scan(&org, &k.turnout, &k.Person, &k.ID, &k.By, &k.Institution, &k.Answer, &k.Confirmed, &k.Present, &k.Tries, &tried, &k.Wrong, &k.Sent, &at, &k.hash, &k.sealed)
		k.Tried, k.At = db.Time(tried), db.Time(at)
		return k, err
	}, `SELECT org_id, `+askColumns+` FROM turnout_ask WHERE token_hash=$1`, hash)
	return org, k, err
}

func counts(ctx context.Context, tx *db.Tx, turnout string) ([]Count, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (c Count, err error) {
		err = s.Scan(&c.Institution, &c.Asked, &c.Yes, &c.Confirmed, &c.Attended)
		return c, err
	}, `SELECT institution_id, asked, yes, confirmed, attended FROM turnout_count WHERE org_id=$1 AND turnout_id=$2 ORDER BY institution_id`, tx.Org(), turnout)
}

// count adds numbers without names. Presses of several phones come in any order, so
// the sum may be below nothing until the rest has come.
func count(ctx context.Context, tx *db.Tx, turnout string, c Count) error {
	_, err := tx.Exec(ctx, `INSERT INTO turnout_count (org_id, turnout_id, institution_id, asked, yes, confirmed, attended) VALUES ($1,$2,$3,$4,$5,$6,$7)
		ON CONFLICT (org_id, turnout_id, institution_id) DO UPDATE SET asked=turnout_count.asked+excluded.asked, yes=turnout_count.yes+excluded.yes,
		confirmed=turnout_count.confirmed+excluded.confirmed, attended=turnout_count.attended+excluded.attended`,
		tx.Org(), turnout, c.Institution, int64(c.Asked), int64(c.Yes), int64(c.Confirmed), int64(c.Attended))
	return err
}

// held are the turnouts that are over, for what institutions promised and brought.
func held(ctx context.Context, tx *db.Tx) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM turnout WHERE org_id=$1 AND state='held' ORDER BY at, id`, tx.Org())
}

// forget turns what is known of a person into numbers: nobody's sum changes.
func forget(ctx context.Context, tx *db.Tx, person string) error {
	list, err := asksOf(ctx, tx, "", []string{person})
	if err != nil {
		return err
	}
	for _, k := range list {
		n := k.numbers()
		if err := count(ctx, tx, k.turnout, Count{Institution: k.Institution, Asked: n.Asked, Yes: n.Yes, Confirmed: n.Confirmed, Attended: n.Attended}); err != nil {
			return err
		}
		if err := dropAsk(ctx, tx, k); err != nil {
			return err
		}
	}
	for _, q := range []string{
		`INSERT INTO turnout_count (org_id, turnout_id, institution_id, asked, yes, confirmed, attended)
			SELECT org_id, turnout_id, institution_id, asked, yes, confirmed, 0 FROM turnout_share WHERE org_id=$1 AND person_id=$2
			ON CONFLICT (org_id, turnout_id, institution_id) DO UPDATE SET asked=turnout_count.asked+excluded.asked, yes=turnout_count.yes+excluded.yes, confirmed=turnout_count.confirmed+excluded.confirmed`,
		`DELETE FROM turnout_share WHERE org_id=$1 AND person_id=$2`,
		`UPDATE turnout_ask SET asked_by='' WHERE org_id=$1 AND asked_by=$2`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), person); err != nil {
			return err
		}
	}
	return nil
}

// who tells for everybody in these lists which person they are now.
func who(ctx context.Context, tx *db.Tx, shares []Share, asks []askRow) (func(string) string, error) {
	var ids []string
	for _, s := range shares {
		if s.Person != "" {
			ids = append(ids, s.Person)
		}
	}
	for _, k := range asks {
		ids = append(ids, k.Person)
		if k.By != "" {
			ids = append(ids, k.By)
		}
	}
	now, err := people.Resolve(ctx, tx, ids)
	return func(id string) string { return cmp.Or(now[id], id) }, err
}

// all is everything of a turnout, every person once.
func all(ctx context.Context, tx *db.Tx, turnout string) (shares []Share, asks []Ask, cs []Count, err error) {
	raw, err := rawAsks(ctx, tx, turnout)
	if err != nil {
		return nil, nil, nil, err
	}
	if shares, err = rawShares(ctx, tx, turnout); err != nil {
		return nil, nil, nil, err
	}
	root, err := who(ctx, tx, shares, raw)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, k := range raw {
		asks = append(asks, k.Ask)
	}
	cs, err = counts(ctx, tx, turnout)
	return shareOnce(shares, root), once(asks, root), cs, err
}
