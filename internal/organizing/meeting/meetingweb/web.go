// Package meetingweb is the pages of meetings: the list, one meeting, its form,
// the clock while it runs, the door, who will come, the evaluation, what is
// printed; the page of an invitation, for people without an account; and the
// calendar addresses.
package meetingweb

import (
	"embed"
	"io/fs"
	"slices"
	"time"

	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "meeting".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Link is something of another room that a meeting's page leads to.
type Link struct{ URL, Label string }

// Options are what the pages show of other rooms; each may be nil.
type Options struct {
	Decisions func(r *web.Request, ref string) ([]Link, error) // decisions with ballots that belong to the meeting
	Decide    func(ref string) string                          // address of a new one
	Round     func(r *web.Request, ref string) (string, error) // address of the round that looks back at the meeting, "" without one
	Pulse     func(r *web.Request, ref string) (string, error) // address of the five questions for everybody who was there, "" for whoever may not open them
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// Web is the room's web half.
type Web struct {
	s      *meeting.Service
	teams  *team.Service
	people *people.Service
	o      Options
}

// New returns the pages over the cores.
func New(s *meeting.Service, teams *team.Service, p *people.Service, o Options) *Web {
	return &Web{s, teams, p, o}
}

var (
	begin = access.Need{Resource: "meeting", Action: access.Create}
	see   = access.Need{Resource: "meeting", Action: access.Read}
	keep  = access.Need{Resource: "meeting", Action: access.Update}
)

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	route := func(s web.Surface, method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: s, Handler: fn}
	}
	door := route(web.Staff, "POST", "/meetings/{id}/door", keep, h.doorAct)
	door.Outbox = true
	rsvp := func(a access.Action) access.Need { return access.Need{Resource: "rsvp", Action: a} }
	feed := func(a access.Action) access.Need { return access.Need{Resource: "feed", Action: a} }
	return []web.Route{
		route(web.Staff, "GET", "/meetings", see, h.list),
		route(web.Staff, "GET", "/meetings/new", begin, h.blank),
		route(web.Staff, "POST", "/meetings/new", begin, h.plan),
		route(web.Staff, "GET", "/meetings/{id}", see, h.one),
		route(web.Staff, "GET", "/meetings/{id}/edit", keep, h.form),
		route(web.Staff, "GET", "/meetings/{id}/run", keep, h.run),
		route(web.Staff, "GET", "/meetings/{id}/door", keep, h.door),
		route(web.Staff, "GET", "/meetings/{id}/answers", keep, h.answers),
		route(web.Staff, "GET", "/meetings/{id}/evaluate", keep, h.evaluateForm),
		route(web.Print, "GET", "/meetings/{id}/minutes", see, h.minutes),
		route(web.Print, "GET", "/meetings/{id}/sheet", keep, h.sheet),
		route(web.Staff, "POST", "/meetings/{id}/edit", keep, h.change),
		route(web.Staff, "POST", "/meetings/{id}/answers", keep, h.paper),
		door,
		route(web.Staff, "POST", "/meetings/{id}/run", keep, h.runAct),
		route(web.Staff, "POST", "/meetings/{id}/evaluate", keep, h.evaluate),
		route(web.Staff, "POST", "/meetings/{id}/act", keep, h.act),
		route(web.Link, "GET", "/m/{token}", rsvp(access.Read), h.knock),
		route(web.Link, "POST", "/m/{token}", rsvp(access.Create), h.enter),
		route(web.Link, "POST", "/m/{token}/answer", rsvp(access.Create), h.reply),
		route(web.Staff, "GET", "/feeds", feed(access.Update), h.feeds),
		route(web.Staff, "POST", "/feeds", feed(access.Create), h.makeFeed),
		route(web.Staff, "POST", "/feeds/{id}/end", feed(access.Update), h.endFeed),
		route(web.API, "GET", "/cal/{token}", feed(access.Read), h.calendar),
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

// languages are those a meeting can be in or need an interpreter for.
func languages(r *web.Request, chosen string) (out []Option) {
	codes := []string{"en", "es", "vi", "ar", "fr", "pt", "ht", "zh", "so", "am", "uk", "ru", "tl", "sw"}
	if chosen != "" && !slices.Contains(codes, chosen) {
		codes = append(codes, chosen)
	}
	for _, c := range codes {
		out = append(out, Option{Value: c, Label: r.Localizer().LanguageName(c), Checked: c == chosen})
	}
	return out
}

type pill struct{ Kind, Label, Icon string }

func state(r *web.Request, m meeting.Meeting) pill {
	if m.Late(r.Now()) {
		return pill{Kind: "late", Label: r.T("meeting.late_" + string(m.State))}
	}
	kind := map[meeting.State]string{meeting.Planned: "wait", meeting.Held: "ok", meeting.Evaluated: "ok", meeting.Cancelled: "info"}[m.State]
	return pill{Kind: kind, Label: r.T("meeting.state." + string(m.State))}
}

// title is what a meeting is called inside; without words of its own it is a meeting.
func title(r *web.Request, m meeting.Meeting) string {
	if m.Title != "" {
		return m.Title
	}
	return r.T("meeting.template." + string(m.Template))
}

// when is the day and the hours, as the clinic's clock shows them.
func when(r *web.Request, m meeting.Meeting) string {
	l, z := r.Localizer(), r.Zone()
	return l.LongDate(m.At, z) + ", " + l.Clock(m.At, z) + "–" + l.Clock(m.End(), z)
}

func moment(r *web.Request, date, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", r.Form(date)+" "+r.Form(clock), r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// keepers is the persons who keep a role at a meeting.
func keepers(m meeting.Meeting) []string {
	return slices.DeleteFunc([]string{m.Chair, m.Timekeeper, m.Scribe, m.Host}, func(p string) bool { return p == "" })
}
