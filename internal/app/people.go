// What other rooms show on a member's own page, and what crosses from the clinic.
package app

import (
	"context"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/money"
	"seedbed/internal/organizing/learning"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// ownTeams are a member's teams, for their own page.
func (sys *system) ownTeams(ctx context.Context, a access.Actor, l *i18n.Localizer) (p peopleweb.Part, err error) {
	p.Title = l.T("team.title")
	list, err := sys.teams.TeamsOf(ctx, a, a.Person)
	for _, m := range list {
		if !m.In(sys.clock.Now()) || m.State == team.Closed {
			continue
		}
		p.Items = append(p.Items, peopleweb.Fact{Term: l.T("team.kind." + string(m.Kind)), Text: m.Title, Href: "/me/teams/" + m.Team})
	}
	return p, err
}

// ownMeetings are those of a member's teams that come.
func (sys *system) ownMeetings(ctx context.Context, a access.Actor, l *i18n.Localizer) (p peopleweb.Part, err error) {
	p.Title = l.T("meeting.title")
	zone := sys.zone(ctx, a.Org)
	list, err := sys.meetings.List(ctx, a, "", time.Time{})
	for _, m := range list {
		if m.State != meeting.Planned {
			continue
		}
		what := m.Title
		if what == "" {
			what = l.T("meeting.template." + string(m.Template))
		}
		// Whether they come is said on the invitation's own page, with the code beside it.
		p.Items = append(p.Items, peopleweb.Fact{Term: l.LongDate(m.At, zone) + ", " + l.Clock(m.At, zone), Text: what + " (" + l.T("meeting.code") + " " + m.Code + ")", Href: "/m/" + m.Link})
	}
	return p, err
}

// ownLearning is what a member showed, what comes next on the path, and the trainings
// they are expected at.
func (sys *system) ownLearning(ctx context.Context, a access.Actor, l *i18n.Localizer) (p peopleweb.Part, err error) {
	p.Title = l.T("learning.path")
	rec, err := sys.learning.Record(ctx, a, a.Person)
	if err != nil {
		return p, err
	}
	words := func(list []learning.Skill) string {
		var out []string
		for _, k := range list {
			out = append(out, l.T("learning.skill."+string(k)))
		}
		return l.List(out)
	}
	p.Items = append(p.Items, peopleweb.Fact{Term: l.T(learning.Path()[rec.Place.At].Label()), Text: words(rec.Shown())}, peopleweb.Fact{Term: l.T("common.next"), Text: words(rec.Place.Missing)})
	zone := sys.zone(ctx, a.Org)
	for _, t := range rec.Trainings {
		if t.At.After(sys.clock.Now()) && t.State == learning.Planned {
			p.Items = append(p.Items, peopleweb.Fact{Term: l.LongDate(t.At, zone) + ", " + l.Clock(t.At, zone), Text: t.Content.Title})
		}
	}
	return p, nil
}

// ownStipends are what a member was given back or paid, and how far it is.
func (sys *system) ownStipends(ctx context.Context, a access.Actor, l *i18n.Localizer) (p peopleweb.Part, err error) {
	p.Title = l.T("stipend.title")
	list, err := sys.stipends.OfPerson(ctx, a, a.Person)
	for _, e := range list {
		p.Items = append(p.Items, peopleweb.Fact{Term: l.T("stipend.purpose." + e.Purpose), Text: l.List([]string{
			l.T("stipend.money", "Amount", money.Format(e.Amount), "Currency", e.Currency), l.T("stipend.kind." + string(e.Kind)), l.T("stipend.state." + string(e.State))})})
	}
	return p, err
}

// ownStories are those a member told; the link leads to what they may be used for.
func (sys *system) ownStories(ctx context.Context, a access.Actor, l *i18n.Localizer) (p peopleweb.Part, err error) {
	p.Title = l.T("story.list.title")
	page, err := sys.stories.List(ctx, a, "")
	for _, s := range page.Lines {
		p.Items = append(p.Items, peopleweb.Fact{Term: l.T("story.own.state." + string(s.State)), Text: s.Title, Href: "/me/told/" + s.ID})
	}
	return p, err
}

// forgetEverywhere tells the other rooms, in the transaction that erases somebody.
func (sys *system) forgetEverywhere(ctx context.Context, tx *db.Tx, person string) error {
	for _, forget := range []func(context.Context, *db.Tx, string) error{
		sys.teams.ForgetIn, sys.meetings.ForgetIn, sys.stipends.ForgetIn, sys.decided.Forget, sys.learning.Forget, sys.stories.ForgetIn, sys.listens.ForgetIn,
		sys.turnouts.ForgetIn,
		sys.rounds.ForgetIn,
		sys.surveys.ForgetIn,
		sys.power.ForgetIn,
		sys.research.ForgetIn,
		sys.acts.ForgetIn,
		sys.cycles.ForgetIn,
	} {
		if err := forget(ctx, tx, person); err != nil {
			return err
		}
	}
	return nil
}
