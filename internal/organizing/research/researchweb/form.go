// The form of a research action.
package researchweb

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/research"
	"seedbed/internal/platform/web"
)

type formPage struct {
	ID, Back, Action                       string
	Host, Where, Questions                 string
	Date, Time, RehearseDate, RehearseTime string
	Minutes                                string
	Version                                int64
	Issues, Offices, Teams, Purposes       []Option
	Places, Languages                      []Option
}

// blank proposes a day in ten days and a rehearsal two days before.
func (h *Web) blank(w http.ResponseWriter, r *web.Request) error {
	at := r.Now().In(r.Zone()).AddDate(0, 0, 10)
	at = time.Date(at.Year(), at.Month(), at.Day(), 15, 0, 0, 0, r.Zone())
	ready := at.AddDate(0, 0, -2)
	in := research.PlanIn{Issue: r.Form("issue"), Office: r.Form("office"), Team: r.Form("team"), At: at, Minutes: 40, Place: "clinic", Language: r.Locale,
		RehearseAt: time.Date(ready.Year(), ready.Month(), ready.Day(), 18, 0, 0, 0, r.Zone())}
	p, err := h.formPage(r, in, "")
	if err != nil {
		return err
	}
	return r.Page(w, "research/form", p)
}

func (h *Web) formPage(r *web.Request, in research.PlanIn, questions string) (p formPage, err error) {
	p = formPage{ID: in.ID, Back: "/research", Action: "/research/new", Where: in.Where, Questions: questions, Minutes: strconv.Itoa(in.Minutes), Version: in.Version}
	if in.Office == "" {
		p.Host = in.Host
	}
	if in.ID != "" {
		p.Back, p.Action = "/research/"+in.ID, "/research/"+in.ID+"/edit"
	}
	p.Date, p.Time = written(r, in.At)
	p.RehearseDate, p.RehearseTime = written(r, in.RehearseAt)
	p.Purposes = options(r, "research.purpose.", research.Purposes(), typed(in.Purposes)...)
	p.Places, p.Languages = options(r, "people.place.", people.Places(), in.Place), languages(r, in.Language)
	issues, err := h.s.Issues(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	for _, i := range issues {
		p.Issues = append(p.Issues, Option{Value: i.ID, Label: i.Name, Checked: i.ID == in.Issue})
	}
	offices, err := h.s.Offices(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	for _, o := range offices {
		p.Offices = append(p.Offices, Option{Value: o.ID, Label: o.Label(), Checked: o.ID == in.Office})
	}
	teams, err := h.s.Teams(r.Context(), r.Actor)
	for _, t := range teams {
		p.Teams = append(p.Teams, Option{Value: t.ID, Label: t.Name, Checked: t.ID == in.Team})
	}
	return p, err
}

func written(r *web.Request, at time.Time) (date, clock string) {
	if at.IsZero() {
		return "", ""
	}
	local := at.In(r.Zone())
	return local.Format(time.DateOnly), local.Format("15:04")
}

func typed(list []string) (out []research.Purpose) {
	for _, p := range list {
		out = append(out, research.Purpose(p))
	}
	return out
}

// read takes the form as typed, with the questions in their own words, and what it
// must not say.
func read(r *web.Request) (in research.PlanIn, questions string, bad []fault.Field) {
	in = research.PlanIn{ID: r.PathValue("id"), Issue: r.Form("issue"), Team: r.Form("team"), Office: r.Form("office"), Purposes: r.FormAll("purpose"), At: moment(r, "date", "time"),
		Place: r.Form("place"), Language: r.Form("lang"), Key: r.Key()}
	if r.Form("rehearse_date") != "" {
		if in.RehearseAt = moment(r, "rehearse_date", "rehearse_time"); in.RehearseAt.IsZero() {
			bad = append(bad, fault.At("rehearse_date", "research.error.when"))
		}
	}
	var host, where, asked []fault.Field
	in.Host, host = r.Guarded("host")
	in.Where, where = r.Guarded("where")
	questions, asked = r.GuardedText("questions", r.FormValue("questions"))
	in.Questions = research.ParseQuestions(questions)
	in.Minutes, _ = r.FormInt("minutes")
	in.Version, _ = strconv.ParseInt(r.Form("version"), 10, 64)
	return in, questions, slices.Concat(bad, host, where, asked)
}

// again is the form as it was typed.
func (h *Web) again(w http.ResponseWriter, r *web.Request, in research.PlanIn, questions string, err error) error {
	p, perr := h.formPage(r, in, questions)
	if perr != nil {
		return perr
	}
	p.Host, p.Date, p.Time, p.RehearseDate, p.RehearseTime, p.Minutes = cmp.Or(in.Host, r.Form("host")), r.Form("date"), r.Form("time"), r.Form("rehearse_date"), r.Form("rehearse_time"), r.Form("minutes")
	return r.Fail(w, "research/form", p, err)
}

func (h *Web) plan(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in, questions, bad := read(r)
	made, err := "", fault.Wrong(bad...)
	if len(bad) == 0 {
		made, err = h.s.Plan(r.Context(), r.Actor, in)
	}
	if err != nil {
		return h.again(w, r, in, questions, err)
	}
	return r.RedirectWith(w, "/research/"+made+"/parts", "research.flash.planned")
}

func (h *Web) form(w http.ResponseWriter, r *web.Request) error {
	f, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !f.State.Ahead() {
		return fault.Clash("research.error.state_" + string(f.State))
	}
	in := research.PlanIn{ID: f.ID, Issue: f.Issue, Team: f.Team, Office: f.Office, Host: f.Host, At: f.At, Minutes: f.Minutes, Place: f.Place, Where: f.Where, Language: f.Language, RehearseAt: f.RehearseAt, Version: f.Version}
	for _, p := range f.Purposes {
		in.Purposes = append(in.Purposes, string(p))
	}
	var lines []string
	for _, q := range f.Questions {
		lines = append(lines, q.Text)
	}
	p, err := h.formPage(r, in, strings.Join(lines, "\n"))
	if err != nil {
		return err
	}
	return r.Page(w, "research/form", p)
}

func (h *Web) change(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in, questions, bad := read(r)
	if _, err := h.s.Get(r.Context(), r.Actor, in.ID); err != nil {
		return err
	}
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.Change(r.Context(), r.Actor, in)
	}
	if err != nil {
		return h.again(w, r, in, questions, err)
	}
	return r.RedirectWith(w, "/research/"+in.ID, "research.flash.saved")
}
