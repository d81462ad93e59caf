// One-to-ones: written down in two minutes afterwards, on a phone, perhaps without
// a line. The same form sent again is the same one-to-one, in whatever order forms
// arrive; a change names the version it began from.
package people

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// OneToOneIn is the form "after a one-to-one".
type OneToOneIn struct {
	Person  string // person, when it is known
	Name    string // name, as typed without a line: found when the form arrives
	Purpose Purpose
	At      time.Time // of the conversation
	Minutes int
	Place   string
	Note    Note
	Mine    bool // who: the writer promised, not the person
	Agreed  string
	Due     time.Time
	Remind  bool
	Readers Readers
	Version int64     // of a change: what it began from
	Written time.Time // when the form was filled in; zero: now
	Key     string    // _key
}

// Said is a one-to-one as its readers see it.
type Said struct {
	Encounter
	Person string
	Note   Note
	Agreed *Commitment
	Mine   bool // the actor wrote it
}

func (in *OneToOneIn) wrong(now time.Time) (bad []fault.Field) {
	bad = in.Note.tidy()
	add := func(ok bool, field, key string) {
		if !ok {
			bad = append(bad, fault.At(field, key))
		}
	}
	add(slices.Contains(Purposes(), in.Purpose), "purpose", "contact.error.choose")
	add(!in.At.IsZero() && !in.At.After(now.Add(36*time.Hour)), "date", "people.error.date_past")
	add(in.Minutes > 0 && in.Minutes <= 600, "minutes", "people.error.minutes")
	add(slices.Contains(Places(), in.Place), "place", "contact.error.choose")
	add(slices.Contains(ReaderChoices(), in.Readers), "readers", "contact.error.choose")
	in.Agreed = contact.OneLine(in.Agreed)
	add(utf8.RuneCountInString(in.Agreed) <= longestPromise, "agreed", "people.error.what")
	add(in.Agreed == "" || !in.Due.IsZero(), "due", "people.error.date")
	add(in.Due.IsZero() || in.Agreed != "", "agreed", "people.error.what")
	return bad
}

// LogOneToOne writes down a one-to-one with what was agreed. Somebody who has not
// agreed to be kept cannot be written about: fault.Invalid at name, so that the
// form leads to asking for their yes.
func (s *Service) LogOneToOne(ctx context.Context, a access.Actor, in OneToOneIn) (made string, err error) {
	defer fault.Wrap(&err, "people.LogOneToOne")
	g, err := access.Check(a, needMeet)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	if in.Written.IsZero() || in.Written.After(now) {
		in.Written = now
	}
	bad := in.wrong(now)
	if in.Person == "" && contact.OneLine(in.Name) == "" {
		bad = append(bad, fault.At("name", "people.error.who"))
	}
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	if in.Person == "" {
		found, err := s.Called(ctx, a, in.Name)
		if err != nil {
			return "", err
		}
		switch len(found) {
		case 0:
			return "", fault.Wrong(fault.At("name", "people.error.nobody"))
		case 1:
			in.Person = found[0].ID
		default:
			return "", fault.Wrong(fault.At("name", "people.error.several"))
		}
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "people.one_to_one", func() (string, error) {
			return s.logOne(ctx, tx, a, g, in)
		})
		return err
	})
	return made, err
}

// Called lists the people with exactly this name, whom the actor may see.
func (s *Service) Called(ctx context.Context, a access.Actor, name string) (out []Card, err error) {
	defer fault.Wrap(&err, "people.Called")
	want := fold.Text(contact.OneLine(name))
	found, err := s.Find(ctx, a, name, 50)
	if err != nil || want == "" {
		return nil, err
	}
	for _, c := range found {
		if fold.Text(c.Name) == want {
			out = append(out, c)
		}
	}
	if len(out) == 0 && len(found) == 1 {
		return found, nil // "Thu" when there is one Thu
	}
	if len(out) == 0 {
		return found, nil
	}
	return out, nil
}

