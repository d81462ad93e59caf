// Package decisionweb is the pages of decisions: making and running one, the
// voting page that needs no account, paper, and the result with its rounds.
package decisionweb

import (
	"context"
	"embed"
	"html/template"
	"io/fs"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/qr"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "decision".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Web is the room's web half.
type Web struct {
	s      *decision.Service
	people *people.Service
}

// New returns the pages over the cores.
func New(s *decision.Service, p *people.Service) *Web { return &Web{s, p} }

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	can := func(r access.Resource, a access.Action) access.Need { return access.Need{Resource: r, Action: a} }
	read, lead, paper := can("decision", access.Read), can("decision", access.Update), can("paper", access.Create)
	route := func(s web.Surface, method, pattern string, n access.Need, fn web.Handler) web.Route {
		if s == web.Link {
			fn = web.NoCookie(fn)
		}
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: s, Handler: fn}
	}
	return []web.Route{
		// those who run it
		route(web.Staff, "GET", "/decisions", read, h.list),
		route(web.Staff, "GET", "/decisions/new", can("decision", access.Create), h.add),
		route(web.Staff, "POST", "/decisions/new", can("decision", access.Create), h.save),
		route(web.Staff, "GET", "/decisions/{id}", read, h.one),
		route(web.Staff, "GET", "/decisions/{id}/edit", lead, h.edit),
		route(web.Staff, "POST", "/decisions/{id}/edit", lead, h.save),
		route(web.Staff, "GET", "/decisions/{id}/voters", lead, h.voters),
		route(web.Staff, "POST", "/decisions/{id}/voters", lead, h.saveVoters),
		route(web.Staff, "POST", "/decisions/{id}/codes", lead, h.codes),
		route(web.Print, "GET", "/decisions/{id}/poster", lead, h.poster),
		route(web.Staff, "POST", "/decisions/{id}/open", lead, h.open),
		route(web.Staff, "POST", "/decisions/{id}/hands", lead, h.hands),
		route(web.Staff, "POST", "/decisions/{id}/close", lead, h.close),
		route(web.Staff, "POST", "/decisions/{id}/record", lead, h.record),
		route(web.Staff, "GET", "/decisions/{id}/paper", paper, h.paper),
		route(web.Staff, "POST", "/decisions/{id}/paper", paper, h.enterPaper),
		route(web.Staff, "POST", "/decisions/{id}/handover", paper, h.handOver),
		// whoever has the link; a code says the rest
		route(web.Link, "GET", "/v/{token}", can("vote", access.Read), h.knock),
		route(web.Link, "POST", "/v/{token}", can("vote", access.Read), h.enter),
		route(web.Link, "POST", "/v/{token}/check", can("vote", access.Read), h.check),
		route(web.Link, "POST", "/v/{token}/cast", can("vote", access.Create), h.cast),
		route(web.Link, "POST", "/v/{token}/said", can("vote", access.Read), h.said),
		route(web.Link, "POST", "/v/{token}/find", can("ballots", access.Read), h.find),
		route(web.API, "GET", "/v/{token}/ballots.json", can("ballots", access.Read), h.ballots),
		// a secret ballot: signed with a code, dropped without one, and never with a session
		route(web.API, "POST", "/v/{token}/sign", can("vote", access.Create), h.sign),
		route(web.API, "POST", "/v/{token}/box", can("vote", access.Create), h.drop),
	}
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// Pair is a fact: a term and what there is to say.
type Pair struct{ Term, Text, Href string }

// Badge is a state's pill.
type Badge struct{ Kind, Label, Icon string }

func badge(r *web.Request, s decision.State) Badge {
	kind := map[decision.State]string{decision.Draft: "info", decision.Open: "wait", decision.Closed: "late", decision.Recorded: "ok"}[s]
	return Badge{Kind: kind, Label: r.T("decision.state." + string(s))}
}

// facts say how it is decided, in the words that voters read.
func facts(r *web.Request, d decision.Decision) []Pair {
	list := []Pair{
		{Term: r.T("decision.fact.method"), Text: r.T("decision.method." + string(d.Spec.Method))},
		{Term: r.T("decision.fact.rule"), Text: r.T("decision.rule." + string(d.Spec.Rule))},
		{Term: r.T("decision.fact.openness"), Text: r.T("decision.openness." + string(d.Openness))},
	}
	if d.Spec.Method == ballot.Dots {
		list = append(list, Pair{Term: r.T("decision.fact.dots"), Text: r.T("decision.fact.dots_text", "Dots", d.Spec.Dots, "Per", d.Spec.PerOption, "Seats", d.Spec.Seats)})
	}
	if d.Spec.Unit == ballot.Institution {
		list = append(list, Pair{Term: r.T("decision.fact.unit"), Text: r.T("decision.unit.institution")})
	}
	if q := d.Quorum; q.Persons+q.Institutions > 0 {
		list = append(list, Pair{Term: r.T("decision.fact.quorum"), Text: r.T("decision.fact.quorum_text", "Persons", q.Persons, "Institutions", q.Institutions)})
	}
	if !d.Closes.IsZero() && d.State != decision.Closed && d.State != decision.Recorded {
		list = append(list, Pair{Term: r.T("decision.fact.closes"), Text: r.Localizer().DateTime(d.Closes.In(r.Zone()))})
	}
	return list
}

// names are institutions by id.
func (h *Web) institutions(ctx context.Context, a access.Actor) (map[string]string, []people.Institution, error) {
	list, err := h.people.Institutions(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	names := map[string]string{}
	for _, i := range list {
		names[i.ID] = i.Name
	}
	return names, list, nil
}

func picture(url, title string) (template.HTML, error) {
	svg, err := qr.SVG(url, title)
	return template.HTML(svg), err // drawn by kit/qr, which escapes the title
}
