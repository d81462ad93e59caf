// The demo's assemblies: one that was held, with its asks, answers and what followed;
// one in twelve days; and the negotiations about both.
package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/people"
	told "seedbed/internal/organizing/story"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

// demoHall is what is known of an assembly before it is planned.
type demoHall struct {
	name, where, purpose string
	ago, planned, goal   int
	languages            []string
	issue                string
	asks                 []demoAsk
	arabic               map[string]string
}

type demoAsk struct{ who, post, body, text, arabic string }

var demoHalls = []demoHall{
	{"Labels we can read", "St Anne Parish hall", "Everybody can read what their medicine says.", 150, 205, 300, []string{"en", "es", "vi", "ar"}, "Labels in ten languages", []demoAsk{
		{"Elena Reyes", "Director", "County Pharmacy Board", "Will you adopt a rule for translated labels in 10 languages by 30 June?", "هل ستعتمدين قاعدة لملصقات مترجمة بعشر لغات قبل 30 يونيو؟"},
		{"Elena Reyes", "Director", "County Pharmacy Board", "Will you pay for it from the board's own budget?", "هل ستدفعون تكلفتها من ميزانية المجلس؟"},
		{"Elena Reyes", "Director", "County Pharmacy Board", "Will every pharmacy counter have a poster: ask for your language?", "هل سيكون على كل منضدة صيدلية ملصق: اطلب لغتك؟"},
		{"Tomas Okafor", "Mayor", "City of Millbrook", "Will you stand for the rule in the city council?", "هل ستؤيد القاعدة في مجلس المدينة؟"},
	}, map[string]string{"welcome": "الترحيب والقواعد", "roll": "نداء الحضور", "testimony": "شهادة", "pin": "نسأل: نعم أم لا؟", "close": "ما قيل ومتى نلتقي"}},
	{"Bus 14 in the evening", "Lincoln School gym", "People who work late get home.", -12, 24, 220, []string{"en", "es", "ar"}, "Bus 14 in the evening", []demoAsk{
		{"Priya Nair", "General Manager", "Millbrook Transit", "Will you run the 14 until 11 at night from the first of the year?", "هل ستشغّلين الخط 14 حتى الحادية عشرة ليلًا من أول العام؟"},
		{"Priya Nair", "General Manager", "Millbrook Transit", "Will you meet us every month until it runs?", "هل ستلتقين بنا كل شهر حتى يعمل؟"},
	}, map[string]string{"welcome": "الترحيب والقواعد", "pin": "نسأل: نعم أم لا؟"}},
}

// demoCast is who takes which part; names of people who came in during the year.
type demoCast struct{ thu, dang, rosalba, yasmin, denise, luis string }

func (d *demo) cast() (c demoCast, err error) {
	for _, x := range []struct {
		name string
		into *string
	}{{"Mr. Dang", &c.dang}, {"Rosalba", &c.rosalba}, {"Yasmin", &c.yasmin}, {"Denise", &c.denise}, {"Luis", &c.luis}} {
		found, err := d.sys.people.Find(d.ctx, d.actors[access.Organizer], x.name, 1)
		if err != nil {
			return c, err
		}
		if len(found) == 0 {
			return c, fmt.Errorf("nobody is called %s", x.name)
		}
		*x.into = found[0].ID
	}
	c.thu, err = d.sys.people.PersonOf(d.ctx, d.org, d.actors[access.Leader].Account)
	if c.thu == "" {
		c.thu = c.denise
	}
	return c, err
}

func (d *demo) halls(do func(s *story, c demoCast)) error {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return err
	}
	c, err := d.cast()
	if err != nil {
		return err
	}
	s := &story{demo: d, now: d.past.Clock.Now(), zone: zone}
	defer d.past.back.Store(0)
	do(s, c)
	slices.SortStableFunc(s.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	for _, m := range s.moments {
		d.past.at(m.at)
		if err := m.do(); err != nil {
			return fmt.Errorf("demo, assemblies, %s: %w", m.at.Format(time.DateOnly), err)
		}
	}
	return nil
}

// assembliesPlanned is everything until people are asked to come: turnout opens with it.
func (d *demo) assembliesPlanned() error {
	return d.halls(func(s *story, c demoCast) {
		for i, h := range demoHalls {
			s.plan(h, c, i)
		}
	})
}

