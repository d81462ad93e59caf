// Package contact is how somebody wants to be reached: the name to call them by,
// one way of contact, and the rules that make it safe (hours, days, no voicemail,
// with which words a caller introduces themselves). Both rooms ask for the same
// things with the same form; neither needs a legal name, an address or a birth date.
//
// It is pure: it reads forms and translates rules for the messenger, and stores
// nothing. It may import kit, platform/notify and trust/consent.
package contact

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/phone"
	"seedbed/internal/platform/notify"
	"seedbed/internal/trust/consent"
)

// Ways lists how a person can want to be reached. "In person" needs no address.
func Ways() []consent.Channel {
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

// Rules translates into the sender's terms.
func (f Safe) Rules(zone string) notify.SafeContact {
	out := notify.SafeContact{Days: f.Days, NoVoicemail: f.NoVoicemail, Zone: zone}
	if f.From != f.Until {
		until := f.Until
		if until == 0 {
			until = 24 * 60
		}
		out.Hours = [][2]int{{f.From, until}}
	}
	return out
}

// Details is what a form about reaching somebody says, checked.
type Details struct {
	CalledName string
	Way        consent.Channel
	Phone      string // E.164
	Email      string // lower case
	Lang       string
	Safe       Safe
}

// In is the form as typed; fields are named as in the form.
type In struct {
	CalledName  string   // called_name
	Contact     string   // contact
	Phone       string   // phone
	Email       string   // email
	Lang        string   // lang
	HoursFrom   string   // hours_from, "19:00"
	HoursUntil  string   // hours_until
	Days        []string // days, "1" Monday … "6" Saturday, "0" Sunday
	NoVoicemail bool     // no_voicemail
	Words       string   // words
}

var (
	langCode = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$`)
	clockFmt = regexp.MustCompile(`^([01]?[0-9]|2[0-3]):([0-5][0-9])$`)
)

// Language reports whether s looks like a language code ("es", "pt-BR").
func Language(s string) bool { return langCode.MatchString(s) }

// Read checks a form and collects everything that is wrong with it. Numbers
// typed without a country are read as region's.
func (in In) Read(region string) (d Details, bad []fault.Field) {
	wrong := func(name, key string) { bad = append(bad, fault.At(name, key)) }
	d = Details{Way: consent.Channel(in.Contact), Email: strings.ToLower(strings.TrimSpace(in.Email)), Lang: strings.TrimSpace(in.Lang),
		Safe: Safe{NoVoicemail: in.NoVoicemail, Words: Words(in.Words)}}
	var key string
	if d.CalledName, key = Name(in.CalledName); key != "" {
		wrong("called_name", key)
	}
	if !slices.Contains(Ways(), d.Way) {
		wrong("contact", "contact.error.contact")
	}
	typed := strings.TrimSpace(in.Phone) != ""
	if typed {
		number, err := phone.Parse(in.Phone, region)
		if err != nil {
			wrong("phone", "contact.error.phone")
		}
		d.Phone = number
	}
	if d.Email != "" {
		if a, err := mail.ParseAddress(d.Email); err != nil || a.Address != d.Email || len(d.Email) > 254 {
			wrong("email", "contact.error.email")
		}
	}
	switch {
	case (d.Way == consent.ByPhone || d.Way == consent.BySMS) && !typed:
		wrong("phone", "contact.error.phone_missing")
	case d.Way == consent.ByMail && d.Email == "":
		wrong("email", "contact.error.email_missing")
	}
	if !Language(d.Lang) {
		wrong("lang", "contact.error.choose")
	}
	return d, append(bad, in.safe(&d.Safe)...)
}

// Name checks the name somebody wants to be called by: one line of at most 60
// characters. A name with numbers or signs in it is an address, a date or a
// remark, and so is one with a telling word. key says what is wrong, or is empty.
func Name(typed string) (name, key string) {
	name = OneLine(typed)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return name, "contact.error.name_missing"
	case n > 60 || strings.ContainsAny(name, "@<>{}[]()\\/|:;=") || digits(name) > 2:
		return name, "contact.error.name"
	}
	if hits := guard.CheckName(name); len(hits) > 0 {
		return name, guard.KindsOf(hits)[0].Label()
	}
	return name, ""
}

func (in In) safe(f *Safe) (bad []fault.Field) {
	wrong := func(name, key string) { bad = append(bad, fault.At(name, key)) }
	var ok bool
	if f.From, ok = minutes(in.HoursFrom); !ok {
		wrong("hours_from", "contact.error.time")
	}
	if f.Until, ok = minutes(in.HoursUntil); !ok {
		wrong("hours_until", "contact.error.time")
	}
	for _, d := range in.Days {
		if len(d) != 1 || d[0] < '0' || d[0] > '6' {
			wrong("days", "contact.error.choose")
			break
		}
		if wd := time.Weekday(d[0] - '0'); !slices.Contains(f.Days, wd) {
			f.Days = append(f.Days, wd)
		}
	}
	slices.Sort(f.Days)
	if f.Words == "" {
		f.Words = WordsFirstName
	}
	if !slices.Contains(WordChoices(), f.Words) {
		wrong("words", "contact.error.choose")
	}
	return bad
}

func minutes(s string) (int, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return 0, true
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

// OneLine trims, folds white space and drops what does not print.
func OneLine(s string) string {
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
