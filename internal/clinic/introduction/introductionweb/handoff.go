// Routes of the handoffs, and the live board of what has to be done today.

package introductionweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (h *Web) handoffRoutes() []web.Route {
	board, update, stop := need("handoff", access.Read), need("introduction", access.Update), need("consent", access.Update)
	read, share, shared := need("introduction", access.Read), need("introduction", access.Share), need("introduction", access.Read)
	link, knock := need("recipient", access.Update), need("recipient", access.Read)
	roster, message := need("roster", access.Read), need("message", access.Read)
	live := route(web.Staff, "GET", "/handoffs/live", board, h.boardLive)
	live.Timeout = -1
	inbound := route(web.API, "POST", "/sms/inbound", need("inbound", access.Create), h.inbound)
	inbound.MaxBody = 8 << 10
	return []web.Route{
		route(web.Staff, "GET", "/handoffs", board, h.board), live,
		route(web.Staff, "GET", "/handoffs/find", stop, h.findPage), route(web.Staff, "POST", "/handoffs/find", stop, h.find),
		route(web.Staff, "GET", "/handoffs/recalls", board, h.recallsPage), route(web.Staff, "POST", "/handoffs/recalls", update, h.recallDone),
		route(web.Staff, "GET", "/handoffs/{id}", read, h.one), offline(route(web.Staff, "POST", "/handoffs/{id}", update, h.act)),
		route(web.Staff, "GET", "/handoffs/{id}/elsewhere", share, h.elsewherePage), route(web.Staff, "POST", "/handoffs/{id}/elsewhere", share, h.elsewhere),
		route(web.Staff, "GET", "/handoffs/{id}/stop", stop, h.endPage), route(web.Staff, "POST", "/handoffs/{id}/stop", stop, h.endIt),
		route(web.Staff, "GET", "/handoffs/duty", roster, h.roster), route(web.Staff, "POST", "/handoffs/duty", need("roster", access.Create), h.saveDuty),
		route(web.Staff, "POST", "/handoffs/duty/{id}/remove", need("roster", access.Delete), h.removeDuty),
		route(web.Staff, "GET", "/handoffs/print", share, h.printed),

		route(web.Link, "GET", "/r/{token}", knock, h.knock), route(web.Link, "POST", "/r/{token}", link, h.openLink),
		route(web.Link, "POST", "/r/{token}/code", link, h.sendCode), route(web.Link, "POST", "/r/{token}/deleted", link, h.linkDeleted),
		route(web.Link, "GET", "/r/open", shared, h.linkPage), route(web.Link, "POST", "/r/open", update, h.linkAct), route(web.Link, "POST", "/r/open/leave", update, h.linkLeave),
		route(web.Staff, "GET", "/shared", shared, h.sharedList), route(web.Staff, "POST", "/shared/recalls/{id}", update, h.sharedDeleted),
		route(web.Staff, "GET", "/shared/{id}", shared, h.sharedOne), route(web.Staff, "POST", "/shared/{id}", update, h.sharedAct),
		inbound,
		route(web.Staff, "GET", "/messages", message, h.messages), route(web.Staff, "GET", "/messages/{id}", message, h.message),
		route(web.Staff, "POST", "/messages/{id}", need("message", access.Update), h.decide),
		route(web.Staff, "GET", "/jobs", need("job", access.Read), h.jobs), route(web.Staff, "POST", "/jobs/{id}", need("job", access.Update), h.job),
	}
}

// tab, stateMark and nextStep are what the design system's parts read.
type tab struct {
	Label, URL, Count string
	Current           bool
}

type stateMark struct{ Kind, Label, Icon string }

type nextStep struct {
	Owner, Act, When, Exact, Kind string
	Badge                         *stateMark
}

type boardRow struct {
	URL, Title, Group, Place, Booked, Asked string
	State                                   stateMark
	Next                                    nextStep
}

type boardPage struct {
	Tabs      []tab
	Sites     []Option
	Site      string
	Filter    string
	Rows      []boardRow
	Here      string // this page again
	Live      string
	More      string
	First     string // back to the beginning, on a later page
	Duty      []dutyLine
	Recalls   int
	MayOpen   bool // names and details
	MayRoster bool
	MayFind   bool
	Ended     bool
}

// boardFilters are the tabs in their order: name in the address, filter and owner of the core.
var boardFilters = []struct{ name, filter, owner string }{
	{"today", introduction.BoardToday, ""},
	{"late", introduction.BoardLate, ""},
	{"waiting", introduction.BoardOpen, string(introduction.OwnerGroup)},
	{"all", introduction.BoardOpen, ""},
	{"ended", introduction.BoardEnded, ""},
}

func (h *Web) board(w http.ResponseWriter, r *web.Request) error {
	p, _, err := h.boardData(r)
	if err != nil {
		return err
	}
	return r.Page(w, "introduction/handoffs", p)
}

