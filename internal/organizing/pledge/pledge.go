// Package pledge is what people in public office promised, and what the clinic
// promised itself: who said what in which words, by when, how one would see it, and
// what came of it, with evidence and a second person for every change.
//
// It owns the tables pledge, pledge_part and pledge_change. It may import people,
// trust and platform. What it needs of the rooms beside it (people in office, issues)
// it asks for in provider.go, and app wires it.
//
// A promise in office is a public fact: the name, the office and the body are copied
// on the day it was said, so that a later change of office does not change who
// promised. Nobody private is written down here: whoever heard it is an account or a
// number of people. A promise is never deleted. One that was written down by mistake
// is taken off the board with a note that everybody can read.
package pledge

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/id"
)

// Kind is whose promise it is.
type Kind string

const (
	Office Kind = "office" // of somebody in public office
	Clinic Kind = "clinic" // a commitment of the clinic's own
)

// Topics lists what the clinic commits itself to.
func Topics() []string { return []string{"ties", "rooms", "printing", "staff", "stipends", "other"} }

// State is what became of a promise.
type State string

const (
	Made       State = "made"
	InProgress State = "in_progress"
	Kept       State = "kept"
	Partly     State = "partly_kept"
	Broken     State = "broken"
	Superseded State = "superseded"
)

// States lists every state, as a board shows them.
func States() []State { return []State{Kept, Partly, InProgress, Made, Broken, Superseded} }

// What was kept late is kept, and what was kept can be undone. Only another promise
// in its place is an end.
var moves = map[State][]State{
	Made:       {InProgress, Kept, Partly, Broken, Superseded},
	InProgress: {Kept, Partly, Broken, Superseded},
	Partly:     {Kept, InProgress, Broken, Superseded},
	Broken:     {Kept, Partly, InProgress, Superseded},
	Kept:       {Broken, Partly, Superseded},
}

// CanBecome reports whether a promise may move from one state to another.
func (s State) CanBecome(next State) bool { return slices.Contains(moves[s], next) }

// Next lists the states a promise may move to.
func (s State) Next() []State { return moves[s] }

// Open reports whether somebody still has to see that it happens.
func (s State) Open() bool { return s == Made || s == InProgress || s == Partly }

// Act is what somebody asks to change.
type Act string

const (
	Move     Act = "state"    // another state of the whole or of a part
	Publish  Act = "publish"  // onto the public board; of the clinic's own: into force
	Correct  Act = "correct"  // the words were not written down right
	Withdraw Act = "withdraw" // it was never promised: off the board, with a note
	Renew    Act = "renew"    // it holds for another year
	Lapse    Act = "lapse"    // it was not renewed
	Check    Act = "check"    // looked after; needs no second person
)

// Answer is what the second person said.
type Answer string

const (
	Waiting   Answer = "waiting"
	Confirmed Answer = "confirmed"
	Refused   Answer = "refused"
	TakenBack Answer = "taken_back"
)

// Words is what lies sealed: who promised, what, and how it is known.
type Words struct {
	Name     string            `json:"name,omitempty"`   // of whoever promised
	Title    string            `json:"title,omitempty"`  // their office then
	Body     string            `json:"body"`             // what they spoke for
	Text     string            `json:"text"`             // the exact words
	Lang     string            `json:"lang"`             // in which they were said
	Others   map[string]string `json:"others,omitempty"` // the same in other languages
	Measure  string            `json:"measure,omitempty"`
	Where    string            `json:"where,omitempty"` // where it was said, before whom
	Evidence string            `json:"evidence,omitempty"`
	Link     string            `json:"link,omitempty"`
	CoOwners []string          `json:"co_owners,omitempty"` // bodies that promised together
}

// In gives the words in a language, or as they were said; lang is the one they are in.
func (w Words) In(want string) (text, lang string) {
	if t := w.Others[want]; t != "" && want != w.Lang {
		return t, want
	}
	return w.Text, w.Lang
}

// Part is what one body does of a promise.
type Part struct {
	ID    string
	Body  string
	State State
}

// Note is what lies sealed with a change.
type Note struct {
	Evidence string `json:"evidence,omitempty"`
	Link     string `json:"link,omitempty"`
	Why      string `json:"why,omitempty"`    // of a refusal
	Words    *Words `json:"words,omitempty"`  // of a correction: as it should be
	Due      string `json:"due,omitempty"`    // of a correction or a renewal
	Before   string `json:"before,omitempty"` // of a correction: the words that stood there
}

// Change is what somebody asked for and what the second person said.
type Change struct {
	ID, Pledge, Part string
	Act              Act
	From, To         State
	Other            string // the promise in its place
	Answer           Answer
	By               string // accounts
	At               time.Time
	Second           string
	SecondAt         time.Time
	Note
}

// Pledge is one promise.
type Pledge struct {
	ID         string
	Kind       Kind
	Topic      string // of the clinic's own
	Ref        string // where it comes from: "assembly:ID", "negotiation:ID"
	Issue      string
	Office     string // id of whoever holds the office, while that is known
	State      State
	Said, Due  string // days
	Check      string // next look
	Renew      string // when it has to be renewed; '' for a promise that is done once
	Public     bool
	Withdrawn  bool
	Owner      string // account that looks after it
	By         string // account that wrote it down
	Made       time.Time
	Changed    time.Time
	Published  time.Time
	InsteadOf  string
	Superseded string
	Words
	Parts   []Part
	Waiting *Change // asked for, and nobody else has said so yet
}

