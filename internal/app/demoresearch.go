// The demo's research actions, what was found, and what changed: four meetings in
// every state, three ways to get repairs, and a ladder with somebody on most rungs.
package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/change"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/research"
	"seedbed/internal/platform/access"
)

// demoMeeting is a research action: who is met, what is asked, what was heard.
type demoMeeting struct {
	ago       int // days; negative: still to come
	issue     string
	office    string // by name, when there is such an office
	host      string
	place     string
	where     string
	purposes  []string
	questions []string
	answers   []string
	learned   []string
	heard     []string
	document  research.NoteIn
	felt      string
	changed   string
	cast      int // how many of the nine parts somebody has
	end       research.State
}

var demoMeetings = []demoMeeting{
	{ago: 232, issue: "Labels", host: "Director of the hospital pharmacy", place: "clinic", where: "Second floor, room 4", purposes: []string{"cause", "remedies", "power"},
		questions: []string{"What does it take to print a label in another language?", "What does it cost?", "Who has done it?", "What stands in the way?", "Who decides?"},
		answers:   []string{"Software that many pharmacies have already, and a printer.", "About 40 cents a label.", "A hospital across the river, in six languages.", "The lawyers fear a wrong word.", "The County Pharmacy Board makes the rule. Its deputy director prepares it."},
		learned:   []string{"A vendor exists. The fear is a legal one, not the money.", "The deputy director of the board likes the idea."}, heard: []string{"Deputy director, County Pharmacy Board"},
		document: research.NoteIn{Title: "Price list of the vendor", Link: "https://labels.example/prices"}, felt: "nervous 4, proud 5", changed: "Ask shorter questions.", cast: 9, end: research.FollowedUp},
	{ago: 54, issue: "Bus 14", host: "Scheduler of the bus company", place: "online", purposes: []string{"cause", "power"},
		questions: []string{"Who decides how late a line runs?", "How do you count riders?", "What would a half hour cost?", "When is the next schedule made?"},
		answers:   []string{"The general manager, twice a year.", "By the fare box. People who change from bus 9 are not counted.", "Two drivers and a bus, about 310 dollars an evening.", "In six weeks."},
		learned:   []string{"Riders who change lines are not counted. We can count them."}, heard: []string{"Priya Nair, General Manager, Millbrook Transit"}, felt: "curious 3, hopeful 4", changed: "Begin on time.", cast: 8, end: research.FollowedUp},
	{ago: 6, issue: "Repairs", office: "Daniel Ruiz", host: "Housing Commissioner, City of Millbrook", place: "hall", where: "City hall, room 210", purposes: []string{"remedies", "power", "relationship"},
		questions: []string{"How long does a repair take today?", "What would make thirty days possible?", "Which cities have done it?", "Who would be against it, and why?", "What numbers do you have to show?"},
		answers:   []string{"Ninety days on average, after a second letter.", "Two more inspectors and a list that is public.", "Two cities in the next state.", "Small landlords who fear the cost.", "Open complaints at the end of each month."},
		learned:   []string{"He can sign a rule himself. The council has to pay for the inspectors."}, heard: []string{"Chair of the budget committee, City of Millbrook"},
		document: research.NoteIn{Title: "Complaints by month", Paper: "Blue folder in the team room"}, felt: "nervous 3, proud 3, angry 1", changed: "Somebody talked over Inés. The chair steps in next time.", cast: 9, end: research.Evaluated},
	{ago: -6, issue: "Repairs", host: "Head of inspections in the next city", place: "phone", purposes: []string{"remedies", "practice"},
		questions: []string{"What did the rule change in the first year?", "What would you do differently?", "What did landlords say?"}, cast: 5, end: research.Planned},
}

