// Package cycleweb is the pages of the cycle: the list, a turn with its picture and
// its gates, the notebook, the issues with their ask, their worksheet and what
// became of them, issues beside each other, and the lists of criteria.
package cycleweb

import (
	"context"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "cycle".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Colleague is an organizer with an account.
type Colleague struct{ Account, Name string }

// Link leads to a page of another room; no URL when there is none to open.
type Link struct{ URL, Label, Text string }

// Options are what the pages ask of other rooms; each may be nil.
type Options struct {
	Name       func(ctx context.Context, org, account string) string      // of a colleague
	Organizers func(ctx context.Context, org string) ([]Colleague, error) // who may keep a cycle
	Decide     func(ref string) string                                    // address of the form of a decision
	Decision   func(id string) string                                     // address of a decision
	Open       func(r *web.Request, ref string) string                    // address of what a ref names: "team:ID", "research:ID", …
	Beside     func(r *web.Request, i cycle.Issue) []Link                 // what other rooms offer for an issue
	NewOffice  string                                                     // where somebody in office is written down
	Round      func(r *web.Request, ref string) (string, error)           // address of the evaluation of a turn
}

// Web is the room's web half.
type Web struct {
	s      *cycle.Service
	people *people.Service
	o      Options
}

// New returns the pages over the core.
func New(s *cycle.Service, p *people.Service, o Options) *Web { return &Web{s, p, o} }

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	need := func(r access.Resource, a access.Action) access.Need { return access.Need{Resource: r, Action: a} }
	begin, see, turn := need("cycle", access.Create), need("cycle", access.Read), need("cycle", access.Update)
	propose, read, work := need("issue", access.Create), need("issue", access.Read), need("issue", access.Update)
	book, note, keep, export := need("notebook", access.Read), need("notebook", access.Create), need("notebook", access.Update), need("notebook", access.Export)
	at := func(method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: web.Staff, Handler: fn}
	}
	return []web.Route{
		at("GET", "/cycles", see, h.list),
		at("GET", "/cycles/new", begin, h.blank),
		at("POST", "/cycles/new", begin, h.begin),
		at("GET", "/cycles/{id}", see, h.board),
		at("GET", "/cycles/{id}/edit", turn, h.edit),
		at("POST", "/cycles/{id}/edit", turn, h.change),
		at("GET", "/cycles/{id}/move", turn, h.moving),
		at("POST", "/cycles/{id}/move", turn, h.move),
		at("GET", "/cycles/{id}/next", begin, h.nextTurn),
		at("POST", "/cycles/{id}/next", begin, h.beginNext),

		at("GET", "/cycles/{id}/notebook", book, h.notebook),
		at("POST", "/cycles/{id}/notebook", note, h.write),
		at("POST", "/notes/{id}", keep, h.tend),
		at("GET", "/cycles/{id}/handover", keep, h.handing),
		at("POST", "/cycles/{id}/handover", keep, h.handOver),
		at("POST", "/handovers/{id}", keep, h.take),
		{Method: "GET", Pattern: "/cycles/{id}/notebook/print", Need: export, Surface: web.Print, Handler: h.print},

		at("GET", "/issues", read, h.issues),
		at("GET", "/issues/new", propose, h.blankIssue),
		at("POST", "/issues/new", propose, h.propose),
		at("GET", "/issues/compare", read, h.compare),
		at("GET", "/issues/{id}", read, h.issue),
		at("GET", "/issues/{id}/edit", work, h.editIssue),
		at("POST", "/issues/{id}/edit", work, h.describe),
		at("GET", "/issues/{id}/ask", work, h.asking),
		at("POST", "/issues/{id}/ask", work, h.ask),
		at("GET", "/issues/{id}/score", work, h.lists),
		at("POST", "/issues/{id}/score", work, h.chooseList),
		at("GET", "/issues/{id}/score/{n}", work, h.question),
		at("POST", "/issues/{id}/score/{n}", work, h.score),
		at("GET", "/issues/{id}/state", work, h.becoming),
		at("POST", "/issues/{id}/state", work, h.become),
		at("GET", "/issues/{id}/move", work, h.advancing),
		at("POST", "/issues/{id}/move", work, h.advance),
		at("GET", "/issues/{id}/settle", work, h.settling),
		at("POST", "/issues/{id}/settle", work, h.settle),

		at("GET", "/criteria", read, h.sets),
		at("GET", "/criteria/{id}", read, h.set),
		at("GET", "/criteria/{id}/edit", turn, h.editSet),
		at("POST", "/criteria/{id}/edit", turn, h.saveSet),
	}
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// Pill is a state with its word.
type Pill struct{ Kind, Label, Icon string }

