// The demo's people in office, where they stood over the year, who among the people
// of the clinic can talk to them, and two strategies. All of them are invented.
package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"seedbed/internal/organizing/power"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/consent"
)

var demoOffices = []struct {
	name, office, body, kind, powers, wants, contact string
	since, until                                     int // days from now; 0: not known
	after                                            string
	left                                             int // days ago
}{
	{"Ada Finch", "Housing Commissioner", "City of Millbrook", "city", "Signs repair orders.", "Fewer complaints at the counter.", "", -1200, 0, "", 0},
	{"Elena Reyes", "Director", "County Pharmacy Board", "county", "Adopts rules for every pharmacy in the county.\nSets what a label must say.", "Fewer emergency visits.\nA budget that holds.", "Front office: (503) 555-0142", -700, 80, "", 0},
	{"Marta Quill", "Deputy director", "County Pharmacy Board", "county", "Writes the rules before the board sees them.", "Rules that pharmacies can follow.", "", -500, 0, "", 0},
	{"Tomas Okafor", "Mayor", "City of Millbrook", "city", "Proposes the budget.\nNames commissioners.", "A second term, and a quiet downtown.", "City hall, second floor", -900, 340, "", 0},
	{"Lucia Marchetti", "Council member", "City of Millbrook", "city", "One of seven votes in the council.", "More people at council meetings.", "", -400, 0, "", 0},
	{"Daniel Ruiz", "Housing Commissioner", "City of Millbrook", "city", "Signs repair orders.\nSends inspectors.", "Numbers that show faster repairs.", "Housing office: (503) 555-0143", -150, 0, "Ada Finch", 0},
	{"Priya Nair", "General Manager", "Millbrook Transit", "agency", "Decides on routes and hours.", "Full buses, and a balanced budget.", "Front desk: (503) 555-0144", -610, 0, "", 0},
	{"Owen Castell", "Chair of the board", "Millbrook Transit", "agency", "Leads the vote on the yearly plan.", "Workers who can get to the night shift.", "", -380, 300, "", 0},
	{"Helen Brandt", "Chief Operating Officer", "Cedar Street Health Center", "clinic", "Decides on opening hours and shifts.", "No overtime.\nStaff who stay.", "", -820, 0, "", 0},
	{"Ines Vale", "Director of pharmacy", "Mercy Valley Hospital", "clinic", "Chooses the label printers of the hospital.", "Fewer calls about how to take a medicine.", "", -300, 0, "", 0},
	{"Colin Frame", "Regional manager", "Tri-County Retail Pharmacies", "company", "Decides for eleven stores.", "One label for all stores.", "", -260, 0, "", 0},
	{"Grant Holloway", "Executive director", "Millbrook Landlords' Association", "company", "Speaks for the owners before the council.", "No new rules for owners.", "", -450, 0, "", 0},
}

