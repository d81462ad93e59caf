// The directory of a clinic in memory: lists, map and matching read it, the
// database stays the truth. A row with the directory's version says when to
// read again, and only changed rows are read, so that any replica answers with
// what the last commit of any other left.

package directory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/matching"
	"seedbed/internal/platform/db"
)

// snapshot never changes once it is published; nobody may write to its groups.
type snapshot struct {
	version    int64
	groups     map[string]*entry
	programmes map[string]*Programme
	byName     []*entry
	progByName []*Programme
	languages  map[string]int // bit of a language in matching
	areas      map[string]int // folded area → number
	hosts      map[string]int
	orders     orders

	mu       sync.Mutex
	items    []matching.Item // of shown organizing groups, parallel to shown
	shown    []*entry
	from, to time.Time // when items are right
}

type entry struct {
	Group
	fold  string // name
	host  string // folded
	area  string // folded, as far as it may be shown
	words string // everything it is found by
}

// cache keeps the newest snapshot per clinic.
type cache struct {
	mu  sync.Mutex
	org map[string]*slot
}

type slot struct {
	mu  sync.Mutex // one reader at a time brings a clinic up to date
	now atomic.Pointer[snapshot]
}

func (c *cache) slot(org string) *slot {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.org == nil {
		c.org = map[string]*slot{}
	}
	if c.org[org] == nil {
		c.org[org] = &slot{}
	}
	return c.org[org]
}

// look returns the directory as of now, reading what changed since the last look.
func (s *Service) look(ctx context.Context, org string) (snap *snapshot, err error) {
	defer fault.Wrap(&err, "directory.look")
	if org == "" {
		return nil, fault.Missing("no organization")
	}
	sl := s.cache.slot(org)
	if snap = sl.now.Load(); snap != nil {
		var v versions
		err = s.db.Read(ctx, org, func(tx *db.Tx) error {
			v, err = currentVersion(ctx, tx)
			return err
		})
		if err != nil || v.version == snap.version {
			return snap, err
		}
	}
	sl.mu.Lock()
	defer sl.mu.Unlock()
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		snap, err = catchUp(ctx, tx, sl.now.Load())
		return err
	})
	if err != nil {
		return nil, err
	}
	sl.now.Store(snap)
	return snap, nil
}

// catchUp returns old, or what follows it when the directory has changed since.
func catchUp(ctx context.Context, tx *db.Tx, old *snapshot) (*snapshot, error) {
	v, err := currentVersion(ctx, tx)
	if err != nil || old != nil && old.version == v.version {
		return old, err
	}
	if old == nil || old.version < v.floor {
		old = &snapshot{}
	}
	groups, err := groupsSince(ctx, tx, old.version)
	if err != nil {
		return nil, err
	}
	programmes, err := programmesSince(ctx, tx, old.version)
	if err != nil {
		return nil, err
	}
	return old.with(v.version, groups, programmes), nil
}