// Fact is one line of a list of facts.
type Fact struct{ Term, Text, Href string }

// Event is a line of a timeline.
type Event struct{ Title, Text, When, Exact, ISO, Who, Kind, Icon string }

// next is who does what by when.
type next struct {
	Owner, Act, When, Exact, Kind string
	Badge                         *Pill
}

type drawing struct {
	ID, Title, Summary string
	SVG                template.HTML
	Table              chart.Table
	Source             string
}

func may(r *web.Request, res access.Resource, a access.Action) bool {
	_, err := access.Check(r.Actor, access.Need{Resource: res, Action: a})
	return err == nil
}

// choices makes the options of a list of codes, with words from the catalog.
func choices[T ~string](r *web.Request, prefix string, list []T, chosen T) (out []Option) {
	for _, v := range list {
		o := Option{Value: string(v), Label: r.T(prefix + string(v)), Checked: v == chosen}
		if hint := prefix + string(v) + ".hint"; r.Localizer().Has(hint) {
			o.Hint = r.T(hint)
		}
		out = append(out, o)
	}
	return out
}

// picks offers things of other rooms by their names.
func picks(list []cycle.Named, chosen ...string) (out []Option) {
	for _, n := range list {
		out = append(out, Option{Value: n.ID, Label: n.Name, Checked: slices.Contains(chosen, n.ID)})
	}
	return out
}

func phase(r *web.Request, p cycle.Phase) Pill {
	kind := map[cycle.Phase]string{cycle.Closed: "ok", cycle.PhaseZero: "info"}[p]
	if kind == "" {
		kind = "wait"
	}
	return Pill{Kind: kind, Label: r.T("cycle.phase." + string(p))}
}

func state(r *web.Request, s cycle.State) Pill {
	kind, icon := "wait", ""
	switch s {
	case cycle.Won, cycle.PartlyWon:
		kind = "ok"
	case cycle.Parked:
		kind, icon = "info", "clock"
	case cycle.Lost:
		kind = "info"
	}
	return Pill{Kind: kind, Label: r.T("cycle.state." + string(s)), Icon: icon}
}

// day reads a date of the clinic's calendar; the zero time when it is none.
func day(r *web.Request, field string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, r.Form(field), r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

func typedDay(r *web.Request, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(r.Zone()).Format(time.DateOnly)
}

func version(r *web.Request) int64 {
	n, _ := strconv.ParseInt(r.Form("version"), 10, 64)
	return n
}

// guarded reads a field that may say something about a person.
func guarded(r *web.Request, field string, bad *[]fault.Field) string {
	text, more := r.Guarded(field)
	*bad = append(*bad, more...)
	return text
}

// again shows a form with what is wrong with it; what no correction of a field can
// cure and nobody can see here goes to the error page.
func again(w http.ResponseWriter, r *web.Request, page string, data any, err error) error {
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return err
	}
	return r.Fail(w, page, data, err)
}

// somebody is how a colleague is called.
func (h *Web) somebody(r *web.Request, account string) string {
	if h.o.Name != nil && account != "" {
		if name := h.o.Name(r.Context(), r.Actor.Org, account); name != "" {
			return name
		}
	}
	return r.T("account.role.organizer")
}

// address of what a ref names, where its page exists and the reader may open it.
func (h *Web) address(r *web.Request, ref string) string {
	if h.o.Open == nil {
		return ""
	}
	return h.o.Open(r, ref)
}

// clock says when something is to be over.
func (n *next) clock(r *web.Request, due time.Time) {
	if due.IsZero() {
		return
	}
	l := r.Localizer()
	n.When, n.Exact = l.Ago(due, r.Now(), r.Zone()), l.ShortDate(due, r.Zone())
	if r.Now().After(due) {
		n.Kind, n.Badge = "late", &Pill{Kind: "late", Label: r.T("cycle.late")}
	}
}
