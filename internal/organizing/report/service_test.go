package report

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault/vaulttest"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111" // the clinic
	other = "22222222-2222-7222-8222-222222222222" // another clinic
)

var (
	ana     = access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer}}
	thu     = access.Actor{Account: "thu", Org: cedar, Person: "p", Roles: []access.Role{access.Leader}}
	ruth    = access.Actor{Account: "ruth", Org: cedar, Roles: []access.Role{access.Lead}}
	jonas   = access.Actor{Account: "jonas", Org: cedar, Roles: []access.Role{access.Evaluator}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Lead}}
	nobody  = access.Anonymous(cedar)
)

type world struct {
	testing.TB
	ctx   context.Context
	s     *Service
	clock *clock.Fake
	rung  map[string]int // A1
	asked int            // how often a source was asked
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{TB: t, ctx: context.Background(), clock: clock.NewFake(time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)), rung: map[string]int{"contact": 64, "participant": 41, "leader": 3}}
	v := vaulttest.New(t)
	w.s = New(Deps{DB: d, Vault: v, Audit: audit.New(d, v, w.clock), Clock: w.clock, Sources: map[string]Source{
		"A1": func(context.Context, string, time.Time, time.Time) (Reading, error) {
			w.asked++
			return Reading{Parts: []Part{{Code: "contact", N: w.rung["contact"]}, {Code: "participant", N: w.rung["participant"]}, {Code: "leader", N: w.rung["leader"]}}}, nil
		},
		"B3": func(_ context.Context, _ string, from, until time.Time) (Reading, error) {
			return Reading{N: 20 + from.Day()*0 + int(from.Month())}, nil
		},
		"F8": func(context.Context, string, time.Time, time.Time) (Reading, error) { return Reading{N: 9, D: 10}, nil },
		"F1": func(context.Context, string, time.Time, time.Time) (Reading, error) {
			return Reading{Nothing: true}, nil
		},
	}})
	return w
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) is(err error, k fault.Kind) {
	w.Helper()
	if !fault.Is(err, k) {
		w.Errorf("got %v, want %v", err, k)
	}
}

func period(key string) Period { p, _ := ParsePeriod(key); return p }

func (w *world) line(a access.Actor, key, id string) Line {
	w.Helper()
	s, err := w.s.See(w.ctx, a, period(key))
	w.ok(err)
	for _, l := range s.Lines {
		if l.ID == id {
			return l
		}
	}
	w.Fatalf("%s is not there", id)
	return Line{}
}

// What came out of a period stays, whoever asks and whatever is written down later.
func TestAPeriodComesOutOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.line(ana, "2026-10", "A1")
		if l.N.N != 108 || !l.Parts[0].Shown || l.Parts[2].Shown {
			t.Errorf("the team reads %+v", l)
		}
		out := w.line(ruth, "2026-10", "A1")
		if out.Parts[2].Shown || out.N.Shown && out.N.N%5 != 0 {
			t.Errorf("outside reads %+v", out)
		}
		w.rung["leader"] = 12
		if again := w.line(thu, "2026-10", "A1"); again.Parts[2].Shown || again.N != l.N || w.asked != 1 {
			t.Errorf("counted again: %+v, asked %d times", again, w.asked)
		}
		if q := w.line(ana, "2026-q3", "B3"); q.N.N != 27+28+29 {
			t.Errorf("a quarter is the sum of its months: %+v", q.N)
		}
		if l := w.line(ana, "2026-10", "F8"); l.HasShare || l.N.N != 9 || l.D.N != 10 || l.Target != 95 {
			t.Errorf("a percentage of ten: %+v", l)
		}
		if l := w.line(ana, "2026-10", "F1"); l.Have {
			t.Error("nothing was counted")
		}
		_, err := w.s.See(w.ctx, ana, period("2026-11"))
		w.is(err, fault.Conflict) // not over
		_, err = w.s.See(w.ctx, access.Actor{Account: "dr", Org: cedar, Roles: []access.Role{access.Clinician}}, Period{})
		w.is(err, fault.Forbidden)
		if s, err := w.s.See(w.ctx, ruth, Period{}); err != nil || s.Period.Key() != "2026-10" || len(s.Lines) != 4 {
			t.Errorf("%+v, %v", s, err)
		}
		if d, points, err := w.s.Trend(w.ctx, ruth, "B3"); err != nil || d.ID != "B3" || len(points) != 1 || points[0].Period.Key() != "2026-10" {
			t.Errorf("%+v, %v", points, err)
		}
		_, _, err = w.s.Trend(w.ctx, ruth, "A2")
		w.is(err, fault.NotFound) // nobody counts it here
	})
}

func TestTargets(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ok(w.s.SetTarget(w.ctx, ana, "F8", 80, "k"))
		w.ok(w.s.SetTarget(w.ctx, ana, "F8", 80, "k"))
		if l := w.line(ruth, "2026-10", "F8"); l.Target != 80 {
			t.Error(l.Target)
		}
		w.is(w.s.SetTarget(w.ctx, ana, "B3", 80, ""), fault.Invalid)
		w.is(w.s.SetTarget(w.ctx, ana, "F8", 101, ""), fault.Invalid)
		w.is(w.s.SetTarget(w.ctx, ana, "Z9", 10, ""), fault.NotFound)
		w.is(w.s.SetTarget(w.ctx, thu, "F8", 10, ""), fault.Forbidden)
		for _, c := range []struct {
			share   float64
			target  int
			fewer   bool
			met, ok bool
		}{{0.96, 95, false, true, true}, {0.94, 95, false, false, true}, {0.3, 40, true, true, true}, {0.5, 40, true, false, true}, {0.5, 0, false, false, false}} {
			l := Line{Def: Def{Fewer: c.fewer}, Share: c.share, HasShare: true, Target: c.target}
			if met, ok := l.Met(); met != c.met || ok != c.ok {
				t.Errorf("%+v", c)
			}
		}
	})
}

