// Every SQL statement of the room.
package answer

import (
	"context"
	"iter"
	"maps"
	"time"

	"seedbed/internal/platform/db"
)

func mapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// spot is a place as stored.
type spot struct {
	Place
	tokenHash, sealed string
}

const spotColumns = `id, campaign_id, name, language, kiosk, codes, most_per_hour, until_at, closed, token_hash, sealed`

func scanSpot(s db.Scanner) (p spot, err error) {
	var most, until int64
	err = s.Scan(&p.ID, &p.Campaign, &p.Name, &p.Language, &p.Kiosk, &p.Codes, &most, &until, &p.Closed, &p.tokenHash, &p.sealed)
	p.MostPerHour, p.Until = int(most), db.Time(until)
	return p, err
}

func putSpot(ctx context.Context, tx *db.Tx, p spot) error {
	_, err := tx.Exec(ctx, `INSERT INTO answer_place (org_id, `+spotColumns+`) VALUES (`+db.Marks(1, 12)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET name=excluded.name, language=excluded.language, kiosk=excluded.kiosk, codes=excluded.codes,
		most_per_hour=excluded.most_per_hour, until_at=excluded.until_at, closed=excluded.closed`,
		tx.Org(), p.ID, p.Campaign, p.Name, p.Language, p.Kiosk, p.Codes, int64(p.MostPerHour), db.Micros(p.Until), p.Closed, p.tokenHash, p.sealed)
	return err
}

func spotByID(ctx context.Context, tx *db.Tx, id string) (spot, error) {
	return db.Get(ctx, tx, scanSpot, `SELECT `+spotColumns+` FROM answer_place WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// spotByToken looks in every clinic: the token is all that somebody with a phone has.
func spotByToken(ctx context.Context, tx *db.Tx, hash string) (org string, p spot, err error) {
	p, err = db.Get(ctx, tx, func(s db.Scanner) (spot, error) { return scanSpot(behind{s, &org}) },
		`SELECT org_id, `+spotColumns+` FROM answer_place WHERE token_hash=$1`, hash)
	return org, p, err
}

// behind scans one more column before those that a scan function knows.
type behind struct {
	db.Scanner
	first any
}

func (b behind) Scan(dest ...any) error { return b.Scanner.Scan(append([]any{b.first}, dest...)...) }

func spots(ctx context.Context, tx *db.Tx, campaign string) ([]spot, error) {
	return db.Select(ctx, tx, scanSpot, `SELECT `+spotColumns+` FROM answer_place WHERE org_id=$1 AND campaign_id=$2 ORDER BY name, id`, tx.Org(), campaign)
}

// row is an answer as stored.
type row struct {
	Answer
	receiptHash, sealed string
}

const columns = `id, campaign_id, place_id, language, hour, state, reason, batch, held, verified, receipt_hash, sealed`

func scanRow(s db.Scanner) (r row, err error) {
	var hour int64
	err = s.Scan(&r.ID, &r.Campaign, &r.Place, &r.Language, &hour, &r.State, &r.Reason, &r.Batch, &r.Held, &r.Verified, &r.receiptHash, &r.sealed)
	r.Hour = db.Time(hour)
	return r, err
}

func insert(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO answer_answer (org_id, `+columns+`) VALUES (`+db.Marks(1, 13)+`)`, tx.Org(), r.ID, r.Campaign, r.Place, r.Language,
		db.Micros(r.Hour), string(r.State), string(r.Reason), r.Batch, r.Held, r.Verified, r.receiptHash, r.sealed)
	return err
}

func update(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `UPDATE answer_answer SET state=$3, reason=$4, batch=$5, held=$6, receipt_hash=$7, sealed=$8 WHERE org_id=$1 AND id=$2`,
		tx.Org(), r.ID, string(r.State), string(r.Reason), r.Batch, r.Held, r.receiptHash, r.sealed)
	return err
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scanRow, `SELECT `+columns+` FROM answer_answer WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func byReceipt(ctx context.Context, tx *db.Tx, hash string) (org string, r row, err error) {
	r, err = db.Get(ctx, tx, func(s db.Scanner) (row, error) { return scanRow(behind{s, &org}) },
		`SELECT org_id, `+columns+` FROM answer_answer WHERE receipt_hash=$1`, hash)
	return org, r, err
}

// inState lists answers by their random ids: the order says nothing of when they came.
func inState(ctx context.Context, tx *db.Tx, campaign string, st State, after string, limit int) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM answer_answer WHERE org_id=$1 AND campaign_id=$2 AND state=$3 AND id>$4 ORDER BY id LIMIT $5`,
		tx.Org(), campaign, string(st), after, int64(limit))
}

func inBatch(ctx context.Context, tx *db.Tx, batch string) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM answer_answer WHERE org_id=$1 AND batch=$2 AND batch<>'' ORDER BY id`, tx.Org(), batch)
}

// Heard is how many answers there are of a kind.
type Heard struct {
	Language, Place string
	State           State
	Verified        bool
	N               int
}

func heard(ctx context.Context, tx *db.Tx, campaign string) ([]Heard, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (h Heard, err error) {
		err = s.Scan(&h.Language, &h.Place, &h.State, &h.Verified, &h.N)
		return h, err
	}, `SELECT language, place_id, state, verified, COUNT(*) FROM answer_answer WHERE org_id=$1 AND campaign_id=$2 GROUP BY language, place_id, state, verified
		ORDER BY language, place_id, state, verified`, tx.Org(), campaign)
}

