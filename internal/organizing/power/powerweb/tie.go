// Who among us knows whom: the strategy team's list, the yes under which a tie is
// shown, and the holder's own page where it ends.
package powerweb

import (
	"net/http"
	"slices"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/power"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

type tiesPage struct {
	Tabs       []tab
	Strategist bool
	Groups     []tieGroup
	Offices    []Fact
}

type tieGroup struct {
	Title, URL string
	List       []tieLine
}

func (h *Web) ties(w http.ResponseWriter, r *web.Request) error {
	p := tiesPage{Tabs: h.tabs(r, "/power/ties")}
	var err error
	if p.Strategist, err = h.s.Strategist(r.Context(), r.Actor); err != nil {
		return err
	}
	if !p.Strategist {
		return r.Page(w, "power/ties", p)
	}
	list, err := h.s.Ties(r.Context(), r.Actor, "")
	if err != nil {
		return err
	}
	all, err := h.s.All(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for _, o := range all {
		g := tieGroup{Title: title(r, o), URL: "/power/offices/" + o.ID}
		for _, t := range list {
			if t.Office == o.ID {
				g.List = append(g.List, h.tieLine(r, t))
			}
		}
		if len(g.List) > 0 {
			p.Groups = append(p.Groups, g)
		} else if o.State == power.Active {
			p.Offices = append(p.Offices, Fact{Text: title(r, o), Href: g.URL})
		}
	}
	return r.Page(w, "power/ties", p)
}

type tiePage struct {
	ID, Name, Office, OfficeURL string
	Person                      bool
	Facts                       []Fact
}

func (h *Web) tie(w http.ResponseWriter, r *web.Request) error {
	t, err := h.s.Tie(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	o, err := h.s.Office(r.Context(), r.Actor, t.Office)
	if err != nil {
		return err
	}
	line := h.tieLine(r, t)
	return r.Page(w, "power/tie", tiePage{ID: t.ID, Name: t.Name, Office: title(r, o), OfficeURL: "/power/offices/" + o.ID, Person: t.Person != "",
		Facts: []Fact{{Term: r.T("power.tie.to"), Text: title(r, o), Href: "/power/offices/" + o.ID}, {Term: r.T("power.tie.how"), Text: line.Kind}, {Term: r.T("power.tie.strength"), Text: line.Strength},
			{Term: r.T("power.tie.since"), Text: day(r, t.Made)}, {Term: r.T("power.tie.until"), Text: line.Until}}})
}

func (h *Web) tieEnd(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.EndTie(r.Context(), r.Actor, r.PathValue("id"), r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, "/power/ties", "power.flash.untied")
}

type tieFormPage struct {
	ID, Office                    string
	Who                           string // person, institution or me
	Ways                          []tab
	Q                             string
	Searched                      bool
	Found, Institutions           []Option
	Kinds, Strengths, Months      []Option
	Hows, Witnesses, Interpreters []Option
	Agreed                        bool
	WordsLang, WordsTitle         string
	WordsLangs                    []Option
	Words                         []string
	Me                            string // own person id
}

func (h *Web) tieForm(w http.ResponseWriter, r *web.Request) error {
	p, err := h.tieFormPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "power/tieform", p)
}

func (h *Web) tieFormPage(r *web.Request) (p tieFormPage, err error) {
	ctx := r.Context()
	if ok, err := h.s.Strategist(ctx, r.Actor); err != nil {
		return p, err
	} else if !ok {
		return p, fault.Missing("not on the strategy team")
	}
	o, err := h.s.Office(ctx, r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = tieFormPage{ID: o.ID, Office: title(r, o), Who: r.Form("who"), Q: r.Form("q"), Me: r.Actor.Person, Agreed: r.Checked("agreed")}
	ways := []string{"person", "institution"}
	if p.Me != "" {
		ways = append(ways, "me")
	}
	if !slices.Contains(ways, p.Who) {
		p.Who = ways[0]
	}
	for _, way := range ways {
		p.Ways = append(p.Ways, tab{Label: r.T("power.tie.who." + way), URL: "/power/offices/" + o.ID + "/tie?who=" + way, Current: way == p.Who})
	}
	if err := h.holders(r, &p); err != nil {
		return p, err
	}
	p.Kinds = options(r, "power.tie.", power.TieKinds(), r.Form("kind"))
	for n := 1; n <= 3; n++ {
		p.Strengths = append(p.Strengths, Option{Value: strconv.Itoa(n), Label: r.T("power.strength." + strconv.Itoa(n)), Checked: r.Form("strength") == strconv.Itoa(n)})
	}
	months := r.Form("months")
	if months == "" {
		months = "12"
	}
	for _, n := range power.TieMonths() {
		p.Months = append(p.Months, Option{Value: strconv.Itoa(n), Label: r.T("power.months", "Count", n), Checked: months == strconv.Itoa(n)})
	}
	for _, v := range consent.Hows() {
		p.Hows = append(p.Hows, Option{Value: string(v), Label: r.T("consent.how." + string(v)), Checked: r.Form("how") == string(v)})
	}
	for _, v := range consent.Witnesses()[1:] {
		p.Witnesses = append(p.Witnesses, Option{Value: string(v), Label: r.T("consent.helper." + string(v)), Checked: r.Form("witness") == string(v)})
	}
	for _, v := range consent.Interpreters()[1:] {
		p.Interpreters = append(p.Interpreters, Option{Value: string(v), Label: r.T("consent.helper." + string(v)), Checked: r.Form("interpreter") == string(v)})
	}
	return p, h.wording(r, &p)
}

// holders are who may have the tie: people found by name, or institutions.
func (h *Web) holders(r *web.Request, p *tieFormPage) error {
	ctx := r.Context()
	if p.Who == "institution" {
		list, err := h.s.Actors(ctx, r.Actor)
		for _, a := range list {
			if a.Institution {
				id := a.Ref[len("institution:"):]
				p.Institutions = append(p.Institutions, Option{Value: id, Label: a.Name, Checked: r.Form("institution") == id})
			}
		}
		return err
	}
	if p.Who != "person" || p.Q == "" {
		return nil
	}
	p.Searched = true
	found, err := h.people.Find(ctx, r.Actor, p.Q, 10)
	if err != nil {
		return err
	}
	for _, c := range found {
		p.Found = append(p.Found, Option{Value: c.ID, Label: c.Name, Checked: r.Form("person") == c.ID || len(found) == 1})
	}
	return nil
}

// wording is what is read out before the yes, in the language it is read in.
func (h *Web) wording(r *web.Request, p *tieFormPage) error {
	if p.WordsLang = r.Form("words"); !slices.Contains(consent.Languages(), p.WordsLang) {
		p.WordsLang = r.Locale
	}
	for _, l := range i18n.Languages() {
		if slices.Contains(consent.Languages(), l.Code) {
			p.WordsLangs = append(p.WordsLangs, Option{Value: l.Code, Label: r.Localizer().LanguageName(l.Code), Checked: l.Code == p.WordsLang})
		}
	}
	text, err := consent.Current(consent.TieShown, p.WordsLang)
	if err != nil {
		return err
	}
	until, _ := strconv.Atoi(r.Form("months"))
	if until == 0 {
		until = 12
	}
	l := h.o.Catalog.Localizer(p.WordsLang)
	p.WordsTitle, p.Words = text.Title, text.Text(consent.Values{Recipient: l.T("power.strategy_team"), Fields: []consent.Field{consent.Name, consent.Tie}, Until: l.LongDate(r.Now().AddDate(0, until, 0), r.Zone())})
	return nil
}

func (h *Web) tieSave(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := power.TieIn{Office: r.PathValue("id"), Kind: r.Form("kind"), Strength: number(r, "strength"), Agreed: r.Checked("agreed"), Months: number(r, "months"), Lang: r.Form("words"),
		How: consent.How(r.Form("how")), Interpreter: consent.Helper(r.Form("interpreter")), Witness: consent.Helper(r.Form("witness")), Key: r.Key()}
	switch r.Form("who") {
	case "institution":
		in.Institution = r.Form("institution")
	case "me":
		in.Person, in.How = r.Actor.Person, consent.OnScreen
	default:
		in.Person = r.Form("person")
	}
	_, err := h.s.AddTie(r.Context(), r.Actor, in)
	if err == nil {
		return r.RedirectWith(w, "/power/offices/"+in.Office, "power.flash.tied")
	}
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	p, e := h.tieFormPage(r)
	if e != nil {
		return e
	}
	return r.Fail(w, "power/tieform", p, err)
}

type minePage struct {
	ID, Until string
	Facts     []Fact
}

// mine is a tie as its holder sees it: what is shown, to whom, until when.
func (h *Web) mine(w http.ResponseWriter, r *web.Request) error {
	t, err := h.s.Tie(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	o, err := h.s.OfficeOf(r.Context(), r.Actor, t)
	if err != nil {
		return err
	}
	line := h.tieLine(r, t)
	return r.Page(w, "power/mytie", minePage{ID: t.ID, Until: line.Until, Facts: []Fact{{Term: r.T("power.own.name"), Text: t.Name}, {Term: r.T("power.own.whom"), Text: title(r, o)},
		{Term: r.T("power.tie.how"), Text: line.Kind}, {Term: r.T("power.own.strength"), Text: line.Strength}}})
}

func (h *Web) mineEnd(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.EndTie(r.Context(), r.Actor, r.PathValue("id"), r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, "/me/together", "power.flash.own_ended")
}
