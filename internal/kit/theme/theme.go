// Package theme suggests groupings of short texts, such as statements or the
// sentences of stories, in several languages, for people to accept, rename or
// change; and finds texts that say nearly the same words.
//
// There is no model and nothing is learned from outside: words and pieces of
// words are counted and weighed (TF-IDF), brought into few dimensions (latent
// semantic analysis: Deerwester and others 1990), grouped (Buckshot: Cutting,
// Karger, Pedersen, Tukey 1992, which starts spherical k-means from a small
// hierarchical clustering) and named by the words that set a group apart
// (class-based TF-IDF: Grootendorst 2022). Texts in different languages meet
// only where they share words.
//
// The same texts give the same suggestion, in whatever order they come. A word
// that only one text uses never becomes a label, because it could be a name.
// Pure.
package theme

import (
	"cmp"
	"slices"
)

// Text is one text with its own id.
type Text struct{ ID, Text string }

// Options of a suggestion; the zero value is the usual choice.
type Options struct {
	Themes int    // how many; chosen by how clearly they part when 0
	Most   int    // largest number that is tried; 20 when 0
	Words  int    // words of a label; 3 when 0
	Seed   uint64 // another seed, another start: good groupings stay
}

// Theme is a suggested grouping.
type Theme struct {
	Label   []string // the words that set it apart, as they were written, most telling first; may be empty
	Members []Member // best fitting first
}

// Member is a text in a theme. Fit is how near it is to the theme's middle, up to 1.
type Member struct {
	ID  string
	Fit float64
}

// Suggestion is all of it: every text is in one theme or alone.
type Suggestion struct {
	Themes []Theme // largest first
	Alone  []string
}

const (
	loneFit = 0.35 // a text farther from every middle than this belongs to none
	naming  = 500  // texts nearest to a theme's middle that have a say in its label
)

// Suggest groups texts by what they are about.
func Suggest(texts []Text, o Options) Suggestion {
	texts = sorted(texts)
	docs := make([][]feature, len(texts))
	each(len(texts), func(i int) { docs[i] = read(texts[i].Text) })
	places := placesOf(docs, o.Seed)
	var s Suggestion
	var at []int // texts with a place
	for i := range texts {
		if places[i] == nil {
			s.Alone = append(s.Alone, texts[i].ID)
		} else {
			at = append(at, i)
		}
	}
	points := make([][]float64, len(at))
	for n, i := range at {
		points[n] = places[i]
	}
	labels, fits, k := cluster(points, o)
	members := make([][]int, k)
	for n, l := range labels {
		if fits[n] >= loneFit {
			members[l] = append(members[l], n)
		}
	}
	in := make([][]int, 0, k)
	used := make([]bool, len(at))
	for _, m := range members {
		if len(m) > 1 {
			in = append(in, m)
			for _, n := range m {
				used[n] = true
			}
		}
	}
	for n, i := range at {
		if !used[n] {
			s.Alone = append(s.Alone, texts[i].ID)
		}
	}
	slices.Sort(s.Alone)
	slices.SortStableFunc(in, func(a, b []int) int { return cmp.Or(len(b)-len(a), a[0]-b[0]) })
	heart := make([][]string, len(in)) // the texts that name a theme
	for t, list := range in {
		slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(fits[b], fits[a]) })
		for _, n := range list[:min(len(list), naming)] {
			heart[t] = append(heart[t], texts[at[n]].Text)
		}
	}
	names := label(heart, cmp.Or(o.Words, 3))
	for t, list := range in {
		th := Theme{Label: names[t]}
		for _, n := range list {
			th.Members = append(th.Members, Member{texts[at[n]].ID, fits[n]})
		}
		s.Themes = append(s.Themes, th)
	}
	return s
}

func sorted(texts []Text) []Text {
	texts = slices.Clone(texts)
	slices.SortFunc(texts, func(a, b Text) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Text, b.Text)) })
	return texts
}
