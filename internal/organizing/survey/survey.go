// Package survey asks people the same questions again, and tells what changed in
// sums: never what one person said. Answers lie sealed beside a random pseudonym
// that pairs the waves; whose pseudonym it is lies sealed under that person's own
// key. Only those who say yes to this survey are asked, and whoever takes the yes
// back is in no later number. Staff answer with a card that belongs to nobody.
//
// It owns the tables survey_survey, survey_wave, survey_wording, survey_member,
// survey_way, survey_response, survey_batch and survey_tally. It may import
// organizing/people, trust and platform. Whom it asks and what an event is called
// comes through provider.go, wired in app.
package survey

import (
	"regexp"
	"slices"
	"time"
)

// Kind is whom a survey asks.
type Kind string

const (
	Cohort Kind = "cohort" // people who said yes, asked again, in pairs
	Staff  Kind = "staff"  // one card each, tied to nobody
	Open   Kind = "open"   // whoever has the link
	Pulse  Kind = "pulse"  // whoever was at an event, right after it
)

// Kinds lists what can be made; the pulse makes itself.
func Kinds() []Kind { return []Kind{Cohort, Staff, Open} }

// Least is how many people a number must stand for, by who reads it.
func (k Kind) Least(r Readers) int {
	if k == Staff || r == Outside {
		return 11
	}
	return 5
}

// Readers are who reads a number.
type Readers string

const (
	Inside  Readers = "inside"  // organizers and the clinic's leaders
	Outside Readers = "outside" // evaluators, files, reports: whatever leaves the house
)

// LeastForShare is the smallest base of a percentage.
const LeastForShare = 20

// Aim is what a wave is for, in the words ethics boards use.
type Aim string

const (
	Improvement Aim = "improvement" // quality improvement
	Evaluation  Aim = "evaluation"
	Research    Aim = "research" // an ethics board has looked at it
)

// Aims lists every aim.
func Aims() []Aim { return []Aim{Improvement, Evaluation, Research} }

// Label says which time a wave is.
type Label string

// Labels lists the usual times; a survey's first wave is its baseline.
func Labels() []Label { return []Label{"baseline", "months_3", "months_6", "months_12", "later"} }

// event is the label of a pulse.
const event Label = "event"

// Department is a part of the staff. It is asked only where enough people work in it.
type Department struct {
	Name   string `json:"name"`
	People int    `json:"people"` // who could be in it
}

// LeastInDepartment is how many must work in a department before anybody is asked
// whether they do.
const LeastInDepartment = 11

// Survey is a set of instruments that is asked again and again.
type Survey struct {
	ID          string
	Kind        Kind
	Title       string
	Instruments []string
	Departments []Department
	Account     string
	Made        time.Time
}

// Asks lists the departments that may be asked for.
func (s Survey) Asks() (out []Department) {
	for _, d := range s.Departments {
		if d.People >= LeastInDepartment {
			out = append(out, d)
		}
	}
	return out
}

// State is where a wave stands.
type State string

const (
	Running State = "running" // takes answers
	Closed  State = "closed"  // takes none; its numbers may be seen
)

// Wave is one time of asking.
type Wave struct {
	ID        string
	Survey    string
	Number    int
	Label     Label
	Ref       string // the event of a pulse
	State     State
	Opens     time.Time
	Closes    time.Time // by itself; its numbers are shown then
	Ended     time.Time
	Aim       Aim
	Review    string            // what the ethics board said, for research
	Languages []string          // in which every instrument has words
	Wordings  map[string]string // instrument + "/" + language → the words that were used
	Words     map[string]string // language → what the answers are for
	Cards     int               // staff: how many were made
}

// OpenAt reports whether it takes answers.
func (w Wave) OpenAt(t time.Time) bool {
	return w.State == Running && !t.Before(w.Opens) && t.Before(w.Closes)
}

// Due is when a cohort should be asked again after this wave, if ever.
func (w Wave) Due() time.Time {
	switch w.Label {
	case "baseline":
		return w.Opens.AddDate(0, 6, 0)
	case "months_3", "months_6":
		return w.Opens.AddDate(0, 6, 0)
	}
	return time.Time{}
}

// usualDays is how long a wave takes answers unless somebody says otherwise; a pulse is shorter.
const (
	usualDays = 21
	pulseDays = 7
	mostDays  = 120
)

// refs names a thing of another room: its kind and its id.
var refs = regexp.MustCompile(`^[a-z]{3,20}:[0-9a-f-]{36}$`)

// Lengths in characters.
const (
	longestTitle  = 80
	longestWords  = 600
	longestWord   = 24
	longestPermit = 1000
	longestItem   = 400
)

func oneOf[T comparable](list []T, v T) bool { return slices.Contains(list, v) }
