// Every SQL statement about introductions themselves; those about shares, links
// and sessions are in storeshare.go, counts and the roster in storecount.go.
package introduction

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// row is an introduction as stored.
type row struct {
	id, person, group, site                                                    string
	mode                                                                       Mode
	state                                                                      State
	ending                                                                     Ending
	reason                                                                     Reason
	how                                                                        How
	offeredBy, owner, redirectTo, counted                                      string
	stopped                                                                    bool
	began, sent, acknowledged, accepted, redirected                            time.Time
	connected, participates, ended, handoffAt, askedStop, due, lookAt, eraseAt time.Time
	nextOwner                                                                  Owner
	nextKey                                                                    string
	level                                                                      Level
	receiptHash, phoneBlind, sealed                                            string
	sealedVersion                                                              int64
}

const rowColumns = `id, person, group_id, site, mode, state, ending, reason, how, offered_by, owner, redirect_to, counted,
	began, sent_at, acknowledged_at, accepted_at, redirected_at, connected_at, participates_at, ended_at, handoff_at, asked_stop_at,
	next_owner, next_key, due_at, level, look_at, erase_at, receipt_hash, phone_blind, sealed, sealed_version`

func scanRow(s db.Scanner) (r row, err error) {
	var t [13]int64
	err = s.Scan(&r.id, &r.person, &r.group, &r.site, &r.mode, &r.state, &r.ending, &r.reason, &r.how, &r.offeredBy, &r.owner, &r.redirectTo, &r.counted,
		&t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7], &t[8], &t[9],
		&r.nextOwner, &r.nextKey, &t[10], &r.level, &t[11], &t[12], &r.receiptHash, &r.phoneBlind, &r.sealed, &r.sealedVersion)
	for i, to := range r.times() {
		*to = db.Time(t[i])
	}
	return r, err
}

// times lists the time fields in the order of the columns.
func (r *row) times() []*time.Time {
	return []*time.Time{&r.began, &r.sent, &r.acknowledged, &r.accepted, &r.redirected, &r.connected, &r.participates, &r.ended, &r.handoffAt, &r.askedStop, &r.due, &r.lookAt, &r.eraseAt}
}

func (r *row) args(org string) []any {
	var t []any
	for _, at := range r.times() {
		t = append(t, db.Micros(*at))
	}
	return []any{org, r.id, r.person, r.group, r.site, string(r.mode), string(r.state), string(r.ending), string(r.reason), string(r.how), r.offeredBy, r.owner, r.redirectTo, r.counted,
		t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9],
		string(r.nextOwner), r.nextKey, t[10], int64(r.level), t[11], t[12], r.receiptHash, r.phoneBlind, r.sealed, r.sealedVersion}
}

func insertRow(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO introduction (org_id, `+rowColumns+`) VALUES (`+db.Marks(1, 34)+`)`, r.args(tx.Org())...)
	return err
}

func updateRow(ctx context.Context, tx *db.Tx, r row) error {
	n, err := tx.Exec(ctx, `UPDATE introduction SET person=$3, group_id=$4, site=$5, mode=$6, state=$7, ending=$8, reason=$9, how=$10, offered_by=$11, owner=$12,
		redirect_to=$13, counted=$14, began=$15, sent_at=$16, acknowledged_at=$17, accepted_at=$18, redirected_at=$19, connected_at=$20, participates_at=$21,
		ended_at=$22, handoff_at=$23, asked_stop_at=$24, next_owner=$25, next_key=$26, due_at=$27, level=$28, look_at=$29, erase_at=$30, receipt_hash=$31, phone_blind=$32,
		sealed=$33, sealed_version=$34 WHERE org_id=$1 AND id=$2`, r.args(tx.Org())...)
	if err == nil && n == 0 {
		return fault.Missing("introduction")
	}
	return err
}

func rowByID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM introduction WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func rowsByPhone(ctx context.Context, tx *db.Tx, blind string) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM introduction WHERE org_id=$1 AND phone_blind=$2 AND phone_blind <> '' ORDER BY id DESC LIMIT 20`, tx.Org(), blind)
}

func rowByReceipt(ctx context.Context, tx *db.Tx, hash string) (row, error) {
	return db.Get(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM introduction WHERE org_id=$1 AND receipt_hash=$2 AND receipt_hash <> ''`, tx.Org(), hash)
}

func rowsOfClinician(ctx context.Context, tx *db.Tx, account, before string, limit int) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM introduction WHERE org_id=$1 AND offered_by=$2 AND offered_by <> '' AND id < $3
		ORDER BY id DESC LIMIT $4`, tx.Org(), account, before, limit)
}

