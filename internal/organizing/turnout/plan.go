// Opening a turnout, changing it, and closing its books.
package turnout

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/consent"
)

const (
	longestTitle = 120
	longestEvent = 24 * 60
	mostSeats    = 100_000
)

// In is a turnout to open; fields are named as in the form.
type In struct {
	ID       string // of one that is changed
	Ref      string // of the event, when it is another room's
	Kind     people.Kind
	At       time.Time
	Minutes  int
	Goal     int
	Title    string // what it is called inside
	Where    string // for the page of whoever was asked
	Nameless bool
	Version  int64
	Key      string
}

func (in *In) wrong() error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	in.Title, in.Where = strings.TrimSpace(in.Title), strings.TrimSpace(in.Where)
	at(in.Title == "" || utf8.RuneCountInString(in.Title) > longestTitle, "title", "turnout.error.title")
	at(utf8.RuneCountInString(in.Where) > longestTitle, "where", "turnout.error.where")
	at(!slices.Contains(Kinds(), in.Kind), "kind", "contact.error.choose")
	at(in.At.IsZero(), "date", "turnout.error.date")
	at(in.Minutes < 1 || in.Minutes > longestEvent, "minutes", "turnout.error.minutes")
	at(in.Goal < 1 || in.Goal > mostSeats, "goal", "turnout.error.goal")
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

func (in In) into(r *row) {
	r.Kind, r.At, r.Minutes, r.Goal, r.Nameless, r.Words = in.Kind, in.At, in.Minutes, in.Goal, in.Nameless, Words{Title: in.Title, Where: in.Where}
}

// Open begins the turnout of an event that no other room has.
func (s *Service) Open(ctx context.Context, a access.Actor, in In) (made string, err error) {
	defer fault.Wrap(&err, "turnout.Open")
	g, err := access.Check(a, needLead)
	if err != nil {
		return "", err
	}
	in.Ref = ""
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "turnout.open", func() (string, error) {
			made, err := s.openIn(ctx, tx, a, in)
			if err != nil {
				return "", err
			}
			return made, s.note(ctx, tx, a, g.Role, "open", made, "", string(in.Kind))
		})
		return err
	})
	return made, err
}

// OpenIn begins the turnout of another room's event in the caller's transaction, or
// moves the one that is open along with it. The caller writes the audit row.
func (s *Service) OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, in In) (_ string, err error) {
	defer fault.Wrap(&err, "turnout.OpenIn")
	if _, err := access.Check(a, needLead); err != nil {
		return "", err
	}
	if kind, _, ok := strings.Cut(in.Ref, ":"); !ok || kind == "" || kind == "turnout" {
		return "", fault.Wrong(fault.At("ref", "contact.error.choose"))
	}
	return s.openIn(ctx, tx, a, in)
}

func (s *Service) openIn(ctx context.Context, tx *db.Tx, a access.Actor, in In) (string, error) {
	if err := in.wrong(); err != nil {
		return "", err
	}
	now := s.clock.Now()
	if in.Ref != "" {
		old, err := byRef(ctx, tx, in.Ref)
		if err == nil {
			if err := old.State.is(Open); err != nil {
				return "", err
			}
			in.into(&old)
			return old.ID, s.store(ctx, tx, &old)
		}
		if !fault.Is(err, fault.NotFound) {
			return "", err
		}
	}
	r := row{Turnout: Turnout{ID: id.New(now), State: Open, Account: a.Account, Made: now, Ref: in.Ref}}
	if r.Ref == "" {
		r.Ref = Own(r.ID)
	}
	in.into(&r)
	return r.ID, s.store(ctx, tx, &r)
}

// Change writes the form of an open turnout.
func (s *Service) Change(ctx context.Context, a access.Actor, in In) (err error) {
	defer fault.Wrap(&err, "turnout.Change(%s)", in.ID)
	if err := in.wrong(); err != nil {
		return err
	}
	return s.act(ctx, a, needLead, in.ID, "change", "", in.Key, func(tx *db.Tx, v *view) (string, string, error) {
		if err := v.State.is(Open); err != nil {
			return "", "", err
		}
		if in.Version != v.Version {
			return "", "", fault.Clash("turnout.error.changed")
		}
		in.into(&v.row)
		return "", "", s.store(ctx, tx, &v.row)
	})
}

