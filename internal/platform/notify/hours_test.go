// Safe hours, with the nights on which clocks change.
package notify

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(t *testing.T, zone, s string) time.Time {
	t.Helper()
	l, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	x, err := time.ParseInLocation("2006-01-02 15:04:05", s, l)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestNext(t *testing.T) {
	const ny, cairo, hcm = "America/New_York", "Africa/Cairo", "Asia/Ho_Chi_Minh"
	office := [][2]int{{9 * 60, 17 * 60}}
	for _, c := range []struct {
		name      string
		rules     SafeContact
		now, want string // local; want "" means never
	}{
		{"evening waits for the morning", SafeContact{Hours: office, Zone: ny}, "2026-03-03 23:00:00", "2026-03-04 09:00:00"},
		{"inside is now", SafeContact{Hours: office, Zone: ny}, "2026-03-03 09:00:00", "2026-03-03 09:00:00"},
		{"to the second", SafeContact{Hours: office, Zone: ny}, "2026-03-03 16:59:59", "2026-03-03 16:59:59"},
		{"the end is outside", SafeContact{Hours: office, Zone: ny}, "2026-03-03 17:00:00", "2026-03-04 09:00:00"},
		{"days", SafeContact{Hours: office, Days: []time.Weekday{time.Tuesday}, Zone: ny}, "2026-03-03 17:30:00", "2026-03-10 09:00:00"},
		{"days without hours", SafeContact{Days: []time.Weekday{time.Sunday}, Zone: ny}, "2026-03-03 12:00:00", "2026-03-08 00:00:00"},
		{"no rules", SafeContact{Zone: hcm}, "2026-03-03 03:00:00", "2026-03-03 03:00:00"},
		{"two windows", SafeContact{Hours: [][2]int{{600, 660}, {1140, 1260}}, Zone: hcm}, "2026-03-03 11:00:00", "2026-03-03 19:00:00"},
		{"over midnight, late", SafeContact{Hours: [][2]int{{22 * 60, 2 * 60}}, Days: []time.Weekday{time.Friday}, Zone: ny}, "2026-03-07 01:59:00", "2026-03-07 01:59:00"},
		{"over midnight, not the day before", SafeContact{Hours: [][2]int{{22 * 60, 2 * 60}}, Days: []time.Weekday{time.Friday}, Zone: ny}, "2026-03-06 01:00:00", "2026-03-06 22:00:00"},
		{"clocks go forward overnight", SafeContact{Hours: office, Zone: ny}, "2026-03-07 23:00:00", "2026-03-08 09:00:00"},
		{"clocks go back overnight", SafeContact{Hours: office, Zone: ny}, "2026-10-31 23:00:00", "2026-11-01 09:00:00"},
		{"a window that begins in the gap", SafeContact{Hours: [][2]int{{150, 240}}, Zone: ny}, "2026-03-08 01:00:00", "2026-03-08 03:00:00"},
		{"a window inside the gap waits a day", SafeContact{Hours: [][2]int{{125, 170}}, Zone: ny}, "2026-03-08 01:00:00", "2026-03-09 02:05:00"},
		{"the day begins at one", SafeContact{Days: []time.Weekday{time.Friday}, Zone: cairo}, "2026-04-23 20:00:00", "2026-04-24 01:00:00"},
		{"empty window", SafeContact{Hours: [][2]int{{600, 600}}, Zone: ny}, "2026-03-03 10:00:00", ""},
		{"senseless window", SafeContact{Hours: [][2]int{{-5, 9000}}, Zone: ny}, "2026-03-03 10:00:00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := c.rules.Next(at(t, c.rules.Zone, c.now))
			if ok != (c.want != "") {
				t.Fatalf("ok = %v", ok)
			}
			if ok && !got.Equal(at(t, c.rules.Zone, c.want)) {
				l, _ := time.LoadLocation(c.rules.Zone)
				t.Fatalf("got %v", got.In(l))
			}
		})
	}
	if _, ok := (SafeContact{Zone: "Nowhere/Land"}).Next(time.Now()); ok {
		t.Error("an unknown zone must not be taken for UTC")
	}
}

// A slow judge that tries every minute agrees.
func TestNextIsTheFirstAllowedMinute(t *testing.T) {
	zones := []string{"UTC", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Ho_Chi_Minh", "America/Santiago", "Asia/Kathmandu", "Pacific/Apia"}
	rapid.Check(t, func(t *rapid.T) {
		r := SafeContact{Zone: rapid.SampledFrom(zones).Draw(t, "zone")}
		minute := rapid.IntRange(0, day)
		for range rapid.IntRange(0, 2).Draw(t, "windows") {
			r.Hours = append(r.Hours, [2]int{minute.Draw(t, "from"), minute.Draw(t, "until")})
		}
		for range rapid.IntRange(0, 2).Draw(t, "days") {
			r.Days = append(r.Days, time.Weekday(rapid.IntRange(0, 6).Draw(t, "day")))
		}
		// Around the changes of 2026, and Samoa's missing day of 2011.
		base := rapid.SampledFrom([]int64{1772928000, 1793491200, 1775000000, 1774900000, 1776988800, 1788652800, 1325203200}).Draw(t, "base")
		now := time.Unix(base+rapid.Int64Range(-100000, 100000).Draw(t, "off"), 0).UTC()
		got, ok := r.Next(now)
		loc, _ := time.LoadLocation(r.Zone)
		allowed := func(x time.Time) bool { return r.allowed(x.In(loc)) }
		if ok && (!allowed(got) || got.Before(now)) {
			t.Fatalf("%v is not allowed", got.In(loc))
		}
		limit := now.Add(8 * 24 * time.Hour)
		if ok {
			limit = got
		}
		if allowed(now) != (ok && got.Equal(now)) {
			t.Fatalf("now allowed %v, got %v", allowed(now), got)
		}
		for x := now.Truncate(time.Minute).Add(time.Minute); x.Before(limit); x = x.Add(time.Minute) {
			if allowed(x) {
				t.Fatalf("%v was allowed before %v (%v)", x.In(loc), got.In(loc), ok)
			}
		}
	})
}