// Overdue reports whether the day has passed on which it was to be kept, and nobody
// has said yet what came of it.
func (p Pledge) Overdue(today string) bool {
	return (p.State == Made || p.State == InProgress) && !p.Withdrawn && p.Due != "" && p.Due < today
}

// Renewable reports whether it is time to ask for another year.
func (p Pledge) Renewable(today string) bool {
	return p.Renew != "" && p.Renew <= today && !p.Withdrawn && p.State != Superseded
}

// BodyKey is the body as it stands in an address.
func (p Pledge) BodyKey() string { return BodyKey(p.Body) }

// BodyKey names a body in an address.
func BodyKey(body string) string {
	return strings.ToLower(id.Fingerprint(8, strings.ToLower(strings.TrimSpace(body))))
}

// Duty is who has to do what next, and by when.
type Duty struct {
	Act   string // confirm, ask, check, renew
	Owner string // account; '' somebody else than whoever asked
	On    string // day
	Late  bool
}

const (
	confirmDays = 7  // for the second person
	checkDays   = 90 // between two looks
	beforeDays  = 14 // a look before the day, while something can still be done
	againDays   = 14 // between two looks when the day has passed
	remindDays  = 7  // before a look is due
)

// Duty says what is next; ok is false when nothing is.
func (p Pledge) Duty(today string, zone *time.Location) (d Duty, ok bool) {
	switch {
	case p.Waiting != nil:
		d = Duty{Act: "confirm", On: Later(p.Waiting.At.In(zone).Format(time.DateOnly), confirmDays)}
	case p.Withdrawn || p.State == Superseded:
		return d, false
	case p.Renewable(today):
		d = Duty{Act: "renew", Owner: p.Owner, On: Later(p.Renew, confirmDays)}
	case p.Overdue(today):
		d = Duty{Act: "ask", Owner: p.Owner, On: p.Check, Late: true}
	case p.State.Open():
		d = Duty{Act: "check", Owner: p.Owner, On: p.Check}
	case p.Renew != "":
		return Duty{Act: "renew", Owner: p.Owner, On: p.Renew}, true
	default:
		return d, false
	}
	d.Late = d.Late || d.On != "" && d.On < today
	return d, true
}

// NextCheck is when to look after a promise again: every three months, two weeks
// before its day, the day after it, and then every two weeks.
func NextCheck(today, due string) string {
	usual := Later(today, checkDays)
	switch {
	case due == "":
		return usual
	case due < today:
		return Later(today, againDays)
	case Later(due, -beforeDays) > today:
		return min(usual, Later(due, -beforeDays))
	}
	return Later(due, 1)
}

// Later is a day some days after another; what is no day stays as it is.
func Later(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// NextYear is the same day a year on.
func NextYear(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(1, 0, 0).Format(time.DateOnly)
}

// Counts is how many promises stand in each state, those written down by mistake
// left out.
type Counts struct {
	Of      map[State]int
	Overdue int
	All     int
}

// Count counts.
func Count(list []Pledge, today string) (c Counts) {
	c.Of = map[State]int{}
	for _, p := range list {
		if p.Withdrawn {
			continue
		}
		c.All++
		c.Of[p.State]++
		if p.Overdue(today) {
			c.Overdue++
		}
	}
	return c
}

// BodyList is what one body promised.
type BodyList struct {
	Body, Key string
	Clinic    bool
	Pledges   []Pledge
	Counts
}

// ByBody sorts promises under the bodies that made them: bodies by name, the clinic
// last; within a body what needs eyes first.
func ByBody(list []Pledge, today string) (out []BodyList) {
	for _, p := range list {
		key := p.BodyKey()
		at := slices.IndexFunc(out, func(b BodyList) bool { return b.Key == key && b.Clinic == (p.Kind == Clinic) })
		if at < 0 {
			out = append(out, BodyList{Body: p.Body, Key: key, Clinic: p.Kind == Clinic})
			at = len(out) - 1
		}
		out[at].Pledges = append(out[at].Pledges, p)
	}
	for i := range out {
		slices.SortStableFunc(out[i].Pledges, func(a, b Pledge) int { return compare(a, b, today) })
		out[i].Counts = Count(out[i].Pledges, today)
	}
	slices.SortFunc(out, func(a, b BodyList) int {
		if a.Clinic != b.Clinic {
			if a.Clinic {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(strings.ToLower(a.Body), strings.ToLower(b.Body)), cmp.Compare(a.Key, b.Key))
	})
	return out
}

func compare(a, b Pledge, today string) int {
	rank := func(p Pledge) int {
		switch {
		case p.Withdrawn:
			return 9
		case p.Overdue(today):
			return 0
		case p.State == Broken:
			return 1
		case p.State == Partly:
			return 2
		case p.State.Open():
			return 3
		case p.State == Kept:
			return 4
		}
		return 5
	}
	due := func(p Pledge) string { return cmp.Or(p.Due, "9999") }
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(due(a), due(b)), cmp.Compare(a.ID, b.ID))
}
