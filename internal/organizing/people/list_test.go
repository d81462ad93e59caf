// The list: the right people in the right order, every one once over all pages,
// counts that are true, cells that clash are not overwritten.
package people

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/trust/consent"
)

// crowd joins n people who differ in everything a list asks for.
func (w *world) crowd(n int) (ids []string) {
	for i := range n {
		by := ana
		if i%4 == 0 {
			by = omar
		}
		j := w.join(by, fmt.Sprintf("%c%s %c", 'A'+i*7%26, []string{"n", "e", "o"}[i%3], 'A'+i%5), func(in *JoinIn) {
			in.Contact, in.Phone, in.Lang, in.ConsentLang = "in_person", "", []string{"vi", "es", "en"}[i%3], "en"
			in.MoreLangs = nil
			in.Area = []string{"Lents", "Foster", ""}[i%3]
		})
		ids = append(ids, j.ID)
		w.clock.Advance(13 * time.Hour)
		if i%3 == 0 {
			w.meet(j.ID, HouseMeeting)
		}
	}
	return ids
}

// Going forward page by page, and back again, shows everybody who fits once, in order.
func TestListPages(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	w.crowd(130)
	rapid.Check(t, func(t *rapid.T) {
		f := Filter{Sort: rapid.SampledFrom(Sorts()).Draw(t, "sort"), Lang: rapid.SampledFrom([]string{"", "vi"}).Draw(t, "lang"),
			Owner: rapid.SampledFrom([]string{"", "ana", "omar"}).Draw(t, "owner"), NotMet: rapid.SampledFrom([]int{0, 30}).Draw(t, "not met")}
		var want []Card
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			return w.s.withNames(w.ctx, tx, func(r *roster) error {
				q, all := f.clean().question(w.clock.Now()), r.whole()
				type at struct {
					rank int64
					c    Card
				}
				var list []at
				for _, i := range r.order {
					if h := &r.list[i]; q.fits(h, all) {
						list = append(list, at{q.rank(h, all), h.card(all)})
					}
				}
				slices.SortStableFunc(list, func(a, b at) int {
					if a.rank < b.rank {
						return -1
					}
					if a.rank > b.rank {
						return 1
					}
					return 0
				})
				for _, l := range list {
					want = append(want, l.c)
				}
				return nil
			})
		}))
		var got []string
		var pages []ListPage
		for after := ""; ; {
			p, err := w.s.List(w.ctx, ana, f, after, "")
			if err != nil {
				t.Fatal(err)
			}
			if p.From != len(got)+1 || p.Total != len(want) || p.Everybody != 130 {
				t.Fatalf("%+v after %d, want %d", p, len(got), len(want))
			}
			got, pages = append(got, cardIDs(p.Cards)...), append(pages, p)
			if after = p.Next; after == "" {
				break
			}
		}
		if !slices.Equal(got, cardIDs(want)) {
			t.Fatalf("%d, want %d", len(got), len(want))
		}
		for i := len(pages) - 1; i > 0; i-- {
			p, err := w.s.List(w.ctx, ana, f, "", pages[i].Prev)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(cardIDs(p.Cards), cardIDs(pages[i-1].Cards)) || p.From != pages[i-1].From || p.Next != pages[i-1].Next {
				t.Fatalf("back to page %d: %+v, want %+v", i-1, p, pages[i-1])
			}
		}
	})
}

