// Encounters: what happened, when, with whom. Other rooms write theirs here in
// their own transaction, so that a meeting and the timelines of those who were
// there can never disagree.
package people

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// longestEncounter is a training weekend.
const longestEncounter = 3 * 24 * 60

// RecordIn writes an encounter in the caller's transaction and returns its id.
// With a Ref, the encounter of that ref is changed; people who are no longer in
// Present leave it. Everybody present must be in the organizing room with a live
// consent to a record of what is done together; others are counted in Others.
// The caller writes its own audit row.
func (s *Service) RecordIn(ctx context.Context, tx *db.Tx, a access.Actor, e Encounter) (_ string, err error) {
	defer fault.Wrap(&err, "people.RecordIn(%s)", e.Kind)
	if _, err := access.Check(a, needMeet); err != nil {
		return "", err
	}
	if err := e.wrong(); err != nil {
		return "", err
	}
	now := s.clock.Now()
	if e.Ref != "" {
		old, found, err := encounterByRef(ctx, tx, e.Ref)
		if err != nil {
			return "", err
		}
		if found {
			e.ID, e.Version = old.ID, old.Version
		}
	}
	if e.ID == "" {
		e.ID = id.New(now)
	}
	e.Version++
	if e.Account == "" {
		e.Account = a.Account
	}
	if err := putEncounter(ctx, tx, e, db.Micros(now)); err != nil {
		return "", err
	}
	before, err := presentAt(ctx, tx, e.ID)
	if err != nil {
		return "", err
	}
	for _, p := range before {
		if !slices.ContainsFunc(e.Present, func(n Presence) bool { return n.Person == p.Person }) {
			if err := dropPresent(ctx, tx, e.ID, p.Person); err != nil {
				return "", err
			}
		}
	}
	for _, p := range e.Present {
		if err := s.present(ctx, tx, e, p); err != nil {
			return "", err
		}
	}
	return e.ID, nil
}

func (s *Service) present(ctx context.Context, tx *db.Tx, e Encounter, p Presence) error {
	// Somebody who was merged stays who they were written down as: readers go over
	// all rows of a person, and a merge can be taken back.
	if _, err := rowByID(ctx, tx, p.Person); err != nil {
		return err
	}
	if err := s.TogetherIn(ctx, tx, p.Person, "person"); err != nil {
		return err
	}
	if p.Role == "" {
		p.Role = Attended
	}
	if err := putPresent(ctx, tx, e, p); err != nil {
		return err
	}
	if e.State == Held || e.State == Evaluated {
		return touched(ctx, tx, p.Person, e.At, e.Kind == OneToOne)
	}
	return nil
}

// wrong names what cannot be right about an encounter, at the fields of its form.
func (e Encounter) wrong() error {
	var bad []fault.Field
	choose := func(ok bool, field string) {
		if !ok {
			bad = append(bad, fault.At(field, "contact.error.choose"))
		}
	}
	choose(slices.Contains(Kinds(), e.Kind), "kind")
	choose(e.Kind != OneToOne || slices.Contains(Purposes(), e.Purpose), "purpose")
	choose(slices.Contains([]EncounterState{Planned, Held, Evaluated, Cancelled, NoShow}, e.State), "state")
	choose(e.Place == "" || slices.Contains(Places(), e.Place), "place")
	choose(e.Language == "" || contact.Language(e.Language), "lang")
	choose(e.LedBy == "" || e.LedBy == ByStaff || e.LedBy == ByLeader, "led_by")
	choose(e.Readers == "" || slices.Contains(ReaderChoices(), e.Readers), "readers")
	if e.At.IsZero() {
		bad = append(bad, fault.At("date", "people.error.date"))
	}
	if e.Minutes < 0 || e.Minutes > longestEncounter {
		bad = append(bad, fault.At("minutes", "people.error.minutes"))
	}
	if e.Others < 0 || e.Others > 100000 {
		bad = append(bad, fault.At("others", "people.error.others"))
	}
	for _, p := range e.Present {
		choose(p.Role == "" || slices.Contains(Roles(), p.Role), "role")
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// Together is one line of a person's timeline.
type Together struct {
	Encounter
	Role Role
}

// Timeline returns a page of a person's encounters, newest first, before a time.
func (s *Service) Timeline(ctx context.Context, a access.Actor, person string, before time.Time, limit int) (out []Together, err error) {
	defer fault.Wrap(&err, "people.Timeline")
	g, err := access.Check(a, needMet)
	if err != nil {
		return nil, err
	}
	at := int64(1) << 62
	if !before.IsZero() {
		at = db.Micros(before)
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		r, err := s.load(ctx, tx, a, g, person)
		if err != nil {
			return err
		}
		ids, err := s.liveGroup(ctx, tx, r.id, consent.Together)
		if err != nil || len(ids) == 0 {
			return err
		}
		list, err := db.Select(ctx, tx, scanTogether, togetherQuery+` WHERE p.org_id=$1 AND p.person_id IN (`+db.Marks(4, len(ids))+`) AND p.at<$2
			ORDER BY p.at DESC, e.id DESC LIMIT $3`, append([]any{tx.Org(), at, int64(limit + len(ids))}, withOrg(tx, ids)[1:]...)...)
		for _, t := range list {
			if n := len(out); n < limit && (n == 0 || out[n-1].ID != t.ID) { // two rows of one person at one meeting
				out = append(out, t)
			}
		}
		return err
	})
	return out, err
}

const togetherQuery = `SELECT e.id, e.kind, e.purpose, e.state, e.at, e.minutes, e.place, e.language, e.led_by, e.account_id, e.ref, e.others, e.readers, e.version, p.role
	FROM people_present p JOIN people_encounter e ON e.org_id=p.org_id AND e.id=p.encounter_id`

func scanTogether(sc db.Scanner) (t Together, err error) {
	var at int64
	err = sc.Scan(&t.ID, &t.Kind, &t.Purpose, &t.State, &at, &t.Minutes, &t.Place, &t.Language, &t.LedBy, &t.Account, &t.Ref, &t.Others, &t.Readers, &t.Version, &t.Role)
	t.At = db.Time(at)
	return t, err
}
