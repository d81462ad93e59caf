// The conversation about the yes: the words in the patient's language, how to
// reach them, each consent by itself, and how it was given.

package introductionweb

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// consentForm is what was filled in. It travels in hidden fields until the final
// act; before that nothing of it is stored.
type consentForm struct {
	Group, Mode                           string
	CalledName, Contact, Phone, Email     string
	HoursFrom, HoursUntil, Words          string
	Days                                  []string
	NoVoicemail                           bool
	AgreeContact, TellClinic, ShareTopics bool
	How, Witness, Interpreter             string
	Proxy                                 bool
	ProxyRelation, ProxyUntil             string
}

func readConsent(r *web.Request) consentForm {
	name, _ := r.GuardedName("called_name") // the core refuses it too; this shows why
	f := consentForm{Group: r.Form("group"), Mode: r.Form("mode"), CalledName: name, Contact: r.Form("contact"), Phone: r.Form("phone"),
		Email: r.Form("email"), HoursFrom: r.Form("hours_from"), HoursUntil: r.Form("hours_until"), Words: r.Form("words"), Days: r.FormAll("days"),
		NoVoicemail: r.Checked("no_voicemail"), AgreeContact: r.Checked("agree_contact"), TellClinic: r.Checked("tell_clinic"),
		ShareTopics: r.Checked("share_topics"), How: r.Form("how"), Witness: r.Form("witness"), Interpreter: r.Form("interpreter"),
		Proxy: r.Checked("proxy"), ProxyRelation: r.Form("proxy_relation"), ProxyUntil: r.Form("proxy_until")}
	if f.Mode != string(introduction.WarmHandoff) {
		f.Mode = string(introduction.CallBack)
	}
	return f
}

// Hidden lists the fields that carry the form to the next page.
func (f consentForm) Hidden() (out []Hidden) {
	add := func(name, value string) {
		if value != "" {
			out = append(out, Hidden{name, value})
		}
	}
	tick := func(name string, on bool) {
		if on {
			add(name, "yes")
		}
	}
	for _, v := range [][2]string{{"group", f.Group}, {"mode", f.Mode}, {"called_name", f.CalledName}, {"contact", f.Contact}, {"phone", f.Phone}, {"email", f.Email},
		{"hours_from", f.HoursFrom}, {"hours_until", f.HoursUntil}, {"words", f.Words}, {"how", f.How}, {"witness", f.Witness}, {"interpreter", f.Interpreter},
		{"proxy_relation", f.ProxyRelation}, {"proxy_until", f.ProxyUntil}} {
		add(v[0], v[1])
	}
	for _, d := range f.Days {
		add("days", d)
	}
	tick("no_voicemail", f.NoVoicemail)
	tick("agree_contact", f.AgreeContact)
	tick("tell_clinic", f.TellClinic)
	tick("share_topics", f.ShareTopics)
	tick("proxy", f.Proxy)
	return out
}

// begin is the form as the core takes it. What the person does not want to share is not stored either.
func (f consentForm) begin(a ask, readIn string) introduction.BeginIn {
	in := introduction.BeginIn{
		PersonIn: introduction.PersonIn{CalledName: f.CalledName, Contact: f.Contact, Phone: f.Phone, Email: f.Email, Lang: a.Lang, HoursFrom: f.HoursFrom,
			HoursUntil: f.HoursUntil, Days: f.Days, NoVoicemail: f.NoVoicemail, Words: f.Words},
		ConsentIn: introduction.ConsentIn{TellClinic: f.TellClinic, ConsentLang: readIn, How: f.How, Interpreter: f.Interpreter, Witness: f.Witness},
		Group:     f.Group, Site: a.Site, Mode: f.Mode, Key: a.Act + ":" + f.Group,
	}
	if f.ShareTopics {
		in.Topics = a.Topics
	}
	if f.Proxy {
		in.ProxyRelation, in.ProxyUntil, in.ProxyScope = f.ProxyRelation, f.ProxyUntil, string(consent.ThisIntroduction)
	}
	return in
}

