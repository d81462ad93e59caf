// Who is on duty: the week's list, and a form for one duty.

package introductionweb

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

type site = account.Site

// dutyLine is one duty in words.
type dutyLine struct {
	ID, Name, Place, Languages, When, Ways string
	Now                                    bool
}

type rosterPage struct {
	Week             []dutyLine
	Account, Site    []Option
	Languages, Ways  []Option
	Date, From, To   string
	MayChange, NoOne bool
}

func (h *Web) onDuty(r *web.Request, site, lang string) ([]dutyLine, error) {
	list, err := h.s.OnDuty(r.Context(), r.Actor, site, lang)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return h.dutyLines(r, list)
}

func (h *Web) dutyLines(r *web.Request, list []introduction.Duty) (out []dutyLine, err error) {
	n, l, say := h.names(r), r.Localizer(), directory.Say{L: r.Localizer()}
	sites, err := h.accounts.Sites(r.Context(), r.Actor.Org)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		line := dutyLine{ID: d.ID, Name: n.account(d.Account), Languages: say.Languages(d.Languages), Now: !d.From.After(r.Now()) && d.Until.After(r.Now())}
		if line.Name == "" {
			continue // the account is gone: nobody would come
		}
		for _, s := range sites {
			if s.ID == d.Site {
				line.Place = s.Name
			}
		}
		from, until := d.From.In(r.Zone()), d.Until.In(r.Zone())
		line.When = r.T("handoff.duty.when", "Day", l.Date(from), "From", l.Clock(from), "Until", l.Clock(until))
		var ways []string
		if d.WalkOver {
			ways = append(ways, r.T("handoff.duty.walk_over"))
		}
		if d.ByPhone {
			ways = append(ways, r.T("handoff.duty.by_phone"))
		}
		line.Ways = strings.Join(ways, " · ")
		out = append(out, line)
	}
	return out, nil
}

func (h *Web) roster(w http.ResponseWriter, r *web.Request) error {
	p, err := h.rosterPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "introduction/roster", p)
}

// rosterPage is the list of a week and the form as it was typed.
func (h *Web) rosterPage(r *web.Request) (p rosterPage, err error) {
	now := r.Now()
	list, err := h.s.Roster(r.Context(), r.Actor, now, now.AddDate(0, 0, 8))
	if err != nil {
		return p, err
	}
	if p.Week, err = h.dutyLines(r, list); err != nil {
		return p, err
	}
	p.MayChange = may(r, "roster", access.Create)
	if !p.MayChange {
		return p, nil
	}
	who, err := h.accounts.Colleagues(r.Context(), r.Actor, access.Navigator, access.Organizer)
	if err != nil {
		return p, err
	}
	typed := r.Method == http.MethodPost
	chosen := r.Form("account")
	if !typed {
		chosen = r.Actor.Account
	}
	for _, c := range who {
		p.Account = append(p.Account, Option{Value: c.ID, Label: c.Name, Checked: c.ID == chosen})
	}
	sites, err := h.accounts.Sites(r.Context(), r.Actor.Org)
	if err != nil {
		return p, err
	}
	for _, s := range sites {
		if !s.Archived {
			p.Site = append(p.Site, Option{Value: s.ID, Label: s.Name, Checked: s.ID == r.Form("site")})
		}
	}
	for _, code := range h.spoken(r) {
		p.Languages = append(p.Languages, Option{Value: code, Label: r.Localizer().LanguageName(code), Checked: slices.Contains(r.FormAll("languages"), code)})
	}
	p.Ways = []Option{
		{Value: "walk_over", Label: r.T("handoff.duty.walk_over"), Icon: "walk", Checked: !typed || slices.Contains(r.FormAll("ways"), "walk_over")},
		{Value: "by_phone", Label: r.T("handoff.duty.by_phone"), Icon: "phone", Checked: !typed || slices.Contains(r.FormAll("ways"), "by_phone")},
	}
	p.Date, p.From, p.To = r.Form("date"), r.Form("from"), r.Form("until")
	if !typed {
		p.Date, p.From, p.To = now.In(r.Zone()).Format(time.DateOnly), "09:00", "17:00"
	}
	return p, nil
}

// spoken lists the languages a colleague may speak: those of the groups, and those of the pages.
func (h *Web) spoken(r *web.Request) []string {
	list, err := h.groups.Languages(r.Context(), r.Actor)
	if err != nil {
		list = nil // the pages' own are enough for a form
	}
	for _, code := range []string{"en", "es", "vi", "ar"} {
		if !slices.Contains(list, code) {
			list = append(list, code)
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		return strings.Compare(r.Localizer().LanguageName(a), r.Localizer().LanguageName(b))
	})
	return list
}

func (h *Web) saveDuty(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := introduction.DutyIn{Account: r.Form("account"), Site: r.Form("site"), Languages: r.FormAll("languages"), From: moment(r, "date", "from"), Until: moment(r, "date", "until"),
		WalkOver: slices.Contains(r.FormAll("ways"), "walk_over"), ByPhone: slices.Contains(r.FormAll("ways"), "by_phone"), Key: r.Key()}
	if !in.From.IsZero() && in.Until.Before(in.From) && !in.Until.IsZero() {
		in.Until = in.Until.AddDate(0, 0, 1) // a night shift
	}
	p, err := h.rosterPage(r)
	if err != nil {
		return err
	}
	if bad := p.strange(in); len(bad) > 0 {
		return r.Fail(w, "introduction/roster", p, fault.Wrong(bad...))
	}
	if _, err := h.s.SaveDuty(r.Context(), r.Actor, in); err != nil {
		return r.Fail(w, "introduction/roster", p, waysField(err))
	}
	return r.RedirectWith(w, "/handoffs/duty", "handoff.flash.duty")
}

// strange finds an account or a place that is not of this clinic: the form offers none.
func (p rosterPage) strange(in introduction.DutyIn) (bad []fault.Field) {
	offered := func(list []Option, v string) bool {
		return v == "" || slices.ContainsFunc(list, func(o Option) bool { return o.Value == v })
	}
	if !offered(p.Account, in.Account) {
		bad = append(bad, fault.At("account", "introduction.error.choose"))
	}
	if !offered(p.Site, in.Site) {
		bad = append(bad, fault.At("site", "introduction.error.choose"))
	}
	return bad
}

// waysField points the core's mistake at the form's own field.
func waysField(err error) error {
	fields := slices.Clone(fault.FieldsOf(err))
	if len(fields) == 0 {
		return err
	}
	for i := range fields {
		if fields[i].Name == "walk_over" {
			fields[i].Name = "ways"
		}
	}
	return fault.Because(fault.Wrong(fields...), err)
}

func (h *Web) removeDuty(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.DeleteDuty(r.Context(), r.Actor, r.PathValue("id")); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return r.RedirectWith(w, "/handoffs/duty", "handoff.flash.duty_gone")
}
