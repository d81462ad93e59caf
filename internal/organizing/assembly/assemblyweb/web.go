// Package assemblyweb is the pages of assemblies: the list, one assembly, its
// run-sheet, asks, invitations and words in other languages; the hour itself with
// its clock, roll call and scribes; the big screen and the interpreter's view, for
// machines where nobody is signed in; and negotiations.
package assemblyweb

import (
	"embed"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "assembly".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options are what the pages show of other rooms; each may be nil.
type Options struct {
	Turnout  func(r *web.Request, id string) string           // address of a turnout by its id, for whoever sees all of it
	Evaluate func(r *web.Request, ref string) (string, error) // address of the evaluation of something, for whoever may lead it
	Pulse    func(r *web.Request, ref string) (string, error) // address of the five questions for everybody who was there
	Pledge   func(id string) string                           // address of a pledge
	Issue    func(id string) string                           // address of an issue
	Cycle    func(id string) string                           // address of a cycle
	Effort   func(r *web.Request) string                      // where hours are put down, for whoever may
	Name     func(r *web.Request, account string) string      // how a colleague is called
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

type fact struct{ Term, Text, Href string }

type pill struct{ Kind, Label, Icon string }

// Web is the room's web half.
type Web struct {
	s      *assembly.Service
	people *people.Service
	o      Options
}

// New returns the pages over the cores.
func New(s *assembly.Service, p *people.Service, o Options) *Web { return &Web{s, p, o} }

var (
	begin   = access.Need{Resource: "assembly", Action: access.Create}
	see     = access.Need{Resource: "assembly", Action: access.Read}
	keep    = access.Need{Resource: "assembly", Action: access.Update}
	approve = access.Need{Resource: "assembly", Action: access.Approve}
	hall    = access.Need{Resource: "stage", Action: access.Read}
	talkNew = access.Need{Resource: "negotiation", Action: access.Create}
	talkSee = access.Need{Resource: "negotiation", Action: access.Read}
	talkDo  = access.Need{Resource: "negotiation", Action: access.Update}
)

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	route := func(s web.Surface, method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: s, Handler: fn}
	}
	offline := func(r web.Route) web.Route { r.Outbox = true; return r }
	stream := func(r web.Route) web.Route { r.Timeout = -1; return r }
	const one = "/assemblies/{id}"
	return []web.Route{
		route(web.Staff, "GET", "/assemblies", see, h.list),
		route(web.Staff, "GET", "/assemblies/new", begin, h.blank),
		route(web.Staff, "POST", "/assemblies/new", begin, h.make),
		route(web.Staff, "GET", one, see, h.one),
		route(web.Staff, "POST", one+"/act", keep, h.act),
		route(web.Staff, "GET", one+"/edit", keep, h.form),
		route(web.Staff, "POST", one+"/edit", keep, h.change),
		route(web.Staff, "GET", one+"/sheet", keep, h.sheet),
		route(web.Staff, "POST", one+"/sheet", keep, h.sheetAct),
		route(web.Staff, "GET", one+"/sheet/new", keep, h.item),
		route(web.Staff, "POST", one+"/sheet/new", keep, h.saveItem),
		route(web.Staff, "GET", one+"/sheet/{n}", keep, h.item),
		route(web.Staff, "POST", one+"/sheet/{n}", keep, h.saveItem),
		route(web.Staff, "GET", one+"/asks", keep, h.asks),
		route(web.Staff, "POST", one+"/asks", keep, h.asksAct),
		route(web.Staff, "GET", one+"/asks/new", keep, h.ask),
		route(web.Staff, "POST", one+"/asks/new", keep, h.saveAsk),
		route(web.Staff, "GET", one+"/asks/{n}", keep, h.ask),
		route(web.Staff, "POST", one+"/asks/{n}", keep, h.saveAsk),
		route(web.Staff, "GET", one+"/invitations", keep, h.invites),
		route(web.Staff, "POST", one+"/invitations", keep, h.saveInvite),
		route(web.Staff, "GET", one+"/words/{lang}", keep, h.words),
		route(web.Staff, "POST", one+"/words/{lang}", keep, h.saveWords),
		route(web.Staff, "GET", one+"/run", keep, h.run),
		route(web.Staff, "POST", one+"/run", keep, h.runAct),
		route(web.Staff, "GET", one+"/roll", keep, h.roll),
		offline(route(web.Staff, "POST", one+"/roll", keep, h.call)),
		route(web.Staff, "GET", one+"/scribe", keep, h.scribeFirst),
		route(web.Staff, "GET", one+"/scribe/{n}", keep, h.scribe),
		offline(route(web.Staff, "POST", one+"/scribe/{n}", keep, h.pin)),
		route(web.Staff, "GET", one+"/answers", see, h.answers),
		route(web.Staff, "POST", one+"/answers", keep, h.answersAct),
		route(web.Print, "GET", one+"/print", see, h.print),
		route(web.Panel, "GET", "/stage/{token}", hall, web.NoCookie(h.stage)),
		stream(route(web.Panel, "GET", "/stage/{token}/live", hall, web.NoCookie(h.stageLive))),
		route(web.Panel, "GET", "/stage/{token}/in/{lang}", hall, web.NoCookie(h.booth)),
		stream(route(web.Panel, "GET", "/stage/{token}/in/{lang}/live", hall, web.NoCookie(h.boothLive))),
		route(web.Staff, "GET", "/negotiations", talkSee, h.talks),
		route(web.Staff, "GET", "/negotiations/new", talkNew, h.talkBlank),
		route(web.Staff, "POST", "/negotiations/new", talkNew, h.talkSave),
		route(web.Staff, "GET", "/negotiations/{id}", talkSee, h.talk),
		route(web.Staff, "POST", "/negotiations/{id}", talkDo, h.talkAct),
		route(web.Staff, "GET", "/negotiations/{id}/edit", talkDo, h.talkForm),
		route(web.Staff, "POST", "/negotiations/{id}/edit", talkDo, h.talkSave),
	}
}

