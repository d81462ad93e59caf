// Ways in that an organizer or a leader makes: a link, and its poster with a QR code.

package peopleweb

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/qr"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

func (h *Web) linkRoutes() []web.Route {
	return []web.Route{
		route(web.Staff, "GET", "/people/links", need("joinlink", access.Read), h.linksPage), route(web.Staff, "POST", "/people/links", need("joinlink", access.Create), h.linkMake),
		route(web.Print, "GET", "/people/links/{id}", need("joinlink", access.Read), h.linkPoster), route(web.Staff, "POST", "/people/links/{id}", need("joinlink", access.Update), h.linkClose),
	}
}

type linkLine struct {
	ID, Place, Where, Lang, Until string
	Joined                        int
	Open                          bool
}

type linksPage struct {
	Places, Days, Langs, Institutions []Option
	Lines                             []linkLine
}

func (h *Web) links(r *web.Request, in people.LinkIn) (p linksPage, err error) {
	list, err := h.s.Links(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	places, err := h.s.Institutions(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	p.Places = options(r, people.LinkPlaces(), "people.link.place.", in.Place)
	for _, d := range people.LinkDays() {
		p.Days = append(p.Days, Option{Value: strconv.Itoa(d), Label: r.T("people.link.days." + strconv.Itoa(d)), Checked: d == in.Days})
	}
	for _, code := range consent.Languages() {
		p.Langs = append(p.Langs, Option{Value: code, Label: i18n.Autonym(code), Checked: code == in.Lang})
	}
	for _, i := range places {
		if !i.Closed {
			p.Institutions = append(p.Institutions, Option{Value: i.ID, Label: i.Name, Checked: i.ID == in.Institution})
		}
	}
	for _, v := range list {
		line := linkLine{ID: v.ID, Place: r.T("people.link.place." + v.Place), Lang: i18n.Autonym(v.Lang), Joined: v.Joined, Open: v.OpenAt(r.Now())}
		if i := slices.IndexFunc(places, func(i people.Institution) bool { return i.ID == v.Institution }); i >= 0 {
			line.Where = places[i].Name
		}
		line.Until = r.T("people.link.over")
		if line.Open {
			line.Until = r.T("people.link.until", "Day", r.Localizer().Date(v.Expires.In(r.Zone())))
		}
		p.Lines = append(p.Lines, line)
	}
	return p, nil
}

func (h *Web) linksPage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.links(r, people.LinkIn{Place: "meeting", Days: 7, Lang: readIn(r, r.Locale)})
	if err != nil {
		return err
	}
	return r.Page(w, "people/links", p)
}

func (h *Web) linkMake(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := people.LinkIn{Place: r.Form("place"), Institution: r.Form("institution"), Lang: r.Form("lang"), Key: r.Key()}
	in.Days, _ = r.FormInt("days")
	_, err := h.s.MakeLink(r.Context(), r.Actor, in)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		p, e := h.links(r, in)
		if e != nil {
			return e
		}
		return r.Fail(w, "people/links", p, err)
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/people/links", "people.flash.link_made")
}

func (h *Web) linkClose(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.CloseLink(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return err
	}
	return r.RedirectWith(w, "/people/links", "people.flash.link_closed")
}

type posterPage struct {
	Clinic, URL, Short string
	Until              time.Time
	Zone               *time.Location
	QR                 template.HTML
	Open               bool
}

// linkPoster is the sheet for the wall or the table, in the link's language.
func (h *Web) linkPoster(w http.ResponseWriter, r *web.Request) error {
	l, err := h.s.Poster(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := posterPage{Clinic: r.Frame().Scope, URL: r.Base() + "/join/" + l.Token, Short: r.Host + "/join/" + l.Token, Until: l.Expires, Zone: r.Zone(), Open: l.OpenAt(r.Now())}
	svg, err := qr.SVG(p.URL, h.in(l.Lang).T("people.poster.scan"))
	if err != nil {
		return err
	}
	p.QR = template.HTML(svg) // drawn by kit/qr, which escapes its title
	r.Locale = l.Lang
	return r.Page(w, "people/poster", p)
}
