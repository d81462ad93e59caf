package directory

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/vault/vaulttest"
)

func names(list []Suggestion) (out []string) {
	for _, s := range list {
		out = append(out, s.View.Name)
	}
	return out
}

func keys(s Suggestion) (out []string) {
	for _, r := range s.Reasons {
		out = append(out, strings.TrimPrefix(r.Key, "directory.reason."))
	}
	return out
}

// S-01: housing and work, Spanish, an evening worker: three groups of three kinds.
func TestMatchInTheVisit(t *testing.T) {
	each(t, func(w *world) {
		tenants := sample("Inquilinos Unidos")
		workers := sample("Worker Center")
		workers.Kind, workers.Topics, workers.Host = Workers, []Topic{Work}, "Worker Center"
		workers.Rhythm = []Meeting{{Weekday: time.Sunday, Start: 600, End: 720, Every: Weekly}}
		parish := sample("Parroquia Action Team")
		parish.Kind, parish.Topics, parish.Host = Congregation, []Topic{Housing, Work}, "Parroquia"
		second := sample("Cedar Tenants")
		english := sample("Hillside Renters")
		english.Languages, english.Host = []string{"en"}, "Hillside"
		closed := sample("Closed Circle")
		closed.Kind = Elders
		for _, g := range []Group{tenants, workers, parish, second, english} {
			w.publish(g)
		}
		shut := w.publish(closed)
		w.ok(w.s.SetWelcoming(ctx, navigator, shut, Welcoming{No, start.AddDate(0, 1, 0)}, ""))
		q := Query{Topics: []Topic{Housing, Work}, Languages: []string{"es-MX"}, Days: []time.Weekday{time.Tuesday, time.Sunday}, From: 600, To: 1320, Childcare: true}
		list, err := w.s.Match(ctx, clinician, q)
		w.ok(err)
		got := names(list)
		kinds := map[Kind]bool{}
		for _, s := range list {
			kinds[s.Group.Kind] = true
			if !slices.Contains(keys(s), "topic") || !slices.Contains(keys(s), "language") || !slices.Contains(keys(s), "fresh") {
				w.Errorf("%s: %v", s.View.Name, keys(s))
			}
		}
		if len(got) != 3 || len(kinds) != 3 || got[0] != "Parroquia Action Team" {
			w.Errorf("%v", got)
		}
		all, err := w.s.Match(ctx, clinician, Query{Topics: []Topic{Housing}, Languages: []string{"es"}, Limit: 20})
		w.ok(err)
		if slices.Contains(names(all), "Closed Circle") {
			w.Error("a closed door was suggested")
		}
		for _, s := range all {
			if s.View.Name == "Hillside Renters" && !slices.Contains(keys(s), "other_language") {
				w.Error("nobody is warned that the group speaks another language")
			}
		}
		again, err := w.s.Match(ctx, clinician, q)
		w.ok(err)
		if !slices.Equal(got, names(again)) {
			w.Errorf("%v then %v", got, names(again))
		}
	})
}

func TestMatchSeesTimePass(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	made := w.publish(sample("Cedar Tenants"))
	w.ok(w.s.SetWelcoming(ctx, navigator, made, Welcoming{No, start.Add(30 * time.Minute)}, ""))
	count := func() int {
		list, err := w.s.Match(ctx, clinician, Query{Topics: []Topic{Housing}})
		w.ok(err)
		return len(list)
	}
	if count() != 0 {
		t.Error("suggested although not welcoming")
	}
	w.clock.Advance(31 * time.Minute)
	if count() != 1 {
		t.Error("still absent after the answer ended")
	}
	w.clock.Advance(200 * day)
	w.tick()
	w.clock.Advance(20 * day)
	w.tick()
	w.clock.Advance(20 * day)
	w.tick()
	if count() != 0 {
		t.Error("a hidden group was suggested")
	}
}

