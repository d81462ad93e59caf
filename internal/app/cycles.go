// The cycle and its issues: built here, and fitted to what it asks of the rooms
// beside it and they of it.
package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/change"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/cycle/cycleweb"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/organizing/power"
	"seedbed/internal/organizing/research"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web"
)

func (sys *system) buildCycles() {
	sys.cycles = cycle.New(cycle.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, People: sys.people,
		Teams: turnTeams{sys}, Campaigns: turnCampaigns{sys}, Offices: turnOffices{sys}, Research: turnResearch{sys}, Actions: turnActions{sys}, Decisions: turnDecisions{sys}, Evaluations: turnRounds{sys}, Keeps: sys.organizes})
	sys.decided.On(decision.EventRecorded, func(ctx context.Context, e decision.Event) error {
		return sys.cycles.Decided(ctx, e.Org, e.Ref, e.Decision)
	})
}

func (sys *system) cycleRoutes() []web.Route {
	return cycleweb.New(sys.cycles, sys.people, cycleweb.Options{Name: sys.staffName, Organizers: sys.organizers,
		Decide:   func(ref string) string { return "/decisions/new?ref=" + ref },
		Decision: func(id string) string { return "/decisions/" + id },
		Open:     func(r *web.Request, ref string) string { return sys.pageOf(r.Actor, ref) },
		Beside:   sys.besideIssue, Round: sys.roundOf, NewOffice: "/power/offices/new"}).Routes()
}

// pages of what a ref can name, by its kind, and what it takes to open them.
var pagesOf = map[string]struct {
	at   string
	need access.Need
}{
	"meeting":     {"/meetings/", can("meeting", access.Read)},
	"team":        {"/teams/", can("team", access.Read)},
	"campaign":    {"/campaigns/", can("campaign", access.Read)},
	"office":      {"/power/offices/", can("office", access.Read)},
	"assembly":    {"/assemblies/", can("assembly", access.Read)},
	"negotiation": {"/negotiations/", can("negotiation", access.Read)},
	"pledge":      {"/pledges/desk/", can("pledge", access.Update)},
	"change":      {"/changes/", can("change", access.Read)},
	"research":    {"/research/", can("research", access.Read)},
	"decision":    {"/decisions/", can("decision", access.Read)},
	"cycle":       {"/cycles/", can("cycle", access.Read)},
	"issue":       {"/issues/", can("issue", access.Read)},
}

// pageOf is the address of what a ref names, for whoever may open it.
func (sys *system) pageOf(a access.Actor, ref string) string {
	kind, id, _ := strings.Cut(ref, ":")
	p, ok := pagesOf[kind]
	if !ok || id == "" {
		return ""
	}
	if _, err := access.Check(a, p.need); err != nil {
		return ""
	}
	return p.at + id
}

// besideIssue are the pages on which other rooms work on an issue.
func (sys *system) besideIssue(r *web.Request, i cycle.Issue) (out []cycleweb.Link) {
	for _, p := range []struct {
		at, key string
		need    access.Need
	}{
		{"/power/maps/", "power.title", can("office", access.Read)},
		{"/research?issue=", "research.title", can("research", access.Read)},
		{"/options/", "research.options", can("research", access.Read)},
		{"/changes?issue=", "change.title", can("change", access.Read)},
	} {
		if _, err := access.Check(r.Actor, p.need); err == nil {
			out = append(out, cycleweb.Link{URL: p.at + i.ID, Label: r.T(p.key)})
		}
	}
	return out
}

// organizers are colleagues who may keep a cycle.
func (sys *system) organizers(ctx context.Context, org string) (out []cycleweb.Colleague, err error) {
	list, err := sys.colleagues(ctx, org)
	for _, c := range list {
		if slices.Contains(c.Roles, access.Organizer) {
			out = append(out, cycleweb.Colleague{Account: c.Account, Name: c.Name})
		}
	}
	return out, err
}

func (sys *system) organizes(ctx context.Context, org, account string) bool {
	list, err := sys.organizers(ctx, org)
	return err == nil && slices.ContainsFunc(list, func(c cycleweb.Colleague) bool { return c.Account == account })
}

// cycleLines are cycles that were handed to an organizer, and those of theirs whose
// clock has run out.
func (sys *system) cycleLines(ctx context.Context, a access.Actor, _ time.Time, _ *time.Location) (out []peopleweb.Line, err error) {
	if _, err := access.Check(a, can("notebook", access.Read)); err != nil {
		return nil, nil
	}
	list, err := sys.cycles.Waits(ctx, a)
	l := sys.catalog.Localizer(a.Locale)
	for _, x := range list {
		key := "cycle.today"
		if x.Handed {
			key = "cycle.today_handed"
		}
		out = append(out, peopleweb.Line{When: x.Cycle.Due, What: l.T(key, "Name", x.Cycle.Name), URL: "/cycles/" + x.Cycle.ID, Late: !x.Handed})
	}
	return out, err
}

