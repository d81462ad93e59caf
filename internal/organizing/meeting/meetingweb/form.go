// The form of a meeting.
package meetingweb

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/rhythm"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/web"
)

type tab struct {
	Label, URL, Count string
	Current           bool
}

type formPage struct {
	ID, Back, Action, Team, TeamName string
	Template                         meeting.Template
	Tabs                             []tab
	Title, Where, Round, Agenda      string
	Date, Time                       string
	Minutes                          string
	Version                          int64
	Places, Languages                []Option
	Chair, Timekeeper, Scribe, Host  []Option
	Nameless                         bool
	Facilitated                      bool
}

// blank is a meeting of a team with its next date, or of no team, with the agenda
// of a template in the reader's words.
func (h *Web) blank(w http.ResponseWriter, r *web.Request) error {
	in := meeting.PlanIn{Team: r.Form("team"), Template: meeting.Template(r.Form("template")), Language: r.Locale, Place: "hall"}
	at := r.Now().In(r.Zone()).AddDate(0, 0, 7)
	in.At = time.Date(at.Year(), at.Month(), at.Day(), 18, 0, 0, 0, r.Zone())
	if in.Team != "" {
		t, members, err := h.teams.Get(r.Context(), r.Actor, in.Team)
		if err != nil {
			return err
		}
		if next := rhythm.Next([]rhythm.Meeting{t.Rhythm}, r.Now(), r.Zone(), 1); len(next) > 0 {
			in.At = next[0]
		}
		in.Chair, _ = h.teams.NextChair(t, members)
		if in.Template == "" && t.Kind == "research" {
			in.Template = meeting.Research
		}
	}
	if in.Template.Minutes() == 0 {
		in.Template = meeting.CoreTeam
		if in.Team == "" {
			in.Template = meeting.House
		}
	}
	in.Minutes, in.Round = in.Template.Minutes(), r.T("meeting.round_example")
	for _, s := range in.Template.Slots() {
		in.Agenda = append(in.Agenda, meeting.Item{Code: s.Code, Title: r.T("meeting.item." + s.Code), Minutes: s.Minutes, Lead: r.T("meeting.lead." + s.Code)})
	}
	p, err := h.formPage(r, in)
	if err != nil {
		return err
	}
	for _, tpl := range meeting.Templates() {
		p.Tabs = append(p.Tabs, tab{Label: r.T("meeting.template." + string(tpl)), URL: "/meetings/new?team=" + in.Team + "&template=" + string(tpl), Current: tpl == in.Template})
	}
	return r.Page(w, "meeting/form", p)
}

