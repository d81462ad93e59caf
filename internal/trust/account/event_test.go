// Invitations by mail: the address and the link exist only at the moment of sending.

package account

import (
	"context"
	"strings"
	"testing"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/notify"
)

type outbox struct{ notices []notify.Notice }

func (o *outbox) Enqueue(_ context.Context, _ *db.Tx, n notify.Notice) error {
	o.notices = append(o.notices, n)
	return nil
}

func TestMailedInvitation(t *testing.T) {
	each(t, func(w *world) {
		owner := w.first()
		box := &outbox{}
		mailing := w.service(Options{Mail: box})
		token, v, err := mailing.Invite(w.ctx, owner.Actor, Guest{Email: "minh@riverside.example", Role: access.Clinician, Language: "vi"})
		w.ok(err)
		if len(box.notices) != 1 || box.notices[0].To != (notify.Ref{Room: RefInvitation, ID: v.ID}) || box.notices[0].Until != v.Expires {
			w.Fatalf("%+v", box.notices)
		}
		c, err := mailing.InvitationContact(w.ctx, owner.Org, v.ID)
		w.ok(err)
		if c.Address != "minh@riverside.example" || c.Lang != "vi" || !strings.HasSuffix(c.Text["Link"], "/invite/"+token) {
			w.Fatalf("%+v", c)
		}
		w.ok(mailing.RevokeInvitation(w.ctx, owner.Actor, v.ID))
		_, err = mailing.InvitationContact(w.ctx, owner.Org, v.ID)
		w.want(fault.Gone, err)

		// Without mail the token is kept nowhere, so nothing could be sent later.
		_, v, err = w.Invite(w.ctx, owner.Actor, Guest{Email: "minh@riverside.example", Role: access.Clinician})
		w.ok(err)
		_, err = w.InvitationContact(w.ctx, owner.Org, v.ID)
		w.want(fault.Gone, err)
		m := w.join(owner, "Dee Olsen", "dee@riverside.example", access.Organizer, "")
		c, err = w.Contact(w.ctx, owner.Org, m.Account)
		w.ok(err)
		if c.Address != "dee@riverside.example" {
			w.Fatalf("%+v", c)
		}
		w.stepUp(owner)
		w.ok(w.Disable(w.ctx, owner.Actor, m.Account))
		_, err = w.Contact(w.ctx, owner.Org, m.Account)
		w.want(fault.Gone, err)
	})
}
