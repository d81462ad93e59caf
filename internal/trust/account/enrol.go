// Enrolling: the pages between a link and a working account. What is typed waits
// in a ceremony; nothing exists in the database until the last page, when the
// organization (first run), the account, its role and its factors appear in one
// transaction together with the used link and the first session.

package account

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Stages of an enrolment, in order; the first run begins with the clinic.
const (
	StageClinic = "clinic"
	StagePerson = "person"
	StageFactor = "factor"
	StageCode   = "code"
)

// Clinic is what the first run asks about the organization.
type Clinic struct{ Name, Site, Language, Zone string }

// Person is what everybody tells about themselves.
type Person struct{ Name, Email, Language string }

// Enrolment is the state of somebody's enrolment for its pages.
type Enrolment struct {
	FirstRun bool
	Renewal  bool // an existing account chooses new factors
	Stage    string
	Clinic   Clinic
	Person   Person
	Role     access.Role
	Secret   string // for typing into an authenticator app
	URI      string // the same as a QR code
	Passkeys bool
}

// enrolment is what the ceremony keeps.
type enrolment struct {
	Setup, Invitation    string // token hashes; one is set
	Org, Account, Handle string
	Renewal              bool
	Role                 Role
	Clinic               Clinic
	Person               Person
	Password             string // hash
	Secret               []byte
	Passkey              *webauthn.SessionData
}

func (e enrolment) stage() string {
	switch {
	case e.Setup != "" && e.Clinic.Name == "":
		return StageClinic
	case e.Person.Email == "":
		return StagePerson
	case e.Password == "":
		return StageFactor
	}
	return StageCode
}

func newHandle() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// Enrolment shows how far an enrolment is.
func (s *Service) Enrolment(ctx context.Context, step string) (v Enrolment, err error) {
	var e enrolment
	if err := s.peek(ctx, kindEnrol, step, &e); err != nil {
		return v, err
	}
	v = Enrolment{FirstRun: e.Setup != "", Renewal: e.Renewal, Stage: e.stage(), Clinic: e.Clinic, Person: e.Person,
		Role: e.Role.Role, Passkeys: s.Passkeys()}
	if e.Secret != nil {
		v.Secret, v.URI = encodeTOTPSecret(e.Secret), totpURI(e.Secret, s.o.Name, e.Person.Email)
	}
	return v, nil
}

