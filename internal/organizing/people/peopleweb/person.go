// One person's page: header, next step, timeline, relationships. How to reach them
// is shown when asked for, and each time is written down.

package peopleweb

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (h *Web) personRoutes() []web.Route {
	look, write := need("person", access.Read), need("person", access.Update)
	return []web.Route{
		route(web.Staff, "GET", "/people/{id}", look, h.personPage), route(web.Staff, "POST", "/people/reach/{id}", look, h.personContact),
		route(web.Staff, "POST", "/people/{id}", write, h.personAct), route(web.Staff, "GET", "/people/edit/{id}", write, h.editPage),
		route(web.Staff, "POST", "/people/edit/{id}", write, h.edit),
	}
}

// Moment is a line of a timeline, as the design system's part reads it.
type Moment struct {
	Title, Text, When, Exact, ISO, Who, Kind, Icon string
	at                                             time.Time
}

// State is a pill.
type State struct{ Kind, Label, Icon string }

// Next is the next step: whose, what, by when.
type Next struct {
	Owner, Act, When, Exact, Kind string
	Badge                         *State
}

type personPage struct {
	ID, Name, Intro string
	State           State
	Next            Next
	Facts           []Fact
	Reach           []Fact // how to reach them, when it was asked for
	Code            string // a new one, once
	Slip            *donePage
	Time            []Moment
	More            string
	Promises        []promiseLine
	Owner           string
	Owners          []Option
	Accounts        []Option
	Linked          string
	Resting         bool
	RestMax         string
	Version         int64
	Notes           []noteLink
	Ties            []tieLine
	TieKinds        []Option
	TieWho          string
	Found           []Option // several of the name typed
	Rung            string
	Stretch         string // the next thing to try, as suggested
	Suggested       noteLink
	Own             string
	Ladder          []ladderLine
}

type tieLine struct{ ID, Name, What, From, To, Kind string }

type ladderLine struct {
	Name  string
	Here  bool
	Needs []needLine
}

type needLine struct {
	What  string
	There bool
}

// noteLink is a conversation that the reader may read.
type noteLink struct{ ID, What, When string }

type promiseLine struct {
	ID, What, Who, When, Exact string
	State                      State
	Open                       bool
}

const timelineShown = 20

func (h *Web) personPage(w http.ResponseWriter, r *web.Request) error {
	rec, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if rec.ID != r.PathValue("id") { // two rows were one person
		return r.Redirect(w, "/people/"+rec.ID)
	}
	p, err := h.person(r, rec)
	if err != nil {
		return err
	}
	return r.Page(w, "people/person", p)
}

