// The list of meetings, and one meeting.
package meetingweb

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type listLine struct {
	URL, Title, When, Team string
	State                  pill
}

type listPage struct {
	Coming, Past     []listLine
	Team, Older      string
	MayPlan, Earlier bool
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	p := listPage{Team: r.Form("team"), MayPlan: may(r, begin)}
	names, err := h.teamNames(r)
	if err != nil {
		return err
	}
	lines := func(list []meeting.Meeting) (out []listLine) {
		for _, m := range list {
			out = append(out, listLine{URL: "/meetings/" + m.ID, Title: title(r, m), When: when(r, m), Team: names[m.Team], State: state(r, m)})
		}
		return out
	}
	at := r.Now().Add(-6 * time.Hour)
	if n, err := strconv.ParseInt(r.Form("past"), 10, 64); err == nil && n > 0 {
		at, p.Earlier = time.UnixMicro(n), true
	}
	if !p.Earlier {
		list, err := h.s.List(r.Context(), r.Actor, p.Team, time.Time{})
		if err != nil {
			return err
		}
		p.Coming = lines(list)
	}
	past, err := h.s.List(r.Context(), r.Actor, p.Team, at)
	if err != nil {
		return err
	}
	p.Past = lines(past)
	if len(past) > 0 {
		p.Older = "/meetings?team=" + url.QueryEscape(p.Team) + "&past=" + strconv.FormatInt(past[len(past)-1].At.UnixMicro(), 10)
	}
	return r.Page(w, "meeting/list", p)
}

// teamNames is what the teams the actor sees are called.
func (h *Web) teamNames(r *web.Request) (map[string]string, error) {
	out := map[string]string{}
	list, err := h.teams.List(r.Context(), r.Actor)
	if fault.Is(err, fault.Forbidden) {
		return out, nil
	}
	for _, t := range list {
		out[t.ID] = t.Name
	}
	return out, err
}

type agendaLine struct {
	Title, Lead, Notes, At, Took string
	Minutes                      int
	On, Done, Over               bool
}

type fact struct{ Term, Text, Href string }

type onePage struct {
	ID, Title, When, Team, TeamURL, Where, Round string
	Pulse                                        string
	State                                        pill
	Facts                                        []fact
	Agenda                                       []agendaLine
	Sums                                         []fact
	Present                                      int
	Decisions                                    []decisionLine
	Linked                                       []Link
	Decide                                       string
	Feelings                                     []meeting.Feeling
	Worked, Change                               string
	Is                                           meeting.State
	MayKeep, Soon, Nameless                      bool
	URL, Code                                    string
	Evaluate                                     string // where the meeting is looked back at
}

type decisionLine struct{ What, Method, Dissent string }

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.onePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "meeting/one", p)
}

func (h *Web) onePage(r *web.Request) (p onePage, err error) {
	m, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = onePage{ID: m.ID, Title: title(r, m), When: when(r, m), Where: m.Where, Round: m.Round, State: state(r, m), Is: m.State, Nameless: m.Nameless, MayKeep: may(r, keep),
		Feelings: m.Feelings, Worked: m.Worked, Change: m.Words.Change, Soon: r.Now().After(m.At.Add(-3 * time.Hour))}
	teams, err := h.teamNames(r)
	if err != nil {
		return p, err
	}
	if p.Team = teams[m.Team]; p.Team != "" {
		p.TeamURL = "/teams/" + m.Team
	}
	if p.Facts, err = h.facts(r, m); err != nil {
		return p, err
	}
	if p.Evaluate, err = h.round(r, m); err != nil {
		return p, err
	}
	if h.o.Pulse != nil && (m.State == meeting.Held || m.State == meeting.Evaluated) {
		if p.Pulse, err = h.o.Pulse(r, m.Ref()); err != nil {
			return p, err
		}
	}
	p.Agenda = agenda(r, m)
	p.Decisions = decisions(r, m)
	door, err := h.s.Door(r.Context(), r.Actor, m.ID)
	if err != nil {
		return p, err
	}
	p.Present = door.Total
	if p.MayKeep {
		list, err := h.s.Answers(r.Context(), r.Actor, m.ID)
		if err != nil {
			return p, err
		}
		p.Sums = sums(r, meeting.Sum(list))
		if m.State == meeting.Planned {
			p.URL, p.Code = r.Base()+"/m/"+m.Link, m.Code
		}
	}
	if h.o.Decide != nil && p.MayKeep && may(r, access.Need{Resource: "decision", Action: access.Create}) {
		p.Decide = h.o.Decide(m.Ref())
	}
	if h.o.Decisions != nil {
		if p.Linked, err = h.o.Decisions(r, m.Ref()); err != nil {
			return p, err
		}
	}
	return p, nil
}

