// Where groups meet, by name: what a form can offer instead of a field to type in.

package directory

import (
	"context"
	"slices"

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
	return slices.Clone(snap.ordered().areas), nil
}
