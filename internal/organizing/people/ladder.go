// The ladder: where somebody stands, worked out from what they did in the last six
// months. It is no score: the person sees it, says what comes next in their own
// words, and resting is not falling.
package people

import "time"

// Rung is a step of the ladder.
type Rung string

const (
	Contact     Rung = "contact"
	Participant Rung = "participant"
	Contributor Rung = "contributor"
	Leading     Rung = "leader"
	CoreLeading Rung = "core_leader"
	AtRest      Rung = "resting"
)

// Rungs lists the five rungs from the first, and resting.
func Rungs() []Rung { return []Rung{Contact, Participant, Contributor, Leading, CoreLeading, AtRest} }

// LadderMonths is how far back evidence counts.
const LadderMonths = 6

// LadderSince is the day from which evidence counts.
func LadderSince(now time.Time) time.Time { return now.AddDate(0, -LadderMonths, 0) }

// Evidence is what somebody did in that time. Every part is counted from dated
// encounters, kept promises and relationships.
type Evidence struct {
	OneToOnes  int  // held with them
	Gatherings int  // of any other kind
	Kept       int  // commitments
	RoleHeld   bool // any role at a meeting beyond being there
	Hosted     bool // hosted or facilitated
	Brought    int  // people
	LedOnes    int  // one-to-ones that they led
	InPublic   bool // chaired, pinned or negotiated in public
	OnCoreTeam bool
	Mentors    int
	Resting    bool
	Played     map[Role]time.Time `json:"-"` // when each role was played last
}

// Add counts one encounter.
func (e *Evidence) Add(t Together) {
	if t.State != Held && t.State != Evaluated {
		return
	}
	if e.Played == nil {
		e.Played = map[Role]time.Time{}
	}
	if t.At.After(e.Played[t.Role]) {
		e.Played[t.Role] = t.At
	}
	public := t.Kind == Action || t.Kind == Assembly || t.Kind == Negotiation
	switch {
	case t.Kind == OneToOne && t.Role == Led:
		e.LedOnes++
		return
	case t.Kind == OneToOne:
		e.OneToOnes++
		return
	}
	e.Gatherings++
	e.RoleHeld = e.RoleHeld || t.Role != Attended
	e.Hosted = e.Hosted || t.Role == Hosted || t.Role == Facilitated
	e.InPublic = e.InPublic || public && (t.Role == Chaired || t.Role == Pinned || t.Role == Negotiated)
}

// Needs says what each rung asks for, beginning with participant; true is there.
func (e Evidence) Needs() map[Rung][]Evident {
	return map[Rung][]Evident{
		Participant: {{"one_to_one", e.OneToOnes >= 1}, {"gathering", e.Gatherings >= 1}},
		Contributor: {{"kept_or_role", e.Kept >= 2 || e.RoleHeld}},
		Leading:     {{"hosted", e.Hosted}, {"brought", e.Brought >= 3}, {"led_ones", e.LedOnes >= 3}},
		CoreLeading: {{"in_public", e.InPublic}, {"core_team", e.OnCoreTeam}, {"mentors", e.Mentors >= 1}},
	}
}

// Evident is one thing a rung asks for.
type Evident struct {
	What  string
	There bool
}

// Rung is the highest rung for which everything is there. Whoever asked for a
// pause rests, whatever they did before.
func (e Evidence) Rung() Rung {
	if e.Resting {
		return AtRest
	}
	best, needs := Contact, e.Needs()
	for _, r := range []Rung{Participant, Contributor, Leading, CoreLeading} {
		all := true
		for _, n := range needs[r] {
			all = all && n.There
		}
		if all {
			best = r
		}
	}
	return best
}

// Suggested is the newest of these one-to-ones after which somebody suggested a next
// role: within the time that counts, and until the role was played.
func (e Evidence) Suggested(notes []Said, now time.Time) (newest Said, ok bool) {
	for _, n := range notes {
		role := n.Note.Suggested
		if role != "" && n.At.After(LadderSince(now)) && !e.Played[role].After(n.At) && (!ok || n.At.After(newest.At)) {
			newest, ok = n, true
		}
	}
	return newest, ok
}

// Stretch is the next thing to try: the first that is still missing for the rung
// above, in the order in which people usually grow.
func (e Evidence) Stretch() string {
	next := map[Rung]Rung{Contact: Participant, Participant: Contributor, Contributor: Leading, Leading: CoreLeading}
	r := e.Rung()
	switch r {
	case AtRest:
		return "check_in"
	case CoreLeading:
		return "train_others"
	}
	for _, n := range e.Needs()[next[r]] {
		if !n.There {
			return n.What
		}
	}
	return "train_others"
}
