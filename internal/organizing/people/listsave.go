// Saved lists: a question with a name, of one's own or for all organizers, with a
// tick for each person one has dealt with.
package people

import (
	"context"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

var (
	needList     = access.Need{Resource: "list", Action: access.Create}
	needLists    = access.Need{Resource: "list", Action: access.Read}
	needTick     = access.Need{Resource: "list", Action: access.Update}
	needDropList = access.Need{Resource: "list", Action: access.Delete}
)

// SavedList is a question with a name.
type SavedList struct {
	ID      string
	Owner   string // account
	Shared  bool   // for all organizers
	Name    string
	Filter  Filter
	Made    time.Time
	Version int64
}

// Tick is that somebody was dealt with.
type Tick struct {
	By string // account
	At time.Time
}

type listWords struct {
	Name   string `json:"name"`
	Filter Filter `json:"filter"`
}

type listRow struct {
	SavedList
	sealed string
}

func scanList(s db.Scanner) (l listRow, err error) {
	var made int64
	err = s.Scan(&l.ID, &l.Owner, &l.Shared, &l.sealed, &l.Version, &made)
	l.Made = db.Time(made)
	return l, err
}

const listColumns = `id, owner, shared, sealed, version, made_at`

func listCell(org, id string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: "people_list", Column: "sealed", Row: id, Version: version}
}

func (s *Service) openList(ctx context.Context, org string, l listRow) (SavedList, error) {
	plain, err := s.vault.Open(ctx, listCell(org, l.ID, l.Version), l.sealed)
	if err != nil {
		return l.SavedList, err
	}
	var w listWords
	err = json.Unmarshal([]byte(plain), &w)
	l.Name, l.Filter = w.Name, w.Filter.clean()
	return l.SavedList, err
}

// reachesList: one's own, and what colleagues share with the organizers.
func reachesList(a access.Actor, g access.Granted, l SavedList) error {
	if l.Owner == a.Account || l.Shared && g.Scope == access.Org {
		return nil
	}
	return fault.Missing("list of somebody else")
}

