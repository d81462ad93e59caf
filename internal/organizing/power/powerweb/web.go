// Package powerweb is the pages of power: the maps, people in public office, who
// among us knows them, the strategy charts on screen and on paper, and the holder's
// own page of a tie.
package powerweb

import (
	"context"
	"embed"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/power"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "power".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options are what the pages need beside the cores.
type Options struct {
	Catalog *i18n.Catalog                                         // for what is read out in another language
	Staff   func(ctx context.Context, org, account string) string // how a colleague is called
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// Fact is a term and what is known.
type Fact struct{ Term, Text, Href string }

// Web is the room's web half.
type Web struct {
	s      *power.Service
	people *people.Service
	o      Options
}

// New returns the pages over the core.
func New(s *power.Service, p *people.Service, o Options) *Web { return &Web{s, p, o} }

var (
	know    = access.Need{Resource: "office", Action: access.Read}
	create  = access.Need{Resource: "office", Action: access.Create}
	write   = access.Need{Resource: "office", Action: access.Update}
	addTie  = access.Need{Resource: "tie", Action: access.Create}
	seeTie  = access.Need{Resource: "tie", Action: access.Read}
	talk    = access.Need{Resource: "tie", Action: access.Update}
	endTie  = access.Need{Resource: "tie", Action: access.Delete}
	begin   = access.Need{Resource: "strategy", Action: access.Create}
	charted = access.Need{Resource: "strategy", Action: access.Read}
	plan    = access.Need{Resource: "strategy", Action: access.Update}
)

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	on := func(s web.Surface, method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: s, Handler: fn}
	}
	return []web.Route{
		on(web.Staff, "GET", "/power", know, h.home),
		on(web.Staff, "GET", "/power/maps/{id}", know, h.powerMap),
		on(web.Staff, "POST", "/power/maps/{id}/place", write, h.place),

		on(web.Staff, "GET", "/power/offices", know, h.offices),
		on(web.Staff, "GET", "/power/offices/new", create, h.officeForm),
		on(web.Staff, "POST", "/power/offices/new", create, h.officeSave),
		on(web.Staff, "GET", "/power/offices/{id}", know, h.office),
		on(web.Staff, "GET", "/power/offices/{id}/edit", write, h.officeForm),
		on(web.Staff, "POST", "/power/offices/{id}/edit", write, h.officeSave),
		on(web.Staff, "POST", "/power/offices/{id}/left", write, h.officeLeft),

		on(web.Staff, "GET", "/power/ties", seeTie, h.ties),
		on(web.Staff, "GET", "/power/offices/{id}/tie", addTie, h.tieForm),
		on(web.Staff, "POST", "/power/offices/{id}/tie", addTie, h.tieSave),
		on(web.Staff, "POST", "/power/offices/{id}/approach", talk, h.approach),
		on(web.Staff, "GET", "/power/ties/{id}", seeTie, h.tie),
		on(web.Staff, "POST", "/power/ties/{id}/end", endTie, h.tieEnd),
		on(web.Member, "GET", "/me/ties/{id}", seeTie, h.mine),
		on(web.Member, "POST", "/me/ties/{id}", endTie, h.mineEnd),

		on(web.Staff, "GET", "/strategy", charted, h.charts),
		on(web.Staff, "POST", "/strategy", begin, h.chartBegin),
		on(web.Staff, "GET", "/strategy/{id}", charted, h.chart),
		on(web.Staff, "GET", "/strategy/{id}/edit", plan, h.chartForm),
		on(web.Staff, "POST", "/strategy/{id}/edit", plan, h.chartSave),
		on(web.Staff, "GET", "/strategy/{id}/compare", charted, h.chartCompare),
		on(web.Print, "GET", "/strategy/{id}/paper", charted, h.chartPaper),
	}
}

func may(r *web.Request, n access.Need) bool {
	_, err := access.Check(r.Actor, n)
	return err == nil
}

// tab is one of the room's own lists.
type tab struct {
	Label, URL string
	Count      int
	Current    bool
}

// tabs leads to the room's lists; those of the strategy team are shown to whom they
// may be open.
func (h *Web) tabs(r *web.Request, here string) (out []tab) {
	add := func(key, url string) {
		out = append(out, tab{Label: r.T(key), URL: url, Current: url == here})
	}
	add("power.maps", "/power")
	add("power.offices", "/power/offices")
	if may(r, charted) {
		add("power.ties", "/power/ties")
		add("power.strategy", "/strategy")
	}
	return out
}

func day(r *web.Request, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return r.Localizer().LongDate(t, r.Zone())
}

// short is a day where there is little room.
func short(r *web.Request, t time.Time) string { return r.Localizer().ShortDate(t, r.Zone()) }

// typedDay reads a day as a form writes it; what is none is the zero time.
func typedDay(r *web.Request, field string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, r.Form(field), r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

func isoDay(r *web.Request, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(r.Zone()).Format(time.DateOnly)
}

// number reads a whole number; what is none is refused by the core as out of range.
func number(r *web.Request, field string) int {
	n, ok := r.FormInt(field)
	if !ok {
		return -100
	}
	return n
}

func options(r *web.Request, prefix string, list []string, chosen ...string) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: v, Label: r.T(prefix + v), Checked: slices.Contains(chosen, v)})
	}
	return out
}

func stance(r *web.Request, n int) string {
	return r.T([]string{"power.stance.against", "power.stance.leans_against", "power.stance.open", "power.stance.leans_for", "power.stance.for"}[n-power.Against])
}

func influence(r *web.Request, n int) string { return r.T("power.influence." + strconv.Itoa(n)) }

// title is how somebody in office is written in one line.
func title(r *web.Request, o power.Office) string {
	return r.T("power.office.line", "Name", o.Name, "Office", o.Office, "Body", o.Body)
}

func (h *Web) staff(r *web.Request, account string) string {
	if h.o.Staff != nil {
		if name := h.o.Staff(r.Context(), r.Actor.Org, account); name != "" {
			return name
		}
	}
	return r.T("power.colleague")
}
