// The public directory as HSDS-like JSON, for `seedbed export`: what anybody
// may see and nothing else. Groups are organizations with what one can join,
// programmes are services.

package directory

import (
	"context"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
)

type hsdsFile struct {
	Version       string      `json:"version"`
	Generated     string      `json:"generated"`
	Organizations []hsdsThing `json:"organizations"`
	Services      []hsdsThing `json:"services"`
}

// hsdsThing is an organization or a service; both have these members in HSDS 3.1.
type hsdsThing struct {
	ID           string          `json:"id"`
	Name         string          `json:"name"`
	Description  string          `json:"description,omitempty"`
	Website      string          `json:"website,omitempty"` // of an organization
	URL          string          `json:"url,omitempty"`     // of a service
	Email        string          `json:"email,omitempty"`
	Status       string          `json:"status,omitempty"`
	Fees         string          `json:"fees_description,omitempty"`
	Eligibility  string          `json:"eligibility_description,omitempty"`
	Organization *hsdsName       `json:"organization,omitempty"`
	Phones       []hsdsPhone     `json:"phones,omitempty"`
	Languages    []hsdsLanguage  `json:"languages,omitempty"`
	Schedules    []hsdsSchedule  `json:"schedules,omitempty"`
	Locations    []hsdsLocation  `json:"locations,omitempty"`            // of an organization
	At           []hsdsAt        `json:"service_at_locations,omitempty"` // of a service
	Attributes   []hsdsAttribute `json:"attributes,omitempty"`
	Modified     string          `json:"last_modified,omitempty"`
}

type hsdsName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type hsdsPhone struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

type hsdsLanguage struct {
	ID   string `json:"id"`
	Code string `json:"code"`
}

type hsdsSchedule struct {
	ID       string `json:"id"`
	Freq     string `json:"freq"`
	Interval int    `json:"interval,omitempty"`
	ByDay    string `json:"byday"`
	Opens    string `json:"opens_at"`
	Closes   string `json:"closes_at,omitempty"`
}

type hsdsAt struct {
	ID       string       `json:"id"`
	Location hsdsLocation `json:"location"`
}

type hsdsLocation struct {
	ID        string        `json:"id"`
	Type      string        `json:"location_type"`
	Name      string        `json:"name,omitempty"`
	Lat       float64       `json:"latitude,omitempty"`
	Lon       float64       `json:"longitude,omitempty"`
	Addresses []hsdsAddress `json:"addresses,omitempty"`
}

type hsdsAddress struct {
	ID   string `json:"id"`
	Line string `json:"address_1"`
	City string `json:"city,omitempty"`
	Type string `json:"address_type"`
}

type hsdsAttribute struct {
	ID   string   `json:"id"`
	Term hsdsTerm `json:"taxonomy_term"`
}

type hsdsTerm struct {
	ID       string `json:"id"`
	Code     string `json:"code"`
	Name     string `json:"name"`
	Taxonomy string `json:"taxonomy"`
}

// ExportJSON writes the public directory of the actor's clinic. A place that is
// hidden is not in it; a rough one is named by its area only, without a point.
func (s *Service) ExportJSON(ctx context.Context, a access.Actor, w io.Writer) (err error) {
	defer fault.Wrap(&err, "directory.ExportJSON")
	if _, err := access.Check(a, need(access.Read)); err != nil {
		return err
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	out := hsdsFile{Version: "3.1", Generated: now.UTC().Format(time.RFC3339), Organizations: []hsdsThing{}, Services: []hsdsThing{}}
	for _, e := range snap.byName {
		if e.Public() && e.Offer == Organizing {
			out.Organizations = append(out.Organizations, e.View(e.Lang, now, s.zone(ctx, a.Org)).hsds())
		}
	}
	for _, p := range snap.progByName {
		if p.Published {
			out.Services = append(out.Services, p.View(p.Lang, now, s.zone(ctx, a.Org)).hsds())
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(out)
}

func (v View) hsds() hsdsThing {
	t := hsdsThing{ID: v.ID, Name: v.Name, Description: v.Words.WhatMembersDo, Website: v.Contact.URL, Email: v.Contact.Email}
	t.common(v.Contact, v.Languages, v.Rhythm, v.Topics)
	if v.Words.Why != "" {
		t.Description += "\n\n" + v.Words.Why
	}
	if l, ok := v.Place.hsds(v.ID); ok {
		t.Locations = []hsdsLocation{l}
	}
	return t
}

func (v ProgrammeView) hsds() hsdsThing {
	t := hsdsThing{ID: v.ID, Name: v.Name, Description: v.Words.WhatMembersDo, URL: v.Contact.URL, Email: v.Contact.Email, Status: "active",
		Fees: v.Cost, Eligibility: v.Words.ForWhom}
	t.common(v.Contact, v.Languages, v.Schedule, v.Topics)
	if v.Host != "" {
		t.Organization = &hsdsName{id.Derive("seedbed:host", v.Host), v.Host}
	}
	if l, ok := v.Place.hsds(v.ID); ok {
		t.At = []hsdsAt{{id.Derive(v.ID, "at"), l}}
	}
	return t
}

func (t *hsdsThing) common(c PublicContact, languages []string, meetings []Meeting, topics []Topic) {
	if c.Phone != "" {
		t.Phones = []hsdsPhone{{id.Derive(t.ID, "phone"), c.Phone}}
	}
	for _, l := range languages {
		t.Languages = append(t.Languages, hsdsLanguage{id.Derive(t.ID, "language:"+l), l})
	}
	days := []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
	for _, m := range meetings {
		s := hsdsSchedule{Freq: "WEEKLY", ByDay: days[m.Weekday], Opens: clockText(m.Start)}
		switch m.Every {
		case Biweekly:
			s.Interval = 2
		case Monthly:
			s.Freq, s.ByDay = "MONTHLY", strconv.Itoa(m.Nth)+s.ByDay
		}
		if m.End > 0 {
			s.Closes = clockText(m.End % (24 * 60))
		}
		s.ID = id.Derive(t.ID, "schedule:"+s.Freq+s.ByDay+s.Opens)
		t.Schedules = append(t.Schedules, s)
	}
	for _, topic := range topics {
		t.Attributes = append(t.Attributes, hsdsAttribute{id.Derive(t.ID, "topic:"+string(topic)),
			hsdsTerm{id.Derive("seedbed:topic", string(topic)), string(topic), strings.ReplaceAll(string(topic), "_", " "), "Seedbed topics"}})
	}
}

// hsds is the place as far as it may be shown; a rough point is left out, since readers of HSDS take points to be exact.
func (p PlaceView) hsds(owner string) (hsdsLocation, bool) {
	if p.Hidden || p.Empty() {
		return hsdsLocation{}, false
	}
	l := hsdsLocation{ID: id.Derive(owner, "location"), Type: "physical", Name: p.Name}
	if p.Rough {
		l.Name = p.Area
		return l, p.Area != ""
	}
	if p.Known() {
		l.Lat, l.Lon = p.Point.Lat, p.Point.Lon
	}
	if p.Address != "" {
		l.Addresses = []hsdsAddress{{ID: id.Derive(owner, "address"), Line: p.Address, City: p.Area, Type: "physical"}}
	}
	return l, true
}

func clockText(minutes int) string {
	return time.Date(2000, 1, 1, 0, minutes, 0, 0, time.UTC).Format("15:04")
}
