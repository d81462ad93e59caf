// Who is asked again and again: adding people, invitations on paper, and taking
// somebody out who says so.
package surveyweb

import (
	"net/http"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/web"
)

type askedLine struct {
	Person, Name string
	Yes          bool
	Address      string
}

type cohortPage struct {
	ID, Title     string
	Q             string
	Searched      bool
	Found         []askedLine
	Asked         []askedLine
	Yes           int
	Running, Core bool
}

func (h *Web) cohortPage(r *web.Request) (p cohortPage, err error) {
	l, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	list, err := h.s.Cohort(r.Context(), r.Actor, l.ID)
	if err != nil {
		return p, err
	}
	p = cohortPage{ID: l.ID, Title: l.Title, Q: r.FormValue("q"), Core: h.o.Core}
	if w, ok := l.Last(); ok {
		p.Running = w.OpenAt(r.Now())
	}
	for _, m := range list {
		line := askedLine{Person: m.Person, Name: m.Name, Yes: m.Yes}
		if m.Code != "" {
			line.Address = r.Base() + "/q/" + m.Code
		}
		if m.Yes {
			p.Yes++
		}
		p.Asked = append(p.Asked, line)
	}
	if p.Q != "" {
		p.Searched = true
		found, err := h.people.Find(r.Context(), r.Actor, p.Q, 12)
		if err != nil {
			return p, err
		}
		for _, c := range found {
			if !slices.ContainsFunc(p.Asked, func(a askedLine) bool { return a.Person == c.ID }) {
				p.Found = append(p.Found, askedLine{Person: c.ID, Name: c.Name})
			}
		}
	}
	return p, nil
}

func (h *Web) cohort(w http.ResponseWriter, r *web.Request) error {
	p, err := h.cohortPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "survey/cohort", p)
}

func (h *Web) ask(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var err error
	flash := "survey.flash.asked"
	switch r.Form("act") {
	case "leave":
		err, flash = h.s.Leave(r.Context(), r.Actor, r.PathValue("id"), r.Form("person"), r.Key()), "survey.flash.left"
	case "core":
		_, err = h.s.Ask(r.Context(), r.Actor, survey.AskIn{Survey: r.PathValue("id"), Core: true, Key: r.Key()})
	default:
		_, err = h.s.Ask(r.Context(), r.Actor, survey.AskIn{Survey: r.PathValue("id"), People: r.FormAll("person"), Key: r.Key()})
	}
	if err == nil {
		return r.RedirectWith(w, "/surveys/people/"+r.PathValue("id"), flash)
	}
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	p, e := h.cohortPage(r)
	if e != nil {
		return e
	}
	return r.Fail(w, "survey/cohort", p, err)
}

// invitations is a card for each who is asked, with their own way in: to hand over.
func (h *Web) invitations(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Cohort(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := cardPage{Wave: r.PathValue("id")}
	for _, m := range list {
		if m.Code == "" {
			continue
		}
		x := card{Name: m.Name, Code: id.GroupCode(m.Code), Address: r.Base() + "/q/" + m.Code}
		if x.QR, err = drawn(r, x.Address); err != nil {
			return err
		}
		p.Cards = append(p.Cards, x)
	}
	return r.Page(w, "survey/invitations", p)
}
