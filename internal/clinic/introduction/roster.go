// Who is on duty to walk over or pick up the phone, and the clinic's settings of the loop.
package introduction

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/contact"
)

// Duty is somebody's time on the roster.
type Duty struct {
	ID        string
	Account   string
	Site      string
	Languages []string
	From      time.Time
	Until     time.Time
	WalkOver  bool
	ByPhone   bool
}

// DutyIn is the form of a duty.
type DutyIn struct {
	ID        string    // empty makes a new one
	Account   string    // account
	Site      string    // site
	Languages []string  // languages
	From      time.Time // from
	Until     time.Time // until
	WalkOver  bool      // walk_over
	ByPhone   bool      // by_phone
	Key       string    // _key
}

func needRoster(act access.Action) access.Need { return access.Need{Resource: "roster", Action: act} }

func (in DutyIn) check() (d Duty, bad []fault.Field) {
	d = Duty{ID: in.ID, Account: in.Account, Site: in.Site, From: in.From.UTC(), Until: in.Until.UTC(), WalkOver: in.WalkOver, ByPhone: in.ByPhone}
	wrong := func(name, key string) { bad = append(bad, fault.At(name, key)) }
	if in.Account == "" || !accountID.MatchString(in.Account) {
		wrong("account", "introduction.error.choose")
	}
	if !siteCode.MatchString(in.Site) {
		wrong("site", "introduction.error.choose")
	}
	for _, l := range in.Languages {
		if !contact.Language(l) {
			wrong("languages", "introduction.error.choose")
			break
		}
		if !slices.Contains(d.Languages, l) {
			d.Languages = append(d.Languages, l)
		}
	}
	if in.From.IsZero() {
		wrong("from", "introduction.error.time")
	}
	if !in.Until.After(in.From) || in.Until.Sub(in.From) > 24*time.Hour {
		wrong("until", "introduction.error.until")
	}
	if !in.WalkOver && !in.ByPhone {
		wrong("walk_over", "introduction.error.duty_way")
	}
	return d, bad
}

// SaveDuty makes or changes a duty and returns its id.
func (s *Service) SaveDuty(ctx context.Context, a access.Actor, in DutyIn) (dutyID string, err error) {
	defer fault.Wrap(&err, "introduction.SaveDuty")
	act := access.Create
	if in.ID != "" {
		act = access.Update
	}
	g, err := access.Check(a, needRoster(act))
	if err != nil {
		return "", err
	}
	d, bad := in.check()
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		dutyID, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "introduction.duty:"+in.ID, func() (string, error) {
			if in.ID == "" {
				d.ID = id.New(s.clock.Now())
			} else if _, err := dutyByID(ctx, tx, in.ID); err != nil {
				return "", err
			}
			return d.ID, s.roster(ctx, tx, a, g, act, d.ID, func() error { return saveDuty(ctx, tx, d) })
		})
		return err
	})
	return dutyID, err
}

func (s *Service) roster(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, act access.Action, duty string, fn func() error) error {
	if err := fn(); err != nil {
		return err
	}
	if err := bump(ctx, tx); err != nil {
		return err
	}
	return s.audit.Write(ctx, tx, audit.Event{Org: a.Org, Actor: a.Name(), Role: string(g.Role), Action: string(act), Resource: "roster", ResourceID: duty, Request: a.Request})
}

// DeleteDuty takes a duty off the roster.
func (s *Service) DeleteDuty(ctx context.Context, a access.Actor, duty string) (err error) {
	defer fault.Wrap(&err, "introduction.DeleteDuty(%s)", duty)
	g, err := access.Check(a, needRoster(access.Delete))
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		return s.roster(ctx, tx, a, g, access.Delete, duty, func() error { return deleteDuty(ctx, tx, duty) })
	})
}

// Roster lists the duties of a time, for the week's page.
func (s *Service) Roster(ctx context.Context, a access.Actor, from, until time.Time) (out []Duty, err error) {
	defer fault.Wrap(&err, "introduction.Roster")
	if _, err := access.Check(a, needRoster(access.Read)); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, err = dutiesBetween(ctx, tx, from, until)
		return err
	})
	return out, err
}

// OnDuty lists who can come now or pick up the phone: those of the site and who
// speak the language first. Without anybody the answer is empty, and booking remains.
func (s *Service) OnDuty(ctx context.Context, a access.Actor, site, lang string) (out []Duty, err error) {
	now := s.clock.Now()
	if out, err = s.Roster(ctx, a, now, now.Add(time.Microsecond)); err != nil {
		return nil, err
	}
	fit := func(d Duty) (n int) {
		if site != "" && d.Site != "" && d.Site != site {
			n += 2
		}
		if lang != "" && !slices.Contains(d.Languages, lang) {
			n++
		}
		return n
	}
	slices.SortStableFunc(out, func(a, b Duty) int { return fit(a) - fit(b) })
	return out, nil
}

// Settings are the clinic's own clocks and who is asked when nothing happens.
type Settings struct {
	EscalationAccount string   // escalation_account
	Holidays          []string // holidays, 2006-01-02
	AcknowledgeDays   int      // acknowledge_days, working days
	AttemptDays       int      // attempt_days, working days
	CloseDays         int      // close_days, days
}

// DefaultSettings are those of a clinic that has changed nothing.
func DefaultSettings() Settings { return Settings{AcknowledgeDays: 3, AttemptDays: 5, CloseDays: 30} }

// Settings returns the clinic's settings.
func (s *Service) Settings(ctx context.Context, a access.Actor) (v Settings, err error) {
	defer fault.Wrap(&err, "introduction.Settings")
	if g, err := access.Check(a, access.Need{Resource: "settings", Action: access.Read}); err != nil || g.Scope != access.Org {
		return v, orDenied(err)
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		v, err = settings(ctx, tx)
		return err
	})
	return v, err
}

// SaveSettings changes them. Clocks that are already running keep their due
// dates until the introduction next changes.
func (s *Service) SaveSettings(ctx context.Context, a access.Actor, v Settings) (err error) {
	defer fault.Wrap(&err, "introduction.SaveSettings")
	g, err := access.Check(a, access.Need{Resource: "settings", Action: access.Update})
	if err != nil {
		return err
	}
	var bad []fault.Field
	between := func(name string, n, low, high int) {
		if n < low || n > high {
			bad = append(bad, fault.At(name, "introduction.error.range", "Low", low, "High", high))
		}
	}
	between("acknowledge_days", v.AcknowledgeDays, 1, 20)
	between("attempt_days", v.AttemptDays, 1, 30)
	between("close_days", v.CloseDays, 7, 180)
	if !accountID.MatchString(v.EscalationAccount) {
		bad = append(bad, fault.At("escalation_account", "introduction.error.choose"))
	}
	for _, h := range v.Holidays {
		if _, err := time.Parse(time.DateOnly, h); err != nil || len(v.Holidays) > 200 {
			bad = append(bad, fault.At("holidays", "introduction.error.dates"))
			break
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if err := saveSettings(ctx, tx, v); err != nil {
			return err
		}
		return s.audit.Write(ctx, tx, audit.Event{Org: a.Org, Actor: a.Name(), Role: string(g.Role), Action: "update", Resource: "settings", ResourceID: "introduction", Request: a.Request})
	})
}
