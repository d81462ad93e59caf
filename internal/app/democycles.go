// The demo's three turns of the cycle: one that was won, one that is under way, and
// one that was lost and taught something. All people and offices are invented.
package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/account"
)

// demoIssue is an issue and its way, in days ago; zero: it never came to that.
type demoIssue struct {
	problem, title           string
	who, office, body        string
	action, leverage         string
	due                      int // days from now
	set                      string
	scores                   []string // points and reason, in the order of the list
	proposed, tested, agreed int
	hands                    [2]int // for, against
	parked                   int
	why                      string
}

var demoLabels = demoIssue{problem: "Labels and instructions on medicine are only in English", title: "Labels in ten languages", who: "Elena Reyes", office: "Director", body: "County Pharmacy Board",
	action: "adopts a rule for translated labels in 10 languages", leverage: "she wants fewer emergency visits", due: -95, set: "mwa", proposed: 265, tested: 260, agreed: 255, hands: [2]int{14, 1},
	scores: []string{"2 Elders would read what they swallow.", "2 It was their stories, and they will tell them.", "1 The board has never heard from patients.", "2 Two mix-ups in one winter.", "2 The rule is hers to make.",
		"1 Those who read English do not feel it.", "2 Three people told of a wrong dose.", "2 “Let us read our medicine.”", "2 One director, one board.", "2 The board meets in June.", "2 Nobody loses by it.", "2 Testimony in five languages.",
		"1 Interpreters could be next.", "1 Fewer visits, fewer bills.", "0 We did not ask anybody for money.", "2 Everybody counts."}}

var demoSaturday = demoIssue{problem: "Interpreters are missing when they are needed", title: "Interpreters on Saturdays", proposed: 263, parked: 258,
	why: "The labels come first: more people named them, and the board can decide in June. We ask again when the clinic plans its next year."}

var demoHours = demoIssue{problem: "Working people cannot come while the clinic is open", title: "Open until eight", who: "Helen Brandt", office: "Chief Operating Officer", body: "Cedar Street Health Center",
	action: "opens the clinic until eight on two evenings a week", leverage: "she wants fewer missed visits", due: -215, set: "lee", proposed: 318, tested: 314, agreed: 312, hands: [2]int{9, 2},
	scores: []string{"2 Two evenings, until eight.", "2 Before the summer schedule.", "2 The door is open or it is not.", "1 She decides on hours, but not on the money for shifts."}}

var demoBus = demoIssue{problem: "The last bus leaves before the evening shift ends", title: "Bus 14 in the evening", who: "Priya Nair", office: "General Manager", body: "Millbrook Transit",
	action: "runs bus 14 every thirty minutes until ten at night", leverage: "she needs full buses to keep the route in her budget", due: 45, set: "fit", proposed: 85, tested: 70, agreed: 62, hands: [2]int{12, 0},
	scores: []string{"2 People walk home for an hour.", "2 It came up in every house meeting on Foster Row.", "2 The drivers' union and two schools are in.", "1 She says evening buses are empty; we counted riders.", "2 Riders and drivers want the same.", "2 One line, one hour, one manager."}}

var demoRepairs = demoIssue{problem: "Rent goes up and nothing is repaired", title: "Repairs within 30 days", who: "Daniel Ruiz", office: "Housing Commissioner", body: "City of Millbrook",
	action: "signs a rule that repairs begin within 30 days of a complaint", leverage: "he wants to show numbers that go down", due: 80, set: "fit", proposed: 48, tested: 30,
	scores: []string{"2 Mold in the children's rooms.", "2 Seven stories on Foster Row.", "1 Two tenant groups are in; the parishes are still talking.", "1 He needs two more inspectors.", "1 Some of us are small landlords.", "2 Thirty days can be counted."}}

