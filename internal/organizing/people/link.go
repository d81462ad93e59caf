// Coming in by oneself: a link or a QR code, made for one place and for some days.
package people

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
)

// LinkPlaces lists where a link is shown; a list, so that a poster says nothing more.
func LinkPlaces() []string { return []string{"meeting", "table", "house", "online"} }

// LinkDays lists how many days a link may live.
func LinkDays() []int { return []int{1, 7, 30, 90} }

// Link is a way in.
type Link struct {
	ID          string
	Place       string
	Institution string
	Lang        string
	Account     string // who made it, and becomes the relationship owner of who joins
	Made        time.Time
	Expires     time.Time
	Closed      time.Time
	Joined      int
	Token       string // only where it is asked for: Poster
}

// OpenAt reports whether somebody may join by it.
func (l Link) OpenAt(t time.Time) bool { return l.Closed.IsZero() && t.Before(l.Expires) }

// LinkIn is the form of a new link.
type LinkIn struct {
	Place       string // place
	Institution string // institution
	Lang        string // lang
	Days        int    // days
	Key         string // _key
}

var (
	needLink   = access.Need{Resource: "joinlink", Action: access.Create}
	needLinks  = access.Need{Resource: "joinlink", Action: access.Read}
	needUnlink = access.Need{Resource: "joinlink", Action: access.Update}
	needEnter  = access.Need{Resource: "join", Action: access.Read}
)

func linkCell(org, link string) vault.Cell {
	return vault.Cell{Org: org, Table: "people_link", Column: "sealed", Row: link, Version: 1}
}

// MakeLink makes a way in and returns its id.
func (s *Service) MakeLink(ctx context.Context, a access.Actor, in LinkIn) (made string, err error) {
	defer fault.Wrap(&err, "people.MakeLink")
	g, err := access.Check(a, needLink)
	if err != nil {
		return "", err
	}
	var bad []fault.Field
	choose := func(ok bool, field string) {
		if !ok {
			bad = append(bad, fault.At(field, "contact.error.choose"))
		}
	}
	choose(slices.Contains(LinkPlaces(), in.Place), "place")
	choose(slices.Contains(LinkDays(), in.Days), "days")
	choose(slices.Contains(consent.Languages(), in.Lang), "lang")
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "people.link", func() (string, error) {
			if in.Institution != "" {
				have, err := institutions(ctx, tx)
				if err != nil {
					return "", err
				}
				if !slices.ContainsFunc(have, func(i Institution) bool { return i.ID == in.Institution && !i.Closed }) {
					return "", fault.Wrong(fault.At("institution", "contact.error.choose"))
				}
			}
			l := Link{ID: id.New(now), Place: in.Place, Institution: in.Institution, Lang: in.Lang, Account: a.Account, Made: now, Expires: now.AddDate(0, 0, in.Days), Token: id.Token()}
			sealed, err := s.vault.Seal(ctx, linkCell(tx.Org(), l.ID), l.Token)
			if err != nil {
				return "", err
			}
			if err := insertLink(ctx, tx, l, sealed); err != nil {
				return "", err
			}
			return l.ID, s.note(ctx, tx, a, g, "create", "joinlink", l.ID, "", in.Place)
		})
		return err
	})
	return made, err
}

// Links lists the ways in, the newest first: an organizer's list is the clinic's,
// a leader's their own.
func (s *Service) Links(ctx context.Context, a access.Actor) (list []Link, err error) {
	defer fault.Wrap(&err, "people.Links")
	g, err := access.Check(a, needLinks)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		list, err = links(ctx, tx, mine(a, g))
		return err
	})
	return list, err
}

// mine is whose rows a list is narrowed to; empty means everybody's.
func mine(a access.Actor, g access.Granted) string {
	if g.Scope == access.Org || g.Scope == access.All {
		return ""
	}
	return a.Account
}

