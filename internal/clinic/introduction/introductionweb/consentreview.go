// Reading back and the final act: one sentence in the patient's language that
// says what will be sent to whom and nothing else, then the yes.

package introductionweb

import (
	"html/template"
	"net/http"
	"slices"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/phone"
	"seedbed/internal/kit/qr"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

// reviewPage is in the patient's language; Staff is the same for the clinician.
type reviewPage struct {
	Ask       ask
	Form      consentForm
	GroupName string
	Say, Tell string
	Facts     []Fact
	Full      []Wording // every word that is agreed to, with exactly what will be sent
	Staff     reviewStaff
	Sign      bool
	Paper     bool
}

type reviewStaff struct {
	Lang, Dir, Say, Tell string
	How, Yes, Change, No string
	Same                 bool // one language for both
}

// consentReview checks the form and reads it back. It stores nothing.
func (h *Web) consentReview(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	a, err := h.asked(w, r)
	if err != nil {
		return err
	}
	f := readConsent(r)
	return h.review(w, r, a, f, nil)
}

// review shows the page, or the form with everything that is wrong in it. With
// an error of the page itself (no signature yet) it shows the page again.
func (h *Web) review(w http.ResponseWriter, r *web.Request, a ask, f consentForm, missing error) error {
	lang := readIn(r, a.Lang)
	back, err := h.s.Preview(r.Context(), r.Actor, f.begin(a, lang))
	if bad := append(f.wrong(r.Now()), fault.FieldsOf(err)...); len(bad) > 0 {
		return h.consentAgain(w, r, a, f, fault.Wrong(bad...))
	}
	if err != nil {
		return err
	}
	p := reviewPage{Ask: a, Form: f, GroupName: back.Group, Sign: f.How == string(consent.OnScreen), Paper: f.How == string(consent.OnPaper)}
	if p.Say, p.Tell, err = h.readBack(lang, back); err != nil {
		return err
	}
	if p.Staff, err = h.reviewStaff(r, lang, back); err != nil {
		return err
	}
	p.Facts = h.facts(h.inLang(lang), back.Person)
	if p.Full, err = h.fullWording(r, f, lang, back); err != nil {
		return err
	}
	r.Locale = lang // the page is the patient's
	if missing != nil {
		return wide(r, a).Fail(w, "introduction/consent_review", p, missing)
	}
	return wide(r, a).Page(w, "introduction/consent_review", p)
}

func (h *Web) fullWording(r *web.Request, f consentForm, lang string, b introduction.ReadBack) ([]Wording, error) {
	until := longDay(h.inLang(lang), f.until(r.Now()), r.Zone())
	w, err := h.wording(consent.IntroContact, lang, b.Group, b.Fields, until)
	if err != nil || !b.Tells {
		return []Wording{w}, err
	}
	tell, err := h.wording(consent.TellClinicConnected, lang, b.Group, []consent.Field{consent.Connected}, until)
	return []Wording{w, tell}, err
}

func (h *Web) consentAgain(w http.ResponseWriter, r *web.Request, a ask, f consentForm, bad error) error {
	p, err := h.consentPage(r, a, f)
	if err != nil {
		return err
	}
	return wide(r, a).Fail(w, "introduction/consent", p, bad)
}

// readBack is the sentence, in one language, and the one about what the clinic hears.
func (h *Web) readBack(lang string, b introduction.ReadBack) (say, tell string, err error) {
	l := h.inLang(lang)
	values := map[consent.Field]string{consent.Name: b.Person.CalledName, consent.Language: l.LanguageName(b.Person.Lang)}
	var topics []directory.Topic
	for _, t := range b.Person.Topics {
		topics = append(topics, directory.Topic(t))
	}
	values[consent.Topics] = directory.Say{L: l}.Topics(topics)
	if say, err = consent.ReadBack(lang, consent.IntroContact, b.Group, b.Fields, values); err != nil || !b.Tells {
		return say, "", err
	}
	tell, err = consent.ReadBack(lang, consent.TellClinicConnected, b.Group, []consent.Field{consent.Connected}, nil)
	return say, tell, err
}

func (h *Web) reviewStaff(r *web.Request, lang string, b introduction.ReadBack) (s reviewStaff, err error) {
	l := r.Localizer()
	s = reviewStaff{Lang: l.Lang(), Dir: l.Dir(), Same: l.Lang() == lang, How: l.T("offer.review.how"), Yes: l.T("offer.review.yes"),
		Change: l.T("offer.review.change"), No: l.T("offer.answer.declined")}
	if !slices.Contains(consent.Languages(), s.Lang) {
		return s, nil
	}
	s.Say, s.Tell, err = h.readBack(s.Lang, b)
	return s, err
}

// facts is how the person will be reached, for both to check.
func (h *Web) facts(l *i18n.Localizer, p introduction.Person) (out []Fact) {
	add := func(key, text string) { out = append(out, Fact{Term: l.T("offer.person." + key), Text: text}) }
	add("name", p.CalledName)
	add("contact", l.T("consent.channel."+string(p.Contact)))
	add("phone", leftToRight(phone.Format(p.Phone, "US")))
	add("email", leftToRight(p.Email))
	add("lang", l.LanguageName(p.Lang))
	add("when", safeTimes(l, p.Safe))
	if p.Safe.NoVoicemail {
		add("voicemail", l.T("offer.person.no_voicemail"))
	}
	add("words", l.T("introduction.words."+string(p.Safe.Words)))
	return out
}

// leftToRight keeps a number or an address in one piece inside a sentence that
// runs the other way (Unicode UAX #9: LRI and PDI).
func leftToRight(s string) string {
	if s == "" {
		return ""
	}
	return "\u2066" + s + "\u2069"
}

// safeTimes says when somebody may be reached.
func safeTimes(l *i18n.Localizer, s introduction.Safe) string {
	var days []string
	for _, d := range s.Days {
		days = append(days, l.Weekday(d))
	}
	on, from, until := l.List(days), directory.Clock(s.From), directory.Clock(s.Until)
	switch {
	case s.From == s.Until && on == "":
		return l.T("offer.when.any")
	case s.From == s.Until:
		return on
	case s.Until == 0:
		return joinComma(l, on, l.T("offer.when.after", "From", from))
	case s.From == 0:
		return joinComma(l, on, l.T("offer.when.before", "Until", until))
	}
	return joinComma(l, on, l.T("offer.when.between", "From", from, "Until", until))
}

func joinComma(l *i18n.Localizer, a, b string) string {
	if a == "" {
		return b
	}
	return a + l.T("common.list.comma") + b
}

type donePage struct {
	Home        string
	Ask         ask
	GroupName   string
	Warm        bool
	Owner, Act  string
	When, Exact string
	ID          string
	Code        string
	Lang, Dir   string
	Person      []string // what happens next, for the person
	SlipTitle   string
	SlipText    []string
	URL, Short  string
	QR          template.HTML
	Duty        []DutyNow
	Ways        []Option
}

// introduce is the final act. The same form sent twice begins one introduction.
func (h *Web) introduce(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	a, err := h.asked(w, r)
	if err != nil {
		return err
	}
	f, lang := readConsent(r), readIn(r, a.Lang)
	if bad := f.wrong(r.Now()); len(bad) > 0 {
		return h.consentAgain(w, r, a, f, fault.Wrong(bad...))
	}
	if f.How == string(consent.OnScreen) && r.Form("signature") == "" && !r.Checked("signature_agree") {
		return h.review(w, r, a, f, fault.Wrong(fault.At("signature_agree", "offer.error.sign")))
	}
	b, err := h.s.Begin(r.Context(), r.Actor, f.begin(a, lang))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return h.consentAgain(w, r, a, f, err)
	}
	if err != nil {
		return err
	}
	p, err := h.donePage(r, a, f, b, lang)
	if err != nil {
		return err
	}
	return wide(r, a).Page(w, "introduction/consent_done", p)
}

