// The demo's campaigns: one that heard 211 people and ended in a decision, and one in
// its fourth week in which somebody is missing.
package app

import (
	"fmt"
	"slices"
	"time"

	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/contact"
)

// demoListeners are invented people who agreed to a record and listen.
var demoListeners = []struct{ name, lang string }{
	{"Mr. Dang", "vi"}, {"Hoa Le", "vi"}, {"Binh Do", "vi"}, {"Rosa Marín", "es"}, {"Elvira Campos", "es"}, {"Tomás Rivas", "es"}, {"Julia Prado", "es"}, {"Nadia Farouk", "ar"},
	{"Samuel Okoye", "en"}, {"Grace Holloway", "en"}, {"Walter Quinn", "en"}, {"Dolores Reyna", "es"}, {"Ike Barnett", "en"}, {"Mai Tran", "vi"}, {"Peter Lindqvist", "en"},
	{"Althea Brooks", "en"}, {"Rene Solís", "es"}, {"Yusuf Aden", "en"},
}

// heardIn is what was heard in a week: how, in which language, by how many.
type heardIn struct {
	week   int
	format listening.Format
	lang   string
	people int
}

// firstHalf is 93 people in four weeks, six of them in Vietnamese; secondHalf makes
// 211, in 140 one-to-ones and 7 house meetings.
var (
	firstHalf = []heardIn{
		{1, listening.OneToOne, "en", 12}, {1, listening.OneToOne, "es", 5},
		{2, listening.HouseMeeting, "en", 10}, {2, listening.OneToOne, "en", 12}, {2, listening.OneToOne, "es", 5},
		{3, listening.OneToOne, "en", 12}, {3, listening.HouseMeeting, "es", 10}, {3, listening.OneToOne, "vi", 6},
		{4, listening.OneToOne, "en", 11}, {4, listening.OneToOne, "es", 10},
	}
	secondHalf = []heardIn{
		{5, listening.OneToOne, "en", 15}, {5, listening.OneToOne, "es", 11}, {5, listening.OneToOne, "vi", 5},
		{6, listening.HouseMeeting, "en", 10}, {6, listening.HouseMeeting, "vi", 10}, {6, listening.OneToOne, "vi", 5},
		{7, listening.OneToOne, "en", 15}, {7, listening.HouseMeeting, "vi", 11}, {7, listening.OneToOne, "es", 11}, {7, listening.HouseMeeting, "es", 10},
		{8, listening.HouseMeeting, "en", 10}, {8, listening.OneToOne, "vi", 5},
	}
	// saidOf is how many of ten said what, by language.
	saidOf = map[string][]listening.Tally{
		"en": {{Name: "Rent goes up", N: 6}, {Name: "Bus 14 cut", N: 3}, {Name: "No Saturday hours", N: 2}, {Name: "Long wait on the phone", N: 1}},
		"es": {{Name: "Rent goes up", N: 5}, {Name: "Label in English only", N: 5}, {Name: "Interpreter no-show", N: 2}, {Name: "No Saturday hours", N: 1}},
		"vi": {{Name: "Label in English only", N: 8}, {Name: "Interpreter no-show", N: 6}, {Name: "Bus 14 cut", N: 3}},
	}
)

// withPosters leaves room among the 93 for the six whose answers on posters count too:
// three in English, two in Spanish, one in Vietnamese.
func withPosters(list []heardIn) []heardIn {
	list = slices.Clone(list)
	for i, h := range list {
		switch {
		case h.lang == "vi":
			list[i].people--
		case h.week == 4 && h.lang == "en":
			list[i].people -= 3
		case h.week == 4 && h.lang == "es":
			list[i].people -= 2
		}
	}
	return list
}

// tallied scales what ten people said to some more or fewer.
func tallied(lang string, n int) (out []listening.Tally) {
	for _, t := range saidOf[lang] {
		if k := (t.N*n + 5) / 10; k > 0 {
			out = append(out, listening.Tally{Name: t.Name, N: min(k, n)})
		}
	}
	return out
}

// demoCampaign is a campaign while its story is told.
type demoCampaign struct {
	*story
	id       string
	from     int  // days ago of its first day
	over     bool // it ended in a decision
	who      []string
	networks map[string]string
	areas    []string
}

func (c *demoCampaign) ana() access.Actor { return c.actors[access.Organizer] }