func (old *snapshot) with(version int64, groups []Group, programmes []Programme) *snapshot {
	s := &snapshot{version: version, groups: maps.Clone(old.groups), programmes: maps.Clone(old.programmes),
		languages: map[string]int{}, areas: map[string]int{}, hosts: map[string]int{}}
	if s.groups == nil {
		s.groups, s.programmes = map[string]*entry{}, map[string]*Programme{}
	}
	for _, g := range groups {
		s.groups[g.ID] = newEntry(g)
	}
	for _, p := range programmes {
		s.programmes[p.ID] = &p
	}
	s.byName = slices.SortedFunc(maps.Values(s.groups), func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.fold, b.fold), cmp.Compare(a.ID, b.ID))
	})
	s.progByName = slices.SortedFunc(maps.Values(s.programmes), func(a, b *Programme) int {
		return cmp.Or(cmp.Compare(fold.Text(a.Name), fold.Text(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	for _, g := range s.byName {
		for _, l := range g.Languages {
			number(s.languages, baseLanguage(l))
		}
		number(s.areas, g.area)
		number(s.hosts, g.host)
	}
	return s
}

// number gives every name the next number, from 1; no name is 0.
func number(m map[string]int, name string) {
	if _, ok := m[name]; !ok && name != "" {
		m[name] = len(m) + 1
	}
}

func newEntry(g Group) *entry {
	words := g.Name + " " + g.Host + " " + g.WhatMembersDo + " " + g.ForWhom
	for _, w := range g.Texts {
		words += " " + w.WhatMembersDo + " " + w.ForWhom
	}
	if g.Place.Visibility != Hidden {
		words += " " + g.Place.Area
	}
	if g.Place.Visibility == Exact {
		words += " " + g.Place.Name
	}
	return &entry{Group: g, fold: fold.Text(g.Name), host: fold.Text(g.Host), area: fold.Text(g.Place.View().Area), words: fold.Text(words)}
}

// baseLanguage is "es" of "es-MX".
func baseLanguage(tag string) string {
	for i, r := range tag {
		if r == '-' || r == '_' {
			return tag[:i]
		}
	}
	return tag
}

// matchable returns the items of matching as they are at now. Ages and
// welcomes change with time, so they are worked out again at least every hour,
// and at once when a welcome ends.
func (s *snapshot) matchable(now time.Time) ([]matching.Item, []*entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.from.IsZero() && !now.Before(s.from) && now.Before(s.to) {
		return s.items, s.shown
	}
	from, to := now, now.Add(time.Hour)
	var items []matching.Item
	var shown []*entry
	kinds := Kinds()
	for _, e := range s.byName {
		if !e.Shown() || e.Offer != Organizing {
			continue
		}
		items = append(items, s.item(e, now, kinds))
		shown = append(shown, e)
		if u := e.Welcoming.Until; u.After(now) && u.Before(to) {
			to = u
		}
	}
	s.items, s.shown, s.from, s.to = items, shown, from, to
	return items, shown
}

func (s *snapshot) item(e *entry, now time.Time, kinds []Kind) matching.Item {
	place := e.Place.View() // a hidden place must not show through a distance either
	it := matching.Item{
		ID: e.ID, Kind: slices.Index(kinds, e.Kind), Host: s.hosts[e.host], Topics: topicBits(e.Topics), Languages: s.languageBits(e.Languages),
		Online: e.Online, Features: featureBits(e.Access), Childcare: e.Childcare, Area: s.areas[e.area], Place: place.Point,
		Tie: slices.Index(Ties(), e.Tie), AgeDays: now.Sub(e.VerifiedOn).Hours() / 24,
	}
	if e.Online && place.Empty() {
		it.Features |= featureBits([]AccessFeature{StepFree, Lift, AccessibleToilet, Remote}) // nobody has to get in anywhere
	}
	for _, m := range e.Rhythm {
		end := m.End
		if end == 0 {
			end = m.Start + 60
		}
		it.Slots.Add(int(m.Weekday), m.Start, end)
	}
	switch e.Welcoming.At(now) {
	case Yes:
		it.Welcoming = 1
	case No:
		it.Welcoming = -1
	}
	return it
}

func topicBits(list []Topic) (bits uint64) {
	all := Topics()
	for _, t := range list {
		if i := slices.Index(all, t); i >= 0 {
			bits |= 1 << i
		}
	}
	return bits
}

func featureBits(list []AccessFeature) (bits uint64) {
	all := AccessFeatures()
	for _, f := range list {
		if i := slices.Index(all, f); i >= 0 {
			bits |= 1 << i
		}
	}
	return bits
}

// languageBits leaves out what the directory does not know; beyond 64 languages the rarest have no bit.
func (s *snapshot) languageBits(list []string) (bits uint64) {
	for _, l := range list {
		if n := s.languages[baseLanguage(l)]; n > 0 && n <= 64 {
			bits |= 1 << (n - 1)
		}
	}
	return bits
}
