// Demo tickets: a link per role that signs in without a password, so that
// somebody can look around a minute after the first command. They exist only
// while the service runs as a demo; a real installation neither makes nor honours them.

package account

import (
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// DemoTicket returns a token for signing in with one role, as the first account that has it.
func (s *Service) DemoTicket(ctx context.Context, org string, role access.Role) (token string, err error) {
	defer fault.Wrap(&err, "account.DemoTicket(%s)", role)
	if !s.o.Demo {
		return "", fault.Denied("demo only")
	}
	if !slices.Contains(access.StaffRoles(), role) {
		return "", fault.Wrong(fault.At("role", "account.role.unknown"))
	}
	token = id.Token()
	now := s.now()
	return token, s.db.Write(ctx, org, func(tx *db.Tx) error {
		account, err := db.One[string](ctx, tx, `SELECT a.id FROM account_role r JOIN account a ON a.org_id = r.org_id AND a.id = r.account_id
			WHERE r.org_id = $1 AND r.role = $2 AND a.disabled_at = 0 ORDER BY a.created_at, a.id LIMIT 1`, org, string(role))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM account_ticket WHERE org_id = $1 AND expires_at <= $2`, org, db.Micros(now)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO account_ticket (org_id, id, account_id, role, token_hash, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			org, id.New(now), account, string(role), id.Hash(token), db.Micros(now.Add(ticketLife))); err != nil {
			return err
		}
		return s.note(ctx, tx, access.Machine(org), "ticket", "account", account)
	})
}

// Ticket is what a ticket's page shows before its button is pressed.
type Ticket struct {
	Org, Account, Name string
	Role               access.Role
}

// OpenTicket shows whom a ticket signs in; it changes nothing.
func (s *Service) OpenTicket(ctx context.Context, token string) (t Ticket, err error) {
	defer fault.Wrap(&err, "account.OpenTicket")
	if !s.o.Demo {
		return t, fault.Missing("demo only")
	}
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		t, err = db.Get(ctx, tx, func(sc db.Scanner) (t Ticket, err error) {
			err = sc.Scan(&t.Org, &t.Account, &t.Role)
			return t, err
		}, `SELECT org_id, account_id, role FROM account_ticket WHERE token_hash = $1 AND expires_at > $2`, id.Hash(token), db.Micros(s.now()))
		return err
	})
	if err != nil {
		return t, err
	}
	who, err := s.load(ctx, t.Org, t.Account)
	t.Name = who.Name
	return t, err
}

// UseTicket signs in with the ticket's role only.
func (s *Service) UseTicket(ctx context.Context, c Client, token string) (session string, v Session, err error) {
	defer fault.Wrap(&err, "account.UseTicket")
	t, err := s.OpenTicket(ctx, token)
	if err != nil {
		return "", v, err
	}
	a := self(t.Org, t.Account, c.Request)
	session, v = id.Token(), s.newSession(t.Org, t.Account, c, t.Role)
	err = s.db.Write(ctx, t.Org, func(tx *db.Tx) error { return s.admit(ctx, tx, a, v, session) })
	if err != nil {
		return "", Session{}, err
	}
	return session, v, nil
}
