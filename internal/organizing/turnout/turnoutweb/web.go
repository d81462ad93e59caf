// Package turnoutweb is the pages of bringing people: the list, one turnout with its
// pictures, who undertakes how many, asking somebody, the tree, the call list, the
// door by name and by numbers, the roll call; and the page on which whoever was
// asked says yes or no without an account.
package turnoutweb

import (
	"cmp"
	"embed"
	"io/fs"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "turnout".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Link is something of another room that a turnout's page leads to.
type Link struct{ URL, Label string }

// Options are what the pages show of other rooms; each may be nil.
type Options struct {
	Event func(r *web.Request, ref string) (Link, bool)    // the event's own page
	Name  func(r *web.Request, account string) string      // how a colleague is called
	Round func(r *web.Request, ref string) (string, error) // address of what is looked back at right after; empty: none
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// Web is the room's web half.
type Web struct {
	s      *turnout.Service
	people *people.Service
	o      Options
}

// New returns the pages over the cores.
func New(s *turnout.Service, p *people.Service, o Options) *Web { return &Web{s, p, o} }

func need(a access.Action) access.Need { return access.Need{Resource: "turnout", Action: a} }

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	ask, see, keep, lead, paper := need(access.Create), need(access.Read), need(access.Update), need(access.Approve), need(access.Export)
	rsvp := func(a access.Action) access.Need { return access.Need{Resource: "rsvp", Action: a} }
	route := func(s web.Surface, method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: s, Handler: fn}
	}
	offline := func(pattern string, fn web.Handler) web.Route {
		out := route(web.Staff, "POST", pattern, keep, fn)
		out.Outbox = true
		return out
	}
	return []web.Route{
		route(web.Staff, "GET", "/turnout", see, h.list),
		route(web.Staff, "GET", "/turnout/new", lead, h.blank),
		route(web.Staff, "POST", "/turnout/new", lead, h.open),
		route(web.Staff, "GET", "/turnout/{id}", see, h.one),
		route(web.Staff, "GET", "/turnout/{id}/edit", lead, h.form),
		route(web.Staff, "POST", "/turnout/{id}/edit", lead, h.change),
		route(web.Staff, "GET", "/turnout/{id}/share", keep, h.share),
		route(web.Staff, "POST", "/turnout/{id}/share", keep, h.undertake),
		route(web.Staff, "GET", "/turnout/{id}/ask", ask, h.ask),
		route(web.Staff, "POST", "/turnout/{id}/ask", ask, h.askNow),
		route(web.Staff, "GET", "/turnout/{id}/tree", see, h.tree),
		route(web.Staff, "POST", "/turnout/{id}/note", keep, h.note),
		route(web.Staff, "GET", "/turnout/{id}/calls", keep, h.calls),
		route(web.Staff, "POST", "/turnout/{id}/calls", keep, h.call),
		route(web.Staff, "POST", "/turnout/{id}/questions", lead, h.questions),
		route(web.Print, "POST", "/turnout/{id}/sheet", paper, h.sheet),
		route(web.Staff, "GET", "/turnout/{id}/door", keep, h.door),
		offline("/turnout/{id}/door", h.doorAct),
		route(web.Staff, "GET", "/turnout/{id}/tally", keep, h.tally),
		offline("/turnout/{id}/tally", h.press),
		route(web.Staff, "GET", "/turnout/{id}/roll", keep, h.roll),
		offline("/turnout/{id}/roll", h.rollAct),
		route(web.Staff, "POST", "/turnout/{id}/act", lead, h.act),
		route(web.Link, "GET", "/b/{token}", rsvp(access.Read), web.NoCookie(h.asked)),
		route(web.Link, "POST", "/b/{token}", rsvp(access.Create), web.NoCookie(h.reply)),
	}
}

func may(r *web.Request, a access.Action) bool {
	_, err := access.Check(r.Actor, need(a))
	return err == nil
}

type pill struct{ Kind, Label, Icon string }

// when is the day and the hours, as the clinic's clock shows them.
func when(r *web.Request, t turnout.Turnout) string {
	l, z := r.Localizer(), r.Zone()
	return l.LongDate(t.At, z) + ", " + l.Clock(t.At, z) + "–" + l.Clock(t.End(), z)
}

