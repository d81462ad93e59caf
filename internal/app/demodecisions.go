// The demo's decisions: a delegates' meeting that chose two priorities by secret
// ballot, and a core team that is answering a proposal just now.
package app

import (
	"fmt"
	"slices"
	"time"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/contact"
)

// demoInstitutions are the members of an invented alliance, and how many delegates
// each sent; the last four were asked and did not come.
var demoInstitutions = []struct {
	name string
	kind people.InstitutionKind
	sent int
}{
	{"St Anne Parish", "congregation", 4}, {"Bethel AME Church", "congregation", 4}, {"Masjid An-Noor", "congregation", 4}, {"Temple Beth Shalom", "congregation", 3},
	{"Our Lady of the Creek", "congregation", 4}, {"Iglesia Nueva Esperanza", "congregation", 4}, {"Care Workers Local 48", "union", 4}, {"Transit Operators 757", "union", 3},
	{"Kitchen and Hotel Workers", "union", 3}, {"Lincoln School Parents", "parents", 4}, {"Creekside High Families", "parents", 3}, {"Foster Row Tenants", "tenants", 4},
	{"Cedar Flats Renters", "tenants", 4}, {"Hollow Creek Neighbors", "neighbourhood", 3}, {"Foundry Road Neighbors", "neighbourhood", 3}, {"Cedar Street Core Team", "clinic", 4},
	{"East Side Elders", "neighbourhood", 3}, {"Adult Learning Center", "school", 3},
	{"Harbor Food Bank", "agency", 0}, {"Union Hall Cooperative", "business", 0}, {"Mill Lane Library Friends", "other", 0}, {"Riverside Mosque", "congregation", 0},
}

// decisions fills the room. It runs as the organizer would.
func (d *demo) decisions() error {
	houses, err := d.alliance()
	if err != nil {
		return err
	}
	if err := d.priorities(houses); err != nil {
		return err
	}
	return d.mondays()
}

// alliance makes the institutions that are not there yet.
func (d *demo) alliance() (ids []string, err error) {
	ana := d.actors[access.Organizer]
	have, err := d.sys.people.Institutions(d.ctx, ana)
	if err != nil {
		return nil, err
	}
	for _, want := range demoInstitutions {
		if at := slices.IndexFunc(have, func(i people.Institution) bool { return i.Name == want.name }); at >= 0 {
			ids = append(ids, have[at].ID)
			continue
		}
		made, err := d.sys.people.SaveInstitution(d.ctx, ana, people.Institution{Name: want.name, Kind: want.kind, Member: true}, "")
		if err != nil {
			return nil, err
		}
		ids = append(ids, made)
	}
	return ids, nil
}

// priorities is the delegates' meeting: 64 delegates of 18 of 22 institutions, four
// dots each; 91, 84, 40 and 33 dots.
func (d *demo) priorities(houses []string) error {
	ana, s := d.actors[access.Organizer], d.sys.decided
	now := d.past.Clock.Now()
	d.past.at(now.AddDate(0, 0, -24))
	in := decision.In{Question: "Which two priorities do we work on this year?", Background: "Four priorities came out of the listening campaign. The teams have told their stories.",
		Options: []string{"Language access at the pharmacy", "Rent and repairs", "Bus 14 in the evening", "Clinic hours"}, Method: string(ballot.Dots), Openness: string(decision.Secret),
		Dots: 4, PerOption: 4, Seats: 2, Persons: 40, Houses: 12}
	made, err := s.Save(d.ctx, ana, in)
	if err != nil {
		return err
	}
	var list []decision.Voter
	for i, h := range houses {
		for range max(2, demoInstitutions[i].sent) {
			list = append(list, decision.Voter{Institution: h})
		}
	}
	if err := s.SetVoters(d.ctx, ana, made, list); err != nil {
		return err
	}
	codes, err := s.Codes(d.ctx, ana, made, 0)
	if err != nil {
		return err
	}
	if err := s.Open(d.ctx, ana, made); err != nil {
		return err
	}
	open, err := s.Read(d.ctx, ana, made)
	if err != nil {
		return err
	}
	came := codes[:0]
	for _, c := range codes {
		if at := slices.Index(houses, c.Institution); demoInstitutions[at].sent > 0 {
			came = append(came, c)
		}
	}
	spread := demoDots()
	if len(came) != len(spread) {
		return fmt.Errorf("demo: %d delegates for %d ballots", len(came), len(spread))
	}
	for i, c := range came {
		if err := d.sealed(open, c.Code, open.Spec.Spread(map[string]int{"a": spread[i][0], "b": spread[i][1], "c": spread[i][2], "d": spread[i][3]})); err != nil {
			return err
		}
	}
	d.past.at(now.AddDate(0, 0, -24).Add(40 * time.Minute))
	if err := s.Close(d.ctx, ana, made); err != nil {
		return err
	}
	return s.Record(d.ctx, ana, made, decision.Notes{Minutes: "Two research action teams begin: language access and rent. Chairs are chosen next week.",
		Dissent: "The riders ask to look at the bus again in spring: late buses keep people from every meeting."}, "")
}

