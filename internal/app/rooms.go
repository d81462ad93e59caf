// The rooms' pages, routes and places in the navigation.
package app

import (
	"context"
	"io/fs"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/directory/directoryweb"
	"seedbed/internal/clinic/introduction/introductionweb"
	"seedbed/internal/door/hsds"
	"seedbed/internal/organizing/answer/answerweb"
	"seedbed/internal/organizing/assembly/assemblyweb"
	"seedbed/internal/organizing/change/changeweb"
	"seedbed/internal/organizing/cycle/cycleweb"
	"seedbed/internal/organizing/decision/decisionweb"
	"seedbed/internal/organizing/effort/effortweb"
	"seedbed/internal/organizing/evaluation/evaluationweb"
	"seedbed/internal/organizing/learning/learningweb"
	"seedbed/internal/organizing/listening/listeningweb"
	"seedbed/internal/organizing/meeting/meetingweb"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/organizing/pledge/pledgeweb"
	"seedbed/internal/organizing/power/powerweb"
	"seedbed/internal/organizing/report/reportweb"
	"seedbed/internal/organizing/research/researchweb"
	"seedbed/internal/organizing/statement/statementweb"
	"seedbed/internal/organizing/stipend/stipendweb"
	"seedbed/internal/organizing/story/storyweb"
	"seedbed/internal/organizing/survey/surveyweb"
	"seedbed/internal/organizing/team/teamweb"
	"seedbed/internal/organizing/turnout/turnoutweb"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/account/accountweb"
	look "seedbed/web"
)

func (sys *system) pages(own fs.FS) map[string]fs.FS {
	return map[string]fs.FS{
		"app":          own,
		"style":        look.Style(),
		"account":      accountweb.Pages(),
		"directory":    directoryweb.Pages(),
		"introduction": introductionweb.Pages(),
		"decision":     decisionweb.Pages(),
		"assembly":     assemblyweb.Pages(),
		"cycle":        cycleweb.Pages(),
		"team":         teamweb.Pages(),
		"learning":     learningweb.Pages(),
		"meeting":      meetingweb.Pages(),
		"research":     researchweb.Pages(),
		"change":       changeweb.Pages(),
		"stipend":      stipendweb.Pages(),
		"story":        storyweb.Pages(),
		"listening":    listeningweb.Pages(),
		"answer":       answerweb.Pages(),
		"statement":    statementweb.Pages(),
		"people":       peopleweb.Pages(),
		"evaluation":   evaluationweb.Pages(),
		"power":        powerweb.Pages(),
		"survey":       surveyweb.Pages(),
		"pledge":       pledgeweb.Pages(),
		"effort":       effortweb.Pages(),
		"report":       reportweb.Pages(),
		"turnout":      turnoutweb.Pages(),
	}
}

func (sys *system) roomRoutes() []web.Route {
	var list []web.Route
	list = append(list, accountweb.New(sys.accounts, accountweb.Options{Home: landing, Groups: sys.partnerGroups, Mail: sys.messages.SMTP != ""}).Routes()...)
	list = append(list, directoryweb.New(sys.groups).Routes()...)
	most := hsds.Standard()
	list = append(list, directoryweb.NewImports(sys.groups, directoryweb.ImportOptions{Read: readDirectory, Bytes: most.Total, Files: most.Files,
		Records: most.Records, Name: sys.staffName}).Routes()...)
	list = append(list, introductionweb.New(sys.intros, sys.groups, sys.accounts, introductionweb.Options{Notices: sys.notices, Jobs: sys.queue,
		InboundSecret: sys.smsSecret, Catalog: sys.catalog, ExitURL: exitURL, Door: peopleweb.Door(sys.people), Leave: peopleweb.Leave(sys.people), Carry: sys.carryNow}).Routes()...)
	list = append(list, sys.teamRoutes()...)
	list = append(list, sys.cycleRoutes()...)
	list = append(list, sys.listeningRoutes()...)
	list = append(list, sys.learningRoutes()...)
	list = append(list, sys.namelessRoutes()...)
	list = append(list, storyweb.New(sys.stories, sys.people, storyweb.Options{Name: sys.staffName}).Routes()...)
	list = append(list, peopleweb.New(sys.people, peopleweb.Options{Catalog: sys.catalog,
		Lines: []peopleweb.Lines{
			sys.meetingLines,
			sys.researchLines,
			sys.assemblyLines,
			sys.changeLines,
			sys.turnoutLines,
			sys.roundLines,
			sys.surveyLines,
			sys.pledgeLines,
			sys.cycleLines,
		},
		Parts: []peopleweb.Parts{
			sys.ownTeams, sys.ownMeetings,
			sys.ownResearch,
			sys.ownTurnout,
			sys.ownLearning, sys.ownStipends, sys.ownStories,
			sys.ownTies,
			sys.ownSurveys,
		}}).Routes()...)
	list = append(list, decisionweb.New(sys.decided, sys.people).Routes()...)
	list = append(list, sys.evaluationRoutes()...)
	list = append(list, sys.surveyRoutes()...)
	list = append(list, sys.reportRoutes()...)
	list = append(list, sys.researchRoutes()...)
	list = append(list, sys.powerRoutes()...)
	list = append(list, sys.assemblyRoutes()...)
	list = append(list, sys.pledgeRoutes()...)
	list = append(list, effortweb.New(sys.effort).Routes()...)
	list = append(list, sys.changeRoutes()...)
	list = append(list, sys.turnoutRoutes()...)
	return list
}

