// What administrators do with other people's accounts, and the console with all
// of them. Nobody acts on their own account here, on one of their own rank or
// above, or on the last administrator.

package account

import (
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// load opens one account.
func (s *Service) load(ctx context.Context, org, account string) (a Account, err error) {
	var r row
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		r, err = getAccount(ctx, tx, org, account)
		return err
	})
	if err != nil {
		return a, err
	}
	return s.openAccount(ctx, r)
}

func (s *Service) openAccount(ctx context.Context, r row) (Account, error) {
	var who identity
	if err := s.open(ctx, cell(r.Org, "account", r.ID, r.sealed), r.sealedText, &who); err != nil {
		return Account{}, err
	}
	r.Name, r.Email = who.Name, who.Email
	return r.Account, nil
}

// Accounts lists everybody who can or could sign in to the actor's organization.
func (s *Service) Accounts(ctx context.Context, a access.Actor) (list []Account, err error) {
	defer fault.Wrap(&err, "account.Accounts")
	if err := manage(a, needAccountRead); err != nil {
		return nil, err
	}
	return s.all(ctx, a.Org)
}

// ListAccounts is Accounts for the console.
func (s *Service) ListAccounts(ctx context.Context, org string) ([]Account, error) {
	return s.Accounts(ctx, access.Machine(org))
}

func (s *Service) all(ctx context.Context, org string) (list []Account, err error) {
	var rows []row
	if err := s.db.Read(ctx, org, func(tx *db.Tx) error {
		rows, err = listAccounts(ctx, tx, org)
		return err
	}); err != nil {
		return nil, err
	}
	for _, r := range rows {
		v, err := s.openAccount(ctx, r)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// Account opens one account of the actor's organization.
func (s *Service) Account(ctx context.Context, a access.Actor, account string) (v Account, err error) {
	defer fault.Wrap(&err, "account.Account")
	if err := manage(a, needAccountRead); err != nil {
		return v, err
	}
	return s.load(ctx, a.Org, account)
}

// Colleague is a name to choose or to show; nothing else about the account.
type Colleague struct {
	ID, Name string
	Roles    []access.Role
}

var needRosterRead = access.Need{Resource: "roster", Action: access.Read}

// Colleagues lists working accounts with any of the roles (all staff without
// one), for rosters and named owners. Partners are not colleagues.
func (s *Service) Colleagues(ctx context.Context, a access.Actor, of ...access.Role) (list []Colleague, err error) {
	defer fault.Wrap(&err, "account.Colleagues")
	if !a.Has(access.System) {
		if _, err := access.Check(a, needRosterRead); err != nil {
			return nil, err
		}
	}
	accounts, err := s.all(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	for _, v := range accounts {
		c := Colleague{ID: v.ID, Name: v.Name}
		fits := len(of) == 0 && !v.Has(access.Partner)
		for _, r := range v.Roles {
			c.Roles = append(c.Roles, r.Role)
			fits = fits || slices.Contains(of, r.Role)
		}
		if fits && v.Disabled.IsZero() {
			list = append(list, c)
		}
	}
	return list, nil
}

// subject loads the account an administrator acts on, inside the transaction, and
// refuses what nobody may do.
func (s *Service) subject(ctx context.Context, tx *db.Tx, a access.Actor, account string) (row, error) {
	r, err := getAccount(ctx, tx, a.Org, account)
	if err != nil {
		return r, err
	}
	if account == a.Account {
		return r, fault.Denied("own account")
	}
	if topRank(a.Roles) <= topRankOf(r.Roles) {
		return r, fault.Denied("an account of the same rank or above")
	}
	return r, nil
}

func (s *Service) mayChange(a access.Actor, n access.Need) error {
	if err := manage(a, n); err != nil {
		return err
	}
	return s.recent(a)
}

// keepsAdmin refuses a change that would leave the organization without an administrator.
func keepsAdmin(ctx context.Context, tx *db.Tx, org string) error {
	n, err := activeAdmins(ctx, tx, org)
	if err == nil && n == 0 {
		return fault.Clash("account.admin.last")
	}
	return err
}

// SetRoles replaces the roles of another account; it counts from that account's next request on.
func (s *Service) SetRoles(ctx context.Context, a access.Actor, account string, want []Role) (err error) {
	defer fault.Wrap(&err, "account.SetRoles")
	if err := s.mayChange(a, needAccountUpdate); err != nil {
		return err
	}
	if len(want) == 0 {
		return fault.Wrong(fault.At("role", "account.role.needed"))
	}
	seen := map[access.Role]bool{}
	for _, r := range want {
		if err := validRole(r); err != nil {
			return err
		}
		if seen[r.Role] {
			return fault.Wrong(fault.At("role", "account.role.twice"))
		}
		seen[r.Role] = true
		if !MayGive(a, r.Role) {
			return fault.Denied("only somebody of a higher role gives " + string(r.Role))
		}
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		was, err := s.subject(ctx, tx, a, account)
		if err != nil {
			return err
		}
		if err := deleteRoles(ctx, tx, a.Org, account); err != nil {
			return err
		}
		for _, r := range want {
			if err := insertRole(ctx, tx, s.newID(), a.Org, account, r, db.Micros(s.now()), a.Name()); err != nil {
				return err
			}
		}
		if was.Has(access.Admin) {
			if err := keepsAdmin(ctx, tx, a.Org); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, a, "set_roles", "account", account)
	})
}

// Disable ends an account's sessions and keeps it from signing in.
func (s *Service) Disable(ctx context.Context, a access.Actor, account string) (err error) {
	defer fault.Wrap(&err, "account.Disable")
	if err := s.mayChange(a, needAccountDelete); err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		was, err := s.subject(ctx, tx, a, account)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE account SET disabled_at = $3 WHERE org_id = $1 AND id = $2 AND disabled_at = 0`,
			a.Org, account, db.Micros(s.now())); err != nil {
			return err
		}
		if was.Has(access.Admin) {
			if err := keepsAdmin(ctx, tx, a.Org); err != nil {
				return err
			}
		}
		if err := endSessions(ctx, tx, a.Org, account); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "disable", "account", account)
	})
}

// Enable lets a disabled account sign in again, with the factors it had.
func (s *Service) Enable(ctx context.Context, a access.Actor, account string) (err error) {
	defer fault.Wrap(&err, "account.Enable")
	if err := s.mayChange(a, needAccountUpdate); err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if _, err := s.subject(ctx, tx, a, account); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE account SET disabled_at = 0 WHERE org_id = $1 AND id = $2`, a.Org, account); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "enable", "account", account)
	})
}

