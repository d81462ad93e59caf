// One team: what it is for, who is in it, whose turn it is to chair, and one's
// own card.
package teamweb

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type memberLine struct {
	Person, Name, Role, Since string
	Until, Phone, Email       string
	Chairs                    int
	Ending, Reach, Me         bool
}

type teamPage struct {
	ID, Name, Kind, Purpose, Rhythm string
	State                           pill
	Agreements                      []string
	Members, Past                   []memberLine
	Moves                           []pill // Kind is the state, Label the act, Icon the icon
	Chair                           string
	Turn                            bool // nobody was named: it is their turn
	Chairs                          []Option
	Meetings                        []Link
	Campaign                        *Link
	MayKeep, MayMeet, Closed        bool
	Card                            *cardForm
}

type cardForm struct {
	Shown, Phone, Email string
	Reachable           bool
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.page(r)
	if err != nil {
		return err
	}
	return r.Page(w, "team/one", p)
}

func (h *Web) page(r *web.Request) (p teamPage, err error) {
	t, members, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = teamPage{ID: t.ID, Name: t.Name, Kind: r.T("team.kind." + string(t.Kind)), Purpose: t.Purpose, Rhythm: beat(r, t.Rhythm), State: state(r, t.State), Closed: t.State == team.Closed}
	if t.Agreements != "" {
		p.Agreements = strings.Split(t.Agreements, "\n")
	}
	p.MayKeep = may(r, keep) && !p.Closed
	p.MayMeet = may(r, access.Need{Resource: "meeting", Action: access.Create}) && !p.Closed
	next, turn := h.s.NextChair(t, members)
	for _, m := range members {
		line := h.line(r, m)
		if !m.In(r.Now()) {
			p.Past = append(p.Past, line)
			continue
		}
		p.Members = append(p.Members, line)
		p.Chairs = append(p.Chairs, Option{Value: m.Person, Label: m.Name, Checked: turn && m.Person == next})
		if turn && m.Person == next {
			p.Chair, p.Turn = m.Name, t.NextChair != m.Person
		}
		if line.Me && !p.Closed {
			p.Card = &cardForm{Shown: m.Name, Phone: m.Phone, Email: m.Email, Reachable: m.Reachable}
		}
	}
	if p.MayKeep {
		icons := map[team.State]string{team.Active: "check", team.Paused: "wait", team.Closed: "stop"}
		for _, to := range team.States() {
			if t.State.CanBecome(to) {
				p.Moves = append(p.Moves, pill{Kind: string(to), Label: r.T("team.move." + string(to)), Icon: icons[to]})
			}
		}
	}
	if h.o.Meetings != nil {
		if p.Meetings, err = h.o.Meetings(r, t.ID); err != nil {
			return p, err
		}
	}
	if h.o.Campaign != nil && t.Campaign != "" {
		p.Campaign = h.o.Campaign(r.Context(), r.Actor, t.Campaign)
	}
	return p, nil
}

func (h *Web) line(r *web.Request, m team.Member) memberLine {
	l := memberLine{Person: m.Person, Name: m.Name, Phone: m.Phone, Email: m.Email, Chairs: m.Chaired, Ending: m.Ending(r.Now()),
		Since: r.Localizer().MonthYear(m.Since, r.Zone()), Reach: m.Reachable, Me: r.Actor.Person != "" && m.Person == r.Actor.Person}
	if m.Role != team.Plain {
		l.Role = r.T("team.role." + string(m.Role))
	}
	if !m.Until.IsZero() {
		l.Until = r.Localizer().ShortDate(m.Until, r.Zone())
	}
	return l
}

// back answers a form of the team's page: on the way there, or with what is wrong.
func (h *Web) back(w http.ResponseWriter, r *web.Request, err error, flash string, typed func(p *teamPage)) error {
	if err == nil {
		return r.RedirectWith(w, "/teams/"+r.PathValue("id"), flash)
	}
	p, perr := h.page(r)
	if perr != nil {
		return perr
	}
	if typed != nil {
		typed(&p)
	}
	return r.Fail(w, "team/one", p, err)
}

