// Invitations: a link that works once, for three days, for one role. The same
// kind of link lets an existing account choose new factors after a reset.

package account

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// Guest is whom an administrator invites. Name and Email may stay empty: a
// printed link needs neither.
type Guest struct {
	Name, Email string
	Role        access.Role
	Group       string
	Language    string
	Key         string // idempotency key: a form sent twice makes one invitation
}

// sealedGuest waits in the invitation; Token only when the link is to be mailed.
type sealedGuest struct{ Name, Email, Token string }

// Invite makes an invitation and returns the token for its link, which is not
// stored and cannot be shown again.
func (s *Service) Invite(ctx context.Context, a access.Actor, g Guest) (token string, v Invitation, err error) {
	defer fault.Wrap(&err, "account.Invite")
	if err := manage(a, needAccountCreate); err != nil {
		return "", v, err
	}
	if err := s.recent(a); err != nil {
		return "", v, err
	}
	if g, err = s.cleanGuest(g); err != nil {
		return "", v, err
	}
	if !MayGive(a, g.Role) {
		return "", v, fault.Denied("only somebody of a higher role gives " + string(g.Role))
	}
	return s.makeLink(ctx, a, Invitation{Org: a.Org, Name: g.Name, Email: g.Email, Role: g.Role, Group: g.Group, Language: g.Language},
		func(ctx context.Context, tx *db.Tx) error {
			fresh := false
			_, err := idem.Once(ctx, tx, s.now(), a.Name(), g.Key, "account.Invite", func() (string, error) { fresh = true; return "made", nil })
			if err == nil && !fresh {
				return fault.Clash("account.invitation.made") // its link cannot be shown again
			}
			return err
		})
}

func (s *Service) cleanGuest(g Guest) (Guest, error) {
	var wrong []fault.Field
	if g.Name != "" {
		var ok bool
		if g.Name, ok = cleanName(g.Name); !ok {
			wrong = append(wrong, fault.At("name", "account.name.needed"))
		}
	}
	if g.Email != "" {
		var ok bool
		if g.Email, ok = cleanEmail(g.Email); !ok {
			wrong = append(wrong, fault.At("email", "account.email.wrong"))
		}
	}
	if g.Role != access.Partner {
		g.Group = "" // a form sends the field whatever role was chosen
	}
	wrong = append(wrong, fault.FieldsOf(validRole(Role{g.Role, g.Group}))...)
	g.Language = s.language(g.Language)
	if len(wrong) > 0 {
		return g, fault.Wrong(wrong...)
	}
	return g, nil
}

// makeLink stores the invitation or renewal and, when there is mail, sends it.
func (s *Service) makeLink(ctx context.Context, a access.Actor, v Invitation, extra ...proof) (token string, out Invitation, err error) {
	token = id.Token()
	now := s.now()
	v.ID, v.By, v.Created, v.Expires = id.New(now), a.Account, now, now.Add(InvitationLife)
	mailed := s.o.Mail != nil && v.Email != ""
	hidden := sealedGuest{Name: v.Name, Email: v.Email}
	if mailed {
		hidden.Token = token
	}
	sealed, err := s.seal(ctx, cell(v.Org, "account_invitation", v.ID, 1), hidden)
	if err != nil {
		return "", v, err
	}
	if v.Email != "" && v.Account == "" {
		if err := s.emailFree(ctx, v.Org, v.Email); err != nil {
			return "", v, err
		}
	}
	err = s.db.Write(ctx, v.Org, func(tx *db.Tx) error {
		for _, do := range extra {
			if err := do(ctx, tx); err != nil {
				return err
			}
		}
		if err := insertInvitation(ctx, tx, v, id.Hash(token), sealed); err != nil {
			return err
		}
		if mailed {
			if err := s.mailLink(ctx, tx, v); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, a, "invite", "account", v.ID)
	})
	if err != nil {
		return "", Invitation{}, err
	}
	return token, v, nil
}

