// Somebody comes in with an organizer's or a leader's help: the words in the
// person's language, read aloud; what they want to leave; read back; the yes;
// the paper with the code of their own pages.

package peopleweb

import (
	"html/template"
	"net/http"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/phone"
	"seedbed/internal/kit/qr"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

func (h *Web) newRoutes() []web.Route {
	in := need("person", access.Create)
	return []web.Route{
		route(web.Staff, "GET", "/people/new", in, h.newPage), route(web.Staff, "POST", "/people/new/change", in, h.newChange),
		route(web.Staff, "POST", "/people/new/review", in, h.newReview), route(web.Staff, "POST", "/people/new", in, h.newJoin),
	}
}

// Wording is what is agreed to, in one language.
type Wording struct {
	ID, Lang, Dir, Name, Title string
	Lines                      []string
}

// wording is the text about the record that is kept. fields empty: everything a
// record may hold.
func wording(lang, clinic string, fields []consent.Field, until string) (Wording, error) {
	w, err := consent.Current(consent.OrganizingRecord, lang)
	if err != nil {
		return Wording{}, err
	}
	if len(fields) == 0 {
		fields = consent.OrganizingRecord.Fields()
	}
	return Wording{ID: "wording-" + lang, Lang: lang, Dir: i18n.Dir(lang), Name: i18n.Autonym(lang), Title: w.Title,
		Lines: w.Text(consent.Values{Recipient: clinic, Fields: fields, Until: until})}, nil
}

// readIn is the language in which the words are read out.
func readIn(r *web.Request, lang string) string {
	for _, l := range []string{lang, r.Locale} {
		if slices.Contains(consent.Languages(), l) {
			return l
		}
	}
	return "en"
}

type newPage struct {
	fields
	Kept    []Hidden // of a form that led here
	Choose  bool     // the language first
	Text    Wording
	Own     *Wording // the same for the staff, when they read another language
	Missing string   // the person's language, when there are no words in it
	ReadIn  string
}

func (h *Web) newPage(w http.ResponseWriter, r *web.Request) error {
	f := readForm(r)
	if f.Lang == "" {
		p := newPage{Choose: true, fields: fieldsOf(r, f, nil), Kept: kept(r)}
		return r.Page(w, "people/new", p)
	}
	return h.newForm(w, r, f, nil)
}

// newChange shows the form again as it was filled in.
func (h *Web) newChange(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f := readForm(r)
	if f.Lang == "" { // it comes from another form: the language first
		return r.Page(w, "people/new", newPage{Choose: true, fields: fieldsOf(r, f, nil), Kept: kept(r)})
	}
	return h.newForm(w, r, f, nil)
}

func (h *Web) newForm(w http.ResponseWriter, r *web.Request, f form, bad error) error {
	list, err := h.s.Institutions(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	if !slices.Contains(languages(), f.Lang) {
		f.Lang = "en"
	}
	lang, until := readIn(r, f.Lang), r.Now().AddDate(1, 0, 0)
	p := newPage{fields: fieldsOf(r, f, list), Kept: kept(r), ReadIn: r.Localizer().LanguageName(lang)}
	if lang != f.Lang {
		p.Missing = r.Localizer().LanguageName(f.Lang)
	}
	if p.Text, err = wording(lang, r.Frame().Scope, nil, h.in(lang).LongDate(until.In(r.Zone()))); err != nil {
		return err
	}
	if own := readIn(r, r.Locale); own != lang {
		w, err := wording(own, r.Frame().Scope, nil, h.in(own).LongDate(until.In(r.Zone())))
		if err != nil {
			return err
		}
		p.Own = &w
	}
	if bad != nil {
		return r.Fail(w, "people/new", p, bad)
	}
	return r.Page(w, "people/new", p)
}

func (h *Web) in(lang string) *i18n.Localizer { return h.o.Catalog.Localizer(lang) }

// kept are the fields of another form that travels along, so that nothing typed
// is lost while the yes is asked.
func kept(r *web.Request) (out []Hidden) {
	r.Form("") // parses
	for name, values := range r.Request.Form {
		if len(name) > 2 && name[:2] == "o_" {
			for _, v := range values {
				out = append(out, Hidden{name, v})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Hidden) int {
		if a.Name < b.Name {
			return -1
		}
		if a.Name > b.Name {
			return 1
		}
		return 0
	})
	return out
}

// wrong checks what belongs to the conversation; the core checks the rest.
func (f form) wrong() (bad []fault.Field) {
	add := func(ok bool, name, key string) {
		if !ok {
			bad = append(bad, fault.At(name, key))
		}
	}
	witness := consent.Helper(f.Witness)
	add(f.Agree, "agree", "people.error.agree")
	add(f.How == string(consent.Spoken) || f.How == string(consent.OnPaper), "how", "consent.error.how")
	add(slices.Contains(consent.Witnesses(), witness) && (f.How != string(consent.Spoken) || witness != consent.NoHelper), "witness", "consent.error.witness")
	add(slices.Contains(consent.Interpreters(), consent.Helper(f.Interpreter)), "interpreter", "consent.error.interpreter")
	return bad
}

type reviewPage struct {
	Form                                    form
	Kept                                    []Hidden
	Say                                     string
	Facts                                   []Fact
	Full                                    Wording
	Paper                                   bool
	Same                                    bool
	StaffLang, StaffDir, StaffHow, StaffSay string
	Alike                                   alike // who may be here already, in the staff's language
	AlikeTitle, AlikeText                   string
}

func (h *Web) newReview(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f := readForm(r)
	list, err := h.s.Institutions(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	profile, err := h.s.Preview(r.Context(), r.Actor, f.ProfileIn)
	if bad := append(f.wrong(), fault.FieldsOf(err)...); len(bad) > 0 {
		return h.newForm(w, r, f, fault.Wrong(bad...))
	}
	if err != nil {
		return err
	}
	lang, clinic := readIn(r, f.Lang), r.Frame().Scope
	holds := profile.Holds(len(f.Institutions))
	p := reviewPage{Form: f, Kept: kept(r), Paper: f.How == string(consent.OnPaper), Facts: facts(h.in(lang), profile, names(list, f.Institutions))}
	if p.Say, err = readBack(h.in(lang), clinic, profile, holds, names(list, f.Institutions)); err != nil {
		return err
	}
	if p.Full, err = wording(lang, clinic, holds, h.in(lang).LongDate(r.Now().AddDate(1, 0, 0).In(r.Zone()))); err != nil {
		return err
	}
	p.StaffLang, p.StaffDir, p.StaffHow, p.Same = r.Locale, i18n.Dir(r.Locale), r.T("people.review.how"), readIn(r, r.Locale) == lang
	if !p.Same {
		if p.StaffSay, err = readBack(h.in(readIn(r, r.Locale)), clinic, profile, holds, names(list, f.Institutions)); err != nil {
			return err
		}
	}
	if p.Alike, err = h.alike(r, people.AlikeIn{Name: f.CalledName, Phone: f.Phone, Email: f.Email, Lang: f.Lang}); err != nil {
		return err
	}
	p.AlikeTitle, p.AlikeText = r.T("people.alike.maybe"), r.T("people.alike.text")
	r.Locale = lang // the page is the person's
	return r.Page(w, "people/review", p)
}

func names(list []people.Institution, chosen []string) (out []string) {
	for _, i := range list {
		if slices.Contains(chosen, i.ID) {
			out = append(out, i.Name)
		}
	}
	return out
}

// readBack is the one sentence that is read to the person before the yes.
func readBack(l *i18n.Localizer, clinic string, p people.Profile, holds []consent.Field, institutions []string) (string, error) {
	return consent.ReadBack(l.Lang(), consent.OrganizingRecord, clinic, holds, map[consent.Field]string{consent.Name: p.CalledName,
		consent.Language: l.LanguageName(p.Lang), consent.Area: p.Area, consent.Affiliations: l.List(institutions)})
}

// facts lists a profile in words, for the person to check.
func facts(l *i18n.Localizer, p people.Profile, institutions []string) (out []Fact) {
	add := func(key, text string) { out = append(out, Fact{Term: l.T("people.fact." + key), Text: text}) }
	add("name", p.CalledName)
	add("pronouns", p.Pronouns)
	add("way", l.T("people.way."+string(p.Contact)))
	out = append(out, reach(l, p)...)
	add("language", l.LanguageName(p.Lang))
	var more []string
	for _, m := range p.MoreLangs {
		more = append(more, l.LanguageName(m))
	}
	add("more_languages", l.List(more))
	add("area", p.Area)
	add("institutions", l.List(institutions))
	add("availability", listed(l, "people.time.", p.Availability))
	add("needs", listed(l, "people.need.", p.AccessNeeds))
	return out
}

// reach is how somebody may be reached safely.
func reach(l *i18n.Localizer, p people.Profile) (out []Fact) {
	add := func(key, text string) { out = append(out, Fact{Term: l.T("people.fact." + key), Text: text}) }
	add("phone", ltr(phone.Format(p.Phone, "US")))
	add("email", ltr(p.Email))
	add("when", when(l, p.Safe))
	if p.Safe.NoVoicemail {
		add("voicemail", l.T("people.form.no_voicemail"))
	}
	if p.Safe.Words != "" {
		add("words", l.T("people.words."+string(p.Safe.Words)))
	}
	return out
}

func listed(l *i18n.Localizer, prefix string, values []string) string {
	var out []string
	for _, v := range values {
		out = append(out, l.T(prefix+v))
	}
	return l.List(out)
}

type donePage struct {
	ID, Code   string
	Lang, Dir  string
	SlipTitle  string
	SlipText   []string
	URL, Short string
	QR         template.HTML
	Kept       []Hidden
	Person     string
	Until      time.Time
	Zone       *time.Location
}

// newJoin is the last act. The same form sent twice brings in one person.
func (h *Web) newJoin(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f := readForm(r)
	if bad := f.wrong(); len(bad) > 0 {
		return h.newForm(w, r, f, fault.Wrong(bad...))
	}
	j, err := h.s.Join(r.Context(), r.Actor, people.JoinIn{ProfileIn: f.ProfileIn, Source: people.Assisted, ConsentLang: readIn(r, f.Lang), How: f.How,
		Interpreter: f.Interpreter, Witness: f.Witness, Key: r.Key()})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return h.newForm(w, r, f, err)
	}
	if err != nil {
		return err
	}
	p, err := h.slip(r, j.Code, readIn(r, f.Lang))
	if err != nil {
		return err
	}
	p.ID, p.Kept = j.ID, kept(r)
	return r.Page(w, "people/done", p)
}

// slip is the paper with the code.
func (h *Web) slip(r *web.Request, code, lang string) (p donePage, err error) {
	l := h.in(lang)
	p = donePage{Code: id.GroupCode(code), Lang: lang, Dir: i18n.Dir(lang), SlipTitle: l.T("people.slip.title"),
		SlipText: []string{l.T("people.slip.open"), l.T("people.slip.keep")}, URL: r.Base() + "/me", Short: r.Host + "/me"}
	svg, err := qr.SVG(p.URL, l.T("people.slip.scan"))
	p.QR = template.HTML(svg) // drawn by kit/qr, which escapes its title
	return p, err
}
