// How the word lists are written, and how they are read.
//
// A line is a phrase. (a|b c) are alternatives, [the] may be missing, word*
// begins with, ..3 leaves room for up to three words, #3 is a number of three
// digits and #8-9 of eight or nine, a#8-9 the same after the letter a, ?#6-9
// after one to three letters, icd# a code like E11.9, @month what a line
// "@month = …" says. A phrase never reaches over the end of a sentence. Phrases
// stand under their kind, [status]; under [name status] they count in a name only.
//
// Words are compared without accents. Where an accent makes another word, =word
// wants it as it is written ("tem" is not "têm"); in Vietnamese every word does,
// unless somebody writes it without any mark at all.
package guard

import (
	"embed"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed words/*.txt
var files embed.FS

// Languages lists the languages that have a list of their own.
func Languages() []string { return []string{"ar", "en", "es", "fr", "ht", "pt", "vi", "zh"} }

// chars are letters that are read as others.
var chars = sync.OnceValue(func() map[rune]string {
	text, err := files.ReadFile("words/letters.txt")
	if err != nil {
		panic(err) // embedded above
	}
	out := map[rune]string{}
	for line := range lines(string(text)) {
		for _, pair := range strings.Fields(line) {
			all := []rune(pair)
			out[all[0]] = string(all[1:])
		}
	}
	return out
})

func readLists() (out []*phrase, err error) {
	macros := map[string]string{}
	for _, lang := range append([]string{"any"}, Languages()...) {
		text, err := files.ReadFile("words/" + lang + ".txt")
		if err != nil {
			return nil, err
		}
		list, err := parse(lang, string(text), macros)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// lines are the lines without remarks and empty ones.
func lines(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			line, _, _ = strings.Cut(line, "//")
			if line = strings.TrimSpace(line); line != "" && !yield(line) {
				return
			}
		}
	}
}

var macro = regexp.MustCompile(`@[a-z]+`)

func parse(lang, text string, macros map[string]string) (out []*phrase, err error) {
	kinds := append(Kinds(), harmless)
	kind, inName := Kind(""), false
	for line := range lines(text) {
		line = macro.ReplaceAllStringFunc(line, func(name string) string {
			if to, ok := macros[name]; ok && !strings.HasPrefix(line, name+" = ") {
				return to
			}
			return name
		})
		if name, to, ok := strings.Cut(line, " = "); ok && name[0] == '@' {
			macros[name] = to
			continue
		}
		k, only := strings.CutPrefix(strings.Trim(line, "[]"), "name ")
		if line[0] == '[' && slices.Contains(kinds, Kind(k)) {
			kind, inName = Kind(k), only
			continue
		}
		r := reader{lang: lang, rest: line}
		steps := r.sequence("")
		switch {
		case r.err == nil && r.rest != "":
			r.err = fmt.Errorf("%q is too much", r.rest)
		case r.err == nil && kind == "":
			r.err = fmt.Errorf("it stands under no kind")
		case r.err == nil && firsts(steps) == nil:
			r.err = fmt.Errorf("it may be empty, or begins with a gap")
		}
		if r.err != nil {
			return nil, fmt.Errorf("guard: words/%s.txt: %s: %w", lang, line, r.err)
		}
		out = append(out, &phrase{kind, inName, steps})
	}
	return out, nil
}

// reader reads one line from the start.
type reader struct {
	lang, rest string
	err        error
}

// sequence reads steps up to one of the ends, which it leaves.
func (r *reader) sequence(ends string) (out []step) {
	for {
		r.rest = strings.TrimLeft(r.rest, " ")
		if r.err != nil || r.rest == "" || strings.ContainsAny(r.rest[:1], ends) {
			return out
		}
		switch r.rest[0] {
		case '(':
			out = append(out, r.group(")"))
		case '[':
			g := r.group("]")
			if g.words != nil {
				g = step{alts: [][]step{{g}}}
			}
			g.alts = append(g.alts, nil)
			out = append(out, g)
		case ')', ']', '|':
			r.err = fmt.Errorf("%q stands alone", r.rest[:1])
		default:
			n := strings.IndexAny(r.rest+" ", " ()[]|")
			out = append(out, r.word(r.rest[:n])...)
			r.rest = r.rest[n:]
		}
	}
}

// group reads alternatives up to the closing bracket; those of one word each become one step.
func (r *reader) group(closing string) (out step) {
	for {
		r.rest = r.rest[1:] // the bracket or the bar
		out.alts = append(out.alts, r.sequence(closing+"|"))
		if r.err != nil {
			return out
		}
		if r.rest == "" {
			r.err = fmt.Errorf("a bracket is not closed")
			return out
		}
		if r.rest[:1] == closing {
			break
		}
	}
	r.rest = r.rest[1:]
	rest, words := [][]step(nil), []word(nil)
	for _, alt := range out.alts {
		if len(alt) == 1 && alt[0].words != nil {
			words = append(words, alt[0].words...)
		} else {
			rest = append(rest, alt)
		}
	}
	switch {
	case rest == nil:
		return step{words: words}
	case words != nil:
		rest = append(rest, []step{{words: words}})
	}
	return step{alts: rest}
}

// word reads what stands between spaces; where a text would be cut ("l'asile",
// Chinese), it is a step for each piece.
func (r *reader) word(s string) (out []step) {
	if n, ok := strings.CutPrefix(s, ".."); ok {
		gap, err := strconv.Atoi(n)
		if err != nil || gap < 1 {
			r.err = fmt.Errorf("%q is no gap", s)
		}
		return []step{{gap: gap}}
	}
	if strings.Contains(s, "#") {
		return []step{{words: []word{r.number(s)}}}
	}
	toks := tokens(s)
	for i, t := range toks {
		w := word{text: t.forms[0], prefix: strings.HasSuffix(s, "*") && i == len(toks)-1}
		if (r.lang == "vi" || s[0] == '=') && !w.prefix {
			w.full = t.full
		}
		out = append(out, step{words: []word{w}})
	}
	if len(toks) == 0 || strings.Contains(s, "@") {
		r.err = fmt.Errorf("%q is no word", s)
	}
	return out
}

func (r *reader) number(s string) word {
	letters, size, _ := strings.Cut(s, "#")
	w := word{text: s, digits: true, letters: letters}
	if letters == "icd" {
		return w
	}
	low, high, ranged := strings.Cut(size, "-")
	if !ranged {
		high = low
	}
	var err, err2 error
	w.min, err = strconv.Atoi(low)
	w.max, err2 = strconv.Atoi(high)
	if err != nil || err2 != nil || w.min < 1 || w.max < w.min {
		r.err = fmt.Errorf("%q is no number", s)
	}
	return w
}
