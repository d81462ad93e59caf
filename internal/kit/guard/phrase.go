// How a phrase of the word lists is found in a text.
package guard

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

const harmless Kind = "fine" // phrases that take a hit back

type phrase struct {
	kind  Kind
	name  bool // only in a name: "cancer" is an issue in a note and a remark beside a name
	steps []step
}

// step is one of three: words of which one stands here, room for other words, or
// alternatives of more than one step (an empty one: it may be missing).
type step struct {
	words []word
	gap   int
	alts  [][]step
}

// word is one pattern for one token.
type word struct {
	text     string // without marks; of a number, as the list writes it
	full     string // with its marks, where they count
	prefix   bool
	digits   bool
	letters  string // before the digits; "?" one to three of any
	min, max int
}

// book is every list, ready to search.
type book struct {
	phrases []*phrase
	first   map[string][]*phrase // by a first word
	begins  map[string][]*phrase // by the first two letters of a first word that is a beginning
	numbers []*phrase            // those that may begin with a number
}

var lists = sync.OnceValue(func() *book {
	b := &book{first: map[string][]*phrase{}, begins: map[string][]*phrase{}}
	var err error
	if b.phrases, err = readLists(); err != nil {
		panic(err) // the lists are embedded: every test sees it
	}
	for _, p := range b.phrases {
		for _, w := range firsts(p.steps) {
			b.index(w, p)
		}
	}
	return b
})

func (b *book) index(w word, p *phrase) {
	add := func(list []*phrase) []*phrase {
		if n := len(list); n > 0 && list[n-1] == p {
			return list
		}
		return append(list, p)
	}
	switch {
	case w.digits:
		b.numbers = add(b.numbers)
	case w.prefix:
		b.begins[start(w.text)] = add(b.begins[start(w.text)])
	default:
		b.first[w.text] = add(b.first[w.text])
	}
}

// firsts are the words a phrase may begin with; none if it may be empty.
func firsts(steps []step) (out []word) {
	if len(steps) == 0 {
		return nil
	}
	out = slices.Clone(steps[0].words)
	for _, alt := range steps[0].alts {
		if len(alt) == 0 {
			alt = steps[1:]
		}
		f := firsts(alt)
		if f == nil {
			return nil
		}
		out = append(out, f...)
	}
	return out
}

func start(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	_, m := utf8.DecodeRuneInString(s[n:])
	return s[:n+m]
}

// candidates tries the phrases that may begin with a token.
func (b *book) candidates(t token, try func(*phrase)) {
	for _, f := range t.forms {
		for _, p := range b.first[f] {
			try(p)
		}
		for _, p := range b.begins[start(f)] {
			try(p)
		}
	}
	if strings.ContainsAny(t.forms[0], "0123456789") {
		for _, p := range b.numbers {
			try(p)
		}
	}
}

// find looks for steps in a text; from is the first token of the phrase.
type find struct {
	toks []token
	from int
}

// match returns where the steps, standing at token i, and what then follows, end; -1 if they do not.
func (f find) match(steps []step, i int, then func(int) int) int {
	if len(steps) == 0 {
		return then(i)
	}
	st, rest := steps[0], steps[1:]
	switch {
	case st.gap > 0:
		for skip := 0; skip <= st.gap && i+skip <= len(f.toks) && (skip == 0 || !f.toks[i+skip-1].stop); skip++ {
			if end := f.match(rest, i+skip, then); end >= 0 {
				return end
			}
		}
	case st.alts != nil:
		for _, alt := range st.alts {
			if end := f.match(alt, i, func(j int) int { return f.match(rest, j, then) }); end >= 0 {
				return end
			}
		}
	case i < len(f.toks) && (i == f.from || !f.toks[i].stop) && slices.ContainsFunc(st.words, func(w word) bool { return w.fits(f.toks[i]) }):
		return f.match(rest, i+1, then)
	}
	return -1
}

func (w word) fits(t token) bool {
	switch {
	case w.digits:
		return w.number(t.forms[0])
	case w.full != "":
		return t.full == w.full || t.bare && t.forms[0] == w.text
	case w.prefix:
		return slices.ContainsFunc(t.forms, func(f string) bool { return strings.HasPrefix(f, w.text) })
	}
	return slices.Contains(t.forms, w.text)
}

func (w word) number(s string) bool {
	if w.letters == "icd" {
		return len(s) > 4 && len(s) <= 6 && s[3] == '.'
	}
	n := strings.IndexAny(s, "0123456789")
	if n < 0 || strings.Trim(s[n:], "0123456789") != "" {
		return false
	}
	if w.letters == "?" && (n < 1 || n > 3) || w.letters != "?" && s[:n] != w.letters {
		return false
	}
	return len(s)-n >= w.min && len(s)-n <= w.max
}
