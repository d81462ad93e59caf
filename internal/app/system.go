// The system: everything that is open while a command runs, built from the
// bottom up. Rooms are added here, and nowhere else.
package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/account"
)

// schemas lists the migrations of the main database; the key store has its own.
func schemas() []fs.FS {
	return []fs.FS{idem.Schema, audit.Schema, job.Schema, account.Schema}
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
	accounts *account.Service
	first    firstOrg // the clinic the public sees; asked for on every request
	demo     bool
	messages mailAndSMS
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

func (sys *system) buildRooms(o openOptions) (err error) {
	sys.accounts, err = account.New(sys.db, sys.vault, sys.audit, sys.clock, account.Options{Base: o.base, Demo: o.demo})
	return err
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