// staffName is how a colleague is called, for pages that say who did something.
func (sys *system) staffName(ctx context.Context, org, account string) string {
	list, err := sys.accounts.ListAccounts(ctx, org)
	if err != nil {
		return ""
	}
	for _, a := range list {
		if a.ID == account {
			return a.Name
		}
	}
	return ""
}

// colleagues are those with an account whom the organizing room can name.
func (sys *system) colleagues(ctx context.Context, org string) (out []people.Colleague, err error) {
	list, err := sys.accounts.ListAccounts(ctx, org)
	for _, a := range list {
		if a.Disabled.IsZero() {
			c := people.Colleague{Account: a.ID, Name: a.Name}
			for _, r := range a.Roles {
				c.Roles = append(c.Roles, r.Role)
			}
			out = append(out, c)
		}
	}
	return out, err
}

// partnerGroups are the groups an organizer with an account can belong to.
func (sys *system) partnerGroups(ctx context.Context, a access.Actor) (list []accountweb.Option, err error) {
	for after := ""; ; {
		page, err := sys.groups.List(ctx, a, directory.Filter{}, after)
		if err != nil {
			return nil, err
		}
		for _, g := range page.Items {
			list = append(list, accountweb.Option{Value: g.ID, Label: g.Name})
		}
		if after = page.Next; after == "" {
			return list, nil
		}
	}
}

type navEntry struct {
	key, url, icon string
	need           access.Need
	only           []access.Role // when the need alone would show it to too many
	public         bool
	part           []navEntry // pages that belong to this entry and stand beside each other
}

func can(r access.Resource, a access.Action) access.Need { return access.Need{Resource: r, Action: a} }

// cyclePages are the pages of the cycle, in the order in which it turns.
var cyclePages = []navEntry{
	{key: "cycle.title", url: "/cycles", need: can("cycle", access.Read)},
	{key: "cycle.issues", url: "/issues", need: can("issue", access.Read), part: []navEntry{{url: "/criteria"}}},
	{key: "power.title", url: "/power", need: can("office", access.Read), part: []navEntry{{url: "/strategy"}}},
	{key: "research.title", url: "/research", need: can("research", access.Read), part: []navEntry{{url: "/options"}, {url: "/ways"}}},
	{key: "turnout.title", url: "/turnout", need: can("turnout", access.Read)},
	{key: "assembly.title", url: "/assemblies", need: can("assembly", access.Read), part: []navEntry{{url: "/negotiations"}}},
	{key: "pledge.desk.title", url: "/pledges/desk", need: can("pledge", access.Update)},
	{key: "pledge.desk.title", url: "/pledges", need: can("pledge", access.Read), only: []access.Role{access.Evaluator}},
	{key: "evaluation.title", url: "/evaluations", need: can("evaluation", access.Read)},
	{key: "change.title", url: "/changes", need: can("change", access.Read)},
	{key: "survey.title", url: "/surveys", need: can("survey", access.Read)},
	{key: "effort.title", url: "/effort", need: can("effort", access.Create), only: []access.Role{access.Organizer, access.Lead}},
	{key: "effort.title", url: "/effort/report", need: can("effort", access.Read), only: []access.Role{access.Evaluator}},
	{key: "indicator.title", url: "/indicators", need: can("indicator", access.Read)},
	{key: "report.title", url: "/reports/desk", need: can("indicator", access.Read)},
}

