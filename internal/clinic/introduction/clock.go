// The clocks: who has to do what by when, in working days of the clinic's own
// calendar, and who hears about it when nothing happens.
package introduction

import (
	"slices"
	"time"
)

// UndoTime is how long a wrong send can be taken back before the group has seen it.
const UndoTime = 15 * time.Minute

// Calendar counts working days: Monday to Friday without the clinic's holidays.
type Calendar struct {
	Zone     *time.Location
	Holidays []string // dates as 2006-01-02
}

func (c Calendar) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// Working reports whether t falls on a working day.
func (c Calendar) Working(t time.Time) bool {
	t = t.In(c.zone())
	if wd := t.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return false
	}
	return !slices.Contains(c.Holidays, t.Format(time.DateOnly))
}

// Add returns the moment n working days after t, at the same time of day.
// What starts on a day off starts to count on the next working day.
func (c Calendar) Add(t time.Time, n int) time.Time {
	l := t.In(c.zone())
	for i := 0; n > 0 && i < 1000; i++ { // 1000: a calendar of holidays only must not hang
		l = time.Date(l.Year(), l.Month(), l.Day()+1, l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), l.Location())
		if c.Working(l) {
			n--
		}
	}
	return l.UTC()
}

// EndOfDay returns the last moment of t's day in the clinic's zone.
func (c Calendar) EndOfDay(t time.Time) time.Time {
	l := t.In(c.zone())
	return time.Date(l.Year(), l.Month(), l.Day()+1, 0, 0, 0, 0, l.Location()).Add(-time.Microsecond).UTC()
}

// Month names t's month in the clinic's zone, "2026-11".
func (c Calendar) Month(t time.Time) string { return t.In(c.zone()).Format("2006-01") }

// Clocks are the promises. The defaults are those of the field: answer in three
// working days, first attempt in five, an end in thirty days, three attempts in
// ten days before "could not reach" is proposed.
type Clocks struct {
	Calendar        Calendar
	Acknowledge     int           // working days
	FirstAttempt    int           // working days
	Close           time.Duration // calendar time until an end is due
	CloseGrace      time.Duration // and until the clock itself ends it
	Attempts        int
	AttemptsWithin  time.Duration
	AfterAccepting  int // working days a group always has after it said yes
	NamedOwnerAfter int // working days late until the named owner is asked
	EscalateAfter   int // working days late until the clinic's escalation account is asked
}

const day = 24 * time.Hour

// DefaultClocks are the clocks of a new installation.
func DefaultClocks(c Calendar) Clocks {
	return Clocks{Calendar: c, Acknowledge: 3, FirstAttempt: 5, Close: 30 * day, CloseGrace: 15 * day,
		Attempts: 3, AttemptsWithin: 10 * day, AfterAccepting: 2, NamedOwnerAfter: 1, EscalateAfter: 3}
}

// Owner is the side that has to act next.
type Owner string

const (
	OwnerClinic Owner = "clinic"
	OwnerGroup  Owner = "group"
	OwnerNobody Owner = "nobody" // ended
)

// Next is who has to do what by when: part of every state a page shows.
type Next struct {
	Owner     Owner
	ActionKey string // message id, "introduction.next.…"
	Due       time.Time
}

// Late reports whether the clock has run out.
func (n Next) Late(now time.Time) bool { return n.Owner != OwnerNobody && now.After(n.Due) }

// Facts is what the clocks look at.
type Facts struct {
	State        State
	Mode         Mode
	Began        time.Time
	Sent         time.Time // to the present group
	Acknowledged time.Time
	Accepted     time.Time
	Redirected   time.Time
	Connected    time.Time
	Participates time.Time
	HandoffAt    time.Time // when a handoff is booked and has not happened
	Attempts     []Attempt // oldest first, to the present group
	RecallAsked  time.Time // an unanswered recall
	AskedStop    time.Time // "STOP" came from the person's number: somebody has to ask what they want
}

// closeFrom is when the thirty days began: a fresh group gets its own.
func (f Facts) closeFrom() time.Time {
	if f.Sent.IsZero() {
		return f.Began
	}
	return f.Sent
}

// CloseDue is when an introduction that has not led to a meeting must end.
func (c Clocks) CloseDue(f Facts) time.Time { return f.closeFrom().Add(c.Close) }

// AutoClose is when the clock itself ends it, if nobody did.
func (c Clocks) AutoClose(f Facts) time.Time { return c.CloseDue(f).Add(c.CloseGrace) }

