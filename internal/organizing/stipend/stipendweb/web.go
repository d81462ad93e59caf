// Package stipendweb is the pages of what taking part costs: the ledger, a
// request, and one entry with who does what next.
package stipendweb

import (
	"embed"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/money"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/stipend"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "stipend".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// Web is the room's web half.
type Web struct {
	s      *stipend.Service
	people *people.Service
}

// New returns the pages over the core.
func New(s *stipend.Service, p *people.Service) *Web { return &Web{s, p} }

var (
	ask     = access.Need{Resource: "stipend", Action: access.Create}
	see     = access.Need{Resource: "stipend", Action: access.Read}
	pay     = access.Need{Resource: "stipend", Action: access.Update}
	approve = access.Need{Resource: "stipend", Action: access.Approve}
	export  = access.Need{Resource: "stipend", Action: access.Export}
)

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	staff := func(method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: web.Staff, Handler: fn}
	}
	return []web.Route{
		staff("GET", "/stipends", see, h.list),
		staff("GET", "/stipends/new", ask, h.form),
		staff("POST", "/stipends/new", ask, h.request),
		staff("GET", "/stipends/export", export, h.export),
		staff("GET", "/stipends/{id}", see, h.one),
		staff("POST", "/stipends/{id}/notice", pay, h.notice),
		staff("POST", "/stipends/{id}/pay", pay, h.pay),
		staff("POST", "/stipends/{id}/withdraw", pay, h.withdraw),
		staff("POST", "/stipends/{id}/decide", approve, h.decide),
	}
}

func may(r *web.Request, n access.Need) bool {
	_, err := access.Check(r.Actor, n)
	return err == nil
}

func options[T ~string](r *web.Request, prefix string, list []T, chosen T) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: string(v), Label: r.T(prefix + string(v)), Checked: v == chosen})
	}
	return out
}

type pill struct{ Kind, Label, Icon string }

func state(r *web.Request, e stipend.Entry) pill {
	kind := map[stipend.State]string{stipend.Requested: "wait", stipend.Approved: "wait", stipend.Paid: "ok", stipend.Refused: "info", stipend.Withdrawn: "info"}[e.State]
	return pill{Kind: kind, Label: r.T("stipend.state." + string(e.State))}
}

func priced(r *web.Request, minor int64, currency string) string {
	return r.T("stipend.money", "Amount", money.Format(minor), "Currency", currency)
}

// name is what somebody is called, or that nobody may be called any more.
func name(r *web.Request, e stipend.Entry) string {
	if e.Name == "" {
		return r.T("stipend.nameless")
	}
	return e.Name
}

func day(r *web.Request, s string) string {
	t, err := time.ParseInLocation(time.DateOnly, s, r.Zone())
	if err != nil {
		return s
	}
	return r.Localizer().ShortDate(t, r.Zone())
}

type line struct {
	URL, Name, Kind, Purpose, Day, Amount string
	State                                 pill
	Income                                bool
}

type tab struct {
	Label, URL string
	Count      int
	Current    bool
}

type listPage struct {
	Tabs             []tab
	Lines            []line
	MayAsk, MayTake  bool
	Next             string
	Income, Returned string // of this page, kept apart
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	want := stipend.State(r.Form("state"))
	if !slices.Contains(stipend.States(), want) {
		want = ""
	}
	page, err := h.s.List(r.Context(), r.Actor, want, r.Form("before"))
	if err != nil {
		return err
	}
	p := listPage{MayAsk: may(r, ask), MayTake: may(r, export)}
	if page.Count != nil {
		p.Tabs = append(p.Tabs, tab{Label: r.T("common.all"), URL: "/stipends", Current: want == ""})
		for _, s := range stipend.States() {
			p.Tabs = append(p.Tabs, tab{Label: r.T("stipend.state." + string(s)), URL: "/stipends?state=" + string(s), Count: page.Count[s], Current: s == want})
		}
	}
	for _, e := range page.Items {
		p.Lines = append(p.Lines, line{URL: "/stipends/" + e.ID, Name: name(r, e), Kind: r.T("stipend.kind." + string(e.Kind)), Purpose: r.T("stipend.purpose." + e.Purpose), Day: day(r, e.Day),
			Amount: priced(r, e.Amount, e.Currency), State: state(r, e), Income: e.Kind.Income()})
	}
	if sum := stipend.Sum(page.Items); sum.Income+sum.Reimbursed > 0 {
		p.Income, p.Returned = priced(r, sum.Income, page.Items[0].Currency), priced(r, sum.Reimbursed, page.Items[0].Currency)
	}
	if page.Next != "" {
		p.Next = "/stipends?state=" + url.QueryEscape(string(want)) + "&before=" + page.Next
	}
	return r.Page(w, "stipend/list", p)
}

