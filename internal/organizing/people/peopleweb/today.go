// Today: the first page of an organizer's and a leader's day; and how people are
// met, for organizers; and what one sets for one's own work.

package peopleweb

import (
	"context"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (h *Web) todayRoutes() []web.Route {
	return []web.Route{
		route(web.Staff, "GET", "/today", need("practice", access.Read), h.today),
		route(web.Staff, "GET", "/people/contact", need("cadence", access.Read), h.cadence),
		route(web.Staff, "GET", "/people/practice", need("practice", access.Read), h.practicePage), route(web.Staff, "POST", "/people/practice", need("practice", access.Update), h.practice),
		route(web.Staff, "POST", "/people/ladder", need("rung", access.Update), h.ladderWords),
	}
}

// Line is something of another room that belongs to somebody's day.
type Line struct {
	When  time.Time
	What  string
	URL   string
	Late  bool
	Exact string // as the reader's language writes it; filled in by the page unless it is a whole day
}

// Lines asks another room for its part of a day.
type Lines func(ctx context.Context, a access.Actor, day time.Time, zone *time.Location) ([]Line, error)

type todayPage struct {
	Tally     people.Tally
	Work      people.Workload
	Lines     []Line
	Due       []duty
	CheckIns  []aloneLine
	Alone     []aloneLine
	More      int
	Organizer bool
	Ending    []aloneLine // whose time here is nearly over
	Fresh     bool        // nothing at all yet: teach the next step
}

type aloneLine struct{ ID, Name, When string }

func (h *Web) today(w http.ResponseWriter, r *web.Request) error {
	ctx, l := r.Context(), r.Localizer()
	t, err := h.s.Today(ctx, r.Actor)
	if err != nil {
		return err
	}
	staff, err := h.s.Owners(ctx, r.Actor)
	if err != nil {
		return err
	}
	p := todayPage{Tally: t.Week, Work: t.Work, Due: h.duties(r, t.Due, t.Names, staff), Organizer: r.Actor.Has(access.Organizer)}
	for _, c := range t.CheckIns {
		p.CheckIns = append(p.CheckIns, aloneLine{c.ID, c.Name, r.T("people.next.check_in")})
	}
	for _, c := range t.NotMet {
		line := aloneLine{c.ID, c.Name, r.T("today.never")}
		if !c.OneToOne.IsZero() {
			line.When = r.T("people.next.last", "Ago", l.Ago(c.OneToOne, r.Now(), r.Zone()))
		}
		p.Alone = append(p.Alone, line)
	}
	p.More = t.Alone - len(p.Alone)
	if p.Ending, err = h.ending(r); err != nil {
		return err
	}
	for _, ask := range h.o.Lines {
		lines, err := ask(ctx, r.Actor, r.Now(), r.Zone())
		if err != nil {
			return err
		}
		p.Lines = append(p.Lines, lines...)
	}
	slices.SortStableFunc(p.Lines, func(a, b Line) int { return a.When.Compare(b.When) })
	for i := range p.Lines {
		if p.Lines[i].Exact == "" {
			p.Lines[i].Exact = l.DateTime(p.Lines[i].When.In(r.Zone()))
		}
	}
	p.Fresh = len(p.Ending)+len(p.Lines)+len(p.Due)+len(p.CheckIns)+len(p.Alone) == 0
	return r.Page(w, "people/today", p)
}

// ending names those whose yes runs out, or whom nobody met for nearly two years.
func (h *Web) ending(r *web.Request) (out []aloneLine, err error) {
	list, err := h.s.Ending(r.Context(), r.Actor)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	cards, err := h.s.Names(r.Context(), r.Actor, slices.Sorted(maps.Keys(list)))
	if err != nil {
		return nil, err
	}
	for id, end := range list {
		if c, ok := cards[id]; ok {
			out = append(out, aloneLine{id, c.Name, r.T("today.ending_on", "Day", r.Localizer().Date(end.In(r.Zone())))})
		}
	}
	slices.SortFunc(out, func(a, b aloneLine) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return out, nil
}

type cadencePage struct {
	people.Cadence
	Share, Top string
	SVG        template.HTML
	Table      chart.Table
}

// cadence is how people are met: counts of the work, of nobody in particular.
func (h *Web) cadence(w http.ResponseWriter, r *web.Request) error {
	c, err := h.s.Cadence(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	l := r.Localizer()
	p := cadencePage{Cadence: c, Top: l.Percent(c.TopFifth), Share: "–"}
	if c.All > 0 {
		p.Share = l.Percent(float64(c.Leaders) / float64(c.All))
	}
	k := chart.Chart{ID: "weeks", Title: r.T("today.contact.weeks"), RTL: l.Dir() == "rtl", Corner: r.T("today.contact.week"), Hidden: r.T("common.hidden"), Number: func(v float64) string { return l.Number(int(v)) },
		Series: []chart.Series{{Name: r.T("today.contact.staff")}, {Name: r.T("today.contact.leaders")}}}
	for _, week := range c.Weeks {
		k.Categories = append(k.Categories, l.ShortDate(week.From.In(r.Zone())))
		k.Series[0].Values = append(k.Series[0].Values, chart.Value{N: float64(week.Staff)})
		k.Series[1].Values = append(k.Series[1].Values, chart.Value{N: float64(week.ByLeader)})
	}
	p.SVG, p.Table = chart.Bars(k), k.Table()
	return r.Page(w, "people/contact", p)
}

type practicePage struct {
	people.Practice
	Readers []Option
	Rungs   []rungWord // only for whoever may change them
}

type rungWord struct {
	Name, Usual, Label string
}

func (h *Web) practiceForm(r *web.Request, p people.Practice) (out practicePage, err error) {
	out.Practice = p
	list, err := h.s.Supervisors(r.Context(), r.Actor)
	if err != nil {
		return out, err
	}
	for _, c := range list {
		out.Readers = append(out.Readers, Option{Value: c.Account, Label: c.Name, Checked: c.Account == p.Supervisor})
	}
	if !r.Actor.Has(access.Organizer) {
		return out, nil
	}
	words, err := h.s.Labels(r.Context(), r.Actor)
	if err != nil {
		return out, err
	}
	for _, v := range people.Rungs() {
		word := rungWord{"label_" + string(v), r.T("people.rung." + string(v)), words[v]}
		if r.PostForm.Has(word.Name) { // shown again as it was typed
			word.Label = r.Form(word.Name)
		}
		out.Rungs = append(out.Rungs, word)
	}
	return out, nil
}

func (h *Web) practicePage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.s.MyPractice(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	d, err := h.practiceForm(r, p)
	if err != nil {
		return err
	}
	return r.Page(w, "people/practice", d)
}

func (h *Web) practice(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := people.Practice{Supervisor: r.Form("supervisor")}
	var ok1, ok2 bool
	in.Weekly, ok1 = r.FormInt("weekly")
	in.OpenMost, ok2 = r.FormInt("open_most")
	if !ok1 {
		in.Weekly = -1
	}
	if !ok2 {
		in.OpenMost = -1
	}
	err := h.s.SetPractice(r.Context(), r.Actor, in)
	if err == nil {
		return r.RedirectWith(w, "/people/practice", "people.flash.changed")
	}
	return h.practiceFail(w, r, in, err)
}

func (h *Web) practiceFail(w http.ResponseWriter, r *web.Request, in people.Practice, err error) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	d, e := h.practiceForm(r, in)
	if e != nil {
		return e
	}
	return r.Fail(w, "people/practice", d, err)
}

// ladderWords stores how this installation calls the rungs.
func (h *Web) ladderWords(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	words := map[people.Rung]string{}
	for _, v := range people.Rungs() {
		words[v] = r.Form("label_" + string(v))
	}
	err := h.s.SetLabels(r.Context(), r.Actor, words)
	if err == nil {
		return r.RedirectWith(w, "/people/practice", "people.flash.changed")
	}
	own, e := h.s.MyPractice(r.Context(), r.Actor)
	if e != nil {
		return e
	}
	return h.practiceFail(w, r, own, err)
}
