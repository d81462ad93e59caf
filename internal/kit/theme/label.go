// What a theme is called: the words that set it apart.

package theme

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// seen is how a word was met in a theme.
type seen struct {
	texts   int
	written map[string]int
	phrases map[[2]string]int // pairs of written words with it, by folded pair
	asPair  map[[2]string]map[string]int
}

// label names each theme by the words that set it apart from the other themes.
// A word or a pair of words counts once per text, and needs two texts.
func label(themes [][]string, most int) [][]string {
	by := make([]map[string]*seen, len(themes))
	all := map[string]int{}
	total := 0
	for t, list := range themes {
		by[t] = map[string]*seen{}
		for _, text := range list {
			total += count(words(text), by[t], all)
		}
	}
	names := make([][]string, len(themes))
	average := float64(total) / float64(max(len(themes), 1))
	for t, list := range themes {
		weight := func(w string) float64 {
			return float64(by[t][w].texts) / float64(len(list)) * math.Log(1+average/float64(all[w]))
		}
		words := slices.Collect(maps.Keys(by[t]))
		slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(a, b)) })
		taken := map[string]bool{}
		for _, w := range words {
			if len(names[t]) == most {
				break
			}
			if s := by[t][w]; s.texts >= 2 && !taken[w] && !cutAcross(w, names[t]) {
				names[t] = append(names[t], s.name(w, taken))
			}
		}
	}
	return names
}

// count adds a text's words to its theme and returns how many different there were.
func count(words []word, theme map[string]*seen, all map[string]int) int {
	once := map[string]bool{}
	pairs := map[[2]string]bool{}
	for i, w := range words {
		if w.stop {
			continue
		}
		s := theme[w.folded]
		if s == nil {
			s = &seen{written: map[string]int{}, phrases: map[[2]string]int{}, asPair: map[[2]string]map[string]int{}}
			theme[w.folded] = s
		}
		s.written[w.written]++
		if !once[w.folded] {
			once[w.folded] = true
			s.texts++
			all[w.folded]++
		}
		for _, j := range []int{i - 1, i} {
			if j < 0 || j+1 >= len(words) || words[j].stop || words[j+1].stop {
				continue
			}
			pair := [2]string{words[j].folded, words[j+1].folded}
			if s.asPair[pair] == nil {
				s.asPair[pair] = map[string]int{}
			}
			s.asPair[pair][joined(words[j].written, words[j+1].written)]++
			key := [2]string{w.folded + " " + pair[0], pair[1]}
			if !pairs[key] {
				pairs[key] = true
				s.phrases[pair]++
			}
		}
	}
	return len(once)
}

// cutAcross says that a pair of letters of a script without spaces begins or
// ends in a word that was chosen already: it is half of two words.
func cutAcross(w string, chosen []string) bool {
	first, _ := utf8.DecodeRuneInString(w)
	last, _ := utf8.DecodeLastRuneInString(w)
	return unspaced(first) && slices.ContainsFunc(chosen, func(c string) bool {
		return strings.HasSuffix(c, string(first)) || strings.HasPrefix(c, string(last))
	})
}

// joined puts two words side by side; pairs of letters of scripts without
// spaces overlap by one.
func joined(a, b string) string {
	ra, rb := []rune(a), []rune(b)
	if len(ra) == 2 && len(rb) == 2 && ra[1] == rb[0] && unspaced(ra[0]) {
		return a + string(rb[1:])
	}
	return a + " " + b
}

// name is the word as it was mostly written, or the pair in which it mostly stands.
func (s *seen) name(w string, taken map[string]bool) string {
	taken[w] = true
	pair, n := [2]string{}, 0
	for p, c := range s.phrases {
		if c > n || c == n && slices.Compare(p[:], pair[:]) < 0 {
			pair, n = p, c
		}
	}
	share := 6 // tenths of its texts in which the word must stand in the pair
	if first, _ := utf8.DecodeRuneInString(w); unspaced(first) {
		share = 9
	}
	if n >= 2 && 10*n >= share*s.texts && !(taken[pair[0]] && taken[pair[1]]) {
		taken[pair[0]], taken[pair[1]] = true, true
		return usual(s.asPair[pair])
	}
	return usual(s.written)
}

// usual is the most frequent writing; of several, the first in lower case.
func usual(writings map[string]int) string {
	best := ""
	for w, n := range writings {
		if best == "" || n > writings[best] || n == writings[best] && cmp.Or(cmp.Compare(capitals(w), capitals(best)), cmp.Compare(w, best)) < 0 {
			best = w
		}
	}
	return best
}

func capitals(s string) int {
	if strings.ToLower(s) == s {
		return 0
	}
	return 1
}
