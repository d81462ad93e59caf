// The demo's year: groups are vetted and confirmed, introductions are offered
// and run their course, some well, some not. Everything goes through the verbs
// that people use, at the time it is said to have happened.
package app

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
)

// pastClock shows an earlier time while the year is told, and the present afterwards.
type pastClock struct {
	clock.Clock
	back atomic.Int64
}

func (c *pastClock) Now() time.Time { return c.Clock.Now().Add(-time.Duration(c.back.Load())) }

// at sets the shown time. Only the demo's beginning uses it, before anybody is served.
func (c *pastClock) at(t time.Time) { c.back.Store(int64(c.Clock.Now().Sub(t))) }

type moment struct {
	at time.Time
	do func() error
}

// story collects what happens and then lets it happen in order.
type story struct {
	*demo
	now     time.Time
	zone    *time.Location
	moments []moment
	group   map[string]string // demo key → group id
	codes   []demoCode
}

// demoCode is printed by the demo so that somebody can open My information.
type demoCode struct{ Name, Code string }

// day is n days ago at an hour of the clinic's day.
func (s *story) day(ago, hour, minute int) time.Time {
	d := s.now.In(s.zone).AddDate(0, 0, -ago)
	return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 0, 0, s.zone)
}

func (s *story) then(at time.Time, do func() error) {
	if at.Before(s.now) {
		s.moments = append(s.moments, moment{at, do})
	}
}

func (s *story) run() error {
	slices.SortStableFunc(s.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	var drained time.Time
	for _, m := range s.moments {
		if m.at.Sub(drained) > 5*24*time.Hour {
			if err := s.tidy(m.at); err != nil {
				return err
			}
			drained = m.at
		}
		s.past.at(m.at)
		if err := m.do(); err != nil {
			return fmt.Errorf("demo, %s: %w", m.at.Format(time.DateOnly), err)
		}
	}
	return s.tidy(s.now)
}

// tidy lets the machine do its periodic work, and Lupe hand over the messages that waited.
func (s *story) tidy(at time.Time) error {
	s.past.at(at)
	if err := s.sys.queue.Drain(s.ctx); err != nil {
		return err
	}
	lupe := s.actors[access.Navigator]
	if at.After(s.day(2, 0, 0)) {
		return nil // the last days' messages still wait on the page
	}
	list, err := s.sys.notices.Pending(s.ctx, lupe)
	if err != nil {
		return err
	}
	for _, n := range list {
		if err := s.sys.notices.MarkHanded(s.ctx, lupe, n.ID); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Gone) {
			return err
		}
	}
	return nil
}

func (d *demo) year() error {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return err
	}
	s := &story{demo: d, now: d.past.Clock.Now(), zone: zone, group: map[string]string{}}
	s.directory()
	s.offers()
	s.introductions()
	s.told()
	s.learned()
	s.met()
	s.campaigns()
	s.peopleData()
	s.nameless()
	if err := s.run(); err != nil {
		return err
	}
	d.codes = s.codes
	d.past.back.Store(0)
	return s.duty()
}

