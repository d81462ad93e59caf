// The public board: what was promised and what came of it, for anybody, in every
// language, without scripts.

package pledgeweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

// shownAtOnce keeps the page small on a cheap phone.
const shownAtOnce = 60

type item struct {
	URL    string
	Words  quote
	Who    string
	Due    string
	State  pill
	Late   *pill
	Parts  int
	Commit string // what a commitment of the clinic is about
}

type bodyPart struct {
	Body, Key, Says string
	Clinic          bool
	Items           []item
}

type boardPage struct {
	Any        bool
	Says, Late string
	Chart      *picture
	Bodies     []bodyPart
	BodyList   []Option
	StateList  []Option
	Chosen     bool
	None       bool
	Prev, Next string
	Desk       bool
	Clinic     int
	Slides     string
	Feed       string
}

func (h *Web) item(r *web.Request, p pledge.Pledge) item {
	i := item{URL: "/pledges/" + p.ID, Words: words(p.Words, r.Locale), Who: who(r, p.Words), State: pillOf(r, p), Parts: len(p.Parts)}
	if p.Due != "" {
		i.Due = r.T("pledge.by", "Day", day(r, p.Due))
	}
	if p.Kind == pledge.Clinic {
		i.Commit = r.T("pledge.topic." + p.Topic)
	}
	if p.Overdue(today(r)) {
		i.Late = &pill{Kind: "late", Label: r.T("pledge.overdue")}
	}
	return i
}

func (h *Web) board(w http.ResponseWriter, r *web.Request) error {
	all, err := h.s.Board(r.Context(), r.Actor.Org)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(p pledge.Pledge) bool { return p.Withdrawn })
	now := today(r)
	bodies := pledge.ByBody(all, now)
	offices, _ := split(bodies)
	var promised []pledge.Pledge
	for _, b := range offices {
		promised = append(promised, b.Pledges...)
	}
	c := pledge.Count(promised, now)
	body, state, overdue := r.Form("body"), pledge.State(r.Form("state")), r.Form("state") == "overdue"
	if !slices.Contains(pledge.States(), state) {
		state = ""
	}
	p := boardPage{Any: len(all) > 0, Desk: may(r, change), Clinic: len(all) - c.All, Chosen: body != "" || state != "" || overdue, Slides: slidesAt(r, body), Feed: "/pledges.atom?lang=" + r.Locale}
	if c.All > 0 {
		p.Says = r.T("pledge.board.says", "Bodies", r.T("pledge.bodies", "Count", len(offices)), "Count", c.All) + " " + summary(r, c) + "."
	}
	if c.Overdue > 0 {
		p.Late = r.T("pledge.board.late", "Count", c.Overdue)
	}
	if len(offices) > 0 && !p.Chosen {
		d := drawn(r, offices)
		p.Chart = &d
	}
	for _, b := range bodies {
		p.BodyList = append(p.BodyList, Option{Value: b.Key, Label: b.Body, Checked: b.Key == body})
	}
	p.StateList = append(states(r, pledge.States(), state), Option{Value: "overdue", Label: r.T("pledge.overdue"), Checked: overdue})
	from, _ := r.FormInt("from")
	from = max(from, 0)
	n := 0
	for _, b := range bodies {
		if body != "" && b.Key != body {
			continue
		}
		part := bodyPart{Body: b.Body, Key: b.Key, Says: summary(r, b.Counts), Clinic: b.Clinic}
		for _, x := range b.Pledges {
			if state != "" && x.State != state || overdue && !x.Overdue(now) {
				continue
			}
			if n >= from && n < from+shownAtOnce {
				part.Items = append(part.Items, h.item(r, x))
			}
			n++
		}
		if len(part.Items) > 0 {
			p.Bodies = append(p.Bodies, part)
		}
	}
	p.None = p.Any && len(p.Bodies) == 0
	page := func(from int) string {
		q := url.Values{}
		for k, v := range map[string]string{"body": body, "state": r.Form("state")} {
			if v != "" {
				q.Set(k, v)
			}
		}
		if from > 0 {
			q.Set("from", strconv.Itoa(from))
		}
		return "/pledges?" + q.Encode()
	}
	if from > 0 {
		p.Prev = page(from - shownAtOnce)
	}
	if n > from+shownAtOnce {
		p.Next = page(from + shownAtOnce)
	}
	return r.Page(w, "pledge/board", p)
}

type event struct {
	Title, Text, When, Exact, ISO, Who, Kind, Icon string
	Link                                           string
}

type shownPage struct {
	ID         string
	Words      quote
	Original   *quote // as it was said, when the words are translated
	Who, Body  string
	State      pill
	Late       *pill
	Withdrawn  string // the note of a promise that was never made
	Facts      []fact
	CoOwners   []string
	Parts      []partLine
	Events     []event
	Superseded string
	Followed   string
	InsteadOf  string
	Desk       bool
	Clinic     bool
}

type partLine struct {
	ID, Body string
	State    pill
}

