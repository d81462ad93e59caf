// What a group sees: exactly the fields a live consent covers, checked and
// audited on every request, gone on the next one after an end.
package introduction

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

// Shared is an introduction as the group sees it.
type Shared struct {
	ID       string
	State    State
	Sent     time.Time
	Fields   []consent.Field // what the consent covers
	Person   Person          // only those fields
	Next     Next
	Attempts []Attempt
	Reply    string // number for text messages
	Can      []Verb
	Tells    bool // the clinic may hear that they met
}

// SharedWith lists what is shared with the actor's group; a link's session sees its one.
func (s *Service) SharedWith(ctx context.Context, a access.Actor) (out []Shared, err error) {
	defer fault.Wrap(&err, "introduction.SharedWith")
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	if g.Scope != access.Grant || a.Group == "" {
		return nil, fault.Denied("shares are for groups")
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		out, err = s.sharedList(ctx, tx, a, g, "list")
		return err
	})
	return out, err
}

func (s *Service) sharedList(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, why string) (out []Shared, err error) {
	now := s.clock.Now()
	shares, err := openSharesOf(ctx, tx, a.Group, now)
	if err != nil {
		return nil, err
	}
	var rows []row
	var of []share
	for _, sh := range shares {
		if g.Role == access.Link && sh.id != a.Subject {
			continue
		}
		r, err := rowByID(ctx, tx, sh.intro)
		if err != nil {
			return nil, err
		}
		if r.state.Shared() && r.person != "" {
			rows, of = append(rows, r), append(of, sh)
		}
	}
	live, err := s.liveOf(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	people, err := s.openPage(ctx, tx.Org(), rows)
	if err != nil {
		return nil, err
	}
	var events []audit.Event
	for i, r := range rows {
		fields := covered(live[r.person], consent.IntroContact, a.Group)
		if len(fields) == 0 {
			continue // ended since: it is not there for them
		}
		v, err := s.sharedView(ctx, tx, r, of[i], people[i], fields, live[r.person])
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		events = append(events, s.looked(a, g, r, why))
	}
	return out, s.audit.WriteMany(ctx, tx, events)
}

func (s *Service) sharedView(ctx context.Context, tx *db.Tx, r row, sh share, p Person, fields []consent.Field, live []consent.Consent) (Shared, error) {
	attempts, err := attemptsOf(ctx, tx, r.id, sh.id)
	if err != nil {
		return Shared{}, err
	}
	return Shared{ID: r.id, State: r.state, Sent: sh.began, Fields: fields, Person: p.Only(fields), Next: r.next(), Attempts: attempts,
		Reply: sh.reply, Can: Can(r.state, PartyGroup), Tells: tells(live)}, nil
}

// SharedOne is one of them. Anything not shared with the actor's group does not exist for it.
func (s *Service) SharedOne(ctx context.Context, a access.Actor, intro string) (out Shared, err error) {
	defer fault.Wrap(&err, "introduction.SharedOne(%s)", intro)
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	if g.Scope != access.Grant {
		return out, fault.Denied("shares are for groups")
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, sh, err := s.load(ctx, tx, a, g, intro)
		if err != nil {
			return err
		}
		live, err := s.liveOf(ctx, tx, []row{r})
		if err != nil {
			return err
		}
		fields := covered(live[r.person], consent.IntroContact, a.Group)
		if len(fields) == 0 {
			return fault.Missing("no live consent")
		}
		p, err := s.open(ctx, a.Org, r)
		if err != nil {
			return err
		}
		if out, err = s.sharedView(ctx, tx, r, sh, p, fields, live[r.person]); err != nil {
			return err
		}
		return s.audit.Write(ctx, tx, s.looked(a, g, r, "view"))
	})
	return out, err
}

// LinkShared is the introduction behind a link's session.
func (s *Service) LinkShared(ctx context.Context, a access.Actor) (Shared, error) {
	list, err := s.SharedWith(ctx, a)
	if err != nil {
		return Shared{}, err
	}
	if len(list) == 0 {
		return Shared{}, fault.Ended("introduction.error.link_over")
	}
	return list[0], nil
}

// PrintedList is the weekly list of a group that works on paper: what a link
// would show, printed by staff and handed over. Each line is audited as printed.
func (s *Service) PrintedList(ctx context.Context, a access.Actor, group string) (out []Shared, err error) {
	defer fault.Wrap(&err, "introduction.PrintedList(%s)", group)
	g, err := access.Check(a, needShare)
	if err != nil {
		return nil, err
	}
	if g.Scope != access.Org {
		return nil, fault.Denied("lists are printed by staff")
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		as := a
		as.Group = group
		out, err = s.sharedList(ctx, tx, as, g, "printed")
		return err
	})
	return out, err
}

// GroupsWithOpen lists the groups that have something open, for the choice of a printed list.
func (s *Service) GroupsWithOpen(ctx context.Context, a access.Actor) (groups []string, err error) {
	defer fault.Wrap(&err, "introduction.GroupsWithOpen")
	if g, err := access.Check(a, needShare); err != nil || g.Scope != access.Org {
		return nil, orDenied(err)
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		groups, err = groupsWithOpen(ctx, tx)
		return err
	})
	return groups, err
}

func orDenied(err error) error {
	if err == nil {
		err = fault.Denied("not with this scope")
	}
	return err
}