// directory: most groups join in the first weeks and are confirmed every two months.
func (s *story) directory() {
	ana := s.actors[access.Organizer]
	dir := s.sys.groups
	for i, g := range demoGroups() {
		join := s.day(330-i, 10, 5*i)
		if g.end == "draft" || g.end == "vetted" {
			join = s.day(9+i, 10, 0)
		}
		confirm := func() error { return dir.Do(s.ctx, ana, s.group[g.key], directory.Confirm, "", "") }
		s.then(join, func() error {
			made, err := dir.Create(s.ctx, ana, withDifferent(g.entry))
			s.group[g.key] = made
			return err
		})
		if g.end == "draft" {
			continue
		}
		s.then(join.Add(72*time.Hour), func() error {
			return dir.Vet(s.ctx, ana, s.group[g.key], directory.Vetting{Passed: directory.Checks(), Conflict: "None known. Two members were asked."}, "")
		})
		if g.end == "vetted" {
			continue
		}
		s.then(join.Add(96*time.Hour), func() error {
			return dir.Do(s.ctx, ana, s.group[g.key], directory.Publish, "", "")
		})
		last := 3 + 5*i
		if g.end == "stale" {
			last = 97
		}
		for ago := 270; ago > last; ago -= 62 {
			s.then(s.day(ago, 11, i), confirm)
		}
		s.then(s.day(last, 11, 30), confirm)
		if g.end != "stale" {
			answer := directory.Yes
			if g.end == "notnow" {
				answer = directory.No
			}
			s.then(s.day(last, 11, 40), func() error {
				return dir.SetWelcoming(s.ctx, ana, s.group[g.key], directory.Welcoming{Now: answer, Until: s.now.AddDate(0, 2, 0)}, "")
			})
		}
	}
	for i, p := range demoProgrammes() {
		s.then(s.day(300-i, 9, 0), func() error { _, err := dir.SaveProgramme(s.ctx, ana, p, ""); return err })
	}
}

func withDifferent(e directory.Entry) directory.Entry { e.Different = true; return e }

// offers that left only a count: about one and a half a working day.
func (s *story) offers() {
	cole := s.actors[access.Clinician]
	languages := []string{"en", "es", "es", "en", "vi", "es", "en", "ar", "en", "es"}
	outcomes := []introduction.Outcome{introduction.OutcomeInfo, introduction.OutcomeDeclined, introduction.OutcomeInfo, introduction.OutcomeAskAgain, introduction.OutcomeDeclined}
	n := 0
	for ago := 290; ago > 0; ago-- {
		if wd := s.day(ago, 12, 0).Weekday(); wd == time.Saturday || wd == time.Sunday {
			continue
		}
		for k := range 1 + n%2 {
			in := introduction.OfferIn{Site: s.sites[(n+k)%len(s.sites)], Lang: languages[(n*3+k)%len(languages)], Outcome: outcomes[(n*2+k)%len(outcomes)]}
			s.then(s.day(ago, 9+k*3, n%50), func() error { return s.sys.intros.RecordOffer(s.ctx, cole, in) })
		}
		n++
	}
}

// demoPerson is somebody invented. Path says how the introduction went.
type demoPerson struct {
	name, lang, group, path string
	topics                  []string
	ago                     int
}

// The recent ones fill the board; the earlier ones fill the counts.
var demoPeople = []demoPerson{
	{"Mateo", "es", "workers", "today", []string{"work", "housing"}, 0},
	{"Thu", "vi", "viet", "sent", []string{"language"}, 1},
	{"Denise", "en", "bus", "late", []string{"transport"}, 6},
	{"Yasmin", "ar", "parents", "acknowledged", []string{"schools", "childcare"}, 3},
	{"Luis", "es", "inquilinos", "contacting", []string{"housing"}, 7},
	{"Grace", "en", "clinic", "booked", []string{"clinic_hours"}, 2},
	{"Rosalía", "es", "parish", "redirected", []string{"food", "debt"}, 5},
	{"Inés", "es", "workers", "contacting", []string{"work"}, 9},
	{"Tomás", "es", "workers", "acknowledged", []string{"work"}, 3},
	{"Kim", "vi", "bus", "connected", []string{"transport"}, 16},
	{"Hana", "en", "parents", "participating", []string{"schools"}, 40},
	{"Jorge", "es", "workers", "engaged", []string{"work"}, 75},
	{"Amal", "ar", "clinic", "withdrawn", []string{"language"}, 44},
	{"Pedro", "es", "inquilinos", "notreached", []string{"housing"}, 34},
}

// earlier is how many introductions ran their course before: enough that the
// counts have something to show when small ones are hidden.
const earlier = 168