// demoStands are positions: the issue by a word of its name, the actor by theirs.
var demoStands = []struct {
	issue, actor      string
	ago               int
	stance, influence int
	evidence, link    string
}{
	{"abel", "Elena Reyes", 300, 0, 5, "In her first interview in office she spoke of emergency visits, and not of labels.", ""},
	{"abel", "Elena Reyes", 200, 1, 5, "Her statement at the open board meeting: she would look at other languages.", "https://pharmacyboard.example/minutes/open-meeting"},
	{"abel", "Elena Reyes", 148, 2, 5, "Said yes to two of three asks at the assembly.", ""},
	{"abel", "Marta Quill", 250, 1, 3, "Asked for our list of languages.", ""},
	{"abel", "Tomas Okafor", 260, 0, 4, "Has not said anything.", ""},
	{"abel", "Tomas Okafor", 150, -1, 4, "Did not come to the assembly.", ""},
	{"abel", "Lucia Marchetti", 240, 2, 3, "Spoke for it in the council.", "https://millbrook.example/council/minutes"},
	{"abel", "Ines Vale", 230, 0, 3, "The research visit: it costs 40 cents a label.", ""},
	{"abel", "Ines Vale", 180, 1, 3, "Has ordered a test.", ""},
	{"abel", "Colin Frame", 250, -2, 4, "His letter to the board.", "https://pharmacyboard.example/letters/12"},
	{"abel", "Colin Frame", 120, -1, 4, "His second letter asks only for more time.", ""},
	{"abel", "St Anne Parish", 245, 2, 3, "Voted to work on it.", ""},
	{"abel", "Care Workers Local 48", 245, 2, 3, "Voted to work on it.", ""},
	{"abel", "East Side Elders", 230, 2, 2, "Brought twelve bottles to a meeting.", ""},
	{"abel", "Masjid An-Noor", 220, 1, 2, "Will decide next month.", ""},
	{"abel", "Union Hall Cooperative", 215, 0, 1, "Has other work this year.", ""},
	{"Bus 14", "Priya Nair", 110, -1, 5, "Told the paper that evening buses are empty.", "https://millbrooktransit.example/news/evening"},
	{"Bus 14", "Priya Nair", 20, 0, 5, "Asked for our count of riders.", ""},
	{"Bus 14", "Owen Castell", 105, 0, 4, "Listened, and said nothing.", ""},
	{"Bus 14", "Owen Castell", 15, 1, 4, "Put the route on the agenda of the board.", "https://millbrooktransit.example/board/agenda"},
	{"Bus 14", "Tomas Okafor", 100, 1, 3, "Rode the bus with two reporters.", ""},
	{"Bus 14", "Lucia Marchetti", 98, 1, 2, "Signed our letter.", ""},
	{"Bus 14", "Transit Operators 757", 104, 2, 3, "The drivers voted for it.", ""},
	{"Bus 14", "Creekside High Families", 50, 2, 2, "Families counted riders for two weeks.", ""},
	{"Repairs", "Daniel Ruiz", 22, 0, 5, "The research visit: thirty days would need two more inspectors.", ""},
	{"Repairs", "Tomas Okafor", 30, 0, 4, "Has not said anything.", ""},
	{"Repairs", "Grant Holloway", 26, -2, 3, "Wrote against it before it was proposed.", "https://landlords.example/no-new-rules"},
	{"Repairs", "Foster Row Tenants", 35, 2, 2, "It is their issue.", ""},
	{"Repairs", "Cedar Flats Renters", 33, 2, 2, "Joined after the house meeting.", ""},
	{"eight", "Helen Brandt", 290, -1, 5, "Said that overtime makes it impossible.", ""},
	{"eight", "Helen Brandt", 210, -2, 5, "Said no a second time, with the numbers.", ""},
	{"eight", "Care Workers Local 48", 280, 0, 3, "Half of the members would like other shifts.", ""},
}

// offices are written down at the beginning: asks and pledges name them.
func (d *demo) offices() error {
	now := d.past.Clock.Now()
	ana := d.actors[access.Organizer]
	day := func(n int) time.Time {
		if n == 0 {
			return time.Time{}
		}
		return now.AddDate(0, 0, n).Truncate(24 * time.Hour)
	}
	ids, bodies := map[string]string{}, map[string]string{}
	defer d.past.back.Store(0)
	for i, o := range demoOffices {
		d.past.at(now.AddDate(0, 0, -335).Add(time.Duration(i) * time.Minute))
		if o.since > -335 {
			d.past.at(now.AddDate(0, 0, o.since+3))
		}
		in := power.SaveIn{Office: power.Office{Name: o.name, Office: o.office, BodyID: bodies[o.body], Since: day(o.since), Until: day(o.until), Powers: o.powers, Wants: o.wants, Contact: o.contact, After: ids[o.after]},
			BodyName: o.body, BodyKind: o.kind}
		made, err := d.sys.power.Save(d.ctx, ana, in)
		if err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		saved, err := d.sys.power.Office(d.ctx, ana, made)
		if err != nil {
			return err
		}
		ids[o.name], bodies[o.body] = made, saved.BodyID
	}
	return nil
}

