// The vault on both engines: people, erasure in every interrupted form, rotation, isolation.
package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
)

var schemas = []fs.FS{Schema}

type world struct {
	*testing.T
	ctx context.Context
	o   Options
	v   *Vault
}

func each(t *testing.T, fn func(w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := &world{T: t, ctx: context.Background(), o: Options{Keys: d, KEK: NewKEK(),
			Clock: clock.NewFake(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), Ledger: filepath.Join(t.TempDir(), "erasures.jsonl")}}
		w.restart()
		fn(w)
	})
}

func (w *world) restart() {
	w.Helper()
	v, err := Open(w.ctx, w.o)
	w.ok(err)
	w.v = v
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) person(org, person string) (Cell, string) {
	w.Helper()
	w.ok(w.v.CreatePerson(w.ctx, org, person))
	c := Cell{Org: org, Person: person, Table: "introduction", Column: "sealed", Row: "row-" + person, Version: 1}
	s, err := w.v.Seal(w.ctx, c, "called "+person)
	w.ok(err)
	return c, s
}

func (w *world) gone(c Cell, sealed string) {
	w.Helper()
	if got, err := w.v.Open(w.ctx, c, sealed); !fault.Is(err, fault.Gone) {
		w.Fatalf("opened as %q, %v; want gone", got, err)
	}
	if _, err := w.v.SubjectRef(w.ctx, c.Org, c.Person); !fault.Is(err, fault.Gone) {
		w.Fatalf("reference: %v, want gone", err)
	}
	if _, err := w.v.Seal(w.ctx, c, "x"); !fault.Is(err, fault.Gone) {
		w.Fatalf("sealing: %v, want gone", err)
	}
	if err := w.v.CreatePerson(w.ctx, c.Org, c.Person); !fault.Is(err, fault.Gone) {
		w.Fatalf("making again: %v, want gone", err)
	}
	var keys int64
	w.ok(w.o.Keys.Read(w.ctx, c.Org, func(tx *db.Tx) (err error) {
		keys, err = db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM vault_person_key WHERE org_id=$1 AND person_id=$2`, c.Org, c.Person)
		return err
	}))
	if keys != 0 {
		w.Fatal("the key row is still there")
	}
}

func TestSealOpenErase(t *testing.T) {
	each(t, func(w *world) {
		c, s := w.person("org-a", "p1")
		c2, s2 := w.person("org-a", "p2")
		if got, err := w.v.Open(w.ctx, c, s); err != nil || got != "called p1" {
			w.Fatal(got, err)
		}
		w.ok(w.v.CreatePerson(w.ctx, "org-a", "p1")) // again, harmless
		w.restart()
		if got, err := w.v.Open(w.ctx, c, s); err != nil || got != "called p1" {
			w.Fatal(got, err)
		}
		other, err := Open(w.ctx, w.o) // another replica
		w.ok(err)
		if _, err := other.Open(w.ctx, c, s); err != nil {
			w.Fatal(err)
		}
		w.ok(w.v.ErasePerson(w.ctx, "org-a", "p1"))
		if _, err := other.Open(w.ctx, c, s); !fault.Is(err, fault.Gone) {
			w.Fatalf("the other replica still reads: %v", err)
		}
		w.gone(c, s)
		w.ok(w.v.ErasePerson(w.ctx, "org-a", "p1")) // again, harmless
		w.restart()
		w.gone(c, s)
		if got, err := w.v.Open(w.ctx, c2, s2); err != nil || got != "called p2" {
			w.Fatal("the neighbour suffered:", got, err)
		}
	})
}

func TestMovedTextDoesNotOpen(t *testing.T) {
	each(t, func(w *world) {
		a, sa := w.person("org-a", "p1")
		b, sb := w.person("org-a", "p2")
		w.person("org-b", "p1")
		foreign := a
		foreign.Org = "org-b"
		older := a
		older.Version = 0
		for name, try := range map[string]struct {
			c Cell
			s string
		}{"swapped": {a, sb}, "swapped back": {b, sa}, "other organization": {foreign, sa}, "older version": {older, sa}, "empty": {a, ""}} {
			if got, err := w.v.Open(w.ctx, try.c, try.s); !errors.Is(err, ErrIntegrity) || got != "" || fault.KindOf(err) != fault.Internal {
				w.Errorf("%s: %q, %v", name, got, err)
			}
		}
		org := Cell{Org: "org-a", Table: "directory", Column: "note", Row: "r"}
		s, err := w.v.Seal(w.ctx, org, "plan")
		w.ok(err)
		if got, err := w.v.Open(w.ctx, org, s); err != nil || got != "plan" {
			w.Fatal(got, err)
		}
		org.Table = "consent"
		if _, err := w.v.Open(w.ctx, org, s); !errors.Is(err, ErrIntegrity) {
			w.Fatal(err)
		}
		if _, err := w.v.Seal(w.ctx, Cell{Org: "org-a", Table: "t", Column: "c"}, "x"); err == nil {
			w.Fatal("a cell without a row was sealed")
		}
	})
}

func TestOpenMany(t *testing.T) {
	each(t, func(w *world) {
		var cells []Cell
		var sealed []string
		for i := range 12 {
			c, s := w.person([]string{"org-a", "org-b"}[i%2], fmt.Sprint("p", i))
			cells, sealed = append(cells, c), append(sealed, s)
		}
		org := Cell{Org: "org-a", Table: "directory", Column: "note", Row: "r"}
		s, err := w.v.Seal(w.ctx, org, "plan")
		w.ok(err)
		cells, sealed = append(cells, org), append(sealed, s)
		w.ok(w.v.ErasePerson(w.ctx, "org-b", "p3"))
		got, err := w.v.OpenMany(w.ctx, cells, sealed)
		w.ok(err)
		for i, o := range got {
			want := Opened{Plain: "called " + cells[i].Person}
			if cells[i].Person == "p3" {
				want = Opened{Gone: true}
			}
			if cells[i].Person == "" {
				want.Plain = "plan"
			}
			if o != want {
				w.Errorf("%d: %+v, want %+v", i, o, want)
			}
		}
		sealed[0], sealed[2] = sealed[2], sealed[0]
		if _, err := w.v.OpenMany(w.ctx, cells, sealed); !errors.Is(err, ErrIntegrity) {
			w.Fatalf("swapped texts: %v", err)
		}
		refs, err := w.v.SubjectRefs(w.ctx, "org-b", []string{"p1", "p3", "p5"})
		w.ok(err)
		one, err := w.v.SubjectRef(w.ctx, "org-b", "p1")
		w.ok(err)
		if len(refs) != 2 || refs["p1"] != one || refs["p5"] == one || refs["p3"] != "" {
			w.Fatal(refs, one)
		}
	})
}

// A crash may come after any step of an erasure. Wherever it came, the next
// start finishes the work, and nobody reads the person in between.
func TestEraseInterrupted(t *testing.T) {
	steps := []string{"nothing", "asked", "torn ledger line", "ledger", "key deleted"}
	for stop, name := range steps {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				c, s := w.person("org-a", "p1")
				c2, s2 := w.person("org-a", "p2")
				var e erasure
				var err error
				if stop >= 1 {
					e, err = askErasure(w.ctx, w.o.Keys, "org-a", "p1", w.o.Clock.Now())
					w.ok(err)
				}
				if stop == 2 {
					lines, err := w.v.lines(w.ctx, []erasure{e})
					w.ok(err)
					w.ok(os.WriteFile(w.o.Ledger, lines[:len(lines)/2], 0o600))
				}
				if stop >= 3 {
					w.ok(w.v.appendLedger(w.ctx, []erasure{e}))
				}
				if stop >= 4 {
					w.ok(deletePersonKey(w.ctx, w.o.Keys, "org-a", "p1", w.o.Clock.Now()))
				}
				if stop >= 1 {
					if _, err := w.v.Open(w.ctx, c, s); !fault.Is(err, fault.Gone) {
						w.Fatalf("readable after the first step: %v", err)
					}
				}
				w.restart()
				if stop == 0 { // not even asked: nothing may be lost
					if _, err := w.v.Open(w.ctx, c, s); err != nil {
						w.Fatal(err)
					}
					return
				}
				w.gone(c, s)
				if _, err := w.v.Open(w.ctx, c2, s2); err != nil {
					w.Fatal("the neighbour suffered:", err)
				}
				f, err := os.Open(w.o.Ledger)
				w.ok(err)
				defer f.Close()
				rep, err := w.v.ReplayLedger(w.ctx, f)
				w.ok(err)
				if rep.Already < 1 || rep.Applied != 0 || (rep.Damaged > 0) != (stop == 2) {
					w.Fatalf("the ledger lacks the erasure: %+v", rep)
				}
			})
		})
	}
}

// Also somebody whose key never came into being is kept out for good, wherever the erasure stopped.
func TestEraseWithoutKey(t *testing.T) {
	each(t, func(w *world) {
		w.person("org-a", "p2")
		_, err := askErasure(w.ctx, w.o.Keys, "org-a", "p1", w.o.Clock.Now())
		w.ok(err)
		w.restart()
		f, err := os.Open(w.o.Ledger)
		w.ok(err)
		defer f.Close()
		rep, err := w.v.ReplayLedger(w.ctx, f)
		w.ok(err)
		if rep != (Replay{Already: 1}) {
			w.Fatalf("%+v", rep)
		}
		if err := w.v.CreatePerson(w.ctx, "org-a", "p1"); !fault.Is(err, fault.Gone) {
			w.Fatal(err)
		}
	})
}

// A key store restored from an older copy must not bring an erased person back.
func TestRestoredKeysAreErasedAgain(t *testing.T) {
	each(t, func(w *world) {
		c, s := w.person("org-a", "p1")
		var wrapped string
		w.ok(w.o.Keys.Read(w.ctx, "org-a", func(tx *db.Tx) (err error) {
			wrapped, err = db.One[string](w.ctx, tx, `SELECT wrapped FROM vault_person_key WHERE person_id='p1'`)
			return err
		}))
		w.ok(w.v.ErasePerson(w.ctx, "org-a", "p1"))
		var shipped bytes.Buffer
		w.ok(w.v.WriteLedger(w.ctx, &shipped))
		restore := func(ledger, record bool) {
			w.ok(w.o.Keys.Write(w.ctx, "org-a", func(tx *db.Tx) error {
				if _, err := tx.Exec(w.ctx, `DELETE FROM vault_erasure WHERE NOT $1`, record); err != nil {
					return err
				}
				_, err := tx.Exec(w.ctx, `INSERT INTO vault_person_key (org_id, person_id, wrapped, made_at) VALUES ('org-a','p1',$1,1)`, wrapped)
				return err
			}))
			if !ledger {
				if err := os.Remove(w.o.Ledger); err != nil && !errors.Is(err, fs.ErrNotExist) {
					w.Fatal(err)
				}
			}
			w.restart()
		}
		restore(false, true) // somebody put a single table back
		w.gone(c, s)
		restore(true, false) // the ledger file next to the store is newer than the store
		w.gone(c, s)
		restore(false, false) // the ledger comes with the backup
		if _, err := w.v.Open(w.ctx, c, s); err != nil {
			w.Fatal("the probe cannot see: the restored key should open before the replay:", err)
		}
		foreign := strings.Replace(shipped.String(), `"p1"`, `"p9"`, 1) + "{}\nrubbish\n\n"
		rep, err := w.v.ReplayLedger(w.ctx, strings.NewReader(foreign))
		w.ok(err)
		if rep != (Replay{Damaged: 3}) {
			w.Fatalf("a changed line was obeyed: %+v", rep)
		}
		rep, err = w.v.ReplayLedger(w.ctx, &shipped)
		w.ok(err)
		if rep != (Replay{Applied: 1}) {
			w.Fatalf("%+v", rep)
		}
		w.gone(c, s)
	})
}

func TestEmpty(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for _, want := range []bool{true, false} {
			if got, err := Empty(ctx, d); err != nil || got != want {
				t.Fatalf("%v, %v; want %v", got, err, want)
			}
			if _, err := Open(ctx, Options{Keys: d, KEK: NewKEK(), Clock: clock.System()}); err != nil && want {
				t.Fatal(err)
			}
		}
	})
}

func TestWrongKEK(t *testing.T) {
	each(t, func(w *world) {
		w.person("org-a", "p1")
		o := w.o
		o.KEK = NewKEK()
		if _, err := Open(w.ctx, o); !errors.Is(err, ErrWrongKEK) {
			w.Fatalf("got %v", err)
		}
		o.KEK = KEK{}
		if _, err := Open(w.ctx, o); err == nil {
			w.Fatal("opened without a key")
		}
		w.restart() // and the right one still works
	})
}

func TestRewrap(t *testing.T) {
	each(t, func(w *world) {
		c, s := w.person("org-a", "p1")
		c2, s2 := w.person("org-b", "p2")
		replica, err := Open(w.ctx, w.o)
		w.ok(err)
		if _, err := replica.Open(w.ctx, c, s); err != nil {
			w.Fatal(err)
		}
		next := NewKEK()
		n, err := w.v.Rewrap(w.ctx, next)
		w.ok(err)
		if n != 2 {
			w.Fatalf("%d keys", n)
		}
		if _, err := Open(w.ctx, w.o); !errors.Is(err, ErrWrongKEK) {
			w.Fatalf("the old key still opens the store: %v", err)
		}
		c3, s3 := w.person("org-c", "p3") // a new organization after the change
		w.o.KEK = next
		w.restart()
		for _, x := range []struct {
			c Cell
			s string
		}{{c, s}, {c2, s2}, {c3, s3}} {
			if _, err := w.v.Open(w.ctx, x.c, x.s); err != nil {
				w.Error(err)
			}
		}
		if _, err := replica.Open(w.ctx, c, s); err != nil {
			w.Error("a running replica stopped reading:", err)
		}
		for _, org := range []string{"org-c", "org-d"} { // made by the new key, and not made yet
			if err := replica.CreatePerson(w.ctx, org, "p4"); !errors.Is(err, ErrWrongKEK) {
				w.Errorf("a replica with the old key in %s: %v", org, err)
			}
		}
	})
}

func TestBlind(t *testing.T) {
	each(t, func(w *world) {
		blind := func(org, field, value string) string {
			w.Helper()
			s, err := w.v.Blind(w.ctx, org, field, value)
			w.ok(err)
			return s
		}
		a := blind("org-a", Phone, "+14065550142")
		if a != blind("org-a", Phone, " +14065550142 ") || len(a) != 32 {
			w.Error("one number, two indexes")
		}
		for name, other := range map[string]string{
			"another organization": blind("org-b", Phone, "+14065550142"),
			"another number":       blind("org-a", Phone, "+14065550143"),
			"an address":           blind("org-a", Email, "rosa@example.org"),
		} {
			if other == a {
				w.Errorf("%s has the same index", name)
			}
		}
		if blind("org-a", Email, "Rosa@Example.org") != blind("org-a", Email, "rosa@example.org") {
			w.Error("case matters for mail")
		}
		w.restart()
		if a != blind("org-a", Phone, "+14065550142") {
			w.Error("the index changed over a restart")
		}
		for _, bad := range [][2]string{{Phone, "4065550142"}, {Phone, "+0123456789"}, {Phone, "+1406555014x"}, {Phone, ""}, {Email, "rosa"}} {
			if _, err := w.v.Blind(w.ctx, "org-a", bad[0], bad[1]); !fault.Is(err, fault.Invalid) {
				w.Errorf("%v: %v", bad, err)
			}
		}
		if _, err := w.v.Blind(w.ctx, "org-a", "name", "Rosa"); err == nil {
			w.Error("a name got an index")
		}
	})
}

// Nothing readable and no usable key may stay in the key store's files after an erasure.
func TestErasedKeyLeavesTheFiles(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "keys.db")
	d, err := db.Open(ctx, path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(ctx, Schema); err != nil {
		t.Fatal(err)
	}
	v, err := Open(ctx, Options{Keys: d, KEK: NewKEK(), Clock: clock.System()})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.CreatePerson(ctx, "org-a", "p1"); err != nil {
		t.Fatal(err)
	}
	var wrapped string
	if err := d.Read(ctx, "org-a", func(tx *db.Tx) (err error) {
		wrapped, err = db.One[string](ctx, tx, `SELECT wrapped FROM vault_person_key`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	found := func() (hits int) {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			b, _ := os.ReadFile(path + suffix)
			hits += bytes.Count(b, []byte(wrapped))
		}
		return hits
	}
	if found() == 0 {
		t.Fatal("the probe cannot see: the wrapped key should be in the files before")
	}
	if err := v.ErasePerson(ctx, "org-a", "p1"); err != nil {
		t.Fatal(err)
	}
	if n := found(); n > 0 {
		t.Fatalf("the erased key is still in the files, %d times", n)
	}
}

// TestPassing: equal inside one organization, different everywhere else, and not
// what one without the key could work out.
func TestPassing(t *testing.T) {
	each(t, func(w *world) {
		const network = "203.0.113.0/24"
		plain := sha256.Sum256([]byte(network))
		seen := map[string]bool{hex.EncodeToString(plain[:16]): true}
		for _, from := range [][2]string{{"a", network}, {"a", "203.0.114.0/24"}, {"b", network}} {
			d, err := w.v.Passing(w.ctx, from[0], from[1])
			w.ok(err)
			w.restart()
			again, err := w.v.Passing(w.ctx, from[0], from[1])
			w.ok(err)
			if d != again || seen[d] {
				w.Errorf("%v: %q, then %q", from, d, again)
			}
			seen[d] = true
		}
	})
}
