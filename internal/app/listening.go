// Listening campaigns, and what they ask of the rooms beside them.
package app

import (
	"context"
	"strconv"

	"seedbed/internal/kit/theme"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/listening/listeningweb"
	told "seedbed/internal/organizing/story"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web"
)

func (sys *system) buildListening() {
	sys.listens = listening.New(listening.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, People: sys.people, Zone: sys.zone,
		Answers: namelessAnswers{sys}, Opinions: agreements{sys}, Stories: toldWords{sys.stories}, Teams: researchTeams{sys.teams}, Ballots: countedBallots{sys.decided}, Suggest: alike})
}

func (sys *system) listeningRoutes() []web.Route {
	return listeningweb.New(sys.listens, sys.people, listeningweb.Options{Name: sys.staffName, Staff: sys.listenersOnStaff,
		Teams: func(_ context.Context, a access.Actor, team string) string {
			if _, err := access.Check(a, can("team", access.Read)); err != nil {
				return ""
			}
			return "/teams/" + team
		}}).Routes()
}

// listenersOnStaff are colleagues who may listen with an account: organizers and leaders.
func (sys *system) listenersOnStaff(ctx context.Context, org string) (out []listeningweb.Colleague, err error) {
	list, err := sys.accounts.ListAccounts(ctx, org)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		for _, r := range a.Roles {
			if (r.Role == access.Organizer || r.Role == access.Leader) && a.Disabled.IsZero() {
				out = append(out, listeningweb.Colleague{Account: a.ID, Name: a.Name})
				break
			}
		}
	}
	return out, nil
}

// alike suggests which themes may say the same.
func alike(names []string) (out [][]int) {
	texts := make([]theme.Text, len(names))
	for i, n := range names {
		texts[i] = theme.Text{ID: strconv.Itoa(i), Text: n}
	}
	for _, t := range theme.Suggest(texts, theme.Options{}).Themes {
		var group []int
		for _, m := range t.Members {
			if i, err := strconv.Atoi(m.ID); err == nil {
				group = append(group, i)
			}
		}
		out = append(out, group)
	}
	return out
}

// toldWords are stories whose tellers permit the team to read them.
type toldWords struct{ s *told.Service }

func (t toldWords) Quotes(ctx context.Context, a access.Actor, campaign string) (out []listening.Quote, err error) {
	list, err := t.s.Quotes(ctx, a, campaign, "team")
	for _, q := range list {
		out = append(out, listening.Quote{Ref: "story:" + q.ID, Text: q.Words.Text, Language: q.Language, Named: q.Name, From: "story"})
	}
	return out, err
}

// researchTeams makes the team of a priority, with its first chair.
type researchTeams struct{ s *team.Service }

func (t researchTeams) CreateIn(ctx context.Context, tx *db.Tx, a access.Actor, in listening.TeamIn) (string, error) {
	made, err := t.s.CreateIn(ctx, tx, a, team.Team{Kind: team.Research, Campaign: in.Campaign, Name: in.Name, Purpose: in.Purpose})
	if err != nil {
		return "", err
	}
	return made, t.s.AddIn(ctx, tx, a, team.MemberIn{Team: made, Person: in.Chair, Name: in.ChairName, MayChair: true})
}

// countedBallots are decisions whose count is known.
type countedBallots struct{ s *decision.Service }

func (b countedBallots) Finished(ctx context.Context, a access.Actor) (out []listening.BallotResult, err error) {
	page, err := b.s.List(ctx, a, "", "")
	if err != nil {
		return nil, err
	}
	for _, d := range page.Items {
		if d.Outcome == nil || d.Outcome.TooFew || d.Outcome.Dots == nil { // a list of priorities is what dots give
			continue
		}
		r := listening.BallotResult{Ref: d.ID, Title: d.Words.Question, People: d.Outcome.Turnout.Persons}
		for _, o := range d.Outcome.Dots.Rows {
			r.Options = append(r.Options, listening.BallotOption{Text: d.Text(o.ID), Votes: o.Dots})
		}
		out = append(out, r)
	}
	return out, nil
}
