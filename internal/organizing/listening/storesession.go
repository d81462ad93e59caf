// Every SQL statement about sessions, tallies and themes.
package listening

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

const sessionColumns = `id, campaign_id, state, kind, held_at, minutes, language, network_id, area_id, place, heard, facilitator_person, facilitator_account,
	scribe_person, scribe_account, asked_call, by_account, made_at, reported_at, revision, stamp`

func scanSession(sc db.Scanner) (n Session, err error) {
	var held, minutes, heard, asked, made, reported int64
	err = sc.Scan(&n.ID, &n.Campaign, &n.State, &n.Format, &held, &minutes, &n.Language, &n.Network, &n.Area, &n.Place, &heard, &n.Facilitator.Person, &n.Facilitator.Account,
		&n.Scribe.Person, &n.Scribe.Account, &asked, &n.By, &made, &reported, &n.Revision, &n.stamp)
	n.Held, n.Minutes, n.Heard, n.AskedCall, n.Made, n.Reported = db.Time(held), int(minutes), int(heard), int(asked), db.Time(made), db.Time(reported)
	return n, err
}

func sessionByID(ctx context.Context, tx *db.Tx, id string) (Session, bool, error) {
	n, err := db.Get(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM listening_session WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	if fault.Is(err, fault.NotFound) {
		return n, false, nil
	}
	return n, err == nil, err
}

func putSession(ctx context.Context, tx *db.Tx, n Session) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_session (org_id, `+sessionColumns+`) VALUES (`+db.Marks(1, 22)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET state=excluded.state, kind=excluded.kind, held_at=excluded.held_at, minutes=excluded.minutes, language=excluded.language,
		network_id=excluded.network_id, area_id=excluded.area_id, place=excluded.place, heard=excluded.heard, facilitator_person=excluded.facilitator_person,
		facilitator_account=excluded.facilitator_account, scribe_person=excluded.scribe_person, scribe_account=excluded.scribe_account, asked_call=excluded.asked_call,
		by_account=excluded.by_account, reported_at=excluded.reported_at, revision=excluded.revision, stamp=excluded.stamp`,
		tx.Org(), n.ID, n.Campaign, string(n.State), string(n.Format), db.Micros(n.Held), int64(n.Minutes), n.Language, n.Network, n.Area, n.Place, int64(n.Heard),
		n.Facilitator.Person, n.Facilitator.Account, n.Scribe.Person, n.Scribe.Account, int64(n.AskedCall), n.By, db.Micros(n.Made), db.Micros(n.Reported), n.Revision, n.stamp)
	return err
}

// sessionPage returns sessions by the day they were held, newest first; a leader's own.
func sessionPage(ctx context.Context, tx *db.Tx, campaign string, g access.Granted, a access.Actor, after string, limit int) ([]Session, error) {
	where, args := "", []any{tx.Org(), campaign}
	if g.Scope == access.Self || g.Scope == access.Team {
		where = ` AND (by_account<>'' AND by_account=$3 OR facilitator_person<>'' AND facilitator_person=$4 OR facilitator_account<>'' AND facilitator_account=$3)`
		args = append(args, a.Account, a.Person)
	}
	if after != "" {
		from, found, err := sessionByID(ctx, tx, after)
		if err != nil || !found {
			return nil, err
		}
		where += ` AND (held_at, id) < (` + db.Marks(len(args)+1, 2) + `)`
		args = append(args, db.Micros(from.Held), from.ID)
	}
	args = append(args, int64(limit))
	return db.Select(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM listening_session WHERE org_id=$1 AND campaign_id=$2`+where+
		` ORDER BY held_at DESC, id DESC LIMIT `+db.Marks(len(args), 1), args...)
}

func plannedSessions(ctx context.Context, tx *db.Tx, campaign string) ([]Session, error) {
	return db.Select(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM listening_session WHERE org_id=$1 AND campaign_id=$2 AND state='planned' ORDER BY held_at, id LIMIT 500`, tx.Org(), campaign)
}

// heardRow is what coverage needs of a session.
type heardRow struct {
	id, format, language, network, area string
	held                                int64
	heard                               int
}

func heardRows(ctx context.Context, tx *db.Tx, campaign string) ([]heardRow, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (r heardRow, err error) {
		var heard int64
		err = sc.Scan(&r.id, &r.format, &r.language, &r.network, &r.area, &r.held, &heard)
		r.heard = int(heard)
		return r, err
	}, `SELECT id, kind, language, network_id, area_id, held_at, heard FROM listening_session WHERE org_id=$1 AND campaign_id=$2 AND state='reported' ORDER BY id`, tx.Org(), campaign)
}

