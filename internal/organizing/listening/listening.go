// Package listening is the campaign that ends in a decision: who listens to whom
// with which questions, whom they heard and who is missing, what was said as
// themes with counts, the report back to those who spoke, and the priorities.
//
// It owns the tables listening_campaign, listening_network, listening_listener,
// listening_session, listening_leader, listening_theme, listening_tally,
// listening_quote, listening_theme_log, listening_midpoint, listening_release,
// listening_report_back, listening_decision and listening_option. It may import
// organizing/people, trust and platform. What it needs of answers given without
// an account, of stories, of teams and of ballots it asks for through the small
// interfaces in provider.go.
//
// Counts without names are what it is made of. A session is a number of people
// heard, a theme is a number of people who said so. No table holds what one person
// said, or how anybody voted. Words (names of campaigns, networks and themes,
// notes) are sealed under the clinic's table key, because they are about nobody in
// particular; why somebody might lead is sealed under that person's key.
package listening

import (
	"slices"
	"time"
)

// Format is how people were listened to.
type Format string

const (
	OneToOne     Format = "one_to_one"
	HouseMeeting Format = "house_meeting"
	WaitingRoom  Format = "waiting_room"
	Online       Format = "online"
	Paper        Format = "paper" // a batch of answers on paper
)

// Formats lists them, the most personal first.
func Formats() []Format { return []Format{OneToOne, HouseMeeting, WaitingRoom, Online, Paper} }

// NetworkKind is what holds the people of a network together.
type NetworkKind string

const (
	PlaceBased  NetworkKind = "place"       // a street, a housing block, a bus line
	Pathway     NetworkKind = "pathway"     // those who come for the same care: a class, a clinic day
	Community   NetworkKind = "community"   // a demographic community
	Institution NetworkKind = "institution" // a congregation, a union, a school
)

// NetworkKinds lists the four kinds.
func NetworkKinds() []NetworkKind {
	return []NetworkKind{PlaceBased, Pathway, Community, Institution}
}

// Nameless reports whether being named in such a network would say what somebody
// has or is. Its sessions are counts: nobody is named as present, as a possible
// leader, as a listener or as a scribe, and no listener is sent to it by name.
func (k NetworkKind) Nameless() bool { return k == Pathway || k == Community }

// Network is a place of listening.
type Network struct {
	ID          string
	Kind        NetworkKind
	Name        string // sealed at rest
	Share       int    // at least so many percent of those heard; 0: no goal of its own
	Institution string
	Added       time.Time
	version     int64
}

// Area is a part of town in which sessions are held.
type Area struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Plan is what a campaign sets out to do.
type Plan struct {
	Name      string              `json:"name"`
	Questions map[string][]string `json:"questions"` // language → two or three
	Languages []string            `json:"languages"`
	People    int                 `json:"people"`
	Sessions  int                 `json:"sessions"`
	Listeners int                 `json:"listeners"`
	Shares    map[string]int      `json:"shares"` // language → at least so many percent
	Areas     []Area              `json:"areas"`
}

// Campaign is a campaign with its plan.
type Campaign struct {
	ID, Org string
	State   State
	Plan
	Starts, Ends                                         time.Time // the first day, and the moment after the last
	Made, Opened, Checked, Closed, Agreed, Told, Decided time.Time
	Version                                              int64
}

const week = 7 * 24 * time.Hour

// Week is which week of the campaign a moment is in, from 1; 0 before it.
func (c Campaign) Week(at time.Time) int {
	if at.Before(c.Starts) {
		return 0
	}
	return int(at.Sub(c.Starts)/week) + 1
}

// Weeks is how many weeks the campaign takes.
func (c Campaign) Weeks() int { return max(1, int((c.Ends.Sub(c.Starts)+week-1)/week)) }

// MidpointFrom is the first moment at which the mid-point check makes sense: after
// two weeks, or after half of a short campaign.
func (c Campaign) MidpointFrom() time.Time {
	return c.Starts.Add(min(2*week, c.Ends.Sub(c.Starts)/2))
}

// MidpointDue is when the check is late: at the end of the fourth week, or after
// two thirds of a short campaign.
func (c Campaign) MidpointDue() time.Time {
	return c.Starts.Add(min(4*week, c.Ends.Sub(c.Starts)*2/3))
}

// Who is a person of the organizing room, or somebody of the staff.
type Who struct{ Person, Account string }

// Nobody reports whether it is empty.
func (w Who) Nobody() bool { return w.Person == "" && w.Account == "" }

// Listener is somebody who listens in a campaign.
type Listener struct {
	ID string
	Who
	Goal     int // people they set out to hear
	Noted    int // possible people on their own list; the list is theirs alone
	Language string
	Network  string
	Heard    int // people in the sessions that they led
	Added    time.Time
	Left     time.Time
}

// SessionState is how far a session is.
type SessionState string

const (
	Planned   SessionState = "planned"
	Reported  SessionState = "reported"
	Cancelled SessionState = "cancelled"
)

// ReportWithin is how long after a session its report is expected.
const ReportWithin = 48 * time.Hour

// Session is one time of listening.
type Session struct {
	ID, Campaign string
	State        SessionState
	Format       Format
	Held         time.Time
	Minutes      int
	Language     string
	Network      string
	Area         string
	Place        string // see people.Places
	Heard        int
	Facilitator  Who
	Scribe       Who
	AskedCall    int // people who asked to be called: they took the link to join
	By           string
	Made         time.Time
	Reported     time.Time
	Revision     int64
	stamp        string
}

// Due is when the report is late; zero when there is none to wait for.
func (s Session) Due() time.Time {
	if s.State != Planned {
		return time.Time{}
	}
	return s.Held.Add(ReportWithin)
}

// Tally is how many people in a session said something.
type Tally struct {
	Theme string
	Name  string
	N     int
}

// Theme is something that was said, as leaders see it.
type Theme struct {
	ID         string
	Parent     string
	Into       string // the theme that took it in
	Origin     Origin
	Name       string // sealed at rest
	Definition string
	Made       time.Time
	Told       int // the number last shown of it; see tell.go
	ToldIn     int // and in how many sessions
	version    int64
}

// Origin says where a theme came from.
type Origin string

const (
	FromReport Origin = "report" // words of a session's report
	FromWall   Origin = "wall"   // made at the wall
)

// longest texts, in characters.
const (
	longestName     = 80
	longestQuestion = 160
	longestNote     = 400
	longestWhy      = 140
)

// Area returns the name of an area.
func (p Plan) Area(id string) string {
	if i := slices.IndexFunc(p.Areas, func(a Area) bool { return a.ID == id }); i >= 0 {
		return p.Areas[i].Name
	}
	return ""
}
