package directory

import (
	"context"
	"io/fs"
	"slices"
	"strings"
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

const org = "org-a"

var (
	ctx       = context.Background()
	start     = time.Date(2026, 3, 3, 17, 0, 0, 0, time.UTC) // a Tuesday
	organizer = access.Actor{Account: "acc-organizer", Org: org, Roles: []access.Role{access.Organizer}}
	navigator = access.Actor{Account: "acc-navigator", Org: org, Roles: []access.Role{access.Navigator}}
	clinician = access.Actor{Account: "acc-clinician", Org: org, Roles: []access.Role{access.Clinician}, Locale: "en"}
	public    = access.Anonymous(org)
)

type world struct {
	*testing.T
	d     *db.DB
	s     *Service
	clock *clock.Fake
	sent  []string // keys of reminders
}

var schemas = []fs.FS{Schema, audit.Schema, idem.Schema}

func newWorld(t *testing.T, d *db.DB) *world {
	w := &world{T: t, d: d, clock: clock.NewFake(start)}
	v := vaulttest.New(t)
	w.s = New(Options{DB: d, Vault: v, Audit: audit.New(d, v, w.clock), Clock: w.clock,
		Remind: func(_ context.Context, _ *db.Tx, _, key string) error { w.sent = append(w.sent, key); return nil }})
	return w
}

func each(t *testing.T, fn func(w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(newWorld(t, d)) })
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) refused(err error, k fault.Kind, fields ...string) {
	w.Helper()
	if !fault.Is(err, k) {
		w.Fatalf("want %s, got %v", k, err)
	}
	for _, name := range fields {
		found := false
		for _, f := range fault.FieldsOf(err) {
			found = found || f.Name == name
		}
		if !found {
			w.Fatalf("no error at %s in %v", name, err)
		}
	}
}

// sample is a group with everything a page can show.
func sample(name string) Group {
	return Group{
		Offer: Organizing, Kind: Tenants, Host: "Metro Common Ground", Name: name, Lang: "en",
		WhatMembersDo: "We meet, listen and talk with owners about repairs.", ForWhom: "Everybody who rents", Why: "Members vote on every step.",
		Texts:         map[string]Words{"es": {WhatMembersDo: "Nos reunimos y hablamos con los dueños sobre arreglos."}},
		MembersDecide: true, ActsOnCauses: true, Topics: []Topic{Housing, Debt},
		Rhythm:    []Meeting{{Weekday: time.Tuesday, Start: 18*60 + 30, End: 20 * 60, Every: Weekly}},
		Place:     Place{Name: "Linden Hall", Area: "Cedar Hill", Address: "12 Linden Way", Lat: 45.5212, Lon: -122.6587, Located: true, Visibility: Exact},
		Languages: []string{"es", "en"}, Access: []AccessFeature{StepFree}, Childcare: true, Leader: "Marisol",
		Safety: Safety{Papers: No, Police: No, Photos: PhotosAsked, Location: No}, Tie: Partner,
		Contact: PublicContact{Phone: "+1 503 555 0101", Email: strings.ReplaceAll(name, " ", ".") + "@groups.example", URL: "groups.example/x"},
	}
}

var contact = Handoff{Name: "Marisol Vega", Phone: "+15035550101", Channel: BySMS, SMS: true, Lang: "es"}

var passed = Vetting{Passed: Checks(), Conflict: "none"}

func (w *world) create(g Group) string {
	w.Helper()
	made, err := w.s.Create(ctx, organizer, Entry{Group: g, Handoff: contact, Different: true})
	w.ok(err)
	return made
}

func (w *world) publish(g Group) string {
	w.Helper()
	made := w.create(g)
	w.ok(w.s.Vet(ctx, organizer, made, passed, ""))
	w.ok(w.s.Do(ctx, organizer, made, Publish, "", ""))
	return made
}

func (w *world) get(groupID string) Group {
	w.Helper()
	g, err := w.s.Get(ctx, organizer, groupID)
	w.ok(err)
	return g
}

// bring puts a fresh group into a state by the shortest path of moves.
func (w *world) bring(s State) string {
	w.Helper()
	made := w.create(sample("group in " + string(s)))
	paths := map[State][]Move{Draft: {}, Vetted: {Vet}, Published: {Vet, Publish}, Stale: {Vet, Publish, Lapse}, Suspended: {Vet, Suspend}, Archived: {Archive}}
	for _, m := range paths[s] {
		w.ok(w.do(made, m))
	}
	if got := w.get(made).State; got != s {
		w.Fatalf("%s, not %s", got, s)
	}
	return made
}

// do makes any move, by whichever verb it has.
func (w *world) do(groupID string, m Move) error {
	switch m {
	case Vet:
		return w.s.Vet(ctx, organizer, groupID, passed, "")
	case Lapse:
		g := w.get(groupID)
		if _, err := g.State.Next(Lapse); err != nil {
			return err
		}
		now := w.clock.Now()
		w.clock.Set(g.ReviewDue)
		err := w.s.tickOne(ctx, org, groupID, w.clock.Now())
		w.clock.Set(now)
		return err
	}
	reason := ""
	if r := m.Reasons(); len(r) > 0 {
		reason = r[0]
	}
	return w.s.Do(ctx, organizer, groupID, m, reason, "")
}

