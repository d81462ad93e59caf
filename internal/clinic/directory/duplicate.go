// Look-alikes: before a group is saved, those it may already be are shown.

package directory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/geo"
	"seedbed/internal/platform/access"
)

// Candidate is a group that may be the same one, and why it looks so.
type Candidate struct {
	ID    string
	Name  string
	Host  string
	State State
	Why   []string // "name", "phone", "place", "email"
	alike float64
}

const (
	nameAlike  = 0.72 // by itself
	nameHint   = 0.35 // together with the same place
	sameSpotKM = 0.15
	mostShown  = 5
)

// Duplicates lists the groups that e may already be, likeliest first.
func (s *Service) Duplicates(ctx context.Context, a access.Actor, groupID string, g Group) (list []Candidate, err error) {
	defer fault.Wrap(&err, "directory.Duplicates")
	grant, err := access.Check(a, need(access.Read))
	if err != nil {
		return nil, err
	}
	if grant.Scope != access.Org && grant.Scope != access.All {
		return nil, fault.Denied("look-alikes are for staff")
	}
	g.ID = groupID
	return s.lookAlikes(ctx, a.Org, g)
}

func (s *Service) lookAlikes(ctx context.Context, org string, g Group) ([]Candidate, error) {
	snap, err := s.look(ctx, org)
	if err != nil {
		return nil, err
	}
	var list []Candidate
	name := fold.Text(g.Name)
	for _, e := range snap.byName {
		if e.ID == g.ID || e.State == Archived {
			continue
		}
		if c := alike(name, g, e); len(c.Why) > 0 {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Candidate) int { return cmp.Or(cmp.Compare(b.alike, a.alike), cmp.Compare(a.ID, b.ID)) })
	return list[:min(mostShown, len(list))], nil
}

func alike(name string, g Group, e *entry) Candidate {
	c := Candidate{ID: e.ID, Name: e.Name, Host: e.Host, State: e.State, alike: fold.Alike(name, e.fold)}
	byName := c.alike
	if byName >= nameAlike {
		c.Why = append(c.Why, "name")
	}
	if p := lastDigits(g.Contact.Phone); p != "" && p == lastDigits(e.Contact.Phone) {
		c.Why, c.alike = append(c.Why, "phone"), c.alike+1
	}
	if g.Contact.Email != "" && strings.EqualFold(g.Contact.Email, e.Contact.Email) {
		c.Why, c.alike = append(c.Why, "email"), c.alike+1
	}
	if byName >= nameHint && samePlace(g.Place, e.Place) {
		c.Why, c.alike = append(c.Why, "place"), c.alike+0.5
	}
	return c
}

// lastDigits makes two writings of a phone number comparable: the last nine digits.
func lastDigits(s string) string {
	d := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if len(d) < 7 {
		return ""
	}
	return d[max(0, len(d)-9):]
}

func samePlace(a, b Place) bool {
	if a.Located && b.Located {
		return geo.KM(geo.Point{Lat: a.Lat, Lon: a.Lon}, geo.Point{Lat: b.Lat, Lon: b.Lon}) <= sameSpotKM
	}
	return a.Address != "" && fold.Text(a.Address) == fold.Text(b.Address)
}

// unlike refuses a group that looks like another one, unless somebody has seen the others.
func (s *Service) unlike(ctx context.Context, org string, g Group, different bool) error {
	if different {
		return nil
	}
	list, err := s.lookAlikes(ctx, org, g)
	if err != nil || len(list) == 0 {
		return err
	}
	return fault.Clash("directory.error.duplicate", "Count", len(list), "Name", list[0].Name)
}

// unlikeChanged is unlike for an edit: what did not change was looked at before.
func (s *Service) unlikeChanged(ctx context.Context, org string, g Group, different bool) error {
	snap, err := s.look(ctx, org)
	if err != nil {
		return err
	}
	if old, ok := snap.groups[g.ID]; ok && old.Name == g.Name && old.Place == g.Place && old.Contact == g.Contact {
		return nil
	}
	return s.unlike(ctx, org, g, different)
}
