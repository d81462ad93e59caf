// Texts that are near copies of each other.

package theme

import (
	"cmp"
	"slices"

	"seedbed/internal/kit/fold"
)

// Alike is the usual likeness from which two texts count as the same words.
const Alike = 0.7

const piece = 6 // letters of a shingle: few texts share one by chance

// Repeats finds texts that say nearly the same words: copies, copies with a
// number behind, one text sent under many names. Likeness is the share of common
// six-letter pieces (Jaccard), exact; each list is a text and those that are at
// least that alike to it. Texts that repeat nothing are in no list; nor are
// texts without a letter.
func Repeats(texts []Text, least float64) [][]string {
	texts = sorted(texts)
	sets := make([][]uint64, len(texts))
	each(len(texts), func(i int) { sets[i] = shingles(fold.Text(texts[i].Text)) })
	count := map[uint64]int{}
	for _, set := range sets {
		for _, s := range set {
			count[s]++
		}
	}
	// Two sets with likeness t share one of the rarest |A| − ⌈t|A|⌉ + 1 pieces of
	// each (prefix filtering: Chaudhuri, Ganti, Kaushik 2006).
	leaders := map[uint64][]int{} // piece → texts that lead a list
	lists := map[int][]string{}
	var order []int
	for i, set := range sets {
		if len(set) == 0 {
			continue
		}
		rare := slices.Clone(set)
		slices.SortFunc(rare, func(a, b uint64) int { return cmp.Or(count[a]-count[b], cmp.Compare(a, b)) })
		rare = rare[:prefix(len(set), least)]
		best, like := -1, 0.0
		tried := map[int]bool{}
		for _, s := range rare {
			for _, j := range leaders[s] {
				if tried[j] {
					continue
				}
				tried[j] = true
				if l := jaccard(set, sets[j], least); l >= least && (l > like || l == like && j < best) {
					best, like = j, l
				}
			}
		}
		if best < 0 {
			best = i
			order = append(order, i)
			for _, s := range rare {
				leaders[s] = append(leaders[s], i)
			}
		}
		lists[best] = append(lists[best], texts[i].ID)
	}
	var out [][]string
	for _, i := range order {
		if len(lists[i]) > 1 {
			out = append(out, lists[i])
		}
	}
	slices.SortStableFunc(out, func(a, b []string) int { return len(b) - len(a) })
	return out
}

func prefix(n int, least float64) int {
	need := 0
	for float64(need) < least*float64(n)-1e-9 {
		need++
	}
	return min(n, n-need+1)
}

// shingles are the different pieces of a folded text, sorted.
func shingles(folded string) []uint64 {
	letters := []rune(folded)
	if len(letters) == 0 {
		return nil
	}
	var set []uint64
	for i := 0; i == 0 || i+piece <= len(letters); i++ {
		h := uint64(14695981039346656037)
		for _, r := range letters[i:min(i+piece, len(letters))] {
			h = mix(h ^ uint64(r))
		}
		set = append(set, h)
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// jaccard is the share of common pieces, or 0 as soon as it must be below least.
func jaccard(a, b []uint64, least float64) float64 {
	need := int(least / (1 + least) * float64(len(a)+len(b)) * (1 - 1e-9))
	common, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		if common+min(len(a)-i, len(b)-j) < need {
			return 0
		}
		switch {
		case a[i] == b[j]:
			common, i, j = common+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return float64(common) / float64(len(a)+len(b)-common)
}

// Gather is Repeats for a queue: every text is in exactly one list, those that
// repeat nothing alone, the longest list first.
func Gather(texts []Text, least float64) [][]string {
	lists := Repeats(texts, least)
	in := map[string]bool{}
	for _, l := range lists {
		for _, id := range l {
			in[id] = true
		}
	}
	for _, t := range texts {
		if !in[t.ID] {
			in[t.ID] = true
			lists = append(lists, []string{t.ID})
		}
	}
	slices.SortStableFunc(lists, func(a, b []string) int { return len(b) - len(a) })
	return lists
}
