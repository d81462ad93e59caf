// Limits on tries, in the database: they hold on every replica and after a
// restart, and when they cannot be counted nobody gets in. A try is counted
// before it is judged, so that a thousand tries at once count as a thousand.

package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/db"
)

// limit is one counter: at most max tries in a window.
type limit struct {
	scope string
	max   int64
	every time.Duration
}

var (
	perAccount = limit{"account", 10, 15 * time.Minute}
	perNetwork = limit{"network", 100, time.Hour}
	perInstall = limit{"install", 2000, time.Hour}
	perCode    = limit{"code", 10, 15 * time.Minute}
	perSetup   = limit{"setup", 20, 15 * time.Minute}
)

// counted is one limit applied to somebody.
type counted struct {
	limit
	who string
}

// count adds a try to the counters, in their order, and refuses at the first that
// is full. What it refuses is not judged, so it counts nowhere after that: a
// network that has run into its own limit must not use up everybody's.
func (s *Service) count(ctx context.Context, list ...counted) (err error) {
	defer fault.Wrap(&err, "account.count")
	full := false
	err = s.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		full = false
		salt, err := s.daySalt(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range list {
			tries, err := s.bump(ctx, tx, salt, c)
			if err != nil {
				return err
			}
			if full = tries > c.max; full {
				break
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if full {
		return fault.New(fault.Limited, "account.limited")
	}
	return nil
}

func (s *Service) bump(ctx context.Context, tx *db.Tx, salt string, c counted) (int64, error) {
	now := s.now()
	return db.One[int64](ctx, tx, `INSERT INTO account_throttle (id, tries, ends_at) VALUES ($1, 1, $2)
		ON CONFLICT (id) DO UPDATE SET
			tries = CASE WHEN account_throttle.ends_at <= $3 THEN 1 ELSE account_throttle.tries + 1 END,
			ends_at = CASE WHEN account_throttle.ends_at <= $3 THEN excluded.ends_at ELSE account_throttle.ends_at END
		RETURNING tries`, throttleID(salt, c), db.Micros(now.Add(c.every)), db.Micros(now))
}

// forgive forgets the failures of somebody who then proved who they are. The
// network and the installation only get this try back: one good account must not
// reset them, and a clinic that starts its day from one address must not fill them.
func (s *Service) forgive(ctx context.Context, tx *db.Tx, c counted) error {
	salt, err := s.daySalt(ctx, tx)
	if err != nil {
		return err
	}
	if c.limit == perNetwork || c.limit == perInstall {
		_, err = tx.Exec(ctx, `UPDATE account_throttle SET tries = tries - 1 WHERE id = $1 AND tries > 0`, throttleID(salt, c))
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM account_throttle WHERE id = $1`, throttleID(salt, c))
	return err
}

func throttleID(salt string, c counted) string {
	mac := hmac.New(sha256.New, []byte(salt))
	mac.Write([]byte(c.scope + "\x00" + c.who))
	return hex.EncodeToString(mac.Sum(nil))
}

// daySalt makes the counters of one day meaningless on the next: networks and
// addresses cannot be recovered from them once the salt is gone.
func (s *Service) daySalt(ctx context.Context, tx *db.Tx) (string, error) {
	now := s.now()
	day := now.UTC().Format(time.DateOnly)
	if salt, err := db.One[string](ctx, tx, `SELECT salt FROM account_salt WHERE id = $1`, day); err == nil {
		return salt, nil
	} else if !fault.Is(err, fault.NotFound) {
		return "", err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM account_salt WHERE ends_at <= $1`, db.Micros(now)); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM account_throttle WHERE ends_at <= $1`, db.Micros(now)); err != nil {
		return "", err
	}
	// Another replica may be first; then its salt counts.
	if _, err := tx.Exec(ctx, `INSERT INTO account_salt (id, salt, ends_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`,
		day, id.Token(), db.Micros(now.Add(48*time.Hour))); err != nil {
		return "", err
	}
	return db.One[string](ctx, tx, `SELECT salt FROM account_salt WHERE id = $1`, day)
}
