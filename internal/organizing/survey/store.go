// Every SQL statement of the room.
package survey

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"seedbed/internal/platform/db"
)

// row is a survey as stored.
type row struct {
	Survey
	sealed string
}

const surveyColumns = `id, kind, instruments, account, made_at, sealed`

func scanSurvey(s db.Scanner) (r row, err error) {
	var list string
	var made int64
	err = s.Scan(&r.ID, &r.Kind, &list, &r.Account, &made, &r.sealed)
	r.Instruments, r.Made = strings.Split(list, ","), db.Time(made)
	return r, err
}

func putSurvey(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO survey_survey (org_id, `+surveyColumns+`) VALUES (`+db.Marks(1, 7)+`)`,
		tx.Org(), r.ID, string(r.Kind), strings.Join(r.Instruments, ","), r.Account, db.Micros(r.Made), r.sealed)
	return err
}

func surveyByID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scanSurvey, `SELECT `+surveyColumns+` FROM survey_survey WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func surveys(ctx context.Context, tx *db.Tx) ([]row, error) {
	return db.Select(ctx, tx, scanSurvey, `SELECT `+surveyColumns+` FROM survey_survey WHERE org_id=$1 ORDER BY made_at DESC, id DESC`, tx.Org())
}

func pulseSurvey(ctx context.Context, tx *db.Tx) (row, error) {
	return db.Get(ctx, tx, scanSurvey, `SELECT `+surveyColumns+` FROM survey_survey WHERE org_id=$1 AND kind='pulse' ORDER BY made_at, id LIMIT 1`, tx.Org())
}

// waveRow is a wave as stored.
type waveRow struct {
	Wave
	sealed string
}

const waveColumns = `id, survey_id, number, label, ref, state, aim, opens_at, closes_at, ended_at, cards, sealed`

func scanWave(s db.Scanner) (w waveRow, err error) {
	var opens, closes, ended, number, cards int64
	err = s.Scan(&w.ID, &w.Survey, &number, &w.Label, &w.Ref, &w.State, &w.Aim, &opens, &closes, &ended, &cards, &w.sealed)
	w.Number, w.Cards = int(number), int(cards)
	w.Opens, w.Closes, w.Ended = db.Time(opens), db.Time(closes), db.Time(ended)
	return w, err
}

func putWave(ctx context.Context, tx *db.Tx, w waveRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO survey_wave (org_id, `+waveColumns+`) VALUES (`+db.Marks(1, 13)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET state=excluded.state, closes_at=excluded.closes_at, ended_at=excluded.ended_at, cards=excluded.cards`,
		tx.Org(), w.ID, w.Survey, int64(w.Number), string(w.Label), w.Ref, string(w.State), string(w.Aim), db.Micros(w.Opens), db.Micros(w.Closes), db.Micros(w.Ended), int64(w.Cards), w.sealed)
	return err
}

func waveByID(ctx context.Context, tx *db.Tx, id string) (waveRow, error) {
	return db.Get(ctx, tx, scanWave, `SELECT `+waveColumns+` FROM survey_wave WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func wavesOf(ctx context.Context, tx *db.Tx, survey string) ([]waveRow, error) {
	return db.Select(ctx, tx, scanWave, `SELECT `+waveColumns+` FROM survey_wave WHERE org_id=$1 AND survey_id=$2 ORDER BY number`, tx.Org(), survey)
}

func waveOfRef(ctx context.Context, tx *db.Tx, ref string) (waveRow, error) {
	return db.Get(ctx, tx, scanWave, `SELECT `+waveColumns+` FROM survey_wave WHERE org_id=$1 AND ref=$2 ORDER BY number LIMIT 1`, tx.Org(), ref)
}

func pastTheirEnd(ctx context.Context, tx *db.Tx, now time.Time) ([]waveRow, error) {
	return db.Select(ctx, tx, scanWave, `SELECT `+waveColumns+` FROM survey_wave WHERE org_id=$1 AND state='running' AND closes_at<=$2 ORDER BY id`, tx.Org(), db.Micros(now))
}

// wordingRow is attested words as stored.
type wordingRow struct {
	Wording
	sealed string
}

const wordingColumns = `id, instrument, version, language, account, attested_at, retired, sealed`

func scanWording(s db.Scanner) (w wordingRow, err error) {
	var at int64
	err = s.Scan(&w.ID, &w.Instrument, &w.Version, &w.Language, &w.Account, &at, &w.Retired, &w.sealed)
	w.At = db.Time(at)
	return w, err
}

func putWording(ctx context.Context, tx *db.Tx, w wordingRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO survey_wording (org_id, `+wordingColumns+`) VALUES (`+db.Marks(1, 9)+`)`,
		tx.Org(), w.ID, w.Instrument, w.Version, w.Language, w.Account, db.Micros(w.At), w.Retired, w.sealed)
	return err
}

func retireWordings(ctx context.Context, tx *db.Tx, instrument, language string) error {
	_, err := tx.Exec(ctx, `UPDATE survey_wording SET retired=$4 WHERE org_id=$1 AND instrument=$2 AND language=$3`, tx.Org(), instrument, language, true)
	return err
}

func wordings(ctx context.Context, tx *db.Tx) ([]wordingRow, error) {
	return db.Select(ctx, tx, scanWording, `SELECT `+wordingColumns+` FROM survey_wording WHERE org_id=$1 ORDER BY instrument, language, attested_at DESC, id DESC`, tx.Org())
}

func wordingByID(ctx context.Context, tx *db.Tx, id string) (wordingRow, error) {
	return db.Get(ctx, tx, scanWording, `SELECT `+wordingColumns+` FROM survey_wording WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// member is somebody who is asked.
type member struct{ survey, person, sealed string }

func scanMember(s db.Scanner) (m member, err error) {
	err = s.Scan(&m.survey, &m.person, &m.sealed)
	return m, err
}

func putMember(ctx context.Context, tx *db.Tx, m member) error {
	_, err := tx.Exec(ctx, `INSERT INTO survey_member (org_id, survey_id, person_id, sealed) VALUES ($1,$2,$3,$4)
		ON CONFLICT (org_id, survey_id, person_id) DO UPDATE SET sealed=excluded.sealed`, tx.Org(), m.survey, m.person, m.sealed)
	return err
}

func membersOf(ctx context.Context, tx *db.Tx, survey string) ([]member, error) {
	return db.Select(ctx, tx, scanMember, `SELECT survey_id, person_id, sealed FROM survey_member WHERE org_id=$1 AND survey_id=$2 ORDER BY person_id`, tx.Org(), survey)
}

func membershipsOf(ctx context.Context, tx *db.Tx, people []string) ([]member, error) {
	args := []any{tx.Org()}
	for _, p := range people {
		args = append(args, p)
	}
	return db.Select(ctx, tx, scanMember, `SELECT survey_id, person_id, sealed FROM survey_member WHERE org_id=$1 AND person_id IN (`+db.Marks(2, len(people))+`) ORDER BY survey_id, person_id`, args...)
}

func dropMember(ctx context.Context, tx *db.Tx, survey, person string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM survey_way WHERE org_id=$1 AND person_id=$3 AND wave_id IN (SELECT id FROM survey_wave WHERE org_id=$1 AND survey_id=$2)`, tx.Org(), survey, person); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM survey_member WHERE org_id=$1 AND survey_id=$2 AND person_id=$3`, tx.Org(), survey, person)
	return err
}

func forgetPerson(ctx context.Context, tx *db.Tx, person string) (int64, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM survey_way WHERE org_id=$1 AND person_id=$2`, tx.Org(), person); err != nil {
		return 0, err
	}
	return tx.Exec(ctx, `DELETE FROM survey_member WHERE org_id=$1 AND person_id=$2`, tx.Org(), person)
}