// wrong checks what belongs to the conversation; the core checks the rest.
func (f consentForm) wrong(now time.Time) (bad []fault.Field) {
	add := func(ok bool, name, key string) {
		if !ok {
			bad = append(bad, fault.At(name, key))
		}
	}
	add(f.AgreeContact, "agree_contact", "offer.error.agree")
	add(slices.Contains(consent.Hows(), consent.How(f.How)), "how", "consent.error.how")
	witness := consent.Helper(f.Witness)
	add(slices.Contains(consent.Witnesses(), witness) && (f.How != string(consent.Spoken) || witness != consent.NoHelper), "witness", "consent.error.witness")
	add(slices.Contains(consent.Interpreters(), consent.Helper(f.Interpreter)), "interpreter", "consent.error.interpreter")
	if f.Proxy {
		add(slices.Contains(consent.Relations(), consent.Relation(f.ProxyRelation)), "proxy_relation", "consent.error.proxy_relation")
		until, err := time.Parse(time.DateOnly, f.ProxyUntil)
		add(err == nil && until.After(now), "proxy_until", "consent.error.proxy_until")
	}
	return bad
}

// Wording is the text of one purpose in one language.
type Wording struct {
	ID, Lang, Dir, Name, Title string
	Lines                      []string
}

// Pair is a wording as the patient hears it, and as the clinician reads it.
type Pair struct {
	Patient Wording
	Staff   *Wording // nil when both have the same language
}

type consentPage struct {
	Ask                           ask
	Form                          consentForm
	GroupName                     string
	Warm                          bool
	Contact, Tell                 Pair
	Interests                     string
	Lang, Dir, LangName           string // in which it is read out
	Missing                       string // the patient's language when we have no wording in it
	Until                         string
	Ways, Days, Words             []Option
	Hows, Witnesses, Interpreters []Option
	Relations                     []Option
}

// readIn is the language in which the wording is read out.
func readIn(r *web.Request, lang string) string {
	for _, l := range []string{lang, r.Locale} {
		if slices.Contains(consent.Languages(), l) {
			return l
		}
	}
	return "en"
}

// until is the day on which a yes of today ends: in a year, or with the right of
// whoever decides for the person.
func (f consentForm) until(now time.Time) time.Time {
	year := now.AddDate(1, 0, 0)
	if end, err := time.Parse(time.DateOnly, f.ProxyUntil); f.Proxy && err == nil && end.After(now) && end.Before(year) {
		return end
	}
	return year
}

// consent shows the page of the conversation, empty or as it was filled in.
func (h *Web) consent(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	a, err := h.asked(w, r)
	if err != nil {
		return err
	}
	f := readConsent(r)
	if f.Contact == "" && f.Mode == string(introduction.CallBack) {
		f.Contact = string(consent.ByPhone) // what "call me" says
	}
	if f.Group == "" {
		p, err := h.groupsPage(r, a)
		if err != nil {
			return err
		}
		return wide(r, a).Fail(w, "introduction/offer_groups", p, fault.Wrong(fault.At("group", "offer.error.group")))
	}
	p, err := h.consentPage(r, a, f)
	if err != nil {
		return err
	}
	return wide(r, a).Page(w, "introduction/consent", p)
}

