// Weighted dots: so many for each voter, at most so many on one option.
package ballot

import (
	"cmp"
	"slices"
)

// DotsRow is what one option received.
type DotsRow struct {
	ID           string `json:"id"`
	Dots         int    `json:"dots"`
	Persons      int    `json:"persons"`                // gave it at least one
	Institutions int    `json:"institutions,omitempty"` // of which a delegate did
}

// DotsResult is every option's dots, most first, and those chosen.
type DotsResult struct {
	Rows   []DotsRow `json:"rows"`
	Given  int       `json:"given"`
	Unused int       `json:"unused"` // dots that nobody placed
	Chosen []string  `json:"chosen,omitempty"`
	Tied   []string  `json:"tied,omitempty"` // shared the last place that counts
	By     Tie       `json:"by,omitempty"`   // what decided between them
}

func countDots(s Spec, votes []vote) *DotsResult {
	r := &DotsResult{}
	rows := map[string]*DotsRow{}
	from := map[string]map[string]bool{}
	for _, id := range s.Options {
		rows[id] = &DotsRow{ID: id}
		from[id] = map[string]bool{}
	}
	for _, v := range votes {
		for _, d := range v.dots {
			rows[d.ID].Dots += d.N
			rows[d.ID].Persons++
			r.Given += d.N
			if v.institution != "" {
				from[d.ID][v.institution] = true
			}
		}
	}
	r.Unused = len(votes)*s.Dots - r.Given
	for _, id := range s.Options {
		rows[id].Institutions = len(from[id])
		r.Rows = append(r.Rows, *rows[id])
	}
	slices.SortStableFunc(r.Rows, s.before) // stable: the order of the draw decides last
	for _, row := range r.Rows[:s.Seats] {
		if s.main(row) > 0 {
			r.Chosen = append(r.Chosen, row.ID)
		}
	}
	s.border(r)
	return r
}

// main is what the rule counts, breadth what it looks at when that is equal.
func (s Spec) main(d DotsRow) int {
	if s.Rule == MostInstitutions {
		return d.Institutions
	}
	return d.Dots
}

func (s Spec) breadth(d DotsRow) int {
	if s.Rule == MostInstitutions {
		return d.Dots
	}
	return d.Persons
}

func (s Spec) before(a, b DotsRow) int {
	return cmp.Or(cmp.Compare(s.main(b), s.main(a)), cmp.Compare(s.breadth(b), s.breadth(a)))
}

// border says how a tie across the last place was decided, if there was one.
func (s Spec) border(r *DotsResult) {
	inside, outside := r.Rows[s.Seats-1], r.Rows[s.Seats]
	if s.main(inside) != s.main(outside) || s.main(inside) == 0 {
		return
	}
	for _, row := range r.Rows {
		if s.main(row) == s.main(inside) {
			r.Tied = append(r.Tied, row.ID)
		}
	}
	r.By = TieBreadth
	if s.before(inside, outside) == 0 {
		r.By = TieDraw
	}
}

func (r *DotsResult) explain(all Result) []Line {
	lines := []Line{{"decision.say.dots", map[string]any{"Given": r.Given, "Unused": r.Unused, "Ballots": all.Ballots}}}
	if len(r.Chosen) == 0 {
		return append(lines, Line{"decision.say.nobody", nil})
	}
	if r.By != "" {
		lines = append(lines, Line{"decision.say.dots_tie." + string(all.Rule) + "." + string(r.By), map[string]any{"Options": r.Tied}})
	}
	return append(lines, Line{"decision.say.chosen." + string(all.Rule), map[string]any{"Options": r.Chosen, "N": len(r.Chosen)}})
}
