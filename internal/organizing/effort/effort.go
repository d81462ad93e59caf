// Package effort is what staff's hours went into and which fund paid them: entered
// in seconds, seen by oneself, added up by month for whoever answers for the money.
//
// It owns the tables effort_fund, effort_entry and effort_reminder. It may import
// people, trust and platform. An entry has no text: a day, minutes, a class from a
// list, a fund. Nobody's hours are shown to anybody else; the report knows classes
// and funds, never who.
//
// The rules here are guard rails for a clinic in the United States that is paid by
// public money: no lobbying on a federal fund, lobbying no more than a twentieth of
// all effort, registering voters outside the section 330 grant, and never for or
// against a candidate. They warn; they are not legal advice.
package effort

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Class is what an hour went into.
type Class string

const (
	Education  Class = "education"
	Advocacy   Class = "advocacy"
	Direct     Class = "lobbying_direct"     // a position on a bill, told to who decides
	Grassroots Class = "lobbying_grassroots" // asking the public to do so
	Voters     Class = "voter_registration"
	Internal   Class = "internal"
)

// Classes lists every class, as a form shows them.
func Classes() []Class {
	return []Class{Education, Advocacy, Direct, Grassroots, Voters, Internal}
}

// Lobbying reports whether the class is lobbying.
func (c Class) Lobbying() bool { return c == Direct || c == Grassroots }

// FundKind is whose money it is.
type FundKind string

const (
	Federal FundKind = "federal"
	S330    FundKind = "s330" // the health center grant; federal too
	Other   FundKind = "other"
)

// FundKinds lists every kind.
func FundKinds() []FundKind { return []FundKind{Other, Federal, S330} }

// Fund pays hours.
type Fund struct {
	ID   string
	Name string
	Kind FundKind
	Open bool // can be chosen now
}

// Bar is why an hour may not be paid by a fund, or should be looked at first.
type Bar string

const (
	None         Bar = ""
	LobbyFederal Bar = "lobby_federal" // refused
	VotersS330   Bar = "voters_s330"   // warned: it has to be outside the grant
)

// Against says what stands between a class and a kind of fund.
func Against(c Class, k FundKind) Bar {
	switch {
	case c.Lobbying() && k != Other:
		return LobbyFederal
	case c == Voters && k == S330:
		return VotersS330
	}
	return None
}

// Entry is some hours of one day.
type Entry struct {
	ID      string
	Day     string
	Minutes int
	Class   Class
	Fund    string
}

const (
	dayMost  = 24 * 60
	lobbyBar = 0.05 // of all effort
)

// ParseHours reads hours as people type them: "1.5", "1,5", "0:45", "2".
func ParseHours(s string) (minutes int, ok bool) {
	s = strings.TrimSpace(s)
	if h, m, timed := strings.Cut(s, ":"); timed {
		hours, err := strconv.Atoi(h)
		rest, err2 := strconv.Atoi(m)
		if err != nil || err2 != nil || hours < 0 || rest < 0 || rest > 59 || len(m) != 2 {
			return 0, false
		}
		minutes = hours*60 + rest
	} else {
		if strings.Trim(s, "0123456789.,") != "" || s == "" {
			return 0, false
		}
		v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
		if err != nil || v > 24 {
			return 0, false
		}
		minutes = int(v*60 + .5)
	}
	return minutes, minutes > 0 && minutes <= dayMost
}

// Cell is the minutes of one class on one fund.
type Cell struct {
	Class   Class
	Fund    string
	Minutes int
}

// Report is a month by class and fund, without anybody in it.
type Report struct {
	Month string // 2026-11
	Cells []Cell
	Funds []Fund // those that appear, by name
	Staff int    // how many people wrote hours
}

// ByClass is the minutes of a class.
func (r Report) ByClass(c Class) (n int) {
	for _, x := range r.Cells {
		if x.Class == c {
			n += x.Minutes
		}
	}
	return n
}

// ByFund is the minutes on a fund.
func (r Report) ByFund(fund string) (n int) {
	for _, x := range r.Cells {
		if x.Fund == fund {
			n += x.Minutes
		}
	}
	return n
}

// At is the minutes of a class on a fund.
func (r Report) At(c Class, fund string) int {
	i := slices.IndexFunc(r.Cells, func(x Cell) bool { return x.Class == c && x.Fund == fund })
	if i < 0 {
		return 0
	}
	return r.Cells[i].Minutes
}

// Total is all minutes.
func (r Report) Total() (n int) {
	for _, x := range r.Cells {
		n += x.Minutes
	}
	return n
}

// Lobbied is the share of lobbying in all effort.
func (r Report) Lobbied() float64 {
	if r.Total() == 0 {
		return 0
	}
	return float64(r.ByClass(Direct)+r.ByClass(Grassroots)) / float64(r.Total())
}

// Over reports whether lobbying took more than a twentieth of all effort.
func (r Report) Over() bool { return r.Lobbied() > lobbyBar }

// Barred lists what stands in the month although it should not: a fund can change
// its kind after hours were written on it.
func (r Report) Barred() (out []Bar) {
	for _, x := range r.Cells {
		i := slices.IndexFunc(r.Funds, func(f Fund) bool { return f.ID == x.Fund })
		if i < 0 || x.Minutes == 0 {
			continue
		}
		if b := Against(x.Class, r.Funds[i].Kind); b != None && !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	return out
}

// staffLeast is how many people a month must have before the evaluator sees sums:
// of fewer, a sum says what somebody did.
const staffLeast = 5

// MonthOf is the month of a day.
func MonthOf(day string) string { return day[:min(7, len(day))] }

// isMonth reports whether it is one.
func isMonth(s string) bool {
	_, err := time.Parse("2006-01", s)
	return err == nil
}

// Monday is the first day of a day's week.
func Monday(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, -(int(t.Weekday())+6)%7).Format(time.DateOnly)
}

// Later is a day some days after another.
func Later(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}
