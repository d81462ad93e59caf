// The demo's teams: three of them, a year of meetings, one tomorrow, and what
// taking part cost in every state.
package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/rhythm"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/stipend"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/contact"
)

// demoMembers are invented; each is in the teams named by their letters.
var demoMembers = []struct{ name, lang, teams string }{
	{"Mr. Dang", "vi", "cl"}, {"Rosalba", "es", "cr"}, {"Yasmin", "ar", "cr"}, {"Denise", "en", "cl"}, {"Luis", "es", "c"}, {"Grace", "en", "r"}, {"Tuấn", "vi", "l"}, {"Inés", "es", "rl"}, {"Samir", "ar", "c"},
}

var demoTeams = []struct {
	letter, name, purpose, agreements string
	kind                              team.Kind
	beat                              rhythm.Meeting
	began                             int // days ago
	template                          meeting.Template
	topics                            []string
}{
	{"c", "Cedar Street core team", "Bring together patients and neighbors, and hold the work over years.", "One person speaks at a time.\nStories stay here unless the teller says otherwise.\nWe begin and end on time.\nChildren are welcome.",
		team.Core, rhythm.Meeting{Weekday: time.Tuesday, Start: 18 * 60, End: 19*60 + 30, Every: rhythm.Biweekly}, 320, meeting.CoreTeam,
		[]string{"Who is missing?", "House meetings", "What we heard in spring", "The label in one language", "Bus 14", "Choosing two priorities", "Before the delegates meet", "Next steps"}},
	{"r", "Language access team", "Find out who decides about interpreters and labels at the pharmacy, and what to ask for.", "We bring facts.\nWe thank everybody who talks to us.",
		team.Research, rhythm.Meeting{Weekday: time.Thursday, Start: 18*60 + 30, End: 19*60 + 15, Every: rhythm.Monthly, Nth: 2}, 200, meeting.Research,
		[]string{"Whom do we ask?", "What the pharmacist said", "The rule about labels", "Our ask"}},
	{"l", "Listening team", "Hear two hundred people in four languages before summer.", "We listen and do not fix.",
		team.Listening, rhythm.Meeting{Weekday: time.Saturday, Start: 10 * 60, End: 11*60 + 35, Every: rhythm.Monthly, Nth: -1}, 280, meeting.House,
		[]string{"House meeting at the church hall", "House meeting on Foster Row", "What do we have in common?"}},
}

type demoTeam struct {
	id      string
	members []string
	names   []string
}

// teams fills the three rooms in the order in which it happened.
func (d *demo) teams() error {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return err
	}
	s := &story{demo: d, now: d.past.Clock.Now(), zone: zone}
	persons := make([]string, len(demoMembers))
	s.then(s.day(330, 17, 0), func() error {
		for i, p := range demoMembers {
			j, err := d.sys.people.Join(d.ctx, d.actors[access.Organizer], people.JoinIn{Source: people.AtMeeting, How: "paper",
				ProfileIn: people.ProfileIn{In: contact.In{CalledName: p.name, Contact: "phone", Phone: fmt.Sprintf("+1503555%04d", 150+i), Lang: p.lang}}})
			if err != nil {
				return err
			}
			persons[i] = j.ID
		}
		return nil
	})
	for n := range demoTeams {
		s.oneTeam(n, persons)
	}
	s.money(persons)
	slices.SortStableFunc(s.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	for _, m := range s.moments {
		d.past.at(m.at)
		if err := m.do(); err != nil {
			return fmt.Errorf("demo, %s: %w", m.at.Format(time.DateOnly), err)
		}
	}
	d.past.back.Store(0)
	return nil
}

