// The verbs on groups: check access, open a transaction, change, write the
// audit row. Reads come from the snapshot.

package directory

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
)

// Options are what the directory needs from the rest of the house.
type Options struct {
	DB     *db.DB
	Vault  *vault.Vault
	Audit  *audit.Log
	Clock  clock.Clock
	Zone   func(ctx context.Context, org string) *time.Location // of a clinic; nil means UTC
	Region string                                               // how phone numbers without a country code are read; "" means US
	Remind Reminder                                             // nil: nothing is sent, the freshness list is worked by hand
	Log    *slog.Logger                                         // nil means slog.Default
}

// Service is the directory. It is safe for concurrent use.
type Service struct {
	db     *db.DB
	vault  *vault.Vault
	audit  *audit.Log
	clock  clock.Clock
	zone   func(ctx context.Context, org string) *time.Location
	region string
	remind Reminder
	log    *slog.Logger
	cache  cache
}

// New makes the directory.
func New(o Options) *Service {
	if o.Zone == nil {
		o.Zone = func(context.Context, string) *time.Location { return time.UTC }
	}
	if o.Region == "" {
		o.Region = "US"
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Service{db: o.DB, vault: o.Vault, audit: o.Audit, clock: o.Clock, zone: o.Zone, region: o.Region, remind: o.Remind, log: o.Log}
}

func need(a access.Action) access.Need      { return access.Need{Resource: "group", Action: a} }
func needProg(a access.Action) access.Need  { return access.Need{Resource: "program", Action: a} }
func needFresh(a access.Action) access.Need { return access.Need{Resource: "freshness", Action: a} }

// Entry is a group as it comes out of a form.
type Entry struct {
	Group
	Handoff    Handoff
	KeepSealed bool   // leave the contact for introductions as it is
	Different  bool   // "it is a different group": look-alikes have been seen
	Key        string // idempotency key
}

// Create adds a draft and returns its id. Look-alikes make it refuse with a
// conflict (directory.error.duplicate) until Different says that they were seen.
func (s *Service) Create(ctx context.Context, a access.Actor, e Entry) (made string, err error) {
	defer fault.Wrap(&err, "directory.Create")
	grant, err := access.Check(a, need(access.Create))
	if err != nil {
		return "", err
	}
	g, h, err := e.checked(s.region)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	g.ID, g.Org = id.New(now), a.Org
	if err := s.unlike(ctx, a.Org, g, e.Different); err != nil {
		// The same form sent twice finds itself: only then is the look-alike no objection.
		return s.replay(ctx, a, e.Key, "group.create", err)
	}
	sealed, err := s.seal(ctx, a.Org, g.ID, h, now)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), e.Key, "group.create", func() (string, error) {
			if _, err := s.insertDraft(ctx, tx, g, sealed); err != nil {
				return "", err
			}
			return g.ID, s.note(ctx, tx, a, grant, "create", g.ID, "")
		})
		return err
	})
	return made, err
}

// replay returns what the key gave the first time, or refusal when it is new.
func (s *Service) replay(ctx context.Context, a access.Actor, key, action string, refusal error) (made string, err error) {
	if key == "" {
		return "", refusal
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, action, func() (string, error) { return "", refusal })
		return err
	})
	return made, err
}

// insertDraft adds g as a draft in the caller's transaction.
func (s *Service) insertDraft(ctx context.Context, tx *db.Tx, g Group, sealed sealedText) (Group, error) {
	now := s.clock.Now()
	g.State, g.Created, g.Updated = Draft, now, now
	g.Vetting, g.VerifiedOn, g.VerifiedBy, g.ReviewDue, g.AskedOn, g.Misses = Vetting{}, time.Time{}, "", time.Time{}, time.Time{}, 0
	v, err := bump(ctx, tx)
	if err != nil {
		return Group{}, err
	}
	g.Version = v
	return g, insertGroup(ctx, tx, g, sealed)
}

func (e Entry) checked(region string) (Group, Handoff, error) {
	g, h := e.Group.tidy(), e.Handoff.tidy(region)
	err, wrong := g.check(), h.check()
	if err != nil && wrong != nil {
		err = fault.Wrong(append(fault.FieldsOf(err), fault.FieldsOf(wrong)...)...)
	} else if err == nil {
		err = wrong
	}
	return g, h, err
}

// Check says what is wrong with an entry, without saving it.
func (e Entry) Check() error {
	_, _, err := e.checked("US")
	return err
}

// Edit replaces what the form shows. Entry.Version must be the one the form was
// filled from; if somebody saved in between, nothing is overwritten (conflict
// directory.error.edited).
func (s *Service) Edit(ctx context.Context, a access.Actor, groupID string, e Entry) (err error) {
	defer fault.Wrap(&err, "directory.Edit(%s)", groupID)
	grant, err := s.mayChange(a, groupID)
	if err != nil {
		return err
	}
	if grant.Scope == access.Group {
		return fault.Denied("a partner changes its page through the clinic")
	}
	g, h, err := e.checked(s.region)
	if err != nil {
		return err
	}
	g.ID = groupID
	if err := s.unlikeChanged(ctx, a.Org, g, e.Different); err != nil {
		return err
	}
	now := s.clock.Now()
	sealed, err := s.seal(ctx, a.Org, groupID, h, now)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), e.Key, "group.edit."+groupID, func() (string, error) {
			old, err := groupByID(ctx, tx, groupID)
			if err != nil {
				return "", err
			}
			if e.Version != 0 && e.Version != old.Version {
				return "", fault.Clash("directory.error.edited")
			}
			next := g.underLife(old)
			if next.HasHandoff = !h.Empty() || e.KeepSealed && old.HasHandoff; next.Shown() {
				if err := next.ready(); err != nil {
					return "", err
				}
			}
			if next.Version, err = bump(ctx, tx); err != nil {
				return "", err
			}
			next.Updated = now
			if err := updateGroup(ctx, tx, next); err != nil {
				return "", err
			}
			if !e.KeepSealed {
				if err := setHandoff(ctx, tx, groupID, sealed); err != nil {
					return "", err
				}
			}
			return groupID, s.note(ctx, tx, a, grant, "update", groupID, "edit")
		})
		return err
	})
}

