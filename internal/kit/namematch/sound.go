// How a word sounds, whatever spelling it was written in.

package namematch

import (
	"strings"
	"unicode/utf8"
)

// hear works out how a folded word sounds: its consonants in classes that keep
// what spellings of one name share across Spanish, English, Vietnamese written
// without marks, and Arabic in either script. Vowels are kept apart.
func hear(text string) word {
	w := word{text: text}
	r, _ := utf8.DecodeRuneInString(text)
	switch {
	case r >= 0x0621 && r <= 0x064A:
		w.text = strings.TrimPrefix(text, "ال") // the article comes and goes
		if runes(w.text) < 2 {
			w.text = text
		}
		w.sound, w.silent = arabic(w.text), true
	case r >= 'a' && r <= 'z':
		w.sound, w.vowels = latin(text)
	default:
		w.sound = text // a script we do not hear is compared as written
	}
	return w
}

// arabic writes down the consonants. Alif and ayn at the beginning are a vowel to
// whoever writes in Latin letters; waw and ya inside may be vowels, so they do not count.
func arabic(text string) string {
	var b strings.Builder
	var last rune
	first := true
	for _, r := range text {
		c := arabicSound[r]
		switch {
		case c == 0 && first, first && c == 'h':
			b.WriteByte('A')
		case c == 0 || c == 'h':
		case (r == 'و' || r == 'ي') && !first:
		case r != last || c == 'Y':
			b.WriteByte(c)
		}
		last, first = r, false
	}
	return b.String()
}

var arabicSound = map[rune]byte{
	'ب': 'B', 'ت': 'T', 'ث': 'T', 'ج': 'J', 'ح': 'h', 'خ': 'K', 'د': 'D', 'ذ': 'D', 'ر': 'R', 'ز': 'S', 'س': 'S', 'ش': 'X', 'ص': 'S', 'ض': 'D',
	'ط': 'T', 'ظ': 'S', 'غ': 'G', 'ف': 'F', 'ق': 'K', 'ك': 'K', 'ل': 'L', 'م': 'M', 'ن': 'N', 'ه': 'h', 'و': 'W', 'ي': 'Y',
}

// pairs are two letters that are one sound.
var pairs = map[string]byte{"ph": 'F', "th": 'T', "kh": 'K', "sh": 'X', "ch": 'X', "ck": 'K', "dh": 'D', "gh": 'G', "qu": 'K', "gi": 'J', "ge": 'J', "gy": 'J',
	"ce": 'S', "ci": 'S', "cy": 'S', "ou": 'o', "oo": 'o', "ee": 'i', "ie": 'i', "ei": 'i', "ea": 'i', "aa": 'a', "ae": 'a', "au": 'o', "ai": 'e', "ay": 'e'}

// latin writes down consonants and vowels of a folded word in Latin letters.
func latin(text string) (sound, vowels string) {
	var s, v strings.Builder
	var last byte
	for i := 0; i < len(text); {
		c := text[i]
		if c < 'a' || c > 'z' {
			i++
			continue
		}
		if i+1 < len(text) {
			if p, ok := pairs[text[i:i+2]]; ok {
				switch {
				case p >= 'a':
					if s.Len() == 0 && v.Len() == 0 {
						s.WriteByte('A')
					}
					v.WriteByte(p)
					i += 2
				case p == 'J' || p == 'S' && c == 'c': // the vowel behind a soft consonant is heard as well
					s.WriteByte(p)
					i++
				default:
					s.WriteByte(p)
					i += 2
				}
				last = 0
				continue
			}
		}
		if c != last {
			letter(c, &s, &v)
		}
		last = c
		i++
	}
	return s.String(), v.String()
}

// letter adds one letter. An h is heard by some and not by others.
func letter(c byte, s, v *strings.Builder) {
	first := s.Len() == 0 && v.Len() == 0
	vowel := func(as byte) {
		if first {
			s.WriteByte('A')
		}
		v.WriteByte(as)
	}
	switch c {
	case 'a':
		vowel('a')
	case 'e':
		vowel('e')
	case 'i':
		vowel('i')
	case 'o', 'u':
		vowel('o')
	case 'h':
	case 'y':
		if first {
			s.WriteByte('Y')
		} else {
			v.WriteByte('i')
		}
	case 'w':
		if first {
			s.WriteByte('W')
		}
	case 'c', 'k', 'q':
		s.WriteByte('K')
	case 's', 'z', 'x':
		s.WriteByte('S')
	case 'b', 'v':
		s.WriteByte('B')
	default:
		s.WriteByte(c - 'a' + 'A')
	}
}
