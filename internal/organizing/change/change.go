// Package change is what became different: the ladder from a problem that was named
// to a rule that is kept and protected, with the evidence of each step, how many it
// reaches, and what we and others had to do with it.
//
// It owns the tables change_record and change_step. It may import organizing/people,
// trust and platform. What it needs of issues and of the rooms in which a change has
// its roots it asks for through the small interfaces in provider.go.
//
// It never says that we did it alone. A contribution is a reasoned claim with its
// reasons and the names of others; a number stands with what it was counted on. No
// table of this room holds a person: who told the story that began it is a question
// to the room of stories, asked at every look.
package change

import (
	"cmp"
	"slices"
	"time"
)

// Level is where a change holds.
type Level string

// Levels lists them, from near to far.
func Levels() []Level { return []Level{"practice", "institution", "city", "state", "national", "norm"} }

// Mark is a step of the ladder, or what stood in the way.
type Mark string

const (
	Named       Mark = "named"
	Researched  Mark = "researched"
	OnAgenda    Mark = "on_agenda"
	Proposed    Mark = "proposed"
	Committed   Mark = "committed"
	Adopted     Mark = "adopted"
	Implemented Mark = "implemented"
	Enforced    Mark = "enforced"
	Protected   Mark = "protected"

	Blocked    Mark = "blocked"
	RolledBack Mark = "rolled_back"
)

// Rungs lists the ladder from 0 to 8.
func Rungs() []Mark {
	return []Mark{Named, Researched, OnAgenda, Proposed, Committed, Adopted, Implemented, Enforced, Protected}
}

// Sides lists what can stand in the way.
func Sides() []Mark { return []Mark{Blocked, RolledBack} }

// Marks lists every step there is.
func Marks() []Mark { return append(Rungs(), Sides()...) }

// Rung is the number of a step on the ladder, or -1.
func (m Mark) Rung() int { return slices.Index(Rungs(), m) }

// Fate is whether a step counts.
type Fate string

const (
	Confirmed Fate = "confirmed"
	Waiting   Fate = "waiting"  // proposed by another room
	Declined  Fate = "declined" // looked at, and not so
)

// Step is a step on its day.
type Step struct {
	ID        string
	Mark      Mark
	Back      Mark // of one that was rolled back: where it fell to
	On        time.Time
	Fate      Fate
	Ref       string // the thing of another room that it comes from
	Account   string
	Made      time.Time
	SettledBy string
	SettledAt time.Time
	StepWords
}

// StepWords is a step in words.
type StepWords struct {
	Evidence string `json:"evidence,omitempty"`
	Link     string `json:"link,omitempty"`
	Note     string `json:"note,omitempty"` // what we had to do with it
}