func TestListAsksPlainQuestions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.crowd(12)
		for _, x := range []struct {
			name string
			f    Filter
			want int
		}{
			{"everybody", Filter{}, 12},
			{"who speaks Vietnamese", Filter{Lang: "vi"}, 4},
			{"in Lents", Filter{Area: "lents"}, 4},
			{"looked after by Omar", Filter{Owner: "omar"}, 3},
			{"looked after by nobody", Filter{Owner: Nobody}, 0},
			{"in Lents, who speaks Spanish", Filter{Area: "Lents", Lang: "es"}, 0},
			{"resting", Filter{State: Resting}, 0},
			{"not met in four days", Filter{NotMet: 4}, 5},
		} {
			p, err := w.s.List(w.ctx, ana, x.f, "", "")
			if err != nil || p.Total != x.want || len(p.Cards) != x.want {
				t.Errorf("%s: %d, %d, %v", x.name, p.Total, len(p.Cards), err)
			}
		}
		if p, err := w.s.List(w.ctx, omar, Filter{}, "", ""); err != nil || p.Everybody != 3 {
			t.Errorf("a leader: %+v, %v", p, err)
		}
		_, err := w.s.List(w.ctx, drLee, Filter{}, "", "")
		w.is(err, fault.Forbidden)
		// Whoever took their yes back is counted as hidden, not shown.
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.ledger.RevokeAll(w.ctx, tx, ana, ids[0], consent.PhoneStaff)
			return err
		}))
		if p, err := w.s.List(w.ctx, ana, Filter{}, "", ""); err != nil || len(p.Cards) != 11 || p.Hidden != 1 || p.Total != 12 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestSavedLists(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.crowd(3)
		f := Filter{Lang: "vi", NotMet: 60, Sort: ByLongest}
		mine, err := w.s.SaveList(w.ctx, ana, SavedList{Name: "Calls in March", Filter: f}, "k")
		w.must(err)
		again, err := w.s.SaveList(w.ctx, ana, SavedList{Name: "Calls in March", Filter: f}, "k")
		if err != nil || again != mine {
			t.Errorf("%s, %v", again, err)
		}
		shared, err := w.s.SaveList(w.ctx, ana, SavedList{Name: "All of us", Shared: true}, "")
		w.must(err)
		theirs, err := w.s.SaveList(w.ctx, omar, SavedList{Name: "Omar's", Shared: true}, "")
		w.must(err)
		bea := staffMember("bea", access.Organizer)
		for _, x := range []struct {
			a    access.Actor
			want []string
		}{{ana, []string{shared, mine}}, {bea, []string{shared}}, {omar, []string{theirs}}, {foreign, nil}} {
			list, err := w.s.Lists(w.ctx, x.a)
			var got []string
			for _, l := range list {
				got = append(got, l.ID)
			}
			if err != nil || !slices.Equal(got, x.want) {
				t.Errorf("%s: %v, %v, want %v", x.a.Account, got, err, x.want)
			}
		}
		l, err := w.s.OneList(w.ctx, ana, mine)
		if err != nil || l.Name != "Calls in March" || l.Filter != f {
			t.Errorf("%+v, %v", l, err)
		}
		_, err = w.s.OneList(w.ctx, bea, mine)
		w.is(err, fault.NotFound)
		w.must(w.s.SetTicks(w.ctx, bea, shared, ids, ids[:2], ""))
		w.must(w.s.SetTicks(w.ctx, ana, shared, ids[1:2], nil, ""))
		ticks, err := w.s.Ticks(w.ctx, ana, shared, ids)
		if err != nil || len(ticks) != 1 || ticks[ids[0]].By != "bea" {
			t.Errorf("%v, %v", ticks, err)
		}
		w.is(w.s.SetTicks(w.ctx, bea, mine, ids, ids, ""), fault.NotFound)
		w.is(w.s.DropList(w.ctx, bea, shared, ""), fault.Conflict)
		w.must(w.s.DropList(w.ctx, ana, shared, ""))
		for _, bad := range []string{"", strings.Repeat("x", 61), "People who are undocumented"} {
			_, err := w.s.SaveList(w.ctx, ana, SavedList{Name: bad}, "")
			w.is(err, fault.Invalid)
		}
	})
}

