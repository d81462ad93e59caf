// Package rhythm is how often people come together: every week, every two weeks,
// or on the nth weekday of a month, at a time of the local day. It is pure.
package rhythm

import (
	"slices"
	"time"
)

// Meeting is one regular meeting.
type Meeting struct {
	Weekday time.Weekday `json:"weekday"`
	Start   int          `json:"start"`         // minutes after midnight, local time of the clinic
	End     int          `json:"end,omitempty"` // 0 = not said
	Every   Every        `json:"every"`
	Nth     int          `json:"nth,omitempty"`  // monthly: 1–4, or -1 for the last
	From    string       `json:"from,omitempty"` // biweekly: a date (2006-01-02) on which it meets
}

// Every is how often a meeting comes round.
type Every string

const (
	Weekly   Every = "weekly"
	Biweekly Every = "biweekly"
	Monthly  Every = "monthly"
)

// Next returns the next n starts of all meetings in order. A meeting every two
// weeks counts only when a date anchors it: a wrong evening costs a bus fare and
// more than that.
func Next(list []Meeting, now time.Time, zone *time.Location, n int) []time.Time {
	if zone == nil {
		zone = time.UTC
	}
	local := now.In(zone)
	var out []time.Time
	for _, m := range list {
		found := 0
		for day := 0; day <= 70 && found < n; day++ {
			at := time.Date(local.Year(), local.Month(), local.Day()+day, m.Start/60, m.Start%60, 0, 0, zone)
			if at.After(now) && m.on(at) {
				out, found = append(out, at), found+1
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.Compact(out[:min(n, len(out))])
}

// on reports whether the meeting takes place on the local day of at.
func (m Meeting) on(at time.Time) bool {
	if at.Weekday() != m.Weekday {
		return false
	}
	switch m.Every {
	case Weekly:
		return true
	case Biweekly:
		from, err := time.Parse(time.DateOnly, m.From)
		if err != nil {
			return false
		}
		day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
		weeks := int(day.Sub(from).Hours()/24) / 7
		return weeks%2 == 0
	case Monthly:
		if m.Nth == -1 {
			return at.AddDate(0, 0, 7).Month() != at.Month()
		}
		return (at.Day()-1)/7+1 == m.Nth
	}
	return false
}