// Every move from every state: the allowed ones end where they should, the
// others are conflicts and change nothing.
func TestEveryMoveFromEveryState(t *testing.T) {
	allowed := map[State]map[Move]State{
		Draft:     {Vet: Vetted, Archive: Archived},
		Vetted:    {Return: Draft, Publish: Published, Suspend: Suspended, Archive: Archived},
		Published: {Confirm: Published, Lapse: Stale, Suspend: Suspended, Archive: Archived},
		Stale:     {Confirm: Published, Suspend: Suspended, Archive: Archived},
		Suspended: {Reinstate: Vetted, Archive: Archived},
		Archived:  {Reopen: Draft},
	}
	for _, s := range States() {
		if got := len(s.Can()); got != len(allowed[s]) {
			t.Errorf("%s offers %d moves, want %d", s, got, len(allowed[s]))
		}
	}
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	for _, from := range States() {
		for _, m := range Moves() {
			made := w.bring(from)
			before := w.get(made)
			err := w.do(made, m)
			after := w.get(made)
			to, may := allowed[from][m]
			switch {
			case may && (err != nil || after.State != to):
				t.Errorf("%s from %s: state %s, %v; want %s", m, from, after.State, err, to)
			case !may && (!fault.Is(err, fault.Conflict) || after.State != before.State || after.Version != before.Version):
				t.Errorf("%s from %s: state %s, %v; want a conflict and no change", m, from, after.State, err)
			}
		}
	}
}

func TestPublishingNeedsTheChecklist(t *testing.T) {
	each(t, func(w *world) {
		made := w.create(sample("Cedar Tenants"))
		for i := range Checks() {
			v := Vetting{Conflict: "none", Passed: append(append([]Check{}, Checks()[:i]...), Checks()[i+1:]...)}
			w.refused(w.s.Vet(ctx, organizer, made, v, ""), fault.Invalid, "passed")
		}
		w.refused(w.s.Vet(ctx, organizer, made, Vetting{Passed: Checks()}, ""), fault.Invalid, "conflict")
		w.refused(w.s.Do(ctx, organizer, made, Publish, "", ""), fault.Conflict)
		w.ok(w.s.SaveVetting(ctx, organizer, made, Vetting{Passed: Checks()[:3]}, ""))
		if g := w.get(made); g.State != Draft || len(g.Vetting.Passed) != 3 || g.Vetting.By != organizer.Account {
			w.Fatalf("%+v", g.Vetting)
		}
		w.ok(w.s.Vet(ctx, organizer, made, passed, ""))
		w.ok(w.s.Do(ctx, organizer, made, Publish, "", ""))
		g := w.get(made)
		if g.State != Published || !g.VerifiedOn.Equal(start) || !g.ReviewDue.Equal(start.Add(ReviewAfter)) || g.VerifiedBy != organizer.Account {
			w.Fatalf("%+v", g)
		}
	})
}

func TestPublishingNeedsTheFacts(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	for field, break_ := range map[string]func(*Group){
		"offer": func(g *Group) { g.Offer = Giving }, "kind": func(g *Group) { g.Kind = "" }, "what": func(g *Group) { g.WhatMembersDo = "" },
		"topics": func(g *Group) { g.Topics = nil }, "languages": func(g *Group) { g.Languages = nil }, "rhythm": func(g *Group) { g.Rhythm = nil },
		"why": func(g *Group) { g.MembersDecide, g.ActsOnCauses = false, false }, "card_name": func(g *Group) { g.Name = "Diabetes Sharing Circle" },
	} {
		g := sample("Needs " + field)
		break_(&g)
		made := w.create(g)
		w.ok(w.s.Vet(ctx, organizer, made, passed, ""))
		w.refused(w.s.Do(ctx, organizer, made, Publish, "", ""), fault.Invalid, field)
	}
	// A published group cannot be edited into one that may not be published.
	made := w.publish(sample("Full"))
	g := w.get(made)
	g.Topics = nil
	w.refused(w.s.Edit(ctx, organizer, made, Entry{Group: g, KeepSealed: true}), fault.Invalid, "topics")
}

