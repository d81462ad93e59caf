// The directory as this room sees it: may this group be asked, and how does it hear?
package introduction

import (
	"context"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/phone"
	"seedbed/internal/platform/access"
)

// GroupsOf finds recipients in the directory.
func GroupsOf(d *directory.Service) Groups { return fromDirectory{d} }

type fromDirectory struct{ d *directory.Service }

// Recipient looks a group up. Only an organizing group that is shown can be
// asked; a programme is something to get, nobody is introduced to it.
func (f fromDirectory) Recipient(ctx context.Context, org, group string) (r Recipient, err error) {
	defer fault.Wrap(&err, "introduction.Recipient(%s)", group)
	a := access.Machine(org)
	g, err := f.d.Get(ctx, a, group)
	if err != nil {
		return r, err
	}
	h, err := f.d.Handoff(ctx, a, group)
	if err != nil {
		return r, err
	}
	r = Recipient{ID: group, Name: g.Name, Active: g.Shown() && g.Offer == directory.Organizing, Phone: h.Phone, Mail: h.Mail, Texts: h.SMS, Lang: h.Lang}
	if !h.Empty() {
		r.Channel = string(h.Channel)
	}
	return r, nil
}

func parsePhone(typed, region string) (string, error) { return phone.Parse(typed, region) }
