// The invented vocabulary. Words are put together from syllables, so that no
// word list with who knows what in it is needed, and nothing names a real
// person, place or group.
package main

import (
	"math/rand/v2"
	"strings"
)

var syllables = []string{"va", "lo", "mi", "ren", "tal", "su", "no", "ver", "li", "ma", "ro", "san", "te", "lu", "vin", "or", "el", "ta", "ne", "mar"}

// vocabulary is a list of words that are drawn unevenly, as words are.
type vocabulary struct {
	words []string
	zipf  *rand.Zipf
}

func newVocabulary(r *rand.Rand, size int) *vocabulary {
	v := &vocabulary{zipf: rand.NewZipf(r, 1.2, 4, uint64(size-1))}
	seen := map[string]bool{}
	for len(v.words) < size {
		var sb strings.Builder
		for range 2 + r.IntN(2) {
			sb.WriteString(syllables[r.IntN(len(syllables))])
		}
		if w := sb.String(); !seen[w] {
			seen[w] = true
			v.words = append(v.words, w)
		}
	}
	return v
}

func (v *vocabulary) word() string { return v.words[v.zipf.Uint64()] }

func (v *vocabulary) sentence(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = v.word()
	}
	return title(strings.Join(words, " ")) + "."
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// some draws n different values.
func some[T any](r *rand.Rand, list []T, n int) []T {
	out := make([]T, 0, n)
	for _, i := range r.Perm(len(list))[:min(n, len(list))] {
		out = append(out, list[i])
	}
	return out
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }
