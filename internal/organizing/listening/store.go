// Every SQL statement about campaigns, networks, listeners, mid-point checks and
// publications; sessions and themes are in storesession.go, the end of a campaign
// in storedecide.go.
package listening

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

type campaignRow struct {
	Campaign
	sealed string
}

const campaignColumns = `id, state, starts_at, ends_at, made_at, opened_at, checked_at, closed_at, agreed_at, reported_at, decided_at, sealed, version`

func scanCampaign(org string) func(db.Scanner) (campaignRow, error) {
	return func(sc db.Scanner) (r campaignRow, err error) {
		var t [9]int64
		err = sc.Scan(&r.ID, &r.State, &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7], &t[8], &r.sealed, &r.Version)
		r.Org = org
		r.Starts, r.Ends, r.Made, r.Opened, r.Checked = db.Time(t[0]), db.Time(t[1]), db.Time(t[2]), db.Time(t[3]), db.Time(t[4])
		r.Campaign.Closed, r.Agreed, r.Told, r.Campaign.Decided = db.Time(t[5]), db.Time(t[6]), db.Time(t[7]), db.Time(t[8])
		return r, err
	}
}

func campaignByID(ctx context.Context, tx *db.Tx, id string) (campaignRow, error) {
	return db.Get(ctx, tx, scanCampaign(tx.Org()), `SELECT `+campaignColumns+` FROM listening_campaign WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func campaigns(ctx context.Context, tx *db.Tx) ([]campaignRow, error) {
	return db.Select(ctx, tx, scanCampaign(tx.Org()), `SELECT `+campaignColumns+` FROM listening_campaign WHERE org_id=$1 ORDER BY made_at DESC, id DESC LIMIT 200`, tx.Org())
}

func putCampaign(ctx context.Context, tx *db.Tx, r campaignRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_campaign (org_id, `+campaignColumns+`) VALUES (`+db.Marks(1, 14)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET state=excluded.state, starts_at=excluded.starts_at, ends_at=excluded.ends_at, opened_at=excluded.opened_at, checked_at=excluded.checked_at,
		closed_at=excluded.closed_at, agreed_at=excluded.agreed_at, reported_at=excluded.reported_at, decided_at=excluded.decided_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, string(r.State), db.Micros(r.Starts), db.Micros(r.Ends), db.Micros(r.Made), db.Micros(r.Opened), db.Micros(r.Checked), db.Micros(r.Campaign.Closed),
		db.Micros(r.Agreed), db.Micros(r.Told), db.Micros(r.Campaign.Decided), r.sealed, r.Version)
	return err
}

// used is what sessions of a campaign refer to.
type used struct{ languages, areas []string }

func usedIn(ctx context.Context, tx *db.Tx, campaign string) (u used, err error) {
	if u.languages, err = db.Column[string](ctx, tx, `SELECT DISTINCT language FROM listening_session WHERE org_id=$1 AND campaign_id=$2`, tx.Org(), campaign); err != nil {
		return u, err
	}
	u.areas, err = db.Column[string](ctx, tx, `SELECT DISTINCT area_id FROM listening_session WHERE org_id=$1 AND campaign_id=$2`, tx.Org(), campaign)
	return u, err
}

type networkRow struct {
	Network
	sealed string
}

func networkRows(ctx context.Context, tx *db.Tx, campaign string) ([]networkRow, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (r networkRow, err error) {
		var share, at int64
		err = sc.Scan(&r.ID, &r.Kind, &share, &r.Institution, &at, &r.sealed, &r.version)
		r.Share, r.Added = int(share), db.Time(at)
		return r, err
	}, `SELECT id, kind, share, institution_id, added_at, sealed, version FROM listening_network WHERE org_id=$1 AND campaign_id=$2 ORDER BY added_at, id`, tx.Org(), campaign)
}

