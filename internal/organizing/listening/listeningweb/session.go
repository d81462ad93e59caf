// Sessions: the list with its clocks, and the one form that plans, reports,
// corrects and cancels.

package listeningweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type sessionLine struct {
	URL, When, Exact, Format, Heard, Where, Who string
	State                                       Pill
}

type sessionsPage struct {
	ID, Name      string
	Tabs          []Tab
	Waiting, Done []sessionLine
	Next, First   string
	May           bool
}

// due says how long there is for the report of a session.
func due(r *web.Request, n listening.Session) Pill {
	switch {
	case n.State == listening.Cancelled:
		return Pill{Kind: "info", Label: r.T("listening.state.cancelled")}
	case n.State == listening.Reported:
		return Pill{Kind: "ok", Label: r.T("listening.state.reported")}
	case r.Now().Before(n.Held):
		return Pill{Kind: "wait", Label: r.T("listening.state.planned")}
	case r.Now().After(n.Due()):
		return Pill{Kind: "late", Label: r.T("listening.report_late", "Ago", r.Localizer().Ago(n.Due(), r.Now(), r.Zone()))}
	}
	return Pill{Kind: "wait", Label: r.T("listening.report_due", "In", r.Localizer().Ago(n.Due(), r.Now(), r.Zone()))}
}

func (h *Web) sessionLines(r *web.Request, c listening.Campaign, list []listening.Session) (out []sessionLine, err error) {
	nets, err := h.networkNames(r, c.ID)
	if err != nil {
		return nil, err
	}
	who := make([]listening.Who, len(list))
	for i, n := range list {
		who[i] = n.Facilitator
	}
	name, err := h.names(r, who...)
	if err != nil {
		return nil, err
	}
	l := r.Localizer()
	for _, n := range list {
		x := sessionLine{URL: "/listening/" + n.ID, When: l.ShortDate(n.Held, r.Zone()), Format: r.T("listening.format." + string(n.Format)), State: due(r, n)}
		if n.State == listening.Reported {
			x.Heard = r.T("campaign.people_heard_n", "Count", n.Heard)
		}
		where := []string{l.LanguageName(n.Language)}
		for _, s := range []string{nets[n.Network], c.Area(n.Area)} {
			if s != "" {
				where = append(where, s)
			}
		}
		x.Where = strings.Join(where, " · ")
		if !n.Facilitator.Nobody() {
			x.Who = name(n.Facilitator)
		}
		out = append(out, x)
	}
	return out, nil
}

func (h *Web) networkNames(r *web.Request, campaign string) (map[string]string, error) {
	out := map[string]string{}
	if !may(r, "listening", access.Read) {
		return out, nil
	}
	list, err := h.s.Networks(r.Context(), r.Actor, campaign)
	for _, n := range list {
		out[n.ID] = n.Name
	}
	return out, err
}

const sessionsShown = 50

func (h *Web) sessions(w http.ResponseWriter, r *web.Request) error {
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	list, more, err := h.s.Sessions(r.Context(), r.Actor, c.ID, r.Form("after"), sessionsShown)
	if err != nil {
		return err
	}
	d := sessionsPage{ID: c.ID, Name: c.Name, Tabs: tabs(r, c.ID, "sessions"), May: slices.Contains(listening.Can(c.State, listening.PartyLeader), listening.VerbListen)}
	list = slices.DeleteFunc(list, func(n listening.Session) bool { return n.State == listening.Planned })
	if d.Done, err = h.sessionLines(r, c, list); err != nil {
		return err
	}
	if r.Form("after") == "" {
		waiting, err := h.s.Waiting(r.Context(), r.Actor, c.ID)
		if err != nil {
			return err
		}
		if d.Waiting, err = h.sessionLines(r, c, waiting); err != nil {
			return err
		}
	} else {
		d.First = "/campaigns/" + c.ID + "/sessions"
	}
	if more != "" {
		d.Next = "/campaigns/" + c.ID + "/sessions?after=" + more
	}
	return r.Page(w, "listening/sessions", d)
}