// sealed is what a delegate's phone does.
func (d *demo) sealed(open decision.Decision, code, choice string) error {
	env, err := ballot.Seal(open.Key, open.ID, choice)
	if err != nil {
		return err
	}
	signed, err := d.sys.decided.SignBlind(d.ctx, open.Words.Link, code, env.Blinded)
	if err != nil {
		return err
	}
	e, err := env.Open(signed)
	if err != nil {
		return err
	}
	return d.sys.decided.Drop(d.ctx, open.Words.Link, e)
}

// demoDots are 64 ways of spreading four dots over language, rent, bus and hours.
func demoDots() (out [][4]int) {
	for _, g := range []struct {
		n    int
		dots [4]int
	}{{37, [4]int{2, 2, 0, 0}}, {5, [4]int{2, 0, 2, 0}}, {5, [4]int{1, 0, 3, 0}}, {2, [4]int{1, 3, 0, 0}}, {1, [4]int{0, 3, 0, 0}}, {1, [4]int{0, 1, 1, 0}},
		{7, [4]int{0, 0, 2, 2}}, {4, [4]int{0, 0, 0, 4}}, {1, [4]int{0, 0, 0, 3}}, {1, [4]int{}}} {
		for range g.n {
			out = append(out, g.dots)
		}
	}
	return out
}

// mondays is a core team that says with names whether it can live with a proposal.
func (d *demo) mondays() error {
	ana, s := d.actors[access.Organizer], d.sys.decided
	d.past.at(d.past.Clock.Now().Add(-26 * time.Hour))
	var list []decision.Voter
	for i, p := range []struct{ name, lang string }{{"Odalys", "es"}, {"Bảo", "vi"}, {"Khadija", "ar"}, {"Terrence", "en"}, {"Mirela", "en"}} {
		j, err := d.sys.people.Join(d.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: p.name, Contact: "phone", Phone: fmt.Sprintf("+1503555%04d", 190+i), Lang: p.lang}},
			Source: people.AtMeeting, How: "paper"})
		if err != nil {
			return err
		}
		list = append(list, decision.Voter{Person: j.ID})
	}
	made, err := s.Save(d.ctx, ana, decision.In{Question: "We meet every second Monday at 6 pm, with child care.", Background: "Wednesdays no longer work for half of us.",
		Method: string(ballot.Consent), Openness: string(decision.Named), Persons: 4})
	if err != nil {
		return err
	}
	if err := s.SetVoters(d.ctx, ana, made, list); err != nil {
		return err
	}
	codes, err := s.Codes(d.ctx, ana, made, 0)
	if err != nil {
		return err
	}
	if err := s.Open(d.ctx, ana, made); err != nil {
		return err
	}
	open, err := s.Read(d.ctx, ana, made)
	if err != nil {
		return err
	}
	for i, said := range [][2]string{{ballot.AnswerConsent, ""}, {ballot.AnswerReservations, "I come from work and may be ten minutes late."}, {ballot.AnswerConsent, ""}} {
		if _, err := s.Cast(d.ctx, decision.VoteIn{Token: open.Words.Link, Code: codes[i].Code, Choice: said[0], Reason: said[1]}); err != nil {
			return err
		}
	}
	return nil
}
