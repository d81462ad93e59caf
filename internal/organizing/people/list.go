// The list of people: plain questions ("who speaks Vietnamese, in Lents, not met in
// sixty days, looked after by Ana"), pages by key, honest counts.
package people

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/account"
)

// Sort is the order of a list.
type Sort string

const (
	ByName    Sort = "name"
	ByLongest Sort = "longest" // not met for the longest time first
	ByNewest  Sort = "newest"  // who came in last first
)

// Sorts lists the orders.
func Sorts() []Sort { return []Sort{ByName, ByLongest, ByNewest} }

// NotMetChoices are the spans of days a list can ask for.
func NotMetChoices() []int { return []int{14, 30, 60, 90, 180} }

// Nobody is the owner of people nobody looks after.
const Nobody = "nobody"

// Filter is a question about people. An empty part does not ask.
type Filter struct {
	Name        string `json:"name,omitempty"` // beginnings of words of the name
	Lang        string `json:"lang,omitempty"`
	Area        string `json:"area,omitempty"`
	Institution string `json:"institution,omitempty"` // id
	Owner       string `json:"owner,omitempty"`       // account, or Nobody
	NotMet      int    `json:"not_met,omitempty"`     // days without an encounter
	State       State  `json:"state,omitempty"`       // Active or Resting
	Sort        Sort   `json:"sort,omitempty"`
}

// clean keeps what can be asked.
func (f Filter) clean() Filter {
	f.Name, f.Area = clipped(f.Name, 60), clipped(f.Area, 60)
	if f.State != Active && f.State != Resting {
		f.State = ""
	}
	if f.NotMet < 0 || f.NotMet > 3650 {
		f.NotMet = 0
	}
	if !slices.Contains(Sorts(), f.Sort) {
		f.Sort = ByName
	}
	return f
}

func clipped(s string, most int) string {
	r := []rune(strings.TrimSpace(s))
	return string(r[:min(most, len(r))])
}

// Asks reports whether the filter leaves anybody out.
func (f Filter) Asks() bool {
	f.Sort = ""
	return f != Filter{}
}

// ListPage is a page of people.
type ListPage struct {
	Cards      []Card
	Total      int    // how many fit the question
	Everybody  int    // how many the actor may see at all
	Hidden     int    // on this page: fit, but their consent does not cover showing them now
	From       int    // place of the first one, counted from 1
	Prev, Next string // ids to go on from; empty at the ends
}

// PageSize is how many people a page of the list shows.
const PageSize = 50

// List returns the page of the question that follows the person after, or comes
// before the person before; both empty is the first page. Only ids stand in
// addresses: where somebody stands in the order is looked up.
func (s *Service) List(ctx context.Context, a access.Actor, f Filter, after, before string) (out ListPage, err error) {
	defer fault.Wrap(&err, "people.List")
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	f = f.clean()
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		var cards []Card
		err := s.withNames(ctx, tx, func(r *roster) error {
			seen, err := s.reach(ctx, tx, a, g, r)
			if err != nil {
				return err
			}
			all := r.whole()
			out, cards = r.page(f.question(s.clock.Now()), all, seen, packed(after), packed(before))
			return nil
		})
		if err != nil {
			return err
		}
		n := len(cards)
		out.Cards, err = s.shown(ctx, tx, f, cards)
		out.Hidden = n - len(out.Cards)
		return err
	})
	if err != nil {
		return ListPage{}, err
	}
	return out, s.saw(ctx, a, g, cardIDs(out.Cards))
}

// shown takes out whom the consents hide, also those found by something they no
// longer agree to have kept.
func (s *Service) shown(ctx context.Context, tx *db.Tx, f Filter, cards []Card) ([]Card, error) {
	cards, err := s.covered(ctx, tx, cards)
	return slices.DeleteFunc(cards, func(c Card) bool {
		return f.Area != "" && c.Area == "" || f.Institution != "" && !slices.Contains(c.Institutions, f.Institution) || f.Lang != "" && c.Lang == ""
	}), err
}

// question is a filter made ready for asking a hundred thousand times.
type question struct {
	Filter
	words []string
	area  string
	since int64 // not met since
}

func (f Filter) question(now time.Time) question {
	q := question{Filter: f, words: strings.Fields(fold.Text(f.Name)), area: fold.Text(f.Area)}
	if f.NotMet > 0 {
		q.since = db.Micros(now.AddDate(0, 0, -f.NotMet))
	}
	return q
}

func (q *question) fits(h *held, all whole) bool {
	switch {
	case q.State != "" && h.stateName() != q.State,
		q.Owner == Nobody && h.owner != "",
		q.Owner != "" && q.Owner != Nobody && h.owner != q.Owner,
		q.Lang != "" && !slices.Contains(*h.langs, q.Lang),
		q.area != "" && !fold.Contains((*h.area)[1], q.area),
		q.Institution != "" && !slices.Contains(all.places(h), q.Institution),
		len(q.words) > 0 && !begins(h.folded, q.words):
		return false
	}
	if q.since > 0 {
		last, _ := all.dates(h)
		return last < q.since
	}
	return true
}

// rank is where somebody stands when the order is by a date; by name the order is
// the roster's own.
func (q *question) rank(h *held, all whole) int64 {
	switch q.Sort {
	case ByLongest:
		last, _ := all.dates(h)
		return last
	case ByNewest:
		return -h.joined
	}
	return 0
}

