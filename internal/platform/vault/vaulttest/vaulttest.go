// Package vaulttest gives tests a real vault on an embedded key store of its own.
package vaulttest

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/vault"
)

// New returns a vault with a fresh key, key store and ledger in the test's folder.
func New(t testing.TB) *vault.Vault {
	t.Helper()
	v, err := vault.Open(context.Background(), vault.Options{
		Keys:   dbtest.SQLite(t, vault.Schema),
		KEK:    vault.NewKEK(),
		Clock:  clock.NewFake(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)),
		Ledger: filepath.Join(t.TempDir(), "erasures.jsonl"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}
