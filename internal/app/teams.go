// Teams, their meetings and what taking part costs: built and put on the mux here.
package app

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/meeting/meetingweb"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/organizing/stipend"
	"seedbed/internal/organizing/stipend/stipendweb"
	"seedbed/internal/organizing/team"
	"seedbed/internal/organizing/team/teamweb"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

func (sys *system) buildTeams() {
	sys.teams = team.New(team.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Consent: sys.consents, People: sys.people, Log: sys.log})
	sys.meetings = meeting.New(meeting.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Consent: sys.consents, People: sys.people, Teams: sys.teams,
		Zone: sys.zone, Staff: sys.works, Names: func(_ context.Context, lang, key string) string { return sys.catalog.Localizer(lang).T(key) }, Rounds: meetingRounds{sys}, Log: sys.log})
	sys.stipends = stipend.New(stipend.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, People: sys.people, Zone: sys.zone, Log: sys.log})
}

// mates is who is in a team with a person; the rooms above people are built after it.
func (sys *system) mates(ctx context.Context, tx *db.Tx, person string) ([]string, error) {
	return sys.teams.MatesOf(ctx, tx, person)
}

// works reports whether an account may still sign in.
func (sys *system) works(ctx context.Context, org, id string) bool {
	list, err := sys.accounts.ListAccounts(ctx, org)
	return err == nil && slices.ContainsFunc(list, func(a account.Account) bool { return a.ID == id && a.Disabled.IsZero() })
}

func (sys *system) teamRoutes() []web.Route {
	return slices.Concat(
		teamweb.New(sys.teams, sys.people, teamweb.Options{Meetings: sys.meetingsOf}).Routes(),
		meetingweb.New(sys.meetings, sys.teams, sys.people, meetingweb.Options{Decisions: sys.decisionsOf, Decide: func(ref string) string { return "/decisions/new?ref=" + ref }, Round: sys.roundOf, Pulse: sys.pulseOf}).Routes(),
		stipendweb.New(sys.stipends, sys.people).Routes(),
	)
}

// meetingsOf is what a team's page shows of its meetings: what comes, and the last few.
func (sys *system) meetingsOf(r *web.Request, team string) (out []teamweb.Link, err error) {
	coming, err := sys.meetings.List(r.Context(), r.Actor, team, time.Time{})
	if err != nil {
		return nil, err
	}
	past, err := sys.meetings.List(r.Context(), r.Actor, team, r.Now().Add(-6*time.Hour))
	if err != nil {
		return nil, err
	}
	for _, m := range slices.Concat(coming[:min(3, len(coming))], past[:min(3, len(past))]) {
		kind := map[meeting.State]string{meeting.Planned: "wait", meeting.Held: "ok", meeting.Evaluated: "ok", meeting.Cancelled: "info"}[m.State]
		out = append(out, teamweb.Link{URL: "/meetings/" + m.ID, Label: r.Localizer().LongDate(m.At, r.Zone()), Text: m.Title, Kind: kind, State: r.T("meeting.state." + string(m.State))})
	}
	return out, nil
}

// decisionsOf are the decisions with ballots that belong to a meeting.
func (sys *system) decisionsOf(r *web.Request, ref string) (out []meetingweb.Link, err error) {
	page, err := sys.decided.List(r.Context(), r.Actor, ref, "")
	for _, d := range page.Items {
		out = append(out, meetingweb.Link{URL: "/decisions/" + d.ID, Label: d.Words.Question})
	}
	return out, err
}

// meetingLines are the meetings of a day, and those that still wait for what must follow.
func (sys *system) meetingLines(ctx context.Context, a access.Actor, day time.Time, zone *time.Location) (out []peopleweb.Line, err error) {
	local := day.In(zone)
	begin := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
	list, err := sys.meetings.Between(ctx, a, begin.AddDate(0, 0, -30), begin.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		late := m.Late(day)
		if m.At.Before(begin) && !late || m.State == meeting.Cancelled || m.State == meeting.Evaluated {
			continue
		}
		if m.State == meeting.Held {
			if _, found, err := sys.rounds.ByRef(ctx, a, m.Ref()); err != nil || found {
				if err != nil {
					return nil, err
				}
				continue // its round says what is to be done
			}
		}
		what := m.Title
		if what == "" {
			what = sys.catalog.Localizer(a.Locale).T("meeting.template." + string(m.Template))
		}
		out = append(out, peopleweb.Line{When: m.At, What: what, URL: "/meetings/" + m.ID, Late: late})
	}
	return out, nil
}
