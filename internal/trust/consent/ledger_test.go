// The ledger on both engines: every verb, its refusals, and the promise that
// nobody reads without a consent that covers it.
package consent

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
)

var (
	ctx       = context.Background()
	navigator = access.Actor{Account: "a1", Org: "org-a", Roles: []access.Role{access.Navigator}}
	clinician = access.Actor{Account: "a2", Org: "org-a", Roles: []access.Role{access.Clinician}}
	stranger  = access.Actor{Account: "a3", Org: "org-b", Roles: []access.Role{access.Navigator}}
	partner   = access.Actor{Account: "a4", Org: "org-a", Group: "group-1", Roles: []access.Role{access.Partner}}
	machine   = access.Machine("org-a")
)

func self(person string) access.Actor {
	return access.Actor{Org: "org-a", Person: person, Roles: []access.Role{access.Participant}}
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

type world struct {
	fataler
	d     *db.DB
	l     *Ledger
	clock *clock.Fake
}

func each(t *testing.T, fn func(w *world)) {
	dbtest.Each(t, []fs.FS{Schema}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(morning)
		fn(&world{fataler: t, d: d, l: New(c), clock: c})
	})
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("%v", err)
	}
}

func (w *world) refused(err error, k fault.Kind) {
	w.Helper()
	if !fault.Is(err, k) {
		w.Fatalf("got %v, want %s", err, k)
	}
}

func (w *world) tx(fn func(tx *db.Tx) error) error { return w.d.Write(ctx, "org-a", fn) }

func (w *world) give(a access.Actor, t Terms, o Obtained) (c Consent, err error) {
	err = w.tx(func(tx *db.Tx) error { c, err = w.l.Give(ctx, tx, a, t, o); return err })
	return c, err
}

func (w *world) revoke(a access.Actor, id string, how Ending) (c Consent, err error) {
	err = w.tx(func(tx *db.Tx) error { c, err = w.l.Revoke(ctx, tx, a, id, how); return err })
	return c, err
}

func (w *world) live(q Query) (c Consent, err error) {
	err = w.d.Read(ctx, "org-a", func(tx *db.Tx) error { c, err = w.l.Live(ctx, tx, q); return err })
	return c, err
}

func (w *world) of(a access.Actor, subject string) (list []Consent, err error) {
	err = w.d.Read(ctx, "org-a", func(tx *db.Tx) error { list, err = w.l.ForSubject(ctx, tx, a, subject); return err })
	return list, err
}

func contact(subject, group string) Terms {
	return Terms{Subject: subject, Purpose: IntroContact, Recipient: group, Fields: []Field{Language, Phone, Name}, Channel: ByPhone, Language: "es"}
}

var aloud = Obtained{How: Spoken, Witness: Navigator, Interpreter: PhoneInter}

func TestGiveUseStop(t *testing.T) {
	each(t, func(w *world) {
		c, err := w.give(clinician, contact("p1", "group-1"), aloud)
		w.ok(err)
		tell, err := w.give(clinician, Terms{Subject: "p1", Purpose: TellClinicConnected, Recipient: Clinic, Fields: []Field{Connected},
			Channel: NoReach, Language: "es", Receipt: c.Receipt}, aloud)
		w.ok(err)
		if c.State != Active || c.Version != 1 || !c.ExpiresAt.Equal(morning.AddDate(1, 0, 0)) || len(c.Receipt) != 10 ||
			!slices.Equal(c.Fields, []Field{Name, Phone, Language}) || tell.Receipt != c.Receipt {
			w.Fatalf("%+v", c)
		}
		got, err := w.live(Query{Subject: "p1", Purpose: IntroContact, Recipient: "group-1", Field: Phone})
		w.ok(err)
		if fmt.Sprint(got) != fmt.Sprint(c) {
			w.Fatalf("read back as\n%+v\nwant\n%+v", got, c)
		}
		for _, q := range []Query{
			{Subject: "p1", Purpose: IntroContact, Recipient: "group-1", Field: Email},
			{Subject: "p1", Purpose: IntroContact, Recipient: "group-2", Field: Phone},
			{Subject: "p1", Purpose: TellClinicConnected, Recipient: "group-1", Field: Connected},
			{Subject: "p2", Purpose: IntroContact, Recipient: "group-1", Field: Phone},
			{Subject: "", Purpose: IntroContact, Recipient: "group-1", Field: Phone},
		} {
			_, err := w.live(q)
			w.refused(err, fault.Forbidden)
		}
		w.clock.Advance(time.Hour)
		_, err = w.revoke(self("p1"), c.ID, SelfLink)
		w.ok(err)
		_, err = w.live(Query{Subject: "p1", Purpose: IntroContact, Recipient: "group-1", Field: Phone}) // the very next request
		w.refused(err, fault.Gone)
		_, err = w.live(Query{Subject: "p1", Purpose: TellClinicConnected, Recipient: Clinic, Field: Connected})
		w.ok(err) // stopping one leaves the other
		again, err := w.revoke(navigator, c.ID, PhoneStaff)
		w.ok(err)
		if again.Ending != SelfLink || !again.RevokedAt.Equal(morning.Add(time.Hour)) {
			w.Fatalf("stopping twice changed how it ended: %+v", again)
		}
		var found []Consent
		w.ok(w.d.Read(ctx, "org-a", func(tx *db.Tx) (err error) {
			found, err = w.l.ByReceipt(ctx, tx, strings.ToLower(c.Receipt[:5]+"-"+c.Receipt[5:]))
			return err
		}))
		if len(found) != 2 {
			w.Fatalf("%d by receipt", len(found))
		}
		for _, bad := range []string{"", "0000000000", "' OR 1=1"} {
			w.refused(w.d.Read(ctx, "org-a", func(tx *db.Tx) error { _, err := w.l.ByReceipt(ctx, tx, bad); return err }), fault.NotFound)
		}
	})
}