func may(r *web.Request, n access.Need) bool {
	_, err := access.Check(r.Actor, n)
	return err == nil
}

// options makes the choices of a list of codes, with words from the catalog.
func options[T ~string](r *web.Request, prefix string, list []T, chosen ...T) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: string(v), Label: r.T(prefix + string(v)), Checked: slices.Contains(chosen, v)})
	}
	return out
}

// spoken are the languages an assembly can be in.
func spoken(r *web.Request, chosen []string) (out []Option) {
	codes := []string{"en", "es", "vi", "ar", "fr", "pt", "ht", "zh", "so", "am", "uk", "ru", "tl", "sw"}
	for _, c := range chosen {
		if !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	for _, c := range codes {
		out = append(out, Option{Value: c, Label: r.Localizer().LanguageName(c), Checked: slices.Contains(chosen, c)})
	}
	return out
}

func statePill(r *web.Request, e assembly.Event) pill {
	if e.Late(r.Now()) {
		return pill{Kind: "late", Label: r.T("assembly.late." + string(e.State))}
	}
	kind := map[assembly.State]string{assembly.Live: "wait", assembly.Held: "wait", assembly.Evaluated: "wait", assembly.FollowedUp: "ok", assembly.Ready: "ok"}[e.State]
	if kind == "" {
		kind = "info"
	}
	return pill{Kind: kind, Label: r.T("assembly.state." + string(e.State))}
}

var answerLook = map[assembly.Answer]pill{assembly.Yes: {"ok", "", "check"}, assembly.Waffle: {"wait", "", "wait"}, assembly.No: {"late", "", "cross"}, assembly.Absent: {"late", "", "hide"}, assembly.NotAsked: {"info", "", "minus"}}

func answerPill(r *web.Request, a assembly.Answer) pill {
	p := answerLook[a]
	p.Label = r.T("assembly.answer." + string(a))
	return p
}

// when is the day and the hours, as the clinic's clock shows them.
func when(r *web.Request, e assembly.Event) string {
	l, z := r.Localizer(), r.Zone()
	return l.LongDate(e.At, z) + ", " + l.Clock(e.At, z) + "–" + l.Clock(e.End(), z)
}

func moment(r *web.Request, date, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", r.Form(date)+" "+r.Form(clock), r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// evening is the end of the working day of a date that was typed.
func evening(r *web.Request, typed string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, typed, r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t.Add(18 * time.Hour)
}

func dateValue(r *web.Request, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(r.Zone()).Format(time.DateOnly)
}

func date(r *web.Request, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return r.Localizer().LongDate(t, r.Zone())
}

// looking reports whether the form was sent to find somebody, which stores nothing.
// Enter in a field presses the first button, which looks only for a name it has not.
func looking(r *web.Request) bool {
	who := r.Form("who")
	return r.Form("find") == "yes" || r.Form("find") == "if_new" && who != "" && who != r.Form("looked")
}

// persons are the choices of a person: those who keep a part already, those found,
// and those chosen on a form that comes back, if the reader may read them.
func (h *Web) persons(r *web.Request, names map[string]string, typed ...string) (out []Option, searched bool, err error) {
	seen := map[string]bool{}
	add := func(id, name string) {
		if name != "" && !seen[id] {
			seen[id] = true
			out = append(out, Option{Value: id, Label: name})
		}
	}
	for id, name := range names {
		add(id, name)
	}
	if typed = slices.DeleteFunc(typed, func(id string) bool { return id == "" || seen[id] }); len(typed) > 0 {
		cards, err := h.people.Names(r.Context(), r.Actor, typed)
		if err != nil && fault.KindOf(err) != fault.Forbidden {
			return nil, false, err
		}
		for id, c := range cards {
			add(id, c.Name)
		}
	}
	if q := r.Form("who"); q != "" {
		searched = true
		found, err := h.people.Find(r.Context(), r.Actor, q, 20)
		if err != nil {
			return nil, true, err
		}
		for _, c := range found {
			add(c.ID, c.Name)
		}
	}
	slices.SortFunc(out, func(a, b Option) int { return strings.Compare(a.Label, b.Label) })
	return out, searched, nil
}

func chosen(list []Option, id string) []Option {
	out := slices.Clone(list)
	for i := range out {
		out[i].Checked = out[i].Value == id
	}
	return out
}

// colleague is how a colleague is called, if anybody can say.
func (h *Web) colleague(r *web.Request, account string) string {
	if h.o.Name == nil || account == "" {
		return ""
	}
	return h.o.Name(r, account)
}

// place is the place in a list that an address names, from 0; -1 for a new one.
// Forms carry the id of the thing beside it: a list may be put in another order while
// somebody types, or while a phone has no line.
func place(r *web.Request) int {
	typed := r.PathValue("n")
	if typed == "" {
		return -1
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 0 {
		return 1 << 20
	}
	return n
}

// which is the place of the thing that a form names, or else of the address.
func which[T any](r *web.Request, field string, list []T, id func(T) string) (int, error) {
	n := place(r)
	if named := r.Form(field); named != "" && r.Method == "POST" {
		if n = slices.IndexFunc(list, func(x T) bool { return id(x) == named }); n < 0 {
			return 0, fault.Missing(field)
		}
	}
	if n >= len(list) {
		return 0, fault.Missing(field)
	}
	return n, nil
}

func itemID(it assembly.Item) string { return it.ID }

func askID(a assembly.Ask) string { return a.ID }