// Cancel ends a turnout whose event does not take place.
func (s *Service) Cancel(ctx context.Context, a access.Actor, turnout, key string) (err error) {
	defer fault.Wrap(&err, "turnout.Cancel(%s)", turnout)
	return s.act(ctx, a, needLead, turnout, "cancel", "", key, func(tx *db.Tx, v *view) (string, string, error) {
		if err := v.State.is(Open); err != nil {
			return "", "", err
		}
		v.State = Cancelled
		return "", "", put(ctx, tx, v.row)
	})
}

// Hold makes the numbers final and writes the encounter of everybody who was let in
// by name. What still comes from a phone without a line is added for some days.
func (s *Service) Hold(ctx context.Context, a access.Actor, turnout, key string) (err error) {
	defer fault.Wrap(&err, "turnout.Hold(%s)", turnout)
	return s.act(ctx, a, needLead, turnout, "hold", "", key, func(tx *db.Tx, v *view) (string, string, error) {
		if err := v.State.is(Open); err != nil {
			return "", "", err
		}
		now := s.clock.Now()
		if now.Before(v.At) {
			return "", "", fault.Clash("turnout.error.early")
		}
		v.State, v.HeldAt = Held, now
		if err := put(ctx, tx, v.row); err != nil {
			return "", "", err
		}
		if s.rounds != nil && v.Ref == Own(v.ID) {
			if err := s.open(ctx, tx.Org(), []*row{&v.row}); err != nil {
				return "", "", err
			}
			if err := s.rounds.OpenIn(ctx, tx, a, v.Turnout); err != nil {
				return "", "", err
			}
		}
		return "", "", s.record(ctx, tx, v)
	})
}

// record writes the encounter. Those whose consent has ended meanwhile, and everybody
// at a door that asks for no name, are numbers. Who kept a role there keeps it: the
// event's own room may have written it down before.
func (s *Service) record(ctx context.Context, tx *db.Tx, v *view) error {
	if v.Nameless || strings.HasPrefix(v.Ref, "meeting:") { // a meeting has a door of its own
		return nil
	}
	if err := v.fill(ctx, tx); err != nil {
		return err
	}
	var came []string
	for _, k := range v.asks {
		if k.Present {
			came = append(came, k.Person)
		}
	}
	e := people.Encounter{Kind: v.Kind, State: people.Held, At: v.At, Minutes: v.Minutes, Ref: v.Ref, LedBy: people.ByLeader, Readers: people.CoreOrganizers, Account: v.Account,
		Others: Sum(v.Goal, v.shares, v.asks, v.counts).Total.Attended - len(came)}
	kept, err := s.people.PresenceIn(ctx, tx, v.Ref)
	if err != nil {
		return err
	}
	kept = slices.DeleteFunc(kept, func(p people.Presence) bool { return p.Role == people.Attended }) // who was taken off the list again
	for _, p := range came {
		if !slices.ContainsFunc(kept, func(k people.Presence) bool { return k.Person == p }) {
			kept = append(kept, people.Presence{Person: p, Role: people.Attended})
		}
	}
	ids := make([]string, len(kept))
	for i, p := range kept {
		ids[i] = p.Person
	}
	live, err := s.consent.LiveOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, p := range kept {
		q := consent.Query{Subject: p.Person, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: consent.Together, At: s.clock.Now()}
		if slices.ContainsFunc(live[p.Person], func(c consent.Consent) bool { return c.Covers(q) }) {
			e.Present = append(e.Present, p)
		} else {
			e.Others++
		}
	}
	_, err = s.people.RecordIn(ctx, tx, access.Machine(tx.Org()), e)
	return err
}
