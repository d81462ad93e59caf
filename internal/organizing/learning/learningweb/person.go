// One person's path, and signing what was seen.
package learningweb

import (
	"net/http"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/learning"
	"seedbed/internal/platform/web"
)

type personPage struct {
	ID, Name string
	Me       bool
	Path     pathView
	Signs    bool
	Skills   []Option
	Seen     []Option // encounters at which it can have been seen
	Saw      bool
}

func (h *Web) personData(r *web.Request) (p personPage, err error) {
	ctx, id := r.Context(), r.PathValue("id")
	rec, err := h.s.Record(ctx, r.Actor, id)
	if err != nil {
		return p, err
	}
	names, err := h.people.Names(ctx, r.Actor, []string{id})
	if err != nil {
		return p, err
	}
	card, ok := names[id]
	if !ok {
		return p, fault.Missing("no name to show")
	}
	coming, err := h.s.Coming(ctx, r.Actor)
	if err != nil {
		return p, err
	}
	p = personPage{ID: card.ID, Name: card.Name, Me: r.Actor.Person != "" && r.Actor.Person == card.ID, Path: h.path(r, rec, coming)}
	if p.Signs = may(r, sign) && !p.Me; p.Signs {
		err = h.signing(r, &p, rec)
	}
	return p, err
}

// signing fills the form: skills not shown yet, and where somebody can have seen them.
func (h *Web) signing(r *web.Request, p *personPage, rec learning.Record) error {
	left := slices.DeleteFunc(learning.Skills(), func(k learning.Skill) bool { return slices.Contains(rec.Shown(), k) })
	p.Skills = options(r, "learning.skill.", left, func(k learning.Skill) bool { return string(k) == r.Form("skill") })
	seen, err := h.s.Seen(r.Context(), r.Actor, p.ID)
	if err != nil {
		return err
	}
	for _, t := range seen {
		p.Seen = append(p.Seen, Option{Value: t.ID, Label: r.T("people.kind."+string(t.Kind)) + ", " + r.Localizer().ShortDate(t.At.In(r.Zone())), Checked: t.ID == r.Form("encounter")})
	}
	p.Saw = r.Checked("saw")
	return nil
}

func (h *Web) person(w http.ResponseWriter, r *web.Request) error {
	p, err := h.personData(r)
	if err != nil {
		return err
	}
	return r.Page(w, "learning/person", p)
}

func (h *Web) again(w http.ResponseWriter, r *web.Request, err error) error {
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return err
	}
	p, e := h.personData(r)
	if e != nil {
		return e
	}
	return r.Fail(w, "learning/person", p, err)
}

func (h *Web) sign(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	in := learning.SignIn{Person: id, Skill: r.Form("skill"), Encounter: r.Form("encounter"), Saw: r.Checked("saw"), Key: r.Key()}
	if _, err := h.s.Sign(r.Context(), r.Actor, in); err != nil {
		return h.again(w, r, err)
	}
	return r.RedirectWith(w, "/learn/people/"+id, "learning.flash.signed")
}

func (h *Web) takeBack(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	person, err := h.s.TakeBack(r.Context(), r.Actor, r.Form("signed"), r.Key())
	if err != nil {
		return h.again(w, r, err)
	}
	return r.RedirectWith(w, "/learn/people/"+person, "learning.flash.taken_back")
}
