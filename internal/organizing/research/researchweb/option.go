// Options of an issue: side by side on a screen and on paper, and the form of one
// with the health professionals who helped.
package researchweb

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/money"
	"seedbed/internal/organizing/research"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/web"
)

type issueLine struct {
	ID, Name, Count string
}

type issuesPage struct {
	Issues []issueLine
}

func (h *Web) issues(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Issues(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	n, err := h.s.Counted(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	var p issuesPage
	for _, i := range list {
		p.Issues = append(p.Issues, issueLine{i.ID, i.Name, r.T("research.options_count", "Count", n[i.ID])})
	}
	return r.Page(w, "research/issues", p)
}

// wayLine is an option as a column: its texts in the order of the rows.
type wayLine struct {
	ID, What string
	Dropped  bool
	Cells    []string
	Helpers  []string
	Sources  []sourceLine
}

type sourceLine struct{ Text, URL string }

type comparePage struct {
	ID, Issue, IssueURL string
	Rows                []string
	Ways                []wayLine
	MayKeep             bool
	Printed             string // when, on paper
}

func (h *Web) comparePage(r *web.Request) (p comparePage, err error) {
	id := r.PathValue("id")
	list, err := h.s.Options(r.Context(), r.Actor, id)
	if err != nil {
		return p, err
	}
	p = comparePage{ID: id, MayKeep: may(r, keep), Printed: r.Localizer().Date(r.Now().In(r.Zone()))}
	if h.o.Issue != nil {
		p.IssueURL = h.o.Issue(id)
	}
	if p.Issue, err = h.s.IssueName(r.Context(), r.Actor, id); err != nil {
		return p, err
	}
	for _, key := range []string{"cost", "done_by", "for", "against", "decides", "health"} {
		p.Rows = append(p.Rows, r.T("research.way."+key))
	}
	staff, err := h.staff(r, list)
	if err != nil {
		return p, err
	}
	for _, o := range list {
		line := wayLine{ID: o.ID, What: o.What, Dropped: o.Dropped, Cells: []string{cost(r, o), o.DoneBy, o.For, o.Against, o.Decides, o.Health}}
		for _, helper := range o.Helpers {
			line.Helpers = append(line.Helpers, helped(r, helper, staff))
		}
		if line.Sources, err = h.sources(r, o); err != nil {
			return p, err
		}
		p.Ways = append(p.Ways, line)
	}
	return p, nil
}

// staff names colleagues, asked for only when one of them helped.
func (h *Web) staff(r *web.Request, list []research.Option) (map[string]string, error) {
	out := map[string]string{}
	if !slices.ContainsFunc(list, func(o research.Option) bool {
		return slices.ContainsFunc(o.Helpers, func(x research.Helper) bool { return x.Account != "" })
	}) {
		return out, nil
	}
	people, err := h.o.Staff(r.Context(), r.Actor.Org)
	for _, c := range people {
		out[c.Account] = c.Name
	}
	return out, err
}

// helped is how somebody who helped is shown: a colleague by name only while they
// say so; of others what they do and where.
func helped(r *web.Request, helper research.Helper, staff map[string]string) string {
	if helper.Account == "" {
		return helper.Role + ", " + helper.Organization
	}
	if name := staff[helper.Account]; name != "" && !helper.NamedAt.IsZero() {
		return name
	}
	return r.T("research.colleague")
}

func cost(r *web.Request, o research.Option) string {
	if !o.Costed {
		return r.T("research.way.no_cost")
	}
	return r.T("research.way.cost_is", "Amount", amount(r, o.Cost), "Currency", o.Currency, "Basis", o.Basis)
}

// amount writes a sum; whole ones without their small unit.
func amount(r *web.Request, minor int64) string {
	if minor%100 == 0 {
		return r.Localizer().Number(minor / 100)
	}
	return money.Format(minor)
}

func (h *Web) sources(r *web.Request, o research.Option) (out []sourceLine, err error) {
	for _, s := range o.Sources {
		if s.Ref == "" {
			out = append(out, sourceLine{s.Text, s.Link})
			continue
		}
		f, err := h.s.Get(r.Context(), r.Actor, strings.TrimPrefix(s.Ref, "research:"))
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, sourceLine{f.Host + ", " + r.Localizer().Date(f.At.In(r.Zone())), "/research/" + f.ID})
	}
	return out, nil
}

func (h *Web) compare(w http.ResponseWriter, r *web.Request) error {
	p, err := h.comparePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "research/compare", p)
}

