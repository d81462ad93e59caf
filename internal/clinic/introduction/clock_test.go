// The clocks across weekends, holidays and a change to summer time.
package introduction

import (
	"testing"
	"time"
	_ "time/tzdata" // the test machine may have no zone files

	"pgregory.net/rapid"
)

func portland(t testing.TB) Calendar {
	z, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	return Calendar{Zone: z, Holidays: []string{"2026-11-26"}}
}

func at(t testing.TB, c Calendar, s string) time.Time {
	v, err := time.ParseInLocation("2006-01-02 15:04", s, c.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

func TestWorkingDays(t *testing.T) {
	c := portland(t)
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-02 09:30", 3, "2026-11-05 09:30"}, // Monday → Thursday
		{"2026-11-06 16:00", 3, "2026-11-11 16:00"}, // Friday → Wednesday
		{"2026-11-07 10:00", 1, "2026-11-09 10:00"}, // Saturday → Monday
		{"2026-11-24 10:00", 3, "2026-11-30 10:00"}, // Tuesday, over Thanksgiving and a weekend
		{"2026-03-06 10:00", 1, "2026-03-09 10:00"}, // over the change to summer time: same hour on the wall
		{"2026-11-02 09:30", 0, "2026-11-02 09:30"},
	} {
		if got := c.Add(at(t, c, x.from), x.n); !got.Equal(at(t, c, x.want)) {
			t.Errorf("%s + %d = %s, want %s", x.from, x.n, got.In(c.Zone), x.want)
		}
	}
}

func TestNextFollowsTheStory(t *testing.T) {
	k := DefaultClocks(portland(t))
	began := at(t, k.Calendar, "2026-11-05 10:00") // a Thursday
	f := Facts{State: Consented, Mode: WarmHandoff, Began: began}
	check := func(owner Owner, action, due string) {
		t.Helper()
		n := k.Next(f, began.Add(time.Hour))
		if n.Owner != owner || n.ActionKey != "introduction.next."+action || n.Due.In(k.Calendar.Zone).Format("2006-01-02 15:04") != due {
			t.Errorf("%s: %s %s %s, want %s %s %s", f.State, n.Owner, n.ActionKey, n.Due.In(k.Calendar.Zone), owner, action, due)
		}
	}
	check(OwnerClinic, "handoff", "2026-11-05 23:59")
	f.HandoffAt = at(t, k.Calendar, "2026-11-06 14:00")
	check(OwnerClinic, "handoff_booked", "2026-11-06 14:00")
	f.HandoffAt, f.Mode = time.Time{}, CallBack
	check(OwnerClinic, "send", "2026-11-06 10:00")
	f.State, f.Sent = Sent, began
	check(OwnerGroup, "acknowledge", "2026-11-10 10:00")
	f.State, f.Acknowledged = Acknowledged, at(t, k.Calendar, "2026-11-06 12:00")
	check(OwnerGroup, "answer", "2026-11-12 10:00")
	f.State, f.Accepted = Accepted, at(t, k.Calendar, "2026-11-12 09:00")
	check(OwnerGroup, "first_attempt", "2026-11-16 09:00") // said yes late: still two working days
	f.State = Contacting
	try := func(when string, r Result) {
		f.Attempts = append(f.Attempts, Attempt{At: at(t, k.Calendar, when), Channel: Phone, Result: r})
	}
	try("2026-11-13 18:00", NoAnswerYet)
	check(OwnerGroup, "attempt", "2026-11-18 18:00") // ten days shared out over two more tries
	try("2026-11-18 18:00", LeftMessage)
	check(OwnerGroup, "attempt", "2026-11-23 18:00")
	try("2026-11-23 18:00", NoAnswerYet)
	check(OwnerClinic, "could_not_reach", "2026-11-25 18:00")
	try("2026-11-24 09:00", Reached)
	check(OwnerGroup, "meet", "2026-12-04 09:00")
	try("2026-11-25 09:00", WrongNumber)
	check(OwnerClinic, "check_contact", "2026-11-30 09:00")
	f.State, f.Connected = Connected, at(t, k.Calendar, "2026-11-25 18:00")
	check(OwnerGroup, "taking_part", "2026-12-25 18:00")
	f.State, f.Participates = Participating, at(t, k.Calendar, "2026-12-01 18:00")
	check(OwnerClinic, "close_engaged", "2026-12-31 18:00")
	f = Facts{State: Redirected, Began: began, Redirected: began}
	check(OwnerClinic, "fresh_consent", "2026-11-10 10:00")
	f = Facts{State: Withdrawn, Began: began, RecallAsked: began}
	check(OwnerGroup, "recall", "2026-11-10 10:00")
}

func TestThirtyDaysWithoutAMeetingAskForAnEnd(t *testing.T) {
	k := DefaultClocks(portland(t))
	sent := at(t, k.Calendar, "2026-11-05 10:00")
	for _, s := range []State{Consented, Sent, Acknowledged, Accepted, Contacting, Redirected} {
		f := Facts{State: s, Began: sent, Sent: sent}
		if n := k.Next(f, sent.Add(30*day)); n.Owner != OwnerClinic || n.ActionKey != "introduction.next.close" {
			t.Errorf("%s after thirty days: %+v", s, n)
		}
		if n := k.Next(f, sent.Add(30*day-time.Second)); n.ActionKey == "introduction.next.close" {
			t.Errorf("%s a second before: %+v", s, n)
		}
	}
	met := Facts{State: Connected, Began: sent, Sent: sent, Connected: sent.Add(9 * day)}
	if n := k.Next(met, sent.Add(31*day)); n.ActionKey == "introduction.next.close" {
		t.Error("they met: nobody closes that for lack of news")
	}
	again := Facts{State: Sent, Began: sent, Sent: sent.Add(20 * day)}
	if n := k.Next(again, sent.Add(31*day)); n.ActionKey == "introduction.next.close" {
		t.Error("the second group must get its own thirty days")
	}
}

func TestEscalationLevels(t *testing.T) {
	k := DefaultClocks(portland(t))
	n := Next{OwnerGroup, "introduction.next.acknowledge", at(t, k.Calendar, "2026-11-06 10:00")} // a Friday
	for _, x := range []struct {
		now  string
		want Level
	}{
		{"2026-11-06 09:59", OnTime}, {"2026-11-06 10:01", Reminded}, {"2026-11-08 10:00", Reminded},
		{"2026-11-09 10:00", NamedOwner}, {"2026-11-11 09:00", NamedOwner}, {"2026-11-11 10:00", Escalated},
	} {
		if got := k.LevelAt(n, at(t, k.Calendar, x.now)); got != x.want {
			t.Errorf("%s: level %d, want %d", x.now, got, x.want)
		}
	}
	for _, x := range []struct {
		l               Level
		owner, fallback string
		want            string
	}{{NamedOwner, "lupe", "chief", "lupe"}, {NamedOwner, "", "chief", "chief"}, {Escalated, "lupe", "chief", "chief"}, {Escalated, "lupe", "", "lupe"}} {
		if got := Answerable(x.l, x.owner, x.fallback); got != x.want {
			t.Errorf("%+v: %s", x, got)
		}
	}
}

// Whatever happened, an open introduction has an owner, an action and a time to come after it began.
func TestEveryOpenStateHasOwnerActionAndClock(t *testing.T) {
	k := DefaultClocks(portland(t))
	rapid.Check(t, func(r *rapid.T) {
		began := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(r, "began"), 0).UTC()
		step := func(name string) time.Time {
			return began.Add(time.Duration(rapid.Int64Range(0, int64(40*day)).Draw(r, name)))
		}
		f := Facts{State: rapid.SampledFrom(States()).Draw(r, "state"), Mode: rapid.SampledFrom(Modes()).Draw(r, "mode"), Began: began,
			Sent: step("sent"), Acknowledged: step("ack"), Accepted: step("accepted"), Redirected: step("redirected"), Connected: step("connected"), Participates: step("part")}
		for range rapid.IntRange(0, 6).Draw(r, "attempts") {
			f.Attempts = append(f.Attempts, Attempt{At: step("attempt"), Channel: Phone, Result: rapid.SampledFrom(Results()).Draw(r, "result")})
		}
		n := k.Next(f, step("now"))
		if f.State.Open() != (n.Owner != OwnerNobody) {
			r.Fatalf("%s: %+v", f.State, n)
		}
		if f.State.Open() && (n.ActionKey == "" || n.Due.Before(began)) {
			r.Fatalf("%s: %+v", f.State, n)
		}
	})
}