func TestWhoMayDoWhat(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	made := w.publish(sample("Cedar Tenants"))
	other := w.publish(sample("Riverside Riders"))
	partner := access.Actor{Account: "acc-p", Org: org, Group: made, Roles: []access.Role{access.Partner}}
	outsider := access.Actor{Account: "acc-x", Org: "org-b", Roles: []access.Role{access.Organizer}}
	try := func(a access.Actor) map[string]error {
		_, create := w.s.Create(ctx, a, Entry{Group: sample("New one"), Different: true})
		_, handoff := w.s.Handoff(ctx, a, made)
		_, get := w.s.Get(ctx, a, made)
		_, link := w.s.MakeLink(ctx, a, made)
		_, _, board := w.s.Staff(ctx, a, ByAge, "", "")
		_, show := w.s.Show(ctx, a, made)
		return map[string]error{"create": create, "handoff": handoff, "get": get, "link": link, "board": board, "show": show,
			"confirm": w.s.Do(ctx, a, made, Confirm, "", ""), "suspend": w.s.Do(ctx, a, made, Suspend, "safety", ""),
			"other":   w.s.SetWelcoming(ctx, a, other, Welcoming{Yes, w.clock.Now().AddDate(0, 1, 0)}, ""),
			"welcome": w.s.SetWelcoming(ctx, a, made, Welcoming{Yes, w.clock.Now().AddDate(0, 1, 0)}, "")}
	}
	for _, c := range []struct {
		name string
		a    access.Actor
		may  string
	}{
		{"public", public, "show"},
		{"clinician", clinician, "show get board"},
		{"navigator", navigator, "show get board create handoff link confirm other welcome"},
		{"partner", partner, "show get handoff confirm welcome"},
		{"outsider", outsider, "create board"},
	} {
		for verb, err := range try(c.a) {
			if may := slices.Contains(strings.Fields(c.may), verb); may != (err == nil) {
				t.Errorf("%s, %s: %v", c.name, verb, err)
			}
		}
	}
	if _, err := w.s.Show(ctx, public, "0190a000-0000-7000-8000-000000000009"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestSameFormTwiceIsOneGroup(t *testing.T) {
	each(t, func(w *world) {
		e := Entry{Group: sample("Cedar Tenants"), Handoff: contact, Key: "k1"}
		first, err := w.s.Create(ctx, organizer, e)
		w.ok(err)
		second, err := w.s.Create(ctx, organizer, e)
		w.ok(err)
		if first != second {
			w.Fatalf("%s and %s", first, second)
		}
		e.Key = "k2"
		_, err = w.s.Create(ctx, organizer, e)
		w.refused(err, fault.Conflict)
	})
}

func TestTwoEditorsDoNotOverwriteEachOther(t *testing.T) {
	each(t, func(w *world) {
		made := w.publish(sample("Cedar Tenants"))
		mine, theirs := w.get(made), w.get(made)
		theirs.Cost = "2 dollars for tea"
		w.ok(w.s.Edit(ctx, navigator, made, Entry{Group: theirs, KeepSealed: true}))
		mine.Name = "Cedar Street Tenants"
		w.refused(w.s.Edit(ctx, organizer, made, Entry{Group: mine, KeepSealed: true}), fault.Conflict)
		if g := w.get(made); g.Cost == "" || g.Name != "Cedar Tenants" || g.State != Published {
			w.Fatalf("%+v", g)
		}
	})
}

func TestContactForIntroductionsIsSealed(t *testing.T) {
	each(t, func(w *world) {
		made := w.create(sample("Cedar Tenants"))
		h, err := w.s.Handoff(ctx, access.Machine(org), made)
		w.ok(err)
		if h != contact {
			w.Fatalf("%+v", h)
		}
		w.ok(w.d.Read(ctx, org, func(tx *db.Tx) error {
			rows, err := db.Column[string](ctx, tx, `SELECT card || ' ' || sealed FROM directory_group`)
			for _, r := range rows {
				for _, secret := range []string{"Vega", "5035550101"} {
					if strings.Contains(r, secret) {
						w.Errorf("%q in plain text: %s", secret, r)
					}
				}
			}
			return err
		}))
		g := w.get(made)
		w.ok(w.s.Edit(ctx, organizer, made, Entry{Group: g, KeepSealed: true}))
		if h, _ := w.s.Handoff(ctx, organizer, made); h != contact {
			w.Fatal("an edit without a new contact lost the old one")
		}
		g = w.get(made)
		w.ok(w.s.Edit(ctx, organizer, made, Entry{Group: g}))
		if h, err := w.s.Handoff(ctx, organizer, made); err != nil || !h.Empty() || w.get(made).HasHandoff {
			w.Fatal("the contact was to be removed")
		}
		_, err = w.s.Create(ctx, organizer, Entry{Group: sample("X"), Handoff: Handoff{Name: "Ana", Channel: BySMS}, Different: true})
		w.refused(err, fault.Invalid, "handoff_phone", "handoff_sms")
	})
}

func TestWelcomeEnds(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	made := w.publish(sample("Cedar Tenants"))
	until := start.AddDate(0, 0, 14)
	w.ok(w.s.SetWelcoming(ctx, navigator, made, Welcoming{No, until}, ""))
	at := func(want Answer) {
		t.Helper()
		if v, err := w.s.Show(ctx, public, made); err != nil || v.Welcoming != want {
			t.Fatalf("%q, %v", v.Welcoming, err)
		}
	}
	at(No)
	w.clock.Set(until.Add(time.Second))
	at(Unknown)
	w.refused(w.s.SetWelcoming(ctx, navigator, made, Welcoming{Yes, start}, ""), fault.Invalid, "until")
	w.refused(w.s.SetWelcoming(ctx, navigator, made, Welcoming{Yes, start.AddDate(2, 0, 0)}, ""), fault.Invalid, "until")
	w.ok(w.s.SetWelcoming(ctx, navigator, made, Welcoming{Yes, w.clock.Now().AddDate(0, 1, 0)}, ""))
	at(Yes)
}
