// The prepared orders say what going through everything would say, and follow every change.
package directory

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/platform/access"
)

func TestOrdersAreWhatALoopWouldFind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var groups []Group
		for i := range rapid.IntRange(0, 40).Draw(t, "groups") {
			g := sample(fmt.Sprint(rapid.SampledFrom([]string{"Alder", "Beech", "Cedar"}).Draw(t, "name"), " ", i%7))
			g.ID = fmt.Sprint("g", i)
			g.State = rapid.SampledFrom([]State{Draft, Vetted, Published, Stale, Suspended, Archived}).Draw(t, "state")
			g.Misses = rapid.IntRange(0, 3).Draw(t, "misses")
			g.Unlisted = rapid.Bool().Draw(t, "unlisted")
			g.VerifiedOn = start.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "day")) * 24 * time.Hour)
			g.Languages = rapid.SliceOfN(rapid.SampledFrom([]string{"en", "es-MX", "es", "vi"}), 0, 3).Draw(t, "languages")
			groups = append(groups, g)
		}
		s := (&snapshot{}).with(1, groups, nil)
		o := s.ordered()
		var public []*entry
		for _, e := range s.byName {
			if e.Public() {
				public = append(public, e)
			}
		}
		if !slices.Equal(o.public, public) {
			t.Fatal("the public list differs")
		}
		for _, b := range Boards() {
			var want []*entry
			for _, e := range s.byName {
				if b.shows(&e.Group) {
					want = append(want, e)
				}
			}
			if b == ByAge { // by the same key that pages are cut by
				key := func(e *entry) string { return e.VerifiedOn.UTC().Format("20060102T150405.000000") + e.ID }
				slices.SortFunc(want, func(x, y *entry) int { return cmp.Compare(key(x), key(y)) })
			}
			if !slices.Equal(o.boards[b], want) {
				t.Fatalf("board %s differs", b)
			}
		}
	})
}

func TestListsFollowEveryChange(t *testing.T) {
	each(t, func(w *world) {
		t := w.T
		staff := access.Actor{Account: "acc-organizer", Org: org, Roles: []access.Role{access.Organizer}}
		seen := func() (areas, languages []string, listed, board int) {
			areas, err := w.s.Areas(ctx, public)
			w.ok(err)
			languages, err = w.s.Languages(ctx, public)
			w.ok(err)
			p, err := w.s.List(ctx, public, Filter{}, "")
			w.ok(err)
			_, counts, err := w.s.Staff(ctx, staff, ByAge, "", "")
			w.ok(err)
			return areas, languages, p.Total, counts[ByAge]
		}
		if a, l, n, b := seen(); len(a)+len(l)+n+b != 0 {
			t.Fatal("an empty directory lists something", a, l, n, b)
		}
		group := w.publish(sample("Linden Tenants"))
		a, l, n, b := seen()
		if len(a) != 1 || len(l) != 2 || n != 1 || b != 1 {
			t.Fatal("a published group is missing", a, l, n, b)
		}
		a[0], l[0] = "changed by the caller", "xx" // must not reach the snapshot
		if a, l, _, _ := seen(); a[0] != "Cedar Hill" || slices.Contains(l, "xx") {
			t.Fatal("a caller can change what others see", a, l)
		}
		hidden := sample("Quiet Tenants")
		hidden.Unlisted = true
		quiet := w.publish(hidden)
		for _, who := range []access.Actor{access.Machine(org), public} {
			names, err := w.s.Names(ctx, who, []string{group, quiet, "unknown"})
			w.ok(err)
			if names[group] != "Linden Tenants" || (names[quiet] != "") != (who.Has(access.System)) || len(names) > 2 {
				t.Fatal("names for", who.Name(), names)
			}
		}
		w.ok(w.do(quiet, Suspend))
		w.ok(w.do(group, Suspend))
		if a, l, n, b := seen(); len(a)+len(l)+n+b != 0 {
			t.Fatal("a suspended group is still listed", a, l, n, b)
		}
	})
}