// keep puts the next state of an enrolment into its ceremony.
func (s *Service) keep(ctx context.Context, step string, e enrolment) (err error) {
	data, err := sealCeremony(step, kindEnrol, e)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE account_ceremony SET data = $3 WHERE token_hash = $1 AND kind = $2`, id.Hash(step), kindEnrol, data)
		if err == nil && n == 0 {
			return errCeremony()
		}
		return err
	})
}

// SetClinic answers the first page of the first run.
func (s *Service) SetClinic(ctx context.Context, step string, c Clinic) (err error) {
	defer fault.Wrap(&err, "account.SetClinic")
	var e enrolment
	if err := s.resume(ctx, kindEnrol, step, &e); err != nil {
		return err
	}
	if e.Setup == "" {
		return errCeremony()
	}
	if e.Clinic, err = s.cleanClinic(c); err != nil {
		return err
	}
	return s.keep(ctx, step, e)
}

func (s *Service) cleanClinic(c Clinic) (Clinic, error) {
	var wrong []fault.Field
	var ok bool
	if c.Name, ok = cleanName(c.Name); !ok {
		wrong = append(wrong, fault.At("clinic", "account.clinic.needed"))
	}
	if c.Site, ok = cleanName(c.Site); !ok {
		wrong = append(wrong, fault.At("site", "account.site.needed"))
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		wrong = append(wrong, fault.At("zone", "account.zone.unknown"))
	}
	c.Language = s.language(c.Language)
	if len(wrong) > 0 {
		return c, fault.Wrong(wrong...)
	}
	return c, nil
}

// SetPerson answers who the account is for.
func (s *Service) SetPerson(ctx context.Context, step string, p Person) (err error) {
	defer fault.Wrap(&err, "account.SetPerson")
	var e enrolment
	if err := s.resume(ctx, kindEnrol, step, &e); err != nil {
		return err
	}
	if e.stage() == StageClinic || e.Renewal {
		return errCeremony()
	}
	if e.Person, err = s.cleanPerson(p); err != nil {
		return err
	}
	return s.keep(ctx, step, e)
}

func (s *Service) cleanPerson(p Person) (Person, error) {
	var wrong []fault.Field
	var ok bool
	if p.Name, ok = cleanName(p.Name); !ok {
		wrong = append(wrong, fault.At("name", "account.name.needed"))
	}
	if p.Email, ok = cleanEmail(p.Email); !ok {
		wrong = append(wrong, fault.At("email", "account.email.wrong"))
	}
	p.Language = s.language(p.Language)
	if len(wrong) > 0 {
		return p, fault.Wrong(wrong...)
	}
	return p, nil
}

// SetEnrolPassword chooses password and app; the code page follows.
func (s *Service) SetEnrolPassword(ctx context.Context, step, password string) (err error) {
	defer fault.Wrap(&err, "account.SetEnrolPassword")
	var e enrolment
	if err := s.resume(ctx, kindEnrol, step, &e); err != nil {
		return err
	}
	if e.Person.Email == "" {
		return errCeremony()
	}
	if err := s.policy.check("password", password, e.Person.Name, e.Person.Email, e.Clinic.Name); err != nil {
		return err
	}
	if e.Password, err = s.hasher.hash(ctx, password); err != nil {
		return err
	}
	if e.Secret == nil {
		e.Secret = newTOTPSecret()
	}
	return s.keep(ctx, step, e)
}

// BeginEnrolPasskey asks the browser for a passkey instead.
func (s *Service) BeginEnrolPasskey(ctx context.Context, step string) (options []byte, err error) {
	defer fault.Wrap(&err, "account.BeginEnrolPasskey")
	var e enrolment
	if err := s.resume(ctx, kindEnrol, step, &e); err != nil {
		return nil, err
	}
	if e.Person.Email == "" {
		return nil, errCeremony()
	}
	options, e.Passkey, err = s.creation(holder{handle: e.Handle, name: e.Person.Name, email: e.Person.Email})
	if err != nil {
		return nil, err
	}
	return options, s.keep(ctx, step, e)
}

// FinishEnrolPasskey makes the account with a passkey as its way in.
func (s *Service) FinishEnrolPasskey(ctx context.Context, c Client, step, label string, response []byte) (token string, v Session, err error) {
	defer fault.Wrap(&err, "account.FinishEnrolPasskey")
	var e enrolment
	if err := s.resume(ctx, kindEnrol, step, &e); err != nil {
		return "", v, err
	}
	if e.Passkey == nil || e.Person.Email == "" {
		return "", v, errCeremony()
	}
	made, err := s.attest(holder{handle: e.Handle, name: e.Person.Name, email: e.Person.Email}, *e.Passkey, response)
	if err != nil {
		return "", v, err
	}
	p, err := s.preparePasskey(ctx, e.Org, label, made)
	if err != nil {
		return "", v, err
	}
	return s.complete(ctx, c, step, e, func(ctx context.Context, tx *db.Tx) error {
		return p.insert(ctx, tx, e.Org, e.Account, db.Micros(s.now()))
	})
}

// FinishEnrolCode makes the account with password and app, once a code proves
// that the app works. The recovery codes are shown once and kept as hashes.
func (s *Service) FinishEnrolCode(ctx context.Context, c Client, step, code string) (token string, v Session, codes []string, err error) {
	defer fault.Wrap(&err, "account.FinishEnrolCode")
	var e enrolment
	if err := s.resume(ctx, kindEnrol, step, &e); err != nil {
		return "", v, nil, err
	}
	if e.Password == "" || e.Secret == nil {
		return "", v, nil, errCeremony()
	}
	spent, ok := matchTOTP(e.Secret, code, s.now(), 0)
	if !ok {
		return "", v, nil, errCode()
	}
	sealed, err := s.vault.Seal(ctx, cell(e.Org, "account_totp", e.Account, 1), encodeTOTPSecret(e.Secret))
	if err != nil {
		return "", v, nil, err
	}
	codes, hashes := s.newRecovery(e.Account)
	token, v, err = s.complete(ctx, c, step, e, func(ctx context.Context, tx *db.Tx) error {
		at := db.Micros(s.now())
		if err := setPassword(ctx, tx, e.Org, e.Account, e.Password, at); err != nil {
			return err
		}
		if err := setTOTP(ctx, tx, e.Org, e.Account, sealed, 1, spent, at); err != nil {
			return err
		}
		return replaceRecovery(ctx, tx, e.Org, e.Account, hashes)
	})
	if err != nil {
		return "", Session{}, nil, err
	}
	return token, v, codes, nil
}

// newRecovery draws ten codes of eighty bits.
func (s *Service) newRecovery(account string) (codes []string, hashes []recovery) {
	for range 10 {
		code := id.Code(16)
		codes = append(codes, id.GroupCode(code))
		hashes = append(hashes, recovery{s.newID(), recoveryHash(account, code)})
	}
	return codes, hashes
}

// complete is the one transaction at the end of every enrolment.
func (s *Service) complete(ctx context.Context, c Client, step string, e enrolment, factors proof) (token string, v Session, err error) {
	prep, err := s.prepare(ctx, e)
	if err != nil {
		return "", v, err
	}
	a := self(e.Org, e.Account, c.Request)
	token, v = id.Token(), s.newSession(e.Org, e.Account, c, "")
	err = s.db.Write(ctx, e.Org, func(tx *db.Tx) error {
		if err := finish(ctx, tx, kindEnrol, step); err != nil {
			return err
		}
		for _, do := range []proof{func(ctx context.Context, tx *db.Tx) error { return s.useLink(ctx, tx, e) }, prep, factors} {
			if err := do(ctx, tx); err != nil {
				return err
			}
		}
		if err := insertSession(ctx, tx, v, token); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "enrol", "account", e.Account)
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, v, nil
}

// useLink spends the setup token or the invitation; of two who hold it one wins.
func (s *Service) useLink(ctx context.Context, tx *db.Tx, e enrolment) error {
	now := db.Micros(s.now())
	if e.Setup != "" {
		n, err := tx.Exec(ctx, `UPDATE account_setup SET used_at = $2 WHERE token_hash = $1 AND used_at = 0`, e.Setup, now)
		if err == nil && n == 0 {
			return fault.Ended("account.setup.done")
		}
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE account_invitation SET used_at = $3
		WHERE org_id = $1 AND token_hash = $2 AND used_at = 0 AND revoked_at = 0 AND expires_at > $3`, e.Org, e.Invitation, now)
	if err == nil && n == 0 {
		return fault.Ended("account.invitation.over")
	}
	return err
}