// campaigns are planned, opened, filled week by week, and brought as far as they came.
func (s *story) campaigns() {
	var who []string
	s.then(s.day(150, 9, 0), func() error {
		for i, p := range demoListeners {
			j, err := s.sys.people.Join(s.ctx, s.actors[access.Organizer], people.JoinIn{Source: people.AtMeeting, How: "paper",
				ProfileIn: people.ProfileIn{In: contact.In{CalledName: p.name, Contact: "phone", Phone: fmt.Sprintf("+1503555%04d", 140+i), Lang: p.lang}, Area: []string{"Lents", "Foster", "Cully"}[i%3]}})
			if err != nil {
				return err
			}
			who = append(who, j.ID)
		}
		return nil
	})
	done := &demoCampaign{story: s, from: 130, over: true}
	done.begin("Summer listening", &who)
	done.hear(firstHalf)
	s.then(s.day(done.from-27, 19, 0), func() error {
		list, err := s.sys.listens.Listeners(s.ctx, done.ana(), done.id)
		if err != nil {
			return err
		}
		in := listening.MidpointIn{Campaign: done.id, Note: "Two of us go to the temple and the Saturday market. We had asked the people we knew."}
		for _, l := range list[4:6] {
			in.Moves = append(in.Moves, listening.ListenerIn{ID: l.ID, Language: "vi", Network: done.networks["The Saturday market"]})
		}
		return s.sys.listens.CheckMidpoint(s.ctx, done.ana(), in)
	})
	done.hear(secondHalf)
	done.end()
	now := &demoCampaign{story: s, from: 27}
	now.begin("Fall listening", &who)
	now.hear(withPosters(firstHalf))
	now.waiting()
}

func (c *demoCampaign) begin(name string, who *[]string) {
	s := c.story
	s.then(s.day(c.from+7, 10, 0), func() (err error) {
		c.who = *who
		from := s.day(c.from, 0, 0)
		in := listening.PlanIn{Name: name, Languages: []string{"en", "es", "vi"}, Starts: from, Ends: from.AddDate(0, 0, 56), People: 200, Sessions: 150, Listeners: 20,
			Shares: map[string]int{"es": 25, "vi": 15}, Areas: []string{"Lents", "Foster", "Cully"}, Questions: map[string][]string{
				"en": {"What weighs on you and the people you love?", "What makes you so angry that you want to change it?"},
				"es": {"¿Qué les pesa a usted y a las personas que quiere?", "¿Qué le da tanto coraje que quiere cambiarlo?"},
				"vi": {"Điều gì đang đè nặng lên quý vị và những người quý vị thương?", "Điều gì làm quý vị giận đến mức muốn thay đổi nó?"}}}
		if c.id, err = s.sys.listens.Plan(s.ctx, c.ana(), in); err != nil {
			return err
		}
		made, err := s.sys.listens.Get(s.ctx, c.ana(), c.id)
		if err != nil {
			return err
		}
		for _, a := range made.Areas {
			c.areas = append(c.areas, a.ID)
		}
		c.networks = map[string]string{}
		for _, n := range []listening.NetworkIn{{Kind: listening.Institution, Name: "St Anne's parish"}, {Kind: listening.PlaceBased, Name: "The Saturday market"}, {Kind: listening.Pathway, Name: "The Tuesday cooking class"},
			{Kind: listening.Community, Name: "Vietnamese elders", Share: 10}} {
			if n.Campaign = c.id; !c.over {
				n.Share = 0
			}
			if c.networks[n.Name], err = s.sys.listens.SaveNetwork(s.ctx, c.ana(), n); err != nil {
				return err
			}
		}
		list := []listening.Who{{Account: c.ana().Account}, {Account: s.actors[access.Leader].Account}}
		for _, p := range c.who {
			list = append(list, listening.Who{Person: p})
		}
		for i, w := range list {
			if _, err := s.sys.listens.SaveListener(s.ctx, c.ana(), listening.ListenerIn{Campaign: c.id, Who: w, Goal: 10, Noted: 15 + i%6}); err != nil {
				return err
			}
		}
		return nil
	})
	s.then(s.day(c.from, 8, 0), func() error { return s.sys.listens.Open(s.ctx, c.ana(), c.id, "") })
}

// hear lets the weeks pass: one-to-ones come in as sheets of a few, each of one
// listener; at the end of a week somebody looks at the board.
func (c *demoCampaign) hear(list []heardIn) {
	s, sheet := c.story, 0
	for n, h := range list {
		day := c.from - (h.week-1)*7 - 1 - n%5
		for left, part := h.people, 0; left > 0; part++ {
			size := left
			if h.format == listening.OneToOne {
				size = min(left, 4)
			}
			left -= size
			sheet++
			s.then(s.day(day, 12+part, n), c.file(h, size, sheet))
		}
	}
	looks := 8
	if !c.over {
		looks = 2 // the counts of the fourth week are still to be looked at
	}
	for w := range looks {
		s.then(s.day(c.from-(w+1)*7, 20, 0), func() error {
			_, err := s.sys.listens.Board(s.ctx, c.ana(), c.id)
			return err
		})
	}
}

