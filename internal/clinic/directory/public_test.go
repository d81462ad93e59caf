package directory

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/geo"
	"seedbed/internal/platform/db/dbtest"
)

// everything collects all that the public can get at, as JSON.
func (w *world) everything(ids ...string) string {
	w.Helper()
	var all []any
	p, err := w.s.List(ctx, public, Filter{}, "")
	w.ok(err)
	all = append(all, p)
	m, err := w.s.Match(ctx, public, Query{Topics: Topics(), Limit: 50})
	w.ok(err)
	all = append(all, m)
	progs, err := w.s.Programmes(ctx, public, Filter{})
	w.ok(err)
	all = append(all, progs)
	for _, id := range ids {
		for _, lang := range []string{"en", "es"} {
			if v, err := w.s.Show(ctx, public, id); err == nil {
				all = append(all, v)
			}
			if c, err := w.s.Card(ctx, public, id, lang); err == nil {
				all = append(all, c)
			}
		}
	}
	b, err := json.Marshal(all)
	w.ok(err)
	return string(b)
}

func (w *world) absent(body string, secrets ...string) {
	w.Helper()
	for _, s := range secrets {
		if strings.Contains(body, s) {
			w.Errorf("%q is public", s)
		}
	}
}

func TestHiddenStaysHidden(t *testing.T) {
	each(t, func(w *world) {
		rough := sample("Rough Group")
		rough.Place = Place{Name: "Canary Hall", Area: "Cedar Hill", Address: "77 Canary Street", Lat: 45.523123, Lon: -122.654321, Located: true, Visibility: Blurred}
		hidden := sample("Hidden Place Group")
		hidden.Place = Place{Name: "Nightjar Hall", Area: "Nightjar Hill", Address: "88 Nightjar Street", Lat: 45.123456, Lon: -122.987654, Located: true, Visibility: Hidden}
		unlisted := sample("Kestrel Circle")
		unlisted.Unlisted = true
		ids := []string{w.publish(rough), w.publish(hidden), w.publish(unlisted)}
		body := w.everything(ids...)
		w.absent(body, "Canary", "45.5231", "122.6543", "Nightjar", "45.1234", "122.9876", "Kestrel", ids[2], "Marisol", "Vega", "acc-organizer")
		if !strings.Contains(body, "Cedar Hill") || !strings.Contains(body, "Hidden Place Group") {
			w.Error("too much is hidden")
		}
		for _, words := range []string{"Canary", "Nightjar", "Kestrel"} { // searching must not tell either
			if p, err := w.s.List(ctx, public, Filter{Words: words}, ""); err != nil || p.Total != 0 {
				w.Errorf("searching for %s finds %d", words, p.Total)
			}
		}
		if _, err := w.s.Show(ctx, public, ids[2]); !fault.Is(err, fault.NotFound) {
			w.Error(err)
		}
		// Staff do suggest it, and can print its card; the card points to no page.
		m, err := w.s.Match(ctx, clinician, Query{Topics: []Topic{Housing}, Limit: 10})
		w.ok(err)
		if len(m) != 3 {
			w.Errorf("%d suggestions for staff", len(m))
		}
		if c, err := w.s.Card(ctx, clinician, ids[2], "es"); err != nil || c.Listed {
			w.Errorf("%+v %v", c, err)
		}
		m, err = w.s.Match(ctx, public, Query{Topics: []Topic{Housing}, Near: Near{Lat: 45.123456, Lon: -122.987654}, Limit: 10})
		w.ok(err)
		for _, s := range m {
			for _, r := range s.Reasons {
				if s.View.Name == "Hidden Place Group" && r.Key == "directory.reason.near" {
					w.Error("the distance tells where a hidden place is")
				}
			}
		}
	})
}

func TestTextsMustNotGiveThePlaceAway(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	g := sample("Rough Group")
	g.Place.Visibility = Blurred
	g.WhatMembersDo = "Come to LINDEN HALL every Tuesday."
	_, err := w.s.Create(ctx, organizer, Entry{Group: g})
	w.refused(err, fault.Invalid, "what")
}

