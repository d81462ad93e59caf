// The service and what its verbs share: who may, which campaign, in which state.
package listening

import (
	"context"
	"embed"
	"encoding/json"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. All but the optional ones must be set.
type Deps struct {
	DB       *db.DB
	Vault    *vault.Vault
	Audit    *audit.Log
	Clock    clock.Clock
	People   *people.Service
	Answers  Answers                                              // optional
	Stories  Stories                                              // optional
	Opinions Opinions                                             // optional
	Teams    Teams                                                // optional
	Ballots  Ballots                                              // optional
	Suggest  Suggest                                              // optional
	Zone     func(ctx context.Context, org string) *time.Location // optional: UTC without it
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct{ Deps }

// New builds the service.
func New(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = func(context.Context, string) *time.Location { return time.UTC }
	}
	return &Service{d}
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needPlan   = access.Need{Resource: "campaign", Action: access.Create}
	needRead   = access.Need{Resource: "campaign", Action: access.Read}
	needUpdate = access.Need{Resource: "campaign", Action: access.Update}
	needDecide = access.Need{Resource: "campaign", Action: access.Approve}
	needHear   = access.Need{Resource: "listening", Action: access.Create}
	needHeard  = access.Need{Resource: "listening", Action: access.Read}
	needWall   = access.Need{Resource: "theme", Action: access.Read}
	needCode   = access.Need{Resource: "theme", Action: access.Update}
	needExport = access.Need{Resource: "theme", Action: access.Export}
)

// note writes the audit row of a verb: codes and ids only.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, resource, id, reason string) error {
	return s.Audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: resource,
		ResourceID: id, Reason: reason, Request: a.Request})
}

// act is one request to change a campaign.
type act struct {
	need     access.Need
	verb     Verb
	campaign string
	key      string // idempotency
	name     string // of the act, for the audit trail; the verb when empty
	reason   string // code for the audit trail
}

// change is an act under way.
type change struct {
	tx      *db.Tx
	now     time.Time
	actor   access.Actor
	granted access.Granted
	before  State
	planned bool // the plan changed
	Campaign
}

// do runs a verb: access, transaction, key, state table, effect, audit. It returns
// what the effect returned, also when the same form comes again.
func (s *Service) do(ctx context.Context, a access.Actor, m act, effect func(w *change) (string, error)) (made string, err error) {
	g, err := access.Check(a, m.need)
	if err != nil {
		return "", err
	}
	if m.name == "" {
		m.name = string(m.verb)
	}
	err = s.DB.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, s.Clock.Now(), a.Name(), m.key, "listening."+m.name+":"+m.campaign, func() (string, error) {
			c, err := s.load(ctx, tx, a, g, m.campaign)
			if err != nil {
				return "", err
			}
			t, err := Move(c.State, m.verb, party(g))
			if err != nil {
				return "", err
			}
			w := &change{tx: tx, now: s.Clock.Now(), actor: a, granted: g, before: c.State, Campaign: c}
			w.State = t.To
			made, err := effect(w)
			if err != nil {
				return "", err
			}
			if w.State != w.before || w.planned {
				w.stamp()
				if err := s.save(ctx, tx, &w.Campaign); err != nil {
					return "", err
				}
			}
			return made, s.note(ctx, tx, a, g, m.name, "campaign", c.ID, m.reason)
		})
		return err
	})
	return made, err
}

// stamp notes when the state was reached.
func (w *change) stamp() {
	if w.State == w.before {
		return
	}
	switch w.State {
	case Open:
		w.Opened = w.now
	case Checked:
		w.Campaign.Checked = w.now
	case Closed:
		w.Campaign.Closed, w.Agreed = w.now, time.Time{}
	case ThemesAgreed:
		w.Agreed = w.now
	case ReportedBack:
		w.Campaign.Told = w.now
	case Decided:
		w.Campaign.Decided = w.now
	}
}

// load finds a campaign that the actor may touch. Unknown and foreign ids look alike.
func (s *Service) load(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, id string) (Campaign, error) {
	r, err := campaignByID(ctx, tx, id)
	if err != nil {
		return Campaign{}, err
	}
	if g.Scope == access.Self || g.Scope == access.Team {
		mine, err := isListener(ctx, tx, id, a)
		if err != nil {
			return Campaign{}, err
		}
		if !mine {
			return Campaign{}, fault.Missing("campaign of others")
		}
	}
	return s.open(ctx, r)
}

// Cells of this room: under the table key, since they are about nobody in particular.
func cell(org, table, row string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: table, Column: "sealed", Row: row, Version: version}
}

func (s *Service) seal(ctx context.Context, c vault.Cell, v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return s.Vault.Seal(ctx, c, string(plain))
}

func (s *Service) unseal(ctx context.Context, c vault.Cell, sealed string, v any) error {
	plain, err := s.Vault.Open(ctx, c, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(plain), v)
}

// open unseals a campaign's plan.
func (s *Service) open(ctx context.Context, r campaignRow) (Campaign, error) {
	c := r.Campaign
	err := s.unseal(ctx, cell(c.Org, "listening_campaign", c.ID, c.Version), r.sealed, &c.Plan)
	return c, err
}

// save writes a campaign under its next version.
func (s *Service) save(ctx context.Context, tx *db.Tx, c *Campaign) (err error) {
	c.Version++
	r := campaignRow{Campaign: *c}
	if r.sealed, err = s.seal(ctx, cell(tx.Org(), "listening_campaign", c.ID, c.Version), c.Plan); err != nil {
		return err
	}
	return putCampaign(ctx, tx, r)
}