func (c *demoCampaign) file(h heardIn, size, sheet int) func() error {
	return func() error {
		in := listening.SessionIn{Campaign: c.id, Revision: 1, State: listening.Reported, Format: h.format, Held: c.sys.clock.Now().Add(-2 * time.Hour), Minutes: 35, Language: h.lang, Heard: size,
			Said: tallied(h.lang, size), Area: c.areas[sheet%len(c.areas)], Place: []string{"home", "cafe", "clinic"}[sheet%3], Facilitator: listening.Who{Person: c.who[sheet%len(c.who)]}}
		switch {
		case h.format == listening.HouseMeeting && h.lang == "vi":
			in.Minutes, in.Place, in.Network, in.Facilitator = 90, "hall", c.networks["St Anne's parish"], listening.Who{Person: c.who[0]}
		case h.format == listening.HouseMeeting:
			in.Minutes, in.Place = 90, "hall"
		case sheet%4 == 0: // whoever was heard in the class is a number, and so is who listened there
			in.Network, in.Facilitator = c.networks["The Tuesday cooking class"], listening.Who{}
		case sheet%4 == 1:
			in.Network = c.networks["The Saturday market"]
		case sheet%7 == 2:
			in.Facilitator = listening.Who{Account: c.ana().Account}
		}
		_, err := c.sys.listens.File(c.ctx, c.ana(), in)
		return err
	}
}

// waiting has a house meeting whose report is late, and one that is to come.
func (c *demoCampaign) waiting() {
	s := c.story
	plan := func(made int, held time.Time, lang string, led int) {
		s.then(s.day(made, 9, 30), func() error {
			_, err := s.sys.listens.File(s.ctx, c.ana(), listening.SessionIn{Campaign: c.id, Revision: 1, State: listening.Planned, Format: listening.HouseMeeting, Held: held, Minutes: 90, Language: lang,
				Place: "hall", Facilitator: listening.Who{Person: c.who[led]}, Network: c.networks["St Anne's parish"]})
			return err
		})
	}
	plan(9, s.day(4, 18, 30), "es", 3)
	plan(5, s.day(-3, 18, 0), "vi", 0)
}

// end closes, works on the themes, agrees, tells people and decides.
func (c *demoCampaign) end() {
	s, l := c.story, c.sys.listens
	s.then(s.day(c.from-57, 9, 0), func() error { return l.Close(s.ctx, c.ana(), c.id, "") })
	s.then(s.day(c.from-60, 18, 0), c.workshop)
	s.then(s.day(c.from-60, 20, 0), func() error {
		return l.Agree(s.ctx, c.ana(), listening.AgreeIn{Campaign: c.id, Leaders: 11, Staff: 2})
	})
	for i, r := range []listening.ReportBackIn{
		{How: "meeting", Reached: 74, Languages: []string{"en", "es", "vi"}, Note: "Soup, and the themes on the wall in three languages."},
		{How: "phone", Reached: 52, Languages: []string{"es", "vi"}},
	} {
		s.then(s.day(c.from-64-i, 19, 0), func() error {
			r.Campaign, r.At = c.id, s.sys.clock.Now()
			return l.LogReportBack(s.ctx, c.ana(), r)
		})
	}
	s.then(s.day(c.from-70, 20, 30), func() error {
		wall, err := l.WallOf(s.ctx, c.ana(), c.id)
		if err != nil {
			return err
		}
		themes := map[string]string{}
		for _, t := range wall.Themes {
			themes[t.Name] = t.ID
		}
		return l.Decide(s.ctx, c.ana(), listening.DecideIn{Campaign: c.id, Decision: listening.Decision{At: s.sys.clock.Now(), Method: listening.Dots, People: 64, Institutions: 18, OfInstitutions: 22,
			Dissent: "Several wanted the bus first: without it they cannot come to any meeting.", Options: []listening.Option{
				{Text: "Language access", Theme: themes["Language access"], Votes: 91, Chosen: true, TeamName: "Language access team", Chair: c.who[1]},
				{Text: "Rent", Theme: themes["Rent goes up"], Votes: 84, Chosen: true, TeamName: "Rent team", Chair: c.who[8]},
				{Text: "Bus 14", Theme: themes["Bus 14 cut"], Votes: 40}, {Text: "Clinic hours", Theme: themes["Clinic hours"], Votes: 33}}}})
	})
}

// workshop is leaders at the wall: two themes out of four words.
func (c *demoCampaign) workshop() error {
	wall, err := c.sys.listens.WallOf(c.ctx, c.ana(), c.id)
	if err != nil {
		return err
	}
	id := map[string]string{}
	for _, t := range wall.Themes {
		id[t.Name] = t.ID
	}
	thu := c.actors[access.Leader]
	for _, g := range []struct {
		name, means string
		words       []string
	}{
		{"Language access", "To be understood in one's own language: labels, letters, interpreters who come.", []string{"Label in English only", "Interpreter no-show"}},
		{"Clinic hours", "To be seen without losing a day of pay.", []string{"No Saturday hours", "Long wait on the phone"}},
	} {
		made, err := c.sys.listens.Wall(c.ctx, thu, listening.WallIn{Campaign: c.id, Verb: listening.Create, Name: g.name, Definition: g.means})
		if err != nil {
			return err
		}
		for _, w := range g.words {
			if _, err := c.sys.listens.Wall(c.ctx, thu, listening.WallIn{Campaign: c.id, Verb: listening.Merge, Theme: id[w], Other: made}); err != nil {
				return err
			}
		}
	}
	return nil
}
