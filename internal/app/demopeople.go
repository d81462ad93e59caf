// The demo's people: who came in over the year, one-to-ones by week, house
// meetings, promises in every state, somebody who rests and somebody who left.
package app

import (
	"fmt"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

var demoNeighbors = []struct{ name, lang, area string }{
	{"Beatriz Luna", "es", "Foster"}, {"Samuel Okoye", "en", "Lents"}, {"Mai Vu", "vi", "Cully"}, {"Yusuf Karim", "ar", "Lents"}, {"Nora Finch", "en", "Foster"}, {"Alma Rojas", "es", "Lents"},
	{"Duc Le", "vi", "Lents"}, {"Salma Haddad", "ar", "Cully"}, {"Peter Novak", "en", "Cully"}, {"Inés Prado", "es", "Foster"}, {"Leon Brooks", "en", "Lents"}, {"Kim Huong", "vi", "Foster"},
	{"Dalia Reyes", "es", "Cully"}, {"Omar Nasser", "ar", "Foster"}, {"Ruth Bell", "en", "Lents"}, {"Javier Soto", "es", "Lents"}, {"Lan Do", "vi", "Lents"}, {"Tess Morgan", "en", "Foster"},
	{"Pilar Mena", "es", "Cully"}, {"Amina Farah", "en", "Lents"}, {"Hugo Vidal", "es", "Foster"}, {"Quyen Ho", "vi", "Cully"}, {"Ivy Carter", "en", "Cully"}, {"Rania Aziz", "ar", "Lents"},
	{"Celia Duarte", "es", "Lents"}, {"Ben Archer", "en", "Foster"}, {"Trang Bui", "vi", "Foster"}, {"Elena Cano", "es", "Cully"}, {"Musa Diallo", "en", "Lents"}, {"Flor Ibarra", "es", "Foster"},
}

var demoHeard = []string{
	"Bus 14 was cut, and she walks to her shift now.", "The label on the bottle is only in English.", "The stairs have been dark since spring.", "Nobody answers the phone at the front desk after four.",
	"Two jobs, and the after-school hours end at five.", "He would like the park to have a gate by the road.", "The rent went up twice in one year.", "She misses the choir from before she moved.",
}

var demoAgreed = []string{
	"Bring two neighbors on Thursday", "Host a house meeting", "Ask the parents at the school gate", "Call three people from the list", "Keep the time at the next meeting", "Tell the story of the stairs",
}

// met lets the year's people come in, be met and promise things.
func (s *story) met() {
	ana, thu := s.actors[access.Organizer], s.actors[access.Leader]
	ids := make([]string, len(demoNeighbors))
	var places []string
	s.then(s.day(322, 9, 0), func() error {
		for _, i := range demoInstitutions[:9] {
			made, err := s.sys.people.SaveInstitution(s.ctx, ana, people.Institution{Name: i.name, Kind: i.kind, Member: true}, "")
			if err != nil {
				return err
			}
			places = append(places, made)
		}
		return s.sys.people.SetPractice(s.ctx, ana, people.Practice{Weekly: 10, OpenMost: 40})
	})
	for i, n := range demoNeighbors {
		by := ana
		if i%5 == 3 {
			by = thu
		}
		joined := s.day(296-9*i, 17, i)
		s.then(joined, func() error {
			j, err := s.sys.people.Join(s.ctx, by, people.JoinIn{Source: []people.Source{people.Assisted, people.AtMeeting}[i%2], How: []string{"spoken", "paper"}[i%2], Witness: "organizer",
				ProfileIn: people.ProfileIn{In: contact.In{CalledName: n.name, Contact: []string{"phone", "sms"}[i%2], Phone: fmt.Sprintf("+1503555%04d", 100+i), Lang: n.lang, HoursFrom: "17:30", HoursUntil: "20:30", NoVoicemail: i%3 == 0},
					Area: n.area, Institutions: places[i%9 : i%9+1], Availability: people.Times()[i%5 : i%5+1], AccessNeeds: people.Needs()[i%4 : i%4+1]}})
			ids[i] = j.ID
			if err == nil && n.name == "Beatriz Luna" {
				s.codes = append(s.codes, demoCode{"Beatriz", id.GroupCode(j.Code)})
			}
			return err
		})
		s.conversations(i, joined, by, ids)
	}
	s.houseMeetings(ids)
	s.then(s.day(20, 11, 0), func() error {
		return s.sys.people.Rest(s.ctx, ana, ids[5], s.now.AddDate(0, 0, -1), "")
	})
	for _, t := range []struct {
		from, to int
		kind     people.TieKind
	}{{0, 1, people.Brings}, {0, 4, people.Brings}, {0, 9, people.Brings}, {0, 2, people.Mentors}, {1, 7, people.Knows}, {10, 11, people.Brings}} {
		s.then(s.day(15, 12, t.to), func() error { return s.sys.people.SetTie(s.ctx, ana, ids[t.from], ids[t.to], t.kind, false, "") })
	}
	s.then(s.day(12, 9, 0), func() error { // somebody left
		return s.sys.people.Stop(s.ctx, access.Actor{Org: s.org, Person: ids[8], Roles: []access.Role{access.Member}}, "")
	})
	s.then(s.day(3, 9, 0), func() error {
		_, err := s.sys.people.MakeLink(s.ctx, ana, people.LinkIn{Place: "house", Lang: "es", Days: 30})
		return err
	})
}

// conversations are the one-to-ones with one person: the first soon, others
// every few weeks for some; what was agreed went one way or another.
func (s *story) conversations(i int, joined time.Time, by access.Actor, ids []string) {
	if i == 29 {
		return // came in and was not met yet
	}
	times := 1 + i%3
	for k := range times {
		at := joined.AddDate(0, 0, 3+k*(28+i%7))
		if k == times-1 && i%4 == 0 && i != 8 { // this week
			at = s.day(i/4%3, 9+i%7, 10)
		}
		n := i + 3*k
		s.then(at, func() error {
			made, err := s.sys.people.LogOneToOne(s.ctx, by, people.OneToOneIn{Person: ids[i], Purpose: people.Purposes()[min(k, 2)], At: s.sys.clock.Now().Add(-time.Hour), Minutes: 25 + 5*(n%4), Place: people.Places()[n%6],
				Note:   people.Note{Pressures: people.Pressures()[n%13 : n%13+2], Words: demoHeard[n%len(demoHeard)], Gifts: people.Gifts()[n%13 : n%13+1], Energy: 1 + n%3, Suggested: people.NextRoles()[n%4]},
				Agreed: demoAgreed[n%len(demoAgreed)], Due: s.sys.clock.Now().AddDate(0, 0, 10), Readers: people.ReaderChoices()[n%3], Mine: n%6 == 5, Remind: n%4 == 1})
			if err != nil {
				return err
			}
			return s.settleLater(by, made, n)
		})
	}
}

// settleLater ends what was agreed, except the newest and every seventh.
func (s *story) settleLater(by access.Actor, one string, n int) error {
	now := s.sys.clock.Now()
	if s.now.Sub(now) < 20*24*time.Hour || n%7 == 6 {
		return nil
	}
	said, err := s.sys.people.OneToOneOf(s.ctx, by, one)
	if err != nil || said.Agreed == nil {
		return err
	}
	in := people.SettleIn{ID: said.Agreed.ID, State: []people.CommitmentState{people.Done, people.Done, people.Missed, people.Done, people.Renegotiated, people.Released}[n%6]}
	if in.State == people.Renegotiated {
		in.Due = s.now.AddDate(0, 0, -2+n%9)
	}
	_, err = s.sys.people.Settle(s.ctx, by, in)
	return err
}

// houseMeetings are held each month; a few people take roles.
func (s *story) houseMeetings(ids []string) {
	ana := s.actors[access.Organizer]
	for month := range 8 {
		at := s.day(250-30*month, 18, 30)
		s.then(at.Add(3*time.Hour), func() error {
			e := people.Encounter{Kind: people.HouseMeeting, State: people.Held, At: at, Minutes: 90, Place: "home", LedBy: people.ByLeader, Others: 3 + month%4}
			for i := range min(5+3*month, 20) {
				if ids[i] == "" || i == 8 {
					continue
				}
				e.Present = append(e.Present, people.Presence{Person: ids[i], Role: people.Attended})
			}
			for n, r := range []people.Role{people.Hosted, people.KeptTime, people.Scribed} {
				if n < len(e.Present) {
					e.Present[(n+month)%min(3, len(e.Present))].Role = r
				}
			}
			return s.sys.db.Write(s.ctx, s.org, func(tx *db.Tx) error {
				_, err := s.sys.people.RecordIn(s.ctx, tx, ana, e)
				return err
			})
		})
	}
}