// power places people on the maps of the issues that are there, and lets a strategy
// team work.
func (d *demo) power() error {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return err
	}
	s := &story{demo: d, now: d.past.Clock.Now(), zone: zone}
	defer d.past.back.Store(0)
	ana := d.actors[access.Organizer]
	issues, err := d.sys.power.Issues(d.ctx, ana)
	if err != nil {
		return err
	}
	actors, err := d.sys.power.Actors(d.ctx, ana)
	if err != nil {
		return err
	}
	ref := map[string]string{}
	for _, a := range actors {
		ref[a.Name] = a.Ref
	}
	issue := func(word string) (id, office string) {
		named := func(i power.IssueLine) bool { return strings.Contains(i.Name, word) }
		at := slices.IndexFunc(issues, func(i power.IssueLine) bool { return named(i) && i.Office != "" }) // one that was carried on has its ask where it began
		if at < 0 {
			at = slices.IndexFunc(issues, named)
		}
		if at < 0 {
			return "", ""
		}
		return issues[at].ID, issues[at].Office
	}
	for _, x := range demoStands {
		on, _ := issue(x.issue)
		if on == "" || ref[x.actor] == "" {
			continue
		}
		s.then(s.day(x.ago-1, 9, 0), func() error {
			return d.sys.power.Place(d.ctx, ana, power.PlaceIn{Issue: on, Actor: ref[x.actor], At: s.day(x.ago, 0, 0), Stance: x.stance, Influence: x.influence, Evidence: x.evidence, Link: x.link})
		})
	}
	office := func(name string) string { return strings.TrimPrefix(ref[name], "office:") }
	s.strategists()
	s.knows(office, ref)
	for _, c := range []struct{ word, name string }{{"abel", "Elena Reyes"}, {"Bus 14", "Priya Nair"}} {
		if on, _ := issue(c.word); on != "" && office(c.name) != "" {
			s.plans(on, office(c.name), office, c.word)
		}
	}
	slices.SortStableFunc(s.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	for _, m := range s.moments {
		d.past.at(m.at)
		if err := m.do(); err != nil {
			return fmt.Errorf("demo, power, %s: %w", m.at.Format(time.DateOnly), err)
		}
	}
	return nil
}

// somebody finds a person of the demo by name.
func (d *demo) somebody(name string) (string, error) {
	list, err := d.sys.people.Find(d.ctx, d.actors[access.Organizer], name, 1)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].ID, nil
}

// strategists is the team that sees who knows whom; the leader who signs in is in it.
func (s *story) strategists() {
	ana := s.actors[access.Organizer]
	s.then(s.day(298, 12, 0), func() error {
		made, err := s.sys.teams.Create(s.ctx, ana, team.Team{Kind: team.Strategy, Name: "Strategy team", Purpose: "Find out who decides, who moves them, and plan how we win.", Agreements: "What is said here stays here.\nWe ask before we write down a name."}, "")
		if err != nil {
			return err
		}
		thu, err := s.sys.people.PersonOf(s.ctx, s.org, s.actors[access.Leader].Account)
		if err != nil {
			return err
		}
		for i, name := range []string{"", "Denise", "Luis"} {
			person := thu
			if name != "" {
				if person, err = s.somebody(name); err != nil {
					return err
				}
			}
			if person == "" {
				continue
			}
			role := team.Plain
			if i == 1 {
				role = team.Coordinator
			}
			if err := s.sys.teams.Add(s.ctx, ana, team.MemberIn{Team: made, Person: person, Role: role, MayChair: true}); err != nil {
				return err
			}
		}
		return s.sys.teams.Move(s.ctx, ana, made, team.Active, "")
	})
}

// knows are the ties, each with its yes, and who talks to whom next.
func (s *story) knows(office func(string) string, ref map[string]string) {
	ana := s.actors[access.Organizer]
	for i, t := range []struct {
		holder, to, kind, lang, next string
		strength, ago, due           int
	}{
		{"Grace", "Elena Reyes", "club", "en", "", 3, 210, 0},
		{"Denise", "Tomas Okafor", "school", "en", "", 2, 120, 0},
		{"Mr. Dang", "Lucia Marchetti", "neighbor", "vi", "Asks whether the council will write to the transit board", 2, 90, 6},
		{"Beatriz Luna", "Priya Nair", "work", "es", "Asks for ten minutes after the board meeting", 2, 60, 3},
		{"Transit Operators 757", "Owen Castell", "public", "", "", 3, 55, 0},
		{"St Anne Parish", "Tomas Okafor", "public", "", "", 2, 50, 0},
	} {
		if office(t.to) == "" {
			continue
		}
		s.then(s.day(t.ago, 14, i), func() error {
			in := power.TieIn{Office: office(t.to), Kind: t.kind, Strength: t.strength, Months: 12, Lang: t.lang, How: consent.Spoken, Witness: consent.Organizer}
			if t.lang == "" {
				if in.Institution, in.Agreed = strings.TrimPrefix(ref[t.holder], "institution:"), true; in.Institution == "" {
					return nil
				}
			} else {
				var err error
				if in.Person, err = s.somebody(t.holder); err != nil || in.Person == "" {
					return err
				}
			}
			made, err := s.sys.power.AddTie(s.ctx, ana, in)
			if err != nil || t.next == "" {
				return err
			}
			s.past.at(s.now.AddDate(0, 0, -4))
			return s.sys.power.Approach(s.ctx, ana, power.ApproachIn{Office: in.Office, Tie: made, What: t.next, Due: s.day(-t.due, 20, 0)})
		})
	}
	for _, p := range []struct {
		to, what string
		due      int
	}{{"Daniel Ruiz", "Calls the housing office about a date", -2}, {"Priya Nair", "Sends the count of riders", 1}} {
		if office(p.to) == "" {
			continue
		}
		s.then(s.day(5, 9, 30), func() error {
			return s.sys.power.Approach(s.ctx, ana, power.ApproachIn{Office: office(p.to), What: p.what, Due: s.day(-p.due, 18, 0)})
		})
	}
}

