package year

import (
	"fmt"
	"time"

	"seedbed/internal/organizing/listening"
)

// campaign plans, hears eight weeks, looks at the middle, agrees on themes, tells
// people and decides. It returns the day of the decision.
func (w *world) campaign(n, first int) (id string, decided int) {
	w.t.Helper()
	ana, s := w.organizers[n], w.sys.Listens
	from := w.on(first-7, 9).AddDate(0, 0, 7)
	id, err := s.Plan(w.ctx, ana, listening.PlanIn{Name: fmt.Sprint("Listening ", n+1), Languages: []string{"en", "es", "vi"}, Starts: from, Ends: from.AddDate(0, 0, 56), People: 200, Sessions: 60, Listeners: 20,
		Shares: map[string]int{"es": 25}, Areas: []string{"North", "South"}, Questions: map[string][]string{"en": {"What weighs on you?", "What should change?"}, "es": {"¿Qué le pesa?", "¿Qué debe cambiar?"}, "vi": {"Điều gì đang đè nặng?", "Điều gì nên thay đổi?"}}, Key: w.key()})
	w.must(err)
	c, err := s.Get(w.ctx, ana, id)
	w.must(err)
	who := w.people[n*20 : n*20+20]
	for _, p := range who {
		_, err := s.SaveListener(w.ctx, ana, listening.ListenerIn{Campaign: id, Who: listening.Who{Person: p}, Goal: 10})
		w.must(err)
	}
	w.on(first, 8)
	w.must(s.Open(w.ctx, ana, id, w.key()))
	for day := 1; day < 56; day++ {
		if day == 28 {
			w.must(s.CheckMidpoint(w.ctx, ana, listening.MidpointIn{Campaign: id, Network: &listening.NetworkIn{Kind: listening.PlaceBased, Name: "The market"}}))
		}
		at := w.on(first+day, 20)
		heard := 2 + w.some(6)
		w.heard, w.led = w.heard+heard, w.led+1
		_, err := s.File(w.ctx, ana, listening.SessionIn{Campaign: id, Revision: 1, State: listening.Reported, Format: listening.OneToOne, Held: at.Add(-2 * time.Hour), Minutes: 35, Place: "cafe",
			Language: []string{"en", "es", "vi"}[w.some(3)], Heard: heard, Area: c.Areas[w.some(len(c.Areas))].ID, Facilitator: listening.Who{Person: who[w.some(len(who))]},
			Said: []listening.Tally{{Name: "Rent goes up", N: 1 + w.some(heard)}, {Name: "Labels in one language", N: 1 + w.some(heard)}}, Key: w.key()})
		w.must(err)
	}
	w.on(first+57, 9)
	w.must(s.Close(w.ctx, ana, id, w.key()))
	wall, err := s.WallOf(w.ctx, ana, id)
	w.must(err)
	w.must(s.Agree(w.ctx, ana, listening.AgreeIn{Campaign: id, Leaders: 9, Staff: 2}))
	at := w.on(first+64, 19)
	w.must(s.LogReportBack(w.ctx, ana, listening.ReportBackIn{Campaign: id, At: at, How: "meeting", Reached: 120, Languages: []string{"en", "es"}}))
	decided = first + 70
	at = w.on(decided, 20)
	var options []listening.Option
	for i, t := range wall.Themes {
		options = append(options, listening.Option{Text: t.Name, Theme: t.ID, Votes: 90 - i, Chosen: i < 2, TeamName: fmt.Sprint(t.Name, " team ", n+1), Chair: who[i]})
	}
	w.must(s.Decide(w.ctx, ana, listening.DecideIn{Campaign: id, Decision: listening.Decision{At: at, Method: listening.Dots, People: 64, Institutions: 18, OfInstitutions: places, Options: options}, Key: w.key()}))
	return id, decided
}
