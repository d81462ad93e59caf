// One's own account: name and language, password, authenticator app, recovery
// codes. Changing how one proves oneself needs a fresh proof and ends the other sessions.

package account

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Profile shows the actor's own account and how it proves itself.
func (s *Service) Profile(ctx context.Context, a access.Actor) (me Account, f Factors, err error) {
	defer fault.Wrap(&err, "account.Profile")
	if err := own(a, needAccountRead); err != nil {
		return me, f, err
	}
	if me, err = s.load(ctx, a.Org, a.Account); err != nil {
		return me, f, err
	}
	rows, err := s.passkeyRows(ctx, a.Org, a.Account)
	if err != nil {
		return me, f, err
	}
	for _, r := range rows {
		v, err := s.openPasskey(ctx, r)
		if err != nil {
			return me, f, err
		}
		r.Label = v.Label
		f.Passkeys = append(f.Passkeys, r.Passkey)
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		has := func(q string) (int, error) {
			n, err := db.One[int64](ctx, tx, q, a.Org, a.Account)
			return int(n), err
		}
		passwords, err := has(`SELECT COUNT(*) FROM account_password WHERE org_id = $1 AND id = $2`)
		if err != nil {
			return err
		}
		apps, err := has(`SELECT COUNT(*) FROM account_totp WHERE org_id = $1 AND id = $2`)
		if err != nil {
			return err
		}
		f.Password, f.TOTP = passwords > 0, apps > 0
		f.Recovery, err = has(`SELECT COUNT(*) FROM account_recovery WHERE org_id = $1 AND account_id = $2 AND used_at = 0`)
		return err
	})
	return me, f, err
}

// Name is how the actor's account is called, for the frame of its pages.
func (s *Service) Name(ctx context.Context, a access.Actor) (name string, err error) {
	defer fault.Wrap(&err, "account.Name")
	if err := own(a, needAccountRead); err != nil {
		return "", err
	}
	me, err := s.load(ctx, a.Org, a.Account)
	return me.Name, err
}

// UpdateProfile changes the name others see and the language of the pages.
func (s *Service) UpdateProfile(ctx context.Context, a access.Actor, name, language string) (err error) {
	defer fault.Wrap(&err, "account.UpdateProfile")
	if err := own(a, needAccountUpdate); err != nil {
		return err
	}
	name, ok := cleanName(name)
	if !ok {
		return fault.Wrong(fault.At("name", "account.name.needed"))
	}
	me, err := s.load(ctx, a.Org, a.Account)
	if err != nil {
		return err
	}
	version := me.sealed + 1
	sealed, err := s.seal(ctx, cell(a.Org, "account", a.Account, version), identity{name, me.Email})
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if err := updateSealed(ctx, tx, a.Org, a.Account, sealed, version, s.language(language)); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "update", "account", a.Account)
	})
}

// ChangePassword needs the present password, or a fresh proof when there is none yet.
func (s *Service) ChangePassword(ctx context.Context, a access.Actor, current, next string) (err error) {
	defer fault.Wrap(&err, "account.ChangePassword")
	if err := own(a, needAccountUpdate); err != nil {
		return err
	}
	if err := s.proveCurrent(ctx, a, current); err != nil {
		return err
	}
	me, err := s.load(ctx, a.Org, a.Account)
	if err != nil {
		return err
	}
	clinic, err := s.Organization(ctx, a.Org)
	if err != nil {
		return err
	}
	if err := s.policy.check("next", next, me.Name, me.Email, clinic.Name); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, next)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if err := setPassword(ctx, tx, a.Org, a.Account, hash, db.Micros(s.now())); err != nil {
			return err
		}
		if err := keepOnly(ctx, tx, a); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "change_password", "account", a.Account)
	})
}

