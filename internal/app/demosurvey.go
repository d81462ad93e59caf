// The demo's surveys: a core team asked twice, staff asked twice, a pulse after a
// meeting, a tally of the months. The words are made up, since those of the scales
// belong to their authors.
package app

import (
	"fmt"
	"slices"
	"time"

	"seedbed/internal/kit/words"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/contact"
)

// demoWords are invented: they ask for the same things in other words.
var demoWords = []struct {
	instrument, lang string
	items            []string
	answers          map[string][]string
}{
	{"ucla3", "en", []string{"How often do you miss having somebody beside you?", "How often do others pass you over?", "How often are you far from everybody, even in a room full of people?"},
		map[string][]string{"often": {"Almost never", "Now and then", "A lot"}}},
	{"ucla3", "es", []string{"¿Qué tan seguido le falta alguien a su lado?", "¿Qué tan seguido le dejan de lado?", "¿Qué tan seguido está lejos de todos, aun entre mucha gente?"},
		map[string][]string{"often": {"Casi nunca", "De vez en cuando", "Mucho"}}},
	{"ucla3", "ar", []string{"كم مرة تفتقد وجود أحد إلى جانبك؟", "كم مرة يتجاوزك الآخرون؟", "كم مرة تكون بعيدًا عن الجميع، حتى بين الناس؟"},
		map[string][]string{"often": {"نادرًا جدًا", "من حين لآخر", "كثيرًا"}}},
	{"bscs", "en", []string{"On our street I find what I need.", "Our street is good for people like me.", "I am part of this street.", "I count here.", "What I say changes something here.", "We look after things together.", "I have ties to people here.", "We stand by each other here."},
		map[string][]string{"agree": {"Not true at all", "Hardly true", "Partly true", "Mostly true", "Very true"}}},
	{"bscs", "es", []string{"En nuestra calle encuentro lo que necesito.", "Nuestra calle es buena para gente como yo.", "Soy parte de esta calle.", "Aquí cuento.", "Lo que digo cambia algo aquí.", "Cuidamos las cosas juntos.", "Tengo lazos con gente de aquí.", "Aquí nos apoyamos."},
		map[string][]string{"agree": {"Nada cierto", "Casi nada cierto", "En parte cierto", "Más bien cierto", "Muy cierto"}}},
	{"bscs", "ar", []string{"أجد في شارعنا ما أحتاج إليه.", "شارعنا مناسب لأمثالي.", "أنا جزء من هذا الشارع.", "لي وزن هنا.", "ما أقوله يغيّر شيئًا هنا.", "نعتني بالأمور معًا.", "لي صلات بالناس هنا.", "نقف بعضنا مع بعض هنا."},
		map[string][]string{"agree": {"غير صحيح أبدًا", "بالكاد صحيح", "صحيح جزئيًا", "صحيح في الغالب", "صحيح جدًا"}}},
	{"burnout", "en", []string{"How worn out does your work leave you?"}, map[string][]string{"level": {"Not at all, I like it", "A bit tired at times", "Worn out, and I notice it", "Worn out most days", "I do not know how to go on"}}},
	{"burnout", "es", []string{"¿Qué tanto le desgasta su trabajo?"}, map[string][]string{"level": {"Nada, me gusta", "A veces me canso un poco", "Me desgasta y lo noto", "Me desgasta casi cada día", "No sé cómo seguir"}}},
	{"capacity", "en", []string{"How much can our clinic do about what makes people ill? From 1 to 10."}, map[string][]string{"ten": {"1, nothing", "2", "3", "4", "5", "6", "7", "8", "9", "10, very much"}}},
	{"capacity", "es", []string{"¿Cuánto puede hacer nuestra clínica con lo que enferma a la gente? De 1 a 10."}, map[string][]string{"ten": {"1, nada", "2", "3", "4", "5", "6", "7", "8", "9", "10, muchísimo"}}},
}

const demoPermission = "Demo: these words are made up. Put the real ones here, with the permission you have."

// Sums of loneliness and of the eight questions on community, of the same people in
// the same order. The first seventeen came again: 6.1 → 5.3, and 3.2 → 3.8.
var (
	demoLonely      = []int{9, 8, 8, 7, 7, 7, 6, 6, 6, 6, 6, 5, 5, 5, 5, 4, 4, 7, 6, 6, 5, 7, 6, 5, 6, 6}
	demoLonelyAgain = []int{8, 7, 5, 7, 6, 4, 6, 5, 7, 4, 6, 3, 5, 4, 6, 4, 3}
	demoClose       = []int{20, 22, 22, 23, 24, 24, 25, 25, 26, 26, 26, 27, 27, 28, 29, 30, 31, 24, 26, 25, 27, 25, 26, 24, 27, 25}
	demoCloseAgain  = []int{30, 23, 31, 26, 33, 28, 35, 24, 32, 29, 34, 30, 28, 37, 29, 36, 32}
)

