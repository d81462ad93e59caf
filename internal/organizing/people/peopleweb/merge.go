// Two entries that are one person: choose the other one, compare, choose what to
// keep, confirm; and take it back.

package peopleweb

import (
	"net/http"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/phone"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (h *Web) mergeRoutes() []web.Route {
	do, look, undo := need("merge", access.Create), need("merge", access.Read), need("merge", access.Delete)
	return []web.Route{
		route(web.Staff, "GET", "/people/merge/{id}", do, h.mergeChoose), route(web.Staff, "POST", "/people/merge/{id}/find", do, h.mergeFind),
		route(web.Staff, "POST", "/people/merge/{id}", do, h.mergeGo),
		route(web.Staff, "GET", "/people/merged/{merge}", look, h.merged), route(web.Staff, "POST", "/people/merged/{merge}", undo, h.mergeUndo),
	}
}

type mergeChoosePage struct {
	ID, Name, Typed string
	Alike           []Twin
	Found           []Twin
	Looked          bool
	Before          []mergeLine
}

type mergeLine struct {
	URL, When, Exact string
	State            State
}

func (h *Web) mergeChoose(w http.ResponseWriter, r *web.Request) error {
	if r.Form("with") != "" {
		return h.mergeCompare(w, r)
	}
	p, err := h.mergeChoices(r)
	if err != nil {
		return err
	}
	return r.Page(w, "people/merge", p)
}