func (h *Web) donePage(r *web.Request, a ask, f consentForm, b introduction.Begun, lang string) (p donePage, err error) {
	own, l := r.Localizer(), h.inLang(lang)
	p = donePage{Ask: a, Home: offerHome(a), GroupName: b.Group, Warm: f.Mode == string(introduction.WarmHandoff), ID: b.ID, Code: id.GroupCode(b.Code), Lang: lang, Dir: i18n.Dir(lang)}
	p.Owner, p.Act = own.T("introduction.owner."+string(b.Next.Owner)), own.T(b.Next.ActionKey)
	if b.Next.Owner == introduction.OwnerGroup {
		p.Owner = b.Group
	}
	if !b.Next.Due.IsZero() {
		p.When = own.T("offer.done.by", "When", own.Ago(b.Next.Due, r.Now(), r.Zone()))
		p.Exact = longDay(own, b.Next.Due, r.Zone())
	}
	kind := "call"
	if p.Warm {
		kind = "meet"
	}
	p.Person = []string{l.T("offer.done.person_"+kind, "Group", b.Group), l.T("offer.done.person_late", "Day", longDay(l, lateFor(b.Next.Due, r.Now()), r.Zone())), l.T("offer.done.person_stop")}
	p.SlipTitle, p.SlipText = l.T("offer.slip.title"), []string{l.T("offer.slip.open"), l.T("offer.slip.keep")}
	p.URL, p.Short = r.Base()+"/me", r.Host+"/me"
	svg, err := qr.SVG(p.URL, l.T("offer.slip.scan"))
	if err != nil {
		return p, err
	}
	p.QR = template.HTML(svg)
	if p.Warm {
		for _, how := range introduction.Handoffs() {
			p.Ways = append(p.Ways, Option{Value: string(how), Label: own.T("introduction.handoff." + string(how)), Hint: own.T("offer.way." + string(how)),
				Icon: map[introduction.HandoffHow]string{introduction.WalkOver: "walk", introduction.PhoneBridge: "phone", introduction.Booked: "calendar"}[how]})
		}
		p.Duty, err = h.dutyNow(r, a)
	}
	return p, err
}

// lateFor is the day after which a person should ask what became of it: a week
// from now at the earliest, because groups have days to answer.
func lateFor(due, now time.Time) time.Time {
	if week := now.AddDate(0, 0, 7); due.Before(week) {
		return week
	}
	return due
}
