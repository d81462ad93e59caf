// Finding people by name and naming lists of ids: only whom the actor may see,
// only while the person's consent covers the name, and who looked is written down.
package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

// Card is a person as a list shows them. What the person's consent does not cover is empty.
type Card struct {
	ID           string
	Name         string
	Lang         string
	MoreLangs    []string
	Area         string
	State        State
	Owner        string
	Institutions []string // ids
	Joined       time.Time
	Last         time.Time
	OneToOne     time.Time
}

func (h *held) card(all whole) Card {
	last, one := all.dates(h)
	c := Card{ID: unpacked(h.id), Name: h.name, Area: (*h.area)[0], State: h.stateName(), Owner: h.owner, Institutions: all.places(h),
		Joined: db.Time(h.joined), Last: db.Time(last), OneToOne: db.Time(one)}
	if l := *h.langs; len(l) > 0 {
		c.Lang, c.MoreLangs = l[0], l[1:]
	}
	return c
}

// reach returns who is within the actor's scope; it says of everybody what mayTouch says of one.
func (s *Service) reach(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, r *roster) (func(h *held) bool, error) {
	if g.Scope == access.Org || g.Scope == access.All {
		return func(*held) bool { return true }, nil
	}
	if g.Scope != access.Self {
		return func(*held) bool { return false }, nil
	}
	near := map[[16]byte]bool{}
	if a.Person != "" {
		near[r.survivor(packed(a.Person))] = true
	}
	if a.Account != "" {
		met, err := metBy(ctx, tx, a.Account)
		if err != nil {
			return nil, err
		}
		for _, id := range met {
			near[r.survivor(packed(id))] = true
		}
	}
	return func(h *held) bool { return near[h.id] || a.Account != "" && h.owner == a.Account }, nil
}

