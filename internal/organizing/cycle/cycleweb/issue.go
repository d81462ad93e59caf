// Issues: the list, one with everything about it, its form, and what becomes of it.

package cycleweb

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type issuesPage struct {
	Groups     []issueGroup
	MayPropose bool
}

type issueGroup struct {
	Name, URL, Compare string
	Issues             []issueLine
}

func (h *Web) issues(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Cycles(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	d := issuesPage{MayPropose: may(r, "issue", access.Create)}
	for _, c := range list {
		g := issueGroup{Name: c.Name, URL: "/cycles/" + c.ID}
		candidates := 0
		slices.SortStableFunc(c.Issues, func(a, b cycle.Issue) int { return order(a) - order(b) })
		for _, i := range c.Issues {
			g.Issues = append(g.Issues, h.line(r, i))
			if i.State == cycle.Proposed || i.State == cycle.Cut {
				candidates++
			}
		}
		if candidates > 1 {
			g.Compare = "/issues/compare?cycle=" + c.ID
		}
		if len(g.Issues) > 0 {
			d.Groups = append(d.Groups, g)
		}
	}
	return r.Page(w, "cycle/issues", d)
}

// order puts what is under way before what is over, and what is set aside last.
func order(i cycle.Issue) int {
	switch {
	case i.State == cycle.Parked:
		return 2
	case i.State.Over():
		return 1
	}
	return 0
}

// Sentence is the ask of an issue in one sentence, also for other rooms' pages.
func Sentence(l *i18n.Localizer, zone *time.Location, i cycle.Issue) string {
	// People write in any language: in a sentence from right to left, their words are
	// kept apart from ours, and the sentence says itself which way it runs.
	whole, part := "%s", "%s"
	if l.Dir() == "rtl" {
		whole, part = "\u200f%s", "\u2068%s\u2069"
	}
	own := func(s string) string { return fmt.Sprintf(part, s) }
	return fmt.Sprintf(whole, l.T("cycle.ask.sentence", "Who", own(decider(l, i.Decider)), "Action", own(i.Action), "Date", l.LongDate(i.Due, zone), "Why", own(i.Leverage)))
}

func sentence(r *web.Request, i cycle.Issue) string { return Sentence(r.Localizer(), r.Zone(), i) }

func decider(l *i18n.Localizer, d cycle.Decider) string {
	switch {
	case d.Office != "" && d.Body != "":
		return l.T("cycle.ask.who_full", "Office", d.Office, "Name", d.Name, "Body", d.Body)
	case d.Office != "":
		return l.T("cycle.ask.who_office", "Office", d.Office, "Name", d.Name)
	case d.Body != "":
		return l.T("cycle.ask.who_body", "Name", d.Name, "Body", d.Body)
	}
	return d.Name
}

type scoreView struct {
	URL, Text, Score, Reason string
	Pill                     Pill
}

type issuePage struct {
	ID, Title, Problem string
	State              Pill
	Phase              string
	Cycle              Link
	Team               *Link
	Next               *next
	Act                act // the one primary act
	Ask, Why, Learned  string
	WhyTitle           string
	Choice             string
	MayAsk, MayTest    bool
	SetName, Advice    string
	Weak               []string
	Scores             []scoreView
	Gate               *gateView
	Decisions          []decisionView
	Doings, Beside     []Link
	Before             *Link
	History            []Event
	MayWork, MayMove   bool
	MayPass            bool // through the gate, beside what comes next
}

type decisionView struct {
	URL, Question string
	State         Pill
}

// act is the button that comes next: a link, or a form with one press.
type act struct{ Label, Href, Post, Name, Value string }

func (h *Web) issue(w http.ResponseWriter, r *web.Request) error {
	d, err := h.issueOf(r)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/issue", d)
}

func (h *Web) issueOf(r *web.Request) (d issuePage, err error) {
	v, err := h.s.View(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	d = issuePage{ID: v.ID, Title: v.Title, Problem: v.Problem, State: state(r, v.State), Phase: r.T("cycle.phase." + string(v.Phase)), Cycle: Link{URL: "/cycles/" + v.Cycle, Label: v.In.Name},
		MayWork: may(r, "issue", access.Update), Learned: v.Learned, Doings: h.doings(r, v.Doings)}
	open := v.State == cycle.Proposed || v.State == cycle.Cut
	d.MayAsk, d.MayTest = d.MayWork && open, d.MayWork && open
	d.MayMove = d.MayWork && v.State != cycle.Parked && v.Phase != cycle.Closed
	if v.Asks().Whole() {
		d.Ask = sentence(r, v.Issue)
	}
	if v.Why != "" {
		d.Why, d.WhyTitle = v.Why, r.T("cycle.why."+string(v.State))
	}
	if v.Choice != "" {
		d.Choice = r.T("cycle.choice." + string(v.Choice))
	}
	if v.Standing.Standing() {
		d.Gate = gate(r, "cycle.issue_", v.Gate, v.HasGate, v.Missing)
	}
	h.tested(r, &d, v.Tested, v.ID)
	for _, x := range v.Decisions {
		dv := decisionView{Question: x.Question, State: Pill{Kind: "wait", Label: r.T("cycle.decision.open")}}
		switch {
		case x.Recorded && x.Passed:
			dv.State = Pill{Kind: "ok", Label: r.T("cycle.decision.for")}
		case x.Recorded:
			dv.State = Pill{Kind: "info", Label: r.T("cycle.decision.against")}
		}
		if h.o.Decision != nil && may(r, "decision", access.Read) {
			dv.URL = h.o.Decision(x.ID)
		}
		d.Decisions = append(d.Decisions, dv)
	}
	if v.From != "" {
		d.Before = &Link{URL: "/issues/" + v.From, Label: v.Before.Title, Text: v.Before.Learned}
	}
	if v.Team != "" {
		if err := h.teamOf(r, &d, v.Team); err != nil {
			return d, err
		}
	}
	if h.o.Beside != nil {
		d.Beside = h.o.Beside(r, v.Issue)
	}
	d.History = h.history(r, v.History, nil, func(c string) string {
		if item, ok := v.Tested.Item(c); ok {
			return item.Text
		}
		return ""
	})
	h.comes(r, &d, v)
	return d, nil
}

func (h *Web) teamOf(r *web.Request, d *issuePage, team string) error {
	see, err := h.s.Around(r.Context(), r.Actor)
	if n := slices.IndexFunc(see.Teams, func(n cycle.Named) bool { return n.ID == team }); n >= 0 {
		d.Team = &Link{URL: h.address(r, "team:"+team), Label: see.Teams[n].Name}
	}
	return err
}

// tested shows the scores with their reasons, and what they advise.
func (h *Web) tested(r *web.Request, d *issuePage, t cycle.Tested, issue string) {
	if t.ID == "" {
		return
	}
	d.SetName = setName(r, t.Set)
	for n, c := range t.Items {
		s := scoreView{URL: "/issues/" + issue + "/score/" + itoa(n), Text: criterion(r, c), Pill: Pill{Kind: "wait", Label: r.T("cycle.score.none")}}
		if i := slices.IndexFunc(t.Scores, func(x cycle.Score) bool { return x.Criterion == c.Code }); i >= 0 {
			s.Score, s.Reason = itoa(t.Scores[i].N), t.Scores[i].Reason
			s.Pill = Pill{Kind: []string{"late", "wait", "ok"}[t.Scores[i].N], Label: r.T("cycle.score." + s.Score)}
		}
		d.Scores = append(d.Scores, s)
	}
	if t.Tally.Whole() {
		d.Advice = r.T("cycle.advice", "Points", t.Tally.Points, "Most", t.Tally.Most)
		for _, code := range t.Tally.Weak {
			if c, ok := t.Item(code); ok {
				d.Weak = append(d.Weak, criterion(r, c))
			}
		}
	} else {
		d.Advice = r.T("cycle.advice_part", "Said", t.Tally.Said, "Of", t.Tally.Of)
	}
}

// comes says what comes next for an issue, who does it and by when.
func (h *Web) comes(r *web.Request, d *issuePage, v cycle.View) {
	at, owner := "/issues/"+v.ID, r.T("cycle.owner_team")
	if d.Team != nil {
		owner = d.Team.Label
	}
	say := func(key string) {
		d.Next = &next{Owner: owner, Act: r.T("cycle.next." + key), Kind: "wait"}
		d.Next.clock(r, v.Clock())
	}
	post := func(path, name, value, label string) {
		d.Act = act{Label: label, Post: at + path, Name: name, Value: value}
	}
	link := func(href, label string) { d.Act = act{Label: label, Href: href} }
	switch {
	case v.State == cycle.Parked || v.Phase == cycle.Closed:
		return
	case v.State == cycle.Proposed && !v.Asks().Whole():
		say("ask")
		link(at+"/ask", r.T("cycle.do.ask"))
	case v.State == cycle.Proposed && !v.Tested.Tally.Whole():
		say("test")
		link(at+nextQuestion(v.Tested), r.T("cycle.do.test"))
	case v.State == cycle.Proposed:
		say("cut")
		post("/state", "to", string(cycle.Cut), r.T("cycle.do.cut"))
	case v.State == cycle.Cut:
		say("decide")
		if n := slices.IndexFunc(v.Decisions, func(x cycle.Decision) bool { return x.Recorded && x.Passed }); n >= 0 {
			post("/state", "decision", v.Decisions[n].ID, r.T("cycle.do.adopt"))
		} else if h.o.Decide != nil && may(r, "decision", access.Create) {
			link(h.o.Decide(v.Ref()), r.T("cycle.do.decide"))
		}
	case v.Phase == cycle.Evaluating && v.Choice == "":
		say("settle")
		link(at+"/settle", r.T("cycle.do.settle"))
	case v.HasGate && len(v.Missing) == 0:
		say("go")
		post("/move", "to", string(v.Gate.To), r.T("cycle.move.on", "Phase", r.T("cycle.phase."+string(v.Gate.To))))
	default:
		say("phase_" + string(v.Phase))
	}
	if !d.MayWork {
		d.Act = act{}
	}
	// The way to research can be open while the decision is still to come.
	d.MayPass = d.MayMove && v.HasGate && len(v.Missing) == 0 && d.Act.Post != at+"/move"
}

func nextQuestion(t cycle.Tested) string {
	if t.ID == "" {
		return "/score"
	}
	for n, c := range t.Items {
		if !slices.ContainsFunc(t.Scores, func(s cycle.Score) bool { return s.Criterion == c.Code }) {
			return "/score/" + itoa(n)
		}
	}
	return "/score/0"
}

type issueForm struct {
	Title, Action, Back string
	Problem, Name       string
	Version             string
	Cycles, Teams       []Option
}

func (h *Web) issueForm(r *web.Request, in cycle.IssueIn) (d issueForm, err error) {
	see, err := h.s.Around(r.Context(), r.Actor)
	if err != nil {
		return d, err
	}
	d = issueForm{Title: r.T("cycle.issue.new"), Action: "/issues/new", Back: "/issues", Problem: in.Problem, Name: in.Title, Version: strconv.FormatInt(in.Version, 10), Teams: picks(see.Teams, in.Team)}
	if in.ID != "" {
		d.Title, d.Action, d.Back = r.T("cycle.issue.edit"), "/issues/"+in.ID+"/edit", "/issues/"+in.ID
		return d, nil
	}
	list, err := h.s.Cycles(r.Context(), r.Actor)
	for _, c := range list {
		if c.Phase != cycle.Closed {
			d.Cycles = append(d.Cycles, Option{Value: c.ID, Label: c.Name, Checked: c.ID == in.Cycle})
		}
	}
	if len(d.Cycles) == 1 {
		d.Cycles[0].Checked = true
	}
	if in.Cycle != "" && slices.ContainsFunc(d.Cycles, func(o Option) bool { return o.Checked }) {
		d.Back = "/cycles/" + in.Cycle
	}
	return d, err
}

func (h *Web) blankIssue(w http.ResponseWriter, r *web.Request) error {
	d, err := h.issueForm(r, cycle.IssueIn{Cycle: r.Form("cycle")})
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/issueform", d)
}

func (h *Web) issueIn(r *web.Request, bad *[]fault.Field) cycle.IssueIn {
	return cycle.IssueIn{ID: r.PathValue("id"), Cycle: r.Form("cycle"), Problem: guarded(r, "problem", bad), Title: guarded(r, "title", bad), Team: r.Form("team"), Version: version(r), Key: r.Key()}
}

func (h *Web) propose(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var bad []fault.Field
	in := h.issueIn(r, &bad)
	if in.Cycle == "" {
		bad = append(bad, fault.At("cycle", "contact.error.choose"))
	}
	made, err := "", wrong(bad)
	if len(bad) == 0 {
		made, err = h.s.Propose(r.Context(), r.Actor, in)
	}
	if err != nil {
		d, e := h.issueForm(r, in)
		if e != nil {
			return e
		}
		return again(w, r, "cycle/issueform", d, err)
	}
	return r.RedirectWith(w, "/issues/"+made, "cycle.flash.proposed")
}

func (h *Web) editIssue(w http.ResponseWriter, r *web.Request) error {
	i, err := h.s.Issue(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := h.issueForm(r, cycle.IssueIn{ID: i.ID, Problem: i.Problem, Title: i.Title, Team: i.Team, Version: i.Version})
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/issueform", d)
}

func (h *Web) describe(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if _, err := h.s.Issue(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return err
	}
	var bad []fault.Field
	in := h.issueIn(r, &bad)
	err := wrong(bad)
	if len(bad) == 0 {
		err = h.s.Describe(r.Context(), r.Actor, in)
	}
	if err != nil {
		d, e := h.issueForm(r, in)
		if e != nil {
			return e
		}
		return again(w, r, "cycle/issueform", d, err)
	}
	return r.RedirectWith(w, "/issues/"+in.ID, "cycle.flash.saved")
}

// becomePage asks what becomes of an issue, and why.
type becomePage struct {
	ID, Title, To, Reason string
	Options               []Option
}

func (h *Web) becomeForm(r *web.Request) (d becomePage, err error) {
	i, err := h.s.Issue(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	d = becomePage{ID: i.ID, Title: i.Title}
	for _, to := range i.State.Moves() {
		if i.State.NeedsReason(to) { // the others have a button of their own
			d.Options = append(d.Options, Option{Value: string(to), Label: r.T("cycle.become." + string(to)), Hint: r.T("cycle.become." + string(to) + ".hint")})
		}
	}
	return d, nil
}

func (h *Web) becoming(w http.ResponseWriter, r *web.Request) error {
	d, err := h.becomeForm(r)
	if err != nil {
		return err
	}
	if len(d.Options) == 1 {
		d.To = d.Options[0].Value
	}
	return r.Page(w, "cycle/become", d)
}

// become takes the form, and the one-press buttons of the issue's page.
func (h *Web) become(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := cycle.StateIn{Issue: r.PathValue("id"), To: cycle.State(r.Form("to")), Decision: r.Form("decision"), Key: r.Key()}
	if in.Decision != "" {
		in.To = cycle.Adopted
	}
	why, bad := r.Guarded("reason")
	d, err := h.becomeForm(r)
	if err != nil {
		return err
	}
	if d.To, d.Reason = string(in.To), why; in.To == "" {
		bad = append(bad, fault.At("to", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return again(w, r, "cycle/become", d, wrong(bad))
	}
	in.Reason = why
	if err := h.s.SetState(r.Context(), r.Actor, in); err != nil {
		return again(w, r, "cycle/become", d, err)
	}
	return r.RedirectWith(w, "/issues/"+in.Issue, "cycle.flash.state")
}

func (h *Web) advanceForm(r *web.Request) (moveForm, error) {
	v, err := h.s.View(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return moveForm{}, err
	}
	lead := may(r, "cycle", access.Update)
	return moveForm{Title: v.Title, Action: "/issues/" + v.ID + "/move", Back: "/issues/" + v.ID, To: string(v.Phase.Next()), Gate: gate(r, "cycle.issue_", v.Gate, v.HasGate, v.Missing),
		Options: steps(r, v.Phase, cycle.IssueFrom, lead || len(v.Missing) == 0), Lead: lead}, nil
}

func (h *Web) advancing(w http.ResponseWriter, r *web.Request) error {
	d, err := h.advanceForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/move", d)
}

func (h *Web) advance(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	return h.moved(w, r, h.advanceForm, h.s.Advance, "/issues/"+r.PathValue("id"))
}

// settlePage asks what the team takes along.
type settlePage struct {
	ID, Title, Choice, Learned string
	Choices                    []Option
}

func (h *Web) settleForm(r *web.Request) (d settlePage, err error) {
	i, err := h.s.Issue(r.Context(), r.Actor, r.PathValue("id"))
	return settlePage{ID: i.ID, Title: i.Title, Choice: string(i.Choice), Learned: i.Learned, Choices: choices(r, "cycle.choice.", cycle.Choices(), i.Choice)}, err
}

func (h *Web) settling(w http.ResponseWriter, r *web.Request) error {
	d, err := h.settleForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/settle", d)
}

func (h *Web) settle(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	learned, bad := r.Guarded("learned")
	d, err := h.settleForm(r)
	if err != nil {
		return err
	}
	d.Choice, d.Learned = r.Form("choice"), learned
	if len(bad) > 0 {
		return again(w, r, "cycle/settle", d, wrong(bad))
	}
	if err := h.s.Settle(r.Context(), r.Actor, cycle.SettleIn{Issue: d.ID, Choice: cycle.Choice(d.Choice), Learned: learned, Key: r.Key()}); err != nil {
		return again(w, r, "cycle/settle", d, err)
	}
	return r.RedirectWith(w, "/issues/"+d.ID, "cycle.flash.settled")
}