// turnTeams are the teams that can carry a cycle.
type turnTeams struct{ sys *system }

func (t turnTeams) Teams(ctx context.Context, a access.Actor) (out []cycle.Named, err error) {
	list, err := t.sys.teams.List(ctx, a)
	for _, x := range list {
		if x.State != team.Closed {
			out = append(out, cycle.Named{ID: x.ID, Name: x.Name})
		}
	}
	return out, err
}

// turnCampaigns are campaigns, and whether those who spoke were told.
type turnCampaigns struct{ sys *system }

func (t turnCampaigns) Campaigns(ctx context.Context, a access.Actor) (out []cycle.Campaign, err error) {
	list, err := t.sys.listens.Campaigns(ctx, a)
	for _, c := range list {
		out = append(out, cycle.Campaign{Named: cycle.Named{ID: c.ID, Name: c.Name}, Told: c.State.At() >= listening.ReportedBack.At()})
	}
	return out, err
}

// turnOffices are those whom an ask can go to.
type turnOffices struct{ sys *system }

func (t turnOffices) Offices(ctx context.Context, a access.Actor) (out []cycle.Office, err error) {
	list, err := t.sys.power.Offices(ctx, a)
	for _, o := range list {
		out = append(out, cycle.Office{ID: o.ID, Name: o.Name, Office: o.Office, Body: o.Body})
	}
	return out, err
}

// turnResearch are research actions about an issue.
type turnResearch struct{ sys *system }

func (t turnResearch) Doings(ctx context.Context, a access.Actor, issues []string) (out []cycle.Doing, err error) {
	for _, issue := range issues {
		list, err := t.sys.research.List(ctx, a, issue, time.Time{})
		if err != nil {
			return nil, err
		}
		for _, f := range slices.Concat(list.Ahead, list.Waiting, list.Over) {
			if f.State == research.Cancelled {
				continue
			}
			evaluated := f.State == research.Evaluated || f.State == research.FollowedUp
			out = append(out, cycle.Doing{Ref: "research:" + f.ID, Issue: issue, Kind: cycle.DoneResearch, Name: f.Host, At: f.At, Held: evaluated || f.State == research.Held, Evaluated: evaluated})
		}
	}
	return out, nil
}

// turnActions are assemblies in which an issue was asked about, and negotiations.
type turnActions struct{ sys *system }

func (t turnActions) Doings(ctx context.Context, a access.Actor, issues []string) (out []cycle.Doing, err error) {
	seen := map[string]bool{}
	for _, issue := range issues {
		i, err := t.sys.cycles.Issue(ctx, a, issue)
		if err != nil {
			return nil, err
		}
		seen[i.Cycle] = true
	}
	for of := range seen {
		asked, err := t.sys.acts.Asked(ctx, a, of)
		if err != nil {
			return nil, err
		}
		for _, x := range asked {
			ref := "assembly:" + x.Assembly
			if !slices.Contains(issues, x.Issue) || slices.ContainsFunc(out, func(d cycle.Doing) bool { return d.Ref == ref && d.Issue == x.Issue }) {
				continue
			}
			w, err := t.sys.acts.Get(ctx, a, x.Assembly)
			if err != nil {
				return nil, err
			}
			if w.State != assembly.Cancelled {
				out = append(out, cycle.Doing{Ref: ref, Issue: x.Issue, Kind: cycle.DoneAssembly, Name: w.Title, At: w.At, Held: !w.Held.IsZero(), Evaluated: !w.Evaluated.IsZero()})
			}
		}
	}
	talks, err := t.sys.acts.Talks(ctx, a)
	for _, x := range talks {
		if slices.Contains(issues, x.Issue) {
			held := x.State != assembly.TalkPlanned
			out = append(out, cycle.Doing{Ref: x.Ref(), Issue: x.Issue, Kind: cycle.DoneNegotiation, At: x.At, Held: held, Evaluated: x.State == assembly.TalkAgreed || x.State == assembly.TalkEnded})
		}
	}
	return out, err
}

// turnDecisions are decisions that belong to an issue or a cycle.
type turnDecisions struct{ sys *system }

func (t turnDecisions) Of(ctx context.Context, a access.Actor, ref string) (out []cycle.Decision, err error) {
	page, err := t.sys.decided.List(ctx, a, ref, "")
	for _, d := range page.Items {
		out = append(out, cycle.Decision{ID: d.ID, Ref: ref, Question: d.Words.Question, Recorded: d.State == decision.Recorded, Passed: d.Outcome != nil && d.Outcome.Decided()})
	}
	return out, err
}

// turnRounds are the rounds in which a whole turn is looked back at.
type turnRounds struct{ sys *system }