// prepare seals what the account needs and returns the statements that store it.
func (s *Service) prepare(ctx context.Context, e enrolment) (proof, error) {
	if e.Renewal {
		return func(ctx context.Context, tx *db.Tx) error {
			if err := deleteFactors(ctx, tx, e.Org, e.Account); err != nil {
				return err
			}
			return endSessions(ctx, tx, e.Org, e.Account)
		}, nil
	}
	have := []Role{e.Role}
	if e.Setup != "" {
		// Whoever holds the console token keeps the installation running too.
		have = []Role{{Role: access.Admin}, {Role: access.Operator}}
	}
	add, err := s.prepareAccount(ctx, Account{ID: e.Account, Org: e.Org, Name: e.Person.Name, Email: e.Person.Email,
		Language: e.Person.Language, Roles: have, handle: e.Handle}, "invitation")
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *db.Tx) error {
		if e.Setup != "" {
			if err := s.putOrganization(ctx, tx, e.Org, e.Clinic); err != nil {
				return err
			}
		}
		return add(ctx, tx)
	}, nil
}

// prepareAccount seals a new account and returns the statements that store it with its roles.
func (s *Service) prepareAccount(ctx context.Context, n Account, by string) (proof, error) {
	n.sealed, n.Created = 1, s.now()
	blind, err := s.vault.Blind(ctx, n.Org, "email", n.Email)
	if err != nil {
		return nil, err
	}
	sealed, err := s.seal(ctx, cell(n.Org, "account", n.ID, 1), identity{n.Name, n.Email})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *db.Tx) error {
		if err := insertAccount(ctx, tx, n, blind, sealed); err != nil {
			return err
		}
		for _, r := range n.Roles {
			if err := insertRole(ctx, tx, s.newID(), n.Org, n.ID, r, db.Micros(n.Created), by); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// identity is what the sealed column of an account holds.
type identity struct{ Name, Email string }

// putOrganization stores a new organization with its first site and voids every
// open setup token: from now on somebody is in charge.
func (s *Service) putOrganization(ctx context.Context, tx *db.Tx, org string, c Clinic) error {
	now := s.now()
	if err := insertOrganization(ctx, tx, Organization{ID: org, Name: c.Name, Language: c.Language, Zone: c.Zone, Created: now}); err != nil {
		return err
	}
	if err := insertSite(ctx, tx, org, Site{ID: s.newID(), Name: c.Site}, db.Micros(now)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE account_setup SET used_at = $1 WHERE used_at = 0`, db.Micros(now))
	return err
}
