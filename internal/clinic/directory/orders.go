// What the lists need of a snapshot in their own order, worked out once per
// change of the directory instead of once per page: at ten thousand groups
// sorting a board by age took more than 20 ms of every request for it.

package directory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
)

// orders depends on nothing that changes with time, so it lives as long as its snapshot.
type orders struct {
	once      sync.Once
	public    []*entry           // what anybody may see, by name
	boards    map[Board][]*entry // of the staff, each in its own order
	areas     []string           // by name, the most frequent ones
	languages []string           // the most frequent first
}

func (s *snapshot) ordered() *orders {
	o := &s.orders
	o.once.Do(func() {
		o.boards = map[Board][]*entry{}
		for _, e := range s.byName {
			if e.Public() {
				o.public = append(o.public, e)
			}
			for _, b := range Boards() {
				if b.shows(&e.Group) {
					o.boards[b] = append(o.boards[b], e)
				}
			}
		}
		slices.SortFunc(o.boards[ByAge], func(a, b *entry) int {
			return cmp.Or(a.VerifiedOn.Compare(b.VerifiedOn), cmp.Compare(a.ID, b.ID))
		})
		o.areas, o.languages = areasOf(o.public), spokenIn(o.public)
	})
	return o
}

func areasOf(list []*entry) (names []string) {
	count, name := map[string]int{}, map[string]string{}
	for _, e := range list {
		if e.area == "" {
			continue
		}
		if count[e.area]++; name[e.area] == "" {
			name[e.area] = e.Place.View().Area
		}
	}
	folded := byCount(count)
	folded = folded[:min(len(folded), mostAreas)]
	slices.Sort(folded)
	for _, area := range folded {
		names = append(names, name[area])
	}
	return names
}

func spokenIn(list []*entry) []string {
	count := map[string]int{}
	for _, e := range list {
		for _, l := range e.Languages {
			count[baseLanguage(l)]++
		}
	}
	return byCount(count)
}

// byCount lists keys, the most frequent first.
func byCount(count map[string]int) []string {
	return slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), strings.Compare(a, b))
	})
}

// Names returns the names of groups by id, for a page that shows many of them.
// Groups that are gone have none. Whoever may not see the whole directory gets
// the names of public groups only.
func (s *Service) Names(ctx context.Context, a access.Actor, ids []string) (names map[string]string, err error) {
	defer fault.Wrap(&err, "directory.Names")
	grant, err := access.Check(a, need(access.Read))
	if err != nil {
		return nil, err
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	names = make(map[string]string, len(ids))
	for _, id := range ids {
		if e := snap.groups[id]; e != nil && (grant.Scope == access.Org || grant.Scope == access.All || e.Public()) {
			names[id] = e.Name
		}
	}
	return names, nil
}
