// The demo's people as data: two entries that are probably one person, a list
// somebody keeps, and a spreadsheet that was brought in and taken back.
package app

import (
	"strings"
	"time"

	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

const demoSheet = `Name,Phone,Language,Neighborhood,Date of birth
Nadia Rahal,(503) 555-0261,Arabic,Foster,
Pilar Sotomayor,(503) 555-0262,Spanish,Lents,
Huy Dang,(503) 555-0263,Vietnamese,Lents,
Yasmin Haddad,(503) 555-0264,Arabic,Foster,
No name here 555-0199,,,,
`

func (s *story) peopleData() {
	ana := s.actors[access.Organizer]
	join := func(name, number, lang string) func() error {
		return func() error {
			_, err := s.sys.people.Join(s.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: number, Lang: lang,
				HoursFrom: "17:00", HoursUntil: "20:00"}, Area: "Foster"}, Source: people.AtMeeting, How: "paper"})
			return err
		}
	}
	s.then(s.day(130, 18, 0), join("Yasmeen Haddad", "+15035550251", "ar"))
	s.then(s.day(41, 18, 30), join("ياسمين حداد", "+15035550252", "ar"))
	s.then(s.day(38, 9, 0), func() error {
		_, err := s.sys.people.SaveList(s.ctx, ana, people.SavedList{Name: "Calls this week", Shared: true, Filter: people.Filter{NotMet: 60, Sort: people.ByLongest}}, "")
		return err
	})
	var batch string
	s.then(s.day(20, 10, 0), func() (err error) {
		if batch, err = s.sys.people.ReadImport(s.ctx, ana, strings.NewReader(demoSheet), ""); err != nil {
			return err
		}
		b, err := s.sys.people.Import(s.ctx, ana, batch)
		if err != nil {
			return err
		}
		m := b.Mapping
		m.Lang, m.Agreed, m.How, m.Everyone = "en", s.day(30, 12, 0), string(consent.OnPaper), true
		if err := s.sys.people.MapImport(s.ctx, ana, batch, m, ""); err != nil {
			return err
		}
		return s.sys.queue.Drain(s.ctx)
	})
	s.then(s.day(20, 10, 20), func() error {
		if err := s.sys.people.ApplyImport(s.ctx, ana, batch, ""); err != nil {
			return err
		}
		return s.sys.queue.Drain(s.ctx)
	})
	s.then(s.day(19, 9, 0).Add(10*time.Minute), func() error { // it was last year's paper
		if err := s.sys.people.UndoImport(s.ctx, ana, batch, ""); err != nil {
			return err
		}
		return s.sys.queue.Drain(s.ctx)
	})
}
