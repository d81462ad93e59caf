// When somebody may be contacted: hours and days in the person's own zone.
package notify

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // a bare machine may have no zone files, and a wrong hour can endanger somebody
)

// SafeContact are the rules a person set for being contacted.
type SafeContact struct {
	Hours       [][2]int       // from and until in minutes of the local day, until excluded; from > until runs over midnight; none means any hour
	Days        []time.Weekday // none means any day; a window over midnight belongs to the day it begins on
	NoVoicemail bool
	Zone        string // IANA name
}

func zone(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("notify: no time zone %q", name)
	}
	return l, nil
}

const day = 24 * 60

func (s SafeContact) windows() [][2]int {
	if len(s.Hours) == 0 {
		return [][2]int{{0, day}}
	}
	return s.Hours
}

func (s SafeContact) onDay(d time.Weekday) bool {
	return len(s.Days) == 0 || slices.Contains(s.Days, d)
}

// allowed decides for a moment by its wall clock.
func (s SafeContact) allowed(t time.Time) bool {
	m := t.Hour()*60 + t.Minute()
	today, yesterday := t.Weekday(), (t.Weekday()+6)%7
	for _, w := range s.windows() {
		from, until := w[0], w[1]
		if from < 0 || until < 0 || from > day || until > day {
			continue // unreadable rules allow nothing
		}
		switch {
		case from < until:
			if s.onDay(today) && m >= from && m < until {
				return true
			}
		case from > until:
			if s.onDay(today) && m >= from || s.onDay(yesterday) && m < until {
				return true
			}
		}
	}
	return false
}

// Next is the first moment from now on at which contact is allowed. It is false
// when the rules or the zone leave none: then a person has to decide.
//
// The wall clock can only become allowed at the beginning of a window or when the
// zone changes its offset, so those moments are all that is tried, stretch of
// constant offset by stretch.
func (s SafeContact) Next(now time.Time) (time.Time, bool) {
	loc, err := zone(s.Zone)
	if err != nil {
		return time.Time{}, false
	}
	horizon := now.Add(9 * 24 * time.Hour)
	for at := now; at.Before(horizon); {
		local := at.In(loc)
		if s.allowed(local) {
			return at.UTC(), true
		}
		_, end := local.ZoneBounds()
		if end.IsZero() || end.After(horizon) {
			end = horizon
		}
		if first, ok := s.firstStart(local, end); ok {
			return first.UTC(), true
		}
		at = end
	}
	return time.Time{}, false
}

// firstStart finds the earliest window that begins in (after, end), where the offset is constant.
func (s SafeContact) firstStart(after, end time.Time) (best time.Time, ok bool) {
	name, offset := after.Zone()
	fixed := time.FixedZone(name, offset)
	y, mo, d := after.Date()
	for n := 0; n <= 9; n++ {
		for _, w := range s.windows() {
			t := time.Date(y, mo, d+n, 0, w[0], 0, 0, fixed)
			if t.After(after) && t.Before(end) && s.allowed(t) && (!ok || t.Before(best)) {
				best, ok = t, true
			}
		}
	}
	return best, ok
}
