// The report back, its sheets on paper, and the decision.

package listeningweb

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type backLine struct{ When, How, Reached, Languages, Note string }

type backPage struct {
	ID, Name  string
	Tabs      []Tab
	Lines     []backLine
	Sheets    []Option // by language
	May       bool
	Early     bool
	Ways      []Option
	Languages []Option
	In        struct{ Date, Reached, Note string }
}

func (h *Web) reportBack(w http.ResponseWriter, r *web.Request) error {
	d, err := h.backOf(r)
	if err != nil {
		return err
	}
	return r.Page(w, "listening/back", d)
}

func (h *Web) backOf(r *web.Request) (d backPage, err error) {
	e, err := h.s.Ending(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	l := r.Localizer()
	d = backPage{ID: e.ID, Name: e.Name, Tabs: tabs(r, e.ID, "back"), May: may(r, "campaign", access.Approve) && slices.Contains(e.Can, listening.VerbReportBack), Early: e.State.At() < listening.ThemesAgreed.At()}
	for _, b := range e.Reports {
		var langs []string
		for _, code := range b.Languages {
			langs = append(langs, l.LanguageName(code))
		}
		x := backLine{When: l.ShortDate(b.At, r.Zone()), How: r.T("campaign.way." + b.How), Reached: r.T("campaign.reached_n", "Count", b.Reached), Languages: l.List(langs), Note: b.Note}
		if !d.May && !may(r, "theme", access.Read) {
			x.Note = "" // the team's own words
		}
		d.Lines = append(d.Lines, x)
	}
	if !d.Early {
		for _, code := range i18n.Languages() {
			d.Sheets = append(d.Sheets, Option{Value: "/campaigns/" + e.ID + "/sheet?lang=" + code.Code, Label: i18n.Autonym(code.Code), Hint: code.Code})
		}
	}
	d.Ways = choices(r, "campaign.way.", listening.Ways(), r.Form("how"))
	d.Languages = tongues(r, e.Languages, r.FormAll("languages")...)
	if d.In.Date, d.In.Reached, d.In.Note = r.Form("date"), r.Form("reached"), r.Form("note"); d.In.Date == "" {
		d.In.Date = r.Now().In(r.Zone()).Format(time.DateOnly)
	}
	return d, nil
}

func (h *Web) logReportBack(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	var bad []fault.Field
	in := listening.ReportBackIn{Campaign: id, At: day(r, "date"), How: r.Form("how"), Reached: number(r, "reached"), Languages: r.FormAll("languages"), Note: guarded(r, "note", &bad), Key: r.Key()}
	var err error
	if len(bad) > 0 {
		err = fault.Wrong(bad...)
	} else if err = h.s.LogReportBack(r.Context(), r.Actor, in); err == nil {
		return r.RedirectWith(w, "/campaigns/"+id+"/report-back", "campaign.flash.told")
	}
	d, e := h.backOf(r)
	if e != nil {
		return e
	}
	return again(w, r, "listening/back", d, err)
}

// sheetPage is a report back on paper, in the language of the address.
type sheetPage struct {
	Name, Heard string
	Questions   []string
	Themes      []sheetLine
	Next        []string
	Chosen      []string
}

type sheetLine struct {
	Name, Definition, People, Languages string
	Depth                               int
}

func (h *Web) sheet(w http.ResponseWriter, r *web.Request) error {
	s, err := h.s.Sheet(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	l := r.Localizer()
	d := sheetPage{Name: s.Name, Questions: s.Questions[r.Locale], Heard: r.T("campaign.sheet.heard_many")}
	if s.Heard.Shown {
		d.Heard = r.T("campaign.sheet.heard", "Count", s.Heard.N)
	}
	for _, t := range s.Themes {
		x := sheetLine{Name: t.Name, Definition: t.Definition, Depth: t.Depth, People: r.T("campaign.sheet.some")}
		if t.People > 0 {
			x.People = r.T("campaign.sheet.people", "Count", t.People)
		}
		var langs []string
		for _, code := range t.Languages {
			langs = append(langs, l.LanguageName(code))
		}
		x.Languages = l.List(langs)
		d.Themes = append(d.Themes, x)
	}
	if s.Done != nil {
		for _, o := range s.Done.Options {
			if o.Chosen {
				d.Chosen = append(d.Chosen, o.Text)
			}
		}
		d.Next = []string{r.T("campaign.sheet.next_decided"), r.T("campaign.sheet.next_join")}
	} else {
		d.Next = []string{r.T("campaign.sheet.next_decide"), r.T("campaign.sheet.next_say"), r.T("campaign.sheet.next_join")}
	}
	return r.Page(w, "listening/sheet", d)
}

type optionRow struct {
	At                string // option_0
	Text, Votes, Team string
	Themes            []Option
	Chosen            bool
	Chairs            []Option
	Label             string
}

type resultLine struct {
	Text, Votes, Team string
	Chosen            bool
}

type decisionPage struct {
	ID, Name string
	Tabs     []Tab
	Blocked  string // why there is nothing to decide yet
	May      bool
	Methods  []Option
	Ballots  []Option
	Rows     []optionRow
	Teams    bool
	Q        string
	Searched bool
	In       struct{ Date, People, Institutions, Of, Dissent, Ballot string }
	Done     bool
	Facts    []Fact
	Results  []resultLine
	Chart    *drawing
	Dissent  string
}

func (h *Web) decision(w http.ResponseWriter, r *web.Request) error {
	d, err := h.decisionOf(r)
	if err != nil {
		return err
	}
	return r.Page(w, "listening/decision", d)
}

func (h *Web) decisionOf(r *web.Request) (d decisionPage, err error) {
	e, err := h.s.Ending(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	d = decisionPage{ID: e.ID, Name: e.Name, Tabs: tabs(r, e.ID, "decision"), May: may(r, "campaign", access.Approve) && slices.Contains(e.Can, listening.VerbDecide), Teams: h.s.Teams != nil}
	if e.Decision != nil {
		h.decided(r, &d, e)
		return d, nil
	}
	if e.State.At() < listening.ReportedBack.At() {
		d.Blocked = r.T("campaign.early.decide")
	}
	if !d.May {
		return d, nil
	}
	return d, h.decisionForm(r, &d, e)
}

// decided shows what was decided.
func (h *Web) decided(r *web.Request, d *decisionPage, e listening.Ending) {
	l, x := r.Localizer(), e.Decision
	d.Done, d.Dissent = true, x.Dissent
	d.Facts = []Fact{
		{Term: r.T("campaign.decision.when"), Text: l.Date(x.At, r.Zone())},
		{Term: r.T("campaign.decision.method"), Text: r.T("campaign.method." + string(x.Method))},
		{Term: r.T("campaign.decision.people"), Text: l.Number(x.People)},
	}
	if x.OfInstitutions > 0 {
		d.Facts = append(d.Facts, Fact{Term: r.T("campaign.decision.institutions"), Text: r.T("campaign.of", "Now", l.Number(x.Institutions), "Of", l.Number(x.OfInstitutions))})
	}
	k := chart.Chart{ID: "votes", Title: r.T("campaign.decision.result"), Description: r.T("campaign.decision.result_says", "Method", r.T("campaign.method."+string(x.Method))),
		RTL: i18n.Dir(r.Locale) == "rtl", Hidden: r.T("common.hidden"), Corner: r.T("campaign.decision.option"), Number: func(v float64) string { return l.Number(int(v)) }}
	s := chart.Series{Name: r.T("campaign.decision.votes")}
	counted := false
	for _, o := range x.Options {
		line := resultLine{Text: o.Text, Votes: l.Number(o.Votes), Chosen: o.Chosen}
		if o.Team != "" && h.o.Teams != nil {
			line.Team = h.o.Teams(r.Context(), r.Actor, o.Team)
		}
		d.Results = append(d.Results, line)
		k.Categories, s.Values = append(k.Categories, o.Text), append(s.Values, chart.Value{N: float64(o.Votes)})
		counted = counted || o.Votes > 0
	}
	k.Series = []chart.Series{s}
	if counted {
		d.Chart = &drawing{ID: k.ID, Title: k.Title, Summary: k.Description, SVG: chart.Bars(k), Table: k.Table()}
	}
}

// decisionForm is the form with what was typed, or with the themes that most said.
func (h *Web) decisionForm(r *web.Request, d *decisionPage, e listening.Ending) error {
	methods := listening.Methods()
	if len(e.Ballots) == 0 {
		methods = slices.DeleteFunc(methods, func(m listening.Method) bool { return m == listening.Ballot })
	}
	d.Methods = choices(r, "campaign.method.", methods, listening.Method(r.Form("method")))
	for _, b := range e.Ballots {
		d.Ballots = append(d.Ballots, Option{Value: b.Ref, Label: b.Title, Checked: b.Ref == r.Form("ballot")})
	}
	d.In.Date, d.In.People, d.In.Institutions, d.In.Of, d.In.Dissent = r.Form("date"), r.Form("people"), r.Form("institutions"), r.Form("of_institutions"), r.Form("dissent")
	if d.In.Date == "" {
		d.In.Date = r.Now().In(r.Zone()).Format(time.DateOnly)
	}
	if d.In.Of == "" {
		list, err := h.people.Institutions(r.Context(), r.Actor)
		if err != nil {
			return err
		}
		n := 0
		for _, i := range list {
			if i.Member && !i.Closed {
				n++
			}
		}
		if n > 0 {
			d.In.Of = strconv.Itoa(n)
		}
	}
	chairs, err := h.chairs(r, d)
	if err != nil {
		return err
	}
	for i := range listening.MostOptions {
		at := "option_" + strconv.Itoa(i)
		row := optionRow{At: at, Label: r.T("campaign.decision.option_n", "N", i+1), Text: r.Form(at), Votes: r.Form(at + "_votes"), Team: r.Form(at + "_team"), Chosen: slices.Contains(r.FormAll("chosen"), strconv.Itoa(i))}
		theme := r.Form(at + "_theme")
		if r.Method != http.MethodPost && i < min(4, len(e.Top)) {
			row.Text, theme = e.Top[i].Name, e.Top[i].ID
		}
		for _, t := range e.Top {
			row.Themes = append(row.Themes, Option{Value: t.ID, Label: t.Name, Checked: t.ID == theme})
		}
		for _, c := range chairs {
			c.Checked = c.Value == r.Form(at+"_chair")
			row.Chairs = append(row.Chairs, c)
		}
		d.Rows = append(d.Rows, row)
	}
	return nil
}

// chairs are people who may chair a research action team: those found by name, and
// those chosen before.
func (h *Web) chairs(r *web.Request, d *decisionPage) (out []Option, err error) {
	if !d.Teams {
		return nil, nil
	}
	var ids []string
	listen, err := h.s.Listeners(r.Context(), r.Actor, d.ID)
	if err != nil {
		return nil, err
	}
	for _, l := range listen {
		if l.Person != "" && l.Left.IsZero() {
			ids = append(ids, l.Person)
		}
	}
	for i := range listening.MostOptions {
		if c := r.Form("option_" + strconv.Itoa(i) + "_chair"); c != "" {
			ids = append(ids, c)
		}
	}
	ids = append(ids, r.FormAll("candidate")...)
	cards, err := h.people.Names(r.Context(), r.Actor, ids)
	if err != nil {
		return nil, err
	}
	list := []people.Card{}
	for _, c := range cards {
		list = append(list, c)
	}
	if d.Q = r.Form("q"); d.Q != "" {
		d.Searched = true
		found, err := h.people.Find(r.Context(), r.Actor, d.Q, 12)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			if _, ok := cards[c.ID]; !ok {
				list = append(list, c)
			}
		}
	}
	slices.SortFunc(list, func(a, b people.Card) int {
		if a.Name < b.Name {
			return -1
		} else if a.Name > b.Name {
			return 1
		}
		return 0
	})
	for _, c := range list {
		out = append(out, Option{Value: c.ID, Label: c.Name})
	}
	return out, nil
}

func (h *Web) decide(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	show := func(err error) error {
		d, e := h.decisionOf(r)
		if e != nil {
			return e
		}
		if err == nil {
			return r.Page(w, "listening/decision", d)
		}
		return again(w, r, "listening/decision", d, err)
	}
	if r.Form("act") == "find" {
		return show(nil)
	}
	var bad []fault.Field
	in := listening.DecideIn{Campaign: id, Key: r.Key(), Decision: listening.Decision{At: day(r, "date"), Method: listening.Method(r.Form("method")), People: number(r, "people"),
		Institutions: number(r, "institutions"), OfInstitutions: number(r, "of_institutions"), Ballot: r.Form("ballot"), Dissent: guarded(r, "dissent", &bad)}}
	for i := range listening.MostOptions {
		at := "option_" + strconv.Itoa(i)
		if r.Form(at) == "" && r.Form(at+"_votes") == "" {
			continue
		}
		text := guarded(r, at, &bad)
		if len(in.Options) < i {
			bad = append(bad, fault.At("option_"+strconv.Itoa(len(in.Options)), "listening.error.said_gap"))
		}
		in.Options = append(in.Options, listening.Option{Text: text, Theme: r.Form(at + "_theme"), Votes: number(r, at+"_votes"), Chosen: slices.Contains(r.FormAll("chosen"), strconv.Itoa(i)),
			TeamName: r.Form(at + "_team"), Chair: r.Form(at + "_chair")})
	}
	if len(bad) > 0 {
		return show(fault.Wrong(bad...))
	}
	if err := h.s.Decide(r.Context(), r.Actor, in); err != nil {
		return show(err)
	}
	return r.RedirectWith(w, "/campaigns/"+id+"/decision", "campaign.flash.decided")
}
