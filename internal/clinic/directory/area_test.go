// Areas are what a form can offer: no area of a place that is hidden or unlisted.

package directory

import (
	"slices"
	"testing"
)

func TestAreasNameNoHiddenPlace(t *testing.T) {
	each(t, func(w *world) {
		in := func(name, area string, v Visibility, unlisted bool) {
			g := sample(name)
			g.Place.Area, g.Place.Visibility, g.Unlisted = area, v, unlisted
			w.publish(g)
		}
		in("Open Door", "Cedar Hill", Exact, false)
		in("Round Table", "Alder Flats", Blurred, false)
		in("Quiet Corner", "Hidden Hollow", Hidden, false)
		in("Safe Porch", "Unlisted Lane", Exact, true)
		list, err := w.s.Areas(ctx, organizer)
		w.ok(err)
		if !slices.Equal(list, []string{"Alder Flats", "Cedar Hill"}) {
			w.Errorf("areas %q", list)
		}
	})
}