// spread writes a sum as answers of n questions, as even as it goes.
func spread(values map[string]int, instrument string, n, sum int) {
	for i := range n {
		values[fmt.Sprintf("%s/%d", instrument, i+1)] = (sum + n - 1 - i) / n
	}
}

// surveys runs after people and teams are there.
func (d *demo) surveys() error {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return err
	}
	s := &story{demo: d, now: d.past.Clock.Now(), zone: zone}
	defer d.past.back.Store(0)
	for _, step := range []func() error{s.askWords, s.askCore, s.askStaff, s.pulse, s.tallies} {
		if err := step(); err != nil {
			return fmt.Errorf("demo, surveys: %w", err)
		}
	}
	return nil
}

func (s *story) askWords() error {
	s.past.at(s.day(205, 10, 0))
	for _, w := range demoWords {
		if _, err := s.sys.surveys.Attest(s.ctx, s.actors[access.Evaluator], survey.AttestIn{Instrument: w.instrument, Language: w.lang, Text: survey.Text{Items: w.items, Scales: w.answers},
			Permission: demoPermission, Translated: "own", Sure: true}); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) askCore() error {
	ana := s.actors[access.Organizer]
	s.past.at(s.day(192, 10, 0))
	who, err := s.core(len(demoLonely))
	if err != nil {
		return err
	}
	made, err := s.sys.surveys.Make(s.ctx, ana, survey.MakeIn{Title: "How we are doing together", Kind: survey.Cohort, Instruments: []string{"ucla3", "bscs"}})
	if err != nil {
		return err
	}
	if _, err := s.sys.surveys.Ask(s.ctx, ana, survey.AskIn{Survey: made, People: who}); err != nil {
		return err
	}
	for i, wave := range []struct {
		label         survey.Label
		ago           int
		lonely, close []int
	}{{"baseline", 190, demoLonely, demoClose}, {"months_6", 25, demoLonelyAgain, demoCloseAgain}} {
		s.past.at(s.day(wave.ago, 18, 0))
		b, err := s.sys.surveys.Begin(s.ctx, ana, survey.BeginIn{Survey: made, Label: wave.label, Aim: survey.Evaluation, Days: 21,
			Words: map[string]string{"en": "We want to see what the work of this year does to all of us.", "es": "Queremos ver qué nos hace a todos el trabajo de este año."}})
		if err != nil {
			return err
		}
		list, err := s.sys.surveys.Cohort(s.ctx, ana, made)
		if err != nil {
			return err
		}
		codes := map[string]string{}
		for _, m := range list {
			codes[m.Person] = m.Code
		}
		for n, sum := range wave.lonely {
			s.past.at(s.day(wave.ago-1-n%14, 19, n))
			if i == 0 {
				if err := s.sys.surveys.Agree(s.ctx, access.Anonymous(s.org), codes[who[n]], []string{"en", "es"}[n%2]); err != nil {
					return err
				}
			}
			in := survey.In{Code: codes[who[n]], Language: []string{"en", "es"}[n%2], Values: map[string]int{}, Receipt: words.New()}
			spread(in.Values, "ucla3", 3, sum)
			spread(in.Values, "bscs", 8, wave.close[n])
			if err := s.sys.surveys.Answer(s.ctx, access.Anonymous(s.org), in); err != nil {
				return err
			}
		}
		s.past.at(s.day(wave.ago-16, 12, 0))
		if err := s.sys.surveys.End(s.ctx, ana, b.ID, ""); err != nil {
			return err
		}
	}
	return nil
}

// core is n people who have joined by now; those who lack are met for it.
func (s *story) core(n int) (who []string, err error) {
	ana := s.actors[access.Organizer]
	for _, name := range []string{"Beatriz Luna", "Alma Rojas"} { // whom others may look for
		found, err := s.sys.people.Find(s.ctx, ana, name, 1)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			who = append(who, c.ID)
		}
	}
	for after := ""; len(who) < n; {
		page, err := s.sys.people.List(s.ctx, ana, people.Filter{Sort: people.ByLongest}, after, "")
		if err != nil {
			return nil, err
		}
		for _, c := range page.Cards {
			if len(who) < n && !slices.Contains(who, c.ID) {
				who = append(who, c.ID)
			}
		}
		if after = page.Next; after == "" {
			break
		}
	}
	more := []string{"Carmen Vela", "Ahmed Saleh", "Thao Mai", "Gloria Pine", "Ernesto Paz", "Nadia Rahal", "Vinh Truong", "Opal Grant", "Lucía Mora", "Idris Bello", "Marta Sol", "Hoa Ly", "Rafiq Amin", "June Ashby", "Delia Cruz", "Sami Awad", "Binh Cao", "Pearl Young"}
	for i := 0; len(who) < n && i < len(more); i++ {
		j, err := s.sys.people.Join(s.ctx, ana, people.JoinIn{Source: people.AtMeeting, How: "paper", ProfileIn: people.ProfileIn{In: contact.In{CalledName: more[i], Contact: "in_person", Lang: "es"}}})
		if err != nil {
			return nil, err
		}
		who = append(who, j.ID)
	}
	return who, nil
}

