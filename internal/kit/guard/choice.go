// What somebody decides about their own words, and what the house allows.
package guard

import (
	"slices"
	"strings"
)

// What can be done with a hit.
const (
	Remove   = "remove"   // take the words out
	Rephrase = "rephrase" // write it another way: the text is looked at again
	Keep     = "keep"     // leave them, with a reason, where the policy allows it
)

// Reasons lists why words may be kept: a list, so that nothing is explained in writing.
func Reasons() []string { return []string{"group", "other_meaning", "asked", "public"} }

// Policy lists the kinds that may be kept with a reason; every other kind is
// refused. Nil is the house's rule (Usual); an empty list keeps nothing.
type Policy []Kind

// Usual lets only words about health be kept: they are often about an issue that
// a team works on. Status, documents and identifiers are refused.
func Usual() Policy { return Policy{Diagnosis} }

// Allows reports whether all hits may be kept.
func (p Policy) Allows(hits []Hit) bool {
	if p == nil {
		p = Usual()
	}
	return !slices.ContainsFunc(hits, func(h Hit) bool { return !slices.Contains(p, h.Kind) })
}

// Choice is what the form brings back. Shown are the words it was shown with: a
// reason given for some words is none for others that were typed later.
type Choice struct {
	Do, Reason, Shown string
}

// Settled is a text after a choice: what may be stored, the hits still in it, and
// whether they stand in the way.
type Settled struct {
	Text   string
	Hits   []Hit
	Open   bool   // hits that nobody may keep, or did not give a reason for
	Reason string // code of the reason they are kept for
}

// Settle applies a choice to a text.
func (p Policy) Settle(text string, c Choice) Settled {
	if c.Do == Remove {
		return Settled{Text: Clean(text)}
	}
	hits := Check(text)
	s := Settled{Text: text, Hits: hits, Open: len(hits) > 0}
	if s.Open && c.Do == Keep && p.Allows(hits) && slices.Contains(Reasons(), c.Reason) && covers(c.Shown, text, hits) {
		s.Open, s.Reason = false, c.Reason
	}
	return s
}

// SettleName is Settle for a name, in which nothing is kept.
func SettleName(text string, c Choice) Settled {
	if c.Do == Remove {
		return Settled{Text: CleanName(text)}
	}
	hits := CheckName(text)
	return Settled{Text: text, Hits: hits, Open: len(hits) > 0}
}

const between = " · "

// Shown is what a form carries back with the choice: the words found.
func Shown(text string, hits []Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, strings.Join(strings.Fields(text[h.From:h.To]), " "))
	}
	return strings.Join(out, between)
}

func covers(shown, text string, hits []Hit) bool {
	seen := strings.Split(shown, between)
	for _, h := range hits {
		if !slices.Contains(seen, Shown(text, []Hit{h})) {
			return false
		}
	}
	return true
}

// KindsOf lists the kinds among hits, the strictest first.
func KindsOf(hits []Hit) (out []Kind) {
	for _, k := range Kinds() {
		if slices.ContainsFunc(hits, func(h Hit) bool { return h.Kind == k }) {
			out = append(out, k)
		}
	}
	return out
}