func (h *Web) personContact(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	rec, err := h.s.Reveal(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := h.person(r, rec)
	if err != nil {
		return err
	}
	p.Reach = append([]Fact{{Term: r.T("people.fact.way"), Text: r.T("people.way." + string(rec.Profile.Contact))}}, reach(r.Localizer(), rec.Profile)...)
	return r.Page(w, "people/person", p)
}

func (h *Web) person(r *web.Request, rec people.Record) (p personPage, err error) {
	ctx, l := r.Context(), r.Localizer()
	p = personPage{ID: rec.ID, Name: rec.Profile.CalledName, Version: rec.Version, Resting: rec.State == people.Resting, Linked: rec.Account,
		RestMax: r.Now().AddDate(1, 0, 0).In(r.Zone()).Format(time.DateOnly)}
	places, err := h.s.Institutions(ctx, r.Actor)
	if err != nil {
		return p, err
	}
	staff, err := h.s.Owners(ctx, r.Actor)
	if err != nil {
		return p, err
	}
	who := func(account string) string {
		for _, c := range staff {
			if c.Account == account {
				return c.Name
			}
		}
		return r.T("people.colleague")
	}
	p.Owner = r.T("people.nobody")
	if rec.Owner != "" {
		p.Owner = who(rec.Owner)
	}
	for _, c := range staff {
		p.Owners = append(p.Owners, Option{Value: c.Account, Label: c.Name, Checked: c.Account == rec.Owner})
		if slices.Contains(c.Roles, access.Leader) && r.Actor.Has(access.Organizer) {
			p.Accounts = append(p.Accounts, Option{Value: c.Account, Label: c.Name, Checked: c.Account == rec.Account})
		}
	}
	p.State = State{"ok", r.T("people.state." + string(rec.State)), ""}
	if p.Resting {
		p.State = State{"wait", r.T("people.state.resting_until", "Day", l.Date(rec.RestUntil.In(r.Zone()))), ""}
	}
	p.Facts = personFacts(r, rec, names(places, rec.Institutions), p.Owner)
	promises, err := h.s.Commitments(ctx, r.Actor, people.Whose{Person: rec.ID})
	if err != nil {
		return p, err
	}
	p.promises(r, promises)
	notes, err := h.s.NotesAbout(ctx, r.Actor, rec.ID)
	if err != nil {
		return p, err
	}
	for _, n := range notes {
		p.Notes = append(p.Notes, noteLink{n.ID, r.T("people.purpose.name." + string(n.Purpose)), l.Date(n.At.In(r.Zone()))})
	}
	p.next(r, rec, promises)
	if err := h.relations(r, &p, rec, notes); err != nil {
		return p, err
	}
	return p, h.timeline(r, &p, rec, promises, who)
}

// relations puts relationships and the ladder on the page.
func (h *Web) relations(r *web.Request, p *personPage, rec people.Record, notes []people.Said) error {
	ties, err := h.s.Ties(r.Context(), r.Actor, rec.ID)
	if err != nil {
		return err
	}
	for _, t := range ties {
		line := tieLine{ID: t.Other.ID, Name: t.Other.Name, Kind: string(t.Kind), From: rec.ID, To: t.Other.ID, What: r.T("people.tie." + string(t.Kind))}
		if !t.From {
			line.From, line.To = t.Other.ID, rec.ID
			line.What = r.T("people.tie.by_" + string(t.Kind))
		}
		p.Ties = append(p.Ties, line)
	}
	p.TieKinds = options(r, texts(people.TieKinds()), "people.tie.", r.Form("tie"))
	st, err := h.s.StandingOf(r.Context(), r.Actor, rec.ID)
	if err != nil {
		return err
	}
	words, err := h.s.Labels(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p.Rung, p.Own, p.Stretch = rungName(r, words, st.Rung), st.Own, r.T("people.stretch."+st.Next)
	if n, ok := st.Evidence.Suggested(notes, r.Now()); ok { // somebody who knows them knows better than a rule
		p.Stretch = r.T("people.next_role." + string(n.Note.Suggested))
		p.Suggested = noteLink{ID: n.ID, When: r.T("people.person.after_one", "Day", r.Localizer().Date(n.At.In(r.Zone())))}
	}
	needs := st.Evidence.Needs()
	for _, v := range people.Rungs() {
		if v == people.AtRest {
			continue
		}
		line := ladderLine{Name: rungName(r, words, v), Here: v == st.Rung}
		for _, n := range needs[v] {
			line.Needs = append(line.Needs, needLine{r.T("people.evidence." + n.What), n.There})
		}
		p.Ladder = append(p.Ladder, line)
	}
	return nil
}

// setTie writes a relationship down with somebody whose name was typed.
func (h *Web) setTie(r *web.Request, which string) error {
	from, to, kind := which, r.Form("other_id"), people.TieKind(r.Form("tie"))
	if r.Form("act") == "untie" {
		return h.s.SetTie(r.Context(), r.Actor, r.Form("from"), r.Form("to"), kind, true, r.Key())
	}
	if to == "" {
		found, err := h.s.Called(r.Context(), r.Actor, r.Form("other"))
		if err != nil {
			return err
		}
		switch len(found) {
		case 0:
			return fault.Wrong(fault.At("other", "people.error.nobody"))
		case 1:
			to = found[0].ID
		default:
			return fault.Wrong(fault.At("other", "people.error.several"))
		}
	}
	if r.Form("way") == "by" {
		from, to = to, from
	}
	return h.s.SetTie(r.Context(), r.Actor, from, to, kind, false, r.Key())
}

func personFacts(r *web.Request, rec people.Record, institutions []string, owner string) []Fact {
	l, f := r.Localizer(), rec.Profile
	var langs []string
	for _, code := range append([]string{f.Lang}, f.MoreLangs...) {
		langs = append(langs, l.LanguageName(code))
	}
	out := []Fact{{Term: r.T("people.fact.language"), Text: l.List(langs)}}
	add := func(key, text string) { out = append(out, Fact{Term: r.T("people.fact." + key), Text: text}) }
	add("pronouns", f.Pronouns)
	add("area", f.Area)
	add("institutions", l.List(institutions))
	add("availability", listed(l, "people.time.", f.Availability))
	add("needs", listed(l, "people.need.", f.AccessNeeds))
	add("owner", owner)
	add("since", r.T("people.since", "Day", l.Date(rec.Joined.In(r.Zone())), "How", r.T("people.source."+string(rec.Source))))
	add("agreed", r.T("consent.until", "Day", l.Date(rec.Agreed.ExpiresAt.In(r.Zone()))))
	return out
}

func promiseState(r *web.Request, c people.Commitment) State {
	switch {
	case c.Late(r.Now()):
		return State{"late", r.T("people.promise.late"), ""}
	case c.State == people.Open:
		return State{"wait", r.T("people.promise.open"), ""}
	case c.State == people.Done:
		return State{"ok", r.T("people.promise.done"), ""}
	}
	return State{"info", r.T("people.promise." + string(c.State)), ""}
}

func (p *personPage) promises(r *web.Request, list []people.Commitment) {
	for _, c := range list {
		if c.State == people.Open {
			p.Promises = append(p.Promises, promiseLine{ID: c.ID, What: c.What, When: r.Localizer().Ago(c.Due, r.Now(), r.Zone()),
				Exact: r.Localizer().Date(c.Due.In(r.Zone())), State: promiseState(r, c), Open: true})
		}
	}
}

// next says what comes next with this person, and by when.
func (p *personPage) next(r *web.Request, rec people.Record, promises []people.Commitment) {
	l := r.Localizer()
	at := func(t time.Time) { p.Next.When, p.Next.Exact = l.Ago(t, r.Now(), r.Zone()), l.Date(t.In(r.Zone())) }
	p.Next = Next{Owner: p.Owner, Kind: "info"}
	open := slices.DeleteFunc(slices.Clone(promises), func(c people.Commitment) bool { return c.State != people.Open })
	slices.SortStableFunc(open, func(a, b people.Commitment) int { return a.Due.Compare(b.Due) })
	switch {
	case rec.State == people.Resting:
		p.Next.Act = r.T("people.next.check_in")
		at(rec.RestUntil)
	case len(open) > 0:
		p.Next.Owner, p.Next.Act, p.Next.Kind = p.Name, open[0].What, "wait"
		if open[0].Late(r.Now()) {
			p.Next.Kind = "late"
		}
		at(open[0].Due)
	case rec.OneToOne.IsZero():
		p.Next.Act = r.T("people.next.first")
	case r.Now().Sub(rec.OneToOne) > people.NotMetAfter:
		p.Next.Act, p.Next.Kind = r.T("people.next.again"), "wait"
		p.Next.When = r.T("people.next.last", "Ago", l.Ago(rec.OneToOne, r.Now(), r.Zone()))
	default:
		p.Next.Act = r.T("people.next.agree")
	}
}

// timeline puts encounters and promises in one line of time, the newest first.
func (h *Web) timeline(r *web.Request, p *personPage, rec people.Record, promises []people.Commitment, who func(string) string) error {
	l := r.Localizer()
	before := time.Time{}
	if t, err := time.Parse(time.RFC3339Nano, r.Form("before")); err == nil {
		before = t
	}
	line, err := h.s.Timeline(r.Context(), r.Actor, rec.ID, before, timelineShown)
	if err != nil {
		return err
	}
	for _, t := range line {
		p.Time = append(p.Time, moment(r, t, who(t.Account)))
	}
	oldest := time.Time{}
	if len(line) == timelineShown {
		oldest = line[len(line)-1].At
		p.More = "/people/" + rec.ID + "?before=" + url.QueryEscape(oldest.UTC().Format(time.RFC3339Nano))
	}
	for _, c := range promises {
		at := c.Made
		if !c.Ended.IsZero() {
			at = c.Ended
		}
		if at.Before(oldest) || !before.IsZero() && !at.Before(before) {
			continue
		}
		st := promiseState(r, c)
		p.Time = append(p.Time, Moment{Title: r.T("people.timeline.promise", "State", st.Label), Text: c.What, When: l.Ago(at, r.Now(), r.Zone()),
			Exact: l.Date(at.In(r.Zone())), ISO: at.UTC().Format(time.RFC3339), Kind: st.Kind, Icon: "check", at: at})
	}
	slices.SortStableFunc(p.Time, func(a, b Moment) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.Title, b.Title)) })
	return nil
}