func TestOnlyPublishedIsPublic(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	for _, s := range States() {
		made := w.bring(s)
		_, err := w.s.Show(ctx, public, made)
		if want := s == Published || s == Stale; (err == nil) != want {
			t.Errorf("%s: %v", s, err)
		}
	}
	p, err := w.s.List(ctx, public, Filter{}, "")
	w.ok(err)
	if p.Total != 2 {
		t.Errorf("%d in the list", p.Total)
	}
}

func TestCardSaysNothingAboutHealthOrPeople(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	g := sample("Diabetes Sharing Circle")
	g.CardName = "Sharing Circle"
	g.WhatMembersDo = "Marisol and patients meet."
	g.Texts = map[string]Words{"es": {WhatMembersDo: "Personas con diabetes se reúnen."}}
	g.Contact.URL = "https://diabetes.example/circle"
	g.Place.Name = "Cedar Street Health Center"
	made := w.publish(g)
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		c, err := w.s.Card(ctx, clinician, made, lang)
		w.ok(err)
		b, _ := json.Marshal(c)
		w.absent(strings.ToLower(string(b)), "diabetes", "patient", "health", "marisol", "\"topics\"", "metro common")
		if c.Name != "Sharing Circle" || len(c.Rhythm) == 0 || c.Contact.Phone == "" {
			t.Errorf("%+v", c)
		}
	}
}

