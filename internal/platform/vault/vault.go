// Package vault keeps what identifies a person unreadable without keys that
// live in a store of their own, and makes erasing a person certain: the key is
// destroyed, so every copy of the ciphertext, in any backup, is noise.
//
//	key-encryption key (outside every database)
//	└─ organization key (random, wrapped)
//	   ├─ table keys, blind keys, ledger key (derived)
//	   └─ person key (random, wrapped, one row per person)
//
// Order that callers keep: CreatePerson before the first Seal of a person;
// ErasePerson before deleting the ciphertext. An erased key answers fault.Gone,
// on every replica from its next call on, because no person key is ever cached:
// each call reads the key store (ADR 0004 has the measurement).
//
// The package owns the tables vault_root, vault_org_key, vault_person_key and
// vault_erasure of the key store, and the ledger file. It may import kit,
// platform/clock and platform/db.
package vault

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"sync"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
)

// Schema is the key store's migrations. They belong to the key database, not to the main one.
//
//go:embed schema/*.sql
var Schema embed.FS

// ErrWrongKEK means that the key store was made with another key-encryption key.
var ErrWrongKEK = errors.New("vault: this key-encryption key does not open this key store; use the key that was in force when the data was written")

// Cell names the place of a sealed text. Every part is bound to the ciphertext:
// moved anywhere else, it does not open. Person "" means the organization's key
// (confidential, but about nobody in particular).
type Cell struct {
	Org, Person, Table, Column, Row string
	Version                         int64
}

func (c Cell) valid() error {
	if c.Org == "" || c.Table == "" || c.Column == "" || c.Row == "" {
		return fmt.Errorf("vault: a cell needs organization, table, column and row (%s.%s)", c.Table, c.Column)
	}
	return nil
}

func (c Cell) bound() []string {
	return []string{"cell", c.Org, c.Person, c.Table, c.Column, c.Row, fmt.Sprint(c.Version)}
}

// Options say where the keys are.
type Options struct {
	Keys   *db.DB // the key store, migrated with Schema; never the main database
	KEK    KEK
	Clock  clock.Clock
	Ledger string // file to which erasures are appended as well; "" keeps them in the key store only
}

// Vault seals and opens. It is safe for concurrent use.
type Vault struct {
	keys   *db.DB
	clock  clock.Clock
	ledger ledgerFile

	mu   sync.RWMutex
	kek  *key
	orgs map[string]*orgKey // few, and never erased on their own
}

// orgKey is an unwrapped organization key and what is derived from it.
type orgKey struct {
	*key
	mu     sync.Mutex
	tables map[string]*key
}

// Open checks the key-encryption key against the store, then finishes erasures
// that a crash or a restore left undone. Nothing may be served before it returns.
func Open(ctx context.Context, o Options) (v *Vault, err error) {
	defer fault.Wrap(&err, "vault.Open")
	if o.Keys == nil || o.Clock == nil || o.KEK.Zero() {
		return nil, errors.New("vault: a key store, a clock and a key-encryption key are needed")
	}
	v = &Vault{keys: o.Keys, clock: o.Clock, ledger: ledgerFile{path: o.Ledger}, kek: o.KEK.k, orgs: map[string]*orgKey{}}
	if err := v.checkRoot(ctx); err != nil {
		return nil, err
	}
	if err := v.Resume(ctx); err != nil {
		return nil, err
	}
	return v, nil
}

const rootText = "seedbed key store"

// checkRoot proves the key on one known text, written when the store was empty.
func (v *Vault) checkRoot(ctx context.Context) error {
	sealed, err := rootRow(ctx, v.keys, v.kek.seal([]byte(rootText), "root"), v.clock.Now())
	if err != nil {
		return err
	}
	return v.kek.prove(sealed)
}

// prove reports ErrWrongKEK unless this key made the store's check text.
func (k *key) prove(root string) error {
	if _, err := k.open(root, "root"); err != nil {
		return ErrWrongKEK
	}
	return nil
}

// org returns the organization's key; with create set a missing one is made.
func (v *Vault) org(ctx context.Context, org string, create bool) (*orgKey, error) {
	v.mu.RLock()
	k, kek := v.orgs[org], v.kek
	v.mu.RUnlock()
	if k != nil {
		return k, nil
	}
	if org == "" || org == db.AllOrgs {
		return nil, fmt.Errorf("vault: %q is not an organization", org)
	}
	var fresh string
	if create {
		made, err := newKey()
		if err != nil {
			return nil, err
		}
		fresh = kek.wrap(made, "ok", org)
	}
	wrapped, err := orgRow(ctx, v.keys, org, fresh, v.clock.Now(), kek.prove)
	if err != nil {
		return nil, err
	}
	raw, err := kek.unwrap(wrapped, "ok", org)
	if err != nil { // wrapped under a newer key-encryption key, or damaged
		return nil, fmt.Errorf("organization key: %w", errors.Join(err, v.checkRoot(ctx)))
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if k := v.orgs[org]; k != nil {
		return k, nil
	}
	k = &orgKey{key: raw, tables: map[string]*key{}}
	v.orgs[org] = k
	return k, nil
}

// table returns the derived key for confidential text of one table.
func (o *orgKey) table(name string) (*key, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if k := o.tables[name]; k != nil {
		return k, nil
	}
	k, err := o.deriveKey("table", name)
	if err == nil {
		o.tables[name] = k
	}
	return k, err
}

// Rewrap puts every organization key under a new key-encryption key, in one
// transaction: afterwards only the new key opens the store. Person keys and data
// stay as they are, because they hang below the organization keys. It returns
// how many keys it rewrapped. Replicas that are running go on with the
// organizations they know and refuse new ones (ErrWrongKEK) until they are
// started with the new key.
func (v *Vault) Rewrap(ctx context.Context, next KEK) (n int, err error) {
	defer fault.Wrap(&err, "vault.Rewrap")
	if next.Zero() {
		return 0, errors.New("vault: no new key")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	n, err = rewrapRows(ctx, v.keys, next.k.seal([]byte(rootText), "root"), func(org, wrapped string) (string, error) {
		k, err := v.kek.unwrap(wrapped, "ok", org)
		if err != nil {
			return "", err
		}
		return next.k.wrap(k, "ok", org), nil
	})
	if err == nil {
		v.kek = next.k
	}
	return n, err
}
