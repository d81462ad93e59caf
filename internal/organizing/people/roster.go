// Names held in memory: finding by name, naming a list, warning of a twin. Names
// are sealed in the database and have no index, so they are opened once and kept
// for at most five minutes; a counter in the database makes every replica forget
// them with the next change, and an erased person is never shown again.
package people

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
)

// keepNames is how long opened names may stay in memory (security note D6).
const keepNames = 5 * time.Minute

// Card is a person as a list shows them.
type Card struct {
	ID           string
	Name         string
	Lang         string
	State        State
	Owner        string
	Institutions []string
	Last         time.Time
	OneToOne     time.Time
}

type roster struct {
	version int64
	made    time.Time
	cards   []entry          // by folded name
	at      map[string]int32 // id → place in cards
}

type entry struct {
	Card
	folded string
}

type rosters struct {
	mu   sync.Mutex
	orgs map[string]*roster
}

// rosterOf returns the names of an organization as of this transaction.
func (s *Service) rosterOf(ctx context.Context, tx *db.Tx) (*roster, error) {
	v, err := rosterVersion(ctx, tx)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	s.roster.mu.Lock()
	held := s.roster.orgs[tx.Org()]
	s.roster.mu.Unlock()
	if held != nil && held.version == v && now.Sub(held.made) < keepNames && !now.Before(held.made) {
		return held, nil
	}
	rows, err := db.Select(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM people_person WHERE org_id=$1 AND state IN ('active','resting')`, tx.Org())
	if err != nil {
		return nil, err
	}
	profiles, err := s.openProfiles(ctx, tx.Org(), rows)
	if err != nil {
		return nil, err
	}
	r := &roster{version: v, made: now, at: make(map[string]int32, len(rows))}
	for i, p := range profiles {
		if p.CalledName == "" {
			continue // erased
		}
		r.cards = append(r.cards, entry{Card{ID: rows[i].id, Name: p.CalledName, Lang: p.Lang, State: rows[i].state, Owner: rows[i].owner, Last: rows[i].last, OneToOne: rows[i].oneToOne},
			fold.Text(p.CalledName)})
	}
	slices.SortFunc(r.cards, func(a, b entry) int {
		if c := strings.Compare(a.folded, b.folded); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	for i, c := range r.cards {
		r.at[c.ID] = int32(i)
	}
	s.roster.mu.Lock()
	if s.roster.orgs == nil {
		s.roster.orgs = map[string]*roster{}
	}
	s.roster.orgs[tx.Org()] = r
	s.roster.mu.Unlock()
	return r, nil
}

// forget drops the names held here; the counter does the same on other replicas.
func (s *Service) forget(org string) {
	s.roster.mu.Lock()
	delete(s.roster.orgs, org)
	s.roster.mu.Unlock()
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
		r, err := s.rosterOf(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range r.cards {
			if !begins(c.folded, words) {
				continue
			}
			if g.Scope != access.Org && g.Scope != access.All {
				if err := s.mayTouch(ctx, tx, a, g, row{id: c.ID, owner: c.Owner}); fault.Is(err, fault.NotFound) {
					continue
				} else if err != nil {
					return err
				}
			}
			if out = append(out, c.Card); len(out) == limit {
				break
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, s.saw(ctx, a, g, cardIDs(out))
}

func begins(name string, words []string) bool {
	parts := strings.Fields(name)
	for _, w := range words {
		if !slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(p, w) }) {
			return false
		}
	}
	return true
}

// Names returns the cards of these people, for a page of another room that shows
// them to somebody who may see them. Departed and erased people are absent. Who
// looked is written down once a day.
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
		r, err := s.rosterOf(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			i, ok := r.at[id]
			if !ok {
				continue
			}
			if g.Scope != access.Org && g.Scope != access.All {
				if err := s.mayTouch(ctx, tx, a, g, row{id: id, owner: r.cards[i].Owner}); fault.Is(err, fault.NotFound) {
					continue
				} else if err != nil {
					return err
				}
			}
			out[id] = r.cards[i].Card
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	seen := make([]string, 0, len(out))
	for id := range out {
		seen = append(seen, id)
	}
	slices.Sort(seen)
	return out, s.saw(ctx, a, g, seen)
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
