// The stewards' desk: boards, the page of one group with its checklist and its
// moves, and the form.

package directoryweb

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

// Row is a group on a board.
type Row struct {
	URL, Name, Host, Checked, Exact, Ask string
	State                                Badge
	Unlisted                             bool
}

type boardPage struct {
	Board, Q    string
	Tabs        []Tab
	Rows        []Row
	First, Next string
	Total       int
}

func (h *Web) board(w http.ResponseWriter, r *web.Request) error {
	b := directory.Board(r.Form("tab"))
	if !slices.Contains(directory.Boards(), b) {
		b = directory.ByAge
	}
	q := clip(r.Form("q"), 80)
	page, counts, err := h.s.Staff(r.Context(), r.Actor, b, q, r.Form("after"))
	if err != nil {
		return err
	}
	at := func(b directory.Board, after string) string {
		v := url.Values{"tab": {string(b)}}
		if q != "" {
			v.Set("q", q)
		}
		if after != "" {
			v.Set("after", after)
		}
		return "/directory?" + v.Encode()
	}
	d := boardPage{Board: string(b), Q: q, Total: page.Total}
	for _, t := range directory.Boards() {
		d.Tabs = append(d.Tabs, Tab{r.T("directory.board." + string(t)), at(t, ""), counts[t], t == b})
	}
	for _, g := range page.Items {
		d.Rows = append(d.Rows, Row{URL: "/directory/" + g.ID, Name: g.Name, Host: g.Host, Checked: sinceChecked(r, g.VerifiedOn),
			Exact: r.Localizer().ShortDate(g.VerifiedOn, r.Zone()), Ask: asked(r, g), State: stateBadge(r, g), Unlisted: g.Unlisted})
	}
	if !page.First {
		d.First = at(b, "")
	}
	if page.Next != "" {
		d.Next = at(b, page.Next)
	}
	return r.Page(w, "directory/board", d)
}

// sinceChecked is "12 days ago", under a heading that says what is meant.
func sinceChecked(r *web.Request, on time.Time) string {
	if on.IsZero() {
		return r.T("directory.checked.never")
	}
	return r.Localizer().Ago(on, r.Now())
}

// asked says what the group's clock waits for, in words.
func asked(r *web.Request, g directory.Group) string {
	switch {
	case g.ChangeSaid:
		return r.T("directory.ask.changed")
	case g.State == directory.Stale && g.Misses >= directory.HideAfter:
		return r.T("directory.ask.hidden")
	case !g.AskedOn.IsZero():
		return r.T("directory.ask.asked", "Ago", r.Localizer().Ago(g.AskedOn, r.Now()))
	case g.Overdue(r.Now()):
		return r.T("directory.ask.overdue")
	case g.State == directory.Published || g.State == directory.Stale:
		return r.T("directory.ask.due", "Date", r.Localizer().ShortDate(g.ReviewDue))
	}
	return ""
}

func stateBadge(r *web.Request, g directory.Group) Badge {
	kind := map[directory.State]string{directory.Draft: "wait", directory.Vetted: "wait", directory.Published: "ok", directory.Stale: "late",
		directory.Suspended: "late", directory.Archived: "info"}[g.State]
	return Badge{Kind: kind, Label: r.T("directory.state." + string(g.State))}
}

// managePage is the data of a group's page for stewards.
type managePage struct {
	ID, Name, Host, Key    string
	State                  Badge
	Facts                  []Fact
	Ask                    string
	Edit, Public, Card     string
	Checks                 []Option
	Conflict               string
	Checking               bool // the checklist is open
	Vetted                 string
	Moves                  []moveForm
	CanWelcome             bool
	Welcome, WelcomeUntil  string
	Welcomes               []Option
	CanAsk, CanSend, Steer bool
	Unlisted               bool
}

type moveForm struct {
	Move, Label, Kind, Hint string
	Reasons                 []Option
	Danger                  bool
}