var demoNames = []string{"Ada", "Benita", "Carlos", "Dalia", "Emil", "Fatima", "Gabriel", "Hoa", "Iris", "Javier", "Khadija", "Lan", "Miguel", "Noor", "Olga", "Pilar", "Quang", "Rafael", "Salma", "Teresa", "Uriel", "Viet", "Wanda", "Xiomara", "Yusuf", "Zoila"}

func (s *story) introductions() {
	for i, p := range demoPeople {
		s.introduce(i, p)
	}
	groups := []string{"inquilinos", "workers", "parents", "bus", "clinic", "parish", "viet"}
	languages := []string{"es", "en", "es", "en", "vi", "es", "en", "en"}
	topics := map[string][]string{"inquilinos": {"housing"}, "workers": {"work"}, "parents": {"schools"}, "bus": {"transport"}, "clinic": {"clinic_hours"}, "parish": {"food"}, "viet": {"elders"}}
	paths := []string{"engaged", "engaged", "notreached", "engaged", "declined", "engaged", "unable", "engaged"}
	for i := range earlier {
		g := groups[(i*5)%len(groups)]
		s.introduce(100+i, demoPerson{demoNames[i%len(demoNames)], languages[i%len(languages)], g, paths[i%len(paths)], topics[g], 50 + i*240/earlier})
	}
}

// introduce plays one introduction: who does what, how many days later.
func (s *story) introduce(n int, p demoPerson) {
	intros, cole, lupe := s.sys.intros, s.actors[access.Clinician], s.actors[access.Navigator]
	begun := introduction.Begun{}
	var last time.Time
	step := func(days, hour int, do func() error) {
		at := s.day(p.ago-days, hour, n%55)
		for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			at = at.Add(-24 * time.Hour)
		}
		if at.Before(last.Add(20 * time.Minute)) { // never before what it follows
			at = last.Add(20 * time.Minute)
		}
		last = at
		s.then(at, do)
	}
	answer := func() introduction.AnswerIn { return introduction.AnswerIn{ID: begun.ID} }
	mode := introduction.CallBack
	if p.path == "today" || p.path == "booked" {
		mode = introduction.WarmHandoff
	}
	if p.ago == 0 { // this morning, but never later than now
		s.then(s.now.Add(-25*time.Minute), func() (err error) { begun, err = s.begin(cole, lupe, n, p, mode); return err })
		return
	}
	step(0, 9+n%7, func() (err error) { begun, err = s.begin(cole, lupe, n, p, mode); return err })
	if p.path == "booked" {
		step(1, 15, func() error {
			return intros.Handoff(s.ctx, lupe, introduction.HandoffIn{ID: begun.ID, How: string(introduction.Booked), At: s.now.Add(26 * time.Hour).Truncate(time.Hour), Present: []string{"navigator"}})
		})
		return
	}
	step(0, 17, func() error {
		if begun.State != introduction.Consented {
			return nil // a call back is sent with the person's yes
		}
		return intros.Send(s.ctx, lupe, introduction.SendIn{ID: begun.ID})
	})
	if p.path == "sent" || p.path == "late" {
		return
	}
	step(1, 10, func() error { return intros.Acknowledge(s.ctx, lupe, answer()) })
	attempt := func(days int, r introduction.Result) {
		step(days, 19, func() error {
			return intros.LogAttempt(s.ctx, lupe, introduction.AttemptIn{ID: begun.ID, Channel: string(introduction.Phone), Result: string(r)})
		})
	}
	met := func(days int) {
		step(days, 20, func() error {
			return intros.ConfirmMeeting(s.ctx, lupe, introduction.MeetIn{ID: begun.ID, Word: string(introduction.WordOfGroup)})
		})
	}
	end := func(days int, e introduction.Ending, word introduction.Word) {
		step(days, 21, func() error {
			return intros.Close(s.ctx, lupe, introduction.CloseIn{ID: begun.ID, Ending: string(e), Word: string(word)})
		})
	}
	switch p.path {
	case "acknowledged":
		return
	case "redirected":
		step(2, 11, func() error {
			return intros.Redirect(s.ctx, lupe, introduction.RedirectIn{ID: begun.ID, Group: s.group["inquilinos"]})
		})
		return
	case "unable":
		step(2, 11, func() error {
			return intros.Unable(s.ctx, lupe, introduction.UnableIn{ID: begun.ID, Reason: string(introduction.Full)})
		})
		return
	}
	step(2, 12, func() error { return intros.Accept(s.ctx, lupe, answer()) })
	attempt(3, introduction.NoAnswerYet)
	switch p.path {
	case "notreached":
		attempt(5, introduction.NoAnswerYet)
		attempt(8, introduction.CallBackLater)
		end(14, introduction.CouldNotReach, "")
		return
	case "declined":
		attempt(5, introduction.Reached)
		end(6, introduction.PersonDeclined, introduction.WordOfPerson)
		return
	case "contacting":
		return
	}
	attempt(4, introduction.Reached)
	met(9)
	if n < 100 && (p.name == "Kim" || p.name == "Hana") {
		step(11, 15, func() error { return s.carriedOver(lupe, p, begun.ID) })
	}
	if p.path == "connected" {
		return
	}
	step(16, 18, func() error {
		return intros.Participating(s.ctx, lupe, introduction.MeetIn{ID: begun.ID, Word: string(introduction.WordOfGroup)})
	})
	switch p.path {
	case "withdrawn":
		step(40, 10, func() error {
			return intros.Withdraw(s.ctx, lupe, introduction.WithdrawIn{ID: begun.ID, How: string(introduction.ByPhone)})
		})
	case "engaged":
		end(27, introduction.Engaged, introduction.WordOfGroup)
	}
}

