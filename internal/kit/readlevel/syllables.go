package readlevel

// Syllable counters: by rules, with the exceptions that are common on our pages.

import "strings"

// EnglishSyllables counts the groups of vowels that are spoken.
func EnglishSyllables(word string) int {
	if n, ok := digits(word); ok {
		return n
	}
	total := 0
	for part := range strings.SplitSeq(strings.ToLower(word), "-") {
		total += englishPart(strings.NewReplacer("'", "", "’", "").Replace(part))
	}
	return max(total, 1)
}

func englishPart(w string) int {
	switch w { // spoken otherwise than the rules think
	case "":
		return 0
	case "people", "someone", "something", "sometimes", "somewhere", "language", "evening", "business", "safety", "homework", "sometime", "being":
		return 2
	case "everyone", "area", "idea", "everything", "anyone", "languages", "evenings":
		return 3
	}
	n, vowel := 0, false
	for i := range len(w) {
		v := strings.IndexByte("aeiouy", w[i]) >= 0 && !(w[i] == 'y' && i == 0)
		if v && !vowel {
			n++
		}
		vowel = v
	}
	for _, two := range []string{"ia", "io", "eo", "ua", "iu", "ying"} { // two vowels, both spoken
		n += strings.Count(w, two)
	}
	for _, one := range []string{"tia", "tio", "cia", "sio", "cio", "gio", "geo", "qua", "gua", "sua", "xio"} { // but not behind these
		n -= strings.Count(w, one)
	}
	return n - silent(w)
}

// silent counts a mute ending: "home", "asked", "times", but not "table", "needed", "places".
func silent(w string) int {
	ends := func(s ...string) bool {
		for _, e := range s {
			if strings.HasSuffix(w, e) {
				return true
			}
		}
		return false
	}
	consonant := func(back int) bool {
		i := len(w) - 1 - back
		return i >= 0 && strings.IndexByte("aeiouy", w[i]) < 0
	}
	if len(w) <= 3 && !ends("es", "ed") {
		return 0
	}
	switch {
	case ends("le", "les", "led") && len(w) > 3 && !ends("ale", "ile", "ole", "ule", "ales", "iles", "oles", "ules", "iled", "oled", "uled", "aled", "eled", "lled"):
		return 0
	case ends("ted", "ded"), ends("ses", "zes", "ces", "ges", "ches", "shes", "xes"):
		return 0
	case ends("ed", "es") && consonant(2) && len(w) > 3:
		return 1
	case ends("e") && consonant(1):
		return 1
	case ends("eement"):
		return 0
	case ends("ely", "eful", "eless", "ement", "efully") && len(w) > 5:
		return 1
	}
	return 0
}

// SpanishSyllables counts the vowels that carry a syllable: two strong ones part,
// a weak one joins its neighbour unless it bears the accent.
func SpanishSyllables(word string) int {
	if n, ok := digits(word); ok {
		return n
	}
	w := []rune(strings.ToLower(word))
	n, group := 0, 0 // group: strong vowels in the present run
	in := false
	end := func() {
		if in {
			n += max(group, 1)
		}
		in, group = false, 0
	}
	for i, r := range w {
		next := func(k int) rune {
			if i+k < len(w) && i+k >= 0 {
				return w[i+k]
			}
			return 0
		}
		switch {
		case strings.ContainsRune("aeoáéóíú", r):
			in = true
			group++
		case r == 'u' && (next(-1) == 'q' || next(-1) == 'g') && strings.ContainsRune("eiéí", next(1)):
			// written but not spoken: que, gui
		case strings.ContainsRune("iuü", r), r == 'y' && (i+1 == len(w) || !strings.ContainsRune("aeiouáéíóú", next(1))):
			in = true
		default:
			end()
		}
	}
	end()
	return max(n, 1)
}
