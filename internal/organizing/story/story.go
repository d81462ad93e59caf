// Package story is what people tell of their own lives, in their own words, and
// where those words may be used. The teller approves the final words, gives each
// place of use alone (team, training, assembly, decision-maker, web, media), sees
// every use and can end any of it; ending reaches every place of use.
//
// It owns the tables story_story, story_edit, story_use and story_try. It may
// import organizing/people, trust and platform. Every reading of a story outside
// the hands of those who wrote it down goes through Read, which asks for a live
// consent for that one place at that moment.
package story

import (
	"slices"
	"time"

	"seedbed/internal/kit/fault"
)

// State is where a story stands.
type State string

const (
	Told      State = "told"     // written down, not yet worked on
	Drafted   State = "drafted"  // words that wait for the teller
	Approved  State = "approved" // the teller said yes to these words
	Used      State = "used"     // approved, and used at least once
	Resting   State = "resting"  // the teller wants a pause
	Withdrawn State = "withdrawn"
)

// States lists every state in the order of the life of a story.
func States() []State { return []State{Told, Drafted, Approved, Used, Resting, Withdrawn} }

// Label is the message id of the state's name.
func (s State) Label() string { return "story.state." + string(s) }

// Verb is what can be done with a story.
type Verb string

const (
	VerbDraft    Verb = "draft"    // write or change words
	VerbApprove  Verb = "approve"  // the teller says yes to exactly these words
	VerbUse      Verb = "use"      // use them in one place
	VerbRest     Verb = "rest"     // pause
	VerbWake     Verb = "wake"     // go on after a pause
	VerbWithdraw Verb = "withdraw" // end it everywhere
)

// Verbs lists every verb.
func Verbs() []Verb {
	return []Verb{VerbDraft, VerbApprove, VerbUse, VerbRest, VerbWake, VerbWithdraw}
}

// transitions is the whole life of a story: what is not here is refused. New
// words need a new yes, so drafting leads back to Drafted from everywhere.
var transitions = map[State]map[Verb]State{
	Told:     {VerbDraft: Drafted, VerbApprove: Approved, VerbWithdraw: Withdrawn},
	Drafted:  {VerbDraft: Drafted, VerbApprove: Approved, VerbWithdraw: Withdrawn},
	Approved: {VerbDraft: Drafted, VerbApprove: Approved, VerbUse: Used, VerbRest: Resting, VerbWithdraw: Withdrawn},
	Used:     {VerbDraft: Drafted, VerbApprove: Used, VerbUse: Used, VerbRest: Resting, VerbWithdraw: Withdrawn},
	Resting:  {VerbWake: Approved, VerbWithdraw: Withdrawn},
}

// After returns the state a verb leads to; anything else is fault.Conflict.
func (s State) After(v Verb) (State, error) {
	if next, ok := transitions[s][v]; ok {
		return next, nil
	}
	return s, fault.Clash("story.error.state")
}

// Identity is how the teller wants to be named.
type Identity string

const (
	FullName  Identity = "name"
	FirstName Identity = "first_name"
	Anonymous Identity = "anonymous"
)

// Identities lists the choices, the safest first.
func Identities() []Identity { return []Identity{Anonymous, FirstName, FullName} }

// Detail is how close the words are to what happened.
type Detail string

const (
	AsTold    Detail = "full"
	Changed   Detail = "changed"   // details changed so that nobody is recognised
	Composite Detail = "composite" // several people's stories in one
)

// Details lists the choices.
func Details() []Detail { return []Detail{AsTold, Changed, Composite} }

// Words is a title and a text, sealed together.
type Words struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Lengths in characters: a story of five minutes aloud is about 4,500.
const (
	LongestTitle = 80
	LongestText  = 6000
	LongestWhere = 80
)

// Story is a story without its words.
type Story struct {
	ID        string
	Subject   string
	Known     bool // Subject is a person of the organizing room
	Campaign  string
	Account   string // who wrote it down; empty when the teller did
	Language  string
	State     State
	Detail    Detail
	Identity  Identity
	Told      time.Time
	Changed   time.Time
	RestUntil time.Time
	Version   int64 // of the words
	Approved  int64 // the version the teller approved; 0: none
}

// Fresh reports whether the approved words are the present words.
func (s Story) Fresh() bool { return s.Approved != 0 && s.Approved == s.Version }

// Use is one use of a story in one place.
type Use struct {
	ID      string
	Story   string
	Place   string // one of consent.StoryPlaces
	Account string
	At      time.Time
	Ended   time.Time // it must be taken down since then
	Down    time.Time // somebody said it is down
	Where   string    // in words: "Next Directions assembly"; sealed under the teller's key
}

// TakeDownWithin is how long taking down may take before it is late.
const TakeDownWithin = 48 * time.Hour

// Late reports whether a use should be down by now and is not.
func (u Use) Late(now time.Time) bool {
	return !u.Ended.IsZero() && u.Down.IsZero() && now.Sub(u.Ended) > TakeDownWithin
}

func oneOf[T comparable](list []T, v T) bool { return slices.Contains(list, v) }
