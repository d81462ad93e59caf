// A ceremony is what happens between two pages: after the password and before
// the code, or while somebody enrols. Its data is sealed with a key made from
// the browser's token; the database keeps only a hash of that token, so a copy of
// the database opens nothing and answers nothing.

package account

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/db"
)

const (
	kindCode    = "code"    // password given, code awaited
	kindPasskey = "passkey" // challenge sent, assertion awaited
	kindEnrol   = "enrol"   // an account is being made
	kindAddKey  = "addkey"  // a passkey is being added to an account
	kindTOTP    = "totp"    // an authenticator app is being set up
	kindSetup   = "setup"   // the console token was shown
)

// tries allowed before a ceremony is over: few while guessing a code would help
// an attacker, more while somebody fills in the pages of their own account.
func triesOf(kind string) int64 {
	if kind == kindCode || kind == kindPasskey {
		return 5
	}
	return 30
}

func errCeremony() error { return fault.Ended("account.ceremony.over") }

func ceremonyCipher(token, kind string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(token), nil, "seedbed/account/ceremony/"+kind, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func sealCeremony(token, kind string, v any) (string, error) {
	aead, err := ceremonyCipher(token, kind)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return base64.RawStdEncoding.EncodeToString(aead.Seal(nil, nil, b, []byte(kind))), nil
}

func openCeremony(token, kind, data string, v any) error {
	aead, err := ceremonyCipher(token, kind)
	if err != nil {
		return err
	}
	b, err := base64.RawStdEncoding.DecodeString(data)
	if err != nil {
		return err
	}
	if b, err = aead.Open(nil, nil, b, []byte(kind)); err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// begin stores the data of a new ceremony and returns the token for the browser.
func (s *Service) begin(ctx context.Context, kind string, life time.Duration, v any) (token string, err error) {
	defer fault.Wrap(&err, "account.begin(%s)", kind)
	token = id.Token()
	data, err := sealCeremony(token, kind, v)
	if err != nil {
		return "", err
	}
	now := s.now()
	return token, s.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM account_ceremony WHERE expires_at <= $1`, db.Micros(now)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO account_ceremony (id, token_hash, kind, data, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			id.New(now), id.Hash(token), kind, data, db.Micros(now.Add(life)))
		return err
	})
}

// resume reads a ceremony and counts the try; after too many it is over.
func (s *Service) resume(ctx context.Context, kind, token string, v any) (err error) {
	defer fault.Wrap(&err, "account.resume(%s)", kind)
	var data string
	err = s.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		data, err = db.One[string](ctx, tx, `UPDATE account_ceremony SET tries = tries + 1
			WHERE token_hash = $1 AND kind = $2 AND expires_at > $3 AND tries < $4 RETURNING data`,
			id.Hash(token), kind, db.Micros(s.now()), triesOf(kind))
		return err
	})
	return s.opened(err, kind, token, data, v)
}

// peek reads a ceremony for showing its page.
func (s *Service) peek(ctx context.Context, kind, token string, v any) (err error) {
	defer fault.Wrap(&err, "account.peek(%s)", kind)
	var data string
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		data, err = db.One[string](ctx, tx, `SELECT data FROM account_ceremony
			WHERE token_hash = $1 AND kind = $2 AND expires_at > $3 AND tries < $4`,
			id.Hash(token), kind, db.Micros(s.now()), triesOf(kind))
		return err
	})
	return s.opened(err, kind, token, data, v)
}

func (s *Service) opened(err error, kind, token, data string, v any) error {
	if fault.Is(err, fault.NotFound) || token == "" {
		return errCeremony()
	}
	if err != nil {
		return err
	}
	if openCeremony(token, kind, data, v) != nil {
		return errCeremony()
	}
	return nil
}

// finish ends the ceremony inside the transaction that uses it; a second use finds nothing.
func finish(ctx context.Context, tx *db.Tx, kind, token string) error {
	n, err := tx.Exec(ctx, `DELETE FROM account_ceremony WHERE token_hash = $1 AND kind = $2`, id.Hash(token), kind)
	if err != nil {
		return err
	}
	if n == 0 {
		return errCeremony()
	}
	return nil
}