// round is where people look back at a meeting that was held: a round of its own
// room, or the short form here when there is none. A meeting that is closed leads to
// its round, if it has one.
func (h *Web) round(r *web.Request, m meeting.Meeting) (url string, err error) {
	if h.o.Round != nil && (m.State == meeting.Held || m.State == meeting.Evaluated) {
		url, err = h.o.Round(r, m.Ref())
	}
	if url == "" && m.State == meeting.Held {
		url = "/meetings/" + m.ID + "/evaluate"
	}
	return url, err
}

// facts are who keeps what, where and in which language.
func (h *Web) facts(r *web.Request, m meeting.Meeting) (out []fact, err error) {
	names, err := h.s.Names(r.Context(), r.Actor, m, keepers(m))
	if err != nil {
		return nil, err
	}
	chair := "meeting.chair"
	if m.Template == meeting.House {
		chair = "meeting.facilitator"
	}
	place := ""
	if m.Place != "" {
		place = r.T("meeting.place." + m.Place)
	}
	return []fact{{Term: r.T(chair), Text: names[m.Chair]}, {Term: r.T("meeting.timekeeper"), Text: names[m.Timekeeper]}, {Term: r.T("meeting.scribe"), Text: names[m.Scribe]},
		{Term: r.T("meeting.host"), Text: names[m.Host]}, {Term: r.T("meeting.place"), Text: place}, {Term: r.T("meeting.where"), Text: m.Where}, {Term: r.T("meeting.lang"), Text: r.Localizer().LanguageName(m.Language)}}, nil
}

// agenda is the plan with the clock beside it: when each item is to begin, and how
// long it really took.
func agenda(r *web.Request, m meeting.Meeting) (out []agendaLine) {
	at := m.At
	for i, it := range m.Agenda {
		l := agendaLine{Title: it.Title, Lead: it.Lead, Notes: it.Notes, Minutes: it.Minutes, At: r.Localizer().Clock(at, r.Zone()), On: i == m.Running(), Done: !it.Ended.IsZero()}
		if took := it.Took(r.Now()); took > 0 {
			n := int((took + 30*time.Second) / time.Minute)
			l.Took, l.Over = r.T("meeting.minutes", "Count", n), n > it.Minutes
		}
		out = append(out, l)
		at = at.Add(time.Duration(it.Minutes) * time.Minute)
	}
	return out
}

func decisions(r *web.Request, m meeting.Meeting) (out []decisionLine) {
	for _, d := range m.Decisions {
		out = append(out, decisionLine{d.What, r.T("meeting.method." + string(d.Method)), d.Dissent})
	}
	return out
}

// sums are what the host gets ready, largest first; what nobody needs is left out.
func sums(r *web.Request, s meeting.Sums) (out []fact) {
	add := func(term string, n int) {
		if n > 0 {
			out = append(out, fact{Term: term, Text: r.Localizer().Number(n)})
		}
	}
	add(r.T("meeting.coming.yes"), s.Yes)
	add(r.T("meeting.coming.maybe"), s.Maybe)
	add(r.T("meeting.coming.no"), s.No)
	add(r.T("meeting.children"), s.Children)
	add(r.T("meeting.transport"), s.Transport)
	for _, c := range s.Interpreter {
		add(r.T("meeting.interpreter_for", "Language", r.Localizer().LanguageName(c.Code)), c.N)
	}
	for _, c := range s.Food {
		add(r.T("meeting.food."+c.Code), c.N)
	}
	for _, c := range s.Needs {
		add(r.T("meeting.need."+c.Code), c.N)
	}
	return out
}

// act is what changes the whole meeting: held, called off, another link.
func (h *Web) act(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	id, flash, to := r.PathValue("id"), "", ""
	switch act := r.Form("act"); act {
	case "hold":
		flash, to = "meeting.flash.held", "/evaluate"
		err = h.s.Hold(r.Context(), r.Actor, id, r.Key())
	case "cancel":
		flash = "meeting.flash.cancelled"
		err = h.s.Cancel(r.Context(), r.Actor, id, r.Key())
	case "relink":
		flash = "meeting.flash.relinked"
		err = h.s.Relink(r.Context(), r.Actor, id, r.Key())
	default:
		if _, err = h.s.Get(r.Context(), r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		return r.RedirectWith(w, "/meetings/"+id+to, flash)
	}
	p, perr := h.onePage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "meeting/one", p, err)
}
