// Groups in words: the same sentences on the public page, the panel, the card
// and the map. Pure, given a language.

package directory

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/phone"
)

// Say puts things of the directory into words of one language.
type Say struct {
	L      *i18n.Localizer
	Region string // whose phone numbers need no country code; "" means US
}

// Topic is the name of a topic.
func (s Say) Topic(t Topic) string { return s.L.T(t.Key()) }

// Topics lists topics, with commas: their names have an "and" of their own.
func (s Say) Topics(list []Topic) string {
	var words []string
	for _, t := range list {
		words = append(words, s.Topic(t))
	}
	return s.commas(words)
}

// Kind is the name of a kind of group.
func (s Say) Kind(k Kind) string {
	if k == "" {
		return ""
	}
	return s.L.T("directory.kind." + string(k))
}

func (s Say) commas(words []string) string {
	return strings.Join(words, s.L.T("common.list.comma"))
}

// Languages lists languages.
func (s Say) Languages(codes []string) string {
	var words []string
	for _, c := range codes {
		words = append(words, s.L.LanguageName(c))
	}
	return s.commas(words)
}

// Access lists access features.
func (s Say) Access(list []AccessFeature) string {
	var words []string
	for _, f := range list {
		words = append(words, s.L.T("directory.access."+string(f)))
	}
	return s.commas(words)
}

// Clock is a time of day, "18:30".
func Clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// Meeting is "Every Tuesday, 18:30–20:00".
func (s Say) Meeting(m Meeting) string {
	key := "directory.meeting." + string(m.Every)
	if m.Every == Monthly {
		key += fmt.Sprintf("_%d", m.Nth)
		if m.Nth == -1 {
			key = "directory.meeting.monthly_last"
		}
	}
	span := Clock(m.Start)
	if m.End != 0 {
		span += "–" + Clock(m.End)
	}
	text := s.L.T(key, "Weekday", s.L.Weekday(m.Weekday), "Time", span)
	if first := []rune(text); len(first) > 0 {
		return strings.ToUpper(string(first[:1])) + string(first[1:])
	}
	return text
}

// Rhythm is every meeting, in one line each.
func (s Say) Rhythm(list []Meeting) (lines []string) {
	for _, m := range list {
		lines = append(lines, s.Meeting(m))
	}
	return lines
}

// Next is the date of a coming meeting with its time.
func (s Say) Next(at time.Time, zone *time.Location) string {
	return s.L.Date(at, zone) + ", " + s.L.Clock(at, zone)
}

// Place is where a group meets, as far as it may be shown, in one line.
func (s Say) Place(p PlaceView, online bool) string {
	var parts []string
	switch {
	case p.Hidden:
		parts = append(parts, s.L.T("directory.place.hidden"))
	case p.Rough && p.Area == "":
		parts = append(parts, s.L.T("directory.place.rough_unknown"))
	case p.Rough:
		parts = append(parts, s.L.T("directory.place.rough", "Area", p.Area))
	default:
		for _, v := range []string{p.Name, p.Address, p.Area} {
			if v != "" && !strings.Contains(strings.Join(parts, ", "), v) {
				parts = append(parts, v)
			}
		}
		if s.L.Dir() == "rtl" && len(parts) > 0 { // an address reads in its own direction, as one piece
			parts = []string{"\u2068" + strings.Join(parts, ", ") + "\u2069"}
		}
	}
	line := strings.Join(parts, s.L.T("common.list.comma"))
	switch {
	case online && line == "":
		return s.L.T("directory.place.online")
	case online:
		return line + s.L.T("common.list.comma") + s.L.T("directory.place.online_too")
	case line == "":
		return s.L.T("directory.place.ask")
	}
	return line
}

// Phone is a number as people here write it.
func (s Say) Phone(number string) string {
	if e164(number) {
		return phone.Format(number, cmp.Or(s.Region, "US"))
	}
	return number
}

// Cost is what it costs.
func (s Say) Cost(cost string) string {
	if cost == "" {
		return s.L.T("directory.cost.free")
	}
	return cost
}

// Checked is "Checked 12 days ago".
func (s Say) Checked(on, now time.Time) string {
	if on.IsZero() {
		return s.L.T("directory.checked.never")
	}
	return s.L.T("directory.checked.on", "Ago", s.L.Ago(on, now))
}

// Safety is what a careful person wants to know, in words, unasked questions included.
func (s Say) Safety(f Safety) []string {
	key := func(question string, a Answer) string {
		if a == Unknown {
			return s.L.T("directory.safety." + question + "_unknown")
		}
		return s.L.T("directory.safety." + question + "_" + string(a))
	}
	photos := string(f.Photos)
	if photos == "" {
		photos = "unknown"
	}
	return []string{key("papers", f.Papers), key("police", f.Police), s.L.T("directory.safety.photos_" + photos), key("location", f.Location)}
}

// Evidence is why this is organizing and not a service.
func (s Say) Evidence(decide, acts bool) (lines []string) {
	if decide {
		lines = append(lines, s.L.T("directory.why.decide"))
	}
	if acts {
		lines = append(lines, s.L.T("directory.why.acts"))
	}
	return lines
}

// Tie is how the group is tied to the clinic; empty for none.
func (s Say) Tie(t Tie) string {
	if t == TieNone {
		return ""
	}
	return s.L.T("directory.tie." + string(t))
}

// Welcome is whether new people are welcome; empty when nobody knows.
func (s Say) Welcome(a Answer) string {
	switch a {
	case Yes:
		return s.L.T("directory.welcoming.yes")
	case No:
		return s.L.T("directory.welcoming.no")
	}
	return ""
}

// Reason is one reason of a suggestion as a short sentence.
func (s Say) Reason(r Reason) string {
	args := map[string]any{}
	for k, v := range r.Args {
		args[k] = v
	}
	if len(r.TopicKeys) > 0 {
		var topics []string
		for _, k := range r.TopicKeys {
			topics = append(topics, s.L.T(k))
		}
		args["Topics"] = s.commas(topics)
	}
	if len(r.Languages) > 0 {
		args["Languages"] = s.Languages(r.Languages)
	}
	if r.Key == "directory.reason.time" {
		args["Weekday"], args["Time"] = s.L.Weekday(r.Weekday), Clock(r.Minute)
	}
	return s.L.TMap(r.Key, args)
}

// LanguageCodes lists the languages forms offer, in the order of how often
// clinics are asked for them; the catalogs name each (common.language.<code>).
func LanguageCodes() []string {
	return []string{"en", "es", "vi", "ar", "zh", "yue", "ru", "uk", "so", "ko", "tl", "ht", "fr", "pt", "am", "ti", "om", "fa", "prs", "ps", "ur",
		"hi", "bn", "pa", "ne", "my", "km", "lo", "hmn", "ja", "pl", "tr", "sw", "rw", "mam", "quc", "mh", "ase"}
}
