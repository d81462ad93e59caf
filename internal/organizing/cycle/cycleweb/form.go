// The form of a cycle: to begin one, to change it, and to begin the next turn.

package cycleweb

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

// mover is a verb that takes the form of a move.
type mover func(ctx context.Context, a access.Actor, in cycle.MoveIn) error

func wrong(bad []fault.Field) error { return fault.Wrong(bad...) }

type formPage struct {
	Title, Intro, Action, Back, Button string
	Name, About, Due, Version          string
	Teams, Campaigns                   []Option
	Carried                            []Link
	Closed                             bool
}

// formOf fills the form; teams and campaigns are those the reader sees.
func (h *Web) formOf(r *web.Request, in cycle.In) (d formPage, err error) {
	see, err := h.s.Around(r.Context(), r.Actor)
	if err != nil {
		return d, err
	}
	d = formPage{Title: r.T("cycle.new"), Intro: r.T("cycle.new_intro"), Action: "/cycles/new", Back: "/cycles", Button: r.T("cycle.begin"), Name: in.Name, About: in.About,
		Due: typedDay(r, in.Due), Version: strconv.FormatInt(in.Version, 10), Teams: picks(see.Teams, in.Teams...)}
	if in.ID != "" {
		d.Title, d.Intro, d.Action, d.Back, d.Button = r.T("cycle.edit"), "", "/cycles/"+in.ID+"/edit", "/cycles/"+in.ID, r.T("common.save")
	}
	var names []cycle.Named
	for _, c := range see.Campaigns {
		names = append(names, c.Named)
	}
	d.Campaigns = picks(names, in.Campaigns...)
	return d, nil
}

func (h *Web) in(r *web.Request, bad *[]fault.Field) cycle.In {
	return cycle.In{ID: r.PathValue("id"), Name: guarded(r, "name", bad), About: guarded(r, "about", bad), Teams: r.FormAll("teams"), Campaigns: r.FormAll("campaigns"),
		Due: day(r, "due"), Version: version(r), Key: r.Key()}
}

func (h *Web) blank(w http.ResponseWriter, r *web.Request) error {
	d, err := h.formOf(r, cycle.In{Due: cycle.PhaseZero.DueBy(r.Now())})
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/form", d)
}

func (h *Web) begin(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var bad []fault.Field
	in := h.in(r, &bad)
	made, err := "", wrong(bad)
	if len(bad) == 0 {
		made, err = h.s.Begin(r.Context(), r.Actor, in)
	}
	if err != nil {
		d, e := h.formOf(r, in)
		if e != nil {
			return e
		}
		return again(w, r, "cycle/form", d, err)
	}
	return r.RedirectWith(w, "/cycles/"+made, "cycle.flash.begun")
}

func (h *Web) edit(w http.ResponseWriter, r *web.Request) error {
	b, err := h.s.Board(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	in := cycle.In{ID: b.ID, Name: b.Name, About: b.About, Due: b.Due, Version: b.Version}
	for _, ref := range b.Chosen {
		switch kind, id, _ := strings.Cut(ref, ":"); kind {
		case "team":
			in.Teams = append(in.Teams, id)
		case "campaign":
			in.Campaigns = append(in.Campaigns, id)
		}
	}
	d, err := h.formOf(r, in)
	if err != nil {
		return err
	}
	d.Closed = b.Phase == cycle.Closed
	return r.Page(w, "cycle/form", d)
}

func (h *Web) change(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	b, err := h.s.Board(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err // nothing is said about a form of something out of reach
	}
	var bad []fault.Field
	in := h.in(r, &bad)
	err = wrong(bad)
	if len(bad) == 0 {
		err = h.s.Change(r.Context(), r.Actor, in)
	}
	if err != nil {
		d, e := h.formOf(r, in)
		if e != nil {
			return e
		}
		d.Closed = b.Phase == cycle.Closed
		return again(w, r, "cycle/form", d, err)
	}
	return r.RedirectWith(w, "/cycles/"+in.ID, "cycle.flash.saved")
}

// nextForm is the form of the next turn, with what it begins with.
func (h *Web) nextForm(r *web.Request, in cycle.In) (d formPage, err error) {
	b, err := h.s.Board(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	in.ID = ""
	if d, err = h.formOf(r, in); err != nil {
		return d, err
	}
	d.Title, d.Intro, d.Action, d.Back = r.T("cycle.next_turn"), r.T("cycle.next_turn_intro", "Name", b.Name), "/cycles/"+b.ID+"/next", "/cycles/"+b.ID
	for _, i := range b.Issues {
		if i.Choice != "" {
			d.Carried = append(d.Carried, Link{Label: i.Title, Text: r.T("cycle.choice." + string(i.Choice)), URL: "/issues/" + i.ID})
		}
	}
	return d, nil
}

func (h *Web) nextTurn(w http.ResponseWriter, r *web.Request) error {
	b, err := h.s.Board(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	in := cycle.In{Due: cycle.PhaseZero.DueBy(r.Now())}
	for _, ref := range b.Chosen {
		if kind, id, _ := strings.Cut(ref, ":"); kind == "team" {
			in.Teams = append(in.Teams, id)
		}
	}
	d, err := h.nextForm(r, in)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/form", d)
}

func (h *Web) beginNext(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var bad []fault.Field
	in := h.in(r, &bad)
	if _, err := h.nextForm(r, in); err != nil {
		return err
	}
	made, err := "", wrong(bad)
	if len(bad) == 0 {
		made, err = h.s.Next(r.Context(), r.Actor, r.PathValue("id"), in)
	}
	if err != nil {
		d, e := h.nextForm(r, in)
		if e != nil {
			return e
		}
		return again(w, r, "cycle/form", d, err)
	}
	return r.RedirectWith(w, "/cycles/"+made, "cycle.flash.begun")
}