// boardRows is one page of what is open, most overdue first, or of what has ended,
// newest first. The page starts after (moment, id).
func boardRows(ctx context.Context, tx *db.Tx, f boardFilter) ([]row, error) {
	at, order := "due_at", ` ORDER BY due_at, id LIMIT `
	q := ` AND due_at >= $2 AND (due_at > $2 OR id > $3) AND due_at <= $4`
	if f.ended {
		at, order = "ended_at", ` ORDER BY ended_at DESC, id DESC LIMIT `
		q = ` AND ended_at <= $2 AND (ended_at < $2 OR id < $3) AND ended_at <= $4`
		if f.afterDue == 0 {
			f.afterDue, f.afterID = f.until, "~" // after every UUID
		}
	}
	args := []any{tx.Org(), f.afterDue, f.afterID, f.until}
	if f.owner != "" && !f.ended {
		args = append(args, string(f.owner))
		q += ` AND next_owner=` + db.Marks(len(args), 1)
	}
	if f.site != "" {
		args = append(args, f.site)
		q += ` AND site=` + db.Marks(len(args), 1)
	}
	args = append(args, f.limit)
	return db.Select(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM introduction WHERE org_id=$1 AND `+at+` > 0`+q+order+db.Marks(len(args), 1), args...)
}

type boardFilter struct {
	afterDue int64
	afterID  string
	until    int64
	owner    Owner
	site     string
	ended    bool
	limit    int
}

func countBoard(ctx context.Context, tx *db.Tx, site string, from, until int64) (n int, err error) {
	q, args := `SELECT COUNT(*) FROM introduction WHERE org_id=$1 AND due_at > $2 AND due_at <= $3 AND due_at > 0`, []any{tx.Org(), from, until}
	if site != "" {
		q, args = q+` AND site=$4`, append(args, site)
	}
	return db.One[int](ctx, tx, q, args...)
}

// rowsToLookAt are those whose clock says that something has to be done about them.
func rowsToLookAt(ctx context.Context, tx *db.Tx, now time.Time, limit int) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT id FROM introduction WHERE org_id=$1 AND look_at > 0 AND look_at <= $2 ORDER BY look_at LIMIT $3`, tx.Org(), db.Micros(now), limit)
}

func rowsToErase(ctx context.Context, tx *db.Tx, now time.Time, limit int) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM introduction WHERE org_id=$1 AND erase_at > 0 AND erase_at <= $2 ORDER BY erase_at LIMIT $3`, tx.Org(), db.Micros(now), limit)
}

func orgsWithRows(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT DISTINCT org_id FROM introduction UNION SELECT DISTINCT org_id FROM introduction_recall`)
}

// deleteRow removes an introduction and all that hangs on it but its recalls.
func deleteRow(ctx context.Context, tx *db.Tx, id string) error {
	if err := deleteDetails(ctx, tx, id); err != nil {
		return err
	}
	for _, q := range []string{
		`DELETE FROM introduction_step WHERE org_id=$1 AND introduction_id=$2`,
		`DELETE FROM introduction WHERE org_id=$1 AND id=$2`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), id); err != nil {
			return err
		}
	}
	return nil
}

// deleteDetails removes what tells about the person's days: attempts, handoffs,
// shares with their codes, and open sessions. Links stay, so that a group that
// opens one reads that it was recalled.
func deleteDetails(ctx context.Context, tx *db.Tx, id string) error {
	for _, q := range []string{
		`DELETE FROM introduction_attempt WHERE org_id=$1 AND introduction_id=$2`,
		`DELETE FROM introduction_handoff WHERE org_id=$1 AND introduction_id=$2`,
		`DELETE FROM introduction_carry WHERE org_id=$1 AND introduction_id=$2`,
		`DELETE FROM introduction_session WHERE org_id=$1 AND (subject=$2 OR subject IN (SELECT id FROM introduction_share WHERE org_id=$1 AND introduction_id=$2))`,
		`DELETE FROM introduction_share WHERE org_id=$1 AND introduction_id=$2`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), id); err != nil {
			return err
		}
	}
	return nil
}

// Step is one change of an introduction.
type Step struct {
	At    time.Time `json:"at"`
	Verb  Verb      `json:"verb"`
	From  State     `json:"from"`
	To    State     `json:"to"`
	Party Party     `json:"party"`
	Code  string    `json:"code,omitempty"` // reason, ending, how
}

