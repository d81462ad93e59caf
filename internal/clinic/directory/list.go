// Lists: the public one with its filters and map, and the boards of the staff.

package directory

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/platform/access"
)

// Filter narrows the public list; empty parts match everything.
type Filter struct {
	Words     string
	Topic     Topic
	Language  string
	Day       int // weekday + 1; 0 = any
	Online    bool
	Access    []AccessFeature
	Childcare bool
}

// PageSize is how many entries a list shows.
const PageSize = 30

// Page is a part of a list.
type Page[T any] struct {
	Items []T
	Next  string // where the next part begins; empty at the end
	First bool   // this is the first part
	Total int    // of all parts
}

func (f Filter) match(e *entry) bool {
	switch {
	case f.Topic != "" && !slices.Contains(e.Topics, f.Topic),
		f.Language != "" && !slices.ContainsFunc(e.Languages, func(l string) bool { return baseLanguage(l) == f.Language }),
		f.Online && !e.Online,
		f.Childcare && !e.Childcare,
		f.Day != 0 && !slices.ContainsFunc(e.Rhythm, func(m Meeting) bool { return int(m.Weekday) == f.Day-1 }),
		slices.ContainsFunc(f.Access, func(a AccessFeature) bool { return !slices.Contains(e.Access, a) }):
		return false
	}
	return f.Words == "" || fold.Contains(e.words, f.Words)
}

// List returns a part of the public list, by name. Only what anybody may see
// is in it, whoever asks.
func (s *Service) List(ctx context.Context, a access.Actor, f Filter, after string) (p Page[View], err error) {
	defer fault.Wrap(&err, "directory.List")
	if _, err := access.Check(a, need(access.Read)); err != nil {
		return p, err
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return p, err
	}
	f.Words = fold.Text(f.Words)
	var all []*entry
	for _, e := range snap.ordered().public {
		if f.match(e) {
			all = append(all, e)
		}
	}
	part := cut(all, after, PageSize, func(e *entry) string { return e.fold + "\x00" + e.ID })
	now, zone := s.clock.Now(), s.zone(ctx, a.Org)
	return pageOf(part, func(e *entry) View { return e.View(a.Locale, now, zone) }), nil
}

// Show returns one published group as anybody may see it. Staff may see an
// unlisted one too, for its card.
func (s *Service) Show(ctx context.Context, a access.Actor, groupID string) (v View, err error) {
	defer fault.Wrap(&err, "directory.Show(%s)", groupID)
	grant, err := access.Check(a, need(access.Read))
	if err != nil {
		return View{}, err
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return View{}, err
	}
	e, ok := snap.groups[groupID]
	staff := grant.Scope == access.Org || grant.Scope == access.All
	if !ok || !e.Shown() || e.Unlisted && !staff {
		return View{}, fault.Missing("group " + groupID)
	}
	return e.View(a.Locale, s.clock.Now(), s.zone(ctx, a.Org)), nil
}

// Card is what is printed on paper: no word about health, no person's name, no
// topic, nothing of the clinic.
type Card struct {
	ID        string
	Name      string
	What      string // empty when the group's own words tell too much
	WhatLang  string
	Rhythm    []Meeting
	Next      []time.Time
	Place     PlaceView
	Online    bool
	Languages []string
	Childcare bool
	Cost      string
	Contact   PublicContact
	Listed    bool // the group has a public page to point to
}

// Card returns the card of a shown group in a language.
func (s *Service) Card(ctx context.Context, a access.Actor, groupID, lang string) (c Card, err error) {
	a.Locale = lang
	v, err := s.Show(ctx, a, groupID)
	if err != nil {
		return Card{}, err
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return Card{}, err
	}
	e, ok := snap.groups[groupID]
	if !ok {
		return Card{}, fault.Missing("group " + groupID)
	}
	return e.card(v), nil
}