// oneTeam begins, meets in its rhythm, and meets again tomorrow or later.
func (s *story) oneTeam(n int, persons []string) {
	ana, spec := s.actors[access.Organizer], demoTeams[n]
	at := &demoTeam{}
	began := s.day(spec.began, 12, 0)
	beat := spec.beat
	if beat.Every == rhythm.Biweekly {
		first := began.AddDate(0, 0, (int(beat.Weekday-began.Weekday())+7)%7)
		beat.From = first.Format(time.DateOnly)
	}
	s.then(began, func() (err error) {
		at.id, err = s.sys.teams.Create(s.ctx, ana, team.Team{Kind: spec.kind, Name: spec.name, Purpose: spec.purpose, Agreements: spec.agreements, Rhythm: beat}, "")
		return err
	})
	for i, m := range demoMembers {
		if !strings.Contains(m.teams, spec.letter) {
			continue
		}
		s.then(began.Add(time.Duration(i+1)*time.Hour), func() error {
			role, until := team.Plain, time.Time{}
			if len(at.members) == 0 {
				role, until = team.Coordinator, s.now.AddDate(0, 0, 20)
			}
			at.members, at.names = append(at.members, persons[i]), append(at.names, m.name)
			return s.sys.teams.Add(s.ctx, ana, team.MemberIn{Team: at.id, Person: persons[i], Role: role, Until: until, MayChair: i%4 != 3})
		})
	}
	s.then(s.day(9, 9, n), func() error { // the leader who signs in is one of them now
		thu, err := s.sys.people.PersonOf(s.ctx, s.org, s.actors[access.Leader].Account)
		if err != nil || thu == "" || spec.letter == "r" {
			return err
		}
		at.members, at.names = append(at.members, thu), append(at.names, "Thu")
		return s.sys.teams.Add(s.ctx, ana, team.MemberIn{Team: at.id, Person: thu, MayChair: true})
	})
	s.then(began.AddDate(0, 0, 2), func() error { return s.sys.teams.Move(s.ctx, ana, at.id, team.Active, "") })
	k := 0
	for when := began.AddDate(0, 0, 2); ; k++ {
		next := rhythm.Next([]rhythm.Meeting{beat}, when, s.zone, 1)
		if len(next) == 0 || next[0].After(s.now.Add(-20*time.Hour)) {
			break
		}
		when = next[0]
		s.oneMeeting(n, k, at, when)
	}
	s.coming(n, k, at)
}

func (s *story) form(n, k int, at *demoTeam, when time.Time) meeting.PlanIn {
	spec := demoTeams[n]
	l := s.sys.catalog.Localizer("en")
	in := meeting.PlanIn{Team: at.id, Template: spec.template, At: when, Minutes: spec.template.Minutes(), Place: "hall", Where: "St Anne Parish hall", Language: []string{"en", "es", "vi"}[k%3],
		Title: spec.topics[k%len(spec.topics)], Round: l.T("meeting.round_example"), Chair: at.members[k%len(at.members)], Timekeeper: at.members[(k+1)%len(at.members)], Scribe: at.members[(k+2)%len(at.members)]}
	for _, slot := range spec.template.Slots() {
		in.Agenda = append(in.Agenda, meeting.Item{Code: slot.Code, Title: l.T("meeting.item." + slot.Code), Minutes: slot.Minutes, Lead: l.T("meeting.lead." + slot.Code)})
	}
	return in
}

var (
	demoFeelings  = []string{"hopeful, tired, hopeful, heard", "proud, proud, nervous", "heard, curious, hungry, heard", "angry, hopeful, together", "calm, together, together, glad"}
	demoDecisions = []string{"We visit the pharmacy on Monday.", "We hold three more house meetings before the holiday.", "We ask for labels in ten languages.", "Thu and Luis speak to the parish council."}
)

// oneMeeting is planned, held and evaluated; a few end otherwise.
func (s *story) oneMeeting(n, k int, at *demoTeam, when time.Time) {
	ana, m := s.actors[access.Organizer], s.sys.meetings
	id := ""
	early := when.AddDate(0, 0, -6)
	if first := s.day(demoTeams[n].began, 12, 0).Add(24 * time.Hour); early.Before(first) {
		early = first // nobody is in the team before
	}
	s.then(early, func() (err error) { id, err = m.Plan(s.ctx, ana, s.form(n, k, at, when)); return err })
	if k%9 == 7 {
		s.then(when.AddDate(0, 0, -1), func() error { return m.Cancel(s.ctx, ana, id, "") })
		return
	}
	s.then(when.Add(5*time.Minute), func() error {
		for i, p := range at.members {
			if (i+k)%6 == 5 {
				continue
			}
			if err := m.Arrive(s.ctx, ana, id, p, ""); err != nil {
				return err
			}
		}
		return m.Count(s.ctx, ana, id, "", 1+k%3, "")
	})
	end := when.Add(time.Duration(demoTeams[n].template.Minutes()) * time.Minute)
	s.then(end.Add(-20*time.Minute), func() error {
		if err := m.Decide(s.ctx, ana, id, meeting.DecideIn{What: demoDecisions[k%len(demoDecisions)], Method: string(meeting.Methods()[k%3]), Dissent: []string{"", "One of us would rather wait a month."}[k%2]}); err != nil {
			return err
		}
		if err := m.Note(s.ctx, ana, id, 3, "Four people told what happened at the counter. Two of them would say it in public.", ""); err != nil {
			return err
		}
		return s.keep(id, k, at, when)
	})
	s.then(end, func() error { return m.Hold(s.ctx, ana, id, "") })
	if end.After(s.now.AddDate(0, 0, -4)) || k == 5 && n == 1 {
		return // the evaluation is still missing
	}
	s.then(end.Add(8*time.Minute), func() error {
		return m.Evaluate(s.ctx, ana, id, meeting.EvaluateIn{Feelings: demoFeelings[k%len(demoFeelings)], Worked: "We ended on time. Everybody spoke.", Change: "The room was cold. Ask for the small one."})
	})
}

