// Instruments as data: what is asked, how it is scored, under which licence. Items
// are in the words of their authors only where the licence is clear; elsewhere
// there are empty places, which a clinic fills after it attests its permission.
package survey

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

//go:embed instruments/*.json
var instrumentFiles embed.FS

// Licence says what may be done with the words of an instrument.
type Licence struct {
	Kind      string `json:"kind"` // federal, ogl, own: words included; attest: the clinic brings them
	Statement string `json:"statement"`
	Source    string `json:"source"`
}

// Included reports whether words may come with the program.
func (l Licence) Included() bool { return l.Kind == "federal" || l.Kind == "ogl" || l.Kind == "own" }

// Scale is the answers one can choose from, as numbers in the order they are shown.
type Scale struct {
	Values []int `json:"values"`
}

// WordScale is the scale of an item that is answered with one word.
const WordScale = "word"

// Item is one question.
type Item struct {
	ID      string `json:"id"`
	Scale   string `json:"scale"`
	Reverse bool   `json:"reverse,omitempty"`  // worded against the score, as published
	MayTurn bool   `json:"may_turn,omitempty"` // depends on the edition: the clinic says it with its words
}

// Score is a number made of a person's answers, exactly as published.
type Score struct {
	ID     string   `json:"id"`
	Rule   string   `json:"rule"` // sum, mean, or yes: whether the answer lies from Low to High
	Items  []string `json:"items,omitempty"`
	Of     string   `json:"of,omitempty"` // yes: of another score instead of an item
	Factor float64  `json:"factor,omitempty"`
	Min    float64  `json:"min,omitempty"`
	Max    float64  `json:"max,omitempty"`
	Low    float64  `json:"low,omitempty"`
	High   float64  `json:"high,omitempty"`
	Better string   `json:"better"`         // higher or lower
	Part   bool     `json:"part,omitempty"` // a subscale
}

// Share reports whether the score is a yes or no, told as a share of people.
func (s Score) Share() bool { return s.Rule == "yes" }

// Text is the words of an instrument in one language: one for each item, in order,
// and one for each answer of each scale.
type Text struct {
	Items  []string            `json:"items"`
	Scales map[string][]string `json:"scales"`
	Turned []string            `json:"turned,omitempty"` // items that this edition words against the score
}

// Instrument is a set of questions that belong together.
type Instrument struct {
	ID      string           `json:"id"`
	Version string           `json:"version"`
	Licence Licence          `json:"licence"`
	Scales  map[string]Scale `json:"scales"`
	Items   []Item           `json:"items"`
	Scores  []Score          `json:"scores"`
	Texts   map[string]Text  `json:"texts,omitempty"` // included words, by language
}

// order of the list: for people, for staff, then our own.
var order = []string{"ucla3", "ons_lonely", "brfss", "brfss_stress", "bscs", "sci2", "spcs_r", "spcs", "eco", "efficacy", "cps", "who5", "burnout", "capacity", "miniz", "pulse"}

var shelf = sync.OnceValue(func() map[string]Instrument {
	out := map[string]Instrument{}
	for _, id := range order {
		b, err := instrumentFiles.ReadFile("instruments/" + id + ".json")
		if err != nil {
			panic(err) // embedded above
		}
		var in Instrument
		if err := json.Unmarshal(b, &in); err != nil {
			panic(fmt.Sprintf("%s: %v", id, err))
		}
		out[id] = in
	}
	return out
})

// Instruments lists every instrument.
func Instruments() (out []Instrument) {
	for _, id := range order {
		out = append(out, shelf()[id])
	}
	return out
}

// InstrumentByID is one of them.
func InstrumentByID(id string) (Instrument, bool) {
	in, ok := shelf()[id]
	return in, ok
}

// ScoreByID is one of its scores.
func (in Instrument) ScoreByID(id string) (Score, bool) {
	i := slices.IndexFunc(in.Scores, func(s Score) bool { return s.ID == id })
	if i < 0 {
		return Score{}, false
	}
	return in.Scores[i], true
}

// fits reports whether a number is one of an item's answers.
func (in Instrument) fits(item string, v int) bool {
	i := slices.IndexFunc(in.Items, func(x Item) bool { return x.ID == item })
	return i >= 0 && slices.Contains(in.Scales[in.Items[i].Scale].Values, v)
}

// value is an answer as it counts: a reversed item is turned round within its scale.
func (in Instrument) value(item string, v int, turned []string) float64 {
	for _, x := range in.Items {
		if x.ID != item {
			continue
		}
		if x.Reverse || x.MayTurn && slices.Contains(turned, item) {
			values := in.Scales[x.Scale].Values
			return float64(slices.Min(values) + slices.Max(values) - v)
		}
	}
	return float64(v)
}

// Scored makes the scores of one person from the answers that were given. A score
// lacks where any of its answers does: no author of these instruments publishes a
// rule for filling in. A yes is 1, a no is 0.
func (in Instrument) Scored(answers map[string]int, turned []string) map[string]float64 {
	out := map[string]float64{}
	for _, s := range in.Scores {
		v, ok := 0.0, true
		if s.Of != "" {
			v, ok = out[s.Of], has(out, s.Of)
		} else {
			for _, item := range s.Items {
				a, given := answers[item]
				ok = ok && given && in.fits(item, a)
				v += in.value(item, a, turned)
			}
		}
		if !ok {
			continue
		}
		switch s.Rule {
		case "mean":
			v /= float64(len(s.Items))
		case "yes":
			if v >= s.Low && v <= s.High {
				v = 1
			} else {
				v = 0
			}
		}
		if s.Factor != 0 {
			v *= s.Factor
		}
		out[s.ID] = v
	}
	return out
}

func has[K comparable, V any](m map[K]V, k K) bool { _, ok := m[k]; return ok }

// complete reports whether a text has words for every item and answer.
func (in Instrument) complete(t Text) bool {
	if len(t.Items) != len(in.Items) || slices.Contains(t.Items, "") {
		return false
	}
	for name, s := range in.Scales {
		if w := t.Scales[name]; len(w) != len(s.Values) || slices.Contains(w, "") {
			return false
		}
	}
	for _, item := range t.Turned {
		if !slices.ContainsFunc(in.Items, func(x Item) bool { return x.ID == item && x.MayTurn }) {
			return false
		}
	}
	return true
}
