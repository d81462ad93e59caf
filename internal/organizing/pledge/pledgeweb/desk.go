// The desk: what needs somebody, how everything stands, and one promise with what
// can be done about it.

package pledgeweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type next struct {
	Owner, Act, When, Exact, Kind string
	Badge                         *pill
}

// nextOf says who does what by when, as the part "next" shows it.
func (h *Web) nextOf(r *web.Request, p pledge.Pledge) *next {
	d, ok := p.Duty(today(r), r.Zone())
	if !ok {
		return nil
	}
	n := &next{Owner: h.name(r, d.Owner), Act: r.T("pledge.duty." + d.Act), When: ago(r, d.On), Exact: day(r, d.On), Kind: "info"}
	if d.Act == "confirm" {
		n.Owner, n.Kind = r.T("pledge.somebody_else"), "wait"
		if p.Waiting.By != r.Actor.Account {
			n.Owner = r.T("pledge.you_or_other")
		}
	}
	if n.Owner == "" {
		n.Owner = r.T("pledge.nobody")
	}
	if d.Late {
		n.Kind, n.Badge = "late", &pill{Kind: "late", Label: r.T("pledge.late")}
	}
	return n
}

type deskLine struct {
	URL       string
	Words     quote
	Who, Body string
	Due       string
	State     pill
	Late      bool
	Public    bool
	Waiting   bool
	Next      *next
}

type deskPage struct {
	Chores           []deskLine
	Tabs             []tab
	Bodies           []Option
	State, Body      string
	Lines            []deskLine
	Any              bool
	Chart            *picture
	MayWrite, Commit bool
	Slides           string
	Prev, Next       string
}

func (h *Web) line(r *web.Request, p pledge.Pledge) deskLine {
	return deskLine{URL: "/pledges/desk/" + p.ID, Words: words(p.Words, r.Locale), Who: who(r, p.Words), Body: p.Body, Due: day(r, p.Due), State: pillOf(r, p), Late: p.Overdue(today(r)),
		Public: p.Public, Waiting: p.Waiting != nil, Next: h.nextOf(r, p)}
}

const deskAtOnce = 50

func (h *Web) desk(w http.ResponseWriter, r *web.Request) error {
	all, err := h.s.List(r.Context(), r.Actor, pledge.Filter{})
	if err != nil {
		return err
	}
	chores, err := h.s.Chores(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	now := today(r)
	p := deskPage{Any: len(all) > 0, State: r.Form("state"), Body: r.Form("body"), MayWrite: may(r, write), Commit: r.Actor.Has(access.Lead), Slides: slidesAt(r, r.Form("body"))}
	for _, c := range chores {
		p.Chores = append(p.Chores, h.line(r, c.Pledge))
	}
	at := func(state string) string {
		q := url.Values{}
		if state != "" {
			q.Set("state", state)
		}
		if p.Body != "" {
			q.Set("body", p.Body)
		}
		return "/pledges/desk?" + q.Encode()
	}
	bodies := pledge.ByBody(all, now)
	if p.Body != "" {
		all = slices.DeleteFunc(all, func(x pledge.Pledge) bool { return x.BodyKey() != p.Body })
	}
	is := func(x pledge.Pledge, state string) bool {
		switch state {
		case "":
			return true
		case "waiting":
			return x.Waiting != nil
		case "overdue":
			return x.Overdue(now)
		case "withdrawn":
			return x.Withdrawn
		}
		return string(x.State) == state && !x.Withdrawn
	}
	for _, state := range []string{"", "waiting", "overdue", "in_progress", "made", "kept", "partly_kept", "broken", "superseded", "withdrawn"} {
		n := 0
		for _, x := range all {
			if is(x, state) {
				n++
			}
		}
		label := r.T("common.all")
		if state != "" {
			label = r.T("pledge.tab." + state)
		}
		if n > 0 || state == "" || state == p.State {
			p.Tabs = append(p.Tabs, tab{Label: label, URL: at(state), Count: n, Current: state == p.State})
		}
	}
	for _, b := range bodies {
		p.Bodies = append(p.Bodies, Option{Value: b.Key, Label: b.Body, Checked: b.Key == p.Body})
	}
	if offices, _ := split(bodies); len(offices) > 0 && p.State == "" && p.Body == "" {
		d := drawn(r, offices)
		p.Chart = &d
	}
	var shown []pledge.Pledge
	for _, b := range pledge.ByBody(all, now) {
		for _, x := range b.Pledges {
			if is(x, p.State) {
				shown = append(shown, x)
			}
		}
	}
	from, _ := r.FormInt("from")
	from = min(max(from, 0), len(shown))
	for _, x := range shown[from:min(len(shown), from+deskAtOnce)] {
		p.Lines = append(p.Lines, h.line(r, x))
	}
	if from > 0 {
		p.Prev = at(p.State) + "&from=" + strconv.Itoa(max(from-deskAtOnce, 0))
	}
	if from+deskAtOnce < len(shown) {
		p.Next = at(p.State) + "&from=" + strconv.Itoa(from+deskAtOnce)
	}
	return r.Page(w, "pledge/desk", p)
}

type waitingBox struct {
	Says, Evidence, Link, Due string
	Words                     *quote // of a correction
	Facts                     []fact
	Mine                      bool
}

type button struct{ URL, Label, Icon string }

type onePage struct {
	ID           string
	Words        quote
	Original     *quote
	Who, Body    string
	State        pill
	Late, Public bool
	Next         *next
	Waiting      *waitingBox
	Main         *button
	More         []button
	Facts        []fact
	CoOwners     []string
	Parts        []partLine
	Events       []event
	Superseded   string
	Followed     string
	InsteadOf    string
	Why          string // of a no that is shown again
	Source       fact
	Change       string
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.onePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "pledge/one", p)
}

