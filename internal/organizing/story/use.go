// Using a story: one place at a time, under a live consent, written down for the
// teller; and ending uses, which stays open until somebody took it down.
package story

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// UseIn is a use about to happen: where, in words that name no private person.
type UseIn struct {
	ID    string
	Place string // place
	Where string // where
	Key   string // _key
}

// Use writes down a use. It is refused without a live consent for this place, and
// when the words are not the approved ones.
func (s *Service) Use(ctx context.Context, a access.Actor, in UseIn) error {
	in.Where = contact.OneLine(in.Where)
	var bad []fault.Field
	if !oneOf(consent.StoryPlaces(), in.Place) {
		bad = append(bad, fault.At("place", "contact.error.choose"))
	}
	if n := utf8.RuneCountInString(in.Where); n == 0 || n > LongestWhere {
		bad = append(bad, fault.At("where", "story.error.where"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.change(ctx, a, needUse, VerbUse, in.ID, in.Key, in.Place, func(tx *db.Tx, r *row) error {
		if _, err := s.live(ctx, tx, *r, in.Place); err != nil {
			return err
		}
		u := usage{Use: Use{ID: id.New(s.clock.Now()), Story: r.ID, Place: in.Place, Account: a.Account, At: s.clock.Now()}}
		var err error
		if u.sealed, err = s.vault.Seal(ctx, useCell(tx.Org(), *r, u.ID), in.Where); err != nil {
			return err
		}
		return putUse(ctx, tx, u)
	})
}

// live returns the consent for one place; the words must be the approved ones.
func (s *Service) live(ctx context.Context, tx *db.Tx, r row, place string) (consent.Consent, error) {
	if !r.Fresh() || r.State != Approved && r.State != Used {
		return consent.Consent{}, fault.Clash("story.error.not_approved")
	}
	c, err := s.consent.Live(ctx, tx, consent.Query{Subject: r.Subject, Purpose: consent.StoryUse, Recipient: consent.StoryPlace(place, r.ID), Field: consent.Story})
	if fault.Is(err, fault.Forbidden) {
		return c, fault.Because(fault.Clash("story.error.place"), err)
	}
	return c, err
}

// Shown is a story as one place may show it: the approved words, and the name
// only as the teller chose.
type Shown struct {
	ID       string
	Words    Words
	Language string
	Name     string // empty: anonymous
	Until    time.Time
}

// Read returns a story for one place, under the consent that is live now. It
// logs no use: what is merely looked at by those who may is in the audit trail.
func (s *Service) Read(ctx context.Context, a access.Actor, story, place string) (out Shown, err error) {
	defer fault.Wrap(&err, "story.Read(%s)", place)
	g, err := access.Check(a, needUse)
	if err != nil {
		return out, err
	}
	var r row
	var c consent.Consent
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if r, err = s.load(ctx, tx, a, g, story); err != nil {
			return err
		}
		if c, err = s.live(ctx, tx, r, place); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "read", place, r)
	})
	if err != nil {
		return out, err
	}
	return s.shown(ctx, a.Org, r, c)
}

// Now returns a story for one place as Read does, for a screen that asks again
// every few seconds whether it may still be shown. Whoever put the story there has
// read it, and that is written down; each glance of a screen is not.
func (s *Service) Now(ctx context.Context, a access.Actor, story, place string) (out Shown, err error) {
	defer fault.Wrap(&err, "story.Now(%s)", place)
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	var r row
	var c consent.Consent
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		if r, err = s.load(ctx, tx, a, g, story); err != nil {
			return err
		}
		c, err = s.live(ctx, tx, r, place)
		return err
	})
	if err != nil {
		return out, err
	}
	return s.shown(ctx, a.Org, r, c)
}

func (s *Service) shown(ctx context.Context, org string, r row, c consent.Consent) (out Shown, err error) {
	out = Shown{ID: r.ID, Language: r.Language, Until: c.ExpiresAt}
	if out.Words, err = s.open(ctx, org, r); err != nil {
		return out, err
	}
	if digest(r, out.Words) != r.approvedHash {
		return out, fault.Clash("story.error.not_approved")
	}
	if !r.Known || r.Identity == Anonymous {
		return out, nil
	}
	cards, err := s.people.Names(ctx, access.Machine(org), []string{r.Subject})
	if err != nil {
		return out, err
	}
	out.Name = named(cards[r.Subject], c)
	return out, nil
}

// named is the name as the consent allows it: whole, or its first word.
func named(p people.Card, c consent.Consent) string {
	switch {
	case slices.Contains(c.Fields, consent.Name):
		return p.Name
	case slices.Contains(c.Fields, consent.FirstName):
		for i, r := range p.Name {
			if r == ' ' {
				return p.Name[:i]
			}
		}
		return p.Name
	}
	return ""
}

// Quotes returns the stories of a campaign that may be shown in a place now, for
// the theme wall and report-back sheets. Stories without a live consent are absent.
func (s *Service) Quotes(ctx context.Context, a access.Actor, campaign, place string) (out []Shown, err error) {
	defer fault.Wrap(&err, "story.Quotes")
	if _, err := access.Check(a, needUse); err != nil {
		return nil, err
	}
	var rows []row
	var given []consent.Consent
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, given = nil, nil
		list, err := ofCampaign(ctx, tx, campaign)
		if err != nil {
			return err
		}
		for _, r := range list {
			c, err := s.live(ctx, tx, r, place)
			if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Gone) {
				continue
			}
			if err != nil {
				return err
			}
			rows, given = append(rows, r), append(given, c)
		}
		return nil
	})
	for i := 0; err == nil && i < len(rows); i++ {
		q, e := s.shown(ctx, a.Org, rows[i], given[i])
		if fault.Is(e, fault.Gone) {
			continue // erased between the two steps
		}
		err = e
		out = append(out, q)
	}
	return out, err
}

