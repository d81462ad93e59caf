// A member's own pages: what is kept, who looked, what was done and agreed, where
// they stand and what they want next; change, take away, stop, delete. Titles and
// addresses say nothing, and the way out is on every page.

package peopleweb

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

func (h *Web) meRoutes() []web.Route {
	own := func(method, pattern string, n access.Need, fn web.Handler) web.Route {
		return route(web.Member, method, pattern, n, fn)
	}
	look, write, end := need("person", access.Read), need("person", access.Update), need("person", access.Delete)
	anybody := need("me", access.Read)
	return []web.Route{
		own("GET", "/me/together", look, h.mePage), own("POST", "/me/together/next", write, h.meNext), own("POST", "/me/together/promise", need("commitment", access.Update), h.mePromise),
		own("GET", "/me/together/change", write, h.meChangePage), own("POST", "/me/together/change", write, h.meChange),
		own("GET", "/me/together/take", need("person", access.Export), h.meTake), own("GET", "/me/together/take.json", need("person", access.Export), h.meFile),
		// The forms that end everything may come twice, the second time from nobody.
		own("GET", "/me/together/close", end, h.meStopPage), own("POST", "/me/together/close", anybody, h.meStop),
		own("GET", "/me/together/all", end, h.meDeletePage), own("GET", "/me/together/all/sure", end, h.meSurePage), own("POST", "/me/together/all", anybody, h.meDelete),
		own("GET", "/me/together/over", anybody, h.meOver),
	}
}

// ownCookie holds a member's session.
const ownCookie = "sb_mine"

// OwnSessions recognises a member by the session that their code opened.
func OwnSessions(s *people.Service, secure bool, anonymous web.Authenticator) web.Authenticator {
	name := ownCookie
	if secure {
		name = "__Host-" + name
	}
	return func(ctx context.Context, r *http.Request) (access.Actor, error) {
		c, err := r.Cookie(name)
		if err != nil || c.Value == "" {
			return anonymous(ctx, r)
		}
		a, err := s.Authenticate(ctx, c.Value)
		if err != nil || a.Has(access.Member) {
			return a, err
		}
		return anonymous(ctx, r)
	}
}

// Door tries a code at the common door of My information. to is where it leads;
// empty when it is no code of this room.
func Door(s *people.Service) func(w http.ResponseWriter, r *web.Request, code string) (to string, err error) {
	return func(w http.ResponseWriter, r *web.Request, code string) (string, error) {
		o, err := s.OpenMine(r.Context(), code)
		if fault.Is(err, fault.NotFound) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		if err := s.SignOut(r.Context(), r.Secret(ownCookie)); err != nil { // a second code in the same browser
			return "", err
		}
		r.SetSecret(w, ownCookie, o.Token, 0)
		return "/me/together", nil
	}
}

// Leave ends a member's session: the safe exit does it.
func Leave(s *people.Service) func(w http.ResponseWriter, r *web.Request) {
	return func(w http.ResponseWriter, r *web.Request) {
		_ = s.SignOut(r.Context(), r.Secret(ownCookie)) // without its cookie the browser is out; a session that could not be deleted ends by itself
		r.SetSecret(w, ownCookie, "", -1)
	}
}

// Part is what another room shows on a member's page.
type Part struct {
	Title string
	Items []Fact
}

// Parts asks another room what it shows there.
type Parts func(ctx context.Context, a access.Actor, l *i18n.Localizer) (Part, error)

type mePage struct {
	Zone     *time.Location
	Name     string
	Holds    []Fact
	Agreed   []meAgreed
	Looked   []meLook
	Time     []Moment
	Promises []promiseLine
	Failed   string // id of the promise whose form is wrong
	Notes    []meNote
	Rung     string
	Rest     string
	Next     string
	Own      string
	Parts    []Part
	Made     time.Time
	Taken    bool // the sheet to take away
}

type meAgreed struct {
	Title  string
	Fields []string
	Until  time.Time
	Ended  time.Time
	Live   bool
}

type meLook struct {
	At        time.Time
	Who, What string
}

type meNote struct {
	Heard string
	Facts []Fact
	Who   string
}

