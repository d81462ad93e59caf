// The commands that do one thing and stop.
package app

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/trust/account"
)

type versionCommand struct{}

// Run prints the version and the commit it was built from.
func (versionCommand) Run(t *terminal) error {
	t.say("seedbed %s", version())
	return nil
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v, rev := info.Main.Version, ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			rev = " " + s.Value[:12]
		}
	}
	return v + rev + " " + info.GoVersion
}

type migrateCommand struct{ store }

// Run brings the schema up to date.
func (c *migrateCommand) Run(t *terminal) error {
	if err := c.fill("data"); err != nil {
		return err
	}
	sys, err := openSystem(t.ctx, c.store, openOptions{})
	if err != nil {
		return err
	}
	t.say("the database %s is up to date", c.where())
	return sys.close()
}

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Check the whole chain. With --checkpoint also that nothing was cut off or rewritten since."`
	Show   auditShowCommand   `cmd:"" name:"checkpoint" help:"Print today's checkpoint per clinic, to keep outside this machine."`
}

type auditVerifyCommand struct {
	store
	Checkpoint []string `help:"A checkpoint printed earlier, as CLINIC:SEQ HASH. May be given several times." placeholder:"TEXT"`
}

// Run verifies every clinic's chain.
func (c *auditVerifyCommand) Run(t *terminal) error {
	if err := c.fill("data"); err != nil {
		return err
	}
	sys, err := openSystem(t.ctx, c.store, openOptions{})
	if err != nil {
		return err
	}
	defer sys.close()
	known := map[string][]audit.Checkpoint{}
	for _, s := range c.Checkpoint {
		org, rest, ok := strings.Cut(s, ":")
		cp, err := audit.ParseCheckpoint(org, strings.TrimSpace(rest))
		if !ok || err != nil {
			return fail(exitUsage, err, "--checkpoint wants CLINIC:SEQ HASH as printed by seedbed audit checkpoint, not %q", s)
		}
		known[org] = append(known[org], cp)
	}
	orgs, err := sys.trails(t.ctx, known)
	if err != nil {
		return err
	}
	bad := 0
	for _, org := range orgs {
		r, err := sys.audit.Verify(t.ctx, org, known[org]...)
		if err != nil {
			return err
		}
		if r.OK() && r.Events == 0 { // making a clinic is its first entry
			r.Problem, r.BadSeq = audit.CutOff, 1
		}
		if r.OK() {
			t.say("%s: %d entries, whole, ends at %s", org, r.Events, r.End)
			continue
		}
		bad++
		t.say("%s: NOT WHOLE: %s at entry %d", org, r.Problem, r.BadSeq)
	}
	if bad > 0 {
		return fail(exitTampered, nil, "the audit trail of %d clinic(s) does not verify. Keep this database as it is and call your privacy officer.", bad)
	}
	return nil
}

