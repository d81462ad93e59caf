// What a group must look like: to be saved at all, and to be published. Each
// refusal names the field and says what to do. Pure.

package directory

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/geo"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/phone"
)

// Lengths, in characters.
const (
	nameMost  = 120
	whatMost  = 600
	shortMost = 200
	noteMost  = 280
)

// Texts are the languages in which a group's words can be kept beside its own.
func languageCode(s string) bool {
	if len(s) < 2 || len(s) > 12 {
		return false
	}
	for i, r := range s {
		if (r < 'a' || r > 'z') && (i < 2 || r != '-' && (r < 'A' || r > 'Z') && (r < '0' || r > '9')) {
			return false
		}
	}
	return true
}

// clean drops what no form field can mean: bad UTF-8, control characters, outer
// spaces, and the marks that turn the direction of writing, with which a name
// can be made to read as another.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r != '\n' && unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), ""))
	return strings.TrimSpace(s)
}

// tidy returns g with every text cleaned and every list without repeats.
func (g Group) tidy() Group {
	g = g.Clone()
	for _, s := range []*string{&g.Host, &g.Name, &g.CardName, &g.Lang, &g.WhatMembersDo, &g.ForWhom, &g.Why, &g.Cost, &g.Leader,
		&g.Place.Name, &g.Place.Area, &g.Place.Address, &g.Contact.Phone, &g.Contact.Email, &g.Contact.URL} {
		*s = clean(*s)
	}
	for lang, w := range g.Texts {
		w = Words{clean(w.WhatMembersDo), clean(w.ForWhom), clean(w.Why)}
		if g.Texts[lang] = w; w == (Words{}) || lang == g.Lang {
			delete(g.Texts, lang)
		}
	}
	g.Contact.URL = withScheme(g.Contact.URL)
	g.Topics, g.Languages, g.Access = unique(g.Topics), unique(g.Languages), unique(g.Access)
	slices.SortStableFunc(g.Rhythm, func(a, b Meeting) int {
		return (int(a.Weekday)*1440 + a.Start) - (int(b.Weekday)*1440 + b.Start)
	})
	if g.Place.Visibility == "" {
		g.Place.Visibility = Exact
	}
	if g.Offer == "" {
		g.Offer = Organizing
	}
	if !g.Place.Located {
		g.Place.Lat, g.Place.Lon = 0, 0
	}
	return g
}

func withScheme(u string) string {
	if u == "" || strings.Contains(u, "://") {
		return u
	}
	return "https://" + u
}