func (h *Web) formPage(r *web.Request, in meeting.PlanIn) (p formPage, err error) {
	p = formPage{ID: in.ID, Back: "/meetings", Action: "/meetings/new", Team: in.Team, Template: in.Template, Title: in.Title, Where: in.Where, Round: in.Round,
		Agenda: meeting.FormatAgenda(in.Agenda), Minutes: strconv.Itoa(in.Minutes), Version: in.Version, Nameless: in.Nameless, Facilitated: in.Template == meeting.House}
	if !in.At.IsZero() {
		local := in.At.In(r.Zone())
		p.Date, p.Time = local.Format(time.DateOnly), local.Format("15:04")
	}
	if in.ID != "" {
		p.Back, p.Action = "/meetings/"+in.ID, "/meetings/"+in.ID+"/edit"
	} else if in.Team != "" {
		p.Back = "/teams/" + in.Team
	}
	p.Places = options(r, "meeting.place.", people.Places(), in.Place)
	p.Languages = languages(r, in.Language)
	if in.Team == "" {
		return p, nil
	}
	t, members, err := h.teams.Get(r.Context(), r.Actor, in.Team)
	if fault.Is(err, fault.NotFound) { // the form of a meeting whose team one has left
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.TeamName = t.Name
	choose := func(chosen string) (out []Option) {
		for _, m := range members {
			if m.In(r.Now()) {
				out = append(out, Option{Value: m.Person, Label: m.Name, Checked: m.Person == chosen})
			}
		}
		return out
	}
	p.Chair, p.Timekeeper, p.Scribe, p.Host = choose(in.Chair), choose(in.Timekeeper), choose(in.Scribe), choose(in.Host)
	return p, nil
}

// read takes the form as typed, with the agenda in its own words, and what it must not say.
func read(r *web.Request) (in meeting.PlanIn, agenda string, bad []fault.Field) {
	in = meeting.PlanIn{ID: r.PathValue("id"), Team: r.Form("team"), Template: meeting.Template(r.Form("template")), At: moment(r, "date", "time"), Place: r.Form("place"),
		Language: r.Form("lang"),
		Chair:    r.Form("chair"), Timekeeper: r.Form("timekeeper"), Scribe: r.Form("scribe"), Host: r.Form("host"), Nameless: r.Checked("nameless"), Key: r.Key()}
	var where, round, items []fault.Field
	in.Title, bad = r.Guarded("title")
	in.Where, where = r.Guarded("where")
	in.Round, round = r.Guarded("round")
	agenda, items = r.GuardedText("agenda", r.FormValue("agenda"))
	in.Agenda, bad = meeting.ParseAgenda(agenda), slices.Concat(bad, where, round, items)
	in.Minutes, _ = r.FormInt("minutes")
	in.Version, _ = strconv.ParseInt(r.Form("version"), 10, 64)
	return in, agenda, bad
}

// recode gives the items of a template their codes back, by the words of any language.
func (h *Web) recode(r *web.Request, in *meeting.PlanIn) {
	var was []meeting.Item
	for _, s := range in.Template.Slots() {
		was = append(was, meeting.Item{Code: s.Code, Title: r.T("meeting.item." + s.Code)})
	}
	meeting.Recode(in.Agenda, was)
}

// again is the form as it was typed.
func (h *Web) again(w http.ResponseWriter, r *web.Request, in meeting.PlanIn, items string, err error) error {
	p, perr := h.formPage(r, in)
	if perr != nil {
		return perr
	}
	p.Agenda, p.Date, p.Time, p.Minutes = items, r.Form("date"), r.Form("time"), r.Form("minutes")
	return r.Fail(w, "meeting/form", p, err)
}

func (h *Web) plan(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in, items, bad := read(r)
	h.recode(r, &in)
	var made string
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		made, err = h.s.Plan(r.Context(), r.Actor, in)
	}
	if err != nil {
		if fault.Is(err, fault.Invalid) {
			if _, _, terr := h.teams.Get(r.Context(), r.Actor, in.Team); terr != nil {
				in.Team = "" // not theirs: nothing of it is shown
			}
		}
		return h.again(w, r, in, items, err)
	}
	return r.RedirectWith(w, "/meetings/"+made, "meeting.flash.planned")
}

func (h *Web) form(w http.ResponseWriter, r *web.Request) error {
	m, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if m.State != meeting.Planned {
		return fault.Clash("meeting.error.state_" + string(m.State))
	}
	p, err := h.formPage(r, meeting.PlanIn{ID: m.ID, Team: m.Team, Template: m.Template, At: m.At, Minutes: m.Minutes, Place: m.Place, Language: m.Language, Title: m.Title, Where: m.Where,
		Round: m.Round, Agenda: m.Agenda, Chair: m.Chair, Timekeeper: m.Timekeeper, Scribe: m.Scribe, Host: m.Host, Nameless: m.Nameless, Version: m.Version})
	if err != nil {
		return err
	}
	return r.Page(w, "meeting/form", p)
}

func (h *Web) change(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in, items, bad := read(r)
	m, err := h.s.Get(r.Context(), r.Actor, in.ID)
	if err != nil {
		return err
	}
	in.Team = m.Team
	if len(bad) > 0 {
		return h.again(w, r, in, items, fault.Wrong(bad...))
	}
	h.recode(r, &in)
	meeting.Recode(in.Agenda, m.Agenda)
	if err := h.s.Change(r.Context(), r.Actor, in); err != nil {
		return h.again(w, r, in, items, err)
	}
	return r.RedirectWith(w, "/meetings/"+in.ID, "meeting.flash.saved")
}