// trails lists every clinic that must have a trail: those that have one, those
// that exist, and those of the checkpoints. A trail that was emptied is not one less to check.
func (sys *system) trails(ctx context.Context, known map[string][]audit.Checkpoint) ([]string, error) {
	all, err := sys.audit.Orgs(ctx)
	if err != nil {
		return nil, err
	}
	clinics, err := sys.accounts.Organizations(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range clinics {
		all = append(all, o.ID)
	}
	for org := range known {
		all = append(all, org)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

type auditShowCommand struct{ store }

// Run prints the checkpoints.
func (c *auditShowCommand) Run(t *terminal) error {
	if err := c.fill("data"); err != nil {
		return err
	}
	sys, err := openSystem(t.ctx, c.store, openOptions{})
	if err != nil {
		return err
	}
	defer sys.close()
	orgs, err := sys.audit.Orgs(t.ctx)
	if err != nil {
		return err
	}
	for _, org := range orgs {
		cp, err := sys.audit.Checkpoint(t.ctx, org)
		if err != nil {
			return err
		}
		t.say("%s:%s", org, cp)
	}
	return nil
}

type userCommand struct {
	List    userListCommand    `cmd:"" help:"List who signs in."`
	Invite  userInviteCommand  `cmd:"" help:"Make a one-time invitation link."`
	Disable userDisableCommand `cmd:"" help:"Stop somebody from signing in; their sessions end at once."`
	Reset   userResetCommand   `cmd:"" help:"Make a link with which somebody chooses new sign-in factors."`
}

// clinicFlag picks an organization when there are several.
type clinicFlag struct {
	Clinic string `help:"Which clinic, when there are several: its id." placeholder:"ID"`
}

func (f clinicFlag) org(t *terminal, sys *system) (account.Organization, error) {
	orgs, err := sys.accounts.Organizations(t.ctx)
	if err != nil {
		return account.Organization{}, err
	}
	var names []string
	for _, o := range orgs {
		if o.ID == f.Clinic || f.Clinic == "" && len(orgs) == 1 {
			return o, nil
		}
		names = append(names, o.ID+" "+o.Name)
	}
	if len(orgs) == 0 {
		return account.Organization{}, fail(exitRefused, nil, "nobody has set this Seedbed up yet: run seedbed serve and open the address it prints")
	}
	return account.Organization{}, fail(exitUsage, nil, "say which clinic with --clinic:\n  %s", strings.Join(names, "\n  "))
}

type userListCommand struct {
	store
	clinicFlag
}

// Run lists accounts.
func (c *userListCommand) Run(t *terminal) error {
	return c.with(t, c.clinicFlag, "", func(sys *system, o account.Organization) error {
		list, err := sys.accounts.ListAccounts(t.ctx, o.ID)
		if err != nil {
			return err
		}
		for _, a := range list {
			var roles []string
			for _, r := range a.Roles {
				roles = append(roles, string(r.Role))
			}
			state := ""
			if !a.Disabled.IsZero() {
				state = " (disabled)"
			}
			t.say("%s  %s <%s> %s%s", a.ID, a.Name, a.Email, strings.Join(roles, ","), state)
		}
		return nil
	})
}

// with opens the system for one clinic.
func (s *store) with(t *terminal, f clinicFlag, base string, fn func(sys *system, o account.Organization) error) error {
	if err := s.fill("data"); err != nil {
		return err
	}
	sys, err := openSystem(t.ctx, *s, openOptions{base: base})
	if err != nil {
		return err
	}
	defer sys.close()
	o, err := f.org(t, sys)
	if err != nil {
		return err
	}
	return fn(sys, o)
}

type userInviteCommand struct {
	store
	clinicFlag
	Base  string `name:"base-url" required:"" help:"The address people use, as https://seedbed.example.org." env:"SEEDBED_BASE_URL" placeholder:"URL"`
	Role  string `required:"" help:"clinician, navigator, organizer, partner, lead, evaluator, admin or operator."`
	Group string `help:"For partner: the id of their group." placeholder:"ID"`
	Name  string `arg:"" help:"Their name."`
	Email string `arg:"" help:"Their e-mail address."`
}

// Run makes an invitation.
func (c *userInviteCommand) Run(t *terminal) error {
	return c.with(t, c.clinicFlag, c.Base, func(sys *system, o account.Organization) error {
		token, v, err := sys.accounts.Invite(t.ctx, access.Machine(o.ID), account.Guest{Name: c.Name, Email: c.Email, Role: access.Role(c.Role), Group: c.Group, Language: o.Language})
		if err != nil {
			return err
		}
		t.say("Give this link to %s. It works once, until %s:\n\n    %s/invite/%s", v.Name, v.Expires.Format("2006-01-02 15:04 MST"), strings.TrimSuffix(c.Base, "/"), token)
		return nil
	})
}

type userDisableCommand struct {
	store
	clinicFlag
	Account string `arg:"" help:"The account's id, from seedbed user list."`
}

// Run disables an account.
func (c *userDisableCommand) Run(t *terminal) error {
	return c.with(t, c.clinicFlag, "", func(sys *system, o account.Organization) error {
		if err := sys.accounts.Disable(t.ctx, access.Machine(o.ID), c.Account); err != nil {
			return err
		}
		t.say("%s can no longer sign in", c.Account)
		return nil
	})
}

type userResetCommand struct {
	store
	clinicFlag
	Base    string `name:"base-url" required:"" help:"The address people use." env:"SEEDBED_BASE_URL" placeholder:"URL"`
	Account string `arg:"" help:"The account's id, from seedbed user list."`
}

// Run makes a link for new factors.
func (c *userResetCommand) Run(t *terminal) error {
	return c.with(t, c.clinicFlag, c.Base, func(sys *system, o account.Organization) error {
		token, v, err := sys.accounts.ResetFactors(t.ctx, access.Machine(o.ID), c.Account)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "Give this link to %s. It works once, until %s:\n\n    %s/invite/%s\n", v.Name, v.Expires.Format("2006-01-02 15:04 MST"), strings.TrimSuffix(c.Base, "/"), token)
		return nil
	})
}