// way is a code that leads to a wave.
type way struct {
	hash, wave string
	kind       wayKind
	person     string
	sealed     string
}

func scanWay(s db.Scanner) (w way, err error) {
	err = s.Scan(&w.hash, &w.wave, &w.kind, &w.person, &w.sealed)
	return w, err
}

const wayColumns = `code_hash, wave_id, kind, person_id, sealed`

func putWay(ctx context.Context, tx *db.Tx, w way) error {
	_, err := tx.Exec(ctx, `INSERT INTO survey_way (org_id, `+wayColumns+`) VALUES (`+db.Marks(1, 6)+`)`, tx.Org(), w.hash, w.wave, string(w.kind), w.person, w.sealed)
	return err
}

// wayByCode looks in every clinic: the code is all that somebody with a phone has.
func wayByCode(ctx context.Context, tx *db.Tx, hash string) (org string, w way, err error) {
	w, err = db.Get(ctx, tx, func(s db.Scanner) (way, error) { return scanWay(behind{s, &org}) },
		`SELECT org_id, `+wayColumns+` FROM survey_way WHERE code_hash=$1`, hash)
	return org, w, err
}

// behind scans one more column before those that a scan function knows.
type behind struct {
	db.Scanner
	first any
}

func (b behind) Scan(dest ...any) error { return b.Scanner.Scan(append([]any{b.first}, dest...)...) }