// Next computes the next step. It is total: every open state has an owner, an action and a clock.
func (c Clocks) Next(f Facts, now time.Time) Next {
	n := c.step(f)
	if f.State.Open() && !f.AskedStop.IsZero() {
		return Next{OwnerClinic, "introduction.next.asked_stop", c.Calendar.Add(f.AskedStop, 1)}
	}
	if f.State.Open() && !f.State.Met() {
		if due := c.CloseDue(f); !now.Before(due) {
			return Next{OwnerClinic, "introduction.next.close", due}
		}
	}
	return n
}

func (c Clocks) step(f Facts) Next {
	add := c.Calendar.Add
	switch f.State {
	case Consented:
		if !f.HandoffAt.IsZero() {
			return Next{OwnerClinic, "introduction.next.handoff_booked", f.HandoffAt}
		}
		if f.Mode == WarmHandoff {
			return Next{OwnerClinic, "introduction.next.handoff", c.Calendar.EndOfDay(f.Began)}
		}
		return Next{OwnerClinic, "introduction.next.send", add(f.Began, 1)}
	case Redirected:
		return Next{OwnerClinic, "introduction.next.fresh_consent", add(f.Redirected, c.Acknowledge)}
	case Sent:
		return Next{OwnerGroup, "introduction.next.acknowledge", add(f.Sent, c.Acknowledge)}
	case Acknowledged:
		return Next{OwnerGroup, "introduction.next.answer", later(add(f.Sent, c.FirstAttempt), add(f.Acknowledged, c.AfterAccepting))}
	case Accepted:
		return Next{OwnerGroup, "introduction.next.first_attempt", later(add(f.Sent, c.FirstAttempt), add(f.Accepted, c.AfterAccepting))}
	case Contacting:
		return c.contacting(f)
	case Connected:
		return Next{OwnerGroup, "introduction.next.taking_part", f.Connected.Add(c.Close)}
	case Participating:
		return Next{OwnerClinic, "introduction.next.close_engaged", later(f.Participates, f.Connected).Add(c.Close)}
	case Withdrawn:
		if !f.RecallAsked.IsZero() {
			return Next{OwnerGroup, "introduction.next.recall", add(f.RecallAsked, c.Acknowledge)}
		}
	}
	return Next{Owner: OwnerNobody, ActionKey: "introduction.next.nothing"}
}

func (c Clocks) contacting(f Facts) Next {
	if len(f.Attempts) == 0 {
		return Next{OwnerGroup, "introduction.next.first_attempt", c.Calendar.Add(f.Accepted, c.AfterAccepting)}
	}
	last := f.Attempts[len(f.Attempts)-1]
	switch {
	case last.Result == Reached:
		return Next{OwnerGroup, "introduction.next.meet", last.At.Add(c.AttemptsWithin)}
	case last.Result == WrongNumber:
		return Next{OwnerClinic, "introduction.next.check_contact", c.Calendar.Add(last.At, 2)}
	case c.Exhausted(f.Attempts):
		return Next{OwnerClinic, "introduction.next.could_not_reach", c.Calendar.Add(last.At, 2)}
	}
	// What is left of the ten days is shared out over the attempts that are left.
	left := time.Duration(max(1, c.Attempts-misses(f.Attempts)))
	end := firstMiss(f.Attempts).Add(c.AttemptsWithin)
	due := last.At.Add(max(day, end.Sub(last.At)/left))
	return Next{OwnerGroup, "introduction.next.attempt", due}
}

// Exhausted reports whether the agreed attempts since the person was last reached came to nothing.
func (c Clocks) Exhausted(attempts []Attempt) bool { return misses(attempts) >= c.Attempts }

// misses counts failed attempts since the person was last reached.
func misses(attempts []Attempt) (n int) {
	for _, a := range slices.Backward(attempts) {
		if a.Result == Reached {
			break
		}
		n++
	}
	return n
}

func firstMiss(attempts []Attempt) time.Time { return attempts[len(attempts)-misses(attempts)].At }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Level says who is asked about a late step.
type Level int

const (
	OnTime     Level = iota
	Reminded         // whoever has to act is reminded
	NamedOwner       // the introduction's owner in the clinic is asked
	Escalated        // the clinic's escalation account is asked
)

// LevelAt is how far a late step has been escalated by the clock.
func (c Clocks) LevelAt(n Next, now time.Time) Level {
	switch {
	case !n.Late(now):
		return OnTime
	case !now.Before(c.Calendar.Add(n.Due, c.EscalateAfter)):
		return Escalated
	case !now.Before(c.Calendar.Add(n.Due, c.NamedOwnerAfter)):
		return NamedOwner
	}
	return Reminded
}

// Answerable is the account that is asked at a level: the introduction's owner, or
// the clinic's escalation account when there is none or the owner was asked in vain.
func Answerable(l Level, owner, fallback string) string {
	if (l == Escalated && fallback != "") || owner == "" {
		return fallback
	}
	return owner
}