func (s *story) begin(cole, lupe access.Actor, n int, p demoPerson, mode introduction.Mode) (introduction.Begun, error) {
	in := introduction.BeginIn{
		PersonIn: introduction.PersonIn{CalledName: p.name, Contact: "phone", Phone: fmt.Sprintf("+1503555%04d", 100+n%90),
			Lang: p.lang, Topics: p.topics, HoursFrom: "19:00", HoursUntil: "21:00", NoVoicemail: n%2 == 0, Words: string(introduction.WordsFirstName)},
		ConsentIn: introduction.ConsentIn{TellClinic: true, How: "spoken", Witness: "navigator"},
		Group:     s.group[p.group], Site: s.sites[n%len(s.sites)], Mode: string(mode), Owner: lupe.Account,
	}
	if n%3 == 0 {
		in.HoursFrom, in.HoursUntil = "", ""
	}
	b, err := s.sys.intros.Begin(s.ctx, cole, in)
	if err == nil && slices.Contains([]string{"today", "participating", "connected"}, p.path) && n < 100 {
		s.codes = append(s.codes, demoCode{p.name, id.GroupCode(b.Code)})
	}
	return b, err
}

// duty: who can walk over, today and the next days.
func (s *story) duty() error {
	lupe, ana := s.actors[access.Navigator], s.actors[access.Organizer]
	today := s.now.In(s.zone)
	for n := range 6 {
		d := today.AddDate(0, 0, n)
		from := time.Date(d.Year(), d.Month(), d.Day(), 8, 0, 0, 0, s.zone)
		for _, in := range []introduction.DutyIn{
			{Account: lupe.Account, Site: s.sites[0], Languages: []string{"es", "en"}, From: from, Until: from.Add(15 * time.Hour), WalkOver: true, ByPhone: true},
			{Account: ana.Account, Site: s.sites[1%len(s.sites)], Languages: []string{"en", "vi"}, From: from.Add(time.Hour), Until: from.Add(10 * time.Hour), ByPhone: true},
		} {
			if _, err := s.sys.intros.SaveDuty(s.ctx, lupe, in); err != nil {
				return err
			}
		}
	}
	return nil
}
