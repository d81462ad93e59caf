// Answers that come in by SMS. They are untrusted (somebody else may hold the
// phone): they can stop, ask for a call, or answer with a code, and never get
// anything back but a general sentence.
package notify

import (
	"slices"
	"strings"
	"unicode"
)

// Keyword is what an answer means.
type Keyword string

const (
	Unread  Keyword = "" // not clear: a person reads it
	KeyStop Keyword = "stop"
	KeyGo   Keyword = "start"
	KeyHelp Keyword = "help"
	KeyYes  Keyword = "yes"
	KeyNo   Keyword = "no"
	KeyMet  Keyword = "met"
	KeyCall Keyword = "call"
)

// lexicon maps folded words to meanings, in English, Spanish, Vietnamese and Arabic.
var lexicon = invert(map[Keyword]string{
	KeyStop: "stop stopall unsubscribe quit end cancel remove alto parar pare basta baja cancelar ngung توقف قف الغاء ايقاف اوقف اوقفوا كفي",
	KeyGo:   "start unstop empezar iniciar ابدا",
	KeyHelp: "help info ayuda giup مساعده ساعدوني",
	KeyYes:  "yes yeah yep ok okay si vale acepto claro co vang نعم موافق موافقه اوك ايوه اجل",
	KeyNo:   "no nope not cant cannot dont didnt never nunca khong ko chua لا كلا لم لن",
	KeyMet:  "met reunimos reuni vimos conocimos gap التقينا التقيت قابلت قابلته قابلتها",
	KeyCall: "call llame llamame llamar llamen goi اتصل اتصلوا",
})

func invert(in map[Keyword]string) map[string]Keyword {
	out := map[string]Keyword{}
	for k, words := range in {
		for _, w := range strings.Fields(words) {
			out[w] = k
		}
	}
	return out
}

// alone are words that mean something only when nothing but a code stands beside them:
// "y" is "and" in Spanish, "huy" a Vietnamese name, and "dung" without its marks may be
// "dừng" (stop) or "đúng" (right), so beside a code it is left to a person.
var alone = map[string]Keyword{"y": KeyYes, "n": KeyNo, "huy": KeyStop}

// marked keeps apart what folding would make one word: "dừng" (stop) and "đúng" (right),
// composed or not.
var marked = strings.NewReplacer("dừng", " stop ", "du\u031b\u0300ng", " stop ", "dư\u0300ng", " stop ", "đúng", " yes ", "đu\u0301ng", " yes ")

// ParseInbound reads an answer. Stop wins whenever it may be meant; two meanings, or a
// negation beside another word, are none. code is the one group of four to eight digits,
// or empty when there is none or more than one.
func ParseInbound(text string) (Keyword, string) {
	words, runs := tokens(text)
	code := codeIn(runs)
	if len(words) == 0 {
		return Unread, code
	}
	if lexicon[words[0]] == KeyStop {
		return KeyStop, code
	}
	if len(words) > 12 {
		return Unread, code
	}
	if len(words) == 1 {
		if k, ok := alone[words[0]]; ok && (k != KeyStop || len(runs) == 0) {
			return k, code
		}
		if words[0] == "dung" && len(runs) == 0 {
			return KeyStop, code
		}
	}
	return meaning(words), code
}

func meaning(words []string) Keyword {
	phrase := " " + strings.Join(words, " ") + " "
	var found []Keyword
	add := func(k Keyword) {
		if k != Unread && !slices.Contains(found, k) {
			found = append(found, k)
		}
	}
	if strings.Contains(phrase, " dong y ") {
		add(KeyYes)
	}
	if strings.Contains(phrase, " bat dau ") {
		add(KeyGo)
	}
	for _, w := range words {
		add(lexicon[w])
	}
	has := func(k Keyword) bool { return slices.Contains(found, k) }
	switch {
	case len(found) == 1 && found[0] == KeyStop && len(words) > 4, len(found) == 1 && found[0] == KeyGo && len(words) > 2:
		return Unread
	case len(found) == 1:
		return found[0]
	case len(found) == 2 && has(KeyMet) && has(KeyYes): // "yes, we met"
		return KeyMet
	case len(found) == 2 && has(KeyCall) && has(KeyYes): // "yes, call me"
		return KeyCall
	}
	return Unread
}

// tokens folds a text into words and runs of digits.
func tokens(text string) (words, runs []string) {
	if len(text) > 1600 {
		text = strings.ToValidUTF8(text[:1600], "")
	}
	text = marked.Replace(strings.ToLower(text))
	var sb strings.Builder
	kind := 0 // of the rune before: 1 letter, 2 digit
	for _, r := range text {
		r = fold(r)
		k := 0
		switch {
		case r == drop:
			continue
		case r >= '0' && r <= '9':
			k = 2
		case unicode.IsLetter(r):
			k = 1
		default:
			r = ' '
		}
		if k != kind {
			sb.WriteByte(' ')
		}
		kind = k
		sb.WriteRune(r)
	}
	for _, f := range strings.Fields(sb.String()) {
		if f[0] >= '0' && f[0] <= '9' {
			runs = append(runs, f)
		} else {
			words = append(words, f)
		}
	}
	return words, runs
}

func codeIn(runs []string) string {
	if len(runs) == 2 && len(runs[0]) <= 4 && len(runs[1]) <= 4 && len(runs[0]+runs[1]) >= 4 && (len(runs[0]) < 4 || len(runs[1]) < 4) {
		runs = []string{runs[0] + runs[1]} // "48 21"
	}
	if len(runs) == 1 && len(runs[0]) >= 4 && len(runs[0]) <= 8 {
		return runs[0]
	}
	return ""
}

const drop = rune(-1)

// folds takes accents off letters; combining marks are dropped separately.
var folds = foldTable(map[rune]string{
	'a': "àáạảãâầấậẩẫăằắặẳẵäå", 'e': "èéẹẻẽêềếệểễë", 'i': "ìíịỉĩîï", 'o': "òóọỏõôồốộổỗơờớợởỡö",
	'u': "ùúụủũưừứựửữûü", 'y': "ỳýỵỷỹ", 'd': "đ", 'n': "ñ", 'c': "ç",
	'ا': "أإآٱ", 'ي': "ىی", 'ه': "ة", 'ك': "ک",
})

func foldTable(in map[rune]string) map[rune]rune {
	out := map[rune]rune{}
	for base, list := range in {
		for _, r := range list {
			out[r] = base
		}
	}
	return out
}

func fold(r rune) rune {
	switch {
	case r == '\'' || r == '’' || r == 'ـ', unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		return drop // apostrophes, tatweel, accents, vowel marks, direction marks
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r >= '۰' && r <= '۹':
		return '0' + r - '۰'
	case r >= '０' && r <= '９':
		return '0' + r - '０'
	}
	if base, ok := folds[r]; ok {
		return base
	}
	return r
}

// Reply is the general sentence that may be sent back: it never tells anything.
func (n *Notifier) Reply(lang string, k Keyword) string {
	key := map[Keyword]string{KeyStop: "notify.reply.stop", KeyGo: "notify.reply.start", KeyHelp: "notify.reply.help"}[k]
	if key == "" {
		key = "notify.reply.thanks"
	}
	return n.o.Catalog.Localizer(lang).T(key)
}
