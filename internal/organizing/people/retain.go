// How long people are kept: who stopped goes within two days, whose yes ran out
// within thirty, and whom nobody has met for two years goes too. Counts stay.
package people

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/trust/consent"
)

const (
	keepStopped = 48 * time.Hour
	keepAfter   = 30 * 24 * time.Hour // after a yes ran out
	keepMonths  = 24                  // after the last encounter
	warnBefore  = 30 * 24 * time.Hour
	retainBatch = 200
)

// Register puts the room's periodic work on the queue.
func (s *Service) Register(q *job.Queue) {
	s.RegisterImports(q)
	q.Handle(jobErase, func(ctx context.Context, j job.Job) error { return s.eraseKeys(ctx, j.Org, []string{j.Payload}) })
	q.Every("people.retain", 24*time.Hour, func(ctx context.Context, _ time.Time) error { return s.Retain(ctx) })
}

// Retain erases whose time is over, in every organization.
func (s *Service) Retain(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "people.Retain")
	now := s.clock.Now()
	type due struct{ org, id string }
	var list []due
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		list, err = db.Select(ctx, tx, func(sc db.Scanner) (d due, err error) {
			err = sc.Scan(&d.org, &d.id)
			return d, err
		}, `SELECT org_id, id FROM people_person WHERE state='departed' AND last_at<$1 OR state IN ('active','resting') AND last_at<$2 ORDER BY last_at LIMIT $3`,
			db.Micros(now.Add(-keepStopped)), db.Micros(now.AddDate(0, -keepMonths, 0)), int64(retainBatch))
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range list {
		if err := s.erase(ctx, d.org, d.id); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if err := s.ranOut(ctx, now); err != nil {
		return err
	}
	return s.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error { return oldSessions(ctx, tx, now.Add(-sessionMost)) })
}

func (s *Service) erase(ctx context.Context, org, person string) error {
	a := access.Machine(org)
	g, err := access.Check(a, needDelete)
	if err != nil {
		return err
	}
	var erased []string
	err = s.db.Write(ctx, org, func(tx *db.Tx) error {
		r, err := rowByID(ctx, tx, person)
		if err != nil {
			return err
		}
		erased, err = s.eraseIn(ctx, tx, a, g, r, consent.Steward)
		return err
	})
	if err != nil {
		return err
	}
	return s.eraseKeys(ctx, org, erased)
}

// ranOut lets people go whose yes ended thirty days ago and was not given again.
func (s *Service) ranOut(ctx context.Context, now time.Time) error {
	orgs, err := s.audit.Orgs(ctx)
	if err != nil {
		return err
	}
	for _, org := range orgs {
		var over []string
		err := s.db.Read(ctx, org, func(tx *db.Tx) error {
			ids, err := db.Column[string](ctx, tx, `SELECT id FROM people_person WHERE org_id=$1 AND state IN ('active','resting') AND joined_at<$2`, tx.Org(), db.Micros(now.Add(-keepAfter)))
			if err != nil {
				return err
			}
			live, err := s.consent.LiveOf(ctx, tx, ids)
			if err != nil {
				return err
			}
			for _, p := range ids {
				if covers(live[p], consent.Name) {
					continue
				}
				_, err := s.consent.Live(ctx, tx, consent.Query{Subject: p, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: consent.Name, At: now.Add(-keepAfter)})
				switch {
				case fault.Is(err, fault.Gone) || fault.Is(err, fault.Forbidden):
					over = append(over, p)
				case err != nil:
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, p := range over {
			if err := s.erase(ctx, org, p); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
	}
	return nil
}

// Ending lists the people an account answers for whose time here is nearly over:
// their yes runs out, or nobody has met them for nearly two years. It is the
// warning before they go.
func (s *Service) Ending(ctx context.Context, a access.Actor) (out map[string]time.Time, err error) {
	defer fault.Wrap(&err, "people.Ending")
	if _, err := access.Check(a, needPractice); err != nil {
		return nil, err
	}
	now := s.clock.Now()
	out = map[string]time.Time{}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		clear(out)
		// A yes lasts a year from the last time it was given: only rows older than eleven months can run out now.
		rows, err := db.Select(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM people_person WHERE org_id=$1 AND owner=$2 AND state IN ('active','resting') AND joined_at<$3 ORDER BY joined_at LIMIT 500`,
			tx.Org(), a.Account, db.Micros(now.AddDate(0, -11, 0)))
		if err != nil {
			return err
		}
		ids := make([]string, len(rows))
		for i, r := range rows {
			ids[i] = r.id
		}
		live, err := s.consent.LiveOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, r := range rows {
			end := r.last.AddDate(0, keepMonths, 0)
			for _, c := range live[r.id] {
				if c.Purpose == consent.OrganizingRecord && c.ExpiresAt.Before(end) {
					end = c.ExpiresAt
				}
			}
			if end.Sub(now) < warnBefore {
				out[r.id] = end
			}
		}
		return nil
	})
	return out, err
}