func (s *Service) logOne(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, in OneToOneIn) (string, error) {
	r, err := survivorOf(ctx, tx, in.Person)
	if err != nil {
		return "", err
	}
	if err := s.mayTouch(ctx, tx, a, g, r); err != nil {
		return "", err
	}
	e := Encounter{ID: id.New(in.Written), Kind: OneToOne, State: Held, Version: 1}
	if in.Key != "" { // the same form is the same row, also in another database
		e.ID = id.Derive(tx.Org(), "one-to-one "+a.Name()+" "+in.Key)
	}
	if err := s.writeOne(ctx, tx, a, e, r.id, in); err != nil {
		return "", err
	}
	return e.ID, s.note(ctx, tx, a, g, "create", "encounter", e.ID, r.id, string(OneToOne))
}

// writeOne stores the encounter, the note and the promise of a one-to-one.
func (s *Service) writeOne(ctx context.Context, tx *db.Tx, a access.Actor, e Encounter, person string, in OneToOneIn) error {
	e.Purpose, e.At, e.Minutes, e.Place, e.Readers = in.Purpose, in.At, in.Minutes, in.Place, in.Readers
	if e.Account == "" {
		e.Account, e.LedBy = a.Account, ByStaff
		if !a.Has(access.Organizer) {
			e.LedBy = ByLeader
		}
	}
	if err := s.live(ctx, tx, person, consent.Name); fault.Is(err, fault.Gone) || fault.Is(err, fault.Forbidden) {
		return fault.Wrong(fault.At("name", "people.error.nobody"))
	} else if err != nil {
		return err
	}
	if err := s.TogetherIn(ctx, tx, person, "name"); err != nil {
		return err
	}
	for _, k := range in.Note.Knows {
		if _, err := db.One[string](ctx, tx, `SELECT id FROM people_institution WHERE org_id=$1 AND id=$2`, tx.Org(), k); err != nil {
			if fault.Is(err, fault.NotFound) {
				return fault.Wrong(fault.At("knows", "contact.error.choose"))
			}
			return err
		}
	}
	if err := putEncounter(ctx, tx, e, db.Micros(in.Written)); err != nil {
		return err
	}
	if err := s.present(ctx, tx, e, Presence{Person: person, Role: Attended}); err != nil {
		return err
	}
	if a.Person != "" && a.Person != person && e.Account == a.Account && e.LedBy == ByLeader {
		if err := s.present(ctx, tx, e, Presence{Person: a.Person, Role: Led}); err != nil && !fault.Is(err, fault.Gone) && !fault.Is(err, fault.Invalid) {
			return err
		}
	}
	if err := s.putNote(ctx, tx, e.ID, person, e.Version, in.Note); err != nil {
		return err
	}
	return s.agree(ctx, tx, a, e, person, in)
}

