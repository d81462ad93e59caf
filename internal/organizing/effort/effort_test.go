package effort

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/quick"
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

const (
	cedar = "11111111-1111-7111-8111-111111111111"
	other = "22222222-2222-7222-8222-222222222222"
)

func as(r access.Role, account string) access.Actor {
	return access.Actor{Account: account, Org: cedar, Roles: []access.Role{r}}
}

var (
	ana     = as(access.Organizer, "ana")
	lupe    = as(access.Navigator, "lupe")
	ruth    = as(access.Lead, "ruth")
	jonas   = as(access.Evaluator, "jonas")
	thu     = as(access.Leader, "thu")
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Lead}}
)

type world struct {
	t     testing.TB
	ctx   context.Context
	s     *Service
	clock *clock.Fake
	fund  map[FundKind]string
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, []fs.FS{idem.Schema, audit.Schema, Schema}, func(t *testing.T, d *db.DB) {
		w := &world{t: t, ctx: context.Background(), clock: clock.NewFake(time.Date(2026, 11, 4, 18, 0, 0, 0, time.UTC)), fund: map[FundKind]string{}} // a Wednesday
		v := vaulttest.New(t)
		w.s = New(Deps{DB: d, Vault: v, Audit: audit.New(d, v, w.clock), Clock: w.clock})
		for _, k := range FundKinds() {
			w.must(w.s.SaveFund(w.ctx, ruth, FundIn{Name: "Fund " + string(k), Kind: string(k)}))
		}
		list, err := w.s.Funds(w.ctx, ruth)
		w.must(err)
		for _, f := range list {
			w.fund[f.Kind] = f.ID
		}
		fn(t, w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) is(err error, k fault.Kind) {
	w.t.Helper()
	if !fault.Is(err, k) {
		w.t.Errorf("got %v, want %v", err, k)
	}
}

func (w *world) write(a access.Actor, hours string, c Class, k FundKind) {
	w.t.Helper()
	w.clock.Advance(time.Second)
	w.must(w.s.Write(w.ctx, a, EntryIn{Day: "2026-11-04", Hours: hours, Class: string(c), Fund: w.fund[k]}))
}

// Every class on every kind of fund, by hand.
func TestAgainst(t *testing.T) {
	for _, c := range Classes() {
		for _, k := range FundKinds() {
			want := None
			if (c == Direct || c == Grassroots) && (k == Federal || k == S330) {
				want = LobbyFederal
			}
			if c == Voters && k == S330 {
				want = VotersS330
			}
			if got := Against(c, k); got != want {
				t.Errorf("%s on %s: %q, want %q", c, k, got, want)
			}
		}
	}
}

func TestHours(t *testing.T) {
	for typed, want := range map[string]int{"1": 60, "1.5": 90, "1,5": 90, "0:45": 45, ".25": 15, "24": 1440, " 2 ": 120, "0.1": 6} {
		if got, ok := ParseHours(typed); !ok || got != want {
			t.Errorf("%q: %d %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", "0", "25", "-1", "1:60", "1:5", "two", "1.2.3", "1e3", "NaN", "24:30"} {
		if got, ok := ParseHours(typed); ok {
			t.Errorf("%q: %d", typed, got)
		}
	}
}

// A week has seven days and begins on a Monday.
func TestMonday(t *testing.T) {
	if err := quick.Check(func(n uint16) bool {
		day := Later("2020-01-01", int(n))
		m := Monday(day)
		at, err := time.Parse(time.DateOnly, m)
		return err == nil && at.Weekday() == time.Monday && m <= day && day < Later(m, 7)
	}, nil); err != nil {
		t.Error(err)
	}
}

// The guard rails: refused, warned, and more than a twentieth.
func TestGuardRails(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, k := range []FundKind{Federal, S330} {
			for _, c := range []Class{Direct, Grassroots} {
				err := w.s.Write(w.ctx, ana, EntryIn{Day: "2026-11-04", Hours: "1", Class: string(c), Fund: w.fund[k], Sure: true})
				if f := fault.FieldsOf(err); len(f) != 1 || f[0].Key != "effort.bar.lobby_federal" {
					t.Errorf("%s on %s: %v", c, k, err)
				}
			}
		}
		in := EntryIn{Day: "2026-11-04", Hours: "1", Class: string(Voters), Fund: w.fund[S330]}
		err := w.s.Write(w.ctx, ana, in)
		if f := fault.FieldsOf(err); len(f) != 1 || f[0].Name != "sure" {
			t.Error(err)
		}
		in.Sure = true
		w.must(w.s.Write(w.ctx, ana, in))
		w.write(ana, "8", Education, Federal)
		w.write(ana, ".5", Direct, Other)
		r, _, err := w.s.Month(w.ctx, ruth, "2026-11")
		w.must(err)
		if !r.Over() || r.Total() != 570 || r.At(Direct, w.fund[Other]) != 30 || len(r.Barred()) != 1 || r.Barred()[0] != VotersS330 {
			t.Errorf("%+v %v", r, r.Barred())
		}
		w.write(lupe, "8", Internal, Other)
		if r, _, _ := w.s.Month(w.ctx, ruth, "2026-11"); r.Over() || r.Staff != 2 {
			t.Errorf("%+v", r)
		}
		week, err := w.s.Week(w.ctx, ana, "2026-11-04")
		w.must(err)
		if week.Over || len(week.Entries) != 3 || week.From != "2026-11-02" || week.Last.Class != Direct {
			t.Errorf("%+v", week)
		}
	})
}

// One's own hours and nobody else's; who sees sums and who does not.
func TestWhoSeesWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.write(ana, "2", Advocacy, Other)
		w.write(lupe, "3", Education, Federal)
		mine, err := w.s.Week(w.ctx, lupe, "2026-11-04")
		w.must(err)
		if len(mine.Entries) != 1 || mine.Entries[0].Minutes != 180 {
			t.Errorf("%+v", mine)
		}
		w.is(w.s.Remove(w.ctx, ana, mine.Entries[0].ID, ""), fault.NotFound)
		w.is(w.s.Remove(w.ctx, ruth, mine.Entries[0].ID, ""), fault.NotFound)
		w.must(w.s.Remove(w.ctx, lupe, mine.Entries[0].ID, ""))
		w.write(lupe, "3", Education, Federal)
		for _, a := range []access.Actor{lupe, thu} {
			_, _, err := w.s.Month(w.ctx, a, "2026-11")
			w.is(err, fault.Forbidden)
		}
		_, err = w.s.Week(w.ctx, jonas, "2026-11-04")
		w.is(err, fault.Forbidden)
		if r, few, err := w.s.Month(w.ctx, jonas, "2026-11"); err != nil || !few || r.Total() != 0 {
			t.Error("an evaluator reads what two people did", r, few, err)
		}
		for _, who := range []string{"a", "b", "c"} {
			w.write(as(access.Navigator, who), "1", Internal, Other)
		}
		if r, few, err := w.s.Month(w.ctx, jonas, "2026-11"); err != nil || few || r.Total() != 480 {
			t.Error(r, few, err)
		}
		if r, _, err := w.s.Month(w.ctx, foreign, "2026-11"); err != nil || r.Total() != 0 {
			t.Error("another clinic's hours", r, err)
		}
		_, err = w.s.Export(w.ctx, ana, "2026-11")
		w.is(err, fault.Forbidden)
		file, err := w.s.Export(w.ctx, ruth, "2026-11")
		w.must(err)
		if !strings.Contains(string(file), "2026-11,education,Fund federal,federal,180") || strings.Contains(string(file), "lupe") {
			t.Error(string(file))
		}
		_, err = w.s.Export(w.ctx, ruth, "soon")
		w.is(err, fault.NotFound)
	})
}