func heardByCampaign(ctx context.Context, tx *db.Tx) (map[string]int, error) {
	out := map[string]int{}
	_, err := db.Select(ctx, tx, func(sc db.Scanner) (struct{}, error) {
		var id string
		var n int64
		err := sc.Scan(&id, &n)
		out[id] = int(n)
		return struct{}{}, err
	}, `SELECT campaign_id, CAST(SUM(heard) AS BIGINT) FROM listening_session WHERE org_id=$1 AND state='reported' GROUP BY campaign_id`, tx.Org())
	return out, err
}

func heardByFacilitator(ctx context.Context, tx *db.Tx, campaign string) (map[Who]int, error) {
	out := map[Who]int{}
	_, err := db.Select(ctx, tx, func(sc db.Scanner) (struct{}, error) {
		var w Who
		var n int64
		err := sc.Scan(&w.Person, &w.Account, &n)
		out[w] = int(n)
		return struct{}{}, err
	}, `SELECT facilitator_person, facilitator_account, CAST(SUM(heard) AS BIGINT) FROM listening_session WHERE org_id=$1 AND campaign_id=$2 AND state='reported'
		GROUP BY facilitator_person, facilitator_account`, tx.Org(), campaign)
	return out, err
}

type tallyRow struct {
	session, theme, language string
	n, heard                 int // said it, of those who were heard
}

// tallies returns what was said in a campaign's reported sessions.
func tallies(ctx context.Context, tx *db.Tx, campaign string) ([]tallyRow, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (r tallyRow, err error) {
		var n, heard int64
		err = sc.Scan(&r.session, &r.theme, &r.language, &n, &heard)
		r.n, r.heard = int(n), int(heard)
		return r, err
	}, `SELECT t.session_id, t.theme_id, s.language, t.n, s.heard FROM listening_session s JOIN listening_tally t ON t.org_id=s.org_id AND t.session_id=s.id
		WHERE s.org_id=$1 AND s.campaign_id=$2 AND s.state='reported' ORDER BY t.theme_id, t.session_id`, tx.Org(), campaign)
}

func talliesOf(ctx context.Context, tx *db.Tx, session string) ([]Tally, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (t Tally, err error) {
		var n int64
		err = sc.Scan(&t.Theme, &n)
		t.N = int(n)
		return t, err
	}, `SELECT theme_id, n FROM listening_tally WHERE org_id=$1 AND session_id=$2 ORDER BY n DESC, theme_id`, tx.Org(), session)
}

func putTally(ctx context.Context, tx *db.Tx, session, theme string, n int) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_tally (org_id, session_id, theme_id, n) VALUES ($1,$2,$3,$4)
		ON CONFLICT (org_id, session_id, theme_id) DO UPDATE SET n=excluded.n`, tx.Org(), session, theme, int64(n))
	return err
}

func moveTally(ctx context.Context, tx *db.Tx, session, from, to string) error {
	_, err := tx.Exec(ctx, `UPDATE listening_tally SET theme_id=$4 WHERE org_id=$1 AND session_id=$2 AND theme_id=$3`, tx.Org(), session, from, to)
	return err
}

func dropTallies(ctx context.Context, tx *db.Tx, session string) error {
	_, err := tx.Exec(ctx, `DELETE FROM listening_tally WHERE org_id=$1 AND session_id=$2`, tx.Org(), session)
	return err
}

type themeRow struct {
	Theme
	sealed string
}

const themeColumns = `id, parent_id, into_id, origin, told, told_sessions, made_at, sealed, version`

func scanTheme(sc db.Scanner) (r themeRow, err error) {
	var told, in, made int64
	err = sc.Scan(&r.ID, &r.Parent, &r.Into, &r.Origin, &told, &in, &made, &r.sealed, &r.version)
	r.Told, r.ToldIn, r.Made = int(told), int(in), db.Time(made)
	return r, err
}

func themeRows(ctx context.Context, tx *db.Tx, campaign string) ([]themeRow, error) {
	return db.Select(ctx, tx, scanTheme, `SELECT `+themeColumns+` FROM listening_theme WHERE org_id=$1 AND campaign_id=$2 ORDER BY made_at, id`, tx.Org(), campaign)
}

func themeByID(ctx context.Context, tx *db.Tx, id string) (themeRow, error) {
	return db.Get(ctx, tx, scanTheme, `SELECT `+themeColumns+` FROM listening_theme WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func campaignOfTheme(ctx context.Context, tx *db.Tx, id string) (string, error) {
	return db.One[string](ctx, tx, `SELECT campaign_id FROM listening_theme WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func putTheme(ctx context.Context, tx *db.Tx, campaign string, t Theme, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_theme (org_id, campaign_id, `+themeColumns+`) VALUES (`+db.Marks(1, 11)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET parent_id=excluded.parent_id, into_id=excluded.into_id, told=excluded.told, told_sessions=excluded.told_sessions,
		sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), campaign, t.ID, t.Parent, t.Into, string(t.Origin), int64(t.Told), int64(t.ToldIn), db.Micros(t.Made), sealed, t.version)
	return err
}

