// The offer at the visit: what is asked, and the groups that fit. Everything is
// chosen from lists; there is no field to type in, so nothing can slip in.

package introductionweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (h *Web) offerRoutes() []web.Route {
	offer, begin := need("offer", access.Create), need("introduction", access.Create)
	hand, mine := need("handoff", access.Create), need("offer", access.Read)
	routes := []web.Route{
		route(web.Panel, "GET", "/offer", offer, h.offer),
		route(web.Panel, "POST", "/offer", offer, h.offerGroups),
		route(web.Panel, "POST", "/offer/answer", offer, h.offerAnswer),
		route(web.Print, "GET", "/offer/card", offer, h.card),
		route(web.Panel, "POST", "/offer/consent", begin, h.consent),
		route(web.Panel, "POST", "/offer/review", begin, h.consentReview),
		route(web.Panel, "POST", "/offer/introduce", begin, h.introduce),
		route(web.Panel, "POST", "/offer/meet", hand, h.meetPage),
		route(web.Panel, "POST", "/offer/handoff", hand, h.meet),
		route(web.Staff, "GET", "/introductions", mine, h.mine),
	}
	// A page that answers a form has no address of its own: whoever asks for it
	// (the language menu, a reload in another tab) begins again.
	for _, step := range []string{"answer", "consent", "review", "introduce", "meet", "handoff"} {
		routes = append(routes, route(web.Panel, "GET", "/offer/"+step, offer, func(w http.ResponseWriter, r *web.Request) error {
			return r.Redirect(w, "/offer")
		}))
	}
	return routes
}

// ask is what the offer asks: interests and what would make it easy to come. It
// travels from page to page in hidden fields and is stored nowhere.
type ask struct {
	Act       string // one per visit: the same act is never done twice
	Full      bool   // the whole page instead of the panel
	Site      string
	Lang      string // the patient's
	Topics    []string
	Days      []string
	Time      string
	Online    bool
	Access    []string
	Childcare bool
	Near      string
}

// Hidden is one hidden field.
type Hidden struct{ Name, Value string }

// Hidden lists the fields that carry the ask to the next page.
func (a ask) Hidden() (out []Hidden) {
	add := func(name string, values ...string) {
		for _, v := range values {
			if v != "" {
				out = append(out, Hidden{name, v})
			}
		}
	}
	yes := func(v bool) string {
		if v {
			return "yes"
		}
		return ""
	}
	add("_key", a.Act)
	add("full", yes(a.Full))
	add("site", a.Site)
	add("lang", a.Lang)
	add("topics", a.Topics...)
	add("free_days", a.Days...)
	add("free_time", a.Time)
	add("online", yes(a.Online))
	add("access", a.Access...)
	add("childcare", yes(a.Childcare))
	add("near", a.Near)
	return out
}

// Bare is Hidden without what only the search for groups needs.
func (a ask) Bare() []Hidden {
	return ask{Act: a.Act, Full: a.Full, Site: a.Site, Lang: a.Lang}.Hidden()
}

// partsOfDay are the times people say they are free, in minutes of the day.
var partsOfDay = []struct {
	name     string
	from, to int
}{{"morning", 6 * 60, 12 * 60}, {"afternoon", 12 * 60, 17 * 60}, {"evening", 17 * 60, 23 * 60}}

// weekdays in the order of forms.
var weekdays = []time.Weekday{1, 2, 3, 4, 5, 6, 0}