func insertStep(ctx context.Context, tx *db.Tx, intro string, s Step) error {
	_, err := tx.Exec(ctx, `INSERT INTO introduction_step (org_id, introduction_id, n, at, verb, from_state, to_state, party, code)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), COALESCE(MAX(n), 0) + 1, CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT), CAST($8 AS TEXT)
		FROM introduction_step WHERE org_id=$1 AND introduction_id=$2`,
		tx.Org(), intro, db.Micros(s.At), string(s.Verb), string(s.From), string(s.To), string(s.Party), s.Code)
	return err
}

func stepsOf(ctx context.Context, tx *db.Tx, intro string) ([]Step, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (v Step, err error) {
		var at int64
		err = s.Scan(&at, &v.Verb, &v.From, &v.To, &v.Party, &v.Code)
		v.At = db.Time(at)
		return v, err
	}, `SELECT at, verb, from_state, to_state, party, code FROM introduction_step WHERE org_id=$1 AND introduction_id=$2 ORDER BY n`, tx.Org(), intro)
}

func insertAttempt(ctx context.Context, tx *db.Tx, intro, share string, a Attempt) error {
	_, err := tx.Exec(ctx, `INSERT INTO introduction_attempt (org_id, introduction_id, n, share_id, at, channel, result, party)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), COALESCE(MAX(n), 0) + 1, CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT)
		FROM introduction_attempt WHERE org_id=$1 AND introduction_id=$2`,
		tx.Org(), intro, share, db.Micros(a.At), string(a.Channel), string(a.Result), string(a.By))
	return err
}

// attemptsOf returns the attempts of the present share, oldest first.
func attemptsOf(ctx context.Context, tx *db.Tx, intro, share string) ([]Attempt, error) {
	return db.Select(ctx, tx, scanAttempt, `SELECT at, channel, result, party FROM introduction_attempt
		WHERE org_id=$1 AND introduction_id=$2 AND share_id=$3 ORDER BY at, n`, tx.Org(), intro, share)
}

func scanAttempt(s db.Scanner) (a Attempt, err error) {
	var at int64
	err = s.Scan(&at, &a.Channel, &a.Result, &a.By)
	a.At = db.Time(at)
	return a, err
}

// Handoff is a warm handoff, booked or done.
type Handoff struct {
	How      HandoffHow `json:"how"`
	At       time.Time  `json:"at"`
	Happened bool       `json:"happened"`
	Present  []string   `json:"present"`         // roles
	Needs    []string   `json:"needs,omitempty"` // what a booked meeting needs
}

func insertHandoff(ctx context.Context, tx *db.Tx, intro string, h Handoff) error {
	_, err := tx.Exec(ctx, `INSERT INTO introduction_handoff (org_id, introduction_id, n, how, at, happened, present, needs)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), COALESCE(MAX(n), 0) + 1, CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BOOLEAN), CAST($6 AS TEXT), CAST($7 AS TEXT)
		FROM introduction_handoff WHERE org_id=$1 AND introduction_id=$2`,
		tx.Org(), intro, string(h.How), db.Micros(h.At), h.Happened, join(h.Present), join(h.Needs))
	return err
}

func handoffsOf(ctx context.Context, tx *db.Tx, intro string) ([]Handoff, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (h Handoff, err error) {
		var at int64
		var present, needs string
		err = s.Scan(&h.How, &at, &h.Happened, &present, &needs)
		h.At, h.Present, h.Needs = db.Time(at), split(present), split(needs)
		return h, err
	}, `SELECT how, at, happened, present, needs FROM introduction_handoff WHERE org_id=$1 AND introduction_id=$2 ORDER BY n`, tx.Org(), intro)
}

func bump(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO introduction_version (org_id, n) VALUES ($1, 1) ON CONFLICT (org_id) DO UPDATE SET n = introduction_version.n + 1`, tx.Org())
	return err
}

func version(ctx context.Context, tx *db.Tx) (int64, error) {
	n, err := db.One[int64](ctx, tx, `SELECT n FROM introduction_version WHERE org_id=$1`, tx.Org())
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return n, err
}

// allAttempts are those to every group, for the person.
func allAttempts(ctx context.Context, tx *db.Tx, intro string) ([]Attempt, error) {
	return db.Select(ctx, tx, scanAttempt, `SELECT at, channel, result, party FROM introduction_attempt WHERE org_id=$1 AND introduction_id=$2 ORDER BY at, n`, tx.Org(), intro)
}

func rowByPerson(ctx context.Context, tx *db.Tx, person string) (row, error) {
	return db.Get(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM introduction WHERE org_id=$1 AND person=$2 AND person <> ''`, tx.Org(), person)
}