// navigation in the order of a working day: the organizing room first for those who
// work there, then the clinic's. Each actor sees what they may open; the first entry
// is where they land.
var navigation = []navEntry{
	{key: "today.title", url: "/today", icon: "today", need: can("practice", access.Read)},
	{key: "people.list.title", url: "/people", icon: "people", need: can("person", access.Read), only: []access.Role{access.Organizer, access.Leader}},
	{key: "team.title", url: "/teams", icon: "team", need: can("team", access.Read)},
	{key: "campaign.title", url: "/campaigns", icon: "campaign", need: can("campaign", access.Read), only: []access.Role{access.Organizer, access.Leader}},
	{key: "learning.title", url: "/learn", icon: "learn", need: can("curriculum", access.Read), only: []access.Role{access.Organizer, access.Leader}},
	{key: "common.nav.cycle", url: "/cycles", icon: "refresh", need: can("cycle", access.Read), only: []access.Role{access.Organizer, access.Leader}, part: cyclePages},
	{key: "common.nav.decisions", url: "/decisions", icon: "check", need: can("decision", access.Create)},
	{key: "common.nav.handoffs", url: "/handoffs", icon: "handoff", need: can("handoff", access.Update)},
	{key: "common.nav.offer", url: "/offer?full=1", icon: "offer", need: can("offer", access.Create)},
	{key: "common.nav.mine", url: "/introductions", icon: "check", need: can("offer", access.Read), only: []access.Role{access.Clinician}},
	{key: "common.nav.shared", url: "/shared", icon: "handoff", need: can("introduction", access.Read), only: []access.Role{access.Partner}},
	{key: "common.nav.groups", url: "/directory", icon: "groups", need: can("group", access.Create)},
	{key: "common.nav.counts", url: "/counts", icon: "counts", need: can("counts", access.Read)},
	{key: "common.nav.cycle", url: "/cycles", icon: "refresh", need: can("cycle", access.Read), only: []access.Role{access.Lead, access.Evaluator}, part: cyclePages},
	{key: "campaign.title", url: "/campaigns", icon: "campaign", need: can("campaign", access.Read), only: []access.Role{access.Lead, access.Evaluator}},
	{key: "learning.title", url: "/learn", icon: "learn", need: can("curriculum", access.Read), only: []access.Role{access.Clinician, access.Navigator}},
	{key: "effort.title", url: "/effort", icon: "clock", need: can("effort", access.Create), only: []access.Role{access.Clinician, access.Navigator}},
	{key: "common.nav.messages", url: "/messages", icon: "message", need: can("message", access.Read)},
	{key: "stipend.title", url: "/stipends", icon: "coin", need: can("stipend", access.Read), only: []access.Role{access.Organizer, access.Lead}},
	{key: "common.nav.people", url: "/accounts", icon: "people", need: can("account", access.Create)},
	{key: "common.nav.clinic", url: "/sites", icon: "home", need: can("settings", access.Update)},
	{key: "common.nav.audit", url: "/audit", icon: "lock", need: can("audit", access.Read), only: []access.Role{access.Admin}},
	{key: "common.nav.jobs", url: "/jobs", icon: "alert", need: can("job", access.Read)},
	{key: "common.nav.groups", url: "/groups", icon: "groups", need: can("group", access.Read), public: true},
	{key: "report.title", url: "/reports", icon: "counts", need: can("report", access.Read), public: true},
	{key: "common.nav.map", url: "/map", icon: "map", need: can("group", access.Read), public: true},
	{key: "pledge.desk.title", url: "/pledges", icon: "speak", need: can("pledge", access.Read), public: true},
}

// orgFor is how long a clinic's name and zone may be remembered: they are asked
// for on every page and change once in years.
const orgFor = 5 * time.Second

type knownOrg struct {
	org account.Organization
	at  time.Time
}

// firstOrg is the clinic an installation shows to the public.
func (sys *system) firstOrg(ctx context.Context) (account.Organization, error) {
	if id, ok := sys.first.Load().(string); ok {
		return sys.orgOf(ctx, id)
	}
	list, err := sys.accounts.Organizations(ctx)
	if err != nil || len(list) == 0 {
		return account.Organization{}, err
	}
	sys.first.Store(list[0].ID)
	return list[0], nil
}

// orgOf is a clinic's name, language and zone.
func (sys *system) orgOf(ctx context.Context, org string) (account.Organization, error) {
	if k, ok := sys.known.Load(org); ok && time.Since(k.(knownOrg).at) < orgFor {
		return k.(knownOrg).org, nil
	}
	o, err := sys.accounts.Organization(ctx, org)
	if err == nil {
		sys.known.Store(org, knownOrg{o, time.Now()})
	}
	return o, err
}

// isSetUp reports whether there is a clinic. When the database cannot say, pages
// may try: they fail with a better sentence than a redirect to the first run.
func (sys *system) isSetUp() bool {
	o, err := sys.firstOrg(context.Background())
	return err != nil || o.ID != ""
}

// landing is where somebody who just signed in begins: the first thing they may open.
func landing(a access.Actor) string { return "/" }
