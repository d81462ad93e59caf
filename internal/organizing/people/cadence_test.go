package people

import (
	"reflect"
	"testing"
	"time"
)

func TestWeek(t *testing.T) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2026-11-02T00:00": "2026-11-02", "2026-11-01T23:59": "2026-10-26", "2026-11-08T12:00": "2026-11-02", "2027-01-01T08:00": "2026-12-28", "2026-03-08T12:00": "2026-03-02"} {
		at, err := time.ParseInLocation("2006-01-02T15:04", day, zone)
		if err != nil {
			t.Fatal(err)
		}
		from, until := Week(at, zone)
		if from.Format(time.DateOnly) != want || from.Weekday() != time.Monday || until.Weekday() != time.Monday || at.Before(from) || !at.Before(until) {
			t.Errorf("%s: %v to %v", day, from, until)
		}
	}
}

func TestCadence(t *testing.T) {
	now := time.Date(2026, 11, 4, 12, 0, 0, 0, time.UTC)
	met := func(of map[string]int) (list []Met) {
		for p, n := range of {
			for range n {
				list = append(list, Met{Person: p, Account: "ana", At: now, LedBy: ByStaff})
			}
		}
		return list
	}
	for _, x := range []struct {
		of     map[string]int
		people int
		want   float64
	}{
		{nil, 10, 0}, {map[string]int{"a": 1}, 0, 0},
		{map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}, 5, 0.2},
		{map[string]int{"a": 6, "b": 1, "c": 1, "d": 1, "e": 1}, 5, 0.6},
		{map[string]int{"a": 3, "b": 2}, 10, 1},
		{map[string]int{"a": 3, "b": 1}, 5, 0.75},
		{map[string]int{"a": 1, "b": 1, "c": 1}, 1, 1. / 3}, // more were met than there are now
	} {
		if got := TopFifth(met(x.of), x.people); got != x.want {
			t.Errorf("%v of %d: %v, want %v", x.of, x.people, got, x.want)
		}
	}
	list := append(met(map[string]int{"a": 3}), Met{Person: "b", Account: "omar", At: now.AddDate(0, 0, -9), LedBy: ByLeader})
	if n, all := LedByLeaders(list); n != 1 || all != 4 {
		t.Errorf("%d of %d", n, all)
	}
	from, until := Week(now, time.UTC)
	if n := HeldBy(list, "ana", from, until); n != 3 {
		t.Errorf("%d this week", n)
	}
	if w := ByWeek(list, now, time.UTC, 3); w[2].Staff != 3 || w[1].ByLeader != 1 || w[0].ByLeader != 0 || w[0].From.Format(time.DateOnly) != "2026-10-19" {
		t.Errorf("%+v", w)
	}
	day := 24 * time.Hour
	for _, x := range []struct {
		joined, met time.Duration
		want        bool
	}{{10 * day, 0, false}, {61 * day, 0, true}, {200 * day, 59 * day, false}, {200 * day, 61 * day, true}, {60 * day, 0, false}} {
		one := time.Time{}
		if x.met > 0 {
			one = now.Add(-x.met)
		}
		if got := NotMetSince(now.Add(-x.joined), one, now); got != x.want {
			t.Errorf("%+v: %v", x, got)
		}
	}
	for _, w := range []Workload{{0, 5}, {4, 5}, {5, 5}, {9, 5}, {9, 0}} {
		if w.Full() != (w.Most > 0 && w.Open >= w.Most) || w == (Workload{4, 5}) && w.Full() {
			t.Errorf("%+v", w)
		}
	}
}

