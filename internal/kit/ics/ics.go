// Package ics writes iCalendar files (RFC 5545, RFC 7986) that calendars of every
// make read the same: times with their zone and the zone's rules in the file,
// lines folded at 75 octets between characters, a stable UID for life, and
// cancelled events that say so instead of vanishing. It only writes, and is pure.
//
// By hand because the shape of the time zone matters: a time without its zone
// shows wrong in Outlook and moves by hours in Google, and the rules of a whole
// century make Outlook refuse the file. Only the changes of the clock between the
// first event and the last are written.
package ics

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Event is one meeting. Nothing of it may name anybody or a topic.
type Event struct {
	UID        string
	Start, End time.Time
	Summary    string
	Sequence   int // goes up with every change that moves it
	Made       time.Time
	Changed    time.Time
	Cancelled  bool
}

// Calendar is a feed.
type Calendar struct {
	Name   string
	Lang   string
	Zone   *time.Location
	Events []Event
	Every  time.Duration // how often it is worth asking again; zero: an hour
}

const stamp = "20060102T150405"

// String is the file.
func (c Calendar) String() string {
	var w writer
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	every := c.Every
	if every == 0 {
		every = time.Hour
	}
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:-//Seedbed//Meetings//" + strings.ToUpper(code(c.Lang)))
	w.line("CALSCALE:GREGORIAN")
	w.line("METHOD:PUBLISH")
	w.line("NAME:" + text(c.Name))
	w.line("X-WR-CALNAME:" + text(c.Name))
	w.line("X-WR-TIMEZONE:" + zone.String())
	w.line("REFRESH-INTERVAL;VALUE=DURATION:" + duration(every))
	w.line("X-PUBLISHED-TTL:" + duration(every))
	if zone != time.UTC && len(c.Events) > 0 {
		w.zone(zone, c.Events)
	}
	for _, e := range c.Events {
		w.event(zone, e)
	}
	w.line("END:VCALENDAR")
	return w.String()
}

func code(lang string) string {
	if lang == "" {
		return "en"
	}
	return lang
}

func duration(d time.Duration) string { return fmt.Sprintf("PT%dM", max(1, int(d/time.Minute))) }

type writer struct{ strings.Builder }

// line writes one content line, folded: at most 75 octets a piece, never inside a character.
func (w *writer) line(s string) {
	room := 75
	for len(s) > room {
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.WriteString(s[:cut])
		w.WriteString("\r\n ")
		s, room = s[cut:], 74 // the space counts
	}
	w.WriteString(s)
	w.WriteString("\r\n")
}

func (w *writer) event(zone *time.Location, e Event) {
	utc := func(t time.Time) string { return t.UTC().Format(stamp) + "Z" }
	local := func(name string, t time.Time) string {
		if zone == time.UTC {
			return name + ":" + utc(t)
		}
		return name + ";TZID=" + zone.String() + ":" + t.In(zone).Format(stamp)
	}
	w.line("BEGIN:VEVENT")
	w.line("UID:" + text(e.UID))
	w.line("DTSTAMP:" + utc(e.Changed))
	w.line(local("DTSTART", e.Start))
	w.line(local("DTEND", e.End))
	w.line("SUMMARY:" + text(e.Summary))
	w.line(fmt.Sprintf("SEQUENCE:%d", e.Sequence))
	w.line("CREATED:" + utc(e.Made))
	w.line("LAST-MODIFIED:" + utc(e.Changed))
	w.line("CLASS:PRIVATE")
	if e.Cancelled {
		w.line("STATUS:CANCELLED")
		w.line("TRANSP:TRANSPARENT")
	} else {
		w.line("STATUS:CONFIRMED")
	}
	w.line("END:VEVENT")
}

// zone writes the rules that hold between the first event and the last: one
// observance for each stretch between two changes of the clock.
func (w *writer) zone(zone *time.Location, events []Event) {
	first, last := events[0].Start, events[0].End
	for _, e := range events {
		if e.Start.Before(first) {
			first = e.Start
		}
		if e.End.After(last) {
			last = e.End
		}
	}
	w.line("BEGIN:VTIMEZONE")
	w.line("TZID:" + zone.String())
	for at := first.In(zone); ; {
		from, until := at.ZoneBounds()
		w.observance(at, from)
		if until.IsZero() || until.After(last) {
			break
		}
		at = until
	}
	w.line("END:VTIMEZONE")
}

func (w *writer) observance(at, from time.Time) {
	name, to := at.Zone()
	before, start := to, time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	if !from.IsZero() && from.Year() >= 1970 {
		_, before = from.Add(-time.Second).Zone()
		start = from.UTC().Add(time.Duration(before) * time.Second) // in the time that ends there
	}
	kind := "STANDARD"
	if at.IsDST() {
		kind = "DAYLIGHT"
	}
	w.line("BEGIN:" + kind)
	w.line("DTSTART:" + start.Format(stamp))
	w.line("TZOFFSETFROM:" + offset(before))
	w.line("TZOFFSETTO:" + offset(to))
	w.line("TZNAME:" + text(name))
	w.line("END:" + kind)
}

// offset writes seconds east of UTC as +hhmm, with seconds only when there are any.
func offset(s int) string {
	sign := '+'
	if s < 0 {
		sign, s = '-', -s
	}
	out := fmt.Sprintf("%c%02d%02d", sign, s/3600, s/60%60)
	if s%60 != 0 {
		out += fmt.Sprintf("%02d", s%60)
	}
	return out
}

// text escapes a value. What would end a line or does not print is left out.
func text(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "") {
		switch {
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' || r == 0x7f:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