func TestDraft(t *testing.T) {
	each(t, func(w *world) {
		draft := func() (c Consent) {
			w.ok(w.tx(func(tx *db.Tx) (err error) {
				c, err = w.l.Draft(ctx, tx, clinician, contact("p1", "group-1"))
				return err
			}))
			return c
		}
		activate := func(id string, o Obtained) error {
			return w.tx(func(tx *db.Tx) error { _, err := w.l.Activate(ctx, tx, clinician, id, o); return err })
		}
		discard := func(id string) error {
			return w.tx(func(tx *db.Tx) error { return w.l.Discard(ctx, tx, clinician, id) })
		}
		q := Query{Subject: "p1", Purpose: IntroContact, Recipient: "group-1", Field: Phone}
		d := draft()
		_, err := w.live(q)
		w.refused(err, fault.Forbidden) // a draft allows nothing
		list, err := w.of(self("p1"), "p1")
		w.ok(err)
		if len(list) != 0 {
			w.Fatalf("a draft is shown: %+v", list)
		}
		_, err = w.revoke(navigator, d.ID, PhoneStaff)
		w.refused(err, fault.Conflict)
		w.refused(activate(d.ID, Obtained{}), fault.Invalid)
		w.ok(activate(d.ID, aloud))
		w.refused(activate(d.ID, aloud), fault.Conflict)
		w.refused(discard(d.ID), fault.Conflict)
		_, err = w.live(q)
		w.ok(err)

		no := draft()
		w.ok(discard(no.ID))
		w.refused(discard(no.ID), fault.NotFound) // a no leaves nothing behind

		late := draft()
		w.clock.Advance(24 * time.Hour)
		w.refused(activate(late.ID, aloud), fault.Gone)
		w.ok(w.tx(func(tx *db.Tx) error { _, err := w.l.Expire(ctx, tx, machine); return err }))
		w.refused(discard(late.ID), fault.NotFound)
	})
}

func TestExpiry(t *testing.T) {
	each(t, func(w *world) {
		short := contact("p1", "group-1")
		short.Expires = morning.Add(48 * time.Hour)
		c, err := w.give(navigator, short, aloud)
		w.ok(err)
		proxied, err := w.give(navigator, contact("p2", "group-1"), Obtained{How: OnPaper, Proxy: Proxy{Parent, ThisIntroduction, morning.Add(24 * time.Hour)}})
		w.ok(err)
		if !proxied.ExpiresAt.Equal(morning.Add(24 * time.Hour)) {
			w.Fatalf("outlasts the right to give it: %+v", proxied)
		}
		w.clock.Advance(48 * time.Hour)
		q := Query{Subject: "p1", Purpose: IntroContact, Recipient: "group-1", Field: Phone}
		_, err = w.live(q)
		w.refused(err, fault.Gone) // even before the sweep
		sweep := func() (ended []Consent) {
			w.ok(w.tx(func(tx *db.Tx) (err error) { ended, err = w.l.Expire(ctx, tx, machine); return err }))
			return ended
		}
		ended := sweep()
		if len(ended) != 2 || ended[1].ID != c.ID || ended[1].State != Expired || ended[1].Ending != Expiry {
			w.Fatalf("%+v", ended)
		}
		if again := sweep(); len(again) != 0 {
			w.Fatalf("swept twice: %+v", again)
		}
		gone, err := w.revoke(self("p1"), c.ID, SelfCode)
		w.ok(err)
		if gone.State != Expired {
			w.Fatalf("%+v", gone)
		}
		q.At = morning.Add(time.Hour)
		_, err = w.live(q) // it did hold then
		w.ok(err)
	})
}

