// What the pages show: lists, one story with its permissions, log and uses; and
// the way back for a teller who has only a code.
package story

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
)

// Line is a story in a list, with its title.
type Line struct {
	Story
	Title  string
	Places []string // where it may be used now
}

// Page is a part of a list; Next continues it.
type Page struct {
	Lines []Line
	Next  string
}

const pageSize = 30

// List returns stories, newest change first: all of the clinic's for an organizer,
// those a leader wrote down, a member's own.
func (s *Service) List(ctx context.Context, a access.Actor, after string) (out Page, err error) {
	defer fault.Wrap(&err, "story.List")
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	var rows []row
	var live map[string][]consent.Consent
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err = s.listRows(ctx, tx, a, g, after)
		if err != nil {
			return err
		}
		subjects := make([]string, len(rows))
		for i, r := range rows {
			subjects[i] = r.Subject
		}
		live, err = s.consent.LiveOf(ctx, tx, subjects)
		return err
	})
	if err != nil {
		return out, err
	}
	if len(rows) > pageSize && g.Scope == access.Org {
		last := rows[pageSize-1]
		out.Next, rows = cursor(last), rows[:pageSize]
	}
	words, err := s.openMany(ctx, a.Org, rows)
	if err != nil {
		return out, err
	}
	for i, r := range rows {
		if words[i].Title == "" {
			continue // withdrawn or erased
		}
		out.Lines = append(out.Lines, Line{r.Story, words[i].Title, placesOf(r, live[r.Subject])})
	}
	return out, nil
}

func (s *Service) listRows(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, after string) ([]row, error) {
	switch {
	case g.Scope == access.Org:
		at, key := readCursor(after)
		return newest(ctx, tx, at, key, pageSize+1)
	case a.Has(access.Member):
		rows, err := people.Rows(ctx, tx, a.Person)
		if err != nil {
			return nil, err
		}
		var list []row
		for _, person := range rows {
			of, err := ofSubject(ctx, tx, person)
			if err != nil {
				return nil, err
			}
			list = append(list, of...)
		}
		return list, nil
	}
	return writtenBy(ctx, tx, a.Account, 10*pageSize)
}

func cursor(r row) string { return r.Changed.UTC().Format(time.RFC3339Nano) + "_" + r.ID }

func readCursor(s string) (time.Time, string) {
	at, key, _ := strings.Cut(s, "_")
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return time.Time{}, ""
	}
	return t, key
}

func placesOf(r row, live []consent.Consent) (out []string) {
	if !r.Fresh() {
		return nil
	}
	for _, place := range consent.StoryPlaces() {
		for _, c := range live {
			if c.Purpose == consent.StoryUse && c.Recipient == consent.StoryPlace(place, r.ID) {
				out = append(out, place)
			}
		}
	}
	return out
}

