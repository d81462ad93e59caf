// Surveys, and what they ask of events and teams.
package app

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/organizing/survey/surveyweb"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (sys *system) buildSurveys() {
	sys.surveys = survey.New(survey.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Jobs: sys.queue, Clock: sys.clock, Consent: sys.consents, People: sys.people,
		Events: heldEvents{sys}, Teams: coreTeams{sys}})
}

func (sys *system) surveyRoutes() []web.Route {
	return surveyweb.New(sys.surveys, sys.people, surveyweb.Options{Core: true}).Routes()
}

// heldEvents are what a pulse can follow, by their refs.
type heldEvents struct{ sys *system }

func (h heldEvents) Title(ctx context.Context, a access.Actor, ref string) (string, bool) {
	l := h.sys.catalog.Localizer(a.Locale)
	kind, id, _ := strings.Cut(ref, ":")
	switch kind {
	case "meeting":
		m, err := h.sys.meetings.Get(ctx, a, id)
		if err != nil {
			return "", false
		}
		if m.Title != "" {
			return m.Title, true
		}
		return l.T("meeting.template." + string(m.Template)), true
	case "assembly":
		w, err := h.sys.acts.Get(ctx, a, id)
		return w.Title, err == nil
	}
	return "", false
}

// coreTeams are the people of every core team that works.
type coreTeams struct{ sys *system }

func (c coreTeams) Core(ctx context.Context, a access.Actor) (out []string, err error) {
	list, err := c.sys.teams.List(ctx, a)
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		if t.Kind != team.Core || t.State == team.Closed {
			continue
		}
		members, err := c.sys.teams.MembersOf(ctx, a, t.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if m.In(c.sys.clock.Now()) {
				out = append(out, m.Person)
			}
		}
	}
	return out, nil
}

// ownSurveys are those a member is asked in; the link leads to the way in and the way out.
func (sys *system) ownSurveys(ctx context.Context, a access.Actor, l *i18n.Localizer) (p peopleweb.Part, err error) {
	p.Title = l.T("survey.mine.part")
	list, err := sys.surveys.MySurveys(ctx, a)
	for _, m := range list {
		term := "survey.mine.state_ask"
		if m.Yes {
			term = "survey.mine.state_yes"
		}
		p.Items = append(p.Items, peopleweb.Fact{Term: l.T(term), Text: m.Title, Href: "/me/surveys/" + m.Survey})
	}
	return p, err
}

// surveyLines are the waves that end soon and the cohorts it is time to ask again,
// for the one who made the survey.
func (sys *system) surveyLines(ctx context.Context, a access.Actor, day time.Time, _ *time.Location) (out []peopleweb.Line, err error) {
	if _, err := access.Check(a, can("survey", access.Update)); err != nil {
		return nil, nil
	}
	list, err := sys.surveys.List(ctx, a)
	l := sys.catalog.Localizer(a.Locale)
	for _, s := range list {
		w, ok := s.Last()
		if !ok || s.Account != a.Account || s.Kind == survey.Pulse {
			continue
		}
		switch due := w.Due(); {
		case w.OpenAt(day) && w.Closes.Before(day.AddDate(0, 0, 3)):
			out = append(out, peopleweb.Line{When: w.Closes, What: l.T("survey.today.closes", "Title", s.Title), URL: "/surveys/wave/" + w.ID})
		case w.State == survey.Closed && s.Kind == survey.Cohort && !due.IsZero() && due.Before(day.AddDate(0, 0, 7)):
			out = append(out, peopleweb.Line{When: due, What: l.T("survey.today.again", "Title", s.Title), URL: "/surveys/" + s.ID, Late: due.Before(day)})
		}
	}
	return out, err
}

// pulseOf is the address of the five questions after something, for whoever may open
// them or read what came of them.
func (sys *system) pulseOf(r *web.Request, ref string) (string, error) {
	if _, err := access.Check(r.Actor, can("survey", access.Update)); err != nil {
		return "", nil
	}
	return "/surveys/pulse?ref=" + ref, nil
}