// boardLive sends the board again whenever something in the clinic's
// introductions changed. It asks one number every two seconds, not the board.
func (h *Web) boardLive(w http.ResponseWriter, r *web.Request) error {
	if _, _, err := h.boardData(r); err != nil {
		return err // before the answer has begun, so that it has a status
	}
	var seen int64 = -1
	return r.Stream(w, "html", 2*time.Second, func() (string, error) {
		v, err := h.s.Version(r.Context(), r.Actor.Org)
		if err != nil || v == seen {
			return "", err
		}
		p, version, err := h.boardData(r)
		if err != nil {
			return "", err
		}
		seen = version
		return r.Fragment("introduction/handoffs", "board", p)
	})
}

func (h *Web) boardData(r *web.Request) (p boardPage, version int64, err error) {
	p.Filter = r.Form("filter")
	at := slices.IndexFunc(boardFilters, func(f struct{ name, filter, owner string }) bool { return f.name == p.Filter })
	if at < 0 {
		at, p.Filter = 0, boardFilters[0].name
	}
	f := boardFilters[at]
	p.Site, p.Ended = r.Form("site"), f.filter == introduction.BoardEnded
	b, err := h.s.Board(r.Context(), r.Actor, introduction.BoardIn{Filter: f.filter, Owner: f.owner, Site: p.Site, After: r.Form("after")})
	if err != nil {
		return p, 0, err
	}
	sites, err := h.accounts.Sites(r.Context(), r.Actor.Org)
	if err != nil {
		return p, 0, err
	}
	for _, s := range sites {
		if !s.Archived || s.ID == p.Site {
			p.Sites = append(p.Sites, Option{Value: s.ID, Label: s.Name, Checked: s.ID == p.Site})
		}
	}
	address := func(path string, pairs ...string) string {
		q := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i+1] != "" {
				q.Set(pairs[i], pairs[i+1])
			}
		}
		if len(q) == 0 {
			return path
		}
		return path + "?" + q.Encode()
	}
	for _, x := range boardFilters {
		t := tab{Label: r.T("handoff.filter." + x.name), URL: address("/handoffs", "filter", x.name, "site", p.Site), Current: x.name == p.Filter}
		if x.name == "late" && b.Late > 0 {
			t.Count = r.Localizer().Number(b.Late)
		}
		if x.name == "today" && b.Late+b.Today > 0 {
			t.Count = r.Localizer().Number(b.Late + b.Today)
		}
		p.Tabs = append(p.Tabs, t)
	}
	p.Here = address("/handoffs", "filter", p.Filter, "site", p.Site, "after", r.Form("after"))
	p.Live = address("/handoffs/live", "filter", p.Filter, "site", p.Site, "after", r.Form("after"))
	if b.After != "" {
		p.More = address("/handoffs", "filter", p.Filter, "site", p.Site, "after", b.After)
	}
	if r.Form("after") != "" {
		p.First = address("/handoffs", "filter", p.Filter, "site", p.Site)
	}
	return p, b.Version, h.boardFill(r, b, sites, &p)
}

// boardFill puts the board into words.
func (h *Web) boardFill(r *web.Request, b introduction.BoardPage, sites []site, p *boardPage) (err error) {
	p.MayOpen = h.mayOpen(r)
	p.MayRoster = may(r, "roster", access.Create)
	p.MayFind = may(r, "consent", access.Update)
	n := h.names(r)
	if err := n.load(b.Items); err != nil {
		return err
	}
	for _, it := range b.Items {
		row := boardRow{Title: it.Person.CalledName, Group: n.group(it.Group), State: stateOf(r, it.State, it.Outcome), Next: h.step(r, it)}
		if len(sites) > 1 {
			for _, s := range sites {
				if s.ID == it.Site {
					row.Place = s.Name
				}
			}
		}
		if p.MayOpen {
			row.URL = "/handoffs/" + it.ID
		}
		if row.Title == "" {
			row.Title = r.T("handoff.no_name")
		}
		if !it.HandoffAt.IsZero() && it.State.Open() {
			row.Booked = r.Localizer().DateTime(it.HandoffAt.In(r.Zone()))
		}
		if it.Asked != "" {
			row.Asked = n.account(it.Asked)
		}
		p.Rows = append(p.Rows, row)
	}
	if p.Duty, err = h.onDuty(r, p.Site, ""); err != nil {
		return err
	}
	if p.MayOpen {
		list, err := h.s.Recalls(r.Context(), r.Actor)
		if err != nil {
			return err
		}
		p.Recalls = len(list)
	}
	return nil
}

func may(r *web.Request, res access.Resource, a access.Action) bool {
	_, err := access.Check(r.Actor, need(res, a))
	return err == nil
}

// mayOpen: clinicians see the board without names and open nothing on it.
func (h *Web) mayOpen(r *web.Request) bool {
	return r.Actor.Has(access.Navigator) || r.Actor.Has(access.Organizer)
}