func (h *Web) me(r *web.Request, m people.Mine) (p mePage, err error) {
	l := r.Localizer()
	p = mePage{Zone: r.Zone(), Name: m.Profile.CalledName, Made: r.Now(), Own: m.Standing.Own, Next: r.T("member.next." + m.Standing.Next)}
	places, err := h.s.Places(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	p.Holds = facts(l, m.Profile, names(places, m.Institutions))
	words, err := h.s.Labels(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	p.Rung = rungName(r, words, m.Standing.Rung)
	if m.State == people.Resting {
		p.Rest = r.T("people.state.resting_until", "Day", l.Date(m.RestUntil.In(r.Zone())))
	}
	for _, c := range m.Consents {
		v := meAgreed{Title: r.T("consent.purpose." + string(c.Purpose)), Until: c.ExpiresAt, Ended: c.RevokedAt, Live: c.LiveAt(r.Now())}
		for _, f := range c.Fields {
			v.Fields = append(v.Fields, r.T("consent.field."+string(f)))
		}
		p.Agreed = append(p.Agreed, v)
	}
	p.looks(r, m.Looked)
	for _, t := range m.Together {
		p.Time = append(p.Time, moment(r, t, ""))
	}
	for _, c := range m.Promises {
		p.Promises = append(p.Promises, promiseLine{ID: c.ID, What: c.What, When: l.Ago(c.Due, r.Now(), r.Zone()), Exact: l.Date(c.Due.In(r.Zone())), State: promiseState(r, c), Open: c.State == people.Open})
	}
	if n, ok := m.Standing.Evidence.Suggested(m.Notes, r.Now()); ok {
		p.Next = r.T("member.suggested", "Day", l.Date(n.At.In(r.Zone())), "Role", r.T("people.next_role."+string(n.Note.Suggested)))
	}
	for _, n := range m.Notes {
		p.Notes = append(p.Notes, meNote{n.Note.Words, said(r, n, places), r.T("member.readers." + string(n.Readers))})
	}
	for _, ask := range h.o.Parts {
		part, err := ask(r.Context(), r.Actor, l)
		if err != nil {
			return p, err
		}
		if len(part.Items) > 0 {
			p.Parts = append(p.Parts, part)
		}
	}
	return p, nil
}

func rungName(r *web.Request, words map[people.Rung]string, v people.Rung) string {
	if w := words[v]; w != "" {
		return w
	}
	return r.T("people.rung." + string(v))
}

// looks lists what others did; the same by the same role on one day is one line.
func (p *mePage) looks(r *web.Request, list []people.Look) {
	const shown = 30
	last := ""
	for _, v := range list {
		what := "worked"
		switch v.Action {
		case "read":
			what = "looked"
		case "reveal":
			what = "reached"
		}
		line := meLook{v.At, r.T("member.role." + lookRole(v.Role)), r.T("member.did." + what)}
		if key := line.Who + line.What + v.At.In(p.Zone).Format(time.DateOnly); key != last && len(p.Looked) < shown {
			last = key
			p.Looked = append(p.Looked, line)
		}
	}
}

func lookRole(role string) string {
	if slices.Contains([]string{"organizer", "leader"}, role) {
		return role
	}
	return "system"
}

func (h *Web) mePage(w http.ResponseWriter, r *web.Request) error {
	m, err := h.s.MyInformation(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p, err := h.me(r, m)
	if err != nil {
		return err
	}
	return r.Page(w, "people/me", p)
}

// meFail shows the page again with what is wrong in one of its forms.
func (h *Web) meFail(w http.ResponseWriter, r *web.Request, change func(p *mePage), bad error) error {
	if !fault.Is(bad, fault.Invalid) && !fault.Is(bad, fault.Conflict) {
		return bad
	}
	m, err := h.s.MyInformation(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p, err := h.me(r, m)
	if err != nil {
		return err
	}
	change(&p)
	return r.Fail(w, "people/me", p, bad)
}

func (h *Web) meNext(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	words, bad := r.Guarded("own")
	var err error
	if len(bad) > 0 {
		err = fault.Wrong(bad...)
	} else {
		err = h.s.SetStretch(r.Context(), r.Actor, words, r.Key())
	}
	if err != nil {
		return h.meFail(w, r, func(p *mePage) { p.Own = r.Form("own") }, err)
	}
	return r.RedirectWith(w, "/me/together", "member.flash.saved")
}

func (h *Web) mePromise(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in, bad := settleIn(r, r.Form("id"))
	var err error
	if len(bad) > 0 {
		err = fault.Wrong(bad...)
	} else {
		_, err = h.s.Settle(r.Context(), r.Actor, in)
	}
	if err != nil {
		return h.meFail(w, r, func(p *mePage) { p.Failed = in.ID }, err)
	}
	return r.RedirectWith(w, "/me/together", "member.flash.saved")
}

func (h *Web) meChangePage(w http.ResponseWriter, r *web.Request) error {
	m, err := h.s.MyInformation(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	places, err := h.s.Places(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return r.Page(w, "people/me_change", editPage{fieldsOf(r, formOf(m.Profile, m.Institutions), places), "", m.Version})
}

func (h *Web) meChange(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f := readForm(r)
	version, _ := r.FormInt("version")
	err := h.s.Change(r.Context(), r.Actor, people.ChangeIn{ID: r.Actor.Person, ProfileIn: f.ProfileIn, Version: int64(version), Key: r.Key()})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		m, e := h.s.MyInformation(r.Context(), r.Actor)
		if e != nil {
			return e
		}
		places, e := h.s.Places(r.Context(), r.Actor)
		if e != nil {
			return e
		}
		return r.Fail(w, "people/me_change", editPage{fieldsOf(r, f, places), "", m.Version}, err)
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/me/together", "member.flash.saved")
}

func (h *Web) meTake(w http.ResponseWriter, r *web.Request) error {
	m, err := h.s.Take(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p, err := h.me(r, m)
	if err != nil {
		return err
	}
	p.Taken = true
	return r.Page(w, "people/me_take", p)
}

func (h *Web) meFile(w http.ResponseWriter, r *web.Request) error {
	m, err := h.s.Take(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	type agreed struct {
		Purpose consent.Purpose `json:"purpose"`
		Fields  []consent.Field `json:"fields"`
		Given   time.Time       `json:"given"`
		Until   time.Time       `json:"until"`
		Receipt string          `json:"receipt"`
	}
	var list []agreed
	for _, c := range m.Consents {
		list = append(list, agreed{c.Purpose, c.Fields, c.GivenAt, c.ExpiresAt, c.Receipt})
	}
	b, err := json.MarshalIndent(struct {
		Made   time.Time `json:"made"`
		Agreed []agreed  `json:"agreed"`
		people.Mine
	}{r.Now(), list, m}, "", "  ")
	if err != nil {
		return err
	}
	return r.Attachment(w, "page.json", "application/json", b)
}

func (h *Web) meStopPage(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "people/me_stop", nil)
}

func (h *Web) meDeletePage(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "people/me_delete", nil)
}

func (h *Web) meSurePage(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "people/me_sure", nil)
}

func (h *Web) meStop(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if !r.Actor.Has(access.Member) {
		return h.meTwice(w, r)
	}
	if err := h.s.Stop(r.Context(), r.Actor, r.Key()); err != nil {
		return err
	}
	return h.meEnded(w, r)
}

func (h *Web) meDelete(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if !r.Actor.Has(access.Member) {
		return h.meTwice(w, r)
	}
	err := h.s.Delete(r.Context(), r.Actor, r.Checked("confirm"), r.Key())
	if fault.Is(err, fault.Invalid) {
		return r.Fail(w, "people/me_sure", nil, err)
	}
	if err != nil {
		return err
	}
	return h.meEnded(w, r)
}

func (h *Web) meEnded(w http.ResponseWriter, r *web.Request) error {
	r.SetSecret(w, ownCookie, "", -1)
	return r.Redirect(w, "/me/together/over")
}

// meTwice answers the second press of a button whose first press ended the session.
func (h *Web) meTwice(w http.ResponseWriter, r *web.Request) error {
	done, err := h.s.HasEnded(r.Context(), r.Key())
	if err != nil {
		return err
	}
	if !done {
		return r.Redirect(w, "/me?closed=1")
	}
	return r.Redirect(w, "/me/together/over")
}

// meOver says what is gone and what remains. It holds nothing of anybody.
func (h *Web) meOver(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "people/me_over", nil)
}
