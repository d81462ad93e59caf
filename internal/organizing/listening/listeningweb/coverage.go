// Coverage, networks, listeners and the mid-point check.

package listeningweb

import (
	"net/http"
	"slices"
	"strconv"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

// coverLine is a line of the coverage as the page shows it.
type coverLine struct {
	By, Name, Plan, Heard, Share string
	State                        Pill
}

type coverTable struct {
	ID, Title string
	Lines     []coverLine
	Chart     *drawing
}

type coveragePage struct {
	ID, Name string
	Tabs     []Tab
	AsOf     string
	Total    string
	Tables   []coverTable
	Missing  []coverLine
	K        int
	Outside  bool
}

func lineName(r *web.Request, l listening.Line) string {
	switch {
	case l.Dimension == listening.ByLanguage:
		return r.Localizer().LanguageName(l.Value)
	case l.Dimension == listening.ByFormat:
		return r.T("listening.format." + l.Value)
	case l.Value == "":
		return r.T("campaign.elsewhere")
	}
	return l.Name
}

func coverLines(r *web.Request, c listening.Coverage, list []listening.Line) (out []coverLine) {
	l := r.Localizer()
	for _, v := range list {
		x := coverLine{By: r.T("campaign.by." + string(v.Dimension)), Name: lineName(r, v), Heard: r.T("common.hidden")}
		if v.Heard.Shown {
			x.Heard = l.Number(v.Heard.N)
			if c.Audience == listening.Outside {
				x.Heard = r.T("campaign.least", "Count", l.Number(v.Heard.N))
			}
		}
		if v.Plan > 0 {
			x.Plan = r.T("campaign.plan_share", "Share", l.Percent(float64(v.Plan)/100))
		}
		if v.HasShare {
			x.Share = l.Percent(v.Share)
		}
		kind := map[listening.Standing]string{listening.OnPlan: "ok", listening.Below: "late", listening.Unknown: "info", listening.NoPlan: ""}[v.Standing]
		if kind != "" {
			x.State = Pill{Kind: kind, Label: r.T("campaign.standing." + string(v.Standing))}
		}
		out = append(out, x)
	}
	return out
}

func (h *Web) coverage(w http.ResponseWriter, r *web.Request) error {
	c, err := h.s.Coverage(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	d := coveragePage{ID: c.ID, Name: c.Name, Tabs: tabs(r, c.ID, "coverage"), K: c.K, Outside: c.Audience == listening.Outside, Missing: coverLines(r, c, c.Missing)}
	if !c.AsOf.IsZero() {
		d.AsOf = r.T("campaign.as_of", "Date", r.Localizer().Date(c.AsOf, r.Zone()))
	}
	if c.Total.Shown {
		d.Total = r.Localizer().Number(c.Total.N)
	}
	for _, dim := range listening.Dimensions() {
		if list := c.Lines[dim]; len(list) > 0 {
			t := coverTable{ID: string(dim), Title: r.T("campaign.by." + string(dim)), Lines: coverLines(r, c, list)}
			if dim == listening.ByLanguage && !c.AsOf.IsZero() {
				t.Chart = planned(r, c, list)
			}
			d.Tables = append(d.Tables, t)
		}
	}
	return r.Page(w, "listening/coverage", d)
}

// planned draws what was planned and what was heard, by language, in percent.
func planned(r *web.Request, c listening.Coverage, list []listening.Line) *drawing {
	l := r.Localizer()
	k := chart.Chart{ID: "planned", Title: r.T("campaign.planned_heard"), Description: r.T("campaign.planned_says"), RTL: i18n.Dir(r.Locale) == "rtl", Hidden: r.T("common.hidden"),
		Corner: r.T("campaign.by.language"), Number: func(v float64) string { return l.Percent(v / 100) }}
	plan, heard := chart.Series{Name: r.T("campaign.planned")}, chart.Series{Name: r.T("campaign.heard")}
	for _, v := range list {
		k.Categories = append(k.Categories, lineName(r, v))
		plan.Values = append(plan.Values, chart.Value{N: float64(v.Plan), Hidden: v.Plan == 0})
		heard.Values = append(heard.Values, chart.Value{N: float64(int(v.Share*100 + 0.5)), Hidden: !v.HasShare})
	}
	k.Series = []chart.Series{plan, heard}
	return &drawing{ID: k.ID, Title: k.Title, Summary: k.Description, SVG: chart.Bars(k), Table: k.Table()}
}

type networkLine struct {
	ID, Name, Kind, Share string
	Nameless              bool
}

type networksPage struct {
	ID, Name     string
	Tabs         []Tab
	Lines        []networkLine
	Kinds        []Option
	Institutions []Option
	May          bool
	In           struct{ Name, Share, Kind, Institution string }
}

func (h *Web) networks(w http.ResponseWriter, r *web.Request) error {
	d, err := h.networksOf(r)
	if err != nil {
		return err
	}
	return r.Page(w, "listening/networks", d)
}

func (h *Web) networksOf(r *web.Request) (d networksPage, err error) {
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	list, err := h.s.Networks(r.Context(), r.Actor, c.ID)
	if err != nil {
		return d, err
	}
	d = networksPage{ID: c.ID, Name: c.Name, Tabs: tabs(r, c.ID, "networks"), May: slices.Contains(listening.Can(c.State, listening.PartyStaff), listening.VerbEdit)}
	d.In.Name, d.In.Share, d.In.Kind, d.In.Institution = r.Form("name"), r.Form("share"), r.Form("kind"), r.Form("institution")
	for _, n := range list {
		line := networkLine{ID: n.ID, Name: n.Name, Kind: r.T("campaign.network." + string(n.Kind)), Nameless: n.Kind.Nameless()}
		if n.Share > 0 {
			line.Share = r.T("campaign.plan_share", "Share", r.Localizer().Percent(float64(n.Share)/100))
		}
		d.Lines = append(d.Lines, line)
	}
	for _, k := range listening.NetworkKinds() {
		d.Kinds = append(d.Kinds, Option{Value: string(k), Label: r.T("campaign.network." + string(k)), Hint: r.T("campaign.network_hint." + string(k))})
	}
	have, err := h.people.Institutions(r.Context(), r.Actor)
	if err != nil {
		return d, err
	}
	for _, i := range have {
		if !i.Closed {
			d.Institutions = append(d.Institutions, Option{Value: i.ID, Label: i.Name})
		}
	}
	return d, nil
}

func (h *Web) saveNetwork(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	var bad []fault.Field
	in := listening.NetworkIn{Campaign: id, ID: r.Form("network"), Kind: listening.NetworkKind(r.Form("kind")), Name: guarded(r, "name", &bad),
		Share: number(r, "share"), Institution: r.Form("institution"), Key: r.Key()}
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		_, err = h.s.SaveNetwork(r.Context(), r.Actor, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/campaigns/"+id+"/networks", "campaign.flash.network")
	}
	d, e := h.networksOf(r)
	if e != nil {
		return e
	}
	return again(w, r, "listening/networks", d, err)
}

type listenerLine struct {
	ID, Name, Goal, About string
	Progress              string
	Left, Done            bool
	GoalN, Noted          string
	Languages, Networks   []Option
}

type listenersPage struct {
	ID, Name string
	Tabs     []Tab
	Lines    []listenerLine
	Gone     []listenerLine
	May      bool
	Q        string
	Searched bool
	Found    []Option
	Staff    []Option
	Goal     string
}

func (h *Web) listeners(w http.ResponseWriter, r *web.Request) error {
	d, err := h.listenersOf(r)
	if err != nil {
		return err
	}
	return r.Page(w, "listening/listeners", d)
}

func (h *Web) listenersOf(r *web.Request) (d listenersPage, err error) {
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	list, err := h.s.Listeners(r.Context(), r.Actor, c.ID)
	if err != nil {
		return d, err
	}
	nets, err := h.s.Networks(r.Context(), r.Actor, c.ID)
	if err != nil {
		return d, err
	}
	who := make([]listening.Who, len(list))
	for i, l := range list {
		who[i] = l.Who
	}
	name, err := h.names(r, who...)
	if err != nil {
		return d, err
	}
	d = listenersPage{ID: c.ID, Name: c.Name, Tabs: tabs(r, c.ID, "listeners"), Q: r.Form("q"), Goal: r.Form("goal")}
	d.May = may(r, "campaign", access.Update) && slices.Contains(listening.Can(c.State, listening.PartyStaff), listening.VerbEdit)
	for _, l := range list {
		line := h.listenerLine(r, c, l, nets, name(l.Who))
		if l.Left.IsZero() {
			d.Lines = append(d.Lines, line)
		} else {
			d.Gone = append(d.Gone, line)
		}
	}
	if !d.May {
		return d, nil
	}
	if d.Goal == "" {
		d.Goal = "10"
	}
	return d, h.candidates(r, &d, who)
}

func (h *Web) listenerLine(r *web.Request, c listening.Campaign, l listening.Listener, nets []listening.Network, name string) listenerLine {
	n := r.Localizer().Number
	line := listenerLine{ID: l.ID, Name: name, Progress: r.T("campaign.of", "Now", n(l.Heard), "Of", n(l.Goal)), Left: !l.Left.IsZero(), Done: l.Goal > 0 && l.Heard >= l.Goal,
		GoalN: strconv.Itoa(l.Goal), Noted: strconv.Itoa(l.Noted), Languages: tongues(r, c.Languages, l.Language)}
	if l.Language != "" {
		line.About = r.Localizer().LanguageName(l.Language)
	}
	for _, v := range nets {
		line.Networks = append(line.Networks, Option{Value: v.ID, Label: v.Name, Checked: v.ID == l.Network})
		if v.ID == l.Network {
			line.About = r.Localizer().List(slices.DeleteFunc([]string{line.About, v.Name}, func(s string) bool { return s == "" }))
		}
	}
	return line
}

// candidates are people found by name, and colleagues who do not listen yet.
func (h *Web) candidates(r *web.Request, d *listenersPage, have []listening.Who) error {
	if d.Q != "" {
		d.Searched = true
		found, err := h.people.Find(r.Context(), r.Actor, d.Q, 20)
		if err != nil {
			return err
		}
		for _, c := range found {
			if !slices.Contains(have, listening.Who{Person: c.ID}) {
				d.Found = append(d.Found, personOption(r, c))
			}
		}
	}
	if h.o.Staff == nil {
		return nil
	}
	staff, err := h.o.Staff(r.Context(), r.Actor.Org)
	if err != nil {
		return err
	}
	for _, s := range staff {
		if !slices.Contains(have, listening.Who{Account: s.Account}) {
			d.Staff = append(d.Staff, Option{Value: "account:" + s.Account, Label: s.Name})
		}
	}
	return nil
}

func personOption(r *web.Request, c people.Card) Option {
	return Option{Value: "person:" + c.ID, Label: c.Name, Hint: r.Localizer().LanguageName(c.Lang)}
}

func (h *Web) saveListener(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	in := listening.ListenerIn{Campaign: id, ID: r.Form("listener"), Who: whoOf(r.Form("who")), Goal: number(r, "goal"), Noted: number(r, "noted"), Language: r.Form("language"),
		Network: r.Form("network"), Leave: r.Form("act") == "leave", Key: r.Key()}
	if in.ID != "" {
		in.Who = listening.Who{}
	}
	_, err := h.s.SaveListener(r.Context(), r.Actor, in)
	if err == nil {
		return r.RedirectWith(w, "/campaigns/"+id+"/listeners", "campaign.flash.listener")
	}
	d, e := h.listenersOf(r)
	if e != nil {
		return e
	}
	return again(w, r, "listening/listeners", d, err)
}

// checkedView is the mid-point check as it was recorded.
type checkedView struct {
	When, Heard, Note string
	Changes           []string
}

func (h *Web) checked(r *web.Request, m *listening.Midpoint) (*checkedView, error) {
	if m == nil {
		return nil, nil
	}
	v := &checkedView{When: r.Localizer().Date(m.At, r.Zone()), Note: m.Note}
	if m.Heard > 0 {
		v.Heard = r.T("campaign.people_heard_n", "Count", m.Heard)
	}
	for _, c := range m.Changes {
		v.Changes = append(v.Changes, r.T("campaign.change."+string(c.Kind), "Count", c.N, "Language", r.Localizer().LanguageName(c.Value)))
	}
	return v, nil
}

type midpointPage struct {
	ID, Name    string
	Heard, AsOf string
	Missing     []coverLine
	Listeners   []listenerLine
	Languages   []Option
	Questions   []question
	Share       string
	Kinds       []Option
	Network     struct{ Name, Kind, Share string }
	Note        string
}

func (h *Web) midpoint(w http.ResponseWriter, r *web.Request) error {
	d, err := h.midpointOf(r)
	if err != nil {
		return err
	}
	return r.Page(w, "listening/midpoint", d)
}

func (h *Web) midpointOf(r *web.Request) (d midpointPage, err error) {
	b, err := h.s.Board(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	l := r.Localizer()
	d = midpointPage{ID: b.ID, Name: b.Name, Heard: r.T("campaign.heard_of", "Count", b.Heard, "Of", b.People), Missing: coverLines(r, b.Coverage, b.Missing), Note: r.Form("note"), Share: r.Form("new_share")}
	if !b.AsOf.IsZero() {
		d.AsOf = r.T("campaign.as_of", "Date", l.Date(b.AsOf, r.Zone()))
	}
	list, err := h.s.Listeners(r.Context(), r.Actor, b.ID)
	if err != nil {
		return d, err
	}
	who := make([]listening.Who, len(list))
	for i, x := range list {
		who[i] = x.Who
	}
	name, err := h.names(r, who...)
	if err != nil {
		return d, err
	}
	for _, x := range list {
		if !x.Left.IsZero() {
			continue
		}
		if v := r.Form("move_" + x.ID + "_language"); r.Method == http.MethodPost {
			x.Language, x.Network = v, r.Form("move_"+x.ID+"_network")
		}
		d.Listeners = append(d.Listeners, h.listenerLine(r, b.Campaign, x, b.Networks, name(x.Who)))
	}
	for _, code := range spoken() {
		if !slices.Contains(b.Languages, code) {
			d.Languages = append(d.Languages, Option{Value: code, Label: l.LanguageName(code), Checked: code == r.Form("new_language")})
		}
	}
	for i := range 2 {
		q := "q_new_" + strconv.Itoa(i)
		d.Questions = append(d.Questions, question{Name: q, Label: r.T("campaign.plan.question", "N", i+1), Value: r.Form(q)})
	}
	d.Kinds = choices(r, "campaign.network.", listening.NetworkKinds(), listening.NetworkKind(r.Form("network_kind")))
	d.Network.Name, d.Network.Kind, d.Network.Share = r.Form("network_name"), r.Form("network_kind"), r.Form("network_share")
	return d, nil
}

func (h *Web) check(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	d, err := h.midpointOf(r)
	if err != nil {
		return err
	}
	var bad []fault.Field
	in := listening.MidpointIn{Campaign: id, Language: r.Form("new_language"), Questions: []string{guarded(r, "q_new_0", &bad), guarded(r, "q_new_1", &bad)}, Share: number(r, "new_share"), Note: guarded(r, "note", &bad), Key: r.Key()}
	if in.Language == "" {
		in.Share = 0
	}
	if r.Form("network_name") != "" || r.Form("network_kind") != "" {
		in.Network = &listening.NetworkIn{Kind: listening.NetworkKind(r.Form("network_kind")), Name: guarded(r, "network_name", &bad), Share: number(r, "network_share")}
	}
	for _, l := range d.Listeners {
		in.Moves = append(in.Moves, listening.ListenerIn{ID: l.ID, Language: r.Form("move_" + l.ID + "_language"), Network: r.Form("move_" + l.ID + "_network")})
	}
	if len(bad) > 0 {
		return r.Fail(w, "listening/midpoint", d, fault.Wrong(bad...))
	}
	if err := h.s.CheckMidpoint(r.Context(), r.Actor, in); err != nil {
		return again(w, r, "listening/midpoint", d, err)
	}
	return r.RedirectWith(w, "/campaigns/"+id, "campaign.flash.checked")
}
