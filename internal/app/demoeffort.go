// The demo's hours: three months of four colleagues on four funds.
package app

import (
	"time"

	"seedbed/internal/organizing/effort"
	"seedbed/internal/platform/access"
)

// hours fills the room week by week, as people do on Friday.
func (d *demo) hours() error {
	s, ruth := d.sys.effort, d.actors[access.Lead]
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return err
	}
	now := d.past.Clock.Now()
	d.past.at(now.AddDate(0, 0, -95))
	for _, f := range []effort.FundIn{{Name: "Health center grant", Kind: "s330"}, {Name: "Community health award", Kind: "federal"}, {Name: "Foundry Foundation", Kind: "other"}, {Name: "Members' dues", Kind: "other"}} {
		if err := s.SaveFund(d.ctx, ruth, f); err != nil {
			return err
		}
	}
	list, err := s.Funds(d.ctx, ruth)
	if err != nil {
		return err
	}
	fund := map[string]string{}
	for _, f := range list {
		fund[f.Name] = f.ID
	}
	week := []struct {
		role        access.Role
		ago         int // days before Friday
		hours       string
		class, fund string
		every       int // weeks
	}{
		{access.Organizer, 4, "6", "education", "Foundry Foundation", 1}, {access.Organizer, 3, "5.5", "advocacy", "Foundry Foundation", 1}, {access.Organizer, 2, "3", "internal", "Health center grant", 1},
		{access.Organizer, 1, "2", "lobbying_direct", "Members' dues", 2}, {access.Organizer, 0, "4:30", "education", "Community health award", 1},
		{access.Navigator, 3, "2", "education", "Health center grant", 1}, {access.Navigator, 1, "1.5", "voter_registration", "Members' dues", 3},
		{access.Clinician, 2, "1", "education", "Health center grant", 1}, {access.Clinician, 1, "0:45", "advocacy", "Foundry Foundation", 2},
		{access.Lead, 2, "1.5", "internal", "Health center grant", 1}, {access.Lead, 0, "1", "lobbying_grassroots", "Members' dues", 6},
	}
	for n := 12; n >= 0; n-- {
		local := now.In(zone)
		friday := local.AddDate(0, 0, -7*n-(int(local.Weekday())+2)%7)
		for _, e := range week {
			day := friday.AddDate(0, 0, -e.ago)
			if n%e.every != 0 || day.After(local) || now.Sub(day) > 90*24*time.Hour {
				continue
			}
			when := time.Date(friday.Year(), friday.Month(), friday.Day(), 16, e.ago, 0, 0, zone)
			if when.After(now) {
				when = now
			}
			d.past.at(when)
			if err := s.Write(d.ctx, d.actors[e.role], effort.EntryIn{Day: day.Format(time.DateOnly), Hours: e.hours, Class: e.class, Fund: fund[e.fund]}); err != nil {
				return err
			}
		}
	}
	d.past.back.Store(0)
	return nil
}
