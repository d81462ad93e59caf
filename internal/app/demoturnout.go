// The demo's turnout: an assembly half a year ago to which 410 were promised and 287
// came, and one in twelve days for which people are being asked.
package app

import (
	"fmt"
	"slices"
	"time"

	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/access"
)

// demoPromised is what each institution of demoInstitutions promised, confirmed and
// brought, and how far it is with the next one: it will bring, has asked, said yes.
var demoPromised = []struct{ yes, confirmed, came, goal, asked, now int }{
	{60, 56, 52, 50, 41, 33}, {30, 27, 24, 25, 22, 17}, {25, 22, 19, 20, 18, 12}, {18, 15, 13, 15, 9, 6}, {28, 24, 20, 22, 16, 10}, {32, 29, 26, 30, 28, 21}, {40, 24, 19, 25, 12, 6}, {15, 12, 9, 30, 27, 22},
	{18, 14, 11, 12, 8, 5}, {22, 19, 16, 18, 15, 11}, {12, 10, 8, 10, 6, 4}, {24, 21, 18, 14, 9, 6}, {16, 13, 11, 12, 7, 5}, {10, 8, 7, 8, 5, 3}, {9, 7, 6, 8, 4, 3}, {20, 18, 16, 20, 16, 12},
	{11, 9, 5, 15, 13, 10}, {8, 7, 4, 8, 5, 3}, {4, 3, 1, 0, 0, 0}, {3, 2, 1, 0, 0, 0}, {2, 2, 1, 4, 2, 1}, {3, 2, 0, 5, 0, 0},
}

// demoCoreTeam is the place in demoInstitutions of those whose names are here.
const demoCoreTeam = 15

// demoBranches are who asked whom: the second and later names were asked by the first.
var demoBranches = []struct {
	names []string
	goal  int
	yes   int // of the names, from the front
	more  int // said yes without leaving a name
}{
	{[]string{"Thu", "Beatriz Luna", "Yusuf Karim", "Rania Aziz", "Alma Rojas"}, 5, 3, 1},
	{[]string{"Beatriz Luna", "Samuel Okoye", "Nora Finch", "Mai Vu"}, 3, 2, 0},
	{[]string{"Samuel Okoye", "Leon Brooks"}, 2, 1, 0},
	{[]string{"Leon Brooks", "Ivy Carter"}, 0, 0, 0},
	{[]string{"Javier Soto", "Lan Do", "Tess Morgan"}, 4, 1, 2},
}

func (d *demo) turnout() error {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return err
	}
	s := &story{demo: d, now: d.past.Clock.Now(), zone: zone}
	houses, err := d.alliance()
	if err != nil {
		return err
	}
	s.broughtBefore(houses)
	s.beingAsked(houses)
	slices.SortStableFunc(s.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	for _, m := range s.moments {
		d.past.at(m.at)
		if err := m.do(); err != nil {
			return fmt.Errorf("demo, turnout, %s: %w", m.at.Format(time.DateOnly), err)
		}
	}
	d.past.back.Store(0)
	return nil
}

// demoEvent is the turnout of an event with this name, opened if there is none.
func (s *story) demoEvent(in turnout.In) (string, error) {
	ana := s.actors[access.Organizer]
	list, err := s.sys.turnouts.List(s.ctx, ana)
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(list, func(b turnout.Board) bool { return b.Title == in.Title && b.State == turnout.Open }); i >= 0 {
		return list[i].ID, nil
	}
	return s.sys.turnouts.Open(s.ctx, ana, in)
}

// broughtBefore is the assembly that was held: goal 300, pledged 410, confirmed 344,
// attended 287.
func (s *story) broughtBefore(houses []string) {
	ana, t, id := s.actors[access.Organizer], s.sys.turnouts, ""
	at := s.day(150, 18, 30)
	s.then(at.AddDate(0, 0, -40), func() (err error) {
		id, err = s.demoEvent(turnout.In{Kind: people.Assembly, At: at, Minutes: 75, Goal: 300, Title: "Labels we can read", Where: "St Anne Parish hall"})
		return err
	})
	for _, step := range []struct {
		before                int
		goal, asked, yes, con bool
	}{{38, true, false, false, false}, {8, true, true, true, false}, {1, true, true, true, true}} {
		s.then(at.AddDate(0, 0, -step.before), func() error {
			for i, h := range houses {
				p := demoPromised[i]
				in := turnout.ShareIn{Institution: h, Goal: p.yes + p.yes/10}
				if step.yes {
					in.Asked, in.Yes = p.yes*4/3, p.yes
				}
				if step.con {
					in.Confirmed = p.confirmed
				}
				if err := t.Undertake(s.ctx, ana, id, in); err != nil {
					return err
				}
			}
			return nil
		})
	}
	s.then(at.Add(-20*time.Minute), func() error {
		for i, h := range houses {
			if n := demoPromised[i].came; n > 0 {
				if err := t.Count(s.ctx, ana, id, h, n, ""); err != nil {
					return err
				}
			}
		}
		return nil
	})
	s.then(at.Add(10*time.Minute), func() error {
		for i, h := range houses {
			if err := t.Roll(s.ctx, ana, id, h, demoPromised[i].came, ""); err != nil {
				return err
			}
		}
		return nil
	})
	s.then(at.Add(2*time.Hour), func() error {
		b, err := t.Get(s.ctx, ana, id)
		if err != nil || b.Ref != turnout.Own(id) {
			return err // its assembly ends it
		}
		return t.Hold(s.ctx, ana, id, "")
	})
}

// beingAsked is the one that is under way: institutions are half way, and a few
// people ask those they know.
func (s *story) beingAsked(houses []string) {
	ana, t, id := s.actors[access.Organizer], s.sys.turnouts, ""
	s.then(s.day(21, 10, 0), func() (err error) {
		id, err = s.demoEvent(turnout.In{Kind: people.Assembly, At: s.day(-12, 18, 30), Minutes: 75, Goal: 220, Title: "Bus 14 in the evening", Where: "Lincoln School gym"})
		return err
	})
	s.then(s.day(18, 10, 0), func() error {
		for i, h := range houses {
			if p := demoPromised[i]; p.goal > 0 {
				if err := t.Undertake(s.ctx, ana, id, turnout.ShareIn{Institution: h, Goal: p.goal, Asked: p.asked, Yes: p.now}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	s.then(s.day(6, 15, 0), func() error {
		thu, err := s.sys.people.PersonOf(s.ctx, s.org, s.actors[access.Leader].Account)
		if err != nil {
			return err
		}
		for _, b := range demoBranches {
			by := thu
			if b.names[0] != "Thu" {
				if by, err = s.demoPerson(b.names[0]); err != nil {
					return err
				}
			}
			if by == "" {
				continue // nobody has linked the account
			}
			if b.goal > 0 {
				if err := t.Undertake(s.ctx, ana, id, turnout.ShareIn{Person: by, Institution: houses[demoCoreTeam], Goal: b.goal, Asked: b.more, Yes: b.more}); err != nil {
					return err
				}
			}
			for i, name := range b.names[1:] {
				who, err := s.demoPerson(name)
				if err != nil {
					return err
				}
				if who == "" || who == by {
					continue
				}
				if err := t.Ask(s.ctx, ana, id, turnout.AskIn{Person: who, By: by, Yes: i < b.yes}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// demoPerson finds somebody of the demo by name; "" when they are not there.
func (s *story) demoPerson(name string) (string, error) {
	found, err := s.sys.people.Find(s.ctx, s.actors[access.Organizer], name, 2)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].ID, nil
}
