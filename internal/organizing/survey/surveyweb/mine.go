// A member's own page of a survey: whether they said yes, a way to answer, and the
// way out. It shows no answer, not even their own: nobody reads one person's answers.
package surveyweb

import (
	"net/http"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/web"
)

type minePage struct {
	ID, Title, Code string
	Yes, Answered   bool
	Until           time.Time
	Zone            *time.Location
}

func (h *Web) minePage(r *web.Request) (p minePage, err error) {
	list, err := h.s.MySurveys(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	i := slices.IndexFunc(list, func(m survey.Mine) bool { return m.Survey == r.PathValue("id") })
	if i < 0 {
		return p, fault.Missing("survey")
	}
	m := list[i]
	return minePage{ID: m.Survey, Title: m.Title, Code: m.Code, Yes: m.Yes, Answered: m.Answered, Until: m.Until, Zone: r.Zone()}, nil
}

func (h *Web) mine(w http.ResponseWriter, r *web.Request) error {
	p, err := h.minePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "survey/mine", p)
}

func (h *Web) takeBack(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if r.Form("sure") == "" {
		p, err := h.minePage(r)
		if err != nil {
			return err
		}
		return r.Fail(w, "survey/mine", p, fault.Wrong(fault.At("sure", "survey.error.sure_back")))
	}
	if err := h.s.TakeBack(r.Context(), r.Actor, r.PathValue("id"), r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, "/me/together", "survey.flash.taken_back")
}
