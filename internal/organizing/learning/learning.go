// Package learning is how people grow into leading: curricula made of sessions,
// trainings that use one version of a curriculum, skills that somebody saw and
// signed, and the path from a first contact to training others.
//
// It owns the tables learning_curriculum, learning_version, learning_training,
// learning_present and learning_skill. It may import organizing/people, trust and
// platform. It holds people's ids and asks the people room for names, timelines and
// encounters; a training that was held is an encounter there, in one transaction.
//
// Nothing here is a mark or a score. A skill is signed once, with the day and the
// encounter at which somebody saw it; the person sees every line about themself.
// Curricula and sessions are teaching texts about nobody, and lie in plain.
package learning

import (
	"slices"
	"time"
)

// Skill is something one can be seen doing.
type Skill string

const (
	OneToOne     Skill = "one_to_one"
	HouseMeeting Skill = "house_meeting"
	Story        Skill = "story"
	Offer        Skill = "offer" // the clinician's minute
	IssueCut     Skill = "issue_cut"
	Evaluation   Skill = "evaluation"
	Chair        Skill = "chair"
	Train        Skill = "train"
)

// Skills lists every skill, in the order in which people usually come to them.
func Skills() []Skill {
	return []Skill{Story, OneToOne, HouseMeeting, Evaluation, IssueCut, Chair, Train, Offer}
}

// Label is the message id of a skill's name.
func (s Skill) Label() string { return "learning.skill." + string(s) }

// Stage is a step of the path from contact to trainer: who has shown its skills
// stands on it.
type Stage struct {
	Key   string
	Needs []Skill
}

// Path lists the stages. Everybody who joined stands at least on the first one.
func Path() []Stage {
	return []Stage{
		{"contact", nil},
		{"participant", []Skill{Story}},
		{"contributor", []Skill{OneToOne, HouseMeeting}},
		{"leader", []Skill{Evaluation, IssueCut, Chair}},
		{"trainer", []Skill{Train}},
	}
}

// Label is the message id of a stage's name.
func (s Stage) Label() string { return "learning.stage." + s.Key }

// Place is where somebody stands on the path: the stage whose skills, and those
// before it, they have shown, and what is missing for the next one. At the end
// Missing is empty.
type Place struct {
	At      int
	Missing []Skill
}

// PlaceOf finds the place of whoever has shown these skills.
func PlaceOf(shown []Skill) (p Place) {
	for i, st := range Path() {
		for _, need := range st.Needs {
			if !slices.Contains(shown, need) {
				p.Missing = append(p.Missing, need)
			}
		}
		if len(p.Missing) > 0 {
			return p
		}
		p.At = i
	}
	return p
}

// State is where a curriculum stands.
type State string

const (
	Draft     State = "draft"     // never published
	Published State = "published" // trainings can use its newest version
	Retired   State = "retired"   // no new trainings; old ones keep their version
)

// Content is what a version of a curriculum says. A published one never changes.
type Content struct {
	Title    string    `json:"title"`
	Purpose  string    `json:"purpose"`
	Lang     string    `json:"lang"`
	Sessions []Session `json:"sessions"`
}

// Skills lists what its sessions practise, each once.
func (c Content) Skills() (out []Skill) {
	for _, s := range c.Sessions {
		for _, k := range s.Skills {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}

// Minutes is how long all its sessions take.
func (c Content) Minutes() (n int) {
	for _, s := range c.Sessions {
		n += s.Minutes()
	}
	return n
}

// Curriculum is a series of sessions under way from draft to version to version.
type Curriculum struct {
	ID      string
	State   State
	Version int64   // newest published; 0 none
	Draft   Content // what the next version would say
	Changed bool    // the draft differs from the newest version
	Edition int64   // of the draft, for edits that meet
}

// TrainingState is whether it happened.
type TrainingState string

const (
	Planned   TrainingState = "planned"
	Held      TrainingState = "held"
	Cancelled TrainingState = "cancelled"
)

// Training is a dated event that uses one version of a curriculum.
type Training struct {
	ID         string
	Curriculum string
	Version    int64
	At         time.Time
	Minutes    int
	Place      string // people.Places
	Language   string
	State      TrainingState
	Account    string // who gives it
	Others     int    // how many more were there, without names
	Encounter  string // in the people room, once it was held
	Edition    int64
}

// Attendance is one person of a training: expected before, there afterwards.
type Attendance struct {
	Person  string
	Trainer bool // gave it together with the one who planned it
}

// Signed is a skill that somebody saw.
type Signed struct {
	ID        string
	Person    string
	Skill     Skill
	Encounter string    // at which it was seen
	Seen      time.Time // the day of that encounter
	By        string    // account of who saw it
	At        time.Time // when it was signed
}