// cycles begins the turns and cuts their issues. Where the rooms after this one have
// something to say about a gate, turns goes through it when they are filled.
func (d *demo) cycles() error {
	s, err := d.cycleStory()
	if err != nil {
		return err
	}
	ana, c := d.actors[access.Organizer], d.sys.cycles
	noor := access.Actor{Org: d.org, Roles: []access.Role{access.Organizer}}
	var won, lost, now, hours string
	s.then(s.day(330, 10, 0), func() (err error) {
		noor.Account, err = d.sys.accounts.Provision(d.ctx, d.org, account.Person{Name: "Noor Saleh", Email: "noor.saleh@cedarstreet.example", Language: "en"}, account.Role{Role: access.Organizer})
		return err
	})
	s.then(s.day(330, 11, 0), func() (err error) {
		won, err = c.Begin(d.ctx, ana, cycle.In{Name: "Labels we can read", About: "Medicine comes with a label that nobody at home can read."})
		return err
	})
	s.then(s.day(318, 9, 0), func() error { // the team is there by now
		b, err := c.Board(d.ctx, ana, won)
		if err != nil {
			return err
		}
		return c.Change(d.ctx, ana, cycle.In{ID: won, Name: b.Name, About: b.About, Teams: s.teams("core team"), Version: b.Version})
	})
	s.issue(&won, demoLabels, nil)
	s.issue(&won, demoSaturday, nil)

	s.then(s.day(326, 9, 0), func() (err error) {
		lost, err = c.Begin(d.ctx, noor, cycle.In{Name: "Open until eight", About: "Evening hours at our own clinic."})
		return err
	})
	s.issue(&lost, demoHours, &hours)
	s.hoursLost(&noor, &lost, &hours)

	s.then(s.day(100, 9, 0), func() (err error) {
		now, err = c.Next(d.ctx, ana, lost, cycle.In{Name: "Bus 14 and rent", About: "Getting home after the evening shift, and a home that is in repair.", Teams: s.teams("core team", "Listening team")})
		return err
	})
	s.then(s.day(60, 9, 0), func() error { // the campaign that ended in the priorities of this turn
		b, err := c.Board(d.ctx, ana, now)
		if err != nil {
			return err
		}
		return c.Change(d.ctx, ana, cycle.In{ID: now, Name: b.Name, About: b.About, Teams: s.teams("core team", "Listening team"), Campaigns: s.told(), Version: b.Version})
	})
	s.issue(&now, demoBus, nil)
	s.issue(&now, demoRepairs, nil)
	s.then(s.day(66, 19, 30), func() error { // the issue that was carried on
		list, err := c.Issues(d.ctx, ana, now)
		for _, i := range list {
			if i.Title == demoHours.title {
				return c.SetState(d.ctx, d.actors[access.Leader], cycle.StateIn{Issue: i.ID, To: cycle.Parked, Reason: "Twice no, and both times for money. We wait for the clinic's next budget in spring, and win something first."})
			}
		}
		return err
	})
	s.then(s.day(55, 16, 0), func() error { return s.notes(now) })
	if err := s.play(); err != nil {
		return err
	}
	return d.sys.queue.Drain(d.ctx)
}

// hoursLost is how a turn that won nothing ended, and what it left.
func (s *cycleStory) hoursLost(noor *access.Actor, lost, hours *string) {
	c, thu, ana := s.sys.cycles, s.actors[access.Leader], s.actors[access.Organizer]
	move := func(ago int, to cycle.Phase, why string) {
		s.then(s.day(ago, 12, 0), func() error {
			return c.Move(s.ctx, *noor, cycle.MoveIn{ID: *lost, To: to, Reason: why})
		})
		if to.At() > cycle.IssueFrom.At() {
			s.then(s.day(ago, 12, 10), func() error {
				return c.Advance(s.ctx, *noor, cycle.MoveIn{ID: *hours, To: to, Reason: why})
			})
		}
	}
	move(323, cycle.Listening, "Everybody at the first meeting had the same story.")
	move(319, cycle.Discerning, "It was heard before there was a campaign; the meeting agreed to go on.")
	move(311, cycle.Researching, "")
	move(300, cycle.Acting, "Two nurses told us how the shifts work. That was enough for us.")
	s.then(s.day(299, 9, 0), func() error { // the first organizer moves to another site
		h, err := c.HandOver(s.ctx, *noor, cycle.HandOverIn{Cycle: *lost, To: ana.Account, Text: "The nurses are with us. Ask Ms. Brandt about overtime first."})
		if err != nil {
			return err
		}
		_, err = c.Take(s.ctx, ana, h, "")
		*noor = ana
		return err
	})
	s.then(s.day(208, 18, 0), func() error {
		return c.SetState(s.ctx, thu, cycle.StateIn{Issue: *hours, To: cycle.Lost, Reason: "She said no twice: in February, and again in spring with the numbers for overtime. We had no answer to the numbers."})
	})
	move(205, cycle.Evaluating, "Two negotiations were held, on paper.")
	s.then(s.day(202, 19, 0), func() error {
		return c.Settle(s.ctx, thu, cycle.SettleIn{Issue: *hours, Choice: cycle.CarryOn, Learned: "We asked before we knew what it costs. Next time we research the money first, and we bring the people who work the shift."})
	})
	s.then(s.day(202, 20, 0), func() error {
		return s.lookedBack(*lost, evaluation.Told{Felt: []evaluation.Felt{{Word: "tired", N: 4}, {Word: "angry", N: 2}, {Word: "together", N: 3}}, Worked: "Nobody left.", Change: "Ask what it costs before we ask for it."})
	})
	move(198, cycle.Closed, "Evaluated together at the kitchen table; it was before we had a form for it.")
}

