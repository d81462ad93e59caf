// Package consent keeps what people have agreed to, as objects: who, for which
// one purpose, to which one recipient, which fields, in which words, until when,
// and how it ended. Nothing may be read, sent or told on without a live one,
// looked up at the moment of use (Live); no answer is ever cached, so that a
// stop works on the very next request.
//
// One consent has one purpose and one recipient: nothing is bundled, and each
// can be stopped alone. Consents given in one conversation share a receipt.
// There is no free text and no name of a witness or interpreter.
//
// Functions take the caller's transaction, because a consent is given together
// with what it allows; the caller writes the audit event (see Event in ledger.go).
//
// The package owns the table consent. It may import kit, platform/access,
// platform/audit, platform/clock and platform/db.
package consent

import (
	"embed"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
)

// Schema is the package's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Purpose is what the data may be used for.
type Purpose string

const (
	IntroContact        Purpose = "intro_contact"         // the group may get in touch
	TellClinicConnected Purpose = "tell_clinic_connected" // the group may tell the clinic that they met
	OrganizingRecord    Purpose = "organizing_record"     // the organizing room may keep a record and get in touch
	StoryUse            Purpose = "story_use"             // one story may be used in one place, see StoryPlace
	TieShown            Purpose = "tie_shown"             // the strategy team may see one tie to somebody in office, see StrategyTeam
	EvaluationSurvey    Purpose = "evaluation_survey"     // answers to one survey may be kept and counted, see Survey
)

// Purposes lists every purpose. A new one needs a rule below and a wording in every language.
func Purposes() []Purpose {
	return []Purpose{IntroContact, TellClinicConnected, OrganizingRecord, StoryUse, TieShown, EvaluationSurvey}
}

// Clinic is the recipient of what is told to the clinic, Organizing of what the
// organizing room keeps; any other recipient is a group's id, a StoryPlace, a StrategyTeam or
// a Survey.
const (
	Clinic     = "clinic"
	Organizing = "organizing"
)

// StoryPlaces lists where a story can be used, from the smallest circle to the
// widest. Each is asked for, and can be stopped, alone.
func StoryPlaces() []string {
	return []string{"team", "training", "assembly", "decision_maker", "web", "media"}
}

// StoryPlace is the recipient of a consent to use one story in one place.
func StoryPlace(place, story string) string { return place + ":" + story }

// StrategyTeam is the recipient of a consent to show one tie. The tie is named by
// its id alone: nothing here says to whom it leads.
func StrategyTeam(tie string) string { return strategy + tie }

const strategy = "strategy:"

// Survey is the recipient of a consent to answer one survey, in all its waves.
func Survey(id string) string { return "survey:" + id }

// Field is one thing that may be shared.
type Field string

const (
	Name        Field = "name"
	Phone       Field = "phone"
	Email       Field = "email"
	Language    Field = "language"
	Topics      Field = "topics"
	SafeContact Field = "safe_contact" // when and how it is safe to reach the person
	Connected   Field = "connected"    // only that they have met

	Area         Field = "area"         // neighbourhood at most
	Affiliations Field = "affiliations" // institutions the person names
	Availability Field = "availability"
	AccessNeeds  Field = "access_needs"
	Together     Field = "together" // meetings, conversations and commitments
	Story        Field = "story"
	FirstName    Field = "first_name" // instead of Name
	Tie          Field = "tie"        // that they know somebody in office, and how
	Answers      Field = "answers"    // to a survey, counted with those of others
)

// Fields lists what a purpose can share, in the order in which it is read out.
func (p Purpose) Fields() []Field {
	switch p {
	case IntroContact:
		return []Field{Name, Phone, Email, Language, Topics, SafeContact}
	case TellClinicConnected:
		return []Field{Connected}
	case OrganizingRecord:
		return []Field{Name, Phone, Email, Language, SafeContact, Area, Affiliations, Availability, AccessNeeds, Together}
	case StoryUse:
		return []Field{Story, Name, FirstName}
	case TieShown:
		return []Field{Name, Tie}
	case EvaluationSurvey:
		return []Field{Answers}
	}
	return nil
}

// allowsRecipient keeps each purpose to its kind of recipient.
func (p Purpose) allowsRecipient(r string) bool {
	switch p {
	case TellClinicConnected:
		return r == Clinic
	case OrganizingRecord:
		return r == Organizing
	case StoryUse:
		place, story, ok := strings.Cut(r, ":")
		return ok && story != "" && slices.Contains(StoryPlaces(), place)
	case TieShown:
		tie, ok := strings.CutPrefix(r, strategy)
		return ok && tie != ""
	case EvaluationSurvey:
		id, ok := strings.CutPrefix(r, Survey(""))
		return ok && id != ""
	}
	return r != "" && r != Clinic && r != Organizing
}

// Channel is how the recipient may reach the person.
type Channel string

const (
	ByPhone  Channel = "phone"
	BySMS    Channel = "sms"
	ByMail   Channel = "mail"
	InPerson Channel = "in_person"
	NoReach  Channel = "none" // nobody reaches out: something is told only
)

// Channels lists every channel.
func Channels() []Channel { return []Channel{ByPhone, BySMS, ByMail, InPerson, NoReach} }