var kindIcons = map[people.Kind]string{people.OneToOne: "speak", people.HouseMeeting: "home", people.CoreTeam: "team", people.Training: "learn", people.ListeningEvent: "hear",
	people.ResearchAction: "search", people.Action: "campaign", people.Assembly: "people", people.Negotiation: "handoff", people.Celebration: "heart"}

func moment(r *web.Request, t people.Together, who string) Moment {
	l := r.Localizer()
	title := r.T("people.kind." + string(t.Kind))
	if t.Purpose != "" {
		title = r.T("people.timeline.of", "What", title, "Detail", r.T("people.purpose."+string(t.Purpose)))
	}
	var parts []string
	if t.Role != people.Attended {
		parts = append(parts, r.T("people.role."+string(t.Role)))
	}
	if t.Minutes > 0 {
		parts = append(parts, r.T("people.minutes", "Count", t.Minutes))
	}
	if t.Place != "" {
		parts = append(parts, r.T("people.place."+t.Place))
	}
	m := Moment{Title: title, Text: l.List(parts), When: l.Ago(t.At, r.Now(), r.Zone()), Exact: l.Date(t.At.In(r.Zone())), ISO: t.At.UTC().Format(time.RFC3339),
		Who: who, Kind: "info", Icon: kindIcons[t.Kind], at: t.At}
	switch t.Encounter.State {
	case people.Planned:
		m.Kind, m.Title = "wait", r.T("people.timeline.of", "What", title, "Detail", r.T("people.timeline.planned"))
	case people.Cancelled, people.NoShow:
		m.Title = r.T("people.timeline.of", "What", title, "Detail", r.T("people.timeline."+string(t.Encounter.State)))
	}
	return m
}

