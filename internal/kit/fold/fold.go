// Package fold makes writings of one name equal: case, accents, the dots and
// hooks of Vietnamese, Arabic vowel signs and letter variants, punctuation and
// spaces do not count. For finding and comparing, never for showing.
package fold

import (
	"strings"
	"unicode"
)

// Text folds s to lower-case words separated by single spaces.
func Text(s string) string {
	var sb strings.Builder
	sb.Grow(len(s))
	space := false
	for _, r := range s {
		r = unicode.ToLower(r)
		switch base, known := plain[r]; {
		case r == 'ß':
			put(&sb, &space, 's')
			put(&sb, &space, 's')
		case r == 'æ':
			put(&sb, &space, 'a')
			put(&sb, &space, 'e')
		case r == 'œ':
			put(&sb, &space, 'o')
			put(&sb, &space, 'e')
		case known:
			put(&sb, &space, base)
		case unicode.Is(unicode.Mn, r) || r == 'ـ' || r == '\'' || r == '’':
			// combining marks, the Arabic stretching line, apostrophes: as if not written
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			put(&sb, &space, r)
		default:
			space = sb.Len() > 0
		}
	}
	return sb.String()
}

func put(sb *strings.Builder, space *bool, r rune) {
	if *space {
		sb.WriteByte(' ')
		*space = false
	}
	sb.WriteRune(r)
}

var plain = variants(
	"aàáâãäåāăąạảấầẩẫậắằẳẵặ", "cçćĉċč", "dďđð", "eèéêëēĕėęěẹẻẽếềểễệ", "gĝğġģ", "hĥħ", "iìíîïĩīĭįıỉị", "jĵ", "kķ",
	"lĺļľŀł", "nñńņňŋ", "oòóôõöøōŏőơọỏốồổỗộớờởỡợ", "rŕŗř", "sśŝşšș", "tţťŧț", "uùúûüũūŭůűųưụủứừửữự", "wŵ", "yýÿŷỳỵỷỹ", "zźżž",
	"اأإآٱ", "يىئ", "وؤ", "هة")

func variants(lines ...string) map[rune]rune {
	m := map[rune]rune{}
	for _, line := range lines {
		all := []rune(line)
		for _, r := range all[1:] {
			m[r] = all[0]
		}
	}
	return m
}

// Contains reports whether every word of query begins a word of text. Both must be folded.
func Contains(text, query string) bool {
	for _, w := range strings.Fields(query) {
		if !strings.HasPrefix(text, w) && !strings.Contains(text, " "+w) {
			return false
		}
	}
	return true
}

// Alike is how similar two folded names are, from 0 to 1: the share of common
// three-letter pieces, whatever the order of the words.
func Alike(a, b string) float64 {
	pa, pb := pieces(a), pieces(b)
	if len(pa) == 0 || len(pb) == 0 {
		return 0
	}
	common := 0
	for p := range pa {
		if pb[p] {
			common++
		}
	}
	return 2 * float64(common) / float64(len(pa)+len(pb))
}

func pieces(s string) map[[3]rune]bool {
	out := map[[3]rune]bool{}
	for _, w := range strings.Fields(s) {
		all := append(append([]rune{' '}, []rune(w)...), ' ')
		for i := 0; i+2 < len(all); i++ {
			out[[3]rune(all[i:i+3])] = true
		}
	}
	return out
}
