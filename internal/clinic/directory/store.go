// Every SQL statement on groups, programmes, links and the version row.

package directory

import (
	"context"
	"embed"
	"encoding/json"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// sealedText is a ciphertext with the version it is bound to.
type sealedText struct {
	text    string
	version int64
}

const groupColumns = `id, state, unlisted, card, vetting, welcoming, welcoming_until, verified_on, verified_by,
	review_due, asked_on, misses, change_said, sealed <> '', created, updated, version`

func scanGroup(s db.Scanner) (g Group, err error) {
	var card, vetting string
	var until, verified, due, asked, created, updated int64
	err = s.Scan(&g.ID, &g.State, &g.Unlisted, &card, &vetting, &g.Welcoming.Now, &until, &verified, &g.VerifiedBy,
		&due, &asked, &g.Misses, &g.ChangeSaid, &g.HasHandoff, &created, &updated, &g.Version)
	if err != nil {
		return Group{}, err
	}
	g.Welcoming.Until, g.VerifiedOn, g.ReviewDue, g.AskedOn = db.Time(until), db.Time(verified), db.Time(due), db.Time(asked)
	g.Created, g.Updated = db.Time(created), db.Time(updated)
	if err := json.Unmarshal([]byte(card), &g); err != nil {
		return Group{}, err
	}
	return g, json.Unmarshal([]byte(vetting), &g.Vetting)
}

func groupByID(ctx context.Context, tx *db.Tx, id string) (Group, error) {
	g, err := db.Get(ctx, tx, scanGroup, `SELECT `+groupColumns+` FROM directory_group WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	g.Org = tx.Org()
	return g, err
}

// groupsSince returns every group that changed after a version of the directory, oldest change first.
func groupsSince(ctx context.Context, tx *db.Tx, version int64) ([]Group, error) {
	list, err := db.Select(ctx, tx, scanGroup,
		`SELECT `+groupColumns+` FROM directory_group WHERE org_id=$1 AND version>$2 ORDER BY version, id`, tx.Org(), version)
	for i := range list {
		list[i].Org = tx.Org()
	}
	return list, err
}

// groupsDue returns published groups whose review falls due by a moment and
// stale ones, oldest confirmation first.
func groupsDue(ctx context.Context, tx *db.Tx, by time.Time) ([]Group, error) {
	list, err := db.Select(ctx, tx, scanGroup, `SELECT `+groupColumns+` FROM directory_group
		WHERE org_id=$1 AND (state=$2 AND review_due<=$3 OR state=$4) ORDER BY verified_on, id`,
		tx.Org(), Published, db.Micros(by), Stale)
	for i := range list {
		list[i].Org = tx.Org()
	}
	return list, err
}

// insertGroup adds a row. g.Version must come from bump in the same transaction.
func insertGroup(ctx context.Context, tx *db.Tx, g Group, s sealedText) error {
	card, vetting, err := groupTexts(g)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO directory_group (org_id, id, state, unlisted, card, vetting, welcoming, welcoming_until,
		verified_on, verified_by, review_due, asked_on, misses, change_said, sealed, sealed_version, batch, source_id,
		created, updated, version) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21)`,
		tx.Org(), g.ID, g.State, g.Unlisted, card, vetting, g.Welcoming.Now, db.Micros(g.Welcoming.Until),
		db.Micros(g.VerifiedOn), g.VerifiedBy, db.Micros(g.ReviewDue), db.Micros(g.AskedOn), g.Misses, g.ChangeSaid,
		s.text, s.version, g.Source.Batch, g.Source.ID, db.Micros(g.Created), db.Micros(g.Updated), g.Version)
	return err
}

// updateGroup writes everything but the sealed contact. g.Version must come from bump in the same transaction.
func updateGroup(ctx context.Context, tx *db.Tx, g Group) error {
	card, vetting, err := groupTexts(g)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE directory_group SET state=$3, unlisted=$4, card=$5, vetting=$6, welcoming=$7,
		welcoming_until=$8, verified_on=$9, verified_by=$10, review_due=$11, asked_on=$12, misses=$13, change_said=$14,
		updated=$15, version=$16 WHERE org_id=$1 AND id=$2`,
		tx.Org(), g.ID, g.State, g.Unlisted, card, vetting, g.Welcoming.Now, db.Micros(g.Welcoming.Until),
		db.Micros(g.VerifiedOn), g.VerifiedBy, db.Micros(g.ReviewDue), db.Micros(g.AskedOn), g.Misses, g.ChangeSaid,
		db.Micros(g.Updated), g.Version)
	if err == nil && n == 0 {
		err = fault.Missing("group " + g.ID)
	}
	return err
}

func groupTexts(g Group) (card, vetting string, err error) {
	c, err := json.Marshal(g)
	if err != nil {
		return "", "", err
	}
	v, err := json.Marshal(g.Vetting)
	return string(c), string(v), err
}

func setHandoff(ctx context.Context, tx *db.Tx, group string, s sealedText) error {
	_, err := tx.Exec(ctx, `UPDATE directory_group SET sealed=$3, sealed_version=$4 WHERE org_id=$1 AND id=$2`,
		tx.Org(), group, s.text, s.version)
	return err
}

func handoffText(ctx context.Context, tx *db.Tx, group string) (sealedText, error) {
	return db.Get(ctx, tx, func(s db.Scanner) (t sealedText, err error) {
		err = s.Scan(&t.text, &t.version)
		return t, err
	}, `SELECT sealed, sealed_version FROM directory_group WHERE org_id=$1 AND id=$2`, tx.Org(), group)
}

// deleteGroup removes a row for good; bumpDeleted must follow in the same transaction.
func deleteGroup(ctx context.Context, tx *db.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM directory_link WHERE org_id=$1 AND group_id=$2`, tx.Org(), id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM directory_group WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	return err
}

const programmeColumns = `id, published, card, verified_on, created, updated, version`

func scanProgramme(s db.Scanner) (p Programme, err error) {
	var card string
	var verified, created, updated int64
	if err = s.Scan(&p.ID, &p.Published, &card, &verified, &created, &updated, &p.Version); err != nil {
		return Programme{}, err
	}
	p.VerifiedOn, p.Created, p.Updated = db.Time(verified), db.Time(created), db.Time(updated)
	return p, json.Unmarshal([]byte(card), &p)
}

func programmeByID(ctx context.Context, tx *db.Tx, id string) (Programme, error) {
	p, err := db.Get(ctx, tx, scanProgramme,
		`SELECT `+programmeColumns+` FROM directory_programme WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	p.Org = tx.Org()
	return p, err
}

func programmesSince(ctx context.Context, tx *db.Tx, version int64) ([]Programme, error) {
	list, err := db.Select(ctx, tx, scanProgramme,
		`SELECT `+programmeColumns+` FROM directory_programme WHERE org_id=$1 AND version>$2 ORDER BY version, id`, tx.Org(), version)
	for i := range list {
		list[i].Org = tx.Org()
	}
	return list, err
}

// saveProgramme inserts or replaces a row. p.Version must come from bump in the same transaction.
func saveProgramme(ctx context.Context, tx *db.Tx, p Programme) error {
	card, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO directory_programme (org_id, id, published, card, verified_on, batch, source_id, created, updated, version)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) ON CONFLICT (org_id, id) DO UPDATE SET published=excluded.published,
		card=excluded.card, verified_on=excluded.verified_on, updated=excluded.updated, version=excluded.version`,
		tx.Org(), p.ID, p.Published, string(card), db.Micros(p.VerifiedOn), p.Source.Batch, p.Source.ID,
		db.Micros(p.Created), db.Micros(p.Updated), p.Version)
	return err
}

// deleteProgramme removes a row for good; bumpDeleted must follow in the same transaction.
func deleteProgramme(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM directory_programme WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	return err
}

// bump returns the next version of the directory; every changed row carries it.
func bump(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One[int64](ctx, tx, `INSERT INTO directory_version (org_id, version, floor) VALUES ($1, 1, 0)
		ON CONFLICT (org_id) DO UPDATE SET version = directory_version.version + 1 RETURNING version`, tx.Org())
}

// bumpDeleted is bump after rows were deleted: snapshots older than this are read as a whole.
func bumpDeleted(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One[int64](ctx, tx, `INSERT INTO directory_version (org_id, version, floor) VALUES ($1, 1, 1)
		ON CONFLICT (org_id) DO UPDATE SET version = directory_version.version + 1, floor = directory_version.version + 1
		RETURNING version`, tx.Org())
}

type versions struct{ version, floor int64 }

// currentVersion is 0 for a clinic without a directory.
func currentVersion(ctx context.Context, tx *db.Tx) (versions, error) {
	v, err := db.Get(ctx, tx, func(s db.Scanner) (v versions, err error) {
		err = s.Scan(&v.version, &v.floor)
		return v, err
	}, `SELECT version, floor FROM directory_version WHERE org_id=$1`, tx.Org())
	if fault.Is(err, fault.NotFound) {
		return versions{}, nil
	}
	return v, err
}

// link is a "still true" link as stored.
type link struct {
	org, group          string
	made, expires, used time.Time
}

func insertLink(ctx context.Context, tx *db.Tx, hash string, l link) error {
	_, err := tx.Exec(ctx, `INSERT INTO directory_link (org_id, token_hash, group_id, made, expires, used) VALUES ($1,$2,$3,$4,$5,$6)`,
		tx.Org(), hash, l.group, db.Micros(l.made), db.Micros(l.expires), db.Micros(l.used))
	return err
}

// linkByHash finds a link of any clinic: whoever holds the token does not know which.
func linkByHash(ctx context.Context, tx *db.Tx, hash string) (link, error) {
	return db.Get(ctx, tx, func(s db.Scanner) (l link, err error) {
		var made, expires, used int64
		err = s.Scan(&l.org, &l.group, &made, &expires, &used)
		l.made, l.expires, l.used = db.Time(made), db.Time(expires), db.Time(used)
		return l, err
	}, `SELECT org_id, group_id, made, expires, used FROM directory_link WHERE token_hash=$1`, hash)
}

// useLinks ends every open link of a group: one answer closes the question.
func useLinks(ctx context.Context, tx *db.Tx, group string, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE directory_link SET used=$3 WHERE org_id=$1 AND group_id=$2 AND used=0`, tx.Org(), group, db.Micros(at))
	return err
}

// sweepLinks forgets links that ended before a moment.
func sweepLinks(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM directory_link WHERE org_id=$1 AND expires<$2`, tx.Org(), db.Micros(before))
	return err
}

// orgsWithGroups lists the clinics the periodic work looks after.
func orgsWithGroups(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT org_id FROM directory_version ORDER BY org_id`)
}