func (e *entry) card(v View) Card {
	c := Card{ID: v.ID, Name: e.OnCard(), What: v.Words.WhatMembersDo, WhatLang: v.WordsLang, Rhythm: v.Rhythm, Next: v.Next, Place: v.Place,
		Online: v.Online, Languages: v.Languages, Childcare: v.Childcare, Cost: v.Cost, Contact: v.Contact, Listed: !e.Unlisted}
	for _, s := range []*string{&c.What, &c.Cost, &c.Place.Name, &c.Place.Area, &c.Place.Address, &c.Contact.Email} {
		if !Neutral(*s) || namesPerson(*s, e.Leader) {
			*s = ""
		}
	}
	for _, s := range []*string{&c.Contact.Email, &c.Contact.URL} {
		if !NeutralAddress(*s) {
			*s = ""
		}
	}
	if !Neutral(c.Name) {
		c.Name = "" // an import that nobody vetted: the address says the rest
	}
	return c
}

// namesPerson reports whether a text contains the leader's first name as a word.
func namesPerson(text, leader string) bool {
	l := fold.Text(leader)
	return l != "" && strings.Contains(" "+fold.Text(text)+" ", " "+l+" ")
}

// Board names a list of the staff.
type Board string

const (
	ByAge     Board = "freshness" // published and stale, oldest confirmation first
	Drafts    Board = "drafts"    // drafts and vetted
	Everyone  Board = "all"       // published, stale, by name
	OnHold    Board = "suspended"
	InArchive Board = "archived"
)

// Boards lists the boards in the order of tabs.
func Boards() []Board { return []Board{ByAge, Everyone, Drafts, OnHold, InArchive} }

func (b Board) shows(g *Group) bool {
	switch b {
	case ByAge, Everyone:
		return g.State == Published || g.State == Stale
	case Drafts:
		return g.State == Draft || g.State == Vetted
	case OnHold:
		return g.State == Suspended
	case InArchive:
		return g.State == Archived
	}
	return false
}

// Staff returns a part of a board and how many groups each board has.
func (s *Service) Staff(ctx context.Context, a access.Actor, b Board, words, after string) (p Page[Group], counts map[Board]int, err error) {
	defer fault.Wrap(&err, "directory.Staff(%s)", b)
	grant, err := access.Check(a, need(access.Read))
	if err != nil {
		return p, nil, err
	}
	if grant.Scope != access.Org && grant.Scope != access.All {
		return p, nil, fault.Denied("boards are for staff")
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return p, nil, err
	}
	words = fold.Text(words)
	counts = map[Board]int{}
	var all []*entry
	boards := snap.ordered().boards
	for _, board := range Boards() {
		if n := len(boards[board]); n > 0 {
			counts[board] = n
		}
	}
	for _, e := range boards[b] {
		if words == "" || fold.Contains(e.words, words) {
			all = append(all, e)
		}
	}
	key := func(e *entry) string { return e.fold + "\x00" + e.ID }
	if b == ByAge {
		key = func(e *entry) string { return e.VerifiedOn.UTC().Format("20060102T150405.000000") + e.ID }
	}
	return pageOf(cut(all, after, PageSize, key), func(e *entry) Group { return e.Group.Clone() }), counts, nil
}

// cut returns the part of a sorted list that begins after a key.
func cut[T any](all []T, after string, size int, key func(T) string) Page[T] {
	p := Page[T]{Total: len(all), First: true}
	if k, err := base64.RawURLEncoding.DecodeString(after); err == nil && after != "" {
		i, found := slices.BinarySearchFunc(all, string(k), func(v T, k string) int { return cmp.Compare(key(v), k) })
		if found {
			i++
		}
		all, p.First = all[i:], false
	}
	p.Items = all[:min(size, len(all))]
	if len(all) > size {
		p.Next = base64.RawURLEncoding.EncodeToString([]byte(key(p.Items[size-1])))
	}
	return p
}

func pageOf[T, U any](p Page[T], turn func(T) U) Page[U] {
	out := Page[U]{Next: p.Next, First: p.First, Total: p.Total, Items: make([]U, 0, len(p.Items))}
	for _, v := range p.Items {
		out.Items = append(out.Items, turn(v))
	}
	return out
}