func TestNoWayInIsAbsent(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	stairs := sample("Upstairs Group")
	stairs.Access = nil
	fromHome := sample("Evening Call")
	fromHome.Place, fromHome.Online, fromHome.Access = Place{}, true, nil
	w.publish(stairs)
	w.publish(fromHome)
	list, err := w.s.Match(ctx, clinician, Query{Topics: []Topic{Housing}, Access: []AccessFeature{StepFree}})
	w.ok(err)
	if got := names(list); !slices.Equal(got, []string{"Evening Call"}) {
		t.Error(got)
	}
}

// Two replicas on one database: the second answers with what the first wrote.
func TestReplicasNotice(t *testing.T) {
	each(t, func(w *world) {
		other := newWorld(w.T, w.d)
		find := func() []string {
			list, err := other.s.Match(ctx, clinician, Query{Topics: []Topic{Housing}, Limit: 9})
			w.ok(err)
			got := names(list)
			slices.Sort(got)
			return got
		}
		if got := find(); len(got) != 0 {
			w.Fatal(got)
		}
		a := w.publish(sample("Alpha"))
		b := w.publish(sample("Bravo"))
		if got := find(); !slices.Equal(got, []string{"Alpha", "Bravo"}) {
			w.Fatal(got)
		}
		w.ok(w.s.Do(ctx, organizer, a, Suspend, "safety", ""))
		if got := find(); !slices.Equal(got, []string{"Bravo"}) {
			w.Fatal(got)
		}
		w.ok(w.d.Write(ctx, org, func(tx *db.Tx) error { // as undoing an import does
			if err := deleteGroup(ctx, tx, b); err != nil {
				return err
			}
			_, err := bumpDeleted(ctx, tx)
			return err
		}))
		if got := find(); len(got) != 0 {
			w.Fatal(got)
		}
		g := w.get(a)
		g.Name = "Not mine"
		g.Topics[0] = Parks
		if w.get(a).Topics[0] == Parks {
			w.Error("a caller can change the snapshot")
		}
	})
}

// big is a directory of n published groups, written in one transaction.
func big(tb testing.TB, n int) *Service {
	d := dbtest.SQLite(tb, schemas...)
	err := d.Write(ctx, org, func(tx *db.Tx) error {
		v, err := bump(ctx, tx)
		if err != nil {
			return err
		}
		for i := range n {
			g := sample(fmt.Sprintf("Group number %05d", i))
			g.ID = fmt.Sprintf("0190a000-0000-7000-8000-%012d", i)
			g.Kind, g.Host = Kinds()[i%len(Kinds())], fmt.Sprintf("Host %d", i%300)
			g.Topics = []Topic{Topics()[i%24], Topics()[(i*7+3)%24]}
			g.Languages = [][]string{{"en"}, {"es", "en"}, {"vi"}, {"ar", "en"}, {"so"}}[i%5]
			g.Place.Lat, g.Place.Lon = 45.4+float64(i%100)/500, -122.8+float64(i/100%100)/500
			g.Rhythm[0].Weekday = time.Weekday(i % 7)
			g.State, g.VerifiedOn, g.ReviewDue, g.Version = Published, start.AddDate(0, 0, -i%80), start.AddDate(0, 0, 90-i%80), v
			if err := insertGroup(ctx, tx, g, sealedText{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	v, c := vaulttest.New(tb), clock.NewFake(start)
	return New(Options{DB: d, Vault: v, Audit: audit.New(d, v, c), Clock: c})
}

func BenchmarkMatch10k(b *testing.B) {
	s := big(b, 10_000)
	q := Query{Topics: []Topic{Housing, Work, Transport}, Languages: []string{"es"}, Days: []time.Weekday{time.Tuesday}, From: 1020, To: 1320, Near: Near{Lat: 45.5, Lon: -122.7}}
	if _, err := s.Match(ctx, clinician, q); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Match(ctx, clinician, q); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLookAfterChange10k(b *testing.B) {
	s := big(b, 10_000)
	g, err := s.Get(ctx, organizer, "0190a000-0000-7000-8000-000000000007")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := s.Do(ctx, organizer, g.ID, Confirm, "", ""); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Match(ctx, clinician, Query{Topics: []Topic{Housing}}); err != nil {
			b.Fatal(err)
		}
	}
}
