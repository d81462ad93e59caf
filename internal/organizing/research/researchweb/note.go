// During and right after: notes on a phone, which may have no line; who came; the
// sheet on paper; and a part on somebody's own page.
package researchweb

import (
	"maps"
	"net/http"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/research"
	"seedbed/internal/platform/web"
)

type askLine struct{ ID, Text, Typed string }

type notesPage struct {
	ID, Host, When     string
	Questions          []askLine
	Learned, Heard     string
	Title, Link, Paper string
	Noted              int
}

// notes is the page of whoever writes. It names nobody of ours, and is kept in the
// browser so that it opens in a basement.
func (h *Web) notes(w http.ResponseWriter, r *web.Request) error {
	p, err := h.notesPage(r)
	if err != nil {
		return err
	}
	r.KeepOffline(w)
	return r.Page(w, "research/notes", p)
}

func (h *Web) notesPage(r *web.Request) (p notesPage, err error) {
	f, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	if f.State == research.Cancelled {
		return p, fault.Clash("research.error.state_cancelled")
	}
	p = notesPage{ID: f.ID, Host: f.Host, When: when(r, f.Action)}
	for _, q := range f.Questions {
		p.Questions = append(p.Questions, askLine{ID: q.ID, Text: q.Text})
	}
	return p, nil
}

func (h *Web) note(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	p, err := h.notesPage(r)
	if err != nil {
		return err
	}
	in := research.NoteIn{Answers: map[string]string{}, Link: r.Form("link"), At: r.Written(), Key: r.Key()}
	var bad []fault.Field
	take := func(name, text string) string {
		text, wrong := r.GuardedText(name, text)
		bad = append(bad, wrong...)
		return text
	}
	for i, q := range p.Questions {
		name := "answer_" + q.ID
		in.Answers[q.ID] = take(name, r.FormValue(name))
		p.Questions[i].Typed = in.Answers[q.ID]
	}
	in.Learned, in.Heard, in.Title, in.Paper = take("learned", r.FormValue("learned")), take("heard", r.FormValue("heard")), take("title", r.Form("title")), take("paper", r.Form("paper"))
	if err = fault.Wrong(bad...); len(bad) == 0 {
		err = h.s.Note(r.Context(), r.Actor, id, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/research/"+id+"/notes", "research.flash.noted")
	}
	p.Learned, p.Heard, p.Title, p.Link, p.Paper = in.Learned, in.Heard, in.Title, in.Link, in.Paper
	return r.Fail(w, "research/notes", p, err)
}

type cameLine struct {
	Person, Name, Role string
	Came               bool
}

type camePage struct {
	ID, Host, When string
	People         []cameLine
	Others         string
}

func (h *Web) came(w http.ResponseWriter, r *web.Request) error {
	p, err := h.camePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "research/came", p)
}

func (h *Web) camePage(r *web.Request) (p camePage, err error) {
	f, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	if !f.State.Ahead() {
		return p, fault.Clash("research.error.state_" + string(f.State))
	}
	p = camePage{ID: f.ID, Host: f.Host, When: when(r, f.Action), Others: "0"}
	names, err := h.s.Names(r.Context(), r.Actor, f.Action, ids(f.Action))
	for _, part := range f.Parts {
		line := cameLine{Person: part.Person, Name: h.who(r, part.Person, "", names), Came: true}
		if part.Role != research.NoRole {
			line.Role = r.T("research.role." + string(part.Role))
		}
		p.People = append(p.People, line)
	}
	return p, err
}

func (h *Web) hold(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	in := research.HoldIn{Came: r.FormAll("came"), Key: r.Key()}
	var ok bool
	if in.Others, ok = r.FormInt("others"); !ok && r.Form("others") != "" {
		in.Others = -1
	}
	err := h.s.Hold(r.Context(), r.Actor, id, in)
	if err == nil {
		return r.RedirectWith(w, "/research/"+id, "research.flash.held")
	}
	p, perr := h.camePage(r)
	if perr != nil {
		return perr
	}
	p.Others = r.Form("others")
	for i := range p.People {
		p.People[i].Came = slices.Contains(in.Came, p.People[i].Person)
	}
	return r.Fail(w, "research/came", p, err)
}

type sheetPage struct {
	Host, When, Where string
	Parts             []roleLine
	Questions         []string
	Own               string // the part of whoever reads it on their own page
	OwnText           string
	Rehearse          string
	Purposes          string
	Evaluate          string
}

// sheet is what goes along on paper.
func (h *Web) sheet(w http.ResponseWriter, r *web.Request) error {
	f, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := h.sheetPage(r, f)
	names, err := h.s.Names(r.Context(), r.Actor, f.Action, ids(f.Action))
	if err != nil {
		return err
	}
	p.Parts = roleLines(r, f.Action, names)
	return r.Page(w, "research/sheet", p)
}

func (h *Web) sheetPage(r *web.Request, f research.Found) (p sheetPage) {
	l := r.Localizer()
	p = sheetPage{Host: f.Host, When: when(r, f.Action), Where: f.Where}
	for _, q := range f.Questions {
		p.Questions = append(p.Questions, q.Text)
	}
	var words []string
	for _, v := range f.Purposes {
		words = append(words, r.T("research.purpose."+string(v)))
	}
	p.Purposes = l.List(words)
	if !f.RehearseAt.IsZero() {
		p.Rehearse = l.LongDate(f.RehearseAt, r.Zone()) + ", " + l.Clock(f.RehearseAt, r.Zone())
	}
	p.Evaluate = l.Clock(f.End(), r.Zone())
	return p
}

// mine is somebody's part on their own page: the questions and what they do, and
// nobody else's name.
func (h *Web) mine(w http.ResponseWriter, r *web.Request) error {
	f, part, err := h.s.OwnPart(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := h.sheetPage(r, f)
	p.Own = r.T("research.role.none")
	if part.Role != research.NoRole {
		p.Own, p.OwnText = r.T("research.role."+string(part.Role)), r.T("research.does."+string(part.Role))
	}
	return r.Page(w, "research/mine", p)
}

// sorted lists names by how they are written.
func sorted(names map[string]string) []string {
	return slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		if names[a] < names[b] {
			return -1
		}
		return 1
	})
}
