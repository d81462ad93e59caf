// The form of a team.
package teamweb

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/rhythm"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/web"
)

type formPage struct {
	ID, Back, Action            string
	Name, Purpose, Agreements   string
	Version                     int64
	Kinds, Every, Weekdays, Nth []Option
	Start, End, From            string
}

func (h *Web) blank(w http.ResponseWriter, r *web.Request) error {
	t := team.Team{Kind: team.Core, Rhythm: rhythm.Meeting{Every: rhythm.Biweekly, Weekday: time.Tuesday, Start: 18 * 60, End: 19*60 + 30, Nth: 1}}
	t.Rhythm.From = nextDay(r.Now().In(r.Zone()), time.Tuesday).Format(time.DateOnly)
	return r.Page(w, "team/form", h.formPage(r, t))
}

func nextDay(t time.Time, d time.Weekday) time.Time {
	return t.AddDate(0, 0, (int(d-t.Weekday())+7)%7)
}

func (h *Web) formPage(r *web.Request, t team.Team) formPage {
	p := formPage{ID: t.ID, Back: "/teams", Action: "/teams/new", Name: t.Name, Purpose: t.Purpose, Agreements: t.Agreements, Version: t.Version,
		Kinds: options(r, "team.kind.", team.Kinds(), t.Kind), From: t.Rhythm.From}
	for i, k := range team.Kinds() {
		p.Kinds[i].Hint = r.T("team.kind_about." + string(k))
	}
	if t.ID != "" {
		p.Back, p.Action = "/teams/"+t.ID, "/teams/"+t.ID+"/edit"
	}
	p.Every = []Option{{Value: "none", Label: r.T("team.every.none"), Checked: t.Rhythm.Every == ""}}
	p.Every = append(p.Every, options(r, "team.every.", []rhythm.Every{rhythm.Weekly, rhythm.Biweekly, rhythm.Monthly}, t.Rhythm.Every)...)
	for n := range 7 {
		d := time.Weekday((n + 1) % 7)
		p.Weekdays = append(p.Weekdays, Option{Value: strconv.Itoa(int(d)), Label: r.Localizer().Weekday(d), Checked: d == t.Rhythm.Weekday})
	}
	for _, n := range []int{1, 2, 3, 4, -1} {
		v := strconv.Itoa(n)
		p.Nth = append(p.Nth, Option{Value: v, Label: r.T("team.nth." + v), Checked: n == t.Rhythm.Nth})
	}
	if t.Rhythm.Every != "" {
		p.Start, p.End = hour(t.Rhythm.Start), hour(t.Rhythm.End)
	}
	return p
}

// read takes the form as typed, and what it must not say. What is no time or day
// becomes one that the core refuses.
func read(r *web.Request) (t team.Team, bad []fault.Field) {
	t = team.Team{ID: r.PathValue("id"), Kind: team.Kind(r.Form("kind"))}
	var purpose, agreements []fault.Field
	t.Name, bad = r.Guarded("name")
	t.Purpose, purpose = r.Guarded("purpose")
	t.Agreements, agreements = r.Guarded("agreements")
	bad = slices.Concat(bad, purpose, agreements)
	if v, err := strconv.ParseInt(r.Form("version"), 10, 64); err == nil {
		t.Version = v
	}
	every := rhythm.Every(r.Form("every"))
	if every == "none" || every == "" {
		return t, bad
	}
	m := rhythm.Meeting{Every: every, Weekday: -1}
	if n, ok := r.FormInt("weekday"); ok {
		m.Weekday = time.Weekday(n)
	}
	m.Start, m.End = -1, 0
	if n, ok := minutes(r.Form("start")); ok {
		m.Start = n
	}
	if n, ok := minutes(r.Form("end")); ok {
		m.End = n
	}
	switch every {
	case rhythm.Monthly:
		m.Nth, _ = r.FormInt("nth")
	case rhythm.Biweekly:
		m.From = r.Form("from")
	}
	t.Rhythm = m
	return t, bad
}

// again is the form as it was typed.
func (h *Web) again(r *web.Request, t team.Team) formPage {
	p := h.formPage(r, t)
	p.Start, p.End, p.From = r.Form("start"), r.Form("end"), r.Form("from")
	return p
}

func (h *Web) create(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	t, bad := read(r)
	if len(bad) > 0 {
		return r.Fail(w, "team/form", h.again(r, t), fault.Wrong(bad...))
	}
	made, err := h.s.Create(r.Context(), r.Actor, t, r.Key())
	if err != nil {
		return r.Fail(w, "team/form", h.again(r, t), err)
	}
	return r.RedirectWith(w, "/teams/"+made+"/members", "team.flash.made")
}

func (h *Web) form(w http.ResponseWriter, r *web.Request) error {
	t, _, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if t.Rhythm.Every == "" {
		t.Rhythm.Weekday = time.Tuesday
	}
	return r.Page(w, "team/form", h.formPage(r, t))
}

func (h *Web) change(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	t, bad := read(r)
	if _, _, err := h.s.Get(r.Context(), r.Actor, t.ID); err != nil {
		return err // nothing is said about a form of something out of reach
	}
	if len(bad) > 0 {
		return r.Fail(w, "team/form", h.again(r, t), fault.Wrong(bad...))
	}
	if err := h.s.Change(r.Context(), r.Actor, t, r.Key()); err != nil {
		return r.Fail(w, "team/form", h.again(r, t), err)
	}
	return r.RedirectWith(w, "/teams/"+t.ID, "team.flash.saved")
}