func (h *Web) shown(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Get(r.Context(), access.Anonymous(r.Actor.Org), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := shownPage{ID: x.ID, Words: words(x.Words, r.Locale), Who: who(r, x.Words), Body: x.Body, State: pillOf(r, x.Pledge), CoOwners: x.CoOwners, Parts: partLines(r, x.Pledge),
		Superseded: x.Superseded, InsteadOf: x.InsteadOf, Desk: may(r, change), Facts: h.facts(r, x.Pledge), Clinic: x.Kind == pledge.Clinic}
	if p.Words.Lang != x.Lang {
		p.Original = &quote{x.Text, x.Lang, i18n.Dir(x.Lang)}
	}
	if x.Followed != x.Superseded {
		p.Followed = x.Followed
	}
	if x.Overdue(today(r)) {
		p.Late = &pill{Kind: "late", Label: r.T("pledge.overdue")}
	}
	p.Events = h.events(r, x, true)
	if x.Withdrawn {
		for _, c := range x.Changes {
			if c.Act == pledge.Withdraw {
				p.Withdrawn = c.Evidence
			}
		}
	}
	return r.Page(w, "pledge/shown", p)
}

func partLines(r *web.Request, p pledge.Pledge) (out []partLine) {
	for _, x := range p.Parts {
		out = append(out, partLine{x.ID, x.Body, statePill(r, x.State)})
	}
	return out
}

// facts are what is known of a promise, in the order in which people ask.
func (h *Web) facts(r *web.Request, p pledge.Pledge) (out []fact) {
	add := func(term, text, href string) {
		if text != "" {
			out = append(out, fact{r.T(term), text, href})
		}
	}
	add("pledge.who", who(r, p.Words), "")
	if p.Kind == pledge.Clinic {
		add("pledge.topic", r.T("pledge.topic."+p.Topic), "")
		add("pledge.adopted", day(r, p.Said), "")
		add("pledge.review", day(r, p.Renew), "")
	} else {
		add("pledge.body", p.Body, "")
		add("pledge.said", day(r, p.Said), "")
	}
	add("pledge.where", p.Where, "")
	if p.Due != "" || p.Kind == pledge.Office {
		due := day(r, p.Due)
		if due == "" {
			due = r.T("pledge.no_day")
		}
		add("pledge.due", due, "")
	}
	add("pledge.measure", p.Measure, "")
	if p.Kind == pledge.Office {
		add("pledge.renew", day(r, p.Renew), "")
	}
	add("pledge.proof", p.Evidence, "")
	add("pledge.link", p.Link, p.Link)
	return out
}

// events are what happened, the newest first. The public sees neither who wrote nor
// who looked again: an institution speaks here.
func (h *Web) events(r *web.Request, x pledge.History, public bool) (out []event) {
	names := map[string]string{}
	for _, p := range x.Parts {
		names[p.ID] = p.Body
	}
	for _, c := range slices.Backward(x.Changes) {
		if c.Answer == pledge.Waiting {
			continue // it has a place of its own
		}
		e := event{Text: c.Evidence, Link: c.Link, Icon: "check", Kind: "ok"}
		at := c.SecondAt
		if at.IsZero() {
			at = c.At
		}
		e.ISO, e.When = at.UTC().Format("2006-01-02T15:04:05Z"), r.Localizer().ShortDate(at, r.Zone())
		switch c.Act {
		case pledge.Move:
			s := kinds[c.To]
			e.Title, e.Kind, e.Icon = r.T("pledge.state."+string(c.To)), s.Kind, s.Icon
			if c.Part != "" {
				e.Title = r.T("pledge.event.part", "Body", names[c.Part], "State", e.Title)
			}
		case pledge.Correct:
			e.Title, e.Kind, e.Icon = r.T("pledge.event.correct"), "info", "edit"
			if c.Words != nil && c.Before != c.Words.Text {
				e.Text = r.T("pledge.event.before", "Why", c.Evidence, "Words", c.Before)
			}
		default:
			e.Title = r.T("pledge.event." + string(c.Act))
		}
		if c.Act == pledge.Publish && x.Kind == pledge.Clinic {
			e.Title = r.T("pledge.event.adopt")
		}
		if c.Act == pledge.Publish && x.Kind == pledge.Clinic {
			e.Title = r.T("pledge.event.adopt")
		}
		if c.Act == pledge.Withdraw {
			e.Kind, e.Icon = "info", "undo"
		}
		if c.Act == pledge.Check || c.Act == pledge.Lapse {
			e.Kind, e.Icon = "info", "eye"
		}
		if !public {
			switch c.Answer {
			case pledge.Refused:
				e.Title, e.Kind, e.Icon = r.T("pledge.event.refused", "What", e.Title), "late", "cross"
				if c.Why != "" {
					e.Text = r.T("pledge.event.why", "Evidence", e.Text, "Why", c.Why)
				}
			case pledge.TakenBack:
				e.Title, e.Kind, e.Icon = r.T("pledge.event.taken_back", "What", e.Title), "info", "undo"
			}
			e.Who = h.called(r, c.By)
			if c.Second != "" {
				e.Who = r.T("pledge.event.two", "One", e.Who, "Other", h.called(r, c.Second))
			}
		}
		out = append(out, e)
	}
	first := event{Title: r.T("pledge.event.said"), When: day(r, x.Said), Kind: "info", Icon: "speak", Text: x.Where}
	if x.Kind == pledge.Clinic {
		first.Title = r.T("pledge.event.adopted")
	}
	return append(out, first)
}

type registerPage struct {
	Lines []registerLine
	Desk  bool
	Lead  bool
}

type registerLine struct {
	item
	Adopted, Review string
}

// register is the clinic's own commitments on one page.
func (h *Web) register(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.List(r.Context(), access.Anonymous(r.Actor.Org), pledge.Filter{Kind: pledge.Clinic})
	if err != nil {
		return err
	}
	p := registerPage{Desk: may(r, change), Lead: r.Actor.Has(access.Lead)}
	for _, x := range list {
		if !x.Withdrawn {
			p.Lines = append(p.Lines, registerLine{h.item(r, x), day(r, x.Said), day(r, x.Renew)})
		}
	}
	return r.Page(w, "pledge/register", p)
}
