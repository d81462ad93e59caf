// Merging two rows that are one person, and taking that back. A merge is always
// somebody's decision. It links: encounters, promises and consents stay with the
// row for which they were written, and reading goes over all rows of the person,
// each under its own consent. So taking a merge back loses nothing.
package people

import (
	"context"
	"maps"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/consent"
)

// UndoMergeDays is how long a merge can be taken back.
const UndoMergeDays = 90

// MergeState is whether a merge stands.
type MergeState string

const (
	MergeStands MergeState = "merged"
	MergeUndone MergeState = "undone"
)

// Part is a part of a profile that is chosen from one row or the other.
type Part string

const (
	PartName         Part = "called_name"
	PartPronouns     Part = "pronouns"
	PartWay          Part = "contact" // how, when and with which words
	PartPhone        Part = "phone"
	PartEmail        Part = "email"
	PartLanguages    Part = "lang"
	PartArea         Part = "area"
	PartAvailability Part = "availability"
	PartNeeds        Part = "access_needs"
)

// Parts lists them in the order of the form.
func Parts() []Part {
	return []Part{PartName, PartPronouns, PartWay, PartPhone, PartEmail, PartLanguages, PartArea, PartAvailability, PartNeeds}
}

// under is the field of the consent that a part needs.
func (p Part) under() consent.Field {
	return map[Part]consent.Field{PartName: consent.Name, PartPronouns: consent.Name, PartWay: consent.SafeContact, PartPhone: consent.Phone, PartEmail: consent.Email,
		PartLanguages: consent.Language, PartArea: consent.Area, PartAvailability: consent.Availability, PartNeeds: consent.AccessNeeds}[p]
}

// copyPart takes a part over from another profile; from the zero profile it empties it.
func (p *Profile) copyPart(part Part, from Profile) {
	switch part {
	case PartName:
		p.CalledName = from.CalledName
	case PartPronouns:
		p.Pronouns = from.Pronouns
	case PartWay:
		p.Contact, p.Safe = from.Contact, from.Safe
	case PartPhone:
		p.Phone = from.Phone
	case PartEmail:
		p.Email = from.Email
	case PartLanguages:
		p.Lang, p.MoreLangs = from.Lang, from.MoreLangs
	case PartArea:
		p.Area = from.Area
	case PartAvailability:
		p.Availability = from.Availability
	case PartNeeds:
		p.AccessNeeds = from.AccessNeeds
	}
}

var (
	needMerge   = access.Need{Resource: "merge", Action: access.Create}
	needMerges  = access.Need{Resource: "merge", Action: access.Read}
	needUnmerge = access.Need{Resource: "merge", Action: access.Delete}
)

// Side is one of two people who are compared.
type Side struct {
	Person
	Profile      Profile
	Institutions []string // ids
	Encounters   int
	Open         int // promises still open
}

// Compare shows two people side by side before anybody decides. Looking at how
// to reach them is written down.
func (s *Service) Compare(ctx context.Context, a access.Actor, one, other string) (left, right Side, err error) {
	defer fault.Wrap(&err, "people.Compare")
	g, err := access.Check(a, needMerge)
	if err != nil {
		return left, right, err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		l, r, err := s.pair(ctx, tx, a, g, one, other)
		if err != nil {
			return err
		}
		if left, err = s.side(ctx, tx, l); err != nil {
			return err
		}
		if right, err = s.side(ctx, tx, r); err != nil {
			return err
		}
		for _, id := range []string{l.id, r.id} {
			if err := s.note(ctx, tx, a, g, "reveal", "person", "", id, "merge"); err != nil {
				return err
			}
		}
		return nil
	})
	return left, right, err
}

// pair loads two people who may become one: each of them there, with a consent
// that is live, and not the same already.
func (s *Service) pair(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, one, other string) (l, r row, err error) {
	if l, err = s.load(ctx, tx, a, g, one); err != nil {
		return l, r, err
	}
	if r, err = s.load(ctx, tx, a, g, other); err != nil {
		return l, r, err
	}
	if l.id == r.id {
		return l, r, fault.Clash("people.merge.error.same")
	}
	for _, x := range []row{l, r} {
		if x.state != Active && x.state != Resting {
			return l, r, fault.Clash("people.merge.error.left")
		}
		if err := s.live(ctx, tx, x.id, consent.Name); fault.Is(err, fault.Gone) || fault.Is(err, fault.Forbidden) {
			return l, r, fault.Clash("people.merge.error.left")
		} else if err != nil {
			return l, r, err
		}
	}
	return l, r, nil
}

