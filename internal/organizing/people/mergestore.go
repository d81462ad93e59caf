// Every SQL statement about merges.
package people

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// mergeRow is a merge as stored.
type mergeRow struct {
	id, survivor, taken      string
	takenState               State
	state                    MergeState
	chosen                   map[Part]string // part of the profile → id of the row it came from
	version                  int64           // of the profile the merge wrote; 0 when it wrote none
	before                   string
	beforeVersion            int64
	beforePhone, beforeEmail string
	kept                     string // a later profile that the undoing put aside
	keptVersion              int64
	by                       string
	at                       time.Time
	undoneBy                 string
	undoneAt                 time.Time
}

const mergeColumns = `id, survivor, taken, taken_state, state, chosen, sealed_version, before_sealed, before_version, before_phone, before_email,
	kept_sealed, kept_version, by_account, at, undone_by, undone_at`

func scanMerge(s db.Scanner) (m mergeRow, err error) {
	var chosen string
	var at, undone int64
	err = s.Scan(&m.id, &m.survivor, &m.taken, &m.takenState, &m.state, &chosen, &m.version, &m.before, &m.beforeVersion, &m.beforePhone, &m.beforeEmail,
		&m.kept, &m.keptVersion, &m.by, &at, &m.undoneBy, &undone)
	if err != nil {
		return m, err
	}
	m.at, m.undoneAt = db.Time(at), db.Time(undone)
	return m, json.Unmarshal([]byte(chosen), &m.chosen)
}

func putMerge(ctx context.Context, tx *db.Tx, m mergeRow) error {
	chosen, err := json.Marshal(m.chosen)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO people_merge (org_id, `+mergeColumns+`) VALUES (`+db.Marks(1, 18)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET state=excluded.state, before_sealed=excluded.before_sealed, kept_sealed=excluded.kept_sealed,
		kept_version=excluded.kept_version, undone_by=excluded.undone_by, undone_at=excluded.undone_at`,
		tx.Org(), m.id, m.survivor, m.taken, string(m.takenState), string(m.state), string(chosen), m.version, m.before, m.beforeVersion, m.beforePhone, m.beforeEmail,
		m.kept, m.keptVersion, m.by, db.Micros(m.at), m.undoneBy, db.Micros(m.undoneAt))
	return err
}

func mergeByID(ctx context.Context, tx *db.Tx, id string) (mergeRow, error) {
	return db.Get(ctx, tx, scanMerge, `SELECT `+mergeColumns+` FROM people_merge WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// mergesInto are the merges that stand for these survivors, the latest first.
func mergesInto(ctx context.Context, tx *db.Tx, survivors ...string) ([]mergeRow, error) {
	return db.Select(ctx, tx, scanMerge, `SELECT `+mergeColumns+` FROM people_merge WHERE org_id=$1 AND state='merged' AND survivor IN (`+db.Marks(2, len(survivors))+`)
		ORDER BY at DESC, id DESC`, withOrg(tx, survivors)...)
}

// mergesAbout are all merges in which one of these rows had a part, the latest first.
func mergesAbout(ctx context.Context, tx *db.Tx, people []string) ([]mergeRow, error) {
	marks := db.Marks(2, len(people))
	return db.Select(ctx, tx, scanMerge, `SELECT `+mergeColumns+` FROM people_merge WHERE org_id=$1 AND (survivor IN (`+marks+`) OR taken IN (`+marks+`))
		ORDER BY at DESC, id DESC`, withOrg(tx, people)...)
}

// survivorOf is where a row's chain of merges ends: the row itself when it was not merged.
func survivorOf(ctx context.Context, tx *db.Tx, id string) (row, error) {
	r, err := rowByID(ctx, tx, id)
	for range longestChain {
		if err != nil || r.state != Merged {
			break
		}
		r, err = rowByID(ctx, tx, r.mergedInto)
	}
	return r, err
}

// Asked in the order of ids, SQLite would walk all rows by their key instead of
// the small index: both are put in order here.
const (
	mergedInto = `SELECT id FROM people_person WHERE org_id=$1 AND merged_into=$2 AND merged_into<>'' AND state='merged'`
	byPhone    = `SELECT id FROM people_person WHERE org_id=$1 AND phone_blind=$2 AND phone_blind<>'' AND state<>'departed' LIMIT 50`
	byEmail    = `SELECT id FROM people_person WHERE org_id=$1 AND email_blind=$2 AND email_blind<>'' AND state<>'departed' LIMIT 50`
)

// groupOf lists a survivor and everybody who was merged into it, the survivor first.
func groupOf(ctx context.Context, tx *db.Tx, survivor string) ([]string, error) {
	out := []string{survivor}
	for i := 0; i < len(out) && len(out) < longestChain; i++ {
		more, err := db.Column[string](ctx, tx, mergedInto, tx.Org(), out[i])
		if err != nil {
			return nil, err
		}
		slices.Sort(more)
		out = append(out, more...)
	}
	return out, nil
}

// setMerged moves a row in or out of another one, and nothing else of it.
func setMerged(ctx context.Context, tx *db.Tx, id string, state State, into string) error {
	if _, err := tx.Exec(ctx, `UPDATE people_person SET state=$3, merged_into=$4 WHERE org_id=$1 AND id=$2`, tx.Org(), id, string(state), into); err != nil {
		return err
	}
	return markChanged(ctx, tx, id)
}

// forgetOldMerges drops profiles that were kept for an undoing which is over.
func forgetOldMerges(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE people_merge SET before_sealed='', before_phone='', before_email='', kept_sealed='' WHERE at<$1 AND (before_sealed<>'' OR kept_sealed<>'')`, db.Micros(before))
	return err
}

// groupOfAny is groupOf for any row of the person; of nobody it is the id alone.
func groupOfAny(ctx context.Context, tx *db.Tx, id string) ([]string, error) {
	r, err := survivorOf(ctx, tx, id)
	if fault.Is(err, fault.NotFound) {
		return []string{id}, nil
	}
	if err != nil {
		return nil, err
	}
	return groupOf(ctx, tx, r.id)
}
