// Names in memory say what the database says, whatever happened since they were
// opened; nobody stays too long; and who may be seen is decided alike everywhere.
package people

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
)

// said is what a roster says of everybody, in its order.
func (w *world) said(s *Service) (out []string) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
		return s.withNames(w.ctx, tx, func(r *roster) error {
			out = nil
			all := r.whole()
			for _, at := range r.order {
				h := &r.list[at]
				out = append(out, fmt.Sprintf("%+v %s", h.card(all), h.folded))
				if n := len(r.alike.Find(nameOf(h), 100, func(ref int32) (n nameParts) { return nameOf(&r.list[ref]) })); n == 0 {
					w.t.Errorf("%s is not found by likeness", h.name)
				}
			}
			return nil
		})
	}))
	return out
}

// afresh is a service that holds nothing yet.
func (w *world) afresh() *Service {
	return New(Deps{DB: w.db, Vault: w.vault, Audit: w.audit, Jobs: w.jobs, Clock: w.clock, Consent: w.ledger, Notices: w.s.notices})
}

func TestNamesInMemoryFollowEveryChange(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := rand.New(rand.NewPCG(7, 7))
		where, err := w.s.SaveInstitution(w.ctx, ana, Institution{Name: "St. Brigid", Kind: "congregation"}, "")
		w.must(err)
		var ids []string
		name := func() string { return fmt.Sprintf("%c%c %c", 'A'+r.IntN(26), 'a'+r.IntN(26), 'A'+r.IntN(26)) }
		for i := range 8 {
			ids = append(ids, w.join(ana, name(), func(in *JoinIn) { in.Phone = fmt.Sprintf("(503) 555-01%02d", i) }).ID)
		}
		w.said(w.s)
		for step := range 60 {
			i := r.IntN(len(ids))
			who := ids[i]
			act := r.IntN(9)
			w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
				row, err := rowByID(w.ctx, tx, who)
				if err != nil {
					return err
				}
				switch act {
				case 0, 1:
					if err := w.s.seal(w.ctx, cedar, &row, Profile{CalledName: name(), Lang: "es", Area: "Lents"}); err != nil {
						return err
					}
				case 2:
					row.state = []State{Active, Resting, Departed}[r.IntN(3)]
				case 3:
					row.owner = []string{"ana", "omar", ""}[r.IntN(3)]
				case 4:
					return touched(w.ctx, tx, who, w.clock.Now(), r.IntN(2) == 0)
				case 5:
					return setBelongs(w.ctx, tx, who, []string{where}[:r.IntN(2)])
				case 6:
					row.state, row.mergedInto = Merged, ids[(i+1)%len(ids)]
				case 7:
					row.state, row.mergedInto = Active, ""
				case 8:
					ids = slices.Delete(slices.Clone(ids), i, i+1)
					return dropRow(w.ctx, tx, who, w.clock.Now())
				}
				return updateRow(w.ctx, tx, row)
			}))
			if len(ids) < 4 {
				ids = append(ids, w.join(ana, name()).ID, w.join(ana, name()).ID)
			}
			if step%7 == 0 {
				w.clock.Advance(time.Minute)
			}
			if have, want := w.said(w.s), w.said(w.afresh()); !slices.Equal(have, want) {
				t.Fatalf("after act %d:\n%s\nwant\n%s", act, strings.Join(have, "\n"), strings.Join(want, "\n"))
			}
		}
	})
}

// No part of the names is ever older than five minutes when it is used, and while
// people work, parts take turns rather than everybody at once.
func TestNamesAreYoung(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	for i := range 30 {
		w.join(ana, fmt.Sprintf("Person %c", 'A'+i%26))
	}
	w.said(w.s)
	most := 0
	for range 400 {
		w.clock.Advance(time.Second)
		before := w.s.rosterFor(cedar).made
		w.said(w.s)
		now, n := w.clock.Now(), 0
		for i, at := range w.s.rosterFor(cedar).made {
			if now.Sub(at) >= keepNames {
				t.Fatalf("part %d is %v old", i, now.Sub(at))
			}
			if at != before[i] {
				n++
			}
		}
		most = max(most, n)
	}
	if most > 2 {
		t.Errorf("%d parts were opened together", most)
	}
	w.clock.Advance(keepNames)
	w.s.dropOld(cedar, w.s.rosterFor(cedar))
	if len(w.s.rosterFor(cedar).list) != 0 {
		t.Error("old names stayed in memory")
	}
}

