// The system: everything that is open while a command runs, built from the
// bottom up. Rooms are added here, and nowhere else.
package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/answer"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/change"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/organizing/effort"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/learning"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/organizing/power"
	"seedbed/internal/organizing/report"
	"seedbed/internal/organizing/research"
	"seedbed/internal/organizing/statement"
	"seedbed/internal/organizing/stipend"
	told "seedbed/internal/organizing/story" // the demo has a story of its own
	"seedbed/internal/organizing/survey"
	"seedbed/internal/organizing/team"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/consent"
	"seedbed/locales"
)

// schemas lists the migrations of the main database; the key store has its own.
func schemas() []fs.FS {
	return []fs.FS{
		idem.Schema, audit.Schema, job.Schema, notify.Schema, account.Schema, consent.Schema,
		directory.Schema, introduction.Schema,
		people.Schema,
		team.Schema, meeting.Schema, stipend.Schema,
		decision.Schema,
		told.Schema,
		listening.Schema,
		learning.Schema,
		cycle.Schema,
		power.Schema,
		research.Schema,
		change.Schema,
		proof.Schema, answer.Schema, statement.Schema,
		evaluation.Schema, report.Schema,
		survey.Schema,
		pledge.Schema,
		effort.Schema,
		turnout.Schema,
		assembly.Schema,
	}
}

type system struct {
	store    store
	clock    clock.Clock
	log      *slog.Logger
	db       *db.DB
	keys     *db.DB
	vault    *vault.Vault
	audit    *audit.Log
	queue    *job.Queue
	catalog  *i18n.Catalog
	notices  *notify.Notifier
	accounts *account.Service
	consents *consent.Ledger
	groups   *directory.Service
	intros   *introduction.Service
	people   *people.Service
	stories  *told.Service
	listens  *listening.Service
	answers  *answer.Service
	says     *statement.Service
	decided  *decision.Service
	teams    *team.Service
	learning *learning.Service
	meetings *meeting.Service
	stipends *stipend.Service
	rounds   *evaluation.Service
	reports  *report.Service
	surveys  *survey.Service
	pledges  *pledge.Service
	effort   *effort.Service
	turnouts *turnout.Service
	power    *power.Service
	research *research.Service
	changes  *change.Service
	acts     *assembly.Service
	cycles   *cycle.Service
	first    atomic.Value // id of the clinic the public sees
	known    sync.Map     // organization id → knownOrg
	demo     bool
	codes    []demoCode // of a demo that was just filled
	messages mailAndSMS
	proxies  []netip.Prefix // in front of the server
	guard    guard.Policy   // what free text may keep with a reason

	smsSecret string
}

type openOptions struct {
	clock    clock.Clock
	log      *slog.Logger
	demo     bool
	base     string // public address
	messages mailAndSMS
}