// lookedBack ends the round of a whole turn.
func (s *cycleStory) lookedBack(of string, t evaluation.Told) error {
	return s.sys.db.Write(s.ctx, s.org, func(tx *db.Tx) error {
		return s.sys.rounds.SettleIn(s.ctx, tx, s.actors[access.Organizer], "cycle:"+of, t)
	})
}

// notes is what an organizer writes down for whoever comes next.
func (s *cycleStory) notes(of string) error {
	ana, c := s.actors[access.Organizer], s.sys.cycles
	list := []cycle.NoteIn{
		{Kind: cycle.Know, Text: "The hall has to be asked for three weeks ahead. The parish office is open on Tuesdays."},
		{Kind: cycle.Know, Text: "We never say who counted the riders."},
		{Kind: cycle.Thread, Text: "The tenants of Cedar Flats wait for an answer about a meeting in Arabic.", Due: s.now.AddDate(0, 0, 6)},
	}
	found, err := s.sys.people.Find(s.ctx, ana, "Dang", 1)
	if err != nil {
		return err
	}
	for _, p := range found {
		list = append(list, cycle.NoteIn{Kind: cycle.Meet, Person: p.ID, Text: "Would chair the assembly if somebody asks well ahead.", Due: s.now.AddDate(0, 0, 3)})
	}
	for _, n := range list {
		n.Cycle = of
		if _, err := c.Write(s.ctx, ana, n); err != nil {
			return err
		}
	}
	return nil
}

// cycleStory is the story with the words of cycles.
type cycleStory struct{ *story }

func (d *demo) cycleStory() (*cycleStory, error) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	return &cycleStory{&story{demo: d, now: d.past.Clock.Now(), zone: zone}}, err
}

// play lets everything happen in its order.
func (s *cycleStory) play() error {
	defer s.past.back.Store(0)
	slices.SortStableFunc(s.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	for _, m := range s.moments {
		s.past.at(m.at)
		if err := m.do(); err != nil {
			return fmt.Errorf("demo, %s: %w", m.at.Format(time.DateOnly), err)
		}
	}
	s.moments = nil
	return nil
}

// teams are those whose names end so, as far as they are there.
func (s *cycleStory) teams(names ...string) (out []string) {
	list, _ := s.sys.teams.List(s.ctx, s.actors[access.Organizer]) // a demo without teams is a demo
	for _, t := range list {
		if slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(t.Name, n) }) {
			out = append(out, t.ID)
		}
	}
	return out
}

// told are campaigns in which those who spoke have heard of it.
func (s *cycleStory) told() (out []string) {
	list, _ := s.sys.listens.Campaigns(s.ctx, s.actors[access.Organizer])
	for _, c := range list {
		if c.State.At() >= listening.ReportedBack.At() {
			out = append(out, c.ID)
		}
	}
	return out
}

// issue is proposed, asked, tested and decided on, or set aside.
func (s *cycleStory) issue(of *string, x demoIssue, made *string) {
	c, thu, ana, id := s.sys.cycles, s.actors[access.Leader], s.actors[access.Organizer], new(string)
	if made != nil {
		id = made
	}
	s.then(s.day(x.proposed, 19, 0), func() (err error) {
		*id, err = c.Propose(s.ctx, thu, cycle.IssueIn{Cycle: *of, Problem: x.problem, Title: x.title})
		return err
	})
	if x.parked > 0 {
		s.then(s.day(x.parked, 20, 15), func() error {
			return c.SetState(s.ctx, thu, cycle.StateIn{Issue: *id, To: cycle.Parked, Reason: x.why})
		})
	}
	if x.who == "" {
		return
	}
	s.then(s.day(x.proposed-3, 19, 30), func() error {
		in := cycle.AskIn{Issue: *id, Name: x.who, Title: x.office, Body: x.body, Action: x.action, Due: s.day(-x.due, 0, 0), Leverage: x.leverage, Version: 1}
		if list, err := c.OfficesFor(s.ctx, ana); err == nil {
			if n := slices.IndexFunc(list, func(o cycle.Office) bool { return o.Name == x.who }); n >= 0 {
				in.Office = list[n].ID
			}
		}
		return c.SetAsk(s.ctx, thu, in)
	})
	s.then(s.day(x.tested, 19, 0), func() error {
		if err := c.ChooseSet(s.ctx, thu, *id, x.set, ""); err != nil {
			return err
		}
		set, err := c.ASet(s.ctx, thu, x.set)
		if err != nil {
			return err
		}
		for n, said := range x.scores {
			if err := c.SetScore(s.ctx, thu, cycle.ScoreIn{Issue: *id, Criterion: set.Items[n].Code, N: int(said[0] - '0'), Reason: said[2:]}); err != nil {
				return err
			}
		}
		return nil
	})
	s.then(s.day(x.tested-2, 20, 0), func() error { return c.SetState(s.ctx, thu, cycle.StateIn{Issue: *id, To: cycle.Cut}) })
	if x.agreed > 0 {
		s.then(s.day(x.agreed, 20, 0), func() error { return s.decide(*id, x) })
	}
}