func (h *Web) consentPage(r *web.Request, a ask, f consentForm) (p consentPage, err error) {
	g, err := h.groups.Get(r.Context(), r.Actor, f.Group)
	if err != nil {
		return p, err
	}
	lang := readIn(r, a.Lang)
	p = consentPage{Ask: a, Form: f, GroupName: g.Name, Warm: f.Mode == string(introduction.WarmHandoff), Lang: lang, Dir: i18n.Dir(lang), LangName: r.Localizer().LanguageName(lang)}
	if lang != a.Lang {
		p.Missing = r.Localizer().LanguageName(a.Lang)
	}
	until := f.until(r.Now())
	p.Until = longDay(r.Localizer(), until, r.Zone())
	say := directory.Say{L: r.Localizer()}
	p.Interests = say.Topics(a.query().Topics)
	fields := []consent.Field{consent.Name, consent.Phone, consent.Language, consent.SafeContact}
	if f.Contact == string(consent.ByMail) {
		fields[1] = consent.Email
	}
	if p.Contact, err = h.pair(r, consent.IntroContact, lang, g.Name, fields, until); err != nil {
		return p, err
	}
	if p.Tell, err = h.pair(r, consent.TellClinicConnected, lang, g.Name, []consent.Field{consent.Connected}, until); err != nil {
		return p, err
	}
	p.options(r)
	return p, nil
}

// pair is a wording in the patient's language and, when that is another one, in the clinician's.
func (h *Web) pair(r *web.Request, purpose consent.Purpose, lang, group string, fields []consent.Field, until time.Time) (p Pair, err error) {
	if p.Patient, err = h.wording(purpose, lang, group, fields, longDay(h.inLang(lang), until, r.Zone())); err != nil {
		return p, err
	}
	if own := readIn(r, r.Locale); own != lang {
		w, err := h.wording(purpose, own, group, fields, longDay(h.inLang(own), until, r.Zone()))
		if err != nil {
			return p, err
		}
		p.Staff = &w
	}
	return p, nil
}

func (h *Web) wording(purpose consent.Purpose, lang, group string, fields []consent.Field, until string) (Wording, error) {
	w, err := consent.Current(purpose, lang)
	if err != nil {
		return Wording{}, err
	}
	return Wording{ID: "wording-" + string(purpose) + "-" + lang, Lang: lang, Dir: i18n.Dir(lang), Name: i18n.Autonym(lang), Title: w.Title,
		Lines: w.Text(consent.Values{Recipient: group, Fields: fields, Until: until})}, nil
}

func (p *consentPage) options(r *web.Request) {
	f := p.Form
	icons := map[consent.Channel]string{consent.ByPhone: "phone", consent.BySMS: "message", consent.ByMail: "mail", consent.InPerson: "person"}
	for _, c := range contact.Ways() {
		p.Ways = append(p.Ways, Option{Value: string(c), Label: r.T("consent.channel." + string(c)), Icon: icons[c], Checked: f.Contact == string(c)})
	}
	for _, d := range weekdays {
		v := strconv.Itoa(int(d))
		p.Days = append(p.Days, Option{Value: v, Label: r.Localizer().ShortWeekday(d), Checked: slices.Contains(f.Days, v)})
	}
	for i, c := range contact.WordChoices() {
		p.Words = append(p.Words, Option{Value: string(c), Label: r.T("introduction.words." + string(c)), Checked: f.Words == string(c) || f.Words == "" && i == 0})
	}
	for _, c := range consent.Hows() {
		p.Hows = append(p.Hows, Option{Value: string(c), Label: r.T("consent.how." + string(c)), Checked: f.How == string(c)})
	}
	p.Witnesses = helpers(r, consent.Witnesses(), f.Witness)
	p.Interpreters = helpers(r, consent.Interpreters(), f.Interpreter)
	for _, c := range consent.Relations() {
		p.Relations = append(p.Relations, Option{Value: string(c), Label: r.T("consent.relation." + string(c)), Checked: f.ProxyRelation == string(c)})
	}
}

func helpers(r *web.Request, list []consent.Helper, chosen string) (out []Option) {
	for _, c := range list {
		o := Option{Value: string(c), Label: r.T("consent.helper." + string(c)), Checked: chosen == string(c)}
		if c == consent.NoHelper {
			o.Label = r.T("consent.helper.none")
		}
		out = append(out, o)
	}
	return out
}
