// Every SQL statement of the room.
package team

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/db"
)

// row is a team as stored.
type row struct {
	Team
	sealed string
}

const teamColumns = `id, kind, state, campaign_id, rhythm, next_chair, made_at, ended_at, sealed, version`

func scanTeam(s db.Scanner) (r row, err error) {
	var made, ended int64
	var beat string
	if err := s.Scan(&r.ID, &r.Kind, &r.State, &r.Campaign, &beat, &r.NextChair, &made, &ended, &r.sealed, &r.Version); err != nil {
		return r, err
	}
	r.Made, r.Ended = db.Time(made), db.Time(ended)
	if beat != "" {
		err = json.Unmarshal([]byte(beat), &r.Rhythm)
	}
	return r, err
}

func putTeam(ctx context.Context, tx *db.Tx, r row) error {
	beat := ""
	if r.Rhythm.Every != "" {
		b, err := json.Marshal(r.Rhythm)
		if err != nil {
			return err
		}
		beat = string(b)
	}
	_, err := tx.Exec(ctx, `INSERT INTO team (org_id, `+teamColumns+`) VALUES (`+db.Marks(1, 11)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET kind=excluded.kind, state=excluded.state, campaign_id=excluded.campaign_id, rhythm=excluded.rhythm,
		next_chair=excluded.next_chair, ended_at=excluded.ended_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, string(r.Kind), string(r.State), r.Campaign, beat, r.NextChair, db.Micros(r.Made), db.Micros(r.Ended), r.sealed, r.Version)
	return err
}

func teamByID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scanTeam, `SELECT `+teamColumns+` FROM team WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func allTeams(ctx context.Context, tx *db.Tx) ([]row, error) {
	return db.Select(ctx, tx, scanTeam, `SELECT `+teamColumns+` FROM team WHERE org_id=$1 ORDER BY id`, tx.Org())
}

// memberRow is a membership as stored.
type memberRow struct {
	Member
	sealed  string
	version int64
}

const memberColumns = `team_id, person_id, role, since, until, left_at, reachable, may_chair, chaired_at, chaired, sealed, version`

func scanMember(s db.Scanner) (m memberRow, err error) {
	var since, until, left, chaired int64
	err = s.Scan(&m.Team, &m.Person, &m.Role, &since, &until, &left, &m.Reachable, &m.MayChair, &chaired, &m.Chaired, &m.sealed, &m.version)
	m.Since, m.Until, m.Left, m.ChairedAt = db.Time(since), db.Time(until), db.Time(left), db.Time(chaired)
	return m, err
}

func putMember(ctx context.Context, tx *db.Tx, m memberRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO team_member (org_id, `+memberColumns+`) VALUES (`+db.Marks(1, 13)+`)
		ON CONFLICT (org_id, team_id, person_id) DO UPDATE SET role=excluded.role, since=excluded.since, until=excluded.until, left_at=excluded.left_at,
		reachable=excluded.reachable, may_chair=excluded.may_chair, chaired_at=excluded.chaired_at, chaired=excluded.chaired, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), m.Team, m.Person, string(m.Role), db.Micros(m.Since), db.Micros(m.Until), db.Micros(m.Left), m.Reachable, m.MayChair, db.Micros(m.ChairedAt), int64(m.Chaired), m.sealed, m.version)
	return err
}

func memberOf(ctx context.Context, tx *db.Tx, team, person string) (memberRow, error) {
	return db.Get(ctx, tx, scanMember, `SELECT `+memberColumns+` FROM team_member WHERE org_id=$1 AND team_id=$2 AND person_id=$3`, tx.Org(), team, person)
}

func membersOf(ctx context.Context, tx *db.Tx, team string) ([]memberRow, error) {
	return db.Select(ctx, tx, scanMember, `SELECT `+memberColumns+` FROM team_member WHERE org_id=$1 AND team_id=$2 ORDER BY since, person_id`, tx.Org(), team)
}

// membershipsOf are those of a person under every row they were written down as.
func membershipsOf(ctx context.Context, tx *db.Tx, person string) ([]memberRow, error) {
	rows, err := people.Rows(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	args := []any{tx.Org()}
	for _, id := range rows {
		args = append(args, id)
	}
	return db.Select(ctx, tx, scanMember, `SELECT `+memberColumns+` FROM team_member WHERE org_id=$1 AND person_id IN (`+db.Marks(2, len(rows))+`) ORDER BY since, team_id`, args...)
}

// isIn reports whether somebody is in a team at a moment.
func isIn(ctx context.Context, tx *db.Tx, team, person string, now time.Time) (bool, error) {
	if person == "" {
		return false, nil
	}
	list, err := membershipsOf(ctx, tx, person)
	return slices.ContainsFunc(list, func(m memberRow) bool { return m.Team == team && m.In(now) }), err
}

// membersAt lists who is in any team at a moment.
func membersAt(ctx context.Context, tx *db.Tx, now time.Time) ([]memberRow, error) {
	return db.Select(ctx, tx, scanMember, `SELECT `+memberColumns+` FROM team_member WHERE org_id=$1 AND left_at=0 AND (until=0 OR until>$2)`, tx.Org(), db.Micros(now))
}

func dropMemberships(ctx context.Context, tx *db.Tx, person string) error {
	_, err := tx.Exec(ctx, `DELETE FROM team_member WHERE org_id=$1 AND person_id=$2`, tx.Org(), person)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE team SET next_chair='' WHERE org_id=$1 AND next_chair=$2`, tx.Org(), person)
	return err
}