func (s *Service) ownLink(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, which string) (l Link, sealed string, err error) {
	l, sealed, err = linkByID(ctx, tx, which)
	if only := mine(a, g); err == nil && only != "" && l.Account != only {
		err = fault.Missing("link out of reach")
	}
	return l, sealed, err
}

// Poster returns a link with its token, to be printed.
func (s *Service) Poster(ctx context.Context, a access.Actor, which string) (l Link, err error) {
	defer fault.Wrap(&err, "people.Poster(%s)", which)
	g, err := access.Check(a, needLinks)
	if err != nil {
		return l, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		var sealed string
		if l, sealed, err = s.ownLink(ctx, tx, a, g, which); err != nil {
			return err
		}
		l.Token, err = s.vault.Open(ctx, linkCell(tx.Org(), l.ID), sealed)
		return err
	})
	return l, err
}

// CloseLink ends a way in at once.
func (s *Service) CloseLink(ctx context.Context, a access.Actor, which string) (err error) {
	defer fault.Wrap(&err, "people.CloseLink(%s)", which)
	g, err := access.Check(a, needUnlink)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		l, _, err := s.ownLink(ctx, tx, a, g, which)
		if err != nil || !l.Closed.IsZero() {
			return err
		}
		if err := closeLink(ctx, tx, l.ID, s.clock.Now()); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "close", "joinlink", l.ID, "", "")
	})
}

// Enter returns the link behind a token, with the organization it belongs to. A
// link that is over and one that never was look alike: fault.Gone.
func (s *Service) Enter(ctx context.Context, a access.Actor, token string) (org string, l Link, err error) {
	defer fault.Wrap(&err, "people.Enter")
	if _, err := access.Check(a, needEnter); err != nil {
		return "", l, err
	}
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		org, l, err = linkByToken(ctx, tx, id.Hash(token))
		return err
	})
	if fault.Is(err, fault.NotFound) || err == nil && !l.OpenAt(s.clock.Now()) {
		return "", Link{}, fault.Ended("people.error.link_over")
	}
	return org, l, err
}

const (
	joinSlot    = 15 * time.Minute
	joinNetwork = 60  // from one network in a slot: a hall full of people shares one
	joinLink    = 300 // by one link in a slot
)

// JoinByLink brings somebody in by a link, on their own screen.
func (s *Service) JoinByLink(ctx context.Context, a access.Actor, token, network string, in JoinIn) (out Joined, err error) {
	defer fault.Wrap(&err, "people.JoinByLink")
	org, l, err := s.Enter(ctx, a, token)
	if err != nil {
		return out, err
	}
	from, err := s.vault.Passing(ctx, org, "join "+network)
	if err != nil {
		return out, err
	}
	if err := s.countTries(ctx, org, map[string]int64{from: joinNetwork, "link " + l.ID: joinLink}); err != nil {
		return out, err
	}
	in.Source, in.How, in.Owner, in.Witness, in.Interpreter = ByLink, string(consent.OnScreen), l.Account, "", ""
	in.link = l.ID
	return s.Join(ctx, access.Anonymous(org), in)
}

// countTries refuses when one of these counters is full in this slot of time.
func (s *Service) countTries(ctx context.Context, org string, most map[string]int64) error {
	slot := s.clock.Now().UnixMicro() / joinSlot.Microseconds()
	return s.db.Write(ctx, org, func(tx *db.Tx) error {
		for what, limit := range most {
			n, err := countTry(ctx, tx, what, slot)
			if err != nil {
				return err
			}
			if n > limit {
				return fault.New(fault.Limited, "")
			}
		}
		return nil
	})
}

// Colleague is somebody with an account whom a form can name.
type Colleague struct {
	Account, Name string
	Roles         []access.Role
}

// noteOpen is an audit row of something that a code or a link opened.
func (s *Service) noteOpen(ctx context.Context, tx *db.Tx, role access.Role, action, person string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: string(role), Role: string(role), Action: action, Resource: "person", Subject: person})
}
