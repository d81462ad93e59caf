// The invented clinic on disk: opening it, filling it, and what the load maker
// has to know about it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/consent"
)

// world is the clinic. Its exported fields are kept beside the data, so that a
// folder can be measured again.
type world struct {
	Org      string
	Groups   int
	People   int
	Sites    []string
	Sessions map[access.Role][]string // tokens of signed-in browsers
	Accounts map[access.Role][]string
	Intros   []string // ids to look at
	Calling  []string // ids at which an attempt can be logged
	Members  []string // ids of people who take part
	Called   []string // their names, as somebody types them
	Owners   []string // who looks after them
	Now      time.Time

	data, database, keyStore string
	db, keys                 *db.DB
	vault                    *vault.Vault
	audit                    *audit.Log
	accounts                 *account.Service
	groups                   []directory.Group
}

func schemas() []fs.FS {
	return []fs.FS{idem.Schema, audit.Schema, job.Schema, notify.Schema, account.Schema, consent.Schema, directory.Schema, introduction.Schema, people.Schema}
}

func (w *world) manifest() string { return filepath.Join(w.data, "bench.json") }

// openWorld opens the folder and fills it when it is not filled. With a
// PostgreSQL address the database is there and only the keys are in the folder.
func openWorld(ctx context.Context, data, postgres string, groups, people int) (w *world, err error) {
	w = &world{data: data, database: filepath.Join(data, "seedbed.db"), keyStore: filepath.Join(data, "keys", "keys.db")}
	if postgres != "" {
		w.database = postgres
	}
	text, err := os.ReadFile(w.manifest())
	known := err == nil
	if known {
		if err := json.Unmarshal(text, w); err != nil {
			return nil, err
		}
	} else {
		w.Groups, w.People, w.Now = groups, people, time.Now()
	}
	if err := w.open(ctx); err != nil {
		return nil, errors.Join(err, w.close())
	}
	w.groups = makeGroups(w.Groups, w.Now)
	if known {
		return w, nil
	}
	if err := w.fill(ctx); err != nil {
		return nil, errors.Join(err, w.close())
	}
	if text, err = json.Marshal(w); err == nil {
		err = os.WriteFile(w.manifest(), text, 0o600)
	}
	return w, err
}

func (w *world) open(ctx context.Context) (err error) {
	if w.db, err = db.Open(ctx, w.database, db.Options{Slow: time.Hour}); err != nil {
		return err
	}
	if err = w.db.Migrate(ctx, schemas()...); err != nil {
		return err
	}
	if w.keys, err = db.Open(ctx, w.keyStore, db.Options{Slow: time.Hour}); err != nil {
		return err
	}
	if err = w.keys.Migrate(ctx, vault.Schema); err != nil {
		return err
	}
	kek, _, err := vault.LoadKEK(func(string) string { return "" }, filepath.Join(w.data, "keys", "master.key"), true)
	if err != nil {
		return err
	}
	at := clock.System()
	if w.vault, err = vault.Open(ctx, vault.Options{Keys: w.keys, KEK: kek, Clock: at, Ledger: filepath.Join(w.data, "keys", "erased.ledger")}); err != nil {
		return err
	}
	w.audit = audit.New(w.db, w.vault, at)
	w.accounts, err = account.New(w.db, w.vault, w.audit, at, account.Options{Base: "http://localhost", Demo: true})
	return err
}

func (w *world) close() error {
	var errs []error
	for _, d := range []*db.DB{w.db, w.keys} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	return errors.Join(errs...)
}

func (w *world) fill(ctx context.Context) error {
	o, err := w.accounts.CreateOrg(ctx, account.Clinic{Name: "Valoren Health Center", Site: "Marta Street", Language: "en", Zone: "America/Los_Angeles"})
	if err != nil {
		return err
	}
	w.Org = o.ID
	if _, err := w.accounts.AddSite(ctx, access.Machine(w.Org), "Lomi Row", ""); err != nil {
		return err
	}
	sites, err := w.accounts.Sites(ctx, w.Org)
	for _, s := range sites {
		w.Sites = append(w.Sites, s.ID)
	}
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{w.storeStaff, w.storeGroups, w.storePeople, w.storeMembers, w.storeCounts, w.settle} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

var staffNumbers = []struct {
	role access.Role
	n    int
}{{access.Clinician, 80}, {access.Navigator, 60}, {access.Organizer, 40}, {access.Lead, 10}, {access.Evaluator, 5}, {access.Admin, 2}, {access.Operator, 3}}

// storeStaff makes the accounts of a large clinic, each with a signed-in browser.
func (w *world) storeStaff(ctx context.Context) error {
	w.Accounts, w.Sessions = map[access.Role][]string{}, map[access.Role][]string{}
	for _, s := range staffNumbers {
		for i := range s.n {
			acc, err := w.accounts.Provision(ctx, w.Org, account.Person{Name: fmt.Sprintf("Luma %s %d", title(string(s.role)), i+1), Email: fmt.Sprintf("%s%d@valoren.example", s.role, i+1), Language: "en"},
				account.Role{Role: s.role})
			if err != nil {
				return err
			}
			token := id.Token()
			if err := w.signIn(ctx, acc, token); err != nil {
				return err
			}
			w.Accounts[s.role] = append(w.Accounts[s.role], acc)
			w.Sessions[s.role] = append(w.Sessions[s.role], token)
		}
	}
	return nil
}

func (w *world) signIn(ctx context.Context, acc, token string) error {
	return w.db.Write(ctx, w.Org, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO account_session (org_id, id, account_id, token_hash, token_version, agent, idle_us, created_at, seen_at, expires_at, stepup_at, role)
			SELECT org_id, CAST($2 AS TEXT), id, CAST($4 AS TEXT), token_version, 'Firefox', $5, $6, $6, $7, $6, '' FROM account WHERE org_id = $1 AND id = $3`,
			w.Org, id.New(w.Now), acc, id.Hash(token), account.SessionAbsolute.Microseconds(), db.Micros(w.Now), db.Micros(w.Now.Add(account.SessionAbsolute)))
		return err
	})
}

// settle does what a database in use has had done: statistics, and a short log.
func (w *world) settle(ctx context.Context) error {
	err := w.db.Write(ctx, w.Org, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO introduction_version (org_id, n) VALUES ($1, 1)`, w.Org)
		return err
	})
	return errors.Join(err, w.db.Scrub(ctx), w.keys.Scrub(ctx))
}

// bulk collects rows into statements of many.
type bulk struct {
	table, columns string
	wide           int
	args           []any
}

func newBulk(table, columns string) *bulk {
	return &bulk{table: table, columns: columns, wide: strings.Count(columns, ",") + 1}
}

func (b *bulk) add(ctx context.Context, tx *db.Tx, row ...any) error {
	if len(row) != b.wide {
		return fmt.Errorf("%s: %d values for %d columns", b.table, len(row), b.wide)
	}
	b.args = append(b.args, row...)
	if len(b.args)+b.wide <= 2000 {
		return nil
	}
	return b.flush(ctx, tx)
}

func (b *bulk) flush(ctx context.Context, tx *db.Tx) error {
	if len(b.args) == 0 {
		return nil
	}
	rows := make([]string, 0, len(b.args)/b.wide)
	for at := 1; at <= len(b.args); at += b.wide {
		rows = append(rows, "("+db.Marks(at, b.wide)+")")
	}
	_, err := tx.Exec(ctx, `INSERT INTO `+b.table+` (`+b.columns+`) VALUES `+strings.Join(rows, ","), b.args...)
	b.args = b.args[:0]
	return err
}