// decide is the team's show of hands about an ask; what is recorded reaches the issue.
func (s *cycleStory) decide(issue string, x demoIssue) error {
	ana, d := s.actors[access.Organizer], s.sys.decided
	made, err := d.Save(s.ctx, ana, decision.In{Ref: "issue:" + issue, Question: fmt.Sprintf("Do we ask %s: %s?", x.who, x.action), Method: string(ballot.Agree), Openness: string(decision.Hands)})
	if err != nil {
		return err
	}
	if err := d.Open(s.ctx, ana, made); err != nil {
		return err
	}
	if err := d.CountHands(s.ctx, ana, made, map[string]int{ballot.AnswerAgree: x.hands[0], ballot.AnswerDisagree: x.hands[1]}); err != nil {
		return err
	}
	if err := d.Close(s.ctx, ana, made); err != nil {
		return err
	}
	if err := d.Record(s.ctx, ana, made, decision.Notes{Minutes: "Decided in the core team after reading the test aloud."}, ""); err != nil {
		return err
	}
	return s.sys.queue.Drain(s.ctx)
}

// turns goes through the gates, after every room has told what was held and looked
// back at. What is written beside a step is the reason where something is missing.
func (d *demo) turns() error {
	s, err := d.cycleStory()
	if err != nil {
		return err
	}
	ana, c := d.actors[access.Organizer], d.sys.cycles
	list, err := c.Cycles(d.ctx, ana)
	if err != nil {
		return err
	}
	ids := map[string]string{}
	for _, x := range list {
		ids[x.Name] = x.ID
		for _, i := range x.Issues {
			if i.State != cycle.Parked {
				ids[i.Title] = i.ID
			}
		}
	}
	turn := func(ago int, name string, to cycle.Phase, why string) {
		s.then(s.day(ago, 21, 0), func() error { return c.Move(d.ctx, ana, cycle.MoveIn{ID: ids[name], To: to, Reason: why}) })
	}
	step := func(ago int, title string, to cycle.Phase, why string) {
		s.then(s.day(ago, 20, 45), func() error {
			return c.Advance(d.ctx, ana, cycle.MoveIn{ID: ids[title], To: to, Reason: why})
		})
	}
	a, labels := "Labels we can read", demoLabels.title
	turn(317, a, cycle.Listening, "")
	turn(270, a, cycle.Discerning, "We listened through the winter with notebooks, and told everybody at the parish supper.")
	step(257, labels, cycle.Researching, "")
	turn(256, a, cycle.Researching, "")
	step(200, labels, cycle.Acting, "Three visits, and each was talked over on the pavement.")
	turn(199, a, cycle.Acting, "With its issue.")
	step(149, labels, cycle.Evaluating, "The assembly was held: 287 came.")
	turn(148, a, cycle.Evaluating, "With its issue.")
	s.then(s.day(92, 18, 0), func() error {
		return c.SetState(d.ctx, d.actors[access.Leader], cycle.StateIn{Issue: ids[labels], To: cycle.Won, Reason: "The board adopted the rule. Labels in ten languages are in the pharmacies."})
	})
	s.then(s.day(45, 19, 0), func() error {
		return c.Settle(d.ctx, d.actors[access.Leader], cycle.SettleIn{Issue: ids[labels], Choice: cycle.MoveOn, Learned: "An answer with a date is worth more than a warm word. Five people who tell it themselves move a director."})
	})
	s.then(s.day(45, 20, 0), func() error {
		return s.lookedBack(ids[a], evaluation.Told{Felt: []evaluation.Felt{{Word: "proud", N: 9}, {Word: "hopeful", N: 5}, {Word: "tired", N: 3}}, Worked: "Testimony in five languages.", Change: "Begin to ask people earlier."})
	})
	step(42, labels, cycle.Closed, "Looked back at together, before the form was there.")
	turn(41, a, cycle.Closed, "Celebrated with the whole hall.")

	b, bus := "Bus 14 and rent", demoBus.title
	turn(97, b, cycle.Listening, "")
	turn(62, b, cycle.Discerning, "The campaign was told on Sunday.")
	step(61, bus, cycle.Researching, "")
	turn(58, b, cycle.Researching, "")
	step(25, demoRepairs.title, cycle.Researching, "")
	step(20, bus, cycle.Acting, "We rode with two planners and talked it over at the stop.")
	turn(19, b, cycle.Acting, "With its issue; the rent is still in research.")
	return s.play()
}
