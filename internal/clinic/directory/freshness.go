// Ninety days: who is asked, by which link, and what happens when nobody
// answers. A link is a question to the group; opening it answers nothing, only
// pressing its button does.

package directory

import (
	"context"
	"errors"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// LinkLives is how long a "still true" link may be answered.
const LinkLives = 30 * 24 * time.Hour

// Reminder puts a reminder to a group in the outbox, in the caller's
// transaction. Asking twice with one key sends once.
type Reminder func(ctx context.Context, tx *db.Tx, groupID, key string) error

// confirmed starts the ninety days anew.
func (g *Group) confirmed(a access.Actor, now time.Time) {
	g.VerifiedOn, g.ReviewDue, g.AskedOn, g.Misses, g.ChangeSaid = now, now.Add(ReviewAfter), time.Time{}, 0, false
	g.VerifiedBy = "group"
	if a.SignedIn() {
		g.VerifiedBy = a.Account
	}
}

// Tick is the periodic work on freshness, for every clinic: reminders, lapses
// and hiding, oldest confirmation first.
func (s *Service) Tick(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "directory.Tick")
	var orgs []string
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		orgs, err = orgsWithGroups(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, org := range orgs {
		err = errors.Join(err, s.tick(ctx, org)) // one clinic's trouble, or one group's, is nobody else's
	}
	return err
}

func (s *Service) tick(ctx context.Context, org string) error {
	now := s.clock.Now()
	var due []Group
	err := s.db.Read(ctx, org, func(tx *db.Tx) (err error) {
		due, err = groupsDue(ctx, tx, now.Add(AskBefore))
		return err
	})
	if err != nil {
		return err
	}
	for _, g := range due {
		if next, ask := g.due(now); next.State == g.State && next.Misses == g.Misses && !ask {
			continue
		}
		err = errors.Join(err, s.tickOne(ctx, org, g.ID, now))
	}
	return errors.Join(err, s.db.Write(ctx, org, func(tx *db.Tx) error { return sweepLinks(ctx, tx, now.AddDate(0, 0, -30)) }))
}

// tickOne looks at one group again inside its own transaction: somebody may
// have confirmed it since the list was read, and a repeated job must change nothing.
func (s *Service) tickOne(ctx context.Context, org, groupID string, now time.Time) error {
	return s.db.Write(ctx, org, func(tx *db.Tx) error {
		g, err := groupByID(ctx, tx, groupID)
		if err != nil {
			return err
		}
		next, ask := g.due(now)
		if next.State == g.State && next.Misses == g.Misses && !ask {
			return nil
		}
		if next.Version, err = bump(ctx, tx); err != nil {
			return err
		}
		next.Updated = now
		if err := updateGroup(ctx, tx, next); err != nil {
			return err
		}
		if ask && s.remind != nil && g.HasHandoff {
			if err := s.remind(ctx, tx, groupID, groupID+"@"+now.UTC().Format(time.DateOnly)); err != nil {
				return err
			}
		}
		reason := "reminder"
		switch {
		case next.State != g.State:
			reason = string(Lapse)
		case !next.Shown():
			reason = "hide"
		}
		return s.audit.Write(ctx, tx, audit.Event{Org: org, Actor: access.Machine(org).Name(), Role: string(access.System), Action: "update",
			Resource: "group", ResourceID: groupID, Reason: reason})
	})
}

// due is what the clock does to a group: a reminder a fortnight before the
// ninety days end, stale and a second reminder at the end, and one more unanswered
// fortnight hides it. Pure.
func (g Group) due(now time.Time) (next Group, ask bool) {
	next = g
	switch {
	case g.State == Published && g.Overdue(now):
		next.State = Stale
		if !g.AskedOn.IsZero() {
			next.Misses++
		}
		ask = true
	case g.State == Published && g.AskedOn.IsZero() && g.Overdue(now.Add(AskBefore)):
		ask = true
	case g.State == Stale && g.Misses < HideAfter && !g.AskedOn.IsZero() && !now.Before(g.AskedOn.Add(AskAgain)):
		next.Misses++
		ask = next.Misses < HideAfter
	}
	if ask {
		next.AskedOn = now
	}
	return next, ask
}

// MakeLink returns the token of a new "still true" link, to be sent, read out
// or printed. Only its hash is kept.
func (s *Service) MakeLink(ctx context.Context, a access.Actor, groupID string) (token string, err error) {
	defer fault.Wrap(&err, "directory.MakeLink(%s)", groupID)
	grant, err := access.Check(a, needFresh(access.Create))
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	token = id.Token()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		g, err := groupByID(ctx, tx, groupID)
		if err != nil {
			return err
		}
		if _, err := g.State.Next(Confirm); err != nil {
			return err
		}
		if err := insertLink(ctx, tx, id.Hash(token), link{group: groupID, made: now, expires: now.Add(LinkLives)}); err != nil {
			return err
		}
		return s.note(ctx, tx, a, grant, "share", groupID, "still_true_link")
	})
	return token, err
}

// LinkState says what a link can still do.
type LinkState string

const (
	LinkOpen    LinkState = "open"
	LinkUsed    LinkState = "used"    // answered, here or by another link or by staff
	LinkExpired LinkState = "expired" // a new one may be asked for
	LinkClosed  LinkState = "closed"  // the group is no longer published
)

// Question is what a "still true" link shows.
type Question struct {
	State LinkState
	View  View // what is asked about; empty unless open
	Name  string
	Until time.Time
	org   string
	group string
}

