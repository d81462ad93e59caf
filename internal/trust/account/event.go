// Messages of the room: the invitation by mail, and where to reach a member of
// staff. Addresses are looked up when the message is sent and kept nowhere else.

package account

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/notify"
)

// Names under which app registers the resolvers with the notifier.
const (
	RefInvitation = "account.invitation" // InvitationContact
	RefAccount    = "account"            // Contact
)

// Sender is the notifier, as far as the room needs it.
type Sender interface {
	Enqueue(ctx context.Context, tx *db.Tx, n notify.Notice) error
}

func (s *Service) mailLink(ctx context.Context, tx *db.Tx, v Invitation) error {
	return s.o.Mail.Enqueue(ctx, tx, notify.Notice{Org: v.Org, Kind: notify.Invitation,
		To: notify.Ref{Room: RefInvitation, ID: v.ID}, Key: "invitation:" + v.ID, Until: v.Expires})
}

// InvitationContact answers where an invitation goes. Used, revoked and expired ones are Gone.
func (s *Service) InvitationContact(ctx context.Context, org, invitation string) (c notify.Contact, err error) {
	defer fault.Wrap(&err, "account.InvitationContact")
	var r invitationRow
	if err := s.db.Read(ctx, org, func(tx *db.Tx) error {
		r, err = db.Get(ctx, tx, scanInvitation, invitationSelect+`WHERE i.org_id = $1 AND i.id = $2`, org, invitation)
		return err
	}); err != nil {
		return c, err
	}
	v, token, err := s.openInvitation(ctx, r)
	if err != nil {
		return c, err
	}
	if r.used || r.revoked || !s.now().Before(r.Expires) || token == "" || v.Email == "" {
		return c, fault.Ended("account.invitation.over")
	}
	return notify.Contact{Channel: notify.Email, Address: v.Email, Lang: v.Language,
		Text: map[string]string{"Clinic": v.Clinic, "Link": s.o.Base + "/invite/" + token}}, nil
}

// Contact answers where a member of staff is reached; a disabled account nowhere.
func (s *Service) Contact(ctx context.Context, org, account string) (c notify.Contact, err error) {
	defer fault.Wrap(&err, "account.Contact")
	who, err := s.load(ctx, org, account)
	if err != nil {
		return c, err
	}
	if !who.Disabled.IsZero() {
		return c, fault.Ended("fault.gone")
	}
	return notify.Contact{Channel: notify.Email, Address: who.Email, Lang: who.Language, Text: map[string]string{"Link": s.o.Base + "/"}}, nil
}
