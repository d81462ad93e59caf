// Package power is the picture of who decides: people in public office and the
// bodies they are part of, where they and others stand on an issue, who among us
// can talk to them, and the strategy that follows.
//
// It owns the tables power_body, power_office, power_position, power_tie,
// power_chart and power_chart_version. It may import organizing/people, trust and
// platform. Of an office only public facts are kept. A position is dated, has its
// evidence and is never overwritten. A tie is somebody's own: it is shown only
// under a live consent of its own, only to organizers and to leaders on an active
// strategy team, and lies under the holder's key together with the name of the
// office it leads to.
package power

import "time"

// State is whether somebody holds the office now.
type State string

const (
	Active State = "active"
	Left   State = "left"
)

// BodyKinds lists what sort of body decides.
func BodyKinds() []string {
	return []string{"city", "county", "state", "national", "agency", "school", "company", "clinic", "other"}
}

// Body is what somebody in office is part of.
type Body struct {
	ID, Kind, Name string
}

// Office is a person in public office. Only what the public may know of them.
type Office struct {
	ID      string
	Name    string
	Office  string // what they are: "Director"
	Body    string // what their body is called
	BodyID  string
	Kind    string // of the body
	State   State
	Since   time.Time // begin of the term; zero: not known
	Until   time.Time // end of the term; of somebody who left, the day they left
	After   string    // id of whom they came after
	Powers  string    // what they decide
	Wants   string    // what they are known to want
	Contact string    // of the office
	Link    string
	Changed time.Time
	Version int64
}

// Ending reports whether a term ends within a quarter: time to look who comes next.
func (o Office) Ending(now time.Time) bool {
	return o.State == Active && !o.Until.IsZero() && o.Until.Before(now.AddDate(0, 3, 0))
}

// Ref is how other rooms name an office.
func (o Office) Ref() string { return OfficeRef(o.ID) }

// OfficeRef and InstitutionRef name who stands on a map.
func OfficeRef(id string) string { return officePrefix + id }

// InstitutionRef names an institution as an actor.
func InstitutionRef(id string) string { return institutionPrefix + id }

const (
	officePrefix      = "office:"
	institutionPrefix = "institution:"
)

// Stances are from against to for; Influences from a little to decides. An
// influence of Off takes an actor from the map, with a reason like any other move.
const (
	Against = -2
	For     = 2
	Off     = 0
	Decides = 5
)

// Position is where an actor stood on an issue on a day.
type Position struct {
	ID        string
	Issue     string
	Actor     string // ref
	At        time.Time
	Stance    int // Against … For
	Influence int // 1 … Decides; Off: no longer on the map
	Made      time.Time
	Evidence  string
	Link      string
}

// later says which of two positions holds: the one of the later day, on one day
// the one that was written down last.
func (p Position) later(o Position) bool {
	if !p.At.Equal(o.At) {
		return p.At.After(o.At)
	}
	if !p.Made.Equal(o.Made) {
		return p.Made.After(o.Made)
	}
	return p.ID > o.ID
}

// StoodAt is the position of an actor that held at a moment.
func StoodAt(list []Position, at time.Time) (held Position, ok bool) {
	for _, p := range list {
		if !p.At.After(at) && (!ok || p.later(held)) {
			held, ok = p, true
		}
	}
	return held, ok && held.Influence != Off
}

// Move is how an actor moved since a day.
type Move struct {
	From, To Position
	Was, Is  bool // on the map then, and now
}

// Moved compares where an actor stands with where they stood on a day.
func Moved(list []Position, since, now time.Time) (m Move) {
	m.From, m.Was = StoodAt(list, since)
	m.To, m.Is = StoodAt(list, now)
	return m
}

// Changed reports whether there is something to say.
func (m Move) Changed() bool {
	return m.Was != m.Is || m.Is && (m.From.Stance != m.To.Stance || m.From.Influence != m.To.Influence)
}

// TieKinds lists how somebody knows somebody in office. There is no word for a
// faith, a party, an origin or an illness, and no free text.
func TieKinds() []string {
	return []string{"met", "neighbor", "work", "school", "club", "friend", "family", "public"}
}

// Strengths are 1: would know the name, 2: would call back, 3: would meet.
const strongest = 3

// Tie is that one of us can talk to somebody in office.
type Tie struct {
	ID          string
	Office      string // id
	Person      string // holder, or
	Institution string
	Name        string // of the holder, as the strategy team reads it
	Kind        string
	Strength    int
	Until       time.Time // the yes ends
	Made        time.Time
}

const (
	mostName     = 80
	mostLine     = 120
	mostText     = 600
	mostEvidence = 400
)
