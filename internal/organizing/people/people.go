// Package people is who takes part: persons who joined by their own consent, what
// they did together and what they promised each other. It knows nothing of any
// chart; the clinic's introductions reach it only as an event that carries what
// the person agreed to carry over.
//
// It owns the tables people_person, people_institution, people_belongs,
// people_encounter, people_present, people_commitment, people_version, people_seen,
// people_link, people_try, people_practice,
// people_label, people_session, people_tie and people_stretch. It may import trust and platform; the other rooms of organizing
// may import it. They hold a person's id and ask here for names, encounters and
// commitments; their own tables never hold a name.
//
// What identifies a person lies in one sealed column under the person's own key,
// and so does every note and promise. In plain are random ids, dates and coded
// states. There are no scores: the ladder is worked out from dated encounters and
// kept commitments, and the person sees and co-writes it.
package people

import (
	"slices"
	"time"

	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// State is where a person stands.
type State string

const (
	Active   State = "active"
	Resting  State = "resting"  // asked for a pause; not a failure
	Departed State = "departed" // left, or the consent ran out; kept until the retention ends
	Merged   State = "merged"   // the same person has another row
)

// Source is how a person came in. Always by their own yes.
type Source string

const (
	AtMeeting        Source = "meeting"
	ByLink           Source = "link"         // a link or a QR code
	FromIntroduction Source = "introduction" // carried over, with the person's consent
	Assisted         Source = "assisted"     // an organizer typed, the person agreed
	FromImport       Source = "import"       // a spreadsheet of people who had agreed before
)

// Sources lists the ways in.
func Sources() []Source {
	return []Source{AtMeeting, ByLink, FromIntroduction, Assisted, FromImport}
}

// Profile is everything that identifies somebody here. There is no field for a
// legal name, a birth date, a street, papers or health.
type Profile struct {
	CalledName   string          `json:"called_name"`
	Pronouns     string          `json:"pronouns,omitempty"`
	Contact      consent.Channel `json:"contact"`
	Phone        string          `json:"phone,omitempty"` // E.164
	Email        string          `json:"email,omitempty"`
	Lang         string          `json:"lang"`
	MoreLangs    []string        `json:"more_langs,omitempty"`
	Area         string          `json:"area,omitempty"`         // neighbourhood at most
	Availability []string        `json:"availability,omitempty"` // see Times
	AccessNeeds  []string        `json:"access_needs,omitempty"` // see Needs
	Safe         contact.Safe    `json:"safe"`
}

// Times lists when somebody can usually come.
func Times() []string {
	return []string{"weekday_morning", "weekday_afternoon", "weekday_evening", "saturday", "sunday"}
}

// Needs lists what somebody may need to take part; a list, so that nothing about
// health is written down.
func Needs() []string {
	return []string{"childcare", "transport", "interpreter", "step_free", "seat", "large_print", "hearing_loop", "sign_language", "online", "food"}
}

// Person is a person without what is sealed.
type Person struct {
	ID, Org    string
	State      State
	Source     Source
	Owner      string // account of the relationship owner
	Account    string // account the person signs in with, if any
	Joined     time.Time
	Last       time.Time // last encounter
	OneToOne   time.Time // last one-to-one
	RestUntil  time.Time
	MergedInto string
	Version    int64 // of the profile, for edits that meet
}

// Institution is an organization that people name: a congregation, a union, a school.
type Institution struct {
	ID     string
	Name   string
	Kind   InstitutionKind
	Member bool // of the alliance
	Closed bool
}

// InstitutionKind is what sort of organization it is.
type InstitutionKind string

// InstitutionKinds lists the kinds, as field practice speaks of them.
func InstitutionKinds() []InstitutionKind {
	return []InstitutionKind{"congregation", "union", "school", "clinic", "tenants", "parents", "neighbourhood", "agency", "business", "other"}
}

// Kind is what sort of encounter it was.
type Kind string

const (
	OneToOne       Kind = "one_to_one"
	HouseMeeting   Kind = "house_meeting"
	CoreTeam       Kind = "core_team" // a meeting of a team
	Training       Kind = "training"
	ListeningEvent Kind = "listening" // waiting room, table, online
	ResearchAction Kind = "research_action"
	Action         Kind = "action"
	Assembly       Kind = "assembly"
	Negotiation    Kind = "negotiation"
	Celebration    Kind = "celebration"
)

// Kinds lists every kind of encounter.
func Kinds() []Kind {
	return []Kind{OneToOne, HouseMeeting, CoreTeam, Training, ListeningEvent, ResearchAction, Action, Assembly, Negotiation, Celebration}
}

// Purpose is why a one-to-one was held.
type Purpose string

const (
	Recruitment Purpose = "recruitment" // begin a relationship
	Maintenance Purpose = "maintenance" // check in
	Escalation  Purpose = "escalation"  // ask for a bigger responsibility
)

// Purposes lists the three purposes.
func Purposes() []Purpose { return []Purpose{Recruitment, Maintenance, Escalation} }

// Role is what somebody did at an encounter.
type Role string

const (
	Attended    Role = "attended"
	Chaired     Role = "chair"
	Facilitated Role = "facilitator"
	Hosted      Role = "host"
	KeptTime    Role = "timekeeper"
	Scribed     Role = "scribe"
	Credential  Role = "credential"
	Testified   Role = "testimony"
	Asked       Role = "questioner"
	Pinned      Role = "pinner"
	Negotiated  Role = "negotiator"
	Trained     Role = "trainer"
	Interpreted Role = "interpreter"
	Led         Role = "led" // led a one-to-one
)

// Roles lists every role, the plain one first.
func Roles() []Role {
	return []Role{Attended, Chaired, Facilitated, Hosted, KeptTime, Scribed, Credential, Testified, Asked, Pinned, Negotiated, Trained, Interpreted, Led}
}

// Public reports whether a role is played in front of a decision-maker or an assembly.
func (r Role) Public() bool {
	return slices.Contains([]Role{Credential, Testified, Asked, Pinned, Negotiated}, r)
}

// Readers says who may read a note beside its author and the person it is about.
type Readers string

const (
	OnlyMe         Readers = "me"
	CoreOrganizers Readers = "organizers"
	TheTeam        Readers = "team"
)

// ReaderChoices lists the circles, the smallest first.
func ReaderChoices() []Readers { return []Readers{OnlyMe, CoreOrganizers, TheTeam} }

// Presence is one person at an encounter.
type Presence struct {
	Person string
	Role   Role
}

// Encounter is something that happened, or will, between dated people.
type Encounter struct {
	ID       string
	Kind     Kind
	Purpose  Purpose // of a one-to-one
	State    EncounterState
	At       time.Time
	Minutes  int
	Place    string // see Places
	Language string
	LedBy    LedBy
	Account  string // who wrote it down
	Ref      string // the thing of another room it was: "meeting:ID"; empty for a one-to-one
	Others   int    // how many more were there, without names
	Readers  Readers
	Present  []Presence
	Version  int64
}

// EncounterState is whether it happened.
type EncounterState string

const (
	Planned   EncounterState = "planned"
	Held      EncounterState = "held"
	Evaluated EncounterState = "evaluated"
	Cancelled EncounterState = "cancelled"
	NoShow    EncounterState = "no_show"
)

// LedBy says whether staff or a leader led it: leaders leading is the aim.
type LedBy string

const (
	ByStaff  LedBy = "staff"
	ByLeader LedBy = "leader"
)

// Places lists where an encounter can be: a neutral list, never an address.
func Places() []string {
	return []string{"clinic", "home", "cafe", "hall", "outdoors", "phone", "online"}
}

// CommitmentState is how a promise stands.
type CommitmentState string

const (
	Open         CommitmentState = "open"
	Done         CommitmentState = "done"
	Renegotiated CommitmentState = "renegotiated" // replaced by a new one
	Missed       CommitmentState = "missed"
	Released     CommitmentState = "released" // no longer needed, nobody's fault
)

// CommitmentStates lists every state.
func CommitmentStates() []CommitmentState {
	return []CommitmentState{Open, Done, Renegotiated, Missed, Released}
}

// Commitment is who promised what to whom by when. Who is a person, or an account
// when somebody of the staff promised.
type Commitment struct {
	ID        string
	Person    string
	Account   string
	ToPerson  string
	ToAccount string
	Encounter string
	Ref       string // the thing of another room it belongs to
	Due       time.Time
	State     CommitmentState
	InsteadOf string
	Remind    bool
	Made      time.Time
	Ended     time.Time
	What      string // sealed at rest, ≤ 140 characters
}

// Late reports whether it is still open after its day.
func (c Commitment) Late(now time.Time) bool {
	return c.State == Open && !c.Due.IsZero() && now.After(c.Due)
}