// personAct does one of the small acts of the page.
func (h *Web) personAct(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, which, key := r.Context(), r.PathValue("id"), r.Key()
	var err error
	switch r.Form("act") {
	case "hand_over":
		err = h.s.HandOver(ctx, r.Actor, which, r.Form("owner"), key)
	case "rest":
		var until time.Time
		if until, err = time.ParseInLocation(time.DateOnly, r.Form("until"), r.Zone()); err != nil {
			err = fault.Wrong(fault.At("until", "people.error.rest"))
			break
		}
		err = h.s.Rest(ctx, r.Actor, which, until.Add(12*time.Hour), key)
	case "return":
		err = h.s.Return(ctx, r.Actor, which, key)
	case "link_account":
		err = h.s.LinkAccount(ctx, r.Actor, which, r.Form("account"), key)
	case "tie", "untie":
		err = h.setTie(r, which)
	case "code":
		return h.personCode(w, r)
	default:
		return r.Redirect(w, "/people/"+url.PathEscape(which))
	}
	if fault.Is(err, fault.Invalid) {
		rec, e := h.s.Get(ctx, r.Actor, which)
		if e != nil {
			return e
		}
		p, e := h.person(r, rec)
		if e != nil {
			return e
		}
		p.TieWho = r.Form("other")
		for _, b := range fault.FieldsOf(err) {
			if b.Key == "people.error.several" {
				found, e := h.s.Called(ctx, r.Actor, p.TieWho)
				if e != nil {
					return e
				}
				for _, c := range found {
					p.Found = append(p.Found, Option{Value: c.ID, Label: c.Name, Hint: r.T("people.next.last", "Ago", r.Localizer().Ago(c.Last, r.Now(), r.Zone()))})
				}
			}
		}
		return r.Fail(w, "people/person", p, err)
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/people/"+url.PathEscape(which), "people.flash."+r.Form("act"))
}

// personCode shows a new code once, on the paper to be printed.
func (h *Web) personCode(w http.ResponseWriter, r *web.Request) error {
	code, err := h.s.NewCode(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	rec, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := h.person(r, rec)
	if err != nil {
		return err
	}
	slip, err := h.slip(r, code, readIn(r, rec.Profile.Lang))
	if err != nil {
		return err
	}
	p.Slip, p.Code = &slip, id.GroupCode(code)
	return r.Page(w, "people/person", p)
}

type editPage struct {
	fields
	ID      string
	Version int64
}

func (h *Web) editPage(w http.ResponseWriter, r *web.Request) error {
	rec, err := h.s.Reveal(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	places, err := h.s.Institutions(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return r.Page(w, "people/edit", editPage{fieldsOf(r, formOf(rec.Profile, rec.Institutions), places), rec.ID, rec.Version})
}

func (h *Web) edit(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f, which := readForm(r), r.PathValue("id")
	version, _ := r.FormInt("version")
	err := h.s.Change(r.Context(), r.Actor, people.ChangeIn{ID: which, ProfileIn: f.ProfileIn, Version: int64(version), How: f.How, Interpreter: f.Interpreter, Witness: f.Witness, Key: r.Key()})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		rec, e := h.s.Get(r.Context(), r.Actor, which)
		if e != nil {
			return e
		}
		places, e := h.s.Institutions(r.Context(), r.Actor)
		if e != nil {
			return e
		}
		return r.Fail(w, "people/edit", editPage{fieldsOf(r, f, places), which, rec.Version}, err)
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/people/"+url.PathEscape(which), "people.flash.changed")
}