func unique[T comparable](list []T) []T {
	var out []T
	for _, v := range list {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// checker collects wrong fields.
type checker struct{ wrong []fault.Field }

func (c *checker) at(bad bool, field, key string, args ...any) {
	if bad {
		c.wrong = append(c.wrong, fault.At(field, key, args...))
	}
}

// tells refuses a name with a remark beside it about whoever bears it.
func (c *checker) tells(field, name string) {
	if hits := guard.CheckName(name); len(hits) > 0 {
		c.at(true, field, guard.KindsOf(hits)[0].Label())
	}
}

func (c *checker) long(field, s string, most int) {
	c.at(utf8.RuneCountInString(s) > most, field, "directory.error.long", "Most", most)
}

func (c *checker) err() error {
	if len(c.wrong) == 0 {
		return nil
	}
	return fault.Wrong(c.wrong...)
}

// check says whether a group may be saved, as a draft.
func (g Group) check() error {
	var c checker
	c.at(g.Name == "", "name", "directory.error.name")
	c.long("name", g.Name, nameMost)
	c.long("card_name", g.CardName, nameMost)
	c.long("host", g.Host, nameMost)
	c.long("what", g.WhatMembersDo, whatMost)
	c.long("for_whom", g.ForWhom, shortMost)
	c.long("why", g.Why, whatMost)
	for lang, w := range g.Texts {
		c.at(!languageCode(lang), "texts", "directory.error.language")
		c.long("what_"+lang, w.WhatMembersDo, whatMost)
		c.long("for_whom_"+lang, w.ForWhom, shortMost)
		c.long("why_"+lang, w.Why, whatMost)
	}
	c.long("cost", g.Cost, shortMost)
	c.long("leader", g.Leader, 40)
	c.at(strings.ContainsAny(g.Leader, " \n@0123456789"), "leader", "directory.error.first_name")
	c.tells("leader", g.Leader)
	c.at(!slices.Contains(Offers(), g.Offer), "offer", "directory.error.choose")
	c.at(g.Kind != "" && !slices.Contains(Kinds(), g.Kind), "kind", "directory.error.choose")
	c.at(!slices.Contains(Ties(), g.Tie), "tie", "directory.error.choose")
	c.at(g.Lang != "" && !languageCode(g.Lang), "lang", "directory.error.language")
	c.offered(g.Topics, g.Languages, g.Access)
	c.rhythm("rhythm", g.Rhythm)
	c.place(g.Place)
	c.contact(g.Contact)
	s := g.Safety
	for _, a := range []struct {
		field string
		a     Answer
	}{{"papers", s.Papers}, {"police", s.Police}, {"location", s.Location}} {
		c.at(a.a != Unknown && a.a != Yes && a.a != No, a.field, "directory.error.choose")
	}
	c.at(s.Photos != PhotosUnknown && s.Photos != PhotosNever && s.Photos != PhotosAsked && s.Photos != PhotosTaken, "photos", "directory.error.choose")
	c.secret(g)
	return c.err()
}

func (c *checker) offered(topics []Topic, languages []string, features []AccessFeature) {
	c.at(slices.ContainsFunc(topics, func(t Topic) bool { return !t.Valid() }), "topics", "directory.error.choose")
	c.at(slices.ContainsFunc(languages, func(l string) bool { return !languageCode(l) }) || len(languages) > 30, "languages", "directory.error.language")
	c.at(slices.ContainsFunc(features, func(f AccessFeature) bool { return !slices.Contains(AccessFeatures(), f) }), "access", "directory.error.choose")
}

func (c *checker) rhythm(field string, list []Meeting) {
	c.at(len(list) > 14, field, "directory.error.meetings")
	for _, m := range list {
		c.at(m.Weekday < time.Sunday || m.Weekday > time.Saturday, field, "directory.error.weekday")
		c.at(m.Start < 0 || m.Start >= 24*60 || m.End < 0 || m.End > 24*60 || m.End != 0 && m.End <= m.Start, field, "directory.error.hours")
		switch m.Every {
		case Weekly:
		case Biweekly:
			if m.From != "" {
				d, err := time.Parse(time.DateOnly, m.From)
				c.at(err != nil || d.Weekday() != m.Weekday, field, "directory.error.from")
			}
		case Monthly:
			c.at(m.Nth < -1 || m.Nth == 0 || m.Nth > 4, field, "directory.error.nth")
		default:
			c.at(true, field, "directory.error.every")
		}
	}
}

func (c *checker) place(p Place) {
	c.long("place_name", p.Name, nameMost)
	c.long("area", p.Area, nameMost)
	c.long("address", p.Address, shortMost)
	c.at(!slices.Contains(Visibilities(), p.Visibility), "visibility", "directory.error.choose")
	c.at(p.Located && !(geo.Point{Lat: p.Lat, Lon: p.Lon}).Valid(), "lat", "directory.error.position")
}

func (c *checker) contact(p PublicContact) {
	digits := strings.Count(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return 'd'
		}
		return ' '
	}, p.Phone), "d")
	c.at(p.Phone != "" && (digits < 3 || len(p.Phone) > 40), "phone", "directory.error.phone")
	c.at(p.Email != "" && !mailLike(p.Email), "email", "directory.error.email")
	if p.URL != "" {
		u, err := url.Parse(p.URL)
		c.at(err != nil || u.Scheme != "http" && u.Scheme != "https" || !strings.Contains(u.Host, ".") || len(p.URL) > 300, "url", "directory.error.url")
	}
}

func mailLike(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && strings.Contains(host, ".") && !strings.ContainsAny(s, " \n<>,;\"") && len(s) <= 120
}

// secret refuses texts that give away a place the form says to hide.
func (c *checker) secret(g Group) {
	if g.Place.Visibility == Exact {
		return
	}
	hidden := []string{fold.Text(g.Place.Address), fold.Text(g.Place.Name)}
	tells := func(texts ...string) bool {
		for _, t := range texts {
			for _, h := range hidden {
				if len(h) >= 5 && strings.Contains(fold.Text(t), h) {
					return true
				}
			}
		}
		return false
	}
	c.at(tells(g.WhatMembersDo), "what", "directory.error.gives_place")
	c.at(tells(g.ForWhom), "for_whom", "directory.error.gives_place")
	c.at(tells(g.Why), "why", "directory.error.gives_place")
	for lang, w := range g.Texts {
		c.at(tells(w.WhatMembersDo, w.ForWhom, w.Why), "what_"+lang, "directory.error.gives_place")
	}
}