func (s *Service) side(ctx context.Context, tx *db.Tx, r row) (out Side, err error) {
	if out.Profile, err = s.profileOf(ctx, tx, r); err != nil {
		return out, err
	}
	out.Person = r.person(tx.Org())
	group, err := groupOf(ctx, tx, r.id)
	if err != nil {
		return out, err
	}
	if out.Institutions, err = s.placesNamed(ctx, tx, r.id); err != nil {
		return out, err
	}
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(DISTINCT encounter_id) FROM people_present WHERE org_id=$1 AND person_id IN (`+db.Marks(2, len(group))+`)`, withOrg(tx, group)...)
	if err != nil {
		return out, err
	}
	open, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM people_commitment WHERE org_id=$1 AND state='open' AND person_id IN (`+db.Marks(2, len(group))+`)`, withOrg(tx, group)...)
	out.Encounters, out.Open = int(n), int(open)
	return out, err
}

// placesNamed lists the institutions of a person, each row's under its own consent.
func (s *Service) placesNamed(ctx context.Context, tx *db.Tx, survivor string) ([]string, error) {
	group, err := groupOf(ctx, tx, survivor)
	if err != nil {
		return nil, err
	}
	live, err := s.consent.LiveOf(ctx, tx, group)
	if err != nil {
		return nil, err
	}
	group = slices.DeleteFunc(group, func(id string) bool { return !covers(live[id], consent.Affiliations) })
	if len(group) == 0 {
		return nil, nil
	}
	return db.Column[string](ctx, tx, `SELECT DISTINCT institution_id FROM people_belongs WHERE org_id=$1 AND person_id IN (`+db.Marks(2, len(group))+`) ORDER BY institution_id`,
		withOrg(tx, group)...)
}

// profileOf opens a row's profile as it may be used now: a part that was chosen
// from a merged row is in it only while that row's consent covers it.
func (s *Service) profileOf(ctx context.Context, tx *db.Tx, r row) (Profile, error) {
	opened, err := s.openProfiles(ctx, tx.Org(), []row{r})
	if err != nil {
		return Profile{}, err
	}
	p := opened[0]
	from, err := sources(ctx, tx, r.id)
	if err != nil || len(from) == 0 {
		return p, err
	}
	live, err := s.consent.LiveOf(ctx, tx, slices.Sorted(maps.Values(from)))
	if err != nil {
		return Profile{}, err
	}
	for part, source := range from {
		if !covers(live[source], part.under()) {
			p.copyPart(part, Profile{})
		}
	}
	return p, nil
}

// sources says which parts of a survivor's profile came from which other row.
func sources(ctx context.Context, tx *db.Tx, survivor string) (map[Part]string, error) {
	list, err := mergesInto(ctx, tx, survivor)
	if err != nil {
		return nil, err
	}
	out := map[Part]string{}
	for _, m := range slices.Backward(list) { // a later merge decides
		maps.Copy(out, m.chosen)
	}
	return out, nil
}

// MergeIn says who stays, who is taken in, and which parts of the profile come
// from the one who is taken in.
type MergeIn struct {
	Survivor, Taken string
	Take            []Part
	Key             string // _key
}

// Merge makes one person of two rows and returns the merge's id.
func (s *Service) Merge(ctx context.Context, a access.Actor, in MergeIn) (made string, err error) {
	defer fault.Wrap(&err, "people.Merge")
	g, err := access.Check(a, needMerge)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(in.Take, func(p Part) bool { return !slices.Contains(Parts(), p) }) {
		return "", fault.Wrong(fault.At("take", "contact.error.choose"))
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "people.merge", func() (string, error) {
			return s.merge(ctx, tx, a, g, in)
		})
		return err
	})
	return made, err
}

func (s *Service) merge(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, in MergeIn) (string, error) {
	survivor, taken, err := s.pair(ctx, tx, a, g, in.Survivor, in.Taken)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	m := mergeRow{id: id.New(now), survivor: survivor.id, taken: taken.id, takenState: taken.state, state: MergeStands, chosen: map[Part]string{}, by: a.Account, at: now}
	if len(in.Take) > 0 {
		if err := s.choose(ctx, tx, &m, survivor, taken, in.Take); err != nil {
			return "", err
		}
	}
	if err := putMerge(ctx, tx, m); err != nil {
		return "", err
	}
	if err := setMerged(ctx, tx, taken.id, Merged, survivor.id); err != nil {
		return "", err
	}
	if err := s.note(ctx, tx, a, g, "merge", "merge", m.id, survivor.id, "kept"); err != nil {
		return "", err
	}
	return m.id, s.note(ctx, tx, a, g, "merge", "merge", m.id, taken.id, "taken_in")
}

