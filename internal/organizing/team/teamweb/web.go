// Package teamweb is the pages of teams: the list, one team with the people in
// it, its form, and who comes in, does what and leaves.
package teamweb

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/rhythm"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "team".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Link is something of another room that a team's page shows.
type Link struct {
	URL, Label, Text string
	Kind, State      string // of the pill beside it
}

// Options are what the pages show of other rooms; each may be nil.
type Options struct {
	Meetings func(r *web.Request, team string) ([]Link, error)          // coming and just held
	Campaign func(ctx context.Context, a access.Actor, id string) *Link // the campaign a team came from
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// Web is the room's web half.
type Web struct {
	s      *team.Service
	people *people.Service
	o      Options
}

// New returns the pages over the core.
func New(s *team.Service, p *people.Service, o Options) *Web { return &Web{s, p, o} }

var (
	see   = access.Need{Resource: "team", Action: access.Read}
	begin = access.Need{Resource: "team", Action: access.Create}
	keep  = access.Need{Resource: "team", Action: access.Update}
)

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	staff := func(method, pattern string, n access.Need, fn web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Need: n, Surface: web.Staff, Handler: fn}
	}
	return []web.Route{
		staff("GET", "/teams", see, h.list),
		staff("GET", "/teams/new", begin, h.blank),
		staff("POST", "/teams/new", begin, h.create),
		staff("GET", "/teams/{id}", see, h.one),
		staff("GET", "/teams/{id}/edit", keep, h.form),
		staff("POST", "/teams/{id}/edit", keep, h.change),
		staff("POST", "/teams/{id}/chair", keep, h.chair),
		staff("POST", "/teams/{id}/card", keep, h.card),
		staff("GET", "/teams/{id}/members", keep, h.members),
		staff("POST", "/teams/{id}/members", keep, h.memberAct),
		staff("POST", "/teams/{id}/state", keep, h.move),
		{Method: "GET", Pattern: "/me/teams/{id}", Need: see, Surface: web.Member, Handler: h.mine},
		{Method: "POST", Pattern: "/me/teams/{id}", Need: keep, Surface: web.Member, Handler: h.mineCard},
	}
}

func may(r *web.Request, n access.Need) bool {
	_, err := access.Check(r.Actor, n)
	return err == nil
}

// options makes the choices of a list of codes, with words from the catalog.
func options[T ~string](r *web.Request, prefix string, list []T, chosen T) (out []Option) {
	for _, v := range list {
		out = append(out, Option{Value: string(v), Label: r.T(prefix + string(v)), Checked: v == chosen})
	}
	return out
}

// beat is a rhythm in words: "Every Tuesday, 18:30–20:00".
func beat(r *web.Request, m rhythm.Meeting) string {
	if m.Every == "" {
		return ""
	}
	key := "team.rhythm." + string(m.Every)
	if m.Every == rhythm.Monthly {
		if key = fmt.Sprintf("%s_%d", key, m.Nth); m.Nth == -1 {
			key = "team.rhythm.monthly_last"
		}
	}
	text := r.T(key, "Weekday", r.Localizer().Weekday(m.Weekday), "Time", hour(m.Start)+"–"+hour(m.End))
	if first := []rune(text); len(first) > 0 {
		return strings.ToUpper(string(first[:1])) + string(first[1:])
	}
	return text
}

func hour(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// minutes reads "18:30"; ok is false when it is none.
func minutes(s string) (int, bool) {
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil
}

type pill struct{ Kind, Label, Icon string }

func state(r *web.Request, s team.State) pill {
	kind := map[team.State]string{team.Forming: "wait", team.Active: "ok", team.Paused: "info", team.Closed: "info"}[s]
	return pill{Kind: kind, Label: r.T("team.state." + string(s))}
}

type listLine struct {
	URL, Name, Kind string
	State           pill
	Meta            []string
}

type listPage struct {
	Lines   []listLine
	Closed  []listLine
	MayMake bool
	MaySee  bool // meetings
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.List(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p := listPage{MayMake: may(r, begin), MaySee: may(r, access.Need{Resource: "meeting", Action: access.Read})}
	for _, t := range list {
		line := listLine{URL: "/teams/" + t.ID, Name: t.Name, Kind: r.T("team.kind." + string(t.Kind)), State: state(r, t.State), Meta: []string{r.T("team.count", "Count", t.Members)}}
		if b := beat(r, t.Rhythm); b != "" {
			line.Meta = append(line.Meta, b)
		}
		if t.State == team.Closed {
			p.Closed = append(p.Closed, line)
			continue
		}
		p.Lines = append(p.Lines, line)
	}
	return r.Page(w, "team/list", p)
}

// day reads a date of the local calendar as its end; ok is false when it is none.
func day(r *web.Request, field string) (t time.Time, ok bool) {
	typed := r.Form(field)
	if typed == "" {
		return t, true
	}
	t, err := time.ParseInLocation(time.DateOnly, typed, r.Zone())
	return t.Add(24*time.Hour - time.Second), err == nil
}

func known(list []team.Member, person string) bool {
	return slices.ContainsFunc(list, func(m team.Member) bool { return m.Person == person })
}
