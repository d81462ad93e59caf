// Ten thousand organizing groups with everything a card has.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

var (
	groupTopics = []directory.Topic{directory.Housing, directory.Work, directory.Transport, directory.Food, directory.LanguageHelp, directory.Schools,
		directory.ChildcareHelp, directory.StreetSafety, directory.Debt, directory.AirWater, directory.Parks, directory.ClinicHours,
		directory.ElderLife, directory.YouthLife, directory.CareCosts, directory.Internet, directory.SmallBusiness, directory.Climate}
	groupLanguages = []string{"en", "es", "vi", "ar", "fr", "pt", "so", "ru", "zh", "ko"}
)

const middleLat, middleLon = 45.52, -122.65

// makeGroups invents n groups; the same seed gives the same groups.
func makeGroups(n int, now time.Time) []directory.Group {
	r := rand.New(rand.NewPCG(1, 1))
	v := newVocabulary(r, 3000)
	areas := make([]string, 60)
	for i := range areas {
		areas[i] = title(v.words[i*7]) + " " + title(v.words[i*7+3])
	}
	languages := rand.NewZipf(r, 1.3, 1, uint64(len(groupLanguages)-1))
	list := make([]directory.Group, n)
	for i := range list {
		list[i] = makeGroup(r, v, i, areas, languages, now)
	}
	return list
}

func makeGroup(r *rand.Rand, v *vocabulary, i int, areas []string, languages *rand.Zipf, now time.Time) directory.Group {
	lang := groupLanguages[languages.Uint64()]
	verified := now.Add(-time.Duration(r.IntN(85*24)) * time.Hour)
	start := (8 + r.IntN(13)) * 60
	area := areas[r.IntN(len(areas))]
	g := directory.Group{
		ID: id.Derive("bench", fmt.Sprint("group ", i)), Offer: directory.Organizing, Kind: pick(r, directory.Kinds()), Lang: "en",
		Name: title(v.word()) + " " + title(v.word()) + " " + title(v.word()), WhatMembersDo: v.sentence(14), ForWhom: v.sentence(8), Why: v.sentence(12),
		Texts:  map[string]directory.Words{"es": {WhatMembersDo: v.sentence(14), ForWhom: v.sentence(8), Why: v.sentence(12)}},
		Topics: some(r, groupTopics, 1+r.IntN(4)), Languages: []string{"en"},
		Rhythm: []directory.Meeting{{Weekday: time.Weekday(r.IntN(7)), Start: start, End: start + 90, Every: directory.Weekly}},
		Place: directory.Place{Name: title(v.word()) + " hall", Area: area, Address: fmt.Sprint(1+r.IntN(900), " ", title(v.word()), " Street"),
			Lat: middleLat + r.NormFloat64()*0.08, Lon: middleLon + r.NormFloat64()*0.12, Located: true, Visibility: pick(r, []directory.Visibility{directory.Exact, directory.Exact, directory.Blurred})},
		Online: chance(r, 25), Access: some(r, directory.AccessFeatures(), r.IntN(4)), Childcare: chance(r, 30), Leader: title(v.word()),
		Safety:        directory.Safety{Papers: directory.No, Police: directory.No, Photos: directory.PhotosAsked, Location: directory.Yes},
		MembersDecide: true, ActsOnCauses: true, Tie: pick(r, directory.Ties()), Contact: directory.PublicContact{Phone: "+15035550100"},
		State: directory.Published, VerifiedOn: verified, VerifiedBy: "group", ReviewDue: verified.AddDate(0, 0, 90),
		Created: verified.AddDate(0, -6, 0), Updated: verified, HasHandoff: true,
	}
	if chance(r, 40) {
		g.Host = title(v.word()) + " " + title(v.word())
	}
	if lang != "en" {
		g.Languages = append(g.Languages, lang)
	}
	switch n := r.IntN(100); {
	case n < 4:
		g.State = directory.Draft
	case n < 7:
		g.State = directory.Archived
	case n < 10:
		g.State, g.VerifiedOn = directory.Stale, now.AddDate(0, 0, -100)
	case n < 70:
		g.Welcoming = directory.Welcoming{Now: directory.Yes, Until: now.AddDate(0, 2, 0)}
	case n < 75:
		g.Welcoming = directory.Welcoming{Now: directory.No, Until: now.AddDate(0, 2, 0)}
	}
	return g
}

// storeGroups writes them as the room does, the contact sealed.
func (w *world) storeGroups(ctx context.Context) error {
	rows := newBulk("directory_group", "org_id, id, state, unlisted, card, vetting, welcoming, welcoming_until, verified_on, verified_by, review_due, asked_on, misses, change_said, sealed, sealed_version, batch, source_id, created, updated, version")
	sealed := make([]string, len(w.groups))
	contact, err := json.Marshal(directory.Handoff{Name: "Valoren", Phone: "+15035550100", Channel: directory.ByPhone, Lang: "en"})
	if err != nil {
		return err
	}
	for i, g := range w.groups {
		if sealed[i], err = w.vault.Seal(ctx, vault.Cell{Org: w.Org, Table: "directory_group", Column: "sealed", Row: g.ID, Version: 1}, string(contact)); err != nil {
			return err
		}
	}
	return w.db.Write(ctx, w.Org, func(tx *db.Tx) error {
		for i, g := range w.groups {
			card, err := json.Marshal(g)
			if err != nil {
				return err
			}
			if err := rows.add(ctx, tx, w.Org, g.ID, string(g.State), g.Unlisted, string(card), `{"on":"2026-01-01T00:00:00Z"}`, string(g.Welcoming.Now), db.Micros(g.Welcoming.Until),
				db.Micros(g.VerifiedOn), g.VerifiedBy, db.Micros(g.ReviewDue), int64(0), int64(0), false, sealed[i], int64(1), "", "", db.Micros(g.Created), db.Micros(g.Updated), int64(1)); err != nil {
				return err
			}
		}
		if err := rows.flush(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO directory_version (org_id, version, floor) VALUES ($1, 1, 0)`, w.Org)
		return err
	})
}
