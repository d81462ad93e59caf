// Being carried over: the person alone on their own page, or with somebody of the
// staff beside them, reads the words, says yes and gets the code of the page where
// they are kept from then on. The code is on the screen of the yes and nowhere else.

package introductionweb

import (
	"html/template"
	"net/http"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/qr"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

func (h *Web) carryRoutes() []web.Route {
	if h.o.Carry == nil {
		return nil
	}
	own, staff := need("me", access.Update), need("introduction", access.Update)
	return []web.Route{
		route(web.Participant, "GET", "/me/more", own, h.meCarryPage), route(web.Participant, "POST", "/me/more", own, h.meCarry),
		route(web.Staff, "GET", "/handoffs/{id}/more", staff, h.carryPage), route(web.Staff, "POST", "/handoffs/{id}/more", staff, h.carry),
	}
}

// carryData is the question: every word that is agreed to, and exactly what is kept.
type carryData struct {
	ID                         string
	Text                       Wording
	Own                        *Wording // the same for staff who read another language
	Facts                      []Fact
	Sure                       bool
	Hows, Witnesses, Interpret []Option
}

func (h *Web) carryData(r *web.Request, intro string, p introduction.Person, lang string) (d carryData, err error) {
	l := h.inLang(lang)
	d = carryData{ID: intro, Sure: r.Checked("agree"), Facts: h.facts(l, p)}
	clinic, until := r.Frame().Scope, r.Now().AddDate(1, 0, 0)
	if d.Text, err = h.wording(consent.OrganizingRecord, lang, clinic, p.Keeps(), longDay(l, until, r.Zone())); err != nil {
		return d, err
	}
	if own := readIn(r, r.Locale); own != lang {
		w, err := h.wording(consent.OrganizingRecord, own, clinic, p.Keeps(), longDay(h.inLang(own), until, r.Zone()))
		if err != nil {
			return d, err
		}
		d.Own = &w
	}
	for _, how := range []consent.How{consent.Spoken, consent.OnPaper} {
		d.Hows = append(d.Hows, Option{Value: string(how), Label: r.T("consent.how." + string(how)), Checked: r.Form("how") == string(how)})
	}
	d.Witnesses, d.Interpret = helpers(r, consent.Witnesses(), r.Form("witness")), helpers(r, consent.Interpreters(), r.Form("interpreter"))
	return d, nil
}

func (h *Web) meCarryPage(w http.ResponseWriter, r *web.Request) error {
	return h.meCarryAsk(w, r, nil)
}

func (h *Web) meCarryAsk(w http.ResponseWriter, r *web.Request, bad error) error {
	m, err := h.s.MyInformation(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	if m.Carry != introduction.CarryAsk {
		return r.Redirect(w, "/me/info")
	}
	d, err := h.carryData(r, m.ID, m.Person, readIn(r, r.Locale))
	if err != nil {
		return err
	}
	if bad != nil {
		return r.Fail(w, "introduction/me_more", d, bad)
	}
	return r.Page(w, "introduction/me_more", d)
}

func (h *Web) meCarry(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	own := r.Actor.Subject
	err := h.s.CarryOver(r.Context(), r.Actor, introduction.CarryIn{ID: own, Agree: r.Checked("agree"), Lang: readIn(r, r.Locale), Key: r.Key()})
	if fault.Is(err, fault.Invalid) {
		return h.meCarryAsk(w, r, err)
	}
	if fault.Is(err, fault.Conflict) { // said before, or not the time for it: the page shows how it stands
		return r.Redirect(w, "/me/info")
	}
	if err != nil {
		return err
	}
	code, err := h.carried(r, own)
	if err != nil || code == "" {
		return orRedirect(w, r, "/me/info", err)
	}
	return r.Page(w, "introduction/me_kept", keptPage{Code: id.GroupCode(code)})
}

// carried is the code of the person's other page; empty when they ended it meanwhile.
func (h *Web) carried(r *web.Request, intro string) (string, error) {
	code, err := h.o.Carry(r.Context(), r.Actor.Org, intro)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) || fault.Is(err, fault.Forbidden) {
		return "", nil
	}
	return code, err
}

func orRedirect(w http.ResponseWriter, r *web.Request, to string, err error) error {
	if err != nil {
		return err
	}
	return r.Redirect(w, to)
}

func (h *Web) carryPage(w http.ResponseWriter, r *web.Request) error {
	return h.carryAsk(w, r, nil)
}

func (h *Web) carryAsk(w http.ResponseWriter, r *web.Request, bad error) error {
	v, err := h.s.Show(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if v.Carry != introduction.CarryAsk {
		return r.Redirect(w, "/handoffs/"+v.ID)
	}
	d, err := h.carryData(r, v.ID, v.Person, readIn(r, v.Person.Lang))
	if err != nil {
		return err
	}
	if bad != nil {
		return r.Fail(w, "introduction/handoffmore", d, bad)
	}
	return r.Page(w, "introduction/handoffmore", d)
}

// keptPage is the end: the code, on the person's screen or as a paper to take away.
type keptPage struct {
	ID, Code, Lang, Dir string
	SlipTitle           string
	SlipText            []string
	URL, Short          string
	QR                  template.HTML
}

func (h *Web) carry(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	intro := r.PathValue("id")
	v, err := h.s.Show(r.Context(), r.Actor, intro)
	if err != nil {
		return err
	}
	lang := readIn(r, v.Person.Lang)
	in := introduction.CarryIn{ID: intro, Agree: r.Checked("agree"), How: r.Form("how"), Witness: r.Form("witness"), Interpreter: r.Form("interpreter"), Lang: lang, Key: r.Key()}
	err = h.s.CarryOver(r.Context(), r.Actor, in)
	if fault.Is(err, fault.Invalid) {
		return h.carryAsk(w, r, err)
	}
	if fault.Is(err, fault.Conflict) {
		return r.Redirect(w, "/handoffs/"+intro)
	}
	if err != nil {
		return err
	}
	code, err := h.carried(r, intro)
	if err != nil || code == "" {
		return orRedirect(w, r, "/handoffs/"+intro, err)
	}
	l := h.inLang(lang)
	p := keptPage{ID: intro, Code: id.GroupCode(code), Lang: lang, Dir: i18n.Dir(lang), SlipTitle: l.T("me.kept.slip"),
		SlipText: []string{l.T("offer.slip.open"), l.T("offer.slip.keep")}, URL: r.Base() + "/me", Short: r.Host + "/me"}
	svg, err := qr.SVG(p.URL, l.T("offer.slip.scan"))
	if err != nil {
		return err
	}
	p.QR = template.HTML(svg) // drawn by kit/qr, which escapes its title
	return r.Page(w, "introduction/handoffkept", p)
}
