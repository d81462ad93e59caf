// The log's promises: with the act or not at all, no names, and every tampering shows.
package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/vault"
	"seedbed/internal/platform/vault/vaulttest"
)

var ctx = context.Background()

type world struct {
	*testing.T
	d     *db.DB
	v     *vault.Vault
	l     *Log
	clock *clock.Fake
}

func each(t *testing.T, fn func(w *world)) {
	dbtest.Each(t, []fs.FS{Schema}, func(t *testing.T, d *db.DB) {
		w := &world{T: t, d: d, v: vaulttest.New(t), clock: clock.NewFake(time.Date(2026, 3, 2, 9, 0, 0, 123456789, time.UTC))}
		w.l = New(d, w.v, w.clock)
		fn(w)
	})
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) write(events ...Event) {
	w.Helper()
	w.clock.Advance(time.Second)
	w.ok(w.d.Write(ctx, events[0].Org, func(tx *db.Tx) error { return w.l.WriteMany(ctx, tx, events) }))
}

func (w *world) verify(org string, known ...Checkpoint) Report {
	w.Helper()
	rep, err := w.l.Verify(ctx, org, known...)
	w.ok(err)
	return rep
}

func (w *world) fill(org string, n int) {
	w.Helper()
	for _, p := range []string{"p1", "p2"} {
		w.ok(w.v.CreatePerson(ctx, org, p))
	}
	for i := range n {
		w.write(Event{Org: org, Actor: fmt.Sprint("account:", i%3), Role: "navigator", Action: []string{"read", "update"}[i%2], Resource: "introduction",
			ResourceID: fmt.Sprint("row-", i), Subject: []string{"p1", "p2", ""}[i%3], Request: fmt.Sprint("req-", i)})
	}
}

func TestChain(t *testing.T) {
	each(t, func(w *world) {
		if rep := w.verify("org-a"); !rep.OK() || rep.Events != 0 {
			w.Fatalf("an empty log: %+v", rep)
		}
		w.fill("org-a", 9)
		w.fill("org-b", 4)
		cp, err := w.l.Checkpoint(ctx, "org-a")
		w.ok(err)
		printed, err := ParseCheckpoint("org-a", cp.String())
		w.ok(err)
		if rep := w.verify("org-a", printed); !rep.OK() || rep.Events != 9 || rep.End != cp {
			w.Fatalf("%+v", rep)
		}
		w.fill("org-a", 3)
		if rep := w.verify("org-a", cp); !rep.OK() || rep.Events != 12 {
			w.Fatalf("an older checkpoint: %+v", rep)
		}
		if rep := w.verify("org-b", cp); rep.Problem != ForeignCheck {
			w.Fatalf("%+v", rep)
		}
		orgs, err := w.l.Orgs(ctx)
		w.ok(err)
		if strings.Join(orgs, " ") != "org-a org-b" {
			w.Fatal(orgs)
		}
		for _, bad := range []string{"", "7", "x " + cp.Hash, "7 abc", "-1 " + cp.Hash} {
			if _, err := ParseCheckpoint("org-a", bad); !fault.Is(err, fault.Invalid) {
				w.Errorf("%q: %v", bad, err)
			}
		}
	})
}

