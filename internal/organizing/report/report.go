// Package report is the indicators of the work and the reports made of them: for the
// team, for the board, for funders and for everybody.
//
// It owns the tables report_release, report_target and report_report. It may import
// people, trust and platform. Where the numbers come from is in provider.go: every
// room counts its own, and app wires the sources. An indicator without a source is
// not shown.
//
// Numbers of people come out by period, once, and stay as they came out. Each
// publication is checked together with all that were told before, so that nobody
// learns a small number by comparing months, quarters and years, or one report with
// the next: release.go.
package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Month is a calendar month, counted from year 0.
type Month int

// MonthOf is the month of a moment in a clinic's zone.
func MonthOf(t time.Time, zone *time.Location) Month {
	l := t.In(zone)
	return Month(l.Year()*12 + int(l.Month()) - 1)
}

// Begin is the first moment of a month.
func (m Month) Begin(zone *time.Location) time.Time {
	return time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, zone)
}

// Period is a month, a quarter or a year of the calendar: windows are fixed, so that
// no two of them can be chosen to differ by a person.
type Period struct {
	From Month
	N    int // 1, 3 or 12
}

// Key is how a period is named in addresses: "2026-10", "2026-q4", "2026".
func (p Period) Key() string {
	year, month := int(p.From)/12, int(p.From)%12
	switch p.N {
	case 12:
		return strconv.Itoa(year)
	case 3:
		return fmt.Sprintf("%d-q%d", year, month/3+1)
	}
	return fmt.Sprintf("%d-%02d", year, month+1)
}

// ParsePeriod reads a key.
func ParsePeriod(key string) (p Period, ok bool) {
	year, rest, part := strings.Cut(key, "-")
	y, err := strconv.Atoi(year)
	if err != nil || y < 2000 || y > 2200 {
		return p, false
	}
	switch {
	case !part:
		p = Period{Month(y * 12), 12}
	case strings.HasPrefix(rest, "q"):
		q, err := strconv.Atoi(rest[1:])
		if err != nil || q < 1 || q > 4 {
			return p, false
		}
		p = Period{Month(y*12 + (q-1)*3), 3}
	default:
		m, err := strconv.Atoi(rest)
		if err != nil || m < 1 || m > 12 {
			return p, false
		}
		p = Period{Month(y*12 + m - 1), 1}
	}
	return p, p.Key() == key
}

// Last is the last month of a period.
func (p Period) Last() Month { return p.From + Month(p.N) - 1 }

// Months lists the months of a period.
func (p Period) Months() (out []Month) {
	for m := p.From; m <= p.Last(); m++ {
		out = append(out, m)
	}
	return out
}

// Within reports whether a period is a part of another, and not all of it.
func (p Period) Within(q Period) bool {
	return p.N < q.N && p.From >= q.From && p.Last() <= q.Last()
}

// Settled is how long after its end a period can be counted: phones that had no line
// have sent what they held by then.
const Settled = 72 * time.Hour

// Over reports whether a period can be counted.
func (p Period) Over(now time.Time, zone *time.Location) bool {
	return !now.Before((p.Last() + 1).Begin(zone).Add(Settled))
}

// Periods lists those that can be counted, newest first: twelve months, four
// quarters, two years.
func Periods(now time.Time, zone *time.Location) (out []Period) {
	this := MonthOf(now, zone)
	add := func(p Period, most int) {
		n := 0
		for n < most && p.From > 0 {
			if p.Over(now, zone) {
				out = append(out, p)
				n++
			}
			p.From -= Month(p.N)
		}
	}
	add(Period{this, 1}, 12)
	add(Period{this - this%3, 3}, 4)
	add(Period{this - this%12, 12}, 2)
	return out
}

// Kind is how counts of several periods belong together.
type Kind int

const (
	Flow     Kind = iota // what happened: a quarter is the sum of its months
	Distinct             // how many people: a quarter has at least as many as each of its months
	Stock                // how it stands at the end
	Given                // counted and protected by the room it comes from; taken as it is told there
)

// About is whom a count speaks of.
type About int

const (
	People About = iota
	Staff        // surveys of the clinic's own staff: small numbers are told to nobody
	Things       // meetings evaluated, pages checked, promises of people in office
)

// Shape is what a figure looks like.
type Shape int

const (
	Amount Shape = iota // how many
	Share               // how many of how many
	Split               // how many, by kind; the kinds add up
)

// Def is an indicator. The words are in the catalog, by ID.
type Def struct {
	ID     string
	Kind   Kind
	About  About
	Shape  Shape
	Target int  // percent to reach unless a clinic says otherwise; 0 for none
	Fewer  bool // less is better
}

// Group is the letter of its part: A individual power, B collective power, C change,
// D health, E staff, F how the work is done.
func (d Def) Group() string { return d.ID[:1] }