func (h *Web) manage(w http.ResponseWriter, r *web.Request) error {
	d, err := h.managed(r)
	if err != nil {
		return err
	}
	return r.Page(w, "directory/manage", d)
}

func (h *Web) managed(r *web.Request) (managePage, error) {
	g, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return managePage{}, err
	}
	say := directory.Say{L: r.Localizer()}
	l, now := r.Localizer(), r.Now()
	steward := allowed(r, "group", access.Create)
	d := managePage{ID: g.ID, Name: g.Name, Host: g.Host, State: stateBadge(r, g), Ask: asked(r, g), Unlisted: g.Unlisted, Conflict: g.Vetting.Conflict}
	if steward {
		d.Edit = "/directory/" + g.ID + "/edit"
	}
	if g.Shown() {
		d.Card = "/groups/" + g.ID + "/card"
	}
	if g.Public() {
		d.Public = "/groups/" + g.ID
	}
	contact := r.T("directory.manage.contact_none")
	if g.HasHandoff {
		contact = r.T("directory.manage.contact_some")
	}
	d.Facts = []Fact{
		{Term: r.T("directory.fact.meetings"), Text: strings.Join(say.Rhythm(g.Rhythm), "; ")},
		{Term: r.T("directory.fact.place"), Text: say.Place(directory.PlaceView{Name: g.Place.Name, Area: g.Place.Area, Address: g.Place.Address}, g.Online)},
		{Term: r.T("directory.fact.shown_as"), Text: r.T("directory.visibility." + string(g.Place.Visibility))},
		{Term: r.T("directory.fact.languages"), Text: say.Languages(g.Languages)},
		{Term: r.T("directory.fact.topics"), Text: say.Topics(g.Topics)},
		{Term: r.T("directory.fact.checked"), Text: say.Checked(g.VerifiedOn, now)},
		{Term: r.T("directory.fact.offer"), Text: r.T("directory.offer." + string(g.Offer))},
		{Term: r.T("directory.fact.handoff"), Text: contact},
		{Term: r.T("directory.fact.leader"), Text: g.Leader},
	}
	decides := allowed(r, "group", access.Approve)
	d.Checking = decides && g.State == directory.Draft
	for _, c := range directory.Checks() {
		d.Checks = append(d.Checks, Option{Value: string(c), Label: r.T("directory.check." + string(c)), Checked: slices.Contains(g.Vetting.Passed, c)})
	}
	if !g.Vetting.On.IsZero() {
		d.Vetted = l.ShortDate(g.Vetting.On, r.Zone())
	}
	for _, m := range g.State.Can() {
		if m == directory.Vet || m == directory.Lapse || !decides && m != directory.Confirm {
			continue
		}
		f := moveForm{Move: string(m), Label: r.T("directory.move." + string(m)), Kind: "secondary", Danger: m == directory.Suspend || m == directory.Archive}
		if m == directory.Publish || m == directory.Confirm {
			f.Kind = "primary"
		}
		for _, reason := range m.Reasons() {
			f.Reasons = append(f.Reasons, Option{Value: reason, Label: r.T("directory.why_move." + reason)})
		}
		d.Moves = append(d.Moves, f)
	}
	slices.SortStableFunc(d.Moves, func(a, b moveForm) int { return rank(a) - rank(b) })
	d.Steer = len(d.Moves) > 0
	d.CanWelcome = g.State != directory.Archived && g.State != directory.Suspended
	until := now.AddDate(0, 3, 0)
	answer := g.Welcoming.At(now)
	if answer != directory.Unknown {
		until = g.Welcoming.Until.Add(-time.Second)
	}
	d.Welcome, d.WelcomeUntil = string(answer), until.In(r.Zone()).Format(time.DateOnly)
	if answer == directory.Unknown {
		d.Welcome = "unknown"
	}
	for _, a := range []string{"yes", "no", "unknown"} {
		d.Welcomes = append(d.Welcomes, Option{Value: a, Label: r.T("directory.welcoming." + a)})
	}
	_, err = g.State.Next(directory.Confirm)
	d.CanAsk = err == nil && allowed(r, "freshness", access.Create)
	d.CanSend = d.CanAsk && g.HasHandoff
	return d, nil
}

