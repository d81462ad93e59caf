// Where groups meet, by name: what a form can offer instead of a field to type in.

package directory

import (
	"context"
	"slices"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
)

// mostAreas keeps a list of choices short enough to choose from.
const mostAreas = 40

// Areas lists the areas where public groups meet by name, the most frequent
// forty. A group that hides its place adds no area.
func (s *Service) Areas(ctx context.Context, a access.Actor) (list []string, err error) {
	defer fault.Wrap(&err, "directory.Areas")
	if _, err := access.Check(a, need(access.Read)); err != nil {
		return nil, err
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	count, name := map[string]int{}, map[string]string{}
	for _, e := range snap.byName {
		if e.area == "" || !e.Public() {
			continue
		}
		if count[e.area]++; name[e.area] == "" {
			name[e.area] = e.Place.View().Area
		}
	}
	folded := make([]string, 0, len(count))
	for area := range count {
		folded = append(folded, area)
	}
	slices.SortFunc(folded, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	folded = folded[:min(len(folded), mostAreas)]
	slices.Sort(folded)
	for _, area := range folded {
		list = append(list, name[area])
	}
	return list, nil
}
