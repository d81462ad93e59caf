// What the directory does by itself: the daily look at freshness, and the
// reminder to a group, whose address and link are made at the moment of sending.

package directory

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
)

// AddresseeRoom is the name under which the contacts of groups are resolved.
const AddresseeRoom = "directory.group"

// RemindBy sends reminders through a notifier.
func RemindBy(n *notify.Notifier) Reminder {
	return func(ctx context.Context, tx *db.Tx, groupID, key string) error {
		return n.Enqueue(ctx, tx, notify.Notice{Kind: notify.FreshnessReminder, To: notify.Ref{Room: AddresseeRoom, ID: groupID}, Key: key})
	}
}

// Register adds the periodic work to a queue.
func (s *Service) Register(q *job.Queue) {
	q.Every("directory.freshness", 24*time.Hour, func(ctx context.Context, _ time.Time) error { return s.Tick(ctx) })
	q.Every("directory.imports", 24*time.Hour, s.SweepImports)
}

// Resolve answers a notifier: how to reach a group, with a fresh link. base is
// the address of this installation and clinic its short name for messages.
func (s *Service) Resolve(base string, clinic func(ctx context.Context, org string) string) notify.Resolver {
	return func(ctx context.Context, org, groupID string) (c notify.Contact, err error) {
		defer fault.Wrap(&err, "directory.Resolve(%s)", groupID)
		a := access.Machine(org)
		h, err := s.Handoff(ctx, a, groupID)
		if err != nil {
			return c, err
		}
		if h.Empty() {
			return c, fault.Missing("no contact on file")
		}
		token, err := s.MakeLink(ctx, a, groupID)
		if fault.Is(err, fault.Conflict) {
			return c, fault.Because(fault.New(fault.Gone, ""), err) // suspended or archived since
		}
		if err != nil {
			return c, err
		}
		c = h.Reach(s.zone(ctx, org))
		c.Text = map[string]string{"Clinic": clinic(ctx, org), "Link": strings.TrimSuffix(base, "/") + "/g/" + token}
		return c, nil
	}
}

// Reach is the contact as the sender of messages understands it: on working
// days, since a group's organizer is at work when they organize.
func (h Handoff) Reach(zone *time.Location) notify.Contact {
	c := notify.Contact{Channel: notify.Channel(h.Channel), Lang: h.Lang, Rules: notify.SafeContact{Hours: [][2]int{{9 * 60, 20 * 60}}, Zone: zone.String()}}
	switch h.Channel {
	case ByMail:
		c.Address = h.Mail
	case ByPhone, BySMS:
		c.Address = h.Phone
	}
	return c
}