// plans are two versions of a chart, the second by the leader.
func (s *story) plans(issue, decider string, office func(string) string, word string) {
	ana := s.actors[access.Organizer]
	first := power.Content{
		Problem: "People mix up medicines because they cannot read the label.", Policy: "Printers that know ten languages cost 40 cents a label.", Politics: "The board must adopt new rules by summer anyway.",
		Long: "Everybody in the county can read what they take.\nPatients have a seat on the board.", Between: "A rule for translated labels in ten languages by 30 June.", Short: "A meeting with the director.\nA test at one pharmacy.",
		Resources: "One organizer, ten hours a week\nThe parish hall\n40 stories from the listening campaign", Leaders: 8, Members: 120, Partners: 4, Troubles: "Too few of us speak in public.\nMeetings only in English.",
		Constituents: "Patients who read another language better: fewer mistakes\nNight nurses: fewer calls", Allies: "Parishes and the mosque: halls and people\nCare workers' union: 40 members at each action", Opponents: "Store chains: they fear the cost, and write letters",
		Tactics: "Bring bottles with labels to the board\nResearch visit to a hospital pharmacy\nAssembly with the director",
	}
	lastWord := "Deliver 400 letters before the vote"
	early, late := s.day(258, 16, 0), s.day(190, 19, 0)
	if word == "Bus 14" {
		first = power.Content{
			Problem: "The last bus leaves before the evening shift ends.", Policy: "Four more trips on weekdays; the drivers have a timetable.", Politics: "The board votes on the yearly plan this winter.",
			Long: "Everybody gets home after work and after a meeting.", Between: "Bus 14 runs until 22:30 on weekdays from spring.", Short: "A count of riders that the general manager accepts.",
			Resources: "Families who count riders\nDrivers who know the route", Leaders: 5, Members: 80, Partners: 2, Troubles: "Two teams want the same Saturday.",
			Constituents: "Evening workers: an hour more at home\nStudents at the evening school", Allies: "The drivers' union: the timetable\nFamilies of Creekside High: the count", Opponents: "Two board members: they want to save",
			Others: []string{office("Owen Castell"), office("Tomas Okafor")}, Tactics: "Ride together with a reporter\nHouse meetings along the route",
		}
		lastWord = "Assembly with the general manager"
		early, late = s.day(62, 16, 0), s.day(16, 19, 0)
	}
	chart := ""
	s.then(early, func() (err error) {
		if chart, err = s.sys.power.Begin(s.ctx, ana, issue, decider, ""); err != nil {
			return err
		}
		return s.sys.power.Plan(s.ctx, ana, power.PlanIn{ID: chart, Content: first})
	})
	s.then(late, func() (err error) {
		thu := s.actors[access.Leader]
		if thu.Person, err = s.sys.people.PersonOf(s.ctx, s.org, thu.Account); err != nil || thu.Person == "" {
			return err
		}
		next := first
		next.Tactics += "\n" + lastWord
		next.Leaders += 4
		return s.sys.power.Plan(s.ctx, thu, power.PlanIn{ID: chart, Version: 1, Content: next})
	})
}
