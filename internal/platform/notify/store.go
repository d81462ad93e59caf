// Every SQL statement of the notifier.
package notify

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// Message is the trace of a message: no address, no words.
type Message struct {
	ID          string
	Org         string
	Kind        string
	To          Ref
	Channel     Channel // empty until the contact was looked up
	State       State
	Why         string // code, see Why…
	NoVoicemail bool
	Attempts    int
	NotBefore   time.Time // earliest contact the rules allow
	Until       time.Time
	CreatedAt   time.Time
	ChangedAt   time.Time
}

// Open reports whether a person has to do something about it.
func (m Message) Open() bool { return m.State == ToHand || m.State == Unknown || m.State == Failed }

const columns = `org_id, id, kind, room, ref_id, channel, state, why, no_voicemail, attempts, not_before, until_at, created_at, changed_at`

func scan(s db.Scanner) (m Message, err error) {
	var before, until, created, changed int64
	err = s.Scan(&m.Org, &m.ID, &m.Kind, &m.To.Room, &m.To.ID, &m.Channel, &m.State, &m.Why, &m.NoVoicemail, &m.Attempts, &before, &until, &created, &changed)
	m.NotBefore, m.Until, m.CreatedAt, m.ChangedAt = db.Time(before), db.Time(until), db.Time(created), db.Time(changed)
	return m, err
}

func insert(ctx context.Context, tx *db.Tx, m Message, key string) (fresh bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO notify_message (`+columns+`, msg_key) VALUES ($1,$2,$3,$4,$5,'',$6,'',$7,0,$8,$9,$10,$10,$11)
		ON CONFLICT (org_id, msg_key) DO NOTHING`, m.Org, m.ID, m.Kind, m.To.Room, m.To.ID, m.State, false,
		db.Micros(m.NotBefore), db.Micros(m.Until), db.Micros(m.CreatedAt), key)
	return n == 1, err
}

func get(ctx context.Context, tx *db.Tx, id string) (Message, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM notify_message WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// orgOf finds whose message it is, for receipts from a gateway that knows ids only.
func orgOf(ctx context.Context, tx *db.Tx, id string) (string, error) {
	return db.One[string](ctx, tx, `SELECT org_id FROM notify_message WHERE id=$1`, id)
}

// move changes the state if it still is one of from; otherwise fault.Conflict.
func move(ctx context.Context, tx *db.Tx, m Message, now time.Time, from ...State) error {
	args := []any{tx.Org(), m.ID, m.State, m.Why, m.Channel, m.NoVoicemail, m.Attempts, db.Micros(m.NotBefore), db.Micros(now)}
	for _, s := range from {
		args = append(args, s)
	}
	n, err := tx.Exec(ctx, `UPDATE notify_message SET state=$3, why=$4, channel=$5, no_voicemail=$6, attempts=$7, not_before=$8, changed_at=$9
		WHERE org_id=$1 AND id=$2 AND state IN (`+db.Marks(10, len(from))+`)`, args...)
	if err == nil && n == 0 {
		return fault.Clash("notify.changed")
	}
	return err
}

func list(ctx context.Context, tx *db.Tx, states ...State) ([]Message, error) {
	args := []any{tx.Org()}
	for _, s := range states {
		args = append(args, s)
	}
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM notify_message WHERE org_id=$1 AND state IN (`+db.Marks(2, len(states))+`)
		ORDER BY created_at, id LIMIT 1000`, args...)
}

func ofRef(ctx context.Context, tx *db.Tx, to Ref) ([]Message, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM notify_message WHERE org_id=$1 AND room=$2 AND ref_id=$3 ORDER BY created_at DESC, id DESC`,
		tx.Org(), to.Room, to.ID)
}

func forget(ctx context.Context, tx *db.Tx, to Ref) error {
	_, err := tx.Exec(ctx, `DELETE FROM notify_message WHERE org_id=$1 AND room=$2 AND ref_id=$3`, tx.Org(), to.Room, to.ID)
	return err
}

// purge removes old traces; what waits for a person stays.
func purge(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM notify_message WHERE changed_at < $1 AND state IN ('handed_to_gateway','delivered','handed_over','not_sent')`, db.Micros(before))
	return err
}

func stopped(ctx context.Context, tx *db.Tx, hash string) (bool, error) {
	n, err := db.One[int](ctx, tx, `SELECT COUNT(*) FROM notify_stop WHERE org_id=$1 AND hash=$2`, tx.Org(), hash)
	return n > 0, err
}

func addStop(ctx context.Context, tx *db.Tx, hash string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO notify_stop (org_id, hash, at) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`, tx.Org(), hash, db.Micros(now))
	return err
}

func removeStop(ctx context.Context, tx *db.Tx, hash string) error {
	_, err := tx.Exec(ctx, `DELETE FROM notify_stop WHERE org_id=$1 AND hash=$2`, tx.Org(), hash)
	return err
}
