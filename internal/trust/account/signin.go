// Signing in: e-mail address and password, then a code; the same work and the
// same answer whether the address is known or not.

package account

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// pending is what a browser has proved after the password.
type pending struct {
	Org, Account, Who string
	Shared            bool
}

// errSignIn is the one answer to a wrong address, a wrong password and a disabled account.
func errSignIn() error { return fault.Wrong(fault.At("password", "account.signin.wrong")) }

func errCode() error { return fault.Wrong(fault.At("code", "account.code.wrong")) }

// candidate is an account that an address may mean; without one, hash is empty.
type candidate struct {
	org, account, hash string
	enabled, code      bool
}

// SignIn checks address and password and returns the token of the next step, the
// code. It never returns a session: a password alone opens nothing.
func (s *Service) SignIn(ctx context.Context, c Client, email, password string) (step string, err error) {
	defer fault.Wrap(&err, "account.SignIn")
	email, valid := cleanEmail(email)
	if !valid {
		email = "nobody@invalid.example" // the same work for nonsense
	}
	err = s.count(ctx, counted{perNetwork, c.Network}, counted{perAccount, email}, counted{perInstall, ""})
	if err != nil {
		return "", err
	}
	found, err := s.candidates(ctx, email)
	if err != nil {
		return "", err
	}
	for _, f := range found {
		ok, stale, err := s.hasher.verify(ctx, f.hash, password)
		if err != nil {
			return "", err
		}
		if !ok || !f.enabled || !f.code {
			continue
		}
		if stale {
			if err := s.renewHash(ctx, f, password); err != nil {
				return "", err
			}
		}
		return s.begin(ctx, kindCode, ceremonyLife, pending{f.org, f.account, email, c.Shared})
	}
	return "", s.refuse(ctx, found, c, "password")
}

// candidates looks the address up in every organization. There is always at
// least one candidate, if only a decoy to spend the same time on.
func (s *Service) candidates(ctx context.Context, email string) (list []candidate, err error) {
	var orgs []Organization
	if err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		orgs, err = organizations(ctx, tx)
		return err
	}); err != nil {
		return nil, err
	}
	blinds := make([]string, len(orgs))
	for i, o := range orgs {
		if blinds[i], err = s.vault.Blind(ctx, o.ID, "email", email); err != nil {
			return nil, err
		}
	}
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		for i, o := range orgs {
			found, err := db.Select(ctx, tx, func(sc db.Scanner) (c candidate, err error) {
				var disabled, step int64
				err = sc.Scan(&c.org, &c.account, &disabled, &c.hash, &step)
				c.enabled, c.code = disabled == 0, step >= 0
				return c, err
			}, `SELECT a.org_id, a.id, a.disabled_at, p.hash, COALESCE(t.last_step, -1) FROM account a
				JOIN account_password p ON p.org_id = a.org_id AND p.id = a.id
				LEFT JOIN account_totp t ON t.org_id = a.org_id AND t.id = a.id
				WHERE a.org_id = $1 AND a.email_blind = $2`, o.ID, blinds[i])
			if err != nil {
				return err
			}
			list = append(list, found...)
		}
		return nil
	})
	if len(list) == 0 {
		decoy := candidate{}
		if len(orgs) > 0 {
			decoy.org = orgs[0].ID
		}
		list = append(list, decoy)
	}
	return list, err
}

// refuse writes the failed try to the audit log, of the account's organization or
// for an unknown address of the first one, and returns the one answer.
func (s *Service) refuse(ctx context.Context, tried []candidate, c Client, reason string) error {
	answer := errSignIn()
	org, account := tried[0].org, tried[0].account
	if org == "" {
		return answer // nothing is set up yet
	}
	a := access.Actor{Org: org, Request: c.Request, Roles: []access.Role{access.Public}}
	if err := s.db.Write(ctx, org, func(tx *db.Tx) error {
		return s.audit.Write(ctx, tx, event(a, "signin", "session", account, "deny", reason))
	}); err != nil {
		return err
	}
	return answer
}

