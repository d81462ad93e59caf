// The service: what the verbs share. Each verb checks access, validates, works
// on secrets outside the transaction, and then writes everything in one.

package account

import (
	"context"
	"encoding/json"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

// Options of the room.
type Options struct {
	Base string // public address of the installation, such as https://seedbed.example; no slash at the end
	Name string // shown by authenticator apps; empty means "Seedbed"
	Cost Cost   // of password hashes; zero means StandardCost
	Demo bool   // tickets work more than once
	Mail Sender // nil means that invitations are copied or printed only

	Languages []string // that pages exist in; the first is the fallback
}

// Service does what the room does.
type Service struct {
	db     *db.DB
	vault  *vault.Vault
	audit  *audit.Log
	clock  clock.Clock
	o      Options
	hasher *hasher
	policy *policy
	keys   *passkeys
}

// New wires the room. It fails only on an unusable public address.
func New(d *db.DB, v *vault.Vault, l *audit.Log, c clock.Clock, o Options) (*Service, error) {
	if o.Cost == (Cost{}) {
		o.Cost = StandardCost()
	}
	if o.Name == "" {
		o.Name = "Seedbed"
	}
	if len(o.Languages) == 0 {
		o.Languages = []string{"en", "es", "vi", "ar"}
	}
	keys, err := newPasskeys(o.Base, o.Name)
	if err != nil {
		return nil, err
	}
	return &Service{db: d, vault: v, audit: l, clock: c, o: o, hasher: newHasher(o.Cost), policy: newPolicy(), keys: keys}, nil
}

// Needs of the room's verbs.
var (
	needAccountCreate = access.Need{Resource: "account", Action: access.Create}
	needAccountRead   = access.Need{Resource: "account", Action: access.Read}
	needAccountUpdate = access.Need{Resource: "account", Action: access.Update}
	needAccountDelete = access.Need{Resource: "account", Action: access.Delete}
	needSessionRead   = access.Need{Resource: "session", Action: access.Read}
	needSessionDelete = access.Need{Resource: "session", Action: access.Delete}
	needSettingsRead  = access.Need{Resource: "settings", Action: access.Read}
	needSettingsWrite = access.Need{Resource: "settings", Action: access.Update}
)

// own allows a verb on the actor's own account.
func own(a access.Actor, n access.Need) error {
	if _, err := access.Check(a, n); err != nil {
		return err
	}
	if !a.SignedIn() {
		return fault.New(fault.Unauthenticated, "")
	}
	return nil
}

// manage allows a verb on the accounts of the actor's organization. The machine's
// console acts as System and needs no cell of the table: it owns the files anyway.
func manage(a access.Actor, n access.Need) error {
	if a.Has(access.System) {
		return nil
	}
	g, err := access.Check(a, n)
	if err != nil {
		return err
	}
	if g.Scope != access.Org {
		return fault.Denied("only within the organization")
	}
	return nil
}

// recent asks for a fresh proof before what matters most.
func (s *Service) recent(a access.Actor) error {
	if a.Has(access.System) || a.Recent(s.clock.Now()) {
		return nil
	}
	return fault.New(fault.Forbidden, StepUpNeeded)
}

// StepUpNeeded is the message key of an error that the web half answers with the page that asks again.
const StepUpNeeded = "account.stepup.needed"

func (s *Service) now() time.Time { return s.clock.Now() }

// note writes the audit row; it must be the last statement of a transaction.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, action, resource, resourceID string) error {
	return s.audit.Write(ctx, tx, event(a, action, resource, resourceID, "allow", ""))
}

func event(a access.Actor, action, resource, resourceID, decision, reason string) audit.Event {
	role := access.Public
	if len(a.Roles) > 0 {
		role = a.Roles[0]
	}
	return audit.Event{Org: a.Org, Actor: a.Name(), Role: string(role), Action: action, Resource: resource,
		ResourceID: resourceID, Decision: decision, Reason: reason, Request: a.Request}
}

// self is the actor of an account that has just proved who it is.
func self(org, account, request string) access.Actor {
	return access.Actor{Org: org, Account: account, Request: request}
}

func (s *Service) newID() string { return id.New(s.now()) }

// cell names where a sealed text lives, so that it opens nowhere else.
func cell(org, table, row string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: table, Column: "sealed", Row: row, Version: version}
}

func (s *Service) seal(ctx context.Context, c vault.Cell, v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return s.vault.Seal(ctx, c, string(b))
}

func (s *Service) open(ctx context.Context, c vault.Cell, sealed string, v any) error {
	text, err := s.vault.Open(ctx, c, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), v)
}

func (s *Service) language(l string) string {
	for _, have := range s.o.Languages {
		if have == l {
			return l
		}
	}
	return s.o.Languages[0]
}