// stateOf is the pill of a state; an end says how.
func stateOf(r *web.Request, s introduction.State, e introduction.Ending) stateMark {
	m := stateMark{Kind: "info", Label: r.T(s.Label())}
	switch {
	case s.Met():
		m.Kind = "ok"
	case s == introduction.Closed:
		m.Icon = "door"
		if e != "" {
			m.Label = r.T(e.Label())
		}
	case s == introduction.Withdrawn:
		m.Icon = "stop"
	case s == introduction.Sent || s == introduction.Acknowledged || s == introduction.Redirected:
		m.Kind = "wait"
	}
	return m
}

// step is who has to do what by when, as people say it.
func (h *Web) step(r *web.Request, it introduction.BoardItem) nextStep {
	if !it.State.Open() {
		out := nextStep{Kind: "info", Act: r.T(it.Next.ActionKey)}
		if !it.Ended.IsZero() {
			out.When, out.Exact = r.Localizer().Ago(it.Ended, r.Now(), r.Zone()), r.Localizer().DateTime(it.Ended.In(r.Zone()))
		}
		return out
	}
	n := nextStep{Owner: r.T("introduction.owner." + string(it.Next.Owner)), Act: r.T(it.Next.ActionKey), Kind: "wait",
		When: r.Localizer().Ago(it.Next.Due, r.Now(), r.Zone()), Exact: r.Localizer().DateTime(it.Next.Due.In(r.Zone()))}
	if it.Next.Owner == introduction.OwnerClinic {
		n.Kind = "info"
	}
	switch {
	case it.Late:
		n.Kind, n.Badge = "late", &stateMark{Kind: "late", Label: r.T("handoff.late")}
	case it.Next.Owner == introduction.OwnerGroup:
		n.Badge = &stateMark{Kind: "wait", Label: r.T("handoff.waits")}
	}
	return n
}

// names looks names up once per page.
type names struct {
	h        *Web
	ctx      context.Context
	org      string
	actor    access.Actor
	groups   map[string]string
	accounts map[string]string
}

func (h *Web) names(r *web.Request) *names {
	return &names{h: h, ctx: r.Context(), org: r.Actor.Org, actor: r.Actor, groups: map[string]string{}}
}

// load looks up the groups of a whole page at once.
func (n *names) load(items []introduction.BoardItem) error {
	var ids []string
	for _, it := range items {
		ids = append(ids, it.Group)
	}
	known, err := n.h.groups.Names(n.ctx, access.Machine(n.org), ids)
	for _, id := range ids {
		n.groups[id] = known[id]
	}
	return err
}

// group is a group's public name; "" when it is gone.
func (n *names) group(id string) string {
	name, ok := n.groups[id]
	if !ok && id != "" {
		if g, err := n.h.groups.Get(n.ctx, access.Machine(n.org), id); err == nil {
			name = g.Name
		}
		n.groups[id] = name
	}
	return name
}

// account is a colleague's name; "" when the account is gone or may not be known.
func (n *names) account(id string) string {
	if n.accounts == nil {
		n.accounts = map[string]string{}
		if list, err := n.h.accounts.Colleagues(n.ctx, n.actor); err == nil {
			for _, c := range list {
				n.accounts[c.ID] = c.Name
			}
		}
	}
	return n.accounts[id]
}

// recallLine is a group that was asked to delete something.
type recallLine struct {
	ID, Group, Why, Asked, Exact string
	Answered, By                 string
	Late                         bool
	Nobody                       bool // no group had received anything
}

func (h *Web) recallLines(r *web.Request, list []introduction.Recall) (out []recallLine) {
	n, l := h.names(r), r.Localizer()
	for _, x := range list {
		line := recallLine{ID: x.ID, Group: n.group(x.Group), Asked: l.Ago(x.Asked, r.Now(), r.Zone()), Exact: l.DateTime(x.Asked.In(r.Zone())), Late: x.Late, Nobody: x.Group == ""}
		if key := "introduction.why." + x.Why; l.Has(key) {
			line.Why = r.T(key)
		} else if key := "introduction.how." + x.Why; l.Has(key) {
			line.Why = r.T(key)
		}
		if !x.Answered.IsZero() {
			line.Answered = l.DateTime(x.Answered.In(r.Zone()))
			if x.By != "" {
				line.By = r.T("introduction.party." + string(x.By))
			}
		}
		out = append(out, line)
	}
	return out
}

func (h *Web) recallsPage(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Recalls(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return r.Page(w, "introduction/handoffrecalls", h.recallLines(r, list))
}

func (h *Web) recallDone(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.AnswerRecall(r.Context(), r.Actor, introduction.RecallIn{ID: r.Form("id"), Key: r.Key()}); err != nil {
		return err
	}
	to := web.Local(r.Form("back"))
	if to == "/" {
		to = "/handoffs/recalls"
	}
	return r.RedirectWith(w, to, "handoff.flash.recall")
}

// moment reads a date and a time of a form in the clinic's zone; zero when either is missing or wrong.
func moment(r *web.Request, date, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", r.Form(date)+" "+r.Form(clock), r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// wrongForm reports errors that a form of the page can show.
func wrongForm(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Gone) || fault.Is(err, fault.Limited)
}