// rank puts the one primary act first and what ends things last.
func rank(f moveForm) int {
	switch {
	case f.Kind == "primary":
		return 0
	case f.Danger:
		return 2
	}
	return 1
}

func allowed(r *web.Request, res access.Resource, a access.Action) bool {
	_, err := access.Check(r.Actor, access.Need{Resource: res, Action: a})
	return err == nil
}

// after shows the group's page again with what is wrong, or goes back to it with a sentence.
func (h *Web) after(w http.ResponseWriter, r *web.Request, err error, flash string, keep func(*managePage)) error {
	id := r.PathValue("id")
	if err == nil {
		return r.RedirectWith(w, "/directory/"+id, "directory.flash."+flash)
	}
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return err
	}
	d, e := h.managed(r)
	if e != nil {
		return e
	}
	if keep != nil {
		keep(&d)
	}
	return r.Fail(w, "directory/manage", d, err)
}

func (h *Web) checklist(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	conflict, bad := r.Guarded("conflict")
	v := directory.Vetting{Conflict: conflict}
	for _, c := range r.FormAll("passed") {
		v.Passed = append(v.Passed, directory.Check(c))
	}
	keep := func(d *managePage) {
		d.Conflict = v.Conflict
		for i := range d.Checks {
			d.Checks[i].Checked = slices.Contains(v.Passed, directory.Check(d.Checks[i].Value))
		}
	}
	if len(bad) > 0 {
		return h.after(w, r, fault.Wrong(bad...), "", keep)
	}
	if r.Form("do") == "keep" {
		return h.after(w, r, h.s.SaveVetting(r.Context(), r.Actor, r.PathValue("id"), v, r.Key()), "kept", keep)
	}
	return h.after(w, r, h.s.Vet(r.Context(), r.Actor, r.PathValue("id"), v, r.Key()), "vet", keep)
}

func (h *Web) move(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	m := directory.Move(r.Form("move"))
	if !slices.Contains(directory.Moves(), m) {
		return h.after(w, r, fault.Wrong(fault.At("move", "directory.error.choose")), "", nil)
	}
	err := h.s.Do(r.Context(), r.Actor, r.PathValue("id"), m, r.Form("reason"), r.Key())
	if fs := fault.FieldsOf(err); len(fs) > 0 && fs[0].Name != "reason" { // what publishing still needs is in the form, not here
		for i := range fs {
			fs[i].Name = ""
		}
		err = fault.Wrong(fs...)
	}
	return h.after(w, r, err, string(m), nil)
}

func (h *Web) welcoming(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	wel := directory.Welcoming{Now: directory.Answer(r.Form("welcoming"))}
	if wel.Now == "unknown" {
		wel.Now = directory.Unknown
	}
	keep := func(d *managePage) { d.Welcome, d.WelcomeUntil = r.Form("welcoming"), r.Form("until") }
	if wel.Now != directory.Unknown {
		until, err := time.ParseInLocation(time.DateOnly, r.Form("until"), r.Zone())
		if err != nil {
			return h.after(w, r, fault.Wrong(fault.At("until", "directory.error.until")), "", keep)
		}
		wel.Until = until.AddDate(0, 0, 1) // to the end of that day
	}
	return h.after(w, r, h.s.SetWelcoming(r.Context(), r.Actor, r.PathValue("id"), wel, r.Key()), "welcoming", keep)
}

// linkPage is the data of a link to print or copy.
type linkPage struct {
	ID, Name, Address, Short string
	QR                       template.HTML
	Until                    string
}

