// Package ballot counts votes and says how: agree or disagree, consent, ranked
// choice and weighted dots. It also holds the arithmetic of secret ballots, which
// nobody can tie to a voter and everybody can count again.
//
// A vote travels as one short text (a choice), the same on a phone, on paper and
// in the published list, and has exactly one spelling. Every result explains
// itself in message keys and numbers; the caller turns option ids into words.
// Counts depend on the ballots alone, never on their order, their way in or the
// names of the options. Pure.
package ballot

import (
	"slices"

	"seedbed/internal/kit/fault"
)

// Method is how people answer.
type Method string

const (
	Agree   Method = "agree"   // agree, disagree or pass
	Consent Method = "consent" // consent, consent with reservations, or object
	Ranked  Method = "ranked"  // options in order of preference
	Dots    Method = "dots"    // some dots each, spread over options
)

// Methods lists them in the order in which forms offer them.
var Methods = []Method{Agree, Consent, Ranked, Dots}

// Rule is how answers become a decision. Each has a name that is stored with the
// result and shown beside it.
type Rule string

const (
	Majority         Rule = "majority"          // agree: more agree than disagree; passes do not count
	TwoThirds        Rule = "two_thirds"        // agree: at least two of three who did not pass agree
	ObjectionStops   Rule = "objection_stops"   // consent: one objection stops it
	InstantRunoff    Rule = "instant_runoff"    // ranked: the last goes out until one has more than half
	MostDots         Rule = "most_dots"         // dots: those with the most dots
	MostInstitutions Rule = "most_institutions" // dots: those to which the most institutions gave a dot
)

// Rules lists the rules of a method, the usual one first.
func Rules(m Method) []Rule {
	switch m {
	case Agree:
		return []Rule{Majority, TwoThirds}
	case Consent:
		return []Rule{ObjectionStops}
	case Ranked:
		return []Rule{InstantRunoff}
	case Dots:
		return []Rule{MostDots, MostInstitutions}
	}
	return nil
}

// Unit is what counts as one.
type Unit string

const (
	Person      Unit = "person"      // every ballot counts as one
	Institution Unit = "institution" // every institution counts as one, whatever the number of its delegates
)

// Limits of a decision. More options than this is a survey, not a ballot.
const (
	MaxOptions = 20
	MaxDots    = 50
)

// Spec is everything that must be fixed before the first ballot.
type Spec struct {
	Method    Method   `json:"method"`
	Rule      Rule     `json:"rule"`
	Unit      Unit     `json:"unit"`
	Options   []string `json:"options,omitempty"` // ranked, dots: ids in the order drawn by lot, which breaks the last ties
	Dots      int      `json:"dots,omitempty"`    // dots: how many each voter has
	PerOption int      `json:"per_option,omitempty"`
	Seats     int      `json:"seats,omitempty"` // dots: how many options are chosen
}

// Check says what is wrong with a spec, field by field.
func (s Spec) Check() error {
	var bad []fault.Field
	wrong := func(name, key string) { bad = append(bad, fault.Field{Name: name, Key: key}) }
	if !slices.Contains(Methods, s.Method) {
		wrong("method", "decision.wrong.method")
	} else if !slices.Contains(Rules(s.Method), s.Rule) {
		wrong("rule", "decision.wrong.rule")
	}
	switch {
	case s.Unit != Person && s.Unit != Institution:
		wrong("unit", "decision.wrong.unit")
	case s.Unit == Institution && (s.Method == Consent || s.Method == Ranked):
		wrong("unit", "decision.wrong.unit_person") // one objection stops whoever makes it; a ranking has no middle between delegates
	case (s.Rule == MostInstitutions) != (s.Method == Dots && s.Unit == Institution):
		wrong("unit", "decision.wrong.unit_rule")
	}
	if s.Method == Ranked || s.Method == Dots {
		if len(s.Options) < 2 || len(s.Options) > MaxOptions || !distinct(s.Options) || !each(s.Options, validOption) {
			wrong("options", "decision.wrong.options")
		}
	} else if len(s.Options) > 0 {
		wrong("options", "decision.wrong.no_options")
	}
	if s.Method == Dots {
		if s.Dots < 1 || s.Dots > MaxDots {
			wrong("dots", "decision.wrong.dots")
		}
		if s.PerOption < 1 || s.PerOption > s.Dots {
			wrong("per_option", "decision.wrong.per_option")
		}
		if s.Seats < 1 || s.Seats >= len(s.Options) {
			wrong("seats", "decision.wrong.seats")
		}
	} else if s.Dots != 0 || s.PerOption != 0 || s.Seats != 0 {
		wrong("dots", "decision.wrong.no_dots")
	}
	if bad != nil {
		return fault.Wrong(bad...)
	}
	return nil
}