// underLife returns the edited facts with the life of the stored row: state,
// clocks and checklist change through their own verbs only.
func (g Group) underLife(old Group) Group {
	g.ID, g.Org, g.Source = old.ID, old.Org, old.Source
	g.State, g.Welcoming, g.Vetting = old.State, old.Welcoming, old.Vetting
	g.VerifiedOn, g.VerifiedBy, g.ReviewDue = old.VerifiedOn, old.VerifiedBy, old.ReviewDue
	g.AskedOn, g.Misses, g.ChangeSaid = old.AskedOn, old.Misses, old.ChangeSaid
	g.HasHandoff, g.Created, g.Updated, g.Version = old.HasHandoff, old.Created, old.Updated, old.Version
	return g
}

// mayChange checks that the actor may change this group; a partner only its own.
func (s *Service) mayChange(a access.Actor, groupID string) (access.Granted, error) {
	grant, err := access.Check(a, need(access.Update))
	if err != nil {
		return grant, err
	}
	if grant.Scope == access.Group && (a.Group == "" || a.Group != groupID) {
		return grant, fault.Missing("group of somebody else")
	}
	return grant, nil
}

// seal encrypts the contact for introductions under the clinic's key.
func (s *Service) seal(ctx context.Context, org, groupID string, h Handoff, now time.Time) (sealedText, error) {
	if h.Empty() {
		return sealedText{}, nil
	}
	b, err := json.Marshal(h)
	if err != nil {
		return sealedText{}, err
	}
	t := sealedText{version: db.Micros(now)}
	t.text, err = s.vault.Seal(ctx, handoffCell(org, groupID, t.version), string(b))
	return t, err
}

func handoffCell(org, groupID string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: "directory_group", Column: "sealed", Row: groupID, Version: version}
}

// Handoff returns who receives introductions at a group; empty when nobody is
// named. For those who may change groups, and for jobs.
func (s *Service) Handoff(ctx context.Context, a access.Actor, groupID string) (h Handoff, err error) {
	defer fault.Wrap(&err, "directory.Handoff(%s)", groupID)
	if _, err := s.mayChange(a, groupID); err != nil {
		return Handoff{}, err
	}
	var t sealedText
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		t, err = handoffText(ctx, tx, groupID)
		return err
	})
	if err != nil || t.text == "" {
		return Handoff{}, err
	}
	plain, err := s.vault.Open(ctx, handoffCell(a.Org, groupID, t.version), t.text)
	if err != nil {
		return Handoff{}, err
	}
	return h, json.Unmarshal([]byte(plain), &h)
}

// Get returns a group as staff see it.
func (s *Service) Get(ctx context.Context, a access.Actor, groupID string) (g Group, err error) {
	defer fault.Wrap(&err, "directory.Get(%s)", groupID)
	grant, err := access.Check(a, need(access.Read))
	if err != nil {
		return Group{}, err
	}
	own := a.Has(access.Partner) && a.Group == groupID && groupID != ""
	if !own && grant.Scope != access.Org && grant.Scope != access.All {
		return Group{}, fault.Missing("group for staff")
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return Group{}, err
	}
	e, ok := snap.groups[groupID]
	if !ok {
		return Group{}, fault.Missing("group " + groupID)
	}
	return e.Group.Clone(), nil
}

// change is the common shape of every move: read, refuse or change, write, note.
func (s *Service) change(ctx context.Context, a access.Actor, grant access.Granted, groupID, key, action string, fn func(tx *db.Tx, g *Group) error) error {
	now := s.clock.Now()
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), key, "group."+action+"."+groupID, func() (string, error) {
			g, err := groupByID(ctx, tx, groupID)
			if err != nil {
				return "", err
			}
			if err := fn(tx, &g); err != nil {
				return "", err
			}
			if g.Version, err = bump(ctx, tx); err != nil {
				return "", err
			}
			g.Updated = now
			if err := updateGroup(ctx, tx, g); err != nil {
				return "", err
			}
			return groupID, s.note(ctx, tx, a, grant, "update", groupID, action)
		})
		return err
	})
}

func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, grant access.Granted, action, groupID, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(grant.Role), Action: action,
		Resource: "group", ResourceID: groupID, Reason: reason, Request: a.Request})
}

// Languages lists the languages spoken in shown groups and programmes, most frequent first.
func (s *Service) Languages(ctx context.Context, a access.Actor) (list []string, err error) {
	defer fault.Wrap(&err, "directory.Languages")
	if _, err := access.Check(a, need(access.Read)); err != nil {
		return nil, err
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	return slices.Clone(snap.ordered().languages), nil
}