func TestCellsKeepBothVersions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.s.staff = func(context.Context, string) ([]Colleague, error) {
			return []Colleague{{Account: "ana", Roles: []access.Role{access.Organizer}}, {Account: "omar", Roles: []access.Role{access.Leader}}}, nil
		}
		thu := w.join(ana, "Thu Pham")
		set := func(cell, was, value string) *CellClash {
			clash, err := w.s.SetCell(w.ctx, ana, CellIn{Person: thu.ID, Cell: cell, Was: was, Value: value})
			w.must(err)
			return clash
		}
		if c := set("area", "Lents", "Foster"); c != nil {
			t.Errorf("%+v", c)
		}
		if c := set("area", "Lents", "Powellhurst"); c == nil || c.Now != "Foster" || c.Yours != "Powellhurst" {
			t.Errorf("%+v", c)
		}
		if c := set("called_name", "Thu Pham", "Thu P."); c != nil { // another cell is another matter
			t.Errorf("%+v", c)
		}
		if c := set("area", "Lents", "Foster"); c != nil { // the same thought
			t.Errorf("%+v", c)
		}
		if c := set("owner", "ana", "omar"); c != nil {
			t.Errorf("%+v", c)
		}
		cards, err := w.s.Names(w.ctx, ana, []string{thu.ID})
		if c := cards[thu.ID]; err != nil || c.Area != "Foster" || c.Name != "Thu P." || c.Owner != "omar" || c.Lang != "vi" {
			t.Errorf("%+v, %v", c, err)
		}
		for cell, value := range map[string]string{"area": "12 Alder Street", "called_name": "", "owner": "dr-lee", "lang": "Spanish", "state": "departed"} {
			_, err := w.s.SetCell(w.ctx, ana, CellIn{Person: thu.ID, Cell: cell, Value: value})
			w.is(err, fault.Invalid)
		}
		_, err = w.s.SetCell(w.ctx, foreign, CellIn{Person: thu.ID, Cell: "area", Was: "Foster", Value: "X"})
		w.is(err, fault.NotFound)
		bare := w.join(ana, "Sam Okafor", func(in *JoinIn) { in.Area = "" })
		_, err = w.s.SetCell(w.ctx, ana, CellIn{Person: bare.ID, Cell: "area", Value: "Lents"})
		w.is(err, fault.Invalid) // they did not agree that it is kept
	})
}

func TestExport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.join(ana, "Thu Pham")
		w.crowd(4)
		fn := func([]Row) error { return nil }
		_, err := w.s.Export(w.ctx, ana, Filter{}, fn)
		w.is(err, fault.Forbidden) // no second factor
		sure := ana
		sure.StepUp = w.clock.Now()
		var rows []Row
		n, err := w.s.Export(w.ctx, sure, Filter{Lang: "vi"}, func(r []Row) error { rows = append(rows, r...); return nil })
		if err != nil || n != 3 || len(rows) != 3 {
			t.Errorf("%d, %v", n, err)
		}
		if i := slices.IndexFunc(rows, func(r Row) bool { return r.Name == "Thu Pham" }); i < 0 || rows[i].Profile.Phone != "+15035550121" {
			t.Errorf("%+v", rows)
		}
		if n, err := w.s.Export(w.ctx, sure, Filter{}, fn); err != nil || n != 5 {
			t.Errorf("%d, %v", n, err)
		}
		leader := omar
		leader.StepUp = w.clock.Now()
		_, err = w.s.Export(w.ctx, leader, Filter{}, fn)
		w.is(err, fault.Forbidden)
	})
}

// What a list was saved with reads back, whatever it was.
func FuzzSavedFilter(f *testing.F) {
	f.Add([]byte(`{"lang":"vi","not_met":60,"sort":"longest"}`))
	f.Add([]byte(`{"not_met":-1,"state":"merged","sort":"x"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var one Filter
		if json.Unmarshal(b, &one) != nil {
			return
		}
		one = one.clean()
		text, err := json.Marshal(one)
		var two Filter
		if err != nil || json.Unmarshal(text, &two) != nil || two.clean() != one {
			t.Fatalf("%+v, %+v", one, two)
		}
	})
}
