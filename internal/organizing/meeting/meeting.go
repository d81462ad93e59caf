// Package meeting is coming together: the agenda with its minutes, who keeps the
// chair, the time and the notes, who said that they will come and what they need,
// who was there, what was decided and promised, and how it felt.
//
// It owns the tables meeting, meeting_present, meeting_tally, meeting_answer and
// meeting_feed. It may import team, people, trust and platform.
//
// What is said in a meeting lies in one sealed text under the table's key. A
// stranger who answers an invitation leaves a count and needs, never a name or a
// number. A meeting that was held is an encounter of everybody present, written in
// the same transaction. Outside, in calendars, messages and page titles, a meeting
// is called a meeting and nothing else.
package meeting

import (
	"slices"
	"time"

	"seedbed/internal/organizing/people"
)

// State is where a meeting stands.
type State string

const (
	Planned   State = "planned"
	Held      State = "held"
	Evaluated State = "evaluated"
	Cancelled State = "cancelled"
)

// States lists every state.
func States() []State { return []State{Planned, Held, Evaluated, Cancelled} }

var moves = map[State][]State{Planned: {Held, Cancelled}, Held: {Evaluated}}

// CanBecome reports whether a meeting may move from one state to another.
func (s State) CanBecome(next State) bool { return slices.Contains(moves[s], next) }

// Template is the agenda a meeting began with.
type Template string

const (
	CoreTeam Template = "core"     // ninety minutes of a core team
	House    Template = "house"    // a house meeting
	Research Template = "research" // a short meeting of a research action team
)

// Templates lists every template.
func Templates() []Template { return []Template{CoreTeam, House, Research} }

// Kind is what sort of encounter such a meeting is.
func (t Template) Kind() people.Kind {
	if t == House {
		return people.HouseMeeting
	}
	return people.CoreTeam
}

// Slot is one item of a template: its code names the words in every language.
type Slot struct {
	Code    string
	Minutes int
}

// Slots lists the items of a template in order.
func (t Template) Slots() []Slot {
	switch t {
	case CoreTeam:
		return []Slot{{"welcome", 10}, {"roles", 5}, {"commitments", 10}, {"listening", 20}, {"decision", 20}, {"training", 10}, {"next", 7}, {"evaluation", 8}}
	case House:
		return []Slot{{"round", 10}, {"own_story", 5}, {"stories", 50}, {"common", 15}, {"work_on", 10}, {"evaluation", 5}}
	case Research:
		return []Slot{{"welcome", 5}, {"commitments", 8}, {"learned", 12}, {"questions", 12}, {"next", 5}, {"evaluation", 3}}
	}
	return nil
}

// Minutes is how long a template takes.
func (t Template) Minutes() (n int) {
	for _, s := range t.Slots() {
		n += s.Minutes
	}
	return n
}

// Item is a line of an agenda.
type Item struct {
	Code    string    `json:"code,omitempty"` // of the template; what the page offers beside it
	Title   string    `json:"title"`
	Minutes int       `json:"minutes"`
	Lead    string    `json:"lead,omitempty"` // in words: "Thu", "everybody"
	Notes   string    `json:"notes,omitempty"`
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
}

// Took is how long an item took, or has taken so far.
func (i Item) Took(now time.Time) time.Duration {
	switch {
	case i.Started.IsZero():
		return 0
	case i.Ended.IsZero():
		return now.Sub(i.Started)
	}
	return i.Ended.Sub(i.Started)
}

// Method is how something was decided.
type Method string

// Methods lists how teams decide.
func Methods() []Method { return []Method{"consent", "hands", "consensus", "dots", "ranked", "secret"} }

// Decision is a line of the log: what, how, and what those said who saw it otherwise.
type Decision struct {
	What    string    `json:"what"`
	Method  Method    `json:"method"`
	Dissent string    `json:"dissent,omitempty"`
	At      time.Time `json:"at"`
}

// Feeling is one word, said by so many. Who said it is not kept.
type Feeling struct {
	Word string `json:"word"`
	N    int    `json:"n"`
}

// Words is everything in words.
type Words struct {
	Title     string     `json:"title,omitempty"`
	Where     string     `json:"where,omitempty"`
	Round     string     `json:"round,omitempty"` // the question everybody answers at the beginning
	Agenda    []Item     `json:"agenda,omitempty"`
	Decisions []Decision `json:"decisions,omitempty"`
	Feelings  []Feeling  `json:"feelings,omitempty"`
	Worked    string     `json:"worked,omitempty"`
	Change    string     `json:"change,omitempty"`
	Link      string     `json:"link,omitempty"` // token of the page where people answer
	Code      string     `json:"code,omitempty"` // what they type there
}

// Meeting is a meeting as those who prepare it see it.
type Meeting struct {
	ID         string
	Team       string // empty: of no team, as a house meeting can be
	State      State
	Template   Template
	At         time.Time
	Minutes    int
	Place      string // see people.Places
	Language   string
	Chair      string // persons
	Timekeeper string
	Scribe     string
	Host       string
	Nameless   bool // the door only counts, by institution
	Account    string
	Made       time.Time
	Changed    time.Time
	HeldAt     time.Time
	Seq        int
	Version    int64
	Words
}

// End is when it is to be over.
func (m Meeting) End() time.Time { return m.At.Add(time.Duration(m.Minutes) * time.Minute) }

// Ref is how other rooms name the meeting.
func (m Meeting) Ref() string { return "meeting:" + m.ID }

// PromiseRef is what the commitments made here belong to: the team, so that the
// next meeting asks for them, or the meeting itself when there is no team.
func (m Meeting) PromiseRef() string {
	if m.Team != "" {
		return "team:" + m.Team
	}
	return m.Ref()
}

// Running is the item of the agenda that is on, or -1.
func (m Meeting) Running() int {
	return slices.IndexFunc(m.Agenda, func(i Item) bool { return !i.Started.IsZero() && i.Ended.IsZero() })
}

// reportWithin is how soon after a meeting its evaluation is due.
const reportWithin = 48 * time.Hour

// Late reports whether a meeting still waits for what must follow it: to be noted
// as held, or to be evaluated.
func (m Meeting) Late(now time.Time) bool {
	return (m.State == Planned || m.State == Held) && now.After(m.End().Add(reportWithin))
}

// roles maps who kept what, for the encounter of everybody.
func (m Meeting) roles() map[string]people.Role {
	chair := people.Chaired
	if m.Template == House {
		chair = people.Facilitated
	}
	out := map[string]people.Role{}
	for _, r := range []struct {
		person string
		role   people.Role
	}{{m.Scribe, people.Scribed}, {m.Timekeeper, people.KeptTime}, {m.Host, people.Hosted}, {m.Chair, chair}} { // the last one said stands
		if r.person != "" {
			out[r.person] = r.role
		}
	}
	return out
}