// Defs lists the indicators in order.
func Defs() []Def { return slices.Clone(defs) }

var defs = []Def{
	{ID: "A1", Kind: Stock, Shape: Split},
	{ID: "A2", Kind: Distinct},
	{ID: "A3", Kind: Flow, Shape: Share},
	{ID: "A6", Kind: Stock},
	{ID: "B1", Kind: Stock},
	{ID: "B2", Kind: Stock, Shape: Share},
	{ID: "B2Y", Kind: Stock, Shape: Share},
	{ID: "B3", Kind: Flow},
	{ID: "B4", Kind: Stock, Shape: Share, Fewer: true},
	{ID: "B5", Kind: Flow, Shape: Share},
	{ID: "B6", Kind: Stock, About: Things, Shape: Share},
	{ID: "B7", Kind: Flow, About: Things},
	{ID: "B8", Kind: Flow, About: Things},
	{ID: "B10", Kind: Flow, About: Things, Shape: Share},
	{ID: "C1", Kind: Stock, About: Things, Shape: Split},
	{ID: "C2", Kind: Stock, About: Things, Shape: Split},
	{ID: "C3", Kind: Flow, About: Things, Shape: Split},
	{ID: "F1", Kind: Given},
	{ID: "F2", Kind: Given, Shape: Split},
	{ID: "F3", Kind: Given, Shape: Share, Target: 90},
	{ID: "F4", Kind: Given, Shape: Share, Target: 38},
	{ID: "F5", Kind: Given, Shape: Share},
	{ID: "F6", Kind: Stock, About: Things, Shape: Share, Target: 90},
	{ID: "F7", Kind: Given, Shape: Share, Target: 100},
	{ID: "F8", Kind: Flow, About: Things, Shape: Share, Target: 95},
	{ID: "F9", Kind: Stock, About: Things, Shape: Share, Target: 100},
	{ID: "F10", Kind: Flow, Shape: Share, Target: 100},
	{ID: "F11", Kind: Flow, Shape: Share, Target: 95},
}

// DefOf finds an indicator.
func DefOf(id string) (Def, bool) {
	i := slices.IndexFunc(defs, func(d Def) bool { return d.ID == id })
	if i < 0 {
		return Def{}, false
	}
	return defs[i], true
}

// Version is for whom a report is made.
type Version string

const (
	ForTeam   Version = "team"
	ForBoard  Version = "board"
	ForFunder Version = "funder"
	ForPublic Version = "public"
)

// Versions lists them, the widest circle last.
func Versions() []Version { return []Version{ForTeam, ForBoard, ForFunder, ForPublic} }

// Circle is whose numbers a version shows.
func (v Version) Circle() Circle {
	if v == ForTeam {
		return Team
	}
	return Outside
}

// shows is what each version has in it. The team sees everything; the board what it
// answers for; funders what was done and what came of it; the public what was won,
// how promises stand and how the work is done.
var shows = map[Version][]string{
	ForTeam:   {"A1", "A2", "A3", "A6", "B1", "B2", "B2Y", "B3", "B4", "B5", "B6", "B7", "B8", "B10", "C1", "C2", "C3", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11"},
	ForBoard:  {"A1", "A2", "B1", "B2", "B2Y", "B3", "B5", "B6", "B7", "B8", "C1", "C2", "C3", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11"},
	ForFunder: {"A2", "B1", "B3", "B5", "B6", "B7", "B8", "B10", "C1", "C2", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10"},
	ForPublic: {"B1", "B3", "B6", "B7", "B8", "C1", "C2", "C3", "F4", "F6", "F7", "F8", "F9"},
}

// Shows reports whether a version has an indicator in it.
func (v Version) Shows(id string) bool { return slices.Contains(shows[v], id) }

// surveys is which surveys each version tells: those of members, and those of the
// staff, which stay in the house.
var surveys = map[Version]string{ForTeam: "DE", ForBoard: "DE", ForFunder: "D"}

// Tells reports whether a version tells the surveys of a group.
func (v Version) Tells(group string) bool { return strings.Contains(surveys[v], group) }

// State is where a report stands.
type State string

const (
	Draft     State = "draft"
	Asked     State = "asked"     // public: waits for a second person
	Final     State = "final"     // inside: finished, read by whom it is made for
	Published State = "published" // public: anybody can read it
	Withdrawn State = "withdrawn"
)

// States lists every state.
func States() []State { return []State{Draft, Asked, Final, Published, Withdrawn} }

// CanBecome reports whether a report of a version may move from one state to another.
func (s State) CanBecome(next State, v Version) bool {
	switch {
	case s == Draft && next == Final, s == Final && next == Withdrawn:
		return v != ForPublic
	case s == Draft && next == Asked, s == Asked && next == Draft, s == Asked && next == Published, s == Published && next == Withdrawn:
		return v == ForPublic
	}
	return s == Draft && next == Withdrawn
}
