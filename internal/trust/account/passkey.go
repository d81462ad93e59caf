// Passkeys: the only file that knows WebAuthn. A passkey counts as two factors,
// since the device asks its owner first (user verification is required), and it
// is discoverable, so that signing in needs no address.

package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// maxCredential bounds what a browser may send back.
const maxCredential = 64 << 10

type passkeys struct{ w *webauthn.WebAuthn }

// newPasskeys binds passkeys to the host of the public address.
func newPasskeys(base, name string) (*passkeys, error) {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("account: the public address %q has no host", base)
	}
	// A raw address cannot carry passkeys; then the pages do not offer them.
	if !passkeyHost(u) {
		return &passkeys{}, nil
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: name, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("account: passkeys for %s: %w", u.Host, err)
	}
	return &passkeys{w}, nil
}

// passkeyHost reports whether browsers allow passkeys there: a name over https, or localhost.
func passkeyHost(u *url.URL) bool {
	h := u.Hostname()
	if h == "localhost" {
		return true
	}
	return u.Scheme == "https" && !strings.Contains(h, ":") && strings.Trim(h, "0123456789.") != ""
}

// Passkeys reports whether the public address allows passkeys.
func (s *Service) Passkeys() bool { return s.keys.w != nil }

func errNoPasskeys() error { return fault.Clash("account.passkey.address") }

func errPasskey(cause error) error {
	return fault.Because(fault.Wrong(fault.At("passkey", "account.passkey.refused")), cause)
}

// holder is an account as WebAuthn sees it. The handle is random: an
// authenticator must not learn an id that appears elsewhere.
type holder struct {
	handle, name, email string
	keys                []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { b, _ := base64.RawURLEncoding.DecodeString(h.handle); return b }
func (h holder) WebAuthnName() string                       { return h.email }
func (h holder) WebAuthnDisplayName() string                { return h.name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// stored is a passkey as sealed in its row.
type stored struct {
	Label      string
	Credential webauthn.Credential
}

type passkeyRow struct {
	Passkey
	org, account, handle, sealed string
	version                      int64
	disabled                     bool
}

func scanPasskey(s db.Scanner) (p passkeyRow, err error) {
	var created, used, disabled int64
	err = s.Scan(&p.org, &p.ID, &p.account, &p.sealed, &p.version, &created, &used, &p.handle, &disabled)
	p.Created, p.Used, p.disabled = db.Time(created), db.Time(used), disabled != 0
	return p, err
}

const passkeySelect = `SELECT k.org_id, k.id, k.account_id, k.sealed, k.sealed_version, k.created_at, k.used_at, a.handle, a.disabled_at
	FROM account_passkey k JOIN account a ON a.org_id = k.org_id AND a.id = k.account_id `

func (s *Service) passkeyRows(ctx context.Context, org, account string) (rows []passkeyRow, err error) {
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		rows, err = db.Select(ctx, tx, scanPasskey, passkeySelect+`WHERE k.org_id = $1 AND k.account_id = $2 ORDER BY k.created_at, k.id`, org, account)
		return err
	})
	return rows, err
}

func (s *Service) openPasskey(ctx context.Context, p passkeyRow) (v stored, err error) {
	err = s.open(ctx, cell(p.org, "account_passkey", p.ID, p.version), p.sealed, &v)
	return v, err
}

// challenge is a ceremony with an authenticator.
type challenge struct {
	Org, Account, Session, Label string
	Data                         webauthn.SessionData
}

// BeginPasskey starts a sign-in without an address: the options go to the
// browser as JSON, the token into its cookie.
func (s *Service) BeginPasskey(ctx context.Context) (step string, options []byte, err error) {
	defer fault.Wrap(&err, "account.BeginPasskey")
	if !s.Passkeys() {
		return "", nil, errNoPasskeys()
	}
	asked, data, err := s.keys.w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return "", nil, err
	}
	if options, err = json.Marshal(asked.Response); err != nil {
		return "", nil, err
	}
	step, err = s.begin(ctx, kindPasskey, ceremonyLife, challenge{Data: *data})
	return step, options, err
}