func (t turnRounds) OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, c cycle.Cycle) error {
	_, err := t.sys.rounds.OpenIn(ctx, tx, a, evaluation.In{Ref: c.Ref(), Kind: evaluation.Turn, At: t.sys.clock.Now(), Title: c.Name, Owner: c.Keeper})
	return err
}

func (t turnRounds) Done(ctx context.Context, a access.Actor, ref string) (bool, error) {
	r, found, err := t.sys.rounds.ByRef(ctx, a, ref)
	return found && r.State == evaluation.Done, err
}

// askOf is the ask of an issue in one sentence, in the language of who reads it.
func (sys *system) askOf(ctx context.Context, a access.Actor, i cycle.Issue) string {
	if !i.Asks().Whole() {
		return ""
	}
	return cycleweb.Sentence(sys.catalog.Localizer(a.Locale), sys.zone(ctx, a.Org), i)
}

// stillOpen reports whether an issue is still worked on.
func stillOpen(i cycle.Issue) bool {
	return i.State != cycle.Parked && !i.State.Over() && i.Phase != cycle.Closed
}

// powerIssues are what maps and charts are about: what is worked on comes first.
type powerIssues struct{ sys *system }

func (p powerIssues) issue(ctx context.Context, a access.Actor, i cycle.Issue) power.Issue {
	return power.Issue{ID: i.ID, Name: i.Title, Ask: p.sys.askOf(ctx, a, i), Office: i.Office, State: "cycle.state." + string(i.State), URL: "/issues/" + i.ID, Open: stillOpen(i)}
}

func (p powerIssues) Issues(ctx context.Context, a access.Actor) (out []power.Issue, err error) {
	list, err := p.sys.cycles.Issues(ctx, a, "")
	for _, open := range []bool{true, false} {
		for _, i := range list {
			if stillOpen(i) == open {
				out = append(out, p.issue(ctx, a, i))
			}
		}
	}
	return out, err
}

func (p powerIssues) Issue(ctx context.Context, a access.Actor, id string) (power.Issue, error) {
	i, err := p.sys.cycles.Issue(ctx, a, id)
	if err != nil {
		return power.Issue{}, err
	}
	return p.issue(ctx, a, i), nil
}

// hallIssues are what an assembly asks about.
type hallIssues struct{ sys *system }

func (h hallIssues) Cycles(ctx context.Context, a access.Actor) (out []assembly.Option, err error) {
	list, err := h.sys.cycles.Cycles(ctx, a)
	for _, c := range list {
		if c.Phase != cycle.Closed {
			out = append(out, assembly.Option{ID: c.ID, Name: c.Name})
		}
	}
	return out, err
}

func (h hallIssues) Issues(ctx context.Context, a access.Actor, of string) (out []assembly.Issue, err error) {
	list, err := h.sys.cycles.Issues(ctx, a, of)
	for _, i := range list {
		if i.State.WasCut() && (of != "" || stillOpen(i)) {
			out = append(out, assembly.Issue{ID: i.ID, Cycle: i.Cycle, Name: i.Title, Ask: h.sys.askOf(ctx, a, i), Office: i.Office, Due: i.Due})
		}
	}
	return out, err
}

// researchIssues are what is researched.
type researchIssues struct{ sys *system }

func (p researchIssues) Issues(ctx context.Context, a access.Actor) (out []research.Issue, err error) {
	list, err := p.sys.cycles.Issues(ctx, a, "")
	for _, i := range list {
		if stillOpen(i) {
			out = append(out, research.Issue{ID: i.ID, Name: i.Title})
		}
	}
	return out, err
}

func (p researchIssues) Issue(ctx context.Context, a access.Actor, id string) (research.Issue, error) {
	i, err := p.sys.cycles.Issue(ctx, a, id)
	return research.Issue{ID: i.ID, Name: i.Title}, err
}

// changeIssues are what a change can have come from, whatever became of them.
type changeIssues struct{ sys *system }

func (p changeIssues) Issues(ctx context.Context, a access.Actor) (out []change.Choice, err error) {
	list, err := p.sys.cycles.Issues(ctx, a, "")
	for _, i := range list {
		out = append(out, change.Choice{ID: i.ID, Name: i.Title})
	}
	return out, err
}

func (p changeIssues) Issue(ctx context.Context, a access.Actor, id string) (change.Choice, error) {
	i, err := p.sys.cycles.Issue(ctx, a, id)
	return change.Choice{ID: i.ID, Name: i.Title}, err
}

// pledgeIssues are what a pledge can be about.
type pledgeIssues struct{ sys *system }

func (p pledgeIssues) Issues(ctx context.Context, a access.Actor) (out []pledge.Issue, err error) {
	list, err := p.sys.cycles.Issues(ctx, a, "")
	for _, i := range list {
		out = append(out, pledge.Issue{ID: i.ID, Title: i.Title})
	}
	return out, err
}
