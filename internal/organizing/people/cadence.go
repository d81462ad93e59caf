// How regularly people are met, and whether everybody is: pure functions over dated
// encounters. They look at the work of those who meet, never at those who are met.
package people

import (
	"math"
	"slices"
	"time"
)

// Week is the week of a moment: Monday to Monday, in the clinic's zone.
func Week(t time.Time, zone *time.Location) (from, until time.Time) {
	d := t.In(zone)
	from = time.Date(d.Year(), d.Month(), d.Day()-(int(d.Weekday())+6)%7, 0, 0, 0, 0, zone)
	return from, from.AddDate(0, 0, 7)
}

// Tally is how many one-to-ones were held, of how many somebody set out to hold.
type Tally struct{ Held, Goal int }

// Met is one one-to-one: with whom, when, led by whom.
type Met struct {
	Person  string
	Account string
	At      time.Time
	LedBy   LedBy
}

// HeldBy counts the one-to-ones of an account in a span of time.
func HeldBy(list []Met, account string, from, until time.Time) (n int) {
	for _, m := range list {
		if m.Account == account && !m.At.Before(from) && m.At.Before(until) {
			n++
		}
	}
	return n
}

// LedByLeaders counts how many leaders led, of all.
func LedByLeaders(list []Met) (leaders, all int) {
	for _, m := range list {
		if m.LedBy == ByLeader {
			leaders++
		}
	}
	return leaders, len(list)
}

// NotMetSince reports whether somebody was left alone for too long: their last
// one-to-one, or their coming in, is further back than NotMetAfter.
func NotMetSince(joined, oneToOne, now time.Time) bool {
	last := joined
	if oneToOne.After(last) {
		last = oneToOne
	}
	return now.Sub(last) > NotMetAfter
}

// TopFifth is the share of all contacts that went to the fifth of the people who
// were met most; people are all there are, also those nobody met. When everybody
// gets the same it is about 0.2; when a few get everything, 1.
func TopFifth(list []Met, people int) float64 {
	if len(list) == 0 || people == 0 {
		return 0
	}
	of := map[string]int{}
	for _, m := range list {
		of[m.Person]++
	}
	counts := make([]int, 0, len(of))
	for _, n := range of {
		counts = append(counts, n)
	}
	slices.SortFunc(counts, func(a, b int) int { return b - a })
	top := int(math.Ceil(float64(max(people, len(of))) / 5))
	sum := 0
	for i := range min(top, len(counts)) {
		sum += counts[i]
	}
	return float64(sum) / float64(len(list))
}

// Workload is how much somebody has promised to follow up, and how much they want at most.
type Workload struct{ Open, Most int }

// Full reports whether the next step should be to finish or hand over something.
func (w Workload) Full() bool { return w.Most > 0 && w.Open >= w.Most }

// WeekCount is one bar of the picture of the last weeks.
type WeekCount struct {
	From            time.Time
	Staff, ByLeader int
}

// ByWeek counts the last weeks, the oldest first.
func ByWeek(list []Met, now time.Time, zone *time.Location, weeks int) []WeekCount {
	this, _ := Week(now, zone)
	out := make([]WeekCount, weeks)
	for i := range out {
		out[i].From = this.AddDate(0, 0, -7*(weeks-1-i))
	}
	for _, m := range list {
		from, _ := Week(m.At, zone)
		for i := range out {
			if out[i].From.Equal(from) {
				if m.LedBy == ByLeader {
					out[i].ByLeader++
				} else {
					out[i].Staff++
				}
			}
		}
	}
	return out
}
