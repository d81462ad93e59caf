// The list, the board and the plan of a campaign.

package listeningweb

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type listLine struct {
	URL, Name string
	State     Pill
	Meta      []string
}

type listPage struct {
	Lines   []listLine
	MayPlan bool
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Campaigns(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	d := listPage{MayPlan: may(r, "campaign", access.Create)}
	l := r.Localizer()
	for _, c := range list {
		line := listLine{URL: "/campaigns/" + c.ID, Name: c.Name, State: stage(r, c.State)}
		line.Meta = append(line.Meta, r.T("campaign.dates", "From", l.ShortDate(c.Starts, r.Zone()), "To", l.ShortDate(c.Ends.Add(-time.Second), r.Zone())))
		if c.Heard > 0 {
			line.Meta = append(line.Meta, r.T("campaign.heard_of", "Count", c.Heard, "Of", c.People))
		}
		d.Lines = append(d.Lines, line)
	}
	return r.Page(w, "listening/list", d)
}

// goal is how far a number is, in words.
type goal struct {
	Term, Text string
	Now, Of    int
}

type boardPage struct {
	ID, Name  string
	State     Pill
	Dates     string
	Steps     []step
	Goals     []goal
	Questions []string
	Alerts    []alert
	Next      *next
	Chart     *drawing
	Missing   []coverLine
	AsOf      string
	Waiting   []sessionLine
	Midpoint  *checkedView
	Outside   bool
	Heard     string // outside: what may be told
	Tabs      []Tab
	Move      string // the verb of the one primary act that only changes the state
	MoveLabel string
	Again     bool // themes may be worked on once more
}

// Tab is one tab above a campaign's pages.
type Tab struct {
	Label, URL string
	Count      int
	Current    bool
}

type step struct{ Label, URL, State string }

type alert struct{ Kind, Title, Text, Href, Label string }

type next struct {
	Owner, Act, When, Exact, Kind string
	Badge                         *Pill
}

type drawing struct {
	ID, Title, Summary string
	SVG                template.HTML
	Table              chart.Table
	Source             string
}

// tabs are the pages of a campaign that the reader may open.
func tabs(r *web.Request, id, now string) (out []Tab) {
	add := func(key, path string, res access.Resource, a access.Action) {
		if may(r, res, a) {
			out = append(out, Tab{Label: r.T("campaign.tab." + key), URL: "/campaigns/" + id + path, Current: key == now})
		}
	}
	add("board", "", "campaign", access.Read)
	add("sessions", "/sessions", "listening", access.Read)
	add("coverage", "/coverage", "campaign", access.Read)
	add("listeners", "/listeners", "listening", access.Read)
	add("networks", "/networks", "campaign", access.Update)
	add("themes", "/themes", "theme", access.Read)
	add("back", "/report-back", "campaign", access.Read)
	add("decision", "/decision", "campaign", access.Read)
	return out
}

func stepsOf(r *web.Request, s listening.State) (out []step) {
	for _, v := range listening.States()[1:] {
		st := step{Label: r.T("campaign.step." + string(v)), State: "next"}
		switch {
		case v.At() < s.At() || s == listening.Decided:
			st.State = "done"
		case v.At() == s.At():
			st.State = "now"
		}
		out = append(out, st)
	}
	return out
}

func (h *Web) board(w http.ResponseWriter, r *web.Request) error {
	d, err := h.boardOf(r)
	if err != nil {
		return err
	}
	return r.Page(w, "listening/board", d)
}

func (h *Web) boardOf(r *web.Request) (boardPage, error) {
	b, err := h.s.Board(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return boardPage{}, err
	}
	l := r.Localizer()
	d := boardPage{ID: b.ID, Name: b.Name, State: stage(r, b.State), Steps: stepsOf(r, b.State), Tabs: tabs(r, b.ID, "board"), Outside: b.Audience == listening.Outside,
		Dates: r.T("campaign.dates", "From", l.ShortDate(b.Starts, r.Zone()), "To", l.ShortDate(b.Ends.Add(-time.Second), r.Zone()))}
	d.Questions = b.Questions[r.Locale]
	if len(d.Questions) == 0 && len(b.Languages) > 0 {
		d.Questions = b.Questions[b.Languages[0]]
	}
	if d.Midpoint, err = h.checked(r, b.Midpoint); err != nil {
		return d, err
	}
	if !b.AsOf.IsZero() {
		d.AsOf = r.T("campaign.as_of", "Date", l.Date(b.AsOf, r.Zone()))
	}
	d.Missing = coverLines(r, b.Coverage, b.Missing)
	if d.Outside {
		d.Heard = r.T("campaign.heard_none")
		if b.Total.Shown {
			d.Heard = r.T("campaign.heard_least", "Count", b.Total.N)
		}
		return d, nil
	}
	d.Goals = []goal{
		{r.T("campaign.goal.people"), r.T("campaign.of", "Now", l.Number(b.Heard), "Of", l.Number(b.People)), b.Heard, b.People},
		{r.T("campaign.goal.sessions"), r.T("campaign.of_sessions", "Now", l.Number(b.Held()), "Of", l.Number(b.Sessions), "One", l.Number(b.OneToOnes), "Meetings", l.Number(b.Meetings)), b.Held(), b.Sessions},
		{r.T("campaign.goal.listeners"), r.T("campaign.of", "Now", l.Number(b.Listening), "Of", l.Number(b.Listeners)), b.Listening, b.Listeners},
	}
	d.Chart = weekly(r, b)
	if d.Waiting, err = h.sessionLines(r, b.Campaign, b.Waiting); err != nil {
		return d, err
	}
	d.act(r, b)
	return d, nil
}

// act says what comes next, who does it and by when.
func (d *boardPage) act(r *web.Request, b listening.Board) {
	l, now := r.Localizer(), r.Now()
	can := func(v listening.Verb) bool { return slices.Contains(b.Can, v) }
	owner := r.T("campaign.owner")
	switch {
	case can(listening.VerbOpen):
		d.Next = &next{Owner: owner, Act: r.T("campaign.next.open"), When: l.Ago(b.Starts, now, r.Zone()), Exact: l.ShortDate(b.Starts, r.Zone())}
		d.Move, d.MoveLabel = "open", r.T("campaign.move.open")
	case b.MidpointLate(now):
		d.Next = &next{Owner: owner, Act: r.T("campaign.next.midpoint"), When: l.Ago(b.MidpointDue(), now, r.Zone()), Exact: l.ShortDate(b.MidpointDue(), r.Zone()), Kind: "late",
			Badge: &Pill{Kind: "late", Label: r.T("campaign.late")}}
	case b.MidpointNow(now):
		d.Next = &next{Owner: owner, Act: r.T("campaign.next.midpoint"), When: l.Ago(b.MidpointDue(), now, r.Zone()), Exact: l.ShortDate(b.MidpointDue(), r.Zone()), Kind: "wait"}
	case b.State == listening.Open:
		d.Next = &next{Owner: owner, Act: r.T("campaign.next.listen"), When: l.Ago(b.MidpointFrom(), now, r.Zone()), Exact: l.ShortDate(b.MidpointFrom(), r.Zone())}
	case b.State == listening.Checked:
		d.Next = &next{Owner: owner, Act: r.T("campaign.next.close"), When: l.Ago(b.Ends, now, r.Zone()), Exact: l.ShortDate(b.Ends.Add(-time.Second), r.Zone())}
		if can(listening.VerbClose) {
			d.Move, d.MoveLabel = "close", r.T("campaign.move.close")
		}
	case b.State != listening.Decided:
		d.Next = &next{Owner: owner, Act: r.T("campaign.next." + string(b.State))}
	}
	d.Again = can(listening.VerbReopen)
	below := 0
	for _, m := range b.Missing {
		if m.Standing == listening.Below {
			below++
		}
	}
	if below > 0 && b.State.At() <= listening.Checked.At() {
		a := alert{Kind: "late", Title: r.T("campaign.alert", "Count", below), Text: strings.Join(alertLines(r, b), " ")}
		if can(listening.VerbCheck) && b.MidpointNow(now) {
			a.Href, a.Label = "/campaigns/"+b.ID+"/midpoint", r.T("campaign.midpoint.title")
		}
		d.Alerts = append(d.Alerts, a)
	}
}

func alertLines(r *web.Request, b listening.Board) (out []string) {
	for _, m := range b.Missing {
		if m.Standing == listening.Below {
			share := r.T("campaign.few")
			if m.HasShare {
				share = r.Localizer().Percent(m.Share)
			}
			out = append(out, r.T("campaign.alert_line", "What", lineName(r, m), "Share", share, "Plan", r.Localizer().Percent(float64(m.Plan)/100)))
		}
	}
	return out
}

// weekly draws how many people were heard in each week of the campaign. It is the
// whole campaign's number; numbers by language and place come out in coverage.
func weekly(r *web.Request, b listening.Board) *drawing {
	if b.Heard == 0 {
		return nil
	}
	l := r.Localizer()
	k := chart.Chart{ID: "weeks", Title: r.T("campaign.weekly"), RTL: i18n.Dir(r.Locale) == "rtl", Hidden: r.T("common.hidden"), Corner: r.T("campaign.week"),
		Description: r.T("campaign.weekly_says", "Count", b.Heard), Number: func(v float64) string { return l.Number(int(v)) }}
	s := chart.Series{Name: r.T("campaign.people_heard")}
	now := b.Week(r.Now())
	for i, n := range b.Weeks {
		if i >= now && b.State.At() < listening.Closed.At() && n == 0 {
			break // weeks to come
		}
		k.Categories = append(k.Categories, r.T("campaign.week_n", "N", strconv.Itoa(i+1)))
		s.Values = append(s.Values, chart.Value{N: float64(n)})
	}
	k.Series = []chart.Series{s}
	return &drawing{ID: k.ID, Title: k.Title, Summary: k.Description, SVG: chart.Bars(k), Table: k.Table()}
}

func (h *Web) move(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	var err error
	switch act := r.Form("act"); act {
	case "open":
		err = h.s.Open(r.Context(), r.Actor, id, r.Key())
	case "close":
		err = h.s.Close(r.Context(), r.Actor, id, r.Key())
	case "reopen":
		err = h.s.Reopen(r.Context(), r.Actor, id, r.Key())
	default:
		return r.Redirect(w, "/campaigns/"+id)
	}
	if err == nil {
		return r.RedirectWith(w, "/campaigns/"+id, "campaign.flash."+r.Form("act"))
	}
	d, e := h.boardOf(r)
	if e != nil {
		return e
	}
	return again(w, r, "listening/board", d, err)
}

// planPage is the form of a plan.
type planPage struct {
	ID, Title, Action, Back            string
	Name, Starts, Ends                 string
	People, Sessions, Listeners, Areas string
	Version                            string
	Languages                          []Option
	Asked                              []askedIn
	Running                            bool
}

// askedIn is what a plan says for one language.
type askedIn struct {
	Code, Name, Dir, Share string
	Questions              []question
}

type question struct{ Name, Label, Value string }

func (h *Web) blank(w http.ResponseWriter, r *web.Request) error {
	from := r.Now().In(r.Zone()).AddDate(0, 0, 14)
	p := listening.PlanIn{Languages: []string{"en", "es", "vi"}, Starts: from, Ends: from.AddDate(0, 0, 56), People: 200, Sessions: 160, Listeners: 20, Questions: map[string][]string{}}
	if !slices.Contains(p.Languages, r.Locale) {
		p.Languages = append(p.Languages, r.Locale)
	}
	for _, l := range []string{"en", "es", "vi", "ar"} { // ours to begin with; the team writes its own
		q := h.catalog(r, l)
		p.Questions[l] = q
	}
	return r.Page(w, "listening/plan", planForm(r, p, ""))
}

// catalog is the pair of questions a plan begins with in a language.
func (h *Web) catalog(r *web.Request, lang string) []string {
	return []string{r.T("campaign.question." + lang + ".1"), r.T("campaign.question." + lang + ".2")}
}

func planForm(r *web.Request, p listening.PlanIn, id string) planPage {
	n := func(v int) string {
		if v == 0 {
			return ""
		}
		return strconv.Itoa(v)
	}
	d := planPage{ID: id, Title: r.T("campaign.plan.new"), Action: "/campaigns/new", Back: "/campaigns", Name: p.Name, People: n(p.People), Sessions: n(p.Sessions), Listeners: n(p.Listeners),
		Areas: strings.Join(p.Areas, "\n"), Version: strconv.FormatInt(p.Version, 10)}
	if id != "" {
		d.Title, d.Action, d.Back = r.T("campaign.plan.edit"), "/campaigns/"+id+"/plan", "/campaigns/"+id
	}
	if !p.Starts.IsZero() {
		d.Starts = p.Starts.In(r.Zone()).Format(time.DateOnly)
	}
	if !p.Ends.IsZero() {
		d.Ends = p.Ends.In(r.Zone()).Add(-time.Second).Format(time.DateOnly)
	}
	list := spoken()
	for _, l := range p.Languages {
		if !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	d.Languages = tongues(r, list, p.Languages...)
	for _, l := range list {
		if !slices.Contains(p.Languages, l) && !slices.Contains([]string{"en", "es", "vi", "ar"}, l) {
			continue
		}
		a := askedIn{Code: l, Name: r.Localizer().LanguageName(l), Dir: i18n.Dir(l), Share: n(p.Shares[l])}
		for i := range 3 {
			q := question{Name: "q_" + l + "_" + strconv.Itoa(i), Label: r.T("campaign.plan.question", "N", i+1)}
			if i < len(p.Questions[l]) {
				q.Value = p.Questions[l][i]
			}
			a.Questions = append(a.Questions, q)
		}
		d.Asked = append(d.Asked, a)
	}
	return d
}

// planIn reads the form, and what it must not say; every language that is chosen
// brings its questions.
func planIn(r *web.Request, id string) (p listening.PlanIn, bad []fault.Field) {
	p = listening.PlanIn{ID: id, Name: guarded(r, "name", &bad), Languages: r.FormAll("languages"), Questions: map[string][]string{}, Shares: map[string]int{}, Starts: day(r, "starts"),
		People: number(r, "people"), Sessions: number(r, "sessions"), Listeners: number(r, "listeners"), Areas: strings.Split(guarded(r, "areas", &bad), "\n"), Key: r.Key()}
	if end := day(r, "ends"); !end.IsZero() {
		p.Ends = end.AddDate(0, 0, 1)
	}
	p.Version, _ = strconv.ParseInt(r.Form("version"), 10, 64)
	for _, l := range p.Languages {
		for i := range 3 {
			p.Questions[l] = append(p.Questions[l], guarded(r, "q_"+l+"_"+strconv.Itoa(i), &bad))
		}
		p.Shares[l] = number(r, "share_"+l)
	}
	return p, bad
}

func (h *Web) create(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, bad := planIn(r, "")
	if len(bad) > 0 {
		return again(w, r, "listening/plan", planForm(r, p, ""), fault.Wrong(bad...))
	}
	made, err := h.s.Plan(r.Context(), r.Actor, p)
	if err != nil {
		return again(w, r, "listening/plan", planForm(r, p, ""), err)
	}
	return r.RedirectWith(w, "/campaigns/"+made+"/listeners", "campaign.flash.planned")
}

func (h *Web) plan(w http.ResponseWriter, r *web.Request) error {
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := listening.PlanIn{Name: c.Name, Questions: c.Questions, Languages: c.Languages, Starts: c.Starts, Ends: c.Ends, People: c.People, Sessions: c.Sessions, Listeners: c.Listeners,
		Shares: c.Shares, Version: c.Version}
	for _, a := range c.Areas {
		p.Areas = append(p.Areas, a.Name)
	}
	return r.Page(w, "listening/plan", planForm(r, p, c.ID))
}

func (h *Web) edit(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	p, bad := planIn(r, id)
	if _, err := h.s.Get(r.Context(), r.Actor, id); err != nil {
		return err // nothing is said about a form of something out of reach
	}
	if len(bad) > 0 {
		return again(w, r, "listening/plan", planForm(r, p, id), fault.Wrong(bad...))
	}
	if err := h.s.Edit(r.Context(), r.Actor, p); err != nil {
		return again(w, r, "listening/plan", planForm(r, p, id), err)
	}
	return r.RedirectWith(w, "/campaigns/"+id, "campaign.flash.saved")
}
