// The lists as the browser gets them: one source, no copy by hand.
package guard

import (
	"encoding/json"
	"strings"
	"sync"
)

const nameOnly = 16 // is added to the kind of what counts in a name only

// Module is the ES module js/guard-words.js: {chars, kinds, phrases}. A phrase is
// its kind's number, then its steps: "a|b" words (ending in * when they are
// beginnings, holding ' when marks count), a number for a gap, and a list of
// lists for alternatives.
var Module = sync.OnceValue(func() []byte {
	type out struct {
		Chars   map[string]string `json:"chars"`
		Kinds   []Kind            `json:"kinds"`
		Phrases [][]any           `json:"phrases"`
	}
	kinds := append(Kinds(), harmless)
	o := out{Chars: map[string]string{}, Kinds: kinds}
	for from, to := range chars() {
		o.Chars[string(from)] = to
	}
	for _, p := range lists().phrases {
		for n, k := range kinds {
			if k == p.kind {
				if p.name {
					n += nameOnly
				}
				o.Phrases = append(o.Phrases, append([]any{n}, plainSteps(p.steps)...))
			}
		}
	}
	var b strings.Builder
	b.WriteString("export default ")
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(o); err != nil {
		panic(err) // strings and numbers
	}
	return []byte(b.String())
})

func plainSteps(steps []step) []any {
	out := []any{}
	for _, s := range steps {
		switch {
		case s.gap > 0:
			out = append(out, s.gap)
		case s.alts != nil:
			alts := [][]any{}
			for _, a := range s.alts {
				alts = append(alts, plainSteps(a))
			}
			out = append(out, alts)
		default:
			var words []string
			for _, w := range s.words {
				words = append(words, w.plain())
			}
			out = append(out, strings.Join(words, "|"))
		}
	}
	return out
}

func (w word) plain() string {
	switch {
	case w.full != "":
		return w.full
	case w.prefix:
		return w.text + "*"
	}
	return w.text
}
