// Package readlevel estimates how many years of school a text asks for.
//
// English: the Flesch–Kincaid grade (Kincaid, Fishburne, Rogers and Chissom
// 1975), 0.39 words/sentence + 11.8 syllables/word − 15.59.
//
// Spanish: the reading ease of Fernández Huerta (1959), 206.84 − 60
// syllables/word − 1.02 words/sentence, turned into a grade by his own table.
// Beside it stands the ease of Szigriszt Pazos (1993), 206.835 − 62.3
// syllables/word − words/sentence, which the INFLESZ scale (Barrio Cantalejo and
// others 2008) reads for health texts in Spain: above 65 is "quite easy", above
// 80 "very easy".
//
// What such a number is worth: formulas count lengths. They do not know whether
// a word is familiar, an order of steps is clear or a translation is any good,
// syllables are counted by rules with exceptions, and below about a hundred
// words the result jumps. They are good for one thing, which is what the tests
// use them for: they notice long words and long sentences creeping in. A text
// still has to be read to the people it is for.
package readlevel

import (
	"math"
	"regexp"
	"strings"
	"unicode"
)

// Score of a text.
type Score struct {
	Words, Sentences, Syllables int
	Grade                       float64 // years of school
	Ease                        float64 // Flesch reading ease, or Fernández Huerta's: higher is easier
	Inflesz                     float64 // Spanish only: Szigriszt Pazos' ease
}

// Of scores a text in a language; ok is false for languages without a formula.
func Of(lang, text string) (s Score, ok bool) {
	switch lang {
	case "en":
		return English(text), true
	case "es":
		return Spanish(text), true
	}
	return Score{}, false
}

// English scores an English text.
func English(text string) Score {
	s := count(text, EnglishSyllables)
	if s.Words == 0 {
		return s
	}
	perSentence, perWord := s.rates()
	s.Grade = math.Max(0.39*perSentence+11.8*perWord-15.59, 0)
	s.Ease = 206.835 - 1.015*perSentence - 84.6*perWord
	return s
}

// Spanish scores a Spanish text.
func Spanish(text string) Score {
	s := count(text, SpanishSyllables)
	if s.Words == 0 {
		return s
	}
	perSentence, perWord := s.rates()
	s.Ease = 206.84 - 60*perWord - 1.02*perSentence
	s.Inflesz = 206.835 - 62.3*perWord - perSentence
	s.Grade = huertaGrade(s.Ease)
	return s
}

// huertaGrade is Fernández Huerta's table: 90 and more fourth grade, 80 fifth,
// 70 sixth, 60 seventh to eighth, 50 the years before university, below it
// university.
func huertaGrade(ease float64) float64 {
	for _, row := range []struct{ from, grade float64 }{{90, 4}, {80, 5}, {70, 6}, {60, 7.5}, {50, 10.5}} {
		if ease >= row.from {
			return row.grade
		}
	}
	return 13
}

func (s Score) rates() (wordsPerSentence, syllablesPerWord float64) {
	return float64(s.Words) / float64(max(s.Sentences, 1)), float64(s.Syllables) / float64(s.Words)
}

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

// Join makes one text of catalog messages. Each is a sentence of its own whether
// or not it ends like one, as on a page; a placeholder counts as a short name.
func Join(messages []string) string {
	var b strings.Builder
	for _, m := range messages {
		m = strings.TrimSpace(placeholder.ReplaceAllString(m, "Ana"))
		if m == "" {
			continue
		}
		b.WriteString(m)
		if !strings.ContainsAny(m[len(m)-1:], ".!?:") {
			b.WriteString(".")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Sentences splits a text where a reader stops: at . ! ? : ; … before a space,
// and at the ends of lines.
func Sentences(text string) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		if s := strings.TrimSpace(b.String()); len(words(s)) > 0 {
			out = append(out, s)
		}
		b.Reset()
	}
	runes := []rune(text)
	for i, r := range runes {
		b.WriteRune(r)
		last := i+1 == len(runes)
		if r == '\n' || strings.ContainsRune(".!?:;…", r) && (last || unicode.IsSpace(runes[i+1])) {
			flush()
		}
	}
	flush()
	return out
}

func count(text string, syllables func(string) int) Score {
	text = placeholder.ReplaceAllString(text, "Ana")
	s := Score{Sentences: len(Sentences(text))}
	for _, w := range words(text) {
		s.Words++
		s.Syllables += syllables(w)
	}
	return s
}

// words are runs of letters and digits; an apostrophe or a hyphen inside does not part them.
func words(text string) []string {
	inside := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
	var out []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !inside(r) && r != '\'' && r != '’' && r != '-' }) {
		if w = strings.TrimFunc(w, func(r rune) bool { return !inside(r) }); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// digits of a number are read as about one syllable each, up to four.
func digits(w string) (int, bool) {
	n := 0
	for _, r := range w {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return min(n, 4), n > 0
}