func moment(r *web.Request, date, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", r.Form(date)+" "+r.Form(clock), r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// number reads a field; what is empty is nothing, and what is no number is refused
// by the core.
func number(r *web.Request, name string) int {
	if r.Form(name) == "" {
		return 0
	}
	n, ok := r.FormInt(name)
	if !ok {
		return -1
	}
	return n
}

// head is what every page of one turnout begins with.
type head struct {
	ID, Title, When string
	Whole, Open     bool
	Nameless        bool
}

func headOf(r *web.Request, b turnout.Board) head {
	return head{ID: b.ID, Title: b.Title, When: when(r, b.Turnout), Whole: b.Whole, Open: b.State == turnout.Open, Nameless: b.Nameless}
}

// called are the names of people whom the reader may see, by id.
func (h *Web) called(r *web.Request, ids []string) (map[string]string, error) {
	out := map[string]string{}
	cards, err := h.people.Names(r.Context(), r.Actor, ids)
	if fault.Is(err, fault.Forbidden) {
		return out, nil
	}
	for id, c := range cards {
		out[id] = c.Name
	}
	return out, err
}

// everybody is all the people of a board.
func everybody(b turnout.Board) (ids []string) {
	for _, k := range b.Asks {
		ids = append(ids, k.Person, k.By)
	}
	for _, s := range b.Shares {
		ids = append(ids, s.Person)
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}

// somebody is a name, or that it is not for this reader.
func somebody(r *web.Request, names map[string]string, id string) string {
	return cmp.Or(names[id], r.T("turnout.somebody"))
}

// byName orders people as a phone book does: the only order people have here.
func byName[T any](list []T, name func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return strings.Compare(strings.ToLower(name(a)), strings.ToLower(name(b))) })
}

// institutions are their names by id, and their ids in the order of names.
func (h *Web) institutions(r *web.Request) (names map[string]string, order []people.Institution, err error) {
	order, err = h.people.Institutions(r.Context(), r.Actor)
	names = map[string]string{"": r.T("turnout.no_institution")}
	for _, i := range order {
		names[i.ID] = i.Name
	}
	byName(order, func(i people.Institution) string { return i.Name })
	return names, order, err
}

// places are the choices of a form: open institutions, and the chosen one.
func places(order []people.Institution, chosen string) (out []Option) {
	for _, i := range order {
		if !i.Closed || i.ID == chosen {
			out = append(out, Option{Value: i.ID, Label: i.Name, Checked: i.ID == chosen})
		}
	}
	return out
}

// state is how far one person is, as a pill.
func state(r *web.Request, k turnout.Ask) pill {
	switch {
	case k.Present:
		return pill{"ok", r.T("turnout.is.present"), "door"}
	case k.Wrong:
		return pill{"late", r.T("turnout.is.wrong"), ""}
	case k.Answer == turnout.No:
		return pill{"info", r.T("turnout.is.no"), ""}
	case k.Confirmed:
		return pill{"ok", r.T("turnout.is.confirmed"), ""}
	case k.Answer == turnout.Yes:
		return pill{"ok", r.T("turnout.is.yes"), "hand"}
	}
	return pill{"wait", r.T("turnout.is.asked"), ""}
}

// drawing is a picture with its table.
type drawing struct {
	ID, Title, Summary, Source string
	SVG                        chart.SVG
	Table                      chart.Table
}

func picture(r *web.Request, id, title string) chart.Chart {
	l := r.Localizer()
	return chart.Chart{ID: id, Title: title, RTL: i18n.Dir(r.Locale) == "rtl", Number: func(v float64) string { return l.Number(int(v)) }}
}

// stages are the four counts from the asked to those who came.
func stages(n turnout.Numbers) [4]int { return [4]int{n.Asked, n.Yes, n.Confirmed, n.Attended} }

var stageCodes = [4]string{"asked", "yes", "confirmed", "attended"}

// funnel draws the way from the asked to those who came.
func funnel(r *web.Request, n turnout.Numbers) drawing {
	l := r.Localizer()
	k := picture(r, "funnel", r.T("turnout.funnel"))
	k.Corner, k.Description = r.T("turnout.stage"), r.T("turnout.funnel_says", "Seats", n.Goal)
	s := chart.Series{Name: r.T("turnout.people")}
	var shares []string
	list := stages(n)
	for i, v := range list {
		k.Categories = append(k.Categories, r.T("turnout.stage."+stageCodes[i]))
		s.Values = append(s.Values, chart.Value{N: float64(v)})
		share := ""
		if i > 0 && list[i-1] > 0 {
			share = l.Percent(float64(v) / float64(list[i-1]))
		}
		shares = append(shares, share)
	}
	k.Series = []chart.Series{s}
	t := k.Table()
	t.Columns = append(t.Columns, r.T("turnout.of_before"))
	for i := range t.Rows {
		t.Rows[i] = append(t.Rows[i], shares[i])
	}
	return drawing{ID: k.ID, Title: k.Title, Summary: k.Description, SVG: chart.Funnel(k, shares), Table: t}
}