// StopPlace ends one place; everything else stays.
func (s *Service) StopPlace(ctx context.Context, a access.Actor, story, place, key string) (err error) {
	defer fault.Wrap(&err, "story.StopPlace(%s)", place)
	g, err := access.Check(a, needEnd)
	if err != nil {
		return err
	}
	if !oneOf(consent.StoryPlaces(), place) {
		return fault.Wrong(fault.At("place", "contact.error.choose"))
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "story.stop:"+story+":"+place, func() (string, error) {
			r, err := s.load(ctx, tx, a, g, story)
			if err != nil {
				return "", err
			}
			if err := s.stopPlace(ctx, tx, a, r, place); err != nil {
				return "", err
			}
			return "", s.note(ctx, tx, a, g, "stop", place, r)
		})
		return err
	})
}

// stopPlace revokes the consent for a place and ends the uses there.
func (s *Service) stopPlace(ctx context.Context, tx *db.Tx, a access.Actor, r row, place string) error {
	live, err := s.consent.LiveOf(ctx, tx, []string{r.Subject})
	if err != nil {
		return err
	}
	how := consent.SelfCode
	if a.SignedIn() {
		how = consent.AtClinic
	}
	by := a
	if !a.SignedIn() {
		by = access.Machine(a.Org)
	}
	for _, c := range live[r.Subject] {
		if c.Purpose != consent.StoryUse || c.Recipient != consent.StoryPlace(place, r.ID) {
			continue
		}
		if _, err := s.consent.Revoke(ctx, tx, by, c.ID, how); err != nil {
			return err
		}
	}
	return s.endUses(ctx, tx, r.ID, place)
}

// endUses ends the uses of a story in a place, or in all of them: from now on
// they have to be taken down.
func (s *Service) endUses(ctx context.Context, tx *db.Tx, story, place string) error {
	list, err := usesOf(ctx, tx, story)
	if err != nil {
		return err
	}
	for _, u := range list {
		if !u.Ended.IsZero() || place != "" && u.Place != place {
			continue
		}
		u.Ended = s.clock.Now()
		if u.Place != "web" && u.Place != "media" {
			u.Down = u.Ended // what was said aloud is over; there is nothing left to take down
		}
		if err := putUse(ctx, tx, u); err != nil {
			return err
		}
	}
	return nil
}

// TakenDown says that a use has been taken down.
func (s *Service) TakenDown(ctx context.Context, a access.Actor, use, key string) (err error) {
	defer fault.Wrap(&err, "story.TakenDown(%s)", use)
	g, err := access.Check(a, needWrite)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "story.down:"+use, func() (string, error) {
			u, err := useByID(ctx, tx, use)
			if err != nil {
				return "", err
			}
			r, err := s.load(ctx, tx, a, g, u.Story)
			if err != nil {
				return "", err
			}
			if u.Ended.IsZero() {
				return "", fault.Clash("story.error.state")
			}
			if u.Down.IsZero() {
				u.Down = s.clock.Now()
			}
			if err := putUse(ctx, tx, u); err != nil {
				return "", err
			}
			if r.Subject == "" { // the teller was erased, and this was what still waited
				if err := forgetStory(ctx, tx, r.ID); err != nil {
					return "", err
				}
			}
			return "", s.note(ctx, tx, a, g, "taken_down", u.Place, r)
		})
		return err
	})
}

// Wind is the clock: consents that ran out or were stopped elsewhere end their
// uses, and pauses end on their day.
func (s *Service) Wind(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "story.Wind")
	var all []string
	if err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		all, err = orgs(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	for _, org := range all {
		if err := s.db.Write(ctx, org, func(tx *db.Tx) error { return s.wind(ctx, tx) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) wind(ctx context.Context, tx *db.Tx) error {
	list, err := inUse(ctx, tx)
	if err != nil {
		return err
	}
	for _, r := range list {
		for _, place := range consent.StoryPlaces() {
			_, err := s.consent.Live(ctx, tx, consent.Query{Subject: r.Subject, Purpose: consent.StoryUse, Recipient: consent.StoryPlace(place, r.ID), Field: consent.Story})
			if err == nil {
				continue
			}
			if !fault.Is(err, fault.Gone) && !fault.Is(err, fault.Forbidden) {
				return err
			}
			if err := s.endUses(ctx, tx, r.ID, place); err != nil {
				return err
			}
		}
	}
	resting, err := dueToWake(ctx, tx, s.clock.Now())
	if err != nil {
		return err
	}
	for _, r := range resting {
		if r.State, err = r.State.After(VerbWake); err != nil {
			return err
		}
		r.RestUntil, r.Changed = time.Time{}, s.clock.Now()
		if err := put(ctx, tx, r); err != nil {
			return err
		}
		if err := s.note(ctx, tx, access.Machine(tx.Org()), access.Granted{Role: access.System}, string(VerbWake), "clock", r); err != nil {
			return err
		}
	}
	return nil
}