func TestLadder(t *testing.T) {
	for _, x := range []struct {
		e    Evidence
		rung Rung
		next string
	}{
		{Evidence{}, Contact, "one_to_one"},
		{Evidence{OneToOnes: 1}, Contact, "gathering"},
		{Evidence{Gatherings: 4}, Contact, "one_to_one"},
		{Evidence{OneToOnes: 1, Gatherings: 1}, Participant, "kept_or_role"},
		{Evidence{OneToOnes: 1, Gatherings: 1, Kept: 1}, Participant, "kept_or_role"},
		{Evidence{Kept: 2}, Contributor, "hosted"},
		{Evidence{Gatherings: 1, RoleHeld: true}, Contributor, "hosted"},
		{Evidence{RoleHeld: true, Hosted: true, Brought: 2, LedOnes: 3}, Contributor, "brought"},
		{Evidence{RoleHeld: true, Hosted: true, Brought: 3, LedOnes: 2}, Contributor, "led_ones"},
		{Evidence{RoleHeld: true, Hosted: true, Brought: 3, LedOnes: 3}, Leading, "in_public"},
		{Evidence{Brought: 3, LedOnes: 3, Kept: 2}, Contributor, "hosted"},
		{Evidence{Hosted: true, Brought: 3, LedOnes: 3, InPublic: true, OnCoreTeam: true}, Leading, "mentors"},
		{Evidence{InPublic: true, OnCoreTeam: true, Mentors: 1}, CoreLeading, "train_others"},
		{Evidence{InPublic: true, OnCoreTeam: true, Mentors: 1, Resting: true}, AtRest, "check_in"},
	} {
		if x.e.Rung() != x.rung || x.e.Stretch() != x.next {
			t.Errorf("%+v: %s, %s; want %s, %s", x.e, x.e.Rung(), x.e.Stretch(), x.rung, x.next)
		}
	}
	var e Evidence
	e.Add(Together{Encounter{Kind: OneToOne, State: Held}, Attended})
	e.Add(Together{Encounter{Kind: OneToOne, State: Held}, Led})
	e.Add(Together{Encounter{Kind: OneToOne, State: Planned}, Attended})
	e.Add(Together{Encounter{Kind: HouseMeeting, State: Evaluated}, Hosted})
	e.Add(Together{Encounter{Kind: CoreTeam, State: Held}, Chaired}) // not in public
	e.Add(Together{Encounter{Kind: Assembly, State: NoShow}, Pinned})
	if want := (Evidence{OneToOnes: 1, LedOnes: 1, Gatherings: 2, RoleHeld: true, Hosted: true, Played: e.Played}); !reflect.DeepEqual(e, want) {
		t.Errorf("%+v, want %+v", e, want)
	}
	e.Add(Together{Encounter{Kind: Assembly, State: Held}, Pinned})
	if !e.InPublic {
		t.Error("pinning at an assembly is not in public")
	}
}

// What was suggested is the next step while it counts, until its role was played.
func TestSuggestedUntilItIsDone(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	said := func(days int, r Role) Said {
		return Said{Encounter: Encounter{At: now.AddDate(0, 0, -days)}, Note: Note{Suggested: r}}
	}
	for name, x := range map[string]struct {
		notes  []Said
		played map[Role]time.Time
		want   Role
	}{
		"nothing was said":      {nil, nil, ""},
		"nothing was suggested": {[]Said{said(3, "")}, nil, ""},
		"the newest":            {[]Said{said(40, Chaired), said(3, Hosted)}, nil, Hosted},
		"too long ago":          {[]Said{said(800, Hosted)}, nil, ""},
		"done since":            {[]Said{said(3, Hosted)}, map[Role]time.Time{Hosted: now.AddDate(0, 0, -1)}, ""},
		"done before":           {[]Said{said(3, Hosted)}, map[Role]time.Time{Hosted: now.AddDate(0, 0, -9)}, Hosted},
		"an older one is open":  {[]Said{said(40, Chaired), said(3, Hosted)}, map[Role]time.Time{Hosted: now}, Chaired},
	} {
		got, ok := Evidence{Played: x.played}.Suggested(x.notes, now)
		if got.Note.Suggested != x.want || ok != (x.want != "") {
			t.Errorf("%s: %q, %v", name, got.Note.Suggested, ok)
		}
	}
}
