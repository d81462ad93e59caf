package directory

import (
	"context"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
)

const day = 24 * time.Hour

func (w *world) tick() {
	w.Helper()
	w.ok(w.s.Tick(ctx))
}

// The whole clock of a group that never answers: asked, stale, asked again, hidden.
func TestNinetyDays(t *testing.T) {
	each(t, func(w *world) {
		made := w.publish(sample("Cedar Tenants"))
		for _, step := range []struct {
			day    int
			state  State
			misses int
			sent   int
			public bool
		}{
			{75, Published, 0, 0, true}, {76, Published, 0, 1, true}, {89, Published, 0, 1, true},
			{90, Stale, 1, 2, true}, {103, Stale, 1, 2, true}, {104, Stale, 2, 2, false}, {300, Stale, 2, 2, false},
		} {
			w.clock.Set(start.Add(time.Duration(step.day) * day))
			w.tick()
			w.tick() // a repeated job changes nothing
			g := w.get(made)
			if g.State != step.state || g.Misses != step.misses || len(w.sent) != step.sent || g.Public() != step.public {
				w.Fatalf("day %d: %s, %d misses, %d reminders, public %v; want %+v", step.day, g.State, g.Misses, len(w.sent), g.Public(), step)
			}
			if _, err := w.s.Show(ctx, public, made); (err == nil) != step.public {
				w.Fatalf("day %d: %v", step.day, err)
			}
		}
		w.ok(w.s.Do(ctx, navigator, made, Confirm, "", ""))
		if g := w.get(made); g.State != Published || g.Misses != 0 || !g.Public() || !g.ReviewDue.Equal(w.clock.Now().Add(ReviewAfter)) {
			w.Fatalf("%+v", g)
		}
	})
}

func (w *world) link(groupID string) string {
	w.Helper()
	token, err := w.s.MakeLink(ctx, navigator, groupID)
	w.ok(err)
	return token
}

func (w *world) ask(token string) Question {
	w.Helper()
	q, err := w.s.Ask(ctx, token, "es")
	w.ok(err)
	return q
}

func TestLinkIsAnsweredOnce(t *testing.T) {
	each(t, func(w *world) {
		made := w.publish(sample("Cedar Tenants"))
		w.clock.Advance(95 * day)
		w.tick()
		token, other := w.link(made), w.link(made)
		for range 3 { // opening it, by a scanner or a person, answers nothing
			if q := w.ask(token); q.State != LinkOpen || q.View.Name != "Cedar Tenants" {
				w.Fatalf("%+v", q)
			}
		}
		if w.get(made).State != Stale {
			w.Fatal("opening a link confirmed the group")
		}
		w.refused(w.s.Answer(ctx, token, "perhaps", ""), fault.Invalid, "reply")
		w.ok(w.s.Answer(ctx, token, NotNow, "key"))
		w.ok(w.s.Answer(ctx, token, NotNow, "key")) // pressed twice
		w.refused(w.s.Answer(ctx, token, StillTrue, "another"), fault.Gone)
		w.refused(w.s.Answer(ctx, other, StillTrue, "third"), fault.Gone)
		g := w.get(made)
		if g.State != Published || g.VerifiedBy != "group" || g.Welcoming.At(w.clock.Now()) != No || !g.VerifiedOn.Equal(w.clock.Now()) {
			w.Fatalf("%+v", g)
		}
		_, err := w.s.Ask(ctx, token+"x", "es")
		w.refused(err, fault.NotFound)
		w.ok(w.d.Read(ctx, org, func(tx *db.Tx) error {
			n, err := db.One[int](ctx, tx, `SELECT count(*) FROM directory_link WHERE token_hash=$1 OR token_hash=$2`, token, other)
			if n != 0 {
				w.Error("a token is stored as it is")
			}
			return err
		}))
	})
}

func TestLinkExpiresAndRenews(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	made := w.publish(sample("Cedar Tenants"))
	token := w.link(made)
	w.refused(w.s.Renew(ctx, token), fault.Gone)
	w.clock.Advance(LinkLives)
	if q := w.ask(token); q.State != LinkExpired || q.View.ID != "" {
		w.Fatalf("%+v", q)
	}
	w.refused(w.s.Answer(ctx, token, StillTrue, ""), fault.Gone)
	w.ok(w.s.Renew(ctx, token))
	if len(w.sent) != 1 {
		w.Fatal(w.sent)
	}
	fresh := w.link(made)
	w.ok(w.s.Do(ctx, organizer, made, Suspend, "safety", ""))
	if q := w.ask(fresh); q.State != LinkClosed || q.Name != "" {
		w.Fatalf("a suspended group through its link: %+v", q)
	}
	w.clock.Advance(61 * day)
	w.tick()
	if _, err := w.s.Ask(ctx, fresh, "es"); !fault.Is(err, fault.NotFound) {
		w.Fatal("old links are to be forgotten", err)
	}
}