func waysOf(ctx context.Context, tx *db.Tx, wave string) ([]way, error) {
	return db.Select(ctx, tx, scanWay, `SELECT `+wayColumns+` FROM survey_way WHERE org_id=$1 AND wave_id=$2 ORDER BY code_hash`, tx.Org(), wave)
}

// useCard deletes a card, so that nothing ties it to what it brought, and reports
// whether it was there.
func useCard(ctx context.Context, tx *db.Tx, hash string) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM survey_way WHERE org_id=$1 AND code_hash=$2 AND kind='card'`, tx.Org(), hash)
	return n > 0, err
}

func dropWays(ctx context.Context, tx *db.Tx, wave string) error {
	_, err := tx.Exec(ctx, `DELETE FROM survey_way WHERE org_id=$1 AND wave_id=$2`, tx.Org(), wave)
	return err
}

// response is somebody's answers as stored.
type response struct{ id, wave, pseudonym, batch, once, sealed string }

func scanResponse(s db.Scanner) (r response, err error) {
	err = s.Scan(&r.id, &r.wave, &r.pseudonym, &r.batch, &r.once, &r.sealed)
	return r, err
}

const responseColumns = `id, wave_id, pseudonym, batch_id, once, sealed`

// putResponse writes answers down at a random place.
func putResponse(ctx context.Context, tx *db.Tx, r response) error {
	for {
		n, err := tx.Exec(ctx, `INSERT INTO survey_response (place, org_id, `+responseColumns+`) VALUES (`+db.Marks(1, 8)+`) ON CONFLICT (place) DO NOTHING`,
			int64(rand.Int32()), tx.Org(), r.id, r.wave, r.pseudonym, r.batch, r.once, r.sealed)
		if err != nil || n > 0 {
			return err
		}
	}
}

// counted are the answers of a wave that count: paper only of a finished batch.
func counted(ctx context.Context, tx *db.Tx, wave string) ([]response, error) {
	return db.Select(ctx, tx, scanResponse, `SELECT `+responseColumns+` FROM survey_response WHERE org_id=$1 AND wave_id=$2
		AND (batch_id='' OR batch_id IN (SELECT id FROM survey_batch WHERE org_id=$1 AND wave_id=$2 AND state='done')) ORDER BY id`, tx.Org(), wave)
}

func responseOnce(ctx context.Context, tx *db.Tx, once string) (org string, r response, err error) {
	r, err = db.Get(ctx, tx, func(s db.Scanner) (response, error) { return scanResponse(behind{s, &org}) },
		`SELECT org_id, `+responseColumns+` FROM survey_response WHERE once=$1`, once)
	return org, r, err
}

func answeredBy(ctx context.Context, tx *db.Tx, wave, pseudonym string) (bool, error) {
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM survey_response WHERE org_id=$1 AND wave_id=$2 AND pseudonym=$3`, tx.Org(), wave, pseudonym)
	return n > 0, err
}