// How says how the yes was given.
type How string

const (
	Spoken   How = "spoken" // read aloud, in front of a witness
	OnScreen How = "screen" // signed on a screen
	OnPaper  How = "paper"
)

// Hows lists every way of giving consent.
func Hows() []How { return []How{Spoken, OnScreen, OnPaper} }

// Helper is the role of an interpreter or a witness, never a name.
type Helper string

const (
	NoHelper   Helper = ""
	Clinician  Helper = "clinician"
	Navigator  Helper = "navigator"
	Organizer  Helper = "organizer"
	FrontDesk  Helper = "front_desk"
	StaffInter Helper = "staff_interpreter"
	PhoneInter Helper = "phone_interpreter"
	VideoInter Helper = "video_interpreter"
	OwnChoice  Helper = "own_choice" // somebody whom the person brought
)

// Interpreters lists who may interpret.
func Interpreters() []Helper {
	return []Helper{NoHelper, StaffInter, PhoneInter, VideoInter, OwnChoice, Navigator}
}

// Witnesses lists who may witness.
func Witnesses() []Helper {
	return []Helper{NoHelper, Clinician, Navigator, Organizer, FrontDesk, StaffInter, OwnChoice}
}

// Relation is what a proxy is to the person.
type Relation string

const (
	Parent          Relation = "parent"
	Guardian        Relation = "guardian"
	PowerOfAttorney Relation = "power_of_attorney"
	ChosenPerson    Relation = "chosen_person"
)

// Relations lists every relation.
func Relations() []Relation { return []Relation{Parent, Guardian, PowerOfAttorney, ChosenPerson} }

// Reach is what a proxy may decide.
type Reach string

const (
	ThisIntroduction Reach = "this_introduction"
	AllIntroductions Reach = "all_introductions"
)

// Reaches lists every reach.
func Reaches() []Reach { return []Reach{ThisIntroduction, AllIntroductions} }

// Proxy is somebody who may decide for the person. The zero value: the person decides.
type Proxy struct {
	Relation Relation
	Scope    Reach
	Until    time.Time // a consent never outlasts the right to give it
}

// Ending says how a consent ended.
type Ending string

const (
	SelfLink   Ending = "self_link"
	SelfCode   Ending = "self_code"
	PhoneStaff Ending = "phone_staff"
	AtClinic   Ending = "in_person"
	Steward    Ending = "steward" // the clinic ended it, for example because the group closed
	Replaced   Ending = "replaced"
	Expiry     Ending = "expiry"
)

// Endings lists the ways in which somebody can revoke; replacement and expiry happen by themselves.
func Endings() []Ending { return []Ending{SelfLink, SelfCode, PhoneStaff, AtClinic, Steward} }

// State is where a consent stands.
type State string

const (
	Draft   State = "draft" // written down, not yet read out and agreed
	Active  State = "active"
	Expired State = "expired"
	Revoked State = "revoked"
)

// Step moves a consent on.
type Step string

const (
	Activate Step = "activate"
	Expire   Step = "expire"
	Revoke   Step = "revoke"
)

// After returns the state that a step leads to; any step not listed is fault.Conflict.
func (s State) After(step Step) (State, error) {
	switch {
	case s == Draft && step == Activate:
		return Active, nil
	case s == Active && step == Expire:
		return Expired, nil
	case s == Active && step == Revoke:
		return Revoked, nil
	}
	return s, fault.Clash("consent.error.state")
}

// Consent is one agreement.
type Consent struct {
	ID        string
	Org       string
	Subject   string // person id
	Purpose   Purpose
	Recipient string // group id, or Clinic
	Fields    []Field
	Channel   Channel
	Language  string // in which it was read out
	Version   int    // of the wording, see WordingAt
	How       How
	Interpreter,
	Witness Helper
	Proxy     Proxy
	Receipt   string
	State     State
	MadeAt    time.Time
	GivenAt   time.Time
	ExpiresAt time.Time
	RevokedAt time.Time
	Ending    Ending
}

// Query asks whether a recipient may use a field of a person for a purpose.
type Query struct {
	Subject   string
	Purpose   Purpose
	Recipient string
	Field     Field
	At        time.Time // zero: now
}

// LiveAt reports whether the consent held at a moment. It looks at the times, not
// at the state, so that a consent ends at its expiry even before the sweep.
func (c Consent) LiveAt(t time.Time) bool {
	return (c.State == Active || c.State == Expired || c.State == Revoked) &&
		!c.GivenAt.IsZero() && !t.Before(c.GivenAt) && t.Before(c.ExpiresAt) &&
		(c.RevokedAt.IsZero() || t.Before(c.RevokedAt))
}

// Covers reports whether the consent answers the query with yes.
func (c Consent) Covers(q Query) bool {
	return c.about(q) && c.LiveAt(q.At)
}

// about reports whether the consent is about what the query asks, live or not.
func (c Consent) about(q Query) bool {
	return c.Subject != "" && c.Subject == q.Subject && c.Purpose == q.Purpose && c.Recipient == q.Recipient && slices.Contains(c.Fields, q.Field)
}