func (w *world) make(a access.Actor, v Version) string {
	w.Helper()
	made, err := w.s.Save(w.ctx, a, MakeIn{Version: string(v), Period: "2026-10", Title: "October", Lang: "en", Intro: "What we did."})
	w.ok(err)
	return made
}

// From a draft to everybody: two people, and back again.
func TestAPublicReportNeedsTwo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		which := w.make(ana, ForPublic)
		_, err := w.s.Read(w.ctx, nobody, which)
		w.is(err, fault.NotFound)
		_, err = w.s.Save(w.ctx, ana, MakeIn{ID: which, Title: "October, in numbers", Lang: "es", Learned: "More.", No: 1})
		w.ok(err)
		_, err = w.s.Save(w.ctx, ana, MakeIn{ID: which, Title: "x", Lang: "es", No: 1})
		w.is(err, fault.Conflict) // somebody changed it meanwhile
		w.is(w.s.Do(w.ctx, ruth, which, "publish", ""), fault.Conflict)
		w.ok(w.s.Do(w.ctx, ana, which, "ask", "k"))
		w.ok(w.s.Do(w.ctx, ana, which, "ask", "k"))
		w.is(w.s.Do(w.ctx, ana, which, "publish", ""), fault.Forbidden)
		_, err = w.s.Save(w.ctx, ana, MakeIn{ID: which, Title: "x", Lang: "es"})
		w.is(err, fault.Conflict)
		w.ok(w.s.Do(w.ctx, ruth, which, "back", ""))
		w.ok(w.s.Do(w.ctx, ruth, which, "ask", ""))
		w.is(w.s.Do(w.ctx, ruth, which, "publish", ""), fault.Conflict) // she asked for it herself
		w.ok(w.s.Do(w.ctx, ana, which, "back", ""))
		w.ok(w.s.Do(w.ctx, ana, which, "ask", ""))
		w.ok(w.s.Do(w.ctx, ruth, which, "publish", ""))
		w.ok(w.s.SetTarget(w.ctx, ana, "F8", 50, ""))
		r, err := w.s.Read(w.ctx, nobody, which)
		if err != nil || r.Title != "October, in numbers" || r.Lang != "es" || r.ApprovedBy != "ruth" || len(r.Lines) != 2 {
			t.Fatalf("%+v, %v", r, err)
		}
		for _, l := range r.Lines {
			if !ForPublic.Shows(l.ID) || l.ID == "F8" && l.Target != 95 {
				t.Errorf("%+v", l)
			}
		}
		if list, err := w.s.Public(w.ctx, nobody); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
		_, err = w.s.Read(w.ctx, access.Anonymous(other), which)
		w.is(err, fault.NotFound)
		w.ok(w.s.Do(w.ctx, ana, which, "withdraw", ""))
		_, err = w.s.Read(w.ctx, nobody, which)
		w.is(err, fault.Gone)
		w.is(w.s.Do(w.ctx, ruth, which, "publish", ""), fault.Conflict)
		w.is(w.s.Do(w.ctx, ana, which, "nonsense", ""), fault.Invalid)
		w.is(w.s.Do(w.ctx, foreign, which, "withdraw", ""), fault.NotFound)
	})
}

// The team's own version is for the team: lists, pages and acts of others do not know it.
func TestTheTeamsVersion(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		which, board := w.make(ana, ForTeam), w.make(ruth, ForBoard)
		for _, a := range []access.Actor{ruth, jonas, foreign} {
			_, err := w.s.Get(w.ctx, a, which)
			w.is(err, fault.NotFound)
			w.is(w.s.Do(w.ctx, a, which, "finish", ""), fault.NotFound)
		}
		_, err := w.s.Save(w.ctx, ruth, MakeIn{Version: "team", Period: "2026-10", Title: "x", Lang: "en"})
		w.is(err, fault.Invalid)
		_, err = w.s.Save(w.ctx, ana, MakeIn{Version: "team", Period: "2026-11", Title: "", Lang: "xx"})
		if f := fault.FieldsOf(err); len(f) != 3 {
			t.Errorf("%v", f)
		}
		for who, n := range map[*access.Actor]int{&ana: 2, &thu: 2, &ruth: 1, &jonas: 1, &foreign: 0} {
			if list, err := w.s.List(w.ctx, *who); err != nil || len(list) != n {
				t.Errorf("%s sees %d: %v", who.Account, len(list), err)
			}
		}
		w.ok(w.s.Do(w.ctx, ana, which, "finish", ""))
		mine, err := w.s.Get(w.ctx, thu, which)
		w.ok(err)
		theirs, err := w.s.Get(w.ctx, ana, board)
		w.ok(err)
		if mine.Lines[0].N.N != 108 || theirs.Lines[0].N.Shown && theirs.Lines[0].N.N%5 != 0 {
			t.Errorf("%+v, %+v", mine.Lines[0], theirs.Lines[0])
		}
		_, err = w.s.Read(w.ctx, nobody, board)
		w.is(err, fault.NotFound)
		_, err = w.s.Export(w.ctx, thu, which)
		w.is(err, fault.Forbidden)
		_, err = w.s.Export(w.ctx, jonas, board)
		w.ok(err)
	})
}
