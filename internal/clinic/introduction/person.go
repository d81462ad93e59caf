// What is known about a person, and how it is checked. All of it is sealed
// together under the person's own key; there is no field for anything else.
package introduction

import (
	"context"
	"encoding/json"
	"slices"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// The form of how somebody is reached is the same in both rooms.
type (
	Safe  = contact.Safe
	Words = contact.Words
)

// WordsFirstName is what callers say unless the person wants something else.
const WordsFirstName = contact.WordsFirstName

// Person is everything that identifies somebody here.
type Person struct {
	CalledName string          `json:"called_name"`
	Contact    consent.Channel `json:"contact"`
	Phone      string          `json:"phone,omitempty"` // E.164
	Email      string          `json:"email,omitempty"`
	Lang       string          `json:"lang"`
	Topics     []string        `json:"topics,omitempty"`
	Safe       Safe            `json:"safe"`
}

// Only keeps the fields of the list: what a recipient gets to see.
func (p Person) Only(fields []consent.Field) Person {
	var out Person
	has := func(f consent.Field) bool { return slices.Contains(fields, f) }
	if has(consent.Name) {
		out.CalledName = p.CalledName
	}
	if has(consent.Phone) {
		out.Phone, out.Contact = p.Phone, p.Contact
	}
	if has(consent.Email) {
		out.Email, out.Contact = p.Email, p.Contact
	}
	if has(consent.Language) {
		out.Lang = p.Lang
	}
	if has(consent.Topics) {
		out.Topics = slices.Clone(p.Topics)
	}
	if has(consent.SafeContact) {
		out.Safe, out.Contact = p.Safe, p.Contact // in person there is neither number nor address
		out.Safe.Days = slices.Clone(p.Safe.Days)
	}
	return out
}

// Shares is what a group would be told: only what is there and what it needs.
func (p Person) Shares() []consent.Field {
	out := []consent.Field{consent.Name}
	if p.Phone != "" {
		out = append(out, consent.Phone)
	}
	if p.Email != "" {
		out = append(out, consent.Email)
	}
	out = append(out, consent.Language)
	if len(p.Topics) > 0 {
		out = append(out, consent.Topics)
	}
	return append(out, consent.SafeContact)
}

// PersonIn is the part of a form that describes a person; fields are named as in the form.
type PersonIn struct {
	CalledName  string   // called_name
	Contact     string   // contact
	Phone       string   // phone, as typed
	Email       string   // email
	Lang        string   // lang
	Topics      []string // topics
	HoursFrom   string   // hours_from, "19:00"
	HoursUntil  string   // hours_until
	Days        []string // days, "1" Monday … "6" Saturday, "0" Sunday
	NoVoicemail bool     // no_voicemail
	Words       string   // words
}

// person checks a form and collects everything that is wrong with it.
func (in PersonIn) person(region string) (Person, []fault.Field) {
	d, bad := contact.In{CalledName: in.CalledName, Contact: in.Contact, Phone: in.Phone, Email: in.Email, Lang: in.Lang,
		HoursFrom: in.HoursFrom, HoursUntil: in.HoursUntil, Days: in.Days, NoVoicemail: in.NoVoicemail, Words: in.Words}.Read(region)
	p := Person{CalledName: d.CalledName, Contact: d.Way, Phone: d.Phone, Email: d.Email, Lang: d.Lang, Safe: d.Safe}
	for _, t := range in.Topics {
		if !directory.Topic(t).Valid() {
			bad = append(bad, fault.At("topics", "introduction.error.choose"))
			break
		}
		if !slices.Contains(p.Topics, t) {
			p.Topics = append(p.Topics, t)
		}
	}
	return p, bad
}

func cell(org, person, row string, version int64) vault.Cell {
	return vault.Cell{Org: org, Person: person, Table: "introduction", Column: "sealed", Row: row, Version: version}
}

// seal writes the person into the row under the next version.
func (s *Service) seal(ctx context.Context, org string, r *row, p Person) error {
	plain, err := json.Marshal(p)
	if err != nil {
		return err
	}
	r.sealedVersion++
	if r.sealed, err = s.vault.Seal(ctx, cell(org, r.person, r.id, r.sealedVersion), string(plain)); err != nil {
		return err
	}
	r.phoneBlind = ""
	if p.Phone != "" {
		r.phoneBlind, err = s.vault.Blind(ctx, org, vault.Phone, p.Phone)
	}
	return err
}

// open reads the person of a row. After an erasure it is fault.Gone.
func (s *Service) open(ctx context.Context, org string, r row) (p Person, err error) {
	if r.person == "" || r.sealed == "" {
		return p, fault.Ended("introduction.error.erased")
	}
	plain, err := s.vault.Open(ctx, cell(org, r.person, r.id, r.sealedVersion), r.sealed)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(plain), &p)
}

// openPage opens a page of rows at once; erased people stay empty.
func (s *Service) openPage(ctx context.Context, org string, rows []row) ([]Person, error) {
	out := make([]Person, len(rows))
	var cells []vault.Cell
	var sealed []string
	var at []int
	for i, r := range rows {
		if r.person != "" && r.sealed != "" {
			cells, sealed, at = append(cells, cell(org, r.person, r.id, r.sealedVersion)), append(sealed, r.sealed), append(at, i)
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