func (s *Service) openMany(ctx context.Context, org string, rows []row) ([]Words, error) {
	out := make([]Words, len(rows))
	var cells []vault.Cell
	var sealed []string
	var at []int
	for i, r := range rows {
		if r.sealed != "" {
			cells, sealed, at = append(cells, cell(org, r, r.Version)), append(sealed, r.sealed), append(at, i)
		}
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return nil, err
	}
	for n, o := range opened {
		if o.Gone {
			continue
		}
		if err := decode(o.Plain, &out[at[n]]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Permission is one place, and until when it is allowed.
type Permission struct {
	Place string
	Until time.Time // zero: not allowed
}

// Edit is one line of the co-editing log.
type Edit struct {
	Version int64
	At      time.Time
	Party   Party
	Account string
}

// Whole is one story as those see it who work on it, and as its teller sees it.
type Whole struct {
	Story
	Words       Words
	Permissions []Permission // every place, in order
	Edits       []Edit
	Uses        []Use
	Receipt     string
}

// Get returns a story whole: to an organizer, to who wrote it down, to its teller.
// Reading is written down.
func (s *Service) Get(ctx context.Context, a access.Actor, story string) (out Whole, err error) {
	defer fault.Wrap(&err, "story.Get")
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	var r row
	var uses []usage
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		out = Whole{}
		if r, err = s.load(ctx, tx, a, g, story); err != nil {
			return err
		}
		if r.State == Withdrawn {
			return fault.Ended("story.error.withdrawn")
		}
		live, err := s.consent.LiveOf(ctx, tx, []string{r.Subject})
		if err != nil {
			return err
		}
		for _, place := range consent.StoryPlaces() {
			p := Permission{Place: place}
			for _, c := range live[r.Subject] {
				if r.Fresh() && c.Purpose == consent.StoryUse && c.Recipient == consent.StoryPlace(place, r.ID) {
					p.Until, out.Receipt = c.ExpiresAt, c.Receipt
				}
			}
			out.Permissions = append(out.Permissions, p)
		}
		log, err := edits(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		for _, e := range log {
			out.Edits = append(out.Edits, Edit{e.version, e.at, e.party, e.account})
		}
		if uses, err = usesOf(ctx, tx, r.ID); err != nil {
			return err
		}
		if party(a) == Teller {
			return nil
		}
		return s.note(ctx, tx, a, g, "read", "", r)
	})
	if err != nil {
		return out, err
	}
	out.Story = r.Story
	if out.Words, err = s.open(ctx, a.Org, r); err != nil {
		return out, err
	}
	for _, u := range uses {
		if u.Where, err = s.vault.Open(ctx, useCell(a.Org, r, u.ID), u.sealed); err != nil {
			return out, err
		}
		out.Uses = append(out.Uses, u.Use)
	}
	return out, nil
}

// ToTakeDown lists the uses that ended and are not down yet, oldest first. Where
// they were is under the teller's key: after an erasure only the place is left.
func (s *Service) ToTakeDown(ctx context.Context, a access.Actor) (out []Use, err error) {
	defer fault.Wrap(&err, "story.ToTakeDown")
	g, err := access.Check(a, needWrite)
	if err != nil {
		return nil, err
	}
	var list []usage
	var rows []row
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		list, rows = nil, nil
		all, err := toTakeDown(ctx, tx)
		if err != nil {
			return err
		}
		for _, u := range all {
			r, err := s.load(ctx, tx, a, g, u.Story)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			list, rows = append(list, u), append(rows, r)
		}
		return nil
	})
	for i := 0; err == nil && i < len(list); i++ {
		u := list[i].Use
		if list[i].sealed != "" {
			u.Where, err = s.vault.Open(ctx, useCell(a.Org, rows[i], u.ID), list[i].sealed)
		}
		if fault.Is(err, fault.Gone) {
			err = nil
		}
		out = append(out, u)
	}
	return out, err
}

const (
	doorTries = 30               // wrong codes of a network in a slot before it is told to wait
	doorSlot  = 15 * time.Minute // after which it may try again
)

// ByCode finds the story of somebody who has only its code, and answers with the
// actor who may do with it what its teller may. Wrong codes are limited by
// network; the right one always opens.
func (s *Service) ByCode(ctx context.Context, a access.Actor, network, typed string) (_ access.Actor, story string, err error) {
	defer fault.Wrap(&err, "story.ByCode")
	if _, err := access.Check(a, access.Need{Resource: "said", Action: access.Create}); err != nil {
		return a, "", err
	}
	code := id.ParseCode(typed)
	if len(code) == codeLength {
		var org string
		var r row
		err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
			org, r, err = byCode(ctx, tx, id.Hash(code))
			return err
		})
		if err == nil {
			return access.Actor{Org: org, Person: r.Subject, Roles: []access.Role{access.Member}, Request: a.Request, Locale: a.Locale}, r.ID, nil
		}
		if !fault.Is(err, fault.NotFound) {
			return a, "", err
		}
	}
	slot := s.clock.Now().UnixMicro() / doorSlot.Microseconds()
	from, err := s.vault.Passing(ctx, a.Org, "story door "+network)
	if err != nil {
		return a, "", err
	}
	var n int64
	if err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		n, err = tries(ctx, tx, from, slot)
		return err
	}); err != nil {
		return a, "", err
	}
	if n >= doorTries {
		return a, "", fault.New(fault.Limited, "")
	}
	if err := s.db.Write(ctx, a.Org, func(tx *db.Tx) error { return countTry(ctx, tx, from, slot) }); err != nil {
		return a, "", err
	}
	return a, "", fault.Wrong(fault.At("code", "story.error.code"))
}
