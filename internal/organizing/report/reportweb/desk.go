// The desk: reports for the team, the board, funders and everybody, from a draft to
// the yes of a second person.
package reportweb

import (
	"net/http"
	"slices"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/report"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type deskLine struct {
	URL, Title, Version, Period, Next, Owner string
	State                                    pill
}

type deskPage struct {
	Lines   []deskLine
	MayMake bool
}

func (h *Web) desk(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.List(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p := deskPage{MayMake: may(r, "report", access.Create)}
	for _, x := range list {
		l := deskLine{URL: "/reports/desk/" + x.ID, Title: x.Title, Version: r.T("report.for." + string(x.Version)), Period: periodName(r, x.Period), State: state(r, x.State)}
		l.Owner, l.Next = h.next(r, x)
		p.Lines = append(p.Lines, l)
	}
	return r.Page(w, "report/desk", p)
}

func state(r *web.Request, s report.State) pill {
	kind := map[report.State]string{report.Draft: "wait", report.Asked: "wait", report.Final: "ok", report.Published: "ok", report.Withdrawn: "info"}[s]
	return pill{Kind: kind, Label: r.T("report.state." + string(s))}
}

// next is who has to do what with a report that is open.
func (h *Web) next(r *web.Request, x report.Report) (owner, act string) {
	switch x.State {
	case report.Draft:
		return h.name(r, x.MadeBy), r.T("report.next.draft")
	case report.Asked:
		return r.T("report.next.lead"), r.T("report.next.asked")
	}
	return "", ""
}

func (h *Web) name(r *web.Request, account string) string {
	if h.o.Name != nil && account != "" {
		if n := h.o.Name(r.Context(), r.Actor.Org, account); n != "" {
			return n
		}
	}
	return r.T("report.somebody")
}

type formPage struct {
	ID, Title, Intro, Learned     string
	No                            int64
	Periods, Audiences, Langs     []Option
	Version, Period, Action, Back string
}

func (h *Web) formPage(r *web.Request, in report.MakeIn) (p formPage, err error) {
	p = formPage{ID: in.ID, Title: in.Title, Intro: in.Intro, Learned: in.Learned, No: in.No, Action: "/reports/desk/new", Back: "/reports/desk"}
	for _, l := range i18n.Languages() {
		p.Langs = append(p.Langs, Option{Value: l.Code, Label: l.Autonym, Checked: l.Code == in.Lang})
	}
	if in.ID != "" {
		x, err := h.s.Get(r.Context(), r.Actor, in.ID)
		if err != nil {
			return p, err
		}
		p.Version, p.Period = r.T("report.for."+string(x.Version)), periodName(r, x.Period)
		p.Back = "/reports/desk/" + in.ID
		p.Action = p.Back + "/edit"
		return p, nil
	}
	for _, v := range report.Versions() {
		if v == report.ForTeam && report.CircleOf(r.Actor) != report.Team {
			continue
		}
		p.Audiences = append(p.Audiences, Option{Value: string(v), Label: r.T("report.for." + string(v)), Hint: r.T("report.for." + string(v) + "_hint"), Checked: in.Version == string(v)})
	}
	chosen, _ := report.ParsePeriod(in.Period)
	p.Periods = periods(r, report.Periods(r.Now(), r.Zone()), chosen)
	return p, nil
}

func (h *Web) blank(w http.ResponseWriter, r *web.Request) error {
	p, err := h.formPage(r, report.MakeIn{Lang: r.Locale, Period: r.Form("period")})
	if err != nil {
		return err
	}
	return r.Page(w, "report/form", p)
}

func (h *Web) form(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := h.formPage(r, report.MakeIn{ID: x.ID, Title: x.Title, Lang: x.Lang, Intro: x.Intro, Learned: x.Learned, No: x.No})
	if err != nil {
		return err
	}
	return r.Page(w, "report/form", p)
}

func (h *Web) save(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := report.MakeIn{ID: r.PathValue("id"), Version: r.Form("audience"), Period: r.Form("period"), Lang: r.Form("lang"), Key: r.Key()}
	if n, ok := r.FormInt("no"); ok {
		in.No = int64(n)
	}
	var bad []fault.Field
	for _, x := range []struct {
		name string
		to   *string
	}{{"title", &in.Title}, {"intro", &in.Intro}, {"learned", &in.Learned}} {
		text, wrong := r.GuardedText(x.name, strings.TrimSpace(r.FormValue(x.name)))
		*x.to, bad = text, append(bad, wrong...)
	}
	made, err := "", error(nil)
	if err = fault.Wrong(bad...); len(bad) == 0 {
		made, err = h.s.Save(r.Context(), r.Actor, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/reports/desk/"+made, "report.flash.saved")
	}
	p, perr := h.formPage(r, in)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "report/form", p, err)
}

// actButton is something that can be done with a report.
type actButton struct{ Act, Label, Kind, Icon string }

type onePage struct {
	reading
	State             pill
	Owner, Next       string
	Acts              []actButton
	MayEdit, MayTake  bool
	MayPublish, Own   bool
	Public, Asked     bool
	MadeBy, AskedBy   string
	ApprovedBy, Ended string
	Link              string // for everybody
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.onePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "report/one", p)
}

func (h *Web) onePage(r *web.Request) (p onePage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = onePage{reading: h.reading(r, x, true), State: state(r, x.State), Public: x.Version == report.ForPublic, Asked: x.State == report.Asked, MadeBy: h.name(r, x.MadeBy),
		Own: r.Actor.Account == x.MadeBy || r.Actor.Account == x.AskedBy, MayTake: may(r, "report", access.Export)}
	p.Owner, p.Next = h.next(r, x.Report)
	if x.ApprovedBy != "" {
		p.ApprovedBy = h.name(r, x.ApprovedBy)
	}
	if !x.Ended.IsZero() {
		p.Ended = r.Localizer().Date(x.Ended.In(r.Zone()))
	}
	if x.State == report.Published {
		p.Link = "/reports/" + x.ID
	}
	p.MayPublish = p.Asked && may(r, "report", access.Approve) && !p.Own
	if !may(r, "report", access.Update) {
		return p, nil
	}
	p.MayEdit = x.State == report.Draft
	for _, b := range []actButton{{"finish", "report.act.finish", "primary", "check"}, {"ask", "report.act.ask", "primary", "check"}, {"back", "report.act.back", "quiet", "undo"}, {"withdraw", "report.act.withdraw", "quiet", "cross"}} {
		if x.State.CanBecome(report.Acts()[b.Act], x.Version) {
			b.Label = r.T(b.Label)
			p.Acts = append(p.Acts, b)
		}
	}
	return p, nil
}

func (h *Web) act(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	act := r.Form("act")
	if !slices.Contains([]string{"finish", "ask", "back", "withdraw"}, act) {
		act = "" // what only a second person may do has a route of its own
	}
	return h.done(w, r, act, h.s.Do(r.Context(), r.Actor, r.PathValue("id"), act, r.Key()))
}

func (h *Web) publish(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	return h.done(w, r, "publish", h.s.Do(r.Context(), r.Actor, r.PathValue("id"), "publish", r.Key()))
}

func (h *Web) done(w http.ResponseWriter, r *web.Request, act string, err error) error {
	if err == nil {
		return r.RedirectWith(w, "/reports/desk/"+r.PathValue("id"), "report.flash."+act)
	}
	p, perr := h.onePage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "report/one", p, err)
}