// people whom the team can ask, in the order of their parts.
func (d *demo) players(team string) (id string, out []string, err error) {
	ana := d.actors[access.Organizer]
	list, err := d.sys.teams.List(d.ctx, ana)
	if err != nil {
		return "", nil, err
	}
	for _, t := range list {
		members, err := d.sys.teams.MembersOf(d.ctx, ana, t.ID)
		if err != nil {
			return "", nil, err
		}
		var ids []string
		for _, m := range members {
			if m.In(d.sys.clock.Now()) {
				ids = append(ids, m.Person)
			}
		}
		if t.Name == team {
			id, out = t.ID, append(ids, out...)
		} else {
			out = append(out, ids...)
		}
	}
	var once []string
	for _, p := range out {
		if !slices.Contains(once, p) {
			once = append(once, p)
		}
	}
	return id, once, nil
}

// issueCalled finds an issue by the beginning of its name; empty when there is none.
func (d *demo) issueCalled(name string) (string, error) {
	list, err := d.sys.changes.Issues(d.ctx, d.actors[access.Organizer])
	for _, i := range list {
		if strings.HasPrefix(i.Name, name) {
			return i.ID, nil
		}
	}
	return "", err
}

func (d *demo) officeOf(name string) (string, error) {
	list, err := d.sys.research.Offices(d.ctx, d.actors[access.Organizer])
	for _, o := range list {
		if o.Name == name && name != "" {
			return o.ID, nil
		}
	}
	return "", err
}

// telling is a story of its own, for what is told after the year.
func (d *demo) telling() *story {
	return &story{demo: d, now: d.past.Clock.Now(), zone: d.sys.zone(d.ctx, d.org), group: map[string]string{}}
}

