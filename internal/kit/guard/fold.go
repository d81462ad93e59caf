// How text is read: as words without case, width, accents or vowel signs, each
// with the place it came from. web/js/sb-guard.js does the same, step by step.
package guard

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is one word, or one Chinese character.
type token struct {
	forms    []string // without marks: as written, and in Arabic without what is written together with it
	full     string   // the letters, then their marks in order: what tells Vietnamese words apart
	bare     bool     // written without any mark
	from, to int      // bytes of the text
	stop     bool     // a sentence ended before it
}

func tokens(text string) (out []token) {
	var now *builder
	stop := false
	end := func() {
		if now != nil {
			out = append(out, now.token())
			now = nil
		}
	}
	for at := 0; at < len(text); {
		size := cluster(text[at:])
		for _, r := range letters(text[at : at+size]) {
			switch {
			case unicode.Is(unicode.Mn, r):
				if now != nil {
					now.marks = append(now.marks, r)
					now.to = at + size
				}
			case unicode.Is(unicode.Cf, r): // joiners and direction marks: as if not there
			case unicode.Is(unicode.Han, r):
				end()
				now = &builder{from: at, to: at + size, stop: stop}
				now.put(r)
				end()
				stop = false
			case unicode.IsLetter(r) || unicode.IsDigit(r):
				if now == nil {
					now = &builder{from: at, stop: stop}
					stop = false
				}
				now.put(r)
				now.to = at + size
			case r == '.' && now.joins(text[at+size:]):
				now.dot()
			default:
				end()
				stop = stop || strings.ContainsRune("!?;\n。…؟", r) || r == '.' && endsSentence(text[at+size:])
			}
		}
		at += size
	}
	end()
	return out
}

// cluster is the length of a character with the marks on it.
func cluster(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !unicode.Is(unicode.Mn, r) {
			break
		}
		n += size
	}
	return n
}

func letters(s string) string {
	if len(s) == 1 && s[0] < utf8.RuneSelf {
		if 'A' <= s[0] && s[0] <= 'Z' {
			return string(s[0] + 'a' - 'A')
		}
		return s
	}
	if norm.NFKD.IsNormalString(s) { // Chinese, Arabic and plain letters, most of what is written
		return strings.ToLower(s)
	}
	return strings.ToLower(norm.NFKD.String(s))
}

func endsSentence(rest string) bool {
	r, n := utf8.DecodeRuneInString(rest)
	return n == 0 || unicode.IsSpace(r)
}

type builder struct {
	base, full []rune
	marks      []rune
	since      int // letters since the last dot, or the start
	from, to   int
	stop       bool
}

func (b *builder) put(r rune) {
	b.full = append(b.full, r)
	b.base = append(b.base, []rune(plain(r))...)
	b.since++
}

// joins: the dots of "H.I.V." go, the one of "E11.9" stays; any other parts words.
func (b *builder) joins(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	if b == nil || len(b.base) == 0 {
		return false
	}
	return b.since == 1 && unicode.IsLetter(b.base[len(b.base)-1]) && unicode.IsLetter(r) || b.code() && '0' <= r && r <= '9'
}

// code: a letter and two digits, as codes of diagnoses begin.
func (b *builder) code() bool {
	return len(b.base) == 3 && 'a' <= b.base[0] && b.base[0] <= 'z' && digit(b.base[1]) && digit(b.base[2])
}

func digit(r rune) bool { return '0' <= r && r <= '9' }

func (b *builder) dot() {
	if b.code() {
		b.base, b.full = append(b.base, '.'), append(b.full, '.')
	}
	b.since = 0
}

func (b *builder) token() token {
	base := string(b.base)
	t := token{forms: []string{base}, full: string(b.full) + "'" + string(b.marks), from: b.from, to: b.to, stop: b.stop}
	t.bare = len(b.marks) == 0 && base == string(b.full)
	if len(b.base) > 0 && unicode.Is(unicode.Arabic, b.base[0]) {
		t.forms = alone(base)
	}
	return t
}

// plain is a letter as the lists have it: "" for what only stretches a word.
func plain(r rune) string {
	if r < utf8.RuneSelf {
		return string(r)
	}
	if to, ok := chars()[r]; ok {
		return to
	}
	return string(r)
}

// alone lists an Arabic word with and without the "and", "with", "for" and "the"
// that are written together with it.
func alone(w string) []string {
	out := []string{w}
	add := func(s string) {
		if utf8.RuneCountInString(s) >= 3 && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for i := 0; i < len(out); i++ {
		for _, p := range []string{"و", "ف", "ب", "ل", "ك", "ال"} {
			if rest, ok := strings.CutPrefix(out[i], p); ok && len(out) < 12 {
				add(rest)
			}
		}
	}
	return out
}