// renewHash raises an old hash to the present cost while the password is at hand.
func (s *Service) renewHash(ctx context.Context, f candidate, password string) error {
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, f.org, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE account_password SET hash = $3 WHERE org_id = $1 AND id = $2 AND hash = $4`, f.org, f.account, hash, f.hash)
		return err
	})
}

// SignInCode finishes with a code from the app or a recovery code, and starts the session.
func (s *Service) SignInCode(ctx context.Context, c Client, step, code string) (token string, v Session, err error) {
	defer fault.Wrap(&err, "account.SignInCode")
	var p pending
	if err := s.resume(ctx, kindCode, step, &p); err != nil {
		return "", v, err
	}
	if err := s.count(ctx, counted{perCode, p.Account}, counted{perInstall, ""}); err != nil {
		return "", v, err
	}
	c.Shared = c.Shared || p.Shared
	a := self(p.Org, p.Account, c.Request)
	prove, err := s.codeProof(ctx, a, code)
	if err != nil {
		return "", v, s.refused(ctx, a, err)
	}
	token, v = id.Token(), s.newSession(p.Org, p.Account, c, "")
	err = s.db.Write(ctx, p.Org, func(tx *db.Tx) error {
		if err := finish(ctx, tx, kindCode, step); err != nil {
			return err
		}
		if err := prove(ctx, tx); err != nil {
			return err
		}
		// The installation counted twice: the password and the code.
		return s.admit(ctx, tx, a, v, token, counted{perNetwork, c.Network}, counted{perAccount, p.Who}, counted{perCode, p.Account},
			counted{perInstall, ""}, counted{perInstall, ""})
	})
	if err != nil {
		return "", Session{}, s.refused(ctx, a, err)
	}
	return token, v, nil
}

// admit is the end of every way in: the session, the forgiven failures, the audit row.
func (s *Service) admit(ctx context.Context, tx *db.Tx, a access.Actor, v Session, token string, forgiven ...counted) error {
	if err := insertSession(ctx, tx, v, token); err != nil {
		return err
	}
	for _, c := range forgiven {
		if err := s.forgive(ctx, tx, c); err != nil {
			return err
		}
	}
	return s.note(ctx, tx, a, "signin", "session", v.ID)
}

// refused writes a wrong code to the audit log and hands the error on.
func (s *Service) refused(ctx context.Context, a access.Actor, cause error) error {
	if !fault.Is(cause, fault.Invalid) {
		return cause
	}
	if err := s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		return s.audit.Write(ctx, tx, event(a, "signin", "session", a.Account, "deny", "code"))
	}); err != nil {
		return err // a failure that cannot be recorded is not answered as if it were
	}
	return cause
}

// proof spends a code inside a transaction.
type proof func(ctx context.Context, tx *db.Tx) error

// codeProof judges a code of the account: six digits from the app, or a recovery
// code. What it returns spends the code, once, in the caller's transaction.
func (s *Service) codeProof(ctx context.Context, a access.Actor, code string) (proof, error) {
	if len(foldDigits(code)) > totpDigits {
		hash := recoveryHash(a.Account, code)
		return func(ctx context.Context, tx *db.Tx) error {
			ok, err := useRecovery(ctx, tx, a.Org, a.Account, hash, db.Micros(s.now()))
			if err == nil && !ok {
				return errCode()
			}
			return err
		}, nil
	}
	var t totpRow
	err := s.db.Read(ctx, a.Org, func(tx *db.Tx) (err error) {
		t, err = getTOTP(ctx, tx, a.Org, a.Account)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil, errCode()
	}
	if err != nil {
		return nil, err
	}
	text, err := s.vault.Open(ctx, cell(a.Org, "account_totp", a.Account, t.version), t.sealed)
	if err != nil {
		return nil, err
	}
	secret, err := decodeTOTPSecret(text)
	if err != nil {
		return nil, err
	}
	step, ok := matchTOTP(secret, code, s.now(), t.last)
	if !ok {
		return nil, errCode()
	}
	return func(ctx context.Context, tx *db.Tx) error {
		ok, err := useStep(ctx, tx, a.Org, a.Account, step)
		if err == nil && !ok {
			return errCode()
		}
		return err
	}, nil
}

// StepUp asks a signed-in actor for a fresh code before what matters most, and
// renews the session's token.
func (s *Service) StepUp(ctx context.Context, a access.Actor, code string) (token string, err error) {
	defer fault.Wrap(&err, "account.StepUp")
	if err := own(a, needSessionRead); err != nil {
		return "", err
	}
	if err := s.count(ctx, counted{perCode, a.Account}); err != nil {
		return "", err
	}
	prove, err := s.codeProof(ctx, a, code)
	if err != nil {
		return "", s.refused(ctx, a, err)
	}
	token = id.Token()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if err := prove(ctx, tx); err != nil {
			return err
		}
		if err := s.elevate(ctx, tx, a, token); err != nil {
			return err
		}
		if err := s.forgive(ctx, tx, counted{perCode, a.Account}); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "stepup", "session", a.Session)
	})
	if err != nil {
		return "", s.refused(ctx, a, err)
	}
	return token, nil
}