// choose writes the survivor's profile with the chosen parts as a new version and
// keeps the one before in the merge.
func (s *Service) choose(ctx context.Context, tx *db.Tx, m *mergeRow, survivor, taken row, take []Part) error {
	opened, err := s.openProfiles(ctx, tx.Org(), []row{survivor})
	if err != nil {
		return err
	}
	other, err := s.profileOf(ctx, tx, taken)
	if err != nil {
		return err
	}
	deeper, err := sources(ctx, tx, taken.id)
	if err != nil {
		return err
	}
	p := opened[0]
	for _, part := range take {
		p.copyPart(part, other)
		m.chosen[part] = taken.id
		if from, ok := deeper[part]; ok {
			m.chosen[part] = from
		}
	}
	if p.CalledName == "" {
		return fault.Wrong(fault.At("take", "contact.error.name_missing"))
	}
	if c := p.Contact; (c == consent.ByPhone || c == consent.BySMS) && p.Phone == "" || c == consent.ByMail && p.Email == "" {
		return fault.Wrong(fault.At("take", "people.merge.error.way"))
	}
	m.before, m.beforeVersion, m.beforePhone, m.beforeEmail = survivor.sealed, survivor.version, survivor.phoneBlind, survivor.emailBlind
	if err := s.seal(ctx, tx.Org(), &survivor, p); err != nil {
		return err
	}
	m.version = survivor.version
	return updateRow(ctx, tx, survivor)
}

// Merging is a merge as it is shown: who, when, and whether it can be taken back.
type Merging struct {
	ID, Survivor, Taken string
	By                  string // account
	At                  time.Time
	State               MergeState
	UndoneBy            string
	UndoneAt            time.Time
	Until               time.Time // last moment of taking it back
	CanUndo             bool
	First               string          // the merge that must be taken back before this one
	Took                []Part          // parts that came from the row taken in
	Names               map[string]Card // of both, as far as they may be shown
	Since               []Together      // encounters written down after the merge, for whom they were
	Kept                bool            // the profile was changed after the merge; the undoing put that version aside
}

// undo says whether a merge can be taken back now: in the order in which they
// were made, the last one first, so that each state before is the exact one.
func (s *Service) undo(ctx context.Context, tx *db.Tx, m mergeRow) (first string, err error) {
	if m.state != MergeStands {
		return "", fault.Clash("people.merge.error.undone")
	}
	if s.clock.Now().After(m.at.AddDate(0, 0, UndoMergeDays)) {
		return "", fault.Ended("people.merge.error.late")
	}
	survivor, err := rowByID(ctx, tx, m.survivor)
	if err != nil {
		return "", err
	}
	if _, err := rowByID(ctx, tx, m.taken); err != nil {
		return "", err
	}
	if survivor.state == Merged {
		list, err := mergesAbout(ctx, tx, []string{m.survivor})
		if err != nil {
			return "", err
		}
		for _, o := range list {
			if o.state == MergeStands && o.taken == m.survivor {
				return o.id, fault.Clash("people.merge.error.order")
			}
		}
	}
	list, err := mergesInto(ctx, tx, m.survivor)
	if err != nil {
		return "", err
	}
	if len(list) > 0 && list[0].id != m.id {
		return list[0].id, fault.Clash("people.merge.error.order")
	}
	return "", nil
}

// Unmerge takes a merge back: both rows are again what they were, and what was
// written since stays with the row it was written for.
func (s *Service) Unmerge(ctx context.Context, a access.Actor, which, key string) (err error) {
	defer fault.Wrap(&err, "people.Unmerge(%s)", which)
	g, err := access.Check(a, needUnmerge)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "people.unmerge:"+which, func() (string, error) {
			m, err := mergeByID(ctx, tx, which)
			if err != nil {
				return "", err
			}
			if _, err := s.undo(ctx, tx, m); err != nil {
				return "", err
			}
			return "", s.unmerge(ctx, tx, a, g, m)
		})
		return err
	})
}

