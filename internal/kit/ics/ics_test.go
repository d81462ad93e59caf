package ics

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ical "github.com/arran4/golang-ical"
	"pgregory.net/rapid"
)

func zoneOf(t testing.TB, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func sample(zone *time.Location) Calendar {
	made := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	return Calendar{Name: "Meetings, ours; all", Lang: "en", Zone: zone, Events: []Event{
		{UID: "a@seedbed", Start: time.Date(2026, 10, 27, 18, 0, 0, 0, zone), End: time.Date(2026, 10, 27, 19, 30, 0, 0, zone), Summary: "Meeting", Made: made, Changed: made},
		{UID: "b@seedbed", Start: time.Date(2027, 4, 6, 18, 0, 0, 0, zone), End: time.Date(2027, 4, 6, 19, 30, 0, 0, zone), Summary: "اجتماع", Sequence: 3, Made: made, Changed: made.Add(time.Hour), Cancelled: true},
	}}
}

// What another program reads back is what was meant.
func TestReadBackByALibrary(t *testing.T) {
	zone := zoneOf(t, "America/Los_Angeles")
	c := sample(zone)
	got, err := ical.ParseCalendar(strings.NewReader(c.String()))
	if err != nil {
		t.Fatal(err)
	}
	events := got.Events()
	if len(events) != 2 {
		t.Fatalf("%d events", len(events))
	}
	for i, e := range events {
		start, err := e.GetStartAt()
		if err != nil || !start.Equal(c.Events[i].Start) {
			t.Errorf("starts %v (%v), want %v", start, err, c.Events[i].Start)
		}
		if end, err := e.GetEndAt(); err != nil || !end.Equal(c.Events[i].End) {
			t.Errorf("ends %v (%v), want %v", end, err, c.Events[i].End)
		}
		if e.Id() != c.Events[i].UID || e.GetProperty(ical.ComponentPropertySummary).Value != c.Events[i].Summary {
			t.Errorf("%+v", e)
		}
	}
	if v := events[1].GetProperty(ical.ComponentPropertyStatus).Value; v != "CANCELLED" {
		t.Error(v)
	}
	if v := events[1].GetProperty(ical.ComponentPropertySequence).Value; v != "3" {
		t.Error(v)
	}
	zones := 0
	for _, part := range got.Components {
		if _, ok := part.(*ical.VTimezone); ok {
			zones++
		}
	}
	if zones != 1 {
		t.Errorf("%d time zones", zones)
	}
}

// The changes of the clock are those of the zone, each as the clocks showed it.
func TestClockChanges(t *testing.T) {
	out := sample(zoneOf(t, "America/Los_Angeles")).String()
	for _, want := range []string{
		"BEGIN:DAYLIGHT\r\nDTSTART:20260308T020000\r\nTZOFFSETFROM:-0800\r\nTZOFFSETTO:-0700\r\nTZNAME:PDT\r\nEND:DAYLIGHT\r\n",
		"BEGIN:STANDARD\r\nDTSTART:20261101T020000\r\nTZOFFSETFROM:-0700\r\nTZOFFSETTO:-0800\r\nTZNAME:PST\r\nEND:STANDARD\r\n",
		"BEGIN:DAYLIGHT\r\nDTSTART:20270314T020000\r\n",
		"DTSTART;TZID=America/Los_Angeles:20261027T180000\r\n", "NAME:Meetings\\, ours\\; all\r\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if n := strings.Count(out, "BEGIN:DAYLIGHT") + strings.Count(out, "BEGIN:STANDARD"); n != 3 {
		t.Errorf("%d stretches", n)
	}
	for name, want := range map[string]string{"Asia/Kolkata": "TZOFFSETTO:+0530", "UTC": "DTSTART:20261027T180000Z"} {
		zone := time.UTC
		if name != "UTC" {
			zone = zoneOf(t, name)
		}
		if out := sample(zone).String(); !strings.Contains(out, want) {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// Published calendars of the same zone say the same about its clock: their rules,
// spread over our years, begin where our stretches begin.
func TestAgainstPublishedZones(t *testing.T) {
	files, _ := filepath.Glob("../../../../shared/interop-data/ical/ical.js-samples/*_*.ics")
	seen := 0
	for _, name := range []string{"Los_Angeles", "New_York", "Denver"} {
		for _, f := range files {
			if filepath.Base(f) != name+".ics" {
				continue
			}
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			theirs := string(b)
			zone := zoneOf(t, "America/"+name)
			ours := sample(zone).String()
			for _, part := range []string{"TZOFFSETFROM", "TZOFFSETTO", "TZNAME"} {
				for line := range strings.Lines(ours) {
					if line = strings.TrimSpace(line); strings.HasPrefix(line, part) && !strings.Contains(theirs, line) {
						t.Errorf("%s: %s is not in the published one", name, line)
					}
				}
			}
			if strings.Contains(theirs, "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU") && !strings.Contains(ours, "DTSTART:20260308T020000") {
				t.Errorf("%s: the second Sunday in March is not ours", name)
			}
			if _, err := ical.ParseCalendar(strings.NewReader(theirs)); err != nil {
				t.Errorf("the library does not read %s: %v", name, err)
			}
			seen++
		}
	}
	if seen == 0 {
		t.Skip("no published calendars beside this folder")
	}
}

// Whatever the words: lines of at most 75 octets that hold whole characters, and
// unfolded and unescaped they are the words again.
func TestLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.String().Draw(t, "words")
		c := sample(time.UTC)
		c.Events = c.Events[:1]
		c.Events[0].Summary = words
		out := c.String()
		for line := range strings.Lines(out) {
			if !strings.HasSuffix(line, "\r\n") || len(line) > 77 || !utf8.ValidString(line) || strings.ContainsAny(line[:len(line)-2], "\r\n") {
				t.Fatalf("%q", line)
			}
		}
		flat := strings.ReplaceAll(out, "\r\n ", "")
		_, rest, _ := strings.Cut(flat, "\r\nSUMMARY:")
		value, _, _ := strings.Cut(rest, "\r\n")
		if value != text(words) {
			t.Fatalf("%q, want %q", value, text(words))
		}
		plain := strings.NewReplacer(`\n`, "\n", `\\`, `\`, `\;`, ";", `\,`, ",").Replace(value)
		want := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' || r == 0x7f {
				return -1
			}
			return r
		}, strings.ToValidUTF8(words, ""))
		if plain != want {
			t.Fatalf("%q, want %q", plain, want)
		}
	})
}