// sessionPage is the form of a session.
type sessionPage struct {
	ID, Campaign, Action, Title string
	Session, Revision           string // of the form
	State                       *Pill
	Questions                   []string
	Date, Time, Minutes         string
	Heard, AskedCall            string
	Formats, Languages          []Option
	Networks, Areas, Places     []Option
	Facilitators, Scribes       []Option
	Said                        []saidRow
	Words                       []string // words that reports used before
	Present, Leaders            []Option
	Whys                        map[string]string
	Named, Agreed               bool
	Q                           string
	Searched                    bool
	Join                        string
	May                         bool
	Reported                    bool
	Nameless                    []string
	Plain                       bool // the short form, which a phone may keep: nobody is named in it
}

type saidRow struct{ Name, Count, Word, N, Label string }

const saidRows = 5

func (h *Web) blankSession(w http.ResponseWriter, r *web.Request) error {
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	now := r.Now().In(r.Zone())
	n := listening.SessionView{Session: listening.Session{Campaign: c.ID, Format: listening.OneToOne, Held: now, Language: r.Locale}}
	if !slices.Contains(c.Languages, n.Language) && len(c.Languages) > 0 {
		n.Language = c.Languages[0]
	}
	n.Facilitator = h.me(r)
	d, err := h.sessionForm(r, c, n)
	if err != nil {
		return err
	}
	if r.Form("who") == "" {
		d.short(r, h.me(r))
		r.KeepOffline(w)
	}
	return r.Page(w, "listening/session", d)
}

// short leaves out everybody's name: a page that a phone keeps lists no people. Its
// reports are one session each, since each has a key of its own.
func (d *sessionPage) short(r *web.Request, me listening.Who) {
	d.Plain, d.Scribes, d.Present, d.Leaders, d.Words = true, nil, nil, nil, nil
	d.Facilitators = []Option{{Value: codeOf(me), Label: r.T("listening.me"), Checked: true}}
}

// me is the reader as a listener.
func (h *Web) me(r *web.Request) listening.Who {
	if r.Actor.Person != "" {
		return listening.Who{Person: r.Actor.Person}
	}
	return listening.Who{Account: r.Actor.Account}
}