func (s *Service) unmerge(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, m mergeRow) error {
	survivor, err := rowByID(ctx, tx, m.survivor)
	if err != nil {
		return err
	}
	if m.version > 0 && survivor.sealed != "" {
		if survivor.version != m.version { // somebody changed it since: that version is not lost
			m.kept, m.keptVersion = survivor.sealed, survivor.version
		}
		survivor.sealed, survivor.version, survivor.phoneBlind, survivor.emailBlind = m.before, m.beforeVersion, m.beforePhone, m.beforeEmail
		if err := updateRow(ctx, tx, survivor); err != nil {
			return err
		}
	}
	if err := setMerged(ctx, tx, m.taken, m.takenState, ""); err != nil {
		return err
	}
	m.state, m.undoneBy, m.undoneAt, m.before = MergeUndone, a.Account, s.clock.Now(), ""
	if err := putMerge(ctx, tx, m); err != nil {
		return err
	}
	for _, who := range []string{m.survivor, m.taken} {
		if err := s.note(ctx, tx, a, g, "unmerge", "merge", m.id, who, ""); err != nil {
			return err
		}
	}
	return nil
}

// Merging shows one merge.
func (s *Service) Merging(ctx context.Context, a access.Actor, which string) (out Merging, err error) {
	defer fault.Wrap(&err, "people.Merging(%s)", which)
	if _, err := access.Check(a, needMerges); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		m, err := mergeByID(ctx, tx, which)
		if err != nil {
			return err
		}
		if out, err = s.merging(ctx, tx, m); err != nil {
			return err
		}
		out.Since, err = s.since(ctx, tx, m)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Names, err = s.Names(ctx, a, []string{out.Survivor, out.Taken})
	return out, err
}

func (s *Service) merging(ctx context.Context, tx *db.Tx, m mergeRow) (Merging, error) {
	out := Merging{ID: m.id, Survivor: m.survivor, Taken: m.taken, By: m.by, At: m.at, State: m.state, UndoneBy: m.undoneBy, UndoneAt: m.undoneAt,
		Until: m.at.AddDate(0, 0, UndoMergeDays), Kept: m.kept != ""}
	for _, p := range Parts() {
		if _, ok := m.chosen[p]; ok {
			out.Took = append(out.Took, p)
		}
	}
	first, err := s.undo(ctx, tx, m)
	out.CanUndo, out.First = err == nil, first
	if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Gone) && !fault.Is(err, fault.NotFound) {
		return out, err
	}
	return out, nil
}

// since lists what was written down for the row taken in after the merge: when it
// is taken back, that goes with it.
func (s *Service) since(ctx context.Context, tx *db.Tx, m mergeRow) ([]Together, error) {
	live, err := s.consent.LiveOf(ctx, tx, []string{m.taken})
	if err != nil || !covers(live[m.taken], consent.Together) {
		return nil, err
	}
	return db.Select(ctx, tx, scanTogether, togetherQuery+` WHERE p.org_id=$1 AND p.person_id=$2 AND e.made_at>=$3 ORDER BY p.at DESC, e.id DESC LIMIT 50`,
		tx.Org(), m.taken, db.Micros(m.at))
}

// MergesOf lists the merges that made a person what they are, the latest first.
func (s *Service) MergesOf(ctx context.Context, a access.Actor, person string) (out []Merging, err error) {
	defer fault.Wrap(&err, "people.MergesOf")
	g, err := access.Check(a, needMerges)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		r, err := s.load(ctx, tx, a, g, person)
		if err != nil {
			return err
		}
		group, err := groupOf(ctx, tx, r.id)
		if err != nil {
			return err
		}
		list, err := mergesAbout(ctx, tx, group)
		if err != nil {
			return err
		}
		for _, m := range list {
			one, err := s.merging(ctx, tx, m)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, err
}

// Resolve says for each id which person it belongs to now. Rooms that hold ids
// count and group by it; they keep the ids they hold.
func Resolve(ctx context.Context, tx *db.Tx, ids []string) (map[string]string, error) {
	out := make(map[string]string, len(ids))
	for some := range slices.Chunk(ids, 500) {
		rows, err := rowsByID(ctx, tx, some)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			root := r
			if r.state == Merged {
				if root, err = survivorOf(ctx, tx, r.mergedInto); err != nil {
					return nil, err
				}
			}
			out[r.id] = root.id
		}
	}
	return out, nil
}

// Rows lists every id under which a person was written down: rooms that hold ids
// read by all of them, so that nothing is lost by a merge nor by taking it back.
func Rows(ctx context.Context, tx *db.Tx, person string) ([]string, error) {
	return groupOfAny(ctx, tx, person)
}