// Ask opens a link without changing anything: mail scanners open links too.
func (s *Service) Ask(ctx context.Context, token, lang string) (q Question, err error) {
	defer fault.Wrap(&err, "directory.Ask")
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		l, err := linkByHash(ctx, tx, id.Hash(token))
		if err != nil {
			return err
		}
		q = Question{Until: l.expires, org: l.org, group: l.group}
		return nil
	})
	if err != nil {
		return Question{}, err
	}
	err = s.db.Read(ctx, q.org, func(tx *db.Tx) error {
		q, err = s.question(ctx, tx, id.Hash(token), lang)
		return err
	})
	return q, err
}

func (s *Service) question(ctx context.Context, tx *db.Tx, hash, lang string) (Question, error) {
	l, err := linkByHash(ctx, tx, hash)
	if err != nil {
		return Question{}, err
	}
	g, err := groupByID(ctx, tx, l.group)
	if err != nil {
		return Question{}, err
	}
	now := s.clock.Now()
	q := Question{State: LinkOpen, Name: g.Name, Until: l.expires, org: l.org, group: l.group}
	_, moveErr := g.State.Next(Confirm)
	switch {
	case moveErr != nil:
		q.State, q.Name = LinkClosed, ""
	case !l.used.IsZero():
		q.State = LinkUsed
	case !now.Before(l.expires):
		q.State = LinkExpired
	default:
		q.View = g.View(lang, now, s.zone(ctx, l.org))
	}
	return q, nil
}

// Reply is the group's answer to "is this still true?".
type Reply string

const (
	StillTrue    Reply = "still_true"
	WelcomingNow Reply = "welcoming"     // true, and new people are welcome for the next ninety days
	NotNow       Reply = "not_welcoming" // true, and no new people for the next ninety days
	Changed      Reply = "changed"       // something is different: the clinic calls
)

// Replies lists every answer in the order of the page.
func Replies() []Reply { return []Reply{StillTrue, WelcomingNow, NotNow, Changed} }

// Answer takes the group's answer and ends the link. A second press of the same
// button is the same answer.
func (s *Service) Answer(ctx context.Context, token string, r Reply, key string) (err error) {
	defer fault.Wrap(&err, "directory.Answer")
	q, err := s.Ask(ctx, token, "")
	if err != nil {
		return err
	}
	now := s.clock.Now()
	a := access.Actor{Org: q.org, Group: q.group, Roles: []access.Role{access.Link}}
	grant, err := access.Check(a, needFresh(access.Update))
	if err != nil {
		return err
	}
	return s.db.Write(ctx, q.org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), key, "group.answer."+q.group, func() (string, error) {
			return q.group, s.answer(ctx, tx, a, grant, id.Hash(token), r, now)
		})
		return err
	})
}

func (s *Service) answer(ctx context.Context, tx *db.Tx, a access.Actor, grant access.Granted, hash string, r Reply, now time.Time) error {
	q, err := s.question(ctx, tx, hash, "")
	if err != nil {
		return err
	}
	if q.State != LinkOpen {
		return fault.Ended("directory.error.link_" + string(q.State))
	}
	g, err := groupByID(ctx, tx, q.group)
	if err != nil {
		return err
	}
	switch r {
	case Changed:
		g.ChangeSaid = true
	case StillTrue, WelcomingNow, NotNow:
		if err := s.move(ctx, tx, a, &g, Confirm); err != nil {
			return err
		}
		if r == WelcomingNow {
			g.Welcoming = Welcoming{Yes, now.Add(ReviewAfter)}
		}
		if r == NotNow {
			g.Welcoming = Welcoming{No, now.Add(ReviewAfter)}
		}
	default:
		return fault.Wrong(fault.At("reply", "directory.error.choose"))
	}
	if err := useLinks(ctx, tx, g.ID, now); err != nil {
		return err
	}
	if g.Version, err = bump(ctx, tx); err != nil {
		return err
	}
	g.Updated = now
	if err := updateGroup(ctx, tx, g); err != nil {
		return err
	}
	return s.note(ctx, tx, a, grant, "update", g.ID, "answer."+string(r))
}

// Renew sends a new link to the contact on file when this one has expired. It
// tells whoever asks nothing about that contact.
func (s *Service) Renew(ctx context.Context, token string) (err error) {
	defer fault.Wrap(&err, "directory.Renew")
	q, err := s.Ask(ctx, token, "")
	if err != nil {
		return err
	}
	if q.State != LinkExpired {
		return fault.Ended("directory.error.link_" + string(q.State))
	}
	if s.remind == nil {
		return nil
	}
	return s.db.Write(ctx, q.org, func(tx *db.Tx) error {
		return s.remind(ctx, tx, q.group, q.group+"@renew@"+s.clock.Now().UTC().Format(time.DateOnly))
	})
}

// SendLink asks a group now, through the contact on file.
func (s *Service) SendLink(ctx context.Context, a access.Actor, groupID, key string) (err error) {
	defer fault.Wrap(&err, "directory.SendLink(%s)", groupID)
	grant, err := access.Check(a, needFresh(access.Create))
	if err != nil {
		return err
	}
	return s.change(ctx, a, grant, groupID, key, "ask", func(tx *db.Tx, g *Group) error {
		if _, err := g.State.Next(Confirm); err != nil {
			return err
		}
		if s.remind == nil || !g.HasHandoff {
			return fault.Clash("directory.error.no_channel")
		}
		g.AskedOn = s.clock.Now()
		return s.remind(ctx, tx, groupID, groupID+"@"+s.clock.Now().UTC().Format(time.DateOnly)+"@"+key)
	})
}