func (h *Web) move(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	err := h.s.Move(r.Context(), r.Actor, r.PathValue("id"), team.State(r.Form("to")), r.Key())
	return h.back(w, r, err, "team.flash.state", nil)
}

func (h *Web) chair(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	err := h.s.SetChair(r.Context(), r.Actor, r.PathValue("id"), r.Form("chair"), r.Key())
	return h.back(w, r, err, "team.flash.chair", nil)
}

// card is one's own; whoever is in no team has none.
func (h *Web) card(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in, bad := cardIn(r)
	_, members, err := h.s.Get(r.Context(), r.Actor, in.Team)
	if err != nil {
		return err
	}
	if in.Person == "" || !known(members, in.Person) {
		return fault.Denied("not in this team")
	}
	if err = fault.Wrong(bad...); len(bad) == 0 {
		err = h.s.Show(r.Context(), r.Actor, in)
	}
	return h.back(w, r, err, "team.flash.card", func(p *teamPage) {
		p.Card = &cardForm{Shown: in.Name, Phone: in.Phone, Email: in.Email, Reachable: in.Reachable}
	})
}

type memberForm struct {
	memberLine
	Roles  []Option
	Date   string
	Chairs bool
}

type foundLine struct{ Person, Name, About string }

type membersPage struct {
	ID, Name, Q string
	Members     []memberForm
	Found       []foundLine
	Searched    bool
	Roles       []Option
}

func (h *Web) members(w http.ResponseWriter, r *web.Request) error {
	p, err := h.membersPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "team/members", p)
}

func (h *Web) membersPage(r *web.Request) (p membersPage, err error) {
	t, members, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	if t.State == team.Closed {
		return p, fault.Clash("team.error.closed")
	}
	p = membersPage{ID: t.ID, Name: t.Name, Q: r.Form("q"), Roles: options(r, "team.role.", team.Roles(), team.Plain)}
	in := map[string]bool{}
	for _, m := range members {
		if !m.In(r.Now()) {
			continue
		}
		in[m.Person] = true
		f := memberForm{memberLine: h.line(r, m), Roles: options(r, "team.role.", team.Roles(), m.Role), Chairs: m.MayChair}
		if !m.Until.IsZero() {
			f.Date = m.Until.In(r.Zone()).Format(time.DateOnly)
		}
		p.Members = append(p.Members, f)
	}
	if p.Q == "" {
		return p, nil
	}
	p.Searched = true
	found, err := h.people.Find(r.Context(), r.Actor, p.Q, 20)
	if err != nil {
		return p, err
	}
	for _, c := range found {
		if !in[c.ID] {
			p.Found = append(p.Found, foundLine{Person: c.ID, Name: c.Name, About: r.Localizer().LanguageName(c.Lang)})
		}
	}
	return p, nil
}

// memberAct adds somebody, changes what they do, or ends it.
func (h *Web) memberAct(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	until, ok := day(r, "until")
	in := team.MemberIn{Team: r.PathValue("id"), Person: r.Form("person"), Role: team.Role(r.Form("role")), Until: until, MayChair: r.Checked("may_chair"), Key: r.Key()}
	flash := "team.flash.member"
	switch act := r.Form("act"); {
	case !ok:
		err = fault.Wrong(fault.At("until", "team.error.until"))
	case act == "leave":
		flash, err = "team.flash.left", h.s.Leave(r.Context(), r.Actor, in.Team, in.Person, in.Key)
	case act == "term":
		err = h.s.Term(r.Context(), r.Actor, in)
	default:
		in.MayChair = true
		err = h.s.Add(r.Context(), r.Actor, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/teams/"+in.Team+"/members", flash)
	}
	if fault.Is(err, fault.NotFound) && slices.Contains([]string{"leave", "term"}, r.Form("act")) {
		err = fault.Wrong(fault.At("person", "team.error.person"))
	}
	p, perr := h.membersPage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "team/members", p, err)
}
