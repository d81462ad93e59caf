package i18n

// Dates and times as people say them. The words and their order come from the
// catalogs (common.*), because x/text has no dates.

import (
	"fmt"
	"time"
)

func in(t time.Time, zone []*time.Location) time.Time {
	if len(zone) > 0 && zone[0] != nil {
		return t.In(zone[0])
	}
	return t
}

// Weekday is the name of a day of the week.
func (l *Localizer) Weekday(d time.Weekday) string {
	return l.T(fmt.Sprintf("common.weekday.%d", ((int(d)%7)+7)%7))
}

// ShortWeekday is the short name of a day of the week.
func (l *Localizer) ShortWeekday(d time.Weekday) string {
	return l.T(fmt.Sprintf("common.weekday_short.%d", ((int(d)%7)+7)%7))
}

// Month is the name of a month as it stands inside a date.
func (l *Localizer) Month(m time.Month) string { return l.T(fmt.Sprintf("common.month.%d", int(m))) }

// ShortMonth is the short name of a month.
func (l *Localizer) ShortMonth(m time.Month) string {
	return l.T(fmt.Sprintf("common.month_short.%d", int(m)))
}

// MonthYear names a month: "November 2026".
func (l *Localizer) MonthYear(t time.Time, zone ...*time.Location) string {
	return l.dated("common.date.month", in(t, zone))
}

// Date is a day as people say it: "Tuesday, 24 November". For a day that may
// lie in another year use LongDate. The zero time is "".
func (l *Localizer) Date(t time.Time, zone ...*time.Location) string {
	return l.dated("common.date.day", in(t, zone))
}

// LongDate is Date with the year: "Tuesday, 24 November 2026".
func (l *Localizer) LongDate(t time.Time, zone ...*time.Location) string {
	return l.dated("common.date.long", in(t, zone))
}

// ShortDate is for tables: "24 Nov 2026".
func (l *Localizer) ShortDate(t time.Time, zone ...*time.Location) string {
	return l.dated("common.date.short", in(t, zone))
}

// DateTime is a moment: "Tue 24 Nov 2026, 18:30".
func (l *Localizer) DateTime(t time.Time, zone ...*time.Location) string {
	return l.dated("common.date.time", in(t, zone))
}

func (l *Localizer) dated(key string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.TMap(key, map[string]any{
		"Weekday": l.Weekday(t.Weekday()), "ShortWeekday": l.ShortWeekday(t.Weekday()),
		"Day":   t.Format("2"),
		"Month": l.Month(t.Month()), "ShortMonth": l.ShortMonth(t.Month()),
		"Year": t.Format("2006"), "Clock": l.Clock(t),
	})
}

// Clock is a time of day, "18:30": the same in every language, and without the
// mistakes of am and pm.
func (l *Localizer) Clock(t time.Time, zone ...*time.Location) string {
	if t.IsZero() {
		return ""
	}
	return in(t, zone).Format("15:04")
}

// Ago says how long before now t was ("just now", "20 minutes ago", "today",
// "yesterday", "12 days ago"), or how long after it ("in 3 days"). Whole days
// are counted in zone, by default t's own.
func (l *Localizer) Ago(t, now time.Time, zone ...*time.Location) string {
	if t.IsZero() {
		return ""
	}
	t = in(t, zone)
	now = now.In(t.Location())
	d := now.Sub(t)
	way := "ago"
	if d < 0 {
		way, d = "ahead", -d
	}
	days := dayNumber(now) - dayNumber(t)
	if days < 0 {
		days = -days
	}
	switch {
	case d < time.Minute:
		return l.T("common.ago.now")
	case d < time.Hour:
		return l.T("common."+way+".minutes", "Count", int(d/time.Minute))
	case days == 0:
		return l.T("common.ago.today")
	case d < 12*time.Hour: // past midnight; "yesterday" would sound longer than it is
		return l.T("common."+way+".hours", "Count", int(d/time.Hour))
	case days == 1:
		return l.T("common." + way + ".day")
	case days < 60:
		return l.T("common."+way+".days", "Count", days)
	case days < 730:
		return l.T("common."+way+".months", "Count", int(float64(days)/30.44+0.5))
	}
	return l.T("common."+way+".years", "Count", int(float64(days)/365.25+0.5))
}

// dayNumber counts calendar days, whatever clock changes lie between.
func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}
