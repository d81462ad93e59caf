// Statements about counts, the roster and the settings: nothing here knows a person.
package introduction

import (
	"context"
	"encoding/json"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

type countKey struct{ site, month, language string }

func addCount(ctx context.Context, tx *db.Tx, k countKey, outcome string, n int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO offer_count (org_id, site, month, language, outcome, n) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (org_id, site, month, language, outcome) DO UPDATE SET n = offer_count.n + excluded.n`,
		tx.Org(), k.site, k.month, k.language, outcome, n)
	return err
}

type countRow struct {
	countKey
	outcome string
	n       int64
}

func countsBetween(ctx context.Context, tx *db.Tx, from, to string) ([]countRow, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (r countRow, err error) {
		err = s.Scan(&r.site, &r.month, &r.language, &r.outcome, &r.n)
		return r, err
	}, `SELECT site, month, language, outcome, n FROM offer_count WHERE org_id=$1 AND month >= $2 AND month <= $3
		ORDER BY month, site, language, outcome`, tx.Org(), from, to)
}

func addMine(ctx context.Context, tx *db.Tx, account, month string, sent, met int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO my_count (org_id, account_id, month, sent, met) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (org_id, account_id, month) DO UPDATE SET sent = my_count.sent + excluded.sent, met = my_count.met + excluded.met`,
		tx.Org(), account, month, sent, met)
	return err
}

// MyCount is a clinician's own two numbers of a month.
type MyCount struct {
	Month     string
	Sent, Met int64
}

func mineOf(ctx context.Context, tx *db.Tx, account, from string) ([]MyCount, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (c MyCount, err error) {
		err = s.Scan(&c.Month, &c.Sent, &c.Met)
		return c, err
	}, `SELECT month, sent, met FROM my_count WHERE org_id=$1 AND account_id=$2 AND month >= $3 ORDER BY month DESC`, tx.Org(), account, from)
}

const dutyColumns = `id, account_id, site, languages, from_at, until_at, walk_over, by_phone`

func scanDuty(s db.Scanner) (d Duty, err error) {
	var langs string
	var from, until int64
	err = s.Scan(&d.ID, &d.Account, &d.Site, &langs, &from, &until, &d.WalkOver, &d.ByPhone)
	d.Languages, d.From, d.Until = split(langs), db.Time(from), db.Time(until)
	return d, err
}

func saveDuty(ctx context.Context, tx *db.Tx, d Duty) error {
	_, err := tx.Exec(ctx, `INSERT INTO introduction_roster (org_id, `+dutyColumns+`) VALUES (`+db.Marks(1, 9)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET account_id=excluded.account_id, site=excluded.site, languages=excluded.languages,
			from_at=excluded.from_at, until_at=excluded.until_at, walk_over=excluded.walk_over, by_phone=excluded.by_phone`,
		tx.Org(), d.ID, d.Account, d.Site, join(d.Languages), db.Micros(d.From), db.Micros(d.Until), d.WalkOver, d.ByPhone)
	return err
}

func dutyByID(ctx context.Context, tx *db.Tx, id string) (Duty, error) {
	return db.Get(ctx, tx, scanDuty, `SELECT `+dutyColumns+` FROM introduction_roster WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// dutiesBetween returns what overlaps the time, in order of beginning.
func dutiesBetween(ctx context.Context, tx *db.Tx, from, until time.Time) ([]Duty, error) {
	return db.Select(ctx, tx, scanDuty, `SELECT `+dutyColumns+` FROM introduction_roster WHERE org_id=$1 AND until_at > $2 AND from_at < $3
		ORDER BY from_at, id LIMIT 500`, tx.Org(), db.Micros(from), db.Micros(until))
}

func deleteDuty(ctx context.Context, tx *db.Tx, id string) error {
	n, err := tx.Exec(ctx, `DELETE FROM introduction_roster WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	if err == nil && n == 0 {
		return fault.Missing("duty")
	}
	return err
}

// settings returns the clinic's settings, or the defaults when none were saved.
func settings(ctx context.Context, tx *db.Tx) (Settings, error) {
	v, err := db.Get(ctx, tx, func(s db.Scanner) (v Settings, err error) {
		var holidays string
		if err = s.Scan(&v.EscalationAccount, &holidays, &v.AcknowledgeDays, &v.AttemptDays, &v.CloseDays); err != nil {
			return v, err
		}
		return v, json.Unmarshal([]byte(holidays), &v.Holidays)
	}, `SELECT escalation_account, holidays, acknowledge_days, attempt_days, close_days FROM introduction_settings WHERE org_id=$1`, tx.Org())
	if fault.Is(err, fault.NotFound) {
		return DefaultSettings(), nil
	}
	return v, err
}

func saveSettings(ctx context.Context, tx *db.Tx, v Settings) error {
	holidays, err := json.Marshal(v.Holidays)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO introduction_settings (org_id, escalation_account, holidays, acknowledge_days, attempt_days, close_days) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (org_id) DO UPDATE SET escalation_account=excluded.escalation_account, holidays=excluded.holidays,
			acknowledge_days=excluded.acknowledge_days, attempt_days=excluded.attempt_days, close_days=excluded.close_days`,
		tx.Org(), v.EscalationAccount, string(holidays), v.AcknowledgeDays, v.AttemptDays, v.CloseDays)
	return err
}

func seenToday(ctx context.Context, tx *db.Tx, actor, day string, ids []string) ([]string, error) {
	args := []any{tx.Org(), actor, day}
	for _, id := range ids {
		args = append(args, id)
	}
	return db.Column[string](ctx, tx, `SELECT introduction_id FROM introduction_seen WHERE org_id=$1 AND actor=$2 AND day=$3
		AND introduction_id IN (`+db.Marks(4, len(ids))+`)`, args...)
}

func markSeen(ctx context.Context, tx *db.Tx, actor, intro, day string) error {
	_, err := tx.Exec(ctx, `INSERT INTO introduction_seen (org_id, actor, introduction_id, day) VALUES ($1,$2,$3,$4)
		ON CONFLICT (org_id, actor, introduction_id) DO UPDATE SET day = excluded.day`, tx.Org(), actor, intro, day)
	return err
}

func sweepSeen(ctx context.Context, tx *db.Tx, today string) error {
	_, err := tx.Exec(ctx, `DELETE FROM introduction_seen WHERE org_id=$1 AND day < $2`, tx.Org(), today)
	return err
}
