package people

import (
	"testing"
	"time"
)

// What happened in a month, and who was met in the ninety days before its end.
func TestCountMet(t *testing.T) {
	until := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	from := until.AddDate(0, -1, 0)
	at := func(days int) time.Time { return until.AddDate(0, 0, -days) }
	row := func(person, encounter string, kind Kind, days int, role Role, by LedBy) rowMet {
		return rowMet{person, encounter, Together{Encounter: Encounter{Kind: kind, State: Held, At: at(days), LedBy: by}, Role: role}}
	}
	list := []rowMet{
		row("a", "1", OneToOne, 5, Attended, ByStaff), row("lead", "1", OneToOne, 5, Led, ByStaff), // one conversation of two people
		row("b", "2", OneToOne, 10, Attended, ByLeader),
		row("a", "3", OneToOne, 60, Attended, ByStaff),                                                                               // before the month
		row("a", "4", Assembly, 3, Testified, ""), row("b", "4", Assembly, 3, Attended, ""), row("c", "4", Assembly, 3, Chaired, ""), // one assembly
		row("d", "5", HouseMeeting, 100, Hosted, ""), // too long ago
	}
	c := countMet(list, from, until)
	if c.OneToOnes != 2 || c.ByLeaders != 1 || c.PublicRoles != 2 || c.Gatherings != 1 || c.Active != 4 || c.Contacts != 3 || c.Top != 2 {
		t.Errorf("%+v", c)
	}
}

// From the tables: rungs add up to the people there are, erased and unknown clinics count nothing.
func TestCountFromTheTables(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		now := w.clock.Now()
		c, err := w.s.Count(w.ctx, cedar, now.AddDate(0, -1, 0), now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		before := 0
		for _, n := range c.Rungs {
			before += n
		}
		w.join(ana, "Ada Vale")
		c, err = w.s.Count(w.ctx, cedar, now.AddDate(0, -1, 0), now.Add(time.Hour))
		after := 0
		for _, n := range c.Rungs {
			after += n
		}
		if err != nil || after != before+1 {
			t.Errorf("%+v, %v", c, err)
		}
	})
}