func (s *Service) proveCurrent(ctx context.Context, a access.Actor, current string) error {
	if err := s.count(ctx, counted{perAccount, "current:" + a.Account}); err != nil {
		return err
	}
	var hash string
	err := s.db.Read(ctx, a.Org, func(tx *db.Tx) (err error) {
		hash, err = db.One[string](ctx, tx, `SELECT hash FROM account_password WHERE org_id = $1 AND id = $2`, a.Org, a.Account)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return s.recent(a)
	}
	if err != nil {
		return err
	}
	ok, _, err := s.hasher.verify(ctx, hash, current)
	if err == nil && !ok {
		return fault.Wrong(fault.At("current", "account.password.wrong"))
	}
	return err
}

// app is an authenticator app being set up.
type app struct {
	Org, Account string
	Secret       []byte
}

// App shows the secret of an app being set up.
type App struct{ Secret, URI string }

// BeginApp draws a new secret; the present app keeps working until FinishApp.
func (s *Service) BeginApp(ctx context.Context, a access.Actor) (step string, err error) {
	defer fault.Wrap(&err, "account.BeginApp")
	if err := own(a, needAccountUpdate); err != nil {
		return "", err
	}
	if err := s.recent(a); err != nil {
		return "", err
	}
	return s.begin(ctx, kindTOTP, enrolLife, app{a.Org, a.Account, newTOTPSecret()})
}

// AppSetup shows what BeginApp drew.
func (s *Service) AppSetup(ctx context.Context, a access.Actor, step string) (v App, err error) {
	defer fault.Wrap(&err, "account.AppSetup")
	if err := own(a, needAccountUpdate); err != nil {
		return v, err
	}
	var p app
	if err := s.peek(ctx, kindTOTP, step, &p); err != nil {
		return v, err
	}
	if p.Org != a.Org || p.Account != a.Account {
		return v, errCeremony()
	}
	me, err := s.load(ctx, a.Org, a.Account)
	if err != nil {
		return v, err
	}
	return App{encodeTOTPSecret(p.Secret), totpURI(p.Secret, s.o.Name, me.Email)}, nil
}

// FinishApp puts the new app in force once a code proves it, and returns fresh recovery codes.
func (s *Service) FinishApp(ctx context.Context, a access.Actor, step, code string) (codes []string, err error) {
	defer fault.Wrap(&err, "account.FinishApp")
	if err := own(a, needAccountUpdate); err != nil {
		return nil, err
	}
	if err := s.recent(a); err != nil {
		return nil, err
	}
	var p app
	if err := s.resume(ctx, kindTOTP, step, &p); err != nil {
		return nil, err
	}
	if p.Org != a.Org || p.Account != a.Account {
		return nil, errCeremony()
	}
	spent, ok := matchTOTP(p.Secret, code, s.now(), 0)
	if !ok {
		return nil, errCode()
	}
	version := int64(s.now().UnixMicro()) // any number not used before for this row
	sealed, err := s.vault.Seal(ctx, cell(a.Org, "account_totp", a.Account, version), encodeTOTPSecret(p.Secret))
	if err != nil {
		return nil, err
	}
	codes, hashes := s.newRecovery(a.Account)
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if err := finish(ctx, tx, kindTOTP, step); err != nil {
			return err
		}
		if err := setTOTP(ctx, tx, a.Org, a.Account, sealed, version, spent, db.Micros(s.now())); err != nil {
			return err
		}
		if err := replaceRecovery(ctx, tx, a.Org, a.Account, hashes); err != nil {
			return err
		}
		if err := keepOnly(ctx, tx, a); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "change_app", "account", a.Account)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// NewRecoveryCodes replaces the codes; the old paper is worthless from now on.
func (s *Service) NewRecoveryCodes(ctx context.Context, a access.Actor) (codes []string, err error) {
	defer fault.Wrap(&err, "account.NewRecoveryCodes")
	if err := own(a, needAccountUpdate); err != nil {
		return nil, err
	}
	if err := s.recent(a); err != nil {
		return nil, err
	}
	codes, hashes := s.newRecovery(a.Account)
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if err := replaceRecovery(ctx, tx, a.Org, a.Account, hashes); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "new_recovery_codes", "account", a.Account)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}