func (h *Web) mergeChoices(r *web.Request) (p mergeChoosePage, err error) {
	rec, err := h.s.Reveal(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = mergeChoosePage{ID: rec.ID, Name: rec.Profile.CalledName}
	a, err := h.alike(r, people.AlikeIn{Name: rec.Profile.CalledName, Phone: rec.Profile.Phone, Email: rec.Profile.Email, Lang: rec.Profile.Lang, Except: rec.ID})
	if err != nil {
		return p, err
	}
	for _, t := range a.Twins {
		t.URL = mergeURL(p.ID, t.URL[len("/people/"):])
		p.Alike = append(p.Alike, t)
	}
	list, err := h.s.MergesOf(r.Context(), r.Actor, rec.ID)
	for _, m := range list {
		p.Before = append(p.Before, mergeLine{"/people/merged/" + m.ID, r.Localizer().Ago(m.At, r.Now(), r.Zone()), r.Localizer().Date(m.At.In(r.Zone())), mergeState(r, m)})
	}
	return p, err
}

func mergeURL(stays, taken string) string { return "/people/merge/" + stays + "?with=" + taken }

func mergeState(r *web.Request, m people.Merging) State {
	if m.State == people.MergeUndone {
		return State{"info", r.T("people.merge.state.undone"), ""}
	}
	return State{"ok", r.T("people.merge.state.merged"), ""}
}

func (h *Web) mergeFind(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, err := h.mergeChoices(r)
	if err != nil {
		return err
	}
	p.Typed, p.Looked = r.Form("name"), true
	found, err := h.s.Find(r.Context(), r.Actor, p.Typed, 20)
	if err != nil {
		return err
	}
	for _, c := range found {
		if c.ID != p.ID {
			p.Found = append(p.Found, Twin{Name: c.Name, URL: mergeURL(p.ID, c.ID), Why: []string{r.Localizer().LanguageName(c.Lang)}})
		}
	}
	return r.Page(w, "people/merge", p)
}

// part is one row of the comparison.
type part struct {
	Name, Label string
	Left, Right string
	Same        bool
	TakeRight   bool
}

type mergeComparePage struct {
	ID, Other         string
	Left, Right       string // names
	Parts             []part
	Counts            []part
	Days              int
	Swap              string
	LeftWhen, RightAt string
}

func (h *Web) mergeCompare(w http.ResponseWriter, r *web.Request) error {
	p, err := h.comparison(r, nil)
	if err != nil {
		return err
	}
	return r.Page(w, "people/mergecompare", p)
}

func (h *Web) comparison(r *web.Request, take []string) (p mergeComparePage, err error) {
	left, right, err := h.s.Compare(r.Context(), r.Actor, r.PathValue("id"), r.Form("with"))
	if err != nil {
		return p, err
	}
	places, err := h.s.Institutions(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	l := r.Localizer()
	p = mergeComparePage{ID: left.ID, Other: right.ID, Left: left.Profile.CalledName, Right: right.Profile.CalledName, Days: people.UndoMergeDays, Swap: mergeURL(right.ID, left.ID)}
	for _, x := range people.Parts() {
		a, b := partText(l, left.Profile, x), partText(l, right.Profile, x)
		if a == "" && b == "" {
			continue
		}
		p.Parts = append(p.Parts, part{Name: string(x), Label: r.T("people.merge.part." + string(x)), Left: a, Right: b, Same: a == b, TakeRight: slices.Contains(take, string(x)) || take == nil && a == ""})
	}
	count := func(key, a, b string) {
		p.Counts = append(p.Counts, part{Label: r.T("people.merge.count." + key), Left: a, Right: b})
	}
	count("joined", l.Date(left.Joined.In(r.Zone())), l.Date(right.Joined.In(r.Zone())))
	count("institutions", l.List(names(places, left.Institutions)), l.List(names(places, right.Institutions)))
	count("encounters", l.Number(left.Encounters), l.Number(right.Encounters))
	count("promises", l.Number(left.Open), l.Number(right.Open))
	return p, nil
}

// partText is a part of a profile in words.
func partText(l *i18n.Localizer, p people.Profile, x people.Part) string {
	switch x {
	case people.PartName:
		return p.CalledName
	case people.PartPronouns:
		return p.Pronouns
	case people.PartWay:
		text := l.T("people.way." + string(p.Contact))
		if hours := when(l, p.Safe); hours != "" {
			text += " · " + hours
		}
		return text
	case people.PartPhone:
		return ltr(phone.Format(p.Phone, "US"))
	case people.PartEmail:
		return ltr(p.Email)
	case people.PartLanguages:
		var langs []string
		for _, code := range append([]string{p.Lang}, p.MoreLangs...) {
			langs = append(langs, l.LanguageName(code))
		}
		return l.List(langs)
	case people.PartArea:
		return p.Area
	case people.PartAvailability:
		return listed(l, "people.time.", p.Availability)
	case people.PartNeeds:
		return listed(l, "people.need.", p.AccessNeeds)
	}
	return ""
}

func (h *Web) mergeGo(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var take []people.Part
	var typed []string
	for _, x := range people.Parts() {
		if r.Form("take_"+string(x)) == "other" {
			take, typed = append(take, x), append(typed, string(x))
		}
	}
	id, err := h.s.Merge(r.Context(), r.Actor, people.MergeIn{Survivor: r.PathValue("id"), Taken: r.Form("with"), Take: take, Key: r.Key()})
	if fault.Is(err, fault.Invalid) {
		p, e := h.comparison(r, append(typed, ""))
		if e != nil {
			return e
		}
		return r.Fail(w, "people/mergecompare", p, err)
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/people/merged/"+id, "people.merge.flash.merged")
}

type mergedPage struct {
	ID                   string
	Name, Other          string
	NameURL, OtherURL    string
	State                State
	When, By, Until      string
	Took                 string
	CanUndo, Undone      bool
	First                string
	Since                []Moment
	Kept                 bool
	UndoneWhen, UndoneBy string
}

func (h *Web) merged(w http.ResponseWriter, r *web.Request) error {
	p, err := h.mergedOf(r)
	if err != nil {
		return err
	}
	return r.Page(w, "people/merged", p)
}

func (h *Web) mergedOf(r *web.Request) (p mergedPage, err error) {
	m, err := h.s.Merging(r.Context(), r.Actor, r.PathValue("merge"))
	if err != nil {
		return p, err
	}
	staff, err := h.s.Owners(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	who := func(account string) string {
		for _, c := range staff {
			if c.Account == account {
				return c.Name
			}
		}
		return r.T("people.colleague")
	}
	l := r.Localizer()
	p = mergedPage{ID: m.ID, State: mergeState(r, m), When: l.DateTime(m.At.In(r.Zone())), By: who(m.By), Until: l.Date(m.Until.In(r.Zone())), CanUndo: m.CanUndo,
		Undone: m.State == people.MergeUndone, Kept: m.Kept}
	p.Name, p.Other = r.T("people.merge.hidden"), r.T("people.merge.hidden")
	if c, ok := m.Names[m.Survivor]; ok {
		p.Name, p.NameURL = c.Name, "/people/"+c.ID
	}
	if c, ok := m.Names[m.Taken]; ok {
		p.Other, p.OtherURL = c.Name, "/people/"+c.ID
	}
	var took []string
	for _, x := range m.Took {
		took = append(took, r.T("people.merge.part."+string(x)))
	}
	p.Took = l.List(took)
	if m.First != "" {
		p.First = "/people/merged/" + m.First
	}
	if p.Undone {
		p.UndoneWhen, p.UndoneBy = l.DateTime(m.UndoneAt.In(r.Zone())), who(m.UndoneBy)
	}
	for _, t := range m.Since {
		p.Since = append(p.Since, Moment{Title: r.T("people.kind." + string(t.Kind)), When: l.Ago(t.At, r.Now(), r.Zone()), Exact: l.Date(t.At.In(r.Zone())), Kind: "info"})
	}
	return p, nil
}

func (h *Web) mergeUndo(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.Unmerge(r.Context(), r.Actor, r.PathValue("merge"), r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, "/people/merged/"+r.PathValue("merge"), "people.merge.flash.undone")
}