// asked reads a form. What is not on a list is not there.
func (h *Web) asked(w http.ResponseWriter, r *web.Request) (ask, error) {
	a := ask{Act: r.Key(), Full: r.Checked("full"), Online: r.Checked("online"), Childcare: r.Checked("childcare"), Lang: r.Form("lang")}
	if a.Act == "" || len(a.Act) > 60 {
		a.Act = id.New(r.Now())
	}
	if other := r.Form("lang_other"); other != "" {
		a.Lang = other
	}
	if !slices.Contains(directory.LanguageCodes(), a.Lang) {
		a.Lang = r.Locale
	}
	for _, t := range r.FormAll("topics") {
		if directory.Topic(t).Valid() && !slices.Contains(a.Topics, t) {
			a.Topics = append(a.Topics, t)
		}
	}
	for _, d := range r.FormAll("free_days") {
		if len(d) == 1 && d[0] >= '0' && d[0] <= '6' && !slices.Contains(a.Days, d) {
			a.Days = append(a.Days, d)
		}
	}
	for _, p := range partsOfDay {
		if r.Form("free_time") == p.name {
			a.Time = p.name
		}
	}
	for _, f := range r.FormAll("access") {
		if slices.Contains(directory.AccessFeatures(), directory.AccessFeature(f)) && !slices.Contains(a.Access, f) {
			a.Access = append(a.Access, f)
		}
	}
	if near := r.Form("near"); near != "" {
		areas, err := h.groups.Areas(r.Context(), r.Actor)
		if err != nil {
			return a, err
		}
		if slices.Contains(areas, near) {
			a.Near = near
		}
	}
	err := h.site(w, r, &a)
	return a, err
}

const siteCookie = "site"

// site is where the visit is: the only one, the chosen one, or the one chosen last here.
func (h *Web) site(w http.ResponseWriter, r *web.Request, a *ask) error {
	sites, err := h.openSites(r)
	if err != nil {
		return err
	}
	has := func(v string) bool { return slices.ContainsFunc(sites, func(o Option) bool { return o.Value == v }) }
	switch chosen := r.Form("site"); {
	case chosen != "" && has(chosen):
		a.Site = chosen
		if r.Secret(siteCookie) != chosen && len(sites) > 1 {
			r.SetSecret(w, siteCookie, chosen, 90*24*time.Hour)
		}
	case has(r.Secret(siteCookie)):
		a.Site = r.Secret(siteCookie)
	case len(sites) > 0:
		a.Site = sites[0].Value
	}
	return nil
}

func (h *Web) openSites(r *web.Request) (out []Option, err error) {
	list, err := h.accounts.Sites(r.Context(), r.Actor.Org)
	for _, s := range list {
		if !s.Archived {
			out = append(out, Option{Value: s.ID, Label: s.Name})
		}
	}
	return out, err
}

// query turns the ask into the directory's question.
func (a ask) query() directory.Query {
	q := directory.Query{Languages: []string{a.Lang}, Online: a.Online, Childcare: a.Childcare, Near: directory.Near{Area: a.Near}}
	for _, t := range a.Topics {
		q.Topics = append(q.Topics, directory.Topic(t))
	}
	for _, d := range a.Days {
		q.Days = append(q.Days, time.Weekday(d[0]-'0'))
	}
	for _, p := range partsOfDay {
		if a.Time == p.name {
			q.From, q.To = p.from, p.to
		}
	}
	for _, f := range a.Access {
		q.Access = append(q.Access, directory.AccessFeature(f))
	}
	return q
}

// Script is the sixty seconds in one language.
type Script struct {
	Lang, Dir, Name string
	Lines           []string
	Open            bool
}

// tongues returns the languages we can write in.
func (h *Web) tongues() []string { return h.o.Catalog.Languages() }

func (h *Web) inLang(lang string) *i18n.Localizer { return h.o.Catalog.Localizer(lang) }

// scripts is the script in the clinician's language first, then in the others asked for.
func (h *Web) scripts(r *web.Request, others ...string) (out []Script) {
	for _, lang := range append([]string{r.Locale}, others...) {
		if !slices.Contains(h.tongues(), lang) || slices.ContainsFunc(out, func(s Script) bool { return s.Lang == lang }) {
			continue
		}
		l := h.inLang(lang)
		s := Script{Lang: lang, Dir: l.Dir(), Name: i18n.Autonym(lang)}
		for i := 1; i <= 4; i++ {
			s.Lines = append(s.Lines, l.T("offer.script."+strconv.Itoa(i)))
		}
		out = append(out, s)
	}
	return out
}