func putNetwork(ctx context.Context, tx *db.Tx, campaign string, n Network, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_network (org_id, id, campaign_id, kind, share, institution_id, added_at, sealed, version) VALUES (`+db.Marks(1, 9)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET share=excluded.share, institution_id=excluded.institution_id, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), n.ID, campaign, string(n.Kind), int64(n.Share), n.Institution, db.Micros(n.Added), sealed, n.version)
	return err
}

func listeners(ctx context.Context, tx *db.Tx, campaign string) ([]Listener, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (l Listener, err error) {
		var goal, noted, added, left int64
		err = sc.Scan(&l.ID, &l.Person, &l.Account, &goal, &noted, &l.Language, &l.Network, &added, &left)
		l.Goal, l.Noted, l.Added, l.Left = int(goal), int(noted), db.Time(added), db.Time(left)
		return l, err
	}, `SELECT id, person_id, account_id, goal, noted, language, network_id, added_at, left_at FROM listening_listener WHERE org_id=$1 AND campaign_id=$2 ORDER BY added_at, id`, tx.Org(), campaign)
}

func putListener(ctx context.Context, tx *db.Tx, campaign string, l Listener) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_listener (org_id, id, campaign_id, person_id, account_id, goal, noted, language, network_id, added_at, left_at) VALUES (`+db.Marks(1, 11)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET goal=excluded.goal, noted=excluded.noted, language=excluded.language, network_id=excluded.network_id, left_at=excluded.left_at`,
		tx.Org(), l.ID, campaign, l.Person, l.Account, int64(l.Goal), int64(l.Noted), l.Language, l.Network, db.Micros(l.Added), db.Micros(l.Left))
	return err
}

// isListener reports whether the actor listens in a campaign, by their person or
// their account.
func isListener(ctx context.Context, tx *db.Tx, campaign string, a access.Actor) (bool, error) {
	if a.Person == "" && a.Account == "" {
		return false, nil
	}
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM listening_listener WHERE org_id=$1 AND campaign_id=$2 AND left_at=0
		AND (person_id<>'' AND person_id=$3 OR account_id<>'' AND account_id=$4)`, tx.Org(), campaign, a.Person, a.Account)
	return n > 0, err
}

func putMidpoint(ctx context.Context, tx *db.Tx, campaign string, m Midpoint, changes, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_midpoint (org_id, campaign_id, at, account_id, heard, changes, sealed) VALUES (`+db.Marks(1, 7)+`)`,
		tx.Org(), campaign, db.Micros(m.At), m.Account, int64(m.Heard), changes, sealed)
	return err
}

type midpointRow struct {
	Midpoint
	changes, sealed string
}

func midpointOf(ctx context.Context, tx *db.Tx, campaign string) (midpointRow, bool, error) {
	r, err := db.Get(ctx, tx, func(sc db.Scanner) (r midpointRow, err error) {
		var at, heard int64
		err = sc.Scan(&at, &r.Account, &heard, &r.changes, &r.sealed)
		r.At, r.Heard = db.Time(at), int(heard)
		return r, err
	}, `SELECT at, account_id, heard, changes, sealed FROM listening_midpoint WHERE org_id=$1 AND campaign_id=$2`, tx.Org(), campaign)
	if fault.Is(err, fault.NotFound) {
		return r, false, nil
	}
	return r, err == nil, err
}

type releaseRow struct {
	no     int64
	at     int64
	sealed string
}

func releaseRows(ctx context.Context, tx *db.Tx, campaign string, audience Audience) ([]releaseRow, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (r releaseRow, err error) {
		err = sc.Scan(&r.no, &r.at, &r.sealed)
		return r, err
	}, `SELECT no, at, sealed FROM listening_release WHERE org_id=$1 AND campaign_id=$2 AND audience=$3 ORDER BY no`, tx.Org(), campaign, string(audience))
}

func putRelease(ctx context.Context, tx *db.Tx, campaign string, audience Audience, r releaseRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_release (org_id, campaign_id, audience, no, at, sealed) VALUES (`+db.Marks(1, 6)+`) ON CONFLICT DO NOTHING`,
		tx.Org(), campaign, string(audience), r.no, r.at, r.sealed)
	return err
}

func releaseCell(org, campaign string, aud Audience, no int64) vault.Cell {
	return cell(org, "listening_release", campaign+":"+string(aud), no)
}