// The very first change counts as well.
func TestNamesOfAnEmptyClinic(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if said := w.said(w.s); len(said) != 0 {
			t.Error(said)
		}
		w.join(ana, "Thu Pham")
		if said := w.said(w.s); len(said) != 1 {
			t.Error(said)
		}
	})
}

func TestAnErasedPersonLeavesMemory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu := w.join(ana, "Thu Pham")
		w.said(w.s)
		replica := w.afresh()
		w.said(replica)
		w.must(w.vault.ErasePerson(w.ctx, cedar, thu.ID))
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return gone(w.ctx, tx, thu.ID, w.clock.Now()) }))
		for _, s := range []*Service{w.s, replica} {
			if said := w.said(s); len(said) != 0 {
				t.Errorf("still there: %v", said)
			}
		}
	})
}

func TestNamesAreSafeTogether(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	first := w.join(ana, "Thu Pham")
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for n := range 15 {
				if i == 0 {
					in := thu()
					in.CalledName, in.Key = fmt.Sprintf("Thu %c", 'A'+n), id.Token()
					if _, err := w.s.Join(w.ctx, ana, in); err != nil {
						t.Error(err)
					}
					continue
				}
				if list, err := w.s.Find(w.ctx, ana, "Thu", 5); err != nil || len(list) == 0 {
					t.Errorf("%v, %v", list, err)
				}
				if m, err := w.s.Names(w.ctx, ana, []string{first.ID}); err != nil || len(m) != 1 {
					t.Errorf("%v, %v", m, err)
				}
			}
		})
	}
	wg.Wait()
}

// What a list decides about everybody at once, mayTouch decides about one.
func TestReachIsMayTouch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []string
		for i := range 6 {
			by := ana
			if i%3 == 0 {
				by = omar
			}
			ids = append(ids, w.join(by, fmt.Sprintf("Person %c", 'A'+i), func(in *JoinIn) { in.Phone = ""; in.Contact = "in_person" }).ID)
		}
		meet := func(a access.Actor, k Kind, who string) {
			w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
				_, err := w.s.RecordIn(w.ctx, tx, a, Encounter{Kind: k, Purpose: Recruitment, State: Held, At: w.clock.Now(), Present: []Presence{{Person: who}}})
				return err
			}))
		}
		meet(omar, OneToOne, ids[1])
		meet(omar, HouseMeeting, ids[2])
		meet(ana, OneToOne, ids[4])
		member := access.Actor{Org: cedar, Person: ids[5], Roles: []access.Role{access.Member}}
		both := omar
		both.Person = ids[5]
		for _, a := range []access.Actor{ana, omar, member, both, foreign} {
			g, err := access.Check(a, needRead)
			w.must(err)
			w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
				return w.s.withNames(w.ctx, tx, func(r *roster) error {
					seen, err := w.s.reach(w.ctx, tx, a, g, r)
					if err != nil {
						return err
					}
					for _, one := range ids {
						row, err := rowByID(w.ctx, tx, one)
						if err != nil {
							return err
						}
						err = w.s.mayTouch(w.ctx, tx, a, g, row)
						if err != nil && !fault.Is(err, fault.NotFound) {
							return err
						}
						if seen(r.get(one)) != (err == nil) {
							t.Errorf("%v and %s: %v", a, one, err)
						}
					}
					return nil
				})
			}))
		}
	})
}

func TestPackedIDs(t *testing.T) {
	for range 100 {
		if one := id.New(time.Now()); unpacked(packed(one)) != one {
			t.Fatal(one)
		}
	}
	for _, bad := range []string{"", "x", strings.Repeat("z", 36), "11111111-1111-7111-8111-11111111111"} {
		if packed(bad) != ([16]byte{}) {
			t.Error(bad)
		}
	}
}

// With many people these must use their small indexes, and not walk all rows.
func TestSmallIndexesAreUsed(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	for query, index := range map[string]string{mergedInto: "people_person_merged", byPhone: "people_person_phone", byEmail: "people_person_email"} {
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			plan, err := db.Select(w.ctx, tx, func(s db.Scanner) (text string, err error) {
				var a, b, c int
				err = s.Scan(&a, &b, &c, &text)
				return text, err
			}, "EXPLAIN QUERY PLAN "+query, cedar, "x")
			if len(plan) != 1 || !strings.Contains(plan[0], index) {
				t.Errorf("%s: %v", query, plan)
			}
			return err
		}))
	}
}