type offerPage struct {
	Ask                                        ask
	Topics, Langs, Others, Days, Times, Access []Option
	Areas, Sites                               []Option
	More                                       bool // something below the fold is chosen
	Scripts                                    []Script
}

// offer is the first page: the cursor stands where one types.
func (h *Web) offer(w http.ResponseWriter, r *web.Request) error {
	a, err := h.asked(w, r)
	if err != nil {
		return err
	}
	p, err := h.offerPage(r, a)
	if err != nil {
		return err
	}
	return wide(r, a).Page(w, "introduction/offer", p)
}

// wide shows the same page with the clinic's navigation around it.
func wide(r *web.Request, a ask) *web.Request {
	if a.Full {
		return r.As(web.Staff)
	}
	return r
}

func (h *Web) offerPage(r *web.Request, a ask) (p offerPage, err error) {
	p = offerPage{Ask: a, Scripts: h.scripts(r, h.tongues()...)}
	for _, t := range directory.Topics() {
		p.Topics = append(p.Topics, Option{Value: string(t), Label: r.T(t.Key()), Words: searched(r.T(t.Key()), r.T(t.WordsKey())),
			Checked: slices.Contains(a.Topics, string(t))})
	}
	for _, code := range h.tongues() {
		p.Langs = append(p.Langs, Option{Value: code, Label: i18n.Autonym(code), Checked: a.Lang == code})
	}
	for _, code := range directory.LanguageCodes() {
		if !slices.Contains(h.tongues(), code) {
			p.Others = append(p.Others, Option{Value: code, Label: r.Localizer().LanguageName(code), Checked: a.Lang == code})
		}
	}
	for _, d := range weekdays {
		v := strconv.Itoa(int(d))
		p.Days = append(p.Days, Option{Value: v, Label: r.Localizer().ShortWeekday(d), Checked: slices.Contains(a.Days, v)})
	}
	for _, t := range partsOfDay {
		p.Times = append(p.Times, Option{Value: t.name, Label: r.T("offer.time." + t.name), Checked: a.Time == t.name})
	}
	for _, f := range directory.AccessFeatures() {
		p.Access = append(p.Access, Option{Value: string(f), Label: r.T("directory.access." + string(f)), Checked: slices.Contains(a.Access, string(f))})
	}
	areas, err := h.groups.Areas(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	for _, area := range areas {
		p.Areas = append(p.Areas, Option{Value: area, Label: area, Checked: a.Near == area})
	}
	if p.Sites, err = h.openSites(r); err != nil {
		return p, err
	}
	for i := range p.Sites {
		p.Sites[i].Checked = p.Sites[i].Value == a.Site
	}
	p.More = len(a.Days)+len(a.Access) > 0 || a.Time != "" || a.Online || a.Childcare || a.Near != "" || !slices.Contains(h.tongues(), a.Lang)
	return p, nil
}

// searched is what a topic is found by: its other words, and in Arabic all of
// them without the article, because nobody types that first.
func searched(label, words string) string {
	words = strings.ReplaceAll(words, ",", " ")
	for _, w := range strings.Fields(label + " " + words) {
		if bare, ok := strings.CutPrefix(w, "ال"); ok {
			words += " " + bare
		}
	}
	return words
}

// offerGroups answers with the groups. It is a page without an address: what was
// asked is in no history and no log.
func (h *Web) offerGroups(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	a, err := h.asked(w, r)
	if err != nil {
		return err
	}
	if r.Checked("again") { // "Change what I asked"
		p, err := h.offerPage(r, a)
		if err != nil {
			return err
		}
		return wide(r, a).Page(w, "introduction/offer", p)
	}
	if len(a.Topics) == 0 {
		p, err := h.offerPage(r, a)
		if err != nil {
			return err
		}
		return wide(r, a).Fail(w, "introduction/offer", p, fault.Wrong(fault.At("topics", "offer.error.topics")))
	}
	p, err := h.groupsPage(r, a)
	if err != nil {
		return err
	}
	return wide(r, a).Page(w, "introduction/offer_groups", p)
}