// openSystem opens the databases, migrates them and builds the rooms.
func openSystem(ctx context.Context, s store, o openOptions) (sys *system, err error) {
	defer fault.Wrap(&err, "opening %s", s.where())
	if o.clock == nil {
		o.clock = clock.System()
	}
	if o.log == nil {
		o.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.base == "" {
		o.base = "http://localhost:8080" // of a command that makes no links
	}
	sys = &system{store: s, clock: o.clock, log: o.log, demo: o.demo, messages: o.messages}
	defer func() {
		if err != nil {
			err = errors.Join(err, sys.close())
			sys = nil
		}
	}()
	if sys.db, err = db.Open(ctx, s.Database, db.Options{Log: o.log}); err != nil {
		return sys, fail(exitDatabase, err, "the database %s does not open: %v", s.where(), err)
	}
	if err = sys.db.Migrate(ctx, schemas()...); err != nil {
		return sys, err
	}
	if err = sys.openKeys(ctx); err != nil {
		return sys, err
	}
	sys.audit = audit.New(sys.db, sys.vault, o.clock)
	sys.queue = job.New(sys.db, job.Options{Clock: o.clock, Log: o.log})
	return sys, sys.buildRooms(o)
}

// where names the database without a password in it.
func (s store) where() string {
	if i := strings.LastIndex(s.Database, "@"); strings.Contains(s.Database, "://") && i >= 0 {
		return "postgres://…" + s.Database[i:]
	}
	return s.Database
}

func (sys *system) openKeys(ctx context.Context) (err error) {
	if sys.keys, err = db.Open(ctx, sys.store.Keys, db.Options{Readers: 4, Log: sys.log}); err != nil {
		return fail(exitDatabase, err, "the key store %s does not open: %v", sys.store.Keys, err)
	}
	if err = sys.keys.Migrate(ctx, vault.Schema); err != nil {
		return err
	}
	fresh, err := vault.Empty(ctx, sys.keys)
	if err != nil {
		return err
	}
	if fresh {
		// A key store beside data that it cannot open would make everybody look erased.
		orgs, err := audit.New(sys.db, nil, sys.clock).Orgs(ctx)
		if err != nil {
			return err
		}
		if len(orgs) > 0 {
			return fail(exitRefused, nil, "the key store %s is empty, but the database %s is in use. Name the right key store with --keys, or restore it from its own backup.", sys.store.Keys, sys.store.where())
		}
	}
	kek, from, err := vault.LoadKEK(os.Getenv, sys.store.KeyFile, fresh)
	if err != nil {
		return fail(exitFile, err, "the master key cannot be used: %v", err)
	}
	sys.log.Info("master key", "from", from)
	sys.vault, err = vault.Open(ctx, vault.Options{Keys: sys.keys, KEK: kek, Clock: sys.clock, Ledger: sys.ledger()})
	if errors.Is(err, vault.ErrWrongKEK) {
		return fail(exitRefused, err, "%v", err)
	}
	return err
}

// ledger is where erasures are written a second time, beside the key store when that is a file.
func (sys *system) ledger() string {
	if strings.Contains(sys.store.Keys, "://") {
		return ""
	}
	return filepath.Join(filepath.Dir(sys.store.Keys), "erased.ledger")
}

// buildRooms makes every room on the open platform, from the lower floors up.
func (sys *system) buildRooms(o openOptions) (err error) {
	if sys.catalog, err = i18n.Load(locales.Files); err != nil {
		return err
	}
	mail, err := o.messages.mail()
	if err != nil {
		return err
	}
	if sys.smsSecret, err = readSecret(o.messages.SMSSecret, "gateway secret"); err != nil {
		return err
	}
	sms, err := o.messages.sms()
	if err != nil {
		return err
	}
	sys.notices, err = notify.New(notify.Options{DB: sys.db, Jobs: sys.queue, Clock: sys.clock, Vault: sys.vault, Audit: sys.audit,
		Catalog: sys.catalog, Mail: mail, SMS: sms, Log: sys.log})
	if err != nil {
		return err
	}
	var mailer account.Sender
	if mail.Host != "" {
		mailer = sys.notices
	}
	sys.accounts, err = account.New(sys.db, sys.vault, sys.audit, sys.clock, account.Options{Base: o.base, Demo: o.demo, Mail: mailer})
	if err != nil {
		return err
	}
	sys.consents = consent.New(sys.clock)
	sys.groups = directory.New(directory.Options{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Zone: sys.zone, Log: sys.log,
		Remind: directory.RemindBy(sys.notices)})
	sys.intros = introduction.New(introduction.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Jobs: sys.queue, Clock: sys.clock,
		Consent: sys.consents, Groups: introduction.GroupsOf(sys.groups), Notices: sys.notices, Staff: account.RefAccount,
		Zone: sys.zone, Clinic: sys.clinicName, Link: func(token string) string { return o.base + "/r/" + token }, Mine: o.base + "/me", Log: sys.log})
	sys.people = people.New(people.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Jobs: sys.queue, Clock: sys.clock, Consent: sys.consents,
		Notices: sys.notices, Zone: sys.zone, Staff: sys.colleagues, Log: sys.log,
		Mates: sys.mates,
		CoreTeam: func(ctx context.Context, tx *db.Tx, person string) (bool, error) {
			return sys.teams.OnCoreTeam(ctx, tx, person)
		},
		OnErase: []func(ctx context.Context, tx *db.Tx, person string) error{sys.forgetEverywhere}})
	sys.people.Register(sys.queue)
	sys.buildCarry()
	sys.buildTeams()
	sys.buildLearning()
	sys.decided = decision.New(decision.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Jobs: sys.queue, Clock: sys.clock, Log: sys.log})
	sys.stories = told.New(told.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Jobs: sys.queue, Clock: sys.clock, Consent: sys.consents, People: sys.people, Log: sys.log})
	sys.buildListening()
	sys.buildNameless()
	sys.buildEvaluation()
	sys.buildSurveys()
	sys.buildPledges()
	sys.buildTurnout(o.base)
	sys.buildPower()
	sys.buildResearch()
	sys.buildChanges()
	sys.buildAssembly()
	sys.buildReports()
	sys.buildCycles()
	sys.notices.Resolver(account.RefInvitation, sys.accounts.InvitationContact)
	sys.notices.Resolver(people.RefCommitment, sys.people.Resolve(o.base+"/me"))
	sys.notices.Resolver(account.RefAccount, sys.accounts.Contact)
	sys.notices.Resolver(directory.AddresseeRoom, sys.groups.Resolve(o.base, sys.clinicName))
	sys.groups.Register(sys.queue)
	sys.queue.Every("account.tidy", account.TidyEvery, sys.accounts.Tidy)
	sys.queue.Every("audit.tally", audit.TallyEvery, func(ctx context.Context, _ time.Time) error { return sys.audit.CloseTallies(ctx) })
	sys.queue.Every("app.idempotency", 24*time.Hour, func(ctx context.Context, _ time.Time) error {
		return idem.Forget(ctx, sys.db, sys.clock.Now())
	})
	return nil
}

// zone is a clinic's time zone; UTC until it has one.
func (sys *system) zone(ctx context.Context, org string) *time.Location {
	if o, err := sys.orgOf(ctx, org); err == nil {
		if z, err := time.LoadLocation(o.Zone); err == nil {
			return z
		}
	}
	return time.UTC
}

func (sys *system) clinicName(ctx context.Context, org string) string {
	o, err := sys.orgOf(ctx, org)
	if err != nil {
		return "Seedbed"
	}
	return o.Name
}

func (sys *system) close() error {
	var errs []error
	for _, d := range []*db.DB{sys.db, sys.keys} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	return errors.Join(errs...)
}