// keep settles what was promised before and adds a promise.
func (s *story) keep(id string, k int, at *demoTeam, when time.Time) error {
	ana, m := s.actors[access.Organizer], s.sys.meetings
	open, err := m.Promises(s.ctx, ana, id)
	if err != nil {
		return err
	}
	for i, c := range open {
		state := people.Done
		if (i+k)%5 == 4 {
			state = people.Missed
		}
		if err := m.Settle(s.ctx, ana, id, people.SettleIn{ID: c.ID, State: state}); err != nil {
			return err
		}
	}
	what := []string{"Calls the hall about chairs", "Brings one neighbor", "Asks the pharmacist for the list", "Writes to the parish council"}[k%4]
	return m.Promise(s.ctx, ana, id, people.Commitment{Person: at.members[k%len(at.members)], What: what, Due: when.AddDate(0, 0, 12)}, "")
}

// coming is the next meeting: the core team's is tomorrow, with answers and needs.
func (s *story) coming(n, k int, at *demoTeam) {
	ana, m := s.actors[access.Organizer], s.sys.meetings
	days := []int{1, 8, 12}[n]
	when := s.day(-days, demoTeams[n].beat.Start/60, demoTeams[n].beat.Start%60)
	s.then(s.now.Add(-26*time.Hour), func() error {
		id, err := m.Plan(s.ctx, ana, s.form(n, k, at, when))
		if err != nil || n > 0 {
			return err
		}
		planned, err := m.Get(s.ctx, ana, id)
		if err != nil {
			return err
		}
		for _, in := range []meeting.AnswerIn{
			{Coming: "yes", Children: "2", Interpreter: "vi", Food: "no_pork"}, {Coming: "yes", Transport: true, Needs: []string{"step_free", "seat"}}, {Coming: "maybe", Children: "1", Interpreter: "ar"},
			{Coming: "yes", Food: "no_meat", Needs: []string{"large_print"}}, {Coming: "no"}, {Coming: "yes", Interpreter: "vi", Transport: true},
		} {
			if _, err := m.Reply(s.ctx, planned.Link, planned.Code, in); err != nil {
				return err
			}
		}
		return m.Paper(s.ctx, ana, id, meeting.AnswerIn{Coming: "yes", Children: "3", Person: at.members[1]})
	})
}

// money is what taking part cost, in every state.
func (s *story) money(persons []string) {
	ana, ruth, m := s.actors[access.Organizer], s.actors[access.Lead], s.sys.stipends
	for i, x := range []struct {
		person       int
		kind         stipend.Kind
		purpose, sum string
		state        stipend.State
		ago          int
	}{
		{0, stipend.Payment, "house_meeting", "50", stipend.Paid, 26}, {0, stipend.Childcare, "house_meeting", "30", stipend.Paid, 26}, {1, stipend.Transport, "meeting", "5.50", stipend.Paid, 40},
		{2, stipend.Payment, "interpreting", "75", stipend.Approved, 5}, {3, stipend.Other, "planning", "18.20", stipend.Requested, 1}, {4, stipend.GiftCard, "training", "25", stipend.Requested, 2},
		{5, stipend.GiftCard, "meeting", "200", stipend.Refused, 15}, {7, stipend.Childcare, "training", "40", stipend.Withdrawn, 12}, {6, stipend.Payment, "training", "50", stipend.Paid, 70},
	} {
		id, at := "", s.day(x.ago, 11, i)
		s.then(at, func() (err error) {
			id, err = m.Ask(s.ctx, ana, stipend.AskIn{Person: persons[x.person], Kind: string(x.kind), Purpose: x.purpose, Amount: x.sum, Day: s.day(x.ago+1, 12, 0).Format(time.DateOnly)})
			return err
		})
		switch x.state {
		case stipend.Refused:
			s.then(at.Add(3*time.Hour), func() error { return m.Refuse(s.ctx, ruth, id, "") })
		case stipend.Withdrawn:
			s.then(at.Add(3*time.Hour), func() error { return m.Withdraw(s.ctx, ana, id, "") })
		case stipend.Approved, stipend.Paid:
			s.then(at.Add(3*time.Hour), func() error { return m.Approve(s.ctx, ruth, id, "") })
		}
		if x.state != stipend.Paid {
			continue
		}
		s.then(at.Add(20*time.Hour), func() error {
			if x.kind.Income() {
				if err := m.Notify(s.ctx, ana, id, demoMembers[x.person].lang, ""); err != nil {
					return err
				}
			}
			return m.Pay(s.ctx, ana, id, "")
		})
	}
}
