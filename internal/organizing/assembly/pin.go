// Answers as scribes write them down, and which of them stands: pure.
package assembly

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Answer is what a person in public office said to one ask.
type Answer string

const (
	Yes      Answer = "yes"
	Waffle   Answer = "waffle" // neither yes nor no
	No       Answer = "no"
	Absent   Answer = "absent" // was not there: that is data
	NotAsked Answer = "not_asked"
)

// Answers lists the five, in the order of the scribe's keys 1 to 5.
func Answers() []Answer { return []Answer{Yes, Waffle, No, Absent, NotAsked} }

// FollowUp reports whether a day to follow the answer up is needed.
func (a Answer) FollowUp() bool { return a == Yes || a == Waffle }

// Witnesses lists who heard it: a list, so that nobody is named.
func Witnesses() []string {
	return []string{"hall", "chairs", "pinner", "press", "recording", "letter"}
}

// Pin is one version of an answer. A version is never changed or removed.
type Pin struct {
	ID, Ask  string
	Account  string
	Pen      string   // the page it was written on: one scribe's device
	Over     []string // versions that the page showed when it was written
	Answer   Answer
	FollowUp time.Time
	By       time.Time // the day that was named: "yes, by 30 September"
	Witness  string
	Said     time.Time // by the scribe's clock
	Stored   time.Time
	PinWords
}

// PinWords is what was said, word for word, and where it can be heard again.
type PinWords struct {
	Words string `json:"words,omitempty"`
	Link  string `json:"link,omitempty"`
}

// same reports whether two versions say the same, so that nobody has to choose. One
// that has no words yet says the same as one that has.
func (p Pin) same(q Pin) bool {
	return p.Answer == q.Answer && p.FollowUp.Equal(q.FollowUp) && p.By.Equal(q.By) && (p.Words == q.Words || p.Words == "" || q.Words == "") && (p.Link == q.Link || p.Link == "" || q.Link == "")
}

// Standing is what stands as the answer to an ask.
type Standing struct {
	Pin              // the zero Pin: not answered yet
	Differs []Pin    // two or more when scribes wrote down different things; a person chooses
	Heads   []string // every version that nothing has replaced; a form that was shown them carries these
}

// Open reports whether somebody has to choose.
func (s Standing) Open() bool { return len(s.Differs) > 1 }

// Answered reports whether anything was written down.
func (s Standing) Answered() bool { return len(s.Heads) > 0 }

// Stands works out what stands from all versions of one ask, in any order. A
// version gives way to one whose page had shown it, and to a later one from the
// same pen. What is left of different pens and says different things is shown side
// by side. Nothing depends on when a version arrived.
func Stands(all []Pin) Standing {
	all = slices.Clone(all)
	slices.SortFunc(all, earlier)
	gone := map[string]bool{}
	last := map[string]string{}
	for _, p := range all {
		for _, o := range p.Over {
			if o != p.ID {
				gone[o] = true
			}
		}
		if p.Pen != "" {
			if old := last[p.Pen]; old != "" {
				gone[old] = true
			}
			last[p.Pen] = p.ID
		}
	}
	var heads []Pin
	for _, p := range all {
		if !gone[p.ID] {
			heads = append(heads, p)
		}
	}
	out := Standing{}
	var kinds []Pin // heads that say different things
	for _, p := range heads {
		out.Heads = append(out.Heads, p.ID)
		i := slices.IndexFunc(kinds, p.same)
		if i < 0 {
			kinds = append(kinds, p)
		} else if kinds[i].Words == "" && p.Words != "" {
			kinds[i] = p
		}
	}
	if len(kinds) > 0 {
		out.Pin = kinds[len(kinds)-1]
	}
	if len(kinds) > 1 {
		out.Differs = kinds
	}
	return out
}

func earlier(a, b Pin) int { return cmp.Or(a.Said.Compare(b.Said), strings.Compare(a.ID, b.ID)) }