func (h *Web) link(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	if r.Form("do") == "send" {
		return h.after(w, r, h.s.SendLink(r.Context(), r.Actor, id, r.Key()), "asked", nil)
	}
	token, err := h.s.MakeLink(r.Context(), r.Actor, id)
	if err != nil {
		return h.after(w, r, err, "", nil)
	}
	g, err := h.s.Get(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	d := linkPage{ID: id, Name: g.Name, Address: r.Base() + "/g/" + token, Until: r.Localizer().Date(r.Now().Add(directory.LinkLives), r.Zone())}
	if d.QR, err = code(d.Address, r.T("directory.qr.still")); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.Page(w, "directory/link", d)
}

func (h *Web) add(w http.ResponseWriter, r *web.Request) error {
	v := url.Values{"offer": {"organizing"}, "visibility": {"exact"}, "lang": {r.Locale}}
	d := filled(r.Localizer(), v)
	d.New, d.Title, d.Action, d.Back = true, r.T("directory.form.new"), "/directory/new", "/directory"
	return r.Page(w, "directory/form", d)
}

func (h *Web) create(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	e, err := decode(r.PostForm)
	if err == nil {
		e.Key = r.Key()
		var made string
		if made, err = h.s.Create(r.Context(), r.Actor, e); err == nil {
			return r.RedirectWith(w, "/directory/"+made, "directory.flash.created")
		}
	} else {
		err = both(err, e)
	}
	d := filled(r.Localizer(), r.PostForm)
	d.New, d.Title, d.Action, d.Back = true, r.T("directory.form.new"), "/directory/new", "/directory"
	d.Suspects, err = h.suspects(r, "", e, err)
	return r.Fail(w, "directory/form", d, err)
}

// both adds what the core would refuse to what the form could not read, so that
// everything wrong is shown at once.
func both(err error, e directory.Entry) error {
	if more := fault.FieldsOf(e.Check()); len(more) > 0 {
		have := fault.FieldsOf(err)
		for _, f := range more {
			if f.Name != "rhythm" && !slices.ContainsFunc(have, func(o fault.Field) bool { return o.Name == f.Name }) {
				have = append(have, f)
			}
		}
		return fault.Wrong(have...)
	}
	return err
}

// suspects lists the look-alikes when that is why the form comes back.
func (h *Web) suspects(r *web.Request, id string, e directory.Entry, err error) ([]suspect, error) {
	if key, _ := fault.MessageOf(err); key != "directory.error.duplicate" {
		return nil, err
	}
	list, e2 := h.s.Duplicates(r.Context(), r.Actor, id, e.Group)
	if e2 != nil {
		return nil, e2
	}
	var out []suspect
	for _, c := range list {
		s := suspect{URL: "/directory/" + c.ID, Name: c.Name, Host: c.Host, State: r.T("directory.state." + string(c.State))}
		for _, why := range c.Why {
			s.Why = append(s.Why, r.T("directory.alike."+why))
		}
		out = append(out, s)
	}
	return out, fault.Wrong(fault.At("different", "directory.error.duplicate", "Count", len(out)))
}

func (h *Web) edit(w http.ResponseWriter, r *web.Request) error {
	g, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	hand, err := h.s.Handoff(r.Context(), r.Actor, g.ID)
	if err != nil {
		return err
	}
	d := h.editing(r, encode(g, hand), g.ID)
	return r.Page(w, "directory/form", d)
}

func (h *Web) editing(r *web.Request, v url.Values, id string) formPage {
	d := filled(r.Localizer(), v)
	d.Title, d.Action, d.Back = r.T("directory.form.edit"), "/directory/"+id+"/edit", "/directory/"+id
	return d
}

func (h *Web) save(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	e, err := decode(r.PostForm)
	if err == nil {
		e.Key = r.Key()
		if err = h.s.Edit(r.Context(), r.Actor, id, e); err == nil {
			return r.RedirectWith(w, "/directory/"+id, "directory.flash.saved")
		}
	} else {
		err = both(err, e)
	}
	d := h.editing(r, r.PostForm, id)
	d.Suspects, err = h.suspects(r, id, e, err)
	return r.Fail(w, "directory/form", d, err)
}
