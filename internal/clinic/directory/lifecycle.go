// The moves of a group's life as verbs: vetting, publishing, confirming,
// suspending and the rest.

package directory

import (
	"context"
	"slices"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Reasons why a group is suspended or archived: codes, so that no sentence
// about a person gets in.
var reasons = map[Move][]string{
	Suspend: {"no_contact", "safety", "fee", "partisan", "complaint", "asked_by_group"},
	Archive: {"ended", "merged", "duplicate", "asked_by_group", "not_organizing"},
}

// Reasons lists the reasons a move asks for; empty when it asks for none.
func (m Move) Reasons() []string { return slices.Clone(reasons[m]) }

// SaveVetting keeps the checklist as far as it is; it does not move the group.
func (s *Service) SaveVetting(ctx context.Context, a access.Actor, groupID string, v Vetting, key string) (err error) {
	defer fault.Wrap(&err, "directory.SaveVetting(%s)", groupID)
	grant, err := access.Check(a, need(access.Approve))
	if err != nil {
		return err
	}
	if v, err = v.checked(); err != nil {
		return err
	}
	return s.change(ctx, a, grant, groupID, key, "checklist", func(_ *db.Tx, g *Group) error {
		if g.State != Draft {
			return fault.Clash("directory.error.move", "State", string(g.State), "Move", string(Vet))
		}
		v.By, v.On = a.Account, s.clock.Now()
		g.Vetting = v
		return nil
	})
}

func (v Vetting) checked() (Vetting, error) {
	v.Passed, v.Conflict = unique(v.Passed), clean(v.Conflict)
	var c checker
	c.at(slices.ContainsFunc(v.Passed, func(k Check) bool { return !slices.Contains(Checks(), k) }), "passed", "directory.error.choose")
	c.at(utf8.RuneCountInString(v.Conflict) > noteMost, "conflict", "directory.error.long", "Most", noteMost)
	return v, c.err()
}

// Vet moves a draft on when every item of the checklist holds and the note on
// conflicts of interest says something.
func (s *Service) Vet(ctx context.Context, a access.Actor, groupID string, v Vetting, key string) (err error) {
	defer fault.Wrap(&err, "directory.Vet(%s)", groupID)
	grant, err := access.Check(a, need(access.Approve))
	if err != nil {
		return err
	}
	if v, err = v.checked(); err != nil {
		return err
	}
	var c checker
	c.at(len(v.Missing()) > 0, "passed", "directory.error.checklist", "Count", len(v.Missing()))
	c.at(v.Conflict == "", "conflict", "directory.error.conflict")
	if err := c.err(); err != nil {
		return err
	}
	return s.change(ctx, a, grant, groupID, key, string(Vet), func(_ *db.Tx, g *Group) error {
		next, err := g.State.Next(Vet)
		if err != nil {
			return err
		}
		v.By, v.On = a.Account, s.clock.Now()
		g.State, g.Vetting = next, v
		return nil
	})
}

// Do makes one of the other moves. Suspending and archiving ask for a reason
// from Move.Reasons.
func (s *Service) Do(ctx context.Context, a access.Actor, groupID string, m Move, reason, key string) (err error) {
	defer fault.Wrap(&err, "directory.Do(%s, %s)", m, groupID)
	var grant access.Granted
	switch m {
	case Vet, Lapse:
		return fault.Clash("directory.error.move", "State", "", "Move", string(m)) // by checklist and by clock only
	case Confirm:
		grant, err = s.mayChange(a, groupID)
	default:
		grant, err = access.Check(a, need(access.Approve))
	}
	if err != nil {
		return err
	}
	if want := reasons[m]; want != nil && !slices.Contains(want, reason) {
		return fault.Wrong(fault.At("reason", "directory.error.reason"))
	}
	if reasons[m] == nil {
		reason = ""
	}
	action := string(m)
	if reason != "" {
		action += "." + reason
	}
	return s.change(ctx, a, grant, groupID, key, action, func(tx *db.Tx, g *Group) error {
		return s.move(ctx, tx, a, g, m)
	})
}

// move changes the state and what hangs on it.
func (s *Service) move(ctx context.Context, tx *db.Tx, a access.Actor, g *Group, m Move) error {
	next, err := g.State.Next(m)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	switch m {
	case Publish:
		if err := g.ready(); err != nil {
			return err
		}
		if len(g.Vetting.Missing()) > 0 || g.Vetting.Conflict == "" {
			return fault.Clash("directory.error.not_vetted")
		}
		g.confirmed(a, now)
	case Confirm:
		g.confirmed(a, now)
		if err := useLinks(ctx, tx, g.ID, now); err != nil {
			return err
		}
	case Suspend, Archive:
		g.Welcoming = Welcoming{}
		if err := useLinks(ctx, tx, g.ID, now); err != nil {
			return err
		}
	case Return, Reopen:
		g.Vetting = Vetting{} // looked at anew, item by item
	}
	g.State = next
	return nil
}

// SetWelcoming says whether new people are welcome, until a day at most six
// months away. Unknown takes the answer back.
func (s *Service) SetWelcoming(ctx context.Context, a access.Actor, groupID string, w Welcoming, key string) (err error) {
	defer fault.Wrap(&err, "directory.SetWelcoming(%s)", groupID)
	grant, err := s.mayChange(a, groupID)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	var c checker
	c.at(w.Now != Yes && w.Now != No && w.Now != Unknown, "welcoming", "directory.error.choose")
	if w.Now == Unknown {
		w = Welcoming{}
	} else {
		c.at(!w.Until.After(now), "until", "directory.error.until_past")
		c.at(w.Until.After(now.AddDate(0, 6, 1)), "until", "directory.error.until_far")
	}
	if err := c.err(); err != nil {
		return err
	}
	return s.change(ctx, a, grant, groupID, key, "welcoming", func(_ *db.Tx, g *Group) error {
		if g.State == Archived || g.State == Suspended {
			return fault.Clash("directory.error.closed", "State", string(g.State))
		}
		g.Welcoming = w
		return nil
	})
}