// page picks one page and counts everybody who fits.
func (r *roster) page(q question, all whole, seen func(*held) bool, after, before [16]byte) (out ListPage, cards []Card) {
	type spot struct {
		rank  int64
		place int32 // in the order by name
	}
	earlier := func(a, b spot) bool { return a.rank < b.rank || a.rank == b.rank && a.place < b.place }
	least, most := spot{math.MinInt64, -1}, spot{math.MaxInt64, math.MaxInt32}
	at := func(id [16]byte) (spot, bool) {
		i, ok := r.at[id]
		if !ok {
			return spot{}, false
		}
		h := &r.list[i]
		return spot{q.rank(h, all), int32(r.place(h))}, true
	}
	from, until, back := least, most, false
	if p, ok := at(after); ok {
		from = p
	} else if p, ok := at(before); ok {
		until, back = p, true
	}
	var page []spot // sorted; forward the smallest after from, backward the largest before until
	passed := 0     // fitting ones that stand before the page
	for place, i := range r.order {
		h := &r.list[i]
		if !seen(h) {
			continue
		}
		out.Everybody++
		if !q.fits(h, all) {
			continue
		}
		out.Total++
		p := spot{q.rank(h, all), int32(place)}
		if !back && !earlier(from, p) {
			passed++
			continue
		}
		if !earlier(p, until) {
			continue
		}
		if back {
			passed++
		}
		if len(page) == PageSize {
			if !back && earlier(page[PageSize-1], p) || back && earlier(p, page[0]) {
				continue
			}
			if back {
				page = page[1:]
			} else {
				page = page[:PageSize-1]
			}
		}
		n, _ := slices.BinarySearchFunc(page, p, func(x, y spot) int { return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.place, y.place)) })
		page = slices.Insert(page, n, p)
	}
	for _, p := range page {
		cards = append(cards, r.list[r.order[p.place]].card(all))
	}
	if back {
		passed -= len(page)
	}
	out.From = passed + 1
	if len(cards) > 0 && passed > 0 {
		out.Prev = cards[0].ID
	}
	if len(cards) > 0 && passed+len(page) < out.Total {
		out.Next = cards[len(cards)-1].ID
	}
	return out, cards
}

// Areas are the words for an area that people have used, for a form to suggest.
func (s *Service) Areas(ctx context.Context, a access.Actor) (out []string, err error) {
	defer fault.Wrap(&err, "people.Areas")
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		return s.withNames(ctx, tx, func(r *roster) error {
			if g.Scope != access.Org && g.Scope != access.All {
				return nil // what other people's areas are is not theirs to see
			}
			out = r.areas()
			return nil
		})
	})
	return out, err
}

// areas are the thirty most used ones that more than two people share.
func (r *roster) areas() (out []string) {
	n := map[*[]string]int{}
	for i := range r.list {
		if h := &r.list[i]; !h.free && (*h.area)[0] != "" {
			n[h.area]++
		}
	}
	var list []*[]string
	for w, many := range n {
		if many > 2 {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(a, b *[]string) int { return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare((*a)[0], (*b)[0])) })
	for _, w := range list[:min(30, len(list))] {
		out = append(out, (*w)[0])
	}
	return out
}

var needExport = access.Need{Resource: "list", Action: access.Export}

// Row is a person as an export has them: with how to reach them, as far as they agreed.
type Row struct {
	Card
	Profile Profile
}

// Export hands everybody who fits the question to fn, a piece at a time, after it
// is written down for each of them that they were. It asks for a second factor.
func (s *Service) Export(ctx context.Context, a access.Actor, f Filter, fn func([]Row) error) (n int, err error) {
	defer fault.Wrap(&err, "people.Export")
	g, err := access.Check(a, needExport)
	if err != nil {
		return 0, err
	}
	if !a.Recent(s.clock.Now()) {
		return 0, fault.New(fault.Forbidden, account.StepUpNeeded)
	}
	f = f.clean()
	for after := ""; ; {
		var p ListPage
		var rows []Row
		err := s.db.Read(ctx, a.Org, func(tx *db.Tx) (err error) {
			p, rows, err = s.exportPage(ctx, tx, f, after)
			return err
		})
		if err != nil {
			return n, err
		}
		events := make([]audit.Event, len(rows))
		for i, r := range rows {
			events[i] = audit.Event{Org: a.Org, Actor: a.Name(), Role: string(g.Role), Action: "export", Resource: "person", Subject: r.ID, Request: a.Request}
		}
		if len(events) > 0 {
			if err := s.db.Write(ctx, a.Org, func(tx *db.Tx) error { return s.audit.WriteMany(ctx, tx, events) }); err != nil {
				return n, err
			}
			if err := fn(rows); err != nil {
				return n, err
			}
		}
		n += len(rows)
		if after = p.Next; after == "" {
			return n, nil
		}
	}
}

func (s *Service) exportPage(ctx context.Context, tx *db.Tx, f Filter, after string) (out ListPage, rows []Row, err error) {
	var cards []Card
	err = s.withNames(ctx, tx, func(r *roster) error {
		out, cards = r.page(f.question(s.clock.Now()), r.whole(), func(*held) bool { return true }, packed(after), [16]byte{})
		return nil
	})
	if err != nil {
		return out, nil, err
	}
	if cards, err = s.shown(ctx, tx, f, cards); err != nil {
		return out, nil, err
	}
	stored, err := rowsByID(ctx, tx, cardIDs(cards))
	if err != nil {
		return out, nil, err
	}
	live, err := s.consent.LiveOf(ctx, tx, cardIDs(cards))
	if err != nil {
		return out, nil, err
	}
	for _, c := range cards {
		i := slices.IndexFunc(stored, func(r row) bool { return r.id == c.ID })
		p, err := s.profileOf(ctx, tx, stored[i])
		if err != nil {
			return out, nil, err
		}
		for _, part := range Parts() {
			if !covers(live[c.ID], part.under()) {
				p.copyPart(part, Profile{})
			}
		}
		rows = append(rows, Row{c, p})
	}
	return out, rows, nil
}
