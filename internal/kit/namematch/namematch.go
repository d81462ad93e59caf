// Package namematch finds names that may be one person's: written with other
// accents, in another order, in another script, as they sound, with a slip of
// the finger, or shortened to an initial. It says how alike two names are and in
// which way; whether they are one person is for people to say.
//
// It is pure. An Index never compares a name with all others: it looks only at
// those that share the sound of a word, or all of it but one sound.
package namematch

import (
	"strings"

	"seedbed/internal/kit/fold"
)

// How says in which way two names are alike, the closest first.
type How string

const (
	Same    How = "same"    // the same words in the same order, accents and case aside
	Order   How = "order"   // the same words in another order
	Sounds  How = "sounds"  // as they sound, also across scripts
	Letters How = "letters" // a letter or two differ
	Part    How = "part"    // one is the other with a word or more left out
	Initial How = "initial" // a word is shortened to its first letter
)

// Hows lists them, the closest first.
func Hows() []How { return []How{Same, Order, Sounds, Letters, Part, Initial} }

// Enough is from which likeness on a name is worth a second look.
const Enough = 0.8

// longest is how many words of a name count; what comes after is a remark.
const longest = 6

// Name is a name taken apart for comparing.
type Name struct{ words []word }

type word struct {
	text   string // folded
	sound  string // consonants as they sound; see sound
	vowels string // vowels as they sound; empty when the script does not write them
	silent bool   // written without vowels
}

// Parse takes a name apart.
func Parse(name string) Name { return Folded(fold.Text(name)) }

// Folded is Parse for a text that fold.Text has folded already.
func Folded(text string) Name {
	n := Name{words: make([]word, 0, 4)}
	for len(n.words) < longest {
		for len(text) > 0 && text[0] == ' ' {
			text = text[1:]
		}
		if text == "" {
			break
		}
		one, rest, _ := strings.Cut(text, " ")
		text = rest
		if (one == "al" || one == "el") && len(n.words) > 0 && rest != "" {
			continue // the Arabic article, which comes and goes
		}
		if w := hear(one); w.text != "" {
			n.words = append(n.words, w)
		}
	}
	return n
}

// Words is how many words count.
func (n Name) Words() int { return len(n.words) }

// Alike compares two names: how alike they are, from 0 to 1, and in which way.
// It is the same whichever comes first.
func Alike(a, b Name) (float64, How) {
	if len(a.words) > len(b.words) || len(a.words) == len(b.words) && later(a, b) {
		a, b = b, a
	}
	if len(a.words) == 0 {
		return 0, ""
	}
	var taken [longest]bool
	var sum float64
	matched, inOrder := 0, true
	worst := Same
	last := -1
	for _, w := range a.words {
		best, at, how := 0.0, -1, Same
		for j, o := range b.words {
			if taken[j] {
				continue
			}
			if s, h := alike(w, o); s > best {
				best, at, how = s, j, h
			}
		}
		if at < 0 {
			continue
		}
		taken[at] = true
		matched++
		sum += best
		inOrder = inOrder && at > last
		last = at
		if rank(how) > rank(worst) {
			worst = how
		}
	}
	if matched < len(a.words) {
		// One word of three that is another one altogether: another person of the family.
		return sum / float64(len(b.words)) * 0.8, worst
	}
	score := sum / float64(len(a.words))
	if left := len(b.words) - len(a.words); left > 0 {
		if len(a.words) == 1 {
			return score * 0.6, Part // half of a clinic is called Maria
		}
		score *= 1 - 0.06*float64(left)
		if rank(worst) < rank(Part) {
			worst = Part
		}
	}
	if worst == Same && !inOrder {
		return score * 0.98, Order
	}
	return score, worst
}

func later(a, b Name) bool {
	for i := range a.words {
		if c := strings.Compare(a.words[i].text, b.words[i].text); c != 0 {
			return c > 0
		}
	}
	return false
}

func rank(h How) int {
	for i, o := range Hows() {
		if o == h {
			return i
		}
	}
	return len(Hows())
}

// alike compares two words.
func alike(a, b word) (float64, How) {
	switch {
	case a.text == b.text:
		return 1, Same
	case a.sound != "" && a.sound == b.sound && soundsTheSame(a, b):
		return 0.93, Sounds
	}
	la, lb := runes(a.text), runes(b.text)
	if short, long := a, b; la == 1 || lb == 1 {
		if lb == 1 {
			short, long = b, a
		}
		if la != lb && strings.HasPrefix(long.text, short.text) {
			return 0.8, Initial
		}
		return 0, ""
	}
	if a.silent != b.silent {
		return 0, "" // letters of two scripts cannot be counted against each other
	}
	switch d, n := distance(a.text, b.text), min(la, lb); {
	case d == 1 && n >= 4:
		return 0.9, Letters
	case d == 2 && n >= 7:
		return 0.85, Letters
	}
	return 0, ""
}

// soundsTheSame: a few consonants alone say little (Lan, Linh, Loan), so short
// words must also agree in their vowels where both are written.
func soundsTheSame(a, b word) bool {
	if a.silent || b.silent {
		return true
	}
	return len(a.sound) >= 3 && vowelsNear(a.vowels, b.vowels) || a.vowels == b.vowels
}

// vowelsNear: spellings of one name differ in a vowel, seldom in more than two.
func vowelsNear(a, b string) bool { return distance(a, b) <= 2 }

func runes(s string) (n int) {
	for range s {
		n++
	}
	return n
}

// distance is how many letters must be put in, left out, changed or swapped with
// their neighbor. Beyond two it does not matter how many, so it stops at three.
func distance(a, b string) int {
	const far = 3
	ra, rb := []rune(a), []rune(b)
	if len(ra)-len(rb) >= far || len(rb)-len(ra) >= far {
		return far
	}
	if len(ra) > 40 || len(rb) > 40 {
		return far
	}
	var rows [3][41]int
	two, one, now := &rows[0], &rows[1], &rows[2]
	for j := range rb {
		one[j+1] = j + 1
	}
	one[0] = 0
	for i := range ra {
		now[0] = i + 1
		least := now[0]
		for j := range rb {
			cost := 1
			if ra[i] == rb[j] {
				cost = 0
			}
			d := min(one[j]+cost, one[j+1]+1, now[j]+1)
			if i > 0 && j > 0 && ra[i] == rb[j-1] && ra[i-1] == rb[j] {
				d = min(d, two[j-1]+1)
			}
			now[j+1] = d
			least = min(least, d)
		}
		if least >= far {
			return far
		}
		two, one, now = one, now, two
	}
	return min(far, one[len(rb)])
}
