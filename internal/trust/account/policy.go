// What makes a password acceptable: long, and not one that everybody tries first.
// There are no rules about symbols or capitals and no forced change, because both
// make people choose worse passwords (NIST SP 800-63B-4 §3.1.1).

package account

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"seedbed/internal/kit/fault"
)

const (
	passwordMin = 15
	passwordMax = 128 // runes; longer only costs hashing time
)

//go:embed common.txt
var commonText string

// policy is the embedded list: whole passwords, and the words (stems) that common
// passwords are made of, longest first so that the likely cut is tried first.
type policy struct {
	whole map[string]bool
	stems []string
}

func newPolicy() *policy {
	p := &policy{whole: map[string]bool{}}
	seen := map[string]bool{}
	for line := range strings.Lines(commonText) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "="); ok {
			p.whole[foldPassword(rest)] = true
			continue
		}
		for _, w := range strings.Fields(line) {
			if w = foldPassword(w); len(w) >= 3 && !seen[w] {
				seen[w] = true
				p.stems = append(p.stems, w)
			}
		}
	}
	sortStems(p.stems)
	return p
}

func sortStems(stems []string) {
	slices.SortFunc(stems, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
}

// normalizePassword makes the same typed text equal on every keyboard (Unicode NFKC).
func normalizePassword(s string) string { return norm.NFKC.String(s) }

// check says whether the password in form field name may be used; context holds the
// person's name, e-mail address and clinic, which are the first guesses of anyone who knows them.
func (p *policy) check(name, password string, context ...string) error {
	password = normalizePassword(password)
	switch n := utf8.RuneCountInString(password); {
	case n < passwordMin:
		return fault.Wrong(fault.At(name, "account.password.short", "Min", passwordMin))
	case n > passwordMax:
		return fault.Wrong(fault.At(name, "account.password.long", "Max", passwordMax))
	case p.common(password, context...):
		return fault.Wrong(fault.At(name, "account.password.common"))
	}
	return nil
}

// common reports whether the password is in the list, or is one or two common
// words, names of the person, keyboard runs and repeats with a few characters around.
func (p *policy) common(password string, context ...string) bool {
	folded := foldPassword(password)
	plain := strings.ToLower(password)
	if p.whole[folded] || distinct(plain) < 5 || repeats(plain) || repeats(folded) {
		return true
	}
	stems := append(slices.Clone(p.stems), contextStems(context)...)
	sortStems(stems)
	// Both readings: leet folding turns "1234" into letters and would hide the run.
	return explained(plain, stems) || explained(folded, stems)
}

// explained reports whether the text can be taken apart into at most two known
// words, runs, and too little else. It searches all ways to cut, because
// "starstar" may be read as "stars" and a rest; the search is bounded.
func explained(text string, stems []string) bool {
	e := explainer{stems: stems, budget: 20_000, seen: map[piece]bool{}}
	return e.from(piece{rest: text})
}

// piece is one state of the search: what is left, the words used, and what nothing explained.
type piece struct {
	rest, first, second string
	letters, digits     int
}

type explainer struct {
	stems  []string
	budget int
	seen   map[piece]bool
}

func (e *explainer) from(p piece) bool {
	// Eight digits are a birthday, three letters an initial or a suffix.
	if p.letters > 3 || p.digits > 8 || e.budget == 0 || e.seen[p] {
		return false
	}
	if p.rest == "" {
		return true
	}
	e.budget--
	e.seen[p] = true
	if n := runLength(p.rest); n >= 4 {
		next := p
		next.rest = p.rest[n:]
		if e.from(next) {
			return true
		}
	}
	for _, w := range e.stems {
		if next, ok := p.word(w); ok && e.from(next) {
			return true
		}
	}
	r, size := utf8.DecodeRuneInString(p.rest)
	next := p
	next.rest = p.rest[size:]
	switch {
	case unicode.IsDigit(r):
		next.digits++
	case unicode.IsLetter(r):
		next.letters++
	}
	return e.from(next)
}

// word cuts w off the front, when it fits and is one of at most two different words.
func (p piece) word(w string) (piece, bool) {
	rest, ok := strings.CutPrefix(p.rest, w)
	if !ok {
		return p, false
	}
	p.rest = rest
	switch {
	case p.first == "" || p.first == w:
		p.first = w
	case p.second == "" || p.second == w:
		p.second = w
	default:
		return p, false
	}
	return p, true
}

func contextStems(context []string) []string {
	var out []string
	for _, c := range context {
		for _, w := range strings.FieldsFunc(strings.ToLower(normalizePassword(c)), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			if utf8.RuneCountInString(w) >= 3 {
				out = append(out, w, foldPassword(w))
			}
		}
	}
	return out
}

// rows are the lines fingers run along: digits, alphabet, and the keyboards of our languages.
const rows = "01234567890 abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjklñ zxcvbnm qwertzuiop azertyuiop " +
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0 !@#$%^&*() ضصثقفغعهخحجد شسيبلاتنمك"

// runLength is the number of bytes at the start of text that walk a row in either
// direction or repeat one character.
func runLength(text string) int {
	rs := []rune(text)
	best := 1
	for _, step := range []func(a, b rune) bool{
		func(a, b rune) bool { return a == b },
		func(a, b rune) bool { return strings.Contains(rows, string([]rune{a, b})) },
		func(a, b rune) bool { return strings.Contains(rows, string([]rune{b, a})) },
	} {
		n := 1
		for n < len(rs) && rs[n] != ' ' && step(rs[n-1], rs[n]) {
			n++
		}
		best = max(best, n)
	}
	if best < 4 {
		return 0
	}
	return len(string(rs[:best]))
}

// repeats reports whether the text is one short piece said again and again.
func repeats(text string) bool {
	rs := []rune(text)
	for unit := 1; unit <= len(rs)/2 && unit <= 10; unit++ {
		same := true
		for i := unit; i < len(rs) && same; i++ {
			same = rs[i] == rs[i-unit]
		}
		if same {
			return true
		}
	}
	return false
}

func distinct(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// foldPassword undoes what people believe makes a word safe: capitals, spaces,
// punctuation and digits that look like letters.
func foldPassword(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '0':
			return 'o'
		case '1', '!', '|':
			return 'i'
		case '3', '€':
			return 'e'
		case '4', '@':
			return 'a'
		case '5', '$':
			return 's'
		case '7', '+':
			return 't'
		case '8':
			return 'b'
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(s))
}