func heardByHour(ctx context.Context, tx *db.Tx, campaign string) ([]DayHeard, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (h DayHeard, err error) {
		var hour int64
		err = s.Scan(&h.Language, &h.Place, &hour, &h.N)
		h.Day = db.Time(hour)
		return h, err
	}, `SELECT language, place_id, hour, COUNT(*) FROM answer_answer WHERE org_id=$1 AND campaign_id=$2 AND state IN ('approved','forgotten') GROUP BY language, place_id, hour
		ORDER BY language, place_id, hour`, tx.Org(), campaign)
}

func old(ctx context.Context, tx *db.Tx, before time.Time) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM answer_answer WHERE org_id=$1 AND sealed<>'' AND hour<$2 ORDER BY id LIMIT 500`, tx.Org(), db.Micros(before))
}

func orgs(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT DISTINCT org_id FROM answer_place`)
}

func addCode(ctx context.Context, tx *db.Tx, campaign, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO answer_code (org_id, campaign_id, code_hash, used) VALUES ($1,$2,$3,$4)`, tx.Org(), campaign, hash, false)
	return err
}

// useCode reports whether the code was good and unused, and uses it.
func useCode(ctx context.Context, tx *db.Tx, campaign, hash string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE answer_code SET used=$4 WHERE org_id=$1 AND campaign_id=$2 AND code_hash=$3 AND used=$5`, tx.Org(), campaign, hash, true, false)
	return n > 0, err
}

// Recording is a question read aloud.
type Recording struct {
	Question, Language, Kind, Digest string
}

func putRecording(ctx context.Context, tx *db.Tx, campaign string, r Recording, body string) error {
	_, err := tx.Exec(ctx, `INSERT INTO answer_recording (org_id, campaign_id, question, language, kind, digest, body) VALUES ($1,$2,$3,$4,$5,$6,$7)
		ON CONFLICT (org_id, campaign_id, question, language) DO UPDATE SET kind=excluded.kind, digest=excluded.digest, body=excluded.body`,
		tx.Org(), campaign, r.Question, r.Language, r.Kind, r.Digest, body)
	return err
}

func dropRecording(ctx context.Context, tx *db.Tx, campaign, question, language string) error {
	_, err := tx.Exec(ctx, `DELETE FROM answer_recording WHERE org_id=$1 AND campaign_id=$2 AND question=$3 AND language=$4`, tx.Org(), campaign, question, language)
	return err
}

func recordings(ctx context.Context, tx *db.Tx, campaign string) ([]Recording, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (r Recording, err error) {
		err = s.Scan(&r.Question, &r.Language, &r.Kind, &r.Digest)
		return r, err
	}, `SELECT question, language, kind, digest FROM answer_recording WHERE org_id=$1 AND campaign_id=$2 ORDER BY question, language`, tx.Org(), campaign)
}

func recordingBody(ctx context.Context, tx *db.Tx, campaign, question, language string) (kind, body string, err error) {
	type pair struct{ kind, body string }
	p, err := db.Get(ctx, tx, func(s db.Scanner) (p pair, err error) {
		err = s.Scan(&p.kind, &p.body)
		return p, err
	}, `SELECT kind, body FROM answer_recording WHERE org_id=$1 AND campaign_id=$2 AND question=$3 AND language=$4`, tx.Org(), campaign, question, language)
	return p.kind, p.body, err
}