func (h *Web) session(w http.ResponseWriter, r *web.Request) error {
	n, c, err := h.s.Session(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := h.sessionForm(r, c, n)
	if err != nil {
		return err
	}
	return r.Page(w, "listening/session", d)
}

func (h *Web) sessionForm(r *web.Request, c listening.Campaign, n listening.SessionView) (sessionPage, error) {
	d := sessionPage{ID: n.ID, Campaign: c.ID, Action: "/campaigns/" + c.ID + "/report", Title: r.T("listening.new"), Revision: strconv.FormatInt(n.Revision+1, 10), Session: n.ID,
		Whys: map[string]string{}, Join: h.o.Join, May: slices.Contains(listening.Can(c.State, listening.PartyLeader), listening.VerbListen), Reported: n.State == listening.Reported}
	if n.ID != "" {
		d.Action, d.Title = "/listening/"+n.ID, r.T("listening.one", "Format", r.T("listening.format."+string(n.Format)), "Date", r.Localizer().ShortDate(n.Held, r.Zone()))
		p := due(r, n.Session)
		d.State = &p
	}
	if d.Questions = c.Questions[n.Language]; len(d.Questions) == 0 && len(c.Languages) > 0 {
		d.Questions = c.Questions[c.Languages[0]]
	}
	held := n.Held.In(r.Zone())
	d.Date, d.Time = held.Format(time.DateOnly), held.Format("15:04")
	for field, v := range map[*string]int{&d.Minutes: n.Minutes, &d.Heard: n.Heard, &d.AskedCall: n.AskedCall} {
		if v > 0 {
			*field = strconv.Itoa(v)
		}
	}
	d.Formats = choices(r, "listening.format.", listening.Formats(), n.Format)
	d.Languages = tongues(r, c.Languages, n.Language)
	for _, p := range people.Places() {
		d.Places = append(d.Places, Option{Value: p, Label: r.T("listening.place." + p), Checked: p == n.Place})
	}
	for _, a := range c.Areas {
		d.Areas = append(d.Areas, Option{Value: a.ID, Label: a.Name, Checked: a.ID == n.Area})
	}
	for i := range max(saidRows, len(n.Said)+3) {
		row := saidRow{Name: "said_" + strconv.Itoa(i), Count: "said_n_" + strconv.Itoa(i), Label: r.T("listening.said_row", "N", i+1)}
		if i < len(n.Said) {
			row.Word, row.N = n.Said[i].Name, strconv.Itoa(n.Said[i].N)
		}
		d.Said = append(d.Said, row)
	}
	for _, l := range n.Leaders {
		d.Whys[l.Person] = l.Why
	}
	if err := h.sessionLists(r, c, n, &d); err != nil {
		return d, err
	}
	return d, h.sessionPeople(r, n, &d)
}

// sessionLists are the campaign's own networks, listeners and words.
func (h *Web) sessionLists(r *web.Request, c listening.Campaign, n listening.SessionView, d *sessionPage) error {
	nets, err := h.s.Networks(r.Context(), r.Actor, c.ID)
	if err != nil {
		return err
	}
	for _, v := range nets {
		d.Networks = append(d.Networks, Option{Value: v.ID, Label: v.Name, Checked: v.ID == n.Network})
		if v.Kind.Nameless() {
			d.Nameless = append(d.Nameless, v.Name)
		}
	}
	list, err := h.s.Listeners(r.Context(), r.Actor, c.ID)
	if err != nil {
		return err
	}
	var who []listening.Who
	for _, l := range list {
		if l.Left.IsZero() {
			who = append(who, l.Who)
		}
	}
	for _, w := range []listening.Who{h.me(r), n.Facilitator, n.Scribe} {
		if !w.Nobody() && !slices.Contains(who, w) {
			who = append(who, w)
		}
	}
	name, err := h.names(r, who...)
	if err != nil {
		return err
	}
	for _, w := range who {
		d.Facilitators = append(d.Facilitators, Option{Value: codeOf(w), Label: name(w), Checked: w == n.Facilitator})
		d.Scribes = append(d.Scribes, Option{Value: codeOf(w), Label: name(w), Checked: w == n.Scribe})
	}
	if !may(r, "theme", access.Read) {
		return nil
	}
	wall, err := h.s.WallOf(r.Context(), r.Actor, c.ID)
	if err != nil {
		return err
	}
	for _, t := range wall.Themes {
		d.Words = append(d.Words, t.Name)
	}
	return nil
}

// sessionPeople are those who are ticked, and those found by name.
func (h *Web) sessionPeople(r *web.Request, n listening.SessionView, d *sessionPage) error {
	var ticked, leading []string
	for _, l := range n.Leaders {
		leading = append(leading, l.Person)
	}
	if n.ID != "" {
		was, err := h.people.PresentAt(r.Context(), r.Actor, "session:"+n.ID)
		if err != nil {
			return err
		}
		for _, p := range was {
			if p.Role == people.Attended && !slices.Contains(leading, p.Person) {
				ticked = append(ticked, p.Person)
			}
		}
	}
	if r.Method == http.MethodPost {
		ticked, leading = r.FormAll("present"), r.FormAll("leader")
		for _, p := range leading {
			d.Whys[p] = r.Form("why_" + p)
		}
	}
	d.Named, d.Agreed = len(ticked) > 0, len(leading) > 0
	cards, err := h.people.Names(r.Context(), r.Actor, append(slices.Clone(ticked), leading...))
	if err != nil {
		return err
	}
	list := []people.Card{}
	for _, p := range append(slices.Clone(ticked), leading...) {
		if c, ok := cards[p]; ok && !slices.ContainsFunc(list, func(o people.Card) bool { return o.ID == c.ID }) {
			list = append(list, c)
		}
	}
	if d.Q = r.Form("q"); d.Q != "" {
		d.Searched = true
		found, err := h.people.Find(r.Context(), r.Actor, d.Q, 12)
		if err != nil {
			return err
		}
		for _, c := range found {
			if !slices.ContainsFunc(list, func(o people.Card) bool { return o.ID == c.ID }) {
				list = append(list, c)
			}
		}
	}
	for _, c := range list {
		d.Present = append(d.Present, Option{Value: c.ID, Label: c.Name, Checked: slices.Contains(ticked, c.ID)})
		d.Leaders = append(d.Leaders, Option{Value: c.ID, Label: c.Name, Checked: slices.Contains(leading, c.ID)})
	}
	return nil
}

func (h *Web) fileNew(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.filed(w, r, c, listening.SessionView{Session: listening.Session{Campaign: c.ID}}, "")
}

func (h *Web) file(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	n, c, err := h.s.Session(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.filed(w, r, c, n, n.ID)
}

// filed reads the form and files it, or shows it again with everything typed.
func (h *Web) filed(w http.ResponseWriter, r *web.Request, c listening.Campaign, old listening.SessionView, session string) error {
	in, bad := h.sessionIn(r, c.ID, session)
	show := func(err error) error {
		n := listening.SessionView{Session: listening.Session{ID: old.ID, Campaign: c.ID, State: old.State, Format: in.Format, Held: in.Held, Minutes: max(0, in.Minutes), Language: in.Language,
			Network: in.Network, Area: in.Area, Place: in.Place, Heard: max(0, in.Heard), Facilitator: in.Facilitator, Scribe: in.Scribe, AskedCall: max(0, in.AskedCall), Revision: in.Revision - 1}, Said: in.Said}
		d, e := h.sessionForm(r, c, n)
		if e != nil {
			return e
		}
		if r.Form("plain") != "" {
			d.short(r, h.me(r))
		}
		d.Session, d.Date, d.Time, d.Heard = session, r.Form("date"), r.Form("time"), r.Form("heard")
		d.Named, d.Agreed = r.Checked("named"), r.Checked("agreed")
		for i := range d.Said { // as typed, in their rows
			d.Said[i].Word, d.Said[i].N = r.Form(d.Said[i].Name), r.Form(d.Said[i].Count)
		}
		if err == nil {
			return r.Page(w, "listening/session", d)
		}
		return again(w, r, "listening/session", d, err)
	}
	if r.Form("act") == "find" {
		return show(nil)
	}
	if len(bad) > 0 {
		return show(fault.Wrong(bad...))
	}
	out, err := h.s.File(r.Context(), r.Actor, in)
	if err != nil {
		return show(err)
	}
	flash := "listening.flash." + string(in.State)
	if out.Late {
		flash = "listening.flash.late"
	}
	return r.RedirectWith(w, "/campaigns/"+c.ID+"/sessions", flash)
}

func (h *Web) sessionIn(r *web.Request, campaign, session string) (in listening.SessionIn, bad []fault.Field) {
	in = listening.SessionIn{Campaign: campaign, Session: session, Format: listening.Format(r.Form("format")), Minutes: number(r, "minutes"), Language: r.Form("language"), Network: r.Form("network"),
		Area: r.Form("area"), Place: r.Form("place"), Heard: number(r, "heard"), Facilitator: whoOf(r.Form("facilitator")), Scribe: whoOf(r.Form("scribe")), Present: r.FormAll("present"),
		Named: r.Checked("named"), Agreed: r.Checked("agreed"), AskedCall: number(r, "asked_call"), Key: r.Key()}
	in.State = map[string]listening.SessionState{"plan": listening.Planned, "report": listening.Reported, "cancel": listening.Cancelled}[r.Form("act")]
	in.Revision, _ = strconv.ParseInt(r.Form("revision"), 10, 64)
	if t, err := time.ParseInLocation("2006-01-02 15:04", r.Form("date")+" "+r.Form("time"), r.Zone()); err == nil {
		in.Held = t
	} else if d := day(r, "date"); r.Form("time") == "" {
		in.Held = d
	}
	for i := range 30 {
		field := "said_" + strconv.Itoa(i)
		if r.Form(field) == "" && r.Form("said_n_"+strconv.Itoa(i)) == "" {
			continue
		}
		word := guarded(r, field, &bad)
		n := number(r, "said_n_"+strconv.Itoa(i))
		if len(in.Said) < i { // named by their rows: what was left out in between is no row of the core's
			bad = append(bad, fault.At("said_"+strconv.Itoa(len(in.Said)), "listening.error.said_gap"))
		}
		in.Said = append(in.Said, listening.Tally{Name: word, N: n})
	}
	for _, p := range r.FormAll("leader") {
		if !id.Valid(p) {
			continue
		}
		in.Leaders = append(in.Leaders, listening.LeaderIn{Person: p, Why: guarded(r, "why_"+p, &bad)})
	}
	return in, bad
}
