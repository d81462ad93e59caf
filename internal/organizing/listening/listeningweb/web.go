// Package listeningweb is the pages of listening campaigns: the list, the board with
// its plan, networks, listeners and coverage, the mid-point check, reports of
// sessions, the theme wall, the report back and the decision.
package listeningweb

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "listening".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Colleague is somebody with an account who may listen.
type Colleague struct{ Account, Name string }

// Options are what the pages ask of other rooms; each may be nil.
type Options struct {
	Name  func(ctx context.Context, org, account string) string         // of a colleague
	Staff func(ctx context.Context, org string) ([]Colleague, error)    // who may listen with an account
	Join  string                                                        // address of the page on which somebody joins
	Teams func(ctx context.Context, a access.Actor, team string) string // address of a team's page
}

// Web is the room's web half.
type Web struct {
	s      *listening.Service
	people *people.Service
	o      Options
}

// New returns the pages over the core.
func New(s *listening.Service, p *people.Service, o Options) *Web { return &Web{s, p, o} }

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	need := func(r access.Resource, a access.Action) access.Need { return access.Need{Resource: r, Action: a} }
	plan, see, change, decide := need("campaign", access.Create), need("campaign", access.Read), need("campaign", access.Update), need("campaign", access.Approve)
	hear, heard := need("listening", access.Create), need("listening", access.Read)
	wall, code, export := need("theme", access.Read), need("theme", access.Update), need("theme", access.Export)
	at := func(method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: web.Staff, Handler: fn}
	}
	return []web.Route{
		at("GET", "/campaigns", see, h.list),
		at("GET", "/campaigns/new", plan, h.blank),
		at("POST", "/campaigns/new", plan, h.create),
		at("GET", "/campaigns/{id}", see, h.board),
		at("GET", "/campaigns/{id}/coverage", see, h.coverage),
		at("GET", "/campaigns/{id}/plan", change, h.plan),
		at("POST", "/campaigns/{id}/plan", change, h.edit),
		at("POST", "/campaigns/{id}/move", decide, h.move),
		at("GET", "/campaigns/{id}/networks", change, h.networks),
		at("POST", "/campaigns/{id}/networks", change, h.saveNetwork),
		at("GET", "/campaigns/{id}/listeners", heard, h.listeners),
		at("POST", "/campaigns/{id}/listeners", change, h.saveListener),
		at("GET", "/campaigns/{id}/midpoint", decide, h.midpoint),
		at("POST", "/campaigns/{id}/midpoint", decide, h.check),

		at("GET", "/campaigns/{id}/sessions", heard, h.sessions),
		at("GET", "/campaigns/{id}/report", hear, h.blankSession),
		{Method: "POST", Pattern: "/campaigns/{id}/report", Need: hear, Surface: web.Staff, Handler: h.fileNew, Outbox: true},
		at("GET", "/listening/{id}", heard, h.session),
		at("POST", "/listening/{id}", hear, h.file),

		at("GET", "/campaigns/{id}/themes", wall, h.wall),
		at("POST", "/campaigns/{id}/themes", code, h.work),
		at("GET", "/campaigns/{id}/themes.csv", export, h.export),
		at("POST", "/campaigns/{id}/agree", decide, h.agree),
		at("GET", "/themes/{id}", wall, h.theme),

		at("GET", "/campaigns/{id}/report-back", see, h.reportBack),
		at("POST", "/campaigns/{id}/report-back", decide, h.logReportBack),
		{Method: "GET", Pattern: "/campaigns/{id}/sheet", Need: see, Surface: web.Print, Handler: h.sheet},
		at("GET", "/campaigns/{id}/decision", see, h.decision),
		at("POST", "/campaigns/{id}/decision", decide, h.decide),
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

func may(r *web.Request, res access.Resource, a access.Action) bool {
	_, err := access.Check(r.Actor, access.Need{Resource: res, Action: a})
	return err == nil
}

// choices makes the options of a list of codes, with words from the catalog.
func choices[T ~string](r *web.Request, prefix string, list []T, chosen T) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: string(v), Label: r.T(prefix + string(v)), Checked: v == chosen})
	}
	return out
}

// tongues offers languages by their names in the reader's language.
func tongues(r *web.Request, list []string, chosen ...string) (out []Option) {
	for _, l := range list {
		out = append(out, Option{Value: l, Label: r.Localizer().LanguageName(l), Checked: slices.Contains(chosen, l)})
	}
	return out
}

// spoken are the languages that a plan offers.
func spoken() []string {
	return []string{"en", "es", "vi", "ar", "zh", "yue", "ru", "uk", "so", "am", "fr", "pt", "ht", "ko", "tl", "ne", "fa", "ps", "sw", "mam"}
}

func stage(r *web.Request, s listening.State) Pill {
	kind := map[listening.State]string{listening.Planning: "wait", listening.Open: "ok", listening.Checked: "ok", listening.Closed: "wait",
		listening.ThemesAgreed: "wait", listening.ReportedBack: "wait", listening.Decided: "ok"}[s]
	return Pill{Kind: kind, Label: r.T(s.Label())}
}

// day reads a date of the clinic's calendar; the zero time when it is none.
func day(r *web.Request, field string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, r.Form(field), r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// number reads a whole number; -1 when something else was typed, 0 when nothing was.
func number(r *web.Request, field string) int {
	if r.Form(field) == "" {
		return 0
	}
	n, ok := r.FormInt(field)
	if !ok {
		return -1
	}
	return n
}

// guarded reads a field that may say something about a person.
func guarded(r *web.Request, field string, bad *[]fault.Field) string {
	text, more := r.Guarded(field)
	*bad = append(*bad, more...)
	return text
}

// names finds how people and colleagues are called; whoever may not be seen any
// more is "somebody".
func (h *Web) names(r *web.Request, list ...listening.Who) (func(listening.Who) string, error) {
	var ids []string
	for _, w := range list {
		if w.Person != "" && !slices.Contains(ids, w.Person) {
			ids = append(ids, w.Person)
		}
	}
	cards, err := h.people.Names(r.Context(), r.Actor, ids)
	if err != nil && !fault.Is(err, fault.Forbidden) {
		return nil, err
	}
	known := map[string]string{}
	return func(w listening.Who) string {
		switch {
		case w.Person != "":
			if c, ok := cards[w.Person]; ok {
				return c.Name
			}
		case w.Account != "" && h.o.Name != nil:
			name, ok := known[w.Account]
			if !ok {
				name = h.o.Name(r.Context(), r.Actor.Org, w.Account)
				known[w.Account] = name
			}
			if name != "" {
				return name
			}
		}
		return r.T("listening.somebody")
	}, nil
}

// whoOf reads "person:…" or "account:…", and nothing that could not be an id.
func whoOf(s string) listening.Who {
	kind, who, _ := strings.Cut(s, ":")
	if len(who) > 40 || strings.Trim(who, "0123456789abcdefghijklmnopqrstuvwxyz-") != "" {
		return listening.Who{}
	}
	switch kind {
	case "person":
		return listening.Who{Person: who}
	case "account":
		return listening.Who{Account: who}
	}
	return listening.Who{}
}

func codeOf(w listening.Who) string {
	switch {
	case w.Person != "":
		return "person:" + w.Person
	case w.Account != "":
		return "account:" + w.Account
	}
	return ""
}

// again shows a form with what is wrong with it; what no correction of a field can
// cure and nobody can see here goes to the error page.
func again(w http.ResponseWriter, r *web.Request, page string, data any, err error) error {
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return err
	}
	return r.Fail(w, page, data, err)
}