// SignInPasskey judges the browser's answer and starts the session.
func (s *Service) SignInPasskey(ctx context.Context, c Client, step string, response []byte) (token string, v Session, err error) {
	defer fault.Wrap(&err, "account.SignInPasskey")
	if err := s.count(ctx, counted{perNetwork, c.Network}, counted{perInstall, ""}); err != nil {
		return "", v, err
	}
	key, use, err := s.assertion(ctx, step, response)
	if err != nil {
		return "", v, err
	}
	a := self(key.org, key.account, c.Request)
	token, v = id.Token(), s.newSession(key.org, key.account, c, "")
	err = s.db.Write(ctx, key.org, func(tx *db.Tx) error {
		if err := use(ctx, tx); err != nil {
			return err
		}
		return s.admit(ctx, tx, a, v, token, counted{perNetwork, c.Network}, counted{perInstall, ""})
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, v, nil
}

// StepUpPasskey is StepUp with a passkey of the actor's own.
func (s *Service) StepUpPasskey(ctx context.Context, a access.Actor, step string, response []byte) (token string, err error) {
	defer fault.Wrap(&err, "account.StepUpPasskey")
	if err := own(a, needSessionRead); err != nil {
		return "", err
	}
	if err := s.count(ctx, counted{perCode, a.Account}); err != nil {
		return "", err
	}
	key, use, err := s.assertion(ctx, step, response)
	if err != nil {
		return "", err
	}
	if key.org != a.Org || key.account != a.Account {
		return "", errPasskey(fmt.Errorf("another account's passkey"))
	}
	token = id.Token()
	return token, s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if err := use(ctx, tx); err != nil {
			return err
		}
		if err := s.elevate(ctx, tx, a, token); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "stepup", "session", a.Session)
	})
}

// assertion verifies an answer; use spends the challenge and keeps the counter.
func (s *Service) assertion(ctx context.Context, step string, response []byte) (key passkeyRow, use proof, err error) {
	if !s.Passkeys() {
		return key, nil, errNoPasskeys()
	}
	var ch challenge
	if err := s.resume(ctx, kindPasskey, step, &ch); err != nil {
		return key, nil, err
	}
	if len(response) > maxCredential {
		return key, nil, fault.New(fault.TooLarge, "")
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return key, nil, errPasskey(err)
	}
	var known stored
	var broken error // the library hides our own errors; a broken database is not a wrong passkey
	_, got, err := s.keys.w.ValidatePasskeyLogin(func(rawID, handle []byte) (webauthn.User, error) {
		key, known, broken = s.findPasskey(ctx, rawID)
		if broken != nil {
			return nil, broken
		}
		if key.handle != base64.RawURLEncoding.EncodeToString(handle) || key.disabled {
			return nil, fmt.Errorf("no such account")
		}
		return holder{handle: key.handle, keys: []webauthn.Credential{known.Credential}}, nil
	}, ch.Data, parsed)
	if broken != nil && !fault.Is(broken, fault.NotFound) {
		return key, nil, broken
	}
	if err != nil {
		return key, nil, errPasskey(err)
	}
	if got.Authenticator.CloneWarning {
		return key, nil, errPasskey(fmt.Errorf("the signature counter went back: a copy of this passkey exists"))
	}
	known.Credential = *got
	sealed, err := s.seal(ctx, cell(key.org, "account_passkey", key.ID, key.version+1), known)
	if err != nil {
		return key, nil, err
	}
	return key, func(ctx context.Context, tx *db.Tx) error {
		if err := finish(ctx, tx, kindPasskey, step); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE account_passkey SET sealed = $3, sealed_version = $4, used_at = $5
			WHERE org_id = $1 AND id = $2 AND sealed_version = $4 - 1`, key.org, key.ID, sealed, key.version+1, db.Micros(s.now()))
		if err == nil && n == 0 {
			return fault.Clash("fault.conflict")
		}
		return err
	}, nil
}

func (s *Service) findPasskey(ctx context.Context, rawID []byte) (key passkeyRow, v stored, err error) {
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		key, err = db.Get(ctx, tx, scanPasskey, passkeySelect+`WHERE k.credential_hash = $1`, credentialHash(rawID))
		return err
	})
	if err != nil {
		return key, v, err
	}
	v, err = s.openPasskey(ctx, key)
	return key, v, err
}

func credentialHash(rawID []byte) string { return id.Hash(base64.RawURLEncoding.EncodeToString(rawID)) }

// creation asks an authenticator for a new passkey of the holder.
func (s *Service) creation(h holder) (options []byte, data *webauthn.SessionData, err error) {
	if !s.Passkeys() {
		return nil, nil, errNoPasskeys()
	}
	exclude := make([]protocol.CredentialDescriptor, len(h.keys))
	for i, k := range h.keys {
		exclude[i] = k.Descriptor()
	}
	asked, data, err := s.keys.w.BeginRegistration(h, webauthn.WithExclusions(exclude))
	if err != nil {
		return nil, nil, err
	}
	options, err = json.Marshal(asked.Response)
	return options, data, err
}

// attest judges the authenticator's answer to creation.
func (s *Service) attest(h holder, data webauthn.SessionData, response []byte) (webauthn.Credential, error) {
	if len(response) > maxCredential {
		return webauthn.Credential{}, fault.New(fault.TooLarge, "")
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return webauthn.Credential{}, errPasskey(err)
	}
	made, err := s.keys.w.CreateCredential(h, data, parsed)
	if err != nil {
		return webauthn.Credential{}, errPasskey(err)
	}
	made.Attestation = webauthn.CredentialAttestation{} // we ask for none and keep none
	return *made, nil
}

// newPasskey is a passkey ready to be stored.
type newPasskey struct{ id, hash, sealed string }

func (s *Service) preparePasskey(ctx context.Context, org string, label string, made webauthn.Credential) (p newPasskey, err error) {
	label, ok := cleanName(label)
	if !ok || utf8.RuneCountInString(label) > 60 {
		label = ""
	}
	p.id, p.hash = s.newID(), credentialHash(made.ID)
	p.sealed, err = s.seal(ctx, cell(org, "account_passkey", p.id, 1), stored{label, made})
	return p, err
}

func (p newPasskey) insert(ctx context.Context, tx *db.Tx, org, account string, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO account_passkey (org_id, id, account_id, credential_hash, sealed, sealed_version, created_at)
		VALUES ($1, $2, $3, $4, $5, 1, $6)`, org, p.id, account, p.hash, p.sealed, at)
	if fault.Is(err, fault.Conflict) {
		return fault.Wrong(fault.At("passkey", "account.passkey.known"))
	}
	return err
}

