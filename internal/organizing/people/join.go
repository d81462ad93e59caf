// Coming in: by one's own yes, with what one chooses to leave.
package people

import (
	"context"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// ProfileIn is a form about a person as typed; fields are named as in the form.
type ProfileIn struct {
	contact.In
	Pronouns     string   // pronouns
	MoreLangs    []string // more_langs
	Area         string   // area
	Institutions []string // institutions, ids
	Availability []string // availability
	AccessNeeds  []string // access_needs
}

// JoinIn is somebody coming in, with how they said yes.
type JoinIn struct {
	ProfileIn
	Source      Source
	ConsentLang string // consent_lang; empty means the person's language
	How         string // how: spoken, screen, paper
	Interpreter string // interpreter
	Witness     string // witness
	Owner       string // owner: account of the relationship owner; empty: whoever enters them
	Key         string // _key

	link string // the way in, whose count goes up with them
}

// Joined is a new person. Code opens My information; it is shown or printed now
// and never again.
type Joined struct {
	ID      string
	Code    string // 16 characters; id.GroupCode makes it readable
	Receipt string // number of the consent
}

const codeLength = 16

// shortWords says what is wrong with a word or two: long is what to say of too many.
func shortWords(text, long string) string {
	if utf8.RuneCountInString(text) > 30 {
		return long
	}
	if hits := guard.CheckName(text); len(hits) > 0 {
		return guard.KindsOf(hits)[0].Label()
	}
	return ""
}

// profile checks a form and collects everything that is wrong with it.
func (in ProfileIn) profile(region string) (Profile, []fault.Field) {
	d, bad := in.In.Read(region)
	p := Profile{CalledName: d.CalledName, Contact: d.Way, Phone: d.Phone, Email: d.Email, Lang: d.Lang, Safe: d.Safe,
		Pronouns: contact.OneLine(in.Pronouns), Area: contact.OneLine(in.Area)}
	wrong := func(name, key string) { bad = append(bad, fault.At(name, key)) }
	if key := shortWords(p.Pronouns, "people.error.pronouns"); key != "" {
		wrong("pronouns", key)
	}
	// A street has a number; a neighbourhood seldom does.
	if !goodArea(p.Area) {
		wrong("area", "people.error.area")
	}
	for _, l := range in.MoreLangs {
		if !contact.Language(l) {
			wrong("more_langs", "contact.error.choose")
			break
		}
		if l != p.Lang && !slices.Contains(p.MoreLangs, l) {
			p.MoreLangs = append(p.MoreLangs, l)
		}
	}
	var ok bool
	if p.Availability, ok = pick(in.Availability, Times()); !ok {
		wrong("availability", "contact.error.choose")
	}
	if p.AccessNeeds, ok = pick(in.AccessNeeds, Needs()); !ok {
		wrong("access_needs", "contact.error.choose")
	}
	return p, bad
}

// pick keeps the chosen ones in the order of the list; ok is false when one is not on it.
func pick(chosen, list []string) (out []string, ok bool) {
	for _, v := range list {
		if slices.Contains(chosen, v) {
			out = append(out, v)
		}
	}
	return out, !slices.ContainsFunc(chosen, func(v string) bool { return !slices.Contains(list, v) })
}

// Holds is what a record of this person keeps: only what is there, and what they
// do together.
func (p Profile) Holds(institutions int) []consent.Field {
	out := []consent.Field{consent.Name}
	add := func(have bool, f consent.Field) {
		if have {
			out = append(out, f)
		}
	}
	add(p.Phone != "", consent.Phone)
	add(p.Email != "", consent.Email)
	out = append(out, consent.Language, consent.SafeContact)
	add(p.Area != "", consent.Area)
	add(institutions > 0, consent.Affiliations)
	add(len(p.Availability) > 0, consent.Availability)
	add(len(p.AccessNeeds) > 0, consent.AccessNeeds)
	return append(out, consent.Together)
}

// Join brings somebody in: key, consent, record, in that order; one transaction
// holds the consent and the record. The same form joins once; a repetition
// answers with the same person and a fresh code, because the first is not stored.
func (s *Service) Join(ctx context.Context, a access.Actor, in JoinIn) (out Joined, err error) {
	defer fault.Wrap(&err, "people.Join")
	need := needJoin
	if in.Source == ByLink {
		need = access.Need{Resource: "join", Action: access.Create}
	}
	g, err := access.Check(a, need)
	if err != nil {
		return out, err
	}
	p, bad := in.profile(s.region(ctx, a.Org))
	if !slices.Contains(Sources(), in.Source) {
		bad = append(bad, fault.At("source", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return out, fault.Wrong(bad...)
	}
	now := s.clock.Now()
	person := id.New(now)
	if err := s.vault.CreatePerson(ctx, a.Org, person); err != nil { // the key first, then the data
		return out, err
	}
	code := id.Code(codeLength)
	fresh := false
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		fresh = false
		made, err := idem.Once(ctx, tx, now, a.Name(), in.Key, "people.join", func() (string, error) {
			fresh = true
			c, err := s.giveRecord(ctx, tx, a, person, p, in)
			if err != nil {
				return "", err
			}
			out.Receipt = c.Receipt
			r := row{id: person, state: Active, source: in.Source, owner: in.Owner, joined: now, last: now, codeHash: id.Hash(code)}
			if r.owner == "" && a.SignedIn() {
				r.owner = a.Account
			}
			if err := s.seal(ctx, tx.Org(), &r, p); err != nil {
				return "", err
			}
			if err := insertRow(ctx, tx, r); err != nil {
				return "", err
			}
			if err := s.belong(ctx, tx, person, in.Institutions); err != nil {
				return "", err
			}
			if in.link != "" {
				if err := joinedBy(ctx, tx, in.link); err != nil {
					return "", err
				}
			}
			return person, s.note(ctx, tx, a, g, "join", "person", "", person, string(in.Source))
		})
		if err != nil || fresh {
			out.ID = made
			return err
		}
		out.ID = made
		r, err := rowByID(ctx, tx, made)
		if err != nil {
			return err
		}
		if r.state == Departed { // an old form opens nothing again
			return fault.Ended("people.error.left")
		}
		r.codeHash = id.Hash(code)
		return updateRow(ctx, tx, r)
	})
	if err != nil || !fresh { // the key of somebody who did not come in
		if e := s.vault.ErasePerson(context.WithoutCancel(ctx), a.Org, person); e != nil {
			s.log.Error("an unused key could not be erased", "err", e)
		}
	}
	if err != nil {
		return Joined{}, err
	}
	out.Code = code
	return out, nil
}

// giveRecord writes down the consent to a record of what the form holds.
func (s *Service) giveRecord(ctx context.Context, tx *db.Tx, a access.Actor, person string, p Profile, in JoinIn) (consent.Consent, error) {
	lang := in.ConsentLang
	if lang == "" {
		lang = p.Lang
	}
	if !slices.Contains(consent.Languages(), lang) {
		lang = "en" // read aloud with an interpreter, who is noted
	}
	by := a
	if !a.SignedIn() {
		by = access.Machine(a.Org) // the person's own screen
	}
	holds := p.Holds(len(in.Institutions))
	if in.Source == FromIntroduction { // they were asked for their name and how to reach them, for no more
		holds = slices.DeleteFunc(holds, func(f consent.Field) bool { return f == consent.Together })
	}
	return s.consent.Give(ctx, tx, by, consent.Terms{Subject: person, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing,
		Fields: holds, Channel: p.Contact, Language: lang},
		consent.Obtained{How: consent.How(in.How), Interpreter: consent.Helper(in.Interpreter), Witness: consent.Helper(in.Witness)})
}

// belong stores which institutions somebody names; unknown ones are a mistake at the field.
func (s *Service) belong(ctx context.Context, tx *db.Tx, person string, ids []string) error {
	if len(ids) > 0 {
		have, err := institutions(ctx, tx)
		if err != nil {
			return err
		}
		for _, want := range ids {
			if !slices.ContainsFunc(have, func(i Institution) bool { return i.ID == want && !i.Closed }) {
				return fault.Wrong(fault.At("institutions", "contact.error.choose"))
			}
		}
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	return setBelongs(ctx, tx, person, ids)
}

func profileCell(org, person string, version int64) vault.Cell {
	return vault.Cell{Org: org, Person: person, Table: "people_person", Column: "sealed", Row: person, Version: version}
}

// seal writes the profile into the row under the next version.
func (s *Service) seal(ctx context.Context, org string, r *row, p Profile) error {
	plain, err := json.Marshal(p)
	if err != nil {
		return err
	}
	r.version++
	if r.sealed, err = s.vault.Seal(ctx, profileCell(org, r.id, r.version), string(plain)); err != nil {
		return err
	}
	r.phoneBlind, r.emailBlind = "", ""
	if p.Phone != "" {
		if r.phoneBlind, err = s.vault.Blind(ctx, org, vault.Phone, p.Phone); err != nil {
			return err
		}
	}
	if p.Email != "" {
		r.emailBlind, err = s.vault.Blind(ctx, org, vault.Email, p.Email)
	}
	return err
}

// openProfiles opens a page of rows at once; erased people stay empty.
func (s *Service) openProfiles(ctx context.Context, org string, rows []row) ([]Profile, error) {
	out := make([]Profile, len(rows))
	var cells []vault.Cell
	var sealed []string
	var at []int
	for i, r := range rows {
		if r.sealed != "" {
			cells, sealed, at = append(cells, profileCell(org, r.id, r.version)), append(sealed, r.sealed), append(at, i)
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
		if err := json.Unmarshal([]byte(o.Plain), &out[at[n]]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// SaveInstitution makes or changes an institution; an empty id makes one.
func (s *Service) SaveInstitution(ctx context.Context, a access.Actor, i Institution, key string) (made string, err error) {
	defer fault.Wrap(&err, "people.SaveInstitution")
	g, err := access.Check(a, needPlace)
	if err != nil {
		return "", err
	}
	var bad []fault.Field
	if i.Name = contact.OneLine(i.Name); i.Name == "" || utf8.RuneCountInString(i.Name) > 80 {
		bad = append(bad, fault.At("name", "people.error.institution"))
	}
	if !slices.Contains(InstitutionKinds(), i.Kind) {
		bad = append(bad, fault.At("kind", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), key, "people.institution", func() (string, error) {
			if i.ID == "" {
				i.ID = id.New(now)
			} else if _, err := db.One[string](ctx, tx, `SELECT id FROM people_institution WHERE org_id=$1 AND id=$2`, tx.Org(), i.ID); err != nil {
				return "", err
			}
			if err := saveInstitution(ctx, tx, i); err != nil {
				return "", err
			}
			return i.ID, s.note(ctx, tx, a, g, "save", "institution", i.ID, "", "")
		})
		return err
	})
	return made, err
}

// Institutions lists them by name, closed ones included.
func (s *Service) Institutions(ctx context.Context, a access.Actor) (list []Institution, err error) {
	defer fault.Wrap(&err, "people.Institutions")
	if _, err := access.Check(a, needPlaces); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		list, err = institutions(ctx, tx)
		return err
	})
	return list, err
}

// Preview checks a form and returns what would be kept; it stores nothing.
func (s *Service) Preview(ctx context.Context, a access.Actor, in ProfileIn) (p Profile, err error) {
	defer fault.Wrap(&err, "people.Preview")
	if _, err := access.Check(a, needJoin); err != nil {
		return p, err
	}
	p, bad := in.profile(s.region(ctx, a.Org))
	if len(bad) > 0 {
		return p, fault.Wrong(bad...)
	}
	return p, nil
}

// Places lists institutions for whoever sees somebody who may name them; closed ones included.
func (s *Service) Places(ctx context.Context, a access.Actor) (list []Institution, err error) {
	defer fault.Wrap(&err, "people.Places")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		list, err = institutions(ctx, tx)
		return err
	})
	return list, err
}