func (h *Web) onePage(r *web.Request) (p onePage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = onePage{ID: x.ID, Words: words(x.Words, r.Locale), Who: who(r, x.Words), Body: x.Body, State: pillOf(r, x.Pledge), Late: x.Overdue(today(r)), Public: x.Public, Next: h.nextOf(r, x.Pledge),
		CoOwners: x.CoOwners, Parts: partLines(r, x.Pledge), Events: h.events(r, x, false), Superseded: x.Superseded, InsteadOf: x.InsteadOf, Facts: h.facts(r, x.Pledge), Why: r.Form("why")}
	if p.Words.Lang != x.Lang {
		p.Original = &quote{x.Text, x.Lang, i18n.Dir(x.Lang)}
	}
	if x.Followed != x.Superseded {
		p.Followed = x.Followed
	}
	if h.o.Source != nil && x.Ref != "" {
		if label, to := h.o.Source(r, x.Ref); label != "" {
			p.Facts = append(p.Facts, fact{r.T("pledge.source"), label, to})
		}
	}
	p.Facts = append(p.Facts, fact{r.T("pledge.owner"), h.name(r, x.Owner), ""}, fact{r.T("pledge.witness"), h.name(r, x.By), ""})
	if h.o.Issues != nil && x.Issue != "" {
		if list, err := h.o.Issues.Issues(r.Context(), r.Actor); err == nil {
			for _, i := range list {
				if i.ID == x.Issue {
					p.Facts = append(p.Facts, fact{r.T("pledge.issue"), i.Title, "/issues/" + i.ID})
				}
			}
		}
	}
	if c := x.Waiting; c != nil {
		p.Waiting = h.waiting(r, x, *c)
	} else if may(r, change) {
		p.Main, p.More = buttons(r, x.Pledge)
	}
	if h.o.Change != nil && (x.State == pledge.Kept || x.State == pledge.Partly) && !x.Withdrawn {
		p.Change = h.o.Change(r, "pledge:"+x.ID)
	}
	return p, nil
}

// waiting is what somebody asked for, for whoever has to say that it is so.
func (h *Web) waiting(r *web.Request, x pledge.History, c pledge.Change) *waitingBox {
	b := &waitingBox{Evidence: c.Evidence, Link: c.Link, Mine: c.By == r.Actor.Account}
	what := r.T("pledge.event." + string(c.Act))
	switch c.Act {
	case pledge.Move:
		what = r.T("pledge.state." + string(c.To))
		for _, p := range x.Parts {
			if p.ID == c.Part {
				what = r.T("pledge.event.part", "Body", p.Body, "State", what)
			}
		}
	case pledge.Correct:
		if c.Words != nil {
			q := quote{c.Words.Text, c.Words.Lang, i18n.Dir(c.Words.Lang)}
			b.Words = &q
			b.Facts = []fact{{Term: r.T("pledge.who"), Text: who(r, *c.Words)}, {Term: r.T("pledge.body"), Text: c.Words.Body}, {Term: r.T("pledge.due"), Text: day(r, c.Due)}, {Term: r.T("pledge.measure"), Text: c.Words.Measure}}
		}
	case pledge.Publish:
		if x.Kind == pledge.Clinic {
			what = r.T("pledge.event.adopt")
		}
	}
	b.Says = r.T("pledge.waiting.says", "Who", h.name(r, c.By), "What", what)
	return b
}

// buttons are what can be asked about a promise now; the first is what comes next.
func buttons(r *web.Request, p pledge.Pledge) (main *button, more []button) {
	at := "/pledges/desk/" + p.ID + "/"
	add := func(act, icon string) { more = append(more, button{at + act, r.T("pledge.do." + act), icon}) }
	if p.Withdrawn {
		return nil, nil
	}
	if p.Renewable(today(r)) {
		add("renew", "refresh")
	}
	if len(p.State.Next()) > 0 {
		add("state", "edit")
	}
	if p.State.Open() {
		add("check", "eye")
	}
	if !p.Renewable(today(r)) && p.Renew != "" {
		add("renew", "refresh")
	}
	if !p.Public {
		add("publish", "globe")
	}
	if p.State != pledge.Superseded && p.Kind == pledge.Office {
		more = append(more, button{"/pledges/desk/new?instead_of=" + p.ID, r.T("pledge.do.replace"), "next"})
	}
	add("care", "settings")
	add("correct", "pen")
	add("withdraw", "undo")
	return &more[0], more[1:]
}

// answered leads back to the promise, or shows it with what is wrong.
func (h *Web) answered(w http.ResponseWriter, r *web.Request, err error, flash string) error {
	if err == nil {
		return r.RedirectWith(w, "/pledges/desk/"+r.PathValue("id"), flash)
	}
	p, perr := h.onePage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "pledge/one", p, err)
}

// answer is what the second person says.
func (h *Web) answer(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	yes := r.Form("answer") == "yes"
	why, bad := r.Guarded("why")
	if len(bad) > 0 {
		return h.answered(w, r, fault.Wrong(bad...), "")
	}
	flash := "pledge.flash.refused"
	if yes {
		flash, why = "pledge.flash.confirmed", ""
	}
	return h.answered(w, r, h.s.Answer(r.Context(), r.Actor, pledge.AnswerIn{ID: r.PathValue("id"), Yes: yes, Why: why, Key: r.Key()}), flash)
}

func (h *Web) takeBack(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	return h.answered(w, r, h.s.TakeBack(r.Context(), r.Actor, r.PathValue("id"), r.Key()), "pledge.flash.back")
}