// agree stores what was agreed; a change of the form changes it while it is open.
func (s *Service) agree(ctx context.Context, tx *db.Tx, a access.Actor, e Encounter, person string, in OneToOneIn) error {
	c := Commitment{ID: id.Derive(tx.Org(), "agreed "+e.ID), Encounter: e.ID, Due: in.Due, State: Open, Made: in.Written, What: in.Agreed, Remind: in.Remind}
	old, err := promiseByID(ctx, tx, c.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	was := err == nil
	switch {
	case was && old.State != Open: // settled since: it stays as it is
		return nil
	case was && in.Agreed == "":
		old.State, old.Ended = Released, s.clock.Now()
		return putPromise(ctx, tx, old)
	case in.Agreed == "":
		return nil
	}
	if in.Mine {
		c.Account, c.ToPerson = a.Account, person
	} else {
		c.Person, c.ToAccount = person, a.Account
	}
	version := int64(1)
	if was {
		c.Made, version = old.Made, old.version+1
		c.Account, c.Person, c.ToAccount, c.ToPerson = old.Account, old.Person, old.ToAccount, old.ToPerson
	}
	p := promise{Commitment: c, version: version}
	if p.sealed, err = s.vault.Seal(ctx, promiseCell(tx.Org(), c, version), c.What); err != nil {
		return err
	}
	if err := putPromise(ctx, tx, p); err != nil {
		return err
	}
	return s.remind(ctx, tx, c)
}

// ChangeOneToOne corrects a one-to-one; only who wrote it may. A change that began
// from an older version is fault.Stale: both are shown, and a person decides.
func (s *Service) ChangeOneToOne(ctx context.Context, a access.Actor, which string, in OneToOneIn) (err error) {
	defer fault.Wrap(&err, "people.ChangeOneToOne(%s)", which)
	g, err := access.Check(a, needMeetAgain)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	in.Written = now
	if bad := in.wrong(now); len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), in.Key, "people.one_to_one:"+which, func() (string, error) {
			e, err := encounterByID(ctx, tx, which)
			if err != nil {
				return "", err
			}
			if e.Kind != OneToOne || e.Account != a.Account {
				return "", fault.Missing("another's one-to-one")
			}
			if e.Version != in.Version {
				return "", fault.Stale()
			}
			l, err := noteOf(ctx, tx, which)
			if err != nil {
				return "", err
			}
			e.Version++
			if err := s.writeOne(ctx, tx, a, e, l.person, in); err != nil {
				return "", err
			}
			return which, s.note(ctx, tx, a, g, "update", "encounter", e.ID, l.person, string(OneToOne))
		})
		return err
	})
}

// OneToOneOf opens one with its note, for whoever may read it; that is written down.
func (s *Service) OneToOneOf(ctx context.Context, a access.Actor, which string) (out Said, err error) {
	defer fault.Wrap(&err, "people.OneToOneOf(%s)", which)
	g, err := access.Check(a, needMet)
	if err != nil {
		return out, err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if out, err = s.said(ctx, tx, a, which); err != nil {
			return err
		}
		if out.Mine || a.Person == out.Person {
			return nil
		}
		return s.note(ctx, tx, a, g, "read", "encounter", which, out.Person, "note")
	})
	return out, err
}

func (s *Service) said(ctx context.Context, tx *db.Tx, a access.Actor, which string) (out Said, err error) {
	if out.Encounter, err = encounterByID(ctx, tx, which); err != nil {
		return out, err
	}
	l, err := noteOf(ctx, tx, which)
	if err != nil {
		return out, err
	}
	if out.Kind != OneToOne {
		return out, fault.Missing("not a one-to-one")
	}
	if err := s.live(ctx, tx, l.person, consent.Together); err != nil {
		return out, fault.Missing("no consent")
	}
	may, err := s.mayRead(ctx, tx, a, out.Encounter, l.person)
	if err != nil {
		return out, err
	}
	if !may {
		return out, fault.Missing("another's note")
	}
	out.Person, out.Mine = l.person, a.Account != "" && a.Account == out.Account
	if out.Note, err = s.openNote(ctx, tx.Org(), l); err != nil {
		return out, err
	}
	p, err := promiseByID(ctx, tx, id.Derive(tx.Org(), "agreed "+which))
	if fault.Is(err, fault.NotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	list, err := s.openPromises(ctx, tx.Org(), []promise{p})
	if len(list) == 1 {
		out.Agreed = &list[0]
	}
	return out, err
}

// NotesAbout lists the one-to-ones of a person with notes, as far as the actor may
// read them, the newest first.
func (s *Service) NotesAbout(ctx context.Context, a access.Actor, person string) (out []Said, err error) {
	defer fault.Wrap(&err, "people.NotesAbout")
	g, err := access.Check(a, needMet)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		r, err := s.load(ctx, tx, a, g, person)
		if err != nil {
			return err
		}
		group, err := s.liveGroup(ctx, tx, r.id, consent.Together)
		if err != nil || len(group) == 0 {
			return err
		}
		list, err := notesOf(ctx, tx, group)
		if err != nil {
			return err
		}
		for _, which := range list {
			said, err := s.said(ctx, tx, a, which)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, said)
		}
		return nil
	})
	return out, err
}
