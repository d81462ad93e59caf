// The service and what its verbs share: who may, whose, and what is written down.
package people

import (
	"context"
	"embed"
	"log/slog"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
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
	Jobs     *job.Queue
	Clock    clock.Clock
	Consent  *consent.Ledger
	Notices  *notify.Notifier                                                      // optional: without it nobody is reminded
	Zone     func(ctx context.Context, org string) *time.Location                  // optional: UTC without it
	Region   func(ctx context.Context, org string) string                          // optional: region of numbers typed without a country, "US" without it
	Staff    func(ctx context.Context, org string) ([]Colleague, error)            // optional: who has an account
	Mates    func(ctx context.Context, tx *db.Tx, person string) ([]string, error) // optional: who is in a team with a person
	CoreTeam func(ctx context.Context, tx *db.Tx, person string) (bool, error)     // optional: is on a core team now
	OnErase  []func(ctx context.Context, tx *db.Tx, person string) error           // other rooms, told in the transaction that erases somebody
	Log      *slog.Logger                                                          // optional
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	vault    *vault.Vault
	audit    *audit.Log
	jobs     *job.Queue
	clock    clock.Clock
	consent  *consent.Ledger
	notices  *notify.Notifier
	zone     func(ctx context.Context, org string) *time.Location
	region   func(ctx context.Context, org string) string
	staff    func(ctx context.Context, org string) ([]Colleague, error)
	mates    func(ctx context.Context, tx *db.Tx, person string) ([]string, error)
	coreTeam func(ctx context.Context, tx *db.Tx, person string) (bool, error)
	onErase  []func(ctx context.Context, tx *db.Tx, person string) error
	log      *slog.Logger
	roster   rosters
	asks     asks
}

// New builds the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, jobs: d.Jobs, clock: d.Clock, consent: d.Consent, notices: d.Notices, zone: d.Zone, region: d.Region, staff: d.Staff, mates: d.Mates, coreTeam: d.CoreTeam, onErase: d.OnErase, log: d.Log}
	if s.zone == nil {
		s.zone = func(context.Context, string) *time.Location { return time.UTC }
	}
	if s.region == nil {
		s.region = func(context.Context, string) string { return "US" }
	}
	if s.staff == nil {
		s.staff = func(context.Context, string) ([]Colleague, error) { return nil, nil }
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	return s
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needJoin      = access.Need{Resource: "person", Action: access.Create}
	needRead      = access.Need{Resource: "person", Action: access.Read}
	needUpdate    = access.Need{Resource: "person", Action: access.Update}
	needMeet      = access.Need{Resource: "encounter", Action: access.Create}
	needMeetAgain = access.Need{Resource: "encounter", Action: access.Update}
	needMet       = access.Need{Resource: "encounter", Action: access.Read}
	needAgree     = access.Need{Resource: "commitment", Action: access.Create}
	needOwed      = access.Need{Resource: "commitment", Action: access.Read}
	needKeep      = access.Need{Resource: "commitment", Action: access.Update}
	needPlaces    = access.Need{Resource: "institution", Action: access.Read}
	needPlace     = access.Need{Resource: "institution", Action: access.Create}
)

// note writes the audit row of a verb: codes and ids only. A person is named as the
// subject, never by id: the subject cannot be linked any more after an erasure.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, resource, id, person, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: resource,
		ResourceID: id, Subject: person, Reason: reason, Request: a.Request})
}

// mayTouch reports whether the actor's scope reaches a person. Whoever may not
// gets the same answer as for a person who never was.
func (s *Service) mayTouch(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, p row) error {
	switch g.Scope {
	case access.Org, access.All:
		return nil
	case access.Self:
		if own, err := isSelf(ctx, tx, a, p.id); err != nil || own {
			return err
		}
		if a.Account != "" && p.owner == a.Account {
			return nil
		}
		if a.Account != "" {
			met, err := hasMet(ctx, tx, a.Account, p.id)
			if err != nil {
				return err
			}
			if met {
				return nil
			}
		}
	}
	return fault.Missing("person out of reach")
}

// load finds a person whom the actor may touch. A merged row leads to the one
// that took it in.
func (s *Service) load(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, id string) (row, error) {
	r, err := survivorOf(ctx, tx, id)
	if err != nil {
		return r, err
	}
	return r, s.mayTouch(ctx, tx, a, g, r)
}

// isSelf reports whether a survivor's row is the actor's own, also when the actor
// came in with a row that was merged since.
func isSelf(ctx context.Context, tx *db.Tx, a access.Actor, survivor string) (bool, error) {
	if a.Person == "" || a.Person == survivor {
		return a.Person != "", nil
	}
	r, err := survivorOf(ctx, tx, a.Person)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return r.id == survivor, err
}

// liveGroup lists the rows of a person whose consent covers the field now: none for
// somebody who agreed to their name and to less than this. It refuses as Live does
// when nothing covers even the name.
func (s *Service) liveGroup(ctx context.Context, tx *db.Tx, survivor string, f consent.Field) ([]string, error) {
	group, err := groupOf(ctx, tx, survivor)
	if err != nil {
		return nil, err
	}
	if len(group) == 1 {
		if err := s.live(ctx, tx, survivor, f); err != nil {
			return nil, s.agreedToLess(ctx, tx, survivor, err)
		}
		return group, nil
	}
	live, err := s.consent.LiveOf(ctx, tx, group)
	if err != nil {
		return nil, err
	}
	ids := slices.DeleteFunc(slices.Clone(group), func(id string) bool { return !covers(live[id], f) })
	if len(ids) == 0 {
		return nil, s.agreedToLess(ctx, tx, survivor, s.live(ctx, tx, survivor, f))
	}
	return ids, nil
}

// agreedToLess forgives that a field is not covered when the name is: nothing of it
// is kept, and the rest of the page may be shown.
func (s *Service) agreedToLess(ctx context.Context, tx *db.Tx, person string, err error) error {
	if fault.Is(err, fault.Forbidden) && s.live(ctx, tx, person, consent.Name) == nil {
		return nil
	}
	return err
}

// TogetherIn refuses, at a field of the caller's form, somebody who has not said yes
// to a record of what is done together: whoever was carried over from an
// introduction agreed to their name and how to reach them, can be found and chosen,
// and has to be asked first. Every room that writes such a record begins with it.
// A yes that has ended is refused as the ledger does.
func (s *Service) TogetherIn(ctx context.Context, tx *db.Tx, person, field string) (err error) {
	defer fault.Wrap(&err, "people.TogetherIn")
	err = s.live(ctx, tx, person, consent.Together)
	if fault.Is(err, fault.Forbidden) {
		return fault.Because(fault.Wrong(fault.At(field, "people.error.together")), err)
	}
	return err
}

// TogetherOf asks whether what a person does with others may be written down and shown;
// an empty person asks it about a list.
func TogetherOf(person string) consent.Query {
	return consent.Query{Subject: person, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: consent.Together}
}

// live refuses unless the person's consent to a record covers the field now.
func (s *Service) live(ctx context.Context, tx *db.Tx, person string, f consent.Field) error {
	_, err := s.consent.Live(ctx, tx, consent.Query{Subject: person, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: f})
	return err
}