type formPage struct {
	Q, Ref, Amount, Day string
	People              []Option
	Kinds, Purposes     []Option
	Searched            bool
}

func (h *Web) form(w http.ResponseWriter, r *web.Request) error {
	in := stipend.AskIn{Person: r.Form("person"), Ref: r.Form("ref"), Purpose: "meeting", Day: r.Now().In(r.Zone()).Format(time.DateOnly)}
	p, err := h.formPage(r, in)
	if err != nil {
		return err
	}
	return r.Page(w, "stipend/form", p)
}

func (h *Web) formPage(r *web.Request, in stipend.AskIn) (p formPage, err error) {
	p = formPage{Q: r.Form("q"), Ref: in.Ref, Amount: in.Amount, Day: in.Day, Kinds: options(r, "stipend.kind.", stipend.Kinds(), stipend.Kind(in.Kind)), Purposes: options(r, "stipend.purpose.", stipend.Purposes(), in.Purpose)}
	for i, k := range stipend.Kinds() {
		p.Kinds[i].Hint = r.T("stipend.back")
		if k.Income() {
			p.Kinds[i].Hint = r.T("stipend.income")
		}
	}
	if p.Q != "" {
		p.Searched = true
		found, err := h.people.Find(r.Context(), r.Actor, p.Q, 20)
		if err != nil {
			return p, err
		}
		for _, c := range found {
			p.People = append(p.People, Option{Value: c.ID, Label: c.Name, Checked: c.ID == in.Person || len(found) == 1})
		}
		return p, nil
	}
	if in.Person != "" {
		cards, err := h.people.Names(r.Context(), r.Actor, []string{in.Person})
		if err != nil {
			return p, err
		}
		if c, ok := cards[in.Person]; ok {
			p.People = []Option{{Value: c.ID, Label: c.Name, Checked: true}}
		}
	}
	return p, nil
}

func (h *Web) request(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := stipend.AskIn{Person: r.Form("person"), Kind: r.Form("kind"), Purpose: r.Form("purpose"), Amount: r.Form("amount"), Day: r.Form("day"), Ref: r.Form("ref"), Key: r.Key()}
	made, err := h.s.Ask(r.Context(), r.Actor, in)
	if err != nil {
		p, perr := h.formPage(r, in)
		if perr != nil {
			return perr
		}
		return r.Fail(w, "stipend/form", p, err)
	}
	return r.RedirectWith(w, "/stipends/"+made, "stipend.flash.asked")
}

type fact struct{ Term, Text, Href string }

type onePage struct {
	ID, Name, Amount       string
	State                  pill
	Facts                  []fact
	Income, Noticed        bool
	Ask, Pay, Decide, Back bool // what this reader may do now
	Own                    bool // asked for by the reader: somebody else approves
	Langs                  []Option
	Next                   string
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.onePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "stipend/one", p)
}

