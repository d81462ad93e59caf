// The demo: a whole fictional clinic on embedded SQLite, filled through the same
// verbs that people use, so that everything it shows really happened.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/account"
)

type demoCommand struct {
	store
	Listen string `help:"Address to listen on." default:"127.0.0.1:8080" env:"SEEDBED_LISTEN" placeholder:"HOST:PORT"`
	Signin string `help:"Print a sign-in link for a role (clinician, navigator, organizer, leader, partner, lead, evaluator, admin, operator) and stop." placeholder:"ROLE"`
	Log    bool   `help:"Write the request log to the terminal."`
}

// Run builds the clinic if it is not there, prints the way in, and serves.
func (c *demoCommand) Run(t *terminal) error {
	if c.Signin != "" {
		return c.printLink(t)
	}
	given := c.Data != "" || c.Database != ""
	if !given {
		// A demo of yesterday would speak of yesterday: begin afresh.
		if err := os.RemoveAll(demoFolder()); err != nil {
			return fail(exitFile, err, "the old demo in %s cannot be removed: %v", demoFolder(), err)
		}
	}
	if err := c.fill(demoFolder()); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return listenHint(c.Listen, err)
	}
	defer ln.Close()
	base := "http://" + ln.Addr().String()
	level := slog.LevelWarn
	if c.Log {
		level = slog.LevelInfo
	}
	sys, err := openSystem(t.ctx, c.store, openOptions{clock: &pastClock{Clock: demoClock()}, log: logger(t, false, level), demo: true, base: base})
	if err != nil {
		return err
	}
	defer sys.close()
	if err := sys.seed(t.ctx); err != nil {
		return err
	}
	org, err := sys.firstOrg(t.ctx)
	if err != nil {
		return err
	}
	t.say("A fictional clinic, %s, is ready. Everything in it is invented.\n", org.Name)
	t.say("Sign in as:")
	for _, role := range access.StaffRoles() {
		link, err := sys.ticket(t.ctx, base, role)
		if fault.Is(err, fault.NotFound) {
			continue // a database of one's own may lack the role
		}
		if err != nil {
			return err
		}
		t.say("  %-10s %s", role, link)
	}
	for i, c := range sys.codes {
		if i == 0 {
			t.say("\nMy information, at %s/me, opens with one of these codes:", base)
		}
		t.say("  %-10s %s", c.Name, c.Code)
	}
	t.say("\nThe data are in %s. Stop with Ctrl-C. Open:\n", filepath.Dir(c.Database))
	return sys.serve(t, ln, base)
}

func (c *demoCommand) printLink(t *terminal) error {
	role := access.Role(c.Signin)
	if !slices.Contains(access.StaffRoles(), role) {
		var names []string
		for _, r := range access.StaffRoles() {
			names = append(names, string(r))
		}
		return fail(exitUsage, nil, "--signin wants one of %s, not %q", strings.Join(names, ", "), c.Signin)
	}
	if err := c.fill(demoFolder()); err != nil {
		return err
	}
	base := "http://" + c.Listen
	sys, err := openSystem(t.ctx, c.store, openOptions{clock: demoClock(), demo: true, base: base})
	if err != nil {
		return err
	}
	defer sys.close()
	link, err := sys.ticket(t.ctx, base, role)
	if err != nil {
		return err
	}
	t.say("%s", link)
	return nil
}

func (sys *system) ticket(ctx context.Context, base string, role access.Role) (string, error) {
	org, err := sys.firstOrg(ctx)
	if err != nil {
		return "", err
	}
	if org.ID == "" {
		return "", fail(exitRefused, nil, "there is no demo in %s: start it with seedbed demo, then ask for links with the same --data and --listen", sys.store.Data)
	}
	token, err := sys.accounts.DemoTicket(ctx, org.ID, role)
	return base + "/ticket/" + token, err
}

// seed fills an empty database. A database that has a clinic is left alone.
func (sys *system) seed(ctx context.Context) error {
	orgs, err := sys.accounts.Organizations(ctx)
	if err != nil || len(orgs) > 0 {
		return err
	}
	past, ok := sys.clock.(*pastClock)
	if !ok {
		return errors.New("the demo needs a clock that can show the past")
	}
	d := &demo{sys: sys, ctx: ctx, past: past}
	past.at(past.Clock.Now().AddDate(0, 0, -340))
	defer past.back.Store(0)
	for _, step := range []func() error{
		d.clinic, d.staff, d.year, d.partner, d.decisions, d.teams,
		d.offices,
		d.cycles,
		d.power,
		d.researches,
		d.changed,
		d.assembliesPlanned,
		d.turnout,
		d.assemblies,
		d.pledges,
		d.evaluations,
		d.surveys,
		d.hours,
		d.reports,
		d.turns,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	sys.codes = d.codes
	return nil
}

// demo holds what the steps of seeding share.
type demo struct {
	sys    *system
	ctx    context.Context
	past   *pastClock
	org    string
	sites  []string
	actors map[access.Role]access.Actor
	codes  []demoCode
}

func (d *demo) clinic() error {
	o, err := d.sys.accounts.CreateOrg(d.ctx, account.Clinic{Name: "Cedar Street Health Center", Site: "Cedar Street", Language: "en", Zone: "America/Los_Angeles"})
	if err != nil {
		return err
	}
	d.org = o.ID
	if _, err := d.sys.accounts.AddSite(d.ctx, access.Machine(d.org), "Foster Row", ""); err != nil {
		return err
	}
	sites, err := d.sys.accounts.Sites(d.ctx, d.org)
	for _, s := range sites {
		d.sites = append(d.sites, s.ID)
	}
	return err
}

// partner is a group's organizer who signs in; most groups answer without an account.
func (d *demo) partner() error {
	groups, err := d.sys.groups.List(d.ctx, access.Anonymous(d.org), directory.Filter{Words: "Worker Center"}, "")
	if err != nil || len(groups.Items) == 0 {
		return err
	}
	_, err = d.sys.accounts.Provision(d.ctx, d.org, account.Person{Name: "Carla Benítez", Email: "carla@workercenter.example", Language: "es"},
		account.Role{Role: access.Partner, Group: groups.Items[0].ID})
	return err
}

var demoStaff = []struct {
	role  access.Role
	name  string
	email string
	lang  string
}{
	{access.Clinician, "Dr. Amara Cole", "amara.cole@cedarstreet.example", "en"},
	{access.Navigator, "Lupe Herrera", "lupe.herrera@cedarstreet.example", "es"},
	{access.Organizer, "Ana Whitfield", "ana.whitfield@cedarstreet.example", "en"},
	{access.Leader, "Thu Pham", "thu.pham@cedarstreet.example", "vi"},
	{access.Lead, "Ruth Adeyemi", "ruth.adeyemi@cedarstreet.example", "en"},
	{access.Evaluator, "Jonas Petri", "jonas.petri@cedarstreet.example", "en"},
	{access.Admin, "Mina Castellan", "mina.castellan@cedarstreet.example", "en"},
	{access.Operator, "Theo Brandt", "theo.brandt@cedarstreet.example", "en"},
}

func (d *demo) staff() error {
	d.actors = map[access.Role]access.Actor{}
	for _, p := range demoStaff {
		id, err := d.sys.accounts.Provision(d.ctx, d.org, account.Person{Name: p.name, Email: p.email, Language: p.lang}, account.Role{Role: p.role})
		if err != nil {
			return err
		}
		d.actors[p.role] = access.Actor{Org: d.org, Account: id, Roles: []access.Role{p.role}, StepUp: d.sys.clock.Now()}
	}
	return nil
}