func metBy(ctx context.Context, tx *db.Tx, account string) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT DISTINCT p.person_id FROM people_encounter e JOIN people_present p ON p.org_id=e.org_id AND p.encounter_id=e.id
		WHERE e.org_id=$1 AND e.account_id=$2 AND e.kind='one_to_one'`, tx.Org(), account)
}

// covered takes out of cards what their consents do not cover now; a card without
// a name goes altogether.
func (s *Service) covered(ctx context.Context, tx *db.Tx, cards []Card) ([]Card, error) {
	live, err := s.consent.LiveOf(ctx, tx, cardIDs(cards))
	if err != nil {
		return nil, err
	}
	cards, err = s.lent(ctx, tx, cards)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(cards, func(c Card) bool { return c.Name == "" || !covers(live[c.ID], consent.Name) })
	for i := range kept {
		c := &kept[i]
		if !covers(live[c.ID], consent.Area) {
			c.Area = ""
		}
		if !covers(live[c.ID], consent.Affiliations) {
			c.Institutions = nil
		}
	}
	return kept, nil
}

// lent takes out of cards what a merge took over from another row whose consent
// has ended since.
func (s *Service) lent(ctx context.Context, tx *db.Tx, cards []Card) ([]Card, error) {
	if len(cards) == 0 {
		return cards, nil
	}
	var merges []mergeRow
	for some := range slices.Chunk(cardIDs(cards), 500) {
		list, err := mergesInto(ctx, tx, some...)
		if err != nil {
			return nil, err
		}
		merges = append(merges, list...)
	}
	var from []string
	for _, m := range merges {
		for _, source := range m.chosen {
			from = append(from, source)
		}
	}
	if len(from) == 0 {
		return cards, nil
	}
	live, err := s.consent.LiveOf(ctx, tx, from)
	if err != nil {
		return nil, err
	}
	for _, m := range merges {
		i := slices.IndexFunc(cards, func(c Card) bool { return c.ID == m.survivor })
		for part, source := range m.chosen {
			if !covers(live[source], part.under()) {
				cards[i].without(part)
			}
		}
	}
	return cards, nil
}

func (c *Card) without(p Part) {
	switch p {
	case PartName:
		c.Name = ""
	case PartLanguages:
		c.Lang, c.MoreLangs = "", nil
	case PartArea:
		c.Area = ""
	}
}

func covers(list []consent.Consent, f consent.Field) bool {
	return slices.ContainsFunc(list, func(c consent.Consent) bool {
		return c.Purpose == consent.OrganizingRecord && c.Recipient == consent.Organizing && slices.Contains(c.Fields, f)
	})
}

// Find returns people whose name has words beginning like each word typed, at
// most limit, whom the actor may see. It is what a person picker asks.
func (s *Service) Find(ctx context.Context, a access.Actor, typed string, limit int) (out []Card, err error) {
	defer fault.Wrap(&err, "people.Find")
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	words := strings.Fields(fold.Text(typed))
	if len(words) == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		from := 0
		for { // until there are enough whose consent covers it
			var some []Card
			err := s.withNames(ctx, tx, func(r *roster) error {
				seen, err := s.reach(ctx, tx, a, g, r)
				if err != nil {
					return err
				}
				all := r.whole()
				for from < len(r.order) && len(some) < limit+10 {
					h := &r.list[r.order[from]]
					from++
					if begins(h.folded, words) && seen(h) {
						some = append(some, h.card(all))
					}
				}
				return nil
			})
			if err != nil || len(some) == 0 {
				return err
			}
			if some, err = s.covered(ctx, tx, some); err != nil {
				return err
			}
			if out = append(out, some...); len(out) >= limit {
				out = out[:limit]
				return nil
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return out, s.saw(ctx, a, g, cardIDs(out))
}

// begins reports whether each word begins a word of a folded name.
func begins(name string, words []string) bool {
	for _, w := range words {
		if !strings.HasPrefix(name, w) && !wordBegins(name, w) {
			return false
		}
	}
	return true
}

func wordBegins(name, w string) bool {
	for {
		i := strings.IndexByte(name, ' ')
		if i < 0 {
			return false
		}
		if name = name[i+1:]; strings.HasPrefix(name, w) {
			return true
		}
	}
}

// Names returns the cards of these people, for a page of another room that shows
// them to somebody who may see them. Somebody who was merged appears as the one
// they were merged into, under the id that was asked for. Departed and erased
// people are absent. Who looked is written down once a day.
func (s *Service) Names(ctx context.Context, a access.Actor, ids []string) (out map[string]Card, err error) {
	defer fault.Wrap(&err, "people.Names(%d)", len(ids))
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	out = map[string]Card{}
	if len(ids) == 0 {
		return out, nil
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		clear(out)
		asked := map[string][]string{} // survivor → ids asked for
		var cards []Card
		err := s.withNames(ctx, tx, func(r *roster) error {
			seen, err := s.reach(ctx, tx, a, g, r)
			if err != nil {
				return err
			}
			all := r.whole()
			for _, id := range ids {
				root := unpacked(r.survivor(packed(id)))
				h := r.get(root)
				if h == nil || !seen(h) {
					continue
				}
				if asked[root] == nil {
					cards = append(cards, h.card(all))
				}
				asked[root] = append(asked[root], id)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if cards, err = s.covered(ctx, tx, cards); err != nil {
			return err
		}
		for _, c := range cards {
			for _, id := range asked[c.ID] {
				out[id] = c
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	seen := make([]string, 0, len(out))
	for _, c := range out {
		seen = append(seen, c.ID)
	}
	slices.Sort(seen)
	return out, s.saw(ctx, a, g, slices.Compact(seen))
}

func cardIDs(list []Card) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.ID
	}
	return out
}

// saw writes down who looked at whom, once a day for each.
func (s *Service) saw(ctx context.Context, a access.Actor, g access.Granted, people []string) error {
	if len(people) == 0 || a.Has(access.System) || g.Role == access.Member {
		return nil
	}
	day := s.clock.Now().UTC().Format(time.DateOnly)
	var fresh bool
	err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		args := []any{tx.Org(), a.Name(), day}
		for _, p := range people {
			args = append(args, p)
		}
		n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM people_seen WHERE org_id=$1 AND actor=$2 AND day=$3 AND person_id IN (`+db.Marks(4, len(people))+`)`, args...)
		fresh = int(n) < len(people)
		return err
	})
	if err != nil || !fresh {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		list, err := firstSight(ctx, tx, a.Name(), day, people)
		if err != nil {
			return err
		}
		events := make([]audit.Event, len(list))
		for i, p := range list {
			events[i] = audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: "read", Resource: "person", Subject: p, Request: a.Request}
		}
		return s.audit.WriteMany(ctx, tx, events)
	})
}