// SaveList makes a list, or changes it when it has an id.
func (s *Service) SaveList(ctx context.Context, a access.Actor, l SavedList, key string) (made string, err error) {
	defer fault.Wrap(&err, "people.SaveList")
	g, err := access.Check(a, needList)
	if err != nil {
		return "", err
	}
	l.Name, l.Filter = contact.OneLine(l.Name), l.Filter.clean()
	switch n := utf8.RuneCountInString(l.Name); {
	case n == 0 || n > 60:
		return "", fault.Wrong(fault.At("list_name", "people.list.error.name"))
	case len(guard.Check(l.Name)) > 0:
		return "", fault.Wrong(fault.At("list_name", "people.list.error.guard"))
	}
	if g.Scope != access.Org {
		l.Shared = false
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), key, "people.list", func() (string, error) {
			row := listRow{SavedList: l}
			row.Owner, row.Made, row.Version = a.Account, now, 1
			if l.ID == "" {
				row.ID = id.New(now)
			} else {
				old, err := db.Get(ctx, tx, scanList, `SELECT `+listColumns+` FROM people_list WHERE org_id=$1 AND id=$2`, tx.Org(), l.ID)
				if err != nil {
					return "", err
				}
				if err := reachesList(a, g, old.SavedList); err != nil {
					return "", err
				}
				row.Owner, row.Made, row.Version = old.Owner, old.Made, old.Version+1
			}
			plain, err := json.Marshal(listWords{l.Name, l.Filter})
			if err != nil {
				return "", err
			}
			if row.sealed, err = s.vault.Seal(ctx, listCell(tx.Org(), row.ID, row.Version), string(plain)); err != nil {
				return "", err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO people_list (org_id, `+listColumns+`) VALUES (`+db.Marks(1, 7)+`)
				ON CONFLICT (org_id, id) DO UPDATE SET shared=excluded.shared, sealed=excluded.sealed, version=excluded.version`,
				tx.Org(), row.ID, row.Owner, row.Shared, row.sealed, row.Version, db.Micros(row.Made)); err != nil {
				return "", err
			}
			return row.ID, s.note(ctx, tx, a, g, "save", "list", row.ID, "", "")
		})
		return err
	})
	return made, err
}

// Lists are the actor's own and the shared ones, by name.
func (s *Service) Lists(ctx context.Context, a access.Actor) (out []SavedList, err error) {
	defer fault.Wrap(&err, "people.Lists")
	g, err := access.Check(a, needLists)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := db.Select(ctx, tx, scanList, `SELECT `+listColumns+` FROM people_list WHERE org_id=$1 AND (owner=$2 OR shared) ORDER BY made_at, id`, tx.Org(), a.Account)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if reachesList(a, g, r.SavedList) != nil {
				continue
			}
			l, err := s.openList(ctx, tx.Org(), r)
			if err != nil {
				return err
			}
			out = append(out, l)
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b SavedList) int {
		if a.Name < b.Name {
			return -1
		}
		if a.Name > b.Name {
			return 1
		}
		return 0
	})
	return out, err
}

// OneList opens a list, with the ticks of these people.
func (s *Service) OneList(ctx context.Context, a access.Actor, which string) (l SavedList, err error) {
	defer fault.Wrap(&err, "people.OneList")
	g, err := access.Check(a, needLists)
	if err != nil {
		return l, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		l, err = s.listFor(ctx, tx, a, g, which)
		return err
	})
	return l, err
}

func (s *Service) listFor(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, which string) (SavedList, error) {
	r, err := db.Get(ctx, tx, scanList, `SELECT `+listColumns+` FROM people_list WHERE org_id=$1 AND id=$2`, tx.Org(), which)
	if err != nil {
		return SavedList{}, err
	}
	if err := reachesList(a, g, r.SavedList); err != nil {
		return SavedList{}, err
	}
	return s.openList(ctx, tx.Org(), r)
}

// Ticks are those of a list for these people.
func (s *Service) Ticks(ctx context.Context, a access.Actor, list string, people []string) (out map[string]Tick, err error) {
	defer fault.Wrap(&err, "people.Ticks")
	g, err := access.Check(a, needLists)
	if err != nil {
		return nil, err
	}
	out = map[string]Tick{}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		if _, err := s.listFor(ctx, tx, a, g, list); err != nil || len(people) == 0 {
			return err
		}
		args := append([]any{tx.Org(), list}, withOrg(tx, people)[1:]...)
		type mark struct {
			who string
			Tick
		}
		rows, err := db.Select(ctx, tx, func(sc db.Scanner) (m mark, err error) {
			var at int64
			err = sc.Scan(&m.who, &m.By, &at)
			m.At = db.Time(at)
			return m, err
		}, `SELECT person_id, by_account, at FROM people_tick WHERE org_id=$1 AND list_id=$2 AND person_id IN (`+db.Marks(3, len(people))+`)`, args...)
		for _, m := range rows {
			out[m.who] = m.Tick
		}
		return err
	})
	return out, err
}

// SetTicks says of the people shown who is ticked now; others stay as they are.
func (s *Service) SetTicks(ctx context.Context, a access.Actor, list string, shown, done []string, key string) (err error) {
	defer fault.Wrap(&err, "people.SetTicks")
	g, err := access.Check(a, needTick)
	if err != nil {
		return err
	}
	if len(shown) > 2*PageSize {
		return fault.Wrong(fault.At("shown", "fault.invalid"))
	}
	now := s.clock.Now()
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), key, "people.ticks:"+list, func() (string, error) {
			if _, err := s.listFor(ctx, tx, a, g, list); err != nil {
				return "", err
			}
			for _, who := range shown {
				if slices.Contains(done, who) {
					if _, err := rowByID(ctx, tx, who); err != nil {
						return "", err
					}
					_, err := tx.Exec(ctx, `INSERT INTO people_tick (org_id, list_id, person_id, by_account, at) VALUES ($1,$2,$3,$4,$5) ON CONFLICT DO NOTHING`,
						tx.Org(), list, who, a.Account, db.Micros(now))
					if err != nil {
						return "", err
					}
				} else if _, err := tx.Exec(ctx, `DELETE FROM people_tick WHERE org_id=$1 AND list_id=$2 AND person_id=$3`, tx.Org(), list, who); err != nil {
					return "", err
				}
			}
			return "", s.note(ctx, tx, a, g, "tick", "list", list, "", "")
		})
		return err
	})
}

// DropList removes a list and its ticks; only whoever made it may.
func (s *Service) DropList(ctx context.Context, a access.Actor, which, key string) (err error) {
	defer fault.Wrap(&err, "people.DropList")
	g, err := access.Check(a, needDropList)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "people.droplist:"+which, func() (string, error) {
			l, err := s.listFor(ctx, tx, a, g, which)
			if err != nil {
				return "", err
			}
			if l.Owner != a.Account {
				return "", fault.Clash("people.list.error.owner")
			}
			for _, q := range []string{`DELETE FROM people_tick WHERE org_id=$1 AND list_id=$2`, `DELETE FROM people_list WHERE org_id=$1 AND id=$2`} {
				if _, err := tx.Exec(ctx, q, tx.Org(), which); err != nil {
					return "", err
				}
			}
			return "", s.note(ctx, tx, a, g, "drop", "list", which, "", "")
		})
		return err
	})
}