func insertInvitation(ctx context.Context, tx *db.Tx, v Invitation, hash, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO account_invitation (org_id, id, token_hash, account_id, role, group_id, language, sealed, sealed_version, created_at, created_by, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11)`,
		v.Org, v.ID, hash, v.Account, string(v.Role), v.Group, v.Language, sealed, db.Micros(v.Created), v.By, db.Micros(v.Expires))
	return err
}

type invitationRow struct {
	Invitation
	sealed        string
	version       int64
	used, revoked bool
}

const invitationSelect = `SELECT i.org_id, i.id, i.account_id, i.role, i.group_id, i.language, i.sealed, i.sealed_version,
	i.created_at, i.created_by, i.expires_at, i.used_at, i.revoked_at, COALESCE(o.name, '')
	FROM account_invitation i LEFT JOIN organization o ON o.org_id = i.org_id `

func scanInvitation(s db.Scanner) (v invitationRow, err error) {
	var created, expires, used, revoked int64
	err = s.Scan(&v.Org, &v.ID, &v.Account, &v.Role, &v.Group, &v.Language, &v.sealed, &v.version,
		&created, &v.By, &expires, &used, &revoked, &v.Clinic)
	v.Created, v.Expires, v.used, v.revoked = db.Time(created), db.Time(expires), used != 0, revoked != 0
	return v, err
}

func (s *Service) openInvitation(ctx context.Context, r invitationRow) (Invitation, string, error) {
	var g sealedGuest
	if err := s.open(ctx, cell(r.Org, "account_invitation", r.ID, r.version), r.sealed, &g); err != nil {
		return Invitation{}, "", err
	}
	r.Name, r.Email = g.Name, g.Email
	return r.Invitation, g.Token, nil
}

// Invitation shows what a link is for, without using it. An unknown link is
// NotFound; a used, revoked or expired one is Gone.
func (s *Service) Invitation(ctx context.Context, token string) (v Invitation, err error) {
	defer fault.Wrap(&err, "account.Invitation")
	var r invitationRow
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		r, err = db.Get(ctx, tx, scanInvitation, invitationSelect+`WHERE i.token_hash = $1`, id.Hash(token))
		return err
	})
	if err != nil {
		return v, err
	}
	if r.used || r.revoked || !s.now().Before(r.Expires) {
		return v, fault.Ended("account.invitation.over")
	}
	v, _, err = s.openInvitation(ctx, r)
	return v, err
}

// BeginInvitation starts the pages behind an invitation; for a renewal the person is known already.
func (s *Service) BeginInvitation(ctx context.Context, token string, p Person) (step string, err error) {
	defer fault.Wrap(&err, "account.BeginInvitation")
	v, err := s.Invitation(ctx, token)
	if err != nil {
		return "", err
	}
	e := enrolment{Invitation: id.Hash(token), Org: v.Org, Role: Role{v.Role, v.Group}, Clinic: Clinic{Name: v.Clinic}}
	if v.Account != "" {
		me, err := s.load(ctx, v.Org, v.Account)
		if err != nil {
			return "", err
		}
		e.Account, e.Handle, e.Renewal = me.ID, me.handle, true
		e.Person = Person{me.Name, me.Email, me.Language}
		return s.begin(ctx, kindEnrol, enrolLife, e)
	}
	if e.Person, err = s.cleanPerson(p); err != nil {
		return "", err
	}
	if err := s.emailFree(ctx, v.Org, e.Person.Email); err != nil {
		return "", err
	}
	e.Account, e.Handle = s.newID(), newHandle()
	return s.begin(ctx, kindEnrol, enrolLife, e)
}

// Invitations lists the open invitations of the actor's organization.
func (s *Service) Invitations(ctx context.Context, a access.Actor) (list []Invitation, err error) {
	defer fault.Wrap(&err, "account.Invitations")
	if err := manage(a, needAccountRead); err != nil {
		return nil, err
	}
	var rows []invitationRow
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err = db.Select(ctx, tx, scanInvitation, invitationSelect+`WHERE i.org_id = $1 AND i.used_at = 0 AND i.revoked_at = 0 AND i.expires_at > $2
			ORDER BY i.created_at DESC, i.id DESC`, a.Org, db.Micros(s.now()))
		return err
	})
	for _, r := range rows {
		v, _, err := s.openInvitation(ctx, r)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, err
}

// RevokeInvitation makes a link worthless that was not used yet.
func (s *Service) RevokeInvitation(ctx context.Context, a access.Actor, invitation string) (err error) {
	defer fault.Wrap(&err, "account.RevokeInvitation")
	if err := manage(a, needAccountDelete); err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE account_invitation SET revoked_at = $3 WHERE org_id = $1 AND id = $2 AND used_at = 0 AND revoked_at = 0`,
			a.Org, invitation, db.Micros(s.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing("invitation")
		}
		return s.note(ctx, tx, a, "revoke", "invitation", invitation)
	})
}

// emailFree says early, at the field, what the unique index would refuse at the
// end. Only somebody who holds an invitation or manages accounts gets this far.
func (s *Service) emailFree(ctx context.Context, org, email string) error {
	blind, err := s.vault.Blind(ctx, org, "email", email)
	if err != nil {
		return err
	}
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		_, err := db.One[string](ctx, tx, `SELECT id FROM account WHERE org_id = $1 AND email_blind = $2`, org, blind)
		return err
	})
	switch {
	case err == nil:
		return fault.Wrong(fault.At("email", "account.email.taken"))
	case fault.Is(err, fault.NotFound):
		return nil
	}
	return err
}
