// How a foreign record looks here: a service as a programme ("get something"),
// an organization as the draft of a group once a steward says so. Only what
// fits the fields of those is copied; the record itself keeps the rest. Pure.

package directory

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/geo"
)

// clipText cuts at a space to n characters at most.
func clipText(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	cut := string([]rune(s)[:n-1])
	if i := strings.LastIndexAny(cut, " \n"); i > n/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " \n,;") + "…"
}

// programmeOf is a service as a programme. Nobody here has confirmed it, so it has no day of checking.
func programmeOf(r ImportRecord, batch string) Programme {
	p := Programme{Name: clipText(r.Name, nameMost), Host: clipText(r.Host, nameMost), Lang: r.Lang, ForWhom: forWhom(r),
		Topics: topicsOf(r), Schedule: meetingsOf(r.Hours), Languages: languagesOf(r), Access: accessOf(r), Cost: costOf(r),
		Contact: contactOf(r), Source: Source{Batch: batch, ID: clipText(r.Origin, 100)}}
	p.What = r.Description
	if p.What == "" {
		p.What, r.HowTo = r.HowTo, ""
	}
	if p.What == "" {
		p.What = r.Name
	}
	if r.HowTo != "" && utf8.RuneCountInString(p.What+r.HowTo) < whatMost-2 {
		p.What += "\n\n" + r.HowTo
	}
	p.What = clipText(p.What, whatMost)
	p.Place, p.Online = placeOf(r.Places)
	p.Published = r.Status == "" || r.Status == "active"
	p = p.tidy()
	return p
}

// draftOf is an organization as a group to be vetted. A steward fills in what
// no directory says: what members do together, and why it is organizing.
func draftOf(r ImportRecord, batch string) Group {
	g := Group{Offer: Organizing, Name: clipText(r.Name, nameMost), Lang: r.Lang, WhatMembersDo: clipText(r.Description, whatMost),
		Topics: topicsOf(r), Languages: languagesOf(r), Access: accessOf(r), Contact: contactOf(r),
		Source: Source{Batch: batch, ID: clipText(r.Origin, 100)}}
	g.Place, g.Online = placeOf(r.Places)
	return g
}

func forWhom(r ImportRecord) string {
	ages := ""
	switch {
	case r.MinAge > 0 && r.MaxAge > 0:
		ages = strconv.Itoa(r.MinAge) + "–" + strconv.Itoa(r.MaxAge)
	case r.MinAge > 0:
		ages = strconv.Itoa(r.MinAge) + "+"
	case r.MaxAge > 0:
		ages = "0–" + strconv.Itoa(r.MaxAge)
	}
	if ages != "" && r.Eligibility != "" {
		ages += " · "
	}
	return clipText(ages+strings.ReplaceAll(r.Eligibility, "\n", " "), shortMost)
}

// askCost stands where the feed says nothing about cost: an empty cost would be shown as free.
var askCost = map[string]string{"en": "Ask about the cost", "es": "Pregunte cuánto cuesta", "vi": "Hỏi về chi phí", "ar": "اسأل عن التكلفة"}

var freeWords = []string{"free", "none", "no cost", "no fee", "no fees", "no charge", "free of charge", "gratis", "0", "mien phi", "مجاني"}

func costOf(r ImportRecord) string {
	folded := fold.Text(r.Fees)
	switch {
	case folded == "" && askCost[r.Lang] != "":
		return askCost[r.Lang]
	case folded == "":
		return askCost["en"]
	case slices.Contains(freeWords, folded):
		return ""
	}
	return clipText(strings.ReplaceAll(r.Fees, "\n", " · "), shortMost)
}

func contactOf(r ImportRecord) PublicContact {
	var c PublicContact
	for _, p := range r.Phones {
		if p.Kind != "fax" && len(p.Number) <= 36 && c.Phone == "" {
			c.Phone = p.Number
			if p.Extension != "" && len(p.Number)+len(p.Extension) < 34 {
				c.Phone += " x" + p.Extension
			}
		}
	}
	if mailLike(r.Email) {
		c.Email = r.Email
	}
	if len(r.URL) <= 300 {
		c.URL = r.URL
	}
	return c
}