func (h *Web) printed(w http.ResponseWriter, r *web.Request) error {
	p, err := h.comparePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "research/print", p)
}

type helperLine struct {
	ID, Text string
	Account  bool
	Named    string // since when they may be named
}

type wayPage struct {
	ID, Issue, IssueName, Action                             string
	What, Cost, Basis, DoneBy, For, Against, Decides, Health string
	Source, Link                                             string
	Offices, Actions, Staff, Hows                            []Option
	Helpers                                                  []helperLine
	Role, Organization                                       string
	Version                                                  int64
	Dropped                                                  bool
}

func (h *Web) newWay(w http.ResponseWriter, r *web.Request) error {
	if _, err := h.s.Options(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return err
	}
	p, err := h.wayPage(r, research.Option{Issue: r.PathValue("id")})
	if err != nil {
		return err
	}
	return r.Page(w, "research/way", p)
}

func (h *Web) way(w http.ResponseWriter, r *web.Request) error {
	o, err := h.s.Option(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := h.wayPage(r, o)
	if err != nil {
		return err
	}
	return r.Page(w, "research/way", p)
}

func (h *Web) wayPage(r *web.Request, o research.Option) (p wayPage, err error) {
	p = wayPage{ID: o.ID, Issue: o.Issue, Action: "/options/" + o.Issue + "/new", What: o.What, Basis: o.Basis, DoneBy: o.DoneBy, For: o.For, Against: o.Against, Health: o.Health, Version: o.Version, Dropped: o.Dropped}
	if o.ID != "" {
		p.Action = "/ways/" + o.ID
	}
	if o.Costed {
		p.Cost = money.Format(o.Cost)
	}
	if o.Office == "" {
		p.Decides = o.Decides
	}
	if p.IssueName, err = h.s.IssueName(r.Context(), r.Actor, o.Issue); err != nil {
		return p, err
	}
	offices, err := h.s.Offices(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	for _, x := range offices {
		p.Offices = append(p.Offices, Option{Value: x.ID, Label: x.Label(), Checked: x.ID == o.Office})
	}
	var refs []string
	for _, s := range o.Sources {
		if s.Ref != "" {
			refs = append(refs, s.Ref)
		} else {
			p.Source, p.Link = s.Text, s.Link
		}
	}
	l, err := h.s.List(r.Context(), r.Actor, o.Issue, time.Time{})
	if err != nil {
		return p, err
	}
	for _, f := range slices.Concat(l.Waiting, l.Over) {
		if f.State != research.Cancelled {
			p.Actions = append(p.Actions, Option{Value: f.ID, Label: f.Host + ", " + r.Localizer().Date(f.At.In(r.Zone())), Checked: slices.Contains(refs, f.Ref())})
		}
	}
	if o.ID == "" {
		return p, nil
	}
	staff, err := h.o.Staff(r.Context(), r.Actor.Org)
	if err != nil {
		return p, err
	}
	names := map[string]string{}
	for _, c := range staff {
		names[c.Account] = c.Name
		p.Staff = append(p.Staff, Option{Value: c.Account, Label: c.Name})
	}
	p.Hows = options(r, "research.how.", research.Hows())
	for _, x := range o.Helpers {
		line := helperLine{ID: x.ID, Text: cmp.Or(names[x.Account], r.T("research.colleague")), Account: x.Account != ""}
		if !line.Account {
			line.Text = helped(r, x, nil)
		}
		if !x.NamedAt.IsZero() {
			line.Named = r.T("research.named_since", "Day", r.Localizer().Date(x.NamedAt.In(r.Zone())), "How", r.T("research.how."+x.How))
		}
		p.Helpers = append(p.Helpers, line)
	}
	return p, nil
}

func wayIn(r *web.Request) (in research.OptionIn, bad []fault.Field) {
	in = research.OptionIn{Cost: r.Form("cost"), Office: r.Form("office"), Actions: r.FormAll("action"), Link: r.Form("link"), Key: r.Key()}
	for _, x := range []struct {
		name string
		into *string
	}{{"what", &in.What}, {"basis", &in.Basis}, {"decides", &in.Decides}, {"source", &in.Source}} {
		text, wrong := r.Guarded(x.name)
		*x.into, bad = text, append(bad, wrong...)
	}
	for _, x := range []struct {
		name string
		into *string
	}{{"done_by", &in.DoneBy}, {"for", &in.For}, {"against", &in.Against}, {"health", &in.Health}} {
		text, wrong := r.GuardedText(x.name, r.FormValue(x.name))
		*x.into, bad = text, append(bad, wrong...)
	}
	in.Version, _ = strconv.ParseInt(r.Form("version"), 10, 64)
	return in, bad
}

// wayAgain is the form as it was typed.
func (h *Web) wayAgain(w http.ResponseWriter, r *web.Request, o research.Option, in research.OptionIn, err error) error {
	p, perr := h.wayPage(r, o)
	if perr != nil {
		return perr
	}
	p.What, p.Cost, p.Basis, p.DoneBy, p.For, p.Against, p.Decides, p.Health, p.Source, p.Link = in.What, in.Cost, in.Basis, in.DoneBy, in.For, in.Against, in.Decides, in.Health, in.Source, in.Link
	for i := range p.Offices {
		p.Offices[i].Checked = p.Offices[i].Value == in.Office
	}
	for i := range p.Actions {
		p.Actions[i].Checked = slices.Contains(in.Actions, p.Actions[i].Value)
	}
	return r.Fail(w, "research/way", p, err)
}

func (h *Web) makeWay(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	issue := r.PathValue("id")
	if _, err := h.s.Options(r.Context(), r.Actor, issue); err != nil {
		return err
	}
	in, bad := wayIn(r)
	in.Issue = issue
	made, err := "", fault.Wrong(bad...)
	if len(bad) == 0 {
		made, err = h.s.SaveOption(r.Context(), r.Actor, in)
	}
	if err != nil {
		return h.wayAgain(w, r, research.Option{Issue: issue}, in, err)
	}
	return r.RedirectWith(w, "/ways/"+made+"#helpers", "research.flash.way")
}

func (h *Web) saveWay(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	o, err := h.s.Option(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	in, bad := wayIn(r)
	in.ID, in.Issue = o.ID, o.Issue
	if err = fault.Wrong(bad...); len(bad) == 0 {
		_, err = h.s.SaveOption(r.Context(), r.Actor, in)
	}
	if err != nil {
		return h.wayAgain(w, r, o, in, err)
	}
	return r.RedirectWith(w, "/options/"+o.Issue, "research.flash.saved")
}

// wayAct lays an option aside, or says who helped.
func (h *Web) wayAct(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	o, err := h.s.Option(ctx, r.Actor, id)
	if err != nil {
		return err
	}
	act, helper, _ := strings.Cut(r.Form("act"), ":")
	key := idem.Form(r.Key(), act, helper)
	role, bad := r.Guarded("role")
	organization, wrong := r.Guarded("organization")
	bad = append(bad, wrong...)
	switch act {
	case "drop":
		err = h.s.DropOption(ctx, r.Actor, id, true, key)
	case "take_up":
		err = h.s.DropOption(ctx, r.Actor, id, false, key)
	case "help":
		if err = fault.Wrong(bad...); len(bad) == 0 {
			err = h.s.Help(ctx, r.Actor, research.HelpIn{Option: id, Role: role, Organization: organization, Key: key})
		}
	case "colleague":
		err = h.s.Help(ctx, r.Actor, research.HelpIn{Option: id, Account: r.Form("account"), Named: r.Checked("named"), How: r.Form("how"), Key: key})
		if r.Form("account") == "" && fault.Is(err, fault.Invalid) {
			err = fault.Wrong(fault.At("account", "contact.error.choose"))
		}
	case "named":
		err = h.s.NameHelper(ctx, r.Actor, id, helper, "spoken", key)
	case "unnamed":
		err = h.s.NameHelper(ctx, r.Actor, id, helper, "", key)
	case "unhelp":
		err = h.s.DropHelper(ctx, r.Actor, id, helper, key)
	default:
		err = fault.New(fault.Invalid, "fault.form")
	}
	if err == nil {
		return r.RedirectWith(w, "/ways/"+id+"#helpers", "research.flash.saved")
	}
	p, perr := h.wayPage(r, o)
	if perr != nil {
		return perr
	}
	p.Role, p.Organization = role, organization
	return r.Fail(w, "research/way", p, err)
}