// ByDay puts steps in the order of their days, whatever the order in which they were
// written down; on one day in the order of the ladder, what stood in the way last.
func ByDay(list []Step) []Step {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b Step) int {
		return cmp.Or(a.On.Compare(b.On), cmp.Compare(order(a.Mark), order(b.Mark)), a.Made.Compare(b.Made), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Reached is the day on which a step was taken for the first time, of those that count.
func Reached(list []Step, m Mark) (on time.Time, ok bool) {
	for _, x := range ByDay(list) {
		if x.Mark == m && x.Fate == Confirmed {
			return x.On, true
		}
	}
	return on, false
}

func order(m Mark) int { return slices.Index(Marks(), m) }

// Stand is where a change stands: its rung, or -1 before the first; and what stands
// in its way, if anything.
type Stand struct {
	Rung  int
	Aside Mark
}

// StandOf works out where a change stands from the steps that count. A later step up
// the ladder ends a block; after a roll back it stands where it fell to.
func StandOf(list []Step) Stand {
	s := Stand{Rung: -1}
	for _, x := range ByDay(list) {
		if x.Fate != Confirmed {
			continue
		}
		switch {
		case x.Mark == Blocked:
			s.Aside = Blocked
		case x.Mark == RolledBack:
			s.Aside, s.Rung = RolledBack, min(s.Rung, max(x.Back.Rung(), 0))
		case x.Mark.Rung() >= 0:
			if s.Aside != "" && x.Mark.Rung() >= s.Rung {
				s.Aside = ""
			}
			s.Rung = max(s.Rung, x.Mark.Rung())
		}
	}
	return s
}

// First is the first day on which each rung was reached.
func First(list []Step) map[Mark]Step {
	out := map[Mark]Step{}
	for _, x := range ByDay(list) {
		if _, there := out[x.Mark]; !there && x.Fate == Confirmed {
			out[x.Mark] = x
		}
	}
	return out
}

// Rating is what we had to do with it.
type Rating string

// Ratings lists them, from little to much. What cannot be said yet is the first.
func Ratings() []Rating { return []Rating{"unclear", "helped", "contributed", "decisive"} }

// Claims reports whether a rating claims something that needs its reasons.
func (r Rating) Claims() bool { return r == "contributed" || r == "decisive" }

// Tags are the kinds of movement that show in a year without a win.
func Tags() []string { return []string{"norms", "capacity", "alliances", "base", "policies", "people"} }

// Terms says how soon: what can be seen already, and what is on its way.
func Terms() []string { return []string{"short", "medium"} }

// Helper is somebody else who had a part: an organization, never a private person.
type Helper struct {
	Who  string `json:"who"`
	What string `json:"what,omitempty"`
	Link string `json:"link,omitempty"`
}

// Source is where something can be read.
type Source struct {
	Text string `json:"text"`
	Link string `json:"link,omitempty"`
}

// Words is everything in words about a change.
type Words struct {
	Title         string            `json:"title"`
	Description   string            `json:"description,omitempty"`
	AffectedBasis string            `json:"affected_basis,omitempty"`
	MoneyBasis    string            `json:"money_basis,omitempty"`
	Narrative     string            `json:"narrative,omitempty"`
	Others        []Helper          `json:"others,omitempty"`
	Sources       []Source          `json:"sources,omitempty"`
	Tags          map[string]string `json:"tags,omitempty"`  // kind → term
	Roots         []string          `json:"roots,omitempty"` // refs of stories it began with: "story:ID"
}

// Record is a change.
type Record struct {
	ID       string
	Issue    string
	Level    Level
	Affected int64 // people, estimated; 0: nobody has counted
	Money    int64 // in the smallest unit
	Currency string
	Rating   Rating
	Until    time.Time // protected until
	Account  string
	Made     time.Time
	Changed  time.Time
	Version  int64
	Steps    []Step
	Words
}

// Ref is how other rooms name the change.
func (r Record) Ref() string { return "change:" + r.ID }

// Stand is where it stands.
func (r Record) Stand() Stand { return StandOf(r.Steps) }

// Waits lists the steps that another room proposed and nobody has looked at.
func (r Record) Waits() (out []Step) {
	for _, s := range ByDay(r.Steps) {
		if s.Fate == Waiting {
			out = append(out, s)
		}
	}
	return out
}

// Kind says what sort of thing a stop of the trace is, in the order in which a change
// comes about.
type Kind string

const (
	OfStories   Kind = "story"
	OfOneToOnes Kind = "one_to_one"
	OfIssue     Kind = "issue"
	OfResearch  Kind = "research"
	OfAsk       Kind = "ask"
	OfPledge    Kind = "pledge"
	OfAdoption  Kind = "adoption"
	OfEffect    Kind = "effect"
)

// TraceKinds lists the kinds of stops in order.
func TraceKinds() []Kind {
	return []Kind{OfStories, OfOneToOnes, OfIssue, OfResearch, OfAsk, OfPledge, OfAdoption, OfEffect}
}

// Stop is one stop of the trace: a count and a ref, and words that anybody in the
// room may read. A private name is in it only when its owner's yes covers that.
type Stop struct {
	Kind  Kind
	Text  string
	Count int  // of stories and one-to-ones
	Mark  Mark // of the steps of the change itself
	When  time.Time
	Ref   string
	URL   string
}

// InOrder sorts the stops of a trace: by kind, and within a kind by day.
func InOrder(list []Stop) []Stop {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b Stop) int {
		return cmp.Or(cmp.Compare(slices.Index(TraceKinds(), a.Kind), slices.Index(TraceKinds(), b.Kind)), a.When.Compare(b.When))
	})
	return out
}

// Act is what somebody has to do next.
type Act string

const (
	Confirm  Act = "confirm" // another room proposed a step
	Further  Act = "further" // see Next.Mark
	Renew    Act = "renew"   // its protection ends
	LookOnly Act = "look"    // it is as far as it goes: look whether it is still kept
)

const (
	confirmWithin = 7 * 24 * time.Hour
	lookEvery     = 90 * 24 * time.Hour
	renewBefore   = 60 * 24 * time.Hour
)

// Next is the next owner, act and clock of a change. A change never ends: what was
// won is looked at again.
type Next struct {
	Act     Act
	Mark    Mark
	Account string
	When    time.Time
}

// Next works out who has to do what by when.
func (r Record) Next() Next {
	n := Next{Act: Further, Account: r.Account, When: r.Changed.Add(lookEvery)}
	if list := r.Waits(); len(list) > 0 {
		n.Act, n.When = Confirm, list[0].Made.Add(confirmWithin)
		return n
	}
	rung := r.Stand().Rung
	switch {
	case rung < len(Rungs())-1:
		n.Mark = Rungs()[rung+1]
	case !r.Until.IsZero():
		n.Act, n.When = Renew, r.Until.Add(-renewBefore)
	default:
		n.Act = LookOnly
	}
	return n
}