// BeginAddPasskey starts adding a passkey to the actor's account, under the name its owner gives it.
func (s *Service) BeginAddPasskey(ctx context.Context, a access.Actor, label string) (step string, options []byte, err error) {
	defer fault.Wrap(&err, "account.BeginAddPasskey")
	h, err := s.holderOf(ctx, a)
	if err != nil {
		return "", nil, err
	}
	options, data, err := s.creation(h)
	if err != nil {
		return "", nil, err
	}
	step, err = s.begin(ctx, kindAddKey, ceremonyLife, challenge{Org: a.Org, Account: a.Account, Session: a.Session, Label: label, Data: *data})
	return step, options, err
}

// holderOf loads the actor's account for a change of passkeys, which needs a fresh proof.
func (s *Service) holderOf(ctx context.Context, a access.Actor) (h holder, err error) {
	if err := own(a, needAccountUpdate); err != nil {
		return h, err
	}
	if err := s.recent(a); err != nil {
		return h, err
	}
	me, err := s.load(ctx, a.Org, a.Account)
	if err != nil {
		return h, err
	}
	rows, err := s.passkeyRows(ctx, a.Org, a.Account)
	if err != nil {
		return h, err
	}
	h = holder{handle: me.handle, name: me.Name, email: me.Email}
	for _, r := range rows {
		v, err := s.openPasskey(ctx, r)
		if err != nil {
			return h, err
		}
		h.keys = append(h.keys, v.Credential)
	}
	return h, nil
}

// AddPasskey finishes adding a passkey. Other sessions end.
func (s *Service) AddPasskey(ctx context.Context, a access.Actor, step string, response []byte) (err error) {
	defer fault.Wrap(&err, "account.AddPasskey")
	h, err := s.holderOf(ctx, a)
	if err != nil {
		return err
	}
	var ch challenge
	if err := s.resume(ctx, kindAddKey, step, &ch); err != nil {
		return err
	}
	if ch.Org != a.Org || ch.Account != a.Account || ch.Session != a.Session {
		return errCeremony()
	}
	made, err := s.attest(h, ch.Data, response)
	if err != nil {
		return err
	}
	p, err := s.preparePasskey(ctx, a.Org, ch.Label, made)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if err := finish(ctx, tx, kindAddKey, step); err != nil {
			return err
		}
		if err := p.insert(ctx, tx, a.Org, a.Account, db.Micros(s.now())); err != nil {
			return err
		}
		if err := keepOnly(ctx, tx, a); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "add_passkey", "account", a.Account)
	})
}

// RemovePasskey takes one away, but never the last way in.
func (s *Service) RemovePasskey(ctx context.Context, a access.Actor, passkey string) (err error) {
	defer fault.Wrap(&err, "account.RemovePasskey")
	if err := own(a, needAccountUpdate); err != nil {
		return err
	}
	if err := s.recent(a); err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		left, err := db.Column[string](ctx, tx, `SELECT id FROM account_passkey WHERE org_id = $1 AND account_id = $2`, a.Org, a.Account)
		if err != nil {
			return err
		}
		if !slices.Contains(left, passkey) {
			return fault.Missing("passkey")
		}
		withPassword, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM account_password p JOIN account_totp t ON t.org_id = p.org_id AND t.id = p.id
			WHERE p.org_id = $1 AND p.id = $2`, a.Org, a.Account)
		if err != nil {
			return err
		}
		if len(left) == 1 && withPassword == 0 {
			return fault.Clash("account.passkey.last")
		}
		if _, err := tx.Exec(ctx, `DELETE FROM account_passkey WHERE org_id = $1 AND account_id = $2 AND id = $3`, a.Org, a.Account, passkey); err != nil {
			return err
		}
		if err := keepOnly(ctx, tx, a); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "remove_passkey", "account", a.Account)
	})
}
