// The form about a person, wherever it is filled in.

package peopleweb

import (
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// form is what was typed about a person. Between two pages it travels in hidden
// fields; before the last act nothing of it is stored.
type form struct {
	people.ProfileIn
	How, Witness, Interpreter string
	Agree                     bool
}

func readForm(r *web.Request) form {
	return form{ProfileIn: people.ProfileIn{
		In: contact.In{CalledName: r.Form("called_name"), Contact: r.Form("contact"), Phone: r.Form("phone"), Email: r.Form("email"), Lang: r.Form("lang"),
			HoursFrom: r.Form("hours_from"), HoursUntil: r.Form("hours_until"), Days: r.FormAll("days"), NoVoicemail: r.Checked("no_voicemail"), Words: r.Form("words")},
		Pronouns: r.Form("pronouns"), MoreLangs: r.FormAll("more_langs"), Area: r.Form("area"), Institutions: r.FormAll("institutions"),
		Availability: r.FormAll("availability"), AccessNeeds: r.FormAll("access_needs")},
		How: r.Form("how"), Witness: r.Form("witness"), Interpreter: r.Form("interpreter"), Agree: r.Checked("agree")}
}

// formOf fills the form with what is stored.
func formOf(p people.Profile, institutions []string) form {
	any := p.Safe.From == p.Safe.Until
	f := form{ProfileIn: people.ProfileIn{
		In: contact.In{CalledName: p.CalledName, Contact: string(p.Contact), Phone: p.Phone, Email: p.Email, Lang: p.Lang,
			HoursFrom: clockField(p.Safe.From, any), HoursUntil: clockField(p.Safe.Until, any), NoVoicemail: p.Safe.NoVoicemail, Words: string(p.Safe.Words)},
		Pronouns: p.Pronouns, MoreLangs: p.MoreLangs, Area: p.Area, Institutions: institutions, Availability: p.Availability, AccessNeeds: p.AccessNeeds}}
	for _, d := range p.Safe.Days {
		f.Days = append(f.Days, strconv.Itoa(int(d)))
	}
	return f
}

// clockField is a time of day as a time field wants it.
func clockField(minutes int, any bool) string {
	if any {
		return ""
	}
	return time.Date(2000, 1, 1, minutes/60%24, minutes%60, 0, 0, time.UTC).Format("15:04")
}

// Hidden lists the fields that carry the form to the next page.
func (f form) Hidden() (out []Hidden) {
	add := func(name string, values ...string) {
		for _, v := range values {
			if v != "" {
				out = append(out, Hidden{name, v})
			}
		}
	}
	for _, v := range [][2]string{{"called_name", f.CalledName}, {"contact", f.Contact}, {"phone", f.Phone}, {"email", f.Email}, {"lang", f.Lang}, {"hours_from", f.HoursFrom},
		{"hours_until", f.HoursUntil}, {"words", f.Words}, {"pronouns", f.Pronouns}, {"area", f.Area}, {"how", f.How}, {"witness", f.Witness}, {"interpreter", f.Interpreter}} {
		add(v[0], v[1])
	}
	add("days", f.Days...)
	add("more_langs", f.MoreLangs...)
	add("institutions", f.Institutions...)
	add("availability", f.Availability...)
	add("access_needs", f.AccessNeeds...)
	if f.NoVoicemail {
		add("no_voicemail", "yes")
	}
	if f.Agree {
		add("agree", "yes")
	}
	return out
}

// fields is the form with everything its parts show.
type fields struct {
	Form                                    form
	Ways, Days, Words, Langs, MoreLangs     []Option
	Institutions, Availability, AccessNeeds []Option
	Hows, Witnesses, Interpreters           []Option
}

// languages are those a person can choose here, the ones with words of consent first.
func languages() []string {
	out := consent.Languages()
	for _, l := range []string{"zh", "yue", "ru", "uk", "so", "ko", "tl", "ht", "fr", "pt", "am", "ti", "om", "fa", "prs", "ps", "ur", "sw", "ase"} {
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

func fieldsOf(r *web.Request, f form, institutions []people.Institution) (p fields) {
	p.Form = f
	icons := map[consent.Channel]string{consent.ByPhone: "phone", consent.BySMS: "message", consent.ByMail: "mail", consent.InPerson: "person"}
	for _, c := range contact.Ways() {
		p.Ways = append(p.Ways, Option{Value: string(c), Label: r.T("people.way." + string(c)), Icon: icons[c], Checked: f.Contact == string(c)})
	}
	for _, d := range week() {
		v := strconv.Itoa(int(d))
		p.Days = append(p.Days, Option{Value: v, Label: r.Localizer().ShortWeekday(d), Checked: slices.Contains(f.Days, v)})
	}
	for i, c := range contact.WordChoices() {
		p.Words = append(p.Words, Option{Value: string(c), Label: r.T("people.words." + string(c)), Checked: f.Words == string(c) || f.Words == "" && i == 0})
	}
	for _, l := range languages() {
		name := r.Localizer().LanguageName(l)
		p.Langs = append(p.Langs, Option{Value: l, Label: name, Checked: l == f.Lang})
		if l != f.Lang {
			p.MoreLangs = append(p.MoreLangs, Option{Value: l, Label: name, Checked: slices.Contains(f.MoreLangs, l)})
		}
	}
	for _, i := range institutions {
		if !i.Closed {
			p.Institutions = append(p.Institutions, Option{Value: i.ID, Label: i.Name, Checked: slices.Contains(f.Institutions, i.ID)})
		}
	}
	p.Availability = options(r, people.Times(), "people.time.", f.Availability...)
	p.AccessNeeds = options(r, people.Needs(), "people.need.", f.AccessNeeds...)
	for _, c := range consent.Hows() {
		if c != consent.OnScreen { // on somebody's own screen is the link's way
			p.Hows = append(p.Hows, Option{Value: string(c), Label: r.T("consent.how." + string(c)), Checked: f.How == string(c)})
		}
	}
	p.Witnesses, p.Interpreters = helpers(r, consent.Witnesses(), f.Witness), helpers(r, consent.Interpreters(), f.Interpreter)
	return p
}

func helpers(r *web.Request, list []consent.Helper, chosen string) (out []Option) {
	for _, c := range list {
		o := Option{Value: string(c), Label: r.T("consent.helper.none"), Checked: chosen == string(c)}
		if c != consent.NoHelper {
			o.Label = r.T("consent.helper." + string(c))
		}
		out = append(out, o)
	}
	return out
}

// week begins on Monday.
func week() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

// when says in a sentence when somebody may be reached.
func when(l *i18n.Localizer, s contact.Safe) string {
	var days []string
	for _, d := range week() {
		if slices.Contains(s.Days, d) {
			days = append(days, l.Weekday(d))
		}
	}
	on := l.List(days)
	if on == "" {
		on = l.T("people.when.any_day")
	}
	clock := func(m int) string { return l.Clock(time.Date(2000, 1, 1, m/60%24, m%60, 0, 0, time.UTC)) }
	switch {
	case s.From == s.Until:
		return l.T("people.when.any", "Days", on)
	case s.Until == 0:
		return l.T("people.when.after", "Days", on, "From", clock(s.From))
	case s.From == 0:
		return l.T("people.when.before", "Days", on, "Until", clock(s.Until))
	}
	return l.T("people.when.between", "Days", on, "From", clock(s.From), "Until", clock(s.Until))
}

// ltr keeps a number or an address in one piece inside text that runs the other
// way (Unicode UAX #9: LRI and PDI).
func ltr(s string) string {
	if s == "" {
		return ""
	}
	return "\u2066" + s + "\u2069"
}