// checkHandoff says whether the contact for introductions can be used the way it asks for.
func (h Handoff) check() error {
	if h.Empty() {
		return nil
	}
	var c checker
	c.at(h.Name == "", "handoff_name", "directory.error.handoff_name")
	c.long("handoff_name", h.Name, 80)
	c.tells("handoff_name", h.Name)
	c.at(!slices.Contains(Channels(), h.Channel), "handoff_channel", "directory.error.choose")
	c.at((h.Channel == ByPhone || h.Channel == BySMS) && h.Phone == "", "handoff_phone", "directory.error.handoff_phone")
	c.at(h.Phone != "" && !e164(h.Phone), "handoff_phone", "directory.error.phone_full")
	c.at(h.Channel == ByMail && h.Mail == "", "handoff_mail", "directory.error.handoff_mail")
	c.at(h.Mail != "" && !mailLike(h.Mail), "handoff_mail", "directory.error.email")
	c.at(h.Channel == BySMS && !h.SMS, "handoff_sms", "directory.error.handoff_sms")
	c.at(h.Lang != "" && !languageCode(h.Lang), "handoff_lang", "directory.error.language")
	return c.err()
}

func (h Handoff) tidy(region string) Handoff {
	for _, s := range []*string{&h.Name, &h.Phone, &h.Mail, &h.Lang} {
		*s = clean(*s)
	}
	if full, err := phone.Parse(h.Phone, region); err == nil {
		h.Phone = full
	}
	if h == (Handoff{Channel: h.Channel, Lang: h.Lang}) {
		return Handoff{}
	}
	return h
}

func e164(s string) bool {
	return len(s) >= 8 && len(s) <= 16 && s[0] == '+' && s[1] != '0' && strings.Trim(s[1:], "0123456789") == ""
}

// ready says what a group still needs before the public may see it.
func (g Group) ready() error {
	var c checker
	c.at(g.Offer != Organizing, "offer", "directory.error.not_organizing")
	c.at(g.Kind == "", "kind", "directory.error.kind")
	c.at(g.WhatMembersDo == "", "what", "directory.error.what")
	c.at(g.Lang == "", "lang", "directory.error.lang")
	c.at(len(g.Topics) == 0, "topics", "directory.error.topics")
	c.at(len(g.Languages) == 0, "languages", "directory.error.languages")
	c.at(len(g.Rhythm) == 0, "rhythm", "directory.error.rhythm")
	c.at(!g.MembersDecide && !g.ActsOnCauses || g.Why == "", "why", "directory.error.why")
	c.at(g.Contact.Empty() && !g.HasHandoff, "phone", "directory.error.contact")
	c.at(!Neutral(g.OnCard()), "card_name", "directory.error.card_name")
	return c.err()
}

// check says whether a programme may be saved.
func (p Programme) check() error {
	var c checker
	c.at(p.Name == "", "name", "directory.error.name")
	c.long("name", p.Name, nameMost)
	c.long("host", p.Host, nameMost)
	c.long("what", p.What, whatMost)
	c.long("for_whom", p.ForWhom, shortMost)
	c.long("cost", p.Cost, shortMost)
	c.at(p.Capacity < 0 || p.Capacity > 100_000, "capacity", "directory.error.capacity")
	c.at(p.Published && p.What == "", "what", "directory.error.what")
	c.at(p.Lang != "" && !languageCode(p.Lang), "lang", "directory.error.language")
	c.offered(p.Topics, p.Languages, p.Access)
	c.rhythm("rhythm", p.Schedule)
	c.place(p.Place)
	c.contact(p.Contact)
	return c.err()
}

func (p Programme) tidy() Programme {
	g := Group{Name: p.Name, Host: p.Host, WhatMembersDo: p.What, ForWhom: p.ForWhom, Lang: p.Lang, Texts: p.Texts, Topics: p.Topics,
		Rhythm: p.Schedule, Place: p.Place, Languages: p.Languages, Access: p.Access, Cost: p.Cost, Contact: p.Contact}.tidy()
	p.Name, p.Host, p.What, p.ForWhom, p.Lang, p.Texts, p.Topics = g.Name, g.Host, g.WhatMembersDo, g.ForWhom, g.Lang, g.Texts, g.Topics
	p.Schedule, p.Place, p.Languages, p.Access, p.Cost, p.Contact = g.Rhythm, g.Place, g.Languages, g.Access, g.Cost, g.Contact
	return p
}