// validOption: ids stand inside choices, so they hold letters and digits only.
func validOption(id string) bool {
	if len(id) < 1 || len(id) > 12 {
		return false
	}
	for i := range len(id) {
		if c := id[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func distinct(list []string) bool {
	seen := map[string]bool{}
	for _, v := range list {
		if seen[v] {
			return false
		}
		seen[v] = true
	}
	return true
}

func each(list []string, ok func(string) bool) bool {
	for _, v := range list {
		if !ok(v) {
			return false
		}
	}
	return true
}

// Ballot is one vote as counted.
type Ballot struct {
	Choice      string
	Institution string // "" where it is not known, as in every secret ballot
}

// Line is one sentence of an explanation: a message id and its numbers. Option
// ids stand in the arguments Option and Options.
type Line struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// Share is how many there were of something, for one option or answer.
type Share struct {
	ID string `json:"id"`
	N  int    `json:"n"`
}

// Result is what a count found. Exactly one of the parts is set, the method's own.
type Result struct {
	Method       Method         `json:"method"`
	Rule         Rule           `json:"rule"`
	Unit         Unit           `json:"unit"`
	Ballots      int            `json:"ballots"`
	Institutions int            `json:"institutions"` // with a ballot that names one
	Agree        *AgreeResult   `json:"agree,omitempty"`
	Consent      *ConsentResult `json:"consent,omitempty"`
	Ranked       *RankedResult  `json:"ranked,omitempty"`
	Dots         *DotsResult    `json:"dots,omitempty"`
}

// Count counts. A ballot with a choice that the spec does not allow is an error:
// it should never have been taken.
func (s Spec) Count(ballots []Ballot) (Result, error) {
	if err := s.Check(); err != nil {
		return Result{}, err
	}
	r := Result{Method: s.Method, Rule: s.Rule, Unit: s.Unit, Ballots: len(ballots)}
	institutions := map[string]bool{}
	votes := make([]vote, len(ballots))
	for i, b := range ballots {
		v, err := s.read(b.Choice)
		if err != nil {
			return Result{}, err
		}
		v.institution = b.Institution
		votes[i] = v
		if b.Institution != "" {
			institutions[b.Institution] = true
		}
	}
	r.Institutions = len(institutions)
	switch s.Method {
	case Agree:
		r.Agree = countAgree(s, votes)
	case Consent:
		r.Consent = countConsent(votes)
	case Ranked:
		r.Ranked = countRanked(s.Options, votes)
	case Dots:
		r.Dots = countDots(s, votes)
	}
	return r, nil
}

// Passed reports whether something was decided: the proposal, or at least one option.
func (r Result) Passed() bool {
	switch {
	case r.Agree != nil:
		return r.Agree.Passed
	case r.Consent != nil:
		return r.Consent.Passed
	case r.Ranked != nil:
		return r.Ranked.Winner != ""
	case r.Dots != nil:
		return len(r.Dots.Chosen) > 0
	}
	return false
}

// Chosen lists the options that were chosen; none for yes-or-no methods.
func (r Result) Chosen() []string {
	switch {
	case r.Ranked != nil && r.Ranked.Winner != "":
		return []string{r.Ranked.Winner}
	case r.Dots != nil:
		return r.Dots.Chosen
	}
	return nil
}

// Explain says what was counted and why it came out so.
func (r Result) Explain() []Line {
	switch {
	case r.Agree != nil:
		return r.Agree.explain(r)
	case r.Consent != nil:
		return r.Consent.explain()
	case r.Ranked != nil:
		return r.Ranked.explain(r)
	case r.Dots != nil:
		return r.Dots.explain(r)
	}
	return nil
}

// Quorum is how many must take part before a count decides anything; zero asks for none.
type Quorum struct {
	Persons      int `json:"persons,omitempty"`
	Institutions int `json:"institutions,omitempty"`
}

// Met compares with those who took part.
func (q Quorum) Met(persons, institutions int) bool {
	return persons >= q.Persons && institutions >= q.Institutions
}
