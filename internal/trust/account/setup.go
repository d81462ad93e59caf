// The first run: a token on the console is the only way to the first
// administrator; there is no default account and no default password.

package account

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// SetupNeeded reports whether nobody has set this installation up yet.
func (s *Service) SetupNeeded(ctx context.Context) (needed bool, err error) {
	defer fault.Wrap(&err, "account.SetupNeeded")
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		list, err := organizations(ctx, tx)
		needed = len(list) == 0
		return err
	})
	return needed, err
}

// IssueSetupToken makes the token that serve prints while setup is needed. An
// earlier token stops working: only the console read last counts.
func (s *Service) IssueSetupToken(ctx context.Context) (token string, err error) {
	defer fault.Wrap(&err, "account.IssueSetupToken")
	code := id.Code(20)
	now := s.now()
	return id.GroupCode(code), s.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		list, err := organizations(ctx, tx)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			return fault.Ended("account.setup.done")
		}
		if _, err := tx.Exec(ctx, `DELETE FROM account_setup WHERE used_at = 0`); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO account_setup (id, token_hash, created_at) VALUES ($1, $2, $3)`, id.New(now), id.Hash(code), db.Micros(now))
		return err
	})
}

// BeginSetup checks the console token, without spending it, and starts the guided pages.
func (s *Service) BeginSetup(ctx context.Context, c Client, token string) (step string, err error) {
	defer fault.Wrap(&err, "account.BeginSetup")
	if err := s.count(ctx, counted{perSetup, c.Network}, counted{perInstall, ""}); err != nil {
		return "", err
	}
	hash := id.Hash(id.ParseCode(token))
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		_, err := db.One[string](ctx, tx, `SELECT id FROM account_setup WHERE token_hash = $1 AND used_at = 0`, hash)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return "", fault.Wrong(fault.At("token", "account.setup.wrong"))
	}
	if err != nil {
		return "", err
	}
	return s.begin(ctx, kindEnrol, enrolLife, enrolment{Setup: hash, Org: s.newID(), Account: s.newID(), Handle: newHandle(),
		Role: Role{Role: access.Admin}})
}

// CreateOrg makes an organization from the console, for the demo and for a second clinic.
func (s *Service) CreateOrg(ctx context.Context, c Clinic) (o Organization, err error) {
	defer fault.Wrap(&err, "account.CreateOrg")
	if c, err = s.cleanClinic(c); err != nil {
		return o, err
	}
	o = Organization{ID: s.newID(), Name: c.Name, Language: c.Language, Zone: c.Zone, Created: s.now()}
	return o, s.db.Write(ctx, o.ID, func(tx *db.Tx) error {
		if err := s.putOrganization(ctx, tx, o.ID, c); err != nil {
			return err
		}
		return s.note(ctx, tx, access.Machine(o.ID), "create", "organization", o.ID)
	})
}

// Organizations lists every organization of the installation; names are public.
func (s *Service) Organizations(ctx context.Context) (list []Organization, err error) {
	defer fault.Wrap(&err, "account.Organizations")
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		list, err = organizations(ctx, tx)
		return err
	})
	return list, err
}

// Organization returns one organization; its name and time zone are public.
func (s *Service) Organization(ctx context.Context, org string) (o Organization, err error) {
	defer fault.Wrap(&err, "account.Organization")
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		o, err = getOrganization(ctx, tx, org)
		return err
	})
	return o, err
}
