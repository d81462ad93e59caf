// Calendars: an address nobody can guess, for one team or for everything somebody
// takes part in. It says when, and that it is a meeting: no name, no topic, no place.
package meeting

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/ics"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// feedsMost is how many addresses somebody may have: one a device, and a few spare.
const feedsMost = 12

// MakeFeed makes a calendar address of a team, or, without one, of everything the
// actor takes part in. The token is shown now and never again.
func (s *Service) MakeFeed(ctx context.Context, a access.Actor, team, lang, key string) (token string, err error) {
	defer fault.Wrap(&err, "meeting.MakeFeed")
	g, err := access.Check(a, needFeed)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	token = id.Token()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		fresh := false
		made, err := idem.Once(ctx, tx, now, a.Name(), key, "feed.create", func() (string, error) {
			fresh = true
			f := Feed{ID: id.New(now), Team: team, Person: a.Person, Account: a.Account, Language: lang, Made: now}
			if team != "" {
				ok, err := s.teamFeed(ctx, tx, a, team)
				if err != nil {
					return "", err
				}
				if !ok {
					return "", fault.Missing("team out of reach")
				}
			}
			if have, err := feedsOf(ctx, tx, a.Account, a.Person); err != nil {
				return "", err
			} else if len(have) >= feedsMost {
				return "", fault.Clash("meeting.error.feeds")
			}
			if err := putFeed(ctx, tx, f, id.Hash(token)); err != nil {
				return "", err
			}
			return f.ID, s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: "create", Resource: "feed", ResourceID: f.ID, Subject: a.Person, Request: a.Request})
		})
		if err != nil || fresh {
			return err
		}
		return retoken(ctx, tx, made, id.Hash(token)) // the form came twice: the second answer shows a token that works
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// teamFeed reports whether the actor may have the calendar of a team.
func (s *Service) teamFeed(ctx context.Context, tx *db.Tx, a access.Actor, team string) (bool, error) {
	g, err := access.Check(a, needRead)
	if err != nil {
		return false, err
	}
	return s.teams.ReachesIn(ctx, tx, a, g, team)
}

// Feeds lists the actor's own addresses.
func (s *Service) Feeds(ctx context.Context, a access.Actor) (out []Feed, err error) {
	defer fault.Wrap(&err, "meeting.Feeds")
	if _, err := access.Check(a, needFeeds); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, err = feedsOf(ctx, tx, a.Account, a.Person)
		return err
	})
	return out, err
}

// EndFeed ends an address of one's own: whoever has it gets nothing any more.
func (s *Service) EndFeed(ctx context.Context, a access.Actor, feed string) (err error) {
	defer fault.Wrap(&err, "meeting.EndFeed(%s)", feed)
	g, err := access.Check(a, needFeeds)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		n, err := dropFeed(ctx, tx, feed, a.Account, a.Person)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing("feed")
		}
		return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: "delete", Resource: "feed", ResourceID: feed, Subject: a.Person, Request: a.Request})
	})
}

// Calendar is the file behind an address. An address that was ended, or whose
// owner has left, is not there.
func (s *Service) Calendar(ctx context.Context, token string) (file string, err error) {
	defer fault.Wrap(&err, "meeting.Calendar")
	if token == "" || len(token) > 100 {
		return "", fault.Missing("not a calendar")
	}
	var f Feed
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		f, err = feedByHash(ctx, tx, id.Hash(strings.TrimSuffix(token, ".ics")))
		return err
	})
	if err != nil {
		return "", err
	}
	if f.Account != "" && !s.staff(ctx, f.org, f.Account) {
		return "", fault.Missing("the account has ended")
	}
	c := ics.Calendar{Name: s.names(ctx, f.Language, "meeting.feed_name"), Lang: f.Language, Zone: s.zone(ctx, f.org)}
	title := s.names(ctx, f.Language, "meeting.neutral")
	now := s.clock.Now()
	err = s.db.Read(ctx, f.org, func(tx *db.Tx) error {
		c.Events = nil
		rows, err := between(ctx, tx, f.Team, now.AddDate(0, -3, 0), now.AddDate(1, 0, 0), 1000)
		if err != nil {
			return err
		}
		in := map[string]bool{} // teams the person is in
		for _, r := range rows {
			ok, err := s.inFeed(ctx, tx, f, r.Meeting, in)
			if err != nil {
				return err
			}
			if ok {
				c.Events = append(c.Events, ics.Event{UID: r.ID + "@seedbed", Start: r.At, End: r.End(), Summary: title, Sequence: r.Seq, Made: r.Made.Truncate(time.Second),
					Changed: r.Changed.Truncate(time.Second), Cancelled: r.State == Cancelled})
			}
		}
		return nil
	})
	return c.String(), err
}

// inFeed reports whether a meeting is in a calendar now: a member who left a team
// does not see its new meetings.
func (s *Service) inFeed(ctx context.Context, tx *db.Tx, f Feed, m Meeting, in map[string]bool) (bool, error) {
	if f.Person == "" {
		return f.Team != "" || m.Account == f.Account, nil
	}
	if m.Team == "" {
		_, kept := m.roles()[f.Person]
		return kept, nil
	}
	if ok, asked := in[m.Team]; asked {
		return ok, nil
	}
	ok, err := s.teams.IsMember(ctx, tx, m.Team, f.Person)
	in[m.Team] = ok
	return ok, err
}