// tell lets it happen in order.
func (s *story) tell() error {
	slices.SortStableFunc(s.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	for _, m := range s.moments {
		s.past.at(m.at)
		if err := m.do(); err != nil {
			return fmt.Errorf("demo, %s: %w", m.at.Format(time.DateOnly), err)
		}
	}
	s.past.back.Store(0)
	return nil
}

// researches are the meetings with those who know, and the ways that were found.
func (d *demo) researches() error {
	team, cast, err := d.players("Language access team")
	if err != nil || len(cast) < 9 {
		return err
	}
	s := d.telling()
	held := map[string][]string{}
	for n, m := range demoMeetings {
		s.meets(n, m, team, cast, held)
	}
	s.ways(held)
	return s.tell()
}

func (s *story) meets(n int, m demoMeeting, team string, cast []string, held map[string][]string) {
	ana, r := s.actors[access.Organizer], s.sys.research
	at := s.day(m.ago, 15, 0)
	planned := at.AddDate(0, 0, -10)
	id := ""
	s.then(planned, func() error {
		issue, err := s.issueCalled(m.issue)
		if err != nil {
			return err
		}
		office, err := s.officeOf(m.office)
		if err != nil {
			return err
		}
		id, err = r.Plan(s.ctx, ana, research.PlanIn{Issue: issue, Team: team, Office: office, Host: m.host, Purposes: m.purposes, Questions: m.questions, At: at, Minutes: 40, Place: m.place, Where: m.where, Language: "en",
			RehearseAt: s.day(m.ago+2, 18, 0)})
		if err != nil {
			return err
		}
		next := n
		for _, role := range research.Roles() {
			for range role.Most() {
				for at := next; at < next+len(cast); at++ { // not everybody had joined by then
					err := r.Add(s.ctx, ana, id, cast[at%len(cast)], role, "")
					if fault.Is(err, fault.Invalid) {
						continue
					}
					if err != nil {
						return err
					}
					next = at + 1
					break
				}
				if next-n >= m.cast {
					return nil
				}
			}
		}
		return nil
	})
	if m.end == research.Planned {
		return
	}
	s.then(at.AddDate(0, 0, -2).Add(4*time.Hour), func() error { return r.Rehearse(s.ctx, ana, id, "") })
	s.then(at.Add(30*time.Minute), func() error {
		f, err := r.Get(s.ctx, ana, id)
		if err != nil {
			return err
		}
		in := m.document
		in.Answers, in.Learned, in.Heard = map[string]string{}, m.learned[0], strings.Join(m.heard, "\n")
		for i, q := range f.Questions {
			in.Answers[q.ID] = m.answers[i]
		}
		if err := r.Note(s.ctx, ana, id, in); err != nil {
			return err
		}
		for _, more := range m.learned[1:] {
			if err := r.Note(s.ctx, ana, id, research.NoteIn{Learned: more}); err != nil {
				return err
			}
		}
		return nil
	})
	s.then(at.Add(42*time.Minute), func() error {
		f, err := r.Get(s.ctx, ana, id)
		if err != nil {
			return err
		}
		var came []string
		for _, p := range f.Parts {
			came = append(came, p.Person)
		}
		held[m.issue] = append(held[m.issue], id)
		return r.Hold(s.ctx, ana, id, research.HoldIn{Came: came, Others: n % 2})
	})
	s.then(at.Add(time.Hour), func() error { // on the pavement
		round, found, err := s.sys.rounds.ByRef(s.ctx, ana, "research:"+id)
		if err != nil || !found {
			return err
		}
		if err := s.sys.rounds.Write(s.ctx, ana, round.ID, evaluation.WriteIn{Felt: m.felt, Worked: "Everybody had a part.", Change: m.changed, Learned: m.learned[0]}); err != nil {
			return err
		}
		return s.sys.rounds.Finish(s.ctx, ana, round.ID, "")
	})
	s.then(at.AddDate(0, 0, 1), func() error {
		if err := r.Done(s.ctx, ana, id, research.Thanks, true, ""); err != nil {
			return err
		}
		f, err := r.Get(s.ctx, ana, id)
		if err != nil || len(f.Parts) == 0 {
			return err
		}
		return r.Promise(s.ctx, ana, id, people.Commitment{Person: f.Parts[0].Person, What: "Sends the numbers to everybody", Due: at.AddDate(0, 0, 9)}, "")
	})
	s.then(at.AddDate(0, 0, 8), func() error { // and it was done
		open, err := s.sys.people.Commitments(s.ctx, ana, people.Whose{Ref: "research:" + id, Open: true})
		if err != nil {
			return err
		}
		for _, c := range open {
			if _, err := s.sys.people.Settle(s.ctx, ana, people.SettleIn{ID: c.ID, State: people.Done}); err != nil {
				return err
			}
		}
		return nil
	})
	if m.end != research.FollowedUp {
		return
	}
	s.then(at.AddDate(0, 0, 3), func() error {
		for _, step := range []research.Step{research.PowerMap, research.NextOne} {
			if err := r.Done(s.ctx, ana, id, step, true, ""); err != nil {
				return err
			}
		}
		err := r.FollowUp(s.ctx, ana, id, "")
		if fault.Is(err, fault.Conflict) { // nobody could look back on it
			return nil
		}
		return err
	})
}

// ways are the options found for two issues, with the health workers who helped.
func (s *story) ways(held map[string][]string) {
	ana, r := s.actors[access.Organizer], s.sys.research
	for i, x := range []struct {
		issue   string
		ago     int
		in      research.OptionIn
		helper  research.HelpIn
		dropped bool
	}{
		{"Labels", 225, research.OptionIn{What: "A rule: every pharmacy prints labels in ten languages", Cost: "0.40", Basis: "for each label, by the vendor's list", DoneBy: "A hospital across the river prints six languages since last year.", For: "It reaches everybody, in every pharmacy.", Against: "The board has to vote. Lawyers fear a wrong word.", Decides: "Director, County Pharmacy Board",
			Health: "Fewer wrong doses, fewer emergency visits."}, research.HelpIn{Role: "Pharmacist", Organization: "County Hospital"}, false},
		{"Labels", 224, research.OptionIn{What: "Stickers that the clinic prints itself", Cost: "0.15", Basis: "for each sticker, without the work", For: "We can begin tomorrow.", Against: "Only for our own patients. Stickers fall off.", Decides: "Chief Operating Officer, Cedar Street Health Center", Health: "Helps those who come to us."}, research.HelpIn{Role: "Nurse", Organization: "Cedar Street Health Center"}, true},
		{"Repairs", 5, research.OptionIn{What: "A rule by the commissioner: repairs begin within 30 days", Cost: "190,000", Basis: "two inspectors for one year, city pay scale", DoneBy: "Two cities in the next state, since three years.", For: "He can sign it himself. Days can be counted.", Against: "Without inspectors it stays paper.", Decides: "Housing Commissioner, City of Millbrook",
			Health: "Less mold in bedrooms, fewer missed school days."}, research.HelpIn{Account: "clinician", Named: true, How: "spoken"}, false},
		{"Repairs", 4, research.OptionIn{What: "A public list of open complaints", Cost: "12,000", Basis: "a page on the city's site, once", For: "Cheap. Landlords do not like to stand on it.", Against: "Nobody has to repair anything.", Decides: "Housing Commissioner, City of Millbrook", Health: "None by itself."}, research.HelpIn{Role: "School nurse", Organization: "Alder Street School"}, false},
		{"Repairs", 4, research.OptionIn{What: "A fund that lends small landlords the money", DoneBy: "A credit union in the county seat tried it for two years.", For: "Takes away the main reason against.", Against: "Nobody knows yet who pays for it.", Decides: "City council, City of Millbrook", Health: "As with the rule, but later."}, research.HelpIn{}, false},
	} {
		s.then(s.day(x.ago, 11, i), func() error {
			issue, err := s.issueCalled(x.issue)
			if err != nil || issue == "" {
				return err
			}
			in := x.in
			in.Issue, in.Actions = issue, held[x.issue]
			id, err := r.SaveOption(s.ctx, ana, in)
			if err != nil {
				return err
			}
			help := x.helper
			help.Option = id
			if help.Account != "" {
				help.Account = s.actors[access.Clinician].Account
			}
			if help.Account != "" || help.Role != "" {
				if err := r.Help(s.ctx, ana, help); err != nil {
					return err
				}
			}
			return r.DropOption(s.ctx, ana, id, x.dropped, "")
		})
	}
}

// demoStep is a step of a change, days ago.
type demoStep struct {
	ago      int
	mark     change.Mark
	evidence string
	link     string
	note     string
	back     change.Mark
}

var demoChanges = []struct {
	issue string
	in    change.SaveIn
	steps []demoStep
}{
	{"Labels", change.SaveIn{Title: "Labels in ten languages in every pharmacy", Level: "city", Description: "Whoever fills a prescription in the county can read what they swallow.", Affected: "48,000", AffectedOn: "people in the county who read another language best, census", Money: "120,000",
		MoneyOn: "printers and software in the first year, by the board", Rating: "contributed", Narrative: "The board had laid the idea aside twice. It came back after 287 people asked in public. A new deputy director helped, too, and the vendor had lowered its price.",
		Others: "School of nursing, Millbrook | counted labels at eleven counters | https://nursing.example/labels\nPharmacists' guild | told its members how\nMetro Common Ground | brought nine institutions", Sources: "Minutes of the board | https://pharmacyboard.example/minutes\nThe county's paper | https://paper.example/labels",
		Tags: map[string]string{"policies": "short", "alliances": "short", "people": "medium", "capacity": "short"}, Evidence: "House meetings in spring: nine of eleven had a label they could not read."},
		[]demoStep{{232, change.Researched, "Meeting with the director of the hospital pharmacy.", "", "We asked five questions.", ""}, {200, change.OnAgenda, "The board puts it on its list for June.", "https://pharmacyboard.example/agenda", "We wrote to all seven members.", ""},
			{175, change.Proposed, "Our proposal in two pages, with the guild.", "", "The guild wrote the part on safety.", ""}, {150, change.Committed, "Director Elena Reyes says yes before 287 people.", "", "Thu told what happened at the counter.", ""},
			{92, change.Adopted, "Rule 12 is adopted, five to two.", "https://pharmacyboard.example/rule12", "We sat in the first two rows.", ""}, {38, change.Implemented, "Labels in ten languages at nine of eleven counters.", "", "Our members looked at each counter.", ""}}},
	{"Bus 14", change.SaveIn{Title: "Bus 14 in the evening", Level: "institution", Description: "A bus every half hour until ten at night.", Affected: "2,300", AffectedOn: "riders after seven, counted by us on five evenings", Rating: "unclear", Tags: map[string]string{"base": "short", "alliances": "medium"},
		Evidence: "It came up in every house meeting on Foster Row."}, []demoStep{{54, change.Researched, "Meeting with the scheduler.", "", "", ""}, {30, change.OnAgenda, "The manager invites us before the new schedule.", "", "The drivers' union asked for it, too.", ""}, {12, change.Proposed, "Our counts and a proposal, in writing.", "", "", ""}}},
	{"Repairs", change.SaveIn{Title: "Repairs within 30 days", Level: "city", Rating: "unclear", Evidence: "Seven stories on Foster Row."}, []demoStep{{6, change.Researched, "Meeting with the housing commissioner.", "", "", ""}}},
	{"Open until eight", change.SaveIn{Title: "The clinic is open until eight", Level: "practice", Rating: "unclear", Tags: map[string]string{"capacity": "short", "norms": "medium"}, Evidence: "Night workers told it in the waiting room."},
		[]demoStep{{300, change.OnAgenda, "The leadership of the clinic talks about it.", "", "", ""}, {215, change.Blocked, "The Chief Operating Officer says no, for the second time: no money for shifts.", "", "We had asked without a plan for the money.", ""}}},
	{"Interpreters", change.SaveIn{Title: "An interpreter on Saturdays", Level: "practice", Rating: "helped", Narrative: "The clinic planned it anyway; our numbers showed for which hours.", Affected: "640", AffectedOn: "Saturday visits in another language, one year", Evidence: "Seven people waited for an interpreter who never came."},
		[]demoStep{{210, change.Adopted, "In the clinic's budget for one year.", "", "", ""}, {160, change.Implemented, "Two interpreters on Saturdays.", "", "", ""}, {45, change.RolledBack, "One of the two posts was not filled again.", "", "", change.Adopted}}},
}

// changed is what became different, each step on its day.
func (d *demo) changed() error {
	s := d.telling()
	ana := s.actors[access.Organizer]
	for n, x := range demoChanges {
		named := s.day(max(x.steps[0].ago+30, 320-n*40), 12, n)
		id := ""
		s.then(named.Add(time.Hour), func() error {
			issue, err := s.issueCalled(x.issue)
			if err != nil {
				return err
			}
			in := x.in
			in.Issue, in.NamedOn = issue, named
			if n == 0 { // it began with stories
				stories, err := s.sys.changes.Stories(s.ctx, ana)
				if err != nil {
					return err
				}
				for _, st := range stories[:min(2, len(stories))] {
					in.Roots = append(in.Roots, st.ID)
				}
			}
			id, err = s.sys.changes.Save(s.ctx, ana, in)
			return err
		})
		for _, st := range x.steps {
			s.then(s.day(st.ago, 18, 0), func() error {
				return s.sys.changes.AddStep(s.ctx, ana, id, change.Step{Mark: st.mark, Back: st.back, On: s.day(st.ago, 17, 0), StepWords: change.StepWords{Evidence: st.evidence, Link: st.link, Note: st.note}}, "")
			})
		}
	}
	return s.tell()
}