// The event stands and falls with its act; a refused act is recorded by itself.
func TestWithTheActOrNotAtAll(t *testing.T) {
	each(t, func(w *world) {
		w.fill("org-a", 1)
		refused := errors.New("refused")
		e := Event{Org: "org-a", Actor: "account:1", Role: "partner", Action: "read", Resource: "introduction", ResourceID: "row-1", Reason: "not_shared"}
		err := w.d.Write(ctx, "org-a", func(tx *db.Tx) error {
			if err := w.l.Write(ctx, tx, e); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) {
			w.Fatal(err)
		}
		if rep := w.verify("org-a"); !rep.OK() || rep.Events != 1 {
			w.Fatalf("%+v", rep)
		}
		w.ok(w.l.WriteDenied(ctx, e))
		list := w.list(Filter{Limit: 1})
		if len(list) != 1 || list[0].Decision != Deny || list[0].Reason != "not_shared" || list[0].Seq != 2 {
			w.Fatalf("%+v", list)
		}
		for _, bad := range []Event{{Org: "org-a"}, {Action: "read", Resource: "x"}} {
			if err := w.d.Write(ctx, "org-a", func(tx *db.Tx) error { return w.l.Write(ctx, tx, bad) }); err == nil {
				w.Errorf("%+v was written", bad)
			}
		}
	})
}

func (w *world) list(f Filter) (list []Entry) {
	w.Helper()
	w.ok(w.d.Read(ctx, "org-a", func(tx *db.Tx) (err error) {
		list, err = w.l.List(ctx, tx, "org-a", f)
		return err
	}))
	return list
}

// Nothing that identifies a person may get into the log, even by a careless caller.
func TestNoNames(t *testing.T) {
	each(t, func(w *world) {
		w.fill("org-a", 1)
		w.write(Event{Org: "org-a", Actor: "Rosa Delgado", Role: "clinician", Action: "read", Resource: "introduction", ResourceID: "call Mateo after 19:00",
			Subject: "p1", Reason: "he said: please", Request: strings.Repeat("x", 200)})
		e := w.list(Filter{Limit: 1})[0]
		if e.Actor != "unlisted" || e.ResourceID != "unlisted" || e.Reason != "unlisted" || e.Request != "unlisted" || strings.Contains(e.SubjectRef, "p1") || e.SubjectRef == "" {
			w.Fatalf("%+v", e)
		}
		if rep := w.verify("org-a"); !rep.OK() {
			w.Fatalf("%+v", rep)
		}
	})
}

func TestWhoLookedAndErasure(t *testing.T) {
	each(t, func(w *world) {
		w.fill("org-a", 9)
		of := func(person string) (list []Entry, err error) {
			err = w.d.Read(ctx, "org-a", func(tx *db.Tx) error {
				list, err = w.l.OfSubject(ctx, tx, "org-a", person)
				return err
			})
			return list, err
		}
		list, err := of("p1")
		w.ok(err)
		if len(list) != 3 || list[0].ResourceID != "row-6" || list[2].ResourceID != "row-0" {
			w.Fatalf("%+v", list)
		}
		w.ok(w.v.ErasePerson(ctx, "org-a", "p1"))
		if _, err := of("p1"); !fault.Is(err, fault.Gone) {
			w.Fatalf("still computable: %v", err)
		}
		if rep := w.verify("org-a"); !rep.OK() || rep.Events != 9 {
			w.Fatalf("erasing broke the chain: %+v", rep)
		}
		w.write(Event{Org: "org-a", Actor: "system", Role: "system", Action: "delete", Resource: "person", Subject: "p1"})
		if e := w.list(Filter{Limit: 1})[0]; e.SubjectRef != "" {
			w.Fatalf("%+v", e)
		}
	})
}

func TestListPages(t *testing.T) {
	each(t, func(w *world) {
		w.fill("org-a", 23)
		seen, before := 0, int64(0)
		for {
			page := w.list(Filter{Limit: 5, Before: before})
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				if e.Seq != int64(23-seen) {
					w.Fatalf("page before %d: %d", before, e.Seq)
				}
				seen++
			}
			before = page[len(page)-1].Seq
		}
		if seen != 23 {
			w.Fatal(seen)
		}
		for _, e := range w.list(Filter{Action: "update", Actor: "account:1", Resource: "introduction", Decision: Allow}) {
			if e.Action != "update" || e.Actor != "account:1" {
				w.Fatalf("%+v", e)
			}
		}
	})
}