func (h *Web) onePage(r *web.Request) (p onePage, err error) {
	e, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	date := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return r.Localizer().ShortDate(t, r.Zone())
	}
	p = onePage{ID: e.ID, Name: name(r, e), Amount: priced(r, e.Amount, e.Currency), State: state(r, e), Income: e.Kind.Income(), Noticed: !e.Notice.IsZero()}
	counts := r.T("stipend.back")
	if p.Income {
		counts = r.T("stipend.income")
	}
	p.Facts = []fact{{Term: r.T("stipend.kind"), Text: r.T("stipend.kind." + string(e.Kind))}, {Term: r.T("stipend.counts"), Text: counts}, {Term: r.T("stipend.purpose"), Text: r.T("stipend.purpose." + e.Purpose)},
		{Term: r.T("stipend.day"), Text: day(r, e.Day)}, {Term: r.T("stipend.asked"), Text: date(e.Asked)}, {Term: r.T("stipend.settled"), Text: date(e.Settled)},
		{Term: r.T("stipend.noticed"), Text: date(e.Notice)}, {Term: r.T("stipend.paid"), Text: date(e.PaidAt)}}
	p.Own = e.AskedBy == r.Actor.Account
	p.Decide = may(r, approve) && e.State == stipend.Requested && !p.Own
	keeps := may(r, pay)
	p.Back = keeps && (e.State == stipend.Requested || e.State == stipend.Approved)
	p.Ask = keeps && p.Income && (e.State == stipend.Requested || e.State == stipend.Approved)
	p.Pay = keeps && e.State == stipend.Approved && !e.NeedsNotice()
	switch {
	case e.State == stipend.Requested:
		p.Next = r.T("stipend.next.approve")
	case e.State == stipend.Approved && e.NeedsNotice():
		p.Next = r.T("stipend.next.notice")
	case e.State == stipend.Approved:
		p.Next = r.T("stipend.next.pay")
	}
	for _, l := range []string{"en", "es", "vi", "ar"} {
		p.Langs = append(p.Langs, Option{Value: l, Label: r.Localizer().LanguageName(l), Checked: l == r.Locale})
	}
	return p, nil
}

// answer leads back to the entry, or shows what is wrong on it.
func (h *Web) answer(w http.ResponseWriter, r *web.Request, err error, flash string) error {
	if err == nil {
		return r.RedirectWith(w, "/stipends/"+r.PathValue("id"), flash)
	}
	p, perr := h.onePage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "stipend/one", p, err)
}

func (h *Web) notice(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if !r.Checked("read") {
		return h.answer(w, r, fault.Wrong(fault.At("read", "stipend.error.read")), "")
	}
	lang := r.Form("lang")
	if !slices.Contains([]string{"en", "es", "vi", "ar"}, lang) {
		lang = r.Locale
	}
	return h.answer(w, r, h.s.Notify(r.Context(), r.Actor, r.PathValue("id"), lang, r.Key()), "stipend.flash.noticed")
}

func (h *Web) pay(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	return h.answer(w, r, h.s.Pay(r.Context(), r.Actor, r.PathValue("id"), r.Key()), "stipend.flash.paid")
}

func (h *Web) withdraw(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	return h.answer(w, r, h.s.Withdraw(r.Context(), r.Actor, r.PathValue("id"), r.Key()), "stipend.flash.withdrawn")
}

func (h *Web) decide(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	if r.Form("answer") == "no" {
		return h.answer(w, r, h.s.Refuse(r.Context(), r.Actor, id, r.Key()), "stipend.flash.refused")
	}
	return h.answer(w, r, h.s.Approve(r.Context(), r.Actor, id, r.Key()), "stipend.flash.approved")
}

// export gives the ledger to whoever has just shown a second factor.
func (h *Web) export(w http.ResponseWriter, r *web.Request) error {
	if !r.Actor.Recent(r.Now()) {
		return r.Redirect(w, "/confirm?next="+url.QueryEscape("/stipends/export"))
	}
	file, err := h.s.Export(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return r.Attachment(w, "stipends-"+r.Now().In(r.Zone()).Format(time.DateOnly)+".csv", "text/csv; charset=utf-8", file)
}