func countResponses(ctx context.Context, tx *db.Tx, wave string) (int, error) {
	list, err := counted(ctx, tx, wave)
	return len(list), err
}

func dropResponse(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM survey_response WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	return err
}

func dropAnswers(ctx context.Context, tx *db.Tx, pseudonym string) error {
	_, err := tx.Exec(ctx, `DELETE FROM survey_response WHERE org_id=$1 AND pseudonym=$2 AND pseudonym<>''`, tx.Org(), pseudonym)
	return err
}

// pseudonymsOf lists every pseudonym under which a survey has answers.
func pseudonymsOf(ctx context.Context, tx *db.Tx, survey string) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT DISTINCT r.pseudonym FROM survey_response r JOIN survey_wave w ON w.org_id=r.org_id AND w.id=r.wave_id
		WHERE r.org_id=$1 AND w.survey_id=$2 AND r.pseudonym<>'' ORDER BY r.pseudonym`, tx.Org(), survey)
}

func scanBatch(s db.Scanner) (b Batch, err error) {
	var sheets, typed int64
	err = s.Scan(&b.ID, &b.Wave, &b.Account, &sheets, &typed, &b.State)
	b.Sheets, b.Typed = int(sheets), int(typed)
	return b, err
}

const batchColumns = `id, wave_id, account, sheets, typed, state`

func putBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	_, err := tx.Exec(ctx, `INSERT INTO survey_batch (org_id, `+batchColumns+`) VALUES (`+db.Marks(1, 7)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET typed=excluded.typed, state=excluded.state`, tx.Org(), b.ID, b.Wave, b.Account, int64(b.Sheets), int64(b.Typed), string(b.State))
	return err
}

func batchByID(ctx context.Context, tx *db.Tx, id string) (Batch, error) {
	return db.Get(ctx, tx, scanBatch, `SELECT `+batchColumns+` FROM survey_batch WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func batchesOf(ctx context.Context, tx *db.Tx, wave string) ([]Batch, error) {
	return db.Select(ctx, tx, scanBatch, `SELECT `+batchColumns+` FROM survey_batch WHERE org_id=$1 AND wave_id=$2 ORDER BY id`, tx.Org(), wave)
}

func dropSheets(ctx context.Context, tx *db.Tx, batch string) error {
	_, err := tx.Exec(ctx, `DELETE FROM survey_response WHERE org_id=$1 AND batch_id=$2 AND batch_id<>''`, tx.Org(), batch)
	return err
}

func putTally(ctx context.Context, tx *db.Tx, t Tally) error {
	_, err := tx.Exec(ctx, `INSERT INTO survey_tally (org_id, month, one_to_ones, meetings, roles, brought, account) VALUES (`+db.Marks(1, 7)+`)
		ON CONFLICT (org_id, month) DO UPDATE SET one_to_ones=excluded.one_to_ones, meetings=excluded.meetings, roles=excluded.roles, brought=excluded.brought, account=excluded.account`,
		tx.Org(), t.Month, int64(t.OneToOnes), int64(t.Meetings), int64(t.Roles), int64(t.Brought), t.Account)
	return err
}

func tallies(ctx context.Context, tx *db.Tx) ([]Tally, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (t Tally, err error) {
		var a, b, c, d int64
		err = s.Scan(&t.Month, &a, &b, &c, &d, &t.Account)
		t.OneToOnes, t.Meetings, t.Roles, t.Brought = int(a), int(b), int(c), int(d)
		return t, err
	}, `SELECT month, one_to_ones, meetings, roles, brought, account FROM survey_tally WHERE org_id=$1 ORDER BY month DESC LIMIT 36`, tx.Org())
}

func orgs(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT DISTINCT org_id FROM survey_survey ORDER BY org_id`)
}