// Writers at the same time must not fork the chain.
func TestManyWriters(t *testing.T) {
	each(t, func(w *world) {
		w.fill("org-a", 1)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for range 5 {
					if err := w.l.WriteDenied(ctx, Event{Org: "org-a", Actor: fmt.Sprint("account:", i), Action: "read", Resource: "person", Subject: "p1"}); err != nil {
						w.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if rep := w.verify("org-a"); !rep.OK() || rep.Events != 41 {
			w.Fatalf("%+v", rep)
		}
	})
}

// The chain's format is fixed for ever: this hash was computed by hand from the
// description in canonical (and checked with an independent script).
func TestVector(t *testing.T) {
	e := Entry{Org: "org-a", Seq: 1, At: time.UnixMicro(1772442000123456), Actor: "account:1", Role: "navigator", Action: "read",
		Resource: "introduction", ResourceID: "row-1", SubjectRef: "ab", Decision: Allow, Request: "req-1"}
	const want = "2bfdd2d2defc1403d66e8b607b4e58a56bbfbbd3698283022734d8e035d0d3b0"
	if got := link(start("org-a"), e); got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

var errUndo = errors.New("undo")

// Random tamperings with SQL: the verification names the first bad entry each time.
func TestTampering(t *testing.T) {
	each(t, func(w *world) {
		const events = 24
		w.fill("org-a", events)
		end, err := w.l.Checkpoint(ctx, "org-a")
		w.ok(err)
		const rounds = 150
		rnd := rand.New(rand.NewPCG(20261122, 1))
		err = w.d.Write(ctx, "org-a", func(tx *db.Tx) error {
			for i := range rounds {
				if _, err := tx.Exec(ctx, "SAVEPOINT tamper"); err != nil {
					return err
				}
				what, first, known, err := tamper(tx, rnd, events, end)
				if err != nil {
					return fmt.Errorf("%s: %w", what, err)
				}
				head, err := readHead(ctx, tx, "org-a")
				if err != nil {
					return err
				}
				rep, err := walk(head, known, func(visit func(Entry) error) error { return eachEntry(ctx, tx, "org-a", visit) })
				if err != nil {
					return err
				}
				if rep.OK() || rep.BadSeq != first || (rep.Problem == Unrecorded) != (first > events) {
					return fmt.Errorf("round %d, %s at %d: %+v", i, what, first, rep)
				}
				if _, err := tx.Exec(ctx, "ROLLBACK TO SAVEPOINT tamper"); err != nil {
					return err
				}
			}
			return errUndo
		})
		if !errors.Is(err, errUndo) {
			w.Fatal(err)
		}
		if rep := w.verify("org-a", end); !rep.OK() {
			w.Fatalf("%+v", rep)
		}
	})
}

// tamper does one thing an intruder with SQL could do; first is the entry that should be named.
func tamper(tx *db.Tx, rnd *rand.Rand, n int64, end Checkpoint) (what string, first int64, known map[int64]string, err error) {
	exec := func(q string, args ...any) {
		if err == nil {
			_, err = tx.Exec(ctx, q, args...)
		}
	}
	a := 1 + rnd.Int64N(n-1)
	b := a + 1 + rnd.Int64N(n-a)
	known = map[int64]string{}
	switch rnd.IntN(10) {
	case 0:
		what = "change"
		column := []string{"actor", "role", "action", "resource", "resource_id", "subject_ref", "decision", "reason", "request", "hash"}[rnd.IntN(10)]
		exec(`UPDATE audit_event SET `+column+`=`+column+` || 'x' WHERE seq=$1`, a)
		return what, a, known, err
	case 1:
		what = "move in time"
		exec(`UPDATE audit_event SET at=at+$2 WHERE seq=$1`, a, 1+rnd.Int64N(1e6))
		return what, a, known, err
	case 2:
		what = "delete"
		exec(`DELETE FROM audit_event WHERE seq=$1`, a)
		return what, a, known, err
	case 3:
		what = "insert"
		exec(`UPDATE audit_event SET seq=-seq-1 WHERE seq>$1`, a)
		exec(`UPDATE audit_event SET seq=-seq WHERE seq<0`)
		exec(`INSERT INTO audit_event SELECT org_id, $1+1, at, actor, role, action, resource, resource_id, subject_ref, decision, reason, request, hash FROM audit_event WHERE seq=$1`, a)
		return what, a + 1, known, err
	case 4:
		what = "swap"
		exec(`UPDATE audit_event SET seq=-1 WHERE seq=$1`, a)
		exec(`UPDATE audit_event SET seq=$1 WHERE seq=$2`, a, b)
		exec(`UPDATE audit_event SET seq=$1 WHERE seq=-1`, b)
		return what, a, known, err
	case 5:
		what = "cut off, with the head corrected"
		known[end.Seq] = end.Hash
		exec(`DELETE FROM audit_event WHERE seq>$1`, a)
		exec(`UPDATE audit_head SET seq=$1, hash=(SELECT hash FROM audit_event WHERE seq=$1)`, a)
		return what, a + 1, known, err
	case 6:
		what = "cut off, with the head left"
		exec(`DELETE FROM audit_event WHERE seq>$1`, a)
		return what, a + 1, known, err
	case 7:
		what = "change the head"
		exec(`UPDATE audit_head SET hash=hash || 'x'`)
		return what, n, known, err
	case 8:
		what = "add a good link and leave the head"
		e := Entry{Org: "org-a", Seq: n + 1, At: time.UnixMicro(1), Actor: "account:nobody", Action: "read", Resource: "introduction"}
		e.Hash = link(end.Hash, e)
		return what, n + 1, known, insert(ctx, tx, e)
	default:
		what = "rewrite to the end, with the head corrected"
		known[end.Seq] = end.Hash
		return what, end.Seq, known, rewrite(tx, a)
	}
}

// Ten thousand random tamperings in memory, several at once: none passes.
func TestTamperingMany(t *testing.T) {
	const n = 40
	rnd := rand.New(rand.NewPCG(20261122, 2))
	var whole []Entry
	end := Checkpoint{Org: "org-a", Hash: start("org-a")}
	for i := range n {
		e := Entry{Org: "org-a", Seq: int64(i + 1), At: time.UnixMicro(int64(i)), Actor: fmt.Sprint("account:", i%3), Role: "navigator", Action: "read", Resource: "introduction"}
		e.Hash = link(end.Hash, e)
		end = Checkpoint{Org: e.Org, Seq: e.Seq, Hash: e.Hash}
		whole = append(whole, e)
	}
	check := func(list []Entry) Report {
		rep, err := walk(end, nil, func(visit func(Entry) error) error {
			for _, e := range list {
				if err := visit(e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return rep
	}
	if rep := check(whole); !rep.OK() {
		t.Fatalf("%+v", rep)
	}
	for round := range 10_000 {
		list := slices.Clone(whole)
		for range 1 + rnd.IntN(3) {
			i, j := rnd.IntN(len(list)), rnd.IntN(len(list))
			switch rnd.IntN(6) {
			case 0:
				list[i].Actor += "0"
			case 1:
				list[i].At = list[i].At.Add(time.Microsecond)
			case 2:
				list = slices.Delete(list, i, i+1)
			case 3:
				list = slices.Insert(list, i, list[j])
			case 4: // contents change places, numbers stay
				list[i], list[j] = list[j], list[i]
				list[i].Seq, list[j].Seq = list[j].Seq, list[i].Seq
			case 5: // moved from one field to the next
				list[i].Role, list[i].Actor = list[i].Role+list[i].Actor, ""
			}
		}
		if rep := check(list); rep.OK() != slices.Equal(list, whole) {
			t.Fatalf("round %d: %+v", round, rep)
		}
	}
}

// rewrite changes an entry and recomputes every hash after it: only a checkpoint shows that.
func rewrite(tx *db.Tx, from int64) error {
	var list []Entry
	if err := eachEntry(ctx, tx, "org-a", func(e Entry) error { list = append(list, e); return nil }); err != nil {
		return err
	}
	prev := Checkpoint{Org: "org-a", Hash: start("org-a")}
	for _, e := range list {
		if e.Seq == from {
			e.Actor = "account:nobody"
		}
		e.Hash = link(prev.Hash, e)
		prev = Checkpoint{Org: e.Org, Seq: e.Seq, Hash: e.Hash}
		if e.Seq < from {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE audit_event SET actor=$2, hash=$3 WHERE seq=$1`, e.Seq, e.Actor, e.Hash); err != nil {
			return err
		}
	}
	return moveHead(ctx, tx, prev)
}

func BenchmarkLink(b *testing.B) {
	e := Entry{Org: "org-a", Seq: 1, Actor: "account:1", Role: "navigator", Action: "read", Resource: "introduction", ResourceID: "row-1",
		SubjectRef: strings.Repeat("ab", 32), Decision: Allow, Request: "req-1"}
	prev := start("org-a")
	for b.Loop() {
		prev = link(prev, e)
	}
}