func TestGroupSaysSomethingChanged(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	made := w.publish(sample("Cedar Tenants"))
	due := w.get(made).ReviewDue
	w.ok(w.s.Answer(ctx, w.link(made), Changed, ""))
	if g := w.get(made); !g.ChangeSaid || !g.ReviewDue.Equal(due) {
		w.Fatalf("%+v", g)
	}
	w.ok(w.s.Do(ctx, navigator, made, Confirm, "", ""))
	if w.get(made).ChangeSaid {
		w.Fatal("confirmed, so there is nothing to ask about any more")
	}
}

func TestOldestFirst(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	third := w.publish(sample("Alpha"))
	first := w.publish(sample("Mike"))
	w.clock.Advance(day)
	second := w.publish(sample("Zulu"))
	w.clock.Advance(day)
	w.ok(w.s.Do(ctx, navigator, third, Confirm, "", ""))
	p, counts, err := w.s.Staff(ctx, navigator, ByAge, "", "")
	w.ok(err)
	for i, want := range []string{first, second, third} {
		if p.Items[i].ID != want {
			w.Errorf("place %d: %s", i, p.Items[i].Name)
		}
	}
	if counts[ByAge] != 3 || counts[Drafts] != 0 {
		w.Error(counts)
	}
}

func TestAskingNowNeedsAContact(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	made := w.publish(sample("Cedar Tenants"))
	w.ok(w.s.SendLink(ctx, navigator, made, "k"))
	w.ok(w.s.SendLink(ctx, navigator, made, "k"))
	if len(w.sent) != 1 {
		w.Fatal(w.sent)
	}
	g := w.get(made)
	w.ok(w.s.Edit(ctx, organizer, made, Entry{Group: g}))
	w.refused(w.s.SendLink(ctx, navigator, made, "k2"), fault.Conflict)
}

// A reminder carries a link made at the moment of sending; a suspended group gets none.
func TestReminderIsResolvedWhenItIsSent(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	made := w.publish(sample("Cedar Tenants"))
	resolve := w.s.Resolve("https://clinic.example/", func(context.Context, string) string { return "Cedar" })
	c, err := resolve(ctx, org, made)
	w.ok(err)
	token, ok := strings.CutPrefix(c.Text["Link"], "https://clinic.example/g/")
	if !ok || c.Address != contact.Phone || c.Channel != "sms" || c.Lang != "es" || w.ask(token).State != LinkOpen {
		w.Fatalf("%+v", c)
	}
	w.ok(w.s.Do(ctx, organizer, made, Suspend, "safety", ""))
	_, err = resolve(ctx, org, made)
	w.refused(err, fault.Gone)
}

func TestPhoneNumbersAreReadAsWrittenHere(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	made, err := w.s.Create(ctx, organizer, Entry{Group: sample("X"), Handoff: Handoff{Name: "Ana", Phone: "(503) 555-0142", Channel: ByPhone}})
	w.ok(err)
	if h, err := w.s.Handoff(ctx, navigator, made); err != nil || h.Phone != "+15035550142" {
		t.Fatalf("%+v %v", h, err)
	}
}

// One group whose reminder cannot be written keeps nobody else's clock.
func TestOneGroupsTroubleIsItsOwn(t *testing.T) {
	each(t, func(w *world) {
		both := []string{w.publish(sample("Cedar Tenants")), w.publish(sample("Maple Walkers"))}
		works, broken := w.s.remind, ""
		w.s.remind = func(ctx context.Context, tx *db.Tx, groupID, key string) error {
			if broken == "" {
				broken = groupID // whoever comes first
			}
			if groupID == broken {
				return fault.New(fault.Internal, "")
			}
			return works(ctx, tx, groupID, key)
		}
		w.clock.Set(start.Add(90 * day))
		if err := w.s.Tick(ctx); err == nil {
			w.Error("the trouble is not reported")
		}
		for _, g := range both {
			if g != broken && w.get(g).State != Stale {
				w.Error("the other group's ninety days did not end")
			}
		}
	})
}