func TestNeutralWords(t *testing.T) {
	for text, want := range map[string]bool{
		"Inquilinos Unidos": true, "Riders for the 14": true, "Hội người thuê nhà": true, "اتحاد المستأجرين": true, "Campaign حملة": true,
		"Cedar Street Health Center": false, "Grupo de salud": false, "Clínica": false, "Nhóm sức khỏe": false, "bệnh viện": false,
		"عيادة الحي": false, "والصحة للجميع": false, "Médicos": false, "": true, "Phong trào": true,
	} {
		if Neutral(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestNeutralAddresses(t *testing.T) {
	for address, want := range map[string]bool{"inquilinos.example/groups": true, "cedarhealth.example": false, "miclinica.example": false, "127.0.0.1:8080/groups": true} {
		if NeutralAddress(address) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
}

func TestListFiltersAndPages(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	for i := range 70 {
		g := sample(fmt.Sprintf("Group %02d", i))
		if i%2 == 0 {
			g.Topics, g.Languages, g.Online, g.Rhythm = []Topic{Transport}, []string{"vi"}, true, []Meeting{{Weekday: time.Sunday, Start: 600, Every: Monthly, Nth: 1}}
		}
		w.publish(g)
	}
	for _, c := range []struct {
		f    Filter
		want int
	}{
		{Filter{}, 70}, {Filter{Topic: Transport}, 35}, {Filter{Language: "es"}, 35}, {Filter{Online: true}, 35}, {Filter{Day: 1}, 35},
		{Filter{Access: []AccessFeature{StepFree}}, 70}, {Filter{Access: []AccessFeature{HearingLoop}}, 0}, {Filter{Words: "group 07"}, 1},
		{Filter{Words: "dueños arreglos"}, 70}, {Filter{Topic: Transport, Language: "es"}, 0},
	} {
		seen, after := map[string]bool{}, ""
		for {
			p, err := w.s.List(ctx, public, c.f, after)
			w.ok(err)
			if p.Total != c.want {
				t.Fatalf("%+v: %d, want %d", c.f, p.Total, c.want)
			}
			for _, v := range p.Items {
				if seen[v.ID] {
					t.Fatalf("%s twice", v.Name)
				}
				seen[v.ID] = true
			}
			if after = p.Next; after == "" {
				break
			}
		}
		if len(seen) != c.want {
			t.Errorf("%+v: %d of %d seen", c.f, len(seen), c.want)
		}
	}
	if p, err := w.s.List(ctx, public, Filter{}, "no such place!"); err != nil || len(p.Items) != PageSize {
		t.Error("a mangled address is the first page", err)
	}
}

func TestLookAlikes(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	old := w.create(sample("Inquilinos Unidos"))
	for _, c := range []struct {
		why    string
		change func(*Group)
	}{
		{"name", func(g *Group) {
			g.Name = "UNIDOS, Inquilinos"
			g.Contact = PublicContact{Phone: "5551234567"}
			g.Place = Place{}
		}},
		{"phone", func(g *Group) {
			g.Name = "Riders"
			g.Contact = PublicContact{Phone: "(503) 555-0101"}
			g.Place = Place{}
		}},
		{"email", func(g *Group) {
			g.Name = "Riders"
			g.Contact.Phone = ""
			g.Contact.Email = "INQUILINOS.unidos@groups.example"
			g.Place = Place{}
		}},
		{"place", func(g *Group) { g.Name = "Inquilinos de Cedar"; g.Contact = PublicContact{}; g.Place.Lat += 0.0005 }},
		{"", func(g *Group) { g.Name = "Riders"; g.Contact = PublicContact{}; g.Place = Place{} }},
	} {
		g := sample("Inquilinos Unidos")
		c.change(&g)
		list, err := w.s.Duplicates(ctx, organizer, "", g)
		w.ok(err)
		if c.why == "" {
			if len(list) != 0 {
				t.Errorf("%+v", list)
			}
			continue
		}
		if len(list) != 1 || list[0].ID != old || !strings.Contains(strings.Join(list[0].Why, " "), c.why) {
			t.Errorf("%s: %+v", c.why, list)
		}
		_, err = w.s.Create(ctx, organizer, Entry{Group: g})
		w.refused(err, fault.Conflict)
	}
	g := sample("Inquilinos Unidos")
	if _, err := w.s.Create(ctx, organizer, Entry{Group: g, Different: true}); err != nil {
		t.Error(err)
	}
	// An edit that changes nothing of it is not asked again.
	w.ok(w.s.Edit(ctx, organizer, old, Entry{Group: w.get(old), KeepSealed: true}))
}

func TestViewNeverLocatesARoughPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Place{Located: true, Visibility: Blurred, Lat: rapid.Float64Range(44, 46).Draw(t, "lat"), Lon: rapid.Float64Range(-123, -122).Draw(t, "lon")}
		v := p.View()
		again := Place{Located: true, Visibility: Blurred, Lat: v.Point.Lat, Lon: v.Point.Lon}.View()
		if geo.KM(again.Point, v.Point) > 0.001 || v.Name != "" || v.Address != "" {
			t.Fatalf("%+v", v)
		}
	})
}

func TestProgrammes(t *testing.T) {
	each(t, func(w *world) {
		p := Programme{Name: "Saturday food box", What: "Fruit and bread", Lang: "en", Topics: []Topic{Food}, Languages: []string{"es"}, Capacity: 40, Published: true}
		made, err := w.s.SaveProgramme(ctx, navigator, p, "k")
		w.ok(err)
		again, err := w.s.SaveProgramme(ctx, navigator, p, "k")
		w.ok(err)
		if made != again {
			w.Fatal("two programmes from one form")
		}
		draft := p
		draft.Name, draft.Published = "Not yet", false
		_, err = w.s.SaveProgramme(ctx, navigator, draft, "")
		w.ok(err)
		list, err := w.s.Programmes(ctx, public, Filter{})
		w.ok(err)
		if len(list) != 1 || list[0].Capacity != 40 {
			w.Fatalf("%+v", list)
		}
		stored, err := w.s.Programme(ctx, navigator, made)
		w.ok(err)
		stale := stored
		stored.Capacity = 50
		_, err = w.s.SaveProgramme(ctx, organizer, stored, "")
		w.ok(err)
		_, err = w.s.SaveProgramme(ctx, organizer, stale, "")
		w.refused(err, fault.Conflict)
		_, err = w.s.SaveProgramme(ctx, clinician, p, "")
		w.refused(err, fault.Forbidden)
		_, err = w.s.SaveProgramme(ctx, organizer, Programme{Capacity: -1, Published: true}, "")
		w.refused(err, fault.Invalid, "name", "capacity", "what")
		m, err := w.s.Match(ctx, clinician, Query{Topics: []Topic{Food}})
		w.ok(err)
		if len(m) != 0 {
			w.Fatal("a programme was suggested as a group")
		}
	})
}