// placeOf chooses the place to show: the first with an address, else the first known.
func placeOf(places []ImportPlace) (Place, bool) {
	online, best := false, -1
	for i, p := range places {
		if p.Online {
			online = true
			continue
		}
		if best < 0 || p.Address != "" && places[best].Address == "" {
			best = i
		}
	}
	if best < 0 {
		return Place{Visibility: Exact}, online
	}
	p := places[best]
	line := ImportPlace{Address: p.Address, City: p.City, State: p.State, Postal: p.Postal}.Line()
	out := Place{Name: clipText(p.Name, nameMost), Area: clipText(p.City, nameMost), Address: clipText(line, shortMost), Visibility: Exact}
	if p.Located && (geo.Point{Lat: p.Lat, Lon: p.Lng}).Valid() {
		out.Lat, out.Lon, out.Located = p.Lat, p.Lng, true
	}
	return out, online
}

// meetingsOf keeps the weekly hours that fit: "monthly" without a week number would be a wrong evening.
func meetingsOf(hours []ImportHours) []Meeting {
	var out []Meeting
	for _, h := range hours {
		start, end := minutes(h.Opens), minutes(h.Closes)
		if h.Freq == "MONTHLY" || start < 0 {
			continue
		}
		if end <= start {
			end = 0
		}
		for _, d := range strings.Split(h.Days, ",") {
			day := slices.Index([]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}, d)
			m := Meeting{Weekday: time.Weekday(day), Start: start, End: end, Every: Weekly}
			if day >= 0 && len(out) < 14 && !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out
}

// minutes after midnight of "09:30"; -1 for anything else.
func minutes(s string) int {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return -1
	}
	return t.Hour()*60 + t.Minute()
}

func languagesOf(r ImportRecord) []string {
	var out []string
	for _, l := range r.Languages {
		if languageCode(l) && l == strings.ToLower(l) && len(out) < 30 {
			out = append(out, l)
		}
	}
	return out
}

// Words in the access notes of directories, and what they mean here.
var accessWords = []struct {
	word string
	is   AccessFeature
}{{"wheelchair", StepFree}, {"ramp", StepFree}, {"step free", StepFree}, {"elevator", Lift}, {"lift", Lift}, {"restroom", AccessibleToilet},
	{"toilet", AccessibleToilet}, {"induction loop", HearingLoop}, {"hearing", HearingLoop}, {"sign language", SignLanguage}, {"quiet", QuietSpace}}

func accessOf(r ImportRecord) []AccessFeature {
	var out []AccessFeature
	for _, p := range r.Places {
		for _, note := range p.Access {
			folded := " " + fold.Text(note) + " "
			for _, w := range accessWords {
				if strings.Contains(folded, " "+w.word) && !slices.Contains(out, w.is) {
					out = append(out, w.is)
				}
			}
		}
	}
	return out
}

// Words in foreign taxonomies and names, and the topic they stand for here. Names of terms
// and of the service itself are asked, not descriptions: those mention everything.
var topicWords = []struct {
	word string
	is   Topic
}{{"hous", Housing}, {"rent", Housing}, {"tenant", Housing}, {"shelter", Housing}, {"homeless", Housing}, {"job", Work}, {"employment", Work},
	{"work ", Work}, {"transport", Transport}, {"transit", Transport}, {"food", Food}, {"meal", Food}, {"nutrition", Food}, {"pantry", Food},
	{"english", LanguageHelp}, {"esl", LanguageHelp}, {"literacy", LanguageHelp}, {"school", Schools}, {"education", Schools}, {"child care", ChildcareHelp},
	{"childcare", ChildcareHelp}, {"day care", ChildcareHelp}, {"immigra", Belonging}, {"debt", Debt}, {"credit", Debt}, {"disab", Disability},
	{"older adult", ElderLife}, {"senior", ElderLife}, {"aging", ElderLife}, {"youth", YouthLife}, {"teen", YouthLife}, {"counsel", Wellbeing},
	{"mental", Wellbeing}, {"internet", Internet}, {"computer", Internet}, {"art ", Culture}, {"arts", Culture}, {"music", Culture}, {"park ", Parks},
	{"parks", Parks}, {"climate", Climate}, {"energy", Climate}}

func topicsOf(r ImportRecord) []Topic {
	text := " " + fold.Text(r.Name) + " "
	for _, t := range r.Topics {
		text += fold.Text(t.Name) + " "
	}
	var out []Topic
	for _, w := range topicWords {
		if strings.Contains(text, " "+w.word) && !slices.Contains(out, w.is) && len(out) < 6 {
			out = append(out, w.is)
		}
	}
	return out
}