// find is an assembly of the demo, by its name.
func (s *story) hall(h demoHall) (x assembly.Whole, err error) {
	ana := s.actors[access.Organizer]
	for _, past := range []bool{false, true} {
		list, err := s.sys.acts.List(s.ctx, ana, past)
		if err != nil {
			return x, err
		}
		if i := slices.IndexFunc(list, func(e assembly.Event) bool { return e.Title == h.name }); i >= 0 {
			return s.sys.acts.Get(s.ctx, ana, list[i].ID)
		}
	}
	return x, fmt.Errorf("no assembly is called %s", h.name)
}

func (s *story) plan(h demoHall, c demoCast, n int) {
	ana, thu, at := s.actors[access.Organizer], s.actors[access.Leader], s.day(h.ago, 18, 30)
	l := s.sys.catalog.Localizer("en")
	s.then(s.day(h.planned, 10, n), func() error {
		in := assembly.PlanIn{Kind: assembly.Assembly, At: at, Minutes: 75, Capacity: 400, Goal: h.goal, Languages: h.languages, Safety: c.luis, Observer: c.denise,
			Words: assembly.Words{Title: h.name, Where: h.where, Purpose: h.purpose, Media: "The two chairs speak to the press. Nobody is in a picture without a yes.", Risk: "Two doors, one quiet room. If somebody disturbs, we stop and sing."}}
		if s.sys.acts.Issues != nil {
			if list, err := s.sys.acts.Issues.Cycles(s.ctx, ana); err == nil {
				for _, o := range list {
					if o.Name == h.name || strings.HasPrefix(h.name, strings.SplitN(o.Name, " and ", 2)[0]) {
						in.Cycle = o.ID
					}
				}
			}
		}
		for _, slot := range in.Kind.Template() {
			it := assembly.Item{ItemWords: assembly.ItemWords{Title: l.T("assembly.item." + slot.Code)}}
			if l.Has("assembly.script." + slot.Code) {
				it.Script = l.T("assembly.script." + slot.Code)
			}
			in.Sheet = append(in.Sheet, it)
		}
		_, err := s.sys.acts.Make(s.ctx, ana, in)
		return err
	})
	s.then(s.day(h.planned-1, 9, n), func() error {
		x, err := s.hall(h)
		if err != nil {
			return err
		}
		if err := s.sys.acts.Move(s.ctx, thu, x.ID, assembly.Approved, ""); err != nil {
			return err
		}
		return s.sys.acts.Move(s.ctx, ana, x.ID, assembly.Turnout, "")
	})
	s.then(s.day(h.planned-2, 15, n), func() error { return s.asks(h, at) })
	s.then(s.day(h.planned-2, 16, n), func() error {
		x, err := s.hall(h)
		if err != nil {
			return err
		}
		for i, who := range []string{"Elena Reyes", "Tomas Okafor"} {
			if n == 1 {
				who = []string{"Priya Nair", "Owen Castell"}[i]
			}
			in := assembly.Invite{Office: s.official(who), How: "letter", Reply: []string{"coming", "none"}[i], Invited: s.day(h.planned-3, 9, 0), InviteWords: assembly.InviteWords{Name: who}}
			if _, err := s.sys.acts.SaveInvite(s.ctx, ana, x.ID, in, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// official is the id of somebody in public office, if the room of power knows them.
func (s *story) official(name string) string {
	list, err := s.sys.acts.Offices.Offices(s.ctx, s.actors[access.Organizer])
	if err != nil {
		return ""
	}
	if i := slices.IndexFunc(list, func(o assembly.Office) bool { return o.Name == name }); i >= 0 {
		return list[i].ID
	}
	return ""
}

func (s *story) asks(h demoHall, at time.Time) error {
	ana := s.actors[access.Organizer]
	x, err := s.hall(h)
	if err != nil {
		return err
	}
	issue := ""
	if s.sys.acts.Issues != nil {
		list, err := s.sys.acts.Issues.Issues(s.ctx, ana, x.Cycle)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(list, func(o assembly.Issue) bool { return o.Name == h.issue }); i >= 0 {
			issue = list[i].ID
		}
	}
	arabic := map[string]assembly.Spoken{}
	for _, a := range h.asks {
		made, err := s.sys.acts.SaveAsk(s.ctx, ana, x.ID, assembly.AskIn{Issue: issue, Name: h.issue, Office: s.official(a.who), To: a.who, Post: a.post, Body: a.body, Text: a.text, Due: at.AddDate(0, 6, 0)})
		if err != nil {
			return err
		}
		arabic[made] = assembly.Spoken{Title: a.arabic}
	}
	for _, it := range x.Items {
		if said := h.arabic[it.Code]; said != "" {
			arabic[it.ID] = assembly.Spoken{Title: said}
		}
	}
	return s.sys.acts.Translate(s.ctx, ana, x.ID, assembly.TranslateIn{Language: "ar", Said: arabic})
}

// cast puts everybody in their place on the run-sheet.
func (s *story) inPlace(h demoHall, c demoCast, teller, tale string) error {
	ana := s.actors[access.Organizer]
	x, err := s.hall(h)
	if err != nil {
		return err
	}
	testimonies := 0
	for _, it := range x.Items {
		in := assembly.ItemIn{ID: it.ID, Title: it.Title, Script: it.Script, Minutes: it.Minutes, LeadRole: it.LeadRole, Second: it.Second, Version: it.Version}
		switch it.Code {
		case "doors":
			in.Lead = c.luis
		case "welcome", "close", "commitments":
			in.Lead, in.Beside = c.denise, c.rosalba
		case "roll":
			in.Lead, in.Beside = c.rosalba, c.yasmin
		case "credential", "research":
			in.Lead = c.dang
			if teller == c.dang {
				in.Lead = c.yasmin
			}
		case "testimony":
			if testimonies++; testimonies > 1 { // one story is enough for one issue
				if err := s.sys.acts.Remove(s.ctx, ana, x.ID, "item", it.ID, ""); err != nil {
					return err
				}
				continue
			}
			in.Lead, in.Story, in.Hints = teller, tale, "Speaks slowly. Labels, pharmacy board, refill."
		case "response":
			in.Lead = c.yasmin
		case "pin":
			in.Lead, in.Beside = c.rosalba, c.luis
		default:
			in.Lead = c.denise
		}
		if in.Beside == "" {
			in.Second = ""
		}
		if _, err := s.sys.acts.SaveItem(s.ctx, ana, x.ID, in); err != nil {
			return err
		}
	}
	return nil
}

// tale is a story whose teller said yes to assemblies, with a name.
func (s *story) tale(ago int, person string, named told.Identity, title, text string, into *string) {
	ana := s.actors[access.Organizer]
	words := told.Words{Title: title, Text: text}
	s.then(s.day(ago, 17, 0), func() error {
		made, err := s.sys.stories.Tell(s.ctx, ana, told.TellIn{Person: person, Words: words, Language: "en"})
		*into = made.ID
		return err
	})
	s.then(s.day(ago-1, 17, 0), func() error {
		in := told.ApproveIn{ID: *into, Version: 1, Identity: string(named), Places: []string{"assembly", "web"}, Months: 24}
		return s.sys.stories.Approve(s.ctx, ana, in.WithConsent("en", string(consent.Spoken), string(consent.OwnChoice), string(consent.Organizer)))
	})
}

// assemblies is what happened: the evening at St Anne, and getting ready for the next one.
func (d *demo) assemblies() error {
	return d.halls(func(s *story, c demoCast) {
		var label, bus string
		s.tale(175, c.thu, told.FirstName, "A label I could not read", "My mother held the bottle up to the light. I read the words to her, and I did not know what they meant.\n\nShe took two. It said one.", &label)
		s.tale(16, c.dang, told.FullName, "The last bus", "I clean offices until nine. The last 14 leaves at eight forty.\n\nI walk for an hour. My daughter waits up.", &bus)
		s.evening(demoHalls[0], c, &label)
		s.then(s.day(8, 14, 0), func() error { return s.inPlace(demoHalls[1], c, c.dang, bus) })
		s.sitDown(c)
	})
}

// evening is the assembly itself, by its hour.
func (s *story) evening(h demoHall, c demoCast, tale *string) {
	ana, thu, at := s.actors[access.Organizer], s.actors[access.Leader], s.day(h.ago, 18, 30)
	key := func() (assembly.Whole, error) { return s.hall(h) }
	s.then(s.day(h.ago+6, 15, 0), func() error { return s.inPlace(h, c, c.thu, *tale) })
	s.then(s.day(h.ago+1, 15, 0), func() error {
		x, err := key()
		if err != nil {
			return err
		}
		return s.sys.acts.Move(s.ctx, thu, x.ID, assembly.Ready, "")
	})
	s.then(at, func() error {
		x, err := key()
		if err != nil {
			return err
		}
		return s.sys.acts.Move(s.ctx, thu, x.ID, assembly.Live, "")
	})
	minute := 0
	for _, code := range []string{"welcome", "roll", "credential", "testimony", "research", "response", "pin", "commitments", "close"} {
		s.then(at.Add(time.Duration(1+minute)*time.Minute), func() error {
			x, err := key()
			if err != nil {
				return err
			}
			i := slices.IndexFunc(x.Items, func(it assembly.Item) bool { return it.Code == code })
			return s.sys.acts.Begin(s.ctx, thu, x.ID, x.Items[i].ID, "")
		})
		minute += map[string]int{"welcome": 4, "roll": 8, "credential": 5, "testimony": 5, "research": 6, "response": 3, "pin": 16, "commitments": 8}[code]
	}
	s.then(at.Add(9*time.Minute), func() error { return s.called(h) })
	for i, a := range []struct {
		answer assembly.Answer
		words  string
		by     bool
	}{{assembly.Yes, "Yes. You will have the rule by June.", false}, {assembly.Waffle, "We will look at our budget.", false}, {assembly.Yes, "Yes, within a hundred days.", true}, {assembly.Absent, "", false}} {
		s.then(at.Add(time.Duration(36+3*i)*time.Minute), func() error {
			x, err := key()
			if err != nil {
				return err
			}
			in := assembly.PinIn{Ask: x.Asks[i].ID, Answer: a.answer, FollowUp: at.AddDate(0, 0, 14), Witness: "hall", Pen: "demo", Words: a.words}
			if a.by {
				in.By = at.AddDate(0, 0, 100)
			}
			_, err = s.sys.acts.Pin(s.ctx, thu, x.ID, in)
			return err
		})
	}
	s.then(at.Add(58*time.Minute), func() error {
		x, err := key()
		if err != nil {
			return err
		}
		return s.sys.acts.Promise(s.ctx, ana, x.ID, people.Commitment{Person: c.rosalba, What: "Thanks the parish and counts the cards", Due: at.AddDate(0, 0, 3)}, "")
	})
	s.then(at.Add(76*time.Minute), func() error {
		x, err := key()
		if err != nil {
			return err
		}
		return s.sys.acts.Close(s.ctx, thu, x.ID, assembly.CloseIn{Closing: "Two times yes, one time neither yes nor no. The mayor did not come. We meet Director Reyes in two weeks.", Next: at.AddDate(0, 0, 14)})
	})
	s.after(h, at)
}

// called is the roll call, as the captains said it.
func (s *story) called(h demoHall) error {
	x, err := s.hall(h)
	if err != nil {
		return err
	}
	houses, err := s.alliance()
	if err != nil {
		return err
	}
	for i, n := range []int{52, 24, 19, 13, 20, 26, 19, 9, 11, 16, 8, 18, 11, 7} {
		if err := s.sys.acts.Call(s.ctx, s.actors[access.Leader], x.ID, houses[i], n, time.Time{}, ""); err != nil {
			return err
		}
	}
	return nil
}

// after is what followed: the round, the promise in its words, and being done.
func (s *story) after(h demoHall, at time.Time) {
	thu := s.actors[access.Leader]
	s.then(at.Add(100*time.Minute), func() error {
		x, err := s.hall(h)
		if err != nil {
			return err
		}
		return s.lookedBack(x)
	})
	for i, words := range map[int]string{0: "We will adopt the rule for translated labels in ten languages.", 2: "Within a hundred days every counter has a poster: ask for your language."} {
		s.then(at.AddDate(0, 0, 2+i), func() error {
			x, err := s.hall(h)
			if err != nil {
				return err
			}
			_, err = s.sys.acts.Confirm(s.ctx, thu, x.ID, assembly.ConfirmIn{Ask: x.Asks[i].ID, Words: words, Language: "en", Due: at.AddDate(0, 0, 90+5*i)})
			return err
		})
	}
	s.then(at.AddDate(0, 0, 20), func() error {
		x, err := s.hall(h)
		if err != nil || x.State != assembly.Evaluated {
			return err // its round is still open
		}
		return s.sys.acts.Move(s.ctx, thu, x.ID, assembly.FollowedUp, "")
	})
}

// sitDown are the negotiations: one that was agreed, one that goes on with a service.
func (s *story) sitDown(c demoCast) {
	ana, t := s.actors[access.Organizer], ""
	s.then(s.day(140, 9, 0), func() (err error) {
		x, err := s.hall(demoHalls[0])
		if err != nil {
			return err
		}
		in := assembly.TalkIn{Kind: assembly.Negotiating, At: s.day(136, 16, 0), Minutes: 60, Assembly: x.ID, People: []string{c.dang, c.rosalba}, Party: "Director, County Pharmacy Board",
			TalkWords: assembly.TalkWords{Title: "Who pays for the labels", Ours: "The board pays for the first year.", Theirs: "Each pharmacy pays for itself."}}
		if o := s.official("Elena Reyes"); o != "" {
			in.Offices, in.Party = []string{o}, ""
		}
		if len(x.Asks) > 0 {
			in.Issue = x.Asks[0].Issue
		}
		t, err = s.sys.acts.SaveTalk(s.ctx, ana, in)
		return err
	})
	s.then(s.day(136, 17, 0), func() error { return s.sys.acts.MoveTalk(s.ctx, ana, t, assembly.TalkHeld, "") })
	s.then(s.day(136, 18, 30), func() error {
		return s.sys.db.Write(s.ctx, s.org, func(tx *db.Tx) error {
			return s.sys.rounds.SettleIn(s.ctx, tx, ana, "negotiation:"+t, evaluation.Told{Felt: []evaluation.Felt{{Code: "hopeful", N: 3}}, Worked: "We had our numbers with us.", Change: "Ask for the budget before we go."})
		})
	})
	s.then(s.day(136, 18, 0), func() error {
		return s.sys.acts.Agree(s.ctx, ana, t, "The board pays half of the first year.", "")
	})
	s.then(s.day(128, 10, 0), func() error {
		return s.sys.acts.Agree(s.ctx, ana, t, "The board pays for the translations. Each pharmacy pays for its printing. Both look at the cost after one year.", "")
	})
	s.then(s.day(127, 10, 0), func() error { return s.sys.acts.MoveTalk(s.ctx, ana, t, assembly.TalkAgreed, "") })
	s.then(s.day(5, 11, 0), func() error {
		houses, err := s.alliance()
		if err != nil {
			return err
		}
		_, err = s.sys.acts.SaveTalk(s.ctx, ana, assembly.TalkIn{Kind: assembly.Coproduction, At: s.day(-4, 10, 0), Minutes: 90, People: []string{c.luis}, Institutions: houses[17:18], Party: "Millbrook Transit planning office",
			TalkWords: assembly.TalkWords{Title: "Where the evening bus stops", Worked: "A map of where people get off after nine.", Step: "Ride the route together"}})
		return err
	})
}

// lookedBack is the round of fourteen people on the same evening.
func (s *story) lookedBack(x assembly.Whole) error {
	told := evaluation.Told{Worked: "Director Reyes' deputy was visibly surprised. We were on time.", Change: "The sound in the back rows."}
	for code, n := range map[string]int{"proud": 6, "tired": 4, "angry": 2, "hopeful": 2} {
		told.Felt = append(told.Felt, evaluation.Felt{Code: code, N: n})
	}
	slices.SortFunc(told.Felt, func(a, b evaluation.Felt) int { return b.N - a.N })
	ana := s.actors[access.Organizer]
	return s.sys.db.Write(s.ctx, s.org, func(tx *db.Tx) error {
		if err := s.sys.rounds.SettleIn(s.ctx, tx, ana, x.Ref(), told); err != nil {
			return err
		}
		return s.sys.acts.LookedAtIn(s.ctx, tx, ana, x.ID)
	})
}
