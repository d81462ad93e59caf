// Research actions and the options of an issue: built here, and fitted to what they
// ask of offices, teams and rounds.
package app

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/organizing/research"
	"seedbed/internal/organizing/research/researchweb"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web"
)

func (sys *system) buildResearch() {
	sys.research = research.New(research.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Consent: sys.consents, People: sys.people,
		Issues: researchIssues{sys}, Offices: hostOffices{sys}, Teams: hostTeams{sys}, Evaluations: hostRounds{sys}})
}

func (sys *system) researchRoutes() []web.Route {
	return researchweb.New(sys.research, sys.people, researchweb.Options{Name: sys.staffName, HasIssues: true, NewOffice: "/power/offices/new", PowerMap: func(issue string) string { return "/power/maps/" + issue }, Staff: sys.staffList, Evaluation: sys.roundOf,
		Issue: func(id string) string { return "/issues/" + id }, Team: func(id string) string { return "/teams/" + id }}).Routes()
}

// staffList are colleagues with an account, for lists to choose from.
func (sys *system) staffList(ctx context.Context, org string) (out []researchweb.Colleague, err error) {
	list, err := sys.accounts.ListAccounts(ctx, org)
	for _, a := range list {
		if a.Disabled.IsZero() {
			out = append(out, researchweb.Colleague{Account: a.ID, Name: a.Name})
		}
	}
	return out, err
}

// hostOffices are people in office whom a research action can meet.
type hostOffices struct{ sys *system }

func (h hostOffices) Offices(ctx context.Context, a access.Actor) (out []research.Office, err error) {
	list, err := h.sys.power.Offices(ctx, a)
	for _, o := range list {
		out = append(out, research.Office{ID: o.ID, Name: o.Name, Office: o.Office, Body: o.Body})
	}
	return out, err
}

func (h hostOffices) Office(ctx context.Context, a access.Actor, id string) (research.Office, error) {
	o, err := h.sys.power.Office(ctx, a, id)
	return research.Office{ID: o.ID, Name: o.Name, Office: o.Office, Body: o.Body}, err
}

// hostTeams are teams whose members can take a part.
type hostTeams struct{ sys *system }

func (h hostTeams) Teams(ctx context.Context, a access.Actor) (out []research.Team, err error) {
	list, err := h.sys.teams.List(ctx, a)
	for _, t := range list {
		if t.State != team.Closed {
			out = append(out, research.Team{ID: t.ID, Name: t.Name})
		}
	}
	return out, err
}

func (h hostTeams) Members(ctx context.Context, a access.Actor, of string) (out []research.Member, err error) {
	list, err := h.sys.teams.MembersOf(ctx, a, of)
	for _, m := range list {
		if m.In(h.sys.clock.Now()) {
			out = append(out, research.Member{Person: m.Person, Name: m.Name})
		}
	}
	return out, err
}

// hostRounds are the evaluations right after, on the pavement.
type hostRounds struct{ sys *system }

func (h hostRounds) OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, in research.EvaluationIn) error {
	_, err := h.sys.rounds.OpenIn(ctx, tx, a, evaluation.In{Ref: in.Ref, Kind: evaluation.Research, At: in.At, Title: in.Title, Team: in.Team, Owner: in.Owner})
	return err
}

func (h hostRounds) DoneIn(ctx context.Context, tx *db.Tx, ref string) (bool, error) {
	return h.sys.rounds.DoneIn(ctx, tx, ref)
}

// researchLines are the research actions with something that the actor has to do:
// what is late, and what has its day within a week.
func (sys *system) researchLines(ctx context.Context, a access.Actor, day time.Time, zone *time.Location) (out []peopleweb.Line, err error) {
	list, err := sys.research.Mine(ctx, a)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	l := sys.catalog.Localizer(a.Locale)
	for _, f := range list {
		n := f.Next()
		if n.When.After(day.AddDate(0, 0, 7)) {
			continue
		}
		key := "research.next." + string(n.Act)
		if n.Act == research.Follows {
			key = "research.step." + string(n.Step)
		}
		out = append(out, peopleweb.Line{When: n.When, What: l.T(key) + ": " + f.Host, URL: "/research/" + f.ID, Late: n.Late(day)})
	}
	return out, err
}

// ownResearch are the research actions a member takes part in that are to come.
func (sys *system) ownResearch(ctx context.Context, a access.Actor, l *i18n.Localizer) (p peopleweb.Part, err error) {
	p.Title = l.T("research.title")
	zone := sys.zone(ctx, a.Org)
	list, parts, err := sys.research.Own(ctx, a)
	for i, f := range list {
		if !f.State.Ahead() {
			continue
		}
		part := l.T("research.role.none")
		if parts[i].Role != research.NoRole {
			part = l.T("research.role." + string(parts[i].Role))
		}
		p.Items = append(p.Items, peopleweb.Fact{Term: l.LongDate(f.At, zone) + ", " + l.Clock(f.At, zone), Text: part, Href: "/me/research/" + f.ID})
	}
	return p, err
}