func (s *story) askStaff() error {
	jonas := s.actors[access.Evaluator]
	s.past.at(s.day(200, 9, 0))
	made, err := s.sys.surveys.Make(s.ctx, jonas, survey.MakeIn{Title: "Our work at the clinic", Kind: survey.Staff, Instruments: []string{"burnout", "capacity"},
		Departments: []survey.Department{{Name: "Front desk", People: 14}, {Name: "Nursing", People: 18}, {Name: "Medical", People: 16}, {Name: "Billing", People: 5}}})
	if err != nil {
		return err
	}
	for _, wave := range []struct {
		label       survey.Label
		ago, burnt  int
		least, span int
	}{{"baseline", 198, 14, 3, 5}, {"months_6", 18, 11, 4, 5}} {
		s.past.at(s.day(wave.ago, 9, 0))
		b, err := s.sys.surveys.Begin(s.ctx, jonas, survey.BeginIn{Survey: made, Label: wave.label, Aim: survey.Improvement, Days: 14, Cards: 46,
			Words: map[string]string{"en": "We want to know how work is, and what we can change.", "es": "Queremos saber cómo va el trabajo y qué podemos cambiar."}})
		if err != nil {
			return err
		}
		for n := range 34 {
			in := survey.In{Code: b.Codes[(n*7)%46], Language: "en", Receipt: words.New(), Department: "Medical", Values: map[string]int{"burnout/1": 1 + n%2, "capacity/1": wave.least + n%wave.span}}
			switch {
			case n%5 == 0 && n < 30: // six of the front desk
				in.Department = "Front desk"
			case n%2 == 0:
				in.Department = "Nursing"
			}
			if n < wave.burnt {
				in.Values["burnout/1"] = 3 + n%4%3
			}
			if err := s.sys.surveys.Answer(s.ctx, access.Anonymous(s.org), in); err != nil {
				return err
			}
		}
		s.past.at(s.day(wave.ago-12, 9, 0))
		if err := s.sys.surveys.End(s.ctx, jonas, b.ID, ""); err != nil {
			return err
		}
	}
	return nil
}

// pulse follows the last meeting that was held, on paper; the one after it still runs.
func (s *story) pulse() error {
	ana := s.actors[access.Organizer]
	s.past.at(s.now)
	list, err := s.sys.meetings.Between(s.ctx, ana, s.now.AddDate(0, 0, -60), s.now.Add(-6*time.Hour))
	if err != nil {
		return err
	}
	var held []meeting.Meeting
	for _, m := range list {
		if m.State == meeting.Held || m.State == meeting.Evaluated {
			held = append(held, m)
		}
	}
	if len(held) == 0 {
		return nil
	}
	m := held[len(held)-1]
	s.past.at(m.End().Add(10 * time.Minute))
	wave, err := s.sys.surveys.StartPulse(s.ctx, ana, m.Ref(), "")
	if err != nil {
		return err
	}
	pile, err := s.sys.surveys.StartBatch(s.ctx, ana, wave, 13, "")
	if err != nil {
		return err
	}
	for n := range 13 {
		in := survey.TypeIn{Batch: pile, Language: "en", Values: map[string]int{}, Word: []string{"hope", "hope", "together", "hope", "tired"}[n%5]}
		for i := range 5 {
			in.Values[fmt.Sprintf("pulse/%d", i+1)] = 5 - (n+i*2)%3
		}
		if n == 4 {
			delete(in.Values, "pulse/3") // left out
		}
		if _, err := s.sys.surveys.Type(s.ctx, ana, in); err != nil {
			return err
		}
	}
	s.past.at(m.End().AddDate(0, 0, 1))
	if s.sys.clock.Now().After(s.now) {
		s.past.at(s.now)
	}
	return s.sys.surveys.End(s.ctx, ana, wave, "")
}

func (s *story) tallies() error {
	ana := s.actors[access.Organizer]
	s.past.at(s.now)
	first := time.Date(s.now.Year(), s.now.Month(), 1, 12, 0, 0, 0, time.UTC)
	for n, t := range []survey.Tally{{OneToOnes: 14, Meetings: 1, Roles: 2, Brought: 6}, {OneToOnes: 19, Meetings: 2, Roles: 3, Brought: 9}, {OneToOnes: 22, Meetings: 4, Roles: 5, Brought: 15},
		{OneToOnes: 18, Meetings: 3, Roles: 9, Brought: 21}, {OneToOnes: 25, Meetings: 5, Roles: 6, Brought: 18}, {OneToOnes: 28, Meetings: 6, Roles: 8, Brought: 24}} {
		t.Month = first.AddDate(0, n-6, 0).Format("2006-01")
		if err := s.sys.surveys.SaveTally(s.ctx, ana, t, ""); err != nil {
			return err
		}
	}
	return nil
}
