package theme

// Texts to words and pieces of words.

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"seedbed/internal/kit/fold"
)

// word is a word as it was written and as it is compared.
type word struct {
	written, folded string
	stop            bool
}

// feature is a word, a pair of words or a piece of a word.
type feature struct {
	number uint32
	weight float32
}

const (
	space      = 1 << 20 // numbers of features; two that meet count as one
	pairShare  = 0.7     // weight of a pair of words against a whole word,
	pieceShare = 0.4     // and of a piece of one
	again      = 0.3     // a feature said again counts a little more, not twice
)

// read lists the features of a text by number, each once.
func read(text string) []feature {
	var list []feature
	var edge []byte
	var starts []int // of the letters in edge, and its end
	last := ""
	for _, w := range words(text) {
		if w.stop {
			last = ""
			continue
		}
		list = append(list, feature{hash('w', w.folded, ""), 1})
		if last != "" {
			list = append(list, feature{hash('b', last, w.folded), pairShare})
		}
		last = w.folded
		edge = append(append(append(edge[:0], '^'), w.folded...), '$')
		starts = starts[:0]
		for i := range string(edge) {
			starts = append(starts, i)
		}
		starts = append(starts, len(edge))
		for n := 4; n <= 5 && len(starts)-1 > n; n++ {
			for i := 0; i+n < len(starts); i++ {
				list = append(list, feature{hash('p', string(edge[starts[i]:starts[i+n]]), ""), pieceShare})
			}
		}
	}
	slices.SortFunc(list, func(a, b feature) int { return cmp.Or(int(a.number)-int(b.number), cmp.Compare(b.weight, a.weight)) })
	kept := list[:0]
	for _, f := range list {
		if n := len(kept); n > 0 && kept[n-1].number == f.number {
			kept[n-1].weight += f.weight * again
			continue
		}
		kept = append(kept, f)
	}
	return slices.Clone(kept)
}

// words splits a text. Scripts that write no spaces are cut into pairs of letters.
func words(text string) (list []word) {
	put := func(written string, stop bool) {
		if folded := fold.Text(written); folded != "" && !strings.Contains(folded, " ") {
			list = append(list, word{written, folded, stop || stops[folded]})
		}
	}
	var run []rune
	dense := false
	flush := func() {
		switch {
		case len(run) == 0:
		case !dense || len(run) == 1:
			put(strings.Trim(string(run), "'’"), false)
		default:
			for i := 0; i+1 < len(run); i++ {
				put(string(run[i:i+2]), strings.ContainsRune(glue, run[i]) || strings.ContainsRune(glue, run[i+1]))
			}
		}
		run = run[:0]
	}
	for _, r := range text {
		switch {
		case unspaced(r):
			if !dense {
				flush()
			}
			dense = true
			run = append(run, r)
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || r == '\'' || r == '’' || r == 'ـ':
			if dense && unicode.IsLetter(r) {
				flush()
				dense = false
			}
			run = append(run, r)
		default:
			flush()
			dense = false
		}
	}
	flush()
	return list
}

// unspaced reports whether a letter is of a script that writes no spaces.
func unspaced(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// hash is FNV-1a over the kind and both parts.
func hash(kind byte, a, b string) uint32 {
	const prime = 1099511628211
	h := (uint64(14695981039346656037) ^ uint64(kind)) * prime
	for i := range len(a) {
		h = (h ^ uint64(a[i])) * prime
	}
	h *= prime
	for i := range len(b) {
		h = (h ^ uint64(b[i])) * prime
	}
	h ^= h >> 32
	return uint32(h) % space
}

// glue is signs that end or join Chinese words; a pair with one is no word.
const glue = "的了是吗呢吧们很"

// stops are words that say nothing of what a text is about, folded.
var stops = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`
		a about after all also am an and any are as at be because been before being but by can could did do does dont down for from get
		had has have he her here him his how i if im in into is it its just like me more most my no not now of off on one only or other our
		out over she should so some such than that the their them then there these they this those to too up us very was we were what
		when where which who why will with would you your
		al algo ante asi aun aunque cada como con cual cuando de debe deben del desde donde dos el ella ellas ellos en entre era es esa ese eso esta
		estan este esto estos fue ha hace han hasta hay la las le les lo los mas me mi mis muy nada ni nos nosotros o para pero por porque
		que quien se sea ser si sin sobre son su sus tambien tan te tiene tienen todo todos tu un una uno unos y ya yo
		ai anh bi boi cac cai can cang cho chung chua co con cua cung da dang de den di do duoc gi hay hon hoac khi khong la lai lam len ma
		mot moi nao nay neu nen ngay nguoi nhieu nhu nhung nua o phai qua ra rang rat roi sau se ta tai the thi toi trong tu tung va van
		vao vi voi
		أن إن في من على إلى عن مع هذا هذه ذلك التي الذي ما لا لم لن كان كانت هو هي هم نحن أنا أنت كل كما أو ثم قد بعد قبل عند حتى إذا
		بين غير يكون تكون ليس لكن لأن هناك هنا أي يجب
		的 了 是 在 和 有 我 我们 他们 这 那 不 也 都 就 要 会 到 说 很 吗 呢 吧 们`) {
		for _, part := range strings.Fields(fold.Text(w)) {
			m[part] = true
		}
	}
	return m
}()
