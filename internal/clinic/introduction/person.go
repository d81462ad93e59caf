// What is known about a person, and how it is checked. All of it is sealed
// together under the person's own key; there is no field for anything else.
package introduction

import (
	"context"
	"encoding/json"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
)

// ContactWays lists how a person can want to be reached. "In person" needs no address.
func ContactWays() []consent.Channel {
	return []consent.Channel{consent.ByPhone, consent.BySMS, consent.ByMail, consent.InPerson}
}

// Words is how a caller introduces themselves; a list, so that nothing slips in.
type Words string

const (
	WordsFirstName Words = "first_name" // only a first name
	WordsGroup     Words = "group"      // the group's name is fine
	WordsNeighbour Words = "neighbour"  // "from the neighbourhood"
	WordsLibrary   Words = "library"    // "from the library"
)

// WordChoices lists the choices.
func WordChoices() []Words { return []Words{WordsFirstName, WordsGroup, WordsNeighbour, WordsLibrary} }

// Safe is when and how the person may be contacted. Hours are minutes of the
// local day; From == Until means any time. No days means any day.
type Safe struct {
	From        int            `json:"from,omitempty"`
	Until       int            `json:"until,omitempty"`
	Days        []time.Weekday `json:"days,omitempty"`
	NoVoicemail bool           `json:"no_voicemail,omitempty"`
	Words       Words          `json:"words,omitempty"`
}

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

var (
	langCode = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$`)
	clockFmt = regexp.MustCompile(`^([01]?[0-9]|2[0-3]):([0-5][0-9])$`)
	siteCode = regexp.MustCompile(`^[A-Za-z0-9_.-]{0,64}$`)
)

// person checks a form and collects everything that is wrong with it.
func (in PersonIn) person(region string) (Person, []fault.Field) {
	p := Person{CalledName: oneLine(in.CalledName), Contact: consent.Channel(in.Contact), Email: strings.ToLower(strings.TrimSpace(in.Email)),
		Lang: strings.TrimSpace(in.Lang), Safe: Safe{NoVoicemail: in.NoVoicemail, Words: Words(in.Words)}}
	var bad []fault.Field
	wrong := func(name, key string) { bad = append(bad, fault.At(name, key)) }
	switch n := utf8.RuneCountInString(p.CalledName); {
	case n == 0:
		wrong("called_name", "introduction.error.name_missing")
	case n > 60 || strings.ContainsAny(p.CalledName, "@<>{}[]()\\/|:;=") || digits(p.CalledName) > 2:
		// A name with numbers in it is an address, a date or a chart number.
		wrong("called_name", "introduction.error.name")
	}
	if !slices.Contains(ContactWays(), p.Contact) {
		wrong("contact", "introduction.error.contact")
	}
	if strings.TrimSpace(in.Phone) != "" {
		number, err := parsePhone(in.Phone, region)
		if err != nil {
			wrong("phone", "introduction.error.phone")
		}
		p.Phone = number
	}
	if p.Email != "" {
		if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email || len(p.Email) > 254 {
			wrong("email", "introduction.error.email")
		}
	}
	switch {
	case (p.Contact == consent.ByPhone || p.Contact == consent.BySMS) && strings.TrimSpace(in.Phone) == "":
		wrong("phone", "introduction.error.phone_missing")
	case p.Contact == consent.ByMail && p.Email == "":
		wrong("email", "introduction.error.email_missing")
	}
	if !langCode.MatchString(p.Lang) {
		wrong("lang", "introduction.error.choose")
	}
	for _, t := range in.Topics {
		if !directory.Topic(t).Valid() {
			wrong("topics", "introduction.error.choose")
			break
		}
		if !slices.Contains(p.Topics, t) {
			p.Topics = append(p.Topics, t)
		}
	}
	return p, append(bad, in.safe(&p)...)
}

func (in PersonIn) safe(p *Person) (bad []fault.Field) {
	wrong := func(name, key string) { bad = append(bad, fault.At(name, key)) }
	var ok bool
	if p.Safe.From, ok = minutes(in.HoursFrom, 0); !ok {
		wrong("hours_from", "introduction.error.time")
	}
	if p.Safe.Until, ok = minutes(in.HoursUntil, 0); !ok {
		wrong("hours_until", "introduction.error.time")
	}
	for _, d := range in.Days {
		if len(d) != 1 || d[0] < '0' || d[0] > '6' {
			wrong("days", "introduction.error.choose")
			break
		}
		if wd := time.Weekday(d[0] - '0'); !slices.Contains(p.Safe.Days, wd) {
			p.Safe.Days = append(p.Safe.Days, wd)
		}
	}
	slices.Sort(p.Safe.Days)
	if p.Safe.Words == "" {
		p.Safe.Words = WordsFirstName
	}
	if !slices.Contains(WordChoices(), p.Safe.Words) {
		wrong("words", "introduction.error.choose")
	}
	return bad
}

func minutes(s string, empty int) (int, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return empty, true
	}
	m := clockFmt.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	n := func(s string) (v int) {
		for _, c := range s {
			v = v*10 + int(c-'0')
		}
		return v
	}
	return n(m[1])*60 + n(m[2]), true
}

// oneLine trims, folds white space and drops what does not print.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) && r != '\u200c' && r != '\u200d' { // joiners belong to some scripts
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

func digits(s string) (n int) {
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
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
