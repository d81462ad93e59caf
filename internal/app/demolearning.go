// The demo's learning: a curriculum in two versions, trainings through the year,
// signatures, and paths in progress. Everybody in it is invented.
package app

import (
	"slices"
	"time"

	"seedbed/internal/organizing/learning"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/contact"
)

// demoLearner is somebody invented, and what others have seen them do at the trainings.
type demoLearner struct {
	name, lang, phone string
	at                []int            // trainings, by their place in demoTrainings
	shown             []learning.Skill // seen at the last of them
}

var demoLearners = []demoLearner{
	{"Thu Pham", "vi", "+15035550141", []int{0, 1, 2}, []learning.Skill{learning.Story, learning.OneToOne, learning.HouseMeeting, learning.Evaluation}},
	{"Amina Yusuf", "so", "+15035550142", []int{0, 1, 2}, []learning.Skill{learning.Story, learning.OneToOne}},
	{"Mateo Cruz", "es", "+15035550143", []int{0, 2}, []learning.Skill{learning.Story}},
	{"Rosa Delgado", "es", "+15035550144", []int{0, 1, 2}, []learning.Skill{learning.Story, learning.OneToOne, learning.HouseMeeting}},
	{"Hana Saleh", "ar", "+15035550145", []int{2}, nil},
	{"Grace Okafor", "en", "+15035550146", []int{1, 2}, []learning.Skill{learning.Story}},
	{"Linh Tran", "vi", "+15035550147", []int{2}, nil},
}

var demoTrainings = []struct {
	ago, minutes, others int
	place, lang          string
}{{210, 300, 4, "hall", "en"}, {96, 240, 2, "clinic", "es"}, {19, 300, 3, "hall", "en"}}

// learned lets the year's trainings happen.
func (s *story) learned() {
	ana := s.actors[access.Organizer]
	ids := make([]string, len(demoLearners))
	s.then(s.day(300, 18, 0), func() error {
		for i, l := range demoLearners {
			j, err := s.sys.people.Join(s.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: l.name, Contact: "phone", Phone: l.phone, Lang: l.lang, HoursFrom: "17:00", HoursUntil: "20:00"}},
				Source: people.AtMeeting, How: "paper"})
			if err != nil {
				return err
			}
			ids[i] = j.ID
		}
		return s.sys.people.LinkAccount(s.ctx, ana, ids[0], s.actors[access.Leader].Account, "")
	})
	var course string
	s.then(s.day(240, 11, 0), func() (err error) {
		course, err = s.sys.learning.Save(s.ctx, ana, learning.SaveIn{Title: "Fundamentals of organizing", Purpose: "Everybody can tell their story, hold a one-to-one and host a house meeting.", Lang: "en",
			Add: []string{"story", "one_to_one", "house_meeting"}})
		if err != nil {
			return err
		}
		return s.sys.learning.Publish(s.ctx, ana, course, 1, "")
	})
	s.then(s.day(60, 11, 0), func() error {
		if _, err := s.sys.learning.Save(s.ctx, ana, learning.SaveIn{ID: course, Title: "Fundamentals of organizing", Purpose: "Everybody can tell their story, hold a one-to-one, host a house meeting and look back on it.", Lang: "en",
			Keep: []int{0, 1, 2}, Add: []string{"evaluation"}, Edition: 2}); err != nil {
			return err
		}
		return s.sys.learning.Publish(s.ctx, ana, course, 3, "")
	})
	s.then(s.day(30, 15, 0), func() error {
		_, err := s.sys.learning.Save(s.ctx, ana, learning.SaveIn{Title: "The minute in the exam room", Purpose: "Colleagues offer an introduction within one minute, and leave a no as a full answer.", Lang: "en", Add: []string{"offer"}})
		return err
	})
	for n := range demoTrainings {
		s.trained(ana, &course, ids, n)
	}
	s.then(s.day(6, 12, 0), func() error { return s.ahead(ana, course, ids) })
}

// trained plans a training three weeks ahead, holds it, and signs what was seen.
func (s *story) trained(ana access.Actor, course *string, ids []string, n int) {
	t := demoTrainings[n]
	at := s.day(t.ago, 10, 0)
	var made string
	there := func(l demoLearner) bool { return slices.Contains(l.at, n) }
	s.then(at.AddDate(0, 0, -21), func() (err error) {
		made, err = s.sys.learning.Plan(s.ctx, ana, learning.PlanIn{Curriculum: *course, At: at, Minutes: t.minutes, Place: t.place, Language: t.lang})
		for i, l := range demoLearners {
			if err == nil && there(l) {
				err = s.sys.learning.Expect(s.ctx, ana, made, learning.Attendance{Person: ids[i], Trainer: n == 2 && i == 0}, "")
			}
		}
		return err
	})
	s.then(at.Add(time.Duration(t.minutes+30)*time.Minute), func() error {
		in := learning.HoldIn{ID: made, Others: t.others}
		for i, l := range demoLearners {
			if there(l) {
				in.Present = append(in.Present, ids[i])
			}
		}
		if err := s.sys.learning.Hold(s.ctx, ana, in); err != nil {
			return err
		}
		one, _, err := s.sys.learning.Training(s.ctx, ana, made)
		for i, l := range demoLearners {
			if err != nil || len(l.at) == 0 || l.at[0] != n {
				continue
			}
			for _, k := range l.shown {
				if _, err = s.sys.learning.Sign(s.ctx, ana, learning.SignIn{Person: ids[i], Skill: string(k), Encounter: one.Encounter, Saw: true}); err != nil {
					return err
				}
			}
		}
		return err
	})
}

// ahead is the training everybody can still come to.
func (s *story) ahead(ana access.Actor, course string, ids []string) error {
	at := s.day(0, 18, 0).AddDate(0, 0, 9)
	made, err := s.sys.learning.Plan(s.ctx, ana, learning.PlanIn{Curriculum: course, At: at, Minutes: 150, Place: "clinic", Language: "es"})
	for _, i := range []int{4, 6} {
		if err == nil {
			err = s.sys.learning.Expect(s.ctx, ana, made, learning.Attendance{Person: ids[i]}, "")
		}
	}
	return err
}
