// Lists of criteria by which an issue is tested. Three come with the program; a
// clinic may edit a copy. A list has versions: a score keeps the one it was made by.
package cycle

import "slices"

// Criterion is one question of a list. The words of the lists that come with the
// program stand in the catalog under its code; those of a clinic's own in Text.
type Criterion struct {
	Code string `json:"code"`
	Text string `json:"text,omitempty"`
	Hint string `json:"hint,omitempty"`
}

// Set is a version of a list.
type Set struct {
	ID      string
	Version int64
	Base    string // the list it was copied from
	Name    string // of a clinic's own
	Items   []Criterion
}

// Shipped reports whether the list comes with the program.
func (s Set) Shipped() bool { return s.Base == "" }

// Item finds a criterion by its code.
func (s Set) Item(code string) (Criterion, bool) {
	i := slices.IndexFunc(s.Items, func(c Criterion) bool { return c.Code == code })
	if i < 0 {
		return Criterion{}, false
	}
	return s.Items[i], true
}

func coded(codes ...string) (out []Criterion) {
	for _, c := range codes {
		out = append(out, Criterion{Code: c})
	}
	return out
}

// Shipped returns the lists that come with the program, the shortest path first:
// Faith in Texas, the long list of the Midwest Academy, and LEE's four questions.
// The criteria are theirs, the words are ours.
func Shipped() []Set {
	return []Set{
		{ID: "fit", Version: 1, Items: coded("passion", "rooted", "anchored", "winnable", "non_divisive", "specific")},
		{ID: "mwa", Version: 1, Items: coded("real", "own_power", "alters_power", "worthwhile", "winnable", "widely_felt", "deeply_felt", "easy", "clear_who", "clear_when",
			"non_divisive", "builds_leaders", "next_issue", "pocketbook", "raises_money", "values")},
		{ID: "lee", Version: 1, Items: coded("exact_ask", "clear_when", "measure", "authority")},
	}
}

// Best is the highest score of one criterion.
const Best = 2

// Score is what a team says about one criterion, and why.
type Score struct {
	Criterion string
	N         int // 0, 1 or 2
	Reason    string
}

// Tally is a list of scores against a set: how many of how many, and the points.
// It is advice. The team decides.
type Tally struct {
	Said, Of     int // criteria
	Points, Most int
	Weak         []string // codes that got nothing
}

// Whole reports whether every criterion has its score.
func (t Tally) Whole() bool { return t.Of > 0 && t.Said == t.Of }

// Count adds up what was said about the criteria of a set.
func (s Set) Count(scores []Score) Tally {
	t := Tally{Of: len(s.Items), Most: Best * len(s.Items)}
	for _, c := range s.Items {
		i := slices.IndexFunc(scores, func(x Score) bool { return x.Criterion == c.Code })
		if i < 0 {
			continue
		}
		t.Said++
		t.Points += scores[i].N
		if scores[i].N == 0 {
			t.Weak = append(t.Weak, c.Code)
		}
	}
	return t
}
