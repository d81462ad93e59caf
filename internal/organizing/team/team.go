// Package team is who works together for longer than an evening: core teams,
// research action teams, listening and strategy teams, communities of practice;
// what they are for, what they agreed on, who is in them as what until when, and
// whose turn it is to chair.
//
// It owns the tables team and team_member. It may import people, trust and
// platform; meetings and campaigns may import it.
//
// Members see the name each of the others chose for this team and nothing else.
// A phone number or an address is shown only between two members who both said
// that the others may reach them. Names lie under their person's key; what the
// team is called and for lies under the table's key.
package team

import (
	"cmp"
	"slices"
	"time"

	"seedbed/internal/kit/rhythm"
)

// Kind is what sort of team it is.
type Kind string

const (
	Core      Kind = "core"
	Research  Kind = "research" // research action team
	Strategy  Kind = "strategy"
	Listening Kind = "listening"
	Practice  Kind = "practice" // community of practice
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{Core, Research, Strategy, Listening, Practice} }

// State is where a team stands.
type State string

const (
	Forming State = "forming"
	Active  State = "active"
	Paused  State = "paused"
	Closed  State = "closed"
)

// States lists every state.
func States() []State { return []State{Forming, Active, Paused, Closed} }

var moves = map[State][]State{
	Forming: {Active, Closed},
	Active:  {Paused, Closed},
	Paused:  {Active, Closed},
}

// CanBecome reports whether a team may move from one state to another.
func (s State) CanBecome(next State) bool { return slices.Contains(moves[s], next) }

// Role is what somebody does in the team beside being in it.
type Role string

const (
	Plain       Role = "member"
	Coordinator Role = "coordinator"
	Welcomer    Role = "welcome" // looks after newcomers
	Scribe      Role = "scribe"
	Turnout     Role = "turnout"
)

// Roles lists every role, the plain one first.
func Roles() []Role { return []Role{Plain, Coordinator, Welcomer, Scribe, Turnout} }

// Team is a team as its members see it.
type Team struct {
	ID         string
	Kind       Kind
	State      State
	Campaign   string         // id of the campaign it came from; may be empty
	Rhythm     rhythm.Meeting // no Every: no rhythm yet
	NextChair  string         // person; empty: whose turn it is
	Made       time.Time
	Ended      time.Time
	Name       string
	Purpose    string
	Agreements string // one a line
	Version    int64
}

// Member is somebody in a team.
type Member struct {
	Team, Person string
	Role         Role
	Since        time.Time
	Until        time.Time // end of the term; zero: open
	Left         time.Time
	Reachable    bool // the others may reach them
	MayChair     bool
	ChairedAt    time.Time
	Chaired      int
	Name         string // as shown in this team
	Phone, Email string // for members who can be reached too; empty unless both agreed
}

// In reports whether they are in the team at a moment.
func (m Member) In(now time.Time) bool {
	return m.Left.IsZero() && (m.Until.IsZero() || now.Before(m.Until))
}

// Ending reports whether a term ends within a month: time to ask whether they go on.
func (m Member) Ending(now time.Time) bool {
	return m.In(now) && !m.Until.IsZero() && m.Until.Before(now.AddDate(0, 1, 0))
}

// WhoseTurn suggests the next chair: of those who would, the one whose last time
// is longest ago. Who never chaired comes first, the longest-serving before the
// newest. Nobody chairs twice while another who would has not yet.
func WhoseTurn(list []Member, now time.Time) (person string, ok bool) {
	var able []Member
	for _, m := range list {
		if m.In(now) && m.MayChair {
			able = append(able, m)
		}
	}
	if len(able) == 0 {
		return "", false
	}
	first := slices.MinFunc(able, func(a, b Member) int {
		return cmp.Or(a.ChairedAt.Compare(b.ChairedAt), a.Since.Compare(b.Since), cmp.Compare(a.Person, b.Person))
	})
	return first.Person, true
}

// fewest is how many make a team that works: one person is not a team.
const fewest = 2
