// What the machine does by itself: it keeps every open promise with somebody who can
// look after it, brings forward what is overdue, and reminds.
package pledge

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
)

// Register names the room's jobs to the queue.
func (s *Service) Register(q *job.Queue) {
	q.Every("pledge.chase", 24*time.Hour, func(ctx context.Context, _ time.Time) error { return s.Chase(ctx) })
}

// Chase looks over the promises of every clinic.
func (s *Service) Chase(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "pledge.Chase")
	var orgs []string
	err = s.d.DB.Read(ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
		orgs, err = organizations(ctx, tx)
		return err
	})
	for _, org := range orgs {
		if err == nil {
			err = s.chase(ctx, org)
		}
	}
	return err
}

func (s *Service) chase(ctx context.Context, org string) error {
	machine := access.Machine(org)
	g, err := access.Check(machine, needChange)
	if err != nil {
		return err
	}
	staff, err := s.Colleagues(ctx, org)
	if err != nil {
		return err
	}
	today := s.Today(ctx, org)
	return s.d.DB.Write(ctx, org, func(tx *db.Tx) error {
		rows, err := soon(ctx, tx, Later(today, remindDays))
		if err != nil {
			return err
		}
		for _, r := range rows {
			before := r.Pledge
			if next := heir(r.Owner, staff); next != "" {
				r.Owner = next
			}
			if r.Overdue(today) && (r.Check == "" || r.Check > Later(today, againDays)) {
				r.Check = today
			}
			if r.Owner != before.Owner || r.Check != before.Check {
				// The words stay as they are sealed: only who and when changed.
				if err := put(ctx, tx, r); err != nil {
					return err
				}
				if err := s.note(ctx, tx, machine, g, "chase", r.ID, ""); err != nil {
					return err
				}
			}
			if err := s.remind(ctx, tx, r.Pledge, today); err != nil {
				return err
			}
		}
		return nil
	})
}

// heir is who takes over from an owner who no longer works here: an organizer, or
// whoever there is; ” when the owner stays.
func heir(owner string, staff []people.Colleague) string {
	if len(staff) == 0 || slices.ContainsFunc(staff, func(c people.Colleague) bool { return c.Account == owner }) {
		return ""
	}
	for _, c := range staff {
		if slices.Contains(c.Roles, access.Organizer) {
			return c.Account
		}
	}
	return staff[0].Account
}

// remind sends the owner one message a day at most for each kind of day: a look that
// comes, a day that has passed, a year that is over.
func (s *Service) remind(ctx context.Context, tx *db.Tx, p Pledge, today string) error {
	if s.d.Notices == nil || p.Owner == "" {
		return nil
	}
	send := func(kind, why, day string) error {
		return s.d.Notices.Enqueue(ctx, tx, notify.Notice{Kind: kind, To: notify.Ref{Room: s.d.Room, ID: p.Owner}, Key: "pledge:" + p.Owner + ":" + why + ":" + day})
	}
	if p.State.Open() && p.Check != "" && !p.Overdue(today) && p.Check <= Later(today, remindDays) {
		if err := send(notify.StaffReminder, "check", p.Check); err != nil {
			return err
		}
	}
	if p.Overdue(today) {
		if err := send(notify.StaffEscalation, "overdue", p.Due); err != nil {
			return err
		}
	}
	if p.Renew != "" && p.Renew <= Later(today, remindDays) {
		return send(notify.StaffReminder, "renew", p.Renew)
	}
	return nil
}