func putTold(ctx context.Context, tx *db.Tx, id string, told, in int) error {
	_, err := tx.Exec(ctx, `UPDATE listening_theme SET told=$3, told_sessions=$4 WHERE org_id=$1 AND id=$2`, tx.Org(), id, int64(told), int64(in))
	return err
}

// dropUnused removes words that no report holds any more, unless somebody worked with them.
func dropUnused(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM listening_theme WHERE org_id=$1 AND id=$2 AND origin='report' AND into_id='' AND parent_id=''
		AND NOT EXISTS (SELECT 1 FROM listening_tally t WHERE t.org_id=$1 AND t.theme_id=$2)
		AND NOT EXISTS (SELECT 1 FROM listening_theme o WHERE o.org_id=$1 AND (o.into_id=$2 OR o.parent_id=$2))
		AND NOT EXISTS (SELECT 1 FROM listening_quote q WHERE q.org_id=$1 AND q.theme_id=$2)
		AND NOT EXISTS (SELECT 1 FROM listening_theme_log l WHERE l.org_id=$1 AND (l.theme_id=$2 OR l.other_id=$2))`, tx.Org(), id)
	return err
}

type wallRow struct {
	WallEntry
	sealed string
}

func putWallEntry(ctx context.Context, tx *db.Tx, campaign string, e WallEntry, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_theme_log (org_id, id, campaign_id, at, account_id, verb, theme_id, other_id, sealed) VALUES (`+db.Marks(1, 9)+`)`,
		tx.Org(), e.ID, campaign, db.Micros(e.At), e.Account, string(e.Verb), e.Theme, e.Other, sealed)
	return err
}

func wallRows(ctx context.Context, tx *db.Tx, campaign string) ([]wallRow, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (r wallRow, err error) {
		var at int64
		err = sc.Scan(&r.ID, &at, &r.Account, &r.Verb, &r.Theme, &r.Other, &r.sealed)
		r.At = db.Time(at)
		return r, err
	}, `SELECT id, at, account_id, verb, theme_id, other_id, sealed FROM listening_theme_log WHERE org_id=$1 AND campaign_id=$2 ORDER BY at DESC, id DESC LIMIT 300`, tx.Org(), campaign)
}

func putQuote(ctx context.Context, tx *db.Tx, campaign, ref, theme string, at int64) error {
	if theme == "" {
		_, err := tx.Exec(ctx, `DELETE FROM listening_quote WHERE org_id=$1 AND campaign_id=$2 AND ref=$3`, tx.Org(), campaign, ref)
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO listening_quote (org_id, campaign_id, ref, theme_id, at) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (org_id, campaign_id, ref) DO UPDATE SET theme_id=excluded.theme_id, at=excluded.at`, tx.Org(), campaign, ref, theme, at)
	return err
}

// quoted returns which quote stands under which theme.
func quoted(ctx context.Context, tx *db.Tx, campaign string) (map[string]string, error) {
	out := map[string]string{}
	_, err := db.Select(ctx, tx, func(sc db.Scanner) (struct{}, error) {
		var ref, theme string
		err := sc.Scan(&ref, &theme)
		out[ref] = theme
		return struct{}{}, err
	}, `SELECT ref, theme_id FROM listening_quote WHERE org_id=$1 AND campaign_id=$2`, tx.Org(), campaign)
	return out, err
}

type leaderRow struct{ person, sealed string }

func leaderRows(ctx context.Context, tx *db.Tx, session string) ([]leaderRow, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (r leaderRow, err error) {
		err = sc.Scan(&r.person, &r.sealed)
		return r, err
	}, `SELECT person_id, sealed FROM listening_leader WHERE org_id=$1 AND session_id=$2 ORDER BY person_id`, tx.Org(), session)
}

func putLeader(ctx context.Context, tx *db.Tx, session, person, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_leader (org_id, session_id, person_id, sealed) VALUES ($1,$2,$3,$4)`, tx.Org(), session, person, sealed)
	return err
}

func dropLeaders(ctx context.Context, tx *db.Tx, session string) error {
	_, err := tx.Exec(ctx, `DELETE FROM listening_leader WHERE org_id=$1 AND session_id=$2`, tx.Org(), session)
	return err
}

// forgetPerson leaves the counts of sessions and takes the person away from them.
func forgetPerson(ctx context.Context, tx *db.Tx, person string) error {
	for _, q := range []string{
		`DELETE FROM listening_listener WHERE org_id=$1 AND person_id=$2`,
		`DELETE FROM listening_leader WHERE org_id=$1 AND person_id=$2`,
		`UPDATE listening_session SET facilitator_person='' WHERE org_id=$1 AND facilitator_person=$2`,
		`UPDATE listening_session SET scribe_person='' WHERE org_id=$1 AND scribe_person=$2`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), person); err != nil {
			return err
		}
	}
	return nil
}
