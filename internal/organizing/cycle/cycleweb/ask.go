// The ask: who, what, by when, and why it is in their interest.

package cycleweb

import (
	"net/http"
	"slices"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type askPage struct {
	ID, Title, Problem             string
	Offices                        []Option
	Typed                          bool // nobody in the list, or somebody who is not in it
	Name, Office, Body             string
	Action, Due, Leverage, Version string
	Calm, AskCalm                  bool
	NewOffice                      string
	Decided                        bool
}

func (h *Web) askForm(r *web.Request, in cycle.AskIn) (d askPage, err error) {
	i, err := h.s.Issue(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	list, err := h.s.OfficesFor(r.Context(), r.Actor)
	if err != nil && !fault.Is(err, fault.Forbidden) {
		return d, err
	}
	d = askPage{ID: i.ID, Title: i.Title, Problem: i.Problem, Name: in.Name, Office: in.Title, Body: in.Body, Action: in.Action, Due: typedDay(r, in.Due), Leverage: in.Leverage,
		Version: strconv.FormatInt(in.Version, 10), Calm: in.Calm, Typed: len(list) == 0 || in.Office == "" && in.Name != "", Decided: i.State != cycle.Proposed && i.State != cycle.Cut}
	if may(r, "office", access.Create) {
		d.NewOffice = h.o.NewOffice
	}
	for _, o := range list {
		label := decider(r.Localizer(), cycle.Decider{Name: o.Name, Office: o.Office, Body: o.Body})
		if o.Name == "" {
			label = r.T("cycle.ask.vacant", "Office", o.Office, "Body", o.Body)
		}
		d.Offices = append(d.Offices, Option{Value: o.ID, Label: label, Checked: o.ID == in.Office})
	}
	return d, nil
}

func (h *Web) asking(w http.ResponseWriter, r *web.Request) error {
	i, err := h.s.Issue(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	in := cycle.AskIn{Office: i.Office, Name: i.Decider.Name, Title: i.Decider.Office, Body: i.Decider.Body, Action: i.Action, Due: i.Due, Leverage: i.Leverage, Version: i.Version}
	d, err := h.askForm(r, in)
	if err != nil {
		return err
	}
	if in.Office != "" {
		d.Name, d.Office, d.Body = "", "", ""
	}
	return r.Page(w, "cycle/ask", d)
}

func (h *Web) ask(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var bad []fault.Field
	in := cycle.AskIn{Issue: r.PathValue("id"), Office: r.Form("office"), Name: guarded(r, "name", &bad), Title: guarded(r, "title", &bad), Body: guarded(r, "body", &bad),
		Action: guarded(r, "action", &bad), Due: day(r, "due"), Leverage: guarded(r, "leverage", &bad), Calm: r.Checked("calm"), Version: version(r), Key: r.Key()}
	typed := in
	d, err := h.askForm(r, typed)
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return again(w, r, "cycle/ask", d, wrong(bad))
	}
	if in.Name != "" { // a name that is typed goes before a choice from the list
		in.Office = ""
	}
	if err := h.s.SetAsk(r.Context(), r.Actor, in); err != nil {
		d.AskCalm = in.Calm || slices.ContainsFunc(fault.FieldsOf(err), func(f fault.Field) bool { return f.Key == "cycle.error.partisan" })
		d.Typed = d.Typed || slices.ContainsFunc(fault.FieldsOf(err), func(f fault.Field) bool { return f.Name == "name" })
		return again(w, r, "cycle/ask", d, err)
	}
	return r.RedirectWith(w, "/issues/"+in.Issue, "cycle.flash.asked")
}
