// The organizers' notebook, on screen and on paper, and the handover.

package cycleweb

import (
	"net/http"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type noteView struct {
	ID, Text, Name, URL, When, By, Due string
	Done, Late                         bool
}

type noteGroup struct {
	Kind, Title, None string
	Notes             []noteView
}

type notebookPage struct {
	ID, Name, Phase    string
	Groups             []noteGroup
	Kinds              []Option
	Kind, Text, Due, Q string
	People             []Option
	Person             string
	Searched           bool
	Handovers          []Event
	Handed             []handedView
	Issues             []issueLine
	MayWrite, MayPrint bool
	MayHand            bool
	Keeper, Today      string
}

func (h *Web) book(r *web.Request, b cycle.Notebook) (d notebookPage, err error) {
	l := r.Localizer()
	d = notebookPage{ID: b.ID, Name: b.Name, Phase: r.T("cycle.phase." + string(b.Phase)), Kinds: choices(r, "cycle.note.", cycle.NoteKinds(), ""), Kind: string(cycle.Know),
		MayWrite: may(r, "notebook", access.Create), MayPrint: may(r, "notebook", access.Export), MayHand: may(r, "notebook", access.Update) && b.Phase != cycle.Closed,
		Keeper: h.somebody(r, b.Keeper), Today: l.LongDate(r.Now(), r.Zone())}
	for _, k := range cycle.NoteKinds() {
		g := noteGroup{Kind: string(k), Title: r.T("cycle.notes." + string(k)), None: r.T("cycle.notes." + string(k) + ".none")}
		for _, n := range b.Notes {
			if n.Kind != k {
				continue
			}
			v := noteView{ID: n.ID, Text: n.Text, Name: n.Name, When: l.ShortDate(n.Made, r.Zone()), By: h.somebody(r, n.Account), Done: !n.Done.IsZero()}
			if n.Person != "" {
				v.URL = "/people/" + n.Person
			}
			if !n.Due.IsZero() {
				v.Due, v.Late = r.T("cycle.note.by", "Date", l.ShortDate(n.Due, r.Zone())), n.Done.IsZero() && n.Due.Before(r.Now())
			}
			g.Notes = append(g.Notes, v)
		}
		slices.SortStableFunc(g.Notes, func(a, b noteView) int {
			switch {
			case a.Done == b.Done:
				return 0
			case a.Done:
				return 1
			}
			return -1
		})
		d.Groups = append(d.Groups, g)
	}
	for _, i := range b.Issues {
		d.Issues = append(d.Issues, h.line(r, i))
	}
	for _, x := range b.Handovers {
		said, kind := r.T("cycle.handover.waiting"), "wait"
		if !x.Taken.IsZero() {
			said, kind = r.T("cycle.handover.taken", "Date", l.ShortDate(x.Taken, r.Zone())), "ok"
		}
		d.Handovers = append(d.Handovers, Event{Title: r.T("cycle.handover.line", "From", h.somebody(r, x.From), "To", h.somebody(r, x.To)), Text: x.Text, When: l.ShortDate(x.At, r.Zone()), Exact: said, Kind: kind})
	}
	d.Handed, err = h.handed(r, b.ID)
	return d, err
}

func (h *Web) bookOf(r *web.Request) (d notebookPage, err error) {
	b, err := h.s.Notebook(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	if d, err = h.book(r, b); err != nil {
		return d, err
	}
	return d, h.find(r, &d)
}

// find looks for somebody to meet, by what was typed into the search.
func (h *Web) find(r *web.Request, d *notebookPage) error {
	d.Q, d.Person = r.Form("q"), r.Form("person")
	if d.Q != "" {
		found, err := h.people.Find(r.Context(), r.Actor, d.Q, 12)
		if err != nil {
			return err
		}
		d.Searched, d.Kind = true, string(cycle.Meet)
		for _, c := range found {
			d.People = append(d.People, Option{Value: c.ID, Label: c.Name, Checked: c.ID == d.Person || len(found) == 1})
		}
		return nil
	}
	if d.Person == "" {
		return nil
	}
	cards, err := h.people.Names(r.Context(), r.Actor, []string{d.Person})
	if c, ok := cards[d.Person]; ok {
		d.People = []Option{{Value: d.Person, Label: c.Name, Checked: true}}
	}
	return err
}

func (h *Web) notebook(w http.ResponseWriter, r *web.Request) error {
	d, err := h.bookOf(r)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/notebook", d)
}

func (h *Web) print(w http.ResponseWriter, r *web.Request) error {
	b, err := h.s.Print(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := h.book(r, b)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/print", d)
}

func (h *Web) write(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var bad []fault.Field
	in := cycle.NoteIn{Cycle: r.PathValue("id"), Kind: cycle.NoteKind(r.Form("kind")), Person: r.Form("person"), Text: guarded(r, "text", &bad), Due: day(r, "due"), Key: r.Key()}
	d, err := h.bookOf(r)
	if err != nil {
		return err
	}
	d.Kind, d.Text, d.Due = string(in.Kind), in.Text, r.Form("due")
	if len(bad) > 0 {
		return again(w, r, "cycle/notebook", d, wrong(bad))
	}
	if _, err := h.s.Write(r.Context(), r.Actor, in); err != nil {
		if fault.Is(err, fault.NotFound) { // somebody who cannot be seen is nobody who can be chosen
			err = wrong([]fault.Field{fault.At("person", "cycle.error.person")})
		}
		return again(w, r, "cycle/notebook", d, err)
	}
	return r.RedirectWith(w, "/cycles/"+in.Cycle+"/notebook", "cycle.flash.noted")
}

// tend marks a note as done or open, or takes it out.
func (h *Web) tend(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	note := r.PathValue("id")
	of, err := h.s.NoteOf(r.Context(), r.Actor, note)
	if err != nil {
		return err
	}
	switch r.Form("act") {
	case "finish":
		err = h.s.Finish(r.Context(), r.Actor, note, r.Key())
	case "drop":
		err = h.s.Drop(r.Context(), r.Actor, note, r.Key())
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, "/cycles/"+of+"/notebook")
}

type handPage struct {
	ID, Name, Text string
	Colleagues     []Option
	To             string
}

func (h *Web) handForm(r *web.Request) (d handPage, err error) {
	b, err := h.s.Notebook(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	d = handPage{ID: b.ID, Name: b.Name}
	if h.o.Organizers == nil {
		return d, nil
	}
	list, err := h.o.Organizers(r.Context(), r.Actor.Org)
	for _, c := range list {
		if c.Account != b.Keeper {
			d.Colleagues = append(d.Colleagues, Option{Value: c.Account, Label: c.Name})
		}
	}
	return d, err
}

func (h *Web) handing(w http.ResponseWriter, r *web.Request) error {
	d, err := h.handForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/handover", d)
}

func (h *Web) handOver(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	text, bad := r.Guarded("text")
	d, err := h.handForm(r)
	if err != nil {
		return err
	}
	d.To, d.Text = r.Form("to"), text
	if len(bad) > 0 {
		return again(w, r, "cycle/handover", d, wrong(bad))
	}
	if _, err := h.s.HandOver(r.Context(), r.Actor, cycle.HandOverIn{Cycle: d.ID, To: d.To, Text: text, Key: r.Key()}); err != nil {
		return again(w, r, "cycle/handover", d, err)
	}
	return r.RedirectWith(w, "/cycles/"+d.ID+"/notebook", "cycle.flash.handed")
}

func (h *Web) take(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	of, err := h.s.Take(r.Context(), r.Actor, r.PathValue("id"), r.Key())
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/cycles/"+of+"/notebook", "cycle.flash.taken")
}