func TestRenewalReplaces(t *testing.T) {
	each(t, func(w *world) {
		first, err := w.give(navigator, contact("p1", "group-1"), aloud)
		w.ok(err)
		w.clock.Advance(time.Hour)
		less := contact("p1", "group-1")
		less.Fields, less.Channel = []Field{Name}, InPerson
		_, err = w.give(navigator, less, aloud)
		w.ok(err)
		_, err = w.live(Query{Subject: "p1", Purpose: IntroContact, Recipient: "group-1", Field: Phone})
		w.refused(err, fault.Gone)
		list, err := w.of(navigator, "p1")
		w.ok(err)
		if len(list) != 2 || list[1].ID != first.ID || list[1].Ending != Replaced {
			w.Fatalf("%+v", list)
		}
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(w *world) {
		c, err := w.give(clinician, contact("p1", "group-1"), aloud)
		w.ok(err)
		for name, a := range map[string]access.Actor{"partner": partner, "participant": self("p1"), "another clinic": stranger} {
			if _, err := w.give(a, contact("p1", "group-2"), aloud); !fault.Is(err, fault.Forbidden) {
				w.Fatalf("%s gave: %v", name, err)
			}
		}
		_, err = w.give(access.Anonymous("org-a"), contact("p1", "group-2"), aloud)
		w.refused(err, fault.Unauthenticated)
		for a, want := range map[*access.Actor]fault.Kind{&partner: fault.Forbidden, &stranger: fault.NotFound} {
			_, err := w.revoke(*a, c.ID, PhoneStaff)
			w.refused(err, want)
		}
		// Whoever the person calls or meets in the clinic can stop it.
		other, err := w.give(clinician, contact("p3", "group-1"), aloud)
		w.ok(err)
		_, err = w.revoke(clinician, other.ID, PhoneStaff)
		w.ok(err)
		_, err = w.revoke(self("p2"), c.ID, SelfLink)
		w.refused(err, fault.NotFound)
		_, err = w.of(self("p2"), "p1")
		w.refused(err, fault.NotFound)
		_, err = w.revoke(navigator, c.ID, Replaced)
		w.refused(err, fault.Invalid)
		_, err = w.revoke(navigator, "no such id", PhoneStaff)
		w.refused(err, fault.NotFound)
		e := Event(navigator, access.Update, c)
		if e.Subject != "p1" || e.Role != "navigator" || e.Resource != "consent" || e.ResourceID != c.ID {
			w.Fatalf("%+v", e)
		}
	})
}

func TestStopEverythingAndForget(t *testing.T) {
	each(t, func(w *world) {
		for _, g := range []string{"group-1", "group-2"} {
			_, err := w.give(navigator, contact("p1", g), aloud)
			w.ok(err)
		}
		other, err := w.give(navigator, contact("p2", "group-1"), aloud)
		w.ok(err)
		forget := func() error { return w.tx(func(tx *db.Tx) error { return w.l.Forget(ctx, tx, self("p1"), "p1") }) }
		w.refused(forget(), fault.Conflict)
		var ended []Consent
		w.ok(w.tx(func(tx *db.Tx) (err error) {
			ended, err = w.l.RevokeAll(ctx, tx, self("p1"), "p1", SelfCode)
			return err
		}))
		if len(ended) != 2 {
			w.Fatalf("%+v", ended)
		}
		w.ok(forget())
		w.ok(w.d.Read(ctx, "org-a", func(tx *db.Tx) error {
			list, err := w.l.ByReceipt(ctx, tx, ended[0].Receipt)
			if err != nil {
				return err
			}
			want := Consent{ID: ended[0].ID, Org: "org-a", Receipt: ended[0].Receipt, State: Revoked, RevokedAt: morning, Ending: SelfCode}
			if len(list) != 1 || fmt.Sprintf("%+v", list[0]) != fmt.Sprintf("%+v", want) {
				w.Fatalf("kept\n%+v\nwant\n%+v", list, want)
			}
			live, err := w.l.LiveOf(ctx, tx, []string{"p1", "p2", "p3"})
			if err == nil && (len(live) != 1 || live["p2"][0].ID != other.ID) {
				w.Fatalf("%+v", live)
			}
			if err != nil {
				return err
			}
			yes, err := w.l.Covered(ctx, tx, []string{"p1", "p2", "p3"}, Query{Purpose: other.Purpose, Recipient: other.Recipient, Field: other.Fields[0]})
			if yes["p1"] || !yes["p2"] || yes["p3"] {
				w.Fatalf("%+v", yes)
			}
			return err
		}))
	})
}

// The model knows only intervals. No recipient may read a field at any moment
// outside of one, and none may be kept out inside of one.
type interval struct {
	p        Purpose
	r        string
	fields   []Field
	from, to time.Time
}

func TestNobodyReadsWithoutConsent(t *testing.T) {
	serial := 0
	dbtest.Each(t, []fs.FS{Schema}, func(t *testing.T, d *db.DB) {
		rapid.Check(t, func(t *rapid.T) {
			serial++
			c := clock.NewFake(morning)
			w := &world{fataler: t, d: d, l: New(c), clock: c}
			who := fmt.Sprint("person-", serial)
			model := []interval{}
			cut := func(match func(interval) bool) {
				for i, v := range model {
					if match(v) && c.Now().Before(v.to) {
						model[i].to = c.Now()
					}
				}
			}
			groups := []string{"group-1", "group-2"}
			for range rapid.IntRange(1, 8).Draw(t, "steps") {
				switch rapid.SampledFrom([]string{"give", "give", "tell", "wait", "stop one", "stop all", "sweep"}).Draw(t, "step") {
				case "give":
					terms := contact(who, rapid.SampledFrom(groups).Draw(t, "group"))
					terms.Channel = InPerson
					terms.Fields = rapid.SliceOfNDistinct(rapid.SampledFrom(IntroContact.Fields()), 1, 4, rapid.ID[Field]).Draw(t, "fields")
					terms.Expires = c.Now().Add(time.Duration(rapid.IntRange(1, 72).Draw(t, "hours")) * time.Hour)
					w.grant(terms, cut, &model)
				case "tell":
					w.grant(Terms{Subject: who, Purpose: TellClinicConnected, Recipient: Clinic, Fields: []Field{Connected}, Channel: NoReach, Language: "vi"}, cut, &model)
				case "wait":
					c.Advance(time.Duration(rapid.IntRange(1, 30).Draw(t, "waited")) * time.Hour)
				case "stop one":
					list, err := w.of(self(who), who)
					w.ok(err)
					if len(list) > 0 {
						x := rapid.SampledFrom(list).Draw(t, "which")
						_, err := w.revoke(self(who), x.ID, SelfLink)
						w.ok(err)
						if x.State == Active {
							cut(func(v interval) bool { return v.p == x.Purpose && v.r == x.Recipient })
						}
					}
				case "stop all":
					w.ok(w.tx(func(tx *db.Tx) error { _, err := w.l.RevokeAll(ctx, tx, navigator, who, AtClinic); return err }))
					cut(func(interval) bool { return true })
				case "sweep":
					w.ok(w.tx(func(tx *db.Tx) error { _, err := w.l.Expire(ctx, tx, machine); return err }))
				}
			}
			moments := []time.Time{c.Now(), morning.Add(time.Duration(rapid.IntRange(-1, 200).Draw(t, "hour")) * time.Hour)}
			if len(model) > 0 { // the edges are where mistakes hide
				v := rapid.SampledFrom(model).Draw(t, "interval")
				moments = append(moments, v.from, v.to, v.to.Add(-time.Microsecond))
			}
			w.compare(who, moments, model)
		})
	})
}

func (w *world) grant(t Terms, cut func(func(interval) bool), model *[]interval) {
	w.Helper()
	x, err := w.give(clinician, t, aloud)
	w.ok(err)
	cut(func(v interval) bool { return v.p == t.Purpose && v.r == t.Recipient })
	*model = append(*model, interval{t.Purpose, t.Recipient, t.Fields, w.clock.Now(), x.ExpiresAt})
}

func (w *world) compare(who string, moments []time.Time, model []interval) {
	w.Helper()
	w.ok(w.d.Read(ctx, "org-a", func(tx *db.Tx) error {
		for _, at := range moments {
			for _, p := range Purposes() {
				for _, r := range []string{"group-1", "group-2", "group-3", Clinic} {
					for _, f := range append(p.Fields(), Connected) {
						want := slices.ContainsFunc(model, func(v interval) bool {
							return v.p == p && v.r == r && slices.Contains(v.fields, f) && !at.Before(v.from) && at.Before(v.to)
						})
						_, err := w.l.Live(ctx, tx, Query{Subject: who, Purpose: p, Recipient: r, Field: f, At: at})
						if (err == nil) != want || err != nil && !fault.Is(err, fault.Gone) && !fault.Is(err, fault.Forbidden) {
							w.Fatalf("%s may use %s for %s at %s: %v, want %v", r, f, p, at, err, want)
						}
					}
				}
			}
		}
		return nil
	}))
}