// ResetFactors takes every way in from an account and returns the token of a
// link with which its owner chooses new ones. The administrator starts a reset
// and cannot choose a password for anybody (ASVS V6.4.6).
func (s *Service) ResetFactors(ctx context.Context, a access.Actor, account string) (token string, v Invitation, err error) {
	defer fault.Wrap(&err, "account.ResetFactors")
	if err := s.mayChange(a, needAccountUpdate); err != nil {
		return "", v, err
	}
	who, err := s.load(ctx, a.Org, account)
	if err != nil {
		return "", v, err
	}
	first := access.Role("")
	if len(who.Roles) > 0 {
		first = who.Roles[0].Role
	}
	return s.makeLink(ctx, a, Invitation{Org: a.Org, Name: who.Name, Email: who.Email, Language: who.Language, Account: account, Role: first},
		func(ctx context.Context, tx *db.Tx) error {
			if _, err := s.subject(ctx, tx, a, account); err != nil {
				return err
			}
			// An earlier link for the same account stops working.
			if _, err := tx.Exec(ctx, `UPDATE account_invitation SET revoked_at = $3
				WHERE org_id = $1 AND account_id = $2 AND used_at = 0 AND revoked_at = 0`, a.Org, account, db.Micros(s.now())); err != nil {
				return err
			}
			if err := deleteFactors(ctx, tx, a.Org, account); err != nil {
				return err
			}
			return endSessions(ctx, tx, a.Org, account)
		})
}

// Provision makes an account without any way in, for the demo and its tickets.
func (s *Service) Provision(ctx context.Context, org string, p Person, have ...Role) (id string, err error) {
	defer fault.Wrap(&err, "account.Provision")
	if !s.o.Demo {
		return "", fault.Denied("demo only")
	}
	if p, err = s.cleanPerson(p); err != nil {
		return "", err
	}
	for _, r := range have {
		if err := validRole(r); err != nil {
			return "", err
		}
	}
	id = s.newID()
	add, err := s.prepareAccount(ctx, Account{ID: id, Org: org, Name: p.Name, Email: p.Email, Language: p.Language, Roles: have, handle: newHandle()}, "system")
	if err != nil {
		return "", err
	}
	return id, s.db.Write(ctx, org, func(tx *db.Tx) error {
		if err := add(ctx, tx); err != nil {
			return err
		}
		return s.note(ctx, tx, access.Machine(org), "create", "account", id)
	})
}
