// The index: names by how they sound, so that alike ones meet without a scan.

package namematch

import (
	"cmp"
	"slices"
)

// Index finds alike names among many. It holds sounds, not names: the caller
// keeps those and hands them out again. It is not safe for use while it changes.
type Index struct {
	posts map[uint32][]int32 // sound of a word, or all of it but one → refs, ascending
	most  int32              // one more than the highest ref
}

// NewIndex makes an empty index.
func NewIndex() *Index { return &Index{posts: map[uint32][]int32{}} }

// Hit is a name that is alike.
type Hit struct {
	Ref   int32
	Score float64
	How   How
}

// rare is up to how many names may share a sound for one shared word to be worth
// a comparison. Names that share two are always compared.
const rare = 400

// Add puts a name in under a reference of the caller's.
func (x *Index) Add(ref int32, n Name) {
	x.most = max(x.most, ref+1)
	for _, k := range n.keys() {
		list := x.posts[k]
		if len(list) == 0 || list[len(list)-1] < ref {
			x.posts[k] = append(list, ref)
			continue
		}
		if i, found := slices.BinarySearch(list, ref); !found {
			x.posts[k] = slices.Insert(list, i, ref)
		}
	}
}

// Remove takes a name out; it must be the one that was added.
func (x *Index) Remove(ref int32, n Name) {
	for _, k := range n.keys() {
		list := x.posts[k]
		i, found := slices.BinarySearch(list, ref)
		if !found {
			continue
		}
		if len(list) == 1 {
			delete(x.posts, k)
		} else {
			x.posts[k] = slices.Delete(list, i, i+1)
		}
	}
}

// keys are the sounds of the words, and of longer ones also with one sound left
// out, so that two words that differ in one sound meet.
func (n Name) keys() []uint32 {
	out := make([]uint32, 0, 16)
	for _, w := range n.words {
		out = append(out, hash(w.sound, -1))
		if len(w.sound) < 4 || w.sound == w.text {
			continue
		}
		for i := range w.sound {
			out = append(out, hash(w.sound, i))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// wordKeys are the keys of one word.
func (w word) keys() []uint32 { return Name{words: []word{w}}.keys() }

func hash(s string, without int) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		if i != without {
			h = (h ^ uint32(s[i])) * 16777619
		}
	}
	return h
}

// Find returns names that are alike enough, the most alike first, at most limit.
// name gives the name of a reference.
func (x *Index) Find(n Name, limit int, name func(ref int32) Name) []Hit {
	shared := make([]uint8, x.most)
	seen := make([]uint8, x.most) // last word that counted, so that a word counts once
	var candidates []int32
	for i, w := range n.words {
		for _, k := range w.keys() {
			list := x.posts[k]
			few := len(list) <= rare
			for _, ref := range list {
				if seen[ref] != uint8(i+1) {
					seen[ref] = uint8(i + 1)
					shared[ref]++
				} else if !few {
					continue
				}
				if few && shared[ref] < compared || !few && shared[ref] == 2 || len(n.words) == 1 && shared[ref] == 1 {
					shared[ref] |= compared
					candidates = append(candidates, ref)
				}
			}
		}
	}
	var hits []Hit
	for _, ref := range candidates {
		if s, how := Alike(n, name(ref)); s >= Enough {
			hits = append(hits, Hit{ref, s, how})
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Ref, b.Ref)) })
	return hits[:min(limit, len(hits))]
}

// compared marks a reference that is among the candidates already.
const compared = 0x80
