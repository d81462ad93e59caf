// Joining by oneself, on one's own phone: one short form, in one's own language.
// Titles and addresses say nothing, and the page works without JavaScript.

package peopleweb

import (
	"net/http"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

func (h *Web) joinRoutes() []web.Route {
	return []web.Route{
		route(web.Participant, "GET", "/join/{token}", need("join", access.Read), h.joinPage),
		route(web.Participant, "POST", "/join/{token}", need("join", access.Create), h.join),
	}
}

type joinPage struct {
	fields
	Token  string
	Clinic string
	Text   Wording
}

// anybody is who joins: a session of another page of theirs has no part in it.
func anybody(r *web.Request) access.Actor {
	a := access.Anonymous(r.Actor.Org)
	a.Request = r.ID
	return a
}

func (h *Web) joinForm(w http.ResponseWriter, r *web.Request, l people.Link, f form, bad error) error {
	if f.Lang == "" {
		f.Lang = l.Lang
		if slices.Contains(consent.Languages(), r.Locale) {
			f.Lang = r.Locale
		}
	}
	p := joinPage{fields: fieldsOf(r, f, nil), Token: r.PathValue("token"), Clinic: r.Frame().Scope}
	var err error
	if p.Text, err = wording(readIn(r, r.Locale), p.Clinic, nil, r.Localizer().LongDate(r.Now().AddDate(1, 0, 0).In(r.Zone()))); err != nil {
		return err
	}
	if bad != nil {
		return r.Fail(w, "people/join", p, bad)
	}
	return r.Page(w, "people/join", p)
}

func (h *Web) joinPage(w http.ResponseWriter, r *web.Request) error {
	_, l, err := h.s.Enter(r.Context(), anybody(r), r.PathValue("token"))
	if err != nil {
		return err
	}
	return h.joinForm(w, r, l, readForm(r), nil)
}

func (h *Web) join(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	_, l, err := h.s.Enter(r.Context(), anybody(r), r.PathValue("token"))
	if err != nil {
		return err
	}
	f := readForm(r)
	if !f.Agree {
		return h.joinForm(w, r, l, f, fault.Wrong(fault.At("agree", "people.error.agree_self")))
	}
	j, err := h.s.JoinByLink(r.Context(), anybody(r), r.PathValue("token"), r.Network(), people.JoinIn{ProfileIn: f.ProfileIn, ConsentLang: readIn(r, r.Locale), Key: r.Key()})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Limited) {
		return h.joinForm(w, r, l, f, err)
	}
	if err != nil {
		return err
	}
	p, err := h.slip(r, j.Code, r.Locale)
	if err != nil {
		return err
	}
	return r.Page(w, "people/joined", p)
}