func TestFunds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, a := range []access.Actor{ana, lupe, thu, jonas} {
			_, err := w.s.Funds(w.ctx, a)
			w.is(err, fault.Forbidden)
			w.is(w.s.SaveFund(w.ctx, a, FundIn{Name: "Mine", Kind: "other"}), fault.Forbidden)
		}
		w.is(w.s.SaveFund(w.ctx, ruth, FundIn{Kind: "cash"}), fault.Invalid)
		w.is(w.s.SaveFund(w.ctx, ruth, FundIn{ID: "none", Name: "A", Kind: "other"}), fault.NotFound)
		w.must(w.s.SaveFund(w.ctx, ruth, FundIn{ID: w.fund[Other], Name: "Closed one", Kind: "other"}))
		w.is(w.s.Write(w.ctx, ana, EntryIn{Day: "2026-11-04", Hours: "1", Class: "internal", Fund: w.fund[Other]}), fault.Invalid)
		for _, in := range []EntryIn{{Day: "2026-11-05", Hours: "1", Class: "internal", Fund: w.fund[Federal]}, {Day: "2026-11-04", Hours: "30", Class: "internal", Fund: w.fund[Federal]}, {Day: "2026-11-04", Hours: "1", Class: "sleep", Fund: w.fund[Federal]}, {Day: "2026-11-04", Hours: "1", Class: "internal"}} {
			w.is(w.s.Write(w.ctx, ana, in), fault.Invalid)
		}
		in := EntryIn{Day: "2026-11-04", Hours: "20", Class: "internal", Fund: w.fund[Federal], Key: "k"}
		w.must(w.s.Write(w.ctx, ana, in))
		w.must(w.s.Write(w.ctx, ana, in)) // the same form twice
		in.Key = ""
		w.is(w.s.Write(w.ctx, ana, in), fault.Invalid) // a day has no forty hours
		w.must(w.s.Remind(w.ctx, ana, true, ""))
		w.must(w.s.Remind(w.ctx, ana, true, ""))
		if week, _ := w.s.Week(w.ctx, ana, "2026-11-04"); !week.Remind || len(week.Entries) != 1 {
			t.Errorf("%+v", week)
		}
		w.must(w.s.Remind(w.ctx, ana, false, ""))
		w.must(w.s.Nudge(w.ctx))
	})
}
