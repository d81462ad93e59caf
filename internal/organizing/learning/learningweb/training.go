// Trainings: planning one, its list, and writing down that it was held.
package learningweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/learning"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/web"
)

type trainingForm struct {
	Curricula, Places, Langs []Option
	Date, Time, Minutes      string
}

func (h *Web) trainingFormData(r *web.Request, place, lang string) (f trainingForm, err error) {
	list, err := h.s.Curricula(r.Context(), r.Actor)
	if err != nil {
		return f, err
	}
	for _, c := range list {
		if c.State == learning.Published {
			f.Curricula = append(f.Curricula, Option{Value: c.ID, Label: c.Draft.Title, Checked: c.ID == r.Form("curriculum")})
		}
	}
	f.Places = options(r, "people.place.", people.Places(), func(p string) bool { return p == place })
	f.Langs = languages(r, lang)
	f.Date, f.Time, f.Minutes = r.Form("date"), r.Form("time"), r.Form("minutes")
	return f, nil
}

func (h *Web) trainingForm(w http.ResponseWriter, r *web.Request) error {
	f, err := h.trainingFormData(r, "hall", r.Locale)
	if err != nil {
		return err
	}
	if f.Time == "" {
		f.Time, f.Minutes = "18:00", "120"
	}
	return r.Page(w, "learning/trainingform", f)
}

func (h *Web) trainingPlan(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	at, _ := time.ParseInLocation("2006-01-02 15:04", r.Form("date")+" "+r.Form("time"), r.Zone()) // what is none is the zero time, which the core refuses
	in := learning.PlanIn{Curriculum: r.Form("curriculum"), At: at, Minutes: int(number(r.Form("minutes"))), Place: r.Form("place"), Language: r.Form("lang"), Key: r.Key()}
	made, err := h.s.Plan(r.Context(), r.Actor, in)
	if err != nil {
		f, e := h.trainingFormData(r, in.Place, in.Language)
		if e != nil {
			return e
		}
		return r.Fail(w, "learning/trainingform", f, err)
	}
	return r.RedirectWith(w, "/learn/trainings/"+made, "learning.flash.saved")
}

type attendee struct {
	Person, Name, URL string
	Trainer           bool
}

type trainingPage struct {
	ID, Title, Purpose string
	Line               trainingLine
	Facts              []Fact
	Sessions           []outlineLine
	List               []attendee
	Unnamed            int // on the list, but not within the reader's reach
	Q                  string
	Searched           bool
	Found              []attendee
	Mine, Open         bool // may be changed; not held yet
	Began              bool
	Others             int
	Signs              bool
	Expected           bool // the reader is on the list themself
}

func (h *Web) trainingData(r *web.Request) (p trainingPage, err error) {
	ctx := r.Context()
	t, list, err := h.s.Training(ctx, r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = trainingPage{ID: t.ID, Title: t.Content.Title, Purpose: t.Content.Purpose, Line: h.line(r, t), Mine: t.Mine && t.State != learning.Cancelled, Open: t.State == learning.Planned,
		Began: !t.At.After(r.Now()), Others: t.Others, Signs: may(r, sign)}
	p.Facts = []Fact{{Term: r.T("learning.when"), Text: p.Line.When}, {Term: r.T("learning.where"), Text: p.Line.Meta}, {Term: r.T("learning.given_by"), Text: h.staff(r, t.Account)},
		{Term: r.T("learning.version"), Text: r.T("learning.version.n", "Version", t.Version)}, {Term: r.T("learning.practises"), Text: skills(r, t.Content.Skills())}}
	for i, s := range t.Content.Sessions {
		p.Sessions = append(p.Sessions, outlineLine{URL: "/learn/trainings/" + t.ID + "/sessions/" + strconv.Itoa(i), Title: s.Title, Purpose: s.Purpose, Meta: minutes(r, s.Minutes())})
	}
	var ids []string
	for _, x := range list {
		ids = append(ids, x.Person)
		p.Expected = p.Expected || x.Person == r.Actor.Person && x.Person != ""
	}
	names, err := h.people.Names(ctx, r.Actor, ids)
	if err != nil {
		return p, err
	}
	for _, x := range list {
		card, ok := names[x.Person]
		if !ok {
			p.Unnamed++
			continue
		}
		p.List = append(p.List, attendee{Person: x.Person, Name: card.Name, URL: "/learn/people/" + card.ID, Trainer: x.Trainer})
	}
	slices.SortFunc(p.List, func(a, b attendee) int { return strings.Compare(a.Name, b.Name) })
	if p.Q = r.Form("q"); p.Q != "" && p.Mine && p.Open {
		p.Searched = true
		found, err := h.people.Find(ctx, r.Actor, p.Q, 10)
		if err != nil {
			return p, err
		}
		for _, c := range found {
			if !slices.Contains(ids, c.ID) {
				p.Found = append(p.Found, attendee{Person: c.ID, Name: c.Name})
			}
		}
	}
	return p, nil
}

func (h *Web) training(w http.ResponseWriter, r *web.Request) error {
	p, err := h.trainingData(r)
	if err != nil {
		return err
	}
	return r.Page(w, "learning/training", p)
}

// acted goes back to the training, or shows it with what was wrong.
func (h *Web) acted(w http.ResponseWriter, r *web.Request, err error, flash string) error {
	id := r.PathValue("id")
	if err == nil {
		return r.RedirectWith(w, "/learn/trainings/"+id, flash)
	}
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return err
	}
	p, e := h.trainingData(r)
	if e != nil {
		return e
	}
	return r.Fail(w, "learning/training", p, err)
}

func (h *Web) trainingList(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id, person := r.PathValue("id"), r.Form("person")
	if r.Form("act") == "remove" {
		return h.acted(w, r, h.s.Unexpect(r.Context(), r.Actor, id, person, r.Key()), "learning.flash.removed")
	}
	return h.acted(w, r, h.s.Expect(r.Context(), r.Actor, id, learning.Attendance{Person: person, Trainer: r.Form("act") == "trainer"}, r.Key()), "learning.flash.added")
}

func (h *Web) trainingHeld(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	others, ok := r.FormInt("others")
	if !ok && r.Form("others") != "" {
		others = -1 // the core says what is wrong
	}
	in := learning.HoldIn{ID: r.PathValue("id"), Present: r.FormAll("present"), Others: others, Key: r.Key()}
	return h.acted(w, r, h.s.Hold(r.Context(), r.Actor, in), "learning.flash.held")
}

func (h *Web) trainingCancel(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	return h.acted(w, r, h.s.Cancel(r.Context(), r.Actor, r.PathValue("id"), r.Key()), "learning.flash.cancelled")
}
